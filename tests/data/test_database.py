"""Databases: the same content as files, read only, and errors that keep passwords to themselves."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import sqlalchemy as sa

from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.errors import UnreadableError, UsageError

SECRET = "hunter2-ABC"


def refused(url: str, code: str) -> str:
    with pytest.raises(UnreadableError) as caught:
        load_data(url)
    assert caught.value.code == code, str(caught.value)
    assert SECRET not in str(caught.value)
    return str(caught.value)


def make_sqlite(file: Path, name: str = "worker") -> str:
    connection = sqlite3.connect(file)
    connection.execute(f'CREATE TABLE "{name}" (Worker_ID TEXT, FTE REAL, agency INTEGER, start_date TEXT)')
    connection.execute(f"""INSERT INTO "{name}" VALUES ('A', 0.5, 1, '2021-01-31'), ('B', NULL, 0, NULL)""")
    connection.commit()
    connection.close()
    return f"sqlite:///{file}"


def test_sqlite_types_and_provenance(tmp_path: Path) -> None:
    data = load_data(make_sqlite(tmp_path / "a.db", "WORKER"))
    assert data["worker"]["agency"].tolist() == [True, False]
    assert data["worker"]["start_date"].tolist()[0] == pd.Timestamp(2021, 1, 31)
    (source,) = data.provenance
    assert source.origin == "a.db, table 'WORKER'"
    assert (source.rows, len(source.sha256)) == (2, 64)
    assert load_data(tmp_path / "a.db").hash == data.hash


def test_sqlite_is_opened_read_only_and_never_made(tmp_path: Path) -> None:
    refused(f"sqlite:///{tmp_path / 'none.db'}", "PATH-MISSING")
    assert not (tmp_path / "none.db").exists()
    url = make_sqlite(tmp_path / "a.db")
    (tmp_path / "a.db").chmod(0o444)
    before = (tmp_path / "a.db").stat().st_mtime_ns
    load_data(url)
    assert (tmp_path / "a.db").stat().st_mtime_ns == before


def test_what_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"this is a letter" * 100)
    assert "not a database" in refused(f"sqlite:///{tmp_path / 'a.db'}", "DB-UNREADABLE")
    refused(f"duckdb:///{tmp_path / 'a.db'}", "DB-UNREADABLE")
    refused(f"duckdb:///{tmp_path / 'none.duckdb'}", "PATH-MISSING")


def test_a_database_without_our_tables(tmp_path: Path) -> None:
    text = refused(make_sqlite(tmp_path / "a.db", "workers"), "TABLES-NONE")
    assert "nearest table: 'worker'" in text
    sqlite3.connect(tmp_path / "empty.db").close()
    refused(f"sqlite:///{tmp_path / 'empty.db'}", "TABLES-NONE")


def test_duckdb_types_schema_and_views(tmp_path: Path) -> None:
    file = tmp_path / "a.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE SCHEMA other")
        connection.execute(
            "CREATE TABLE other.staff AS SELECT 7::BIGINT AS worker_id, 0.50::DECIMAL(4,2) AS fte, true AS agency, "
            "TIMESTAMP '2021-01-31 00:00:00' AS start_date"
        )
        connection.execute("CREATE VIEW other.worker AS SELECT * FROM other.staff")
    refused(f"duckdb:///{file}", "TABLES-NONE")
    data = load_data(f"duckdb:///{file}?schema=other")
    assert data["worker"].iloc[0].to_dict() == {
        "worker_id": "7",
        "agency": True,
        "fte": 0.5,
        "start_date": pd.Timestamp(2021, 1, 31),
    }
    assert data.provenance[0].origin == "a.duckdb, table 'other.worker'"


@pytest.mark.parametrize("url", ["oracle://u:p@h/x", "postgresql:/x", "://", "mysql+pymysql://u:p@h/x"])
def test_other_kinds_of_url(url: str) -> None:
    with pytest.raises((UsageError, UnreadableError)) as caught:
        load_data(url)
    assert caught.value.exit_code == 2


def test_a_server_that_cannot_be_reached() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = refused(f"postgresql://someone:{SECRET}@127.0.0.1:{port}/x", "DB-UNREADABLE")
    assert "cannot be reached" in text


def test_sql_server_without_its_driver_says_so() -> None:
    pytest.importorskip("sqlalchemy")
    try:
        import pyodbc  # noqa: F401
    except ImportError:
        assert "sqlserver" in refused(f"mssql+pyodbc://sa:{SECRET}@h/x?driver=x", "DB-DRIVER")
    else:
        pytest.skip("pyodbc is installed here")


@pytest.mark.postgres
def test_postgresql_holds_the_same_content(postgres: str, tables: Mapping[str, pd.DataFrame], tmp_path: Path) -> None:
    engine = sa.create_engine(postgres.replace("postgresql:", "postgresql+pg8000:"))
    for name, frame in tables.items():
        frame.to_sql(name, engine, index=False, if_exists="replace")
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA IF NOT EXISTS other"))
        connection.execute(
            sa.text(
                "CREATE TABLE IF NOT EXISTS other.worker AS SELECT 'A'::text AS worker_id, 0.50::numeric(4,2) AS fte, "
                "true AS agency, timestamptz '2021-01-31 00:00:00+00' AS start_date"
            )
        )
    engine.dispose()
    data = load_data(postgres)
    assert data.hash == load_data(tmp_path).hash
    assert data.provenance[0].origin == "postgresql database 'postgres', table 'team'"
    other = load_data(f"{postgres}?schema=other")
    assert other["worker"]["fte"].tolist() == [0.5]
    assert other["worker"]["start_date"].tolist() == [pd.Timestamp(2021, 1, 31)]


@pytest.mark.postgres
def test_postgresql_refusals_keep_the_password(postgres: str) -> None:
    missing = postgres.replace("evaluator@", f"evaluator:{SECRET}@").replace("/postgres", "/nothing")
    assert "no database of this name" in refused(missing, "DB-UNREADABLE")
    nobody = postgres.replace("evaluator@", f"nobody:{SECRET}@")
    refused(nobody, "DB-UNREADABLE")
    refused(f"{postgres}?schema=nowhere", "TABLES-NONE")
