"""A plan as one HTML page that plays the shift on a map, and needs no network.

`content` says in plain JSON values what the page shows; `cover` what of it tells who is near what; `html` puts it and
the files in the folder ``page`` together.  Those are plain JavaScript, style sheets and words, all our own.
"""

from __future__ import annotations

from solver.export.map.html import plan_map

__all__ = ["plan_map"]
