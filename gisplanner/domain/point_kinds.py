"""What a point of a network is (管点): read from the words owners write for features and fixtures."""

from __future__ import annotations

import unicodedata
from typing import Final

POINT_KINDS: Final[dict[str, str]] = {
    "hydrant": "消火栓",
    "valve": "阀门",
    "regulator": "调压设施",
    "riser": "立管",
    "meter": "计量表",
    "cross_connect": "光交接箱",
    "cabinet": "箱柜",
    "inlet": "雨水口",
    "drip": "凝水缸",
    "vent": "放散管",
    "manhole": "检查井",
    "pole": "电杆",
    "joint": "特征点",
    "other": "其他",
}
"""Codes and their Chinese names."""

_WORDS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("hydrant", ("消火栓", "消防栓", "hydrant")),
    ("valve", ("阀", "闸", "valve")),
    ("regulator", ("调压", "regulator")),
    ("riser", ("立管", "引入管", "出地", "riser")),
    ("meter", ("表井", "水表", "燃气表", "电表", "计量", "meter")),
    ("cross_connect", ("光交", "交接箱", "分纤", "cross_connect")),
    ("cabinet", ("箱", "柜", "配电", "变压", "cabinet")),
    ("inlet", ("雨水口", "雨篦", "雨箅", "雨水篦", "进水口", "inlet")),
    ("drip", ("凝水", "抽水缸", "drip")),
    ("vent", ("放散", "排气", "vent")),
    ("manhole", ("井", "人孔", "手孔", "manhole", "junction")),
    ("pole", ("杆", "pole")),
    (
        "joint",
        ("三通", "四通", "五通", "弯头", "变径", "直线点", "转折", "拐点", "分支", "变材", "预留", "点", "joint"),
    ),
)
"""The first that occurs decides: a valve in its chamber (阀门井) is a valve."""


def read_point_kind(written: object) -> str:
    """Return the kind of a point; what nobody knows is ``other``.

    Examples
    --------
    >>> [read_point_kind(word) for word in ("阀门井", "检查井", "消火栓井", "水表井", "光交箱", "直线点", "雕塑")]
    ['valve', 'manhole', 'hydrant', 'meter', 'cross_connect', 'joint', 'other']
    """
    text = unicodedata.normalize("NFKC", str(written)).strip().casefold()
    return next((kind for kind, words in _WORDS if any(word in text for word in words)), "other")
