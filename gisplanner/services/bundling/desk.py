"""The planner's desk (片区方案工作台): what its page shows, and one change at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import geopandas as gpd

from gisplanner.domain.bundling import BundleRules
from gisplanner.domain.district import District
from gisplanner.domain.layers import ColumnSpec
from gisplanner.domain.proposals import Proposal
from gisplanner.errors import Fault, RefusedError, UsageError
from gisplanner.formats.geojson import feature_collection
from gisplanner.services.bundling import proposals as store
from gisplanner.services.bundling.adoption import adopt
from gisplanner.services.bundling.limits import COST_COLUMN, called
from gisplanner.services.bundling.proposal_report import KINDS, whole_document
from gisplanner.services.bundling.propose import bundle_district
from gisplanner.services.bundling.reoptimise import reoptimise
from gisplanner.services.layers import layer_frame
from gisplanner.services.maps import DEFAULT_OPTIONS, sheet_of
from gisplanner.store.database import Database
from gisplanner.text import Text

DeskKind = Literal["move", "merge", "split", "lock", "unlock", "reoptimise", "undo", "adopt"]

_ESTATE_COLUMNS: Final = tuple(
    ColumnSpec.model_validate({"name": name, "label": name, "type": kind})
    for name, kind in (
        ("code", "text"), ("name", "text"), ("subdistrict", "text"), ("community", "text"), ("households", "integer"),
        ("buildings", "integer"), ("floor_area_10k_m2", "decimal"), ("year_built", "text"), ("needs", "text_list"),
        ("illustrative", "boolean"),
    )
)  # fmt: skip
_GROUND: Final = ("roads", "barriers", "buildings")
_MOST_GROUND: Final = 4000
"""Features of the ground above which the page does without: it has to stay quick."""


@dataclass(frozen=True, slots=True)
class DeskChange:
    """One change as the page asks for it; which fields count depends on ``kind``.

    ``seen`` is how many changes the page knew of: where there are more, somebody else was at work, and the page
    must look again first.
    """

    kind: DeskKind
    reason: str
    seen: int | None = None
    sign: str | None = None
    estate: str | None = None
    bundle: str | None = None
    other: str | None = None
    estates: Sequence[str] = ()
    new: str | None = None


def desk_list(db: Database, district: District) -> list[dict[str, Any]]:
    """Return the proposals of a district, newest first, as the page lists them."""
    return [
        {
            "name": one.name,
            "kind": one.kind,
            "p": len(one.grouping.bundles),
            "changes": len(one.changes),
            "made_at": one.made_at.isoformat(),
            "made_by": one.made_by,
            "gap_m": one.parameters.get("gap_m"),
        }
        for one in reversed(store.proposals(db, district))
    ]


def desk_estates(db: Database, district: District) -> str:
    """Return the estates of a district as GeoJSON text, those without outline with none."""
    return feature_collection(layer_frame(db, district, "estates"), _ESTATE_COLUMNS, id_column="code").text


def desk_ground(db: Database, district: District) -> str:
    """Return roads, barriers and buildings as GeoJSON text; empty where there are too many to be quick."""
    frames = [layer_frame(db, district, name).assign(layer=name)[["code", "layer", "geom"]] for name in _GROUND]
    columns = (ColumnSpec(name="layer", label="layer"),)
    if sum(len(frame) for frame in frames) > _MOST_GROUND:
        frames = [frame.iloc[:0] for frame in frames]
    shown = [feature_collection(frame, columns, id_column="code").text for frame in frames]
    return f'{{"roads": {shown[0]}, "barriers": {shown[1]}, "buildings": {shown[2]}}}'


def desk_measures() -> list[tuple[str, str, str]]:
    """Return the measures that may be bounded from the page: column, what it is called, unit."""
    return [(column, *called(column)) for column in ("households", "buildings", "floor_area_10k_m2")]


def desk_cost() -> tuple[str, str]:
    """Return the column a budget bounds, and its unit."""
    return COST_COLUMN, called(COST_COLUMN)[1]


def desk_sources(db: Database, district: District) -> tuple[str, ...]:
    """Return where the data on the page come from, with the licences that travel with them."""
    return sheet_of(db, district, district.name, DEFAULT_OPTIONS).sources


def desk_proposal(db: Database, district: District, name: str) -> dict[str, Any]:
    """Return a proposal explained, as the page shows it."""
    return _shown(db, district, store.get_proposal(db, district, name))


def make_proposal(
    db: Database, district: District, name: str, rules: BundleRules | None, *, barriers_layers: Sequence[str] = ()
) -> dict[str, Any]:
    """Bundle the district by ``rules`` and store the proposal; without rules the official grouping is stored.

    Raises
    ------
    UsageError, InputError, InfeasibleError
        As bundling and storing.
    """
    if rules is None:
        return _shown(db, district, store.save_official(db, district, name))
    result = bundle_district(db, district, rules, barriers_layers=barriers_layers)
    return _shown(db, district, store.save_bundles(db, district, result, name, barriers_layers=barriers_layers))


def change_proposal(db: Database, district: District, name: str, change: DeskChange) -> dict[str, Any]:
    """Make one change and return the proposal as it is then; the rules are those of every other way to change it.

    Raises
    ------
    UsageError
        A field is missing, or there is no reason.
    RefusedError
        A rule is broken, or somebody changed the proposal since the page looked.
    """
    before = store.get_proposal(db, district, name)
    if change.seen is not None and change.seen != len(before.changes):
        last = before.changes[-1]
        raise RefusedError(
            Text(
                f"方案已被 {last.changed_by} 调整（{KINDS[last.kind]} {last.what}），请看过最新的再改。",
                en=f"{last.changed_by} changed the proposal meanwhile; look at it again first.",
            )
        )
    return _shown(db, district, _DONE[change.kind](db, district, name, change))


def _shown(db: Database, district: District, proposal: Proposal) -> dict[str, Any]:
    return whole_document(db, district, proposal, layer_frame(db, district, "estates"))


def _need(value: str | None, field: str) -> str:
    if value is None or not value.strip():
        raise UsageError(Text(f"没有填 {field}。", en=f"{field} is missing."), [Fault(column=field)])
    return value


def _move(db: Database, district: District, name: str, one: DeskChange) -> Proposal:
    estate, bundle = _need(one.estate, "estate"), _need(one.bundle, "bundle")
    return store.move_estate(db, district, name, estate, bundle, reason=one.reason, sign=one.sign)


def _merge(db: Database, district: District, name: str, one: DeskChange) -> Proposal:
    into, other = _need(one.bundle, "bundle"), _need(one.other, "other")
    return store.merge_bundles(db, district, name, into, other, reason=one.reason, sign=one.sign)


def _split(db: Database, district: District, name: str, one: DeskChange) -> Proposal:
    bundle, new = _need(one.bundle, "bundle"), _need(one.new, "new")
    return store.split_bundle(db, district, name, bundle, one.estates, new=new, reason=one.reason, sign=one.sign)


_DONE: Final[dict[DeskKind, Callable[[Database, District, str, DeskChange], Proposal]]] = {
    "move": _move,
    "merge": _merge,
    "split": _split,
    "lock": lambda db, district, name, one: store.lock_bundle(
        db, district, name, _need(one.bundle, "bundle"), reason=one.reason
    ),
    "unlock": lambda db, district, name, one: store.unlock_bundle(
        db, district, name, _need(one.bundle, "bundle"), reason=one.reason
    ),
    "reoptimise": lambda db, district, name, one: reoptimise(
        db, district, name, reason=one.reason, lock_first=one.bundle
    ),
    "undo": lambda db, district, name, one: store.undo(db, district, name, reason=one.reason),
    "adopt": lambda db, district, name, one: adopt(db, district, name, reason=one.reason),
}


def estates_frame(db: Database, district: District) -> gpd.GeoDataFrame:
    """Return the stored estates, as comparisons take them."""
    return layer_frame(db, district, "estates")
