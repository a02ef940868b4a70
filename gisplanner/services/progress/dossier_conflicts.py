"""Clearances that are not kept on the ground of a dossier (净距冲突): counted by owners, kind and clause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import shapely

from gisplanner.services.networks.conflicts import ConflictResult, conflict_frame
from gisplanner.services.progress.ground import ADJOINING_M

_SURE: Final = "确定"


@dataclass(frozen=True, slots=True)
class AreaConflicts:
    """The rows of one area, and what must be said beside them."""

    rows: list[tuple[Any, ...]]
    note: str


@dataclass(frozen=True, slots=True)
class CheckedLines:
    """All conflicts of a district as points, the pairs nobody can judge, and how many lines were looked at."""

    conflicts: gpd.GeoDataFrame
    unknown: gpd.GeoSeries
    lines: int

    def within(self, outlines: gpd.GeoSeries) -> AreaConflicts:
        """Return the conflicts inside some estates and on the roads beside them."""
        drawn = outlines[outlines.notna()]
        if not self.lines:
            return AreaConflicts([], "资料不足：没有入库的管线，未核对净距。")
        if drawn.empty:
            return AreaConflicts([], "资料不足：小区没有轮廓，无法取出本范围的净距冲突。")
        ground = shapely.union_all(drawn.to_numpy()).buffer(ADJOINING_M)
        found = self.conflicts[self.conflicts.within(ground)]
        unknown = int(self.unknown.within(ground).sum())
        told = f"小区内及毗邻道路 {ADJOINING_M:g} m（本工具参数）内" + ("" if len(found) else "没有发现净距冲突")
        note = f"{told}；另有 {unknown} 对资料不足不能判定。条文数值未核对印刷原文。"
        return AreaConflicts(_rows(found), note)


def checked_lines(result: ConflictResult) -> CheckedLines:
    """Return what a check of a district found, ready to be told area by area."""
    points = [shapely.Point(one.at) for one in result.report.unknown]
    return CheckedLines(conflict_frame(result), gpd.GeoSeries(points, crs=result.crs), len(result.lines))


def _rows(found: gpd.GeoDataFrame) -> list[tuple[Any, ...]]:
    rows = []
    owners = [_owners(a, b) for a, b in zip(found["a_owner"], found["b_owner"], strict=True)]
    kinds = [str(kind) for kind in found["kind"]]
    for (pair, kind, clause), group in found.groupby([owners, kinds, found["clause"]], sort=True):
        accepted = group["exception"].notna()
        sure = group["verdict"] == _SURE
        worst = group.loc[(group["required_m"] - group["measured_m"]).idxmax()]
        rows.append((
            pair, kind, int((sure & ~accepted).sum()), int((~sure & ~accepted).sum()), int(accepted.sum()),
            f"{worst['measured_m']:.2f}/{worst['required_m']:g}", clause,
        ))  # fmt: skip
    return sorted(rows, key=lambda row: (-row[2], -row[3], row[0]))


def _owners(a: Any, b: Any) -> str:
    names = sorted({str(one) for one in (a, b) if isinstance(one, str) and one})
    return " / ".join(names) or "未注明"
