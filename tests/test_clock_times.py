"""Local times mean the instants that the rules in the document of the shift file say."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from instances.clock_times import elapsed_minutes, hour_slots, instants, local_span, local_time, resolve
from instances.quantities import QuantityError

LONDON = ZoneInfo("Europe/London")
ZONES = st.sampled_from(
    [
        ZoneInfo(z)
        for z in ("Europe/London", "Asia/Shanghai", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu")
    ]
)
MOMENTS = st.datetimes(min_value=datetime(2015, 1, 1), max_value=datetime(2030, 1, 1)).map(
    lambda t: t.replace(second=0, microsecond=0, tzinfo=UTC)
)
CLOCKS = st.times().map(lambda t: time(t.hour, t.minute))


def london(text: str) -> datetime:
    """Return the instant of a London time."""
    return resolve(local_time(text, dated=True), LONDON)


def minutes_between(start: str, end: str) -> int:
    """Return elapsed minutes between two London times."""
    return elapsed_minutes(london(start), london(end), end)


@given(MOMENTS, CLOCKS, ZONES)
def test_a_time_of_day_is_its_next_occurrence(after: datetime, clock: time, zone: ZoneInfo) -> None:
    """A time of day lies at or after the reference, shows that time, and is the first that does."""
    try:
        found = resolve(local_time(f"{clock:%H:%M}"), zone, after=after)
    except QuantityError as error:
        day = date.fromisoformat(error.wrong.split("on ")[1][:10])
        assert not instants(day, clock, zone)
        return
    assert found >= after
    assert found.astimezone(zone).time() == clock
    assert found - after < timedelta(hours=26)
    earlier = [
        i for ahead in (-1, 0, 1) for i in instants(found.astimezone(zone).date() + timedelta(ahead), clock, zone)
    ]
    assert not [i for i in earlier if after <= i < found]


@given(MOMENTS, ZONES)
def test_strictly_after_is_never_at(after: datetime, zone: ZoneInfo) -> None:
    """The end of a span with the same time at both ends lies a day later, not at the start."""
    clock = after.astimezone(zone).time()
    try:
        found = resolve(local_time(f"{clock:%H:%M}"), zone, after=after, strictly=True)
    except QuantityError:
        return
    assert found > after


@given(MOMENTS, ZONES)
def test_a_date_and_its_offset_name_one_instant(moment: datetime, zone: ZoneInfo) -> None:
    """A local time written with its offset is the instant it was made from, also when it comes twice."""
    local = moment.astimezone(zone)
    text = f"{local:%Y-%m-%d %H:%M} {local:%z}"
    assert resolve(local_time(text, dated=True), zone) == moment


def test_midnight_is_crossed() -> None:
    """The end of 18:00-02:00 lies on the next day."""
    span = local_span("18:00-02:00")
    start = resolve(span.start, LONDON, after=london("2020-11-20 18:00"))
    assert resolve(span.end, LONDON, after=start, strictly=True) == london("2020-11-21 02:00")


def test_twenty_four_is_midnight() -> None:
    """24:00 is the end of a day, with and without a date."""
    assert london("2020-11-20 24:00") == london("2020-11-21 00:00")
    assert resolve(local_time("24:00"), LONDON, after=london("2020-11-20 18:00")) == london("2020-11-21 00:00")


def test_elapsed_time_counts_when_clocks_change() -> None:
    """The night from 22:00 to 06:00 has seven hours in spring and nine in autumn."""
    assert minutes_between("2021-03-27 22:00", "2021-03-28 06:00") == 7 * 60
    assert minutes_between("2020-10-24 22:00", "2020-10-25 06:00") == 9 * 60


def test_a_time_that_comes_twice_means_the_first() -> None:
    """01:30 on the night when the clocks go back is the first one, unless its offset says otherwise."""
    assert london("2020-10-25 01:30") == datetime(2020, 10, 25, 0, 30, tzinfo=UTC)
    assert london("2020-10-25 01:30 +00:00") == datetime(2020, 10, 25, 1, 30, tzinfo=UTC)
    assert london("2020-10-25 01:30Z") == datetime(2020, 10, 25, 1, 30, tzinfo=UTC)
    second = resolve(local_time("01:30"), LONDON, after=datetime(2020, 10, 25, 0, 45, tzinfo=UTC))
    assert second == datetime(2020, 10, 25, 1, 30, tzinfo=UTC)


def test_a_time_that_is_skipped_is_refused() -> None:
    """01:30 on the night when the clocks go forward is refused, with and without a date."""
    with pytest.raises(QuantityError, match="does not exist"):
        london("2021-03-28 01:30")
    with pytest.raises(QuantityError, match="does not exist"):
        resolve(local_time("01:30"), LONDON, after=london("2021-03-27 22:00"))
    assert resolve(local_time("01:30"), LONDON, after=london("2021-03-28 02:30")) == london("2021-03-29 01:30")


def test_an_offset_of_another_zone_is_refused() -> None:
    """An offset that the zone does not have then is refused with the right one."""
    with pytest.raises(QuantityError, match=r"write 18:00\+0000"):
        london("2020-11-20 18:00 +05:30")


def test_minutes_that_are_not_whole_are_refused() -> None:
    """Liberia left an offset of 44 and a half minutes in 1972: no whole number of minutes lies between."""
    zone = ZoneInfo("Africa/Monrovia")
    start, end = (resolve(local_time(t, dated=True), zone) for t in ("1972-01-06 12:00", "1972-01-07 12:00"))
    with pytest.raises(QuantityError, match="whole number of minutes"):
        elapsed_minutes(start, end, "1972-01-07 12:00")


@pytest.mark.parametrize(
    "text", ["18:00-02:00", "18:00 – 02:00", "18:00—02:00", "18:00 ~ 02:00", "18:00 to 02:00", "18：00－02：00"]
)
def test_spans_are_read_in_every_form(text: str) -> None:
    """Hyphen, dashes, tilde, the word and full-width characters separate two times."""
    span = local_span(text)
    assert ((span.start.hour, span.start.minute), (span.end.hour, span.end.minute)) == ((18, 0), (2, 0))


def test_a_span_may_carry_dates() -> None:
    """Dates have hyphens of their own, which separate nothing."""
    span = local_span("2020-11-21 18:00-2020-11-22 02:00")
    assert (span.start.day, span.end.day) == (date(2020, 11, 21), date(2020, 11, 22))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "18:00",
        "18:00-",
        "18:00-2",
        "18:00,02:00",
        "18:00-20:00-22:00",
        "18-02",
        "18:60-02:00",
        "25:00-02:00",
        "x18:00-02:00",
    ],
)
def test_other_text_is_no_span(text: str) -> None:
    """Anything but two times of day is refused in words."""
    with pytest.raises(QuantityError):
        local_span(text)


@pytest.mark.parametrize(
    "text", ["24:01", "18.00", "6pm", "1800", "18:00:30", "2020-11-20", "20/11/2020 18:00", "2020-13-01 18:00"]
)
def test_other_text_is_no_time(text: str) -> None:
    """Anything but a time is refused in words."""
    with pytest.raises(QuantityError):
        local_time(text)


@given(MOMENTS, st.integers(min_value=1, max_value=2000), ZONES)
@example(datetime(2020, 10, 24, 22, tzinfo=UTC), 600, LONDON)
@example(datetime(2021, 3, 27, 22, tzinfo=UTC), 600, LONDON)
@example(datetime(2021, 10, 2, 12, tzinfo=UTC), 600, ZoneInfo("Australia/Lord_Howe"))
def test_slots_are_clock_hours(start: datetime, minutes: int, zone: ZoneInfo) -> None:
    """Every minute of a slot has the date and the hour of its start, and the next slot has others."""
    bounds, times = hour_slots(start, minutes, zone)
    assert (bounds[0], bounds[-1]) == (0, minutes)
    assert len(times) == len(bounds) - 1
    for low, high, first in zip(bounds, bounds[1:], times, strict=False):
        assert low < high
        inside = {(start + timedelta(minutes=m)).astimezone(zone) for m in (low, high - 1)}
        assert {(t.date(), t.hour) for t in inside} == {(first.date(), first.hour)}
    assert all((a.date(), a.hour) != (b.date(), b.hour) for a, b in pairwise(times))
