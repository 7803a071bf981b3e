"""The map in a browser without a network: it loads nothing, plays the shift, and tells what the plan says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from benchmarks.chromium import Page, PageError, browser, chromium
from solver.clock import Clock
from solver.export.map import plan_map
from solver.export.map.html import SCRIPTS
from solver.languages import LANGUAGES
from solver.plan import Plan, Shortfall
from solver.problem import MODES, Problem
from solver.score import score
from solver.streets import StreetLines, Streets
from tests.map_reading import at, content_of, track_of
from tests.naive_score import route_cells, slot_at
from tests.small_town import CENTRAL, MARKET, busy_plan, busy_town, lonely_car
from tests.tours import sample_plan, sample_problem, sample_streets, tours

needs_chromium = pytest.mark.skipif(chromium() is None, reason="Chromium is not installed")
FOLDER = files("solver.export.map") / "page"
WORDS = {
    language: json.loads((FOLDER / f"words_{language}.json").read_text(encoding="utf-8")) for language in LANGUAGES
}
EVIL = "</script><b>夜班</b> \u202e\"'&amp; =1+1"


def network() -> StreetLines:
    """Return two streets near the small town."""
    lonlat = np.array([[-0.11, 51.49], [-0.1, 51.5], [-0.1, 51.55], [-0.12, 51.52], [-0.08, 51.52]])
    return StreetLines(lonlat, np.array([0, 3, 5]), np.array([0, 2]), np.array([1, 0]), ("", "长街"))


def sample() -> tuple[Problem, Plan, Streets]:
    """Return the busy town under a name that is none too easy, and a shortfall."""
    problem = busy_town().replace(name=EVIL)
    lacking = Shortfall("Gate", 60, 75, 1, "too few units on duty", "roster one more car")
    plan = busy_plan(problem).replace(fingerprint=problem.fingerprint(), shortfalls=(lacking,))
    return problem, plan, Streets(network=network(), attribution="© 地图 & Co")


def written(directory: Path, problem: Problem, plan: Plan, streets: Streets, **options: Any) -> Path:
    """Write a map and return the file."""
    path = directory / "map.html"
    path.write_bytes(plan_map(problem, plan, streets, score(problem, plan), **options))
    return path


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with browser() as opened:
        opened.size(1280, 800)
        yield opened


@pytest.fixture
def opened(page: Page, tmp_path: Path) -> Page:
    """Give the page of the busy town, in English."""
    page.requests.clear()
    page.complaints.clear()
    page.open(written(tmp_path, *sample(), language="en"))
    return page


def show(page: Page, second: float) -> None:
    """Move the slider to a second; it stops at whole minutes."""
    page.run(f"slider.value = {second}; slider.dispatchEvent(new Event('input'))")
    page.frames()


def markers(page: Page) -> dict[str, tuple[float, float]]:
    """Return where the units are that can be seen, longitude and latitude."""
    found = page.run(
        "Array.from(document.querySelectorAll('.marker'), (m) => m.style.display ? null :"
        " [m.dataset.callsign, Number(m.dataset.lon), Number(m.dataset.lat)]).filter(Boolean)"
    )
    return {callsign: (lon, lat) for callsign, lon, lat in found}


def figures(page: Page) -> dict[str, str]:
    """Return the figures of the minute shown."""
    return dict(
        page.run(
            "Array.from(document.querySelectorAll('.figure'), (f) =>"
            " [f.dataset.figure, f.querySelector('b').firstChild.textContent])"
        )
    )


def facts(page: Page) -> dict[str, str]:
    """Return what the card tells."""
    return dict(
        page.run("Array.from(document.querySelectorAll('#details dd'), (d) => [d.dataset.fact, d.textContent])")
    )


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def on_screen(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Return where a place is in the window, from where two units stand of which it is known."""

    def north(degrees: float) -> float:
        return float(np.arctanh(np.sin(np.radians(degrees))))

    seen = []
    for minute in (0, 10):  # At Central, and at Market, to the north of it.
        show(page, 60 * minute)
        seen.append(
            page.run(
                "(() => { const m = document.querySelector('.marker[data-callsign=A1]');"
                " const dot = m.querySelector('.dot').getBoundingClientRect();"
                " return [Number(m.dataset.lon), Number(m.dataset.lat),"
                " dot.x + dot.width / 2, dot.y + dot.height / 2]; })()"
            )
        )
    (lon_a, lat_a, x_a, y_a), (_, lat_b, _, y_b) = seen
    pixels = (y_b - y_a) / (north(lat_b) - north(lat_a))
    return x_a - pixels * np.radians(lon - lon_a), y_a + pixels * (north(lat) - north(lat_a))


