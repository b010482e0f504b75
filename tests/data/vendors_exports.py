"""Four vendors: lists of a team site, SAP beside work steps, visuals of a data model, workbooks with pivot tables.

The matches were written down before the toolkit saw the folders. No name in them is a person's.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from openpyxl import Workbook

_SPEC = importlib.util.spec_from_file_location("tests_data_vendors_exports", Path(__file__).with_name("vendors.py"))
assert _SPEC is not None and _SPEC.loader is not None
_VENDORS = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = _VENDORS
_SPEC.loader.exec_module(_VENDORS)
Made = _VENDORS.Made


def days(r: np.random.Generator, n: int, lo: str = "2023-04-01", hi: str = "2025-03-28") -> pd.Series:
    """Working days in order."""
    d = pd.bdate_range(lo, hi)
    return pd.Series(d[np.sort(r.integers(0, len(d), n))])


def sheet(book: Workbook, title: str, rows: Sequence[Sequence[Any]], *, first: bool = False) -> None:
    """A sheet of rows."""
    page = book.worksheets[0] if first else book.create_sheet()
    page.title = title
    for row in rows:
        page.append([None if pd.isna(x) else x for x in row])


def sharepoint(folder: Path) -> Any:
    """Lists of a team site, exported under the names that its programs use."""
    r = np.random.default_rng(2002)
    n = 30
    no = [f"{v:05d}" for v in r.choice(np.arange(100, 99999), n, replace=False)]
    g = r.integers(0, 4, n)
    teams = ["Brook", "Cedar", "Dene", "Elm"]
    start = days(r, n, "2013-01-01", "2024-03-01").sample(frac=1, random_state=1).reset_index(drop=True)

    def meta(k: int, s: pd.Series) -> dict[str, Any]:
        return {
            "ID": np.arange(1, k + 1),
            "Created": s.dt.strftime("%d/%m/%Y %H:%M"),
            "Created_x0020_By": "BSO Mailbox",
            "Modified": (s + pd.Timedelta(days=40)).dt.strftime("%d/%m/%Y %H:%M"),
            "Item_x0020_Type": "Item",
            "Path": "sites/CSC/Lists",
        }

    hr = pd.DataFrame(
        {
            "Title": no,
            "Role_x0020_title": r.choice(
                ["Social Worker", "Senior Social Worker", "Team Manager", "Newly Qualified SW"], n
            ),
            "Pod": [teams[x] for x in g],
            "Start_x0020_with_x0020_council": start.dt.strftime("%d/%m/%Y"),
            "Leave_x0020_date": ["30/11/2024" if x < 0.2 else "" for x in r.random(n)],
            "FTE": r.choice([1, 0.5, 0.8], n),
            "Agency_x003f_": r.choice(["TRUE", "FALSE"], n, p=[0.2, 0.8]),
            **meta(n, start),
        }
    )
    hr.to_csv(folder / "Team directory.csv", index=False)
    m = 600
    s = days(r, m)
    fam = [f"FAM{x}" for x in r.choice(np.arange(1000, 5000), 110, replace=False)]
    vis = pd.DataFrame(
        {
            "Title": [f"Visit {i}" for i in range(m)],
            "Family_x0020_number": r.choice(fam, m),
            "Worker_x0020_number": r.choice(no, m),
            "Visit_x0020_Date": s.dt.strftime("%d/%m/%Y"),
            "How_x0020_we_x0020_met": r.choice(["At home", "Video call", "Phone call", "At school"], m),
            "How_x0020_the_x0020_family_x0020_wanted_x0020_to_x0020_meet": r.choice(
                ["At home", "Video call", "Phone call"], m
            ),
            "Were_x0020_they_x0020_given_x0020_a_x0020_choice": r.choice(["TRUE", "FALSE"], m),
            "Family_x0020_took_x0020_part": r.choice(["TRUE", "FALSE"], m),
            "Minutes": r.choice([30, 45, 60], m),
            **meta(m, s + pd.Timedelta(days=1)),
        }
    )
    vis.to_csv(folder / "Family contact log.csv", index=False)
    k = 220
    s = days(r, k)
    sup = pd.DataFrame(
        {
            "Title": "1:1",
            "Supervisee_x0020_number": r.choice(no, k),
            "Date_x0020_of_x0020_1_x003a_1": s.dt.strftime("%d/%m/%Y"),
            "Where": r.choice(["Office", "Teams"], k),
            "Reflective_x003f_": r.choice(["TRUE", "FALSE"], k),
            **meta(k, s),
        }
    ).drop_duplicates(["Supervisee_x0020_number", "Date_x0020_of_x0020_1_x003a_1"])
    sup.to_csv(folder / "1to1 log.csv", index=False)
    rows = []
    for i in range(n):
        for p in pd.period_range("2024-09", "2025-02", freq="M"):
            rows.append(
                [
                    no[i],
                    p.start_time.strftime("%d/%m/%Y"),
                    float(r.integers(4, 12)),
                    float(r.integers(3, 10)),
                    int(r.integers(8, 22)),
                    round(float(r.choice([0, 0, 1, 2.5])), 1),
                ]
            )
    w = pd.DataFrame(
        rows,
        columns=[
            "Title",
            "Return_x0020_month",
            "Days_x0020_at_x0020_home",
            "Days_x0020_at_x0020_base",
            "Open_x0020_cases",
            "Hours_x0020_over",
        ],
    )
    w = w.assign(**meta(len(w), pd.to_datetime(w["Return_x0020_month"], format="%d/%m/%Y")))
    w.to_csv(folder / "Monthly hybrid return.csv", index=False)
    dg = pd.DataFrame(
        {
            "Title": fam,
            "Date_x0020_asked": "15/06/2024",
            "Has_x0020_a_x0020_laptop_x0020_or_x0020_tablet": r.choice(["TRUE", "FALSE"], len(fam)),
            "Has_x0020_home_x0020_broadband": r.choice(["TRUE", "FALSE"], len(fam)),
            "Number_x0020_of_x0020_children": r.integers(1, 6, len(fam)),
            **meta(len(fam), pd.Series(pd.Timestamp("2024-06-15"), index=range(len(fam)))),
        }
    )
    dg.to_csv(folder / "Digital access of families.csv", index=False)
    return Made(
        {
            "Team directory.csv": {
                ("worker", "worker_id"): "Title",
                ("worker", "role"): "Role_x0020_title",
                ("worker", "team_id"): "Pod",
                ("worker", "start_date"): "Start_x0020_with_x0020_council",
                ("worker", "leave_date"): "Leave_x0020_date",
                ("worker", "fte"): "FTE",
                ("worker", "agency"): "Agency_x003f_",
            },
            "Family contact log.csv": {
                ("contact", "family_id"): "Family_x0020_number",
                ("contact", "worker_id"): "Worker_x0020_number",
                ("contact", "held_date"): "Visit_x0020_Date",
                ("contact", "mode"): "How_x0020_we_x0020_met",
                ("contact", "mode_preferred"): "How_x0020_the_x0020_family_x0020_wanted_x0020_to_x0020_meet",
                ("contact", "mode_offered_choice"): "Were_x0020_they_x0020_given_x0020_a_x0020_choice",
                ("contact", "engaged"): "Family_x0020_took_x0020_part",
                ("contact", "minutes"): "Minutes",
            },
            "1to1 log.csv": {
                ("supervision", "worker_id"): "Supervisee_x0020_number",
                ("supervision", "date"): "Date_x0020_of_x0020_1_x003a_1",
                ("supervision", "mode"): "Where",
                ("supervision", "reflective"): "Reflective_x003f_",
            },
            "Monthly hybrid return.csv": {
                ("worker_month", "worker_id"): "Title",
                ("worker_month", "month"): "Return_x0020_month",
                ("worker_month", "h_home"): "Days_x0020_at_x0020_home",
                ("worker_month", "h_office"): "Days_x0020_at_x0020_base",
                ("worker_month", "cases"): "Open_x0020_cases",
            },
            "Digital access of families.csv": {
                ("access", "family_id"): "Title",
                ("access", "date"): "Date_x0020_asked",
                ("access", "devices"): "Has_x0020_a_x0020_laptop_x0020_or_x0020_tablet",
                ("access", "home_broadband"): "Has_x0020_home_x0020_broadband",
            },
        },
        {
            ("contact", "contact_id"),
            ("contact", "recorded_date"),
            ("family", "family_id"),
            ("family", "n_children"),
            ("worker", "asye"),
            ("worker_month", "unpaid_h"),
        },
    )


def trust_sap(folder: Path) -> Any:
    """SAP's list with bars, work steps of a case system, bookings of desks with whole days."""
    r = np.random.default_rng(1002)
    n = 40
    pn = [str(v) for v in r.choice(np.arange(50010000, 50099999), n, replace=False)]
    org = [f"{50300 + i}" for i in range(5)]
    names = ["SW Assess East", "SW Assess West", "Quadrant North", "Quadrant South", "Leaving Care"]
    g = r.integers(0, 5, n)
    start = days(r, n, "2014-01-01", "2024-03-01").sample(frac=1, random_state=2).reset_index(drop=True)
    left = [
        d.strftime("%d.%m.%Y") if x < 0.2 else "31.12.9999"
        for d, x in zip(days(r, n, "2024-04-01", "2025-03-01"), r.random(n), strict=True)
    ]
    lines = [
        "31.03.2025                 Dynamic List Display                      1",
        "",
        "Headcount Children's Trust",
        "",
    ]
    head = [
        "",
        "Pers.No.",
        "Personnel Number",
        "EEGrp",
        "Employee Subgroup",
        "Org.Unit",
        "Org. Unit Name",
        "Position",
        "Entry",
        "Leaving",
        "CapUtilLvl",
        "Gender Key",
        "Cost Ctr",
    ]
    grp = r.choice(["1", "9"], n, p=[0.8, 0.2])
    lines.append("|".join(head))
    pos = r.choice(
        ["Social Worker", "Snr Social Worker", "Team Manager", "NQSW", "Head of Service", "Consultant Practitioner"],
        n,
        p=[0.45, 0.2, 0.12, 0.13, 0.03, 0.07],
    )
    util = r.choice(["100,00", "80,00", "60,00", "50,00"], n, p=[0.7, 0.1, 0.1, 0.1])
    for i in range(n):
        lines.append(
            "|".join(
                [
                    "",
                    pn[i],
                    f"Person {i}",
                    grp[i],
                    "Agency" if grp[i] == "9" else "Perm FT",
                    org[g[i]],
                    names[g[i]],
                    pos[i],
                    start[i].strftime("%d.%m.%Y"),
                    left[i],
                    util[i],
                    r.choice(["Female", "Male"]),
                    f"C{g[i]}77",
                ]
            )
        )
    lines += ["", f"* {n} entries"]
    (folder / "ZHR_HEADCOUNT.txt").write_text("\n".join(lines), encoding="cp1252")
    m = 800
    fam = r.choice(np.arange(1000, 9999), 130, replace=False)
    v = days(r, m)
    mos = pd.DataFrame(
        {
            "Workstep ID": np.arange(44000, 44000 + m),
            "Subject Compound ID": [f"P{x}" for x in r.choice(fam, m)],
            "Workstep Type": r.choice(["Statutory Visit - CP", "Statutory Visit - CLA", "CIN Visit"], m),
            "Step Incoming": (v - pd.Timedelta(days=10)).dt.strftime("%Y-%m-%d %H:%M"),
            "Step Due By": (v + pd.to_timedelta(r.integers(-5, 8, m), "D")).dt.strftime("%Y-%m-%d %H:%M"),
            "Date Of Visit": v.dt.strftime("%Y-%m-%d %H:%M"),
            "Step Completed": (v + pd.to_timedelta(r.integers(0, 12, m), "D")).dt.strftime("%Y-%m-%d %H:%M"),
            "Assignee Worker ID": r.choice(pn, m),
            "How was the visit carried out?": r.choice(
                ["In home", "Virtual (video)", "At school", "By telephone"], m, p=[0.6, 0.2, 0.1, 0.1]
            ),
            "Was the child seen on this visit?": r.choice(["Yes", "No"], m, p=[0.93, 0.07]),
            "Was the child seen alone on this visit?": r.choice(["Yes", "No", "Not appropriate"], m, p=[0.6, 0.3, 0.1]),
            "If not seen please give reason": r.choice(["", "", "", "Out", "Asleep"], m),
        }
    )
    mos.to_excel(folder / "Worksteps_export.xlsx", index=False, startrow=3, sheet_name="data")
    k = 260
    wb = Workbook()
    s = days(r, k)
    rows = [
        ["Supervision log - all quadrants"],
        [],
        ["", "Who", "", "When", "", "What", ""],
        ["#", "Pers.No. (worker)", "Pers.No. (manager)", "Held on", "Next due", "Mins", "Reflective element Y/N"],
    ]
    for i in range(k):
        rows.append(
            [
                i + 1,
                int(r.choice(pn)),
                int(pn[int(r.integers(0, 4))]),
                s[i].to_pydatetime(),
                (s[i] + pd.Timedelta(days=30)).to_pydatetime(),
                int(r.choice([60, 90, 45])),
                str(r.choice(["Y", "N"])),
            ]
        )
    sheet(wb, "Log", rows, first=True)
    wb.save(folder / "Supervision log.xlsx")
    # desk booking (Kadence)
    d = 1500
    s = days(r, d)
    kd = pd.DataFrame(
        {
            "booking_id": [f"bk-{i:05d}" for i in range(d)],
            "employee_external_id": r.choice(pn, d),
            "neighbourhood": r.choice(["Floor 2 - Quadrants", "Floor 3"], d),
            "building": r.choice(["Civic One", "Hub South"], d),
            "booking_date": s.dt.strftime("%Y-%m-%d"),
            "period": r.choice(["Morning", "Afternoon", "Full Day"], d, p=[0.2, 0.2, 0.6]),
            "status": r.choice(["checked_in", "no_show", "cancelled"], d, p=[0.85, 0.1, 0.05]),
            "created_at": (s - pd.Timedelta(days=4)).dt.strftime("%Y-%m-%dT09:00:00Z"),
        }
    )
    kd.to_csv(folder / "kadence_bookings.csv", index=False)
    al = 240
    s = days(r, al, "2022-06-01")
    alloc = pd.DataFrame(
        {
            "Subject Compound ID": [f"P{x}" for x in r.choice(fam, al)],
            "Relationship": r.choice(["Allocated Worker", "IRO", "Joint Worker"], al, p=[0.8, 0.1, 0.1]),
            "Worker ID": r.choice(pn, al),
            "Rel Start": s.dt.strftime("%Y-%m-%d"),
            "Rel End": [
                (x + pd.Timedelta(days=200)).strftime("%Y-%m-%d") if x < pd.Timestamp("2024-08-01") else "" for x in s
            ],
            "Reason Ended": [
                str(r.choice(["Worker left", "Case transferred", "Caseload"])) if x < pd.Timestamp("2024-08-01") else ""
                for x in s
            ],
        }
    ).drop_duplicates(["Subject Compound ID", "Worker ID", "Rel Start"])
    alloc.to_csv(folder / "person_relationships.csv", index=False)
    return Made(
        {
            "ZHR_HEADCOUNT.txt": {
                ("worker", "worker_id"): "Pers.No.",
                ("worker", "role"): "Position",
                ("worker", "team_id"): "Org.Unit",
                ("worker", "start_date"): "Entry",
                ("worker", "leave_date"): "Leaving",
                ("worker", "sex"): "Gender Key",
                ("worker", "agency"): "Employee Subgroup",
                ("worker", "fte"): "CapUtilLvl",
            },
            "Worksteps_export.xlsx": {
                ("contact", "contact_id"): "Workstep ID",
                ("contact", "family_id"): "Subject Compound ID",
                ("contact", "purpose"): "Workstep Type",
                ("contact", "due_date"): "Step Due By",
                ("contact", "held_date"): "Date Of Visit",
                ("contact", "worker_id"): "Assignee Worker ID",
                ("contact", "mode"): "How was the visit carried out?",
                ("contact", "child_seen"): "Was the child seen on this visit?",
                ("contact", "seen_alone"): "Was the child seen alone on this visit?",
                ("contact", "recorded_date"): "Step Completed",
            },
            "Supervision log.xlsx": {
                ("supervision", "worker_id"): "Who Pers.No. (worker)",
                ("supervision", "date"): "When Held on",
                ("supervision", "minutes"): "What Mins",
                ("supervision", "reflective"): "What Reflective element Y/N",
            },
            "kadence_bookings.csv": {
                ("attendance_day", "worker_id"): "employee_external_id",
                ("attendance_day", "site_id"): "building",
                ("attendance_day", "date"): "booking_date",
                ("attendance_day", "slot"): "period",
            },
            "person_relationships.csv": {
                ("allocation_spell", "child_id"): "Subject Compound ID",
                ("allocation_spell", "worker_id"): "Worker ID",
                ("allocation_spell", "start_date"): "Rel Start",
                ("allocation_spell", "end_date"): "Rel End",
                ("allocation_spell", "role"): "Relationship",
                ("allocation_spell", "end_reason"): "Reason Ended",
            },
        },
        {("contact", "child_id"), ("child", "child_id"), ("family", "family_id"), ("worker", "asye")},
    )


