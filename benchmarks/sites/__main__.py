"""Solves covering problems side by side with spopt, then problems at the size of a city, and prints the tables.

    python -m benchmarks.sites --data ../shared/benchmarks

Runs go into a table as they come, in place of earlier ones of the same.  Published sets that are not there are left
out, and so is spopt where it is not installed; both are told.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from platformdirs import user_cache_path

from benchmarks.sites.cities import city, even_town
from benchmarks.sites.engines import OURS, SPOPT, run, warm_up
from benchmarks.sites.published import Case, sjc_cases, stores_cases
from benchmarks.sites.table import Run, at_scale, keep, read, side_by_side
from instances.cache import Cache
from solver.sites import SiteProblem, Siting, fewest_points, most_covered

RESULTS = Path(__file__).parents[1] / "results" / "sites.csv"
DATA = Path(__file__).parents[3] / "shared" / "benchmarks"
POINTS = (5, 10, 20, 40, 60, 80)
PARTS = ("published", "cities", "even")
QUICK_EVERY = 8
"""In the quick form every so many of the published problems are solved."""


def main() -> None:
    """Run every engine on every problem."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="directory with mclp_sjc and spopt_sf")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2], help="cities to be drawn")
    parser.add_argument(
        "--seconds", type=float, help="time limit of a run at the size of a city; 60, in the quick form 15"
    )
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS), help="some of the parts")
    parser.add_argument("--quick", action="store_true", help="a few problems, one city")
    parser.add_argument("--out", type=Path, default=RESULTS, help="the table of runs")
    options = parser.parse_args()
    wrong = 0
    seconds = options.seconds or (15.0 if options.quick else 60.0)
    seeds = options.seeds[:1] if options.quick else options.seeds
    points = POINTS[1::3] if options.quick else POINTS
    runs = {
        "published": _published(options.data, options.quick),
        "cities": (made for seed in seeds for made in _city(seed, seconds, points)),
        "even": (made for seed in seeds for made in _even(seed, seconds, points)),
    }
    for made in chain.from_iterable(runs[part] for part in options.parts):
        print(_told(made), flush=True)
        keep(options.out, [made])
        wrong += made.engine == OURS and made.optimum not in ("", str(made.value))
    kept = read(options.out)
    print("", *side_by_side(kept), "", *at_scale(kept), sep="\n")
    sys.exit(wrong > 0)


def _published(data: Path, quick: bool) -> Iterator[Run]:
    """Yield the runs on published sets, one engine after the other on each problem."""
    cases: list[Case] = []
    for folder, reader in (("mclp_sjc", sjc_cases), ("spopt_sf", stores_cases)):
        if (data / folder).is_dir():
            cases += reader(data / folder)
        else:
            print(f"left out: there is no {data / folder}", file=sys.stderr)
    engines = [OURS, SPOPT] if importlib.util.find_spec("spopt") else [OURS]
    if len(engines) == 1:
        print("left out: spopt is not installed", file=sys.stderr)
    for engine in engines if cases else []:
        warm_up(engine, cases[0])
    for case in cases[::QUICK_EVERY] if quick else cases:
        for engine in engines:
            found = run(engine, case)
            yield Run(
                *(case.source, case.instance, case.model, f"{case.radius:g}", str(case.points or ""), engine),
                value=found.value,
                bound="" if found.bound is None else str(found.bound),
                optimum=str(case.optimum),
                seconds=round(found.seconds, 3),
                build_cpu=round(found.build_cpu, 3),
                cpu=round(found.cpu, 3),
            )


def _city(seed: int, seconds: float, points: tuple[int, ...]) -> Iterator[Run]:
    """Yield the runs at the size of a city."""
    made = city(seed, cache=Cache(user_cache_path("patrolplan") / "sites"))
    near = made.seconds >= 0
    zones = near & (made.seconds <= made.standard[:, None])
    mean, uniform = SiteProblem(zones, made.demand), SiteProblem(near & (made.seconds <= 180), made.demand)
    worst = SiteProblem(zones, made.demand, hours="worst")
    double = SiteProblem(zones, made.demand, backs=near & (made.seconds <= 600), backup_parts=30)
    for standard, problem in (("1, 3 or 5 min", mean), ("3 min", uniform)):
        for number in points:
            yield _measured(seed, "MCLP", standard, number, partial(most_covered, problem, number, seconds=seconds))
        yield _measured(seed, "LSCP", standard, 0, partial(fewest_points, problem, seconds=seconds))
    for model, problem in (("MCLP, worst hour", worst), ("MCLP with backup", double)):
        for number in points[1::2]:
            solve = partial(most_covered, problem, number, seconds=seconds)
            yield _measured(seed, model, "1, 3 or 5 min", number, solve)


def _even(seed: int, seconds: float, points: tuple[int, ...]) -> Iterator[Run]:
    """Yield the runs of a town with demand spread evenly."""
    made = even_town(seed, cache=Cache(user_cache_path("patrolplan") / "sites"))
    problem = SiteProblem((made.seconds >= 0) & (made.seconds <= made.standard[:, None]), made.demand)
    for number in points[:3]:
        solve = partial(most_covered, problem, number, seconds=seconds)
        yield _measured(seed, "MCLP, even demand", "3 min", number, solve)


def _measured(seed: int, model: str, standard: str, points: int, solve: Callable[[], Siting]) -> Run:
    """Return a run of one problem of a city."""
    begun, used = time.monotonic(), time.process_time()
    found = solve()
    spent, passed = time.process_time() - used, time.monotonic() - begun
    return Run(
        *("city", f"city {seed}", model, standard, str(points or ""), OURS),
        value=found.value,
        bound=str(found.bound),
        optimum="",
        seconds=round(passed, 3),
        build_cpu=0.0,
        cpu=round(spent, 3),
    )


def _told(made: Run) -> str:
    """Return a run in a line."""
    gap = "" if made.gap is None else f", gap {made.gap:.3%}"
    known = f" (known {made.optimum})" if made.optimum else ""
    what = f"{made.instance} {made.model} {made.radius} {made.points}".strip()
    return f"{what}, {made.engine}: {made.value:,}{known}{gap}, {made.cpu:.2f} CPU s"


if __name__ == "__main__":
    main()
