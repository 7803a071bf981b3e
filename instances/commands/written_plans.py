"""How a plan that was just made is checked, written as a directory of files, and told of."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from instances.commands.colours import on_terminal, painted_summary
from instances.commands.failures import DONE, SHORT
from instances.commands.searching import checked
from instances.commands.streams import show, show_json
from instances.commands.talk import Talk
from instances.outputs import Outputs

if TYPE_CHECKING:
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.scorecard import Scorecard
    from solver.streets import Streets

PLAN_NAMES = ("plan.json", "problem.json", "streets.json", "summary.txt", "map.html", "gpx")


class Written(NamedTuple):
    """A plan, its score, and its files: their content by name, and where they are."""

    problem: Problem
    plan: Plan
    card: Scorecard
    files: Mapping[str, bytes]
    paths: tuple[Path, ...]


def write_plan(outputs: Outputs, problem: Problem, made: Plan, streets_of: Callable[[Plan], Streets]) -> Written:
    """Check a plan and write its files.

    Raises
    ------
    RejectedPlanError
        When it breaks a rule; it is kept apart, see `checked`.
    """
    from solver.export.plan_files import plan_files

    card = checked(problem, made, outputs)
    files = plan_files(problem, made, card, streets_of(made))
    return Written(problem, made, card, files, outputs.commit(files))


def tell_of_plan(written: Written, out: Path, report: Mapping[str, Any], talk: Talk, *, as_json: bool) -> int:
    """Print the summary of a plan, or all about it as JSON, and return the exit code."""
    from solver.headline import headline

    talk.detail("\n".join(f"wrote {path}" for path in written.paths))
    if as_json:
        sentence = headline(written.problem, written.plan, written.card)
        facts = {"files": [str(p) for p in written.paths], "sentence": sentence}
        show_json({**facts, **_plan_json(written.files["plan.json"]), "build": report})
    else:
        summary = written.files["summary.txt"]
        show(painted_summary(summary.decode()) if on_terminal(sys.stdout) else summary)
        talk.note(f"wrote {out}: {len(written.paths)} files")
    return SHORT if written.plan.shortfalls else DONE


def _plan_json(content: bytes) -> dict[str, Any]:
    """Return what plan.json says, but for the routes."""
    return {key: value for key, value in json.loads(content).items() if key != "routes"}
