"""Draw the pipelines of a stored district: lines by owner, conflicts by clause, the state of the filing."""

from __future__ import annotations

from typing import Final

import geopandas as gpd

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.catalog.layers import utilities
from gisplanner.domain.district import District
from gisplanner.domain.network_tasks import KIND_TITLES, TaskKind
from gisplanner.domain.point_kinds import POINT_KINDS
from gisplanner.maps.pipelines import Marks, Networks, pipelines_map
from gisplanner.services.layers import layer_frame
from gisplanner.services.maps import DEFAULT_OPTIONS, MapOptions, context_of, sheet_of
from gisplanner.services.networks.columns import LAYER, POINTS
from gisplanner.services.networks.conflicts import ConflictResult, conflict_frame, conflicts_of_district
from gisplanner.services.networks.filing import filing_matrix
from gisplanner.services.networks.tasks import stored_tasks
from gisplanner.store.database import Database

_TASKS: Final[dict[TaskKind, str]] = {
    "relocation": "#7a5cc2",
    "gas_guard": "#ffd166",
    "encroachment": "#b3001b",
    "application": "#2a9d8f",
    "handover": "#8d99ae",
}


def map_pipelines(
    db: Database,
    district: District,
    result: ConflictResult | None = None,
    *,
    options: MapOptions = DEFAULT_OPTIONS,
) -> str:
    """Return the map of pipelines as one HTML page that opens without a network.

    Parameters
    ----------
    result
        What checking the stored lines gave; ``None`` checks them now.

    Raises
    ------
    InternalError
        The front-end libraries are not installed.
    """
    found = conflicts_of_district(db, district) if result is None else result
    matrix = filing_matrix(db, district)
    total = len(matrix.estates) * len(matrix.owners)
    filing = [("方案备案", f"{matrix.count('已备案')}/{total}"), ("已报未备案", f"{matrix.count('已报')} 份")]
    return pipelines_map(
        layer_frame(db, district, "estates"),
        Networks(
            lines=layer_frame(db, district, LAYER),
            conflicts=conflict_frame(found),
            unknown=len(found.report.unknown),
            filing=filing,
            marks=_marks(db, district),
        ),
        layer=layer_spec("estates"),
        lines_layer=layer_spec(LAYER),
        utilities=utilities(),
        sheet=sheet_of(db, district, f"{district.name}老旧小区管线图", options),
        context=context_of(db, district),
    )


def _marks(db: Database, district: District) -> list[Marks]:
    points = layer_frame(db, district, POINTS)
    made = [
        Marks(
            f"{utilities()[str(code)].name}管点",
            utilities()[str(code)].colour,
            part.geometry,
            [f"{POINT_KINDS[kind]} {name}" for kind, name in zip(part["kind"], part["code"], strict=True)],
            ("类别", "附属物", "权属单位"),
            [(POINT_KINDS[row.kind], row.feature_text or "—", row.owner) for row in part.itertuples()],
        )
        for code, part in points.groupby("utility", sort=True)
    ]
    for kind, title in KIND_TITLES.items():
        tasks = [one for one in stored_tasks(db, district, kind) if one.shape is not None]
        if tasks:
            made.append(
                Marks(
                    title,
                    _TASKS[kind],
                    gpd.GeoSeries([one.shape for one in tasks], crs=district.crs),
                    [one.code for one in tasks],
                    ("单位", "对象", "缘由", "状态"),
                    [(one.owner, one.subject, one.cause, one.standing) for one in tasks],
                )
            )
    return made
