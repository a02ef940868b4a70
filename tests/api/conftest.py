"""A caller of the application, and a small district to call about."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import geopandas as gpd
import pytest
import shapely

from gisplanner.api.app import create_app
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.services.districts import create_district
from gisplanner.store.database import Database
from gisplanner.store.features import copy_features
from tests.api.everyone import PROPOSAL, ROLE_OF, World, caller, plant
from tests.calling import Call, calling
from tests.conftest import fresh_database


@pytest.fixture
def get(db: Database) -> Call:
    """Calls of the person at this machine, who may see everything."""
    return calling(create_app(db, visitor=Viewer("local", "admin")), base_url="http://localhost")


@pytest.fixture
def district(db: Database) -> District:
    """A district of two estates: one illustrative, one without outline and with a name that looks like a script."""
    made = create_district(db, "a", crs="EPSG:4547", name="甲<区>", bounds_lonlat=(114.0, 25.0, 116.0, 26.0))
    rows = gpd.GeoDataFrame(
        {
            "code": ["1", "2"],
            "seq": [1, 2],
            "name": ["一建公司", "<script>alert(1)</script>"],
            "households": [118, 20],
            "floor_area_10k_m2": [Decimal("1.5"), Decimal("0.13")],
            "illustrative": [True, False],
            "geom": [shapely.box(576_811, 2_839_390, 576_911, 2_839_470), None],
        },
        geometry="geom",
        crs=4547,
    )
    with db.transaction() as connection:
        copy_features(connection, "estate", made, rows, [name for name in rows.columns if name != "geom"])
    return made


@pytest.fixture(scope="module")
def world(template: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Ten accounts and what each of them may not meet."""
    folder = tmp_path_factory.mktemp("everyone")
    with fresh_database(*template, actor="tester") as db:
        known, tokens = plant(db)
        app = create_app(db, uploads_dir=folder)
        call = {name: caller(calling(app), tokens.get(name)) for name in ROLE_OF}
        made = call["planner"]("/districts/a/proposals/make", "POST", json={"name": PROPOSAL, "gap_m": 50})
        assert made.status_code == 201, made.text
        yield World(db, known, call, app, folder)
