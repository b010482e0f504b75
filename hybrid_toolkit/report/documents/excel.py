"""A report as an Excel workbook: a sheet a table, numbers as numbers, and no cell that could start a formula."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from hybrid_toolkit.data.atomic_output import atomic_write_bytes
from hybrid_toolkit.data.safe_csv import csv_text
from hybrid_toolkit.disclosure import Release, require_release
from hybrid_toolkit.report.documents.blocks import (
    Bullets,
    Figure,
    Prose,
    Report,
    ReportBlock,
    ReportTable,
    TableColumn,
    TextBlock,
    short_title,
)
from hybrid_toolkit.report.documents.tables import (
    HIDDEN_MARK,
    HIDDEN_NOTE,
    as_number,
    in_words,
    ordered_rows,
    plain_columns,
    unit_of,
)
from hybrid_toolkit.report.documents.word import word_text
from hybrid_toolkit.report.plots.readable_units import VALUE_COLUMNS, ReadableUnit, readable_unit

READ_ME = "Read me"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a text may not begin with: spreadsheets take it for a formula (OWASP, CSV injection)."""
_TOP = 2
"""Level of a section that stands in no other; 1 is the title of the report."""
_LONGEST = 32_000
_WIDEST = 50
"""Characters of the widest column: four of them still print at a size that can be read."""
_NAME = 31
"""Characters that Excel takes for the name of a sheet."""
_SHEET = re.compile(r"[\[\]:*?/\\]")
_INTERVAL = re.compile(r" \((?:95% )?(?:confidence )?interval[^)]*\)")
"""What a heading says of the interval that a sheet has in columns of its own."""
_ENDS = ("Lower end of the interval", "Upper end of the interval")
_PLACES = 12
"""Decimals that a double holds of a number near 1000; beyond them stands what scaling by 100 left."""
_FORMATS: Mapping[str, str] = {"count": "#,##0", "percent": "0%", "percent-error": "0%"}


def write_excel(report: Report, path: str | Path) -> Path:
    """Write a report as ``.xlsx``, whole or not at all.

    Raises
    ------
    OutputError
        The place cannot be written.
    DisclosureError
        Something in the report is not a release, or was changed after the gate.
    """
    return atomic_write_bytes(path, excel_bytes(report))


