"""From a plan, its roads and an incident to closed crossings with names, times and a map."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import instances.commands.contain
import instances.containing
from cli import main
from instances.build import build
from instances.containing import Asked, NoSuchPlaceError, report_of, scene
from instances.roads import RoadNetwork, leg_streets, load_network, snap
from instances.roads.flight import Manner, flight
from instances.roads.to_crossings import seconds_to_crossings
from instances.shift_file import read_shift
from solver.containment.contain import contain
from solver.containment.enclosure import Enclosure
from solver.containment.geojson import report_geojson
from solver.containment.page import report_page
from solver.containment.positions import positions
from solver.containment.pursuit import NEVER
from solver.containment.report import Report
from solver.containment.words import sentence, words
from solver.export.plan_files import plan_files
from solver.plan import Plan, Route, Stop
from solver.plan_json import plan_from_json, plan_to_json
from solver.problem import MODES
from solver.problem_json import problem_from_json, problem_to_json
from solver.score import score
from solver.streets import Leg, Streets
from tests.other_programs import ogr_features
from tests.small_town import small_town

ROOT = Path(__file__).parents[1]
MARKET = (54.69998, 2.40009)
AT = "19:30"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the demo town's files, a plan in ``out`` in which nobody leaves its station, and a cache."""
    town = tmp_path_factory.mktemp("contain")
    for file in (ROOT / "instances" / "demo_town").iterdir():
        shutil.copy(file, town / file.name)
    built = build(read_shift(town / "night.yaml"), cache=None)
    problem = built.problem.replace(posts=())
    routes = []
    for i, unit in enumerate(problem.units):
        home = problem.places[unit.origin].name
        spot = problem.places[problem.hotspots[i].place].name
        leg = int(problem.legs(unit.mode)[unit.origin, problem.hotspots[i].place])
        leave = unit.end - leg
        stops = (
            Stop(home, "standby", unit.start, unit.start),
            Stop(spot, "standby", unit.start + leg, leave),
            Stop(home, "standby", unit.end, unit.end),
        )
        routes.append(Route(unit.callsign, stops))
    plan = Plan(problem.fingerprint(), tuple(routes))
    for name, content in plan_files(problem, plan, score(problem, plan), built.streets(plan)).items():
        (town / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (town / "out" / name).write_bytes(content)
    return town


@pytest.fixture(scope="module")
def network(demo: Path) -> RoadNetwork:
    """Give the roads of the demo town."""
    return load_network(demo / "network.osm.gz")


def patrol(demo: Path, *arguments: object) -> Result:
    return CliRunner().invoke(
        main, ["contain", str(demo / "out"), "--cache-dir", str(demo / "cache"), *map(str, arguments)]
    )


def asked(demo: Path, *arguments: object) -> Result:
    """Return the answer to a question that can be answered in time: somebody who flees slowly, on foot."""
    usual = ("--shift", demo / "night.yaml", "--at", AT, "--place", "54.69998,2.40009", "--by", "foot", "--speed", 0.6)
    return patrol(demo, *usual, "--delay", "30s", "-q", *arguments)


def test_the_sentence_comes_first_and_the_table_is_true(demo: Path) -> None:
    """The fugitive is enclosed; each unit is there before he can be, and leaves when it learns of it."""
    text = asked(demo)
    assert text.exit_code == 0, text.output
    found = json.loads(asked(demo, "--json").stdout)
    assert text.stdout.splitlines()[0] == found["sentence"]
    number = len(found["closings"])
    assert found["sentence"].startswith(f"Enclosed within {found['metres'] / 1000:.1f} km of streets by ")
    assert f"{number} units close {number} crossings" in found["sentence"]
    assert found["proven"]
    for row in found["closings"]:
        leaves, there, car = (datetime.fromisoformat(row[name]) for name in ("leaves", "there", "car"))
        assert datetime.fromisoformat(found["learned"]) == leaves <= there < car
        assert (car - there).total_seconds() == row["slack"]
        assert row["callsign"] in text.stdout
        assert row["crossing"] in text.stdout
    assert datetime.fromisoformat(found["by"]) == max(datetime.fromisoformat(r["there"]) for r in found["closings"])


def test_a_car_gets_out_of_a_small_town(demo: Path) -> None:
    """Nobody is everywhere within two minutes: exit code 4, when the car is out, and how many more it would take."""
    result = asked(demo, "--by", "car", "--speed", 1, "--json", "--time-limit", "2s")
    assert result.exit_code == 4, result.output
    found = json.loads(result.stdout)
    assert not found["enclosed"]
    assert found["by"] is None
    assert 1 <= found["least_open"] <= len(found["open"])
    assert found["out"]["earliest"] >= found["out"]["without"] > found["reported"]
    assert found["out"]["crossings"] <= found["out"]["crossings_without"]
    assert "more units would do" in found["sentence"]


def test_files_are_written_whole_and_read_by_others(demo: Path, tmp_path: Path) -> None:
    """GeoJSON opens in ogr2ogr with every closing; the page loads nothing and shows the table; JSON is the answer."""
    files = [tmp_path / name for name in ("map.html", "map.geojson", "answer.json")]
    result = asked(demo, *(x for f in files for x in ("-o", f)), "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert json.loads(files[2].read_bytes())["closings"] == found["closings"]
    page = files[0].read_text(encoding="utf-8")
    assert "http" not in page.replace("http-equiv", "")
    assert all(row["callsign"] in page for row in found["closings"])
    assert asked(demo, "-o", files[0]).exit_code == 2
    assert asked(demo, "-o", files[0], "--force").exit_code == 0
    features = ogr_features(files[1], "containment")
    kinds = [f["properties"]["feature"] for f in features]
    assert kinds.count("closed") == kinds.count("way") == kinds.count("unit") == len(found["closings"])
    assert kinds.count("place") == 1
    closed = [f["geometry"]["coordinates"] for f in features if f["properties"]["feature"] == "closed"]
    assert closed == [[row["lon"], row["lat"]] for row in found["closings"]]


def test_the_same_question_has_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    """Whoever asks again gets the same files."""
    for name in ("a", "b"):
        assert asked(demo, "-o", tmp_path / f"{name}.geojson", "-o", tmp_path / f"{name}.html").exit_code == 0
    for suffix in ("geojson", "html"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_it_speaks_chinese(demo: Path) -> None:
    """The sentence and the heads of the table are in Chinese on request."""
    lines = asked(demo, "--lang", "zh").stdout.splitlines()
    assert re.match(r"\d\d:\d\d:\d\d 前可合围：\d+ 个警组封控 \d+ 个路口", lines[0])
    assert lines[2].split()[:2] == ["警组", "封控路口"]


def test_times_tell_their_offset_where_the_clocks_change(demo: Path) -> None:
    """When an hour comes twice the later time is the later one, and every time says which hour it is of."""
    problem = problem_from_json((demo / "out" / "problem.json").read_text(encoding="utf-8"))
    before = json.loads(asked(demo, "--json").stdout)
    shift = datetime.fromisoformat("2026-10-25T01:59:00+01:00") - datetime.fromisoformat(before["reported"])
    start = (datetime.fromisoformat(problem.start) + shift).isoformat()
    autumn = demo / "autumn"
    shutil.copytree(demo / "out", autumn / "out")
    later = problem.replace(start=start)
    plan = plan_from_json((demo / "out" / "plan.json").read_text(encoding="utf-8"), problem)
    plan = plan.replace(fingerprint=later.fingerprint())
    (autumn / "out" / "problem.json").write_text(problem_to_json(later), encoding="utf-8")
    (autumn / "out" / "plan.json").write_text(plan_to_json(later, plan, score(later, plan).covered), encoding="utf-8")
    usual = ("--shift", demo / "night.yaml", "--at", "01:59", "--place", "54.69998,2.40009", "--by", "foot")
    options = (autumn, *usual, "--speed", 0.6, "--delay", "30s", "-q")
    after = json.loads(patrol(*options, "--json").stdout)
    assert datetime.fromisoformat(after["by"]) - datetime.fromisoformat(before["by"]) == shift
    assert after["by"].endswith("+00:00")
    text = patrol(*options, "-o", autumn / "map.html").stdout
    marks = re.findall(r"<title>[A-Z]\w+: (.*?)</title>", (autumn / "map.html").read_text(encoding="utf-8"))
    assert marks
    assert all(re.search(r"\+0\d00 &lt; .* \+0\d00$", mark) for mark in marks)
    assert "Asked at 01:59:00 +0100; units learn of it at 01:59:30 +0100" in text
    assert re.search(r"by 01:0\d:\d\d \+0000: ", text)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--place", "54.8,2.4"), r"--place: 54\.80000,2\.40000 is [\d,]+ m from the nearest street for mode car"),
        (("--at", "12:00"), r"--at: '12:00' is not within the plan, which runs 18:00-02:00"),
        (("--at", "02:00"), r"--at: '02:00' is when the plan ends"),
        (("--place", ""), r"--place: .* is no place of the plan and no .LAT,LON.; use one of"),
        (("--place", "Markt"), r"--place: 'Markt' is no place of the plan and no 'LAT,LON'"),
        (("--place", "154.8,2.4"), r"--place: .*154\.8"),
        (("-o", "map.png"), r"-o map\.png: the name must end in \.html, \.geojson or \.json"),
        (("--speed", "0"), "Invalid value for '--speed'"),
        (("--unit-speed", "nan"), "Invalid value for '--unit-speed': 'nan' is not a number"),
    ],
)
def test_wrong_questions_are_told(demo: Path, arguments: tuple[str, ...], said: str) -> None:
    """What cannot be asked is said with what would be right, with exit code 2."""
    usual = ("--shift", demo / "night.yaml", "--at", AT, "--place", "54.69998,2.40009")
    result = patrol(demo, *usual, *arguments)
    assert result.exit_code == 2
    assert re.search(said, result.stderr), result.stderr


def test_a_plan_without_roads_asks_for_them(demo: Path) -> None:
    """The plan does not hold its roads, so a file must name them, and all errors come at once."""
    result = patrol(demo, "--at", "12:00", "--place", "54.69998,2.40009")
    assert result.exit_code == 2
    assert "the plan does not hold its roads; give --shift SHIFT.yaml" in result.stderr
    assert "--at: '12:00' is not within the plan" in result.stderr
    missing = patrol(demo, "--at", AT, "--place", "54.69998,2.40009", "--roads", demo / "none.osm")
    assert missing.exit_code == 6


def test_roads_and_shift_say_the_same(demo: Path) -> None:
    """The road file alone gives the answer of a shift file that closes nothing."""
    roads = ("--roads", demo / "network.osm.gz", "--at", AT, "--place", "54.69998,2.40009")
    result = patrol(demo, *roads, "--by", "foot", "--speed", 0.6, "--delay", "30s", "-q")
    assert result.stdout == asked(demo).stdout


def test_nobody_on_duty_is_no_error(demo: Path) -> None:
    """When no unit may leave, it is said that none does, and how many are needed."""
    plan = json.loads((demo / "out" / "plan.json").read_text(encoding="utf-8"))
    empty = demo / "nobody"
    empty.mkdir(exist_ok=True)
    shutil.copy(demo / "out" / "problem.json", empty)
    for route in plan["routes"]:
        route["stops"] = []
    (empty / "plan.json").write_text(json.dumps(plan | {"routes": []}), encoding="utf-8")
    roads = ("--roads", demo / "network.osm.gz", "--cache-dir", demo / "cache", "--time-limit", "2s")
    result = CliRunner().invoke(
        main,
        ["contain", str(empty), *map(str, roads), "--at", AT, "--place", "54.69998,2.40009", "--by", "foot", "--json"],
    )
    assert result.exit_code == 4, result.output
    found = json.loads(result.stdout)
    assert found["units"] == 0
    assert found["held"] == {"no route": 12}
    assert found["sentence"].startswith("Cannot be enclosed: no unit may leave; ")


def test_streets_may_be_driven_the_wrong_way(network: RoadNetwork) -> None:
    """Unless it is lawful the car is everywhere at least as soon, and in more places."""
    free, lawful = (flight(network, MARKET, Manner(lawful=x)) for x in (False, True))
    times = [dict(zip(f.node.tolist(), _times(f), strict=True)) for f in (free, lawful)]
    assert set(times[1]) <= set(times[0])
    assert all(times[0][n] <= t for n, t in times[1].items())
    assert any(times[0][n] < t for n, t in times[1].items())


def _times(found: object) -> list[int]:
    """Return when the car is at each crossing."""
    from solver.containment.pursuit import Pursuit

    assert isinstance(found, instances.containing.Flight)
    none = np.zeros((0, found.ground.crossings), dtype=np.int64)
    return Pursuit(found.ground, found.starts, found.begun, found.outside, none, 0).car.tolist()


def test_times_of_the_car_are_those_of_the_streets(network: RoadNetwork) -> None:
    """A lawful car from a place along a street is at crossings when travel times say that a unit from there is."""
    rng = np.random.default_rng(4)
    nodes = rng.choice(len(network.lonlat), 2, replace=False)
    latlon = network.lonlat[nodes].mean(axis=0)[::-1]
    where = snap(network, latlon[None], "car")
    found = flight(network, (float(latlon[0]), float(latlon[1])), Manner(lawful=True, island=True))
    expected = seconds_to_crossings(network, "car", where, found.node, limit=2000.0)[0]
    assert _times(found) == np.floor(expected + 1e-6).astype(int).tolist()


def test_units_are_where_legs_say(network: RoadNetwork) -> None:
    """Seconds to a crossing are those of the way to it, for every mode."""
    for mode in ("car", "foot"):
        start = snap(network, np.array([MARKET]), mode)
        nodes = np.arange(0, len(network.lonlat), 97)
        seconds = seconds_to_crossings(network, mode, start, nodes, limit=5000.0)[0]
        ends = snap(network, network.lonlat[nodes][:, ::-1], mode)
        for i in np.flatnonzero(np.isfinite(seconds) & (ends.metres < 0.01)).tolist():
            (leg,) = leg_streets(network, mode, start, ends[[i]])
            assert leg.seconds[-1] == pytest.approx(seconds[i], abs=1e-6)


def test_the_map_ends_where_streets_leave_it(network: RoadNetwork) -> None:
    """The car is out at the edge, beyond a radius and after a time; on an island only after a time."""
    far = flight(network, MARKET, Manner())
    assert far.edge.any()
    assert far.outside[far.edge[far.ground.crossing]].all()
    near = flight(network, MARKET, Manner(radius=300.0))
    assert near.outside.sum() > 5
    assert near.ground.vertices < far.ground.vertices / 5
    island = flight(network, MARKET, Manner(island=True))
    assert not island.outside.any()
    assert flight(network, MARKET, Manner(island=True, within=60.0)).outside.any()


def test_a_place_in_the_middle_of_a_street_begins_on_it(network: RoadNetwork) -> None:
    """The car may turn either way, and its street belongs to the region even when both ends are closed."""
    street = int(np.argmax(network.metres * (network.kmh[0].reshape(-1, 2) > 0).all(axis=1)))
    ends = network.lonlat[[network.tail[street], network.head[street]]]
    points = network.points[network.point_starts[street] : network.point_starts[street + 1]]
    middle = points[len(points) // 2 - 1 : len(points) // 2 + 1].mean(axis=0)
    found = flight(network, (float(middle[1]), float(middle[0])), Manner())
    assert [network.lonlat[found.node[found.ground.crossing[v]]].tolist() for v, _ in found.starts] == ends[
        ::-1
    ].tolist()
    assert found.street[list(found.begun)].tolist() == [street]
    seconds = sum(s for _, s in found.starts)
    assert seconds == pytest.approx(network.metres[street] * 3.6 / network.kmh[0, 2 * street], rel=1e-6)


def test_positions_follow_the_plan() -> None:
    """On its way a unit is on the line of its leg, as far as it is; streets that are known are followed."""
    problem = small_town()
    stops = (
        Stop("Central", "standby", 0, 10),
        Stop("Market", "visit", 14, 30),
        Stop("Gate", "stint", 40, 70),
        Stop("Central", "break", 80, 100),
        Stop("Central", "standby", 100, 120),
    )
    plan = Plan(problem.fingerprint(), (Route("A1", stops),))
    bent = Leg(np.array([[-0.1, 51.5], [-0.2, 51.5], [-0.1, 51.52]]), np.array([0.0, 110.0, 220.0]), 1.0)
    streets = Streets({("car", "Central", "Market"): bent})

    def at(second: int, *, known: Streets = streets, leave_posts: bool = False) -> object:
        return positions(problem, plan, known, second, leave_posts=leave_posts)[0]

    def told(second: int, **changes: object) -> tuple[object, ...]:
        p = at(second, **changes)  # type: ignore[arg-type]
        return p.lonlat, p.doing, p.place, p.held, p.known  # type: ignore[attr-defined]

    assert told(60) == ((-0.1, 51.5), "standby", "Central", "", True)
    assert told(10 * 60 + 110) == ((-0.2, 51.5), "driving", "Market", "", True)
    assert told(10 * 60 + 225)[0] == (-0.1, 51.52)
    place, *rest = told(10 * 60 + 110, known=Streets())
    assert place == pytest.approx((-0.1, 51.51))
    assert rest == ["driving", "Market", "", False]
    assert told(31 * 60)[1:4] == ("driving", "Gate", "on its way to a post")
    assert told(50 * 60)[3] == "on a post"
    assert told(50 * 60, leave_posts=True)[3] == ""
    assert told(90 * 60)[3] == "on a break"
    assert told(90 * 60, leave_posts=True)[3] == "on a break"
    assert told(120 * 60)[3] == "off duty"
    assert positions(problem, plan, streets, 60)[1].held == "no route"


def test_less_delay_is_no_worse_in_the_town(demo: Path) -> None:
    """Units that stand still enclose the fugitive in no larger a region when they learn of it sooner."""
    found = [json.loads(asked(demo, "--delay", f"{s}s", "--json").stdout) for s in (60, 30, 0)]
    metres = [f["metres"] if f["enclosed"] else 10**9 for f in found]
    assert metres[0] >= metres[1] >= metres[2]
    assert metres[2] < 10**9


def test_a_head_start_is_no_better(demo: Path, network: RoadNetwork) -> None:
    """Who has left before it is reported is everywhere so much sooner, and later by its speed."""
    from instances.commands.made_plans import named_plan

    problem, plan = named_plan((demo / "out",))
    usual = Asked(5400, MARKET, 30, manner=Manner(mode="foot"))
    scenes = [
        scene(problem, plan, Streets(), network, network, x)
        for x in (usual, replace(usual, head_start=20), replace(usual, manner=Manner(mode="foot", speed=0.5)))
    ]
    late, soon, slow = (dict(zip(s.flight.node.tolist(), s.pursuit.car.tolist(), strict=True)) for s in scenes)
    assert {n: t - 20 for n, t in late.items() if t < NEVER} == {n: soon[n] for n, t in late.items() if t < NEVER}
    assert set(slow) < set(late) < set(soon)
    with pytest.raises(NoSuchPlaceError, match="from the nearest street"):
        scene(problem, plan, Streets(), network, network, replace(usual, latlon=(10.0, 10.0)))


def test_every_mode_can_flee() -> None:
    """The command offers the modes of problems."""
    assert instances.commands.contain.MODES == MODES


class _Page(HTMLParser):
    """Reads a page, with the texts that it shows."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert attrs is not None
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


NASTY = '=1+1 <b>"甲"</b>\n\x07&'


@pytest.fixture(scope="module")
def nasty(demo: Path, network: RoadNetwork) -> Report:
    """Give a report whose names try to break every format."""
    from instances.commands.made_plans import named_plan

    problem, plan = named_plan((demo / "out",))
    found = scene(
        problem, plan, Streets(), network, network, Asked(5400, MARKET, 30, manner=Manner(mode="foot", speed=0.6))
    )
    report = report_of(found, contain(found.pursuit))
    bad = tuple(replace(c, callsign=NASTY, crossing=NASTY, source=NASTY) for c in report.closings)
    return replace(report, closings=bad, street=NASTY, attribution=NASTY)


def test_names_are_shown_as_they_are(nasty: Report) -> None:
    """Names with markup, line ends and control characters break neither table nor page nor GeoJSON."""
    shown = '=1+1 <b>"甲"</b> �&'
    page = _Page(report_page(nasty))
    assert "b" not in page.tags
    assert page.text.count(shown) > len(nasty.closings)
    for feature in json.loads(report_geojson(nasty))["features"]:
        if feature["properties"]["feature"] == "closed":
            assert feature["properties"]["callsign"] == shown
    assert all("\n" not in line and "\x07" not in line for line in words(nasty))


def test_the_sentence_says_what_is_not_proven(nasty: Report) -> None:
    """A region that might be smaller is told with its bound, one unit in the singular, and none as none."""
    assert "no smaller region is possible" in sentence(nasty)
    assert "no region is smaller than 0.1 km" in sentence(replace(nasty, proven=False, least_metres=100))
    assert "1 unit closes 1 crossing;" in sentence(replace(nasty, closings=nasty.closings[:1]))
    assert "nothing has to be closed" in sentence(replace(nasty, closings=()))


def test_a_wrong_answer_is_never_told(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the search says is checked by another way before anything is written."""
    monkeypatch.setattr("solver.containment.contain.contain", lambda *_, **__: Enclosure(metres=10))
    result = asked(demo)
    assert result.exit_code == 1
    assert "the car is out at crossing" in result.stderr
