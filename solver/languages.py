"""The languages in which planners and crews read plans; each text keeps its catalogues beside it.

One word for one thing holds in each of them: in Chinese a unit is 警组, a hotspot 热点, a post 快反点, a visit 巡控,
standby 待命, and being on call 备勤.
"""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
