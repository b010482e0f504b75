"""What stands at a path or address, as a list of things that can be read as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from hybrid_toolkit.data.reading import cin_census
from hybrid_toolkit.data.reading.cin_csv import cin_csv_file, is_cin_csv
from hybrid_toolkit.data.reading.cin_parts import cin_tables_joined
from hybrid_toolkit.data.reading.plain_xml import plain_xml_file
from hybrid_toolkit.data.reading.raw_table import Found, RawTable, nearest_names, normal_name
from hybrid_toolkit.data.reading.text_files import csv_file, is_delimited, is_large, parquet_file, read_bytes
from hybrid_toolkit.data.reading.workbook import sheets
from hybrid_toolkit.data.reading.workforce_census import RECORD, census_file
from hybrid_toolkit.data.reading.workforce_csv import census_of_sheets, csv_source, without_totals
from hybrid_toolkit.data.sheets.limits import check_kind
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import MappingError, UnreadableError, plural

_SOURCES_NAMED = 8
"""Sources named in one message."""


def _csv(path: Path, first: int | None) -> list[Found]:
    if first is not None and is_large(path):  # larger than any return
        return csv_file(path, first=first)
    return cin_csv_file(path) if is_cin_csv(path) else csv_source(path)


_ONE: Mapping[str, Callable[[Path, int | None], Found | list[Found]]] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".psv": _csv,
    ".txt": _csv,
    ".parquet": lambda path, first: parquet_file(path, first=first),
    ".xml": lambda path, first: xml_file(path),
}


def xml_file(path: Path) -> list[Found]:
    """The tables of an XML file: of a national return known by the tags in it, or of a plain list of records."""
    data = read_bytes(path)
    if cin_census.CIN_RECORD.encode() in data:
        return cin_census.cin_file(path)
    return census_file(path) if RECORD.encode() in data else plain_xml_file(path)


_WORKBOOKS = (".xlsx", ".xlsm", ".ods")
DATABASES = (".sqlite", ".sqlite3", ".db", ".duckdb")
ENDINGS = (*_ONE, *_WORKBOOKS, *DATABASES)
"""Endings of the files that are looked for in a folder."""


def find_sources(path: str | Path, *, first: int | None = None) -> list[Found]:
    """Everything at a path that may be a table, in the order of its names.

    Parameters
    ----------
    path : str | Path
        A folder, a file, or a database URL such as ``duckdb:///evaluation.duckdb``.
    first : int | None, optional
        Of a database table, a Parquet file or a large text file, read this many rows and no more; all of them where
        it is left out.

    Raises
    ------
    UnreadableError
        Nothing is there, or nothing there can be read.
    """
    # What names, values and returns are known by asks for the same table again and again.
    return cin_tables_joined([replace(one, read=cache(one.read)) for one in _at(path, first)])


def _at(path: str | Path, first: int | None) -> list[Found]:
    if "://" in str(path):
        return _database(str(path), first)
    place = Path(path)
    if not _exists(place):
        raise UnreadableError(
            f"There is nothing at '{place.name or place}': no such file or folder.",
            fix="Check the path; a relative one starts from the present working folder.",
            code="PATH-MISSING",
        )
    if place.is_dir():
        return _folder(place, first)
    return _file(place, first)


def _exists(place: Path) -> bool:
    try:
        return place.exists()
    except (OSError, ValueError):  # a name that no file can have, or a folder that may not be entered
        return False


def _database(address: str, first: int | None) -> list[Found]:
    from hybrid_toolkit.data.reading.database import database_tables  # slow to import, and most data come in files

    return database_tables(address, first=first)


def _file(path: Path, first: int | None) -> list[Found]:
    check_kind(path)
    ending = path.suffix.lower()
    if path.name.startswith("~$"):
        raise UnreadableError(
            f"{path.name}: this is the lock file that a spreadsheet program leaves while a workbook is open.",
            fix="Close the workbook and give the workbook itself.",
            code="FILE-LOCKED",
        )
    if ending in _WORKBOOKS:
        return _workbook(path)
    if ending in DATABASES:
        kind = "duckdb" if ending == ".duckdb" else "sqlite"
        inside = _database(f"{kind}:///{path.resolve()}", first)
        return [replace(one, ref=f"{path.name}/{one.name}") for one in inside]
    if ending in _ONE:
        found = _ONE[ending](path, first)
        return found if isinstance(found, list) else [found]
    raise UnreadableError(
        f"{path.name}: files of this kind ('{ending or 'no ending'}') cannot be read.",
        fix=f"Save it as one of: {', '.join(ENDINGS)}.",
        code="FILE-KIND",
    )


def _workbook(path: Path) -> list[Found]:
    """Sheets; one that stands alone may carry its table's name on the file instead."""
    found = sheets(path)
    if normal_name(path.stem) in TABLES and not any(normal_name(f.name) in TABLES for f in found[1:]):
        first = found[0]
        if len(found) == 1 or normal_name(first.name) not in TABLES:
            return [Found(path.stem, first.origin, first.read, ref=first.ref)]
    return census_of_sheets(found)


