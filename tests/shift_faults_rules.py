"""Faults of a shift file that lie in its times, its names and its rules."""

from __future__ import annotations

from tests.shift_faults import Sample

PAUSE = 'break: {minutes: 30, between: "21:00-23:30"}'
STANDARDS = "{core: 1 min, town: 3 min, elsewhere: 5 min}"
FROM, TO = "from: 2020-11-20 18:00", "to: 2020-11-21 02:00"

TIMES = (
    Sample(FROM, "from: 18:00", "night.yaml:4:7: from: '18:00' has no date; write it like '2020-11-20 18:00'"),
    Sample(FROM, "from: Friday", "night.yaml:4:7: from: 'Friday' is not a time; write it like '2020-11-20 18:00'"),
    Sample(
        FROM,
        "from: 2020-11-31 18:00",
        "night.yaml:4:7: from: '2020-11-31 18:00' is not a date (day is out of range for month); "
        "write it like '2020-11-20 18:00'",
    ),
    Sample(
        TO,
        "to: 2020-11-21 25:00",
        "night.yaml:5:5: to: '2020-11-21 25:00' is not a time of day; write it like '2020-11-20 18:00', at most 24:00",
    ),
    Sample(
        TO,
        "to: 2020-11-20 17:00",
        "night.yaml:5:5: to: 2020-11-20 17:00 is not after 'from', 2020-11-20 18:00; write a later time",
    ),
    Sample(
        TO,
        "to: 2020-11-30 17:00",
        "night.yaml:5:5: to: 2020-11-30 17:00 is 10.0 days after 'from'; plan at most 7 days at once",
    ),
    Sample(
        FROM,
        "from: 2021-03-28 01:30",
        "night.yaml:4:7: from: '2021-03-28 01:30' does not exist: on 2021-03-28 the clocks of "
        "Europe/London go forward by 1 h; write a time before or after the change, such as 00:30 or "
        "02:30",
    ),
    Sample(
        FROM,
        "from: 2020-11-20 18:00 +02:00",
        "night.yaml:4:7: from: '2020-11-20 18:00 +02:00' has an offset that Europe/London does not "
        "have then; write 18:00+0000",
    ),
    Sample(
        FROM,
        "from: 2020-11-20 18:00 +25:00",
        "night.yaml:4:7: from: '+25:00' is not an offset from UTC; write it like '+01:00'",
    ),
    Sample(
        TO,
        "to: 9999-12-31 24:00",
        "night.yaml:5:5: to: '9999-12-31 24:00' is not between 1900 and 2199; write it like '2020-11-20 18:00'",
    ),
    Sample(
        "grid: 1 min",
        "grid: 7 min",
        "night.yaml:5:5: to: the 8 h from 'from' to 'to' are not a multiple of the grid of 7 min; end "
        "at 01:56 on 2020-11-21 or 02:03 on 2020-11-21, or use a finer grid",
    ),
    Sample(
        'shift: "18:00-02:00"',
        "shift: all night",
        "night.yaml:13:56: units[0].shift: 'all night' is not a span of time; write it like '18:00-02:00'",
    ),
    Sample(
        'shift: "18:00-02:00"',
        "shift: 17:00-02:00",
        "night.yaml:13:56: units[0].shift: starts at 17:00 on 2020-11-21, outside the file's "
        "2020-11-20 18:00 to 2020-11-21 02:00, 8 h; change it, or 'from' and 'to' at the top",
    ),
    Sample(
        'shift: "18:00-02:00"',
        "shift: 18:00-03:00",
        "night.yaml:13:56: units[0].shift: ends at 03:00 on 2020-11-21, after the file's end at 02:00 "
        "on 2020-11-21; change it, or 'from' and 'to' at the top",
    ),
    Sample(
        'shift: "18:00-02:00"',
        "shift: 2020-11-21 00:00 - 2020-11-20 20:00",
        "night.yaml:13:56: units[0].shift: ends at 20:00, not after its start at 00:00 on 2020-11-21; "
        "change it, or 'from' and 'to' at the top",
    ),
    Sample(
        '"19:00-01:00"',
        '"19:05-01:00"',
        "hotspots.csv:2: dwell: 15 min is not a multiple of the grid of 10 min; change it or the grid\n"
        "night.yaml:11:17: visits.dwell: 12 min is not a multiple of the grid of 10 min; write 10 min "
        "or 20 min, or a finer grid\n"
        "night.yaml:14:69: units[1].shift: 19:05 is not on the grid of 10 min from 18:00; use 19:00 "
        "or 19:10, or a finer grid",
        grid="10 min",
    ),
    Sample(
        'between: "21:00-23:30"',
        'between: "01:00-03:00"',
        "night.yaml:13:101: units[0].break.between: 01:00-03:00 does not lie within the shift "
        "18:00-02:00; choose times within the shift",
    ),
    Sample(
        'between: "21:00-23:30"',
        'between: "21:00-21:20"',
        "night.yaml:13:101: units[0].break.between: a break of 30 min does not fit in 21:00-21:20; "
        "make the break shorter or the time for it longer",
    ),
    Sample(
        "dwell: 12 min",
        "dwell: 12 min, linger: 45 min",
        "hotspots.csv:2: dwell: 15 min is not a multiple of the grid of 2 min; change it or the grid\n"
        "night.yaml:11:33: visits.linger: 45 min is not a multiple of the grid of 2 min; write 44 min "
        "or 46 min, or a finer grid",
        grid="2 min",
    ),
)

