"""Fill in the papers a bureau types daily (文书): letters, applications, task lists, tables to sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from gisplanner.catalog.papers import paper, papers
from gisplanner.domain.district import District
from gisplanner.domain.papers import PaperSpec
from gisplanner.domain.progress import EstateProgress
from gisplanner.errors import Fault, UsageError
from gisplanner.formats.paper_template import write_paper, write_template
from gisplanner.services.progress import paper_rows
from gisplanner.services.progress.paper_basis import basis_of
from gisplanner.services.progress.paper_desk import Desk, desk_of
from gisplanner.store.database import Database
from gisplanner.text import Text

EXAMPLE: Final = "含示例记录，不是真实文书"
_GIVEN: Final = ("unit", "number", "office", "approval_office")


def write_templates(folder: Path) -> list[Path]:
    """Write every paper as an editable template into a folder and return the files.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for spec in papers().values():
        made.append(folder / f"{spec.key}_{spec.name}.docx")
        write_template(spec, made[-1])
    return made


def make_paper(
    db: Database,
    district: District,
    name: str,
    subject: str,
    path: Path,
    *,
    as_of: date | None = None,
    given: Mapping[str, str] | None = None,
    templates: Path | None = None,
) -> PaperSpec:
    """Write a paper about a project or an estate.

    Parameters
    ----------
    name
        Key or Chinese name of the paper.
    subject
        Project (code or exact name), or estate for a paper of an estate.
    given
        What the bureau states: ``unit``, ``number``, ``office``, ``approval_office``.
    templates
        Folder with edited templates; a paper that is not there is taken from the product.

    Raises
    ------
    NotFoundError
        No such paper, project or estate.
    UsageError
        Something the paper needs is not given.
    FileFormatError
        The edited template is wrong.
    """
    spec, told = paper(name), dict(given or {})
    faults = [Fault(column="--set", value=one, allowed="、".join(_GIVEN)) for one in told if one not in _GIVEN]
    faults += [
        Fault(column="--set", value=one, hint=Text(f"写 --set {one}=…", en=f"give --set {one}=…"))
        for one in spec.needs
        if not told.get(one, "").strip()
    ]
    if faults:
        raise UsageError(Text(f"{spec.name}还缺内容。", en=f"Something is missing for {spec.key}."), faults)
    desk = desk_of(db, district, spec, subject, as_of)
    template = None if templates is None else next(iter(sorted(templates.glob(f"{spec.key}_*.docx"))), None)
    write_paper(spec, values_of(spec, desk, told), path, desk.state.as_of, template=template)
    return spec


def values_of(spec: PaperSpec, desk: Desk, given: Mapping[str, str]) -> dict[str, Any]:
    """Return all values a template may use; what is not known is shown as — or left to be written by hand."""
    day = desk.state.as_of
    rows = () if spec.table is None else paper_rows.rows_of(spec.table.rows, desk)
    members = desk.members
    stage = members[0].stage_name if members else None
    illustrative = desk.state.illustrative or desk.book.illustrative
    return {
        "district": desk.district.name,
        "project": {
            "code": "" if desk.project is None else desk.project.project_code or "",
            "name": "" if desk.project is None else desk.project.project or "",
            "stage": stage or "无进度记录",
            "households": _total([one.households for one in members]),
            "buildings": _total([one.buildings for one in members]),
            "floor_area": _total([one.floor_area_10k_m2 for one in members]),
        },
        "estate": _estate(members[0]) if members else {},
        "estates": [_estate(one) for one in members],
        "rows": list(rows),
        "defects": [one for one in desk.facts if one.kind == "defect" and not one.done],
        "photos": [{"caption": caption, "jpeg": jpeg} for caption, jpeg in desk.photos],
        "notice": paper_rows.notice(desk),
        "acceptance": {
            "organiser": "—"
            if desk.profile is None or desk.profile.acceptance is None
            else desk.profile.acceptance.organiser
        },
        "basis": basis_of(spec.key, desk.profile),
        "unit": given.get("unit", ""),
        "number": given.get("number", "〔　　　　〕　　号"),
        "office": given.get("office", f"{desk.district.name}老旧小区改造工作指挥部办公室"),
        "approval_office": given.get("approval_office", "审批部门"),
        "day": f"{day.year}年{day.month}月{day.day}日",
        "warning": EXAMPLE if illustrative else "",
    }


def _estate(one: EstateProgress) -> dict[str, Any]:
    return {
        "code": one.estate_code,
        "name": one.name or "",
        "subdistrict": one.subdistrict or "—",
        "community": one.community or "—",
        "households": paper_rows.shown(one.households),
        "buildings": paper_rows.shown(one.buildings),
        "floor_area": paper_rows.shown(one.floor_area_10k_m2),
    }


def _total(values: Sequence[Any]) -> str:
    """Return a sum, or — where one of the values is not known: an unknown is no zero."""
    return "—" if any(one is None for one in values) else paper_rows.shown(sum(values))
