"""What was found on the ground (红线与摸底), as rows of a dossier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gisplanner.services.survey.candidates import Candidates, Near
from gisplanner.services.survey.red_lines import Inventory

Row = tuple[Any, ...]


def survey_rows(
    inventory: Inventory, resources: Candidates, estates: Sequence[str], projects: Sequence[str]
) -> list[Row]:
    """Return red lines, facilities by kind, rooms and leftover land of some estates; nothing where nobody looked."""
    wanted = set(estates)
    rows: list[Row] = []
    for one in inventory.red_lines:
        if one.project_code in projects or (one.project_code is None and wanted & set(one.estates)):
            rows.append(("项目红线", one.code, one.title, f"{one.area_m2:.0f} ㎡", one.document))
            rows += [
                (
                    "红线内市政设施",
                    one.code,
                    kind,
                    f"{told['count']} 处",
                    f"破损或缺失 {told['broken']} 处" if told["broken"] else None,
                )
                for kind, told in one.counts.items()
            ]
    for room in resources.rooms:
        near = next((one for one in room.near if one.estate in wanted), None)
        if near is not None:
            size = None if room.area_m2 is None else f"{room.area_m2:g} ㎡"
            told = "、".join(word for word in (room.state, room.current_use) if word)
            rows.append((room.kind, room.code, f"{room.name or ''} {_at(near)}".strip(), size, told or None))
    for land in resources.land:
        near = next((one for one in land.near if one.estate in wanted), None)
        if near is not None:
            planned = None if land.planned_use is None else f"拟作{land.planned_use}"
            told = "、".join(word for word in (land.current_use, planned) if word)
            place = f"{land.name or ''} {_at(near)}".strip()
            rows.append((f"零星用地·{land.kind}", land.code, place, f"{land.area_m2:.0f} ㎡", told or None))
    return rows


def _at(near: Near) -> str:
    return f"{near.name or near.estate}（{near.where}）"
