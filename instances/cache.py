"""A store of arrays by content: what was slow to work out is kept on disk and found again by what it was made from.

The key of an entry is a digest of everything it depends on, so an entry is never out of date; it is only
unused.  Entries are written whole or not at all, so two runs may share a store.  An entry that turns out to
be damaged counts as absent and is replaced.  What is kept, and how, is the business of those who use it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]

LIMIT = 2 * 1024**3
"""Bytes the store may hold; beyond, the entries longest unused go first."""

_STALE = 3600.0
"""Seconds after which an unfinished file is taken for what a killed run left behind."""


def content_key(*parts: object) -> str:
    """Return a digest of `parts`: text, bytes, numbers, arrays and sequences of these, each with its type and length.

    Raises
    ------
    TypeError
        When a part is of another type, whose content could not be told for sure.
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(_encoded(part))
    return digest.hexdigest()[:40]


def _encoded(part: object) -> bytes:
    """Return bytes that differ whenever two parts differ."""
    if isinstance(part, np.ndarray):
        head, body = f"array {part.dtype.str} {part.shape}", np.ascontiguousarray(part).tobytes()
    elif isinstance(part, bytes):
        head, body = "bytes", part
    elif isinstance(part, str):
        head, body = "text", part.encode()
    elif part is None or isinstance(part, bool | int | float):
        head, body = type(part).__name__, repr(part).encode()
    elif isinstance(part, tuple | list):
        head, body = "sequence", b"".join(_encoded(p) for p in part)
    else:
        raise TypeError(f"cannot make a key of {type(part).__name__}")
    return f"{head} {len(body)}:".encode() + body


def file_digest(path: Path) -> str:
    """Return the SHA-256 of the content of `path`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class CacheReport:
    """What a store holds: its directory, and by kind the number of entries and their bytes."""

    directory: str
    kinds: Mapping[str, tuple[int, int]]

    @property
    def entries(self) -> int:
        """Number of entries."""
        return sum(n for n, _ in self.kinds.values())

    @property
    def bytes(self) -> int:
        """Size of all entries."""
        return sum(size for _, size in self.kinds.values())

    def lines(self) -> list[str]:
        """Return the report as text."""
        head = f"cache {self.directory}: {self.entries} entries, {self.bytes / 1e6:.1f} MB"
        return [head, *(f"  {kind}: {n} entries, {size / 1e6:.1f} MB" for kind, (n, size) in self.kinds.items())]

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        kinds = {kind: {"entries": n, "bytes": size} for kind, (n, size) in self.kinds.items()}
        return {"directory": self.directory, "entries": self.entries, "bytes": self.bytes, "kinds": kinds}


class Cache:
    """A directory of entries, each a set of named arrays under a kind and a key.

    Parameters
    ----------
    directory : Path or None
        Where entries are kept; None for the user's cache directory.  It is made when first written to.
    limit : int
        Bytes the store may hold.
    """

    def __init__(self, directory: Path | None = None, *, limit: int = LIMIT) -> None:
        if directory is None:
            from platformdirs import user_cache_path

            directory = user_cache_path("patrolplan", appauthor=False)
        self.directory = Path(directory)
        self.limit = limit

    def get(self, kind: str, key: str) -> Arrays | None:
        """Return the arrays kept under `kind` and `key`, or None where there are none or they are damaged."""
        path = self._path(kind, key)
        try:
            arrays = _read(path)
        except FileNotFoundError:
            return None
        except Exception:
            # A damaged archive or header can fail in any way; whichever, the entry is of no use.
            _remove(path)
            return None
        _touch(path)
        return arrays

    def put(self, kind: str, key: str, arrays: Mapping[str, NDArray[Any]]) -> bool:
        """Keep `arrays` under `kind` and `key`; return whether that was possible.

        A store that cannot be written (no room, no permission) costs time, not the result, so it is no
        error: the caller may say so.
        """
        path = self._path(kind, key)
        unfinished: Path | None = None
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".", suffix=".unfinished", dir=self.directory)
            unfinished = Path(name)
            with os.fdopen(handle, "wb") as file:
                _write(file, arrays)
            os.replace(unfinished, path)
        except OSError:
            return False
        finally:
            if unfinished is not None:
                _remove(unfinished)
        self._shrink(keep=path)
        return True

    def describe(self) -> CacheReport:
        """Return what the store holds."""
        kinds: dict[str, tuple[int, int]] = {}
        for path, size, _ in sorted(self._entries()):
            kind = path.name.rsplit("-", 1)[0]
            n, total = kinds.get(kind, (0, 0))
            kinds[kind] = (n + 1, total + size)
        return CacheReport(str(self.directory), kinds)

    def clear(self) -> int:
        """Remove every entry; return how many there were."""
        entries = self._entries()
        for path, _, _ in entries:
            _remove(path)
        return len(entries)

    def _path(self, kind: str, key: str) -> Path:
        """Return the file of an entry."""
        return self.directory / f"{kind}-{key}.npz"

    def _entries(self) -> list[tuple[Path, int, float]]:
        """Return file, bytes and time of last use of every entry; another run may remove any of them meanwhile."""
        found = []
        for path in self.directory.glob("*-*.npz"):
            try:
                status = path.stat()
            except OSError:
                continue
            found.append((path, status.st_size, status.st_mtime))
        return found

    def _shrink(self, *, keep: Path) -> None:
        """Remove the entries longest unused until the limit is kept, and what killed runs left unfinished."""
        entries = sorted(self._entries(), key=lambda e: e[2])
        total = sum(size for _, size, _ in entries)
        for path, size, _ in entries:
            if total <= self.limit:
                break
            if path != keep:
                _remove(path)
                total -= size
        for path in self.directory.glob(".*.unfinished"):
            try:
                if time.time() - path.stat().st_mtime > _STALE:
                    _remove(path)
            except OSError:
                continue


def _write(file: IO[bytes], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays as numpy's ``.npz`` is laid out; `numpy.savez` itself cannot take every name."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)


def _read(path: Path) -> Arrays:
    """Return the arrays of a file; `zipfile` verifies the checksum of each as it is read to its end."""
    arrays: Arrays = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            with archive.open(name) as member:
                arrays[name.removesuffix(".npy")] = np.lib.format.read_array(member, allow_pickle=False)
    return arrays


def _remove(path: Path) -> None:
    """Remove a file if it is there and may be removed."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def _touch(path: Path) -> None:
    """Note that an entry was used now."""
    try:
        path.touch()
    except OSError:
        return
