"""What `patrol site` is asked: points for each of some numbers, or the fewest; and what could not be met."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from solver.sites.problem import PARTS, SiteProblem
from solver.sites.siting import Siting
from solver.sites.solve import NoSitingError, covered_curve, fewest_points, most_covered


@dataclass(frozen=True)
class Answer:
    """Points, and for each number that was asked for what so many can do.

    `lacking` says in words what could not be met, and is empty where everything was.
    """

    found: Siting
    curve: tuple[tuple[int, Siting], ...] = ()
    lacking: str = ""


def answer(
    problem: SiteProblem,
    numbers: Sequence[int],
    *,
    seconds: float,
    gap: float = 0.0,
    stop: Callable[[], bool] | None = None,
) -> Answer:
    """Return the best choice of each number of points, or without numbers one of the fewest.

    Of the fewest, it is one that covers most doubly, where double cover counts.  Where no choice of some number covers
    what must be covered, the choices are those that cover most.

    Parameters
    ----------
    problem : SiteProblem
    numbers : sequence of int
        In rising order.
    seconds : float
        By the clock, for each number.
    gap : float
        Share of the value that the bound may lie above it.
    stop : callable, optional
        Asked now and then whether to end.

    Raises
    ------
    NoSitingError
        When more points are given than asked for.
    """
    if not numbers:
        return Answer(_fewest(problem, seconds, stop))
    if len(problem.given) > min(numbers):
        raise NoSitingError(f"{len(problem.given)} points are given; ask for that many at least")
    lacking = ""
    try:
        curve = list(covered_curve(problem, numbers, seconds=seconds, gap=gap, stop=stop))
    except NoSitingError as error:
        least = fewest_points(problem, seconds=seconds, stop=stop).bound
        lacking = f"{error}: at least {least} are needed. This is what so many can cover."
        loose = replace(problem, cover_all=False)
        curve = list(covered_curve(loose, numbers, seconds=seconds, gap=gap, stop=stop))
    return Answer(curve[-1], tuple(zip(numbers, curve, strict=True)), lacking)


def _fewest(problem: SiteProblem, seconds: float, stop: Callable[[], bool] | None) -> Siting:
    """Return the fewest points that cover everything; where double cover counts, the best of these."""
    found = fewest_points(problem, seconds=seconds, stop=stop)
    if problem.backup_parts:
        best = replace(problem, cover_all=True, backup_parts=PARTS)
        with suppress(NoSitingError):  # none better was found in time
            again = most_covered(best, len(found.chosen), seconds=seconds, stop=stop)
            found = replace(again, value=found.value, bound=found.bound, status=found.status, full=found.full)
    return found
