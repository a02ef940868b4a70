"""Homogeneous bundles: columns of any kind as attributes, and the number that tells how alike a bundle is."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely import box

from gisplanner.cli.main import main
from gisplanner.errors import InputError, NotFoundError
from gisplanner.planning.bundling.likeness import heterogeneity, likeness


def frame(**columns) -> gpd.GeoDataFrame:
    count = len(next(iter(columns.values())))
    shapes = [box(576811 + 50 * k, 2839390, 576861 + 50 * k, 2839440) for k in range(count)]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4547")


def test_each_column_weighs_the_same():
    made = likeness(frame(year=[1980, 1990, 2000], needs=[["水"], ["电"], ["水", "电"]]), ["year", "needs"])
    assert made.shape == (3, 3)
    assert made[:, 0].var() == pytest.approx(1.0)
    assert made[:, 1:].var(axis=0).sum() == pytest.approx(1.0)
    assert likeness(frame(year=[1980, 1980]), ["year"]).tolist() == [[0.0], [0.0]]


def test_missing_values_and_columns_are_told():
    with pytest.raises(InputError) as caught:
        likeness(frame(year=["1980", None, " "]), ["year"])
    assert [fault.row for fault in caught.value.faults] == [1, 2]
    with pytest.raises(NotFoundError):
        likeness(frame(year=[1]), ["era"])


def test_the_number_agrees_with_every_pair():
    dice = np.random.default_rng(3)
    values, labels = dice.normal(size=(30, 3)), dice.integers(-1, 4, 30)
    pairs = sum(
        np.abs(values[a] - values[b]).sum() for a in range(30) for b in range(a) if labels[a] == labels[b] >= 0
    )
    assert heterogeneity(labels, values) == pytest.approx(pairs)


@pytest.mark.requirement("R5.08")
def test_estates_of_one_era_are_bundled_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "street.gpkg"
    frame(建成时间=["1980", "1985", "2000", "80年代", "1999", "2003"]).iloc[[0, 1, 2, 3, 4, 5]].to_file(
        path, layer="estates"
    )
    words = ["bundle", "--file", str(path), "--min", "3", "--iterations", "20", "--json"]
    main([*words, "--alike", "建成时间"])
    alike = json.loads(capsys.readouterr().out)
    assert alike["heterogeneity"] > 0
    assert alike["proven"] is True
    assert alike["heterogeneity_lower_bound"] == pytest.approx(alike["heterogeneity"])
    main([*words[:3], "--json", "--alike", "建成时间"])
    whole = json.loads(capsys.readouterr().out)
    assert whole["p"] == 1
    assert whole["heterogeneity"] > alike["heterogeneity"]
