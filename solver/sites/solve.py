"""Solves siting problems: reductions, a choice by search, a bound by prices, an integer program for what is left."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from solver.limits import Limits
from solver.sites.cells import Cells, cells_for_fewest, cells_for_most, earned, fixed, meets_needs, reduced
from solver.sites.fewer import fewer_columns
from solver.sites.prices import find_prices, priced
from solver.sites.problem import Ints, SiteProblem
from solver.sites.search import Exchange, smallest_cover
from solver.sites.siting import Siting, SitingStatus, siting, value_of

SECONDS = 60.0
"""Seconds by the clock when nothing is asked for."""

FIRST = 8.0
"""Seconds of integer programming before the search for fewer points, which it seldom needs."""

ROUNDS = 10
"""Attempts of the search to begin again from a part of its choice."""

EXACT = 1e-6
"""What integer programming in double precision leaves open; shares closer than this are the same."""

Stop = Callable[[], bool]
Choice = tuple[int, ...]


class NoSitingError(ValueError):
    """There is no choice as asked for; the message says why."""


class _Limits(Limits):
    """When to end: after so many seconds, when told to, or within a gap."""

    def __init__(self, seconds: float, gap: float, stop: Stop | None) -> None:
        super().__init__(seconds, None, stop)
        self.gap = gap

    def half_over(self) -> bool:
        """Return whether half of the time is over: what is left is for the integer program."""
        return self.share(0) > 0.5 or self.stopped()

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return max(self.remaining, 0.0)

    def status(self, value: int, bound: int) -> SitingStatus:
        """Return why it ended with `value` and `bound`."""
        if value == bound:
            return "optimal"
        if abs(bound - value) <= self.gap * abs(value):
            return "gap limit"
        return "interrupted" if self.stopped() else "time limit"


def most_covered(
    problem: SiteProblem, points: int, *, seconds: float = SECONDS, gap: float = 0.0, stop: Stop | None = None
) -> Siting:
    """Return at most `points` candidates, those given among them, that together are worth most.

    Maximal covering (Church and ReVelle 1974, doi:10.1007/BF01942293), and with parts for double cover or with
    `cover_all` the two forms of backup covering (Hogan and ReVelle 1986, doi:10.1287/mnsc.32.11.1434).  The
    value is that of `solver.sites.siting.value_of`.

    Parameters
    ----------
    problem : SiteProblem
    points : int
    seconds : float
        By the clock; without anything that must be covered there is an answer in any case.
    gap : float
        Share of the value that the bound may lie above it.
    stop : callable, optional
        Asked now and then whether to end.

    Raises
    ------
    NoSitingError
        When more candidates are given than `points`, or no choice of so many covers what must be covered, or none
        was found in time.
    """
    return next(covered_curve(problem, [points], seconds=seconds, gap=gap, stop=stop))


def covered_curve(
    problem: SiteProblem,
    points: Iterable[int],
    *,
    seconds: float = SECONDS,
    gap: float = 0.0,
    stop: Stop | None = None,
) -> Iterator[Siting]:
    """Yield the answer of `most_covered` for each number of points, in rising order; each has `seconds` for itself.

    Where more points are worth no more, fewer are chosen.

    Raises
    ------
    NoSitingError
        As `most_covered` does.
    """
    cells = reduced(cells_for_most(problem))
    before: Siting | None = None
    for number in points:
        limits = _Limits(seconds, gap, stop)
        answer = _most(problem, cells, number, before.chosen if before else (), limits)
        if before is not None and before.value == answer.value and len(before.chosen) < len(answer.chosen):
            answer = replace(before, bound=answer.bound, status=answer.status)
        before = answer
        yield answer


def fewest_points(problem: SiteProblem, *, seconds: float = SECONDS, stop: Stop | None = None) -> Siting:
    """Return the fewest candidates, those given among them, that cover all demand that can be covered.

    Set covering (Toregas and others 1971, doi:10.1287/opre.19.6.1363).  The value is the number of points.

    Parameters
    ----------
    problem : SiteProblem
    seconds : float
        By the clock; there is an answer in any case.
    stop : callable, optional
        Asked now and then whether to end.
    """
    limits = _Limits(seconds, 0.0, stop)
    cells = reduced(cells_for_fewest(problem))
    columns, least = smallest_cover(cells), 0
    if len(columns) <= 1:
        least = len(columns)
    else:
        columns, least = _cheapest(cells, columns, min(limits.left, FIRST), stop)
        if least < len(columns) and limits.left and not limits.stopped():
            rng = np.random.default_rng(len(columns))
            columns = _cheaper(
                cells, columns, fewer_columns(cells, columns, rng, least=least, out_of_time=limits.half_over)
            )
            columns, bound = _cheapest(cells, columns, limits.left, stop)
            least = max(least, bound)
    chosen = cells.candidates(columns)
    bound = min(least + len(cells.given), len(chosen))
    return siting(problem, chosen, bound, limits.status(len(chosen), bound), len(chosen))


def _cheapest(cells: Cells, columns: Ints, seconds: float, stop: Stop | None) -> tuple[Ints, int]:
    """Return columns that cover everything that must be covered, `columns` or better, and the fewest there may be."""
    from solver.sites.model import solve_program
    from solver.sites.programs import program_for_fewest

    solved = solve_program(program_for_fewest(cells, columns), seconds=seconds, stop=stop)
    if solved.point is not None:
        columns = _cheaper(cells, columns, np.flatnonzero(solved.point > 0.5))
    # A choice of n columns costs n times the scale, and less than the scale besides.
    least = math.ceil(-solved.bound - EXACT) // cells.scale if np.isfinite(solved.bound) else 0
    return columns, max(least, 1)


def _cheaper(cells: Cells, columns: Ints, others: Ints) -> Ints:
    """Return the one of two choices that costs less; the first where they cost the same."""
    return others if cells.cost[others].sum() < cells.cost[columns].sum() else columns


def _most(problem: SiteProblem, cells: Cells, points: int, before: Choice, limits: _Limits) -> Siting:
    """Return at most `points` candidates that are worth most; `before` are some that are worth something."""
    room = points - len(cells.given)
    if room < 0:
        raise NoSitingError(f"{len(cells.given)} candidates are given, more than {points} points")
    exchange = Exchange(cells, room, limits.half_over)
    known = np.flatnonzero(np.isin(cells.columns, before))
    starts = [exchange.exchanged(exchange.greedy(start)) for start in ([], known.tolist())[: 2 if len(known) else 1]]
    columns = np.array(max(starts, key=exchange.worth), dtype=np.int64)
    if len(cells.gains) == 1 and not cells.need.any():
        chosen, bound = _by_prices(cells, room, columns, exchange, limits)
    else:
        chosen, bound = _by_program(cells, room, columns, limits)
    chosen = _needed(problem, chosen)
    value = value_of(problem, chosen)
    bound = max(value, bound)
    if problem.hours == "worst" and bound - value <= EXACT * value:
        bound = value
    return siting(problem, chosen, bound, limits.status(value, bound), value)


def _needed(problem: SiteProblem, chosen: Choice) -> Choice:
    """Return a choice without those that add nothing to its value, and cover nothing alone that must be covered."""
    value, covered = value_of(problem, chosen), problem.covers[:, chosen].any(axis=1)
    for one in reversed(chosen):
        rest = tuple(c for c in chosen if c != one)
        same = not problem.cover_all or bool((problem.covers[:, rest].any(axis=1) == covered).all())
        if one not in problem.given and same and value_of(problem, rest) == value:
            chosen = rest
    return chosen


def _by_prices(cells: Cells, room: int, columns: Ints, exchange: Exchange, limits: _Limits) -> tuple[Choice, int]:
    """Return a choice and a bound on the value: by prices, and where these leave something open by a program."""
    base = int(cells.base[0])
    best = columns

    def better(taken: Ints) -> int:
        """Try the columns that sell best as a choice."""
        nonlocal best
        tried = np.array(exchange.exchanged(exchange.greedy(taken.tolist())), dtype=np.int64)
        best = max(best, tried, key=lambda found: earned(cells, found))
        return earned(cells, best) - base

    prices = find_prices(cells, room, earned(cells, best) - base, better=better, out_of_time=limits.half_over)
    shown = priced(cells, room, earned(cells, best) - base, prices)
    if not _near(shown.bound + base, earned(cells, best), cells.scale, limits):
        rng = np.random.default_rng(len(cells.cost))
        again = np.array(exchange.shaken(best.tolist(), ROUNDS, rng), dtype=np.int64)
        best = max(best, again, key=lambda found: earned(cells, found))
        shown = priced(cells, room, earned(cells, best) - base, prices)
    value, bound = earned(cells, best), shown.bound + base
    chosen = cells.candidates(best)
    if _near(bound, value, cells.scale, limits) or limits.stopped():
        return chosen, _unscaled(bound, cells.scale)
    # Whatever is worth more than the best choice has these columns, and not those.
    left = reduced(fixed(cells, shown.inside, shown.outside))
    start = np.flatnonzero(np.isin(left.columns, chosen))
    found, proved = _by_program(left, room - int(shown.inside.sum()), start, limits)
    worth = earned(left, np.flatnonzero(np.isin(left.columns, found)))
    proved = max(proved, _unscaled(value, cells.scale))
    return found if worth > value else chosen, min(proved, _unscaled(bound, cells.scale))


def _by_program(cells: Cells, room: int, columns: Ints, limits: _Limits) -> tuple[Choice, int]:
    """Return a choice of at most `room` columns and a bound on the value, by an integer program."""
    from solver.sites.model import solve_program
    from solver.sites.programs import program_for_most, unit_of

    if not cells.covers.size:
        nothing = np.zeros(0, dtype=np.int64)
        return cells.candidates(nothing), _unscaled(earned(cells, nothing), cells.scale)
    if not meets_needs(cells, columns):
        columns = smallest_cover(cells)
    known = len(columns) <= room
    program = program_for_most(cells, room, columns if known else None)
    solved = solve_program(program, seconds=limits.left, gap=limits.gap, stop=limits.stopped)
    if solved.point is not None:
        found = np.flatnonzero(solved.point[: len(cells.cost)] > 0.5)
        columns = max(columns, found, key=lambda one: earned(cells, one)) if known else found
    elif not known:
        impossible = solved.bound == -np.inf
        what = "covers" if impossible else "was found in time that covers"
        raise NoSitingError(f"no choice of {room + len(cells.given)} points {what} everything that can be covered")
    base = int(cells.base[0]) if len(cells.gains) == 1 else 0
    everything = int((cells.gains.sum(axis=(1, 2)) + cells.base).min())
    bound, worth = min(solved.bound * unit_of(cells) + base, everything), earned(cells, columns)
    # What double precision cannot tell from the value is no gap.
    exact = EXACT + 1e-9 * abs(bound)
    return cells.candidates(columns), _unscaled(
        worth if bound <= worth + exact else math.floor(bound + exact), cells.scale
    )


def _near(bound: int, value: int, scale: int, limits: _Limits) -> bool:
    """Tell whether a bound is as near to a value as is asked for, both times `scale`."""
    high, low = _unscaled(bound, scale), _unscaled(value, scale)
    return bound <= value or (limits.gap > 0 and high - low <= limits.gap * low)


def _unscaled(worth: int, scale: int) -> int:
    """Return the least value of the problem of which something worth so much, costs taken off, may be a choice."""
    return -(-worth // scale)
