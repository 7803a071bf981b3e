"""A containment in words, in English and Chinese: the sentence that comes first, and the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from solver.containment.report import Closing, OpenCrossing, Report
from solver.languages import Language
from solver.plain_text import one_line, table


def sentence(report: Report, language: Language = "en") -> str:
    """Return what matters most, in a sentence or two."""
    return _WORDS[language].sentence(report)


def words(report: Report, language: Language = "en") -> list[str]:
    """Return the containment as lines: the sentence, the closings, what stays open, and what else is to be known."""
    said = _WORDS[language]
    lines = [said.sentence(report)]
    if report.closings:
        rows = [closing_row(report, c, language) for c in report.closings]
        lines += ["", *table(said.columns, rows, widest=None, figures=False)]
    if report.open:
        rows = [open_row(report, o) for o in report.open]
        lines += ["", said.open_title, *table(said.open_columns, rows, widest=None, figures=False)]
    more = [*said.more(report), *report.notes]
    return [*lines, *([""] if more else []), *more]


def title(language: Language) -> str:
    """Return the title of a map."""
    return _WORDS[language].title


def columns(language: Language) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Return the heads of the table of closings and of that of open crossings, and the title of the latter."""
    said = _WORDS[language]
    return said.columns, said.open_columns, said.open_title


def legend(language: Language) -> tuple[str, ...]:
    """Return what the parts of a map are: the place, the region, a closed and an open crossing, a unit's way."""
    return _WORDS[language].legend


def closing_row(report: Report, closing: Closing, language: Language) -> tuple[str, ...]:
    """Return the cells of a closing."""
    slack = f"{closing.slack // 60}:{closing.slack % 60:02d}"
    crossing = closing.crossing + (_WORDS[language].delays if closing.delays else "")
    where = f"{closing.lat:.5f}, {closing.lon:.5f}"
    cells = (closing.callsign, crossing, where, closing.source, report.clock(closing.leaves))
    return tuple(one_line(cell) for cell in (*cells, report.clock(closing.there), report.clock(closing.car), slack))


def open_row(report: Report, crossing: OpenCrossing) -> tuple[str, ...]:
    """Return the cells of a crossing that stays open."""
    return one_line(crossing.crossing), f"{crossing.lat:.5f}, {crossing.lon:.5f}", report.clock(crossing.car)


def _km(metres: int) -> str:
    """Return a length of streets in kilometres, to three figures at most."""
    return f"{metres / 1000:.1f}"


@dataclass(frozen=True)
class _Words:
    """What is said in one language."""

    title: str
    sentence: Callable[[Report], str]
    more: Callable[[Report], list[str]]
    columns: tuple[str, ...]
    open_title: str
    open_columns: tuple[str, ...]
    legend: tuple[str, ...]
    delays: str


def _s(number: int) -> str:
    """Return the end of a plural."""
    return "" if number == 1 else "s"


def _english(report: Report) -> str:
    """Return the sentence in English."""
    around = len(report.around)
    if report.enclosed and not around:
        return f"Enclosed within {_km(report.metres)} km of streets as it is: nothing has to be closed."
    if report.enclosed:
        best = "no smaller region is possible"
        if not report.proven:
            best = f"no region is smaller than {_km(report.least_metres)} km"
        return (
            f"Enclosed within {_km(report.metres)} km of streets by {report.clock(report.done)}: "
            f"{around} unit{_s(around)} close{'s' * (around == 1)} {around} crossing{_s(around)}; {best}."
        )
    out = report.out
    assert out is not None
    text = f"Cannot be enclosed: {_lacking(report)}; {_WHO[report.by]} can be out at {report.clock(out.earliest)}"
    if report.closings:
        number = len(report.closings)
        text += f" when {number} unit{_s(number)} close{'s' * (number == 1)} {number} crossing{_s(number)}"
        text += f", at {report.clock(out.without)} when nothing is closed"
    return text + "."


_WHO = {"car": "the car", "motorcycle": "the motorcycle", "bicycle": "the cyclist", "foot": "the fugitive"}
_WHO_ZH = {"car": "车辆", "motorcycle": "摩托车", "bicycle": "骑车人", "foot": "逃跑者"}


