"""The demonstration from the command line, in a data folder of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("demo")
"""One worker runs the demonstration, and once."""

WRITTEN = {
    "bundles.geojson",
    "bundles.html",
    "conflicts.geojson",
    "estates.geojson",
    "fire.html",
    "fire_lanes.geojson",
    "pipelines.html",
    "network_scheme.docx",
    "network_section.svg",
    "pipes.geojson",
    "progress.html",
    "proposal.json",
    "proposals.html",
    "proposals.xlsx",
    "summary.json",
    "weekly.docx",
    "weekly.xlsx",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], Path, Path]:
    folder = tmp_path_factory.mktemp("demo")
    for parent in [folder, *folder.parents]:
        if parent.stat().st_mode & 0o5 != 0o5 and parent.owner() == folder.owner():
            parent.chmod(parent.stat().st_mode | 0o5)  # the server's account has to reach it
    out = folder / "成果 out"
    out.mkdir()
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    done = demo(folder / "home", out)
    return json.loads(done.stdout), out, folder / "home"


def demo(home: Path, out: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gisplanner", "demo", "--no-serve", "--json", "--out", str(out)],
        check=True,
        capture_output=True,
        text=True,
        # A URL that leads nowhere: the demonstration must not even look at it.
        env={
            "GISPLANNER_HOME": str(home),
            "GISPLANNER_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
            "PATH": "/usr/bin:/bin",
        },
    )


def test_the_summary_is_the_published_plan(run: tuple[dict[str, object], Path, Path]):
    summary, out, _ = run
    assert summary == json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["counts"] == {
        "estates": 28,
        "communities": 11,
        "subdistricts": 3,
        "buildings": 190,
        "households": 3433,
        "floor_area_10k_m2": "37.7674",
    }
    assert (summary["projects"], summary["mismatches"]) == (11, [])
    suspicious = summary["suspicious"]
    assert isinstance(suspicious, list)
    assert {one["estate"] for one in suspicious} == {"怡然居小区", "新园小区", "蓝田花园小区"}
    bundles = json.loads((out / "bundles.geojson").read_text(encoding="utf-8"))
    assert summary["bundles"] == len(bundles["features"]) > 0


def test_every_file_is_named_and_nothing_else_is_touched(run: tuple[dict[str, object], Path, Path]):
    summary, out, _ = run
    files = summary["files"]
    assert isinstance(files, list)
    dossiers = {name for name in files if name.startswith("dossiers/")}
    pipes = {name for name in files if name.startswith("pipes/")}
    assert {f"pipes/{name}" for name in ("plan.html", "plan.dxf", "plan.xlsx", "calendar.png")} < pipes
    fire = {name for name in files if name.startswith("fire/")}
    assert {"fire/brigade.xlsx", "fire/demolition.xlsx"} < fire
    assert len(fire) == 2 + 28  # a page for the station of each estate
    assert set(files) - dossiers - pipes - fire == WRITTEN
    assert {file.name for file in out.iterdir()} == WRITTEN | {"mine.txt", "dossiers", "pipes", "fire"}
    plan = json.loads((out / "pipes" / "plan.json").read_text(encoding="utf-8"))
    assert (plan["violations"], plan["works"]["faults"], plan["works"]["shut_in"]) == ([], [], [])
    assert plan["trench_m"]["joint"] < plan["trench_m"]["separate"]
    assert {f"dossiers/{file.name}" for file in (out / "dossiers").iterdir()} == dossiers


def test_no_page_says_nan(run: tuple[dict[str, object], Path, Path]):
    pages = [file for file in run[1].rglob("*") if file.suffix in {".html", ".json", ".geojson", ".svg"}]
    assert len(pages) > 30
    shown = re.compile(r"""[>"\s：](nan|NaN|NaT|None|<NA>)[<"\s；，。]""")
    found = {
        file.name: match.group(0)
        for file in pages
        if (
            match := shown.search(
                re.sub(r"<(script|style)>.*?</\1>", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
            )
        )
    }
    assert found == {}


@pytest.mark.requirement("R5.10")
def test_proposals_stand_with_their_reasons_beside_the_official_grouping(run: tuple[dict[str, object], Path, Path]):
    _, out, _ = run
    document = json.loads((out / "proposal.json").read_text(encoding="utf-8"))
    told = {one["name"]: one for one in document["proposals"]}
    assert (told["备注"]["official"]["adjusted_rand"], told["备注"]["official"]["moved"]) == (1.0, 0)
    changed = told["示例-人工调整"]
    assert [(one["kind"], bool(one["reason"])) for one in changed["changes"]] == [
        ("made", True), ("move", True), ("lock", True)
    ]  # fmt: skip
    assert changed["official"]["moved"] == 1
    assert [area["state"] for area in changed["demonstration_areas"]] == ["分在 2 处", "未匹配"]
    assert len(document["comparison"]["proposals"]) == 5
    assert all(one["joint"]["elsewhere"] for one in changed["bundles"])


def test_running_it_again_gives_the_same(run: tuple[dict[str, object], Path, Path]):
    summary, out, home = run
    before = {name: (out / name).read_bytes() for name in WRITTEN}
    assert json.loads(demo(home, out).stdout) == summary
    assert {name: (out / name).read_bytes() for name in WRITTEN} == before


def test_it_leaves_no_server_behind(run: tuple[dict[str, object], Path, Path]):
    _, _, home = run
    assert not (home / "demo" / "postgres" / "postmaster.pid").exists()
