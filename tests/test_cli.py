"""The command `patrol` as a whole: help, errors, what is printed where, and the small commands."""

from __future__ import annotations

import errno
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner, Result

from cli import GROUPS, main
from instances.commands.talk import Talk, progress_text
from instances.errors import Fault, InputError, RoadDataError
from instances.outputs import OutputRefusedError
from solver.solve import Progress

ROOT = Path(__file__).parents[1]

HEAVY = ("numpy", "scipy", "numba", "ortools", "osmnx", "networkx", "osmium", "pandas", "pydantic", "shapely", "yaml")


def patrol(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def commands() -> list[str]:
    return sorted(main.commands)


@pytest.mark.parametrize("arguments", [["--help"], ["plan", "--help"], ["risk", "--help"], ["nonsense"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Help, the version and a mistyped command come without any of the packages that take long to import."""
    program = (
        "import sys, cli\n"
        f"try: cli.main({arguments!r})\n"
        "except SystemExit: pass\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stderr.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", commands())
def test_every_command_has_an_example(command: str) -> None:
    """The help of a command has an example of its own, in a line that begins with the command."""
    help_text = patrol(command, "--help").stdout
    assert "Example" in help_text
    assert f"\n    patrol {command} " in help_text or f"\n    patrol {command}\n" in help_text


@pytest.mark.parametrize("command", commands())
def test_every_command_prints_json(command: str) -> None:
    """Every command has --json."""
    assert "--json" in patrol(command, "--help").stdout


def test_a_time_limit_of_too_many_seconds(tmp_path: Path) -> None:
    """A bare number is seconds, however long: it is said to be too much, not to lack its unit."""
    done = CliRunner().invoke(main, ["plan", "x.yaml", "-o", str(tmp_path / "out"), "--time-limit", "9999999999"])
    assert done.exit_code == 2
    assert "'9999999999 s' is too much; write at most 2,147,483,647 seconds" in done.stderr


def test_a_misspelt_command() -> None:
    """A misspelt command is a usage error that names the nearest one."""
    result = patrol("exprt")
    assert result.exit_code == 2
    assert "No such command 'exprt'. Did you mean 'export'?" in result.stderr
    assert result.stdout == ""


def test_a_misspelt_option_as_json() -> None:
    """With --json a usage error is one JSON document on standard output, and standard error is silent."""
    result = patrol("score", "--jsno", "--json")
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert (error["exit"], error["kind"]) == (2, "usage")
    assert "--jsno" in error["message"]
    assert result.stderr == ""


FAULTS = [
    Fault("night.yaml", 3, 5, "units[0].mode", "'cat' is no mode", "did you mean 'car'?"),
    Fault("x", 0, 0, "", "y"),
]


@pytest.mark.parametrize(
    ("error", "code", "kind", "words"),
    [
        (OutputRefusedError("out already holds plan.json"), 2, "output refused", "out already holds plan.json"),
        (
            InputError(FAULTS),
            3,
            "invalid input",
            "night.yaml:3:5: units[0].mode: 'cat' is no mode; did you mean 'car'?",
        ),
        (RoadDataError(FAULTS[1:]), 6, "road data", "x: y"),
        (KeyboardInterrupt(), 130, "interrupted", "interrupted; nothing was written"),
        (
            OSError(errno.ENOSPC, "No space left on device", "out/plan.json"),
            1,
            "system",
            "out/plan.json: no space left",
        ),
        (OSError(errno.ENAMETOOLONG, "File name too long", "x" * 300), 2, "usage", "x" * 200 + "…: file name too long"),
        (MemoryError(), 1, "system", "not enough memory"),
        (ZeroDivisionError("oh"), 1, "internal", "internal error: ZeroDivisionError: oh\nThis is a fault of patrol"),
        (click.UsageError("no"), 2, "usage", "no"),
    ],
)
def test_every_kind_of_error_has_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, kind: str, words: str
) -> None:
    """Each class of error has an exit code, words without a traceback, and the same as JSON."""

    def fail(*_arguments: Any) -> None:
        raise error

    monkeypatch.setattr("instances.commands.check.named_plan", fail)
    result = patrol("check", "out")
    assert result.exit_code == code
    assert result.stdout == ""
    assert words in result.stderr
    assert result.stderr.lstrip("\n").startswith("patrol: ")
    assert "Traceback" not in result.stderr
    result = patrol("check", "out", "--json")
    assert result.exit_code == code
    document = json.loads(result.stdout)["error"]
    assert (document["exit"], document["kind"]) == (code, kind)
    assert words in document["message"]
    assert result.stderr.strip() == ""


def test_thousands_of_faults_are_told_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more faults than anybody reads the first are told in words, and all of them as JSON."""

    def fail(*_arguments: Any) -> None:
        raise InputError(Fault("night.yaml", line, 1, "", "is wrong") for line in range(1, 1001))

    monkeypatch.setattr("instances.commands.check.named_plan", fail)
    lines = patrol("check", "out").stderr.strip().splitlines()
    assert (lines[0], lines[199]) == ("patrol: night.yaml:1:1: is wrong", "night.yaml:200:1: is wrong")
    assert lines[200:] == ["… and 800 more; mend these first, or see all with --json"]
    assert len(json.loads(patrol("check", "out", "--json").stdout)["error"]["faults"]) == 1000


def test_faults_as_json_have_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """As JSON each fault has file, line, column, field, what is wrong and what would be right."""

    def fail(*_arguments: Any) -> None:
        raise InputError(FAULTS)

    monkeypatch.setattr("instances.commands.check.named_plan", fail)
    faults = json.loads(patrol("check", "out", "--json").stdout)["error"]["faults"]
    assert faults[0] == {
        "file": "night.yaml",
        "line": 3,
        "column": 5,
        "field": "units[0].mode",
        "wrong": "'cat' is no mode",
        "right": "did you mean 'car'?",
    }
    assert len(faults) == 2


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The traceback of an internal error comes with --debug, and only then."""

    def fail(*_arguments: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("instances.commands.check.named_plan", fail)
    assert "Traceback" in patrol("--debug", "check", "out").stderr
    assert "Traceback" not in patrol("check", "out").stderr


def test_a_reader_that_goes_away() -> None:
    """When the reader of the output goes away, the command ends quietly with its own exit code."""
    read, write = os.pipe()
    os.close(read)
    run = subprocess.run(
        [sys.executable, "-c", "import cli; cli.main()", "schema", "problem"],
        cwd=ROOT,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(write)
    assert (run.returncode, run.stderr) == (0, "")


def test_output_in_a_poor_encoding(tmp_path: Path) -> None:
    """Where the output takes no Chinese, nothing is lost: JSON is written in ASCII, text with escapes."""
    name = "周五夜班.csv"
    run = subprocess.run(
        [sys.executable, "-c", "import cli; cli.main()", "risk", name, "--json"],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (run.returncode, run.stderr) == (3, b"")
    assert json.loads(run.stdout.decode("ascii"))["error"]["faults"][0]["file"] == name
    (tmp_path / "城.osm").write_text(ROADS)
    run = subprocess.run(
        [sys.executable, "-c", "import cli; cli.main()", "network", tmp_path / "城.osm", "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0
    assert run.stdout.startswith(rb"\u57ce.osm: ")


@pytest.mark.skipif(os.name == "nt", reason="needs a shell that can close a file")
@pytest.mark.parametrize("arguments", ["--help", "schema plan", "nonsense"])
def test_closed_output(arguments: str) -> None:
    """A caller that has closed standard output is no reason for a traceback."""
    command = f'"{sys.executable}" -c "import cli; cli.main()" {arguments} >&-'
    run = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == (2 if arguments == "nonsense" else 0)
    assert "Traceback" not in run.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("arguments", ["schema plan", "schema plan --json", "check nothing --json"])
def test_full_output(arguments: str) -> None:
    """Where standard output takes no more, the error is told on standard error, in words."""
    command = f'"{sys.executable}" -c "import cli; cli.main()" {arguments} >/dev/full'
    run = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (run.returncode, "Traceback" in run.stderr) == (3 if "nothing" in arguments else 1, False)
    told = "nothing/problem.json" if "nothing" in arguments else "cannot read or write standard output: no space left"
    assert told in run.stderr


@pytest.mark.parametrize("command", [["plan", "night.yaml", "-o", ""], ["town", ""], ["risk", "i.csv", "-o", ""]])
def test_an_empty_target(command: list[str]) -> None:
    """An empty output name, as of a variable that is not set, is refused and not taken for the working directory."""
    result = patrol(*command)
    assert (result.exit_code, "the name is empty; write '.'" in result.stderr) == (2, True)


@pytest.mark.parametrize("document", ["problem", "plan", "shift", "streets"])
def test_schemas_are_schemas(document: str) -> None:
    """What `schema` prints is a valid JSON Schema in which every field of the document is described."""
    schema = json.loads(patrol("schema", document).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]


def test_doctor_is_content_here() -> None:
    """In an environment where the tests run, nothing that planning needs is missing."""
    result = patrol("doctor", "--json")
    diagnosis = json.loads(result.stdout)
    assert (result.exit_code, diagnosis["healthy"]) == (0, True), diagnosis
    subjects = {f["subject"] for f in diagnosis["findings"]}
    assert {"python", "ortools", "osmnx", "time zones", "cache", "compiled code"} <= subjects


def test_doctor_tells_where_machine_code_cannot_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where numba finds no place to write to, the engines work all the same, and `doctor` says what would help."""
    monkeypatch.setattr("instances.doctor.compiled_files", lambda: ([], []))
    told = {f["subject"]: f for f in json.loads(patrol("doctor", "--json").stdout)["findings"]}["compiled code"]
    assert "cannot be kept" in told["found"]
    assert "NUMBA_CACHE_DIR" in told["cure"]


def test_doctor_looks_at_the_packages_that_we_depend_on() -> None:
    """The packages that the doctor knows are exactly those that the project declares."""
    import tomllib

    from instances.doctor import PACKAGES

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert {d.partition(">")[0] for d in declared} == set(PACKAGES)


def test_doctor_names_a_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing package is named with the feature that fails and the cure; the exit code is 1."""
    from instances import doctor

    monkeypatch.setitem(doctor.PACKAGES, "no-such-package", "walking on water")
    result = patrol("doctor")
    assert result.exit_code == 1
    assert "missing: needed for walking on water" in result.stdout
    assert "-> install it: pip install no-such-package" in result.stdout
    assert result.stdout.endswith("1 thing to put right, marked with !\n")


def test_doctor_notices_another_package_of_our_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another installed package that has a module called cli is named, as it overwrites ours."""
    import importlib.metadata

    monkeypatch.setattr(importlib.metadata, "packages_distributions", lambda: {"cli": ["patrolplan", "other"]})
    result = patrol("doctor")
    assert result.exit_code == 1
    assert "other also installs a module 'cli'" in result.stdout


INCIDENTS = "Date,Latitude,Longitude,Type\n" + "".join(
    f"2020-11-{day:02d} {hour:02d}:10,{51.51 + day / 10000},{-0.09 + hour / 10000},Theft\n"
    for day in range(1, 20)
    for hour in (9, 19, 23)
)


@pytest.fixture
def incidents(tmp_path: Path) -> Path:
    path = tmp_path / "incidents.csv.gz"
    path.write_bytes(gzip.compress(INCIDENTS.encode()))
    return path


def test_risk_prints_hotspots(incidents: Path) -> None:
    """Hotspots go to standard output as CSV with the hours asked for in order; the report to standard error."""
    result = patrol("risk", incidents, "--hours", "22-01", "--weekday", "fri", "--hotspots", "2")
    assert result.exit_code == 0, result.stderr
    head, *rows = result.stdout.splitlines()
    assert head == "name,lat,lon,risk,risk_22,risk_23,risk_00"
    assert len(rows) == 2
    assert "57 rows, 57 incidents used" in result.stderr
    assert "57 rows" not in patrol("risk", incidents, "-q").stderr


def test_risk_writes_a_directory(incidents: Path, tmp_path: Path) -> None:
    """With -o all files of the formats asked for are written, and a second time only with --force."""
    out = tmp_path / "risk"
    result = patrol("risk", incidents, "-o", out, "--format", "csv", "--format", "geojson", "--json")
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert {Path(p).name for p in report["files"]} == {p.name for p in out.iterdir()}
    assert {p.name for p in out.iterdir()} == {
        "hotspots.csv",
        "demand.csv",
        "hotspots.geojson",
        "demand.geojson",
        "cells.geojson",
    }
    assert report["incidents"]["used"] == 57
    assert patrol("risk", incidents, "-o", out).exit_code == 2
    assert patrol("risk", incidents, "-o", out, "--force").exit_code == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--weekday", "fryday"], "'fryday' is no day of the week; did you mean 'friday'?"),
        (["--hours", "6pm"], "'6pm' are no hours; write such as 18-02"),
        (["--until", "20/11/2020"], "'20/11/2020' is no date; write it as 2020-11-20"),
        (["--weight", "Theft=lots"], "'lots' is no number; write such as 'Theft=3'"),
        (["--column", "lat"], "'lat' is not two words with '=' between"),
        (["--since", "90"], "no incident"),
        (["--since", "soon"], "'soon' is not a duration"),
        (["--since", "9999999999999 days"], "'9999999999999 days' is too much"),
        (["--half-life", "0"], "half_life: it leaves nothing of any incident; make it longer"),
        (["--cell", "nan"], "'nan' is not a number of metres"),
        (["--cell", "1e308"], "1e+308 is not in the range 1<=x<=100000"),
        (["--smoothing", "1e300"], "1e+300 is not in the range 0<=x<=100000"),
        (["--smoothing", "inf"], "'inf' is not a number of metres"),
        (["--weight", "Thefft=3"], "did you mean 'Theft'?"),
        (["--format", "csv", "--format", "geojson"], "give -o DIRECTORY for more than one format"),
    ],
)
def test_risk_misused(incidents: Path, options: list[str], message: str) -> None:
    """Options that make no sense are refused with words that help."""
    result = patrol("risk", incidents, *options)
    assert result.exit_code in (2, 3)
    assert message in result.stderr
    assert result.stdout == ""


def test_risk_in_cells_too_small_for_the_smoothing(incidents: Path) -> None:
    """Cells that would take hours are refused at once, and the least that would do is said and does."""
    few = ("--smoothing", "700", "--hotspots", "1")
    result = patrol("risk", incidents, "--cell", "1", *few)
    assert result.exit_code == 3
    assert "cells of 1 m are too small for a smoothing of 700 m; use cells of 11 m or more" in result.stderr
    assert patrol("risk", incidents, "--cell", "11", *few).exit_code == 0


def test_risk_says_the_defaults_there_are() -> None:
    """The defaults that the help of `risk` names are those of the method."""
    from instances.risk.estimate import CELL, SMOOTHING

    help_text = " ".join(patrol("risk", "--help").stdout.split())
    assert f"Side of a cell in metres; {CELL:g} unless told." in help_text
    assert f"Metres over which risk spreads; {SMOOTHING:g} unless told." in help_text


def test_risk_of_a_file_without_coordinates(tmp_path: Path) -> None:
    """Incidents without the columns that are needed exit 3 and name the line of the header."""
    (tmp_path / "x.csv").write_text("Date,Place\n2020-11-01,Bank\n")
    result = patrol("risk", tmp_path / "x.csv")
    assert result.exit_code == 3
    assert "x.csv:1: columns.lat: no column is called like a latitude" in result.stderr


ROADS = """<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6">
 <node id="1" lat="51.500" lon="-0.100"/><node id="2" lat="51.501" lon="-0.100"/>
 <node id="3" lat="51.501" lon="-0.099"/>
 <way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
 <way id="2"><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/></way>
</osm>
"""


def test_network_describes_a_file(tmp_path: Path) -> None:
    """A network is described as text and as JSON, and kept in the cache that is named."""
    (tmp_path / "town.osm").write_text(ROADS)
    result = patrol("network", tmp_path / "town.osm", "--cache-dir", tmp_path / "cache")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("town.osm: ")
    assert any((tmp_path / "cache").iterdir())
    report = json.loads(patrol("network", tmp_path / "town.osm", "--cache-dir", tmp_path / "cache", "--json").stdout)
    assert isinstance(report, dict)


def test_network_without_cache_keeps_nothing(tmp_path: Path) -> None:
    """With --no-cache nothing is written anywhere."""
    (tmp_path / "town.osm").write_text(ROADS)
    assert patrol("network", tmp_path / "town.osm", "--no-cache").exit_code == 0
    assert [p.name for p in tmp_path.iterdir()] == ["town.osm"]


def test_missing_road_data(tmp_path: Path) -> None:
    """A road network that is not there exits 6."""
    result = patrol("network", tmp_path / "nowhere.osm.pbf")
    assert result.exit_code == 6
    assert "nowhere.osm.pbf: there is no such file" in result.stderr


@pytest.mark.parametrize("arguments", [[], ["--place", ""], ["town.osm", "--place", "Town"]])
def test_network_misused(arguments: list[str]) -> None:
    """Neither or both of file and place is a usage error."""
    result = patrol("network", *arguments)
    assert result.exit_code == 2
    assert "give a FILE or --place NAME" in result.stderr


def test_servers_are_of_no_use_to_a_file() -> None:
    """The address of a server beside a file is a usage error, as nothing is fetched."""
    result = patrol("network", "town.osm", "--overpass-url", "http://localhost")
    assert result.exit_code == 2
    assert "go with --place" in result.stderr


def test_town_without_options_is_the_demo_town(tmp_path: Path) -> None:
    """Without options the files are those of the bundled demo town, byte for byte."""
    result = patrol("town", tmp_path / "demo", "--json")
    assert result.exit_code == 0, result.stderr
    for path in map(Path, json.loads(result.stdout)["files"]):
        assert path.read_bytes() == (ROOT / "instances" / "demo_town" / path.name).read_bytes()


def test_town_misused(tmp_path: Path) -> None:
    """A roster larger than the town is a usage error, and nothing is written."""
    result = patrol("town", tmp_path / "demo", "--hotspots", 10, "--units", 11)
    assert result.exit_code == 2
    assert "11 units for 10 hotspots are too many" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_progress_in_words() -> None:
    """The line of progress has seconds, value, what posts lack, and bound and gap once they are known."""
    early = progress_text(Progress(1.25, 9, 450, 1000, 7, None, "improving"))
    assert early == "   1.2 s  value  45.00%  posts lack 7 min  improving"
    late = progress_text(Progress(12.0, 9, 500, 1000, 0, 550, ""))
    assert late == "  12.0 s  value  50.00%  posts manned  bound 55.00%  gap 10.00%"


def test_progress_tells_what_is_left() -> None:
    """The line has what is left of the limit of time, else of moves, and never less than nothing."""
    now = Progress(12.4, 250, 500, 1000, 0, None, "")
    assert progress_text(now, 30.0).startswith("  12.4 s, 18 s left  value")
    assert progress_text(now, 600.0, 1000).startswith("  12.4 s, 9:48 min left  value")
    assert progress_text(now, None, 1250).startswith("  12.4 s, 1,000 moves left  value")
    assert ", 0 s left" in progress_text(now, 5.0)


def test_talk_is_quiet_or_verbose(capsys: pytest.CaptureFixture[str]) -> None:
    """Quiet says nothing, verbose says details too, and nothing of it is on standard output."""
    for talk in (Talk(quiet=True), Talk(), Talk(verbose=True)):
        talk.note("note")
        talk.detail("detail")
    assert capsys.readouterr() == ("", "note\nnote\ndetail\n")


def test_commands_are_listed_in_groups() -> None:
    """`patrol --help` lists every command once, below the heading of its group, none of them cut at 80 columns."""
    lines = CliRunner().invoke(main, ["--help"], terminal_width=80).stdout.splitlines()
    listed: dict[str, list[str]] = {}
    for line in lines[lines.index("Plan, and change a plan:") :]:
        if line and not line.startswith(" "):
            listed[line.removesuffix(":")] = []
        elif line:
            listed[list(listed)[-1]].append(line.split()[0])
            assert not line.endswith("...")
    assert listed == {title: [command.name for command in group] for title, group in GROUPS.items()}
    assert sorted(name for group in listed.values() for name in group) == sorted(main.commands)
