"""Durations, distances and shares as planners write them: ``30 min``, ``90 days``, ``250 m``, ``30 %``.

A number without its unit is refused where it could be read two ways.  Full-width characters are read as
their plain forms, so ``３０ min`` is ``30 min``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from fractions import Fraction

_SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("week", "weeks", "w"), 7 * 86_400),
}
_METRES = {
    **dict.fromkeys(("m", "metre", "metres", "meter", "meters"), 1),
    **dict.fromkeys(("km", "kilometre", "kilometres", "kilometer", "kilometers"), 1000),
}
MOST = 2**31 - 1
"""The most seconds or metres that a quantity may come to (68 years, fifty times round the globe)."""

MOST_NUMBER = 1e12
"""The most that a risk, a demand, a weight or a goal may be: sums of many, and of their squares, stay numbers."""

# Whoever leans on a key gets a message and not a number that no arithmetic holds.
_NUMBER = r"(\d{1,18}(?:\.\d{1,18})?|\.\d{1,18})"
_QUANTITY = re.compile(rf"{_NUMBER}\s*([^\W\d_]+)")
_SHARE = re.compile(rf"{_NUMBER}\s*(%?)")


class QuantityError(ValueError):
    """Text that is no such quantity: `wrong` says what is wrong, `right` what would be right."""

    def __init__(self, wrong: str, right: str) -> None:
        self.wrong = wrong
        self.right = right
        super().__init__(f"{wrong}; {right}")


def plain(text: str) -> str:
    """Return `text` without surrounding space, full-width forms made plain."""
    return unicodedata.normalize("NFKC", text).strip()


def seconds_of(text: str) -> int:
    """Return the seconds of a duration such as ``90 s``, ``12 min``, ``1 h 30 min``, ``90 days``.

    Raises
    ------
    QuantityError
        When `text` is no duration in whole seconds.
    """
    return _whole(text, _SECONDS, "duration", "'12 min' or '90 days'", "seconds")


def minutes_of(text: str) -> int:
    """Return the minutes of a duration.

    Raises
    ------
    QuantityError
        When `text` is no duration in whole minutes.
    """
    seconds = seconds_of(text)
    if seconds % 60:
        down = seconds // 60
        right = f"write '{down} min' or '{down + 1} min'" if down else "write '1 min'"
        raise QuantityError(f"{plain(text)!r} is not in whole minutes", right)
    return seconds // 60


def length_of(text: str) -> int:
    """Return the minutes of a duration, also of a bare number, where a document says that it is one of minutes.

    Raises
    ------
    QuantityError
        When `text` is neither.
    """
    return minutes_of(f"{text} min" if re.fullmatch(_NUMBER, plain(text)) else text)


def positive(parse: Callable[[str], int]) -> Callable[[str], int]:
    """Return `parse` refusing 0."""

    def checked(text: str) -> int:
        value = parse(text)
        if value == 0:
            raise QuantityError(f"{plain(text)!r} is nothing", "write more than 0")
        return value

    return checked


def metres_of(text: str) -> int:
    """Return the metres of a distance such as ``250 m`` or ``0.5 km``.

    Raises
    ------
    QuantityError
        When `text` is no distance in whole metres.
    """
    return _whole(text, _METRES, "distance", "'250 m'", "metres")


def share_of(text: str) -> Fraction:
    """Return a share from 0 to 1, written ``0.3`` or ``30 %``.

    Raises
    ------
    QuantityError
        When `text` is no share.
    """
    found = _SHARE.fullmatch(plain(text))
    if not found:
        raise QuantityError(f"{text!r} is not a share", "write a number from 0 to 1, such as 0.3, or '30 %'")
    share = Fraction(found[1]) / (100 if found[2] else 1)
    if share > 1:
        raise QuantityError(f"{text!r} is more than the whole", "write a number from 0 to 1, such as 0.3, or '30 %'")
    return share


def counts_of(text: str) -> tuple[int, ...]:
    """Return the whole numbers of ``6`` or of a range such as ``1..12``.

    Raises
    ------
    QuantityError
        When it is neither.
    """
    found = re.fullmatch(r"(\d{1,6})(?: ?\.\. ?(\d{1,6}))?", plain(text))
    right = "write a number such as 6, or a range such as 1..12"
    if not found:
        raise QuantityError(f"{text!r} is not a number of points", right)
    first, last = int(found[1]), int(found[2] or found[1])
    if not 1 <= first <= last:
        raise QuantityError(f"{text!r} holds no number of 1 or more in rising order", right)
    return tuple(range(first, last + 1))


def duration_text(minutes: int) -> str:
    """Return `minutes` as a planner writes them."""
    hours, rest = divmod(minutes, 60)
    if hours and rest:
        return f"{hours} h {rest} min"
    return f"{hours} h" if hours else f"{rest} min"


def _whole(text: str, units: dict[str, int], what: str, sample: str, base: str) -> int:
    """Return the sum of the quantities in `text` in the base unit."""
    short, total, end = plain(text), Fraction(0), 0
    if re.fullmatch(_NUMBER, short):
        raise QuantityError(f"{short!r} has no unit", f"write it like {sample}")
    if short.startswith("-"):
        raise QuantityError(f"{short!r} is negative", f"write a {what} like {sample}")
    while end < len(short):
        found = _QUANTITY.match(short, end)
        if not found:
            raise QuantityError(f"{text!r} is not a {what}", f"write it like {sample}")
        factor = units.get(found[2]) or units.get(found[2].lower())
        if factor is None:
            known = {size: name for name, size in reversed(units.items())}
            raise QuantityError(f"{found[2]!r} is not a unit of {what}", f"use one of {', '.join(known.values())}")
        total += Fraction(found[1]) * factor
        end = found.end()
        end += len(short[end:]) - len(short[end:].lstrip(" ,"))
    if not short:
        raise QuantityError(f"{text!r} is not a {what}", f"write it like {sample}")
    if total.denominator != 1:
        raise QuantityError(f"{short!r} is not in whole {base}", f"write it like {sample}")
    if total > MOST:
        raise QuantityError(f"{short!r} is too much", f"write at most {MOST:,} {base}")
    return int(total)
