"""The command `patrol`: parse, call one function, render.

The only place that prints, shows progress and exits.  What is printed on standard output is data; talk and
progress go to standard error.  Everything heavy is imported by the command that uses it, so that
``patrol --help`` answers at once.  Exit codes are listed in ``docs/outputs.md``.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import math
import os
import re
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from instances.errors import Fault, InputError, RoadDataError
from instances.outputs import OutputRefusedError, Outputs, write_file

if TYPE_CHECKING:
    from instances.cache import Cache
    from instances.site_build import BuiltSites
    from solver.export.datum import Datum
    from solver.export.plan_files import Form
    from solver.plan import Plan
    from solver.problem import Problem
    from solver.score import Scorecard
    from solver.solve import Progress
    from solver.streets import Streets

DONE, INTERNAL, USAGE, INVALID, SHORT, VIOLATED, NO_ROADS, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130

TIME_LIMIT = 30.0
"""Seconds of search when nothing is asked for."""

PLAN_NAMES = ("plan.json", "problem.json", "streets.json", "summary.txt", "gpx")

SCHEMAS = {
    "shift": "instances.shift_file:shift_schema",
    "site": "instances.shift_schema:site_schema",
    "problem": "solver.problem_json:problem_schema",
    "plan": "solver.plan_json:plan_schema",
    "streets": "solver.streets_json:streets_schema",
}


class _RejectedPlanError(RuntimeError):
    """The engine made a plan that breaks a rule; the message says which and where it was kept."""


@dataclass(frozen=True)
class Failure:
    """An error in the terms of the command line: exit code, kind, message, and faults of the input if any."""

    code: int
    kind: str
    message: str
    faults: tuple[Fault, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints."""
        faults = [asdict(f) for f in self.faults]
        return {"error": {"exit": self.code, "kind": self.kind, "message": self.message, "faults": faults}}


def _failure(error: BaseException) -> Failure:
    """Return what to tell about `error`."""
    if isinstance(error, click.ClickException):
        return Failure(error.exit_code, "usage", _usage_text(error))
    if isinstance(error, OutputRefusedError):
        return Failure(USAGE, "output refused", str(error))
    if isinstance(error, RoadDataError):
        return Failure(NO_ROADS, "road data", str(error), tuple(error.faults))
    if isinstance(error, InputError):
        return Failure(INVALID, "invalid input", str(error), tuple(error.faults))
    if _is_export_error(error):
        return Failure(VIOLATED, "broken plan", f"{error}\nTry 'patrol check' for everything that is wrong with it.")
    if isinstance(error, (click.Abort, KeyboardInterrupt, EOFError)):
        return Failure(INTERRUPTED, "interrupted", "interrupted; nothing was written")
    if isinstance(error, OSError) and not isinstance(error, (ConnectionError, TimeoutError)) and error.errno:
        where = f" {error.filename}" if error.filename else ""
        text = f"cannot read or write{where}: {(error.strerror or '').lower()}"
        return Failure(INTERNAL, "system", text + (_MAKE_ROOM if error.errno in _NO_ROOM else ""))
    if isinstance(error, MemoryError):
        return Failure(INTERNAL, "system", "not enough memory; use fewer places, or a larger grid")
    if isinstance(error, _RejectedPlanError):
        return Failure(INTERNAL, "internal", str(error))
    text = f"internal error: {type(error).__name__}: {error}"
    return Failure(INTERNAL, "internal", f"{text}\n{_REPORT}")


_NO_ROOM = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
_MAKE_ROOM = "; make room, or write elsewhere"
_REPORT = (
    "This is a fault of patrol, not of your files. Please report it in the project's issue tracker, with what\n"
    "'patrol doctor' prints and with the output of the same command as 'patrol --debug ...'."
)


def _is_export_error(error: BaseException) -> bool:
    """Tell whether a plan, edited by hand, could not be exported; nothing is imported to find out."""
    module = sys.modules.get("solver.export.itinerary")
    return module is not None and isinstance(error, module.ExportError)


def _usage_text(error: click.ClickException) -> str:
    """Return click's message, with the command whose help would help."""
    text = error.format_message()
    if isinstance(error, click.UsageError) and error.ctx is not None:
        text += f"\nTry '{error.ctx.command_path} --help'."
    return text