def _lacking(report: Report) -> str:
    """Return what is lacking."""
    if report.hopeless:
        return "it is out before anybody who has just learned of it can close a crossing"
    number, least = len(report.open), report.least_open
    if not report.units:
        start = "no unit may leave; "
    elif report.closings:
        start = ""
    else:
        start = "no unit is anywhere in time; "
    more = f"{number} more unit{_s(number)} would do"
    fewer = ", and no fewer" if number == least else f", {least} at the least"
    if not least:
        fewer = "; that there is no way without is not proven"
    return f"{start}{more}, standing at the right crossing{_s(number)}{fewer}"


def _english_more(report: Report) -> list[str]:
    """Return what else is to be known."""
    lines = []
    if report.out is not None:
        ways, before = report.out.crossings, report.out.crossings_without
        lines.append(f"Crossings through which it gets out: {ways} of {before} when nothing is closed.")
        if report.soon_enough is not None:
            lines.append(
                f"If units learned of it {report.soon_enough} s after the report, they could enclose it from there."
            )
    held = ", ".join(f"{number} {reason}" for reason, number in report.held.items())
    lines.append(
        f"Asked at {report.clock(report.reported)}; units learn of it at {report.clock(report.learned)}; "
        f"{report.units} may leave" + (f" (not: {held})." if held else ".")
    )
    return lines


_HELD = {
    "off duty": "不当班",
    "on a break": "休息",
    "on a post": "在快反点",
    "on its way to a post": "正前往快反点",
    "on a task": "执行任务",
    "no route": "无路线",
    "off the streets": "不在路网上",
}


def _chinese(report: Report) -> str:
    """Return the sentence in Chinese."""
    around = len(report.around)
    if report.enclosed and not around:
        return f"无需封控：{_WHO_ZH[report.by]}本就只能在 {_km(report.metres)} 公里道路内。"
    if report.enclosed:
        best = "不可能再小" if report.proven else f"不会小于 {_km(report.least_metres)} 公里"
        return (
            f"{report.clock(report.done)} 前可合围：{around} 个警组封控 {around} 个路口，"
            f"{_WHO_ZH[report.by]}被围在 {_km(report.metres)} 公里道路内（{best}）。"
        )
    out = report.out
    assert out is not None
    if report.hopeless:
        text = f"无法合围：{_WHO_ZH[report.by]}在任何警组封控路口之前就已离开"
    else:
        text = f"无法合围：还缺 {len(report.open)} 个警组"
        if len(report.open) != report.least_open:
            text += f"（至少 {report.least_open} 个）" if report.least_open else "（尚未证明无法合围）"
    text += f"；{_WHO_ZH[report.by]}最早 {report.clock(out.earliest)} 离开"
    if report.closings:
        text += f"（{len(report.closings)} 个警组封控路口；不封控则为 {report.clock(out.without)}）"
    return text + "。"


def _chinese_more(report: Report) -> list[str]:
    """Return what else is to be known, in Chinese."""
    lines = []
    if report.out is not None:
        lines.append(f"可离开的路口：{report.out.crossings} 个（不封控时 {report.out.crossings_without} 个）。")
        if report.soon_enough is not None:
            lines.append(f"若警组在接报后 {report.soon_enough} 秒内得知，可以合围。")
    held = "、".join(f"{_HELD.get(reason, reason)} {number}" for reason, number in report.held.items())
    lines.append(
        f"{report.clock(report.reported)} 接报，{report.clock(report.learned)} 警组得知；可出动 {report.units} 个警组"
        + (f"（不可出动：{held}）。" if held else "。")
    )
    return lines


_WORDS: dict[Language, _Words] = {
    "en": _Words(
        "Containment",
        _english,
        _english_more,
        ("unit", "closes", "at", "from", "leaves", "there", "flight earliest", "slack"),
        "Open, and to be closed by somebody else:",
        ("crossing", "at", "flight earliest"),
        ("where the flight begins", "where it may be", "closed crossing", "open crossing", "way of a unit"),
        " (delays)",
    ),
    "zh": _Words(
        "合围",
        _chinese,
        _chinese_more,
        ("警组", "封控路口", "位置", "出发地", "出发", "到位", "逃逸最早", "余量"),
        "未封控，需其他警力封控：",
        ("路口", "位置", "逃逸最早"),
        ("逃逸起点", "可能所在道路", "已封控路口", "未封控路口", "警组路线"),
        "（迟滞）",
    ),
}
