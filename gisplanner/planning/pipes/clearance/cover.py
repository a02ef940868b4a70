"""Lines against the ground above them: cover to the top of the pipe (覆土)."""

from __future__ import annotations

import numpy as np

from gisplanner.domain.clearance import ClearanceConflict, Requirement
from gisplanner.planning.pipes.clearance.judging import TOLERANCE_M
from gisplanner.planning.pipes.clearance.lines import Lines
from gisplanner.rules.clearances import ClearanceBook


def too_shallow(lines: Lines, book: ClearanceBook) -> list[ClearanceConflict]:
    """Return the lines whose stated cover is below what their surface asks; an unknown surface gives an interval."""
    found = []
    wanted: dict[tuple[int, str | None], Requirement | None] = {}
    for line in np.flatnonzero(~np.isnan(lines.depth_m)).tolist():
        key = (int(lines.kind[line]), lines.surface[line])
        if key not in wanted:
            kind = lines.kinds[key[0]]
            wanted[key] = book.cover(kind.profile, kind.place, key[1])
        required, depth = wanted[key], float(lines.depth_m[line])
        if required is None or depth >= required.upper_m - TOLERANCE_M:
            continue
        sure = depth < required.lower_m - TOLERANCE_M
        found.append(
            ClearanceConflict(
                a=lines.ids[line],
                b=None,
                kind="cover",
                verdict="确定" if sure else "可能",
                measured_m=round(depth, 3),
                required_m=required.lower_m if sure else required.upper_m,
                rule=required.lower_rule if sure else required.upper_rule,
                length_m=round(float(lines.geometry[line].length), 3),
                at=None,
                yields=lines.ids[line],
                yield_step=None,
                advice=required.advice,
            )
        )
    return found
