"""Names on one line, and text measured in columns."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.plain_text import clip, fill, one_line, table, width, wrap

anything = st.text(st.characters(), max_size=40)


@given(anything)
def test_one_line_leaves_nothing_that_steers(text: str) -> None:
    """No control character, unpaired surrogate or line end is left, and doing it twice changes nothing."""
    line = one_line(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in line)
    assert line == one_line(line)
    assert line.encode().decode() == line


def test_one_line_shows_that_something_was_there() -> None:
    """Control characters become U+FFFD, runs of white space a space; other characters stay."""
    assert one_line("a\x00b \t\r\n c\x1b[1m\ud800 سوق 🚓\u2028z ") == "a\ufffdb c\ufffd[1m\ufffd سوق 🚓 z"


@pytest.mark.parametrize(
    ("text", "columns"), [("", 0), ("Bank", 4), ("总局", 4), ("é", 1), ("e\u0301", 1), ("🚓", 2), ("ｱ", 1), ("Ａ", 2)]
)
def test_width(text: str, columns: int) -> None:
    """Wide characters take two columns, combining marks none, all others one."""
    assert width(text) == columns


@given(anything, st.integers(1, 20))
def test_fill_is_exact(text: str, columns: int) -> None:
    """Filled text takes exactly the columns asked for, and begins with the text where it fits."""
    text = one_line(text)
    filled = fill(text, columns)
    assert width(filled) == columns
    assert width(text) > columns or filled.rstrip() == text.rstrip()


def test_clip_says_that_it_cut() -> None:
    """Text that is too long ends in an ellipsis, and a wide character is not cut in half."""
    assert [clip("总局大街", n) for n in (8, 7, 6, 1)] == ["总局大街", "总局大…", "总局…", "…"]


@given(anything, st.integers(8, 30))
def test_wrap_loses_nothing(text: str, columns: int) -> None:
    """Wrapped lines are not too long and hold all words in order; only spaces go."""
    text = one_line(text)
    lines = wrap(text, columns, first="> ", indent="  ")
    assert all(width(line) <= columns for line in lines)
    assert lines[0].startswith("> ")
    assert all(line.startswith("  ") for line in lines[1:])
    assert "".join(line[2:] for line in lines).replace(" ", "") == text.replace(" ", "")


def test_wrap_breaks_at_spaces() -> None:
    """Lines break at spaces, and a word longer than a line where the line ends."""
    assert wrap("put one more unit on duty", 12, indent="  ") == ["put one more", "  unit on", "  duty"]
    assert wrap("总局大街市场", 8, indent="  ") == ["总局大街", "  市场"]


def test_tables_are_aligned_in_columns() -> None:
    """Columns of a table begin and end at the same terminal column whatever the script."""
    lines = table(("unit", "minutes"), [("总局", "5"), ("B", "120")])
    assert lines == ["unit  minutes", "总局        5", "B         120"]
    assert {width(line) for line in lines} == {13}
