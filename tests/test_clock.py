"""The clock: minutes as local times and back, also when the clocks change; and times in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.clock import Clock
from solver.wording import Times, all_of, any_of, minutes_text, units_text, whom_it_admits
from tests.small_town import small_town

SPRING = {"start": "2021-03-27T23:00:00+00:00", "minutes": 240, "slots": (0, 60, 240)}
"""In the night to 28 March 2021 London's clocks went from 01:00 to 02:00."""

AUTUMN = {"start": "2020-10-25T00:00:00+01:00", "minutes": 240, "slots": (0, 60, 240)}
"""In the night to 25 October 2020 they went from 02:00 back to 01:00."""


def test_minutes_are_local_times() -> None:
    """Minute 0 is the start, and minutes go on from there in the planner's zone."""
    clock = Clock.of(small_town())
    assert clock.iso(0) == "2020-11-20T18:00:00+00:00"
    assert clock.hhmm(75) == "19:15"
    assert clock.utc(0.5) == datetime(2020, 11, 20, 18, 0, 30, tzinfo=UTC)


def test_the_start_may_be_given_with_any_offset() -> None:
    """A start in another offset is the same minute 0, shown in the zone."""
    clock = Clock.of(small_town().replace(start="2020-11-21T02:00:00+08:00"))
    assert clock.iso(0) == "2020-11-20T18:00:00+00:00"


def test_an_hour_that_does_not_exist_is_passed_over() -> None:
    """In spring the minute after 00:59 is 02:00, and elapsed minutes go on."""
    clock = Clock.of(small_town().replace(**SPRING))
    assert [clock.iso(m) for m in (119, 120)] == ["2021-03-28T00:59:00+00:00", "2021-03-28T02:00:00+01:00"]


def test_an_hour_that_comes_twice_has_two_offsets() -> None:
    """In autumn 01:30 comes twice, an hour apart, told apart by the offset."""
    clock = Clock.of(small_town().replace(**AUTUMN))
    assert [clock.iso(m) for m in (90, 150)] == ["2020-10-25T01:30:00+01:00", "2020-10-25T01:30:00+00:00"]


def test_a_time_without_offset_is_refused() -> None:
    """A time without offset is an error that shows how to write one."""
    with pytest.raises(ValueError, match=r"has no offset from UTC; write it as '2020-11-20T18:00:00\+00:00'"):
        Clock.of(small_town()).minute("2020-11-20T18:00:00")


def test_text_that_is_no_time_is_refused() -> None:
    """Text that is no ISO 8601 time is an error."""
    with pytest.raises(ValueError, match="Invalid isoformat string"):
        Clock.of(small_town()).minute("half past six")


@given(st.integers(-(10**6), 10**6), st.sampled_from([SPRING, AUTUMN, {}]))
def test_minutes_survive_the_way_to_text_and_back(minute: int, changes: dict[str, object]) -> None:
    """A minute written as a time is read back as the same minute, also across changes of the clocks."""
    clock = Clock.of(small_town().replace(**changes))
    assert clock.minute(clock.iso(minute)) == minute


def test_times_in_words() -> None:
    """Times are hours and minutes; outside the horizon they are bare minutes, however far."""
    times = Times(small_town())
    assert times.span(0, 120) == "18:00-20:00"
    assert times.at(-1) == "minute -1 (the plan runs from 0 to 120)"
    assert times.at(10**30).startswith("minute 1000")


def test_times_in_words_when_the_clocks_change() -> None:
    """Where the clocks change within the horizon, times carry their offset."""
    times = Times(small_town().replace(**AUTUMN))
    assert times.span(90, 150) == "01:30 +0100-01:30 +0000"


def test_times_in_words_over_more_than_a_day() -> None:
    """Where the horizon is longer than a day, times carry the day of the week."""
    times = Times(small_town().replace(minutes=2880, slots=(0, 60, 2880)))
    assert times.at(1440) == "Sat 18:00"


def test_counts_and_lists_in_words() -> None:
    """One is singular, lists end in 'or' or 'and', long ones are cut and the rest is counted."""
    assert (minutes_text(1), minutes_text(12)) == ("1 minute", "12 minutes")
    assert (units_text(1), units_text(0)) == ("1 unit", "0 units")
    assert [any_of(list("abc")[:n]) for n in range(4)] == ["none", "a", "a or b", "a, b or c"]
    assert [all_of(list("abc")[:n]) for n in range(4)] == ["none", "a", "a and b", "a, b and c"]
    assert any_of(list("abcdefgh"), most=3) == "a, b, c or one of 5 others"
    assert any_of(list("abcd"), most=3) == "a, b, c or one other"


def test_whom_a_post_admits_in_words() -> None:
    """A post is told by its modes and skills."""
    gate = small_town().posts[0]
    assert whom_it_admits(gate) == "car or motorcycle"
