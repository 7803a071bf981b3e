"""A backtest in words: the sentence that matters first, then what to do, then the tables."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable

import numpy as np

from instances.backtest.backtest import COARSER, coarser
from instances.backtest.clock import PARTS, RUNGS
from instances.backtest.findings import FEW, Findings
from instances.backtest.forecasts import (
    DEFAULT,
    LAST,
    PAST,
    RISK,
    STATIONS,
    UNIFORM,
    USUAL,
    Setting,
    half_life_text,
)
from instances.backtest.resample import Interval
from instances.backtest.scores import Backtest
from instances.backtest.study import span_of
from solver.wording import percent

CALLED = {
    RISK: "risk, as chosen",
    USUAL: f"risk, {DEFAULT.bandwidth:g} m, no half-life",
    PAST: "counts of all the past",
    LAST: "counts of the last period",
    STATIONS: "counts of each station",
    UNIFORM: "everywhere alike",
}
"""The maps as they are told, in the order of the table."""

SLIGHT = 0.02
"""A gain below this, two in a hundred likelier, is called slight, however sure it is."""

NEW = 0.2
"""Share of incidents at places where nothing had happened before, beyond which cells are called too fine."""

RUNG_WORDS = {
    "flat": "one slot for the whole day",
    "parts": "four parts of the day",
    "hours": "the hours of the day",
    "weekdays": "the hours of each weekday",
    "cells": "the hours of each weekday, and each cell's own day",
}


def backtest_lines(made: Backtest, found: Findings, *, incidents: str) -> list[str]:
    """Return the whole account; `incidents` is the name of the file for the command at its end."""
    parts = [
        [headline(made, found), *verdicts(made, found)],
        map_table(made),
        share_table(made, found),
        clock_table(made),
        advice(made, found, incidents),
    ]
    told = [[row for line in part for row in wrapped(line)] for part in (parts[0], parts[-1])]
    parts[0], parts[-1] = told
    return [line for i, part in enumerate(p for p in parts if p) for line in (["", *part] if i else part)]


def wrapped(line: str) -> list[str]:
    """Return a line as lines of at most 100 columns, those after the first one indented more; commands stay whole."""
    if line.lstrip().startswith("patrol "):
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    # A number and its per cent stay together.
    rows = textwrap.wrap(line.replace(" %", "\N{NO-BREAK SPACE}%"), 100, subsequent_indent=f"{indent}  ")
    return [row.replace("\N{NO-BREAK SPACE}", " ") for row in rows]


def headline(made: Backtest, found: Findings) -> str:
    """Return the sentence that matters."""
    at = made.shares.index(made.main)
    hit = found.hits[RISK][at]
    area = f"{_share(made.main)} of the area"
    if _too_fine(made) > 1 and made.outside > made.count / 2:
        return _on_new_places(made)
    if found.sure and found.times == 0:
        return (
            f"Nothing made from the past foretold these {made.count:,} incidents better than chance: {area}, marked by "
            f"risk, held {_range(hit)} of them."
        )
    pei = _ratio(made.maps[RISK].hits[at].sum(), made.best_hits[at])
    weighed = " by weight" if float(np.ptp(made.study.weight)) > 0 else ""
    return (
        f"{area}, marked by risk from what lay before, held {_range(hit)}{weighed} of the {made.count:,} incidents "
        f"that came: {hit.value / made.main:.1f} times its share, and {percent(pei, 0)} of what the best choice "
        "would have held."
    )


def _too_fine(made: Backtest) -> int:
    """Return how many times wider cells must be so that most incidents fall where something has happened before."""
    if made.outside <= NEW * made.count:
        return 1
    return next((times for times in COARSER if made.new.get(times, 0) <= NEW * made.count), COARSER[-1])


def _on_new_places(made: Backtest) -> str:
    """Return that cells are too small for so few incidents."""
    side, times = made.study.grid.cell, _too_fine(made)
    now, then = (percent(n / made.count, 0) for n in (made.outside, made.new.get(times, 0)))
    return (
        f"Cells of {side:g} m are finer than these incidents bear: {now} of the {made.count:,} that came fell where "
        f"nothing had happened before; in cells of {side * times:g} m it would be {then}. Test again with "
        f"--cell {side * times:g}m, or with --roads."
    )


def verdicts(made: Backtest, found: Findings) -> list[str]:
    """Return the other sentences: against plain maps, settings, cells, the clock, and what to be wary of."""
    lines = [f"  tested: {_tested(made)}", *(f"  {line}" for line in _wary(made, found))]
    if _too_fine(made) > 1 and made.outside <= made.count / 2:
        lines.append(_on_new_places(made))
    return [*lines, _against(made, found), _on_setting(found), _on_cells(made, found), *_on_clock(made, found)]


def _tested(made: Backtest) -> str:
    """Return what was tested on."""
    periods, choose = made.rolling.test, made.rolling.choose
    train = "all that lay" if made.rolling.train is None else f"the {made.rolling.train} days"
    return (
        f"{len(periods)} periods of {made.rolling.length_text()}, {periods[0].first} to {periods[-1].last}, each from "
        f"{train} before it; settings chosen by the periods before, from {choose[0].first}"
    )


def _wary(made: Backtest, found: Findings) -> Iterable[str]:
    """Yield what a reader should know before believing."""
    side = made.study.grid.cell
    what = "with a street" if made.study.by_streets else "where something had happened, or among such"
    yield f"area: {made.cells:,.0f} cells of {side:g} m {what} ({made.cells * side * side / 1e6:,.1f} km²)"
    for why, count in made.study.left_out.items():
        yield f"left out: {count:,} incidents {why}"
    if made.outside:
        yield f"outside the area: {made.outside:,} of {made.count:,}, where nothing had happened before; missed by all"
    if made.count < FEW:
        yield f"only {made.count:,} incidents were tested on: no figure here is worth much"
    if not found.sure:
        yield "two periods are too few to say how sure a figure is: take shorter ones, or more"
    elif made.block_days:
        yield f"ranges: 95 of 100, days drawn anew, as {len(made.rolling.test)} periods are few"
    else:
        yield f"ranges: 95 of 100, the {len(made.rolling.test)} periods drawn anew"


def _against(made: Backtest, found: Findings) -> str:
    """Return how risk compares with the best of the plain maps."""
    plain = [name for name in (PAST, LAST, STATIONS) if name in found.gain]
    best = max(plain, key=lambda name: found.gain[name].value)
    over = found.over[best]
    what = f"{CALLED[best]}, the best of the plain maps"
    if not over.known:
        return f"Against {what}: each incident {_likelier(over)}."
    if over.low == over.high == 0:
        return f"The same as {what}: no smoothing and no half-life were chosen."
    if over.low > 0:
        return _big(f"{_much(over)}better than {what}: each incident {_likelier(over)}.")
    if over.high < 0:
        more = " Learn from more than --train allows." if best == PAST and _binds(made) else ""
        return _big(f"{_much(over)}worse than {what}: each incident {_likelier(over)}.{more}")
    return f"No better than {what}, as far as these incidents show: each {_likelier(over)}."


def _on_setting(found: Findings) -> str:
    """Return whether choosing smoothing and half-life brought anything."""
    over, what = found.over[USUAL], "than with the usual ones"
    if over.known and over.low > 0:
        return f"Choosing smoothing and half-life is {_much(over)}better: each incident {_likelier(over)} {what}."
    if over.known and over.high < 0:
        return f"Choosing smoothing and half-life did harm: each incident {_likelier(over)} {what}."
    return f"Choosing smoothing and half-life brings nothing sure: each incident {_likelier(over)} {what}."


def _on_cells(made: Backtest, found: Findings) -> str:
    """Return how fine the cells may be."""
    side = made.study.grid.cell
    wide = " or ".join(f"{side * w:g}" for w in COARSER)
    if not found.sure:
        return f"Cells of {side:g} m: each incident {_likelier(found.cells_over)} than in wider ones."
    if found.times == 1:
        better = f"{_much(found.cells_over)}better"
        return f"Cells of {side:g} m foretell {better} than wider ones: each incident {_likelier(found.cells_over)}."
    if found.times == 0:
        return f"Neither cells of {side:g} m nor of {wide} m tell busy places from quiet ones."
    return (
        f"Cells of {side:g} m add nothing that these {made.count:,} incidents can show: plan with "
        f"--cell {side * found.times:g} (each incident {_likelier(found.cells_over)} in the smaller ones)."
    )


def _on_clock(made: Backtest, found: Findings) -> list[str]:
    """Return how much of the clock the data bear."""
    clock = made.clock
    if clock is None:
        if made.study.months:
            return ["The dates are months, so nothing can be said of weekdays and hours: plan with one slot."]
        return ["No incident has an hour, so nothing can be said of the hour of the day: plan with one slot."]
    if not found.sure:
        return [f"{_big(RUNG_WORDS['cells'])}: each incident {_likelier(found.clock[-1])} than on a flat day."]
    if found.rung == "flat":
        assert found.next_over is not None
        return [
            f"The hour of the day adds nothing that these {clock.count:,} incidents can show (each "
            f"{_likelier(found.next_over)}): plan with one slot."
        ]
    gain = found.clock[RUNGS.index(found.rung)]
    lines = [
        f"Worth planning by: {RUNG_WORDS[found.rung]}; each of {clock.count:,} incidents {_likelier(gain)} "
        "than on a flat day."
    ]
    if found.next_over is not None:
        lines.append(f"More detail of the clock adds nothing that they can show: each {_likelier(found.next_over)}.")
    if found.own_hours is not None:
        lines.append(_own_map(found.own_hours))
    return lines


def _own_map(more: Interval) -> str:
    """Return whether the places differ by part of the day."""
    figures = f"{100 * more.value:+.1f} points of hits, {100 * more.low:+.1f} to {100 * more.high:+.1f}"
    if more.low > 0:
        return f"Where to be differs by part of the day: a map for each part finds more ({figures})."
    if more.high < 0:
        return f"Where to be is the same all day: a map for each part of the day finds less ({figures})."
    return f"Where to be is the same all day, as far as they show: a map for each part finds as much ({figures})."


def map_table(made: Backtest) -> list[str]:
    """Return the maps side by side."""
    at = made.shares.index(made.main)
    shares = "".join(f"{_share(s):>8}" for s in made.shares)
    lines = [
        f"{'hits by share of the area':30}{shares}{'PAI':>7}{'PEI':>6}{'gain':>7}{'curve':>7}",
    ]
    size, inside = made.size.sum(), made.inside.sum()
    called = {**CALLED, **{coarser(w): f"risk, cells of {made.study.grid.cell * w:g} m" for w in COARSER}}
    for name, text in called.items():
        if name not in made.maps:
            continue
        score = made.maps[name]
        hits = score.hits.sum(axis=1)
        row = "".join(f"{percent(_ratio(h, size)):>8}" for h in hits)
        pai = _ratio(hits[at], size) / made.main
        pei = _ratio(hits[at], made.best_hits[at])
        gain, under = _ratio(score.gain.sum(), inside), _ratio(score.under, size)
        lines.append(f"{text:30}{row}{pai:7.2f}{pei:6.2f}{gain:7.3f}{under:7.3f}")
    return [
        *lines,
        f"PAI, PEI: at {_share(made.main)}, hits over those of chance, and over those of the best choice. gain: log",
        "score of an incident above chance. curve: area under the curve of hits, 0.5 by chance.",
    ]


def share_table(made: Backtest, found: Findings) -> list[str]:
    """Return what risk found at each share of the area, with ranges."""
    lines = [f"{'risk, as chosen':16}{'cells':>8}{'hit rate':>10}{'range':>20}{'PAI':>8}{'range':>16}{'PEI':>7}"]
    for s, share in enumerate(made.shares):
        hit = found.hits[RISK][s]
        pai = hit.scaled(1 / share)
        pei = _ratio(made.maps[RISK].hits[s].sum(), made.best_hits[s])
        hits = f"{percent(hit.low)} to {percent(hit.high)}" if hit.known else "-"
        pais = f"{pai.low:.2f} to {pai.high:.2f}" if pai.known else "-"
        cells = f"{share * made.cells:,.1f}"
        lines.append(
            f"{_share(share):16}{cells:>8}{percent(hit.value):>10}{hits:>20}{pai.value:8.2f}{pais:>16}{pei:7.2f}"
        )
    return lines


def clock_table(made: Backtest) -> list[str]:
    """Return hits by part of the day."""
    clock = made.clock
    if clock is None:
        return []
    lines = [f"{'part of the day':16}{'incidents':>11}{'hit rate':>10}{'by a map of the part':>24}"]
    for p, (begin, end) in enumerate(PARTS):
        size = clock.part_size[p]
        whole, own = (percent(_ratio(h, size)) if size > 0 else "-" for h in clock.part_hits[:, p])
        lines.append(
            f"{f'{begin:02d}:00-{end:02d}:00':16}{percent(_ratio(size, clock.size.sum())):>11}{whole:>10}{own:>24}"
        )
    return [*lines, f"Of the incidents with an hour; at {_share(made.main)} of the area."]


def options_of(made: Backtest, found: Findings) -> tuple[str, str]:
    """Return the options for `patrol risk`, and the line for a shift file, that the periods speak for."""
    best: Setting = made.best
    side = made.study.grid.cell * max(found.times if found.sure else 1, _too_fine(made))
    options = f"--cell {side:g} --smoothing {best.bandwidth:g}"
    fields = f"cell: {side:g} m, smoothing: {best.bandwidth:g} m"
    if best.half_life is not None:
        text = half_life_text(best.half_life)
        options += f" --half-life {text}"
        fields += f", half_life: {text.replace('days', ' days')}"
    return options, f"risk: {{{fields}}}"


def advice(made: Backtest, found: Findings, incidents: str) -> list[str]:
    """Return what to write where."""
    options, line = options_of(made, found)
    if _binds(made):
        options += f" --since {made.rolling.train}days"
        line += f", and 'since: {made.rolling.train} days' under 'incidents:'"
    return [
        f"By all {len(made.rolling.every)} periods, for what comes next:",
        f"  patrol risk {incidents} {options}",
        f"  in a shift file: {line}",
    ]


def _binds(made: Backtest) -> bool:
    """Tell whether the window to learn from was ever shorter than the past in the file."""
    train, (first, _) = made.rolling.train, span_of(made.study)
    return train is not None and made.rolling.test[-1].begin - first > train


def _range(interval: Interval) -> str:
    """Return a share with its range."""
    if not interval.known:
        return percent(interval.value)
    return f"{percent(interval.value)} ({percent(interval.low)} to {percent(interval.high)})"


def _likelier(gain: Interval) -> str:
    """Return a gain as how much likelier an incident was held to be, with its range."""
    value, low, high = (math.expm1(g) for g in (gain.value, gain.low, gain.high))
    text = f"{percent(abs(value))} {'likelier' if value >= 0 else 'less likely'}"
    return f"{text} ({100 * low:+.1f} % to {100 * high:+.1f} %)" if gain.known else text


def _much(gain: Interval) -> str:
    """Return ``slightly `` where a gain is sure but hardly worth the trouble."""
    return "slightly " if abs(gain.value) < SLIGHT else ""


def _share(share: float) -> str:
    """Return a share of the area as a planner writes it."""
    return f"{100 * share:g} %"


def _ratio(part: float, whole: float) -> float:
    """Return a ratio, 0 of nothing."""
    return float(part / whole) if whole > 0 else 0.0


def _big(text: str) -> str:
    """Return `text` with a capital."""
    return text[:1].upper() + text[1:]
