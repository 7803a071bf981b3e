"""The command `patrol`: the door that puts the commands together and turns every error into words and an exit code.

The commands are in `instances.commands`, a file each.  What is printed on standard output is data; talk and
progress go to standard error.  Everything heavy is imported by the command that uses it, so that
``patrol --help`` answers at once.  Exit codes are listed in ``docs/outputs.md``.
"""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from instances.commands.backtest import backtest
from instances.commands.baseline import baseline
from instances.commands.beats import beats
from instances.commands.check import check
from instances.commands.colours import chosen, paint
from instances.commands.compare import compare
from instances.commands.completion import completion
from instances.commands.contain import contain
from instances.commands.doctor import doctor
from instances.commands.draw import draw
from instances.commands.explain import explain
from instances.commands.export import export
from instances.commands.failures import DONE, failure_of
from instances.commands.interrupts import polite_kills
from instances.commands.network import network
from instances.commands.pick import pick
from instances.commands.plan import plan
from instances.commands.plot import plot
from instances.commands.replan import replan
from instances.commands.risk import risk
from instances.commands.roster import roster
from instances.commands.schema import schema
from instances.commands.score import score
from instances.commands.simulate import simulate
from instances.commands.site import site
from instances.commands.size import size
from instances.commands.streams import flush, no_more_output, say, show_json
from instances.commands.town import town

GROUPS = {
    "Plan, and change a plan": (plan, replan, draw, pick, baseline, contain),
    "Question a plan": (score, check, explain, compare, simulate, size),
    "Print and export": (export, plot),
    "Prepare a shift": (town, network, risk, backtest, site, beats, roster),
    "The program itself": (schema, doctor, completion),
}
"""All commands, as a planner thinks of them."""


class _Door(click.Group):
    """The group of commands; turns every error into a message and an exit code."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands group by group, below each other alike."""
        longest = max(map(len, self.commands))
        limit = formatter.width - 6 - longest
        for title, commands in GROUPS.items():
            with formatter.section(title):
                rows = [(f"{c.name or '':{longest}}", c.get_short_help_str(limit)) for c in commands]
                formatter.write_dl(rows)

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run a command and exit."""
        arguments = sys.argv[1:] if args is None else list(args)
        extra["standalone_mode"] = False
        with contextlib.suppress(AttributeError, ValueError):  # a stream that a test or a caller has replaced
            sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        try:
            with polite_kills():
                code = super().main(arguments, prog_name or "patrol", **extra)
                flush()
        except BaseException as error:  # the last line of defence: whatever it is, the user gets words and a code
            if isinstance(error, SystemExit):
                raise
            code = _report(error, arguments)
        sys.exit(code if isinstance(code, int) else DONE)


def _report(error: BaseException, arguments: list[str]) -> int:
    """Tell the user about `error` and return the exit code."""
    failure = failure_of(error)
    if "--debug" in arguments or (failure.kind == "internal" and {"-v", "--verbose"} & set(arguments)):
        say("".join(traceback.format_exception(error)), nl=False)
    if "--json" in arguments:
        try:
            show_json(failure.to_json())
            flush()
            return failure.code
        except OSError:  # standard output cannot be written, which may be the very error to tell about
            no_more_output()
    say(paint(f"patrol: {failure.message}", "error"), color=chosen(arguments))
    with contextlib.suppress(OSError):
        flush()
    return failure.code


@click.group("patrol", cls=_Door, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="patrolplan", prog_name="patrol")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def main(debug: bool) -> None:
    """Plan patrols: routes with times for every unit, and a check that every rule is kept.

    \b
    Start here:
      patrol town demo                   write the files of a small town
      patrol plan demo/night.yaml -o out
      patrol check out
    """


for _commands in GROUPS.values():
    for _command in _commands:
        main.add_command(_command)


if __name__ == "__main__":
    main()
