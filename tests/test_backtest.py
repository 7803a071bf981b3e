"""Backtest: measures by hand and by property, periods, no look into the future, and made towns found again."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instances.backtest import Backtest, Period, backtest, findings, make_study, rolling_periods, span_of
from instances.backtest.as_json import backtest_json
from instances.backtest.backtest import COARSER, coarser
from instances.backtest.clock import ClockMap, clock_gains
from instances.backtest.forecasts import LAST, PAST, RISK, UNIFORM, USUAL, last_map, past_map, risk_maps, station_map
from instances.backtest.measures import area_under_hits, best_hits, hits_by_area, log_gain, marked
from instances.backtest.resample import Draws
from instances.backtest.words import backtest_lines
from instances.errors import InputError
from instances.incidents import EPOCH, Incidents
from instances.risk import risk_surface
from tests.made_incidents import FIRST, GRID, drawn, incidents_at

START = (FIRST - EPOCH).days
WEEK = [(day, hour) for day in range(7) for hour in range(24)]

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""On a machine that is busy with other things examples are slow to make."""

counts = st.lists(st.integers(0, 9), min_size=1, max_size=30).map(lambda v: np.array(v, dtype=np.float64))
shares = st.floats(0.001, 1)


# Measures


def test_marked_cells_by_hand() -> None:
    """Of four cells, half the area is the two with most; of equals each is marked by the part that is left."""
    assert marked(np.array([1.0, 5, 3, 2]), 0.5).tolist() == [0, 1, 1, 0]
    assert marked(np.array([1.0, 5, 1, 1]), 0.5) == pytest.approx([1 / 3, 1, 1 / 3, 1 / 3])
    assert marked(np.array([4.0, 2, 1, 1]), 0.3).tolist() == pytest.approx([1, 0.2, 0, 0])


def test_measures_by_hand() -> None:
    """Hit rate 6 of 8, PAI 0.75 / 0.25 = 3, PEI 6 of 7: the map takes the second best of four cells."""
    forecast, came = np.array([9.0, 1, 0, 0]), np.array([6.0, 1, 7, 0])
    hits = marked(forecast, 0.25) @ came
    assert hits == 6
    assert hits / came.sum() / 0.25 == pytest.approx(6 / 14 / 0.25)
    assert hits / best_hits(came, 0.25) == pytest.approx(6 / 7)
    # From 0 over 6 to 7, then straight to 14 over the two cells that are alike: trapezoids of width 1/4.
    assert area_under_hits(forecast, came) == pytest.approx((3 + 6.5 + 8.75 + 12.25) / 4)


def test_log_gain_by_hand() -> None:
    """A cell with half of what four cells hold is twice as likely as anywhere, or 1.5 times if half is spread."""
    gain = log_gain(np.array([2.0, 1, 1, 0]), np.array([1e-300, 0.5]))
    assert np.exp(gain[0, :3]) == pytest.approx([2, 1, 1])
    assert np.exp(gain[1]) == pytest.approx([1.5, 1, 1, 0.5])
    assert log_gain(np.zeros(4), np.array([0.1])).tolist() == [[0, 0, 0, 0]]


@CALM
@given(counts, counts, shares, shares)
def test_more_area_never_finds_less(forecast: np.ndarray, came: np.ndarray, one: float, two: float) -> None:
    """The hit rate never falls when more is marked, and all of the area holds all."""
    n = min(len(forecast), len(came))
    forecast, came = forecast[:n], came[:n]
    low, high = sorted((one, two))
    assert marked(forecast, low) @ came <= marked(forecast, high) @ came + 1e-9
    assert marked(forecast, 1) @ came == pytest.approx(came.sum())
    assert marked(forecast, low).sum() == pytest.approx(low * n)


@CALM
@given(counts, counts, shares)
def test_no_map_beats_the_best_choice(forecast: np.ndarray, came: np.ndarray, share: float) -> None:
    """PEI lies between 0 and 1, and is 1 for a map that knows the future."""
    n = min(len(forecast), len(came))
    forecast, came = forecast[:n], came[:n]
    hits, best = marked(forecast, share) @ came, best_hits(came, share)
    assert -1e-9 <= hits <= best + 1e-9
    assert marked(came, share) @ came == pytest.approx(best)


