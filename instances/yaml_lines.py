"""YAML with the line and column of every value, and none of YAML's surprises.

Every scalar stays the text that was written (`Word`): ``22:00``, ``no``, ``007`` and ``1e3`` are not turned
into numbers or truth values here; whoever reads a field says what it should be.  Duplicate keys are faults.
Anchors, aliases and merge keys (``<<: *name``) work; tags, several documents and keys that are no text do not.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from instances.errors import Fault, InputError
from instances.reading import MOST_YAML, content_of, cure

Step = str | int
Address = tuple[Step, ...]

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
MOST_NODES = 100_000
"""Names and values in a file, at most, and values after its aliases are put in."""

_TOO_MANY = "more names and values than are read"
_MERGE = "<<"
_HALF = re.compile("[\ud800-\udfff]")
_UNKNOWN = "\ufffd"
_PLAIN_TAG = "tag:yaml.org,2002:str"


class Word(str):
    """A scalar as it was written; `empty` when it stands for nothing (no text, ``~`` or ``null``, unquoted)."""

    empty: bool = False

    @classmethod
    def of(cls, text: str, *, quoted: bool) -> Word:
        """Return `text` as a word."""
        word = cls(text)
        word.empty = not quoted and text in _NULLS
        return word


@dataclass(frozen=True)
class Mark:
    """A position in a file, from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Tree:
    """The content of one YAML file.

    Parameters
    ----------
    file : str
        The file as the planner wrote its name.
    value : Word, dict or list
        Mappings are dicts in the order of the file, sequences are lists, all else is a `Word`.
    values, keys : mapping of address to Mark
        Where each value and each key stands; an address is the way down from the top, such as
        ``("units", 2, "mode")``.
    """

    file: str
    value: Any
    values: dict[Address, Mark] = field(repr=False)
    keys: dict[Address, Mark] = field(repr=False)

    def mark(self, address: Address, *, key: bool = False) -> Mark:
        """Return where the value (or its key) at `address` stands, or the nearest thing around it."""
        if key and address in self.keys:
            return self.keys[address]
        while address not in self.values:
            address = address[:-1]
        return self.values[address]

    def fault(self, address: Address, wrong: str, right: str = "", *, key: bool = False) -> Fault:
        """Return a fault of the value (or the key) at `address`."""
        mark = self.mark(address, key=key)
        return Fault(self.file, mark.line, mark.column, field_name(address), wrong, right)


def field_name(address: Address) -> str:
    """Return ``units[2].mode`` for ``("units", 2, "mode")``."""
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in address).lstrip(".")


def read_yaml(path: Path, *, file: str | None = None) -> tuple[Tree, list[Fault]]:
    """Read a YAML file.

    Parameters
    ----------
    path : Path
    file : str, optional
        What to call the file in faults; `path` by default.

    Returns
    -------
    tuple of Tree and list of Fault
        The tree, and what is wrong although the rest could be read (duplicate keys and the like).

    Raises
    ------
    InputError
        When the file cannot be read at all.
    """
    name = str(path) if file is None else file
    try:
        data = content_of(path, MOST_YAML)
    except FileNotFoundError:
        raise InputError([Fault(name, 0, 0, "", "there is no such file", "check its name and folder")]) from None
    except IsADirectoryError:
        raise InputError([Fault(name, 0, 0, "", "is a folder", "name a file")]) from None
    except OSError as error:
        right = cure(error, "check its rights")
        raise InputError([Fault(name, 0, 0, "", f"cannot be read ({error.strerror})", right)]) from None
    return parse_yaml(data, file=name)


def parse_yaml(data: bytes, *, file: str) -> tuple[Tree, list[Fault]]:
    """Return the tree of YAML text and its lesser faults; see `read_yaml`."""
    text = _decoded(data, file)
    try:
        root = _Loader(text).get_single_node()
    except yaml.YAMLError as error:
        raise InputError([_syntax_fault(error, text, file)]) from None
    except RecursionError:
        raise InputError([Fault(file, 0, 0, "", "is nested too deeply", "write it flatter")]) from None
    if root is None or (isinstance(root, yaml.ScalarNode) and root.style is None and root.value in _NULLS):
        raise InputError([Fault(file, 1, 1, "", "the file is empty", "see docs/shift-file.md for an example")])
    builder = _Builder(file)
    value = builder.build(root, ())
    return Tree(file, value, builder.values, builder.keys), builder.faults


