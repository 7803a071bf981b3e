"""The calendar of crews: every shift has one crew every day, crews share and rest alike, and files say what it says."""

from __future__ import annotations

import csv
import io
import json
import shlex
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from cli import main
from instances.crews import Calendar, CrewShift, PatternError, calendar_of, pattern_of, shifts_of, usual_pattern
from instances.crews.ics import crew_ics

DAY = date(2026, 12, 1)
THREE = shifts_of("day,evening,night")


def patrol(*arguments: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, [str(a) for a in arguments])


def usual(crews: str = "ABCD", days: int = 28, first: date = DAY, **more: date | timedelta) -> Calendar:
    """Return the calendar of crews of one letter each in three shifts."""
    return calendar_of(tuple(crews), THREE, usual_pattern(THREE, len(crews)), first=first, days=days, **more)  # type: ignore[arg-type]


def test_four_crews_in_three_shifts() -> None:
    """Each crew has two days, two evenings, two nights and two days off, one two days after the other."""
    rows = usual(days=8).rows()
    assert [row[2] for row in rows[:3]] == ["A", "B", "C"]
    of_a = [(row[0][-2:], row[1]) for row in rows if row[2] == "A"]
    assert of_a == [
        ("01", "day"),
        ("02", "day"),
        ("03", "evening"),
        ("04", "evening"),
        ("05", "night"),
        ("06", "night"),
    ]
    # The night belongs to the day before it, so that an evening is not followed by it at once.
    assert rows[2] == ("2026-12-01", "night", "C", "2026-12-02 00:00", "2026-12-02 08:00")


@given(st.integers(4, 9), st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 90), st.integers(-400, 400))
def test_every_shift_of_every_day_has_one_crew(crews: int, first: date, days: int, ahead: int) -> None:
    """Each day has each shift once, by different crews; over whole cycles all crews have as many of each."""
    names = [f"crew {i}" for i in range(crews)]
    pattern = usual_pattern(THREE, crews)
    made = calendar_of(names, THREE, pattern, first=first, days=days, cycle_from=first - timedelta(days=ahead))
    for i in range(days):
        day = [d for d in made.duties if d.date == first + timedelta(days=i)]
        assert [d.shift for d in day] == ["day", "evening", "night"]
        assert len({d.crew for d in day}) == 3
    whole = calendar_of(names, THREE, pattern, first=first, days=3 * len(pattern))
    assert len({tuple(whole._count(name)) for name in names}) == 1
    assert len({whole.hours(name) for name in names}) == 1


@given(st.integers(4, 9), st.integers(0, 100))
def test_no_crew_rests_too_little(crews: int, days: int) -> None:
    """Between two duties of a crew lie eleven hours or more, and never a night and the day after it."""
    made = calendar_of([str(i) for i in range(crews)], THREE, usual_pattern(THREE, crews), first=DAY, days=days + 1)
    for crew in made.crews:
        own = sorted((d.start, d.end, d.shift) for d in made.duties if d.crew == crew)
        for before, after in pairwise(own):
            assert after[0] - before[1] >= made.rest >= timedelta(hours=11)
            assert not (before[2] == "night" and after[2] == "day" and after[0] - before[1] < timedelta(days=1))


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 60))
def test_a_calendar_goes_on_where_the_one_before_ended(first: date, days: int) -> None:
    """Two calendars with the same day of the cycle are one calendar cut in two."""
    whole = usual(days=days + 30, first=first)
    rest = usual(days=30, first=first + timedelta(days=days), cycle_from=first)
    assert whole.duties[3 * days :] == rest.duties


