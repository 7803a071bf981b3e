"""Colours on a terminal: few, never in what a program reads, and none where NO_COLOR is set (https://no-color.org)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from solver.score_text import Line

CHOICES = ("auto", "always", "never")

_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True},
    "head": {"dim": True},
    "bad": {"fg": "red"},
    "error": {"fg": "red"},
}


def color_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --color, which tells click whether to keep colours; of itself it keeps them on terminals alone."""

    def tell(ctx: click.Context, _param: click.Parameter, choice: str) -> None:
        ctx.color = keeps(choice)

    return click.option(
        "--color",
        type=click.Choice(CHOICES),
        default="auto",
        expose_value=False,
        is_eager=True,
        callback=tell,
        help="Colours: auto is on a terminal, unless NO_COLOR is set.",
    )(command)


def keeps(choice: str) -> bool | None:
    """Return whether colours are kept; None where that depends on whether the stream is a terminal."""
    if choice != "auto":
        return choice == "always"
    return False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None


def chosen(arguments: Sequence[str]) -> bool | None:
    """Return the same of a command line that could not be read, or whose command has ended."""
    choice = "auto"
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        name, equals, value = word.partition("=")
        if name == "--color" and (value if equals else following) in CHOICES:
            choice = value if equals else following
    return keeps(choice)


def paint(text: str, tone: str) -> str:
    """Return `text` in the colour of its tone, which a stream that is no terminal takes out again."""
    return click.style(text, **_STYLES[tone]) if text and tone in _STYLES else text


def painted(lines: Iterable[Line]) -> str:
    """Return lines as one text, each in the colour of its tone."""
    return "\n".join(paint(line.text, line.tone) for line in lines)


def on_terminal(stream: TextIO | None) -> bool:
    """Whether what is written to `stream` keeps its colours."""
    context = click.get_current_context(silent=True)
    kept = None if context is None else context.color
    return kept if kept is not None else stream is not None and stream.isatty()


def painted_summary(text: str) -> str:
    """Return a summary with its sentence and its shortfalls in colour."""
    title, sentence, *sections = text.rstrip("\n").split("\n\n")
    bad = [section.startswith("SHORTFALLS") for section in sections]
    tones = ["plain", "bad" if any(bad) else "title", *("bad" if is_bad else "plain" for is_bad in bad)]
    return "\n\n".join(_each_line(s, tone) for s, tone in zip((title, sentence, *sections), tones, strict=True))


def _each_line(text: str, tone: str) -> str:
    """Return lines in the colour of a tone, each by itself, as pagers forget colours at the end of a line."""
    return "\n".join(paint(line, tone) for line in text.split("\n"))
