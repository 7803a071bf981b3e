"""`patrol replan`: a plan made anew while the shift runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from instances.commands.failures import DONE, SHORT, VIOLATED
from instances.commands.made_plans import named_plan, named_streets
from instances.commands.options import SHARE, Duration, Patience, Target, force_option, talk_options
from instances.commands.plan import PLAN_NAMES
from instances.commands.searching import checked, search
from instances.commands.streams import show, show_json
from instances.commands.talk import Talk
from instances.outputs import Outputs

if TYPE_CHECKING:
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.replan import Changes, Replanned

TIME_LIMIT = 10.0
"""Seconds of search when nothing is asked for: somebody is waiting."""


@click.command(short_help="Plan the rest of a shift anew, while it runs.")
@click.argument("paths", metavar="OUT", nargs=1, type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=Target(), help="Directory for the new plan.")
@click.option("--at", required=True, metavar="TIME", help="From when on to plan anew, such as 21:35.")
@click.option("--out-of-service", multiple=True, metavar="UNIT", help="A unit that ends its shift where it is.")
@click.option(
    "--late", multiple=True, metavar="'UNIT TIME'", help="A unit that is behind its plan, such as 'B7 20min'."
)
@click.option(
    "--incident",
    multiple=True,
    metavar="'PLACE units=2 minutes=40'",
    help="Something at a place of the plan that binds the nearest units.",
)
@click.option("--keep-others", is_flag=True, help="Leave the units as they are that nothing has happened to.")
@click.option(
    "--helpers",
    type=click.IntRange(min=0),
    help="With --keep-others, how many of the nearest other units may change all the same; 2 if left out.",
)
@click.option("--time-limit", type=Duration(), is_eager=True, help="How long to search; 10s if nothing else ends it.")
@click.option("--work-limit", type=click.IntRange(min=1), is_eager=True, help="How many moves to try.")
@click.option("--patience", type=Patience(), help="End when nothing better was found for so long.")
@click.option("--gap", type=SHARE, help="End when no plan can be better by more than this, such as 1%.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the search.")
@force_option
@talk_options
@click.pass_context
def replan(ctx: click.Context, /, paths: Path, out: Path, at: str, force: bool, as_json: bool, **options: Any) -> None:
    """Plan the rest of a shift anew; what has happened until then stays.

    OUT is what 'patrol plan' wrote. The new directory holds the same files and changes.txt, which is also
    printed: for each unit what falls away (-) and what is new (+). No roads are needed. Options that name units or
    incidents may be given several times.

    \b
    Examples:
      patrol replan out --at 21:35 -o new --out-of-service A3
      patrol replan out --at 21:35 -o new --late "B7 20min" --keep-others
      patrol replan out --at 21:35 -o new --incident "Corn Market units=2 minutes=40"
    """
    from solver.check import check as check_plan
    from solver.differences import differences, differences_json
    from solver.export.plan_files import plan_files

    talk = Talk(options["quiet"], options["verbose"])
    if options["helpers"] is not None and not options["keep_others"]:
        raise click.UsageError("--helpers says who may change beside --keep-others; give that as well")
    with Outputs(out, (*PLAN_NAMES, "changes.txt"), what="a plan", force=force) as outputs:
        problem, old = named_plan((paths,))
        if violations := check_plan(problem, old):
            for violation in violations:
                talk.note(str(violation))
            talk.note("this plan breaks rules, so it is not known what the units did; see 'patrol check'")
            ctx.exit(VIOLATED)
        minute, new = _new_problem(problem, old, at, options)
        for note in new.notes:
            talk.note(note)
        if options["time_limit"] is None and options["work_limit"] is None and options["patience"] is None:
            options["time_limit"] = TIME_LIMIT
        made = search(new.problem, (new.problem, old), talk, {**options, "engine": "auto"})
        card = checked(new.problem, made, outputs)
        found = differences(old, made, minute)
        files = plan_files(new.problem, made, card, named_streets((paths,), None))
        text = _changes_text(problem, old, new, made, minute)
        files["changes.txt"] = text.encode()
        written = outputs.commit(files)
    talk.detail("\n".join(f"wrote {path}" for path in written))
    if as_json:
        facts = {"files": [str(p) for p in written], "at": minute, "notes": list(new.notes)}
        show_json({**facts, **_worths(problem, old, new, made), "changes": differences_json(new.problem, found)})
    else:
        show(files["changes.txt"])
        talk.note(f"wrote {out}: {len(written)} files")
    ctx.exit(SHORT if made.shortfalls else DONE)


def _new_problem(problem: Problem, old: Plan, at: str, options: dict[str, Any]) -> tuple[int, Replanned]:
    """Return the minute of `at`, on the grid, and the problem of the rest, or tell all that is wrong with options."""
    from instances.changes import minute_at
    from instances.quantities import QuantityError
    from solver.replan import ReplanError, change_errors, replanned

    errors: list[str] = []
    minute = 0
    try:
        minute = minute_at(problem, at)
        minute += -minute % problem.grid
    except QuantityError as error:
        errors.append(f"--at: {error}")
    changes = _changes(options, errors)
    errors += change_errors(problem, minute, changes)
    if errors:
        raise click.UsageError("\n".join(errors))
    try:
        return minute, replanned(problem, old, minute, changes)
    except ReplanError as error:
        raise click.UsageError("\n".join(error.errors)) from None


def _changes(options: dict[str, Any], errors: list[str]) -> Changes:
    """Return the changes that the options tell of; what is wrong with their form is added to `errors`."""
    from instances.changes import incident_of, late_of
    from instances.quantities import QuantityError
    from solver.replan import Changes, Incident, Late

    late: list[Late] = []
    incidents: list[Incident] = []
    for text in options["late"]:
        try:
            late.append(late_of(text))
        except QuantityError as error:
            errors.append(f"--late: {error}")
    for text in options["incident"]:
        try:
            incidents.append(incident_of(text))
        except QuantityError as error:
            errors.append(f"--incident: {error}")
    helpers = None
    if options["keep_others"]:
        helpers = 2 if options["helpers"] is None else options["helpers"]
    return Changes(tuple(options["out_of_service"]), tuple(late), tuple(incidents), helpers)


def _worths(problem: Problem, old: Plan, new: Replanned, made: Plan) -> dict[str, Any]:
    """Return value, bound and what is missing, before and after."""
    from solver.plan_json import gap
    from solver.weights import weights

    full, full_before = weights(new.problem).full, weights(problem).full
    return {
        "value": made.value / full if full else 0.0,
        "value_before": old.value / full_before if full_before else 0.0,
        "bound": None if made.bound is None or not full else made.bound / full,
        "gap": gap(made.value, made.bound),
        "missing": sum(s.minutes for s in made.shortfalls),
        "missing_before": sum(s.minutes for s in old.shortfalls),
        "status": made.status,
    }


def _changes_text(problem: Problem, old: Plan, new: Replanned, made: Plan, at: int) -> str:
    """Return what is written as changes.txt."""
    from solver.differences import difference_lines, differences
    from solver.plain_text import one_line

    worth = _worths(problem, old, new, made)
    value = f"Value: {worth['value']:.2%} of everything, {worth['value_before']:.2%} as it was planned"
    if worth["bound"] is not None:
        value += f"; with this past no plan is worth more than {worth['bound']:.2%}"
    lines = [one_line(note) for note in new.notes]
    lines += [value.replace("%", " %") + "."]
    lines += [f"Missing unit-minutes: {worth['missing']}, {worth['missing_before']} as it was planned."]
    for s in made.shortfalls:
        from solver.wording import Times

        span = Times(new.problem).span(s.start, s.end)
        lines.append(one_line(f"  {s.place} lacks {s.missing} {span}: {s.reason}"))
    lines.append("")
    lines += difference_lines(new.problem, differences(old, made, at), at, len(problem.units))
    return "\n".join(lines) + "\n"