@CALM
@given(counts, shares)
def test_everywhere_alike_is_chance(came: np.ndarray, share: float) -> None:
    """The map that tells no cell from another hits its share of the area: PAI 1, half the area under the curve."""
    flat = np.ones(len(came))
    assert marked(flat, share) @ came == pytest.approx(share * came.sum())
    assert area_under_hits(flat, came) == pytest.approx(came.sum() / 2)


@CALM
@given(counts, counts, shares, st.randoms(use_true_random=False))
def test_order_of_cells_is_no_matter(forecast: np.ndarray, came: np.ndarray, share: float, random: object) -> None:
    """Cells in another order give the same figures, as those alike are all marked in part."""
    n = min(len(forecast), len(came))
    forecast, came = forecast[:n], came[:n]
    order = np.random.default_rng(n).permutation(n)
    assert marked(forecast, share) @ came == pytest.approx(marked(forecast[order], share) @ came[order])
    assert area_under_hits(forecast, came) == pytest.approx(area_under_hits(forecast[order], came[order]))


@CALM
@given(counts, counts, shares)
def test_the_curve_goes_through_the_hits(forecast: np.ndarray, came: np.ndarray, share: float) -> None:
    """The curve of hits at a share is what the cells marked at that share hold."""
    n = min(len(forecast), len(came))
    forecast, came = forecast[:n], came[:n]
    assert np.interp(share, *hits_by_area(forecast, came)) == pytest.approx(marked(forecast, share) @ came, abs=1e-9)


@CALM
@given(counts, counts.filter(lambda c: c.sum() > 0), st.floats(0.01, 0.99))
def test_no_map_scores_better_than_the_truth(forecast: np.ndarray, came: np.ndarray, spread: float) -> None:
    """The log score is proper: over what came, no map gains more than the shares of what came themselves."""
    n = min(len(forecast), len(came))
    forecast, came = forecast[:n], came[:n]
    if came.sum() == 0:
        return
    truth = log_gain(came, np.array([1e-300]))[0][came > 0] @ came[came > 0]
    assert log_gain(forecast, np.array([spread]))[0] @ came <= truth + 1e-9


def test_ranges_by_hand() -> None:
    """Blocks that are alike have no range; two of three kinds have, the same each time; two blocks have none."""
    alike = Draws(6, np.random.default_rng(1)).ratio(np.full(6, 2.0), np.full(6, 4.0))
    assert (alike.value, alike.low, alike.high) == (0.5, 0.5, 0.5)
    sums, sizes = np.array([1.0, 2, 6]), np.array([2.0, 4, 8])
    one, two = (Draws(3, np.random.default_rng(1)).ratio(sums, sizes) for _ in range(2))
    assert one == two
    assert (one.value, one.low, one.high) == pytest.approx((9 / 14, 0.5, 0.75))
    assert not Draws(2, np.random.default_rng(1)).ratio(sums[:2], sizes[:2]).known


def test_ranges_hold_what_they_say() -> None:
    """Of 300 ranges from six blocks, about 95 in a hundred hold the true ratio all the same."""
    rng = np.random.default_rng(2)
    missed = 0
    for _ in range(300):
        sizes = rng.poisson(20, 6).astype(np.float64)
        found = Draws(6, rng).ratio(rng.binomial(sizes.astype(int), 0.3).astype(np.float64), sizes)
        missed += not found.low <= 0.3 <= found.high
    assert 0.02 < missed / 300 < 0.1


# Periods


def test_periods_end_with_the_file() -> None:
    """Ten weeks with weeks to test on: backwards from the end, none overlaps, half the file is learnt from first."""
    rolling = rolling_periods(START, START + 70, test=7)
    assert [p.days for p in rolling.every] == [7] * 5
    assert rolling.test[-1].end == START + 70
    assert rolling.every[0].begin == START + 35
    assert len(rolling.test) == 3
    assert rolling.test[0].begin == rolling.choose[-1].end
    assert rolling.length_text() == "1 week"


