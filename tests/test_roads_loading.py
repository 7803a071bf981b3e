"""Loading road networks: every kind of source, every way it can be broken, and the cache."""

from __future__ import annotations

import bz2
import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlparse

import networkx as nx
import numpy as np
import pytest
import shapely

from instances.cache import Cache
from instances.errors import RoadDataError
from instances.roads import RoadNetwork, load_network, loading, travel_seconds
from instances.roads.osmnx_door import NO_TURNS, OWN_SPEEDS
from tests.osm_files import BLOCK, STREET, grid, line, osm_text

NODES = grid((1, 0, 0), (2, 1, 0), (3, 1, 1), (4, 0, 1))
WAYS = [(1, [1, 2, 3], STREET), (2, [3, 4, 1], {"highway": "primary", "maxspeed": "30 mph", "oneway": "yes"})]
TEXT = osm_text(NODES, WAYS)


def same(one: RoadNetwork, two: RoadNetwork) -> bool:
    """Whether two networks have the same streets."""
    return all(np.array_equal(getattr(one, n), getattr(two, n)) for n in ("lonlat", "tail", "head", "metres", "kmh"))


def write_pbf(source: Path, target: Path) -> None:
    """Write an OpenStreetMap file in another format."""
    import osmium

    with osmium.SimpleWriter(str(target)) as writer:
        for entity in osmium.FileProcessor(str(source)):
            writer.add(entity)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """Give a small file in plain XML."""
    path = tmp_path / "town.osm"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["town.osm.gz", "TOWN.OSM.GZ", "town.osm.bz2", "town.osm.pbf", "Stadt Köln 城.osm"])
def test_every_kind_of_file_gives_the_same_network(plain: Path, tmp_path: Path, name: str) -> None:
    """Formats differ, streets do not; names may be of any script and case."""
    path = tmp_path / "other" / name
    path.parent.mkdir()
    if name.lower().endswith(".gz"):
        path.write_bytes(gzip.compress(TEXT.encode()))
    elif name.endswith(".bz2"):
        path.write_bytes(bz2.compress(TEXT.encode()))
    elif name.endswith(".pbf"):
        write_pbf(plain, path)
    else:
        path.write_text(TEXT, encoding="utf-8")
    assert same(load_network(path), load_network(plain))


NOWHERE = """\
<graphml><key id="x" for="node" attr.name="x" attr.type="string"/><key id="y" for="node" attr.name="y"
 attr.type="string"/><key id="crs" for="graph" attr.name="crs" attr.type="string"/><key id="id" for="edge"
 attr.name="osmid" attr.type="string"/><graph edgedefault="directed"><data key="crs">epsg:4326</data>
<node id="1"><data key="x">nan</data><data key="y">1</data></node>
<node id="2"><data key="x">1</data><data key="y">1</data></node>
<edge source="1" target="2"><data key="id">5</data></edge></graph></graphml>
"""
"""A graph of one street, one end of which is nowhere."""

BROKEN: list[tuple[str, bytes | None, str]] = [
    ("gone.osm.pbf", None, "there is no such file"),
    ("empty.osm", b"", "is empty; fetch it again"),
    ("town.shp", b"x", "is no road network by its name; name a file ending in .osm.pbf, .pbf, .osm,"),
    ("page.osm", b"<html></html>", "cannot be read as OpenStreetMap data (Unknown top-level element: html)"),
    ("cut.osm", TEXT.encode()[:300], "cannot be read as OpenStreetMap data (XML parsing error at line"),
    ("cut.osm.gz", gzip.compress(TEXT.encode(), mtime=0)[:100], "cannot be read as OpenStreetMap data (gzip error"),
    ("text.osm.gz", b"hello", "cannot be read as OpenStreetMap data (XML parsing error at line 1, column 0"),
    ("text.osm.pbf", b"hello world" * 9, "cannot be read as OpenStreetMap data (PBF error: invalid BlobHeader size"),
    (
        "ids.osm",
        TEXT.replace('id="1"', 'id="one"').encode(),
        "cannot be read as OpenStreetMap data (illegal id: 'one')",
    ),
    (
        "nowhere.osm",
        TEXT.replace('id="1" version="1" lat="0.0000000"', 'id="1" version="1" lat="nan"').encode(),
        "cannot be read as OpenStreetMap data (wrong format for coordinate: 'nan')",
    ),
    (
        "bare.osm",
        b'<osm version="0.6"></osm>',
        "holds no streets that lead anywhere and back (0 ways with a highway tag",
    ),
    (
        "deadend.osm",
        osm_text(line(1, 2), [(1, [1, 2], {"highway": "motorway"})]).encode(),
        "holds no streets that lead anywhere and back (1 ways with a highway tag",
    ),
    ("page.graphml", b"<html></html>", "cannot be read as a graph saved by OSMnx (NetworkXError"),
    ("cut.graphml.gz", gzip.compress(b"<graphml>" * 99, mtime=0)[:40], "cannot be read as a graph saved by OSMnx ("),
    ("empty.graphml", b"", "is empty"),
    ("nowhere.graphml", NOWHERE.encode(), "has a point at lat 1.0, lon nan, which is not on the globe"),
]