@needs_chromium
def test_nothing_is_loaded_and_nothing_complains(opened: Page, tmp_path: Path) -> None:
    """The page asks for nothing but itself, its console is clean, and its script leaves no global name."""
    assert opened.requests == [(tmp_path / "map.html").as_uri()]
    assert opened.complaints == []
    for name in ("plan", "view", "Moments", "readContent", "main"):
        assert opened.run(f"typeof window[{name!r}] === 'undefined' || window[{name!r}] instanceof Node")


@needs_chromium
def test_the_policy_lets_nothing_out(opened: Page) -> None:
    """Even a script that wanted to could not load from elsewhere, nor could one be put into the page."""
    for attempt in (
        "fetch('http://127.0.0.1:9/').then(() => 'loaded', () => 'refused')",
        "new Promise((done) => { const i = new Image(); i.onload = () => done('loaded');"
        " i.onerror = () => done('refused'); i.src = 'http://127.0.0.1:9/x.png'; })",
    ):
        assert opened.run(attempt) == "refused"
    assert [text for text in opened.complaints if "Content Security Policy" in text]
    opened.complaints.clear()
    opened.run("document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.bad = 1'}))")
    assert opened.run("window.bad === undefined")
    assert not [url for url in opened.requests if "127.0.0.1" in url]


@needs_chromium
def test_the_slider_moves_the_units(opened: Page) -> None:
    """In each minute every unit on duty is where its track says, and between minutes on the way there."""
    problem, plan, streets = sample()
    content = content_of(plan_map(problem, plan, streets, score(problem, plan)))
    seen = []
    for minute in (0, 2, 12, 45, 80, 100, 119):
        show(opened, 60 * minute)
        seen.append(markers(opened))
        wanted = {u["callsign"]: track_of(u) for u in content["units"] if u["start"] <= minute < u["end"]}
        assert seen[-1].keys() == wanted.keys()
        for callsign, place in seen[-1].items():
            assert place == pytest.approx(at(*wanted[callsign], 60 * minute), abs=1e-5)
    assert len({positions["A1"] for positions in seen}) > 4


@needs_chromium
def test_figures_are_those_of_the_model(opened: Page) -> None:
    """In every fifth minute demand in time, backup, risk covered and posts manned are the model's, read literally."""
    problem, plan, _ = sample()
    cells = Counter(cell for route in plan.routes for cell in route_cells(problem, route))
    for t in range(0, problem.minutes, 5):
        show(opened, 60 * t)
        told = figures(opened)
        slot = slot_at(problem, t)
        demand = [d.demand[slot] for d in problem.demand]
        first = sum(w for i, w in enumerate(demand) if cells["first", i, t])
        second = sum(w * min(cells["second", i, t], 2) for i, w in enumerate(demand))
        risk = sum(
            h.risk[slot] * ((100 - h.rho) * (cells["present", i, t] > 0) + h.rho * (cells["lingering", i, t] > 0))
            for i, h in enumerate(problem.hotspots)
        )
        assert told["within standard"] == percent(first, sum(demand))
        assert told["backup"] == percent(second, 2 * sum(demand))
        assert told["risk covered"] == percent(risk, 100 * sum(h.risk[slot] for h in problem.hotspots))
        manned = cells["post", 0, t]
        assert told["posts manned"] == (str(manned) if 25 <= t < 55 else "–")
    show(opened, 60 * 60)
    assert figures(opened)["units available"] == "1"  # A1 has its break.


