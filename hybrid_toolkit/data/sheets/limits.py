"""What is too large, or no file at all, is refused before it is opened.

A workbook is a zip of XML: a few kilobytes can ask for hundreds of gigabytes. The bounds hold reading within twenty
seconds and two gigabytes on an ordinary computer.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from pathlib import Path
from xml.parsers.expat import ExpatError, ParserCreate

from hybrid_toolkit.errors import UnreadableError

MOST_COLUMNS = 2_000
"""Columns of one table: no extract that this toolkit knows has a tenth of it."""
_MOST_CELLS = 20_000_000
"""Cells of the rectangle that a sheet spans, filled or not: about 1.5 GB once read."""
_MOST_BYTES = 500_000_000
"""Bytes of a workbook once unpacked: about fifteen seconds of reading."""
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_ODS = re.compile(rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)(?![\w-])([^>]*)>")
_ODS_PARTS = ("content.xml", "META-INF/manifest.xml")
"""Parts of an OpenDocument sheet that its reader reads; where they end too soon it waits for more without end."""
_TIMES = re.compile(rb'table:number-(?:rows|columns)-repeated="(\d+)"')


def check_kind(path: Path) -> None:
    """Refuse what is no ordinary file, such as a pipe, a device, or a link that leads nowhere.

    Raises
    ------
    UnreadableError
        It is not a file that can be read to its end.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        if path.is_symlink():
            raise UnreadableError(
                f"{path.name}: this is a link that leads nowhere or back to itself.",
                fix="Copy the file itself to that place.",
                code="FILE-KIND",
            ) from None
        return
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise UnreadableError(
            f"{path.name}: this is a pipe, a socket or a device, not a file.",
            fix="Save the data as a file and give that.",
            code="FILE-KIND",
        )


def check_workbook(data: bytes, name: str) -> None:
    """Refuse a workbook that would not fit once it is unpacked or laid out.

    Raises
    ------
    UnreadableError
        A sheet spans too many cells or columns, or the parts unpack to too much.
    zipfile.BadZipFile
        It is no workbook; the reader of workbooks says so better.
    ExpatError
        A part of an OpenDocument sheet is no whole XML.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        whole = sum(i.file_size for i in parts.infolist())
        if whole > _MOST_BYTES:
            raise _large(name, f"it unpacks to {whole / 1e6:,.0f} MB, and at most {_MOST_BYTES / 1e6:,.0f} are read")
        for part in _ODS_PARTS if "content.xml" in parts.namelist() else ():
            if part in parts.namelist():
                _check_whole(parts.read(part))
        for info in parts.infolist():
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", info.filename):
                rows, columns = _span_xlsx(parts.read(info))
            elif info.filename == "content.xml":
                rows, columns = _span_ods(parts.read(info))
            else:
                continue
            if columns > MOST_COLUMNS:
                raise too_wide(name, columns)
            if rows * columns > _MOST_CELLS:
                far = f"a cell stands in row {rows:,}, so that a sheet spans {rows:,} rows and {columns:,} columns"
                raise _large(name, far)


def _check_whole(xml: bytes) -> None:
    """Read XML to its end; an entity, which may stand for any amount of text, is none of a sheet's."""

    def entity(*declared: object) -> None:
        raise ExpatError("entity")

    reader = ParserCreate()
    reader.EntityDeclHandler = entity
    reader.Parse(xml, True)


def too_wide(name: str, columns: int) -> UnreadableError:
    """The refusal of a table with too many columns."""
    return UnreadableError(
        f"{name}: a table spans {columns:,} columns, and at most {MOST_COLUMNS:,} are read.",
        fix="Delete the columns that hold nothing (a lone cell far to the right counts), or export only those needed.",
        code="FILE-LARGE",
    )


def _large(name: str, what: str) -> UnreadableError:
    return UnreadableError(
        f"{name}: the workbook is too large to open: {what}.",
        fix="Delete lone cells far below or far to the right, or export the table as CSV.",
        code="FILE-LARGE",
    )


def _span_xlsx(sheet: bytes) -> tuple[int, int]:
    rows = columns = 0
    seen: set[bytes] = set()
    for column, row in _CELL.findall(sheet):
        rows = max(rows, int(row))
        seen.add(column)
    for column in seen:
        number = 0
        for letter in column:
            number = number * 26 + letter - 64
        columns = max(columns, number)
    return rows, columns


def _span_ods(content: bytes) -> tuple[int, int]:
    """The largest sheet's rows and columns with content, repeats counted."""
    most, rows, columns, row, column, times, filled = (0, 0), 0, 0, 0, 0, 1, False
    for closes, kind, inside in _ODS.findall(content):
        repeat = int(m.group(1)) if (m := _TIMES.search(inside)) else 1
        if kind == b"table":
            most = max(most, (rows, columns), key=lambda s: s[0] * s[1])
            rows = columns = row = 0
        elif kind == b"table-row":
            if closes:
                row += times
                rows = row if filled else rows
            else:
                column, times, filled = 0, repeat, False
        elif not closes:
            column += repeat
            if b"value-type" in inside:
                filled = True
                columns = max(columns, column)
    return max(most, (rows, columns), key=lambda s: s[0] * s[1])
