"""What the works leave behind (工程台账): one record for each thing counted, removed, complained of, paid or built.

Records come from tables with Chinese headings; a field's ``title`` is its heading.
"""

from __future__ import annotations

from datetime import date as Day  # noqa: N812 - a field of that name would hide it
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from gisplanner.domain.clause import Definition

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Amount = Annotated[Decimal, Field(ge=0)]

_YES: Final = {"是": True, "有": True, "已移交": True, "否": False, "无": False, "未移交": False}
STEPS: Final = ("摸底", "认定", "告知", "限期自拆", "拆除", "销号")
"""Steps of a demolition (拆违), in their order; what stands counts as removed from 拆除 on."""
REMOVED_STEP: Final = 5
_SELF_REMOVAL: Final = "限期自拆"
WILLING: Final = "同意户数"
"""Kind of the figure of willing households among the figures of an estate."""


def _yes_no(value: Any) -> Any:
    return _YES.get(value.strip(), value) if isinstance(value, str) else value


YesNo = Annotated[bool, BeforeValidator(_yes_no)]


class LibraryRecord(Definition):
    """An estate enters a batch of the project library (项目库)."""

    estate: Word = Field(title="小区")
    state: Literal["实施", "谋划", "储备"] = Field(title="批次")
    plan_year: int = Field(title="年度", ge=2000, le=2100)
    happened_on: Day = Field(title="日期")
    document: Word | None = Field(default=None, title="文号")


class FigureRecord(Definition):
    """Something counted in an estate (小区统计): votes for a need, willing households and the like."""

    estate: Word = Field(title="小区")
    kind: Word = Field(title="统计种类")
    item: str = Field(default="", title="项目")
    amount: Amount = Field(title="数值")
    happened_on: Day = Field(title="日期")
    source: Word | None = Field(default=None, title="来源")


class OutputRecord(Definition):
    """Works of an estate planned, done or accepted, cumulative (完成量)."""

    estate: Word = Field(title="小区")
    item: Word = Field(title="指标")
    status: Literal["计划", "完成", "验收"] = Field(title="口径")
    amount: Amount = Field(title="数量")
    happened_on: Day = Field(title="日期")
    document: Word | None = Field(default=None, title="佐证材料")


class FundRecord(Definition):
    """Money of a project by source, cumulative (资金)."""

    project: Word = Field(title="项目")
    source: Word = Field(title="资金来源")
    status: Literal["计划", "到位", "支付"] = Field(title="口径")
    amount_cny: Amount = Field(title="金额（元）")
    happened_on: Day = Field(title="日期")
    document: Word | None = Field(default=None, title="文号")


class HandoverRecord(Definition):
    """A facility and to whom it is handed over (移交)."""

    estate: Word = Field(title="小区")
    kind: Word = Field(title="设施种类")
    name: Word = Field(title="设施名称")
    quantity: Amount | None = Field(default=None, title="数量")
    unit: Word | None = Field(default=None, title="单位")
    in_municipal_road: YesNo | None = Field(default=None, title="市政道路范围内")
    receiver: Word | None = Field(default=None, title="接收单位")
    handed_over: YesNo = Field(default=False, title="已移交")
    happened_on: Day = Field(title="日期")
    document: Word | None = Field(default=None, title="移交单")

    @model_validator(mode="after")
    def _received_by_somebody(self) -> Self:
        if self.handed_over and self.receiver is None:
            raise ValueError("已移交的要写接收单位 (handed over to whom?)")
        return self


class _Placed(Definition):
    east_m: float | None = Field(default=None, title="东坐标")
    north_m: float | None = Field(default=None, title="北坐标")

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.east_m is None) != (self.north_m is None):
            raise ValueError("东坐标和北坐标要么都写，要么都不写 (both coordinates or none)")
        return self


