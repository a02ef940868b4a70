"""Extinguishers by the words of a plan (灭火器): so many a floor; unknown floors are never taken as few."""

from __future__ import annotations

from gisplanner.domain.fire import Extinguishers, FireId
from gisplanner.domain.fire_rules import ExtinguisherRule


def extinguishers_of(
    building: FireId, floors: int | None, present: int | None, rule: ExtinguisherRule | None
) -> Extinguishers:
    """Return what a building needs, has and lacks.

    Examples
    --------
    >>> rule = ExtinguisherRule(per_floor=2, kilograms=4, quote="楼栋每层不少于2具4千克灭火器")
    >>> extinguishers_of(1, 6, 9, rule)
    Extinguishers(building=1, required=12, present=9, short=3, answer='不符合')
    >>> extinguishers_of(2, None, 9, rule).answer, extinguishers_of(2, 6, None, None).answer
    ('资料不足', '文件未规定')
    """
    if rule is None:
        return Extinguishers(building, None, present, None, "文件未规定")
    required = None if floors is None else rule.per_floor * floors
    if required is None or present is None:
        return Extinguishers(building, required, present, None, "资料不足")
    short = max(0, required - present)
    return Extinguishers(building, required, present, short, "不符合" if short else "符合")
