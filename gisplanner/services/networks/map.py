"""Draw the pipelines of a stored district: lines by owner, conflicts by clause, the state of the filing."""

from __future__ import annotations

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.catalog.layers import utilities
from gisplanner.domain.district import District
from gisplanner.maps.pipelines import Networks, pipelines_map
from gisplanner.services.layers import layer_frame
from gisplanner.services.maps import DEFAULT_OPTIONS, MapOptions, context_of, sheet_of
from gisplanner.services.networks.columns import LAYER
from gisplanner.services.networks.conflicts import ConflictResult, conflict_frame, conflicts_of_district
from gisplanner.services.networks.filing import filing_matrix
from gisplanner.store.database import Database


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
        ),
        layer=layer_spec("estates"),
        lines_layer=layer_spec(LAYER),
        utilities=utilities(),
        sheet=sheet_of(db, district, f"{district.name}老旧小区管线图", options),
        context=context_of(db, district),
    )
