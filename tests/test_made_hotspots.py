"""Hotspots made from incidents as stretches of street."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instances.build import Built, build
from instances.cache import Cache
from instances.risk import risk_surface, street_risk, weigh
from instances.shift_file import read_shift
from solver.plan import Plan, Route, Stop
from tests.shift_samples import edited, write_shift
from tests.test_risk import GRID, UNTIL, WEEK, make, places

STREETS = edited(
    "hotspots: hotspots.csv\ndemand: demand.csv",
    "incidents: incidents.csv\nrisk: {hotspots: 2, hotspots_as: streets, weights: {assault: 3}, smoothing: 0 m}",
)


def built(folder: Path, text: str = STREETS, cache: Cache | None = None, **files: str) -> Built:
    """Read and build a shift file."""
    tables = {f"{name}.csv": content for name, content in files.items()}
    return build(read_shift(write_shift(folder, shift=text, files=tables)), cache=cache)


@settings(max_examples=50, deadline=None)
@given(st.lists(places, min_size=1, max_size=25), st.data())
def test_streets_hold_what_cells_hold(rows: list[tuple[float, float, int, int]], data: st.DataObject) -> None:
    """The risk of all streets is that of all cells, hour by hour, and a street has some only where it has incidents."""
    weighed = weigh(make(*rows), until=UNTIL)
    surface, _ = risk_surface(make(*rows), slots=WEEK, until=UNTIL, grid=GRID)
    street = np.array(data.draw(st.lists(st.integers(0, 4), min_size=len(rows), max_size=len(rows))), dtype=np.int64)
    streets, risk = street_risk(surface, weighed.incidents, weighed.weight, street)
    assert streets.tolist() == sorted(set(street.tolist()))
    assert np.allclose(risk.sum(axis=0), surface.risk.sum(axis=0))
    assert (risk >= 0).all()


def test_incidents_become_stretches(tmp_path: Path) -> None:
    """The streets with the most risk become hotspots from crossing to crossing, in both directions."""
    problem = built(tmp_path).problem
    first, second = problem.hotspots
    ends = [(problem.places[h.place].lat, problem.places[h.place].exit) for h in (first, second)]
    assert ends == [
        (pytest.approx(51.5), (pytest.approx(51.5005), pytest.approx(-0.1))),
        (pytest.approx(51.5005), (pytest.approx(51.5010), pytest.approx(-0.1))),
    ]
    assert sum(first.risk) > sum(second.risk)
    assert {problem.places[h.reverse or 0].exit for h in (first, second)} == {
        (problem.places[h.place].lat, problem.places[h.place].lon) for h in (first, second)
    }


def test_their_streets_are_known(tmp_path: Path) -> None:
    """The way along a made stretch is in the streets of a plan that visits it."""
    result = built(tmp_path)
    name = result.problem.places[result.problem.hotspots[0].place].name
    streets = result.streets(Plan("", (Route("B1", (Stop(name, "visit", 0, 12),)),)))
    assert streets.legs["foot", name, name].metres == pytest.approx(55.6, abs=0.5)


def test_they_are_called_after_their_street_and_place(tmp_path: Path) -> None:
    """A made stretch is called after the street that it is and the cell of 10 m of its middle."""
    incidents = "date,latitude,longitude\n" + "2020-11-01 21:30,51.50025,-0.0990\n" * 3
    problem = built(tmp_path, STREETS.replace(", weights: {assault: 3}", ""), incidents=incidents).problem
    (hotspot,) = problem.hotspots
    assert problem.places[hotspot.place].name == "East Street (30N 701.34 5709.44)"


def test_spacing_joins_neighbours(tmp_path: Path) -> None:
    """Streets whose middles are nearer than `spacing` are one hotspot with the risk of both."""
    (one,) = built(tmp_path, STREETS.replace("smoothing: 0 m", "smoothing: 0 m, spacing: 100 m")).problem.hotspots
    apart = built(tmp_path).problem
    assert sum(one.risk) == pytest.approx(sum(sum(h.risk) for h in apart.hotspots), rel=1e-3)


def test_too_few_streets_are_told_of(tmp_path: Path) -> None:
    """Where fewer streets have incidents than hotspots were asked for, the report says so."""
    notes = built(tmp_path, STREETS.replace("hotspots: 2", "hotspots: 9")).report.notes
    assert any("give 2 of the 9 hotspots asked for: no more streets have risk, or lie apart" in note for note in notes)


def test_a_closed_stretch_stays_where_it_was(tmp_path: Path) -> None:
    """On a street that is closed to cars a made stretch is still a hotspot, for walkers, and the report says so."""
    closed = "closed: [{at: [51.50025, -0.1], within: 5 m}]\nstations:"
    result = built(tmp_path, STREETS.replace("stations:", closed))
    problem = result.problem
    assert problem.places == built(tmp_path).problem.places
    place = problem.hotspots[0].place
    assert problem.travel["car"][0, place] == -1
    assert problem.travel["foot"][0, place] >= 0
    assert any(note.startswith("by car nobody can go along") for note in result.report.notes)


def test_the_cache_keeps_them(tmp_path: Path) -> None:
    """From the cache come the same stretches, and points where points are asked for."""
    cache = Cache(tmp_path / "cache")
    first, second = (built(tmp_path, cache=cache) for _ in range(2))
    assert first.problem == second.problem
    assert set(first.ways) == set(second.ways)
    points = built(tmp_path, STREETS.replace("hotspots_as: streets, ", ""), cache=cache).problem
    assert all(place.exit is None for place in points.places)


def test_the_city_of_london(tmp_path: Path, shared_data: Path) -> None:
    """Of real incidents forty streets are made, each with a name of its own, and walkers reach them all."""
    text = (
        "patrolplan: 1\ntimezone: Europe/London\nfrom: 2020-11-20 18:00\nto: 2020-11-21 02:00\n"
        "network: city.osm.pbf\nstations: stations.csv\n"
        "incidents: {file: incidents.csv.gz, since: 365 days}\nrisk: {hotspots_as: streets}\n"
        'units: [{count: 9, callsign: "B{n}", station: Snow Hill Police Station, mode: foot}]\n'
    )
    (tmp_path / "night.yaml").write_text(text)
    (tmp_path / "city.osm.pbf").symlink_to(shared_data / "roads" / "city_of_london.osm.pbf")
    (tmp_path / "stations.csv").symlink_to(shared_data / "stations" / "city_of_london_osm_police.csv")
    incidents = shared_data / "incidents" / "city_of_london_police_2017-12_2020-11.csv.gz"
    (tmp_path / "incidents.csv.gz").symlink_to(incidents)
    problem = build(read_shift(tmp_path / "night.yaml"), cache=None).problem
    assert len(problem.hotspots) == 40
    assert all(h.reverse is not None for h in problem.hotspots)
    needed = [i for h in problem.hotspots for i in h.places]
    assert (problem.travel["foot"][np.ix_(needed, needed)] >= 0).all()
