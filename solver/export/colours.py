"""Colours of sheets, plots and comparisons: told apart by people who see colours differently, and in grey.

They are those of Okabe and Ito ("Color Universal Design", 2002).
"""

from __future__ import annotations

BLUE = "#0072b2"
VERMILION = "#d55e00"
GREEN = "#009e73"
YELLOW = "#f0e442"
PURPLE = "#cc79a7"
SKY = "#56b4e9"
INK = "#1a1a1a"
GREY = "#666666"
PALE = "#bdbdbd"
FAINT = "#e6e6e6"
PAPER = "#ffffff"

KINDS = {"visit": BLUE, "stint": VERMILION, "task": GREEN, "break": YELLOW, "standby": PALE, "driving": INK}
"""What a unit does."""

LAYERS = {"presence": BLUE, "response": VERMILION, "backup": GREEN}
"""What a plan covers by hour."""
