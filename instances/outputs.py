"""Outputs on disk, written whole or not at all.

A run of minutes must not leave half a plan, nor lose the one that was there: everything is written to a
hidden directory inside the target first, on the same disk, and moved into place by renaming at the very end.
A failed run, a full disk or Ctrl-C leaves the target as it was; what else lies in the target stays; of two
runs into one target the later wins whole.  A run that is killed (`kill -9`, no power) while it renames leaves
files of one plan alone, perhaps not all; whoever looks at the target next, be it to read or to write, moves
the rest of the new ones in (`instances.leftovers`).  What the files say is the business of others.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from instances.leftovers import (
    FILE_END,
    STAGING,
    STAGING_END,
    hold,
    locked,
    note_moves,
    settle,
    settle_locked,
    sync_directory,
    undisturbed,
)


class OutputRefusedError(ValueError):
    """The target cannot or must not be written; the message says why and what to do."""


class Outputs:
    """The entries `names` of `directory`, to be replaced together.

    Used as a context: entering checks that the target may be written (before any work is done), `commit`
    puts files in place, leaving cleans up.

    Parameters
    ----------
    directory : Path
        Made when missing, with its parents.
    names : sequence of str
        The entries (files and directories) that belong to this kind of output; a directory among them is
        only replaced where the first one, which marks the output as ours, stands beside it.
    what : str
        What they are, in words, such as ``a plan``.
    force : bool
        Whether entries that are there may be replaced.

    Raises
    ------
    OutputRefusedError
        On entering, when the target is no directory, cannot be written, or holds such outputs and `force`
        is not given.
    """

    def __init__(self, directory: Path, names: Sequence[str], *, what: str, force: bool = False) -> None:
        self.directory = directory
        self.names = tuple(names)
        self.what = what
        self.force = force
        self._made: list[Path] = []
        self._staging: Path | None = None
        self._hold: int | None = None

    def __enter__(self) -> Self:
        self._refuse_present()
        try:
            self._made = _make_directories(self.directory)
            with locked(self.directory):
                staging = tempfile.mkdtemp(prefix=STAGING, suffix=STAGING_END, dir=self.directory)
                self._staging = Path(staging)
                self._hold = hold(staging)
        except OSError as error:
            self._clean()
            raise OutputRefusedError(
                f"cannot write to {self.directory}: {_reason(error)}; choose another directory"
            ) from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._clean()

    def commit(self, files: Mapping[str, bytes]) -> tuple[Path, ...]:
        """Put `files` (contents by relative name, ``/`` between parts) in place of what is there.

        Returns
        -------
        tuple of Path
            The files as written.

        Raises
        ------
        OutputRefusedError
            When another run has written the target meanwhile and `force` is not given; the files are then
            kept in a directory of their own, which the message names.
        OSError
            When they cannot be written, for example on a full disk; the target is as it was.
        """
        assert self._staging is not None, "Outputs is used as a context"
        new, old = self._staging / "new", self._staging / "old"
        _write_all(new, files)
        old.mkdir()
        # Whoever interrupts a run that is moving its files into place is too late; the files are written.
        with locked(self.directory), undisturbed():
            settle_locked(self.directory)
            present = self._present()
            if present and not self.force:
                raise OutputRefusedError(self._keep_apart(new))
            note = note_moves(self._staging, present)
            try:
                _swap(self.directory, new, old, present)
            except _HalfMovedError as error:
                self._staging = None  # what is noted there, the next run makes of it
                raise error.why from None
            except BaseException:
                note.unlink()
                raise
            sync_directory(self.directory)
            with contextlib.suppress(OSError):
                note.unlink()
            self._clean()
        return tuple(self.directory / name for name in files)

    def set_aside(self, name: str, files: Mapping[str, bytes]) -> Path:
        """Write `files` to a new directory inside the target, beside what is there, and return it."""
        assert self._staging is not None, "Outputs is used as a context"
        new = self._staging / "aside"
        _write_all(new, files)
        target = _free_name(self.directory / name)
        os.rename(new, target)
        return target

    def _present(self) -> list[str]:
        """Return which of our entries the target holds."""
        return [name for name in self.names if os.path.lexists(self.directory / name)]

    def _refuse_present(self) -> None:
        """Raise when the target holds what must not be replaced."""
        if self.directory.exists() and not self.directory.is_dir():
            raise OutputRefusedError(f"{self.directory} is a file; choose a directory")
        settle(self.directory)
        with locked(self.directory):  # another run may be moving its files in
            present = self._present()
        if present and not self.force:
            raise OutputRefusedError(
                f"{self.directory} already holds {', '.join(present)}; "
                f"give --force to replace {self.what}, or choose another directory"
            )
        if self.names[0] not in present and any((self.directory / name).is_dir() for name in present):
            raise OutputRefusedError(
                f"{self.directory} holds {', '.join(present)} but no {self.names[0]}, so it is not {self.what}; "
                "choose another directory, or move that away"
            )

    def _keep_apart(self, new: Path) -> str:
        """Keep `new` beside what another run has put in place; return what to say."""
        apart = _free_name(self.directory / "second-run")
        os.rename(new, apart)
        return f"another run has written {self.directory} meanwhile; this run's files are whole in {apart}"

    def _clean(self) -> None:
        """Remove the hidden directory, and directories made for nothing."""
        if self._staging is not None:
            shutil.rmtree(self._staging, ignore_errors=True)
            self._staging = None
        if self._hold is not None:
            os.close(self._hold)
            self._hold = None
        for directory in reversed(self._made):
            with contextlib.suppress(OSError):
                directory.rmdir()


def refuse_present(path: Path, *, force: bool) -> None:
    """Refuse to write a file that is there, for those who want to know it before they work for it.

    Raises
    ------
    OutputRefusedError
        When the file is there and `force` is not given, or it is a directory.
    """
    if path.is_dir():
        raise OutputRefusedError(f"{path} is a directory; name a file")
    if path.is_file() and not force:
        raise OutputRefusedError(f"{path} is there already; give --force to replace it, or choose another name")


def write_file(path: Path, content: bytes, *, force: bool = False) -> None:
    """Write one file, whole or not at all.

    Raises
    ------
    OutputRefusedError
        When the file is there and `force` is not given, or its directory cannot be written.
    OSError
        When it cannot be written, for example on a full disk; a file that was there is as it was.
    """
    refuse_present(path, force=force)
    if path.exists() and not path.is_file():
        with _named(path):
            path.write_bytes(content)  # a device or a pipe cannot be replaced
        return
    settle(path.parent)
    try:
        handle, name, kept = _held_file(path.parent)
    except OSError as error:
        raise OutputRefusedError(f"cannot write to {path.parent}: {_reason(error)}; choose another directory") from None
    try:
        with os.fdopen(handle, "wb") as file, _named(path):
            _write(file.fileno(), content)
        os.chmod(name, 0o666 & ~_umask())
        with undisturbed():
            os.replace(name, path)
            sync_directory(path.parent)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    finally:
        if kept is not None:
            os.close(kept)


def _held_file(directory: Path) -> tuple[int, str, int | None]:
    """Make a hidden file; return its handle, its name, and what holds it against those who clear up."""
    while True:
        handle, name = tempfile.mkstemp(prefix=STAGING, suffix=FILE_END, dir=directory)
        kept = hold(name)
        if os.path.exists(name):
            return handle, name, kept
        os.close(handle)  # somebody cleared it away before it was held
        if kept is not None:
            os.close(kept)


def _write_all(directory: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` below `directory`, down to the disk."""
    directory.mkdir()
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file, _named(directory.parent.parent):
            _write(file.fileno(), content)
    for parent in {path.parent for path in (directory / name for name in (*files, "."))}:
        sync_directory(parent)


