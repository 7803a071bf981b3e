"""`patrol simulate`: what happens to plans when calls come in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from instances.commands.baseline import RULES
from instances.commands.colours import painted
from instances.commands.made_plans import named_plan, plan_paths, warn_of_violations
from instances.commands.options import (
    COLUMN,
    SHARE,
    WEEKDAY,
    Duration,
    Number,
    Parsed,
    cache_of,
    cache_options,
    talk_options,
)
from instances.commands.streams import show, show_json
from instances.commands.talk import ProgressLine, Talk
from instances.errors import Fault, InputError, nearest

if TYPE_CHECKING:
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.simulation.calls import Calls, Ints
    from solver.simulation.rules import Posts
    from solver.simulation.setting import Setting, Source
    from solver.simulation.ways import Ways

USUAL = 1000
"""Replications where nobody says how many."""

MOST_CALLS = 20_000_000
"""Of all replications together, as all are kept."""

MOST = 8
"""Plans that are put side by side at most."""


@click.command(short_help="Let calls come in: how soon units are there, what is left.")
@click.argument("plans", metavar="OUT|PROBLEM:PLAN ...", nargs=-1, required=True)
@click.option(
    "--replications",
    type=click.IntRange(1, 100_000),
    help="How many shifts; 1000, or as many as there are past days.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the calls.")
@click.option("--calls", "expected", type=Number(0, 1e6), help="Calls a shift; else 1 for 2 h of a unit.")
@click.option("--calls-per-hour", "hourly", type=Number(0, 1e5), help="The same by the hour.")
@click.option(
    "--incidents",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Replay the incidents of past days, a day a shift, in place of random calls.",
)
@click.option("--column", "columns", type=COLUMN, multiple=True, help="A column of that file, such as date=occurred.")
@click.option("--weekday", type=WEEKDAY, help="Replay only shifts that begin on this day of the week.")
@click.option("--service", type=Duration(some=True), default="30min", show_default=True, help="Mean time at the scene.")
@click.option(
    "--service-spread",
    type=click.Choice(["lognormal", "exponential", "fixed"]),
    default="lognormal",
    show_default=True,
    help="How the time at the scene is spread around its mean.",
)
@click.option("--serious", type=SHARE, default="10%", show_default=True, help="Share of calls that need two units.")
@click.option(
    "--leave-posts/--keep-posts",
    default=None,
    help="Send units from all posts, or from none; else from those that the shift file calls available.",
)
@click.option(
    "--reserve", type=click.IntRange(0, 10_000), default=0, show_default=True, help="Units kept for serious calls."
)
@click.option(
    "--after",
    type=click.Choice(["skip", "resume"]),
    default="skip",
    show_default=True,
    help="After a call a unit skips what it has missed, or makes up for it.",
)
@click.option(
    "--roads",
    "shift_file",
    metavar="SHIFT.yaml",
    type=click.Path(path_type=Path),
    help="Take travel times from the streets of the shift file that the plans were made from, not estimates.",
)
@click.option(
    "--against",
    "rules",
    type=Parsed("rules", "instances.commands.simulate:rules_of"),
    default="",
    metavar="RULE,...",
    help="Hold the plan against those of simple rules: waiting, random, beats, hottest; see 'patrol baseline'.",
)
@cache_options
@talk_options
def simulate(plans: tuple[str, ...], **options: Any) -> None:
    """Let calls come in at random while units follow their plans: how soon are units there, what is left of the plan.

    Calls come by the demand of hour and place, the nearest unit that is free is sent, and goes on with its plan
    afterwards. Several plans get the same calls and are compared call by call. The rules are told in
    docs/simulation.md.

    \b
    Examples:
      patrol simulate out
      patrol simulate out --calls 60 --service 40min --serious 15%
      patrol simulate out new --replications 5000
      patrol simulate out --against waiting,random,beats,hottest --roads night.yaml
    """
    from solver.simulation.results import results_of, simulation_json
    from solver.simulation.simulate import simulate as simulate_plan
    from solver.simulation.text import simulation_lines

    rules = options["rules"]
    if len(plans) + len(rules) > MOST:
        raise click.UsageError(f"name from 1 to {MOST} plans; {len(plans) + len(rules)} named")
    subjects = [Subject(text, *named_plan(plan_paths(text))) for text in plans]
    subjects += _simple(subjects[0].problem, rules, options["seed"])
    _refuse_other_demand(subjects)
    for subject in subjects:
        warn_of_violations(subject.problem, subject.plan)
    setting, calls = _setting(subjects[0], options)
    _tell_of_compiling(Talk(options["quiet"], options["verbose"]))
    results = []
    for subject, ways in zip(subjects, _ways(subjects, options), strict=True):
        run = simulate_plan(subject.problem, subject.plan, calls, ways, setting.rules)
        results.append(results_of(subject.name, run))
    if options["as_json"]:
        show_json(simulation_json(setting, results))
    else:
        show(painted(simulation_lines(setting, results)))


class Subject(NamedTuple):
    """A plan as the command line names it."""

    name: str
    problem: Problem
    plan: Plan


def rules_of(text: str) -> tuple[str, ...]:
    """Return the names of simple rules in a list such as ``waiting,beats``.

    Raises
    ------
    ValueError
        When there is no such rule.
    """
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in RULES:
            raise ValueError(f"there is no rule {name!r}; {nearest(name, RULES)}")
    return names


def _simple(problem: Problem, rules: Sequence[str], seed: int) -> list[Subject]:
    """Return the plans of simple rules for a problem."""
    if not rules:
        return []
    import numpy as np

    from solver.baselines import BASELINES

    return [Subject(name, problem, BASELINES[name](problem, np.random.default_rng(seed))) for name in rules]


def _refuse_other_demand(subjects: Sequence[Subject]) -> None:
    """Refuse plans whose calls would not be the same."""
    first = subjects[0]
    if not any(sum(d.demand) for d in first.problem.demand):
        wrong = "the problem has no demand, so nobody knows where calls come from"
        raise InputError([Fault(first.name, 0, 0, "demand", wrong, "give the shift incidents, or points of demand")])
    for other in subjects[1:]:
        same = [(d.name, d.lat, d.lon) for d in other.problem.demand] == [
            (d.name, d.lat, d.lon) for d in first.problem.demand
        ]
        if not same or other.problem.minutes != first.problem.minutes or other.problem.start != first.problem.start:
            wrong = f"has other demand points or other hours than {first.name}, so it cannot have the same calls"
            raise InputError([Fault(other.name, 0, 0, "demand", wrong, "simulate it by itself")])


def _tell_of_compiling(talk: Talk) -> None:
    """Say that the simulation is compiled first, where it is."""
    from solver.simulation.events import run

    folder = run.stats.cache_path  # type: ignore[attr-defined]
    if folder is None or not any(Path(folder).glob("events.run-*.nbi")):
        talk.note("the simulation is compiled first, once after an installation; that takes half a minute")


def _ways(subjects: Sequence[Subject], options: Mapping[str, Any]) -> list[Ways]:
    """Return for each plan how long everything takes: on the streets if a shift file is named, else estimated."""
    if options["shift_file"] is None:
        from solver.simulation.ways import estimated_ways

        return [estimated_ways(s.problem) for s in subjects]
    from instances.build import build
    from instances.shift_file import read_shift
    from instances.street_ways import refuse_other_streets, street_ways

    talk = Talk(options["quiet"], options["verbose"])
    cache = cache_of(options["cache_dir"], options["no_cache"])
    line = ProgressLine(talk)
    try:
        built = build(read_shift(options["shift_file"]), cache=cache, note=talk.detail, progress=line.travel)
    finally:
        line.clear()
    plans: dict[str, list[Plan]] = {}
    for s in subjects:
        refuse_other_streets(s.name, s.problem, built.problem, str(options["shift_file"]))
        plans.setdefault(s.problem.fingerprint(), []).append(s.plan)
    problems = {s.problem.fingerprint(): s.problem for s in subjects}
    found = {key: street_ways(built, problem, plans[key], cache=cache) for key, problem in problems.items()}
    return [found[s.problem.fingerprint()] for s in subjects]


def _setting(first: Subject, options: Mapping[str, Any]) -> tuple[Setting, Calls]:
    """Return what the options ask for, and the calls."""
    from solver.simulation.calls import CallModel, draw_calls, replay_calls, usual_calls
    from solver.simulation.rules import Rules
    from solver.simulation.setting import Setting

    expected, hourly, problem = options["expected"], options["hourly"], first.problem
    if expected is not None and hourly is not None:
        raise click.UsageError("give --calls or --calls-per-hour, not both")
    past = _past(problem, options)
    given = hourly * problem.minutes / 60 if hourly is not None else expected
    source: Source = "usual" if given is None else "given"
    many = usual_calls(problem) if given is None else given
    replications, seed = options["replications"] or USUAL, options["seed"]
    if past is not None:
        source, many = "replayed", sum(len(seconds) for seconds, _ in past) / len(past)
        replications = options["replications"] or len(past)
    if many * replications > MOST_CALLS:
        raise click.UsageError(f"{many * replications:,.0f} calls in all are too many; ask for {MOST_CALLS:,} at most")
    model = CallModel(many, options["service"], options["service_spread"], float(options["serious"]))
    posts: dict[bool | None, Posts] = {None: "planned", True: "leave", False: "keep"}
    rules = Rules(posts[options["leave_posts"]], options["reserve"], options["after"])
    ways = "estimate" if options["shift_file"] is None else "streets"
    setting = Setting(replications, seed, source, model, rules, ways, None if past is None else len(past))
    if past is not None:
        return setting, replay_calls(past, model, replications, seed)
    return setting, draw_calls(problem, model, replications, seed)


def _past(problem: Problem, options: Mapping[str, Any]) -> Sequence[tuple[Ints, Ints]] | None:
    """Return the calls of past days, if a file of incidents is named."""
    if options["incidents"] is None:
        if options["weekday"] is not None:
            raise click.UsageError("--weekday chooses among past days; name them with --incidents")
        return None
    if options["expected"] is not None or options["hourly"] is not None:
        raise click.UsageError("how many calls there are is as in the file of --incidents; leave --calls out")
    from instances.past_calls import past_days

    found = past_days(options["incidents"], problem, weekday=options["weekday"], columns=dict(options["columns"]))
    talk = Talk(options["quiet"], options["verbose"])
    for line in found.lines:
        talk.note(line)
    return found.calls
