"""Shift files made to hurt: bombs of aliases, nesting, figures without measure, files that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchmarks.reliability.reading.made import MEGABYTE, Make, fixed


def shift_files() -> Iterator[tuple[str, str, Make]]:
    """Yield shift files: what is tried, the sample that is changed, and how its content is made."""
    laughs = "".join(f"{c}: &{c} [{', '.join(['*' + chr(ord(c) - 1)] * 10)}]\n" for c in "bcdefghij")
    yield "aliases of aliases", "night.yaml", fixed(f"a: &a [{'x, ' * 9}x]\n{laughs}".encode())
    merges = "".join(f"m{i}: &m{i} {{<<: [{', '.join([f'*m{i - 1}'] * 10)}]}}\n" for i in range(1, 40))
    yield "merges of merges", "night.yaml", fixed(f"m0: &m0 {{a: 1}}\n{merges}".encode())
    yield "an alias of itself", "night.yaml", fixed(b"a: &a [*a]\n")
    yield "a merge of itself", "night.yaml", fixed(b"a: &a {<<: *a}\n")
    yield "brackets", "night.yaml", fixed(b"[" * 1_000_000)
    yield "braces", "night.yaml", fixed(b"{a: " * 300_000)
    yield "dashes", "night.yaml", fixed(b"- " * 1_000_000)
    yield "question marks", "night.yaml", fixed(b"? " * 1_000_000)
    yield "indents", "night.yaml", fixed(b"".join(b" " * i + b"a:\n" for i in range(2000)))
    yield "many values", "night.yaml", fixed(b"[" + b"a," * 1_500_000 + b"]")
    yield "many names", "night.yaml", fixed(b"".join(b"k%d: v\n" % i for i in range(200_000)))
    yield "many documents", "night.yaml", fixed(b"--- a\n" * 300_000)
    yield "one long text", "night.yaml", lambda s: s.read("night.yaml") + b"# " + b"x" * 3_900_000
    yield "one long name", "night.yaml", lambda s: s.read("night.yaml") + b"x" * 3_900_000 + b": 1\n"
    yield "one long quote", "night.yaml", lambda _: b'a: "' + b"x\\n" * 1_300_000 + b'"'
    yield "comments", "night.yaml", lambda s: s.read("night.yaml") + b"#\n" * 1_900_000
    yield "anchors", "night.yaml", fixed(b"".join(b"- &a%d x\n" % i for i in range(250_000)))
    yield "100 MB", "night.yaml", fixed(b"#" * 100 * MEGABYTE)
    for what, old, new in _FIGURES:
        for name in ("night.yaml", "full.yaml", "made.yaml", "sites.yaml", "tasks.yaml"):
            yield f"{new} for {what}", name, _replacing(name, old, new)


_FIGURES = tuple(
    (what, old, new)
    for what, old, news in (
        ("count", "count: 2", ("count: 1000000000", "count: 1000000000000", "count: 20000")),
        ("first", "count: 2", ("count: 2, first: 1000000000000", f"count: 2, first: {'9' * 5000}")),
        ("staff", "units: 1}", ("units: 1000000000000}", "units: 2147483647}", "units: 80000}")),
        ("end", r"to: 2020-11-2\d \d\d:00", ("to: 9999-12-31 23:59", "to: 2020-11-27 18:00", "to: 2021-11-20 18:00")),
        ("start", "from: 2020-11-20 18:00", ("from: 0001-01-01 00:00", "from: 1883-11-18 12:00")),
        ("grid", "grid: 1 min", ("grid: 1000000000 min", "grid: 240 min", "grid: 0 min")),
        ("dwell", "dwell: 12 min", ("dwell: 1000000000 min", "dwell: 1 min", "dwell: 480 min")),
        ("linger", "linger: 60 min", ("linger: 1000000000 min", "linger: 0 min")),
        ("every", "every: 2 h", ("every: 1 min", "every: 1000000000 h")),
        ("stint", "stint: 30 min", ("stint: 1 min", "stint: 100000000 min")),
        ("risk", "risk: 3", ("risk: 1e308", "risk: 1e-308", f"risk: {'9' * 300}")),
        ("watches", "watches: 80 m", ("watches: 1e9 km", "watches: 0 m")),
        ("snap", "snap: 250 m", ("snap: 1000000 km", "snap: 0 m")),
        ("cell", "cell: 100 m", ("cell: 1 m", "cell: 0.001 m", "cell: 100000 km", "cell: 1e-300 m")),
        ("smoothing", "smoothing: 50 m", ("smoothing: 100 km", "smoothing: 1e9 m", "smoothing: 0 m")),
        ("half-life", "half_life: 30 days", ("half_life: 1 s", "half_life: 999999999 weeks")),
        ("since", "since: 90 days", ("since: 999999999999 days", "since: 1 s")),
        ("weights", "assault: 3", ("assault: 1e308", "assault: 1e-308", "assault: 0")),
        ("hotspots", "hotspots: 2,", ("hotspots: 1000000000000,", "hotspots: 0,")),
        ("demand points", "demand_points: 9", ("demand_points: 1000000000000", "demand_points: 1")),
        ("points", "points: 2", ("points: 1000000000000", "points: 0")),
        ("candidates", "candidates: candidates.csv", ("candidates: grid", "candidates: junctions")),
        ("spacing", "spacing: 100 m", ("candidates2: 1", "spacing: 0.001 m", "spacing: 1 m", "spacing: 1e9 km")),
        ("spacing of a grid", "candidates: candidates.csv, spacing: 100 m", ("candidates: grid, spacing: 1 m",)),
        ("spacing of a fine grid", "candidates: candidates.csv, spacing: 100 m", ("candidates: grid, spacing: 1 mm",)),
        ("standard", "core: 1 min", ("core: 1000000000 h", "core: 1 s")),
        ("backup", "backup: 10 min", ("backup: 1000000000 h", "backup: 1 s")),
        ("duty", "longest_duty: 3 h", ("longest_duty: 1 min", "longest_duty: 1000000000 h")),
        ("profit", "goals:", ("patrolplan2: 1\ngoals:",)),
        ("goals", "presence: 0.5", ("presence: 1e308", "presence: 1e-308", "presence: 1000000000000")),
        ("a file", "stations.csv", ("../../../../../../etc/passwd", "/dev/zero", "/proc/self/mem", "/", ".", "''")),
        ("network", "town.osm", ("/dev/zero", "/etc/passwd", "../town.osm", "http://127.0.0.1:9/", "town.osm/x")),
        ("closed", "East Street", ("''", "(a+)+$", "x" * 3000)),
        (
            "zone",
            "Europe/London",
            ("../../../etc/passwd", "/etc/localtime", "posix/UTC", "Europe", "x" * 3000, "localtime"),
        ),
    )
    for new in news
)
"""What is put in place of what: what it is, a pattern of the old text, the new."""


def _replacing(name: str, old: str, new: str) -> Make:
    """Return what makes a sample with the first text of a pattern replaced."""
    return lambda samples: re.sub(old, lambda _: new, samples.read(name).decode(), count=1).encode()
