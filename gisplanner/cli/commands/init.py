"""``gisplanner init``: a new district."""

from __future__ import annotations

import click

from gisplanner.cli.root import root
from gisplanner.cli.session import Session, command
from gisplanner.errors import InputError
from gisplanner.services.districts import Bounds, create_district
from gisplanner.text import Text


def _bounds(text: str | None) -> Bounds | None:
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InputError(
            Text(
                f"--bounds {text} 应为 西,南,东,北 四个度数。",
                en=f"--bounds {text}: give west,south,east,north degrees.",
            )
        ) from error
    return (west, south, east, north)


@command(root, "init")
@click.argument("district")
@click.option("--name", help="区县名称 (name)")
@click.option("--profile", default="none", show_default=True, help="政策依据 (policy profile) 或 none")
@click.option("--crs", required=True, metavar="EPSG:n", help="规划用米制坐标系，如 EPSG:4547")
@click.option("--bounds", metavar="W,S,E,N", help="区界经纬度；缺省取政策依据或坐标系的适用范围")
def init(session: Session, district: str, name: str | None, profile: str, crs: str, bounds: str | None) -> None:
    """新建一个区县 (create a district)."""
    with session.database() as db:
        made = create_district(
            db,
            district,
            crs=crs,
            name=name,
            profile=None if profile == "none" else profile,
            bounds_lonlat=_bounds(bounds),
        )
    session.result(
        {
            "district": made.id,
            "name": made.name,
            "profile": made.profile,
            "crs": f"EPSG:{made.srid}",
            "bounds_lonlat": list(made.bounds_lonlat),
        },
        Text(
            f"区县 {made.name}（{made.id}）已就绪，坐标系 EPSG:{made.srid}。",
            en=f"District {made.name} ({made.id}) is ready, EPSG:{made.srid}.",
        ),
    )
