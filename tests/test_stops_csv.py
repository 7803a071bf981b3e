"""Stops as a table."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.clock import Clock
from solver.export.itinerary import ExportError
from solver.export.stops_csv import COLUMNS, harmless, stops_csv
from solver.plain_text import one_line
from solver.plan import Plan, Route, Stop
from solver.problem import Problem
from solver.streets import Streets
from tests.other_programs import ogr_features
from tests.tours import MARKET, STATION, sample_plan, sample_problem, tours


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_sample() -> None:
    """Every stop is a row with its number, kind, place, times with offset, minutes and coordinates."""
    problem = sample_problem()
    content = stops_csv(problem, sample_plan(problem))
    assert content.decode("utf-8-sig").split("\r\n")[:4] == [
        '"callsign","stop","kind","place","arrive","leave","minutes","lat","lon","exit_lat","exit_lon"',
        f'"A1",1,"standby","{STATION}","2020-11-20T18:00:00+00:00","2020-11-20T18:00:00+00:00",0,51.5155,-0.0922,51.5155,-0.0922',
        f'"A1",2,"visit","{MARKET}","2020-11-20T18:03:00+00:00","2020-11-20T18:20:00+00:00",17,51.517,-0.08,51.517,-0.08',
        '"A1",3,"stint","Bridge","2020-11-20T18:30:00+00:00","2020-11-20T19:00:00+00:00",30,51.508,-0.0877,51.508,-0.0877',
    ]
    assert [(r["callsign"], r["stop"]) for r in rows(content)] == [*(("A1", str(i)) for i in range(1, 6)), ("B/2", "1")]


def test_spreadsheets_see_unicode() -> None:
    """The file begins with a byte order mark, by which spreadsheet programs know UTF-8."""
    problem = sample_problem()
    content = stops_csv(problem, sample_plan(problem))
    assert content.startswith(b"\xef\xbb\xbf")
    assert "总局".encode() in content


@settings(max_examples=50, deadline=None)
@given(tours())
def test_any_plan_comes_back(tour: tuple[Problem, Plan, Streets]) -> None:
    """Whatever the names, one row a stop is read back, with the plan's kinds and times, in its order."""
    problem, plan, _ = tour
    clock = Clock.of(problem)
    read = rows(stops_csv(problem, plan))
    assert [(r["kind"], r["arrive"], r["leave"], r["minutes"]) for r in read] == [
        (s.kind, clock.iso(s.arrive), clock.iso(s.leave), str(s.leave - s.arrive))
        for route in plan.routes
        for s in route.stops
    ]
    assert [r["place"] for r in read] == [harmless(s.place) for route in plan.routes for s in route.stops]
    assert all(set(r) == set(COLUMNS) for r in read)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+44 20", "'+44 20"),
        ("-rf", "'-rf"),
        ("＝cmd", "'＝cmd"),
        ("\t =1", "'=1"),
        ('a;"=1', "a;\"'=1"),
        ("a,=1", "a,'=1"),
        ("Bank-Junction 1+1=2 a@b", "Bank-Junction 1+1=2 a@b"),
    ],
)
def test_formulas_are_made_harmless(name: str, written: str) -> None:
    """A name that begins like a formula, also after a separator, gets an apostrophe; others stay."""
    assert harmless(name) == written


@given(st.text(st.sampled_from("=+-@＝; ,\t|'\"a\r\n"), max_size=12))
def test_no_cell_begins_like_a_formula(name: str) -> None:
    """However a program splits the text into cells, none begins with a sign of a formula."""
    for separator in ",;\t|":
        for cell in harmless(name).split(separator):
            assert cell.strip().strip('"').strip()[:1] not in tuple("=+-@＝")
    assert harmless(name).replace("'", "") == one_line(name).replace("'", "")


def test_pandas_reads_it() -> None:
    """A table program reads the columns with their types, and times that it can count with."""
    pandas = pytest.importorskip("pandas", reason="pandas reads tables")
    problem = sample_problem()
    table = pandas.read_csv(io.BytesIO(stops_csv(problem, sample_plan(problem))), parse_dates=["arrive", "leave"])
    assert tuple(table.columns) == COLUMNS
    assert table["place"][0] == STATION
    assert ((table["leave"] - table["arrive"]).dt.total_seconds() == 60 * table["minutes"]).all()


def test_ogr2ogr_reads_it(tmp_path: Path) -> None:
    """The program ogr2ogr reads every stop, Chinese names among them, without the byte order mark."""
    problem = sample_problem()
    path = tmp_path / "stops.csv"
    path.write_bytes(stops_csv(problem, sample_plan(problem)))
    stops = [f["properties"] for f in ogr_features(path, "stops")]
    assert [(s["callsign"], s["place"]) for s in stops[:2]] == [("A1", STATION), ("A1", MARKET)]
    assert len(stops) == 6


def test_plan_that_cannot_be_shown() -> None:
    """A stop at a place that is not there is an error that names it."""
    problem = sample_problem()
    with pytest.raises(ExportError, match="A1, stop 1: the problem has no place 'Nowhere'"):
        stops_csv(problem, Plan("", (Route("A1", (Stop("Nowhere", "visit", 0, 5),)),)))
