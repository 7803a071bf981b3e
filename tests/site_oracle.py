"""The best choice of points of a tiny problem, by going through all of them, in plain sets and exact fractions."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

import numpy as np

from solver.sites import SiteProblem

Choice = tuple[int, ...]


def worth(problem: SiteProblem, chosen: Choice) -> Fraction:
    """Return what a choice is worth: covered demand, or the covered share of the worst hour, by the definitions."""
    second = Fraction(problem.backup_parts, 100)
    backing = problem.covers if problem.backs is None else problem.backs
    shares, whole = [], Fraction(0)
    for hour in problem.demand.tolist():
        earned = Fraction(0)
        for point, demand in enumerate(hour):
            near = [c for c in chosen if problem.covers[point, c]]
            behind = [c for c in chosen if backing[point, c]]
            earned += demand * ((1 - second) * bool(near) + second * (len(behind) > 1))
        whole += earned
        if sum(hour):
            shares.append(earned / sum(hour))
    return whole if problem.hours == "mean" else min(shares, default=Fraction(0))


def needed(problem: SiteProblem) -> list[int]:
    """Return the demand points with demand that some candidate covers that may be chosen."""
    may = [c for c in range(problem.candidates) if c not in problem.forbidden]
    return [d for d in range(len(problem.covers)) if problem.demand[:, d].any() and problem.covers[d, may].any()]


def covers_all(problem: SiteProblem, chosen: Choice) -> bool:
    """Tell whether a choice covers all demand that can be covered."""
    return all(any(problem.covers[d, c] for c in chosen) for d in needed(problem))


def choices(problem: SiteProblem, points: int) -> Iterator[Choice]:
    """Yield every choice of at most `points` candidates that is allowed."""
    free = [c for c in range(problem.candidates) if c not in (*problem.given, *problem.forbidden)]
    for more in range(points - len(problem.given) + 1):
        for others in combinations(free, more):
            chosen = tuple(sorted((*problem.given, *others)))
            if not problem.cover_all or covers_all(problem, chosen):
                yield chosen


def best_worth(problem: SiteProblem, points: int) -> Fraction | None:
    """Return the most that a choice of at most `points` is worth, or None where no choice is allowed."""
    return max((worth(problem, chosen) for chosen in choices(problem, points)), default=None)


def fewest(problem: SiteProblem) -> tuple[int, int]:
    """Return the fewest points that cover all demand that can be covered, and how many of them may be preferred."""
    for points in range(len(problem.given), problem.candidates + 1):
        liked = [
            len({*chosen} & {*problem.preferred}) for chosen in choices(problem, points) if covers_all(problem, chosen)
        ]
        if liked:
            return points, max(liked)
    raise AssertionError("all candidates together cover all that can be covered")


def random_problem(rng: np.random.Generator) -> SiteProblem:
    """Return a tiny problem with something of everything."""
    points, candidates, hours = (int(n) for n in (rng.integers(1, 12), rng.integers(1, 8), rng.integers(1, 4)))
    covers = rng.random((points, candidates)) < rng.random()
    order = rng.permutation(candidates).tolist()

    def sometimes(some: list[int]) -> Choice:
        return tuple(some) if rng.random() < 0.4 else ()

    return SiteProblem(
        covers=covers,
        demand=rng.integers(0, 6, (hours, points)).astype(np.int64),
        backs=covers | (rng.random(covers.shape) < 0.3) if rng.random() < 0.4 else None,
        backup_parts=int(rng.choice([0, 0, 20, 50, 80, 100])),
        hours="worst" if rng.random() < 0.4 else "mean",
        cover_all=bool(rng.random() < 0.3),
        given=sometimes(order[:1]),
        forbidden=sometimes(order[1:3]),
        preferred=sometimes(order[::2]),
    )
