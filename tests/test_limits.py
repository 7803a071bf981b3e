"""Claims about when a search ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from solver.limits import Limits
from solver.run import Run
from solver.weights import weights
from tests.small_town import small_town


def test_work_ends_a_run():
    """The work limit is reached at its number of moves, and the share counts towards it."""
    limits = Limits(None, 100, None)
    assert limits.reached(99) is None
    assert limits.reached(100) == "work limit"
    assert limits.share(25) == 0.25


def test_time_ends_a_run():
    """A time limit in the past is reached; without a work limit the share is that of the time."""
    limits = Limits(0.0, None, None)
    assert limits.reached(0) == "time limit"
    assert limits.share(0) == 1.0


def test_a_stop_goes_before_every_limit():
    """A run that was told to stop says that it was interrupted."""
    assert Limits(0.0, 0, lambda: True).reached(0) == "interrupted"


def test_chunks_of_limited_work_do_not_depend_on_the_clock():
    """With a work limit the chunk is the same however long the last one took."""
    limits = Limits(None, 10_000, None)
    assert limits.chunk(1, 0.001) == limits.chunk(50, 9.0) == 50


def test_chunks_of_limited_time_aim_at_a_tenth_of_a_second():
    """A slow chunk is followed by a smaller one, a fast one by one at most four times as large."""
    limits = Limits(60.0, None, None)
    assert limits.chunk(100, 1.0) == 10
    assert limits.chunk(100, 1e-9) == 400
    assert limits.chunk(1, 5.0) == 1


@pytest.mark.parametrize(("seconds", "work", "patience"), [(-1.0, None, None), (None, -1, None), (1.0, 1, -1.0)])
def test_negative_limits_are_refused(seconds, work, patience):
    """Limits are 0 or more."""
    with pytest.raises(ValueError, match="0 or more"):
        Limits(seconds, work, None, patience)


def test_patience_counts_moves_where_they_alone_are_limited():
    """With a work limit and no time limit it is so many moves since something better was found."""
    limits = Limits(None, 1000, None, 20)
    assert limits.reached(19) is None
    assert limits.reached(20) == "no improvement"
    limits.better(15)
    assert limits.reached(34) is None
    assert limits.reached(35) == "no improvement"


def test_patience_counts_seconds_elsewhere(monkeypatch):
    """With a time limit, or with none at all, it is so many seconds since something better was found."""
    now = [100.0]
    monkeypatch.setattr("solver.limits.time.perf_counter", lambda: now[0])
    for seconds, work in ((60.0, 10**6), (None, None)):
        now[0] = 100.0
        limits = Limits(seconds, work, None, 5.0)
        now[0] = 104.0
        assert limits.reached(10**5) is None
        limits.better(10**5)
        now[0] = 108.5
        assert limits.reached(10**5) is None
        now[0] = 109.0
        assert limits.reached(10**5) == "no improvement"


def test_without_limits_the_cooling_repeats():
    """With nothing but a way to stop, the share runs from 0 to 1 again and again."""
    limits = Limits(None, None, lambda: False)
    assert limits.share(0) == limits.share(20_000) == 0.0
    assert limits.share(10_000) == 0.5


class _Search:
    """A plan in the making that is better whenever it is told to be."""

    moves = value = missing = 0
    counts = None

    def routes(self) -> tuple[()]:
        return ()


def test_patience_begins_anew_with_a_better_plan_that_nobody_told_of():
    """A search that finds something better between two reports is not ended as one that finds nothing."""
    search = _Search()
    run = Run(small_town(), search, Limits(None, 1000, None, patience=10), gap=None, bounding=None, progress=None)
    run.report("first plan")
    search.moves, search.value = 9, 1
    assert run.reached() is None
    search.moves = 18
    assert run.reached() is None
    search.moves = 19
    assert run.reached() == "no improvement"


class _Bounding:
    """A bound that the price of what posts lack has made higher than all there is."""

    least = 3 * 10**14
    resting = False
    begun = 0

    def begin(self, *, beside: bool) -> None:
        self.begun += 1 + beside

    def keep_pace(self, share: float, over: Callable[[], bool]) -> None: ...

    def end(self) -> None: ...


def test_no_bound_is_above_all_that_can_be_covered():
    """A bound above the value of a plan that covers everything is told as that value."""
    problem, told = small_town(), []
    limits = Limits(None, 1000, None)
    run = Run(problem, _Search(), limits, gap=None, bounding=_Bounding(), progress=told.append)
    run.report("first plan")
    assert run.least == told[0].bound == weights(problem).full < _Bounding.least


@pytest.mark.parametrize(("limits", "begun"), [((0.0, None, None), 0), ((60.0, None, lambda: True), 0), ((60.0,), 2)])
def test_no_bound_is_begun_when_the_run_is_over(limits, begun):
    """A first plan that took all the time, or an interrupt meanwhile, leaves no time to set up a bound."""
    bounding = _Bounding()
    run_limits = Limits(*limits, *[None] * (3 - len(limits)))
    Run(small_town(), _Search(), run_limits, gap=None, bounding=bounding, progress=None).begin()
    assert bounding.begun == begun


class _Greedy(_Bounding):
    """A bound of which there is always more due; each step takes a second of `clock`."""

    def __init__(self, clock: list[float]) -> None:
        self.clock, self.steps = clock, 0

    def keep_pace(self, share: float, over: Callable[[], bool]) -> None:
        while self.steps < 1000 * share and not over():
            self.clock[0] += 1
            self.steps += 1


@pytest.mark.parametrize(("limits", "steps"), [((100.0, None), 41), ((None, 100), 500)])
def test_a_bound_that_takes_turns_leaves_the_search_its_time(limits, steps):
    """Of a limited time it has no more than its share, however much is due; of limited work it does all that is."""
    clock = [0.0]
    bounding, search = _Greedy(clock), _Search()
    run_limits = Limits(*limits, None, None, lambda: clock[0])
    run = Run(small_town(), search, run_limits, gap=None, bounding=bounding, progress=None, threads=1)
    run.begin()
    while search.moves < 50 and run_limits.reached(search.moves) is None:
        search.moves += 1
        clock[0] += 1
        run.keep_pace(run_limits.share(search.moves))
    assert bounding.steps <= steps
    assert run_limits.work_limit is None or bounding.steps == steps


def test_a_bound_that_takes_turns_ends_with_the_run():
    """No step is begun when the time is over, or somebody said stop."""
    clock = [10.0]
    for limits in (Limits(5.0, None, None, None, lambda: clock[0]), Limits(None, 100, lambda: True)):
        bounding = _Greedy(clock)
        run = Run(small_town(), _Search(), limits, gap=None, bounding=bounding, progress=None, threads=1)
        clock[0] += 5
        run.keep_pace(0.5)
        assert bounding.steps == 0
