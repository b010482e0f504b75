"""The same small tables in every form that can be loaded, and a PostgreSQL server for the session."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn
from xml.sax.saxutils import escape

import duckdb
import pandas as pd
import pytest

Tables = Mapping[str, pd.DataFrame]


@pytest.fixture(scope="session")
def tables() -> Tables:
    """Two tables with every kind of column, gaps, accents, delimiters and quotes inside cells."""
    team = pd.DataFrame(
        {
            "team_id": ["T1", "T2", "T3"],
            "service": ["cin_cp", "cla", None],
            "est_months": pd.array([12, None, 7], dtype="Int64"),
            "hotdesk": pd.array([True, None, False], dtype="boolean"),
            "rollout_month": [dt.date(2024, 3, 1), None, dt.date(2023, 11, 1)],
        }
    )
    survey = pd.DataFrame(
        {
            "worker_id": ["W,1", "W;2", 'W"3'],
            "wave": [1, 2, 3],
            "instrument": ["swemwbs", "hse", "Lleisiau ŵyr"],
            "item": ["swemwbs_1", "hse_01", "naïve"],
            "value": [0.35, 5.0, None],
        }
    )
    worker = pd.DataFrame(
        {
            "worker_id": ["0012", "0013"],
            "fte": [0.6, 1.0],
            "start_date": [dt.date(2020, 1, 31), None],
            "asye": pd.array([False, True], dtype="boolean"),
        }
    )
    return {"team": team, "survey": survey, "worker": worker}


def rows_of(frame: pd.DataFrame) -> list[list[object]]:
    """Plain Python values, None for nothing."""
    return [[None if pd.isna(v) else v for v in row] for row in frame.astype("object").itertuples(index=False)]


def write_csv(tables: Tables, folder: Path) -> Path:
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return folder


def write_parquet(tables: Tables, folder: Path) -> Path:
    for name, frame in tables.items():
        frame.to_parquet(folder / f"{name}.parquet")
    return folder


def write_xlsx(tables: Tables, folder: Path) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, frame in tables.items():
        sheet = book.create_sheet(name)
        sheet.append(list(frame.columns))
        for row in rows_of(frame):
            sheet.append(row)
    book.save(folder / "evaluation.xlsx")
    return folder / "evaluation.xlsx"


def write_ods(tables: Tables, folder: Path) -> Path:
    """OpenDocument by hand: the format is a zip with one content file."""

    def cell(value: object) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, bool):
            return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
        if isinstance(value, int | float):
            return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'
        if isinstance(value, dt.date):
            return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
        text = escape(str(value))
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    def row(values: list[object]) -> str:
        return f"<table:table-row>{''.join(map(cell, values))}</table:table-row>"

    sheets = "".join(
        f'<table:table table:name="{name}">{row(list(frame.columns))}{"".join(map(row, rows_of(frame)))}</table:table>'
        for name, frame in tables.items()
    )
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f"{sheets}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(folder / "evaluation.ods", "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("content.xml", content)
        parts.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return folder / "evaluation.ods"


def write_sqlite(tables: Tables, folder: Path) -> str:
    file = folder / "evaluation ½.db"
    connection = sqlite3.connect(file)
    for name, frame in tables.items():
        columns = ", ".join(f'"{c}"' for c in frame.columns)
        connection.execute(f'CREATE TABLE "{name}" ({columns})')
        marks = ", ".join("?" * len(frame.columns))
        rows = [[v.isoformat() if isinstance(v, dt.date) else v for v in row] for row in rows_of(frame)]
        connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
    connection.commit()
    connection.close()
    return f"sqlite:///{file}"


def write_duckdb(tables: Tables, folder: Path) -> str:
    file = folder / "evaluation.duckdb"
    with duckdb.connect(str(file)) as connection:
        for name, frame in tables.items():
            connection.register("given", frame)
            connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM given')
            connection.unregister("given")
    return f"duckdb:///{file}"


WRITERS: dict[str, Callable[[Tables, Path], Path | str]] = {
    "csv": write_csv,
    "parquet": write_parquet,
    "xlsx": write_xlsx,
    "ods": write_ods,
    "sqlite": write_sqlite,
    "duckdb": write_duckdb,
}


@pytest.fixture(params=sorted(WRITERS))
def stored(request: pytest.FixtureRequest, tables: Tables, tmp_path: Path) -> Path | str:
    """The tables, written in one of the forms."""
    return WRITERS[request.param](tables, tmp_path)


def _program(name: str) -> str | None:
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: p.parts[-3].zfill(4))
    return str(places[-1]) if places else shutil.which(name)


def _without(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, though CI=true")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server of its own on loopback, ``trust``, gone at the end of the session."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if initdb is None or pg_ctl is None:
        _without("no PostgreSQL server here (initdb and pg_ctl, of Debian's package 'postgresql')")
    import pwd

    if os.geteuid() == 0 and "postgres" not in {user.pw_name for user in pwd.getpwall()}:
        _without("PostgreSQL refuses to run as root, and there is no user 'postgres'")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    as_root = os.geteuid() == 0
    if as_root:
        shutil.chown(folder, "postgres", "postgres")
    before = ["runuser", "-u", "postgres", "--"] if as_root else []
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    def run(*words: str) -> None:
        subprocess.run([*before, *words], check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    cluster = str(folder / "cluster")
    try:
        run(initdb, "-D", cluster, "-U", "evaluator", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
        run(pg_ctl, "-D", cluster, "-w", "-t", "60", "-o", options, "-l", str(folder / "log"), "start")
        yield f"postgresql://evaluator@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run(
            [*before, pg_ctl, "-D", cluster, "-m", "immediate", "stop"],
            check=False,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        shutil.rmtree(folder, ignore_errors=True)
