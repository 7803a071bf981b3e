"""`patrol backtest`: what risk made from the past foretold of what came."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from instances.commands.backtest_plans import backtest_plans
from instances.commands.options import (
    COLUMN,
    DATE,
    WEIGHT,
    Duration,
    Parsed,
    Target,
    cache_of,
    cache_options,
    force_option,
    talk_options,
)
from instances.commands.streams import show, show_json
from instances.commands.talk import ProgressLine, Talk
from instances.outputs import refuse_present, write_file

if TYPE_CHECKING:
    from solver.plots.drawing import Form

TIME_LIMIT = 5.0
"""Seconds to plan each period when nothing is asked for."""

DAYS = Parsed("duration", "instances.backtest.options:whole_days")
SIDE = Parsed("metres", "instances.backtest.options:cell_side")
METRES = Parsed("metres, …", "instances.backtest.options:metres_list")
HALF_LIVES = Parsed("durations", "instances.backtest.options:half_life_list")
DISTANCE = Parsed("metres", "instances.backtest.options:one_distance")
AREA = Parsed("share", "instances.backtest.options:area_share")


@click.command(short_help="Say how well past incidents foretell those to come.")
@click.argument("incidents", type=click.Path(path_type=Path))
@click.option("--roads", type=click.Path(path_type=Path), help="Road network; the area is then where streets are.")
@click.option("--stations", type=click.Path(path_type=Path), help="Table of stations, to compare with their counts.")
@click.option("--cell", type=SIDE, help="Side of a cell, such as 200m, which it is unless told.")
@click.option("--area", "share", type=AREA, default="5%", show_default=True, help="Share of the area that is marked.")
@click.option("--test", type=DAYS, help="What is foretold at once, such as 4w; by how long the file is unless told.")
@click.option("--step", type=DAYS, help="From one begin to the next; as --test unless told, and not less.")
@click.option("--train", type=DAYS, help="How far back is learnt from, such as 52w; all unless told.")
@click.option("--periods", type=click.IntRange(1, 1000), help="How many to test on; 12 unless told, if there are.")
@click.option("--bandwidth", "bandwidths", type=METRES, help="Smoothing to choose from; 0m,100m,200m,400m unless told.")
@click.option("--half-life", "half_lives", type=HALF_LIVES, help="To choose from; 14d,60d,180d,none unless told.")
@click.option("--until", type=DATE, help="Only incidents before this day; all unless told.")
@click.option("--weight", "weights", type=WEIGHT, multiple=True, help="Such as Robbery=3; '*' is any other type.")
@click.option("--column", "columns", type=COLUMN, multiple=True, help="Such as lat=Y.")
@click.option("--timezone", help="Zone such as Europe/London, for times with an offset.")
@click.option("--dates", type=click.Choice(["auto", "day first", "month first"]), default="auto", show_default=True)
@click.option("--shift", type=click.Path(path_type=Path), metavar="SHIFT.yaml", help="Test plans, not maps.")
@click.option("--time-limit", type=Duration(), help="With --shift: how long to plan each period; 5s unless told.")
@click.option("--work-limit", type=click.IntRange(min=1), help="With --shift: how many moves to try instead.")
@click.option("--near", type=DISTANCE, help="With --shift: how far from a hotspot is at it; 150m unless told.")
@click.option("--service", type=Duration(some=True), help="With --shift: mean time at the scene; 30min unless told.")
@click.option("--plot", type=Target(), metavar="FILE", help="Picture of hits by area; ends in .svg or .png.")
@force_option
@cache_options
@talk_options
def backtest(incidents: Path, plot: Path | None, force: bool, as_json: bool, **options: Any) -> None:
    """Say how well risk made from the past foretells the incidents that follow.

    Again and again risk is made from what lay before a period, and the incidents of the period are counted where it is
    highest; against chance, last period's map, counts of all the past, and counts by station. Smoothing and half-life
    are chosen by the periods before the one that is foretold. Says how much detail of places and hours the data bear.

    With --shift it is plans that are tested: the shift is planned from what lay before each period, and the plan is
    held against what came in its weekday and hours, beside simple rules.

    \b
    Examples:
      patrol backtest incidents.csv
      patrol backtest incidents.csv --roads city.osm.pbf --stations stations.csv --plot hits.svg
      patrol backtest incidents.csv --test 1w --train 26w --bandwidth 100m,200m --half-life 30d,none
      patrol backtest incidents.csv --shift night.yaml --periods 4
    """
    from instances.backtest.as_json import backtest_json
    from instances.backtest.whole import backtest_file
    from instances.backtest.words import backtest_lines

    talk = Talk(options.pop("quiet"), options.pop("verbose"))
    shift = options.pop("shift")
    if shift is not None:
        _refuse_beside_shift(plot, options)
        cache = cache_of(options["cache_dir"], options["no_cache"])
        if options["time_limit"] is None and options["work_limit"] is None:
            options["time_limit"] = TIME_LIMIT
        backtest_plans(incidents, shift, cache, talk, {**options, "as_json": as_json})
        return
    for name in ("time_limit", "work_limit", "near", "service"):
        if options.pop(name) is not None:
            raise click.UsageError(f"--{name.replace('_', '-')} goes with --shift")
    form = _form(plot, force)
    cache = cache_of(options.pop("cache_dir"), options.pop("no_cache"))
    if options["step"] is not None and options["test"] is not None and options["step"] < options["test"]:
        raise click.UsageError("--step is shorter than --test, so that incidents would count twice; make it longer")
    given = {name: value for name, value in options.items() if value not in (None, ())}
    given |= {name: dict(given[name]) for name in ("weights", "columns") if name in given}
    line = ProgressLine(talk)
    try:
        whole = backtest_file(
            incidents,
            cache=cache,
            note=talk.detail,
            progress=lambda done, total: line.say(f"period {done + 1} of {total}"),
            **given,
        )
    finally:
        line.clear()
    for text in (*whole.read.lines(), *whole.notes):
        talk.note(text)
    if plot is not None and form is not None:
        from instances.backtest.plot import backtest_plot

        write_file(plot, backtest_plot(whole.made, form), force=force)
    if as_json:
        files = [str(plot)] if plot is not None else []
        show_json({"files": files, "read": whole.read.to_json(), **backtest_json(whole.made, whole.found)})
    else:
        show("\n".join(backtest_lines(whole.made, whole.found, incidents=str(incidents))))
    if plot is not None:
        talk.note(f"wrote {plot}")


def _refuse_beside_shift(plot: Path | None, options: Mapping[str, Any]) -> None:
    """Refuse options that are for maps alone."""
    names = {"bandwidths": "bandwidth", "half_lives": "half-life", "weights": "weight", "columns": "column"}
    usual = {"share": 0.05, "dates": "auto"}
    apart = ("roads", "stations", "cell", "share", "step", "train", "until", "timezone", "dates", *names)
    given = [names.get(n, n) for n in apart if options[n] not in (None, (), usual.get(n))]
    given += ["plot"] if plot is not None else []
    if given:
        listed = ", ".join(f"--{'area' if name == 'share' else name}" for name in given)
        raise click.UsageError(f"{listed}: not with --shift, which says how incidents are read and risk is made")


def _form(plot: Path | None, force: bool) -> Form | None:
    """Return the form of the picture by its name; refuse what cannot be written before any work."""
    if plot is None:
        return None
    forms: dict[str, Form] = {".svg": "svg", ".png": "png"}
    form = forms.get(plot.suffix.lower())
    if form is None:
        raise click.UsageError(f"--plot {plot}: the name must end in .svg or .png")
    refuse_present(plot, force=force)
    return form
