"""Fixtures that several test files share, and the order of the tests where several processes run them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

SHARED = Path(__file__).parents[1].parent / "shared"
"""Real data that may not be put into the repository; it lies beside the checkout where there is any."""

COMPILING = frozenset(
    f"test_{name}"
    for name in (
        "alert",
        "backtest_plans",
        "bench_cover",
        "bench_draws",
        "bench_toptw",
        "bound",
        "cli_draw",
        "callouts",
        "cli_plan",
        "cli_plans",
        "cli_simulate",
        "cli_size",
        "cli_visits",
        "docs_draw",
        "draw",
        "docs_backtest",
        "docs_questions",
        "docs_sheets",
        "docs_simulation",
        "history",
        "hostile_inputs",
        "optima",
        "paths",
        "readme",
        "reliability",
        "rosters",
        "routing",
        "search",
        "simulation",
        "simulation_queues",
        "simulation_results",
        "sizing",
        "solve",
        "span_search",
        "stretch_stops",
        "visit_tours",
        "visits",
        "warm_start",
    )
)
"""Test files that need the compiled kernels, which takes a minute or two where none are kept on disk."""

settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("other", settings.get_profile("same"), derandomize=False, print_blob=True)
settings.load_profile("same")
"""Property tests try the same examples in every run, others each time with ``--hypothesis-profile other``, and none
fails because the machine is busy."""

_SEVERAL = "PYTEST_XDIST_WORKER" in os.environ
"""Whether this is one of several processes that run tests."""


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the directory of real data, or skip."""
    directory = SHARED / "data"
    if not directory.is_dir():
        pytest.skip(f"real data is not there: {directory}")
    return directory


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one of several processes begin with the tests that need the kernels, and compile while others do without."""
    if _SEVERAL:
        items.sort(key=lambda item: item.path.stem not in COMPILING)


@pytest.fixture(scope="session")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Compile the kernels once, whichever process comes first; programs that tests start find them on disk too."""
    from solver.preparation import prepare

    begun, done = (tmp_path_factory.getbasetemp().parent / name for name in ("kernels-begun", "kernels-done"))
    if _SEVERAL:
        try:
            begun.touch(exist_ok=False)
        except FileExistsError:
            while not done.exists():
                time.sleep(0.1)
    try:
        prepare()
    finally:
        if _SEVERAL:
            done.touch()


@pytest.fixture(autouse=True)
def _compiled(request: pytest.FixtureRequest) -> None:
    """Have the kernels ready before the first test that needs them."""
    if request.path.stem in COMPILING:
        request.getfixturevalue("kernels")
