"""Risk: what the surface conserves, what it forgets, what it cannot see, and the places chosen from it."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instances.errors import InputError
from instances.incidents import EPOCH, Incidents, read_incidents
from instances.risk import (
    MetricGrid,
    RiskSurface,
    cells_geojson,
    choose_hotspots,
    demand_csv,
    demand_geojson,
    demand_points,
    hotspots_csv,
    hotspots_geojson,
    risk_surface,
)
from instances.risk.time import Clock, circular

WEEK = [(day, hour) for day in range(7) for hour in range(24)]
UNTIL = date(2024, 3, 4)  # a Monday
PLAIN = Clock(sigma=0, cell_prior=0, week_prior=1e9)
"""No smoothing over hours, every cell its own day, every day of the week alike."""

GRID = MetricGrid.at(54.7, 2.4, 200)
CORNER = (2000, 30_300)


def make(
    *rows: tuple[float, float, int, int], kinds: tuple[str, ...] = ("theft",), kind: list[int] | None = None
) -> Incidents:
    """Return incidents from rows of (cells east, cells north, days before `UNTIL`, hour)."""
    x = np.array([(CORNER[0] + r[0]) * 200.0 for r in rows])
    y = np.array([(CORNER[1] + r[1]) * 200.0 for r in rows])
    lat, lon = GRID.degrees(x, y)
    return Incidents(
        lat=lat,
        lon=lon,
        day=np.array([(UNTIL - EPOCH).days - r[2] for r in rows], dtype=np.int64),
        hour=np.array([r[3] for r in rows], dtype=np.int8),
        month_only=np.zeros(len(rows), dtype=bool),
        kind=np.array(kind if kind is not None else [0] * len(rows), dtype=np.int32),
        kinds=kinds,
        source="incidents.csv",
    )


def surface_of(incidents: Incidents, **options: Any) -> RiskSurface:
    defaults: dict[str, Any] = {"slots": WEEK, "until": UNTIL, "grid": GRID}
    return risk_surface(incidents, **{**defaults, **options})[0]


places = st.tuples(
    st.floats(0, 6, exclude_max=True),
    st.floats(0, 6, exclude_max=True),
    st.integers(1, 60),
    st.integers(-1, 23),
)
towns = st.lists(places, min_size=1, max_size=30)


def test_smoothing_goes_no_farther_than_the_town() -> None:
    """Smoothing over ten thousand kilometres takes no longer than over the town, and makes its cells alike."""
    surface = surface_of(make((0.5, 0.5, 5, 12), (3.5, 0.5, 5, 12)), smoothing=1e7)
    assert surface.total[0] == pytest.approx(surface.total[1])


@given(towns, st.sampled_from([0.0, 100.0, 350.0]), st.sampled_from([None, timedelta(days=20)]))
def test_smoothing_keeps_the_total(
    rows: list[tuple[float, float, int, int]], smoothing: float, half_life: timedelta | None
) -> None:
    """Over the whole week the surface holds the weighted incidents a week, however it was smoothed."""
    incidents = make(*rows)
    surface, report = risk_surface(
        incidents, slots=WEEK, until=UNTIL, grid=GRID, smoothing=smoothing, half_life=half_life
    )
    age = np.array([r[2] for r in rows])
    decay = (lambda d: 0.5 ** (d / 20)) if half_life else (lambda d: d * 0 + 1.0)
    expected = 7 * decay(age).sum() / decay(np.arange(age.min(), age.max() + 1)).sum()
    assert surface.risk.sum() == pytest.approx(expected, rel=1e-9)
    assert report.weekly == pytest.approx(expected, rel=1e-9)
    assert surface.risk.min() >= 0


@given(towns, st.randoms(use_true_random=False))
def test_the_order_of_the_file_changes_nothing(rows: list[tuple[float, float, int, int]], random: Any) -> None:
    """The same incidents in another order give the same surface to the last bit."""
    shuffled = list(rows)
    random.shuffle(shuffled)
    one, two = surface_of(make(*rows)), surface_of(make(*shuffled))
    assert one.name == two.name
    assert np.array_equal(one.risk, two.risk)
    assert np.array_equal(one.at_lat, two.at_lat)
    assert choose_hotspots(one, 5) == choose_hotspots(two, 5)


@given(towns, towns)
def test_cells_keep_their_names_when_incidents_come_in(
    old: list[tuple[float, float, int, int]], new: list[tuple[float, float, int, int]]
) -> None:
    """Tomorrow's file names yesterday's squares alike, and they lie where they lay."""
    before, after = surface_of(make(*old)), surface_of(make(*old, *new))
    where = dict(zip(after.name, zip(after.lat, after.lon, strict=True), strict=True))
    for name, lat, lon in zip(before.name, before.lat, before.lon, strict=True):
        assert where[name] == (lat, lon)


def test_names_are_kilometres_of_the_corner() -> None:
    """A name tells zone, hemisphere and place, whatever the size of the cells."""
    assert MetricGrid.at(51.5, -0.1, 200).name(3496, 28558) == "30N 699.2 5711.6"
    assert MetricGrid.at(-33.9, 151.2, 250).name(1337, 25000) == "56S 334.25 6250.00"
    assert MetricGrid.at(51.5, -0.1, 1000).name(699, 5711, size=4) == "30N 699 5711 (4000 m)"
    with pytest.raises(ValueError, match="cell must be above 0 metres, not 0"):
        MetricGrid.at(51.5, -0.1, 0)


@given(st.floats(-79, 83), st.floats(-180, 179.99), st.sampled_from([50.0, 200.0, 1000.0]))
def test_a_point_lies_in_its_cell(lat: float, lon: float, cell: float) -> None:
    """The centre of a point's cell is nowhere farther than half a diagonal, anywhere on the globe."""
    grid = MetricGrid.at(lat, lon, cell)
    ix, iy = grid.cells(np.array([lat]), np.array([lon]))
    centre = grid.metres(*grid.centres(ix, iy))
    point = grid.metres(np.array([lat]), np.array([lon]))
    assert max(abs(centre[0] - point[0])[0], abs(centre[1] - point[1])[0]) <= cell / 2 + 1e-3


