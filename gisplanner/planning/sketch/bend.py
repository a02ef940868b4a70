"""Bend a flat town gently: streets curve, blocks turn by a few degrees and stay rectangular.

The map is conformal, z → s·e^(iα)·(z + c·z²/2) on complex numbers: it keeps right angles at crossings, and its
scale s·|1 + c·z| is at least one everywhere in the town, so that nothing comes nearer than it was drawn. A
project moves as a rigid body (rotation and shift), and ``c`` is so small that a street departs from the straight
line along a project by no more than :data:`MOST_SAGITTA_M`.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from gisplanner.planning.sketch.chance import between
from gisplanner.planning.sketch.ground import PlacedCluster, Town
from gisplanner.planning.sketch.records import Floats

MOST_SAGITTA_M: Final = 3.0
MOST_TURN_RAD: Final = math.radians(4.5)


@dataclass(frozen=True, slots=True)
class Bend:
    """The map from flat ground (metres, town corner at the origin) to the metric CRS."""

    middle: complex
    target: complex
    factor: complex
    curve: complex

    def point(self, flat: complex) -> complex:
        """Map one point, unrounded."""
        z = flat - self.middle
        return self.target + self.factor * (z + self.curve * z * z / 2.0)

    def points(self, flat: Floats) -> Floats:
        """Map points (n, 2); results on whole millimetres."""
        z = flat[:, 0] + 1j * flat[:, 1] - self.middle
        w = self.target + self.factor * (z + self.curve * z * z / 2.0)
        return on_mm(w.real, w.imag)

    def rigid(self, placed: PlacedCluster) -> Rigid:
        """Return how the points of a project in its own frame move: turned with its streets, not bent."""
        half = complex(placed.cluster.width_m, placed.cluster.height_m) / 2.0
        flat = complex(placed.west, placed.south) + half
        turn = self.factor * (1.0 + self.curve * (flat - self.middle))
        return Rigid(half, self.point(flat), turn / abs(turn))


def on_mm(x: Floats, y: Floats) -> Floats:
    """Return points (n, 2) on whole millimetres."""
    points: Floats = np.column_stack([x, y]).astype(np.float64).round(3)
    return points


@dataclass(frozen=True, slots=True)
class Rigid:
    """Rotation and shift of a project from its own frame to the metric CRS."""

    half: complex
    there: complex
    turn: complex

    def __call__(self, own: Floats) -> Floats:
        """Move points (n, 2); results on whole millimetres."""
        x, y = own[:, 0] - self.half.real, own[:, 1] - self.half.imag
        east = self.there.real + x * self.turn.real - y * self.turn.imag
        north = self.there.imag + x * self.turn.imag + y * self.turn.real
        return on_mm(east, north)

    def own(self, point: complex) -> complex:
        """Return a point of the metric CRS in the project's own frame."""
        return (point - self.there) * self.turn.conjugate() + self.half


def bend(town: Town, key: str, target_xy: tuple[float, float]) -> Bend:
    """Return the bend of a town whose middle comes to ``target_xy``; ``key`` decides how much and which way."""
    extent = town.extent
    radius_m = math.hypot(extent.width_m, extent.height_m) / 2.0
    largest_m = max(math.hypot(p.cluster.width_m, p.cluster.height_m) / 2.0 for p in town.projects)
    strength = min(MOST_TURN_RAD / radius_m, 2.0 * MOST_SAGITTA_M / largest_m**2)
    curve = cmath.rect(strength, between(0.0, 2.0 * math.pi, key, "bend"))
    tilt = math.radians(between(-3.0, 3.0, key, "tilt"))
    return Bend(
        middle=complex((extent.west + extent.east) / 2.0, (extent.south + extent.north) / 2.0),
        target=complex(*target_xy),
        factor=cmath.rect(1.0 / (1.0 - strength * radius_m), tilt),
        curve=curve,
    )
