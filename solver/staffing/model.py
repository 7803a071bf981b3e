"""Who stands on which post when, as a model for CP-SAT: a few units, with the others' work taken off the needs.

A 0-1 variable says whether a unit is at a site for the whole of a *block*, the time between two neighbouring
candidate times; candidate times are where stints and visits may begin and end.  Breaks and tasks begin in any
step.  Two blocks at sites that are too far from each other exclude each other, and so do a block and an errand.
As ways are shortest, work in which no two pieces exclude each other can be driven.

All rules are clauses and the solver is left without linear relaxation, which slows it down here; it looks first
for work that leaves nothing missing, and then for the least that must be missing.  Nothing of OR-Tools leaves
this module.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import combinations, pairwise
from typing import NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from solver.cp_sat import FOUND, run
from solver.staffing.duties import FAR, Duties, Errand, Flags, Job, Means, Needs, Work, near

_BUILD, _CALL = 5e-5, 0.01
"""What a variable of a model and a model cost before CP-SAT sees them, in units of its deterministic time."""


class Choice(NamedTuple):
    """Work for the units asked about, in their order, None where the time did not suffice to find any.

    No work on these candidate times leaves fewer than `least` unit-steps missing; `best` says whether this leaves
    no more.  `seconds` of deterministic time were spent.
    """

    works: tuple[Work, ...] | None
    least: int
    best: bool
    seconds: float


class _Called(NamedTuple):
    """The variables of one errand of one unit: in which step it begins, whether it is done, and at which place.

    `done` and the literals of `at` are None where they always hold.
    """

    errand: Errand
    begin: cp_model.IntVar
    done: cp_model.IntVar | None
    at: dict[int, cp_model.IntVar | None]

    def holds(self, place: int) -> list[cp_model.IntVar]:
        """Return the literals that say that it is done at `place`."""
        return [literal for literal in (self.done, self.at[place]) if literal is not None]


def choose(
    duties: Duties,
    units: Sequence[int],
    needs: Needs,
    times: Sequence[int],
    *,
    room: Sequence[int] = (),
    kept: Needs | None = None,
    seconds: float,
    seed: int,
    stop: Callable[[], bool] | None = None,
) -> Choice:
    """Return work for `units` that leaves as little as possible of `needs` missing.

    Parameters
    ----------
    duties : Duties
    units : sequence of int
        The units whose work is chosen, indices of the roster.
    needs : Needs
        What is asked for, less what all other units do.
    times : sequence of int
        Candidate times in steps, rising, from 0 to the end of the horizon, with all times among them at which
        the units wanted at a post change.
    room : sequence of int
        By callout, how many of `units` may go out.
    kept : Needs, optional
        The part of `needs` that must not be missing.
    seconds : float
        Deterministic time allowed, in CP-SAT's units of about a second.
    seed : int
    stop : callable, optional
        Asked several times a second whether to stop.
    """
    model = _Model(duties, units, needs, kept, times)
    model.limit(units, room)
    solver, status = run(
        model.model, seconds=seconds, seed=seed, stop=stop, linearization_level=0, optimize_with_core=True
    )
    found = status in FOUND
    works = tuple(model.work(solver, u) for u in units) if found else None
    least = max(round(solver.best_objective_bound), 0)
    spent = solver.response_proto.deterministic_time + model.size * _BUILD + _CALL
    return Choice(works, least, status == cp_model.OPTIMAL, spent)


class _Model:
    """The variables and rules of some units on some candidate times."""

    def __init__(
        self, duties: Duties, units: Sequence[int], needs: Needs, kept: Needs | None, times: Sequence[int]
    ) -> None:
        self.model = cp_model.CpModel()
        self._kept = needs.less(needs) if kept is None else kept
        self._duties, self._needs, self._times = duties, needs, list(times)
        self._blocks = list(pairwise(self._times))
        self._useful = [self._useful_blocks(i) for i in range(len(duties.sites))]
        self._here: dict[tuple[int, int, int], cp_model.IntVar] = {}
        self._called: dict[int, list[_Called]] = {}
        self._lacks: list[cp_model.LinearExprT] = []
        for u in units:
            self._unit(u)
        self._posts(units)
        self._visits(units)
        self._tasks(units)
        self.model.minimize(sum(self._lacks))

    def limit(self, units: Sequence[int], room: Sequence[int]) -> None:
        """Let no more of `units` go out than there is room for in their callouts."""
        for callout, most in zip(self._duties.problem.callouts, room, strict=bool(room)):
            members = [u for u in units if u in callout.units]
            if len(members) <= most:
                continue
            out = {u: self.model.new_bool_var("") for u in members}
            for (u, _, _), literal in self._here.items():
                if u in out:
                    self.model.add_implication(literal, out[u])
            for u, literal in out.items():
                for called in self._called[u]:
                    if called.done is not None:
                        self.model.add_implication(called.done, literal)
            self.model.add(sum(out.values()) <= most)

    @property
    def size(self) -> int:
        """How many variables say where units are."""
        return len(self._here)

    def _useful_blocks(self, site: int) -> Flags:
        """Return the blocks in which a unit at a site may help with what is still asked for."""
        s = self._duties.sites[site]
        if s.kind == "stint":
            wanted = near(self._needs.posts[s.row] > 0, s.least) & s.open
        else:
            wanted = s.open if self._needs.due[s.row].any() else np.zeros_like(s.open)
        closed = np.concatenate([[0], np.cumsum(~wanted)])
        return np.array([closed[b] == closed[a] for a, b in self._blocks], dtype=np.bool_)

    def _unit(self, u: int) -> None:
        """Add what one unit may do, one thing at a time and with the time to get from one to the next."""
        means = self._duties.units[u]
        errands = [means.pause] if means.pause else []
        errands += [self._duties.tasks[k] for k in means.tasks if self._needs.tasks[k]]
        self._called[u] = [called for errand in errands if (called := self._call(means, errand)) is not None]
        for site in means.sites:
            self._stay(u, means, site)
        self._drive(u, means)
        for first, second in combinations(self._called[u], 2):
            self._order(means, first, second)
        for called in self._called[u]:
            self._apart(u, means, called)

    def _call(self, means: Means, errand: Errand) -> _Called | None:
        """Return the variables of an errand, None when the unit has no time for it; its break it must take."""
        reach: dict[int, list[list[int]]] = {}
        for place in self._worthwhile(means, errand.places):
            earliest = means.start + self._steps(means, means.origin, place)
            latest = means.end - self._steps(means, place, means.destination) - errand.length
            spans = [[max(a, earliest), min(b, latest)] for a, b in errand.begins]
            reach[place] = [[a, b] for a, b in spans if a <= b]
        reach = {place: spans for place, spans in reach.items() if spans}
        if not reach:
            return None
        begins = cp_model.Domain.from_intervals([span for spans in reach.values() for span in spans])
        begin = self.model.new_int_var_from_domain(begins, "")
        done = None if errand.kind == "break" else self.model.new_bool_var("")
        if len(reach) == 1:
            return _Called(errand, begin, done, dict.fromkeys(reach))
        at = {place: self.model.new_bool_var("") for place in reach}
        self.model.add_exactly_one(at.values())
        for place, spans in reach.items():
            free = cp_model.Domain.from_intervals(spans)
            self.model.add_linear_expression_in_domain(begin, free).only_enforce_if(at[place])
        return _Called(errand, begin, done, dict(at))

    def _worthwhile(self, means: Means, places: Sequence[int]) -> list[int]:
        """Return the places but those from which another is no farther, whatever comes before and after."""
        ends = [means.origin, means.destination, *(self._duties.sites[i].place for i in means.sites)]
        ends += [self._duties.tasks[k].places[0] for k in means.tasks]
        ways = {
            p: np.concatenate(
                [[self._steps(means, e, p) for e in ends], self._duties.away(means.mode, p, ends)], dtype=np.int64
            )
            for p in dict.fromkeys(places)
        }
        kept: list[int] = []
        for place in sorted(ways, key=lambda p: int(ways[p].sum())):
            if not any((ways[other] <= ways[place]).all() for other in kept):
                kept.append(place)
        return kept

    def _steps(self, means: Means, start: int, end: int) -> int:
        """Return the steps from place to place."""
        return int(self._duties.away(means.mode, start, [end])[0])

    def _stay(self, u: int, means: Means, site: int) -> None:
        """Add the blocks in which a unit may be at a site, in runs of the least length or longer."""
        s = self._duties.sites[site]
        first = means.start + self._steps(means, means.origin, s.place)
        last = means.end - self._steps(means, s.place, means.destination)
        allowed = [i for i, (a, b) in enumerate(self._blocks) if first <= a and b <= last and self._useful[site][i]]
        here = {i: self.model.new_bool_var("") for i in allowed}
        for i, literal in here.items():
            begun = [~literal, *([here[i - 1]] if i - 1 in here else [])]
            j = i
            while self._times[j + 1] - self._times[i] < s.least:
                j += 1
                if j not in here:
                    self.model.add_bool_or(begun)  # Too late to begin here.
                    break
                self.model.add_bool_or([*begun, here[j]])
        self._here |= {(u, site, i): literal for i, literal in here.items()}

    def _drive(self, u: int, means: Means) -> None:
        """Forbid a unit to be at two sites at once, or at one too soon after another, or after it has left it."""
        sites, here = means.sites, self._here
        places = [self._duties.sites[s].place for s in sites]
        away = [self._duties.away(means.mode, p, places) for p in places]
        for i, (_, end) in enumerate(self._blocks):
            self.model.add_at_most_one(here[u, s, i] for s in sites if (u, s, i) in here)
            for row, site in enumerate(sites):
                if (u, site, i) not in here:
                    continue
                farthest = end + int(max((d for d in away[row] if d < FAR), default=0))
                for j in range(i + 1, len(self._blocks)):
                    begin = self._times[j]
                    if begin >= farthest and max(away[row]) < FAR:
                        break
                    clash = [
                        here[u, other, j]
                        for other, d in zip(sites, away[row], strict=True)
                        if other != site and begin < end + d and (u, other, j) in here
                    ]
                    if clash:
                        self.model.add_at_most_one([here[u, site, i], *clash])
                    if begin < end + away[row][row] and (u, site, j) in here and j > i + 1:
                        stays = [here[u, site, i + 1]] if (u, site, i + 1) in here else []
                        self.model.add_bool_or([~here[u, site, i], *stays, ~here[u, site, j]])

    def _order(self, means: Means, first: _Called, second: _Called) -> None:
        """Put two errands of a unit one after the other, with the way between."""
        before = self.model.new_bool_var("")
        for a in first.at:
            for b in second.at:
                both = [*first.holds(a), *second.holds(b)]
                there = first.errand.length + self._steps(means, a, b)
                back = second.errand.length + self._steps(means, b, a)
                self.model.add(first.begin + there <= second.begin).only_enforce_if([*both, before])
                self.model.add(second.begin + back <= first.begin).only_enforce_if([*both, ~before])

    def _apart(self, u: int, means: Means, called: _Called) -> None:
        """Forbid an errand of a unit while it is at a site, and too soon before or after."""
        first, last = called.errand.begins[0][0], called.errand.begins[-1][1]
        for place in called.at:
            for site in means.sites:
                to = self._steps(means, place, self._duties.sites[site].place)
                back = self._steps(means, self._duties.sites[site].place, place)
                for i, (a, b) in enumerate(self._blocks):
                    literal = self._here.get((u, site, i))
                    latest, earliest = a - to - called.errand.length, b + back
                    if literal is None or latest >= last or earliest <= first:
                        continue
                    spans = [[first, latest]] if latest >= first else []
                    spans += [[earliest, last]] if earliest <= last else []
                    conditions = [literal, *called.holds(place)]
                    if spans:
                        free = cp_model.Domain.from_intervals(spans)
                        self.model.add_linear_expression_in_domain(called.begin, free).only_enforce_if(conditions)
                    else:
                        self.model.add_bool_or([~x for x in conditions])

    def _posts(self, units: Sequence[int]) -> None:
        """Count what posts lack in each block."""
        site_of = {s.row: i for i, s in enumerate(self._duties.sites) if s.kind == "stint"}
        for row, site in site_of.items():
            for i, (a, b) in enumerate(self._blocks):
                wanted = int(self._needs.posts[row, a])
                if wanted:
                    there = [self._here[u, site, i] for u in units if (u, site, i) in self._here]
                    lack = self.model.new_int_var(0, wanted - int(self._kept.posts[row, a]), "")
                    self.model.add(sum(there) + lack >= wanted)
                    self._lacks.append((b - a) * lack)

    def _visits(self, units: Sequence[int]) -> None:
        """Count the blocks in which a visit is due and none lies within the time for which it is good."""
        for row in np.flatnonzero(self._needs.due.any(axis=1)).tolist():
            visited = self._visited(units, row)
            for i, (a, b) in enumerate(self._blocks):
                late = int(self._needs.due[row, a:b].sum())
                if late:
                    lack = self.model.new_bool_var("")
                    oldest = bisect_left(self._times, b - self._duties.every[row]) - 1
                    good = [visited[j] for j in range(max(oldest, 0), i + 1) if j in visited]
                    kept = int(self._kept.due[row, a:b].sum())
                    self.model.add_bool_or(good if kept == late else [lack, *good])
                    self._lacks.append(late * lack)

    def _visited(self, units: Sequence[int], row: int) -> dict[int, cp_model.IntVar]:
        """Return literals by block that hold only where some unit is on a visit of a hotspot."""
        sites = [i for i, s in enumerate(self._duties.sites) if s.kind == "visit" and s.row == row]
        visited = {}
        for i in range(len(self._blocks)):
            there = [self._here[u, s, i] for u in units for s in sites if (u, s, i) in self._here]
            if there:
                visited[i] = there[0] if len(there) == 1 else self.model.new_bool_var("")
                if len(there) > 1:
                    self.model.add_bool_or([~visited[i], *there])
        return visited

    def _tasks(self, units: Sequence[int]) -> None:
        """Count the tasks that are asked for and that no unit does."""
        for k in np.flatnonzero(self._needs.tasks).tolist():
            lack = self.model.new_bool_var("")
            does = [c.done for u in units for c in self._called[u] if c.done is not None and c.errand.row == k]
            self.model.add_bool_or(does if self._kept.tasks[k] else [lack, *does])
            self._lacks.append(self._duties.tasks[k].length * lack)

    def work(self, solver: cp_model.CpSolver, u: int) -> Work:
        """Return what a unit does in the solution."""
        jobs = []
        for called in self._called[u]:
            if called.done is None or solver.boolean_value(called.done):
                place = next(p for p, at in called.at.items() if at is None or solver.boolean_value(at))
                begin = solver.value(called.begin)
                errand = called.errand
                jobs.append(Job(errand.kind, errand.row, place, begin, begin + errand.length))
        for site in self._duties.units[u].sites:
            s = self._duties.sites[site]
            begin = None
            for i in range(len(self._blocks) + 1):
                literal = self._here.get((u, site, i))
                on = literal is not None and solver.boolean_value(literal)
                if on and begin is None:
                    begin = self._times[i]
                elif not on and begin is not None:
                    jobs.append(Job(s.kind, s.row, s.place, begin, self._times[i]))
                    begin = None
        return tuple(sorted(jobs, key=lambda job: job.begin))
