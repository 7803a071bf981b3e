"""The page of a map: the files of the folder ``page`` put together with what it shows, in one file.

Nothing is loaded from anywhere: the page says so to the browser by a policy that allows its own script and its own
style, known by their hashes, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from typing import Any

from solver.export.map.content import map_content
from solver.export.sheet_words import CATALOGUES
from solver.languages import LANGUAGES, Language
from solver.plan import Plan
from solver.problem import Problem
from solver.scorecard import Scorecard
from solver.streets import Streets

SCRIPTS = (
    "reading.js",
    "content.js",
    "clock.js",
    "words.js",
    "palette.js",
    "moments.js",
    "view.js",
    "gestures.js",
    "ground.js",
    "labels.js",
    "symbols.js",
    "layers.js",
    "markers.js",
    "figures.js",
    "details.js",
    "units.js",
    "timeline.js",
    "player.js",
    "legend.js",
    "printing.js",
    "finder.js",
    "controls.js",
    "main.js",
)
"""Parts of the one script, in the order in which they build upon each other."""


def plan_map(
    problem: Problem, plan: Plan, streets: Streets, card: Scorecard, *, language: Language | None = None
) -> bytes:
    """Return the map of a plan as an HTML page in UTF-8.

    Parameters
    ----------
    problem : Problem
    plan : Plan
    streets : Streets
        Legs that it does not know are straight lines; without its network only the legs are drawn.
    card : Scorecard
        From `solver.score`, of this plan.
    language : {"en", "zh"}, optional
        That of the labels; None for that of the reader's browser.  The page can change it.

    Raises
    ------
    ExportError
        When a route of the plan cannot be shown.
    """
    content = map_content(problem, plan, streets, card)
    script, style = "\n".join(_part(name) for name in SCRIPTS), _part("style.css")
    words = {name: _words(name) for name in LANGUAGES}
    return _filled(
        _part("page.html"),
        {
            "policy": _policy(script, style),
            "title": _escaped(content["name"]),
            "style": style,
            "words": _json(words),
            "content": _json({"language": language, **content}),
            "script": script,
        },
    ).encode()


def _words(language: Language) -> dict[str, Any]:
    """Return the words of the page; why something is lacking is said as on the sheets."""
    words: dict[str, Any] = json.loads(_part(f"words_{language}.json"))
    return words | {"reasons": dict(CATALOGUES[language].reasons)}


def _part(name: str) -> str:
    """Return a file of the page."""
    return (files("solver.export.map") / "page" / name).read_text(encoding="utf-8")


def _policy(script: str, style: str) -> str:
    """Return what the page may do: run this script, use this style, and nothing else."""
    allowed = "; ".join(f"{what}-src '{_digest(text)}'" for what, text in (("script", script), ("style", style)))
    return f"default-src 'none'; {allowed}; img-src data:; base-uri 'none'; form-action 'none'"


def _digest(text: str) -> str:
    """Return a hash as policies write it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _json(value: Any) -> str:
    """Return compact JSON that ends no element and begins no comment of HTML."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _escaped(text: str) -> str:
    """Return text as HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _filled(page: str, parts: dict[str, str]) -> str:
    """Return the page with each ``{{part}}`` replaced, none of them twice, as what is put in may look like one."""
    found = []
    for i, piece in enumerate(page.split("{{")):
        name, _, rest = piece.partition("}}")
        found.append(piece if i == 0 else parts[name] + rest)
    return "".join(found)
