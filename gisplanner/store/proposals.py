"""Proposals in the database: stored once, changed by appending."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gisplanner.domain.proposals import ChangeKind, Grouping, Proposal, ProposalChange
from gisplanner.store.database import Connection
from gisplanner.store.queries import queries


def insert_proposal(  # noqa: PLR0917 - the columns of a proposal in their order
    connection: Connection, district_id: str, name: str, kind: str, engine_version: str, inputs_sha256: str,
    parameters: Mapping[str, Any], answer: Mapping[str, Any],
) -> int | None:  # fmt: skip
    """Store a proposal and return its row id; ``None`` where the name is taken."""
    made: int | None = queries().proposal_insert(
        connection,
        district_id=district_id,
        name=name,
        kind=kind,
        engine_version=engine_version,
        inputs_sha256=inputs_sha256,
        parameters=json.dumps(parameters, ensure_ascii=False),
        answer=json.dumps(answer, ensure_ascii=False),
    )
    return made


def append_change(  # noqa: PLR0917 - the parts of a change in their order
    connection: Connection, proposal_id: int, kind: ChangeKind, what: str, reason: str, after: Grouping,
    exceptions: tuple[str, ...] = (), signed_by: str | None = None,
) -> None:  # fmt: skip
    """Record a change with the bundles as they stand after it."""
    queries().proposal_change_insert(
        connection,
        proposal_id=proposal_id,
        kind=kind,
        what=what,
        reason=reason,
        bundles=json.dumps({name: list(estates) for name, estates in after.bundles.items()}, ensure_ascii=False),
        locked=sorted(after.locked),
        exceptions=list(exceptions),
        signed_by=signed_by,
    )


def stored_proposals(connection: Connection, district_id: str) -> list[Proposal]:
    """Return the proposals of a district with all their changes, oldest first."""
    rows = list(queries().proposal_list(connection, district_id=district_id))
    return [Proposal(**row._asdict(), changes=_changes(connection, row.id)) for row in rows]


def _changes(connection: Connection, proposal_id: int) -> tuple[ProposalChange, ...]:
    return tuple(
        ProposalChange(
            row.kind,
            row.what,
            row.reason,
            Grouping(
                {name: tuple(row.bundles[name]) for name in sorted(row.bundles, key=_order)}, frozenset(row.locked)
            ),
            tuple(row.exceptions),
            row.signed_by,
            row.changed_at,
            row.changed_by,
        )
        for row in queries().proposal_changes(connection, proposal_id=proposal_id)
    )


def _order(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdecimal() else (10**9, name)
