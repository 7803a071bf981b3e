"""Beats: each in one piece around its seed, about as heavy as the others, with outlines that leave no gap."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import shapely
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from cli import main
from instances.beats.files import PROPERTIES
from instances.beats.growth import by_handicaps, distances, graph_of, grow, off_balance, spread_seeds
from instances.beats.outlines import outlines
from instances.build import build
from instances.shift_file import read_shift
from tests.shift_samples import SHIFT, write_shift

PAGE = (Path(__file__).parents[1] / "docs" / "beats.md").read_text(encoding="utf-8")
COMMANDS = [line[2:] for line in PAGE.splitlines() if line.startswith("$ ")]


def patrol(*arguments: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, [str(a) for a in arguments])


def chain(crossings: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the streets of a row of crossings, each one second from the next."""
    return np.arange(crossings - 1), np.arange(1, crossings), np.ones(crossings - 1, dtype=np.int64)


def test_a_row_of_crossings_is_cut_where_weights_are_the_same() -> None:
    """Two seeds at one end of a row share it in halves though one is in the way of the other."""
    tail, head, length = chain(20)
    seeds = np.array([0, 4])
    grown = grow(
        distances(tail, head, length, seeds, 20), seeds, np.ones(20), graph_of(tail, head, length, 20), balance=0
    )
    # The first cannot pass the second: four crossings are all that it can have.
    assert grown.beat.tolist() == [0] * 4 + [1] * 16
    seeds = np.array([3, 12])
    grown = grow(
        distances(tail, head, length, seeds, 20), seeds, np.ones(20), graph_of(tail, head, length, 20), balance=0
    )
    assert grown.beat.tolist() == [0] * 10 + [1] * 10
    assert grown.off == 0


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32))
def test_beats_are_whole_hold_their_seeds_and_are_no_worse_than_the_nearest(seed: int) -> None:
    """On any streets, with parallel ones and loops: each beat is connected, and the same again for the same input."""
    rng = np.random.default_rng(seed)
    crossings = int(rng.integers(3, 60))
    # A random tree, so that all is connected, and as many streets more.
    tail = np.concatenate([np.arange(1, crossings), rng.integers(0, crossings, crossings)])
    head = np.concatenate([rng.integers(0, np.arange(1, crossings)), rng.integers(0, crossings, crossings)])
    length = rng.integers(1, 9, len(tail))
    seeds = rng.choice(crossings, int(rng.integers(1, min(crossings, 7))), replace=False)
    weight = rng.pareto(1.0, crossings) * rng.integers(0, 2, crossings)
    weight[0] += 1.0
    graph, ways = graph_of(tail, head, length, crossings), distances(tail, head, length, seeds, crossings)
    grown = grow(ways, seeds, weight, graph, balance=0.05)
    assert (grow(ways, seeds, weight, graph, balance=0.05).beat == grown.beat).all()
    assert (grown.beat[seeds] == np.arange(len(seeds))).all()
    for b in range(len(seeds)):
        own = np.flatnonzero(grown.beat == b)
        assert connected_components((graph + graph.T)[own][:, own], directed=False)[0] == 1
    assert grown.off == pytest.approx(off_balance(grown.beat, weight, len(seeds)))
    nearest = np.argmin(ways, axis=0)
    assert grown.off <= off_balance(nearest, weight, len(seeds)) + 1e-9


def test_what_handicaps_cannot_balance_is_mended_on_the_borders() -> None:
    """Single heavy crossings change hands where that makes beats more alike."""
    rng = np.random.default_rng(5)
    side = 12
    at = np.arange(side * side).reshape(side, side)
    tail = np.concatenate([at[:, :-1].ravel(), at[:-1].ravel()])
    head = np.concatenate([at[:, 1:].ravel(), at[1:].ravel()])
    length = np.full(len(tail), 10, dtype=np.int64)
    seeds, weight = np.array([0, 11, 66, 140]), rng.pareto(1.5, side * side)
    ways, graph = distances(tail, head, length, seeds, side * side), graph_of(tail, head, length, side * side)
    alone, mended = by_handicaps(ways, seeds, weight, 0.005), grow(ways, seeds, weight, graph, balance=0.005)
    assert mended.off < alone.off
    assert mended.off < 0.05