def test_risk_is_incidents_an_hour() -> None:
    """Twenty incidents at 21:00 in 20 days are one an hour there, and none at other hours."""
    incidents = make(*[(0.5, 0.5, d, 21) for d in range(1, 21)])
    surface = surface_of(incidents, slots=[(0, 21), (3, 21), (0, 20)], clock=PLAIN)
    assert surface.risk == pytest.approx(np.array([[1.0, 1.0, 0.0]]), abs=1e-6)


def test_an_incident_a_half_life_old_counts_half() -> None:
    """Of two cells, the one whose incident is 30 days older has half the risk."""
    incidents = make((0.5, 0.5, 1, 12), (5.5, 0.5, 31, 12))
    surface = surface_of(incidents, half_life=timedelta(days=30), smoothing=0)
    recent, old = surface.total.tolist()
    assert old / recent == pytest.approx(0.5)


def test_types_weigh_as_told_without_regard_to_case() -> None:
    """A weight multiplies, the star stands for the rest, and weight 0 is left out and counted."""
    incidents = make(*[(k + 0.5, 0.5, 5, 12) for k in (0, 2, 4)], kinds=("Theft", "Robbery", "Noise"), kind=[0, 1, 2])
    surface, report = risk_surface(
        incidents, slots=WEEK, until=UNTIL, smoothing=0, weights={"ROBBERY": 3, "noise": 0, "*": 2}
    )
    assert surface.total[1] / surface.total[0] == pytest.approx(1.5)
    assert (len(surface), report.weightless) == (2, 1)
    assert dict(report.weights) == {"Theft": 2, "Robbery": 3, "Noise": 0}


