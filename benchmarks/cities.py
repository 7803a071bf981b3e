"""Two real places from a planner's files to units' terminals: how long it takes, first thing and later that day.

City of London with its roads, incidents and stations, 12 units and 2 posts; Malta with its roads and stations,
incidents drawn on its streets with an evening peak, 12 units and 2 posts.  Each is planned by `patrol plan`
twice with one cache: empty at first, then as the first run left it.  Every plan is checked by `patrol check`
and every GPX file against the schema.

    python -m benchmarks.cities --data DIR

DIR holds ``roads/``, ``incidents/``, ``stations/`` and ``gpx11.xsd``.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SEARCH = "10s"

SHIFT = """\
patrolplan: 1
name: Friday night
timezone: {timezone}
from: {day} 18:00
to:   {next_day} 02:00
network: {network}
stations: {stations}
incidents: {{file: {incidents}}}
risk: {{hotspots: {hotspots}}}
units:
  - {{count: {fourfold}, callsign: "A{{n}}", station: "{first}", mode: car, shift: "18:00-02:00",
     break: {{minutes: 30, between: "20:30-23:30"}}}}
  - {{count: {twofold}, callsign: "M{{n}}", station: "{second}", mode: motorcycle, shift: "18:00-02:00",
     break: {{minutes: 30, between: "21:00-23:30"}}}}
  - {{count: {twofold}, callsign: "C{{n}}", station: "{second}", mode: bicycle, shift: "20:00-02:00",
     break: {{minutes: 30, between: "22:00-00:30"}}}}
  - {{count: {fourfold}, callsign: "B{{n}}", station: "{first}", mode: foot, shift: "19:00-01:00"}}
posts:
  - {{name: Post 1, at: {post_1}, staff: [{{from: "19:00", to: "23:00", units: 1}}], stint: 30 min}}
  - {{name: Post 2, at: {post_2}, staff: [{{from: "18:30", to: "01:00", units: 1}}], stint: 30 min}}
response: {{standards: {{core: 1 min, town: 3 min, elsewhere: 5 min}}, backup: 10 min}}
goals: {{presence: 0.5, response: 0.35, backup: 0.15}}
"""


def main() -> None:
    """Plan both places cold and warm, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="directory of roads, incidents and stations")
    data = parser.parse_args().data.resolve()
    print(f"search {SEARCH}; seconds beside it: reading, building, checking, writing")
    print(f"{'place':<16}{'run':<6}{'beside':>8}{'value':>8}{'bound':>8}{'lacking':>9}{'GPX':>5}  check")
    with tempfile.TemporaryDirectory() as scratch:
        for place, shift in (("City of London", london(data)), ("Malta", malta(data, Path(scratch)))):
            folder = Path(scratch) / place
            folder.mkdir()
            (folder / "shift.yaml").write_text(shift, encoding="utf-8")
            for run in ("cold", "warm"):
                _plan(place, run, folder, data / "gpx11.xsd")


def _plan(place: str, run: str, folder: Path, schema: Path) -> None:
    """Plan once, and print a row."""
    begin = time.perf_counter()
    patrol = [sys.executable, "-m", "cli"]
    options = ["-o", "out", "--force", "--quiet", "--time-limit", SEARCH, "--cache-dir", "cache"]
    subprocess.run([*patrol, "plan", "shift.yaml", *options], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - begin
    plan = json.loads((folder / "out" / "plan.json").read_text(encoding="utf-8"))
    checked = subprocess.run([*patrol, "check", "out"], cwd=folder, check=False, capture_output=True)
    lacking = sum((s["end"] - s["start"]) * s["missing"] for s in plan["shortfalls"])
    valid = _valid(sorted((folder / "out" / "gpx").glob("*.gpx")), schema)
    beside = seconds - plan["parameters"]["seconds"]
    verdict = "nothing to report" if checked.returncode == 0 else f"exit code {checked.returncode}"
    print(
        f"{place:<16}{run:<6}{beside:>7.1f}s{plan['value']:>8.1%}{plan['bound']:>8.1%}"
        f"{lacking:>5} min{valid:>5}  {verdict}",
        flush=True,
    )


def _valid(files: list[Path], schema: Path) -> int:
    """Return how many files the schema of GPX 1.1 accepts; all of them, or this raises."""
    from lxml import etree

    rules = etree.XMLSchema(etree.parse(schema))
    for file in files:
        rules.assertValid(etree.parse(file))
    return len(files)


def london(data: Path, *, units: int = 12, hotspots: int = 40) -> str:
    """Return the shift file of the City of London, with a multiple of six units."""
    return SHIFT.format(
        **_sizes(units, hotspots),
        timezone="Europe/London",
        day="2020-11-20",
        next_day="2020-11-21",
        network=data / "roads" / "city_of_london.osm.pbf",
        stations=data / "stations" / "city_of_london_osm_police.csv",
        incidents=data / "incidents" / "city_of_london_police_2017-12_2020-11.csv.gz",
        first="Snow Hill Police Station",
        second="Wood Street Police Station",
        post_1="[51.5134, -0.0890]",
        post_2="[51.5138, -0.0984]",
    )


def malta(data: Path, folder: Path, *, units: int = 12, hotspots: int = 40) -> str:
    """Return the shift file of Malta, with a multiple of six units and incidents drawn on its streets."""
    from instances.roads import load_network

    network = load_network(data / "roads" / "malta.osm.pbf")
    rng = np.random.default_rng(1)
    centre = rng.choice(len(network.lonlat), 60, replace=False)
    weight = rng.pareto(1.2, 60) + 0.1
    spots = network.lonlat[centre[rng.choice(60, 5_000, p=weight / weight.sum())]]
    spots = spots + rng.normal(0, 0.0015, spots.shape)
    hours = np.round(rng.normal(21.5, 3.0, 5_000)).astype(int) % 24
    days = rng.integers(0, 90, 5_000)
    with (folder / "incidents.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["date", "latitude", "longitude", "type"])
        for day, hour, (lon, lat) in zip(days.tolist(), hours.tolist(), spots.tolist(), strict=True):
            date = np.datetime64("2020-08-20") + day
            writer.writerow([f"{date} {hour:02d}:{day % 60:02d}", f"{lat:.6f}", f"{lon:.6f}", "disorder"])
    return SHIFT.format(
        **_sizes(units, hotspots),
        timezone="Europe/Malta",
        day="2020-11-20",
        next_day="2020-11-21",
        network=data / "roads" / "malta.osm.pbf",
        stations=data / "stations" / "malta_osm_police.csv",
        incidents=folder / "incidents.csv",
        first="station 181448618",
        second="station 163033379",
        post_1="[35.8983, 14.5126]",
        post_2="[35.9189, 14.4893]",
    )


def _sizes(units: int, hotspots: int) -> dict[str, int]:
    """Return the counts that a shift file asks for: units of four kinds as 2 : 1 : 1 : 2, and hotspots."""
    if units % 6:
        raise ValueError(f"units must be a multiple of six, not {units}")
    return {"twofold": units // 6, "fourfold": units // 3, "hotspots": hotspots}


if __name__ == "__main__":
    main()
