"""What came after plans, in words and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from instances.backtest.busy import PLAYS
from instances.backtest.findings import FEW
from instances.backtest.plans import Played
from instances.backtest.resample import Interval
from instances.backtest.words import wrapped
from instances.risk_options import WEEKDAYS
from solver.wording import percent

FORMAT = "backtest-plans/1"

Shares = Mapping[str, Mapping[str, Interval]]


def played_lines(played: Played, shares: Shares) -> list[str]:
    """Return the whole account, the sentence that matters first."""
    first, *others = played.plans
    lines = [_headline(played, shares, first), *_against(shares, others), *_told(played)]
    told = [row for line in lines for row in wrapped(line)]
    return [*told, "", *_table(played, shares)]


def _headline(played: Played, shares: Shares, first: str) -> str:
    """Return the sentence that matters."""
    if not played.size.sum() > 0:
        return "Nothing came in the hours of the shift, so nothing can be said of the plans."
    within, seen = shares[first]["within"], shares[first]["seen"]
    weighed = " by weight" if played.weighed else ""
    planned = _mean(played, first, 0)
    foretold = f"; {percent(planned)} was planned" if planned is not None else ""
    return (
        f"Of the {played.count:,} incidents that came in {len(played.nights)} nights after the plans were made, "
        f"{_range(within)}{weighed} had a unit within its standard{foretold}; {_range(seen)} happened at a hotspot "
        "that was covered then."
    )


def _against(shares: Shares, others: list[str]) -> list[str]:
    """Return how the plan compares with each simple rule."""
    lines = []
    for name in others:
        parts = [
            f"{_verdict(shares[name][key])} {what} ({_points(shares[name][key])})"
            for key, what in (
                ("over_within", "within standard"),
                ("over_busy", "when busy"),
                ("over_seen", "at covered hotspots"),
            )
        ]
        lines.append(f"Against {name!r}: {', '.join(parts)}.")
    return lines


def _verdict(over: Interval) -> str:
    """Return whether a difference is sure."""
    if over.known and over.low > 0:
        return "more"
    if over.known and over.high < 0:
        return "fewer"
    return "no sure difference"


def _told(played: Played) -> list[str]:
    """Return what was played, and what to be wary of."""
    horizon, periods = played.shift.horizon, played.periods
    weekday = WEEKDAYS[horizon.start.weekday()].capitalize()
    hours = f"{horizon.start:%H:%M}-{horizon.at(horizon.minutes):%H:%M}"
    lines = [
        f"  played: {weekday} {hours}, {len(periods)} periods of {periods[0].days} days from {periods[0].first} to "
        f"{periods[-1].last}, each planned from what lay before it",
        f"  at a hotspot: within {played.near:g} m of it; covered: on a visit, or while one lingers. Minutes are often "
        "rounded, so the mean over the hour of an incident is taken.",
        f"  when busy: nights played as calls, {PLAYS} times each, {played.service / 60:g} minutes at the scene on "
        "average; rules as patrol simulate has them. Else nobody is busy with an earlier one.",
    ]
    if played.weighed:
        lines.append("  weight: that of the types of incidents in the shift file; all shares are by weight")
    if played.far:
        lines.append(f"  left out: {played.far:,} incidents far from every street")
    if played.timeless:
        lines.append(f"  left out: {played.timeless:,} incidents of these periods without day or hour")
    if played.count < FEW:
        lines.append(f"  only {played.count:,} incidents came: no figure here is worth much")
    lines.append(f"  ranges: 95 of 100, the {len(played.nights)} nights drawn anew")
    return lines


def _table(played: Played, shares: Shares) -> list[str]:
    """Return the plans side by side."""
    lines = [f"{'':10}{'within standard':^42}{'two':>9}{'at a covered hotspot':^41}".rstrip()]
    heads = ("came", "planned", "when busy", "came", "of all", "there", "planned")
    lines.append(f"{'plan':10}" + "".join(f"{h:>{w}}" for h, w in zip(heads, (22, 9, 11, 9, 23, 9, 9), strict=True)))
    for name, row in shares.items():
        planned, presence = _mean(played, name, 0), _mean(played, name, 2)
        busy, second, there = (percent(_known(row[key].value)) for key in ("busy", "second", "seen_there"))
        lines.append(
            f"{name:10}{_range(row['within']):>22}{percent(planned):>9}{busy:>11}{second:>9}"
            f"{_range(row['seen']):>23}{there:>9}{percent(presence):>9}"
        )
    share = float(played.at_hotspot.sum() / played.size.sum()) if played.size.sum() > 0 else 0.0
    return [
        *lines,
        f"{percent(share)} of the incidents happened at a hotspot; 'there': how many of these found it covered.",
        "'planned' is what the score of the plan says of the risk and demand that it was made for; 'two': in backup.",
    ]


def played_json(played: Played, shares: Shares) -> dict[str, Any]:
    """Return the account as plain JSON values."""
    return {
        "patrolplan": FORMAT,
        "incidents": played.count,
        "far": played.far,
        "timeless": played.timeless,
        "nights": len(played.nights),
        "near_metres": played.near,
        "service_seconds": played.service,
        "at_hotspot": _known(float(played.at_hotspot.sum() / played.size.sum())) if played.size.sum() > 0 else None,
        "periods": [{"first": p.first.isoformat(), "last": p.last.isoformat()} for p in played.periods],
        "plans": {
            name: {
                **{key: interval.to_json() for key, interval in row.items()},
                "planned": {
                    layer: _mean(played, name, k) for k, layer in enumerate(("response", "backup", "presence"))
                },
            }
            for name, row in shares.items()
        },
    }


def _mean(played: Played, name: str, layer: int) -> float | None:
    """Return the mean over periods of what plans were said to cover."""
    known = [row[layer] for row in played.plans[name].planned]
    found = [share for share in known if share is not None]
    return float(f"{np.mean(found):.6g}") if found else None


def _known(value: float) -> float | None:
    """Return a number, None where there is none."""
    return value if np.isfinite(value) else None


def _range(interval: Interval) -> str:
    """Return a share with its range."""
    if not interval.known:
        return percent(_known(interval.value))
    low, high = (f"{100 * v:.1f}" for v in (interval.low, interval.high))
    return f"{percent(interval.value)} ({low} to {high})"


def _points(over: Interval) -> str:
    """Return a difference of shares in points."""
    if not over.known:
        return f"{100 * over.value:+.1f} points"
    return f"{100 * over.value:+.1f} points, {100 * over.low:+.1f} to {100 * over.high:+.1f}"
