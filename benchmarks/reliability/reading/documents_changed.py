"""Changes of a document that know its structure: any value of a tree becomes another, is lost, doubled or moved."""

from __future__ import annotations

import copy
import json
import random
import re
from typing import Any

from benchmarks.reliability.reading.hostile import NUMBERS, PLAUSIBLE, TEXTS

Address = tuple[str | int, ...]


class Pairs(list[tuple[str, Any]]):
    """A mapping in which a name may stand twice."""


def change_tree(tree: Any, rng: random.Random) -> tuple[Any, str]:
    """Return a tree of dicts, lists and values changed in one to three places, and in which."""
    tree = copy.deepcopy(tree)
    said = []
    for _ in range(rng.choice((1, 1, 1, 1, 2, 3))):
        address = _any_address(tree, rng)
        tree, what = _changed(tree, address, rng)
        name = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in address).lstrip(".") or "all"
        said.append(f"{name}: {what}")
    return tree, "; ".join(said)


def _any_address(tree: Any, rng: random.Random) -> Address:
    """Return a way down the tree; each step is as likely as any other, lest large tables drown everything else."""
    address: Address = ()
    while isinstance(tree, dict | list) and tree and not (address and rng.random() < 0.2):
        step = rng.choice(list(tree)) if isinstance(tree, dict) else rng.randrange(len(tree))
        if isinstance(tree, Pairs):
            break
        address = (*address, step)
        tree = tree[step]
    return address


def _changed(tree: Any, address: Address, rng: random.Random) -> tuple[Any, str]:
    """Return the tree with what stands at `address` changed, and how."""
    if not address:
        new, what = _other(tree, tree, rng)
        return new, what
    holder = tree
    for step in address[:-1]:
        holder = holder[step]
    step = address[-1]
    way = rng.random()
    if way < 0.12:
        del holder[step]
        return tree, "left out"
    if way < 0.18 and isinstance(holder, dict):
        name = rng.choice((rng.choice(TEXTS), str(step) + "x", str(step).upper(), f" {step}"))
        holder[name] = holder.pop(step)
        return tree, f"renamed {name[:20]!r}"
    if way < 0.24 and isinstance(holder, dict):
        name, value = rng.choice((rng.choice(TEXTS), rng.choice(list(holder)))), _leaf(rng)
        if name in holder:
            pairs = Pairs([*holder.items(), (name, value)])
            return _put(tree, address[:-1], pairs), f"{name[:20]!r} twice"
        holder[name] = value
        return tree, f"{name[:20]!r} added"
    if way < 0.32 and isinstance(holder, list) and isinstance(step, int):
        times = rng.choice((1, 1, 2, 50))
        holder[step:step] = [copy.deepcopy(holder[step]) for _ in range(times)]
        return tree, f"{times} more of it"
    if way < 0.36 and isinstance(holder, list):
        rng.shuffle(holder)
        return tree, "shuffled"
    new, what = _other(holder[step], tree, rng)
    holder[step] = new
    return tree, what


def _put(tree: Any, address: Address, value: Any) -> Any:
    """Return the tree with `value` at `address`."""
    if not address:
        return value
    holder = tree
    for step in address[:-1]:
        holder = holder[step]
    holder[address[-1]] = value
    return tree


def _other(value: Any, tree: Any, rng: random.Random) -> tuple[Any, str]:
    """Return another value in place of `value`, and what it is."""
    way = rng.random()
    if way < 0.1:
        other = tree
        for step in _any_address(tree, rng):
            other = other[step]
        return copy.deepcopy(other), "something from elsewhere in it"
    if way < 0.16:
        return rng.choice(([value], {"x": value}, [value, value], [], {}, [[]], [{}], {"": ""}, [None])), "wrapped"
    if way < 0.19:
        depth = rng.choice((5, 50, 900, 20_000))
        return Nested(depth, rng.choice("[{")), f"nested {depth} deep"
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and way < 0.5:
        near = float(value) if abs(value) < 10**300 else 0.0
        scaled = rng.choice((value + 1, value - 1, -value, value * 1000, value * 10**9, near / 3, near))
        return scaled, f"{scaled!r:.30}"
    if isinstance(value, str) and way < 0.4:
        digits = re.search(r"[0-9]+(?:\.[0-9]+)?", value)
        if digits:
            put = rng.choice(("0", "-1", "1" + digits[0], digits[0] + "000000", "9" * 400, "0.0001", "61", "１"))
            new = value[: digits.start()] + put + value[digits.end() :]
            return new, f"{new!r:.30}"
        new = rng.choice((value + rng.choice(TEXTS), value * 2, value[:-1], value.swapcase(), value[::-1]))
        return new, f"{new!r:.30}"
    leaf = rng.choice(PLAUSIBLE) if isinstance(value, str) and rng.random() < 0.5 else _leaf(rng)
    return leaf, f"{leaf!r:.30}"


def _leaf(rng: random.Random) -> Any:
    """Return a value that is no collection."""
    return rng.choice((rng.choice(TEXTS), rng.choice(TEXTS), rng.choice(NUMBERS), rng.choice((None, True, False))))


class Nested:
    """Brackets within brackets, too many for what writes JSON by recursion."""

    def __init__(self, depth: int, kind: str) -> None:
        self.depth = depth
        self.kind = kind

    def text(self) -> str:
        """Return it as JSON."""
        if self.kind == "[":
            return "[" * self.depth + "]" * self.depth
        return '{"a":' * self.depth + "1" + "}" * self.depth

    def __repr__(self) -> str:
        return f"{self.kind} {self.depth} deep"


def as_json(tree: Any) -> bytes:
    """Return a tree as JSON, with names that stand twice, and with numbers that JSON has not."""
    return _json(tree).encode("utf-8", "surrogatepass")


def _json(tree: Any) -> str:
    if isinstance(tree, Nested):
        return tree.text()
    if isinstance(tree, Pairs):
        return "{" + ", ".join(f"{json.dumps(k)}: {_json(v)}" for k, v in tree) + "}"
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {_json(v)}" for k, v in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(_json, tree)) + "]"
    return json.dumps(tree)


def as_yaml(tree: Any, rng: random.Random) -> bytes:
    """Return a tree of texts as YAML in flow style; texts are left plain where they can be, and a few where not."""
    if isinstance(tree, dict | Pairs) and tree:
        items = tree if isinstance(tree, Pairs) else tree.items()
        return "".join(f"{_scalar(k, rng)}: {_yaml(v, rng)}\n" for k, v in items).encode("utf-8", "surrogatepass")
    return _yaml(tree, rng).encode("utf-8", "surrogatepass")


def _yaml(tree: Any, rng: random.Random) -> str:
    if isinstance(tree, Nested):
        return tree.text()
    if isinstance(tree, dict | Pairs):
        items = tree if isinstance(tree, Pairs) else tree.items()
        return "{" + ", ".join(f"{_scalar(k, rng)}: {_yaml(v, rng)}" for k, v in items) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(_yaml(item, rng) for item in tree) + "]"
    return _scalar(tree, rng)


def _scalar(value: Any, rng: random.Random) -> str:
    """Return a text, number or truth value as YAML."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}.get(str(value), str(value))
    plain = re.fullmatch(r"[\w.][\w .:%+/-]*[\w%]|\w", value) is not None and ": " not in value
    if plain or rng.random() < 0.02:
        return str(value)
    return json.dumps(value, ensure_ascii=rng.random() < 0.5)
