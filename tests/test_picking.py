"""Tonight's plan is drawn by its chance, again and again the same, and not without the secret."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.draws.picking import pick

SECRET = b"0123456789abcdef" * 2
FINGERPRINT = "sha256:00"


def hmac_by_hand(key: bytes, message: bytes) -> bytes:
    """Return HMAC-SHA256 as RFC 2104 writes it, for keys of up to 64 bytes."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in padded) + message).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in padded) + inner).digest()


@given(night=st.text(max_size=12), chances=st.lists(st.integers(0, 5000), min_size=1, max_size=12).filter(any))
def test_the_draw_is_the_one_that_is_documented(night: str, chances: list[int]) -> None:
    """The hash, as a share of 2²⁵⁶, says how far along the chances laid end to end the plan lies."""
    digest = hmac_by_hand(SECRET, f"patrolplan draw/1\n{FINGERPRINT}\n{night}".encode(errors="ignore"))
    along = int.from_bytes(digest, "big") * sum(chances) // 2**256
    owner = [plan for plan, chance in enumerate(chances) for _ in range(chance)]
    try:
        night.encode()
    except UnicodeEncodeError:
        return
    assert pick(SECRET, night=night, fingerprint=FINGERPRINT, chances=chances) == owner[along]


def test_plans_are_drawn_as_often_as_their_chances_say() -> None:
    """Over 4,000 nights each plan comes as often as it should, but for five deviations; one of no chance never."""
    chances = (5000, 3000, 0, 2000)
    drawn = Counter(pick(SECRET, night=str(n), fingerprint=FINGERPRINT, chances=chances) for n in range(4000))
    for plan, chance in enumerate(chances):
        p = chance / 10_000
        assert abs(drawn[plan] - 4000 * p) <= 5 * (4000 * p * (1 - p)) ** 0.5


@pytest.mark.parametrize("change", [{"secret": SECRET[::-1]}, {"fingerprint": "sha256:01"}, {"night": "x"}])
def test_another_secret_shift_or_night_is_another_draw(change: dict[str, object]) -> None:
    """What is drawn does not carry over: two draws that differ in one of these agree no more often than by chance."""
    chances = (2500,) * 4

    def nights(**changed: object) -> list[int]:
        told = {"secret": SECRET, "fingerprint": FINGERPRINT, "night": "", "chances": chances} | changed
        secret, night = told.pop("secret"), told.pop("night")
        return [pick(secret, night=f"{night}{n}", **told) for n in range(1000)]  # type: ignore[arg-type]

    agree = sum(a == b for a, b in zip(nights(), nights(**change), strict=True))
    assert 150 < agree < 350


def test_a_short_secret_is_refused() -> None:
    """A secret that could be found by trying is no secret."""
    with pytest.raises(ValueError, match="could be found by trying"):
        pick(b"hunter2", night="1", fingerprint=FINGERPRINT, chances=(1,))


@pytest.mark.parametrize("chances", [(), (0, 0), (3, -1)])
def test_something_must_have_a_chance(chances: tuple[int, ...]) -> None:
    """Chances that are none are refused."""
    with pytest.raises(ValueError, match="not all 0"):
        pick(SECRET, night="1", fingerprint=FINGERPRINT, chances=chances)
