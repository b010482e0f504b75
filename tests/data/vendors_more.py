"""Two more invented folders: a health trust's payroll with activities, and extracts that a program wrote."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl import Workbook

Right = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Made:
    """One folder: file -> right matches, and pairs that are no fault either."""

    right: dict[str, Right]
    besides: frozenset[tuple[str, str]] = frozenset()


def _of(table: str, **columns: str) -> Right:
    return {(table, c): s for c, s in columns.items()}


def _days(rng: np.random.Generator, n: int, form: str, start: str = "2023-04-01", span: int = 700) -> list[str]:
    return list((pd.Timestamp(start) + pd.to_timedelta(rng.integers(0, span, n), unit="D")).strftime(form))


def esr_caredirector(folder: Path) -> Made:
    """A two-row header, a status of each activity, free notes, access in columns of their own."""
    rng, n = np.random.default_rng(3), 70
    emp = [f"{i}" for i in rng.choice(np.arange(20000000, 29999999), n, replace=False)]
    pd.DataFrame(
        {
            "Employee Number": emp,
            "Last Name": ["x"] * n,
            "Organisation": [f"Locality {i % 5}" for i in range(n)],
            "Position Title": rng.choice(["Social Worker Band 6", "Advanced Social Worker", "Team Manager"], n),
            "Staff Group": ["Social Care"] * n,
            "FTE": rng.choice([1, 0.8], n),
            "Latest Start Date": _days(rng, n, "%d-%b-%y", "2014-01-01", 3000),
            "Termination Date": [""] * n,
            "Assignment Category": rng.choice(["Permanent", "Agency", "Fixed Term Temp"], n),
            "Gender": rng.choice(["Male", "Female"], n),
            "Ethnic Origin": rng.choice(["A White - British", "N Black or Black British - African", "Z Not Stated"], n),
            "Disabled": rng.choice(["Yes", "No", "Not Declared"], n),
            "First Registered": _days(rng, n, "%d-%b-%y", "2008-01-01", 4000),
        }
    ).to_csv(folder / "ESR staff in post.csv", index=False)
    k = 800
    pd.DataFrame(
        {
            "Activity Id": np.arange(k) + 10**6,
            "Person Id": rng.integers(5000, 5200, k),
            "Responsible User": rng.choice(emp, k),
            "Activity Date": _days(rng, k, "%Y-%m-%d %H:%M"),
            "Contact Type": rng.choice(["F2F", "Telephone", "MS Teams", "Home Visit", "Email"], k),
            "Time Spent (mins)": rng.choice([30, 45], k),
            "Activity Status": rng.choice(["Completed", "Cancelled by family", "No access"], k),
            "Was child seen?": rng.choice(["Yes", "No"], k),
            "Seen alone?": rng.choice(["Yes", "No", "Not appropriate"], k),
            "Choice of method offered?": rng.choice(["Y", "N"], k),
            "Notes": [
                f"long words here about the thing number {i} as written by a person in some hurry" for i in range(k)
            ],
        }
    ).to_excel(folder / "CareDirector activities.xlsx", index=False, startrow=2)
    wb = Workbook()
    ws = wb.worksheets[0]
    q = [
        "I have felt cheerful and in good spirits",
        "I have felt calm and relaxed",
        "I have felt active and vigorous",
        "I woke up feeling fresh and rested",
        "My daily life has been filled with things that interest me",
    ]
    ws.append(
        ["Respondent ID", "Collector ID", "Start Date", "End Date", "Please think about the last two weeks"]
        + [None] * 4
        + ["Staff number"]
    )
    ws.append([None] * 4 + q + ["Open-Ended Response"])
    for i in range(n):
        ws.append([10**9 + i, 77, "06/01/2024", "06/01/2024", *[int(x) for x in rng.integers(0, 6, 5)], emp[i]])
    wb.save(folder / "SurveyMonkey export.xlsx")
    s = _days(rng, 60, "%d/%m/%Y")
    pd.DataFrame(
        {
            "Pay Ref": rng.choice(emp, 60),
            "From": s,
            "To": s,
            "FTE Days Lost": rng.choice([1, 2, 0.5], 60),
            "Reason": rng.choice(["Cold", "Back", "Stress"], 60),
        }
    ).to_csv(folder / "Sickness 2023-25.csv", index=False)
    pd.DataFrame(
        {
            "Staff No": np.repeat(emp, 3),
            "Month ending": ["30/04/2024", "31/05/2024", "30/06/2024"] * n,
            "WFH days": rng.integers(0, 12, 3 * n),
            "Office days": rng.integers(0, 12, 3 * n),
            "Annual leave days": rng.integers(0, 4, 3 * n),
        }
    ).to_csv(folder / "Location return.csv", index=False)
    pd.DataFrame(
        {
            "Household Ref": np.arange(5000, 5200),
            "Date of assessment": _days(rng, 200, "%d/%m/%Y"),
            "Has a device?": rng.choice(["Yes", "No"], 200),
            "Broadband at home?": rng.choice(["Yes", "No"], 200),
            "Enough mobile data?": rng.choice(["Yes", "No"], 200),
        }
    ).to_csv(folder / "Digital inclusion.csv", index=False)
    pd.DataFrame(
        {
            "Team Code": [f"L{i}" for i in range(5)],
            "Team Name": [f"Locality {i}" for i in range(5)],
            "Service Area": ["CIN & CP", "CLA", "Assessment", "Court", "Leaving Care"],
            "Hot desk?": ["Y", "N", "Y", "N", "Y"],
            "Hybrid go-live": ["Apr-24", "", "Sep-24", "", "Jan-25"],
        }
    ).to_csv(folder / "Team structure.csv", index=False)
    k2 = 300
    pd.DataFrame(
        {
            "Person Id": rng.integers(5000, 5200, k2),
            "Allocated Worker Id": rng.choice(emp, k2),
            "Start": _days(rng, k2, "%d/%m/%Y"),
            "End": [""] * k2,
            "Allocation Type": rng.choice(["Primary", "Secondary Worker"], k2),
        }
    ).to_csv(folder / "Allocations.csv", index=False)
    right = {
        "ESR staff in post.csv": _of(
            "worker",
            worker_id="Employee Number",
            team_id="Organisation",
            role="Position Title",
            fte="FTE",
            start_date="Latest Start Date",
            leave_date="Termination Date",
            agency="Assignment Category",
            sex="Gender",
            ethnicity="Ethnic Origin",
            disability="Disabled",
            reg_date="First Registered",
        ),
        "CareDirector activities.xlsx": {
            ("contact", c): s
            for c, s in {
                "contact_id": "Activity Id",
                "family_id": "Person Id",
                "worker_id": "Responsible User",
                "held_date": "Activity Date",
                "mode": "Contact Type",
                "minutes": "Time Spent (mins)",
                "outcome": "Activity Status",
                "child_seen": "Was child seen?",
                "seen_alone": "Seen alone?",
                "mode_offered_choice": "Choice of method offered?",
            }.items()
        },
        "SurveyMonkey export.xlsx": {
            ("survey", "worker_id"): "Staff number Open-Ended Response",
            ("survey", "wave"): "End Date",
            ("survey", "value:who5/who5_1"): "Please think about the last two weeks " + q[0],
            ("survey", "value:who5/who5_5"): "Please think about the last two weeks " + q[4],
        },
        "Sickness 2023-25.csv": {
            ("worker_month", "worker_id"): "Pay Ref",
            ("worker_month", "sick_days"): "FTE Days Lost",
        },
        "Location return.csv": _of(
            "worker_month", worker_id="Staff No", month="Month ending", h_home="WFH days", h_office="Office days"
        ),
        "Digital inclusion.csv": _of(
            "access",
            family_id="Household Ref",
            date="Date of assessment",
            devices="Has a device?",
            home_broadband="Broadband at home?",
            mobile_data="Enough mobile data?",
        ),
        "Team structure.csv": _of(
            "team", team_id="Team Code", service="Service Area", hotdesk="Hot desk?", rollout_month="Hybrid go-live"
        ),
        "Allocations.csv": _of(
            "allocation_spell",
            child_id="Person Id",
            worker_id="Allocated Worker Id",
            start_date="Start",
            end_date="End",
            role="Allocation Type",
        ),
    }
    return Made(
        right,
        frozenset(
            {
                ("contact", "child_id"),
                ("worker_month", "month"),
                ("worker_month", "cases"),
                *{("survey", f"value:who5/who5_{i}") for i in (2, 3, 4)},
            }
        ),
    )


def program_extracts(folder: Path) -> Made:
    """Short forms in capitals, compact dates, a door log."""
    rng, n = np.random.default_rng(4), 80
    emp = [f"LA{i:04d}" for i in rng.choice(9999, n, replace=False)]
    pd.DataFrame(
        {
            "EMP_NO": emp,
            "FORENAME": "x",
            "SURNAME": "y",
            "POST_DESC": rng.choice(["SOCIAL WORKER", "SNR SOCIAL WORKER", "ASST TEAM MANAGER"], n),
            "SECTION_DESC": [f"CLA {i % 4}" for i in range(n)],
            "CONTRACTED_FTE": rng.choice([1, 0.5], n),
            "DATE_STARTED_LA": _days(rng, n, "%Y%m%d", "2014-01-01", 3000),
            "DATE_LEFT": [""] * n,
            "AGENCY_YN": rng.choice(["Y", "N"], n),
            "SWE_REG_DATE": _days(rng, n, "%Y%m%d", "2008-01-01", 4000),
            "ETH_ORIGIN": rng.choice(["WBRI", "BAFR", "REFU"], n),
            "SEX": rng.choice(["M", "F"], n),
        }
    ).to_csv(folder / "PERSONNEL_EXTRACT.csv", index=False)
    k = 700
    pd.DataFrame(
        {
            "VISIT_REF": np.arange(k),
            "SUBJECT_ID": rng.integers(100, 300, k),
            "FAM_ID": rng.integers(10, 90, k),
            "WORKER_REF": rng.choice(emp, k),
            "VISIT_DT": _days(rng, k, "%d/%m/%Y %H:%M"),
            "DUE_DT": _days(rng, k, "%d/%m/%Y"),
            "VISIT_TYPE": rng.choice(["Home Visit", "Virtual", "School visit", "Telephone"], k),
            "SEEN_YN": rng.choice(["Y", "N"], k),
            "SEEN_ALONE_YN": rng.choice(["Y", "N"], k),
            "DURATION_MINS": rng.choice([30, 60], k),
            "PREF_METHOD": rng.choice(["In person", "Video", "No preference"], k),
            "CHOICE_OFFERED_YN": rng.choice(["Y", "N"], k),
        }
    ).to_csv(folder / "VISITS_EXTRACT.csv", index=False)
    pd.DataFrame(
        {
            "WORKER": rng.choice(emp, 200),
            "SUP_DATE": _days(rng, 200, "%d/%m/%Y"),
            "SUP_METHOD": rng.choice(["F2F", "VIRTUAL - TEAMS"], 200),
            "LENGTH_MINS": rng.choice([60, 90], 200),
            "REFLECTIVE_YN": rng.choice(["Y", "N"], 200),
            "TOOK_PLACE": rng.choice(["Y", "N"], 200),
        }
    ).to_csv(folder / "SUPERVISION.csv", index=False)
    pd.DataFrame(
        {
            "EMP_NO": np.repeat(emp, 2),
            "MTH": ["2024-04", "2024-05"] * n,
            "DAYS_HOME": rng.integers(0, 9, 2 * n),
            "DAYS_OFFICE": rng.integers(0, 9, 2 * n),
            "CASELOAD": rng.integers(5, 20, 2 * n),
        }
    ).to_csv(folder / "HYBRID_MONTHLY.csv", index=False)
    a = _days(rng, 50, "%d/%m/%Y")
    pd.DataFrame(
        {"EMP_NO": rng.choice(emp, 50), "ABS_START_DT": a, "ABS_END_DT": a, "WORK_DAYS_LOST": rng.integers(1, 3, 50)}
    ).to_csv(folder / "ABSENCE.csv", index=False)
    pd.DataFrame(
        {
            "CLIENT_NO": rng.integers(100, 300, 300),
            "CASEWORKER_ID": rng.choice(emp, 300),
            "FROM_DT": _days(rng, 300, "%d/%m/%Y"),
            "TO_DT": [""] * 300,
            "TEAM_CD": [f"T{i % 4}" for i in range(300)],
            "END_REASON": rng.choice(["TSPROC", "LEFTRL", ""], 300),
        }
    ).to_csv(folder / "CASE_ALLOC.csv", index=False)
    pd.DataFrame(
        {
            "STAFF_REF": emp,
            "WAVE": 1,
            "COMPLETED_DT": _days(rng, n, "%d/%m/%Y", "2024-05-01", 10),
            **{f"SWEMWBS_{i}": rng.integers(1, 6, n) for i in range(1, 8)},
            **{f"HSE{i:02d}": rng.integers(1, 6, n) for i in range(1, 36)},
        }
    ).to_csv(folder / "SURVEY_2024.csv", index=False)
    pd.DataFrame(
        {
            "EMP_NO": rng.choice(emp, 400),
            "SWIPE_DATE": _days(rng, 400, "%d/%m/%Y"),
            "SITE_NAME": rng.choice(["A", "B"], 400),
            "AM_PM": rng.choice(["AM", "PM"], 400),
        }
    ).drop_duplicates().to_csv(folder / "DOOR_LOG.csv", index=False)
    right = {
        "PERSONNEL_EXTRACT.csv": _of(
            "worker",
            worker_id="EMP_NO",
            role="POST_DESC",
            team_id="SECTION_DESC",
            fte="CONTRACTED_FTE",
            start_date="DATE_STARTED_LA",
            leave_date="DATE_LEFT",
            agency="AGENCY_YN",
            reg_date="SWE_REG_DATE",
            ethnicity="ETH_ORIGIN",
            sex="SEX",
        ),
        "VISITS_EXTRACT.csv": _of(
            "contact",
            contact_id="VISIT_REF",
            child_id="SUBJECT_ID",
            family_id="FAM_ID",
            worker_id="WORKER_REF",
            held_date="VISIT_DT",
            due_date="DUE_DT",
            mode="VISIT_TYPE",
            child_seen="SEEN_YN",
            seen_alone="SEEN_ALONE_YN",
            minutes="DURATION_MINS",
            mode_preferred="PREF_METHOD",
            mode_offered_choice="CHOICE_OFFERED_YN",
        ),
        "SUPERVISION.csv": _of(
            "supervision",
            worker_id="WORKER",
            date="SUP_DATE",
            mode="SUP_METHOD",
            minutes="LENGTH_MINS",
            reflective="REFLECTIVE_YN",
        ),
        "HYBRID_MONTHLY.csv": _of(
            "worker_month",
            worker_id="EMP_NO",
            month="MTH",
            h_home="DAYS_HOME",
            h_office="DAYS_OFFICE",
            cases="CASELOAD",
        ),
        "ABSENCE.csv": {("worker_month", "worker_id"): "EMP_NO", ("worker_month", "sick_days"): "WORK_DAYS_LOST"},
        "CASE_ALLOC.csv": _of(
            "allocation_spell",
            child_id="CLIENT_NO",
            worker_id="CASEWORKER_ID",
            start_date="FROM_DT",
            end_date="TO_DT",
            team_id="TEAM_CD",
            end_reason="END_REASON",
        ),
        "SURVEY_2024.csv": _of(
            "survey",
            **{
                "worker_id": "STAFF_REF",
                "wave": "WAVE",
                "value:swemwbs/swemwbs_1": "SWEMWBS_1",
                "value:hse_msit/hse_35": "HSE35",
            },
        ),
        "DOOR_LOG.csv": _of("attendance_day", worker_id="EMP_NO", date="SWIPE_DATE", site_id="SITE_NAME", slot="AM_PM"),
    }
    return Made(
        right,
        frozenset(
            {
                ("worker_month", "month"),
                ("survey", "month"),
                *{("survey", f"value:swemwbs/swemwbs_{i}") for i in range(2, 8)},
                *{("survey", f"value:hse_msit/hse_{i:02d}") for i in range(1, 35)},
            }
        ),
    )
