"""File names made of callsigns."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.export.filenames import LONGEST, file_name, file_names
from tests.tours import names


@pytest.mark.parametrize("callsign", ["A1", "b-2", "Car 7", "巡逻1号", "Ä.1", "COM10", "🚓"])
def test_safe_callsigns_are_their_own_names(callsign: str) -> None:
    """A callsign that every system takes for a file name is left as it is."""
    assert file_name(callsign) == callsign


@pytest.mark.parametrize(
    ("callsign", "begin"),
    [
        ("A/1", "A_1-"),
        ("..", "_"),
        ("../../etc/passwd", "_.._.._etc_passwd-"),
        ("C:\\x", "C__x-"),
        ("NUL", "_NUL-"),
        ("com1", "_com1-"),
        ("LPT².a", "_LPT².a-"),
        (".hidden", "_.hidden-"),
        ("-rf", "_-rf-"),
        ("A1. ", "A1-"),
        ("", "_-"),
        ("a\x00\n\u202eb", "a___b-"),
        ("e\u0301", "\u00e9-"),
        ("x" * 300, "x" * 50),
    ],
)
def test_unsafe_callsigns_are_made_safe_and_marked(callsign: str, begin: str) -> None:
    """What some system does not take is replaced, and eight digits tell such names apart."""
    assert re.fullmatch(re.escape(begin) + ".*-[0-9a-f]{8}|" + re.escape(begin) + "[0-9a-f]{8}", file_name(callsign))


@given(st.lists(names, unique=True, max_size=8))
def test_names_are_safe_and_unlike(callsigns: list[str]) -> None:
    """Names of a roster are safe, short, and differ by more than case and Unicode form."""
    made = file_names(callsigns)
    assert list(made) == callsigns
    folded = {unicodedata.normalize("NFKC", n).casefold() for n in made.values()}
    assert len(folded) == len(callsigns)
    for name in made.values():
        assert 0 < len(name.encode()) <= LONGEST
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
        assert name == name.strip(" .")
        assert name[0] not in ".-"


def test_names_that_some_systems_take_for_the_same() -> None:
    """Callsigns that differ only in case or in Unicode form all get digits, and no others do."""
    made = file_names(["a1", "A1", "B2", "ﬁ", "fi"])
    assert [n for c, n in made.items() if n == c] == ["B2"]
    assert len({n.casefold() for n in made.values()}) == 5
