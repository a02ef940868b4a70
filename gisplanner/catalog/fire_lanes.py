"""Fire-lane numbers from ``rules/standards/``."""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from gisplanner import rules
from gisplanner.catalog.files import faults_of
from gisplanner.domain.fire_rules import FireStandards
from gisplanner.errors import CatalogueError
from gisplanner.text import Text

STANDARDS_DIR: Final = Path(rules.__file__).parent / "standards"


@cache
def fire_standards() -> FireStandards:
    """Return the numbers of the standards and what the tool counts with.

    Raises
    ------
    CatalogueError
        A file is wrong; all faults at once.

    Examples
    --------
    >>> numbers = fire_standards()
    >>> numbers.parameters(None).lane_width_m.value, numbers.origin(numbers.national.reach_m)
    (4.0, '本工具参数')
    >>> numbers.origin(numbers.national.lane_width_m)
    'GB 50016-2014(2018) 7.1.8(1)（国家标准参数，未核对原文）'
    """
    return read_fire_standards(STANDARDS_DIR)


def read_fire_standards(folder: Path) -> FireStandards:
    """Read the files of a folder; a city that keeps its own numbers hands in its own.

    Raises
    ------
    CatalogueError
        As :func:`fire_standards`.
    """
    settings = folder / "fire_parameters.toml"
    try:
        with (folder / "fire_lanes.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return FireStandards.model_validate({"rules": rows, **tomllib.loads(settings.read_text(encoding="utf-8"))})
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise CatalogueError(
            Text("消防车道参数有误。", en="The fire-lane numbers are wrong."), faults_of(settings, error)
        ) from error
