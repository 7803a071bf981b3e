"""Made-up rounds of the users' kind: a town's units from several stations, and more premises to check than they can.

A town of `instances.towns` and a table of tasks are built by `instances.build` as a planner's own files are, so travel
times are those along its streets, and nothing but a seed goes in.

    python -m benchmarks.toptw.towns 20x600 1 problem.json

writes one problem.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.kept import kept_problem, made_by
from instances.build import build
from instances.shift_file import read_shift
from instances.towns import Town, make_town, write_town
from solver import Problem, problem_from_json, problem_to_json

BEGIN = "town-"
"""What the names of these cases begin with."""

_HOURS = 8
"""Length of the horizon, from 18:00."""

_AWAY = 0.15
"""Share of the units that end at another station than the one where they began."""

_HURRIED, _EVENING = 0.25, 0.45
"""Share of premises with windows of 15 to 45 minutes, and of those with one to three hours; others have four to
eight."""


@dataclass(frozen=True)
class Round:
    """How much there is of everything: `town` is the hotspots that the town is made for, which sets its area.

    Shifts last from the first to the last of `hours`, in halves of an hour.
    """

    name: str
    units: int
    tasks: int
    stations: int
    town: int
    hours: tuple[float, float]


ROUNDS = {
    given.name: given
    for given in (
        Round("20x600", 20, 600, 4, 100, (3.0, 5.5)),
        Round("40x800", 40, 800, 6, 200, (2.0, 4.0)),
        Round("60x1000", 60, 1000, 9, 400, (2.0, 3.5)),
    )
}
"""The sizes by name: units times premises."""


def town_file(name: str, folder: Path) -> Path:
    """Return the file of a problem such as ``town-20x600-1``, made where it is not in `folder` yet.

    The end of the name is the seed.

    Raises
    ------
    ValueError
        When there is no such size.
    """
    size, _, seed = name.removeprefix(BEGIN).rpartition("-")
    if size not in ROUNDS:
        raise ValueError(f"there is no size called {size!r}; sizes are {', '.join(ROUNDS)}")
    kept = folder / made_by([Path(__file__)])[:12] / f"{name}.json"
    return kept_problem(kept, lambda: make(ROUNDS[size], int(seed)))


def read(file: Path) -> Problem:
    """Return the problem of a file that `town_file` has made."""
    return problem_from_json(file.read_bytes())


def make(given: Round, seed: int) -> Problem:
    """Return the problem of a size that is drawn from `seed`."""
    rng = np.random.default_rng([seed, given.units, given.tasks])
    town = make_town(seed, hotspots=given.town, units=given.units)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_town(town, folder)
        stations = folder / "stations.csv"
        head, *rows = stations.read_text(encoding="utf-8").splitlines(keepends=True)
        rows = rows[: given.stations]
        stations.write_text("".join([head, *rows]), encoding="utf-8")
        (folder / "premises.csv").write_text(_premises(given, town, rng), encoding="utf-8")
        shift = folder / "shift.yaml"
        shift.write_text(_shift(given, [row.split(",")[0] for row in rows], rng), encoding="utf-8")
        return build(read_shift(shift), cache=None).problem


def _premises(given: Round, town: Town, rng: np.random.Generator) -> str:
    """Return the table of premises: along named streets, more of them near the market; larger ones earn more."""
    plan = town.streets
    streets = [s for s in plan.streets if s.tags.get("name") and s.highway in _STREETS]
    away = np.array([np.hypot(*plan.along(s, 0.5)) for s in streets])
    share = np.exp(-away / (0.8 * plan.ground.radius))
    lines = ["name,lat,lon,minutes,between,profit"]
    for i, s in enumerate(rng.choice(len(streets), given.tasks, p=share / share.sum())):
        lat, lon = plan.ground.degrees(*plan.along(streets[s], 0.05 + 0.9 * float(rng.random())))
        minutes = int(rng.integers(5, 21))
        profit = max(1, round(float(rng.lognormal(3.0, 0.6)) * (minutes / 12) ** 0.5))
        kind = rng.random()
        if kind < _HURRIED:
            length = int(rng.integers(15, 46))
        elif kind < _HURRIED + _EVENING:
            length = int(rng.integers(60, 181))
        else:
            length = int(rng.integers(240, 60 * _HOURS + 1))
        # The window holds the whole task, not its beginning alone.
        length = max(length, minutes + 5)
        first = int(rng.integers(0, 60 * _HOURS - length + 1))
        lines.append(f"Premises {i + 1},{lat},{lon},{minutes} min,{_clock(first)}-{_clock(first + length)},{profit}")
    return "\n".join(lines) + "\n"


_STREETS = ("primary", "secondary", "tertiary", "unclassified", "residential")
"""Streets with premises."""


def _shift(given: Round, stations: list[str], rng: np.random.Generator) -> str:
    """Return the shift file: cars at all stations in turn, on duty for different hours."""
    shortest, longest = (round(2 * hours) for hours in given.hours)
    lines = [
        "patrolplan: 1",
        f"name: {given.name}",
        "timezone: Europe/London",
        "from: 2026-10-16 18:00",
        f"to: 2026-10-17 {_clock(60 * _HOURS)}",
        "network: network.osm.gz",
        "stations: stations.csv",
        "tasks: premises.csv",
        "units:",
    ]
    for i in range(given.units):
        halves = int(rng.integers(shortest, longest + 1))
        start = 60 * int(rng.integers(0, (2 * _HOURS - halves) // 2 + 1))
        there = i % len(stations)
        back = (there + 1) % len(stations) if rng.random() < _AWAY else there
        to = "" if back == there else f', end_station: "{stations[back]}"'
        shift = f"{_clock(start)}-{_clock(start + 30 * halves)}"
        lines.append(f'  - {{callsign: C{i + 1}, station: "{stations[there]}"{to}, mode: car, shift: "{shift}"}}')
    return "\n".join(lines) + "\n"


def _clock(minute: int) -> str:
    """Return the time of day of a minute since 18:00."""
    hour, past = divmod(18 * 60 + minute, 60)
    return f"{hour % 24:02d}:{past:02d}"


def main() -> None:
    """Write a problem."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", choices=ROUNDS, help="its size")
    parser.add_argument("seed", type=int, help="what it is drawn from")
    parser.add_argument("out", type=Path, help="the file to write")
    arguments = parser.parse_args()
    made = make(ROUNDS[arguments.size], arguments.seed)
    arguments.out.write_text(problem_to_json(made), encoding="utf-8")
    print(f"{arguments.out}: {len(made.units)} units, {len(made.tasks)} tasks, {len(made.stations)} stations")


if __name__ == "__main__":
    main()