@pytest.mark.parametrize(("name", "content", "message"), BROKEN, ids=[b[0] for b in BROKEN])
def test_broken_sources_are_told_by_name_and_cause(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    """A file that cannot be used is named with what is wrong and what would be right."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RoadDataError) as caught:
        load_network(path)
    (fault,) = caught.value.faults
    assert fault.file == str(path)
    assert message in str(fault)
    assert fault.right


def test_a_truncated_pbf_is_told(plain: Path, tmp_path: Path) -> None:
    """A file that broke off while it was copied is not taken for a small town."""
    whole, cut = tmp_path / "whole.osm.pbf", tmp_path / "cut.osm.pbf"
    write_pbf(plain, whole)
    cut.write_bytes(whole.read_bytes()[:-20])
    with pytest.raises(RoadDataError, match=r"cut\.osm\.pbf: cannot be read as OpenStreetMap data \(PBF error"):
        load_network(cut)


def test_xml_errors_have_line_and_column(tmp_path: Path) -> None:
    """Where the parser tells line and column they are in the error."""
    path = tmp_path / "bad.osm"
    path.write_text('<osm version="0.6">\n  <node id="1" lat="0" lon="0"<\n</osm>', encoding="utf-8")
    with pytest.raises(RoadDataError) as caught:
        load_network(path)
    assert (caught.value.faults[0].line, caught.value.faults[0].column) == (2, 31)


def test_a_directory_is_no_network(tmp_path: Path) -> None:
    """A directory given for a file is told as such."""
    with pytest.raises(RoadDataError, match="is a directory; name a file ending in"):
        load_network(tmp_path)


def test_the_second_load_reads_nothing(plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file read before comes from the cache, under any name, and is the same."""
    store = Cache(tmp_path / "cache")
    told: list[str] = []
    first = load_network(plain, cache=store, note=told.append)
    assert told == [f"reading {plain}"]
    load_network(plain, cache=store, note=told.append, refresh=True)
    assert told == [f"reading {plain}"] * 2
    monkeypatch.setattr(loading, "_read", lambda *_: pytest.fail("read again"))
    again = load_network(plain.rename(tmp_path / "renamed.osm"), cache=store)
    assert same(first, again)
    assert again.key == first.key


def test_changed_content_is_read_anew(plain: Path, tmp_path: Path) -> None:
    """One byte of difference makes another network."""
    store = Cache(tmp_path / "cache")
    first = load_network(plain, cache=store)
    plain.write_text(TEXT.replace("30 mph", "20 mph"), encoding="utf-8")
    changed = load_network(plain, cache=store)
    assert changed.key != first.key
    assert changed.kmh.max() == pytest.approx(first.kmh.max() * 20 / 30)


@pytest.mark.parametrize("damage", ["truncated", "other arrays"])
def test_a_damaged_entry_is_rebuilt(plain: Path, tmp_path: Path, damage: str) -> None:
    """A cache entry that is no network any more is replaced by what the file holds."""
    store = Cache(tmp_path / "cache")
    first = load_network(plain, cache=store)
    (entry,) = store.directory.glob("network-*.npz")
    if damage == "truncated":
        entry.write_bytes(entry.read_bytes()[:500])
    else:
        store.put("network", entry.stem.removeprefix("network-"), {"a": np.zeros(1)})
    assert same(load_network(plain, cache=store), first)
    assert same(load_network(plain, cache=store), first)


def test_a_cache_that_cannot_be_written_is_told_and_no_error(plain: Path, tmp_path: Path) -> None:
    """Without a place for the cache the network is read and the planner told."""
    (tmp_path / "file").write_text("")
    told: list[str] = []
    load_network(plain, cache=Cache(tmp_path / "file" / "cache"), note=told.append)
    assert "could not be kept" in told[-1]


def graph(**attributes: Any) -> nx.MultiDiGraph:
    """Return a graph as OSMnx makes them: a two-way street of two ways and a one-way loop back."""
    g = nx.MultiDiGraph(crs="epsg:4326", simplified=True)
    for ref, (lat, lon) in NODES.items():
        if ref != 2:
            g.add_node(ref, x=lon, y=lat, street_count=2)
    bend = shapely.LineString([(0, 0), (BLOCK, 0), (BLOCK, BLOCK)])
    joined = {"osmid": [7, 8], "highway": ["residential", "living_street"], "maxspeed": ["50", "30 mph"], **attributes}
    g.add_edge(1, 3, **joined, oneway=False, reversed=False, length=222.4, geometry=bend)
    g.add_edge(3, 1, **joined, oneway=False, reversed=True, length=222.4, geometry=bend.reverse())
    g.add_edge(3, 4, osmid=9, highway="primary", oneway=True, reversed=False, length=111.2, access="yes")
    g.add_edge(4, 1, osmid=9, highway="primary", oneway=True, reversed=True, length=111.2)
    return g


def save(g: nx.MultiDiGraph, path: Path) -> Path:
    """Save a graph with OSMnx, gzipped where the name says so."""
    import osmnx

    osmnx.save_graphml(g, path.with_suffix("") if path.suffix == ".gz" else path)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(path.with_suffix("").read_bytes()))
    return path


