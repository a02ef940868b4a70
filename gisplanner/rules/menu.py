"""The menu of works (改造内容): is a work in it, under what condition, and is a 必改 item missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gisplanner.domain.clause import Clause, Passage
from gisplanner.domain.policy_answer import BY_HAND, FAILS_IN_PRINCIPLE, MEETS, UNKNOWN, UNSTATED, Answer
from gisplanner.domain.policy_facts import EstateFacts
from gisplanner.domain.policy_works import Menu, MenuGroup, MenuItem
from gisplanner.rules.answers import Desk
from gisplanner.rules.words import plain, stands_in
from gisplanner.text import Text

RULE: Final = "menu"
REQUIRED: Final = "menu.required"
_TITLE = Text("改造菜单", en="menu of works")
_REQUIRED_TITLE = Text("必改项", en="required items")


def menu(desk: Desk, estate: EstateFacts) -> list[Answer]:
    """Return one answer for each work of an estate, then one for each 必改 item of the document."""
    offered = desk.profile.menu
    if offered is None:
        return [desk.silent(RULE, _TITLE, estate.name)]
    works = [_work(desk, offered, estate, work) for work in estate.works or ()]
    return [*works, *_required(desk, offered, estate)]


def entries(offered: Menu, work: str) -> list[tuple[MenuGroup, MenuItem]]:
    """Return the entries a work may mean; ``部分:项`` names the part."""
    part, _, bare = plain(work).rpartition(":")
    return [
        (group, item)
        for group, item in _all(offered)
        if stands_in(bare, (item.name, *item.terms))
        and (not part or part in {plain(group.part or ""), plain(group.key)})
    ]


def _all(offered: Menu) -> Iterator[tuple[MenuGroup, MenuItem]]:
    for group in offered.groups:
        for item in group.items:
            yield group, item


def _where(group: MenuGroup, item: MenuItem) -> Clause:
    """Return the passage the entry stands in: the group's, or the further one that holds it."""
    name = plain(item.name)
    if name in plain(group.quote):
        return group
    further: Passage = next((one for one in group.quotes if name in plain(one.quote)), group)
    return group.model_copy(update={"quote": further.quote})


def _work(desk: Desk, offered: Menu, estate: EstateFacts, work: str) -> Answer:
    rule, subject = f"{RULE}.{work}", f"{estate.name}：{work}"
    found = entries(offered, work)
    if not found:
        itemless = not any(group.items for group in offered.groups)
        told = (
            Text("文件只列方面，没有项目表", en="the document lists aspects only, no items")
            if itemless
            else Text("菜单没有列出，可能属于无关建设内容", en="not in the menu, perhaps unrelated works")
        )
        return desk.answer(rule, _TITLE, subject, UNSTATED, told)
    group, item = found[0]
    names = "、".join(dict.fromkeys(_told(one, entry) for one, entry in found))
    conditions = [entry.condition for _, entry in found if entry.condition]
    if not conditions or stands_in(work, estate.site_conditions) or stands_in(item.name, estate.site_conditions):
        return desk.answer(
            rule, _TITLE, subject, MEETS, Text(f"列入菜单：{names}", en=f"in the menu: {names}"), _where(group, item)
        )
    reason = Text(
        f"列入菜单：{names}；附条件「{conditions[0]}」，条件是否具备未填",
        en=f"in the menu: {names}, under the condition {conditions[0]}, which is not confirmed",
    )
    return desk.answer(rule, _TITLE, subject, UNKNOWN, reason, _where(group, item))


def _told(group: MenuGroup, item: MenuItem) -> str:
    return f"{group.key}·{item.name}" + ("（重点突出）" if item.highlight else "")


def _required(desk: Desk, offered: Menu, estate: EstateFacts) -> Iterator[Answer]:
    chosen = [entries(offered, work) for work in estate.works or ()]
    for group, item in _all(offered):
        if group.level == "必改":
            meant = [found for found in chosen if any(one is group and entry is item for one, entry in found)]
            yield _required_item(desk, estate, group, item, meant)


def _required_item(
    desk: Desk,
    estate: EstateFacts,
    group: MenuGroup,
    item: MenuItem,
    meant: Sequence[Sequence[tuple[MenuGroup, MenuItem]]],
) -> Answer:
    subject = f"{estate.name}：{group.part or group.key}·{item.name}"
    if estate.works is None:
        reason = Text("未填改造内容", en="the works are not given")
        return desk.answer(REQUIRED, _REQUIRED_TITLE, subject, UNKNOWN, reason, group)
    if any(len({one.part for one, _ in found}) == 1 for found in meant):
        return desk.answer(REQUIRED, _REQUIRED_TITLE, subject, MEETS, Text("已列入方案", en="in the plan"), group)
    if meant:
        reason = Text(
            "两部分都有此项，未写明属哪一部分", en="both parts have this item; which one is meant is not given"
        )
        return desk.answer(REQUIRED, _REQUIRED_TITLE, subject, BY_HAND, reason, group)
    excuse = _excuse(estate, group, item)
    if excuse is not None:
        reason = Text(f"未列入，理由：{excuse}；理由由人工认定", en=f"left out, reason given: {excuse}")
        return desk.answer(REQUIRED, _REQUIRED_TITLE, subject, BY_HAND, reason, group)
    reason = Text("必改项未列入方案，需说明理由", en="a required item is missing; a reason must be given")
    return desk.answer(REQUIRED, _REQUIRED_TITLE, subject, FAILS_IN_PRINCIPLE, reason, group)


def _excuse(estate: EstateFacts, group: MenuGroup, item: MenuItem) -> str | None:
    names = (item.name, *item.terms, f"{group.part}:{item.name}")
    return next((why for left_out, why in estate.omitted.items() if stands_in(left_out, names)), None)
