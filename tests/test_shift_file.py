"""A right shift file is read as its planner means it; a wrong one tells of everything at once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from instances.errors import InputError, RoadDataError
from instances.shift import Shift
from instances.shift_file import read_shift, shift_schema
from tests.shift_samples import FULL, SHIFT, edited, write_shift

CAR = 'shift: "18:00-02:00", break: {minutes: 30, between: "21:00-23:30"}'


def read(folder: Path, shift: str = SHIFT, **files: str) -> Shift:
    """Read a shift file with its tables."""
    return read_shift(write_shift(folder, shift=shift, files={f"{k}.csv": v for k, v in files.items()}))


def faults(folder: Path, shift: str, **files: str) -> list[str]:
    """Return what reading a shift file tells, without the folder."""
    with pytest.raises(InputError) as caught:
        read(folder, shift, **files)
    return [str(f).replace(f"{folder}/", "") for f in caught.value.faults]


def test_the_sample_means_what_it_says(tmp_path: Path) -> None:
    """Times are minutes from the start, names are looked up, tables are read."""
    shift = read(tmp_path)
    assert (shift.name, shift.horizon.minutes, shift.horizon.start.isoformat()) == (
        "Friday night",
        480,
        "2020-11-20T18:00:00+00:00",
    )
    assert [(u.callsign, u.mode, u.start, u.end) for u in shift.units] == [
        ("A1", "car", 0, 480),
        ("B1", "foot", 60, 420),
        ("B2", "foot", 60, 420),
    ]
    pause = shift.units[0].break_
    assert pause is not None
    assert (pause.minutes, pause.earliest, pause.latest, pause.at) == (30, 180, 330, "stations")
    assert shift.units[1].break_ is None
    assert shift.units[1].skills == ("first aid",)
    (post,) = shift.posts
    assert [(w.start, w.end, w.units) for w in post.staffing] == [(60, 300, 1)]
    assert [s.name for s in shift.stations] == ["Central", "North"]
    assert {layer: goal for layer, goal in shift.goals.items() if goal} == {
        "presence": 500,
        "response": 350,
        "backup": 150,
    }


def test_slots_are_hours_with_their_weekday(tmp_path: Path) -> None:
    """The horizon from Friday 18:00 to Saturday 02:00 has eight slots."""
    horizon = read(tmp_path).horizon
    assert horizon.slots == tuple(range(0, 481, 60))
    assert horizon.hours == (*((4, h) for h in range(18, 24)), (5, 0), (5, 1))


def test_tables_are_read_by_hour(tmp_path: Path) -> None:
    """The column of an hour has that hour, the plain column the others; blank cells have the defaults."""
    market, bridge = read(tmp_path).spots
    assert market.risk == (2, 2, 2, 5, 2, 2, 2, 2)
    assert bridge.risk == (1,) * 8
    assert (market.visits.dwell, bridge.visits.dwell, market.visits.linger, market.visits.rho) == (15, 12, 60, 70)


def test_demand_may_carry_its_zone(tmp_path: Path) -> None:
    """A zone in the table is kept, a blank one is left to be found."""
    calls = read(tmp_path).calls
    assert calls is not None
    assert [c.zone for c in calls] == ["core", None]


def test_defaults(tmp_path: Path) -> None:
    """What the file leaves out has the documented default."""
    text = SHIFT.split("visits:")[0] + "units: [{callsign: A1, station: Central, mode: car}]\n"
    text = text.replace("hotspots: hotspots.csv\ndemand: demand.csv\n", "incidents: incidents.csv\n")
    text = text.replace("name: Friday night\n", "").replace("grid: 1 min\n", "")
    shift = read(tmp_path, text)
    assert (shift.name, shift.horizon.grid, shift.snap) == ("night", 1, 250)
    assert (shift.visits.dwell, shift.visits.linger, shift.visits.rho) == (12, 60, 70)
    assert dict(shift.response.standards) == {"core": 60, "town": 180, "elsewhere": 300}
    assert set(shift.response.backup.values()) == {600}
    assert (shift.units[0].start, shift.units[0].end) == (0, 480)
    assert (shift.risk.hotspots, shift.risk.cell) == (40, 200)
    assert shift.calls is None
    assert shift.incidents is not None
    assert shift.incidents.since is None


def test_defaults_are_rounded_up_to_the_grid(tmp_path: Path) -> None:
    """A default length that is off the grid is the next one on it."""
    text = edited("grid: 1 min", "grid: 8 min").split("visits:")[0].replace("hotspots: hotspots.csv\n", "")
    text += "units: [{callsign: A1, station: Central, mode: car}]\nposts: [{name: Gate, at: [51.5, -0.1]}]\n"
    shift = read(tmp_path, text)
    assert (shift.visits.dwell, shift.visits.linger, shift.posts[0].stint) == (16, 64, 32)


def test_hotspots_are_not_made_where_some_are_listed(tmp_path: Path) -> None:
    """Incidents make hotspots beside listed ones only when asked to."""
    text = edited("demand: demand.csv", "incidents: incidents.csv")
    assert read(tmp_path, text).risk.hotspots == 0
    assert read(tmp_path, text + "risk: {hotspots: 3}\n").risk.hotspots == 3


def test_unused_incidents_are_told_of(tmp_path: Path) -> None:
    """Incidents beside listed hotspots and demand are not used, and the planner is told."""
    shift = read(tmp_path, SHIFT + "incidents: incidents.csv\n")
    assert shift.incidents is None
    assert any("incidents are not used" in note for note in shift.notes)


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    """One fault hides no other: of fields, names, times, tables and files, all are told together."""
    text = edited("name: Friday night", "nam: Friday night")
    text = edited("station: Central, mode: car", "station: Centrl, mode: cra", text)
    text = edited("19:00-01:00", "19:00-03:00", text)
    text = edited("network: town.osm", "network: twon.osm", text)
    text = edited("stint: 30 min", "stint: 30", text)
    told = faults(tmp_path, text, hotspots="name,lat,lon,risk\nMarket,51.5,-0.1,high\n")
    fields = [f.split(": ")[:2] for f in told]
    assert fields == [
        ["hotspots.csv:2", "risk"],
        ["night.yaml:2:1", "nam"],
        ["night.yaml:7:10", "network"],
        ["night.yaml:13:29", "units[0].station"],
        ["night.yaml:13:43", "units[0].mode"],
        ["night.yaml:14:69", "units[1].shift"],
        ["night.yaml:16:98", "posts[0].stint"],
    ]


def test_one_fault_brings_about_no_other(tmp_path: Path) -> None:
    """A station that cannot be read is told of once, not again by each unit that names it."""
    told = faults(tmp_path, SHIFT, stations="name,lat,lon\nCentral,51.5,west\nNorth,51.501,-0.1\n")
    assert len(told) == 1


def test_missing_roads_alone_are_a_fault_of_road_data(tmp_path: Path) -> None:
    """A road file that is not there is of its own class, unless something else is wrong too."""
    with pytest.raises(RoadDataError, match=r"night.yaml:7:10: network: there is no file 'twon.osm'"):
        read(tmp_path, edited("network: town.osm", "network: twon.osm"))
    with pytest.raises(InputError) as caught:
        read(tmp_path, edited("network: town.osm", "network: twon.osm").replace("mode: car", "mode: cat"))
    assert not isinstance(caught.value, RoadDataError)
    assert len(caught.value.faults) == 2


def test_a_name_that_no_file_can_have(tmp_path: Path) -> None:
    """A name too long for the system is a fault at its place, not an error of the system."""
    with pytest.raises(InputError, match=r"night.yaml:8:11: stations: 'x+' cannot be read: "):
        read(tmp_path, edited("stations: stations.csv", "stations: " + "x" * 3000))


def test_a_missing_shift_file(tmp_path: Path) -> None:
    """A shift file that is not there is told of by name."""
    with pytest.raises(InputError, match=r"none.yaml: there is no such file; check its name and folder"):
        read_shift(tmp_path / "none.yaml")


@pytest.mark.parametrize(("text", "what"), [("[1, 2]\n", "a list"), ("night shift\n", "text")])
def test_a_file_that_is_no_shift_file(tmp_path: Path, text: str, what: str) -> None:
    """A list or a text is refused with what to begin with."""
    assert faults(tmp_path, text) == [
        f"night.yaml:1:1: the file is {what}, not named fields; start with 'patrolplan: 1'"
    ]


def test_nothing_to_patrol(tmp_path: Path) -> None:
    """Without incidents, hotspots, posts and tasks there is nothing to plan."""
    text = SHIFT.split("hotspots:")[0] + "units: [{callsign: A1, station: Central, mode: car}]\n"
    assert faults(tmp_path, text) == [
        "night.yaml:1:1: there is nothing to patrol; give incidents, hotspots, posts or tasks"
    ]


def test_any_script_any_line_end(tmp_path: Path) -> None:
    """Chinese names, a byte order mark and Windows line ends are read."""
    text = SHIFT.replace("Central", "中心派出所").replace("A1", "甲一").replace("Market", "市场")
    path = write_shift(tmp_path)
    (tmp_path / "stations.csv").write_bytes(
        "名称;纬度;经度\n中心派出所;51,5000;-0,1000\nNorth;51,501;-0,1\n".encode("gb18030")
    )
    path.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    shift = read_shift(path)
    assert [u.callsign for u in shift.units] == ["甲一", "B1", "B2"]
    assert shift.stations[0].name == shift.units[0].station == "中心派出所"
    assert shift.stations[0].lat == 51.5


def test_composed_and_decomposed_names_are_one(tmp_path: Path) -> None:
    """A name typed with a combining accent is the same as one with the accented letter."""
    text = SHIFT.replace("station: Central", "station: Gare du Me\u0301tier")
    shift = read(tmp_path, text, stations="name,lat,lon\nGare du M\u00e9tier,51.5,-0.1\nNorth,51.501,-0.1\n")
    assert shift.units[0].station == shift.stations[0].name


def test_anchors_save_writing(tmp_path: Path) -> None:
    """What several units share can be written once and merged in."""
    units = "  - &car {callsign: A1, station: Central, mode: car, break: {minutes: 30}}\n  - {<<: *car, callsign: A2}\n"
    text = SHIFT.split("units:")[0] + "units:\n" + units + "posts:" + SHIFT.split("posts:")[1]
    assert [(u.callsign, u.mode) for u in read(tmp_path, text).units] == [("A1", "car"), ("A2", "car")]


def test_the_night_when_the_clocks_go_back(tmp_path: Path) -> None:
    """A night shift over the change has nine hours, and its slots are clock hours."""
    text = edited("from: 2020-11-20 18:00", "from: 2020-10-24 22:00")
    text = edited("to: 2020-11-21 02:00", "to: 2020-10-25 06:00", text)
    text = edited(CAR, 'shift: "22:00-06:00", break: {minutes: 30, between: "01:00-03:00"}', text)
    text = edited('"19:00-01:00"', '"23:00-05:00"', text)
    text = edited('from: "19:00", to: "23:00"', 'from: "23:00", to: "02:00"', text)
    shift = read(tmp_path, text)
    assert shift.horizon.minutes == 540
    assert [(u.start, u.end) for u in shift.units[:2]] == [(0, 540), (60, 480)]
    pause = shift.units[0].break_
    assert pause is not None
    assert (pause.earliest, pause.latest) == (180, 360)
    assert shift.posts[0].staffing[0].end == 300
    assert shift.horizon.slots == (0, 60, 120, 180, 300, 360, 420, 480, 540)


def test_midnight_in_all_forms(tmp_path: Path) -> None:
    """00:00 and 24:00 end the same shift, and a break after midnight lies after the shift's start."""
    for end in ("00:00", "24:00"):
        text = edited(CAR, f'shift: "18:00-{end}", break: {{minutes: 30, between: "21:00-{end}"}}')
        assert read(tmp_path, text).units[0].end == 360
    text = edited(CAR, 'shift: "20:00-02:00", break: {minutes: 30, between: "00:30-01:30"}')
    pause = read(tmp_path, text).units[0].break_
    assert pause is not None
    assert (pause.earliest, pause.latest) == (390, 450)


