"""A whole plan as KML 2.2 (OGC 07-147r2), for Google Earth and other globes, with times for their slider.

A folder a unit holds its track, which moves with the time, its stops and its legs.  The track is an element of
Google's extension, the only one in KML that ties times to a line; programs that do not know it pass it over.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from solver.clock import Clock
from solver.export.datum import DATUMS, Datum, from_wgs84
from solver.export.drive import Drive, Patrol, drives, patrols
from solver.export.features import places, shortfalls
from solver.export.gpx import comment
from solver.export.itinerary import Halt, Itinerary, itineraries
from solver.export.track import track
from solver.export.words import datum_line, order, shift_line
from solver.export.xml_elements import document, element, leaf
from solver.plain_text import one_line
from solver.plan import Plan
from solver.problem import Problem
from solver.streets import Streets
from solver.wording import Times, units_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAMESPACE = "http://www.opengis.net/kml/2.2"
GOOGLE = "http://www.google.com/kml/ext/2.2"

COLOURS = {"visit": "0072b2", "stint": "d55e00", "task": "009e73", "break": "e69f00", "standby": "999999"}
"""Colour of each kind of stop, red, green, blue; told apart by those who see fewer colours too (Okabe and Ito)."""

LACKING = "ff0000"
"""Colour of what hard rules lack."""

LACKS = {"post": "units missing", "revisit": "visit overdue", "task": "task not done"}
"""What a place lacks, by the rule that asks for it."""

UNIT_COLOURS = ("0072b2", "d55e00", "009e73", "cc79a7", "56b4e9", "e69f00", "8c510a", "542788")
"""Colours of the units' lines, one after the other and then from the beginning again."""


def plan_kml(problem: Problem, plan: Plan, streets: Streets, *, datum: Datum = "wgs84") -> bytes:
    """Return `plan` as a KML document in UTF-8.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    streets : Streets
        Legs that it does not know become straight lines, and their descriptions say so.
    datum : {"wgs84", "gcj02"}
        KML means WGS-84; anything else is on request, and every description names it.

    Raises
    ------
    ExportError
        When a route of the plan cannot be shown.
    ValueError
        When `datum` is unknown.
    """
    writer = _Writer(problem, streets, datum)
    root = element("kml", [writer.document(itineraries(problem, plan), plan)])
    root.attrib.update({"xmlns": NAMESPACE, "xmlns:gx": GOOGLE})
    return document(root)


def plan_kmz(problem: Problem, plan: Plan, streets: Streets, *, datum: Datum = "wgs84") -> bytes:
    """Return the same, compressed as KMZ: the same bytes for the same plan and the same version of zlib."""
    buffer = io.BytesIO()
    entry = zipfile.ZipInfo("doc.kml")  # its time is the first that ZIP knows, not that of a clock
    entry.create_system = 3  # of the machine otherwise
    entry.external_attr = 0o644 << 16
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, plan_kml(problem, plan, streets, datum=datum), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


