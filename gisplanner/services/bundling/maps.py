"""Maps of stored proposals and of the adopted areas (片区图), with the planner's changes in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.domain.bundling import Bundle, CutLink, LeftOver, Link
from gisplanner.domain.district import District
from gisplanner.errors import Fault, NotFoundError
from gisplanner.maps.bundles import BundlePlan, bundles_map
from gisplanner.services.bundling.adoption import adopted
from gisplanner.services.bundling.proposal_report import KINDS
from gisplanner.services.bundling.proposals import get_proposal
from gisplanner.services.layers import layer_frame
from gisplanner.services.maps import DEFAULT_OPTIONS, MapOptions, context_of, sheet_of
from gisplanner.store.database import Database
from gisplanner.text import Text


def map_proposal(db: Database, district: District, name: str, *, options: MapOptions = DEFAULT_OPTIONS) -> str:
    """Return the map of a stored proposal as it stands, its changes with their reasons in the legend.

    Raises
    ------
    NotFoundError
        There is no such proposal.
    """
    proposal = get_proposal(db, district, name)
    answer, bundles = proposal.answer, proposal.grouping.bundles
    grouped = {code for codes in bundles.values() for code in codes}
    reasons = {one["estate"]: one["reason"] for one in answer.get("left_over", ())}
    frame = layer_frame(db, district, "estates")
    rules = [f"方案 {proposal.name}（{proposal.made_at:%Y-%m-%d}，{proposal.made_by}）"]
    if "gap_m" in proposal.parameters:
        rules.append(f"间距容差 {proposal.parameters['gap_m']:g} m（本工具参数）")
    rules += [f"{KINDS[one.kind]} {one.what}：{one.reason}" for one in proposal.standing[1:]]
    plan = BundlePlan(
        bundles=_bundles(bundles),
        links=[Link(**one) for one in answer.get("links", ())],
        cut_links=[CutLink(**one) for one in answer.get("cut_links", ())],
        left_over=[
            LeftOver(code, reasons.get(code, Text("不在方案内", en="not in the proposal")))
            for code in frame["code"]
            if code not in grouped
        ],
        rules=rules,
    )
    return bundles_map(
        frame,
        plan,
        layer=layer_spec("estates"),
        sheet=sheet_of(db, district, f"{district.name}片区方案图：{proposal.name}", options),
        context=context_of(db, district),
    )


def map_adopted(db: Database, district: District, *, options: MapOptions = DEFAULT_OPTIONS) -> str:
    """Return the map of the adopted areas.

    Raises
    ------
    NotFoundError
        Nothing was adopted yet.
    """
    areas = adopted(db, district)
    if not areas:
        raise NotFoundError(
            Text("还没有采用的片区。", en="No proposal was adopted yet."),
            [Fault(hint="gisplanner proposal adopt NAME --district D --reason …")],
        )
    dates = sorted({str(one.adopted_on) for one in areas})
    origins = sorted({str(one.provenance.get("proposal")) for one in areas})
    plan = BundlePlan(
        bundles=_bundles({one.area.code: one.area.estates for one in areas}),
        rules=[
            f"已采用（{'、'.join(dates)}），所据方案：{'、'.join(origins)}",
            *(f"{one.area.code} {one.area.name}：{one.area.remark}" for one in areas),
        ],
    )
    return bundles_map(
        layer_frame(db, district, "estates"),
        plan,
        layer=layer_spec("estates"),
        sheet=sheet_of(db, district, f"{district.name}改造片区图", options),
        context=context_of(db, district),
    )


def _bundles(groups: Mapping[str, Sequence[str]]) -> list[Bundle]:
    return [Bundle(name, tuple(codes), len(codes)) for name, codes in groups.items()]
