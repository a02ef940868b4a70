"""How much of the fire benchmark is run: BENCH_FIRE_SCALE=1 is everything."""

from __future__ import annotations

import os

SCALE = float(os.environ.get("BENCH_FIRE_SCALE", "1"))


def count(full: int) -> int:
    """Return how many of ``full`` cases are run."""
    return max(20, round(full * SCALE))
