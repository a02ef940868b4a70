"""A fire plan as files: map, GeoJSON, DXF, the brigade's workbook, a page for each station, the demolition list."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from gisplanner.domain.district import District
from gisplanner.domain.fire_details import BudgetStep
from gisplanner.domain.layers import ColumnSpec
from gisplanner.errors import Fault, UsageError
from gisplanner.files import write_text
from gisplanner.formats.dxf_writer import write_dxf
from gisplanner.formats.layer_table import LayerTable
from gisplanner.formats.tables_book import write_tables
from gisplanner.services.fire.brigade import basis_of, brigade_tables
from gisplanner.services.fire.curves import lane_curves
from gisplanner.services.fire.demolition import demolition_table, removals_of_plans
from gisplanner.services.fire.district import write_district_lanes
from gisplanner.services.fire.district_plan import DistrictFirePlan, name_of
from gisplanner.services.fire.findings import centre_radius_m
from gisplanner.services.fire.map import map_fire, map_fire_file
from gisplanner.services.fire.plan import FirePlan
from gisplanner.services.fire.report import lane_features, write_lanes
from gisplanner.services.fire.station import station_page
from gisplanner.services.fire.station_tables import without_code
from gisplanner.store.database import Database
from gisplanner.text import Text

SUFFIXES: Final = (".geojson", ".json", ".dxf", ".xlsx", ".html")
STATIONS: Final = "stations"
"""Folder of the pages for the stations."""
_NAMED: Final = ("小区范围", "出入口", "拆移", "今天可达楼栋", "打通后可达楼栋", "不可达楼栋", "登高操作场地")
_DRAWN: Final = ("fire_lanes.geojson", "fire_lanes.dxf")
_TITLE: Final = "消防车道"
_UNSAFE: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@dataclass(frozen=True, slots=True, eq=False)
class Handover:
    """What is handed over (成果): plans by the name of their estate, and how each file of them is made."""

    plans: Mapping[str, FirePlan]
    by_code: Mapping[str, FirePlan]
    features: Callable[[], gpd.GeoDataFrame]
    lanes: Callable[[Path], object]
    map_page: Callable[[], str]
    html: Callable[[Path], str]
    document: Callable[[], Mapping[str, Any]]
    curve: Sequence[BudgetStep] = field(default=())

    def write(self, path: Path) -> None:
        """Write one file, its kind told by the suffix.

        Raises
        ------
        UsageError
            Another suffix than :data:`SUFFIXES`.
        """
        kind = path.suffix.lower()
        if kind not in SUFFIXES:
            raise UsageError(
                Text("不认识的输出格式。", en="Unknown kind of output."),
                [Fault(column="--out", value=str(path), allowed="、".join(SUFFIXES))],
            )
        if kind in {".geojson", ".json"}:
            self.lanes(path)
        elif kind == ".dxf":
            self._write_dxf(path)
        elif kind == ".xlsx":
            write_tables(path, brigade_tables(self.plans, self.curve))
        else:
            write_text(path, self.html(path))

    def write_folder(self, folder: Path, *, on: date) -> list[str]:
        """Write everything into a folder and return the names of the files.

        Raises
        ------
        InputError
            The folder cannot be written to.
        """
        papers = self.write_papers(folder, on=on)
        write_text(folder / "fire.html", self.map_page())
        for name in _DRAWN:
            self.write(folder / name)
        write_text(folder / "plan.json", json.dumps(self.document(), ensure_ascii=False, indent=1) + "\n")
        return ["fire.html", *_DRAWN, "plan.json", *papers]

    def write_papers(self, folder: Path, *, on: date) -> list[str]:
        """Write what is printed: the brigade's workbook, the demolition list, a page for each station."""
        (folder / STATIONS).mkdir(parents=True, exist_ok=True)
        self.write(folder / "brigade.xlsx")
        write_tables(folder / "demolition.xlsx", [demolition_table(removals_of_plans(self.by_code), on)])
        pages = []
        for (code, plan), name in zip(self.by_code.items(), self.plans, strict=True):
            pages.append(f"{STATIONS}/{_UNSAFE.sub('_', code)}.html")
            write_text(folder / pages[-1], station_page(plan, name))
        return ["brigade.xlsx", "demolition.xlsx", *pages]

    def _write_dxf(self, path: Path) -> None:
        features = self.features()
        some = next(iter(self.plans.values()), None)
        curves = (
            None
            if some is None
            else lane_curves(features, width_m=some.width_m, radius_m=centre_radius_m(some.parameters, some.width_m))
        )
        write_dxf(path, self._layer_table(self._with_surroundings(features)), curves)

    def _with_surroundings(self, features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return what a plan shows with what it stands in: the outline of the estate, gates, what stays."""
        rows: list[dict[str, Any]] = []
        for code, (name, plan) in zip(self.by_code, self.plans.items(), strict=True):
            ground, gone = plan.ground, {one.obstacle for one in plan.removals}
            stays = ground.obstacles.geometry[[label not in gone for label in ground.obstacles.index]]
            shown = [("小区范围", name, ground.site.geometry), ("出入口", "出入口", ground.entrances.geometry)]
            for role, label, shapes in (*shown, ("保留障碍", None, stays)):
                rows += [
                    {"id": f"{code}-{role}-{k}", "role": role, "label": label, "geometry": shape}
                    for k, shape in enumerate(shapes, start=1)
                ]
        if not rows:
            return features
        around = gpd.GeoDataFrame(rows, geometry="geometry", crs=features.crs).reindex(columns=features.columns)
        stacked = pd.concat([features.astype(object), around.astype(object)], ignore_index=True)
        return gpd.GeoDataFrame(stacked, geometry="geometry", crs=features.crs)

    def _codes(self) -> tuple[str, ...]:
        return tuple(f"{code}-" for plan in self.plans.values() for code in plan.ground.site.index)

    def _layer_table(self, features: gpd.GeoDataFrame) -> LayerTable:
        frame = features.rename(columns={"role": "kind"}).assign(name=_written(features, self._codes()))
        columns = tuple(ColumnSpec(name=name, label=name) for name in ("id", "kind", "name"))
        notes: dict[str, Any] = {"名称": _TITLE}
        for plan in list(self.plans.values())[:1]:
            notes["依据"] = basis_of(plan)
        notes["示意数据"] = any(plan.ground.illustrative for plan in self.plans.values())
        return LayerTable("fire_lanes", _TITLE, "any", "id", columns, frame, notes)


def _written(features: gpd.GeoDataFrame, codes: tuple[str, ...]) -> list[str | None]:
    """Return what is written beside each thing in a drawing: each name once and short, and the widths."""
    return [
        f"净宽 {row['pinch_mm'] / 1000:.3f}"
        if row["role"] == "最窄处"
        else f"车道 {row['label']}"
        if row["role"] == "车道中线"
        else without_code(row["label"], codes)
        if row["role"] in _NAMED
        else None
        for row in features.to_dict("records")
    ]


def handover_of_file(plan: FirePlan, name: str) -> Handover:
    """Return the plan of a file, to be written; a page by ``--out`` is the one for the station."""
    return Handover(
        plans={name: plan},
        by_code={name: plan},
        features=lambda: lane_features(plan),
        lanes=lambda path: write_lanes(plan, path),
        map_page=lambda: map_fire_file(plan, name),
        html=lambda path: station_page(plan, path.stem),
        document=plan.document,
        curve=plan.details.curve,
    )


def handover_of_district(db: Database, district: District, plan: DistrictFirePlan) -> Handover:
    """Return the plan of a district, to be written; a page by ``--out`` is the map of the district."""
    names: dict[str, FirePlan] = {}
    for code, one in plan.plans.items():
        name = name_of(one.ground)
        names[f"{name}（{code}）" if name in names else name] = one

    def page() -> str:
        return map_fire(db, district, plan)

    return Handover(
        plans=names,
        by_code=plan.plans,
        features=plan.features,
        lanes=lambda path: write_district_lanes(plan, path),
        map_page=page,
        html=lambda _: page(),
        document=plan.document,
        curve=plan.curve,
    )


def write_fire_plan(plan: FirePlan, path: Path) -> None:
    """Write the plan of a file in the format of the suffix.

    Raises
    ------
    UsageError
        Another suffix than :data:`SUFFIXES`.
    """
    handover_of_file(plan, path.stem).write(path)
