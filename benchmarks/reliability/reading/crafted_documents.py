"""Problems, plans and streets made to hurt: nesting, figures without measure, names that lead elsewhere."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from benchmarks.reliability.reading.hostile import NAMES
from benchmarks.reliability.reading.made import MEGABYTE, Make, fixed
from benchmarks.reliability.reading.samples import Samples

Document = dict[str, Any]
Edit = Callable[[Document], object]

PROBLEM, PLAN, STREETS = "out/problem.json", "out/plan.json", "out/streets.json"


def document_bombs() -> Iterator[tuple[str, str, Make]]:
    """Yield documents that hold too much of something: what is tried, the sample that is changed, how it is made."""
    for name in (PROBLEM, PLAN, STREETS):
        yield "brackets", name, fixed(b"[" * 10_000_000)
        yield "braces", name, fixed(b'{"a":' * 2_000_000)
        yield "a figure of a million digits", name, fixed(b'{"patrolplan": ' + b"9" * 1_000_000 + b"}")
        yield "one long text", name, fixed(b'"' + b"x" * 50 * MEGABYTE + b'"')
        yield "many names", name, fixed(b"{" + b",".join(b'"k%d": 1' % i for i in range(300_000)) + b"}")
        yield "one name often", name, fixed(b"{" + b",".join([b'"routes": 1'] * 300_000) + b"}")
        yield "many values", name, fixed(b"[" + b"1," * 5_000_000 + b"1]")
        yield "spaces", name, partial(_spaced, name)


def document_files() -> Iterator[tuple[str, str, Make]]:
    """Yield problems, plans and streets with figures without measure, likewise."""
    for what, edit in _problem_edits():
        yield what, PROBLEM, partial(_edited, PROBLEM, edit)
    for what, edit in _plan_edits():
        yield what, PLAN, partial(_edited, PLAN, edit)
    for what, values in _LEGS.items():
        yield what, STREETS, partial(_edited, STREETS, partial(_first_leg, values))


def _spaced(name: str, samples: Samples) -> bytes:
    """Return the sample with 50 MB of spaces behind it."""
    return samples.read(name) + b" " * 50 * MEGABYTE


def _edited(name: str, edit: Edit, samples: Samples) -> bytes:
    """Return a JSON document edited; a problem without its fingerprint, which would give it away."""
    document = json.loads(samples.read(name))
    if name == PROBLEM:
        document.pop("fingerprint")
    edit(document)
    return json.dumps(document).encode()


def _problem_edits() -> Iterator[tuple[str, Edit]]:
    """Yield edits of a problem."""
    for minutes in (40_000, 10**6, 10**12, 2**63):
        yield f"{minutes} minutes", partial(_lasting, minutes)
        yield f"{minutes} minutes and units all the time", partial(_all_the_time, minutes)
    yield "100,000 slots", lambda d: d.update(slots=list(range(100_000)))
    yield "30,000 units", partial(_many_units, 30_000)
    yield "a million units wanted", partial(_wanting, 10**6)
    yield "as many units wanted as can be", partial(_wanting, 300)
    yield "10^12 units wanted", partial(_wanting, 10**12)
    for seconds in (2**31 - 1, 2**31, 10**12):
        yield f"ways of {seconds} s", partial(_far, seconds)
    yield "rows of unlike length", lambda d: d["travel"]["car"][0].append(1)
    yield "no rows", lambda d: d["travel"].update(car=[])
    yield "everything at the pole", lambda d: [place.update(lat=90, lon=180) for place in d["places"]]
    for start in (
        "0001-01-01T00:00:00+00:00",
        "9999-12-31T23:00:00+00:00",
        "2020-11-20T18:00:00+00:00:30",
        "1800-01-01T00:00Z",
    ):
        yield f"a start of {start}", partial(_beginning, start)


def _plan_edits() -> Iterator[tuple[str, Edit]]:
    """Yield edits of a plan."""
    for figure in (10**6, 10**9, 10**12, 2**63, -(10**12)):
        yield f"a stop until {figure}", partial(_until, figure)
        yield f"{figure} units missing", partial(_missing, figure)
        yield f"a value of {figure}", partial(_worth, figure)
    yield "60,000 stops", lambda d: d["routes"][0].update(stops=d["routes"][0]["stops"] * 20_000)
    yield "15,000 routes", lambda d: d.update(routes=d["routes"] * 5000)
    yield "a long history", lambda d: d.update(history=d["history"][:1] * 200_000)


_LEGS: Mapping[str, Mapping[str, list[int]]] = {
    "figures beyond": {"lon": [2**63, 1], "lat": [2**63, 1], "time": [0, 2**63]},
    "a leg of a million points": {"lon": [1] * 10**6, "lat": [1] * 10**6, "time": [0] * 10**6},
    "a leg of three centuries": {"lon": [0, 1], "lat": [0, 1], "time": [0, 10**12]},
    "a leg around the globe": {
        "lon": [-1_800_000_000, 3_600_000_000],
        "lat": [-900_000_000, 1_800_000_000],
        "time": [0, 1],
    },
}


def _first_leg(values: Mapping[str, list[int]], document: Document) -> None:
    """Give the first leg other points."""
    document["legs"][0].update(values)


def _lasting(minutes: int, document: Document) -> None:
    """Let a problem last so long."""
    document.update(minutes=minutes, slots=[0, minutes])
    for part, name in (("hotspots", "risk"), ("demand", "demand")):
        for item in document[part]:
            item[name] = [min(item[name][0], 1)]


def _all_the_time(minutes: int, document: Document) -> None:
    """Let a problem and the shifts of its units last so long."""
    _lasting(minutes, document)
    for unit in document["units"]:
        unit.update(start=0, end=minutes)


def _many_units(count: int, document: Document) -> None:
    """Give a problem so many units."""
    document["units"] = [document["units"][0] | {"callsign": f"U{i}"} for i in range(count)]


def _wanting(units: int, document: Document) -> None:
    """Let a post want so many units."""
    document["posts"][0]["staffing"][0].update(units=units)


def _beginning(start: str, document: Document) -> None:
    """Let a problem begin then."""
    document["start"] = start


def _far(seconds: int, document: Document) -> None:
    """Let every way by car take so long."""
    size = len(document["travel"]["car"])
    document["travel"]["car"] = [[0 if i == j else seconds for j in range(size)] for i in range(size)]


def _until(minute: int, document: Document) -> None:
    """Let a plan's first route end at a minute."""
    stop = document["routes"][0]["stops"][-1]
    stop.update(leave=minute)
    stop.pop("leave_time", None)