class _Door(click.Group):
    """The group of commands; turns every error into a message and an exit code."""

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run a command and exit."""
        arguments = sys.argv[1:] if args is None else list(args)
        extra["standalone_mode"] = False
        with contextlib.suppress(AttributeError, ValueError):  # a stream that a test or a caller has replaced
            sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        try:
            with _polite_kills():
                code = super().main(arguments, prog_name or "patrol", **extra)
                _flush()
        except BaseException as error:  # the last line of defence: whatever it is, the user gets words and a code
            if isinstance(error, SystemExit):
                raise
            code = _report(error, arguments)
        sys.exit(code if isinstance(code, int) else DONE)


@contextlib.contextmanager
def _polite_kills() -> Iterator[None]:
    """Let a polite kill (SIGTERM) and a terminal that is closed (SIGHUP) interrupt as Ctrl-C does, and clean up.

    What the caller has told to ignore, as nohup does, stays ignored.
    """

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    with _handled(interrupt, _KILLS):
        yield


_KILLS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextlib.contextmanager
def _handled(handler: Callable[[int, object], None], numbers: Sequence[signal.Signals]) -> Iterator[None]:
    """Let `handler` take these signals for a while, where this is the thread that may say so."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        ignored = [n for n in _KILLS if signal.getsignal(n) is signal.SIG_IGN]
        before = {n: signal.signal(n, handler) for n in numbers if n not in ignored}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def _report(error: BaseException, arguments: list[str]) -> int:
    """Tell the user about `error` and return the exit code."""
    failure = _failure(error)
    if "--debug" in arguments or (failure.kind == "internal" and {"-v", "--verbose"} & set(arguments)):
        _say("".join(traceback.format_exception(error)), nl=False)
    if "--json" in arguments:
        try:
            _print_json(failure.to_json())
            _flush()
            return failure.code
        except OSError:  # standard output cannot be written, which may be the very error to tell about
            _no_more_output()
    _say(f"patrol: {failure.message}")
    with contextlib.suppress(OSError):
        _flush()
    return failure.code


def _say(text: str, *, nl: bool = True) -> None:
    """Write talk to standard error; where nobody takes it, the work goes on."""
    with contextlib.suppress(OSError, ValueError):
        click.echo(text, err=True, nl=nl)


def _print(text: str | bytes) -> None:
    """Write data to standard output; a reader that went away is no error."""
    with _to_standard_output():
        click.echo(text, nl=not isinstance(text, bytes))


def _print_json(value: Any) -> None:
    """Print one JSON document, in ASCII where the output takes no more."""
    takes_all = "utf" in (getattr(sys.stdout, "encoding", None) or "").lower()
    _print(json.dumps(value, ensure_ascii=not takes_all, indent=1))


def _flush() -> None:
    """Flush standard output; a reader that went away is no error."""
    with _to_standard_output():
        if sys.stdout is not None:  # there is none where the caller has closed it
            sys.stdout.flush()


@contextlib.contextmanager
def _to_standard_output() -> Iterator[None]:
    """Let a reader that went away be no error, and name standard output in any other."""
    try:
        yield
    except BrokenPipeError:
        _no_more_output()
    except OSError as error:
        raise OSError(error.errno, error.strerror, "standard output") from error


