"""The tables of the benchmark, in Markdown: how near to the bound, and the methods side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import mean

from benchmarks.cover.methods import METHODS, OURS
from benchmarks.cover.runs import TARGETS, Run
from benchmarks.cover.sizes import LABELS
from benchmarks.tables import markdown


def gap_table(runs: Sequence[Run]) -> list[str]:
    """Return how near the engine's plans come to its bound, a row for each problem and limit, over all seeds."""
    head = ["problem", "limit", "seeds", "first plan", "value", "bound", "gap, mean", "gap, worst"]
    head += [f"to {target:g} %" for target in TARGETS] + ["CPU s", "peak MB", "missing"]
    rows = []
    for (problem, limit), mine in _grouped((r for r in runs if r.method == OURS), lambda r: (r.problem, r.limit)):
        gaps = [run.gap for run in mine if run.gap is not None]
        rows.append(
            [
                LABELS.get(str(problem), str(problem)),
                f"{limit:g} s",
                str(len(mine)),
                _seconds([run.first for run in mine]),
                _percent(mean(run.value / run.full for run in mine)),
                _percent(mean(run.bound / run.full for run in mine if run.bound is not None)),
                _percent(mean(gaps), 2) if gaps else "-",
                _percent(max(gaps), 2) if len(gaps) == len(mine) else "-",
                *(_seconds([run.reached.get(target) for run in mine]) for target in TARGETS),
                f"{mean(run.cpu for run in mine):.0f}",
                f"{max(run.memory for run in mine):.0f}",
                str(sum(run.missing for run in mine)),
            ]
        )
    return markdown(head, rows)


def method_table(runs: Sequence[Run]) -> list[str]:
    """Return the methods side by side, a row for each problem, limit and method, over all seeds.

    The bound that a value is a share of is the least that any run found for the problem.
    """
    head = ["problem", "limit", "method", "value", "share of the bound", "of ours", "missing", "seconds", "CPU s"]
    head += ["peak MB", "check"]
    least: dict[tuple[str, int], int] = {}
    for run in runs:
        if run.bound is not None and not run.missing:
            key = run.problem, run.seed
            least[key] = min(least.get(key, run.bound), run.bound)
    ours = {(run.problem, run.seed, run.limit): run.value for run in runs if run.method == OURS}
    order = list(METHODS)
    rows = []
    for (problem, limit), group in _grouped(runs, lambda r: (r.problem, r.limit)):
        if {run.method for run in group} <= {OURS}:
            continue
        for (method,), mine in _grouped(sorted(group, key=lambda r: order.index(r.method)), lambda r: (r.method,)):
            bounded = [run.value / least[run.problem, run.seed] for run in mine if (run.problem, run.seed) in least]
            beside = [run.value / ours[k] for run in mine if (k := (run.problem, run.seed, run.limit)) in ours]
            rows.append(
                [
                    LABELS.get(str(problem), str(problem)),
                    f"{limit:g} s",
                    str(method),
                    _percent(mean(run.value / run.full for run in mine)),
                    _percent(mean(bounded)) if bounded else "-",
                    _percent(mean(beside)) if beside else "-",
                    str(sum(run.missing for run in mine)),
                    f"{mean(run.seconds for run in mine):.1f}",
                    f"{mean(run.cpu for run in mine):.0f}",
                    f"{max(run.memory for run in mine):.0f}",
                    "ok" if not any(run.violations for run in mine) else "broken",
                ]
            )
    return markdown(head, rows)


def _grouped(
    runs: Iterable[Run], key: Callable[[Run], tuple[object, ...]]
) -> list[tuple[tuple[object, ...], list[Run]]]:
    """Return the runs by key, in the order in which keys come first."""
    groups: dict[tuple[object, ...], list[Run]] = {}
    for run in runs:
        groups.setdefault(key(run), []).append(run)
    return list(groups.items())


def _percent(share: float, digits: int = 1) -> str:
    """Return a share in per cent."""
    return f"{100 * share:.{digits}f} %"


def _seconds(values: Sequence[float | None]) -> str:
    """Return the longest of some times, a dash where one never came."""
    told = [value for value in values if value is not None]
    if len(told) < len(values):
        return "-"
    longest = max(told)
    return f"{longest:.2f} s" if longest < 10 else f"{longest:.0f} s"
