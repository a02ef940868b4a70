"""Fire plans that are kept (方案留存): stored with reason and provenance, shown again, withdrawn with a reason."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from gisplanner import __version__
from gisplanner.catalog.fire_lanes import STANDARDS_DIR
from gisplanner.catalog.profiles import profile as profile_named
from gisplanner.domain.district import District
from gisplanner.domain.fire_kept import KeptFirePlan
from gisplanner.errors import Fault, NotFoundError, UsageError
from gisplanner.services.fire.district_plan import DistrictFirePlan
from gisplanner.services.fire.input import ONLY_SHOWN, FireGround
from gisplanner.services.progress.permission import recording
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

_STANDARDS: Final = ("fire_lanes.csv", "fire_parameters.toml")
_FACTS: Final = (
    "code", "name", "floors", "households", "height_m", "extinguishers", "removable", "movable", "cost", "kind",
    "owner", "hours", "key_holder", "width_m",
)  # fmt: skip
"""Attributes that an answer depends on, or that stand in it."""
_SEPARATE: Final = ("role", "estate", "label", "id", "geometry")


def keep_fire_plan(db: Database, district: District, plan: DistrictFirePlan, name: str, because: str) -> int:
    """Store a plan under a new name and return its number; nothing is ever overwritten.

    Raises
    ------
    UsageError
        The name is taken, no reason is given, or there is nothing to keep: no estate, or stopped half-way.
    PermissionDeniedError
        The account may not keep plans of the district.
    """
    if not because.strip() or not name.strip():
        raise UsageError(Text("留存方案须写名称和理由。", en="A plan is kept under a name and with a reason."))
    if plan.stopped or not plan.plans:
        raise UsageError(
            Text("中途停止或没有小区的方案不留存。", en="A plan that was stopped, or of no estate, is not kept.")
        )
    with recording(db) as connection:
        number: int | None = queries().fire_plan_insert(
            connection,
            district_id=district.id,
            srid=district.srid,
            name=name.strip(),
            reason=because.strip(),
            engine_version=__version__,
            rules_sha256=rules_sha256(plan.wishes.profile),
            inputs_sha256=inputs_sha256(plan.grounds),
            parameters=_json({**asdict(plan.wishes), "estate": plan.estate, "estates": list(plan.plans)}),
            answer=_json(plan.document()),
            cost_cny=Decimal(f"{plan.cost:.3f}"),
            cost_bound_cny=Decimal(f"{max(plan.bound, 0.0):.3f}"),
            proven=plan.proven,
            illustrative=plan.illustrative,
        )
        if number is None:
            raise UsageError(
                Text(f"已有方案「{name}」。", en=f"There is a plan {name} already."),
                [Fault(column="--keep", value=name)],
            )
        queries().fire_plan_features_insert(
            connection,
            plan_id=number,
            district_id=district.id,
            srid=district.srid,
            features=_json(_rows(plan.features())),
        )
    return number


def _rows(features: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    columns = [column for column in features.columns if column not in _SEPARATE]
    return [
        {
            "seq": number,
            "estate": row["estate"],
            "role": row["role"],
            "label": str(row["label"]),
            "facts": {name: row[name] for name in columns if _known(row[name])},
            "wkb": shapely.to_wkb(row["geometry"], hex=True),
        }
        for number, row in enumerate(features.to_dict("records"), start=1)
    ]


def _known(value: Any) -> bool:
    return isinstance(value, list) or not pd.isna(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def rules_sha256(profile: str | None) -> str:
    """Return the SHA-256 of the numbers and clauses a plan was made with, those of its profile included."""
    parts = [(STANDARDS_DIR / name).read_bytes() for name in _STANDARDS]
    parts += [] if profile is None else [profile_named(profile).model_dump_json().encode()]
    return _digest(parts)


def inputs_sha256(grounds: Mapping[str, FireGround]) -> str:
    """Return the SHA-256 of the layers plans are made from, geometry on millimetres, whatever the order of rows."""
    return _digest(
        f"{code}/{name}\n{row}".encode()
        for code, ground in sorted(grounds.items())
        for name, frame in _layers(ground).items()
        for row in sorted(_told(frame))
    )


def _layers(ground: FireGround) -> dict[str, gpd.GeoDataFrame]:
    named = {
        name: getattr(ground, name) for name in ("site", "buildings", "obstacles", "entrances", "roads", "hydrants")
    }
    return {
        name: frame
        for name, frame in {**named, **ground.more}.items()
        if frame is not None and name not in ONLY_SHOWN
    }


def _told(frame: gpd.GeoDataFrame) -> list[str]:
    shapes = shapely.to_wkb(shapely.set_precision(frame.geometry.to_numpy(), 1e-3), hex=True)
    columns = [name for name in _FACTS if name in frame.columns]
    facts = frame[columns].astype(object).where(frame[columns].notna(), None).to_dict("records")
    return [f"{shape} {_json(fact)}" for shape, fact in zip(shapes.tolist(), facts, strict=True)]


def _digest(parts: Iterable[bytes]) -> str:
    made = hashlib.sha256()
    for part in parts:
        made.update(part + b"\0")
    return made.hexdigest()


def kept_fire_plans(db: Database, district: District, *, withdrawn: bool = False) -> list[KeptFirePlan]:
    """Return the plans that are kept, the oldest first.

    Parameters
    ----------
    withdrawn
        Also those that were withdrawn.
    """
    with db.transaction() as connection:
        rows = list(queries().fire_plan_list(connection, district_id=district.id))
    return [_kept(row) for row in rows if withdrawn or row.withdrawn_at is None]


def kept_fire_plan(db: Database, district: District, name: str) -> KeptFirePlan:
    """Return one plan that is kept, withdrawn or not.

    Raises
    ------
    NotFoundError
        There is none of that name.
    """
    plans = {one.name: one for one in kept_fire_plans(db, district, withdrawn=True)}
    if name not in plans:
        raise NotFoundError(
            Text(f"没有消防方案「{name}」。", en=f"There is no fire plan {name}."),
            [Fault(column="name", value=name, allowed="、".join(plans) or None)],
        )
    return plans[name]


def _kept(row: Any) -> KeptFirePlan:
    told = {field: getattr(row, field) for field in KeptFirePlan.__dataclass_fields__ if field != "number"}
    moments = {key: value.isoformat() for key, value in told.items() if isinstance(value, datetime)}
    return KeptFirePlan(number=row.id, **{**told, **moments})


def kept_features(db: Database, district: District, plan: KeptFirePlan) -> gpd.GeoDataFrame:
    """Return what a kept plan shows, as :meth:`DistrictFirePlan.features` did when it was made."""
    with db.transaction() as connection:
        rows = list(queries().fire_plan_features(connection, plan_id=plan.number))
    columns = ["pinch_mm", "survey", "cost", "owner", "opens", "reason", "illustrative"]
    facts = [{name: row.facts.get(name) for name in columns} for row in rows]
    told = [
        {"estate": row.estate, "role": row.role, "label": row.label} | fact
        for row, fact in zip(rows, facts, strict=True)
    ]
    frame = pd.DataFrame(told, columns=["estate", "role", "label", *columns], dtype=object)
    shapes = shapely.from_wkb([row.wkb for row in rows])
    return gpd.GeoDataFrame(frame, geometry=list(shapes), crs=district.crs)


def withdraw_fire_plan(db: Database, district: District, name: str, because: str) -> None:
    """Take a plan out of use; it stays on record with who, when and why.

    Raises
    ------
    UsageError
        No reason is given, or it is withdrawn already.
    NotFoundError
        There is none of that name.
    PermissionDeniedError
        The account may not withdraw plans of the district.
    """
    if not because.strip():
        raise UsageError(Text("撤回方案须写理由。", en="A plan is withdrawn with a reason."))
    kept_fire_plan(db, district, name)
    with recording(db) as connection:
        number = queries().fire_plan_withdraw(connection, district_id=district.id, name=name, reason=because.strip())
    if number is None:
        raise UsageError(
            Text(
                f"方案「{name}」已撤回，或本账户无权撤回。", en=f"The plan {name} is withdrawn already, or not yours."
            ),
            [Fault(column="name", value=name)],
        )
