"""Where the files that are not Python stand: ``layers/``, ``web/`` and ``sql/``.

In a wheel they travel inside the package as ``gisplanner/_resources``; in a checkout they stand beside it, and
an editable install reads them there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent
_IN_WHEEL = _PACKAGE / "_resources"
_ROOT = _IN_WHEEL if _IN_WHEEL.is_dir() else _PACKAGE.parent

Kind = Literal["layers", "web", "sql"]


def resource_dir(kind: Kind) -> Path:
    """Return the folder of ``kind``.

    Raises
    ------
    FileNotFoundError
        The installation is incomplete.

    Examples
    --------
    >>> (resource_dir("sql") / "migrations").is_dir()
    True
    """
    folder = _ROOT / kind
    if not folder.is_dir():
        raise FileNotFoundError(f"gisplanner is installed without its {kind}/ folder: {folder}")
    return folder
