"""`patrol draw` and `patrol pick` from end to end."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from instances.commands.draw import DRAW_NAMES
from instances.commands.written_plans import PLAN_NAMES
from instances.documents import read_draw
from instances.secret import night_of
from solver.draws.picking import pick
from tests.test_cli_plan import Run

SECRET = "correct horse battery staple"


def patrol(*arguments: object) -> Result:
    return CliRunner().invoke(cli.main, [str(a) for a in arguments])


def without_digits(text: bytes) -> bytes:
    return re.sub(rb"[0-9.]+", b"#", text)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the files of a town of ten hotspots and three units, and a cache beside them."""
    directory = tmp_path_factory.mktemp("town")
    assert patrol("town", directory, "--hotspots", 10, "--units", 3).exit_code == 0
    return directory


def draw(town: Path, out: Path, *more: object) -> Result:
    return patrol("draw", town / "night.yaml", "-o", out, "--cache-dir", town / "cache", *more)


@pytest.fixture(scope="module")
def draws(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a draw of three plans."""
    out = tmp_path_factory.mktemp("draws")
    result = draw(town, out, "--plans", 3, "--within", "10%", "--work-limit", 300)
    assert result.exit_code == 0, result.output
    assert result.stdout == (out / "draw.txt").read_text(encoding="utf-8")
    return out


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """Give a file with a secret that only its owner can read."""
    path = tmp_path / "secret.txt"
    path.write_text(f"{SECRET}\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def test_a_draw_is_of_whole_plans(draws: Path) -> None:
    """Beside draw.json and draw.txt there is a directory for each plan, and each of them is right by `patrol check`."""
    assert sorted(p.name for p in draws.iterdir()) == ["draw.json", "draw.txt", "plan-1", "plan-2", "plan-3"]
    for number in (1, 2, 3):
        plan = draws / f"plan-{number}"
        assert patrol("check", plan).exit_code == 0
        assert {p.name for p in plan.iterdir()} == set(PLAN_NAMES)
        assert len(list((plan / "gpx").iterdir())) == 3


def test_a_level_of_alert_for_the_day(town: Path, tmp_path: Path) -> None:
    """`--alert` sends out its share of the roster in every plan, as in `patrol plan`."""
    out = tmp_path / "draws"
    assert draw(town, out, "--plans", 2, "--within", "50%", "--work-limit", 60, "--alert", "yellow").exit_code in (0, 4)
    for plan in out.glob("plan-*"):
        assert "Alert yellow: 1 of 3 units may go out" in (plan / "summary.txt").read_text(encoding="utf-8")
        assert patrol("check", plan).exit_code == 0


def test_tonight_is_one_of_the_plans(draws: Path, secret: Path, tmp_path: Path) -> None:
    """What is picked is the plan that the documented hash names, file by file, and the same again."""
    drawn = read_draw(draws / "draw.json")
    chances = [plan.chance for plan in drawn.plans]
    for night in ("2026-10-16", "2026-10-17", "3"):
        out = tmp_path / night
        result = patrol("pick", draws, "--secret-file", secret, "--night", night, "-o", out)
        assert result.exit_code == 0, result.output
        number = pick(SECRET.encode(), night=night, fingerprint=drawn.fingerprint, chances=chances)
        source = draws / drawn.plans[number].directory
        files = [p for p in sorted(source.rglob("*")) if p.is_file()]
        assert len(files) == len(PLAN_NAMES) - 1 + 3
        for file in files:
            # Streets read back are rounded, to a centimetre; in a map that changes a packed digit here and there.
            same = {".gpx": without_digits, ".html": len}.get(file.suffix, bytes)
            told, made = (same(path.read_bytes()) for path in (out / file.relative_to(source), file))
            assert told == pytest.approx(made, rel=0.01) if file.suffix == ".html" else told == made
        assert result.stdout == (out / "summary.txt").read_text(encoding="utf-8")


def test_the_night_is_that_of_the_shift_unless_told(
    draws: Path, secret: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --night it is the date on which the shift begins; the secret may come from the environment."""
    night = read_draw(draws / "draw.json").night
    monkeypatch.setenv("MY_SECRET", SECRET)
    one = patrol("pick", draws, "--secret-env", "MY_SECRET", "-o", tmp_path / "one", "--json")
    two = patrol("pick", draws, "--secret-file", secret, "--night", night, "-o", tmp_path / "two", "--json")
    assert one.exit_code == two.exit_code == 0
    assert json.loads(one.stdout)["drawn"] == json.loads(two.stdout)["drawn"]
    assert json.loads(one.stdout)["night"] == night == "2026-10-16"


def test_the_secret_is_written_nowhere(draws: Path, secret: Path, tmp_path: Path) -> None:
    """Neither the outputs nor what is said hold the secret."""
    out = tmp_path / "out"
    result = patrol("pick", draws, "--secret-file", secret, "-o", out, "-v")
    said = (result.stdout + result.stderr).encode()
    written = b"".join(p.read_bytes() for d in (draws, out) for p in d.rglob("*") if p.is_file())
    assert SECRET.encode() not in said + written


def test_a_secret_is_made_once(draws: Path, tmp_path: Path) -> None:
    """--make-secret makes a file for its owner alone, and uses it the next time."""
    path = tmp_path / "new.secret"
    first = patrol("pick", draws, "--secret-file", path, "--make-secret", "-o", tmp_path / "one", "--json")
    made = path.read_bytes()
    second = patrol("pick", draws, "--secret-file", path, "--make-secret", "-o", tmp_path / "two", "--json")
    assert len(bytes.fromhex(made.decode())) == 32
    assert path.read_bytes() == made
    assert json.loads(first.stdout)["drawn"] == json.loads(second.stdout)["drawn"]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "give either --secret-file FILE or --secret-env NAME"),
        (("--secret-file", "a", "--secret-env", "B"), "give either"),
        (("--secret-file", "nowhere"), "give --make-secret to make one"),
        (("--secret-env", "NOT_SET_AT_ALL"), "is not set"),
        (("--secret-env", "B", "--make-secret"), "makes a file"),
        (("--secret-file", "short"), "could be found by trying"),
        (("--secret-env", "B", "--night", "tonight"), "neither a date nor a number"),
        (("--secret-env", "B", "--night", "2026-02-30"), "neither a date nor a number"),
    ],
)
def test_secrets_that_will_not_do(
    draws: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], told: str
) -> None:
    """Every fault of the options has exit code 2 and says what would be right; nothing is written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "short").write_text("hunter2\n")
    result = patrol("pick", draws, *options, "-o", "out")
    assert result.exit_code == 2
    assert told in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_secret_among_the_plans_is_refused(draws: Path) -> None:
    """The plans are shown to others, so the secret must not lie among them."""
    result = patrol("pick", draws, "--secret-file", draws / "s", "--make-secret", "-o", draws.parent / "never")
    assert result.exit_code == 2
    assert "keep the secret elsewhere" in result.stderr
    assert not (draws / "s").exists()


@pytest.mark.skipif(os.name != "posix", reason="rights of Unix")
def test_a_secret_that_others_can_read_is_told(draws: Path, secret: Path, tmp_path: Path) -> None:
    """It is used, but said."""
    secret.chmod(0o644)
    result = patrol("pick", draws, "--secret-file", secret, "-o", tmp_path / "out")
    assert result.exit_code == 0
    assert "can be read by others" in result.stderr


def test_a_plan_edited_by_hand_is_judged(draws: Path, secret: Path, tmp_path: Path) -> None:
    """A drawn plan that breaks a rule has exit code 5 and is not written."""
    broken = tmp_path / "broken"
    for source in draws.rglob("*.json"):
        target = broken / source.relative_to(draws)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text(encoding="utf-8").replace('"kind": "visit"', '"kind": "nap"'), "utf-8")
    result = patrol("pick", broken, "--secret-file", secret, "-o", tmp_path / "out")
    assert result.exit_code == 5
    assert "unknown_kind" in result.stderr
    assert not (tmp_path / "out").exists()


def test_what_is_no_draw_is_told(secret: Path, tmp_path: Path) -> None:
    """A directory without a draw, or with a broken one, has exit code 3."""
    result = patrol("pick", tmp_path, "--secret-file", secret, "-o", tmp_path / "out")
    assert (result.exit_code, "cannot be read" in result.stderr) == (3, True)
    (tmp_path / "draw.json").write_text('{"patrolplan": "plan/1"}')
    result = patrol("pick", tmp_path, "--secret-file", secret, "-o", tmp_path / "out")
    assert result.exit_code == 3


def test_a_smaller_draw_replaces_a_larger_one_whole(town: Path, tmp_path: Path) -> None:
    """With --force no plan of the earlier draw is left, and what others keep there stays."""
    (tmp_path / "notes.txt").write_text("ours")
    for name in ("plan-1", "plan-9"):
        (tmp_path / name).mkdir()
    (tmp_path / "draw.json").write_text("{}")
    assert draw(town, tmp_path).exit_code == 2
    result = draw(town, tmp_path, "--plans", 2, "--within", "20%", "--work-limit", 100, "--force", "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    kept = {p.name for p in tmp_path.iterdir()}
    assert kept - {"notes.txt"} == {"draw.json", "draw.txt", *(p["directory"] for p in document["plans"])}
    assert "notes.txt" in kept
    assert set(DRAW_NAMES) >= kept - {"notes.txt"}


def test_a_file_without_presence_is_refused(town: Path, tmp_path: Path) -> None:
    """Where plans cannot differ in what could be guessed, that is said, with exit code 2."""
    text = (town / "night.yaml").read_text(encoding="utf-8")
    goals = "goals: {presence: 0, response: 1, backup: 0}"
    shift = town / "response.yaml"
    shift.write_text(re.sub(r"goals: \{.*\}", goals, text), encoding="utf-8")
    assert goals in shift.read_text(encoding="utf-8")
    result = patrol("draw", shift, "-o", tmp_path / "out", "--cache-dir", town / "cache", "--work-limit", 50)
    assert result.exit_code == 2, result.output
    assert "do not differ" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_an_interrupt_keeps_the_plans_so_far(town: Path, tmp_path: Path) -> None:
    """Ctrl-C ends the search: what there is is checked and written, and can be picked from."""
    out = tmp_path / "draws"
    arguments = ("draw", town / "night.yaml", "-o", out, "--cache-dir", town / "cache", "--time-limit", "10min")
    with Run(*arguments) as run:
        run.wait_for("making plans for up to 600 s")
        run.send(signal.SIGINT)
        code, printed, said = run.end()
    assert code == 0, said
    assert printed == (out / "draw.txt").read_text(encoding="utf-8")
    assert patrol("check", out / "plan-1").exit_code == 0
    assert re.search(r"^only \d+ plans? found: give more time", said, re.MULTILINE)


@pytest.mark.parametrize(("text", "night"), [("007", "7"), ("2026-10-16", "2026-10-16"), ("0", "0")])
def test_nights_have_one_name(text: str, night: str) -> None:
    """A number is the same night with or without leading zeros."""
    assert night_of(text) == night


@pytest.mark.parametrize("text", ["", "-1", "20261016x", "2026-1-6", "16.10.2026", "٣"])
def test_other_names_of_nights_are_refused(text: str) -> None:
    """What is no date as written in all files, and no number, is refused."""
    with pytest.raises(ValueError, match="neither a date nor a number"):
        night_of(text)
