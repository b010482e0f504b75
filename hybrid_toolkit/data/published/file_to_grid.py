"""Bytes to grids: encodings, delimiters, workbooks, a text file in a zip."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from python_calamine import CalamineWorkbook

from hybrid_toolkit.data.published.published_statistics import FileSource, SheetGrid
from hybrid_toolkit.data.sheets.limits import check_workbook
from hybrid_toolkit.errors import PublishedError, UnreadableError

if TYPE_CHECKING:
    from openpyxl import Workbook

TEXT = (".csv", ".txt", ".tsv", ".tab")
_WORKBOOKS = (".xlsx", ".xlsm", ".ods")
READ = (*TEXT, *_WORKBOOKS, ".parquet", ".zip")
_MOST_CELLS_FOR_FORMATS = 400_000


def read_grids(path: Path) -> tuple[list[SheetGrid], FileSource]:
    """Every sheet of a file as a grid, and what the file was.

    Raises
    ------
    PublishedError
        No such file, empty, locked, cut short, or of a kind that is not read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise PublishedError(
            f"There is no file called '{path.name}' there.", fix="Check the path.", code="PUB-MISSING"
        ) from None
    except OSError as error:
        raise PublishedError(
            f"'{path.name}' cannot be opened ({type(error).__name__}).",
            fix="Check that you may read this file.",
            code="PUB-UNREADABLE",
        ) from None
    if not data.strip():
        raise PublishedError(
            f"'{path.name}' is empty: expected a published table.", fix="Download it again.", code="PUB-EMPTY"
        )
    grids, kind, encoding = _read(path.name, data)
    rows = sum(len(g.rows) for g in grids)
    source = FileSource(path.name, hashlib.sha256(data).hexdigest(), encoding, kind, (), rows)
    return grids, source


