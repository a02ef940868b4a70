"""The dossier (方案册) of an area or an estate as DOCX: map picture, figures, needs, works, money, gates, sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from docx.document import Document as Paper

from gisplanner.domain.dossier import Dossier, Row
from gisplanner.formats import docx_parts as parts
from gisplanner.formats.weekly_book import STATUS

_NOTHING: Final = "资料不足：没有记录。"
_NUMBERS: Final = "一二三四五六七八九十"
_PHOTO_CM: Final = 7.4


def write_dossier(path: Path, dossier: Dossier) -> None:
    """Write a dossier, each part under its own heading; a part without records says so.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    paper = parts.new_paper()
    parts.title(paper, dossier.title, f"截至 {dossier.as_of}　方案单位：{dossier.unit}", warning=dossier.warning)
    heads = _Headings(paper)
    heads.next("范围与小区")
    _picture(paper, dossier)
    _estates(paper, dossier)
    heads.next("基本情况")
    parts.table(paper, ["项目", "数值", "说明"], dossier.figures, (5.0, 5.0, 6.0))
    for section in (*_SECTIONS, _SCHEDULE):
        heads.next(section.heading)
        _rows(paper, dossier, section)
        if section.below is not None:
            parts.text(paper, section.below.heading)
            _rows(paper, dossier, section.below)
    _deadlines(paper, dossier)
    _photos(paper, dossier, heads)
    heads.next("依据与资料来源")
    for line in dossier.sources:
        parts.text(paper, line, small=True)
    parts.signatures(paper, ("编制：", "校核：", "审核：", "编制单位（盖章）：", "街道（盖章）：", "日期："))
    parts.save_paper(paper, path, dossier.as_of)


@dataclass(frozen=True, slots=True)
class _Section:
    """A part that is one table: its heading, the field with its rows, its columns with their width in cm."""

    heading: str
    rows: str
    columns: tuple[tuple[str, float], ...]
    left: tuple[int, ...] = ()
    """Columns with longer text."""
    below: _Section | None = None
    """A further table under the same heading."""


_CONFLICTS: Final = _Section(
    "净距冲突（小区内及毗邻道路）：",
    "conflicts",
    (
        ("权属单位", 4.2),
        ("类型", 1.6),
        ("确定", 1.2),
        ("可能", 1.2),
        ("例外", 1.2),
        ("最小/应有（m）", 2.6),
        ("条文", 4.0),
    ),
    (0, 6),
)

_SECTIONS: Final = (
    _Section(
        "居民意愿与需求",
        "needs",
        (("小区", 3.4), ("户数", 1.6), ("同意户数", 1.8), ("意愿率（按户数）", 2.6), ("主要需求（票）", 6.6)),
        (4,),
    ),
    _Section(
        "改造内容",
        "menu",
        (("小区", 2.6), ("改造内容", 3.4), ("菜单类别", 3.0), ("条件", 2.4), ("条文", 4.6)),
        (1, 2, 4),
    ),
    _Section(
        "管线",
        "pipelines",
        (("小区", 3.2), ("方案备案", 2.0), ("管线米数", 5.6), ("弱电下地率（按米数）", 2.8), ("共沟节省（m）", 2.4)),
        (2,),
        _CONFLICTS,
    ),
    _Section(
        "消防",
        "fire",
        (
            ("小区", 4.2),
            ("消防车可达/栋数", 2.8),
            ("灭火器应配（具）", 2.2),
            ("现有（具）", 1.9),
            ("缺口（具）", 1.9),
            ("消火栓未覆盖（栋）", 3.0),
        ),
        (),
    ),
    _Section(
        "拆违",
        "demolition",
        (
            ("编号", 1.8),
            ("小区", 2.8),
            ("种类", 1.8),
            ("面积㎡", 1.6),
            ("步骤", 1.6),
            ("责任单位", 4.2),
            ("同地块工程", 2.2),
        ),
        (5,),
    ),
    _Section(
        "红线与摸底",
        "survey",
        (("类别", 3.0), ("编号", 2.4), ("名称、位置", 4.6), ("规模", 2.2), ("情况", 4.2)),
        (2, 4),
    ),
    _Section(
        "资金",
        "funding",
        (("资金来源", 4.6), ("计划（万元）", 2.9), ("到位（万元）", 2.9), ("支付（万元）", 2.9), ("到位率%", 2.7)),
        (),
    ),
    _Section("费用承担", "payers", (("工程内容", 3.6), ("出资方", 3.0), ("说明", 7.0), ("文件", 2.4)), (2,)),
    _Section("前置条件", "gates", (("事项", 3.2), ("结论", 2.4), ("说明", 5.2), ("条文", 5.2)), (2, 3)),
    _Section(
        "投诉与诉求", "complaints", (("渠道", 3.2), ("类别", 5.0), ("受理", 2.6), ("办结", 2.6), ("未办结", 2.6)), ()
    ),
    _Section(
        "移交", "handover", (("小区", 3.4), ("设施", 4.0), ("数量", 2.4), ("接收单位", 4.4), ("已移交", 1.8)), ()
    ),
)
_SCHEDULE: Final = _Section(
    "实施安排与期限", "schedule", (("阶段", 2.8), ("进入日期", 2.4), ("佐证", 4.0), ("责任单位", 6.8)), (2, 3)
)


