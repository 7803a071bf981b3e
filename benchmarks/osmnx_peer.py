"""The peer of `benchmarks.roads`: the same work with OSMnx, networkx and shapely, as their documents advise."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.roads import way_rules

CLOSED = 0.0


def car_graph(file: Path) -> Any:
    """Return the projected, simplified graph of the largest strongly connected component for cars.

    Speeds, access and barriers are given by the same rules as in this project, so that times can be compared;
    one-way streets, lengths, simplification, components and projection are OSMnx's own.
    """
    import osmnx as ox

    barrier_keys = ["barrier", "access", "vehicle", "motor_vehicle", "motorcar"]
    ox.settings.useful_tags_way = sorted({*ox.settings.useful_tags_way, *way_rules.KEYS})
    ox.settings.useful_tags_node = sorted({*ox.settings.useful_tags_node, *barrier_keys})
    graph = ox.graph_from_xml(file, simplify=False, retain_all=True)
    _set_times(graph)
    _part_at_barriers(graph, barrier_keys)
    # Where the speed changes a node stays, or the time to a place along an edge could not be told.
    graph = ox.simplify_graph(graph, edge_attrs_differ=["kmh"], edge_attr_aggs={"length": sum, "travel_time": sum})
    graph = ox.truncate.largest_component(graph, strongly=True)
    return ox.project_graph(graph)


def _set_times(graph: Any) -> None:
    """Give every edge its seconds, and remove those closed to cars."""
    known: dict[frozenset[tuple[str, str]], float] = {}
    closed = []
    for u, v, key, data in graph.edges(keys=True, data=True):
        tags = {k: str(x) for k, x in data.items() if k in way_rules.KEYS}
        # OSMnx has turned one-way streets into single edges along them, and the others into two edges.
        oneway = tags.pop("oneway") == "True"
        tags |= {"oneway": "yes"} if oneway else {}
        forward = oneway or not data.get("reversed", False)
        name = frozenset({*tags.items(), ("forward", str(forward))})
        if name not in known:
            rule = way_rules.way_rule(tags)
            known[name] = CLOSED if rule is None else rule.kmh[0 if forward else 1]
        if known[name] == CLOSED:
            closed.append((u, v, key))
        else:
            data["kmh"] = known[name]
            data["travel_time"] = data["length"] * 3.6 / known[name]
    graph.remove_edges_from(closed)


def _part_at_barriers(graph: Any, keys: list[str]) -> None:
    """Give each neighbour of a barrier that stops cars an end of its own, so that no way leads through."""
    ends = itertools.count(-(2**40), -1)
    for node, data in list(graph.nodes(data=True)):
        if "barrier" not in data or not way_rules.barrier_closes({k: data[k] for k in keys if k in data})[0]:
            continue
        for neighbour in {*graph.predecessors(node), *graph.successors(node)}:
            end = next(ends)
            graph.add_node(end, **{**data, "street_count": 1})
            for u, v in ((neighbour, node), (node, neighbour)):
                for attributes in list((graph.get_edge_data(u, v) or {}).values()):
                    graph.add_edge(end if u == node else u, end if v == node else v, **attributes)
        graph.remove_node(node)


def join_places(graph: Any, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Join places (N, 2), latitude first, to the graph: nodes ``("from", i)`` and ``("to", i)`` along its edges.

    Returns
    -------
    float64 array of shape (N,)
        Metres from each place to its edge.
    """
    import osmnx as ox
    import shapely
    from shapely.geometry import LineString, Point

    points, _ = ox.projection.project_geometry(shapely.MultiPoint(places[:, ::-1]), to_crs=graph.graph["crs"])
    xy = [(p.x, p.y) for p in points.geoms]
    edges, metres = ox.distance.nearest_edges(graph, [x for x, _ in xy], [y for _, y in xy], return_dist=True)
    lines: dict[tuple[int, int, int], list[tuple[int, float, bool]]] = {}
    for i, (u, v, key) in enumerate(edges):
        line = _line(graph, u, v, key, LineString)
        share = line.project(Point(xy[i]), normalized=True)
        lines.setdefault((u, v, key), []).append((i, share, True))
        twin = _twin(graph, u, v, key, line, LineString)
        if twin is not None:
            lines.setdefault(twin, []).append((i, 1 - share, False))
    for (u, v, key), members in lines.items():
        seconds = graph.edges[u, v, key]["travel_time"]
        for i, share, _ in members:
            graph.add_edge(("from", i), v, travel_time=(1 - share) * seconds)
            graph.add_edge(u, ("to", i), travel_time=share * seconds)
            for j, other, _ in members:
                if other >= share:
                    graph.add_edge(("from", i), ("to", j), travel_time=(other - share) * seconds)
    return np.asarray(metres, dtype=np.float64)


def _line(graph: Any, u: int, v: int, key: int, make: Any) -> Any:
    """Return the geometry of an edge."""
    data = graph.edges[u, v, key]
    if "geometry" in data:
        return data["geometry"]
    return make([(graph.nodes[n]["x"], graph.nodes[n]["y"]) for n in (u, v)])


def _twin(graph: Any, u: int, v: int, key: int, line: Any, make: Any) -> tuple[int, int, int] | None:
    """Return the edge along the same geometry in the other direction."""
    for other in graph.get_edge_data(v, u) or {}:
        if (v, u, other) != (u, v, key) and _line(graph, v, u, other, make).reverse().equals_exact(line, 0.01):
            return v, u, other
    return None
