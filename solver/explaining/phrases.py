"""What English sentences of explanations are made of: points, times, changes, lists of units."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from solver.clock import Clock
from solver.explaining.answers import Change, Explanation, Shift
from solver.problem import LAYERS, Problem
from solver.wording import DAY, Times, all_of, minutes_text, percent, some_of, units_text

_DOING = {
    "visit": "visit",
    "stint": "man",
    "task": "do the task at",
    "break": "take its break at",
    "standby": "wait at",
}

_BARRIER = {
    "district": "tied to other districts",
    "mode or skill": "without the mode or skill",
    "no way": "without a way there and home",
    "off duty": "not on duty then",
    "too far": "on duty, but not able to be there and home in time",
}

_LEAST = 0.00001
"""Points below which no figure is told."""

_SHIFTS = 4
"""Stops of a changed route that are named."""


class Phrases:
    """Phrases about one explanation.

    Parameters
    ----------
    problem : Problem
    told : Explanation
    out : str
        What the plan goes by on the command line.
    """

    def __init__(self, problem: Problem, told: Explanation, out: str) -> None:
        self.problem, self.told, self.facts, self.out = problem, told, told.facts, shlex.quote(out)
        self.times = Times(problem)
        self.name = told.name

    def points(self, value: int, *, sign: bool = False) -> str:
        """Return a value in points, such as ``0.21 points``."""
        points = self.told.points(value)
        size, mark = abs(points), ("+" if points > 0 else "-") if sign else ""
        if not value:
            return "0 points"
        if size < _LEAST:
            return f"less than {_LEAST:.5f} points" if not sign else f"{mark}{_LEAST:.5f} points or less"
        digits = 2 if size >= 0.1 else 3 if size >= 0.0005 else 5
        return f"{mark}{size:.{digits}f} points"

    def again(self) -> str:
        """Return what to do where the search has missed something."""
        return f"to have it found: plan again, longer, with 'patrol plan SHIFT.yaml -o NEW --start-from {self.out}'"

    def span(self, start: int, end: int) -> str:
        """Return a span of minutes."""
        return self.times.at(start) if end - start <= 1 else self.times.span(start, end)

    def times_exact(self, minute: int) -> str:
        """Return a time so that it can be asked about: with date and offset where the time of day is not enough."""
        clock = Clock.of(self.problem)
        local = clock.local(minute)
        plain = (
            self.problem.minutes <= DAY and clock.local(0).utcoffset() == clock.local(self.problem.minutes).utcoffset()
        )
        return local.strftime("%H:%M") if plain else local.isoformat(" ", "minutes")

    def asked(self) -> str:
        """Return the time that was asked about, such as `` at 23:10``; nothing where it is all."""
        if self.told.span is None:
            return ""
        start, end = self.told.span
        return f" at {self.times.at(start)}" if end - start <= 1 else f" {self.times.span(start, end)}"

    def share(self, value: float | None) -> str:
        """Return a share in per cent."""
        return percent(value, none="nothing")

    def by_whom(self, spells: Sequence[Mapping[str, Any]], most: int = 6) -> str:
        """Return spells as ``C1 18:02-18:14, C2 …``."""
        return some_of([f"{s['callsign']} {self.times.span(s['start'], s['end'])}" for s in spells], most=most)

    def barriers(self, cannot: Mapping[str, Sequence[str]]) -> Iterator[str]:
        """Yield which units cannot, and why not."""
        for barrier, callsigns in cannot.items():
            yield f"{_BARRIER[barrier]}: {some_of(list(callsigns), most=8)}"

    def nearest(self, rows: Sequence[Mapping[str, Any]]) -> str | None:
        """Return how near units come, in the hours in which they come nearest and least near."""
        known = [r for r in rows if r["minutes"] is not None]
        if not known:
            return None
        best = min(known, key=lambda r: (r["minutes"], r["start"]))
        worst = max(known, key=lambda r: (r["minutes"], -r["start"]))
        near = f"{best['callsign']}, {minutes_text(best['minutes'])} away at {self.times.at(best['at'])}"
        if best is worst or best["minutes"] == worst["minutes"]:
            return f"nearest unit: {near}"
        far = f"{worst['callsign']}, {minutes_text(worst['minutes'])} away at {self.times.at(worst['at'])}"
        return f"nearest unit: {near}; between {self.times.span(worst['start'], worst['end'])} no nearer than {far}"

    def does(self, change: Change) -> str:
        """Return what a change does, such as ``A3 would visit Mill Lane 22:10-22:22``."""
        when = "" if change.start is None or change.end is None else f" {self.span(change.start, change.end)}"
        was = change.details.get("was") if change.code == "insert" else None
        rather = f" instead of {self.span(*was)}" if was else ""
        return f"{change.callsign} would {_DOING[change.kind]} {change.place}{when}{rather}"

    def gives_up(self, change: Change) -> str:
        """Return what a unit gives up for a change, such as ``leave Market 5 minutes earlier and skip Bridge``."""
        told = [text for shift in change.shifts if (text := self._shift(shift))]
        moved = [s for s in change.shifts if s.was and s.now and s.was[1] - s.was[0] == s.now[1] - s.now[0]]
        others = len(told) - _SHIFTS
        shown = told[:_SHIFTS]
        if others > 0:
            shown.append(f"change {others} stop{'s' if others > 1 else ''} more")
        if moved and len(moved) > 2:
            told = [t for s in change.shifts if s not in moved and (t := self._shift(s))][:_SHIFTS]
            shown = [*told, f"make {len(moved)} stops a little earlier or later"]
        return all_of(shown) if shown else ""

    def _shift(self, s: Shift) -> str:
        """Return how one stop changes."""
        if s.was is None:
            return "" if s.now is None or s.kind == "standby" else f"{_DOING[s.kind]} {s.place} {self.span(*s.now)}"
        if s.now is None:
            what = "not " + _DOING[s.kind] if s.kind != "visit" else "skip"
            return f"{what} {s.place} {self.span(*s.was)}"
        (a, b), (c, d) = s.was, s.now
        where = {"visit": s.place, "stint": s.place, "break": "its break"}.get(s.kind, s.place)
        if (d - c) == (b - a):
            size = minutes_text(abs(c - a))
            return f"be at {where} {size} {'earlier' if c < a else 'later'}"
        if a == c:
            return f"leave {where} {minutes_text(abs(b - d))} {'earlier' if d < b else 'later'}"
        if b == d:
            return f"reach {where} {minutes_text(abs(c - a))} {'earlier' if c < a else 'later'}"
        return f"be at {where} {self.span(c, d)} instead of {self.span(a, b)}"

    def layers(self, change: Change) -> str:
        """Return what a change brings and costs by layer, such as ``presence -0.12, response +0.02``."""
        parts = []
        for layer in LAYERS:
            value = change.price.layers.get(layer, 0)
            if abs(self.told.points(value)) >= _LEAST:
                parts.append(f"{layer} {self.points(value, sign=True).removesuffix(' points').removesuffix(' point')}")
        return ", ".join(parts)

    def price(self, change: Change) -> str:
        """Return the price of a change, missing unit-minutes first."""
        price, points = change.price, self.points(change.price.value, sign=True)
        if not price.missing:
            return points
        more = "more" if price.missing > 0 else "fewer"
        return f"{count(abs(price.missing), 'unit-minute')} {more} missing, value {points}"

    def granted(self, change: Change) -> str:
        """Return a change of what was asked for, such as ``let B2 work in district north``."""
        details, who = change.details, change.callsign
        if change.code == "untie":
            return f"let {who} work in district {all_of(details['districts'])}"
        if change.code == "skill":
            return f"give {who} the skill {all_of(details['skills'])}"
        if change.code == "longer shift":
            parts = []
            if details["sooner"]:
                parts.append(f"start {who} {minutes_text(details['sooner'])} earlier")
            if details["later"]:
                parts.append(f"end {who}'s shift {minutes_text(details['later'])} later")
            return " and ".join(parts)
        if change.code == "add unit":
            hours = self.times.span(details["start"], details["end"])
            kind = all_of([details["mode"], *details["skills"]])
            more = "one more unit" if details["units"] == 1 else f"{details['units']} more units"
            return f"put {more} ({kind}) on duty at {details['station']} {hours}"
        if change.code == "move break":
            window = self.times.span(details["earliest"], details["latest"])
            return f"let {who} take its break within {window}"
        if change.code == "shorter stint":
            return f"let stints at {change.place} last {minutes_text(details['stint'])} instead of {details['was']}"
        if change.code == "more out":
            out, was, of = (details[key] for key in ("out", "was", "of"))
            return f"let {out} of {units_text(of)} out, where {details['group']} lets {was}"
        if change.code == "fewer wanted":
            return f"ask {change.place} for {details['fewer']} fewer {self.span(details['start'], details['end'])}"
        return change.code

    def effect(self, change: Change) -> str:
        """Return what a change of what was asked for leads to, and its price."""
        more = change.code == "add unit" or change.start is None
        then = "" if more else f"; then {self.does(change)}"
        left = change.details.get("left", 0)
        rest = f"; {count(left, 'unit-minute')} would still be missing then" if left else ""
        return f"{self.granted(change)}{then}: {self.price(change)}{rest}"


def count(number: int, noun: str) -> str:
    """Return a number of things, such as ``1 unit-minute`` or ``12 unit-minutes``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
