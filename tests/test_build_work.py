"""Tasks, hotspot hours, revisits, watching posts and districts of a shift file, as the problem has them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.build import Built, build
from instances.clock_times import local_span
from instances.errors import InputError
from instances.quantities import QuantityError
from instances.shift import Horizon
from instances.shift_file import read_shift
from instances.windows import beginning, joined, opening
from solver.problem_json import problem_from_json, problem_to_json
from tests.shift_samples import FULL, SHIFT, edited, write_shift

RULES = "response: {standards"
SCHOOL = "{name: School, at: [51.5004, -0.1000], minutes: 15"


def built(folder: Path, shift: str, **files: str) -> Built:
    """Read and build a shift file with its tables."""
    tables = {f"{name}.csv": text for name, text in files.items()}
    return build(read_shift(write_shift(folder, shift=shift, files=tables)), cache=None)


def with_tasks(*tasks: str, text: str = SHIFT) -> str:
    """Return the sample with tasks."""
    return edited(RULES, f"tasks: [{', '.join(tasks)}]\n{RULES}", text)


def with_visits(hotspot: str) -> str:
    """Return the sample with one hotspot, written in the shift file."""
    return edited("hotspots: hotspots.csv", f"hotspots: [{{name: Market, at: [51.5002, -0.1], {hotspot}}}]")


def horizon(folder: Path, start: str = "2020-11-20 18:00", end: str = "2020-11-21 02:00") -> Horizon:
    """Return the horizon from `start` to `end` in London."""
    text = f"patrolplan: 1\ntimezone: Europe/London\nfrom: {start}\nto: {end}\n" + SHIFT[SHIFT.index("network:") :]
    text = text.replace('shift: "18:00-02:00", ', "").replace('shift: "19:00-01:00", ', "")
    text = text.replace(', between: "21:00-23:30"', "").replace(', staff: [{from: "19:00", to: "23:00", units: 1}]', "")
    return read_shift(write_shift(folder, shift=text)).horizon


def test_tasks_become_tasks(tmp_path: Path) -> None:
    """A task has its place after the posts, its minutes, the minutes in which it may begin, and who may do it."""
    first = SCHOOL + ', between: ["20:00-20:10", "18:10-18:20"], profit: 3, modes: [foot], available: false}'
    second = "{name: Check, at: [51.5008, -0.1], minutes: 10 min, required: true, skills: [first aid]}"
    problem = built(tmp_path, with_tasks(first, second)).problem
    assert [p.name for p in problem.places][-2:] == ["School", "Check"]
    school, check = problem.tasks
    assert (school.place, school.minutes, school.windows) == (5, 15, ((10, 20), (120, 130)))
    assert (school.modes, school.available, school.required) == (("foot",), False, False)
    assert (check.minutes, check.windows, check.required, check.profit) == (10, (), True, 0)
    assert check.skills == ("first aid",)


def test_a_table_of_tasks_means_the_same(tmp_path: Path) -> None:
    """Tasks from a table, also with decimal commas, and tasks from the shift file give one problem."""
    listed = SCHOOL + ', between: ["18:10-18:20", "20:00-20:10"], profit: 2.5, modes: [car, foot], district: Old}'
    table = (
        "name;lat;lon;minutes;between;profit;modes;district\n"
        'School;51,5004;-0,1000;15;18:10-18:20, 20:00-20:10;2,5;"car; foot";Old\n'
    )
    named = edited(RULES, f"tasks: tasks.csv\n{RULES}")
    assert built(tmp_path, with_tasks(listed)).problem == built(tmp_path, named, tasks=table).problem


def test_profits_keep_their_proportions(tmp_path: Path) -> None:
    """A task with three times the profit of another has three times its weight; 1 is the profit if none is given."""
    other = "{name: Kiosk, at: [51.5008, -0.1], minutes: 10"
    school, kiosk = built(tmp_path, with_tasks(SCHOOL + ", profit: 3}", other + "}")).problem.tasks
    assert school.profit == pytest.approx(3 * kiosk.profit, rel=1e-6)


def test_an_appointment(tmp_path: Path) -> None:
    """A task between a time and the same time begins then."""
    (task,) = built(tmp_path, with_tasks(SCHOOL + ', between: "18:10-18:10"}')).problem.tasks
    assert task.windows == ((10, 10),)


def test_a_task_begins_so_that_it_ends_in_time(tmp_path: Path) -> None:
    """The last minute in which a task may begin is its length before the end of the shift."""
    (task,) = built(tmp_path, with_tasks(SCHOOL + ', between: "01:00-02:00"}')).problem.tasks
    assert task.windows == ((420, 465),)


@pytest.mark.parametrize(
    ("said", "windows"),
    [
        ('"09:00-20:00"', ((0, 120),)),
        ('"20:00-04:00"', ((120, 480),)),
        ('"00:00-24:00"', ()),
        ('["19:00-20:00", "20:00-21:00", "23:00-23:30"]', ((60, 180), (300, 330))),
        ('["19:00-20:00", "17:00-18:05"]', ((60, 120),)),
        ("2020-11-20 19:00 - 2020-11-20 21:00", ((60, 180),)),
        ("2020-11-20 19:00 - 21:00", ((60, 180),)),
    ],
)
def test_opening_hours(tmp_path: Path, said: str, windows: tuple[tuple[int, int], ...]) -> None:
    """Opening hours are cut to the shift; windows that touch are one, and one too short for a visit is left out."""
    (hotspot,) = built(tmp_path, with_visits(f"open: {said}")).problem.hotspots
    assert (hotspot.windows or ((0, 480),)) == (windows or ((0, 480),))


def test_opening_hours_hold_every_day(tmp_path: Path) -> None:
    """In a plan of three days a shop is open three times, also on the day when the clocks go back."""
    long = horizon(tmp_path, "2020-10-24 12:00", "2020-10-27 12:00")
    assert opening(long, local_span("09:00-18:00")) == [(0, 360), (1320, 1860), (2760, 3300), (4200, 4380)]


def test_windows_left_out_are_told_of(tmp_path: Path) -> None:
    """A window that the shift leaves too short for a visit is named in the report."""
    notes = built(tmp_path, with_visits('open: ["17:00-18:05", "19:00-20:00"]')).report.notes
    assert any("a visit of 12 min does not fit in 18:00-18:05, which is left out" in note for note in notes)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=8))
def test_joined_windows_hold_the_same_minutes(drawn: list[tuple[int, int]]) -> None:
    """Joining windows changes no minute, and leaves gaps between them."""
    windows = [(start, start + length) for start, length in drawn]
    found = joined(windows)
    minutes = {m for a, b in windows for m in range(a, b)}
    assert {m for a, b in found for m in range(a, b)} == minutes
    assert all(a[1] < b[0] for a, b in pairwise(found))


def test_a_day_without_the_opening_time_is_told(tmp_path: Path) -> None:
    """An opening time that the clocks skip is an error, never moved."""
    spring = horizon(tmp_path, "2021-03-27 18:00", "2021-03-28 06:00")
    with pytest.raises(QuantityError, match=r"'01:30' does not exist"):
        opening(spring, local_span("01:30-05:00"))
    with pytest.raises(QuantityError, match=r"'01:30' does not exist"):
        beginning(spring, local_span("01:30-05:00"), 10)


def test_revisits(tmp_path: Path) -> None:
    """How often a visit is due comes from the hotspot, else from what visits are; 0 min is never."""
    text = edited("visits: {dwell: 12 min}", "visits: {dwell: 12 min, every: 2 h, required: true}")
    table = (
        "name,lat,lon,every,required\nMarket,51.5002,-0.1,,\nBridge,51.5006,-0.1,90,false\nYard,51.5009,-0.1,0 min,\n"
    )
    found = built(tmp_path, text, hotspots=table).problem.hotspots
    assert [(h.every, h.required) for h in found] == [(120, True), (90, False), (0, False)]


def test_made_hotspots_are_visited_as_often_as_visits_say(tmp_path: Path) -> None:
    """Hotspots made from incidents have the interval that `visits` gives."""
    made = edited(
        "hotspots: hotspots.csv\ndemand: demand.csv", "incidents: incidents.csv\nrisk: {hotspots: 2, cell: 20 m}"
    )
    text = made.replace("visits: {dwell: 12 min}", "visits: {dwell: 12 min, every: 2 h}")
    assert [h.every for h in built(tmp_path, text).problem.hotspots] == [120, 120]


def test_a_visit_that_never_falls_due_is_told_of(tmp_path: Path) -> None:
    """An interval as long as the shift, or as the hotspot is open, asks for nothing, and the report says so."""
    notes = built(tmp_path, with_visits('every: 2 h, open: "19:00-21:00"')).report.notes
    assert any("no visit falls due: 'Market'" in note for note in notes)


@pytest.mark.parametrize(("watches", "found"), [("[Bridge]", (1,)), ("30 m", (0,)), ("1 km", (0, 1)), ("[]", ())])
def test_what_a_post_watches(tmp_path: Path, watches: str, found: tuple[int, ...]) -> None:
    """A post watches the hotspots that it names, or all within a distance of it."""
    (post,) = built(tmp_path, edited("stint: 30 min", f"stint: 30 min, watches: {watches}")).problem.posts
    assert post.watches == found


def test_a_post_that_watches_nothing_is_told_of(tmp_path: Path) -> None:
    """A distance within which there is no hotspot is named in the report."""
    notes = built(tmp_path, edited("stint: 30 min", "stint: 30 min, watches: 3 m")).report.notes
    assert any("no hotspot lies within 3 m of 'Gate'" in note for note in notes)


def test_districts_of_places(tmp_path: Path) -> None:
    """What is said of a place goes before the polygon it lies in; of two polygons the first drawn has it."""
    text = edited("posts:\n  - {name: Gate, ", "districts: parts.geojson\nposts:\n  - {name: Gate, district: North, ")
    places = built(tmp_path, text).problem.places
    assert {p.name: p.district for p in places} == {
        "Central": "South",
        "North": "North",
        "Market": "South",
        "Bridge": "North",
        "Gate": "North",
    }


def test_districts_without_polygons(tmp_path: Path) -> None:
    """Without a file, places lie in the districts given with them, and units belong to these."""
    text = edited("skills: [first aid]}", "districts: [Harbour], tied: true}")
    stations = "name,lat,lon,district\nCentral,51.5000,-0.1000,\nNorth,51.5010,-0.1000,Harbour\n"
    problem = built(tmp_path, text, stations=stations).problem
    assert [p.district for p in problem.places] == ["", "Harbour", "", "", ""]
    assert [(u.districts, u.tied) for u in problem.units] == [((), False), (("Harbour",), True), (("Harbour",), True)]


def test_a_district_without_places_is_told_of(tmp_path: Path) -> None:
    """Of a unit's districts those in which no place lies are left out, and the report says so."""
    far = '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}'
    near = '{"type": "Polygon", "coordinates": [[[-0.2, 51.4], [0, 51.4], [0, 51.6], [-0.2, 51.6], [-0.2, 51.4]]]}'
    features = ", ".join(
        f'{{"properties": {{"name": "{name}"}}, "geometry": {shape}}}' for name, shape in (("Far", far), ("Near", near))
    )
    path = write_shift(
        tmp_path, shift=edited("skills: [first aid]}", "districts: [Far, Near]}\ndistricts: two.geojson")
    )
    (tmp_path / "two.geojson").write_text(f'{{"type": "FeatureCollection", "features": [{features}]}}')
    result = build(read_shift(path), cache=None)
    assert result.problem.units[1].districts == ("Near",)
    assert "no place lies in district 'Far'" in result.report.notes


