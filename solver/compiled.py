"""Compiling the engines' loops: numba's decorator with the one setting of this house, and typed.

Machine code is kept beside the sources.  Numba sees when the file of a function has changed, but not when
that of a function it calls has, or of a constant it uses, so whatever is older than any source of its folder
that has such is thrown away first.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])

_CONSTANTS = ("compiled.py", "lanes.py", "problem.py", "route_arrays.py", "terms.py", "work.py")
"""Sources whose constants compiled functions use, or whose tuples they take."""


def compiled(function: F) -> F:
    """Compile `function`, which neither makes arrays nor returns any, at its first call.

    The machine code is kept on disk, and the GIL is released while it runs.  Where nothing can be written, neither here
    nor at home, it is compiled anew in every run.  It does not count who holds an array, as counting for every array of
    every tuple that is passed on costs more than most of these functions do; whoever calls it holds them.  Arrays may
    be returned to other functions of this kind alone.
    """
    return _jit(function, _nrt=False)


def inlined(function: F) -> F:
    """Compile a short `function` as `compiled` does, and put it into those that call it, so that a call costs nothing.

    To be used within innermost loops, where to pass some arrays on takes longer than what is done with them.
    """
    return _jit(function, _nrt=False, forceinline=True)


def allocating(function: F) -> F:
    """Compile `function`, which makes arrays or returns some, as `compiled` does others."""
    return _jit(function, _nrt=True)


def _jit(function: F, **options: bool) -> F:
    """Compile `function` at its first call, and keep the machine code where that can be."""
    try:
        kept: F = njit(cache=True, nogil=True, **options)(function)
    except RuntimeError:  # numba finds no place for it
        fresh: F = njit(nogil=True, **options)(function)
        return fresh
    return kept


def _forget_stale(folder: Path) -> None:
    """Delete machine code in `folder` that is older than a source there with functions or constants for it."""
    sources = [source for source in folder.glob("*.py") if source.name in _CONSTANTS or _compiles(source)]
    newest = max((source.stat().st_mtime for source in sources), default=0.0)
    for code in (folder / "__pycache__").glob("*.nb[ic]"):
        with suppress(OSError):
            if code.stat().st_mtime < newest:
                code.unlink()


def _compiles(source: Path) -> bool:
    """Return whether functions of a file are compiled."""
    return b"solver.compiled import" in source.read_bytes()


_forget_stale(Path(__file__).parent)
_forget_stale(Path(__file__).parent / "visits")
