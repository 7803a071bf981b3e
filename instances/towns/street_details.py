"""What makes streets a traffic plan: one-ways, a walkers' core, roundabouts, dead ends, service lanes, speed limits."""

from __future__ import annotations

import itertools
import math

import numpy as np

from instances.towns.ground import BLOCK
from instances.towns.street_plan import RANK, Street, StreetPlan

ROUNDABOUT_RADIUS = 17.0

ON_FOOT = ("footway", "pedestrian", "steps", "path")
"""Classes closed to cars."""


def add_details(plan: StreetPlan, rng: np.random.Generator) -> None:
    """Put everything into `plan` that tells one street from another."""
    _walkers_core(plan, rng)
    _dead_ends(plan, rng)
    _service_lanes(plan, rng)
    _riverside(plan)
    _one_ways(plan, rng)
    _roundabouts(plan)
    _limits(plan, rng)
    _free_the_trapped(plan)


def _walkers_core(plan: StreetPlan, rng: np.random.Generator) -> None:
    """Close some back streets around the market to cars, and cut alleys through its blocks."""
    core = {plan.at[i, j]: (i, j) for i in range(-2, 3) for j in range(-2, 3) if (i, j) in plan.at}
    for street in plan.streets:
        if street.highway == "residential" and set(street.ends) <= core.keys() and rng.random() < 0.4:
            street.tags["highway"] = "pedestrian"
    for i, j in sorted(core.values()):
        ends = plan.at.get((i, j)), plan.at.get((i + 1, j + 1))
        banks = [plan.ground.across(*plan.points[n]) for n in ends if n is not None]
        if len(banks) == 2 and banks[0] * banks[1] > 0 and rng.random() < 0.3:
            plan.streets.append(Street([n for n in ends if n is not None], f"alley {i} {j}", {"highway": "footway"}))


def _dead_ends(plan: StreetPlan, rng: np.random.Generator) -> None:
    """Hang a close on some back streets of the outskirts, reaching half-way into the block."""
    for street in list(plan.streets):
        if street.highway != "residential" or len(street.nodes) < 4 or rng.random() > 0.14:
            continue
        root, after = street.nodes[1], street.nodes[2]
        (x, y), (ax, ay) = plan.points[root], plan.points[after]
        step = math.dist((x, y), (ax, ay))
        nx, ny = -(ay - y) / step, (ax - x) / step
        # 42 m is less than half a block, so closes on two sides of it never meet.
        path = [(x + nx * d, y + ny * d) for d in (22.0, 42.0)]
        if any(abs(plan.ground.across(*p)) < 25 for p in path):
            continue
        close = [root, *(plan.add_point(*p) for p in path)]
        name = str(street.tags.get("name", "Back")).rsplit(" ", 1)[0] + " Close"
        plan.streets.append(Street(close, f"close {root}", {"highway": "residential", "name": name}))


def _service_lanes(plan: StreetPlan, rng: np.random.Generator) -> None:
    """Join the middles of opposite streets of some blocks by a service lane."""
    middles = {s.ends: s for s in plan.streets if s.highway in RANK and len(s.nodes) == 4}
    for (i, j), node in sorted(plan.at.items()):
        low = middles.get((node, plan.at.get((i + 1, j), -1)))
        high = middles.get((plan.at.get((i, j + 1), -1), plan.at.get((i + 1, j + 1), -1)))
        if low is None or high is None or rng.random() > 0.05:
            continue
        ends = low.nodes[2], high.nodes[2]
        banks = [plan.ground.across(*plan.points[n]) for n in ends]
        if banks[0] * banks[1] > 0:
            plan.streets.append(Street(list(ends), f"lane {i} {j}", {"highway": "service", "service": "alley"}))


def _riverside(plan: StreetPlan) -> None:
    """Join neighbouring ends of cut streets on each bank by a path for walkers and bicycles."""
    used = {n for s in plan.streets for n in s.ends}
    joined = {frozenset(s.ends) for s in plan.streets}
    bank = [(plan.ground.along(*p), n) for n in sorted(used) if abs(plan.ground.across(*(p := plan.points[n]))) < 75]
    for side in (1, -1):
        row = [n for _, n in sorted(bank) if plan.ground.across(*plan.points[n]) * side > 0]
        for a, b in itertools.pairwise(row):
            if 30 < math.dist(plan.points[a], plan.points[b]) < 1.5 * BLOCK and frozenset((a, b)) not in joined:
                tags = {"highway": "path", "bicycle": "designated", "name": "Riverside Path"}
                plan.streets.append(Street([a, b], f"riverside {side}", tags))


