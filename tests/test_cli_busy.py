"""How busy units are: from shift file, command line or simulation into the plan, and what is told of it."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from instances.build import build
from instances.busy_shares import with_share, with_simulated
from instances.errors import InputError
from instances.shift_file import read_shift
from instances.towns import make_town, write_town
from tests.shift_samples import SHIFT, edited, write_shift

FAST = ("--work-limit", "60")


def patrol(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the directory of a small town's files."""
    directory = tmp_path_factory.mktemp("town")
    write_town(make_town(3, hotspots=12, units=4), directory)
    return directory


def _busy(folder: Path, written: str, *, shift: str = SHIFT) -> tuple[int, ...]:
    """Return the shares of a shift file with this in its section of response."""
    (folder / "city.osm.pbf").write_bytes(b"only its presence is looked at")
    text = edited("backup: 10 min}", f"backup: 10 min, busy: {written}}}", shift)
    return read_shift(write_shift(folder, shift=text)).response.busy


def _simulation(path: Path, shares: object) -> Path:
    """Write a simulation with these shares by slot; return its path."""
    path.write_text(json.dumps({"plans": [{"name": "out", "busy_by_slot": shares}]}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("written", "shares"),
    [
        ("30 %", (300,) * 8),
        ("0.125", (125,) * 8),
        ("0", ()),
        ('{"18:00-22:00": 20 %, "22:00-02:00": 45 %}', (200,) * 4 + (450,) * 4),
        ('{"22:00-06:00": 45 %}', (0,) * 4 + (450,) * 4),
        ('{"19:30-20:15": 40 %}', (0, 200, 100, 0, 0, 0, 0, 0)),
        ('{"23:00 - 01:00": 0.4}', (0,) * 5 + (400, 400, 0)),
        ('{"18:00-02:00": 0}', ()),
    ],
)
def test_shares_are_read_by_time_of_day(tmp_path: Path, written: str, shares: tuple[int, ...]) -> None:
    """A share holds in all hours, or at the times written, over midnight too; of a part of an hour the mean."""
    assert _busy(tmp_path, written) == (() if not any(shares) else shares)


def test_the_problem_has_the_shares_of_the_file(tmp_path: Path) -> None:
    """What the file says is in the problem, and the report says so; without it the problem is the one it always was."""
    text = edited("backup: 10 min}", 'backup: 10 min, busy: {"18:00-22:00": 20 %, "22:00-02:00": 45 %}}')
    (tmp_path / "with").mkdir()
    built = build(read_shift(write_shift(tmp_path / "with", shift=text)), cache=None)
    plain = build(read_shift(write_shift(tmp_path)), cache=None)
    assert built.problem.busy == (200,) * 4 + (450,) * 4
    assert "units are taken to be busy with calls for 20 % to 45 % of their time" in "\n".join(built.report.lines())
    assert plain.problem.busy == ()
    assert built.problem.replace(busy=()) == plain.problem
    assert "busy" not in "\n".join(plain.report.lines())


def test_a_plan_for_busy_units(tmp_path: Path, town: Path) -> None:
    """--busy goes before the file; the plan keeps it in its problem, and the summary tells both shares."""
    out = tmp_path / "out"
    result = patrol("plan", town / "night.yaml", "-o", out, "--busy", "30%", "--no-cache", *FAST)
    assert result.exit_code == 0, result.stderr
    assert "busy with calls for 30 % of their time" in result.stderr
    assert "if none were busy" in result.stdout
    assert set(json.loads((out / "problem.json").read_text())["busy"]) == {300}
    checked = patrol("check", out / "problem.json", out / "plan.json")
    assert checked.exit_code == 0, checked.output
    scored = json.loads(patrol("score", out / "problem.json", out / "plan.json", "--json").stdout)
    assert scored["if_free"]["response"] > scored["covered"]["response"]
    # The file knows nothing of it, and the rest of the shift is planned with it all the same.
    new = ("replan", out, "--at", "21:35", "-o", tmp_path / "new", "--shift", town / "night.yaml", "--no-cache", *FAST)
    assert patrol(*new).exit_code == 0
    assert set(json.loads((tmp_path / "new" / "problem.json").read_text())["busy"]) == {300}


@pytest.mark.parametrize("command", ["draw", "baseline"])
def test_other_plans_take_the_share_of_the_file(tmp_path: Path, town: Path, command: str) -> None:
    """Drawn plans and those of simple rules count on busy units as the file says."""
    text = (town / "night.yaml").read_text(encoding="utf-8")
    shift, out = town / f"busy-{command}.yaml", tmp_path / "out"
    shift.write_text(text.replace("\nresponse: {", "\nresponse: {busy: 30 %, "), encoding="utf-8")
    options = {"draw": ("--plans", 2, *FAST), "baseline": ("--rule", "beats")}[command]
    result = patrol(command, shift, "-o", out, *options, "--no-cache")
    assert result.exit_code == 0, result.stderr
    assert "busy with calls for 30 % of their time" in result.stderr
    for problem in out.rglob("problem.json"):
        assert set(json.loads(problem.read_text())["busy"]) == {300}
        assert patrol("check", problem.parent).exit_code == 0


def test_a_plan_from_a_simulation(tmp_path: Path, town: Path) -> None:
    """--busy-from takes the shares of each hour: 0 without anybody on duty, and nine tenths at most."""
    hours = len(read_shift(town / "night.yaml").horizon.slots) - 1
    shares = [None, 0.97, *[0.1234] * (hours - 2)]
    simulation = _simulation(tmp_path / "simulation.json", shares)
    out = tmp_path / "out"
    result = patrol("plan", town / "night.yaml", "-o", out, "--busy-from", simulation, "--no-cache", *FAST)
    assert result.exit_code == 0, result.stderr
    assert "more than 90 % of their time, that is taken" in result.stderr
    assert json.loads((out / "problem.json").read_text())["busy"] == [0, 900, *[123] * (hours - 2)]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--busy", "95%"], 2, "--busy: units that are busy for more than 90 %"),
        (["--busy", "30"], 2, "more than the whole"),
        (["--busy", "30%", "--busy-from", "x.json"], 2, "give --busy or --busy-from, not both"),
        (["--busy-from", "nowhere.json"], 3, "cannot be read"),
        (["--busy-from", "/dev/zero"], 3, "it is a device"),
    ],
)
def test_options_that_cannot_be(tmp_path: Path, town: Path, options: list[str], code: int, said: str) -> None:
    """What is wrong with the options is told, and nothing is written."""
    result = patrol("plan", town / "night.yaml", "-o", tmp_path / "out", *options, *FAST)
    assert result.exit_code == code
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "is no simulation"),
        ("no JSON", "is no simulation"),
        ('{"plans": []}', "is no simulation"),
        ('{"plans": [{"busy_by_slot": ["much"]}]}', "not between 0 and 1"),
        ('{"plans": [{"busy_by_slot": "01010101"}]}', "not between 0 and 1"),
        ('{"plans": [{"busy_by_slot": [true]}]}', "not between 0 and 1"),
        ('{"plans": [{"busy_by_slot": [1.5]}]}', "not between 0 and 1"),
        ('{"plans": [{"busy_by_slot": [NaN]}]}', "not between 0 and 1"),
        ('{"plans": [{"busy_by_slot": [0.1, 0.2]}]}', "has 2 slots of time, but the shift has 8"),
    ],
)
def test_files_that_are_no_simulation_of_the_shift(tmp_path: Path, text: str, said: str) -> None:
    """Another file is refused by its name with what it should be."""
    (tmp_path / "city.osm.pbf").write_bytes(b"only its presence is looked at")
    shift, path = read_shift(write_shift(tmp_path)), tmp_path / "simulation.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said) as error:
        with_simulated(shift, path)
    assert "simulation.json" in str(error.value)


def test_a_share_of_nothing_is_the_plain_problem(tmp_path: Path) -> None:
    """--busy 0 undoes what the file says."""
    (tmp_path / "city.osm.pbf").write_bytes(b"only its presence is looked at")
    text = edited("backup: 10 min}", "backup: 10 min, busy: 30 %}")
    shift = read_shift(write_shift(tmp_path, shift=text))
    assert shift.response.busy
    assert with_share(shift, Fraction(0)).response.busy == ()


def test_a_comparison_says_that_units_are_busy_in_one_problem(tmp_path: Path, town: Path) -> None:
    """Two plans of which one counts on busy units are told apart by that."""
    for name, options in (("one", []), ("two", ["--busy", "25%"])):
        result = patrol("plan", town / "night.yaml", "-o", tmp_path / name, *options, "--no-cache", *FAST)
        assert result.exit_code == 0, result.stderr
    result = patrol("compare", tmp_path / "one", tmp_path / "two")
    assert "25 % of the time" in result.stdout
