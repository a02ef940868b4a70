"""Fire lanes: the width decision, who is served, the cheapest opening, turning, seconds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.fire_city import city
from benchmarks.fire_cost import brute_force, proofs, rules_of_thumb
from benchmarks.fire_decisions import gaps_concave, gaps_corners, gaps_slots, rebuilds
from benchmarks.fire_speed import seconds
from benchmarks.fire_turning import turning
from benchmarks.table import Table

PIECES: dict[str, Callable[[], list[Table]]] = {
    "gaps-slots": gaps_slots,
    "gaps-concave": gaps_concave,
    "gaps-corners": gaps_corners,
    "rebuild": rebuilds,
    "brute": brute_force,
    "proofs-59": partial(proofs, 40, 59),
    "proofs-79": partial(proofs, 60, 79),
    "proofs-99": partial(proofs, 80, 99),
    "proofs-109": partial(proofs, 100, 109),
    "proofs-119": partial(proofs, 110, 119),
    "rules": rules_of_thumb,
    "turning": turning,
    "speed": seconds,
    "city": city,
}
"""Each takes minutes; ``python -m benchmarks fire:gaps-corners`` runs one and replaces its tables on the page."""


def run() -> list[Table]:
    return [table for piece in PIECES.values() for table in piece()]