def test_places_in_no_district_are_told_of(tmp_path: Path) -> None:
    """Where districts are drawn, the places to work at that lie in none are named."""
    text = edited("at: [51.5002, -0.1002]", "at: [51.5002, -0.1012]") + "districts: parts.geojson\n"
    assert "parts.geojson: in no district, so open to units of all: 'Gate'" in built(tmp_path, text).report.notes


def test_goals_that_are_not_written_follow_what_there_is(tmp_path: Path) -> None:
    """Without goals of the planner's own, tasks, revisits and districts have a goal where the file has such."""
    plain = SHIFT.split("goals:")[0]
    every = plain.replace("visits: {dwell: 12 min}", "visits: {dwell: 12 min, every: 2 h}")
    every = every.replace("skills: [first aid]}", "districts: [North]}").replace(
        "stint: 30", "district: North, stint: 30"
    )
    for text, wanted in (
        (plain, {"presence": 500, "response": 350, "backup": 150}),
        (with_tasks(SCHOOL + "}", text=plain), {"presence": 417, "response": 292, "backup": 125, "tasks": 167}),
        (with_tasks(SCHOOL + ", required: true}", text=plain), {"presence": 500, "response": 350, "backup": 150}),
        (every, {"presence": 435, "response": 304, "backup": 130, "revisit": 87, "district": 43}),
    ):
        goals = built(tmp_path, text).problem.goals
        assert {layer: goal for layer, goal in goals.items() if goal} == wanted


