"""Real networks as straight pipes for the plain loop: geometry is real, the kind of each network is said here."""

from __future__ import annotations

import itertools
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from tests.planning.pipes.clearance_oracle import Pipe

SHARED = Path(__file__).parents[2] / "shared" / "data"
DIAMETERS_M = {"water_small": 0.16, "gas_low": 0.11, "sewage": 0.3, "power": 0.05}
SETS = {
    "Schutterwald: gas, heat (as water), power": {
        "gas_low": ("schutterwald/gas_net_schutterwald_1bar.gpkg", "pipes"),
        "water_small": ("schutterwald/sw_heat.gpkg", "pipes"),
        "power": ("schutterwald/lv_schutterwald.gpkg", "lines"),
    },
    "Giswater sample: water, sewage": {
        "water_small": ("giswater/giswater_ws.gpkg", "arc"),
        "sewage": ("giswater/giswater_ud.gpkg", "arc"),
    },
    "KY8: water, and a sewer planted beside every fifth pipe": {"water_small": ("ky8/ky8.gpkg", "pipes")},
}
CRS = {"Schutterwald": 25832, "Giswater": 25831, "KY8": 32616}
MOST = 1_500
_BESIDE_M = 0.9
_EVERY = 5


def sets() -> dict[str, list[Pipe]]:
    """The networks that stand beside this checkout, thinned to what a plain loop can do."""
    made = {}
    for name, layers in SETS.items():
        if not all((SHARED / file).exists() for file, _ in layers.values()):
            continue
        parts = {
            kind: _segments(SHARED / file, layer, CRS[name.split(":")[0].split()[0]])
            for kind, (file, layer) in layers.items()
        }
        if name.startswith("KY8"):
            parts["sewage"] = shapely.offset_curve(parts["water_small"][::_EVERY], _BESIDE_M)
        made[name] = _pipes(parts)
    return made


def _segments(file: Path, layer: str, crs: int) -> np.ndarray:
    lines = gpd.read_file(file, layer=layer).to_crs(crs).geometry.dropna()
    pieces = []
    for line in shapely.get_parts(shapely.force_2d(lines.to_numpy())):
        points = shapely.get_coordinates(line)
        pieces += [shapely.LineString(pair) for pair in itertools.pairwise(points)]
    segments = np.array(pieces, dtype=object)
    return segments[shapely.length(segments) > 0.05]


def _pipes(parts: dict[str, np.ndarray]) -> list[Pipe]:
    every = np.concatenate(list(parts.values()))
    middle = shapely.Point(*np.median(shapely.get_coordinates(shapely.centroid(every)), axis=0))
    share = min(1.0, MOST / len(every))
    made: list[Pipe] = []
    for number, (kind, segments) in enumerate(parts.items()):
        near = np.argsort(shapely.distance(segments, middle), kind="stable")[: int(len(segments) * share) + 1]
        # Networks of one town are drawn on one street line: each is moved a little so that none lies on another.
        dx, dy = 0.237 * number, 0.151 * number
        for segment in segments[np.sort(near)]:
            (x1, y1), (x2, y2) = segment.coords
            ends = (x1 + dx, y1 + dy), (x2 + dx, y2 + dy)
            made.append(Pipe(len(made), ends[0], ends[1], kind, DIAMETERS_M[kind], 1.0 + 0.3 * number))
    return made
