"""A build makes of a shift the problem that it states, says how, and is quick the second time."""

from __future__ import annotations

import gzip
import re
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.build import Built, build
from instances.cache import Cache
from instances.errors import InputError, RoadDataError
from instances.shift_file import read_shift
from instances.weight_scale import TOTAL, whole_weights
from solver.plan import Plan, Route, Stop
from solver.problem_json import problem_from_json, problem_to_json
from tests.shift_samples import INCIDENTS, SHIFT, ZONES, edited, write_shift

MADE = edited("hotspots: hotspots.csv\ndemand: demand.csv", "incidents: incidents.csv\nrisk: {hotspots: 2, cell: 20 m}")
LONDON = """\
patrolplan: 1
name: Friday night
timezone: Europe/London
from: 2020-11-20 18:00
to: 2020-11-21 02:00
network: city.osm.pbf
stations: stations.csv
incidents: {file: incidents.csv.gz, since: 365 days}
units:
  - {count: 3, callsign: "A{n}", station: Wood Street Police Station, mode: car, break: {minutes: 30}}
  - {count: 9, callsign: "B{n}", station: Snow Hill Police Station, mode: foot, shift: "19:00-01:00"}
posts:
  - {name: Bank junction, at: [51.5134, -0.0890], staff: [{from: "19:00", to: "23:00", units: 1}]}
  - {name: Cheapside, at: [51.5145, -0.0955], staff: [{from: "22:00", to: "02:00", units: 2}], modes: [foot]}
"""
MALTA = """\
patrolplan: 1
timezone: Europe/Malta
from: 2020-11-20 18:00
to: 2020-11-21 02:00
network: malta.osm.pbf
stations: stations.csv
incidents: incidents.csv
units:
  - {count: 8, callsign: "C{n}", station: Zejtun Police Station, mode: car}
  - {count: 4, callsign: "M{n}", station: sag, mode: motorcycle}
"""


def built(folder: Path, shift: str = SHIFT, cache: Cache | None = None, **files: str) -> Built:
    """Read and build a shift file."""
    return build(
        read_shift(write_shift(folder, shift=shift, files={f"{k}.csv": v for k, v in files.items()})), cache=cache
    )


def plan_of(problem_fingerprint: str, *routes: Route) -> Plan:
    """Return a plan of nothing but routes."""
    return Plan(problem_fingerprint, routes)


def test_the_sample_becomes_its_problem(tmp_path: Path) -> None:
    """Places are stations, hotspots, posts in this order; units and posts are what the file says."""
    problem = built(tmp_path).problem
    assert [p.name for p in problem.places] == ["Central", "North", "Market", "Bridge", "Gate"]
    assert problem.stations == (0, 1)
    assert [h.place for h in problem.hotspots] == [2, 3]
    assert [q.place for q in problem.posts] == [4]
    assert [(d.name, d.zone, d.standard, d.backup) for d in problem.demand] == [
        ("Yard", "core", 60, 600),
        ("Lane", "elsewhere", 300, 600),
    ]
    car, foot, _ = problem.units
    assert (car.origin, car.destination, foot.origin) == (0, 0, 1)
    assert car.break_ is not None
    assert car.break_.places == (0, 1)
    assert (problem.start, problem.timezone, problem.minutes) == ("2020-11-20T18:00:00+00:00", "Europe/London", 480)
    assert set(problem.travel) == set(problem.reach) == {"car", "foot"}


def test_travel_times_are_those_of_the_streets(tmp_path: Path) -> None:
    """From Central to North are 111 m of street: at walking pace more than a minute, by car less."""
    problem = built(tmp_path).problem
    assert 70 <= problem.travel["foot"][0, 1] <= 100
    assert 5 <= problem.travel["car"][0, 1] <= 30
    assert not np.diagonal(problem.travel["foot"]).any()
    assert problem.reach["foot"].shape == (5, 2)


