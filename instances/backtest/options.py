"""What a planner writes on the command line about a backtest: lists of distances and of half-lives, whole days."""

from __future__ import annotations

import re
from datetime import timedelta

from instances.quantities import metres_of, plain, seconds_of

DAY = 86_400

MOST = 12
"""How many values a list may have: each is worked out with all of the other list, for every period."""

MOST_METRES = 100_000


def metres_list(text: str) -> tuple[float, ...]:
    """Return metres of such as ``100m,200m,400m``; a bare number is metres.

    Raises
    ------
    ValueError
        When one of them is no distance up to 100 km.
    """
    return tuple(one_distance(word) for word in _words(text, "100m,200m,400m"))


def one_distance(text: str) -> float:
    """Return metres of such as ``200m``; a bare number is metres.

    Raises
    ------
    ValueError
        When it is no distance up to 100 km.
    """
    metres = float(text) if re.fullmatch(r"\s*\d{1,9}(\.\d{1,9})?\s*", text) else float(metres_of(text))
    if metres > MOST_METRES:
        raise ValueError(f"{plain(text)!r} is too much; write at most 100 km")
    return metres


def cell_side(text: str) -> float:
    """Return the side of a cell, such as ``200m``; it is at least a metre.

    Raises
    ------
    ValueError
        When it is none.
    """
    metres = one_distance(text)
    if metres < 1:
        raise ValueError(f"{plain(text)!r} is too little for the side of a cell; write such as 200m")
    return metres


def half_life_list(text: str) -> tuple[timedelta | None, ...]:
    """Return half-lives of such as ``14d,60d,none``; ``none`` is that all ages count alike.

    Raises
    ------
    ValueError
        When one of them is neither a duration above 0 nor ``none``.
    """
    found: list[timedelta | None] = []
    for word in _words(text, "14d,60d,none"):
        seconds = None if word.lower() == "none" else seconds_of(word)
        if seconds == 0:
            raise ValueError(f"a half-life of {word!r} leaves nothing of any incident; write such as 14d, or none")
        found.append(None if seconds is None else timedelta(seconds=seconds))
    return tuple(found)


def whole_days(text: str) -> int:
    """Return the days of such as ``4w`` or ``28 days``.

    Raises
    ------
    ValueError
        When it is not one day or more.
    """
    seconds = seconds_of(text)
    if seconds < DAY or seconds % DAY:
        raise ValueError(f"{plain(text)!r} is not in whole days; write such as 4w or 28 days")
    return seconds // DAY


def area_share(text: str) -> float:
    """Return a share of the area above 0, such as ``5%``.

    Raises
    ------
    ValueError
        When it is none.
    """
    from instances.quantities import share_of

    share = float(share_of(text))
    if share <= 0:
        raise ValueError(f"{plain(text)!r} of the area holds nothing; write such as 5%")
    return share


def _words(text: str, sample: str) -> list[str]:
    """Return what stands between commas."""
    words = [plain(word) for word in text.split(",")]
    if not all(words):
        raise ValueError(f"{text!r} has an empty place between commas; write such as {sample}")
    if len(words) > MOST:
        raise ValueError(f"{len(words)} values are too many; write at most {MOST}, such as {sample}")
    return words
