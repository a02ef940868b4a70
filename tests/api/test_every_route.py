"""Every route of the application × every account: nobody meets what is not theirs, and nobody changes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import psycopg2
import pytest

from gisplanner.api.maps import MAPS
from gisplanner.catalog.layers import layers
from gisplanner.domain.accounts import Viewer
from gisplanner.services.export import FORMATS
from gisplanner.store.database import Database
from tests.api.everyone import (
    ALL,
    INSIDE,
    JOB,
    MAY_MEET,
    OFFICES,
    PROPOSAL,
    ROLE_OF,
    WAITING,
    Known,
    World,
    met,
    viewer_of,
)
from tests.api.ogc.roles import OTHER_STREET, STREET

ITEMS: Final = "/ogc/collections/{collection_id}/items"
ITEM: Final = ITEMS + "/{feature_id:path}"
TILES: Final = "/ogc/collections/{collection_id}/tiles"
DISTRICT: Final = "/districts/{district_id}"
DESK: Final = f"{DISTRICT}/proposals"
ENTRY: Final = f"{DISTRICT}/entry"
STREETS: Final = OFFICES | {"other-street"}
PLAIN: Final = (
    "/", "/login", "/new-district", "/upload", "/jobs", "/metrics", "/healthz", "/readyz", "/ogc", "/ogc/",
    "/ogc/conformance", "/ogc/api", "/ogc/collections", "/ogc/processes",
)  # fmt: skip
_OFTEN: Final = ("estates", "pipe_segments")


@dataclass(frozen=True)
class Write:
    """A request that would change something, and the accounts that may send it."""

    method: str
    route: str
    url: str
    may: frozenset[str]
    given: dict[str, Any] = field(default_factory=dict)


def reads(known: Known) -> dict[str, list[str]]:
    """Return the addresses each route that is read is asked at."""
    names = list(layers())
    files = [f"{name}.geojson" for name in names]
    files += [f"{_OFTEN[n % 2]}{kind.suffix}" for n, kind in enumerate(FORMATS.values()) if kind.suffix != ".geojson"]
    of_a = {
        f"{DISTRICT}/register.xlsx": [""],
        f"{DISTRICT}/conflicts.geojson": [""],
        f"{DISTRICT}/layers/{{file_name}}": files,
        f"{DISTRICT}/maps/{{name}}.html": list(MAPS),
        f"{DISTRICT}/maps/{{name}}.svg": list(MAPS),
        f"{DISTRICT}/questions": [""],
        DESK: [""],
        **{f"{DESK}/{name}": [""] for name in ("list", "estates", "ground")},
        **{f"{DESK}/{name}": [f"?name={PROPOSAL}"] for name in ("one", "compare", "application")},
        ENTRY: ["", "?q=estates"],
        f"{ENTRY}/projects/{{code}}": ["P2"],
        f"{ENTRY}/estates/{{code}}": ["estates-mine", "estates-others", "estates-elsewhere"],
        f"{ENTRY}/forms/{{kind}}.csv": ["figures"],
        f"{ENTRY}/photos/{{photo_id}}.jpg": [str(known.photo)],
        f"{ENTRY}/evidence/{{file_id}}": [str(known.evidence)],
    }
    of_b = (f"{DISTRICT}/layers/estates.geojson", f"{DISTRICT}/maps/bundles.html", f"{DISTRICT}/maps/pipelines.html",
            f"{DISTRICT}/register.xlsx", f"{DISTRICT}/conflicts.geojson", DESK, ENTRY, f"{DESK}/estates")  # fmt: skip
    asked: dict[str, list[str]] = {
        route: [_filled(route, "a", value) for value in values] for route, values in of_a.items()
    }
    asked[f"{DISTRICT}/layers/{{file_name}}"] += [one.replace("{district_id}", "b") for one in of_b]
    collections = [f"a.{name}" for name in names]
    process = "/ogc/processes/{process_id}"
    return {
        **asked,
        **{one: [one] for one in PLAIN},
        "/enter": ["/enter?token=wrong"],
        "/ogc/jobs": ["/ogc/jobs", "/ogc/jobs?f=html"],
        **{f"/ogc/jobs/{{job_id}}{end}": [f"/ogc/jobs/{JOB}{end}"] for end in ("", "/results", "/progress")},
        process: ["/ogc/processes/bundle"],
        "/ogc/collections/{collection_id}": [f"/ogc/collections/{one}" for one in ("a.estates", "b.estates")],
        "/ogc/collections/{collection_id}/queryables": ["/ogc/collections/b.estates/queryables"],
        ITEMS: [f"/ogc/collections/{one}/items?limit=100" for one in [*collections, "b.estates"]]
        + ["/ogc/collections/a.estates/items?f=html", "/ogc/collections/a.pipe_segments/items?f=html"],
        ITEM: ["/ogc/collections/a.estates/items/estates-others?f=html"]
        + [f"/ogc/collections/b.{name}/items/{name}-elsewhere" for name in ("estates", "pipe_segments")],
        TILES: [_filled(TILES, "a", "").replace("{collection_id}", "b.estates")],
        f"{TILES}/WebMercatorQuad": ["/ogc/collections/b.estates/tiles/WebMercatorQuad"],
        f"{TILES}/WebMercatorQuad/{{z}}/{{y}}/{{x}}": [
            f"/ogc/collections/{one}/tiles/WebMercatorQuad/8/109/209" for one in ("a.estates", "a.pipe_segments")
        ],
    }  # fmt: skip


def _filled(route: str, district: str, value: str) -> str:
    url = route.replace("{district_id}", district)
    if "{" not in url:
        return url + value
    head, tail = url.split("{")[0], url.split("}")[-1]
    return f"{head}{value}{tail}"


def writes(known: Known) -> list[Write]:
    """Return every request that changes something: of district a, of the street and the account of somebody else."""
    feature = {"type": "Feature", "geometry": None, "properties": {"code": "estates-others", "name": "改"}}
    merge = {"headers": {"Content-Type": "application/merge-patch+json"}}
    estates, base = "/ogc/collections/a.estates/items", "/districts/a"
    day = "2024-02-01"
    outline = {"district_id": "c", "crs": "EPSG:4547", "name": "c", "bounds": "114,25,116,26"}
    may_upload = ALL - {"lead", "reviewer", "public"}
    # A job is its account's own and runs under its right; where that sees no such district, it fails.
    may_plan = OFFICES | {"lead", "reviewer", "planner-of-b"}
    return [
        Write("POST", "/login", "/login", frozenset(), {"data": {"account": "planner", "password": "x"}}),
        Write("POST", "/logout", "/logout", frozenset()),
        Write("POST", "/new-district", "/new-district", frozenset(), {"data": outline}),
        Write("POST", f"{DISTRICT}/questions", f"{base}/questions", OFFICES,
              {"data": {"question": str(known.question), "value": "7"}}),
        Write("POST", f"{DISTRICT}/sketch", f"{base}/sketch", OFFICES),
        Write("POST", "/uploads", "/uploads", may_upload, {"content": b"a", "headers": {"X-File-Name": "a.csv"}}),
        Write("POST", f"{DESK}/make", f"{base}/proposals/make", OFFICES, {"json": {"name": "又", "gap_m": 30}}),
        Write("POST", f"{DESK}/change", f"{base}/proposals/change?name={PROPOSAL}", OFFICES,
              {"json": {"kind": "reoptimise", "reason": "试"}}),
        Write("POST", f"{ENTRY}/projects/{{code}}/stages", f"{base}/entry/projects/P2/stages", STREETS,
              {"data": {"stage": "项目申报", "on": day, "evidence": "x"}}),
        Write("POST", f"{ENTRY}/projects/{{code}}/facts", f"{base}/entry/projects/P2/facts", STREETS,
              {"data": {"kind": "date", "name": "开工", "on": day}}),
        Write("POST", f"{ENTRY}/estates/{{code}}", f"{base}/entry/estates/estates-others", STREETS,
              {"data": {"year_built": "1998"}}),
        Write("POST", f"{ENTRY}/estates/{{code}}/photos", f"{base}/entry/estates/estates-others/photos", STREETS,
              {"data": {"phase": "改造前", "on": day}, "files": {"photo": ("a.jpg", b"\xff\xd8x")}}),
        Write("POST", f"{ENTRY}/filing-due", f"{base}/entry/filing-due", OFFICES,
              {"data": {"due": day, "on": day, "document": "文"}}),
        Write("POST", ITEMS, estates, OFFICES, {"json": {**feature, "properties": {"code": "new", "name": "新"}}}),
        Write("PUT", ITEM, f"{estates}/estates-others", STREETS, {"json": feature}),
        Write("PATCH", ITEM, f"{estates}/estates-others", STREETS, {"json": {"properties": {"name": "改"}}, **merge}),
        Write("DELETE", "/ogc/jobs/{job_id}", f"/ogc/jobs/{WAITING}", OFFICES),
        Write("POST", "/ogc/processes/{process_id}/execution", "/ogc/processes/bundle/execution", may_plan,
              {"json": {"inputs": {"district": "a"}}, "headers": {"Prefer": "respond-async"}}),
        Write("DELETE", ITEM, f"{estates}/estates-others", OFFICES),
    ]  # fmt: skip


OTHERWISE: Final = {
    ("MOUNT", "/vendor"): "files of the program",
    ("MOUNT", "/static"): "files of the program",
    ("OPTIONS", ITEMS): "methods, nothing stored",
    ("OPTIONS", ITEM): "methods, nothing stored",
}
TRIED: Final = frozenset({"log_in_attempt", "account_event"})
"""What a refused log-in leaves."""
IN_PROPOSALS: Final = frozenset({"estates-mine", "estates-others"})
"""Codes of estates, which are published: a proposal is of the whole district, for streets as well."""


def test_every_route_is_asked(world: World):
    asked = {("GET", route) for route in reads(world.known)}
    asked |= {(one.method, one.route) for one in writes(world.known)} | OTHERWISE.keys()
    assert world.routes - asked == set(), "new routes: say here how they are asked and who may"
    assert asked - world.routes == set(), "routes that are gone"


@pytest.mark.parametrize("account", ROLE_OF)
def test_an_account_meets_what_is_its_own_and_nothing_else(world: World, account: str):
    told: set[str] = set()
    wrong = []
    for urls in reads(world.known).values():
        for url in urls:
            answer = world.call[account](url)
            # An address that names something names it in the answer, too.
            found = {mark for mark in met(answer, world.folder) if mark not in url}
            told |= found
            leaks = {mark for mark in found if account not in MAY_MEET[mark]}
            if account in INSIDE and url == f"/districts/a/proposals/one?name={PROPOSAL}":
                leaks -= IN_PROPOSALS
            if leaks or answer.status_code >= 500:
                wrong.append((url, answer.status_code, leaks))
    assert not wrong
    assert SURELY.get(account, set()) - told == set(), "the test looks where something is to be seen"


SURELY: Final = {
    "admin": MAY_MEET.keys()
    - {"b区", "complaint-person", "upload-kept"}
    - {mark for mark in MAY_MEET if mark.endswith("-elsewhere")},
    "planner-of-b": {"b区", "estates-elsewhere"},
    "street": {"estates-mine", "buildings-mine", "987002", PROPOSAL},
    "other-street": {"estates-others", "evidence-others", "photo-others", "demolition-others"},
    "company": {"pipe_segments-mine", "network_points-mine", "estates-others"},
    "public": {"estates-mine", "buildings-others"},
}


@pytest.mark.parametrize("account", ROLE_OF)
def test_who_may_not_changes_nothing(world: World, account: str):
    before = digests(world.db)
    answers = []
    for write in writes(world.known):
        if account not in write.may:
            answer = world.call[account](write.url, write.method, **write.given)
            answers.append((write.method, write.url, answer.status_code))
            leaks = {
                mark for mark in met(answer, world.folder) if mark not in write.url and account not in MAY_MEET[mark]
            }
            assert not leaks, (write.url, leaks)
            assert answer.status_code < 500, (write.url, answer.text[:500])
    after = digests(world.db)
    assert answers
    assert {table for table in before if before[table] != after[table]} == set(), answers


@pytest.mark.parametrize("table", ["complaint", "complaint_person", "demolition", "stage_evidence", "estate_photo"])
def test_by_direct_sql_a_street_is_told_of_its_own_estates_only(world: World, table: str):
    for street, rows in ((STREET, 0), (OTHER_STREET, 1)):
        viewer = Viewer("x", "subdistrict", {"district": ("a",), "subdistrict": (street,)})
        with world.db.seen_by(viewer).transaction() as connection, connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table}")
            assert cursor.rowcount == rows


@pytest.mark.parametrize("account", ROLE_OF)
def test_by_direct_sql_an_account_meets_what_is_its_own_and_nothing_else(world: World, account: str):
    told: set[str] = set()
    wrong = []
    with world.db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname || '.' || name FROM ("
            "SELECT schemaname, tablename AS name FROM pg_tables UNION ALL SELECT schemaname, viewname FROM pg_views"
            ") AS found WHERE schemaname LIKE 'gisplanner%%' ORDER BY 1"
        )
        relations = [row[0] for row in cursor.fetchall()]
    assert {"gisplanner.estate", "gisplanner_public.estate", "gisplanner.neighbour_segment"} <= set(relations)
    with world.db.seen_by(viewer_of(account)).transaction() as connection, connection.cursor() as cursor:
        for relation in relations:
            cursor.execute("SAVEPOINT one")
            try:
                cursor.execute(f"SELECT string_agg(one::text, ' ') FROM {relation} AS one")
            except psycopg2.errors.InsufficientPrivilege:
                cursor.execute("ROLLBACK TO one")
                continue
            text = cursor.fetchone()[0] or ""
            found = {mark for mark in MAY_MEET if mark in text}
            told |= found
            leaks = {mark for mark in found if account not in MAY_MEET[mark]}
            if relation.startswith("gisplanner.proposal"):
                leaks -= IN_PROPOSALS
            if relation == "gisplanner.open_question" and ROLE_OF[account] == "subdistrict":
                leaks -= {"question-open"}  # a street that imports asks, and knows what was asked
            wrong += [(relation, mark) for mark in sorted(leaks)]
    assert not wrong
    assert account == "planner-of-b" or "estates-mine" in told or account == "other-street"


def digests(db: Database) -> dict[str, str]:
    """Return the content of every table in short."""
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'gisplanner'")
        tables = sorted({row[0] for row in cursor.fetchall()} - TRIED)
        cursor.execute(
            "SELECT "
            + ", ".join(
                f"(SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} AS t) AS {name}"
                for name in tables
            )
        )
        return dict(zip(tables, cursor.fetchone(), strict=True))
