"""The commands that take a plan: check, score, export; and what they say about broken files."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli import main
from solver import Plan, Problem, score, solve
from solver.export.plan_files import plan_files
from solver.plan_json import plan_to_json
from solver.problem import Staffing
from solver.problem_json import problem_to_json
from solver.streets import Streets
from tests.problems import town_problem


def patrol(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)


def written(directory: Path, problem: Problem, plan: Plan) -> Path:
    for name, content in plan_files(problem, plan, score(problem, plan), Streets()).items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(content)
    return directory


@pytest.fixture(scope="module")
def problem() -> Problem:
    return asking(town_problem(1, units=3, hotspots=6, demand=8, posts=1, minutes=120), Staffing(60, 90, 1))


def asking(problem: Problem, staffing: Staffing) -> Problem:
    """Return `problem` with another staffing of its post."""
    return problem.replace(posts=tuple(replace(post, staffing=(staffing,)) for post in problem.posts))


@pytest.fixture(scope="module")
def out(problem: Problem, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory with a plan that keeps every rule."""
    plan = solve(problem, time_limit=None, work_limit=50)
    assert plan.shortfalls == ()
    return written(tmp_path_factory.mktemp("out"), problem, plan)


@pytest.fixture(scope="module")
def short(problem: Problem, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory with a plan whose post lacks units all the time."""
    asked = asking(problem, Staffing(0, problem.minutes, 9))
    return written(tmp_path_factory.mktemp("short"), asked, solve(asked, time_limit=None, work_limit=10))


@pytest.fixture
def edited(out: Path, tmp_path: Path) -> Path:
    """Give a copy of the plan to edit."""
    return Path(shutil.copytree(out, tmp_path / "edited"))


def edit(path: Path, change: Any) -> None:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document, ensure_ascii=False))


def break_a_rule(document: dict[str, Any]) -> None:
    """Let the first unit end its day an hour early."""
    last = document["routes"][0]["stops"][-1]
    last["leave"] -= 60
    del last["leave_time"]


def test_check_of_a_good_plan(out: Path) -> None:
    """A plan that keeps every rule exits 0 and is said to."""
    result = patrol("check", out)
    assert (result.exit_code, result.stdout) == (0, "every rule is kept\n")


def test_check_takes_two_files(out: Path) -> None:
    """Problem and plan may be named one by one, the plan also from standard input."""
    assert patrol("check", out / "problem.json", out / "plan.json").exit_code == 0
    assert patrol("check", out / "problem.json", "-", stdin=(out / "plan.json").read_text()).exit_code == 0


def test_check_of_declared_shortfalls(short: Path) -> None:
    """A plan whose posts lack units, and that says so, exits 4."""
    result = patrol("check", short)
    assert result.exit_code == 4
    assert result.stdout.startswith("every rule is kept, but the plan declares ")


def test_check_of_a_broken_plan(edited: Path) -> None:
    """A broken rule exits 5, one line a violation and their number last."""
    edit(edited / "plan.json", break_a_rule)
    result = patrol("check", edited)
    *lines, verdict = result.stdout.splitlines()
    assert result.exit_code == 5
    assert any(line.startswith("wrong_end: ") for line in lines)
    assert verdict == f"{len(lines)} violation{'s' * (len(lines) != 1)}"


def test_check_as_json(edited: Path, short: Path) -> None:
    """With --json violations and shortfalls come as one document, with the same exit codes."""
    edit(edited / "plan.json", break_a_rule)
    result = patrol("check", edited, "--json")
    assert result.exit_code == 5
    violation = next(v for v in json.loads(result.stdout)["violations"] if v["code"] == "wrong_end")
    assert set(violation) == {"code", "message", "callsign", "place", "minute"}
    result = patrol("check", short, "--json")
    assert result.exit_code == 4
    assert json.loads(result.stdout)["violations"] == []
    assert json.loads(result.stdout)["shortfalls"][0]["missing"] >= 6


def test_check_of_a_plan_for_another_problem(out: Path, short: Path) -> None:
    """A plan made for another problem is a violation, not a crash."""
    result = patrol("check", short / "problem.json", out / "plan.json")
    assert result.exit_code == 5
    assert "wrong_problem: " in result.stdout


def test_score(out: Path) -> None:
    """The score names every layer, as text and as JSON with the exact value that the plan claims."""
    text = patrol("score", out)
    assert text.exit_code == 0
    assert all(layer in text.stdout for layer in ("presence", "response", "backup"))
    card = json.loads(patrol("score", out, "--json").stdout)
    assert card["value"] == json.loads((out / "plan.json").read_text())["value_units"]


def test_export_to_standard_output(out: Path, problem: Problem) -> None:
    """CSV, GeoJSON and one unit's GPX go to standard output as the very bytes of the file."""
    rows = list(csv.DictReader(io.StringIO(patrol("export", "csv", out).stdout_bytes.decode("utf-8-sig"))))
    assert {row["callsign"] for row in rows} == {u.callsign for u in problem.units}
    assert json.loads(patrol("export", "geojson", out).stdout)["type"] == "FeatureCollection"
    gpx = patrol("export", "gpx", out, "--unit", problem.units[0].callsign)
    assert gpx.stdout_bytes == (out / "gpx" / f"{problem.units[0].callsign}.gpx").read_bytes()


def test_export_gpx_of_all_units(out: Path, tmp_path: Path, problem: Problem) -> None:
    """The GPX of all units fills a directory with the same files that planning wrote."""
    result = patrol("export", "gpx", out, "-o", tmp_path / "terminals", "--json")
    assert result.exit_code == 0, result.output
    assert len(json.loads(result.stdout)["files"]) == len(problem.units)
    for path in (out / "gpx").iterdir():
        assert (tmp_path / "terminals" / path.name).read_bytes() == path.read_bytes()


def test_export_gpx_beside_other_gpx(out: Path, tmp_path: Path) -> None:
    """GPX is not written beside other GPX, even with --force, lest a crew loads that of an older plan."""
    (tmp_path / "Z9.gpx").write_text("old")
    result = patrol("export", "gpx", out, "-o", tmp_path, "--force")
    assert result.exit_code == 2
    assert "holds other GPX files (Z9.gpx); choose an empty directory" in result.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["Z9.gpx"]


def test_export_datum_is_written_down(out: Path, tmp_path: Path) -> None:
    """A file in another datum says which."""
    target = tmp_path / "A.gpx"
    callsign = next((out / "gpx").iterdir()).stem
    assert patrol("export", "gpx", out, "--unit", callsign, "--datum", "gcj02", "-o", target).exit_code == 0
    assert "GCJ-02" in target.read_text()


def test_export_does_not_overwrite(out: Path, tmp_path: Path) -> None:
    """A file that is there is refused without --force, with exit code 2, and replaced with it."""
    target = tmp_path / "stops.csv"
    target.write_text("mine")
    result = patrol("export", "csv", out, "-o", target)
    assert result.exit_code == 2
    assert "is there already; give --force" in result.stderr
    assert target.read_text() == "mine"
    assert patrol("export", "csv", out, "-o", target, "--force").exit_code == 0
    assert target.read_text() != "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gpx",), "give -o DIRECTORY for the GPX of all units, or --unit CALLSIGN for one"),
        (("gpx", "--unit", "Nobody"), "the plan has no unit 'Nobody'"),
        (("ics",), "give -o DIRECTORY for the ICS of all units, or --unit CALLSIGN for one"),
        (("ics", "-o", "-"), "give -o DIRECTORY for the ICS of all units, or --unit CALLSIGN for one"),
        (("csv", "--unit", "Nobody"), "--unit goes with gpx, ics, sheets and pdf; csv holds all units"),
        (("csv", "--datum", "gcj02"), "csv is always in WGS-84; choose gpx, geojson, kml or kmz"),
        (("gpkg", "--datum", "gcj02"), "gpkg is always in WGS-84"),
        (("ics", "--datum", "gcj02"), "ics is always in WGS-84"),
        (("kml", "--content", "both"), "--content, --points and --route-points go with gpx, not with kml"),
        (("gpx", "--points", "1"), "1 is not in the range x>=2"),
        (("dxf",), "'dxf' is not one of"),
    ],
)
def test_export_misused(out: Path, arguments: tuple[str, ...], message: str) -> None:
    """Options that do not fit are refused with exit code 2 and words that help."""
    result = patrol("export", arguments[0], out, *arguments[1:])
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize("form", ["kml", "kmz", "gpkg"])
def test_export_of_one_file(out: Path, tmp_path: Path, form: str) -> None:
    """A form of one file is written to a file, and the same bytes go to standard output where that is no terminal."""
    target = tmp_path / f"plan.{form}"
    result = patrol("export", form, out, "-o", target, "--json")
    assert json.loads(result.stdout) == {"files": [str(target)]}
    assert target.read_bytes() == patrol("export", form, out).stdout_bytes


