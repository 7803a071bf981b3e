"""Reading JSON documents, with every error in words a planner can act on."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from typing import TypeVar

from pydantic import BaseModel, ValidationError

Document = TypeVar("Document", bound=BaseModel)


class DocumentError(ValueError):
    """A JSON document that is not what it should be; `errors` lists everything found, each with its place."""

    def __init__(self, errors: list[str]) -> None:
        self.errors = errors
        super().__init__("\n".join(errors))


def read_document(model: type[Document], text: str | bytes) -> Document:
    """Return the document of kind `model` written in `text`.

    Raises
    ------
    DocumentError
        When the text is no such document; it lists every error with its place.
    """
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise DocumentError(_located(error)) from None


def _located(error: ValidationError) -> list[str]:
    """Return one line an error: where it is in the document, what is wrong, and what was found."""
    lines = []
    for item in error.errors(include_url=False):
        where = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in item["loc"]).lstrip(".")
        found = "" if item["type"] in ("missing", "json_invalid") else f"; found {_short(item['input'])}"
        lines.append(f"{where or 'document'}: {item['msg']}{found}")
    return lines


def repeated_names(text: str | bytes) -> list[str]:
    """Return one line for each name that stands twice in one object of a JSON text; readers keep only the last.

    A text that is not JSON has none: whoever reads it says what is wrong.
    """
    lines: list[str] = []

    def note(pairs: list[tuple[str, object]]) -> None:
        twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
        lines.extend(f"{name!r} stands more than once in one object; delete all but one" for name in twice)

    with suppress(ValueError, RecursionError):
        json.loads(text, object_pairs_hook=note)
    return lines


def _short(value: object) -> str:
    """Return `value` as text of at most 60 characters."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
