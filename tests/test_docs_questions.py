"""``docs/questions.md``: it names every figure of the sentence."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from solver.headline import Figures, Lack

PAGE = (Path(__file__).parents[1] / "docs" / "questions.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))


def test_every_figure_of_the_sentence_is_named() -> None:
    """The page names every figure."""
    assert {*(field.name for field in fields(Figures)), *Lack._fields} - WORDS == set()