def _no_more_output() -> None:
    """Send the rest of standard output nowhere, so that the interpreter does not complain at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# ---------------------------------------------------------------------------------------------------------
# Talk and progress


@dataclass(frozen=True)
class Talk:
    """What is said on standard error: nothing, what matters, or everything."""

    quiet: bool = False
    verbose: bool = False

    def note(self, text: str) -> None:
        """Say `text` unless asked to be quiet."""
        if not self.quiet:
            _say(text)

    def detail(self, text: str) -> None:
        """Say `text` only when asked for details."""
        if self.verbose:
            _say(text)


class ProgressLine:
    """One line on a terminal, rewritten at most five times a second; nothing where there is no terminal."""

    def __init__(self, talk: Talk) -> None:
        self._shown = not talk.quiet and sys.stderr is not None and sys.stderr.isatty()
        self._next = 0.0

    def prepare(self) -> None:
        """Show that the search is not under way yet."""
        self._show("preparing the search")
        self._next = 0.0

    def search(self, progress: Progress) -> None:
        """Show how far the search is."""
        self._show(progress_text(progress))

    def travel(self, mode: str, done: int, total: int) -> None:
        """Show how far the travel times of a mode are."""
        self._show(f"travel times by {mode}: {done} of {total} places")

    def _show(self, text: str) -> None:
        """Rewrite the line."""
        now = time.monotonic()
        if self._shown and now >= self._next:
            self._next = now + 0.2
            width = shutil.get_terminal_size().columns - 1
            _say("\r\x1b[K" + text[:width], nl=False)

    def clear(self) -> None:
        """Wipe the line."""
        if self._shown:
            _say("\r\x1b[K", nl=False)
            self._next = 0.0


def progress_text(progress: Progress) -> str:
    """Return one line: seconds, value, what posts lack, bound and gap as far as known, and the note."""
    full = progress.full or 1
    parts = [f"{progress.seconds:6.1f} s", f"value {progress.value / full:7.2%}"]
    parts.append(f"posts lack {progress.missing} min" if progress.missing else "posts manned")
    if progress.bound is not None:
        gap = (progress.bound - progress.value) / progress.value if progress.value > 0 else float("inf")
        parts += [f"bound {progress.bound / full:.2%}", f"gap {gap:.2%}"]
    return "   ".join([*parts, progress.note] if progress.note else parts)


@contextlib.contextmanager
def _stop_on_interrupt(talk: Talk) -> Iterator[Callable[[], bool]]:
    """Give a function that tells whether Ctrl-C was pressed; pressed again, it interrupts.

    A polite kill (SIGTERM) counts as Ctrl-C, so that a scheduler that ends a job still gets the best plan, and so does
    the end of a terminal (SIGHUP).  That it was understood is said at once, also where the search takes a while to ask.
    """
    pressed, told = 0, False
    words = "\nstopping: the best plan so far will be checked and written; Ctrl-C again gives up"

    def press(_number: int, _frame: object) -> None:
        nonlocal pressed, told
        pressed += 1
        if pressed > 1:
            raise KeyboardInterrupt
        told = talk.quiet or _said_at_once(f"{words}\n")

    def stopped() -> bool:
        nonlocal told
        if pressed and not told:
            told = True
            talk.note(words)
        return pressed > 0

    with _handled(press, (signal.SIGINT, *_KILLS)):
        yield stopped


def _said_at_once(text: str) -> bool:
    """Write to standard error past its buffer, which may be in use when a signal comes; tell whether that could be."""
    try:
        os.write(sys.stderr.fileno(), text.encode(sys.stderr.encoding or "ascii", "backslashreplace"))
    except (AttributeError, OSError, ValueError):
        return False
    return True


# ---------------------------------------------------------------------------------------------------------
# Options that several commands share


def _function(name: str) -> Callable[..., Any]:
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
            return _function(self._reader)(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Metres(click.FloatRange):
    """A number of metres; infinity and what is no number are none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return metres."""
        with contextlib.suppress(TypeError, ValueError):  # what is no number at all is told of below
            if not math.isfinite(float(value)):
                self.fail(f"{value!r} is not a number of metres", param, ctx)
        return super().convert(value, param, ctx)


class Duration(Parsed):
    """A duration such as ``30s``, ``2min``, ``1h`` in seconds; a bare number is seconds."""

    def __init__(self) -> None:
        super().__init__("duration", "instances.quantities:seconds_of")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return seconds."""
        bare = isinstance(value, str) and re.fullmatch(r"\s*(\d+)(\.\d+)?\s*", value)
        if bare and len(bare[1]) <= 9:
            return float(value)
        return super().convert(f"{bare[1]} s" if bare else value, param, ctx)


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
WEEKDAY = Parsed("day", "instances.risk_options:weekday_of")
HOURS = Parsed("hours", "instances.risk_options:hours_of")
DATE = Parsed("date", "instances.risk_options:date_of")
WEIGHT = Parsed("type=number", "instances.risk_options:weight_of")
COLUMN = Parsed("role=column", "instances.risk_options:column_of")


def _talk_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --json, -q and -v."""
    command = click.option("-v", "--verbose", is_flag=True, help="Say more on standard error.")(command)
    command = click.option("-q", "--quiet", is_flag=True, help="Say nothing on standard error but errors.")(command)
    return _json_option(command)


def _json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def _cache_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --cache-dir and --no-cache."""
    command = click.option("--no-cache", is_flag=True, help="Compute everything anew and keep nothing.")(command)
    return click.option(
        "--cache-dir", type=click.Path(file_okay=False, path_type=Path), help="Where computed road data is kept."
    )(command)


