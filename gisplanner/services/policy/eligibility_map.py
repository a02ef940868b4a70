"""Draw the eligibility review of a district (资格审查图)."""

from __future__ import annotations

from gisplanner.catalog.layers import layer as layer_spec
from gisplanner.domain.district import District
from gisplanner.maps.eligibility import EligibilityPlan, eligibility_map
from gisplanner.services.layers import layer_frame
from gisplanner.services.maps import DEFAULT_OPTIONS, MapOptions, context_of, sheet_of
from gisplanner.services.policy.eligibility import EligibilityReview
from gisplanner.store.database import Database


def map_eligibility(
    db: Database, district: District, review: EligibilityReview, *, options: MapOptions = DEFAULT_OPTIONS
) -> str:
    """Return the map of a review as one HTML page that opens without a network.

    Raises
    ------
    InternalError
        The front-end libraries are not installed.
    """
    document = review.profile.document
    plan = EligibilityPlan(
        document=document.title + (f"（{document.number}）" if document.number else ""),
        answers={one.code: one.answers for one in review.estates},
        requests=[
            (one.subdistrict, one.community, one.estate, str(one.item), str(one.supplier)) for one in review.requests
        ],
        notes=[str(one) for one in (review.public_notes if options.public else review.notes)],
        hypothetical=review.hypothetical,
    )
    return eligibility_map(
        layer_frame(db, district, "estates"),
        plan,
        layer=layer_spec("estates"),
        sheet=sheet_of(db, district, f"{district.name}老旧小区资格审查图", options),
        exclusions=layer_frame(db, district, "exclusions"),
        context=context_of(db, district),
    )
