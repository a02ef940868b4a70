"""Which lines stand in the way of works (迁改): a task for each owner, moved by itself or by whom it commissions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.domain.network_tasks import NetworkTask
from gisplanner.services.layers import layer_frame
from gisplanner.services.networks.access import LOCAL, owners_seen
from gisplanner.services.networks.columns import LAYER
from gisplanner.services.networks.conflicts import conflicts_of_district, named_lines
from gisplanner.services.networks.works import estate_at
from gisplanner.store.database import Database
from gisplanner.text import Text

MARGIN_M: Final = 0.5
"""A line this near to the edge of a pit or a footing stands in its way (本工具参数)."""
_GONE: Final = frozenset({"abandoned", "connected"})
_LISTED: Final = 30


@dataclass(frozen=True, slots=True)
class RelocationList:
    """Lines that have to give way, by owner; nothing is stored yet."""

    tasks: tuple[NetworkTask, ...]

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        owners = sorted({one.owner for one in self.tasks})
        return {
            "tasks": [one.record() for one in self.tasks],
            "owners": [
                {
                    "owner": owner,
                    "tasks": sum(one.owner == owner for one in self.tasks),
                    "length_m": round(sum(one.length_m or 0.0 for one in self.tasks if one.owner == owner), 3),
                }
                for owner in owners
            ],
            "margin_m": MARGIN_M,
        }

    def sentences(self) -> Text:
        """Return the list for a person."""
        zh, en = [f"需迁改或保护 {len(self.tasks)} 段。"], [f"{len(self.tasks)} lines are in the way."]
        for one in self.tasks[:_LISTED]:
            zh.append(f"  {one.owner}：{one.subject}，{one.cause}，{one.length_m:.1f} m（{one.standing}）")
            en.append(f"  {one.owner}: {one.subject}, {one.cause}, {one.length_m:.1f} m")
        if len(self.tasks) > _LISTED:
            zh.append(f"  … 另有 {len(self.tasks) - _LISTED} 段，见 --json")
            en.append(f"  … {len(self.tasks) - _LISTED} more: use --json")
        return Text("\n".join(zh), en="\n".join(en))


def lines_in_the_way(
    db: Database, district: District, works: gpd.GeoDataFrame, *, margin_m: float = MARGIN_M
) -> RelocationList:
    """Lay works over the stored lines, wires overhead among them, and say whose line has to move where.

    Parameters
    ----------
    works
        As :func:`gisplanner.services.networks.works.read_works` gives them.
    """
    lines = named_lines(layer_frame(db, district, LAYER))
    lines = lines[~lines["status"].isin(_GONE) & (lines["status"] != "planned")]
    grounds = shapely.buffer(works.geometry.to_numpy(), margin_m, quad_segs=8)
    pipes = lines.geometry.to_numpy()
    work, line = shapely.STRtree(pipes).query(grounds, predicate="intersects")
    inside = shapely.intersection(pipes[line], grounds[work])
    distance = shapely.distance(pipes[line], works.geometry.to_numpy()[work])
    estates = estate_at(layer_frame(db, district, "estates"), inside)
    tasks = [
        _task(lines.iloc[line[one]], works.iloc[work[one]], inside[one], float(distance[one]), estates[one])
        for one in np.lexsort((line, work)).tolist()
    ]
    return RelocationList(tuple(sorted(tasks, key=lambda task: (task.owner, task.code))))


def lines_that_yield(db: Database, district: District) -> RelocationList:
    """Return the existing lines that have to give way to planned ones by the rules of yielding (避让)."""
    result = conflicts_of_district(db, district)
    status = result.lines["status"].to_dict()
    found: dict[str, NetworkTask] = {}
    sure = [one for one in result.open_conflicts if one.verdict == "确定" and one.yields is not None]
    for one in sure:
        name = str(one.yields)
        other = str(one.a if one.yields == one.b else one.b)
        if status[name] != "existing" or status.get(other) != "planned":
            continue
        line = result.lines.loc[name]
        rule = "" if one.yield_step is None else f"，{one.yield_step.title}"
        cause = f"与规划管线 {other} 净距 {one.measured_m:g} m，要求 {one.required_m:g} m，{one.rule.shown}{rule}"
        task = NetworkTask(
            "relocation",
            f"{other}×{name}",
            str(line["owner"]),
            _subject(line),
            cause,
            distance_m=one.measured_m,
            length_m=one.length_m,
            illustrative=bool(line["illustrative"]),
            shape=result.lines.geometry.loc[name],
        )
        found.setdefault(task.code, task)
    tasks = list(found.values())
    codes = estate_at(layer_frame(db, district, "estates"), [one.shape for one in tasks]) if tasks else []
    return RelocationList(tuple(replace(one, estate_code=code) for one, code in zip(tasks, codes, strict=True)))


def together(lists: Sequence[RelocationList], district: District, *, viewer: Viewer = LOCAL) -> RelocationList:
    """Return several lists as one, each task once; an operator sees its own.

    Raises
    ------
    PermissionDeniedError
        The account has nothing to do with networks.
    """
    seen = owners_seen(viewer, district, Text("查看迁改事项", en="see relocations"))
    found = {one.code: one for each in lists for one in each.tasks if seen(one.owner)}
    return RelocationList(tuple(sorted(found.values(), key=lambda task: (task.owner, task.code))))


def _task(line: Any, work: Any, inside: Any, distance_m: float, estate: str | None) -> NetworkTask:
    named = "" if work["name"] is None or work["name"] != work["name"] else f"（{work['name']}）"
    return NetworkTask(
        "relocation",
        f"{work.name}×{line.name}",
        str(line["owner"]),
        _subject(line),
        f"{work['kind']} {work.name}{named}",
        estate_code=estate,
        distance_m=round(distance_m, 3),
        length_m=round(float(inside.length), 3),
        illustrative=bool(line["illustrative"]),
        placement_before="架空" if line["laying"] == "overhead" else "地下",
        shape=inside,
    )


def _subject(line: Any) -> str:
    section = line["diameter_mm"]  # the text of the section, as the check takes it
    size = "" if section is None or section != section else f" {section}"  # noqa: PLR0124 - NaN is not itself
    return f"{line['utility']}/{line['code']}{size}，{'架空' if line['laying'] == 'overhead' else '地下'}"
