"""Claims about the readers of published instances: they read what the file says, and tell all faults at once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from instances.errors import InputError
from instances.published.chao import read_top
from instances.published.rounds import Point, Rounds, distances, problem_of
from instances.published.toptw import read_toptw
from instances.published.vrplib import read_vrplib
from solver import check
from solver.plan import Plan, Route, Stop
from tests.conftest import SHARED

TOPTW = """\
3 2 3 1
0 200
 0 0.0 0.0 0 0 0 0 0 100
 1 3.0 4.0 10 7 1 1 15 20 40
 2 0.0 9.99 0 5 0 0 0 90
 3 60.0 60.0 5 9 1 2 1 2 0 90
"""

TOP = "n 4\nm 2\ntmax 10.5\n0 0 0\n3 4 10\n1 1 5\n6 0 0\n"

VRP = """\
NAME : tiny
VEHICLES : 2
DIMENSION : 3
CAPACITY : 9
SERVICE_TIME : 2
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 3 4
3 1 1
DEMAND_SECTION
1 0
2 4
3 5
TIME_WINDOW_SECTION
1 0 50
2 10 20
3 0 48
PRIZE_SECTION
1 0
2 30
3 12
DEPOT_SECTION
1
-1
EOF
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_toptw_is_read_as_it_stands(tmp_path):
    """Points, windows from the end of each line, profits and the limit are those of the file."""
    found = read_toptw(written(tmp_path, "r1.txt", TOPTW), 2)
    assert (found.vehicles, found.limit, found.ticks, found.truncated) == (2, 100.0, 10, True)
    assert found.customers[0] == Point("1", 3.0, 4.0, 10.0, 7, 20.0, 40.0)
    assert [c.profit for c in found.customers] == [7, 5, 9]


def test_cordeaus_files_keep_two_decimals(tmp_path):
    """Their distances are cut off after two decimals, those of Solomon's after one; exact ones are rounded up."""
    solomon, cordeau = (read_toptw(written(tmp_path, name, TOPTW), 1) for name in ("rc1.txt", "pr01.txt"))
    exact = read_toptw(tmp_path / "rc1.txt", 1, exact=True)
    points = [Point("a", 0, 0), Point("b", 1, 1)]
    lengths = [int(distances(points, r.ticks, truncated=r.truncated)[0, 1]) for r in (solomon, cordeau, exact)]
    assert lengths == [14, 141, 1415]


def test_whole_distances_are_not_rounded():
    """A distance of 5 stays 5 however floating point puts it."""
    points = [Point("a", 0.1, 0.2), Point("b", 3.1, 4.2)]
    assert [int(distances(points, 10, truncated=t)[0, 1]) for t in (True, False)] == [50, 50]


def test_a_problem_has_what_can_be_served(tmp_path):
    """What is too far away is left out; a task begins in its window, and when its unit can be there and back."""
    problem = problem_of(read_toptw(written(tmp_path, "r1.txt", TOPTW), 2))
    assert [(problem.places[k.place].name, k.minutes, k.profit, k.windows) for k in problem.tasks] == [
        ("1", 100, 7, ((200, 400),)),
        ("2", 1, 5, ((98, 899),)),
    ]
    assert problem.legs("car").tolist() == [[0, 50, 98], [50, 0, 65], [99, 66, 0]]
    assert (problem.minutes, len(problem.units), problem.stations) == (1000, 2, (0,))


def test_a_plan_in_the_files_distances_passes_check(tmp_path):
    """A tour that the file allows to the last tenth is a plan without violations."""
    problem = problem_of(read_toptw(written(tmp_path, "r1.txt", TOPTW), 1))
    stops = (("0", "standby", 0, 150), ("1", "task", 200, 300), ("2", "task", 365, 366), ("0", "standby", 465, 1000))
    plan = Plan(problem.fingerprint(), (Route("V1", tuple(Stop(*stop) for stop in stops)),))
    assert [v.code for v in check(problem, plan)] == ["wrong_value"]


def test_top_is_read_as_it_stands(tmp_path):
    """The first point is the start, the last one the end; service takes no time but the minute that its leg lacks."""
    rounds = read_top(written(tmp_path, "p1.txt", TOP))
    problem = problem_of(rounds)
    assert (rounds.vehicles, rounds.limit, rounds.truncated) == (2, 10.5, False)
    assert [(k.minutes, k.profit) for k in problem.tasks] == [(1, 10), (1, 5)]
    legs = problem.legs("car")
    assert legs[0, 1] + 1 + legs[1, 3] == 10000
    assert legs[0, 3] == 6000


def test_vrplib_is_read_as_it_stands(tmp_path):
    """Prizes, windows, one service time for all and the number of vehicles are those of the file."""
    rounds = read_vrplib(written(tmp_path, "tiny.vrp", VRP))
    assert (rounds.vehicles, rounds.limit) == (2, 50.0)
    assert rounds.customers == (Point("2", 3, 4, 2.0, 30, 10.0, 20.0), Point("3", 1, 1, 2.0, 12, 0.0, 48.0))
    assert read_vrplib(tmp_path / "tiny.vrp", 5).vehicles == 5


