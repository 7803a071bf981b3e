"""Reads OpenStreetMap files (``.osm.pbf``, ``.osm``, ``.osm.gz``, ``.osm.bz2``) with pyosmium into a `WayTable`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from instances.errors import Fault, RoadDataError
from instances.roads import way_rules
from instances.roads.swelling import refuse_swelling
from instances.roads.turn_relations import turn_rules
from instances.roads.way_table import WayCollector, WayTable

SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")

MADE_UP = "patrolplan"
"""Generator named in the files of invented towns, which are nobody's map."""

_WKB_HEAD = 18
"""Hexadecimal digits before the first coordinate of a line string: byte order, type and number of points."""

_BARRIER_KEYS = frozenset({"barrier", *way_rules.KEYS})


def read_osm(path: Path, suffix: str) -> WayTable:
    """Return the ways of an OpenStreetMap file that some mode may use, with barriers and turn restrictions.

    Parameters
    ----------
    path : Path
    suffix : str
        One of `SUFFIXES`: what the file is, whatever its name.

    Raises
    ------
    RoadDataError
        When the file is not what its name says, or breaks off.
    """
    if suffix.endswith((".gz", ".bz2")):
        refuse_swelling(path)
    import osmium

    reader = _Reader(path, suffix)
    try:
        reader.read()
        reader.complete()
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:
        raise RoadDataError([_fault(path, str(error))]) from None
    return reader.collector.table()


class _Reader:
    """Goes through a file once, and a second time only where nodes come after the ways that need them."""

    def __init__(self, path: Path, suffix: str) -> None:
        import osmium

        self._file = osmium.io.File(str(path), suffix.removeprefix("."))
        self.collector = WayCollector()
        self._incomplete: list[tuple[int, int, list[int], str]] = []
        self._lines = osmium.geom.WKBFactory()
        self._every_node = osmium.geom.use_nodes.ALL
        self._no_place: type[Exception] = osmium.InvalidLocationError
        self._seen: set[int] = set()

    def read(self) -> None:
        """Read ways, barriers and turn restrictions."""
        import osmium

        with osmium.io.Reader(self._file, osmium.osm.NOTHING) as reader:
            if reader.header().get("generator") == MADE_UP:
                self.collector.attribution = ""

        entities = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
        processor = osmium.FileProcessor(self._file, entities).with_locations()
        # The filter runs inside the reader, so untagged nodes never become Python objects.
        for entity in processor.with_filter(osmium.filter.KeyFilter("highway", "barrier", "type")):
            if entity.deleted or not entity.visible:
                continue
            if entity.is_way():
                self._way(entity)
            elif entity.is_node():
                self._node(entity)
            else:
                self._relation(entity)

    def complete(self) -> None:
        """Add the ways set aside: look their nodes up anew, and cut them where a node is not in the file.

        An extract ends somewhere, and ways that cross its edge refer to nodes outside.
        """
        if not self._incomplete:
            return
        places = self._places({ref for _, _, refs, _ in self._incomplete for ref in refs})
        for way_id, rule, refs, name in self._incomplete:
            run: list[int] = []
            cut = False
            for ref in [*refs, None]:
                if ref is not None and ref in places:
                    run.append(ref)
                    continue
                cut = cut or ref is not None
                if len(run) > 1:
                    self.collector.add(way_id, rule, run, b"".join(places[r] for r in run), name)
                run = []
            self.collector.counts["ways cut where nodes are missing"] += cut

    def _places(self, wanted: set[int]) -> dict[int, bytes]:
        """Return longitude and latitude, as two doubles, of those wanted nodes that the file holds."""
        import osmium

        places: dict[int, bytes] = {}
        for node in osmium.FileProcessor(self._file, osmium.osm.NODE):
            if node.id in wanted and node.location.valid():
                pair: NDArray[np.float64] = np.array([node.location.lon, node.location.lat])
                places[node.id] = pair.tobytes()
        return places

    def _way(self, way: Any) -> None:
        """Add a way, or set it aside where the place of a node is not known yet."""
        tags = {k: v for k, v in way.tags if k in way_rules.KEYS}
        if "highway" not in tags or way.id in self._seen:
            return
        self._seen.add(way.id)
        counts = self.collector.counts
        counts["ways"] += 1
        counts["ways with rules at certain hours"] += any(k.endswith(":conditional") for k, _ in way.tags)
        rule = self.collector.book.index(tags)
        if rule < 0:
            counts["ways closed to every mode"] += 1
            return
        refs = [node.ref for node in way.nodes]
        if len(refs) < 2:
            counts["ways of a single node"] += 1
            return
        name = way.tags.get("name", "")
        try:
            wkb = self._lines.create_linestring(way, self._every_node)
        except (RuntimeError, self._no_place):
            self._incomplete.append((way.id, rule, refs, name))
            return
        self.collector.add(way.id, rule, refs, bytes.fromhex(wkb[_WKB_HEAD:]), name)

    def _node(self, node: Any) -> None:
        """Note a barrier."""
        tags = {k: v for k, v in node.tags if k in _BARRIER_KEYS}
        if "barrier" in tags:
            closed = way_rules.barrier_closes(tags)
            if any(closed):
                self.collector.barriers[node.id] = closed

    def _relation(self, relation: Any) -> None:
        """Note a turn restriction, or why it cannot be respected."""
        tags = dict(relation.tags)
        if not tags.get("type", "").startswith("restriction"):
            return
        self.collector.counts["turn restrictions"] += 1
        rules, reason = turn_rules(tags, ((m.type, m.ref, m.role) for m in relation.members))
        if reason:
            self.collector.counts[reason] += 1
        self.collector.turns.extend(rules)


def _fault(path: Path, cause: str) -> Fault:
    """Return what is wrong with a file that the reader gave up on, with line and column where it told them."""
    where = re.search(r"line (\d+), column (\d+)", cause)
    line, column = (int(where[1]), int(where[2]) + 1) if where else (0, 0)
    wrong = f"cannot be read as OpenStreetMap data ({cause})"
    right = "it may have broken off while it was copied: fetch it again, and check that its name ends as its content is"
    return Fault(str(path), line, column, "", wrong, right)