def _cache(cache_dir: Path | None, no_cache: bool) -> Cache | None:
    """Return the cache that the options ask for."""
    if no_cache:
        return None
    from instances.cache import Cache

    return Cache(cache_dir)


_force_option = click.option("--force", is_flag=True, help="Replace outputs that are there.")


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


# ---------------------------------------------------------------------------------------------------------
# plan


def _search_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how to search, and when to end."""
    for option in reversed(
        (
            click.option(
                "--time-limit",
                type=Duration(),
                is_eager=True,
                help="How long to search; 30s unless moves or patience end it.",
            ),
            click.option(
                "--work-limit",
                type=click.IntRange(min=1),
                is_eager=True,
                help="How many moves to try; without a time limit the same seed then gives the same plan.",
            ),
            click.option(
                "--patience",
                type=Patience(),
                help="End when nothing better was found for so long, such as 20s; for so many moves where "
                "there is only a work limit.",
            ),
            click.option("--gap", type=SHARE, help="End when no plan can be better by more than this, such as 2%."),
            click.option(
                "--start-from",
                type=click.Path(path_type=Path),
                metavar="OUT",
                help="Begin with an earlier plan: the directory of its run, or its plan.json. What does not fit any "
                "more is left out, and said.",
            ),
            click.option(
                "--engine",
                type=click.Choice(["auto", "paths", "routing", "visits"]),
                default="auto",
                show_default=True,
                help="visits is for tasks alone and chosen where nothing else is asked for, paths is for everything; "
                "routing gives the problem to OR-Tools' routing library.",
            ),
            click.option(
                "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the search."
            ),
        )
    ):
        command = option(command)
    return command


@main.command()
@click.argument("shift_file", metavar="SHIFT.yaml", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=Target(), help="Directory for the outputs.")
@_search_options
@_force_option
@_cache_options
@_talk_options
@click.pass_context
def plan(ctx: click.Context, /, shift_file: Path, out: Path, force: bool, as_json: bool, **options: Any) -> None:
    """Make a plan from a shift file: routes for all units, checked, as GPX and JSON.

    Writes plan.json, problem.json, streets.json, summary.txt and one GPX file a unit to OUT, and prints the
    summary. Ctrl-C ends the search and writes the best plan so far; a second Ctrl-C gives up.

    \b
    Examples:
      patrol plan night.yaml -o out --time-limit 1min
      patrol plan night.yaml -o out --gap 2% --patience 20s
      patrol plan night.yaml -o new --start-from out
    """
    from solver.export.plan_files import plan_files

    talk = Talk(options["quiet"], options["verbose"])
    with Outputs(out, PLAN_NAMES, what="a plan", force=force) as outputs:
        earlier = _read_start(options["start_from"])
        problem, streets_of, report = _build(shift_file, _cache(options["cache_dir"], options["no_cache"]), talk)
        made = _solve(problem, earlier, talk, options)
        card = _checked(problem, made, outputs)
        files = plan_files(problem, made, card, streets_of(made))
        written = outputs.commit(files)
    talk.detail("\n".join(f"wrote {path}" for path in written))
    if as_json:
        _print_json({"files": [str(p) for p in written], **_plan_json(files["plan.json"]), "build": report})
    else:
        _print(files["summary.txt"])
        talk.note(f"wrote {out}: {len(written)} files")
    ctx.exit(SHORT if made.shortfalls else DONE)


def _build(path: Path, cache: Cache | None, talk: Talk) -> tuple[Problem, Callable[[Plan], Streets], dict[str, Any]]:
    """Return the problem of a shift file, a function that finds the streets of a plan, and the report."""
    from instances.build import build
    from instances.shift_file import read_shift

    begun = time.monotonic()
    progress = ProgressLine(talk)
    try:
        built = build(read_shift(path), cache=cache, note=talk.detail, progress=progress.travel)
    finally:
        progress.clear()
    for line in built.report.lines():
        talk.note(line)
    talk.detail(f"built in {time.monotonic() - begun:.1f} s")
    return built.problem, built.streets, built.report.to_json()


def _read_start(path: Path | None) -> tuple[Problem, Plan] | None:
    """Return an earlier plan to start from, with its problem, if one is named."""
    if path is None:
        return None
    from instances.documents import read_plan, read_problem

    if not path.exists():
        raise click.UsageError(f"--start-from {path}: there is no such file or directory")
    plan_path = path / "plan.json" if path.is_dir() else path
    problem_path = plan_path.with_name("problem.json")
    if not problem_path.exists():
        raise click.UsageError(
            f"--start-from {path}: {problem_path}, the problem that the plan was made for, is not there"
        )
    problem = read_problem(problem_path)
    return problem, read_plan(plan_path, problem)


def _start(problem: Problem, earlier: tuple[Problem, Plan] | None, talk: Talk) -> Plan | None:
    """Return what is left of the earlier plan, and say what is not."""
    if earlier is None:
        return None
    from solver.warm_start import fit

    old_problem, old = earlier
    start = fit(problem, old, old_problem)
    for note in start.notes:
        talk.note(f"start: {note}")
    return old.replace(routes=start.routes)


def _solve(problem: Problem, earlier: tuple[Problem, Plan] | None, talk: Talk, options: Mapping[str, Any]) -> Plan:
    """Search until a limit or Ctrl-C."""
    from instances.doctor import compiled_files
    from solver.solve import UnfitEngineError, solve

    time_limit, work_limit, gap = options["time_limit"], options["work_limit"], options["gap"]
    patience = options["patience"]
    if time_limit is None and work_limit is None and patience is None:
        time_limit = TIME_LIMIT
    limits = [f"{time_limit:g} s"] if time_limit is not None else []
    limits += [f"{work_limit} moves"] if work_limit is not None else []
    limits += [f"a gap of {float(gap):.3g}"] if gap is not None else []
    if patience is not None:
        unit = "moves" if work_limit is not None and time_limit is None else "s"
        limits.append(f"{patience:g} {unit} without a better plan")
    line = ProgressLine(talk)
    start = _start(problem, earlier, talk)
    with _stop_on_interrupt(talk) as stopped:
        talk.note(f"searching for up to {' or '.join(limits)}; Ctrl-C ends the search and keeps the best plan")
        if not compiled_files()[0]:
            talk.note("the search is compiled first, once after an installation; that takes a minute or two")
        line.prepare()
        try:
            return solve(
                problem,
                engine=options["engine"],
                start=start,
                time_limit=time_limit,
                work_limit=work_limit,
                patience=patience,
                gap=None if gap is None else float(gap),
                seed=options["seed"],
                stop=stopped,
                progress=line.search,
            )
        except UnfitEngineError as error:
            raise click.UsageError(f"--engine {options['engine']}: {error}") from None
        finally:
            line.clear()


def _checked(problem: Problem, made: Plan, outputs: Outputs) -> Scorecard:
    """Return the score of a plan that keeps every rule.

    Raises
    ------
    _RejectedPlanError
        When it does not; the plan is kept apart, without files that a crew could load.
    """
    from solver.check import check as check_plan
    from solver.plan_json import plan_to_json
    from solver.problem_json import problem_to_json
    from solver.score import score as score_plan

    card = score_plan(problem, made)
    violations = check_plan(problem, made)
    if not violations:
        return card
    lines = "\n".join(str(v) for v in violations)
    apart = outputs.set_aside(
        "rejected-plan",
        {
            "violations.txt": f"{lines}\n".encode(),
            "problem.json": problem_to_json(problem).encode(),
            "plan.json": plan_to_json(problem, made, card.covered).encode(),
        },
    )
    count = f"{len(violations)} rule{'s' * (len(violations) != 1)}"
    raise _RejectedPlanError(
        f"the search made a plan that breaks {count}; it was not used, but kept in {apart}\n{lines}\n{_REPORT}"
    )


# ---------------------------------------------------------------------------------------------------------
# check, score, export


def _plan_arguments(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the arguments that name a problem and a plan: a directory that `plan` wrote, or two files."""
    return click.argument(
        "paths", metavar="OUT | PROBLEM PLAN", nargs=-1, required=True, type=click.Path(path_type=Path)
    )(command)


