"""A backtest as plain JSON values; every field is told in ``docs/outputs.md``."""

from __future__ import annotations

from typing import Any

from instances.backtest.clock import PARTS, RUNGS
from instances.backtest.findings import Findings
from instances.backtest.forecasts import RISK, Setting
from instances.backtest.periods import Period
from instances.backtest.scores import Backtest
from instances.backtest.words import options_of
from instances.risk.time import DAY

FORMAT = "backtest/1"


def backtest_json(made: Backtest, found: Findings) -> dict[str, Any]:
    """Return a backtest with its findings as plain JSON values."""
    rolling, study = made.rolling, made.study
    options, line = options_of(made, found)
    taken = made.maps[RISK].taken
    return {
        "patrolplan": FORMAT,
        "incidents": made.count,
        "outside": made.outside,
        "outside_if_wider": [
            {"cell_metres": study.grid.cell * times, "incidents": count} for times, count in made.new.items()
        ],
        "left_out": dict(study.left_out),
        "area": {"cells": _plain(made.cells), "cell_metres": study.grid.cell, "by_streets": study.by_streets},
        "train_days": rolling.train,
        "months": rolling.months,
        "choose": [_period(p) for p in rolling.choose],
        "test": [{**_period(p), **_setting(s)} for p, s in zip(rolling.test, taken, strict=True)],
        "blocks": "days" if made.block_days else "periods",
        "share": made.main,
        "shares": list(made.shares),
        "maps": {name: _map(made, found, name) for name in made.maps},
        "settings": [
            {**_setting(s), "gain_choose": _plain(a), "gain_test": _plain(b)}
            for s, a, b in zip(made.settings, made.chosen_gain, made.test_gain, strict=True)
        ],
        "cells": {"times": found.times if found.sure else None, "over": found.cells_over.to_json()},
        "clock": _clock(made, found),
        "advice": {**_setting(made.best), "options": options, "shift_file": line},
    }


def _map(made: Backtest, found: Findings, name: str) -> dict[str, Any]:
    """Return how one map did."""
    score = made.maps[name]
    hits = found.hits[name]
    over = found.over.get(name)
    return {
        "hit_rate": [h.to_json() for h in hits],
        "pai": [h.scaled(1 / s).to_json() for h, s in zip(hits, made.shares, strict=True)],
        "pei": [_ratio(h, b) for h, b in zip(score.hits.sum(axis=1), made.best_hits, strict=True)],
        "gain": found.gain[name].to_json(),
        "risk_over": None if over is None else over.to_json(),
        "area_under_hits": _ratio(score.under, made.size.sum()),
    }


def _clock(made: Backtest, found: Findings) -> dict[str, Any] | None:
    """Return what was found of the clock."""
    clock = made.clock
    if clock is None or found.own_hours is None:
        return None

    def rows(size: Any, hits: Any) -> list[dict[str, float | None]]:
        return [
            {
                "incidents": _plain(size[i]),
                "hit_rate": _ratio(hits[0, i], size[i]),
                "own_map_hit_rate": _ratio(hits[1, i], size[i]),
            }
            for i in range(len(size))
        ]

    parts = rows(clock.part_size, clock.part_hits)
    return {
        "incidents": clock.count,
        "detail": found.rung if found.sure else None,
        "gain": {rung: gain.to_json() for rung, gain in zip(RUNGS, found.clock, strict=True)},
        "more_detail": None if found.next_over is None else found.next_over.to_json(),
        "own_map": found.own_hours.to_json(),
        "parts": [{"from": b, "to": e, **row} for (b, e), row in zip(PARTS, parts, strict=True)],
        "hours": [{"hour": h, **row} for h, row in enumerate(rows(clock.hour_size, clock.hour_hits))],
    }


def _period(period: Period) -> dict[str, str]:
    """Return a period by its first and last day."""
    return {"first": period.first.isoformat(), "last": period.last.isoformat()}


def _setting(setting: Setting) -> dict[str, float | None]:
    """Return a setting."""
    half_life = None if setting.half_life is None else setting.half_life / DAY
    return {"smoothing_metres": setting.bandwidth, "half_life_days": half_life}


def _ratio(part: float, whole: float) -> float | None:
    """Return a ratio, None of nothing."""
    return _plain(part / whole) if whole > 0 else None


def _plain(value: float) -> float:
    """Return a number with six digits."""
    return float(f"{value:.6g}")