def _write(handle: int, content: bytes) -> None:
    """Write `content` and wait until the disk has it, so that a full disk is noticed here."""
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]
    os.fsync(handle)


@contextlib.contextmanager
def _named(target: Path) -> Iterator[None]:
    """Name `target`, which the user knows, in an error of the system that names nothing or a passing file."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(target)) from error


class _HalfMovedError(Exception):
    """Entries could neither be moved nor moved back; `why` is what the system said first."""

    def __init__(self, why: BaseException) -> None:
        super().__init__()
        self.why = why


def _swap(target: Path, new: Path, old: Path, present: list[str]) -> None:
    """Move the entries `present` of `target` to `old` and those of `new` in; undo all when one fails."""
    done: list[tuple[Path, Path]] = []
    try:
        moves = [(target / n, old / n) for n in present]
        moves += [(path, target / path.name) for path in sorted(new.iterdir())]
        for source, goal in moves:
            done.append((source, goal))
            os.rename(source, goal)
    except BaseException as why:
        try:
            for source, goal in reversed(done):
                if os.path.lexists(goal) and not os.path.lexists(source):
                    os.rename(goal, source)
        except BaseException:
            raise _HalfMovedError(why) from why
        raise


def _make_directories(directory: Path) -> list[Path]:
    """Make `directory` and its parents; return those that were missing, outermost first."""
    missing = [d for d in (directory, *directory.parents) if not d.exists()][::-1]
    directory.mkdir(parents=True, exist_ok=True)
    return missing


def _free_name(path: Path) -> Path:
    """Return `path`, or the first of ``path-2``, ``path-3``, … that does not exist."""
    candidate, number = path, 1
    while os.path.lexists(candidate):
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate


def _umask() -> int:
    """Return the process's file mode mask."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _reason(error: OSError) -> str:
    """Return the system's words for `error`, without numbers and paths."""
    return (error.strerror or str(error)).lower()
