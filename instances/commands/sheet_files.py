"""The sheets of a plan as files: HTML, or PDF with fonts of this machine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from solver.languages import Language
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.streets import Streets

ALL = "sheets.html"
"""The file with all sheets."""


def sheet_files(
    form: Literal["sheets", "pdf"],
    problem: Problem,
    plan: Plan,
    streets: Streets,
    *,
    language: Language,
    only: str | None = None,
) -> dict[str, bytes]:
    """Return the sheets of a plan by file name; of the callsign `only` alone, if given.

    Raises
    ------
    ExportError
        When the plan cannot be shown.
    """
    from solver.export.filenames import file_names
    from solver.export.sheets.as_html import sheets_html
    from solver.export.sheets.of_plan import sheets_of
    from solver.score import score

    sheets = sheets_of(problem, plan, score(problem, plan), streets, language)
    one_each = {s.key: replace(sheets, sheets=(s,)) for s in sheets.sheets[1:]}
    shown = sheets if only is None else one_each[only]
    if form == "pdf":
        from instances.fonts import faces_for
        from solver.export.sheets.as_pdf import sheets_pdf

        return {"sheets.pdf": sheets_pdf(shown, faces_for(shown.texts()))}
    if only is not None:
        return {ALL: sheets_html(shown)}
    names = file_names(one_each)
    return {ALL: sheets_html(sheets), **{f"units/{names[key]}.html": sheets_html(one_each[key]) for key in one_each}}
