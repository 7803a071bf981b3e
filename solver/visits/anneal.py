"""The loop of the search: ruin, recreate, and keep or take back by simulated annealing."""

from __future__ import annotations

import numpy as np

from solver.compiled import compiled
from solver.visits.chance import Chance, uniform
from solver.visits.pool import Pool, remember
from solver.visits.recreate import recreate
from solver.visits.ruin import ruin
from solver.visits.terms import Terms
from solver.visits.tours import FREE, NODE, Tours
from solver.visits.work import (
    BEST,
    CHANGED,
    GAPS,
    MOVES,
    PROFIT,
    TOUR,
    WORTH,
    Settings,
    Work,
    copy_tour,
    settle,
    take_back,
)


@compiled
def anneal(
    terms: Terms, tours: Tours, work: Work, pool: Pool, settings: Settings, chance: Chance, moves: int, heat: float
) -> None:
    """Make so many moves at one temperature, given in ticks; the best tours are those of `work.best`.

    The objective is worth less travel, so that tours get shorter where that gains nothing yet.
    """
    figures, changed, fresh, vehicle, node_worth = work.figures, work.changed, work.fresh, tours.vehicle, terms.worth
    old, old_size, old_length, length = work.before.stop, work.before.size, work.before.length, tours.length
    changed[:, GAPS] = -1
    for _ in range(moves):
        worth, gain = figures[WORTH], 0
        seed = ruin(terms, tours, work, settings, chance)
        if seed >= 0:
            for c in range(figures[CHANGED]):
                v = changed[c, TOUR]
                for i in range(1, old_size[v] + 1):
                    x = old[v, i, NODE]
                    if vehicle[x] == FREE:
                        figures[WORTH] -= node_worth[x]
                        fresh[x] = True
            recreate(terms, tours, work, settings, chance, seed)
            gain = figures[WORTH] - worth
            for c in range(figures[CHANGED]):
                v = changed[c, TOUR]
                gain -= length[v] - old_length[v]
                for i in range(1, old_size[v] + 1):
                    fresh[old[v, i, NODE]] = False
        if seed < 0 or gain <= heat * np.log(uniform(chance) + 1e-12):
            take_back(tours, work)
            figures[WORTH] = worth
        else:
            _accepted(terms, tours, work, pool)
        settle(work)
        figures[MOVES] += 1


@compiled
def _accepted(terms: Terms, tours: Tours, work: Work, pool: Pool) -> None:
    """Note the profit, what is best, and tours that are worth remembering."""
    figures, changed, profits, gain = work.figures, work.changed, terms.profit, np.int64(0)
    stop, size, old, old_size = tours.stop, tours.size, work.before.stop, work.before.size
    for c in range(figures[CHANGED]):
        v = changed[c, TOUR]
        for i in range(1, size[v] + 1):
            gain += profits[stop[v, i, NODE]]
        for i in range(1, old_size[v] + 1):
            gain -= profits[old[v, i, NODE]]
    figures[PROFIT] += gain
    if figures[PROFIT] >= figures[BEST] - pool.near[0]:
        for c in range(figures[CHANGED]):
            remember(terms, tours, pool, changed[c, TOUR])
    if figures[PROFIT] > figures[BEST]:
        figures[BEST] = figures[PROFIT]
        for v in range(size.size):
            copy_tour(tours, work.best, v)
            remember(terms, tours, pool, v)
