"""Papers (文书) as DOCX templates that a bureau may edit, and filled in: Jinja places, by docxtpl."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

from docx.document import Document as Paper
from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import Environment, StrictUndefined
from jinja2.exceptions import TemplateError

from gisplanner.domain.papers import PaperSpec
from gisplanner.errors import Fault, FileFormatError
from gisplanner.files import replacing
from gisplanner.formats import docx_parts as parts
from gisplanner.formats.workbook_bytes import repack
from gisplanner.text import Text

OWN_DESIGN: Final = "本表为本工具自拟格式，所依据的文件没有给出样式，可按本单位要求修改。"
_DAY: Final = date(2000, 1, 1)
_PHOTO_CM: Final = 8.0


def template_of(spec: PaperSpec) -> Paper:
    """Return the template of a paper: its texts with the places to fill."""
    paper = parts.new_paper()
    parts.title(paper, spec.title, "{{ number }}" if spec.numbered else "", warning="{{ warning }}")
    if spec.to is not None:
        parts.text(paper, spec.to, indent=False)
    for words in spec.paragraphs:
        parts.text(paper, words)
    if spec.table is not None:
        table, rest = spec.table, [""] * (len(spec.table.heads) - 1)
        rows = [
            ("{%tr for row in rows %}", *rest),
            tuple(cell or " " for cell in table.cells),
            ("{%tr endfor %}", *rest),
        ]
        parts.table(paper, table.heads, [[cell or " " for cell in row] for row in rows], table.widths_cm, size_pt=10)
    for words in spec.closing:
        parts.text(paper, words)
    parts.text(paper, "依据：{{ basis }}", small=True)
    if spec.signed:
        parts.right(paper, ["{{ office }}", "{{ day }}"])
    if spec.signatures:
        parts.signatures(paper, spec.signatures)
    parts.text(paper, spec.own_design or OWN_DESIGN, small=True)
    if spec.photos:
        for words in ("{%p for photo in photos %}", "{{ photo.picture }}", "{{ photo.caption }}", "{%p endfor %}"):
            parts.text(paper, words, indent=False, small=True)
    return paper


def write_template(spec: PaperSpec, path: Path) -> None:
    """Write the template of a paper, to be edited in any office program.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    parts.save_paper(template_of(spec), path, _DAY)


def write_paper(spec: PaperSpec, values: Mapping[str, Any], path: Path, day: date, *, template: Path | None) -> None:
    """Fill a paper in and write it; ``template`` is one that the bureau edited.

    Raises
    ------
    FileFormatError
        The edited template is no DOCX, or asks for something that is not there; says what.
    InputError
        ``path`` cannot be written to.
    """
    if template is None:
        source = io.BytesIO()
        template_of(spec).save(source)
    else:
        source = io.BytesIO(template.read_bytes())
    written = io.BytesIO()
    file = None if template is None else template.name
    try:
        filled = DocxTemplate(source)
        filled.render(_with_pictures(filled, values), Environment(undefined=StrictUndefined, autoescape=True))
        properties = filled.docx.core_properties
        properties.created = properties.modified = datetime.combine(day, datetime.min.time())
        filled.save(written)
    except (TemplateError, PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise FileFormatError(
            Text("文书模板有误。", en="The template of the paper is wrong."),
            [Fault(file=file, value=str(error), allowed="、".join(sorted(values)))],
        ) from error
    with replacing(path) as writing:
        repack(written, writing)


def _with_pictures(template: DocxTemplate, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with each photo (``jpeg``, ``caption``) as a picture of the paper."""
    photos = [
        {"caption": one["caption"], "picture": InlineImage(template, io.BytesIO(one["jpeg"]), width=Cm(_PHOTO_CM))}
        for one in values.get("photos", ())
    ]
    return {**values, "photos": photos}
