"""Orthophotos of a district (正射影像): brought in as tiles, listed, removed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gisplanner.domain.district import District
from gisplanner.domain.imagery import Statement, pixel_m
from gisplanner.errors import CrsError, Fault, InputError, NotFoundError
from gisplanner.services.imagery.sources import MAX_TILES, Box, ImageSource, open_image
from gisplanner.services.ingest.local_grids import get_grid, is_local
from gisplanner.store import orthophoto
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

_TAKEN: Final = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class StoredOrthophoto:
    """What was stored of an image.

    ``pixel_m`` is the side of a pixel of the finest level on the ground, metres; ``native_zoom`` the level the image
    itself would allow.
    """

    district: str
    statement: Statement
    file: str
    crs: str
    bounds_lonlat: Box
    min_zoom: int
    max_zoom: int
    native_zoom: int
    pixel_m: float
    tiles: int
    dry_run: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the document of ``--json``."""
        return {
            "district": self.district,
            "name": self.statement.name,
            "file": self.file,
            "crs": self.crs,
            "licence": self.statement.licence,
            "taken_on": self.statement.taken_on,
            "accuracy_m": self.statement.accuracy_m,
            "bounds_lonlat": list(self.bounds_lonlat),
            "min_zoom": self.min_zoom,
            "max_zoom": self.max_zoom,
            "native_zoom": self.native_zoom,
            "pixel_m": round(self.pixel_m, 3),
            "tiles": self.tiles,
            "dry_run": self.dry_run,
        }

    def sentences(self) -> Text:
        """Return the result for a person."""
        verb, verb_en = ("试运行（未写入）：将存", "Dry run: would store") if self.dry_run else ("已存", "Stored")
        lines = [
            Text(
                f"{verb}正射影像“{self.statement.name}”（{self.file}，{self.crs}）：{self.tiles} 张瓦片，"
                f"地面分辨率 {self.pixel_m:.2f} m。",
                en=f"{verb_en} the orthophoto “{self.statement.name}” ({self.file}, {self.crs}): {self.tiles} tiles, "
                f"{self.pixel_m:.2f} m a pixel.",
            )
        ]
        if self.max_zoom < self.native_zoom:
            lines.append(
                Text(
                    f"影像更细，但只存到每级 {MAX_TILES} 张以内；需要更细时先裁切。",
                    en=f"The image is finer; at most {MAX_TILES} tiles a level are kept. Crop it for more detail.",
                )
            )
        missing = [
            word
            for word, value in (("拍摄时间", self.statement.taken_on), ("平面精度", self.statement.accuracy_m))
            if value is None
        ]
        if missing:
            names = "、".join(missing)
            lines.append(
                Text(f"{names}未注明，图上照此写明。", en="Date or accuracy are not stated; maps will say so.")
            )
        return Text("\n".join(lines), en="\n".join(line.en for line in lines))


def add_orthophoto(
    db: Database,
    district: District,
    path: Path,
    *,
    licence: str,
    name: str | None = None,
    taken_on: str | None = None,
    accuracy_m: float | None = None,
    crs: str | None = None,
    dry_run: bool = False,
) -> StoredOrthophoto:
    """Bring an orthophoto in, cut to the district; one of the same name is replaced.

    Parameters
    ----------
    licence
        Where the image comes from and what may be done with it; printed on every map that shows it.
    taken_on
        ``2023``, ``2023-05`` or ``2023-05-17``.
    accuracy_m
        Mean square error of positions, metres.
    crs
        ``EPSG:n`` or ``local:NAME`` for a GeoTIFF that does not say.

    Raises
    ------
    NotFoundError
        There is no such file.
    FileFormatError, CrsError, InputError
        It cannot be used; nothing was written.
    """
    statement = _statement(path, name, licence, taken_on, accuracy_m)
    if not path.is_file():
        raise NotFoundError(
            Text(f"没有文件 {path.name}。", en=f"There is no file {path.name}."), [Fault(file=str(path))]
        )
    local = (get_grid(db, district, crs), district.crs) if crs is not None and is_local(crs) else None
    image = open_image(path, crs=crs, local=local)
    box = _within(path, image.bounds_lonlat, district)
    with db.transaction() as connection:
        made = _store(connection, district, path, statement, image, box=box, dry_run=dry_run)
        if dry_run:
            connection.rollback()
    return made


def list_orthophotos(db: Database, district: District) -> list[dict[str, Any]]:
    """Return the orthophotos of a district, oldest first."""
    with db.transaction() as connection:
        rows = list(queries().orthophoto_list(connection, district_id=district.id))
    return [
        {
            "name": row.name,
            "file": row.file_name,
            "crs": row.source_crs,
            "licence": row.licence,
            "taken_on": row.taken_on,
            "accuracy_m": row.accuracy_m,
            "pixel_m": round(row.pixel_m, 3),
            "bounds_lonlat": [row.west_deg, row.south_deg, row.east_deg, row.north_deg],
            "tiles": row.tiles,
            "bytes": int(row.bytes),
            "stored_at": row.stored_at.isoformat(timespec="seconds"),
            "stored_by": row.stored_by,
        }
        for row in rows
    ]


