"""Claims about files that are changed at random: whatever a command is given to read, it ends, and says what is wrong.

A few cases of each kind; ``python -m benchmarks.reliability.inputs`` tries as many as one likes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.reliability.reading.crafted_documents import named_plans
from benchmarks.reliability.reading.documents_changed import as_json, as_yaml, change_tree
from benchmarks.reliability.reading.judge import Allowed, findings, snapshot
from benchmarks.reliability.reading.kinds import KINDS, Case, case_of
from benchmarks.reliability.reading.samples import Samples
from benchmarks.reliability.reading.sandbox import Run, Sandbox
from benchmarks.reliability.reading.tries import Tries

CASES = 5
"""Cases of each kind."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Give a process that runs commands."""
    with Sandbox() as started:
        yield started


@pytest.fixture(scope="module")
def samples(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Samples:
    """Give the valid files that are changed."""
    return Samples(tmp_path_factory.mktemp("samples"), sandbox)


@pytest.fixture
def tries(sandbox: Sandbox, samples: Samples, tmp_path: Path) -> Tries:
    """Give what tries cases."""
    return Tries(sandbox, samples, tmp_path)


def wrong_with(tries: Tries, case: Case) -> list[str]:
    """Return everything that is wrong with the runs of a case, each with what was run."""
    return [f"{case.seed} {case.what}: {run.arguments}: {w}" for run, wrong in tries.run(case) for w in wrong]


@pytest.mark.parametrize("kind", KINDS)
def test_changed_at_random(kind: str, tries: Tries, samples: Samples) -> None:
    """Files changed at random are refused by name, or read: without internal errors, in time, within bounds."""
    found = [what for seed in range(CASES) for what in wrong_with(tries, case_of(kind, seed, samples))]
    assert found == []


def test_names_that_lead_elsewhere(tries: Tries, samples: Samples) -> None:
    """Callsigns with slashes, dots, names of devices, marks of direction become files beside each other, one a unit."""
    plans = list(named_plans())[::5]
    for what, makes in plans:
        files = {name: make(samples) for name, make in makes.items()}
        needs = ("out/streets.json",)
        case = Case("names", 0, what, files, (("export", "gpx", "out", "-o", "made/plan"),), needs, made=3)
        assert wrong_with(tries, case) == []


def test_samples_are_valid(tries: Tries, samples: Samples) -> None:
    """A command that refuses a sample as it is would refuse it whatever is changed, so that nothing would be tried."""
    files = {"out/plan.json": samples.read("out/problem.json")}
    with pytest.raises(RuntimeError, match="does not take the samples as they are"):
        tries.run(Case("plan", 0, "the wrong way round", files, (("check", "out/plan.json", "out/problem.json"),), ()))


def run_of(**changes: object) -> Run:
    """Return a run that ended well, but for some changes."""
    fields = {
        "arguments": ("check", "out"),
        "code": 0,
        "late": False,
        "cpu": 0.1,
        "memory": 0,
        "out": "fine",
        "err": "",
    }
    return Run(**{**fields, "written": (), **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({}, None),
        ({"code": 3, "err": "patrol: plan.json: is no plan"}, None),
        ({"code": 1, "err": "patrol: not enough memory"}, "exit code 1"),
        ({"code": -9, "err": "x"}, "exit code -9"),
        ({"late": True, "code": -9}, "hangs"),
        ({"cpu": 99.0}, "takes 99 s of the processor"),
        ({"memory": 2**31}, "takes 2048 MB"),
        ({"err": "Traceback (most recent call last):"}, "says 'Traceback'"),
        ({"err": "x.py:1: RuntimeWarning: overflow"}, "says 'Warning:'"),
        ({"code": 3, "err": "patrol: something is wrong"}, "does not name the file"),
        ({"code": 2, "out": ""}, "says nothing"),
        ({"arguments": ("check", "out", "--json"), "out": '{"a": NaN}'}, "prints no JSON"),
        ({"written": ("/etc/passwd",)}, "writes /etc/passwd"),
    ],
)
def test_judge(changes: dict[str, object], finding: str | None, tmp_path: Path) -> None:
    """The judge finds each thing that must not be, and nothing where all is well."""
    allowed = Allowed(tmp_path, ("made",))
    found = list(
        findings(run_of(**changes), base=0.1, names=("plan.json",), allowed=allowed, before=snapshot(tmp_path))
    )
    assert found == ([] if finding is None else [finding])


def test_judge_of_files(tmp_path: Path) -> None:
    """The judge finds files that were changed, and files that a run which failed left behind."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_text("before")
    (tmp_path / "made").mkdir()
    before = snapshot(tmp_path)
    (tmp_path / "in" / "a").write_text("after")
    (tmp_path / "made" / "b").write_text("half")
    refused = run_of(code=3, err="plan.json: no")
    allowed = Allowed(tmp_path, ("made",))
    found = findings(refused, base=0.0, names=("plan.json",), allowed=allowed, before=before)
    assert list(found) == ["changes in/a", "leaves made/b behind"]


def test_changes_are_those_of_the_seed(samples: Samples) -> None:
    """The same kind and seed make the same case, in every run and on every machine."""
    for kind in KINDS:
        first, second = (case_of(kind, 3, samples) for _ in range(2))
        assert (first.what, first.commands) == (second.what, second.commands)
        assert [v for v in first.files.values() if isinstance(v, bytes)] == [
            v for v in second.files.values() if isinstance(v, bytes)
        ]


def test_documents_changed() -> None:
    """A changed tree can be written as JSON and as YAML, whatever was put into it, and mostly is another tree."""
    tree = {"name": "Market", "at": [51.5, -0.1], "units": [{"callsign": "A1", "count": 2}], "goals": {"presence": 0.5}}
    written = set()
    for seed in range(200):
        changed, what = change_tree(tree, random.Random(seed))
        assert what
        written.add(as_json(changed))
        as_yaml(changed, random.Random(seed))
    assert len(written) > 150