def _missing(units: int, document: Document) -> None:
    """Let a plan say that so many units are missing, for as many minutes."""
    lack = {"rule": "post", "place": "Gate", "start": 0, "end": units, "missing": units, "reason": "", "cure": ""}
    document["shortfalls"] = [lack]


def _worth(units: int, document: Document) -> None:
    """Let a plan say that it is worth so much."""
    document.update(value_units=units, bound_units=units, seed=units)


def named_plans() -> Iterator[tuple[str, Mapping[str, Make]]]:
    """Yield plans whose units and problem have names that lead elsewhere: what they are, and the files."""
    rng = random.Random("names")
    for _ in range(40):
        names = rng.sample(NAMES, 3)
        yield (
            " ".join(map(ascii, names)),
            {
                PROBLEM: partial(_edited, PROBLEM, partial(_name_units, names)),
                PLAN: partial(_edited, PLAN, partial(_name_routes, names)),
            },
        )


def _name_units(names: list[str], document: Document) -> None:
    """Give the units of a problem other callsigns, and the problem the first of them as name."""
    document["name"] = names[0]
    for unit, name in zip(document["units"], names, strict=False):
        unit["callsign"] = name


def _name_routes(names: list[str], document: Document) -> None:
    """Give the routes of a plan other callsigns."""
    for route, name in zip(document["routes"], names, strict=False):
        route["callsign"] = name
