"""How value and bound go with the number of units, or of posts: a curve, and where the next one helps most.

From the roster of the problem outwards, one unit is added or left out at a time: of each class of units (mode, station,
shift, what they can do) one is tried, beside the plan so far, and the best is kept.  Then every number asked for gets a
search of its own, from the plan of its step.  Rosters are nested, so a plan for fewer units is one for more with the
others on standby, and no point of the curve is worth less than one of fewer units.  Posts are given up the same way.

All searches go through an executor (`concurrent.futures`) that is passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, get_args

from solver.check import check
from solver.plan import Plan
from solver.problem import Problem
from solver.score import score
from solver.scorecard import share
from solver.shortfalls import find_shortfalls
from solver.sizing.jobs import Job, run_job
from solver.sizing.options import Admits, Option, fewer_posts, fewer_units, more_units, standing_by
from solver.warm_start import fit
from solver.weights import weights

Dial = Literal["units", "posts"]
DIALS: tuple[Dial, ...] = get_args(Dial)


class SizingError(ValueError):
    """Numbers that cannot be reached; the message says which can."""


class BrokenPlanError(RuntimeError):
    """A search made a plan that breaks a rule; the message says which."""


@dataclass(frozen=True)
class Trial:
    """What a step to one unit or post more or fewer comes to: the share of everything covered, and what is lacking."""

    label: str
    value: float
    missing: int


@dataclass(frozen=True)
class Step:
    """From a number to the next one, up or down: what was tried, the best first; that one was taken."""

    start: int
    end: int
    trials: tuple[Trial, ...]


@dataclass(frozen=True)
class Point:
    """The plan for one number of units or posts.

    Parameters
    ----------
    number : int
    problem : Problem
    plan : Plan
        It keeps every rule of `problem`; without a bound where the search did not come to it.
    full, missing : int
        Value of covering everything, and unit-minutes that hard rules lack.
    more : tuple of str
        What it has that the point before has not: classes of units, or posts.
    """

    number: int
    problem: Problem
    plan: Plan
    full: int
    missing: int
    more: tuple[str, ...] = ()

    @property
    def value(self) -> float | None:
        """Covered share of everything."""
        return share(self.plan.value, self.full)

    @property
    def bound(self) -> float | None:
        """No plan for these units and posts that lacks as little covers more; None where that is not known."""
        return None if self.plan.bound is None else share(self.plan.bound, self.full)

    @property
    def gap(self) -> float | None:
        """By which share of its value a plan can be better at most."""
        if self.plan.bound is None or not self.plan.value:
            return None
        return (self.plan.bound - self.plan.value) / self.plan.value


@dataclass(frozen=True)
class Sizing:
    """The curve: its points by rising number, the steps between, and what the next unit would bring.

    `given` is how many there are in the file; `following` are the trials of one unit more than the last point has, the
    best first.  `complete` says whether all that was asked for was done.
    """

    dial: Dial
    given: int
    points: tuple[Point, ...]
    steps: tuple[Step, ...]
    following: Step | None
    complete: bool


class Told(NamedTuple):
    """How far a sizing is: what it is at, and how many of the searches of that are done."""

    note: str
    done: int
    total: int


def size(
    problem: Problem,
    numbers: Sequence[int],
    executor: Executor,
    *,
    dial: Dial = "units",
    admits: Admits = lambda _unit: True,
    start: Plan | None = None,
    time_limit: float = 10.0,
    gap: float | None = None,
    seed: int = 0,
    threads: int = 1,
    run: Callable[[Job], Plan] = run_job,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[Told], None] = lambda _told: None,
) -> Sizing:
    """Return the curve of `problem` over `numbers` of units or posts.

    Parameters
    ----------
    problem : Problem
    numbers : sequence of int
        How many units to plan with, or posts to man; in any order.
    executor : concurrent.futures.Executor
        Does the searches.
    dial : str
        ``units`` or ``posts``.
    admits : callable
        Which units may be copied or left out, such as those of one station.
    start : Plan, optional
        An earlier plan of the problem, or of one like it.
    time_limit : float
        Seconds of search for each number.
    gap : float, optional
        A search ends when its bound is above its value by no more than this share of the value.
    seed, threads : int
        As of `solver.solve.solve`.
    run : callable
        What the executor calls.
    stop : callable
        Asked several times a second; when it returns True what is done is returned.
    progress : callable
        Told of every search that is done.

    Raises
    ------
    SizingError
        When a number cannot be reached.
    BrokenPlanError
        When a plan breaks a rule, which is a fault of the program.
    """
    refuse(problem, numbers, dial, admits)
    maker = _Maker(executor, run, stop, progress, Job(problem, start, (), time_limit, gap, seed, threads))
    given = len(problem.units if dial == "units" else problem.posts)
    walk = _Walk(maker, dial, admits, problem)
    walk.states[given] = _State(problem, maker.first(f"plan for {given} {dial}"), "")
    walk.up(given, max(numbers))
    walk.down(given, min(numbers))
    reached = [number for number in sorted(set(numbers)) if number in walk.states] or [given]
    states = {number: walk.states[number] for number in reached}
    others = [number for number in states if number != given]
    jobs = [replace(maker.job, problem=states[n].problem, start=states[n].plan) for n in others]
    for number, found in zip(others, maker.plans(jobs, "searches") if jobs else [], strict=True):
        if found is not None:
            states[number] = states[number]._replace(plan=found)
    points = _points(states, walk.states, nested=dial == "units")
    last = points[-1]
    walk.states[last.number] = walk.states[last.number]._replace(plan=last.plan)
    following = walk.step_up(last.number) if dial == "units" else None
    complete = not maker.stopped
    return Sizing(
        dial, given, points, tuple(sorted(walk.steps, key=lambda s: max(s.start, s.end))), following, complete
    )


def refuse(problem: Problem, numbers: Sequence[int], dial: Dial, admits: Admits) -> None:
    """Raise when a number cannot be reached.

    Raises
    ------
    SizingError
        It says which numbers can.
    """
    if not numbers:
        raise SizingError("no number is asked for")
    if dial == "posts":
        most = len(problem.posts)
        if min(numbers) < 0 or max(numbers) > most:
            posts = f"{most} post{'s' * (most != 1)}"
            raise SizingError(f"the file has {posts}; ask for 0 to {most}, 'patrol site' finds places for more")
        return
    free = sum(admits(u) for u in problem.units)
    if not free:
        raise SizingError("no unit of the roster is of this kind, so none can be added or left out")
    least = max(len(problem.units) - free, 1)
    if min(numbers) < least:
        raise SizingError(f"of {len(problem.units)} units {free} may be left out; ask for {least} or more")


class _State(NamedTuple):
    """A problem of the walk, its plan, and by what it differs from the problem nearer to the one given."""

    problem: Problem
    plan: Plan
    label: str


@dataclass
class _Maker:
    """Does searches through the executor until it is told to stop; `job` says how long and from what seed."""

    executor: Executor
    run: Callable[[Job], Plan]
    stop: Callable[[], bool]
    progress: Callable[[Told], None]
    job: Job
    stopped: bool = False

    def first(self, note: str) -> Plan:
        """Return the plan of the problem given, which is made in any case: a search told to stop has a plan soon."""
        (plan,) = self.plans([self.job], note, cancel=False)
        assert plan is not None
        return plan

    def plans(self, jobs: Sequence[Job], note: str, *, cancel: bool = True) -> list[Plan | None]:
        """Return the plans of all jobs, None of those that were not begun when it was told to stop."""
        if self.stopped:
            return [None] * len(jobs)
        futures: list[Future[Plan]] = [self.executor.submit(self.run, job) for job in jobs]
        pending = set(futures)
        try:
            while pending:
                self.progress(Told(note, len(jobs) - len(pending), len(jobs)))
                _, pending = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
                if not self.stopped and self.stop():
                    self.stopped = True
                    pending -= {future for future in pending if cancel and future.cancel()}
        finally:
            for future in pending:
                future.cancel()
        return [None if future.cancelled() else future.result() for future in futures]


@dataclass
class _Walk:
    """From the problem given to more units, and to fewer units or posts, one at a time."""

    maker: _Maker
    dial: Dial
    admits: Admits
    roster: Problem
    states: dict[int, _State] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)

    def up(self, start: int, end: int) -> None:
        """Add units until there are `end`."""
        for number in range(start, end):
            if not self._go(number, number + 1, self._more(number)):
                return

    def down(self, start: int, end: int) -> None:
        """Leave out units or posts until there are `end`."""
        for number in range(start, end, -1):
            problem, plan, _ = self.states[number]
            options = fewer_posts(problem, plan) if self.dial == "posts" else fewer_units(problem, plan, self.admits)
            if not self._go(number, number - 1, list(options)):
                return

    def step_up(self, number: int) -> Step | None:
        """Return what one unit more than `number` would bring, without going there."""
        tried = self._try(number, number + 1, self._more(number))
        return None if tried is None else tried[0]

    def _more(self, number: int) -> list[Option]:
        """Return the options to add a unit."""
        problem, plan, _ = self.states[number]
        return list(more_units(self.roster, problem, plan, self.admits))

    def _go(self, start: int, end: int, options: Sequence[Option]) -> bool:
        """Take the best of the options; return whether all of them could be tried."""
        tried = self._try(start, end, options)
        if tried is None:
            return False
        step, self.states[end] = tried
        self.steps.append(step)
        return True

    def _try(self, start: int, end: int, options: Sequence[Option]) -> tuple[Step, _State] | None:
        """Return what the options come to, the best first, and where that leads; None where not all were tried."""
        jobs = [
            Job(o.problem, o.start, o.new, seed=self.maker.job.seed, threads=self.maker.job.threads) for o in options
        ]
        plans = self.maker.plans(jobs, f"from {start} to {end} {self.dial}")
        tried = []
        for option, plan in zip(options, plans, strict=True):
            if plan is None:
                return None
            covered = share(plan.value, weights(option.problem).full) or 0.0
            trial = Trial(option.label, covered, sum(s.minutes for s in plan.shortfalls))
            tried.append((trial, _State(option.problem, plan, option.label)))
        if not tried:
            return None
        tried.sort(key=lambda pair: (pair[0].missing, -pair[0].value))
        return Step(start, end, tuple(trial for trial, _ in tried)), tried[0][1]


def _points(states: dict[int, _State], walked: dict[int, _State], *, nested: bool) -> tuple[Point, ...]:
    """Return the points by rising number, each checked; of `nested` rosters none is worth less than a smaller one."""
    points: list[Point] = []
    given = next((n for n, state in walked.items() if not state.label), 0)
    for number, (problem, plan, _) in sorted(states.items()):
        more: tuple[str, ...] = ()
        if points:
            # Above the problem given a step's label is at its end, below at its end too, which is one fewer.
            between = range(points[-1].number, number)
            more = tuple(walked[n + 1 if n >= given else n].label for n in between)
        point = _point(number, problem, plan, more)
        points.append(point)
    # What is left of a plan for more units, or with more posts, may be better; what is one for fewer units is no worse.
    for i in reversed(range(len(points) - 1)):
        points[i] = _no_worse(points[i], points[i + 1])
    if nested:
        for i in range(1, len(points)):
            points[i] = _no_worse(points[i], points[i - 1])
        points = _nested_bounds(points)
    for point in points:
        if violations := check(point.problem, point.plan):
            raise BrokenPlanError("; ".join(str(v) for v in violations))
    return tuple(points)


def _point(number: int, problem: Problem, plan: Plan, more: tuple[str, ...]) -> Point:
    """Return a plan as a point of the curve."""
    card = score(problem, plan)
    return Point(number, problem, plan, card.full, card.missing, more)


def _no_worse(point: Point, other: Point) -> Point:
    """Return the point with what fits of another one's plan, where that is better."""
    routes = fit(point.problem, standing_by(point.problem, other.plan)).routes
    card = score(point.problem, Plan(point.problem.fingerprint(), routes))
    if (card.missing, -card.value) >= (point.missing, -point.plan.value):
        return point
    plan = point.plan.replace(routes=routes, value=card.value, shortfalls=find_shortfalls(point.problem, routes))
    return replace(point, plan=plan, missing=card.missing)


def _nested_bounds(points: Sequence[Point]) -> list[Point]:
    """Return the points, none with a higher bound than one of more units whose plan lacks as little.

    A plan for fewer units is one for more with the others on standby, so what none of those exceeds none of these does.
    With units that belong to districts the weights change, and nothing follows.
    """
    found: list[Point] = []
    for point in reversed(points):
        for larger in found[:1]:
            bound, own = larger.plan.bound, point.plan.bound
            alike = larger.missing == point.missing and weights(larger.problem) == weights(point.problem)
            if bound is not None and alike and (own is None or bound < own):
                point = replace(point, plan=point.plan.replace(bound=bound))
        found.insert(0, point)
    return found
