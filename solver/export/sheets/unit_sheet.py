"""The sheet of one unit: who, when, where it goes in what order, a drawing of its route, and room for notes."""

from __future__ import annotations

from collections.abc import Sequence

from solver.clock import Clock
from solver.duty_span import is_off_duty
from solver.export.drive import Drive, Patrol, drives, patrols
from solver.export.itinerary import Halt, Itinerary
from solver.export.sheet_words import Moments, Words
from solver.export.sheets.route_map import Ground, route_map
from solver.export.sheets.sheet import GAP, WIDTH, Beside, Column, Facts, Note, Part, Room, Sheet, Table, Tone, clean
from solver.export.sheets.shift_sheet import alert_name
from solver.export.words import distance
from solver.on_call import callout_of
from solver.plain_text import width
from solver.problem import UNREACHABLE, Problem
from solver.streets import Streets

LINES, MORE_LINES = 4, 8
"""Lines of room for notes, beside a low and a high drawing."""

LOW, HIGH = 205.0, 290.0
"""Heights in points of a drawing."""

FEW = 34
"""Stops up to which a page has room for a high drawing."""

FACTS = 0.38
"""Share of the width that the facts take beside the drawing of the route."""


def unit_sheet(
    problem: Problem, streets: Streets, tour: Itinerary, others: Sequence[Itinerary], ground: Ground, words: Words
) -> Sheet:
    """Return the sheet of the unit of `tour`.

    Parameters
    ----------
    problem : Problem
    streets : Streets
    tour : Itinerary
    others : sequence of Itinerary
        Those of all units, to say who relieves whom.
    ground : Ground
        What lies below the drawings of routes.
    words : Words
    """
    moments = Moments(problem, words)
    ways, along = list(drives(problem, streets, tour)), list(patrols(streets, tour))
    few = len(tour.halts) <= FEW
    facts, room = _facts(problem, tour, ways, along, moments, words), Room(words.notes, MORE_LINES if few else LINES)
    parts: list[Part | Beside] = [Beside((facts,), (room,))]
    if len({halt.place.name for halt in tour.halts}) > 1:
        title = words.route_of.format(callsign=clean(tour.unit.callsign))
        picture = route_map(
            ground, tour, ways, along, title=title, size=((1 - FACTS) * WIDTH - GAP / 2, HIGH if few else LOW)
        )
        parts = [Beside((facts, room), (picture,), FACTS)]
        if any(not w.known for w in ways) or any(not p.known for p in along):
            parts.append(Note(words.straight, "quiet"))
    parts.append(_stops(problem, tour, ways, others, moments, words))
    begin, end = tour.unit.start, tour.unit.end
    return Sheet(
        key=tour.unit.callsign,
        title=clean(tour.unit.callsign),
        subtitle=clean(problem.name),
        corner=moments.whole(begin, end),
        parts=tuple(parts),
    )


def _facts(
    problem: Problem,
    tour: Itinerary,
    ways: Sequence[Drive],
    along: Sequence[Patrol],
    moments: Moments,
    words: Words,
) -> Facts:
    """Return who the unit is, and when and how much it does."""
    unit = tour.unit
    origin, destination = (clean(problem.places[i].name) for i in (unit.origin, unit.destination))
    station = origin if origin == destination else words.back_to.format(origin=origin, destination=destination)
    who = [(words.mode, words.modes.get(unit.mode, unit.mode)), (words.station, station)]
    if unit.skills:
        who.append((words.skills, words.comma.join(map(clean, unit.skills))))
    if unit.districts:
        districts = words.comma.join(map(clean, unit.districts))
        who.append((words.districts, words.tied.format(districts=districts) if unit.tied else districts))
    if unit.crew:
        who.append((words.crew, clean(unit.crew)))
    zone = Clock.of(problem).zone.key
    when = [(words.shift, f"{moments.span(unit.start, unit.end)}{words.between}{zone}")]
    if tour.on_call:
        when.append((words.on_call, alert_name(callout_of(problem)[unit.callsign], words)))
    if unit.chooses_duty:
        when.append((words.duty, words.no_duty if tour.duty is None else moments.span(*tour.duty)))
    pauses = [h for h in tour.halts if h.stop.kind == "break" and h.minutes]
    breaks = [f"{moments.span(h.stop.arrive, h.stop.leave)} {clean(h.place.name)}" for h in pauses]
    when.append((words.break_, words.comma.join(breaks) or words.no_break))
    when.append((words.totals, _totals(tour, ways, along, words)))
    return Facts((*who, *when, (words.names, "")))


