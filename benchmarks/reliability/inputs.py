"""Changes valid files of every kind that the program reads, and judges what the commands make of them.

    python -m benchmarks.reliability.inputs --seeds 1000 --kinds yaml,csv

Each case is one file changed at random, by its seed, and the commands that read it, run under limits. What must hold
is in `reading.judge`. Exit code 1 where anything does not; a case is shown by ``--kinds KIND --only SEED --show``.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.reliability.reading.kinds import FIXED, KINDS, Case, case_of
from benchmarks.reliability.reading.samples import Samples
from benchmarks.reliability.reading.sandbox import Run, Sandbox
from benchmarks.reliability.reading.tries import Tries
from benchmarks.tables import markdown

_ALL = (*KINDS, *FIXED)


_SLOW = 3.0
"""Seconds of the processor that are told of."""


@dataclass
class Tally:
    """What came of the cases of one kind."""

    cases: int = 0
    runs: int = 0
    refused: int = 0
    accepted: int = 0
    found: list[tuple[int, str, str]] = field(default_factory=list)
    slowest: float = 0.0
    most: int = 0


def main() -> None:
    """Try all cases that are asked for, and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100, help="cases of each kind")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--kinds", default=",".join(_ALL), help=f"some of {', '.join(_ALL)}")
    parser.add_argument("--only", type=int, help="this seed alone")
    parser.add_argument("--show", action="store_true", help="print what each command said")
    parser.add_argument("--out", type=Path, help="a table of all findings, as CSV")
    options = parser.parse_args()
    kinds = options.kinds.split(",")
    if unknown := [kind for kind in kinds if kind not in _ALL]:
        parser.error(f"there is no kind {unknown[0]!r}; choose from {', '.join(_ALL)}")
    seeds = [options.only] if options.only is not None else range(options.first, options.first + options.seeds)
    tallies = {kind: Tally() for kind in kinds}
    with tempfile.TemporaryDirectory(prefix="patrol-inputs-") as name, Sandbox() as sandbox:
        (Path(name) / "samples").mkdir()
        samples = Samples(Path(name) / "samples", sandbox)
        tries = Tries(sandbox, samples, Path(name))
        for kind in kinds:
            begun = time.monotonic()
            for case in _cases(kind, seeds, samples):
                _count(tallies[kind], case, tries.run(case), show=options.show)
            print(f"{kind}: {tallies[kind].cases} cases in {time.monotonic() - begun:.0f} s", file=sys.stderr)
    _report(tallies, options.out)
    sys.exit(1 if any(tally.found for tally in tallies.values()) else 0)


def _cases(kind: str, seeds: Sequence[int], samples: Samples) -> Iterator[Case]:
    """Yield the cases of a kind: those of the seeds, or all of those that are made by hand."""
    if kind not in FIXED:
        yield from (case_of(kind, seed, samples) for seed in seeds)
        return
    for number, case in enumerate(FIXED[kind](samples)):
        if number >= seeds[0] and (len(seeds) > 1 or number in seeds):
            yield replace(case, seed=number)


def _count(tally: Tally, case: Case, ends: list[tuple[Run, list[str]]], *, show: bool) -> None:
    """Add what came of a case to a tally, and tell of findings at once."""
    tally.cases += 1
    tally.runs += len(ends)
    last = ends[-1][0]
    if last.code in (0, 4, 5):
        tally.accepted += 1
    else:
        tally.refused += 1
    for run, wrong in ends:
        tally.slowest = max(tally.slowest, run.cpu)
        tally.most = max(tally.most, run.memory)
        if run.cpu > _SLOW:
            _tell(f"{run.cpu:.0f} s: {case.kind} {case.seed} {case.what[:100]}: {' '.join(run.arguments)[:100]}")
        if show:
            _tell(f"{case.kind} {case.seed} {case.what}", f"$ patrol {' '.join(run.arguments)}")
            _tell(f"{run.code}, {run.cpu:.2f} s\n{run.out[-3000:]}\n{run.err[-3000:]}")
        for what in wrong:
            tally.found.append((case.seed, case.what, what))
            _tell(f"{case.kind} {case.seed} ({case.what[:100]}): {' '.join(run.arguments[:3])}: {what}")
            if what.startswith(("exit code", "says")):
                _tell("    " + "\n    ".join(run.err.strip().splitlines()[-6:])[-700:])


def _tell(*lines: str) -> None:
    """Say something on standard error."""
    print(*(line.encode("utf-8", "backslashreplace").decode() for line in lines), sep="\n", file=sys.stderr)


def _figures(tally: Tally) -> tuple[str, str]:
    """Return the longest time and the most memory of a command."""
    return f"{tally.slowest:.1f} s", f"{tally.most >> 20} MB"


def _report(tallies: dict[str, Tally], out: Path | None) -> None:
    """Print the table of all kinds, and write that of the findings."""
    head = ("kind", "cases", "runs", "refused", "accepted", "findings", "slowest", "memory")
    rows = [
        (kind, *map(str, (t.cases, t.runs, t.refused, t.accepted, len(t.found))), *_figures(t))
        for kind, t in tallies.items()
    ]
    print(*markdown(head, rows), sep="\n")
    kinds = Counter((kind, what.split(" /")[0]) for kind, t in tallies.items() for _, _, what in t.found)
    for (kind, what), count in kinds.most_common():
        print(f"{count} x {kind}: {what}", file=sys.stderr)
    if out is not None:
        with out.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
            table = csv.writer(file)
            table.writerow(("kind", "seed", "case", "finding"))
            table.writerows((kind, *row) for kind, t in tallies.items() for row in t.found)


if __name__ == "__main__":
    main()
