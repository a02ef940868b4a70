"""Papers are opened again: what is to be signed says what is recorded, and what no document gives is left open."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import shapely
from docx import Document
from openpyxl import load_workbook
from PIL import Image

from gisplanner.catalog.papers import papers
from gisplanner.domain.district import District
from gisplanner.errors import FileFormatError, InputError, NotFoundError, RefusedError, UsageError
from gisplanner.formats.annex import read_annex
from gisplanner.services.networks.conflicts import conflict_frame, conflicts_of_district
from gisplanner.services.networks.sketch import sketch_networks
from gisplanner.services.progress.annual_plan import write_annual_plan
from gisplanner.services.progress.dossier import Area, estate_areas, make_dossier, read_ground, write_dossiers
from gisplanner.services.progress.map_parts import photos_of
from gisplanner.services.progress.outputs import freeze_month, output_month, write_month
from gisplanner.services.progress.papers import make_paper, write_templates
from gisplanner.services.progress.photos import Shot, add_demolition_photo
from gisplanner.services.progress.records import enter_file
from gisplanner.services.progress.weekly import write_weekly
from gisplanner.store.database import Database

DAY = date(2024, 12, 25)


def words(path: Path) -> str:
    paper = Document(str(path))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in paper.paragraphs), *cells])


@pytest.mark.requirement("R1.12")
def test_every_paper_is_filled_in_and_says_that_its_form_is_our_own(db: Database, drawn: District, tmp_path: Path):
    for key, spec in papers().items():
        subject = "金赣小区" if spec.subject == "estate" else "NK2024-P02"
        out = tmp_path / f"{key}.docx"
        make_paper(db, drawn, spec.name, subject, out, as_of=DAY, given={"unit": "区供电公司 & <甲>"})
        told = words(out)
        assert "{{" not in told, key
        assert "{%" not in told, key
        assert "自拟格式" in told, key
        assert "含示例记录" in told, key
    task = words(tmp_path / "demolition_task.docx")
    assert "区供电公司 & <甲>" in task
    assert "属地执法队、区城管局、区自然资源分局、区“两违办”" in task
    survey = words(tmp_path / "survey.docx")
    assert "644" in survey
    assert "需求：" in survey


def test_acceptance_lists_every_party_and_handover_names_the_receiver(db: Database, drawn: District, tmp_path: Path):
    make_paper(db, drawn, "joint_acceptance", "NK2024-P07", tmp_path / "a.docx", as_of=DAY)
    told = words(tmp_path / "a.docx")
    assert all(name in told for name in ("区供电公司", "区自来水公司", "区深燃公司", "业主委员会（或业主代表）"))
    make_paper(db, drawn, "handover", "NK2024-P07", tmp_path / "h.docx", as_of=DAY)
    told = words(tmp_path / "h.docx")
    assert "市政管养单位" in told
    assert "各管线专营单位" in told


def test_an_edited_template_is_used_and_a_wrong_one_is_refused(db: Database, drawn: District, tmp_path: Path):
    folder = tmp_path / "模板"
    assert len(write_templates(folder)) == 10
    file = folder / "commitment_承诺书.docx"
    edited = Document(str(file))
    edited.paragraphs[0].runs[0].text = "本区承诺书 {{ project.code }}"
    edited.save(str(file))
    make_paper(db, drawn, "承诺书", "NK2024-P08", tmp_path / "c.docx", as_of=DAY, templates=folder)
    assert "本区承诺书 NK2024-P08" in words(tmp_path / "c.docx")
    edited.paragraphs[0].runs[0].text = "{{ nobody }}"
    edited.save(str(file))
    with pytest.raises(FileFormatError) as wrong:
        make_paper(db, drawn, "承诺书", "NK2024-P08", tmp_path / "d.docx", as_of=DAY, templates=folder)
    assert "nobody" in str(wrong.value.faults[0].value)
    assert not (tmp_path / "d.docx").exists()


def test_what_is_missing_or_unknown_is_told(db: Database, drawn: District, tmp_path: Path):
    with pytest.raises(UsageError) as missing:
        make_paper(db, drawn, "管线迁改函", "NK2024-P02", tmp_path / "x.docx")
    assert missing.value.faults[0].value == "unit"
    with pytest.raises(NotFoundError, match="没有文书"):
        make_paper(db, drawn, "情书", "NK2024-P02", tmp_path / "x.docx")
    with pytest.raises(NotFoundError, match="没有项目"):
        make_paper(db, drawn, "承诺书", "NK2024-P99", tmp_path / "x.docx")
    assert not (tmp_path / "x.docx").exists()


@pytest.mark.requirement("R14.06", "R10.07", "R14.04", "R14.08")
def test_the_bulletin_is_a_paper_to_sign_with_charts_and_lag(db: Database, drawn: District, tmp_path: Path):
    out = tmp_path / "通报.docx"
    write_weekly(db, drawn, out, as_of=date(2024, 12, 6))
    told = words(out)
    for part in (
        "一、总体进度",
        "二、滞后项目",
        "三、项目进度与尚缺前置",
        "四、主要指标",
        "五、依据",
        "单位（盖章）",
        "含示例进度",
    ):
        assert part in told
    assert "对工作推进不力的进行通报约谈" in told
    assert "NK2024-P06" in told
    assert len(Document(str(out)).inline_shapes) == 2
    again = tmp_path / "again.docx"
    write_weekly(db, drawn, again, as_of=date(2024, 12, 6))
    assert again.read_bytes() == out.read_bytes()


@pytest.mark.requirement("R1.10", "R1.18")
def test_photos_of_a_demolition_stand_in_its_papers_and_on_the_map(db: Database, drawn: District, tmp_path: Path):
    Image.new("RGB", (640, 480), "#7a5533").save(tmp_path / "w.jpg")
    before = date(2024, 7, 1)
    shot = Shot.of_file(tmp_path / "w.jpg", before, caption="2栋旁", taken_by="执法队王某")
    add_demolition_photo(db, drawn, "W001", "拆除前", shot)
    task = tmp_path / "任务单.docx"
    make_paper(db, drawn, "拆违任务单", "NK2024-P01", task, as_of=before, given={"unit": "区城管局"})
    assert len(Document(str(task)).inline_shapes) == 1
    assert "W001 防盗网　拆除前" in words(task)
    assert "执法队王某" in words(task)
    ground = read_ground(db, drawn, as_of=DAY)
    (dossier,) = write_dossiers(db, ground, [Area("一建公司改造方案", "小区", ("NK2024-001",))], tmp_path)
    assert len(Document(str(dossier)).inline_shapes) == 2
    assert "执法队王某" in words(dossier)
    assert [one.caption for one in photos_of(db, drawn, DAY)["NK2024-001"]] == [f"拆除前 W001 防盗网 {before}"]


@pytest.mark.requirement("R6.02")
def test_a_dossier_counts_conflicts_by_owner_and_clause(db: Database, drawn: District, tmp_path: Path):
    def told() -> tuple[str, list[tuple[str, ...]]]:
        ground = read_ground(db, drawn, as_of=DAY)
        made = make_dossier(db, ground, Area("金赣小区改造方案", "小区", ("NK2024-021",)))
        return made.notes["conflicts"], [tuple(str(cell) for cell in row) for row in made.conflicts]

    assert told() == ("资料不足：没有入库的管线，未核对净距。", [])
    sketch_networks(db, drawn)
    note, rows = told()
    assert "本工具参数" in note
    checked = conflicts_of_district(db, drawn, on=DAY)
    frame = conflict_frame(checked)
    with db.transaction() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT ST_AsBinary(ST_Buffer(geom, 10, 64)) FROM estate WHERE code = 'NK2024-021'")
        inside = frame[frame.within(shapely.from_wkb(bytes(cursor.fetchone()[0])))]
    assert sum(int(row[2]) + int(row[3]) + int(row[4]) for row in rows) == len(inside) > 0
    assert all("区" in row[0] and "GB" in row[6] for row in rows)


@pytest.mark.requirement("R5.07", "R1.23", "R14.06")
def test_a_dossier_has_every_part_and_its_map(db: Database, drawn: District, tmp_path: Path):
    ground = read_ground(db, drawn, as_of=DAY)
    (file,) = write_dossiers(
        db, ground, [Area("购物中心片区改造方案", "片区", ("NK2024-019", "NK2024-020"))], tmp_path
    )
    told = words(file)
    for part in (
        "范围与小区", "基本情况", "居民意愿与需求", "改造内容", "管线", "消防", "拆违", "资金", "费用承担",
        "前置条件", "投诉与诉求", "移交", "实施安排与期限", "依据与资料来源",
    ):  # fmt: skip
        assert part in told, part
    assert "文件未规定" in told
    assert "示意数据" in told
    assert len(Document(str(file)).inline_shapes) == 1
    (one,) = [area for area in estate_areas(db, drawn) if area.title.startswith("金赣小区")]
    assert one.unit == "小区"


@pytest.mark.requirement("R1.07", "R1.08")
def test_the_annual_plan_comes_out_of_the_library_in_the_printed_layout(
    db: Database, drawn: District, tmp_path: Path
):
    out = tmp_path / "计划.xlsx"
    assert len(write_annual_plan(db, drawn, 2024, out, as_of=DAY)) == 28
    again = read_annex(out)
    assert sum(row.households for row in again.rows) == 3433
    assert sum(row.floor_area_10k_m2 for row in again.rows) == Decimal("37.7674")
    with pytest.raises(NotFoundError, match="2031"):
        write_annual_plan(db, drawn, 2031, out)


def test_a_month_is_frozen_and_never_changes(db: Database, drawn: District, tmp_path: Path):
    month = date(2024, 11, 1)
    before = freeze_month(db, drawn, month)
    assert before.frozen_by == "tester"
    assert before.total("供水管线完成（m）") > 0
    late = tmp_path / "补.csv"
    late.write_text("小区,指标,口径,数量,日期\nNK2024-001,供水管线,完成,9999,2024-11-30\n", encoding="utf-8")
    with pytest.raises(InputError, match="一条也没有存"):
        enter_file(db, drawn, "output", late)
    late.write_text("小区,指标,口径,数量,日期\nNK2024-001,供水管线,完成,9999,2024-12-02\n", encoding="utf-8")
    enter_file(db, drawn, "output", late)
    assert output_month(db, drawn, month).rows == before.rows
    assert output_month(db, drawn, date(2024, 12, 1)).total("供水管线完成（m）") > before.total("供水管线完成（m）")
    with pytest.raises(RefusedError, match="已经封存"):
        freeze_month(db, drawn, date(2024, 10, 1))
    with pytest.raises(RefusedError, match="还没有结束"):
        freeze_month(db, drawn, date.today())  # noqa: DTZ011
    out = tmp_path / "月报.xlsx"
    write_month(db, drawn, before, out)
    sheet = load_workbook(out)["月报"]
    assert sheet.cell(4 + 28 + 1, 1).value == "合计"
    assert "已封存（tester）" in str(sheet["A2"].value)


def test_a_column_that_nothing_fills_is_refused(db: Database, nankang: District, tmp_path: Path):
    file = tmp_path / "列.toml"
    file.write_text(
        'figures = []\noutputs = []\n[[columns]]\nheading = "甲"\nfill = "output.none.完成"\n', encoding="utf-8"
    )
    with pytest.raises(FileFormatError) as wrong:
        output_month(db, nankang, date(2024, 11, 1), columns=file)
    assert wrong.value.faults[0].column == "甲"