class _Writer:
    """Writes the elements of a document; holds what all of them need."""

    def __init__(self, problem: Problem, streets: Streets, datum: Datum) -> None:
        self.problem, self.streets, self.datum = problem, streets, datum
        self.clock, self.times = Clock.of(problem), Times(problem)

    def document(self, tours: tuple[Itinerary, ...], plan: Plan) -> Element:
        """Return the whole document."""
        credit = [one_line(self.streets.attribution)] if self.streets.attribution else []
        about = [f"{datum_line(self.datum)}.", f"Times: {self.clock.zone.key}.", *credit]
        data = {"fingerprint": one_line(plan.fingerprint), "datum": DATUMS[self.datum]}
        children = [leaf("name", one_line(self.problem.name)), leaf("open", "1"), _description(about)]
        children += [*_styles(len(tours)), _data(data), *self._shortfalls(plan), self._places()]
        children += [self._unit(i, tour) for i, tour in enumerate(tours)]
        return element("Document", children)

    def _places(self) -> Element:
        """Return all places with what they are, hidden at first as most of them are stops too."""
        marks = []
        for feature in places(self.problem):
            name, role = str(feature.properties["name"]), str(feature.properties["role"])
            data = _data({"role": role, "datum": DATUMS[self.datum]})
            marks.append(_placemark(name, [role], (), "place", data, self._point(feature.lonlat), hidden=True))
        return _folder("Places", marks, closed=True, hidden=True)

    def _shortfalls(self, plan: Plan) -> Iterator[Element]:
        """Yield a folder of what hard rules lack, if anything, each at its place while it is lacking."""
        marks = []
        for lack, feature in zip(plan.shortfalls, shortfalls(self.problem, plan), strict=True):
            values = feature.properties
            begin, end, missing = values["begin"], values["end"], values["missing"]
            if not isinstance(begin, datetime) or not isinstance(end, datetime):
                continue  # of a plan edited by hand, as below; `check` says so
            if not isinstance(missing, int) or not len(feature.lonlat):
                continue
            rule = str(values["rule"])
            name = f"{values['place']}: {LACKS.get(rule, rule)}"
            about = [f"{self.times.span(lack.start, lack.end)}, {units_text(missing)} missing: {values['reason']}."]
            about += [f"Cure: {values['cure']}.", f"{datum_line(self.datum)}."]
            data = {key: str(values[key]) for key in ("rule", "place", "missing", "reason", "cure")}
            data["datum"] = DATUMS[self.datum]
            point = self._point(feature.lonlat)
            marks.append(_placemark(name, about, _span(begin, end), "shortfall", _data(data), point))
        if marks:
            yield _folder("Shortfalls", marks, closed=False)

    def _unit(self, number: int, tour: Itinerary) -> Element:
        """Return the folder of a unit."""
        ways, along = tuple(drives(self.problem, self.streets, tour)), tuple(patrols(self.streets, tour))
        by_end = {d.end.number: d for d in ways}
        callsign, style = one_line(tour.unit.callsign), f"unit-{number % len(UNIT_COLOURS) + 1}"
        lines = [self._leg(tour, way, style) for way in ways] + [self._stretch(tour, way, style) for way in along]
        children = [
            self._track(tour, ways, along, style),
            _folder(f"{callsign}, stops", [self._stop(tour, h, by_end.get(h.number)) for h in tour.halts], closed=True),
            _folder(f"{callsign}, legs", lines, closed=True),
        ]
        return _folder(callsign, children, closed=True, about=[f"{shift_line(self.clock, tour)}."])

    def _track(self, tour: Itinerary, ways: tuple[Drive, ...], along: tuple[Patrol, ...], style: str) -> Element:
        """Return the whole way of a unit with its times, for the slider."""
        path = track(tour, ways, along)
        points = from_wgs84(path.lonlat, self.datum)
        whens = [leaf("when", self._utc(second)) for second in path.seconds.tolist()]
        coords = [leaf("gx:coord", f"{_lonlat(point)} 0") for point in points]
        shape = element("gx:Track", [leaf("altitudeMode", "clampToGround"), *whens, *coords])
        callsign = one_line(tour.unit.callsign)
        data = {"callsign": callsign, "mode": tour.unit.mode, "datum": DATUMS[self.datum]}
        about = [f"{shift_line(self.clock, tour)}.", f"{datum_line(self.datum)}."]
        return _placemark(callsign, about, (), style, _data(data), shape)

    def _stop(self, tour: Itinerary, halt: Halt, drive: Drive | None) -> Element:
        """Return a stop."""
        stop, callsign, place = halt.stop, one_line(tour.unit.callsign), one_line(halt.place.name)
        data = {
            "callsign": callsign,
            "mode": tour.unit.mode,
            "number": str(halt.number),
            "kind": stop.kind,
            "place": place,
            "arrive": self.clock.iso(stop.arrive),
            "leave": self.clock.iso(stop.leave),
            "minutes": str(halt.minutes),
            "datum": DATUMS[self.datum],
        }
        about = [order(self.times, tour, halt), comment(self.clock, halt, drive), f"{datum_line(self.datum)}."]
        when = self._when(stop.arrive, stop.leave)
        point = self._point(np.array([halt.begin]))
        return _placemark(f"{callsign}-{halt.number:02d} {place}", about, when, stop.kind, _data(data), point)

    def _leg(self, tour: Itinerary, drive: Drive, style: str) -> Element:
        """Return the way from one stop to the next."""
        begin, end = drive.start, drive.end
        data = {
            "callsign": one_line(tour.unit.callsign),
            "number": str(begin.number),
            "from": one_line(begin.place.name),
            "to": one_line(end.place.name),
            "leave": self.clock.iso(begin.stop.leave),
            "arrive": self.clock.iso(end.stop.arrive),
        }
        name = f"{data['from']} to {data['to']}"
        span = (begin.stop.leave, end.stop.arrive)
        return self._line(name, span, style, data, drive.lonlat, drive.metres)

    def _stretch(self, tour: Itinerary, patrol: Patrol, style: str) -> Element:
        """Return the way along a stretch of street that is visited."""
        stop, place = patrol.halt.stop, one_line(patrol.halt.place.name)
        data = {
            "callsign": one_line(tour.unit.callsign),
            "number": str(patrol.halt.number),
            "place": place,
            "arrive": self.clock.iso(stop.arrive),
            "leave": self.clock.iso(stop.leave),
        }
        return self._line(f"Along {place}", (stop.arrive, stop.leave), style, data, patrol.lonlat, patrol.metres)

    def _line(
        self,
        name: str,
        span: tuple[int, int],
        style: str,
        data: dict[str, str],
        lonlat: NDArray[np.float64],
        metres: float | None,
    ) -> Element:
        """Return a way; `metres` is None where its streets are not known."""
        how = "Streets not known, straight line" if metres is None else f"{metres:.0f} m along the streets"
        about = [f"{name}, {self.times.span(*span)}.", f"{how}.", f"{datum_line(self.datum)}."]
        data |= {"metres": "" if metres is None else f"{metres:.1f}", "datum": DATUMS[self.datum]}
        points = from_wgs84(lonlat, self.datum)
        coordinates = leaf("coordinates", " ".join(map(_lonlat_pair, points)))
        shape = element("LineString", [leaf("tessellate", "1"), coordinates])
        return _placemark(name, about, self._when(*span), style, _data(data), shape)

    def _when(self, start: int, end: int) -> tuple[Element, ...]:
        """Return the span of minutes in which something is shown, or the moment where it has no length."""
        return _span(self.clock.utc(start), self.clock.utc(end))

    def _point(self, lonlat: NDArray[np.float64]) -> Element:
        """Return a point."""
        return element("Point", [leaf("coordinates", _lonlat_pair(from_wgs84(lonlat, self.datum)[0]))])

    def _utc(self, second: int) -> str:
        """Return the time in UTC, ending in Z, `second` seconds from the start of the problem."""
        return _zulu(self.clock.start + timedelta(seconds=second))


