"""Standard output for data, standard error for talk; readers that went away do no harm."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

import click


class ShowingInterruptedError(KeyboardInterrupt):
    """Somebody interrupted while the result was shown; what is to be written is written before."""


def say(text: str, *, nl: bool = True, color: bool | None = None) -> None:
    """Write talk to standard error; where nobody takes it, the work goes on.

    `color` says whether codes that steer a terminal are kept; else that is as the command's --color says.
    """
    with contextlib.suppress(OSError, ValueError):
        click.echo(text, err=True, nl=nl, color=color)


def show(text: str | bytes) -> None:
    """Write data to standard output; a reader that went away is no error."""
    with _to_standard_output():
        click.echo(text, nl=not isinstance(text, bytes))


def show_json(value: Any) -> None:
    """Print one JSON document, in ASCII where the output takes no more."""
    takes_all = "utf" in (getattr(sys.stdout, "encoding", None) or "").lower()
    show(json.dumps(value, ensure_ascii=not takes_all, indent=1))


def flush() -> None:
    """Flush standard output; a reader that went away is no error."""
    with _to_standard_output():
        if sys.stdout is not None:  # there is none where the caller has closed it
            sys.stdout.flush()


@contextlib.contextmanager
def _to_standard_output() -> Iterator[None]:
    """Let a reader that went away be no error, and name standard output in any other."""
    try:
        yield
    except KeyboardInterrupt:
        raise ShowingInterruptedError from None
    except BrokenPipeError:
        no_more_output()
    except OSError as error:
        raise OSError(error.errno, error.strerror, "standard output") from error


def no_more_output() -> None:
    """Send the rest of standard output nowhere, so that the interpreter does not complain at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