def _read_plan(paths: tuple[Path, ...]) -> tuple[Problem, Plan]:
    """Return the problem and the plan that the arguments name."""
    from instances.documents import read_plan, read_problem

    if len(paths) > 2:
        raise click.UsageError("give the directory that 'patrol plan' wrote, or a problem and a plan")
    problem_path, plan_path = paths if len(paths) == 2 else (paths[0] / "problem.json", paths[0] / "plan.json")
    if len(paths) == 1 and paths[0].is_file():
        raise click.UsageError(f"{paths[0]} is a file; give a problem and a plan, or the directory of both")
    problem = read_problem(problem_path)
    return problem, read_plan(plan_path, problem)


@main.command()
@_plan_arguments
@_json_option
@click.pass_context
def check(ctx: click.Context, /, paths: tuple[Path, ...], as_json: bool) -> None:
    """Check a plan against every rule, also one that was edited by hand.

    Prints one line a violation. Exit code 0 when every rule is kept, 4 when posts lack units and the plan
    says so, 5 when a rule is broken.

    \b
    Examples:
      patrol check out
      patrol check out/problem.json edited-plan.json
    """
    from solver.check import check as check_plan

    problem, made = _read_plan(paths)
    violations = check_plan(problem, made)
    if as_json:
        _print_json(
            {
                "violations": [asdict(v) for v in violations],
                "shortfalls": [asdict(s) for s in made.shortfalls],
            }
        )
    else:
        for violation in violations:
            _print(str(violation))
        _print(_verdict(len(violations), len(made.shortfalls)))
    ctx.exit(VIOLATED if violations else SHORT if made.shortfalls else DONE)


