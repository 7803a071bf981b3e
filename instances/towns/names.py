"""Invented names: none of them is taken from a map."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

TOWN = "Doggerham"

_FIRST = (
    *("Alder", "Amber", "Anchor", "Apple", "Ash", "Barley", "Beacon", "Bell", "Birch", "Bracken", "Brick", "Bridle"),
    *("Candle", "Cart", "Chandler", "Clay", "Cooper", "Copper", "Crane", "Cross", "Dyer", "Eel", "Elm", "Falcon"),
    *("Ferry", "Finch", "Fisher", "Flax", "Fuller", "Gannet", "Glass", "Goose", "Grain", "Gull", "Hawthorn", "Hazel"),
    *("Heron", "Herring", "Holly", "Honey", "Hop", "Ivy", "Kelp", "Kiln", "Lantern", "Lark", "Linden", "Linnet"),
    *("Mallow", "Maple", "Marsh", "Mill", "Minnow", "Nettle", "Oak", "Oyster", "Pear", "Pebble", "Plover", "Plum"),
    *("Quay", "Rope", "Rowan", "Rush", "Saddler", "Salt", "Sand", "Sedge", "Shell", "Sloe", "Sorrel", "Spindle"),
    *("Starling", "Swan", "Tanner", "Tern", "Thatch", "Thistle", "Tide", "Turnstone", "Walnut", "Weaver", "Willow"),
)
_LAST = ("Street", "Road", "Lane", "Row", "Terrace", "Way", "Gate", "Walk", "Hill", "Place")
_VILLAGES = ("Wyke", "Norham", "Ousby", "Selwick", "Thornness", "Marram", "Brantholm", "Eastcliff")


def street_names(rng: np.random.Generator) -> Iterator[str]:
    """Yield names of streets without end, each once."""
    again = 0
    while True:
        pairs = [f"{first} {last}" for last in _LAST for first in _FIRST]
        for i in np.argsort(rng.random(len(pairs)), kind="stable").tolist():
            yield pairs[i] if not again else f"{pairs[i]} {again + 1}"
        again += 1


def village(i: int) -> str:
    """Return the village that the i-th road out of town leads to."""
    return _VILLAGES[i % len(_VILLAGES)]
