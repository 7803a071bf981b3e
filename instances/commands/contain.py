"""`patrol contain`: which units close which crossings so that a fleeing car is enclosed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from instances.commands.failures import DONE, SHORT
from instances.commands.interrupts import stop_on_interrupt
from instances.commands.made_plans import named_plan, named_streets, warn_of_violations
from instances.commands.options import (
    Duration,
    Metres,
    Number,
    Target,
    cache_of,
    cache_options,
    force_option,
    talk_options,
)
from instances.commands.streams import show, show_json
from instances.commands.talk import Talk
from instances.outputs import refuse_present, write_file
from solver.languages import LANGUAGES

if TYPE_CHECKING:
    from instances.containing import Asked
    from instances.roads import RoadNetwork
    from solver.containment.report import Report
    from solver.languages import Language
    from solver.problem import Problem

MODES = ("car", "motorcycle", "bicycle", "foot")
"""Those of `solver.problem`, which takes long to import."""

SUFFIXES = (".html", ".geojson", ".json")
"""How the names of files end that can be written."""

WHAT_IF = 0.3
"""Share of the time for finding out with which delay the car could be enclosed."""


class Factor(Number):
    """A speed as a multiple of the usual one."""

    name = "factor"

    def __init__(self) -> None:
        super().__init__(min=0.05, max=20.0)


@click.command(short_help="Say which units close which crossings to enclose a car.")
@click.argument("out", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--at", required=True, metavar="TIME", help="When it is reported, such as 22:15.")
@click.option(
    "--place", required=True, metavar="PLACE", help="Where the car leaves: 'LAT,LON', or a place of the plan."
)
@click.option(
    "--shift", "shift_file", type=click.Path(path_type=Path), help="The shift file of the plan, which names its roads."
)
@click.option("--roads", type=click.Path(path_type=Path), help="The road network, instead of --shift.")
@click.option(
    "--delay", type=Duration(), default="2min", show_default=True, help="How long after that units learn of it."
)
@click.option(
    "--head-start", type=Duration(), default="0s", show_default=True, help="How long before that the car had left."
)
@click.option("--by", type=click.Choice(MODES), default="car", show_default=True, help="How the fugitive flees.")
@click.option("--speed", type=Factor(), default=1.0, show_default=True, help="Its speed, times the usual one.")
@click.option("--unit-speed", type=Factor(), default=1.0, show_default=True, help="Speed of units, times their own.")
@click.option("--lawful", is_flag=True, help="The car keeps to one-way streets, turn restrictions and barriers.")
@click.option("--leave-posts", is_flag=True, help="Units on posts may leave them.")
@click.option(
    "--within", type=Duration(), default="15min", show_default=True, help="So long after the report the car is out."
)
@click.option("--radius", type=Metres(min=1.0), help="So many metres from the place, as the crow flies, it is out.")
@click.option("--island", is_flag=True, help="No street leads out of the map.")
@click.option("--time-limit", type=Duration(), default="10s", show_default=True, help="How long to search.")
@click.option(
    "-o",
    "--out",
    "outs",
    type=Target(),
    multiple=True,
    help="File for a map (.html), the same for GIS (.geojson) or the answer (.json); may be given several times.",
)
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="Language of the text and the map.")
@force_option
@cache_options
@talk_options
@click.pass_context
def contain(
    ctx: click.Context, /, out: Path, outs: tuple[Path, ...], force: bool, as_json: bool, **options: Any
) -> None:
    """Say which units close which crossings in time, so that a car that leaves a place is enclosed.

    OUT is what 'patrol plan' wrote. Each unit starts where it is when it learns of it, and closes one crossing, before
    the car can be there at all; the car is left as few streets as can be. It does not keep to one-way streets unless
    it is --lawful. Exit code 4 when it cannot be enclosed.

    \b
    Examples:
      patrol contain out --shift night.yaml --at 22:15 --place "51.5134,-0.0890"
      patrol contain out --shift night.yaml --at 22:15 --place "Market Square" --delay 30s -o map.html
    """
    talk = Talk(options["quiet"], options["verbose"])
    _refuse(outs, force)
    problem, plan = named_plan((out,))
    asked = _asked(problem, options)
    streets = named_streets((out,), None)
    warn_of_violations(problem, plan)
    network, open_network = _roads(options, talk)

    from instances.containing import NoSuchPlaceError, report_of, scene
    from solver.containment.contain import contain as enclose
    from solver.containment.contain import soon_enough

    try:
        found = scene(problem, plan, streets, network, open_network, asked)
    except NoSuchPlaceError as error:
        raise click.UsageError(f"--place: {error}; give a place on the map of the plan") from None
    with stop_on_interrupt(talk) as stopped:
        made = enclose(found.pursuit, seconds=options["time_limit"], stop=stopped)
        earlier = None
        if not made.enclosed:
            earlier = soon_enough(found.pursuit, seconds=WHAT_IF * options["time_limit"], stop=stopped)
    report = report_of(found, made, soon_enough=earlier)
    _refuse_broken(found, made)
    for path in outs:
        write_file(path, _content(path, report, options["lang"]), force=force)
        talk.note(f"wrote {path}")
    if as_json:
        from solver.containment.report import report_json
        from solver.containment.words import sentence

        show_json({"sentence": sentence(report, options["lang"]), **report_json(report)})
    else:
        from solver.containment.words import words

        show("\n".join(words(report, options["lang"])))
    ctx.exit(DONE if report.enclosed else SHORT)


def _refuse(outs: tuple[Path, ...], force: bool) -> None:
    """Refuse files that cannot be written before any work is done."""
    for path in outs:
        if path.suffix.lower() not in SUFFIXES:
            raise click.UsageError(f"-o {path}: the name must end in .html, .geojson or .json")
        refuse_present(path, force=force)


def _asked(problem: Problem, options: dict[str, Any]) -> Asked:
    """Return what is asked; all that is wrong with the options is told at once."""
    from instances.changes import minute_at, point_of
    from instances.containing import Asked
    from instances.near_names import nearest_name
    from instances.quantities import QuantityError
    from instances.roads.flight import Manner
    from solver.wording import Times

    errors: list[str] = []
    minute, latlon = 0, (0.0, 0.0)
    try:
        minute = minute_at(problem, options["at"])
        if minute == problem.minutes:
            span = Times(problem).span(0, problem.minutes)
            errors.append(f"--at: {options['at']!r} is when the plan ends, which runs {span}; write a time within it")
    except QuantityError as error:
        errors.append(f"--at: {error}")
    places = {place.name: place for place in problem.places}
    try:
        if options["place"] in places:
            latlon = places[options["place"]].lat, places[options["place"]].lon
        elif (point := point_of(options["place"])) is not None:
            latlon = point
        else:
            near = nearest_name(options["place"], places)
            errors.append(f"--place: {options['place']!r} is no place of the plan and no 'LAT,LON'; {near}")
    except QuantityError as error:
        errors.append(f"--place: {error}")
    if (options["shift_file"] is None) == (options["roads"] is None):
        errors.append(
            "the plan does not hold its roads; give --shift SHIFT.yaml, which names them, or --roads FILE, and not both"
        )
    if errors:
        raise click.UsageError("\n".join(errors))
    return Asked(
        second=60 * minute,
        latlon=latlon,
        delay=math.ceil(options["delay"]),
        head_start=math.ceil(options["head_start"]),
        unit_speed=options["unit_speed"],
        leave_posts=options["leave_posts"],
        manner=Manner(
            mode=options["by"],
            lawful=options["lawful"],
            speed=options["speed"],
            within=max(options["within"], 1.0),
            radius=math.inf if options["radius"] is None else options["radius"],
            island=options["island"],
        ),
    )


def _roads(options: dict[str, Any], talk: Talk) -> tuple[RoadNetwork, RoadNetwork]:
    """Return all streets, and those that are open today."""
    cache = cache_of(options["cache_dir"], options["no_cache"])
    if options["roads"] is not None:
        from instances.roads import load_network

        network = load_network(options["roads"], cache=cache, note=talk.detail)
        return network, network
    from instances.closures import close
    from instances.shift_file import read_shift
    from instances.sources import read_streets

    shift = read_shift(options["shift_file"])
    network = read_streets(shift, cache, talk.detail)
    return network, close(network, shift.closed, shift.snap)[0]


def _refuse_broken(found: Any, made: Any) -> None:
    """Make sure, by another way than it was found, that what is told is so."""
    from solver.containment.check import closing_faults, faults

    if made.enclosed:
        wrong = faults(found.pursuit, made.closings, made.metres)
    else:
        wrong = closing_faults(found.pursuit, made.all_closings)
    if wrong:
        raise AssertionError("; ".join(wrong))


def _content(path: Path, report: Report, language: Language) -> bytes:
    """Return what goes into a file of this name."""
    suffix = path.suffix.lower()
    if suffix == ".html":
        from solver.containment.page import report_page

        return report_page(report, language)
    if suffix == ".geojson":
        from solver.containment.geojson import report_geojson

        return report_geojson(report)
    import json

    from solver.containment.report import report_json

    return (json.dumps(report_json(report), ensure_ascii=False, indent=1) + "\n").encode()
