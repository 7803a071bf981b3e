"""The sources of a shift: its streets, those that are closed, and what is made of its incidents."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from instances.cache import Cache
from instances.closures import close
from instances.errors import InputError, RoadDataError
from instances.made_risk import Area, MadeRisk, incident_faults, made_risk
from instances.shift import Shift

if TYPE_CHECKING:
    from instances.roads import RoadNetwork

Note = Callable[[str], None]
"""Told in words what is being done."""

Progress = Callable[[str, int, int], None]
"""Told mode, places done and places in all while travel times are worked out."""


def read_sources(
    shift: Shift, modes: tuple[str, ...], cache: Cache | None, note: Note
) -> tuple[RoadNetwork, list[str], MadeRisk | None]:
    """Return the streets that are open, a note for each closure, and what was made of the incidents.

    Parameters
    ----------
    shift : Shift
    modes : tuple of str
        Incidents count where some of these can go.
    cache : Cache or None
    note : callable
        Told in words what is being done.

    Raises
    ------
    InputError
        When closures or incidents cannot be used.
    RoadDataError
        When the streets cannot be read.
    """
    try:
        network = read_streets(shift, cache, note)
    except RoadDataError as error:
        raise RoadDataError([*error.faults, *incident_faults(shift.incidents, shift.horizon)]) from None
    try:
        still_open, closed = close(network, shift.closed, shift.snap)
    except InputError as error:
        raise InputError([*error.faults, *incident_faults(shift.incidents, shift.horizon)]) from None
    if shift.incidents is None:
        return still_open, closed, None
    # Risk lies where it lay, whatever is closed today.
    area = Area(network, modes, shift.snap)
    risk = made_risk(shift.incidents, shift.risk, shift.horizon, area, cache=cache, note=note)
    return still_open, closed, risk


def read_streets(shift: Shift, cache: Cache | None, note: Note) -> RoadNetwork:
    """Return all streets of a shift, also those that are closed.

    Raises
    ------
    RoadDataError
        When the streets cannot be read.
    """
    from instances.roads import load_network

    streets = shift.streets
    return load_network(
        streets.file if streets.file is not None else str(streets.place),
        cache=cache,
        place=streets.file is None,
        overpass_url=streets.overpass,
        nominatim_url=streets.nominatim,
        note=note,
    )
