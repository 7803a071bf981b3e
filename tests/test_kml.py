"""KML: valid, complete, on time, safe to open, and read by other programs."""

from __future__ import annotations

import html
import io
import subprocess
import zipfile
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings

from solver.clock import Clock
from solver.export.gpx import route_gpx
from solver.export.kml import COLOURS, GOOGLE, NAMESPACE, UNIT_COLOURS, plan_kml, plan_kmz
from solver.plain_text import one_line
from solver.plan import STOP_KINDS, Plan, Route, Shortfall, Stop
from solver.problem import Place, Problem
from solver.streets import Streets
from tests.other_programs import ogr_features, ogr_layers, program
from tests.small_town import busy_plan, busy_town
from tests.tours import BRIDGE, CREDIT, MARKET, STATION, sample_plan, sample_problem, sample_streets, tours

NS = {"k": NAMESPACE, "gx": GOOGLE}


@pytest.fixture(scope="module")
def schema() -> Any:
    """Give the schema of KML 2.2 with Google's extension, which the library fastkml brings along."""
    etree = pytest.importorskip("lxml.etree", reason="lxml validates KML against its schema")
    pytest.importorskip("fastkml", reason="fastkml has the schema of KML")
    return etree.XMLSchema(etree.parse(str(files("fastkml") / "schema" / "kml22gx.xsd")))


def sample_kml(**options: Any) -> bytes:
    problem = sample_problem()
    return plan_kml(problem, sample_plan(problem), sample_streets(), **options)


def folder(root: ET.Element, *names: str) -> ET.Element:
    """Return the folder with these names, from the outermost in."""
    here = root.find("k:Document", NS)
    for name in names:
        assert here is not None
        here = next(f for f in here.findall("k:Folder", NS) if f.findtext("k:name", "", NS) == name)
    assert here is not None
    return here


def placemarks(root: ET.Element, *names: str) -> list[ET.Element]:
    return folder(root, *names).findall("k:Placemark", NS)


def data(mark: ET.Element) -> dict[str, str]:
    return {d.attrib["name"]: d.findtext("k:value", "", NS) for d in mark.findall("k:ExtendedData/k:Data", NS)}


def times(mark: ET.Element) -> list[str]:
    return [e.text or "" for e in (*mark.findall("k:TimeSpan/*", NS), *mark.findall("k:TimeStamp/*", NS))]


@settings(max_examples=40, deadline=None)
@given(tours())
def test_any_plan_is_valid_and_complete(schema: Any, tour: tuple[Problem, Plan, Streets]) -> None:
    """Any plan gives a valid file with all its stops in order at their times, and tracks whose times rise strictly."""
    from lxml import etree

    problem, plan, _ = tour
    clock = Clock.of(problem)
    content = plan_kml(*tour)
    schema.assertValid(etree.fromstring(content))
    root = ET.fromstring(content)
    units = root.findall("k:Document/k:Folder", NS)[1:]
    for unit, route in zip(units, plan.routes, strict=True):
        assert (unit.findtext("k:name", "", NS)) == one_line(route.callsign)
        stops = [data(mark) for mark in unit.findall("k:Folder", NS)[0].findall("k:Placemark", NS)]
        assert [(s["kind"], s["arrive"], s["leave"], s["place"]) for s in stops] == [
            (s.kind, clock.iso(s.arrive), clock.iso(s.leave), one_line(s.place)) for s in route.stops
        ]
        track = unit.find("k:Placemark/gx:Track", NS)
        assert track is not None
        whens = [datetime.fromisoformat(e.text or "") for e in track.findall("k:when", NS)]
        assert all(a < b for a, b in pairwise(whens))
        assert len(whens) == len(track.findall("gx:coord", NS))
    for element in root.iter(f"{{{NAMESPACE}}}coordinates"):
        lonlat = np.array([point.split(",") for point in (element.text or "").split()], dtype=float)
        assert (np.abs(lonlat) <= (180, 90)).all()


