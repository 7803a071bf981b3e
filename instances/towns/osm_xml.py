"""A street plan as an OpenStreetMap XML file, the same bytes for the same plan."""

from __future__ import annotations

import gzip
import io
from xml.sax.saxutils import quoteattr

from instances.towns.street_plan import Street, StreetPlan

NOTE = "An invented town, made by patrolplan. Not map data of any real place."


def network_xml(plan: StreetPlan) -> bytes:
    """Return the streets as OSM XML, nodes and ways numbered from 1."""
    ways = _ways(plan)
    used = sorted({n for way in ways for n in way.nodes})
    number = {n: k for k, n in enumerate(used, 1)}
    places = {n: plan.ground.degrees(*plan.points[n]) for n in used}
    lats, lons = ([p[k] for p in places.values()] for k in (0, 1))
    low, high = (
        f'minlat="{min(lats):.7f}" minlon="{min(lons):.7f}"',
        f'maxlat="{max(lats):.7f}" maxlon="{max(lons):.7f}"',
    )
    out = ["<?xml version='1.0' encoding='UTF-8'?>", '<osm version="0.6" generator="patrolplan" upload="false">']
    out += [f" <note>{NOTE}</note>", f" <bounds {low} {high}/>"]
    out += [f' <node id="{number[n]}" version="1" lat="{places[n][0]:.7f}" lon="{places[n][1]:.7f}"/>' for n in used]
    for k, way in enumerate(ways, 1):
        out.append(f' <way id="{k}" version="1">')
        out += [f'  <nd ref="{number[n]}"/>' for n in way.nodes]
        out += [f"  <tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in sorted(way.tags.items())]
        out.append(" </way>")
    return ("\n".join(out) + "\n</osm>\n").encode()


def packed(content: bytes) -> bytes:
    """Return `content` as a gzip file without name or time, so that the same content gives the same bytes."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as file:
        file.write(content)
    return out.getvalue()


def _ways(plan: StreetPlan) -> list[Street]:
    """Return the streets, those that continue one another with the same tags joined into one way."""
    ways: list[Street] = []
    growing: dict[tuple[str, tuple[tuple[str, str], ...]], Street] = {}
    for street in plan.streets:
        key = street.line, tuple(sorted(street.tags.items()))
        last = growing.get(key)
        if last is not None and last.nodes[-1] == street.nodes[0] and "junction" not in street.tags:
            last.nodes.extend(street.nodes[1:])
            continue
        way = Street(list(street.nodes), street.line, street.tags)
        ways.append(way)
        growing[key] = way
    return ways
