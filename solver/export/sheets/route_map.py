"""A drawing of a unit's route: the streets of the plan, its way along them, its stops with their numbers.

North is up.  Only streets that some unit of the plan uses are known, so only those are drawn below the route.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from solver.export.colours import BLUE, GREY, INK, PALE, PAPER, VERMILION
from solver.export.drive import Drive, Patrol
from solver.export.itinerary import Itinerary
from solver.export.sheets.sheet import Area, Dot, Label, Line, Picture, Point, Shape, clean, columns_of
from solver.export.thinning import METRES_PER_DEGREE
from solver.problem import Problem
from solver.streets import Streets

MARGIN = 22.0
"""Room around the route, in points."""

LEAST = 400.0
"""Metres that the width of a drawing shows at least."""

NEAR = 0.35
"""Points between two points of a line below which the second is left out."""

MOST_NUMBERS = 6
"""Numbers of stops at one place that a drawing shows."""


@dataclass(frozen=True)
class Ground:
    """What lies below every route: the streets of the plan, (longitude, latitude), and the posts and stations.

    Parameters
    ----------
    streets : tuple of float64 arrays of shape (K, 2)
    stations, posts : tuple of (name, (longitude, latitude))
    """

    streets: tuple[NDArray[np.float64], ...]
    stations: tuple[tuple[str, Point], ...]
    posts: tuple[tuple[str, Point], ...]

    @classmethod
    def of(cls, problem: Problem, streets: Streets) -> Ground:
        """Return what lies below the routes of a plan."""

        def named(places: Iterable[int]) -> tuple[tuple[str, Point], ...]:
            return tuple((clean(p.name), (p.lon, p.lat)) for p in (problem.places[i] for i in places))

        pieces = tuple(_pieces(leg.lonlat for leg in streets.legs.values()))
        return cls(pieces, named(problem.stations), named(q.place for q in problem.posts))


class _View:
    """The part of the ground that a drawing shows, and how it is put on paper."""

    def __init__(self, lonlat: NDArray[np.float64], width: float, height: float) -> None:
        self._home = lonlat[0]
        self.width, self.height = width, height
        self._squeeze = max(math.cos(math.radians(float(self._home[1]))), 0.01)
        metres = self._metres(lonlat)
        low, high = metres.min(axis=0), metres.max(axis=0)
        self._middle = (low + high) / 2
        span = np.maximum(high - low, 1.0)
        self.metres_a_point = max(
            float(span[0]) / (width - 2 * MARGIN), float(span[1]) / (height - 2 * MARGIN), LEAST / width
        )

    def _metres(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return metres east and north of the first point, the short way round the earth."""
        offset = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2) - self._home
        offset[:, 0] = (offset[:, 0] + 180.0) % 360.0 - 180.0
        offset[:, 0] *= self._squeeze
        metres: NDArray[np.float64] = offset * METRES_PER_DEGREE
        return metres

    def line(self, lonlat: NDArray[np.float64]) -> tuple[Point, ...]:
        """Return a line on paper, without points that lie on top of the one before."""
        flat = (self._metres(lonlat) - self._middle) / self.metres_a_point
        points = np.column_stack((self.width / 2 + flat[:, 0], self.height / 2 - flat[:, 1]))
        kept = [points[0]]
        kept += [p for p in points[1:-1] if np.abs(p - kept[-1]).max() >= NEAR]
        return tuple((round(float(x), 1), round(float(y), 1)) for x, y in [*kept, points[-1]])

    def point(self, lonlat: Point) -> Point:
        """Return a point on paper."""
        return self.line(np.array([lonlat, lonlat]))[0]

    def shows(self, lonlat: NDArray[np.float64]) -> bool:
        """Tell whether any part of a line may be seen."""
        half = np.array([self.width, self.height]) / 2
        offset = (self._metres(lonlat) - self._middle) / self.metres_a_point
        return bool(((offset.min(axis=0) <= half) & (offset.max(axis=0) >= -half)).all())


def route_map(
    ground: Ground,
    tour: Itinerary,
    ways: Sequence[Drive],
    along: Sequence[Patrol],
    *,
    title: str,
    size: tuple[float, float],
) -> Picture:
    """Return the drawing of a route, of so many points in width and height."""
    own = [w.lonlat for w in ways] + [p.lonlat for p in along]
    halts = np.array([halt.begin for halt in tour.halts])
    view = _View(np.concatenate([halts, *own]), *size)
    clipped: list[Shape] = list(_streets(view, ground))
    clipped += [Line(view.line(w.lonlat), BLUE, 1.7, () if w.known else (4.0, 2.5)) for w in ways]
    clipped += [Line(view.line(p.lonlat), BLUE, 3.0, () if p.known else (4.0, 2.5)) for p in along]
    room = _Room(view)
    shapes = [*_stops(view, tour, ground, room), *_landmarks(view, ground, room), *_scale(view), *_north(view)]
    return Picture(title, *size, (*shapes, _frame(view)), tuple(clipped))


def _pieces(ways: Iterable[NDArray[np.float64]]) -> Iterator[NDArray[np.float64]]:
    """Yield ways cut into lines so that no bit of street is in two of them, however many ways lead along it."""
    seen: set[tuple[Point, Point]] = set()
    for way in ways:
        points = [(float(lon), float(lat)) for lon, lat in way]
        run: list[Point] = []
        for a, b in pairwise(points):
            fresh = a != b and (a, b) not in seen
            seen |= {(a, b), (b, a)}
            if fresh:
                run = run or [a]
                run.append(b)
            elif run:
                yield np.array(run)
                run = []
        if run:
            yield np.array(run)


