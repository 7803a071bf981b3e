"""`patrol size`: what it prints, writes and refuses, with processes of its own and without, and Ctrl-C."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from instances.count_lists import count_list_of
from instances.quantities import QuantityError
from instances.towns import make_town

ROOT = Path(__file__).parents[1]
FAST = ("--time-limit", "0s", "--workers", "1")


def patrol(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def shift(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the shift file of a small town of three units."""
    directory = tmp_path_factory.mktemp("town")
    for name, content in make_town(3, hotspots=10, units=3).files.items():
        (directory / name).write_bytes(content)
    return directory / "night.yaml"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a cache of road data."""
    return tmp_path_factory.mktemp("cache")


def test_a_curve_is_printed_and_written(shift: Path, cache: Path, tmp_path: Path) -> None:
    """Table, CSV, pictures and plans are those of the numbers asked for, and the plans keep every rule."""
    out = tmp_path / "size"
    result = patrol("size", shift, "--units", "2..3", "-o", out, "--cache-dir", cache, *FAST)
    assert result.exit_code == 0, result.output
    assert "The next unit after 3 helps most as " in result.stdout
    assert [line.split()[0] for line in result.stdout.splitlines() if line[:1].isdigit()] == ["2", "3*"]
    rows = list(csv.DictReader(io.StringIO((out / "size.csv").read_bytes().decode("utf-8-sig"))))
    assert [row["number"] for row in rows] == ["2", "3"]
    assert {p.name for p in out.iterdir()} == {"size.csv", "size.svg", "size.png", "plans"}
    for number in "23":
        assert patrol("check", out / "plans" / number).exit_code in (0, 4)
    again = patrol("size", shift, "--units", "3", "-o", out, "--cache-dir", cache, *FAST)
    assert (again.exit_code, "--force" in again.stderr) == (2, True)
    assert patrol("compare", out / "plans" / "2", out / "plans" / "3").exit_code == 0


def test_a_level_of_alert_for_the_day(shift: Path, cache: Path, tmp_path: Path) -> None:
    """`--alert` sends out its share of the roster, and a unit that is added goes out beside it."""
    out = tmp_path / "size"
    size = patrol("size", shift, "--units", "3..4", "--alert", "yellow", "-o", out, "--cache-dir", cache, *FAST)
    assert size.exit_code == 0, size.output
    for number in "34":
        (callout,) = json.loads((out / "plans" / number / "problem.json").read_text(encoding="utf-8"))["callouts"]
        assert (callout["units"], callout["most"], callout["level"]) == ([0, 1, 2], 1, "yellow")


def test_without_numbers_it_looks_around_the_file(shift: Path, cache: Path) -> None:
    """With no numbers it goes from two units fewer than the file has to two more; --json has every point and step."""
    document = json.loads(patrol("size", shift, "--json", "--cache-dir", cache, *FAST).stdout)
    assert [p["number"] for p in document["points"]] == [1, 2, 3, 4, 5]
    assert (document["of"], document["given"], document["complete"]) == ("units", 3, True)
    assert [(s["from"], s["to"]) for s in document["steps"]] == [(2, 1), (3, 2), (3, 4), (4, 5)]
    assert (document["next"]["from"], document["next"]["to"]) == (5, 6)


def test_posts_and_an_earlier_plan(shift: Path, cache: Path, tmp_path: Path) -> None:
    """The posts of the file are given up, beginning from an earlier plan."""
    size = patrol("size", shift, "--units", "3", "-o", tmp_path / "size", "--cache-dir", cache, *FAST)
    assert size.exit_code == 0
    earlier = tmp_path / "size" / "plans" / "3"
    arguments = ("size", shift, "--posts", "0..1", "--start-from", earlier, "--json", "--cache-dir", cache, *FAST)
    document = json.loads(patrol(*arguments).stdout)
    assert (document["of"], [p["number"] for p in document["points"]]) == ("posts", [0, 1])
    assert document["next"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--units", "3", "--posts", "1"), "give --units or --posts, not both"),
        (("--units", "3..1"), "'3..1' falls; write a number such as 8"),
        (("--units", "many"), "is not a list of numbers"),
        (("--units", "0"), "may be left out; ask for 1 or more"),
        (("--posts", "9"), "'patrol site' finds places for more"),
        (("--station", "Centrl Station"), "did you mean 'Central Station'"),
        (("--mode", "horse"), "--mode: no unit of the roster has 'horse'"),
    ],
)
def test_what_cannot_be_is_refused(shift: Path, cache: Path, arguments: tuple[str, ...], words: str) -> None:
    """Wrong numbers, stations and modes are usage errors that say what would be right."""
    result = patrol("size", shift, "--cache-dir", cache, *arguments, *FAST)
    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_an_interrupt_keeps_what_is_done(shift: Path, cache: Path, tmp_path: Path) -> None:
    """Ctrl-C on the terminal, which reaches the workers' processes too, ends all searches; what is done is written."""
    out = tmp_path / "size"
    command = ["size", shift, "--units", "3..5", "-o", out, "--time-limit", "10min", "--json", "--cache-dir", cache]
    program = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); import cli; cli.main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, command)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stderr is not None
        while "Ctrl-C keeps what is done" not in (line := process.stderr.readline()):
            assert line
        os.killpg(process.pid, signal.SIGINT)
        printed, said = process.communicate(timeout=90)
    finally:
        process.kill()
    assert process.returncode == 0, said
    assert "Traceback" not in said
    document = json.loads(printed)
    assert (document["complete"], [p["number"] for p in document["points"]]) == (False, [3])
    assert patrol("check", out / "plans" / "3").exit_code in (0, 4)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("8", (8,)), ("4..6", (4, 5, 6)), ("4, 8,12", (4, 8, 12)), ("8..9,2", (2, 8, 9)), ("０..2", (0, 1, 2))],
)
def test_lists_of_numbers(text: str, numbers: tuple[int, ...]) -> None:
    """Numbers, ranges and several of them are read, rising and each once."""
    assert count_list_of(text) == numbers


@pytest.mark.parametrize("text", ["", "-1", "1.5", "4..", "9..4", "4;5", "1001", "1..99999999", "4,,5"])
def test_what_is_no_list_of_numbers(text: str) -> None:
    """All else is refused."""
    with pytest.raises(QuantityError):
        count_list_of(text)


@pytest.mark.parametrize("numbers", [("--units", "0..3"), ("--posts", "5")])
def test_numbers_that_cannot_be_are_refused_before_anything_begins(
    shift: Path, cache: Path, numbers: tuple[str, str]
) -> None:
    """With processes of its own too there are words and nothing else on standard error, and no traceback."""
    command = [sys.executable, "-m", "cli", "size", str(shift), *numbers, "--cache-dir", str(cache), "-q"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("patrol: ")
    assert len(done.stderr.splitlines()) == 2
