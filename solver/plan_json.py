"""A plan as JSON: writing with times and score, reading also what was edited by hand, and the schema."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from solver.clock import Clock
from solver.document_errors import DocumentError, read_document, repeated_names
from solver.plan import Mark, Plan, Route, Rule, Shortfall, Stop
from solver.problem import LAYERS, Problem
from solver.weights import goal_shares, weights

FORMAT = "plan/1"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class StopDocument(_Strict):
    """One stop. Minutes count from the start of the problem; either the minute or the time may be left out."""

    place: str = Field(description="Name of the place.")
    kind: str = Field(description="visit, stint, task, break or standby.")
    arrive: int | None = Field(None, description="Minute of arrival.")
    leave: int | None = Field(None, description="Minute of leaving.")
    arrive_time: str | None = Field(None, description="ISO 8601 time of arrival, with offset.")
    leave_time: str | None = Field(None, description="ISO 8601 time of leaving, with offset.")


class RouteDocument(_Strict):
    """What one unit does, from the start of its shift to the end."""

    callsign: str
    stops: list[StopDocument]


class ShortfallDocument(_Strict):
    """What a hard rule lacks in [start, end), with the reason and the cure."""

    rule: Rule = Field("post", description="The rule: a post to be manned, a hotspot to be visited again, a task.")
    place: str = Field(description="The post, hotspot or task.")
    start: int
    end: int
    start_time: str | None = None
    end_time: str | None = None
    missing: int = Field(description="Units missing in every minute of it.")
    reason: str
    cure: str


class LayerDocument(_Strict):
    """What is covered of one layer, in weight, and as a share of its total."""

    covered: int
    total: int
    share: float
    goal: float


class MarkDocument(_Strict):
    """How far the search was at some time."""

    seconds: float | None = Field(description="Null in a search that moves alone limited.")
    moves: int
    value: int = Field(description="Of the best plan then, in value units.")
    missing: int = Field(description="Unit-minutes that its hard rules lacked.")
    bound: int | None = Field(description="In value units; null where there was none yet.")


class PlanDocument(_Strict):
    """A plan: routes with times, what they are worth, the bound on any plan's worth, and what is lacking."""

    model_config = ConfigDict(extra="forbid", strict=True, title="plan.json")

    patrolplan: Literal["plan/1"] = Field(description="Format of this document.")
    problem: str = Field(description="Name of the problem.")
    fingerprint: str = Field(description="Fingerprint of the problem.")
    status: str = Field(description="Why the search stopped.")
    value: float = Field(description="Weighted mean of the layers' covered shares, 0 to 1.")
    bound: float | None = Field(description="No plan is worth more; null where none was computed.")
    gap: float | None = Field(description="(bound - value) / value; null without a bound.")
    value_units: int = Field(description="The value as an exact integer.")
    bound_units: int | None = Field(None, description="The bound as an exact integer.")
    full_units: int = Field(description="The value of covering everything.")
    score: dict[str, LayerDocument] = Field(default_factory=dict, description="What is covered of each layer.")
    shortfalls: list[ShortfallDocument] = Field(description="What hard rules lack; empty when they lack nothing.")
    routes: list[RouteDocument] = Field(description="One route a unit.")
    seed: int
    parameters: dict[str, Any]
    versions: dict[str, str]
    history: list[MarkDocument] = Field(default_factory=list, description="How the search went.")


