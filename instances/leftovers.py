"""What killed runs left in a directory of outputs: their moves are finished, their unfinished files removed.

A run that writes (`instances.outputs`) works in a hidden directory of the target, or on a hidden file, and holds a lock
on it for as long as it lives; the system lets go of the lock when the run ends, however it ends.  So what nobody holds
was left by a run that was killed.  Before a run moves its files into place it notes the moves in its hidden directory:
where the note is there, the new files were whole, and the moves are finished; where it is not, nothing was moved yet.
Where the system has no such locks (Windows, some network disks) nothing is touched.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

STAGING, STAGING_END, FILE_END = ".patrol-", ".run", ".part"
"""How the names of hidden directories and files begin and end."""

NOTE = "moves.json"
"""The note of the moves, in a hidden directory."""

_OURS = re.compile(rf"{re.escape(STAGING)}[a-z0-9_]{{8}}({re.escape(STAGING_END)}|{re.escape(FILE_END)})")
_INTERRUPTS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


def settle(directory: Path) -> None:
    """Finish and remove what killed runs left in `directory`, if anything.

    Raises
    ------
    OSError
        When the moves of a killed run cannot be finished, as this user may not.
    """
    if _left_over(directory):
        with locked(directory):
            settle_locked(directory)


def settle_locked(directory: Path) -> None:
    """Do the same where the caller holds `directory` (`locked`)."""
    for path in _left_over(directory):
        handle = hold(path)
        if handle is None:
            continue
        try:
            if path.is_dir():
                _finish(directory, path)
                shutil.rmtree(path, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    path.unlink()
        finally:
            os.close(handle)


def note_moves(staging: Path, present: Sequence[str]) -> Path:
    """Note, down to the disk, that the entries `present` are about to make way for those in ``staging/new``."""
    unfinished, note = staging / f"{NOTE}{FILE_END}", staging / NOTE
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump({"present": list(present)}, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, note)
    sync_directory(staging)
    return note


def hold(path: str | Path) -> int | None:
    """Return a handle that holds `path` for as long as it is open; None where another run holds it, or nobody can."""
    try:
        import fcntl

        handle = os.open(path, os.O_RDONLY)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


@contextlib.contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold `directory` against other runs while entries are renamed, where the system can lock at all."""
    try:
        import fcntl

        handle = os.open(directory, os.O_RDONLY)
    except (ImportError, OSError):  # Windows; a file system without locks: the renames alone must do
        yield
        return
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let no signal interrupt what is done within, where this is the thread that they come to."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in _INTERRUPTS:
            if signal.getsignal(number) is not None:  # what a program not of Python has set cannot be put back
                before[number] = signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def sync_directory(directory: Path) -> None:
    """Wait until the disk has the names in `directory`, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _left_over(directory: Path) -> list[Path]:
    """Return what runs have in `directory`, be they alive or not."""
    try:
        return sorted(directory / name for name in os.listdir(directory) if _OURS.fullmatch(name))
    except OSError:
        return []


def _finish(directory: Path, staging: Path) -> None:
    """Make the moves of a killed run that it had noted and not made; it moves out what is old first, all of it."""
    new, old = staging / "new", staging / "old"
    present = _noted(staging)
    if present is None or any(path.is_symlink() or not path.is_dir() for path in (staging, new, old)):
        return
    for name in present:
        if os.path.lexists(directory / name) and not os.path.lexists(old / name):
            os.rename(directory / name, old / name)
    for path in sorted(new.iterdir()):
        os.rename(path, directory / path.name)
    sync_directory(directory)
    (staging / NOTE).unlink()


def _noted(staging: Path) -> list[str] | None:
    """Return the entries that were about to make way; None where no run has noted any, whatever is written there."""
    try:
        names = json.loads((staging / NOTE).read_text(encoding="utf-8"))["present"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # A name is one of the directory itself: nobody can have others moved from elsewhere.
    plain = isinstance(names, list) and all(isinstance(n, str) and n == os.path.basename(n) != "" for n in names)
    return names if plain and not {".", ".."} & {*names} else None