NAMES = (
    Sample(
        "station: Central",
        "station: Centrl",
        "night.yaml:13:29: units[0].station: there is no station called 'Centrl'; did you mean 'Central'?",
    ),
    Sample(
        "station: Central",
        "station: Central, end_station: South",
        "night.yaml:13:51: units[0].end_station: there is no station called 'South'; did you mean 'North'?",
    ),
    Sample(
        "callsign: A1",
        "callsign: b1",
        "night.yaml:14:26: units[1].callsign: 'B1' is too like 'b1' on line 13 (upper and lower case "
        "are alike in file names); give each its own name",
    ),
    Sample(
        'callsign: "B{n}"',
        "callsign: B",
        "night.yaml:14:26: units[1].callsign: 2 units cannot all be called 'B'; write 'B{n}'",
    ),
    Sample(
        "count: 2",
        "count: 10000",
        "night.yaml:14:5: units[1]: the roster has more than 10,000 units; plan a part of the force at once",
    ),
    Sample(
        'callsign: "B{n}"',
        'callsign: "B{i}"',
        "night.yaml:14:26: units[1].callsign: 'B{i}' has braces other than {n}; write {n} for the number",
    ),
    Sample(
        "callsign: A1",
        "callsign: A1, first: 3",
        "night.yaml:13:27: units[0].first: there is no {n} in the callsign to count; write {n} in it",
    ),
    Sample(
        "name: Gate",
        "name: Market",
        "night.yaml:16:5: posts[0]: 'Market' is already used on hotspots.csv:2; give each its own name",
    ),
    Sample(
        PAUSE,
        "break: {minutes: 30, at: [Centrl]}",
        "night.yaml:13:97: units[0].break.at[0]: there is no place called 'Centrl'; did you mean 'Central'?",
    ),
    Sample(
        PAUSE,
        "break: {minutes: 30, at: hme}",
        "night.yaml:13:96: units[0].break.at: there is no 'hme' here; did you mean 'home'?",
    ),
    Sample(
        "units:\n",
        "units: []\nroster:\n",
        "night.yaml:12:8: units: is empty; write at least one, or delete the line\n"
        "night.yaml:13:1: roster: there is no field 'roster' here; use one of 'alert', 'calendar', 'closed', "
        "'demand', 'districts', 'from', 'goals', 'grid', 'hotspots', 'incidents', 'locks', 'name', 'network', "
        "'patrolplan', 'posts', 'response', 'risk', 'shifts', 'sites', 'snap', 'stations', 'tasks', 'timezone', "
        "'to', 'units', 'visits'",
    ),
)

