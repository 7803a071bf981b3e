"""The ground a synthetic town stands on: its outline, how its grid is bent, and its river.

Metres in a plane whose origin is the market place; `Ground.degrees` puts the town on the globe.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

Point = tuple[float, float]

CENTRE = (54.7, 2.4)
"""Latitude and longitude of the market place: on the Dogger Bank, dry land until some 8,000 years ago."""

BLOCK = 120.0
"""Mean length of a block in metres."""

RIVER_WIDTH = 34.0


@dataclass(frozen=True)
class Wave:
    """A gentle sideways swing: `metres` along (dx, dy) per wave with wave vector (kx, ky) and phase."""

    dx: float
    dy: float
    kx: float
    ky: float
    phase: float

    def at(self, x: float, y: float) -> Point:
        """Return the displacement at a point."""
        swing = math.sin(self.kx * x + self.ky * y + self.phase)
        return self.dx * swing, self.dy * swing


@dataclass(frozen=True)
class Ground:
    """Outline, bending and river of a town of mean radius `radius` metres."""

    radius: float
    turn: float
    waves: tuple[Wave, ...]
    outline: tuple[float, float, float]
    river_angle: float
    river_offset: float
    river_phase: float

    @classmethod
    def draw(cls, rng: np.random.Generator, radius: float) -> Ground:
        """Return a ground drawn at random."""
        waves = []
        for length in (1.6 * radius, 0.9 * radius, 600.0):
            heading, push, phase = (2 * math.pi * u for u in rng.random(3).tolist())
            k = 2 * math.pi / length
            # A slope of 0.16 a wave bends streets by up to 9 degrees and can never fold the grid.
            size = 0.16 / k
            waves.append(
                Wave(size * math.cos(push), size * math.sin(push), k * math.cos(heading), k * math.sin(heading), phase)
            )
        turn, wide, tall, slim, angle, side, phase = rng.random(7).tolist()
        return cls(
            radius=radius,
            turn=0.5 * (turn - 0.5),
            waves=tuple(waves),
            outline=(0.14 * wide, 2 * math.pi * tall, 2 * math.pi * slim),
            river_angle=math.pi * angle,
            river_offset=radius * (0.3 + 0.12 * side),
            river_phase=2 * math.pi * phase,
        )

    def point(self, i: float, j: float) -> Point:
        """Return where the lattice point (i, j) lies, in metres."""
        x, y = BLOCK * i, BLOCK * j
        cos, sin = math.cos(self.turn), math.sin(self.turn)
        px, py = cos * x - sin * y, sin * x + cos * y
        moves = [wave.at(x, y) for wave in self.waves]
        still = [wave.at(0.0, 0.0) for wave in self.waves]
        return (
            px + sum(m[0] - s[0] for m, s in zip(moves, still, strict=True)),
            py + sum(m[1] - s[1] for m, s in zip(moves, still, strict=True)),
        )

    def inside(self, x: float, y: float) -> bool:
        """Return whether a point lies within the town."""
        around = math.atan2(y, x)
        bulge, first, second = self.outline
        edge = 1 + bulge * math.sin(2 * around + first) + 0.07 * math.sin(3 * around + second)
        return math.hypot(x, y) <= self.radius * edge

    def along(self, x: float, y: float) -> float:
        """Return how far down the river a point lies, in metres."""
        return math.cos(self.river_angle) * x + math.sin(self.river_angle) * y

    def across(self, x: float, y: float) -> float:
        """Return how far from the middle of the river a point lies; the sign tells the bank."""
        t = self.along(x, y)
        bend = 0.09 * self.radius * math.sin(2 * math.pi * t / (1.1 * self.radius) + self.river_phase)
        return -math.sin(self.river_angle) * x + math.cos(self.river_angle) * y - self.river_offset - bend

    def ashore(self, x: float, y: float) -> Point:
        """Return a point moved out of the river onto its bank."""
        far = self.across(x, y)
        bank = RIVER_WIDTH / 2 + 12
        if abs(far) >= bank:
            return x, y
        push = math.copysign(bank, far) - far
        return x - math.sin(self.river_angle) * push, y + math.cos(self.river_angle) * push

    @staticmethod
    def degrees(x: float, y: float) -> Point:
        """Return latitude and longitude to a centimetre; exact enough for a town some kilometres wide."""
        lat = CENTRE[0] + y / 111_195.0
        lon = CENTRE[1] + x / (111_195.0 * math.cos(math.radians(CENTRE[0])))
        return round(lat, 7), round(lon, 7)
