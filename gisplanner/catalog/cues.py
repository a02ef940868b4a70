"""The text rules of ``rules/cues.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from gisplanner import rules
from gisplanner.catalog.files import faults_of
from gisplanner.domain.candidate import CueSpec
from gisplanner.errors import CatalogueError
from gisplanner.text import Text

CUES_FILE: Final = Path(rules.__file__).parent / "cues.toml"


@cache
def cues() -> tuple[CueSpec, ...]:
    """Return all text rules in their order.

    Raises
    ------
    CatalogueError
        The file is wrong.

    Examples
    --------
    >>> "eligibility.built" in {cue.section for cue in cues()}
    True
    """
    try:
        raw = tomllib.loads(CUES_FILE.read_text(encoding="utf-8"))
        made = tuple(CueSpec.model_validate(one) for one in raw["cues"])
        for cue in made:
            re.compile("|".join((*cue.patterns, *cue.unless)))
    except ValidationError as error:
        raise CatalogueError(
            Text("文本规则文件有误。", en="The text rules are wrong."), faults_of(CUES_FILE, error)
        ) from error
    return made
