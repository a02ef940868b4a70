"""Pictures of tiles: encoded small, put together to coarser ones and to the blocks a map page shows."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from gisplanner.domain.imagery import TILE_PIXELS, Tile

Pixels = npt.NDArray[np.uint8]

KINDS: Final = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"RIFF", "image/webp"))
_QUALITY: Final = 82
_OPAQUE: Final = 255
_LARGEST_SIDE: Final = 1024


def media_type(image: bytes) -> str | None:
    r"""Return what kind of picture the bytes are, ``None`` if they are none a browser shows.

    Examples
    --------
    >>> media_type(b"\xff\xd8\xff\xe0"), media_type(b"hello")
    ('image/jpeg', None)
    """
    return next((kind for magic, kind in KINDS if image.startswith(magic)), None)


def encoded(pixels: Pixels) -> bytes | None:
    """Return a picture of RGBA pixels: JPEG where it is opaque, WebP with holes, ``None`` where nothing is in it."""
    alpha = pixels[..., 3]
    if not alpha.any():
        return None
    made = io.BytesIO()
    if (alpha == _OPAQUE).all():
        Image.fromarray(pixels[..., :3]).save(made, "JPEG", quality=_QUALITY)
    else:
        Image.fromarray(pixels).save(made, "WEBP", quality=_QUALITY, method=2)
    return made.getvalue()


def decoded(image: bytes, side: int = TILE_PIXELS) -> Pixels | None:
    """Return the RGBA pixels of a tile in ``side`` × ``side``, ``None`` if it is no intact picture."""
    try:
        with Image.open(io.BytesIO(image)) as picture:
            if max(picture.size) > _LARGEST_SIDE:
                return None
            whole = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    if whole.size != (side, side):
        whole = whole.resize((side, side), Image.Resampling.BOX)
    return np.asarray(whole)


def coarser(finer: Iterable[Tile]) -> Iterator[Tile]:
    """Yield the tiles of the next coarser level, each put together from its four children."""
    groups: dict[tuple[int, int], list[Tile]] = {}
    for tile in finer:
        groups.setdefault((tile.column // 2, tile.row // 2), []).append(tile)
    for (column, row), children in groups.items():
        image = encoded(_halved(put_together(children, column * 2, row * 2, 2, 2)))
        if image is not None:
            yield Tile(children[0].zoom - 1, column, row, image)


def put_together(tiles: Iterable[Tile], west: int, north: int, columns: int, rows: int) -> Pixels:
    """Return the RGBA pixels of a block of tiles; where there is no tile it is transparent."""
    block = np.zeros((rows * TILE_PIXELS, columns * TILE_PIXELS, 4), dtype=np.uint8)
    for tile in tiles:
        pixels = decoded(tile.image)
        if pixels is not None:
            top, left = (tile.row - north) * TILE_PIXELS, (tile.column - west) * TILE_PIXELS
            block[top : top + TILE_PIXELS, left : left + TILE_PIXELS] = pixels
    return block


def _halved(block: Pixels) -> Pixels:
    picture: Any = Image.fromarray(block)
    return np.asarray(picture.resize((block.shape[1] // 2, block.shape[0] // 2), Image.Resampling.BOX))