def test_the_day_planned_for_and_later_days_are_not_seen() -> None:
    """A plan for the past is made from what was known then; what is too old is left out as well."""
    incidents = make((0.5, 0.5, 0, 12), (0.5, 0.5, -3, 12), (2.5, 0.5, 1, 12), (4.5, 0.5, 40, 12))
    surface, report = risk_surface(incidents, slots=WEEK, until=UNTIL, since=timedelta(days=30))
    assert (report.after, report.before, report.incidents, len(surface)) == (2, 1, 1, 1)


def test_a_month_without_days_counts_once_it_is_over() -> None:
    """February is known in March and not in February."""
    first = np.array([(date(2024, 2, 1) - EPOCH).days, (date(2024, 1, 1) - EPOCH).days])
    two = make((0.5, 0.5, 1, -1), (2.5, 0.5, 1, -1))
    months = Incidents(two.lat, two.lon, first, two.hour, np.array([True, True]), two.kind, two.kinds)
    assert risk_surface(months, slots=WEEK, until=date(2024, 2, 29))[1].after == 1
    surface, report = risk_surface(months, slots=WEEK, until=date(2024, 3, 1))
    assert (report.after, report.month_only) == (0, 2)
    # 31 days of January and 29 of February were looked at, and no weekday stands out.
    assert surface.risk.sum() == pytest.approx(7 * 2 / 60)
    assert np.allclose(surface.risk, surface.risk[0, 0])


def test_evenings_run_over_midnight() -> None:
    """The kernel over the clock has no edge between 23:00 and 00:00."""
    one = np.zeros(24)
    one[23] = 1
    out = circular(one, 1.0)
    assert out[0] == pytest.approx(out[22])
    assert out.sum() == pytest.approx(1)


def test_incidents_without_an_hour_are_spread_as_those_with_one() -> None:
    """They follow the town's day; a profile that was told goes before it; without either they lie evenly."""
    known = [(0.5, 0.5, d, 21) for d in range(1, 15)]
    vague = [(3.5, 3.5, d, -1) for d in range(1, 15)]
    surface = surface_of(make(*known, *vague), clock=PLAIN, smoothing=0)
    assert surface.risk[1].reshape(7, 24).sum(axis=0).argmax() == 21
    told = surface_of(make(*vague), clock=PLAIN, hour_profile=[0] * 7 + [1] + [0] * 16)
    assert told.risk[0].reshape(7, 24).sum(axis=0).argmax() == 7
    even, report = risk_surface(make(*vague), slots=WEEK, until=UNTIL, clock=PLAIN)
    assert np.allclose(even.risk, even.risk.mean())
    assert report.hour_source == "are spread evenly over the day, as no incident has one"
    with pytest.raises(ValueError, match="hour_profile must be 24 numbers"):
        surface_of(make(*vague), hour_profile=[1, 2])


def test_a_thin_cell_takes_the_days_of_its_town() -> None:
    """One incident in the morning does not make a cell a morning cell; many do."""
    evenings = [(0.5, 0.5, 1 + d % 28, 21) for d in range(400)]
    thin = surface_of(make(*evenings, (4.5, 4.5, 3, 9)), smoothing=0).risk[1].reshape(7, 24).sum(axis=0)
    thick = surface_of(make(*evenings, *[(4.5, 4.5, 1 + d % 28, 9) for d in range(99)]), smoothing=0)
    assert thin.argmax() == 21
    assert thick.risk[1].reshape(7, 24).sum(axis=0).argmax() == 9


def test_weekdays_count_for_the_days_looked_at() -> None:
    """One incident a day for sixteen days is the same risk on every weekday, though two of them came thrice."""
    surface = surface_of(make(*[(0.5, 0.5, d, 12) for d in range(2, 18)]), clock=Clock(0, 0, 0.001))
    noon = surface.risk[0].reshape(7, 24)[:, 12]
    assert noon == pytest.approx(np.full(7, noon.mean()), rel=1e-6)


