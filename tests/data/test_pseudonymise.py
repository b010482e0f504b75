"""Pseudonyms are consistent over tables, direct identifiers are gone, and the key is never beside the data."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.data.privacy.pseudonymise import pseudonymise_folder
from hybrid_toolkit.errors import IdentifierError, OutputError, UnreadableError, UsageError

SECRETS = ("9434765919", "943 476 5919", "Adaeze", "SW1A 1AA", "a@example.org", "1990-02-03", "W-0417", "SW12345")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "worker.csv").write_text(
        "worker_id,team_id,SWENo,First name,fte,E-mail\nW-0417,T1,SW12345,Adaeze,1.0,a@example.org\nW-0418,T1,,X,0.5,\n"
    )
    (folder / "contact.csv").write_text(
        "contact_id,family_id,worker_id,child_id,Postcode,DOB,notes\n"
        "1,F1,W-0417,943 476 5919,SW1A 1AA,1990-02-03,fine\n2,F2, W-0417 ,9434765919,,,\n3,F2,W-0418,4010232137,,,\n"
    )
    (folder / "la.csv").write_text("la_id,region\nE08000003,NW\n")
    return folder


def read(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", dtype="str")


def test_keys_are_hashed_alike_everywhere_and_people_are_gone(raw: Path, tmp_path: Path) -> None:
    before = {p.name: p.read_bytes() for p in raw.iterdir()}
    done = pseudonymise_folder(raw, tmp_path / "out")
    worker, contact = read(tmp_path / "out", "worker"), read(tmp_path / "out", "contact")
    assert list(worker) == ["worker_id", "team_id", "swe_no_hash", "fte"]
    assert list(contact) == ["contact_id", "family_id", "worker_id", "child_id", "notes"]
    first, second = worker["worker_id"]
    assert contact["worker_id"].tolist() == [first, first, second] and first != second
    assert len(first) == 20 and first.isalnum() and first.islower()
    assert contact.loc[0, "child_id"] == contact.loc[1, "child_id"] != contact.loc[2, "child_id"]
    assert worker["swe_no_hash"].isna().tolist() == [False, True]
    assert read(tmp_path / "out", "la").loc[0, "la_id"] == "E08000003"
    text = "".join(p.read_text() for p in (tmp_path / "out").iterdir())
    assert not [s for s in (*SECRETS, *SECRETS[0:1]) if s in text or s in done.summary()]
    assert before == {p.name: p.read_bytes() for p in raw.iterdir()}
    with pytest.raises(IdentifierError):
        load_data(raw)
    assert len(load_data(tmp_path / "out")["contact"]) == 3


def test_the_summary_says_what_was_done_and_what_is_left(raw: Path, tmp_path: Path) -> None:
    done = pseudonymise_folder(raw, tmp_path / "out")
    assert done.dropped == {
        "worker.First name": "name",
        "worker.E-mail": "e-mail address",
        "contact.Postcode": "postcode",
        "contact.DOB": "date of birth",
    }
    assert done.renamed == {"worker.SWENo": "swe_no_hash"} and done.kept == ("contact.notes",)
    assert not done.key_kept and "The key was thrown away" in done.summary() and "contact.notes" in done.summary()


def test_without_a_key_file_two_runs_cannot_be_linked(raw: Path, tmp_path: Path) -> None:
    pseudonymise_folder(raw, tmp_path / "one")
    pseudonymise_folder(raw, tmp_path / "two")
    assert not set(read(tmp_path / "one", "worker")["worker_id"]) & set(read(tmp_path / "two", "worker")["worker_id"])
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one", "raw", "two"]


def test_with_the_same_key_file_they_can(raw: Path, tmp_path: Path) -> None:
    key = tmp_path / "safe" / "key.txt"
    key.parent.mkdir()
    assert pseudonymise_folder(raw, tmp_path / "one", key_file=key).key_kept
    content = key.read_bytes()
    if os.name != "nt":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    pseudonymise_folder(raw, tmp_path / "two", key_file=key)
    assert key.read_bytes() == content and len(bytes.fromhex(content.decode())) == 32
    assert read(tmp_path / "one", "worker").equals(read(tmp_path / "two", "worker"))
    assert [p.name for p in key.parent.iterdir()] == ["key.txt"]


def test_the_key_is_never_beside_the_data(raw: Path, tmp_path: Path) -> None:
    for place in (raw / "key", raw / "deep" / "key", tmp_path / "out" / "key", tmp_path / "raw" / ".." / "raw" / "k"):
        with pytest.raises(OutputError, match="KEY-BESIDE"):
            pseudonymise_folder(raw, tmp_path / "out", key_file=place)
    (tmp_path / "link").symlink_to(raw)
    with pytest.raises(OutputError, match="KEY-BESIDE"):
        pseudonymise_folder(raw, tmp_path / "out", key_file=tmp_path / "link" / "key")
    with pytest.raises(OutputError, match="KEY-BESIDE"):
        pseudonymise_folder(raw / "la.csv", tmp_path / "out", key_file=raw / "key")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link", "raw"]
    assert sorted(p.name for p in raw.iterdir()) == ["contact.csv", "la.csv", "worker.csv"]


def test_raw_and_pseudonymised_data_never_mix(raw: Path, tmp_path: Path) -> None:
    for out in (raw, raw / "out", tmp_path):
        with pytest.raises(OutputError, match="OUTPUT-BESIDE"):
            pseudonymise_folder(raw, out)


def test_chosen_columns_only_but_people_always(raw: Path, tmp_path: Path) -> None:
    done = pseudonymise_folder(raw, tmp_path / "out", columns=["worker_id", "contact.postcode"], drop=["notes"])
    contact = read(tmp_path / "out", "contact")
    assert contact["family_id"].tolist() == ["F1", "F2", "F2"] and "notes" not in contact
    assert "contact.child_id" in done.hashed, "NHS numbers are hashed whether asked for or not"
    assert done.renamed["contact.Postcode"] == "postcode_hash" and len(contact.loc[0, "postcode_hash"]) == 20
    with pytest.raises(UsageError, match=r"Did you mean 'worker_id'"):
        pseudonymise_folder(raw, tmp_path / "out2", columns=["worker-idd"])
    assert not (tmp_path / "out2").exists()


def test_a_workbook_is_read_sheet_by_sheet(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pd.ExcelWriter(tmp_path / "in" / "all.xlsx") as writer:
        pd.DataFrame({"worker_id": [101, 102], "Surname": ["A", "B"]}).to_excel(
            writer, sheet_name="worker", index=False
        )
        pd.DataFrame({"worker_id": [102], "month": ["2025-01-01"]}).to_excel(
            writer, sheet_name="worker_month", index=False
        )
        pd.DataFrame({"How to": ["x"]}).to_excel(writer, sheet_name="README", index=False)
    pseudonymise_folder(tmp_path / "in" / "all.xlsx", tmp_path / "out")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["worker.csv", "worker_month.csv"]
    worker = read(tmp_path / "out", "worker")
    assert list(worker) == ["worker_id"]
    assert read(tmp_path / "out", "worker_month").loc[0, "worker_id"] == worker.loc[1, "worker_id"]


def test_nothing_is_left_when_it_fails(raw: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "bad.key").write_text("not a key")
    with pytest.raises(OutputError):
        pseudonymise_folder(raw, tmp_path / "file" / "out", key_file=tmp_path / "new.key")
    with pytest.raises(OutputError):
        pseudonymise_folder(raw, tmp_path / "out", key_file=tmp_path / "file" / "new.key")
    with pytest.raises(UnreadableError, match="KEY-BAD") as error:
        pseudonymise_folder(raw, tmp_path / "out", key_file=tmp_path / "bad.key")
    assert "not a key" not in str(error.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.key", "file", "raw"]