RULES = (
    Sample(
        "goals: {presence: 0.5, response: 0.35, backup: 0.15}",
        "goals: {presence: 1}",
        "night.yaml:18:8: goals: 'backup' is missing; write it like 'backup: 0.15'\n"
        "night.yaml:18:8: goals: 'response' is missing; write it like 'response: 0.35'",
    ),
    Sample(
        "goals: {presence: 0.5, response: 0.35, backup: 0.15}",
        "goals: {presence: 0, response: 0, backup: 0}",
        "night.yaml:18:8: goals: all goals are 0; give at least one of them more",
    ),
    Sample(
        "backup: 10 min}",
        "backup: {core: 5 min, twon: 9 min}}",
        "night.yaml:17:77: response.backup: there is no time for 'town', 'elsewhere'; give one for "
        "every zone\n"
        "night.yaml:17:97: response.backup.twon: there is no zone called 'twon'; did you mean 'town'?",
    ),
    Sample(
        "backup: 10 min}",
        "backup: {core: 5 min}}",
        "night.yaml:17:77: response.backup: there is no time for 'town', 'elsewhere'; give one for every zone",
    ),
    Sample(
        "backup: 10 min}",
        "backup: 10 min, zones: {cor: 0.3, town: 0.3}}",
        "night.yaml:17:92: response.zones: 2 zones are left without a share; give a share to all "
        "zones but one, which takes the rest\n"
        "night.yaml:17:98: response.zones.cor: there is no zone called 'cor'; did you mean 'core'?",
    ),
    Sample(
        "backup: 10 min}",
        "backup: 10 min, zones: {core: 0.3}}",
        "night.yaml:17:92: response.zones: 2 zones are left without a share; give a share to all "
        "zones but one, which takes the rest",
    ),
    Sample(
        "backup: 10 min}",
        "backup: 10 min, zones: {core: 0.3, town: 0.3, elsewhere: 0.3}}",
        "night.yaml:17:92: response.zones: no zone is left for the other 0.1 of the demand; give a "
        "share to all zones but one, which takes the rest",
    ),
    Sample(
        "backup: 10 min}",
        "backup: 10 min, zones: {core: 0.7, town: 0.7}}",
        "night.yaml:17:92: response.zones: the shares add up to 1.4; write shares that add up to 1 at most",
    ),
    Sample(
        STANDARDS,
        "{centre: 1 min, rest: 5 min}",
        "demand.csv:2: zone: there is no zone called 'core'; did you mean 'centre'?\n"
        "night.yaml:17:23: response.standards: nothing says where the zones centre, rest lie; give "
        "'zones' a GeoJSON file or a share for each, or the demand points a zone",
    ),
    Sample(
        "hotspots: hotspots.csv\n",
        "incidents: {file: incidents.csv, columns: {latt: y}}\n",
        "night.yaml:9:50: incidents.columns.latt: there is no role called 'latt'; did you mean 'lat'?",
    ),
    Sample(
        "network: town.osm",
        "network: {file: town.osm, place: Town}",
        "night.yaml:7:10: network: needs a file or a place, and not both; write 'network: "
        "city.osm.pbf' or 'network: {place: \"City of London\"}'",
    ),
    Sample(
        "network: town.osm",
        "network: {file: town.osm, overpass: http://x}",
        "night.yaml:7:37: network.overpass: is of no use without a place; delete it, or name a place",
    ),
    Sample(
        "network: town.osm",
        "network: twon.osm",
        "night.yaml:7:10: network: there is no file 'twon.osm'; did you mean 'town.osm'?",
    ),
    Sample(
        "stations: stations.csv",
        "stations: station.csv",
        "night.yaml:8:11: stations: there is no file 'station.csv'; did you mean 'stations.csv'?",
    ),
    Sample(
        "stations: stations.csv",
        "stations: .",
        "night.yaml:8:11: stations: '.' is a folder; write its path from the folder of this file",
    ),
)
