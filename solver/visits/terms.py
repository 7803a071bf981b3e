"""The visits of a problem as plain arrays of integers, as the kernels take them.

A *node* is something that a vehicle may stop for: C visits first, then B breaks (one for each place where a vehicle may
take its own), then the ends of routes.  Times and travel are in *ticks*; the adapter says how long one is.  There is no
grid: a tick is the unit in which the data is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Small = NDArray[np.int32]
Large = NDArray[np.int64]

NO_WAY = 2**29
"""Ticks of a way that there is none of: more than any horizon, and three of them fit into 32 bits."""

MOST_TICKS = 2**28
"""Times are below this."""

NEAR = 100
"""Neighbours of a node that are kept at most."""

EASY_WAIT, EASY_LATE = 0.2, 1.0
"""What a tick of waiting, and of coming too late, count beside a tick of travel when two visits are compared."""


@dataclass(frozen=True)
class Visit:
    """Something to be done once at `place` for `ticks`, begun within one of `windows` (first, last; both included).

    Done, it earns `profit`; not done, it lacks `lack`, which counts before all profit. `vehicles` are those that may do
    it, None for all.
    """

    place: int
    ticks: int
    profit: int
    windows: tuple[tuple[int, int], ...]
    vehicles: frozenset[int] | None = None
    lack: int = 0


@dataclass(frozen=True)
class Rest:
    """A break of `ticks`, begun within ``[first, last]``, at one of `places`."""

    places: tuple[int, ...]
    ticks: int
    first: int
    last: int


@dataclass(frozen=True)
class Vehicle:
    """Leaves `origin` at `start` or later, is at `destination` by `end`, and takes its rest, if any, between.

    It is away for `duty` ticks at most, from when it leaves the one to when it is at the other.  `mode` is the first
    index of the travel times that it has.
    """

    mode: int
    origin: int
    destination: int
    start: int
    end: int
    duty: int
    rest: Rest | None = None


@dataclass(frozen=True)
class Visiting:
    """A problem of visits: V vehicles, P places.

    Parameters
    ----------
    travel : tuple of int32 array of shape (P, P)
        Ticks from place to place for each mode; `NO_WAY` where there is none.
    quickest : tuple of int32 array of shape (P, P)
        The same by way of any other places: no longer than any chain of legs.  The bound holds for these.
    visits : tuple of Visit
    vehicles : tuple of Vehicle
    """

    travel: tuple[Small, ...]
    quickest: tuple[Small, ...]
    visits: tuple[Visit, ...]
    vehicles: tuple[Vehicle, ...]


SERVICE, OPENS, CLOSES, WINDOW, WINDOWS = range(5)
"""Columns of `Terms.node`."""

MODE, ORIGIN, DESTINATION, LEAVE, HOME, DUTY, TIGHT, KIND = range(8)
"""Columns of `Terms.fleet`."""

_MUST = 30.0
"""What a required visit is worth in the objective of the search, in usual profits."""

POWERS = (0.6, 0.9, 1.3, 2.0)
"""How much profit may count beside cost: exponents, of which greedy insertion draws one."""


class Terms(NamedTuple):
    """What the kernels know of a problem; N nodes, V vehicles, M modes, K neighbours, W windows.

    `travel` (M, N, N) and `back`, the same with the nodes swapped, are ticks from node to node, `quickest` (M, N, N)
    those by the quickest chain of legs.  `node` (N, 5) has for each how long a stop takes, the first and last tick in
    which it may begin, the first of its windows and their number; `window` (W, 2) are these, first and last
    tick.  `earns` (N,) is the profit of a node, `lacks` (N,) what a plan without it lacks, 0 where it is not required,
    `profit` (N,) the profit with that above all else, `worth` (N,) the same in ticks, for the objective of the search,
    `pull` (N, 4) its powers.  `allowed` (V, N) says who may stop where, `near` (N, K) lists visits from the nearest in
    space and time.  Nodes below `visits` are visits, those up to `stops` breaks; no visit takes less than `least`.
    `fleet` (V, 8) has for each vehicle its mode, the nodes of its ends, its earliest departure, its latest return, the
    most ticks between, whether these can bind, and its kind: vehicles of one kind may do each other's tours.
    """

    travel: Small
    back: Small
    quickest: Small
    node: Small
    window: Small
    earns: Large
    lacks: Large
    profit: Large
    worth: Large
    pull: NDArray[np.float64]
    allowed: NDArray[np.bool_]
    near: Small
    fleet: Small
    visits: int
    stops: int
    least: int


def terms_of(visiting: Visiting, leg_price: float) -> Terms:
    """Return the arrays of a problem.

    Parameters
    ----------
    visiting : Visiting
    leg_price : float
        What a leg of usual length costs in the objective of the search, as a share of the mean profit.
    """
    visits, vehicles = visiting.visits, visiting.vehicles
    rests = [(v, place, x.rest) for v, x in enumerate(vehicles) if x.rest for place in x.rest.places]
    ends = sorted({x.origin for x in vehicles} | {x.destination for x in vehicles})
    end_node = {place: len(visits) + len(rests) + i for i, place in enumerate(ends)}
    places = np.array([*(x.place for x in visits), *(place for _, place, _ in rests), *ends], dtype=np.int64)
    windows = [
        *(x.windows for x in visits),
        *(((rest.first, rest.last),) for _, _, rest in rests),
        *(((0, MOST_TICKS),) for _ in ends),
    ]
    nodes, quickest = (
        np.stack([np.minimum(t, NO_WAY)[np.ix_(places, places)] for t in travel]).astype(np.int32)
        for travel in (visiting.travel, visiting.quickest)
    )
    # Where both ways take the same time one table is enough, of which more lies near the processor.
    swapped = np.ascontiguousarray(nodes.transpose(0, 2, 1))
    service = [*(x.ticks for x in visits), *(r.ticks for _, _, r in rests), *(0 for _ in ends)]
    at = np.cumsum([0, *map(len, windows)])[:-1]
    node = np.array(
        [
            (s, w[0][0] if w else MOST_TICKS, w[-1][1] if w else -1, a, len(w))
            for s, w, a in zip(service, windows, at, strict=True)
        ],
        dtype=np.int32,
    )
    others = [0] * (len(rests) + len(ends))
    earns = np.array([*(x.profit for x in visits), *others], dtype=np.int64)
    lack = np.array([*(x.lack for x in visits), *others], dtype=np.int64)
    worth = _worth(nodes, earns, lack > 0, len(visits), leg_price)
    scaled = worth / max(float(worth.max()), 1.0)
    return Terms(
        travel=nodes,
        quickest=quickest,
        back=nodes if np.array_equal(nodes, swapped) else swapped,
        node=node,
        window=np.array([w for own in windows for w in own], dtype=np.int32).reshape(-1, 2),
        earns=earns,
        lacks=lack,
        profit=earns + lack * (int(earns.sum()) + 1),
        worth=worth,
        pull=np.ascontiguousarray(np.stack([scaled**p for p in POWERS], axis=1)),
        allowed=_allowed(visits, rests, len(vehicles), len(places)),
        near=_near(nodes[0], node, len(visits)),
        fleet=_fleet(visits, vehicles, end_node),
        visits=len(visits),
        stops=len(visits) + len(rests),
        least=min((x.ticks for x in visits), default=0),
    )


def _allowed(
    visits: Sequence[Visit], rests: Sequence[tuple[int, int, Rest]], vehicles: int, nodes: int
) -> NDArray[np.bool_]:
    """Return which vehicle may stop where: at visits that admit it, and at its own breaks."""
    allowed = np.zeros((vehicles, nodes), dtype=np.bool_)
    for j, x in enumerate(visits):
        allowed[list(range(vehicles) if x.vehicles is None else x.vehicles), j] = True
    for i, (v, _, _) in enumerate(rests, len(visits)):
        allowed[v, i] = True
    return allowed


def _fleet(visits: Sequence[Visit], vehicles: Sequence[Vehicle], end_node: dict[int, int]) -> Small:
    """Return what is known of each vehicle; equal ones without a break of their own are of one kind."""
    kinds: dict[object, int] = {}
    rows = []
    for v, x in enumerate(vehicles):
        may = frozenset(j for j, k in enumerate(visits) if k.vehicles is None or v in k.vehicles)
        kind = kinds.setdefault((x, may) if x.rest is None else v, len(kinds))
        duty = min(x.duty, x.end - x.start)
        tight = duty < x.end - x.start
        rows.append((x.mode, end_node[x.origin], end_node[x.destination], x.start, x.end, duty, tight, kind))
    return np.array(rows, dtype=np.int32).reshape(-1, 8)


def _worth(nodes: Small, earns: Large, must: NDArray[np.bool_], visits: int, leg_price: float) -> Large:
    """Return profits in ticks: so many that a usual leg, to one of the ten nearest, costs its share of the mean profit.

    What must be done is worth more than a whole tour of other visits usually is.
    """
    if not visits:
        return earns * 0
    among = np.sort(nodes[:, :visits, :visits].min(axis=0), axis=1)[:, 1:11].astype(np.float64)
    usual = max(float(np.median(among[among < NO_WAY])), 1.0) if (among < NO_WAY).any() else 1.0
    mean = max(float(earns[:visits].sum()) / visits, 1.0)
    worth = np.rint(earns * (usual / (leg_price * mean))) + must * np.rint(_MUST * usual / leg_price)
    found: Large = np.maximum(worth, (earns > 0) | must).astype(np.int64)
    return found


def _near(nodes: Small, node: Small, visits: int) -> Small:
    """Return for each node the visits from the nearest: by travel, and by what must be waited for or is too late."""
    service, opens, closes = (node[:, c].astype(np.float64) for c in (SERVICE, OPENS, CLOSES))

    def after(first: slice, second: slice) -> NDArray[np.float64]:
        """Return how far it is from each of the first to each of the second nodes."""
        way = nodes[first, second].astype(np.float64)
        wait = np.maximum(opens[None, second] - (closes + service)[first, None] - way, 0.0)
        late = np.maximum((opens + service)[first, None] + way - closes[None, second], 0.0)
        away: NDArray[np.float64] = way + EASY_WAIT * wait + EASY_LATE * late
        return away

    apart = np.minimum(after(slice(None), slice(visits)), after(slice(visits), slice(None)).T)
    apart[np.arange(visits), np.arange(visits)] = np.inf
    order: Small = np.argsort(apart, axis=1, kind="stable")[:, : min(NEAR, max(visits - 1, 1))].astype(np.int32)
    return np.ascontiguousarray(order)
