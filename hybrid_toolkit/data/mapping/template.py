"""A workbook to fill in: a sheet a table, the data dictionary, drop-down codes and one example row."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from hybrid_toolkit.data.atomic_output import atomic_write_bytes
from hybrid_toolkit.data.tables.contracts import TABLES, ColumnContract, TableContract
from hybrid_toolkit.data.validation.validate import EXAMPLE

DICTIONARY = "data dictionary"
LAST_ROW = 5000
"""Drop-down lists reach down to this row."""
_KINDS = {
    "id": "key (text)",
    "text": "text",
    "code": "code from the list",
    "int": "whole number",
    "float": "number",
    "bool": "yes or no",
    "date": "date, such as 2025-03-31",
    "month": "first day of the month, such as 2025-03-01",
}
_EXAMPLES: dict[str, object] = {
    "site_id": f"{EXAMPLE}SITE",
    "lsoa": f"{EXAMPLE}AREA",
    "instrument": "informal_learning",
    "item": "il_1",
    "region": "NE",
    "year": 2025,
    "reg_date": date(2019, 9, 2),
    "start_date": date(2024, 1, 8),
    "leave_date": None,
    "end_date": date(2025, 12, 31),
    "review_date": date(2025, 1, 8),
    "ra_considered_date": date(2024, 1, 15),
    "ra_implemented_date": date(2024, 1, 22),
    "ra_requested_date": date(2024, 1, 10),
    "referral_date": date(2025, 3, 3),
    "assessment_start_date": date(2025, 3, 4),
    "assessment_end_date": date(2025, 4, 3),
    "s47_date": date(2025, 3, 10),
    "icpc_date": date(2025, 3, 24),
    "imd": 25,
    "no30mbit_pct": 3,
    "commute_min": 35,
    "broadband_mbps": 70,
    "broadband_cost": 32,
    "h_home": 60,
    "h_office": 50,
    "h_visit": 20,
    "h_commute": 12,
    "h_visit_travel": 10,
    "h_court": 0,
    "minutes": 45,
    "value": 4,
    "inpost_fte": 210.5,
    "working_days_lost_fte": 1800,
    "cases": 16,
}
_README = (
    "How to fill in this workbook",
    "",
    "Each sheet is one table; its name and the names in its first row must stay as they are.",
    "No sheet has to be filled in: delete the sheets and columns that you do not have. Columns in bold are needed.",
    f"The first row below the names is an EXAMPLE. Its keys begin with {EXAMPLE}; it describes no one. Delete it in "
    "every sheet before you load the workbook: validation reminds you while it is there.",
    "Use pseudonymous keys. Never write a name, an NHS number, a Social Work England number, a pupil number, a "
    "postcode, an address or an e-mail address: such columns are refused. 'hybrid-toolkit pseudonymise' replaces them.",
    "A key means the same in every sheet: worker_id in 'contact' is worker_id in 'worker'.",
    "Dates are written 2025-03-31. Months are written as their first day, 2025-03-01. Leave what is not known empty.",
    "Cells with a code have a list to choose from; the sheet 'data dictionary' says what each code means.",
    "",
    "When it is filled in:",
    "    hybrid-toolkit validate FILE.xlsx       lists what has to be corrected, row by row",
    "    hybrid-toolkit coverage FILE.xlsx       says what can be measured with it",
)


def example_row(table: TableContract) -> dict[str, object]:
    """One made-up row of a table that keeps to its contract, its keys beginning with ``EXAMPLE-``.

    Examples
    --------
    >>> from hybrid_toolkit.data.tables.contracts import TABLES
    >>> row = example_row(TABLES["supervision"])
    >>> row["worker_id"], row["mode"], row["minutes"]
    ('EXAMPLE-WORKER', 'in_person', 45)
    """
    return {c.name: _example(c) for c in table.columns}


def _example(column: ColumnContract) -> object:
    if column.name in _EXAMPLES and not (column.codes and _EXAMPLES[column.name] not in column.codes):
        return _EXAMPLES[column.name]
    if column.kind == "id":
        return f"{EXAMPLE}{column.name.removesuffix('_id').upper()}"
    if column.codes:
        return next(iter(column.codes))
    if column.kind == "bool":
        return "yes"
    if column.kind in ("date", "month"):
        return date(2025, 3, 1)
    if column.kind == "text":
        return "example"
    low, high = column.low or 0, column.high
    number = min(1.0, high) if high is not None else 1.0
    return max(int(number) if column.kind == "int" else number, low)


def write_template(path: str | Path) -> Path:
    """Write the workbook to fill in.

    Parameters
    ----------
    path : str | Path
        The ``.xlsx`` file to write, whole or not at all.

    Returns
    -------
    Path
        The path. Its sheets: ``README``, ``data dictionary``, then one a table with names, lists of codes and an
        example.

    Raises
    ------
    OutputError
        The place cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> write_template(Path(tempfile.mkdtemp()) / "fill-in.xlsx").name
    'fill-in.xlsx'
    """
    book = Workbook()
    readme = book.active
    assert isinstance(readme, Worksheet)
    _fill_readme(readme)
    _fill_dictionary(book.create_sheet(DICTIONARY))
    for table in TABLES.values():
        _fill_table(book.create_sheet(table.name), table)
    content = io.BytesIO()
    book.save(content)
    return atomic_write_bytes(path, content.getvalue())


def _fill_readme(sheet: Worksheet) -> None:
    sheet.title = "README"
    sheet.column_dimensions["A"].width = 110
    for line in _README:
        sheet.append([line])
    for row in sheet.iter_rows():
        row[0].alignment = Alignment(wrap_text=True, vertical="top")
    sheet["A1"].font = Font(bold=True, size=14)


def _heads(sheet: Worksheet, widths: list[int]) -> None:
    sheet.freeze_panes = "A2"
    for i, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(i)].width = width


def _fill_dictionary(sheet: Worksheet) -> None:
    heads = ("table", "column", "what it holds", "kind", "unit", "lowest", "highest", "codes", "required")
    sheet.append(heads)
    for table in TABLES.values():
        for c in table.columns:
            codes = "; ".join(f"{code}: {meaning}" for code, meaning in c.codes.items())
            required = "yes" if c.required else "no"
            sheet.append([table.name, c.name, c.text, _KINDS[c.kind], c.unit, c.low, c.high, codes, required])
    _heads(sheet, [20, 24, 60, 42, 18, 10, 10, 80, 10])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.auto_filter.ref = sheet.dimensions


def _fill_table(sheet: Worksheet, table: TableContract) -> None:
    sheet.append(list(table.names))
    sheet.append(list(example_row(table).values()))
    _heads(sheet, [max(14, len(name) + 3) for name in table.names])
    for i, column in enumerate(table.columns, start=1):
        head, example = sheet.cell(1, i), sheet.cell(2, i)
        head.font = Font(bold=column.required)
        head.fill = PatternFill("solid", fgColor="D9E2EC")
        head.comment = _comment(table, column)
        example.font = Font(italic=True, color="808080")
        if column.kind in ("date", "month"):
            _format_dates(sheet, i)
        choices = list(column.codes) or (["yes", "no"] if column.kind == "bool" else [])
        if choices:
            _drop_down(sheet, i, choices)


def _comment(table: TableContract, column: ColumnContract) -> Comment:
    span = [f"{bound:g}" for bound in (column.low, column.high) if bound is not None]
    lines = [column.text, _KINDS[column.kind] + (f", {column.unit}" if column.unit else "")]
    if span:
        lines.append(" to ".join(span) if len(span) == 2 else f"{span[0]} or more")
    if column.name in table.foreign:
        lines.append(f"as in sheet '{table.foreign[column.name][0]}'")
    lines += [f"{code}: {meaning}" for code, meaning in column.codes.items()]
    lines.append("needed in every row" if not column.nullable else "may be empty")
    comment = Comment("\n".join(lines), "hybrid-toolkit")
    comment.width, comment.height = 320, 40 + 18 * len(lines)
    return comment


def _format_dates(sheet: Worksheet, index: int) -> None:
    sheet.column_dimensions[get_column_letter(index)].number_format = "yyyy-mm-dd"
    sheet.cell(2, index).number_format = "yyyy-mm-dd"


def _drop_down(sheet: Worksheet, index: int, choices: list[str]) -> None:
    letter = get_column_letter(index)
    rule = DataValidation(type="list", formula1='"' + ",".join(choices) + '"', allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = "Not in the list", "Choose from the list, or leave the cell empty."
    rule.add(f"{letter}2:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)
