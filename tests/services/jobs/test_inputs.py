"""Inputs of processes: numbers without end are none."""

from __future__ import annotations

import math

import pytest

from gisplanner.errors import UsageError
from gisplanner.services.jobs.catalogue import PROCESSES


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_a_number_without_end_is_refused(value: float):
    with pytest.raises(UsageError) as refused:
        PROCESSES["bundle"].check({"district": "a", "max_size": value})
    assert refused.value.faults[0].column == "max_size"
