"""`patrol risk`: hotspots and demand from past incidents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from instances.commands.options import (
    COLUMN,
    DATE,
    HOURS,
    WEEKDAY,
    WEIGHT,
    Duration,
    Metres,
    Target,
    force_option,
    talk_options,
)
from instances.commands.streams import show, show_json
from instances.commands.talk import Talk
from instances.outputs import Outputs


@click.command(short_help="Make hotspots and demand points from past incidents.")
@click.argument("incidents", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=Target(), help="Directory; else hotspots go to standard output.")
@click.option("--format", "forms", type=click.Choice(["csv", "geojson"]), multiple=True, help="csv unless told.")
@click.option("--hotspots", type=click.IntRange(min=1), default=40, show_default=True, help="How many at most.")
@click.option("--demand", type=click.IntRange(min=1), help="How many demand points at most; all unless told.")
@click.option("--weekday", "weekdays", type=WEEKDAY, multiple=True, help="Such as friday; every day unless told.")
@click.option("--hours", type=HOURS, default="0-24", show_default=True, help="Such as 18-02, into the next day.")
@click.option("--until", type=DATE, help="Only incidents before this day; all unless told.")
@click.option("--since", type=Duration(), help="How far back, such as 90days; all unless told.")
@click.option("--half-life", type=Duration(), help="Age at which an incident counts half, such as 30days.")
@click.option("--weight", "weights", type=WEIGHT, multiple=True, help="Such as Robbery=3; '*' is any other type.")
@click.option("--cell", type=Metres(min=1, max=100_000), help="Side of a cell in metres; 200 unless told.")
@click.option("--smoothing", type=Metres(min=0, max=100_000), help="Metres over which risk spreads; 100 unless told.")
@click.option("--column", "columns", type=COLUMN, multiple=True, help="Such as lat=Y.")
@click.option("--timezone", help="Zone such as Europe/London, for times with an offset.")
@click.option("--dates", type=click.Choice(["auto", "day first", "month first"]), default="auto", show_default=True)
@force_option
@talk_options
def risk(incidents: Path, out: Path | None, force: bool, as_json: bool, **options: Any) -> None:
    """Make hotspots and demand points from past incidents, to edit and to name in a shift file.

    Prints the hotspots, or writes hotspots and demand to a directory. What was used, what was not and why
    is said on standard error.

    \b
    Examples:
      patrol risk incidents.csv -o risk --weekday friday --hours 18-02
      patrol risk incidents.csv --since 90days --weight "Robbery=3" > hotspots.csv
    """
    from datetime import timedelta

    from instances.risk_files import risk_files

    talk = Talk(options.pop("quiet"), options.pop("verbose"))
    given = {name: value for name, value in options.items() if value not in (None, ())}
    if out is None and len(given.get("forms", ())) > 1:
        raise click.UsageError("give -o DIRECTORY for more than one format")
    given |= {name: timedelta(seconds=given[name]) for name in ("since", "half_life") if name in given}
    given |= {name: dict(given[name]) for name in ("weights", "columns") if name in given}
    made = risk_files(incidents, **given)
    if out is None:
        written: tuple[Path, ...] = ()
        hotspots = next(iter(made.files.values()))
    else:
        with Outputs(out, sorted(made.files), what="these files", force=force) as outputs:
            written = outputs.commit(made.files)
    if as_json:
        shown = {"files": [str(p) for p in written]} if out is not None else {"text": hotspots.decode()}
        show_json({**shown, **made.to_json()})
        return
    for line in made.lines():
        talk.note(line)
    if out is None:
        show(hotspots)
    else:
        talk.note(f"wrote {', '.join(str(path) for path in written)}")
