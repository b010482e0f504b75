"""One file as text: CSV in its usual encodings and delimiters, and Parquet.

CSV is read with the standard library, because it is the one reader that lets every row be held to the width of
the header; Parquet with pyarrow, which also knows DuckDB's results.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hybrid_toolkit.data.known.names import is_known_header
from hybrid_toolkit.data.reading.raw_table import ENGLAND, FIRST_ROWS, Found, RawTable, now, text_frame
from hybrid_toolkit.data.sheets.limits import MOST_COLUMNS, check_kind, too_wide
from hybrid_toolkit.data.sheets.sheet_reading import tables_of
from hybrid_toolkit.data.sheets.tables_of_a_sheet import Laid, lay_out
from hybrid_toolkit.data.validation.problem import SHOWN
from hybrid_toolkit.errors import UnreadableError, agreeing, plural

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_WESTERN = set("£€‘’“”–—…•·°½¼¾©®™§\u00a0±×÷²³") | set("àáâãäåçèéêëìíîïñòóôõöùúûüýÿÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝßæÆøØ")
_FOREIGN_RUN = re.compile(r"[^\W\d_a-zA-Z]{3,}")
_HEAD = 65536
"""Bytes by which a text file is told from prose: some hundred lines."""
_LARGE = 64 * 2**20
"""Bytes, some half a million visits: reading as much takes seconds and a gigabyte of memory, and ten times as much
neither fits nor tells more of what a file is."""
_STEADY = 0.8
"""Share of a table's lines with as many marks as its rows; the rest are titles and notes."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_bytes(path: Path, most: int = -1) -> bytes:
    """The bytes of a file, or as many of the first as are asked for.

    Raises
    ------
    UnreadableError
        It is not there, may not be read, or is open in another program.
    """
    for lock in (path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")):
        if lock.exists():
            raise UnreadableError(
                f"{path.name}: the file is open in another program (its lock file stands beside it).",
                fix=f"Save and close it there, then load again; if no one has it open, delete '{lock.name}'.",
                code="FILE-LOCKED",
            )
    check_kind(path)
    try:
        with path.open("rb") as file:
            return file.read(most)
    except PermissionError:
        raise UnreadableError(
            f"'{path.name}' cannot be opened. It may be open in another program, or you may not have permission.",
            fix="Close it in the other program, or copy it to a folder you have access to.",
            code="FILE-LOCKED",
        ) from None
    except OSError as error:
        raise UnreadableError(
            f"{path.name}: the file cannot be read ({type(error).__name__}).",
            fix="Check that it is a file, that it is complete and that the disk can be reached.",
            code="FILE-UNREADABLE",
        ) from None


def is_large(path: Path) -> bool:
    """Whether a file is so large that its first rows alone say what it is."""
    return path.stat().st_size > _LARGE


def csv_file(path: Path, *, first: int | None = None) -> list[Found]:
    """The tables of a CSV file, most often one.

    Parameters
    ----------
    path : Path
        The file.
    first : int | None, optional
        Of a large file, read this many lines and no more; all of them where it is left out.

    Raises
    ------
    UnreadableError
        Another encoding, rows of different widths, an empty file.
    """
    part = first is not None and is_large(path)
    data = _first_lines(path, first or 0) if part else read_bytes(path)
    grid, laid, notes = _grid(data, path.name)
    notes += [FIRST_ROWS.format(first)] if part else []
    digest = hashlib.sha256(data).hexdigest()
    return tables_of(grid, path.stem, path.name, path.name, digest, "csv", laid=laid, notes=notes)


def _first_lines(path: Path, lines: int) -> bytes:
    """The first lines of a file, up to one with which no quoted cell is left open."""
    check_kind(path)
    with path.open("rb") as file:
        head = file.read(_LARGE)
    end = b"\n\x00" if head.startswith(b"\xff\xfe") else b"\x00\n" if head.startswith(b"\xfe\xff") else b"\n"
    whole, cut = head.split(end, lines + 1), b""
    for count in range(min(lines + 1, len(whole) - 1), 0, -1):
        cut = end.join(whole[:count]) + end
        if cut.count(b'"') % 2 == 0:
            break
    return cut


def parquet_file(path: Path, *, first: int | None = None) -> Found:
    """A Parquet file, not read yet; of a large one the ``first`` rows alone are, where that is given."""
    return Found(path.stem, path.name, lambda: read_parquet(path, first=first), ref=path.name)


def is_delimited(path: Path) -> bool:
    """Whether a text file is a table: nearly all its first lines have as many tabs, bars, semicolons or commas.

    What cannot be opened is taken for one, so that reading it says why.
    """
    try:
        head = read_bytes(path, _HEAD)
    except UnreadableError:
        return True
    try:
        text, _ = _decode(head[: head.rfind(b"\n") + 1 or None], path.name)
    except UnreadableError:
        return False
    lines = [re.sub(r'"[^"]*"', "", line) for line in text.splitlines() if line.strip()]
    usual = [[line.count(mark) for line in lines] for mark in ",;\t|"]
    return len(lines) > 1 and any(
        max(map(counts.count, {n for n in counts if n} or {-1})) >= _STEADY * len(lines) for counts in usual
    )


def read_csv(path: Path) -> RawTable:
    """One CSV file: UTF-8 or UTF-16, or Windows-1252 with a note; comma, semicolon, tab or bar.

    Raises
    ------
    UnreadableError
        Another encoding, rows of different widths, an empty file, odd headers, several tables.
    """
    found = csv_file(path)
    if len(found) > 1:
        raise UnreadableError(
            f"{path.name}: the file holds {len(found)} tables, one below or beside the other.",
            fix=f'Save each as a separate file, or name one in a mapping, such as source = "{found[0].ref}".',
            code="TABLES-SEVERAL",
        )
    return found[0].read()


def _grid(data: bytes, name: str) -> tuple[list[list[str | None]], list[Laid], list[str]]:
    """The cells of a CSV file, all rows of one length; the tables in them; and what was assumed."""
    if not data.strip(b"\xef\xbb\xbf\xff\xfe \r\n\t\x00"):
        raise UnreadableError(
            f"{name}: the file is empty.",
            fix="Write at least a first row with the column names; a header without rows is a valid, empty table.",
            code="FILE-EMPTY",
        )
    text, notes = _decode(data, name)
    delimiter, text = _delimiter(text)
    lines = _lines(text, delimiter, name)
    width = max(map(len, lines))
    if width > MOST_COLUMNS:
        raise too_wide(name, width)
    grid = [[cell.strip() or None for cell in line] + [None] * (width - len(line)) for line in lines]
    laid = lay_out(grid, is_known_header)
    _refuse_ragged(grid, laid, [len(line) for line in lines], name)
    return grid, laid, notes


def _decode(data: bytes, name: str) -> tuple[str, list[str]]:
    encoding = next((e for mark, e in _BOMS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-8" and (western := _windows_1252(data)) is not None:
            return western, ["the file is not UTF-8; it was read as Windows-1252 (cp1252)"]
        raise UnreadableError(
            f"'{name}' has characters that cannot be read, at byte {error.start:,}.",
            fix="In Excel or another spreadsheet program choose Save As, then 'CSV UTF-8 (Comma delimited)'.",
            code="FILE-ENCODING",
        ) from None
    if _CONTROL.search(text):
        raise UnreadableError(
            f"{name}: the file holds control characters: it is not a text file, or UTF-16 without its mark.",
            fix="Save it again as 'CSV UTF-8'.",
            code="FILE-ENCODING",
        )
    return text, []


def _windows_1252(data: bytes) -> str | None:
    """The text if it is plausibly Windows-1252: only the marks and letters of western languages, none in runs."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    odd = {c for c in text if c > "\x7f"} - _WESTERN
    return None if odd or _CONTROL.search(text) or _FOREIGN_RUN.search(text) else text


def _delimiter(text: str) -> tuple[str, str]:
    told = re.match(r"\ufeff?\"?sep=([,;\t|])\"?\r?\n", text)
    if told:
        return told.group(1), text[told.end() :]
    sample = [re.sub(r'"[^"]*"', "", line) for line in text.lstrip("\r\n").splitlines()[:60] if line.strip()]

    def steady(mark: str) -> tuple[float, int]:
        """How many lines have as many marks as most lines with any, and how many marks that is."""
        counts = [line.count(mark) for line in sample]
        usual = max(set(counts), key=lambda n: (counts.count(n) if n else 0, n), default=0)
        return (counts.count(usual) / max(len(counts), 1) if usual else 0.0, usual)

    return max(",;\t|", key=steady), text


def _lines(text: str, delimiter: str, name: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        what = "a quotation mark is never closed" if "end of data" in str(error) else "a quotation mark is misplaced"
        raise UnreadableError(
            f"{name}: the file breaks off or {what}.",
            fix="Export the file again; a quotation mark inside a cell is written twice.",
            code="CSV-QUOTES",
        ) from None


def _refuse_ragged(grid: list[list[str | None]], laid: list[Laid], widths: list[int], name: str) -> None:
    """Rows of a table that have more or fewer cells than its header; what stands around the tables may."""
    for one in laid:
        expected = widths[one.top]
        cells = [j for j, c in enumerate(grid[one.top]) if c is not None]
        whole = cells[-1] + 1 if cells else 0
        ragged = [
            place + 1
            for place in one.rows
            if (widths[place] < expected and widths[place] != whole) or any(grid[place][expected:])
        ]
        if ragged:
            shown = ", ".join(map(str, ragged[:SHOWN])) + (", ..." if len(ragged) > SHOWN else "")
            raise UnreadableError(
                f"{name}: {plural(len(ragged), 'row has', 'rows have')} more or fewer cells than the header's "
                f"{expected}: {agreeing(len(ragged), 'row', 'rows')} {shown}.",
                fix="Put cells that hold the delimiter in quotation marks, and fill or remove the rows that break off.",
                code="CSV-RAGGED",
            )


def read_parquet(path: Path, *, first: int | None = None) -> RawTable:
    """One Parquet file.

    Parameters
    ----------
    path : Path
        The file.
    first : int | None, optional
        Read this many rows and no more, where the file has more; all of them where it is left out.

    Raises
    ------
    UnreadableError
        The file is not Parquet, is cut short, or holds nested columns.
    """
    part = False
    try:
        if first is not None:
            check_kind(path)
            with pq.ParquetFile(path) as opened:
                part = opened.metadata.num_rows > first
                some = [next(opened.iter_batches(batch_size=first))] if part else []
        data = b"" if part else read_bytes(path)
        table = pa.Table.from_batches(some) if part else pq.read_table(pa.BufferReader(data))
        table.validate(full=True)  # a text that is none in UTF-8 is met when it is asked for, and not before
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError(
            f"{path.name}: the file is not Parquet or is cut short ({type(error).__name__}).",
            fix="Write or copy the file again.",
            code="FILE-TRUNCATED",
        ) from None
    return RawTable(
        text_frame(*arrow_text(table, path.name), path.name),
        path.name,
        hashlib.sha256(data).hexdigest(),
        "parquet",
        now(),
        (FIRST_ROWS.format(first),) if part else (),
    )


def arrow_text(table: pa.Table, origin: str) -> tuple[list[str], list[list[str | None]]]:
    """Headers and columns of an Arrow table as text, as ``as_text`` writes it.

    Raises
    ------
    UnreadableError
        A column is nested or binary.
    """
    headers, columns = [], []
    for name in table.column_names:
        if name.startswith("__index_level_"):
            continue
        column = table.column(name)
        kind = column.type
        if pa.types.is_dictionary(kind):
            column = column.cast(kind.value_type)
            kind = column.type
        try:
            if pa.types.is_timestamp(kind) and kind.tz is not None:
                moments = column.cast(pa.timestamp("us", tz="UTC"), safe=False).to_pandas()
                column = pa.chunked_array([moments.dt.tz_convert(ENGLAND).dt.tz_localize(None).array])
            if pa.types.is_timestamp(kind):
                days = column.cast(pa.timestamp("us"), safe=False)
                midnight = pc.all(pc.equal(pc.floor_temporal(days, unit="day"), days)).as_py()
                column = days.cast(pa.date32()) if midnight is not False else days
            text = column.cast(pa.string()).to_pylist()
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise UnreadableError(
                f"{origin}: column '{name}' holds lists, records or bytes; one plain value a row is expected.",
                fix="Write the column as one plain value a row, or leave it out.",
                code="COLUMN-NESTED",
            ) from None
        if pa.types.is_decimal(kind):
            text = [t.rstrip("0").rstrip(".") if t and "." in t else t for t in text]
        headers.append(name)
        columns.append([(t.strip() or None) if t is not None and t != "nan" else None for t in text])
    return headers, columns
