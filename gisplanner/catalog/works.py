"""Which figures and outputs may be recorded of an estate, from ``rules/standards/works.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from gisplanner import rules
from gisplanner.catalog.files import faults_of, read_definition
from gisplanner.domain.works import WorksCatalogue
from gisplanner.errors import Fault, FileFormatError
from gisplanner.text import Text

WORKS_FILE: Final = Path(rules.__file__).parent / "standards" / "works.toml"


@cache
def works_catalogue() -> WorksCatalogue:
    """Return what may be recorded, and the columns of the monthly form.

    Raises
    ------
    CatalogueError
        The shipped file is wrong; all faults at once.

    Examples
    --------
    >>> next(one.unit for one in works_catalogue().outputs if one.code == "lifts")
    '部'
    """
    wrong = Text("工程台账的指标文件有误。", en="The file of figures and outputs is wrong.")
    return read_definition(WORKS_FILE, WorksCatalogue, wrong)


def works_catalogue_from(file: Path) -> WorksCatalogue:
    """Return a catalogue that a bureau edited: other columns for the form in use.

    Raises
    ------
    FileFormatError
        The file cannot be read or is wrong; all faults at once.
    """
    told = Text("不是可读的指标文件。", en="Not a readable file of figures and outputs.")
    try:
        return WorksCatalogue.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise FileFormatError(told, faults_of(file, error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise FileFormatError(told, [Fault(file=str(file), hint=str(error))]) from error
