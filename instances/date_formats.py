"""The shapes in which dates and times are written, and how each is taken apart.

A *shape* is a text with every digit replaced by 9.  All texts of one shape have their numbers at the same
positions, so a column of a million dates is a handful of shapes, each read by whole columns of digits.
Which of two numbers is the month is left to `instances.dates`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

_DIGITS = {ord(d): "9" for d in "0123456789"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+|(?:星期|周).\s*)?"
_DATES = (
    r"(?P<y>9999)(?P<sep>[-/.])(?P<a>99?)(?P=sep)(?P<b>99?)",
    r"(?P<a>99?)(?P<sep>[-/.])(?P<b>99?)(?P=sep)(?P<y>9999|99)",
    r"(?P<y>9999)\s*年\s*(?P<m>99?)\s*月\s*(?P<d>99?)\s*[日号]",
    r"(?P<y>9999)(?P<m>99)(?P<d>99)",
    r"(?P<d>99?)(?:st|nd|rd|th)?[-\s/.]*(?P<name>[a-z]{3,9})\.?,?[-\s/.]*(?P<y>9999)",
    r"(?P<name>[a-z]{3,9})\.?[-\s]*(?P<d>99?)(?:st|nd|rd|th)?,?\s+(?P<y>9999)",
    r"(?P<y>9999)-(?P<name>[a-z]{3,9})-(?P<d>99?)",
)
_MONTHS_ONLY = (
    r"(?P<y>9999)[-/.](?P<m>99?)",
    r"(?P<y>9999)\s*年\s*(?P<m>99?)\s*月",
    r"(?P<m>99?)[-/.](?P<y>9999)",
    r"(?P<name>[a-z]{3,9})\.?[-\s/]*(?P<y>9999)",
    r"(?P<y>9999)(?P<m>99)",
)
_NOON = r"(?P<noon>[ap]\.?\s?m\.?)"
_TIME = (
    rf"(?P<chinese>上午|下午)?\s*(?P<h>99?)\s*[:.时時点]\s*(?P<mi>99)\s*分?(?:[:.]?(?P<s>99)秒?(?:[.,]9+)?)?\s*{_NOON}?"
    rf"|(?P<h2>99?)\s*{_NOON.replace('noon', 'noon2')}|(?P<h3>99?)\s*[时時点]"
)
_ZONE = r"\s*(?P<zone>z|utc|gmt|[+-](?P<zh>99)(?::?(?P<zm>99))?)"
_COMPACT_TIME = r"T?(?P<h>99)(?P<mi>99)(?P<s>99)?"


def _patterns() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of shapes of dates, in the order in which they are tried."""
    dated = [rf"{_WEEKDAY}{date}(?:(?:[T,]|\s|\s-\s)\s*(?:{_TIME})(?:{_ZONE})?)?" for date in _DATES]
    compact = [rf"(?P<y>9999)(?P<m>99)(?P<d>99){_COMPACT_TIME}(?:{_ZONE})?"]
    # Chinese dates often run into the time without a blank.
    joined = [rf"(?P<y>9999)年(?P<m>99?)月(?P<d>99?)日(?:{_TIME})"]
    epoch = [r"(?P<ms>9{13})", r"(?P<epoch>9{10})"]
    return tuple(re.compile(p, re.IGNORECASE) for p in (*dated, *_MONTHS_ONLY, *compact, *joined, *epoch))


_PATTERNS = _patterns()
_TIME_PATTERN = re.compile(_TIME, re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """Where the numbers of one shape stand.

    `spans` holds the position of each number by name: ``y`` year, ``m`` month, ``d`` day, ``a`` and ``b``
    for the two of which one is the month and one the day, ``h``, ``mi``, ``s``, ``zh``, ``zm``, ``ms``,
    ``epoch``.  `month` is the month where it is written as a word, `noon` ``a`` or ``p`` on a clock of
    twelve hours, `zone` the sign of the offset from UTC, or ``""`` where the text names none.
    """

    shape: str
    spans: dict[str, tuple[int, int]]
    month: int
    noon: str
    zone: str
    separator: str

    @property
    def family(self) -> tuple[bool, str] | None:
        """Year first or not, and separator, where the order of month and day is open; else None."""
        return (self.spans["y"] < self.spans["a"], self.separator) if "a" in self.spans else None

    def numbers(self, texts: Sequence[str]) -> dict[str, Numbers]:
        """Return the numbers of `texts`, all of this shape, by name."""
        wide = np.array(texts, dtype=f"U{len(self.shape)}").view(np.uint32).reshape(len(texts), -1)
        digits = wide.astype(np.int64) - ord("0")
        return {
            name: digits[:, start:end] @ 10 ** np.arange(end - start - 1, -1, -1)
            for name, (start, end) in self.spans.items()
        }

    def named(self, order: str) -> str:
        """Return the shape in a planner's words, such as ``MM/DD/YYYY hh:mm AM``; `order` is ``MD`` or ``DM``."""
        words = {"y": "Y", "m": "M", "d": "D", "a": order[0], "b": order[1], "h": "h", "mi": "m", "s": "s"}
        text = list(self.shape)
        for name, (start, end) in self.spans.items():
            if name in words:
                text[start:end] = words[name] * (end - start)
        return re.sub(r"(?i)[ap](?=\.?\s?m\.?)", "A", "".join(text)) if self.noon else "".join(text)


def shape_of(text: str) -> str:
    """Return `text` with every digit replaced by 9."""
    return text.translate(_DIGITS)


def date_layout(shape: str) -> Layout | None:
    """Return where the numbers of a date of this shape stand; None when it is no date."""
    for pattern in _PATTERNS:
        match = pattern.fullmatch(shape)
        if match and (layout := _layout(shape, match)):
            return layout
    return None


def time_layout(shape: str) -> Layout | None:
    """Return where the numbers of a time of day of this shape stand; None when it is none."""
    match = _TIME_PATTERN.fullmatch(shape)
    return _layout(shape, match) if match else None


def _layout(shape: str, match: re.Match[str]) -> Layout | None:
    """Return the layout of a match; None when a word in it is no month."""
    groups = match.groupdict()
    month = 0
    if groups.get("name"):
        word = groups["name"].lower()
        if word[:3] not in _MONTHS:
            return None
        month = _MONTHS.index(word[:3]) + 1
    spans = {}
    for name in ("y", "m", "d", "a", "b", "h", "h2", "h3", "mi", "s", "zh", "zm", "ms", "epoch"):
        if groups.get(name):
            spans["h" if name.startswith("h") else name] = match.span(name)
    noon = (groups.get("noon") or groups.get("noon2") or "")[:1].lower()
    if groups.get("chinese"):
        noon = "a" if groups["chinese"] == "上午" else "p"
    zone = groups.get("zone") or ("z" if "ms" in spans or "epoch" in spans else "")
    return Layout(shape, spans, month, noon, zone[:1].lower(), groups.get("sep") or "")
