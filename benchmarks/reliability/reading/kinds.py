"""The kinds of input: which samples each changes, how, and the commands that then read them."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.reliability.reading.arguments import command_of
from benchmarks.reliability.reading.bytes_changed import change_bytes
from benchmarks.reliability.reading.crafted_documents import STREETS, document_bombs, document_files, named_plans
from benchmarks.reliability.reading.crafted_roads import road_files
from benchmarks.reliability.reading.crafted_shifts import shift_files
from benchmarks.reliability.reading.crafted_tables import table_files
from benchmarks.reliability.reading.documents_changed import as_json, as_yaml, change_tree
from benchmarks.reliability.reading.hostile import NO_FILES, PLAUSIBLE, TEXTS
from benchmarks.reliability.reading.judge import CODES
from benchmarks.reliability.reading.made import Make
from benchmarks.reliability.reading.samples import PUBLISHED, SHIFTS, SITES, Samples

Command = tuple[str, ...]
Special = Callable[[Path], None]
Change = Callable[[bytes, random.Random], tuple[bytes, str]]

Maker = Callable[[str, int, Samples], "Case"]

PLAN = ("-o", "made/plan", "--no-cache", "--work-limit", "1")


@dataclass(frozen=True)
class Case:
    """One thing that is tried: files changed, and the commands that read them.

    `files` are contents by name, or what puts something else in place of a file; `needs` the samples that are there
    besides; `commands` are run one after the other, until one fails, with the file `stdin` as standard input; `made`
    is how many files they must write, where that is known; `codes` are exit codes that may be;
    `told` is whether a message must name a file.
    """

    kind: str
    seed: int
    what: str
    files: Mapping[str, bytes | Special]
    commands: tuple[Command, ...]
    needs: tuple[str, ...] = ()
    stdin: str = ""
    made: int | None = None
    codes: frozenset[int] = CODES
    told: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Texts, one of which a message about a file must hold."""
        if not self.told:
            return ("",)
        return (*(Path(name).name for name in self.files), *(w for c in self.commands for w in c), "standard input")


@dataclass(frozen=True)
class Sample:
    """A file that is changed: its name, the ways to change it, the commands that read it, of which one is drawn."""

    name: str
    changes: tuple[Change, ...]
    commands: tuple[tuple[Command, ...], ...]
    needs: tuple[str, ...] = ()


def case_of(kind: str, seed: int, samples: Samples) -> Case:
    """Return the case of a kind that belongs to a seed."""
    return KINDS[kind](kind, seed, samples)


def _of(drawn: Sequence[Sample]) -> Maker:
    """Return what makes cases of one sample of several, changed, or with something in its place that is no file."""

    def made(kind: str, seed: int, samples: Samples) -> Case:
        rng = random.Random(f"{kind} {seed}")
        sample = rng.choice(drawn)
        commands = rng.choice(sample.commands)
        stdin = sample.name if commands[0][-1] == "-" else ""
        put: bytes | Special
        if rng.random() < 0.02 and not stdin:
            what = rng.choice(sorted(NO_FILES))
            put = NO_FILES[what]
        else:
            put, what = rng.choice(sample.changes)(samples.read(sample.name), rng)
        return Case(kind, seed, f"{sample.name}: {what}", {sample.name: put}, commands, sample.needs, stdin)

    return made


def change_json(data: bytes, rng: random.Random) -> tuple[bytes, str]:
    """Return a JSON document changed by its structure."""
    tree, what = change_tree(json.loads(data), rng)
    return as_json(tree), what


def change_json_unsealed(data: bytes, rng: random.Random) -> tuple[bytes, str]:
    """Return the same of a problem without its fingerprint, which would give every change away."""
    document = json.loads(data)
    document.pop("fingerprint", None)
    tree, what = change_tree(document, rng)
    return as_json(tree), what


def change_yaml(data: bytes, rng: random.Random) -> tuple[bytes, str]:
    """Return a YAML document changed by its structure."""
    tree, what = change_tree(yaml.load(data, Loader=yaml.BaseLoader), rng)
    return as_yaml(tree, rng), what


def change_cells(data: bytes, rng: random.Random) -> tuple[bytes, str]:
    """Return a table changed cell by cell."""
    text = data.decode()
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    said = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        i = rng.randrange(len(rows))
        j = rng.randrange(max(1, len(rows[i])))
        way = rng.randrange(6)
        if way < 3 and rows[i]:
            rows[i][min(j, len(rows[i]) - 1)] = rng.choice(rng.choice((TEXTS, PLAUSIBLE)))
        elif way == 3 and len(rows) > 1:
            del rows[i]
        elif way == 4:
            rows[i:i] = [list(rows[i])] * rng.choice((1, 3, 500))
        else:
            for row in rows:
                if j < len(row):
                    row.insert(rng.randrange(len(row)), row.pop(j)) if rng.random() < 0.9 else row.pop(j)
        said.append(f"row {i + 1}, column {j + 1}: {('cell', 'cell', 'cell', 'out', 'more', 'columns')[way]}")
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass"), ", ".join(said)


