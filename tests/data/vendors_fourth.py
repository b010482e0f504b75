"""Two more vendors, made by hand before the toolkit saw them: reports with dates in the order of the United States,
and a pack of OpenDocument sheets, plain XML and checklists that are ticked.

No name in them is a person's; each gives the matches that a person would make.
"""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd


def _first() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tests_data_vendors", Path(__file__).with_name("vendors.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_VENDORS = _first()
Made, _sheet = _VENDORS.Made, _VENDORS._sheet
FEELINGS = (
    "feeling optimistic about the future",
    "feeling useful",
    "feeling relaxed",
    "dealing with problems well",
    "thinking clearly",
    "feeling close to other people",
    "able to make up my own mind about things",
)
TIMES = ["None of the time", "Rarely", "Some of the time", "Often", "All of the time"]


def _moments(rng: np.random.Generator, n: int, start: str = "2022-04-01", span: int = 1000) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.Timestamp(start) + pd.to_timedelta(rng.integers(0, span, n), unit="D"))


def _us(moments: pd.DatetimeIndex, time: str = " 12:00:00 AM") -> list[str]:
    return [f"{d.month}/{d.day}/{d.year}{time}" for d in moments]


def us_report_server(folder: Path) -> object:
    """Reports of a report server: month first, a header over two rows, units, sub-totals; a door log; months across."""
    rng, n, k = np.random.default_rng(101), 64, 400
    staff = [f"A{i:05d}" for i in rng.choice(90000, n, replace=False)]
    mail = [f"worker{i}@council.example" for i in range(n)]
    teams = ["North CIN", "South CIN", "Assessment East", "Children in Care 1", "Leaving Care"]
    people = {
        "Payroll Ident": staff,
        "Employee Name": [f"Fam{i}, Given{i}" for i in range(n)],
        "Work Email": mail,
        "Job Family Title": rng.choice(["Social Worker", "Senior Social Worker", "Team Manager"], n),
        "Team / Service": [teams[i * 5 // n] for i in range(n)],
        "Contract Basis": rng.choice(["Permanent", "Agency", "Fixed Term"], n),
        "Hrs p/w": rng.choice([37.0, 30.0, 22.5], n),
        "Joined LA": _us(_moments(rng, n, "2014-01-01", 3000)),
        "Left LA": [d if i % 5 == 0 else None for i, d in enumerate(_us(_moments(rng, n, "2023-01-01", 700)))],
        "Sex": rng.choice(["Female", "Male"], n),
        "Ethnicity (self declared)": rng.choice(["White British", "Black African", "Not known"], n),
        "Disabled?": rng.choice(["Yes", "No", "Prefer not to say"], n),
        "SWE First Registered": _us(_moments(rng, n, "2006-01-01", 5000)),
        "On ASYE programme?": rng.choice(["Yes", "No"], n),
    }
    groups: list[object] = ["Employee", None, None, "Assignment", None, None, None, "Dates", None, "Equality"]
    listed = [list(map(_plain, row)) for row in zip(*people.values(), strict=True)]
    rows: list[list[object]] = [["Establishment listing"], ["As at = 3/31/2025"], [], groups, list(people)]
    rows.append([None] * 6 + ["hours"])
    for team in teams:
        rows += [row for row in listed if row[4] == team]
        rows.append([f"Sub-total {team}", *[None] * 5, 430])
    _sheet(folder / "HR0231.xlsx", [*rows, ["Grand total", *[None] * 5, 2150], ["Report HR0231, page 1 of 1"]])
    yes = ["a) Yes", "b) No"]
    pd.DataFrame(
        {
            "Episode Step Ref": np.arange(k) + 800_000,
            "Child's Mosaic No": rng.integers(30_000, 30_100, k),
            "Sibling Group No": rng.integers(500, 540, k),
            "Step Completed By (Payroll Ident)": rng.choice(staff, k),
            "Statutory Visit Category": rng.choice(["CP Visit", "CiN Visit", "LAC Visit"], k),
            "Timescale Date": _us(_moments(rng, k)),
            "Actual Visit Date": _us(_moments(rng, k)),
            "Visit Undertaken Via": rng.choice(["Home address", "MS Teams", "Phone", "School/Nursery"], k),
            "Result of Visit": rng.choice(["Visit completed", "No reply at door", "Cancelled by parent"], k),
            "Child seen?": rng.choice(yes, k),
            "Child seen on own?": rng.choice([*yes, "c) Not applicable"], k),
            "Write-up Finalised": _us(_moments(rng, k)),
            "Mins": rng.choice([30, 45, 60], k),
        }
    ).to_csv(folder / "VIS_014_statutory_visits.txt", sep="|", index=False)
    (folder / "readme.txt").write_text("Sent on Monday, by the data team.\nAsk them, not us, for more.\n")
    door = _moments(rng, k, "2024-10-01", 150) + pd.to_timedelta(rng.choice([8, 9, 13, 14], k), unit="h")
    pd.DataFrame(
        {
            "event_id": np.arange(k),
            "occurred_at": door.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "actor_email": rng.choice(mail, k),
            "place_name": rng.choice(["Civic Centre", "Riverside Hub"], k),
            "event_type": rng.choice(["unlock_granted", "unlock_denied"], k, p=[0.9, 0.1]),
        }
    ).to_csv(folder / "kisi_events_export.csv", index=False)
    form = {"Completion time": _us(_moments(rng, n, "2024-11-10", 15)), "Please enter your payroll ident": staff}
    form |= {f"I've been {feeling}": rng.choice(TIMES, n) for feeling in FEELINGS}
    pd.DataFrame(form).to_excel(folder / "Hybrid pulse Nov24(1-64).xlsx", index=False)
    months = {"Payroll Ident": staff, "Supervisor (Payroll Ident)": rng.choice(staff, n)}
    for i, month in enumerate(("Apr 2024", "May 2024", "Jun 2024", "Jul 2024"), start=4):
        months[month] = [f"{i}/{d}/2024" if d % 6 else "A/L" for d in rng.integers(1, 29, n)]
    pd.DataFrame(months).to_csv(folder / "1-2-1 compliance log.csv", index=False)
    start = _moments(rng, 90, "2023-01-01", 700)
    pd.DataFrame(
        {
            "Payroll Ident": rng.choice(staff, 90),
            "Abs Type": rng.choice(["Sickness", "Paternity Leave"], 90),
            "Commenced": _us(start, ""),
            "Resumed/Ended": _us(start + pd.Timedelta(days=6), ""),
            "Lost WD": rng.integers(1, 6, 90),
        }
    ).to_csv(folder / "HR0417 absence episodes.csv", index=False)
    worker = ("worker_id", "", "", "role", "team_id", "agency", "fte", "start_date", "leave_date", "sex", "ethnicity")
    worker += ("disability", "reg_date", "asye")
    contact = ("contact_id", "child_id", "family_id", "worker_id", "purpose", "due_date", "held_date", "mode")
    contact += ("outcome", "child_seen", "seen_alone", "recorded_date", "minutes")
    visits = pd.read_csv(folder / "VIS_014_statutory_visits.txt", sep="|").columns
    right = {
        "HR0231.xlsx": {("worker", c): h for c, h in zip(worker, people, strict=True) if c},
        "VIS_014_statutory_visits.txt": {("contact", c): h for c, h in zip(contact, visits, strict=True)},
        "kisi_events_export.csv": {
            ("attendance_day", "worker_id"): "actor_email",
            ("attendance_day", "date"): "occurred_at",
            ("attendance_day", "slot"): "occurred_at",
            ("attendance_day", "site_id"): "place_name",
        },
        "Hybrid pulse Nov24(1-64).xlsx": {("survey", "worker_id"): "Please enter your payroll ident"}
        | {("survey", f"value:swemwbs/swemwbs_{i}"): f"I've been {f}" for i, f in enumerate(FEELINGS, start=1)},
        "1-2-1 compliance log.csv": {
            ("supervision", "worker_id"): "Payroll Ident",
            ("supervision", "date"): "Apr 2024",
        },
        "HR0417 absence episodes.csv": {
            ("worker_month", "worker_id"): "Payroll Ident",
            ("worker_month", "sick_days"): "Lost WD",
        },
    }
    return Made(right, frozenset({("worker_month", "month"), ("survey", "wave"), *_OF_TEAM}))


_OF_TEAM = (("team", "team_id"), ("team", "service"))


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value


def ods_and_xml(folder: Path) -> object:
    """Two sheets of one OpenDocument pack, records in XML, tabs in UTF-16, semicolons, answers that are ticked."""
    rng, n, k = np.random.default_rng(303), 50, 300
    staff = [f"CS/{i:04d}" for i in rng.choice(9999, n, replace=False)]
    people = {
        "Ref": staff,
        "Known as": [f"given{i}" for i in range(n)],
        "Substantive post": rng.choice(["Social worker", "Senior practitioner", "Practice supervisor"], n),
        "Sits in": [f"Family Safeguarding {i % 5}" for i in range(n)],
        "Time worked (%)": rng.choice([100, 80, 60], n),
        "How employed": rng.choice(["Council staff", "Agency / locum"], n),
        "Started with council": _moments(rng, n, "2012-01-01", 3600).strftime("%d %B %Y"),
        "Finished with council": [
            d if i % 5 == 0 else "" for i, d in enumerate(_moments(rng, n, "2023-06-01", 500).strftime("%d %B %Y"))
        ],
        "Gender": rng.choice(["Woman", "Man"], n),
        "Heritage": rng.choice(["White: English, Welsh, Scottish", "Asian: Pakistani"], n),
        "Long-term condition?": rng.choice(["Y", "N"], n),
        "Registered with SWE since": _moments(rng, n, "2004-01-01", 6000).strftime("%d %B %Y"),
        "Carer?": rng.choice(["Y", "N"], n),
    }
    weeks = ("06/05/2024", "13/05/2024", "20/05/2024", "27/05/2024", "03/06/2024")
    where = [[s, w, int(rng.integers(0, 4)), int(rng.integers(0, 3)), 1, 0] for s in staff for w in weeks]
    heads = ["Ref", "Week beginning", "Home (days)", "Hub (days)", "Out with families (days)", "Leave / sick (days)"]
    listed = [list(map(_plain, row)) for row in zip(*people.values(), strict=True)]
    _ods(
        folder / "Workforce pack.ods",
        {
            "People": [["People in post and left"], [], list(people), *listed, ["Total", "", "", "", 4400]],
            "Where": [["Where I worked"], [], heads, *where],
        },
    )
    notes = {
        "NoteRef": [f"N{j:06d}" for j in range(k)],
        "YoungPersonRef": rng.integers(4000, 4100, k),
        "StaffRef": rng.choice(staff, k),
        "When": _moments(rng, k).strftime("%Y-%m-%dT%H:%M:%S"),
        "How": rng.choice(["In person - home", "In person - elsewhere", "Video call", "Text/WhatsApp"], k),
        "Kind": rng.choice(["Statutory visit (CP)", "Statutory visit (CLA)", "Direct work"], k),
        "SeenByThemselves": rng.choice(["Yes", "No"], k),
        "LikesToMeet": rng.choice(["In person", "Video", "Phone"], k),
        "MinutesSpent": rng.choice([20, 40, 60], k),
        "KeyedIn": _moments(rng, k).strftime("%Y-%m-%dT%H:%M:%S"),
    }
    records = ("".join(f"<{h}>{notes[h][j]}</{h}>" for h in notes) for j in range(k))
    inside = "\n".join(f"<Record>{record}</Record>" for record in records)
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<Export system="notes"><Records>{inside}</Records></Export>'
    (folder / "contact notes.xml").write_text(text, encoding="utf-8")
    made = _moments(rng, k)
    pd.DataFrame(
        {
            "YoungPersonRef": rng.integers(4000, 4100, k),
            "CP plan made": made.strftime("%d %b %Y"),
            "CP plan ceased": (made + pd.Timedelta(days=200)).strftime("%d %b %Y"),
            "Latest category": rng.choice(["Neglect", "Emotional"], k),
        }
    ).to_csv(folder / "child protection plans.tsv", sep="\t", index=False, encoding="utf-16")
    conference = {
        "Conference ref": np.arange(100),
        "YoungPersonRef": rng.integers(4000, 4100, 100),
        "Sort of conference": rng.choice(["Initial CPC", "Review CPC"], 100),
        "To be held by": _moments(rng, 100).strftime("%d-%m-%Y"),
        "Held": _moments(rng, 100).strftime("%d-%m-%Y"),
        "Took place by": rng.choice(["In person", "Virtual", "Hybrid"], 100),
        "Was it quorate": rng.choice(["Yes", "No"], 100),
        "Parent(s) there": rng.choice(["Yes", "No"], 100),
        "Agencies asked": rng.integers(4, 9, 100),
        "Agencies there": rng.integers(2, 5, 100),
    }
    pd.DataFrame(conference).to_csv(folder / "Conferences log.csv", index=False, sep=";", encoding="cp1252")
    ticked = ["Smartphone; Home wifi", "Smartphone", "Laptop or tablet; Home wifi; Enough data", "None of these"]
    pd.DataFrame(
        {
            "HouseholdRef": np.arange(900, 1000),
            "Date completed": _moments(rng, 100).strftime("%d-%m-%Y"),
            "What do you have at home? (tick all)": rng.choice(ticked, 100),
        }
    ).to_csv(folder / "Getting online checklist.csv", index=False)
    child = {
        "YoungPersonRef": np.arange(4000, 4100),
        "HouseholdRef": rng.integers(900, 1000, 100),
        "Sex at birth": rng.choice(["Girl", "Boy"], 100),
        "Heritage": rng.choice(["White British", "Black Caribbean"], 100),
        "Interpreter needed": rng.choice(["Yes", "No"], 100),
        "Disabled child": rng.choice(["Yes", "No"], 100),
    }
    pd.DataFrame(child).to_csv(folder / "Children open at 31 March.csv", index=False)
    home = "What do you have at home? (tick all)"
    right = {
        "Workforce pack.ods, People": _pairs(
            "worker",
            people,
            "worker_id - role team_id fte agency start_date leave_date sex ethnicity disability reg_date caring",
        ),
        "Workforce pack.ods, Where": _pairs("worker_month", heads, "worker_id month h_home h_office h_visit -"),
        "contact notes.xml": _pairs(
            "contact",
            notes,
            "contact_id child_id worker_id held_date mode purpose seen_alone mode_preferred minutes recorded_date",
        ),
        "child protection plans.tsv": _pairs(
            "plan_spell", ["YoungPersonRef", "CP plan made", "CP plan ceased"], "child_id start_date end_date"
        ),
        "Conferences log.csv": _pairs(
            "conference",
            conference,
            "conference_id child_id type due_date held_date mode quorate parents_attended agencies_invited "
            "agencies_attended",
        ),
        "Getting online checklist.csv": {("access", "family_id"): "HouseholdRef"}
        | {("access", c): home for c in ("devices", "home_broadband", "mobile_data")}
        | {("access", "date"): "Date completed"},
        "Children open at 31 March.csv": _pairs(
            "child", child, "child_id family_id sex ethnicity interpreter disabled"
        ),
    }
    return Made(right, frozenset({("contact", "family_id"), ("family", "family_id"), *_OF_TEAM}))


def _pairs(table: str, headers: Sequence[str] | dict[str, object], said: str) -> dict[tuple[str, str], str]:
    return {(table, c): h for c, h in zip(said.split(), headers, strict=True) if c != "-"}


_SPACES = {s: f"urn:oasis:names:tc:opendocument:xmlns:{s}:1.0" for s in ("office", "table", "text")}


def _manifest() -> str:
    urn = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    entries = {"/": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "text/xml"}
    inside = "".join(f'<m:file-entry m:full-path="{p}" m:media-type="{t}"/>' for p, t in entries.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><m:manifest xmlns:m="{urn}">{inside}</m:manifest>'


def _ods(path: Path, sheets: dict[str, list[list[object]]]) -> None:
    """A plain OpenDocument workbook."""
    spaces = " ".join(f'xmlns:{s}="{address}"' for s, address in _SPACES.items())

    def cell(value: object) -> str:
        if value in (None, ""):
            return "<table:table-cell/>"
        kind = "float" if isinstance(value, int | float) else "string"
        given = f' office:value="{value}"' if kind == "float" else ""
        return (
            f'<table:table-cell office:value-type="{kind}"{given}><text:p>{escape(str(value))}</text:p>'
            "</table:table-cell>"
        )

    inside = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row or ['']))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    body = f"<office:body><office:spreadsheet>{inside}</office:spreadsheet></office:body>"
    whole = f'<office:document-content {spaces} office:version="1.2">{body}</office:document-content>'
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("content.xml", f'<?xml version="1.0" encoding="UTF-8"?>{whole}')
        parts.writestr("META-INF/manifest.xml", _manifest())
