"""`patrol backtest`: what is printed and written, what is refused, and figures on real data where there are any."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from click.testing import CliRunner, Result

from cli import main
from instances.backtest.options import area_share, cell_side, half_life_list, metres_list, whole_days
from instances.incidents import EPOCH, Incidents
from tests.made_incidents import CORNER, GRID, drawn
from tests.osm_files import STREET, osm_text


def patrol(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def text_of(incidents: Incidents) -> str:
    """Return incidents as an export."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["Latitude", "Longitude", "Date", "Type"])
    for lat, lon, day, hour in zip(incidents.lat, incidents.lon, incidents.day, incidents.hour, strict=True):
        rows.writerow([f"{lat:.6f}", f"{lon:.6f}", f"{EPOCH + timedelta(days=int(day))} {hour:02d}:10", "Theft"])
    return out.getvalue()


@pytest.fixture(scope="module")
def incidents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backtest") / "incidents.csv.gz"
    spikes = np.where(np.random.default_rng(5).random((8, 8)) < 0.1, 20.0, 1.0)
    path.write_bytes(gzip.compress(text_of(drawn(lambda _: spikes, days=90, a_day=10)).encode()))
    return path


def test_the_sentence_that_matters_comes_first(incidents: Path) -> None:
    """Standard output begins with what the marked area held; the report on the file goes to standard error."""
    result = patrol("backtest", incidents)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("5 % of the area, marked by risk from what lay before, held ")
    assert f"patrol risk {incidents} --cell 200 --smoothing" in result.stdout
    assert "incidents used" in result.stderr
    assert patrol("backtest", incidents, "-q").stderr == ""
    assert patrol("backtest", incidents).stdout == result.stdout


def test_the_advice_is_a_command_that_runs(incidents: Path) -> None:
    """The command that the last lines give is one that `patrol risk` takes."""
    lines = patrol("backtest", incidents).stdout.splitlines()
    (command,) = [line.split() for line in lines if line.startswith("  patrol risk ")]
    assert patrol(*command[1:]).exit_code == 0


def test_the_document_says_what_the_table_says(incidents: Path) -> None:
    """--json holds the figures of the table, every map with a figure for each share, and no number that is none."""
    document = json.loads(patrol("backtest", incidents, "--json", "--area", "3%").stdout)
    table = patrol("backtest", incidents, "--area", "3%").stdout
    risk = document["maps"]["risk"]
    at = document["shares"].index(0.03)
    assert f"held {100 * risk['hit_rate'][at]['value']:.1f} %" in table
    assert risk["pai"][at]["value"] == pytest.approx(risk["hit_rate"][at]["value"] / 0.03, rel=1e-4)
    for made in document["maps"].values():
        assert len(made["hit_rate"]) == len(made["pai"]) == len(made["pei"]) == len(document["shares"])
        assert all(0 <= pei <= 1 for pei in made["pei"])
    assert document["patrolplan"] == "backtest/1"
    assert len(document["test"]) + len(document["choose"]) > 2
    assert "NaN" not in json.dumps(document)


def test_stations_and_streets(incidents: Path, tmp_path: Path) -> None:
    """Stations give one more map; with streets the area is where they are, and what is elsewhere is left out."""
    corner = GRID.degrees(*(np.array([c * 200.0]) for c in CORNER))
    lat, lon = float(corner[0][0]), float(corner[1][0])
    stations = tmp_path / "stations.csv"
    stations.write_text(f"name,lat,lon\nNorth,{lat + 0.01},{lon}\nSouth,{lat},{lon + 0.01}\n")
    roads = tmp_path / "roads.osm"
    nodes = {1: (lat + 0.001, lon + 0.001), 2: (lat + 0.001, lon + 0.02)}
    roads.write_text(osm_text(nodes, [(1, [1, 2], STREET)]), encoding="utf-8")
    result = patrol(
        "backtest", incidents, "--stations", stations, "--roads", roads, "--json", "--cache-dir", tmp_path / "cache"
    )
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert "stations" in document["maps"]
    assert document["area"]["by_streets"]
    assert document["area"]["cells"] <= 8
    assert document["left_out"]["in no cell with a street"] > 0
    assert document["outside"] == 0


