"""What is too large, or no file at all, is refused before it is opened.

A workbook is a zip of XML: a few kilobytes can ask for hundreds of gigabytes. The bounds hold reading within twenty
seconds and two gigabytes on an ordinary computer.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections import Counter
from itertools import islice, pairwise, zip_longest
from pathlib import Path
from xml.parsers.expat import ExpatError, ParserCreate

from hybrid_toolkit.errors import UnreadableError

MOST_COLUMNS = 2_000
"""Columns of one table: no extract that this toolkit knows has a tenth of it."""
_MOST_ROWS = 1_048_576
"""Rows of a sheet: spreadsheet programs have no more."""
_MOST_CELLS = 20_000_000
"""Cells of the rectangles that the sheets span, filled or not: about 1.5 GB once read."""
_MOST_BYTES = 500_000_000
"""Bytes of a workbook once unpacked: about fifteen seconds of reading."""
_MOST_TEXT = 1_000_000_000
"""Bytes of text of all cells once each has its own."""
_QUOTED = rb"""(?:"[^"<>]*+"|'[^'<>]*+')"""
_REST = rb"(?:\s++(?!r[\s=])[^\s=<>\"'/]++\s*+=\s*+" + _QUOTED + rb")*+"
"""Attributes of a tag but ``r``, the place of a row or a cell."""
_TAG = rb"<(?:[^\s<>/:\"'=]++:)?"
_ODD_PLACE = re.compile(
    _TAG
    + rb"(?:"
    + rb"|".join(
        rb"%b(?=[\s/>])%b(?!\s*+/?>|\s++r\s*+=\s*+(?:\"%b\"|'%b')%b\s*+/?>)" % (kind, _REST, place, place, _REST)
        for kind, place in ((b"c", rb"[A-Za-z]{1,3}[1-9]\d{0,6}"), (b"row", rb"[1-9]\d{0,6}"))
    )
    + rb")"
)
"""A row or a cell whose place is written as no sheet has it: the reader would lay out a range up to there."""
_CELL = re.compile(_TAG + rb"c(?=[\s/>])[^<>]*?\sr\s*+=\s*+[\"']([A-Za-z]{1,3})(\d{1,7})[^<>]*(?<!/)>")
"""A cell that says where it stands; one that is closed at once is blank, and lays out nothing."""
_ROW = re.compile(_TAG + rb"row(?=[\s/>])(?:[^<>]*?\sr\s*+=\s*+[\"'](\d{1,7}))?")
_NO_PLACE = re.compile(_TAG + rb"c(?=[\s>])" + _REST + rb"\s*+>")
_LEAST_CELL = len('<c t="s"><v>0</v></c>')
_SHARED = re.compile(rb"</(?:[^\s<>/:]++:)?si\s*+>")
_SHARED_CELL = re.compile(rb"\st\s*+=\s*+[\"']s[\"'][^<>]*>\s*+<(?:[^\s<>/:]++:)?v[^<>]*>\s*+(\d{1,9})\s*+<")
_ODS = re.compile(
    rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)(?![\w-])((?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)>"
)
_ODS_PARTS = ("content.xml", "META-INF/manifest.xml")
"""Parts of an OpenDocument sheet that its reader reads; where they end too soon it waits for more without end."""
_TIMES = re.compile(rb"table:number-(?:rows|columns)-repeated\s*+=\s*+[\"']\+?(\d+)")


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
        A sheet spans too many cells or columns, a cell stands where no sheet has one, or the parts unpack to too much.
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
        cells = 0
        for info in parts.infolist():
            for rows, columns in _spans(parts.read(info), info.filename, name):
                if columns > MOST_COLUMNS:
                    raise too_wide(name, columns)
                cells += rows * columns
                if rows > _MOST_ROWS or rows * columns > _MOST_CELLS:
                    far = f"a cell stands in row {rows:,}, so that a sheet spans {rows:,} rows and {columns:,} columns"
                    raise _large(name, far)
        _check_shared(parts, name)
        if cells > _MOST_CELLS:
            raise _large(name, f"its sheets span {cells:,} cells together, and at most {_MOST_CELLS:,} are read")


