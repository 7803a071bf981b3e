"""The shift file as it is written: every section and field, its default, and what it means.

Only the shape of the document is here; what its values mean together (times, names, files) is found out by
`instances.shift_file`.  ``patrol schema shift`` (`instances.shift_schema`) and the tables of
``docs/shift-file.md`` come from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, Tag, model_validator

from instances.field_kinds import (
    Clock,
    Coordinates,
    Count,
    CountOrNone,
    Flag,
    Length,
    Metres,
    MetresOrNone,
    Minutes,
    MinutesOrNone,
    Moment,
    Number,
    Percent,
    Seconds,
    Share,
    Span,
    SpanOrName,
    Text,
    Zone,
    by_shape,
    kind,
    one_of,
    whole,
)
from solver.problem import MODES

FORMAT = 1

LEVELS = ("green", "yellow", "orange", "red")
"""The levels of alert, the calmest first."""


@dataclass(frozen=True)
class Unknown:
    """Stands for a field that a section does not have; `allowed` are those it has."""

    allowed: tuple[str, ...]


@dataclass(frozen=True)
class Missing:
    """Stands for a field that a section lacks; `sample` is what it might say."""

    sample: str


class Section(BaseModel):
    """A mapping of the file: no field beside those named here."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True, validate_by_name=False)

    @model_validator(mode="before")
    @classmethod
    def _name_the_odd(cls, value: Any) -> Any:
        """Replace unknown and missing fields by what a message about them needs."""
        if not isinstance(value, dict):
            return value
        fields = {f.alias or name: f for name, f in cls.model_fields.items()}
        named = {key: content if key in fields else Unknown(tuple(fields)) for key, content in value.items()}
        for name, field in fields.items():
            if field.is_required() and name not in named:
                named[name] = Missing(str((field.examples or ["…"])[0]))
        return named


def _default(value: Any, description: str, **more: Any) -> Any:
    """Return a field that may be left out: `value` is its default, as it would be written."""
    return Field(value, description=description, **more)


def _whole_section(section: type[Section], description: str) -> Any:
    """Return a section that may be left out: each of its fields then has its default."""
    return Field(default_factory=section, description=description)


def _district() -> Any:
    """Return the field that says in which district a place lies."""
    return Field(None, description="The district it lies in; by the file of `districts` if left out.")


def _choice(*words: str) -> tuple[Any, ...]:
    """Return what annotates a field that takes one of `words`."""
    return kind(one_of(*words), f"one of {', '.join(words)}", {"type": "string", "enum": list(words)})


Mode = Annotated[str, *_choice(*MODES)]
Colour = Annotated[str, *_choice(*LEVELS)]
WORD = Tag("<word>")
LIST = Tag("<list>")
SECTION = Tag("<section>")
EITHER = by_shape()
Spans = Annotated[Annotated[Span, WORD] | Annotated[list[Span], Field(min_length=1), LIST], EITHER]


class NetworkEntry(Section):
    """Where the streets come from: a file, or a place to be fetched."""

    file: Text | None = Field(None, description="Road data: .osm.pbf, .osm, .osm.gz, .graphml or .graphml.gz.")
    place: Text | None = Field(None, description="A place name, looked up and fetched from OpenStreetMap.")
    overpass: Text | None = Field(None, description="Address of an Overpass service of your own, for `place`.")
    nominatim: Text | None = Field(None, description="Address of a Nominatim service of your own, for `place`.")


class StationEntry(Section):
    """A station where shifts begin and end."""

    name: Text = Field(description="Its name.", examples=["Wood Street"])
    at: Coordinates = Field(description="[latitude, longitude] in degrees, WGS-84.", examples=[[51.5166, -0.0935]])
    district: Text | None = _district()


class HotspotEntry(Section):
    """A place worth visiting."""

    name: Text = Field(description="Its name.", examples=["Leadenhall Market"])
    at: Coordinates | None = Field(None, description="[latitude, longitude] in degrees, WGS-84, if it is a point.")
    from_: Coordinates | None = Field(None, alias="from", description="Where it begins, if it is a stretch of street.")
    to: Coordinates | None = Field(None, description="Where the stretch ends.")
    risk: Number = _default("1", "Its risk, relative to the others.")
    dwell: Minutes | None = Field(None, description="Least length of a visit that counts; `visits.dwell` if left out.")
    linger: MinutesOrNone | None = Field(None, description="How long a visit lasts on; `visits.linger` if left out.")
    rho: Percent | None = Field(None, description="Share of the risk that a lingering visit holds; see `visits.rho`.")
    open: Spans | None = Field(None, description="Times of day at which it may be visited; any time if left out.")
    every: MinutesOrNone | None = Field(
        None, description="A visit is due this long after the last; `visits.every` if left out."
    )
    required: Flag | None = Field(None, description="Whether that is a hard rule; `visits.required` if left out.")
    district: Text | None = _district()


