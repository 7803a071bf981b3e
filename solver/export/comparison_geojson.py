"""Plans on one map: hotspots and streets, and which of the plans visit or drive them, as GeoJSON (RFC 7946).

Colours are in the properties of the simplestyle specification 1.1, which several map programs show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.comparing.comparison import Move, Subject, moves
from solver.export.colours import BLUE, GREEN, PURPLE, VERMILION
from solver.export.geojson import collection
from solver.plain_text import one_line
from solver.problem import Place
from solver.whereabouts import Whereabouts, visits, whereabouts

ONLY = (VERMILION, BLUE, GREEN, PURPLE)
"""Colours of what is in the first, second, … plan alone; those of a palette for the colour-blind."""

_Point = tuple[float, float]
_Piece = tuple[_Point, _Point]

SHARED, SOME, NONE = "#555555", "#8c6bb1", "#bbbbbb"
"""Colours of what is in all plans, in some, in none."""


def comparison_geojson(subjects: Sequence[Subject]) -> bytes:
    """Return hotspots and driven streets of all plans as a GeoJSON document in UTF-8, WGS-84, one feature a line.

    Each feature says in `in` which plans have it: ``A``, ``B``, …, ``both`` of two or ``all`` of more, several as
    ``A+C``, or ``none``; and in `times_A`, … how often each one visits or drives it.
    """
    units = [whereabouts(s.problem, s.plan.routes) for s in subjects]
    features = [*_drives(subjects, units), *_hotspots(subjects, units)]
    names = {f"plan_{letter}": one_line(s.name) for letter, s in zip(_letters(subjects), subjects, strict=True)}
    owners = list(dict.fromkeys(one_line(s.streets.attribution) for s in subjects if s.streets.attribution))
    return collection(features, name="comparison of plans", **names, attribution="; ".join(owners)).encode()


def _letters(subjects: Sequence[Subject]) -> list[str]:
    """Return how plans are called."""
    return [chr(ord("A") + i) for i in range(len(subjects))]


def _hotspots(subjects: Sequence[Subject], units: Sequence[Sequence[Whereabouts]]) -> Iterator[dict[str, Any]]:
    """Yield every hotspot of any problem."""
    places: dict[str, Place] = {}
    times: list[Counter[str]] = []
    for subject, crews in zip(subjects, units, strict=True):
        problem = subject.problem
        own = [problem.places[h.place] for h in problem.hotspots]
        for place in own:
            places.setdefault(place.name, place)
        times.append(Counter(own[h].name for who in crews for h, _, _ in visits(problem, who)))
    for name, place in places.items():
        where, colour = _who([t[name] for t in times])
        properties = {"feature": "hotspot", "name": one_line(name), "in": where}
        style = {"marker-color": colour, "marker-size": "medium"}
        yield _feature("Point", [place.lon, place.lat], {**properties, **_times([t[name] for t in times]), **style})


def _drives(subjects: Sequence[Subject], units: Sequence[Sequence[Whereabouts]]) -> Iterator[dict[str, Any]]:
    """Yield the streets that any unit drives, the stretches that it visits, and legs whose streets are not known."""
    times = [moves(s.problem, crews) for s, crews in zip(subjects, units, strict=True)]
    along: dict[Move, list[_Point]] = {}
    for move in dict.fromkeys(move for counts in times for move in counts):
        lonlat, known = _way(move, subjects, times)
        if known and move.start != move.end:
            along[move] = [(lon, lat) for lon, lat in lonlat.tolist()]
            continue
        properties = {
            "feature": "stretch" if move.start == move.end else "leg",
            "mode": move.mode,
            "from": one_line(move.start),
            "to": one_line(move.end),
            "streets": known,
        }
        yield _line(lonlat.tolist(), properties, [counts[move] for counts in times])
    yield from _streets(along, times)


def _streets(along: Mapping[Move, Sequence[_Point]], times: Sequence[Counter[Move]]) -> Iterator[dict[str, Any]]:
    """Yield the pieces of streets, each once, in lines of as many as are driven as often one after the other."""
    driven: dict[_Piece, list[int]] = {}
    for move, points in along.items():
        for piece in pairwise(points):
            counts = driven.setdefault(_either_way(piece), [0] * len(times))
            for i, numbers in enumerate(times):
                counts[i] += numbers[move]
    drawn: set[_Piece] = set()
    for points in along.values():
        line: list[_Point] = []
        often: list[int] = []
        for piece in pairwise(points):
            key = _either_way(piece)
            new = key not in drawn and piece[0] != piece[1]
            if line and not (new and driven[key] == often):
                yield _line(line, {"feature": "street"}, often)
                line = []
            if new:
                drawn.add(key)
                often = driven[key]
                line = [*line, piece[1]] if line else list(piece)
        if line:
            yield _line(line, {"feature": "street"}, often)


def _either_way(piece: _Piece) -> _Piece:
    """Return a piece of a street that is the same whichever way it is driven."""
    return piece if piece[0] <= piece[1] else (piece[1], piece[0])


def _line(points: Sequence[Any], properties: dict[str, Any], times: Sequence[int]) -> dict[str, Any]:
    """Return a line that plans drive so many times."""
    where, colour = _who(times)
    style = {"stroke": colour, "stroke-width": 2 if where in ("both", "all") else 4, "stroke-opacity": 0.8}
    return _feature("LineString", list(points), {**properties, "in": where, **_times(times), **style})


def _way(move: Move, subjects: Sequence[Subject], times: Sequence[Counter[Move]]) -> tuple[NDArray[np.float64], bool]:
    """Return the points along a leg, from the first plan that knows them, else straight; and whether they are known."""
    for subject in subjects:
        leg = subject.streets.leg(*move)
        if leg is not None:
            return np.round(leg.lonlat, 7), True
    problem = next(s.problem for s, counts in zip(subjects, times, strict=True) if counts[move])
    places = {place.name: place for place in problem.places}
    start, end = places[move.start], places[move.end]
    if move.start == move.end and start.exit is not None:
        ends = [(start.lon, start.lat), (start.exit[1], start.exit[0])]
    else:
        leave = (start.exit[1], start.exit[0]) if start.exit is not None else (start.lon, start.lat)
        ends = [leave, (end.lon, end.lat)]
    return np.round(np.array(ends), 7), False


def _who(times: Sequence[int]) -> tuple[str, str]:
    """Return which plans have something, in words, and its colour."""
    having = [i for i, number in enumerate(times) if number]
    if not having:
        return "none", NONE
    if len(having) == len(times) > 1:
        return ("both" if len(times) == 2 else "all"), SHARED
    if len(having) == 1:
        return chr(ord("A") + having[0]), ONLY[having[0] % len(ONLY)]
    return "+".join(chr(ord("A") + i) for i in having), SOME


def _times(times: Sequence[int]) -> dict[str, int]:
    """Return how often each plan has something, as properties."""
    return {f"times_{chr(ord('A') + i)}": number for i, number in enumerate(times)}


def _feature(kind: str, coordinates: list[Any], properties: dict[str, Any]) -> dict[str, Any]:
    """Return a feature."""
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}