def test_risk_keeps_its_proportions(tmp_path: Path) -> None:
    """Market has twice the risk of Bridge, at 21:00 five times, and all of it comes to about ten million."""
    problem = built(tmp_path).problem
    market, bridge = (h.risk for h in problem.hotspots)
    assert market[0] / bridge[0] == pytest.approx(2, rel=1e-3)
    assert market[3] / bridge[3] == pytest.approx(5, rel=1e-3)
    assert sum(60 * r for h in problem.hotspots for r in h.risk) == pytest.approx(TOTAL, rel=1e-3)


def test_break_places(tmp_path: Path) -> None:
    """A break may be taken at stations, at home, anywhere, or at named places."""
    pause = 'break: {minutes: 30, between: "21:00-23:30"'
    for at, places in (("stations", (0, 1)), ("home", (0,)), ("anywhere", (0, 1, 2, 3, 4)), ("[Gate, North]", (4, 1))):
        unit = built(tmp_path, edited(pause, f"{pause}, at: {at}")).problem.units[0]
        assert unit.break_ is not None
        assert unit.break_.places == places


def test_incidents_become_hotspots_and_demand(tmp_path: Path) -> None:
    """Without listed points, hotspots and demand are made from incidents; the report says from how many."""
    result = built(tmp_path, MADE)
    assert len(result.problem.hotspots) == 2
    assert result.problem.demand
    assert result.report.hotspots == {"given": 0, "from incidents": 2}
    facts = result.report.to_json()
    assert facts["incidents"]["used"] == 4
    assert facts["risk"]["incidents"] == 4
    assert facts["demand"] == {"points": len(result.problem.demand), "source": "from incidents"}


def test_fewer_hotspots_than_asked_for_are_told_of(tmp_path: Path) -> None:
    """Four incidents cannot make forty hotspots, and the report says so."""
    notes = built(tmp_path, MADE.replace("hotspots: 2", "hotspots: 40")).report.notes
    assert any("of the 40 hotspots asked for" in note for note in notes)


def test_incidents_out_of_reach_are_counted(tmp_path: Path) -> None:
    """Incidents far from every street make no hotspot that nobody can visit, and the report counts them."""
    result = built(tmp_path, MADE, incidents=INCIDENTS + "2020-11-14 20:00,51.6,-0.1,theft\n")
    assert result.report.to_json()["far_from_streets"] == 1
    assert any("1 incidents farther than 250 m from every street" in line for line in result.report.lines())
    assert not result.report.snaps.unreached


def test_listed_and_made_hotspots_are_comparable(tmp_path: Path) -> None:
    """Beside listed hotspots, those made have a mean risk of 1: a listed risk of 2 is twice their average."""
    text = edited("demand: demand.csv", "incidents: incidents.csv\nrisk: {hotspots: 2}")
    problem = built(tmp_path, text, hotspots="name,lat,lon,risk\nMarket,51.5002,-0.1000,2\n").problem
    listed, *made = (np.mean(h.risk) for h in problem.hotspots)
    assert listed / np.mean(made) == pytest.approx(2, rel=1e-3)


def test_demand_may_be_made_beside_listed_hotspots(tmp_path: Path) -> None:
    """Where hotspots are listed, incidents make demand only."""
    result = built(tmp_path, edited("demand: demand.csv", "incidents: incidents.csv"))
    assert result.report.hotspots == {"given": 2, "from incidents": 0}
    assert result.report.demand_source == "from incidents"
    assert result.problem.demand


def test_a_name_of_a_made_hotspot_is_refused(tmp_path: Path) -> None:
    """A place called like a hotspot made from incidents is refused at its line."""
    name = built(tmp_path, MADE).problem.places[2].name
    with pytest.raises(InputError, match=r"night.yaml:\d+:\d+: posts\[0\]: .* is also the name of a hotspot made"):
        built(tmp_path, MADE.replace("name: Gate", f"name: {name}"))


def test_without_demand_the_hotspots_are_it(tmp_path: Path) -> None:
    """With hotspots alone, calls are taken to come from them."""
    result = built(tmp_path, edited("demand: demand.csv\n", ""))
    assert [(d.name, d.demand) for d in result.problem.demand] == [
        (result.problem.places[h.place].name, h.risk) for h in result.problem.hotspots
    ]
    assert "demand: 2 points at the hotspots" in result.report.lines()


