"""Sheets as HTML: whole, on time, safe, and nothing from elsewhere; read by an HTML parser that is not ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solver.export.itinerary import itineraries
from solver.export.sheet_words import CATALOGUES, CHINESE, ENGLISH
from solver.export.sheets.as_html import sheets_html
from solver.export.sheets.of_plan import sheets_of
from solver.export.sheets.sheet import Label, Picture, Sheets, clean
from solver.export.sheets.shift_sheet import bars_of
from solver.languages import Language
from solver.plan import Plan, Route, Shortfall, Stop
from solver.problem import Problem, Task
from solver.score import score
from solver.streets import Streets
from tests.random_plans import random_plan
from tests.small_problems import small_problem
from tests.small_town import GATE, busy_plan, busy_town, lonely_car, small_plan, small_town
from tests.tours import CREDIT, MARKET, STATION, sample_plan, sample_problem, sample_streets, tours

html = pytest.importorskip("lxml.html", reason="lxml reads the sheets")


def made(problem: Problem, plan: Plan, streets: Streets | None = None, language: Language = "en") -> Sheets:
    return sheets_of(problem, plan, score(problem, plan), streets or Streets(), language)


def page(sheets: Sheets) -> Any:
    return html.document_fromstring(sheets_html(sheets).decode())


def sample(language: Language = "en") -> Sheets:
    problem = sample_problem()
    return made(problem, sample_plan(problem), sample_streets(), language)


def sheet_of(document: Any, i: int) -> Any:
    (sheet,) = document.xpath(f'//table[@id="sheet-{i}"]')
    return sheet


def rows(sheet: Any) -> list[list[str]]:
    """Return the cells of the last table of a sheet, row by row."""
    return [
        [cell.text_content() for cell in row.xpath("./td")]
        for row in sheet.xpath('.//table[@class="table"][last()]/tbody/tr')
    ]


def wall_clock(problem: Problem, minute: int) -> datetime:
    """Return the local time of a minute, worked out from what the problem says."""
    utc = datetime.fromisoformat(problem.start).astimezone(ZoneInfo("UTC"))
    return (utc + timedelta(minutes=minute)).astimezone(ZoneInfo(problem.timezone))


def times(problem: Problem, stop: Stop, form: str = "%H:%M") -> list[str]:
    return [wall_clock(problem, minute).strftime(form) for minute in (stop.arrive, stop.leave)]


def test_every_stop_with_its_times() -> None:
    """The table of a unit has a row a stop: number, times, place, what to do, minutes, and the way to it."""
    document = page(sample())
    assert rows(sheet_of(document, 1)) == [
        ["1", "18:00", "18:00", STATION, "Set out", "", ""],
        ["2", "18:03", "18:20", MARKET, "Visit", "17", "3 min, 1.9 km"],
        ["3", "18:30", "19:00", "Bridge", "Man the post", "30", "2 min"],
        ["4", "19:04", "19:24", STATION, "Take the break", "20", "4 min"],
        ["5", "19:24", "20:00", STATION, "Stand by", "36", ""],
    ]


@settings(max_examples=30, deadline=None)
@given(tours(), st.sampled_from(["en", "zh"]))
def test_no_stop_is_lost(tour: tuple[Problem, Plan, Streets], language: Language) -> None:
    """Whatever the names, places, clocks and streets: each unit has a sheet, with each stop at its time."""
    problem, plan, streets = tour
    document = page(made(problem, plan, streets, language))
    change = wall_clock(problem, 0).utcoffset() != wall_clock(problem, problem.minutes).utcoffset()
    for i, route in enumerate(plan.routes):
        sheet = sheet_of(document, i + 1)
        assert [row[:4] for row in rows(sheet)] == [
            [str(n + 1), *times(problem, stop, "%H:%M %z" if change else "%H:%M"), clean(stop.place)]
            for n, stop in enumerate(route.stops)
        ]
        assert sheet.xpath("string(.//h1)") == clean(route.callsign)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 50), st.data())
def test_the_table_of_units_is_the_scorecard(seed: int, data: st.DataObject) -> None:
    """On the sheet of the shift each unit has the minutes that its plan gives to each kind of stop."""
    problem = small_problem(seed)
    plan = random_plan(problem, lambda low, high: data.draw(st.integers(low, high)))
    sheet = sheet_of(page(made(problem, plan)), 0)
    (table,) = sheet.xpath(f'.//h2[.="{ENGLISH.units_title}"]/following-sibling::table[1]')
    heads = [cell.text_content() for cell in table.xpath("./thead//th")]
    for row, route in zip(table.xpath("./tbody/tr"), plan.routes, strict=True):
        cells = dict(zip(heads, (cell.text_content() for cell in row), strict=True))
        assert cells["Unit"] == route.callsign
        for head, kind in (("On posts", "stint"), ("Tasks", "task"), ("Break", "break"), ("Visiting", "visit")):
            assert int(cells.get(head, 0)) == sum(s.leave - s.arrive for s in route.stops if s.kind == kind)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 50), st.data())
def test_strips_leave_no_minute_out(seed: int, data: st.DataObject) -> None:
    """The bars of a unit cover its shift minute by minute, none twice, with as much driving as in the scorecard."""
    problem = small_problem(seed)
    plan = random_plan(problem, lambda low, high: data.draw(st.integers(low, high)))
    for tour in itineraries(problem, plan):
        minutes = sorted(t for bar in bars_of(tour) for t in range(bar.start, bar.end))
        assert minutes == list(range(tour.unit.start, tour.unit.end))
    for tour, row in zip(itineraries(problem, plan), score(problem, plan).units, strict=True):
        driving = sum(bar.end - bar.start for bar in bars_of(tour) if bar.kind == "driving")
        assert driving == row.driving


def test_shortfalls_come_first() -> None:
    """What is lacking stands above everything else, with reason and cure; the post says when nobody stands on it."""
    problem = small_town()
    lacking = Shortfall("Gate", 25, 55, 1, "cannot reach in time", "start A1 <earlier>")
    plan = Plan(problem.fingerprint(), (), (lacking,))
    sheet = sheet_of(page(made(problem, plan)), 0)
    first, second = sheet.xpath("./tbody/tr/td/*")[:2]
    assert first.get("class") == "alarm"
    assert [cell.text_content() for cell in second.xpath(".//tbody//td")] == [
        "18:25–18:55", "Gate", "1 on the post", "cannot reach in time", "start A1 <earlier>",
    ]  # fmt: skip
    assert ENGLISH.nobody in sheet.xpath("string()")


def test_nothing_lacks() -> None:
    """Where everything that is required is done the first sentence says so, and no table of shortfalls stands there."""
    sheet = sheet_of(page(sample()), 0)
    assert sheet.xpath("./tbody/tr/td/*")[0].text_content() == ENGLISH.nothing_lacks
    assert ENGLISH.shortfalls not in sheet.xpath("string()")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_relieves_whom(language: Language) -> None:
    """Units that follow each other on a post are told of each other, in the table of posts too."""
    problem = sample_problem()
    stops = (Stop(STATION, "standby", 0, 0), Stop("Bridge", "stint", 4, 31), Stop(STATION, "standby", 35, 60))
    plan = sample_plan(problem)
    plan = plan.replace(routes=(plan.routes[0], Route("B/2", stops)))
    words = CATALOGUES[language]
    document = page(made(problem, plan, language=language))
    orders = [row[4] for i in (1, 2) for row in rows(sheet_of(document, i)) if row[3] == "Bridge"]
    relieved, reliever = words.hands_over.format(callsigns="A1"), words.takes_over.format(callsigns="B/2")
    assert orders == [words.comma.join([words.orders["stint"], said]) for said in (reliever, relieved)]
    stints = words.between.join(["18:04–18:31 B/2", "18:30–19:00 A1"])
    assert stints in {cell.text_content() for cell in sheet_of(document, 0).xpath(".//td")}


def test_nothing_from_elsewhere() -> None:
    """The file has no script, no reference to anything outside it, and a policy that forbids both."""
    document = page(sample())
    (policy,) = document.xpath('//meta[@http-equiv="Content-Security-Policy"]/@content')
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert not document.xpath("//script | //link | //img | //iframe | //object | //@src | //@onload | //@onclick")
    assert {target[0] for target in document.xpath("//@href")} == {"#"}
    assert "url(" not in document.xpath("string(//style)")


NASTY = ['</td><script>alert("1")</script>', "\"quoted' & <b>", "\u202egnirts\u202c \u2066x", "一号车", "محطة"]


@pytest.mark.parametrize("name", NASTY)
def test_names_stay_text(name: str) -> None:
    """A name with tags, quotes or marks of direction is text, and turns nothing around that stands beside it."""
    problem = sample_problem()
    places = (replace(problem.places[0], name=name), *problem.places[1:])
    units = (replace(problem.units[0], callsign=name, skills=(name,)), problem.units[1])
    problem = problem.replace(name=name, places=places, units=units)
    old = sample_plan(problem)
    stops = tuple(replace(s, place=name) if s.place == STATION else s for s in old.routes[0].stops)
    home = (Stop(name, "standby", 0, 60),)
    plan = old.replace(routes=(Route(name, stops), Route("B/2", home)))
    document = page(made(problem, plan))
    assert {row[3] for row in rows(sheet_of(document, 1))} == {clean(name), MARKET, "Bridge"}
    assert not document.xpath("//script | //td/b")
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(document.text_content())


def test_both_languages_have_the_same_entries() -> None:
    """Every kind, mode, layer and reason is in both catalogues, and both fill in the same things."""
    import re
    from dataclasses import fields
    from typing import get_args

    from solver.plan import STOP_KINDS, Reason, Status
    from solver.problem import LAYERS, MODES

    for words in (ENGLISH, CHINESE):
        assert set(words.orders) == set(STOP_KINDS)
        assert set(words.kinds) == {*STOP_KINDS, "driving"}
        assert (set(words.modes), set(words.layers)) == (set(MODES), set(LAYERS))
        assert (set(words.reasons), set(words.statuses)) == (set(get_args(Reason)), set(get_args(Status)))
    for field in fields(ENGLISH):
        one, other = getattr(ENGLISH, field.name), getattr(CHINESE, field.name)
        if isinstance(one, str) and field.name != "date":
            assert set(re.findall(r"\{\w+\}", one)) == set(re.findall(r"\{\w+\}", other)), field.name
        elif isinstance(one, dict):
            assert set(one) == set(other), field.name


def test_chinese_sheets_are_chinese() -> None:
    """In Chinese sheets there is no English but names, callsigns, the zone, the seed's engine and units of length."""
    text = " ".join(sorted(sample("zh").texts()))
    for name in (STATION, MARKET, "Bridge", "Friday night", "A1", "B/2", "Europe/London", "sha256:", CREDIT):
        text = text.replace(name, "")
    assert "星期五" in text
    import re

    assert set(re.findall(r"[A-Za-z]{3,}", text)) <= {"page", "pages"}


