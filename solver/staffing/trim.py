"""Work without what no hard rule asks for, so that the units have the time for everything else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solver.staffing.duties import Duties, Job, Work


def trimmed(duties: Duties, works: Sequence[Work]) -> list[Work]:
    """Return `works` without stints, parts of stints, visits and tasks that no hard rule needs.

    Stints that adjoin become one; the shortest that are of no use are dropped first, and what is left is cut at
    both ends where others man the post.
    """
    trim = _Trim(duties, works)
    trim.drop()
    trim.cut()
    return trim.works()


class _Trim:
    """Work under the knife."""

    def __init__(self, duties: Duties, works: Sequence[Work]) -> None:
        self.duties = duties
        self.jobs = [(u, job) for u, work in enumerate(works) for job in joined(work)]
        self.count = len(works)
        self.present = np.zeros_like(duties.needs.posts)
        for _, job in self.jobs:
            if job.kind == "stint":
                self.present[job.row, job.begin : job.end] += 1

    def works(self) -> list[Work]:
        """Return the work of each unit."""
        return [tuple(sorted((j for v, j in self.jobs if v == u), key=lambda j: j.begin)) for u in range(self.count)]

    def drop(self) -> None:
        """Drop the jobs that nothing needs."""
        for unit, job in sorted(self.jobs, key=lambda x: x[1].end - x[1].begin):
            if job.kind == "stint" and not self._needed(job, job.begin, job.end):
                self.present[job.row, job.begin : job.end] -= 1
                self.jobs.remove((unit, job))
            elif job.kind in ("visit", "task"):
                others = [j for v, j in self.jobs if (v, j) != (unit, job)]
                whole = self.duties.needs.minus(self.duties, (j for _, j in self.jobs))
                if self.duties.missing(self.duties.needs.minus(self.duties, others)) == self.duties.missing(whole):
                    self.jobs.remove((unit, job))

    def cut(self) -> None:
        """Cut stints to what their posts need of them."""
        least = {s.row: s.least for s in self.duties.sites if s.kind == "stint"}
        for i, (unit, job) in enumerate(self.jobs):
            if job.kind != "stint":
                continue
            begin, end = job.begin, job.end
            while end - begin > least[job.row] and not self._needed(job, begin, begin + 1):
                begin += 1
            while end - begin > least[job.row] and not self._needed(job, end - 1, end):
                end -= 1
            self.present[job.row, job.begin : begin] -= 1
            self.present[job.row, end : job.end] -= 1
            self.jobs[i] = (unit, job._replace(begin=begin, end=end))

    def _needed(self, job: Job, begin: int, end: int) -> bool:
        """Return whether a post needs everyone it has in some step of ``[begin, end)``."""
        wanted = self.duties.needs.posts[job.row, begin:end]
        return bool(((self.present[job.row, begin:end] <= wanted) & (wanted > 0)).any())


def joined(work: Work) -> Work:
    """Return work with jobs of one kind and place that adjoin made one; breaks and tasks stay as they are."""
    jobs: list[Job] = []
    for job in work:
        last = jobs[-1] if jobs else None
        if (
            last is not None
            and job.kind == "stint"
            and last.kind == "stint"
            and (last.place, last.end) == (job.place, job.begin)
        ):
            jobs[-1] = last._replace(end=job.end)
        else:
            jobs.append(job)
    return tuple(jobs)
