"""The commands of `patrol`, a file each, and what they share: parse, call one function, render.

`cli.py` is the door that puts them together.  Everything heavy is imported by the command that uses it.
"""
