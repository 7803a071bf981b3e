"""The demo town: the bundled instance set, and how it was made.

``python -m instances.towns.demo`` writes its files anew.
"""

from __future__ import annotations

from pathlib import Path

from instances.towns.town import Town, make_town, write_town

DEMO = Path(__file__).parents[1] / "demo_town"
"""The folder of the bundled files; ``night.yaml`` is its shift file."""

SEED, HOTSPOTS, UNITS = 5, 40, 12


def make_demo() -> Town:
    """Return the demo town."""
    return make_town(SEED, hotspots=HOTSPOTS, units=UNITS)


if __name__ == "__main__":
    write_town(make_demo(), DEMO)
