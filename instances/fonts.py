"""Fonts of this machine for print: one for Latin, Greek, Cyrillic and more that is always there, others for the rest.

Each is cut down to what is needed, so that it is small wherever it is put, and turned into TrueType where its outlines
are of another kind, as PDF libraries want it.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from solver.export.sheets.pdf_type import Typeface

LIKED = (
    "notosanscjk",
    "notosanssc",
    "sourcehansans",
    "msyh",
    "pingfang",
    "wqy-zenhei",
    "wqy-microhei",
    "simhei",
    "dengxian",
    "hiragino",
    "meiryo",
    "malgun",
    "droidsansfallback",
    "arialuni",
    "notosans",
    "dejavusans",
    "liberationsans",
)
"""Beginnings of the names of font files, without blanks and in small letters, the best first."""

MOST = 6
"""Fonts that are looked for besides the first."""


def faces_for(texts: Iterable[str], fonts: Sequence[Path] | None = None) -> tuple[Typeface, ...]:
    """Return fonts that have as many as possible of the characters of `texts`.

    Parameters
    ----------
    texts : iterable of str
    fonts : sequence of Path, optional
        The fonts to choose among; those of the machine if nothing else.
    """
    from solver.export.sheets.pdf_type import Typeface

    regular, bold = _bundled()
    own, others, _ = _chosen(texts, fonts)
    faces = [Typeface(_cut(regular, 0, own | {0x20}), _cut(bold, 0, own | {0x20}), frozenset(own))]
    for path, number, found in others:
        if content := _cut(path, number, found | {0x20}):
            faces.append(Typeface(content, content, frozenset(found)))
    return tuple(faces)


def font_files_for(texts: Iterable[str], fonts: Sequence[Path] | None = None) -> tuple[tuple[Path, ...], set[int]]:
    """Return the font files that have what the font that is always there lacks, and what none of them has.

    Parameters
    ----------
    texts, fonts
        As in `faces_for`.
    """
    _, others, lacking = _chosen(texts, fonts)
    return tuple(path for path, _, _ in others), lacking


def _chosen(
    texts: Iterable[str], fonts: Sequence[Path] | None
) -> tuple[set[int], list[tuple[Path, int, set[int]]], set[int]]:
    """Return the characters that the first font has; other fonts (file, number in it, characters); what all lack."""
    wanted = {ord(c) for text in texts for c in text}
    own = wanted & set(_characters(_bundled()[0], 0))
    lacking = wanted - own - _CONTROLS
    others: list[tuple[Path, int, set[int]]] = []
    for path in sorted(_installed() if fonts is None else fonts, key=_liking) if lacking else ():
        if not lacking or len(others) == MOST:
            break
        for number in range(_fonts_in(path)):
            if found := lacking & set(_characters(path, number)):
                others.append((path, number, found))
                lacking -= found
                break
    return own, others, lacking


_CONTROLS = frozenset(range(0x20)) | {0x200C, 0x200D} | set(range(0xFE00, 0xFE10))
"""What needs no glyph."""


def _bundled() -> tuple[Path, Path]:
    """Return DejaVu Sans, regular and bold, as matplotlib brings it."""
    import matplotlib as mpl

    directory = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return directory / "DejaVuSans.ttf", directory / "DejaVuSans-Bold.ttf"


def _installed() -> Iterator[Path]:
    """Yield the font files of the machine."""
    from matplotlib.font_manager import findSystemFonts

    yield from map(Path, findSystemFonts())


def _liking(path: Path) -> tuple[int, bool, str]:
    """Return a key that sorts the best fonts first; fonts that are bold, slanted or light come after others."""
    name = path.name.lower().replace(" ", "").replace("_", "")
    place = next((i for i, liked in enumerate(LIKED) if name.startswith(liked)), len(LIKED))
    odd = any(word in name for word in ("bold", "italic", "oblique", "light", "thin", "black", "mono", "serif"))
    return place, odd, str(path)


@contextlib.contextmanager
def _opened(path: Path, number: int) -> Iterator[Any]:
    """Give a font of a file; the file is closed also where it is broken."""
    from fontTools.ttLib import TTFont

    with path.open("rb") as file, TTFont(file, fontNumber=number, lazy=True, recalcTimestamp=False) as font:
        yield font


def _fonts_in(path: Path) -> int:
    """Return how many fonts a file holds; none where it cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return 0
    return int.from_bytes(head[8:12], "big") if head[:4] == b"ttcf" else 1


def _characters(path: Path, number: int) -> Iterable[int]:
    """Return the code points that a font has; none where it cannot be read."""
    try:
        with _opened(path, number) as font:
            return set(font.getBestCmap() or ())
    except Exception:
        return ()


def _cut(path: Path, number: int, characters: Iterable[int]) -> bytes:
    """Return a font with these characters alone, as TrueType; nothing where that cannot be made."""
    from fontTools import subset

    options = subset.Options()
    options.layout_features, options.hinting, options.notdef_outline = [], False, True
    options.name_IDs = [1, 2, 4, 6]
    options.glyph_names, options.ignore_missing_unicodes = False, True
    try:
        with _opened(path, number) as font:
            options.drop_tables = [tag.strip() for tag in font.keys() if tag not in _NEEDED]  # noqa: SIM118
            cutter = subset.Subsetter(options)
            cutter.populate(unicodes=characters)
            cutter.subset(font)
            if "glyf" not in font:
                _as_truetype(font)
            content = io.BytesIO()
            font.save(content)
            return content.getvalue()
    except Exception:
        return b""


_NEEDED = frozenset(
    ("head", "hhea", "maxp", "OS/2", "hmtx", "cmap", "loca", "glyf", "name", "post", "CFF ", "CFF2", "GlyphOrder")
)
"""Tables of a font that print needs."""


def _as_truetype(font: Any) -> None:
    """Turn the outlines of a font, cubic curves, into quadratic ones; see fontTools' cu2qu."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import newTable

    order, glyphs = font.getGlyphOrder(), font.getGlyphSet()
    outlines = {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, max_err=font["head"].unitsPerEm / 1000, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"], glyf = newTable("loca"), newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = order, outlines
    font["glyf"] = glyf
    for tag in ("CFF ", "CFF2", "VORG"):
        if tag in font:
            del font[tag]
    largest = font["maxp"]
    largest.tableVersion = 0x00010000
    for field in (
        "maxTwilightPoints",
        "maxStorage",
        "maxFunctionDefs",
        "maxInstructionDefs",
        "maxStackElements",
        "maxSizeOfInstructions",
        "maxPoints",
        "maxContours",
        "maxCompositePoints",
        "maxCompositeContours",
        "maxComponentElements",
        "maxComponentDepth",
    ):
        setattr(largest, field, 0)
    largest.maxZones = 1
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"
