"""Choosing, of many plans, the few that differ most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def most_unlike(distances: NDArray[np.float64], number: int) -> tuple[int, ...]:
    """Return up to `number` plans, the first one among them, that are far from each other; in rising order.

    What counts is the sum of their mean distance and of the smallest: the mean alone would keep two that are nearly
    the same, the smallest alone says nothing of all others.  They are chosen one by one, each the farthest from those
    before, and then exchanged while that helps.  A plan that is like a chosen one in everything is never chosen.

    Parameters
    ----------
    distances : float array of shape (plans, plans)
    number : int
    """
    chosen = [0]
    while len(chosen) < min(number, len(distances)):
        near = distances[:, chosen].min(axis=1)
        best = max(range(len(distances)), key=lambda i: (near[i], distances[i, chosen].mean()))
        if near[best] <= 0:
            break
        chosen.append(best)
    better = len(chosen) > 1
    while better:
        better = False
        for place in range(1, len(chosen)):
            for other in sorted(set(range(len(distances))) - set(chosen)):
                exchanged = [*chosen[:place], other, *chosen[place + 1 :]]
                if _apart(distances, exchanged) > _apart(distances, chosen) + 1e-12:
                    chosen, better = exchanged, True
    return tuple(sorted(chosen))


def _apart(distances: NDArray[np.float64], chosen: list[int]) -> float:
    """Return how far apart plans are: mean and smallest distance together; nothing for two that are the same."""
    pairs = distances[np.ix_(chosen, chosen)][np.triu_indices(len(chosen), 1)]
    return float(pairs.mean() + pairs.min()) if pairs.min() > 0 else 0.0
