"""What a shift file says of quick-response points: where they could be, and what is wanted of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

from instances.desk_tables import hand_over, open_table
from instances.errors import nearest
from instances.point_tables import tell_apart
from instances.shift import Candidate, Origin, SiteRules
from instances.shift_desk import Desk, unique
from instances.shift_document import ShiftDocument
from instances.yaml_lines import Address

KINDS = ("junctions", "grid", "stations")
"""Words for candidates that are made; any other word is the name of a file."""

ALL = ("posts", "stations")
"""Words for all of these places, in lists of candidates."""


def sites_of(desk: Desk, document: ShiftDocument) -> SiteRules:
    """Return where points could be, and what is wanted of them."""
    entry = document.sites
    return SiteRules(
        points=entry.points,
        candidates=_candidates(desk, document),
        spacing=entry.spacing,
        mode=entry.mode,
        standard=entry.standard,
        backup=entry.backup,
        cover_all=entry.cover_all,
        hours=cast('Literal["mean", "worst"]', entry.hours),
        given=_names(desk, entry.given, "given"),
        forbidden=_names(desk, entry.forbidden, "forbidden"),
        preferred=_names(desk, entry.preferred, "preferred"),
        origin=desk.origin(("sites",)),
    )


def _candidates(desk: Desk, document: ShiftDocument) -> str | tuple[Candidate, ...]:
    """Return the candidates that the planner gave, or the word for those to be made."""
    entry, address = document.sites, ("sites", "candidates")
    if entry.candidates in KINDS:
        if entry.candidates == "stations" and not document.stations and desk.is_own("stations"):
            desk.fault(address, "there are no stations", "give 'stations' as well, or other candidates")
        return str(entry.candidates)
    if not isinstance(entry.candidates, str):
        listed = tuple(Candidate(c.name, *c.at, desk.origin((*address, i))) for i, c in enumerate(entry.candidates))
        unique([(c.name, c.origin) for c in listed], desk.faults.append)
        return listed
    if entry.candidates.isalpha() and not (desk.folder / entry.candidates).exists():
        right = nearest(entry.candidates, KINDS, f"write {', '.join(KINDS)}, the name of a table, or a list")
        desk.fault(address, f"there is no {entry.candidates!r} here", right)
        return ()
    table = open_table(desk, address, entry.candidates, what="candidate")
    if table is None:
        return ()
    tell_apart(table)
    hand_over(desk, table)
    return tuple(Candidate(row.name, row.lat, row.lon, table.origin(row)) for row in table.rows)


def _names(desk: Desk, names: Sequence[str], field: str) -> tuple[tuple[str, Origin], ...]:
    """Return names of candidates with their places in the file; whether there are such is found out by the build."""
    address: Address = ("sites", field)
    return tuple((name, desk.origin((*address, i))) for i, name in enumerate(names))