def test_a_hundred_stops_have_a_hundred_rows() -> None:
    """A unit with a hundred stops gets a row for each, and the numbers at one place on the drawing end somewhere."""
    problem = lonely_car(600, grid=1)
    stops = [Stop("Central", "standby", 0, 0)]
    stops += [Stop(("Market", "Central")[i % 2], "standby", 6 * i + 4, 6 * i + 5) for i in range(98)]
    stops.append(Stop("Central", "standby", 599, 600))
    sheets = made(problem, Plan(problem.fingerprint(), (Route("A1", tuple(stops)),)))
    assert [row[0] for row in rows(sheet_of(page(sheets), 1))] == [str(i + 1) for i in range(100)]
    (drawing,) = (p for part in sheets.sheets[1].parts for p in getattr(part, "right", ()) if isinstance(p, Picture))
    assert any(isinstance(s, Label) and s.text.endswith("…") for s in drawing.shapes)


def test_a_unit_never_on_duty() -> None:
    """A unit that chooses its duty and has none says so, and its strip is empty."""
    problem = lonely_car(120, tasks=(Task(GATE, 5, 1),))
    problem = problem.replace(units=(replace(problem.units[0], longest_duty=60),))
    plan = Plan(problem.fingerprint(), (Route("A1", (Stop("Central", "standby", 0, 120),)),))
    document = page(made(problem, plan))
    assert ENGLISH.no_duty in sheet_of(document, 1).xpath("string(.//dl)")
    assert rows(sheet_of(document, 1))[0][4] == ENGLISH.off_duty
    assert [bars_of(tour) for tour in itineraries(problem, plan)] == [[]]