def test_the_picture(incidents: Path, tmp_path: Path) -> None:
    """--plot writes an SVG that names the maps, the same each time, and nothing over what is there without --force."""
    one, two = tmp_path / "a.svg", tmp_path / "b.svg"
    for path in (one, two):
        assert patrol("backtest", incidents, "--plot", path).exit_code == 0
    assert one.read_bytes() == two.read_bytes()
    words = {e.text for e in ET.fromstring(one.read_bytes()).iter("{http://www.w3.org/2000/svg}text")}
    assert {"risk, as chosen", "counts of all the past", "everywhere alike"} <= words
    assert patrol("backtest", incidents, "--plot", one).exit_code == 2
    assert patrol("backtest", incidents, "--plot", one, "--force").exit_code == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--cell", "0m"], "'0m' is too little for the side of a cell"),
        (["--cell", "wide"], "'wide' is not a distance"),
        (["--bandwidth", "100m,,200m"], "has an empty place between commas; write such as 100m,200m,400m"),
        (["--bandwidth", "999km"], "'999km' is too much; write at most 100 km"),
        (["--half-life", "14d,never"], "'never' is not a duration"),
        (["--half-life", "0d"], "a half-life of '0d' leaves nothing of any incident"),
        (["--service", "0s"], "'0s' is no time at all"),
        (["--test", "12h"], "'12h' is not in whole days; write such as 4w or 28 days"),
        (["--area", "0"], "'0' of the area holds nothing"),
        (["--area", "120%"], "'120%' is more than the whole"),
        (["--test", "4w", "--step", "1w"], "--step is shorter than --test"),
        (
            ["--test", "9w"],
            "hold 0 periods of 63 days after a past to learn from; 1 to test on and 1 before to choose by",
        ),
        (["--periods", "400"], "400 to test on and 1 before"),
        (["--until", "2000-01-01"], "until: no incident lies before 2000-01-01; the file begins on 2024-01-01"),
        (["--weight", "Thefft=3"], "did you mean 'Theft'?"),
        (["--plot", "hits.pdf"], "--plot hits.pdf: the name must end in .svg or .png"),
        (["--stations", "nowhere.csv"], "nowhere.csv"),
        (["--cell", "1", "--bandwidth", "9km"], "cells of 1 m are too small for a smoothing of 9000 m"),
    ],
)
def test_misused(incidents: Path, options: list[str], message: str) -> None:
    """Options that make no sense are refused with words that help."""
    result = patrol("backtest", incidents, *options)
    assert result.exit_code in (2, 3)
    assert message in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_lists_as_they_are_written() -> None:
    """Distances, half-lives, days and shares are read as planners write them."""
    assert metres_list("100m, 0.2 km,400") == (100, 200, 400)
    assert half_life_list("14d,2 weeks,None") == (timedelta(days=14), timedelta(days=14), None)
    assert (whole_days("4w"), whole_days("28 days"), cell_side("250 m"), area_share("2 %")) == (28, 28, 250, 0.02)


def test_help_says_the_defaults_there_are() -> None:
    """The defaults that the help names are those of the method."""
    from instances.backtest.backtest import BANDWIDTHS, HALF_LIVES
    from instances.backtest.periods import TEST_PERIODS
    from instances.risk.estimate import CELL

    text = " ".join(patrol("backtest", "--help").stdout.split())
    assert ",".join(f"{b:g}m" for b in BANDWIDTHS) + " unless told" in text
    assert ",".join("none" if h is None else f"{h.days}d" for h in HALF_LIVES) + " unless told" in text
    assert f"How many to test on; {TEST_PERIODS} unless told" in text
    assert f"such as {CELL:g}m, which it is unless told" in text


def test_london(shared_data: Path) -> None:
    """City of London, months: a twentieth of the cells held more than three tenths, and hours cannot be told."""
    result = patrol("backtest", shared_data / "incidents" / "city_of_london_police_2017-12_2020-11.csv.gz", "--json")
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["months"]
    assert document["clock"] is None
    at = document["shares"].index(0.05)
    assert 0.3 < document["maps"]["risk"]["hit_rate"][at]["value"] < 0.5
    assert document["maps"]["risk"]["risk_over"] is None
    assert document["maps"]["last period"]["risk_over"]["low"] > 0


def test_chicago(shared_data: Path) -> None:
    """Chicago, one month of mixed dates: tested by days, and the hours are worth planning by."""
    result = patrol("backtest", shared_data / "incidents" / "chicago_2014-09.csv.gz", "--json", "--bandwidth", "100m")
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["test"][-1]["last"] == "2014-09-30"
    assert document["clock"]["gain"]["hours"]["low"] > 0
    assert document["cells"]["times"] == 1
