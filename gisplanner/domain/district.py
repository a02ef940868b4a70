"""A district (区县): the unit that owns a register, a metric reference system and a policy profile."""

from __future__ import annotations

from dataclasses import dataclass

from pyproj import CRS


@dataclass(frozen=True, slots=True)
class District:
    """A stored district.

    ``srid`` is the EPSG code of its metric planning system; ``bounds_lonlat`` is west, south, east, north in
    degrees, outside of which nothing is accepted (超出区界).
    """

    id: str
    name: str
    profile: str | None
    srid: int
    bounds_lonlat: tuple[float, float, float, float]

    @property
    def crs(self) -> CRS:
        """Return the metric planning system.

        Examples
        --------
        >>> District("a", "甲区", None, 4547, (114.0, 25.0, 115.0, 26.0)).crs.is_projected
        True
        """
        return CRS.from_epsg(self.srid)
