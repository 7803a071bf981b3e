"""``docs/outputs.md`` names what is written."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

import cli
from instances.commands import failures
from instances.commands.export import CONTENTS as CONTENT_CHOICES
from instances.commands.export import FORMS, Paper
from instances.commands.written_plans import PLAN_NAMES
from solver.export.filenames import file_name
from solver.export.geojson import plan_geojson
from solver.export.gpkg import LAYERS, PLAN
from solver.export.gpx import CONTENTS, LONGEST_ROUTE, SYMBOLS
from solver.export.ics import unit_ics
from solver.export.kml import NAMESPACE, plan_kml
from solver.export.plan_files import A_FILE_A_UNIT, IN_ANY_DATUM, Form, plan_files
from solver.export.stops_csv import COLUMNS
from solver.export.track import LONGEST
from solver.plan import STOP_KINDS, Reason, Status
from solver.plan_json import plan_schema
from solver.problem_json import problem_schema
from solver.score import score
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


def test_every_layer_and_column_is_named() -> None:
    """The section of GeoPackage has a line for each layer, with its geometry and all its columns."""
    lines = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", section("GeoPackage"), re.MULTILINE))
    assert set(lines) == {layer.name for layer in LAYERS} | {"plan"}
    for layer in LAYERS:
        geometry = lines[layer.name].split(" | ")[0].replace(" M", "").upper()
        assert geometry == layer.geometry
        assert set(layer.columns) - words(lines[layer.name]) == set()
    assert set(PLAN) - words(lines["plan"]) == set()


def test_every_field_of_kml_is_named() -> None:
    """Every field for programs and every kind of element with times is in its section."""
    problem = sample_problem()
    root = ET.fromstring(plan_kml(problem, sample_plan(problem), sample_streets()))
    fields = {e.attrib["name"] for e in root.iter(f"{{{NAMESPACE}}}Data")}
    assert fields - words(section("KML")) == set()


def test_every_property_of_a_calendar_is_named() -> None:
    """Every property of an event and every category is in its section."""
    problem = sample_problem()
    event = unit_ics(problem, sample_plan(problem), sample_streets(), "A1").decode().split("BEGIN:VEVENT")[1]
    properties = set(re.findall(r"^([A-Z]+)[:;]", event, re.MULTILINE)) - {"END", "TRANSP"}
    assert properties - words(section("iCalendar")) == set()
    assert {*STOP_KINDS, "shift"} - words(section("iCalendar")) == set()


def test_every_form_is_named() -> None:
    """The table of forms has each of them, for whom it is, and its datum; commands of the page write them all."""
    rows = re.findall(
        r"^\| (`.*`) \| (one.*?) \| .* \| (WGS.*) \|$", section("What `patrol export` writes"), re.MULTILINE
    )
    forms = {form: (files, datum) for names, files, datum in rows for form in words(names)}
    assert (*get_args(Form), *get_args(Paper)) == FORMS
    assert set(forms) == set(FORMS)
    for form, (files, datum) in forms.items():
        assert (files == "one a unit") == (form in A_FILE_A_UNIT)
        assert ("GCJ-02" in datum) == (form in IN_ANY_DATUM)


def test_every_content_is_named() -> None:
    """The table of contents of GPX says which elements each holds."""
    rows = re.findall(r"^\| `(\w+)`[^|]*\|([ x]+)\|([ x]+)\|([ x]+)\|", section("GPX"), re.MULTILINE)
    named = {
        name: tuple(t for t, mark in zip(("wpt", "rte", "trk"), marks, strict=True) if "x" in mark)
        for name, *marks in rows
    }
    assert named == CONTENTS
    assert tuple(CONTENTS) == CONTENT_CHOICES


def test_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the page runs on a plan, writes what it names, and together they write every form."""
    problem = sample_problem()
    plan = sample_plan(problem)
    for name, content in plan_files(problem, plan, score(problem, plan), sample_streets()).items():
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    commands = [
        shlex.split(line[2:]) for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("$ ")
    ]
    for _, *arguments in commands:
        result = CliRunner().invoke(cli.main, arguments)
        assert result.exit_code == 0, result.output
        assert Path(arguments[arguments.index("-o") + 1]).exists()
    assert {arguments[2] for arguments in commands} == set(FORMS)


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