def _one_ways(plan: StreetPlan, rng: np.random.Generator) -> None:
    """Make back streets within the ring one-way, neighbouring lines in turn; bicycles are often let through."""
    inner = {n for (i, j), n in plan.at.items() if max(abs(i), abs(j)) <= plan.ring}
    contraflow: dict[str, bool] = {}
    for street in plan.streets:
        kind, _, index = street.line.partition(" ")
        if street.highway != "residential" or kind not in ("row", "column") or not set(street.ends) <= inner:
            continue
        if int(index) % 3 == 0:
            continue
        street.tags["oneway"] = "yes" if int(index) % 3 == 1 else "-1"
        if contraflow.setdefault(street.line, rng.random() < 0.5):
            street.tags["oneway:bicycle"] = "no"


def _roundabouts(plan: StreetPlan) -> None:
    """Put roundabouts where the main roads cross the ring; traffic keeps left and goes round clockwise."""
    for corner in ((plan.ring, 0), (-plan.ring, 0), (0, plan.ring), (0, -plan.ring)):
        middle = plan.at.get(corner)
        arms = [s for s in plan.streets if middle in s.ends]
        if middle is None or len(arms) < 3:
            continue
        cx, cy = plan.points[middle]
        if abs(plan.ground.across(cx, cy)) < 60:
            continue
        around: list[tuple[float, int]] = []
        for street in arms:
            place = 0 if street.nodes[0] == middle else -1
            nx, ny = plan.points[street.nodes[1 if place == 0 else -2]]
            heading = math.atan2(ny - cy, nx - cx)
            entry = plan.add_point(*_on_circle(cx, cy, heading))
            street.nodes[place] = entry
            around.append((heading, entry))
        around.sort(reverse=True)
        nodes: list[int] = []
        for k, (heading, entry) in enumerate(around):
            turn = (heading - around[(k + 1) % len(around)][0]) % (2 * math.pi) or 2 * math.pi
            nodes += [entry, plan.add_point(*_on_circle(cx, cy, heading - turn / 2))]
        circle = {"highway": "primary", "junction": "roundabout", "name": f"{_side(corner)} Circus"}
        plan.streets.append(Street([*nodes, nodes[0]], f"circle {corner}", circle))
        plan.at[corner] = nodes[0]


def _on_circle(x: float, y: float, heading: float) -> tuple[float, float]:
    """Return the point of the roundabout around (x, y) in a direction."""
    return x + ROUNDABOUT_RADIUS * math.cos(heading), y + ROUNDABOUT_RADIUS * math.sin(heading)


def _side(corner: tuple[int, int]) -> str:
    """Return the side of the town a corner of the ring lies on."""
    i, j = corner
    return ("East" if i > 0 else "West") if i else ("North" if j > 0 else "South")


def _limits(plan: StreetPlan, rng: np.random.Generator) -> None:
    """Sign some speed limits: roads out of town, most of the ring, a slow core; the rest stays unsigned."""
    inner = {n for (i, j), n in plan.at.items() if max(abs(i), abs(j)) <= plan.ring}
    for street in plan.streets:
        within = set(street.ends) <= inner
        if street.highway == "primary":
            street.tags["maxspeed"] = "30 mph" if within else "40 mph"
        elif street.highway == "secondary" and rng.random() < 0.8:
            street.tags["maxspeed"] = "30 mph"
        elif street.highway == "residential" and within and rng.random() < 0.5:
            street.tags["maxspeed"] = "20 mph"


def _free_the_trapped(plan: StreetPlan) -> None:
    """Open one-way streets until cars can get from every junction to every other.

    What the walkers' core has cut off altogether becomes part of it.
    """
    while trapped := _trapped(plan):
        caught = [s for s in plan.streets if s.highway not in ON_FOOT and trapped & set(s.ends)]
        shut = [s for s in caught if "oneway" in s.tags]
        for street in shut:
            street.tags.pop("oneway")
            street.tags.pop("oneway:bicycle", None)
        for street in () if shut else caught:
            street.tags["highway"] = "pedestrian"


def _trapped(plan: StreetPlan) -> set[int]:
    """Return the nodes of streets for cars that the market cannot reach, or that cannot reach it."""
    forward: dict[int, list[int]] = {}
    backward: dict[int, list[int]] = {}
    nodes: set[int] = set()
    for street in plan.streets:
        if street.highway in ON_FOOT:
            continue
        nodes.update(street.nodes)
        one_way = "yes" if street.tags.get("junction") else street.tags.get("oneway", "no")
        for a, b in zip(street.nodes, street.nodes[1:], strict=False):
            for u, v, against in ((a, b, "-1"), (b, a, "yes")):
                if one_way != against:
                    forward.setdefault(u, []).append(v)
                    backward.setdefault(v, []).append(u)
    market = plan.at[0, 0]
    return nodes - (_reached(forward, market) & _reached(backward, market))


def _reached(ways: dict[int, list[int]], start: int) -> set[int]:
    """Return the nodes reached from `start`."""
    seen, todo = {start}, [start]
    while todo:
        for other in ways.get(todo.pop(), ()):
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return seen
