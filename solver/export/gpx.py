"""One unit's plan as GPX 1.1, for the terminal in the car and for any program that shows tracks.

The file holds the stops as waypoints, the stops in order as a route (between whose points a device finds
its own way), and the way along the streets with times as one track.  The format is that of
https://www.topografix.com/GPX/1/1/; ``docs/outputs.md`` lists every field.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from solver.clock import Clock
from solver.export.datum import Datum, from_wgs84
from solver.export.drive import Drive, drives, patrols
from solver.export.itinerary import Halt, Itinerary, itinerary
from solver.export.track import LONGEST, track
from solver.export.words import datum_line, distance, duration, order, shift_line
from solver.export.xml_elements import document, element, leaf
from solver.plain_text import one_line
from solver.plan import Plan
from solver.problem import Problem
from solver.streets import Streets
from solver.wording import Times

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAMESPACE = "http://www.topografix.com/GPX/1/1"
LONGEST_ROUTE = 250
"""Route points that receivers take; some take no more."""

Content = Literal["all", "both", "track", "route", "waypoints"]
CONTENTS: dict[Content, tuple[str, ...]] = {
    "all": ("wpt", "rte", "trk"),
    "both": ("rte", "trk"),
    "track": ("trk",),
    "route": ("rte",),
    "waypoints": ("wpt",),
}
"""What may be asked for, and the elements that it puts into the file."""


class GpxOptions(TypedDict, total=False):
    """The options of `route_gpx`, for those who pass them on."""

    datum: Datum
    content: Content
    longest_track: int
    longest_route: int


SYMBOLS = {
    "visit": "Flag, Blue",
    "stint": "Flag, Red",
    "task": "Flag, Green",
    "break": "Restaurant",
    "standby": "Parking Area",
}
"""Symbol of each kind of stop, by the names that Garmin gave them and most programs know."""


def route_gpx(
    problem: Problem,
    plan: Plan,
    streets: Streets,
    callsign: str,
    *,
    datum: Datum = "wgs84",
    content: Content = "all",
    longest_track: int = LONGEST,
    longest_route: int = LONGEST_ROUTE,
) -> bytes:
    """Return the plan of the unit called `callsign` as a GPX 1.1 document in UTF-8.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    streets : Streets
        Legs that it does not know become straight lines, and the file says so.
    callsign : str
    datum : {"wgs84", "gcj02"}
        GPX means WGS-84; anything else is on request, and written into the file's descriptions.
    content : {"all", "both", "track", "route", "waypoints"}
        What the file holds: ``both`` is the route and the track, ``all`` the waypoints of the stops as well.
    longest_track, longest_route : int
        Track points at most (those of the stops are always kept) and route points at most; a longer route
        is written as several, one after the other.

    Returns
    -------
    bytes
        The same for the same arguments: no clock is read.

    Raises
    ------
    ExportError
        When the plan has no such route or it cannot be shown.
    ValueError
        When `datum` or `content` is unknown.
    """
    if content not in CONTENTS:
        raise ValueError(f"unknown content {content!r}; use one of {', '.join(CONTENTS)}")

    clock, times = Clock.of(problem), Times(problem)
    tour = itinerary(problem, plan, callsign)
    ways = tuple(drives(problem, streets, tour))
    path = track(tour, ways, tuple(patrols(streets, tour)), longest=longest_track)
    stops, ends = (from_wgs84(np.array(at), datum) for at in zip(*((h.begin, h.end) for h in tour.halts), strict=True))
    points = from_wgs84(path.lonlat, datum)
    by_end = {d.end.number: d for d in ways}
    texts = [(order(times, tour, h), comment(clock, h, by_end.get(h.number))) for h in tour.halts]
    boxes = {"wpt": stops, "rte": np.vstack((stops, ends)), "trk": points}
    root = _root()
    around = np.vstack([boxes[tag] for tag in CONTENTS[content]])
    root.append(_metadata(problem, clock, tour, streets, datum, around))
    if "wpt" in CONTENTS[content]:
        root.extend(_stop("wpt", clock, tour, h, p, t) for h, p, t in zip(tour.halts, stops, texts, strict=True))
    if "rte" in CONTENTS[content]:
        root.extend(_routes(clock, tour, datum, _route_points(clock, tour, stops, ends, texts), longest_route))
    if "trk" in CONTENTS[content]:
        root.append(_track(clock, tour, datum, points, path.seconds, ways))
    return document(root)


def _root() -> Element:
    """Return the empty document."""
    from xml.etree.ElementTree import Element

    schema = "http://www.w3.org/2001/XMLSchema-instance"
    return Element(
        "gpx",
        {
            "xmlns": NAMESPACE,
            "xmlns:xsi": schema,
            "xsi:schemaLocation": f"{NAMESPACE} {NAMESPACE}/gpx.xsd",
            "version": "1.1",
            "creator": "patrolplan",
        },
    )


def _metadata(
    problem: Problem, clock: Clock, tour: Itinerary, streets: Streets, datum: Datum, lonlat: NDArray[np.float64]
) -> Element:
    """Return what the file is about, whose the map is, and the box around it."""
    name = f"{one_line(tour.unit.callsign)}, {one_line(problem.name)}"
    children = [leaf("name", name), leaf("desc", f"{shift_line(clock, tour)}. {datum_line(datum)}.")]
    if streets.attribution:
        children.append(element("copyright", (), author=one_line(streets.attribution)))
    begin, _ = tour.duty or (tour.unit.start, tour.unit.end)
    children.append(leaf("time", _utc(clock, 60 * begin)))
    (west, south), (east, north) = lonlat.min(axis=0), lonlat.max(axis=0)
    (minlon, minlat), (maxlon, maxlat) = _degrees(west, south), _degrees(east, north)
    children.append(element("bounds", (), minlat=minlat, minlon=minlon, maxlat=maxlat, maxlon=maxlon))
    return element("metadata", children)


def _stop(
    tag: str, clock: Clock, tour: Itinerary, halt: Halt, lonlat: NDArray[np.float64], text: tuple[str, str]
) -> Element:
    """Return a halt as a waypoint or a point of the route."""
    desc, cmt = text
    children = [
        leaf("time", _utc(clock, 60 * halt.stop.arrive)),
        leaf("name", f"{one_line(tour.unit.callsign)}-{halt.number:02d} {one_line(halt.place.name)}"),
        leaf("cmt", cmt),
        leaf("desc", desc),
        leaf("sym", SYMBOLS[halt.stop.kind]),
        leaf("type", halt.stop.kind),
    ]
    return _point(tag, lonlat, children)


def _route_points(
    clock: Clock,
    tour: Itinerary,
    stops: NDArray[np.float64],
    ends: NDArray[np.float64],
    texts: list[tuple[str, str]],
) -> list[Element]:
    """Return the points of the route: where each halt begins, and where the stretch that it visits ends."""
    points = []
    for halt, begin, end, said in zip(tour.halts, stops, ends, texts, strict=True):
        points.append(_stop("rtept", clock, tour, halt, begin, said))
        points += [_far_end(clock, tour, halt, end)] if halt.along else []
    return points


def _far_end(clock: Clock, tour: Itinerary, halt: Halt, lonlat: NDArray[np.float64]) -> Element:
    """Return the end of a stretch of street as a point of the route, so that a device leads along it."""
    name = f"{one_line(tour.unit.callsign)}-{halt.number:02d} {one_line(halt.place.name)}, far end"
    times = [leaf("time", _utc(clock, 60 * halt.stop.leave)), leaf("name", name)]
    return _point("rtept", lonlat, [*times, leaf("sym", SYMBOLS[halt.stop.kind]), leaf("type", halt.stop.kind)])


def comment(clock: Clock, halt: Halt, drive: Drive | None) -> str:
    """Return the exact times of a halt and how the unit gets there."""
    stop = halt.stop
    times = f"Arrive {clock.iso(stop.arrive)}, leave {clock.iso(stop.leave)}."
    if drive is None:
        return times
    way = f"From {one_line(drive.start.place.name)} in {duration(drive.allowed // 60)}"
    if drive.metres is not None:
        way += f", {distance(drive.metres)}"
    if not drive.known:
        way += "; streets not known, straight line"
    if drive.too_slow:
        way += f"; these streets take {drive.needed:.0f} s, longer than the plan allows"
    return f"{times} {way}."


def _routes(clock: Clock, tour: Itinerary, datum: Datum, points: list[Element], longest: int) -> list[Element]:
    """Return the stops in order as a route, or as several where a device could not hold one."""
    parts = [points[i : i + longest] for i in range(0, len(points), longest)]
    callsign = one_line(tour.unit.callsign)
    routes = []
    for i, part in enumerate(parts):
        name = callsign if len(parts) == 1 else f"{callsign}, part {i + 1} of {len(parts)}"
        desc = f"{shift_line(clock, tour)}. {datum_line(datum)}."
        head = [
            leaf("name", name),
            leaf("desc", desc),
            leaf("number", str(i + 1)),
            leaf("type", tour.unit.mode),
        ]
        routes.append(element("rte", head + part))
    return routes


def _track(
    clock: Clock,
    tour: Itinerary,
    datum: Datum,
    points: NDArray[np.float64],
    seconds: NDArray[np.int64],
    ways: tuple[Drive, ...],
) -> Element:
    """Return the way with times, as one track of one segment."""
    straight = sum(not d.known for d in ways)
    desc = f"{shift_line(clock, tour)}. {datum_line(datum)}."
    if straight:
        desc += f" Streets not known, straight line: {straight} of {len(ways)} legs."
    segment = element(
        "trkseg",
        (_point("trkpt", p, [leaf("time", _utc(clock, s))]) for p, s in zip(points, seconds.tolist(), strict=True)),
    )
    head = [
        leaf("name", one_line(tour.unit.callsign)),
        leaf("desc", desc),
        leaf("type", tour.unit.mode),
    ]
    return element("trk", [*head, segment])


def _point(tag: str, lonlat: NDArray[np.float64], children: list[Element]) -> Element:
    """Return a point."""
    lon, lat = _degrees(*lonlat)
    return element(tag, children, lat=lat, lon=lon)


def _degrees(lon: float, lat: float) -> tuple[str, str]:
    """Return longitude and latitude to a centimetre; 180 degrees east is written as west, as the schema wants."""
    written = f"{lon:.7f}"
    return ("-180.0000000" if written == "180.0000000" else written), f"{lat:.7f}"


def _utc(clock: Clock, second: int) -> str:
    """Return the time in UTC, ending in Z, `second` seconds from the start of the problem."""
    return (clock.start + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")