def _verdict(violations: int, shortfalls: int) -> str:
    """Return the last line of a check."""
    if violations:
        return f"{violations} violation{'s' * (violations != 1)}"
    if shortfalls:
        return f"every rule is kept, but the plan declares {shortfalls} shortfall{'s' * (shortfalls != 1)}"
    return "every rule is kept"


@main.command()
@_plan_arguments
@_json_option
def score(paths: tuple[Path, ...], as_json: bool) -> None:
    """Say what a plan covers: by layer, hour, zone, hotspot and unit.

    \b
    Example:
      patrol score out --json
    """
    from solver.score import score as score_plan

    problem, made = _read_plan(paths)
    card = score_plan(problem, made)
    if as_json:
        _print_json(card.to_json())
    else:
        _print("\n".join(card.lines()))


@main.command()
@click.argument("form", metavar="gpx|geojson|csv", type=click.Choice(["gpx", "geojson", "csv"]))
@_plan_arguments
@click.option("--streets", "streets_path", type=click.Path(path_type=Path), help="The streets of the plan's legs.")
@click.option("--unit", help="Only this callsign (GPX).")
@click.option("--datum", type=click.Choice(["wgs84", "gcj02"]), default="wgs84", show_default=True)
@click.option("-o", "--out", type=Target(), help="File, or directory of GPX; else standard output.")
@_force_option
@_json_option
def export(
    form: Form,
    paths: tuple[Path, ...],
    streets_path: Path | None,
    unit: str | None,
    datum: Datum,
    out: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write a plan for a terminal (GPX), a map program (GeoJSON) or a spreadsheet (CSV).

    The streets are read from streets.json beside the plan when it is there; without streets, legs are
    straight lines.

    \b
    Examples:
      patrol export geojson out -o night.geojson
      patrol export gpx out --unit A1 -o A1.gpx
      patrol export gpx out -o terminals --datum gcj02
    """
    from instances.errors import nearest
    from solver.export.plan_files import exported_files

    problem, made = _read_plan(paths)
    streets = _read_streets(paths, streets_path)
    if unit is not None and form != "gpx":
        raise click.UsageError("--unit goes with gpx; geojson and csv hold all units")
    if datum != "wgs84" and form == "csv":
        raise click.UsageError("csv is always in WGS-84; choose gpx or geojson")
    if unit is not None and unit not in {route.callsign for route in made.routes}:
        raise click.UsageError(f"the plan has no unit {unit!r}; {nearest(unit, (r.callsign for r in made.routes))}")
    _warn_of_violations(problem, made)
    files = exported_files(form, problem, made, streets, datum=datum, only=unit)
    if form == "gpx" and unit is None:
        written = _write_gpx(out, files, force)
    elif out is None or str(out) == "-":
        content = next(iter(files.values()))
        _print(content) if not as_json else _print_json({"text": content.decode("utf-8-sig")})
        return
    else:
        write_file(out, next(iter(files.values())), force=force)
        written = (out,)
    if as_json:
        _print_json({"files": [str(path) for path in written]})


def _write_gpx(out: Path | None, files: Mapping[str, bytes], force: bool) -> tuple[Path, ...]:
    """Write the GPX of all units to a directory that holds no other, lest a crew loads that of an older plan."""
    if out is None:
        raise click.UsageError("give -o DIRECTORY for the GPX of all units, or --unit CALLSIGN for one")
    others = sorted(path.name for path in out.glob("*.gpx") if path.name not in files)
    if others:
        raise OutputRefusedError(f"{out} holds other GPX files ({', '.join(others)}); choose an empty directory")
    with Outputs(out, sorted(files), what="these files", force=force) as outputs:
        return outputs.commit(files)


def _warn_of_violations(problem: Problem, made: Plan) -> None:
    """Say on standard error that a plan, edited by hand, breaks rules."""
    from solver.check import check as check_plan

    count = len(check_plan(problem, made))
    if count:
        _say(f"this plan breaks {count} rule{'s' * (count != 1)}; see 'patrol check'")


def _read_streets(paths: tuple[Path, ...], streets_path: Path | None) -> Streets:
    """Return the streets named, or those beside the plan, or none."""
    from instances.documents import read_streets
    from solver.streets import Streets

    if streets_path is None:
        beside = (paths[0] if len(paths) == 1 else paths[-1].parent) / "streets.json"
        if str(paths[-1]) == "-" or not beside.exists():
            return Streets()
        streets_path = beside
    return read_streets(streets_path)


# ---------------------------------------------------------------------------------------------------------
# site


@main.command()
@click.argument("file", metavar="FILE.yaml", type=click.Path(path_type=Path))
@click.option("--points", type=POINTS, help="How many points at most, such as 6, or 1..12 for a curve.")
@click.option("-o", "--out", type=Target(), help="Directory for the points as JSON, GeoJSON, CSV and posts.")
@click.option(
    "--time-limit",
    type=Duration(),
    default="60s",
    show_default=True,
    help="How long to look, for each number of points.",
)
@click.option("--gap", type=SHARE, help="End when no choice can be better by more than this, such as 1%.")
@_force_option
@_cache_options
@_talk_options
@click.pass_context
def site(ctx: click.Context, /, file: Path, points: tuple[int, ...] | None, out: Path | None, **options: Any) -> None:
    """Choose places for quick-response points, from a shift file or one without units.

    With --points (or 'points' in the file's 'sites') as much demand as possible is covered within its standard;
    else all of it by as few points as possible. Prints the points; OUT also gets posts.yaml, which a shift file
    takes as it is. Exit code 4 when not everything can be covered that must be.

    \b
    Examples:
      patrol site night.yaml
      patrol site night.yaml --points 4 -o points
      patrol site night.yaml --points 1..12
    """
    from instances.site_files import NAMES, curve_lines, site_files, site_json, site_lines, uncovered
    from solver.sites import NoSitingError, answer

    talk = Talk(options["quiet"], options["verbose"])
    target = Outputs(out, NAMES, what="these files", force=options["force"]) if out is not None else None
    with target or contextlib.nullcontext():
        built = _built_sites(file, _cache(options["cache_dir"], options["no_cache"]), talk)
        numbers = points or ((built.shift.sites.points,) if built.shift.sites.points else ())
        limits: dict[str, Any] = {"seconds": options["time_limit"], "gap": float(options["gap"] or 0)}
        with _stop_on_interrupt(talk) as stopped:
            try:
                sited = answer(built.problem, numbers, stop=stopped, **limits)
            except NoSitingError as error:
                raise click.UsageError(str(error)) from error
        found, shown = sited.found, sited.curve if len(sited.curve) > 1 else ()
        if target is not None:
            written = target.commit(site_files(built, found, shown, fewest=not numbers))
            talk.note(f"wrote {', '.join(str(path) for path in written)}")
    if options["as_json"]:
        _print_json(site_json(built, found, shown, fewest=not numbers))
    else:
        parts = [sited.lacking] if sited.lacking else []
        parts += ["\n".join(curve_lines(shown))] if shown else []
        _print("\n\n".join([*parts, "\n".join(site_lines(built, found, fewest=not numbers))]))
    unmet = bool(uncovered(built)) and (not numbers or built.problem.cover_all)
    ctx.exit(SHORT if sited.lacking or unmet else DONE)


def _built_sites(path: Path, cache: Cache | None, talk: Talk) -> BuiltSites:
    """Return the siting problem of a file."""
    from instances.shift_file import read_sites
    from instances.site_build import build_sites

    progress = ProgressLine(talk)
    try:
        built = build_sites(read_sites(path), cache=cache, note=talk.detail, progress=progress.travel)
    finally:
        progress.clear()
    for line in built.lines:
        talk.note(line)
    return built


# ---------------------------------------------------------------------------------------------------------
# network, risk, town, schema, doctor


@main.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--place", help="Fetch the roads of this place from OpenStreetMap instead of reading a file.")
@click.option("--refresh", is_flag=True, help="Fetch or read anew what was kept.")
@click.option("--overpass-url", help="Overpass service to fetch a place from.")
@click.option("--nominatim-url", help="Nominatim service that finds a place.")
@_cache_options
@_talk_options
def network(file: Path | None, place: str | None, refresh: bool, as_json: bool, **options: Any) -> None:
    """Read a road network, keep it for later runs, and describe it.

    FILE is .osm.pbf, .osm, .osm.gz, .graphml or .graphml.gz.

    \b
    Examples:
      patrol network city.osm.pbf
      patrol network --place "City of London"
    """
    from instances.roads import load_network

    if (file is None) == (not place):
        raise click.UsageError("give a FILE or --place NAME")
    if file is not None and (options["overpass_url"] or options["nominatim_url"]):
        raise click.UsageError("--overpass-url and --nominatim-url go with --place; a FILE is fetched from nowhere")
    talk = Talk(options["quiet"], options["verbose"])
    roads = load_network(
        str(place or file),
        place=bool(place),
        cache=_cache(options["cache_dir"], options["no_cache"]),
        overpass_url=options["overpass_url"],
        nominatim_url=options["nominatim_url"],
        refresh=refresh,
        note=talk.detail,
    )
    report = roads.describe()
    if as_json:
        _print_json(report.to_json())
    else:
        _print("\n".join(report.lines()))


@main.command()
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
@_force_option
@_talk_options
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
        _print_json({**shown, **made.to_json()})
        return
    for line in made.lines():
        talk.note(line)
    if out is None:
        _print(hotspots)
    else:
        talk.note(f"wrote {', '.join(str(path) for path in written)}")


@main.command()
@click.argument("directory", type=Target())
@click.option("--seed", type=click.IntRange(min=0), default=5, show_default=True, help="Another seed, another town.")
@click.option("--hotspots", type=click.IntRange(10, 1000), default=40, show_default=True, help="Size of the town.")
@click.option("--units", type=click.IntRange(1, 1000), default=12, show_default=True, help="Size of the roster.")
@_force_option
@_json_option
def town(directory: Path, seed: int, hotspots: int, units: int, force: bool, as_json: bool) -> None:
    """Write the files of a made-up town, as a planner has them, for trying things out.

    \b
    Example:
      patrol town demo
    """
    from instances.towns import make_town

    if units > hotspots:
        raise click.UsageError(f"{units} units for {hotspots} hotspots are too many; give more hotspots or fewer units")
    files = make_town(seed, hotspots=hotspots, units=units).files
    with Outputs(directory, sorted(files), what="these files", force=force) as outputs:
        written = outputs.commit(files)
    if as_json:
        _print_json({"files": [str(path) for path in written]})
    else:
        _print(f"wrote {', '.join(str(path) for path in written)}")


@main.command()
@click.argument("document", metavar="|".join(SCHEMAS), type=click.Choice(list(SCHEMAS)))
@click.option("--json", is_flag=True, expose_value=False, help="Print JSON, as it does anyway.")
def schema(document: str) -> None:
    """Print the JSON Schema of a file, with every field, default and unit.

    \b
    Example:
      patrol schema shift > shift.schema.json
    """
    _print_json(_function(SCHEMAS[document])())


@main.command()
@click.option("--cache-dir", type=click.Path(file_okay=False, path_type=Path), help="The cache to look at.")
@_json_option
@click.pass_context
def doctor(ctx: click.Context, /, cache_dir: Path | None, as_json: bool) -> None:
    """Tell versions, caches, and what is missing for which feature.

    Exit code 1 when something that planning needs is missing.

    \b
    Example:
      patrol doctor
    """
    from instances.doctor import diagnose

    diagnosis = diagnose(cache_dir)
    if as_json:
        _print_json(diagnosis.to_json())
    else:
        _print("\n".join(diagnosis.lines()))
    ctx.exit(DONE if diagnosis.healthy else INTERNAL)


def _plan_json(content: bytes) -> dict[str, Any]:
    """Return what plan.json says, but for the routes."""
    return {key: value for key, value in json.loads(content).items() if key != "routes"}


if __name__ == "__main__":
    main()
