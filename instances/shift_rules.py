"""The rules of a shift file: visits, response, goals, and how risk is made from incidents."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Literal, cast

from instances.busy_shares import busy_of
from instances.errors import InputError
from instances.incident_columns import ROLES
from instances.shift import Incidents, Response, RiskRules, Visits
from instances.shift_desk import Desk
from instances.shift_document import (
    MORE_GOALS,
    IncidentsEntry,
    ResponseEntry,
    RiskEntry,
    ShiftDocument,
    VisitsEntry,
)
from instances.yaml_lines import Address
from instances.zones import read_areas
from solver.problem import LAYERS

HOTSPOTS = 40
"""Hotspots made from incidents unless the file says otherwise."""

SHARES: Mapping[str, Fraction] = {"core": Fraction(3, 10), "town": Fraction(5, 10)}
"""Shares of the demand that the zones of the 1-3-5 minute rule hold, densest first; elsewhere has the rest."""

GOAL_PARTS = 1000


def visits_of(desk: Desk, entry: VisitsEntry) -> Visits:
    """Return what a visit is."""
    written = entry.model_fields_set
    dwell = desk.length(entry.dwell, ("visits", "dwell"), written="dwell" in written)
    linger = desk.length(entry.linger, ("visits", "linger"), written="linger" in written)
    every = desk.length(entry.every, ("visits", "every"), written="every" in written)
    if entry.required and not every and desk.is_own("visits"):
        wrong = "nothing says how often a visit is required"
        desk.fault(("visits", "required"), wrong, "give 'every', such as 120 min")
    return Visits(dwell, linger, entry.rho, every, entry.required)


def response_of(desk: Desk, entry: ResponseEntry) -> Response:
    """Return the response standards."""
    address, names = ("response",), list(entry.standards)
    if isinstance(entry.backup, int):
        backup = dict.fromkeys(names, entry.backup)
    else:
        backup = dict(entry.backup)
        for name in backup:
            desk.lookup(name, names, (*address, "backup", name), "zone")
        lacking = [repr(name) for name in names if name not in backup]
        if lacking:
            desk.fault((*address, "backup"), f"there is no time for {', '.join(lacking)}", "give one for every zone")
    areas = None
    shares: Mapping[str, Fraction] = SHARES if set(SHARES) < set(names) else {}
    if isinstance(entry.zones, str):
        areas, shares = desk.path((*address, "zones"), entry.zones), {}
        if areas is not None and desk.is_own("response"):
            try:
                read_areas(areas, names)
            except InputError as error:
                desk.faults += error.faults
    elif entry.zones is not None:
        shares = _shares(desk, entry.zones, names)
    origin, busy = desk.origin((*address, "zones")), busy_of(desk, entry.busy)
    return Response(dict(entry.standards), backup, shares, areas, origin, busy)


def _shares(desk: Desk, zones: Mapping[str, Fraction], names: list[str]) -> dict[str, Fraction]:
    """Return the share of the demand of each zone but the last."""
    address = ("response", "zones")
    for name in zones:
        desk.lookup(name, names, (*address, name), "zone")
    total = sum(zones.values(), Fraction(0))
    left = [name for name in names if name not in zones]
    if total > 1:
        desk.fault(address, f"the shares add up to {float(total):g}", "write shares that add up to 1 at most")
    elif total < 1 and len(left) != 1:
        held = f"no zone is left for the other {float(1 - total):g} of the demand"
        several = f"{len(left)} zones are left without a share"
        desk.fault(address, several if left else held, "give a share to all zones but one, which takes the rest")
    return {name: zones[name] for name in names if name in zones}


def need_zones(desk: Desk, entry: ResponseEntry) -> None:
    """Note zones of the planner's own of which nothing says where they lie."""
    names = list(entry.standards)
    if entry.zones is None and len(names) > 1 and set(names) != {*SHARES, "elsewhere"} and desk.is_own("response"):
        wrong = f"nothing says where the zones {', '.join(names)} lie"
        right = "give 'zones' a GeoJSON file or a share for each, or the demand points a zone"
        desk.fault(("response", "standards"), wrong, right)


def incidents_of(desk: Desk, document: ShiftDocument) -> Incidents | None:
    """Return where incidents come from, or None."""
    entry = document.incidents
    address: Address = ("incidents",)
    place: Address = address
    if entry is None:
        return None
    if isinstance(entry, str):
        entry = IncidentsEntry.model_validate({"file": entry})
    else:
        place = (*address, "file")
    file = desk.path(place, entry.file)
    for role in entry.columns:
        desk.lookup(role, ROLES, (*address, "columns", role), "role")
    if file is None or desk.horizon is None:
        return None
    return Incidents(
        file=file,
        since=_span(entry.since),
        until=desk.horizon.start.date(),
        columns=dict(entry.columns),
        dates=cast('Literal["auto", "day first", "month first"]', entry.dates),
        utc=entry.utc,
        origin=desk.origin(place),
        origins={
            "since": desk.origin((*address, "since")),
            "dates": desk.origin((*address, "dates")),
            **{f"columns.{role}": desk.origin((*address, "columns", role)) for role in (*ROLES, *entry.columns)},
        },
    )


def risk_of(desk: Desk, entry: RiskEntry, *, listed: bool) -> RiskRules:
    """Return how risk is made; `listed` says that the planner gave hotspots."""
    hotspots = entry.hotspots
    if hotspots is None:
        hotspots = 0 if listed else HOTSPOTS
    return RiskRules(
        cell=entry.cell,
        smoothing=entry.smoothing,
        half_life=_span(entry.half_life),
        weights=dict(entry.weights),
        hotspots=hotspots,
        as_streets=entry.hotspots_as == "streets",
        spacing=entry.spacing,
        demand_points=entry.demand_points,
        origins={
            "cell": desk.origin(("risk", "cell")),
            "half_life": desk.origin(("risk", "half_life")),
            **{f"weights.{kind}": desk.origin(("risk", "weights", kind)) for kind in entry.weights},
        },
    )


def goals_of(desk: Desk, document: ShiftDocument, counted: Collection[str]) -> dict[str, int]:
    """Return the goals as parts of 1000; a goal above 0 stays above 0.

    `counted` are the layers beyond the first three that have something to count: they have a goal unless the
    planner wrote goals.
    """
    goals: dict[str, float] = {layer: getattr(document.goals, layer) for layer in LAYERS}
    if "goals" not in document.model_fields_set:
        goals |= {layer: float(goal) for layer, goal in MORE_GOALS.items() if layer in counted}
    total = sum(goals.values())
    if not total:
        desk.fault(("goals",), "all goals are 0", "give at least one of them more")
        return {}
    return {layer: max(round(GOAL_PARTS * goal / total), 1) if goal else 0 for layer, goal in goals.items()}


def _span(seconds: int | None) -> timedelta | None:
    """Return a length of time."""
    return None if seconds is None else timedelta(seconds=seconds)
