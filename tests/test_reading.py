"""Claims about reading what somebody else wrote: there is an end to it, and what is no file is told so."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from instances import reading, roster, shift_file, yaml_lines
from instances.commands import failures
from instances.delimited import open_delimited
from instances.documents import read_problem
from instances.errors import InputError, RoadDataError
from instances.point_tables import read_features
from instances.published import rounds
from instances.published.chao import read_top
from instances.reading import MEGABYTE, UnfitFileError, content_of, limited, need_file, unpacked
from instances.risk import metric_grid
from instances.roads import load_network
from instances.roads import swelling as xml_limits
from instances.secret import SecretError, secret_in_file
from instances.yaml_lines import parse_yaml, read_yaml
from solver import problem_errors, score
from solver.document_errors import DocumentError
from solver.plan_json import plan_from_json, plan_to_json
from tests.shift_samples import osm
from tests.small_town import small_plan, small_town

READERS: dict[str, Callable[[Path], object]] = {
    "night.yaml": read_yaml,
    "table.csv": open_delimited,
    "problem.json": read_problem,
    "parts.geojson": read_features,
    "top.txt": read_top,
    "patrol.secret": secret_in_file,
    "town.osm": load_network,
    "town.graphml": load_network,
}


def told(read: Callable[[Path], object], path: Path) -> str:
    """Return what a reader says of a file that it refuses."""
    with pytest.raises((InputError, SecretError)) as error:
        read(path)
    return str(error.value)


@pytest.mark.parametrize("name", READERS)
def test_pipe(name: str, tmp_path: Path) -> None:
    """A pipe that nobody writes to is refused at once, by every reader and by name."""
    path = tmp_path / name
    os.mkfifo(path)
    assert f"{path}: cannot be read" in (message := told(READERS[name], path))
    assert "it is a pipe" in message


@pytest.mark.parametrize("name", READERS)
def test_device(name: str, tmp_path: Path) -> None:
    """A device, which may have no end, is refused by every reader and by name."""
    path = tmp_path / name
    path.symlink_to("/dev/zero")
    message = told(READERS[name], path)
    assert (f"{path}: cannot be read" in message, "device" in message) == (True, True)


@pytest.mark.parametrize("name", READERS)
def test_too_large(name: str, tmp_path: Path) -> None:
    """A file of a terabyte is refused before it is read, by every reader."""
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(2**40)
    assert "it is larger than" in told(READERS[name], path)


def test_pipe_with_writer(tmp_path: Path) -> None:
    """A pipe that somebody writes to is read to its end, however late that comes."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    text = b"name,lat,lon\n" * 20_000
    ready = threading.Event()

    def write() -> None:
        with path.open("wb") as file:
            ready.set()
            file.write(text)

    holder = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # so that the writer need not wait for the reader
    writer = threading.Thread(target=write)
    writer.start()
    ready.wait()
    try:
        assert content_of(path, MEGABYTE) == text
    finally:
        os.close(holder)
        writer.join()


def test_limits(tmp_path: Path) -> None:
    """A file of as many bytes as may be is read, one of one more is not; so it is with what has no size beforehand."""
    path = tmp_path / "file"
    path.write_bytes(b"x" * 10)
    assert content_of(path, 10) == limited(io.BytesIO(b"x" * 10), 10) == b"x" * 10
    with pytest.raises(UnfitFileError, match="it is larger than"):
        content_of(path, 9)
    with pytest.raises(UnfitFileError, match="it is larger than"):
        limited(io.BytesIO(b"x" * 10), 9)


def test_need_file(tmp_path: Path) -> None:
    """What can be read again and again is a file, not a pipe."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()
    need_file(tmp_path / "file", 0)
    with pytest.raises(UnfitFileError, match="it is a pipe, a device or a socket"):
        need_file(tmp_path / "pipe", 0)


def test_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A packed file may unpack to what is always allowed, and beyond that to a hundred times its own size."""
    monkeypatch.setattr(reading, "ALWAYS", 5000)
    assert b"".join(unpacked(io.BytesIO(b"x" * 5000), 1, MEGABYTE)) == b"x" * 5000
    assert b"".join(unpacked(io.BytesIO(b"x" * 9000), 90, MEGABYTE)) == b"x" * 9000
    with pytest.raises(UnfitFileError, match="unpacks to more than 100 times its own size"):
        list(unpacked(io.BytesIO(b"x" * 9000), 89, MEGABYTE))