def remove_orthophoto(db: Database, district: District, name: str) -> None:
    """Remove an orthophoto with its tiles.

    Raises
    ------
    NotFoundError
        There is none of this name.
    """
    known = "、".join(one["name"] for one in list_orthophotos(db, district))
    with db.transaction() as connection:
        if not queries().orthophoto_delete(connection, district_id=district.id, name=name):
            raise NotFoundError(
                Text(f"没有正射影像“{name}”。", en=f"There is no orthophoto “{name}”."),
                [Fault(value=name, allowed=known or None)],
            )


def _store(
    connection: Connection,
    district: District,
    path: Path,
    statement: Statement,
    image: ImageSource,
    *,
    box: Box,
    dry_run: bool,
) -> StoredOrthophoto:
    finest = image.finest(box)
    latitude = (box[1] + box[3]) / 2
    west, south, east, north = box
    number = orthophoto.insert(
        connection,
        district.id,
        statement,
        file_name=path.name,
        file_sha256=_sha256(path),
        source_crs=image.crs,
        pixel_m=pixel_m(finest.zoom, latitude),
        min_zoom=0,
        max_zoom=finest.zoom,
        west_deg=west,
        south_deg=south,
        east_deg=east,
        north_deg=north,
    )
    tiles, coarsest = 0, finest.zoom
    for zoom, some in image.levels(box):
        stored = orthophoto.insert_tiles(connection, number, some)
        tiles, coarsest = tiles + stored, zoom if stored else coarsest
    if not tiles:
        raise InputError(
            Text(f"{path.name} 在区界内没有影像。", en=f"{path.name} shows nothing of the district."),
            [Fault(file=path.name)],
        )
    queries().orthophoto_set_min_zoom(connection, orthophoto_id=number, min_zoom=coarsest)
    return StoredOrthophoto(
        district=district.id,
        statement=statement,
        file=path.name,
        crs=image.crs,
        bounds_lonlat=box,
        min_zoom=coarsest,
        max_zoom=finest.zoom,
        native_zoom=image.native_zoom,
        pixel_m=pixel_m(finest.zoom, latitude),
        tiles=tiles,
        dry_run=dry_run,
    )


def _statement(
    path: Path, name: str | None, licence: str, taken_on: str | None, accuracy_m: float | None
) -> Statement:
    faults = []
    if not licence.strip():
        faults.append(Fault(column="--licence", hint=Text("写明来源和使用许可", en="say where it comes from")))
    if taken_on is not None and not _TAKEN.fullmatch(taken_on):
        faults.append(Fault(column="--taken-on", value=taken_on, allowed="2023 | 2023-05 | 2023-05-17"))
    if accuracy_m is not None and not 0 < accuracy_m < float("inf"):
        faults.append(Fault(column="--accuracy-m", value=str(accuracy_m), allowed="> 0"))
    shown = (name if name is not None else path.stem).strip()
    if not re.fullmatch(r"[^\x00-\x1f\x7f]{1,80}", shown):
        faults.append(Fault(column="--name", value=shown[:20], allowed="1–80"))
    if faults:
        raise InputError(Text("影像的说明不对。", en="What is said about the image is wrong."), faults)
    return Statement(shown, licence.strip(), taken_on, accuracy_m)


def _within(path: Path, bounds: Box, district: District) -> Box:
    """Return the part of an image's box that lies in the district."""
    west, south, east, north = district.bounds_lonlat
    box = (max(bounds[0], west), max(bounds[1], south), min(bounds[2], east), min(bounds[3], north))
    if box[0] < box[2] and box[1] < box[3]:
        return box
    raise CrsError(
        Text(
            f"{path.name} 超出区界：影像在 {_degrees(bounds)}，区县在 {_degrees(district.bounds_lonlat)}。",
            en=f"{path.name} lies outside the district: {_degrees(bounds)}, not {_degrees(district.bounds_lonlat)}.",
        ),
        [
            Fault(
                file=path.name,
                value=_degrees(bounds),
                allowed=_degrees(district.bounds_lonlat),
                hint=Text("坐标系不对？带号、南北是否颠倒", en="a wrong reference system? zone prefix, axes"),
            )
        ],
    )


def _degrees(bounds: Box) -> str:
    west, south, east, north = bounds
    return f"{west:.4f}–{east:.4f}°E {south:.4f}–{north:.4f}°N"


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
