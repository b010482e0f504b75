"""Excel and OpenDocument workbooks, a sheet a table.

Both are read by python-calamine: one reader for .xlsx and .ods, an order of magnitude faster than openpyxl on a
year of contacts, and it gives stored values rather than what a number format shows.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from functools import cache
from pathlib import Path

from python_calamine import CalamineWorkbook

from hybrid_toolkit.data.reading.raw_table import Found, RawTable, as_text, now, text_frame
from hybrid_toolkit.data.reading.text_files import read_bytes
from hybrid_toolkit.errors import UnreadableError

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_CELL_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")


def sheets(path: Path) -> list[Found]:
    """Every sheet of a workbook, not read yet.

    Raises
    ------
    UnreadableError : the workbook has a password, is cut short, or is not a workbook.
    """
    data = read_bytes(path)
    names = _names(data, path)
    digest = hashlib.sha256(data).hexdigest()

    @cache
    def book() -> CalamineWorkbook:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))

    def reader(sheet: str) -> Found:
        origin = f"{path.name}, sheet '{sheet}'"
        return Found(sheet, origin, lambda: _sheet(book(), sheet, origin, digest))

    return [reader(name) for name in names]


def _names(data: bytes, path: Path) -> list[str]:
    if not data:
        raise UnreadableError(
            f"{path.name}: the file is empty.", fix="Save or copy the workbook again.", code="FILE-EMPTY"
        )
    if data.startswith(_OLE):
        raise UnreadableError(
            f"{path.name}: the workbook is locked with a password, or is an old .xls workbook.",
            fix="Save it without a password as .xlsx (File, Info, Protect Workbook) in a folder that is itself safe.",
            code="FILE-LOCKED",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            manifest = parts.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in parts.namelist() else b""
        if b"encryption-data" in manifest:
            raise UnreadableError(
                f"{path.name}: the workbook is locked with a password.",
                fix="Save it without a password in a folder that is itself safe.",
                code="FILE-LOCKED",
            )
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [str(name) for name in book.sheet_names]
    except UnreadableError:
        raise
    except Exception as error:
        raise _broken(path.name, error) from None


def _sheet(book: CalamineWorkbook, sheet: str, origin: str, digest: str) -> RawTable:
    try:
        cells = book.get_sheet_by_name(sheet).to_python(skip_empty_area=True)
    except Exception as error:
        raise _broken(origin, error) from None
    while cells and not any(as_text(cell) for cell in cells[0]):
        cells = cells[1:]
    header = [as_text(cell) or "" for cell in cells[0]] if cells else []
    rows = [[as_text(cell) for cell in row] for row in cells[1:]]
    broken = sum(cell in _CELL_ERRORS for row in rows for cell in row)
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in header]
    notes = (f"{broken:,} cell(s) hold a spreadsheet error such as #REF!",) if broken else ()
    return RawTable(text_frame(header, columns, origin), origin, digest, "workbook", now(), notes)


def _broken(name: str, error: Exception) -> UnreadableError:
    return UnreadableError(
        f"{name}: the workbook is cut short or is not a workbook ({type(error).__name__}).",
        fix="Open it in the spreadsheet program and save it again, or copy it again from where it came.",
        code="FILE-TRUNCATED",
    )
