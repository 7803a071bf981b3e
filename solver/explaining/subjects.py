"""What a name is of: hotspot, post, task, unit, station, demand point, district; at times of two of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from solver.explaining.answers import Kind
from solver.problem import Problem


class Subject(NamedTuple):
    """Something that can be asked about; `number` is its index among hotspots, posts, units and so on."""

    kind: Kind
    name: str
    number: int


class UnknownNameError(ValueError):
    """A name of nothing; or part of several names, which are in `names`."""

    def __init__(self, name: str, names: list[str]) -> None:
        self.name, self.names = name, names
        super().__init__(name)


def every_subject(problem: Problem) -> Iterator[Subject]:
    """Yield all that can be asked about; a stretch of street goes by the names of both its places."""
    for i, h in enumerate(problem.hotspots):
        for place in h.places:
            yield Subject("hotspot", problem.places[place].name, i)
    for i, q in enumerate(problem.posts):
        yield Subject("post", problem.places[q.place].name, i)
    for i, k in enumerate(problem.tasks):
        yield Subject("task", problem.places[k.place].name, i)
    for i, u in enumerate(problem.units):
        yield Subject("unit", u.callsign, i)
    for place in problem.stations:
        yield Subject("station", problem.places[place].name, place)
    for i, d in enumerate(problem.demand):
        yield Subject("demand", d.name, i)
    districts = [p.district for p in problem.places] + [d for u in problem.units for d in u.districts]
    for i, district in enumerate(dict.fromkeys(filter(None, districts))):
        yield Subject("district", district, i)


def named(problem: Problem, name: str) -> list[Subject]:
    """Return what `name` is of: in full, else whatever its case, else as part of one name.

    Raises
    ------
    UnknownNameError
        When it is of nothing, or part of several names.
    """
    known = list(every_subject(problem))
    if found := [s for s in known if s.name == name]:
        return found
    part = name.strip().casefold()
    if found := [s for s in known if s.name.strip().casefold() == part]:
        return found
    found = [s for s in known if part and part in s.name.casefold()]
    names = list(dict.fromkeys(s.name for s in found))
    if len(names) == 1:
        return found
    if len({(s.kind, s.number) for s in found}) == 1:
        return found[:1]  # both names of a stretch of street
    raise UnknownNameError(name, names)
