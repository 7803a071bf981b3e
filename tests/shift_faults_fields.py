"""Faults of a shift file that lie in its YAML and in single fields."""

from __future__ import annotations

from tests.shift_faults import Sample

STAFF = 'staff: [{from: "19:00", to: "23:00", units: 1}]'

YAML = (
    Sample(
        "grid: 1 min",
        "grid:\t1 min\n\tsnap: 250 m",
        "night.yaml:6:6: a tab where spaces are needed; indent with spaces",
    ),
    Sample("grid: 1 min", "name: Saturday", "night.yaml:6:1: name: 'name' is already on line 2; keep one of the two"),
    Sample(
        "name: Friday night",
        "name: Friday: night",
        "night.yaml:2:13: a ':' where none can stand; put text that holds ': ' in quotes, or indent "
        "the names of one section alike",
    ),
    Sample(
        "name: Friday night", 'name: "Friday night', "night.yaml:2:7: a quote is not closed; close it on the same line"
    ),
    Sample("name: Friday night", "name: @Friday", "night.yaml:2:7: text cannot start with '@'; put it in quotes"),
    Sample("name: Friday night", "name: `Friday`", "night.yaml:2:7: text cannot start with '`'; put it in quotes"),
    Sample("name: Friday night", "name: %Friday", "night.yaml:2:7: text cannot start with '%'; put it in quotes"),
    Sample(
        "name: Friday night",
        "name: *Friday",
        "night.yaml:2:7: an alias (*name) without its anchor (&name); put text that starts with * in quotes",
    ),
    Sample(
        "name: Friday night",
        "name: *",
        "night.yaml:2:8: a '*' or '&' without a name; put text that starts with it in quotes",
    ),
    Sample("name: Friday night", "name: !!int 3", "night.yaml:2:7: name: the tag !!int is not used here; delete it"),
    Sample(
        "name: Friday night",
        "name: Fri\x07day",
        "night.yaml:2:10: the invisible character U+0007 cannot be used; delete it",
    ),
    Sample(
        "name: Friday night",
        "Friday night",
        "night.yaml:2:1: a line without ':'; write 'name: value', or close the quotes before it",
    ),
    Sample("name: Friday night", "? [Friday]\n: night", "night.yaml:2:3: a key must be text; put it in quotes"),
    Sample(
        'callsign: "B{n}"',
        "callsign: B{n}",
        "night.yaml:14:27: a '{' inside unquoted text or a missing comma; put text that holds { } in quotes",
    ),
    Sample(
        "visits: {dwell: 12 min}",
        "visits: {dwell: 12 min",
        "night.yaml:11:9: a { is not closed, or a comma is missing; close it with }, separate by commas",
    ),
    Sample(
        "skills: [first aid]",
        "skills: [first aid",
        "night.yaml:14:92: a [ is not closed, or a comma is missing; close it with ], separate by commas",
    ),
    Sample(
        "  - {count: 2",
        "   - {count: 2",
        "night.yaml:14:4: the indentation does not match the lines above; indent items of one list alike",
    ),
    Sample(
        "goals: {", "---\ngoals: {", "night.yaml:18:1: a second document starts here ('---'); keep one shift a file"
    ),
    Sample(
        "visits: {dwell",
        "visits: &a {x: *a, dwell",
        "night.yaml:11:9: visits.x: an alias (*name) points back at what holds it; delete it",
    ),
    Sample(
        "visits: {dwell",
        "visits: {<<: 5, dwell",
        "night.yaml:11:14: visits: '<<' must pull in a mapping; write '<<: *name' with the name of an anchored mapping",
    ),
    Sample(
        "visits: {dwell",
        "visits: &a {<<: *a, dwell",
        "night.yaml:11:9: visits: '<<' pulls in the mapping that holds it; delete it",
    ),
    Sample(
        "name: Friday night",
        "name: &a x\nposts: &a []",
        "night.yaml:3:8: the same anchor twice; give each its own name",
    ),
)