def power_bi(folder: Path) -> Any:
    """Visuals saved from a data model: table and column in one header, sums, a note of filters below."""
    r = np.random.default_rng(1004)
    n = 45
    key = [f"W-{v}" for v in r.choice(np.arange(1000, 9999), n, replace=False)]
    tk = [f"T{i:02d}" for i in range(1, 7)]
    g = r.integers(0, 6, n)
    start = days(r, n, "2012-01-01", "2024-03-01").sample(frac=1, random_state=4).reset_index(drop=True)
    hr = pd.DataFrame(
        {
            "dimWorker[WorkerKey]": key,
            "dimWorker[WorkerName]": [f"Nom {i}" for i in range(n)],
            "dimWorker[JobFamily]": "Social Work",
            "dimWorker[JobTitle]": r.choice(
                [
                    "Social Worker",
                    "Senior Social Worker",
                    "Team Manager",
                    "Newly Qualified Social Worker",
                    "Service Manager",
                ],
                n,
                p=[0.5, 0.2, 0.12, 0.15, 0.03],
            ),
            "dimTeam[TeamKey]": [tk[x] for x in g],
            "dimWorker[HireDate]": start.dt.strftime("%m/%d/%Y"),
            "dimWorker[TermDate]": [
                pd.Timestamp("2024-05-13").strftime("%m/%d/%Y") if x < 0.2 else "" for x in r.random(n)
            ],
            "dimWorker[EmploymentType]": r.choice(["Permanent", "Contingent", "Fixed Term"], n, p=[0.8, 0.15, 0.05]),
            "Sum of FTE": r.choice([1, 0.8, 0.6], n),
            "dimWorker[IsASYE]": r.choice([True, False], n, p=[0.15, 0.85]),
        }
    )

    def bi(df: pd.DataFrame, name: str) -> None:
        df.to_csv(folder / name, index=False)
        with (folder / name).open("a", encoding="utf-8") as f:
            f.write('\n"Applied filters:\nDirectorate is Children\nYear is 2024"\n')

    bi(hr, "data (1).csv")
    bi(
        pd.DataFrame(
            {
                "dimTeam[TeamKey]": tk,
                "dimTeam[TeamName]": [f"Team {c}" for c in "ABCDEF"],
                "dimTeam[ServiceArea]": [
                    "Assessment",
                    "Assessment",
                    "CIN/CP",
                    "CIN/CP",
                    "Children in Care",
                    "Leaving Care",
                ],
            }
        ),
        "data (2).csv",
    )
    m = 900
    v = days(r, m)
    kids = [f"C{x}" for x in r.choice(np.arange(70000, 79999), 150, replace=False)]
    fam = dict(zip(kids, [f"F{x // 2}" for x in range(150)], strict=True))
    ck = r.choice(kids, m)
    con = pd.DataFrame(
        {
            "factVisit[VisitKey]": np.arange(1, m + 1) + 500000,
            "dimChild[ChildKey]": ck,
            "dimChild[HouseholdKey]": [fam[c] for c in ck],
            "dimWorker[WorkerKey]": r.choice(key, m),
            "dimDate[Date]": v.dt.strftime("%m/%d/%Y"),
            "factVisit[DueDate]": (v + pd.to_timedelta(r.integers(-5, 6, m), "D")).dt.strftime("%m/%d/%Y"),
            "factVisit[ContactChannel]": r.choice(
                ["Face-to-Face (Home)", "Face-to-Face (Other)", "Video", "Phone"], m, p=[0.6, 0.1, 0.2, 0.1]
            ),
            "factVisit[PreferredChannel]": r.choice(["Face-to-Face (Home)", "Video", "Phone"], m, p=[0.6, 0.3, 0.1]),
            "Average of DurationMinutes": r.choice([30, 45, 60, 75], m),
            "factVisit[SeenAloneFlag]": r.choice([1, 0], m),
            "factVisit[VisitReason]": r.choice(["CP visit", "CIN visit", "CLA visit"], m),
            "Count of VisitKey": 1,
        }
    )
    bi(con, "data (3).csv")
    ww = []
    for i in range(n):
        for p in pd.period_range("2024-01", "2024-12", freq="M"):
            ww.append(
                [
                    key[i],
                    p.strftime("%b %Y"),
                    float(r.integers(30, 90)),
                    float(r.integers(20, 80)),
                    int(r.integers(8, 24)),
                    float(r.choice([0, 0, 0, 1, 3])),
                ]
            )
    bi(
        pd.DataFrame(
            ww,
            columns=[
                "dimWorker[WorkerKey]",
                "dimDate[YearMonth]",
                "Sum of HomeHours",
                "Sum of OfficeHours",
                "Sum of OpenCases",
                "Sum of SickDays",
            ],
        ),
        "data (4).csv",
    )
    q = 300
    s = days(r, q)
    bi(
        pd.DataFrame(
            {
                "dimWorker[WorkerKey]": r.choice(key, q),
                "dimDate[Date]": s.dt.strftime("%m/%d/%Y"),
                "factSupervision[Format]": r.choice(["In person", "Online"], q),
                "Sum of LengthMins": r.choice([45, 60, 90], q),
                "factSupervision[IsReflective]": r.choice([1, 0], q),
            }
        ).drop_duplicates(["dimWorker[WorkerKey]", "dimDate[Date]"]),
        "data (5).csv",
    )
    return Made(
        {
            "data (1).csv": {
                ("worker", "worker_id"): "dimWorker[WorkerKey]",
                ("worker", "role"): "dimWorker[JobTitle]",
                ("worker", "team_id"): "dimTeam[TeamKey]",
                ("worker", "start_date"): "dimWorker[HireDate]",
                ("worker", "leave_date"): "dimWorker[TermDate]",
                ("worker", "agency"): "dimWorker[EmploymentType]",
                ("worker", "fte"): "Sum of FTE",
                ("worker", "asye"): "dimWorker[IsASYE]",
            },
            "data (2).csv": {("team", "team_id"): "dimTeam[TeamKey]", ("team", "service"): "dimTeam[ServiceArea]"},
            "data (3).csv": {
                ("contact", "contact_id"): "factVisit[VisitKey]",
                ("contact", "child_id"): "dimChild[ChildKey]",
                ("contact", "family_id"): "dimChild[HouseholdKey]",
                ("contact", "worker_id"): "dimWorker[WorkerKey]",
                ("contact", "held_date"): "dimDate[Date]",
                ("contact", "due_date"): "factVisit[DueDate]",
                ("contact", "mode"): "factVisit[ContactChannel]",
                ("contact", "mode_preferred"): "factVisit[PreferredChannel]",
                ("contact", "minutes"): "Average of DurationMinutes",
                ("contact", "seen_alone"): "factVisit[SeenAloneFlag]",
                ("contact", "purpose"): "factVisit[VisitReason]",
            },
            "data (4).csv": {
                ("worker_month", "worker_id"): "dimWorker[WorkerKey]",
                ("worker_month", "month"): "dimDate[YearMonth]",
                ("worker_month", "h_home"): "Sum of HomeHours",
                ("worker_month", "h_office"): "Sum of OfficeHours",
                ("worker_month", "cases"): "Sum of OpenCases",
                ("worker_month", "sick_days"): "Sum of SickDays",
            },
            "data (5).csv": {
                ("supervision", "worker_id"): "dimWorker[WorkerKey]",
                ("supervision", "date"): "dimDate[Date]",
                ("supervision", "mode"): "factSupervision[Format]",
                ("supervision", "minutes"): "Sum of LengthMins",
                ("supervision", "reflective"): "factSupervision[IsReflective]",
            },
        },
        {("child", "child_id"), ("child", "family_id"), ("family", "family_id"), ("family", "n_children")},
    )