class DemandEntry(Section):
    """A point where calls arise."""

    name: Text = Field(description="Its name.", examples=["Guildhall Yard"])
    at: Coordinates = Field(description="[latitude, longitude] in degrees, WGS-84.", examples=[[51.5155, -0.0919]])
    demand: Number = _default("1", "Its demand, relative to the others.")
    zone: Text | None = Field(None, description="Name of its standard; by `response.zones` if left out.")


class IncidentsEntry(Section):
    """Past incidents, from which risk and demand are made."""

    file: Text = Field(description="Incidents as CSV, plain or .gz.", examples=["incidents.csv"])
    since: Seconds | None = Field(None, description="How far back to look from the day of `from`; all by default.")
    columns: dict[str, Text] = Field(
        default_factory=dict, description="Names of columns by role: lat, lon, date, time, hour, type, id."
    )
    dates: Annotated[str, *_choice("auto", "day first", "month first")] = _default(
        "auto", "How to read dates such as 03/04/2020."
    )
    utc: Flag = _default("false", "Whether times without an offset are UTC, not local.")


class RiskEntry(Section):
    """How risk is made from incidents."""

    cell: Metres = _default("200 m", "Side of the cells of the grid.")
    smoothing: MetresOrNone = _default("100 m", "How far an incident spreads (standard deviation).")
    half_life: Seconds | None = Field(None, description="An incident this old counts half; all alike by default.")
    weights: dict[str, Number] = Field(
        default_factory=dict, description="Weight by type of incident; others count 1, or what '*' says."
    )
    hotspots: CountOrNone | None = Field(
        None, description="How many hotspots to make: 40 by default, none by default where `hotspots` lists some."
    )
    hotspots_as: Annotated[str, *_choice("cells", "streets")] = _default(
        "cells", "What they are: points, one for each cell, or stretches of street from crossing to crossing."
    )
    spacing: MetresOrNone | None = Field(
        None, description="Least distance between two hotspots; half a cell by default, for streets none."
    )
    demand_points: Count = _default("1000", "Most demand points; beyond, quiet cells are joined.")


class VisitsEntry(Section):
    """What a visit is, where a hotspot does not say otherwise."""

    dwell: Minutes = _default("12 min", "Least length of a visit that counts.")
    linger: MinutesOrNone = _default("60 min", "How long the effect of a visit lasts after it.")
    rho: Percent = _default("0.7", "Share of the risk that a lingering visit holds.")
    every: MinutesOrNone = _default("0 min", "A visit is due this long after the last; 0 min: none is.")
    required: Flag = _default("false", "Whether visits that are due are a hard rule, or a goal.")


class BreakEntry(Section):
    """One pause within the shift."""

    minutes: Length = Field(description="Its length in minutes.", examples=["30"])
    between: Span | None = Field(None, description="Begins and ends within these times; the whole shift by default.")
    at: Annotated[
        Annotated[Annotated[str, *_choice("stations", "home", "anywhere")], WORD]
        | Annotated[list[Text], Field(min_length=1), LIST],
        EITHER,
    ] = _default("stations", "Any station, the unit's own stations, any place, or a list of names.")


class WindowEntry(Section):
    """From one time to another."""

    from_: Clock = Field(alias="from", description="Time of day, or date and time.", examples=["18:00"])
    to: Clock = Field(description="The next such time after `from`.", examples=["02:00"])


