"""Refuses files that would swell while they are read: packed ones without end, XML that defines entities.

Only what is read is looked at; nothing is kept of it, and nothing is fetched.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from xml.parsers import expat

from instances.errors import Fault, RoadDataError
from instances.reading import UnfitFileError, any_unpacker, unpacked

MOST_UNPACKED = 256 * 2**30
"""Bytes that a packed road network may unpack to: more than all of OpenStreetMap's roads."""

DEEPEST = 100
"""How deeply elements of XML may be nested: four are usual."""


LONGEST = 8 * 2**20
"""Bytes of one tag of XML: parsers look at it again and again until it ends."""


def refuse_swelling(path: Path) -> None:
    """Make sure that a packed file does not unpack without measure.

    Raises
    ------
    RoadDataError
        When it does. A file that is damaged is left to its reader.
    """
    try:
        with any_unpacker(path) as file:
            for _ in unpacked(file, path.stat().st_size, MOST_UNPACKED):
                pass
    except UnfitFileError as error:
        raise _refusal(path, f"cannot be read ({error.strerror})", error.right) from None
    except (OSError, EOFError, zlib.error):
        return


def refuse_entities(path: Path) -> None:
    """Make sure that XML, packed or not, defines no entities and is not nested, nor its tags long, without measure.

    Raises
    ------
    RoadDataError
        When it does, is, or unpacks without measure. What is no XML, or damaged, is left to its reader.
    """
    parser = expat.ParserCreate()
    depth = 0

    def began(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise _refusal(path, f"its elements are nested more than {DEEPEST} deep", "save it again")

    def ended(*_: object) -> None:
        nonlocal depth
        depth -= 1

    def defines(*_: object) -> None:
        raise _refusal(path, "it has a document type (<!DOCTYPE …>), which could define anything", "delete it")

    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = began, ended, defines
    try:
        with any_unpacker(path) as file:
            given = 0
            for piece in unpacked(file, path.stat().st_size, MOST_UNPACKED):
                parser.Parse(piece)
                given += len(piece)
                if given - parser.CurrentByteIndex > LONGEST:
                    raise _refusal(path, f"an element of it is longer than {LONGEST // 2**20} MB", "save it again")
    except RoadDataError:
        raise
    except UnfitFileError as error:
        raise _refusal(path, f"cannot be read ({error.strerror})", error.right) from None
    except (OSError, EOFError, zlib.error, expat.ExpatError, ValueError):
        return


def _refusal(path: Path, wrong: str, right: str) -> RoadDataError:
    """Return the error for a file that is refused."""
    return RoadDataError([Fault(str(path), 0, 0, "", wrong, right)])
