"""Ten accounts, secrets planted in two districts, and who may meet each of them."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote
from uuid import UUID

import httpx
import pandas as pd
from fastapi import FastAPI
from PIL import Image

from gisplanner.domain.accounts import Role, Viewer
from gisplanner.services.accounts import add_account
from gisplanner.store.database import Database
from tests.api.ogc.roles import OTHER_STREET, OTHERS, OWN, OWNER, STREET, SURVEYED, stock
from tests.calling import Call

ROLE_OF: Final[Mapping[str, Role]] = {
    "admin": "admin",
    "planner": "planner",
    "planner-of-b": "planner",
    "street": "subdistrict",
    "other-street": "subdistrict",
    "lead": "lead",
    "company": "operator",
    "other-company": "operator",
    "reviewer": "reviewer",
    "public": "public",
}
_SCOPES: Final = {
    "planner-of-b": ("district=b",),
    "street": ("district=a", f"subdistrict={STREET}"),
    "other-street": ("district=a", f"subdistrict={OTHER_STREET}"),
    "company": ("district=a", f"owner={OWNER}"),
    "other-company": ("district=a", "owner=丙水务"),
}


def viewer_of(account: str) -> Viewer:
    """Return an account as the database sees it."""
    limits: dict[str, tuple[str, ...]] = {}
    for one in () if account == "public" else _SCOPES.get(account, ("district=a",)):
        kind, _, name = one.partition("=")
        limits[kind] = (*limits.get(kind, ()), name)
    return Viewer(account, ROLE_OF[account], limits)


ALL: Final = frozenset(ROLE_OF)
OF_A: Final = ALL - {"planner-of-b"}
OFFICES: Final = frozenset({"admin", "planner"})
NETWORKS: Final = OFFICES | {"lead"}
INSIDE: Final = OF_A - {"public", "company", "other-company"}

JOB: Final = UUID("00000000-0000-4000-8000-0000000051ab")
WAITING: Final = UUID("00000000-0000-4000-8000-0000000052ab")
PROPOSAL: Final = "proposal-kept"

MAY_MEET: Final[Mapping[str, frozenset[str]]] = {
    "estates-mine": OF_A - {"other-street"},
    "estates-others": OF_A - {"street"},
    "buildings-mine": OF_A - {"other-street"},
    "buildings-others": OF_A - {"street"},
    "obstacles-others": OF_A - {"street"},
    "pipe_segments-mine": NETWORKS | {"company"},
    "pipe_segments-others": NETWORKS,
    "network_points-mine": NETWORKS | {"company"},
    "network_points-others": NETWORKS,
    "connection_points-mine": NETWORKS,
    "connection_points-others": NETWORKS,
    **{f"{layer}-{whose}": INSIDE for layer in SURVEYED for whose in (OWN, OTHERS)},
    "public_rooms-mine": INSIDE - {"other-street"},
    "public_rooms-others": INSIDE - {"street"},
    # What is published is published of every district; an account of one works on that one.
    **{f"{layer}-elsewhere": frozenset({"planner-of-b", "public"}) for layer in ("estates", "buildings", "roads")},
    **{
        f"{layer}-elsewhere": frozenset({"planner-of-b"})
        for layer in ("pipe_segments", "network_points", "connection_points", *SURVEYED)
    },
    "b区": frozenset({"planner-of-b", "public"}),
    # Households and costs; a company is told of the households its own intents to connect are about.
    **dict.fromkeys(("987001", "987003"), ALL - {"public", "company", "other-company"}),
    "987002": ALL - {"public", "other-company"},
    "complaint-person": OFFICES | {"other-street"},
    "demolition-others": INSIDE - {"street"},
    "evidence-others": INSIDE - {"street"},
    "photo-others": INSIDE - {"street"},
    "question-open": OFFICES,
    PROPOSAL: INSIDE,
    str(JOB): OFFICES,
    str(WAITING): OFFICES,
    "result-kept": OFFICES,
    "upload-kept": OFFICES,
    "account-told": OFFICES,
}
"""What is planted → accounts that may meet it; the jobs are those of the account ``planner``."""


@dataclass(frozen=True)
class Known:
    """Ids of planted rows, for addresses."""

    photo: int
    evidence: int
    question: int


@dataclass(frozen=True)
class World:
    """The application over two districts: who calls it, its routes, and a folder for files.

    ``call`` holds the calls of each account.
    """

    db: Database
    known: Known
    call: Mapping[str, Call]
    app: FastAPI
    folder: Path

    @property
    def routes(self) -> frozenset[tuple[str, str]]:
        """Return the method and the path of every route."""
        return frozenset(_routes(self.app.routes))


def _routes(found: Any) -> Iterator[tuple[str, str]]:
    for route in found:
        if hasattr(route, "original_router"):
            yield from _routes(route.original_router.routes)
        else:
            methods = getattr(route, "methods", None) or {"MOUNT"}
            yield from ((method, route.path) for method in methods - {"HEAD"})


def plant(db: Database) -> tuple[Known, dict[str, str]]:
    """Plant the secrets; return their ids and the token of each account but the public's."""
    stock(db)
    tokens = {
        name: str(add_account(db, name, role, scope=_SCOPES.get(name, ("district=a",))).token)
        for name, role in ROLE_OF.items()
        if role != "public"
    }
    digest = sha256(b"").hexdigest()
    with db.transaction() as connection, connection.cursor() as cursor:

        def insert(statement: str, *values: object) -> int:
            cursor.execute(statement, values)
            return int(cursor.fetchone()[0])

        cursor.execute("UPDATE district SET profile = 'nankang' WHERE id = 'a'")
        estate = insert("SELECT id FROM estate WHERE code = 'estates-others'")
        project = insert(
            "INSERT INTO project (district_id, code, name, plan_year) VALUES ('a', 'P2', '工程', 2024) RETURNING id"
        )
        cursor.execute("INSERT INTO project_estate VALUES (%s, %s, 'stated')", (project, estate))
        event = insert(
            "INSERT INTO stage_event (project_id, stage_no, stage_name, happened_on, evidence) "
            "VALUES (%s, 1, '入库', '2024-01-05', 'evidence-others') RETURNING id",
            project,
        )
        evidence = insert(
            "INSERT INTO stage_evidence (stage_event_id, file_name, media_type, content, sha256) "
            "VALUES (%s, 'evidence-others.pdf', 'application/pdf', 'evidence-others', %s) RETURNING id",
            event,
            digest,
        )
        photo = insert(
            "INSERT INTO estate_photo (estate_id, phase, happened_on, caption, jpeg, sha256) "
            "VALUES (%s, '改造前', '2024-01-05', 'photo-others', %s, %s) RETURNING id",
            estate,
            _jpeg() + b"photo-others",
            digest,
        )
        case = insert(
            "INSERT INTO demolition (district_id, srid, code, estate_id, kind, name) "
            "VALUES ('a', 4547, 'demolition-others', %s, '棚', 'demolition-others') RETURNING id",
            estate,
        )
        cursor.execute(
            "INSERT INTO demolition_event (demolition_id, step, happened_on) VALUES (%s, 1, '2024-01-05')", (case,)
        )
        complaint = insert(
            "INSERT INTO complaint (district_id, srid, code, estate_id, channel, kind, happened_on) "
            "VALUES ('a', 4547, 'complaint-person', %s, '12345', '噪声', '2024-01-05') RETURNING id",
            estate,
        )
        cursor.execute(
            "INSERT INTO complaint_person (complaint_id, name) VALUES (%s, 'complaint-person')", (complaint,)
        )
        question = insert(
            "INSERT INTO open_question (district_id, kind, fingerprint, subject, question, choices, file_name) "
            "VALUES "
            "('a', 'doubtful_figure', 'question-open', 'question-open', "
            '\'{"zh": "question-open", "en": "question-open"}\', \'[]\', \'question-open.xlsx\') RETURNING id'
        )
        _jobs(cursor)
    return Known(photo, evidence, question), tokens


