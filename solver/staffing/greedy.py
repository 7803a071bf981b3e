"""The best stints of one unit, the others' work given: where the choice of who stands where begins.

A unit's best stints are a longest path over (site, candidate time, break taken) that earns the unit-minutes still
wanted.  Visits and tasks are left to `solver.staffing.model`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from solver.staffing.duties import Duties, Job, Means, Needs, Work


class _Chain(NamedTuple):
    """The jobs of a unit up to some time, the last one first, and the unit-steps that they earn."""

    earned: int
    job: Job | None = None
    before: _Chain | None = None


class _Begun(NamedTuple):
    """A stint begun at a candidate time: what is earned before it, less what the site had to earn until then."""

    worth: int
    time: int
    chain: _Chain


class _Stand:
    """What is known of one site in one layer: the best way to be there, and the stints that are under way."""

    def __init__(self) -> None:
        self.arrivals: dict[int, _Chain] = {}
        self.ready: _Chain | None = None
        self.waiting: deque[_Begun] = deque()
        self.lead: _Begun | None = None

    def offer(self, time: int, chain: _Chain) -> None:
        """Note that the unit may be there from a candidate time on."""
        known = self.arrivals.get(time)
        if known is None or chain.earned > known.earned:
            self.arrivals[time] = chain

    def interrupt(self) -> None:
        """End all stints under way: the site is closed to the unit."""
        self.waiting.clear()
        self.lead = None


def best_stints(duties: Duties, u: int, needs: Needs, times: Sequence[int]) -> Work:
    """Return the work of unit `u` that mans posts for the most of `needs`, with its break.

    Parameters
    ----------
    duties : Duties
    u : int
        Index of the unit.
    needs : Needs
        What is still asked for.
    times : sequence of int
        Candidate times in steps at which stints may begin and end, with all at which the units wanted change.
    """
    return _Search(duties, duties.units[u], needs, list(times)).best()


class _Search:
    """The longest path of one unit, forward in time; in layer 1 its break is taken, or it has none."""

    def __init__(self, duties: Duties, means: Means, needs: Needs, times: list[int]) -> None:
        self.duties, self.means, self.times = duties, means, times
        sites = [duties.sites[i] for i in means.sites]
        self.sites = [s for s in sites if s.kind == "stint" and needs.posts[s.row].any()]
        places = [s.place for s in self.sites]
        self.to_sites = {p: duties.away(means.mode, p, places).tolist() for p in {means.origin, *places}}
        home = [int(duties.away(means.mode, p, [means.destination])[0]) for p in places]
        wanted = [needs.posts[s.row, times[:-1]] > 0 for s in self.sites]
        self.sums = [[0, *np.cumsum(np.diff(times) * w).tolist()] for w in wanted]
        self.open = [
            [bool(s.open[a:b].all()) and b + back <= means.end for a, b in pairwise(times)]
            for s, back in zip(self.sites, home, strict=True)
        ]
        pause_places = means.pause.places if means.pause else ()
        self.to_break = {
            p: duties.away(means.mode, p, pause_places).tolist() for p in {means.origin, means.destination, *places}
        }
        self.from_break = {p: duties.away(means.mode, p, [*places, means.destination]).tolist() for p in pause_places}
        self.stands = [[_Stand() for _ in self.sites] for _ in range(2)]
        self.found = _Chain(-1)

    def best(self) -> Work:
        """Return the jobs of the longest path."""
        self._go_on(_Chain(0), 0 if self.means.pause else 1)
        for t in range(len(self.times)):
            for layer in range(2):
                for s in range(len(self.sites)):
                    self._at(t, layer, s)
        jobs = []
        chain: _Chain | None = self.found
        while chain is not None:
            if chain.job is not None:
                jobs.append(chain.job)
            chain = chain.before
        return tuple(reversed(jobs))

    def _at(self, t: int, layer: int, s: int) -> None:
        """End, and begin, stints at a site at a candidate time."""
        stand, site, now = self.stands[layer][s], self.sites[s], self.times[t]
        if t and not self.open[s][t - 1]:
            stand.interrupt()
        while stand.waiting and now - self.times[stand.waiting[0].time] >= site.least:
            begun = stand.waiting.popleft()
            if stand.lead is None or begun.worth > stand.lead.worth:
                stand.lead = begun
        if stand.lead is not None:
            job = Job("stint", site.row, site.place, self.times[stand.lead.time], now)
            self._go_on(_Chain(stand.lead.worth + self.sums[s][t], job, stand.lead.chain), layer)
        came = stand.arrivals.get(t)
        if came is not None and (stand.ready is None or came.earned > stand.ready.earned):
            stand.ready = came
        if stand.ready is not None and t < len(self.open[s]) and self.open[s][t]:
            stand.waiting.append(_Begun(stand.ready.earned - self.sums[s][t], t, stand.ready))

    def _go_on(self, chain: _Chain, layer: int) -> None:
        """Let the unit drive on to every site, and take its break on the way if it still must; or end its shift."""
        means = self.means
        place, now = (chain.job.place, chain.job.end) if chain.job else (means.origin, means.start)
        for s, steps in enumerate(self.to_sites[place]):
            self._arrive(layer, s, now + steps, chain)
        if layer:
            if chain.earned > self.found.earned:
                self.found = chain
            return
        for s in range(len(self.sites)):
            pause = self._pause(place, now, s)
            if pause is not None:
                self._arrive(1, s, pause.end + self.from_break[pause.place][s], _Chain(chain.earned, pause, chain))
        pause = self._pause(place, now, len(self.sites))
        if (
            pause is not None
            and pause.end + self.from_break[pause.place][-1] <= means.end
            and chain.earned > self.found.earned
        ):
            self.found = _Chain(chain.earned, pause, chain)

    def _arrive(self, layer: int, s: int, now: int, chain: _Chain) -> None:
        """Note that the unit can be at a site from `now` on."""
        t = bisect_left(self.times, now)
        if t < len(self.times) - 1:
            self.stands[layer][s].offer(t, chain)

    def _pause(self, place: int, now: int, s: int) -> Job | None:
        """Return the break from which the unit is first at a site, or at its destination where `s` is past them."""
        errand = self.means.pause
        assert errand is not None
        options = [
            (begin + errand.length + self.from_break[at][s], begin, at)
            for at, steps in zip(errand.places, self.to_break[place], strict=True)
            for first, last in errand.begins
            if (begin := max(now + steps, first)) <= last
        ]
        if not options:
            return None
        _, begin, at = min(options)
        return Job("break", -1, at, begin, begin + errand.length)
