"""What a plan tells of wide roads (两侧布管): metres on either side and across, roads of unknown width."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from gisplanner.catalog.both_sides import both_sides
from gisplanner.planning.pipes.corridors.both_sides import Side
from gisplanner.services.pipes.plan import PipesPlan, users_of_edges
from gisplanner.services.pipes.streets import SIDE_NAMES
from gisplanner.text import Text

MOST_NAMES: Final = 6
"""Roads of unknown width that are named in one sentence; all stand in the JSON document."""


def both_sides_document(result: PipesPlan) -> dict[str, Any]:
    """Return the wide roads in which lines lie, with the metres dug on either side and across, and unknown ones."""
    rule = both_sides()
    roads: dict[str, dict[str, Any]] = {}
    for edge in _dug(result):
        side = result.streets.side[edge]
        if side:
            name, row = result.streets.road_name(edge), int(result.streets.road[edge])
            told = roads.setdefault(
                name,
                {
                    "street": name,
                    "width_m": round(float(result.wide.width_m[row]), 3),
                    "by": "red_line" if result.wide.stated[row] else "roadway",
                    "dug_m": {},
                },
            )
            metres = told["dug_m"]
            metres[side] = round(metres.get(side, 0.0) + float(result.corridors.length_mm[edge]) / 1000.0, 3)
    return {
        "clause": rule.shown,
        "over_m": rule.over_m,
        "roads": [roads[name] for name in sorted(roads)],
        "unknown": sorted({result.streets.road_name(edge) for edge in _dug(result) if _is_unknown(result, edge)}),
    }


def both_sides_told(result: PipesPlan) -> list[Text]:
    """Return the same in sentences."""
    document = both_sides_document(result)
    told = [_road_told(one, document["clause"]) for one in document["roads"]]
    unknown, over = document["unknown"], document["over_m"]
    if unknown:
        shown, more = unknown[:MOST_NAMES], len(unknown) - MOST_NAMES
        told.append(
            Text(
                f"红线宽资料不足：{'、'.join(shown)}"
                + (f" 等 {len(unknown)} 条" if more > 0 else "")
                + f" 是否超过 {over:g} m 无法判定，按一条走廊规划（{document['clause']}）",
                en=f"red lines are not known: {', '.join(shown)}"
                + (f" and {more} more" if more > 0 else "")
                + f" may be wider than {over:g} m and have one corridor ({document['clause']})",
            )
        )
    return told


def _road_told(one: dict[str, Any], clause: str) -> Text:
    dug: dict[Side, float] = one["dug_m"]
    zh = "、".join(f"{SIDE_NAMES[side].strip('（）')} {metres:.0f} m" for side, metres in sorted(dug.items()))
    en = ", ".join(f"{side} {metres:.0f} m" for side, metres in sorted(dug.items()))
    by = "红线宽" if one["by"] == "red_line" else "红线宽不明，按路宽"
    return Text(
        f"{one['street']}（{by} {one['width_m']:g} m）两侧布管：{zh}（{clause}）",
        en=f"{one['street']} ({one['width_m']:g} m, {one['by']}) has lines on both sides: {en} ({clause})",
    )


def _dug(result: PipesPlan) -> list[int]:
    users = users_of_edges(result.lanes, len(result.corridors.edges))
    found: list[int] = np.flatnonzero((users > 0) & (result.streets.road >= 0) & ~result.corridors.blocked).tolist()
    return found


def _is_unknown(result: PipesPlan, edge: int) -> bool:
    return bool(result.wide.unknown[int(result.streets.road[edge])])
