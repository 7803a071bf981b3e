"""The one sentence about a plan that a superior reads: first what it lacks, then what it gives, and how far from best.

`figures` finds the numbers, recomputed from the plan; `sentence` puts them into the words of a language, of which
`WORDS` holds one catalogue each; `headline` does both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from solver.languages import Language
from solver.plain_text import clip, one_line, wrap
from solver.scorecard import share
from solver.whereabouts import manning_units, overdue_minutes, wanted_units, whereabouts
from solver.wording import DAY, Times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from solver.plan import Plan
    from solver.problem import Problem
    from solver.scorecard import Scorecard


NAME = 30
"""Columns of a name in the sentence; a longer one is cut."""


class Lack(NamedTuple):
    """A place where a hard rule lacks something: how many unit-minutes, and the first minute of it."""

    place: str
    minutes: int
    first: int


@dataclass(frozen=True)
class Figures:
    """The figures of the sentence; shares from 0 to 1.

    Parameters
    ----------
    posts_lacking, visits_lacking : tuple of Lack
        Posts that lack units, and hotspots whose required visits are overdue, in the problem's order.
    tasks_lacking : tuple of str
        Places of the required tasks that are not done.
    response : float or None
        Share of demand within its standard of a free unit; None where there is no demand.
    worst_response, worst_minute : float and int, or None
        The least share in any minute that has demand, and the first such minute of the longest such spell.
    presence : float or None
        Covered share of the risk at hotspots.
    tasks, tasks_done, posts, posts_staffed, required_visits : int
        How many tasks there are, and are done; posts, and those that have all units at all times; hotspots that must be
        visited again and again.
    value, bound : float or None
        Of everything that could be covered; None where there is nothing, or no bound that holds for this plan.
    better : float or None
        By which share of its value a plan that lacks as little can be better at most; 0 where none is; None where that
        is not known or the plan is worth nothing.
    response_if_free : float or None
        The share of demand within its standard if no unit were ever busy with calls, where the problem counts on it.
    """

    posts_lacking: tuple[Lack, ...]
    visits_lacking: tuple[Lack, ...]
    tasks_lacking: tuple[str, ...]
    response: float | None
    worst_response: float | None
    worst_minute: int | None
    presence: float | None
    tasks: int
    tasks_done: int
    posts: int
    posts_staffed: int
    required_visits: int
    value: float | None
    bound: float | None
    better: float | None
    response_if_free: float | None = None

    @property
    def lacking(self) -> bool:
        """Whether any hard rule lacks anything."""
        return bool(self.posts_lacking or self.visits_lacking or self.tasks_lacking)

    def to_json(self) -> dict[str, Any]:
        """Return the figures as plain JSON values."""
        plain = asdict(self)
        for field in ("posts_lacking", "visits_lacking"):
            plain[field] = [lack._asdict() for lack in getattr(self, field)]
        plain["tasks_lacking"] = list(self.tasks_lacking)
        return plain


def headline(problem: Problem, plan: Plan, card: Scorecard, lang: Language = "en") -> str:
    """Return the sentence about `plan`, such as ``83 % of demand within its standard, at worst 71 % at 23:10``.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    card : Scorecard
        From `solver.score`, of this plan.
    lang : str
        ``en`` or ``zh``; names stay as they are.
    """
    return sentence(figures(problem, plan, card), problem, lang)


def sentence_lines(text: str, columns: int) -> list[str]:
    """Return a sentence as lines of at most `columns` columns, numbers beside their signs, Chinese cut at clauses."""
    # Chinese has no spaces to break lines at, so clauses get one and lose it again.
    lines = wrap(text.replace(" %", "\xa0%").replace("；", "； "), columns, indent="  ")
    return [line.replace("\xa0%", " %").replace("； ", "；").rstrip() for line in lines]


def figures(problem: Problem, plan: Plan, card: Scorecard) -> Figures:
    """Return the figures of the sentence about `plan`; the arguments are those of `headline`."""
    units = whereabouts(problem, plan.routes)
    missing = np.maximum(wanted_units(problem) - manning_units(problem, units), 0)
    overdue = (
        overdue_minutes(problem, units) & np.array([h.required for h in problem.hotspots], dtype=np.bool_)[:, None]
    )
    worst = card.worst_response[0] if card.worst_response else None
    bound = bound_of(problem, plan, card)
    return Figures(
        posts_lacking=_lacks([problem.places[q.place].name for q in problem.posts], missing),
        visits_lacking=_lacks([problem.places[h.place].name for h in problem.hotspots], overdue),
        tasks_lacking=tuple(k.place for k in card.tasks if k.missing),
        response=card.share("response"),
        worst_response=None if worst is None else worst.response,
        worst_minute=None if worst is None else worst.start,
        presence=card.share("presence"),
        tasks=len(card.tasks),
        tasks_done=sum(k.done for k in card.tasks),
        posts=len(card.posts),
        posts_staffed=sum(not q.missing for q in card.posts),
        required_visits=sum(r.required for r in card.revisits),
        value=share(card.value, card.full),
        bound=None if bound is None else share(bound, card.full),
        better=None if bound is None or not card.value else (bound - card.value) / card.value,
        response_if_free=card.share_if_free("response"),
    )


def bound_of(problem: Problem, plan: Plan, card: Scorecard) -> int | None:
    """Return the plan's bound where it holds for what `card` counts, else None.

    It was worked out for one problem, and for plans that lack no more than the search's: of a plan that was edited to
    lack more, or of another problem, it says nothing.
    """
    declared = sum(s.minutes for s in plan.shortfalls)
    holds = plan.bound is not None and plan.fingerprint == problem.fingerprint() and card.missing <= declared
    return plan.bound if holds and plan.bound is not None and card.value <= plan.bound and card.full else None


def _lacks(names: Sequence[str], lacking: NDArray[Any]) -> tuple[Lack, ...]:
    """Return where something is lacking, of units or yes and no by place and minute."""
    return tuple(
        Lack(name, int(row.sum()), int(row.argmax() if row.dtype == np.bool_ else (row > 0).argmax()))
        for name, row in zip(names, lacking, strict=True)
        if row.any()
    )


def sentence(found: Figures, problem: Problem, lang: Language = "en") -> str:
    """Return `found` in words; `problem` is asked for its clock only."""
    words = WORDS[lang]
    said = _Said(words, Times(problem), several_days=problem.minutes > DAY)
    clauses = [*said.lacks(found), *said.gives(found), *said.better(found)] or [words["nothing"]]
    text = words["; "].join(clauses) + words["."]
    # A name stays as its planner writes it.
    named = len(found.posts_lacking) == 1 and text.startswith(_name(found.posts_lacking[0].place))
    return text if named else text[0].upper() + text[1:]


class _Said:
    """The clauses of the sentence in one language."""

    def __init__(self, words: Mapping[str, str], times: Times, *, several_days: bool) -> None:
        self._words, self._times, self._several_days = words, times, several_days

    def _say(self, key: str, **fields: object) -> str:
        """Return a text of the catalogue with its figures."""
        return self._words[key].format(**fields)

    def _time(self, minute: int) -> str:
        """Return the time of a minute, with the day in this language where there are several."""
        text = self._times.at(minute)
        if not self._several_days:
            return text
        day, _, rest = text.partition(" ")
        return f"{self._words.get(day, day)} {rest}"

    def _percent(self, part: float) -> str:
        """Return a share in whole per cent; what is not all is never 100, and what is not nothing never 0."""
        whole = round(100 * part)
        if part > 0 and not whole:
            return self._say("under one")
        return self._say("percent", number=min(round(1000 * part) / 10, 99.9) if part < 1 and whole == 100 else whole)

    def lacks(self, f: Figures) -> list[str]:
        """Return what hard rules lack."""
        said = []
        if f.posts_lacking:
            said.append(self._lack("post lacks", f.posts_lacking))
        if f.visits_lacking:
            said.append(self._lack("visit overdue", f.visits_lacking))
        if f.tasks_lacking:
            key = "task undone" if len(f.tasks_lacking) == 1 else "tasks undone"
            said.append(self._say(key, number=len(f.tasks_lacking), place=_name(f.tasks_lacking[0])))
        return said

    def _lack(self, key: str, lacks: Sequence[Lack]) -> str:
        """Return what is lacking at one place, or at several and first where."""
        first = min(lacks, key=lambda lack: lack.first)
        minutes = sum(lack.minutes for lack in lacks)
        return self._say(
            key if len(lacks) == 1 else f"{key}, several",
            number=len(lacks),
            minutes=minutes,
            place=_name(first.place),
            time=self._time(first.first),
        )

    def gives(self, f: Figures) -> list[str]:
        """Return what the plan gives: response, presence, tasks, posts and required visits, where there are any."""
        said = []
        if f.response is not None:
            said.append(self._response(f, f.response))
        if f.presence is not None:
            said.append(self._part("all presence", "presence", f.presence))
        if f.tasks:
            said.append(self._whole("task", f.tasks, f.tasks_done))
        if f.posts and (f.posts_staffed or not f.posts_lacking):
            said.append(self._whole("post", f.posts, f.posts_staffed))
        if f.required_visits and not f.visits_lacking:
            said.append(self._words["visits made"])
        return said

    def _response(self, f: Figures, response: float) -> str:
        """Return how much demand is within its standard, and the worst minute."""
        if not response:
            return self._words["no response"]
        if f.response_if_free is None:
            text = self._part("all response", "response", response)
        else:
            text = self._say("free", share=self._percent(response), if_free=self._percent(f.response_if_free))
        if response < 1 and f.worst_response is not None and f.worst_minute is not None:
            text += self._say("worst", share=self._percent(f.worst_response), time=self._time(f.worst_minute))
        return text

    def _part(self, whole: str, part: str, value: float) -> str:
        """Return a share of something, or that it is all of it."""
        return self._words[whole] if value >= 1 else self._say(part, share=self._percent(value))

    def _whole(self, key: str, number: int, right: int) -> str:
        """Return of how many things how many are right: the one, both, all or so many."""
        if right < number:
            return self._say(f"{key}, {'some' if number > 1 else 'not'}", number=number, right=right)
        return self._say(f"{key}, {('one', 'both')[number - 1] if number <= 2 else 'all'}", number=number)

    def better(self, f: Figures) -> list[str]:
        """Return by how much a plan can be better at most, where that is known."""
        lacking = self._words["as little"] if f.lacking else ""
        if f.bound is None or f.value is None:
            return []
        if f.better is None:
            return [self._say("possible", share=self._percent(f.bound), lacking=lacking)]
        if f.better == 0:
            return [self._say("best", lacking=lacking)]
        tenths = round(1000 * f.better)
        key = "better" if tenths else "hardly better"
        return [self._say(key, share=self._say("percent", number=max(tenths, 1) / 10), lacking=lacking)]


def _name(text: str) -> str:
    """Return a planner's name, fit for a sentence."""
    return clip(one_line(text), NAME)


