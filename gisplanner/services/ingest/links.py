"""Which estate buildings, entrances, obstacles and public rooms belong to (归属), and what is odd about it."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from gisplanner.domain.district import District
from gisplanner.planning.assignment import assign_by_nearness, assign_by_share, overlaps
from gisplanner.services.ingest.report import Finding
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Connection, Database
from gisplanner.store.features import update_features
from gisplanner.text import Text

LINKED: Final = {
    "buildings": "building",
    "entrances": "entrance",
    "obstacles": "obstacle",
    "public_rooms": "public_room",
}
"""Layers whose rows belong to an estate, and their tables."""


def link_rows(kind: str, rows: gpd.GeoDataFrame, estates: gpd.GeoDataFrame) -> tuple[pd.Series[Any], list[Finding]]:
    """Return the estate id of each row, ``None`` for none, and what a person should look at.

    Real rows belong to real outlines, illustrative rows (示意数据) to illustrative ones: an illustrative outline
    stands where nothing real does. A row that lies in no outline keeps the estate it states by
    ``estate_code``, if that estate has no outline that could contradict it.

    Parameters
    ----------
    rows
        ``code``, ``illustrative``, perhaps ``estate_code``, geometry in the district's CRS.
    estates
        ``id``, ``code``, ``illustrative``, geometry; rows without outline included.
    """
    linked = pd.Series(None, index=rows.index, dtype=object)
    shared: list[str] = []
    for drawn in (False, True):
        some = rows[rows["illustrative"].fillna(value=False).astype(bool) == drawn]
        outlines = estates[(estates["illustrative"].astype(bool) == drawn) & estates.geometry.notna()]
        if not len(some) or not len(outlines):
            continue
        assign = assign_by_nearness if kind == "entrances" else assign_by_share
        found = assign(some.geometry, outlines.geometry)
        ids = outlines["id"].to_numpy()
        linked.loc[some.index] = [int(ids[at]) if at >= 0 else None for at in found.estate]
        shared += some["code"].iloc[found.shared].tolist()
    bare = estates[estates.geometry.isna()].set_index("code")["id"]
    if "estate_code" in rows:
        stated = rows["estate_code"].map(bare)
        linked = linked.where(linked.notna() | stated.isna(), stated)
    return linked, _findings(kind, rows, linked, shared)


def _findings(kind: str, rows: gpd.GeoDataFrame, linked: pd.Series[Any], shared: list[str]) -> list[Finding]:
    what = {"buildings": "栋楼", "entrances": "个出入口", "obstacles": "处障碍物", "public_rooms": "处房屋"}[kind]
    findings = []
    if shared:
        findings.append(
            Finding(
                "in_several_estates",
                Text(
                    f"{len(shared)} {what}跨两个以上小区，归入占比过半的一个。",
                    en=f"{len(shared)} {kind} lie in several estates; the one that holds more than half has them.",
                ),
                tuple({"code": code} for code in sorted(shared)),
            )
        )
    homeless = rows.loc[linked.isna(), "code"].tolist()
    if homeless:
        findings.append(
            Finding(
                "in_no_estate",
                Text(f"{len(homeless)} {what}不在任何小区内。", en=f"{len(homeless)} {kind} lie in no estate."),
                tuple({"code": code} for code in sorted(homeless)),
            )
        )
    return findings


def relink(db: Database, connection: Connection, district: District, estates: gpd.GeoDataFrame) -> int:
    """Give stored rows of :data:`LINKED` their estate anew after outlines changed; return how many moved.

    A building that did not move is not written, so its history stays short.
    """
    code_of = estates.set_index("id")["code"]
    moved = 0
    for kind, table in LINKED.items():
        rows = layer_frame(db, district, kind)
        if not len(rows):
            continue
        linked, _ = link_rows(kind, rows, estates)
        now = linked.map(code_of)
        differs = ~((now == rows["estate_code"]) | (now.isna() & rows["estate_code"].isna()))
        if differs.any():
            change = rows.loc[differs, ["code", "geom"]].assign(estate_id=linked[differs])
            moved += update_features(connection, table, district, change, ["code", "estate_id"])
    return moved


def overlap_findings(estates: gpd.GeoDataFrame) -> list[Finding]:
    """Return the pairs of real outlines that overlap: 重叠, a finding and no reason to refuse."""
    real = estates[~estates["illustrative"].astype(bool) & estates.geometry.notna()]
    pairs = overlaps(real.geometry)
    if not pairs:
        return []
    codes, names = real["code"].tolist(), real["name"].tolist()
    items = tuple(
        {"a": codes[i], "b": codes[j], "a_name": names[i], "b_name": names[j], "area_m2": round(area, 3)}
        for i, j, area in pairs
    )
    total = float(np.sum([area for _, _, area in pairs]))
    message = Text(
        f"{len(pairs)} 对小区轮廓重叠，共 {total:.1f} 平方米。",
        en=f"{len(pairs)} pairs of estates overlap, {total:.1f} m² in all.",
    )
    return [Finding("estates_overlap", message, items)]
