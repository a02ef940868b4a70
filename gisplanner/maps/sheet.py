"""What stands around a map (图面整饰): title, dates, sources, warnings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

PUBLIC_GRID_M: Final = 10.0
"""Default grid to which the public version moves coordinates (本工具参数)."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The facts a map carries in its margin.

    Parameters
    ----------
    title
        E.g. 赣州市南康区老旧小区改造进度图.
    drawn_on
        Day the map was made.
    sources
        Where data came from: credit lines, one each.
    public
        The public version (公众版): coordinates moved to a grid of ``public_grid_m``, public columns only.
    tianditu_key
        Key of 天地图; without it the map has no online base map at all.
    bounds_lonlat
        What to show when nothing has geometry: west, south, east, north in degrees.
    """

    title: str
    drawn_on: date
    sources: tuple[str, ...] = ()
    public: bool = False
    public_grid_m: float = PUBLIC_GRID_M
    tianditu_key: str | None = field(default=None, repr=False)
    bounds_lonlat: tuple[float, float, float, float] = (73.0, 18.0, 135.0, 54.0)

    def warnings(self, *, illustrative: bool, example_progress: bool = False) -> list[str]:
        """Return the lines that every reader of this sheet has to see, the weightiest first."""
        lines = []
        if self.public:
            lines.append("未经地图审核不得公开")
        if illustrative:
            lines.append("示意数据：图中标为示意的要素不是测绘成果")
        if example_progress:
            lines.append("示例进度：阶段为演示记录，不是实际进度")
        return lines

    def notes(self) -> list[str]:
        """Return the lines about how the map was made."""
        if not self.public:
            return []
        return [f"公众版：坐标概化到 {self.public_grid_m:g} 米网格，楼栋与非公开字段不出图"]
