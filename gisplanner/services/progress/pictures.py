"""Photos as they are kept: made small, upright, and without what the camera noted."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from gisplanner.errors import Fault, FileFormatError, NotFoundError
from gisplanner.text import Text

LONGEST_PX: Final = 1280
_QUALITY: Final = 82
_MOST_PIXELS: Final = 120_000_000
_MOST_WHOLE_PIXELS: Final = 50_000_000
"""Of a picture that has to be decoded whole before it can be made small."""
_FORMATS: Final = ("JPEG", "PNG", "TIFF", "WEBP")
_DRAFTED: Final = "JPEG"
_one_at_a_time: Final = threading.Lock()
"""A picture of a few bytes may take half a gigabyte to look at; many at once would be too much for a server."""


def read_file(path: Path) -> bytes:
    """Return the content of a file.

    Raises
    ------
    NotFoundError
        There is no such file.
    """
    if not path.is_file():
        raise NotFoundError(
            Text(f"没有文件 {path.name}。", en=f"There is no file {path.name}."), [Fault(file=str(path))]
        )
    return path.read_bytes()


def small_jpeg(content: bytes, name: str) -> bytes:
    """Return a picture as JPEG of at most 1280 pixels a side, upright, without place, time or camera.

    Raises
    ------
    FileFormatError
        It is no picture, or one too large to be a photo.
    """
    try:
        with _one_at_a_time, Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            most = _MOST_PIXELS if opened.format == _DRAFTED else _MOST_WHOLE_PIXELS
            if opened.width * opened.height > most:
                raise FileFormatError(
                    Text("照片过大。", en="The picture is too large."),
                    [Fault(file=name, value=f"{opened.width}×{opened.height}")],
                )
            if opened.format == _DRAFTED:
                # Decoded at a fraction of its size: a photo of a phone takes a few megabytes, not a few hundred.
                opened.draft("RGB", (2 * LONGEST_PX, 2 * LONGEST_PX))
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FileFormatError(
            Text("不是可读的照片。", en="Not a readable picture."),
            [Fault(file=name, allowed="、".join(_FORMATS))],
        ) from error
    picture.thumbnail((LONGEST_PX, LONGEST_PX))
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=_QUALITY, optimize=True)
    return made.getvalue()