FIELDS = (
    Sample(
        "name: Friday night",
        "nam: Friday night",
        "night.yaml:2:1: nam: there is no field 'nam' here; did you mean 'name'?",
    ),
    Sample(
        "mode: car", "mod: car", "night.yaml:13:38: units[0].mod: there is no field 'mod' here; did you mean 'mode'?"
    ),
    Sample(
        "timezone: Europe/London\n",
        "",
        "night.yaml:1:1: timezone: 'timezone' is missing; write it like 'timezone: Europe/London'",
    ),
    Sample(
        "network: town.osm\n",
        "",
        "night.yaml:1:1: network: 'network' is missing; write it like 'network: city.osm.pbf'",
    ),
    Sample("callsign: A1, ", "", "night.yaml:13:5: units[0]: 'callsign' is missing; write it like 'callsign: A1'"),
    Sample("name: Friday night", "name:", "night.yaml:2:6: name: is empty; write text, or delete the line"),
    Sample(
        "name: Friday night",
        "name: [Friday, night]",
        "night.yaml:2:7: name: is a list, not one value; write text",
    ),
    Sample(
        "name: Friday night",
        'name: "Friday\\nnight"',
        "night.yaml:2:7: name: holds the invisible character U+000A; delete it, or write it on one line",
    ),
    Sample(
        "visits: {dwell: 12 min}", "visits:", "night.yaml:11:8: visits: is empty; give it a value, or delete the line"
    ),
    Sample(
        "visits: {dwell: 12 min}",
        "visits: 12 min",
        "night.yaml:11:9: visits: is not a section of named fields; write it like {name: value}",
    ),
    Sample(
        "skills: [first aid]",
        "skills: first aid",
        "night.yaml:14:92: units[1].skills: is not a list; write it like [one, another]",
    ),
    Sample(STAFF, "staff: []", "night.yaml:16:49: posts[0].staff: is empty; write at least one, or delete the line"),
    Sample(
        "patrolplan: 1",
        "patrolplan: 2",
        "night.yaml:1:13: patrolplan: version 2 of shift files is not known; write 1, or use a newer patrolplan",
    ),
    Sample("patrolplan: 1", "patrolplan: one", "night.yaml:1:13: patrolplan: 'one' is not a whole number; write 1"),
    Sample(
        "timezone: Europe/London",
        "timezone: Europe/Londn",
        "night.yaml:3:11: timezone: 'Europe/Londn' is not a time zone; did you mean 'Europe/London'?",
    ),
    Sample(
        "timezone: Europe/London",
        "timezone: Berlin",
        "night.yaml:3:11: timezone: 'Berlin' is not a time zone; did you mean 'Europe/Berlin'?",
    ),
    Sample("mode: car", "mode: cra", "night.yaml:13:44: units[0].mode: there is no 'cra' here; did you mean 'car'?"),
    Sample(
        "count: 2",
        "count: two",
        "night.yaml:14:13: units[1].count: 'two' is not a whole number; write a whole number from 1 to 100,000",
    ),
    Sample(
        "count: 2",
        "count: 0",
        "night.yaml:14:13: units[1].count: 0 is out of range; write a whole number from 1 to 100,000",
    ),
    Sample(
        "units: 1",
        "units: 1, x: 1",
        "night.yaml:16:89: posts[0].staff[0].x: there is no field 'x' here; use one of 'from', 'to', 'units'",
    ),
    Sample(
        "stint: 30 min",
        "stint: 30 min, available: yes",
        "night.yaml:16:117: posts[0].available: 'yes' is neither true nor false; write true",
    ),
    Sample(
        "stint: 30 min",
        "stint: 30 min, available: maybe",
        "night.yaml:16:117: posts[0].available: 'maybe' is neither true nor false; write true or false",
    ),
    Sample(
        "presence: 0.5",
        "presence: half",
        "night.yaml:18:19: goals.presence: 'half' is not a number; write a number of 0 or more, such as 0.5",
    ),
    Sample(
        "presence: 0.5",
        "presence: -0.5",
        "night.yaml:18:19: goals.presence: -0.5 is negative; write a number of 0 or more, such as 0.5",
    ),
    Sample(
        "stint: 30 min",
        "stint: 30",
        "night.yaml:16:98: posts[0].stint: '30' has no unit; write it like '12 min' or '90 days'",
    ),
    Sample(
        "stint: 30 min",
        "stint: 99999999 days",
        "night.yaml:16:98: posts[0].stint: '99999999 days' is too much; write at most 2,147,483,647 seconds",
    ),
    Sample(
        "presence: 0.5",
        "presence: 1e300",
        "night.yaml:18:19: goals.presence: 1e300 is too much; write at most 1,000,000,000,000: only proportions count",
    ),
    Sample(
        "stint: 30 min",
        "stint: half an hour",
        "night.yaml:16:98: posts[0].stint: 'half an hour' is not a duration; write it like '12 min' or '90 days'",
    ),
    Sample(
        "stint: 30 min",
        "stint: 30 fortnights",
        "night.yaml:16:98: posts[0].stint: 'fortnights' is not a unit of duration; use one of week, d, h, min, s",
    ),
    Sample(
        "stint: 30 min",
        "stint: -30 min",
        "night.yaml:16:98: posts[0].stint: '-30 min' is negative; write a duration like '12 min' or '90 days'",
    ),
    Sample("stint: 30 min", "stint: 0 min", "night.yaml:16:98: posts[0].stint: '0 min' is nothing; write more than 0"),
    Sample(
        "stint: 30 min",
        "stint: 90 s",
        "night.yaml:16:98: posts[0].stint: '90 s' is not in whole minutes; write '1 min' or '2 min'",
    ),
    Sample(
        "core: 1 min",
        "core: 0.5 s",
        "night.yaml:17:30: response.standards.core: '0.5 s' is not in whole seconds; write it like "
        "'12 min' or '90 days'",
    ),
    Sample("dwell: 12 min", "rho: 0.705", "night.yaml:11:15: visits.rho: 0.705 is not a whole per cent; write 0.7"),
    Sample(
        "dwell: 12 min",
        "rho: 1.7",
        "night.yaml:11:15: visits.rho: '1.7' is more than the whole; write a number from 0 to 1, such "
        "as 0.3, or '30 %'",
    ),
    Sample(
        "dwell: 12 min",
        "rho: much",
        "night.yaml:11:15: visits.rho: 'much' is not a share; write a number from 0 to 1, such as 0.3, or '30 %'",
    ),
    Sample(
        "minutes: 30",
        "minutes: 90 s",
        "night.yaml:13:88: units[0].break.minutes: '90 s' is not in whole minutes; write '1 min' or '2 min'",
    ),
    Sample(
        "at: [51.5002, -0.1002]",
        "at: 51.5002",
        "night.yaml:16:22: posts[0].at: is not a pair of latitude and longitude; write it like "
        "[51.5134, -0.0890], in degrees",
    ),
    Sample(
        "at: [51.5002, -0.1002]",
        "at: [121.5002, 31.2]",
        "night.yaml:16:22: posts[0].at: latitude 121.5 is outside -90 to 90; are latitude and longitude exchanged?",
    ),
    Sample(
        "at: [51.5002, -0.1002]",
        "at: [51.5002, 251]",
        "night.yaml:16:22: posts[0].at: longitude 251 is outside -180 to 180; write degrees, WGS-84",
    ),
    Sample(
        "at: [51.5002, -0.1002]",
        "at: [0, 0]",
        "night.yaml:16:22: posts[0].at: 0, 0 is no place on land; write latitude and longitude in degrees",
    ),
)
