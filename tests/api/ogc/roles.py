"""Two districts in which every layer has a row of one's own and one of others, and an account of each role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2

from gisplanner.catalog.layers import layers, select_sql
from gisplanner.domain.layers import LayerSpec
from gisplanner.services.accounts import ROLES, Role, add_account
from gisplanner.services.districts import create_district
from gisplanner.store.database import Connection, Database

OWNER, OTHER_OWNER = "甲燃气", "乙电信"
STREET, OTHER_STREET = "甲街", "乙街"
OWN, OTHERS, ELSEWHERE = "mine", "others", "elsewhere"
"""A row of the account's own company and street; of others in its district; of another district."""

SCOPES: Mapping[Role, tuple[str, ...]] = {
    "admin": ("district=a",),
    "planner": ("district=a",),
    "subdistrict": ("district=a", f"subdistrict={STREET}"),
    "lead": ("district=a",),
    "operator": ("district=a", f"owner={OWNER}"),
    "reviewer": ("district=a",),
    "public": ("district=a",),
}
SHAPES = {
    "point": "POINT({x} {y})",
    "line": "LINESTRING({x} {y}, {x2} {y2})",
    "polygon": "POLYGON(({x} {y}, {x2} {y}, {x2} {y2}, {x} {y2}, {x} {y}))",
    "any": "POLYGON(({x} {y}, {x2} {y}, {x2} {y2}, {x} {y2}, {x} {y}))",
}
_GIVEN = {"utility": "gas", "kind": "小区", "status": "existing", "name": "名"}
_KINDS = {"barrier": "围墙", "obstacle": "棚", "exclusion_area": "征迁", "network_point": "valve"}


@dataclass(frozen=True)
class Thing:
    """A stored row: its layer, table, code and district, and whose it is."""

    spec: LayerSpec
    table: str
    district: str
    whose: str

    @property
    def code(self) -> str:
        return f"{self.spec.name}-{self.whose}"

    @property
    def collection(self) -> str:
        return f"{self.district}.{self.spec.name}"


def table_of(spec: LayerSpec) -> str:
    return spec.table or select_sql(spec.name).split("FROM", 1)[1].split()[0]


def stock(db: Database) -> tuple[list[Thing], dict[Role, str]]:
    """Fill both districts; return the rows and the token of each role."""
    for name in ("a", "b"):
        create_district(db, name, crs="EPSG:4547", name=f"{name}区", bounds_lonlat=(114.0, 25.0, 116.0, 26.0))
    things = []
    with db.transaction() as connection:
        estates = _estates(connection)
        for number, spec in enumerate(layers().values()):
            for place, (district, whose) in enumerate((("a", OWN), ("a", OTHERS), ("b", ELSEWHERE))):
                thing = Thing(spec, table_of(spec), district, whose)
                if spec.name != "estates":
                    _insert(connection, thing, estates[whose], x=576_000 + 500 * place, y=2_839_000 + 40 * number)
                things.append(thing)
    tokens = {role: add_account(db, f"账户{role}", role, scope=SCOPES[role]).token for role in ROLES}
    return things, tokens


def _estates(connection: Connection) -> dict[str, int]:
    made = {}
    for place, (district, whose, street) in enumerate(
        (("a", OWN, STREET), ("a", OTHERS, OTHER_STREET), ("b", ELSEWHERE, STREET))
    ):
        x = 576_000 + 500 * place
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH street AS (INSERT INTO subdistrict (district_id, name) VALUES (%s, %s) RETURNING id) "
                "INSERT INTO estate (district_id, srid, code, name, subdistrict_id, households, geom) "
                "SELECT %s, 4547, %s, %s, id, 987001, ST_MakeEnvelope(%s, 2838990, %s, 2840990, 4547) FROM street "
                "RETURNING id",
                (district, street, district, f"estates-{whose}", f"小区{whose}", x - 10, x + 300),
            )
            made[whose] = cursor.fetchone()[0]
    return made


def _insert(connection: Connection, thing: Thing, estate: int, *, x: float, y: float) -> None:
    shape = SHAPES[thing.spec.geometry].format(x=x, y=y, x2=x + 20, y2=y + 12)
    values = {
        **_GIVEN,
        "kind": _KINDS.get(thing.table, "小区"),
        "district_id": thing.district,
        "srid": 4547,
        "code": thing.code,
        "owner": OWNER if thing.whose == OWN else OTHER_OWNER,
        "estate_id": estate,
        "households": 987002,
        "cost_cny": 987003,
    }
    with connection.cursor(cursor_factory=psycopg2.extensions.cursor) as cursor:
        cursor.execute(
            "SELECT column_name, is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' "
            "FROM information_schema.columns WHERE table_schema = 'gisplanner' AND table_name = %s",
            (thing.table,),
        )
        columns = dict(cursor.fetchall())
        if "upload_id" in columns:
            cursor.execute(
                "INSERT INTO network_upload (district_id, owner, version, file_name, file_sha256, rows_read, "
                "rows_accepted) SELECT %s, %s, 1 + count(*), 'f', repeat('0', 64), 1, 1 FROM network_upload "
                "WHERE owner = %s AND district_id = %s RETURNING id",
                (thing.district, values["owner"], values["owner"], thing.district),
            )
            values["upload_id"] = cursor.fetchone()[0]
        row = {name: value for name, value in values.items() if name in columns}
        missing = {name for name, needed in columns.items() if needed} - {*row, "geom"}
        assert not missing, f"{thing.table} has new columns to fill: {missing}"
        names = ", ".join([*row, "geom"])
        marks = ", ".join(["%s"] * len(row))
        cursor.execute(
            f"INSERT INTO {thing.table} ({names}) VALUES ({marks}, ST_GeomFromText(%s, 4547))",
            (*row.values(), shape),
        )


def may_see(role: Role, thing: Thing) -> bool:
    """What requirements section 15 says, written down a second time."""
    if thing.district != "a":
        return False
    if thing.spec.name in {"pipe_segments", "network_points"}:
        return role in {"admin", "planner", "lead"} or (role == "operator" and thing.whose == OWN)
    if thing.spec.name == "connection_points":
        return role in {"admin", "planner", "lead"}
    if thing.spec.name == "exclusions" and role in {"public", "operator"}:
        return False
    if role == "subdistrict" and thing.table in {"estate", "building", "entrance", "obstacle"}:
        return thing.whose == OWN
    return True


def may_change(role: Role, thing: Thing) -> bool:
    """Offices all of their district; a street its own estates and what stands in them; a company its own lines."""
    if thing.district != "a" or thing.spec.table is None:
        return False
    if role in {"admin", "planner"}:
        return True
    if role == "subdistrict":
        return thing.whose == OWN and thing.table in {"estate", "building", "entrance", "obstacle"}
    return role == "operator" and thing.table == "pipe_segment" and thing.whose == OWN


@contextmanager
def undone(db: Database) -> Iterator[Connection]:
    """A transaction that is rolled back whatever happens."""
    with db.transaction() as connection:
        try:
            yield connection
        finally:
            connection.rollback()
