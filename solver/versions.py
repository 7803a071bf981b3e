"""Versions of the programs that make a plan, for its record."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = ("patrolplan", "numpy", "numba", "ortools")


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that shape a plan."""
    return {"python": platform.python_version()} | {name: _version(name) for name in _PACKAGES}


def _version(name: str) -> str:
    """Return the version of an installed package."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
