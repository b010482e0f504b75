"""Excel and OpenDocument workbooks, a sheet a table.

Both are read by python-calamine: one reader for .xlsx and .ods, an order of magnitude faster than openpyxl on a
year of contacts, and it gives stored values rather than what a number format shows.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from python_calamine import CalamineWorkbook

from hybrid_toolkit.data.reading.raw_table import Found, RawTable, as_text
from hybrid_toolkit.data.reading.text_files import read_bytes
from hybrid_toolkit.data.sheets.limits import check_workbook
from hybrid_toolkit.data.sheets.sheet_reading import tables_of
from hybrid_toolkit.errors import UnreadableError

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_MANIFEST, _MANIFEST_BYTES = "META-INF/manifest.xml", 1_000_000
"""The list of an OpenDocument workbook's parts, and the bytes of it read: each part of a locked one says so."""


def sheets(path: Path) -> list[Found]:
    """Every table of every sheet of a workbook.

    Raises
    ------
    UnreadableError
        The workbook has a password, is cut short, or is not a workbook.
    """
    data = read_bytes(path)
    names = _names(data, path)
    digest = hashlib.sha256(data).hexdigest()

    @cache
    def book() -> CalamineWorkbook:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))

    return [found for name in names for found in _found(path, name, book, digest)]


def _found(path: Path, sheet: str, book: Callable[[], CalamineWorkbook], digest: str) -> list[Found]:
    """The tables of one sheet; a sheet that cannot be read says so when it is."""
    origin = f"{path.name}, sheet '{sheet}'"
    ref = f"{path.name}/{sheet}"
    try:
        grid, top = _grid(book(), sheet, origin)
    except UnreadableError as error:
        return [Found(sheet, origin, partial(_raise, error), ref=ref)]
    return tables_of(grid, sheet, ref, origin, digest, "workbook", top=top)


def _raise(error: UnreadableError) -> RawTable:
    raise error


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
        # before its parts are read as XML: those of a locked workbook are none
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            locked = _MANIFEST in parts.namelist() and b"encryption-data" in parts.open(_MANIFEST).read(_MANIFEST_BYTES)
        if locked:
            raise UnreadableError(
                f"{path.name}: the workbook is locked with a password.",
                fix="Save it without a password in a folder that is itself safe.",
                code="FILE-LOCKED",
            )
        check_workbook(data, path.name)
        names = [str(name) for name in CalamineWorkbook.from_filelike(io.BytesIO(data)).sheet_names]
    except UnreadableError:
        raise
    except Exception as error:
        raise _broken(path.name, error) from None
    if not names:
        raise UnreadableError(
            f"{path.name}: the workbook has no sheet.",
            fix="Open it in the spreadsheet program and save it again, or copy it again from where it came.",
            code="FILE-TRUNCATED",
        )
    return names


def _grid(book: CalamineWorkbook, sheet: str, origin: str) -> tuple[list[list[str | None]], int]:
    """The cells of a sheet as text, and the number of its first filled row."""
    try:
        one = book.get_sheet_by_name(sheet)
        cells = one.to_python(skip_empty_area=True)
        top = (one.start or (0, 0))[0] + 1
    except Exception as error:
        raise _broken(origin, error) from None
    return [[as_text(cell) for cell in row] for row in cells], top


def _broken(name: str, error: Exception) -> UnreadableError:
    return UnreadableError(
        f"{name}: the workbook is cut short or is not a workbook ({type(error).__name__}).",
        fix="Open it in the spreadsheet program and save it again, or copy it again from where it came.",
        code="FILE-TRUNCATED",
    )