def test_goals_at_odds_with_what_there_is_are_told_of(tmp_path: Path) -> None:
    """A goal that counts nothing, and something to count without a goal, are both named."""
    notes = built(tmp_path, edited("backup: 0.15}", "backup: 0.15, tasks: 0.2}")).report.notes
    assert "there is no task with a profit: the goal 'tasks' counts nothing" in notes
    notes = built(tmp_path, with_tasks(SCHOOL + "}")).report.notes
    assert "the goal 'tasks' is 0: plans are made without regard to it" in notes


@pytest.mark.parametrize(
    ("shift", "said"),
    [
        (edited("stint: 30 min", "stint: 30 min, skills: [frist aid]"), "stand on 'Gate', which asks for frist aid"),
        (with_tasks(SCHOOL + ", modes: [bicycle]}"), "do task 'School', which asks for bicycle"),
        (
            with_tasks(
                SCHOOL + ", modes: [foot], district: South}",
                text=edited("skills: [first aid]}", "districts: [East], tied: true}").replace(
                    "stint: 30", "district: East, stint: 30"
                ),
            ),
            "do task 'School', which lies in district 'South', to which none of them is tied",
        ),
    ],
)
def test_work_that_nobody_may_do_is_told_of(tmp_path: Path, shift: str, said: str) -> None:
    """A skill, a mode or a district that no unit has is no fault, there will be a shortfall; the report says so."""
    assert any(f"no unit may {said}" in note for note in built(tmp_path, shift).report.notes)


