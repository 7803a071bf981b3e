"""Valid files of every kind that the program reads, small, in one folder: what is changed, and what is then tried."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path
from typing import Any

from benchmarks.reliability.reading.sandbox import Sandbox
from tests.shift_samples import FILES, FULL, SHIFT, osm

_MADE = """\
patrolplan: 1
timezone: Europe/London
from: 2020-11-20 18:00
to: 2020-11-20 22:00
network: town.osm
stations: stations.csv
districts: parts.geojson
incidents: {file: incidents.csv, since: 90 days, columns: {date: date, type: type}, dates: auto, utc: false}
risk: {cell: 100 m, smoothing: 50 m, half_life: 30 days, weights: {assault: 3, "*": 1}, hotspots: 2, demand_points: 9}
visits: {dwell: 12 min, linger: 60 min, rho: 0.7, every: 2 h}
shifts: {early: "18:00-20:00", late: {from: "20:00", to: "22:00"}}
units:
  - {callsign: A1, station: Central, mode: car, shift: early, districts: [South]}
  - {callsign: B1, station: North, mode: motorcycle, shift: late, districts: [North]}
  - {callsign: C1, station: North, mode: bicycle, shift: late}
alert: {level: orange, districts: {North: red}, shares: {orange: 50 %}}
response: {standards: {core: 90 s, town: 4 min}, backup: {core: 5 min, town: 9 min}, zones: zones.geojson}
"""

_LOCKED = """\
patrolplan: 1
timezone: Europe/London
from: 2020-11-20 18:00
to: 2020-11-20 22:00
grid: 1 min
snap: 250 m
network: {file: town.osm}
closed: [East Street, {area: parts_closed.geojson, modes: [bicycle]}]
stations: stations.csv
hotspots: hotspots.geojson
tasks: tasks.csv
units:
  - &unit {callsign: A1, station: Central, end_station: North, mode: car, break: {minutes: 30, at: home}}
  - {<<: *unit, callsign: B1, mode: foot, skills: [first aid]}
locks:
  - {unit: A1, place: Market, from: "19:00", to: "19:30"}
  - {unit: B1, place: North, from: "20:00", to: "20:15", kind: standby}
goals: {presence: 0.5, response: 0.35, backup: 0.15, tasks: 0.2}
"""

_TASKS = """\
patrolplan: 1
timezone: Europe/London
from: 2020-11-20 18:00
to: 2020-11-20 22:00
network: town.osm
stations: stations.csv
calendar: roster.csv
units:
  - {callsign: A1, station: Central, mode: car, crew: A, longest_duty: 3 h, break: {minutes: 30}}
  - {callsign: B1, station: Central, mode: car, crew: B}
tasks: tasks.csv
"""

_SITES = """\
patrolplan: 1
timezone: Europe/London
from: 2020-11-20 18:00
to: 2020-11-20 22:00
network: town.osm
stations: stations.csv
demand: demand.csv
posts: [{name: Gate, at: [51.5002, -0.1002]}]
response: {standards: {core: 1 min, town: 3 min, elsewhere: 5 min}, backup: 10 min}
sites: {points: 2, candidates: candidates.csv, spacing: 100 m, mode: car, standard: 20 s, backup: 20 %,
  cover_all: false, hours: worst, given: [Yard end], forbidden: [Corner], preferred: [Middle]}
