"""Who pays for the plan (费用承担): every network's trench and pipe asked of a document, totals by payer.

Metres are the plan's. Money is illustrative: no document gives unit prices.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from gisplanner.catalog.layers import utilities
from gisplanner.domain.policy_answer import UNSTATED, Answer
from gisplanner.domain.policy_facts import SegmentFacts
from gisplanner.planning.pipes.lanes.laying import network_of
from gisplanner.rules.answers import Desk
from gisplanner.rules.payers import payer
from gisplanner.services.pipes.plan import PipesPlan
from gisplanner.services.pipes.quantities import trenches
from gisplanner.services.policy.answers import load
from gisplanner.text import Text

CIVIL: Final = "管沟土建"
EQUIPMENT: Final = "管线设施设备"
_OTHER_ITEM: Final = {"telecom": "管线迁改"}
"""What laying the line itself is called where documents say it otherwise."""
_SERVICE_ITEM: Final = {"gas": "入户支管"}
GROUPS: Final = ("地方财政", "企业", "产权人", "居民", "专营单位", UNSTATED)
"""Headings of the totals; a payer stands under the first whose word it contains."""

TRENCH_CNY: Final = Decimal(600)
FURTHER: Final = Decimal("0.25")
PIPE_CNY: Final = {
    "water": Decimal(260),
    "gas": Decimal(220),
    "sewage": Decimal(420),
    "storm": Decimal(450),
    "drain": Decimal(450),
    "heat": Decimal(900),
    "power": Decimal(380),
    "telecom": Decimal(90),
    "lighting": Decimal(60),
    "reclaimed": Decimal(200),
}
"""Illustrative prices (示意单价, 本工具参数), CNY a metre: a trench, each further network in it, the pipe laid."""


@dataclass(frozen=True, slots=True)
class Share:
    """One network's trench or pipe and who pays for it.

    Attributes
    ----------
    cost_cny
        At illustrative prices.
    """

    network: str
    item: str
    length_m: float
    cost_cny: Decimal
    answer: Answer

    @property
    def group(self) -> str:
        """Return the heading of the totals that the payer stands under."""
        return group_of(self.answer.answer)


def group_of(payer_name: str) -> str:
    """Return the heading a payer stands under.

    Examples
    --------
    >>> group_of("相关企业"), group_of("专营单位(政府补助)"), group_of("资料不足")
    ('企业', '专营单位', '文件未规定')
    """
    return next((group for group in GROUPS if group in payer_name), UNSTATED)


def shares(result: PipesPlan, profile_name: str) -> list[Share]:
    """Return who pays for each part of the plan by a document.

    Raises
    ------
    NotFoundError
        There is no such profile.
    """
    desk = Desk(load(profile_name))
    known = utilities()
    trench_m, trench_cny = _trenches(result)
    made = []
    for k, demand in enumerate(result.ground.demands):
        code = demand.utility
        key = network_of(demand)
        owners = sum(network_of(other) == key for other in result.ground.demands)
        if trench_m[key]:
            facts = SegmentFacts(item=CIVIL, utility=code, name=f"{demand.name} {CIVIL}")
            money = (trench_cny[key] / owners).quantize(Decimal("0.01"))
            made.append(Share(demand.name, CIVIL, trench_m[key] / owners, money, payer(desk, facts, known)))
        for part, item in (
            ("main", _OTHER_ITEM.get(code, EQUIPMENT)),
            ("service", _SERVICE_ITEM.get(code, _OTHER_ITEM.get(code, EQUIPMENT))),
        ):
            length = sum(float(one.line.length) for one in result.lanes.lines if (one.demand, one.part) == (k, part))
            if length:
                facts = SegmentFacts(item=item, utility=code, name=f"{demand.name} {item}")
                money = (Decimal(str(round(length, 3))) * PIPE_CNY[code]).quantize(Decimal("0.01"))
                made.append(Share(demand.name, item, length, money, payer(desk, facts, known)))
    return made


def payers_told(parts: list[Share]) -> Text:
    """Return the totals by payer in a sentence; money is illustrative."""
    totals = costs_document(parts)["totals"]
    paid = {group: float(one["cost_cny"]) / 10_000.0 for group, one in totals.items() if one["length_m"] > 0.0}
    shown = "，".join(f"{group} {amount:,.1f} 万元" for group, amount in paid.items()) or "—"
    return Text(
        f"出资（示意单价，文件未给出）：{shown}。",
        en=f"Who pays (illustrative prices, CNY 10,000): {shown}.",
    )


def illustrative_cost_cny(result: PipesPlan) -> Decimal:
    """Return what trenches and lines cost at illustrative prices, whoever pays."""
    pipes = sum(
        (Decimal(str(round(float(one.line.length), 3))) * PIPE_CNY[one.utility] for one in result.lanes.lines),
        Decimal(0),
    )
    return sum(_trenches(result)[1].values(), Decimal(0)) + pipes


def _trenches(result: PipesPlan) -> tuple[dict[str, float], dict[str, Decimal]]:
    """Return each network's part of the excavations: metres and money are split evenly among those in a trench."""
    metres: dict[str, float] = defaultdict(float)
    money: dict[str, Decimal] = defaultdict(Decimal)
    for one in trenches(result):
        count = len(one.networks)
        price = Decimal(str(round(one.length_m, 3))) * TRENCH_CNY * (1 + FURTHER * (count - 1))
        for name in one.networks:
            metres[name] += one.length_m / count
            money[name] += price / count
    return metres, money


def costs_document(parts: list[Share]) -> dict[str, Any]:
    """Return the JSON form: every part with its clause, and the totals by payer."""
    totals: dict[str, dict[str, Any]] = {group: {"length_m": 0.0, "cost_cny": Decimal(0)} for group in GROUPS}
    for one in parts:
        totals[one.group]["length_m"] += one.length_m
        totals[one.group]["cost_cny"] += one.cost_cny
    return {
        "document": parts[0].answer.document if parts else None,
        "document_status": parts[0].answer.document_status if parts else None,
        "prices": "示意单价（本工具参数），文件未给出",
        "parts": [
            {
                "network": one.network,
                "item": one.item,
                "length_m": round(one.length_m, 3),
                "cost_cny": str(one.cost_cny),
                "payer": one.answer.answer,
                "group": one.group,
                "reason": str(one.answer.reason),
                "quote": one.answer.quote,
            }
            for one in parts
        ],
        "totals": {
            group: {"length_m": round(one["length_m"], 3), "cost_cny": str(one["cost_cny"])}
            for group, one in totals.items()
        },
        "total_cny": str(sum((one.cost_cny for one in parts), Decimal(0))),
    }
