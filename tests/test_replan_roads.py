"""`patrol replan --shift`: what is closed, new or where it happens is on the streets, in the demo town."""

from __future__ import annotations

import gzip
import json
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner, Result

from cli import main
from instances.documents import read_streets

AT = 215
"""21:35, in minutes from the start of the plan."""

CLOSED = "Alder Street"

EDITED = f"""\
closed: [{CLOSED}]
hotspots:
  - {{name: Fairground, at: [54.6960, 2.3985], risk: 400}}
"""


def patrol(*arguments: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a directory with the demo town, a plan `out` and one made anew, `new`, with a street closed."""
    folder = tmp_path_factory.mktemp("town")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        patrol("town", folder / "demo")
        night = folder / "demo" / "night.yaml"
        text = night.read_text(encoding="utf-8")
        (folder / "demo" / "edited.yaml").write_text(text + EDITED, encoding="utf-8")
        made = patrol("plan", night, "-o", folder / "out", "--work-limit", 300)
        assert made.exit_code == 0, made.output
        new = patrol(*replan(folder, "new"), "--incident", "54.6955,2.4018 units=2 minutes=40")
        assert new.exit_code in (0, 4), new.output
    return folder


def replan(folder: Path, out: str, file: str = "edited.yaml") -> list[object]:
    """Return a command that plans the rest anew with a shift file."""
    return ["replan", folder / "out", "--at", "21:35", "--shift", folder / "demo" / file, "-o", folder / out, *LIMIT]


LIMIT = ("--work-limit", 300)


def closed_lines(folder: Path) -> shapely.Geometry:
    """Return the closed street as the OSM file draws it."""
    root = ET.fromstring(gzip.decompress((folder / "demo" / "network.osm.gz").read_bytes()))
    nodes = {n.get("id"): (float(n.get("lon", 0)), float(n.get("lat", 0))) for n in root.iter("node")}
    ways = [
        [nodes[nd.get("ref")] for nd in way.iter("nd")]
        for way in root.iter("way")
        if any((t.get("k"), t.get("v")) == ("name", CLOSED) for t in way.iter("tag"))
    ]
    return shapely.union_all([shapely.LineString(points) for points in ways])


def legs_after(folder: Path, out: str) -> list[shapely.LineString]:
    """Return the ways that units but those on foot set out for after `AT`."""
    document = json.loads((folder / out / "plan.json").read_text(encoding="utf-8"))
    modes = {
        u["callsign"]: u["mode"]
        for u in json.loads((folder / out / "problem.json").read_text(encoding="utf-8"))["units"]
    }
    streets = read_streets(folder / out / "streets.json")
    found = []
    for route in document["routes"]:
        mode = modes[route["callsign"]]
        for before, after in zip(route["stops"], route["stops"][1:], strict=False):
            if before["leave"] >= AT and before["place"] != after["place"] and mode != "foot":
                leg = streets.leg(mode, before["place"], after["place"])
                assert leg is not None, (before, after)
                found.append(shapely.LineString(leg.lonlat))
    return found


def metres_on(lines: list[shapely.LineString], street: shapely.Geometry) -> float:
    """Return how far the lines go along a street, roughly, in metres."""
    strip = street.buffer(2e-5)
    return sum(shapely.intersection(line, strip).length * 65_000 for line in lines if line.length)


def test_a_closed_street_is_not_driven_any_more(town: Path) -> None:
    """Nobody but on foot goes along it after that time, other than across; in the plan before, units did."""
    street = closed_lines(town)
    before, after = legs_after(town, "out"), legs_after(town, "new")
    assert max(metres_on([line], street) for line in before) > 100
    # Every crossing of the street is a few metres within a strip of two metres to either side.
    assert all(metres_on([line], street) < 30 for line in after)


def test_the_past_is_that_of_the_plan_and_check_finds_the_rest_right(town: Path) -> None:
    """Every stop that had ended by then is in the new plan as it was."""
    assert patrol("check", town / "new").exit_code in (0, 4)
    old, new = (
        {r["callsign"]: r["stops"] for r in json.loads((town / name / "plan.json").read_text())["routes"]}
        for name in ("out", "new")
    )
    for callsign, stops in old.items():
        past = [s for s in stops if s["leave"] <= AT and s["leave"] > s["arrive"] and s["kind"] != "standby"]
        assert all(s in new[callsign] for s in past)
        assert past or callsign in ("C3", "F2", "B2", "M2", "F1")


def test_a_new_hotspot_is_visited_and_an_incident_is_where_it_is(town: Path) -> None:
    """A risky one is; two units are at the point of the incident for 40 minutes, which lies on the streets."""
    new = json.loads((town / "new" / "plan.json").read_text(encoding="utf-8"))
    stops = [s for r in new["routes"] for s in r["stops"]]
    assert any((s["place"], s["kind"]) == ("Fairground", "visit") and s["arrive"] >= AT for s in stops)
    bound = [s for s in stops if s["place"] == "incident at 54.69550, 2.40180"]
    assert [(s["kind"], s["leave"] - s["arrive"]) for s in bound] == [("task", 40)] * 2


def test_tracks_of_the_new_plan_are_along_streets(town: Path) -> None:
    """Every unit's GPX has far more points than stops after that time, or does not drive."""
    space = {"g": "http://www.topografix.com/GPX/1/1"}
    start = datetime.fromisoformat(json.loads((town / "new" / "problem.json").read_text())["start"]).timestamp()
    for route in json.loads((town / "new" / "plan.json").read_text())["routes"]:
        root = ET.parse(town / "new" / "gpx" / f"{route['callsign']}.gpx").getroot()
        times = [t.text or "" for t in root.iterfind(".//g:trkpt/g:time", space)]
        late = [t for t in times if datetime.fromisoformat(t).timestamp() >= start + 60 * AT]
        stops = [s for s in route["stops"] if s["arrive"] >= AT]
        if len({s["place"] for s in stops}) > 3:
            assert len(late) > 4 * len(stops)


def test_the_new_plan_can_be_planned_anew_in_its_turn(town: Path) -> None:
    """Without the file, with few changes; and with the old file, so that the street is open and the fair is over."""
    late = ("--late", "C1 10min", "--keep-others", *LIMIT)
    for out, more in (("again", ()), ("open", ("--shift", town / "demo" / "night.yaml"))):
        made = patrol("replan", town / "new", "--at", "22:20", "-o", town / out, *late, *more)
        assert made.exit_code in (0, 4), made.output
        assert patrol("check", town / out).exit_code == made.exit_code
    places = [s["place"] for r in json.loads((town / "open" / "plan.json").read_text())["routes"] for s in r["stops"]]
    assert "Alder Street (31N 461.0 6061.2)" in places


def test_a_plan_under_alert_is_planned_anew(town: Path) -> None:
    """Units on call stay on call; where the level rises, more of them go out."""
    text = (town / "demo" / "night.yaml").read_text(encoding="utf-8")
    for level in ("yellow", "red"):
        (town / "demo" / f"{level}.yaml").write_text(f"{text}alert: {level}\n", encoding="utf-8")
    yellow, red = town / "demo" / "yellow.yaml", town / "demo" / "red.yaml"
    assert patrol("plan", yellow, "-o", town / "calm", *LIMIT).exit_code in (0, 4)
    out = {}
    for name, more in (("same", ()), ("yellow", ("--shift", yellow)), ("red", ("--shift", red))):
        made = patrol(
            "replan", town / "calm", "--at", "21:35", "-o", town / name, "--out-of-service", "C1", *LIMIT, *more
        )
        assert made.exit_code in (0, 4), made.output
        assert patrol("check", town / name).exit_code == made.exit_code
        routes = json.loads((town / name / "plan.json").read_text())["routes"]
        out[name] = {r["callsign"] for r in routes if any(s["kind"] in ("visit", "stint") for s in r["stops"])}
    assert len(out["same"]) <= 5
    assert out["same"] == out["yellow"]
    assert len(out["red"]) > len(out["same"])


def test_what_does_not_go_with_the_plan_is_told_at_once(town: Path, tmp_path: Path) -> None:
    """Another horizon and grid, a unit that is none, a point on no globe: one message, exit code 2, nothing written."""
    night = (town / "demo" / "night.yaml").read_text(encoding="utf-8")
    other = town / "demo" / "other.yaml"
    other.write_text(night.replace("to:   2026-10-17 02:00", "to:   2026-10-17 02:05\ngrid: 5 min"), encoding="utf-8")
    made = patrol(
        "replan",
        town / "out",
        "--at",
        "21:35",
        "-o",
        tmp_path / "x",
        "--shift",
        other,
        "--late",
        "Z9 5",
        "--incident",
        "91,2",
    )
    assert made.exit_code == 2
    for wrong in ("make 'from' and 'to' those of the plan", "grid 5", "'Z9'", "latitude 91"):
        assert wrong in made.output
    assert not (tmp_path / "x").exists()


def test_a_point_asks_for_the_shift_file(town: Path, tmp_path: Path) -> None:
    """Without streets nobody knows how long it takes to get there; the nearest place is named."""
    made = patrol(
        "replan", town / "out", "--at", "21:35", "-o", tmp_path / "x", "--incident", "54.6955, 2.4018 units=2"
    )
    assert made.exit_code == 2
    assert "--shift" in made.output
    assert "the nearest is 'Old Bridge', 54 m away" in made.output
    far = patrol(*replan(town, str(tmp_path / "x")), "--incident", "50,2")
    assert far.exit_code == 3
    assert "--incident: incident 'incident at 50.00000, 2.00000' is more than" in far.output
