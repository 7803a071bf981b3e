"""The problems of the benchmark: made-up towns with travel times along their streets, the same from the same seed.

A town of `instances.towns` and a shift file of `benchmarks.cover.roster` are built by `instances.build` as a
planner's own files are, so nothing but a seed goes in.

    python -m benchmarks.cover.towns M 1 problem.json

writes one problem.
"""

from __future__ import annotations

import argparse
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.cover.roster import shift_text
from benchmarks.cover.sizes import SIZES, Size
from benchmarks.kept import kept_problem, made_by
from instances.build import build
from instances.cache import Cache, content_key
from instances.shift_file import read_shift
from instances.towns import make_town, write_town
from solver import Problem, problem_from_json, problem_to_json


def problem(name: str, seed: int, *, folder: Path | None = None) -> Problem:
    """Return the problem of the size called `name` that is drawn from `seed`.

    Parameters
    ----------
    name : str
        One of `benchmarks.cover.sizes.SIZES`.
    seed : int
    folder : Path, optional
        Where problems are looked up and kept; one made by another version of the program is made anew.

    Raises
    ------
    ValueError
        When there is no such size, or the town has not as many of something as the size asks for.
    """
    if name not in SIZES:
        raise ValueError(f"there is no size called {name!r}; sizes are {', '.join(SIZES)}")
    size = SIZES[name]
    if folder is None:
        return make(size, seed)
    kept = folder / f"{name}-{seed}-{content_key(_program(), str(size), size.town)[:12]}.json"
    cache = Cache(folder / "cache")
    return problem_from_json(kept_problem(kept, lambda: make(size, seed, cache=cache)).read_bytes())


def make(size: Size, seed: int, *, cache: Cache | None = None) -> Problem:
    """Return the problem of `size` that is drawn from `seed`; `cache` is for what is slow to build.

    Raises
    ------
    ValueError
        When the town has not as many of something as the size asks for.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_town(make_town(seed, hotspots=size.town, units=min(size.units, size.town)), folder)
        town = read_shift(folder / "night.yaml")
        stations = folder / "stations.csv"
        head, *rows = stations.read_text(encoding="utf-8").splitlines(keepends=True)
        stations.write_text("".join([head, *rows[: size.stations]]), encoding="utf-8")
        names = [station.name for station in town.stations[: size.stations]]
        shift = folder / "shift.yaml"
        shift.write_text(shift_text(size, names, town.posts[: size.posts]), encoding="utf-8")
        made = _with_demand(build(read_shift(shift), cache=cache).problem, size.demand)
    _expect_counts(made, size)
    return made


def _with_demand(made: Problem, count: int) -> Problem:
    """Return the problem with the `count` demand points that have the most demand.

    Quiet cells are joined by two to four, so it has up to three more than asked for.
    """
    length = np.diff(made.slots)
    most = np.argsort([-int(length @ point.demand) for point in made.demand], kind="stable")[:count]
    kept = np.sort(most)
    reach = {mode: seconds[:, kept] for mode, seconds in made.reach.items()}
    return made.replace(demand=tuple(made.demand[i] for i in kept.tolist()), reach=reach)


def _expect_counts(made: Problem, size: Size) -> None:
    """Raise where the problem has more or less of something than the size says."""
    for what in ("units", "hotspots", "demand", "stations", "posts"):
        has, wanted = len(getattr(made, what)), getattr(size, what)
        if has != wanted:
            raise ValueError(f"{made.name}: there are {has} {what}, not {wanted}; take another seed or a larger town")


@cache
def _program() -> str:
    """Return a digest of all that makes problems."""
    return made_by(Path(__file__).parent / f"{name}.py" for name in ("roster", "sizes", "towns"))


def main() -> None:
    """Write a problem."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", choices=SIZES, help="its size")
    parser.add_argument("seed", type=int, help="what it is drawn from")
    parser.add_argument("out", type=Path, help="the file to write")
    arguments = parser.parse_args()
    made = problem(arguments.size, arguments.seed)
    arguments.out.write_text(problem_to_json(made), encoding="utf-8")
    print(f"{arguments.out}: {SIZES[arguments.size]}")


if __name__ == "__main__":
    main()
