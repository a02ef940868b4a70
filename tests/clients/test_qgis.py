"""QGIS opens what we export: names, counts, reference systems (make clients)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from gisplanner.domain.district import District
from gisplanner.services.export import export_layer
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database

pytestmark = pytest.mark.client

LOOK = """
import json, os, sys
from qgis.core import QgsApplication, QgsVectorLayer
app = QgsApplication([], False); app.initQgis()
seen = {}
for path in sys.argv[1:]:
    layer = QgsVectorLayer(path, "look", "ogr")
    first = next(layer.getFeatures())
    seen[path] = {
        "valid": layer.isValid(), "count": layer.featureCount(), "crs": layer.crs().authid(),
        "fields": [field.name() for field in layer.fields()],
        "geometry_valid": first.geometry().isGeosValid(),
    }
print(json.dumps(seen, ensure_ascii=False), flush=True)
os._exit(0)  # QGIS 3.22 crashes when Python takes its layers down after the application
"""


@pytest.mark.parametrize(
    ("format_", "suffix", "crs"), [("geojson", "geojson", "EPSG:4326"), ("gpkg", "gpkg", "EPSG:4547")]
)
def test_qgis_opens_the_estates(db: Database, nankang: District, tmp_path: Path, format_: str, suffix: str, crs: str):
    sketch_outlines(db, nankang)
    out = tmp_path / f"小区.{suffix}"
    export_layer(db, nankang, "estates", format_, out)
    done = subprocess.run(
        ["/usr/bin/python3", "-c", LOOK, str(out)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    seen = json.loads(done.stdout.splitlines()[-1])[str(out)]
    assert seen["valid"]
    assert (seen["count"], seen["crs"], seen["geometry_valid"]) == (28, crs, True)
    assert {"小区名称", "户数", "总建筑面积（万平方米）"} <= set(seen["fields"])