def test_more_than_a_plan_may_ask_for(tmp_path: Path) -> None:
    """Hard rules that ask for more unit-minutes than a problem may are refused in words, not with a crash."""
    with pytest.raises(InputError, match=r"night.yaml: .*ask for 24000000 unit-minutes; plan at most 80000 at once"):
        built(tmp_path, edited("units: 1}]", "units: 100000}]"))


def test_something_of_everything(tmp_path: Path) -> None:
    """A file with all sections is built, and every part of it is in the problem."""
    problem = built(tmp_path, FULL).problem
    assert [len(x) for x in (problem.hotspots, problem.posts, problem.tasks, problem.units)] == [2, 2, 2, 3]
    assert [h.reverse is not None for h in problem.hotspots] == [False, True]
    assert [post.watches for post in problem.posts] == [(0,), (0,)]
    assert {place.district for place in problem.places} == {"North", "South"}
    assert problem.units[0].break_ is not None
    assert [problem.places[i].name for i in problem.units[0].break_.places] == ["Gate", "School"]


def test_all_of_it_can_be_written_and_read(tmp_path: Path) -> None:
    """A problem with tasks, windows, intervals, districts and watching posts survives its JSON."""
    text = with_tasks(SCHOOL + ', between: "18:10-18:20"}', text=with_visits('every: 1 h, open: "19:00-21:00"'))
    text = text.replace("stint: 30 min", "watches: [Market], stint: 30 min") + "districts: parts.geojson\n"
    problem = built(tmp_path, text.replace("skills: [first aid]", "districts: [North]")).problem
    assert problem_from_json(problem_to_json(problem)) == problem
