"""Two vendors: sheets of a report program, and the trackers of a small authority with weeks and days across.

The matches were written down before the toolkit saw the folders. No name in them is a person's.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from openpyxl import Workbook

spec = importlib.util.spec_from_file_location("tests_data_fifth", Path(__file__).with_name("vendors_fifth.py"))
assert spec is not None and spec.loader is not None
_fifth: Any = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = _fifth
spec.loader.exec_module(_fifth)
W, put, uk, spell, N, K, BES = (getattr(_fifth, n) for n in ("W", "put", "uk", "spell", "N", "K", "BES"))
Made = _fifth.Made
ROWS = frozenset(
    {("worker_month", c) for c in ("worker_id", "month", "h_home", "h_office")} | {("attendance_day", "slot")}
)
"""What follows from days across: the halves of each, and hours of a month."""


def _sheet(path: Path, rows: list[list[Any]]) -> None:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append([c.item() if isinstance(c, np.generic) else c for c in row])
    book.save(path)


def _body(frame: pd.DataFrame) -> list[list[Any]]:
    return [list(frame.columns), *frame.astype(object).to_numpy().tolist()]


def summed_up(folder: Path) -> object:
    """ "Sum of FTE" and "Earliest start date"; a flag for the case holder; a month and its year; shares in days."""
    w, m = W(1104, "{:04d}", 88000), Made(besides=BES)

    def out(name: str, table: str, columns: list[Any]) -> None:
        _sheet(folder / name, [*_body(put(m, name, table, columns)), [], ["Applied filters:\nIsLatest is True"]])

    begun = w.d(K)
    out(
        "data.xlsx",
        "contact",
        [
            ("Visit Key", "contact_id", range(1, K + 1)),
            ("Client ID", "child_id", w.ch(K)),
            ("Assigned Worker ID", "worker_id", w.st(K)),
            ("Visit Category", "purpose", w.o(K, "CPP", "CINP", "CLA")),
            ("Visit Method", "mode", w.o(K, "F2F", "Virtual", "Phone")),
            ("Due", "due_date", uk(begun)),
            ("Completed", "held_date", uk(begun + pd.to_timedelta(w.r.integers(-5, 9, K), unit="D"))),
            ("Sum of Visit Duration (Minutes)", "minutes", w.r.choice([20, 40, 60], K)),
            ("Seen without carers present", "seen_alone", w.o(K, "Yes", "No", "Child too young")),
        ],
    )
    months = 4 * N
    out(
        "data (1).xlsx",
        "worker_month",
        [
            ("Worker ID", "worker_id", np.repeat(w.staff, 4)),
            ("Year", "", ["2024/25"] * months),
            ("Month", "month", ["September", "October", "November", "January"] * N),
            ("Count of Open Cases", "cases", w.r.integers(8, 24, months)),
            ("Sum of Home Hours", "h_home", w.r.integers(20, 90, months)),
            ("Sum of Office Hours", "h_office", w.r.integers(20, 90, months)),
        ],
    )
    out(
        "data (2).xlsx",
        "worker",
        [
            ("Worker ID", "worker_id", w.staff),
            ("Worker Role", "role", w.o(N, "Social Worker", "Senior SW", "Team Manager")),
            ("Worker Team", "team_id", [w.teams[i % 8] for i in range(N)]),
            ("Is Agency", "agency", w.o(N, "True", "False")),
            ("Sum of FTE", "fte", w.r.choice([1, 0.8, 0.6], N)),
            ("Earliest Start Date", "start_date", uk(w.d(N, "2014-01-01", 3000))),
            ("Latest End Date", "leave_date", w.some(uk(w.d(N, "2024-01-01", 300)), 0.2)),
        ],
    )
    first, last = spell(w, 260, 0.6, "%d/%m/%Y")
    out(
        "data (3).xlsx",
        "allocation_spell",
        [
            ("Client ID", "child_id", w.ch(260)),
            ("Worker ID", "worker_id", w.st(260)),
            ("Allocation Start", "start_date", first),
            ("Allocation End", "end_date", last),
            ("Allocation Days", "", w.r.integers(3, 300, 260)),
            ("Is Lead Worker", "", ["Yes", "No"] * 130),
        ],
    )
    out(
        "data (4).xlsx",
        "arrangement_spell",
        [
            ("Worker ID", "worker_id", w.st(60)),
            ("Arrangement Type", "type", ["Formal (contractual)", "Informal"] * 30),
            ("Arrangement Start", "start_date", uk(w.d(60, "2024-04-01", 200))),
            ("Requested Remote %", "requested_rs", [20, 40, 60] * 20),
        ],
    )
    return m


def trackers(folder: Path) -> object:
    """A row a child with the days of visits below weeks; whereabouts by day with a key below; first days cut short."""
    w = W(2205, "{:04d}", 800)
    m, staff = Made(besides=BES | ROWS), w.staff[:30]
    columns = [
        ("Emp no.", "worker_id", staff),
        ("Post", "role", w.o(30, "Social worker", "Sen SW", "Team mgr")),
        ("Team", "team_id", w.o(30, "CIN Team", "CP Team", "LAC Team")),
        ("Hrs p/w", "fte", w.r.choice([37, 30, 18.5], 30)),
        ("DOS", "start_date", uk(w.d(30, "2015-01-01", 2500))),
        ("Perm/Agency", "agency", w.o(30, "Perm", "Agency")),
    ]
    titles: list[list[Any]] = [["Team list"], ["Updated monthly"]]
    _sheet(folder / "Team list.xlsx", [*titles, *_body(put(m, "Team list.xlsx", "worker", columns))])
    mondays = pd.date_range("2024-09-02", periods=12, freq="7D")
    weeks = [f"w/c {d:%d/%m/%Y}" for d in mondays]
    rows: list[list[Any]] = [["CP visits tracker: date visited"], ["Child ID", "SW emp no.", *weeks]]
    for i, child in enumerate(w.child[:80]):
        days = [f"{d + pd.Timedelta(days=i % 5):%d/%m/%Y}" for d in mondays]
        rows.append(
            [child, staff[i % 30], *(("DNA" if i % 9 == 0 else None) if (i + k) % 2 else d for k, d in enumerate(days))]
        )
    _sheet(folder / "CP visits tracker.xlsx", rows)
    m.right["CP visits tracker.xlsx"] = {
        ("contact", "child_id"): "Child ID",
        ("contact", "worker_id"): "SW emp no.",
        ("contact", "held_date"): weeks[0],
    }
    dates = [d for d in (dt.date(2025, 1, 6) + dt.timedelta(k) for k in range(26)) if d.weekday() < 5]
    heads = [f"{d.day} {d:%a}" for d in dates]
    cells = [[s, *map(str, w.o(len(dates), "I", "H", "L", p=[0.45, 0.45, 0.1]))] for s in staff]
    key: list[list[Any]] = [[], ["I = in office; H = home; L = leave"]]
    _sheet(folder / "In office.xlsx", [["January 2025"], ["Emp no.", *heads], *cells, *key])
    m.right["In office.xlsx"] = {
        ("attendance_day", "worker_id"): "Emp no.",
        ("attendance_day", "date"): heads[0],
        ("attendance_day", "site_id"): heads[0],
    }
    return m


VENDORS = {"summed_up": summed_up, "trackers": trackers}
