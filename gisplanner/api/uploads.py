"""Files handed in over the net: taken as they come, counted, kept for a worker; and the page to do it on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final
from urllib.parse import unquote

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Request, Response
from starlette.responses import JSONResponse

from gisplanner.api.context import OpenDatabase
from gisplanner.api.pages import page_for
from gisplanner.api.viewer import CurrentViewer
from gisplanner.domain.accounts import Viewer
from gisplanner.errors import Fault, InputError, PermissionDeniedError, RefusedError
from gisplanner.services.districts import list_districts
from gisplanner.services.jobs.catalogue import PROCESSES
from gisplanner.services.jobs.records import list_jobs
from gisplanner.services.uploads.kinds import RECORDS_PREFIX, UPLOAD_KINDS, upload_kinds
from gisplanner.services.uploads.spool import (
    KEPT_HOURS,
    MAX_AT_ONCE,
    Receiving,
    check_name,
    check_room,
    too_large,
    too_many_at_once,
)
from gisplanner.text import Text

router = APIRouter()

UPLOAD_PATH: Final = "/uploads"
SCRIPT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
_CREATED: Final = 201
_SHOWN_JOBS: Final = 50


@router.post(UPLOAD_PATH, status_code=_CREATED)
async def receive(
    db: OpenDatabase,
    viewer: CurrentViewer,
    request: Request,
    x_file_name: Annotated[str, Header(max_length=1000)],
    content_length: Annotated[int | None, Header()] = None,
) -> Response:
    """Take a file: its bytes are the body, its name is percent-encoded in ``X-File-Name``.

    Raises
    ------
    PermissionDeniedError
        The account may not hand in anything.
    InputError, TooLargeError, TooManyRequestsError
        The name is none, the file is empty or too large, or there are too many.
    """
    if not upload_kinds(viewer):
        raise PermissionDeniedError(
            Text(
                f"账户 {viewer.name}（{viewer.role}）不能报送文件。",
                en=f"The account {viewer.name} ({viewer.role}) may not hand in files.",
            )
        )
    name = _name(x_file_name)
    limit: int = request.app.state.upload_limit_bytes
    if request.app.state.uploads is None:
        raise RefusedError(Text("本服务不接收文件。", en="This server takes no files."))
    if content_length is not None and content_length > limit:
        raise too_large(limit)
    with _one_of_few(viewer):
        await run_sync(check_room, db, viewer, content_length or 0)
        receiving = await run_sync(lambda: Receiving(request.app.state.uploads, limit_bytes=limit))
        try:
            async for chunk in request.stream():
                await run_sync(receiving.write, chunk)
        except BaseException:
            receiving.discard()
            raise
        made = await run_sync(receiving.keep, db, viewer, name)
    document: dict[str, Any] = {
        "id": str(made.id),
        "file_name": made.file_name,
        "size_bytes": made.size_bytes,
        "sha256": made.sha256,
        "kept_hours": KEPT_HOURS,
    }
    return JSONResponse(document, _CREATED)


@router.get("/upload")
def page(db: OpenDatabase, viewer: CurrentViewer, request: Request) -> Response:
    """Return the page to hand in files on: drop a file, look at the report, confirm."""
    kinds = upload_kinds(viewer)
    if not kinds:
        raise PermissionDeniedError(
            Text("当前账户不能报送文件，请先登录。", en="This account may not hand in files; log in first.")
        )
    answer = page_for(
        request,
        viewer,
        "start/upload.html",
        title="报送数据",
        kinds=kinds,
        tables=[kind.name for kind in kinds if kind.name == "register" or kind.name.startswith(RECORDS_PREFIX)],
        districts=list_districts(db.seen_by(viewer)),
        owners=viewer.scope.get("owner", ()),
        limit_mb=request.app.state.upload_limit_bytes >> 20,
    )
    answer.headers["Content-Security-Policy"] = SCRIPT_POLICY
    return answer


@router.get("/jobs")
def jobs(db: OpenDatabase, viewer: CurrentViewer, request: Request) -> Response:
    """Return the page of the viewer's jobs."""
    if viewer.role == "public":
        raise PermissionDeniedError(Text("请先登录。", en="Log in first."))
    found = list_jobs(db, viewer, limit=_SHOWN_JOBS)
    return page_for(
        request,
        viewer,
        "start/jobs.html",
        title="作业",
        jobs=found,
        words=STATUS_WORDS,
        titles=TITLES,
        kinds=UPLOAD_KINDS,
    )


TITLES: Final = {name: str(process.title) for name, process in PROCESSES.items()}
STATUS_WORDS: Final = {
    "accepted": "等待",
    "running": "运行",
    "successful": "成功",
    "failed": "失败",
    "dismissed": "已取消",
}


_on_their_way: Final[Counter[str]] = Counter()


@contextmanager
def _one_of_few(viewer: Viewer) -> Iterator[None]:
    if _on_their_way[viewer.name] >= MAX_AT_ONCE:
        raise too_many_at_once(viewer)
    _on_their_way[viewer.name] += 1
    try:
        yield
    finally:
        _on_their_way[viewer.name] -= 1


def _name(header: str) -> str:
    try:
        name = unquote(header, errors="strict")
    except UnicodeDecodeError as error:
        raise InputError(
            Text("文件名不是 UTF-8。", en="The file name is not UTF-8."), [Fault(column="X-File-Name")]
        ) from error
    check_name(name)
    return name