@pytest.mark.parametrize("name", ["town.graphml", "town.graphml.gz"])
def test_a_graph_of_osmnx_becomes_the_same_streets(tmp_path: Path, name: str) -> None:
    """Twins become one street, of merged ways the strictest tags hold, and one-way edges stay one-way."""
    network = load_network(save(graph(), tmp_path / name))
    assert network.describe().counts["ways"] == 3
    assert network.streets == 2
    assert sorted(network.metres.round(1).tolist()) == pytest.approx([222.4, 222.4], abs=0.1)
    assert sorted(set(network.kmh[0].tolist())) == [0.0, pytest.approx(30 * 1.609344 * 0.8), 65.0]
    assert network.classes == ("living_street", "primary")
    assert network.notes == (NO_TURNS,)
    snaps = network.snap(np.array([[0.0, 0.0], [BLOCK, 0.0]]), "car")
    assert travel_seconds(network, "car", snaps, snaps)[1, 0] == int(np.ceil(111.195 * 3.6 / 65))


def test_speeds_saved_in_a_graph_are_not_used_and_that_is_told(tmp_path: Path) -> None:
    """The graph's own speed_kph does not count, and the report says so."""
    plain, timed = (
        load_network(save(graph(), tmp_path / "a.graphml")),
        load_network(save(graph(speed_kph=99.0, travel_time=1.0), tmp_path / "b.graphml")),
    )
    assert same(plain, timed)
    assert OWN_SPEEDS in "\n".join(timed.describe().lines())


def test_a_projected_graph_is_refused(tmp_path: Path) -> None:
    """Coordinates in metres are no degrees."""
    g = graph()
    g.graph["crs"] = "epsg:32630"
    with pytest.raises(RoadDataError, match="its coordinates are in epsg:32630, not in degrees"):
        load_network(save(g, tmp_path / "projected.graphml"))


BOUNDARY = {
    "type": "Polygon",
    "coordinates": [[[-0.01, -0.01], [0.01, -0.01], [0.01, 0.01], [-0.01, 0.01], [-0.01, -0.01]]],
}