class _Headings:
    """Headings numbered in Chinese, as papers of offices are."""

    def __init__(self, paper: Paper) -> None:
        self._paper, self._number = paper, 0

    def next(self, words: str) -> None:
        self._number += 1
        number = self._number
        told = _NUMBERS[number - 1] if number <= len(_NUMBERS) else f"十{_NUMBERS[number - len(_NUMBERS) - 1]}"
        parts.heading(self._paper, f"{told}、{words}")


def _rows(paper: Paper, dossier: Dossier, section: _Section) -> None:
    rows: Sequence[Row] = getattr(dossier, section.rows)
    if rows:
        heads, widths = zip(*section.columns, strict=True)
        parts.table(paper, heads, rows, widths, left=section.left)
    if section.rows in dossier.notes or not rows:
        parts.text(paper, dossier.notes.get(section.rows, _NOTHING), small=bool(rows))


def _picture(paper: Paper, dossier: Dossier) -> None:
    if dossier.picture is None:
        parts.text(paper, "没有小区轮廓，未出图。")
        return
    name = dossier.title.removesuffix("改造方案")
    parts.picture(paper, dossier.picture, 15.5, f"图1　{name}范围（编号见下表）{dossier.picture_note}")


def _estates(paper: Paper, dossier: Dossier) -> None:
    rows: list[tuple[Any, ...]] = [
        (
            number, one.name or one.estate_code, one.subdistrict, one.community, one.households, one.buildings,
            one.floor_area_10k_m2, one.stage_name or "无进度记录",
        )
        for number, one in enumerate(dossier.estates, start=1)
    ]  # fmt: skip
    heads_ = ["编号", "小区", "街道", "社区", "户数", "栋数", "面积\n（万㎡）", "当前阶段"]
    parts.table(paper, heads_, rows, (1.1, 4.0, 2.0, 2.6, 1.3, 1.2, 1.8, 2.0))


def _deadlines(paper: Paper, dossier: Dossier) -> None:
    if not dossier.deadlines:
        parts.text(paper, "没有适用的期限，或不在已下达的计划内。", small=True)
        return
    rows = [
        (one.project_code, one.title + ("（推定）" if one.inherited else ""), one.due, one.happened_on, one.lag_days,
         STATUS[one.status])
        for one in dossier.deadlines
    ]  # fmt: skip
    heads = ["项目", "期限", "最迟", "实际", "滞后天数", "结论"]
    parts.table(paper, heads, rows, (2.8, 5.2, 2.3, 2.3, 1.7, 1.7), left=(1,))


def _photos(paper: Paper, dossier: Dossier, heads: _Headings) -> None:
    if not dossier.photos:
        return
    heads.next("照片")
    for caption, jpeg in dossier.photos:
        parts.picture(paper, jpeg, _PHOTO_CM, caption)