def _jpeg() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8)).save(made, "JPEG")
    return made.getvalue()


def _jobs(cursor: object) -> None:
    inputs = json.dumps(
        {"district": "a", "upload": "upload-kept", "kind": "buildings", "file_name": "upload-kept.csv"}
    )
    for job, status, result in ((JOB, "successful", '{"found": "result-kept"}'), (WAITING, "accepted", None)):
        cursor.execute(  # type: ignore[attr-defined]
            "INSERT INTO job (id, process, account, role, inputs, status, message, result, finished_at) "
            "VALUES (%s, 'bundle', 'planner', 'planner', %s, %s, 'account-told', %s, "
            "CASE WHEN %s = 'successful' THEN now() END)",
            (str(job), inputs, status, result, status),
        )
    cursor.execute(  # type: ignore[attr-defined]
        "INSERT INTO uploaded_file (id, account, file_name, size_bytes, sha256) "
        "VALUES (gen_random_uuid(), 'planner', 'upload-kept.csv', 1, repeat('0', 64))"
    )


def caller(call: Call, token: str | None) -> Call:
    """Return calls under a token; without one those of the public."""
    head = {"Accept-Encoding": "identity", **({} if token is None else {"Authorization": f"Bearer {token}"})}
    return lambda url, method="GET", **given: call(url, method, headers={**head, **given.pop("headers", {})}, **given)


def met(answer: httpx.Response, folder: Path) -> frozenset[str]:
    """Return which of the planted secrets an answer tells, in its head, its body or a file within it."""
    told = (
        unquote(" ".join(answer.headers.values())).encode() + b"\n" + answer.content + b"\n" + _within(answer, folder)
    )
    spelt = ({mark.encode(), json.dumps(mark)[1:-1].encode()} for mark in MAY_MEET)
    return frozenset(mark for mark, words in zip(MAY_MEET, spelt, strict=True) if any(word in told for word in words))


def _within(answer: httpx.Response, folder: Path) -> bytes:
    content = answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"\n".join(archive.read(name) for name in archive.namelist())
    if content.startswith(b"PAR1"):
        frame = pd.read_parquet(io.BytesIO(content))
        return str(frame.drop(columns="geometry", errors="ignore").to_csv()).encode()
    if content.startswith(b"SQLite format 3"):
        path = folder / "answer.gpkg"
        path.write_bytes(content)
        with sqlite3.connect(path) as inside:
            tables = [row[0] for row in inside.execute("SELECT table_name FROM gpkg_contents")]
            return repr([inside.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables]).encode()
    return b""