@pytest.mark.parametrize("form", ["kmz", "gpkg"])
def test_binary_forms_are_not_shown_on_a_terminal(out: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    """A terminal is spared a binary file, and the user told what to give; text is shown."""
    monkeypatch.setattr("instances.commands.export._is_terminal", lambda: True)
    result = patrol("export", form, out)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{form} is no text; give -o FILE, or send standard output to a file" in result.stderr
    assert patrol("export", "kml", out).exit_code == 0
    document = json.loads(patrol("export", form, out, "--json").stdout)
    assert document["error"]["message"].startswith(f"{form} is no text; give -o FILE")


def test_export_ics_of_all_units(out: Path, tmp_path: Path, problem: Problem) -> None:
    """The calendars of all units fill a directory, one a unit, each the same as when it is written alone."""
    assert patrol("export", "ics", out, "-o", tmp_path / "calendars").exit_code == 0
    assert {p.stem for p in (tmp_path / "calendars").iterdir()} == {u.callsign for u in problem.units}
    callsign = problem.units[0].callsign
    alone = patrol("export", "ics", out, "--unit", callsign)
    assert alone.stdout_bytes == (tmp_path / "calendars" / f"{callsign}.ics").read_bytes()
    (tmp_path / "calendars" / "Z9.ics").write_text("old")
    again = patrol("export", "ics", out, "-o", tmp_path / "calendars", "--force")
    assert "holds other ICS files (Z9.ics); choose an empty directory" in again.stderr


def test_export_gpx_with_options(out: Path, tmp_path: Path, problem: Problem) -> None:
    """Content and caps are heeded, and it is said where the stops alone are more points than the cap."""
    callsign, target = problem.units[0].callsign, tmp_path / "A.gpx"
    options = ("--unit", callsign, "-o", target, "--content", "both", "--points", 2, "--route-points", 2)
    result = patrol("export", "gpx", out, *options)
    assert result.exit_code == 0, result.output
    text = target.read_text()
    assert ("<wpt" in text, text.count("<rtept") > 2, "part 2 of" in text) == (False, True, True)
    assert f"more than 2 track points, as the stops alone have more: {callsign}.gpx" in result.stderr
    told = patrol("export", "gpx", out, "--unit", callsign, "--points", 9999).stderr
    assert re.fullmatch(r"(\d+) of \1 legs are straight lines, as their streets are not known\n", told)


def test_export_of_a_plan_that_cannot_be_shown(edited: Path) -> None:
    """A plan with a place that does not exist is not exported; exit code 5 and the place named."""
    edit(edited / "plan.json", lambda d: d["routes"][0]["stops"][0].update(place="Atlantis"))
    result = patrol("export", "csv", edited)
    assert result.exit_code == 5
    assert "Atlantis" in result.stderr
    assert "patrol check" in result.stderr


def test_export_of_a_plan_that_breaks_rules_warns(edited: Path) -> None:
    """A hand-edited plan that breaks rules is exported, and that is said on standard error."""
    edit(edited / "plan.json", lambda d: d.update(value_units=1))
    result = patrol("export", "csv", edited)
    assert result.exit_code == 0
    assert "this plan breaks 1 rule; see 'patrol check'" in result.stderr


BROKEN = [
    ("missing", None, "cannot be read: no such file or directory"),
    ("empty", b"", ":1: Invalid JSON"),
    ("not JSON", b'{\n"patrolplan": "plan/1",\n"status" 1}', ":3:10: "),
    ("brackets", b"[" * 100_000, ": Invalid JSON: recursion limit exceeded"),
    ("not UTF-8", b'{"patrolplan":\n"\xff"}', ":2: is not UTF-8 text; save it as UTF-8"),
    ("not a plan", b'{"patrolplan": "plan/1"}', "fingerprint: Field required"),
    ("unknown field", b'{"patrolplan": "plan/1", "vlaue": 1}', "vlaue: Extra inputs are not permitted"),
]


@pytest.mark.parametrize(("content", "message"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
@pytest.mark.parametrize("command", ["check", "score", "export"])
def test_broken_plan_files(edited: Path, command: str, content: bytes | None, message: str) -> None:
    """A file that is no plan exits 3 with file, line where there is one, and what is wrong; no traceback."""
    path = edited / "plan.json"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    result = patrol(command, *(["csv"] if command == "export" else []), edited)
    assert result.exit_code == 3, result.output
    assert result.stdout == ""
    assert str(path) in result.stderr
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_all_faults_of_a_plan_file_at_once(edited: Path) -> None:
    """Two wrong fields give two faults, as text and as JSON."""
    edit(edited / "plan.json", lambda d: d.update(seed="one", status=2))
    result = patrol("check", edited)
    assert result.exit_code == 3
    assert len(result.stderr.splitlines()) == 2
    error = json.loads(patrol("check", edited, "--json").stdout)["error"]
    assert (error["exit"], error["kind"]) == (3, "invalid input")
    assert {f["field"] for f in error["faults"]} == {"seed", "status"}


def test_a_plan_saved_with_a_byte_order_mark(edited: Path) -> None:
    """A plan edited with a program that puts a byte order mark first is read all the same."""
    path = edited / "plan.json"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert patrol("check", edited).exit_code == 0


def test_a_changed_problem(edited: Path) -> None:
    """A problem changed by hand with the old fingerprint is invalid input that says so."""
    edit(edited / "problem.json", lambda d: d.update(name="Another night"))
    result = patrol("check", edited)
    assert result.exit_code == 3
    assert "the problem was changed by hand" in result.stderr


def test_problem_and_plan_the_wrong_way_round(out: Path) -> None:
    """A plan where the problem should be is called that, in one line, not field by field."""
    result = patrol("check", out / "plan.json", out / "problem.json")
    assert result.exit_code == 3
    assert result.stderr == f"patrol: {out / 'plan.json'}: this is a plan; name the problem first, then the plan\n"


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ((), "Missing argument"),
        (("problem.json",), "problem.json is a file; give a problem and a plan, or the directory of both"),
        (("a", "b", "c"), "give the directory that 'patrol plan' wrote, or a problem and a plan"),
    ],
)
def test_check_misused(out: Path, monkeypatch: pytest.MonkeyPatch, paths: tuple[str, ...], message: str) -> None:
    """The wrong number or kind of files is a usage error."""
    monkeypatch.chdir(out)
    result = patrol("check", *paths)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Try 'patrol check --help'." in result.stderr


def test_names_in_any_script(tmp_path: Path, problem: Problem) -> None:
    """Chinese callsigns and places go through check, score and export unchanged."""
    units = (replace(problem.units[0], callsign="巡逻/一组"), *problem.units[1:])
    places = (replace(problem.places[0], name="人民广场派出所"), *problem.places[1:])
    chinese = problem.replace(name="周五夜班", units=units, places=places)
    plan = solve(chinese, time_limit=None, work_limit=10)
    directory = written(tmp_path / "夜班", chinese, plan)
    assert patrol("check", directory).exit_code == 0
    assert "巡逻/一组" in patrol("score", directory).stdout
    assert "巡逻/一组".encode() in patrol("export", "gpx", directory, "--unit", "巡逻/一组").stdout_bytes
    assert patrol("export", "gpx", directory, "-o", tmp_path / "终端").exit_code == 0
    assert len(list((tmp_path / "终端").iterdir())) == len(chinese.units)


def test_documents_match_what_is_read_back(problem: Problem, tmp_path: Path) -> None:
    """What `check` reads is what was written: problem and plan survive the files."""
    from instances.documents import read_plan, read_problem

    plan = solve(problem, time_limit=None, work_limit=10)
    (tmp_path / "problem.json").write_text(problem_to_json(problem))
    (tmp_path / "plan.json").write_text(plan_to_json(problem, plan, score(problem, plan).covered))
    again = read_problem(tmp_path / "problem.json")
    assert again == problem
    assert read_plan(tmp_path / "plan.json", again) == plan
