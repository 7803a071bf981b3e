"""Random numbers for kernels: a xorshift generator whose state is passed in, as are all sources of chance here.

[V 2016] S. Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", ACM Transactions on
Mathematical Software 42 (2016) 30, doi:10.1145/2845077.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solver.compiled import inlined

Chance = NDArray[np.uint64]
"""The state of a generator, shape (1,); never 0."""


def chance_of(rng: np.random.Generator) -> Chance:
    """Return a generator that begins where `rng` says."""
    return np.array([rng.integers(1, 2**63)], dtype=np.uint64)


@inlined
def draw(chance: Chance) -> np.uint64:
    """Return the next 64 random bits (the lowest are the weakest)."""
    x = chance[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    chance[0] = x
    mixed: np.uint64 = x * np.uint64(2685821657736338717)
    return mixed


@inlined
def below(chance: Chance, n: int) -> int:
    """Return a random number from 0 to ``n - 1``; n below 2**31."""
    return int((np.int64(draw(chance) >> np.uint64(33)) * np.int64(n)) >> np.int64(31))


@inlined
def uniform(chance: Chance) -> float:
    """Return a random number in ``[0, 1)``."""
    return np.int64(draw(chance) >> np.uint64(11)) * (1.0 / 9007199254740992.0)