def swelling(head: bytes, size: int, *, packer: Callable[[bytes], bytes] = gzip.compress) -> bytes:
    """Return a packed file of little that unpacks to `size` bytes."""
    return packer(head + b" " * size)


def test_swelling_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A packed table that swells is refused by its name."""
    monkeypatch.setattr(reading, "ALWAYS", MEGABYTE)
    path = tmp_path / "incidents.csv.gz"
    path.write_bytes(swelling(b"date,lat,lon\n", 2 * MEGABYTE))
    assert f"{path}: cannot be read: it unpacks to more than 100 times" in told(open_delimited, path)


@pytest.mark.parametrize(
    ("name", "head", "packer"),
    [
        ("town.osm.gz", b"<osm version='0.6'>", gzip.compress),
        ("town.osm.bz2", b"<osm version='0.6'>", bz2.compress),
        ("town.graphml.gz", b"<graphml>", gzip.compress),
    ],
)
def test_swelling_roads(
    name: str, head: bytes, packer: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A packed road network that swells is refused by its name."""
    monkeypatch.setattr(reading, "ALWAYS", MEGABYTE)
    path = tmp_path / name
    path.write_bytes(swelling(head, 2 * MEGABYTE, packer=packer))
    assert f"{path}: cannot be read (it unpacks to more than 100 times" in told(load_network, path)


LAUGHS = (
    b'<!DOCTYPE osm [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>',
    b'<!DOCTYPE osm [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
)


@pytest.mark.parametrize("doctype", LAUGHS)
@pytest.mark.parametrize("packed", [False, True])
def test_entities(doctype: bytes, packed: bool, tmp_path: Path) -> None:
    """XML that defines entities is refused, packed or not, whether or not it uses them."""
    files = {
        "town.graphml": b'<?xml version="1.0"?>' + doctype + b"<graphml>&b;</graphml>",
        "town.osm": osm().encode().replace(b"<osm", doctype + b"<osm", 1).replace(b"East Street", b"&b;"),
    }
    for name, content in files.items():
        path = tmp_path / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(content) if packed else content)
        with pytest.raises(RoadDataError, match=r"document type|entities are not supported") as error:
            load_network(path)
        assert str(path) in str(error.value)


def test_nested_graph(tmp_path: Path) -> None:
    """XML of elements in elements without measure is refused before a tree is made of it."""
    path = tmp_path / "town.graphml"
    path.write_bytes(b"<graphml>" * 1000)
    assert "nested more than 100 deep" in told(load_network, path)