class UnitEntry(Section):
    """One unit, or several alike."""

    callsign: Text = Field(description="Its callsign; with `count`, a pattern with {n}.", examples=["A1"])
    count: Count = _default("1", "How many units of this kind.")
    first: CountOrNone = _default("1", "The first number that {n} stands for.")
    station: Text = Field(description="Where its shift begins.", examples=["Wood Street"])
    end_station: Text | None = Field(None, description="Where its shift ends; `station` if left out.")
    mode: Mode = Field(description="How it moves.", examples=["car"])
    shift: Annotated[Annotated[SpanOrName, WORD] | Annotated[WindowEntry, SECTION], EITHER] | None = Field(
        None, description="On duty from when to when, or the name of one of `shifts`; see there if left out."
    )
    crew: Text | None = Field(None, description="The crew that mans it; shown in the plan.")
    longest_duty: Minutes | None = Field(
        None, description="At most so long on duty, at a time of its own within the shift; all of it if left out."
    )
    break_: BreakEntry | None = Field(None, alias="break", description="Its break; none if left out.")
    skills: list[Text] = Field(default_factory=list, description="What it can do that posts and tasks may ask for.")
    districts: list[Text] = Field(default_factory=list, description="The districts it belongs to; none if left out.")
    tied: Flag = _default("false", "Whether it works in these districts only, or rather there than elsewhere.")


class StaffingEntry(Section):
    """How many units are wanted when."""

    from_: Clock | None = Field(None, alias="from", description="Time; the start of the file's horizon if left out.")
    to: Clock | None = Field(None, description="Time; the end of the file's horizon if left out.")
    units: Count = _default("1", "How many units.")


class PostEntry(Section):
    """A place that must be manned."""

    name: Text = Field(description="Its name.", examples=["Bank junction"])
    at: Coordinates = Field(description="[latitude, longitude] in degrees, WGS-84.", examples=[[51.5134, -0.089]])
    staff: Annotated[
        Annotated[Annotated[str, *_choice("all shift")], WORD]
        | Annotated[list[StaffingEntry], Field(min_length=1), LIST],
        EITHER,
    ] = _default("all shift", "When it is manned by how many; 'all shift' is one unit all the time.")
    stint: Minutes = _default("30 min", "Least length of a stint.")
    modes: list[Mode] = Field(default_factory=list, description="Only units of these modes; any if left out.")
    skills: list[Text] = Field(default_factory=list, description="Only units with all of these skills.")
    available: Flag = _default("true", "Whether a unit here still counts for response and backup.")
    watches: Annotated[Annotated[Metres, WORD] | Annotated[list[Text], LIST], EITHER] | None = Field(
        None, description="Hotspots where a unit here counts as present: their names, or all within a distance."
    )
    district: Text | None = _district()


class TaskEntry(Section):
    """Something to be done once."""

    name: Text = Field(description="Its name.", examples=["School gate"])
    at: Coordinates = Field(description="[latitude, longitude] in degrees, WGS-84.", examples=[[51.5139, -0.0987]])
    minutes: Length = Field(description="Its length in minutes.", examples=["15"])
    between: Spans | None = Field(
        None, description="It begins within these times, or one of several such; any time if left out."
    )
    profit: Number | None = Field(
        None, description="What it is worth, relative to the others; 1 if left out, 0 where it is required."
    )
    required: Flag = _default("false", "Whether it is a hard rule.")
    modes: list[Mode] = Field(default_factory=list, description="Only units of these modes; any if left out.")
    skills: list[Text] = Field(default_factory=list, description="Only units with all of these skills.")
    available: Flag = _default("true", "Whether a unit counts for response and backup meanwhile.")
    district: Text | None = _district()


class LockEntry(Section):
    """A stop that a unit must make."""

    unit: Text = Field(description="Callsign of the unit.", examples=["A1"])
    place: Text = Field(description="Name of the place.", examples=["Leadenhall Market"])
    from_: Clock = Field(alias="from", description="It is there from this time on.", examples=["21:00"])
    to: Clock = Field(description="Until this time.", examples=["21:30"])
    kind: Annotated[str, *_choice("visit", "stint", "task", "break", "standby")] | None = Field(
        None,
        description="What it does; by the place if left out: visits a hotspot, mans a post, does a task, or waits.",
    )


class ClosureEntry(Section):
    """Streets that are closed."""

    street: Text | None = Field(None, description="All streets of this name.")
    at: Coordinates | None = Field(None, description="All streets that come within a distance of this point.")
    within: Metres | None = Field(None, description="The distance from `at`.")
    from_: Coordinates | None = Field(None, alias="from", description="The streets on the way from this point …")
    to: Coordinates | None = Field(None, description="… to this one.")
    area: Annotated[Annotated[Text, WORD] | Annotated[list[Coordinates], Field(min_length=3), LIST], EITHER] | None = (
        Field(None, description="All streets that touch polygons: a GeoJSON file, or a list of corners.")
    )
    modes: list[Mode] = _default(
        ["car", "motorcycle", "bicycle"], "For whom they are closed; all but those on foot if left out.", min_length=1
    )


