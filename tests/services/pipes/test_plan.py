"""Plans of whole estates: sharing, what cannot be served and why, input that cannot be used."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gisplanner.errors import InputError, NotFoundError, UsageError
from gisplanner.services.networks.conflicts import conflicts_of_file
from gisplanner.services.pipes.plan import PipesPlan, plan_pipes, write_plan
from gisplanner.services.pipes.plan_document import plan_document
from gisplanner.services.pipes.plan_sentences import sentences

CRS = "EPSG:4547"
UTILITIES = ["water", "gas", "power", "telecom", "sewage", "storm", "heat"]


def write(path: Path, **layers: gpd.GeoDataFrame) -> Path:
    for name, frame in layers.items():
        frame.set_geometry(frame.translate(576811, 2839390), crs=CRS).to_file(path, layer=name, driver="GPKG")
    return path


def rows_of_bars(rows: int, columns: int, seed: int) -> dict[str, gpd.GeoDataFrame]:
    """Bar buildings between parallel lanes: every bar can be served from the lane before or behind it."""
    dice = np.random.default_rng(seed)
    bars = [
        shapely.box(60 * c + 5, 30 * r + 9, 60 * c + 55, 30 * r + 21) for r in range(rows) for c in range(columns)
    ]
    lanes = [shapely.LineString([(0, 30 * r), (60 * columns, 30 * r)]) for r in range(rows + 1)]
    lanes += [shapely.LineString([(60 * c, 0), (60 * c, 30 * rows)]) for c in range(columns + 1)]
    needs = [";".join(code for code in UTILITIES if dice.random() < 0.75) for _ in bars]
    ends = [shapely.Point(60 * columns * dice.integers(0, 2), 30 * dice.integers(0, rows + 1)) for _ in UTILITIES]
    return {
        "buildings": gpd.GeoDataFrame({"id": range(len(bars)), "utilities": needs}, geometry=bars),
        "roads": gpd.GeoDataFrame({"name": None}, index=range(len(lanes)), geometry=lanes),
        "sources": gpd.GeoDataFrame({"utility": UTILITIES, "owner": [None] * 7}, geometry=ends),
    }


def reasons(result: PipesPlan, network: str) -> dict[object, str]:
    return {one["building"]: one["reason"] for one in plan_document(result)["utilities"][network]["unserved"]}


@pytest.mark.parametrize("seed", [0, 1])
def test_planning_together_never_digs_more(tmp_path: Path, seed: int) -> None:
    layers = rows_of_bars(4, 3, seed)
    result = plan_pipes(write(tmp_path / "estate.gpkg", **layers), time_limit_s=10)
    document = plan_document(result)
    trench = document["trench_m"]
    assert trench["joint"] < trench["union"] < trench["separate"]
    for code in UTILITIES:
        network = document["utilities"][code]
        wanted = [row for row, needs in enumerate(layers["buildings"]["utilities"]) if code in needs.split(";")]
        assert sorted(network["served"]) == wanted
        assert network["lower_bound_m"] <= network["independent_length_m"] + 1e-3
        assert network["independent_length_m"] <= network["length_m"] + 1e-3
    assert document["violations"] == []
    write_plan(result, tmp_path / "plan.geojson")
    assert conflicts_of_file(tmp_path / "plan.geojson").report.conflicts == ()
    walls = shapely.buffer(shapely.union_all(layers["buildings"].translate(576811, 2839390).to_numpy()), -0.01)
    assert not result.lines.intersects(walls).any()


def test_each_network_is_one_piece_with_its_source(tmp_path: Path) -> None:
    result = plan_pipes(write(tmp_path / "estate.gpkg", **rows_of_bars(3, 3, 5)), time_limit_s=10)
    for code, lines in result.lines.groupby("network"):
        pieces = shapely.union_all(shapely.buffer(lines.geometry.to_numpy(), 0.005))
        assert pieces.geom_type == "Polygon", code


def small(**changed: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    layers = {
        "buildings": gpd.GeoDataFrame(
            {"id": ["a", "b"]}, geometry=[shapely.box(10, 5, 20, 9), shapely.box(40, 5, 50, 9)]
        ),
        "roads": gpd.GeoDataFrame({"name": ["x"]}, geometry=[shapely.LineString([(0, 0), (60, 0)])]),
        "sources": gpd.GeoDataFrame({"utility": ["water"]}, geometry=[shapely.Point(0, 0)]),
    }
    return layers | changed


def test_near_misses_are_joined_and_gaps_are_told(tmp_path: Path) -> None:
    near = gpd.GeoDataFrame(
        {"name": ["x", "y"]},
        geometry=[shapely.LineString([(0, 0), (30, 0)]), shapely.LineString([(30.4, 0), (60, 0)])],
    )
    result = plan_pipes(write(tmp_path / "near.gpkg", **small(roads=near)), time_limit_s=5)
    assert reasons(result, "water") == {}
    apart = near.set_geometry([near.geometry[0], shapely.LineString([(32, 0), (60, 0)])])
    result = plan_pipes(write(tmp_path / "apart.gpkg", **small(roads=apart)), time_limit_s=5)
    assert plan_document(result)["utilities"]["water"]["served"] == [
        "a",
        "b",
    ]  # b's corner still sees the first street
    far = near.set_geometry([shapely.LineString([(0, 0), (15, 0)]), shapely.LineString([(300, 0), (330, 0)])])
    houses = gpd.GeoDataFrame({"id": ["a", "b", "c"]}, geometry=[shapely.box(x, 5, x + 9, 9) for x in (5, 310, 900)])
    result = plan_pipes(write(tmp_path / "far.gpkg", **small(roads=far, buildings=houses)), time_limit_s=5)
    assert plan_document(result)["utilities"]["water"]["served"] == ["a"]
    assert "连通" in reasons(result, "water")["b"]
    assert "80 m 内没有道路" in reasons(result, "water")["c"]


def test_what_cannot_be_served_is_named_and_the_rest_planned(tmp_path: Path) -> None:
    ring = shapely.box(35, 2, 55, 12) - shapely.box(38, 4, 52, 10)
    houses = gpd.GeoDataFrame(
        {"id": ["a", "b", "ring", "lost"]},
        geometry=[shapely.box(10, 5, 20, 9), shapely.box(41, 5, 49, 9), ring, None],
    )
    sources = gpd.GeoDataFrame(
        {"utility": ["供水", "gas", "power"]},
        geometry=[shapely.Point(0, 0), shapely.Point(15, 7), shapely.Point(0, 900)],
    )
    result = plan_pipes(write(tmp_path / "x.gpkg", **small(buildings=houses, sources=sources)), time_limit_s=5)
    document = plan_document(result)
    assert sorted(document["utilities"]["water"]["served"]) == ["a", "ring"]
    assert "挡住" in reasons(result, "water")["b"]
    assert "未上图" in reasons(result, "water")["lost"]
    assert all("建筑里面" in reason for name, reason in reasons(result, "gas").items() if name in {"a", "ring"})
    assert "没有道路" in reasons(result, "power")["a"]
    assert document["utilities"]["gas"]["length_m"] == 0.0
    told = str(sentences(result)).splitlines()
    assert "  未接入 gas、power、water：b（四面都被其他建筑挡住，没有可接入的一侧）" in told
    assert "  未接入 gas、power、water：lost（没有轮廓（未上图））" in told
    assert any(line.startswith("  未接入 power：a、ring（没有可用的接入点") for line in told)


def test_many_without_a_network_are_counted_not_listed(tmp_path: Path) -> None:
    far = [shapely.box(10 + 20 * k, 500, 20 + 20 * k, 510) for k in range(30)]
    houses = gpd.GeoDataFrame({"id": range(31)}, geometry=[shapely.box(10, 5, 20, 9), *far])
    result = plan_pipes(write(tmp_path / "x.gpkg", **small(buildings=houses)), time_limit_s=1)
    [told] = [line for line in str(sentences(result)).splitlines() if "未接入 water：" in line]
    assert told.startswith("  未接入 water：1、2、3、")
    assert told.endswith("11、12，另有 18 栋，见 --json（80 m 内没有道路）")
    assert sentences(result).en.count("and 18 more, see --json (no street within 80 m)") == 1


def test_pipes_go_round_what_cables_hang_over(tmp_path: Path) -> None:
    roads = gpd.GeoDataFrame(
        {"name": ["direct", "round"]},
        geometry=[shapely.LineString([(0, 0), (60, 0)]), shapely.LineString([(0, 0), (0, -30), (60, -30), (60, 0)])],
    )
    layers = small(
        roads=roads,
        buildings=gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Point(60, 0)]),
        sources=gpd.GeoDataFrame({"utility": ["water", "power"]}, geometry=[shapely.Point(0, 0)] * 2),
        obstacles=gpd.GeoDataFrame({"kind": ["树"]}, geometry=[shapely.Point(30, 0).buffer(2)]),
    )
    document = plan_document(plan_pipes(write(tmp_path / "tree.gpkg", **layers), time_limit_s=5))
    assert document["utilities"]["water"]["length_m"] == pytest.approx(120.0)
    assert document["utilities"]["power"]["independent_length_m"] == pytest.approx(60.0)


def test_zero_length_streets_and_bridges_are_told(tmp_path: Path) -> None:
    roads = gpd.GeoDataFrame(
        {"name": ["x", "dot", "over"], "bridge": [None, None, "yes"]},
        geometry=[
            shapely.LineString([(0, 0), (60, 0)]),
            shapely.LineString([(5, 5), (5, 5)]),
            shapely.LineString([(0, 1), (60, 1)]),
        ],
    )
    result = plan_pipes(write(tmp_path / "x.gpkg", **small(roads=roads)), time_limit_s=5)
    notes = plan_document(result, "en")["notes"]
    assert any("without length" in note and "1" in note for note in notes)
    assert any("bridges" in note for note in notes)


def test_all_faults_at_once(tmp_path: Path) -> None:
    layers = small(
        buildings=gpd.GeoDataFrame({"id": ["a", "a"]}, geometry=[shapely.Point(1, 1), shapely.Point(2, 2)]),
        roads=gpd.GeoDataFrame({"name": ["x"]}, geometry=[shapely.box(0, 0, 1, 1)]),
        sources=gpd.GeoDataFrame({"utility": ["wine"]}, geometry=[shapely.Point(0, 0)]),
    )
    with pytest.raises(InputError) as caught:
        plan_pipes(write(tmp_path / "bad.gpkg", **layers))
    assert [(fault.layer, fault.column) for fault in caught.value.faults] == [
        ("buildings", "id"),
        ("sources", "utility"),
        ("roads", "geometry"),
    ]


def test_a_missing_layer_and_a_wrong_ending(tmp_path: Path) -> None:
    layers = small()
    roads = layers.pop("roads")
    path = write(tmp_path / "x.gpkg", **layers)
    with pytest.raises(NotFoundError):
        plan_pipes(path)
    result = plan_pipes(write(path, roads=roads), time_limit_s=5)
    with pytest.raises(UsageError):
        write_plan(result, tmp_path / "plan.shp")


def test_no_route_leads_through_a_building(tmp_path: Path) -> None:
    roads = gpd.GeoDataFrame(
        {"name": ["here", "there"]},
        geometry=[shapely.LineString([(0, 0), (60, 0)]), shapely.LineString([(0, 14), (60, 14)])],
    )
    houses = gpd.GeoDataFrame(
        {"id": ["between", "beyond"]}, geometry=[shapely.box(0, 5, 60, 9), shapely.box(10, 18, 20, 22)]
    )
    result = plan_pipes(write(tmp_path / "x.gpkg", **small(roads=roads, buildings=houses)), time_limit_s=5)
    assert plan_document(result)["utilities"]["water"]["served"] == ["between"]
    assert "连通" in reasons(result, "water")["beyond"]
    assert not result.lines.intersects(shapely.box(576812, 2839396, 576870, 2839398)).any()


def test_a_narrow_lane_names_the_smallest_set_and_the_rest_is_planned(tmp_path: Path) -> None:
    houses = gpd.GeoDataFrame(
        {"id": ["north", "south"]}, geometry=[shapely.box(0, 2.9, 60, 12), shapely.box(0, -12, 60, -2.9)]
    )
    sources = gpd.GeoDataFrame(
        {"utility": ["sewage", "storm", "water", "gas", "power"]}, geometry=[shapely.Point(-20, 0)] * 5
    )
    roads = gpd.GeoDataFrame({"name": ["x"]}, geometry=[shapely.LineString([(-20, 0), (60, 0)])])
    layers = small(buildings=houses, roads=roads, sources=sources)
    result = plan_pipes(write(tmp_path / "x.gpkg", **layers), time_limit_s=5)
    document = plan_document(result)
    first = document["does_not_fit"][0]
    assert (first["cannot_coexist"], first["leaves"]) == (["sewage", "storm"], "storm")
    assert any(
        why["clause"].startswith("GB 50289-2016 4.1.9") and why["required_m"] == 2.5 for why in first["because"]
    )
    assert document["violations"] == []
    for code in ("water", "gas", "power"):
        assert document["utilities"][code]["served"] == ["north", "south"]
    assert all("storm" in told["reason"] for told in document["utilities"]["storm"]["unserved"])


def test_drains_run_downhill_and_below_what_they_cross(tmp_path: Path) -> None:
    result = plan_pipes(write(tmp_path / "estate.gpkg", **rows_of_bars(3, 3, 5)), time_limit_s=5)
    for manholes in result.lanes.depths.manholes.values():
        assert manholes
        for one in manholes:
            if one.towards >= 0:
                down = manholes[one.towards]
                assert down.invert_m <= one.invert_m - 0.002 * (one.station_m - down.station_m) + 2e-3
    drains = result.lines[result.lines["utility"].isin(["sewage", "storm"])]
    others = result.lines[result.lines["utility"].isin(["water", "gas", "power", "telecom", "heat"])]
    crossed = 0
    for drain in drains.itertuples():
        for other in others[others.intersects(drain.geometry)].itertuples():
            crossed += 1
            assert other.depth_m < drain.depth_m
    assert crossed


def test_existing_lines_keep_their_place(tmp_path: Path) -> None:
    old = gpd.GeoDataFrame(
        {"utility": ["water"], "diameter_mm": ["DN200"], "depth_m": [1.2], "laying": ["buried"]},
        geometry=[shapely.LineString([(0, 0.3), (60, 0.3)])],
    )
    sources = gpd.GeoDataFrame({"utility": ["gas", "sewage"]}, geometry=[shapely.Point(0, 0)] * 2)
    result = plan_pipes(write(tmp_path / "x.gpkg", **small(sources=sources, existing=old)), time_limit_s=5)
    assert plan_document(result)["violations"] == []
    mains = result.lines[result.lines["part"] == "main"]
    assert (mains["offset_m"].sub(0.3).abs() >= 0.5).all()
    assert len(mains) == 2


def test_a_drain_that_would_flow_uphill_is_named(tmp_path: Path) -> None:
    sources = gpd.GeoDataFrame(
        {"utility": ["sewage", "water"], "slope": [-0.01, None]}, geometry=[shapely.Point(0, 0)] * 2
    )
    result = plan_pipes(write(tmp_path / "x.gpkg", **small(sources=sources)), time_limit_s=5)
    assert all("坡度" in reason for reason in reasons(result, "sewage").values())
    assert plan_document(result)["utilities"]["water"]["served"] == ["a", "b"]


def tight_yard() -> dict[str, gpd.GeoDataFrame]:
    """Two rows of houses 5 m apart: the lane between them holds some of what is asked."""
    houses = [shapely.box(20 * k, y, 20 * k + 14, y + 8) for k in range(3) for y in (2.5, -10.5)]
    lanes = [[(-20, 0), (62, 0)], [(-20, 0), (-20, 24)], [(-20, 24), (14, 24)], [(17, 24), (17, -24)]]
    codes = UTILITIES[:5]
    return {
        "buildings": gpd.GeoDataFrame({"id": list("abcdef")}, geometry=houses),
        "roads": gpd.GeoDataFrame({"name": list("nesw")}, geometry=[shapely.LineString(one) for one in lanes]),
        "sources": gpd.GeoDataFrame(
            {"utility": codes}, geometry=[shapely.Point(-20, 2.0 * k) for k in range(len(codes))]
        ),
    }


def laid(path: Path, layers: dict[str, gpd.GeoDataFrame]) -> tuple[list[tuple[object, ...]], dict[str, object]]:
    result = plan_pipes(write(path, **layers), time_limit_s=2)
    shapes = shapely.set_precision(result.lines.geometry.to_numpy(), 1e-3)
    drawn = zip(result.lines["network"], result.lines["building"].astype(str), shapely.to_wkt(shapes), strict=True)
    return sorted(drawn, key=str), {code: reasons(result, code) for code in UTILITIES[:5]}


def test_a_tight_yard_is_planned_the_same_in_any_order_of_rows(tmp_path: Path) -> None:
    layers = tight_yard()
    first = laid(tmp_path / "first.gpkg", layers)
    assert any(first[1].values())  # something gives way, so that there is an order of repair
    for seed in (1, 2):
        mixed = {name: frame.sample(frac=1.0, random_state=seed) for name, frame in layers.items()}
        mixed["roads"] = mixed["roads"].set_geometry(shapely.reverse(mixed["roads"].geometry.to_numpy()))
        assert laid(tmp_path / f"{seed}.gpkg", mixed) == first


@pytest.mark.parametrize("side", [1, -1])
def test_houses_by_a_city_road_get_everything_from_either_side(tmp_path: Path, side: int) -> None:
    codes = ["water", "gas", "power", "telecom", "sewage", "storm"]
    houses = [shapely.box(x, min(9 * side, 21 * side), x + 40, max(9 * side, 21 * side)) for x in (20, 80)]
    layers = small(
        buildings=gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=houses),
        roads=gpd.GeoDataFrame(
            {"name": ["x"], "highway": ["residential"]}, geometry=[shapely.LineString([(0, 0), (140, 0)])]
        ),
        sources=gpd.GeoDataFrame({"utility": codes}, geometry=[shapely.Point(0, 0)] * 6),
    )
    document = plan_document(plan_pipes(write(tmp_path / "x.gpkg", **layers), time_limit_s=1))
    assert {code: one["unserved"] for code, one in document["utilities"].items()} == {code: [] for code in codes}
    assert document["violations"] == []
