"""What is closed of the streets: from what the planner said to the network without it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from instances.errors import Fault, InputError
from instances.near_names import nearest_name
from instances.polygons import corner_polygon, read_polygons
from instances.shift import Around, Between, Called, Closure, Inside
from solver.problem import MODES

if TYPE_CHECKING:
    from instances.roads import RoadNetwork


def close(network: RoadNetwork, closures: Sequence[Closure], limit: int) -> tuple[RoadNetwork, list[str]]:
    """Return the network without what is closed, and a note for each closure.

    Parameters
    ----------
    network : RoadNetwork
    closures : sequence of Closure
    limit : int
        Metres beyond which a point is not taken to lie on a street.

    Raises
    ------
    InputError
        When a closure means no street; it lists all that do.
    """
    from instances.roads.closing import close_streets, closed_to

    faults: list[Fault] = []
    notes: list[str] = []
    shut = np.zeros((len(MODES), network.streets), dtype=np.bool_)
    for closure in closures:
        found = _streets(network, closure, limit)
        if isinstance(found, Fault):
            faults.append(found)
            continue
        closed = closed_to(network, found, closure.modes)
        shut |= closed
        notes.append(_note(network, closure, np.flatnonzero(closed.any(axis=0))))
    if faults:
        raise InputError(faults)
    return close_streets(network, shut), notes


def _streets(network: RoadNetwork, closure: Closure, limit: int) -> NDArray[np.int64] | Fault:
    """Return the streets that a closure means, or what is wrong where it means none."""
    from instances.roads import closing

    where, origin = closure.where, closure.origin
    if isinstance(where, Called):
        found = closing.streets_called(network, where.name)
        wrong, right = f"there is no street called {where.name!r}", ""
        right = "" if len(found) else nearest_name(where.name, closing.known_names(network))
    elif isinstance(where, Around):
        found = closing.streets_around(network, where.lat, where.lon, where.metres)
        wrong, right = f"no street comes within {where.metres} m of it", "correct the point, or go farther"
    elif isinstance(where, Inside):
        polygons = _polygons(where)
        found = np.unique(np.concatenate([closing.streets_inside(network, polygon) for polygon in polygons]))
        wrong, right = "no street touches it", "correct its corners: latitude first here, longitude first in GeoJSON"
    else:
        return _between(network, closure, where, limit)
    return found if len(found) else origin.fault(wrong, right)


def _between(network: RoadNetwork, closure: Closure, where: Between, limit: int) -> NDArray[np.int64] | Fault:
    """Return the streets between two points, or what is wrong with a point."""
    from instances.roads.closing import streets_between

    mode = next(mode for mode in MODES if mode in closure.modes)
    found, metres = streets_between(network, mode, where.start, where.end, limit=limit)
    if len(found):
        return found
    far = " and ".join(word for word, m in zip(("'from'", "'to'"), metres.tolist(), strict=True) if m > limit)
    wrong = f"{far} is more than {limit} m from the nearest street ({mode})" if far else "the two points are one place"
    return closure.origin.fault(wrong, "correct it" if far else "choose them apart")


def _polygons(where: Inside) -> list[object]:
    """Return the polygons of an area."""
    if isinstance(where.area, tuple):
        return [corner_polygon(where.area)]
    return [polygon for _, polygon in read_polygons(where.area, what="closed area")]


def _note(network: RoadNetwork, closure: Closure, streets: NDArray[np.int64]) -> str:
    """Return what a closure closes, in words."""
    pieces = f"{len(streets):,} street" + ("s" if len(streets) != 1 else "")
    km = float(network.metres[streets].sum()) / 1000
    called = f" of {closure.where.name!r}" if isinstance(closure.where, Called) else ""
    where = f"{closure.origin.file}:{closure.origin.line}"
    return f"{where}: closed{called}: {pieces} from crossing to crossing, {km:,.1f} km, to {', '.join(closure.modes)}"
