"""Options and arguments that several commands share, and how their text is read."""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from instances.commands.colours import color_option

if TYPE_CHECKING:
    from instances.cache import Cache


def function_of(name: str) -> Callable[..., Any]:
    """Return the function called ``module:function``, imported now and not before."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


class Parsed(click.ParamType):  # type: ignore[type-arg] # generic only in click 8.5
    """An option's text, read by a function that raises ValueError with words that help; named ``module:function``."""

    def __init__(self, name: str, reader: str) -> None:
        self.name = name
        self._reader = reader

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return what the function makes of the text."""
        if not isinstance(value, str):
            return value
        try:
            return function_of(self._reader)(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Number(click.FloatRange):
    """A number within limits; infinity and what is no number are none."""

    name = "number"
    what = "a number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        try:
            finite = math.isfinite(float(value))
        except (TypeError, ValueError):
            finite = False
        if not finite:
            self.fail(f"{value!r} is not {self.what}", param, ctx)
        return super().convert(value, param, ctx)


class Metres(Number):
    """A number of metres."""

    name = "metres"
    what = "a number of metres"


class Duration(Parsed):
    """A duration such as ``30s``, ``2min``, ``1h`` in seconds; a bare number is seconds.

    Where `some` holds, none at all is refused.
    """

    def __init__(self, *, some: bool = False) -> None:
        super().__init__("duration", "instances.quantities:seconds_of")
        self._some = some

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return seconds."""
        bare = isinstance(value, str) and re.fullmatch(r"\s*(\d+)(\.\d+)?\s*", value)
        if bare and len(bare[1]) <= 9:
            seconds: Any = float(value)
        else:
            seconds = super().convert(f"{bare[1]} s" if bare else value, param, ctx)
        if self._some and seconds == 0:
            self.fail(f"{value!r} is no time at all; write such as 30min", param, ctx)
        return seconds


SHARE = Parsed("share", "instances.quantities:share_of")


class Target(click.Path):
    """Where to write; an empty name, as of a shell variable that is not set, is not the working directory."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        if value == "":
            self.fail("the name is empty; write '.' for the working directory", param, ctx)
        return super().convert(value, param, ctx)


class Patience(Duration):
    """How long, or for how many moves, to search on without finding anything better."""

    name = "duration or moves"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return seconds, or moves where the search is limited by moves alone."""
        given = ctx.params if ctx is not None else {}
        if given.get("work_limit") is None or given.get("time_limit") is not None:
            return super().convert(value, param, ctx)
        if isinstance(value, str) and not value.strip().isdecimal():
            self.fail(
                f"{value!r}: a search limited by moves alone is patient for moves too; write a number", param, ctx
            )
        return float(value)


POINTS = Parsed("number or range", "instances.quantities:counts_of")
NIGHT = Parsed("date or number", "instances.secret:night_of")
WEEKDAY = Parsed("day", "instances.risk_options:weekday_of")
HOURS = Parsed("hours", "instances.risk_options:hours_of")
DATE = Parsed("date", "instances.risk_options:date_of")
WEIGHT = Parsed("type=number", "instances.risk_options:weight_of")
LEVEL = Parsed("[district=]level", "instances.alert:level_of")
COLUMN = Parsed("role=column", "instances.risk_options:column_of")


def talk_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --json, -q and -v."""
    command = click.option("-v", "--verbose", is_flag=True, help="Say more on standard error.")(command)
    command = click.option("-q", "--quiet", is_flag=True, help="Say nothing on standard error but errors.")(command)
    return json_option(command)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --json and --color."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(color_option(command))


alert_option = click.option(
    "--alert",
    type=LEVEL,
    multiple=True,
    help="Level of alert in place of the file's: green, yellow, orange or red, or North=red for one district.",
)


def busy_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --busy and --busy-from."""
    command = click.option(
        "--busy-from",
        type=click.Path(path_type=Path),
        metavar="SIMULATION.json",
        help="As busy as a simulation found them, hour by hour: what 'patrol simulate OUT --json' prints.",
    )(command)
    return click.option(
        "--busy",
        type=SHARE,
        help="Share of their time that units are busy with calls, such as 30%, whatever the file says.",
    )(command)


def cache_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --cache-dir and --no-cache."""
    command = click.option("--no-cache", is_flag=True, help="Compute everything anew and keep nothing.")(command)
    return click.option(
        "--cache-dir", type=click.Path(file_okay=False, path_type=Path), help="Where computed road data is kept."
    )(command)


def cache_of(cache_dir: Path | None, no_cache: bool) -> Cache | None:
    """Return the cache that the options ask for."""
    if no_cache:
        return None
    from instances.cache import Cache

    return Cache(cache_dir)


force_option = click.option("--force", is_flag=True, help="Replace outputs that are there.")
