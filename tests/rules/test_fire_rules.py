"""Fire-lane numbers: each with clause and status, none of them passed off as text of a plan."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gisplanner.catalog.fire_lanes import STANDARDS_DIR, fire_standards, read_fire_standards
from gisplanner.errors import CatalogueError
from gisplanner.planning.fire import service
from gisplanner.rules.extinguishers import extinguishers_of


def test_every_row_says_where_it_stands_and_that_nobody_compared_it() -> None:
    rules = fire_standards().rules
    assert len({rule.id for rule in rules}) == len(rules) >= 65
    assert {rule.status for rule in rules} == {"未核对原文"}
    assert all(rule.rule for rule in rules)
    by_id = {rule.id: rule for rule in rules}
    assert (by_id["CN-W"].value, by_id["CN-W"].clause) == ("4.0", "7.1.8(1)")
    assert (by_id["CN-S1"].obligation, by_id["CN-S2"].obligation) == ("强制", "宜")


def test_the_tool_counts_with_what_it_tells() -> None:
    numbers = fire_standards().national
    assert (numbers.reach_m.value, numbers.wall_step_m.value) == (service.REACH_M, service.SAMPLE_M)
    assert numbers.reach_m.rule is None
    assert fire_standards().origin(numbers.reach_m) == "本工具参数"


def test_the_extinguisher_rule_is_the_plans_own(shared_dir: Path) -> None:
    rule = fire_standards().extinguishers["nankang"]
    text = (shared_dir / "seeds" / "S0-nankang-2024.txt").read_text(encoding="utf-8")
    assert rule.quote in "".join(text.split())
    assert extinguishers_of(1, 6, 9, rule).short == 3
    assert sum(extinguishers_of(k, 6, None, rule).required or 0 for k in range(108)) == 1296
    assert extinguishers_of(1, None, 9, rule).answer == "资料不足"
    assert extinguishers_of(1, 6, 12, rule).answer == "符合"


def changed(tmp_path: Path, more: str) -> Path:
    for name in ("fire_lanes.csv", "fire_parameters.toml"):
        shutil.copy(STANDARDS_DIR / name, tmp_path / name)
    with (tmp_path / "fire_parameters.toml").open("a", encoding="utf-8") as file:
        file.write(more)
    return tmp_path


def test_a_city_may_relax_a_number_with_its_source(tmp_path: Path) -> None:
    relaxed = '[cities.nankang]\nlane_width_m = { value = 3.5, source = "某市既有建筑改造消防设计指南" }\n'
    standards = read_fire_standards(changed(tmp_path, relaxed))
    assert standards.parameters("nankang").lane_width_m.value == 3.5
    assert standards.parameters(None).lane_width_m.value == 4.0
    assert "城市参数" in standards.origin(standards.parameters("nankang").lane_width_m)


@pytest.mark.parametrize(
    "more",
    [
        "[cities.nankang]\nlane_width_m = { value = 3.5 }\n",
        '[cities.nankang]\nno_such = { value = 3.5, source = "x" }\n',
        '[cities.nankang]\nlane_width_m = { value = -1, source = "x" }\n',
    ],
)
def test_a_number_without_source_or_name_is_refused(tmp_path: Path, more: str) -> None:
    with pytest.raises(CatalogueError):
        read_fire_standards(changed(tmp_path, more))
