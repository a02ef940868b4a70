"""Example proposals of the demonstration (示例方案): the published grouping, three gaps, and a planner's change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from gisplanner.domain.bundling import BundleRules
from gisplanner.domain.district import District
from gisplanner.domain.proposals import Proposal
from gisplanner.files import write_text
from gisplanner.services.bundling.alternatives import make_alternatives, map_alternatives
from gisplanner.services.bundling.comparison import comparison_document, write_comparison
from gisplanner.services.bundling.proposal_report import whole_document
from gisplanner.services.bundling.proposals import get_proposal, lock_bundle, move_estate, proposals, save_official
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Database

FILES: Final = ("proposal.json", "proposals.html", "proposals.xlsx")
"""What :func:`write_example_proposals` writes."""

OFFICIAL: Final = "备注"
BY_HAND: Final = "示例-人工调整"
_GAPS_M: Final = (15.0, 30.0, 60.0)
_ITERATIONS: Final = 200


def write_example_proposals(db: Database, district: District, out: Path) -> None:
    """Store the example proposals, where they are not stored yet, and write them explained, compared and mapped.

    Raises
    ------
    NotFoundError
        The register has no projects.
    InputError
        ``out`` cannot be written to.
    """
    stored = {one.name for one in proposals(db, district)}
    if OFFICIAL not in stored:
        save_official(db, district, OFFICIAL)
    if not any(name.startswith("示例-间距") for name in stored):
        make_alternatives(
            db, district, "示例", BundleRules(iterations=_ITERATIONS), gaps_m=_GAPS_M, barriers_layers=("barriers",)
        )
    if BY_HAND not in stored:
        _by_hand(db, district)
    chosen = [
        get_proposal(db, district, name)
        for name in (OFFICIAL, *(f"示例-间距{gap_m:g}" for gap_m in _GAPS_M), BY_HAND)
    ]
    _write(db, district, chosen, out)


def _by_hand(db: Database, district: District) -> None:
    made = save_official(db, district, BY_HAND)
    bundles = made.grouping.bundles
    small, large = (_bundle_of(db, district, made, name) for name in ("芙蓉花苑", "金赣小区"))
    if small is not None and large is not None and large in bundles:
        move_estate(db, district, BY_HAND, "芙蓉花苑", large, reason="示例：与金赣小区同属金赣南路社区，一并实施")
        lock_bundle(db, district, BY_HAND, large, reason="示例：方案已公示")


def _bundle_of(db: Database, district: District, proposal: Proposal, name: str) -> str | None:
    frame = layer_frame(db, district, "estates")
    codes = frame.loc[frame["name"] == name, "code"].tolist()
    return proposal.grouping.bundle_of(codes[0]) if len(codes) == 1 else None


def _write(db: Database, district: District, chosen: list[Proposal], out: Path) -> None:
    estates = layer_frame(db, district, "estates")
    compared = comparison_document(chosen, estates)
    document = {
        "district": district.id,
        "illustrative": bool(estates["illustrative"].isin([True]).any()),
        "comparison": compared,
        "proposals": [whole_document(db, district, one, estates) for one in chosen],
    }
    write_text(out / FILES[0], json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    write_text(out / FILES[1], map_alternatives(db, district, chosen))
    write_comparison(compared, out / FILES[2])
