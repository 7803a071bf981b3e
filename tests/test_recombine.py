"""Claims about choosing among routes with CP-SAT."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from solver.recombine import Layer, choose


def _worth(chosen, layers):
    """Return (hard, soft) worth of a choice, by its definition."""
    worth = [0, 0]
    for layer in layers:
        counted = np.minimum(layer.covers[list(chosen)].sum(axis=0), layer.room)
        worth[not layer.hard] += int((counted * layer.weight).sum())
    return tuple(worth)


@pytest.mark.parametrize("seed", range(12))
def test_the_choice_is_the_best_of_all(seed):
    """Among all choices that cover no less of the hard layer than the start, the soft layers decide."""
    rng = np.random.default_rng(seed)
    units, each, cells = 3, 3, 40
    layers = [
        Layer(rng.integers(0, 9, cells), rng.integers(0, 3, cells), rng.random((units * each, cells)) < 0.4, hard=hard)
        for hard in (False, False, True)
    ]
    unit_of = [r // each for r in range(units * each)]
    start = [0, each, 2 * each]
    chosen = choose(unit_of, start, layers, seconds=5, seed=seed)
    assert [unit_of[r] for r in chosen] == [0, 1, 2]
    least = _worth(start, layers)[0]
    choices = product(*(range(u * each, (u + 1) * each) for u in range(units)))
    best = max(w[1] for c in choices if (w := _worth(c, layers))[0] >= least)
    assert _worth(chosen, layers)[0] >= least
    assert _worth(chosen, layers)[1] == best


def test_a_stop_returns_a_choice():
    """Told to stop at the first improvement, it returns a choice of one route a unit."""
    layer = Layer(np.ones(4, dtype=np.int64), np.ones(4, dtype=np.int64), np.eye(4, dtype=bool))
    chosen = choose([0, 0, 1, 1], [0, 2], [layer], seconds=1, seed=0, stop=lambda: True)
    assert chosen[0] in (0, 1)
    assert chosen[1] in (2, 3)
