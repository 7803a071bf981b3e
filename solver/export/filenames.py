"""File names made of callsigns: safe on Linux, Windows and macOS, and no two alike."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

LONGEST = 100
"""Bytes of UTF-8 in a name; file systems take 255, some encrypted ones 143."""

_UNSAFE = re.compile(
    r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff'
    r"\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
"""What Windows forbids, control characters, and marks that turn the direction of writing around."""

_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\..*)?", re.IGNORECASE)
"""Names of devices, which Windows takes for files with any ending."""


def file_name(callsign: str) -> str:
    """Return a name for the files of `callsign`, without ending.

    A callsign that is a safe name is returned as it is.  Otherwise what is unsafe becomes ``_``, and eight
    hexadecimal digits of its SHA-256 follow, so that ``A/1`` and ``A:1`` stay apart.  Callsigns that differ
    only in case or in Unicode form still collide on some systems: name the files of a roster with
    `file_names`.
    """
    name = _UNSAFE.sub("_", unicodedata.normalize("NFC", callsign)).strip()
    if not name or name[0] in ".-~" or _RESERVED.fullmatch(name):
        name = f"_{name}"
    name = name.rstrip(". ")
    if name == callsign and len(name.encode()) <= LONGEST:
        return name
    return _marked(name, callsign)


def file_names(callsigns: Iterable[str]) -> dict[str, str]:
    """Return a name for the files of each callsign, without ending; no two are the same on any system.

    Names that differ only in case or in Unicode form all get the digits described at `file_name`.
    """
    names = {c: file_name(c) for c in callsigns}
    count = Counter(_folded(n) for n in names.values())
    return {c: n if count[_folded(n)] == 1 else _marked(n, c) for c, n in names.items()}


def _marked(name: str, callsign: str) -> str:
    """Return `name`, cut where it is too long, with digits that only this callsign has."""
    digits = hashlib.sha256(callsign.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    head = name.encode()[: LONGEST - len(digits) - 1].decode("utf-8", "ignore")
    return f"{head}-{digits}"


def _folded(name: str) -> str:
    """Return what names have in common that some file system takes for the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