class ResponseEntry(Section):
    """How fast a unit should be where trouble arises."""

    STANDARDS: ClassVar[dict[str, str]] = {"core": "1 min", "town": "3 min", "elsewhere": "5 min"}

    standards: dict[str, Seconds] = _default(
        STANDARDS, "Time for the first unit by zone, strictest first.", min_length=1
    )
    backup: Annotated[
        Annotated[Seconds, WORD] | Annotated[dict[str, Seconds], SECTION],
        EITHER,
    ] = _default("10 min", "Time for the second unit, one for all zones or by zone.")
    zones: Annotated[Annotated[Text, WORD] | Annotated[dict[str, Share], SECTION], EITHER] | None = Field(
        None,
        description="Which point lies in which zone: a GeoJSON file, or shares of the demand, densest cells first; "
        "{core: 0.3, town: 0.5} and the rest elsewhere if left out.",
    )
    busy: Annotated[Annotated[Share, WORD] | Annotated[dict[str, Share], SECTION], EITHER] | None = Field(
        None,
        description="Share of their time that units on duty are busy with calls, one for all hours or by time of day; "
        "never if left out.",
    )


class CandidateEntry(Section):
    """A place where a point could be."""

    name: Text = Field(description="Its name.", examples=["Guildhall Yard"])
    at: Coordinates = Field(description="[latitude, longitude] in degrees, WGS-84.", examples=[[51.5155, -0.0919]])


class SitesEntry(Section):
    """Where quick-response points could be, and what is wanted of them."""

    points: Count | None = Field(None, description="How many points at most; as few as cover all demand if left out.")
    candidates: Annotated[
        Annotated[Text, WORD] | Annotated[list[CandidateEntry], Field(min_length=1), LIST],
        EITHER,
    ] = _default("junctions", "Where points could be: junctions, grid, stations, a CSV file, or a list.")
    spacing: Metres = _default("200 m", "Side of the squares that have one junction, or one place of the grid, each.")
    mode: Mode = _default("car", "How units get from the points to calls.")
    standard: Seconds | None = Field(None, description="Time for the first unit; by `response.standards` if left out.")
    backup: Percent = _default("0", "Share of the value that double cover within `response.backup` has.")
    cover_all: Flag = _default("false", "Whether every demand point must be covered that can be.")
    hours: Annotated[str, *_choice("mean", "worst")] = _default(
        "mean", "Whether the demand of all hours counts, or the covered share of the worst hour."
    )
    given: list[Text] = Field(
        default_factory=list, description="Candidates that are points already; `posts` and `stations` mean all of them."
    )
    forbidden: list[Text] = Field(default_factory=list, description="Candidates that must not be points.")
    preferred: list[Text] = Field(default_factory=list, description="Candidates that go first where all else is equal.")


class AlertEntry(Section):
    """How much of the force goes out."""

    SHARES: ClassVar[dict[str, str]] = {"green": "0.2", "yellow": "0.4", "orange": "0.6", "red": "0.8"}

    level: Colour | None = Field(
        None, description="Level of all districts not named in `districts`; there all units go out if left out."
    )
    districts: dict[str, Colour] = Field(default_factory=dict, description="Levels of districts of their own.")
    shares: dict[str, Share] = _default(SHARES, "Share of the units that go out, by level; those left out as here.")


class GoalsEntry(Section):
    """How much each layer of the plan's value matters; only their proportions count."""

    presence: Number = Field(description="Risk covered by visits.", examples=["0.5"])
    response: Number = Field(description="Demand within its standard of a unit.", examples=["0.35"])
    backup: Number = Field(description="Demand within the backup time of two units.", examples=["0.15"])
    revisit: Number = _default("0", "Minutes in which no visit is overdue, of hotspots with `every`.")
    tasks: Number = _default("0", "Profit of the tasks done.")
    district: Number = _default("0", "Minutes of units in their own districts.")


GOALS: Mapping[str, str] = {"presence": "0.5", "response": "0.35", "backup": "0.15"}
"""The goals of a file that gives none."""

MORE_GOALS: Mapping[str, str] = {"revisit": "0.1", "tasks": "0.2", "district": "0.05"}
"""What is added to them where the file has something for these layers to count."""


