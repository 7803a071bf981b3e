"""A problem as JSON: writing, reading with every error at once, the schema, and the fingerprint."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from solver.document_errors import DocumentError, read_document
from solver.problem import (
    Callout,
    DemandPoint,
    Hotspot,
    Lock,
    Place,
    Post,
    Problem,
    ProblemError,
    Task,
    Unit,
)

FORMAT = "problem/1"


class ProblemDocument(BaseModel):
    """A shift's problem: places, what must and what should be covered, the roster, and travel times.

    Minutes count from `start`; travel is in seconds, -1 where there is no way; indices of places refer to
    `places`, coordinates are WGS-84 degrees.
    """

    model_config = ConfigDict(extra="forbid", strict=True, title="problem.json")

    patrolplan: Literal["problem/1"] = Field(description="Format of this document.")
    fingerprint: str | None = Field(None, description="Written for the reader; checked when present.")
    name: str = Field(description="The planner's name of the shift.")
    timezone: str = Field(description="IANA name of the zone in which times are shown.")
    start: str = Field(description="ISO 8601 time with offset of minute 0.")
    minutes: int = Field(description="Length of the horizon.")
    grid: int = Field(description="Times of a plan are multiples of this many minutes.")
    slots: tuple[int, ...] = Field(description="Boundaries in minutes of the slots of risk and demand.")
    places: tuple[Place, ...] = Field(description="Every place where a unit can stand.")
    stations: tuple[int, ...] = Field(description="The places that are stations.")
    hotspots: tuple[Hotspot, ...] = Field(description="Places worth visiting; risk a minute, one number a slot.")
    posts: tuple[Post, ...] = Field(description="Places that must be manned.")
    demand: tuple[DemandPoint, ...] = Field(description="Where calls arise; demand a minute, one number a slot.")
    units: tuple[Unit, ...] = Field(description="The roster.")
    goals: dict[str, int] = Field(description="Relative importance of the layers; 0 where one is left out.")
    travel: dict[str, list[list[int]]] = Field(description="Seconds from place to place, by mode.")
    reach: dict[str, list[list[int]]] = Field(description="Seconds from place to demand point, by mode.")
    tasks: tuple[Task, ...] = Field((), description="Things to be done once, by one unit each.")
    locks: tuple[Lock, ...] = Field((), description="Stops that every plan must hold; `unit` is an index of `units`.")
    callouts: tuple[Callout, ...] = Field((), description="Groups of units (indices) of which at most `most` go out.")
    busy: tuple[int, ...] = Field((), description="Share of time that units are busy, per mille, one number a slot.")


def problem_to_json(problem: Problem) -> str:
    """Return `problem` as JSON text, one line a place, unit or row of a matrix."""
    head = {"patrolplan": FORMAT, "fingerprint": problem.fingerprint(), **_fields(problem)}
    lines = [f"{json.dumps(key)}: {_value(value)}" for key, value in head.items()]
    for key, arrays in (("travel", problem.travel), ("reach", problem.reach)):
        modes = [f"{json.dumps(m)}: {_rows(arrays[m].tolist())}" for m in sorted(arrays)]
        lines.append(f"{json.dumps(key)}: {{{', '.join(modes)}}}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def problem_from_json(text: str | bytes) -> Problem:
    """Return the problem written in `text`.

    Raises
    ------
    DocumentError
        When the text is no problem; it lists every error with the place in the document.
    """
    document = read_document(ProblemDocument, text)
    values = {name: getattr(document, name) for name in ProblemDocument.model_fields}
    claimed = values.pop("fingerprint")
    del values["patrolplan"]
    try:
        problem = Problem(**values)
    except ProblemError as error:
        raise DocumentError(error.errors) from None
    except OverflowError:
        raise DocumentError(["travel, reach: seconds must be below 2**31"]) from None
    except ValueError as error:
        raise DocumentError([f"travel, reach: rows must be of equal length ({error})"]) from None
    if claimed is not None and claimed != problem.fingerprint():
        raise DocumentError(
            [
                f"fingerprint: {claimed} was written but the content has {problem.fingerprint()}; "
                "the problem was changed by hand: delete the fingerprint if that was meant"
            ]
        )
    return problem


def problem_schema() -> dict[str, Any]:
    """Return the JSON Schema of a problem."""
    return ProblemDocument.model_json_schema()


def problem_fingerprint(problem: Problem) -> str:
    """Return ``sha256:…`` over the content of `problem`."""
    digest = hashlib.sha256(json.dumps(_fields(problem), sort_keys=True).encode())
    for arrays in (problem.travel, problem.reach):
        for mode in sorted(arrays):
            digest.update(f"{mode}{arrays[mode].shape}".encode())
            digest.update(arrays[mode].astype("<i4").tobytes())
    return f"sha256:{digest.hexdigest()}"


def _fields(problem: Problem) -> dict[str, Any]:
    """Return everything but the matrices as plain JSON values."""
    plain = {
        "name": problem.name,
        "timezone": problem.timezone,
        "start": problem.start,
        "minutes": problem.minutes,
        "grid": problem.grid,
        "slots": list(problem.slots),
        "places": [_plain(x) for x in problem.places],
        "stations": list(problem.stations),
        "hotspots": [_plain(x) for x in problem.hotspots],
        "posts": [_plain(x) for x in problem.posts],
        "demand": [_plain(x) for x in problem.demand],
        "units": [_plain(x) for x in problem.units],
        "goals": dict(problem.goals),
        "tasks": [_plain(x) for x in problem.tasks],
        # Left out where there is none, so that problems without it keep their fingerprints.
        **({"callouts": [_plain(x) for x in problem.callouts]} if problem.callouts else {}),
        **({"busy": list(problem.busy)} if problem.busy else {}),
    }
    # Left out where there are none, so that problems without locks keep their fingerprints.
    return {**plain, "locks": [_plain(x) for x in problem.locks]} if problem.locks else plain


def _plain(value: Any) -> Any:
    """Return a frozen dataclass as plain JSON values (`break_` is written `break`)."""
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if not is_dataclass(value):
        return value
    plain = {f.name.rstrip("_"): _plain(getattr(value, f.name)) for f in fields(value)}
    for degrees in plain.keys() & {"lat", "lon"}:
        plain[degrees] = float(plain[degrees])
    if plain.get("exit") is not None:
        plain["exit"] = [float(degrees) for degrees in plain["exit"]]
    # Left out where there is none, so that problems without it keep their fingerprints.
    if plain.get("longest_duty", 0) is None:
        del plain["longest_duty"]
    if plain.get("crew") == "":
        del plain["crew"]
    if plain.get("done") is False:
        del plain["done"]
    return plain


def _value(value: Any) -> str:
    """Return JSON text, a list of objects with one line an object."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return _rows(value)
    return json.dumps(value, ensure_ascii=False)


def _rows(rows: list[Any]) -> str:
    """Return a JSON list with one line an item."""
    return "[\n" + ",\n".join(json.dumps(r, ensure_ascii=False) for r in rows) + "\n]"
