"""Delimited text as offices export it: compressed or not, in several encodings, with true line numbers.

This module finds encoding, delimiter and header, and hands out columns.  What the columns mean is left to
its callers.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from instances.errors import Fault, InputError
from instances.reading import MOST_TABLE, UnfitFileError, content_of, cure, unpacked

DELIMITERS = (",", ";", "\t", "|")

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_NOT_TEXT = (
    (b"PK\x03\x04", "a spreadsheet or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet"),
    (b"SQLite format 3", "a database"),
    (b"%PDF", "a PDF document"),
)


@dataclass(frozen=True)
class Columns:
    """Some columns of a file.

    `values` holds one list of texts a column, each of N rows and without blanks around them; `lines` the
    line on which each row begins, from 1, shape (N,); `overlong` the indices of rows with more fields than
    the header has.
    """

    values: tuple[list[str], ...]
    lines: NDArray[np.int64]
    overlong: tuple[int, ...]


@dataclass(frozen=True)
class Delimited:
    """A delimited text file whose header has been read.

    `header_line` is the line of the header, from 1; `delimiter`, `encoding` and `bom` are what was found.
    """

    file: str
    text: str
    header: tuple[str, ...]
    header_line: int
    delimiter: str
    encoding: str
    bom: bool

    def read(self, wanted: Sequence[int]) -> Columns:
        """Return the columns at the indices `wanted`, without rows that are wholly blank.

        Raises
        ------
        InputError
            When a quote is never closed, or stands where none may.
        """
        values: tuple[list[str], ...] = tuple([] for _ in wanted)
        lines: list[int] = []
        overlong: list[int] = []
        width = len(self.header)
        for line, row in self._records():
            if len(row) != width:
                if not any(row):
                    continue
                if any(cell.strip() for cell in row[width:]):
                    overlong.append(len(lines))
                row += [""] * (width - len(row))
            elif not any(row):
                continue
            lines.append(line)
            for column, i in zip(values, wanted, strict=True):
                column.append(row[i].strip())
        return Columns(values, np.array(lines, dtype=np.int64), tuple(overlong))

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the first line and the fields of each record below the header."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter, strict=True)
        line = 1
        try:
            for row in reader:
                if line > self.header_line:
                    yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            raise InputError([_quote_fault(self.file, line, error)]) from None


def open_delimited(path: Path) -> Delimited:
    """Read the file at `path`: plain or gzip; UTF-8, UTF-16, GB 18030 or Western European (cp1252).

    The delimiter is the one of comma, semicolon, tab and bar that splits the header most; a first line
    ``sep=;`` as spreadsheet programs write it is obeyed.

    Raises
    ------
    InputError
        When there is no such file, it cannot be read, it is empty, or it is no text.
    """
    file = str(path)
    raw = _bytes(path)
    for mark, what in _NOT_TEXT:
        if raw.startswith(mark):
            raise InputError([Fault(file, 0, 0, "", f"this is {what}, not text", "export it as CSV")])
    text, encoding, bom = _decode(raw)
    if "\0" in text:
        raise InputError([Fault(file, 0, 0, "", "this is no text (it holds zero bytes)", "export it as CSV")])
    return _with_header(file, text, encoding, bom)


def _bytes(path: Path) -> bytes:
    """Return the content of `path`, uncompressed."""
    file = str(path)
    try:
        raw = content_of(path, MOST_TABLE)
    except FileNotFoundError:
        raise InputError([Fault(file, 0, 0, "", "there is no such file", "check the path")]) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        right = cure(error, "check the path and its rights")
        raise InputError([Fault(file, 0, 0, "", f"cannot be read: {reason}", right)]) from None
    if raw[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
                raw = b"".join(unpacked(packed, len(raw), MOST_TABLE))
        except UnfitFileError as error:
            fault = Fault(file, 0, 0, "", f"cannot be read: {error.strerror}", error.right)
            raise InputError([fault]) from None
        except (OSError, EOFError, zlib.error):
            fault = Fault(file, 0, 0, "", "the compressed file is damaged or cut short", "copy or download it again")
            raise InputError([fault]) from None
    return raw


def _decode(raw: bytes) -> tuple[str, str, bool]:
    """Return text, name of the encoding, and whether a byte order mark stood first."""
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(name, errors="replace"), name, True
    head = raw[:4096]
    if len(head) > 1 and head.count(0) > len(head) // 4:
        little = head[1::2].count(0) > head[::2].count(0)
        name = "utf-16-le" if little else "utf-16-be"
        return raw.decode(name, errors="replace"), name, False
    try:
        return raw.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError:
        pass
    # Chinese text has its high bytes in pairs, Western European text has them alone.
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", raw)]
    if sum(n % 2 == 0 for n in runs) >= 0.8 * len(runs):
        try:
            return raw.decode("gb18030"), "gb18030", False
        except UnicodeDecodeError:
            pass
    return raw.decode("cp1252", errors="replace"), "cp1252", False


def _with_header(file: str, text: str, encoding: str, bom: bool) -> Delimited:
    """Return the file with its header and delimiter found."""
    lines = io.StringIO(text, newline="")
    told = ""
    skipped = 0
    for line in lines:
        sep = re.fullmatch(r"sep=(.)\s*", line, flags=re.IGNORECASE)
        if sep and not told:
            told = sep[1]
        elif line.strip():
            break
        skipped += 1
    else:
        raise InputError([Fault(file, 0, 0, "", "the file is empty", "it needs a line of column names and a row")])
    best: list[str] = []
    delimiter = told or ","
    broken: csv.Error | None = None
    for candidate in (told,) if told else DELIMITERS:
        try:
            header = _first_record(text, candidate, skipped)
        except csv.Error as error:
            # A quoted header is no record for the delimiters that are not its own.
            broken = broken or error
            continue
        if len(header) > len(best):
            best, delimiter = header, candidate
    if broken and len(best) < 2:
        raise InputError([_quote_fault(file, skipped + 1, broken)])
    names = tuple(" ".join(name.split()) for name in best)
    return Delimited(file, text, names, skipped + 1, delimiter, encoding, bom)


def _first_record(text: str, delimiter: str, skip: int) -> list[str]:
    """Return the fields of the first record after `skip` lines."""
    lines = io.StringIO(text, newline="")
    for _ in range(skip):
        next(lines)
    return next(csv.reader(lines, delimiter=delimiter, strict=True))


def _quote_fault(file: str, line: int, error: csv.Error) -> Fault:
    """Return the fault for a record that the CSV rules cannot read."""
    if "end of data" in str(error) or "field limit" in str(error):
        return Fault(
            file, line, 0, "", "a quote opened in this row is never closed", "close it, or double it if it is text"
        )
    return Fault(file, line, 0, "", "a quote stands inside a quoted value", 'double it ("") if it is text')
