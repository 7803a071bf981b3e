"""Faults of how busy units are said to be."""

from __future__ import annotations

from tests.shift_faults import Sample

_OLD = "backup: 10 min}"

_NUMBER = "write a number from 0 to 1, such as 0.3, or '30 %'"

_TOO_BUSY = (
    "units that are busy for more than 90 % of their time answer hardly any call; "
    "write 0.9 or less, or plan with more units"
)

_HORIZON = "the file's 2020-11-20 18:00 to 2020-11-21 02:00, 8 h; change it, or 'from' and 'to' at the top"


def _busy(written: str, said: str) -> Sample:
    """Return a sample with `written` in the section of response."""
    return Sample(_OLD, f"backup: 10 min, busy: {written}}}", said)


BUSY = (
    _busy(
        "often",
        f"night.yaml:17:91: response.busy: 'often' is not a share; {_NUMBER}",
    ),
    _busy(
        "30",
        f"night.yaml:17:91: response.busy: '30' is more than the whole; {_NUMBER}",
    ),
    _busy(
        "95 %",
        f"night.yaml:17:91: response.busy: {_TOO_BUSY}",
    ),
    _busy(
        '{"18:00-22:00": 95 %}',
        f"night.yaml:17:107: response.busy.18:00-22:00: {_TOO_BUSY}",
    ),
    _busy(
        "{evening: 30 %}",
        "night.yaml:17:92: response.busy.evening: 'evening' is not a span of time; write it like '18:00-02:00'",
    ),
    _busy(
        '{"18:00-22:00": 20 %, "21:00-23:00": 30 %}',
        "night.yaml:17:113: response.busy.21:00-23:00: 21:00 has a share already; let spans touch, not overlap",
    ),
    _busy(
        '{"03:00-06:00": 20 %}',
        f"night.yaml:17:92: response.busy.03:00-06:00: 03:00-06:00 does not lie within {_HORIZON}",
    ),
)
