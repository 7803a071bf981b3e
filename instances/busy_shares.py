"""How busy units are with calls, by slot and per mille: from a shift file, an option or a simulation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from instances.clock_times import local_span
from instances.errors import Fault, InputError
from instances.quantities import QuantityError
from instances.reading import MOST_DOCUMENT, content_of, cure
from instances.shift import Horizon, Shift
from instances.shift_desk import Desk
from instances.windows import opening
from instances.yaml_lines import Address
from solver.busy import MOST_BUSY
from solver.problem import Problem

ADDRESS: Address = ("response", "busy")

_TOO_BUSY = f"units that are busy for more than {MOST_BUSY // 10} % of their time answer hardly any call"
_LESS = "write 0.9 or less, or plan with more units"


def busy_of(desk: Desk, written: Fraction | Mapping[str, Fraction] | None) -> tuple[int, ...]:
    """Return the shares of the shift file by slot, per mille; none where units are never busy."""
    if written is None or desk.horizon is None or not desk.is_own("response"):
        return ()
    if isinstance(written, Fraction):
        return _same(_per_mille(desk, written, ADDRESS), desk.horizon)
    shares = np.full(desk.horizon.minutes, -1, dtype=np.int64)
    for text, share in written.items():
        address = (*ADDRESS, text)
        busy = _per_mille(desk, share, address)
        try:
            windows = opening(desk.horizon, local_span(text))
        except QuantityError as error:
            desk.fault(address, error.wrong, error.right, key=True)
            continue
        for start, end in windows:
            taken = np.flatnonzero(shares[start:end] >= 0)
            if taken.size:
                clock = desk.horizon.clock(start + int(taken[0]))
                desk.fault(address, f"{clock} has a share already", "let spans touch, not overlap", key=True)
            shares[start:end] = busy
    return by_slot(np.maximum(shares, 0), desk.horizon)


def by_slot(shares: np.ndarray, horizon: Horizon) -> tuple[int, ...]:
    """Return shares by minute as their means by slot; none where all are 0."""
    lengths = np.diff(np.asarray(horizon.slots))
    means = np.rint(np.add.reduceat(shares, horizon.slots[:-1]) / lengths).astype(np.int64)
    return tuple(means.tolist()) if means.any() else ()


def with_share(shift: Shift, share: Fraction) -> Shift:
    """Return `shift` with units that are busy for one share of their time, whatever its file says.

    Raises
    ------
    QuantityError
        When that is more than can be planned with.
    """
    if share * 1000 > MOST_BUSY:
        raise QuantityError(_TOO_BUSY, _LESS)
    busy = _same(round(share * 1000), shift.horizon)
    return replace(shift, response=replace(shift.response, busy=busy))


def with_simulated(shift: Shift, path: Path) -> tuple[Shift, list[str]]:
    """Return `shift` with units as busy as a simulation found them, and notes of what was done to its shares.

    Raises
    ------
    InputError
        When the file cannot be read, is not what ``patrol simulate --json`` prints, or is of other hours.
    """
    shares, notes = _simulated(path), []
    slots = len(shift.horizon.slots) - 1
    if len(shares) != slots:
        wrong = f"has {len(shares)} slots of time, but the shift has {slots}"
        raise _unfit(path, wrong, "simulate a plan of this shift")
    if max(shares, default=0) * 1000 > MOST_BUSY:
        notes.append(f"{path}: where units are busy for more than {MOST_BUSY // 10} % of their time, that is taken")
    busy = tuple(min(round(share * 1000), MOST_BUSY) for share in shares)
    return replace(shift, response=replace(shift.response, busy=busy if any(busy) else ())), notes


def busy_notes(problem: Problem) -> list[str]:
    """Return a note of how busy units are taken to be, if they are."""
    if not problem.busy:
        return []
    low, high = min(problem.busy) / 1000, max(problem.busy) / 1000
    share = f"{100 * low:.0f} %" if low == high else f"{100 * low:.0f} % to {100 * high:.0f} %"
    return [f"units are taken to be busy with calls for {share} of their time"]


def _same(busy: int, horizon: Horizon) -> tuple[int, ...]:
    """Return one share in all slots; none where it is 0."""
    return (busy,) * (len(horizon.slots) - 1) if busy else ()


def _per_mille(desk: Desk, share: Fraction, address: Address) -> int:
    """Return a share per mille, after noting one that is too much."""
    if share * 1000 > MOST_BUSY:
        desk.fault(address, _TOO_BUSY, _LESS)
        return MOST_BUSY
    return round(share * 1000)


def _simulated(path: Path) -> Sequence[float]:
    """Return the shares of the first plan of a simulation; 0 where none is on duty."""
    try:
        document = json.loads(content_of(path, MOST_DOCUMENT).decode("utf-8-sig"))
        shares = [0.0 if share is None else share for share in document["plans"][0]["busy_by_slot"]]
        found = [float(share) for share in shares if type(share) in (int, float)]
    except OSError as error:
        wrong = f"cannot be read: {(error.strerror or str(error)).lower()}"
        raise _unfit(path, wrong, cure(error, "give the file that a simulation wrote")) from None
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        raise _unfit(path, "is no simulation", "write one with 'patrol simulate OUT --json'") from None
    if len(found) < len(shares) or not all(0 <= share <= 1 for share in found):
        raise _unfit(path, "has shares that are not between 0 and 1", "write it with 'patrol simulate OUT --json'")
    return found


def _unfit(path: Path, wrong: str, right: str) -> InputError:
    """Return the error of a file that is not what is wanted."""
    return InputError([Fault(str(path), 0, 0, "", wrong, right)])