"""

_SHORT = FULL.replace("to: 2020-11-21 02:00", "to: 2020-11-20 22:00").replace('to: "23:00"', 'to: "22:00"')
"""The shift with something of everything, but shorter, lest the search takes longer than the reading."""

SHIFTS = {"night.yaml": SHIFT, "full.yaml": _SHORT, "made.yaml": _MADE, "locked.yaml": _LOCKED, "tasks.yaml": _TASKS}
"""Shift files, which together have every section and field but those of `SITES`."""

SITES = {"sites.yaml": _SITES}

_TASK_TABLE = """\
name,lat,lon,minutes,between,profit,required,modes,skills,available,district
School,51.5004,-0.1000,15,"18:10-18:20, 20:00-20:10",3,,,,,
Check,51.5008,-0.1000,10,,,true,"car, foot",,false,North
"""

_ROSTER = """\
crew,shift,start,end
A,evening,2020-11-20 16:00,2020-11-21 00:00
B,night,2020-11-20 20:00,2020-11-21 06:00
C,day,2020-11-21 08:00,2020-11-21 16:00
"""

_CANDIDATES = "name,lat,lon\nYard end,51.5003,-0.1000\nCorner,51.5010,-0.1005\nMiddle,51.5006,-0.0995\n"

_HOTSPOTS = """\
{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"name": "Market", "risk": 2, "risk_21": 5, "dwell": 15,
 "open": ["18:00-20:00", "21:00-22:00"]},
 "geometry": {"type": "Point", "coordinates": [-0.1000, 51.5002]}},
{"type": "Feature", "properties": {"name": "Mall", "risk": 1.5, "rho": "50 %", "every": 90, "required": true,
 "district": "N"},
 "geometry": {"type": "LineString", "coordinates": [[-0.1005, 51.4995], [-0.1005, 51.5005]]}}
]}
"""

_OFFICE = """\
Date;Time;Longitude;Latitude;Crime type;ID
03/11/2020;21:30;-0.1000;51.5002;theft;1
04/11/2020;22:10;-0.1001;51.5002;"assault; bodily";2
15/11/2020;19:05:10;-0.1000;51.5006;theft;3
2020-11-13T23:45:00+00:00;;-0.1000;51.5009;theft;4
"""

PUBLISHED = {
    "tiny.txt": "3 2 3 1\n0 200\n 0 0.0 0.0 0 0 0 0 0 100\n 1 3.0 4.0 10 7 1 1 15 20 40\n 2 0.0 9.99 0 5 0 0 0 90\n"
    " 3 60.0 60.0 5 9 1 2 1 2 0 90\n",
    "top.txt": "n 4\nm 2\ntmax 10.5\n0 0 0\n3 4 10\n1 1 5\n6 0 0\n",
    "tiny.vrp": "NAME : tiny\nVEHICLES : 2\nDIMENSION : 3\nCAPACITY : 9\nSERVICE_TIME : 2\nEDGE_WEIGHT_TYPE : EUC_2D\n"
    "NODE_COORD_SECTION\n1 0 0\n2 3 4\n3 1 1\nDEMAND_SECTION\n1 0\n2 4\n3 5\n"
    "TIME_WINDOW_SECTION\n1 0 50\n2 10 20\n3 0 48\nPRIZE_SECTION\n1 0\n2 30\n3 12\nDEPOT_SECTION\n1\n-1\nEOF\n",
}
"""Instances in the published formats, with the reader that each is for by its name."""

TABLES = {
    "tasks.csv": _TASK_TABLE,
    "roster.csv": _ROSTER,
    "candidates.csv": _CANDIDATES,
    "hotspots.geojson": _HOTSPOTS,
    "parts_closed.geojson": '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, '
    '"geometry": {"type": "Polygon", "coordinates": [[[-0.1001, 51.4989], [-0.0999, 51.4989], [-0.0999, 51.4991], '
    "[-0.1001, 51.4989]]]}}]}\n",
    "office.csv": _OFFICE,
}

SECRET = "0123456789abcdef0123456789abcdef\n"


class Samples:
    """A folder of valid files, and of plans made from them."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        self.folder = folder
        for name, text in (FILES | TABLES | SHIFTS | SITES | PUBLISHED | {"patrol.secret": SECRET}).items():
            (folder / name).write_text(text, encoding="utf-8")
        (folder / "patrol.secret").chmod(0o600)
        _write_roads(folder)
        for arguments in (
            ["plan", "night.yaml", "-o", "out", "--no-cache", "--work-limit", "1"],
            ["plan", "full.yaml", "-o", "other", "--no-cache", "--work-limit", "1"],
            ["plan", "made.yaml", "-o", "alert", "--no-cache", "--work-limit", "1"],
            ["draw", "night.yaml", "-o", "draws", "--no-cache", "--work-limit", "2", "--plans", "2"],
            ["network", "town.osm", "--cache-dir", "kept"],
        ):
            run = sandbox.run(arguments, folder)
            if run.code not in (0, 4):
                raise RuntimeError(f"{arguments} ended with {run.code}: {run.err}")

    def read(self, name: str) -> bytes:
        """Return the content of a sample."""
        return (self.folder / name).read_bytes()


def _write_roads(folder: Path) -> None:
    """Write the streets of the sample in every form that is read."""
    import osmium
    import osmnx

    text = osm().encode()
    (folder / "town.osm.gz").write_bytes(gzip.compress(text, mtime=0))
    (folder / "town.osm.bz2").write_bytes(bz2.compress(text))
    for name, form in (("town.osm.pbf", "pbf"), ("plain.osm.pbf", "pbf,pbf_compression=none")):
        with osmium.SimpleWriter(osmium.io.File(str(folder / name), form)) as writer:
            for entity in osmium.FileProcessor(str(folder / "town.osm")):
                writer.add(entity)
    graph: Any = osmnx.graph_from_xml(folder / "town.osm", simplify=False)
    osmnx.save_graphml(graph, folder / "town.graphml")
    (folder / "town.graphml.gz").write_bytes(gzip.compress((folder / "town.graphml").read_bytes(), mtime=0))
