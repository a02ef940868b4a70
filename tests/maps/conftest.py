"""A small town from the published register, and one Chromium that has no way out."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from playwright.sync_api import Browser, Page, Route, sync_playwright

from gisplanner.catalog.layers import layer
from gisplanner.catalog.profiles import profile, published_rows
from gisplanner.domain.layers import LayerSpec
from gisplanner.domain.progress import BaselineRef, EstateProgress, ProgressState
from gisplanner.maps.context import Context
from gisplanner.maps.sheet import Sheet

ORIGIN_M = (576811.0, 2839390.0)
CHROMIUM_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass(frozen=True)
class Town:
    """What a map is drawn from."""

    estates: gpd.GeoDataFrame
    state: ProgressState
    context: Context
    spec: LayerSpec
    sheet: Sheet

    def with_stages(self, stages: dict[str, int]) -> Town:
        """Return the town with estates (by name) at a stage number, the others without record."""
        by_no = {stage.no: stage for stage in self.state.stages}
        told = tuple(
            replace(
                one,
                stage_no=stages.get(one.name),
                stage_name=by_no[stages[one.name]].name if one.name in stages else None,
                progress=by_no[stages[one.name]].progress if one.name in stages else "not_started",
            )
            for one in self.state.estates
        )
        return replace(self, state=replace(self.state, estates=told))

    def without_outline(self, *names: str) -> Town:
        """Return the town with the outlines of some estates unknown."""
        estates = self.estates.copy()
        hidden = estates["name"].isin(names)
        estates.loc[hidden, "geom"] = None
        estates.loc[hidden, "illustrative"] = False
        return replace(self, estates=estates)

    def renamed(self, old: str, new: str) -> Town:
        """Return the town with another name for one estate."""
        estates = self.estates.copy()
        estates["name"] = estates["name"].replace(old, new)
        told = tuple(replace(one, name=new if one.name == old else one.name) for one in self.state.estates)
        return replace(self, estates=estates, state=replace(self.state, estates=told))


@pytest.fixture(scope="session")
def town() -> Town:
    """The 28 estates of annex 2 as blocks of a street grid."""
    rows = list(csv.DictReader(Path(published_rows("nankang")).read_text(encoding="utf-8").splitlines()))
    records, buildings, east, south, deep = [], [], 0.0, 0.0, 0.0
    for row in rows:
        area_m2 = float(Decimal(row["总建筑面积（万平方米）"])) * 1e4 * 0.75 + 500
        width, depth = (area_m2 * 1.4) ** 0.5, (area_m2 / 1.4) ** 0.5
        if east + width > 950:
            east, south, deep = 0.0, south - deep - 16.0, 0.0
        block = shapely.box(east, south - depth, east + width, south)
        records.append(_estate(row, block))
        buildings += _slabs(block, int(row["栋数"]))
        east, deep = east + width + (16.0 if row["备注"] else 0.0), max(deep, depth)
    estates = gpd.GeoDataFrame(records, geometry="geom", crs=4547)
    middle = shapely.box(*estates.total_bounds).centroid
    return Town(
        estates=estates,
        state=_state(estates),
        context=Context(
            roads=_frame(
                [
                    _road("迎宾大道", "primary", 30.0, (-300, 40), (1300, 40)),
                    _road("东山路", "secondary", None, (-60, 400), (-60, -1100)),
                    _road(None, "footway", None, (-60, -200), (20, -200)),
                ],
                tunnel=False,
            ),
            buildings=_frame([{"geom": building} for building in buildings]),
            barriers=_frame(
                [
                    {"name": "章江", "kind": "river", "geom": shapely.box(-300, 90, 1300, 170)},
                    {"name": "京九铁路", "kind": "rail", "geom": _line((1040, 400), (1040, -1100))},
                ]
            ),
            entrances=_frame([{"geom": shapely.Point(middle.x - ORIGIN_M[0], middle.y - ORIGIN_M[1])}]),
        ),
        spec=layer("estates"),
        sheet=Sheet("赣州市南康区老旧小区改造图", date(2024, 9, 2), sources=("南康区2024年实施方案附件2",)),
    )


def _estate(row: dict[str, str], block: shapely.Polygon) -> dict[str, object]:
    return {
        "code": f"NK-{int(row['序号']):03d}", "seq": int(row["序号"]), "subdistrict": row["所在街道"],
        "community": row["所在社区"], "name": row["小区名称"], "households": int(row["户数"]),
        "buildings": int(row["栋数"]), "floor_area_10k_m2": Decimal(row["总建筑面积（万平方米）"]),
        "project": row["备注"] or None, "project_code": None, "project_source": None, "kind": "小区",
        "year_built": None, "ownership": None, "needs": None, "library_state": None, "linked_unit": None,
        "illustrative": True, "geom": _there(block),
    }  # fmt: skip


def _slabs(block: shapely.Polygon, count: int) -> list[shapely.Polygon]:
    west, south, east, north = block.bounds
    columns = int(np.ceil(count**0.5))
    wide, deep = (east - west) / columns, (north - south) / int(np.ceil(count / columns))
    return [
        shapely.box(
            west + (at % columns + 0.12) * wide, south + (at // columns + 0.3) * deep,
            west + (at % columns + 0.88) * wide, south + (at // columns + 0.72) * deep,
        )
        for at in range(count)
    ]  # fmt: skip


def _state(estates: gpd.GeoDataFrame) -> ProgressState:
    kept = ["name", "subdistrict", "community", "households", "buildings", "floor_area_10k_m2"]
    told = tuple(
        EstateProgress(
            **{"estate_code": row["code"], **{key: row[key] for key in kept}},
            project_code=None, project=row["project"], stage_no=None, stage_name=None, since=None,
            illustrative=False, progress="not_started",
        )
        for _, row in estates.iterrows()
    )  # fmt: skip
    baseline = BaselineRef(1, "〔2024〕20号", "赣州市南康区推进2024年城镇老旧小区改造实施方案")
    return ProgressState(date(2024, 9, 1), baseline, profile("nankang").stages, told)


def _there(geometry: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(geometry, lambda xy: xy + ORIGIN_M)


def _road(name: str | None, highway: str, width_m: float | None, *ends: tuple[float, float]) -> dict[str, object]:
    return {"name": name, "highway": highway, "width_m": width_m, "geom": _line(*ends)}


def _line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString(points)


def _frame(records: list[dict[str, object]], **same: object) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(records, geometry="geom", crs=4547).assign(**same)
    frame["geom"] = gpd.GeoSeries([_there(geometry) for geometry in frame["geom"]], crs=4547)
    return frame.set_geometry("geom")


@dataclass
class Opened:
    """A page as a reader has it before him, and everything that went wrong while it opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless Chromium of the distribution."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Opens HTML as a file with the network cut; every request and every console error is noted."""
    contexts = []

    def opened(html: str, *, width: int = 1400, height: int = 900, phone: bool = False) -> Opened:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, is_mobile=phone, has_touch=phone,
            device_scale_factor=2 if phone else 1,
        )  # fmt: skip
        contexts.append(context)
        context.set_offline(True)
        context.set_default_timeout(10_000)
        file = tmp_path / f"map{len(contexts)}.html"
        file.write_text(html, encoding="utf-8")
        made = Opened(context.new_page())

        def gate(route: Route) -> None:
            made.requests.append(route.request.url)
            if route.request.url == file.as_uri():
                route.continue_()
            else:
                route.abort()

        context.route("**/*", gate)
        made.page.on("console", lambda message: made.errors.append(message.text) if message.type == "error" else None)
        made.page.on("pageerror", lambda error: made.errors.append(str(error)))
        made.page.goto(file.as_uri())
        made.page.wait_for_function("document.readyState === 'complete'")
        assert made.page.evaluate("Boolean(window.gisplanner && gisplanner.map)"), made.errors
        return made

    yield opened
    for context in contexts:
        context.close()
