"""Routing with prizes and windows in the VRPLIB format, as PyVRP keeps Solomon's and Gehring and Homberger's instances.

    NAME: C1_2_1
    VEHICLES: 10
    DIMENSION: 201
    CAPACITY: 200
    EDGE_WEIGHT_TYPE: EUC_2D
    SERVICE_TIME: 90            (one for all, or a section)
    NODE_COORD_SECTION          number x y
    TIME_WINDOW_SECTION         number opens closes
    SERVICE_TIME_SECTION        number service
    PRIZE_SECTION               number prize
    DEPOT_SECTION               number, then -1
    EOF

The depot's window is the limit of every tour.  Distances are cut off after one decimal, as in the DIMACS challenge, or
rounded up after three.  Tours are worth their prizes alone: the length of tours, which PyVRP weighs against them, is
not part of a problem of tasks.  Nor are capacities, so files in which they could matter are refused.

Source: N. Wouda, L. Lan, W. Kool, "PyVRP: a high-performance VRP solver package", INFORMS Journal on Computing 36
(2024) 943-955, doi:10.1287/ijoc.2023.0055.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from instances.published.numbers import Line, Numbers, lines_of
from instances.published.rounds import Point, Rounds, limit_advice, size_advice

_WIDTH = {
    "NODE_COORD_SECTION": 3,
    "TIME_WINDOW_SECTION": 3,
    "SERVICE_TIME_SECTION": 2,
    "PRIZE_SECTION": 2,
    "DEMAND_SECTION": 2,
    "DEPOT_SECTION": 1,
}
"""The sections that are read, and the words of a line of each."""

_NEEDED = ("NODE_COORD_SECTION", "PRIZE_SECTION")


def read_vrplib(path: Path, vehicles: int | None = None, *, exact: bool = False) -> Rounds:
    """Return an instance, for `vehicles` instead of as many as the file says.

    Raises
    ------
    InputError
        With everything that is wrong with the file.
    """
    read = Numbers(path)
    head, sections = _parts(read, lines_of(path))
    for name in _NEEDED:
        if name not in sections:
            read.fault(None, name, "there is no such section", "prizes and coordinates are needed")
    kind = head.get("EDGE_WEIGHT_TYPE")
    if kind is not None and kind.words[-1] != "EUC_2D":
        read.fault(kind, "EDGE_WEIGHT_TYPE", f"is {kind.words[-1]}", "only EUC_2D is known", word=len(kind.words) - 1)
    tables = {name: _table(read, name, lines) for name, lines in sections.items() if name != "DEPOT_SECTION"}
    depot = _depot(read, sections.get("DEPOT_SECTION", []))
    number = vehicles if vehicles is not None else _of_head(read, head, "VEHICLES", 1)
    capacity, wanted = _of_head(read, head, "CAPACITY", 0), sum(w for (w,) in tables.get("DEMAND_SECTION", {}).values())
    if "CAPACITY" in head and wanted > capacity:
        right = "capacities are not part of a problem of tasks"
        read.fault(head["CAPACITY"], "CAPACITY", f"{capacity:g} is less than all demands, {wanted:g}", right)
    service = _of_head(read, head, "SERVICE_TIME", 0)
    limit = tables.get("TIME_WINDOW_SECTION", {}).get(depot, (0.0, 0.0))[1]
    ticks = 1000 if exact else 10
    if right := limit_advice(limit, ticks):
        read.fault(None, "TIME_WINDOW_SECTION", f"the depot closes at {limit:g}", right)
    at = tables.get("NODE_COORD_SECTION", {})
    if depot not in at:
        read.fault(None, "DEPOT_SECTION", f"there is no node {depot}")
    size = _of_head(read, head, "DIMENSION", len(at))
    if not read.faults and size != len(at):
        read.fault(head["DIMENSION"], "DIMENSION", f"there are {len(at)} nodes, not {size:g}")
    for name, table in tables.items():
        _same_nodes(read, name, sections[name], table, at)
    read.raise_faults()
    points = {
        n: Point(
            str(n),
            x,
            y,
            tables.get("SERVICE_TIME_SECTION", {}).get(n, (service,))[0],
            int(tables["PRIZE_SECTION"].get(n, (0.0,))[0]),
            *tables.get("TIME_WINDOW_SECTION", {}).get(n, (0.0, limit)),
        )
        for n, (x, y) in at.items()
    }
    for field, wrong, right in size_advice(list(points.values()), number):
        read.fault(None, field, wrong, right)
    read.raise_faults()
    start = points.pop(depot)
    return Rounds(path.stem, start, start, tuple(points.values()), int(number), limit, ticks, truncated=not exact)


def _parts(read: Numbers, lines: list[Line]) -> tuple[dict[str, Line], dict[str, list[Line]]]:
    """Return the lines of the head by their key, and those of the sections."""
    head: dict[str, Line] = {}
    sections: dict[str, list[Line]] = {}
    section: list[Line] | None = None
    for line in lines:
        key = line.words[0].rstrip(":")
        if key == "EOF":
            break
        if key.endswith("_SECTION"):
            section = sections.setdefault(key, [])
            if key not in _WIDTH:
                read.fault(line, key, "is not known", f"the sections are {', '.join(_WIDTH)}", word=0)
        elif key[:1].isalpha():
            head[key] = line
            section = None
        elif section is None:
            read.fault(line, "", "a line of numbers stands in no section")
        else:
            section.append(line)
    return head, sections


def _of_head(read: Numbers, head: dict[str, Line], key: str, default: float) -> float:
    """Return the number of a line of the head."""
    line = head.get(key)
    return default if line is None else read.number(line, len(line.words) - 1, key, least=0)


def _table(read: Numbers, name: str, lines: list[Line]) -> dict[int, tuple[float, ...]]:
    """Return the numbers of a section by node."""
    found: dict[int, tuple[float, ...]] = {}
    width = _WIDTH.get(name)
    if width is None:
        return found
    least = float("-inf") if name == "NODE_COORD_SECTION" else 0.0
    for line in lines:
        if len(line.words) != width:
            read.fault(line, name, f"has {len(line.words)} numbers", f"{width} are needed")
            continue
        node = read.whole(line, 0, name, least=0)
        if node in found:
            read.fault(line, name, f"node {node} is there twice", word=0)
        found[node] = tuple(read.number(line, k, name, least=least) for k in range(1, width))
    return found


def _same_nodes(
    read: Numbers, name: str, lines: list[Line], table: Mapping[int, object], at: Mapping[int, object]
) -> None:
    """Note nodes of a section that have no coordinates, and those with coordinates that it leaves out."""
    if read.faults or name not in _WIDTH:
        return
    for line, node in zip(lines, table, strict=True):
        if node not in at:
            read.fault(line, name, f"node {node} has no coordinates", word=0)
    for node in at:
        if node not in table:
            read.fault(
                lines[-1] if lines else None,
                name,
                f"there is nothing of node {node}",
                "give all nodes, or leave the section out",
            )
            return


def _depot(read: Numbers, lines: list[Line]) -> int:
    """Return the node of the depot: the first, if the file says nothing else."""
    nodes = [line for line in lines if line.words[0] != "-1"]
    if len(nodes) > 1:
        read.fault(nodes[1], "DEPOT_SECTION", "there are several depots", "one is known here", word=0)
    return read.whole(nodes[0], 0, "DEPOT_SECTION") if nodes else 1
