"""Files of other systems that are no workbook: text with bars, XML with one element a row, a database in a folder."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from hybrid_toolkit.data.load import load_data, read_raw
from hybrid_toolkit.data.mapping.propose_mapping import ROWS_MATCHED, propose_mapping
from hybrid_toolkit.data.reading import database, text_files
from hybrid_toolkit.data.reading.raw_table import RawTable
from hybrid_toolkit.data.reading.readers import find_sources
from hybrid_toolkit.errors import ContractError, UnreadableError


def test_a_note_in_a_text_file_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "worker.txt").write_text("worker_id|role|fte\nW1|5|0.5\nW2|5|1\n")
    (tmp_path / "notes.txt").write_text("Sent on Monday, by the data team.\nAsk them, not us, for more.\n")
    (tmp_path / "readme.txt").write_text("A word.\n")
    assert [f.name for f in find_sources(tmp_path)] == ["worker"]
    assert load_data(tmp_path)["worker"]["fte"].tolist() == [0.5, 1.0]


def test_xml_gives_a_table_for_each_element_that_repeats(tmp_path: Path) -> None:
    rows = "".join(f'<Visit ref="V{i}"><Child>C{i % 2}</Child><On>2024-01-0{i}</On></Visit>' for i in range(1, 6))
    text = f"<Export><Visits>{rows}</Visits><Made>today</Made></Export>"
    (tmp_path / "visits.xml").write_text(text)
    [found] = find_sources(tmp_path)
    frame = found.read().frame
    assert list(frame.columns) == ["ref", "Child", "On"] and frame["ref"].tolist() == ["V1", "V2", "V3", "V4", "V5"]


def test_a_database_in_a_folder_is_read_beside_files_and_each_table_once(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "hr.db")
    pd.DataFrame({"staff_key": range(1000, 1040), "wte": [1.0, 0.5] * 20}).to_sql("staff", base, index=False)
    base.close()
    (tmp_path / "supervision log.csv").write_text(
        "staff_key,sup_dt\n" + "".join(f"{1000 + i},2024-05-{i + 1:02}\n" for i in range(20))
    )
    proposal = propose_mapping(tmp_path)
    taken = set(
        zip(proposal.matched["table"], proposal.matched["column"], proposal.matched["source_column"], strict=True)
    )
    assert {("worker", "worker_id", "staff_key"), ("supervision", "date", "sup_dt")} <= taken
    [table] = [f for f in find_sources(tmp_path) if f.name == "staff"]
    assert table.ref == "hr.db/staff" and table.read() is table.read()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["3/31/2024 12:00:00 AM", "4/2/2024 12:00:00 AM", "12/25/2024 12:00:00 AM"], "DATE-MONTH-FIRST"),
        (["03/31/24", "04/02/24", "12/25/24"], "DATE-MONTH-FIRST"),
        (["31/3/2024 9:30", "2/4/2024 9:30", "25/12/2024 14:00"], ""),
    ],
)
def test_the_order_of_a_whole_column_of_dates_is_read(cells: list[str], said: str, tmp_path: Path) -> None:
    text = "worker_id,start_date\n" + "".join(f"W{i},{c}\n" for i, c in enumerate(cells))
    (tmp_path / "worker.csv").write_text(text)
    days = load_data(tmp_path)["worker"]["start_date"]
    assert days.dt.strftime("%Y-%m-%d").tolist() == ["2024-03-31", "2024-04-02", "2024-12-25"]
    assert not said or any("month first" in n for s in load_data(tmp_path).provenance for n in s.notes)


def test_one_slip_in_a_column_is_no_other_order(tmp_path: Path) -> None:
    days = [f"{1 + i % 12:02}/{1 + i % 11:02}/2024" for i in range(30)]
    (tmp_path / "worker.csv").write_text(
        "worker_id,start_date\n" + "".join(f"W{i},{d}\n" for i, d in enumerate([*days, "06/13/2024"]))
    )
    with pytest.raises(ContractError, match="start_date"):
        load_data(tmp_path)


def test_a_visit_numbered_nought_stays(tmp_path: Path) -> None:
    (tmp_path / "contact.csv").write_text("contact_id,family_id,worker_id\n0,F1,W1\n1,F2,0\n")
    data = load_data(tmp_path)
    assert data["contact"]["contact_id"].tolist() == ["0", "1"] and data["contact"]["worker_id"].isna().tolist() == [
        False,
        True,
    ]
    assert len(read_raw(tmp_path).frames["contact"]) == 2


def test_a_return_that_is_in_the_proposal_is_not_advised_again(tmp_path: Path) -> None:
    rows = "".join(f"{100 + i},{i % 7},2023-01-{i + 1:02},,CW\n" for i in range(28))
    names = ("person_id", "professional_id", "involvement_start_date", "involvement_end_date", "professional_role_id")
    head = ",".join(f"invo_{name}" for name in names) + "\n"
    (tmp_path / "ssd_involvements.csv").write_text(head + rows)
    proposal = propose_mapping(tmp_path)
    assert "allocation_spell" in set(proposal.matched["table"]) and proposal.shipped == ()


def test_a_text_file_that_cannot_be_opened_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "worker.csv").write_text("worker_id,role\nW1,5\n")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "lost.txt").symlink_to(tmp_path / "nowhere.txt")
    codes = {f.name: f.error.code if f.error else None for f in find_sources(tmp_path)}
    assert codes == {"worker": None, "pipe": "FILE-KIND", "lost": "FILE-KIND"}


def test_a_flood_of_tags_is_answered_in_time(tmp_path: Path) -> None:
    (tmp_path / "flood.xml").write_text("<A>" + "".join(f"<t{i}/>" for i in range(100_000)) + "</A>")
    with pytest.raises(UnreadableError, match="XML-LAYOUT"):
        find_sources(tmp_path / "flood.xml")


def test_a_database_beside_files_named_after_the_tables_is_left(tmp_path: Path) -> None:
    (tmp_path / "worker.csv").write_text("worker_id,role\nW1,5\n")
    base = sqlite3.connect(tmp_path / "copy.db")
    pd.DataFrame({"worker_id": ["W1"], "role": ["5"]}).to_sql("worker", base, index=False)
    base.close()
    assert len(load_data(tmp_path)["worker"]) == 1
    assert load_data(tmp_path / "copy.db")["worker"]["worker_id"].tolist() == ["W1"]


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_of_a_huge_database_map_reads_the_first_rows_alone(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of 200,000 visits is recognised by its first rows."""
    rows, heads = 200_000, ("visit_ref", "worker_id", "family_id", "visit_date")
    if kind == "sqlite":
        base = sqlite3.connect(tmp_path / "visits.db")
        base.execute(f"CREATE TABLE visits ({', '.join(f'{h} TEXT' for h in heads)})")
        made = ((f"V{i}", f"W{i % 300}", f"F{i % 9000}", f"2024-{1 + i % 12:02}-{1 + i % 28:02}") for i in range(rows))
        base.executemany("INSERT INTO visits VALUES (?, ?, ?, ?)", made)
        base.commit()
        base.close()
    else:
        with duckdb.connect(str(tmp_path / "visits.duckdb")) as held:
            held.execute(
                "CREATE TABLE visits AS SELECT 'V' || i AS visit_ref, 'W' || i % 300 AS worker_id, "
                "'F' || i % 9000 AS family_id, DATE '2024-01-01' + (i % 300)::INT AS visit_date "
                f"FROM range({rows}) t(i)"
            )
    lengths = list[int]()
    raw = database._raw

    def counted(headers: Any, columns: Any, *more: Any) -> RawTable:
        lengths.append(len(columns[0]))
        return raw(headers, columns, *more)

    monkeypatch.setattr(database, "_raw", counted)
    proposal = propose_mapping(tmp_path)
    assert lengths == [ROWS_MATCHED + 1], "the database gave one row more than is looked at, once"
    taken = set(zip(proposal.matched["table"], proposal.matched["column"], strict=True))
    assert {("contact", "worker_id"), ("contact", "family_id")} <= taken
    assert "only the first 20,000 rows were looked at" in proposal.summary()


