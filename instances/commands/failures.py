"""Errors in the terms of the command line: an exit code and words; codes are listed in ``docs/outputs.md``."""

from __future__ import annotations

import errno
import sys
from dataclasses import asdict, dataclass
from typing import Any

import click

from instances.commands.streams import ShowingInterruptedError
from instances.errors import Fault, InputError, RoadDataError
from instances.outputs import OutputRefusedError

DONE, INTERNAL, USAGE, INVALID, SHORT, VIOLATED, NO_ROADS, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130


class RejectedPlanError(RuntimeError):
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


def failure_of(error: BaseException) -> Failure:
    """Return what to tell about `error`."""
    if isinstance(error, click.ClickException):
        return Failure(error.exit_code, "usage", _usage_text(error))
    if isinstance(error, OutputRefusedError):
        return Failure(USAGE, "output refused", str(error))
    if isinstance(error, RoadDataError):
        return Failure(NO_ROADS, "road data", _told(error), tuple(error.faults))
    if isinstance(error, InputError):
        return Failure(INVALID, "invalid input", _told(error), tuple(error.faults))
    if _is_export_error(error):
        return Failure(VIOLATED, "broken plan", f"{error}\nTry 'patrol check' for everything that is wrong with it.")
    if ShowingInterruptedError in (type(error), type(error.__cause__)):  # click makes something else of it
        return Failure(INTERRUPTED, "interrupted", "interrupted while the result was shown; files are written whole")
    if isinstance(error, (click.Abort, KeyboardInterrupt, EOFError)):
        return Failure(INTERRUPTED, "interrupted", "interrupted; nothing was written")
    if isinstance(error, OSError) and not isinstance(error, (ConnectionError, TimeoutError)) and error.errno:
        where = f" {_shortened(str(error.filename))}" if error.filename else ""
        if error.errno in _NO_NAME:
            return Failure(USAGE, "usage", f"cannot read or write{where}: {(error.strerror or '').lower()}")
        text = f"cannot read or write{where}: {(error.strerror or '').lower()}"
        return Failure(INTERNAL, "system", text + (_MAKE_ROOM if error.errno in _NO_ROOM else ""))
    if isinstance(error, MemoryError):
        return Failure(INTERNAL, "system", "not enough memory; use fewer places, or a larger grid")
    if isinstance(error, RejectedPlanError):
        return Failure(INTERNAL, "internal", str(error))
    text = f"internal error: {type(error).__name__}: {error}"
    return Failure(INTERNAL, "internal", f"{text}\n{REPORT}")


def _told(error: InputError) -> str:
    """Return the faults of an input in words, the first of them where they are more than anybody reads."""
    lines = [str(fault) for fault in error.faults[:MOST_TOLD]]
    if len(error.faults) > MOST_TOLD:
        lines.append(f"… and {len(error.faults) - MOST_TOLD:,} more; mend these first, or see all with --json")
    return "\n".join(lines)


MOST_TOLD = 200
"""Faults that are told in words."""


def _shortened(name: str) -> str:
    """Return a name of a file as it is told, however long it is."""
    return name if len(name) <= _SHOWN else f"{name[:_SHOWN]}…"


_SHOWN = 200
"""Characters of a name that are told."""

_NO_NAME = (errno.ENAMETOOLONG, errno.ELOOP)
"""Errors of a name that can be that of no file: whoever gave it can give another."""

_NO_ROOM = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
_MAKE_ROOM = "; make room, or write elsewhere"
REPORT = (
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
