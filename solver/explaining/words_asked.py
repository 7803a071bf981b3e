"""What is said in English of each kind of thing that can be asked about: the answer first, then the facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from solver.explaining.answers import Change
from solver.explaining.phrases import Phrases, count
from solver.wording import minutes_text, some_of

_NOBODY = {
    "windows too short": "no window is as long as its visits of {dwell}",
    "closed": "it is not open then",
    "no units": "there are no units",
    "mode or skill": "no unit has the mode or skill",
    "district": "every unit that could is tied to other districts",
    "no way": "no unit that may go there has a way there and home",
    "off duty": "no unit that may go there is on duty then",
    "too far": "the units on duty cannot be there and home in time",
}

ON_CALL = "the units that could are on call, and no more may go out"


def hotspot(say: Phrases) -> Iterator[str]:
    """Yield what is said of a hotspot."""
    yield _hotspot_answer(say)
    facts = say.facts
    yield (
        f"at stake{say.asked()}: {say.points(facts['risk'])}, of which {say.share(facts['share'])} is covered; "
        f"number {facts['rank']} of {facts['of']} by what is left uncovered in all"
    )
    yield f"visits{say.asked()}: {_visits(say)}"
    if facts["watched"]:
        yield f"watched from posts: {say.by_whom(facts['watched'])}"
    yield _rules(say)
    if facts["overdue"]:
        yield f"overdue: {some_of([say.span(a, b) for a, b in facts['overdue']])}"
    if (near := say.nearest(facts["nearest"])) is not None:
        yield near
    yield from can_and_cannot(say)
    yield from changes(say)


def _hotspot_answer(say: Phrases) -> str:
    """Return the first sentence."""
    name, reason, facts = say.name, say.told.reason, say.facts
    within = [v for v in facts["visits"] if say.told.span is None or _overlaps(v, say.told.span)]
    state = f"is visited {_times(len(within))}{say.asked()}" if within else f"is not visited{say.asked()}"
    also = ", and not more," if within else ""
    more = "a visit more" if within else "a visit"
    if reason == "nothing at stake":
        return f"{name} {state}, and nothing is to be gained there{say.asked()}: it has no risk then."
    if reason == "covered":
        return f"{name} {state}, and next to nothing there is left uncovered{say.asked()}."
    if reason in _NOBODY:
        dwell = minutes_text(facts["dwell"])
        return f"{name} {state}, and cannot be: {_NOBODY[reason].format(dwell=dwell)}."
    if reason == "on call":
        return f"{name} {state}{also} because {ON_CALL}."
    if reason == "no change found":
        return f"{name} {state}; no change of one unit's route was found that makes {more} there."
    best = _best(say)
    if reason == "search missed it":
        return f"{name} {state}, but the search missed something: with {more} the plan is better by {gain(say, best)}."
    if reason == "bound by rules":
        lacking = count(best.price.missing, "unit-minute")
        return (
            f"{name} {state}{also} because units are bound by what is required: no way was found to make {more} that "
            f"does not leave {lacking} of that missing."
        )
    price = say.points(-best.price.value)
    return f"{name} {state}{also} because {more} would cost more than it brings: {price} at the least found."


def gain(say: Phrases, change: Change) -> str:
    """Return by how much a change makes the plan better."""
    if change.price.missing < 0:
        return f"{-change.price.missing} unit-minutes that were missing ({say.points(change.price.value, sign=True)})"
    return say.points(change.price.value)


def _best(say: Phrases) -> Change:
    """Return the change that leaves the best plan."""
    return max(say.told.changes, key=lambda c: (-c.price.missing, c.price.value))


def _overlaps(spell: Any, span: tuple[int, int]) -> bool:
    """Whether a visit overlaps a span."""
    return bool(spell["start"] < span[1] and span[0] < spell["end"])


def _times(number: int) -> str:
    """Return how often."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _visits(say: Phrases) -> str:
    """Return the visits in the time asked about, and how many there are in all."""
    every = say.facts["visits"]
    if say.told.span is None:
        return say.by_whom(every, most=8) or "none"
    within = [v for v in every if _overlaps(v, say.told.span)]
    rest = f"; {len(every)} in all" if len(every) > len(within) else ""
    return (say.by_whom(within) or "none") + rest


def _rules(say: Phrases) -> str:
    """Return what a visit must keep."""
    facts = say.facts
    parts = [f"a visit lasts {minutes_text(facts['dwell'])} or more and lingers for {minutes_text(facts['linger'])}"]
    if facts["stretch"]:
        parts.append("it is a stretch of street, driven along from end to end")
    if facts["windows"]:
        parts.append(f"open {some_of([say.span(a, b) for a, b in facts['windows']])}")
    if facts["district"]:
        parts.append(f"in district {facts['district']}")
    if facts["every"]:
        parts.append(f"to be visited every {minutes_text(facts['every'])}{' (required)' if facts['required'] else ''}")
    return "; ".join(parts)


def can_and_cannot(say: Phrases) -> Iterator[str]:
    """Yield which units could go there then, and which could not and why."""
    facts = say.facts
    number = len(facts["can"])
    if number or facts["cannot"]:
        could = f"{number} of {number + sum(len(c) for c in facts['cannot'].values())} units could"
        yield f"who could{say.asked()}: {could}" + (f" ({some_of(facts['can'], most=8)})" if facts["can"] else "")
    if facts["on_call"]:
        yield f" on call, and no more may go out: {some_of(facts['on_call'], most=8)}"
    yield from (f" {text}" for text in say.barriers(facts["cannot"]))


def changes(say: Phrases) -> Iterator[str]:
    """Yield what would help, with its price."""
    for change in say.told.changes:
        if change.code == "insert":
            yield from inserted(say, change)
        elif change.code == "replan":
            yield (
                f"all units replanned around it, as far as was searched: {say.price(change)}"
                + (f" ({parts})" if (parts := say.layers(change)) else "")
            )
        else:
            yield f"what would help: {say.effect(change)}"
    if any(c.price.better and c.code in ("insert", "replan") for c in say.told.changes):
        yield say.again()


def inserted(say: Phrases, change: Change) -> Iterator[str]:
    """Yield a change of one unit's route: what it does, what it gives up, what that comes to."""
    yield f"the cheapest change found: {say.does(change)}"
    if lost := say.gives_up(change):
        yield f" for that it would {lost}"
    here = f"it brings {say.points(change.gained)} here; " if change.gained > 0 else ""
    parts = say.layers(change)
    yield f" {here}in all {say.price(change)}" + (f" ({parts})" if parts else "")
