"""How owners write the values of a line (管线属性): diameters, pressures, materials, laying, accuracy, status.

Seven owners write in seven habits; what they wrote is kept beside what it was read as.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

Status = Literal["existing", "planned", "temporary", "abandoned", "connected"]

_NUMBER: Final = r"(\d+(?:\.\d+)?)"
_ROUND: Final = re.compile(rf"^(?:DN|DE|D|PHI|Φ|φ|Ø|⌀|∅)?\s*[=:]?\s*{_NUMBER}\s*(MM|CM|M)?$")
_BOX: Final = re.compile(rf"^(?:B)?\s*{_NUMBER}\s*(?:MM|M)?\s*[×X*＊✕]\s*(?:H)?\s*{_NUMBER}\s*(MM|CM|M)?$")
_MM: Final = {"MM": 1.0, "CM": 10.0, "M": 1000.0}


@dataclass(frozen=True, slots=True)
class Section:
    """A cross-section (管径或断面尺寸), outer size in millimetres; a round one is as wide as high."""

    width_mm: float
    height_mm: float

    @property
    def diameter_mm(self) -> float:
        """Return the greater of both: what classes and clearances are looked up with."""
        return max(self.width_mm, self.height_mm)


def read_section(value: object) -> Section | None:
    """Return a diameter or a section, ``None`` where it cannot be read; a bare number is millimetres.

    Examples
    --------
    >>> read_section("DN300"), read_section("Φ300mm") == read_section(300) == read_section("d=0.3m")
    (Section(width_mm=300.0, height_mm=300.0), True)
    >>> read_section("300×200")
    Section(width_mm=300.0, height_mm=200.0)
    >>> read_section("约三百") is None, read_section("0") is None
    (True, True)
    """
    text = unicodedata.normalize("NFKC", str(value)).strip().upper()
    if found := _ROUND.match(text):
        size = float(found[1]) * _MM[found[2] or "MM"]
        return Section(size, size) if size > 0 else None
    if found := _BOX.match(text):
        unit = _MM[found[3] or "MM"]
        section = Section(float(found[1]) * unit, float(found[2]) * unit)
        return section if min(section.width_mm, section.height_mm) > 0 else None
    return None


_WORDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "pressure": {
        "low": ("低压", "D"),
        "medium_b": ("中压B", "中压b级", "中B"),
        "medium_a": ("中压A", "中压a级", "中A"),
        "medium": ("中压", "Z"),
        "sub_high_b": ("次高压B", "次高压b级"),
        "sub_high_a": ("次高压A", "次高压a级"),
    },
    "laying": {
        "buried": ("直埋", "埋地"),
        "duct": ("管块", "管埋", "保护管", "套管", "排管", "穿管", "管道"),
        "trench": ("管沟", "沟道", "地沟", "综合管廊", "管廊"),
        "overhead": ("架空", "上杆", "杆路"),
    },
    "accuracy": {
        "探测": ("surveyed", "实测", "测量"),
        "图纸": ("drawing", "竣工图", "资料"),
        "推测": ("guessed", "估计"),
    },
    "where": {
        "municipal_road": ("市政道路", "城市道路", "道路"),
        "courtyard": ("小区庭院", "小区", "庭院", "小区内"),
    },
    "status": {
        "existing": ("现状", "在用", "已建", "运行"),
        "planned": ("规划", "拟建", "新建", "设计"),
        "temporary": ("临时",),
        "abandoned": ("废弃", "停用", "报废"),
        "connected": ("已接入新网",),
    },
    "part": {
        "main": ("主管", "主线", "干管", "干线"),
        "service": ("表前支管", "入户支管", "支管", "入户管", "支线"),
        "after_meter": ("表后管", "表后", "表后入户支管", "户内管"),
    },
    "surface": {
        "carriageway": ("车行道", "机动车道"),
        "footway": ("人行道", "非机动车道"),
        "green": ("绿化", "绿地", "绿化带"),
        "farmland": ("农田", "水田"),
    },
    "material": {
        "pe": ("聚乙烯", "HDPE", "PE100", "PE80", "PE管", "PPR", "PP-R"),
        "steel": ("钢", "钢管", "镀锌钢管", "无缝钢管", "GG"),
        "plastic": ("PVC", "UPVC", "PVC-U", "塑料", "波纹管", "塑料管", "硅芯管"),
        "concrete": ("砼", "混凝土", "钢筋混凝土", "水泥", "混凝土管"),
        "iron": ("铸铁", "球墨铸铁", "灰口铸铁", "DI"),
        "copper": ("铜",),
        "fibre": ("光纤", "光缆"),
    },
}
"""How each value of a column is also written; what is not listed for ``material`` counts as other."""

_LOOKUP: Final = {
    column: {written.casefold(): value for value, words in values.items() for written in (value, *words)}
    for column, values in _WORDS.items()
}

CHOICES: Final[dict[str, tuple[str, ...]]] = {column: tuple(values) for column, values in _WORDS.items()}
"""The values of each column."""


def read_word(column: str, value: object) -> str | None:
    """Return the value of a column as the tables know it, ``None`` where it is not one of them.

    Examples
    --------
    >>> read_word("pressure", "中压A"), read_word("laying", "管埋"), read_word("status", "废弃")
    ('medium_a', 'duct', 'abandoned')
    >>> read_word("material", "球墨铸铁管"), read_word("pressure", "特高")
    ('iron', None)
    """
    text = unicodedata.normalize("NFKC", str(value)).strip().casefold()
    lookup = _LOOKUP[column]
    if text in lookup:
        return lookup[text]
    if column == "material":
        return lookup.get(text.removesuffix("管"), "other")
    return None