def test_idle_goals_are_told_of(tmp_path: Path) -> None:
    """A goal with nothing to count is named, not silently shared out."""
    lines = built(tmp_path, edited("demand: demand.csv", "demand: []")).report.lines()
    assert "there is no demand: the goal 'response' counts nothing" in lines
    assert "there is no demand: the goal 'backup' counts nothing" in lines


def test_zones_from_polygons(tmp_path: Path) -> None:
    """A point lies in the strictest zone whose polygon holds it; one in no polygon is in the last zone, and counted."""
    (tmp_path / "zones.geojson").write_text(ZONES)
    text = edited("backup: 10 min}", "backup: 10 min, zones: zones.geojson}")
    demand = "name,lat,lon\nYard,51.5003,-0.1\nLane,51.5009,-0.1\nFar,51.5009,-0.0985\n"
    result = built(tmp_path, text, demand=demand)
    assert [d.zone for d in result.problem.demand] == ["core", "town", "elsewhere"]
    assert any("1 demand points lie in no polygon; they are in zone 'elsewhere'" in n for n in result.report.notes)


def test_a_far_place_is_named(tmp_path: Path) -> None:
    """A place beyond 50 m of a street is named with its distance; the farthest is told for each mode."""
    result = built(tmp_path, edited("at: [51.5002, -0.1002]", "at: [51.5002, -0.1022]"))
    (far,) = {(role, name) for role, name, _, _ in result.report.snaps.far}
    assert far == ("post", "Gate")
    assert result.report.snaps.farthest["foot"] == pytest.approx(83, abs=3)
    assert any("post 'Gate': nearest street" in line for line in result.report.lines())


def test_points_nobody_reaches_are_faults(tmp_path: Path) -> None:
    """A hotspot or demand point that the planner named, beyond the limit of every mode, is a fault at its line."""
    with pytest.raises(InputError) as caught:
        built(
            tmp_path,
            hotspots="name,lat,lon\nMarket,51.5002,-0.1\nHill,51.5102,-0.1\n",
            demand="name,lat,lon\nYard,51.5003,-0.1\nMoor,51.5203,-0.1\n",
        )
    demand, hotspot = str(caught.value).splitlines()
    assert "demand.csv:3" in demand
    assert "demand point 'Moor' is more than 250 m from the nearest connected street: " in demand
    assert "hotspots.csv:3" in hotspot
    assert "hotspot 'Hill' is more than 250 m from the nearest connected street: " in hotspot
    assert "outside the road network" in hotspot


def test_a_station_nobody_uses_may_be_far(tmp_path: Path) -> None:
    """A station out of reach is a fault only for units that begin or end there."""
    stations = "name,lat,lon\nCentral,51.5,-0.1\nNorth,51.501,-0.1\nIsland,51.55,-0.1\n"
    assert built(tmp_path, stations=stations).report.snaps.unreached == (("station", "Island", np.inf),)


ISLAND = (
    '<osm version="0.6"><node id="1" lat="51.4995" lon="-0.1"/><node id="2" lat="51.5015" lon="-0.1"/>'
    '<node id="3" lat="51.5100" lon="-0.1"/><node id="4" lat="51.5110" lon="-0.1"/>'
    '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>'
    '<way id="2"><nd ref="3"/><nd ref="4"/><tag k="highway" v="residential"/></way></osm>'
)
"""A street, and another one a kilometre north that nothing joins to it."""


def test_a_hotspot_on_an_island(tmp_path: Path) -> None:
    """Of a place that no unit can reach, the report says whether a street is there that is not connected."""
    shift = edited("at: [51.5002, -0.1002]", "at: [51.5002, -0.1]")
    spots = "name,lat,lon\nMarket,51.5002,-0.1\nRock,51.5105,-0.1001\nMoor,51.5060,-0.09\n"
    path = write_shift(tmp_path, shift=shift, files={"hotspots.csv": spots})
    (tmp_path / "town.osm").write_text(ISLAND)
    with pytest.raises(InputError) as caught:
        build(read_shift(path), cache=None)
    rock, moor = str(caught.value).splitlines()
    assert "hotspot 'Rock' is more than 250 m" in rock
    assert re.search(r"1,00. m \(that 7 m away is not connected with the rest\); choose another place", rock)
    assert "hotspot 'Moor'" in moor
    assert "not connected with the rest" not in moor


