"""Proposals of bundles (片区方案): stored, listed, and changed by the planner's hand with a reason each time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from gisplanner import __version__
from gisplanner.domain.bundling import BundleRules
from gisplanner.domain.district import District
from gisplanner.domain.proposals import ChangeKind, Grouping, Proposal
from gisplanner.errors import Fault, NotFoundError, RefusedError, UsageError
from gisplanner.rules.proposals import Rulebook, breaches, lock, merge, move, split, unlock
from gisplanner.services.bundling.limits import stored_bounds
from gisplanner.services.bundling.neighbours import official_neighbours, reason_of, unlinked
from gisplanner.services.bundling.propose import BundleResult
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Connection, Database
from gisplanner.store.proposals import append_change, insert_proposal, stored_proposals
from gisplanner.store.queries import queries
from gisplanner.text import Text


def save_bundles(
    db: Database, district: District, result: BundleResult, name: str, *, barriers_layers: Sequence[str] = ()
) -> Proposal:
    """Store what bundling a stored district gave, under a name that is free.

    Raises
    ------
    UsageError
        The name is taken or empty.
    """
    document = result.document()
    answer = {key: value for key, value in document.items() if key not in {"bundles", "crs"}}
    answer["near"] = unlinked(result)
    parameters = {
        **asdict(result.rules),
        "measure": result.measure,
        "crs": result.crs,
        "barriers_layers": list(barriers_layers),
    }
    bundles = {str(one.id): tuple(str(estate) for estate in one.estates) for one in result.bundles}
    return _save(db, district, name, "bundled", parameters, answer, Grouping(bundles), "程序划定")


def save_official(db: Database, district: District, name: str) -> Proposal:
    """Store the projects of the register (备注) as a proposal: bundles are named by the codes of the projects.

    Contiguity is not judged there: the document does not state it.

    Raises
    ------
    NotFoundError
        The register has no projects.
    UsageError
        The name is taken or empty.
    """
    bundles = official_groups(layer_frame(db, district, "estates"))
    if not bundles:
        raise NotFoundError(Text("台账没有项目（备注）。", en="The register has no projects."))
    rules = BundleRules()
    near = official_neighbours(db, district, rules)
    return _save(db, district, name, "official", {"gap_m": rules.gap_m}, near, Grouping(bundles), "台账备注列")


def official_groups(estates: gpd.GeoDataFrame) -> dict[str, tuple[str, ...]]:
    """Return the estates of each project of the register, by what ends its code: P08 where that is unique."""
    known = estates.dropna(subset=["project_code"])
    groups = {str(code): tuple(rows["code"]) for code, rows in known.groupby("project_code", sort=True)}
    short = [code.rpartition("-")[2] for code in groups]
    return dict(zip(short, groups.values(), strict=True)) if len(set(short)) == len(groups) else groups


def proposals(db: Database, district: District) -> list[Proposal]:
    """Return the stored proposals of a district, oldest first."""
    with db.transaction() as connection:
        return stored_proposals(connection, district.id)


def get_proposal(db: Database, district: District, name: str) -> Proposal:
    """Return a stored proposal.

    Raises
    ------
    NotFoundError
        There is none of that name; those there are, are told.
    """
    with db.transaction() as connection:
        return found_proposal(connection, district, name)


def move_estate(
    db: Database, district: District, name: str, estate: str, to: str, *, reason: str, sign: str | None = None
) -> Proposal:
    """Move an estate, by code or name, into another bundle.

    Raises
    ------
    NotFoundError, UsageError
        No such proposal, estate or bundle; no reason.
    RefusedError
        A hard rule is broken, or a soft one without a signature; nothing is stored.
    """
    frame = layer_frame(db, district, "estates")
    code = _code(frame, estate)
    return _change(
        db,
        district,
        name,
        "move",
        f"{_called(frame, code)} → {to}",
        lambda now: move(now, code, to),
        reason=reason,
        sign=sign,
    )


def merge_bundles(
    db: Database, district: District, name: str, into: str, other: str, *, reason: str, sign: str | None = None
) -> Proposal:
    """Join bundle ``other`` to ``into``; raises as :func:`move_estate`."""
    return _change(
        db,
        district,
        name,
        "merge",
        f"{into} + {other}",
        lambda now: merge(now, into, other),
        reason=reason,
        sign=sign,
    )


def split_bundle(
    db: Database, district: District, name: str, bundle: str, estates: Sequence[str], *, new: str, reason: str,
    sign: str | None = None,
) -> Proposal:  # fmt: skip
    """Make some estates of a bundle a bundle of their own; raises as :func:`move_estate`."""
    frame = layer_frame(db, district, "estates")
    codes = [_code(frame, estate) for estate in estates]
    told = f"{bundle} → {new}：{'、'.join(_called(frame, code) for code in codes)}"
    return _change(
        db, district, name, "split", told, lambda now: split(now, bundle, codes, new), reason=reason, sign=sign
    )


def lock_bundle(db: Database, district: District, name: str, bundle: str, *, reason: str) -> Proposal:
    """Lock a bundle against every change; raises as :func:`move_estate`."""
    return _change(db, district, name, "lock", bundle, lambda now: lock(now, bundle), reason=reason, sign=None)


def unlock_bundle(db: Database, district: District, name: str, bundle: str, *, reason: str) -> Proposal:
    """Take a lock off again; raises as :func:`move_estate`."""
    return _change(db, district, name, "unlock", bundle, lambda now: unlock(now, bundle), reason=reason, sign=None)


def undo(db: Database, district: District, name: str, *, reason: str) -> Proposal:
    """Take back the last change that stands; what was done and its undoing both stay on record.

    Raises
    ------
    RefusedError
        There is no change to undo.
    """
    need_reason(reason)
    with db.transaction() as connection:
        proposal = locked_proposal(connection, district, name)
        if len(proposal.standing) == 1:
            raise RefusedError(Text("没有可撤销的调整。", en="There is no change to undo."))
        last = proposal.standing[-1]
        append_change(
            connection, proposal.id, "undo", f"{last.kind}：{last.what}", reason, proposal.standing[-2].after
        )
        return found_proposal(connection, district, name)


def record_grouping(
    db: Database, district: District, proposal: Proposal, after: Grouping, *, what: str, reason: str
) -> Proposal:
    """Record bundles that were made anew around the locked ones.

    Raises
    ------
    UsageError
        No reason.
    RefusedError
        Somebody changed the proposal meanwhile.
    """
    need_reason(reason)
    with db.transaction() as connection:
        if locked_proposal(connection, district, proposal.name).changes != proposal.changes:
            raise RefusedError(
                Text("方案已被他人调整，请重试。", en="The proposal was changed meanwhile; try again.")
            )
        append_change(connection, proposal.id, "reoptimise", what, reason, after)
        return found_proposal(connection, district, proposal.name)


def _save(  # noqa: PLR0917 - the parts of a proposal in their order
    db: Database, district: District, name: str, kind: Literal["bundled", "official"], parameters: dict[str, Any],
    answer: dict[str, Any], grouping: Grouping, reason: str,
) -> Proposal:  # fmt: skip
    if not name.strip():
        raise UsageError(Text("方案要有名称。", en="A proposal needs a name."), [Fault(column="--save")])
    version = inputs_sha256(layer_frame(db, district, "estates"))
    with db.transaction() as connection:
        made = insert_proposal(connection, district.id, name, kind, __version__, version, parameters, answer)
        if made is None:
            raise UsageError(
                Text(f"已有方案 {name}，方案存入后不覆盖。", en=f"There is a proposal {name}; none is overwritten."),
                [Fault(column="--save", value=name)],
            )
        append_change(connection, made, "made", name, reason, grouping)
        return found_proposal(connection, district, name)


def _change(  # noqa: PLR0917 - what is changed, how, and who answers for it
    db: Database, district: District, name: str, kind: ChangeKind, what: str,
    done: Callable[[Grouping], Grouping], *, reason: str, sign: str | None,
) -> Proposal:  # fmt: skip
    need_reason(reason)
    estates = layer_frame(db, district, "estates")
    with db.transaction() as connection:
        proposal = locked_proposal(connection, district, name)
        after = done(proposal.grouping)
        broken = breaches(proposal.grouping, after, _rulebook(proposal, estates))
        if any(one.hard for one in broken) or (broken and not sign):
            hint = Text("可用 --sign 签字作为例外", en="may be signed for with --sign")
            raise RefusedError(
                Text(
                    "调整违反规则：" + "；".join(one.reason for one in broken),
                    en="The change breaks a rule: " + "; ".join(one.reason.en for one in broken),
                ),
                [Fault(value=one.reason, hint=None if one.hard else hint) for one in broken],
            )
        accepted = tuple(str(one.reason) for one in broken)
        append_change(connection, proposal.id, kind, what, reason, after, accepted, sign if accepted else None)
        return found_proposal(connection, district, name)


def _rulebook(proposal: Proposal, estates: gpd.GeoDataFrame) -> Rulebook:
    given = proposal.parameters
    bundled = proposal.kind == "bundled"
    return Rulebook(
        links=[(one["a"], one["b"]) for one in proposal.answer["links"]] if bundled else None,
        near={
            (one["a"], one["b"]): reason_of(one)
            for one in proposal.answer.get("near", ())
            if bundled and one["why"] != "apart"
        },
        together=[(a, b) for a, b in given.get("together", ())],
        keep_apart=[(a, b) for a, b in given.get("keep_apart", ())],
        measures=stored_bounds(given, estates),
    )


def found_proposal(connection: Connection, district: District, name: str) -> Proposal:
    """Return the stored proposal of that name; raises as :func:`get_proposal`."""
    stored = {one.name: one for one in stored_proposals(connection, district.id)}
    if name not in stored:
        raise NotFoundError(
            Text(f"没有方案 {name}。", en=f"There is no proposal {name}."),
            [Fault(value=name, allowed="、".join(stored) or None)],
        )
    return stored[name]


def locked_proposal(connection: Connection, district: District, name: str) -> Proposal:
    """Return a proposal that nobody else changes until the transaction ends; raises as :func:`get_proposal`."""
    queries().proposal_lock(connection, proposal_id=found_proposal(connection, district, name).id)
    return found_proposal(connection, district, name)


def _code(estates: gpd.GeoDataFrame, called: str) -> str:
    found = estates.loc[(estates["code"] == called) | (estates["name"] == called), "code"].tolist()
    if len(found) != 1:
        raise NotFoundError(
            Text(f"没有（或不止一个）小区叫 {called}。", en=f"No estate, or several, are called {called}."),
            [Fault(value=called, allowed="、".join(found) or None)],
        )
    return str(found[0])


def _called(estates: gpd.GeoDataFrame, code: str) -> str:
    name = estates.loc[estates["code"] == code, "name"].iat[0]
    return name if isinstance(name, str) else code


def need_reason(reason: str) -> None:
    """Refuse a change without a reason (UsageError)."""
    if not reason.strip():
        raise UsageError(Text("调整要写理由。", en="A change needs a reason."), [Fault(column="--reason")])


def inputs_sha256(estates: gpd.GeoDataFrame) -> str:
    """Return the digest of estates as a proposal was made from them: codes, figures, outlines."""
    table = pd.DataFrame(estates.drop(columns="geom")).assign(geom=estates.geometry.to_wkb(hex=True))
    table = table.astype(str).sort_values("code")
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()