def test_no_units_no_posts_no_demand() -> None:
    """A problem without anything still has its sheet, which says what there is not."""
    problem = small_town().replace(units=(), posts=(), hotspots=(), demand=(), reach={}, travel={})
    (sheet,) = page(made(problem, Plan(problem.fingerprint(), ()))).xpath('//table[contains(@class, "sheet")]')
    text = sheet.xpath("string()")
    for said in (ENGLISH.no_posts, ENGLISH.no_units, ENGLISH.nothing_to_cover):
        assert said in text


def test_several_days_say_which_day() -> None:
    """In a plan of more than a day each time has its day of the week, in the language of the sheet."""
    problem = lonely_car(3000)
    plan = Plan(problem.fingerprint(), (Route("A1", (Stop("Central", "standby", 0, 3000),)),))
    assert rows(sheet_of(page(made(problem, plan)), 1))[0][1:3] == ["Fri 18:00", "Sun 20:00"]
    assert rows(sheet_of(page(made(problem, plan, language="zh")), 1))[0][1:3] == ["周五 18:00", "周日 20:00"]


def test_tasks_revisits_and_stretches() -> None:
    """The busy town's sheet has its task and revisits, and its car patrols along the bridge."""
    problem = busy_town()
    document = page(made(problem, busy_plan(problem)))
    text = sheet_of(document, 0).xpath("string()")
    assert ENGLISH.tasks_title in text
    assert ENGLISH.revisits_title in text
    assert [row[4] for row in rows(sheet_of(document, 1)) if row[3] == "Bridge back"] == [ENGLISH.along]


