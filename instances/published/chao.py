"""Team orienteering without windows, as Chao, Golden and Wasil made it.

    n 32
    m 2
    tmax 7.5
    x y profit      (a line a point: the first is the start, the last the end of all tours)

Distances are exact in the literature; here they are rounded up after three decimals, so that whatever keeps the limit
here keeps it there.

Source: I.-M. Chao, B. Golden, E. Wasil, "The team orienteering problem", European Journal of Operational Research 88
(1996) 464-474, doi:10.1016/0377-2217(94)00289-4.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from instances.published.numbers import Line, Numbers, lines_of
from instances.published.rounds import Point, Rounds, distances, limit_advice, size_advice

TICKS = 1000
"""Minutes of the problem in a unit of the file."""

_HEAD = (("n", "points"), ("m", "tours"), ("tmax", "limit"))


def read_top(path: Path) -> Rounds:
    """Return an instance.

    Raises
    ------
    InputError
        With everything that is wrong with the file.
    """
    read = Numbers(path)
    lines = lines_of(path)
    head = {}
    for (key, field), line in zip(_HEAD, lines, strict=False):
        if line.words[0].lower() != key or len(line.words) != 2:
            read.fault(line, field, f"is {' '.join(line.words)!r}", f"write {key} and a number", word=0)
        else:
            head[key] = read.number(line, 1, field, least=0)
    if len(lines) < len(_HEAD):
        read.fault(None, "", "there is no header", "begin with lines of n, m and tmax")
    points = [_point(read, i, line) for i, line in enumerate(lines[len(_HEAD) :], 1)]
    if len(points) < 2:
        read.fault(None, "", f"there are {len(points)} points", "two or more are needed, the start and the end")
    elif head.get("n", len(points)) != len(points):
        read.fault(lines[0], "points", f"there are {len(points)}, not {head['n']:g}", word=1)
    if "tmax" in head and (right := limit_advice(head["tmax"], TICKS)):
        read.fault(lines[2], "limit", f"is {head['tmax']:g}", right, word=1)
    elif not read.faults:
        limit, away = head["tmax"], float(np.hypot(points[0].x - points[-1].x, points[0].y - points[-1].y))
        if int(distances([points[0], points[-1]], TICKS, truncated=False)[0, 1]) > int(limit * TICKS + 1e-7):
            read.fault(lines[2], "limit", f"is {limit:g}, but the end is {away:g} from the start", word=1)
    for field, wrong, right in size_advice(points, head.get("m", 0)):
        read.fault(None, field, wrong, right)
    read.raise_faults()
    return Rounds(
        name=path.stem,
        origin=points[0],
        destination=points[-1],
        customers=tuple(points[1:-1]),
        vehicles=int(head["m"]),
        limit=head["tmax"],
        ticks=TICKS,
        truncated=False,
    )


def _point(read: Numbers, number: int, line: Line) -> Point:
    """Return the point of a line."""
    if len(line.words) != 3:
        read.fault(line, "point", f"has {len(line.words)} numbers", "write x, y and profit")
        return Point(str(number), 0.0, 0.0)
    x, y = (read.number(line, word, name) for word, name in enumerate("xy"))
    return Point(str(number), x, y, profit=read.whole(line, 2, "profit"))