def excel_bytes(report: Report) -> bytes:
    """The workbook as bytes: the words on the first sheet, then a sheet a table or figure, in order.

    Raises
    ------
    DisclosureError
        As ``write_excel``.

    Examples
    --------
    >>> from openpyxl import load_workbook
    >>> book = load_workbook(io.BytesIO(excel_bytes(Report("=1+1", ()))))
    >>> book.sheetnames, book["Read me"]["A1"].value, book["Read me"]["A1"].data_type
    (['Read me'], "'=1+1", 's')
    """
    for release in report.releases:
        require_release(release)
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = READ_ME
    sheets: list[tuple[str, ReportTable | Figure]] = []
    _read_me(first, report, sheets)
    for name, block in sheets:
        _sheet(book.create_sheet(name), report, block)
    book.properties.creator = book.properties.lastModifiedBy = ""
    book.properties.title, book.properties.language = safe_text(report.title), "en-GB"
    if "date" in report.about:
        book.properties.created = datetime.fromisoformat(report.about["date"])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe stands before what could start one.

    Examples
    --------
    >>> safe_text("=SUM(A1)"), safe_text("-5 or so"), safe_text(" @here"), safe_text("fine")
    ("'=SUM(A1)", "'-5 or so", "' @here", 'fine')
    """
    kept = word_text(text)[:_LONGEST]
    risky = kept.startswith(DANGEROUS) or kept.lstrip().startswith(DANGEROUS)
    return f"'{kept}" if risky else kept


def put_text(cell: Cell, text: str) -> None:
    """Write text into a cell as a string, never as a formula or an error."""
    cell.value = safe_text(text)
    cell.data_type = "s"
    # a number may end right before it
    cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left", indent=1)


def _read_me(sheet: Worksheet, report: Report, sheets: list[tuple[str, ReportTable | Figure]]) -> None:
    """Every word of the report in order; where a table would stand, the name of its sheet."""
    lines: list[tuple[str, Font]] = [(report.title, Font(bold=True, size=16))]
    lines += [(report.stamp, Font(bold=True))] if report.stamp else []
    lines += [(report.subtitle, Font())] if report.subtitle else []
    for section in report.sections:
        lines.append((section.title, Font(bold=True, size=14 if section.level == _TOP else 12)))
        for block in section.blocks:
            lines += [(text, Font()) for text in _texts(block, sheets)]
    lines += [(report.footer, Font())] if report.footer else []
    for i, (text, font) in enumerate(lines, start=1):
        cell = sheet.cell(i, 1)
        assert isinstance(cell, Cell)
        put_text(cell, text)
        cell.font = font
        sheet.row_dimensions[i].height = _height(text, 95, size=font.sz or 11)
    sheet.column_dimensions["A"].width = 100
    _print(sheet, report)


def _texts(block: ReportBlock, sheets: list[tuple[str, ReportTable | Figure]]) -> list[str]:
    if isinstance(block, TextBlock | Prose):
        return [block.text]
    if isinstance(block, Bullets):
        return [f"• {item.text}" for item in block.items]
    title = short_title(block)
    name = _sheet_name(len(sheets) + 1, title)
    sheets.append((name, block))
    words = [f"Sheet “{name}”: {title.rstrip('.')}."]
    return [block.says or block.alt, *words] if isinstance(block, Figure) else words


def _sheet_name(number: int, title: str) -> str:
    """The name of a sheet: Excel takes 31 characters, and a title is cut between words.

    Examples
    --------
    >>> _sheet_name(2, "Family's choice of mode honoured: distribution")
    "2 Family's choice of mode"
    """
    whole = f"{number} {_SHEET.sub(' ', word_text(title))}"
    short = whole[:_NAME]
    if len(whole) > _NAME and whole[_NAME] != " " and short.count(" ") > 1:
        short = short.rpartition(" ")[0]
    return short.rstrip(" '")


def _sheet(sheet: Worksheet, report: Report, block: ReportTable | Figure) -> None:
    rows = ordered_rows(block.release.content, block.columns)
    columns = _columns(block.columns, rows)
    top = [report.stamp] if report.stamp else []
    top.append(block.caption or block.release.title)
    for i, text in enumerate(top, start=1):
        cell = sheet.cell(i, 1)
        assert isinstance(cell, Cell)
        put_text(cell, text)
        cell.alignment, cell.font = Alignment(wrap_text=False), Font(bold=True)
    head = len(top) + 2
    for j, (column, how) in enumerate(columns.items(), start=1):
        place = sheet.cell(head, j)
        assert isinstance(place, Cell)
        put_text(place, how.heading)
        place.font, place.fill = Font(bold=True), PatternFill("solid", fgColor="D9E2EC")
        numbers = pd.api.types.is_numeric_dtype(rows[column]) and not pd.api.types.is_bool_dtype(rows[column])
        if numbers:
            place.alignment = Alignment(wrap_text=True, vertical="top", horizontal="right")
        widest = 0 if numbers else max((len(in_words(column, how, v)) for v in rows[column]), default=0)
        said = min(24, len(how.heading) // 3)  # a heading stands on about three lines
        width = min(_WIDEST, max(12, widest + 3, said, *(len(word) + 2 for word in how.heading.split())))
        sheet.column_dimensions[get_column_letter(j)].width = width
    wide = [(how.heading, sheet.column_dimensions[get_column_letter(j)].width)
            for j, how in enumerate(columns.values(), start=1)]  # fmt: skip
    sheet.row_dimensions[head].height = max([15.0, *(_height(text, 0.9 * width) for text, width in wide)])
    hidden = _fill(sheet, block.release, rows, columns, head + 1)
    sheet.freeze_panes = f"B{head + 1}"
    sheet.print_title_rows = f"1:{head}"
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(columns))}{head + len(rows)}"
    if hidden:
        note = sheet.cell(head + len(rows) + 2, 1)
        assert isinstance(note, Cell)
        put_text(note, HIDDEN_NOTE)
        note.alignment = Alignment(wrap_text=False)
    _print(sheet, report)


def sheet_csv(block: ReportTable | Figure) -> str:
    """What stands on the sheet of a table or figure as CSV: its headings, words for codes, numbers without separators.

    Raises
    ------
    DisclosureError
        As ``write_excel``.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure import Gate
    >>> frame = pd.DataFrame({"mode": ["home", "phone"], "n": [41, 3], "share": [0.61, 0.33]})
    >>> release = Gate().table(frame, title="Choice", dims=["mode"], values=["share"], people="n")
    >>> shown = {"mode": TableColumn("Mode"), "share": TableColumn("Share", "percent")}
    >>> sheet_csv(ReportTable(release, shown))
    'Mode,Share\\nhome,61%\\nphone,[c]\\n'
    """
    rows = ordered_rows(require_release(block.release).content, block.columns)
    columns = _columns(block.columns, rows)
    sheet = Workbook().active
    assert isinstance(sheet, Worksheet)
    _fill(sheet, block.release, rows, columns, 1)
    held = [[_plain(cell) for cell in row] for row in sheet.iter_rows(1, len(rows), 1, len(columns))]
    table = pd.DataFrame(held, columns=[how.heading for how in columns.values()], dtype=object)
    return csv_text(table.assign(Data=block.release.stamp) if block.release.stamp else table)


def _plain(cell: Any) -> object:
    """What a cell shows: a share with its sign, text as it is, and a number as it is."""
    if isinstance(cell.value, int | float) and cell.number_format.endswith("%"):
        return f"{100 * cell.value:.10g}%"
    return cell.value


def _columns(shown: Mapping[str, TableColumn] | None, rows: pd.DataFrame) -> dict[str, TableColumn]:
    """Columns in order; an interval comes with its two ends, each a number in the unit of its value."""
    found: dict[str, TableColumn] = {}
    for column, how in (shown or plain_columns(rows)).items():
        if how.form == "lead":
            found[f"{column}_lead"] = TableColumn(f"{how.heading} in short")
        ends = {"published": ("low", "high"), "interval": ("conf_low", "conf_high")}.get(how.form)
        if ends is None:
            found[column] = how
            continue
        said = ("Lower end", "Upper end") if how.form == "published" else _ENDS
        found[column] = replace(how, heading=_INTERVAL.sub("", how.heading), form="number")
        found |= {c: TableColumn(words, "number", how.unit) for c, words in zip(ends, said, strict=True)}
        if how.form == "published":
            found["marker"] = TableColumn("Symbol as published")
    return found


def _fill(sheet: Worksheet, release: Release, rows: pd.DataFrame, columns: Mapping[str, TableColumn], top: int) -> bool:
    """Write the rows; whether any number is hidden."""
    marked = {*release.values, *([release.count] if release.count else [])}
    gone = rows["suppressed"].to_numpy(dtype=bool) if "suppressed" in rows else [False] * len(rows)
    hidden = False
    widths = [sheet.column_dimensions[get_column_letter(j)].width for j in range(1, len(columns) + 1)]
    held = [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]
    for i, (row, off) in enumerate(zip(held, gone, strict=True), start=top):
        for j, (column, how) in enumerate(columns.items(), start=1):
            cell = sheet.cell(i, j)
            assert isinstance(cell, Cell)
            if off and column in marked:
                put_text(cell, HIDDEN_MARK)
                hidden = True
            else:
                _value(cell, row[column], column, how, row)
        words = [(str(sheet.cell(i, j).value), w) for j, w in enumerate(widths, start=1)
                 if isinstance(sheet.cell(i, j).value, str)]  # fmt: skip
        sheet.row_dimensions[i].height = max([15.0, *(_height(text, width) for text, width in words)])
    return hidden


def _height(text: str, width: float, *, size: float = 11) -> float:
    """Height in points of a row whose text is broken to a width in characters."""
    lines = sum(max(1, math.ceil(len(line) * size / 11 / width)) for line in text.split("\n"))
    return lines * size * 1.4


def _value(cell: Cell, value: Any, column: str, how: TableColumn, row: Mapping[str, Any]) -> None:
    """A number as a number: a share in the format of per cent, a difference of shares in percentage points."""
    if value is None or pd.isna(value):
        return
    if isinstance(value, bool):
        put_text(cell, "yes" if value else "no")
    elif isinstance(value, datetime | date):
        put_text(cell, value.strftime("%Y-%m-%d"))
    elif isinstance(value, int | float) and math.isfinite(value):
        unit = readable_unit(unit_of(column, how, row))
        cell.value = value if unit.mark else round(value * unit.scale, _PLACES)
        cell.number_format = "0.0%" if unit.mark else _format(column, how, unit, row)
        cell.alignment = Alignment(vertical="top")
    elif hasattr(value, "item") and not isinstance(value, str):
        _value(cell, value.item(), column, how, row)
    elif how.form in ("count", "number") and (number := as_number(value)) is not None:
        _value(cell, number, column, how, row)
    else:
        put_text(cell, in_words(column, how, value))


def _format(column: str, how: TableColumn, unit: ReadableUnit, row: Mapping[str, Any]) -> str:
    """As many decimals as the tables of the other documents have, so that the digits of a column stand in line."""
    if how.form in _FORMATS:
        return _FORMATS[how.form]
    if how.form != "number":
        return "General"
    if unit.decimals is not None:
        return "0." + "0" * unit.decimals
    together = [row[c] for c in (column, *VALUE_COLUMNS[:3]) if c in row and column in VALUE_COLUMNS]
    known = [abs(float(v)) for v in together or [row[column]] if not pd.isna(v)]
    return "0.000" if max(known, default=1.0) < 1 else "#,##0.00"


def _print(sheet: Worksheet, report: Report) -> None:
    """Landscape, one page wide, the stamp and the page number on every page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    head, foot = sheet.oddHeader, sheet.oddFooter
    assert head is not None and foot is not None
    head.center.text = word_text(report.stamp).replace("&", "&&") or None
    foot.center.text = "&P / &N"
