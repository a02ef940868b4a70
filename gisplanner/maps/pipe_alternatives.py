"""Several pipeline plans on one map (管线方案比选图): one is shown at a time, figures beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd

from gisplanner.domain.layers import UtilitySpec
from gisplanner.maps.attributes import told
from gisplanner.maps.context import Context, add_context
from gisplanner.maps.embedding import render_template
from gisplanner.maps.features import add_features
from gisplanner.maps.outlines import as_degrees, view_box
from gisplanner.maps.page import OfflineMap, ScriptedLayer
from gisplanner.maps.sheet import Sheet

_HEADINGS: Final = ("管网", "道路", "接入楼栋", "长度（米）")
_OVERHEAD: Final = "6 5"


@dataclass(frozen=True, slots=True, eq=False)
class DrawnPlan:
    """A plan as the map shows it.

    Attributes
    ----------
    because
        Why it is looked at, and what was said beforehand.
    lines
        Lines in the metric CRS with ``network``, ``utility``, ``street``, ``building``, ``laying``, ``length_m``.
    figures
        Printed figures by name.
    """

    name: str
    because: str
    lines: gpd.GeoDataFrame
    figures: Mapping[str, str]


def pipe_alternatives_map(
    plans: Sequence[DrawnPlan],
    *,
    figures: Mapping[str, str],
    utilities: Mapping[str, UtilitySpec],
    sheet: Sheet,
    context: Context,
) -> str:
    """Return the map of several plans as one HTML page; the first is shown, the others at a click.

    Raises
    ------
    InternalError
        The front-end libraries are not installed.
    """
    drawn = [one.lines.geometry.to_crs(4326) for one in plans if len(one.lines)]
    page = OfflineMap(sheet, view_box(*drawn))
    around = plans[0].lines.geometry
    base = add_context(page, context, around)
    known = sorted({str(code) for one in plans for code in one.lines["utility"]}, key=list(utilities).index)
    layers = [_layer(page, f"plan-{number}", one, known, utilities) for number, one in enumerate(plans)]
    values = {
        "plans": [{"id": f"plan-{number}", "name": one.name} for number, one in enumerate(plans)],
        "rows": [(title, [one.figures[name] for one in plans]) for name, title in figures.items()],
        "because": [(one.name, one.because) for one in plans],
        "utilities": [(utilities[code].name, utilities[code].colour) for code in known],
    }
    page.furnish(
        render_template("pipe_alternatives.html", values),
        warnings=sheet.warnings(illustrative=context.illustrative),
        unmapped=[],
        notes=[*base.notes, "条文数值未核对原文"],
        signs=base.signs,
    )
    return page.finish({"方案": layers, "底图": base.layers}, exclusive=("方案",))


def _layer(
    page: OfflineMap, data_id: str, one: DrawnPlan, known: Sequence[str], utilities: Mapping[str, UtilitySpec]
) -> ScriptedLayer:
    shown = [
        (
            2 * known.index(str(row["utility"])) + int(row["laying"] == "overhead"),
            str(row["network"]),
            (
                utilities[str(row["utility"])].name,
                told(row["street"]),
                told(row["building"]),
                f"{row['length_m']:.1f}",
            ),
        )
        for row in one.lines.to_dict("records")
    ]
    page.embed(f"{data_id}-names", [])
    looks = [
        {"line": utilities[code].colour, "weight": 2.6, "dash": dash, "fill": None}
        for code in known
        for dash in (None, _OVERHEAD)
    ]
    return add_features(
        page, data_id, one.name, as_degrees(one.lines.geometry), shown,
        headings=_HEADINGS, looks=looks, zIndex=445, script="alternative",
    )  # fmt: skip
