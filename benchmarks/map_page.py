"""How large a map is, and how smoothly a browser shows it without a graphics processor.

A made-up city of 24,000 streets with 20 units, eight hours and 150 hotspots is planned by `patrol plan`, and its map is
opened in headless Chromium in a window of 1280 by 800.  A frame is the time from one drawing of the window to the
next, told as the middle one and, in brackets, the 95th of a hundred; the browser makes at most 60 a second, so 17 ms
is the least.

    python -m benchmarks.map_page [MAP.html ...]

measures that map, and those named.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.chromium import Page, browser
from benchmarks.tables import markdown
from instances.towns import make_town
from solver.varints import unpack

TOWN = 1000
"""A town for so many hotspots has 24,000 streets."""

HOTSPOTS = 150
SECONDS = 3.0
HEAD = ("map", "lines of streets", "units", "MB", "opens in", "plays at", "fast", "dragged", "zoomed")


def main() -> None:
    """Measure the maps and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("maps", nargs="*", type=Path, help="maps to measure as well")
    named = parser.parse_args().maps
    with tempfile.TemporaryDirectory() as scratch, browser() as page:
        page.size(1280, 800)
        maps = {"made-up city": _city(Path(scratch)), **{path.parent.name or path.name: path for path in named}}
        print("\n".join(markdown(HEAD, [(name, *_row(page, path)) for name, path in maps.items()])))


def _city(folder: Path) -> Path:
    """Plan the city and return its map."""
    files = make_town(3, hotspots=TOWN, units=20).files
    for name, content in files.items():
        (folder / name).write_bytes(content)
    shift = folder / "night.yaml"
    text = re.sub(r"risk: \{hotspots: \d+", f"risk: {{hotspots: {HOTSPOTS}", shift.read_text(encoding="utf-8"))
    shift.write_text(text, encoding="utf-8")
    patrol = [sys.executable, "-m", "cli", "plan", str(shift), "-o", str(folder / "out"), "--quiet", "--no-cache"]
    subprocess.run([*patrol, "--time-limit", "10s"], check=True, stdout=subprocess.DEVNULL)
    return folder / "out" / "map.html"


def _row(page: Page, path: Path) -> list[str]:
    """Return the figures of one map."""
    begun = time.perf_counter()
    page.open(path)
    opened = time.perf_counter() - begun
    content = "JSON.parse(document.getElementById('content').textContent)"
    sizes, units = page.run(f"[{content}.network?.size ?? '', {content}.units.length]")
    frames = [_playing(page, 5), _playing(page, 30), _dragged(page), _zoomed(page)]
    return [f"{len(unpack(sizes)):,}", str(units), f"{path.stat().st_size / 1e6:.2f}", f"{opened:.1f} s", *frames]


def _watched(page: Page, act: str) -> list[float]:
    """Return the milliseconds of the frames drawn while `act`, which is told the share of the time gone, is done."""
    script = (
        "new Promise((done) => { const frames = []; const begun = performance.now(); let before = begun;"
        " const next = (now) => { frames.push(now - before); before = now;"
        f" const share = (now - begun) / {1000 * SECONDS}; if (share >= 1) return done(frames.slice(1));"
        f" ({act})(share); requestAnimationFrame(next); }}; requestAnimationFrame(next); }})"
    )
    frames: list[float] = page.run(script)
    return frames


def _playing(page: Page, speed: int) -> str:
    """Return the frames of the shift played at so many minutes a second."""
    page.run(f"speed.value = {speed}; speed.dispatchEvent(new Event('change')); play.click()")
    said = _told(_watched(page, "() => {}"))
    page.run("document.body.classList.contains('playing') && play.click()")
    page.press("Home")
    return said


_POINTER = (
    "const at = (kind, x, y) => stage.dispatchEvent(new PointerEvent(kind,"
    " {pointerId: 1, button: 0, buttons: 1, clientX: x, clientY: y, bubbles: true, pointerType: 'mouse'}));"
)


def _dragged(page: Page) -> str:
    """Return the frames of a map dragged to and fro, closer than at first."""
    page.run("closer.click(); closer.click(); closer.click(); stage.setPointerCapture = () => {}")
    page.frames(20)
    page.run(f"(() => {{ {_POINTER} at('pointerdown', 800, 400); }})()")
    said = _told(
        _watched(
            page,
            f"(s) => {{ {_POINTER} at('pointermove', 800 + 250 * Math.sin(9 * s), 400 + 150 * Math.sin(7 * s)); }}",
        )
    )
    page.run(f"(() => {{ {_POINTER} at('pointerup', 800, 400); }})()")
    page.press("0")
    page.frames(20)
    return said


def _zoomed(page: Page) -> str:
    """Return the frames of a map zoomed in and out by the wheel."""
    wheel = (
        "(s) => stage.dispatchEvent(new WheelEvent('wheel',"
        " {deltaY: s < 0.5 ? -40 : 40, clientX: 800, clientY: 400, cancelable: true}))"
    )
    said = _told(_watched(page, wheel))
    page.press("0")
    page.frames(20)
    return said


def _told(frames: list[float]) -> str:
    """Return the middle and the 95th of a hundred frames."""
    ordered = sorted(frames)
    return f"{ordered[len(ordered) // 2]:.0f} ({ordered[int(0.95 * (len(ordered) - 1))]:.0f}) ms"


if __name__ == "__main__":
    main()
