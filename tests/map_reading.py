"""Reads what a map holds, as its page does but in plain Python: numbers, tracks, and who is near what."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from itertools import accumulate, pairwise
from typing import Any

Point = tuple[float, float]


def unpacked(text: str) -> list[int]:
    """Return packed numbers, byte by byte."""
    numbers, value, place = [], 0, 0
    for byte in base64.b64decode(text):
        value |= (byte & 127) << place
        place += 7
        if byte < 128:
            numbers.append(-(value + 1) // 2 if value % 2 else value // 2)
            value = place = 0
    assert place == 0
    return numbers


def content_of(page: bytes) -> dict[str, Any]:
    """Return the JSON that a page holds."""
    found = re.search(r'<script type="application/json" id="content">(.*?)</script>', page.decode())
    assert found
    content: dict[str, Any] = json.loads(found[1])
    return content


def track_of(unit: dict[str, Any]) -> tuple[list[int], list[Point]]:
    """Return the seconds and the points (lon, lat) of a unit's track."""
    track = unit["track"]
    seconds, lon, lat = (list(accumulate(unpacked(track[name]))) for name in ("seconds", "lon", "lat"))
    return seconds, [(x / 1e6, y / 1e6) for x, y in zip(lon, lat, strict=True)]


def at(seconds: list[float] | list[int], points: list[Point], second: float) -> Point:
    """Return the place at a second, between points along a straight line, the shorter way round the globe."""
    if second <= seconds[0]:
        return points[0]
    for (a, b), (p, q) in zip(pairwise(seconds), pairwise(points), strict=True):
        if a <= second <= b:
            share = (second - a) / (b - a)
            east = (q[0] - p[0] + 180) % 360 - 180
            return p[0] + share * east, p[1] + share * (q[1] - p[1])
    return points[-1]


def covers(content: dict[str, Any]) -> Counter[tuple[str, int, int]]:
    """Return how many available units are within standard (``first``) and backup of each demand point, by minute."""
    demand = content["demand"]
    standard, backup = unpacked(demand["standard"]), unpacked(demand["backup"])
    count = len(standard)
    counts: Counter[tuple[str, int, int]] = Counter()
    for unit in content["units"]:
        for place, start, end in unit["stands"]:
            table = content["reach"][unit["mode"]]
            row = table["places"].index(place)
            seconds = unpacked(table["seconds"])[row * count : (row + 1) * count]
            for minute in range(start, end):
                for i, s in enumerate(seconds):
                    counts["first", i, minute] += 0 <= s <= standard[i]
                    counts["second", i, minute] += 0 <= s <= backup[i]
    return +counts
