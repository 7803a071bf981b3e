"""GPX: valid, complete, on time, and opened by other programs."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.clock import Clock
from solver.export.filenames import file_names
from solver.export.gpx import CONTENTS, LONGEST_ROUTE, NAMESPACE, SYMBOLS, Content, route_gpx
from solver.export.itinerary import ExportError, itinerary
from solver.export.thinning import significance
from solver.export.track import LONGEST
from solver.plan import Plan, Route, Stop
from solver.problem import Problem
from solver.streets import Leg, Streets
from tests.other_programs import program
from tests.tours import BRIDGE, CREDIT, MARKET, STATION, sample_plan, sample_problem, sample_streets, tours

NS = {"g": NAMESPACE}


@pytest.fixture(scope="module")
def schema(shared_data: Path) -> Any:
    etree = pytest.importorskip("lxml.etree", reason="lxml validates GPX against its schema")
    return etree.XMLSchema(etree.parse(shared_data / "gpx11.xsd"))


def valid(schema: Any, content: bytes) -> bool:
    from lxml import etree

    schema.assertValid(etree.fromstring(content))
    return True


def sample(callsign: str = "A1", **options: Any) -> ET.Element:
    problem = sample_problem()
    return ET.fromstring(route_gpx(problem, sample_plan(problem), sample_streets(), callsign, **options))


def texts(root: ET.Element, path: str) -> list[str | None]:
    return [e.text for e in root.findall(path, NS)]


def trackpoints(root: ET.Element) -> list[tuple[datetime, float, float]]:
    return [
        (datetime.fromisoformat(p.findtext("g:time", "", NS)), float(p.attrib["lon"]), float(p.attrib["lat"]))
        for p in root.findall("g:trk/g:trkseg/g:trkpt", NS)
    ]


def at(seconds: float) -> datetime:
    return datetime(2020, 11, 20, 18, tzinfo=UTC) + timedelta(seconds=seconds)


def test_sample_is_valid(schema: Any) -> None:
    """The sample validates against the schema of GPX 1.1, in either datum."""
    problem = sample_problem()
    plan = sample_plan(problem)
    for callsign in ("A1", "B/2"):
        for datum in ("wgs84", "gcj02"):
            assert valid(schema, route_gpx(problem, plan, sample_streets(), callsign, datum=datum))


@settings(max_examples=60, deadline=None)
@given(tour=tours(), longest=st.sampled_from([LONGEST, 20, 1]), split=st.sampled_from([LONGEST_ROUTE, 2]))
def test_any_plan_is_valid_and_complete(
    schema: Any, tour: tuple[Problem, Plan, Streets], longest: int, split: int
) -> None:
    """Any plan whose times rise gives a valid file with all its stops, in order, and times that rise strictly."""
    problem, plan, streets = tour
    clock = Clock.of(problem)
    for route in plan.routes:
        content = route_gpx(problem, plan, streets, route.callsign, longest_track=longest, longest_route=split)
        assert valid(schema, content)
        root = ET.fromstring(content)
        stops = [(s.kind, clock.utc(s.arrive)) for s in route.stops]
        halts = [
            [(h.stop.kind, clock.utc(h.stop.arrive)), *([(h.stop.kind, clock.utc(h.stop.leave))] if h.along else [])]
            for h in itinerary(problem, plan, route.callsign).halts
        ]
        for path, wanted in (("g:wpt", stops), ("g:rte/g:rtept", [point for halt in halts for point in halt])):
            times = [datetime.fromisoformat(t or "") for t in texts(root, f"{path}/g:time")]
            assert list(zip(texts(root, f"{path}/g:type"), times, strict=True)) == wanted
        times = [t for t, _, _ in trackpoints(root)]
        assert all(a < b for a, b in pairwise(times))
        assert {clock.utc(m) for s in route.stops for m in (s.arrive, s.leave)} <= set(times)


def test_texts_are_orders_to_the_crew() -> None:
    """Each stop says in a sentence what to do there and until when."""
    assert texts(sample(), "g:wpt/g:desc") == [
        f"18:00 Set out from {STATION}",
        f"18:03 Visit {MARKET} until 18:20 (17 min)",
        f"18:30 Man post {BRIDGE} until 19:00 (30 min)",
        f"19:04 Take break at {STATION} until 19:24 (20 min)",
        f"19:24 Stand by at {STATION} until 20:00 (36 min)",
    ]


def test_stops_without_length_say_what_they_are() -> None:
    """A stop of no length is where a unit sets out, passes, or ends its shift."""
    problem = sample_problem()
    stops = (Stop(STATION, "standby", 0, 0), Stop(BRIDGE, "standby", 4, 4), Stop(STATION, "standby", 60, 60))
    root = ET.fromstring(route_gpx(problem, Plan("sha256:0", (Route("B/2", stops),)), Streets(), "B/2"))
    assert texts(root, "g:wpt/g:desc") == [
        f"18:00 Set out from {STATION}",
        f"18:04 Pass {BRIDGE}",
        f"19:00 End of shift at {STATION}",
    ]


def test_comments_say_exact_times_and_the_way() -> None:
    """The comment of a stop has its times with date and offset, and how long the way there is."""
    assert texts(sample(), "g:wpt/g:cmt")[1:3] == [
        f"Arrive 2020-11-20T18:03:00+00:00, leave 2020-11-20T18:20:00+00:00. From {STATION} in 3 min, 1.9 km.",
        "Arrive 2020-11-20T18:30:00+00:00, leave 2020-11-20T19:00:00+00:00. "
        f"From {MARKET} in 10 min; streets not known, straight line.",
    ]


def test_straight_lines_are_said_in_the_track() -> None:
    """The track says how many of its legs are straight because their streets are not known."""
    assert "Streets not known, straight line: 2 of 3 legs." in (sample().findtext("g:trk/g:desc", "", NS))


def test_leg_that_takes_longer_than_planned_is_said() -> None:
    """Where the streets take longer than the plan allows, the comment says so and the track is on time."""
    problem = sample_problem()
    slow = Leg(np.array([[-0.0922, 51.5155], [-0.09, 51.516], [-0.08, 51.517]]), np.array([0.0, 100.0, 250.0]), 1900.0)
    root = ET.fromstring(route_gpx(problem, sample_plan(problem), Streets({("car", STATION, MARKET): slow}), "A1"))
    assert "these streets take 250 s, longer than the plan allows" in (texts(root, "g:wpt/g:cmt")[1] or "")
    assert [(at(0), -0.0922), (at(72), -0.09), (at(180), -0.08), (at(1200), -0.08)] == [
        (t, lon) for t, lon, _ in trackpoints(root)[:4]
    ]


def test_metadata() -> None:
    """The file says whose plan it is, for when, in which datum, on whose map, and where."""
    root = sample()
    assert texts(root, "g:metadata/g:name") == ["A1, Friday night"]
    assert texts(root, "g:metadata/g:desc") == [
        "A1 (car), 2020-11-20 18:00 to 2020-11-20 20:00 Europe/London. Coordinates: WGS-84."
    ]
    assert texts(root, "g:metadata/g:time") == ["2020-11-20T18:00:00Z"]
    assert [e.attrib for e in root.findall("g:metadata/g:copyright", NS)] == [{"author": CREDIT}]
    assert [e.attrib for e in root.findall("g:metadata/g:bounds", NS)] == [
        {"minlat": "51.5080000", "minlon": "-0.0922000", "maxlat": "51.5170000", "maxlon": "-0.0800000"}
    ]


def test_symbols_follow_the_kind_of_stop() -> None:
    """Each kind of stop has its own symbol."""
    root = sample()
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)
    assert texts(root, "g:wpt/g:sym") == [SYMBOLS[k or ""] for k in texts(root, "g:wpt/g:type")]


def test_track_drives_at_once_and_stands() -> None:
    """A unit leaves on time, follows the street points at their seconds, arrives early, and stands."""
    assert trackpoints(sample())[:7] == [
        (at(0), -0.0922, 51.5155),
        (at(1), -0.0922, 51.51577),  # the street, 30 m from the station, one second on
        (at(40), -0.0860, 51.5158),
        (at(121), -0.0860, 51.5169),
        (at(164), -0.0800, 51.5170),  # 163.3 s, rounded up
        (at(180), -0.0800, 51.5170),
        (at(1200), -0.0800, 51.5170),
    ]


def test_one_track_of_one_segment() -> None:
    """There is one track and one segment, as some terminals join several."""
    root = sample()
    assert len(root.findall("g:trk", NS)) == len(root.findall("g:trk/g:trkseg", NS)) == 1


def test_dense_streets_keep_the_points_that_matter() -> None:
    """Of street points within one second, the corner is kept and those beside it on the line are not."""
    problem = sample_problem()
    steps = np.linspace(0, 1, 201)[:, None]
    corner = np.array([-0.0860, 51.5158])
    lonlat = np.vstack(
        (
            np.array([-0.0922, 51.5155]) * (1 - steps) + corner * steps,
            (corner * (1 - steps) + np.array([-0.0800, 51.5170]) * steps)[1:],
        )
    )
    leg = Leg(lonlat, np.linspace(0, 40.0, 401), 900.0)
    root = ET.fromstring(route_gpx(problem, sample_plan(problem), Streets({("car", STATION, MARKET): leg}), "A1"))
    early = [p for p in trackpoints(root) if p[0] <= at(40)]
    assert len(early) == 41
    assert (at(20), -0.0860, 51.5158) in early


def test_long_tracks_are_thinned_to_what_matters() -> None:
    """Above the limit the points that matter least for the line are left out, never those of the halts."""
    problem, rng = sample_problem(), np.random.default_rng(1)
    lonlat = np.round(np.cumsum(rng.normal(0, 1e-4, (150, 2)), axis=0) + np.array([-0.0922, 51.5155]), 7)
    leg = Leg(lonlat, np.linspace(0, 170.0, 150), 900.0)
    weight = {(lon, lat): w for (lon, lat), w in zip(lonlat.tolist(), significance(lonlat), strict=True)}

    def points(limit: int) -> list[tuple[float, float]]:
        streets = Streets({("car", STATION, MARKET): leg})
        root = ET.fromstring(route_gpx(problem, sample_plan(problem), streets, "A1", longest_track=limit))
        return [(lon, lat) for _, lon, lat in trackpoints(root)]

    everything = points(LONGEST)
    kept = points(len(everything) - 100)
    halts = [p for p in everything if p not in weight]
    assert [p for p in kept if p not in weight] == halts == points(1)
    assert len(kept) == len(everything) - 100
    dropped = set(everything) - set(kept)
    assert max(weight[p] for p in dropped) <= min(weight[p] for p in kept if p in weight)


def test_long_routes_are_split() -> None:
    """A route of more points than a device takes is written as several, which together hold every stop."""
    root = sample(longest_route=2)
    assert texts(root, "g:rte/g:name") == ["A1, part 1 of 3", "A1, part 2 of 3", "A1, part 3 of 3"]
    assert [len(r.findall("g:rtept", NS)) for r in root.findall("g:rte", NS)] == [2, 2, 1]
    assert texts(root, "g:rte/g:rtept/g:name") == texts(root, "g:wpt/g:name")


def test_names_lose_what_xml_forbids() -> None:
    """Control characters become U+FFFD, line ends a space, everything else stays as it is."""
    problem = sample_problem()
    name = "Mar\x00ket\r\n\x1b[31m 市场 🚓 سوق"
    problem = problem.replace(
        places=(problem.places[0], problem.places[1].__class__(name, 51.5, -0.1), problem.places[2])
    )
    stops = (Stop(STATION, "standby", 0, 0), Stop(name, "visit", 4, 20), Stop(STATION, "standby", 60, 60))
    root = ET.fromstring(route_gpx(problem, Plan("", (Route("B/2", stops),)), Streets(), "B/2"))
    assert texts(root, "g:wpt/g:name")[1] == "B/2-02 Mar\ufffdket \ufffd[31m 市场 🚓 سوق"


def test_gcj02_is_moved_and_said() -> None:
    """On request coordinates inside China are in GCJ-02, and every description says so; times are the same."""
    problem = sample_problem()
    moved = tuple(p.__class__(p.name, p.lat - 11.5, p.lon + 116.5) for p in problem.places)
    problem = problem.replace(places=moved)
    plan = sample_plan(problem)
    plain, chinese = (
        ET.fromstring(route_gpx(problem, plan, Streets(), "A1", datum=datum)) for datum in ("wgs84", "gcj02")
    )
    for path in ("g:metadata/g:desc", "g:rte/g:desc", "g:trk/g:desc"):
        assert "Coordinates: WGS-84." in (plain.findtext(path, "", NS))
        assert "Coordinates: GCJ-02, not WGS-84: right only on maps drawn in GCJ-02." in chinese.findtext(path, "", NS)
    pairs = list(zip(trackpoints(plain), trackpoints(chinese), strict=True))
    assert all(a[0] == b[0] for a, b in pairs)
    assert all(0.004 < b[1] - a[1] < 0.008 and 0.0005 < b[2] - a[2] < 0.003 for a, b in pairs)


def test_unknown_datum_is_refused() -> None:
    """A datum that is none of the known ones is an error that names them."""
    with pytest.raises(ValueError, match="unknown datum 'bd09'; use one of wgs84, gcj02"):
        sample(datum="bd09")


def test_the_date_line_is_west() -> None:
    """A place at 180 degrees east is written as 180 degrees west, as the schema wants."""
    problem = sample_problem()
    place = problem.places[0].__class__(STATION, 0.0, 179.99999999)
    problem = problem.replace(places=(place, *problem.places[1:]))
    root = ET.fromstring(route_gpx(problem, sample_plan(problem), Streets(), "B/2"))
    assert [w.attrib["lon"] for w in root.findall("g:wpt", NS)] == ["-180.0000000"]


def test_clock_change_keeps_utc_and_says_the_offset() -> None:
    """When the clocks go back, orders tell the two hours of the same name apart and track times go on."""
    problem = sample_problem(start="2020-10-25T01:30:00+01:00")
    root = ET.fromstring(route_gpx(problem, sample_plan(problem), sample_streets(), "A1"))
    assert texts(root, "g:wpt/g:desc")[2] == f"01:00 +0000 Man post {BRIDGE} until 01:30 +0000 (30 min)"
    assert texts(root, "g:wpt/g:time")[2] == "2020-10-25T01:00:00Z"


def test_same_arguments_same_bytes() -> None:
    """Two exports of one plan are the same to the byte."""
    problem = sample_problem()
    one, other = (route_gpx(problem, sample_plan(problem), sample_streets(), "A1") for _ in range(2))
    assert one == other


@pytest.mark.parametrize("content", CONTENTS)
def test_content_is_what_was_asked_for(schema: Any, content: Content) -> None:
    """A file holds the elements asked for, as they are in one with everything, is valid, and its box holds them."""
    problem = sample_problem()
    made = route_gpx(problem, sample_plan(problem), sample_streets(), "A1", content=content)
    assert valid(schema, made)
    root = ET.fromstring(made)
    wanted = [e for e in sample() if e.tag.split("}")[1] in ("metadata", *CONTENTS[content])]
    assert [ET.tostring(e).strip() for e in root[1:]] == [ET.tostring(e).strip() for e in wanted[1:]]
    points = [p for path in POINTS for p in root.findall(path, NS)]
    (box,) = root.findall("g:metadata/g:bounds", NS)
    for axis in ("lat", "lon"):
        degrees = [float(p.attrib[axis]) for p in points]
        assert (float(box.attrib[f"min{axis}"]), float(box.attrib[f"max{axis}"])) == (min(degrees), max(degrees))


def test_unknown_content() -> None:
    """Content that does not exist is an error that names what does."""
    with pytest.raises(ValueError, match="unknown content 'tracks'; use one of all, both, track, route, waypoints"):
        sample(content="tracks")


def test_callsign_without_route() -> None:
    """A callsign that the plan does not know is an error that names those it knows."""
    with pytest.raises(ExportError, match="the plan has no route of 'Z9'; it has routes of A1, B/2"):
        sample("Z9")


def test_everything_wrong_with_a_route_is_said_at_once() -> None:
    """A route that cannot be shown is refused with every reason."""
    problem = sample_problem()
    stops = (
        Stop("Nowhere", "visit", 0, 5),
        Stop(MARKET, "vist", 3, 2),
        Stop(STATION, "standby", 10, 20),
        Stop(MARKET, "visit", 20, 500),
        Stop(MARKET, "visit", 30, 40),
        Stop(BRIDGE, "visit", 40, 50),
        Stop(BRIDGE, "visit", 45, 50),
    )
    with pytest.raises(ExportError) as caught:
        route_gpx(problem, Plan("", (Route("A1", stops), Route("A1", ()))), Streets(), "A1")
    assert caught.value.errors == [
        "A1, stop 1: the problem has no place 'Nowhere'",
        "A1, stop 2: there is no kind of stop 'vist'; use one of visit, stint, break, standby, task",
        "A1, stop 2: times 3 to 2 must rise and lie in 0 to 120",
        "A1, stop 4: times 20 to 500 must rise and lie in 0 to 120",
        "A1, stop 5: arrives in minute 30, before it leaves stop 4 in minute 500",
        f"A1, stop 6: arrives at '{BRIDGE}' in the minute in which it leaves '{MARKET}'",
        "A1, stop 7: arrives in minute 45, before it leaves stop 6 in minute 50",
        "A1: has no stops",
        "A1: the plan has more than one route of it; keep one",
    ]


def written(directory: Path) -> dict[str, Path]:
    """Write the sample's GPX files and return them by callsign."""
    problem = sample_problem()
    plan = sample_plan(problem)
    paths = {}
    for callsign, name in file_names(r.callsign for r in plan.routes).items():
        paths[callsign] = directory / f"{name}.gpx"
        paths[callsign].write_bytes(route_gpx(problem, plan, sample_streets(), callsign))
    return paths


