"""Pseudonyms are consistent over tables, direct identifiers are gone, and the key is never beside the data."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
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
    assert list(contact) == ["contact_id", "family_id", "worker_id", "child_id"]
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
        "contact.notes": "free text",
    }
    assert done.renamed == {"worker.SWENo": "swe_no_hash"} and done.kept == ()
    assert (
        not done.key_kept
        and "The key was thrown away" in done.summary()
        and "contact.notes (free text)" in done.summary()
    )


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


def one_person(tmp_path: Path, **files: str) -> dict[str, pd.DataFrame]:
    (tmp_path / "in").mkdir()
    for name, text in files.items():
        (tmp_path / "in" / f"{name}.csv").write_text(text)
    pseudonymise_folder(tmp_path / "in", tmp_path / "out")
    return {name: read(tmp_path / "out", name) for name in files}


def test_a_person_has_one_pseudonym_under_every_header_and_spelling(tmp_path: Path) -> None:
    out = one_person(
        tmp_path,
        hr="Employee No,FTE\n88632,1\n417,0.5\n",
        visits="Worker ID,Visited\n088632,01/02/2024\nUNKNOWN,01/01/1900\n000417,\n-1,02/02/2024\nNULL,\n",
        log="Supervisee,Supervisor\n0417,88632\n88632,\n",
        team="Allocated to (ref),Team\na0417,North\nA0417,North\n",
    )
    first, second = out["hr"]["Employee No"]
    assert out["visits"]["Worker ID"].fillna("").tolist() == [first, "", second, "", ""]
    assert out["log"]["Supervisee"].tolist() == [second, first] and out["log"]["Supervisor"].iloc[0] == first
    assert out["team"].iloc[:, 0].nunique() == 1 and "0417" not in out["team"].iloc[0, 0]


def test_a_column_that_holds_another_s_keys_is_hashed_and_a_list_of_words_is_not(tmp_path: Path) -> None:
    out = one_person(
        tmp_path,
        team="dept_team_id,dept_team_name\n" + "".join(f"T{i},Team {i}\n" for i in range(100, 110)),
        spells="invo_person_id,invo_professional_role_id,invo_professional_team\n"
        + "".join(f"{70000 + i},Allocated Worker,T{100 + i % 10}\n" for i in range(40)),
    )
    assert set(out["spells"]["invo_professional_team"]) == set(out["team"]["dept_team_id"])
    assert out["spells"]["invo_professional_role_id"].eq("Allocated Worker").all()
    assert not out["spells"]["invo_professional_team"].str.startswith("T1").any()


def test_short_staff_numbers_are_hashed_under_any_header_and_an_amount_is_not(tmp_path: Path) -> None:
    staff = [1007 + 331 * i for i in range(24)]
    out = one_person(
        tmp_path,
        hr="Employee No,FTE\n" + "".join(f"{n},1\n" for n in staff),
        rota="Zq,Minutes\n" + "".join(f"{n},{200 + 37 * i}\n" for i, n in enumerate(staff[:12])),
    )
    assert set(out["rota"]["Zq"]) == set(out["hr"]["Employee No"][:12])
    assert out["rota"]["Minutes"].astype(int).tolist() == [200 + 37 * i for i in range(12)]


def test_staff_numbers_given_out_in_a_row_are_asked_about_under_any_header(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    hr = "Employee No,Start year\n" + "".join(f"{n},{1995 + n % 30}\n" for n in range(2001, 2061))
    (tmp_path / "in" / "hr.csv").write_text(hr)
    (tmp_path / "in" / "rota.csv").write_text("Zq,Minutes\n" + "".join(f"{n},{n % 400}\n" for n in range(2001, 2031)))
    with pytest.raises(UsageError, match=r"1 column .*rota.Zq") as caught:
        pseudonymise_folder(tmp_path / "in", tmp_path / "out")
    assert caught.value.code == "COLUMNS-UNPLACED" and not (tmp_path / "out").exists()


@pytest.mark.parametrize(("seen", "asked"), [(range(1, 61), True), (range(2, 61, 2), True), (range(1, 31), False)])
def test_staff_numbers_from_one_are_asked_about_and_a_count_is_not(tmp_path: Path, seen: range, asked: bool) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "hr.csv").write_text("Employee No,FTE\n" + "".join(f"{n},1\n" for n in range(1, 61)))
    (tmp_path / "in" / "rota.csv").write_text("Zq,Minutes\n" + "".join(f"{n},{n % 7}\n" for n in seen for _ in "ab"))
    if asked:
        with pytest.raises(UsageError, match=r"rota.Zq") as caught:
            pseudonymise_folder(tmp_path / "in", tmp_path / "out")
        assert caught.value.code == "COLUMNS-UNPLACED" and not (tmp_path / "out").exists()
    else:
        pseudonymise_folder(tmp_path / "in", tmp_path / "out")


def test_nobody_is_never_one_person_and_fillers_are_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text(
        "Worker ID,Left\nW1,31/12/4712\nunknown,01/02/2024\nUnallocated,01/01/1900\n"
    )
    done = pseudonymise_folder(tmp_path / "in", tmp_path / "out")
    assert done.nobody == {"a.Worker ID": 2} and done.fillers == {"a.Left": 2}
    assert "01/01/1900" in done.summary() and "UNKNOWN" in done.summary()


def test_a_name_that_is_the_only_link_is_hashed_and_else_dropped(tmp_path: Path) -> None:
    staff = "Staff no,Full name\n" + "".join(f"S{i},{'ABCD'[i]}a Example{'abcd'[i]}\n" for i in range(4))
    log = "Practitioner,Held\n" + "".join(f'"Example{"abcd"[i]}, {"ABCD"[i]}a",0{i + 1}/02/2024\n' for i in range(4))
    out = one_person(tmp_path, staff=staff, log=log)
    assert list(out["staff"]) == ["Staff no", "full_name_hash"]
    assert out["staff"]["full_name_hash"].tolist() == out["log"]["Practitioner"].tolist()
    (tmp_path / "again").mkdir()
    keyed = "Staff no,Full name\n" + "".join(f"s00{i},{'ABCD'[i]}a Example{'abcd'[i]}\n" for i in range(4))
    again = one_person(tmp_path / "again", staff=staff, log=keyed)
    assert list(again["staff"]) == list(again["log"]) == ["Staff no"], "the number links them; the name goes"
    assert again["staff"]["Staff no"].tolist() == again["log"]["Staff no"].tolist()


def test_a_column_that_no_rule_places_stops_it(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    odd = "".join(f"W{i},violet {chr(97 + i % 26)}{chr(97 + i // 26)} thing\n" for i in range(60))
    (tmp_path / "in" / "a.csv").write_text("Worker ID,Odd\n" + odd)
    with pytest.raises(UsageError, match=r"COLUMNS-UNPLACED.*a\.Odd") as caught:
        pseudonymise_folder(tmp_path / "in", tmp_path / "out")
    assert "violet" not in str(caught.value) and not (tmp_path / "out").exists()
    done = pseudonymise_folder(tmp_path / "in", tmp_path / "out", keep=["Odd"])
    assert done.kept == ("a.Odd",) and done.hashed == ("a.Worker ID",)


def test_an_empty_or_all_zero_key_is_refused(raw: Path, tmp_path: Path) -> None:
    (tmp_path / "zero.key").write_text("00" * 32)
    with pytest.raises(UnreadableError, match="KEY-BAD"):
        pseudonymise_folder(raw, tmp_path / "out", key_file=tmp_path / "zero.key")
    for key in ("", "00" * 32, b""):
        with pytest.raises(UsageError, match="KEY-BAD"):
            load_data(raw, key=key)


RETURNS = {
    "drop": "pers_forename,pers_surname,pers_dob,pers_expected_dob,pers_death_date,moth_childs_dob,"
    "prof_professional_name,"
    "Date of Birth,DateOfBirth,PersonBirthDate,ExpectedPersonBirthDate,PersonDeathDate,DOB,MC_DOB,HOME_POST,"
    "PL_POST,URN,"
    "PlacementURN,Known As,Preferred Name,Work Email,User Principal Name,Home Postcode,Person Name,Case Name,"
    "Client Name,"
    "Child DOB,Worker Name,Case Note,Narrative,Comments,Cardholder Name,Username,Email,Name,IP Address,"
    "addr_address_json,NI Number,NHS No,send_upn,send_uln,UPN,FormerUPN,pers_common_child_id,Booked By,Host,"
    "moth_person_id,MOTHER",
    "hash": "pers_person_id,prof_staff_id,prof_professional_id,prof_social_worker_registration_no,invo_professional_id,"
    "Child Unique ID,ChildUniqueID,Allocated Worker,Family identifier,LAchildID,CHILD,SW_ID,SWENo,Personal Ref.,"
    "Personal Reference,Employee Number,EMPLOYEE_REF,Payroll ID,Assignment Number,Line Manager,Reports To,"
    "SWE Registration Number,Registration No,PersonID,Mosaic ID,LCS ID,Created By,Authorised By,Supervisor,"
    "Supervisee,Cardholder,Card Number,Token,Reserver,Booked For,Respondent ID,cina_assessment_worker_id",
}
"""Columns of the national returns and of usual systems, and what must happen to each."""


@pytest.mark.parametrize(("what", "column"), [(w, c) for w, columns in RETURNS.items() for c in columns.split(",")])
def test_the_returns_columns_are_dropped_or_hashed(what: str, column: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "t.csv").write_text(f"{column},FTE\nqx71,1\nqx72,0.5\n")
    done = pseudonymise_folder(tmp_path / "in", tmp_path / "out")
    assert (f"t.{column}" in done.dropped) == (what == "drop") and (f"t.{column}" in done.hashed) == (what == "hash")
    assert "qx71" not in (tmp_path / "out" / "t.csv").read_text()


def test_every_column_that_the_list_of_identifiers_drops_is_dropped(extracts: Path, tmp_path: Path) -> None:
    listed = extracts.parent.parent / "design" / "returns" / "identifiers.csv"
    if not listed.is_file():
        pytest.skip("the list of identifiers is not here")
    rows = pd.read_csv(listed)
    after_a_join = rows["what_must_happen"].str.contains(
        "hash|band|LSOA|LA to|staff id|keep|same|renumber|table|list out|year at"
    )
    wanted = list(rows.loc[rows["what_must_happen"].str.contains("drop|never load") & ~after_a_join, "column"])
    assert len(wanted) > 30
    (tmp_path / "in").mkdir()
    for i, column in enumerate(wanted):
        (tmp_path / "in" / f"t{i}.csv").write_text(f"{column},FTE\nq{i}x71,1\nq{i}x72,0.5\n")
    done = pseudonymise_folder(tmp_path / "in", tmp_path / "out")
    left = [c for i, c in enumerate(wanted) if f"t{i}.{c}" not in done.dropped]
    assert left == ["EMPLOYEE"], "a header that says no more than employee may be the only key, so it is hashed"


def test_a_national_number_below_the_header_of_a_key_is_hashed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    numbers = ("9434765919", "4010232137", "9876543210")
    for name, header in (("a", "Child ID"), ("b", "Health service number")):
        (tmp_path / "in" / f"{name}.csv").write_text(f"{header},FTE\n" + "".join(f"{n},1\n" for n in numbers))
    done = pseudonymise_folder(tmp_path / "in", tmp_path / "out")
    assert done.hashed == ("a.Child ID",) and set(done.dropped) == {"b.Health service number"}


def test_zeros_before_letters_notes_and_a_first_visit_numbered_nought(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    ids = ["00a45", "000123", "0678", "1011"]
    (source / "staff.csv").write_text("Employee No,Post\n" + "".join(f"{i},SW\n" for i in ids))
    rows = "".join(f"{j}|{ids[j % 4].lstrip('0').upper()}|C{j}|Met them at school.\n" for j in range(12))
    (source / "visits.txt").write_text("Visit No|Worker ID|Child ID|Note Text\n" + rows)
    pseudonymise_folder(source, out)
    staff, visits = (pd.read_csv(out / f"{n}.csv") for n in ("staff", "visits"))
    assert set(visits["Worker ID"]) == set(staff["Employee No"]) and visits["Visit No"].notna().all()
    assert "Note Text" not in visits.columns


def test_days_that_may_be_of_birth_are_asked_about_whatever_their_header(tmp_path: Path) -> None:
    """Days over 18 or 50 years under "Zq" stayed in clear; known headers and days of a few years are no question."""
    rng = np.random.default_rng(11)

    def back(low: float, high: float) -> list[str]:
        days = pd.Timestamp("2025-03-31") - pd.to_timedelta(
            rng.integers(int(low * 365), int(high * 365), 120), unit="D"
        )
        return list(days.strftime("%d/%m/%Y"))

    (tmp_path / "in").mkdir()
    keys = [str(50000 + 7 * i) for i in range(120)]
    pd.DataFrame({"Child ref": keys, "Zq": back(0, 18), "Referred": back(0, 1.5), "Zv": back(0, 2)}).to_csv(
        tmp_path / "in" / "Children.csv", index=False
    )
    pd.DataFrame(
        {"Employee No": keys, "D2": back(21, 66), "Start date": back(0, 25), "SWE registered": back(0, 30)}
    ).to_csv(tmp_path / "in" / "Staff.csv", index=False)
    with pytest.raises(UsageError) as caught:
        pseudonymise_folder(tmp_path / "in", tmp_path / "out")
    said = str(caught.value)
    assert "Children.Zq" in said and "Staff.D2" in said
    assert not [h for h in ("Referred", "Zv", "Start date", "SWE registered") if f".{h}" in said]
    assert not (tmp_path / "out").exists()
    done = pseudonymise_folder(tmp_path / "in", tmp_path / "out", drop=("Zq", "D2"))
    assert done is not None and "Zq" not in (tmp_path / "out" / "Children.csv").read_text()


def test_numbers_of_rows_are_those_of_their_own_table(tmp_path: Path) -> None:
    """Lists of a team site are all numbered 1, 2, 3: hashed alike they were taken for one key that meets itself."""
    (tmp_path / "in").mkdir()
    staff = [f"{7001 + 13 * i}" for i in range(30)]
    for name, who in (("Staff", staff), ("Supervision", staff * 2)):
        pd.DataFrame({"Staff No": who, "ID": range(1, len(who) + 1), "FTE": 1.0}).to_csv(
            tmp_path / "in" / f"{name}.csv", index=False
        )
    pseudonymise_folder(tmp_path / "in", tmp_path / "out")
    one, two = (pd.read_csv(tmp_path / "out" / f"{n}.csv", dtype=str) for n in ("Staff", "Supervision"))
    assert set(one["Staff No"]) == set(two["Staff No"]) and not set(one["ID"]) & set(two["ID"])
    assert one["ID"].is_unique and not one["ID"].str.fullmatch(r"\d{1,3}").any()