def test_stops_play_on_the_slider() -> None:
    """A stop is shown from arrival to leaving, one of no length at its moment; a leg while the unit is on it."""
    root = ET.fromstring(sample_kml())
    stops, legs = placemarks(root, "A1", "A1, stops"), placemarks(root, "A1", "A1, legs")
    assert [times(mark) for mark in stops[:2]] == [
        ["2020-11-20T18:00:00Z"],
        ["2020-11-20T18:03:00Z", "2020-11-20T18:20:00Z"],
    ]
    assert times(legs[0]) == ["2020-11-20T18:00:00Z", "2020-11-20T18:03:00Z"]


def test_the_track_is_that_of_gpx() -> None:
    """The track of a unit has the points and times of its GPX track."""
    problem = sample_problem()
    gpx = ET.fromstring(route_gpx(problem, sample_plan(problem), sample_streets(), "A1"))
    track = ET.fromstring(sample_kml()).find(".//gx:Track", NS)
    assert track is not None
    points = zip(track.findall("k:when", NS), track.findall("gx:coord", NS), strict=True)
    assert [(when.text, *(coord.text or "").split()[:2]) for when, coord in points] == [
        (p.findtext("{*}time"), p.attrib["lon"], p.attrib["lat"])
        for p in gpx.iter("{http://www.topografix.com/GPX/1/1}trkpt")
    ]


def test_descriptions_say_what_to_do_and_how_to_get_there() -> None:
    """The description of a stop is its order, its exact times, the way there, and the datum."""
    stint = placemarks(ET.fromstring(sample_kml()), "A1", "A1, stops")[2]
    assert stint.findtext("k:name", "", NS) == f"A1-03 {BRIDGE}"
    assert html.unescape(stint.findtext("k:description", "", NS)).split("<br>") == [
        f"18:30 Man post {BRIDGE} until 19:00 (30 min)",
        f"Arrive 2020-11-20T18:30:00+00:00, leave 2020-11-20T19:00:00+00:00. "
        f"From {MARKET} in 10 min; streets not known, straight line.",
        "Coordinates: WGS-84.",
    ]


def test_lines_say_whether_their_streets_are_known() -> None:
    """The description of a leg has its times, and its length or that it is straight."""
    first, second, _ = placemarks(ET.fromstring(sample_kml()), "A1", "A1, legs")
    said = [html.unescape(mark.findtext("k:description", "", NS)).split("<br>") for mark in (first, second)]
    assert said[0][:2] == [f"{STATION} to {MARKET}, 18:00-18:03.", "1900 m along the streets."]
    assert said[1][1] == "Streets not known, straight line."
    assert [data(mark)["metres"] for mark in (first, second)] == ["1900.0", ""]


def test_a_visited_stretch_is_a_line() -> None:
    """The way along a stretch of street is a line, shown while it is visited."""
    problem = busy_town()
    root = ET.fromstring(plan_kml(problem, busy_plan(problem), Streets()))
    stretch = placemarks(root, "A1", "A1, legs")[-1]
    assert stretch.findtext("k:name", "", NS) == "Along Bridge back"
    assert times(stretch) == ["2020-11-20T19:42:00Z", "2020-11-20T19:54:00Z"]
    coordinates = stretch.findtext("k:LineString/k:coordinates", "", NS)
    assert coordinates == "-0.1000000,51.5600000 -0.1100000,51.5400000"


def test_descriptions_are_safe_html() -> None:
    """Descriptions are shown as HTML: a name with tags, entities or fields of globes is shown as it is written."""
    name = "<script>alert(1)</script> &amp; $[callsign]"
    problem = sample_problem()
    problem = problem.replace(places=(problem.places[0], Place(name, 51.517, -0.08), problem.places[2]))
    plan = Plan("", (Route("B/2", (Stop(STATION, "standby", 0, 0), Stop(name, "visit", 3, 20))),))
    root = ET.fromstring(plan_kml(problem, plan, Streets()))
    visit = placemarks(root, "B/2", "B/2, stops")[1]
    said = visit.findtext("k:description", "", NS)
    assert "<script" not in said
    assert "$" not in said
    assert name in html.unescape(said)
    assert visit.findtext("k:name", "", NS) == f"B/2-02 {name}"


