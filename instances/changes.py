"""What has changed during a shift, as it is written on the command line: times, units, incidents."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from instances.clock_times import elapsed_minutes, local_time, resolve
from instances.field_kinds import checked_coordinates
from instances.quantities import QuantityError, length_of, plain
from solver.problem import Problem
from solver.replan import Incident, Late

_LATE = re.compile(r"(?P<unit>.*\S)\s+(?P<minutes>[\d.]+\s*(?:min|m|h|minutes?|hours?)?)", re.DOTALL)
_POINT = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*,\s*([-+]?\d+(?:\.\d+)?)")
_WORD = re.compile(r"(?:^|\s+)(?P<name>units|minutes)\s*=\s*(?P<value>\S+)\s*$")


def minute_at(problem: Problem, text: str) -> int:
    """Return the minute of `problem` that a time such as ``21:35`` or ``2020-11-20 21:35`` means.

    A time of day is the first such time at or after the start of the plan.

    Raises
    ------
    QuantityError
        When it is no time, or not within the plan.
    """
    zone = ZoneInfo(problem.timezone)
    start = datetime.fromisoformat(problem.start)
    instant = resolve(local_time(text), zone, after=start)
    minute = elapsed_minutes(start, instant, text)
    if not 0 <= minute <= problem.minutes:
        from solver.wording import Times

        within = Times(problem).span(0, problem.minutes)
        raise QuantityError(f"{text!r} is not within the plan, which runs {within}", "write a time within it")
    return minute


def point_of(text: str) -> tuple[float, float] | None:
    """Return latitude and longitude of ``51.5134,-0.0890``, None where it is no such pair.

    Raises
    ------
    QuantityError
        When they are outside the globe.
    """
    found = _POINT.fullmatch(plain(text).strip())
    return None if found is None else checked_coordinates(float(found[1]), float(found[2]))


def nearest_place(problem: Problem, latlon: tuple[float, float]) -> tuple[str, int]:
    """Return the name of the place that is nearest as the crow flies, and how many metres away it is."""
    from instances.roads.geometry import great_circle

    places = np.array([(p.lon, p.lat) for p in problem.places], dtype=np.float64)
    metres = great_circle(places, np.array(latlon[::-1], dtype=np.float64))
    nearest = int(metres.argmin())
    return problem.places[nearest].name, round(float(metres[nearest]))


def late_of(text: str) -> Late:
    """Return what ``B7 20min`` means.

    Raises
    ------
    QuantityError
        When it is not a callsign and a length of time.
    """
    found = _LATE.fullmatch(text.strip())
    if found is None:
        raise QuantityError(f"{text!r} is not a callsign and a time", "write it like 'B7 20min'")
    return Late(found["unit"], length_of(plain(found["minutes"])))


def incident_of(text: str) -> Incident:
    """Return what ``Market Square units=2 minutes=40`` means; one unit for 30 minutes if that is left out.

    Raises
    ------
    QuantityError
        When it is not a place with numbers.
    """
    rest, values = text.strip(), {"units": 1, "minutes": 30}
    while found := _WORD.search(rest):
        value = found["value"]
        if not (value.isascii() and value.isdecimal() and 1 <= int(value) <= 10**6):
            wrong = f"{found['name']}={value} is not a number of 1 or more"
            raise QuantityError(wrong, f"write it like '{found['name']}={values[found['name']]}'")
        values[found["name"]] = int(value)
        rest = rest[: found.start()]
    if not rest:
        raise QuantityError(f"{text!r} names no place", "write it like 'Market Square units=2 minutes=40'")
    return Incident(rest, values["units"], values["minutes"])
