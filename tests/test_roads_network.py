"""How a file of ways becomes a network: streets, components, barriers, turn restrictions, and the report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from instances.roads import RoadNetwork, load_network
from instances.roads.geometry import great_circle, mercator, morton_order
from instances.roads.travel import travel_seconds
from solver.problem import MODES
from tests.osm_files import BLOCK, ONEWAY, STREET, grid, line, network_of, osm_text, restriction

BLOCK_METRES = 111.195


def drive(network: RoadNetwork, start: tuple[float, float], end: tuple[float, float], mode: str = "car") -> int:
    """Return seconds between two places given as (column, row) of the grid."""
    places = np.array([[p[1] * BLOCK, p[0] * BLOCK] for p in (start, end)])
    snaps = network.snap(places, mode)
    return int(travel_seconds(network, mode, snaps[[0]], snaps[[1]])[0, 0])


def blocks(count: float, kmh: float = 25) -> int:
    """Return the seconds of some blocks, rounded up."""
    return int(np.ceil(count * BLOCK_METRES * 3.6 / kmh))


def test_points_between_crossings_become_geometry(tmp_path: Path) -> None:
    """A way of five nodes without crossings is one street whose points are in order."""
    network = network_of(tmp_path, line(1, 2, 3, 4, 5), [(1, [1, 2, 3, 4, 5], STREET)])
    assert (network.streets, len(network.lonlat)) == (1, 2)
    points = network.points[:, 0] if network.points[0, 0] < network.points[-1, 0] else network.points[::-1, 0]
    np.testing.assert_allclose(points, np.arange(5) * BLOCK, atol=1e-9)
    assert network.metres[0] == pytest.approx(4 * BLOCK_METRES, rel=1e-4)


def test_ways_of_the_same_rules_join_and_others_do_not(tmp_path: Path) -> None:
    """Two ways end to end, even drawn against each other, are one street; another speed starts a new one."""
    joined = network_of(tmp_path, line(1, 2, 3), [(1, [1, 2], STREET), (2, [3, 2], STREET)])
    assert joined.streets == 1
    split = network_of(tmp_path, line(1, 2, 3), [(1, [1, 2], STREET), (2, [2, 3], {**STREET, "maxspeed": "30"})])
    assert split.streets == 2


def test_one_way_streets_join_only_in_their_direction(tmp_path: Path) -> None:
    """One-way ways drawn head to tail are one street, one of them tagged -1 too; head to head they are two."""
    ring = line(1, 2, 3)
    closing = (9, [3, 1], ONEWAY)
    one = network_of(tmp_path, ring, [(1, [1, 2], ONEWAY), (2, [3, 2], {**ONEWAY, "oneway": "-1"}), closing])
    assert one.connected[0].sum() == one.streets
    assert drive(one, (0.2, 0), (0.1, 0)) == blocks(3.9)
    two = network_of(
        tmp_path, ring, [(1, [1, 2], ONEWAY), (2, [3, 2], ONEWAY), (9, [3, 1], STREET), (8, [2, 1], STREET)]
    )
    assert two.streets == 4


def test_a_ring_without_crossings_is_kept(tmp_path: Path) -> None:
    """A closed way that meets no other becomes one street from a node to itself, and can be driven round."""
    square = grid((1, 0, 0), (2, 1, 0), (3, 1, 1), (4, 0, 1))
    network = network_of(tmp_path, square, [(1, [1, 2, 3, 4, 1], ONEWAY)])
    assert network.streets == 1
    assert network.tail[0] == network.head[0]
    assert drive(network, (0.5, 0), (1, 0.5)) == blocks(1)
    assert drive(network, (1, 0.5), (0.5, 0)) == blocks(3)


def test_a_loop_at_a_crossing_is_kept_and_snapped_to(tmp_path: Path) -> None:
    """A self-loop hangs on its crossing; its far side can be reached."""
    nodes = grid((1, 0, 0), (2, 1, 0), (3, 2, 0), (4, 2, 1))
    network = network_of(tmp_path, nodes, [(1, [1, 2], STREET), (2, [2, 3, 4, 2], STREET)])
    assert network.streets == 2
    assert drive(network, (0, 0), (2, 0.5)) == blocks(2.5)


def test_of_parallel_streets_the_faster_counts(tmp_path: Path) -> None:
    """Two streets between the same crossings are both kept, and the time is the smaller, not the sum."""
    nodes = grid((1, 0, 0), (2, 1, 0), (3, 1, 1), (4, 2, 0), (5, 3, 0))
    slow = {**STREET, "maxspeed": "10"}
    ways = [(1, [1, 2], STREET), (2, [2, 4], slow), (3, [2, 3, 4], STREET), (4, [4, 5], STREET)]
    network = network_of(tmp_path, nodes, ways)
    assert network.streets == 4
    around = 2 + BLOCK_METRES * (1 + np.sqrt(2)) / BLOCK_METRES
    assert drive(network, (0, 0), (3, 0)) == blocks(around)


def test_repeated_nodes_in_a_way_do_no_harm(tmp_path: Path) -> None:
    """A node listed twice in a row adds neither length nor a loop."""
    network = network_of(tmp_path, line(1, 2, 3), [(1, [1, 2, 2, 3, 3], STREET)])
    assert network.streets == 1
    assert network.metres[0] == pytest.approx(2 * BLOCK_METRES, rel=1e-4)


def test_a_roundabout_is_driven_round(tmp_path: Path) -> None:
    """On a roundabout, drawn counter-clockwise, three quarters are driven to get one quarter back."""
    nodes = grid((1, 0, 0), (2, 1, 0), (3, 1, 1), (4, 0, 1), (5, -1, 0), (6, 0, 2))
    ways = [
        (1, [1, 2, 3, 4, 1], {"highway": "residential", "junction": "roundabout"}),
        (2, [5, 1], STREET),
        (3, [6, 4], STREET),
    ]
    network = network_of(tmp_path, nodes, ways)
    assert drive(network, (-1, 0), (0, 2)) == blocks(5)
    assert drive(network, (0, 2), (-1, 0)) == blocks(3)
    assert drive(network, (-1, 0), (0, 2), "foot") == blocks(3, 5)


def test_only_the_largest_component_is_used_and_the_rest_is_reported(tmp_path: Path) -> None:
    """Streets that are not connected both ways with the most others are not snapped to, and are counted."""
    nodes = {**line(1, 2, 3, 4), **grid((11, 0, 30), (12, 1, 30), (13, 1, 31))}
    ways = [
        (1, [1, 2, 3, 4], STREET),
        (2, [2, 4], {**STREET, "maxspeed": "10"}),
        (3, [11, 12], STREET),
        (4, [12, 13], ONEWAY),
    ]
    network = network_of(tmp_path, nodes, ways)
    report = network.describe()
    assert report.modes["car"].components_dropped == 1
    assert report.modes["car"].km_dropped == pytest.approx(2 * BLOCK_METRES / 1000, abs=0.001)
    assert report.modes["foot"].km_dropped == report.modes["car"].km_dropped
    snaps = network.snap(np.array([[30 * BLOCK, 0.5 * BLOCK], [0, 0.5 * BLOCK]]), "car")
    assert snaps.snapped.tolist() == [False, True]
    assert snaps.metres[0] > 3000
    assert snaps.detached[0] == pytest.approx(0, abs=0.01)
    assert np.isinf(snaps.detached[1])


def test_dead_one_way_ends_are_dropped_by_mode(tmp_path: Path) -> None:
    """A one-way street that leads off the map is nothing for cars, and is walked both ways."""
    network = network_of(tmp_path, line(1, 2, 3), [(1, [1, 2], STREET), (2, [2, 3], ONEWAY)])
    km = {mode: m.km for mode, m in network.describe().modes.items()}
    assert km["car"] == pytest.approx(BLOCK_METRES / 1000, abs=0.001)
    assert km["foot"] == pytest.approx(2 * BLOCK_METRES / 1000, abs=0.001)


def test_contraflow_opens_a_street_to_bicycles(tmp_path: Path) -> None:
    """Against a one-way street with oneway:bicycle=no a bicycle rides straight and a car drives round."""
    nodes = grid((1, 0, 0), (2, 1, 0), (3, 1, 1), (4, 0, 1))
    ways = [(1, [1, 2], {**ONEWAY, "oneway:bicycle": "no"}), (2, [2, 3, 4, 1], STREET)]
    network = network_of(tmp_path, nodes, ways)
    assert drive(network, (1, 0), (0, 0), "car") == blocks(3)
    assert drive(network, (1, 0), (0, 0), "bicycle") == blocks(1, 15)


def test_steps_shorten_the_way_on_foot_only(tmp_path: Path) -> None:
    """Walkers climb steps, others go round."""
    nodes = grid((1, 0, 0), (2, 1, 0), (3, 1, 4), (4, 0, 4))
    ways = [(1, [1, 4], STREET), (2, [2, 3], STREET), (3, [3, 4], STREET), (4, [1, 2], {"highway": "steps"})]
    network = network_of(tmp_path, nodes, ways)
    assert drive(network, (0, 0), (1, 0), "foot") == blocks(1, 2.5)
    assert drive(network, (0, 0), (1, 0), "bicycle") == blocks(9, 15)


def test_a_motorway_is_not_for_walkers(tmp_path: Path) -> None:
    """Cars use the motorway and walkers the street beside it."""
    nodes = grid((1, 0, 0), (2, 3, 0), (3, 0, 1), (4, 3, 1))
    motorway = {"highway": "motorway", "oneway": "no"}
    ways = [(1, [1, 2], motorway), (2, [1, 3], STREET), (3, [3, 4], STREET), (4, [4, 2], STREET)]
    network = network_of(tmp_path, nodes, ways)
    assert drive(network, (0, 0), (3, 0), "car") == blocks(3, 90)
    assert drive(network, (0, 0), (3, 0), "foot") == blocks(5, 5)


def test_a_bollard_stops_cars_on_either_side(tmp_path: Path) -> None:
    """Cars reach a bollard from both sides and turn back; bicycles pass."""
    nodes = {**grid((1, 0, 0), (3, 2, 0), (4, 0, 1), (5, 2, 1)), 2: (0.0, BLOCK, {"barrier": "bollard"})}
    ways = [(1, [1, 2, 3], STREET), (2, [1, 4, 5, 3], STREET)]
    network = network_of(tmp_path, nodes, ways)
    assert drive(network, (0.9, 0), (1.1, 0), "car") == blocks(5.8)
    assert drive(network, (0.9, 0), (1.1, 0), "bicycle") == blocks(0.2, 15)
    assert network.describe().counts["barriers"] == 1


CROSS = grid((0, 0, 0), (1, -1, 0), (2, 1, 0), (3, 0, -1), (4, 0, 1), (5, 1, 1))
CROSS_WAYS = [
    (10, [1, 0], STREET),
    (20, [0, 2], STREET),
    (30, [3, 0], STREET),
    (40, [0, 4], STREET),
    (50, [4, 5], STREET),
]


def test_a_banned_turn_is_driven_around(tmp_path: Path) -> None:
    """With no left turn a car goes on, turns back at the end and comes from the other side; walkers turn left."""
    banned = network_of(tmp_path, CROSS, CROSS_WAYS, [restriction(1, "no_left_turn", 10, 0, 40)])
    assert drive(banned, (-0.5, 0), (0, 0.5), "car") == blocks(0.5 + 2 + 0.5)
    assert drive(banned, (-0.5, 0), (0, 0.5), "foot") == blocks(1, 5)
    assert drive(banned, (0, -0.5), (0, 0.5), "car") == blocks(1)
    assert drive(banned, (0, 0.5), (-0.5, 0), "car") == blocks(1)


def test_an_only_restriction_bans_all_other_turns(tmp_path: Path) -> None:
    """Only straight on: neither left, right nor back."""
    network = network_of(tmp_path, CROSS, CROSS_WAYS, [restriction(1, "only_straight_on", 10, 0, 20)])
    assert drive(network, (-0.5, 0), (0.5, 0)) == blocks(1)
    assert drive(network, (-0.5, 0), (0, -0.5)) == blocks(3)


def test_a_banned_u_turn(tmp_path: Path) -> None:
    """No turning back at the crossing: the car turns at the next one."""
    nodes, ways = CROSS, [*CROSS_WAYS, (60, [1, 5], {"highway": "residential", "oneway": "yes"})]
    network = network_of(tmp_path, nodes, ways, [restriction(1, "no_u_turn", 10, 0, 10)])
    free = network_of(tmp_path, nodes, ways)
    snapped = ((-0.5, 0), (-0.75, 0))
    assert drive(network, *snapped) == drive(free, *snapped) == blocks(0.25)
    assert network.describe().counts["turn restrictions respected"] == 1


@pytest.mark.parametrize(
    ("tags", "car", "bicycle"),
    [
        ({"except": "bicycle"}, 3, 1),
        ({"except": "motorcar;psv"}, 1, 3),
        ({}, 3, 3),
    ],
)
def test_who_is_bound_by_a_restriction(tmp_path: Path, tags: dict[str, str], car: int, bicycle: int) -> None:
    """Exceptions are honoured."""
    network = network_of(tmp_path, CROSS, CROSS_WAYS, [restriction(1, "no_left_turn", 10, 0, 40, **tags)])
    assert drive(network, (-0.5, 0), (0, 0.5), "car") == blocks(car)
    assert drive(network, (-0.5, 0), (0, 0.5), "bicycle") == blocks(bicycle, 15)


def test_restrictions_that_are_not_respected_are_counted_by_reason(tmp_path: Path) -> None:
    """Over ways, at certain hours, for others, broken or ambiguous: each is counted, and none changes a route."""
    through = [(10, [1, 0, 2], STREET), (30, [3, 0, 4], STREET), (50, [4, 5], STREET)]
    relations = [
        (
            1,
            [("w", 10, "from"), ("w", 30, "via"), ("w", 50, "to")],
            {"type": "restriction", "restriction": "no_u_turn"},
        ),
        (2, [("w", 10, "from"), ("n", 0, "via")], {"type": "restriction", "restriction": "no_u_turn"}),
        (
            3,
            [("w", 10, "from"), ("n", 0, "via"), ("w", 30, "to")],
            {"type": "restriction", "restriction:conditional": "no_left_turn @ (07:00-09:00)"},
        ),
        (
            4,
            [("w", 10, "from"), ("n", 0, "via"), ("w", 30, "to")],
            {"type": "restriction", "restriction:hgv": "no_left_turn"},
        ),
        restriction(5, "no_left_turn", 10, 0, 30),
        restriction(6, "no_left_turn", 10, 0, 999),
        (7, [("n", 0, "stop")], {"type": "public_transport"}),
    ]
    network = network_of(tmp_path, CROSS, through, relations)
    counts = {k: v for k, v in network.describe().counts.items() if k.startswith("turn")}
    assert counts == {
        "turn restrictions": 6,
        "turn restrictions over more than a crossing": 1,
        "turn restrictions with members missing": 1,
        "turn restrictions at certain hours": 1,
        "turn restrictions for other vehicles": 1,
        "turn restrictions that fit more than one turn": 1,
        "turn restrictions that change nothing (a way is closed or one-way there)": 1,
    }
    assert drive(network, (-0.5, 0), (0, 0.5)) == blocks(1)


def test_nodes_after_ways_are_found(tmp_path: Path) -> None:
    """A file that lists ways before nodes, as some exports do, gives the same network."""
    text = osm_text(line(1, 2, 3), [(1, [1, 2, 3], STREET)])
    head, rest = text.split("<node", 1)
    nodes, ways = rest.split("<way", 1)
    ways, end = ways.rsplit("</osm>", 1)
    path = tmp_path / "unsorted.osm"
    path.write_text(f"{head}<way{ways}<node{nodes}</osm>{end}", encoding="utf-8")
    assert (
        load_network(path).metres.tolist()
        == network_of(tmp_path, line(1, 2, 3), [(1, [1, 2, 3], STREET)]).metres.tolist()
    )


def test_ids_below_zero_are_fine(tmp_path: Path) -> None:
    """Objects drawn in an editor and never uploaded have negative ids."""
    network = network_of(tmp_path, line(-1, -2, 3), [(-5, [-1, -2, 3], STREET)])
    assert network.metres.sum() == pytest.approx(2 * BLOCK_METRES, rel=1e-4)


def test_ways_are_cut_where_nodes_are_missing(tmp_path: Path) -> None:
    """A way that leaves the extract is kept as far as its nodes are there, and counted."""
    network = network_of(tmp_path, line(1, 2, 4, 5), [(1, [1, 2, 99, 4, 5, 98], STREET), (2, [2, 4], STREET)])
    assert network.metres.sum() == pytest.approx(3 * BLOCK_METRES, rel=1e-4)
    assert network.describe().counts["ways cut where nodes are missing"] == 1


def test_a_way_given_twice_counts_once(tmp_path: Path) -> None:
    """Extracts joined without care repeat ways; each is used once."""
    ways = [(1, [1, 2], STREET), (1, [1, 2], STREET)]
    assert network_of(tmp_path, line(1, 2), ways).streets == 1


def test_the_report_says_which_speeds_are_guessed(tmp_path: Path) -> None:
    """Lengths with and without a limit add up by class; text and JSON hold the same."""
    tagged = {"highway": "primary", "maxspeed": "50"}
    network = network_of(tmp_path, line(1, 2, 3, 4), [(1, [1, 2, 3], tagged), (2, [3, 4], {"highway": "primary"})])
    report = network.describe()
    speeds = report.speeds["primary"]
    assert (speeds.km_tagged, speeds.km_guessed, speeds.guessed_kmh) == (0.222, 0.111, 65)
    assert report.to_json()["speeds"]["primary"]["km_guessed"] == 0.111
    assert report.to_json()["modes"]["car"]["streets"] == 2
    text = "\n".join(report.lines())
    assert "© OpenStreetMap contributors" in text
    assert "primary                0.1 km at 65 km/h, 0.2 km tagged" in text


def test_hours_are_counted(tmp_path: Path) -> None:
    """Rules that hold at certain hours are not respected, and said so."""
    tags = {**STREET, "motor_vehicle:conditional": "no @ (22:00-06:00)"}
    assert (
        network_of(tmp_path, line(1, 2), [(1, [1, 2], tags)]).describe().counts["ways with rules at certain hours"] == 1
    )


def test_a_network_survives_the_way_to_arrays_and_back(tmp_path: Path) -> None:
    """Every field is the same after `to_arrays` and `from_arrays`."""
    network = network_of(tmp_path, CROSS, CROSS_WAYS, [restriction(1, "no_left_turn", 10, 0, 40)])
    again = RoadNetwork.from_arrays(network.to_arrays())
    for name, value in vars(network).items():
        np.testing.assert_array_equal(getattr(again, name), value, err_msg=name)
        assert type(getattr(again, name)) is type(value)


def test_street_arrays_fit_together(tmp_path: Path) -> None:
    """Geometry begins and ends at the nodes, and lengths are those of the geometry."""
    network = network_of(tmp_path, CROSS, CROSS_WAYS)
    first, last = network.point_starts[:-1], network.point_starts[1:] - 1
    np.testing.assert_array_equal(network.points[first], network.lonlat[network.tail])
    np.testing.assert_array_equal(network.points[last], network.lonlat[network.head])
    assert network.kmh.shape == network.connected.shape == (len(MODES), 2 * network.streets)


def test_distances_agree_with_known_ones() -> None:
    """A degree of the equator, and London to Paris within a thousandth."""
    places = np.array([[0.0, 0.0], [1.0, 0.0], [-0.1276, 51.5072], [2.3522, 48.8566]])
    metres = great_circle(places[[0, 2]], places[[1, 3]])
    np.testing.assert_allclose(metres, [111_195, 343_500], rtol=1e-3)
    assert great_circle(places, places).tolist() == [0.0] * 4


def test_mercator_keeps_shapes() -> None:
    """Small steps north and east of the same length are of the same length on the map."""
    at = np.array([10.0, 60.0])
    east, north = at + np.array([2e-5, 0]), at + np.array([0, 1e-5])
    on_map = [float(np.linalg.norm(mercator(p) - mercator(at))) for p in (east, north)]
    on_ground = [float(great_circle(p, at)) for p in (east, north)]
    assert on_map[0] / on_ground[0] == pytest.approx(on_map[1] / on_ground[1], rel=1e-5)


def test_morton_order_follows_quadrants() -> None:
    """Places are ordered quadrant by quadrant, and every place once."""
    corners = np.array([[1.0, 1.0], [0.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    assert morton_order(corners).tolist() == [1, 3, 2, 0]
    places = np.random.default_rng(1).random((500, 2))
    order = morton_order(places)
    assert sorted(order.tolist()) == list(range(500))
    step = np.abs(np.diff(places[order], axis=0)).sum(axis=1).mean()
    assert step < 0.25 * np.abs(np.diff(places, axis=0)).sum(axis=1).mean()
    assert morton_order(np.zeros((0, 2))).tolist() == []