def test_long_tag(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A tag without measure, which parsers look at again with each piece that they get, is refused."""
    monkeypatch.setattr(xml_limits, "LONGEST", MEGABYTE)
    path = tmp_path / "town.graphml"
    path.write_bytes(b"<graphml><node id='" + b"1" * 3 * MEGABYTE)
    assert "an element of it is longer than 1 MB" in told(load_network, path)


def test_merges_of_merges() -> None:
    """A mapping that is merged in again and again is looked at once: forty generations of ten take no time."""
    lines = ["m0: &m0 {a: 1}"]
    lines += [f"m{i}: &m{i} {{<<: [{', '.join([f'*m{i - 1}'] * 10)}]}}" for i in range(1, 40)]
    tree, faults = parse_yaml("\n".join(lines).encode(), file="x")
    assert (tree.value["m39"], faults) == ({"a": "1"}, [])


def test_many_values() -> None:
    """A YAML file of more names and values than are read is refused with the place where they become too many."""
    with pytest.raises(
        InputError, match=r"x:50000:\d+: the file has more than 100,000 names and values; put long lists"
    ):
        parse_yaml(b"".join(b"k%d: v\n" % i for i in range(50_001)), file="x")


def test_secret_pipe(tmp_path: Path) -> None:
    """The secret may come through a pipe, as a shell makes it of what another program prints."""
    read, write = os.pipe()
    with os.fdopen(write, "wb") as file:
        file.write(b"0123456789abcdef0123456789abcdef\n")
    try:
        assert secret_in_file(Path(f"/dev/fd/{read}")) == b"0123456789abcdef0123456789abcdef"
    finally:
        os.close(read)


def test_documented_limits() -> None:
    """The limits in the documents are those of the program."""
    page = (Path(__file__).parents[1] / "docs" / "reliability.md").read_text(encoding="utf-8")
    sizes = {
        "a shift file": reading.MOST_YAML,
        "a table, unpacked": reading.MOST_TABLE,
        "a problem, a plan, streets, a draw": reading.MOST_DOCUMENT,
        "GeoJSON": reading.MOST_GEOJSON,
        "a road network": reading.MOST_ROADS,
        "an instance in a published format": reading.MOST_TEXT,
        "a secret": reading.MOST_SECRET,
    }
    for what, most in sizes.items():
        assert f"| {what} | {most // MEGABYTE:,} MB" in page
    assert f"{yaml_lines.MOST_NODES:,} names and values" in page
    assert f"{rounds.MOST_POINTS:,} points, {rounds.MOST_VEHICLES:,} tours" in page
    assert f"unpacks to {reading.ALWAYS // MEGABYTE} MB, or to {reading.MOST_TIMES} times its own size" in page
    assert f"elements {xml_limits.DEEPEST} deep, a tag of {xml_limits.LONGEST // MEGABYTE} MB" in page
    assert f"| units | {problem_errors.MOST_UNITS:,} |" in page
    assert roster.MOST_UNITS == problem_errors.MOST_UNITS
    days = f"{shift_file.LONGEST // 1440} days in a shift file, {problem_errors.MOST_COVERED // 1440} in a problem"
    assert f"{days}; {problem_errors.MOST_MINUTES:,} minutes in one of tasks alone" in page
    assert f"times minutes | {problem_errors.MOST_CELLS:,} |" in page
    assert f"{problem_errors.MOST_STAFFING:,} unit-minutes" in page
    assert f"{metric_grid.FARTHEST / 1000:,.0f} km" in page
    assert f"told in words | {failures.MOST_TOLD}," in page


def test_half_characters(tmp_path: Path) -> None:
    """A rare character that JSON writes as two halves is one character; half of one is refused at its place."""
    tree, faults = parse_yaml(b'"\\ud83d\\ude93": ["\\ud83d\\ude93"]', file="x")
    assert (tree.value, faults) == ({"\U0001f693": ["\U0001f693"]}, [])
    _, faults = parse_yaml(b'"\\ud83d": a\nb: "\\ude93"\nc: {<<: {"\\ud800": 1}}', file="x")
    told_of = [f"x:{line}:{column}" for line, column in ((1, 1), (2, 4), (3, 10))]
    assert [str(fault).split(": ")[0] for fault in faults] == told_of
    assert {fault.wrong for fault in faults} == {"there is half a character in this text"}
    path = tmp_path / "parts.geojson"
    path.write_text('{"type": "FeatureCollection", "features": [{"properties": {"name": "\\ud83d\\ude93"}}]}')
    assert read_features(path)[0]["properties"] == {"name": "\U0001f693"}
    path.write_text('{"type": "FeatureCollection", "features": [{"properties": {"name": "\\ud83d"}}]}')
    assert "this is not JSON in UTF-8" in told(read_features, path)


def test_shortfalls_beyond_all_calendars() -> None:
    """A plan whose shortfalls end after the year 9999 is refused with the figure, not written to a sheet."""
    problem = small_town()
    plan = small_plan(problem)
    lack = {"place": "Gate", "start": 0, "end": 10**12, "missing": 1, "reason": "none", "cure": "none"}
    written = json.loads(plan_to_json(problem, plan, score(problem, plan).covered)) | {"shortfalls": [lack]}
    with pytest.raises(DocumentError, match=r"shortfalls\[0\]\.end: no calendar goes as far as minute 1000000000000"):
        plan_from_json(json.dumps(written), problem)
