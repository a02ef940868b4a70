"""The fire map of the server (在线消防图): the newest plan kept, and whether the register has changed since."""

from __future__ import annotations

import geopandas as gpd

from gisplanner.domain.district import District
from gisplanner.domain.fire_kept import KeptFirePlan
from gisplanner.maps.fire import FireScene
from gisplanner.services.fire.kept import inputs_sha256, kept_features, kept_fire_plans, rules_sha256
from gisplanner.services.fire.map import draw_district, scene_of
from gisplanner.services.fire.stored import grounds_of_district
from gisplanner.services.maps import MapOptions
from gisplanner.store.database import Database


def map_kept_fire(seen: Database, program: Database, district: District, *, options: MapOptions) -> str:
    """Return the page of the newest plan that is kept and not withdrawn; without one it says how to make one.

    Parameters
    ----------
    seen
        The database as the viewer may see it: plan, estates, surroundings.
    program
        The same with the right of the program, to tell whether anything has changed since.

    Raises
    ------
    InternalError
        The front-end libraries are not installed.
    """
    plans = kept_fire_plans(seen, district)
    if not plans:
        return draw_district(seen, district, _nothing_kept(district), options)
    newest = plans[-1]
    notices = [f"方案「{newest.name}」，{newest.made_at[:10]} 由 {newest.made_by} 留存：{newest.reason}"]
    notices += [f"区县另有 {len(plans) - 1} 个留存方案，可用 fire plans compare 比较"] if len(plans) > 1 else []
    scene = scene_of(
        newest.answer,
        kept_features(seen, district, newest),
        notices=[*notices, *_changes(program, district, newest)],
    )
    return draw_district(seen, district, scene, options)


def _nothing_kept(district: District) -> FireScene:
    empty = gpd.GeoDataFrame({"role": []}, geometry=[], crs=district.crs)
    told = f"尚无留存的消防方案：gisplanner fire plan --district {district.id} --keep 名称 --because 理由"
    return FireScene(features=empty, figures=[("今天可达", "资料不足")], rules=[], notices=[told])


def _changes(program: Database, district: District, plan: KeptFirePlan) -> list[str]:
    grounds, _ = grounds_of_district(program, district, plan.parameters["estate"])
    changed = []
    if inputs_sha256(grounds) != plan.inputs_sha256:
        changed.append("台账或管线在方案留存之后有改动：结论须重新计算")
    if rules_sha256(plan.parameters["profile"]) != plan.rules_sha256:
        changed.append("条文参数在方案留存之后有改动：结论须重新计算")
    return changed