def test_a_station_on_an_island(tmp_path: Path) -> None:
    """Of a station that nobody uses or reaches, the report says that a street is there but not connected."""
    path = write_shift(tmp_path, shift=edited("at: [51.5002, -0.1002]", "at: [51.5002, -0.1]"))
    (tmp_path / "town.osm").write_text(ISLAND)
    (tmp_path / "hotspots.csv").write_text("name,lat,lon\nMarket,51.5002,-0.1\n")
    with (tmp_path / "stations.csv").open("a") as stations:
        stations.write("Rock,51.5105,-0.1001\n")
    snaps = build(read_shift(path), cache=None).report.snaps
    told = "\n".join(snaps.lines())
    island = r" \(that 7 m away is not connected with the rest\)"
    assert re.search(rf"no unit can reach station 'Rock': nearest street 1,00. m{island}$", told, re.MULTILINE)
    assert {x["name"]: x["detached_metres"] for x in snaps.to_json()["unreached"]} == {"Rock": pytest.approx(7, abs=1)}


def test_a_post_on_an_island(tmp_path: Path) -> None:
    """A post on a street that is not connected is a fault that says so, and 'snap' is no cure for it."""
    path = write_shift(tmp_path, shift=edited("at: [51.5002, -0.1002]", "at: [51.5105, -0.1001]"))
    (tmp_path / "town.osm").write_text(ISLAND)
    with pytest.raises(InputError) as caught:
        build(read_shift(path), cache=None)
    assert "foot 1,001 m (that 7 m away is not connected with the rest); choose another place" in str(caught.value)


def test_a_place_beyond_a_narrow_limit_is_named(tmp_path: Path) -> None:
    """A place that lies beyond `snap` is refused by name however near to a street it is."""
    shift = edited("grid: 1 min", "snap: 5 m")
    spots = "name,lat,lon\nMarket,51.5002,-0.1\nYard,51.5003,-0.10025\n"
    with pytest.raises(InputError, match=r"hotspot 'Yard' is more than 5 m from .* or set 'snap' higher"):
        built(tmp_path, shift.replace("at: [51.5002, -0.1002]", "at: [51.5002, -0.1]"), hotspots=spots)


def test_places_cut_off_by_closures_say_so(tmp_path: Path) -> None:
    """Where streets of that mode are closed, opening some is among the cures of a place that none is near to."""
    everywhere = "closed: [{area: [[51.4, -0.2], [51.4, 0.0], [51.6, 0.0], [51.6, -0.2]], modes: [car, foot]}]"
    with pytest.raises(InputError, match=r"set 'snap' higher, or leave more streets open in 'closed'"):
        built(tmp_path, edited("grid: 1 min", everywhere))


def test_a_post_on_foot_need_not_be_reached_by_car(tmp_path: Path) -> None:
    """A post where the cars cannot go is no fault while those on foot can."""
    streets = (
        '<osm version="0.6"><node id="1" lat="51.4995" lon="-0.1"/><node id="2" lat="51.5015" lon="-0.1"/>'
        '<node id="3" lat="51.5070" lon="-0.1"/>'
        '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>'
        '<way id="2"><nd ref="2"/><nd ref="3"/><tag k="highway" v="footway"/></way></osm>'
    )
    write_shift(tmp_path, shift=edited("at: [51.5002, -0.1002]", "at: [51.5060, -0.1]"))
    (tmp_path / "town.osm").write_text(streets)
    result = build(read_shift(tmp_path / "night.yaml"), cache=None)
    assert (result.problem.travel["car"][:4, 4] == -1).all()
    assert (result.problem.travel["foot"][:4, 4] > 0).all()


