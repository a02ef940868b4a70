"""Bundle the rest of a proposal anew around its locked bundles (锁定后重新优化)."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from itertools import count

from gisplanner.domain.bundling import BundleRules, Weights
from gisplanner.domain.district import District
from gisplanner.domain.proposals import Grouping, Proposal
from gisplanner.errors import RefusedError
from gisplanner.rules.proposals import lock
from gisplanner.services.bundling.input import stock_of_district
from gisplanner.services.bundling.limits import stored_limits
from gisplanner.services.bundling.proposals import get_proposal, record_grouping
from gisplanner.services.bundling.propose import bundle_stock
from gisplanner.store.database import Database
from gisplanner.text import Text


def reoptimise(
    db: Database, district: District, name: str, *, reason: str, lock_first: str | None = None
) -> Proposal:
    """Divide all estates outside locked bundles again, by the parameters the proposal was made with.

    Locked bundles keep their ids and estates; the others are numbered with ids that no locked bundle has. Locking and
    dividing are one change: where the rest cannot be divided, the lock is not there either, and one undo takes back
    both.

    Parameters
    ----------
    lock_first
        A bundle to lock besides those that are.

    Raises
    ------
    NotFoundError, UsageError
        No such proposal or bundle; no reason.
    RefusedError
        The proposal is the official grouping, which has no parameters; or everything is locked.
    InfeasibleError
        A minimum was asked for and the rest cannot reach it.
    """
    proposal = get_proposal(db, district, name)
    now = proposal.grouping if lock_first is None else lock(proposal.grouping, lock_first)
    kept = {bundle: now.bundles[bundle] for bundle in now.bundles if bundle in now.locked}
    held = {code for codes in kept.values() for code in codes}
    stock = stock_of_district(db, district, barriers_layers=proposal.parameters.get("barriers_layers", ()))
    free = stock.estates[~stock.estates.index.isin(held)]
    if proposal.kind == "official" or free.empty:
        raise RefusedError(Text("没有可重新划定的部分。", en="There is nothing to divide again."))
    result = bundle_stock(replace(stock, estates=free), _rules(proposal, held), proposal.parameters["measure"], None)
    names = (str(number) for number in count(1) if str(number) not in kept)
    fresh = {
        bundle: tuple(str(code) for code in one.estates) for bundle, one in zip(names, result.bundles, strict=False)
    }
    after = Grouping({**kept, **fresh}, now.locked)
    return record_grouping(
        db, district, proposal, after, what=f"锁定片区 {'、'.join(kept) or '无'}，其余重新划定", reason=reason
    )


def _rules(proposal: Proposal, held: set[str]) -> BundleRules:
    # A proposal of an earlier version knows less of what may be asked; that was not asked then.
    stored = {**asdict(BundleRules()), **proposal.parameters}
    given = {field.name: stored[field.name] for field in fields(BundleRules)}
    for wish in ("together", "keep_apart"):
        given[wish] = tuple((a, b) for a, b in given[wish] if a not in held and b not in held)
    given["alike"] = tuple(given["alike"])
    given["limits"], given["weights"] = stored_limits(proposal.parameters), Weights(**stored["weights"])
    kinds = given["barrier_kinds"]
    return BundleRules(**{**given, "barrier_kinds": None if kinds is None else tuple(kinds)})
