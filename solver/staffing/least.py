"""What must be missing whatever the units do: a quick bound from who can be where in each step."""

from __future__ import annotations

import numpy as np

from solver.staffing.duties import Duties, Flags, Ints

_MOST_POSTS = 10
"""Posts beyond which sets of them are not gone through: those that want most are taken."""


def least_missing(duties: Duties) -> tuple[int, Ints]:
    """Return unit-minutes that are missing in every plan, and those of posts by step (N,) in units.

    In each step the units that can be at some of a set of posts are all that can man them (Hall's theorem), each
    with nothing else to do all day, and of a callout no more than may go out.  Tasks that no unit can do are missing
    too.
    """
    lacks = _lacks(duties)
    tasks = sum(
        errand.length
        for k, errand in enumerate(duties.tasks)
        if duties.needs.tasks[k] and not any(k in u.tasks and _can(duties, i, k) for i, u in enumerate(duties.units))
    )
    return duties.problem.grid * (int(lacks.sum()) + tasks), lacks


def _lacks(duties: Duties) -> Ints:
    """Return by how many units posts fall short together in each step at least."""
    wanted = duties.needs.posts
    sites = [s for s in duties.sites if s.kind == "stint"]
    sites = sorted(sites, key=lambda s: -int(wanted[s.row].sum()))[:_MOST_POSTS]
    reach = np.zeros((len(duties.units), duties.steps), dtype=np.int64)
    for bit, site in enumerate(sites):
        for u, means in enumerate(duties.units):
            if duties.sites.index(site) not in means.sites:
                continue
            first = means.start + duties.at_least(means.mode, means.origin, site.place)
            last = means.end - duties.at_least(means.mode, site.place, means.destination)
            if last - first >= site.least:
                reach[u, first:last] |= 1 << bit
    lacks = np.zeros(duties.steps, dtype=np.int64)
    for chosen in range(1, 1 << len(sites)):
        asked = sum((wanted[s.row] for bit, s in enumerate(sites) if chosen >> bit & 1), np.zeros_like(lacks))
        np.maximum(lacks, asked - _able((reach & chosen) != 0, duties), out=lacks)
    return lacks


def _able(here: Flags, duties: Duties) -> Ints:
    """Return how many units can be somewhere at once by step (N,): all that are `here` (U, N), and may go out."""
    able: Ints = here.sum(axis=0)
    for callout in duties.problem.callouts:
        members = here[list(callout.units)].sum(axis=0)
        able -= np.maximum(members - callout.most, 0)
    return able


def _can(duties: Duties, u: int, k: int) -> bool:
    """Return whether a unit, with nothing else to do, has the time for a task."""
    means, errand = duties.units[u], duties.tasks[k]
    place = errand.places[0]
    first = means.start + duties.at_least(means.mode, means.origin, place)
    last = means.end - duties.at_least(means.mode, place, means.destination) - errand.length
    return any(max(a, first) <= min(b, last) for a, b in errand.begins)