def test_faults_of_streets_and_incidents_are_told_together(tmp_path: Path) -> None:
    """Road data that cannot be read do not hide incidents that cannot be read."""
    path = write_shift(tmp_path, shift=MADE, files={"town.osm": "", "incidents.csv": "date,lat\n2020-11-01,51.5\n"})
    with pytest.raises(RoadDataError) as caught:
        build(read_shift(path), cache=None)
    assert [Path(f.file).name for f in caught.value.faults] == ["incidents.csv", "town.osm"]


def test_the_streets_of_a_plan(tmp_path: Path) -> None:
    """The legs of a plan are found, each once, with the time of the matrix; what the problem lacks is left out."""
    result = built(tmp_path)
    stops = [
        Stop(name, "standby", 0, 0) for name in ("Central", "Market", "Central", "Market", "Atlantis", "Gate", "Gate")
    ]
    ghost = Route("Z9", (Stop("Central", "standby", 0, 0), Stop("Gate", "standby", 0, 0)))
    streets = result.streets(plan_of(result.problem.fingerprint(), Route("B1", tuple(stops)), ghost))
    assert set(streets.legs) == {("foot", "Central", "Market"), ("foot", "Market", "Central")}
    leg = streets.legs["foot", "Central", "Market"]
    assert int(np.ceil(leg.seconds[-1] - 1e-6)) == result.problem.travel["foot"][0, 2]
    assert leg.lonlat[0] == pytest.approx([-0.1, 51.5], abs=1e-6)
    assert "OpenStreetMap" in streets.attribution


def test_same_files_same_problem(tmp_path: Path) -> None:
    """Built anew, from the cache, or with another name of the folder, the problem has one fingerprint."""
    cache = Cache(tmp_path / "cache")
    prints = {built(tmp_path, MADE, cache=c).problem.fingerprint() for c in (None, cache, cache)}
    other = tmp_path / "other"
    other.mkdir()
    prints.add(built(other, MADE, cache=cache).problem.fingerprint())
    assert len(prints) == 1


def test_reports_are_kept_with_what_they_tell_of(tmp_path: Path) -> None:
    """A build from the cache reports the same as the first one."""
    cache = Cache(tmp_path / "cache")
    first, second = (built(tmp_path, MADE, cache=cache).report for _ in range(2))
    assert first.lines() == second.lines()
    assert first.to_json() == second.to_json()


def test_a_changed_file_is_not_taken_from_the_cache(tmp_path: Path) -> None:
    """One more incident, another weight or another day make another risk."""
    cache = Cache(tmp_path / "cache")
    more = INCIDENTS + "2020-11-14 20:00,51.5009,-0.1,theft\n"
    results = [
        built(tmp_path, MADE, cache=cache),
        built(tmp_path, MADE, cache=cache, incidents=more),
        built(tmp_path, MADE.replace("cell: 20 m", "cell: 20 m, weights: {assault: 9}"), cache=cache),
        built(tmp_path, MADE.replace("2020-11-2", "2020-11-1"), cache=cache),
    ]
    assert len({r.problem.fingerprint() for r in results}) == 4


def test_a_damaged_cache_is_no_harm(tmp_path: Path) -> None:
    """Entries that are cut short are made anew."""
    cache = Cache(tmp_path / "cache")
    first = built(tmp_path, MADE, cache=cache)
    for entry in (tmp_path / "cache").glob("*.npz"):
        entry.write_bytes(entry.read_bytes()[:100])
    assert built(tmp_path, MADE, cache=cache).problem == first.problem


def test_what_is_built_can_be_written_and_read(tmp_path: Path) -> None:
    """The problem survives its JSON."""
    problem = built(tmp_path, MADE).problem
    assert problem_from_json(problem_to_json(problem)) == problem


def test_progress_is_told(tmp_path: Path) -> None:
    """While travel times are worked out, mode, origins done and origins in all are told."""
    told: list[tuple[str, int, int]] = []
    build(read_shift(write_shift(tmp_path)), cache=None, progress=lambda *now: told.append(now))
    assert {mode for mode, _, _ in told} == {"car", "foot"}
    assert told[-1][1] == told[-1][2]


