"""The streets of a synthetic town: a bent grid with main roads, a ring, a river with bridges, and a market core.

The plan is drawn on a lattice of blocks.  Roads out of town follow the two axes and some diagonals, the
ring is a square of the lattice, and `instances.towns.ground` bends it all.  What is open to whom and in which
direction is put in afterwards, by `instances.towns.street_details`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from instances.towns.ground import BLOCK, Ground, Point
from instances.towns.names import street_names, village

Lattice = tuple[int, int]

RANK = {"primary": 0, "secondary": 1, "tertiary": 2, "unclassified": 3, "residential": 4}


@dataclass
class Street:
    """A street from one junction to the next.

    `nodes` are indices into `StreetPlan.points`; `line` tells streets that continue one another.
    """

    nodes: list[int]
    line: str
    tags: dict[str, str]

    @property
    def highway(self) -> str:
        """The class of the street."""
        return self.tags["highway"]

    @property
    def ends(self) -> tuple[int, int]:
        """The first and the last node."""
        return self.nodes[0], self.nodes[-1]


@dataclass
class StreetPlan:
    """Points in metres and the streets between them; `at` is the node of each junction of the lattice."""

    ground: Ground
    ring: int
    points: list[Point] = field(default_factory=list)
    at: dict[Lattice, int] = field(default_factory=dict)
    streets: list[Street] = field(default_factory=list)

    def add_point(self, x: float, y: float) -> int:
        """Add a point and return its index."""
        self.points.append((x, y))
        return len(self.points) - 1

    def length(self, street: Street) -> float:
        """Return the length of a street in metres."""
        path = [self.points[n] for n in street.nodes]
        return sum(math.dist(a, b) for a, b in itertools.pairwise(path))

    def along(self, street: Street, fraction: float) -> Point:
        """Return the point at a fraction of the length of a street."""
        left = fraction * self.length(street)
        path = [self.points[n] for n in street.nodes]
        for a, b in itertools.pairwise(path):
            step = math.dist(a, b)
            if left <= step and step > 0:
                return a[0] + (b[0] - a[0]) * left / step, a[1] + (b[1] - a[1]) * left / step
            left -= step
        return path[-1]


def draw_streets(rng: np.random.Generator, radius: float) -> StreetPlan:
    """Return the streets of a town of mean radius `radius` metres, all open both ways to everybody."""
    ground = Ground.draw(rng, radius)
    reach = int(1.4 * radius / BLOCK) + 1
    ring = max(3, round(0.5 * radius / BLOCK))
    plan = StreetPlan(ground, ring)
    _place_junctions(plan, rng, reach)
    parks = _parks(rng, ring, radius)
    namer = street_names(rng)
    names: dict[str, str] = {}
    for a, b in _lattice_edges(plan, diagonals=4 if radius > 2000 else 2):
        line, highway = _class(a, b, ring)
        # The green fields are walked through, not driven through.
        if any(a in park and b in park for park in parks) and RANK[highway] >= RANK["tertiary"]:
            _lay(plan, rng, a, b, line, {"highway": "footway"})
            continue
        if highway == "residential" and rng.random() < _gap(a, ring):
            continue
        name = _name(line, a, b, ring, names, namer)
        _lay(plan, rng, a, b, line, {"highway": highway, "name": name})
    _keep_bridges(plan)
    _drop_islands(plan)
    return plan


def _place_junctions(plan: StreetPlan, rng: np.random.Generator, reach: int) -> None:
    """Put a junction on every lattice point within the town, a little off its place."""
    for i in range(-reach, reach + 1):
        for j in range(-reach, reach + 1):
            x, y = plan.ground.point(i, j)
            off = 18 * (rng.random(2) - 0.5)
            if plan.ground.inside(x, y):
                plan.at[i, j] = plan.add_point(*plan.ground.ashore(x + float(off[0]), y + float(off[1])))


def _lattice_edges(plan: StreetPlan, diagonals: int) -> Iterator[tuple[Lattice, Lattice]]:
    """Yield the pairs of junctions that a street may join; diagonals only where a main road runs."""
    arms = ((1, 1), (-1, -1), (1, -1), (-1, 1))[:diagonals]
    for i, j in plan.at:
        steps = [(1, 0), (0, 1)]
        for si, sj in arms:
            if i * si == j * sj >= plan.ring:
                steps.append((si, sj))
        for di, dj in steps:
            if (i + di, j + dj) in plan.at:
                yield (i, j), (i + di, j + dj)


def _class(a: Lattice, b: Lattice, ring: int) -> tuple[str, str]:
    """Return the line that the street from a to b belongs to, and its class."""
    (ai, aj), (bi, bj) = a, b
    if ai != bi and aj != bj:
        return f"diagonal {'+' if bi > ai else '-'}{'+' if bj > aj else '-'}", "primary"
    across = ai == bi
    index, other = (ai, max(abs(aj), abs(bj))) if across else (aj, max(abs(ai), abs(bi)))
    line = f"{'column' if across else 'row'} {index}"
    if index == 0:
        return line, "primary"
    if abs(index) == ring and other <= ring:
        return f"ring {line}", "secondary"
    return line, "tertiary" if index % 4 == 0 else "residential"


def _gap(a: Lattice, ring: int) -> float:
    """Return the chance that a back street is missing: the core is dense, the outskirts are not."""
    return 0.04 if max(abs(a[0]), abs(a[1])) <= ring else 0.16


def _parks(rng: np.random.Generator, ring: int, radius: float) -> list[set[Lattice]]:
    """Return the junctions within each green field, a few blocks wide, off the main roads."""
    parks = []
    for _ in range(max(1, round(radius / 1500))):
        u = rng.random(4).tolist()
        west = int((1 if u[2] < 0.5 else -4) + (u[0] - 0.5) * ring)
        south = int((1 if u[3] < 0.5 else -4) + (u[1] - 0.5) * ring)
        parks.append({(i, j) for i in range(west, west + 4) for j in range(south, south + 3)})
    return parks


def _name(line: str, a: Lattice, b: Lattice, ring: int, names: dict[str, str], namer: Iterator[str]) -> str:
    """Return the name of a street; main roads change theirs at the ring."""
    far = max(abs(c) for c in (*a, *b)) > ring
    key = line
    if line in ("row 0", "column 0") and not far:
        return "High Street" if line == "row 0" else "Church Street"
    if line.startswith("ring"):
        side = {"ring row": "North" if a[1] > 0 else "South", "ring column": "East" if a[0] > 0 else "West"}
        return f"{side[line.rsplit(' ', 1)[0]]} Ring"
    if line in ("row 0", "column 0") or line.startswith("diagonal"):
        key = f"{line} {'+' if a[0] + a[1] + b[0] + b[1] > 0 else '-'}"
        if key not in names:
            names[key] = f"{village(sum(k.startswith(('row 0', 'column 0', 'diagonal')) for k in names))} Road"
        return names[key]
    # A long back street carries several names on its way through the town.
    place = a[1] if line.startswith("column") else a[0]
    key = f"{line} {(place + 40) // 6}"
    if key not in names:
        names[key] = next(namer)
    return names[key]


def _lay(plan: StreetPlan, rng: np.random.Generator, a: Lattice, b: Lattice, line: str, tags: dict[str, str]) -> None:
    """Lay a street between two junctions, bent as the ground is, ending exactly at both."""
    start, end = plan.at[a], plan.at[b]
    nodes = [start]
    ends = plan.points[start], plan.points[end]
    ideal = plan.ground.point(*a), plan.ground.point(*b)
    for f in (1 / 3, 2 / 3):
        x, y = plan.ground.point(a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1]))
        for end_point, wanted, share in zip(ends, ideal, (1 - f, f), strict=True):
            x += share * (end_point[0] - wanted[0])
            y += share * (end_point[1] - wanted[1])
        off = 3 * (rng.random(2) - 0.5)
        nodes.append(plan.add_point(x + float(off[0]), y + float(off[1])))
    plan.streets.append(Street([*nodes, end], line, dict(tags)))


def _keep_bridges(plan: StreetPlan) -> None:
    """Keep of the streets across the river the main ones, tagged as bridges, one every 700 m or so."""
    crossing = []
    for street in plan.streets:
        sides = [plan.ground.across(*plan.points[n]) for n in street.ends]
        if sides[0] * sides[1] < 0:
            crossing.append((RANK.get(street.highway, 9), plan.ground.along(*plan.along(street, 0.5)), street))
    crossing.sort(key=lambda item: (item[0], abs(item[1]), item[1]))
    kept: list[float] = []
    for rank, where, street in crossing:
        apart = min((abs(where - k) for k in kept), default=math.inf)
        if apart >= (450 if rank <= RANK["tertiary"] else 700) or not kept:
            kept.append(where)
            street.tags |= {"bridge": "yes", "layer": "1"}
            # A bridge is straight.
            street.nodes[1:-1] = []
        else:
            plan.streets.remove(street)


def _drop_islands(plan: StreetPlan) -> None:
    """Drop streets that hang together with nothing."""
    group = list(range(len(plan.points)))

    def find(n: int) -> int:
        while group[n] != n:
            group[n] = group[group[n]]
            n = group[n]
        return n

    for street in plan.streets:
        if street.highway != "footway":
            group[find(street.nodes[0])] = find(street.nodes[-1])
    home = find(plan.at[0, 0])
    plan.streets = [s for s in plan.streets if find(s.nodes[0]) == home or find(s.nodes[-1]) == home]
