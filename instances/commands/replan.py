"""`patrol replan`: a plan made anew while the shift runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from instances.commands.failures import DONE, SHORT, VIOLATED
from instances.commands.made_plans import named_plan, named_streets
from instances.commands.options import (
    SHARE,
    Duration,
    Patience,
    Target,
    cache_of,
    cache_options,
    force_option,
    talk_options,
)
from instances.commands.searching import build_read, checked, search
from instances.commands.streams import show, show_json
from instances.commands.talk import Talk
from instances.commands.written_plans import PLAN_NAMES
from instances.outputs import Outputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from instances.shift import Shift
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.replan import Changes, Replanned
    from solver.streets import Streets

    StreetsOf = Callable[[Plan], Streets]

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
    help="Something at a place of the plan, or with --shift at 'LAT,LON', that binds the nearest units.",
)
@click.option(
    "--shift",
    "shift_file",
    metavar="SHIFT.yaml",
    type=click.Path(path_type=Path),
    help="The shift file as it is now: streets closed, hotspots and tasks new, units that come or go.",
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
@cache_options
@talk_options
@click.pass_context
def replan(ctx: click.Context, /, paths: Path, out: Path, at: str, force: bool, as_json: bool, **options: Any) -> None:
    """Plan the rest of a shift anew; what has happened until then stays.

    OUT is what 'patrol plan' wrote. The new directory holds the same files and changes.txt, which is also
    printed: for each unit what falls away (-) and what is new (+). No roads are needed, but with --shift, which
    takes the edited shift file from that time on. Options that name units or incidents may be given several times.

    \b
    Examples:
      patrol replan out --at 21:35 -o new --out-of-service A3
      patrol replan out --at 21:35 -o new --late "B7 20min" --keep-others
      patrol replan out --at 21:35 -o new --incident "Corn Market units=2 minutes=40"
      patrol replan out --at 21:35 -o new --shift night.yaml --incident "51.5134,-0.0890"
    """
    from solver.check import check as check_plan
    from solver.differences import differences, differences_json
    from solver.edited_shift import streets_since
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
        minute, new, streets_of = _new_problem(problem, old, at, options, talk)
        for note in new.notes:
            talk.note(note)
        if options["time_limit"] is None and options["work_limit"] is None and options["patience"] is None:
            options["time_limit"] = TIME_LIMIT
        made = search(new.problem, (new.problem, old), talk, {**options, "engine": "auto"})
        card = checked(new.problem, made, outputs)
        found = differences(old, made, minute)
        streets = named_streets((paths,), None)
        if streets_of is not None:
            streets = streets_since(new.problem, made, minute, streets, streets_of(made))
        files = plan_files(new.problem, made, card, streets)
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


def _new_problem(
    problem: Problem, old: Plan, at: str, options: dict[str, Any], talk: Talk
) -> tuple[int, Replanned, StreetsOf | None]:
    """Return the minute of `at`, on the grid, the problem of the rest, and what finds streets if they are known.

    All that is wrong with the options is told at once.
    """
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
    changes, points = _changes(problem, options, errors)
    shift = _edited(problem, minute, options["shift_file"], errors)
    callsigns = [unit.callsign for unit in (problem if shift is None else shift).units]
    errors += change_errors(
        problem, minute, changes, callsigns, [p.name for p in problem.places] if shift is None else None
    )
    if errors:
        raise click.UsageError("\n".join(errors))
    edited, streets_of = None, None
    if shift is not None:
        from instances.edited_shift import sites_beside

        cache = cache_of(options["cache_dir"], options["no_cache"])
        edited, streets_of, _ = build_read(shift, cache, talk, sites_beside(problem, old, minute, points))
    try:
        return minute, replanned(problem, old, minute, changes, edited), streets_of
    except ReplanError as error:
        raise click.UsageError("\n".join(error.errors)) from None


def _edited(problem: Problem, minute: int, path: Path | None, errors: list[str]) -> Shift | None:
    """Return the edited shift file from a minute on, if one is given; what does not go with the plan is an error."""
    if path is None:
        return None
    from instances.edited_shift import as_busy, from_now_on, horizon_errors
    from instances.errors import InputError
    from instances.shift_file import read_shift

    try:
        shift = read_shift(path)
    except InputError as error:
        if errors:
            raise click.UsageError("\n".join([*errors, *map(str, error.faults)])) from None
        raise
    errors += horizon_errors(shift, problem)
    return as_busy(from_now_on(shift, minute), problem)


def _changes(
    problem: Problem, options: dict[str, Any], errors: list[str]
) -> tuple[Changes, dict[str, tuple[float, float]]]:
    """Return the changes that the options tell of, and where incidents are that are at no place, by name.

    What is wrong with their form is added to `errors`.
    """
    from instances.changes import incident_of, late_of
    from instances.quantities import QuantityError
    from solver.replan import Changes, Incident, Late

    late: list[Late] = []
    incidents: list[Incident] = []
    points: dict[str, tuple[float, float]] = {}
    for text in options["late"]:
        try:
            late.append(late_of(text))
        except QuantityError as error:
            errors.append(f"--late: {error}")
    for text in options["incident"]:
        try:
            incident = incident_of(text)
            name, latlon = _placed(problem, incident.place, roads=options["shift_file"] is not None)
        except QuantityError as error:
            errors.append(f"--incident: {error}")
            continue
        if latlon is not None:
            points[name] = latlon
        incidents.append(incident._replace(place=name))
    helpers = None
    if options["keep_others"]:
        helpers = 2 if options["helpers"] is None else options["helpers"]
    return Changes(tuple(options["out_of_service"]), tuple(late), tuple(incidents), helpers), points


def _placed(problem: Problem, place: str, *, roads: bool) -> tuple[str, tuple[float, float] | None]:
    """Return the name of the place of an incident, and where it is if it is given by that."""
    from instances.changes import nearest_place, point_of
    from instances.quantities import QuantityError

    names = [p.name for p in problem.places]
    latlon = None if place in names else point_of(place)
    if latlon is None:
        return place, None
    if not roads:
        wrong = f"{place!r} is no place of the plan, and how long units take to get there is not known"
        name, metres = nearest_place(problem, latlon)
        right = f"give the shift file as well (--shift), or name a place; the nearest is {name!r}, {metres:,} m away"
        raise QuantityError(wrong, right)
    at, n = f"{latlon[0]:.5f}, {latlon[1]:.5f}", 1
    name = f"incident at {at}"
    while name in names:
        n += 1
        name = f"incident {n} at {at}"
    return name, latlon


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
    callsigns = {unit.callsign for unit in (*problem.units, *new.problem.units)}
    lines += difference_lines(new.problem, differences(old, made, at), at, len(callsigns))
    return "\n".join(lines) + "\n"