class ShiftDocument(Section):
    """A shift: horizon, streets, stations, units, posts, tasks, and where risk and demand come from."""

    model_config = ConfigDict(title="shift file", extra="forbid", frozen=True, validate_default=True)

    patrolplan: Annotated[int, *kind(whole(FORMAT, FORMAT), str(FORMAT), {"type": "integer", "const": FORMAT})] = Field(
        description="Version of this format.", examples=[FORMAT]
    )
    name: Text | None = Field(None, description="Name of the shift; the file's name if left out.")
    timezone: Zone = Field(description="IANA name of the zone of all times.", examples=["Europe/London"])
    from_: Moment = Field(alias="from", description="Start, local date and time.", examples=["2020-11-20 18:00"])
    to: Moment = Field(description="End, local date and time.", examples=["2020-11-21 02:00"])
    grid: Minutes = _default("1 min", "Times of the plan are multiples of this.")
    snap: Metres = _default("250 m", "Farthest that a point may lie from a street.")
    network: Annotated[
        Annotated[Text, WORD] | Annotated[NetworkEntry, SECTION],
        EITHER,
    ] = Field(description="Road data: a file, or {place: name}.", examples=["city.osm.pbf"])
    closed: list[Annotated[Annotated[Text, WORD] | Annotated[ClosureEntry, SECTION], EITHER]] = Field(
        default_factory=list, description="Streets that are closed: their names, or sections."
    )
    stations: Annotated[
        Annotated[Text, WORD] | Annotated[list[StationEntry], Field(min_length=1), LIST],
        EITHER,
    ] = Field(description="Stations: a CSV file, or a list.", examples=["stations.csv"])
    incidents: Annotated[Annotated[Text, WORD] | Annotated[IncidentsEntry, SECTION], EITHER] | None = Field(
        None, description="Past incidents: a CSV file, or a section."
    )
    hotspots: Annotated[Annotated[Text, WORD] | Annotated[list[HotspotEntry], LIST], EITHER] | None = Field(
        None, description="Hotspots: a CSV file, or a list; made from incidents if left out."
    )
    demand: Annotated[Annotated[Text, WORD] | Annotated[list[DemandEntry], LIST], EITHER] | None = Field(
        None, description="Demand points: a CSV file, or a list; made from incidents if left out."
    )
    risk: RiskEntry = _whole_section(RiskEntry, "How risk is made from incidents.")
    visits: VisitsEntry = _whole_section(VisitsEntry, "What a visit is.")
    shifts: dict[str, Annotated[Annotated[Span, WORD] | Annotated[WindowEntry, SECTION], EITHER]] = Field(
        default_factory=dict, description="Shifts by name, to which units refer."
    )
    calendar: Text | None = Field(
        None, description="When each crew is on duty: a CSV file, as `patrol roster` writes it."
    )
    units: list[UnitEntry] = Field(min_length=1, description="The roster.")
    posts: list[PostEntry] = Field(default_factory=list, description="Places that must be manned.")
    tasks: Annotated[Annotated[Text, WORD] | Annotated[list[TaskEntry], LIST], EITHER] | None = Field(
        None, description="Things to be done once: a CSV file, or a list."
    )
    locks: list[LockEntry] = Field(default_factory=list, description="Stops that units must make.")
    districts: Text | None = Field(None, description="Districts as polygons: a GeoJSON file.")
    alert: Annotated[Annotated[Colour, WORD] | Annotated[AlertEntry, SECTION], EITHER] | None = Field(
        None, description="Level of alert, which says how many units go out; all if left out."
    )
    response: ResponseEntry = _whole_section(ResponseEntry, "Response standards.")
    sites: SitesEntry = _whole_section(SitesEntry, "Where quick-response points could be; see `patrol site`.")
    goals: GoalsEntry = _default(dict(GOALS), "Relative importance of the layers; the first three, if any.")


class SiteDocument(ShiftDocument):
    """A shift file as `patrol site` reads it: the roster and the stations may be left out."""

    model_config = ConfigDict(title="site file", extra="forbid", frozen=True, validate_default=True)

    stations: Annotated[
        Annotated[Text, WORD] | Annotated[list[StationEntry], LIST],
        EITHER,
    ] = _default([], "Stations: a CSV file, or a list.")
    units: list[UnitEntry] = Field(default_factory=list, description="The roster, which is not used.")
