"""What stands at a path or address, as a list of things that can be read as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from hybrid_toolkit.data.census import census_file
from hybrid_toolkit.data.contracts import TABLES
from hybrid_toolkit.data.database import DATABASE_ENDINGS, database_tables
from hybrid_toolkit.data.files import csv_file, parquet_file
from hybrid_toolkit.data.raw import Found, nearest, normal
from hybrid_toolkit.data.workbook import sheets
from hybrid_toolkit.errors import UnreadableError

_ONE: Mapping[str, Callable[[Path], Found]] = {
    ".csv": csv_file,
    ".tsv": csv_file,
    ".parquet": parquet_file,
    ".xml": census_file,
}
WORKBOOKS = (".xlsx", ".xlsm", ".ods")
ENDINGS = (*_ONE, *WORKBOOKS)
"""Endings of the files that can be read."""


def find(path: str | Path) -> list[Found]:
    """Everything at a path that may be a table, in the order of its names.

    Parameters
    ----------
    path : a folder, a file, or a database URL such as ``duckdb:///evaluation.duckdb``.

    Raises
    ------
    UnreadableError : nothing is there, or nothing there can be read.
    """
    if "://" in str(path):
        return database_tables(str(path))
    place = Path(path)
    if not place.exists():
        raise UnreadableError(
            f"There is nothing at '{place.name or place}': no such file or folder.",
            fix="Check the path; a relative one starts from the present working folder.",
            code="PATH-MISSING",
        )
    if place.is_dir():
        return _folder(place)
    if place.suffix.lower() in DATABASE_ENDINGS:
        kind = "duckdb" if place.suffix.lower() == ".duckdb" else "sqlite"
        return database_tables(f"{kind}:///{place.resolve()}")
    return _file(place)


def _file(path: Path) -> list[Found]:
    ending = path.suffix.lower()
    if path.name.startswith("~$"):
        raise UnreadableError(
            f"{path.name}: this is the lock file that a spreadsheet program leaves while a workbook is open.",
            fix="Close the workbook and give the workbook itself.",
            code="FILE-LOCKED",
        )
    if ending in WORKBOOKS:
        return _workbook(path)
    if ending in _ONE:
        return [_ONE[ending](path)]
    raise UnreadableError(
        f"{path.name}: files of this kind ('{ending or 'no ending'}') cannot be read.",
        fix=f"Save it as one of: {', '.join(ENDINGS)}.",
        code="FILE-KIND",
    )


def _workbook(path: Path) -> list[Found]:
    """Sheets; one that stands alone may carry its table's name on the file instead."""
    found = sheets(path)
    if normal(path.stem) in TABLES and not any(normal(f.name) in TABLES for f in found[1:]):
        first = found[0]
        if len(found) == 1 or normal(first.name) not in TABLES:
            return [Found(path.stem, first.origin, first.read)]
    return found


def _folder(folder: Path) -> list[Found]:
    visible = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith((".", "~$")))
    if not visible:
        inside = " (only folders or hidden files)" if any(folder.iterdir()) else ""
        raise UnreadableError(
            f"The folder '{folder.name}' is empty{inside}.",
            fix=f"Put files in it that are named after the tables, such as worker.csv or contact.xlsx; the tables "
            f"are: {', '.join(TABLES)}.",
            code="FOLDER-EMPTY",
        )
    readable = [p for p in visible if p.suffix.lower() in ENDINGS]
    if not readable:
        raise UnreadableError(
            f"None of the {len(visible)} file(s) in the folder '{folder.name}' is of a kind that can be read.",
            fix=f"Save the tables as one of: {', '.join(ENDINGS)}.",
            code="FILE-KIND",
        )
    return [found for path in readable for found in _file(path)]


def no_table(found: list[Found], place: str) -> UnreadableError:
    """The error for a place where nothing is named like a table, with the nearest names."""
    hints = {f.name: nearest(f.name, TABLES) for f in found}
    close = [f"'{name}' (nearest table: '{table}')" for name, table in hints.items() if table][:5]
    names = ", ".join(f"'{f.name}'" for f in found[:8]) + (", ..." if len(found) > 8 else "")
    return UnreadableError(
        f"Nothing in '{place}' is named like a table. Found: {names or 'nothing'}."
        + (f" Near misses: {'; '.join(close)}." if close else ""),
        fix=f"Name each file, sheet or database table after its table ({', '.join(TABLES)}), or write a mapping: "
        "'hybrid-toolkit map' proposes one.",
        code="TABLES-NONE",
    )
