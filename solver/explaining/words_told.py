"""What is said in English of posts, tasks, units, demand points, minutes, stations, districts, and a whole plan."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from solver.explaining.answers import Change
from solver.explaining.phrases import Phrases, count
from solver.explaining.words_asked import ON_CALL, can_and_cannot, changes, gain, inserted
from solver.plain_text import one_line
from solver.wording import all_of, any_of, minutes_text, some_of, units_text

_SPENT = {
    "visiting": "visiting",
    "stints": "on posts",
    "tasks": "on tasks",
    "driving": "driving",
    "standby": "on standby",
    "on_break": "on its break",
    "off_duty": "off duty",
}

_DOES = {"visit": "visits", "stint": "mans", "task": "does the task at", "driving": "drives to", "standby": "waits at"}
_DOES |= {"break": "has its break at", "off duty": "is off duty at", "on call": "is on call at"}

_POST = {
    "mode or skill": "no unit of the roster has the mode or skill that it asks for",
    "district": "all units that it admits are tied to other districts",
    "no way": "no unit that it admits has a way there and home",
    "too few": "fewer units than wanted can be there then, whatever else they leave",
    "no units": "there are no units",
    "bound by rules": "units could stand there, but {searched} was found that lacks less",
}

_TASK = {
    "mode or skill": "no unit has the mode or skill that it asks for",
    "district": "all units that it admits are tied to other districts",
    "no way": "no unit that it admits has a way there and home",
    "off duty": "no unit that it admits is on duty when it may begin",
    "too far": "the units on duty cannot be there in time and home again",
    "windows too short": "it cannot begin at any time and end within the plan",
    "closed": "it may not begin then",
    "no units": "there are no units",
}


def post(say: Phrases) -> Iterator[str]:
    """Yield what is said of a post."""
    facts, reason, name = say.facts, say.told.reason, say.name
    if reason == "nothing at stake":
        yield f"{name} wants no unit{say.asked()}."
    elif reason == "manned":
        yield f"{name} is manned as asked{say.asked()}: {count(facts['wanted'], 'unit-minute')} wanted, none missing."
    else:
        lacks = f"{name} lacks {facts['missing']} of {facts['wanted']} unit-minutes{_when(say)}"
        if reason == "search missed it":
            best = _best(say)
            yield f"{lacks}, but the search missed something: a plan was found that lacks {-best.price.missing} fewer."
        else:
            searched = "no plan" if facts["replanned"] else "no change of one unit's route"
            yield f"{lacks}: {_POST[reason].format(searched=searched)}."
    for s in facts["short"]:
        yield f"{say.span(s['start'], s['end'])} lacks {units_text(s['missing'])}: {s['reason']}"
    yield f"wanted: {some_of([f'{units_text(n)} {say.span(a, b)}' for a, b, n in facts['staffing']])}"
    asks = [*facts["modes"]] and any_of(facts["modes"])
    yield (
        f"a stint lasts {minutes_text(facts['stint'])} or more"
        + (f"; admits {asks}" if asks else "")
        + (f"; asks for {all_of(facts['skills'])}" if facts["skills"] else "")
        + (f"; in district {facts['district']}" if facts["district"] else "")
    )
    yield f"manned by: {say.by_whom(facts['manned'], most=8) or 'nobody'}"
    if "can" in facts:
        a, b = facts["longest"]
        could = some_of(facts["can"], most=8) if facts["can"] else "nobody"
        yield f"could stand there {say.span(a, b)}, had they nothing else to do: {could}"
        if facts["on_call"]:
            yield f" on call, and no more may go out: {some_of(facts['on_call'], most=8)}"
        yield from (f" {text}" for text in say.barriers(facts["cannot"]))
        if facts["instead"]:
            told = [f"{d['callsign']} {_DOES.get(d['kind'], 'is at')} {d['place']}" for d in facts["instead"]]
            yield f"what they do at {say.times.at(a)} instead: {some_of(told)}"
    cures = [c for c in say.told.changes if c.code not in ("insert", "replan")]
    for c in say.told.changes:
        if c.code == "insert":
            yield from inserted(say, c)
        elif c.code == "replan":
            yield f"all units replanned, as far as was searched: {say.price(c)}"
    tried = [c for c in cures if c.code != "fewer wanted"]
    yield from (f"{'cheapest cure' if k == 0 else 'or'}, tried: {say.effect(c)}" for k, c in enumerate(tried))
    yield from (f"{'or' if tried else 'no cure was found but to'} {say.effect(c)}" for c in cures if c not in tried)
    if any(c.code in ("insert", "replan") for c in say.told.changes):
        yield say.again()


def _when(say: Phrases) -> str:
    """Return when a post is short."""
    spells = [say.span(s["start"], s["end"]) for s in say.facts["short"]]
    return f" {some_of(spells, most=3)}"


def _best(say: Phrases) -> Change:
    """Return the change that leaves the best plan."""
    return max(say.told.changes, key=lambda c: (-c.price.missing, c.price.value))


def task(say: Phrases) -> Iterator[str]:
    """Yield what is said of a task."""
    facts, reason = say.facts, say.told.reason
    name = f"The task at {say.name}"
    if reason == "done":
        span = say.times.span(facts["start"], facts["start"] + facts["minutes"])
        yield f"{name} is done, by {facts['done_by']} {span}."
    elif reason in _TASK:
        yield f"{name} is not done, and cannot be{say.asked()}: {_TASK[reason]}."
    elif reason == "on call":
        yield f"{name} is not done because {ON_CALL}."
    elif reason == "no change found":
        yield f"{name} is not done; no change of one unit's route was found that does it."
    elif reason == "search missed it":
        better = gain(say, _best(say))
        yield f"{name} is not done, but the search missed something: with it the plan is better by {better}."
    elif reason == "bound by rules":
        missing = count(_best(say).price.missing, "unit-minute")
        yield f"{name} is not done because no way was found that does not leave {missing} of what is required missing."
    else:
        price = say.points(-_best(say).price.value)
        yield f"{name} is not done because doing it would cost more than it brings: {price} at the least found."
    begins = f"; may begin {any_of([say.span(a, b) for a, b in facts['windows']])}" if facts["windows"] else ""
    kind = "required" if facts["required"] else "not required"
    yield f"it takes {minutes_text(facts['minutes'])} and is worth {say.points(facts['worth'])} ({kind}){begins}"
    asks = [*facts["modes"], *facts["skills"]]
    if asks:
        yield f"it asks for {all_of(asks)}"
    if (near := say.nearest(facts["nearest"])) is not None:
        yield near
    yield from can_and_cannot(say)
    yield from changes(say)


def unit(say: Phrases) -> Iterator[str]:
    """Yield what is said of a unit."""
    facts, reason, name = say.facts, say.told.reason, say.name
    without = facts["without"]
    worth = _worth(say, without)
    idle = facts["idle_minutes"]
    called = facts["on_call"]
    if reason == "on call":
        out = f"{called['group']} lets {called['most']} of {units_text(called['of'])} out"
        yield f"{name} is on call{say.asked()}: {out}, and these are {some_of(called['out'], most=12)}."
    elif reason == "busy":
        yield f"{name} is not idle{say.asked()}; {worth}."
    elif reason == "search missed it":
        yield (
            f"{name} is idle for {minutes_text(idle)}{say.asked()}, and the search missed something: it could make the "
            f"plan better by {gain(say, say.told.changes[0])}."
        )
    elif reason == "gives cover":
        brings = sum(x["brings"] for x in facts["idle"])
        yield (
            f"{name} is idle for {minutes_text(idle)}{say.asked()} because standing there covers demand "
            f"({say.points(brings)}), and no change of its route was found that brings more."
        )
    else:
        yield f"{name} is idle for {minutes_text(idle)}{say.asked()}, and nothing more useful was found for it."
    shift = say.times.span(*facts["shift"])
    minutes = [f"{facts['minutes'][k]} {text}" for k, text in _SPENT.items() if facts["minutes"][k]]
    yield f"{facts['mode']}, {shift}; minutes: {', '.join(minutes)}; {count(facts['minutes']['visits'], 'visit')}"
    if facts["tied"] or facts["districts"]:
        yield f"{'tied to' if facts['tied'] else 'belongs to'} {all_of(facts['districts'])}"
    for s in facts["stops"]:
        yield f" {say.times.span(s['start'], s['end'])} {s['place']} ({s['kind']})"
    if reason != "busy":
        yield worth
    if layers := _layers(say, without["layers"]):
        yield f" by layer: {layers}"
    if (again := without.get("replanned")) is not None:
        yield f"without it, all others planned anew as far as was searched: {_difference(say, again)}"
    for spell in facts["idle"]:
        when = say.span(spell["start"], spell["end"])
        yield f"idle {when} at {spell['place']}: {say.points(spell['brings'])} of cover"
    for change in say.told.changes:
        what = "what it could do instead" if change.price.better else "the best it could do instead, as found"
        yield f"{what}: {say.does(change)}: {say.price(change)}"
        if lost := say.gives_up(change):
            yield f" for that it would {lost}"
    if reason == "search missed it":
        yield say.again()


def _worth(say: Phrases, without: Mapping[str, Any]) -> str:
    """Return what the plan is worth less without a unit."""
    return f"without it the plan, as it stands, comes to {_difference(say, without)}"


def _difference(say: Phrases, price: Mapping[str, Any]) -> str:
    """Return a difference of missing minutes and value."""
    missing = f"{price['missing']:+d} unit-minutes missing and " if price["missing"] else ""
    return f"{missing}{say.points(price['value'], sign=True)}"


def _layers(say: Phrases, layers: Mapping[str, int]) -> str:
    """Return differences by layer."""
    return ", ".join(f"{layer} {say.points(v, sign=True)}" for layer, v in layers.items() if v)


def demand(say: Phrases) -> Iterator[str]:
    """Yield what is said of a demand point."""
    facts, reason, name = say.facts, say.told.reason, say.name
    standard = f"{facts['standard'] / 60:g} min"
    spells = some_of([say.span(a, b) for a, b in facts["uncovered"]], most=4)
    if reason == "nothing at stake":
        yield f"{name} has no demand{say.asked()}."
    elif reason == "covered":
        yield f"{name} is within {standard} of a free unit{say.asked() or ' all the time'}."
    else:
        yield f"{name} is not within {standard} of a free unit {spells}: {_demand_reason(say)}."
    lost = say.points(facts["lost"])
    yield f"zone {facts['zone']}; demand worth {say.points(facts['demand'])}, of which {lost} is lost"
    if facts.get("nearest"):
        told = [
            f"{u['callsign']} ({_DOES.get(u['kind'], 'is at')} {u['place']}), "
            f"{_seconds(u['seconds'])}: {_late(u['late'])}"
            for u in facts["nearest"]
        ]
        yield f"nearest at {say.times.at(facts['minute'])}: {some_of(told)}"
    yield from changes(say)


def _demand_reason(say: Phrases) -> str:
    """Return why a demand point is out of reach."""
    reason = say.told.reason
    fixed = {
        "no units": "there are no units",
        "no place within standard": "no place where units stand is within its standard",
        "off duty": "no unit that could be near enough is on duty then",
        "no change found": "no change of one unit's route was found that brings one near enough",
    }
    if reason in fixed:
        return fixed[reason]
    best = _best(say)
    if reason == "search missed it":
        return f"the search missed something, with a unit nearer the plan is better by {gain(say, best)}"
    if reason == "bound by rules":
        missing = count(best.price.missing, "unit-minute")
        return f"no way was found to have a unit nearer that does not leave {missing} of what is required missing"
    return f"a unit nearer would cost more than it brings, {say.points(-best.price.value)} at the least found"


def _seconds(seconds: int) -> str:
    """Return seconds as ``4 min 30 s``."""
    minutes, rest = divmod(seconds, 60)
    return " ".join([*([f"{minutes} min"] if minutes else []), *([f"{rest} s"] if rest or not minutes else [])])


def _late(late: int) -> str:
    """Return by how much a unit is late."""
    return f"{_seconds(late)} late" if late > 0 else "in time"


def moment(say: Phrases) -> Iterator[str]:
    """Yield what is said of some minutes."""
    facts, when = say.facts, say.asked().strip()
    parts = []
    if facts["response"] is not None:
        parts.append(f"{say.share(facts['response'])} of the demand is within its standard")
    if facts["presence"] is not None:
        parts.append(f"{say.share(facts['presence'])} of the risk is covered")
    if facts["posts"]:
        parts.append(f"{all_of([p['name'] for p in facts['posts']])} lack units")
    text = all_of(parts) if parts else "there is nothing to cover"
    yield f"{when[0].upper()}{when[1:]} {text}."
    for p in facts["posts"]:
        yield f"{p['name']} lacks {count(p['missing'], 'unit-minute')}"
    if facts["demand"]:
        yield f"most demand out of reach: {some_of([d['name'] for d in facts['demand']])}"
    if facts["hotspots"]:
        yield f"most risk left: {some_of([h['name'] for h in facts['hotspots']])}"
    for u in facts["units"]:
        yield f" {u['callsign']} {_DOES.get(u['kind'], 'is at')} {u['place']}"
    if facts["off_duty"]:
        yield f"not on duty: {some_of(facts['off_duty'], most=12)}"


def station(say: Phrases) -> Iterator[str]:
    """Yield what is said of a station."""
    facts = say.facts
    base = some_of(facts["origin_of"], most=12) if facts["origin_of"] else "no unit"
    yield f"{say.name} is a station: {base} set{'s' if len(facts['origin_of']) < 2 else ''} out from there."
    if facts["destination_of"] != facts["origin_of"]:
        yield f"end their shifts there: {some_of(facts['destination_of'], most=12) or 'nobody'}"
    long = [s for s in facts["there"] if s["end"] - s["start"] >= 2]
    yield f"standing there, ready{say.asked()}: {say.by_whom(long, most=10) or 'nobody'}"


def district(say: Phrases) -> Iterator[str]:
    """Yield what is said of a district."""
    facts = say.facts
    share = (
        f"{say.share(facts['presence'])} of its risk is covered" if facts["presence"] is not None else "it has no risk"
    )
    yield f"District {say.name}: {share}; units stand there for {count(facts['unit_minutes'], 'unit-minute')}."
    belong = some_of(facts["belong"], most=12) or "none"
    yield f"{count(facts['hotspots'], 'hotspot')}; units that belong there: {belong}"
    if facts["tied_elsewhere"]:
        yield f"may not work there: {some_of(facts['tied_elsewhere'], most=12)}"
    for h in facts["left"]:
        yield f" {h['name']}: {say.points(h['value'])} left, {say.share(h['share'])} covered"


_ITEM = {
    "short": "lacks {minutes} unit-minutes: {reason}",
    "task": "task not done, worth {points}",
    "overdue": "visit overdue for {minutes} minutes",
    "hotspot": "{points} of risk left, {share} covered in {visits}",
    "demand": "out of reach for {minutes} minutes, {points} lost",
    "idle": "on standby for {minutes} minutes",
    "minute": "only {share} of the demand within its standard",
}


def plan(say: Phrases) -> Iterator[str]:
    """Yield what most deserves an explanation, with the command to ask next."""
    items = say.facts["items"]
    if not items:
        yield "Nothing is left uncovered, missing or idle."
        return
    yield f"What most deserves an explanation, of {say.name}; ask with the command below each:"
    for item in items:
        text = _ITEM[item["what"]].format(
            minutes=item["minutes"],
            points=say.points(item["value"]),
            share=say.share(item.get("share")),
            reason=item.get("reason"),
            visits=count(item.get("visits", 0), "visit"),
        )
        yield f"{item['name']}: {text}"
        yield f" patrol explain {say.out} {_ask(say, item)}"


def _ask(say: Phrases, item: Mapping[str, Any]) -> str:
    """Return the arguments that ask about an item."""
    if item["what"] == "minute":
        return f"--at {shlex.quote(say.times_exact(item['start']))}"
    return shlex.quote(one_line(item["name"]))
