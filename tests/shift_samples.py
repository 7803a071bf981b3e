"""A right shift file with its tables, to be broken by tests one fault at a time."""

from __future__ import annotations

from pathlib import Path

SHIFT = """\
patrolplan: 1
name: Friday night
timezone: Europe/London
from: 2020-11-20 18:00
to: 2020-11-21 02:00
grid: 1 min
network: town.osm
stations: stations.csv
hotspots: hotspots.csv
demand: demand.csv
visits: {dwell: 12 min}
units:
  - {callsign: A1, station: Central, mode: car, shift: "18:00-02:00", break: {minutes: 30, between: "21:00-23:30"}}
  - {count: 2, callsign: "B{n}", station: North, mode: foot, shift: "19:00-01:00", skills: [first aid]}
posts:
  - {name: Gate, at: [51.5002, -0.1002], staff: [{from: "19:00", to: "23:00", units: 1}], stint: 30 min}
response: {standards: {core: 1 min, town: 3 min, elsewhere: 5 min}, backup: 10 min}
goals: {presence: 0.5, response: 0.35, backup: 0.15}
"""

FULL = """\
patrolplan: 1
timezone: Europe/London
from: 2020-11-20 18:00
to: 2020-11-21 02:00
network: town.osm
closed:
  - East Street
  - {at: [51.4990, -0.1010], within: 20 m, modes: [car]}
  - {from: [51.5010, -0.1000], to: [51.5015, -0.1000]}
  - {area: [[51.4989, -0.1001], [51.4989, -0.0999], [51.4991, -0.0999]]}
stations: stations.csv
districts: parts.geojson
hotspots:
  - {name: Market, at: [51.5002, -0.1000], risk: 3, open: ["19:00-20:00", "21:00-02:00"], every: 2 h, district: North}
  - {name: Mall, from: [51.4995, -0.1005], to: [51.5005, -0.1005], rho: 50 %, every: 90 min, required: true}
demand: demand.csv
visits: {dwell: 12 min, every: 3 h}
units:
  - {callsign: A1, station: Central, mode: car, break: {minutes: 30 min, at: [Gate, School]}, districts: [South]}
  - {count: 2, callsign: "B{n}", station: North, mode: foot, skills: [first aid], districts: [North], tied: true}
posts:
  - {name: Gate, at: [51.5002, -0.1002], staff: [{from: "19:00", to: "23:00", units: 1}], watches: [Market]}
  - {name: Quay, at: [51.5006, -0.1002], watches: 80 m, district: South}
tasks:
  - {name: School, at: [51.5004, -0.1], minutes: 15, between: ["18:10-18:20", "20:00-20:10"], profit: 3}
  - {name: Check, at: [51.5008, -0.1], minutes: 10 min, between: "19:00-21:00", required: true, skills: [first aid]}
goals: {presence: 0.5, response: 0.35, backup: 0.15, revisit: 0.1, tasks: 0.2, district: 0.05}
"""
"""A shift file with something of everything."""

STATIONS = """\
name,lat,lon
Central,51.5000,-0.1000
North,51.5010,-0.1000
"""

HOTSPOTS = """\
name,lat,lon,risk,risk_21,dwell
Market,51.5002,-0.1000,2,5,15
Bridge,51.5006,-0.1000,1,,
"""

DEMAND = """\
name,lat,lon,demand,zone
Yard,51.5003,-0.1000,4,core
Lane,51.5009,-0.1000,1,
"""

INCIDENTS = """\
date,latitude,longitude,type
2020-11-01 21:30,51.5002,-0.1000,theft
2020-11-03 22:10,51.5002,-0.1001,assault
2020-11-07 19:05,51.5006,-0.1000,theft
2020-11-13 23:45,51.5009,-0.1000,theft
"""

ZONES = """\
{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"zone": "core"}, "geometry": {"type": "Polygon", "coordinates":
 [[[-0.101, 51.499], [-0.099, 51.499], [-0.099, 51.5005], [-0.101, 51.5005], [-0.101, 51.499]]]}},
{"type": "Feature", "properties": {"zone": "town"}, "geometry": {"type": "Polygon", "coordinates":
 [[[-0.101, 51.499], [-0.099, 51.499], [-0.099, 51.5020], [-0.101, 51.5020], [-0.101, 51.499]]]}}
]}
"""

PARTS = """\
{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"name": "South"}, "geometry": {"type": "Polygon", "coordinates":
 [[[-0.101, 51.499], [-0.099, 51.499], [-0.099, 51.5005], [-0.101, 51.5005], [-0.101, 51.499]]]}},
{"type": "Feature", "properties": {"name": "North"}, "geometry": {"type": "Polygon", "coordinates":
 [[[-0.101, 51.499], [-0.099, 51.499], [-0.099, 51.5020], [-0.101, 51.5020], [-0.101, 51.499]]]}}
]}
"""
"""Two districts that overlap: the south of the town, and all of it."""

NODES = [(51.4990 + i / 2000, -0.1000 + j / 2000) for i in range(6) for j in range(-2, 3)]
"""A grid of streets about 200 m by 140 m, with a node every 56 m north and 35 m east."""


def osm() -> str:
    """Return the streets as OSM XML: residential streets in both directions, the one in the east with a name."""
    nodes = [f'<node id="{i}" lat="{lat:.6f}" lon="{lon:.6f}"/>' for i, (lat, lon) in enumerate(NODES, start=1)]
    rows = [[5 * i + j + 1 for j in range(5)] for i in range(6)]
    ways = []
    for number, line in enumerate(rows + [list(column) for column in zip(*rows, strict=True)], start=1):
        inside = "".join(f'<nd ref="{node}"/>' for node in line)
        name = '<tag k="name" v="East Street"/>' if line == [*range(5, 31, 5)] else ""
        ways.append(f'<way id="{number}">{inside}<tag k="highway" v="residential"/>{name}</way>')
    return '<?xml version="1.0"?>\n<osm version="0.6">\n' + "\n".join([*nodes, *ways]) + "\n</osm>\n"


FILES = {
    "stations.csv": STATIONS,
    "hotspots.csv": HOTSPOTS,
    "demand.csv": DEMAND,
    "incidents.csv": INCIDENTS,
    "zones.geojson": ZONES,
    "parts.geojson": PARTS,
    "town.osm": osm(),
}


def write_shift(folder: Path, *, shift: str = SHIFT, files: dict[str, str] | None = None) -> Path:
    """Write a shift file and its tables into `folder`; return the shift file."""
    for name, text in {**FILES, **(files or {})}.items():
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / "night.yaml"
    path.write_text(shift, encoding="utf-8")
    return path


def edited(old: str, new: str, text: str = SHIFT) -> str:
    """Return `text` with `old`, which stands in it once, replaced by `new`."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the sample"
    return text.replace(old, new)
