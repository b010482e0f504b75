"""Tables of a database: SQLite, DuckDB, PostgreSQL, SQL Server. Nothing is ever written to it.

The extra ``databases`` brings what this needs. SQLAlchemy speaks to SQLite, PostgreSQL (by the pure-Python driver
pg8000, so that nothing has to be compiled) and SQL Server; DuckDB is opened by its own package, which needs no dialect
in between. SQL Server (``mssql+pyodbc://...``) needs the extra ``sqlserver`` and Microsoft's driver, and is untried: no
test runs it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import duckdb

from hybrid_toolkit.data.evaluation_data import hash_frame
from hybrid_toolkit.data.reading.raw_table import FIRST_ROWS, Found, RawTable, as_text, now, text_frame
from hybrid_toolkit.data.reading.text_files import arrow_text
from hybrid_toolkit.errors import UnreadableError, UsageError, from_extra

with from_extra("databases"):
    import sqlalchemy as sa
    from sqlalchemy.engine import URL, make_url

_T = TypeVar("_T")

_KNOWN = "sqlite:///FILE, duckdb:///FILE, postgresql://USER:PASSWORD@HOST/NAME or mssql+pyodbc://..."


def database_tables(address: str, *, first: int | None = None) -> list[Found]:
    """Every table and view of the database at a URL, not read yet. ``?schema=NAME`` chooses a schema.

    Parameters
    ----------
    address : str
        The URL.
    first : int | None, optional
        The most rows of a table that are read; all of them where it is left out. A table that has more says so in the
        notes of what was read.

    Raises
    ------
    UnreadableError
        The database cannot be reached, or refuses the user. The password is never shown.
    UsageError
        The URL is of another kind of database.
    """
    try:
        url = make_url(address)
    except sa.exc.ArgumentError:
        raise UsageError(
            "The database URL cannot be understood.", fix=f"Write it as {_KNOWN}.", code="DB-URL"
        ) from None
    schema = _first(url.query.get("schema"))
    url = url.difference_update_query(["schema"])
    backend = url.get_backend_name()
    if backend == "duckdb":
        return _duckdb(_local_file(url), schema, first)
    if backend == "sqlite":
        file = _local_file(url)
        return _tables(
            sa.create_engine("sqlite://", creator=lambda: _open_sqlite(file), poolclass=sa.pool.NullPool),
            schema,
            file.name,
            first,
        )
    if backend == "postgresql":
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+pg8000")
        options = {"execution_options": {"postgresql_readonly": True}}
        return _tables(_engine(url, **options), schema, f"postgresql database '{url.database or ''}'", first)
    if backend == "mssql":
        return _tables(_engine(url), schema, f"mssql database '{url.database or ''}'", first)
    raise UsageError(f"'{backend}' databases are not supported.", fix=f"Write the URL as {_KNOWN}.", code="DB-KIND")


def _first(value: str | tuple[str, ...] | None) -> str | None:
    return value if isinstance(value, str) or value is None else next(iter(value), None)


def _engine(url: URL, **options: object) -> sa.Engine:
    try:
        return sa.create_engine(url, poolclass=sa.pool.NullPool, **options)
    except Exception as error:
        extra = "sqlserver" if url.get_backend_name() == "mssql" else "databases"
        raise UnreadableError(
            f"The driver for '{url.drivername}' is not installed or cannot be used ({type(error).__name__}).",
            fix=f"Install the extra '{extra}': pip install 'hybrid-toolkit[{extra}]'.",
            code="DB-DRIVER",
        ) from None


def _local_file(url: URL) -> Path:
    file = Path(url.database or "")
    if not url.database or not file.is_file():
        raise UnreadableError(
            f"There is no database file '{file.name}' at that place.",
            fix="Check the path; an absolute one has four slashes: sqlite:////folder/file.db.",
            code="PATH-MISSING",
        )
    return file


def _open_sqlite(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True)


def _tables(engine: sa.Engine, schema: str | None, place: str, first: int | None) -> list[Found]:
    names = _guard(lambda: _names(engine, schema), place)

    def reader(name: str) -> Found:
        origin = f"{place}, table '{schema + '.' if schema else ''}{name}'"
        return Found(name, origin, lambda: _guard(lambda: _read(engine, name, schema, origin, first), origin))

    return [reader(name) for name in names]


def _names(engine: sa.Engine, schema: str | None) -> list[str]:
    inspector = sa.inspect(engine)
    return sorted({*inspector.get_table_names(schema=schema), *inspector.get_view_names(schema=schema)})


def _read(engine: sa.Engine, name: str, schema: str | None, origin: str, first: int | None) -> RawTable:
    query = sa.select(sa.text("*")).select_from(sa.table(name, schema=schema))
    if first is not None:
        query = query.limit(first + 1)  # one more says whether there are more
    with engine.connect() as connection:
        result = connection.execute(query)
        headers = list(map(str, result.keys()))
        rows = [[as_text(cell) for cell in row] for row in result]
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in headers]
    return _raw(headers, columns, origin, first)


def _duckdb(file: Path, schema: str | None, first: int | None) -> list[Found]:
    def run(query: str, values: list[str], origin: str) -> tuple[list[str], list[list[str | None]]]:
        with duckdb.connect(str(file), read_only=True) as connection:
            return arrow_text(connection.sql(query, params=values).to_arrow_table(), origin)

    wanted = schema or "main"
    listing = "SELECT table_name FROM information_schema.tables WHERE table_schema = ? ORDER BY 1"
    names = _guard(lambda: run(listing, [wanted], file.name)[1][0], file.name)

    most = "" if first is None else f" LIMIT {first + 1}"

    def reader(name: str) -> Found:
        origin = f"{file.name}, table '{schema + '.' if schema else ''}{name}'"
        quoted = ".".join('"' + part.replace('"', '""') + '"' for part in (wanted, name))
        return Found(
            name,
            origin,
            lambda: _guard(lambda: _raw(*run(f"SELECT * FROM {quoted}{most}", [], origin), origin, first), origin),
        )

    return [reader(str(name)) for name in names]


def _raw(headers: list[str], columns: list[list[str | None]], origin: str, first: int | None) -> RawTable:
    more = first is not None and bool(columns) and len(columns[0]) > first
    frame = text_frame(headers, [c[:first] for c in columns] if more else columns, origin)
    notes = (FIRST_ROWS.format(first),) if more else ()
    digest = hash_frame(frame) if len(frame.columns) else hashlib.sha256(b"").hexdigest()
    return RawTable(frame, origin, digest, "database", now(), notes)


def _guard(action: Callable[[], _T], place: str) -> _T:
    """Run something that talks to a database; a failure says what kind it was, and never the URL."""
    try:
        return action()
    except (UnreadableError, UsageError):
        raise
    except Exception as error:
        raise UnreadableError(f"{place}: {_reason(error)}.", fix=_mend(error), code="DB-UNREADABLE") from None


def _reason(error: Exception) -> str:
    words = str(error).casefold()
    if "28p01" in words or "password authentication" in words or "28000" in words or "login failed" in words:
        return "the database refuses this user and password"
    if "3d000" in words:
        return "the server has no database of this name"
    if "42501" in words or "permission denied" in words:
        return "this user may not read the table"
    if "not a database" in words or "not a valid duckdb" in words or "malformed" in words:
        return "the file is not a database of this kind or is damaged"
    if "locked" in words or "conflicting lock" in words:
        return "another program has the database open for writing"
    if "can't create a connection" in words or "refused" in words or "timed out" in words or "name or service" in words:
        return "the database server cannot be reached"
    return f"the database cannot be read ({type(error).__name__})"


def _mend(error: Exception) -> str:
    reason = _reason(error)
    if "refuses" in reason:
        return "Check the user name and password in the URL; special characters in a password are written as %XX."
    if "reached" in reason:
        return "Check host and port, and that this machine may connect to it."
    if "another program" in reason:
        return "Close the other program, or copy the file."
    return "Check the URL and the rights of the user."