def _span(begin: datetime, end: datetime) -> tuple[Element, ...]:
    """Return the span in which something is shown, or the moment where it has no length."""
    if begin == end:
        return (element("TimeStamp", [leaf("when", _zulu(begin))]),)
    return (element("TimeSpan", [leaf("begin", _zulu(begin)), leaf("end", _zulu(end))]),)


def _zulu(time: datetime) -> str:
    """Return a time in UTC, ending in Z."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _styles(units: int) -> Iterator[Element]:
    """Yield the styles: one a kind of stop, one for places, one for each colour of units in use.

    None has an icon of its own, as that would be fetched from a network.
    """
    for kind, colour in COLOURS.items():
        yield _style(kind, [element("IconStyle", [leaf("color", _abgr(colour)), leaf("scale", "0.9")])])
    yield _style("shortfall", [element("IconStyle", [leaf("color", _abgr(LACKING)), leaf("scale", "1.4")])])
    yield _style("place", [element("IconStyle", [leaf("color", _abgr("ffffff")), leaf("scale", "0.6")])])
    for i, colour in enumerate(UNIT_COLOURS[:units]):
        icon = element("IconStyle", [leaf("color", _abgr(colour)), leaf("scale", "1.2")])
        line = element("LineStyle", [leaf("color", _abgr(colour)), leaf("width", "4")])
        yield _style(f"unit-{i + 1}", [icon, line])


def _style(name: str, children: list[Element]) -> Element:
    """Return a style with its name."""
    style = element("Style", children)
    style.set("id", name)
    return style


def _abgr(colour: str) -> str:
    """Return a colour as KML wants it: opaque, blue, green, red."""
    return f"ff{colour[4:6]}{colour[2:4]}{colour[0:2]}"


def _folder(
    name: str, children: list[Element], *, closed: bool, hidden: bool = False, about: Iterable[str] = ()
) -> Element:
    """Return a folder; the order of its first children is that of the schema."""
    head = [leaf("name", name)]
    if hidden:
        head.append(leaf("visibility", "0"))
    head.append(leaf("open", "0" if closed else "1"))
    described = [_description(about)] if about else []
    return element("Folder", [*head, *described, *children])


def _placemark(
    name: str,
    about: Iterable[str],
    when: Iterable[Element],
    style: str,
    data: Element,
    shape: Element,
    *,
    hidden: bool = False,
) -> Element:
    """Return something that is shown on the map, its parts in the order of the schema."""
    head = [leaf("name", name)] + ([leaf("visibility", "0")] if hidden else [])
    return element("Placemark", [*head, _description(about), *when, leaf("styleUrl", f"#{style}"), data, shape])


def _description(lines: Iterable[str]) -> Element:
    """Return lines of text as HTML, which is what a description is.

    Globes put the values of fields in place of ``$[name]``, so the sign is written as an entity.
    """
    return leaf("description", "<br>".join(escape(line).replace("$", "&#36;") for line in lines))


def _data(values: dict[str, str]) -> Element:
    """Return fields that programs read."""
    fields = []
    for name, value in values.items():
        field = element("Data", [leaf("value", value)])
        field.set("name", name)
        fields.append(field)
    return element("ExtendedData", fields)


def _lonlat(point: NDArray[np.float64]) -> str:
    """Return longitude and latitude to a centimetre, with a space between."""
    return f"{point[0]:.7f} {point[1]:.7f}"


def _lonlat_pair(point: NDArray[np.float64]) -> str:
    """Return longitude and latitude to a centimetre, with a comma between."""
    return f"{point[0]:.7f},{point[1]:.7f}"
