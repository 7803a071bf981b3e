"""The document of the shift file: its examples run, its tables are those of the program, its errors are real."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from instances.build import build
from instances.shift_file import read_shift, shift_schema
from instances.yaml_lines import parse_yaml
from tests.every_shift_fault import BUILT, READ
from tests.shift_faults import Sample
from tests.shift_samples import SHIFT, write_shift

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "shift-file.md"
FENCE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
EVERY = (*READ, *BUILT)

HEADINGS = {
    "": "The whole file",
    "NetworkEntry": "network",
    "ClosureEntry": "closed",
    "StationEntry": "stations",
    "IncidentsEntry": "incidents",
    "RiskEntry": "risk",
    "HotspotEntry": "hotspots",
    "DemandEntry": "demand",
    "VisitsEntry": "visits",
    "UnitEntry": "units",
    "WindowEntry": "units: shift",
    "BreakEntry": "units: break",
    "PostEntry": "posts",
    "StaffingEntry": "posts: staff",
    "TaskEntry": "tasks",
    "LockEntry": "locks",
    "ResponseEntry": "response",
    "GoalsEntry": "goals",
    "SitesEntry": "sites",
    "CandidateEntry": "sites: candidates",
}
"""The heading of each section in the document, in its order."""


def fences(language: str) -> list[str]:
    """Return the fenced examples of the document in a language."""
    return [body for name, body in FENCE.findall(DOCUMENT.read_text(encoding="utf-8")) if name == language]


def section(heading: str) -> str:
    """Return the text under a heading."""
    text = DOCUMENT.read_text(encoding="utf-8")
    found = re.search(rf"^##+ `?{re.escape(heading)}`?\n(.*?)(?=^##|\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"the document has no heading {heading!r}"
    return found[1]


def field_rows(schema: dict[str, Any], name: str) -> Iterator[str]:
    """Yield the row of each field of a section, as the document must have it."""
    part = schema["$defs"][name] if name else schema
    for field, facts in part["properties"].items():
        needed = field in part.get("required", ())
        default = "**needed**" if needed else f"`{_written(facts['default'])}`" if "default" in facts else "–"
        yield f"| `{field}` | {_form(facts)} | {default} | {facts.get('description', '')} |"


def _written(value: Any) -> str:
    """Return a default as it is written in YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return value if isinstance(value, str) else json.dumps(value)


def _form(facts: dict[str, Any]) -> str:
    """Return how a value is written."""
    if "oneOf" in facts:
        return " or ".join(dict.fromkeys(_form(choice) for choice in facts["oneOf"]))
    if "$ref" in facts:
        return "section"
    if "enum" in facts:
        return ", ".join(f"`{word}`" for word in facts["enum"])
    kind = facts.get("type")
    if kind == "array" and "prefixItems" not in facts and "examples" not in facts:
        return "list"
    if kind == "object":
        return "`{name: value}`"
    if kind == "string" and facts.get("examples"):
        return f"`{facts['examples'][0]}`"
    if kind == ["integer", "string"]:
        return "`30` or `30 min`"
    if kind == "array":
        return "`[lat, lon]`"
    return {"integer": "whole number", "number": "number", "boolean": "`true`, `false`", "string": "text"}.get(
        kind if isinstance(kind, str) else "", "text" if kind == ["string", "number"] else "`0.7` or `70 %`"
    )


def error_rows(sample: Sample) -> Iterator[str]:
    """Yield a row of the table of errors for each fault of a sample."""
    shown = (sample.new if sample.new and not sample.text else sample.text) or "(left out)"
    shown = shown.replace("\x07", "␇").replace("\t", "⇥").strip("\n").replace("\n", " ⏎ ").replace("|", "\\|")
    shown = shown if len(shown) <= 90 else shown[:89] + "…"
    for fault in sample.said.split("\n"):
        said = re.sub(r"^[\w.]+(:\d+)*: ", "", fault).replace("\n", " ").replace("\\n", " ")
        wrong, _, right = said.partition("; ")
        tick = "``" if "`" in shown else "`"
        space = " " if "`" in shown else ""
        yield f"| {tick}{space}{shown}{space}{tick} | {_cell(wrong)} | {_cell(right)} |"


def _cell(text: str) -> str:
    """Return text for a cell of a table in Markdown."""
    return re.sub(r"([*<_`|])", r"\\\1", text) or "–"


@pytest.mark.parametrize("name", HEADINGS)
def test_every_field_is_in_the_document(name: str) -> None:
    """Each field stands under its section with its form, its default and its meaning as the program has them."""
    text = section(HEADINGS[name])
    missing = [row for row in field_rows(shift_schema(), name) if row not in text]
    assert not missing


def test_every_section_is_in_the_document() -> None:
    """No section of the schema is left out of the document."""
    assert set(shift_schema()["$defs"]) == set(HEADINGS) - {""}


def test_every_error_is_in_the_document() -> None:
    """Each error that a test brings about stands in the table of errors with a sample and a cure."""
    text = section("Errors")
    missing = [row for sample in EVERY for row in error_rows(sample) if row not in text]
    assert not missing


@pytest.mark.parametrize("example", [e for e in fences("yaml") if "patrolplan:" in e], ids=lambda e: e[:40])
def test_whole_examples_are_read(tmp_path: Path, example: str) -> None:
    """Each whole example of the document is read without a fault, with the tables that the document shows."""
    path = write_shift(tmp_path, shift=example, files=_tables())
    (tmp_path / "city.osm.pbf").write_bytes(b"only its presence is looked at")
    assert read_shift(path).units


@pytest.mark.parametrize("example", [e for e in fences("yaml") if "patrolplan:" not in e], ids=lambda e: e[:40])
def test_parts_of_examples_are_read_and_built(tmp_path: Path, example: str) -> None:
    """Each example of a section, put into a right shift file, is read and built without a fault."""
    text = _with(SHIFT, example)
    shift = read_shift(write_shift(tmp_path, shift=text, files=_tables()))
    assert build(shift, cache=None).problem.units


def test_the_demo_town_is_built(tmp_path: Path) -> None:
    """The bundled demo town, to which the document points, is read and built."""
    town = tmp_path / "town"
    shutil.copytree(ROOT / "instances" / "demo_town", town)
    assert build(read_shift(town / "night.yaml"), cache=None).problem.hotspots


def _tables() -> dict[str, str]:
    """Return the tables that the document shows, by the name that stands before each."""
    text = DOCUMENT.read_text(encoding="utf-8")
    return dict(re.findall(r"`([\w.]+\.csv)`[^`]*?:\n\n```csv\n(.*?)```", text, re.DOTALL))


def _with(shift: str, example: str) -> str:
    """Return the shift file with the fields at the top of `example` in place of its own."""
    tree, faults = parse_yaml(example.encode(), file="example")
    assert not faults
    parts = re.split(r"^(?=\w)", shift, flags=re.MULTILINE)
    kept = [part for part in parts if part.split(":")[0] not in tree.value]
    return "".join(kept) + example