def test_shifts_and_patterns_of_another_make() -> None:
    """Two shifts of twelve hours with three crews; days of a pattern may be written singly, in full-width commas."""
    shifts = shifts_of("early = 06:00-18:00 ， late=18:00-06:00")
    assert shifts == (CrewShift("early", 360, 720), CrewShift("late", 1080, 720))
    assert [s.times for s in shifts] == ["06:00-18:00", "18:00-06:00"]
    pattern = pattern_of("early, 1 late, off", shifts)
    made = calendar_of("xyz", shifts, pattern, first=DAY, days=3)
    assert [(d.crew, d.shift) for d in made.duties] == [
        *(("x", "early"), ("y", "late")),
        *(("z", "early"), ("x", "late")),
        *(("y", "early"), ("z", "late")),
    ]
    assert made.rest == timedelta(hours=24)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--crews A,B,C", "after 'night' a crew has no time until 'day', less than the rest of 11 h"),
        ("--crews A", "in 6 days 1 crew has the shift 'day' 2 times, not once a day; '2 day, 2 evening, 2 night, "),
        ("--crews A,B", "in 6 days 2 crews have the shift 'day' 4 times, not once a day; '2 day, 2 evening, 2 night, "),
        ("--crews A,B,A,C", "the crew 'A' is named twice; name each once"),
        ("--crews ,", "name a crew or more"),
        ("--crews A,B,C,D --shifts dya", "nothing says when the shift 'dya' is; write it like 'dya=14:00-22:00'"),
        ("--crews A,B,C,D --shifts off=1:00-2:00", "'off' cannot be the name of a shift here"),
        ("--crews A,B,C,D --shifts late=25:00-26:00", "'25:00-26:00' is not a span of time"),
        ("--crews A,B,C,D --shifts late=noon", "'noon' is not a span of time"),
        ("--crews A,B,C,D --pattern '2 dya, 2 off'", "there is no shift 'dya'; did you mean 'day'?"),
        ("--crews A,B,C,D --pattern '0 day'", "a pattern of 0 days is none"),
        ("--crews A,B,C,D --rest 17h", "after 'day' a crew has 16 h until 'day', less than the rest of 17 h"),
        ("--crews A,B,C,D --from 9999-12-01", "9999-12-01 is too late for 28 days"),
    ],
)
def test_what_cannot_be_is_told_with_a_cure(arguments: str, said: str) -> None:
    """The command ends with code 2 and says what is wrong."""
    given_first = [] if "--from" in arguments else ["--from", "2026-12-01"]
    result = patrol("roster", *shlex.split(arguments), *given_first)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_pattern_that_no_order_of_crews_can_keep() -> None:
    """Each shift comes often enough, but two crews always meet on some day."""
    shifts = shifts_of("a=06:00-10:00,b=10:00-14:00")
    with pytest.raises(PatternError, match="however 2 crews are put one after the other"):
        calendar_of("AB", shifts, ("a", "b", "b", "a", "a", "b"), first=DAY, days=3, rest=timedelta())


def test_files_say_what_is_printed(tmp_path: Path) -> None:
    """CSV, JSON and text hold the same duties; nothing is replaced unasked."""
    out = tmp_path / "roster.csv"
    command = ("roster", "--crews", "A,B,C,D", "--from", "2026-12-01", "--days", 4, "-o", out)
    result = patrol(*command)
    assert result.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(out.read_bytes().decode("utf-8-sig"))))
    assert rows == json.loads(patrol(*command, "--json", "--force").stdout)["duties"]
    shown = [line.split() for line in result.stdout.splitlines() if line.startswith("2026-")]
    assert [line[2:5] for line in shown] == [[r["crew"] for r in rows[i : i + 3]] for i in range(0, 12, 3)]
    assert patrol(*command).exit_code == 2
    assert patrol(*command, "--force").exit_code == 0


def test_names_of_any_kind_are_kept_harmless(tmp_path: Path) -> None:
    """A crew called like a formula, or with marks that mean something in a calendar file, does no harm."""
    out, ics = tmp_path / "roster.csv", tmp_path / "ics"
    crews = '=1+1,甲;乙,C\\x,"D"'
    result = patrol("roster", "--crews", crews, "--from", "2026-12-01", "--days", 8, "-o", out, "--ics", ics)
    assert result.exit_code == 0
    assert '"\'=1+1"' in out.read_bytes().decode("utf-8-sig")
    assert len(list(ics.iterdir())) == 4
    text = "".join(path.read_bytes().decode() for path in ics.iterdir())
    assert "SUMMARY:day (甲\\;乙)" in text
    assert "SUMMARY:day (C\\\\x)" in text


def test_a_calendar_file_holds_every_duty_of_its_crew() -> None:
    """Unfolded, its events are the duties, in lines of at most 75 bytes that end in CR LF; the bytes are the same."""
    made = calendar_of(("Nachtschicht " * 9, "B", "C", "D"), THREE, usual_pattern(THREE, 4), first=DAY, days=16)
    content = crew_ics(made, made.crews[0])
    assert content == crew_ics(made, made.crews[0])
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    lines = content.decode().replace("\r\n ", "").split("\r\n")
    begins = [datetime.strptime(line[8:], "%Y%m%dT%H%M%S") for line in lines if line.startswith("DTSTART:")]
    assert begins == [d.start for d in made.duties if d.crew == made.crews[0]]
    assert len({line for line in lines if line.startswith("UID:")}) == len(begins)
    assert f"SUMMARY:day ({('Nachtschicht ' * 9).strip()})" in lines
