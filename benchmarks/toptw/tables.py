"""Tables of runs, as ``docs/benchmarks.md`` shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from benchmarks.tables import markdown
from benchmarks.toptw.files import family
from benchmarks.toptw.methods import METHODS
from benchmarks.toptw.runs import Run
from benchmarks.toptw.towns import BEGIN
from instances.weight_scale import TOTAL

OURS, PEER = "patrolplan", "PyVRP"

FAMILIES = ("c", "r", "rc", "pr")


def gap_table(runs: Sequence[Run]) -> list[str]:
    """Return the mean gap to the best known by method and limit, over all cases and by family."""
    rows = []
    for method, limit in _pairs(runs):
        own = [run for run in runs if (run.method, run.limit) == (method, limit) and run.known > 0]
        own = [run for run in own if not run.case.startswith("50_")]
        parts = [[run for run in own if family(run.case) == name] for name in FAMILIES]
        if own:
            cells = [_mean(part, lambda run: run.gap) for part in (own, *parts)]
            certified = _mean(own, lambda run: run.certified)
            better = sum(run.profit > run.known for run in own)
            proved = sum(run.profit == run.bound for run in own)
            rows.append([method, f"{limit:g} s", str(len(own)), *cells, certified, str(proved), str(better)])
    head = ["method", "CPU", "runs", "mean gap", *FAMILIES, "bound above", "optimal", "above best known"]
    return markdown(head, rows)


def first_50_table(runs: Sequence[Run]) -> list[str]:
    """Return how many of the 50-customer cases were proved, by limit, and how they compare with known optima."""
    rows = []
    for method, limit in _pairs(runs):
        own = [r for r in runs if (r.method, r.limit) == (method, limit) and r.case.startswith("50_")]
        if own and any(run.bound >= 0 for run in own):
            proved = sum(run.profit == run.bound for run in own)
            known = [run for run in own if run.known > 0]
            equal = sum(run.profit == run.known for run in known)
            cells = [f"{proved} of {len(own)}", f"{equal} of {len(known)}", _mean(own, lambda run: run.certified)]
            rows.append([method, f"{limit:g} s", *cells])
    return markdown(["method", "CPU", "proved optimal", "equal to known optima", "bound above"], rows)


def town_table(runs: Sequence[Run]) -> list[str]:
    """Return for each made-up town and limit the mean profit of each method, and ours as a multiple of PyVRP's.

    Profits are in per cent of all profit, of which there is `TOTAL` in every town.
    """
    own = [run for run in runs if run.case.startswith(BEGIN)]
    methods = [name for name in METHODS if any(run.method == name for run in own)]
    rows = []
    for case in dict.fromkeys(run.case for run in sorted(own, key=lambda run: run.case)):
        for limit in sorted({run.limit for run in own if run.case == case}):
            here = [run for run in own if (run.case, run.limit) == (case, limit)]
            profits = {m: [run.profit for run in here if run.method == m] for m in methods}
            mean = {m: sum(x) / len(x) for m, x in profits.items() if x}
            ratio = f"{mean[OURS] / mean[PEER]:.4f}" if OURS in mean and mean.get(PEER) else "-"
            bound = _mean([run for run in here if run.method == OURS], lambda run: run.certified)
            cells = [f"{100 * mean[m] / TOTAL:.2f} %" if m in mean else "-" for m in methods]
            rows.append([case.removeprefix(BEGIN), f"{limit:g} s", *cells, ratio, bound])
    return markdown(["town", "CPU", *methods, f"{OURS} / {PEER}", "bound above"], rows)


def _pairs(runs: Iterable[Run]) -> list[tuple[str, float]]:
    """Return methods and limits, the shortest limit first."""
    return sorted({(run.method, run.limit) for run in runs}, key=lambda pair: (pair[1], pair[0]))


def _mean(runs: Sequence[Run], figure: Callable[[Run], float | None]) -> str:
    """Return the mean of a figure over the runs that have it, in per cent."""
    known = [value for run in runs if (value := figure(run)) is not None]
    return f"{100 * sum(known) / len(known):.2f} %" if known else "-"