def within_gzip(change: Change) -> Change:
    """Return a change of what a gzip file holds."""

    def changed(data: bytes, rng: random.Random) -> tuple[bytes, str]:
        inside, what = change(gzip.decompress(data), rng)
        return gzip.compress(inside, mtime=0), f"inside: {what}"

    return changed


def within_bz2(change: Change) -> Change:
    """Return a change of what a bzip2 file holds."""

    def changed(data: bytes, rng: random.Random) -> tuple[bytes, str]:
        inside, what = change(bz2.decompress(data), rng)
        return bz2.compress(inside), f"inside: {what}"

    return changed


def _plans(shift: str) -> tuple[tuple[Command, ...], ...]:
    """Return the commands that plan a shift, and judge the plan."""
    over = ("plan", shift, "-o", "out", "--force", *PLAN[2:])
    return ((("plan", shift, *PLAN), ("check", "made/plan")), (("plan", shift, *PLAN, "--json"),), (over,))


_ALL_TABLES = (
    *("stations.csv", "hotspots.csv", "demand.csv", "incidents.csv", "zones.geojson", "parts.geojson", "town.osm"),
    *("tasks.csv", "roster.csv", "candidates.csv", "hotspots.geojson", "parts_closed.geojson"),
)
_OUT = ("out/plan.json", "out/problem.json", "out/streets.json")
_B, _J, _U, _Y, _C = change_bytes, change_json, change_json_unsealed, change_yaml, change_cells


def _shift_sample(name: str) -> Sample:
    """Return a shift file with the commands that take it; one of tasks alone has no demand for points or beats."""
    commands: tuple[tuple[Command, ...], ...] = (*_plans(name), (("plan", name, *PLAN),))
    if name != "tasks.yaml":
        commands += ((("site", name, "--no-cache", "--json"),), (("beats", name, "--no-cache"),))
    return Sample(name, (_B, _Y, _Y, _Y), commands, (*_ALL_TABLES, *_OUT))


def _table(name: str, shift: str, *more: Command) -> Sample:
    changes = (_B, _C, _C) if name.endswith(".csv") else (_B, _J, _J)
    return Sample(name, changes, ((("plan", shift, *PLAN),), *((m,) for m in more)), (*_ALL_TABLES, shift))


def _roads(name: str, *changes: Change) -> Sample:
    return Sample(name, changes, ((("network", name, "--no-cache"),), (("network", name, "--no-cache", "--json"),)))


_SITE: tuple[tuple[Command, ...], ...] = ((("site", "sites.yaml", "--no-cache"),),)
_EXPORTS: tuple[Command, ...] = (
    ("export", "gpx", "out", "-o", "made/plan"),
    ("export", "ics", "out", "-o", "made/plan"),
    ("export", "sheets", "out", "-o", "made/plan"),
    ("export", "geojson", "out", "-o", "made/plan.geojson"),
    ("export", "kml", "out", "-o", "made/plan.kml"),
    ("export", "kmz", "out", "-o", "made/plan.kmz"),
    ("export", "gpkg", "out", "-o", "made/plan.gpkg"),
    ("export", "csv", "out", "-o", "made/plan.csv"),
    ("export", "map", "out", "-o", "made/plan.html"),
    ("export", "pdf", "out", "-o", "made/plan.pdf"),
    ("plot", "out", "cover", "-o", "made/plan.svg"),
    ("plot", "out", "search", "-o", "made/plan.svg"),
    ("plot", "out", "risk", "-o", "made/plan.svg"),
    ("plot", "out", "units", "-o", "made/plan.svg"),
)
_QUESTIONS: tuple[Command, ...] = (
    ("check", "out"),
    ("check", "out", "--json"),
    ("score", "out"),
    ("score", "out", "--json"),
    ("explain", "out", "--work-limit", "1"),
    ("explain", "out", "Market", "--work-limit", "1", "--json"),
    ("compare", "other", "out"),
    ("compare", "out", "other", "--json"),
    ("replan", "out", "--at", "20:00", "-o", "made/plan", "--work-limit", "1"),
    ("plan", "night.yaml", *PLAN, "--start-from", "out"),
    ("check", "other/problem.json", "-"),
)
_OTHER = ("other/plan.json", "other/problem.json", "other/streets.json")


