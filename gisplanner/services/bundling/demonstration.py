"""Demonstration areas (示范片区): named by the plan, apart from its projects and from bundles, n:m with estates."""

from __future__ import annotations

from typing import Any

from gisplanner.domain.district import District
from gisplanner.domain.proposals import Grouping
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text


def demonstration_areas(db: Database, district: District, grouping: Grouping) -> list[dict[str, Any]]:
    """Return the demonstration areas of a district and how a grouping holds their estates.

    An area that no estate of the register answers to stays 未匹配; it is never guessed.
    """
    with db.transaction() as connection:
        rows = list(queries().demonstration_areas(connection, district_id=district.id))
    found = []
    for row in rows:
        held: dict[str, list[str]] = {}
        for code in row.estates:
            held.setdefault(grouping.bundle_of(code) or "", []).append(code)
        found.append(
            {
                "name": row.name,
                "quote": row.quote,
                "note": row.note,
                "estates": list(row.estates),
                "bundles": {bundle: codes for bundle, codes in held.items() if bundle},
                "in_no_bundle": held.get("", []),
                "state": _state(len(row.estates), len(held)),
            }
        )
    return found


def _state(estates: int, groups: int) -> Text:
    if not estates:
        return Text("未匹配", en="not matched")
    if groups == 1:
        return Text("在同一片区", en="in one bundle")
    return Text(f"分在 {groups} 处", en=f"spread over {groups}")
