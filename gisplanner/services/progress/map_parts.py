"""What a progress map shows besides the stages of a day: its past, photos, demonstration areas."""

from __future__ import annotations

import base64
import io
from datetime import date
from typing import Any, Final

from PIL import Image

from gisplanner.domain.district import District
from gisplanner.domain.progress import StageMoment
from gisplanner.maps.demonstration import DemonstrationArea
from gisplanner.maps.estates import Photo
from gisplanner.store.database import Database
from gisplanner.store.queries import queries

_BEFORE: Final = frozenset({"改造前", "拆除前"})
_THUMB_PX: Final = 360
_QUALITY: Final = 70
MOST_PHOTOS: Final = 240
"""A page of one file holds no more pictures than this (本工具参数); the rest stays in the dossiers."""


def moments_of(db: Database, district: District, as_of: date) -> list[StageMoment]:
    """Return every record of a stage up to a day, in the order in which they count."""
    with db.transaction() as connection:
        rows = queries().stage_events_of_district(connection, district_id=district.id, as_of=as_of)
        return [StageMoment(row.project_code, row.stage_no, row.happened_on) for row in rows]


def photos_of(db: Database, district: District, as_of: date) -> dict[str, list[Photo]]:
    """Return small pictures by estate, the one before the works first."""
    with db.transaction() as connection:
        told: dict[str, Any] = {"district_id": district.id, "as_of": as_of, "estates": None}
        rows = [(row, row.phase, "") for row in queries().estate_photos(connection, **told)]
        rows += [
            (row, f"{row.phase} {row.code} {row.kind}", row.code)
            for row in queries().demolition_photos(connection, **told)
        ]
    # Of an estate its own pictures first, then case by case, the one before always before the one after.
    rows.sort(key=lambda one: (one[0].estate_code, one[2], one[0].phase not in _BEFORE))
    found: dict[str, list[Photo]] = {}
    for row, words, _ in rows[:MOST_PHOTOS]:
        found.setdefault(row.estate_code, []).append(Photo(f"{words} {row.happened_on}", _thumb(row.jpeg)))
    return found


def _thumb(jpeg: Any) -> str:
    picture = Image.open(io.BytesIO(bytes(jpeg)))
    picture.thumbnail((_THUMB_PX, _THUMB_PX))
    made = io.BytesIO()
    picture.save(made, "JPEG", quality=_QUALITY, optimize=True)
    return base64.b64encode(made.getvalue()).decode("ascii")


def areas_of(db: Database, district: District) -> list[DemonstrationArea]:
    """Return the demonstration areas (示范片区) of a district, those without any estate included."""
    found: dict[str, tuple[list[str], str | None]] = {}
    with db.transaction() as connection:
        for row in queries().demonstration_area_members(connection, district_id=district.id):
            codes, _ = found.setdefault(row.name, ([], row.note))
            if row.estate_code is not None:
                codes.append(row.estate_code)
    return [DemonstrationArea(name, tuple(codes), note) for name, (codes, note) in found.items()]