def test_days_may_be_written(tmp_path: Path) -> None:
    """In a file over two days a shift with its date lies on that day."""
    text = edited("to: 2020-11-21 02:00", "to: 2020-11-22 02:00")
    text = edited('shift: "18:00-02:00"', 'shift: "2020-11-21 18:00 - 2020-11-22 02:00"', text)
    unit = read(tmp_path, text).units[0]
    assert (unit.start, unit.end) == (1440, 1920)


def test_goals_are_parts_of_a_thousand(tmp_path: Path) -> None:
    """Only proportions of goals count; 0 stays 0 and a little stays above 0."""
    goals = "goals: {presence: 0.5, response: 0.35, backup: 0.15}"
    found = read(tmp_path, edited(goals, "goals: {presence: 3, response: 1, backup: 0}")).goals
    assert {layer: goal for layer, goal in found.items() if goal} == {"presence": 750, "response": 250}
    assert read(tmp_path, edited(goals, "goals: {presence: 1e6, response: 1, backup: 0}")).goals["response"] == 1


def test_the_sample_and_the_demo_keep_the_schema(tmp_path: Path) -> None:
    """What the reader takes, the published JSON Schema takes too."""
    schema = shift_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    demo = Path(__file__).parents[1] / "instances" / "demo_town" / "night.yaml"
    for text in (SHIFT, FULL, demo.read_text(encoding="utf-8")):
        jsonschema.validate(yaml.load(text, yaml.BaseLoader) | _numbers(text), schema)


