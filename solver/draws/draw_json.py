"""A draw as JSON: the plans with their chances and losses, and what an observer knows; reading, and the schema."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from solver.clock import Clock
from solver.document_errors import DocumentError, read_document, repeated_names
from solver.draws.chances import WHOLE
from solver.draws.drawn import Draw
from solver.draws.guessing import Guess, HourGuess, SpotGuess
from solver.problem import Problem
from solver.weights import weights

FORMAT = "draw/1"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class DrawnDocument(_Strict):
    """One plan of the draw."""

    directory: str = Field(description="Where it is, beside this file.", pattern=r"^plan-[1-9][0-9]*$")
    chance: int = Field(ge=0, description="How often it is drawn, in 10,000 nights.")
    value: float | None = Field(description="Share of everything that could be covered.")
    value_units: int = Field(description="The same as an exact integer.")
    loss: float = Field(description="What it is worth less than the best plan, as a share of that.")
    below_bound: float | None = Field(
        description="At most so much less is it worth than any plan could be, as a share of that; null without a bound."
    )


class GuessDocument(_Strict):
    """What an observer knows who knows all plans and their chances; from 0 to 1."""

    uncertainty: float = Field(description="Mean entropy of whether a unit is there in a quarter-hour, in bits.")
    met: float = Field(description="How often a unit is there in the quarter that he names for each hour.")
    met_by_chance: float = Field(description="The same of a quarter named blindly.")
    missed: float = Field(description="How often none is there in the quarter that he names for that.")
    missed_by_chance: float = Field(description="The same of a quarter named blindly.")
    edge: float = Field(description="By how much both guesses are better than blind ones, together.")


class HoleDocument(_Strict):
    """A span in which a hotspot is open and has risk, and no plan has a unit there."""

    start: int
    end: int
    start_time: str
    end_time: str


class SpotDocument(GuessDocument):
    """One hotspot or task."""

    place: str
    stake: float = Field(description="Its share of all risk and profit.")
    uncertainty_by_hour: list[float] = Field(description="Its uncertainty in each of the hours below, in bits.")
    hole: HoleDocument | None = Field(description="The longest span that no plan visits; null where there is none.")
    hole_of_best: HoleDocument | None = Field(description="The same of the best plan alone.")


class HourDocument(_Strict):
    """The surest guess of one hour."""

    start: int
    start_time: str
    place: str
    begin: int
    end: int
    chance: float = Field(description="How often a unit is at the place from begin to end.")
    by_chance: float = Field(description="How often one is at any place and quarter of the hour.")


class ObserverDocument(_Strict):
    """What an observer knows of the best plan alone, of a draw with equal chances, and of this draw."""

    best_plan: GuessDocument
    equal_chances: GuessDocument
    draw: GuessDocument


class DistanceDocument(_Strict):
    """How different the plans are: 0 alike, 1 in nothing."""

    mean: float | None
    least: float | None
    pairs: list[list[float]] = Field(description="Of each plan from each.")


class DrawDocument(_Strict):
    """Several plans of one shift, to draw tonight's from."""

    patrolplan: str = Field(pattern=r"^draw/1$")
    problem: str = Field(description="Name of the shift.")
    fingerprint: str = Field(description="Fingerprint of the problem that the plans are for.")
    night: str = Field(description="Date on which the shift begins.")
    within: float = Field(description="The loss that was allowed.")
    expected_loss: float = Field(description="The loss to be expected of a draw.")
    bound: float | None = Field(description="No plan is worth more, as a share of everything.")
    seed: int
    made: int = Field(description="How many plans these were chosen from.")
    plans: list[DrawnDocument] = Field(min_length=1)
    distance: DistanceDocument
    observer: ObserverDocument
    spots: list[SpotDocument]
    hours: list[HourDocument]