def converted(inputs: list[Path], output: Path) -> ET.Element:
    """Return GPX files read and written again by gpsbabel as one."""
    command = [program("gpsbabel"), "-i", "gpx"]
    for path in inputs:
        command += ["-f", str(path)]
    subprocess.run([*command, "-o", "gpx,gpxver=1.1", "-F", str(output)], check=True, capture_output=True)
    return ET.fromstring(output.read_bytes())


POINTS = ("g:wpt", "g:rte/g:rtept", "g:trk/g:trkseg/g:trkpt")


def test_gpsbabel_keeps_every_point_in_order(tmp_path: Path) -> None:
    """A file read and written by gpsbabel has the same points, names and times in the same order."""
    path = written(tmp_path)["A1"]
    before, after = ET.fromstring(path.read_bytes()), converted([path], tmp_path / "out.gpx")
    for points in POINTS:
        a, b = before.findall(points, NS), after.findall(points, NS)
        assert [p.findtext("g:name", "", NS) for p in a] == [p.findtext("g:name", "", NS) for p in b]
        for one, other in zip(a, b, strict=True):
            assert np.allclose(
                [float(one.attrib[k]) for k in ("lat", "lon")], [float(other.attrib[k]) for k in ("lat", "lon")]
            )
            assert datetime.fromisoformat(one.findtext("g:time", "", NS)) == datetime.fromisoformat(
                other.findtext("g:time", "", NS)
            )


