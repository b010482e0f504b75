"""Traps that the national returns and ordinary exports set, each written from how the sources are described.

Those of the safeguarding dataset's lists, of the workforce census and of front-door "contacts" stand in
``test_returns`` and ``test_mapping``.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.known.codes import codes_near, known_code
from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.data.mapping.propose_mapping import propose_mapping
from hybrid_toolkit.data.tables.contracts import TABLES

SAID = [
    ("allocation_spell", "role", "REL.ALLWORK", "case_holder", "Mosaic's case holder"),
    ("allocation_spell", "role", "REL.ALLWORKCF", "case_holder", "and in its other build"),
    ("allocation_spell", "role", "AW", "case_holder", "Eclipse's"),
    ("allocation_spell", "role", "CW", "case_holder", "Liquidlogic's"),
    ("child", "ethnicity", "BOTH", "black", "any other Black background, and not two groups"),
    ("child", "ethnicity", "q) CHNE", "asian", "Chinese stands among the Asian groups here"),
    ("child", "sex", "1", "M", "to 2024"),
    ("child", "sex", "F", "F", "letters from 2025"),
    ("contact", "seen_alone", "Child not seen alone", "false", "it is filed under not seen, and says not alone"),
    ("contact", "seen_alone", "Seen", "", "it does not say alone"),
    ("contact", "mode", "Face to face", "in_person", "all that many systems say"),
    ("worker", "agency", "1", "true", "the census's flag"),
]


@pytest.mark.parametrize(("table", "column", "text", "code", "why"), SAID)
def test_codes_that_mislead(table: str, column: str, text: str, code: str, why: str) -> None:
    spec = TABLES[table][column]
    said = text if text in spec.codes else known_code(spec, text)
    assert said == code, why


def _mapped(folder: Path) -> EvaluationData:
    proposal = propose_mapping(folder)
    assert not proposal.questions, proposal.questions
    (folder / "m.toml").write_text(proposal.toml, encoding="utf-8")
    return load_data(folder, folder / "m.toml")


NEVER = ("31/12/4712", "31/12/9999", "01/01/1900", "2300-01-01", "")
"""What personnel and case systems write where there is no day."""


def test_an_open_end_is_no_leaver_and_of_three_starts_the_authority_s_is_taken(tmp_path: Path) -> None:
    rows = [
        (f"{40100 + i}", "Social Worker", "03/04/2023", "06/05/2019", "01/02/2012", NEVER[i % 5]) for i in range(20)
    ]
    rows += [("50100", "Social Worker", "03/04/2023", "06/05/2019", "01/02/2012", "31/08/2024")]
    header = ["Employee No", "Job Title", "Position Start Date", "LA Start Date", "Continuous Service Date"]
    pd.DataFrame(rows, columns=[*header, "Termination Date"]).to_csv(tmp_path / "Staff in post.csv", index=False)
    worker = _mapped(tmp_path)["worker"].set_index("worker_id")
    assert worker["leave_date"].dropna().index.tolist() == ["50100"]
    assert worker["start_date"].eq(pd.Timestamp("2019-05-06")).all(), "neither the post's nor another employer's"


def test_a_booking_is_an_intention_and_utc_is_an_hour_behind_in_summer(tmp_path: Path) -> None:
    status = ("Checked in", "No show", "Cancelled")
    rows = [
        (f"R{i}", f"{20500 + i % 15}", f"2024-07-{1 + i // 15:02d}T11:30:00Z", "Civic Centre", status[i % 3])
        for i in range(300)
    ]
    pd.DataFrame(rows, columns=["Reservation ID", "Employee No", "Start time", "Place name", "Status"]).to_csv(
        tmp_path / "Desk bookings.csv", index=False
    )
    day = _mapped(tmp_path)["attendance_day"]
    assert len(day) == 100, "who was booked and did not come was not there"
    assert set(day["slot"]) == {"pm"}, "11:30 in Greenwich is half past twelve in England in July"


@pytest.mark.parametrize("header", ["Child Unique ID", "Child Identifier", "LA Child ID", "Unique ID of Child"])
def test_annex_a_under_other_headers_gives_last_visits_and_no_allocations(header: str, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            header: ["A1", "A2"],
            "Child Protection Plan Start Date": ["24/03/2025", "25/03/2025"],
            "Child Protection Plan End Date": [None, None],
            "Date of the Last Statutory Visit": ["12/06/2025", "13/06/2025"],
            "Was the Child Seen Alone?": ["Child not seen alone", "Seen"],
            "Allocated Worker": ["surname, given", "Unallocated"],
        }
    )
    with pd.ExcelWriter(tmp_path / "lists.xlsx") as book:
        frame.to_excel(book, sheet_name="List 7", index=False)
    data = load_data(tmp_path / "lists.xlsx", "annex-a", key="k")
    contact = data["contact"].set_index("child_id")
    assert contact.loc["A1", "seen_alone"] == False and pd.isna(contact.loc["A2", "seen_alone"])  # noqa: E712
    assert "allocation_spell" not in data, "a worker on the day of the list is no spell"
    assert len(contact) == 2, "one visit a child, the last"


def test_one_census_says_nothing_of_rereferrals_and_sex_has_letters_from_2025(tmp_path: Path) -> None:
    pd.DataFrame(
        {
            "LAchildID": ["Q1", "Q1"],
            "Type": ["CINreferralDate", "CINreferralDate"],
            "Date": ["2024-05-01", "2025-02-01"],
            "CINreferralDate": ["2024-05-01", "2025-02-01"],
            "Sex": ["F", "F"],
            "YEAR": ["2025", "2025"],
        }
    ).to_csv(tmp_path / "cin 2025.csv", index=False)
    data = load_data(tmp_path, key="k")
    assert data["child"]["sex"].tolist() == ["F"] and len(data["child_event"]) == 2
    event = data["child_event"]
    assert "rereferral" not in event or event["rereferral"].isna().all(), "the year before is not in it"


def test_nobody_is_no_worker_whatever_a_system_calls_nobody(tmp_path: Path) -> None:
    rows = "".join(f"{30100 + i},Social Worker\n" for i in range(12)) + "unknown,Social Worker\n-1,\n"
    (tmp_path / "ssd_professionals.csv").write_text("prof_professional_id,prof_professional_job_title\n" + rows)
    worker = load_data(tmp_path)["worker"]
    assert len(worker) == 12 and not {"unknown", "-1"} & set(worker["worker_id"])


def test_no_guess_leads_to_a_code_that_its_table_lacks() -> None:
    coded = [(t.name, c) for t in TABLES.values() for c in t.columns if c.kind in ("code", "bool")]
    lost = {
        (table, column.name, code)
        for table, column in coded
        for code in codes_near(column).values()
        if code not in (("true", "false") if column.kind == "bool" else column.codes)
    }
    assert len(coded) > 40 and not lost
    assert codes_near(TABLES["supervision"]["mode"])["virtual"] == "video"