def _spans(part: bytes, part_name: str, name: str) -> list[tuple[int, int]]:
    """Rows and columns of each sheet that a part of a workbook holds."""
    if part_name == "content.xml":
        return _spans_ods(part, name)
    return [_span_xlsx(part, name)] if b"sheetData" in part else []  # a sheet may be kept under any name


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


def _span_xlsx(sheet: bytes, name: str) -> tuple[int, int]:
    """The last row and column that a cell of a sheet may stand in."""
    if _ODD_PLACE.search(sheet):
        raise UnreadableError(
            f"{name}: the workbook is damaged: the place of a row or a cell is not written as A1 or 1.",
            fix="Open it in the spreadsheet program and save it again, or copy it again from where it came.",
            code="FILE-TRUNCATED",
        )
    columns, rows = set(), set()
    for cell in _CELL.finditer(sheet):
        columns.add(cell[1])
        rows.add(cell[2])
    span = max(map(int, rows), default=0), max(map(_column, columns), default=0)
    return _span_without_place(sheet, *span) if _NO_PLACE.search(sheet) else span


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _span_without_place(sheet: bytes, rows: int, columns: int) -> tuple[int, int]:
    """The span at the most, where some cells do not say where they stand: each stands beside the one before it."""
    begins = list(_ROW.finditer(sheet))
    rows = max([rows, *(int(row[1]) for row in begins if row[1])]) + sum(not row[1] for row in begins)
    parts = pairwise([0, *(row.start() for row in begins), len(sheet)])
    return rows, columns + max(sum(1 for _ in _NO_PLACE.finditer(sheet, *part)) for part in parts)


def _spans_ods(content: bytes, name: str) -> list[tuple[int, int]]:
    """Each sheet's rows and columns with content, repeats counted."""
    spans, rows, columns, row, column, times, filled, text = [], 0, 0, 0, 0, 1, False, 0
    for tag, after in zip_longest(_ODS.finditer(content), islice(_ODS.finditer(content), 1, None)):
        closes, kind, inside = tag.groups()
        repeat = int(m.group(1)) if (m := _TIMES.search(inside)) else 1
        if kind == b"table":
            spans.append((rows, columns))
            rows = columns = row = 0
        elif kind == b"table-row":
            if closes:
                row += times
                rows = row if filled else rows
            else:
                column, times, filled = 0, repeat, False
        elif not closes:
            column += repeat
            if b"value" in inside or b"formula" in inside:
                filled = True
                columns = max(columns, column)
                text += repeat * times * ((after.start() if after else len(content)) - tag.end() + len(inside))
    if text > _MOST_TEXT:
        raise _large(name, f"its cells hold {text / 1e6:,.0f} MB, and at most {_MOST_TEXT / 1e6:,.0f} are read")
    return [*spans, (rows, columns)]


def _check_shared(parts: zipfile.ZipFile, name: str) -> None:
    """Refuse a workbook whose cells repeat long texts until they hold more than memory does."""
    shared = [n for n in parts.namelist() if n.lower() == "xl/sharedstrings.xml"]
    texts = [len(one) for n in shared for one in _SHARED.split(parts.read(n))]
    sheets = [info for info in parts.infolist() if info.filename not in shared]
    if max(texts, default=0) * sum(info.file_size for info in sheets) / _LEAST_CELL < _MOST_TEXT:
        return
    used: Counter[int] = Counter()
    for info in sheets:
        used.update(int(cell[1]) for cell in _SHARED_CELL.finditer(parts.read(info)))
    whole = sum(texts[place] * times for place, times in used.items() if place < len(texts))
    if whole > _MOST_TEXT:
        raise _large(name, f"its cells hold {whole / 1e6:,.0f} MB, and at most {_MOST_TEXT / 1e6:,.0f} are read")