_EN = {
    "; ": "; ",
    ".": ".",
    "percent": "{number:g} %",
    "under one": "less than 1 %",
    "nothing": "there is nothing to cover",
    "post lacks": "{place} lacks {minutes} unit-minutes, first at {time}",
    "post lacks, several": "{number} posts lack {minutes} unit-minutes, first {place} at {time}",
    "visit overdue": "the required visit of {place} is overdue for {minutes} minutes, first at {time}",
    "visit overdue, several": "required visits of {number} hotspots are overdue for {minutes} minutes, "
    "first of {place} at {time}",
    "task undone": "the required task at {place} is not done",
    "tasks undone": "{number} required tasks are not done, among them {place}",
    "all response": "all demand within its standard throughout",
    "response": "{share} of demand within its standard",
    "free": "{share} of demand within its standard of a free unit ({if_free} if none were busy)",
    "no response": "no demand within its standard at any time",
    "worst": ", at worst {share} at {time}",
    "all presence": "all risk at hotspots covered",
    "presence": "{share} of the risk at hotspots covered",
    "task, some": "{right} of {number} tasks done",
    "task, not": "the task not done",
    "task, one": "the task done",
    "task, both": "both tasks done",
    "task, all": "all {number} tasks done",
    "post, some": "{right} of {number} posts staffed throughout",
    "post, not": "the post not staffed throughout",
    "post, one": "the post staffed throughout",
    "post, both": "both posts staffed throughout",
    "post, all": "all {number} posts staffed throughout",
    "visits made": "every required visit made in time",
    "as little": " with as little lacking",
    "best": "no plan{lacking} is better",
    "better": "at most {share} better is possible{lacking}",
    "hardly better": "less than {share} better is possible{lacking}",
    "possible": "at most {share} of everything could be covered{lacking}",
}

