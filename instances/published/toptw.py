"""Team orienteering with time windows, as Righini and Salani, and Montemanni and Gambardella, made it of others' files.

A header (vehicles of the routing problem, customers, days), a line that is not used, then a line a point, the depot
first:

    number  x  y  service  profit  ...  opens  closes

where what is between profit and the last two numbers differs in length and is not used.  The depot's closing time is
the limit of every tour.  How many tours there are is not in the file.  Distances are cut off after one decimal in files
made of Solomon's (c, r and rc), after two in those made of Cordeau's (pr); only so do the literature's best values
compare.

Sources: G. Righini, M. Salani, "Decremental state space relaxation strategies and initialization heuristics for
solving the orienteering problem with time windows with dynamic programming", Computers & Operations Research 36
(2009) 1191-1203, doi:10.1016/j.cor.2008.01.003; R. Montemanni, L. Gambardella, "Ant colony system for team
orienteering problems with time windows", Foundations of Computing and Decision Sciences 34 (2009) 287-306.
"""

from __future__ import annotations

from pathlib import Path

from instances.published.numbers import Line, Numbers, lines_of
from instances.published.rounds import Point, Rounds, limit_advice, size_advice

_LEAST = 9
"""Numbers in a line of a point, at least."""


def read_toptw(path: Path, vehicles: int, *, exact: bool = False) -> Rounds:
    """Return an instance for so many vehicles.

    Parameters
    ----------
    path : Path
    vehicles : int
    exact : bool
        Take distances as they are, rounded up after three decimals, instead of cutting them off.

    Raises
    ------
    InputError
        With everything that is wrong with the file.
    """
    read = Numbers(path)
    lines = lines_of(path)
    # Some copies have a header broken in two, so the depot is what looks like it.
    begin = next((i for i, line in enumerate(lines) if len(line.words) >= _LEAST), len(lines))
    points = [(line, point) for line in lines[begin:] if (point := _point(read, line)) is not None]
    header = lines[0] if begin else None
    if header is None or len(header.words) < 3:
        read.fault(header, "header", "there is no header", "begin with vehicles, customers and days")
    elif not read.faults:
        wanted = read.whole(header, 2, "customers", least=0)
        if points and wanted != len(points) - 1:
            read.fault(header, "customers", f"there are {len(points) - 1} customers, not {wanted}", word=2)
    if not points:
        read.fault(None, "", "there is no depot", "give a line for each point, the depot first")
    ticks = 1000 if exact else 100 if path.stem.startswith("pr") else 10
    for line, point in points[:1]:
        if right := limit_advice(point.closes, ticks):
            read.fault(line, "closes", f"the depot closes at {point.closes:g}", right)
    names: dict[str, Line] = {}
    for line, point in points:
        if point.name in names:
            read.fault(line, "number", f"{point.name} is that of line {names[point.name].number} too", word=0)
        names[point.name] = line
    for field, wrong, right in size_advice([point for _, point in points], vehicles):
        read.fault(None, field, wrong, right)
    read.raise_faults()
    depot = points[0][1]
    return Rounds(
        name=f"{path.stem} with {vehicles}",
        origin=depot,
        destination=depot,
        customers=tuple(point for _, point in points[1:]),
        vehicles=vehicles,
        limit=depot.closes,
        ticks=ticks,
        truncated=not exact,
    )


def _point(read: Numbers, line: Line) -> Point | None:
    """Return the point of a line, if it has enough numbers."""
    if len(line.words) < _LEAST:
        read.fault(line, "point", f"has {len(line.words)} numbers", f"{_LEAST} or more are needed")
        return None
    opens, closes = (read.number(line, len(line.words) + k, name) for k, name in ((-2, "opens"), (-1, "closes")))
    if closes < opens:
        read.fault(line, "closes", f"{closes:g} is before it opens, at {opens:g}", word=len(line.words) - 1)
    return Point(
        str(read.whole(line, 0, "number")),
        read.number(line, 1, "x"),
        read.number(line, 2, "y"),
        read.number(line, 3, "service", least=0),
        read.whole(line, 4, "profit"),
        opens,
        closes,
    )
