"""What a planner should know of a problem that was built: goals, visits, posts and tasks that come to nothing."""

from __future__ import annotations

from collections.abc import Sequence

from instances.alert import alert_notes
from instances.busy_shares import busy_notes
from instances.districts import district_notes, empty_district_notes
from instances.near_names import few
from instances.place_snaps import Site
from instances.shift import Job, Point, Shift
from instances.weighted_points import Hotspots
from solver.problem import Post, Problem, Task
from solver.weights import weights

COUNTED = {
    "presence": "risk",
    "response": "demand",
    "backup": "demand",
    "revisit": "hotspot where a visit falls due and that is no hard rule",
    "tasks": "task with a profit",
    "district": "unit that has districts and is not tied to them",
}
"""What each layer counts."""


def build_notes(shift: Shift, problem: Problem, sites: Sequence[Site], hotspots: Hotspots) -> tuple[str, ...]:
    """Return the notes on a problem, in words."""
    return (
        *_too_few_made(shift, hotspots),
        *_unmet(shift, problem),
        *_blind_posts(shift, problem),
        *_never_due(problem),
        *district_notes(shift.districts, sites),
        *empty_district_notes(shift.units, {site.district for site in sites}),
        *alert_notes(shift, problem.callouts),
        *busy_notes(problem),
        *_idle_goals(problem),
    )


def _too_few_made(shift: Shift, hotspots: Hotspots) -> list[str]:
    """Return a note where incidents give fewer hotspots than were asked for."""
    wanted = shift.risk.hotspots if shift.incidents is not None else 0
    if hotspots.made >= wanted:
        return []
    what = "streets have risk, or lie" if shift.risk.as_streets else "cells lie"
    return [f"the incidents give {hotspots.made} of the {wanted} hotspots asked for: no more {what} apart"]


def _unmet(shift: Shift, problem: Problem) -> list[str]:
    """Return a note for each post and task that no unit of the roster may work at: they will stay undone."""
    pairs: list[tuple[str, Point | Job, Post | Task]] = [
        *(("stand on", point, post) for point, post in zip(shift.posts, problem.posts, strict=True)),
        *(("do task", job, task) for job, task in zip(shift.jobs, problem.tasks, strict=True)),
    ]
    notes = []
    for verb, given, work in pairs:
        if any(problem.may_work(unit, work.place) for unit in problem.units):
            continue
        why = f"asks for {', '.join((*given.modes, *given.skills))}"
        if any(work.admits(unit) for unit in problem.units):
            why = f"lies in district {problem.places[work.place].district!r}, to which none of them is tied"
        notes.append(f"{given.origin.file}:{given.origin.line}: no unit may {verb} {given.name!r}, which {why}")
    return notes


def _blind_posts(shift: Shift, problem: Problem) -> list[str]:
    """Return a note for each post that has no hotspot within the distance that it watches."""
    return [
        f"{given.origin.file}:{given.origin.line}: no hotspot lies within {given.watches} m of {given.name!r}"
        for given, post in zip(shift.posts, problem.posts, strict=True)
        if isinstance(given.watches, int) and given.watches and not post.watches
    ]


def _never_due(problem: Problem) -> list[str]:
    """Return a note of the hotspots whose next visit falls due only when they are closed or the plan is over."""
    names = [problem.places[h.place].name for h in problem.hotspots if h.every and not h.due(problem.minutes)]
    if not names:
        return []
    return [f"'every' is as long as the time there is to visit them, so no visit falls due: {few(names)}"]


def _idle_goals(problem: Problem) -> list[str]:
    """Return a note for each goal that has nothing to count, and for each layer with something to count and no goal."""
    totals = weights(problem).totals
    idle = [
        f"there is no {COUNTED[layer]}: the goal {layer!r} counts nothing"
        for layer, goal in problem.goals.items()
        if goal and not totals[layer]
    ]
    ignored = [
        f"the goal {layer!r} is 0: plans are made without regard to it"
        for layer in ("revisit", "tasks", "district")
        if totals[layer] and not problem.goals[layer]
    ]
    return idle + ignored
