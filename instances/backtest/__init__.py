"""How well risk made from the past foretold what came: period after period, against plain maps."""

from instances.backtest.backtest import backtest
from instances.backtest.findings import Findings, findings
from instances.backtest.periods import Period, Rolling, rolling_periods
from instances.backtest.scores import Backtest
from instances.backtest.study import Study, make_study, span_of

__all__ = [
    "Backtest",
    "Findings",
    "Period",
    "Rolling",
    "Study",
    "backtest",
    "findings",
    "make_study",
    "rolling_periods",
    "span_of",
]
