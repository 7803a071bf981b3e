"""A containment: who closes which crossings, what is enclosed, and how good that is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Enclosure:
    """What was found.

    Parameters
    ----------
    closings : tuple of (unit, crossing)
        The crossings around the region, by unit.
    delaying : tuple of (unit, crossing)
        Where the car is not enclosed: crossings that other units close, so that it gets out later; by unit.
    open : tuple of int
        Crossings that nobody closes in time, and that would have to be closed as well; none where the car is enclosed.
    metres : int
        Length of the streets on which the car may be, if all of these were closed.
    least_metres : int
        No region is smaller, with as few crossings open.
    least_open : int
        No choice leaves fewer crossings open.
    hopeless : bool
        Whether the car could get out if every crossing were closed by an additional unit that stands there when it
        learns of it; then nothing is closed, and `open` is empty.
    """

    closings: tuple[tuple[int, int], ...] = ()
    delaying: tuple[tuple[int, int], ...] = ()
    open: tuple[int, ...] = ()
    metres: int = 0
    least_metres: int = 0
    least_open: int = 0
    hopeless: bool = False

    @property
    def all_closings(self) -> tuple[tuple[int, int], ...]:
        """All crossings that units close, by unit."""
        return tuple(sorted((*self.closings, *self.delaying)))

    @property
    def enclosed(self) -> bool:
        """Whether the car cannot get out."""
        return not self.open and not self.hopeless

    @property
    def proven(self) -> bool:
        """Whether no choice is better: fewer open crossings, or as few and a smaller region."""
        return self.hopeless or (len(self.open) == self.least_open and self.metres <= self.least_metres)
