"""An application for subsidy for people and files: only what may be applied for is in the files."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import geopandas as gpd

from gisplanner.domain.layers import ColumnSpec
from gisplanner.domain.subsidy import BundleApplication, JudgedEstate, JudgedWork, Totals
from gisplanner.errors import Fault, UsageError
from gisplanner.formats.geojson import write_geojson
from gisplanner.formats.tables_book import Table, write_tables
from gisplanner.services.bundling.application import Application
from gisplanner.services.bundling.totals import totals_document
from gisplanner.text import Language, Text, in_language

_COLUMNS: Final = (
    ColumnSpec(name="id", label="编号"),
    ColumnSpec(name="bundle", label="片区编号"),
    ColumnSpec(name="kind", label="类别"),
    ColumnSpec(name="name", label="名称"),
    ColumnSpec(name="item", label="改造内容"),
    ColumnSpec(name="households", label="户数", type="integer"),
    ColumnSpec(name="buildings", label="栋数", type="integer"),
    ColumnSpec(name="floor_area_10k_m2", label="总建筑面积（万平方米）", type="decimal"),
    ColumnSpec(name="cost_cny", label="费用（元）", type="decimal"),
    ColumnSpec(name="reason", label="列入理由"),
    ColumnSpec(name="quote", label="条文"),
    ColumnSpec(name="document", label="文件"),
    ColumnSpec(name="illustrative", label="示意数据", type="boolean"),
)
_FIGURES: Final = ("households", "buildings", "floor_area_10k_m2")


def application_document(application: Application, language: Language = "zh") -> dict[str, Any]:
    """Return the JSON document: for each bundle the physical list, what is applied for, and what is kept out."""
    judged = application.judged
    return {
        "profile": judged.profile,
        "document": judged.document,
        "document_status": judged.document_status,
        "reach_m": judged.reach_m,
        "hypothetical": judged.hypothetical,
        "illustrative": judged.illustrative,
        "bundles": [
            {
                "id": one.bundle,
                "physical": [estate.estate for estate in one.estates],
                "applied": [estate.estate for estate in one.applied],
                "totals": totals_document(one.totals),
                "applied_totals": totals_document(one.applied_totals),
                "kept_out": [_estate(estate, language) for estate in one.kept_out],
                "applied_works": [_work(work, language) for work in one.applied_works],
                "applied_cost_cny": _exact(one.applied_cost_cny),
                "works_kept_out": [_work(work, language) for work in one.works_kept_out],
            }
            for one in judged.bundles
        ],
        "works_elsewhere": [_work(work, language) for work in judged.elsewhere],
    }


def application_sentences(application: Application) -> Text:
    """Return the application for a person: what is in it, then what is kept out and why."""
    return Text("\n".join(_lines(application, "zh")), en="\n".join(_lines(application, "en")))


def write_application(application: Application, path: Path) -> None:
    """Write what may be applied for, and nothing else, as GeoJSON (RFC 7946) or XLSX by the end of ``path``.

    Raises
    ------
    UsageError
        Another ending.
    InputError
        ``path`` cannot be written to.
    """
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        write_tables(path, _tables(application))
    elif suffix in {".geojson", ".json"}:
        rows = [*_estate_rows(application), *_work_rows(application)]
        frame = gpd.GeoDataFrame(
            rows, columns=[*(column.name for column in _COLUMNS), "geometry"], crs=application.estates.crs
        )
        write_geojson(path, frame, _COLUMNS, id_column="id", members=_members(application))
    else:
        raise UsageError(
            Text("补助申报写成 GeoJSON 或 XLSX。", en="An application is written as GeoJSON or XLSX."),
            [Fault(column="--out", value=str(path), allowed="*.geojson、*.xlsx")],
        )


def _estate(one: JudgedEstate, language: Language) -> dict[str, Any]:
    return {"estate": one.estate, "name": one.name, **_why(one, language)}


def _work(one: JudgedWork, language: Language) -> dict[str, Any]:
    return {
        "work": one.name,
        "item": one.item,
        "lie": one.lie,
        "estates": list(one.estates),
        "cost_cny": _exact(one.cost_cny),
        **_why(one, language),
    }


def _why(one: JudgedEstate | JudgedWork, language: Language) -> dict[str, Any]:
    return {
        "answer": one.answer.answer,
        "reason": in_language(one.answer.reason, language),
        "quote": one.answer.quote,
        "document": one.answer.document,
    }


def _exact(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _lines(application: Application, language: Language) -> Iterator[str]:
    judged, chinese = application.judged, language == "zh"
    yield f"{'补助申报，依据' if chinese else 'Application by'} {judged.document_title}"
    if judged.hypothetical:
        yield "注意：含假设的事实，没有存储" if chinese else "note: with assumed facts, nothing was stored"
    for one in judged.bundles:
        yield _headline(one, chinese=chinese)
        out: list[JudgedEstate | JudgedWork] = [*one.kept_out, *one.works_kept_out]
        for kept in out:
            yield f"    {'不列入' if chinese else 'kept out'} {kept.name}  {_told(kept, language)}"
        for work in one.applied_works:
            yield f"    {'列入工程' if chinese else 'work'} {work.name}  {_told(work, language)}"
    for work in judged.elsewhere:
        yield f"  {'不属任何片区' if chinese else 'in no bundle'} {work.name}  {_told(work, language)}"


def _told(one: JudgedEstate | JudgedWork, language: Language) -> str:
    quote = f"  「{one.answer.quote}」—— {one.answer.document_file}" if one.answer.quote else ""
    return f"{one.answer.answer}：{in_language(one.answer.reason, language)}{quote}"


def _headline(one: BundleApplication, *, chinese: bool) -> str:
    names = "、".join(estate.name for estate in one.applied) or ("无" if chinese else "none")
    whole, part = _figures(one.totals, chinese=chinese), _figures(one.applied_totals, chinese=chinese)
    if chinese:
        return f"  片区 {one.bundle}：实施 {whole}；申报 {part}：{names}"
    return f"  bundle {one.bundle}: built {whole}; applied for {part}: {names}"


def _figures(totals: Totals, *, chinese: bool) -> str:
    unknown = "未填" if chinese else "not given"
    households, buildings, area = (
        unknown if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)
        for value in (totals.households, totals.buildings, totals.floor_area_10k_m2)
    )
    if chinese:
        return f"{totals.estates} 个小区 {households} 户 {buildings} 栋 {area} 万㎡"
    return f"{totals.estates} estates, {households} households, {buildings} buildings, {area} ×10,000 m²"


def _members(application: Application) -> dict[str, Any]:
    judged = application.judged
    return {
        "名称": "补助申报",
        "政策依据": judged.document_title + ("（征求意见稿）" if judged.document_status == "draft" else ""),
        "接触距离": f"{judged.reach_m:g} 米（本工具参数）",
        "假设的事实": judged.hypothetical,
        "示意数据": judged.illustrative,
        "合计": {
            one.bundle: {
                "小区数": one.applied_totals.estates,
                "户数": one.applied_totals.households,
                "栋数": one.applied_totals.buildings,
                "总建筑面积（万平方米）": one.applied_totals.floor_area_10k_m2,
                "工程费用（元）": one.applied_cost_cny,
            }
            for one in judged.bundles
        },
    }


def _estate_rows(application: Application) -> Iterator[dict[str, Any]]:
    for bundle in application.judged.bundles:
        for one in bundle.applied:
            row = application.estates.loc[one.estate]
            yield {
                "id": str(one.estate),
                "bundle": bundle.bundle,
                "kind": "小区",
                "name": one.name,
                **{figure: row.get(figure) for figure in _FIGURES},
                "reason": str(one.answer.reason),
                "quote": one.answer.quote,
                "document": one.answer.document_title,
                "illustrative": row.get("illustrative"),
                "geometry": row[application.estates.geometry.name],
            }


def _work_rows(application: Application) -> Iterator[dict[str, Any]]:
    for bundle in application.judged.bundles:
        for one in bundle.applied_works:
            assert application.works is not None
            yield {
                "id": f"{bundle.bundle}-W{one.work}",
                "bundle": bundle.bundle,
                "kind": "工程",
                "name": one.name,
                "item": one.item,
                "cost_cny": one.cost_cny,
                "reason": str(one.answer.reason),
                "quote": one.answer.quote,
                "document": one.answer.document_title,
                "geometry": application.works.geometry.iloc[one.work],
            }


def _tables(application: Application) -> list[Table]:
    judged = application.judged
    notes = [f"依据：{judged.document_title}", *(["含假设的事实"] if judged.hypothetical else [])]
    figures = ("小区数", "户数", "栋数", "总建筑面积（万平方米）")
    totals = [
        (one.bundle, one.applied_totals.estates, one.applied_totals.households, one.applied_totals.buildings,
         one.applied_totals.floor_area_10k_m2, one.applied_cost_cny)
        for one in judged.bundles
    ]  # fmt: skip
    estates = [
        (row["bundle"], row["name"], row["households"], row["buildings"], row["floor_area_10k_m2"], row["reason"],
         row["quote"], row["document"])
        for row in _estate_rows(application)
    ]  # fmt: skip
    works = [
        (row["bundle"], row["name"], row["item"], row["cost_cny"], row["reason"], row["quote"], row["document"])
        for row in _work_rows(application)
    ]
    why = ("列入理由", "条文", "文件")
    return [
        Table("申报汇总", ["补助申报汇总", *notes], ["片区", *figures, "工程费用（元）"], totals),
        Table("申报小区", ["补助申报小区", *notes], ["片区", "小区名称", *figures[1:], *why], estates),
        Table("申报工程", ["补助申报工程", *notes], ["片区", "名称", "改造内容", "费用（元）", *why], works),
    ]
