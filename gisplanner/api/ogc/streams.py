"""Long answers: pieces as the database gave them, compressed piece by piece, sent as the client takes them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from gisplanner import __version__

VARY: Final = "Accept, Accept-Encoding, Authorization, Cookie"
_WORTH_IT_BYTES: Final = 1024
_LEVEL: Final = 1
"""A tenth larger than the default level, in a third of the time."""
_GZIP_WINDOW: Final = 31
_PIECE_FEATURES: Final = 500
_ONE_PIECE_BYTES: Final = 1 << 18


class Pieces(Response):
    """An answer in pieces, all there before the first is sent: a slow client holds no connection to the database."""

    def __init__(self, pieces: Sequence[bytes], media_type: str, headers: Mapping[str, str]) -> None:
        self.pieces = pieces
        self.status_code = 200
        self.media_type = media_type
        self.background = None
        self.body = b""
        self.init_headers({**headers, "Content-Length": str(sum(map(len, pieces)))})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the ASGI signature
        """Send head and pieces; each waits until the client has taken the one before."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for place, piece in enumerate(self.pieces, 1):
            await send({"type": "http.response.body", "body": piece, "more_body": place < len(self.pieces)})


async def in_pieces(
    request: Request, pieces: Iterable[bytes], media_type: str, headers: Mapping[str, str]
) -> Response:
    """Return an answer made of ``pieces``, compressed if the client takes it and there is enough of it."""
    given = list(pieces)
    size = sum(map(len, given))
    headers = {"Vary": VARY, "Cache-Control": "private, no-cache", **headers}
    if size <= _ONE_PIECE_BYTES:
        given = [b"".join(given)]
    if size >= _WORTH_IT_BYTES and takes_gzip(request):
        # What takes longer than a thread is kept out of the way of other requests.
        packed = await run_in_threadpool(_gzipped, given) if size > _ONE_PIECE_BYTES else _gzipped(given)
        return Pieces(packed, media_type, {**headers, "Content-Encoding": "gzip"})
    return Pieces(given, media_type, headers)


def feature_pieces(features: Sequence[bytes]) -> Iterator[bytes]:
    """Yield features with the commas between them, some hundred at a time."""
    for start in range(0, len(features), _PIECE_FEATURES):
        yield (b",\n" if start else b"") + b",\n".join(features[start : start + _PIECE_FEATURES])


def takes_gzip(request: Request) -> bool:
    """Return whether the client takes gzip."""
    for part in request.headers.get("accept-encoding", "").split(","):
        name, _, quality = part.partition(";")
        if name.strip().lower() == "gzip":
            return quality.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def tag_of(*facts: object) -> str:
    """Return a weak ETag of what decides the content of an answer."""
    return f'W/"{hashlib.sha256(repr((__version__, facts)).encode()).hexdigest()[:32]}"'


def holds(request: Request, tag: str) -> bool:
    """Return whether the client holds what ``tag`` stands for."""
    header = request.headers.get("if-none-match")
    if header is None:
        return False
    known = {one.strip().removeprefix("W/") for one in header.split(",")}
    return tag.removeprefix("W/") in known or "*" in known


def held(tag: str, headers: Mapping[str, str]) -> Response:
    """Return 304: the client holds what ``tag`` stands for."""
    kept = {"Vary": VARY, "Cache-Control": "private, no-cache", **headers, "ETag": tag}
    return Response(status_code=304, headers=kept)


def _gzipped(pieces: Iterable[bytes]) -> list[bytes]:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
    packed = [packer.compress(piece) for piece in pieces]
    return [piece for piece in (*packed, packer.flush()) if piece]