class _Loader(
    yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser, yaml.composer.Composer, yaml.resolver.BaseResolver
):
    """PyYAML up to nodes, with no scalar resolved to anything but text."""

    def __init__(self, stream: str) -> None:
        yaml.reader.Reader.__init__(self, stream)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)
        yaml.composer.Composer.__init__(self)
        yaml.resolver.BaseResolver.__init__(self)
        self._nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Return the next node; there is an end to how many, as each takes time and a thousand times its own room."""
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise yaml.MarkedYAMLError(problem=_TOO_MANY, problem_mark=self.get_mark())
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


class _Builder:
    """Turns nodes into values and remembers where each stood."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.values: dict[Address, Mark] = {}
        self.keys: dict[Address, Mark] = {}
        self.faults: list[Fault] = []
        self._open: set[int] = set()

    def build(self, node: yaml.Node, address: Address) -> Any:
        """Return the value of `node`, which stands at `address`."""
        if len(self.values) > MOST_NODES:
            fault = self._fault(node, address, f"has more than {MOST_NODES:,} values", "check its aliases (*name)")
            raise InputError([fault])
        self.values[address] = _mark(node)
        if id(node) in self._open:
            raise InputError([self._fault(node, address, "an alias (*name) points back at what holds it", "delete it")])
        self._open.add(id(node))
        try:
            return self._value(node, address)
        finally:
            self._open.discard(id(node))

    def _value(self, node: yaml.Node, address: Address) -> Any:
        if not node.tag.startswith("tag:yaml.org,2002:") or (
            isinstance(node, yaml.ScalarNode) and node.tag != _PLAIN_TAG
        ):
            self.faults.append(self._fault(node, address, f"the tag {_tag(node)} is not used here", "delete it"))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, address)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*address, i)) for i, item in enumerate(node.value)]
        return Word.of(self._text(node, address), quoted=getattr(node, "style", None) is not None)

    def _text(self, node: yaml.Node, address: Address) -> str:
        """Return a text with characters whole: JSON writes rarer ones as two halves, one alone is none."""
        text = str(node.value)
        if not _HALF.search(text):
            return text
        joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if _UNKNOWN in joined:
            self.faults.append(self._fault(node, address, "there is half a character in this text", "delete it"))
        return joined

    def _mapping(self, node: yaml.MappingNode, address: Address) -> dict[str, Any]:
        built: dict[str, Any] = {}
        for key, value in _own_pairs(node):
            if not isinstance(key, yaml.ScalarNode):
                self.faults.append(self._fault(key, address, "a key must be text", "put it in quotes"))
                continue
            name = self._text(key, address)
            place = (*address, name)
            if name in built:
                first = self.keys[place].line
                wrong, right = f"{name!r} is already on line {first}", "keep one of the two"
                self.faults.append(self._fault(key, place, wrong, right))
                continue
            self.keys[place] = _mark(key)
            built[name] = self.build(value, place)
        for merged in self._merged(node, address, set()):
            for key, value in merged.value:
                if not isinstance(key, yaml.ScalarNode) or key.value == _MERGE:
                    continue
                name = self._text(key, address)
                if name not in built:
                    self.keys[(*address, name)] = _mark(key)
                    built[name] = self.build(value, (*address, name))
        return built

    def _merged(self, node: yaml.MappingNode, address: Address, seen: set[int]) -> Iterator[yaml.MappingNode]:
        """Yield the mappings that ``<<`` pulls in, nearest first, and each once: a second time it adds nothing."""
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == _MERGE:
                for item in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                    if not isinstance(item, yaml.MappingNode):
                        right = "write '<<: *name' with the name of an anchored mapping"
                        self.faults.append(self._fault(item, address, "'<<' must pull in a mapping", right))
                        continue
                    if id(item) in self._open:
                        raise InputError(
                            [self._fault(value, address, "'<<' pulls in the mapping that holds it", "delete it")]
                        )
                    if id(item) not in seen:
                        seen.add(id(item))
                        yield item
                        yield from self._merged(item, address, seen)

    def _fault(self, node: yaml.Node, address: Address, wrong: str, right: str = "") -> Fault:
        mark = _mark(node)
        return Fault(self.file, mark.line, mark.column, field_name(address), wrong, right)


def _tag(node: yaml.Node) -> str:
    """Return a tag as it is written."""
    return str(node.tag).replace("tag:yaml.org,2002:", "!!")


def _own_pairs(node: yaml.MappingNode) -> list[tuple[yaml.Node, yaml.Node]]:
    """Return the pairs of a mapping that are its own, not merged in."""
    return [(k, v) for k, v in node.value if not (isinstance(k, yaml.ScalarNode) and k.value == _MERGE)]


def _mark(node: yaml.Node) -> Mark:
    """Return where `node` starts."""
    return Mark(node.start_mark.line + 1, node.start_mark.column + 1)


