"""Fire lanes: the width decision, who is served, the cheapest opening, turning, seconds."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.fire_cost import brute_force, proofs, rules_of_thumb
from benchmarks.fire_decisions import gaps_concave, gaps_corners, gaps_slots, rebuilds
from benchmarks.fire_speed import city, seconds
from benchmarks.fire_turning import turning
from benchmarks.table import Table

PIECES: dict[str, Callable[[], list[Table]]] = {
    "gaps-slots": gaps_slots,
    "gaps-concave": gaps_concave,
    "gaps-corners": gaps_corners,
    "rebuild": rebuilds,
    "brute": brute_force,
    "proofs": proofs,
    "rules": rules_of_thumb,
    "turning": turning,
    "speed": seconds,
    "city": city,
}
"""Each takes minutes; ``python -m benchmarks fire:gaps-corners`` runs one and replaces its tables on the page."""


def run() -> list[Table]:
    return [table for piece in PIECES.values() for table in piece()]