def _document(name: str, *changes: Change) -> Sample:
    commands = tuple((c,) for c in (*_QUESTIONS, *_EXPORTS))
    return Sample(name, changes, commands, (*_OUT, *_OTHER, *_ALL_TABLES, "night.yaml"))


_PICK: tuple[tuple[Command, ...], ...] = ((("pick", "draws", "--secret-file", "patrol.secret", "-o", "made/plan"),),)
_EVERYTHING_ELSE = ("night.yaml", "made.yaml", "sites.yaml", "patrol.secret", "draws/draw.json")
_DRAWN = tuple(f"draws/{d}{f}" for d in ("plan-1/", "plan-2/") for f in ("plan.json", "problem.json", "streets.json"))
_EVERYTHING = (*_ALL_TABLES, *_OUT, *_OTHER, *_EVERYTHING_ELSE, *_DRAWN)

SAMPLES: dict[str, Sequence[Sample]] = {
    "yaml": [
        *(_shift_sample(name) for name in SHIFTS),
        *(Sample(name, (_B, _Y, _Y, _Y), (((("site", name, "--no-cache"),)),), _ALL_TABLES) for name in SITES),
    ],
    "csv": [
        _table("stations.csv", "night.yaml"),
        _table("hotspots.csv", "night.yaml"),
        _table("demand.csv", "night.yaml"),
        _table("incidents.csv", "made.yaml", ("risk", "incidents.csv"), ("risk", "incidents.csv", "-o", "made/plan")),
        _table("tasks.csv", "tasks.yaml"),
        _table("tasks.csv", "locked.yaml"),
        _table("roster.csv", "tasks.yaml"),
        Sample("candidates.csv", (_B, _C, _C), _SITE, (*_ALL_TABLES, "sites.yaml")),
        Sample("office.csv", (_B, _C, _C), ((("risk", "office.csv", "--json"),), (("risk", "office.csv"),))),
    ],
    "geojson": [
        _table("hotspots.geojson", "locked.yaml"),
        _table("parts_closed.geojson", "locked.yaml"),
        _table("zones.geojson", "made.yaml"),
        _table("parts.geojson", "made.yaml"),
    ],
    "osm": [
        _roads("town.osm", _B),
        _roads("town.osm", _B),
        _roads("town.osm.gz", _B, within_gzip(_B)),
        _roads("town.osm.bz2", _B, within_bz2(_B)),
    ],
    "pbf": [_roads("town.osm.pbf", _B), _roads("plain.osm.pbf", _B)],
    "graphml": [_roads("town.graphml", _B), _roads("town.graphml", _B), _roads("town.graphml.gz", _B, within_gzip(_B))],
    "problem": [_document("out/problem.json", _B, _U, _U, _U, _U)],
    "plan": [_document("out/plan.json", _B, _J, _J, _J)],
    "streets": [
        Sample("out/streets.json", (_B, _J, _J, _J), tuple((c,) for c in _EXPORTS[:10]), _OUT),
    ],
    "draw": [Sample("draws/draw.json", (_B, _J, _J), _PICK, ("patrol.secret", "draws/draw.json", *_DRAWN))],
    "secret": [Sample("patrol.secret", (_B,), _PICK, ("patrol.secret", "draws/draw.json", *_DRAWN))],
    "published": [
        Sample(name, (_B,), ((("read-published", form, name),),))
        for name, form in zip(PUBLISHED, ("toptw", "top", "vrplib"), strict=True)
    ],
}
"""What is changed, by kind."""


def _changed_line(kind: str, seed: int, _: Samples) -> Case:
    """Return the case of a command line with one value changed."""
    command, what = command_of(random.Random(f"{kind} {seed}"))
    return Case(kind, seed, what, {}, (command,), _EVERYTHING, told=False)


def _mixed_folder(kind: str, seed: int, samples: Samples) -> Case:
    """Return the case of a plan's folder in which files are missing, of another plan, or no files."""
    rng = random.Random(f"{kind} {seed}")
    files: dict[str, bytes | Special] = {}
    for name in rng.sample(_OUT, rng.choice((1, 1, 2, 3))):
        other = rng.choice(("other", "alert", "draws/plan-2", "out"))
        source = rng.choice((name, f"{other}/{Path(name).name}", rng.choice(_OUT), "town.osm"))
        files[name] = rng.choice((samples.read(source), rng.choice(list(NO_FILES.values()))))
    command = rng.choice((*_QUESTIONS, *_EXPORTS))
    return Case(kind, seed, ", ".join(files), files, (command,), (*_OUT, *_OTHER, *_ALL_TABLES, "night.yaml"))


