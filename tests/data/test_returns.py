"""National returns, from files with the columns that authorities deploy: what they give, and what they must not."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit import cli
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.known.codes import known_code
from hybrid_toolkit.data.load import load_data, read_raw
from hybrid_toolkit.data.mapping.propose_mapping import propose_mapping
from hybrid_toolkit.data.matching.profile import Profile
from hybrid_toolkit.data.privacy.column_placing import place
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import MappingError, UnreadableError

SSD: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "ssd_person": (
        {"pers_person_id": "P1", "pers_sex": "F", "pers_ethnicity": "WBRI", "pers_dob": "2015-02-03"},
        {"pers_person_id": "P2", "pers_sex": "M", "pers_ethnicity": "AIND", "pers_dob": "2012-02-03"},
    ),
    "ssd_department": ({"dept_team_id": "T1", "dept_team_name": "CIN North"},),
    "ssd_professionals": (
        {"prof_professional_id": "7", "prof_professional_job_title": "Social Worker"},
        {"prof_professional_id": "8", "prof_professional_job_title": "Team Manager"},
        {"prof_professional_id": "9", "prof_professional_job_title": "GP"},
        {"prof_professional_id": "-1", "prof_professional_job_title": ""},
    ),
    "ssd_involvements": (
        {"invo_professional_id": "7", "invo_professional_role_id": "CW", "from": "2024-01-01", "to": "2024-03-01"},
        {"invo_professional_id": "8", "invo_professional_role_id": "CW", "from": "2024-03-01", "to": "2300-01-01"},
        {"invo_professional_id": "9", "invo_professional_role_id": "IRO", "from": "2024-02-01", "to": ""},
        {"invo_professional_id": "-1", "invo_professional_role_id": "CW", "from": "2024-03-15", "to": ""},
    ),
    "ssd_cp_plans": ({"cppl_cp_plan_id": "X1", "cppl_person_id": "P1", "cppl_cp_plan_start_date": "2024-01-01"},),
    "ssd_cin_plans": (
        {
            "cinp_cin_plan_id": "C1",
            "cin_plan_id": "C1",
            "cinp_person_id": "P1",
            "cinp_cin_plan_start_date": "2023-09-01",
        },
    ),
    "ssd_cp_visits": (
        {"cppv_cp_visit_id": "V1", "cppv_cp_plan_id": "X1", "cppv_cp_visit_date": "2024-02-01"},
        {"cppv_cp_visit_id": "V2", "cppv_cp_plan_id": "X1", "cppv_cp_visit_date": "2024-03-01"},
    ),
    "ssd_cin_visits": (
        {"cinv_cin_visit_id": "V2", "cinv_cin_plan_id": "C1", "cinv_cin_visit_date": "2024-03-01"},
        {"cinv_cin_visit_id": "V3", "cinv_cin_plan_id": "C1", "cinv_cin_visit_date": "2023-10-01"},
    ),
    "ssd_cp_reviews": (
        {
            "cppr_cp_review_id": "Q1",
            "cppr_cp_plan_id": "X1",
            "cppr_cp_review_due": "2024-04-01",
            "cppr_cp_review_date": "2024-03-28",
            "cppr_cp_review_quorate": "Y",
        },
    ),
    "ssd_contacts": ({"cont_contact_id": "F1", "cont_person_id": "P1", "cont_contact_date": "2024-01-05"},),
    "ssd_cin_episodes": ({"cine_referral_id": "R1", "cine_person_id": "P1", "cine_referral_date": "2023-08-20"},),
}
"""Rows of an invented authority, under the columns of the dataset; ids of persons are added where a list has them."""


def ssd(folder: Path, columns: Mapping[str, list[str]], *, persons: bool) -> Path:
    for table, names in columns.items():
        rows = [dict(r) for r in SSD.get(table, ())]
        names = list(names)
        for row in rows:
            if table == "ssd_involvements":
                row["invo_involvement_start_date"], row["invo_involvement_end_date"] = row.pop("from"), row.pop("to")
                row["invo_referral_id"] = "R1"
            extra = {"ssd_involvements": "invo_person_id", "ssd_cp_visits": "cppv_person_id"}
            extra["ssd_cin_visits"] = "cinv_person_id"
            if persons and table in extra:
                row[extra[table]] = "P1"
                names += [extra[table]] if extra[table] not in names else []
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def columns(extracts: Path) -> dict[str, list[str]]:
    listed = extracts.parent / "schemas" / "ssd_columns.csv"
    if not listed.is_file():
        pytest.skip("the list of columns is not here")
    frame = pd.read_csv(listed)
    return {str(t): list(c) for t, c in frame.groupby("table")["column"]}


@pytest.mark.parametrize("persons", [True, False])
def test_the_safeguarding_dataset_with_its_traps(columns: dict[str, list[str]], tmp_path: Path, persons: bool) -> None:
    raw = read_raw(ssd(tmp_path, columns, persons=persons), "ssd")
    worker, contact, spell = (raw.frames[t] for t in ("worker", "contact", "allocation_spell"))
    assert worker["worker_id"].tolist() == ["7", "8"], "a doctor is not the workforce, -1 is nobody"
    assert worker["agency"].isna().all() if "agency" in worker else True, "the flag is never filled"
    assert sorted(contact["contact_id"]) == ["V1", "V2", "V3"], "a visit in two lists counts once; enquiries are none"
    purpose = contact.set_index("contact_id")["purpose"].to_dict()
    assert purpose == {"V1": "statutory_cp", "V2": "statutory_cp", "V3": "statutory_cin"}
    assert contact["child_id"].tolist() == ["P1"] * 3 and "mode" not in contact
    assert spell["worker_id"].tolist() == ["7", "8"] and spell["child_id"].tolist() == ["P1", "P1"]
    if persons:
        holder = contact.set_index("contact_id")["worker_id"]
        assert holder[["V1", "V2"]].tolist() == ["7", "8"] and pd.isna(holder["V3"]), "the case holder on the day"
    review = raw.frames["conference"].iloc[0]
    assert (review["type"], review["child_id"], review["due_date"]) == ("rcpc", "P1", "2024-04-01")
    assert not {"pers_dob", "pers_forename"} & set(raw.frames["child"].columns)


def test_a_return_beside_other_files_is_proposed_with_its_joins(columns: dict[str, list[str]], tmp_path: Path) -> None:
    folder = ssd(tmp_path, {t: c for t, c in columns.items() if t in SSD}, persons=True)
    said = [("A1", "P1", "R1", "2023-08-21", "2023-10-02")]
    names = ("assessment_id", "person_id", "referral_id", "assessment_start_date", "assessment_auth_date")
    frame = pd.DataFrame(said, columns=[f"cina_{n}" for n in names])
    frame.to_csv(folder / "ssd_cin_assessments.csv", index=False)
    proposal = propose_mapping(folder)
    by = proposal.matched[proposal.matched["how"].eq("return")]
    assert set(by["table"]) == {"child_event", "plan_spell", "conference", "child"}
    (folder / "m.toml").write_text(proposal.toml, encoding="utf-8")
    frames = read_raw(folder, folder / "m.toml").frames
    event = frames["child_event"].iloc[0]
    assert (event["referral_date"], event["assessment_end_date"]) == ("2023-08-20", "2023-10-02"), "by its referral"
    assert "cin" in set(frames["plan_spell"]["plan"])


def test_half_days_at_home_and_office_become_hours_of_a_month(tmp_path: Path) -> None:
    staff = "".join(f"{100 + i},Social Worker,Safeguarding East,01/01/2020\n" for i in range(12))
    (tmp_path / "Staff list.csv").write_text("Staff number,Post title,Team,Start date\n" + staff)
    rows = [(100 + i % 12, 1 + i // 12, "WFH" if (i % 12 + i // 12) % 3 == 0 else "Civic Centre") for i in range(240)]
    text = "".join(f"{w},{d:02d}/05/2024,All day,{place}\n" for w, d, place in rows)
    text += "101,30/05/2024,AM,Hub\n101,30/05/2024,AM,Hub\n"
    (tmp_path / "Attendance log.csv").write_text("Staff number,Attendance date,Session,Site\n" + text)
    proposal = propose_mapping(tmp_path)
    assert not proposal.questions, proposal.questions
    toml = proposal.toml.replace('source = "Attendance log.csv"', 'source = "Attendance log.csv"\ndistinct = true')
    (tmp_path / "m.toml").write_text(toml, encoding="utf-8")
    data = load_data(tmp_path, tmp_path / "m.toml")
    month = data["worker_month"].set_index("worker_id")
    home = sum(w == 101 and place == "WFH" for w, _, place in rows)
    assert round(month.loc["101", "h_home"], 2) == round(home * 7.4, 2)
    assert round(month.loc["101", "h_office"], 2) == round((20 - home) * 7.4 + 3.7, 2), "a half-day, once, is 3.7 hours"
    assert set(data["attendance_day"]["site_id"]) == {"home", "Civic Centre", "Hub"}


def test_an_empty_id_of_a_professional_gives_way_to_the_number_of_staff(
    columns: dict[str, list[str]], tmp_path: Path
) -> None:
    folder = ssd(tmp_path, columns, persons=False)
    listed = pd.read_csv(folder / "ssd_professionals.csv", dtype=str)
    listed["prof_staff_id"] = listed["prof_professional_id"]
    listed.assign(prof_professional_id="").to_csv(folder / "ssd_professionals.csv", index=False)
    assert read_raw(folder, "ssd").frames["worker"]["worker_id"].tolist() == ["7", "8"]


CIN_REFERRALS = {
    "K1": ("2021-10-06", "2022-02-27", "2021-12-06", "0", "2016-03-01", "1", "WBRI", "HAND,HEAR"),
    "K2": ("2022-01-10", "", "", "1", "2021-06-01", "2", "BAFR", "NONE"),
}
"""Child -> referral, closure, conference (of a transfer in), no further action, birth, sex, ethnicity, disabilities."""
CIN_EVENTS = (
    ("K1", "CINreferralDate", {}),
    ("K1", "AssessmentActualStartDate", {"AssessmentActualStartDate": "2021-10-20"}),
    ("K1", "AssessmentActualStartDate", {"AssessmentActualStartDate": "2021-10-09"}),
    ("K1", "S47ActualStartDate", {"S47ActualStartDate": "2021-11-20", "DateOfInitialCPC": "2021-12-08"}),
    ("K1", "CPPstartDate", {"CPPstartDate": "2021-12-08"}),
    ("K1", "CPPreviewDate", {"CPPreviewDate": "2022-02-25"}),
    ("K1", "CPPreviewDate", {"CPPreviewDate": "2022-02-01", "CPPstartDate": "2021-12-08"}),
    ("K2", "CINreferralDate", {}),
)
"""Child, kind of event, and what its row holds beside the child and the referral."""
CIN_HEADER = (
    *("LAchildID", "Date", "Type", "CINreferralDate", "CINclosureDate", "DateOfInitialCPC", "ReferralNFA"),
    *("CINPlanStartDate", "CINPlanEndDate", "S47ActualStartDate", "InitialCPCtarget", "ICPCnotRequired"),
    *("AssessmentActualStartDate", "AssessmentAuthorisationDate", "CPPstartDate", "CPPendDate", "CPPreviewDate", "UPN"),
    *("PersonBirthDate", "GenderCurrent", "Ethnicity", "Disabilities", "YEAR", "LA"),
)


def cin_events(path: Path) -> None:
    """The return as a regional tool writes it: a row an event, which repeats its child and its referral."""
    more = {
        "2021-10-09": {"AssessmentAuthorisationDate": "2021-11-18"},
        "2021-11-20": {"InitialCPCtarget": "2021-12-13"},
    }
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, CIN_HEADER)
        writer.writeheader()
        for child, kind, own in CIN_EVENTS:
            referral, closed, conference, nfa, born, sex, ethnicity, disabilities = CIN_REFERRALS[child]
            row = {"LAchildID": child, "Type": kind, "CINreferralDate": referral, "CINclosureDate": closed}
            row |= {"DateOfInitialCPC": conference, "ReferralNFA": nfa, "UPN": "A123456789123", "PersonBirthDate": born}
            row |= {"GenderCurrent": sex, "Ethnicity": ethnicity, "Disabilities": disabilities, "YEAR": "2022"}
            row |= own
            row["Date"] = row.get(kind, referral)
            writer.writerow(row | more.get(row["Date"], {}))


def test_the_children_in_need_census_as_events_in_csv(tmp_path: Path) -> None:
    cin_events(tmp_path / "CIN flatfile.csv")
    data = load_data(tmp_path)
    child, event, plan = data["child"], data["child_event"], data["plan_spell"]
    assert child["age_band"].tolist() == ["5-9", "0"] and child["communication_need"].tolist() == [True, False]
    assert not set(child["child_id"]) & {"K1", "K2"}, "numbers of children are pseudonyms"
    first = event.set_index("plan").loc["cp"]
    days = ("assessment_start_date", "assessment_end_date", "s47_date", "icpc_date", "icpc_due_date", "close_date")
    said = ["2021-10-09", "2021-11-18", "2021-11-20", "2021-12-08", "2021-12-13", "2022-02-27"]
    assert [str(first[d].date()) for d in days] == said, "the first assessment, and the conference of the enquiry"
    assert set(event["plan"]) == {"cp", "none"} and len(event) == 2
    assert plan["plan"].tolist() == ["cp"] and str(plan["start_date"].iloc[0].date()) == "2021-12-08"
    _two_reviews(data)


def _two_reviews(data: EvaluationData) -> None:
    """A plan with two reviews gives two conferences."""
    review = data["conference"]
    assert sorted(review["held_date"].dt.strftime("%Y-%m-%d")) == ["2022-02-01", "2022-02-25"]
    assert review["type"].eq("rcpc").all() and set(review["child_id"]) <= set(data["child"]["child_id"])


def cin_parts(place: Path, link: str) -> None:
    """The same return as a table a part: in CSV files or the sheets of a workbook, its referrals numbered or not."""
    number = {child: str(n) for n, child in enumerate(CIN_REFERRALS, start=1)}
    details, people, traits, ill = [], [], [], []
    for child, (referral, closed, conference, nfa, born, sex, ethnicity, disabilities) in CIN_REFERRALS.items():
        details.append({"LAchildID": child, "CINdetailsID": number[child], "CINreferralDate": referral})
        details[-1] |= {"CINclosureDate": closed, "DateOfInitialCPC": conference, "ReferralNFA": nfa}
        people.append({"LAchildID": child, "UPN": "A123456789123", "PersonBirthDate": born, "GenderCurrent": sex})
        traits.append({"LAchildID": child, "Ethnicity": ethnicity})
        ill += [{"LAchildID": child, "Disability": code} for code in disabilities.split(",")]
    began = {"S47ActualStartDate": "2021-11-20", "InitialCPCtarget": "2021-12-13", "DateOfInitialCPC": "2021-12-08"}
    later = {"AssessmentActualStartDate": "2021-10-20", "AssessmentAuthorisationDate": ""}
    first = {"AssessmentActualStartDate": "2021-10-09", "AssessmentAuthorisationDate": "2021-11-18"}
    of_referral = {
        "Assessments": [later, first],
        "Section47": [began],
        "ChildProtectionPlans": [{"CPPstartDate": "2021-12-08", "CPPendDate": "", "NumberOfPreviousCPP": "0"}],
        "Reviews": [{"CPPreviewDate": "2022-02-01"}, {"CPPreviewDate": "2022-02-25"}],
        "CINplanDates": [{"CINPlanStartDate": "2021-11-01", "CINPlanEndDate": "2021-12-07"}],
    }
    key = {"LAchildID": "K1"} | ({"CINdetailsID": "1"} if link == "number" else {})
    parts = {part: [key | row for row in rows] for part, rows in of_referral.items()}
    parts |= {"CINdetails": details, "ChildIdentifiers": people, "ChildCharacteristics": traits, "Disabilities": ill}
    parts["Header"] = [{"Collection": "CIN", "Year": "2022", "ReferenceDate": "2022-03-31", "LEA": "201"}]
    if place.suffix == ".xlsx":
        with pd.ExcelWriter(place) as book:
            for part, rows in parts.items():
                pd.DataFrame(rows).to_excel(book, sheet_name=part, index=False)
    for part, rows in parts.items() if place.is_dir() else ():
        pd.DataFrame(rows).to_csv(place / f"CIN_2022_{part}.csv", index=False)


@pytest.mark.parametrize(("form", "link"), [("", "number"), ("", "days"), ("return.xlsx", "days")])
def test_the_children_in_need_census_as_a_table_a_part(tmp_path: Path, form: str, link: str) -> None:
    cin_parts(tmp_path / form, link)
    data = load_data(tmp_path)
    child, event, plan = data["child"], data["child_event"], data["plan_spell"]
    assert child["age_band"].tolist() == ["5-9", "0"] and child["communication_need"].tolist() == [True, False]
    assert child["sex"].tolist() == ["M", "F"] and not set(child["child_id"]) & {"K1", "K2"}
    first = event.set_index("plan").loc["cp"]
    days = ("assessment_start_date", "assessment_end_date", "s47_date", "icpc_date", "icpc_due_date", "close_date")
    said = ["2021-10-09", "2021-11-18", "2021-11-20", "2021-12-08", "2021-12-13", "2022-02-27"]
    assert [str(first[d].date()) for d in days] == said, "the conference of a transfer in is left out"
    assert set(event["plan"]) == {"cp", "none"} and len(event) == 2
    spells = {(p, str(d.date())) for p, d in zip(plan["plan"], plan["start_date"], strict=True)}
    assert spells == {("cp", "2021-12-08"), ("cin", "2021-11-01")} and plan["end_date"].notna().sum() == 1
    _two_reviews(data)


def test_an_authority_s_own_rule_gives_the_due_dates_that_are_not_recorded(tmp_path: Path) -> None:
    rows = [
        ("1", "a", "2024-03-25", "statutory_cp", "home", ""),
        ("2", "a", "2024-04-12", "statutory_cp", "video", ""),
        ("3", "a", "2024-04-15", "statutory_cp", "home", ""),
        ("4", "a", "2024-05-20", "statutory_cla", "home", ""),
        ("5", "a", "2024-06-30", "statutory_cla", "home", "2024-06-01"),
        ("6", "b", "2024-04-30", "statutory_cp", "home", ""),
    ]
    head = "contact_id,child_id,held_date,purpose,mode,due_date\n"
    (tmp_path / "visits.csv").write_text(head + "".join(",".join(r) + "\n" for r in rows))
    rule = 'due = { statutory_cp = "10 working days", statutory_cla = "6 weeks" }'
    (tmp_path / "m.toml").write_text(
        f'[tables.contact]\nsource = "visits"\n{rule}\n'
        '[tables.contact.columns]\nfamily_id = "child_id"\nchild_id = "child_id"\n'
    )
    contact = load_data(tmp_path, tmp_path / "m.toml")["contact"].set_index("contact_id")
    due = contact["due_date"].dt.strftime("%Y-%m-%d").fillna("").to_dict()
    # Good Friday (29 March) and Easter Monday (1 April) are no working days; a video call starts no new interval.
    assert due == {"1": "", "2": "2024-04-10", "3": "2024-04-10", "4": "", "5": "2024-06-01", "6": ""}
    (tmp_path / "m.toml").write_text('[tables.contact]\nsource = "visits"\ndue = { statutory_cp = "monthly" }\n')
    with pytest.raises(MappingError, match="10 working days"):
        load_data(tmp_path, tmp_path / "m.toml")


def annex_a(path: Path) -> Path:
    who = {"Child Unique ID": ["A1", "A2"], "Gender": ["a) Male", "b) Female"], "Ethnicity": ["a) WBRI", "q) CHNE"]}
    who |= {"Date of Birth": ["01/02/2015", "03/04/2020"], "Age of Child (Years)": [10, -1]}
    staff = {"Allocated Team": ["North", "South"], "Allocated Worker": ["surname, given", "Unallocated"]}
    lists = {
        "List 1": {"Child Unique ID": ["A1"], "Date of Contact": ["01/05/2025"]},
        "List 3": who
        | {"Date of referral": ["01/03/2025", "10/03/2025"], "Number of Referrals in Last 12 Months": [2, 1]}
        | {"Referral NFA?": ["b) No", "a) Yes"]}
        | staff,
        "List 4": {
            "Child Unique ID": ["A1", "A2"],
            "Continuous Assessment Start Date": ["03/03/2025", "01/01/2025"],
            "Continuous Assessment Date of Authorisation": ["20/04/2025", "20/02/2025"],
        },
        "List 5": {
            "Child Unique ID": ["A1"],
            "Strategy discussion initiating Section 47 Enquiry Start Date": ["05/03/2025"],
            "Date of Initial Child Protection Conference": ["24/03/2025"],
        },
        "List 6": who | {"CIN Start Date": ["01/03/2025", "10/03/2025"], "CIN Closure Date": [None, "01/06/2025"]}
        | {"Case Status": ["b) Child Protection plan", "d) Open assessment"]},
        "List 7": {
            "Child Unique ID": ["A1"],
            "Date of Birth": ["01/02/2015"],
            "Child Protection Plan Start Date": ["24/03/2025"],
            "Child Protection Plan End Date": [None],
            "Date of the Last Statutory Visit": ["12/06/2025"],
            "Was the Child Seen Alone?": ["Seen"],
            "Allocated Worker": ["surname, given"],
        },
        "List 8": {
            "Child Unique ID": ["A2"],
            "Date of Last Social Work Visit": ["13/06/2025"],
            "Date of Latest Statutory Review": ["01/04/2025"],
            "Allocated Worker": ["Unallocated"],
        },
    }  # fmt: skip
    with pd.ExcelWriter(path) as book:
        for name, rows in lists.items():
            pd.DataFrame(rows).to_excel(book, sheet_name=name, index=False, startrow=2)
            book.sheets[name]["A1"] = "OFFICIAL-SENSITIVE"
    return path


def test_annex_a_lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = annex_a(tmp_path / "Inspection lists.xlsx")
    data = load_data(book, "annex-a", key="k")
    events = data["child_event"].set_index("child_id")
    assert events.loc["A1", "rereferral"] and not events.loc["A2", "rereferral"]
    assert events.loc["A1", "assessment_end_date"] == pd.Timestamp("2025-04-20"), "joined by child and day"
    assert events.loc["A1", "s47_date"] == pd.Timestamp("2025-03-05") and events.loc["A2", "plan"] == "none"
    assert pd.isna(events.loc["A2", "assessment_end_date"]), "an assessment before any referral meets none"
    child = data["child"].set_index("child_id")
    assert child.loc["A1", ["sex", "ethnicity", "age_band"]].tolist() == ["M", "white", "10-15"]
    assert child.loc["A2", ["sex", "age_band"]].tolist() == ["F", "0"], "-1 is not born yet"
    contact = data["contact"].set_index("child_id")
    assert contact["purpose"].to_dict() == {"A1": "statutory_cp", "A2": "statutory_cla"} and len(contact) == 2
    assert pd.isna(contact.loc["A1", "seen_alone"]), "'Seen' does not say alone"
    assert pd.isna(contact.loc["A2", "worker_id"]), "Unallocated is nobody"
    assert "surname" not in str(contact["worker_id"].tolist()) and contact.loc["A1", "worker_id"]
    assert data["family"].set_index("family_id")["need"].dropna().to_dict() == {"A1": "cp"}
    assert set(data["plan_spell"]["plan"]) == {"cp", "cin"}
    assert cli.main(["map", str(book)]) == 0
    assert "--mapping annex-a" in capsys.readouterr().err, "map sees it by its content"


CSWW = "SWENo,AgencyWorker,FTE,PersonBirthDate,GenderCurrent,Ethnicity,OrgRole,RoleStartDate,RoleEndDate,ReasonLeave,"
CSWW += "Cases30,FTE30,WorkingDaysLost,CFKSSstatus\n"
CSWW += "SW0000000001,0,1,01/02/1990,2,WBRI,5,01/11/2021,,,18,1,3,1\n"
CSWW += "SW0000000002,0,0,01/02/1970,1,AIND,3,01/11/2010,31/03/2022,5,,,,\n"
CSWW += "SW0000000003,1,0.5,01/02/1980,2,BAFR,,01/02/2022,,,10,0.5,,\n"


def test_the_workforce_census_as_csv(tmp_path: Path) -> None:
    (tmp_path / "csww_2022.csv").write_text(CSWW, encoding="utf-8")
    totals = "NumberOfVacancies,NoAgencyFTE,NoAgencyHeadcount\n7.5,0.5,1\n"
    (tmp_path / "LALevelVacancies.csv").write_text(totals, encoding="utf-8")
    data = load_data(tmp_path, key="k")
    worker, year = data["worker"], data["la_year"].iloc[0]
    assert worker["age_band"].tolist() == ["30-39", "50-59", "40-49"] and worker["agency"].tolist() == [
        False,
        False,
        True,
    ]
    assert worker["leave_reason"].dropna().tolist() == ["5"] and worker["asye"].dropna().tolist() == [True]
    assert not worker["worker_id"].str.startswith("SW").any(), "registration numbers become pseudonyms"
    assert (year["year"], year["inpost_fte"], year["vacancy_fte"], year["agency_fte"]) == (2022, 1.0, 7.5, 0.5)
    assert data["worker_month"]["cases"].tolist() == [18, 10]
    assert data["worker_month"]["month"].eq(pd.Timestamp("2022-09-01")).all()


def test_the_workforce_census_beside_the_authority_s_own_staff_list(tmp_path: Path) -> None:
    (tmp_path / "csww_2022.csv").write_text(CSWW, encoding="utf-8")
    totals = "LEA,NumberOfVacancies,NoAgencyFTE,NoAgencyHeadcount\n201,7.5,0.5,1\n"
    (tmp_path / "LALevelVacancies.csv").write_text(totals, encoding="utf-8")
    with pytest.raises(UnreadableError, match="without a mapping"):
        propose_mapping(tmp_path)
    staff = "Staff ref,WTE,Start date,Leaving date\nA1,0.5,15/02/2020,\nA2,1,15/02/2019,16/03/2022\n"
    (tmp_path / "Staff list.csv").write_text(staff, encoding="utf-8")
    proposal = propose_mapping(tmp_path)
    assert not proposal.questions, "the file of totals is part of the census"
    (tmp_path / "m.toml").write_text(proposal.toml, encoding="utf-8")
    raw = read_raw(tmp_path, tmp_path / "m.toml")
    assert len(raw.frames["worker"]) == 2 and "team" not in raw.frames, "one table of workers, the mapping's"
    assert raw.frames["la_year"]["vacancy_fte"].astype(float).tolist() == [7.5]
    assert [p.code for p in raw.notices] == ["RETURN-LEFT"]


def test_the_looked_after_return_of_the_schema(extracts: Path, tmp_path: Path) -> None:
    place = extracts.parent / "schemas"
    if not (place / "ssda903_2020_header.csv").is_file():
        pytest.skip("the lists are not here")
    for name in ("header", "episodes"):
        text = (place / f"ssda903_2020_{name}.csv").read_text(encoding="utf-8")
        (tmp_path / f"a_{name}.csv").write_text(text.replace("*DUMMY*", ""), encoding="utf-8")
    raw = read_raw(tmp_path, "ssda903")
    assert set(raw.frames) == {"child", "plan_spell"}
    assert raw.frames["plan_spell"]["plan"].eq("cla").all()
    assert "ssda903" in propose_mapping(tmp_path).shipped


def test_ages_in_years_become_bands() -> None:
    child, worker = TABLES["child"]["age_band"], TABLES["worker"]["age_band"]
    read = {a: known_code(child, a) for a in ("-1", "0", "4", "5", "15 years", "17", "24", "old")}
    assert list(read.values()) == ["0", "0", "1-4", "5-9", "10-15", "16-17", "18+", None]
    assert known_code(worker, "34") == "30-39" and known_code(worker, "19") is None and known_code(child, "150") is None


def test_a_look_up_by_day_needs_both_its_columns(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,day\n1,2024-01-01\n")
    text = '[tables.contact]\nsource = "a"\n[tables.contact.columns]\ncontact_id = "id"\nfamily_id = "id"\n'
    text += '[tables.contact.lookup.worker_id]\nsource = "a"\nfrom = "id"\nto = "id"\nstart = "day"\n'
    (tmp_path / "m.toml").write_text(text)
    with pytest.raises(MappingError, match="start"):
        read_raw(tmp_path, tmp_path / "m.toml")


def test_the_xml_return_opens_the_rates_of_the_authority(real_data: Path, tmp_path: Path) -> None:
    (tmp_path / "census.xml").write_bytes((real_data / "social_work_workforce_2022.xml").read_bytes())
    data: EvaluationData = load_data(tmp_path, key="k")
    assert data["la_year"]["vacancy_fte"].tolist() == [79.68] and data["worker"]["leave_reason"].notna().any()


FILLED = {
    "birth": ("01/02/2010", "03/04/2011", "05/06/2012"),
    "death": ("01/02/2020", "03/04/2021", "05/06/2022"),
    "name": ("surname, given", "other, person", "third, one"),
    "e-mail": ("a.b@x.gov.uk", "c.d@x.gov.uk", "e.f@x.gov.uk"),
    "text": ("seen at home, was upset about school", "a longer text about the visit", "another note on it"),
    "postcode": ("LS1 4AP", "LS2 9JT", "M1 1AE"),
}
"""What a column of a kind may hold; any other holds numbers of people."""
KEPT = {"Age of Child (Years)", "Allocated Team", "pers_upn_unknown"}
"""Ages become bands as they are read, teams are no people, and the reason for no pupil number is a code."""


@pytest.mark.parametrize("filled", [True, False])
def test_no_identifying_column_of_the_returns_stays_in_clear(extracts: Path, filled: bool) -> None:
    listed = extracts.parents[1] / "design" / "returns" / "identifiers.csv"
    if not listed.is_file():
        pytest.skip("the list of identifiers is not here")
    rows = pd.read_csv(listed)
    clear = []
    for source, column, kind in rows[["source", "column", "kind"]].itertuples(index=False):
        cells = next((v for k, v in FILLED.items() if k in kind.lower()), ("100234", "100235", "A1003"))
        values = pd.Series(list(cells if filled else (None,) * 3) * 40, dtype="str")
        if place("t", Profile(column, values)).what == "keep" and column not in KEPT:
            clear.append((source, column))
    assert len(rows) == 111 and not clear


def test_a_referral_within_a_year_of_another_is_a_rereferral(tmp_path: Path) -> None:
    """Monthly referrals over two years, one old case, three of one child, and two assessments of one referral."""
    months = pd.date_range("2022-04-05", periods=24, freq="30D")
    days = {f"C{i}": d for i, d in enumerate(months)}
    rows = list(days.items())
    rows += [("OLD", pd.Timestamp("2015-01-01")), ("OLD", pd.Timestamp("2023-06-01"))]
    rows += [("X", pd.Timestamp(d)) for d in ("2022-05-01", "2023-05-01", "2024-02-29", "2024-02-29")]
    frame = pd.DataFrame(rows, columns=["cine_person_id", "day"])
    frame["cine_referral_id"] = [f"R{i}" for i in frame.groupby(["cine_person_id", "day"]).ngroup()]
    frame["cine_referral_date"] = frame.pop("day").dt.strftime("%Y-%m-%d")
    frame.to_csv(tmp_path / "ssd_cin_episodes.csv", index=False)
    event = read_raw(tmp_path, "ssd").frames["child_event"].set_index(["child_id", "referral_date"])["rereferral"]
    found = {k: v for k, v in event.fillna("").items() if k[0] in ("X", "OLD", "C0", "C20")}
    assert found == {
        ("C0", "2022-04-05"): "",
        ("C20", months[20].strftime("%Y-%m-%d")): "false",
        ("OLD", "2015-01-01"): "",
        ("OLD", "2023-06-01"): "false",
        ("X", "2022-05-01"): "",
        ("X", "2023-05-01"): "true",
        ("X", "2024-02-29"): "true",
    }


def test_a_conference_not_known_to_be_a_transfer_counts(tmp_path: Path) -> None:
    """Builds of the dataset leave the flag of transfers empty: an empty flag takes no conference away."""
    (tmp_path / "ssd_cin_episodes.csv").write_text(
        "cine_referral_id,cine_person_id,cine_referral_date\n"
        + "".join(f"R{i},P{i},2024-01-0{i}\n" for i in range(1, 4))
    )
    (tmp_path / "ssd_initial_cp_conference.csv").write_text(
        "icpc_icpc_id,icpc_person_id,icpc_referral_id,icpc_icpc_transfer_in,icpc_icpc_date\n"
        "I1,P1,R1,,2024-02-01\nI2,P2,R2,Y,2024-02-02\nI3,P3,R3,N,2024-02-03\n"
    )
    event = read_raw(tmp_path, "ssd").frames["child_event"].set_index("child_id")["icpc_date"].fillna("")
    assert event.to_dict() == {"P1": "2024-02-01", "P2": "", "P3": "2024-02-03"}


REVIEWS = """conf_ref,mosaic_id,meeting,due,held_on,format,parents_present,invited,attended,quorum_met
R1,K1,Initial CP Conference,2024-03-01,2024-02-28,In person,1,8,6,1
R2,K1,Review CP Conference,2024-06-01,2024-06-03,Virtual,0,7,5,1
R3,K2,CLA Review,2024-07-01,,Blended,1,6,4,0
"""


def test_a_register_of_conferences_with_attendance_and_mode(tmp_path: Path) -> None:
    (tmp_path / "Reviews register.csv").write_text(REVIEWS, encoding="utf-8")
    proposal = propose_mapping(tmp_path)
    assert not proposal.questions and proposal.unmatched.empty, proposal.unmatched
    (tmp_path / "m.toml").write_text(proposal.toml, encoding="utf-8")
    held = load_data(tmp_path, tmp_path / "m.toml", key="k")["conference"].set_index("conference_id")
    assert held["mode"].tolist() == ["in_person", "remote", "hybrid"]
    assert held["type"].tolist() == ["icpc", "rcpc", "cla_review"]
    assert held["agencies_attended"].tolist() == [6, 5, 4] and held["quorate"].tolist() == [True, True, False]
    assert held["child_id"].nunique() == 2


def test_the_workforce_census_as_sheets_of_a_workbook(tmp_path: Path) -> None:
    """As an authority holds it before it is sent: dates as cells, a title, totals on a sheet of their own."""
    frame = pd.read_csv(io.StringIO(CSWW), dtype={"SWENo": "str", "Ethnicity": "str"})
    for day in ("PersonBirthDate", "RoleStartDate", "RoleEndDate"):
        frame[day] = pd.to_datetime(frame[day], dayfirst=True)
    totals = pd.DataFrame({"LEA": [201], "NumberOfVacancies": [7.5], "NoAgencyFTE": [0.5], "NoAgencyHeadcount": [1]})
    with pd.ExcelWriter(tmp_path / "Workforce return 2022.xlsx") as book:
        frame.to_excel(book, sheet_name="Workers", index=False, startrow=2)
        book.sheets["Workers"]["A1"] = "Social work workforce"
        totals.to_excel(book, sheet_name="Totals", index=False)
        pd.DataFrame({"Contact for queries": ["the team"]}).to_excel(book, sheet_name="Notes", index=False)
    data = load_data(tmp_path, key="k")
    worker, year = data["worker"], data["la_year"].iloc[0]
    assert worker["age_band"].tolist() == ["30-39", "50-59", "40-49"]
    assert worker["agency"].tolist() == [False, False, True] and worker["leave_reason"].dropna().tolist() == ["5"]
    assert not worker["worker_id"].str.startswith("SW").any(), "registration numbers become pseudonyms"
    assert (year["year"], year["inpost_fte"], year["vacancy_fte"], year["agency_fte"]) == (2022, 1.0, 7.5, 0.5)
    assert data["worker_month"]["cases"].tolist() == [18, 10]
    assert propose_mapping(tmp_path).matched.empty, "nothing of it needs a mapping"