def _decoded(data: bytes, file: str) -> str:
    """Return text in UTF-8 or UTF-16, with or without a byte order mark."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    if encoding == "utf-8-sig" and b"\0" in data[:2]:
        wrong = "this seems to be UTF-16 without its mark, or no text at all"
        raise InputError([Fault(file, 1, 1, "", wrong, "save the file as UTF-8 in your editor")])
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise InputError(
            [Fault(file, line, column, "", "this is not UTF-8 text", "save the file as UTF-8 in your editor")]
        ) from None


_CURES: tuple[tuple[str, str, str], ...] = (
    (_TOO_MANY, f"the file has more than {MOST_NODES:,} names and values", "put long lists into tables (CSV)"),
    (r"found character '\t'", "a tab where spaces are needed", "indent with spaces"),
    ("found character '@'", "text cannot start with '@'", "put it in quotes"),
    ("found character '`'", "text cannot start with '`'", "put it in quotes"),
    ("found character '%'", "text cannot start with '%'", "put it in quotes"),
    (
        "mapping values are not allowed",
        "a ':' where none can stand",
        "put text that holds ': ' in quotes, or indent the names of one section alike",
    ),
    ("but got '{'", "a '{' inside unquoted text or a missing comma", "put text that holds { } in quotes"),
    ("while scanning a simple key", "a line without ':'", "write 'name: value', or close the quotes before it"),
    ("could not find expected ':'", "a line without ':'", "write 'name: value', or close the quotes before it"),
    ("expected <block end>", "the indentation does not match the lines above", "indent items of one list alike"),
    ("while scanning a quoted scalar", "a quote is not closed", "close it on the same line"),
    (
        "expected alphabetic or numeric character",
        "a '*' or '&' without a name",
        "put text that starts with it in quotes",
    ),
    ("found undefined alias", "an alias (*name) without its anchor (&name)", "put text that starts with * in quotes"),
    ("expected ',' or '}'", "a { is not closed, or a comma is missing", "close it with }, separate by commas"),
    ("expected ',' or ']'", "a [ is not closed, or a comma is missing", "close it with ], separate by commas"),
    ("but found another document", "a second document starts here ('---')", "keep one shift a file"),
    ("found duplicate anchor", "the same anchor twice", "give each its own name"),
)

_SEEN_LATE = frozenset(
    {
        "while scanning a simple key",
        "could not find expected ':'",
        "while scanning a quoted scalar",
        "expected ',' or '}'",
        "expected ',' or ']'",
    }
)
"""Faults that the parser sees only later: the context says where they begin."""


_AFTER_QUOTE = (
    "expected <block end>",
    "while scanning a simple key",
    "while scanning a quoted scalar",
    "could not find expected ':'",
    "expected ',' or",
)
"""What a parser complains of when a quote was not closed: it takes the next quote, lines below, for its end."""


def _open_quote(text: str, mark: yaml.Mark | None) -> Mark | None:
    """Return the first quote before `mark` that is not closed on its line, if there is one."""
    lines = text.splitlines()
    for number, line in enumerate(lines[: mark.line + 1 if mark else len(lines)], start=1):
        plain = line.split(" #")[0]
        if plain.count('"') % 2 and not plain.lstrip().startswith("#"):
            return Mark(number, plain.rindex('"') + 1)
    return None


def _syntax_fault(error: yaml.YAMLError, text: str, file: str) -> Fault:
    """Return a parser's complaint in a planner's words."""
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        wrong = f"the invisible character U+{ord(text[error.position]):04X} cannot be used"
        return Fault(file, line, column, "", wrong, "delete it")
    problem = str(getattr(error, "problem", "") or "")
    context = str(getattr(error, "context", "") or "")
    said = f"{context}; {problem}"
    quote = _open_quote(text, getattr(error, "problem_mark", None)) if any(s in said for s in _AFTER_QUOTE) else None
    if quote is not None:
        return Fault(file, quote.line, quote.column, "", "a quote is not closed", "close it on the same line")
    sign, wrong, right = next(
        (cure for cure in _CURES if cure[0] in said),
        ("", f"this is not YAML ({problem or context})", "see docs/shift-file.md"),
    )
    marks = [getattr(error, "problem_mark", None), getattr(error, "context_mark", None)]
    if sign in _SEEN_LATE:
        marks.reverse()
    mark = next((m for m in marks if m is not None), None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    return Fault(file, line, column, "", wrong, right)


def step_into(value: Any, step: Hashable) -> Any:
    """Return what lies one step down, or None."""
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        return value[step]
    return None
