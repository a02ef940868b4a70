"""Downloads: each layer of a district in each format, and the register in its printed layout; to each its own."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request, Response

from gisplanner.api.answers import attachment, revalidated
from gisplanner.api.context import OpenDatabase
from gisplanner.api.viewer import CurrentViewer, SeenDatabase
from gisplanner.errors import Fault, NotFoundError, PermissionDeniedError
from gisplanner.services.districts import get_district
from gisplanner.services.export import FORMATS, Format, export_layer, layer_title
from gisplanner.services.layers import layer_for
from gisplanner.services.networks.conflicts import write_conflicts
from gisplanner.services.networks.own_conflicts import conflicts_for
from gisplanner.services.register.printed import export_register
from gisplanner.text import Text

router = APIRouter(prefix="/districts/{district_id}")


@router.get("/register.xlsx")
def register(db: SeenDatabase, viewer: CurrentViewer, district_id: str, request: Request) -> Response:
    """Return the register in the printed layout of the plan."""
    if not viewer.sees_private_fields:
        raise PermissionDeniedError(
            Text("台账不对当前账户开放。", en="The register is not open to this account."), [Fault(value=viewer.role)]
        )
    district = get_district(db, district_id)
    with TemporaryDirectory(prefix="gisplanner-") as folder:
        path = Path(folder) / "register.xlsx"
        export_register(db, district, path)
        content = path.read_bytes()
    return revalidated(request, content, FORMATS["xlsx"].media_type, attachment(f"{district.name}老旧小区台账.xlsx"))


@router.get("/conflicts.geojson")
def conflicts(db: OpenDatabase, viewer: CurrentViewer, district_id: str, request: Request) -> Response:
    """Return the clearance conflicts: of all lines, or for a company of its own."""
    district = get_district(db.seen_by(viewer), district_id)
    with TemporaryDirectory(prefix="gisplanner-") as folder:
        path = Path(folder) / "conflicts.geojson"
        write_conflicts(conflicts_for(db, district, viewer), path)
        content = path.read_bytes()
    return revalidated(
        request, content, FORMATS["geojson"].media_type, attachment(f"{district.name}管线冲突.geojson")
    )


@router.get("/layers/{file_name}")
def layer(
    db: SeenDatabase,
    viewer: CurrentViewer,
    district_id: str,
    file_name: str,
    request: Request,
    *,
    public: bool = False,
) -> Response:
    """Return ``{layer}{suffix}`` as ``gisplanner export`` writes it; ``?public=true`` for the public version.

    Who does not see private fields gets the public version of what is public, and of the rest its own in full.
    """
    name, file_format = _parts(file_name)
    kind = FORMATS[file_format]
    district = get_district(db, district_id)
    spec = layer_for(viewer, name)
    only_public = public or (spec.public and not viewer.sees_private_fields)
    with TemporaryDirectory(prefix="gisplanner-") as folder:
        path = Path(folder) / f"{name}{kind.suffix}"
        export_layer(db, district, name, file_format, path, public=only_public)
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
