"""Put a register's projects into communities and subdistricts, lay the town out and draw it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import pandas as pd
from pyproj import CRS, Transformer

from gisplanner.crs import WGS84, crs_name, is_metric
from gisplanner.errors import CrsError
from gisplanner.planning.sketch.bend import bend
from gisplanner.planning.sketch.cluster import Cluster, cluster
from gisplanner.planning.sketch.frames import COLUMNS, Drawing, draw_site
from gisplanner.planning.sketch.ground import Town
from gisplanner.planning.sketch.programme import remarks
from gisplanner.planning.sketch.records import Remark, Sketch, SketchRow, read_rows
from gisplanner.planning.sketch.slicing import (
    COMMUNITY_PAD_M,
    SUBDISTRICT_PAD_M,
    Barrier,
    Node,
    best_shape,
    join_all,
    leaf,
    padded,
)
from gisplanner.planning.sketch.surroundings import draw_connection_points, draw_lanes, draw_streets, draw_strip
from gisplanner.planning.sketch.town import lay_out
from gisplanner.text import Text

NANKANG_LONLAT: Final = (114.765, 25.660)
_BARRIERS: Final[tuple[Barrier, ...]] = ("river", "railway")


def sketch(
    register: pd.DataFrame | Iterable[Any],
    *,
    centre_lonlat: tuple[float, float] = NANKANG_LONLAT,
    crs: CRS | str | int,
) -> Sketch:
    """Draw illustrative outlines (示意数据) for a register that has no geometry.

    The estates of one project stand within 12 m of each other, mostly wall to wall; different projects at least
    20 m apart, with a street between; communities are parted by wider streets, subdistricts (街道) by main
    roads, the first two of them by a river, a third by a railway. Every estate has exactly the register's
    number of buildings, households that add up exactly, and a floor area within ±10 % of the register's
    (:class:`~gisplanner.planning.sketch.records.Remark` names those that could not).

    Parameters
    ----------
    register
        Rows with ``code``, ``seq``, ``subdistrict``, ``community``, ``name`` (or ``estate``), ``households``,
        ``buildings``, ``floor_area_10k_m2`` (万㎡), ``project``; see
        :func:`~gisplanner.planning.sketch.records.read_rows`.
    centre_lonlat
        Middle of the drawn town, degrees WGS84.
    crs
        Metric planning system of the result, e.g. EPSG:4547.

    Returns
    -------
    Sketch
        The same for the same rows, in whatever order they come.

    Raises
    ------
    RegisterError
        Codes missing or given twice, figures that are no counts.
    CrsError
        ``crs`` does not count in metres.

    Examples
    --------
    >>> drawn = sketch([{"code": "A1", "name": "一建公司", "households": 118, "buildings": 6}], crs="EPSG:4547")
    >>> len(drawn.buildings), int(drawn.buildings["households"].sum()), bool(drawn.estates["illustrative"].all())
    (6, 118, True)
    """
    system = CRS.from_user_input(crs)
    if not is_metric(system):
        raise CrsError(
            Text(f"{crs_name(system)} 不是米制坐标系。", en=f"{crs_name(system)} does not count in metres.")
        )
    rows = read_rows(register)
    drawing = Drawing()
    noted: list[Remark] = []
    if rows:
        tree = _tree(rows)
        town = lay_out(tree, best_shape(tree))
        target = Transformer.from_crs(WGS84, system, always_xy=True).transform(*centre_lonlat)
        noted = _draw(drawing, town, rows[0].code, target)
    frames = {name: drawing.frame(name, system) for name in COLUMNS}
    return Sketch(**frames, remarks=tuple(sorted(noted, key=lambda remark: (remark.estate, remark.kind))))


def _draw(drawing: Drawing, town: Town, key: str, target_xy: tuple[float, float]) -> list[Remark]:
    noted: list[Remark] = []
    feet: list[tuple[float, float]] = []
    bent = bend(town, key, target_xy)
    for number, strip in enumerate(town.strips, start=1):
        draw_strip(drawing, town, strip, number, bent)
    for placed in town.projects:
        move = bent.rigid(placed)
        for site in placed.cluster.sites:
            draw_site(drawing, site, move)
            drawn_m2 = sum(block.shape.area * block.block.floors for block in site.blocks)
            noted += remarks(site.row, drawn_m2)
        feet += draw_lanes(drawing, placed, bent)
    draw_streets(drawing, town, bent, feet)
    draw_connection_points(drawing, town, bent)
    return noted


def _tree(rows: list[SketchRow]) -> Node:
    """Slice the town: subdistricts, in them communities, in them projects, each where most of its estates are."""
    projects: dict[str, list[SketchRow]] = {}
    for row in rows:
        projects.setdefault(row.project, []).append(row)
    homes: dict[str, dict[str, list[Cluster]]] = {}
    for project, members in sorted(projects.items()):
        subdistrict, community = _home(members)
        homes.setdefault(subdistrict, {}).setdefault(community, []).append(cluster(project, members))
    subdistricts = []
    for communities in homes.values():
        blocks: list[Node] = [
            padded(join_all([leaf(c) for c in clusters], level=2), COMMUNITY_PAD_M)
            for clusters in communities.values()
        ]
        subdistricts.append(padded(join_all(blocks, level=1), SUBDISTRICT_PAD_M))
    return join_all(subdistricts, level=0, barriers=_BARRIERS)


def _home(members: list[SketchRow]) -> tuple[str, str]:
    count = Counter((row.subdistrict, row.community) for row in members)
    return min(count, key=lambda place: (-count[place], place))