class _OpenStreetMap(BaseHTTPRequestHandler):
    """Stands in for Nominatim and Overpass."""

    asked: list[str]

    def do_GET(self) -> None:
        """Answer a search for a place."""
        query = parse_qs(urlparse(self.path).query)["q"][0]
        self.asked.append(f"search {query}")
        found = {
            "place_id": 1,
            "osm_type": "relation",
            "osm_id": 1,
            "lat": "0",
            "lon": "0",
            "display_name": query,
            "boundingbox": ["-0.01", "0.01", "-0.01", "0.01"],
            "class": "boundary",
            "type": "administrative",
            "place_rank": 16,
            "importance": 0.5,
            "addresstype": "town",
            "name": query,
            "geojson": BOUNDARY,
        }
        self._answer([found] if query.endswith("Testtown") else [])

    def do_POST(self) -> None:
        """Answer a query for streets."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append("streets")
        elements: list[dict[str, Any]] = [{"type": "node", "id": i, "lat": p[0], "lon": p[1]} for i, p in NODES.items()]
        elements += [{"type": "way", "id": i, "nodes": list(refs), "tags": dict(tags)} for i, refs, tags in WAYS]
        self._answer({"version": 0.6, "elements": elements})

    def _answer(self, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[tuple[dict[str, str], list[str]]]:
    """Give the addresses of a local stand-in, and what it was asked."""
    asked: list[str] = []
    handler = type("Handler", (_OpenStreetMap,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        Thread(target=listening.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{listening.server_port}"
        yield {"overpass_url": f"{url}/api", "nominatim_url": f"{url}/"}, asked
        listening.shutdown()


def test_a_place_is_fetched_once(
    server: tuple[dict[str, str], list[str]], plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A place name gives the streets within its boundary; kept by name, and fetched anew on request."""
    import osmnx

    monkeypatch.chdir(tmp_path)
    urls, asked = server
    before = dict(vars(osmnx.settings))
    store, told = Cache(tmp_path / "cache"), []
    network = load_network("Testtown", place=True, cache=store, note=told.append, **urls)  # type: ignore[arg-type]
    assert same(network, load_network(plain))
    assert asked == ["search Testtown", "streets"]
    assert told == ["fetching the streets of 'Testtown' from OpenStreetMap"]
    assert dict(vars(osmnx.settings)) == before
    assert same(load_network("Testtown", place=True, cache=store, **urls), network)  # type: ignore[arg-type]
    assert len(asked) == 2
    load_network("Testtown", place=True, cache=store, refresh=True, **urls)  # type: ignore[arg-type]
    assert len(asked) == 4
    assert [p.name for p in tmp_path.iterdir() if p.is_dir()] == ["cache"]


def test_an_unknown_place_is_told(server: tuple[dict[str, str], list[str]]) -> None:
    """A name that Nominatim does not know is named in the error."""
    urls, _ = server
    with pytest.raises(RoadDataError, match="Nowhere: the streets of this place could not be fetched"):
        load_network("Nowhere", place=True, **urls)  # type: ignore[arg-type]


def test_no_way_to_the_net_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a server the cure is a file."""
    with pytest.raises(RoadDataError, match="use an extract in a file"):
        load_network("Testtown", place=True, overpass_url="http://127.0.0.1:9/api", nominatim_url="http://127.0.0.1:9/")


def test_importing_the_road_part_is_cheap() -> None:
    """Readers, geometry and graph libraries are imported where they are used, not with the package."""
    heavy = {"osmium", "osmnx", "networkx", "scipy", "shapely", "pandas", "pyproj", "numba", "pydantic"}
    code = "import sys, instances.roads, instances.cache; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not heavy & set(loaded)


def test_reading_a_file_needs_no_osmnx(plain: Path) -> None:
    """OSMnx is slow to import and is not touched for files of OpenStreetMap."""
    code = "import sys; from instances.roads import load_network; load_network(sys.argv[1]); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code, str(plain)], capture_output=True, text=True, check=True)
    loaded = run.stdout.split()
    assert "osmium" in loaded
    assert not {"osmnx", "pandas", "networkx"} & set(loaded)