def _streets(view: _View, ground: Ground) -> Iterator[Line]:
    """Yield the streets of the plan as far as they may be seen."""
    for lonlat in ground.streets:
        if view.shows(lonlat):
            yield Line(view.line(lonlat), PALE, 0.8)


class _Room:
    """Where labels may go: beside their points, where least is in the way."""

    def __init__(self, view: _View) -> None:
        self._view = view
        self._taken: list[tuple[float, float, float, float]] = []

    def take(self, point: Point, radius: float) -> None:
        """Keep the surroundings of a point free."""
        x, y = point
        self._taken.append((x - radius, y - radius, x + radius, y + radius))

    def label(
        self, point: Point, text: str, size: float, colour: str = INK, *, bold: bool = False, needed: bool = True
    ) -> list[Label]:
        """Return a label beside a point; none where it is not `needed` and would lie on others."""
        width = columns_of(text) * size * (1.08 if bold else 1.0)
        places = [at for gap in (4.5, 9.0) for at in _beside(point, width, size, gap)]
        costs = [self._cost(self._box(at, width, size)) for at in places]
        least = min(costs)
        if not needed and least > 0.2 * width * size:
            return []
        left, base = (round(x, 1) for x in places[costs.index(least)])
        self._taken.append(self._box((left, base), width, size))
        return [Label((left, base), text, size, colour, bold=bold, halo=True)]

    def _box(self, at: Point, width: float, size: float) -> tuple[float, float, float, float]:
        return at[0], at[1] - 0.8 * size, at[0] + width, at[1] + 0.2 * size

    def _cost(self, box: tuple[float, float, float, float]) -> float:
        """Return how much of a box lies on others or outside."""
        left, top, right, bottom = box
        whole = (right - left) * (bottom - top)
        seen = _overlap(box, (1.0, 1.0, self._view.width - 1, self._view.height - 1))
        return 10 * (whole - seen) + sum(_overlap(box, other) for other in self._taken)


def _beside(point: Point, width: float, size: float, gap: float) -> list[Point]:
    """Return where a label may begin so far from a point: right, left, above, below, and between these."""
    x, y = point
    rows = (y - gap, y + gap + 0.75 * size)
    sides = [(x + gap, y + 0.35 * size), (x - gap - width, y + 0.35 * size)]
    middles = [(x - width / 2, row) for row in rows]
    return sides + middles + [(left, row) for row in rows for left in (x + gap - 1, x - gap + 1 - width)]


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    """Return the area that two boxes share."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0.0


def _stops(view: _View, tour: Itinerary, ground: Ground, room: _Room) -> list[Shape]:
    """Return a dot and the numbers of the stops at each place."""
    numbers: dict[Point, list[str]] = {}
    for halt in tour.halts:
        if halt.minutes or halt.number in (1, len(tour.halts)):
            numbers.setdefault(view.point(halt.begin), []).append(str(halt.number))
    marked = {view.point(at) for _, at in (*ground.stations, *ground.posts)}
    for point in numbers:
        room.take(point, 3.5)
    for point in marked:
        room.take(point, 4.5)
    dots: list[Shape] = [Dot(p, 2.8, PAPER, BLUE, 1.3) for p in numbers if p not in marked]
    labels = [
        label
        for point, own in numbers.items()
        for label in room.label(
            point, ", ".join([*own[:MOST_NUMBERS], *(["…"] if len(own) > MOST_NUMBERS else [])]), 7.5, bold=True
        )
    ]
    return [*dots, *labels]


def _landmarks(view: _View, ground: Ground, room: _Room) -> list[Shape]:
    """Return stations as squares and posts as triangles, with their names."""
    shapes: list[Shape] = []
    for named, colour, corners in (
        (ground.stations, INK, ((-3.2, -3.2), (3.2, -3.2), (3.2, 3.2), (-3.2, 3.2))),
        (ground.posts, VERMILION, ((0.0, -4.4), (4.2, 3.2), (-4.2, 3.2))),
    ):
        for name, lonlat in named:
            x, y = view.point(lonlat)
            if 0 <= x <= view.width and 0 <= y <= view.height:
                shapes.append(Area(tuple((round(x + dx, 1), round(y + dy, 1)) for dx, dy in corners), colour, PAPER))
                shapes += room.label((x, y), name, 6.5, GREY, needed=False)
    return shapes


def _scale(view: _View) -> list[Shape]:
    """Return a bar of a round number of metres, at the lower left."""
    most = view.width / 5 * view.metres_a_point
    power = 10.0 ** math.floor(math.log10(most))
    metres = max(m * power for m in (1, 2, 5) if m * power <= most)
    length = round(metres / view.metres_a_point, 1)
    x, y = 10.0, view.height - 9.0
    text = f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:.0f} km"
    bar = ((x, y - 3), (x, y), (x + length, y), (x + length, y - 3))
    return [Line(bar, PAPER, 3.0), Line(bar, INK, 0.9), Label((x + length + 4, y), text, 7, halo=True)]


def _north(view: _View) -> list[Shape]:
    """Return an arrow to the north, at the upper right."""
    x, y = view.width - 14.0, 10.0
    return [
        Area(((x, y), (x + 4, y + 13), (x, y + 10), (x - 4, y + 13)), INK, PAPER, 1.0),
        Label((x, y + 22), "N", 8, anchor="middle", bold=True, halo=True),
    ]


def _frame(view: _View) -> Line:
    """Return the edges of the drawing."""
    w, h = view.width, view.height
    return Line(((0.0, 0.0), (w, 0.0), (w, h), (0.0, h), (0.0, 0.0)), PALE, 0.8)
