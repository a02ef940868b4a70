"""What a proposal says: how it was made, its bundles explained, changes with their reasons, official grouping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd

from gisplanner.domain.district import District
from gisplanner.domain.profile import Profile
from gisplanner.domain.proposals import Proposal, ProposalChange
from gisplanner.planning.agreement import Agreement, agreement
from gisplanner.services.bundling.demonstration import demonstration_areas
from gisplanner.services.bundling.explanation import Explainer
from gisplanner.services.bundling.joint import joint_package
from gisplanner.services.bundling.proposals import inputs_sha256, official_groups
from gisplanner.services.bundling.totals import figures_of, names_of, totals_document, totals_of
from gisplanner.services.layers import layer_frame
from gisplanner.services.register.update import district_profile
from gisplanner.store.database import Database
from gisplanner.text import Text

KINDS: Mapping[str, Text] = {
    "made": Text("生成", en="made"),
    "move": Text("移动", en="move"),
    "merge": Text("合并", en="merge"),
    "split": Text("拆分", en="split"),
    "lock": Text("锁定", en="lock"),
    "unlock": Text("解锁", en="unlock"),
    "reoptimise": Text("重新划定", en="divide again"),
    "undo": Text("撤销", en="undo"),
    "adopt": Text("采用", en="adopt"),
}


def proposal_report(db: Database, district: District, proposal: Proposal) -> tuple[dict[str, Any], Text]:
    """Return a proposal as JSON and for a person, with the demonstration areas and the document of the district."""
    estates = layer_frame(db, district, "estates")
    document = whole_document(db, district, proposal, estates)
    return document, proposal_sentences(proposal, estates, document["demonstration_areas"])


def whole_document(db: Database, district: District, proposal: Proposal, estates: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return a proposal as JSON, with the demonstration areas and the document of the district."""
    return {
        **proposal_document(proposal, estates, district_profile(district)),
        "demonstration_areas": demonstration_areas(db, district, proposal.grouping),
    }


def proposal_document(
    proposal: Proposal, estates: gpd.GeoDataFrame, profile: Profile | None = None
) -> dict[str, Any]:
    """Return a proposal as JSON: how it was made, its bundles explained, every change, the official grouping.

    ``inputs_changed`` tells whether figures or outlines of the estates changed since it was made.
    """
    grouping, answer = proposal.grouping, proposal.answer
    explainer, frame = Explainer(proposal, estates), estates.set_index("code", drop=False)
    figures = figures_of(frame)
    bundles = [
        {
            "id": name,
            "locked": name in grouping.locked,
            "estates": list(codes),
            **totals_document(totals_of(figures, codes)),
            **explainer.bundle(name),
            "joint": joint_package(frame, figures, codes, name, profile),
        }
        for name, codes in grouping.bundles.items()
    ]
    return {
        "name": proposal.name,
        "kind": proposal.kind,
        "engine_version": proposal.engine_version,
        "inputs_sha256": proposal.inputs_sha256,
        "inputs_changed": inputs_sha256(estates) != proposal.inputs_sha256,
        "parameters": dict(proposal.parameters),
        "made_at": proposal.made_at.isoformat(),
        "made_by": proposal.made_by,
        "p": len(grouping.bundles),
        "p_upper_bound": answer.get("p_upper_bound"),
        "heterogeneity": answer.get("heterogeneity"),
        "heterogeneity_lower_bound": answer.get("heterogeneity_lower_bound"),
        "proven": answer.get("proven"),
        "bundles": bundles,
        "left_over": explainer.left_over(),
        "changes": [_change(one) for one in proposal.changes],
        "official": compared_document(agreement(official_groups(estates), grouping.bundles)),
    }


