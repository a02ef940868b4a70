"""GeoPackage and GeoParquet out: the district's metric CRS, Chinese headings as column names."""

from __future__ import annotations

from pathlib import Path

import pyogrio

from gisplanner.files import replacing
from gisplanner.formats.layer_table import LayerTable, Written, with_headings
from gisplanner.text import Text

_GEOMETRY_TYPES = {"point": "Point", "line": "MultiLineString", "polygon": "MultiPolygon", "any": "Unknown"}


def write_geopackage(path: Path, table: LayerTable) -> Written:
    """Write one GeoPackage layer, rows without geometry included; the notes become its description.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    frame = with_headings(table)
    with replacing(path) as writing:
        pyogrio.write_dataframe(
            frame,
            writing,
            layer=table.name,
            driver="GPKG",
            geometry_type=_GEOMETRY_TYPES[table.geometry],
            promote_to_multi=table.geometry in {"line", "polygon"},
            use_arrow=True,
            layer_options={"IDENTIFIER": table.title, "DESCRIPTION": table.note_text()},
        )
    return Written(losses=_losses(table))


def write_geoparquet(path: Path, table: LayerTable) -> Written:
    """Write one GeoParquet file; decimals and lists stay what they are, the notes go into the schema metadata.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    frame = with_headings(table, decimals=True, lists=True)
    frame.attrs = {"gisplanner": table.note_text()}
    with replacing(path) as writing:
        frame.to_parquet(writing, index=False)
    return Written()


def _losses(table: LayerTable) -> tuple[str, ...]:
    lists = [column.label for column in table.columns if column.type == "text_list"]
    if not lists:
        return ()
    return (
        Text(
            f"列表写成用“;”分隔的文字：{'、'.join(lists)}",
            en=f"lists are written as text separated by “;”: {', '.join(lists)}",
        ),
    )
