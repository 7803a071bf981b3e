"""What a roster or a list of posts may become by one step: one unit or post more or fewer.

An `Option` is a problem that differs by one, with what is left of a plan to start from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from solver.plain_text import one_line
from solver.wording import Times

if TYPE_CHECKING:
    from solver.plan import Plan
    from solver.problem import Problem, Unit

Admits = Callable[["Unit"], bool]
"""Whether a unit may be added again or left out."""


@dataclass(frozen=True)
class Option:
    """One step: a problem with one unit or post more or fewer, called `label`, and a plan to start from.

    `new` are the indices of the units that `start` has no route for.
    """

    label: str
    problem: Problem
    start: Plan
    new: tuple[int, ...] = ()


def unit_label(problem: Problem, unit: Unit) -> str:
    """Return what class a unit is of, such as ``car, Central Station, 18:00-02:00, first aid``."""
    words = [unit.mode, problem.places[unit.origin].name, Times(problem).span(unit.start, unit.end), *unit.skills]
    return one_line(", ".join([*words, *(f"tied to {d}" for d in unit.districts if unit.tied)]))


def more_units(roster: Problem, problem: Problem, plan: Plan, admits: Admits) -> Iterator[Option]:
    """Yield `problem` with one more unit of each class of `roster`, a copy of the first unit of its class."""
    taken = {unit.callsign for unit in problem.units}
    for pattern in _classes(roster, admits).values():
        copy = replace(pattern[0], callsign=_free(pattern[0].callsign, taken))
        wider = problem.replace(units=(*problem.units, copy))
        yield Option(unit_label(roster, copy), wider, plan, (len(problem.units),))


def fewer_units(problem: Problem, plan: Plan, admits: Admits) -> Iterator[Option]:
    """Yield `problem` without the last unit of each class."""
    if len(problem.units) == 1:
        return
    for pattern in _classes(problem, admits).values():
        gone = pattern[-1]
        smaller = problem.without_unit(problem.units.index(gone))
        yield Option(unit_label(problem, gone), smaller, plan)


def fewer_posts(problem: Problem, plan: Plan) -> Iterator[Option]:
    """Yield `problem` without each of its posts; units that stood there stand by there."""
    for gone in problem.posts:
        smaller = problem.replace(posts=tuple(q for q in problem.posts if q is not gone))
        yield Option(one_line(problem.places[gone.place].name), smaller, standing_by(smaller, plan))


def standing_by(problem: Problem, plan: Plan) -> Plan:
    """Return a plan in which units stand by where they man what is no post of `problem`."""
    posts = {problem.places[q.place].name for q in problem.posts}
    routes = tuple(
        replace(
            r,
            stops=tuple(
                replace(s, kind="standby") if s.kind == "stint" and s.place not in posts else s for s in r.stops
            ),
        )
        for r in plan.routes
    )
    return plan.replace(routes=routes)


def _classes(problem: Problem, admits: Admits) -> dict[tuple[object, ...], list[Unit]]:
    """Return the units by class: what they can do, from where to where, and when; their breaks may differ."""
    classes: dict[tuple[object, ...], list[Unit]] = {}
    for u in problem.units:
        if admits(u):
            key = (u.mode, u.origin, u.destination, u.start, u.end, u.skills, u.districts, u.tied, u.longest_duty)
            classes.setdefault(key, []).append(u)
    return classes


def _free(callsign: str, taken: set[str]) -> str:
    """Return a callsign like this one that nobody has."""
    number = 2
    while f"{callsign} ({number})" in taken:
        number += 1
    return f"{callsign} ({number})"
