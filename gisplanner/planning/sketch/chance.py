"""Draws that depend on names only: no generator state, no row order, no hash seed of the interpreter."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final, TypeVar

_BITS: Final = 53

Option = TypeVar("Option")


def draw(*key: str | int) -> float:
    """Return the number in [0, 1) that belongs to ``key``, the same on every machine.

    Examples
    --------
    >>> draw("NK-001", "floors") == draw("NK-001", "floors"), 0.0 <= draw("NK-002") < 1.0
    (True, True)
    """
    digest = hashlib.blake2b("\x1f".join(map(str, key)).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> (64 - _BITS)) / float(1 << _BITS)


def between(low: float, high: float, *key: str | int) -> float:
    """Return the draw of ``key`` spread over [low, high).

    Examples
    --------
    >>> 3.0 <= between(3.0, 6.0, "NK-001", "gate") < 6.0
    True
    """
    return low + (high - low) * draw(*key)


def pick(options: Sequence[Option], *key: str | int) -> Option:
    """Return the option that the draw of ``key`` falls on.

    Examples
    --------
    >>> pick(["棚屋", "车棚"], "NK-001", "kind") in ("棚屋", "车棚")
    True
    """
    return options[int(draw(*key) * len(options))]