def _damaged_cache(kind: str, seed: int, samples: Samples) -> Case:
    """Return the case of kept streets that are damaged; they are then read anew."""
    rng = random.Random(f"{kind} {seed}")
    (kept,) = (samples.folder / "kept").glob("network-*.npz")
    content, what = change_bytes(kept.read_bytes(), rng)
    command = ("network", "town.osm", "--cache-dir", "kept")
    return Case(kind, seed, what, {f"kept/{kept.name}": content}, (command,), ("town.osm",), codes=frozenset({0}))


KINDS: dict[str, Maker] = {kind: _of(drawn) for kind, drawn in SAMPLES.items()} | {
    "folder": _mixed_folder,
    "cache": _damaged_cache,
    "arguments": _changed_line,
}
"""What makes the case of a kind that belongs to a seed."""


def crafted_cases(samples: Samples) -> Iterator[Case]:
    """Yield the cases of files that are made to hurt, each with every command that reads it."""
    for what, name, make in shift_files():
        reads = ("site", name, "--no-cache") if name in SITES else ("plan", name, *PLAN)
        yield from _crafted(samples, what, {name: make}, (reads,), _ALL_TABLES)
    yield Case("crafted", 0, "a billion units", {}, (("size", "night.yaml", "--units", "1..1000000000"),), _EVERYTHING)
    yield Case("crafted", 0, "a billion posts", {}, (("size", "night.yaml", "--posts", "0..1000000000"),), _EVERYTHING)
    for what, name, make in table_files():
        fine = ("risk", name, "--cell", "1", "--smoothing", "100000")
        reads = ("plan", "made.yaml", *PLAN)
        yield from _crafted(samples, what, {name: make}, (("risk", name), fine, reads), (*_ALL_TABLES, "made.yaml"))
    for what, name, make in road_files():
        yield from _crafted(samples, what, {name: make}, (("network", name, "--no-cache"),), ())
    for what, name, make in document_bombs():
        bomb: Command = ("export", "map", "out", "-o", "made/plan.html") if name == STREETS else ("check", "out")
        yield from _crafted(samples, what, {name: make}, (bomb,), _OUT)
    for what, name, make in document_files():
        reading = _READING["problem" if name.endswith("problem.json") else name.removeprefix("out/").split(".")[0]]
        yield from _crafted(samples, what, {name: make}, reading, (*_OUT, *_OTHER, *_ALL_TABLES, "night.yaml"))
    for what, files in named_plans():
        for form, more in (("gpx", 0), ("ics", 0), ("sheets", 1)):
            made = len(json.loads(samples.read("out/plan.json"))["routes"]) + more
            command = ("export", form, "out", "-o", "made/plan")
            yield from _crafted(samples, what, files, (command,), _OUT, made)


_READING: dict[str, tuple[Command, ...]] = {
    "problem": (
        *(("check", "out"), ("score", "out"), ("explain", "out", "--work-limit", "1"), ("compare", "other", "out")),
        *(("export", form, "out", "-o", f"made/plan.{form}") for form in ("map", "pdf", "gpkg")),
        ("replan", "out", "--at", "20:00", "-o", "made/plan", "--work-limit", "1"),
        ("plot", "out", "risk", "-o", "made/plan.svg"),
        ("plan", "night.yaml", *PLAN, "--start-from", "out"),
    ),
    "plan": (
        *(("check", "out"), ("score", "out"), ("explain", "out", "--work-limit", "1"), ("compare", "other", "out")),
        *(("export", form, "out", "-o", f"made/plan.{form}") for form in ("map", "pdf", "gpkg", "kml", "csv")),
        *(("export", form, "out", "-o", "made/plan") for form in ("gpx", "ics", "sheets")),
        *(("plot", "out", kind, "-o", "made/plan.svg") for kind in ("cover", "search", "units")),
    ),
    "streets": tuple(("export", form, "out", "-o", f"made/plan.{form}") for form in ("map", "kml", "gpkg", "geojson")),
}


def _crafted(
    samples: Samples,
    what: str,
    makes: Mapping[str, Make],
    commands: tuple[Command, ...],
    needs: tuple[str, ...],
    made: int | None = None,
) -> Iterator[Case]:
    """Yield a case for each command; none where the files are as they were."""
    files = {name: make(samples) for name, make in makes.items()}
    if all(content == samples.read(name) for name, content in files.items()):
        return
    for command in commands:
        yield Case("crafted", 0, f"{', '.join(files)}: {what}", files, (command,), needs, made=made)


FIXED: dict[str, Callable[[Samples], Iterator[Case]]] = {"crafted": crafted_cases}
"""What makes the cases of kinds that know of no seeds."""
