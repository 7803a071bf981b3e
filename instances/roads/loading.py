"""Gets a road network from a file or a place name, or from the cache if it was read before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from instances.cache import Cache, content_key, file_digest
from instances.errors import Fault, RoadDataError
from instances.reading import MOST_ROADS, cure, need_file
from instances.roads import osm_file
from instances.roads.network import RoadNetwork
from instances.roads.program import program_digest
from instances.roads.streets import make_network
from instances.roads.way_table import WayTable
from solver.problem import MODES

GRAPH_SUFFIXES = (".graphml", ".graphml.gz")
SUFFIXES = (*osm_file.SUFFIXES, *GRAPH_SUFFIXES)

Note = Callable[[str], None]


def load_network(
    source: Path | str,
    *,
    cache: Cache | None = None,
    place: bool = False,
    overpass_url: str | None = None,
    nominatim_url: str | None = None,
    refresh: bool = False,
    note: Note | None = None,
) -> RoadNetwork:
    """Return the road network of a file, or of a place by its name.

    Parameters
    ----------
    source : Path or str
        A file ending in one of `SUFFIXES`, or with `place` the name of a place that Nominatim knows.
    cache : Cache, optional
        Where the network is looked up and kept.  A file is known by its content, a place by its name.
    place : bool
        Whether `source` is the name of a place, to be fetched from OpenStreetMap's servers.
    overpass_url, nominatim_url : str, optional
        Other servers to fetch a place from.
    refresh : bool
        Read or fetch anew even what is kept: a place by name is as old as its first use.
    note : callable, optional
        Told in words what is being done and what a planner should know.

    Raises
    ------
    RoadDataError
        When there is no such file or place, or it holds no streets that can be used.
    """
    tell = note or _silence
    if place:
        name = str(source)
        key = content_key("place", program_digest(), name, overpass_url, nominatim_url)
        found = None if refresh else _kept(cache, key)
        if found is not None:
            return found
        from instances.roads.osmnx_door import read_place

        tell(f"fetching the streets of {name!r} from OpenStreetMap")
        table = read_place(name, overpass_url=overpass_url, nominatim_url=nominatim_url)
        return _made(table, key=key, source=name, origin=name, cache=cache, tell=tell)
    path = Path(source)
    suffix = _checked_suffix(path)
    key = content_key("file", program_digest(), suffix, _digest(path))
    found = None if refresh else _kept(cache, key)
    if found is not None:
        return found
    tell(f"reading {path}")
    return _made(_read(path, suffix), key=key, source=path.name, origin=path, cache=cache, tell=tell)


def _silence(_: str) -> None:
    """Tell nobody."""


def _checked_suffix(path: Path) -> str:
    """Return how the name of a file ends, after making sure that there is something to read."""
    suffix = next((s for s in sorted(SUFFIXES, key=len, reverse=True) if path.name.lower().endswith(s)), None)
    if path.is_dir():
        raise _error(path, "is a directory", f"name a file ending in {_listed(SUFFIXES)}")
    try:
        need_file(path, MOST_ROADS)
    except FileNotFoundError:
        right = "check the path; it is relative to the file that names it"
        raise _error(path, "there is no such file", right) from None
    except OSError as error:
        raise _unreadable(path, error) from None
    if suffix is None:
        raise _error(path, "is no road network by its name", f"name a file ending in {_listed(SUFFIXES)}")
    if path.stat().st_size == 0:
        raise _error(path, "is empty", "fetch it again")
    return suffix


def _digest(path: Path) -> str:
    """Return the digest of a file's content."""
    try:
        return file_digest(path)
    except OSError as error:
        raise _unreadable(path, error) from None


def _read(path: Path, suffix: str) -> WayTable:
    """Return the ways of a file."""
    if suffix in GRAPH_SUFFIXES:
        from instances.roads.osmnx_door import read_graph

        return read_graph(path)
    return osm_file.read_osm(path, suffix)


def _kept(cache: Cache | None, key: str) -> RoadNetwork | None:
    """Return the network kept under `key`."""
    arrays = cache.get("network", key) if cache is not None else None
    if arrays is None:
        return None
    try:
        return RoadNetwork.from_arrays(arrays)
    except (KeyError, ValueError, TypeError):
        return None


def _made(
    table: WayTable, *, key: str, source: str, origin: Path | str, cache: Cache | None, tell: Note
) -> RoadNetwork:
    """Make the network of `table`, and keep it."""
    network = make_network(table, key=key, source=source)
    if not network.connected.any():
        seen = table.counts.get("ways", 0)
        wrong = f"holds no streets that lead anywhere and back ({seen} ways with a highway tag were read)"
        raise _error(origin, wrong, "use an extract of OpenStreetMap with all its streets")
    for mode, kmh, connected in zip(MODES, network.kmh, network.connected, strict=True):
        if (kmh > 0).any() and not connected.any():
            tell(f"{source}: no two places are connected for mode {mode}")
    if cache is not None and not cache.put("network", key, network.to_arrays()):
        tell(f"the network could not be kept in {cache.directory}; it will be read anew next time")
    return network


def _listed(words: tuple[str, ...]) -> str:
    """Return words as a list in a sentence."""
    return ", ".join(words[:-1]) + " or " + words[-1]


def _unreadable(path: Path, error: OSError) -> RoadDataError:
    """Return an error about a file that the system does not let us read, or that is none."""
    return _error(path, f"cannot be read ({error.strerror or error})", cure(error, "check its permissions"))


def _error(source: Path | str, wrong: str, right: str) -> RoadDataError:
    """Return an error about `source`."""
    return RoadDataError([Fault(str(source), 0, 0, "", wrong, right)])
