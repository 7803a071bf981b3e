"""Whole numbers as short text: a tenth of the size of their digits in JSON, and read by any browser.

A number is written zigzag (0, -1, 1, -2, 2 … become 0, 1, 2, 3, 4 …), seven bits a byte, the lowest first, with the
highest bit of a byte set where more follow; the bytes are written as base64.
"""

from __future__ import annotations

import base64
import binascii

import numpy as np
from numpy.typing import ArrayLike, NDArray

LIMIT = 2**52
"""Numbers lie below this, either way: a browser counts in doubles."""

_LONGEST = 8
"""Bytes that the longest number takes."""


def pack(numbers: ArrayLike) -> str:
    """Return whole numbers of shape (N,) as text.

    Raises
    ------
    ValueError
        When one is beyond `LIMIT`.
    """
    values = np.asarray(numbers, dtype=np.int64).reshape(-1)
    if len(values) and int(np.abs(values).max()) >= LIMIT:
        raise ValueError(f"numbers must lie below {LIMIT}")
    zigzag = ((values << 1) ^ (values >> 63)).astype(np.uint64)
    shifts = np.arange(_LONGEST, dtype=np.uint64) * np.uint64(7)
    rest = zigzag[:, None] >> shifts
    more = np.zeros(rest.shape, dtype=np.bool_)
    more[:, :-1] = rest[:, 1:] > 0
    taken = rest > 0
    taken[:, 0] = True
    parts = (rest & np.uint64(0x7F)).astype(np.uint8) | (more.astype(np.uint8) << 7)
    return base64.b64encode(parts[taken].tobytes()).decode("ascii")


def unpack(text: str) -> NDArray[np.int64]:
    """Return the numbers that `pack` wrote.

    Raises
    ------
    ValueError
        When the text is no such numbers.
    """
    try:
        data = np.frombuffer(base64.b64decode(text, validate=True), dtype=np.uint8)
    except (binascii.Error, ValueError):
        raise ValueError("is not base64") from None
    ends = np.flatnonzero(data < 0x80)
    if not len(data):
        return np.zeros(0, dtype=np.int64)
    if not len(ends) or ends[-1] != len(data) - 1:
        raise ValueError("ends within a number")
    starts = np.concatenate([[0], ends[:-1] + 1])
    if int((ends - starts).max()) >= _LONGEST:
        raise ValueError("holds a number that is too long")
    place = np.arange(len(data)) - np.repeat(starts, ends - starts + 1)
    bits = (data & 0x7F).astype(np.uint64) << (place.astype(np.uint64) * np.uint64(7))
    zigzag = np.add.reduceat(bits, starts).astype(np.int64)
    return (zigzag >> 1) ^ -(zigzag & 1)


def differences(values: ArrayLike, per_unit: float) -> NDArray[np.int64]:
    """Return values, whole in units of one part in `per_unit`: the first, then differences from the one before."""
    whole = np.rint(np.asarray(values, dtype=np.float64) * per_unit).astype(np.int64)
    return np.diff(whole, prepend=0)
