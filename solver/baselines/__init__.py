"""Plans as a service makes them that has no planner: to hold other plans against, and nothing here searches.

`BASELINES` has a function for each rule.  First posts, required tasks and breaks are settled, alike for all
(`solver.baselines.duties`); the rules differ in what units do in the gaps between (`solver.baselines.clerk` walks
them through, `solver.baselines.filling` makes a plan of it).  Locks are kept, and no more units go out than may.
What that leaves without a unit is a shortfall of the plan; every other rule of ``docs/model.md`` is kept.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from solver.baselines.beats import beats
from solver.baselines.hottest import hottest
from solver.baselines.random_patrol import random_patrol
from solver.baselines.waiting import waiting
from solver.plan import Plan
from solver.problem import Problem

__all__ = ["BASELINES", "Baseline"]

Baseline = Callable[[Problem, np.random.Generator], Plan]
"""From a problem and a source of chance, which most rules leave alone, to a plan."""

BASELINES: dict[str, Baseline] = {
    "waiting": waiting,
    "random": random_patrol,
    "beats": beats,
    "hottest": hottest,
}
"""The rules by name."""
