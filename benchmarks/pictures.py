"""The pictures of the documents: ``python -m benchmarks.pictures`` draws them anew from the demo town.

Each picture is a function that is given the directory of a plan and a page of a browser, and returns PNG; add one to
`PICTURES` and it is drawn with the others, into ``docs``.  They are kept small.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.chromium import Page, browser

DEMO = Path("instances") / "demo_town" / "night.yaml"
MINUTE = 200
"""Of the shift: 21:20, when the town is busy."""


def the_map(out: Path, page: Page) -> bytes:
    """Return the map of the plan as it opens, at a busy minute."""
    page.size(1280, 800)
    page.open(out / "map.html", f"minute={MINUTE}&lang=en")
    page.frames(10)
    return page.picture()


COLOURS = 256
MOST = 40
"""Pixels of one colour that count when colours are chosen."""

PICTURES: dict[str, Callable[[Path, Page], bytes]] = {"map.png": the_map}


def main() -> None:
    """Plan the demo town, and draw all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs"), help="where the pictures go")
    folder = parser.parse_args().out
    with tempfile.TemporaryDirectory() as scratch, browser() as page:
        out = Path(scratch) / "out"
        patrol = [sys.executable, "-m", "cli", "plan", str(DEMO), "-o", str(out), "--quiet", "--work-limit", "20000"]
        subprocess.run(patrol, check=True, stdout=subprocess.DEVNULL)
        for name, draw in PICTURES.items():
            content = small(draw(out, page))
            (folder / name).write_bytes(content)
            print(f"drew {folder / name}, {len(content) / 1000:.0f} kB")


def small(picture: bytes) -> bytes:
    """Return a picture in 256 colours, chosen so that small symbols keep theirs beside large areas."""
    import numpy as np
    from PIL import Image

    full = Image.open(io.BytesIO(picture)).convert("RGB")
    colours, counts = np.unique(np.asarray(full).reshape(-1, 3), axis=0, return_counts=True)
    sample = np.repeat(colours, np.minimum(counts, MOST), axis=0)
    chosen = Image.fromarray(sample[None]).quantize(COLOURS, kmeans=4)
    content = io.BytesIO()
    full.quantize(palette=chosen, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
    return content.getvalue()


if __name__ == "__main__":
    main()
