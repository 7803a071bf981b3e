"""What a simulation rests on, to be told with its figures."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from solver.simulation.calls import CallModel
from solver.simulation.rules import Rules

Source = Literal["usual", "given", "replayed"]


@dataclass(frozen=True)
class Setting:
    """What was assumed.

    Parameters
    ----------
    replications, seed : int
    source : str
        Where the number of calls is from: ``usual`` (nobody said), ``given``, or ``replayed`` from past days.
    model : CallModel
    rules : Rules
    ways : str
        Where travel times are from: ``streets``, or an ``estimate`` from the tables of the problem.
    days : int or None
        How many past days were replayed.
    """

    replications: int
    seed: int
    source: Source
    model: CallModel
    rules: Rules
    ways: str
    days: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return asdict(self)

    def lines(self) -> list[str]:
        """Return it in words."""
        model, rules = self.model, self.rules
        many = f"{self.replications:,} replication{'s' * (self.replications != 1)}"
        calls = {
            "usual": f"{model.expected:.1f} calls each on average (one for every two hours of a unit; set --calls)",
            "given": f"{model.expected:.1f} calls each on average",
            "replayed": f"{model.expected:.1f} calls each on average, as on {self.days} past days",
        }[self.source]
        spread = {"fixed": "always", "exponential": "exponential, mean", "lognormal": "lognormal, mean"}[model.spread]
        posts = {
            "planned": "posts are left for calls as the shift file says",
            "keep": "no post is left for a call",
            "leave": "posts are left for calls",
        }[rules.posts]
        reserve = f"; {rules.reserve} kept free for serious calls" if rules.reserve else ""
        after = {"skip": "skips what it has missed", "resume": "makes up for what it has missed"}[rules.after]
        ways = {
            "streets": "travel times from the streets",
            "estimate": "travel times estimated where the problem does not tell them (from the streets with --roads)",
        }[self.ways]
        return [
            f"{many}, {calls}; seed {self.seed}",
            f"at the scene: {spread} {model.service / 60:g} min; {100 * model.serious:g} % of calls are serious and "
            "need two units",
            f"the nearest free unit goes{reserve}; {posts}; after a call a unit {after}",
            ways,
        ]
