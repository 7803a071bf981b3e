"""Elements of XML, and a document of them: what GPX and KML are written with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def element(tag: str, children: Iterable[Element], **attributes: str) -> Element:
    """Return an element with children."""
    from xml.etree.ElementTree import Element

    made = Element(tag, attributes)
    made.extend(children)
    return made


def leaf(tag: str, text: str) -> Element:
    """Return an element that holds text."""
    made = element(tag, ())
    made.text = text
    return made


def document(root: Element) -> bytes:
    """Return a document in UTF-8 with an indented line for each element."""
    from xml.etree.ElementTree import indent, tostring

    indent(root, " ")
    text = str(tostring(root, encoding="unicode"))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
