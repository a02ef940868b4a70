"""Columns are found under any of their names, and values are read by type or told by row."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from gisplanner.catalog.layers import layer
from gisplanner.formats.attributes import MAX_LISTED_ROWS, match_headings, read_attributes


def one(kind: str, heading: str, value: object) -> object:
    read = read_attributes(pd.DataFrame({heading: pd.Series([value], dtype=object)}), layer(kind))
    assert not read.faults, read.faults
    return read.values.iloc[0, 0]


@pytest.mark.parametrize(
    ("kind", "heading", "value", "made"),
    [
        ("buildings", "floors", "6", 6),
        ("buildings", "层数", "６层", 6),
        ("buildings", "building:levels", 6.0, 6),
        ("buildings", " Levels ", np.int64(6), 6),
        ("buildings", "户数", "0", 0),
        ("buildings", "高度（米）", "18.5 m", 18.5),
        ("buildings", "高度(米)", "18.5米", 18.5),
        ("roads", "路宽", "6 m", 6.0),
        ("roads", "tunnel", "building_passage", True),
        ("roads", "tunnel", "no", False),
        ("roads", "桥梁", True, True),
        ("estates", "总建筑面积（万平方米）", "1.2345", Decimal("1.2345")),
        ("estates", "总建筑面积", 0.1, Decimal("0.1")),
        ("estates", "needs", ["排水", "道路"], ["排水", "道路"]),
        ("estates", "改造需求", '["排水", "道路"]', ["排水", "道路"]),
        ("estates", "改造需求", "排水；道路", ["排水", "道路"]),
        ("estates", "小区名称", "  芙蓉新城 ", "芙蓉新城"),
        ("estates", "编码", 7.0, "7"),
        ("estates", "小区名称", "", None),
        ("estates", "小区名称", float("nan"), None),
    ],
)
def test_values_are_read_by_the_type_of_their_column(kind: str, heading: str, value: object, made: object):
    assert one(kind, heading, value) == made


@pytest.mark.parametrize(
    ("kind", "heading", "value"),
    [
        ("buildings", "层数", "six"),
        ("buildings", "层数", "6.5"),
        ("buildings", "层数", 0),
        ("buildings", "层数", True),
        ("buildings", "层数", 10**12),
        ("buildings", "height", float("inf")),
        ("buildings", "height", 0),
        ("estates", "户数", -1),
        ("estates", "类别", "公园"),
        ("estates", "name", "a\x00b"),
        ("roads", "tunnel", "maybe"),
        ("estates", "needs", "[1"),
    ],
)
def test_values_of_another_type_are_told_by_row(kind: str, heading: str, value: object):
    good = {"buildings": 5, "estates": None, "roads": None}[kind]
    frame = pd.DataFrame({heading: pd.Series([good, value], dtype=object)})
    read = read_attributes(frame, layer(kind), file="a.gpkg", layer="l")
    assert [(fault.row, fault.column, fault.file) for fault in read.faults] == [(1, heading, "a.gpkg")]
    assert read.faults[0].allowed
    assert read.values.iloc[1, 0] is None


def test_our_name_goes_before_the_chinese_one_and_that_before_aliases():
    assert match_headings(["levels", "层数", "floors"], layer("buildings")) == {"floors": "floors"}
    assert match_headings(["levels", "层数"], layer("buildings")) == {"floors": "层数"}


def test_unknown_columns_are_listed_and_those_of_the_register_are_not():
    read = read_attributes(pd.DataFrame({"备注": [1], "所在街道": ["甲"], "小区名称": ["乙"]}), layer("estates"))
    assert read.ignored == ("备注",)
    assert list(read.values.columns) == ["name"]


def test_a_column_that_is_wrong_all_through_is_counted_not_listed_to_the_end():
    read = read_attributes(pd.DataFrame({"层数": ["x"] * (MAX_LISTED_ROWS + 50)}), layer("buildings"))
    assert len(read.faults) == MAX_LISTED_ROWS + 1
    assert "50" in str(read.faults[-1].hint)


def test_a_name_no_estate_has_is_refused():
    read = read_attributes(pd.DataFrame({"小区名称": ["芙蓉新城", "长" * 5000]}), layer("estates"))
    [fault] = read.faults
    assert (fault.row, fault.column, str(fault.allowed)) == (1, "小区名称", "不超过 100 个字")
    assert len(fault.value or "") < 100
