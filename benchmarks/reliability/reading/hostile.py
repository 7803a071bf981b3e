"""Values that break readers, and files that are no files."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

TEXTS: tuple[str, ...] = (
    "",
    " ",
    "~",
    "null",
    "no",
    "true",
    "-",
    "*",
    "&a",
    "*a",
    "<<",
    "!!python/object/apply:os.system [id]",
    "{n}",
    "{0.__class__}",
    "{",
    "}",
    "%s%n%d",
    "=1+1",
    "@SUM(1)",
    "<script>alert(1)</script>",
    "&amp;&lt;]]>",
    '"',
    "'",
    "\\",
    "a\nb",
    "a\tb",
    "a\0b",
    "\x07\x1b[31m",
    "\u202egnp.exe",
    "\u200b",
    "\ufeff",
    "\ud800",
    "\uffff",
    "e\u0301",
    "警\U0001f693",
    "１８：００",
    "٣",
    ".",
    "..",
    "../../../etc/passwd",
    "/",
    "/etc/passwd",
    "/dev/zero",
    "/dev/stdin",
    "//host/share",
    "a/../../b",
    "C:\\x",
    "CON",
    "nul.txt",
    "x" * 300,
    "x" * 100_000,
    "警" * 200,
    "18:00",
    "18:00-18:00",
    "00:00-24:00",
    "25:99",
    "24:00",
    "99999:00",
    "2020-02-30",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31 23:59",
    "10000-01-01",
    "2020-11-20T18:00:00+99:99",
    "2020-11-20T18:00:00-23:59",
    "0000-00-00",
    "1000000000 min",
    "999999999999 h",
    "1e9 min",
    "1 year",
    "0 min",
    "-5 min",
    "1e400 m",
    "1..1000000000",
    "1000000000..1",
    "1,2,3," * 1000,
    "100 %",
    "1e308 %",
    "nan",
    "inf",
    "-inf",
    "1e308",
    "-1e308",
    "1e-320",
    "1e999",
    "9" * 400,
    "9" * 5000,
    "0x10",
    "1_000",
    "1,5",
    "-0",
    "+1",
)
"""Texts: signs of every format, marks of direction, paths, times, lengths, numbers."""

PLAUSIBLE: tuple[str, ...] = (
    "0",
    "1",
    "2",
    "3.5",
    "40",
    "1 min",
    "5 min",
    "30 min",
    "90 min",
    "2 h",
    "7 days",
    "45 s",
    "1 m",
    "100 m",
    "10 km",
    "0.3",
    "30 %",
    "100 %",
    "18:30",
    "21:00",
    "18:30-19:00",
    "19:00-01:00",
    "20:00-20:00",
    "2020-11-20 18:00",
    "2020-11-20 20:00",
    "2020-11-21 02:00",
    "2020-03-29 00:30",
    "2020-10-25 01:30",
    "true",
    "false",
    "car",
    "motorcycle",
    "bicycle",
    "foot",
    "all shift",
    "anywhere",
    "home",
    "stations",
    "junctions",
    "grid",
    "cells",
    "streets",
    "visit",
    "standby",
    "stint",
    "red",
    "green",
    "core",
    "Central",
    "North",
    "South",
    "Market",
    "Gate",
    "School",
    "A1",
    "B1",
    "Europe/London",
    "Asia/Shanghai",
    "Antarctica/Troll",
    "UTC",
    "East Street",
    "stations.csv",
    "hotspots.csv",
    "incidents.csv",
    "parts.geojson",
    "zones.geojson",
    "town.osm",
    "51.5002",
    "-0.1",
    "89.9999",
    "180",
    "-180",
)
"""Texts that are right in some place of some file, so that what is read goes further."""

NUMBERS: tuple[int | float, ...] = (
    0,
    1,
    -1,
    2,
    7,
    0.5,
    -0.0,
    1e-320,
    1e308,
    -1e308,
    float("nan"),
    float("inf"),
    float("-inf"),
    10**6,
    10**9,
    10**12,
    2**31 - 1,
    2**31,
    -(2**31) - 1,
    2**52,
    2**53 + 1,
    2**63 - 1,
    2**63,
    -(2**63) - 1,
    2**64,
    10**30,
    10**400,
)

NAMES: tuple[str, ...] = (
    "..",
    ".",
    "../up",
    "../../etc/x",
    "/abs",
    "/",
    "a/b",
    "a\\b",
    "a:b",
    "a\0b",
    "a\nb",
    "CON",
    "con.gpx",
    "NUL",
    "COM1",
    "LPT9.txt",
    " ",
    ".hidden",
    "-rf",
    "~root",
    "a.",
    "a ",
    "x" * 300,
    "警" * 200,
    "\U0001f693" * 100,
    "\u202exgp",
    "Ａ",
    "A",
    "a",
    "é",
    "e\u0301",
    "ß",
    "ss",
    "ﬁ",
    "fi",
    "all",
    "shift",
    "summary",
    "index",
    "$(id)",
    "`id`",
    "%00",
    "*",
    "?",
    "|x",
    "\ud800",
)
"""Callsigns of which a careless program would make bad names of files."""


def _directory(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # the name of a socket may have 108 bytes at most
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def _link_to(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _unreadable(path: Path) -> None:
    path.write_bytes(b"x")
    path.chmod(0)


def _sparse(path: Path) -> None:
    """Make a file of a terabyte that takes no room."""
    with path.open("wb") as file:
        file.truncate(2**40)


NO_FILES: dict[str, Callable[[Path], None]] = {
    "a directory": _directory,
    "a pipe that nobody writes to": _pipe,
    "a socket": _socket,
    "a link to itself": _loop,
    "a link to nothing": _link_to("nowhere"),
    "a link to /dev/null": _link_to("/dev/null"),
    "a link to /dev/zero": _link_to("/dev/zero"),
    "a link to /dev/urandom": _link_to("/dev/urandom"),
    "a link to /proc/self/mem": _link_to("/proc/self/mem"),
    "a link to its directory": _link_to("."),
    "a file that may not be read": _unreadable,
    "a terabyte of nothing": _sparse,
}
"""What can stand in place of a file, by its name, with how it is made."""