def test_a_small_database_is_looked_at_whole_and_says_nothing(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "hr.db")
    pd.DataFrame({"staff_key": range(ROWS_MATCHED), "wte": 1.0}).to_sql("staff", base, index=False)
    base.close()
    assert "first" not in propose_mapping(tmp_path).summary()
    [few], [whole] = find_sources(tmp_path, first=5), find_sources(tmp_path)
    assert len(few.read().frame) == 5 and few.read().notes
    assert len(whole.read().frame) == ROWS_MATCHED and not whole.read().notes, "what is loaded is all of it"


@pytest.mark.parametrize("code", ["utf-8", "utf-16", "cp1252"])
def test_of_a_large_text_file_map_reads_the_first_rows_alone(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cut falls inside a quoted cell of two lines, and between the two bytes of a character."""
    monkeypatch.setattr(text_files, "_LARGE", 64_001)
    monkeypatch.setattr("hybrid_toolkit.data.mapping.propose_mapping.ROWS_MATCHED", 501)
    rows = "".join(f'V{i},W{i % 30},F{i % 90},2024-05-{1 + i % 28:02},"a café,\nand more"\n' for i in range(4000))
    (tmp_path / "visits.csv").write_text(f"visit_ref,worker_id,family_id,visit_date,note\n{rows}", encoding=code)
    proposal = propose_mapping(tmp_path)
    assert proposal.partly == ("visits.csv: only the first 501 rows were looked at; loading reads all.",)
    assert {"worker_id", "family_id", "held_date"} <= set(proposal.matched["column"])
    (tmp_path / "m.toml").write_text(proposal.toml, encoding="utf-8")
    assert len(load_data(tmp_path, tmp_path / "m.toml")["contact"]) == 4000


def test_of_a_long_parquet_file_map_reads_the_first_rows_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hybrid_toolkit.data.mapping.propose_mapping.ROWS_MATCHED", 500)
    pd.DataFrame(
        {"visit_ref": range(3000), "worker_id": "W1", "family_id": "F1", "visit_date": "2024-05-01"}
    ).to_parquet(tmp_path / "visits.parquet")
    proposal = propose_mapping(tmp_path)
    assert proposal.partly == ("visits.parquet: only the first 500 rows were looked at; loading reads all.",)
    assert {"contact_id", "worker_id", "held_date"} <= set(proposal.matched["column"])
