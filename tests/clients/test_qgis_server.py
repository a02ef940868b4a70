"""QGIS reads the OGC API and its vector tiles (make clients)."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from gisplanner.api.app import create_app
from gisplanner.store.database import Database
from tests.api.ogc.conftest import running, stock

pytestmark = pytest.mark.client

LOOK = """
import json, os, sys
from qgis.core import QgsApplication, QgsVectorLayer, QgsVectorTileLayer
app = QgsApplication([], False); app.initQgis()
base = sys.argv[1]
layer = QgsVectorLayer(f"url='{base}' typename='a.buildings' srsname='OGC:CRS84'", "look", "OAPIF")
names = sorted(one["code"] for one in layer.getFeatures())
tiles = QgsVectorTileLayer(
    f"type=xyz&url={base}/collections/a.buildings/tiles/WebMercatorQuad/%7Bz%7D/%7By%7D/%7Bx%7D&zmin=0&zmax=22", "t"
)
print(json.dumps({"valid": layer.isValid(), "names": names, "tiles": tiles.isValid()}), flush=True)
os._exit(0)  # QGIS 3.22 crashes when Python takes its layers down after the application
"""


def test_qgis_reads_features_and_tiles(db: Database):
    stock(db)
    with running(create_app(db)) as base:
        done = subprocess.run(
            ["/usr/bin/python3", "-c", LOOK, f"{base}/ogc"],
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        )
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["valid"]
    assert seen["tiles"]
    assert seen["names"] == [f"B{number:02}" for number in range(25)]
