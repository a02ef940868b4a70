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
        rows = list(queries().estate_photos(connection, district_id=district.id, as_of=as_of, estates=None))
    found: dict[str, list[Photo]] = {}
    for row in sorted(rows[:MOST_PHOTOS], key=lambda one: (one.estate_code, one.phase != "改造前")):
        found.setdefault(row.estate_code, []).append(Photo(f"{row.phase} {row.happened_on}", _thumb(row.jpeg)))
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
