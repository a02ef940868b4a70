"""What a proposal says: totals, why each bundle holds together, why neighbours are not in it, and the comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd

from gisplanner.domain.proposals import Proposal, ProposalChange
from gisplanner.planning.agreement import Agreement, agreement
from gisplanner.services.bundling.proposals import official_groups
from gisplanner.services.bundling.totals import totals_document, totals_of
from gisplanner.text import Text


def proposal_document(proposal: Proposal, estates: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return a proposal as JSON: how it was made, its bundles explained, every change, the official grouping."""
    grouping = proposal.grouping
    answer = proposal.answer
    compared = agreement(official_groups(estates), grouping.bundles)
    return {
        "name": proposal.name,
        "kind": proposal.kind,
        "engine_version": proposal.engine_version,
        "inputs_sha256": proposal.inputs_sha256,
        "parameters": dict(proposal.parameters),
        "made_at": proposal.made_at.isoformat(),
        "made_by": proposal.made_by,
        "p": len(grouping.bundles),
        "p_upper_bound": answer.get("p_upper_bound"),
        "proven": answer.get("proven"),
        "bundles": [_bundle(proposal, name, estates) for name in grouping.bundles],
        "left_over": answer.get("left_over", []),
        "changes": [_change(one) for one in proposal.changes],
        "official": _compared(compared),
    }


def comparison_document(proposals: Sequence[Proposal], estates: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return proposals side by side: parameters, bounds, agreement with the official grouping and with the first."""
    official = official_groups(estates)
    first = proposals[0].grouping.bundles
    rows = []
    for one in proposals:
        bundles = one.grouping.bundles
        grouped = {code for codes in bundles.values() for code in codes}
        rows.append(
            {
                "name": one.name,
                "parameters": dict(one.parameters),
                "p": len(bundles),
                "p_upper_bound": one.answer.get("p_upper_bound"),
                "proven": one.answer.get("proven"),
                "estates": len(grouped),
                "bundles": {name: _totals(estates, codes) for name, codes in bundles.items()},
                "totals": _totals(estates, sorted(grouped)),
                "official": _compared(agreement(official, bundles)),
                "moved_from_first": list(agreement(first, bundles).moved),
            }
        )
    return {"proposals": rows}


def proposal_sentences(proposal: Proposal, estates: gpd.GeoDataFrame) -> Text:
    """Return a proposal for a person: one line a bundle with its totals, then the changes with their reasons."""
    names = dict(zip(estates["code"], estates["name"], strict=True))
    zh = [f"方案 {proposal.name}：{len(proposal.grouping.bundles)} 个片区"]
    en = [f"Proposal {proposal.name}: {len(proposal.grouping.bundles)} bundles"]
    for name, codes in proposal.grouping.bundles.items():
        told = _totals(estates, codes)
        who = "、".join(names.get(code) or code for code in codes)
        locked = ("（已锁定）", " (locked)") if name in proposal.grouping.locked else ("", "")
        households, buildings, area = told["households"], told["buildings"], told["floor_area_10k_m2"]
        zh.append(f"  {name}{locked[0]}：{households} 户 {buildings} 栋 {area} 万㎡：{who}")
        en.append(f"  {name}{locked[1]}: {households} households, {buildings} buildings, {area} ×10,000 m²: {who}")
    for one in proposal.changes:
        zh.append(f"  {one.changed_at:%Y-%m-%d %H:%M} {one.changed_by} {one.kind} {one.what}：{one.reason}")
        en.append(f"  {one.changed_at:%Y-%m-%d %H:%M} {one.changed_by} {one.kind} {one.what}: {one.reason}")
    return Text("\n".join(zh), en="\n".join(en))


def _bundle(proposal: Proposal, name: str, estates: gpd.GeoDataFrame) -> dict[str, Any]:
    codes = proposal.grouping.bundles[name]
    members = estates[estates["code"].isin(codes)]
    inside = [one for one in proposal.answer.get("links", ()) if one["a"] in codes and one["b"] in codes]
    communities = sorted(set(members["community"].dropna()))
    needs = [set(one) for one in members["needs"] if isinstance(one, list)]
    return {
        "id": name,
        "locked": name in proposal.grouping.locked,
        "estates": list(codes),
        **_totals(estates, codes),
        "links": inside,
        "communities": communities,
        "same_community": len(communities) == 1,
        "shared_needs": sorted(set.intersection(*needs)) if needs and len(needs) == len(codes) else None,
        "neighbours_outside": _outside(proposal, codes),
    }


def _outside(proposal: Proposal, codes: Sequence[str]) -> list[dict[str, Any]]:
    found = []
    for kind in ("cut_links", "links"):
        for one in proposal.answer.get(kind, ()):
            if (one["a"] in codes) == (one["b"] in codes):
                continue
            inside, outside = (one["a"], one["b"]) if one["a"] in codes else (one["b"], one["a"])
            other = proposal.grouping.bundle_of(outside)
            barrier = one.get("barrier")
            why = f"被阻隔：{barrier}" if barrier else ("未入片区" if other is None else f"在片区 {other}")
            found.append({"estate": outside, "of": inside, "gap_m": one["gap_m"], "bundle": other, "why": why})
    return found


def _totals(estates: gpd.GeoDataFrame, codes: Sequence[str]) -> dict[str, Any]:
    return totals_document(totals_of(estates.set_index("code", drop=False), codes))


def _change(change: ProposalChange) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "what": change.what,
        "reason": change.reason,
        "exceptions": list(change.exceptions),
        "signed_by": change.signed_by,
        "at": change.changed_at.isoformat(),
        "by": change.changed_by,
    }


def _compared(found: Agreement) -> dict[str, Any]:
    return {
        "rows": [{"project": name, "verdict": verdict, "bundles": list(held)} for name, verdict, held in found.rows],
        "adjusted_rand": round(found.adjusted_rand, 6),
        "moved_estates": list(found.moved),
        "moved": len(found.moved),
    }
