"""The sheets of a plan: that of the shift, and one for each unit in the order of the plan."""

from __future__ import annotations

from solver.export.itinerary import itineraries
from solver.export.sheet_words import CATALOGUES
from solver.export.sheets.route_map import Ground
from solver.export.sheets.sheet import Sheets, clean
from solver.export.sheets.shift_sheet import shift_sheet
from solver.export.sheets.unit_sheet import unit_sheet
from solver.languages import Language
from solver.plan import Plan
from solver.problem import Problem
from solver.scorecard import Scorecard
from solver.streets import Streets

DIGITS = 19
"""Characters of the fingerprint that sheets show."""


def sheets_of(problem: Problem, plan: Plan, card: Scorecard, streets: Streets, language: Language = "en") -> Sheets:
    """Return the sheets of a plan.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    card : Scorecard
        From `solver.score`, of this plan.
    streets : Streets
        Legs without known streets are drawn straight, dashed.
    language : str
        ``en`` or ``zh``.

    Raises
    ------
    ExportError
        When a route of the plan cannot be shown.
    """
    words = CATALOGUES[language]
    tours, ground = itineraries(problem, plan), Ground.of(problem, streets)
    made_for = words.fingerprint.format(fingerprint=clean(plan.fingerprint)[:DIGITS])
    return Sheets(
        title=clean(problem.name),
        language=words.language,
        page=words.page,
        credit=words.between.join(filter(None, [made_for, clean(streets.attribution)])),
        sheets=(
            shift_sheet(problem, plan, card, tours, words),
            *(unit_sheet(problem, streets, tour, tours, ground, words) for tour in tours),
        ),
    )
