"""The best route of a unit on call: when it takes its break where, and when it goes to where its shift ends.

What a minute of standing is worth at each place is given, be it what the plan leaves uncovered or a price; all ways
of being on call (`solver.on_call`) are gone through at once, with running totals.  On the road a unit counts from the
nearer end of its leg, as everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver.paths import FAR
from solver.route_arrays import BREAK, STANDBY

if TYPE_CHECKING:
    from solver.cover import Ints, Small
    from solver.route_arrays import Roster

Row = tuple[int, int, int, int]
"""Place, kind, arrive and leave of a stop."""


class Wait(NamedTuple):
    """What a unit earns on call, and its stops (S, 4) between the two ends of its shift, as in `Routes`."""

    worth: int
    stops: Small


class _Pause(NamedTuple):
    """A break, begun at `begin` at `place`, from one station and then to another; `sum` is what that all earns."""

    sum: int
    start: int
    place: int
    begin: int
    end: int


def places_of(roster: Roster, u: int) -> list[int]:
    """Return the places where unit `u` may be on call: the ends of its shift, and where it may take its break."""
    pause = np.flatnonzero(roster.pause_at[u]).tolist() if roster.has_pause[u] else []
    return list(dict.fromkeys([int(roster.origin[u]), int(roster.destination[u]), *pause]))


def best_wait(roster: Roster, u: int, legs: Small, grid: int, standing: dict[int, Ints]) -> Wait:
    """Return the best that unit `u` can do on call.

    Parameters
    ----------
    roster : Roster
    u : int
    legs : int32 array of shape (P, P)
        Minutes from place to place by its mode, `FAR` where there is no way.
    grid : int
    standing : dict of int to int64 array of shape (T + 1,)
        For each of `places_of`, what it is worth to have stood there, available, from minute 0 on.
    """
    return _Wait(roster, u, legs, grid, standing).best()


class _Wait:
    """The ways of one unit."""

    def __init__(self, roster: Roster, u: int, legs: Small, grid: int, standing: dict[int, Ints]) -> None:
        self.grid, self.legs, self.standing = grid, legs, standing
        self.start, self.end = int(roster.start[u]), int(roster.end[u])
        self.origin, self.destination = int(roster.origin[u]), int(roster.destination[u])
        self.roster, self.u = roster, u

    def best(self) -> Wait:
        """Return the best of all."""
        if not self.roster.has_pause[self.u]:
            if self.origin == self.destination:
                stay = (self.origin, STANDBY, self.start, self.end)
                return _wait_of(self._stood(self.origin, self.start, self.end), [stay])
            worth, move = self._moved(self.start)
            return _wait_of(worth, [row for row in self._move(self.start, move) if row[2] < row[3]])
        pauses = [p for place in np.flatnonzero(self.roster.pause_at[self.u]).tolist() for p in self._pauses(place)]
        best = max(pauses, key=lambda pause: pause.sum)
        return _wait_of(best.sum, self._rows(best))

    def _stood(self, place: int, begin: int, end: int) -> int:
        """Return what standing at a place is worth."""
        return int(self.standing[place][end] - self.standing[place][begin])

    def _road(self, start: int, end: int, leave: Ints) -> Ints:
        """Return what driving from place to place is worth, left at each of `leave`."""
        leg = 0 if start == end else int(self.legs[start, end])
        middle = leave + (leg + 1) // 2
        first, second = self.standing[start], self.standing[end]
        worth: Ints = first[middle] - first[leave] + second[leave + leg] - second[middle]
        return worth

    def _moves(self) -> tuple[Ints, Ints]:
        """Return when the unit may leave its origin for its destination, and what that is worth by both totals.

        Added to the total at the destination it is what is earned from the total at the origin at minute 0 on.
        """
        leg = int(self.legs[self.origin, self.destination])
        times = np.arange(self.start, self.end - leg + 1, self.grid)
        worth = self._road(self.origin, self.destination, times)
        return times, self.standing[self.origin][times] + worth - self.standing[self.destination][times + leg]

    def _moved(self, since: int) -> tuple[int, int]:
        """Return what is earned from `since`, at the origin, to the end at the destination, and when it leaves."""
        times, worth = self._moves()
        late = int(np.searchsorted(times, since))
        i = late + int(np.argmax(worth[late:]))
        total = worth[i] - self.standing[self.origin][since] + self.standing[self.destination][self.end]
        return int(total), int(times[i])

    def _pauses(self, place: int) -> list[_Pause]:
        """Return the best break at a place, from and to each of the unit's stations."""
        found = []
        ends = [(self.origin, self.origin)]
        if self.origin != self.destination:
            ends += [(self.origin, self.destination), (self.destination, self.destination)]
        for start, end in ends:
            found += self._pause(start, place, end)
        return found

    def _pause(self, start: int, place: int, end: int) -> list[_Pause]:
        """Return the best break at a place, from one station and to another, if there is time for any."""
        r, u = self.roster, self.u
        minutes = int(r.pause_minutes[u])
        out, back = self._leg(start, place), self._leg(place, end)
        home = self._leg(end, self.destination)
        arrival = self.start + self._leg(self.origin, start)
        if max(out, back, home, arrival) >= FAR:
            return []
        first = max(arrival + out, int(r.pause_earliest[u]))
        last = min(int(r.pause_latest[u]), self.end - home - back) - minutes
        begins = np.arange(first + -first % self.grid, last + 1, self.grid)
        if not begins.size:
            return []
        before = self._before(start, begins - out) + self._road(start, place, begins - out)
        after = self._road(place, end, begins + minutes) + self._after(end, begins + minutes + back)
        i = int(np.argmax(before + after))
        return [_Pause(int(before[i] + after[i]), start, place, int(begins[i]), end)]

    def _leg(self, start: int, end: int) -> int:
        """Return the minutes from place to place."""
        return 0 if start == end else int(self.legs[start, end])

    def _before(self, place: int, until: Ints) -> Ints:
        """Return the most that is earned from the start of the shift on, at a station at each of `until`."""
        earned: Ints = self.standing[place][until] - self.standing[self.origin][self.start]
        if place != self.origin:
            latest = (until - self._leg(self.origin, place) - self.start) // self.grid
            earned += np.maximum.accumulate(self._moves()[1])[latest]
        return earned

    def _after(self, place: int, since: Ints) -> Ints:
        """Return the most that is earned at a station from each of `since` to the end of the shift."""
        earned: Ints = self.standing[self.destination][self.end] - self.standing[place][since]
        if place != self.destination:
            worth = self._moves()[1]
            earned += np.maximum.accumulate(worth[::-1])[::-1][(since - self.start) // self.grid]
        return earned

    def _rows(self, pause: _Pause) -> list[Row]:
        """Return the stops around a break."""
        minutes, out = int(self.roster.pause_minutes[self.u]), self._leg(pause.start, pause.place)
        back = self._leg(pause.place, pause.end)
        leaves, returns = pause.begin - out, pause.begin + minutes + back
        rows: list[Row] = []
        if pause.start == self.origin:
            rows += [(self.origin, STANDBY, self.start, leaves)]
        else:
            times, worth = self._moves()
            latest = (leaves - self._leg(self.origin, pause.start) - self.start) // self.grid
            move = int(times[int(np.argmax(worth[: latest + 1]))])
            rows += self._move(self.start, move, leaves)
        rows += [(pause.place, BREAK, pause.begin, pause.begin + minutes)]
        if pause.end == self.destination:
            rows += [(self.destination, STANDBY, returns, self.end)]
        else:
            rows += self._move(returns, self._moved(returns)[1])
        # Where it drives on at once it need not stop, but for the station that it passes.
        return [r for r in rows if r[2] < r[3] or r[0] not in (self.origin, self.destination) or self._passes(r, pause)]

    def _passes(self, row: Row, pause: _Pause) -> bool:
        """Whether a stop of no length lies on the way, and not at an end of the shift or beside the break."""
        return self.start < row[2] < self.end and row[0] != pause.place

    def _move(self, since: int, move: int, until: int | None = None) -> list[Row]:
        """Return the stops of standing at the origin from `since`, and at the destination until the end."""
        there = move + self._leg(self.origin, self.destination)
        return [
            (self.origin, STANDBY, since, move),
            (self.destination, STANDBY, there, self.end if until is None else until),
        ]


def _wait_of(worth: int, rows: list[Row]) -> Wait:
    """Return rows as a wait."""
    return Wait(worth, np.array(rows, dtype=np.int32).reshape(len(rows), 4))


def totals(rows: dict[int, Ints], belongs: Ints) -> dict[int, NDArray[np.int64]]:
    """Return running totals (T + 1,) of what minutes (T,) at each place are worth, and of belonging there."""
    found = {}
    for place, row in rows.items():
        total = np.zeros(row.size + 1, dtype=np.int64)
        np.cumsum(row, out=total[1:])
        found[place] = total + int(belongs[place]) * np.arange(row.size + 1, dtype=np.int64)
    return found
