"""Compiling the engines' loops: numba's decorator with the one setting of this house, and typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile `function` at its first call, keep the machine code on disk, and release the GIL while it runs."""
    fast: F = njit(cache=True, nogil=True)(function)
    return fast
