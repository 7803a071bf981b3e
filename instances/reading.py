"""Reading files that somebody else wrote: never more than a limit, never for ever, and nothing that is no file.

How much of what is read at most stands here in one place; see ``docs/reliability.md``.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

MEGABYTE = 2**20

MOST_YAML = 4 * MEGABYTE
"""Bytes of a shift file: tables have files of their own."""

MOST_TABLE = 4096 * MEGABYTE
"""Bytes of a table, unpacked: all incidents of a large city over decades are less."""

MOST_ROADS = 128 * 1024 * MEGABYTE
"""Bytes of a road network: the whole of OpenStreetMap has fewer, in its usual form."""

MOST_DOCUMENT = 2048 * MEGABYTE
"""Bytes of a problem, a plan, streets or a draw: those of a large city have a hundred megabytes."""

MOST_GEOJSON = 512 * MEGABYTE
"""Bytes of a GeoJSON file."""

MOST_TEXT = 64 * MEGABYTE
"""Bytes of an instance in a published format."""

MOST_SECRET = MEGABYTE
"""Bytes of a secret."""

ALWAYS = 64 * MEGABYTE
"""Bytes that anything packed may unpack to."""

MOST_TIMES = 100
"""How many times its own size a packed file may unpack to, beyond `ALWAYS`; tables and maps grow 5 to 30 times."""

_CHUNK = MEGABYTE


class Readable(Protocol):
    """What can be read piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """Return `size` bytes at most, none at the end."""


class UnfitFileError(OSError):
    """What cannot be read because of what it is; `strerror` says what that is, and `right` what would be right."""

    def __init__(self, wrong: str, right: str) -> None:
        super().__init__(None, wrong)
        self.right = right


def content_of(path: Path, most: int) -> bytes:
    """Return the content of a file, or of a pipe that somebody writes to.

    Raises
    ------
    UnfitFileError
        When it holds more than `most` bytes, or is a device or a pipe that nobody writes to.
    OSError
        When it cannot be read.
    """
    # A pipe without a writer would let the opening wait for ever.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb", buffering=0) as file:
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(21, "Is a directory", str(path))
        if stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode):
            raise UnfitFileError("it is a device", "name a file")
        if status.st_size > most:
            raise _too_large(most)
        if stat.S_ISFIFO(status.st_mode):
            return _piped(handle, file, most)
        return limited(file, most)


def limited(file: IO[bytes], most: int) -> bytes:
    """Return what is left of an open file.

    Raises
    ------
    UnfitFileError
        When that is more than `most` bytes.
    """
    chunks, size = [], 0
    while chunk := file.read(min(_CHUNK, most + 1 - size)):
        chunks.append(chunk)
        size += len(chunk)
        if size > most:
            raise _too_large(most)
    return b"".join(chunks)


def _piped(handle: int, file: IO[bytes], most: int) -> bytes:
    """Return what comes through a pipe that was opened without waiting for its writer."""
    try:
        first = os.read(handle, 1)
    except BlockingIOError:  # there is a writer, who has not written yet
        first = b""
    else:
        if not first:
            raise UnfitFileError("it is a pipe that nobody writes to", "name a file")
    os.set_blocking(handle, True)
    return first + limited(file, most - len(first))


def need_file(path: Path, most: int) -> None:
    """Make sure that `path` is a file that can be read again and again, of at most so many bytes.

    Raises
    ------
    UnfitFileError
        When it is a pipe, a device or a socket, or larger.
    OSError
        When there is nothing, or it may not be looked at.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise UnfitFileError("it is a pipe, a device or a socket", "name a file")
    if status.st_size > most:
        raise _too_large(most)


def unpacked(file: Readable, packed: int, most: int) -> Iterator[bytes]:
    """Yield what a file unpacks to, piece by piece.

    Parameters
    ----------
    file : file
        The unpacked side of a packed file.
    packed : int
        Bytes of the packed file.
    most : int
        Bytes that it may unpack to.

    Raises
    ------
    UnfitFileError
        When it unpacks to more than `most` bytes, or to more than `MOST_TIMES` its own size and `ALWAYS`.
    """
    limit = max(ALWAYS, MOST_TIMES * packed)
    size = 0
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        if size > most:
            raise _too_large(most)
        if size > limit:
            wrong = f"it unpacks to more than {MOST_TIMES} times its own size, which no map and no table does"
            raise UnfitFileError(wrong, "fetch it again from where it came from")
        yield chunk


@contextmanager
def any_unpacker(path: Path) -> Iterator[Readable]:
    """Open a file unpacked, by its ending: gzip, bzip2 or neither."""
    import bz2
    import gzip

    name = path.name.lower()
    with (gzip.open if name.endswith(".gz") else bz2.open if name.endswith(".bz2") else open)(path, "rb") as file:
        yield file


def _too_large(most: int) -> UnfitFileError:
    """Return the error for a file that is too large."""
    wrong = f"it is larger than {most // MEGABYTE:,} MB"
    return UnfitFileError(wrong, "check that it is the right file, or divide it")


def cure(error: OSError, otherwise: str) -> str:
    """Return what would be right instead of a file that cannot be read."""
    return error.right if isinstance(error, UnfitFileError) else otherwise
