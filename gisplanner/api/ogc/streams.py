"""Long answers: pieces as the database gave them, compressed piece by piece, sent as the client takes them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from gisplanner import __version__

VARY: Final = "Accept, Accept-Encoding, Authorization, Cookie"
_WORTH_IT_BYTES: Final = 1024
_LEVEL: Final = 1
"""A tenth larger than the default level, in a third of the time."""
_GZIP_WINDOW: Final = 31
_PIECE_FEATURES: Final = 500


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
        for piece in self.pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def in_pieces(request: Request, pieces: Iterable[bytes], media_type: str, headers: Mapping[str, str]) -> Response:
    """Return an answer made of ``pieces``, compressed if the client takes it and there is enough of it."""
    given = list(pieces)
    headers = {"Vary": VARY, "Cache-Control": "private, no-cache", **headers}
    if sum(map(len, given)) >= _WORTH_IT_BYTES and takes_gzip(request):
        return Pieces(list(_gzipped(given)), media_type, {**headers, "Content-Encoding": "gzip"})
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


def held(request: Request, tag: str, headers: Mapping[str, str]) -> Response | None:
    """Return 304 if the client holds what ``tag`` stands for."""
    wanted = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if tag.removeprefix("W/") in wanted or "*" in wanted:
        return Response(
            status_code=304, headers={"Vary": VARY, "Cache-Control": "private, no-cache", **headers, "ETag": tag}
        )
    return None


def _gzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
    for piece in pieces:
        packed = packer.compress(piece)
        if packed:
            yield packed
    yield packer.flush()