def plan_to_json(problem: Problem, plan: Plan, covered: dict[str, int]) -> str:
    """Return `plan` as JSON text, one line a stop.

    Parameters
    ----------
    problem : Problem
        The problem that `plan` was made for.
    plan : Plan
    covered : dict of str to int
        Covered weight by layer, from `solver.score`.
    """
    clock = Clock.of(problem)
    w = weights(problem)
    goals = goal_shares(problem)
    document = {
        "patrolplan": FORMAT,
        "problem": problem.name,
        "fingerprint": plan.fingerprint,
        "status": plan.status,
        "value": plan.value / w.full if w.full else 0.0,
        "bound": None if plan.bound is None or not w.full else plan.bound / w.full,
        "gap": gap(plan.value, plan.bound),
        "value_units": plan.value,
        "bound_units": plan.bound,
        "full_units": w.full,
        "score": {
            layer: {
                "covered": covered[layer],
                "total": w.totals[layer],
                "share": covered[layer] / w.totals[layer] if w.totals[layer] else 0.0,
                "goal": goals[layer] or 0.0,
            }
            for layer in LAYERS
        },
        "shortfalls": [
            {
                "rule": s.rule,
                "place": s.place,
                "start": s.start,
                "end": s.end,
                "start_time": clock.iso(s.start),
                "end_time": clock.iso(s.end),
                "missing": s.missing,
                "reason": s.reason,
                "cure": s.cure,
            }
            for s in plan.shortfalls
        ],
        "seed": plan.seed,
        "parameters": dict(plan.parameters),
        "versions": dict(plan.versions),
    }
    head = [f" {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in document.items()]
    marks = ",\n".join(f"  {json.dumps(asdict(m))}" for m in plan.history)
    routes = ",\n".join(_route_text(r, clock) for r in plan.routes)
    lists = [*([f' "history": [\n{marks}\n ]'] if marks else []), f' "routes": [\n{routes}\n ]']
    return "{\n" + ",\n".join([*head, *lists]) + "\n}\n"


def plan_from_json(text: str | bytes, problem: Problem) -> Plan:
    """Return the plan written in `text`, which may have been edited by hand.

    Raises
    ------
    DocumentError
        When the text is no plan, or a stop's minute and its time disagree; it lists every error.
    """
    if repeated := repeated_names(text):
        raise DocumentError(repeated)
    document = read_document(PlanDocument, text)
    clock = Clock.of(problem)
    errors: list[str] = []
    routes = tuple(
        Route(r.callsign, tuple(_stop(s, f"{r.callsign}, stop {i + 1}", clock, errors) for i, s in enumerate(r.stops)))
        for r in document.routes
    )
    for i, lack in enumerate(document.shortfalls):
        for what, minute in (("start", lack.start), ("end", lack.end)):
            if not clock.knows(minute):
                errors.append(f"shortfalls[{i}].{what}: no calendar goes as far as minute {minute}")
    if errors:
        raise DocumentError(errors)
    return Plan(
        fingerprint=document.fingerprint,
        routes=routes,
        shortfalls=tuple(
            Shortfall(s.place, s.start, s.end, s.missing, s.reason, s.cure, s.rule) for s in document.shortfalls
        ),
        value=document.value_units,
        bound=document.bound_units,
        status=document.status,
        seed=document.seed,
        parameters=document.parameters,
        versions=document.versions,
        history=tuple(Mark(m.seconds, m.moves, m.value, m.missing, m.bound) for m in document.history),
    )


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema of a plan."""
    return PlanDocument.model_json_schema()


def gap(value: int, bound: int | None) -> float | None:
    """Return how much better any plan could be, as a share of `value`; None when nothing is known."""
    if bound is None or value <= 0:
        return None
    return (bound - value) / value


def _route_text(route: Route, clock: Clock) -> str:
    """Return one route as JSON text."""
    stops = ",\n".join(
        "    "
        + json.dumps(
            {
                "place": s.place,
                "kind": s.kind,
                "arrive": s.arrive,
                "leave": s.leave,
                "arrive_time": clock.iso(s.arrive),
                "leave_time": clock.iso(s.leave),
            },
            ensure_ascii=False,
        )
        for s in route.stops
    )
    callsign = json.dumps(route.callsign, ensure_ascii=False)
    return f'  {{"callsign": {callsign}, "stops": [\n{stops}\n  ]}}'


def _stop(stop: StopDocument, where: str, clock: Clock, errors: list[str]) -> Stop:
    """Return a stop from its document, adding to `errors` what is missing or disagrees."""
    arrive = _minute(stop.arrive, stop.arrive_time, "arrive", where, clock, errors)
    leave = _minute(stop.leave, stop.leave_time, "leave", where, clock, errors)
    return Stop(stop.place, stop.kind, arrive, leave)


def _minute(minute: int | None, time: str | None, what: str, where: str, clock: Clock, errors: list[str]) -> int:
    """Return the minute given as a number, as a time, or as both when they agree."""
    if time is None:
        if minute is None:
            errors.append(f"{where}: give {what} (a minute) or {what}_time (a time such as {clock.iso(0)!r})")
        return minute or 0
    try:
        from_time = clock.minute(time)
    except ValueError as error:
        errors.append(f"{where}: {what}_time: {error}; write a time such as {clock.iso(0)!r}")
        return minute or 0
    if minute is None:
        if from_time != int(from_time):
            errors.append(f"{where}: {what}_time {time} is not on a whole minute")
        return int(from_time)
    if minute != from_time:
        errors.append(
            f"{where}: {what} is minute {minute}{_told(minute, clock)} but {what}_time says {time}; "
            f"change both, or delete the one you did not mean"
        )
    return minute


def _told(minute: int, clock: Clock) -> str:
    """Return the time of a minute in brackets, nothing where no calendar goes that far."""
    return f" ({clock.iso(minute)})" if clock.knows(minute) else ""
