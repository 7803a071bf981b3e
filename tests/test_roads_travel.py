"""Travel times and legs: equal to an independent shortest path, rounded up, and told the same by legs."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from instances.cache import Cache
from instances.roads import RoadNetwork, Snaps, leg_streets, load_network, travel_seconds
from instances.roads import travel as travel_module
from solver.problem import MODES
from tests.osm_files import BLOCK, ONEWAY, STREET, Relation, grid, line, network_of, osm_text, restriction

EARTH = 6_371_009.0


def haversine(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return metres between two (lat, lon), written out anew for the oracle."""
    p, q = math.radians(a[0]), math.radians(b[0])
    h = math.sin((q - p) / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(h))


@dataclass(frozen=True)
class SmallTown:
    """Streets of two nodes each, some one-way, some turns banned, some nodes closed to cars; and places on streets.

    A street is (from, to, one-way); a ban (street in, node, street out, only) of an `only` kind or not; a
    place (street, share of its length).
    """

    nodes: tuple[tuple[float, float], ...]
    streets: tuple[tuple[int, int, bool], ...]
    bans: tuple[tuple[int, int, int, bool], ...]
    bollards: frozenset[int]
    places: tuple[tuple[int, float], ...] = field(default=())

    def text(self) -> str:
        """Return the town as an OpenStreetMap file."""
        closed = {"barrier": "bollard"}
        nodes = {i + 1: (lat, lon, closed if i in self.bollards else {}) for i, (lat, lon) in enumerate(self.nodes)}
        ways = [(i + 1, [a + 1, b + 1], ONEWAY if one else STREET) for i, (a, b, one) in enumerate(self.streets)]
        relations: list[Relation] = [
            restriction(i, "only_straight_on" if only else "no_left_turn", a + 1, via + 1, b + 1)
            for i, (a, via, b, only) in enumerate(self.bans)
        ]
        return osm_text(nodes, ways, relations)

    def points(self) -> np.ndarray:
        """Return the places as (lat, lon)."""
        return np.array([self._at(s, f) for s, f in self.places])

    def _at(self, street: int, share: float) -> tuple[float, float]:
        a, b, _ = self.streets[street]
        return tuple(p + share * (q - p) for p, q in zip(self.nodes[a], self.nodes[b], strict=True))  # type: ignore[return-value]

    def _turns(self, mode: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        """Yield allowed turns between directed streets (street, direction), bans taken literally."""
        ends = {}
        for s, (a, b, one) in enumerate(self.streets):
            ends[s, 0] = (a, b)
            if not one or mode == "foot":
                ends[s, 1] = (b, a)
        bans = self.bans if mode != "foot" else ()
        for d, (_, via) in ends.items():
            for e, (start, _) in ends.items():
                if start != via:
                    continue
                back = d[0] == e[0]
                if back and self._is_within_a_street(via):
                    continue
                if mode == "car" and via in self.bollards and not back:
                    continue
                if not any(self._hits(ban, d, e, via) for ban in bans if self._real(ban, ends)):
                    yield d, e

    def _is_within_a_street(self, node: int) -> bool:
        """Whether two streets that meet here and nothing else are one, on which nobody turns round."""
        meeting = [one for a, b, one in self.streets if node in (a, b)]
        return len(meeting) == 2 and not any(meeting) and node not in self.bollards

    @staticmethod
    def _hits(ban: tuple[int, int, int, bool], d: tuple[int, int], e: tuple[int, int], via: int) -> bool:
        """Whether a ban forbids going from `d` into `e`."""
        start, at, end, only = ban
        return start == d[0] and at == via and ((e[0] != end) if only else (e[0] == end))

    @staticmethod
    def _real(ban: tuple[int, int, int, bool], ends: dict[tuple[int, int], tuple[int, int]]) -> bool:
        """Whether the turn of a ban could be made at all; one that could not says nothing."""
        start, at, end, _ = ban
        into = any(s == start and b == at for (s, _), (_, b) in ends.items())
        out = any(s == end and a == at for (s, _), (a, _) in ends.items())
        return into and out

    def seconds(self, mode: str, kmh: float) -> dict[tuple[int, int], float]:
        """Return seconds between places by a shortest path over turns, with networkx."""
        graph = nx.DiGraph()
        length = [haversine(self.nodes[a], self.nodes[b]) * 3.6 / kmh for a, b, _ in self.streets]
        usable = {
            (s, way)
            for s, (_, _, one) in enumerate(self.streets)
            for way in (0, 1)
            if way == 0 or not one or mode == "foot"
        }
        # A vertex is a directed street just entered; what a way costs is paid when it is left.
        for d, e in self._turns(mode):
            graph.add_edge(("in", d), ("in", e), weight=length[d[0]])
        for i, (s, f) in enumerate(self.places):
            for way in (0, 1):
                if (s, way) not in usable:
                    continue
                rest = (1 - f if way == 0 else f) * length[s]
                graph.add_edge(("in", (s, way)), ("to", i), weight=length[s] - rest)
                for d, e in self._turns(mode):
                    if d == (s, way):
                        graph.add_edge(("from", i), ("in", e), weight=rest)
                for j, (t, g) in enumerate(self.places):
                    if t == s and ((g >= f) if way == 0 else (g <= f)):
                        graph.add_edge(("from", i), ("to", j), weight=abs(g - f) * length[s])
        found = {}
        for i in range(len(self.places)):
            if ("from", i) in graph:
                reached = nx.single_source_dijkstra_path_length(graph, ("from", i))
                found |= {(i, j): reached[("to", j)] for j in range(len(self.places)) if ("to", j) in reached}
        return found


@st.composite
def small_towns(draw: st.DrawFn, *, turns: bool) -> SmallTown:
    """Draw towns of some 8 crossings on a shaken grid, about 150 m apart."""
    columns, rows = draw(st.integers(2, 4)), draw(st.integers(2, 3))
    shake = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nodes = [
        (51.5 + 0.0014 * r + 0.0003 * shake.random(), 0.0022 * c + 0.0004 * shake.random())
        for r in range(rows)
        for c in range(columns)
    ]
    pairs = [(i, i + 1) for i in range(len(nodes)) if (i + 1) % columns] + [
        (i, i + columns) for i in range(len(nodes) - columns)
    ]
    kept = [p for p in pairs if draw(st.integers(0, 9)) > 0] or pairs
    streets = tuple(
        (b, a, one) if flip else (a, b, one)
        for (a, b), flip, one in ((p, draw(st.booleans()), draw(st.integers(0, 2)) == 0) for p in kept)
    )
    at = {n: [s for s, (a, b, _) in enumerate(streets) if n in (a, b)] for n in range(len(nodes))}
    crossings = [n for n, s in at.items() if len(s) > 1]
    bans: list[tuple[int, int, int, bool]] = []
    bollards: frozenset[int] = frozenset()
    if turns and crossings:
        for _ in range(draw(st.integers(0, 4))):
            n = draw(st.sampled_from(crossings))
            start, end = draw(st.permutations(at[n]))[:2]
            bans.append((start, n, end, draw(st.booleans())))
        bollards = draw(st.frozensets(st.sampled_from(crossings), max_size=1))
    share = st.floats(0.05, 0.95)
    places = tuple((draw(st.integers(0, len(streets) - 1)), draw(share)) for _ in range(draw(st.integers(2, 6))))
    return SmallTown(tuple(nodes), streets, tuple(bans), bollards, places)


def town_network(town: SmallTown) -> RoadNetwork:
    """Return the network of a town."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "town.osm"
        path.write_text(town.text(), encoding="utf-8")
        return load_network(path)


def comparable(network: RoadNetwork, snaps: Snaps, mode: str) -> list[int]:
    """Return places on their own street, all of whose open directions are in the component."""
    row = MODES.index(mode)
    whole = ((network.kmh[row] > 0) == network.connected[row]).reshape(-1, 2).all(axis=1)
    return [i for i in range(len(snaps)) if snaps.metres[i] < 0.001 and snaps.street[i] >= 0 and whole[snaps.street[i]]]


def compare(town: SmallTown, mode: str, kmh: float) -> int:
    """Assert that times between comparable places are the oracle's; return how many were compared."""
    network = town_network(town)
    snaps = network.snap(town.points(), mode)
    found = travel_seconds(network, mode, snaps, snaps)
    wanted = town.seconds(mode, kmh)
    places = comparable(network, snaps, mode)
    for i in places:
        for j in places:
            assert 0 <= found[i, j] + 1e-4 - wanted[i, j] < 1 + 2e-4, (i, j, found[i, j], wanted[i, j])
    return len(places)


quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(small_towns(turns=False))
def test_times_are_those_of_networkx(town: SmallTown) -> None:
    """On towns with one-way streets times between places along streets are shortest paths, for cars and walkers."""
    compare(town, "car", 25)
    compare(town, "foot", 5)


DETOUR = SmallTown(
    nodes=(
        *((51.5001, 0.0003), (51.5002, 0.0026), (51.5003, 0.0045), (51.5001, 0.0070)),
        *((51.5015, 0.0003), (51.5015, 0.0022), (51.5015, 0.0044), (51.5014, 0.0068)),
        *((51.5029, 0.0002), (51.5029, 0.0024), (51.5029, 0.0045), (51.5030, 0.0069)),
    ),
    streets=(
        *((0, 1, True), (1, 2, True), (3, 2, True), (5, 6, False), (6, 7, True), (8, 9, False), (10, 11, True)),
        *(
            (0, 4, True),
            (5, 1, True),
            (2, 6, True),
            (7, 3, True),
            (4, 8, True),
            (5, 9, False),
            (6, 10, True),
            (7, 11, True),
        ),
    ),
    bans=((3, 5, 8, False),),
    bollards=frozenset(),
    places=((1, 0.5), (2, 0.5)),
)
"""Who must not turn from street 3 into 8 may turn round at the end of the street behind it, not in its middle."""


@quick
@given(small_towns(turns=True))
@example(DETOUR)
def test_times_respect_banned_turns_and_barriers(town: SmallTown) -> None:
    """With banned turns and a bollard times are shortest paths over allowed turns, and walkers are not bound."""
    compare(town, "car", 25)
    compare(town, "bicycle", 15)
    compare(town, "foot", 5)


@quick
@given(small_towns(turns=True), st.randoms(use_true_random=False))
def test_legs_tell_what_the_matrix_tells(town: SmallTown, random: object) -> None:
    """A leg starts and ends at its places, rises in time, and takes what the matrix says once rounded up."""
    network = town_network(town)
    snaps = network.snap(town.points(), "car")
    snapped = np.flatnonzero(snaps.snapped)
    origins, ends = np.repeat(snapped, len(snapped)), np.tile(snapped, len(snapped))
    matrix = travel_seconds(network, "car", snaps, snaps)
    for i, j, leg in zip(origins, ends, leg_streets(network, "car", snaps[origins], snaps[ends]), strict=True):
        assert matrix[i, j] == travel_module.whole_seconds(leg.seconds[-1:])[0]
        assert len(leg.lonlat) == len(leg.seconds) >= 2
        assert leg.seconds[0] == 0
        assert (np.diff(leg.seconds) >= 0).all()
        np.testing.assert_allclose(leg.lonlat[[0, -1]], snaps.lonlat[[i, j]], atol=1e-8)
        steps = sum(haversine(a[::-1], b[::-1]) for a, b in zip(leg.lonlat, leg.lonlat[1:], strict=False))
        assert steps == pytest.approx(leg.metres, abs=0.01)
        assert leg.seconds[-1] == pytest.approx(leg.metres * 3.6 / 25, abs=0.01)


@quick
@given(small_towns(turns=True), st.integers(0, 5))
def test_times_do_not_depend_on_who_else_is_asked_about(town: SmallTown, which: int) -> None:
    """A single pair gives what the whole matrix gives."""
    network = town_network(town)
    snaps = network.snap(town.points(), "car")
    whole = travel_seconds(network, "car", snaps, snaps)
    i = which % len(snaps)
    assert travel_seconds(network, "car", snaps[[i]], snaps).tolist() == whole[[i]].tolist()
    assert travel_seconds(network, "car", snaps, snaps[[i]]).tolist() == whole[:, [i]].tolist()


def ring(tmp_path: Path) -> RoadNetwork:
    """Return a one-way ring of four blocks with a two-way spur."""
    nodes = grid((1, 0, 0), (2, 1, 0), (3, 1, 1), (4, 0, 1), (5, 2, 0))
    return network_of(tmp_path, nodes, [(1, [1, 2, 3, 4, 1], ONEWAY), (2, [2, 5], STREET)])


def places(*spots: tuple[float, float]) -> np.ndarray:
    """Return (lat, lon) of (column, row)."""
    return np.array([[row * BLOCK, column * BLOCK] for column, row in spots])


def block_seconds(count: float, kmh: float = 25) -> int:
    """Return the seconds of some blocks, rounded up."""
    return math.ceil(count * haversine((0, 0), (0, BLOCK)) * 3.6 / kmh)


def test_behind_on_a_one_way_street_means_driving_round(tmp_path: Path) -> None:
    """Ahead on the same one-way street is direct, behind is once round the block."""
    network = ring(tmp_path)
    snaps = network.snap(places((0.3, 0), (0.7, 0)), "car")
    assert snaps.street[0] == snaps.street[1]
    found = travel_seconds(network, "car", snaps, snaps)
    assert found.tolist() == [[0, block_seconds(0.4)], [block_seconds(3.6), 0]]
    assert travel_seconds(network, "foot", *[network.snap(places((0.3, 0), (0.7, 0)), "foot")] * 2)[
        1, 0
    ] == block_seconds(0.4, 5)


def test_a_place_on_a_crossing_belongs_to_all_its_streets(tmp_path: Path) -> None:
    """A place within half a metre of a crossing is left and reached by every street, also against a one-way one."""
    network = ring(tmp_path)
    snaps = network.snap(places((1, 0), (1 + 0.002, 0), (1.5, 0), (1, 0.5), (0.5, 0)), "car")
    assert snaps.fraction[0] in (0.0, 1.0)
    found = travel_seconds(network, "car", snaps, snaps)
    assert found[0].tolist() == [0, 0, block_seconds(0.5), block_seconds(0.5), block_seconds(3.5)]
    assert found[:, 0].tolist() == [0, 0, block_seconds(0.5), block_seconds(3.5), block_seconds(0.5)]
    legs = leg_streets(network, "car", snaps[[0, 0]], snaps[[1, 2]])
    assert legs[0].seconds.tolist() == [0, 0]
    assert legs[0].lonlat.shape == (2, 2)


def test_distance_and_limit_of_snapping(tmp_path: Path) -> None:
    """The distance is told in metres; beyond the limit a point is not snapped and has no times."""
    network = network_of(tmp_path, line(1, 2, 3), [(1, [1, 2, 3], STREET)])
    points = np.array([[0.0005, 0.0005], [0.004, 0.0005], [0.0, 0.0102]])
    snaps = network.snap(points, "car")
    np.testing.assert_allclose(snaps.metres, [55.6, 444.8, 911.8], atol=0.1)
    assert snaps.snapped.tolist() == [True, False, False]
    assert snaps.street[1] == -1
    np.testing.assert_allclose(snaps.lonlat[0], [0.0005, 0], atol=1e-9)
    np.testing.assert_allclose(snaps.lonlat[1], points[1, ::-1])
    assert travel_seconds(network, "car", snaps, snaps).tolist() == [[0, -1, -1], [-1, -1, -1], [-1, -1, -1]]
    assert network.snap(points, "car", limit=500).snapped.tolist() == [True, True, False]


@pytest.mark.parametrize("point", [(91.0, 0.0), (0.0, 181.0), (math.nan, 0.0), (0.0, math.inf)])
def test_points_off_the_globe_are_refused(tmp_path: Path, point: tuple[float, float]) -> None:
    """Latitudes and longitudes that are none raise, naming the point."""
    with pytest.raises(ValueError, match="point 1 at"):
        ring(tmp_path).snap(np.array([(0.0, 0.0), point]), "car")


def test_no_points_give_an_empty_matrix(tmp_path: Path) -> None:
    """Nothing asked, nothing told."""
    network = ring(tmp_path)
    none, some = network.snap(np.zeros((0, 2)), "car"), network.snap(places((0.5, 0)), "car")
    assert travel_seconds(network, "car", none, some).shape == (0, 1)
    assert travel_seconds(network, "car", some, none).shape == (1, 0)
    assert leg_streets(network, "car", none, none) == []


def test_places_of_another_mode_are_refused(tmp_path: Path) -> None:
    """Places snapped for walkers are not used for cars."""
    network = ring(tmp_path)
    snaps = network.snap(places((0.5, 0)), "foot")
    with pytest.raises(ValueError, match="snapped for foot cannot be used for car"):
        travel_seconds(network, "car", snaps, snaps)


def test_legs_that_are_none_are_refused(tmp_path: Path) -> None:
    """A leg of a place that is not snapped, or of unequal lists, raises."""
    network = ring(tmp_path)
    snaps = network.snap(places((0.5, 0), (50, 50)), "car")
    with pytest.raises(ValueError, match="one of its ends is not on a street"):
        leg_streets(network, "car", snaps[[0]], snaps[[1]])
    with pytest.raises(ValueError, match="1 origins but 2 destinations"):
        leg_streets(network, "car", snaps[[0]], snaps)


def test_a_mode_without_streets_has_no_times(tmp_path: Path) -> None:
    """On footways only, cars are nowhere and walkers get about."""
    network = network_of(tmp_path, line(1, 2, 3), [(1, [1, 2, 3], {"highway": "footway"})])
    snaps = network.snap(places((0.5, 0)), "car")
    assert np.isinf(snaps.metres).all()
    assert travel_seconds(network, "car", snaps, snaps).tolist() == [[-1]]
    assert network.snap(places((0.5, 0)), "foot").snapped.all()


def test_progress_is_told_chunk_by_chunk(tmp_path: Path) -> None:
    """Between chunks of origins progress is told; what it raises stops the work."""
    network = ring(tmp_path)
    snaps = network.snap(places(*((0.01 * i, 0) for i in range(5, 75))), "car")
    told: list[tuple[int, int]] = []
    travel_seconds(network, "car", snaps, snaps, progress=lambda done, of: told.append((done, of)))
    assert told == [(32, 70), (64, 70), (70, 70)]

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        travel_seconds(network, "car", snaps, snaps, progress=stop)


def test_a_matrix_is_kept_and_found_by_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time no path is searched; another mode, place or network is another matrix."""
    network, store = ring(tmp_path), Cache(tmp_path / "cache")
    snaps = network.snap(places((0.3, 0), (0.7, 0), (1.5, 0)), "car")
    first = travel_seconds(network, "car", snaps, snaps, cache=store)
    searched = []
    real = travel_module._shortest
    monkeypatch.setattr(travel_module, "_shortest", lambda *a: searched.append(a[1]) or real(*a))
    assert travel_seconds(network, "car", snaps, snaps, cache=store).tolist() == first.tolist()
    assert searched == []
    assert travel_seconds(network, "car", snaps[[0, 2]], snaps, cache=store).tolist() == first[[0, 2]].tolist()
    walkers = network.snap(places((0.3, 0), (0.7, 0), (1.5, 0)), "foot")
    travel_seconds(network, "foot", walkers, walkers, cache=store)
    assert searched == ["car", "foot"]
    assert store.describe().kinds["travel"][0] == 3


def test_whole_seconds_are_never_less_than_the_time() -> None:
    """Times are rounded up, but for the noise of floating point; no way is -1."""
    assert travel_module.whole_seconds(np.array([0.0, 1e-9, 0.4, 1.0, 1.0000001, 1.1, np.inf])).tolist() == [
        0, 0, 1, 1, 1, 2, -1,
    ]  # fmt: skip