def test_seeds_without_stations_lie_apart() -> None:
    """Four seeds on a square of streets, one in each quarter."""
    side = 10
    at = np.arange(side * side).reshape(side, side)
    tail = np.concatenate([at[:, :-1].ravel(), at[:-1].ravel()])
    head = np.concatenate([at[:, 1:].ravel(), at[1:].ravel()])
    xy = np.stack([np.arange(side * side) % side, np.arange(side * side) // side], axis=1).astype(np.float64)
    seeds = spread_seeds(4, xy, np.ones(side * side), tail, head, np.full(len(tail), 5, dtype=np.int64), balance=0.1)
    assert len({(x < 5, y < 5) for x, y in xy[seeds].tolist()}) == 4


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_outlines_leave_no_gap_and_do_not_overlap(seed: int) -> None:
    """Valid polygons that meet at their borders; each street lies in the beat of its nearer end."""
    rng = np.random.default_rng(seed)
    nodes = np.stack([rng.uniform(14.4, 14.43, 12), rng.uniform(35.88, 35.9, 12)], axis=1)
    ends = np.array([(i, j) for i in range(12) for j in range(i) if rng.integers(3) == 0 or j == i - 1])
    lines = [nodes[list(pair)] for pair in ends]
    beat = np.concatenate([[0, 1, 2], rng.integers(0, 3, 9)])
    shapes = outlines(lines, ends, beat, 3)
    assert all(shape.is_valid and not shape.is_empty for shape in shapes)
    whole = shapely.union_all(shapes)
    assert sum(shape.area for shape in shapes) == pytest.approx(whole.area, rel=1e-6)
    assert all(not part.interiors for part in shapely.get_parts(whole))
    for i, shape in enumerate(shapes):
        assert all(shape.intersection(other).area < 1e-6 * whole.area for other in shapes[:i])
    for node, b in zip(nodes, beat.tolist(), strict=True):
        assert shapes[b].distance(shapely.Point(node)) < 1e-6


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Result]]:
    """Give the directory where the commands of the page were run in order, and their results."""
    directory = tmp_path_factory.mktemp("beats")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(directory)
        patch.setenv("XDG_CACHE_HOME", str(directory / "cache"))
        patrol("town", "demo-town")
        return directory, [CliRunner().invoke(main, shlex.split(command)[1:]) for command in COMMANDS]


def test_commands_of_the_page_run(run: tuple[Path, list[Result]]) -> None:
    """Every command succeeds, what is shown is what the first prints, and the page names every property."""
    assert [result.exit_code for result in run[1]] == [0] * len(COMMANDS)
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert run[1][0].stdout == shown
    assert set(PROPERTIES) <= set(re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)))


def test_a_shift_takes_beats_as_its_districts(run: tuple[Path, list[Result]]) -> None:
    """Every place of the demo town lies in a beat, stations in their own, hotspots as many as the beats say."""
    town = run[0] / "demo-town"
    text = (town / "night.yaml").read_text(encoding="utf-8")
    text = text.replace("units:", "districts: ../beats.geojson\nunits:", 1)
    (town / "beats.yaml").write_text(text, encoding="utf-8")
    problem = build(read_shift(town / "beats.yaml"), cache=None).problem
    features = json.loads((run[0] / "beats.geojson").read_text(encoding="utf-8"))["features"]
    assert all(place.district for place in problem.places)
    assert all(problem.places[i].district == problem.places[i].name for i in problem.stations)
    for feature in features:
        facts = feature["properties"]
        inside = sum(problem.places[h.place].district == facts["name"] for h in problem.hotspots)
        # A hotspot beside a street may lie across a border from the place on the street that it was counted at.
        assert abs(inside - facts["hotspots"]) <= 2
    assert sum(f["properties"]["share"] for f in features) == pytest.approx(1.0, abs=1e-3)
    assert [f["properties"]["number"] for f in features] == list(range(1, len(features) + 1))


def test_the_same_files_give_the_same_beats(run: tuple[Path, list[Result]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte for byte; and an older file is not replaced unasked."""
    monkeypatch.chdir(run[0])
    before = Path("beats.geojson").read_bytes()
    command = ("beats", "demo-town/night.yaml", "-o", "beats.geojson", "--no-cache")
    assert patrol(*command).exit_code == 2
    assert patrol(*command, "--force").exit_code == 0
    assert Path("beats.geojson").read_bytes() == before


def test_json_says_what_the_table_says(run: tuple[Path, list[Result]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of each beat; the farthest crossing is as far as the slowest way to it."""
    monkeypatch.chdir(run[0])
    found = json.loads(patrol("beats", "demo-town/night.yaml", "--by", "streets", "--json").stdout)
    assert found["balanced"] == (found["off_balance"] <= 0.2)
    lengths = [beat["street_metres"] for beat in found["beats"]]
    assert [beat["share"] for beat in found["beats"]] == pytest.approx([x / sum(lengths) for x in lengths], abs=1e-3)


@pytest.mark.parametrize(
    ("change", "arguments", "said"),
    [
        (
            ("hotspots: hotspots.csv", "hotspots: [{name: M, at: [51.5, -0.1], risk: 0}]"),
            (),
            "there is no risk to share",
        ),
        (("", ""), ("--beats", 900), "crossings for 900 beats; ask for fewer"),
        (
            (
                "stations: stations.csv",
                "stations: [{name: Central, at: [51.499, -0.1]}, {name: N, at: [51.4991, -0.1]}]",
            ),
            (),
            "'N' and 'Central' have the same nearest crossing, so no border fits between them",
        ),
        (
            ("stations: stations.csv", "stations: [{name: Central, at: [51.52, -0.1]}]"),
            (),
            "no station lies on any street",
        ),
    ],
)
def test_what_cannot_be_is_told(
    tmp_path: Path, change: tuple[str, str], arguments: tuple[object, ...], said: str
) -> None:
    """In words and with exit code 3."""
    text = SHIFT.replace("station: North", "station: Central")
    path = write_shift(tmp_path, shift=text.replace(*change) if change[0] else text)
    result = patrol("beats", path, "--no-cache", "--by", "risk", *arguments)
    assert said in result.stderr
    assert result.exit_code == 3