@needs_chromium
def test_clicks_tell_the_figures_of_the_plan(opened: Page) -> None:
    """A click on a unit, a hotspot, a demand point, a post or a station tells what the plan and its score say of it."""
    problem, plan, _ = sample()
    card = score(problem, plan)
    opened.run(
        "document.querySelector('.marker[data-callsign=A1] .plate')"
        ".dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    )
    told = facts(opened)
    assert told["shift"] == "18:00–20:00"
    assert told["visits"] == str(card.units[0].visits)
    assert told["spent driving"] == f"{card.units[0].driving} min"
    rows = opened.run("Array.from(document.querySelectorAll('#details .row'), (r) => r.textContent)")
    assert len(rows) == len(plan.routes[0].stops)
    assert rows[1] == "18:04–18:20Market"
    places = {
        "hotspot": (problem.places[MARKET].lon, problem.places[MARKET].lat),
        "station": (problem.places[CENTRAL].lon, problem.places[CENTRAL].lat),
        "post": (problem.places[4].lon, problem.places[4].lat),
        "task": (problem.places[5].lon, problem.places[5].lat),
    }
    opened.press("Escape")
    points = {kind: on_screen(opened, *place) for kind, place in places.items()}
    park = on_screen(opened, problem.demand[1].lon, problem.demand[1].lat)
    opened.run("document.querySelector('[data-layer=units]').click()")
    show(opened, 60 * 30)
    opened.click(*points["hotspot"])
    assert facts(opened)["covered in all"] == f"{100 * (card.hotspots[0].share or 0):.1f} %"
    assert facts(opened)["visits"] == "3"
    assert facts(opened)["minutes visited"] == f"{card.hotspots[0].minutes} min"
    opened.click(*points["post"])
    assert facts(opened)["now"] == "1 of 1 units"
    assert facts(opened)["missing"] == f"{card.posts[0].missing} unit-minutes"
    opened.click(*points["task"])
    assert facts(opened)["now"] == "Not done yet"
    opened.click(*points["station"])
    assert facts(opened)["units based"] == "2"
    opened.run("document.querySelector('[data-layer=hotspots]').click()")
    opened.click(*park)
    told = facts(opened)
    cells = Counter(cell for route in plan.routes for cell in route_cells(problem, route))
    assert (told["standard"], told["backup within"]) == ("5 min", "10 min")
    assert told["units in standard"] == str(cells["first", 1, 30])
    assert told["units in backup"] == str(cells["second", 1, 30])
    opened.click(1000, 690)
    assert opened.run("document.querySelector('#details').hidden")


@needs_chromium
def test_keys_play_and_step(opened: Page) -> None:
    """Space plays and pauses, arrows step a minute or with Shift fifteen; units move between minutes too."""
    show(opened, 60 * 5)
    opened.press("ArrowRight")
    assert opened.run("slider.value") == "360"
    opened.press("ArrowRight", shift=True)
    opened.press("ArrowLeft")
    assert opened.run("slider.value") == str(20 * 60)
    assert opened.text("#time") == "18:20"
    before = markers(opened)
    opened.press(" ")
    opened.frames(12)
    opened.press(" ")
    after, second = markers(opened), float(opened.run("slider.value"))
    assert second > 1200
    assert second % 60 != 0
    assert after["A1"] != before["A1"]
    opened.frames(5)
    assert float(opened.run("slider.value")) == second


@needs_chromium
def test_the_map_is_moved_and_zoomed(opened: Page) -> None:
    """Dragging moves what is shown with the pointer; wheel, two fingers and buttons zoom around where they are."""

    def dot() -> tuple[float, float]:
        box = opened.run(
            "(({x, y, width}) => [x + width / 2, y + width / 2])"
            "(document.querySelector('.marker[data-callsign=A1] .dot').getBoundingClientRect())"
        )
        return box[0], box[1]

    def mouse(kind: str, x: float, y: float, **more: Any) -> None:
        opened.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def fingers(kind: str, *points: tuple[float, float]) -> None:
        touches = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        opened.ask("Input.dispatchTouchEvent", type=kind, touchPoints=touches)

    x, y = dot()
    mouse("mousePressed", 800, 300, button="left", buttons=1, clickCount=1)
    mouse("mouseMoved", 830, 290, button="left", buttons=1)
    mouse("mouseMoved", 850, 280, button="left", buttons=1)
    mouse("mouseReleased", 850, 280, button="left")
    opened.frames(3)
    assert dot() == pytest.approx((x + 50, y - 20), abs=1)
    x, y = dot()
    mouse("mouseWheel", x, y, deltaX=0, deltaY=-200)
    opened.frames(3)
    assert dot() == pytest.approx((x, y), abs=1)
    mouse("mouseWheel", x, y - 100, deltaX=0, deltaY=-240)
    opened.frames(3)
    assert dot()[1] - (y - 100) == pytest.approx(100 * np.exp(240 * 0.0018), abs=2)
    opened.press("0")
    opened.frames(3)
    x, y = dot()
    fingers("touchStart", (x - 50, y - 200), (x + 50, y - 200))
    fingers("touchMove", (x - 60, y - 200), (x + 60, y - 200))
    fingers("touchMove", (x - 100, y - 200), (x + 100, y - 200))
    fingers("touchEnd")
    opened.frames(3)
    assert dot()[1] - (y - 200) == pytest.approx(400, abs=8)


@needs_chromium
def test_names_are_found(opened: Page) -> None:
    """The field finds a unit, a place and a demand point by name or part of it, and nothing under other names."""
    for asked, title in (("b2", "B2"), ("Mark", "Market"), ("park", "Park"), ("nowhere", "Park")):
        field = "document.getElementById('find')"
        opened.run(f"{field}.value = {asked!r}; {field}.dispatchEvent(new Event('change'))")
        assert title in opened.text("#details h3")
    opened.run("document.getElementById('find').focus()")
    opened.press(" ")
    assert not opened.run("document.body.classList.contains('playing')")


@needs_chromium
def test_what_is_lacking_comes_first_and_leads_there(opened: Page) -> None:
    """A shortfall is listed with its reason; a click shows its minute and its post; the chart marks it red."""
    row = opened.text("#lacking button")
    assert row == "19:00–19:15 Gate lacks 1: too few units on duty"
    opened.run("document.querySelector('#lacking button').click()")
    assert opened.text("#time") == "19:00"
    assert "Gate" in opened.text("#details h3")
    red = opened.run(
        "(() => { const c = chart, d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " const x = new Set(); for (let i = 0; i < d.length; i += 4)"
        " if (d[i] > 180 && d[i + 1] < 60 && d[i + 2] < 50) x.add((i / 4) % c.width);"
        " return [Math.min(...x) / c.width, Math.max(...x) / c.width]; })()"
    )
    assert red == pytest.approx([60 / 120, 75 / 120], abs=0.01)


@needs_chromium
def test_layers_go_and_come(opened: Page) -> None:
    """Each layer that is switched off leaves the picture, and all of it comes back."""

    def colours() -> int:
        return int(
            opened.run(
                "[ground, things].reduce((sum, c) => { const d = new Uint32Array(c.getContext('2d').getImageData(0, 0,"
                " c.width, c.height).data.buffer); return sum + new Set(d).size; }, 0)"
            )
        )

    layers = opened.run("Array.from(document.querySelectorAll('[data-layer]'), (b) => b.dataset.layer)")
    assert {"units", "routes", "hotspots", "posts", "stations", "tasks", "demand", "names", "streets"} == set(layers)
    full = opened.picture()
    counts = [colours()]
    for layer in layers:
        opened.run(f"document.querySelector('[data-layer={layer}]').click()")
        counts.append(colours())
    assert counts[0] > 50
    assert counts[-1] == 2  # The ground and nothing.
    assert len(full) > 20_000
    for layer in layers:
        opened.run(f"document.querySelector('[data-layer={layer}]').click()")
    assert colours() == counts[0]


@needs_chromium
def test_labels_are_in_the_language_asked_for(page: Page, tmp_path: Path) -> None:
    """The Chinese page has Chinese labels throughout, names stay as they are, and the switch turns it English."""
    problem, plan, streets = sample()
    page.complaints.clear()
    page.open(written(tmp_path, problem, plan, streets, language="zh"))
    assert page.run("document.documentElement.lang") == "zh-CN"
    text = page.run("document.body.innerText")
    for name in ("units", "legend", "speed", "layer hotspots", "within standard", "shortfalls", "chart response"):
        assert WORDS["zh"][name] in text
        assert WORDS["en"][name] not in text
    assert page.text("#name") == EVIL
    assert "Gate" in text
    page.run("document.querySelector('#languages button[lang=en]').click()")
    assert WORDS["en"]["legend"] in page.run("document.body.innerText")
    assert page.complaints == []


@needs_chromium
def test_the_browser_chooses_where_nobody_did(page: Page, tmp_path: Path) -> None:
    """Without a language asked for it is that of the browser; the address may ask for another, a minute and a unit."""
    path = written(tmp_path, *sample())
    page.open(path)
    assert page.run("document.documentElement.lang") == "en"
    page.open(path, "lang=zh&minute=45&unit=B2")
    assert page.run("document.documentElement.lang") == "zh-CN"
    assert page.text("#time") == "18:45"
    assert page.text("#details .sign") == "B2"


@needs_chromium
def test_times_are_the_planners(page: Page, tmp_path: Path) -> None:
    """Across a change of the clocks the page shows local times, with the offset where an hour is missing."""
    problem = sample_problem(start="2021-03-28T00:30:00+00:00")
    page.open(written(tmp_path, problem, sample_plan(problem), sample_streets(), language="en"))
    clock = Clock.of(problem)
    for minute in (0, 29, 30, 90):
        show(page, 60 * minute)
        assert page.text("#time") == clock.hhmm(minute)
        offset = clock.local(minute).strftime("%z")
        assert page.text("#day") == f"Sun 2021-03-28 +{offset[1:3]}:{offset[3:]}"


@needs_chromium
def test_plans_with_little_in_them_are_shown(page: Page, tmp_path: Path) -> None:
    """A car and nothing else, a plan of three days, and a town across the 180th meridian open without complaint."""
    page.complaints.clear()
    problem = lonely_car(60)
    plan = Plan(problem.fingerprint(), (replace(busy_plan(busy_town()).routes[0], stops=()),)).replace(routes=())
    page.open(written(tmp_path, problem, plan, Streets()))
    assert figures(page)["units available"] == "0"
    long = lonely_car(3 * 24 * 60)
    page.open(written(tmp_path, long, Plan(long.fingerprint(), ()), Streets()))
    assert re.match(r"\w+ 2020-11-20", page.text("#day"))
    assert page.text("#when").count("2020-11-2") == 2
    far = sample_problem()
    places = tuple(replace(p, lon=lon) for p, lon in zip(far.places, (179.995, -179.995, 180.0), strict=True))
    far = far.replace(places=places, demand=(replace(far.demand[0], lon=-179.99),))
    page.open(written(tmp_path, far, sample_plan(far), Streets(), language="en"))
    show(page, 60)
    lon, _ = markers(page)["A1"]
    assert abs(lon) > 179.99
    assert page.text("#distance").endswith(" m")
    assert page.complaints == []


@needs_chromium
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tour=tours())
def test_any_names_are_shown_as_they_are(page: Page, tmp_path: Path, tour: tuple[Problem, Plan, Streets]) -> None:
    """Plans whose names hold any character open without complaint, with a row for every unit."""
    problem, plan, streets = tour
    page.complaints.clear()
    page.open(written(tmp_path, problem, plan, streets))
    assert page.run("document.querySelectorAll('.unit').length") == len(problem.units)
    assert page.complaints == []


