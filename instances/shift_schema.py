"""The JSON Schema of a shift file, for ``patrol schema shift`` and for editors that check a file as it is written."""

from __future__ import annotations

import json
from typing import Any

from instances.shift_document import GOALS, ShiftDocument, SiteDocument


def shift_schema() -> dict[str, Any]:
    """Return the JSON Schema of a shift file, with every default and description."""
    return _schema(ShiftDocument)


def site_schema() -> dict[str, Any]:
    """Return the JSON Schema of a shift file as `patrol site` reads it."""
    return _schema(SiteDocument)


def _schema(form: type[ShiftDocument]) -> dict[str, Any]:
    """Return the JSON Schema of a form of the shift file."""
    schema: dict[str, Any] = _tidied(form.model_json_schema(by_alias=True))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _tidied(node: Any) -> Any:
    """Return a schema without empty alternatives (an empty value is an error) and with defaults as values."""
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidy = {key: _tidied(value) for key, value in node.items() if not (key == "default" and value is None)}
    if isinstance(tidy.get("title"), str) and "properties" not in tidy:
        del tidy["title"]
    choices = [choice for choice in tidy.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        del tidy["anyOf"]
        tidy = {**choices[0], **tidy}
    for key in ("default", "examples"):
        if key in tidy:
            tidy[key] = _as_value(tidy[key], tidy.get("type"))
    return tidy


def _as_value(written: Any, kind_: Any) -> Any:
    """Return the number or truth value that was written as text."""
    if isinstance(written, list):
        return [_as_value(item, kind_) for item in written]
    if isinstance(written, dict):
        return {key: _as_value(item, "number" if key in GOALS else kind_) for key, item in written.items()}
    plain_kind = kind_ in ("integer", "number", "boolean") or kind_ == ["number", "string"]
    if isinstance(written, str) and plain_kind and not written.endswith("%"):
        return json.loads(written)
    return written
