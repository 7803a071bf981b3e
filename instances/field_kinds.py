"""The kinds of value a shift file holds: how each is read, what is said when it is wrong, and its JSON Schema.

Fields of `instances.shift_document` are annotated with these; every one takes the text as it was written
(`instances.yaml_lines.Word`) and gives a plain value.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Discriminator, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from instances.clock_times import LocalSpan, LocalTime, local_span, local_time
from instances.errors import nearest
from instances.quantities import (
    MOST_NUMBER,
    QuantityError,
    length_of,
    metres_of,
    minutes_of,
    plain,
    positive,
    seconds_of,
    share_of,
)
from instances.yaml_lines import Word

T = TypeVar("T")

_WHOLE = re.compile(r"[+-]?\d{1,9}")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def wrong_value(wrong: str, right: str = "") -> PydanticCustomError:
    """Return the error of a field: what is wrong, and what would be right."""
    return PydanticCustomError("wrong_value", "{wrong}; {right}", {"wrong": wrong, "right": right})


def scalar(parse: Callable[[str], T], sample: str) -> PlainValidator:
    """Return the validator of a field that holds one value; `sample` says what to write."""

    def validate(value: Any) -> T:
        if isinstance(value, (list, dict)):
            what = "a list" if isinstance(value, list) else "a section"
            raise wrong_value(f"is {what}, not one value", f"write {sample}")
        if not isinstance(value, str | int | float):
            # What stands for a missing or an unknown field; who reads the error says so.
            raise wrong_value("is not there", f"write {sample}")
        if isinstance(value, Word) and (value.empty or not value.strip()):
            raise wrong_value("is empty", f"write {sample}, or delete the line")
        try:
            return parse(str(value))
        except QuantityError as error:
            raise wrong_value(error.wrong, error.right) from None

    return PlainValidator(validate)


def kind(parse: Callable[[str], T], sample: str, schema: dict[str, Any]) -> tuple[PlainValidator, WithJsonSchema]:
    """Return what annotates a field of this kind: its validator and its JSON Schema."""
    return scalar(parse, sample), WithJsonSchema(schema)


def text_of(text: str) -> str:
    """Return a name: Unicode in composed form, on one line, without blanks around it."""
    name = unicodedata.normalize("NFC", text).strip()
    bad = next((c for c in name if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")), None)
    if bad is not None:
        raise QuantityError(f"holds the invisible character U+{ord(bad):04X}", "delete it, or write it on one line")
    return name


def whole(low: int, high: int, *, what: str = "") -> Callable[[str], int]:
    """Return a reader of whole numbers from `low` to `high`."""

    def parse(text: str) -> int:
        short = plain(text)
        right = f"write {low}" if low == high else f"write a whole number from {low} to {high:,}{what}"
        if not _WHOLE.fullmatch(short):
            raise QuantityError(f"{text!r} is not a whole number", right)
        if not low <= int(short) <= high:
            raise QuantityError(f"{short} is out of range", right)
        return int(short)

    return parse


def number_of(text: str) -> float:
    """Return a number of 0 or more."""
    short = plain(text)
    if not _NUMBER.fullmatch(short) or not math.isfinite(float(short)):
        raise QuantityError(f"{text!r} is not a number", "write a number of 0 or more, such as 0.5")
    if float(short) < 0:
        raise QuantityError(f"{short} is negative", "write a number of 0 or more, such as 0.5")
    if float(short) > MOST_NUMBER:
        raise QuantityError(f"{short} is too much", f"write at most {MOST_NUMBER:,.0f}: only proportions count")
    return float(short)


def flag_of(text: str) -> bool:
    """Return a truth value."""
    short = plain(text)
    if short in ("true", "false"):
        return short == "true"
    hint = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(short.lower(), short.lower())
    right = f"write {hint}" if hint in ("true", "false") else "write true or false"
    raise QuantityError(f"{text!r} is neither true nor false", right)


def one_of(*words: str) -> Callable[[str], str]:
    """Return a reader of one of `words`."""

    def parse(text: str) -> str:
        short = plain(text)
        if short not in words:
            raise QuantityError(f"there is no {text!r} here", nearest(short, words))
        return short

    return parse


def percent_of(text: str) -> int:
    """Return a share as whole per cent."""
    share = share_of(text) * 100
    if share.denominator != 1:
        raise QuantityError(f"{plain(text)} is not a whole per cent", f"write {round(share) / 100}")
    return int(share)


def span_or_name(text: str) -> LocalSpan | str:
    """Return a span of time, or a name: what has no time of day in it."""
    if re.search(r"\d:\d", plain(text)):
        return local_span(text)
    return text_of(text)


def zone_of(text: str) -> str:
    """Return the IANA name of a time zone."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    from instances.near_names import nearest_name

    name = plain(text)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zones = available_timezones()
        hint = nearest_name(name, sorted(zones))
        right = hint if hint.startswith("did") else "write an IANA name such as Europe/London or Asia/Shanghai"
        raise QuantityError(f"{text!r} is not a time zone", right) from None
    return name