def test_busy_saturdays_show_and_few_data_hide_them() -> None:
    """With much data a Saturday twice as busy is nearly twice the risk; with little it is drawn to the mean."""

    def ratio(times: int) -> float:
        rows = [(0.5, 0.5, d, 21) for d in range(1, 29) for _ in range(times * (2 if d % 7 == 2 else 1))]
        surface = surface_of(make(*rows), slots=[(5, 21), (1, 21)])
        return float(surface.risk[0, 0] / surface.risk[0, 1])

    assert 1.8 < ratio(60) < 2.0
    assert 1.0 < ratio(1) < 1.4


def test_risk_is_not_put_where_nothing_ever_happened() -> None:
    """Cells without incidents get no risk, and a lonely cell keeps its own whatever the smoothing."""
    incidents = make((0.5, 0.5, 1, 12), (0.5, 0.5, 2, 12), (1.5, 0.5, 2, 12), (5.5, 5.5, 2, 12))
    rough, smooth = surface_of(incidents, smoothing=0), surface_of(incidents, smoothing=150)
    assert len(smooth) == 3
    assert smooth.total[2] == pytest.approx(rough.total[2])
    assert rough.total[0] > smooth.total[0] > smooth.total[1] > rough.total[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"weights": {"Tehft": 2}},
            "incidents.csv: weights.Tehft: no incident is of the type 'Tehft'; did you mean 'theft'?",
        ),
        ({"half_life": timedelta(0)}, "incidents.csv: half_life: it leaves nothing of any incident; make it longer"),
        (
            {"half_life": timedelta(minutes=5)},
            "incidents.csv: half_life: it leaves nothing of any incident; make it longer",
        ),
        (
            {"weights": {"theft": 1e-200}},
            "incidents.csv: weights: they are too small to be summed; only proportions count",
        ),
        (
            {"weights": {"theft": -1}},
            "incidents.csv: weights.theft: -1 is no weight; use 0 to 1,000,000,000,000: only proportions count",
        ),
        (
            {"since": timedelta(days=2)},
            "incidents.csv: since: no incident with weight lies in the 2 days before 2024-03-04; the file has "
            "2024-02-28 to 2024-02-28; look further back, or export newer incidents",
        ),
        (
            {"until": date(2024, 2, 1)},
            "incidents.csv: since: no incident with weight lies before 2024-02-01; the file has 2024-02-28 to "
            "2024-02-28; they are all later: export older incidents, or correct the date",
        ),
        (
            {"weights": {"theft": 0}},
            "incidents.csv: since: no incident with weight lies before 2024-03-04; the file has 2024-02-28 to "
            "2024-02-28; give some type a weight above 0, or export older incidents",
        ),
    ],
)
def test_what_cannot_be_used_is_said(options: dict[str, Any], message: str) -> None:
    """A misspelt type gets the nearest one, an empty window the span of the file, weights that vanish their cure."""
    with pytest.raises(InputError) as caught:
        surface_of(make((0.5, 0.5, 5, 12)), **options)
    assert str(caught.value) == message


def test_weights_where_no_incident_has_a_type() -> None:
    """Weights for types in a file without types are told how to name the column, not which type to use."""
    with pytest.raises(
        InputError, match="no incident has a type, so none is 'theft'; tell which column holds the type"
    ):
        surface_of(make((0.5, 0.5, 5, 12), kinds=("",)), weights={"theft": 2})


def test_a_type_that_does_not_occur_is_told_not_refused() -> None:
    """A weight for a type that no incident is of, and that looks like none, changes nothing and is reported."""
    incidents = make((0.5, 0.5, 5, 12), (0.5, 0.6, 6, 13))
    surface, report = risk_surface(incidents, slots=WEEK, until=UNTIL, grid=GRID, weights={"arson": 5.0})
    assert report.absent == ("arson",)
    assert "  no incident is of the type 'arson', which has a weight" in report.lines()
    assert np.array_equal(surface.risk, surface_of(incidents).risk)


