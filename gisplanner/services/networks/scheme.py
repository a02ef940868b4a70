"""The scheme for the pipelines of one estate (管线整治方案), gathered from what is stored and written as a paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.domain.network_tasks import NetworkTask
from gisplanner.errors import Fault, GisPlannerError, NotFoundError
from gisplanner.formats.network_scheme import Scheme, write_scheme
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.access import LOCAL, require_networks_office, require_owner
from gisplanner.services.networks.columns import LAYER, POINTS
from gisplanner.services.networks.conflict_files import conflict_frame
from gisplanner.services.networks.conflicts import ConflictResult, conflicts_of_district
from gisplanner.services.networks.filing import filing_matrix
from gisplanner.services.networks.gas_safety import gas_safety
from gisplanner.services.networks.line_parts import line_parts
from gisplanner.services.networks.scheme_parts import AROUND_M, EstateLines, EstateTasks, scheme_parts
from gisplanner.services.networks.section import Section, cross_section_at
from gisplanner.services.networks.tasks import stored_tasks
from gisplanner.store.database import Database
from gisplanner.text import Text

_GONE: Final = frozenset({"abandoned", "connected"})
_SIGNED: Final = ("管线单位（盖章）：", "编制人：", "牵头单位（盖章）：", "备案单位（盖章）：")
_WARNING: Final = "示意数据：管线和轮廓为示意，非测绘成果，不得据以施工"


@dataclass(frozen=True, slots=True, eq=False)
class SchemePaper:
    """What went into a paper; ``section`` is the cut drawn in it, ``None`` where nothing is buried."""

    estate: str
    lines: int
    conflicts: int
    unknown: int
    section: Section | None
    illustrative: bool

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        return {
            "estate": self.estate,
            "lines": self.lines,
            "conflicts": self.conflicts,
            "unknown": self.unknown,
            "section": self.section is not None,
            "illustrative": self.illustrative,
        }


def estate_scheme(
    db: Database,
    district: District,
    estate: str,
    path: Path,
    *,
    owner: str | None = None,
    on: date | None = None,
    checked: ConflictResult | None = None,
    viewer: Viewer = LOCAL,
) -> SchemePaper:
    """Write the scheme of one estate (code or exact name) as DOCX and return what went into it.

    Parameters
    ----------
    owner
        The plan of one company only; ``None``: of all of them, as the leading company puts them together.
    on
        Day of the paper; ``None`` is today.
    checked
        What checking the district gave, where many papers are written; ``None`` checks it now.

    Raises
    ------
    PermissionDeniedError
        A company writes its own plan only.
    NotFoundError
        No such estate, or it has no outline.
    """
    if owner is None:
        require_networks_office(viewer, Text("汇总整治方案", en="put schemes together"))
    else:
        require_owner(viewer, district, owner, Text("编写", en="write the scheme of"))
    day = on or date.today()  # noqa: DTZ011 - a calendar day at the office, not an instant
    found = _gather(db, district, estate, owner, checked or conflicts_of_district(db, district, on=day))
    section = _section(db, district, found, viewer)
    name = found.row["name"] or found.row["code"]
    scheme = Scheme(
        title=f"{name}管线整治方案",
        below=f"{owner or '各管线单位'}　{day:%Y年%m月%d日}　坐标系 EPSG:{district.srid}",
        warning=_WARNING if found.illustrative else None,
        parts=scheme_parts(found, section, _stored(db, district, found.row["code"], owner)),
        signed=_SIGNED,
        day=day,
    )
    write_scheme(path, scheme)
    return SchemePaper(str(name), len(found.lines), len(found.conflicts), found.unknown, section, found.illustrative)


def _gather(db: Database, district: District, estate: str, owner: str | None, result: ConflictResult) -> EstateLines:
    estates = layer_frame(db, district, "estates")
    chosen = estates[(estates["code"] == estate) | (estates["name"] == estate)]
    if chosen.empty or chosen.geometry.iloc[0] is None:
        raise NotFoundError(
            Text(f"没有小区 {estate}，或它没有轮廓。", en=f"There is no estate {estate}, or nobody drew it."),
            [Fault(value=estate)],
        )
    row = chosen.iloc[0]
    ground = shapely.buffer(chosen.geometry.iloc[0], AROUND_M)
    lines, points = (_within(layer_frame(db, district, name), ground, owner) for name in (LAYER, POINTS))
    buildings = layer_frame(db, district, "buildings")
    ids = {f"{one.owner}/{one.utility}/{one.code}" for one in lines.itertuples()}
    conflicts = conflict_frame(result)
    conflicts = conflicts[
        shapely.intersects(conflicts.geometry.to_numpy(), ground)
        & (conflicts["a"].isin(ids) | conflicts["b"].isin(ids)).to_numpy(dtype=bool)
    ]
    here = [one for one in result.report.unknown if shapely.intersects_xy(ground, *one.at) and {one.a, one.b} & ids]
    sketched = bool(row["illustrative"]) or bool(lines["illustrative"].any())
    near = buildings[shapely.intersects(buildings.geometry.to_numpy(), ground)]
    return EstateLines(row, ground, lines, near, points, conflicts, len(here), sketched)


def _within(frame: gpd.GeoDataFrame, ground: Any, owner: str | None) -> gpd.GeoDataFrame:
    near = frame[shapely.intersects(frame.geometry.to_numpy(), ground) & ~frame["status"].isin(_GONE)]
    near = near if owner is None else near[near["owner"] == owner]
    return near.assign(geom=shapely.intersection(near.geometry.to_numpy(), ground))


def _section(db: Database, district: District, found: EstateLines, viewer: Viewer) -> Section | None:
    buried = found.lines[found.lines["laying"] != "overhead"]
    if buried.empty:
        return None
    longest = buried.geometry.iloc[int(np.argmax(buried.geometry.length))]
    middle = shapely.line_interpolate_point(shapely.get_parts(longest)[0], 0.5, normalized=True)
    try:
        return cross_section_at(db, district, (middle.x, middle.y), half_width_m=9.0, viewer=viewer)
    except GisPlannerError:
        return None  # nothing buried of anybody near the middle of the longest stretch: the paper says 无


def _stored(db: Database, district: District, code: str, owner: str | None) -> EstateTasks:
    def here(tasks: Iterable[NetworkTask]) -> list[NetworkTask]:
        return [one for one in tasks if one.estate_code == code and owner in {None, one.owner}]

    gas = gas_safety(db, district)
    return EstateTasks(
        district,
        owner,
        here(stored_tasks(db, district, "relocation")),
        here([*gas.encroachments, *gas.guards]),
        here(stored_tasks(db, district, "application")),
        filing_matrix(db, district),
        line_parts(db, district, estate=code, owner=owner),
    )
