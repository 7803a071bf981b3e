"""The commands in the document on busy units run as they stand there."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from instances.shift_file import read_shift
from instances.towns import make_town, write_town

DOCUMENT = Path(__file__).parents[1] / "docs" / "busy.md"


def test_the_commands_of_the_document_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan, simulate, plan with what that found, simulate both: each ends well, and the second plan has the shares."""
    write_town(make_town(3, hotspots=12, units=4), tmp_path)
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^\$ patrol (.*)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert [c.split()[0] for c in commands] == ["plan", "simulate", "plan", "simulate"]
    hours = len(read_shift(Path("night.yaml")).horizon.slots) - 1
    for command in commands:
        words = shlex.split(command)
        target = words[words.index(">") + 1] if ">" in words else None
        words = words[: words.index(">")] if target else words
        if words[0] == "simulate" and "simulate" not in main.list_commands(None):  # type: ignore[arg-type]
            found = json.dumps({"plans": [{"busy_by_slot": [0.2] * hours}]})
        else:
            more = ["--work-limit", "40"] if words[0] == "plan" else ["--replications", "10"]
            result = CliRunner().invoke(main, [*words, *more])
            assert result.exit_code == 0, result.output
            found = result.stdout
        if target:
            Path(target).write_text(found, encoding="utf-8")
    assert "busy" not in json.loads(Path("out", "problem.json").read_text())
    shares = json.loads(Path("busy", "problem.json").read_text())["busy"]
    assert len(shares) == hours
    assert 0 < max(shares) <= 900
