"""Find the project and the stage a person means."""

from __future__ import annotations

from datetime import date
from typing import Any

from gisplanner.catalog.profiles import profile as load_profile
from gisplanner.domain.district import District
from gisplanner.domain.profile import StageSpec
from gisplanner.errors import Fault, InputError, NotFoundError
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries
from gisplanner.text import Text


def today() -> date:
    """Return today as a calendar day at the office."""
    return date.today()  # noqa: DTZ011 - a calendar day at the office, not an instant


def yet_to_come(column: str, day: date) -> list[Fault]:
    """Return the fault of a day that nothing can be recorded of yet, under the name of its field."""
    return (
        [Fault(column=column, value=str(day), allowed=Text("不晚于今天", en="not after today"))]
        if day > today()
        else []
    )


def stages_of(district: District) -> tuple[StageSpec, ...]:
    """Return the stages of the district's profile; none without a profile."""
    return () if district.profile is None else load_profile(district.profile).stages


def find_stage(district: District, wanted: str) -> StageSpec:
    """Return a stage by its name or number.

    Raises
    ------
    NotFoundError
        There is none; the fault lists those there are.
    """
    stages = stages_of(district)
    for stage in stages:
        if wanted in {stage.name, str(stage.no)}:
            return stage
    known = "、".join(f"{stage.no} {stage.name}" for stage in stages)
    raise NotFoundError(
        Text(f"没有阶段 {wanted}。", en=f"There is no stage {wanted}."),
        [
            Fault(
                column="STAGE",
                value=wanted,
                allowed=known or Text("该区县没有政策依据，因而没有阶段", en="no profile, so no stages"),
            )
        ],
    )


def find_project(connection: Connection, district: District, wanted: str) -> Any:
    """Return the row of a project by its code or exact name.

    Raises
    ------
    NotFoundError
        There is none.
    InputError
        The name fits projects of several years.
    """
    found = list(queries().project_find(connection, district_id=district.id, project=wanted))
    if not found:
        raise NotFoundError(
            Text(f"没有项目 {wanted}。", en=f"There is no project {wanted}."),
            [
                Fault(
                    column="PROJECT",
                    value=wanted,
                    hint=Text("写项目编码或完整名称", en="give its code or exact name"),
                )
            ],
        )
    if len(found) > 1:
        raise InputError(
            Text(f"{wanted} 在几个年度里都有，请写项目编码。", en=f"{wanted} is in several years; give the code."),
            [Fault(column="PROJECT", value=wanted, allowed="、".join(row.code for row in found))],
        )
    return found[0]


def find_estate(connection: Connection, district: District, wanted: str) -> Any:
    """Return the row (``id``, ``code``, ``name``) of an estate by its code or exact name.

    Raises
    ------
    NotFoundError
        There is none, at least none the account sees.
    InputError
        The name fits several estates.
    """
    rows = list(queries().works_estates(connection, district_id=district.id))
    found = [row for row in rows if row.code == wanted] or [row for row in rows if row.name == wanted]
    if not found:
        raise NotFoundError(
            Text(f"没有小区 {wanted}。", en=f"There is no estate {wanted}."),
            [Fault(column=Text("小区", en="estate"), value=wanted)],
        )
    if len(found) > 1:
        raise InputError(
            Text(f"{wanted} 有重名，请写编码。", en=f"{wanted} is several estates; give the code."),
            [Fault(column=Text("小区", en="estate"), value=wanted, allowed="、".join(row.code for row in found))],
        )
    return found[0]
