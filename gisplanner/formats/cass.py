"""What a thing on a survey drawing is, by its CASS code, else its drawing layer; storeys as a drawing writes them.

The table stands in ``layers/drawings/cass.toml``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from gisplanner.errors import CatalogueError, Fault
from gisplanner.resources import resource_dir
from gisplanner.text import Text

Becomes = Literal["buildings", "obstacles", "entrances", "none"]


class CodedFeature(BaseModel):
    """What the things whose code begins with ``code`` are."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: str
    name: str
    becomes: Becomes
    checked: bool = True
    """Whether the code was held against a code table; what was not is told with every drawing that uses it."""


class NamedLayer(BaseModel):
    """What the things on drawing layers of such a name are."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    pattern: str
    name: str
    becomes: Becomes


class DrawingTable(BaseModel):
    """The whole table."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    application: str
    features: tuple[CodedFeature, ...]
    layers: tuple[NamedLayer, ...]
    not_storeys: frozenset[str]


@cache
def drawing_table() -> DrawingTable:
    """Return the table of survey drawings.

    Raises
    ------
    CatalogueError
        The shipped file is wrong.
    """
    file = resource_dir("layers") / "drawings" / "cass.toml"
    try:
        return DrawingTable.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        message = Text("定义文件有误。", en="Definition files are wrong.")
        raise CatalogueError(message, [Fault(file=str(file), hint=str(error))]) from error


@cache
def classified(code: str | None, layer: str) -> CodedFeature | NamedLayer | None:
    """Return what a thing is; ``None`` if neither its code nor its drawing layer says so.

    Examples
    --------
    >>> classified("141121", "JMD").becomes, classified("141500", "JMD").name, classified(None, "围墙").becomes
    ('buildings', '棚房', 'obstacles')
    """
    table = drawing_table()
    fits = [feature for feature in table.features if code is not None and code.startswith(feature.code)]
    if fits:
        return max(fits, key=lambda feature: len(feature.code))
    return next((one for one in table.layers if re.fullmatch(one.pattern, layer)), None)


_STOREYS: Final = re.compile(
    r"(?P<structure>[钢砼混凝土砖石木简棚铁框架结构预建破]{0,4})\s*(?P<floors>\d{1,2})\s*(?:层|[Ff]|[-/]\d{1,2})?"
)
_BLOCK_NAME: Final = re.compile(r".*(?:\d|[一二三四五六七八九十])\s*(?:号楼|栋|幢|座|#楼?)")
MAX_FLOORS: Final = 60


def storeys(text: str) -> int | None:
    """Return the number of storeys a text inside an outline states (``砼6``, ``混3``, ``6层``, ``砼6-1``).

    What follows ``-`` is below the ground and does not count.

    Examples
    --------
    >>> [storeys(text) for text in ("砼6", "混 3", "６F", "砼6-1", "85.32", "芙蓉花苑", "0", "砖")]
    [6, 3, 6, 6, None, None, None, None]
    """
    found = _STOREYS.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None or not 1 <= int(found["floors"]) <= MAX_FLOORS:
        return None
    return int(found["floors"])


def block_name(text: str) -> str | None:
    """Return a text if it names a building (``3栋``, ``芙蓉花苑5号楼``).

    Examples
    --------
    >>> block_name("芙蓉花苑5号楼"), block_name("红旗大道")
    ('芙蓉花苑5号楼', None)
    """
    plain = text.strip()
    return plain if _BLOCK_NAME.fullmatch(plain) else None
