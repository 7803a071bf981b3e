"""Road networks side by side: this project against OSMnx with networkx, doing the same work.

The work: read the streets of Greater Porto, keep the largest strongly connected component for cars, find the
nearest place along a street for each of 300 random places, and the travel times between all pairs.  Each
program does it in a process of its own; CPU seconds (user and system, all threads) and peak memory are those
the operating system tells of that process, imports included.

    python -m benchmarks.roads --roads DIR

DIR holds ``greater_porto_drive.osm.gz``, and for the last rows ``greater_porto.osm.pbf``, which OSMnx cannot
read.  What makes the comparison fair is written in ``docs/benchmarks.md``.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MODE = "car"


def main() -> None:
    """Run every program in its own process, compare the travel times, and print a table."""
    options = _options()
    if options.worker:
        _work(options)
        return
    # This process imports nothing large: the peak a child is told includes that of the process it came from.
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        drivable = options.roads / f"{options.town}_drive.osm.gz"
        whole = options.roads / f"{options.town}.osm.pbf"
        _run("places", drivable, here, options)
        rows = {
            "OSMnx + networkx": _run("peer", drivable, here, options),
            "patrolplan": _run("ours", drivable, here, options),
            "patrolplan, whole extract as .osm.pbf, four modes": _run("ours_again", whole, here, options),
            "the same, second run of the day": _run("ours_again", whole, here, options),
        }
        difference = _run("compare", drivable, here, options)
    _print_table(rows, difference)


def _options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--roads", type=Path, required=True, help="directory of the extracts")
    parser.add_argument("--town", default="greater_porto", help="name of the extract")
    parser.add_argument("--places", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(worker: str, file: Path, scratch: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Run one worker in a process of its own and return what it tells."""
    command = [sys.executable, "-m", "benchmarks.roads", "--roads", str(options.roads), "--town", options.town]
    command += ["--places", str(options.places), "--seed", str(options.seed), "--worker", worker]
    print(f"{worker}: {file.name} …", file=sys.stderr)
    done = subprocess.run([*command, str(file), str(scratch)], check=True, capture_output=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _work(options: argparse.Namespace) -> None:
    """Do one worker's job and print what it took as one line of JSON."""
    name, file, scratch = options.worker[0], Path(options.worker[1]), Path(options.worker[2])
    if name == "places":
        told = _draw_places(file, scratch, options.places, options.seed)
    elif name == "compare":
        told = _compare(scratch)
    else:
        stages = _Stages()
        job: Callable[[Path, Path, _Stages], dict[str, Any]] = {
            "peer": _peer,
            "ours": _ours,
            "ours_again": _ours_again,
        }[name]
        told = job(file, scratch, stages)
        told |= stages.told()
    print(json.dumps(told))


class _Stages:
    """CPU seconds by stage, and the peak memory of the process."""

    def __init__(self) -> None:
        self._at = 0.0
        self._wall = time.perf_counter()
        self._seconds: dict[str, float] = {}

    def done(self, stage: str) -> None:
        """Note that a stage has ended."""
        now = self._cpu()
        self._seconds[stage] = now - self._at
        self._at = now

    def told(self) -> dict[str, Any]:
        """Return the figures."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        wall = time.perf_counter() - self._wall
        return {"cpu": self._cpu(), "stages": self._seconds, "peak_mb": peak, "wall": wall}

    @staticmethod
    def _cpu() -> float:
        """Return user and system seconds of this process since it began."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime


def _draw_places(file: Path, scratch: Path, count: int, seed: int) -> dict[str, Any]:
    """Draw places up to some 50 m beside random streets and keep them for all workers."""
    import numpy as np

    from instances.roads import load_network
    from instances.roads.street_parts import place_along

    network = load_network(file)
    rng = np.random.default_rng(seed)
    streets = np.flatnonzero(network.connected[0].reshape(-1, 2).any(axis=1))
    share = network.metres[streets] / network.metres[streets].sum()
    chosen = rng.choice(streets, count, p=share)
    lonlat = place_along(network, chosen, rng.random(count)) + rng.normal(0, 2e-4, (count, 2))
    np.save(scratch / "places.npy", lonlat[:, ::-1])
    return {}


def _ours(file: Path, scratch: Path, stages: _Stages, cache: Path | None = None) -> dict[str, Any]:
    """Do the work with this project."""
    import numpy as np

    from instances.cache import Cache
    from instances.roads import load_network, travel_seconds

    store = Cache(cache) if cache is not None else None
    places = np.load(scratch / "places.npy")
    stages.done("import")
    network = load_network(file, cache=store)
    stages.done("read")
    snaps = network.snap(places, MODE)
    stages.done("snap")
    seconds = travel_seconds(network, MODE, snaps, snaps, cache=store)
    stages.done("matrix")
    if cache is None:
        np.savez(scratch / "ours.npz", seconds=seconds, snapped=snaps.metres)
    return {"nodes": network.describe().modes[MODE].nodes}


def _ours_again(file: Path, scratch: Path, stages: _Stages) -> dict[str, Any]:
    """Do the work with this project and a cache."""
    return _ours(file, scratch, stages, scratch / "cache")


def _peer(file: Path, scratch: Path, stages: _Stages) -> dict[str, Any]:
    """Do the work with OSMnx and networkx."""
    import networkx as nx
    import numpy as np
    import osmnx as ox

    from benchmarks.osmnx_peer import car_graph, join_places

    places = np.load(scratch / "places.npy")
    stages.done("import")
    graph = car_graph(file)
    stages.done("read")
    metres = join_places(graph, places)
    stages.done("snap")
    seconds = np.full((len(places), len(places)), np.inf)
    for i in range(len(places)):
        reached = nx.single_source_dijkstra_path_length(graph, ("from", i), weight="travel_time")
        seconds[i] = [reached.get(("to", j), np.inf) for j in range(len(places))]
    stages.done("matrix")
    np.savez(scratch / "peer.npz", seconds=seconds, snapped=metres)
    return {"nodes": len(graph) - 2 * len(places), "version": f"OSMnx {ox.__version__}, networkx {nx.__version__}"}


def _compare(scratch: Path) -> dict[str, Any]:
    """Return how far the travel times of the two programs are apart."""
    import numpy as np

    from instances.roads.travel import whole_seconds

    ours, peer = np.load(scratch / "ours.npz"), np.load(scratch / "peer.npz")
    rounded = whole_seconds(peer["seconds"])
    apart = np.abs(ours["seconds"].astype(int) - rounded)
    # Rounding up adds less than a second; what lies outside of that is a true difference.
    above = ours["seconds"] - peer["seconds"]
    return {
        "pairs": int(apart.size),
        "equal": int((apart == 0).sum()),
        "largest": int(apart.max()),
        "unrounded": float(max(-above.min(), above.max() - 1)),
        "unreached": int((rounded < 0).sum()),
        "mean": float(rounded.mean()),
        "snap_apart": float(np.abs(ours["snapped"] - peer["snapped"]).max()),
    }


def _print_table(rows: dict[str, dict[str, Any]], difference: dict[str, Any]) -> None:
    """Print the figures as a table for the documents."""
    peer = next(iter(rows.values()))
    print("| | CPU s | of it: import | read | snap | matrix | peak MB | CPU, times less | memory, share |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, told in rows.items():
        stages = " | ".join(f"{told['stages'][s]:.2f}" for s in ("import", "read", "snap", "matrix"))
        times, share = peer["cpu"] / told["cpu"], told["peak_mb"] / peer["peak_mb"]
        print(f"| {name} | {told['cpu']:.2f} | {stages} | {told['peak_mb']:.0f} | {times:.1f} | {share:.2f} |")
    d = difference
    print(
        f"\nTravel times: {d['equal']:,} of {d['pairs']:,} pairs equal to the second, the others at most "
        f"{d['largest']} s apart, and {d['unrounded']:.2f} s before rounding up; the mean is {d['mean']:.0f} s, and "
        f"{d['unreached']} pairs have no way. Snapping distances at most {d['snap_apart']:.2f} m apart. "
        f"{peer['version']}."
    )


if __name__ == "__main__":
    main()