class DemolitionRecord(_Placed):
    """One step of a demolition (拆违): 摸底 → 认定 → 告知 → 限期自拆 → 拆除 → 销号."""

    code: Word = Field(title="编号")
    estate: Word = Field(title="小区")
    kind: Word = Field(title="种类")
    name: Word | None = Field(default=None, title="名称或位置")
    area_m2: Amount | None = Field(default=None, title="面积（㎡）")
    step: Literal["摸底", "认定", "告知", "限期自拆", "拆除", "销号"] = Field(title="步骤")
    happened_on: Day = Field(title="日期")
    due_on: Day | None = Field(default=None, title="限期")
    unit: Word | None = Field(default=None, title="责任单位")
    document: Word | None = Field(default=None, title="文书")

    @model_validator(mode="after")
    def _a_term_has_an_end(self) -> Self:
        if self.step == _SELF_REMOVAL and self.due_on is None:
            raise ValueError("限期自拆要写限期 (a term for self-removal)")
        if self.due_on is not None and self.due_on < self.happened_on:
            raise ValueError("限期早于日期 (the term ends before it begins)")
        return self

    @property
    def step_no(self) -> int:
        """Return the number of the step, from 1."""
        return STEPS.index(self.step) + 1


class ComplaintRecord(_Placed):
    """A complaint (12345、信访), and its answer if there is one. The person's name stays with those who answer."""

    code: Word = Field(title="件号")
    estate: Word = Field(title="小区")
    channel: Literal["12345", "信访", "其他"] = Field(title="渠道")
    kind: Word = Field(title="类别")
    place: Word | None = Field(default=None, title="地点")
    unit: Word | None = Field(default=None, title="承办单位")
    happened_on: Day = Field(title="受理日期")
    due_on: Day | None = Field(default=None, title="办理期限")
    answered_on: Day | None = Field(default=None, title="答复日期")
    answer: Word | None = Field(default=None, title="答复")
    person: Word | None = Field(default=None, title="反映人")
    contact: Word | None = Field(default=None, title="联系方式")

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        if (self.answered_on is None) != (self.answer is None):
            raise ValueError("答复和答复日期要一起写 (an answer has a day)")
        for day, word in ((self.due_on, "办理期限"), (self.answered_on, "答复日期")):
            if day is not None and day < self.happened_on:
                raise ValueError(f"{word}早于受理日期 (before the complaint)")
        return self


WorksRecord = (
    LibraryRecord | FigureRecord | OutputRecord | FundRecord | HandoverRecord | DemolitionRecord | ComplaintRecord
)
RecordKind = Literal["library", "figure", "output", "fund", "handover", "demolition", "complaint"]
RECORDS: Final[dict[RecordKind, type[WorksRecord]]] = {
    "library": LibraryRecord,
    "figure": FigureRecord,
    "output": OutputRecord,
    "fund": FundRecord,
    "handover": HandoverRecord,
    "demolition": DemolitionRecord,
    "complaint": ComplaintRecord,
}

RECORD_TITLES: Final[dict[RecordKind, str]] = {
    "library": "项目库",
    "figure": "小区统计",
    "output": "完成量",
    "fund": "资金",
    "handover": "移交",
    "demolition": "拆违",
    "complaint": "投诉件",
}


class FigureSpec(Definition):
    """A kind of figure that may be recorded of an estate (统计种类)."""

    name: str
    unit: str
    per_item: bool = False
    """Whether it is counted for one item at a time, as votes are for each need."""


class OutputSpec(Definition):
    """An item of the output register (完成量指标)."""

    code: str
    title: str
    unit: str
    group: str


class OutputColumn(Definition):
    """A column of the monthly form: what it is called there and what fills it."""

    heading: str
    fill: str
    """``register.NAME``, ``output.CODE.STATUS``, ``rate.started|completed.WEIGHT`` or ``fund.SOURCE``."""


class WorksCatalogue(Definition):
    """Which figures and outputs may be recorded, and the columns of the monthly form (月报)."""

    figures: tuple[FigureSpec, ...]
    outputs: tuple[OutputSpec, ...]
    columns: tuple[OutputColumn, ...]