def _coordinates(value: Any) -> tuple[float, float]:
    """Return latitude and longitude of ``[lat, lon]``."""
    sample = "[51.5134, -0.0890]"
    numbers = []
    if isinstance(value, (list, tuple)):
        numbers = [
            float(plain(str(v))) for v in value if isinstance(v, (str, float)) and _NUMBER.fullmatch(plain(str(v)))
        ]
    if not isinstance(value, (list, tuple)) or len(value) != 2 or len(numbers) != 2:
        raise wrong_value("is not a pair of latitude and longitude", f"write it like {sample}, in degrees")
    try:
        return checked_coordinates(*numbers)
    except QuantityError as error:
        raise wrong_value(error.wrong, error.right) from None


def checked_coordinates(lat: float, lon: float) -> tuple[float, float]:
    """Return `lat` and `lon` in degrees.

    Raises
    ------
    QuantityError
        When they are outside the globe, or both 0, which offices write for an unknown place.
    """
    if not -90 <= lat <= 90:
        swapped = -180 <= lat <= 180 and -90 <= lon <= 90
        right = "are latitude and longitude exchanged?" if swapped else "write degrees, WGS-84"
        raise QuantityError(f"latitude {lat:g} is outside -90 to 90", right)
    if not -180 <= lon <= 180:
        raise QuantityError(f"longitude {lon:g} is outside -180 to 180", "write degrees, WGS-84")
    if lat == 0 and lon == 0:
        raise QuantityError("0, 0 is no place on land", "write latitude and longitude in degrees")
    return lat, lon


def by_shape() -> Discriminator:
    """Return the choice among ``<word>``, ``<list>`` and ``<section>`` by how the value is written."""

    def shape(value: Any) -> str:
        if isinstance(value, list):
            return "<list>"
        return "<section>" if isinstance(value, (dict, BaseModel)) else "<word>"

    return Discriminator(shape)


_CLOCK = r"\d{1,2}:\d{2}"
_STAMP = rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}[T ]{_CLOCK}( ?([+-]\d{{2}}:?\d{{2}}|Z))?"
_EITHER = rf"({_STAMP}|{_CLOCK})"


def _written(pattern: str, sample: str) -> dict[str, Any]:
    """Return the JSON Schema of text that looks like `sample`."""
    return {"type": "string", "pattern": pattern, "examples": [sample]}


_DURATION = _written(r"^\d*\.?\d+ ?(s|min|h|days?|weeks?)( \d+ ?(min|s))?$", "30 min")

Text = Annotated[str, *kind(text_of, "text", {"type": ["string", "number"], "minLength": 1})]
Number = Annotated[float, *kind(number_of, "a number such as 0.5", {"type": "number", "minimum": 0})]
Count = Annotated[int, *kind(whole(1, 100_000), "a whole number such as 4", {"type": "integer", "minimum": 1})]
CountOrNone = Annotated[int, *kind(whole(0, 100_000), "a whole number such as 40", {"type": "integer", "minimum": 0})]
Flag = Annotated[bool, *kind(flag_of, "true or false", {"type": "boolean"})]
Share = Annotated[
    Fraction, *kind(share_of, "a share such as 0.3", {"type": ["number", "string"], "examples": [0.3, "30 %"]})
]
Percent = Annotated[
    int, *kind(percent_of, "a share such as 0.7", {"type": ["number", "string"], "examples": [0.7, "70 %"]})
]
Seconds = Annotated[int, *kind(positive(seconds_of), "a duration such as '3 min'", _DURATION)]
Minutes = Annotated[int, *kind(positive(minutes_of), "a duration such as '30 min'", _DURATION)]
MinutesOrNone = Annotated[int, *kind(minutes_of, "a duration such as '60 min'", _DURATION)]
Length = Annotated[
    int,
    *kind(
        positive(length_of),
        "a number of minutes such as 30",
        {"type": ["integer", "string"], "minimum": 1, "examples": [30, "30 min"]},
    ),
]
Metres = Annotated[
    int, *kind(positive(metres_of), "a distance such as '250 m'", _written(r"^\d*\.?\d+ ?(m|km)$", "250 m"))
]
MetresOrNone = Annotated[int, *kind(metres_of, "a distance such as '200 m'", _written(r"^\d*\.?\d+ ?(m|km)$", "200 m"))]
Zone = Annotated[
    str, *kind(zone_of, "a time zone such as Europe/London", {"type": "string", "examples": ["Europe/London"]})
]
Moment = Annotated[
    LocalTime,
    *kind(
        lambda text: local_time(text, dated=True),
        "a date and time such as 2020-11-20 18:00",
        _written(rf"^{_STAMP}$", "2020-11-20 18:00"),
    ),
]
Clock = Annotated[LocalTime, *kind(local_time, "a time such as '18:00'", _written(rf"^{_EITHER}$", "18:00"))]
Span = Annotated[
    LocalSpan,
    *kind(
        local_span,
        "times such as '18:00-02:00'",
        _written(rf"^{_EITHER} ?(-|–|—|~|to|until) ?{_EITHER}$", "18:00-02:00"),
    ),
]
SpanOrName = Annotated[
    LocalSpan | str,
    *kind(
        span_or_name,
        "times such as '18:00-02:00'",
        {"type": "string", "minLength": 1, "examples": ["18:00-02:00", "evening"]},
    ),
]
Coordinates = Annotated[
    tuple[float, float],
    PlainValidator(_coordinates),
    WithJsonSchema(
        {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2, "examples": [[51.5134, -0.089]]}
    ),
]
