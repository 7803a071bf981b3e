"""Names in messages: what a planner may have meant by one that is not there, and the first few of many."""

from __future__ import annotations

from collections.abc import Iterable

from instances.errors import nearest

_MOST_NAMES = 8
_FEW = 5


def few(names: Iterable[str]) -> str:
    """Return the first few of some names, in words."""
    known = [repr(name) for name in names]
    more = len(known) - _FEW
    return ", ".join(known[:_FEW]) + (f" and {more:,} more" if more > 0 else "")


def nearest_name(name: str, names: Iterable[str]) -> str:
    """Return ``did you mean …?``, also for a part of a name, or what names there are, the first few of many."""
    known = list(names)
    parts = [n for n in known if name.strip() and name.casefold() in n.casefold()]
    if parts:
        return f"did you mean {min(parts, key=len)!r}?"
    hint = nearest(name, known)
    if hint.startswith("did") or len(known) <= _MOST_NAMES:
        return hint
    return "use one of " + ", ".join(repr(n) for n in known[:_MOST_NAMES]) + f" or {len(known) - _MOST_NAMES} more"