def draw_to_json(problem: Problem, draw: Draw) -> str:
    """Return a draw as JSON; nothing in it comes from a secret."""
    clock, full, known = Clock.of(problem), weights(problem).full, draw.forecasts(problem)
    bound = draw.plans[0].bound
    document = DrawDocument(
        patrolplan=FORMAT,
        problem=problem.name,
        fingerprint=problem.fingerprint(),
        night=night_of(problem),
        within=float(draw.within),
        expected_loss=_short(draw.expected_loss),
        bound=None if bound is None or not full else bound / full,
        seed=draw.seed,
        made=draw.made,
        plans=[
            DrawnDocument(
                directory=f"plan-{number}",
                chance=chance,
                value=plan.value / full if full else None,
                value_units=plan.value,
                loss=_short(loss),
                below_bound=None if below is None else _short(below),
            )
            for number, (plan, chance, loss, below) in enumerate(
                zip(draw.plans, draw.chances, draw.losses, draw.below, strict=True), 1
            )
        ],
        distance=DistanceDocument(
            mean=_short(draw.mean_distance),
            least=_short(draw.least_distance),
            pairs=[[round(float(d), 6) for d in row] for row in draw.distances],
        ),
        observer=ObserverDocument(**{name: GuessDocument(**_guess(f.overall)) for name, f in known.items()}),
        spots=[
            _spot(spot, alone, clock) for spot, alone in zip(known["draw"].spots, known["best_plan"].spots, strict=True)
        ],
        hours=[_hour(hour, clock) for hour in known["draw"].hours],
    )
    return document.model_dump_json(indent=1) + "\n"


def draw_from_json(text: str | bytes) -> DrawDocument:
    """Return the draw written in `text`.

    Raises
    ------
    DocumentError
        When the text is no draw; it lists every error.
    """
    if repeated := repeated_names(text):
        raise DocumentError(repeated)
    document = read_document(DrawDocument, text)
    if sum(plan.chance for plan in document.plans) != WHOLE:
        raise DocumentError([f"plans: the chances must add up to {WHOLE}"])
    if len({plan.directory for plan in document.plans}) < len(document.plans):
        raise DocumentError(["plans: a directory comes twice"])
    return document


def draw_schema() -> dict[str, Any]:
    """Return the JSON Schema of a draw."""
    return DrawDocument.model_json_schema()


def night_of(problem: Problem) -> str:
    """Return the local date on which the shift begins."""
    return Clock.of(problem).local(0).date().isoformat()


def _short(figure: float | None) -> Any:
    """Return a figure without digits that mean nothing."""
    return None if figure is None else round(figure, 9)


def _guess(guess: Guess) -> dict[str, float]:
    """Return the fields of a guess."""
    names = ("uncertainty", "met", "met_by_chance", "missed", "missed_by_chance", "edge")
    return {name: _short(getattr(guess, name)) for name in names}


def _spot(spot: SpotGuess, alone: SpotGuess, clock: Clock) -> SpotDocument:
    """Return one spot, with the hole of the best plan alone."""
    return SpotDocument(
        place=spot.place,
        stake=_short(spot.stake),
        uncertainty_by_hour=[round(bits, 4) for bits in spot.by_hour],
        hole=_hole(spot.hole, clock),
        hole_of_best=_hole(alone.hole, clock),
        **_guess(spot.guess),
    )


def _hole(hole: tuple[int, int] | None, clock: Clock) -> HoleDocument | None:
    """Return a span without visits."""
    if hole is None:
        return None
    return HoleDocument(start=hole[0], end=hole[1], start_time=clock.iso(hole[0]), end_time=clock.iso(hole[1]))


def _hour(hour: HourGuess, clock: Clock) -> HourDocument:
    """Return the surest guess of an hour."""
    return HourDocument(
        start=hour.start,
        start_time=clock.iso(hour.start),
        place=hour.place,
        begin=hour.begin,
        end=hour.end,
        chance=_short(hour.chance),
        by_chance=_short(hour.by_chance),
    )
