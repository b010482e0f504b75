"""A report as a Word document: real headings, tables with marked header rows, alt text, British English."""

from __future__ import annotations

import io
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from hybrid_toolkit.data.atomic_output import atomic_write_bytes
from hybrid_toolkit.disclosure import require_release
from hybrid_toolkit.report.documents.blocks import (
    Bullets,
    Figure,
    Prose,
    Report,
    ReportBlock,
    ReportTable,
    TextBlock,
    has_panels_abreast,
)
from hybrid_toolkit.report.documents.tables import TableGrid, make_grid

LANGUAGE = "en-GB"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_INK, _BLUE = RGBColor(0x1A, 0x1A, 0x1A), RGBColor(0x00, 0x3F, 0x6E)
_BOLD = ("answer", "warning")
_ACROSS = 17.0
"""Centimetres of an A4 page between margins of 2."""
_LETTER, _MARGINS = 0.18, 0.4
"""Centimetres of a figure of 9 points (0.5 of its height) and of what Word leaves beside it in a cell."""
_ASKED = 60
"""Letters of a text beyond which its column asks for no more room: about four lines beside two short columns."""
_LONGEST_WHOLE = 16
"""Letters beyond which a word may be cut: an address would take the page."""
_TALLEST_FRONT, _TALLEST = Cm(10), Cm(20)
"""A figure is no taller: under its table on the page of a board summary, elsewhere under its heading."""


def write_word(report: Report, path: str | Path) -> Path:
    """Write a report as ``.docx``, whole or not at all.

    Raises
    ------
    OutputError
        The place cannot be written.
    DisclosureError
        Something in the report is not a release, or was changed after the gate.
    """
    return atomic_write_bytes(path, word_bytes(report))


def word_bytes(report: Report) -> bytes:
    """The document as bytes.

    Raises
    ------
    DisclosureError
        As ``write_word``.

    Examples
    --------
    >>> from hybrid_toolkit.report.documents.blocks import Section
    >>> held = word_bytes(Report("Plan", (Section("Aims", (TextBlock("Begin."),)),)))
    >>> [p.text for p in Document(io.BytesIO(held)).paragraphs]
    ['Plan', 'Aims', 'Begin.']
    """
    for release in report.releases:
        require_release(release)
    document = Document()
    _prepare(document, report)
    _heading(document, report.title, 1)
    if report.subtitle:
        document.add_paragraph(word_text(report.subtitle))
    if report.stamp:
        _bold(document.add_paragraph(), report.stamp)
    front = report.front
    for section in report.sections:
        _heading(document, section.title, section.level, new_page=section.new_page)
        for block in section.blocks:
            _add(document, block, numbers=section not in front)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def word_text(text: str) -> str:
    r"""Text without the control characters that documents cannot hold.

    Examples
    --------
    >>> word_text("a\x00b\x0bc")
    'a b c'
    """
    return _CONTROL.sub(" ", text)


def _prepare(document: Any, report: Report) -> None:
    """Language, fonts, margins, header with the stamp, footer, and properties without a name in them."""
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size, normal.font.color.rgb = "Arial", Pt(11), _INK
    fonts = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for old in fonts.findall(qn("w:lang")):
        fonts.remove(old)
    language = OxmlElement("w:lang")
    for name in ("w:val", "w:eastAsia"):
        language.set(qn(name), LANGUAGE)
    fonts.append(language)
    for level in (1, 2, 3):
        style = document.styles[f"Heading {level}"]
        style.font.name, style.font.color.rgb = "Arial", _BLUE
        style.element.rPr.rFonts.attrib.clear()
        style.element.rPr.rFonts.set(qn("w:ascii"), "Arial")
        style.element.rPr.rFonts.set(qn("w:hAnsi"), "Arial")
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    if report.stamp:
        _bold(section.header.paragraphs[0], report.stamp)
    foot = section.footer.paragraphs[0]
    foot.add_run(word_text(f"{report.footer} Page ").lstrip()).font.size = Pt(8)
    _page_number(foot)
    day = datetime.fromisoformat(report.about["date"]) if "date" in report.about else datetime(2000, 1, 1)
    core = document.core_properties
    core.author = core.last_modified_by = core.comments = core.keywords = core.category = ""
    core.title, core.language, core.created, core.modified = word_text(report.title), LANGUAGE, day, day


