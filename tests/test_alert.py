"""The level of alert: groups of units, how many of each go out, and what the command makes of it."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from cli import main
from instances.alert import SHARES, going_out, level_of, with_alert
from instances.build import build
from instances.quantities import QuantityError
from instances.shift_file import read_shift
from solver.problem import Callout
from tests.shift_samples import SHIFT, write_shift

STATIONS = (
    "[{name: Central, at: [51.4990, -0.1], district: South}, {name: North, at: [51.5010, -0.1], district: North}]"
)


def shift(tmp_path: Path, alert: str, *, districts: bool = False) -> Path:
    """Write a shift of A1 at Central and B1 to B5 at North under an alert."""
    text = SHIFT.replace("goals: {presence", f"{alert}\ngoals: {{presence").replace("count: 2", "count: 5")
    if districts:
        text = text.replace("stations: stations.csv", f"stations: {STATIONS}")
    return write_shift(tmp_path, shift=text)


def callouts(path: Path) -> tuple[Callout, ...]:
    """Return the callouts of the problem of a shift file."""
    return build(read_shift(path), cache=None).problem.callouts


@pytest.mark.parametrize(("level", "out"), [("green", 1), ("yellow", 2), ("orange", 4), ("red", 5)])
def test_a_level_is_a_share_of_the_whole_roster(tmp_path: Path, level: str, out: int) -> None:
    """Of six units a fifth is one, two fifths are two, three are four, four are five."""
    assert callouts(shift(tmp_path, f"alert: {level}")) == (Callout((0, 1, 2, 3, 4, 5), out, "", level),)


def test_without_an_alert_all_go_out(tmp_path: Path) -> None:
    """There is no callout then."""
    assert callouts(shift(tmp_path, "")) == ()


def test_districts_of_their_own_level_are_groups(tmp_path: Path) -> None:
    """Units count for the district of their station; where there is no level elsewhere, all go out there."""
    both = "alert: {level: green, districts: {North: red}, shares: {red: 100 %}}"
    assert callouts(shift(tmp_path, both, districts=True)) == (
        Callout((0,), 1, "", "green"),
        Callout((1, 2, 3, 4, 5), 5, "North", "red"),
    )
    only = callouts(shift(tmp_path, "alert: {districts: {North: yellow}}", districts=True))
    assert only == (Callout((1, 2, 3, 4, 5), 2, "North", "yellow"),)


def test_a_unit_counts_for_its_own_district_first(tmp_path: Path) -> None:
    """A unit that belongs to a district is of it, wherever its station is."""
    path = shift(tmp_path, "alert: {districts: {North: yellow}}", districts=True)
    path.write_text(path.read_text().replace("mode: car,", "mode: car, districts: [North],"))
    assert callouts(path)[0].units == (0, 1, 2, 3, 4, 5)


def test_the_level_of_the_day_goes_before_that_of_the_file(tmp_path: Path) -> None:
    """A level for everything undoes those of the file; one of a district is added; shares stay."""
    path = shift(tmp_path, "alert: {level: green, districts: {North: red}, shares: {orange: 0}}", districts=True)
    read = read_shift(path)
    assert with_alert(read, []) == read
    everywhere = with_alert(read, [(None, "orange")]).alert
    assert everywhere is not None
    assert (everywhere.level, everywhere.districts, everywhere.shares["orange"]) == ("orange", {}, 0)
    here = with_alert(read, [("South", "orange")]).alert
    assert here is not None
    assert (here.level, here.districts) == ("green", {"North": "red", "South": "orange"})
    with pytest.raises(QuantityError, match="there is no district called 'Sooth'; did you mean 'South'"):
        with_alert(read, [("Sooth", "red")])


def test_a_file_whose_units_choose_their_duty_takes_no_level(tmp_path: Path) -> None:
    """Before it sets out such a unit is not on duty, so it cannot be on call."""
    begin = SHIFT.index("hotspots:")
    text = (
        f"{SHIFT[:begin]}units: [{{callsign: A1, station: Central, mode: car, longest_duty: 4 h}}]\n"
        "tasks: [{name: School, at: [51.5004, -0.1], minutes: 15}]\n"
    )
    read = read_shift(write_shift(tmp_path, shift=text))
    with pytest.raises(QuantityError, match="A1 has a longest duty shorter than its shift"):
        with_alert(read, [(None, "red")])


def test_a_level_is_read_with_its_district() -> None:
    """The district is what stands before the last equals sign."""
    assert level_of("red") == (None, "red")
    assert level_of("Nord=Ost = orange") == ("Nord=Ost", "orange")
    with pytest.raises(QuantityError, match="there is no 'rde' here; did you mean 'red'"):
        level_of("North=rde")


def test_an_alert_of_the_day_and_locks(tmp_path: Path) -> None:
    """A level that the command gives is refused where the file locks stops, with words that a planner knows."""
    locks = 'locks: [{unit: A1, place: Market, from: "19:00", to: "19:30"}]\nposts:'
    shift = read_shift(write_shift(tmp_path, shift=SHIFT.replace("posts:", locks)))
    with pytest.raises(QuantityError, match="a level of alert and the file's 'locks' do not go together"):
        with_alert(shift, [(None, "red")])


@given(st.integers(0, 100), st.integers(0, 100), st.integers(1, 200))
def test_the_number_that_goes_out_is_nearest_to_the_share(one: int, two: int, units: int) -> None:
    """It is within half a unit of the share, or one where the share is less; more share, no fewer units."""
    low, high = sorted((Fraction(one, 100), Fraction(two, 100)))
    for share in (low, high):
        out = going_out(share, units)
        assert 0 <= out <= units
        assert abs(out - share * units) <= Fraction(1, 2) or (out == 1 and 0 < share * units < 1)
    assert going_out(low, units) <= going_out(high, units)
    assert (going_out(low, units) == 0) == (low == 0)


def test_the_default_shares_are_the_practice_of_the_four_colours() -> None:
    """A fifth, two, three, four fifths."""
    assert list(SHARES.values()) == [Fraction(n, 5) for n in (1, 2, 3, 4)]


def test_the_report_says_what_levels_come_to(tmp_path: Path) -> None:
    """Each group with its numbers, and a district in which there is nobody."""
    path = shift(tmp_path, "alert: {level: green, districts: {North: red}}", districts=True)
    path.write_text(path.read_text().replace("station: North, mode: foot", "station: Central, mode: foot"))
    notes = build(read_shift(path), cache=None).report.notes
    assert "alert green: 1 of 6 units go out, the others stay on call" in notes
    assert "alert: no unit belongs to district 'North'" in notes


def patrol(*arguments: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, [str(a) for a in arguments])


def test_plans_are_made_under_the_level_of_the_command(tmp_path: Path) -> None:
    """With --alert the plan keeps units back, says so, and the directory passes `patrol check`."""
    path = shift(tmp_path, "")
    out = tmp_path / "out"
    result = patrol("plan", path, "-o", out, "--work-limit", 50, "--no-cache", "--alert", "yellow")
    assert result.exit_code in (0, 4)
    assert "Alert yellow: 2 of 6 units may go out; out: " in result.stdout
    assert patrol("check", out).exit_code == 0
    problem = json.loads((out / "problem.json").read_text())
    assert problem["callouts"] == [{"units": [0, 1, 2, 3, 4, 5], "most": 2, "name": "", "level": "yellow"}]
    wrong = patrol("plan", path, "-o", tmp_path / "other", "--alert", "North=red")
    assert wrong.exit_code == 2
    assert "--alert: there is no district called 'North'; nothing says where the districts lie" in wrong.stderr