@pytest.mark.parametrize(("content", "found"), [("both", (0, 5, 12)), ("waypoints", (5, 0, 0)), ("track", (0, 0, 12))])
def test_gpsbabel_reads_what_was_asked_for(tmp_path: Path, content: Content, found: tuple[int, ...]) -> None:
    """The program gpsbabel finds as many points of each kind as were asked for, track points no more than the cap."""
    problem, path = sample_problem(), tmp_path / "A1.gpx"
    path.write_bytes(
        route_gpx(problem, sample_plan(problem), sample_streets(), "A1", content=content, longest_track=12)
    )
    read = converted([path], tmp_path / "out.gpx")
    assert tuple(len(read.findall(points, NS)) for points in POINTS) == found


def test_gpsbabel_merges_all_units(tmp_path: Path) -> None:
    """The files of all units read together give all their points, and one track a unit."""
    paths = written(tmp_path)
    alone = [ET.fromstring(p.read_bytes()) for p in paths.values()]
    together = converted(list(paths.values()), tmp_path / "all.gpx")
    for points in POINTS:
        assert len(together.findall(points, NS)) == sum(len(a.findall(points, NS)) for a in alone)
    assert texts(together, "g:trk/g:name") == ["A1", "B/2"]


def test_ogr2ogr_reads_every_layer(tmp_path: Path) -> None:
    """ogr2ogr finds as many waypoints, route points and track points as were written."""
    ogr, path = program("ogr2ogr"), written(tmp_path)["A1"]
    root = ET.fromstring(path.read_bytes())
    for layer, points in zip(("waypoints", "route_points", "track_points"), POINTS, strict=True):
        out = tmp_path / f"{layer}.csv"
        subprocess.run([ogr, "-f", "CSV", str(out), str(path), layer], check=True, capture_output=True)
        rows = out.read_text(encoding="utf-8").splitlines()
        assert len(rows) - 1 == len(root.findall(points, NS))
    assert STATION in (tmp_path / "waypoints.csv").read_text(encoding="utf-8")
    out = tmp_path / "tracks.geojson"
    subprocess.run([ogr, "-f", "GeoJSON", str(out), str(path), "tracks"], check=True, capture_output=True)
    assert "Streets not known" in out.read_text(encoding="utf-8")


def test_gpxpy_reads_it() -> None:
    """The library gpxpy reads the file and finds the standing time in the track."""
    gpxpy = pytest.importorskip("gpxpy", reason="gpxpy reads GPX")
    problem = sample_problem()
    gpx = gpxpy.parse(route_gpx(problem, sample_plan(problem), sample_streets(), "A1").decode())
    assert gpx.tracks[0].get_time_bounds().end_time - gpx.tracks[0].get_time_bounds().start_time == timedelta(hours=2)
    assert [len(gpx.waypoints), len(gpx.routes[0].points)] == [5, 5]