def proposal_sentences(
    proposal: Proposal, estates: gpd.GeoDataFrame, shown: Sequence[Mapping[str, Any]] = ()
) -> Text:
    """Return a proposal for a person: bundles with totals, the demonstration areas, changes with their reasons."""
    names = names_of(estates)
    figures = figures_of(estates, estates["code"])
    zh = [f"方案 {proposal.name}：{len(proposal.grouping.bundles)} 个片区"]
    en = [f"Proposal {proposal.name}: {len(proposal.grouping.bundles)} bundles"]
    if inputs_sha256(estates) != proposal.inputs_sha256:
        zh.append("  注意：方案划定之后，小区的数据或轮廓有改动")
        en.append("  note: figures or outlines of estates changed since it was made")
    for name, codes in proposal.grouping.bundles.items():
        told = totals_document(totals_of(figures, codes))
        who = "、".join(names.get(code, code) for code in codes)
        locked = ("（已锁定）", " (locked)") if name in proposal.grouping.locked else ("", "")
        households, buildings, area = (_known(told[key]) for key in ("households", "buildings", "floor_area_10k_m2"))
        zh.append(f"  {name}{locked[0]}：{households} 户 {buildings} 栋 {area} 万㎡：{who}")
        en.append(f"  {name}{locked[1]}: {households} households, {buildings} buildings, {area} ×10,000 m²: {who}")
    for demo in shown:
        held = "、".join(demo["bundles"]) or "—"
        zh.append(f"  示范片区 {demo['name']}：{demo['state']}（片区 {held}）")
        en.append(f"  demonstration area {demo['name']}: {demo['state'].en} ({held})")
    for one in proposal.changes:
        signed = (
            (
                f"（例外：{'；'.join(one.exceptions)}；签字 {one.signed_by}）",
                f" (exception signed by {one.signed_by})",
            )
            if one.exceptions
            else ("", "")
        )
        when = f"{one.changed_at:%Y-%m-%d %H:%M} {one.changed_by}"
        zh.append(f"  {when} {KINDS[one.kind]} {one.what}：{one.reason}{signed[0]}")
        en.append(f"  {when} {KINDS[one.kind].en} {one.what}: {one.reason}{signed[1]}")
    return Text("\n".join(zh), en="\n".join(en))


def bundle_sentences(document: Mapping[str, Any], bundle: str) -> Text:
    """Return the explanation of one bundle of :func:`proposal_document` for a person."""
    told = next(one for one in document["bundles"] if one["id"] == bundle)
    zh, en = [f"片区 {bundle}：{_known(told['households'])} 户 {_known(told['buildings'])} 栋"], [f"Bundle {bundle}:"]
    for one in (*told["links"], *told["resting_on"]):
        a, b = one["names"]
        how = (
            f"共边 {one['shared_edge_m']:.1f} m" if one["shared_edge_m"] else f"{one['contact']} {one['gap_m']:.1f} m"
        )
        why = f"（{one['why']}）" if "why" in one else ""
        zh.append(f"  相连 {a}–{b}：{how}{why}" + _needs("，共同需求 ", one["shared_needs"]))
        en.append(f"  linked {a}–{b}: gap {one['gap_m']:.1f} m, shared edge {one['shared_edge_m']:.1f} m")
    place = {True: "同一社区", False: "跨社区", None: "社区未填"}[told["same_community"]]
    zh.append(f"  {place}：{'、'.join(told['communities']) or '—'}")
    en.append(f"  communities: {', '.join(told['communities']) or '—'}")
    for one in told["neighbours_outside"]:
        zh.append(f"  不含 {one['name']}（距 {one['of_name']} {one['gap_m']:.1f} m）：{one['why']}")
        en.append(f"  without {one['name']} ({one['gap_m']:.1f} m from {one['of_name']}): {one['why'].en}")
    for one in told["bordering_not_in_plan"] or ():
        zh.append(f"  相邻但未列入计划：{one['name']}（{one['gap_m']:.1f} m）")
        en.append(f"  borders, not in the plan: {one['name']} ({one['gap_m']:.1f} m)")
    joint = told["joint"]
    for one in (*filter(None, [joint["answer"]]), *joint["elsewhere"]):
        verdict = one.get("answer") or one["note"]
        quote = f"「{one['quote']}」—— {one['document_title']}" if one["quote"] else ""
        zh.append(f"  打包招标、联合验收：{verdict} {quote}")
        en.append(f"  joint tender: {getattr(verdict, 'en', verdict)} {quote}")
    if joint["acceptance"]:
        parties = "、".join(one["name"] for one in joint["acceptance"]["parties"])
        zh.append(f"  验收组织：{joint['acceptance']['organiser']}；参加：{parties}")
        en.append(f"  acceptance by {joint['acceptance']['organiser']} with {parties}")
    return Text("\n".join(zh), en="\n".join(en))


def compared_document(found: Agreement) -> dict[str, Any]:
    """Return an agreement with the official grouping as JSON; without projects in the register there is none."""
    if not found.rows:
        return {"rows": [], "adjusted_rand": None, "moved_estates": [], "moved": None}
    return {
        "rows": [{"project": name, "verdict": verdict, "bundles": list(held)} for name, verdict, held in found.rows],
        "adjusted_rand": round(found.adjusted_rand, 6),
        "moved_estates": list(found.moved),
        "moved": len(found.moved),
    }


def _known(value: int | str | None) -> str:
    return "—" if value is None else str(value)


def _needs(before: str, needs: Sequence[str]) -> str:
    return f"{before}{'、'.join(needs)}" if needs else ""


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
