"""The only door to OSMnx: graphs it saved, and streets it fetches for a place name, as a `WayTable`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from instances.errors import Fault, RoadDataError
from instances.roads import way_rules
from instances.roads.speeds import CAR_SPEEDS
from instances.roads.swelling import refuse_entities
from instances.roads.way_table import WayCollector, WayTable

NO_TURNS = "OSMnx graphs hold no turn restrictions, so none are respected"
OWN_SPEEDS = "speed_kph and travel_time in the graph are not used: speeds follow from maxspeed and class as everywhere"

_NODE_KEYS = ("barrier", "access", "vehicle", "motor_vehicle", "motorcar", "motorcycle", "bicycle", "foot")


def read_graph(path: Path) -> WayTable:
    """Return the ways of a graph saved by OSMnx, also by an older one.

    Raises
    ------
    RoadDataError
        When the file is no such graph, or its coordinates are projected.
    """
    refuse_entities(path)
    import osmnx

    try:
        graph = osmnx.load_graphml(path)
        return _table(graph)
    except Exception as error:
        # OSMnx, networkx, the XML parser and gzip have no error in common.
        cause = f"{type(error).__name__}: {error}"
        wrong = f"cannot be read as a graph saved by OSMnx ({cause})"
        raise RoadDataError([Fault(str(path), 0, 0, "", wrong, "save it with osmnx.save_graphml")]) from None


def read_place(name: str, *, overpass_url: str | None = None, nominatim_url: str | None = None) -> WayTable:
    """Return the ways within the boundary of a place, fetched from OpenStreetMap's servers.

    Parameters
    ----------
    name : str
        What Nominatim finds a boundary for.
    overpass_url, nominatim_url : str, optional
        Other servers to ask.

    Raises
    ------
    RoadDataError
        When the place is unknown, has no boundary or no streets, or a server cannot be reached.
    """
    import osmnx

    with _settings(osmnx.settings, overpass_url, nominatim_url):
        try:
            graph = osmnx.graph_from_place(name, network_type="all", simplify=False, retain_all=True)
            return _table(graph)
        except Exception as error:
            # Servers, requests, geocoding and geometry have no error in common.
            wrong = f"the streets of this place could not be fetched ({type(error).__name__}: {error})"
            right = "check the name at nominatim.openstreetmap.org and the way to the net, or use an extract in a file"
            raise RoadDataError([Fault(name, 0, 0, "", wrong, right)]) from None


@contextmanager
def _settings(settings: Any, overpass_url: str | None, nominatim_url: str | None) -> Iterator[None]:
    """Set OSMnx's global settings for one fetch, and put them back."""
    wanted: dict[str, Any] = {
        "use_cache": False,
        "useful_tags_way": sorted({*settings.useful_tags_way, *way_rules.KEYS}),
        "useful_tags_node": sorted({*settings.useful_tags_node, *_NODE_KEYS}),
    }
    if overpass_url is not None:
        # Only the public server has a queue that can be asked how long to wait.
        wanted |= {"overpass_url": overpass_url, "overpass_rate_limit": False}
    if nominatim_url is not None:
        wanted["nominatim_url"] = nominatim_url
    before = {key: getattr(settings, key) for key in wanted}
    try:
        for key, value in wanted.items():
            setattr(settings, key, value)
        yield
    finally:
        for key, value in before.items():
            setattr(settings, key, value)


def _table(graph: Any) -> WayTable:
    """Return the streets of an OSMnx graph, each once whatever its directions."""
    crs = str(graph.graph.get("crs", "")).lower()
    if crs not in {"epsg:4326", "wgs84"}:
        raise ValueError(f"its coordinates are in {crs or 'no named system'}, not in degrees (epsg:4326)")
    collector = WayCollector()
    collector.notes.append(NO_TURNS)
    seen: set[tuple[Any, ...]] = set()
    inner = 0
    for u, v, data in graph.edges(data=True):
        line = _line(graph, u, v, data)
        oneway = _is_oneway(data.get("oneway"))
        ids = tuple(sorted(_listed(data.get("osmid", 0))))
        if not oneway and (v, u, ids, tuple(reversed(line))) in seen:
            continue
        seen.add((u, v, ids, tuple(line)))
        collector.counts["ways"] += 1
        rule = collector.book.index({**_tags(data), "oneway": "yes" if oneway else "no"})
        if rule < 0:
            collector.counts["ways closed to every mode"] += 1
            continue
        # Points between the nodes of the graph belong to this street alone: names below any in use.
        refs = [int(u), *(-(2**40) - inner - i for i in range(len(line) - 2)), int(v)]
        inner += len(line) - 2
        collector.add(int(ids[0]), rule, refs, np.array(line, dtype=np.float64).tobytes(), _name(data))
    for node, data in graph.nodes(data=True):
        if "barrier" in data:
            collector.barriers[int(node)] = way_rules.barrier_closes({k: str(data[k]) for k in _NODE_KEYS if k in data})
    if any("speed_kph" in data for _, _, data in graph.edges(data=True)):
        collector.notes.append(OWN_SPEEDS)
    return collector.table()


def _line(graph: Any, u: Any, v: Any, data: Mapping[str, Any]) -> list[tuple[float, float]]:
    """Return the points of an edge in its direction, longitude first."""
    if "geometry" in data:
        line = [(float(x), float(y)) for x, y in data["geometry"].coords]
    else:
        line = [(float(graph.nodes[n]["x"]), float(graph.nodes[n]["y"])) for n in (u, v)]
    for lon, lat in line:
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # nor is it there if it is no number
            raise ValueError(f"the edge from {u} to {v} has a point at lat {lat}, lon {lon}, which is not on the globe")
    return line


def _name(data: Mapping[str, Any]) -> str:
    """Return the name of an edge, the first where streets of several names were merged; empty where it has none."""
    names = [str(name) for name in _listed(data.get("name")) if name is not None and str(name) != "nan"]
    return names[0] if names else ""


def _is_oneway(value: Any) -> bool:
    """Whether an edge has no twin in the other direction."""
    return any(str(v).lower() in {"true", "yes", "1", "-1", "reverse"} for v in _listed(value))


def _listed(value: Any) -> list[Any]:
    """Return the values of an attribute: OSMnx joins those of merged ways in a list."""
    return list(value) if isinstance(value, list | tuple | set) else [value]


def _tags(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags of an edge as OpenStreetMap writes them.

    Of merged ways the strictest counts: the slowest class, the lowest limit, a closed part before an open one.
    """
    tags = {}
    for key in way_rules.KEYS & data.keys():
        values = sorted(str(v) for v in _listed(data[key]) if v is not None and str(v) != "nan")
        if key == "highway":
            values.sort(key=lambda v: CAR_SPEEDS.get(v, 0.0))
        else:
            values.sort(key=way_rules.is_open)
        if values:
            tags[key] = ";".join(values)
    return tags
