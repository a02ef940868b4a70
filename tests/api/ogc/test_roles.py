"""Role × route × method × whose row, generated from the catalogue: over HTTP, and by direct SQL under the role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg2
import pytest
from pyproj import Transformer

from gisplanner.api.app import create_app
from gisplanner.services.accounts import ROLES, Role
from gisplanner.store.database import Database
from tests.api.ogc.conftest import signed
from tests.api.ogc.roles import OTHER_OWNER, OTHERS, OWN, Thing, may_change, may_see, stock, undone
from tests.api.ogc.test_crs_filter_tiles import tile_of
from tests.asking import viewer_of
from tests.calling import Call, calling
from tests.conftest import fresh_database

SQUARE = [[114.766, 25.661], [114.7662, 25.661], [114.7662, 25.6612], [114.766, 25.661]]
PLACES = {
    "point": {"type": "Point", "coordinates": SQUARE[0]},
    "line": {"type": "LineString", "coordinates": SQUARE[:2]},
    "polygon": {"type": "Polygon", "coordinates": [SQUARE]},
    "any": {"type": "Polygon", "coordinates": [SQUARE]},
}
TO_DEGREES = Transformer.from_crs(4547, 4326, always_xy=True)


@dataclass
class World:
    db: Database
    things: list[Thing]
    tokens: dict[Role, str]
    call: dict[Role, Call]


@pytest.fixture(scope="module")
def world(template: tuple[str, str]) -> Iterator[World]:
    with fresh_database(*template, actor="tester") as db:
        things, tokens = stock(db)
        app = create_app(db)
        yield World(db, things, tokens, {role: signed(calling(app), token) for role, token in tokens.items()})


def tile_around(thing: Thing, z: int) -> str:
    x, y = tile_of(*TO_DEGREES.transform(thing.x + 1, thing.y + 1), z)
    return f"{z}/{y}/{x}"


def content_of(db: Database, table: str) -> str:
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM {table} AS t")
        return cursor.fetchone()[0]


def as_viewer(world: World, role: Role) -> Database:
    viewer = viewer_of(world.db, world.tokens[role])
    assert viewer is not None
    return world.db.seen_by(viewer)


@pytest.mark.parametrize("role", ROLES)
def test_over_http_a_role_reads_what_is_its_own_and_nothing_else(world: World, role: Role):
    call = world.call[role]
    for thing in world.things:
        sees = may_see(role, thing)
        base = f"/ogc/collections/{thing.collection}"
        listed = call(f"{base}/items?limit=1000")
        assert (thing.code in listed.text) == sees, (thing, listed.status_code)
        alone = call(f"{base}/items/{thing.code}")
        assert (alone.status_code == 200) == sees, (thing, alone.status_code)
        assert sees or (alone.status_code in {403, 404} and '"properties"' not in alone.text)
        if thing.whose == OTHERS:
            by_filter = call(f"{base}/items", params={"filter": f"code = '{thing.code}'"})
            assert (by_filter.status_code == 200 and bool(by_filter.json()["features"])) == sees
        near, *far = (call(f"{base}/tiles/WebMercatorQuad/{tile_around(thing, z)}") for z in (17, 16, 14, 12))
        assert (thing.code.encode() in near.content) == sees, (thing, near.status_code)
        for one in far:
            assert sees or thing.code.encode() not in one.content, thing
            assert one.status_code in {200, 204, 403, 404}, (thing, one.status_code)
    for path in ("", "/queryables", "/tiles", "/tiles/WebMercatorQuad", "/items?f=html"):
        assert call(f"/ogc/collections/b.estates{path}").status_code == 404, path
    mine = {one["id"] for one in call("/ogc/collections").json()["collections"]}
    assert not {one for one in mine if one.startswith("b.")}


@pytest.mark.parametrize("role", ["public", "operator"])
def test_hidden_columns_leave_by_no_door(world: World, role: Role):
    call = world.call[role]
    # Of a layer that is not public a company is shown its own rows, and all of them.
    for thing in (one for one in world.things if one.whose == OTHERS and one.spec.public):
        base = f"/ogc/collections/{thing.collection}/items"
        for path in ("", f"/{thing.code}", "?households=987002"):
            text = call(f"{base}{path}").text
            assert not [mark for mark in ("987001", "987002", "987003") if f":{mark}" in text], (thing, path)
        for hidden in ("households > 0", "cost_cny > 1"):
            assert call(base, params={"filter": hidden}).status_code in {400, 403, 404}


@pytest.mark.parametrize("role", ROLES)
def test_over_http_a_role_changes_what_is_its_own_and_nothing_else(world: World, role: Role):
    call = world.call[role]
    for thing in world.things:
        if thing.spec.table is None:
            assert call(f"/ogc/collections/{thing.collection}/items", "POST", json={}).status_code in {403, 404}
            continue
        base = f"/ogc/collections/{thing.collection}/items"
        before = content_of(world.db, thing.table)
        allowed = may_change(role, thing)
        properties = {"illustrative": not allowed}  # as it is where it may be written, else a change that would show
        patch = call(f"{base}/{thing.code}", "PATCH", json={"properties": properties}, headers=MERGE)
        if allowed:
            assert patch.status_code == 204, (thing, patch.text)
            continue
        assert patch.status_code in {403, 404}, (thing, patch.status_code, patch.text)
        feature = {"type": "Feature", "properties": {"code": thing.code}, "geometry": PLACES[thing.spec.geometry]}
        for method in ("PUT", "DELETE"):
            answer = call(f"{base}/{thing.code}", method, json=feature)
            assert answer.status_code in {403, 404}, (thing, method, answer.status_code, answer.text)
        assert content_of(world.db, thing.table) == before, thing


MERGE = {"Content-Type": "application/merge-patch+json"}


def test_the_raw_lines_of_another_company_are_refused_by_name(world: World):
    answer = world.call["operator"]("/ogc/collections/a.pipe_segments/items", params={"owner": OTHER_OWNER})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "permission_denied")
    filtered = world.call["operator"](
        "/ogc/collections/a.pipe_segments/items", params={"filter": f"owner = '{OTHER_OWNER}' OR 1 = 1"}
    )
    assert [one["id"] for one in filtered.json()["features"]] == [f"pipe_segments-{OWN}"]


@pytest.mark.parametrize("role", ROLES)
def test_by_direct_sql_a_role_reaches_the_same_rows(world: World, role: Role):
    db = as_viewer(world, role)
    for thing in world.things:
        found, values = thing.row
        seen = _tolerant(db, f"SELECT 1 FROM {thing.table} WHERE {found}", values)
        assert bool(seen) == may_see(role, thing), thing
        if thing.spec.table is None:
            continue
        for statement in (
            f"UPDATE {thing.table} SET illustrative = NOT illustrative WHERE {found}",
            f"DELETE FROM {thing.table} WHERE {found}",
        ):
            touched = _tolerant(db, statement, values)
            if not may_change(role, thing):
                assert touched == 0, (thing, statement)


@pytest.mark.parametrize("role", ROLES)
def test_by_direct_sql_no_table_shows_another_district(world: World, role: Role):
    db = as_viewer(world, role)
    with world.db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns "
            "WHERE table_schema = 'gisplanner' AND column_name = 'district_id'"
        )
        tables = [row[0] for row in cursor.fetchall()]
    assert {"estate", "pipe_segment", "import_batch", "history"} <= set(tables)
    for table in tables:
        assert _tolerant(db, f"SELECT 1 FROM {table} WHERE district_id = 'b'") == 0, table


def _tolerant(db: Database, statement: str, values: tuple[str, ...] = ()) -> int:
    with undone(db) as connection, connection.cursor() as cursor:
        try:
            cursor.execute(statement, values)
        except psycopg2.errors.InsufficientPrivilege:
            return 0
        return cursor.rowcount
