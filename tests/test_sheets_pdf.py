"""Sheets as PDF: the text of the HTML, found by other programs, with and without fonts for it."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings

from instances.fonts import faces_for
from solver.export.sheet_words import ENGLISH
from solver.export.sheets.as_pdf import sheets_pdf
from solver.export.sheets.of_plan import sheets_of
from solver.export.sheets.pdf_type import MOST_LINES, Type
from solver.export.sheets.sheet import Sheets
from solver.languages import Language
from solver.plan import Plan, Route, Stop
from solver.problem import Problem
from solver.score import score
from solver.streets import Streets
from tests.small_town import lonely_car
from tests.tours import MARKET, STATION, sample_plan, sample_problem, sample_streets, tours

pypdf = pytest.importorskip("pypdf", reason="pypdf reads the PDF")

NO_FONTS: tuple[Path, ...] = ()


def made(problem: Problem, plan: Plan, streets: Streets | None = None, language: Language = "en") -> Sheets:
    return sheets_of(problem, plan, score(problem, plan), streets or Streets(), language)


@cache
def sample(language: Language = "en") -> bytes:
    problem = sample_problem()
    sheets = made(problem, sample_plan(problem), sample_streets(), language)
    return sheets_pdf(sheets, faces_for(sheets.texts(), NO_FONTS))


def pages(content: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_every_stop_with_its_times() -> None:
    """A page a unit, with number, times, place, order, minutes and way of each stop; the shift comes first."""
    first, one, two = pages(sample())
    assert first.startswith("Friday night")
    assert (one.split()[0], two.split()[0]) == ("A1", "B/2")
    for row in (
        f"1 18:00 18:00 {STATION} Set out",
        f"2 18:03 18:20 {MARKET} Visit 17 3 min, 1.9 km",
        "3 18:30 19:00 Bridge Man the post 30 2 min",
        f"5 19:24 20:00 {STATION} Stand by 36",
    ):
        assert row in one


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler's pdftotext is not installed")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_another_program_finds_the_text(language: Language, tmp_path: Path) -> None:
    """Poppler finds callsigns, names, times and, in Chinese, the words."""
    file = tmp_path / "sheets.pdf"
    file.write_bytes(sample(language))
    done = subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True)
    text = " ".join(done.stdout.decode().split())
    for words in ("A1", "B/2", MARKET, "18:03 18:20", {"en": "Man the post", "zh": "快反点值守表"}[language]):
        assert words in text
    assert "总局" in text


@settings(max_examples=8, deadline=None)
@given(tours())
def test_no_stop_is_lost(tour: tuple[Problem, Plan, Streets]) -> None:
    """Whatever the names, each stop's number and times stand on the pages of its unit, in order."""
    problem, plan, streets = tour
    sheets = made(problem, plan, streets)
    text = " ".join(pages(sheets_pdf(sheets, faces_for(sheets.texts(), NO_FONTS))))
    for sheet in sheets.sheets[1:]:
        table = sheet.parts[-1]
        for row in table.rows:  # type: ignore[union-attr]
            assert " ".join(row[:3]) in text


def test_the_same_text_as_html() -> None:
    """Every text of the sheets is on the pages, a word of it on a line."""
    problem = sample_problem()
    sheets = made(problem, sample_plan(problem), sample_streets())
    text = " ".join(pages(sample()))
    skipped = {sheets.page, "0123456789", "Route of A1", ENGLISH.posts_title, ENGLISH.units_title, ENGLISH.by_hour}
    for said in sheets.texts() - skipped:
        if "–" not in said:
            assert all(word in text for word in said.split()), said


def test_chinese_without_any_font() -> None:
    """Where the machine has no font for Chinese the names are there, in a font that readers bring."""
    reader = pypdf.PdfReader(io.BytesIO(sample("zh")))
    fonts = {str(f["/BaseFont"]) for p in reader.pages for f in p["/Resources"]["/Font"].get_object().values()}
    assert "/STSong-Light" in {name.split("+")[-1] for name in fonts} | fonts
    assert "总局" in " ".join(pages(sample("zh")))
    assert "星期五" in " ".join(pages(sample("zh")))


def test_same_bytes_twice() -> None:
    """The same plan and fonts give the same file, that says no time of its making."""
    sample.cache_clear()
    one = sample()
    sample.cache_clear()
    assert one == sample()
    assert one.startswith(b"%PDF-")
    assert len(one) < 60_000


def test_a_long_route_has_its_header_on_every_page() -> None:
    """A hundred stops take several pages; each has the callsign, the headings of the table, and its number."""
    problem = lonely_car(600, grid=1)
    stops = [Stop("Central", "standby", 0, 0)]
    stops += [Stop(("Market", "Central")[i % 2], "standby", 6 * i + 4, 6 * i + 5) for i in range(98)]
    plan = Plan(problem.fingerprint(), (Route("A1", (*stops, Stop("Central", "standby", 599, 600))),))
    sheets = made(problem, plan)
    found = pages(sheets_pdf(sheets, faces_for(sheets.texts(), NO_FONTS)))
    assert len(found) >= 3
    for i, text in enumerate(found[1:]):
        assert text.startswith("A1 ")
        assert "No. Arrive Leave Place" in text
        assert f"page {i + 2} of {len(found)}" in text
    numbers = re.findall(r"(?<!\S)(\d+) \d\d:\d\d \d\d:\d\d ", " ".join(found[1:]))
    assert numbers == [str(i + 1) for i in range(100)]


@pytest.mark.parametrize("name", ["x" * 4000, "长" * 4000, "a b " * 3000])
def test_a_name_longer_than_a_page(name: str) -> None:
    """A name that would not fit on a page is cut; the plan is printed nevertheless."""
    problem = sample_problem()
    units = (replace(problem.units[0], callsign=name), problem.units[1])
    problem = problem.replace(name=name, units=units)
    plan = sample_plan(problem)
    plan = plan.replace(routes=(replace(plan.routes[0], callsign=name), plan.routes[1]))
    sheets = made(problem, plan)
    assert len(pages(sheets_pdf(sheets, faces_for(sheets.texts(), NO_FONTS)))) >= 3


def test_lines_are_no_longer_than_their_room() -> None:
    """Text breaks at spaces and beside Chinese characters; nothing but spaces gets lost."""
    kind = Type(faces_for(["Market Square 一二三四五六七八九十"], NO_FONTS))
    text = "Market Square 一二三四五六七八九十 Pneumonoultramicroscopic"
    for room in (20.0, 41.0, 90.0, 400.0):
        lines = kind.lines(text, 8.0, room)
        assert all(kind.width(line, 8.0) <= room for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert kind.lines("Market Square", 8.0, 41.0) == ["Market", "Square"]
    assert len(kind.lines("x " * 1000, 8.0, 10.0)) == MOST_LINES


def test_fonts_of_one_document_are_not_those_of_another() -> None:
    """Two documents in one process, with other letters, both show theirs."""
    for name in ("Abc", "Zyx", "Пост 总局"):
        problem = lonely_car(60).replace(name=name)
        stops = (Stop("Central", "standby", 0, 60),)
        sheets = made(problem, Plan(problem.fingerprint(), (Route("A1", stops),)))
        sheets = replace(sheets, sheets=sheets.sheets[:1], credit="", page="")
        (text,) = pages(sheets_pdf(sheets, faces_for(sheets.texts(), NO_FONTS)))
        assert text.startswith(name)