@given(
    st.lists(st.lists(st.floats(0, 1e6), min_size=3, max_size=3), min_size=1, max_size=20),
    st.lists(st.integers(1, 120), min_size=3, max_size=3),
)
def test_whole_weights_lose_nothing(rows: list[list[float]], lengths: list[int]) -> None:
    """Nothing above 0 becomes 0, nothing at 0 becomes more, order is kept, and the sum is about ten million."""
    weight = np.array(rows)
    slots = [0, *np.cumsum(lengths).tolist()]
    whole = np.array(whole_weights(weight, slots))
    assert ((whole > 0) == (weight > 0)).all()
    flat = np.argsort(weight, axis=None, kind="stable")
    assert (np.diff(whole.ravel()[flat]) >= 0).all()
    if weight.any():
        assert (whole @ np.array(lengths)).sum() == pytest.approx(TOTAL, abs=weight.size * max(lengths))


def test_the_city_of_london(tmp_path: Path, shared_data: Path) -> None:
    """Real streets, stations and incidents are built, the second time within 1.5 seconds."""
    (tmp_path / "night.yaml").write_text(LONDON)
    (tmp_path / "city.osm.pbf").symlink_to(shared_data / "roads" / "city_of_london.osm.pbf")
    (tmp_path / "stations.csv").symlink_to(shared_data / "stations" / "city_of_london_osm_police.csv")
    incidents = shared_data / "incidents" / "city_of_london_police_2017-12_2020-11.csv.gz"
    (tmp_path / "incidents.csv.gz").symlink_to(incidents)
    cache = Cache(tmp_path / "cache")
    first = build(read_shift(tmp_path / "night.yaml"), cache=cache)
    assert len(first.problem.hotspots) == 40
    with gzip.open(incidents) as file:
        assert first.report.to_json()["incidents"]["rows"] == sum(1 for _ in file) - 1
    begun = time.process_time()
    second = build(read_shift(tmp_path / "night.yaml"), cache=cache)
    assert time.process_time() - begun < 1.5
    assert second.problem == first.problem
    assert "station 1195738489" in [p.name for p in first.problem.places]


def test_malta(tmp_path: Path, shared_data: Path) -> None:
    """Malta's stations are used as published; those on Gozo, which no road joins, are named as out of reach."""
    rng = np.random.default_rng(7)
    rows = [
        f"2020-10-{1 + i % 28:02d} {rng.integers(24):02d}:30,{lat:.5f},{lon:.5f}"
        for i, (lat, lon) in enumerate(rng.normal([35.88, 14.50], 0.01, size=(500, 2)))
    ]
    (tmp_path / "incidents.csv").write_text("date,lat,lon\n" + "\n".join(rows) + "\n")
    (tmp_path / "night.yaml").write_text(MALTA)
    (tmp_path / "malta.osm.pbf").symlink_to(shared_data / "roads" / "malta.osm.pbf")
    (tmp_path / "stations.csv").symlink_to(shared_data / "stations" / "malta_osm_police.csv")
    cache = Cache(tmp_path / "cache")
    result = build(read_shift(tmp_path / "night.yaml"), cache=cache)
    assert len(result.problem.stations) == 46
    assert "Xlendi Police Station" in [name for _, name, _ in result.report.snaps.unreached]
    begun = time.process_time()
    build(read_shift(tmp_path / "night.yaml"), cache=cache)
    assert time.process_time() - begun < 1.5


@pytest.mark.parametrize(
    ("file", "count", "name"),
    [("chicago_police_stations.csv", 23, "Headquarters"), ("andorra_osm_police.csv", 7, "Aduana (3808706622)")],
)
def test_published_stations_are_read(tmp_path: Path, shared_data: Path, file: str, count: int, name: str) -> None:
    """Stations as cities and OpenStreetMap publish them are read as they are; two of one name are told apart."""
    text = SHIFT.split("units:")[0] + f"units: [{{callsign: A1, station: {name}, mode: car}}]\n"
    path = write_shift(tmp_path, shift=text)
    (tmp_path / "stations.csv").write_bytes((shared_data / "stations" / file).read_bytes())
    shift = read_shift(path)
    assert len(shift.stations) == count
    assert name in [s.name for s in shift.stations]
