"""Where to put points so that demand lies within its standard: set covering, maximal and backup covering.

`SiteProblem` goes in, a `Siting` comes out, always with a bound and what is proved.  Formulations and sources are in
``docs/sites.md``.  Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from solver.sites.answers import Answer, answer
    from solver.sites.problem import SiteProblem, SiteProblemError
    from solver.sites.siting import Siting
    from solver.sites.solve import NoSitingError, covered_curve, fewest_points, most_covered

_HOME = {
    "Answer": "answers",
    "NoSitingError": "solve",
    "SiteProblem": "problem",
    "SiteProblemError": "problem",
    "Siting": "siting",
    "answer": "answers",
    "covered_curve": "solve",
    "fewest_points": "solve",
    "most_covered": "solve",
}

__all__ = [
    "Answer",
    "NoSitingError",
    "SiteProblem",
    "SiteProblemError",
    "Siting",
    "answer",
    "covered_curve",
    "fewest_points",
    "most_covered",
]


def __getattr__(name: str) -> Any:
    """Import the home module of a public name on first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'solver.sites' has no attribute {name!r}")
    return getattr(import_module(f"solver.sites.{_HOME[name]}"), name)
