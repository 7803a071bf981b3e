"""Dates and times in the shapes that offices write, alone and mixed in one column."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.dates import BLANK, OK, UNREADABLE, AmbiguousDatesError, parse_dates, parse_times

EPOCH = date(1970, 1, 1)


def read(*texts: str, **options: object) -> list[str | None]:
    """Return the dates of a column as ISO text, None where there is none."""
    column = parse_dates(texts, **options)  # type: ignore[arg-type]
    out: list[str | None] = []
    for day, second, state in zip(column.day, column.second, column.state, strict=True):
        iso = (EPOCH + timedelta(days=int(day))).isoformat()
        clock = f" {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}" if second >= 0 else ""
        out.append(iso + clock if state == OK else None)
    return out


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("2020-03-25", "2020-03-25"),
        ("2020-03-25 21:05", "2020-03-25 21:05:00"),
        ("2020-03-25T21:05:07", "2020-03-25 21:05:07"),
        ("2020-03-25T21:05:07.123456", "2020-03-25 21:05:07"),
        ("2020-03-25T21:05:07Z", "2020-03-25 21:05:07"),
        ("2020-03-25T21:05:07+01:00", "2020-03-25 21:05:07"),
        ("2020/03/25 05:00:00+00", "2020-03-25 05:00:00"),
        ("2020/3/25 9:05", "2020-03-25 09:05:00"),
        ("2020.03.25", "2020-03-25"),
        ("20200325", "2020-03-25"),
        ("20200325T210507", "2020-03-25 21:05:07"),
        ("202003252105", "2020-03-25 21:05:00"),
        ("25/03/2020", "2020-03-25"),
        ("03/25/2020", "2020-03-25"),
        ("3/25/20 9:05 PM", "2020-03-25 21:05:00"),
        ("03/25/2020 12:00:00 AM", "2020-03-25 00:00:00"),
        ("03/25/2020 12:30:00 PM", "2020-03-25 12:30:00"),
        ("03/25/2020 09:05:00 p.m.", "2020-03-25 21:05:00"),
        ("25.03.2020 21:05", "2020-03-25 21:05:00"),
        ("25-Mar-2020 21:05", "2020-03-25 21:05:00"),
        ("25 March 2020", "2020-03-25"),
        ("March 25, 2020", "2020-03-25"),
        ("Wed, 25 Mar 2020 21:05:07", "2020-03-25 21:05:07"),
        ("2020年3月25日", "2020-03-25"),
        ("2020年3月25日 21:05", "2020-03-25 21:05:00"),
        ("2020年3月25日21时05分07秒", "2020-03-25 21:05:07"),
        ("2020年3月25日 下午9:05", "2020-03-25 21:05:00"),
        ("２０２０-03-25", "2020-03-25"),
        ("1585170307", "2020-03-25 21:05:07"),
        ("1585170307000", "2020-03-25 21:05:07"),
        ("2020-02-29", "2020-02-29"),
        ("2020-03-25 24:00", None),
        ("2020-03-25 21:60", None),
        ("2019-02-29", None),
        ("2020-13-32", None),
        ("2020-00-10", None),
        ("0020-03-25", None),
        ("25 Foo 2020", None),
        ("yesterday", None),
        ("43915", None),
    ],
)
def test_each_shape_is_read(text: str, meaning: str | None) -> None:
    """A date means the same in every shape; what is no date is not guessed at."""
    assert read(text) == [meaning]


@pytest.mark.parametrize("text", ["2020-03", "2020/03", "2020年3月", "03/2020", "Mar 2020", "March-2020", "202003"])
def test_a_month_alone_is_its_first_day_and_marked(text: str) -> None:
    """A month without a day is marked as such."""
    column = parse_dates([text])
    assert column.month_only.tolist() == [True]
    assert read(text) == ["2020-03-01"]


def test_blank_and_unreadable_are_told_apart() -> None:
    """A blank date is not a wrong one."""
    assert parse_dates(["", "soon", "2020-03-25"]).state.tolist() == [BLANK, UNREADABLE, OK]


def test_one_number_above_12_settles_the_whole_family() -> None:
    """The others of the same family are read in the same order."""
    assert read("03/04/2020", "25/04/2020") == ["2020-04-03", "2020-04-25"]
    assert read("03/04/2020", "04/25/2020") == ["2020-03-04", "2020-04-25"]


def test_families_are_settled_apart() -> None:
    """Slashes say nothing about dots."""
    assert read("04/25/2020", "03/04/2020", "25.04.2020", "03.04.2020")[1::2] == ["2020-03-04", "2020-04-03"]


def test_contradicting_rows_are_each_read_the_only_way_they_can_be() -> None:
    """The majority decides for the open rows, and the report says so."""
    column = parse_dates(["25/04/2020", "26/04/2020", "04/27/2020", "03/04/2020"])
    assert [int(d) for d in column.day] == [
        (date(2020, *md) - EPOCH).days for md in ((4, 25), (4, 26), (4, 27), (4, 3))
    ]
    assert column.assumed == [
        "dates written ?/?/YYYY: day first, because in 2 rows the first of the two numbers is above 12 "
        "(and in 1 rows the other, which are read the other way)"
    ]


def test_without_evidence_the_planner_is_asked() -> None:
    """The error names the first row that could be either, and how many there are."""
    with pytest.raises(AmbiguousDatesError) as caught:
        parse_dates(["05/05/2020", "03/04/2020", "01/02/2020"])
    assert (caught.value.index, caught.value.text, caught.value.count) == (1, "03/04/2020", 2)


def test_day_and_month_alike_need_no_decision() -> None:
    """The fifth of May is the fifth of May either way."""
    assert read("05/05/2020") == ["2020-05-05"]


def test_what_the_planner_says_decides_open_dates_only() -> None:
    """A number above 12 is stronger than what was said."""
    assert read("03/04/2020", dates="day first") == ["2020-04-03"]
    assert read("03/04/2020", dates="month first") == ["2020-03-04"]
    assert read("04/25/2020", "03/04/2020", dates="day first") == ["2020-04-25", "2020-03-04"]


def test_dates_that_a_spreadsheet_turned_are_turned_back() -> None:
    """YYYY/DD/MM beside MM/DD/YYYY is found out by the months of the settled rows."""
    settled = [f"09/{day}/2014" for day in range(13, 30)]
    turned = [f"2014/{day:02d}/09" for day in range(1, 13)]
    column = parse_dates(settled + turned)
    months = column.day.astype("M8[D]").astype("M8[M]")
    assert set(months.astype(str).tolist()) == {"2014-09"}
    assert column.assumed[1] == (
        "dates written YYYY/?/?: day first, because 100% of these dates then fall into the months "
        "of the other rows, otherwise 0%"
    )


def test_year_first_is_year_month_day_unless_proven_otherwise() -> None:
    """ISO order is the rule; a second number above 12 proves the other one."""
    assert read("2020/03/04") == ["2020-03-04"]
    assert read("2020-25-04", "2020-03-04") == ["2020-04-25", "2020-04-03"]


def test_offsets_are_turned_into_the_local_zone() -> None:
    """The same instant is the same local time, across midnight and a change of the clocks."""
    london = ZoneInfo("Europe/London")
    assert read("2020-06-30T23:30:00Z", "2020-01-31T23:30:00Z", zone=london) == [
        "2020-07-01 00:30:00",
        "2020-01-31 23:30:00",
    ]
    assert read("2020-06-30 19:30:00-04:00", zone=london) == ["2020-07-01 00:30:00"]
    assert read("2020-10-25T00:59:59Z", "2020-10-25T01:00:00Z", zone=london) == [
        "2020-10-25 01:59:59",
        "2020-10-25 01:00:00",
    ]


def test_times_told_to_be_utc_are_turned_and_others_are_not() -> None:
    """Without an offset a time is local, unless the planner says that it is UTC."""
    shanghai = ZoneInfo("Asia/Shanghai")
    assert read("2020-03-25 20:00", zone=shanghai, utc=True) == ["2020-03-26 04:00:00"]
    assert read("2020-03-25 20:00", zone=shanghai) == ["2020-03-25 20:00:00"]
    assert read("2020-03-25", zone=shanghai, utc=True) == ["2020-03-25"]


@given(
    st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1)).map(lambda t: t.replace(microsecond=0)),
    st.sampled_from(["%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %I:%M:%S %p", "%d %b %Y %H:%M:%S", "%Y%m%d%H%M%S"]),
)
def test_what_strftime_writes_is_read_back(time: datetime, pattern: str) -> None:
    """Every date of two centuries comes back from every unambiguous pattern."""
    assert read(time.strftime(pattern)) == [f"{time:%Y-%m-%d %H:%M:%S}"]


@given(st.lists(st.dates(date(1990, 1, 1), date(2050, 12, 31)), min_size=1), st.sampled_from(["day", "month"]))
def test_a_column_in_one_order_is_read_right_or_asked_about(dates: list[date], order: str) -> None:
    """Whatever dates stand in it, a consistent column is never read wrong."""
    pattern = "%d/%m/%Y" if order == "day" else "%m/%d/%Y"
    texts = [d.strftime(pattern) for d in dates]
    try:
        column = parse_dates(texts)
    except AmbiguousDatesError:
        assert all(d.day <= 12 for d in dates)
        column = parse_dates(texts, dates="day first" if order == "day" else "month first")
    assert column.day.tolist() == [(d - EPOCH).days for d in dates]


@given(
    st.datetimes(datetime(1975, 1, 1), datetime(2035, 1, 1)), st.sampled_from(["Europe/London", "Australia/Lord_Howe"])
)
def test_local_times_agree_with_the_zone_database(time: datetime, name: str) -> None:
    """Turning an instant into local time gives what the standard library gives, to the second."""
    zone = ZoneInfo(name)
    local = time.replace(microsecond=0, tzinfo=UTC).astimezone(zone)
    assert read(f"{time:%Y-%m-%dT%H:%M:%SZ}", zone=zone) == [f"{local:%Y-%m-%d %H:%M:%S}"]


@given(st.lists(st.text(max_size=20)))
def test_no_text_breaks_the_reader(texts: list[str]) -> None:
    """Any text is a date, blank, unreadable or ambiguous; nothing else happens."""
    try:
        column = parse_dates([t.strip() for t in texts])
    except AmbiguousDatesError:
        return
    assert set(np.unique(column.state).tolist()) <= {OK, BLANK, UNREADABLE}
    assert len(column.day) == len(texts)


def hhmm(*texts: str) -> list[str]:
    return [f"{s // 3600:02d}:{s // 60 % 60:02d}" if s >= 0 else "" for s in parse_times(texts).tolist()]


@pytest.mark.parametrize(
    ("texts", "meaning"),
    [
        (["21:30", "9:05", "00:00:00", ""], ["21:30", "09:05", "00:00", ""]),
        (["9:30 PM", "12:15 am", "9 pm"], ["21:30", "00:15", "21:00"]),
        (["21时30分", "21点", "上午9:05"], ["21:30", "21:00", "09:05"]),
        (["2130", "130", "5", "0000"], ["21:30", "01:30", "00:05", "00:00"]),
        (["21", "9", "0", "24"], ["21:00", "09:00", "00:00", ""]),
        (["21.0", "9.0"], ["21:00", "09:00"]),
        (["21.30", "9.05"], ["21:30", "09:05"]),
        (["25:00", "21:75", "2460", "late"], ["", "", "", ""]),
    ],
)
def test_times_of_their_own_column_are_read(texts: list[str], meaning: list[str]) -> None:
    """Clock times, hours alone and run-together digits are told apart by the column."""
    assert hhmm(*texts) == meaning
