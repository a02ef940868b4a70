"""Local independent grids of a district: fitted from control points, stored, used by imports as ``local:NAME``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gisplanner.domain.district import District
from gisplanner.domain.local_grid import LocalGrid
from gisplanner.errors import CrsError, Fault, InputError, NotFoundError
from gisplanner.formats.coordinates import coordinate_faults, summary_of
from gisplanner.formats.table import Table, TableRow, read_bytes
from gisplanner.formats.table_csv import read_csv
from gisplanner.formats.table_xlsx import read_xlsx
from gisplanner.planning.helmert import MIN_POINTS, fit_helmert, suspect_point
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

Points = npt.NDArray[np.float64]

DEFAULT_LIMIT_M: Final = 0.1
"""A point may lie this far off (本工具参数): twice the standard error of a mapping control point (图根点, 0.05 m)."""

MAX_SCALE_OFF: Final = 0.001
"""Local grids differ from the projected one by a few centimetres a kilometre; more is a mistyped point."""

_COLUMNS: Final = MappingProxyType(
    {
        "name": ("点名", "点号", "name"),
        "local_north": ("独立X", "独立北", "local_north"),
        "local_east": ("独立Y", "独立东", "local_east"),
        "north": ("X", "北", "north"),
        "east": ("Y", "东", "east"),
    }
)
"""Headings of a file of control points; X is the northing, as surveyors write it."""

_PREFIXED_M: Final = 13_000_000.0
"""An easting with the number of its zone before it: the first zone of China is 13."""

_ZONE_M: Final = 1_000_000.0


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """A control point with its residual; coordinates are easting, northing in metres."""

    name: str
    local: tuple[float, float]
    known: tuple[float, float]
    residual_m: float


@dataclass(frozen=True, slots=True)
class FittedGrid:
    """A grid that was stored, and how well it fits."""

    grid: LocalGrid
    points: tuple[ControlPoint, ...]
    limit_m: float

    @property
    def max_residual_m(self) -> float:
        """Return the largest residual."""
        return max(point.residual_m for point in self.points)

    def as_dict(self) -> dict[str, object]:
        """Return the document of ``--json``; residuals to the tenth of a millimetre."""
        return {
            "name": self.grid.name,
            "scale": self.grid.scale,
            "rotation_deg": self.grid.rotation_deg,
            "limit_m": self.limit_m,
            "max_residual_m": round(self.max_residual_m, 4),
            "points": [{"name": point.name, "residual_m": round(point.residual_m, 4)} for point in self.points],
        }


def fit_grid(
    db: Database, district: District, path: Path, *, name: str, limit_m: float = DEFAULT_LIMIT_M
) -> FittedGrid:
    """Fit a local grid from a file of control points and store it with the district.

    Parameters
    ----------
    path
        CSV or XLSX with 点名, 独立X (northing), 独立Y (easting), X, Y in the district's system; eastings may carry
        the number of their zone.
    limit_m
        Largest residual a point may have.

    Raises
    ------
    InputError
        Fewer than three points, cells that are no numbers, or points that do not fit; residuals are named.
    CrsError
        The points lie outside the district, e.g. with X and Y exchanged.
    """
    names, local, known = _points(path)
    known = _without_zone(known, district)
    frame = gpd.GeoDataFrame(geometry=shapely.points(known), crs=district.crs)
    misplaced = coordinate_faults(frame, district.bounds_lonlat, file=path.name)
    if misplaced:
        raise CrsError(summary_of(misplaced), misplaced)
    if len(np.unique(local, axis=0)) < MIN_POINTS:
        raise InputError(
            Text(f"{path.name}：至少要三个不同的控制点。", en=f"{path.name}: give at least three different points."),
            [Fault(path.name, value=str(len(names)), allowed=f"≥ {MIN_POINTS}")],
        )
    grid, residuals = fit_helmert(name, local, known)
    points = tuple(
        ControlPoint(one, (float(a[0]), float(a[1])), (float(b[0]), float(b[1])), float(residual))
        for one, a, b, residual in zip(names, local, known, residuals, strict=True)
    )
    fitted = FittedGrid(grid, points, limit_m)
    _refuse_misfits(path, fitted)
    with db.transaction() as connection:
        _store(connection, district, fitted)
    return fitted


def _store(connection: Connection, district: District, fitted: FittedGrid) -> None:
    grid = fitted.grid
    queries().local_grid_put(
        connection,
        district_id=district.id,
        name=grid.name,
        along=grid.along,
        across=grid.across,
        east_m=grid.east_m,
        north_m=grid.north_m,
        limit_m=fitted.limit_m,
        max_residual_m=fitted.max_residual_m,
        points=json.dumps(
            [
                {"name": point.name, "local": point.local, "known": point.known, "residual_m": point.residual_m}
                for point in fitted.points
            ],
            ensure_ascii=False,
        ),
    )


def get_grid(db: Database, district: District, declared: str) -> LocalGrid:
    """Return the stored grid of ``local`` (the only one) or ``local:NAME``.

    Raises
    ------
    NotFoundError
        There is none of that name, or several and no name.
    """
    with db.transaction() as connection:
        rows = list(queries().local_grid_list(connection, district_id=district.id))
    grids = [LocalGrid(row.name, row.along, row.across, row.east_m, row.north_m) for row in rows]
    wanted = declared.partition(":")[2]
    found = [grid for grid in grids if not wanted or grid.name == wanted]
    if len(found) == 1:
        return found[0]
    raise NotFoundError(
        Text(f"没有（或不止一个）独立坐标系 {declared}。", en=f"There is no (or not one) local grid {declared}."),
        [
            Fault(
                column="--crs",
                value=declared,
                allowed="、".join(f"local:{grid.name}" for grid in grids) or None,
                hint=Text("用 gisplanner grid fit 由控制点求取", en="gisplanner grid fit makes one"),
            )
        ],
    )


def is_local(declared: str | None) -> bool:
    """Return whether a declared reference system is a local grid."""
    return declared is not None and declared.lower().split(":")[0] == "local"


def _points(path: Path) -> tuple[list[str], Points, Points]:
    data = read_bytes(path)
    is_sheet = path.suffix.lower() == ".xlsx"
    table = read_xlsx(data, file=path.name)[0] if is_sheet else read_csv(data, file=path.name)
    rows = [row for row in table.rows if not row.blank]
    at = _headings(table, rows)
    faults: list[Fault] = []
    numbers = [
        [_number(table, row, at[column], column, faults) for column in ("local_east", "local_north", "east", "north")]
        for row in rows[1:]
    ]
    if faults:
        raise InputError(
            Text(
                f"{path.name} 有 {len(faults)} 个坐标不是数。", en=f"{path.name}: {len(faults)} cells are no numbers."
            ),
            faults,
        )
    if not numbers:
        raise InputError(Text(f"{path.name} 没有控制点。", en=f"{path.name} has no points."), [Fault(path.name)])
    values = np.array(numbers, dtype=float)
    return [row.cell(at["name"]).text.strip() for row in rows[1:]], values[:, :2], values[:, 2:]


def _headings(table: Table, rows: list[TableRow]) -> dict[str, int]:
    texts = ["".join(cell.text.split()).casefold() for cell in rows[0].cells] if rows else []
    at = {
        column: next((texts.index(name.casefold()) for name in names if name.casefold() in texts), -1)
        for column, names in _COLUMNS.items()
    }
    missing = [_COLUMNS[column][0] for column, index in at.items() if index < 0]
    if missing:
        raise InputError(
            Text(
                f"{table.file} 缺列：{'、'.join(missing)}。", en=f"{table.file} lacks columns: {', '.join(missing)}."
            ),
            [Fault(table.file, column=name, allowed="点名、独立X、独立Y、X、Y") for name in missing],
        )
    return at


def _number(table: Table, row: TableRow, index: int, column: str, faults: list[Fault]) -> float:
    text = row.cell(index).text.strip()
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        faults.append(Fault(table.file, row=row.number, column=_COLUMNS[column][0], value=text))
    return value


def _without_zone(known: Points, district: District) -> Points:
    """Return eastings without the number of their zone, if the district's system has none."""
    operation = district.crs.coordinate_operation
    params = [] if operation is None else operation.params
    false_easting = next((float(param.value) for param in params if param.name == "False easting"), 0.0)
    prefixed = (known[:, 0] > _PREFIXED_M) & (false_easting < _PREFIXED_M)
    return np.column_stack((np.where(prefixed, known[:, 0] % _ZONE_M, known[:, 0]), known[:, 1]))


