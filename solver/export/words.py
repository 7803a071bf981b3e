"""What a stop says to the crew, in a sentence, and how long things take, in words."""

from __future__ import annotations

from solver.clock import Clock
from solver.duty_span import is_off_duty
from solver.export.datum import DATUMS, Datum
from solver.export.itinerary import Halt, Itinerary
from solver.plain_text import one_line
from solver.wording import Times

ORDERS = {
    "visit": "Visit",
    "stint": "Man post",
    "task": "Do task",
    "break": "Take break at",
    "standby": "Stand by at",
}
"""What each kind of stop asks of the crew."""

ON_CALL = "Stay on call at"
"""What standby asks of a unit that is on call for all of its shift."""

ALONG = "Patrol along"
"""What a visit of a stretch of street asks of it."""


def order(times: Times, itinerary: Itinerary, halt: Halt) -> str:
    """Return what to do at `halt`, such as ``18:12 Visit Market Square until 18:27 (15 min)``."""
    place, stop = one_line(halt.place.name), halt.stop
    begin = times.at(stop.arrive)
    if is_off_duty(itinerary.unit, itinerary.duty, stop):
        if itinerary.duty is not None and stop.arrive >= itinerary.duty[1]:
            return f"{begin} End of duty at {place}"
        if halt.minutes:
            return f"{begin} Off duty at {place} until {times.at(stop.leave)} ({duration(halt.minutes)})"
    if halt.minutes:
        return f"{begin} {task_of(itinerary, halt)} {place} until {times.at(stop.leave)} ({duration(halt.minutes)})"
    if halt.number == len(itinerary.halts):
        return f"{begin} End of shift at {place}"
    return f"{begin} {'Set out from' if halt.number == 1 else 'Pass'} {place}"


def task_of(itinerary: Itinerary, halt: Halt) -> str:
    """Return what `halt` asks of the crew, without place and time, such as ``Visit`` or ``Stay on call at``."""
    if halt.along:
        return ALONG
    return ON_CALL if itinerary.on_call and halt.stop.kind == "standby" else ORDERS[halt.stop.kind]


def shift_line(clock: Clock, itinerary: Itinerary) -> str:
    """Return whose plan it is and for when, such as ``A1 (car), 2020-11-20 18:00 to 2020-11-21 02:00``.

    Of a unit that chooses its duty that is when it is on duty.
    """
    unit = itinerary.unit
    begin, end = (clock.local(m).strftime("%Y-%m-%d %H:%M") for m in itinerary.duty or (unit.start, unit.end))
    duty = "" if itinerary.duty is not None else "not on duty "
    waits = ", on call" if itinerary.on_call else ""
    crew = f", crew {one_line(unit.crew)}" if unit.crew else ""
    return f"{one_line(unit.callsign)} ({unit.mode}{crew}), {duty}{begin} to {end} {clock.zone.key}{waits}"


def datum_line(datum: Datum) -> str:
    """Return which datum the coordinates are in, and a warning where it is not the usual one."""
    line = f"Coordinates: {DATUMS[datum]}"
    return line if datum == "wgs84" else f"{line}, not WGS-84: right only on maps drawn in {DATUMS[datum]}"


def duration(minutes: int) -> str:
    """Return a length of time, such as ``15 min``, ``2 h`` or ``2 h 05 min``."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02d} min" if rest else f"{hours} h"


def distance(metres: float) -> str:
    """Return a distance, such as ``850 m`` or ``1.2 km``."""
    return f"{metres:.0f} m" if metres < 999.5 else f"{metres / 1000:.1f} km"