_ZH = {
    "; ": "；",
    ".": "。",
    "percent": "{number:g}%",
    "under one": "不到1%",
    "nothing": "没有需要覆盖的内容",
    "post lacks": "{place}缺警组累计{minutes}组·分钟，最早在{time}",
    "post lacks, several": "{number}个快反点缺警组累计{minutes}组·分钟，最早为{place}（{time}）",
    "visit overdue": "{place}的复巡超时{minutes}分钟，最早在{time}",
    "visit overdue, several": "{number}处热点的复巡超时共{minutes}分钟，最早为{place}（{time}）",
    "task undone": "{place}的必做任务未完成",
    "tasks undone": "{number}项必做任务未完成，其中有{place}",
    "all response": "全部需求始终在处警时限内",
    "response": "{share}的需求在处警时限内",
    "free": "{share}的需求在处警时限内有空闲警力（不计占用为{if_free}）",
    "no response": "始终没有需求在处警时限内",
    "worst": "，最低为{share}（{time}）",
    "all presence": "热点风险全部覆盖",
    "presence": "热点风险覆盖{share}",
    "task, some": "{number}项任务完成{right}项",
    "task, not": "任务未完成",
    "task, one": "任务已完成",
    "task, both": "两项任务均完成",
    "task, all": "{number}项任务全部完成",
    "post, some": "{number}个快反点中{right}个全程有人值守",
    "post, not": "快反点未能全程有人值守",
    "post, one": "快反点全程有人值守",
    "post, both": "两个快反点均全程有人值守",
    "post, all": "{number}个快反点全部全程有人值守",
    "visits made": "复巡均按时完成",
    "as little": "（缺额不增加时）",
    "best": "没有更好的方案{lacking}",
    "better": "最多还能提高{share}{lacking}",
    "hardly better": "还能提高不到{share}{lacking}",
    "possible": "最多可覆盖全部的{share}{lacking}",
    "Mon": "周一",
    "Tue": "周二",
    "Wed": "周三",
    "Thu": "周四",
    "Fri": "周五",
    "Sat": "周六",
    "Sun": "周日",
}

WORDS: Mapping[Language, Mapping[str, str]] = {"en": _EN, "zh": _ZH}
"""What the sentence is made of, by language."""