def test_periods_of_months() -> None:
    """Where dates are months periods are whole months, whatever their length."""
    end = (date(2025, 1, 1) - EPOCH).days
    rolling = rolling_periods(START, end, months=True, test=28, train=180, count=3)
    assert [p.first.isoformat() for p in rolling.test] == ["2024-10-01", "2024-11-01", "2024-12-01"]
    assert [p.last.day for p in rolling.test] == [31, 30, 31]
    assert rolling.choose[0].first == date(2024, 7, 1)


@CALM
@given(
    st.integers(2, 800),
    st.one_of(st.none(), st.integers(1, 60)),
    st.integers(1, 90),
    st.integers(1, 400),
    st.booleans(),
)
def test_no_period_overlaps_another(span: int, test: int | None, step: int, train: int, months: bool) -> None:
    """Periods follow each other without overlap within the file, those to choose by before those to test on."""
    end = START + span
    if months:
        end = int(np.datetime64(end, "D").astype("M8[M]").astype("M8[D]").astype(int))
    if end <= START:
        return
    try:
        rolling = rolling_periods(START, end, months=months, test=test, step=step, train=train)
    except InputError:
        return
    every = rolling.every
    assert rolling.choose
    assert rolling.test
    assert every[-1].end == end
    assert every[0].begin > START
    assert all(one.end <= two.begin for one, two in pairwise(every))
    assert all(p.days > 0 for p in every)


def test_too_few_periods_are_refused() -> None:
    """A file that is too short is refused with what it holds and what would be right."""
    with pytest.raises(InputError, match=r"2024-01-01 to 2024-01-10, hold 0 periods of 28 days .* make 'test' or"):
        rolling_periods(START, START + 10, test=28)
    with pytest.raises(InputError, match="5 periods of 7 days after a past to learn from; 9 to test on and 1 before"):
        rolling_periods(START, START + 70, test=7, count=9)


# Maps


def few() -> Incidents:
    """Return incidents in three cells: 3 and 1 and, in the last week, 1."""
    return incidents_at(
        np.array([0.5, 0.5, 0.5, 3.5, 0.5, 3.5]), np.full(6, 0.5), np.array([0, 1, 8, 2, 15, 15]), np.full(6, 12)
    )


def test_plain_maps_by_hand() -> None:
    """On the 15th day the past holds 3 and 1, the week before it 1 and 0; two stations share 3 and 1 by their cells."""
    study = make_study(few(), cell=200)
    area = study.area(START + 14)
    period = Period(START + 14, START + 21)
    assert past_map(study, period, area).tolist() == [3, 1]
    assert last_map(study, period, area, months=None).tolist() == [1, 0]
    assert station_map(study, period, area, np.array([0, 1])).tolist() == [3, 1]
    assert station_map(study, period, area, np.array([0, 0])).tolist() == [2, 2]


@pytest.mark.parametrize("train", [None, 10, 45])
@pytest.mark.parametrize("half_life", [None, timedelta(days=9)])
def test_maps_are_those_of_patrol_risk(train: int | None, half_life: timedelta | None) -> None:
    """What is tested is the surface that `patrol risk` makes from the same past."""
    made = drawn(lambda _: np.arange(1.0, 65).reshape(8, 8), days=60, a_day=5)
    study = make_study(made, cell=200)
    day = START + 50
    area = study.area(day)
    (ours,) = risk_maps(study, day, area, (150.0,), (half_life,), train=train)
    surface, _ = risk_surface(
        made,
        slots=WEEK,
        until=EPOCH + timedelta(days=day),
        since=None if train is None else timedelta(days=train),
        half_life=half_life,
        smoothing=150,
        grid=study.grid,
    )
    theirs = dict(zip(zip(surface.ix.tolist(), surface.iy.tolist(), strict=True), surface.total, strict=True))
    found = np.array([theirs.get(cell, 0.0) for cell in zip(study.ix[area], study.iy[area], strict=True)])
    assert ours / ours.sum() == pytest.approx(found / found.sum())


def test_months_count_once_they_are_over() -> None:
    """An incident of a month without days is past on the first of the next month, not before."""
    study = make_study(
        incidents_at(np.array([0.5]), np.array([0.5]), np.array([10]), np.array([0]), months=True), cell=200
    )
    assert not study.before(START + 30).any()
    assert study.before(START + 31).all()
    assert study.within(Period(START, START + 31)).all()


