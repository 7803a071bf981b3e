"""`patrol plan` from a shift file to files on disk: the whole way through."""

from __future__ import annotations

import errno
import importlib
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import pytest
from click.testing import CliRunner, Result

from cli import main
from instances.commands.written_plans import PLAN_NAMES
from instances.towns import make_town, write_town
from solver.check import Violation

ROOT = Path(__file__).parents[1]
FAST = ("--work-limit", "200")


def patrol(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def tree(directory: Path) -> dict[str, bytes]:
    return {str(p.relative_to(directory)): p.read_bytes() for p in directory.rglob("*") if p.is_file()}


def without_plan(directory: Path) -> dict[str, bytes]:
    """Return the files of a plan but for plan.json, which says how long the search took."""
    return {name: content for name, content in tree(directory).items() if name != "plan.json"}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a cache of road data that the runs of this file share."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the directory of a small town's files."""
    directory = tmp_path_factory.mktemp("town")
    write_town(make_town(3, hotspots=12, units=4), directory)
    return directory


@pytest.fixture
def shift(town: Path) -> Iterator[Callable[[Callable[[str], str]], Path]]:
    """Give a function that writes a changed copy of the town's shift file beside it."""
    path = town / "changed.yaml"

    def change(edit: Callable[[str], str]) -> Path:
        before = (town / "night.yaml").read_text()
        after = edit(before)
        assert after != before
        path.write_text(after)
        return path

    yield change
    path.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def planned(town: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """Give the result of a run and its directory."""
    out = tmp_path_factory.mktemp("planned") / "out"
    return patrol("plan", town / "night.yaml", "-o", out, "--cache-dir", cache, *FAST), out


@pytest.fixture
def old(planned: tuple[Result, Path], tmp_path: Path) -> Path:
    """Give a directory with an old plan in it."""
    out = tmp_path / "out"
    for name, content in tree(planned[1]).items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)
    return out


def test_all_files_are_written(planned: tuple[Result, Path]) -> None:
    """A run writes plan, problem, streets, summary and one GPX a unit, and nothing else."""
    result, out = planned
    assert result.exit_code == 0, result.stderr
    assert {p.name for p in out.iterdir()} == set(PLAN_NAMES)
    document = json.loads((out / "plan.json").read_text())
    assert {p.stem for p in (out / "gpx").iterdir()} == {r["callsign"] for r in document["routes"]}
    assert document["status"] == "work limit"


def test_the_summary_is_printed(planned: tuple[Result, Path]) -> None:
    """Standard output is the summary and nothing but the summary; talk is on standard error."""
    result, out = planned
    assert result.stdout == (out / "summary.txt").read_text()
    assert "searching for up to 200 moves" in result.stderr


def test_the_plan_passes_the_check(planned: tuple[Result, Path]) -> None:
    """What was written keeps every rule."""
    result = patrol("check", planned[1])
    assert (result.exit_code, result.stdout) == (0, "every rule is kept\n")


def test_streets_are_known_for_every_leg(planned: tuple[Result, Path]) -> None:
    """Every drive between two places has its streets in streets.json."""
    from instances.documents import read_plan, read_problem, read_streets

    problem = read_problem(planned[1] / "problem.json")
    plan = read_plan(planned[1] / "plan.json", problem)
    streets = read_streets(planned[1] / "streets.json")
    modes = {u.callsign: u.mode for u in problem.units}
    legs = [
        (modes[r.callsign], a.place, b.place)
        for r in plan.routes
        for a, b in zip(r.stops, r.stops[1:], strict=False)
        if a.place != b.place
    ]
    assert legs
    assert all(streets.leg(*leg) is not None for leg in legs)


def test_json_is_one_document(town: Path, cache: Path, tmp_path: Path) -> None:
    """With --json standard output is one document with files, value, score and the report of the build."""
    result = patrol("plan", town / "night.yaml", "-o", tmp_path / "out", "--cache-dir", cache, *FAST, "--json", "-q")
    assert result.exit_code == 0
    assert result.stderr == ""
    document = json.loads(result.stdout)
    assert {"files", "value", "bound", "gap", "status", "score", "shortfalls", "build"} <= set(document)
    assert all(Path(path).is_file() for path in document["files"])


def test_told_why_the_first_plan_takes_longer(
    town: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no machine code is kept yet, it is said what the wait is for, also where there is no terminal."""
    monkeypatch.setattr("instances.doctor.compiled_files", lambda: ([], []))
    result = patrol("plan", town / "night.yaml", "-o", tmp_path / "out", "--cache-dir", cache, *FAST)
    assert "compiled first" in result.stderr


def test_same_seed_and_work_same_plan(planned: tuple[Result, Path], town: Path, cache: Path, tmp_path: Path) -> None:
    """The same files, seed and work limit give the same routes and the same GPX, byte for byte."""
    patrol("plan", town / "night.yaml", "-o", tmp_path / "out", "--cache-dir", cache, *FAST)
    assert without_plan(tmp_path / "out") == without_plan(planned[1])


def test_an_existing_plan_is_refused_before_any_work(old: Path, town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --force an existing plan ends the run at once with exit code 2."""
    before = tree(old)
    monkeypatch.setattr("instances.shift_file.read_shift", None)
    result = patrol("plan", town / "night.yaml", "-o", old)
    assert result.exit_code == 2
    assert (
        "already holds plan.json, problem.json, streets.json, summary.txt, map.html, gpx; give --force" in result.stderr
    )
    assert tree(old) == before


def test_force_replaces(old: Path, town: Path, cache: Path) -> None:
    """With --force the new plan is in place of the old one."""
    before = tree(old)
    result = patrol("plan", town / "night.yaml", "-o", old, "--force", "--seed", 8, "--cache-dir", cache, *FAST)
    assert result.exit_code == 0, result.stderr
    assert json.loads((old / "plan.json").read_text())["seed"] == 8
    assert tree(old)["problem.json"] == before["problem.json"]


def test_an_unwritable_target_is_refused_before_any_work(tmp_path: Path, town: Path) -> None:
    """A target that cannot be made ends the run with exit code 2."""
    (tmp_path / "file").write_text("mine")
    result = patrol("plan", town / "night.yaml", "-o", tmp_path / "file" / "out")
    assert result.exit_code == 2
    assert "cannot write to" in result.stderr


def test_a_broken_shift_file(shift: Callable[[Callable[[str], str]], Path], old: Path) -> None:
    """Every fault of a shift file comes at once with its line; exit code 3; the old plan is untouched."""
    before = tree(old)
    path = shift(lambda text: text.replace("mode: car", "mode: cat").replace("stint: 30 min", "stint: soon"))
    result = patrol("plan", path, "-o", old, "--force")
    assert result.exit_code == 3
    lines = path.read_text().splitlines()
    for wrong in ("mode: cat", "stint: soon"):
        number = next(i for i, line in enumerate(lines, 1) if wrong in line)
        assert f"{path}:{number}:" in result.stderr
    assert "did you mean 'car'?" in result.stderr
    assert "Traceback" not in result.stderr
    assert tree(old) == before


def test_a_missing_shift_file(tmp_path: Path) -> None:
    """A shift file that is not there exits 3, and no empty directory is left."""
    result = patrol("plan", tmp_path / "night.yaml", "-o", tmp_path / "out")
    assert result.exit_code == 3
    assert "night.yaml" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_missing_roads(shift: Callable[[Callable[[str], str]], Path], tmp_path: Path) -> None:
    """A road network that is not there exits 6 and is named."""
    path = shift(lambda text: text.replace("network.osm.gz", "nowhere.osm.gz"))
    result = patrol("plan", path, "-o", tmp_path / "out", "--no-cache")
    assert result.exit_code == 6
    assert "nowhere.osm.gz" in result.stderr


def test_cells_too_small_for_the_smoothing(
    shift: Callable[[Callable[[str], str]], Path], cache: Path, tmp_path: Path
) -> None:
    """Risk that would take hours to make is refused at its field, with the least cell that would do."""
    path = shift(lambda text: text.replace("risk: {", "risk: {cell: 1 m, smoothing: 900 m, "))
    result = patrol("plan", path, "-o", tmp_path / "out", "--cache-dir", cache)
    assert result.exit_code == 3
    assert "risk.cell: cells of 1 m are too small for a smoothing of 900 m; use cells of 14 m or more" in result.stderr


def test_shortfalls(shift: Callable[[Callable[[str], str]], Path], cache: Path, tmp_path: Path) -> None:
    """When posts cannot be manned the plan is written all the same, shortfalls first, and the exit code is 4."""
    path = shift(lambda text: text.replace("units: 1}", "units: 9}"))
    out = tmp_path / "out"
    result = patrol("plan", path, "-o", out, "--cache-dir", cache, *FAST)
    assert result.exit_code == 4, result.stderr
    _, sentence, shortfalls, *_ = result.stdout.split("\n\n")
    assert " lacks " in sentence.split(";")[0]
    assert shortfalls.startswith("SHORTFALLS")
    assert "Cure: " in result.stdout
    assert json.loads((out / "plan.json").read_text())["shortfalls"]
    assert patrol("check", out).exit_code == 4


def test_names_in_any_script_and_a_shift_over_midnight(
    shift: Callable[[Callable[[str], str]], Path], town: Path, cache: Path, tmp_path: Path
) -> None:
    """Chinese callsigns and another zone go all the way through; times after midnight are of the next day."""

    def edit(text: str) -> str:
        return (
            text.replace("callsign: C1", "callsign: 巡逻一组")
            .replace("Europe/London", "Asia/Shanghai")
            .replace("name: Friday night", "name: 周五夜班")
        )

    out = tmp_path / "夜班"
    result = patrol("plan", shift(edit), "-o", out, "--cache-dir", cache, *FAST)
    assert result.exit_code == 0, result.stderr
    assert (out / "gpx" / "巡逻一组.gpx").is_file()
    assert "周五夜班" in result.stdout
    routes = json.loads((out / "plan.json").read_text())["routes"]
    assert routes[0]["stops"][-1]["leave_time"].startswith("2026-10-17T0")
    assert routes[0]["stops"][-1]["leave_time"].endswith("+08:00")
    assert patrol("check", out).exit_code == 0


def test_a_plan_that_breaks_a_rule_is_never_written(
    old: Path, town: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that fails the check is an internal error: exit 1, kept apart without GPX, the old plan untouched."""
    before = tree(old)
    monkeypatch.setattr(
        importlib.import_module("solver.check"), "check", lambda *_: (Violation("too_fast", "C1 cannot fly"),)
    )
    result = patrol("plan", town / "night.yaml", "-o", old, "--force", "--cache-dir", cache, *FAST)
    assert result.exit_code == 1
    assert "breaks 1 rule; it was not used, but kept in" in result.stderr
    assert "too_fast: C1 cannot fly" in result.stderr
    after = tree(old)
    kept = {name: after.pop(name) for name in set(after) - set(before)}
    assert after == before
    assert set(kept) == {f"rejected-plan/{n}" for n in ("plan.json", "problem.json", "violations.txt")}


def test_a_full_disk(old: Path, town: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk the run says so in words, exits 1, and the old plan is untouched."""
    before = tree(old)

    def full(handle: int, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("instances.outputs.os.write", full)
        result = patrol("plan", town / "night.yaml", "-o", old, "--force", "--cache-dir", cache, *FAST)
    assert result.exit_code == 1
    assert f"{old}: no space left on device; make room, or write elsewhere" in result.stderr
    assert "Traceback" not in result.stderr
    assert tree(old) == before


@pytest.mark.skipif(os.name == "nt", reason="needs a shell that can close a file")
@pytest.mark.parametrize("end", ["2>&-", "2>&1 >/dev/null | true"])
def test_nobody_listens(town: Path, cache: Path, tmp_path: Path, end: str) -> None:
    """A closed standard error, or one whose reader has gone, does not cost the plan."""
    arguments = shlex.join(map(str, ["plan", town / "night.yaml", "-o", tmp_path / "out", "--cache-dir", cache, *FAST]))
    command = f'("{sys.executable}" -c "import cli; cli.main()" {arguments}; echo $? >"{tmp_path}/code") {end}'
    subprocess.run(["sh", "-c", command], cwd=ROOT, stdout=subprocess.DEVNULL, check=False, timeout=120)
    assert (tmp_path / "code").read_text() == "0\n"
    assert (tmp_path / "out" / "plan.json").exists()


def _heed_signals() -> None:
    """Heed what ends a program, also where whoever runs the tests has told to ignore it, as nohup and ``&`` do."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Run:
    """`patrol` in a process of its own, whose standard error is read line by line."""

    def __init__(self, *arguments: object, program: str = "import cli; cli.main()") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, *map(str, arguments)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=None if os.name == "nt" else _heed_signals,
        )
        self.said = ""

    def wait_for(self, words: str) -> None:
        """Read standard error until `words` have come."""
        assert self.process.stderr is not None
        while words not in self.said:
            line = self.process.stderr.readline()
            assert line, f"ended without {words!r}: {self.said}"
            self.said += line

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def end(self) -> tuple[int, str, str]:
        """Return exit code, standard output and all of standard error."""
        out, rest = self.process.communicate(timeout=60)
        return self.process.returncode, out, self.said + rest


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)])
def test_the_first_interrupt_ends_the_search(town: Path, cache: Path, tmp_path: Path, number: int) -> None:
    """Ctrl-C, or a polite kill, ends the search: the best plan is checked and written, and the exit code is 0."""
    out = tmp_path / "out"
    with Run("plan", town / "night.yaml", "-o", out, "--cache-dir", cache, "--time-limit", "10min") as run:
        run.wait_for("searching for up to 600 s")
        time.sleep(0.2)
        run.send(number)
        code, printed, said = run.end()
    assert code == 0, said
    assert "stopping: the best plan so far will be checked and written" in said
    assert printed == (out / "summary.txt").read_text()
    assert json.loads((out / "plan.json").read_text())["status"] == "interrupted"
    assert patrol("check", out).exit_code == 0


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_an_interrupt_after_a_choice_is_still_ours() -> None:
    """Choosing routes with CP-SAT leaves Ctrl-C to the program; it used to make the next one deadly."""
    program = (
        "import os, signal\n"
        "import numpy as np\n"
        "from solver.recombine import Layer, choose\n"
        "got = []\n"
        "signal.signal(signal.SIGINT, lambda *_: got.append(1))\n"
        "cells = Layer(np.array([1, 2]), np.array([1, 1]), np.eye(2, dtype=bool))\n"
        "print(choose([0, 0], [0], [cells], seconds=1.0, seed=0))\n"
        "os.kill(os.getpid(), signal.SIGINT)\n"
        "print(got)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (run.returncode, run.stdout) == (0, "[1]\n[1]\n")


DEAF = """
import importlib, time, cli
def solve(problem, **options):
    print("deaf", file=__import__("sys").stderr, flush=True)
    while True:
        options["stop"]()
        time.sleep(0.01)
importlib.import_module("solver.solve").solve = solve
cli.main()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_the_second_interrupt_gives_up(town: Path, cache: Path, old: Path) -> None:
    """Ctrl-C pressed twice ends a search that does not stop: exit 130, nothing printed, the old plan untouched."""
    before = tree(old)
    with Run("plan", town / "night.yaml", "-o", old, "--force", "--cache-dir", cache, program=DEAF) as run:
        run.wait_for("deaf")
        run.send(signal.SIGINT)
        run.wait_for("stopping")
        run.send(signal.SIGINT)
        code, printed, said = run.end()
    assert (code, printed) == (130, "")
    assert "interrupted; nothing was written" in said
    assert tree(old) == before


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_an_interrupt_is_understood_at_once(town: Path, cache: Path, old: Path) -> None:
    """Ctrl-C is answered also where the search does not ask for long, as while the first plan is made."""
    program = DEAF.replace('        options["stop"]()\n', "")
    with Run("plan", town / "night.yaml", "-o", old, "--force", "--cache-dir", cache, program=program) as run:
        run.wait_for("deaf")
        run.send(signal.SIGINT)
        run.wait_for("stopping: the best plan so far")
        run.send(signal.SIGINT)
        assert run.end()[0] == 130


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)])
def test_an_interrupt_before_the_search(town: Path, tmp_path: Path, number: int) -> None:
    """Ctrl-C, or a polite kill, while the problem is built exits 130, and not even an empty directory is left."""
    program = (
        "import sys, time, instances.build, cli\n"
        "def build(*_, **__):\n"
        "    print('building', file=sys.stderr, flush=True)\n"
        "    time.sleep(60)\n"
        "instances.build.build = build\n"
        "cli.main()\n"
    )
    with Run("plan", town / "night.yaml", "-o", tmp_path / "out", program=program) as run:
        run.wait_for("building")
        run.send(number)
        code, printed, _said = run.end()
    assert (code, printed) == (130, "")
    assert list(tmp_path.iterdir()) == []


def test_two_runs_at_once_never_mix(town: Path, cache: Path, tmp_path: Path) -> None:
    """Two runs into one directory leave the files of one of them, whole."""
    out = tmp_path / "out"
    options = ("-o", out, "--force", "--cache-dir", cache, "--work-limit", 20)
    command = ("plan", town / "night.yaml", *options, "--seed")
    with Run(*command, 1) as one, Run(*command, 2) as other:
        assert (one.end()[0], other.end()[0]) == (0, 0)
    assert {p.name for p in out.iterdir()} == set(PLAN_NAMES)
    seed = json.loads((out / "plan.json").read_text())["seed"]
    alone = tmp_path / "alone"
    patrol("plan", town / "night.yaml", "-o", alone, "--cache-dir", cache, "--work-limit", 20, "--seed", seed)
    assert without_plan(out) == without_plan(alone)


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_progress_is_shown_on_a_terminal_only(
    planned: tuple[Result, Path], town: Path, cache: Path, tmp_path: Path
) -> None:
    """On a terminal one line of progress is rewritten and wiped at the end; elsewhere there is none."""
    import pty

    outer, inner = pty.openpty()
    command = ["plan", str(town / "night.yaml"), "-o", str(tmp_path / "out"), "--cache-dir", str(cache)]
    process = subprocess.Popen(
        [sys.executable, "-c", "import cli; cli.main()", *command, "--time-limit", "1"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=inner,
    )
    os.close(inner)
    said = b""
    try:
        while chunk := os.read(outer, 4096):
            said += chunk
    except OSError:  # Linux: the other end was closed
        pass
    assert process.wait(timeout=60) == 0
    assert said.count(b"\r\x1b[K") >= 3
    assert b"value" in said
    assert said[said.rindex(b"\x1b[K") :].find(b"value") < 0
    assert "\x1b[K" not in planned[0].stderr


def test_a_time_limit_and_a_work_limit(
    town: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without limits 30 s are searched; a work limit alone means no time limit; both may be given."""
    asked: list[tuple[Any, Any]] = []

    def solve(*_: Any, time_limit: float | None, work_limit: int | None, **__: Any) -> None:
        asked.append((time_limit, work_limit))
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib.import_module("solver.solve"), "solve", solve)
    for options in ((), ("--work-limit", "5"), ("--time-limit", "2min"), ("--time-limit", "7", "--work-limit", "5")):
        patrol("plan", town / "night.yaml", "-o", tmp_path / "out", "--cache-dir", cache, *options)
    assert asked == [(30.0, None), (None, 5), (120.0, None), (7.0, 5)]


def test_a_gap_ends_the_search(town: Path, cache: Path, tmp_path: Path) -> None:
    """A gap given as a share or per cent ends the search once the bound is as near, and the files say so."""
    options = ("-o", tmp_path / "out", "--cache-dir", cache, "--time-limit", "60s", "--gap", "60%")
    result = patrol("plan", town / "night.yaml", *options)
    assert result.exit_code == 0, result.stderr
    plan = json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))
    assert plan["status"] == "gap limit"
    assert 0 <= plan["gap"] <= 0.6
    assert plan["value"] <= plan["bound"] <= 1
    assert "no plan is worth more than" in result.stdout
    assert "a gap of 0.6" in result.stderr
    assert patrol("plan", town / "night.yaml", *options[:-1], "2x").exit_code == 2