def _refuse_misfits(path: Path, fitted: FittedGrid) -> None:
    off = fitted.max_residual_m > fitted.limit_m
    scale = fitted.grid.scale
    if not off and abs(scale - 1.0) <= MAX_SCALE_OFF:
        return
    hint = Text(f"尺度 {scale:.6f}", en=f"scale {scale:.6f}")
    if off:
        local = np.array([point.local for point in fitted.points])
        known = np.array([point.known for point in fitted.points])
        suspect = suspect_point(local, known, fitted.limit_m)
        if suspect is not None:
            name = fitted.points[suspect].name
            hint = Text(f"去掉 {name} 后其余都在限内", en=f"without {name} all others fit")
    worst, limit_m = fitted.max_residual_m, fitted.limit_m
    raise InputError(
        Text(
            f"{path.name} 的控制点符合不上：最大残差 {worst:.3f} m（限值 {limit_m:g} m），尺度 {scale:.6f}。未入库。",
            en=f"{path.name}: the points do not fit: residuals up to {worst:.3f} m (limit {limit_m:g} m), "
            f"scale {scale:.6f}. Nothing was stored.",
        ),
        [
            Fault(
                path.name,
                row=index,
                column=point.name,
                value=f"{point.residual_m:.3f} m",
                allowed=f"≤ {limit_m:g} m",
                hint=hint,
            )
            for index, point in enumerate(fitted.points, start=2)
        ],
    )
