"""Every compound planned by itself (逐个小区): a folder each, a list of all, to be stopped and gone on with."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from gisplanner import __version__
from gisplanner.domain.clearance_tables import Standards
from gisplanner.errors import GisPlannerError
from gisplanner.files import write_text
from gisplanner.formats.tables_book import Table, write_tables
from gisplanner.services.pipes.figures import FIGURES, figures_of
from gisplanner.services.pipes.hand import NO_HAND, Hand, hand_document
from gisplanner.services.pipes.kept import inputs_sha256
from gisplanner.services.pipes.outputs import write_outputs
from gisplanner.services.pipes.plan import PipesPlan, plan_ground
from gisplanner.services.pipes.plan_document import notes_of
from gisplanner.services.pipes.plan_input import Ground
from gisplanner.services.pipes.works import plan_works
from gisplanner.text import Text

SUMMARY: Final = "summary.json"
_ROW: Final = "estate.json"
_BOOK: Final = "summary.xlsx"
_BAD: Final = '/\\:*?"<>|\0'


@dataclass(frozen=True, slots=True)
class Orders:
    """How every compound is planned.

    Attributes
    ----------
    span
        First day and deadline of the works; ``None`` makes no calendar.
    profile
        Document that says who pays.
    """

    hand: Hand = NO_HAND
    standards: Standards | None = None
    span: tuple[date, date] | None = None
    profile: str | None = None
    time_limit_s: float = 60.0
    seed: int = 0

    def key(self, ground: Ground) -> str:
        """Return what an answer depends on: one that is there already for the same is not made again."""
        days = [] if self.span is None else [day.isoformat() for day in self.span]
        tables = None if self.standards is None else self.standards.model_dump_json()
        told = [__version__, inputs_sha256(ground), hand_document(self.hand), days, self.profile, tables]
        whole = json.dumps([*told, self.time_limit_s, self.seed], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()


def plan_each(
    estates: Iterable[tuple[str, Callable[[], Ground]]],
    folder: Path,
    orders: Orders,
    *,
    only: Collection[str] = (),
    tell: Callable[[Text], object] = lambda _text: None,
) -> list[dict[str, Any]]:
    """Plan every compound into a folder of its own and return the rows of the list.

    What is in the way of one stops no other: it is named in the list. After every compound the list is written
    anew, so that a run can be stopped at any time; started again it goes on where it stopped.

    Parameters
    ----------
    only
        Names of the compounds to plan; none means all.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    wanted = [(number, *one) for number, one in enumerate(estates, start=1) if not only or one[0] in only]
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    for count, (number, name, ground) in enumerate(wanted, start=1):
        own = folder / f"{number:02d}_{''.join('_' if sign in _BAD else sign for sign in name)}"
        told = f"（{count}/{len(wanted)}）"
        tell(Text(f"规划「{name}」{told}…", en=f"planning {name} ({count}/{len(wanted)}) …"))
        row = _row(name, ground, own, orders)
        tell(_said(row))
        rows.append(row)
        _write_list(folder, rows, len(wanted))
    return rows


def _row(name: str, ground: Callable[[], Ground], folder: Path, orders: Orders) -> dict[str, Any]:
    begun = time.perf_counter()
    try:
        given = ground()
        key = orders.key(given)
        done = _done(folder, key)
        if done is not None:
            return done
        plan = plan_ground(
            given, orders.hand, standards=orders.standards, time_limit_s=orders.time_limit_s, seed=orders.seed
        )
        row = {"name": name, "folder": folder.name, **_written(plan, folder, orders, name)}
    except GisPlannerError as error:
        hints = [str(fault.hint or fault.value or "") for fault in error.faults[:3]]
        return {"name": name, "error": "；".join(filter(None, [str(error.message), *hints])), "notes": []}
    row = {**row, "seconds": round(time.perf_counter() - begun, 1), "key": key}
    write_text(folder / _ROW, json.dumps(row, ensure_ascii=False, indent=1) + "\n")
    return row


