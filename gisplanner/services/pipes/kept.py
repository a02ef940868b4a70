"""Plans that are kept (方案留存): stored with wishes, reasons and provenance, and compared side by side."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from gisplanner import __version__
from gisplanner.domain.district import District
from gisplanner.errors import Fault, NotFoundError, UsageError
from gisplanner.services.layers import layer_frame
from gisplanner.services.pipes.alternatives import Compared
from gisplanner.services.pipes.figures import figures_of
from gisplanner.services.pipes.hand import Hand, hand_document
from gisplanner.services.pipes.plan import PipesPlan
from gisplanner.services.pipes.plan_document import plan_document
from gisplanner.services.pipes.plan_input import Ground
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text


def keep_plan(
    db: Database,
    district: District,
    result: PipesPlan,
    name: str,
    because: str,
    *,
    project: str | None = None,
    **parameters: float | str | None,
) -> int:
    """Store a plan under a new name and return its number; nothing is ever overwritten.

    Parameters
    ----------
    parameters
        What else the plan was made with: seed, seconds.

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
            parameters=json.dumps({"rules": "GB 50289-2016 等，未核对原文", **parameters}, ensure_ascii=False),
            hand=json.dumps(hand_document(result.hand), ensure_ascii=False),
            answer=json.dumps(plan_document(result) | {"figures": figures_of(result)}, ensure_ascii=False),
            wkb=shapely.to_wkb(lines),
            illustrative=_illustrative(result.ground),
        )
        if number is not None:
            queries().pipe_plan_lines_insert(
                connection,
                plan_id=number,
                district_id=district.id,
                srid=district.srid,
                rows=json.dumps(_line_rows(result), ensure_ascii=False),
            )
    if number is None:
        raise UsageError(
            Text(f"已有方案「{name}」。", en=f"There is a plan {name} already."), [Fault(column="--keep", value=name)]
        )
    return number


def _line_rows(result: PipesPlan) -> list[dict[str, Any]]:
    shapes = shapely.to_wkb(result.lines.geometry.to_numpy(), hex=True)
    return [
        {
            "line_no": number,
            **{name: _plain(row[name]) for name in ("network", "utility", "part", "street", "building", "laying")},
            "section_text": _plain(row["diameter_mm"]),
            "cover_m": _plain(row["depth_m"]),
            "length_m": float(row["length_m"]),
            "wkb": shape,
        }
        for number, (row, shape) in enumerate(zip(result.lines.to_dict("records"), shapes, strict=True))
    ]


def _plain(value: Any) -> Any:
    return None if value is None or value != value else value  # noqa: PLR0124 - NaN is not itself


def inputs_sha256(ground: Ground) -> str:
    """Return the SHA-256 of the layers a plan was made from, on millimetres."""
    made = hashlib.sha256()
    for frame in (ground.buildings, ground.roads, ground.sources, ground.obstacles, ground.existing, ground.heights):
        if frame is not None:
            made.update(b"".join(shapely.to_wkb(shapely.set_precision(frame.geometry.to_numpy(), 1e-3)).tolist()))
    made.update(repr([(one.name, one.sources, one.buildings) for one in ground.demands]).encode())
    made.update(repr([(utility, name, at.tolist()) for utility, name, at in ground.connections]).encode())
    return made.hexdigest()


def _illustrative(ground: Ground) -> bool:
    return any(_marked(frame) for frame in (ground.buildings, ground.roads))


def _marked(frame: gpd.GeoDataFrame) -> bool:
    return "illustrative" in frame.columns and bool(frame["illustrative"].isin([True]).any())


def kept_ground(db: Database, district: District) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the streets and buildings that kept plans are drawn over."""
    roads, buildings = (
        layer_frame(db, district, name).rename_geometry("geometry") for name in ("roads", "buildings")
    )
    return roads[roads.geometry.notna()], buildings[buildings.geometry.notna()]


def kept_plans(db: Database, district: District, names: Sequence[str] = ()) -> dict[str, Any]:
    """Return the plans that are kept, side by side: all, or those named."""
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
                "figures": row.answer.get("figures"),
                "exceptions": row.answer["exceptions"],
                "does_not_fit": len(row.answer["does_not_fit"]),
                "violations": len(row.answer["violations"]),
                "inputs_sha256": row.inputs_sha256,
                "engine_version": row.engine_version,
                "illustrative": row.illustrative,
                "made_at": row.made_at.isoformat(),
                "made_by": row.made_by,
            }
            for row in rows
            if not names or row.name in names
        ]
    }


def kept_sentences(document: dict[str, Any]) -> Text:
    """Return the plans side by side for a person."""
    zh = [
        f"{one['name']}：管沟 {one['trench_m']['joint']:.1f} m，接入 {sum(one['served'].values())}，"
        f"排不下 {one['does_not_fit']} 处；理由：{one['reason']}"
        + "".join(f"；{told}" for told in Hand.model_validate(one["hand"]).reasons())
        for one in document["plans"]
    ]
    en = [f"{one['name']}: trench {one['trench_m']['joint']:.1f} m; {one['reason']}" for one in document["plans"]]
    return Text("\n".join(zh) or "没有留存的方案。", en="\n".join(en) or "No plans are kept.")


def kept_comparison(db: Database, district: District, names: Sequence[str] = ()) -> list[Compared]:
    """Return kept plans as a comparison shows them: all, or those named, in the order they were made.

    Raises
    ------
    NotFoundError
        There is no such plan.
    """
    with db.transaction() as connection:
        plans = list(queries().pipe_plan_list(connection, district_id=district.id))
        known = [row.name for row in plans]
        missing = [name for name in names if name not in known]
        if missing or not plans:
            told = "、".join(missing) or "—"
            raise NotFoundError(
                Text(f"没有留存的方案「{told}」。", en=f"There is no kept plan {told}."),
                [Fault(column="--name", value=name, allowed="、".join(known)) for name in missing],
            )
        chosen = [row for row in plans if not names or row.name in names]
        rows = list(
            queries().pipe_plan_lines(connection, district_id=district.id, names=[row.name for row in chosen])
        )
    lines = pd.DataFrame([row._asdict() for row in rows], columns=_LINE_COLUMNS)
    return [
        Compared(
            row.name,
            row.reason,
            row.answer.get("figures") or {},
            tuple(Hand.model_validate(row.hand).reasons()),
            {},
            _frame(lines[lines["plan"] == row.name], district.srid),
        )
        for row in chosen
    ]


_LINE_COLUMNS: Final = (
    *("plan", "line_no", "network", "utility", "part", "street", "building", "laying", "section_text", "cover_m"),
    *("length_m", "wkb"),
)


def _frame(lines: pd.DataFrame, srid: int) -> gpd.GeoDataFrame:
    shapes = shapely.from_wkb([bytes(one) for one in lines["wkb"]])
    return gpd.GeoDataFrame(lines.drop(columns="wkb"), geometry=list(shapes), crs=srid)