def _heading(document: Any, text: str, level: int, *, new_page: bool = False) -> None:
    made = document.add_heading(word_text(text), level=min(level, 3))
    made.paragraph_format.page_break_before = new_page


def _bold(paragraph: Paragraph, text: str) -> None:
    run = paragraph.add_run(word_text(text))
    run.bold, run.font.size = True, Pt(10)


def _page_number(paragraph: Paragraph) -> None:
    run = paragraph.add_run()
    run.font.size = Pt(8)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def _add(document: Any, block: ReportBlock, *, numbers: bool) -> None:
    if isinstance(block, TextBlock | Prose):
        run = document.add_paragraph().add_run(word_text(block.text))
        run.bold, run.italic = block.tone in _BOLD, block.tone == "note"
    elif isinstance(block, Bullets):
        for item in block.items:
            document.add_paragraph(word_text(item.text), style="List Bullet")
    elif isinstance(block, ReportTable):
        _table(document, make_grid(block.release, columns=block.columns, caption=block.caption))
    elif isinstance(block, Figure):
        _figure(document, block, numbers=numbers or not block.png)


def _figure(document: Any, block: Figure, *, numbers: bool) -> None:
    title = block.caption or block.release.title
    if block.says:
        told = document.add_paragraph()
        told.add_run(word_text(block.says)).bold = True
        told.paragraph_format.keep_with_next = True
    if block.png:
        document.add_picture(io.BytesIO(block.png), width=Cm(14))
        shape = document.inline_shapes[len(document.inline_shapes) - 1]
        if has_panels_abreast(block.svg):
            shape.width, shape.height = Cm(_ACROSS), int(shape.height * Cm(_ACROSS) / shape.width)
        tallest = _TALLEST if numbers else _TALLEST_FRONT
        if shape.height > tallest:
            shape.width, shape.height = int(shape.width * tallest / shape.height), tallest
        shape._inline.docPr.set("descr", word_text(block.alt))
        shape._inline.docPr.set("title", word_text(title))
        document.paragraphs[-1].paragraph_format.keep_with_next = True
        document.add_paragraph(word_text(title), style="Caption")
    else:
        document.add_paragraph(word_text(block.alt))
    if numbers:
        _table(document, make_grid(block.release, columns=block.columns, caption=f"{title}: the numbers"))


def _table(document: Any, grid: TableGrid) -> None:
    caption = document.add_paragraph(style="Caption")
    caption.add_run(word_text(grid.caption))
    caption.paragraph_format.keep_with_next = True
    table = document.add_table(rows=1 + len(grid.rows), cols=len(grid.headings), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    for column, width in zip(table.columns, _widths(grid), strict=True):
        column.width = width
        for place in column.cells:
            place.width = width
    words = OxmlElement("w:tblDescription")
    words.set(qn("w:val"), word_text(grid.caption))
    table._tbl.tblPr.append(words)
    for i, row in enumerate((grid.headings, *grid.rows)):
        made = table.rows[i]
        _mark(made, "w:cantSplit")
        if i == 0:
            _mark(made, "w:tblHeader")
        for cell, place in zip(row, made.cells, strict=True):
            paragraph = place.paragraphs[0]
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1)
            if cell.lead:
                lead = paragraph.add_run(word_text(f"{cell.lead} "))
                lead.font.size, lead.bold = Pt(9), True
            run = paragraph.add_run(word_text(cell.text))
            run.font.size, run.bold = Pt(9), i == 0
            if cell.numeric:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    note = document.add_paragraph().add_run(word_text(grid.note))
    note.font.size = Pt(9)


def _widths(grid: TableGrid) -> list[Cm]:
    """Columns in which no number or word is cut, the rest of the page shared by what their words ask for."""
    asked, floors = [], []
    for j, heading in enumerate(grid.headings):
        texts = [row[j].text for row in grid.rows]
        word = max((len(w) for w in heading.text.split()), default=0)
        asked.append(max(word + 4, min(_ASKED, max(map(len, texts), default=0)), 9))
        whole = max((len(w) for text in texts for w in text.split()), default=0)
        floors.append(_MARGINS + _LETTER * min(max(whole, word), _LONGEST_WHOLE))
    spare = max(_ACROSS - sum(floors), 0.0)
    share = min(1.0, _ACROSS / sum(floors))
    return [Cm(share * floor + spare * a / sum(asked)) for floor, a in zip(floors, asked, strict=True)]


def _mark(row: Any, what: str) -> None:
    mark = OxmlElement(what)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
