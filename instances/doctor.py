"""What this installation can do: versions, data bases, caches, and what is missing for which feature.

Only looks; repairs nothing.  `diagnose` is what ``patrol doctor`` prints.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGES = {
    "click": "the command line",
    "fonttools": "fonts of sheets as PDF, and of plots",
    "matplotlib": "plots, and the font of sheets as PDF",
    "networkx": "road networks by place name and from GraphML",
    "numba": "fast search",
    "numpy": "everything",
    "ortools": "choosing among routes",
    "osmium": "road networks from .osm.pbf, .osm and .osm.gz",
    "osmnx": "road networks by place name and from GraphML",
    "platformdirs": "the cache",
    "pydantic": "reading shift files, problems and plans",
    "pyproj": "metric grids of risk",
    "pyyaml": "reading shift files",
    "reportlab": "sheets as PDF",
    "scipy": "travel times",
    "shapely": "finding the nearest street",
    "tzdata": "time zones where the system has none",
}
"""The packages that patrolplan depends on, and the feature that fails without each."""

MODULES = ("cli", "instances", "solver")
"""The names under which patrolplan is importable; another package that has one of them overwrites ours."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is, what was found, and the cure where something is wrong."""

    subject: str
    found: str
    cure: str = ""

    def __str__(self) -> str:
        mark = "!" if self.cure else " "
        return f"{mark} {self.subject:<14} {self.found}" + (f"\n{'':17}-> {self.cure}" if self.cure else "")


@dataclass(frozen=True)
class Diagnosis:
    """All findings, in order of reading."""

    findings: tuple[Finding, ...]

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong."""
        return not any(f.cure for f in self.findings)

    def lines(self) -> list[str]:
        """Return the report as text."""
        wrong = sum(bool(f.cure) for f in self.findings)
        verdict = "all well" if self.healthy else f"{wrong} thing{'s' * (wrong != 1)} to put right, marked with !"
        return [str(f) for f in self.findings] + [verdict]

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        findings = [{"subject": f.subject, "found": f.found, "cure": f.cure or None} for f in self.findings]
        return {"healthy": self.healthy, "findings": findings}


def diagnose(cache_directory: Path | None = None) -> Diagnosis:
    """Look at this installation.

    Parameters
    ----------
    cache_directory : Path, optional
        Where road data is kept, if not in the user's own cache.
    """
    return Diagnosis(
        (
            Finding("patrolplan", f"{_version('patrolplan') or 'not installed as a package'}, in {_home()}"),
            _python(),
            Finding("machine", f"{platform.platform()}, {os.cpu_count()} processors"),
            *_packages(),
            *_name_clashes(),
            _time_zones(),
            _road_cache(cache_directory),
            _compiled_code(),
        )
    )


def _home() -> Path:
    """Return the directory that holds our packages."""
    return Path(__file__).resolve().parents[1]


def _version(package: str) -> str | None:
    """Return the installed version of `package`, or None."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _python() -> Finding:
    """Look at the interpreter."""
    cure = "" if sys.version_info >= (3, 11) else "install Python 3.11 or newer"
    return Finding("python", f"{platform.python_version()} ({sys.executable})", cure)


def _packages() -> Iterator[Finding]:
    """Look at every package that we depend on."""
    for package, feature in PACKAGES.items():
        version = _version(package)
        if version:
            yield Finding(package, version)
        else:
            yield Finding(package, f"missing: needed for {feature}", f"install it: pip install {package}")


def _name_clashes() -> Iterator[Finding]:
    """Look for other packages that install modules of our names."""
    providers = importlib.metadata.packages_distributions()
    for module in MODULES:
        others = sorted(set(providers.get(module, ())) - {"patrolplan"})
        if others:
            yield Finding(
                "clash",
                f"{', '.join(others)} also installs a module {module!r}",
                "install patrolplan in an environment of its own: pipx install patrolplan",
            )


def _time_zones() -> Finding:
    """Look whether time zones can be looked up."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    try:
        ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        return Finding("time zones", "no data base found", "install it: pip install tzdata")
    return Finding("time zones", f"{len(available_timezones())} known")


def _road_cache(directory: Path | None) -> Finding:
    """Look at the cache of road networks and travel times."""
    from instances.cache import Cache

    report = Cache(directory).describe()
    where = Path(report.directory)
    found = f"{report.entries} entries, {report.bytes / 1e6:.1f} MB, in {where}"
    standing = next(d for d in (where, *where.parents) if d.exists())
    if os.access(standing, os.W_OK):
        return Finding("cache", found)
    return Finding("cache", f"{found}, not writable", "give --cache-dir a directory that you may write")


def compiled_files() -> tuple[list[Path], list[Path]]:
    """Return the files of machine code that the engines have kept, and their directories, if any can be written."""
    from solver.paths import best_path
    from solver.visits.anneal import anneal

    paths = [kernel.stats.cache_path for kernel in (best_path, anneal)]  # type: ignore[union-attr]
    folders = [Path(path) for path in paths if path is not None]
    return [file for folder in folders for file in folder.glob("*.nb[ic]")], folders


def _compiled_code() -> Finding:
    """Look whether the search can keep its machine code between runs."""
    try:
        files, folders = compiled_files()
    except ImportError as error:
        return Finding("search", f"cannot be loaded: {error}", "install patrolplan anew")
    if not folders:
        found = "cannot be kept, so every plan waits a minute or two for it"
        return Finding("compiled code", found, "set NUMBA_CACHE_DIR to a directory that you may write")
    size = sum(f.stat().st_size for f in files) / 1e6
    state = f"{len(files)} files, {size:.1f} MB" if files else "none yet, so the first plan takes longer"
    return Finding("compiled code", f"{state}, in {folders[0]}")
