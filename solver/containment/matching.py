"""Who closes which of some crossings: as many as can be, then with the most slack."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solver.containment.pursuit import Pursuit


def best_matched(pursuit: Pursuit, crossings: Sequence[int]) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...]]:
    """Return (unit, crossing) of as many closings in time as can be, and the crossings that are left."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    if not crossings or not pursuit.units:
        return (), tuple(crossings)
    able = pursuit.closable[:, list(crossings)].T
    who = maximum_bipartite_matching(csr_array(able), perm_type="column")
    pairs = tuple((int(u), int(c)) for u, c in zip(who, crossings, strict=True) if u >= 0)
    return pairs, tuple(int(c) for u, c in zip(who, crossings, strict=True) if u < 0)


def overcharged(pursuit: Pursuit, crossings: Sequence[int]) -> list[tuple[tuple[int, ...], int]]:
    """Return sets of units that alone could close more crossings than they are, and how many too many.

    There is one for each reason why the crossings cannot all be closed (Hall's theorem), none where they can.
    """
    pairs, left = best_matched(pursuit, crossings)
    holds = dict(pairs)
    found: dict[tuple[int, ...], int] = {}
    for crossing in left:
        units: set[int] = set()
        asked = [crossing]
        while asked:
            for u in np.flatnonzero(pursuit.closable[:, asked.pop()]).tolist():
                if u not in units:
                    units.add(u)
                    asked.append(holds[u])
        key = tuple(sorted(units))
        found[key] = found.get(key, 0) + 1
    return list(found.items())


def most_slack(pursuit: Pursuit, crossings: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Return (unit, crossing) of each crossing, by unit: the least slack as large as can be, then all slack together.

    Raises
    ------
    ValueError
        When the units cannot close them all.
    """
    from scipy.optimize import linear_sum_assignment

    if not crossings:
        return ()
    slack = pursuit.slack[:, list(crossings)]
    able = pursuit.closable[:, list(crossings)]
    levels = np.unique(slack[able])
    low, high = 0, len(levels) - 1
    if not len(levels) or not _covers(able):
        raise ValueError("these crossings cannot all be closed")
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _covers(able & (slack >= levels[middle])) else (low, middle - 1)
    allowed = able & (slack >= levels[low])
    # So bad that no number of allowed pairs makes up for one that is not.
    bad = (int(levels[-1]) + 1) * (len(crossings) + 1)
    rows, columns = linear_sum_assignment(np.where(allowed, slack, -bad), maximize=True)
    pairs = sorted((int(u), int(crossings[c])) for u, c in zip(rows, columns, strict=True) if allowed[u, c])
    return tuple(pairs)


def _covers(able: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> bool:
    """Whether each column has a row of its own."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    who = maximum_bipartite_matching(csr_array(able.T), perm_type="column")
    return bool((who >= 0).all())
