"""A plot of a plan as the bytes of a file, with fonts of this machine for what matplotlib's own lacks."""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.languages import Language
    from solver.plan import Plan
    from solver.plots.drawing import Form
    from solver.problem import Problem

SHOWN = 5
"""Characters without a font that are named."""


def plot_file(kind: str, problem: Problem, plan: Plan, form: Form, language: Language) -> tuple[bytes, str]:
    """Return a plot, and the characters in it that no font of this machine has.

    Raises
    ------
    NothingToPlotError
        When the plan has nothing of the kind.
    ExportError
        When a route of the plan cannot be shown.
    """
    from instances.fonts import font_files_for
    from solver.export.sheet_words import CATALOGUES
    from solver.plots.drawing import content, style, texts
    from solver.plots.kinds import KINDS_OF_PLOTS
    from solver.score import score

    card, words = score(problem, plan), CATALOGUES[language]
    with style():
        wanted = set(texts(KINDS_OF_PLOTS[kind](problem, plan, card, words)))
    files, lacking = font_files_for(wanted)
    with _quiet(), style(_families(files)):
        drawn = content(KINDS_OF_PLOTS[kind](problem, plan, card, words), form)
    return drawn, "".join(sorted(map(chr, lacking))[:SHOWN])


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Let matplotlib not talk of weights and characters that a font lacks; what lacks is told by the caller."""
    logger = logging.getLogger("matplotlib.font_manager")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from")
            yield
    finally:
        logger.setLevel(before)


def _families(files: Iterable[Path]) -> list[str]:
    """Return the names by which matplotlib knows the fonts in `files`."""
    from matplotlib import font_manager

    names = []
    for path in files:
        known = next((f.name for f in font_manager.fontManager.ttflist if f.fname == str(path)), None)
        if known is None:
            font_manager.fontManager.addfont(path)
            known = font_manager.FontProperties(fname=str(path)).get_name()
        names.append(known)
    return names