def test_all_wrong_weights_come_at_once() -> None:
    """Two faults are two faults."""
    with pytest.raises(InputError) as caught:
        surface_of(make((0.5, 0.5, 5, 12)), weights={"theft": float("nan"), "tehft": 1})
    assert len(caught.value.faults) == 2


def test_the_report_reads_well() -> None:
    """The lines hold the numbers that the JSON holds."""
    _, report = risk_surface(
        make((0.5, 0.5, 1, 12), (2.5, 0.5, 8, -1), (2.5, 0.5, 99, 3)),
        slots=WEEK,
        until=UNTIL,
        since=timedelta(days=30),
        half_life=timedelta(days=7),
    )
    assert report.lines() == (
        "risk from 2 incidents, 2024-02-25 to 2024-03-03, in 2 cells",
        "  left out: 1 (too old)",
        "  cells of 200 m, smoothed over 100 m; half-life 7 days; worth 2 incidents of equal weight",
        "  1 incidents without an hour are spread over the day like those with one",
        "  1.8 weighted incidents a week; 5% of the cells hold 67% of the risk",
    )
    assert json.loads(json.dumps(report.to_json()))["before"] == 1


def test_hotspots_are_the_cells_with_the_most_risk() -> None:
    """They come in order of risk, stand where things happened, and there are never more than cells."""
    rows = [(0.2, 0.3, 1, 12)] * 2 + [(3.1, 3.9, 1, 12)] * 5 + [(5.5, 0.5, 1, 12)]
    surface = surface_of(make(*rows), smoothing=0)
    hotspots = choose_hotspots(surface, 2)
    x, y = GRID.metres(np.array([h.lat for h in hotspots]), np.array([h.lon for h in hotspots]))
    assert np.round(x / 200 - CORNER[0], 6).tolist() == [3.1, 0.2]
    assert np.round(y / 200 - CORNER[1], 6).tolist() == [3.9, 0.3]
    assert sum(hotspots[0].risk) > sum(hotspots[1].risk)
    assert len(choose_hotspots(surface, 99)) == 3
    centred = choose_hotspots(surface, 1, at="centre")[0]
    assert (centred.lat, centred.lon) == (surface.lat[1], surface.lon[1])
    with pytest.raises(ValueError, match="count must be 1 or more, not 0"):
        choose_hotspots(surface, 0)


def test_a_corner_cut_by_the_border_of_two_cells_is_one_hotspot() -> None:
    """What lies nearer than the spacing joins with its risk, even when no further hotspot is wanted."""
    surface = surface_of(make((0.95, 0.5, 1, 12), (0.95, 0.5, 2, 12), (1.05, 0.5, 1, 12)), smoothing=0)
    for count in (1, 2):
        (only,) = choose_hotspots(surface, count)
        assert only.risk == pytest.approx(surface.risk.sum(axis=0))
    assert len(choose_hotspots(surface, 2, spacing=10)) == 2


@given(towns, st.integers(1, 12))
def test_demand_is_never_dropped(rows: list[tuple[float, float, int, int]], limit: int) -> None:
    """Within any limit the points hold all the demand of every slot, under names of their own, within the town."""
    surface = surface_of(make(*rows), slots=[(4, 21), (4, 22)])
    points = demand_points(surface, limit=limit)
    assert len(points) <= limit
    assert len({p.name for p in points}) == len(points)
    assert np.sum([p.demand for p in points], axis=0) == pytest.approx(surface.risk.sum(axis=0))
    assert all(surface.at_lat.min() - 1e-9 <= p.lat <= surface.at_lat.max() + 1e-9 for p in points)
    every = demand_points(surface)
    assert [p.name for p in every] == list(surface.name)
    assert demand_points(surface, limit=len(every)) == every


