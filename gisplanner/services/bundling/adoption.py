"""Adopt a proposal (采用方案): its bundles become the renewal areas of the district, and the 备注 column follows."""

from __future__ import annotations

import math

from gisplanner.domain.district import District
from gisplanner.domain.proposals import Proposal
from gisplanner.domain.renewal import AdoptedArea
from gisplanner.errors import RefusedError
from gisplanner.rules.adoption import Surroundings, adopted_areas
from gisplanner.services.bundling.proposals import found_proposal, locked_proposal, need_reason
from gisplanner.services.bundling.totals import names_of
from gisplanner.services.layers import layer_frame
from gisplanner.store.database import Database
from gisplanner.store.proposals import append_change
from gisplanner.store.queries import queries
from gisplanner.store.renewal import renewal_areas, replace_renewal_areas, used_area_codes
from gisplanner.text import Text


def adopt(db: Database, district: District, name: str, *, reason: str) -> Proposal:
    """Make the bundles of a proposal the renewal areas (片区) of the district; earlier ones stay in the history.

    A bundle continues the area it shares most estates with, whatever its number in the proposal; so adopting another
    proposal changes only what is different in it.

    Raises
    ------
    NotFoundError, UsageError
        No such proposal; no reason.
    RefusedError
        Estates of the proposal are no longer in the register.
    """
    need_reason(reason)
    frame = layer_frame(db, district, "estates")
    with db.transaction() as connection:
        queries().renewal_areas_lock(connection, district_id=district.id)
        proposal = locked_proposal(connection, district, name)
        bundles = proposal.grouping.bundles
        gone = sorted({code for codes in bundles.values() for code in codes} - set(frame["code"]))
        if gone:
            raise RefusedError(
                Text(f"方案中的小区已不在台账：{'、'.join(gone)}。", en=f"Not in the register: {', '.join(gone)}.")
            )
        known = frame.dropna(subset=["project"])
        weight = {code: float(value) for code, value in zip(frame["code"], frame["households"], strict=True)}
        around = Surroundings(
            areas=[one.area for one in renewal_areas(connection, district.id)],
            used_codes=used_area_codes(connection, district.id),
            projects={str(project): list(rows["code"]) for project, rows in known.groupby("project", sort=False)},
            names=names_of(frame),
            weight={code: value for code, value in weight.items() if not math.isnan(value)},
        )
        replace_renewal_areas(
            connection, district.id, adopted_areas(bundles, around), {"proposal": name, "reason": reason}
        )
        append_change(connection, proposal.id, "adopt", name, reason, proposal.grouping)
        return found_proposal(connection, district, name)


def adopted(db: Database, district: District) -> list[AdoptedArea]:
    """Return the renewal areas of a district; none before a proposal was adopted."""
    with db.transaction() as connection:
        return renewal_areas(connection, district.id)
