"""YAML is read with positions, as text, and without surprises."""

from __future__ import annotations

import contextlib
import string
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from instances.errors import InputError
from instances.yaml_lines import field_name, parse_yaml, read_yaml

KEYS = st.text(string.ascii_letters + "键值", min_size=1, max_size=6)
VALUES = st.recursive(
    st.text(string.ascii_letters + string.digits + " :-{}'#值", min_size=1, max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_what_is_written_is_read(value: object, flow: bool, newline: str) -> None:
    """Any tree of texts, however written, is read back as it was."""
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=flow, default_style='"', width=10_000)
    tree, faults = parse_yaml(text.replace("\n", newline).encode(), file="x")
    assert tree.value == value
    assert not faults


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_every_value_stands_where_its_mark_says(value: object) -> None:
    """At the mark of each key the file has that key."""
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=False)
    tree, _ = parse_yaml(text.encode(), file="x")
    lines = text.split("\n")
    for address, mark in tree.keys.items():
        assert str(address[-1]) in lines[mark.line - 1][mark.column - 1 :]


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No content brings about anything but a tree or faults."""
    with contextlib.suppress(InputError):
        assert parse_yaml(data, file="x")


@given(st.text("ab:{}[],&*!|>'\"%@`#-? \n\t", max_size=40))
def test_any_punctuation_is_read_or_refused(text: str) -> None:
    """No mixture of YAML's own characters brings about anything but a tree or faults."""
    with contextlib.suppress(InputError):
        assert parse_yaml(text.encode(), file="x")


def test_nothing_is_turned_into_something_else() -> None:
    """Times, truth values, octals and dates stay the text that was written."""
    words = ["22:00", "06:00", "no", "yes", "on", "1e3", "007", "0o17", "2020-11-20", "1_000", "0x1F", ".inf", "null"]
    tree, _ = parse_yaml(f"[{', '.join(words)}]".encode(), file="x")
    assert tree.value == words
    assert [w.empty for w in tree.value] == [w == "null" for w in words]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    """UTF-8 with and without a mark and UTF-16 are read, in any script."""
    tree, _ = parse_yaml("名称: 周五夜班\r\n单位: [甲, 乙]\r\n".encode(encoding), file="x")
    assert tree.value == {"名称": "周五夜班", "单位": ["甲", "乙"]}
    assert tree.values[("单位", 1)].line == 2


def test_anchors_and_merges() -> None:
    """An alias repeats a value, a merge pulls in what is not there, and the mapping's own fields win."""
    text = "a: &a {x: 1, y: 2}\nb: *a\nc: {<<: *a, y: 3}\nd: {<<: [*a, {z: 4}]}\n"
    tree, faults = parse_yaml(text.encode(), file="x")
    assert not faults
    assert tree.value["b"] == {"x": "1", "y": "2"}
    assert tree.value["c"] == {"x": "1", "y": "3"}
    assert tree.value["d"] == {"x": "1", "y": "2", "z": "4"}


def test_aliases_cannot_explode() -> None:
    """A file of a few lines cannot stand for a billion values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    with pytest.raises(InputError, match="has more than"):
        parse_yaml("\n".join(lines).encode(), file="x")


def test_deep_nesting_is_refused() -> None:
    """A file nested a thousand deep is refused, not crashed on."""
    with pytest.raises(InputError):
        parse_yaml(b"[" * 5000, file="x")


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "~\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    """A file without content is said to be empty."""
    with pytest.raises(InputError, match=r"x:1:1: the file is empty"):
        parse_yaml(text.encode(), file="x")


def test_bytes_that_are_no_text_have_a_place() -> None:
    """The first byte that is not UTF-8 is told of with its line and column."""
    with pytest.raises(InputError, match=r"^x:2:4: this is not UTF-8 text"):
        parse_yaml(b"a: 1\nb: \xff\n", file="x")


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(order: str) -> None:
    """Text that some editors call Unicode is told of as such, not as an invisible character to delete."""
    with pytest.raises(InputError, match=r"^x:1:1: this seems to be UTF-16 without its mark, .*; save .* as UTF-8"):
        parse_yaml("a: 1\n".encode(order), file="x")


@pytest.mark.parametrize(("make", "said"), [(None, "there is no such file"), ("folder", "is a folder")])
def test_files_that_cannot_be_read(tmp_path: Path, make: str | None, said: str) -> None:
    """A missing file and a folder are told of by name."""
    path = tmp_path / "night.yaml"
    if make:
        path.mkdir()
    with pytest.raises(InputError, match=said):
        read_yaml(path)


def test_addresses_in_words() -> None:
    """An address is written as in most languages."""
    assert field_name(("units", 2, "break", "at", 0)) == "units[2].break.at[0]"
    assert field_name(()) == ""
