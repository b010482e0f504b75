"""Bad input: a clear error with a way to mend it, exit code 2, no third-party exception, no value."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.data.load import load_data, read_raw
from hybrid_toolkit.data.published.load import load_published
from hybrid_toolkit.data.reading.text_files import read_parquet
from hybrid_toolkit.errors import HybridToolkitError, PublishedError, UnreadableError

GOOD = "worker_id,fte\nA,1\n"


def refused(path: Path | str, code: str) -> str:
    with pytest.raises(UnreadableError) as caught:
        load_data(path)
    error = caught.value
    assert error.code == code, str(error)
    assert error.exit_code == 2
    assert error.fix
    assert error.__cause__ is None and (error.__context__ is None or error.__suppress_context__)
    return str(error)


def test_nothing_there(tmp_path: Path) -> None:
    text = refused(tmp_path / "no such place", "PATH-MISSING")
    assert str(tmp_path) not in text
    refused("a\0b", "PATH-MISSING")
    refused("x" * 5000, "PATH-MISSING")


def test_a_folder_that_may_not_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(self: Path) -> None:
        raise PermissionError(13, "denied", str(self))

    monkeypatch.setattr(Path, "iterdir", deny)
    refused(tmp_path, "FILE-UNREADABLE")


def test_an_empty_folder(tmp_path: Path) -> None:
    assert "worker" in refused(tmp_path, "FOLDER-EMPTY")
    (tmp_path / "inside").mkdir()
    (tmp_path / ".hidden").write_text("")
    assert "only folders or hidden files" in refused(tmp_path, "FOLDER-EMPTY")


def test_no_file_named_like_a_table(tmp_path: Path) -> None:
    (tmp_path / "workers.csv").write_text(GOOD)
    (tmp_path / "zzz.csv").write_text(GOOD)
    text = refused(tmp_path, "TABLES-NONE")
    assert "'workers' (nearest table: 'worker')" in text
    assert "allocation_spell" in text


def test_no_file_of_a_known_kind(tmp_path: Path) -> None:
    (tmp_path / "worker.docx").write_text("x")
    assert ".csv" in refused(tmp_path, "FILE-KIND")
    refused(tmp_path / "worker.docx", "FILE-KIND")


def test_one_table_in_two_files(tmp_path: Path) -> None:
    (tmp_path / "worker.csv").write_text(GOOD)
    pd.DataFrame({"worker_id": ["A"]}).to_parquet(tmp_path / "Worker.parquet")
    text = refused(tmp_path, "TABLE-TWICE")
    assert "worker.csv" in text and "Worker.parquet" in text


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("worker_id,fte\nПривет,1\n".encode("cp1251"), id="cp1251"),
        pytest.param("worker_id,fte\n職員,1\n".encode("shift_jis"), id="shift_jis"),
        pytest.param(GOOD.encode("utf-16-le"), id="utf-16 without mark"),
        pytest.param("worker_id,fte\n£5,1\n".encode("cp850"), id="cp850"),
        pytest.param(b"\xef\xbb\xbfworker_id,fte\n\xa35,1\n", id="marked as UTF-8 but not"),
        pytest.param(bytes(range(256)), id="binary"),
    ],
)
def test_another_encoding(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "worker.csv").write_bytes(data)
    assert "CSV UTF-8" in refused(tmp_path, "FILE-ENCODING")


def test_an_empty_file(tmp_path: Path) -> None:
    for content in ("", "\n\n", " "):
        (tmp_path / "worker.csv").write_text(content)
        refused(tmp_path, "FILE-EMPTY")
    (tmp_path / "worker.csv").unlink()
    (tmp_path / "worker.xlsx").write_bytes(b"")
    refused(tmp_path, "FILE-EMPTY")
    (tmp_path / "worker.xlsx").unlink()
    (tmp_path / "worker.parquet").write_bytes(b"")
    refused(tmp_path, "FILE-TRUNCATED")


def test_ragged_rows(tmp_path: Path) -> None:
    (tmp_path / "worker.csv").write_text("worker_id,fte\nA,1\nB,1,secret\nC\nD,1,,\n")
    text = refused(tmp_path, "CSV-RAGGED")
    assert "2 rows" in text and "3, 4." in text
    assert "secret" not in text


def test_a_quotation_mark_never_closed(tmp_path: Path) -> None:
    (tmp_path / "worker.csv").write_text('worker_id,fte\n"A,1\nB,1\n')
    refused(tmp_path, "CSV-QUOTES")


def test_column_names_twice_or_absent(tmp_path: Path) -> None:
    (tmp_path / "worker.csv").write_text("worker_id,FTE,fte\nA,1,1\n")
    assert "columns 2 and 3" in refused(tmp_path, "HEADER-DUPLICATE")
    (tmp_path / "worker.csv").write_text("worker_id,,fte\nA,2,1\n")
    assert "column 2 has data but no name" in refused(tmp_path, "HEADER-BLANK")
    (tmp_path / "worker.csv").write_text("worker_id,,fte\nA,,1\n")
    assert list(load_data(tmp_path)["worker"].columns) == ["worker_id", "fte"]


def workbook(path: Path) -> Path:
    pd.DataFrame({"worker_id": ["A"] * 50, "fte": [1.0] * 50}).to_excel(path, sheet_name="worker", index=False)
    return path


def test_a_workbook_with_a_password(tmp_path: Path) -> None:
    (tmp_path / "worker.xlsx").write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600))
    assert "password" in refused(tmp_path, "FILE-LOCKED")
    (tmp_path / "worker.xlsx").unlink()
    with zipfile.ZipFile(tmp_path / "worker.ods", "w") as parts:
        parts.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
        parts.writestr("content.xml", b"\x00\x01")
    assert "password" in refused(tmp_path, "FILE-LOCKED")


def test_a_workbook_open_elsewhere(tmp_path: Path) -> None:
    workbook(tmp_path / "worker.xlsx")
    lock = tmp_path / "~$worker.xlsx"
    lock.write_bytes(b"\x05owner")
    text = refused(tmp_path, "FILE-LOCKED")
    assert "~$worker.xlsx" in text and "owner" not in text
    refused(lock, "FILE-LOCKED")
    lock.unlink()
    assert len(load_data(tmp_path)["worker"]) == 50


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "worker.csv").write_text(GOOD)

    def deny(self: Path, mode: str) -> object:
        raise PermissionError(13, "denied", str(self))

    monkeypatch.setattr(Path, "open", deny)
    text = refused(tmp_path, "FILE-LOCKED")
    assert str(tmp_path) not in text


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.98])
def test_a_workbook_cut_short(tmp_path: Path, share: float) -> None:
    data = workbook(tmp_path / "worker.xlsx").read_bytes()
    (tmp_path / "worker.xlsx").write_bytes(data[: int(len(data) * share)])
    refused(tmp_path, "FILE-TRUNCATED")


def test_a_workbook_without_its_sheets_content(tmp_path: Path) -> None:
    source = workbook(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(tmp_path / "worker.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<broken" if name.startswith("xl/worksheets/") else old.read(name))
    refused(tmp_path / "worker.xlsx", "FILE-TRUNCATED")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.97])
def test_a_parquet_file_cut_short(tmp_path: Path, share: float) -> None:
    file = tmp_path / "worker.parquet"
    pd.DataFrame({"worker_id": [f"W{i}" for i in range(500)]}).to_parquet(file)
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * share)])
    refused(tmp_path, "FILE-TRUNCATED")


def test_a_parquet_text_that_is_no_text(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = pa.array([b"A", b"\xb1\xff"]).view(pa.string())
    pq.write_table(pa.table({"worker_id": text}), tmp_path / "worker.parquet", use_dictionary=False)
    with pytest.raises(UnreadableError, match="FILE-TRUNCATED"):
        read_parquet(tmp_path / "worker.parquet")
    with pytest.raises(PublishedError, match="PUB-BROKEN"):
        load_published(tmp_path / "worker.parquet")


def test_a_nested_parquet_column(tmp_path: Path) -> None:
    pd.DataFrame({"worker_id": ["A"], "fte": [[1, 2]]}).to_parquet(tmp_path / "worker.parquet")
    assert "'fte'" in refused(tmp_path, "COLUMN-NESTED")


def test_xml_that_is_no_workforce_return(tmp_path: Path) -> None:
    (tmp_path / "cin.xml").write_text("<Message><Header/><Children/></Message>")
    assert "CSWWWorker" in refused(tmp_path, "XML-LAYOUT")
    (tmp_path / "cin.xml").write_text("<Message><CSWWWorker>")
    refused(tmp_path, "FILE-TRUNCATED")
    bomb = '<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Message>&b;</Message>'
    (tmp_path / "cin.xml").write_text(bomb)
    refused(tmp_path, "FILE-TRUNCATED")
    (tmp_path / "cin.xml").write_text("<Message><CSWWWorker><FTE>1</FTE></CSWWWorker></Message>")
    assert "reference date" in refused(tmp_path, "XML-LAYOUT")


def test_a_broken_file_of_another_name_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "budget.xlsx").write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600))
    refused(tmp_path, "FILE-LOCKED")
    (tmp_path / "worker.csv").write_text(GOOD)
    (tmp_path / "other.xml").write_text("<Message><Children/></Message>")
    raw = read_raw(tmp_path)
    assert list(raw.frames) == ["worker"]
    assert {(n.table, n.code) for n in raw.notices} == {("budget", "SOURCE-UNREADABLE"), ("other", "SOURCE-UNREADABLE")}


def test_garbage_in_every_kind_of_file_never_leaks_an_exception(tmp_path: Path) -> None:
    for ending in ("csv", "tsv", "xlsx", "xlsm", "ods", "parquet", "xml", "db", "duckdb", "sqlite"):
        for content in (b"\x00" * 40, b"PK\x03\x04" + bytes(60), b"PAR1" + bytes(30) + b"PAR1", b"<a>", b"a,b\n1"):
            file = tmp_path / f"worker.{ending}"
            file.write_bytes(content)
            with pytest.raises(HybridToolkitError):
                load_data(file)
            file.unlink()