@pytest.mark.parametrize(
    ("name", "text", "wrong"),
    [
        (
            "r1.txt",
            TOPTW.replace(" 1 3.0", " 1 x").replace("0 90\n 3", "0 -5\n 0").replace("2 3 1", "2 9 1"),
            ["'x' is no number", "-5 is before it opens", "0 is that of line 3 too"],
        ),
        ("r2.txt", TOPTW.replace("3 2 3 1", "3 2 4 1"), ["there are 3 customers, not 4"]),
        ("r3.txt", "1 2 3\n", ["there is no depot"]),
        ("p1.txt", TOP.replace("n 4", "n 5").replace("1 1 5", "1 1 -5"), ["there are 4, not 5", "-5 is below 0"]),
        ("p2.txt", "n 2\n", ["there is no header", "there are 0 points"]),
        (
            "a.vrp",
            VRP.replace("9\n", "8\n", 1).replace("EUC_2D", "GEO").replace("3 12", "3 ?").replace("2 3 4", "2 3"),
            ["is less than all demands", "only EUC_2D", "'?' is no number", "has 2 numbers"],
        ),
        ("p3.txt", TOP.replace("1 1 5", "1e300 1 5"), ["1e300 is beyond 1,000,000,000"]),
        ("p4.txt", TOP.replace("1 1 5", "1 1 999999995"), ["all profits add up to 1,000,000,005"]),
        ("p5.txt", TOP.replace("m 2", "m 1000000"), ["there are 1e+06 tours; write a whole number, 10,000 at most"]),
        ("p6.txt", TOP.replace("m 2", "m 2.5"), ["there are 2.5 tours; write a whole number"]),
        ("p7.txt", "n 6000\nm 1\ntmax 9\n" + "1 1 1\n" * 6000, ["there are 6,000 points; 5,000 at most are read"]),
        ("p8.txt", TOP.replace("6 0 0", "60 0 0"), ["is 10.5, but the end is 60 from the start"]),
        ("d.vrp", VRP.replace("NAME : tiny", ": tiny"), ["a line of numbers stands in no section"]),
        ("r4.txt", TOPTW.replace(" 7 ", " 2000000000 "), ["2000000000 is beyond"]),
        ("c.vrp", VRP.replace("VEHICLES : 2", "VEHICLES : 99999"), ["there are 99999 tours"]),
        ("e.vrp", VRP.replace("DIMENSION : 3", "DIMENSION : 4"), ["there are 3 nodes, not 4"]),
        (
            "f.vrp",
            VRP.replace("3 0 48\n", ""),
            ["TIME_WINDOW_SECTION: there is nothing of node 3; give all nodes, or leave the section out"],
        ),
        ("g.vrp", VRP.replace("3 12\n", "3 12\n4 9\n"), ["PRIZE_SECTION: node 4 has no coordinates"]),
        ("b.vrp", VRP.replace("PRIZE_SECTION", "PRIZES_SECTION"), ["no such section", "is not known"]),
    ],
)
def test_all_faults_come_at_once(tmp_path, name, text, wrong):
    """Each fault names its file, and what is wrong with each line is told with all others."""
    path = written(tmp_path, name, text)
    with pytest.raises(InputError) as error:
        {"r": lambda p: read_toptw(p, 1), "p": read_top}.get(name[0], read_vrplib)(path)
    told = str(error.value)
    assert all(part in told for part in wrong)
    assert all(str(fault).startswith(str(path)) for fault in error.value.faults)


@pytest.mark.parametrize("name", ["solomon_c1r1rc1_100", "cordeau_pr01_10", "solomon_first50"])
def test_published_files_are_read(name):
    """Every file of the collection becomes a problem with a task for all that can be served."""
    folder = SHARED / "benchmarks" / "toptw" / name
    if not folder.is_dir():
        pytest.skip(f"published instances are not there: {folder}")
    for path in sorted(folder.glob("*.txt"))[::6]:
        rounds = read_toptw(path, 2)
        assert len(problem_of(rounds).tasks) == len(rounds.customers)


def test_published_routes_are_possible():
    """Routes that were published for these files keep every rule, in distances that are rounded up."""
    source = SHARED / "benchmarks" / "toptw" / "validated_solutions.json"
    if not source.exists():
        pytest.skip(f"published routes are not there: {source}")
    known = 0
    for one in json.loads(source.read_text(encoding="utf-8")):
        path = next(iter(source.parent.glob(f"*/{one['instance']}.txt")), None)
        if path is None:
            continue
        known += 1
        rounds = read_toptw(path, one["m"], exact=True)
        problem = problem_of(rounds)
        task = {problem.places[k.place].name: k for k in problem.tasks}
        legs, profit = problem.legs("car"), 0
        for tour in one["routes"]:
            here, time = 0, 0
            for name in map(str, tour):
                k = task[name]
                time = max(time + int(legs[here, k.place]), k.windows[0][0])
                assert time <= k.windows[0][1]
                here, time, profit = k.place, time + k.minutes, profit + k.profit
            assert time + legs[here, 0] <= problem.minutes
        assert profit == one["score"]
    if not known:
        pytest.skip("the files of these routes are not there")


def test_two_ends_far_apart_are_two_stations():
    """Tours that end elsewhere than they begin have a station at each end."""
    ends = Point("start", 0, 0), Point("end", 8, 0)
    problem = problem_of(Rounds("two", *ends, (Point("c", 4, 3, 1.0, 2),), 1, 20.0, 10, truncated=False))
    assert problem.stations == (0, 2)
    assert (problem.units[0].origin, problem.units[0].destination) == (0, 2)
    assert np.array_equal(problem.legs("car"), [[0, 50, 80], [50, 0, 50], [80, 50, 0]])


def test_points_out_of_reach_are_left_out_however_far(tmp_path):
    """A way that is longer than 32 bits of seconds hold is longer than the limit, not shorter than nothing."""
    far = problem_of(read_top(written(tmp_path, "p1.txt", TOP.replace("1 1 5", "900000000 1 5"))))
    assert [k.profit for k in far.tasks] == [10]
    assert far.travel["car"].min() == 0
