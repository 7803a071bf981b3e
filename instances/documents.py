"""Reading a problem, a plan or streets back from the files that a run wrote, edited by hand or not."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from instances.errors import Fault, InputError
from instances.leftovers import settle
from instances.reading import MOST_DOCUMENT, content_of, cure, limited
from solver.document_errors import DocumentError

if TYPE_CHECKING:
    from solver.draws.draw_json import DrawDocument
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.streets import Streets

T = TypeVar("T")

STDIN = Path("-")
"""The name that stands for standard input."""


def read_problem(path: Path) -> Problem:
    """Return the problem in the file.

    Raises
    ------
    InputError
        When the file cannot be read or holds no problem.
    """
    from solver.problem_json import problem_from_json

    return _document(
        path, problem_from_json, not_the=("routes", "this is a plan; name the problem first, then the plan")
    )


def read_plan(path: Path, problem: Problem) -> Plan:
    """Return the plan of `problem` in the file, which may break every rule.

    Raises
    ------
    InputError
        When the file cannot be read or holds no plan.
    """
    from solver.plan_json import plan_from_json

    return _document(path, lambda text: plan_from_json(text, problem))


def read_draw(path: Path) -> DrawDocument:
    """Return the draw in the file.

    Raises
    ------
    InputError
        When the file cannot be read or holds no draw.
    """
    from solver.draws.draw_json import draw_from_json

    return _document(path, draw_from_json)


def read_streets(path: Path) -> Streets:
    """Return the streets in the file.

    Raises
    ------
    InputError
        When the file cannot be read or holds no streets.
    """
    from solver.streets_json import streets_from_json

    return _document(path, streets_from_json)


def _document(path: Path, parse: Callable[[str], T], *, not_the: tuple[str, str] | None = None) -> T:
    """Return what `parse` makes of the text of a file.

    `not_the` is a field that tells another document from this one, and what to say where it is there.
    """
    text = _text(path)
    try:
        return parse(text)
    except DocumentError as error:
        if not_the is not None and not_the[0] in _fields(text):
            raise InputError([Fault(str(path), 0, 0, "", not_the[1])]) from None
        raise InputError(_fault(path, line) for line in error.errors) from None


def _fields(text: str) -> frozenset[str]:
    """Return the names of the outermost fields of a JSON document, none where it is no section of fields."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(document) if isinstance(document, dict) else frozenset()


def _text(path: Path) -> str:
    """Return the text of a file, or of standard input; the mark that some editors put first is no part of it."""
    name = "standard input" if path == STDIN else str(path)
    try:
        if path != STDIN:
            settle(path.parent)
        content = limited(sys.stdin.buffer, MOST_DOCUMENT) if path == STDIN else content_of(path, MOST_DOCUMENT)
        return content.decode("utf-8-sig")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        right = cure(error, "name an existing file")
        raise InputError([Fault(name, 0, 0, "", f"cannot be read: {reason}", right)]) from None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError([Fault(name, line, 0, "", "is not UTF-8 text", "save it as UTF-8")]) from None


def _fault(path: Path, text: str) -> Fault:
    """Return an error of a document as a fault, with line and column where JSON itself is broken."""
    name = "standard input" if path == STDIN else str(path)
    broken = re.fullmatch(r"document: (.*) at line (\d+) column (\d+)", text, re.DOTALL)
    if broken:
        return Fault(name, int(broken[2]), int(broken[3]), "", broken[1])
    field, colon, wrong = text.partition(": ")
    return Fault(name, 0, 0, field, wrong) if colon and " " not in field else Fault(name, 0, 0, "", text)
