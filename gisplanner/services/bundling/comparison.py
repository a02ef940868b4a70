"""Proposals side by side (方案比选): parameters, bounds, totals, agreement with the register; JSON and table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas as gpd

from gisplanner.domain.proposals import Proposal
from gisplanner.formats.tables_book import Table, write_tables
from gisplanner.planning.agreement import agreement
from gisplanner.services.bundling.limits import limits_told, stored_limits
from gisplanner.services.bundling.proposal_report import compared_document
from gisplanner.services.bundling.proposals import official_groups
from gisplanner.services.bundling.totals import figures_of, names_of, totals_document, totals_of
from gisplanner.text import Text


def comparison_document(proposals: Sequence[Proposal], estates: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return proposals side by side: parameters, bounds, agreement with the official grouping and with the first.

    ``estates`` tells for each estate in which bundle each proposal has it.
    """
    official, figures = official_groups(estates), figures_of(estates, estates["code"])
    first = proposals[0].grouping.bundles
    rows = []
    for one in proposals:
        bundles = one.grouping.bundles
        grouped = {code for codes in bundles.values() for code in codes}
        rows.append(
            {
                "name": one.name,
                "kind": one.kind,
                "parameters": dict(one.parameters),
                "p": len(bundles),
                "p_upper_bound": one.answer.get("p_upper_bound"),
                "proven": one.answer.get("proven"),
                "heterogeneity": one.answer.get("heterogeneity"),
                "estates": len(grouped),
                "singles": sum(len(codes) == 1 for codes in bundles.values()),
                "largest": max((len(codes) for codes in bundles.values()), default=0),
                "left_over": sorted(set(figures) - grouped),
                "changes": len(one.standing) - 1,
                "bundles": {name: totals_document(totals_of(figures, codes)) for name, codes in bundles.items()},
                "totals": totals_document(totals_of(figures, sorted(grouped))),
                "official": compared_document(agreement(official, bundles)),
                "moved_from_first": list(agreement(first, bundles).moved),
            }
        )
    return {
        "proposals": rows,
        "estates": [
            {"estate": code, "name": name, "bundles": {one.name: one.grouping.bundle_of(code) for one in proposals}}
            for code, name in names_of(estates).items()
        ],
    }


def comparison_sentences(document: Mapping[str, Any]) -> Text:
    """Return a comparison for a person, one line a proposal."""
    zh, en = [], []
    for one in document["proposals"]:
        official = one["official"]
        bound = "" if one["p_upper_bound"] is None else f"（上界 {one['p_upper_bound']}）"
        zh.append(
            f"{one['name']}：{one['p']} 个片区{bound}，单独 {one['singles']}，最大 {one['largest']} 个小区，"
            f"未入 {len(one['left_over'])}"
            + (
                f"；与备注：调整兰德 {official['adjusted_rand']}，移动 {official['moved']}"
                if official["rows"]
                else ""
            )
        )
        en.append(
            f"{one['name']}: {one['p']} bundles, {one['singles']} of one estate, {len(one['left_over'])} left over"
            + (
                f"; with the register: adjusted Rand {official['adjusted_rand']}, moved {official['moved']}"
                if official["rows"]
                else ""
            )
        )
    return Text("\n".join(zh), en="\n".join(en))


def write_comparison(document: Mapping[str, Any], path: Path) -> None:
    """Write a comparison as a workbook: proposals, estates by proposal, and the official projects by proposal.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    proposals = document["proposals"]
    names = [one["name"] for one in proposals]
    estates = [
        (one["estate"], one["name"], *(one["bundles"][name] or "未入片区" for name in names))
        for one in document["estates"]
    ]
    projects = [row["project"] for row in proposals[0]["official"]["rows"]] if proposals else []
    verdicts = {
        (one["name"], row["project"]): f"{row['verdict']}：{'、'.join(_told(name) for name in row['bundles'])}"
        for one in proposals
        for row in one["official"]["rows"]
    }
    write_tables(
        path,
        [
            Table("方案", ["片区方案比选"], _HEADINGS, [_row(one) for one in proposals]),
            Table("小区", ["小区在各方案中的片区"], ["小区编码", "小区名称", *names], estates),
            Table(
                "与备注对比",
                ["备注列的项目在各方案中：一致、拆分、合并、移动"],
                ["项目", *names],
                [(project, *(verdicts[name, project] for name in names)) for project in projects],
            ),
        ],
    )


_HEADINGS = (
    "方案", "间距（米）", "共同需求", "规模下限", "规模上限", "其他上下限", "不跨", "片区数",
    "上界", "已证明", "异质度", "单独小区", "最大片区小区数", "未入片区", "人工调整", "户数", "栋数",
    "总建筑面积（万平方米）", "与备注：调整兰德", "与备注：移动小区", "与首个方案：移动小区",
)  # fmt: skip


def _row(one: Mapping[str, Any]) -> tuple[Any, ...]:
    given, totals = one["parameters"], one["totals"]
    area = None if totals["floor_area_10k_m2"] is None else Decimal(totals["floor_area_10k_m2"])
    proven = None if one["proven"] is None else "是" if one["proven"] else "否"
    return (
        one["name"], given.get("gap_m"), "要求" if given.get("needs") else "不要求", given.get("min_size"),
        given.get("max_size"), "；".join(limits_told(stored_limits(given))) or None,
        given.get("within"), one["p"], one["p_upper_bound"], proven, one["heterogeneity"],
        one["singles"], one["largest"], len(one["left_over"]), one["changes"], totals["households"],
        totals["buildings"], area, one["official"]["adjusted_rand"], one["official"]["moved"],
        len(one["moved_from_first"]),
    )  # fmt: skip


def _told(bundle: str) -> str:
    """Return a bundle as a person reads it; an estate in none stands alone in the comparison."""
    return f"{bundle.removeprefix('∅')}（未入片区）" if bundle.startswith("∅") else bundle
