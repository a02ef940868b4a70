"""Parts of an official paper (公文) as DOCX: page, headings, tables whose heads repeat, pictures, places to sign."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from docx import Document
from docx.document import Document as Paper
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from gisplanner.files import replacing
from gisplanner.formats.workbook_bytes import repack

_TITLE_FONT: Final = "黑体"
_BODY_FONT: Final = "仿宋"
_TABLE_FONT: Final = "宋体"
_LATIN: Final = "Times New Roman"
_RED: Final = RGBColor(0xC0, 0x00, 0x00)
_SHADE: Final = "DCE6F1"
_CELL_PT: Final = 2
_PAGE_CM: Final = (21.0, 29.7)


def new_paper(*, landscape: bool = False) -> Paper:
    """Return an empty paper of A4 with the margins of official papers and page numbers at its foot."""
    paper = Document()
    section = paper.sections[0]
    width, height = (_PAGE_CM[1], _PAGE_CM[0]) if landscape else _PAGE_CM
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(width), Cm(height)
    section.left_margin = section.right_margin = Cm(2.4)
    section.top_margin = section.bottom_margin = Cm(2.4)
    _set_font(paper.styles["Normal"], _BODY_FONT, 12)
    for language in paper.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")  # else punctuation comes in the forms of another language
    for level, size in ((1, 16), (2, 14), (3, 12)):
        style: Any = paper.styles[f"Heading {level}"]
        _set_font(style, _TITLE_FONT, size)
        style.font.bold = False
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(12), Pt(4)
    _page_numbers(section.footer.paragraphs[0])
    return paper


def title(paper: Paper, text: str, below: str = "", *, warning: str | None = None) -> None:
    """Write the title in the middle, a line below it, and a warning in red."""
    _line(paper, text, font=_TITLE_FONT, size=20, centre=True)
    if below:
        _line(paper, below, font=_BODY_FONT, size=12, centre=True)
    if warning:
        _line(paper, warning, font=_TITLE_FONT, size=12, centre=True, colour=_RED)


def heading(paper: Paper, text: str, level: int = 1) -> None:
    """Write a heading."""
    paper.add_heading(text, level)


def text(paper: Paper, words: str, *, indent: bool = True, small: bool = False) -> None:
    """Write a paragraph; the first line is indented by two characters."""
    size = 10.5 if small else 12
    written = paper.add_paragraph()
    run = written.add_run(words)
    _set_font(run, _BODY_FONT, size)
    written.paragraph_format.space_after = Pt(2)
    written.paragraph_format.line_spacing = 1.25
    if indent:
        written.paragraph_format.first_line_indent = Pt(2 * size)


def table(
    paper: Paper,
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    widths_cm: Sequence[float],
    *,
    size_pt: float = 9,
    left: Sequence[int] = (),
) -> None:
    """Write a table; its head repeats on every page and no row is torn.

    Parameters
    ----------
    left
        Positions of columns with longer text, set flush left.
    """
    made = paper.add_table(rows=0, cols=len(heads), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    for column, width in zip(made.columns, widths_cm, strict=True):
        column.width = Cm(width)  # LibreOffice goes by the grid, Word by the cells
    for number, values in enumerate([heads, *rows]):
        row = made.add_row()
        _mark(row, "w:cantSplit")
        if number == 0:
            _mark(row, "w:tblHeader")
        for position, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
            cell.width = Cm(widths_cm[position])
            written = cell.paragraphs[0]
            run = written.add_run(shown(value))
            _set_font(run, _TABLE_FONT, size_pt)
            run.font.bold = number == 0
            flush = number and position in left
            written.alignment = WD_ALIGN_PARAGRAPH.LEFT if flush else WD_ALIGN_PARAGRAPH.CENTER
            written.paragraph_format.space_before = written.paragraph_format.space_after = Pt(_CELL_PT)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            if number == 0:
                _shade(cell)
    paper.add_paragraph().paragraph_format.space_after = Pt(0)


def shown(value: Any) -> str:
    """Return a value as a table prints it.

    Examples
    --------
    >>> shown(None), shown(True), shown(date(2024, 9, 1)), shown("甲")
    ('—', '是', '2024-09-01', '甲')
    """
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.isoformat() if isinstance(value, date) else str(value)


def picture(paper: Paper, png: bytes, width_cm: float, caption: str) -> None:
    """Put a picture in the middle with its caption below."""
    place = paper.add_paragraph()
    place.alignment = WD_ALIGN_PARAGRAPH.CENTER
    place.paragraph_format.keep_with_next = True
    place.add_run().add_picture(io.BytesIO(png), width=Cm(width_cm))
    _line(paper, caption, font=_TABLE_FONT, size=9, centre=True)


def signatures(paper: Paper, labels: Sequence[str]) -> None:
    """Leave places to sign, two in a row, all on one page and with the line before them: nobody signs a bare page."""
    if paper.paragraphs:
        paper.paragraphs[-1].paragraph_format.keep_with_next = True
    made = paper.add_table(rows=0, cols=2)
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    pairs = [labels[start : start + 2] for start in range(0, len(labels), 2)]
    for number, pair in enumerate(pairs, start=1):
        row = made.add_row()
        _mark(row, "w:cantSplit")
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = number < len(pairs)
        for cell, label in zip(row.cells, pair, strict=False):
            run = cell.paragraphs[0].add_run(label)
            _set_font(run, _BODY_FONT, 12)
            cell.paragraphs[0].paragraph_format.space_before = Pt(18)


def right(paper: Paper, lines: Sequence[str]) -> None:
    """Write lines flush right: the office and the day below a letter."""
    for words in lines:
        written = paper.add_paragraph()
        _set_font(written.add_run(words), _BODY_FONT, 12)
        written.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        written.paragraph_format.space_after = Pt(2)
        written.paragraph_format.keep_with_next = True


def save_paper(paper: Paper, path: Path, day: date) -> None:
    """Save a paper whole or not at all; the same content of the same day gives the same bytes.

    Raises
    ------
    InputError
        ``path`` cannot be written to.
    """
    properties = paper.core_properties
    properties.author, properties.title = "", ""
    properties.created = properties.modified = datetime.combine(day, datetime.min.time())
    properties.comments = ""
    written = io.BytesIO()
    paper.save(written)
    with replacing(path) as writing:
        repack(written, writing)


def _line(paper: Paper, words: str, *, font: str, size: float, centre: bool, colour: RGBColor | None = None) -> None:
    written = paper.add_paragraph()
    run = written.add_run(words)
    _set_font(run, font, size)
    if colour is not None:
        run.font.color.rgb = colour
    written.paragraph_format.space_after = Pt(4)
    if centre:
        written.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _set_font(holder: Any, name: str, size_pt: float) -> None:
    holder.font.name = _LATIN
    holder.font.size = Pt(size_pt)
    properties = holder.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.append(fonts)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    fonts.set(qn("w:eastAsia"), name)


def _mark(row: Any, tag: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(tag))  # noqa: SLF001 - python-docx has no call for it


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), _SHADE)
    cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001


def _page_numbers(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for before, field in (("— ", "PAGE"), (" —", None)):
        run = paragraph.add_run(before)
        _set_font(run, _TABLE_FONT, 10)
        if field is None:
            continue
        place = paragraph.add_run()
        for kind, content in (("begin", None), (None, field), ("end", None)):
            tag = OxmlElement("w:instrText" if kind is None else "w:fldChar")
            if kind is None:
                tag.text = content
            else:
                tag.set(qn("w:fldCharType"), kind)
            place._r.append(tag)  # noqa: SLF001