def _folder(folder: Path, first: int | None) -> list[Found]:
    try:
        inside_it = sorted(folder.iterdir())
    except OSError:
        raise UnreadableError(
            f"The folder '{folder.name}' may not be listed.",
            fix="Ask for the right to read it, or copy the files elsewhere.",
            code="FILE-UNREADABLE",
        ) from None
    visible = [p for p in inside_it if not p.is_dir() and not p.name.startswith((".", "~$"))]
    if not visible:
        inside = " (only folders or hidden files)" if inside_it else ""
        raise UnreadableError(
            f"The folder '{folder.name}' is empty{inside}.",
            fix=f"Put files in it that are named after the tables, such as worker.csv or contact.xlsx; the tables "
            f"are: {', '.join(TABLES)}.",
            code="FOLDER-EMPTY",
        )
    readable = [p for p in visible if p.suffix.lower() in ENDINGS and not _is_prose(p)]
    if any(normal_name(p.stem) in TABLES for p in readable):
        # The files are the tables already; a database beside them is most often a copy of the same ones.
        readable = [p for p in readable if p.suffix.lower() not in DATABASES or normal_name(p.stem) in TABLES]
    if not readable:
        raise UnreadableError(
            f"None of the {plural(len(visible), 'file')} in the folder '{folder.name}' is of a kind that can be read.",
            fix=f"Save the tables as one of: {', '.join(ENDINGS)}.",
            code="FILE-KIND",
        )
    return [found for path in without_totals(readable) for found in _beside_others(path, first)]


def _is_prose(path: Path) -> bool:
    """Whether a text file holds words to be read, such as a note about the folder, and no table."""
    return path.suffix.lower() == ".txt" and not is_delimited(path)


def _beside_others(path: Path, first: int | None) -> list[Found]:
    """What a file of a folder holds; a workbook or message that is not named like a table may fail without harm."""
    if normal_name(path.stem) in TABLES:
        return _file(path, first)
    try:
        return _file(path, first)
    except UnreadableError as error:
        return [Found(path.stem, path.name, partial(_again, error), error=error, ref=path.name)]


def _again(error: UnreadableError) -> RawTable:
    raise error


def sources_named(name: str, found: list[Found]) -> list[Found]:
    """The sources that a name in a mapping means: one by its full name, or those whose short name it is.

    Raises
    ------
    MappingError
        Two files or sheets answer to the name.
    """
    wanted = normal_name(name)
    exact = [f for f in found if wanted == normal_name(f.ref)]
    short = [f for f in found if wanted == normal_name(f.name)]
    of_file = [
        f
        for f in found
        if f.ref and wanted in (normal_name(f.ref.split("/")[0]), normal_name(Path(f.ref.split("/")[0]).stem))
    ]
    here = exact or short or of_file
    if len(here) > 1:
        raise MappingError(
            f"{len(here)} sources answer to '{name}': {', '.join(repr(f.ref or f.origin) for f in here[:8])}.",
            fix="Write the full name, as listed here, as 'source' in the mapping.",
            code="MAP-SOURCE-TWO",
        )
    return here


def source_named(name: str, found: list[Found]) -> Found:
    """The one source that a name in a mapping means.

    Raises
    ------
    MappingError
        Nothing answers to the name, or more than one thing.
    """
    here = sources_named(name, found)
    if here:
        return here[0]
    close = nearest_names(name, [f.ref or f.name for f in found])
    raise MappingError(
        f"nothing is named '{name}'" + (f" (nearest: '{close}')." if close else "."),
        fix="Correct the name of the file, sheet or database table in the mapping.",
        code="MAP-SOURCE",
    )


def no_table(found: list[Found], place: str) -> UnreadableError:
    """The error for a place where nothing is named like a table, with the nearest names, or what cannot be read."""
    for one in found:
        if one.error is not None:
            return one.error
    hints = {f.name: nearest_names(f.name, TABLES) for f in found}
    close = [f"'{name}' (nearest table: '{table}')" for name, table in hints.items() if table][:5]
    names = ", ".join(f"'{f.name}'" for f in found[:_SOURCES_NAMED]) + (", ..." if len(found) > _SOURCES_NAMED else "")
    return UnreadableError(
        f"Nothing in '{place}' is named like a table. Found: {names or 'nothing'}."
        + (f" Near misses: {'; '.join(close)}." if close else ""),
        fix=f"Name each file, sheet or database table after its table ({', '.join(TABLES)}), or write a mapping: "
        "'hybrid-toolkit map' proposes one.",
        code="TABLES-NONE",
    )
