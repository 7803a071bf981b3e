"""Road networks made to hurt: entities, nesting, files that swell, figures that cannot be, attributes of every kind."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator

from benchmarks.reliability.reading.made import MEGABYTE, Make, fixed, swelling_bzip2, swelling_gzip
from benchmarks.reliability.reading.samples import Samples

_LAUGHS = (
    '<!DOCTYPE osm [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {c} "{("&" + chr(ord(c) - 1) + ";") * 10}">' for c in "bcdefghij")
    + "]>"
)
_OUTSIDE = '<!DOCTYPE osm [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_REMOTE = '<!DOCTYPE osm SYSTEM "http://127.0.0.1:9/x.dtd">'
_LONG = f'<!DOCTYPE osm [<!ENTITY a "{"x" * 100_000}">]>'


def road_files() -> Iterator[tuple[str, str, Make]]:
    """Yield road networks, likewise."""
    for what, doctype, use in (
        ("entities of entities", _LAUGHS, "&j;"),
        ("an entity of a file", _OUTSIDE, "&x;"),
        ("a definition elsewhere", _REMOTE, ""),
        ("an entity used often", _LONG, "&a;" * 20_000),
    ):
        yield what, "town.osm", _with_doctype("town.osm", doctype, use)
        yield (
            what,
            "town.graphml",
            _with_doctype("town.graphml", doctype.replace("osm", "graphml"), use),
        )
        yield f"{what}, packed", "town.osm.gz", _gz(_with_doctype("town.osm", doctype, use))
        changed = _with_doctype("town.graphml", doctype.replace("osm", "graphml"), use)
        yield f"{what}, packed", "town.graphml.gz", _gz(changed)
    for name, opening in (("town.osm", b"<osm version='0.6'>"), ("town.graphml", b"<graphml>")):
        yield "elements in elements", name, fixed(opening + b"<way>" * 500_000)
        yield "a long attribute", name, fixed(opening + b"<node id='" + b"1" * 50 * MEGABYTE + b"'/>")
        yield "a long text", name, fixed(opening + b"x" * 50 * MEGABYTE)
        yield "a long name of an element", name, fixed(opening + b"<" + b"x" * 20 * MEGABYTE)
    yield "a packed gigabyte", "town.osm.gz", lambda _: swelling_gzip(b"<osm version='0.6'>")
    yield "a packed gigabyte", "town.graphml.gz", lambda _: swelling_gzip(b"<graphml>")
    yield "a packed gigabyte", "town.osm.bz2", lambda _: swelling_bzip2()
    for what, node in (
        ("a number of 20 digits", "<node id='18446744073709551616' lat='51.5' lon='-0.1'/>"),
        ("the largest number", "<node id='9223372036854775807' lat='51.5' lon='-0.1'/>"),
        ("a large number", "<node id='1000000000000' lat='51.5' lon='-0.1'/>"),
        ("a negative number", "<node id='-9223372036854775808' lat='51.5' lon='-0.1'/>"),
        ("a place that is none", "<node id='99' lat='1e308' lon='nan'/>"),
        ("a place beyond", "<node id='99' lat='91' lon='181'/>"),
    ):
        yield f"a node with {what}", "town.osm", _adding("town.osm", node + _way(99, node))
    yield (
        "a way of a million nodes",
        "town.osm",
        _adding("town.osm", _tagged("<nd ref='1'/><nd ref='2'/>" * 500_000)),
    )
    yield "a way of one node over and over", "town.osm", _adding("town.osm", _tagged("<nd ref='1'/>" * 1500))
    yield "a way to and fro", "town.osm", _adding("town.osm", _tagged("<nd ref='1'/><nd ref='2'/>" * 700))
    yield (
        "a way with 100,000 tags",
        "town.osm",
        _adding("town.osm", "<way id='77'>" + "".join(f"<tag k='k{i}' v='v'/>" for i in range(100_000)) + "</way>"),
    )
    member = "<member type='relation' ref='5' role='via'/>"
    relation = f"<relation id='5'>{member}<tag k='type' v='restriction'/></relation>"
    yield "a relation of itself", "town.osm", _adding("town.osm", relation)
    for speed in ("1e308", "-5", "0", "nan", "1e-300", "9" * 400, "50 mph" * 100, "walk;none;signals", "٣٠"):
        way = _tagged(f"<nd ref='1'/><nd ref='2'/><tag k='maxspeed' v='{speed}'/>")
        yield f"a speed of {speed[:20]}", "town.osm", _adding("town.osm", way)
    for field, text in (
        ("osmid", "[" * 2000 + "]" * 2000),
        ("osmid", "['1'] * 10**9"),
        ("osmid", "9" * 5000),
        ("osmid", "{'a': 1}"),
        ("geometry", "LINESTRING (0 0, 1e400 nan)"),
        ("geometry", "POINT EMPTY"),
        ("geometry", "GEOMETRYCOLLECTION (" * 5000),
        ("oneway", "maybe"),
        ("length", "nan"),
        ("length", "1e400"),
        ("name", "['a', ['b']]"),
        ("highway", "['residential', None]"),
        ("maxspeed", "['1e308', 'nan']"),
    ):
        yield f"{field} of {text[:20]}", "town.graphml", _graph_value(field, text)
    for what, content in (
        ("a header of a gigabyte", b"\x7f\xff\xff\xff" + b"\x0a\x09OSMHeader\x18\xff\xff\xff\xff\x07"),
        ("a block of 2 GB", b"\x00\x00\x00\x13\x0a\x09OSMHeader\x18\xff\xff\xff\xff\x0f"),
        ("a header without end", b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x00" * 100_000),
    ):
        yield what, "town.osm.pbf", fixed(content)
    yield "a block that swells", "town.osm.pbf", lambda s: s.read("town.osm.pbf") + _swelling_block()
    yield "blocks without end", "town.osm.pbf", lambda s: s.read("town.osm.pbf") * 20_000


def _way(number: int, node: str) -> str:
    """Return a street from a node to the first of the town."""
    ref = re.search(r"id='([^']*)'", node)
    return f"<way id='{number}'><nd ref='{ref[1] if ref else 1}'/><nd ref='1'/><tag k='highway' v='residential'/></way>"


def _tagged(nodes: str) -> str:
    """Return a street of nodes."""
    return f"<way id='77'>{nodes}<tag k='highway' v='residential'/></way>"


def _adding(name: str, more: str) -> Make:
    """Return what makes the sample with more in it."""
    return lambda samples: samples.read(name).replace(b"</osm>", more.encode() + b"</osm>")


def _with_doctype(name: str, doctype: str, use: str) -> Make:
    """Return what makes the sample with a document type before its first element, and `use` for a name."""

    def made(samples: Samples) -> bytes:
        text = samples.read(name).decode()
        root = re.search(r"<(osm|graphml)\b", text)
        at = root.start() if root else 0
        return (text[:at] + doctype + text[at:].replace("East Street", use)).encode()

    return made


def _gz(make: Make) -> Make:
    """Return what makes the same, packed."""
    return lambda samples: gzip.compress(make(samples), mtime=0)


def _graph_value(field: str, text: str) -> Make:
    """Return what makes the graph with an attribute of its first edge changed."""

    def made(samples: Samples) -> bytes:
        graph = samples.read("town.graphml").decode()
        key = re.search(rf'<key id="(\w+)" for="edge" attr\.name="{field}"', graph)
        number = key[1] if key else "d99"
        edge = re.search(r"<edge [^>]*>", graph)
        if edge is None:
            return graph.encode()
        end = graph.index("</edge>", edge.end())
        inside = re.sub(rf'<data key="{number}">[^<]*</data>', "", graph[edge.end() : end])
        return (graph[: edge.end()] + inside + f'<data key="{number}">{text}</data>' + graph[end:]).encode()

    return made


def _swelling_block() -> bytes:
    """Return a block of data in a pbf file that unpacks to 32 MB of nothing."""
    packed = zlib.compress(b"\0" * 32 * MEGABYTE, 9)
    blob = b"\x10" + _varint(32 * MEGABYTE) + b"\x1a" + _varint(len(packed)) + packed
    header = b"\x0a\x07OSMData\x18" + _varint(len(blob))
    return len(header).to_bytes(4, "big") + header + blob


def _varint(number: int) -> bytes:
    """Return a number as protocol buffers write it."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])
