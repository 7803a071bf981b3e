"""From the tree of a YAML file to a typed document, with every fault at its place.

What is wrong does not hide what else is wrong: faulty parts are set aside and the rest is typed all the same,
so that the checks that follow (`instances.shift_file`) can speak about it too.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from instances.errors import Fault, InputError, nearest
from instances.shift_document import FORMAT, LIST, SECTION, WORD, Missing, ShiftDocument, Unknown
from instances.yaml_lines import Address, Tree, Word, step_into

_STAND_INS: dict[str, Any] = {
    "patrolplan": str(FORMAT),
    "timezone": "UTC",
    "from": "2000-01-01 00:00",
    "to": "2000-01-02 00:00",
    "network": "missing",
    "stations": [{"name": "missing", "at": ["1", "1"]}],
    "units": [{"callsign": "missing", "station": "missing", "mode": "car"}],
}
"""What needed fields say while the others are being checked, where they themselves are wrong."""

_ITEM_STAND_INS: dict[Any, Any] = {"mode": "car", "at": ["1", "1"]}
"""The same for needed fields of units, posts and points."""

_LISTS = ("units", "posts", "tasks", "stations", "hotspots", "demand", "closed", "locks")
"""Fields whose items stand for themselves: a faulty one is set aside alone."""


@dataclass(frozen=True)
class Reading:
    """A typed document, and what had to be set aside.

    Parameters
    ----------
    document : ShiftDocument
    faults : tuple of Fault
    broken : frozenset of str
        Fields at the top whose value is not the file's own.
    kept : mapping of str to tuple of int
        For each list at the top, where in the file its items stand.
    """

    document: ShiftDocument
    faults: tuple[Fault, ...]
    broken: frozenset[str]
    kept: dict[str, tuple[int, ...]]

    def address(self, field: str, index: int) -> Address:
        """Return where item `index` of the list `field` of the document stands in the file."""
        return (field, self.kept[field][index])


def read_document(tree: Tree, form: type[ShiftDocument] = ShiftDocument) -> Reading:
    """Return the document in `tree`, of one form or the other.

    Raises
    ------
    InputError
        When it is no shift file at all, or of another version.
    """
    if not isinstance(tree.value, dict):
        what = "a list" if isinstance(tree.value, list) else "text"
        raise InputError([tree.fault((), f"the file is {what}, not named fields", "start with 'patrolplan: 1'")])
    _refuse_other_versions(tree)
    content = copy.deepcopy(tree.value)
    kept = {name: list(range(len(content[name]))) for name in _LISTS if isinstance(content.get(name), list)}
    faults: list[Fault] = []
    broken: set[str] = set()
    while True:
        try:
            document = form.model_validate(content)
        except ValidationError as error:
            details = error.errors(include_url=False)
            # Only the first round speaks of the file; the later ones would speak of what was set aside.
            if not faults:
                faults = [_fault(tree, detail) for detail in details if not _is_misspelt(detail, details)]
            _set_aside([_faulty_part(d) for d in details], content, kept, broken)
        else:
            return Reading(
                document, tuple(faults), frozenset(broken), {name: tuple(places) for name, places in kept.items()}
            )


def _refuse_other_versions(tree: Tree) -> None:
    """Raise when the file says that it is of a version that is not known here."""
    said = tree.value.get("patrolplan")
    if isinstance(said, Word) and said.isdigit() and said != str(FORMAT):
        wrong = f"version {said} of shift files is not known"
        raise InputError([tree.fault(("patrolplan",), wrong, f"write {FORMAT}, or use a newer patrolplan")])


def _set_aside(addresses: list[Address], content: dict[str, Any], kept: dict[str, list[int]], broken: set[str]) -> None:
    """Take what is wrong out of `content`, as little as possible.

    From the last to the first, so that what is still to go keeps its place in its list.
    """
    for address in sorted(set(addresses), key=_order, reverse=True):
        name, last = str(address[0]), address[-1]
        broken.add(name)
        holder: Any = content
        for step in address[:-1]:
            holder = step_into(holder, step)
        if len(address) == 1 and name in _STAND_INS:
            content[name] = copy.deepcopy(_STAND_INS[name])
            kept.pop(name, None)
        elif len(address) == 3 and last in _ITEM_STAND_INS and isinstance(holder, dict):
            holder[last] = copy.deepcopy(_ITEM_STAND_INS[last])
        elif isinstance(holder, dict):
            holder.pop(last, None)
        elif isinstance(holder, list) and isinstance(last, int) and last < len(holder):
            del holder[last]
            if len(address) == 2:
                del kept[name][last]
        if len(address) == 1 and name not in content:
            kept.pop(name, None)


def _order(address: Address) -> list[tuple[int, str]]:
    """Return what sorts addresses of one tree."""
    return [(step, "") if isinstance(step, int) else (-1, step) for step in address]


def _faulty_part(detail: ErrorDetails) -> Address:
    """Return what has to go: the value that is wrong, or the section that lacks something."""
    address = _address(detail["loc"])
    lacks = isinstance(detail["input"], Missing) and len(address) > 1
    item_field = len(address) == 3 and address[-1] in _ITEM_STAND_INS
    return address[:-1] if lacks and not item_field else address


def _address(location: tuple[int | str, ...]) -> Address:
    """Return where an error of pydantic lies in the file: its location without the names of alternatives."""
    alternatives = (str(WORD.tag), str(LIST.tag), str(SECTION.tag), "[key]")
    return tuple(step for step in location if step not in alternatives)


def _is_misspelt(detail: ErrorDetails, others: list[ErrorDetails]) -> bool:
    """Tell whether what is missing is there under a misspelt name, which is told of already."""
    if not isinstance(detail["input"], Missing):
        return False
    address = _address(detail["loc"])
    siblings = [_address(o["loc"]) for o in others if isinstance(o["input"], Unknown)]
    return any(
        s[:-1] == address[:-1] and get_close_matches(str(address[-1]), [str(s[-1]).lower()], n=1) for s in siblings
    )


def _fault(tree: Tree, detail: ErrorDetails) -> Fault:
    """Return what pydantic found, in a planner's words."""
    address, value, kind = _address(detail["loc"]), detail["input"], detail["type"]
    if isinstance(value, Unknown):
        name = str(address[-1])
        return tree.fault(address, f"there is no field {name!r} here", nearest(name, value.allowed), key=True)
    if isinstance(value, Missing):
        name = str(address[-1])
        wrong = f"{name!r} is missing"
        return tree.fault(address[:-1] or address, wrong, f"write it like '{name}: {value.sample}'")
    if kind == "wrong_value":
        return tree.fault(address, str(detail["ctx"]["wrong"]), str(detail["ctx"]["right"]))
    if isinstance(value, Word) and value.empty:
        return tree.fault(address, "is empty", "give it a value, or delete the line")
    if kind in ("model_type", "dict_type"):
        return tree.fault(address, "is not a section of named fields", "write it like {name: value}")
    if kind == "too_short" and value:
        return tree.fault(address, "is too short", f"write at least {detail['ctx']['min_length']}")
    if kind == "too_short":
        return tree.fault(address, "is empty", "write at least one, or delete the line")
    if kind == "list_type":
        return tree.fault(address, "is not a list", "write it like [one, another]")
    return tree.fault(address, detail["msg"])  # pragma: no cover - every kind of error has its words above
