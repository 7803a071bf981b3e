"""Faults of a shift file that lie in its tasks, in when hotspots are visited, in what posts watch, and in districts."""

from __future__ import annotations

from tests.shift_faults import Sample, table

RULES = "response: {standards"
POLYGON = '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}'


def task(entry: str, said: str) -> Sample:
    """Return a sample whose fault lies in the one task of the file."""
    return Sample(RULES, f"tasks: [{entry}]\n{RULES}", said)


def tasks(text: str, said: str) -> Sample:
    """Return a sample whose fault lies in a table of tasks."""
    return table("tasks.csv", text, said, old=RULES, new=f"tasks: tasks.csv\n{RULES}")


def part(properties: str, said: str, *, old: str = RULES, new: str = RULES) -> Sample:
    """Return a sample whose fault lies in a file of one district, or in who is in it."""
    text = f'{{"type": "FeatureCollection", "features": [{{"properties": {properties}, "geometry": {POLYGON}}}]}}'
    return table("parts.geojson", text, said, old=old, new=f"districts: parts.geojson\n{new}")


WORK = (
    task(
        "{name: School, at: [51.5003, -0.1]}",
        "night.yaml:17:9: tasks[0]: 'minutes' is missing; write it like 'minutes: 15'",
    ),
    task(
        "{name: School, at: [51.5003, -0.1], minutes: a while}",
        "night.yaml:17:54: tasks[0].minutes: 'a while' is not a duration; write it like '12 min' or '90 days'",
    ),
    task(
        '{name: School, at: [51.5003, -0.1], minutes: 15, between: "16:00-17:00"}',
        "night.yaml:17:67: tasks[0].between: 16:00-17:00 does not lie within the file's 2020-11-20 "
        "18:00 to 2020-11-21 02:00, 8 h; change it, or 'from' and 'to' at the top",
    ),
    task(
        '{name: School, at: [51.5003, -0.1], minutes: 60, between: ["19:00-19:30", "01:30-02:00"]}',
        "night.yaml:17:83: tasks[0].between[1]: 1 h from 01:30 on 2020-11-21 end after the file's end "
        "at 02:00 on 2020-11-21; change it, or 'from' and 'to' at the top",
    ),
    task(
        "{name: School, at: [51.5003, -0.1], minutes: 15, between: [2020-11-20 20:00 - 2020-11-20 19:00]}",
        "night.yaml:17:68: tasks[0].between[0]: ends at 19:00, before its start at 20:00; change it, or "
        "'from' and 'to' at the top",
    ),
    task(
        "{name: School, at: [51.5003, -0.1], minutes: 9 h}",
        "night.yaml:17:54: tasks[0].minutes: 9 h do not fit in the file's 2020-11-20 18:00 to "
        "2020-11-21 02:00, 8 h; make it shorter",
    ),
    task(
        "{name: Gate, at: [51.5003, -0.1], minutes: 15}",
        "night.yaml:17:9: tasks[0]: 'Gate' is already used on line 16; give each its own name",
    ),
    tasks(
        "name,lat,lon\nSchool,51.5003,-0.1\n",
        "tasks.csv:1: minutes: there is no column 'minutes'; say how long each takes",
    ),
    tasks(
        'name,lat,lon,minutes,between,modes\nSchool,51.5003,-0.1,,"19:00-19:30, 20","car; cra"\n',
        "tasks.csv:2: between: '20' is not a span of time; write it like '18:00-02:00'\n"
        "tasks.csv:2: minutes: is blank; say how long it takes, such as 15\n"
        "tasks.csv:2: modes: there is no mode called 'cra'; did you mean 'car'?",
    ),
    table(
        "hotspots.csv",
        "name,lat,lon,open,every,required\n"
        "Market,51.5002,-0.1,03:00-04:00,2 h,maybe\n"
        "Bridge,51.5006,-0.1,18:00-18:05,,true\n",
        "hotspots.csv:2: open: 03:00-04:00 does not lie within the file's 2020-11-20 18:00 to "
        "2020-11-21 02:00, 8 h; change it, or 'from' and 'to' at the top\n"
        "hotspots.csv:2: required: 'maybe' is neither true nor false; write true or false\n"
        "hotspots.csv:3: open: a visit of 12 min does not fit in 18:00-18:05; make 'open' longer or "
        "'dwell' shorter\n"
        "hotspots.csv:3: required: nothing says how often a visit is required; give 'every', such as "
        "120 min",
    ),
    Sample(
        "visits: {dwell: 12 min}",
        "visits: {dwell: 12 min, required: true}",
        "night.yaml:11:35: visits.required: nothing says how often a visit is required; give 'every', such as 120 min",
    ),
    Sample(
        "stint: 30 min",
        "stint: 30 min, watches: [Markt]",
        "night.yaml:16:116: posts[0].watches[0]: there is no hotspot called 'Markt'; did you mean 'Market'?",
    ),
    Sample(
        "stint: 30 min",
        "stint: 30 min, watches: 150",
        "night.yaml:16:115: posts[0].watches: '150' has no unit; write it like '250 m'",
    ),
    Sample(
        "skills: [first aid]",
        "districts: [North]",
        "night.yaml:14:96: units[1].districts[0]: nothing says where the districts lie; give the file a "
        "line 'districts: FILE.geojson', or each place its 'district'",
    ),
    Sample(
        "skills: [first aid]",
        "tied: true",
        "night.yaml:14:90: units[1].tied: there is no district to tie it to; give 'districts' as well",
    ),
    part(
        "{}",
        "parts.geojson: features[0].properties: there is no property 'name'; add it",
    ),
    part(
        '{"name": "North"}',
        "night.yaml:17:5: posts[0]: there is no district called 'Nrth'; did you mean 'North'?",
        old="posts:\n  - {name: Gate, ",
        new="posts:\n  - {name: Gate, district: Nrth, ",
    ),
    part(
        '{"name": "North"}',
        "night.yaml:14:32: units[0].districts[0]: there is no district called 'Nort'; did you mean 'North'?",
        old="units:\n  - {callsign: A1, ",
        new="units:\n  - {callsign: A1, districts: [Nort], ",
    ),
)

WORK_BUILD = (
    part(
        '{"name": "North"}',
        "night.yaml:14:5: units[0]: unit 'A1': no place lies in district 'North', to which it is tied; "
        "give it another district, or do not tie it",
        old="units:\n  - {callsign: A1, ",
        new="units:\n  - {callsign: A1, districts: [North], tied: true, ",
    ),
)
