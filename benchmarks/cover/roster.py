"""The shift file of a problem of the benchmark: who is on duty and which posts are manned; the rest are defaults."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.cover.sizes import Size
from instances.shift import Point

MODES = ("car", "car", "motorcycle", "car", "car", "bicycle", "car", "car", "foot", "car")
"""Modes of the units, again and again: seven cars of ten."""

LETTERS = {"car": "C", "motorcycle": "M", "bicycle": "B", "foot": "F"}

LATE, EARLY = 4, 9
"""Of ten units the one that begins two hours late and the one that ends two hours early."""

STINT = 30

SPARE = 3
"""Demand points to ask for beyond those wanted: quiet cells are joined by up to four, so there may be fewer."""


def shift_text(size: Size, stations: Sequence[str], posts: Sequence[Point]) -> str:
    """Return the shift file, from 18:00 for so many hours; roads, stations and incidents are files beside it.

    Parameters
    ----------
    size : Size
    stations : sequence of str
        Names of the stations; ``stations.csv`` says where they are.
    posts : sequence of Point
        Where the posts are; when they are manned is said here.
    """
    ends_on = 16 + (18 + size.hours) // 24
    lines = [
        "patrolplan: 1",
        f"name: {size.name}",
        "timezone: Europe/London",
        "from: 2026-10-16 18:00",
        f"to: 2026-10-{ends_on} {_clock(60 * size.hours)}",
        f"grid: {size.grid} min",
        "network: network.osm.gz",
        "stations: stations.csv",
        "incidents: {file: incidents.csv, since: 182 days}",
        f"risk: {{hotspots: {size.hotspots}, demand_points: {size.demand + SPARE}}}",
        "units:",
        *(_unit(i, size, stations) for i in range(size.units)),
        "posts:",
        *(_post(i, size, post) for i, post in enumerate(posts)),
    ]
    return "\n".join(lines) + "\n"


def _unit(i: int, size: Size, stations: Sequence[str]) -> str:
    """Return the i-th unit: cars and motorcycles at all stations in turn, the others at the first one."""
    mode, end = MODES[i % len(MODES)], 60 * size.hours
    station = stations[i % len(stations)] if mode in ("car", "motorcycle") else stations[0]
    start, finish = 120 if i % 10 == LATE else 0, end - 120 if i % 10 == EARLY else end
    rest = ""
    if finish - start == end:
        rest = f', break: {{minutes: 30, between: "{_clock(150 * size.hours // 8)}-{_clock(360 * size.hours // 8)}"}}'
    shift = f"{_clock(start)}-{_clock(finish)}"
    return f'  - {{callsign: {LETTERS[mode]}{i + 1}, station: "{station}", mode: {mode}, shift: "{shift}"{rest}}}'


def _post(i: int, size: Size, post: Point) -> str:
    """Return the i-th post: manned for half of the time by one unit, every fourth one by two for half of that."""
    end = 60 * size.hours
    start = (1 + i % 3) * end // 8
    staff = [(start, start + end // 2, 1)]
    if i % 4 == 1:
        staff.append((start + end // 8, start + 3 * end // 8, 2))
    windows = ", ".join(f'{{from: "{_clock(a)}", to: "{_clock(b)}", units: {n}}}' for a, b, n in staff)
    return f'  - {{name: "{post.name}", at: [{post.lat}, {post.lon}], staff: [{windows}], stint: {STINT} min}}'


def _clock(minute: int) -> str:
    """Return the time of day of a minute since 18:00."""
    hour, past = divmod(18 * 60 + minute, 60)
    return f"{hour % 24:02d}:{past:02d}"
