"""Districts: create one, find one, make sure the built-in one of a profile exists."""

from __future__ import annotations

import re
from typing import Final

from pyproj import CRS

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.catalog.profiles import profile_names
from gisplanner.crs import crs_name, is_metric, parse_crs
from gisplanner.domain.district import District
from gisplanner.errors import CrsError, Fault, InputError, NotFoundError, RefusedError
from gisplanner.store.database import Connection, Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

Bounds = tuple[float, float, float, float]

_DISTRICT_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_WEB_MERCATOR: Final = 3857


def create_district(
    db: Database,
    district_id: str,
    *,
    crs: str,
    name: str | None = None,
    profile: str | None = None,
    bounds_lonlat: Bounds | None = None,
) -> District:
    """Store a new district and return it.

    Parameters
    ----------
    district_id
        Short id: a small letter, then small letters, digits and ``_``, 40 at the most.
    crs
        Metric planning system, e.g. ``EPSG:4547``.
    profile
        Name of the policy profile; ``None`` for a district without one.
    bounds_lonlat
        West, south, east, north in degrees; ``None`` takes the profile's, else the area of use of ``crs``.

    Raises
    ------
    InputError
        The id or the bounds cannot be used.
    CrsError
        ``crs`` is unknown or not metric.
    RefusedError
        A district of that id exists with other settings; the same settings again change nothing.
    """
    if not _DISTRICT_ID.fullmatch(district_id):
        raise InputError(
            Text(f"区县代号 {district_id} 不能用。", en=f"The district id {district_id} cannot be used."),
            [Fault(column="DISTRICT", value=district_id, allowed="a-z 0-9 _（字母开头，至多 40 个字符）")],
        )
    system = _metric(crs)
    builtin = None if profile is None else load_profile(profile).district
    wanted = District(
        id=district_id,
        name=name or (builtin.name if builtin is not None and builtin.id == district_id else district_id),
        profile=profile,
        srid=_srid(system),
        bounds_lonlat=bounds_lonlat or (builtin.bounds_lonlat if builtin else None) or _area_of_use(system),
    )
    _check_bounds(wanted.bounds_lonlat)
    with db.transaction() as connection:
        stored = _stored(connection, district_id)
        if stored is not None:
            if stored != wanted:
                raise RefusedError(
                    Text(
                        f"区县 {district_id} 已存在且设置不同，未作改动。",
                        en=f"The district {district_id} exists with other settings; nothing was changed.",
                    ),
                    [Fault(column="DISTRICT", value=str(wanted), allowed=str(stored))],
                )
            return stored
        if not queries().srid_known(connection, srid=wanted.srid):
            raise CrsError(
                Text(
                    f"数据库不认识坐标系 EPSG:{wanted.srid}。",
                    en=f"The database does not know EPSG:{wanted.srid}.",
                )
            )
        west, south, east, north = wanted.bounds_lonlat
        queries().district_insert(
            connection,
            district_id=wanted.id,
            name=wanted.name,
            profile=wanted.profile,
            srid=wanted.srid,
            west_deg=west,
            south_deg=south,
            east_deg=east,
            north_deg=north,
        )
    return wanted


def get_district(db: Database, district_id: str) -> District:
    """Return a stored district.

    Raises
    ------
    NotFoundError
        There is none of that id; the message lists those there are.
    """
    with db.transaction() as connection:
        found = _stored(connection, district_id)
        if found is not None:
            return found
        known = [row.id for row in queries().district_list(connection)]
    raise NotFoundError(
        Text(f"没有区县 {district_id}。", en=f"There is no district {district_id}."),
        [
            Fault(
                column="--district",
                value=district_id,
                allowed="、".join(known) or None,
                hint=Text("先执行 gisplanner init", en="run gisplanner init first"),
            )
        ],
    )


def list_districts(db: Database) -> list[District]:
    """Return all stored districts by id."""
    with db.transaction() as connection:
        return [_record(row) for row in queries().district_list(connection)]


def ensure_builtin_district(db: Database, profile_name: str) -> District:
    """Return the district a profile speaks of, created if it is not stored yet.

    Raises
    ------
    NotFoundError
        There is no such profile, or it speaks of no single district.
    """
    builtin = load_profile(profile_name).district
    if builtin is None:
        raise NotFoundError(
            Text(
                f"政策依据 {profile_name} 不对应单个区县。", en=f"The profile {profile_name} has no single district."
            )
        )
    with db.transaction() as connection:
        found = _stored(connection, builtin.id)
    if found is not None:
        return found
    return create_district(db, builtin.id, crs=builtin.crs, name=builtin.name, profile=profile_name)


def built_in_districts() -> dict[str, str]:
    """Return the districts that shipped profiles speak of: name by profile.

    Examples
    --------
    >>> built_in_districts()["nankang"]
    '赣州市南康区'
    """
    known = {name: load_profile(name).district for name in profile_names()}
    return {name: district.name for name, district in known.items() if district is not None}


def policy_titles() -> dict[str, str]:
    """Return the title of each shipped profile by name.

    Examples
    --------
    >>> policy_titles()["nankang"]
    '赣州市南康区2024年'
    """
    return {name: load_profile(name).title for name in profile_names()}


def _stored(connection: Connection, district_id: str) -> District | None:
    row = queries().district_get(connection, district_id=district_id)
    return None if row is None else _record(row)


def _record(row: object) -> District:
    values = row._asdict()  # type: ignore[attr-defined]
    bounds = (values["west_deg"], values["south_deg"], values["east_deg"], values["north_deg"])
    return District(values["id"], values["name"], values["profile"], values["srid"], bounds)


def _metric(code: str) -> CRS:
    crs = parse_crs(code)
    if not is_metric(crs) or crs.to_epsg() == _WEB_MERCATOR:
        raise CrsError(
            Text(
                f"{crs_name(crs)} 不是可量距的米制坐标系，请用 CGCS2000 3 度带（如 EPSG:4547）。",
                en=f"{crs_name(crs)} is not a metric planning CRS; use a CGCS2000 3-degree zone such as EPSG:4547.",
            ),
            [Fault(column="--crs", value=code, allowed="EPSG:4534–4554")],
        )
    return crs


def _srid(crs: CRS) -> int:
    epsg = crs.to_epsg()
    if epsg is None:
        raise CrsError(Text("坐标系没有 EPSG 代码。", en="The CRS has no EPSG code."))
    return int(epsg)


def _area_of_use(crs: CRS) -> Bounds:
    area = crs.area_of_use
    if area is None:
        raise InputError(
            Text("该坐标系没有适用范围，请用 --bounds 给出区界。", en="The CRS has no area of use; give --bounds.")
        )
    return (area.west, area.south, area.east, area.north)


def _check_bounds(bounds: Bounds) -> None:
    west, south, east, north = bounds
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # noqa: PLR2004
        raise InputError(
            Text("区界不合理。", en="The bounds are not plausible."),
            [Fault(column="--bounds", value=str(bounds), allowed="西,南,东,北（度）")],
        )