def _totals(tour: Itinerary, ways: Sequence[Drive], along: Sequence[Patrol], words: Words) -> str:
    """Return how many visits the unit makes, how long it is on the way, and how far."""
    visits = sum(h.stop.kind == "visit" and h.minutes > 0 for h in tour.halts)
    lengths = [w.metres for w in ways] + [p.metres for p in along]
    said = [
        words.visits.format(visits=visits),
        words.driven.format(length=words.length_of(sum(w.allowed for w in ways) // 60)),
    ]
    if any(x is not None for x in lengths):
        metres = distance(sum(x for x in lengths if x is not None))
        said.append(words.at_least.format(distance=metres) if None in lengths else metres)
    return words.between.join(said)


def _stops(
    problem: Problem,
    tour: Itinerary,
    ways: Sequence[Drive],
    others: Sequence[Itinerary],
    moments: Moments,
    words: Words,
) -> Table:
    """Return the stops in order."""
    way_to, minutes = {w.end.number: w for w in ways}, _minutes_to(problem, tour)
    columns = (
        Column(words.number, 0.06, right=True),
        Column(words.arrive, *_time_column(moments)),
        Column(words.leave, *_time_column(moments)),
        Column(words.place, 0.37),
        Column(words.what, 0.21),
        Column(words.length, 0.06, right=True),
        Column(words.way, 0.14, right=True),
    )
    rows = tuple(
        (
            str(halt.number),
            moments.at(halt.stop.arrive),
            moments.at(halt.stop.leave),
            clean(halt.place.name),
            _order(tour, halt, others, words),
            str(halt.minutes) if halt.minutes else "",
            _way(way_to.get(halt.number), minutes.get(halt.number, 0), words),
        )
        for halt in tour.halts
    )
    return Table(columns, rows, tuple(_tone(tour, halt) for halt in tour.halts))


def _time_column(moments: Moments) -> tuple[float]:
    """Return the share of the width that a column of times takes: times with day and offset are longer."""
    return (0.08 + 0.0125 * max(0, width(moments.at(0)) - 5),)


def _minutes_to(problem: Problem, tour: Itinerary) -> dict[int, int]:
    """Return how long the way to each stop takes, by its number; the plan may leave more time."""
    legs, index = problem.legs(tour.unit.mode), {p.name: i for i, p in enumerate(problem.places)}
    found = {}
    for start, end in tour.moves():
        allowed = end.stop.arrive - start.stop.leave
        leg = int(legs[index[start.place.name], index[end.place.name]])
        found[end.number] = allowed if leg == UNREACHABLE else min(leg, allowed)
    return found


def _way(way: Drive | None, minutes: int, words: Words) -> str:
    """Return how long and how far the way to a stop is."""
    if way is None:
        return ""
    length = words.length_of(minutes)
    return length if way.metres is None else f"{length}{words.between}{distance(way.metres)}"


def _order(tour: Itinerary, halt: Halt, others: Sequence[Itinerary], words: Words) -> str:
    """Return what to do at a stop."""
    stop = halt.stop
    if is_off_duty(tour.unit, tour.duty, stop):
        if tour.duty is not None and stop.arrive >= tour.duty[1]:
            return words.end_of_duty
        if halt.minutes:
            return words.off_duty
    if not halt.minutes:
        if halt.number == len(tour.halts):
            return words.end_of_shift
        return words.set_out if halt.number == 1 else words.pass_
    if halt.along:
        return words.along
    if tour.on_call and stop.kind == "standby":
        return words.stay_on_call
    if stop.kind != "stint":
        return words.orders[stop.kind]
    return words.comma.join([words.orders["stint"], *_reliefs(tour, halt, others, words)])


def _reliefs(tour: Itinerary, halt: Halt, others: Sequence[Itinerary], words: Words) -> list[str]:
    """Return whom the unit relieves on a post, and who relieves it."""
    stop, before, after = halt.stop, [], []
    for other in others:
        if other.unit.callsign == tour.unit.callsign:
            continue
        for h in other.halts:
            if h.stop.kind != "stint" or h.place != halt.place or not h.minutes:
                continue
            if h.stop.arrive < stop.arrive <= h.stop.leave < stop.leave:
                before.append(clean(other.unit.callsign))
            if stop.arrive < h.stop.arrive <= stop.leave < h.stop.leave:
                after.append(clean(other.unit.callsign))
    said = [(words.takes_over, before), (words.hands_over, after)]
    return [form.format(callsigns=words.comma.join(who)) for form, who in said if who]


def _tone(tour: Itinerary, halt: Halt) -> Tone:
    """Return how a stop stands out: what is only passed is quiet."""
    return "quiet" if not halt.minutes and 1 < halt.number < len(tour.halts) else "plain"
