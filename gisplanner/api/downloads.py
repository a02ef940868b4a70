"""Downloads: each layer of a district in each format, and the register in its printed layout."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request, Response

from gisplanner.api.answers import attachment, revalidated
from gisplanner.api.context import NamedDistrict, OpenDatabase
from gisplanner.errors import Fault, NotFoundError
from gisplanner.services.export import FORMATS, Format, export_layer, layer_title
from gisplanner.services.register.register import export_register
from gisplanner.text import Text

router = APIRouter(prefix="/districts/{district_id}")


@router.get("/register.xlsx")
def register(db: OpenDatabase, district: NamedDistrict, request: Request) -> Response:
    """Return the register in the printed layout of the plan."""
    with TemporaryDirectory(prefix="gisplanner-") as folder:
        path = Path(folder) / "register.xlsx"
        export_register(db, district, path)
        content = path.read_bytes()
    return revalidated(request, content, FORMATS["xlsx"].media_type, attachment(f"{district.name}老旧小区台账.xlsx"))


@router.get("/layers/{file_name}")
def layer(
    db: OpenDatabase, district: NamedDistrict, file_name: str, request: Request, *, public: bool = False
) -> Response:
    """Return ``{layer}{suffix}`` as ``gisplanner export`` writes it; ``?public=true`` for the public version."""
    name, file_format = _parts(file_name)
    kind = FORMATS[file_format]
    with TemporaryDirectory(prefix="gisplanner-") as folder:
        path = Path(folder) / f"{name}{kind.suffix}"
        export_layer(db, district, name, file_format, path, public=public)
        content = path.read_bytes()
    return revalidated(
        request, content, kind.media_type, attachment(f"{district.name}{layer_title(name)}{kind.suffix}")
    )


def _parts(file_name: str) -> tuple[str, Format]:
    name, _, suffix = file_name.rpartition(".")
    for file_format, kind in FORMATS.items():
        if name and kind.suffix == f".{suffix}":
            return name, file_format
    allowed = " ".join(kind.suffix for kind in FORMATS.values())
    raise NotFoundError(
        Text(f"没有 {file_name} 这个下载。", en=f"There is no download {file_name}."),
        [Fault(file=file_name, allowed=allowed)],
    )
