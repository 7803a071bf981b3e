"""Faults of a shift file that lie in what it locks."""

from __future__ import annotations

from tests.shift_faults import Sample

POSTS = "posts:"


def lock(text: str, said: str) -> Sample:
    """Return a sample of a file with one line of locks before its posts, or several."""
    return Sample(POSTS, f"locks: [{text}]\nposts:", said)


LOCKS = (
    lock(
        '{unit: A9, place: Markt, from: "19:00", to: "19:30"}',
        "night.yaml:15:16: locks[0].unit: there is no unit called 'A9'; use one of 'A1', 'B1', 'B2'\n"
        "night.yaml:15:27: locks[0].place: there is no place called 'Markt'; did you mean 'Market'?",
    ),
    lock(
        '{unit: A1, place: Market, from: "17:00", to: "17:30"}',
        "night.yaml:15:41: locks[0].from: starts at 17:00 on 2020-11-21, outside the file's 2020-11-20 18:00 "
        "to 2020-11-21 02:00, 8 h; change it, or 'from' and 'to' at the top",
    ),
    lock(
        '{unit: A1, place: Market, from: "19:00", to: "19:30", kind: lunch}',
        "night.yaml:15:69: locks[0].kind: there is no 'lunch' here; use one of 'break', 'standby', 'stint', "
        "'task', 'visit'",
    ),
    Sample(
        POSTS,
        'alert: red\nlocks: [{unit: A1, place: Market, from: "19:00", to: "19:30"}]\nposts:',
        "night.yaml:16:8: locks: do not go with an alert; delete one of 'locks' and 'alert'",
    ),
    lock(
        '{unit: A1, place: Market, from: "19:00"}',
        "night.yaml:15:9: locks[0]: 'to' is missing; write it like 'to: 21:30'",
    ),
)

LOCKS_BUILD = (
    lock(
        '{unit: A1, place: Market, from: "19:00", to: "19:05"}',
        "night.yaml:15:9: locks[0]: A1 visits Market 19:00-19:05, 5 minutes; a visit there takes 15 minutes "
        "or more: stay until 19:15 or make it standby",
    ),
    lock(
        '{unit: B1, place: Gate, from: "19:00", to: "19:40", kind: visit}',
        "night.yaml:15:9: locks[0]: B1 visits Gate 19:00-19:40, which is no hotspot; make it standby",
    ),
    lock(
        '{unit: A1, place: Market, from: "19:00", to: "19:30"}, {unit: A1, place: Gate, from: "19:20", to: "20:00"}',
        "night.yaml:15:9: locks[0]: unit 'A1': it cannot be at Market until 19:30 and at Gate at 19:20; "
        "leave one out, or lock them as one",
    ),
    lock(
        '{unit: A1, place: Market, from: "20:40", to: "23:20"}',
        "night.yaml:15:9: locks[0]: unit 'A1': what is locked leaves no time for its break of 30 minutes "
        "within 21:00-23:30",
    ),
)
