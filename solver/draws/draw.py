"""Several plans that are nearly as good as the best and differ as much as may be, and the chance of each.

`draw` finds the best plan with its bound first.  Then it plans the same town again and again with less risk where plans
so far have units (`solver.draws.unlike`), the less the more loss is allowed; what loses too much is improved with the
true risk until it is near enough.  Of all plans that are, those are chosen that differ most
(`solver.draws.choosing`), and chances that tell an observer least (`solver.draws.chances`).  The method and the
measures are in ``docs/draw.md``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from solver.draws.chances import best_chances
from solver.draws.choosing import most_unlike
from solver.draws.drawn import Draw
from solver.draws.quarters import Quarters
from solver.draws.sightings import distances, parts_of, seen, stakes
from solver.draws.unlike import less_worth
from solver.limits import Limits
from solver.plan import Plan
from solver.score import score
from solver.solve import solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.problem import Problem
    from solver.run import Progress

_FIRST = 0.3
"""Share of the time, or of the moves, for the best plan and its bound."""

_SPARE = 2
"""So many plans are made for each one that is wanted besides the best."""

_ROUND = 2
"""Plans that are made at a time, from what is known then: always as many, so that a draw is the same on any machine."""

_SPREAD = (1.25, 0.8)
"""The plans of a round are made with so much more and less changed than is thought to be right."""

_STRENGTH, _WEAKEST, _STRONGEST = 5.0, 0.005, 0.95
"""By how much risk falls where one plan has a unit: so many times the loss allowed at first; at least, at most."""

_AIM, _STEP = 0.9, (0.6, 2.0)
"""Changes are made stronger or weaker by how far the loss is from so much of what is allowed, within these limits."""

_SEARCH = 0.85
"""Share of a plan's time for finding it in the changed problem; the rest is for bringing it within the loss."""


Change = Callable[["Problem", Quarters, "NDArray[np.float64]", float, np.random.Generator], "Problem"]
"""Changes a problem so that its plans differ from those known; they must be plans of the true problem."""


class NothingToDrawError(ValueError):
    """No two plans of the problem differ in what an observer could guess; the message says why."""


class DrawProgress(NamedTuple):
    """How far a draw is: seconds, plans made of those to be made, and how many of them are good enough."""

    seconds: float
    made: int
    wanted: int
    good: int


