"""A cross-section (断面) through the stored lines at any place, as a record and as a picture."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import geopandas as gpd
import pandas as pd

from gisplanner.catalog.layers import utilities
from gisplanner.crs import WGS84, crs_name
from gisplanner.domain.accounts import NETWORK_OFFICES, Viewer
from gisplanner.domain.clearance import ClearanceConflict
from gisplanner.domain.district import District
from gisplanner.errors import PermissionDeniedError, UsageError
from gisplanner.files import replacing
from gisplanner.maps.profile import DrawnCut, DrawnLine, draw_cut
from gisplanner.planning.pipes.profile_cut import CutLine, ProfileCut, profile_cut
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.access import LOCAL
from gisplanner.services.networks.conflicts import check_lines, named_lines
from gisplanner.services.networks.district_tables import standards_of
from gisplanner.services.networks.upload import lines_for
from gisplanner.store.database import Database
from gisplanner.text import Text

_GONE: Final = frozenset({"abandoned", "connected"})
_DEGREES: Final = 360.0
_AROUND_M: Final = 2.0
_TOLERANCE_M: Final = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """A cut with what is known of its lines.

    Attributes
    ----------
    lines
        Rows of the lines that were cut, indexed by ``owner/utility/code``.
    conflicts, unknown
        Conflicts between lines of the cut near it, and ids of lines nobody can judge there.
    """

    cut: ProfileCut
    lines: gpd.GeoDataFrame
    conflicts: tuple[ClearanceConflict, ...]
    unknown: frozenset[Any]
    place: str
    crs: str

    @property
    def illustrative(self) -> bool:
        """Return whether invented lines are among them."""
        return bool(self.lines["illustrative"].any()) if len(self.lines) else False

    def remarks(self) -> dict[Any, str]:
        """Return for each line its worst conflict, else what cannot be judged, else 满足."""
        told = {one.id: _unknown(one, self.unknown) or "满足" for one in self.cut.lines}
        for one in reversed(self.conflicts):
            remark = f"{one.verdict} {one.measured_m:.2f} < {one.required_m:g} m"
            told |= {name: remark for name in (one.a, one.b) if name in told}
        return told

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        remarks = self.remarks()
        return {
            "at": list(self.cut.at),
            "crs": self.crs,
            "bearing_deg": self.cut.bearing_deg,
            "half_width_m": self.cut.half_width_m,
            "lines": [
                {
                    "id": one.id,
                    "offset_m": one.offset_m,
                    "depth_m": one.depth_m,
                    "width_m": one.width_m,
                    "height_m": one.height_m,
                    "remark": remarks[one.id],
                }
                for one in self.cut.lines
            ],
            "gaps": [{"a": one.a, "b": one.b, "clear_m": one.clear_m} for one in self.cut.gaps],
            "buildings": [{"from_m": a, "to_m": b, "id": name} for a, b, name in self.cut.walls],
            "conflicts": [
                {"a": one.a, "b": one.b, "kind": one.kind, "measured_m": one.measured_m, "required_m": one.required_m}
                for one in self.conflicts
            ],
            "illustrative": self.illustrative,
        }

    def sentences(self) -> Text:
        """Return the cut for a person, from left to right."""
        zh = [f"断面 {self.place}，方位 {self.cut.bearing_deg:.0f}°，{len(self.cut.lines)} 条管线（自左至右）："]
        en = [f"Section at {self.place}, bearing {self.cut.bearing_deg:.0f}°, {len(self.cut.lines)} lines:"]
        remarks = self.remarks()
        for one in self.cut.lines:
            depth = "埋深不明" if one.depth_m is None else f"覆土 {one.depth_m:.2f} m"
            zh.append(f"  {one.offset_m:+.2f} m {one.id} {depth}，{remarks[one.id]}")
            en.append(f"  {one.offset_m:+.2f} m {one.id} {'?' if one.depth_m is None else one.depth_m}")
        return Text("\n".join(zh), en="\n".join(en))


def cross_section_at(
    db: Database,
    district: District,
    at: tuple[float, float],
    *,
    bearing_deg: float | None = None,
    half_width_m: float = 10.0,
    viewer: Viewer = LOCAL,
) -> Section:
    """Cut across the stored lines at a place; an operator sees its own and what lies within 5 m of them.

    Parameters
    ----------
    at
        Longitude and latitude in degrees, or easting and northing in the district's CRS.

    Raises
    ------
    PermissionDeniedError
        The account has nothing to do with networks.
    InputError
        No line near and no direction given.
    """
    if viewer.role not in NETWORK_OFFICES | {"operator"}:
        raise PermissionDeniedError(
            Text(f"账户 {viewer.name} 不能查看管线断面。", en=f"The account {viewer.name} may not see networks.")
        )
    lines = lines_for(db, district, viewer=viewer)
    lines = lines[~lines["status"].isin(_GONE) & (lines["laying"] != "overhead")]
    named = named_lines(lines)
    buildings = layer_frame(db, district, "buildings").set_index("code")
    place = _metric(at, district)
    cut = profile_cut(named, place, bearing_deg=bearing_deg, half_width_m=half_width_m, buildings=buildings)
    met = list(dict.fromkeys(one.id for one in cut.lines))
    chosen = lines[named.index.isin(met)]
    report = check_lines(chosen, standards=standards_of(db, district)).report
    around = _point(cut.at).buffer(cut.half_width_m + _AROUND_M)
    near = tuple(one for one in (_here(each, cut, around) for each in report.conflicts) if one is not None)
    open_ = frozenset(name for one in report.unknown if around.contains(_point(one.at)) for name in (one.a, one.b))
    told = f"{at[0]:.6f}, {at[1]:.6f}" if _is_degrees(at) else f"{at[0]:.2f}, {at[1]:.2f}"
    return Section(cut, named.loc[met], near, open_, told, crs_name(district.crs))


def section_picture(section: Section, title: str, image: Literal["svg", "png"] = "svg") -> bytes:
    """Draw a section with walls, depths and a table of its lines.

    Raises
    ------
    InternalError
        No font with Chinese letters is installed.
    """
    remarks = section.remarks()
    sure = {name for one in section.conflicts if one.verdict == "确定" for name in (one.a, one.b)}
    drawn = [
        _drawn(section, one, _next(section, row), remarks[one.id], in_conflict=one.id in sure)
        for row, one in enumerate(section.cut.lines)
    ]
    notes = ["条文数值未核对原文；管径不明按最小图示尺寸绘制；虚线为埋深不明。"]
    if section.illustrative:
        notes.insert(0, "示意数据：非测绘成果。")
    walls = [(first, last, str(name)) for first, last, name in section.cut.walls]
    picture = DrawnCut(
        f"{title}　{section.place}　方位 {section.cut.bearing_deg:.0f}°",
        section.cut.half_width_m,
        drawn,
        walls,
        notes,
    )
    return draw_cut(picture, image)


def write_section(section: Section, path: Path, title: str) -> None:
    """Write the picture as ``.svg`` or ``.png``.

    Raises
    ------
    UsageError
        Another kind of file.
    """
    kind = path.suffix.lower().removeprefix(".")
    if kind not in {"svg", "png"}:
        raise UsageError(Text("断面图写成 SVG 或 PNG。", en="A section is written as SVG or PNG."))
    picture = section_picture(section, title, "svg" if kind == "svg" else "png")
    with replacing(path) as writing:
        writing.write_bytes(picture)


def _unknown(line: CutLine, unknown: frozenset[Any]) -> str | None:
    if line.id in unknown:
        return "资料不足"
    return "水平净距满足，覆土资料不足" if line.depth_m is None else None


def _next(section: Section, row: int) -> str:
    """Say how far the next line on the right is; lines in one shared trench keep no distance."""
    if row >= len(section.cut.gaps):
        return "—"
    gap = section.cut.gaps[row]
    a, b = (section.lines.loc[name, "common_trench"] for name in (gap.a, gap.b))
    shared = isinstance(a, str) and bool(a) and a == b
    return "同沟" if shared else f"{gap.clear_m:.2f} m"


def _drawn(section: Section, one: CutLine, next_clear: str, remark: str, *, in_conflict: bool) -> DrawnLine:
    line = section.lines.loc[one.id]
    utility = utilities()[line["utility"]]
    written = line["diameter_mm"]
    return DrawnLine(
        name=f"{utility.name} {line['code']}",
        owner=str(line["owner"]),
        section="" if pd.isna(written) else str(written),
        accuracy="" if pd.isna(line["accuracy"]) else str(line["accuracy"]),
        colour=utility.colour,
        offset_m=one.offset_m,
        depth_m=one.depth_m,
        width_m=one.width_m,
        height_m=one.height_m,
        next_clear=next_clear,
        remark=remark,
        in_conflict=in_conflict,
    )


def _here(one: ClearanceConflict, cut: ProfileCut, around: Any) -> ClearanceConflict | None:
    """Return a conflict as it is at the cut: beside each other the distance there decides, not the least anywhere."""
    if one.kind != "horizontal":
        return one if one.at is None or around.contains(_point(one.at)) else None
    apart = [
        abs(a.offset_m - b.offset_m) - (a.width_m + b.width_m) / 2.0
        for a in cut.lines
        for b in cut.lines
        if a.id == one.a and b.id == one.b
    ]
    clear = round(min(apart), 3)
    return replace(one, measured_m=clear) if clear < one.required_m - _TOLERANCE_M else None


def _metric(at: tuple[float, float], district: District) -> tuple[float, float]:
    if not _is_degrees(at):
        return at
    point = gpd.GeoSeries([_point(at)], crs=WGS84).to_crs(district.crs).iloc[0]
    return float(point.x), float(point.y)


def _is_degrees(at: tuple[float, float]) -> bool:
    return max(abs(at[0]), abs(at[1])) <= _DEGREES


def _point(at: tuple[float, float]) -> Any:
    return gpd.points_from_xy([at[0]], [at[1]])[0]
