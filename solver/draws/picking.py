"""Tonight's plan: drawn by its chance from a secret and the night, so that it can be drawn again and not foretold.

The draw is a hash: HMAC-SHA256, keyed by the secret, of the problem and the night.  Read as a number below 2²⁵⁶ it says
how far along the chances, laid end to end, the plan of the night lies.  No generator of random numbers stands in
between: their streams may change from version to version, and whoever must account for a draw can do this one by hand.
Without the secret nothing is known of it but the chances, as far as HMAC-SHA256 is a pseudo-random function.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

LEAST_SECRET = 16
"""Bytes that a secret must have: a shorter one could be found by trying, from nights whose plan was seen."""

_DRAW = "patrolplan draw/1"


def pick(secret: bytes, *, night: str, fingerprint: str, chances: Sequence[int]) -> int:
    """Return which plan is drawn, counted from 0.

    Parameters
    ----------
    secret : bytes
    night : str
        A date such as ``2026-10-16``, or a number.
    fingerprint : str
        Of the problem: two shifts of one night are drawn independently of each other.
    chances : sequence of int
        Whole numbers of 0 or more, not all of them 0.

    Raises
    ------
    ValueError
        When the secret is too short, or no plan has a chance.
    """
    if len(secret) < LEAST_SECRET:
        raise ValueError(f"a secret of {len(secret)} bytes could be found by trying; {LEAST_SECRET} are the least")
    if min(chances, default=0) < 0 or not sum(chances):
        raise ValueError("chances must be whole numbers of 0 or more, and not all 0")
    told = "\n".join((_DRAW, fingerprint, night)).encode()
    number = int.from_bytes(hmac.new(secret, told, hashlib.sha256).digest(), "big")
    along = number * sum(chances) >> 256
    for plan, chance in enumerate(chances):
        if along < chance:
            return plan
        along -= chance
    raise AssertionError("a draw lies within the sum of the chances")
