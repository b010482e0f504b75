"""Two more invented folders: an Oracle staff list with desk bookings, and an Eclipse case system with a payroll.

Written from ``returns`` of the shared notes. What is unlike the other folders: three start dates, posts that are no
social worker's, a user name that is a staff number, whole days, a way to meet written in a phrase, sheets by year.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pandas as pd

SPEC = importlib.util.spec_from_file_location("tests_data_vendors_made", Path(__file__).with_name("vendors.py"))
assert SPEC is not None and SPEC.loader is not None
_VENDORS = importlib.util.module_from_spec(SPEC)
sys.modules[SPEC.name] = _VENDORS
SPEC.loader.exec_module(_VENDORS)
Made = _VENDORS.Made

WORKERS, CHILDREN, VISITS = 60, 200, 1500
TEAMS = [
    f"{s} {n}" for s in ("MASH & Assessment", "Safeguarding", "Permanence", "Leaving Care") for n in ("East", "West")
]


class _World:
    """Staff, spells of allocation and visits, each within the days its worker was in post."""

    def __init__(self, seed: int) -> None:
        rng = self.rng = np.random.default_rng(seed)
        self.staff = rng.choice(np.arange(10_000, 99_999), WORKERS, replace=False)
        self.team = [TEAMS[i % len(TEAMS)] for i in range(WORKERS)]
        self.start = pd.to_datetime("2015-01-01") + pd.to_timedelta(rng.integers(0, 2500, WORKERS), unit="D")
        self.leave = pd.Series(pd.to_datetime("2024-09-30") + pd.to_timedelta(rng.integers(0, 150, WORKERS), unit="D"))
        self.leave = self.leave.mask(rng.random(WORKERS) < 0.7)
        self.child = rng.choice(np.arange(200_000, 900_000), CHILDREN, replace=False)
        self.holder = rng.integers(0, WORKERS, CHILDREN)
        self.begin = pd.Series(pd.to_datetime("2022-04-01") + pd.to_timedelta(rng.integers(0, 500, CHILDREN), unit="D"))
        self.end = self.begin + pd.to_timedelta(rng.integers(60, 200, CHILDREN), unit="D")
        self.of = rng.integers(0, CHILDREN, VISITS)
        inside = (rng.random(VISITS) * (self.end - self.begin).dt.days.to_numpy()[self.of]).astype(int)
        self.day = self.begin[self.of].reset_index(drop=True) + pd.to_timedelta(inside, unit="D")

    def one_of(self, n: int, *texts: str) -> np.ndarray:
        return self.rng.choice(list(texts), n)

    def visitor(self) -> np.ndarray:
        return self.staff[self.holder[self.of]]


def _uk(days: pd.Series) -> pd.Series:
    return pd.Series(days).dt.strftime("%d/%m/%Y").fillna("")


def oracle_condeco(folder: Path) -> object:
    """LCS visits under title rows, an Oracle staff list, desk bookings, SSDA903 social workers, plans, absence."""
    w = _World(7)
    visits = pd.DataFrame(
        {
            "FACT_CASENOTE_ID": np.arange(VISITS) + 5_000_000,
            "DIM_PERSON_ID": w.child[w.of],
            "Event Date": _uk(w.day),
            "Case Note Type": w.one_of(VISITS, "CNSTAT", "STVC", "STVL", "HVIS"),
            "Visit Due": _uk(w.day + pd.Timedelta(days=3)),
            "How was the child seen": w.one_of(VISITS, "Face to face", "Virtual", "Phone", "Face-to-Face"),
            "Location of visit": w.one_of(VISITS, "Family home", "School", "Office", "Contact centre"),
            "Child seen?": w.one_of(VISITS, "Y", "N"),
            "Seen alone?": w.one_of(VISITS, "Yes", "No", "Not appropriate (age)", "Child refused", ""),
            "Visit status": w.one_of(VISITS, "Completed", "No access", "Cancelled by family", "Cancelled by SW"),
            "Visited by": "name of a worker",
            "Worker Code": w.visitor(),
            "Date Recorded": _uk(w.day + pd.Timedelta(days=2)),
            "Case note text": "some text of a note",
        }
    )
    with (folder / "LCS_Visits_Report.csv").open("w", encoding="cp1252", newline="") as file:
        file.write("Visits completed report,,,\nRun by: Business Intelligence,,,\n\n")
        visits.to_csv(file, index=False)
        file.write(f"\nRecords: {VISITS},,,\n")
    left = w.leave.notna()
    pd.DataFrame(
        {
            "Person Number": w.staff,
            "Assignment Number": [f"E{s}-1" for s in w.staff],
            "Full Name": "name of a worker",
            "Legal Sex": w.one_of(WORKERS, "F", "M"),
            "Ethnic Group": w.one_of(
                WORKERS, "Black or Black British - African", "White - British", "Prefer not to say"
            ),
            "Job": w.one_of(
                WORKERS,
                "Social Worker",
                "Senior Social Worker",
                "Newly Qualified Social Worker",
                "Business Support Officer",
            ),
            "Department": w.team,
            "FTE": w.rng.choice([1.0, 0.8, 0.6], WORKERS),
            "Contracted Hours": 37,
            "Post Start Date": w.start + pd.Timedelta(days=200),
            "Continuous Service Date": w.start - pd.Timedelta(days=300),
            "Latest Hire Date": w.start,
            "Actual Termination Date": _uk(w.leave).mask(~left, "31/12/4712"),
            "Termination Reason": np.where(left, w.one_of(WORKERS, "Resignation", "Retirement", "End of Contract"), ""),
            "Person Type": w.one_of(WORKERS, "Employee", "Agency Worker"),
            "Disabled": w.one_of(WORKERS, "Yes", "No", "Prefer not to say"),
        }
    ).to_excel(folder / "Staff in post - Oracle.xlsx", index=False, sheet_name="Sheet1")
    booked = w.rng.integers(0, WORKERS, 2000)
    pd.DataFrame(
        {
            "Username": w.staff[booked],
            "Booking date": _uk(
                pd.Series(pd.to_datetime("2023-01-01") + pd.to_timedelta(np.arange(2000) // 6, unit="D"))
            ),
            "Session": w.one_of(2000, "AM", "PM", "All day"),
            "Location": w.one_of(2000, "Civic Centre", "North Hub"),
            "Desk Name": "D1",
            "Status": w.one_of(2000, "Checked in", "No show", "Bumped"),
        }
    ).drop_duplicates(["Username", "Booking date"]).to_csv(folder / "Condeco desk usage.csv", index=False)
    pd.DataFrame(
        {
            "CHILD": w.child,
            "SW_ID": w.staff[w.holder],
            "SW_DECOM": _uk(w.begin),
            "SW_DEC": _uk(w.end),
            "SW_REASON": w.one_of(CHILDREN, "MANAGE", "LEFTRL", "OTHERS", ""),
        }
    ).to_csv(folder / "903 social workers.csv", index=False)
    pd.DataFrame(
        {
            "cppl_cp_plan_id": range(50),
            "cppl_person_id": w.child[:50],
            "cppl_cp_plan_start_date": w.begin[:50].dt.strftime("%Y-%m-%d"),
            "cppl_cp_plan_end_date": w.end[:50].dt.strftime("%Y-%m-%d"),
            "cppl_cp_plan_initial_category": "NEG",
        }
    ).to_csv(folder / "ssd_cp_plans.csv", index=False)
    ill = w.rng.integers(0, WORKERS, 150)
    first = pd.Series(pd.to_datetime("2023-01-01") + pd.to_timedelta(w.rng.integers(0, 500, 150), unit="D"))
    with pd.ExcelWriter(folder / "Absence ESR.xlsx") as book:
        pd.DataFrame(
            {
                "Employee Number": w.staff[ill],
                "Absence Start Date": first,
                "Absence End Date": first + pd.Timedelta(days=3),
                "FTE Days Lost": 3,
                "Absence Category": w.one_of(150, "Sickness", "Maternity", "Study leave"),
                "Reason": w.one_of(150, "S10 Anxiety/stress", "S13 Cold"),
            }
        ).to_excel(book, index=False, startrow=3, sheet_name="Absence")
        book.sheets["Absence"]["A1"] = "Absence detail"
    right = {
        "LCS_Visits_Report.csv": {
            ("contact", c): h
            for c, h in {
                "contact_id": "FACT_CASENOTE_ID",
                "child_id": "DIM_PERSON_ID",
                "family_id": "DIM_PERSON_ID",
                "worker_id": "Worker Code",
                "held_date": "Event Date",
                "due_date": "Visit Due",
                "mode": "How was the child seen",
                "purpose": "Case Note Type",
                "outcome": "Visit status",
                "child_seen": "Child seen?",
                "seen_alone": "Seen alone?",
                "recorded_date": "Date Recorded",
            }.items()
        },
        "Staff in post - Oracle.xlsx": {
            ("worker", c): h
            for c, h in {
                "worker_id": "Person Number",
                "team_id": "Department",
                "role": "Job",
                "fte": "FTE",
                "start_date": "Latest Hire Date",
                "leave_date": "Actual Termination Date",
                "leave_reason": "Termination Reason",
                "agency": "Person Type",
                "sex": "Legal Sex",
                "ethnicity": "Ethnic Group",
                "disability": "Disabled",
            }.items()
        }
        | {("team", "team_id"): "Department", ("team", "service"): "Department"},
        "Condeco desk usage.csv": {
            ("attendance_day", "worker_id"): "Username",
            ("attendance_day", "date"): "Booking date",
            ("attendance_day", "site_id"): "Location",
            ("attendance_day", "slot"): "Session",
        },
        "903 social workers.csv": {
            ("allocation_spell", "child_id"): "CHILD",
            ("allocation_spell", "worker_id"): "SW_ID",
            ("allocation_spell", "start_date"): "SW_DECOM",
            ("allocation_spell", "end_date"): "SW_DEC",
            ("allocation_spell", "end_reason"): "SW_REASON",
        },
        "ssd_cp_plans.csv": {
            ("plan_spell", "child_id"): "cppl_person_id",
            ("plan_spell", "start_date"): "cppl_cp_plan_start_date",
            ("plan_spell", "end_date"): "cppl_cp_plan_end_date",
        },
        "Absence ESR.xlsx": {
            ("worker_month", "worker_id"): "Employee Number",
            ("worker_month", "month"): "Absence Start Date",
            ("worker_month", "sick_days"): "FTE Days Lost",
        },
    }
    return Made(right, frozenset({("worker", "asye")}))


def eclipse_payroll(folder: Path) -> object:
    """Eclipse visits on a sheet a year, a payroll's people, supervision by month, relationships, a log of home days."""
    w = _World(8)
    key = [f"{s:06d}" for s in w.staff]
    visits = pd.DataFrame(
        {
            "INSTANCEID": np.arange(VISITS) + 1,
            "PERSONID": w.child[w.of],
            "Household": [f"H{c // 2}" for c in w.of],
            "Date and Time of Visit": w.day + pd.to_timedelta(w.rng.integers(9, 17, VISITS), unit="h"),
            "Event Type": w.one_of(VISITS, "CP visit", "CiN visit", "CLA visit"),
            "Method of contact": w.one_of(VISITS, "In person", "Online (Teams)", "By telephone", "WhatsApp message"),
            "Was the child seen alone?": w.one_of(
                VISITS, "Child seen alone", "Child not seen alone", "Not appropriate"
            ),
            "Preferred way of keeping in touch": w.one_of(VISITS, "In person", "Online (Teams)", "No preference"),
            "Completed by": [f"{s:06d}" for s in w.visitor()],
            "Time spent": "1:15",
        }
    )
    with pd.ExcelWriter(folder / "Visits 22-25.xlsx") as book:
        for year in (2022, 2023):
            within = (w.day >= f"{year}-04-01") & (w.day < f"{year + 1}-04-01")
            visits[within].to_excel(book, sheet_name=f"{year}-{year - 1999}", index=False, startrow=2)
            book.sheets[f"{year}-{year - 1999}"]["A1"] = f"Visits {year}"
    pd.DataFrame(
        {
            "Personal reference": key,
            "Known as": "x",
            "Position title": w.one_of(
                WORKERS, "Social Worker", "Social Worker (NQ)", "Senior Practitioner", "Team Manager"
            ),
            "Structure unit": w.team,
            "Contractual hours": w.rng.choice([37, 30, 22.2], WORKERS),
            "Full time equivalent": w.rng.choice([1.0, 0.81, 0.6], WORKERS),
            "Cont. service start": _uk(pd.Series(w.start - pd.Timedelta(days=200))),
            "Leave date": _uk(w.leave),
            "Contract type": w.one_of(WORKERS, "Permanent", "Fixed term", "Agency"),
            "Ethnic origin": w.one_of(WORKERS, "WBRI", "BAFR", "AIND", "REFU"),
            "Qualified": _uk(pd.Series(w.start - pd.Timedelta(days=800))),
            "Work location": w.one_of(WORKERS, "Town Hall", "Annexe"),
        }
    ).to_csv(folder / "iTrent people.csv", index=False)
    months = pd.date_range("2023-04-01", "2024-03-01", freq="MS")
    cells = [
        [
            (m + pd.Timedelta(days=int(w.rng.integers(0, 27)))).strftime("%d/%m/%Y")
            if w.rng.random() < 0.75
            else w.rng.choice(["AL", "Sick", "Cancelled", ""])
            for m in months
        ]
        for _ in key
    ]
    grid = pd.DataFrame(cells, columns=[m.strftime("%b-%y") for m in months])
    grid.insert(0, "Staff ID", key)
    grid.to_excel(folder / "Supervision 23-24.xlsx", index=False, startrow=1)
    pd.DataFrame(
        [(k, m.strftime("%Y-%m"), int(w.rng.integers(0, 12)), int(w.rng.integers(0, 12))) for k in key for m in months],
        columns=["Personal reference", "Period", "Working from home (days)", "Office base (days)"],
    ).to_csv(folder / "Hybrid working log.csv", index=False)
    pd.DataFrame(
        {
            "PERSONID": w.child,
            "PROFESSIONALRELATIONSHIPPERSONID": [f"{s:06d}" for s in w.staff[w.holder]],
            "RELATIONSHIPTYPE": w.one_of(CHILDREN, "Allocated worker", "Allocated worker", "IRO"),
            "DATESTARTED": _uk(w.begin),
            "DATEENDED": _uk(w.end),
            "ALLOCATED_TEAM": [w.team[h] for h in w.holder],
        }
    ).to_csv(folder / "Eclipse relationships.csv", index=False)
    right = {
        "Visits 22-25.xlsx": {
            ("contact", "contact_id"): "INSTANCEID",
            ("contact", "family_id"): "Household",
            ("contact", "child_id"): "PERSONID",
            ("contact", "held_date"): "Date and Time of Visit",
            ("contact", "worker_id"): "Completed by",
            ("contact", "mode"): "Method of contact",
            ("contact", "mode_preferred"): "Preferred way of keeping in touch",
            ("contact", "purpose"): "Event Type",
            ("contact", "seen_alone"): "Was the child seen alone?",
            ("contact", "minutes"): "Time spent",
        },
        "iTrent people.csv": {
            ("worker", "worker_id"): "Personal reference",
            ("worker", "team_id"): "Structure unit",
            ("worker", "role"): "Position title",
            ("worker", "fte"): "Full time equivalent",
            ("worker", "start_date"): "Cont. service start",
            ("worker", "leave_date"): "Leave date",
            ("worker", "agency"): "Contract type",
            ("worker", "ethnicity"): "Ethnic origin",
            ("worker", "reg_date"): "Qualified",
            ("team", "team_id"): "Structure unit",
            ("team", "service"): "Structure unit",
        },
        "Supervision 23-24.xlsx": {("supervision", "worker_id"): "Staff ID", ("supervision", "date"): "Apr-23"},
        "Hybrid working log.csv": {
            ("worker_month", "worker_id"): "Personal reference",
            ("worker_month", "month"): "Period",
            ("worker_month", "h_home"): "Working from home (days)",
            ("worker_month", "h_office"): "Office base (days)",
        },
        "Eclipse relationships.csv": {
            ("allocation_spell", "child_id"): "PERSONID",
            ("allocation_spell", "worker_id"): "PROFESSIONALRELATIONSHIPPERSONID",
            ("allocation_spell", "start_date"): "DATESTARTED",
            ("allocation_spell", "end_date"): "DATEENDED",
            ("allocation_spell", "role"): "RELATIONSHIPTYPE",
            ("allocation_spell", "team_id"): "ALLOCATED_TEAM",
            ("worker_month", "cases"): "PERSONID",
        },
    }
    return Made(right, frozenset({("worker", "asye")}))