def _read(name: str, data: bytes) -> tuple[list[SheetGrid], str, str]:
    if data.startswith(b"PK"):
        return _read_packed(name, data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise PublishedError(
            f"'{name}' is an old .xls workbook, or one locked with a password: expected CSV, ODS or XLSX.",
            fix="Open it in a spreadsheet program and save it as .xlsx or .ods without a password.",
            code="PUB-XLS",
        )
    if data.lstrip()[:1] == b"<":
        raise PublishedError(
            f"'{name}' is XML or a web page: expected a published table.",
            fix="Download the table itself as CSV, ODS or XLSX; load_data reads a census return in XML.",
            code="PUB-MARKUP",
        )
    if data.startswith(b"PAR1"):
        return [SheetGrid("", _parquet(name, data))], "parquet", ""
    if data.startswith(b"%PDF"):
        raise PublishedError(
            f"'{name}' is a PDF: expected a published table.",
            fix="Download the table as CSV, ODS or XLSX.",
            code="PUB-PDF",
        )
    text, encoding = decode(name, data)
    return [SheetGrid("", _split(text))], "csv", encoding


def _read_packed(name: str, data: bytes) -> tuple[list[SheetGrid], str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            members = pack.namelist()
            if "[Content_Types].xml" in members or "mimetype" in members:
                return _workbook(name, data)
            tables = [m for m in members if m.lower().endswith(TEXT) and not m.startswith("__MACOSX")]
            if len(tables) != 1:
                raise PublishedError(
                    f"'{name}' is a zip with {len(tables)} text tables; expected exactly one.",
                    fix="Unpack it and read each file, or the folder.",
                    code="PUB-ZIP",
                )
            text, encoding = decode(name, pack.read(tables[0]))
            return [SheetGrid("", _split(text))], "csv in zip", encoding
    except (zipfile.BadZipFile, RuntimeError, OSError, UnicodeDecodeError):
        raise _broken(name) from None


def _workbook(name: str, data: bytes) -> tuple[list[SheetGrid], str, str]:
    try:
        check_workbook(data, name)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        grids = [
            SheetGrid(
                s.name, _trim(book.get_sheet_by_name(s.name).to_python(skip_empty_area=False)), formats_read=False
            )
            for s in book.sheets_metadata
            if str(s.typ).endswith("WorkSheet")
        ]
    except UnreadableError as error:
        code = "PUB-LARGE" if error.code == "FILE-LARGE" else "PUB-BROKEN"
        raise PublishedError(error.message, fix=error.fix, code=code) from None
    except Exception:  # calamine raises its own and Rust errors, none of which name what to do
        raise _broken(name) from None
    kind = "xlsx" if b"[Content_Types].xml" in data else "ods"
    if kind == "xlsx" and sum(len(r) for g in grids for r in g.rows) <= _MOST_CELLS_FOR_FORMATS:
        grids = _with_percent(data, grids)
    return grids, kind, ""


def _parquet(name: str, data: bytes) -> list[list[object]]:
    """Header and rows of a Parquet file; a missing cell is a blank one."""
    import pyarrow.parquet as pq
    from pyarrow import ArrowException, BufferReader

    try:
        table = pq.read_table(BufferReader(data))
        columns = [column.to_pylist() for column in table.columns]
    except (ArrowException, OSError, ValueError):
        raise PublishedError(
            f"'{name}' cannot be opened as Parquet: expected a whole file, and it is cut short or damaged.",
            fix="Download it again.",
            code="PUB-BROKEN",
        ) from None
    names = [n for n in table.column_names if not n.startswith("__index_level_")]
    kept = [c for n, c in zip(table.column_names, columns, strict=True) if n in names]
    return [list(names), *([_plain(c) for c in row] for row in zip(*kept, strict=True))]


def _plain(cell: object) -> object:
    """A cell as a sheet would hold it: decimals as floats, nothing as an empty text."""
    if cell is None:
        return ""
    return float(cell) if isinstance(cell, Decimal) else cell


def _broken(name: str) -> PublishedError:
    return PublishedError(
        f"'{name}' cannot be opened as a workbook: expected a whole one without a password, and it is cut short, "
        "damaged or locked.",
        fix="Download it again, or save it anew without a password.",
        code="PUB-BROKEN",
    )


def _trim(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    """Rows as lists, without blank ones at the end."""
    last = len(rows)
    while last and all(c is None or c == "" for c in rows[last - 1]):
        last -= 1
    return [list(row) for row in rows[:last]]


def _with_percent(data: bytes, grids: list[SheetGrid]) -> list[SheetGrid]:
    """The same grids, knowing which cells the workbook shows as percentages."""
    import warnings

    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(io.BytesIO(data), read_only=True)
            found = [SheetGrid(g.name, g.rows, _percent_cells(book, g.name)) for g in grids]
            book.close()
        except Exception:  # the values are read already; that the formats are not is said in the assumptions
            return grids
    return found


def _percent_cells(book: Workbook, sheet: str) -> frozenset[tuple[int, int]]:
    """Row and column of each number that a sheet shows as a percentage; the sheet is read only now, damage and all."""
    if sheet not in book.sheetnames:
        return frozenset()
    cells = (c for row in book[sheet].iter_rows() for c in row)
    shown = (c for c in cells if isinstance(c.value, (int, float)) and "%" in str(c.number_format))
    return frozenset((int(c.row) - 1, int(c.column) - 1) for c in shown)


def decode(name: str, data: bytes) -> tuple[str, str]:
    """Text and the encoding it was read with: a byte-order mark first, then UTF-8, then Windows-1252.

    Examples
    --------
    >>> decode("a.csv", "Ynys Môn".encode("utf-8-sig"))
    ('Ynys Môn', 'utf-8 with byte-order mark')
    >>> decode("a.csv", "£1 Children\u2019s".encode("cp1252"))[1]
    'windows-1252'
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), "utf-16"
    if data.startswith(b"\xef\xbb\xbf"):
        return data.decode("utf-8-sig", errors="replace"), "utf-8 with byte-order mark"
    sample = data[:4000]
    if sample.count(b"\x00") > len(sample) // 4:
        little = sample[1::2].count(b"\x00") > sample[::2].count(b"\x00")
        encoding = "utf-16-le" if little else "utf-16-be"
        return data.decode(encoding, errors="replace"), encoding
    if b"\x00" in data:
        raise PublishedError(
            f"'{name}' holds binary data: expected a published table.", fix="Use CSV, ODS or XLSX.", code="PUB-BINARY"
        )
    try:
        return data.decode("utf-8"), "ascii" if data.isascii() else "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "windows-1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "iso-8859-1"


def _split(text: str) -> list[list[object]]:
    csv.field_size_limit(10_000_000)
    try:
        return _trim(list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))))
    except csv.Error:
        raise PublishedError(
            "Expected a table with separators: a quotation mark is never closed, or a cell is too long.",
            fix="Download the file again.",
            code="PUB-TEXT",
        ) from None


def _delimiter(text: str) -> str:
    """The separator that gives the most columns most steadily over the first lines."""
    lines = [line for line in text[:200_000].splitlines()[:60] if line.strip()]
    first = lines[0] if lines else ""
    told = re.fullmatch(r"sep=(.)", first.strip())
    if told:
        return told[1]
    steady: Callable[[str], float] = lambda d: _steadiness(lines, d)  # noqa: E731
    return max((",", "\t", ";", "|"), key=steady)


def _steadiness(lines: list[str], delimiter: str) -> float:
    widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
    common = max(set(widths), key=widths.count) if widths else 1
    return 0.0 if common < 2 else widths.count(common) / len(widths) * 10 + min(common, 100) / 100
