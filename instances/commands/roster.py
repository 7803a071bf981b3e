"""`patrol roster`: the calendar of crews."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import click

from instances.commands.options import DATE, Duration, Target, force_option, json_option
from instances.commands.streams import say, show, show_json
from instances.outputs import Outputs, write_file


@click.command(short_help="Write which crew is on duty when.")
@click.option("--crews", required=True, help="Names of the crews, such as A,B,C,D.")
@click.option(
    "--shifts",
    default="day,evening,night",
    show_default=True,
    help="Shifts in the order of the day; others than these with times, such as early=06:00-14:00,late=14:00-22:00.",
)
@click.option("--pattern", help="Days of a crew; '2 day, 2 evening, 2 night, 2 off' for four crews and these shifts.")
@click.option("--from", "first", type=DATE, required=True, help="The first day, such as 2026-12-01.")
@click.option("--days", type=click.IntRange(1, 3660), default=28, show_default=True, help="How many days.")
@click.option("--cycle-from", type=DATE, help="The day on which the first crew begins the pattern; --from unless told.")
@click.option("--rest", type=Duration(), default="11h", show_default=True, help="Least time between two duties.")
@click.option("-o", "--out", type=click.Path(path_type=Path), help="File for the duties as CSV.")
@click.option("--ics", type=Target(), help="Directory for a calendar file (.ics) of each crew.")
@force_option
@json_option
def roster(
    crews: str,
    shifts: str,
    pattern: str | None,
    first: date,
    days: int,
    cycle_from: date | None,
    rest: float,
    out: Path | None,
    ics: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write who is on duty when: crews that go through the shifts in a pattern, each shift manned every day.

    Prints the calendar and the hours of each crew. A shift file takes the CSV as its 'calendar', and puts the
    units of a crew on duty when it is.

    \b
    Examples:
      patrol roster --crews A,B,C,D --from 2026-12-01 --days 28 -o roster.csv
      patrol roster --crews A,B,C --shifts day=08:00-20:00,night=20:00-08:00 --from 2026-12-01
      patrol roster --crews A,B,C,D --from 2027-01-01 --cycle-from 2026-12-01 --ics calendars
    """
    import re

    from instances.crews import CALENDAR_COLUMNS, PatternError, calendar_of, pattern_of, shifts_of, usual_pattern
    from instances.crews.ics import crew_ics
    from solver.export.filenames import file_names
    from solver.export.stops_csv import spreadsheet

    names = [name.strip() for name in re.split("[,，、]", crews) if name.strip()]
    try:
        parts = shifts_of(shifts)
        days_of = usual_pattern(parts, len(names)) if pattern is None else pattern_of(pattern, parts)
        made = calendar_of(
            names, parts, days_of, first=first, days=days, cycle_from=cycle_from, rest=timedelta(seconds=rest)
        )
    except PatternError as error:
        raise click.UsageError(str(error)) from None
    written: list[Path] = []
    if ics is not None:
        files = {f"{name}.ics": crew_ics(made, crew) for crew, name in file_names(names).items()}
        with Outputs(ics, sorted(files), what="these calendars", force=force) as outputs:
            written += outputs.commit(files)
    if out is not None:
        write_file(out, spreadsheet(CALENDAR_COLUMNS, made.rows()), force=force)
        written.append(out)
    if as_json:
        show_json({"files": [str(path) for path in written], **made.to_json()})
        return
    show("\n".join(made.lines()))
    if written:
        say(f"wrote {', '.join(str(path) for path in written)}")