def test_quiet_squares_are_joined_before_busy_ones() -> None:
    """The busy middle stays in cells of its own; the quiet corner becomes one square."""
    busy = [(i + 0.5, j + 0.5, 1, 12) for i in (0, 1) for j in (0, 1) for _ in range(50)]
    quiet = [(i + 0.5, j + 0.5, 1, 12) for i in (8, 9) for j in (8, 9)]
    surface = surface_of(make(*busy, *quiet), smoothing=0)
    names = [p.name for p in demand_points(surface, limit=5)]
    assert names[:4] == list(surface.name[:4])
    assert names[4].endswith("(400 m)")
    with pytest.raises(ValueError, match="limit must be 1 or more, not 0"):
        demand_points(surface, limit=0)


SLOTS = [(4, 22), (4, 23), (5, 0), (5, 22)]


@pytest.fixture(scope="module")
def small() -> RiskSurface:
    return surface_of(make(*[(i % 4 + 0.5, i % 3 + 0.5, 1 + i % 9, i % 24) for i in range(60)]), slots=SLOTS)


def test_csv_holds_mean_and_hours(small: RiskSurface) -> None:
    """Each hour of the clock has its column, two days of the same hour their mean, and numbers read back."""
    hotspots = choose_hotspots(small, 5)
    rows = list(csv.DictReader(io.StringIO(hotspots_csv(hotspots, SLOTS))))
    assert list(rows[0]) == ["name", "lat", "lon", "risk", "risk_22", "risk_23", "risk_00"]
    for row, hotspot in zip(rows, hotspots, strict=True):
        assert row["name"] == hotspot.name
        assert (float(row["lat"]), float(row["lon"])) == pytest.approx((hotspot.lat, hotspot.lon), abs=1e-6)
        assert float(row["risk"]) == pytest.approx(sum(hotspot.risk) / 4, rel=1e-5)
        assert float(row["risk_22"]) == pytest.approx((hotspot.risk[0] + hotspot.risk[3]) / 2, rel=1e-5)
    points = list(csv.DictReader(io.StringIO(demand_csv(demand_points(small), SLOTS))))
    assert len(points) == len(small)
    assert list(points[0])[3:5] == ["demand", "demand_22"]


def test_a_shift_file_reads_what_is_written(small: RiskSurface, tmp_path: Path) -> None:
    """The table of hotspots is one that the reader of shift files takes without a fault or a remark."""
    from instances.point_tables import read_points

    for name, text in (
        ("h.csv", hotspots_csv(choose_hotspots(small, 5), SLOTS)),
        ("h.geojson", hotspots_geojson(choose_hotspots(small, 5), SLOTS)),
    ):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        table = read_points(path, what="hotspot", known=["risk"], hourly="risk")
        assert [row.name for row in table.rows] == [h.name for h in choose_hotspots(small, 5)]
        assert (table.faults, table.notes) == ([], [])


def test_geojson_is_longitude_first_and_closed(small: RiskSurface) -> None:
    """Points and squares follow RFC 7946: rings are closed and run anticlockwise."""
    for text in (hotspots_geojson(choose_hotspots(small, 5), SLOTS), demand_geojson(demand_points(small), SLOTS)):
        feature = json.loads(text)["features"][0]
        lon, lat = feature["geometry"]["coordinates"]
        assert (round(lon), round(lat)) == (1, 55)
        assert feature["properties"]["name"].startswith("31N ")
    squares = json.loads(cells_geojson(small))["features"]
    assert len(squares) == len(small)
    ring = np.array(squares[0]["geometry"]["coordinates"][0])
    assert ring[0].tolist() == ring[-1].tolist()
    assert (ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]).sum() > 0


@settings(max_examples=20)
@given(towns)
def test_a_hotspot_stands_where_something_happened(rows: list[tuple[float, float, int, int]]) -> None:
    """Its point is the place of an incident, so that it is on or near a street."""
    incidents = make(*rows)
    there = {*zip(incidents.lat.tolist(), incidents.lon.tolist(), strict=True)}
    assert {(h.lat, h.lon) for h in choose_hotspots(surface_of(incidents), 9)} <= there


