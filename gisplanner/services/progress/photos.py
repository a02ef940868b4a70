"""Photos of an estate before and after the works (改造前后照片): made small, and without what the camera noted."""

from __future__ import annotations

import hashlib
import io
from datetime import date
from pathlib import Path
from typing import Final, Literal

from PIL import Image, ImageOps, UnidentifiedImageError

from gisplanner.domain.district import District
from gisplanner.errors import Fault, FileFormatError, InputError, NotFoundError
from gisplanner.services.progress.projects import today
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

Phase = Literal["改造前", "改造后"]
LONGEST_PX: Final = 1280
_QUALITY: Final = 82
_MOST_PIXELS: Final = 120_000_000


def small_jpeg(path: Path) -> bytes:
    """Return a picture as JPEG of at most 1280 pixels a side, upright, without place, time or camera.

    Raises
    ------
    NotFoundError
        There is no such file.
    FileFormatError
        It is no picture, or one too large to be a photo.
    """
    if not path.is_file():
        raise NotFoundError(
            Text(f"没有文件 {path.name}。", en=f"There is no file {path.name}."), [Fault(file=str(path))]
        )
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise FileFormatError(
                    Text("照片过大。", en="The picture is too large."),
                    [Fault(file=path.name, value=f"{opened.width}×{opened.height}")],
                )
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise FileFormatError(
            Text("不是可读的照片。", en="Not a readable picture."), [Fault(file=path.name, allowed="JPEG、PNG、TIFF")]
        ) from error
    picture.thumbnail((LONGEST_PX, LONGEST_PX))
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=_QUALITY, optimize=True)
    return made.getvalue()


def add_photo(
    db: Database,
    district: District,
    estate: str,
    phase: Phase,
    path: Path,
    *,
    on: date,
    caption: str | None = None,
    illustrative: bool = False,
) -> int:
    """Store a photo of an estate (code or name) and return its size in bytes; the same file again changes nothing.

    Raises
    ------
    NotFoundError
        No such file or estate.
    FileFormatError
        It is no picture.
    InputError
        The day is yet to come, or the name fits several estates.
    """
    if on > today():
        raise InputError(
            Text(f"{on} 还没有到。", en=f"{on} is yet to come."),
            [Fault(column="--on", value=str(on), allowed=Text("不晚于今天", en="not after today"))],
        )
    jpeg = small_jpeg(path)
    with db.transaction() as connection:
        rows = list(queries().works_estates(connection, district_id=district.id))
        found = [row for row in rows if row.code == estate] or [row for row in rows if row.name == estate]
        if not found:
            raise NotFoundError(
                Text(f"没有小区 {estate}。", en=f"There is no estate {estate}."), [Fault(column="小区", value=estate)]
            )
        if len(found) > 1:
            raise InputError(
                Text(f"{estate} 有重名，请写编码。", en=f"{estate} is several estates; give the code."),
                [Fault(column="小区", value=estate, allowed="、".join(row.code for row in found))],
            )
        queries().estate_photo_insert(
            connection, estate_id=found[0].id, demolition_id=None, phase=phase, caption=caption, happened_on=on,
            jpeg=jpeg, sha256=hashlib.sha256(path.read_bytes()).hexdigest(), illustrative=illustrative,
        )  # fmt: skip
    return len(jpeg)