@settings(CALM, max_examples=20)
@given(st.integers(0, 2**16))
def test_no_look_into_the_future(seed: int) -> None:
    """Other incidents after a day change neither area nor maps of that day, not by a bit."""
    past = drawn(lambda _: np.ones((5, 5)), days=20, a_day=3, seed=7)
    rng = np.random.default_rng(seed)
    n = 40
    later = incidents_at(
        rng.random(n) * 9 - 2, rng.random(n) * 9 - 2, 20 + rng.integers(0, 9, n), rng.integers(0, 24, n)
    )
    both = replace(
        past,
        **{
            name: np.concatenate([getattr(past, name), getattr(later, name)])
            for name in ("lat", "lon", "day", "hour", "month_only", "kind")
        },
    )
    found = []
    for made in (past, both):
        study = make_study(made, cell=200)
        area = study.area(START + 20)
        maps = risk_maps(study, START + 20, area, (0.0, 300.0), (None, timedelta(days=5)), train=15)
        plain = past_map(study, Period(START + 20, START + 27), area)
        cells = [study.ix[area].tolist(), study.iy[area].tolist()]
        found.append((cells, maps.tolist(), plain.tolist()))
    assert found[0] == found[1]


# The clock


def test_clock_by_hand() -> None:
    """Where all happens in one hour, it is 24 times as likely as on a flat day, but for what is kept for the others."""
    town = np.eye(24)[20]
    known = ClockMap(town, np.ones((7, 24)), np.zeros((1, 24)))
    period = Period(START, START + 7)
    gains = clock_gains(known, period, np.zeros(2, dtype=int), np.array([START, START + 6]), np.array([20, 3]))
    assert gains[0].tolist() == [0, 0]
    assert np.exp(gains[1]) == pytest.approx([0.99 * 4 + 0.01, 0.01])
    for rung in gains[2:]:
        assert np.exp(rung) == pytest.approx([0.99 * 24 + 0.01, 0.01])


@settings(CALM, max_examples=30)
@given(st.integers(0, 2**16), st.integers(1, 16))
def test_clocks_are_probabilities(seed: int, days: int) -> None:
    """Each rung's chances of all hours of all days of a period sum to 1."""
    rng = np.random.default_rng(seed)
    town = rng.random(24)
    known = ClockMap(town / town.sum(), rng.random((7, 24)) + 0.1, rng.random((1, 24)))
    period = Period(START, START + days)
    day, hour = np.divmod(np.arange(24 * days), 24)
    gains = clock_gains(known, period, np.zeros(24 * days, dtype=int), START + day, hour)
    assert np.exp(gains).sum(axis=1) / (24 * days) == pytest.approx(np.ones(5))


# Made towns

HILL = np.exp(-(((np.mgrid[:16, :16] - 7.5) ** 2).sum(axis=0)) / (2 * 3.0**2)) + 0.02
"""A hill of 600 m, in cells of 200 m."""

SPIKES = np.where(np.random.default_rng(5).random((16, 16)) < 0.1, 20.0, 1.0)
"""Hot cells with cold neighbours."""

EVENING = np.where(np.arange(24) >= 18, 6.0, 1.0)


def backtest_of(made: Incidents, *, days: int = 7, **options: object) -> Backtest:
    study = make_study(made, cell=200)
    first, end = span_of(study)
    rolling = rolling_periods(first, end, months=study.months, test=days, train=364)
    return backtest(study, rolling, **options)  # type: ignore[arg-type]


def test_smooth_towns_are_smoothed_and_spiky_ones_are_not() -> None:
    """From few incidents on a hill smoothing pays, by less than the hill is wide; where cells stand out it harms."""
    hill = backtest_of(
        drawn(lambda _: HILL, days=200, a_day=6), half_lives=(None,), bandwidths=(0.0, 100, 200, 400, 1600)
    )
    assert hill.best.bandwidth in (200, 400)
    assert hill.maps[RISK].gain.sum() > hill.maps[PAST].gain.sum()
    spikes = backtest_of(drawn(lambda _: SPIKES, days=120, a_day=40), half_lives=(None,))
    assert spikes.best.bandwidth == 0


