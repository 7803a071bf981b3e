"""Fixtures that several test files share."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[1].parent / "shared"
"""Real data that may not be put into the repository; it lies beside the checkout where there is any."""


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the directory of real data, or skip."""
    directory = SHARED / "data"
    if not directory.is_dir():
        pytest.skip(f"real data is not there: {directory}")
    return directory