def draw(
    problem: Problem,
    *,
    number: int = 7,
    within: float | Fraction = Fraction(2, 100),
    time_limit: float | None = 120.0,
    work_limit: int | None = None,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
    progress: Callable[[Progress], None] | None = None,
    told: Callable[[DrawProgress], None] | None = None,
    executor: Executor | None = None,
    parallel: int = 1,
    clock: Callable[[], float] | None = None,
    change: Change = less_worth,
) -> Draw:
    """Return up to `number` plans of `problem` to draw from, the best first.

    Parameters
    ----------
    problem : Problem
    number : int
        2 or more.  There are fewer where time does not suffice, or no others are good enough.
    within : float
        Every plan is worth at least 1 - `within` of the best one, and lacks no more of what hard rules ask for.
    time_limit : float, optional
        Seconds for everything.
    work_limit : int, optional
        Moves for everything.  With it and without a time limit, the same seed gives the same plans.
    seed : int
    stop : callable, optional
        Asked several times a second; when it returns True, what has been found so far is returned.
    progress : callable, optional
        Told of every step of the search for the best plan.
    told : callable, optional
        Told after every plan that is made.
    executor : concurrent.futures.Executor, optional
        Makes the plans; without one they are made one after the other.  In threads `stop` ends them at once; elsewhere
        those begun go on to their limits.
    parallel : int
        How many plans the executor makes at a time, to share out the time; two at most are of use.
    clock : callable, optional
        What seconds are read from, by the clock if nothing else; see `solver.solve.solve`.
    change : callable, optional
        What problem to plan instead, given the true one, its quarters, in how many plans a unit is at a spot in each
        quarter (shape (spots, B)), the strength of the change from 0 to 1, and a source of chance.

    Raises
    ------
    NothingToDrawError
        When there is nothing in which plans could differ.
    ValueError
        When fewer than two plans are asked for, `within` is not between 0 and 1, or nothing would ever end it.
    """
    if number < 2:
        raise ValueError("a draw is of two plans or more")
    if not 0 <= within < 1:
        raise ValueError("the loss must be 0 or more, and less than everything")
    if time_limit is None and work_limit is None:
        raise ValueError("give a time limit or a work limit")
    if not stakes(problem, Quarters.of(problem)).any():
        raise NothingToDrawError(
            "plans of this shift do not differ in anything an observer could guess: there are neither hotspots "
            "with risk nor tasks with a profit, and a goal for them"
        )
    limits = Limits(time_limit, work_limit, stop, clock=clock)
    best = solve(
        problem,
        time_limit=None if time_limit is None else _FIRST * time_limit,
        work_limit=None if work_limit is None else max(int(_FIRST * work_limit), 1),
        seed=seed,
        stop=stop,
        progress=progress,
        clock=clock,
    )
    pool = _Pool(problem, best, Fraction(within), change)
    rounds = -(-_SPARE * (number - 1) // _ROUND) if problem.units else 0
    hands, made = _Hands(executor, parallel, stop), 0
    while rounds and not limits.reached(pool.moves):
        seconds, moves = _shares(limits, pool.moves, rounds, hands.parallel)
        numbers = range(made, made + _ROUND)
        jobs = [pool.job(np.random.default_rng([seed, n]), n, seconds, moves, clock) for n in numbers]
        for result in hands.make(jobs):
            pool.add(result)
            made += 1
            if told is not None:
                told(DrawProgress(limits.seconds, made, numbers.start + rounds * _ROUND, len(pool.good())))
        rounds -= 1
        if not pool.learn():
            # Each had too little time, so fewer get more.
            rounds -= rounds // 2
    return pool.draw(number, seed)


def _shares(limits: Limits, moves: int, rounds: int, parallel: int) -> tuple[float | None, int | None]:
    """Return the seconds and moves that each plan of so many rounds may take of what is left."""
    turns = rounds * -(-_ROUND // parallel)
    seconds = None if limits.time_limit is None else max(limits.remaining, 0.0) / turns
    return seconds, None if limits.work_limit is None else max((limits.work_limit - moves) // (rounds * _ROUND), 2)


class _Job(NamedTuple):
    """A plan to be made: of the changed problem, worth `enough`, with at most so much missing."""

    problem: Problem
    changed: Problem
    enough: int
    missing: int
    seconds: float | None
    moves: int | None
    seed: int
    clock: Callable[[], float] | None


class _Made(NamedTuple):
    """A plan that was made, what it was worth before it was improved in the true problem, and the moves it took."""

    plan: Plan
    raw: int
    moves: int


def make(job: _Job, stop: Callable[[], bool] | None = None) -> _Made:
    """Return the plan of a job: of the changed problem, and if that is not good enough, improved until it is."""
    found = solve(
        job.changed,
        time_limit=None if job.seconds is None else _SEARCH * job.seconds,
        work_limit=None if job.moves is None else max(int(_SEARCH * job.moves), 1),
        bound=False,
        seed=job.seed,
        stop=stop,
        clock=job.clock,
        threads=1,
    )
    plan, moves = _of(job.problem, found), int(found.parameters["moves"])
    enough = False

    def watch(progress: Progress) -> None:
        nonlocal enough
        enough = enough or (progress.missing <= job.missing and progress.value >= job.enough)

    if (_missing(plan) <= job.missing and plan.value >= job.enough) or (stop is not None and stop()):
        return _Made(plan, plan.value, moves)
    again = solve(
        job.problem,
        start=plan,
        time_limit=None if job.seconds is None else (1 - _SEARCH) * job.seconds,
        work_limit=None if job.moves is None else max(job.moves - moves, 1),
        bound=False,
        seed=job.seed,
        stop=lambda: enough or (stop is not None and stop()),
        progress=watch,
        clock=job.clock,
        threads=1,
    )
    moves += int(again.parameters["moves"])
    return _Made(again.replace(status="gap limit") if enough else again, plan.value, moves)


def _of(problem: Problem, plan: Plan) -> Plan:
    """Return a plan of a changed problem as one of `problem`."""
    return plan.replace(fingerprint=problem.fingerprint(), value=score(problem, plan).value)


def _missing(plan: Plan) -> int:
    """Return the unit-minutes that hard rules lack."""
    return sum(s.minutes for s in plan.shortfalls)


class _Hands:
    """Makes plans: in an executor, or one after the other."""

    def __init__(self, executor: Executor | None, parallel: int, stop: Callable[[], bool] | None) -> None:
        self._executor, self._stop = executor, stop
        self.parallel = 1 if executor is None else max(1, min(parallel, _ROUND))

    def make(self, jobs: Sequence[_Job]) -> Iterator[_Made]:
        """Yield the plans of `jobs` in their order."""
        if self._executor is None:
            yield from (make(job, self._stop) for job in jobs)
            return
        # Only threads of this process can be asked to stop.
        stop = (self._stop,) if isinstance(self._executor, ThreadPoolExecutor) else ()
        futures = [self._executor.submit(make, job, *stop) for job in jobs]
        try:
            yield from (future.result() for future in futures)
        finally:
            for future in futures:
                future.cancel()


class _Pool:
    """All plans so far, the best one first, and how much to change for the next ones."""

    def __init__(self, problem: Problem, best: Plan, within: Fraction, change: Change) -> None:
        self._problem, self._within, self._change = problem, within, change
        self._quarters = Quarters.of(problem)
        self._bound = best.bound
        self._plans = [best]
        self._seen = [seen(problem, best.routes)]
        self._strength = float(np.clip(_STRENGTH * float(within), _WEAKEST, _STRONGEST))
        self._raw: list[int] = []
        self.moves = int(best.parameters["moves"])

    @property
    def best(self) -> Plan:
        """The best plan so far."""
        return max(self._plans, key=lambda plan: (-_missing(plan), plan.value))

    @property
    def enough(self) -> int:
        """The least value that is within the loss allowed."""
        return math.ceil(self.best.value * (1 - self._within))

    def good(self) -> list[int]:
        """Return which plans are good enough, the best one first."""
        best, enough = self.best, self.enough
        return sorted(
            (i for i, p in enumerate(self._plans) if _missing(p) <= _missing(best) and p.value >= enough),
            key=lambda i: (_missing(self._plans[i]), -self._plans[i].value, i),
        )

    def job(
        self,
        rng: np.random.Generator,
        turn: int,
        seconds: float | None,
        moves: int | None,
        clock: Callable[[], float] | None,
    ) -> _Job:
        """Return the next plan to be made, in this turn of its round."""
        strength = min(self._strength * _SPREAD[turn % len(_SPREAD)], _STRONGEST)
        used = np.sum([parts_of(self._seen[i], self._quarters) for i in self.good()], axis=0)
        return _Job(
            problem=self._problem,
            changed=self._change(self._problem, self._quarters, used, strength, rng),
            enough=self.enough,
            missing=_missing(self.best),
            seconds=seconds,
            moves=moves,
            seed=int(rng.integers(2**31)),
            clock=clock,
        )

    def add(self, made: _Made) -> None:
        """Take a plan that was made."""
        self._plans.append(made.plan)
        self._seen.append(seen(self._problem, made.plan.routes))
        self._raw.append(made.raw)
        self.moves += made.moves

    def learn(self) -> bool:
        """Change more from now on where the plans of the last round lost less than they may, and less where more.

        Returns
        -------
        bool
            Whether one of them was good enough.
        """
        best, good = self.best.value, self.good()
        last = range(len(self._plans) - len(self._raw), len(self._plans))
        for raw in self._raw:
            loss = max(1 - raw / best, 1e-9) if best > 0 else 1e-9
            self._strength *= float(np.clip(_AIM * float(self._within) / loss, *_STEP)) ** (1 / len(self._raw))
        self._strength = float(np.clip(self._strength, _WEAKEST, _STRONGEST))
        self._raw = []
        return bool(set(last) & set(good))

    def draw(self, number: int, seed: int) -> Draw:
        """Return those that differ most of the plans that are good enough, and their chances."""
        good = self.good()
        stake = stakes(self._problem, self._quarters)
        parts = [parts_of(self._seen[i], self._quarters) for i in good]
        apart = distances(stake, parts)
        chosen = most_unlike(apart, number)
        plans = tuple(self._plans[good[i]].replace(bound=self._bound) for i in chosen)
        best = plans[0].value
        losses = [1 - p.value / best if best else 0.0 for p in plans]
        there = np.stack([parts[i] > 0 for i in chosen])
        return Draw(
            plans=plans,
            chances=best_chances(there, stake, self._quarters, losses),
            seen=tuple(self._seen[good[i]] for i in chosen),
            distances=apart[np.ix_(chosen, chosen)],
            within=self._within,
            seed=seed,
            made=len(self._plans),
        )
