"""Coordinates of phone maps (GCJ-02, BD-09) among honest ones: told by what is stored already, never guessed.

A shifted position looks like any other: 300 to 700 m beside the truth is still inside the district. Only geometry
that stands in the district can tell: rows that fit it more than 100 m better after a conversion are suspected and
not stored; where nothing stored can tell, that is said (无法核对坐标).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gisplanner.crs import WGS84, shift, unshift
from gisplanner.domain.district import District
from gisplanner.errors import CrsError, Fault
from gisplanner.rules.estate_names import normalised_name
from gisplanner.services.ingest.reading import Table
from gisplanner.services.ingest.report import Finding
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Database
from gisplanner.text import Text

BETTER_BY_M: Final = 100.0
"""A conversion is believed only if rows fit this much better after it (本工具参数)."""

FITS_M: Final = 50.0
"""Rows fit when half of them are at most this far from what is stored (本工具参数)."""

_MAX_SAMPLED: Final = 400
_CHINA_DEG: Final = (72.0, 0.8, 138.0, 56.0)
_NAMES: Final[Mapping[str, str]] = {"gcj02": "GCJ-02", "bd09": "BD-09", "wgs84": "WGS84"}

Points = npt.NDArray[Any]


def check_datum(
    db: Database, district: District, table: Table, *, trusted: bool = False, dry_run: bool = False
) -> Finding | None:
    """Compare the rows of a file with what is stored, as they are and converted.

    Parameters
    ----------
    table
        The file; its coordinates passed the coordinate guard.
    trusted
        A person confirmed the coordinates: nothing is refused.
    dry_run
        A suspicion is told, not raised.

    Returns
    -------
    Finding
        ``datum_suspected`` or ``coordinates_unverified``; ``None`` if the rows fit as they are, and only so.

    Raises
    ------
    CrsError
        The rows fit more than 100 m better after a conversion; the fault names it and the shift.
    """
    if trusted or not _within_china(district):
        return None
    rows = _sampled(table)
    if not len(rows):
        return None
    fits = _fits(rows, _reference(db, district, table.kind), district, table.file.declared_crs)
    if fits is None:
        return _unverified(Text("区内没有可对照的图形", en="nothing is stored to compare with"))
    (own, _), others = fits["declared"], {name: fit for name, fit in fits.items() if name != "declared"}
    best = min(others, key=lambda name: others[name][0])
    fit_m, moved_m = others[best]
    if fit_m <= FITS_M and own - fit_m > BETTER_BY_M:
        suspicion = _suspicion(table, best, own, fit_m, moved_m)
        if dry_run:
            return Finding("datum_suspected", suspicion)
        raise CrsError(suspicion, [_fault(table, best, moved_m)])
    if own <= FITS_M and fit_m - own > BETTER_BY_M:
        return None
    return _unverified(Text("与区内已有图形对照不出差别", en="what is stored cannot tell the difference"))


def _within_china(district: District) -> bool:
    west, south, east, north = district.bounds_lonlat
    return west >= _CHINA_DEG[0] and south >= _CHINA_DEG[1] and east <= _CHINA_DEG[2] and north <= _CHINA_DEG[3]


def _sampled(table: Table) -> gpd.GeoDataFrame:
    """Return at most 400 rows, spread over the file, as points in WGS84 with their names."""
    shapes = table.file.frame.geometry
    names = table.attributes.values.get("name", pd.Series(None, index=shapes.index, dtype=object))
    there = np.flatnonzero(~(shapely.is_missing(shapes.to_numpy()) | shapely.is_empty(shapes.to_numpy())))
    chosen = there[np.linspace(0, len(there) - 1, min(len(there), _MAX_SAMPLED)).astype(int)] if len(there) else there
    points = gpd.GeoSeries(shapely.point_on_surface(shapely.force_2d(shapes.to_numpy()[chosen])), crs=shapes.crs)
    keys = [_key(name) for name in names.iloc[chosen]]
    return gpd.GeoDataFrame({"key": pd.Series(keys, dtype=object)}, geometry=points.to_crs(WGS84))


def _key(name: Any) -> str | None:
    return normalised_name(name) if isinstance(name, str) and name.strip() else None


def _reference(db: Database, district: District, kind: str) -> gpd.GeoDataFrame:
    """Return real stored geometry with names: estates, roads, the same kind; buildings only if nothing else."""
    parts: list[pd.DataFrame] = []
    for name in dict.fromkeys(["estates", "roads", kind, "buildings"]):
        if name == "buildings" and parts:
            continue
        frame = layer_frame(db, district, name)
        frame = frame[frame.geometry.notna() & ~frame["illustrative"].fillna(value=False).astype(bool)]
        if len(frame):
            names = frame["name"] if "name" in frame else pd.Series(None, index=frame.index, dtype=object)
            parts.append(pd.DataFrame({"key": [_key(one) for one in names], "geom": frame.geometry.to_numpy()}))
    if not parts:
        return gpd.GeoDataFrame({"key": []}, geometry=[], crs=district.crs)
    together = pd.concat(parts, ignore_index=True)
    return gpd.GeoDataFrame(together[["key"]], geometry=together["geom"].to_numpy(), crs=district.crs)


def _fits(
    rows: gpd.GeoDataFrame, reference: gpd.GeoDataFrame, district: District, declared: str | None
) -> dict[str, tuple[float, float]] | None:
    """Return for each reading of the rows how far half of them are from what is stored, and how far it moves them."""
    if not len(reference):
        return None
    named = rows["key"].isin(set(reference["key"].dropna())).to_numpy(dtype=bool)
    if named.any():
        rows = rows[named]
    own = rows.geometry.to_crs(district.crs).to_numpy()
    fits = {"declared": (_fit(own, rows, reference, named=bool(named.any())), 0.0)}
    for name, points in _conversions(rows.geometry, (declared or "").lower()).items():
        moved = points.to_crs(district.crs).to_numpy()
        by_m = float(np.median(shapely.distance(own, moved)))
        fits[name] = (_fit(moved, rows, reference, named=bool(named.any())), by_m)
    return fits


def _conversions(points: gpd.GeoSeries, declared: str) -> dict[str, gpd.GeoSeries]:
    if declared in {"gcj02", "bd09"}:
        return {"wgs84": shift(points, declared)}
    return {"gcj02": unshift(points, "gcj02"), "bd09": unshift(points, "bd09")}


def _fit(points: Points, rows: gpd.GeoDataFrame, reference: gpd.GeoDataFrame, *, named: bool) -> float:
    """Return the median distance to the namesakes, else to the nearest stored geometry, in metres."""
    if not named:
        _, distance = reference.sindex.nearest(points, return_all=False, return_distance=True)
        return float(np.median(distance))
    shapes = {key: shapely.union_all(group.geometry.to_numpy()) for key, group in reference.groupby("key")}
    return float(np.median([point.distance(shapes[key]) for point, key in zip(points, rows["key"], strict=True)]))


def _suspicion(table: Table, datum: str, own_m: float, fit_m: float, moved_m: float) -> Text:
    name = _NAMES[datum]
    declared = str(table.file.declared_crs).lower() in {"gcj02", "bd09"}
    claim = f"不是 {table.file.declared_crs}" if declared else f"疑似{name}"
    claim_en = f"not {table.file.declared_crs}" if declared else f"{name} suspected"
    return Text(
        f"{table.file.path.name} 的坐标{claim}，偏移约 {moved_m:.0f} m：与已有图形相距约 {own_m:.0f} m，"
        f"按 {name} 转换后约 {fit_m:.0f} m。未写入任何内容。",
        en=f"{table.file.path.name}: {claim_en}, shifted by about {moved_m:.0f} m: about {own_m:.0f} m from what "
        f"is stored as it is, {fit_m:.0f} m read as {name}. Nothing was written.",
    )


def _fault(table: Table, datum: str, moved_m: float) -> Fault:
    if datum == "wgs84":
        hint = Text("去掉 --crs 再导入", en="leave --crs out")
    elif table.file.crs.is_geographic:
        hint = Text(f"加 --crs {datum} 转换后导入", en=f"--crs {datum} converts it")
    else:
        hint = Text(f"先换成经纬度，再用 --crs {datum} 导入", en=f"convert to degrees first, then --crs {datum}")
    confirm = Text("；确认坐标无误时加 --trust-coordinates", en="; --trust-coordinates takes it as it is")
    return Fault(
        table.file.path.name,
        table.file.layer,
        None,
        "--crs",
        f"{moved_m:.0f} m",
        allowed=_NAMES[datum],
        hint=Text(f"{hint}{confirm}", en=f"{hint.en}{confirm.en}"),
    )


def _unverified(why: Text) -> Finding:
    return Finding(
        "coordinates_unverified",
        Text(f"无法核对坐标：{why}。", en=f"Coordinates could not be verified: {why.en}."),
    )
