"""Two districts in which every layer has a row of one's own and one of others, and an account of each role."""

from __future__ import annotations

import re
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
SURVEYED = ("exclusions", "red_lines", "municipal_facilities", "public_rooms", "leftover_land")
STREETS_OWN = {"estate", "building", "entrance", "obstacle", "public_room"}
_KINDS = {
    "barrier": "围墙",
    "obstacle": "棚",
    "exclusion_area": "征迁",
    "network_point": "valve",
    "public_room": "公共用房",
    "leftover_land": "边角地",
}


@dataclass(frozen=True)
class Thing:
    """A stored row: its layer, table, code and district, and whose it is."""

    spec: LayerSpec
    table: str
    district: str
    whose: str
    x: float
    y: float

    @property
    def code(self) -> str:
        if self.spec.name == "gas_intents":  # one for each estate, by its code
            return f"estates-{self.whose}"
        if self.spec.name == "neighbour_segments":  # a line of others, 500 m away
            return f"{OTHER_OWNER}/gas/pipe_segments-{self.whose}"
        return f"{self.spec.name}-{self.whose}"

    @property
    def owner(self) -> str:
        return OWNER if self.whose == OWN else OTHER_OWNER

    @property
    def row(self) -> tuple[str, tuple[str, str]]:
        """Return the condition that finds the row by direct SQL, and its values."""
        if self.table == "gas_intent":
            return "owner = %s AND district_id = %s", (self.owner, self.district)
        return "code = %s AND district_id = %s", (self.code, self.district)

    @property
    def collection(self) -> str:
        return f"{self.district}.{self.spec.name}"


def table_of(spec: LayerSpec) -> str:
    return spec.table or re.findall(r"FROM (\w+)", select_sql(spec.name))[0]


def stock(db: Database) -> tuple[list[Thing], dict[Role, str]]:
    """Fill both districts; return the rows and the token of each role."""
    for name in ("a", "b"):
        create_district(db, name, crs="EPSG:4547", name=f"{name}区", bounds_lonlat=(114.0, 25.0, 116.0, 26.0))
    things = []
    with db.transaction() as connection:
        estates = _estates(connection)
        for number, spec in enumerate(layers().values()):
            for place, (district, whose) in enumerate((("a", OWN), ("a", OTHERS), ("b", ELSEWHERE))):
                thing = Thing(spec, table_of(spec), district, whose, 576_000 + 500 * place, 2_839_000 + 40 * number)
                if spec.name not in {"estates", "neighbour_segments"}:
                    _insert(connection, thing, estates[whose])
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


def _insert(connection: Connection, thing: Thing, estate: int) -> None:
    corners = {"x": thing.x, "y": thing.y, "x2": thing.x + 20, "y2": thing.y + 12}
    shape = SHAPES[thing.spec.geometry].format(**corners)
    values = {
        **_GIVEN,
        "kind": _KINDS.get(thing.table, "小区"),
        "district_id": thing.district,
        "srid": 4547,
        "code": thing.code,
        "owner": thing.owner,
        "stated_on": "2024-09-01",
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
        if "geom" in columns:
            row["geom"] = f"SRID=4547;{shape}"
        missing = {name for name, needed in columns.items() if needed} - row.keys()
        assert not missing, f"{thing.table} has new columns to fill: {missing}"
        marks = ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO {thing.table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


def may_see(role: Role, thing: Thing) -> bool:
    """What requirements section 15 says, written down a second time."""
    if thing.district != "a" or thing.spec.name == "neighbour_segments":
        return False
    offices: set[Role] = {"admin", "planner", "lead"}
    own_of: set[Role] = {"operator"}
    seen_by = {
        "pipe_segments": offices,
        "network_points": offices,
        "connection_points": offices,
        **dict.fromkeys(SURVEYED, offices | {"subdistrict", "reviewer"}),
        "gas_intents": offices | {"reviewer"},
    }.get(thing.spec.name, set(ROLES))
    if thing.table in STREETS_OWN:
        seen_by, own_of = seen_by - {"subdistrict"}, {"subdistrict"}
    elif thing.spec.name == "gas_intents":
        own_of = {"operator", "subdistrict"}
    elif thing.spec.name not in {"pipe_segments", "network_points"}:
        own_of = set()
    return role in seen_by or (role in own_of and thing.whose == OWN)


def may_change(role: Role, thing: Thing) -> bool:
    """Offices all of their district; a street its own estates and what stands in them; a company its own lines."""
    if thing.district != "a" or thing.spec.table is None:
        return False
    if role in {"admin", "planner"}:
        return True
    if role == "subdistrict":
        return thing.whose == OWN and thing.table in STREETS_OWN
    return role == "operator" and thing.table == "pipe_segment" and thing.whose == OWN


@contextmanager
def undone(db: Database) -> Iterator[Connection]:
    """A transaction that is rolled back whatever happens."""
    with db.transaction() as connection:
        try:
            yield connection
        finally:
            connection.rollback()
