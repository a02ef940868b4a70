"""The training ground with its invented history and records."""

from __future__ import annotations

import pytest

from gisplanner.domain.district import District
from gisplanner.services.progress.example import record_example
from gisplanner.services.sketch import sketch_outlines
from gisplanner.store.database import Database


@pytest.fixture
def drawn(db: Database, nankang: District) -> District:
    """南康 with sketched outlines, the example history and the example records."""
    sketch_outlines(db, nankang)
    record_example(db, nankang, "nankang")
    return nankang
