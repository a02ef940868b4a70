"""Ask the gas company before anything is dug (燃气设施保护): a task for each place that works come near to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd

from gisplanner.domain.accounts import Viewer
from gisplanner.domain.district import District
from gisplanner.services.networks.access import LOCAL
from gisplanner.services.networks.gas_safety import gas_safety
from gisplanner.services.networks.gas_watch import gas_watch, refuse_unwatched
from gisplanner.services.networks.tasks import Step, record_step, store_tasks
from gisplanner.services.pipes.plan import PipesPlan
from gisplanner.store.database import Database

_EXAMPLE_STEPS = ("保护方案已报", "保护方案已定", "现场监护已安排")


def ask_gas(db: Database, district: District, digs: gpd.GeoDataFrame, *, viewer: Viewer = LOCAL) -> tuple[int, int]:
    """Store a task for each place that works come near to a gas line; return how many are new, and were there.

    Raises
    ------
    PermissionDeniedError
        The account does not work on all networks.
    """
    guards = gas_safety(db, district, digs).guards
    mine = [one for one in guards if one.code.rsplit("×", maxsplit=1)[0] in set(digs.index)]
    return store_tasks(db, district, mine, viewer=viewer)


def watched_now(db: Database, district: District, plan: PipesPlan) -> PipesPlan:
    """Return a plan that knows what was arranged beside gas lines since it was made."""
    return replace(plan, ground=replace(plan.ground, watch=gas_watch(db, district)))


def check_others(db: Database, district: District, works: gpd.GeoDataFrame) -> list[dict[str, str | None]]:
    """Return other works of a calendar (加装电梯基坑、植树 …) as records, none of them unwatched beside a gas line.

    Raises
    ------
    RefusedError
        One is, or nobody says on which day it is.
    """
    refuse_unwatched(gas_watch(db, district), works)
    return [
        {
            "id": str(name),
            "kind": str(work["kind"]),
            "first": None if work["first"] is None else str(work["first"]),
            "last": None if work["last"] is None else str(work["last"]),
        }
        for name, work in works.iterrows()
    ]


def record_example_watch(db: Database, district: District, digs: gpd.GeoDataFrame, on: date, until: date) -> int:
    """Record an example of what a gas company answers (示例): plans agreed, somebody on site; return how many places.

    Places that were answered for already stay as they are.
    """
    ask_gas(db, district, digs)
    watch, count = gas_watch(db, district), 0
    for code, guard in watch.guards.items():
        if guard.state is None and code.rsplit("×", maxsplit=1)[0] in set(digs.index):
            count += 1
            for state in _EXAMPLE_STEPS:
                step = Step(state, on, until if state == _EXAMPLE_STEPS[-1] else None, illustrative=True)
                record_step(db, district, "gas_guard", code, step)
    return count
