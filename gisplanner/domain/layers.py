"""Map layers as data: what ``layers/<name>/layer.toml`` says (图层定义)."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gisplanner.domain.accounts import Role, Viewer

GeometryKind = Literal["point", "line", "polygon", "any"]


class _Definition(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnSpec(_Definition):
    """One attribute of a layer."""

    name: str
    """Column name in ``select.sql`` and in the API."""

    label: str
    """Chinese heading: the key in exported GeoJSON, the heading in sheets and popups."""

    type: Literal["text", "integer", "number", "decimal", "boolean", "date", "text_list"] = "text"

    unit: str | None = None

    public: bool = True
    """Whether the public version of a map or export may show it."""

    popup: bool = False
    """Whether the map popup lists it."""

    tile: bool = False
    """Whether vector tiles carry it: what a map needs to colour and label, nothing else."""

    importable: bool = True
    """Whether a geometry file may fill it; what comes from the register or from an overlay is not."""

    of_plan: bool = False
    """Whether it is a figure of the issued plan: of an estate of the register only another document changes it."""

    aliases: tuple[str, ...] = ()
    """Other headings it is known by in files that are brought in, e.g. OpenStreetMap keys."""

    minimum: Decimal | None = None
    """Least value a file may hold."""

    exclusive_minimum: Decimal | None = None
    """Value a file has to be above."""

    longest: int | None = None
    """Most characters a text of a file may have."""

    choices: tuple[str, ...] = ()
    """The only values a file may hold; empty means any."""


class LayerSpec(_Definition):
    """A layer: one folder in ``layers/`` with this definition and its ``select.sql``.

    ``select.sql`` takes ``district_id`` and returns the columns in order, then ``geom``, in stable order; where
    :attr:`lonlat` says so, ``lonlat`` after it.
    """

    name: str
    title: str
    description: str
    geometry: GeometryKind
    id_column: str
    """Column of stable ids, unique within a district."""

    order: tuple[str, ...] = ()
    """Columns that ``select.sql`` sorts by, empty values last; empty means by the id."""

    columns: tuple[ColumnSpec, ...] = Field(min_length=1)

    public: bool = True
    """Whether the public may see the layer at all."""

    roles: tuple[Role, ...] = ()
    """Who may see a layer that is not public; empty means everybody who works on the district."""

    table: str | None = None
    """Table its features are kept in; a layer without one can only be read."""

    lonlat: bool = False
    """Whether its table keeps ``geom`` ready to be served: in degrees, as GeoJSON text."""

    editors: tuple[Role, ...] = ()
    """Who may change features one by one; which of them, row-level security of the database decides."""

    def seen_by(self, viewer: Viewer) -> bool:
        """Return whether ``viewer`` may see the layer at all."""
        return self.public or (viewer.role in self.roles if self.roles else viewer.sees_private_fields)

    def exact_for(self, viewer: Viewer) -> bool:
        """Return whether ``viewer`` sees every column, and geometry as it is stored.

        Of a layer that is not public a company is shown only rows of its own, and those it knows exactly.
        """
        return viewer.sees_private_fields or (not self.public and viewer.role in self.roles)

    def sorted_by(self, viewer: Viewer) -> tuple[str, ...]:
        """Return the columns that put the rows ``viewer`` sees into one order, the id among them."""
        seen = {column.name for column in self.columns_for(viewer)}
        return tuple(name for name in dict.fromkeys((*self.order, self.id_column)) if name in seen)

    def columns_for(self, viewer: Viewer) -> tuple[ColumnSpec, ...]:
        """Return the columns ``viewer`` may see."""
        exact = self.exact_for(viewer)
        return tuple(column for column in self.columns if column.public or exact)


class UtilitySpec(_Definition):
    """A kind of pipeline (管线种类): one file ``layers/utilities/<code>.toml``."""

    code: str
    name: str
    english: str
    synonyms: tuple[str, ...] = ()
    named: dict[str, tuple[str, ...]] = {}
    """What the document of each policy profile calls it, in its own words."""
    flow: Literal["gravity", "pressure", "cable"]
    colour: str = Field(pattern=r"^#[0-9a-f]{6}$")
    colour_source: str
    """Where the colour convention stands."""
