"""What a planner may have meant by a name that is not there."""

from __future__ import annotations

from collections.abc import Iterable

from instances.errors import nearest

_MOST_NAMES = 8


def nearest_name(name: str, names: Iterable[str]) -> str:
    """Return ``did you mean …?``, also for a part of a name, or what names there are, the first few of many."""
    known = list(names)
    parts = [n for n in known if name.casefold() in n.casefold()]
    if parts:
        return f"did you mean {min(parts, key=len)!r}?"
    hint = nearest(name, known)
    if hint.startswith("did") or len(known) <= _MOST_NAMES:
        return hint
    return "use one of " + ", ".join(repr(n) for n in known[:_MOST_NAMES]) + f" or {len(known) - _MOST_NAMES} more"
