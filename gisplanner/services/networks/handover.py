"""Who takes over which line (移交): by receiver, split where a municipal road begins, each with its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gisplanner.catalog.layers import utilities
from gisplanner.catalog.profiles import profile
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.domain.network_tasks import NetworkTask
from gisplanner.domain.policy_works import HandoverRule
from gisplanner.formats.list_writer import write_list
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.access import LOCAL, owners_seen
from gisplanner.services.networks.columns import LAYER
from gisplanner.services.networks.works import estate_at
from gisplanner.store.database import Database
from gisplanner.text import Text

UNSTATED: Final = "文件未规定"
_OWNERS: Final = "各管线专营单位"
_GONE: Final = frozenset({"abandoned", "connected", "planned"})
_SLIVER_M: Final = 0.01
_HEADINGS: Final = ("接收单位", "权属单位", "管线种类", "编码", "小区", "位置", "长度（米）", "依据", "示意数据")


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A line, or the part of it inside or outside municipal roads, and who takes it over."""

    receiver: str
    owner: str
    utility: str
    code: str
    estate: str | None
    in_municipal_road: bool | None
    length_m: float
    quote: str | None
    illustrative: bool


@dataclass(frozen=True, slots=True)
class HandoverList:
    """All rows, and whether there were roads to split along."""

    rows: tuple[HandoverRow, ...]
    roads_without_width: int
    has_roads: bool

    def receivers(self) -> dict[str, float]:
        """Return metres by receiver."""
        names = sorted({one.receiver for one in self.rows})
        return {name: round(sum(one.length_m for one in self.rows if one.receiver == name), 3) for name in names}

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        return {
            "receivers": self.receivers(),
            "has_roads": self.has_roads,
            "roads_without_width": self.roads_without_width,
            "rows": [
                {
                    "receiver": one.receiver,
                    "owner": one.owner,
                    "utility": one.utility,
                    "code": one.code,
                    "estate": one.estate,
                    "in_municipal_road": one.in_municipal_road,
                    "length_m": one.length_m,
                    "quote": one.quote,
                    "illustrative": one.illustrative,
                }
                for one in self.rows
            ],
        }

    def sentences(self) -> Text:
        """Return the totals for a person."""
        zh, en = [f"移交清单 {len(self.rows)} 行。"], [f"{len(self.rows)} rows to hand over."]
        for name, length in self.receivers().items():
            zh.append(f"  {name}：{length:,.0f} m")
            en.append(f"  {name}: {length:,.0f} m")
        if not self.has_roads:
            zh.append("没有道路面或有宽度的道路：市政道路内外未分，资料不足。")
            en.append("There are no roads with a width: inside and outside cannot be told apart.")
        return Text("\n".join(zh), en="\n".join(en))


def handover_list(db: Database, district: District, *, viewer: Viewer = LOCAL) -> HandoverList:
    """Split every current line along the municipal roads and look up who takes over each part.

    A municipal road is a stored road polygon, or a line with a width, as far as it lies in no estate. An operator
    sees its own lines.

    Raises
    ------
    PermissionDeniedError
        The account has nothing to do with networks.
    """
    seen = owners_seen(viewer, district, Text("查看移交清单", en="see the handover"))
    lines = layer_frame(db, district, LAYER)
    lines = lines[~lines["status"].isin(_GONE) & lines["owner"].map(seen).astype(bool)]
    estates = layer_frame(db, district, "estates")
    ground, without = _municipal(layer_frame(db, district, "roads"), estates)
    rules = () if district.profile is None else profile(district.profile).handover
    parts = list(_parts(lines, ground))
    codes = estate_at(estates, [shape for _, _, shape in parts]) if parts else []
    names = dict(zip(estates["code"], estates["name"], strict=True))
    rows = [
        _row(line, shape, rules, inside=inside, estate=names.get(code))
        for (line, inside, shape), code in zip(parts, codes, strict=True)
    ]
    rows.sort(key=lambda one: (one.receiver, one.owner, one.utility, one.code, bool(one.in_municipal_road)))
    return HandoverList(tuple(rows), without, ground is not None)


def write_handover(found: HandoverList, path: Path) -> None:
    """Write a workbook with a sheet for each receiver.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    sheets: dict[str, list[list[str]]] = {}
    place = {True: "市政道路内", False: "小区内", None: "资料不足"}
    for one in found.rows:
        cells = [one.receiver, one.owner, utilities()[one.utility].name, one.code, one.estate or ""]
        cells += [place[one.in_municipal_road], f"{one.length_m:.1f}", one.quote or UNSTATED]
        sheets.setdefault(one.receiver, []).append([*cells, "示意数据" if one.illustrative else ""])
    write_list(path, sheets or {"移交": []}, headings=_HEADINGS)


def handover_tasks(found: HandoverList) -> list[NetworkTask]:
    """Return one task for each owner, receiver, utility and estate: 待移交."""
    groups: dict[tuple[str, str, str, str], list[HandoverRow]] = {}
    for one in found.rows:
        groups.setdefault((one.owner, one.receiver, one.utility, one.estate or "—"), []).append(one)
    return [
        NetworkTask(
            "handover",
            "/".join(key),
            owner,
            f"{utilities()[utility].name} {len(rows)} 段",
            rows[0].quote or UNSTATED,
            receiver=receiver,
            length_m=round(sum(one.length_m for one in rows), 3),
            illustrative=any(one.illustrative for one in rows),
        )
        for key, rows in groups.items()
        for owner, receiver, utility, _ in [key]
    ]


def _municipal(roads: gpd.GeoDataFrame, estates: gpd.GeoDataFrame) -> tuple[Any, int]:
    shapes, widths = roads.geometry.to_numpy(), roads["width_m"].to_numpy(dtype=float)
    flat = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004 - a surface
    wide = ~flat & np.isfinite(widths)
    grounds = [*shapes[flat], *shapely.buffer(shapes[wide], widths[wide] / 2.0, cap_style="flat")]
    if not grounds:
        return None, int((~flat).sum())
    inside = estates.geometry.dropna().union_all() if len(estates) else shapely.Polygon()
    return shapely.union_all(grounds).difference(inside), int((~flat & ~wide).sum())


def _parts(lines: gpd.GeoDataFrame, ground: Any) -> Iterator[tuple[Any, bool | None, Any]]:
    for line in lines.itertuples():
        if ground is None:
            yield line, None, line.geom
            continue
        within = line.geom.intersection(ground)
        for inside, shape in ((True, within), (False, line.geom.difference(ground))):
            if shape.length > _SLIVER_M:
                yield line, inside, shape


def _row(
    line: Any, shape: Any, rules: tuple[HandoverRule, ...], *, inside: bool | None, estate: str | None
) -> HandoverRow:
    utility = utilities()[line.utility]
    words = {utility.name, *utility.synonyms, *(["排水"] if utility.flow == "gravity" else [])}
    rule = next((one for one in rules if _applies(one, words, inside=inside)), None)
    receiver = UNSTATED if rule is None else rule.receiver
    return HandoverRow(
        line.owner if receiver == _OWNERS else receiver,
        line.owner,
        line.utility,
        line.code,
        None if inside else estate,
        inside,
        round(float(shape.length), 3),
        None if rule is None else rule.quote,
        bool(line.illustrative),
    )


def _applies(rule: HandoverRule, words: set[str], *, inside: bool | None) -> bool:
    if not words & set(rule.kinds):
        return False
    return rule.in_municipal_road is None or (inside is not None and rule.in_municipal_road == inside)
