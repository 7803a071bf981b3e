"""Lines of numbers as published instances have them, with their places, so that all faults can be told at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from instances.errors import Fault, InputError
from instances.reading import MOST_TEXT, content_of

MOST = 10**9
"""The most that any number may be, either way: distances of such points are still exact."""

_SHOWN = 40
"""Characters of a word that a message shows."""


@dataclass(frozen=True)
class Line:
    """A line that is not blank: its number, from 1, and its words, each with the column that it begins in."""

    number: int
    words: tuple[str, ...]
    columns: tuple[int, ...]


def lines_of(path: Path) -> list[Line]:
    """Return the lines of a file that are not blank.

    Raises
    ------
    InputError
        When it cannot be read as text.
    """
    try:
        text = content_of(path, MOST_TEXT).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is no text" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)
        raise InputError([Fault(str(path), 0, 0, "", f"cannot be read: {reason}")]) from error
    return list(_lines(text))


def _lines(text: str) -> Iterator[Line]:
    for number, line in enumerate(text.splitlines(), 1):
        words, columns, at = [], [], 0
        for word in line.split():
            at = line.index(word, at)
            words.append(word)
            columns.append(at + 1)
            at += len(word)
        if words:
            yield Line(number, tuple(words), tuple(columns))


def shortened(text: str) -> str:
    """Return a word of a file as it is told, however long it is."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


class Numbers:
    """Reads numbers from lines and notes what is none."""

    def __init__(self, path: Path) -> None:
        self._file = str(path)
        self.faults: list[Fault] = []

    def fault(self, line: Line | None, field: str, wrong: str, right: str = "", word: int | None = None) -> None:
        """Note a fault in a line, or in one word of it."""
        number = 0 if line is None else line.number
        column = 0 if line is None or word is None else line.columns[word]
        self.faults.append(Fault(self._file, number, column, field, wrong, right))

    def number(self, line: Line, word: int, field: str, *, least: float = float("-inf")) -> float:
        """Return a number of at least `least`; 0 where there is none, which is noted."""
        text = line.words[word]
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not abs(value) < float("inf"):
            self.fault(line, field, f"{shortened(text)!r} is no number", word=word)
            return 0.0
        if abs(value) > MOST:
            self.fault(line, field, f"{shortened(text)} is beyond {MOST:,}", "check the file, or scale it", word=word)
            return 0.0
        if value < least:
            self.fault(line, field, f"{text} is below {least:g}", f"write {least:g} or more", word=word)
            return 0.0
        return value

    def whole(self, line: Line, word: int, field: str, *, least: int = 0) -> int:
        """Return a whole number of at least `least`; 0 where there is none, which is noted."""
        value = self.number(line, word, field, least=least)
        if value != int(value):
            self.fault(line, field, f"{line.words[word]} is not whole", "write a whole number", word=word)
        return int(value)

    def raise_faults(self, more: Sequence[Fault] = ()) -> None:
        """Raise all that was noted.

        Raises
        ------
        InputError
            When there is anything.
        """
        if self.faults or more:
            raise InputError([*self.faults, *more])
