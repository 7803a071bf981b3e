"""How a dispatcher sends units, and what these do after a call: the rules of a simulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Posts = Literal["planned", "keep", "leave"]
POSTS: tuple[Posts, ...] = ("planned", "keep", "leave")

After = Literal["skip", "resume"]
AFTER: tuple[After, ...] = ("skip", "resume")


@dataclass(frozen=True)
class Rules:
    """How units are sent, and how they go on.

    Parameters
    ----------
    posts : str
        Which posts may be left for a call: ``planned``, those that are `solver.problem.Post.available`; ``keep``, none;
        ``leave``, all.
    reserve : int
        An ordinary call waits unless more units than this are free; the others are kept for serious ones.
    after : str
        ``skip``: a unit goes to what its plan says for the time when it is free again.  ``resume``: it makes up for
        what it has missed, later and shorter.

    Raises
    ------
    ValueError
        When there is no such rule.
    """

    posts: Posts = "planned"
    reserve: int = 0
    after: After = "skip"

    def __post_init__(self) -> None:
        if self.posts not in POSTS or self.after not in AFTER:
            raise ValueError(f"posts must be one of {POSTS} and after one of {AFTER}")
        if self.reserve < 0:
            raise ValueError(f"reserve must be 0 or more, not {self.reserve}")
