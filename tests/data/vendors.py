"""Invented folders as other vendors' systems print them, each with the matches that a person would make.

Small on purpose: 60 workers, 12 months. No name in them is a person's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl import Workbook

Right = dict[tuple[str, str], str]
"""(contract table, contract column) -> source column."""


@dataclass(frozen=True)
class Made:
    """One folder: file -> right matches, and pairs that are no fault either."""

    right: dict[str, Right]
    besides: frozenset[tuple[str, str]] = frozenset()


def _days(rng: np.random.Generator, n: int, form: str, start: str = "2023-04-01", span: int = 700) -> list[str]:
    return list((pd.Timestamp(start) + pd.to_timedelta(rng.integers(0, span, n), unit="D")).strftime(form))


def _sheet(path: Path, rows: list[list[object]], title: str = "Sheet1") -> None:
    book = Workbook()
    book.worksheets[0].title = title
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)


def lcs_itrent(folder: Path) -> Made:
    """A case system with LCS ids, a payroll with personal references, a caseload list with months across."""
    rng = np.random.default_rng(5)
    n = 60
    ref = [f"{i:07d}" for i in rng.choice(10**6, n, replace=False)]
    people = [
        [
            int(r),
            f"fam{i}",
            "AB",
            rng.choice(["Social Worker Level 2", "Snr Social Worker", "Team Manager", "Social Worker Level 1"]),
            f"Team {i % 6}",
            rng.choice([37, 18.5, 30]),
            d,
            "31/12/4712",
            rng.choice(["Permanent", "Agency Worker"]),
            rng.choice(["F", "M"]),
            rng.choice(["White - British", "Black - African", "Prefer not to say"]),
        ]
        for i, (r, d) in enumerate(zip(ref, _days(rng, n, "%d/%m/%Y", "2015-01-01", 3000), strict=True))
    ]
    _sheet(
        folder / "iTrent people report.xlsx",
        [
            ["People in post"],
            ["Run on 01/04/2025 by HR systems"],
            [],
            [
                "Personal Ref.",
                "Surname",
                "Initials",
                "Position Title",
                "Section",
                "Contractual Hours",
                "LA Start Date",
                "Position End Date",
                "Employment Type",
                "Legal Sex",
                "Ethnic Group",
            ],
            *people,
            ["Grand Total", None, None, None, None, 2000],
        ],
        "Report 1",
    )
    k = 900
    pd.DataFrame(
        {
            "FACT_CASENOTE_ID": np.arange(k) + 50_000,
            "DIM_PERSON_ID": rng.integers(1000, 1200, k),
            "Visited By": rng.choice(ref, k),
            "EVENT_DTTM": _days(rng, k, "%Y-%m-%d 00:00:00"),
            "Visit Due": _days(rng, k, "%Y-%m-%d 00:00:00"),
            "Case Note Type": rng.choice(["STVC", "CNSTAT", "STVL"], k),
            "How was the child seen": rng.choice(["Home visit", "Virtual - Teams", "Tel Call", "School visit"], k),
            "SEEN_FLAG": rng.choice(["Y", "N"], k),
            "SEEN_ALONE_FLAG": rng.choice(["Y", "N", ""], k),
            "Created on": _days(rng, k, "%Y-%m-%d 00:00:00"),
        }
    ).to_csv(folder / "LCS visits report.csv", index=False)
    months = [f"{m}-24" for m in ("Apr", "May", "Jun", "Jul", "Aug")]
    pd.DataFrame({"Staff ID": ref, **{m: rng.integers(5, 25, n) for m in months}}).to_csv(
        folder / "Caseload by month.csv", index=False
    )
    first = _days(rng, 80, "%d/%m/%Y", span=600)
    pd.DataFrame(
        {
            "Personal Reference": rng.choice(ref, 80),
            "First day sick": first,
            "Last day sick": [
                (pd.to_datetime(d, dayfirst=True) + pd.Timedelta(days=4)).strftime("%d/%m/%Y") for d in first
            ],
            "Working Days Lost": rng.integers(1, 5, 80),
            "Absence Category": rng.choice(["Sickness", "Annual leave"], 80),
        }
    ).to_csv(folder / "Absence.csv", index=False)
    return Made(
        {
            "iTrent people report.xlsx": {
                ("worker", "worker_id"): "Personal Ref.",
                ("worker", "role"): "Position Title",
                ("worker", "team_id"): "Section",
                ("worker", "fte"): "Contractual Hours",
                ("worker", "start_date"): "LA Start Date",
                ("worker", "leave_date"): "Position End Date",
                ("worker", "agency"): "Employment Type",
                ("worker", "sex"): "Legal Sex",
                ("worker", "ethnicity"): "Ethnic Group",
            },
            "LCS visits report.csv": {
                ("contact", "contact_id"): "FACT_CASENOTE_ID",
                ("contact", "family_id"): "DIM_PERSON_ID",
                ("contact", "worker_id"): "Visited By",
                ("contact", "held_date"): "EVENT_DTTM",
                ("contact", "due_date"): "Visit Due",
                ("contact", "purpose"): "Case Note Type",
                ("contact", "mode"): "How was the child seen",
                ("contact", "child_seen"): "SEEN_FLAG",
                ("contact", "seen_alone"): "SEEN_ALONE_FLAG",
                ("contact", "recorded_date"): "Created on",
            },
            "Caseload by month.csv": {("worker_month", "worker_id"): "Staff ID", ("worker_month", "cases"): "Apr-24"},
            "Absence.csv": {
                ("worker_month", "worker_id"): "Personal Reference",
                ("worker_month", "sick_days"): "Working Days Lost",
            },
        },
        frozenset({("contact", "child_id"), ("worker", "asye"), ("worker_month", "month")}),
    )


def eclipse_oracle(folder: Path) -> Made:
    """A tracker and a return whose only link is a name, a two-row header, allocations under other words."""
    rng = np.random.default_rng(6)
    n = 60
    number = [f"E{i:05d}" for i in rng.choice(10**5, n, replace=False)]
    called = [f"Worker{i} Example{i}" for i in range(n)]
    pd.DataFrame(
        {
            "Person Number": number,
            "Full Name": called,
            "Job": rng.choice(["Children's Social Worker", "Advanced Practitioner", "Practice Manager"], n),
            "Department": [f"CIN Team {i % 5}" for i in range(n)],
            "WTE": rng.choice([1, 0.6], n),
            "Original Hire Date": _days(rng, n, "%d-%b-%Y", "2014-01-01", 3500),
            "Actual Termination Date": [""] * n,
            "Assignment Category": rng.choice(["Established", "Interim"], n),
            "SWE Registration Date": _days(rng, n, "%d-%b-%Y", "2008-01-01", 4500),
        }
    ).to_csv(folder / "Oracle HCM extract.csv", index=False)
    k = 400
    pd.DataFrame(
        {
            "Practitioner": rng.choice(called, k),
            "Date held": _days(rng, k, "%d/%m/%y"),
            "Format": rng.choice(["Face to face", "Teams", "Telephone"], k),
            "Length (mins)": rng.choice(["60 mins", "1 hour", "1hr 30"], k),
            "Type": rng.choice(["Reflective", "Case", "Personal"], k),
        }
    ).to_csv(folder / "1-2-1 log supervision.csv", index=False)
    _sheet(
        folder / "Hybrid return.xlsx",
        [
            ["Employee", "Period", "Days worked", None, "Comments"],
            [None, None, "At home", "In the office", None],
            *[
                [w, m, int(rng.integers(0, 12)), int(rng.integers(0, 12)), None]
                for w in number
                for m in ("Apr 2024", "May 2024")
            ],
        ],
    )
    start = _days(rng, k, "%d/%m/%Y")
    pd.DataFrame(
        {
            "Client ID": rng.integers(70_000, 70_300, k),
            "Relationship Type": rng.choice(["Allocated Worker", "IRO"], k, p=[0.8, 0.2]),
            "Allocated to (id)": rng.choice(number, k),
            "Date Started": start,
            "Date Ended": [""] * k,
            "Reason": rng.choice(["LEFTRL", "TSPROC"], k),
        }
    ).to_csv(folder / "Eclipse relationships - allocated workers.csv", index=False)
    return Made(
        {
            "Oracle HCM extract.csv": {
                ("worker", "worker_id"): "Person Number",
                ("worker", "role"): "Job",
                ("worker", "team_id"): "Department",
                ("worker", "fte"): "WTE",
                ("worker", "start_date"): "Original Hire Date",
                ("worker", "leave_date"): "Actual Termination Date",
                ("worker", "agency"): "Assignment Category",
                ("worker", "reg_date"): "SWE Registration Date",
            },
            "1-2-1 log supervision.csv": {
                ("supervision", "worker_id"): "Practitioner",
                ("supervision", "date"): "Date held",
                ("supervision", "mode"): "Format",
                ("supervision", "minutes"): "Length (mins)",
                ("supervision", "reflective"): "Type",
            },
            "Hybrid return.xlsx": {
                ("worker_month", "worker_id"): "Employee",
                ("worker_month", "month"): "Period",
                ("worker_month", "h_home"): "Days worked At home",
                ("worker_month", "h_office"): "Days worked In the office",
            },
            "Eclipse relationships - allocated workers.csv": {
                ("allocation_spell", "child_id"): "Client ID",
                ("allocation_spell", "worker_id"): "Allocated to (id)",
                ("allocation_spell", "start_date"): "Date Started",
                ("allocation_spell", "end_date"): "Date Ended",
                ("allocation_spell", "role"): "Relationship Type",
                ("allocation_spell", "end_reason"): "Reason",
            },
        },
        frozenset({("worker_month", "cases")}),
    )


def forms_and_desks(folder: Path) -> Made:
    """A survey from a form with labels, desk bookings, a referral list, a family list with ticks."""
    rng = np.random.default_rng(7)
    n = 50
    staff = [f"S{i:03d}" for i in range(n)]
    pd.DataFrame(
        {
            "Staff Ref": staff,
            "Post": rng.choice(["SW", "SSW", "TM"], n),
            "Team Code": [f"T{i % 4}" for i in range(n)],
            "Gender": rng.choice(["Male", "Female"], n),
            "Date of joining": _days(rng, n, "%d.%m.%Y", "2016-01-01", 2500),
        }
    ).to_csv(folder / "Staff list.csv", index=False)
    agree = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
    time = ["None of the time", "Rarely", "Some of the time", "Often", "All of the time"]
    swemwbs = [
        "feeling optimistic about the future",
        "feeling useful",
        "feeling relaxed",
        "dealing with problems well",
        "thinking clearly",
        "feeling close to other people",
        "able to make up my own mind about things",
    ]
    form = {
        "ID": np.arange(n),
        "Completion time": _days(rng, n, "%d/%m/%Y", "2024-06-01", 14),
        "Your staff reference": staff,
    }
    form |= {f"Over the last two weeks, I have been {s}": rng.choice(time, n) for s in swemwbs}
    form |= {"Overall, how satisfied are you with your life nowadays?": rng.integers(0, 11, n)}
    form |= {
        "The canteen is good": rng.choice(agree, n),
        "Comments": [f"free words {i}, as people write them" for i in range(n)],
    }
    pd.DataFrame(form).to_excel(folder / "Staff survey (1-50).xlsx", index=False)
    k = 500
    pd.DataFrame(
        {
            "Reservation ID": np.arange(k),
            "Booked for": rng.choice(staff, k),
            "Building": rng.choice(["Hub A", "Civic"], k),
            "Booking date": _days(rng, k, "%d/%m/%Y"),
            "AM/PM": rng.choice(["AM", "PM"], k),
            "Check-in status": rng.choice(["Checked in", "No show", "Cancelled"], k),
        }
    ).to_csv(folder / "Desk bookings.csv", index=False)
    c = 200
    pd.DataFrame(
        {
            "Child Identifier": np.arange(c) + 9000,
            "Date Referral Received": _days(rng, c, "%d/%m/%Y"),
            "Single Assessment Start Date": _days(rng, c, "%d/%m/%Y"),
            "Date Authorised": _days(rng, c, "%d/%m/%Y"),
            "Section 47 Start": [""] * c,
            "ICPC Date": [""] * c,
            "Closure Date": [""] * c,
        }
    ).to_csv(folder / "Referrals and assessments.csv", index=False)
    return Made(
        {
            "Staff list.csv": {
                ("worker", "worker_id"): "Staff Ref",
                ("worker", "role"): "Post",
                ("worker", "team_id"): "Team Code",
                ("worker", "sex"): "Gender",
                ("worker", "start_date"): "Date of joining",
            },
            "Staff survey (1-50).xlsx": {
                ("survey", "worker_id"): "Your staff reference",
                ("survey", "wave"): "Completion time",
                ("survey", "value:swemwbs/swemwbs_1"): f"Over the last two weeks, I have been {swemwbs[0]}",
                ("survey", "value:swemwbs/swemwbs_7"): f"Over the last two weeks, I have been {swemwbs[6]}",
                ("survey", "value:ons4/ons4_satisfied"): "Overall, how satisfied are you with your life nowadays?",
            },
            "Desk bookings.csv": {
                ("attendance_day", "worker_id"): "Booked for",
                ("attendance_day", "date"): "Booking date",
                ("attendance_day", "site_id"): "Building",
                ("attendance_day", "slot"): "AM/PM",
            },
            "Referrals and assessments.csv": {
                ("child_event", "child_id"): "Child Identifier",
                ("child_event", "referral_date"): "Date Referral Received",
                ("child_event", "assessment_start_date"): "Single Assessment Start Date",
                ("child_event", "assessment_end_date"): "Date Authorised",
                ("child_event", "s47_date"): "Section 47 Start",
                ("child_event", "icpc_date"): "ICPC Date",
                ("child_event", "close_date"): "Closure Date",
            },
        },
        frozenset(("survey", f"value:swemwbs/swemwbs_{i}") for i in range(2, 7)),
    )


VENDORS = {"lcs_itrent": lcs_itrent, "eclipse_oracle": eclipse_oracle, "forms_and_desks": forms_and_desks}