@needs_chromium
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_it_prints_on_a_sheet(opened: Page, tmp_path: Path) -> None:
    """On paper it is one A4 sheet across, with title, moment, legend and units, and without the controls."""
    show(opened, 60 * 12)
    sheet = tmp_path / "map.pdf"
    sheet.write_bytes(opened.pdf())
    info = subprocess.run(["pdfinfo", sheet], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Pages:\s+1\n", info)
    width, height = (float(v) for v in re.findall(r"Page size:\s+([\d.]+) x ([\d.]+)", info)[0])
    assert (width, height) == pytest.approx((841.9, 595.3), abs=1)
    text = subprocess.run(["pdftotext", "-layout", sheet, "-"], check=True, capture_output=True, text=True).stdout
    for wanted in ("夜班", "18:12", "A1", "B2", WORDS["en"]["hotspot lingering"], WORDS["en"]["demand uncovered"]):
        assert wanted in text
    assert WORDS["en"]["speed"] not in text
    # The window is as it was.
    assert opened.run("ground.width") == opened.run("things.width") == 1280 - 330 + 240


@needs_chromium
def test_it_fits_a_tablet(page: Page, tmp_path: Path) -> None:
    """On a tablet held upright nothing is cut off at the side, and the map keeps half the height."""
    page.size(768, 1024, touch=True)
    try:
        page.open(written(tmp_path, *sample()))
        assert page.run("document.documentElement.scrollWidth") == 768
        assert page.run("map.clientHeight") > 400
    finally:
        page.size(1280, 800)


def test_a_browser_that_fails_says_so() -> None:
    """A script that raises is an error of the test, not silence."""
    if chromium() is None:
        pytest.skip("Chromium is not installed")
    with browser() as opened, pytest.raises(PageError, match="no such thing"):
        opened.run("(() => { throw new Error('no such thing') })()")


def test_every_part_of_the_page_is_put_in() -> None:
    """Every script of the folder is in the page, once, and the page names no address."""
    names = {path.name for path in FOLDER.iterdir() if path.name.endswith(".js")}
    assert sorted(SCRIPTS) == sorted(names)
    problem, plan, streets = sample()
    text = plan_map(problem, plan, streets, score(problem, plan)).decode()
    assert set(re.findall(r"https?://[^\s\"'<)]+", text)) == {"http://www.w3.org/2000/svg"}
    assert "{{" not in re.sub(r'<script type="module">.*?</script>', "", text, flags=re.DOTALL)


def test_catalogues_hold_the_same_words() -> None:
    """Both languages have a word for the same things, with the same values in it."""
    english, chinese = WORDS["en"], WORDS["zh"]
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        if isinstance(text, str):
            assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", chinese[key])), key


def test_every_word_asked_for_is_there() -> None:
    """Every word that the scripts and the page ask for is in the catalogues, and they hold no other."""
    source = "".join(p.read_text(encoding="utf-8") for p in FOLDER.iterdir() if p.name.endswith((".js", ".html")))
    asked = set(re.findall(r'(?:say|list)\("([^"]+)"|data-(?:word|title)="([^"]+)"', source))
    assert {word for pair in asked for word in pair if word} <= WORDS["en"].keys() | {"reasons"}
    quoted = set(re.findall(r'"([^"\n]*)"', source)) | set(MODES)
    begun = set(re.findall(r"`([a-z]+) \$\{", source))
    assert {k for k in WORDS["en"] if k not in quoted and k.split(" ")[0] not in begun} == set()
