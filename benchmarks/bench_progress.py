"""Progress map and weekly bulletin of a province's worth of estates: 10,000 estates, 100,000 events."""

from __future__ import annotations

import shutil
import tempfile
import time
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from playwright.sync_api import sync_playwright

from benchmarks.table import Table, seconds
from gisplanner.domain.district import District
from gisplanner.services.database import open_database, stop_database
from gisplanner.services.districts import create_district
from gisplanner.services.ingest.import_layer import import_features
from gisplanner.services.maps import map_progress
from gisplanner.services.progress.weekly import write_weekly
from gisplanner.store.database import Database

SIDE = 100
DAY = date(2024, 12, 6)

_PLAN = """
WITH place AS (
    INSERT INTO subdistrict (district_id, name)
    SELECT %(d)s, '街道' || n FROM generate_series(1, 40) AS n RETURNING id, name
), around AS (
    INSERT INTO community (district_id, subdistrict_id, name)
    SELECT %(d)s, place.id, '社区' || n FROM place CROSS JOIN generate_series(1, 10) AS n RETURNING id, subdistrict_id
), ranked AS (SELECT id, subdistrict_id, row_number() OVER (ORDER BY id) - 1 AS n FROM around)
UPDATE estate SET
    community_id = ranked.id, subdistrict_id = ranked.subdistrict_id, households = 40 + estate.id %% 200,
    buildings = 1 + estate.id %% 9, floor_area_10k_m2 = 0.5, name = '小区' || estate.code
FROM ranked WHERE estate.district_id = %(d)s AND ranked.n = estate.id %% 400;

INSERT INTO project (district_id, code, name, plan_year)
SELECT %(d)s, 'P' || code, '项目' || code || '老旧小区改造工程', 2024 FROM estate WHERE district_id = %(d)s;
INSERT INTO project_estate (project_id, estate_id, source)
SELECT project.id, estate.id, 'stated' FROM project
JOIN estate ON estate.district_id = project.district_id AND project.code = 'P' || estate.code
WHERE project.district_id = %(d)s;
INSERT INTO plan_baseline (district_id, version, document_number, document_title) VALUES (%(d)s, 1, '1号', '计划');
INSERT INTO plan_baseline_row
SELECT plan_baseline.id, estate.code, row_number() OVER (ORDER BY estate.code), subdistrict.name, community.name,
    estate.name, households, buildings, floor_area_10k_m2, 'P' || estate.code,
    '项目' || estate.code || '老旧小区改造工程', 'stated'
FROM estate
JOIN subdistrict ON subdistrict.id = estate.subdistrict_id
JOIN community ON community.id = estate.community_id
JOIN plan_baseline ON plan_baseline.district_id = estate.district_id
WHERE estate.district_id = %(d)s;
INSERT INTO stage_event (project_id, stage_no, stage_name, happened_on, evidence)
SELECT project.id, n, (ARRAY['摸底调查','规划设计','宣传动员','拆违拆乱','项目建设','项目验收'])[n],
    date '2024-05-20' + (n * 25 + project.id %% 20)::int, '文'
FROM project CROSS JOIN LATERAL generate_series(1, 1 + (project.id %% 6)::int) AS n WHERE project.district_id = %(d)s;
INSERT INTO project_fact (project_id, kind, name, happened_on)
SELECT project.id, 'gate', '前置' || n, date '2024-06-01' + n
FROM project CROSS JOIN generate_series(1, 4) AS n WHERE project.district_id = %(d)s;
INSERT INTO estate_figure (estate_id, kind, item, amount, happened_on)
SELECT id, '同意户数', '', 30, '2024-06-01' FROM estate WHERE district_id = %(d)s;
INSERT INTO project_fund (project_id, source, status, amount_cny, happened_on)
SELECT id, '中央奖补', status, 500000, '2024-06-01'
FROM project CROSS JOIN (VALUES ('计划'), ('到位')) AS told (status) WHERE district_id = %(d)s;
ANALYZE;
"""
_EVENTS = "SELECT (SELECT count(*) FROM stage_event) + (SELECT count(*) FROM project_fact) \
+ (SELECT count(*) FROM estate_figure) + (SELECT count(*) FROM project_fund)"


def estates(count: int) -> gpd.GeoDataFrame:
    """Irregular outlines of sixteen corners on a grid."""
    rng = np.random.default_rng(5)
    column, row = np.arange(count) % SIDE, np.arange(count) // SIDE
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    radius = rng.uniform(45, 70, (count, 16))
    x = 560_000 + column[:, None] * 160 + radius * np.cos(turn)
    y = 2_830_000 + row[:, None] * 160 + radius * np.sin(turn)
    codes = [f"E{i:05d}" for i in range(count)]
    return gpd.GeoDataFrame({"code": codes}, geometry=shapely.polygons(np.dstack([x, y])), crs=4547)


def filled(db: Database, base: Path, count: int) -> District:
    """Store a district of ``count`` estates, each a project of its own with about ten events."""
    district = create_district(db, f"n{count}", crs="EPSG:4547", profile="nankang")
    file = base / "estates.gpkg"
    estates(count).to_file(file, layer="estates")
    import_features(db, district, "estates", file, add_new=True)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute(_PLAN, {"d": district.id})
    return district


def opening_s(page: Path) -> float:
    """Return how long a browser takes from the address to a map with all its estates drawn."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            tab = browser.new_page()
            begun = time.perf_counter()
            tab.goto(page.as_uri(), wait_until="load")
            tab.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            return time.perf_counter() - begun
        finally:
            browser.close()


def run() -> list[Table]:
    table = Table(
        "Progress map, weekly workbook and weekly paper",
        ["estates", "events", "map (s)", "map (MB)", "opens (s)", "workbook (s)", "workbook (MB)", "paper (s)"],
        notes=[
            "Goals for 10,000 estates and 100,000 events: each ≤ 10 s, each file ≤ 10 MB, opens ≤ 3 s.",
            "Opens: Chromium, from the address of the map to all estates drawn.",
        ],
    )
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        base.chmod(0o755)
        db = open_database(base / "home", base=base)
        try:
            district = filled(db, base, 10_000)
            with db.transaction() as connection, connection.cursor() as cursor:
                cursor.execute(_EVENTS)
                ((events,),) = cursor.fetchall()
            page = base / "progress.html"
            drawn = seconds(lambda: page.write_text(map_progress(db, district, as_of=DAY), encoding="utf-8"))
            book, paper = base / "w.xlsx", base / "w.docx"
            booked = seconds(lambda: write_weekly(db, district, book, as_of=DAY))
            written = seconds(lambda: write_weekly(db, district, paper, as_of=DAY))
            table.rows.append([
                "10,000", f"{events:,}", f"{drawn:.1f}", f"{page.stat().st_size / 1e6:.1f}",
                f"{opening_s(page):.1f}", f"{booked:.1f}",
                f"{book.stat().st_size / 1e6:.1f}", f"{written:.1f}",
            ])  # fmt: skip
        finally:
            db.close()
            stop_database(base / "home")
    return [table]