def _numbers(text: str) -> dict[str, object]:
    """Return the fields at the top that hold numbers, as a reader of YAML 1.2 has them."""
    document = yaml.safe_load(text)
    keys = ("patrolplan", "units", "posts", "risk", "goals", "visits", "hotspots", "tasks", "closed")
    numbers: dict[str, object] = json.loads(json.dumps({k: document[k] for k in keys if k in document}, default=str))
    return numbers


def test_a_schema_refuses_what_the_reader_refuses() -> None:
    """An unknown field, a missing one and a wrong mode break the schema."""
    schema = shift_schema()
    document = yaml.load(SHIFT, yaml.BaseLoader) | _numbers(SHIFT)
    for broken in (
        document | {"nam": "x"},
        {k: v for k, v in document.items() if k != "network"},
        document | {"units": [{"callsign": "A", "station": "B", "mode": "cra"}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, schema)


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_any_mutilated_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Cutting a piece out of the file, or putting one in, ends in a shift or in faults with their place."""
    text = data.draw(st.sampled_from([SHIFT, FULL]))
    low = data.draw(st.integers(0, len(text)))
    high = data.draw(st.integers(low, min(low + 12, len(text))))
    piece = data.draw(
        st.sampled_from(["", " ", "\n", "{", "}", "[", "]", ":", ": ", "- ", '"', "0", "x", "~", "\t", "é"])
    )
    folder = tmp_path_factory.mktemp("mutilated")
    path = write_shift(folder, shift=text[:low] + piece + text[high:])
    try:
        shift = read_shift(path)
    except InputError as error:
        told = error.faults
        if not all(f.file and f.wrong for f in told):
            pytest.fail(str(error))
    else:
        assert shift.units
    finally:
        shutil.rmtree(folder)
