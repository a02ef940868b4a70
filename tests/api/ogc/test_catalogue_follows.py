"""Collections follow ``layers/`` while the server runs; every table a layer reads counts its changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gisplanner.catalog import layers as catalogue
from gisplanner.resources import resource_dir
from gisplanner.store.database import Database
from gisplanner.store.layer_sql import layer_query
from tests.calling import Call


@pytest.fixture
def own_layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "layers"
    shutil.copytree(resource_dir("layers"), folder)
    monkeypatch.setattr(catalogue, "resource_dir", lambda _: folder)
    monkeypatch.setattr(catalogue, "LOOK_AGAIN_S", 0.0)
    monkeypatch.setattr(catalogue, "_read", catalogue._Read())
    return folder


def test_a_folder_becomes_a_collection_without_a_restart(admin: Call, own_layers: Path):
    url = "/ogc/collections/a.tall/items"
    assert admin(url).status_code == 404
    shutil.copytree(own_layers / "buildings", own_layers / "tall")
    definition = own_layers / "tall" / "layer.toml"
    definition.write_text(definition.read_text("utf-8").replace('"buildings"', '"tall"', 1), "utf-8")
    assert len(admin(url).json()["features"]) == 25
    assert "a.tall" in {one["id"] for one in admin("/ogc/collections").json()["collections"]}
    definition.write_text("name =", "utf-8")
    assert admin("/ogc/collections/a.estates").status_code == 200, "a definition half written takes nothing down"
    shutil.rmtree(own_layers / "tall")
    assert admin(url).status_code == 404


@pytest.mark.parametrize("name", list(catalogue.layers()))
def test_every_table_a_layer_reads_counts_its_changes(db_of_readers: Database, name: str):
    with db_of_readers.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + layer_query(catalogue.select_sql(name)), {"district_id": "a"})
        plan = cursor.fetchone()[0]
        read = set(_tables(plan))
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'count_update'")
        counted = {row[0] for row in cursor.fetchall()}
    assert read
    assert read <= counted, "add its trigger in sql/functions/district_revision.sql"


def _tables(plan: object) -> list[str]:
    if isinstance(plan, list):
        return [name for one in plan for name in _tables(one)]
    if isinstance(plan, dict):
        own = [plan["Relation Name"]] if "Relation Name" in plan else []
        return own + [name for one in plan.values() for name in _tables(one)]
    return []
