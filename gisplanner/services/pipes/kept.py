"""Plans that are kept (方案留存): stored with wishes, reasons and provenance, and compared side by side."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import geopandas as gpd
import shapely

from gisplanner import __version__
from gisplanner.domain.district import District
from gisplanner.errors import Fault, UsageError
from gisplanner.services.pipes.hand import hand_document
from gisplanner.services.pipes.plan import PipesPlan
from gisplanner.services.pipes.plan_document import plan_document
from gisplanner.services.pipes.plan_input import Ground
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text


def keep_plan(
    db: Database, district: District, result: PipesPlan, name: str, because: str, *, project: str | None = None
) -> int:
    """Store a plan under a new name and return its number; nothing is ever overwritten.

    Raises
    ------
    UsageError
        The name is taken, or no reason is given.
    """
    if not because.strip() or not name.strip():
        raise UsageError(Text("留存方案须写名称和理由。", en="A plan is kept under a name and with a reason."))
    lines = shapely.multilinestrings(list(result.lines.geometry))
    with db.transaction() as connection:
        number: int | None = queries().pipe_plan_insert(
            connection,
            district_id=district.id,
            srid=district.srid,
            name=name,
            reason=because,
            project=project,
            engine_version=__version__,
            inputs_sha256=inputs_sha256(result.ground),
            parameters=json.dumps({"rules": "GB 50289-2016 等，未核对原文"}, ensure_ascii=False),
            hand=json.dumps(hand_document(result.hand), ensure_ascii=False),
            answer=json.dumps(plan_document(result), ensure_ascii=False),
            wkb=shapely.to_wkb(lines),
            illustrative=_illustrative(result.ground),
        )
    if number is None:
        raise UsageError(
            Text(f"已有方案「{name}」。", en=f"There is a plan {name} already."), [Fault(column="--keep", value=name)]
        )
    return number


def inputs_sha256(ground: Ground) -> str:
    """Return the SHA-256 of the layers a plan was made from, on millimetres."""
    made = hashlib.sha256()
    for frame in (ground.buildings, ground.roads, ground.sources, ground.obstacles, ground.existing):
        if frame is not None:
            made.update(b"".join(shapely.to_wkb(shapely.set_precision(frame.geometry.to_numpy(), 1e-3)).tolist()))
    made.update(repr([(one.name, one.sources) for one in ground.demands]).encode())
    return made.hexdigest()


def _illustrative(ground: Ground) -> bool:
    return any(_marked(frame) for frame in (ground.buildings, ground.roads))


def _marked(frame: gpd.GeoDataFrame) -> bool:
    return "illustrative" in frame.columns and bool(frame["illustrative"].isin([True]).any())


def kept_plans(db: Database, district: District) -> dict[str, Any]:
    """Return the plans that are kept, side by side."""
    with db.transaction() as connection:
        rows = list(queries().pipe_plan_list(connection, district_id=district.id))
    return {
        "plans": [
            {
                "name": row.name,
                "reason": row.reason,
                "project": row.project,
                "hand": row.hand,
                "trench_m": row.answer["trench_m"],
                "underground_share": row.answer["underground_share"],
                "length_m": {name: one["length_m"] for name, one in row.answer["utilities"].items()},
                "served": {name: len(one["served"]) for name, one in row.answer["utilities"].items()},
                "does_not_fit": len(row.answer["does_not_fit"]),
                "violations": len(row.answer["violations"]),
                "inputs_sha256": row.inputs_sha256,
                "engine_version": row.engine_version,
                "illustrative": row.illustrative,
                "made_at": row.made_at.isoformat(),
                "made_by": row.made_by,
            }
            for row in rows
        ]
    }


def kept_sentences(document: dict[str, Any]) -> Text:
    """Return the plans side by side for a person."""
    zh = [
        f"{one['name']}：管沟 {one['trench_m']['joint']:.1f} m，接入 {sum(one['served'].values())}，"
        f"排不下 {one['does_not_fit']} 处；理由：{one['reason']}"
        + "".join(f"；{wish['what']} {wish['network']}：{wish['because']}" for wish in one["hand"]["wishes"])
        for one in document["plans"]
    ]
    en = [f"{one['name']}: trench {one['trench_m']['joint']:.1f} m; {one['reason']}" for one in document["plans"]]
    return Text("\n".join(zh) or "没有留存的方案。", en="\n".join(en) or "No plans are kept.")
