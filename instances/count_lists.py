"""Lists of whole numbers as a planner writes them: ``8``, ``4..20``, ``4,8,12`` or ``4..8,12``."""

from __future__ import annotations

import re

from instances.quantities import QuantityError, plain

MOST = 1000
"""The largest number there may be."""


def count_list_of(text: str) -> tuple[int, ...]:
    """Return the numbers in `text`, rising, each once.

    Raises
    ------
    QuantityError
        When it is no such list, or a number is too large.
    """
    right = "write a number such as 8, a range such as 4..20, or several such as 4,8,12"
    found: set[int] = set()
    for part in plain(text).split(","):
        match = re.fullmatch(r"\s*(\d{1,6})(?:\s*\.\.\s*(\d{1,6}))?\s*", part)
        if not match:
            raise QuantityError(f"{text!r} is not a list of numbers", right)
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last:
            raise QuantityError(f"{part.strip()!r} falls", right)
        if last > MOST:
            raise QuantityError(f"{part.strip()!r} is more than {MOST}", right)
        found |= set(range(first, last + 1))
    return tuple(sorted(found))
