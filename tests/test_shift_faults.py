"""Every fault of a shift file is told with its place, what is wrong, and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from instances.build import build
from instances.errors import InputError
from instances.shift_file import read_shift
from tests.every_shift_fault import BUILT, READ
from tests.shift_faults import Sample
from tests.shift_samples import SHIFT, edited, write_shift


def broken(folder: Path, sample: Sample) -> Path:
    """Write the shift file broken by `sample`."""
    text = edited(sample.old, sample.new) if sample.old else SHIFT
    if sample.grid != "1 min":
        text = text.replace("grid: 1 min", f"grid: {sample.grid}")
    return write_shift(folder, shift=text, files={sample.file: sample.text} if sample.file else None)


def told(error: InputError, folder: Path) -> str:
    """Return what an error says, without the folder of the test."""
    return str(error).replace(f"{folder}/", "")


@pytest.mark.parametrize("sample", READ, ids=lambda s: (s.new or s.text)[:50])
def test_reading_tells_every_fault(tmp_path: Path, sample: Sample) -> None:
    """Reading a broken file tells of each fault at its line and column, what is wrong and what would be right."""
    with pytest.raises(InputError) as caught:
        read_shift(broken(tmp_path, sample))
    assert told(caught.value, tmp_path) == sample.said


@pytest.mark.parametrize("sample", BUILT, ids=lambda s: (s.new or s.text)[:50])
def test_building_tells_every_fault(tmp_path: Path, sample: Sample) -> None:
    """Building from a broken file tells of each fault at its line, what is wrong and what would be right."""
    shift = read_shift(broken(tmp_path, sample))
    with pytest.raises(InputError) as caught:
        build(shift, cache=None)
    assert told(caught.value, tmp_path) == sample.said
