"""What tests of the private cluster share."""

from __future__ import annotations

import os

import pytest

from gisplanner.errors import DatabaseUnavailableError

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")


def one_line(error: pytest.ExceptionInfo[DatabaseUnavailableError]) -> str:
    """Return what an error says in English, after looking that it says it in one line."""
    assert "\n" not in error.value.message
    assert "\n" not in error.value.message.en
    return error.value.message.en