def _done(folder: Path, key: str) -> dict[str, Any] | None:
    """Return the row of an answer that is there already for the same input."""
    path = folder / _ROW
    if not path.is_file():
        return None
    row: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return row if row.get("key") == key else None


def _written(plan: PipesPlan, folder: Path, orders: Orders, name: str) -> dict[str, Any]:
    works, late = None, None
    if orders.span is not None:
        try:
            works = plan_works(plan, *orders.span)
        except GisPlannerError as error:
            late = str(error.message)
    title = f"{name}管线综合规划图"
    write_outputs(plan, folder, works=works, profile_name=orders.profile, title=title)
    return {
        "buildings": len(plan.ground.buildings),
        **figures_of(plan),
        "working_days": None if works is None else works.calendar.working_days,
        "working_days_at_least": None if works is None else works.calendar.working_days_at_least,
        "crews": None if works is None else works.pace.crews,
        "notes": [*(str(note) for note in notes_of(plan)), *([] if late is None else [late])],
    }


def _said(row: dict[str, Any]) -> Text:
    if "error" in row:
        return Text(f"  {row['name']}：{row['error']}", en=f"  {row['name']}: {row['error']}")
    return Text(
        f"  {row['buildings']} 栋，管沟 {row['trench_m']:.0f} m（分别开挖 {row['separate_m']:.0f} m），"
        f"接入 {row['served']}，未接入 {row['unserved']}，净距冲突 {row['violations']}，{row['seconds']:.0f} 秒",
        en=f"  {row['buildings']} buildings, trench {row['trench_m']:.0f} m (alone {row['separate_m']:.0f} m), "
        f"{row['served']} served, {row['unserved']} not, {row['violations']} conflicts, {row['seconds']:.0f} s",
    )


def each_document(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the list as JSON, with the sums over all compounds that were planned."""
    planned = [row for row in rows if "error" not in row]
    sums = ("buildings", "trench_m", "union_m", "separate_m", "served", "unserved", "violations", "cost_cny")
    shown = [{key: value for key, value in row.items() if key != "key"} for row in rows]
    return {
        "estates": shown,
        "planned": len(planned),
        "failed": len(rows) - len(planned),
        "totals": {name: round(sum(row[name] for row in planned), 1) for name in sums},
    }


def each_sentences(document: dict[str, Any]) -> Text:
    """Return the list for a person."""
    totals, count = document["totals"], document["planned"]
    first = (
        f"{count} 个小区已规划，{document['failed']} 个未能规划：管沟共 {totals['trench_m']:.0f} m"
        f"（各家分别开挖 {totals['separate_m']:.0f} m），接入 {totals['served']:.0f}，"
        f"未接入 {totals['unserved']:.0f}，净距冲突 {totals['violations']:.0f}。"
    )
    zh = [first, *(f"  {row['name']}：{row['error']}" for row in document["estates"] if "error" in row)]
    en = f"{count} estates planned, {document['failed']} not: trench {totals['trench_m']:.0f} m."
    return Text("\n".join(zh), en=en)


def _write_list(folder: Path, rows: Sequence[dict[str, Any]], wanted: int) -> None:
    document = {**each_document(rows), "wanted": wanted}
    write_text(folder / SUMMARY, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    headings = ["小区", "楼栋", *(str(text) for text in FIGURES.values()), "工期（工作日）", "≥", "施工队", "缺什么"]
    names = ["name", "buildings", *FIGURES, "working_days", "working_days_at_least", "crews"]
    body = [
        [*(row.get(name) for name in names), "\n".join([row.get("error", ""), *row["notes"]]).strip()] for row in rows
    ]
    notes = [f"{len(rows)}/{wanted} 个小区。造价按示意单价（本工具参数）；净距数值未核对原文。"]
    write_tables(folder / _BOOK, [Table("各小区", notes, headings, body)])
