"""patrolplan's core: a `Problem` in, a `Plan` out, with `check` and `score` to judge it.

>>> from solver import Problem, check, score, solve  # doctest: +SKIP

Names are loaded when they are first used, so importing this package costs nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from solver.check import Violation, check
    from solver.plan import Plan, Route, Shortfall, Stop
    from solver.plan_json import plan_from_json, plan_to_json
    from solver.problem import Problem
    from solver.problem_json import problem_from_json, problem_to_json
    from solver.score import Scorecard, score
    from solver.solve import solve

_HOME = {
    "Plan": "plan",
    "Problem": "problem",
    "Route": "plan",
    "Scorecard": "score",
    "Shortfall": "plan",
    "Stop": "plan",
    "Violation": "check",
    "check": "check",
    "plan_from_json": "plan_json",
    "plan_to_json": "plan_json",
    "problem_from_json": "problem_json",
    "problem_to_json": "problem_json",
    "score": "score",
    "solve": "solve",
}

__all__ = [
    "Plan",
    "Problem",
    "Route",
    "Scorecard",
    "Shortfall",
    "Stop",
    "Violation",
    "check",
    "plan_from_json",
    "plan_to_json",
    "problem_from_json",
    "problem_to_json",
    "score",
    "solve",
]


def __getattr__(name: str) -> Any:
    """Import the home module of a public name on first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'solver' has no attribute {name!r}")
    value = getattr(import_module(f"solver.{_HOME[name]}"), name)
    globals()[name] = value
    return value


class _Package(ModuleType):
    """The package itself, where ``solver.check``, ``score`` and ``solve`` are the functions.

    Importing a submodule would bind its name here to the module; modules of those names are left unbound, so
    that the name means the function whatever was imported before.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (isinstance(value, ModuleType) and name in _HOME):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
