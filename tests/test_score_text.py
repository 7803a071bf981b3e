"""The scorecard as text: what it says, that it fits the page, and bars that do not lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.bars import bar, takes_blocks
from solver.plain_text import width
from solver.plan import Plan
from solver.problem import LAYERS, DemandPoint, Problem
from solver.score import score
from solver.score_text import COLUMNS, score_lines
from tests.problems import tiny_problem
from tests.random_plans import random_plan
from tests.small_town import busy_plan, busy_town, small_plan, small_town


def text(problem: Problem, plan: Plan, **options: str) -> list[str]:
    return [line.text for line in score_lines(problem, plan, score(problem, plan), **options)]  # type: ignore[arg-type]


def small_text() -> list[str]:
    return text(small_town(), small_plan(small_town()), bars="ascii")


def test_the_scorecard_as_text() -> None:
    """The sentence comes first, then value, layers, least response, and tables of hours, zones, posts, units."""
    lines = small_text()
    assert lines[0].startswith("23 % of demand within its standard, at worst 0 % at 18:46; ")
    assert lines[3] == "value 31.2 % of what could be covered"
    assert lines[6] == f"presence  50.0 %   33.3 %  {'#' * 13}"
    assert ("least response: 18:46-20:00 0.0 %, 18:00-18:02 0.0 %, 18:23-18:46 75.0 %") in lines
    assert "18:00   59.5 %  ##########         63.7 %  ##########         56.7 %  #########" in lines
    assert "core          1 min       1    24.4 %  42.2 %" in lines
    assert "Gate       30      30                     0" in lines
    assert "A1         2         2        31        30       26       13     20" in lines
    assert "2 of 2 hotspots are visited; the most risk is left at" in lines
    assert not any(word in line for line in lines for word in ("task", "district", "revisit"))


def test_the_scorecard_of_all_rules_as_text() -> None:
    """Layers that count are listed, and the tables of hotspots to be visited again and of tasks."""
    lines = text(busy_town(), busy_plan(busy_town()))
    begin = next(i for i, line in enumerate(lines) if line.startswith("layer"))
    assert [line.split()[0] for line in lines[begin + 1 : begin + 7]] == list(LAYERS)
    assert "unit  visits  hotspots  visiting  on posts  on tasks  driving  standby  break  in district" in lines
    assert "Market      40               30   30        0" in lines
    assert "Bridge      60              102   60       42" in lines
    assert "School       15       7       yes  18:42-18:57  B2" in lines
    assert "south            1    64.5 %                  88" in lines


def test_what_lacks_has_a_tone_of_its_own() -> None:
    """The sentence and all that lacks something are marked, and nothing of a right plan is."""
    problem = busy_town()
    empty = Plan("", ())
    bad = [line.text for line in score_lines(problem, empty, score(problem, empty)) if line.tone == "bad"]
    assert bad[0].startswith("Gate lacks 30 unit-minutes")
    assert "posts lack 30 unit-minutes, required visits lack 30 unit-minutes, required tasks lack 15" in bad
    assert [line.split()[0] for line in bad[-3:]] == ["Gate", "Market", "School"]
    plan = busy_plan(problem)
    assert {line.tone for line in score_lines(problem, plan, score(problem, plan))} == {"plain", "title", "head"}


def test_names_in_wide_letters_keep_columns_in_line() -> None:
    """Chinese names take two columns a letter, and the columns after them stay in line."""
    town = small_town()
    places = tuple(replace(p, name={"Gate": "南门快反点"}.get(p.name, p.name)) for p in town.places)
    problem = town.replace(
        places=places,
        demand=(*town.demand, DemandPoint("x", 0, 0, "核心", 60, 60, (1, 1))),
        reach={m: a[:, [0, 1, 1]] for m, a in town.reach.items()},
    )
    lines = text(problem, Plan("", ()))
    assert "post        minutes  manned  unit-minutes missing" in lines
    assert "南门快反点       30       0                    30" in lines


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.text(min_size=1, max_size=80), st.sampled_from(["en", "zh"]))
def test_no_line_is_wider_than_the_page(seed: int, name: str, lang: str) -> None:
    """Whatever the names of places, units, zones and districts are, no line takes more than 100 columns."""
    rng = np.random.default_rng(seed)
    problem = tiny_problem(rng, units=3)
    plan = random_plan(problem, lambda low, high: int(rng.integers(low, high + 1)))
    names = {place.name: f"{name} {i}" for i, place in enumerate(problem.places)}
    signs = {unit.callsign: f"{name} {i}" for i, unit in enumerate(problem.units)}
    problem = problem.replace(
        places=tuple(replace(p, name=names[p.name]) for p in problem.places),
        units=tuple(replace(u, callsign=signs[u.callsign]) for u in problem.units),
        demand=tuple(replace(d, zone=name) for d in problem.demand),
    )
    routes = tuple(
        replace(r, callsign=signs[r.callsign], stops=tuple(replace(s, place=names[s.place]) for s in r.stops))
        for r in plan.routes
    )
    lines = text(problem, plan.replace(routes=routes), lang=lang)
    assert max(map(width, lines)) <= COLUMNS
    assert not any("\x1b" in line or "\n" in line for line in lines)


def test_clauses_in_chinese_stay_whole() -> None:
    """A Chinese sentence is broken between clauses, as it has no spaces."""
    lines = text(small_town(), small_plan(small_town()).replace(bound=None), lang="zh")
    assert lines[0] == "23%的需求在处警时限内，最低为0%（18:46）；热点风险覆盖33%；快反点全程有人值守。"


@given(st.floats(0, 1), st.integers(1, 40), st.sampled_from(["blocks", "ascii"]))
def test_bars_do_not_lie(share: float, columns: int, style: str) -> None:
    """A bar is as wide as asked for, and empty or full for nothing and everything only, where there is room."""
    text = bar(share, columns, style)  # type: ignore[arg-type]
    assert len(text) == columns
    assert (text.strip() == "") == (share == 0)
    if columns > 1:
        assert (text in ("█" * columns, "#" * columns)) == (share == 1)


def test_bars_show_their_share() -> None:
    """Blocks go by eighths of a column, ASCII by columns."""
    assert bar(0.5, 4) == "██  "
    assert bar(5 / 8, 1) == "▋"
    assert bar(0.5, 4, "ascii") == "##  "
    assert bar(None, 3) == "   "


@pytest.mark.parametrize(
    ("encoding", "takes"),
    [
        ("utf-8", True),
        ("UTF8", True),
        ("gb18030", True),
        ("ascii", False),
        ("latin-1", False),
        (None, False),
        ("nonsense", False),
    ],
)
def test_which_outputs_take_blocks(encoding: str | None, takes: bool) -> None:
    """Blocks are for outputs whose encoding has them."""
    assert takes_blocks(encoding) is takes