def test_places_are_there_but_hidden() -> None:
    """All places are in a folder of their own, hidden at first, with what they are."""
    marks = placemarks(ET.fromstring(sample_kml()), "Places")
    assert [(m.findtext("k:name", "", NS), data(m)["role"]) for m in marks] == [
        (STATION, "station"),
        (MARKET, "hotspot"),
        (BRIDGE, "post"),
    ]
    assert {m.findtext("k:visibility", "", NS) for m in marks} == {"0"}


def test_shortfalls_come_first() -> None:
    """What hard rules lack is in the first folder, shown while it is lacking; else there is no such folder."""
    problem = sample_problem()
    lack = Shortfall(BRIDGE, 30, 60, 2, "too few units on duty", "a unit more")
    edited = (replace(lack, place="Nowhere"), replace(lack, end=10**12), replace(lack, missing=10**30))
    root = ET.fromstring(plan_kml(problem, sample_plan(problem).replace(shortfalls=(lack, *edited)), Streets()))
    assert folder(root).findtext("k:Folder/k:name", "", NS) == "Shortfalls"
    (mark,) = placemarks(root, "Shortfalls")
    assert mark.findtext("k:name", "", NS) == f"{BRIDGE}: units missing"
    assert mark.findtext("k:description", "", NS).split("<br>")[:2] == [
        "18:30-19:00, 2 units missing: too few units on duty.",
        "Cure: a unit more.",
    ]
    assert times(mark) == ["2020-11-20T18:30:00Z", "2020-11-20T19:00:00Z"]
    assert data(mark)["cure"] == "a unit more"
    assert b"Shortfalls" not in sample_kml()


def test_every_style_is_there_and_none_comes_from_a_network() -> None:
    """Each style that is used is defined, each kind of stop has its own, and no picture is fetched."""
    content = sample_kml()
    root = ET.fromstring(content)
    styles = {s.attrib["id"]: s.findtext("k:IconStyle/k:color", "", NS) for s in root.iter(f"{{{NAMESPACE}}}Style")}
    used = {(e.text or "").removeprefix("#") for e in root.iter(f"{{{NAMESPACE}}}styleUrl")}
    assert used <= set(styles)
    assert len({styles[kind] for kind in STOP_KINDS}) == len(STOP_KINDS) == len(COLOURS)
    assert styles["visit"] == "ffb27200"  # opaque, then blue, green and red of 0072b2
    assert "href" not in content.decode()


def test_units_share_colours_when_they_are_many() -> None:
    """The colours begin again after the last, and every unit has one that is defined."""
    problem = sample_problem()
    unit = problem.units[1]
    units = tuple(unit.__class__(f"U{i}", "car", 0, 60, 0, 0) for i in range(len(UNIT_COLOURS) + 2))
    plan = Plan("", tuple(Route(u.callsign, (Stop(STATION, "standby", 0, 60),)) for u in units))
    root = ET.fromstring(plan_kml(problem.replace(units=units), plan, Streets()))
    tracks = [placemarks(root, u.callsign)[0].findtext("k:styleUrl", "", NS) for u in units]
    assert tracks[0] == tracks[-2] == "#unit-1"
    assert len(set(tracks)) == len(UNIT_COLOURS)


def test_the_document_says_which_plan_it_is() -> None:
    """The document has the name of the shift, its datum, zone, fingerprint, and whom to credit."""
    document = folder(ET.fromstring(sample_kml()))
    assert document.findtext("k:name", "", NS) == "Friday night"
    assert document.findtext("k:description", "", NS).split("<br>") == [
        "Coordinates: WGS-84.",
        "Times: Europe/London.",
        CREDIT,
    ]
    assert data(document) == {"fingerprint": sample_problem().fingerprint(), "datum": "WGS-84"}


