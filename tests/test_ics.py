"""iCalendar: what another program reads is the plan, and the lines are what the standard asks for."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.clock import Clock
from solver.export.ical_text import LINE, folded
from solver.export.ics import unit_ics
from solver.export.itinerary import ExportError
from solver.plain_text import one_line
from solver.plan import Plan, Route, Stop
from solver.problem import Problem
from solver.streets import Streets
from tests.test_longest_duty import home, town
from tests.tours import BRIDGE, MARKET, STATION, sample_plan, sample_problem, sample_streets, tours


def sample(callsign: str = "A1") -> bytes:
    problem = sample_problem()
    return unit_ics(problem, sample_plan(problem), sample_streets(), callsign)


def calendar(content: bytes) -> Any:
    """Return the calendar as the library icalendar reads it."""
    icalendar = pytest.importorskip("icalendar", reason="icalendar reads iCalendar")
    return icalendar.Calendar.from_ical(content)


def events(content: bytes) -> list[Any]:
    return list(calendar(content).walk("VEVENT"))


def at(hour: int, minute: int) -> datetime:
    return datetime(2020, 11, 20, hour, minute, tzinfo=UTC)


def test_the_shift_and_each_stop_are_events() -> None:
    """The shift comes first, then every stop that has a length, with its times in UTC."""
    found = [(str(e["SUMMARY"]), e["DTSTART"].dt, e["DTEND"].dt, str(e["TRANSP"])) for e in events(sample())]
    assert found == [
        ("A1: on duty", at(18, 0), at(20, 0), "OPAQUE"),
        (f"A1-02 Visit {MARKET}", at(18, 3), at(18, 20), "OPAQUE"),
        (f"A1-03 Man post {BRIDGE}", at(18, 30), at(19, 0), "OPAQUE"),
        (f"A1-04 Take break at {STATION}", at(19, 4), at(19, 24), "OPAQUE"),
        (f"A1-05 Stand by at {STATION}", at(19, 24), at(20, 0), "TRANSPARENT"),
    ]


def test_an_event_says_where_and_what() -> None:
    """An event has its place by name and coordinates, its kind, what to do, and how to get there."""
    visit = events(sample())[1]
    assert str(visit["LOCATION"]) == MARKET
    assert (visit["GEO"].latitude, visit["GEO"].longitude) == (51.517, -0.08)
    assert visit["CATEGORIES"].cats == ["visit"]
    assert str(visit["DESCRIPTION"]).split("\n") == [
        f"18:03 Visit {MARKET} until 18:20 (17 min)",
        f"Arrive 2020-11-20T18:03:00+00:00, leave 2020-11-20T18:20:00+00:00. From {STATION} in 3 min, 1.9 km.",
    ]


def test_the_calendar_says_whose_it_is() -> None:
    """The calendar has the name of unit and shift, and the planner's zone."""
    head = calendar(sample())
    assert {k: str(head[k]) for k in ("VERSION", "NAME", "X-WR-CALNAME", "X-WR-TIMEZONE")} == {
        "VERSION": "2.0",
        "NAME": "A1: Friday night",
        "X-WR-CALNAME": "A1: Friday night",
        "X-WR-TIMEZONE": "Europe/London",
    }


def test_identifiers_stay_and_differ() -> None:
    """An event keeps its identifier when its times change; units, stops and problems have different ones."""
    problem = sample_problem()
    plan = sample_plan(problem)
    first, *others = plan.routes[0].stops
    later = plan.replace(routes=(Route("A1", (first, Stop(MARKET, "visit", 4, 20), *others[1:])), plan.routes[1]))
    texts = [unit_ics(problem, p, Streets(), c) for p, c in ((plan, "A1"), (later, "A1"), (plan, "B/2"))]
    renamed = problem.replace(name="Saturday night")
    texts.append(unit_ics(renamed, sample_plan(renamed), Streets(), "A1"))
    one, changed, unit, other = ([str(e["UID"]) for e in events(text)] for text in texts)
    assert one == changed
    assert len({*one, *unit, *other}) == len(one) + len(unit) + len(other)


def test_no_clock_is_read() -> None:
    """The time of writing is the start of the plan, and two exports are the same to the byte."""
    assert {e["DTSTAMP"].dt for e in events(sample())} == {at(18, 0)}
    assert sample() == sample()


def test_a_unit_that_chooses_its_duty_is_on_duty_then() -> None:
    """The event of the shift is the duty; waiting at the station before and after it is no event."""
    problem = town(60)
    stops = (home(0, 36), Stop("Market", "task", 40, 50), home(55, 180))
    duty, task = events(unit_ics(problem, Plan("", (Route("A1", stops),)), Streets(), "A1"))
    assert (duty["DTSTART"].dt, duty["DTEND"].dt) == (at(18, 36), at(18, 55))
    assert str(task["SUMMARY"]) == "A1-02 Do task Market"


def test_a_unit_without_a_duty_is_free() -> None:
    """A unit that is not on duty has one event, which says so and blocks nothing."""
    (event,) = events(unit_ics(town(10), Plan("", (Route("A1", (home(0, 180),)),)), Streets(), "A1"))
    assert (str(event["SUMMARY"]), str(event["TRANSP"])) == ("A1: not on duty", "TRANSPARENT")


def test_clock_change_keeps_utc_and_says_the_offset() -> None:
    """When the clocks go back, times go on in UTC and the text tells the two hours of the same name apart."""
    problem = sample_problem(start="2020-10-25T01:30:00+01:00")
    stint = events(unit_ics(problem, sample_plan(problem), Streets(), "A1"))[2]
    assert stint["DTSTART"].dt == datetime(2020, 10, 25, 1, 0, tzinfo=UTC)
    assert str(stint["DESCRIPTION"]).startswith(f"01:00 +0000 Man post {BRIDGE} until 01:30 +0000 (30 min)")


def test_callsign_without_route() -> None:
    """A callsign that the plan does not know is an error that names those it knows."""
    with pytest.raises(ExportError, match="the plan has no route of 'Z9'; it has routes of A1, B/2"):
        sample("Z9")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=300))
def test_folded_lines_are_short_and_whole(line: str) -> None:
    """No piece has more than 75 bytes, each is UTF-8 by itself, and put together they are the line."""
    pieces = [piece.encode() for piece in folded(line)]
    assert all(len(piece) <= LINE for piece in pieces)
    assert all(piece.startswith(b" ") for piece in pieces[1:])
    assert b"".join([pieces[0], *(piece[1:] for piece in pieces[1:])]).decode() == line


@settings(max_examples=40, deadline=None)
@given(tours())
def test_any_plan_comes_back(tour: tuple[Problem, Plan, Streets]) -> None:
    """Whatever the names, every stop that has a length is read back with its times and its place."""
    problem, plan, streets = tour
    clock = Clock.of(problem)
    for route in plan.routes:
        content = unit_ics(problem, plan, streets, route.callsign)
        assert not re.search(rb"[^\r]\n|\r[^\n]", content)
        assert max(map(len, content.split(b"\r\n"))) <= LINE
        _, *stops = events(content)
        assert [(e["DTSTART"].dt, e["DTEND"].dt, str(e["LOCATION"])) for e in stops] == [
            (clock.utc(s.arrive), clock.utc(s.leave), one_line(s.place)) for s in route.stops if s.arrive < s.leave
        ]
