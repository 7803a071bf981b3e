"""Reads an instance of a published format into a problem, as the benchmarks do, with the exit codes of `patrol`."""

from __future__ import annotations

import sys
from pathlib import Path

from instances.commands.failures import DONE, INVALID
from instances.errors import InputError
from instances.published.chao import read_top
from instances.published.rounds import problem_of
from instances.published.toptw import read_toptw
from instances.published.vrplib import read_vrplib


def read(form: str, name: str) -> int:
    """Read the file `name` of one of the forms; say what is wrong with it, and return an exit code."""
    path = Path(name)
    try:
        if form == "top":
            rounds = read_top(path)
        elif form == "toptw":
            rounds = read_toptw(path, 2)
        else:
            rounds = read_vrplib(path)
        problem_of(rounds)
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return INVALID
    return DONE
