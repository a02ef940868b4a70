"""Street names of a sketch: common ones of Chinese towns, each given once; none is a name of a real place's map."""

from __future__ import annotations

from collections import Counter
from typing import Final

_PRIMARY: Final = (
    "人民大道", "建设大道", "迎宾大道", "滨河大道", "文明大道", "中心大道", "振兴大道", "环城大道",
    "世纪大道", "发展大道", "创业大道", "东方大道", "和谐大道", "长征大道", "阳明大道", "客家大道",
)  # fmt: skip
_SECONDARY: Final = (
    "解放路", "新华路", "和平路", "胜利路", "文化路", "团结路", "光荣路", "友谊路", "健康路", "交通路",
    "工业路", "民主路", "红旗路", "前进路", "春风路", "朝阳路",
)  # fmt: skip
_TERTIARY: Final = (
    "学府街", "书院街", "粮站街", "供销街", "邮电街", "影院街", "医院街", "菜市街", "公园街", "桥头街",
    "东风街", "向阳街", "新兴街", "幸福街", "平安街", "永安街", "桂花街", "樟树街", "井头街", "水塔街",
    "仓前街", "文庙街", "北辰街", "南薰街",
)  # fmt: skip
_NAMES: Final = (_PRIMARY, _SECONDARY, _TERTIARY)
_SUFFIX: Final = ("大道", "路", "街")
_NUMERALS: Final = "一二三四五六七八九十"


class StreetNames:
    """Gives out names in order; when a list is used up its names come again with a number (二路、三路)."""

    def __init__(self) -> None:
        self._given: Counter[int] = Counter()

    def next(self, level: int) -> str:
        """Return the next name of a level: 0 大道, 1 路, 2 街.

        Examples
        --------
        >>> names = StreetNames()
        >>> names.next(1), names.next(1)
        ('解放路', '新华路')
        """
        names = _NAMES[level]
        turn, index = divmod(self._given[level], len(names))
        self._given[level] += 1
        if turn == 0:
            return names[index]
        number = _NUMERALS[turn] if turn < len(_NUMERALS) else str(turn + 1)
        return f"{names[index].removesuffix(_SUFFIX[level])}{number}{_SUFFIX[level]}"
