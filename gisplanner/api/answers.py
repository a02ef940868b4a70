"""Answers that a browser may keep: it asks again each time, and content it already has is not sent twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import quote

from fastapi import Request, Response


def revalidated(
    request: Request, content: bytes, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return ``content`` with its hash as ETag, or 304 where the browser holds just that.

    The data are live: the hash is that of the content itself, so nothing stale is ever confirmed.
    """
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    keep = {"ETag": tag, "Cache-Control": "private, no-cache", **(headers or {})}
    known = {one.strip() for one in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers=keep)
    return Response(content, media_type=media_type, headers=keep)


def attachment(name: str) -> dict[str, str]:
    """Return the header that saves a download under ``name``, Chinese letters included (RFC 6266).

    Examples
    --------
    >>> attachment("南康.csv")
    {'Content-Disposition': "attachment; filename*=UTF-8''%E5%8D%97%E5%BA%B7.csv"}
    """
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
