"""Small OpenStreetMap files, written by hand for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from instances.roads import RoadNetwork, load_network

Tags = Mapping[str, str]
Node = tuple[float, float] | tuple[float, float, Tags]
Way = tuple[int, Sequence[int], Tags]
Relation = tuple[int, Sequence[tuple[str, int, str]], Tags]

STREET = {"highway": "residential"}
ONEWAY = {"highway": "residential", "oneway": "yes"}
BLOCK = 0.001
"""Degrees between nodes of `grid`: 111 m."""


def grid(*names: tuple[int, int, int]) -> dict[int, Node]:
    """Return nodes from (id, column, row), 111 m apart at the equator."""
    return {ref: (row * BLOCK, column * BLOCK) for ref, column, row in names}


def line(*refs: int) -> dict[int, Node]:
    """Return nodes in a row from west to east, 111 m apart."""
    return grid(*((ref, i, 0) for i, ref in enumerate(refs)))


def osm_text(nodes: Mapping[int, Node], ways: Iterable[Way], relations: Iterable[Relation] = ()) -> str:
    """Return a file in OpenStreetMap XML."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="tests">']
    for ref, (lat, lon, *more) in nodes.items():
        tags = _tags(more[0] if more else {})
        lines.append(f'<node id="{ref}" version="1" lat="{lat:.7f}" lon="{lon:.7f}">{tags}</node>')
    for ref, refs, tags in ways:
        inner = "".join(f'<nd ref="{r}"/>' for r in refs)
        lines.append(f'<way id="{ref}" version="1">{inner}{_tags(tags)}</way>')
    for ref, members, tags in relations:
        kinds = {"n": "node", "w": "way", "r": "relation"}
        inner = "".join(f'<member type="{kinds[k]}" ref="{r}" role="{role}"/>' for k, r, role in members)
        lines.append(f'<relation id="{ref}" version="1">{inner}{_tags(tags)}</relation>')
    return "\n".join([*lines, "</osm>", ""])


def restriction(ref: int, kind: str, start: int, via: int, end: int, **tags: str) -> Relation:
    """Return a turn restriction over a node."""
    members = [("w", start, "from"), ("n", via, "via"), ("w", end, "to")]
    return (ref, members, {"type": "restriction", "restriction": kind, **tags})


def network_of(
    directory: Path, nodes: Mapping[int, Node], ways: Iterable[Way], relations: Iterable[Relation] = ()
) -> RoadNetwork:
    """Return the network of a small file."""
    path = directory / "small.osm"
    path.write_text(osm_text(nodes, ways, relations), encoding="utf-8")
    return load_network(path)


def _tags(tags: Tags) -> str:
    """Return tags as XML."""
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())
