"""The words of printed sheets and plots in each language: a catalogue a language, with the same entries.

Names, and the cures of shortfalls, are the planner's and the plan's own; everything else is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from solver.clock import Clock
from solver.languages import Language
from solver.problem import Problem
from solver.wording import DAY


@dataclass(frozen=True)
class Words:
    """The words of one language; what stands in braces is filled in."""

    language: str
    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]
    months: tuple[str, ...]
    date: str
    between: str
    colon: str
    comma: str
    minutes: str
    hours: str
    hours_minutes: str
    modes: Mapping[str, str]
    layers: Mapping[str, str]
    meanings: Mapping[str, str]
    kinds: Mapping[str, str]
    orders: Mapping[str, str]
    reasons: Mapping[str, str]
    statuses: Mapping[str, str]
    # The sheet of a unit.
    mode: str
    skills: str
    districts: str
    tied: str
    station: str
    back_to: str
    shift: str
    duty: str
    no_duty: str
    break_: str
    no_break: str
    totals: str
    visits: str
    driven: str
    stay_on_call: str
    at_least: str
    crew: str
    names: str
    number: str
    arrive: str
    leave: str
    place: str
    what: str
    length: str
    way: str
    along: str
    set_out: str
    pass_: str
    end_of_shift: str
    end_of_duty: str
    off_duty: str
    takes_over: str
    hands_over: str
    straight: str
    route_of: str
    notes: str
    # The sheet of the shift.
    visit_count: str
    counts: str
    nothing_lacks: str
    shortfalls: str
    when: str
    where: str
    missing: str
    reason: str
    cure: str
    lacks: Mapping[str, str]
    worth: str
    nothing_to_cover: str
    bound: str
    proved: str
    no_bound: str
    layer: str
    goal: str
    covered: str
    meaning: str
    least_response: str
    by_hour: str
    hour: str
    posts: str
    posts_title: str
    post: str
    who: str
    nobody: str
    no_posts: str
    units_title: str
    unit: str
    no_units: str
    levels: Mapping[str, str]
    callout: str
    group: str
    called: str
    visiting: str
    stints: str
    tasks: str
    driving: str
    standby: str
    on_call: str
    on_break: str
    off: str
    tasks_title: str
    task: str
    not_done: str
    required: str
    revisits_title: str
    every: str
    longest: str
    overdue: str
    losses: str
    loss: str
    search: str
    rule: str
    page: str
    fingerprint: str
    # Plots.
    share: str
    time: str
    seconds: str
    value: str
    no_plan_is_worth_more: str
    search_title: str
    risk_title: str
    risk: str
    demand: str
    on_duty: str
    on_patrol: str
    weight_a_minute: str
    units: str
    moves: str
    value_axis: str
    lacking_more: str

    def length_of(self, minutes: int) -> str:
        """Return a length of time."""
        hours, rest = divmod(minutes, 60)
        if not hours:
            return self.minutes.format(minutes=rest)
        form = self.hours_minutes if rest else self.hours
        return form.format(hours=hours, minutes=f"{rest:02d}")

    def joined(self, first: str, second: str) -> str:
        """Return ``first: second``."""
        return f"{first}{self.colon}{second}"


class Moments:
    """Minutes of a problem as times in words.

    Local ``HH:MM``; with the day of the week where the horizon is longer than a day, and with the offset from UTC where
    the clocks change within it, as an hour then comes twice.
    """

    def __init__(self, problem: Problem, words: Words) -> None:
        self._clock, self._words = Clock.of(problem), words
        self._day = problem.minutes > DAY
        ends = (self._clock.local(t).utcoffset() for t in (0, problem.minutes))
        self._offset = len(set(ends)) > 1

    def at(self, minute: int) -> str:
        """Return the time of a minute, such as ``18:12`` or ``Fri 18:12``."""
        local = self._clock.local(minute)
        day = f"{self._words.short_weekdays[local.weekday()]} " if self._day else ""
        return day + local.strftime("%H:%M %z" if self._offset else "%H:%M")

    def span(self, start: int, end: int) -> str:
        """Return an interval, such as ``22:00–22:30``."""
        return f"{self.at(start)}–{self.at(end)}"

    def date(self, minute: int) -> str:
        """Return the date of a minute, such as ``Friday 16 October 2026``."""
        local = self._clock.local(minute)
        words = self._words
        weekday, month = words.weekdays[local.weekday()], words.months[local.month - 1]
        return words.date.format(weekday=weekday, day=local.day, month=month, year=local.year)

    def whole(self, start: int, end: int) -> str:
        """Return an interval with its dates, that of the end only where it is another."""
        begin, until = self._clock.local(start), self._clock.local(end)
        last = self._hours(until) if begin.date() == until.date() else f"{self.date(end)} {self._hours(until)}"
        return f"{self.date(start)} {self._hours(begin)} – {last}"

    def _hours(self, local: datetime) -> str:
        return local.strftime("%H:%M %z" if self._offset else "%H:%M")


ENGLISH = Words(
    language="en",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    short_weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    date="{weekday} {day} {month} {year}",
    between=", ",
    colon=": ",
    comma=", ",
    minutes="{minutes} min",
    hours="{hours} h",
    hours_minutes="{hours} h {minutes} min",
    modes={"car": "car", "motorcycle": "motorcycle", "bicycle": "bicycle", "foot": "on foot"},
    layers={
        "presence": "Presence",
        "response": "Response",
        "backup": "Backup",
        "revisit": "Revisits",
        "tasks": "Tasks",
        "district": "Own district",
    },
    meanings={
        "presence": "the risk at hotspots, met by a visit or by what it leaves behind",
        "response": "the demand that a free unit can reach within its standard",
        "backup": "the demand that a second free unit can reach in time",
        "revisit": "the minutes in which the last visit is no longer ago than asked",
        "tasks": "the worth of all tasks",
        "district": "the minutes in which units could stand ready in their own districts",
    },
    kinds={
        "visit": "visit",
        "stint": "on a post",
        "task": "task",
        "break": "break",
        "standby": "standby",
        "driving": "on the way",
    },
    orders={
        "visit": "Visit",
        "stint": "Man the post",
        "task": "Do the task",
        "break": "Take the break",
        "standby": "Stand by",
    },
    reasons={
        "no unit has the mode or skill": "no unit has the mode or skill",
        "no unit may work in the district": "no unit may work in the district",
        "too few units on duty": "too few units on duty",
        "cannot reach in time": "cannot reach in time",
        "locks keep units elsewhere": "locks keep units elsewhere",
        "units are needed elsewhere": "units are needed elsewhere",
    },
    statuses={
        "optimal": "proved to be the best",
        "gap limit": "near enough to the bound",
        "time limit": "time limit",
        "work limit": "work limit",
        "no improvement": "nothing better was found",
        "interrupted": "interrupted",
        "simple rule": "a simple rule",
    },
    mode="Mode",
    skills="Skills",
    districts="Districts",
    tied="{districts} (and no other)",
    station="Station",
    back_to="{origin}, back to {destination}",
    shift="Shift",
    duty="On duty",
    no_duty="not on duty",
    break_="Break",
    no_break="none",
    totals="In all",
    visits="visits: {visits}",
    driven="{length} on the way",
    stay_on_call="Stay on call",
    at_least="at least {distance}",
    crew="Crew",
    names="Names",
    number="No.",
    arrive="Arrive",
    leave="Leave",
    place="Place",
    what="What to do",
    length="Min",
    way="From the last stop",
    along="Patrol along",
    set_out="Set out",
    pass_="Pass by",
    end_of_shift="End of shift",
    end_of_duty="End of duty",
    off_duty="Off duty",
    takes_over="relieves {callsigns}",
    hands_over="relieved by {callsigns}",
    straight="Dashed: the streets of this way are not known; the line is straight.",
    route_of="Route of {callsign}",
    notes="Notes",
    visit_count="Visits",
    counts="Units: {units}, hotspots: {hotspots}, posts: {posts}, demand points: {demand}",
    nothing_lacks="Nothing that is required is lacking: posts, revisits and tasks are as asked.",
    shortfalls="Shortfalls: required, and not in this plan",
    when="When",
    where="Where",
    missing="Missing",
    reason="Why",
    cure="Cure",
    lacks={"post": "{missing} on the post", "revisit": "a visit", "task": "the task"},
    worth="This plan covers {value} of everything that could be covered.",
    nothing_to_cover="There is nothing to cover but what is required.",
    bound="No plan on these streets and times, with as little lacking, is worth more than {bound}: "
    "whoever plans otherwise gains at most {left} of what this plan covers.",
    proved="It is proved that no plan covers more.",
    no_bound="How much better another plan could be was not worked out.",
    layer="Layer",
    goal="Goal",
    covered="Covered",
    meaning="Share of",
    least_response="Response is least in {spells}.",
    by_hour="Cover by hour",
    hour="Hour",
    posts="posts",
    posts_title="Posts: who stands there when",
    post="Post",
    who="Unit",
    nobody="nobody",
    no_posts="No posts are to be manned.",
    units_title="Units at a glance",
    unit="Unit",
    no_units="There are no units.",
    levels={"green": "Alert green", "yellow": "Alert yellow", "orange": "Alert orange", "red": "Alert red"},
    callout="Callout",
    group=" ({name})",
    called="{alert}: {most} of {units} may go out; out: {out}; on call: {waiting}.",
    visiting="Visiting",
    stints="On posts",
    tasks="Tasks",
    driving="On the way",
    standby="Standby",
    on_call="On call",
    on_break="Break",
    off="Off duty",
    tasks_title="Tasks",
    task="Task",
    not_done="not done",
    required="required",
    revisits_title="To be visited again and again",
    every="Every",
    longest="Longest without",
    overdue="Overdue",
    losses="Most risk is left uncovered at {places}.",
    loss="{place} ({share} covered)",
    search="Search: {status} after {seconds} s, seed {seed}, engine {engine}.",
    rule="Made by a simple rule ({rule}), seed {seed}; no search.",
    page="page {page} of {pages}",
    fingerprint="plan for problem {fingerprint}",
    share="Share covered (%)",
    time="Time of day",
    seconds="Seconds of search",
    value="Value of the best plan",
    no_plan_is_worth_more="No plan is worth more",
    search_title="Value and bound over the search",
    risk_title="Risk, demand and units by hour",
    risk="Risk",
    demand="Demand",
    on_duty="Units on duty",
    on_patrol="Units available",
    weight_a_minute="weight a minute",
    units="Units",
    moves="Moves of the search",
    value_axis="Share of everything (%)",
    lacking_more="Best plan, still lacking more",
)

CHINESE = Words(
    language="zh-CN",
    weekdays=("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    short_weekdays=("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    months=("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"),
    date="{year}年{month}月{day}日 {weekday}",
    between="，",
    colon="：",
    comma="、",
    minutes="{minutes} 分钟",
    hours="{hours} 小时",
    hours_minutes="{hours} 小时 {minutes} 分钟",
    modes={"car": "汽车", "motorcycle": "摩托车", "bicycle": "自行车", "foot": "步行"},
    layers={
        "presence": "见警",
        "response": "处警",
        "backup": "增援",
        "revisit": "复巡",
        "tasks": "任务",
        "district": "本辖区",
    },
    meanings={
        "presence": "热点风险中，由巡控及其余效覆盖的比例",
        "response": "警情需求中，空闲警组能在时限内到场的比例",
        "backup": "警情需求中，第二个空闲警组能及时到场的比例",
        "revisit": "应复巡时段中，距上次巡控未超时的比例",
        "tasks": "已完成任务的价值比例",
        "district": "警组在本辖区待命时间的比例",
    },
    kinds={
        "visit": "巡控",
        "stint": "值守",
        "task": "任务",
        "break": "休息",
        "standby": "待命",
        "driving": "途中",
    },
    orders={
        "visit": "巡控",
        "stint": "值守",
        "task": "执行任务",
        "break": "休息",
        "standby": "待命",
    },
    reasons={
        "no unit has the mode or skill": "没有符合方式或技能要求的警组",
        "no unit may work in the district": "没有可在该辖区执勤的警组",
        "too few units on duty": "在岗警组不足",
        "cannot reach in time": "无法按时到达",
        "locks keep units elsewhere": "警组已被锁定在别处",
        "units are needed elsewhere": "警组另有任务",
    },
    statuses={
        "optimal": "已证明最优",
        "gap limit": "已足够接近上界",
        "time limit": "到达时间限制",
        "work limit": "到达步数限制",
        "no improvement": "不再改进",
        "interrupted": "被中断",
        "simple rule": "简单规则",
    },
    mode="巡逻方式",
    skills="技能",
    districts="辖区",
    tied="{districts}（仅限本辖区）",
    station="驻地",
    back_to="{origin}，收勤至 {destination}",
    shift="班次",
    duty="在岗",
    no_duty="不在岗",
    break_="休息",
    no_break="无",
    totals="合计",
    visits="巡控 {visits} 次",
    driven="途中 {length}",
    stay_on_call="备勤",
    at_least="至少 {distance}",
    crew="班组",
    names="警组成员",
    number="序号",
    arrive="到达",
    leave="离开",
    place="地点",
    what="勤务",
    length="分钟",
    way="自上一点",
    along="沿线巡逻",
    set_out="出发",
    pass_="途经",
    end_of_shift="收勤",
    end_of_duty="下岗",
    off_duty="不在岗",
    takes_over="接替 {callsigns}",
    hands_over="由 {callsigns} 接替",
    straight="虚线：该段道路未知，以直线表示。",
    route_of="{callsign} 巡逻路线",
    notes="备注",
    visit_count="巡控次数",
    counts="警组 {units} 个，热点 {hotspots} 处，快反点 {posts} 个，警情需求点 {demand} 个",
    nothing_lacks="必须完成的勤务均无缺口：快反点值守、复巡、任务全部落实。",
    shortfalls="缺口：必须完成而本方案未能落实的勤务",
    when="时间",
    where="地点",
    missing="缺少",
    reason="原因",
    cure="建议",
    lacks={"post": "值守警组 {missing} 个", "revisit": "复巡", "task": "任务"},
    worth="本方案覆盖了全部可覆盖量的 {value}。",
    nothing_to_cover="除必须完成的勤务外，没有需要覆盖的内容。",
    bound="在同样的道路和时间条件下，任何缺口不更多的方案都不会超过 {bound}：换任何方案，至多比本方案多覆盖 {left}。",
    proved="已证明没有方案能覆盖更多。",
    no_bound="未计算其他方案还能好多少。",
    layer="层次",
    goal="权重",
    covered="覆盖率",
    meaning="含义",
    least_response="处警覆盖最低：{spells}。",
    by_hour="各小时覆盖率",
    hour="时段",
    posts="快反点",
    posts_title="快反点值守表",
    post="快反点",
    who="警组",
    nobody="无人",
    no_posts="没有需要值守的快反点。",
    units_title="警组勤务一览",
    unit="警组",
    no_units="没有警组。",
    levels={"green": "绿色警戒", "yellow": "黄色警戒", "orange": "橙色警戒", "red": "红色警戒"},
    callout="备勤安排",
    group="（{name}）",
    called="{alert}：{units} 个警组中至多 {most} 个外出；外出：{out}；备勤：{waiting}。",
    visiting="巡控",
    stints="值守",
    tasks="任务",
    driving="途中",
    standby="待命",
    on_call="备勤",
    on_break="休息",
    off="不在岗",
    tasks_title="任务",
    task="任务",
    not_done="未完成",
    required="必须",
    revisits_title="复巡",
    every="间隔",
    longest="最长空档",
    overdue="超时",
    losses="未覆盖风险最多的热点：{places}。",
    loss="{place}（已覆盖 {share}）",
    search="搜索：{status}，用时 {seconds} 秒，随机种子 {seed}，引擎 {engine}。",
    rule="按简单规则（{rule}）编制，随机种子 {seed}，未经搜索。",
    page="第 {page} 页，共 {pages} 页",
    fingerprint="方案对应问题 {fingerprint}",
    share="覆盖率（%）",
    time="时刻",
    seconds="搜索秒数",
    value="最佳方案",
    no_plan_is_worth_more="任何方案的上界",
    search_title="搜索过程：方案与上界",
    risk_title="各时段风险、警情需求与警组",
    risk="风险",
    demand="警情需求",
    on_duty="在岗警组",
    on_patrol="可处警警组",
    weight_a_minute="每分钟权重",
    units="警组数",
    moves="搜索步数",
    value_axis="占全部可覆盖量（%）",
    lacking_more="最佳方案（缺口更多）",
)

CATALOGUES: dict[Language, Words] = {"en": ENGLISH, "zh": CHINESE}
"""The catalogues by the language that is asked for."""
