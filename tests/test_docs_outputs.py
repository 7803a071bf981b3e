"""``docs/outputs.md`` names what is written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from instances.commands import failures
from instances.commands.plan import PLAN_NAMES
from solver.export.filenames import file_name
from solver.export.geojson import plan_geojson
from solver.export.gpx import LONGEST_ROUTE, SYMBOLS
from solver.export.stops_csv import COLUMNS
from solver.export.track import LONGEST
from solver.plan import Reason, Status
from solver.plan_json import plan_schema
from solver.problem_json import problem_schema
from solver.streets_json import PER_DEGREE, streets_schema
from tests.tours import sample_plan, sample_problem, sample_streets

DOCS = Path(__file__).parents[1] / "docs" / "outputs.md"


def section(title: str) -> str:
    """Return the text under a title."""
    return DOCS.read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]


def words(text: str) -> set[str]:
    """Return what is set as code."""
    return set(re.findall(r"`([^`]+)`", text))


def fields(schema: Any) -> set[str]:
    """Return the names of all fields of a JSON Schema."""
    found = set(schema.get("properties", {}))
    for definition in schema.get("$defs", {}).values():
        found |= set(definition.get("properties", {}))
    return found


@pytest.mark.parametrize(
    ("title", "schema"),
    [("plan.json", plan_schema), ("problem.json", problem_schema), ("streets.json", streets_schema)],
)
def test_every_field_is_named(title: str, schema: Any) -> None:
    """Every field of a JSON document is in its section."""
    assert fields(schema()) - words(section(title)) == set()


def test_every_property_is_named() -> None:
    """Every property of a GeoJSON feature and every column of the table is in its section."""
    problem = sample_problem()
    document = json.loads(plan_geojson(problem, sample_plan(problem), sample_streets()))
    properties = {k for f in document["features"] for k in f["properties"]}
    properties |= set(document) - {"type", "features"}
    assert properties - words(section("GeoJSON")) == set()
    assert set(COLUMNS) - words(section("CSV")) == set()


def test_every_word_of_a_plan_is_named() -> None:
    """Every status and every reason of a shortfall is named."""
    text = " ".join(section("plan.json").split())
    assert {*get_args(Status), *get_args(Reason)} - words(text) == set()


def test_gpx_says_what_is_written() -> None:
    """Symbols, limits and the example of a file name are those of the code."""
    text = section("GPX")
    for kind, symbol in SYMBOLS.items():
        assert re.search(rf"^\| `{kind}` \|.*\| `{symbol}` \|$", text, re.MULTILINE)
    assert f"{LONGEST:,} track points" in text
    assert f"{LONGEST_ROUTE} stops" in text
    assert f"`A/1` is `{file_name('A/1')}.gpx`" in text


def test_streets_example() -> None:
    """The example of differences adds up."""
    text = section("streets.json")
    assert "`[-900000, 100, 50]` is -0.09, -0.08999, -0.089985" in text
    assert [-900000 / PER_DEGREE, -899900 / PER_DEGREE, -899850 / PER_DEGREE] == [-0.09, -0.08999, -0.089985]


def test_every_exit_code_is_named() -> None:
    """Every exit code of the command has its line."""
    names = ("DONE", "INTERNAL", "USAGE", "INVALID", "SHORT", "VIOLATED", "NO_ROADS", "INTERRUPTED")
    codes = [getattr(failures, name) for name in names]
    assert re.findall(r"^\| (\d+) \|", section("Exit codes"), re.MULTILINE) == [str(code) for code in codes]


def test_every_file_is_named() -> None:
    """Every entry that a run writes has its line."""
    named = {word.split("/")[0] for word in words(section("What `patrol plan SHIFT.yaml -o OUT` writes"))}
    assert set(PLAN_NAMES) <= named