def test_another_datum_is_said_in_every_placemark() -> None:
    """On request all points are moved to GCJ-02, and each placemark and the document say so."""
    problem = sample_problem()
    problem = problem.replace(places=tuple(Place(p.name, p.lat - 11.5, p.lon + 116.5) for p in problem.places))
    contents = [plan_kml(problem, sample_plan(problem), Streets(), datum=d) for d in ("wgs84", "gcj02")]
    one, other = (ET.fromstring(content) for content in contents)
    assert {data(mark)["datum"] for mark in other.iter(f"{{{NAMESPACE}}}Placemark")} == {"GCJ-02"}
    assert "not WGS-84" in folder(other).findtext("k:description", "", NS)
    for tag in ("coordinates", "coord"):
        before, after = (
            np.array([p.split(",")[:2] if "," in p else p.split()[:2] for p in points(root, tag)], dtype=float)
            for root in (one, other)
        )
        assert (np.abs(after - before - (0.006, 0.0013)) < 0.002).all()


def points(root: ET.Element, tag: str) -> list[str]:
    """Return the texts of all points in elements of this name."""
    texts = [e.text or "" for e in root.iter() if e.tag.endswith(f"}}{tag}")]
    return [p for text in texts for p in text.split()] if tag == "coordinates" else texts


def test_kmz_holds_the_same() -> None:
    """KMZ is the KML, compressed, with no time of a clock; two are the same to the byte."""
    problem = sample_problem()
    one, other = (plan_kmz(problem, sample_plan(problem), sample_streets()) for _ in range(2))
    assert one == other
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert archive.namelist() == ["doc.kml"]
        assert archive.read("doc.kml") == sample_kml()
        assert archive.getinfo("doc.kml").date_time == (1980, 1, 1, 0, 0, 0)


@pytest.mark.parametrize("name", ["plan.kml", "plan.kmz"])
def test_ogr2ogr_reads_every_folder(tmp_path: Path, name: str) -> None:
    """ogr2ogr finds a layer for each folder, and in it stops with times and fields, and legs as lines."""
    problem = sample_problem()
    path = tmp_path / name
    make = plan_kml if name.endswith("kml") else plan_kmz
    path.write_bytes(make(problem, sample_plan(problem), sample_streets()))
    layers = ogr_layers(path)
    assert {"Places", "A1", "A1, stops", "A1, legs", "B/2", "B/2, stops"} <= set(layers)
    stops = ogr_features(path, "A1, stops")
    assert [f["properties"]["place"] for f in stops] == [STATION, MARKET, BRIDGE, STATION, STATION]
    assert stops[1]["properties"]["begin"].replace("/", "-").startswith("2020-11-20T18:03:00")
    assert stops[1]["geometry"]["coordinates"][:2] == [-0.08, 51.517]
    legs = ogr_features(path, "A1, legs")
    assert [f["geometry"]["type"] for f in legs] == ["LineString"] * 3
    assert len(legs[0]["geometry"]["coordinates"]) == 4


def test_gpsbabel_reads_stops_and_tracks(tmp_path: Path) -> None:
    """The program gpsbabel reads the stops as waypoints with arrival times, and the track with all its times."""
    path, out = tmp_path / "plan.kml", tmp_path / "out.gpx"
    path.write_bytes(sample_kml())
    command = [program("gpsbabel"), "-i", "kml", "-f", str(path), "-o", "gpx,gpxver=1.1", "-F", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    read = ET.fromstring(out.read_bytes())
    names = [w.findtext("{*}name") for w in read.findall("{*}wpt")]
    assert [n for n in names if n and n.startswith("A1-")] == [
        f"A1-{i:02d} {place}" for i, place in enumerate((STATION, MARKET, BRIDGE, STATION, STATION), 1)
    ]
    problem = sample_problem()
    gpx = ET.fromstring(route_gpx(problem, sample_plan(problem), sample_streets(), "A1"))
    wanted = [datetime.fromisoformat(t.text or "") for t in gpx.findall(".//{*}trkpt/{*}time")]
    tracks = [
        [datetime.fromisoformat(t.text or "") for t in track.findall("{*}trkseg/{*}trkpt/{*}time")]
        for track in read.findall("{*}trk")
        if track.findtext("{*}name") == "A1"
    ]
    assert wanted in tracks