def pivot_books(folder: Path) -> Any:
    """Workbooks with pivot tables beside the data, forms with two days, a survey under groups."""
    r = np.random.default_rng(1005)
    n = 34
    pay = [f"{v:07d}" for v in r.choice(np.arange(100, 40000), n, replace=False)]
    teams = ["Vale MASH", "Vale Safeguarding 1", "Vale Safeguarding 2", "Vale Corporate Parenting"]
    g = r.integers(0, 4, n)
    start = days(r, n, "2015-01-01", "2024-03-01").sample(frac=1, random_state=5).reset_index(drop=True)
    wb = Workbook()
    cnt = pd.Series([teams[x] for x in g]).value_counts()
    sheet(
        wb,
        "Pivot",
        [
            ["Directorate", "Children"],
            [],
            ["Row Labels", "Count of Payroll"],
            *[[a, int(b)] for a, b in cnt.items()],
            ["(blank)", None],
            ["Grand Total", n],
        ],
        first=True,
    )
    rows = [
        [
            "Payroll",
            "Assignment",
            "Assignment Status",
            "Assignment Category",
            "Job",
            "Organisation",
            "Latest Hire",
            "Actual Termination",
            "Working Hours",
            "FTE Value",
            "DOB",
            "Gender",
            "Ethnicity",
        ]
    ]
    for i in range(n):
        lv = "28-FEB-2025" if r.random() < 0.15 else "31-DEC-4712"
        hrs = float(r.choice([36, 36, 28.8, 18]))
        rows.append(
            [
                pay[i],
                f"{pay[i]}-{int(r.integers(1, 3))}",
                "Active Assignment",
                str(r.choice(["Full-Time Regular", "Part-Time Regular", "Agency"], p=[0.6, 0.25, 0.15])),
                str(
                    r.choice(
                        [
                            "Social Worker",
                            "Senior Practitioner",
                            "Practice Manager",
                            "Social Worker (NQ)",
                            "Group Manager",
                        ],
                        p=[0.5, 0.2, 0.12, 0.15, 0.03],
                    )
                ),
                teams[g[i]],
                start[i].strftime("%d-%b-%Y").upper(),
                lv,
                hrs,
                round(hrs / 36, 2),
                (pd.Timestamp("1965-01-01") + pd.Timedelta(days=int(r.integers(0, 12000))))
                .strftime("%d-%b-%Y")
                .upper(),
                str(r.choice(["F", "M"])),
                str(r.choice(["WBRI", "BAFR", "AIND", "NOBT"])),
            ]
        )
    sheet(wb, "Sheet2", rows)
    wb.save(folder / "HR for HoS with pivot.xlsx")
    m = 850
    v = days(r, m)
    people = [f"{x:08d}" for x in r.choice(np.arange(100000, 900000), 140, replace=False)]
    wb = Workbook()
    typ = r.choice(["CP visit form", "CIN visit form", "CLA visit form", "Assessment visit form"], m)
    rows = [
        [
            "Form Id",
            "Person Id",
            "Form Type",
            "Form Status",
            "Visit Date and Time",
            "Practitioner Payroll",
            "Where did the visit take place",
            "Time spent (hh:mm)",
            "Child/YP seen",
            "Child/YP spoken to alone",
            "Completed On",
        ]
    ]
    for i in range(m):
        rows.append(
            [
                f"FRM{200000 + i}",
                str(r.choice(people)),
                str(typ[i]),
                str(r.choice(["Complete", "Complete", "Completed"])),
                v[i].replace(hour=int(r.integers(9, 18))).to_pydatetime(),
                str(r.choice(pay)),
                str(r.choice(["Family home", "Carer's home", "Teams/Zoom", "School", "Telephone"])),
                f"{int(r.integers(0, 2)):02d}:{int(r.choice([15, 30, 45])):02d}",
                str(r.choice(["Yes", "No"], p=[0.9, 0.1])),
                str(r.choice(["Yes", "No", "Baby - N/A"])),
                (v[i] + pd.Timedelta(days=int(r.integers(0, 7)))).to_pydatetime(),
            ]
        )
    sheet(wb, "Raw", rows, first=True)
    sheet(
        wb,
        "Pivot",
        [
            ["Row Labels", "CP visit form", "CIN visit form", "Grand Total"],
            ["Vale MASH", 3, 4, 7],
            ["Vale Safeguarding 1", 100, 120, 220],
            ["Grand Total", 103, 124, 227],
        ],
    )
    wb.save(folder / "Eclipse forms extract.xlsx")
    wb = Workbook()
    k = 280
    s = days(r, k)
    rows = [
        ["Practitioner", None, "Session", None, None, None],
        ["Payroll", "Team", "Date", "Method", "Mins", "Observation of practice?"],
    ]
    for i in range(k):
        j = int(r.integers(0, n))
        rows.append(
            [
                pay[j],
                teams[g[j]],
                s[i].to_pydatetime(),
                str(r.choice(["Office", "Teams", "Phone"], p=[0.6, 0.3, 0.1])),
                int(r.choice([60, 90, 45])),
                str(r.choice(["Yes", "No"])),
            ]
        )
    sheet(wb, "Supervisions", rows, first=True)
    wb.save(folder / "Supervisions QA.xlsx")
    wb = Workbook()
    rows = [["Payroll", "Month", "Office half days", "Home half days", "Field half days"]]
    for i in range(n):
        for p in pd.period_range("2024-04", "2025-03", freq="M"):
            o = int(r.integers(8, 24))
            h = int(r.integers(6, 40 - o))
            rows.append([pay[i], p.strftime("%Y%m"), o, h, 40 - o - h])
    sheet(wb, "Sheet1", rows, first=True)
    wb.save(folder / "Worksmart half days.xlsx")
    wb = Workbook()
    items = [
        "I've been feeling optimistic about the future",
        "I've been feeling useful",
        "I've been feeling relaxed",
        "I've been dealing with problems well",
        "I've been thinking clearly",
        "I've been feeling close to other people",
        "I've been able to make up my own mind about things",
    ]
    sc = ["None of the time", "Rarely", "Some of the time", "Often", "All of the time"]
    rows = [["Respondent", None, "Q3. Over the last 2 weeks (SWEMWBS)"], ["Payroll", "Completed", *items]]
    for w in ("2024-05-14", "2024-11-12"):
        for i in range(n):
            if r.random() < 0.7:
                rows.append(
                    [
                        pay[i],
                        pd.Timestamp(w).to_pydatetime(),
                        *[str(r.choice(sc, p=[0.05, 0.15, 0.4, 0.3, 0.1])) for _ in items],
                    ]
                )
    sheet(wb, "Responses", rows, first=True)
    wb.save(folder / "Pulse survey May+Nov.xlsx")
    return Made(
        {
            "HR for HoS with pivot.xlsx": {
                ("worker", "worker_id"): "Payroll",
                ("worker", "role"): "Job",
                ("worker", "team_id"): "Organisation",
                ("worker", "start_date"): "Latest Hire",
                ("worker", "leave_date"): "Actual Termination",
                ("worker", "fte"): "FTE Value",
                ("worker", "agency"): "Assignment Category",
                ("worker", "sex"): "Gender",
                ("worker", "ethnicity"): "Ethnicity",
            },
            "Eclipse forms extract.xlsx": {
                ("contact", "contact_id"): "Form Id",
                ("contact", "child_id"): "Person Id",
                ("contact", "purpose"): "Form Type",
                ("contact", "held_date"): "Visit Date and Time",
                ("contact", "worker_id"): "Practitioner Payroll",
                ("contact", "mode"): "Where did the visit take place",
                ("contact", "minutes"): "Time spent (hh:mm)",
                ("contact", "child_seen"): "Child/YP seen",
                ("contact", "seen_alone"): "Child/YP spoken to alone",
                ("contact", "recorded_date"): "Completed On",
            },
            "Supervisions QA.xlsx": {
                ("supervision", "worker_id"): "Payroll",
                ("supervision", "date"): "Date",
                ("supervision", "mode"): "Method",
                ("supervision", "minutes"): "Mins",
                ("supervision", "observed"): "Observation of practice?",
            },
            "Worksmart half days.xlsx": {
                ("worker_month", "worker_id"): "Payroll",
                ("worker_month", "month"): "Month",
                ("worker_month", "h_office"): "Office half days",
                ("worker_month", "h_home"): "Home half days",
            },
            "Pulse survey May+Nov.xlsx": {
                ("survey", "worker_id"): "Respondent Payroll",
                ("survey", "wave"): "Respondent Completed",
                ("survey", "value:swemwbs/swemwbs_1"): "Q3. Over the last 2 weeks (SWEMWBS) " + items[0],
                ("survey", "value:swemwbs/swemwbs_7"): "Q3. Over the last 2 weeks (SWEMWBS) " + items[6],
            },
        },
        {
            ("contact", "family_id"),
            ("worker", "age_band"),
            ("child", "child_id"),
            ("family", "family_id"),
            ("worker_month", "h_visit"),
            ("survey", "month"),
            *{("survey", f"value:swemwbs/swemwbs_{i}") for i in range(2, 7)},
            ("contact", "outcome"),
        },
    )


VENDORS = {f.__name__: f for f in (sharepoint, trust_sap, power_bi, pivot_books)}