def test_the_bound_in_words() -> None:
    """The sentence on the bound says what a better plan could gain at most, that none can, or that it is not known."""
    problem = small_town()
    plan = small_plan(problem)
    full = score(problem, plan).full
    said = {
        bound: sheet_of(page(made(problem, plan.replace(bound=bound))), 0).xpath("string()")
        for bound in (None, plan.value, min(2 * plan.value, full))
    }
    assert ENGLISH.no_bound in said[None]
    assert ENGLISH.proved in said[plan.value]
    gain = min(2 * plan.value, full) / plan.value - 1
    assert f"gains at most {100 * gain:.1f} %" in said[min(2 * plan.value, full)]


def test_a_bound_that_does_not_hold_is_not_told() -> None:
    """After an edit by which a plan lacks more than the one that the search made, nothing is said of the bound."""
    problem = small_town()
    plan = small_plan(problem)
    edited = plan.replace(routes=plan.routes[1:], bound=2 * plan.value)
    assert score(problem, edited).missing > 0
    assert ENGLISH.no_bound in sheet_of(page(made(problem, edited)), 0).xpath("string()")


def test_a_crew_is_on_its_sheet_and_names_have_room() -> None:
    """The crew of the file is told beside the room for names; without one there is only that room."""
    problem = small_town()
    first, second = problem.units
    with_crew = problem.replace(units=(replace(first, crew="甲 <A>"), second))
    document = page(made(with_crew, small_plan(with_crew)))
    facts = [sheet_of(document, i).xpath("string()") for i in (1, 2)]
    assert "甲 <A>" in facts[0]
    assert ENGLISH.crew not in facts[1]
    assert all(ENGLISH.names in text for text in facts)


def test_losses_say_what_the_share_is_of() -> None:
    """A hotspot at which most risk is left is told with the share that is covered, and said to be."""
    problem = small_town()
    plan = small_plan(problem)
    worst = min(score(problem, plan).hotspots, key=lambda h: h.covered - h.total)
    text = sheet_of(page(made(problem, plan)), 0).xpath("string()")
    assert f"{worst.place} ({100 * worst.covered / worst.total:.1f} % covered)" in text


def test_the_map_has_every_place_and_its_scale_is_right() -> None:
    """The drawing has each place where the unit stops, and its bar is as long as the distance that it names."""
    problem = small_town()
    (drawing,) = (
        p
        for part in made(problem, small_plan(problem)).sheets[1].parts
        for p in getattr(part, "right", ())
        if isinstance(p, Picture)
    )
    labels = {s.text: s for s in drawing.shapes if isinstance(s, Label)}
    assert {"2", "3", "5", "1, 4, 6", "N"} <= set(labels)
    from solver.export.sheets.sheet import Area, Dot, Line

    (scale,) = (text for text in labels if text.endswith(("m", "km")) and text[0].isdigit())
    metres = float(scale.split()[0]) * (1000 if scale.endswith("km") else 1)
    bars = [s for s in drawing.shapes if isinstance(s, Line) and len(s.points) == 4]
    length = bars[0].points[2][0] - bars[0].points[1][0]
    dots = [s.centre for s in drawing.shapes if isinstance(s, Dot)]
    squares = [np.mean(s.points, axis=0) for s in drawing.shapes if isinstance(s, Area) and len(s.points) == 4]
    # Market is 0.02 degrees north of Central, Bridge 0.03: a degree of latitude is 111.2 km.
    central = squares[0]
    for dot, degrees in zip(dots, (0.02, 0.03), strict=True):
        assert (central[1] - dot[1]) / length * metres == pytest.approx(degrees * 111_195, rel=0.05)


def test_same_bytes_twice() -> None:
    """The same plan gives the same file."""
    assert sheets_html(sample()) == sheets_html(sample())
