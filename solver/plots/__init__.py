"""Plots of a plan with matplotlib, a file a kind: `cover`, `search`, `risk`, `units`.

Each makes a figure from plain values; `drawing` gives them their style and turns them into bytes.
"""