def test_towns_that_change_forget_and_steady_ones_do_not() -> None:
    """Where hot cells move every three weeks a short half-life wins; where they stay, none or a long one is chosen."""

    def moving(day: int) -> np.ndarray:
        return np.roll(SPIKES, 5 * (day // 21), axis=0)

    changing = backtest_of(drawn(moving, days=200, a_day=30), bandwidths=(0.0,))
    assert changing.best.half_life == timedelta(days=14)
    found = findings(changing, np.random.default_rng(0))
    assert found.over[PAST].low > 0
    steady = backtest_of(drawn(lambda _: SPIKES, days=200, a_day=30), bandwidths=(0.0,))
    assert steady.best.half_life is None or steady.best.half_life >= timedelta(days=180)


@pytest.mark.parametrize(("hours", "rungs"), [(None, {"flat"}), (EVENING, {"parts", "hours"})])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_hours_are_found_where_there_are_some(hours: np.ndarray | None, rungs: set[str], seed: int) -> None:
    """Hours are worth planning by exactly when the town has a day; the sentence says so."""
    made = backtest_of(
        drawn(lambda _: HILL, days=150, a_day=8, hours=hours, seed=seed), bandwidths=(200.0,), half_lives=(None,)
    )
    found = findings(made, np.random.default_rng(0))
    assert found.rung in rungs
    text = " ".join(backtest_lines(made, found, incidents="incidents.csv"))
    assert ("adds nothing that these" in text and "plan with one slot" in text) == (hours is None)


def test_cells_of_a_town_without_places() -> None:
    """Where every place is like any other no map beats chance, and the first sentence says so."""
    made = backtest_of(drawn(lambda _: np.ones((12, 12)), days=100, a_day=4), bandwidths=(200.0,), half_lives=(None,))
    found = findings(made, np.random.default_rng(0))
    assert found.times == 0
    first = backtest_lines(made, found, incidents="i.csv")[0]
    assert first.startswith("Nothing made from the past foretold these")


def test_coarse_towns_need_no_fine_cells() -> None:
    """Where risk is one for squares of 800 m and incidents are few, wider cells than 200 m are advised."""
    blocks = np.kron(np.where(np.random.default_rng(3).random((6, 6)) < 0.3, 12.0, 1.0), np.ones((4, 4)))
    made = backtest_of(drawn(lambda _: blocks, days=150, a_day=3), bandwidths=(0.0,), half_lives=(None,))
    found = findings(made, np.random.default_rng(0))
    assert found.times in (2, 4, 8)
    text = " ".join(backtest_lines(made, found, incidents="i.csv"))
    assert "Cells of 200 m add nothing" in text
    assert f"--cell {200 * found.times}" in text


def test_cells_that_are_too_fine_for_few_incidents() -> None:
    """Where most incidents fall in cells that had none before, that is said first, and which cells would do."""
    made = backtest_of(drawn(lambda _: np.ones((32, 32)), days=150, a_day=1), bandwidths=(0.0,), half_lives=(None,))
    lines = backtest_lines(made, findings(made, np.random.default_rng(0)), incidents="i.csv")
    text = " ".join(" ".join(lines).split())
    assert text.startswith("Cells of 200 m are finer than these incidents bear: ")
    assert "nothing had happened before; in cells of 800 m it would be" in text
    assert "Test again with --cell 800m, or with --roads." in text
    again = made.new[4]
    assert again <= 0.2 * made.count < made.new[2] <= made.outside + len(made.rolling.test)


def test_towns_of_months() -> None:
    """Incidents of months are tested by months, and nothing is said of hours."""
    made = backtest_of(drawn(lambda _: SPIKES, days=800, a_day=3, months=True), days=28)
    assert made.rolling.months
    assert made.clock is None
    text = " ".join(backtest_lines(made, findings(made, np.random.default_rng(0)), incidents="i.csv"))
    assert "The dates are months" in text


def test_figures_of_a_backtest_hang_together() -> None:
    """Hits sum to what came, chance has no gain, the future's choice is never beaten, and all of it repeats."""
    made, again = (backtest_of(drawn(lambda _: SPIKES, days=120, a_day=10), half_lives=(None,)) for _ in range(2))
    assert made.maps[UNIFORM].gain.sum() == 0
    assert made.count == made.size.sum() == made.inside.sum() + made.outside
    for score in made.maps.values():
        assert (score.hits.sum(axis=1) <= made.best_hits + 1e-9).all()
        assert (np.diff(score.hits.sum(axis=1)) >= -1e-9).all()
        assert score.curve[-1] == pytest.approx(made.inside.sum())
    assert {*made.maps} == {UNIFORM, LAST, PAST, USUAL, RISK, *map(coarser, COARSER)}
    one, two = (findings(b, np.random.default_rng(0)) for b in (made, again))
    assert one == two
    assert made.clock is not None
    assert (
        made.clock.part_size.sum() == pytest.approx(made.clock.hour_size.sum()) == pytest.approx(made.clock.size.sum())
    )


def test_weights_weigh() -> None:
    """Incidents of weight 0 are left out, and weights in proportion give the same shares."""
    both = drawn(lambda _: SPIKES, days=100, a_day=10)
    kinds = replace(both, kinds=("noise", "theft"), kind=(np.arange(len(both)) % 2).astype(np.int32))
    study = make_study(kinds, cell=200, weights={"noise": 0})
    assert study.left_out == {"of weight 0": (len(both) + 1) // 2}
    rolling = rolling_periods(*span_of(study), test=7)
    rates = []
    for weight in (1.0, 3.0):
        weighed = backtest(make_study(kinds, cell=200, weights={"noise": 0, "theft": weight}), rolling)
        rates.append(weighed.maps[RISK].hits.sum(axis=1) / weighed.size.sum())
    assert rates[0] == pytest.approx(rates[1])


def test_settings_are_chosen_without_the_period_foretold() -> None:
    """What is taken for the first test period is what the periods before speak for, whatever comes later."""
    steady = drawn(lambda _: SPIKES, days=100, a_day=20)
    whole = backtest_of(steady)
    first = whole.rolling.test[0]
    early = steady.select(steady.day < first.end)
    study = make_study(early, cell=200)
    rolling = replace(whole.rolling, test=(first,))
    assert backtest(study, rolling).maps[RISK].taken == whole.maps[RISK].taken[:1]
    assert math.isfinite(whole.maps[RISK].gain.sum())


def test_cells_far_too_small_are_refused() -> None:
    """A smoothing over more cells than can be worked out is refused at once."""
    made = incidents_at(np.linspace(0, 99, 300), np.linspace(0, 99, 300), np.arange(300) % 90, np.full(300, 5))
    study = make_study(made, cell=1)
    with pytest.raises(InputError, match="cells of 1 m are too small for a smoothing of 400 m"):
        backtest(study, rolling_periods(*span_of(study), test=7))


def test_grid_is_the_one_of_the_town() -> None:
    """Cells are those of the grid that hotspots are made on."""
    assert make_study(few(), cell=200).grid == GRID


@settings(CALM, max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(3, 400), st.booleans(), st.booleans())
def test_any_incidents_are_tested_or_refused(seed: int, n: int, span: int, months: bool, hours: bool) -> None:
    """Few incidents, all in one cell or far apart, with gaps of months, give words and numbers or a refusal."""
    rng = np.random.default_rng(seed)
    side = 10.0 ** rng.uniform(-1, 2)
    made = incidents_at(
        rng.random(n) * side,
        rng.random(n) * side,
        rng.integers(0, span, n),
        rng.integers(0, 24, n) if hours else np.full(n, -1),
        months=months,
    )
    study = make_study(made, cell=200)
    try:
        rolling = rolling_periods(*span_of(study), months=study.months)
        found = backtest(study, rolling, share=float(rng.choice([0.001, 0.05, 1.0])))
    except InputError:
        return
    bears = findings(found, np.random.default_rng(0))
    assert "nan" not in "\n".join(backtest_lines(found, bears, incidents="i.csv"))
    json.dumps(backtest_json(found, bears), allow_nan=False)
