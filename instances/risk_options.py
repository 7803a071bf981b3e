"""What a planner writes on the command line about risk: days, hours, dates, columns, weights."""

from __future__ import annotations

import re
from datetime import date

from instances.errors import nearest

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def weekday_of(word: str) -> int:
    """Return the number of a day of the week, 0 for Monday; two letters are enough.

    Raises
    ------
    ValueError
        When it is none.
    """
    for number, day in enumerate(WEEKDAYS):
        if len(word) >= 2 and day.startswith(word.lower()):
            return number
    raise ValueError(f"{word!r} is no day of the week; {nearest(word, WEEKDAYS)}")


def hours_of(text: str) -> tuple[int, int]:
    """Return the first hour and the one after the last, from such as ``18-02`` or ``18:00-24:00``.

    Raises
    ------
    ValueError
        When they are no hours.
    """
    match = re.fullmatch(r"\s*(\d{1,2})(?::00)?\s*-\s*(\d{1,2})(?::00)?\s*", text)
    if not match or int(match[1]) > 23 or int(match[2]) > 24:
        raise ValueError(f"{text!r} are no hours; write such as 18-02, or 0-24 for all day")
    return int(match[1]), int(match[2])


def date_of(text: str) -> date:
    """Return a date such as ``2020-11-20``.

    Raises
    ------
    ValueError
        When it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no date; write it as 2020-11-20") from None


def column_of(text: str) -> tuple[str, str]:
    """Return role and column of such as ``lat=Y``.

    Raises
    ------
    ValueError
        When one of them is missing.
    """
    return _pair(text, "lat=Y")


def weight_of(text: str) -> tuple[str, float]:
    """Return a type of incident and its weight, from such as ``Robbery=3``.

    Raises
    ------
    ValueError
        When the type is missing or the weight is no number.
    """
    kind, number = _pair(text, "Robbery=3")
    try:
        return kind, float(number)
    except ValueError:
        raise ValueError(f"{number!r} is no number; write such as '{kind}=3'") from None


def _pair(text: str, sample: str) -> tuple[str, str]:
    """Return the words left and right of the last ``=``; types of incident may have one in them."""
    name, sign, word = text.rpartition("=")
    if not sign or not name.strip():
        raise ValueError(f"{text!r} is not two words with '=' between; write such as {sample}")
    return name.strip(), word.strip()
