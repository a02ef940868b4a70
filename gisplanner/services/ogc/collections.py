"""Collections of the OGC API: each layer of each district that the viewer may see, as it is stored now."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from gisplanner.catalog.layers import layer_mark, layers
from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.domain.layers import ColumnSpec, LayerSpec
from gisplanner.errors import Fault, NotFoundError, PermissionDeniedError
from gisplanner.services.districts import list_districts
from gisplanner.store.database import Database
from gisplanner.store.layer_sql import fill
from gisplanner.store.statements import Rows, Statement
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class Collection:
    """A layer of a district, with the columns its viewer may see.

    ``revision`` goes up with every change to the map data of the district; 0 where it was not asked for.
    """

    district: District
    spec: LayerSpec
    viewer: Viewer
    revision: int = 0

    @property
    def id(self) -> str:
        """Return the id, e.g. ``nankang.estates``."""
        return f"{self.district.id}.{self.spec.name}"

    @property
    def title(self) -> str:
        """Return what people call it, e.g. 南康区老旧小区."""
        return f"{self.district.name}{self.spec.title}"

    @property
    def exact(self) -> bool:
        """Return whether the viewer sees every column, and geometry as it is stored."""
        return self.spec.exact_for(self.viewer)

    @property
    def mark(self) -> Hashable:
        """Return what decides, beside a request, what is told of it: state of data and layer, and who asks."""
        scope = tuple(sorted(self.viewer.scope.items()))
        return self.district, self.revision, layer_mark(self.spec.name), self.viewer.role, scope

    @property
    def columns(self) -> tuple[ColumnSpec, ...]:
        """Return the columns the viewer may see, in the order of the layer."""
        return self.spec.columns_for(self.viewer)


def collections(db: Database, viewer: Viewer) -> list[Collection]:
    """Return all collections of ``viewer``, by district and layer."""
    specs = [spec for spec in layers().values() if spec.seen_by(viewer)]
    return [Collection(district, spec, viewer) for district in list_districts(db.seen_by(viewer)) for spec in specs]


def place_of(collection_id: str) -> Statement:
    """Return the statement that finds the district of a collection, as far as the asker may see it."""
    district_id = collection_id.partition(".")[0]
    return Statement(fill("place"), {"district_id": district_id.replace("\x00", "")}, "kept")


def collection_in(rows: Rows, viewer: Viewer, collection_id: str) -> Collection:
    """Return the collection of a district that :func:`place_of` found.

    Raises
    ------
    NotFoundError
        There is no such district, at least not for ``viewer``, or no such layer.
    PermissionDeniedError
        The layer is not for ``viewer``.
    """
    name = collection_id.partition(".")[2]
    spec = layers().get(name)
    if spec is None or not rows or "\x00" in collection_id:
        raise NotFoundError(
            Text(f"没有数据集 {collection_id}。", en=f"There is no collection {collection_id}."),
            [Fault(column="collectionId", value=collection_id)],
        )
    if not spec.seen_by(viewer):
        raise PermissionDeniedError(
            Text(f"{spec.title}不对当前账户开放。", en=f"{name} is not open to this account."),
            [Fault(layer=name, value=viewer.role)],
        )
    found_id, title, profile, srid, west, south, east, north, revision = rows[0]
    return Collection(District(found_id, title, profile, srid, (west, south, east, north)), spec, viewer, revision)
