"""Lines and checks that the tests of clearance conflicts share."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from gisplanner.catalog.clearances import clearance_standards
from gisplanner.domain.clearance import ClearanceReport
from gisplanner.domain.clearance_tables import Standards
from gisplanner.planning.pipes.clearance import check_clearances
from tests.planning.pipes.clearance_oracle import Pipe

ATTRIBUTES: dict[str, dict[str, Any]] = {
    "water_small": {"utility": "water"},
    "water_large": {"utility": "water"},
    "sewage": {"utility": "sewage"},
    "gas_low": {"utility": "gas", "pressure": "low"},
    "gas_medium_a": {"utility": "gas", "pressure": "medium_a"},
    "power": {"utility": "power", "laying": "buried", "voltage_kv": 10.0},
    "telecom": {"utility": "telecom", "laying": "duct"},
}
DIAMETERS_MM = {
    "water_small": (100, 200),
    "water_large": (300, 400),
    "sewage": (300, 400),
    "gas_low": (63, 110),
    "gas_medium_a": (160, 200),
    "power": (50, 100),
    "telecom": (110, 220),
}


def line(*points: tuple[float, float], **attributes: Any) -> dict[str, Any]:
    return {**attributes, "geometry": shapely.LineString(points)}


def check(rows: list[dict[str, Any]], standards: Standards | None = None, **options: Any) -> ClearanceReport:
    frame = gpd.GeoDataFrame(rows, crs="EPSG:4547")
    return check_clearances(frame, standards or clearance_standards(), **options)


def town(seed: int, count: int, side_m: float) -> list[Pipe]:
    """Lines of a street grid, a little askew, some on top of each other's path, none joined."""
    dice = np.random.default_rng(seed)
    pipes = []
    for name in range(count):
        kind = str(dice.choice(list(ATTRIBUTES)))
        x, y = (float(value) for value in dice.uniform(0.0, side_m, 2))
        angle = float(dice.choice([0.0, np.pi / 2]) + dice.normal(0.0, 0.05))
        length = float(dice.uniform(3.0, 25.0))
        end = (x + np.cos(angle) * length, y + np.sin(angle) * length)
        depth = None if dice.random() < 0.2 else round(float(dice.uniform(0.3, 2.0)), 2)
        diameter = float(dice.choice(DIAMETERS_MM[kind])) / 1000.0
        pipes.append(Pipe(name, (x, y), (float(end[0]), float(end[1])), kind, diameter, depth))
    return pipes


def frame_of(pipes: list[Pipe]) -> gpd.GeoDataFrame:
    rows = [
        {
            **ATTRIBUTES[pipe.kind],
            "diameter_mm": pipe.diameter_m * 1000.0,
            "depth_m": pipe.depth_m,
            "where": "municipal_road",
            "geometry": shapely.LineString([pipe.start, pipe.end]),
        }
        for pipe in pipes
    ]
    return gpd.GeoDataFrame(rows, index=[pipe.name for pipe in pipes], crs="EPSG:4547")


GAS = line((0, 0), (100, 0), utility="gas", pressure="low")