def test_london_and_chicago_foretell(shared_data: Path) -> None:
    """A tenth of the cells with the most risk hold far more than a tenth of the incidents to come."""
    for name, until, least in (
        ("city_of_london_police_2017-12_2020-11.csv.gz", date(2019, 6, 1), 0.30),
        ("chicago_2014-09.csv.gz", date(2014, 9, 23), 0.20),
    ):
        incidents, _ = read_incidents(shared_data / "incidents" / name)
        surface, _ = risk_surface(incidents, slots=[(4, 21)], until=until)
        start = (until - EPOCH).days
        future = incidents.select((incidents.day >= start) & (incidents.day < start + 30))
        hot = np.argsort(-surface.total)[: len(surface) // 10]
        cells = {*zip(surface.ix[hot].tolist(), surface.iy[hot].tolist(), strict=True)}
        met = [
            cell in cells
            for cell in zip(*(c.tolist() for c in surface.grid.cells(future.lat, future.lon)), strict=True)
        ]
        assert np.mean(met) > least, name


def test_half_a_million_incidents_take_seconds() -> None:
    """A province's year is gridded, smoothed and chosen from in a few seconds of processor time."""
    import time

    rng = np.random.default_rng(1)
    n = 500_000
    incidents = Incidents(
        lat=54.7 + 0.05 * rng.standard_normal(n),
        lon=2.4 + 0.05 * rng.standard_normal(n),
        day=rng.integers(19_000, 19_700, n),
        hour=rng.integers(0, 24, n).astype(np.int8),
        month_only=np.zeros(n, dtype=bool),
        kind=np.zeros(n, dtype=np.int32),
        kinds=("",),
    )
    before = time.process_time()
    surface = surface_of(incidents, slots=[(4, h) for h in range(24)])
    choose_hotspots(surface, 400)
    demand_points(surface, limit=1000)
    assert time.process_time() - before < 10


def test_the_page_and_the_shift_file_say_the_defaults_that_hold() -> None:
    """docs/risk.md and the fields of the shift file name the constants of the code."""
    from instances.risk.estimate import CELL, CLOCK, HALF_LIFE, SMOOTHING
    from instances.shift_document import RiskEntry

    page = (Path(__file__).parents[1] / "docs" / "risk.md").read_text(encoding="utf-8")
    assert f"| cell | {CELL:g} m |" in page
    assert f"| smoothing | {SMOOTHING:g} m |" in page
    assert "| half-life | none |" in page
    assert (
        f"| hours: {CLOCK.sigma:g} h; cell prior: {CLOCK.cell_prior:g}; weekday prior: {CLOCK.week_prior:g} |" in page
    )
    fields = RiskEntry.model_fields
    assert (fields["cell"].default, fields["smoothing"].default) == (f"{CELL:g} m", f"{SMOOTHING:g} m")
    assert fields["half_life"].default is HALF_LIFE is None


def test_incidents_on_the_other_side_of_the_globe() -> None:
    """Incidents too far from the middle of all are left out and counted; where all are, that is said."""
    near = make((0, 0, 3, 21), (1, 0, 2, 22), (0, 1, 4, 23))
    lat, lon = np.append(near.lat, 51.0), np.append(near.lon, 170.0)
    day, hour = np.append(near.day, near.day[0]), np.append(near.hour, near.hour[0])
    strayed = Incidents(lat, lon, day, hour, np.zeros(4, dtype=bool), np.zeros(4, dtype=np.int32), ("theft",), "x.csv")
    _, report = risk_surface(strayed, slots=WEEK, until=UNTIL)
    assert (report.incidents, report.far) == (3, 1)
    assert any("1 (more than 1,000 km from the middle of the others)" in line for line in report.lines())
    everywhere = Incidents(
        np.array([-80.0, 80.0]),
        np.array([-170.0, 100.0]),
        *(day[:2], hour[:2], np.zeros(2, dtype=bool), np.zeros(2, dtype=np.int32), ("theft",), "x.csv"),
    )
    with pytest.raises(InputError, match=r"x\.csv: no incident lies within 1,000 km of the middle of all of them"):
        risk_surface(everywhere, slots=WEEK, until=UNTIL)
