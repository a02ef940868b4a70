"""A renewal area (改造片区): a bundle that was adopted, under a code that stays its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class RenewalArea:
    """An adopted bundle.

    Attributes
    ----------
    code
        Stays the same when estates come and go, and is never given to another area.
    remark
        How the 备注 column of the register calls it.
    estates
        Codes of its estates.
    """

    code: str
    name: str
    remark: str
    estates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AdoptedArea:
    """A renewal area as it is stored, with the day it was adopted and what it came from."""

    area: RenewalArea
    adopted_on: date | None
    provenance: Mapping[str, Any]
