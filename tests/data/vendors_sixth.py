"""Two vendors: a case system with a number of its own for children, and listings with a weekday before each day.

The matches were written down before the toolkit saw the folders. No name in them is a person's.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

spec = importlib.util.spec_from_file_location("tests_data_fifth", Path(__file__).with_name("vendors_fifth.py"))
assert spec is not None and spec.loader is not None
_fifth: Any = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = _fifth
spec.loader.exec_module(_fifth)
W, put, uk, spell, N, K, C, BES = (getattr(_fifth, n) for n in ("W", "put", "uk", "spell", "N", "K", "C", "BES"))
Made = _fifth.Made


def responsibility(folder: Path) -> object:
    """No word says that "LL ID" is a child's: that other files have it does, also where responsibility is a spell."""
    w, m = W(904, "U{:04d}", 5000000), Made(besides=BES)

    def out(name: str, table: str, columns: list[Any]) -> None:
        put(m, name, table, columns).to_csv(folder / name, index=False)

    out(
        "LL - Worker list.csv",
        "worker",
        [
            ("System User ID", "worker_id", w.staff),
            ("Job Role", "role", w.o(N, "Social Worker", "Advanced SW", "Team Manager", "NQSW")),
            ("Home Team", "team_id", [w.teams[i % 8] for i in range(N)]),
            ("Working Pattern (FTE)", "fte", w.r.choice([1, 0.8, 0.6], N)),
            ("Active From", "start_date", uk(w.d(N, "2013-01-01", 3500))),
            ("Active To", "leave_date", w.some(uk(w.d(N, "2024-01-01", 300)), 0.2)),
            ("Locum?", "agency", w.o(N, "Yes", "No")),
            ("Age Band", "", w.o(N, "25-34", "35-44", "45-54", "55+")),
        ],
    )
    m.right["LL - Worker list.csv"]["worker", "age_band"] = "Age Band"
    out(
        "LL - Visits.csv",
        "contact",
        [
            ("Case Note Ref", "contact_id", [f"CN{i}" for i in range(K)]),
            ("LL ID", "child_id", w.ch(K)),
            ("Completed By (User ID)", "worker_id", w.st(K)),
            ("Target Date", "due_date", uk(w.d(K))),
            ("Date of Visit", "held_date", uk(w.d(K))),
            ("Form of Contact", "mode", w.o(K, "Physical visit", "Video conferencing", "Telephone")),
            ("Preferred Form of Contact", "mode_preferred", w.o(K, "Physical visit", "Telephone", "Not recorded")),
            ("Visit Category", "purpose", w.o(K, "CLA Visit", "CP Visit", "CIN Visit")),
            ("Was child seen on own?", "seen_alone", w.o(K, "Yes", "No", "Not appropriate")),
            ("Minutes Spent", "minutes", w.r.choice([20, 30, 60], K)),
            ("Case Note Created", "recorded_date", uk(w.d(K))),
        ],
    )
    begun, ended = spell(w, 300, 0.6, "%d/%m/%Y")
    out(
        "LL - Case responsibility.csv",
        "allocation_spell",
        [
            ("LL ID", "child_id", w.ch(300)),
            ("Responsible User ID", "worker_id", w.st(300)),
            ("Responsible Team", "team_id", w.o(300, *w.teams)),
            ("Responsibility Start", "start_date", begun),
            ("Responsibility End", "end_date", ended),
            ("Responsibility", "role", w.o(300, "Case Worker", "Secondary Worker")),
        ],
    )
    begun, ended = spell(w, 90, 0.7, "%d/%m/%Y")
    out(
        "Flexible working requests.csv",
        "arrangement_spell",
        [
            ("Request Ref", "spell_id", range(1, 91)),
            ("User ID", "worker_id", w.st(90)),
            ("Start of arrangement", "start_date", begun),
            ("End of arrangement", "end_date", ended),
            ("% home requested", "requested_rs", w.r.choice([20, 40, 60, 80], 90)),
            ("Arrangement Type", "type", w.o(90, "Formal", "Informal")),
        ],
    )
    out(
        "LL - Demographics.csv",
        "child",
        [
            ("LL ID", "child_id", w.child),
            ("Household ID", "family_id", w.home),
            ("Gender", "sex", w.o(C, "M", "F")),
            ("Age group", "age_band", w.o(C, "Under 1", "1 to 4", "5 - 9", "10-15 years", "16-17")),
        ],
    )
    return m


def weekdays(folder: Path) -> object:
    """A weekday before each day, headers that all begin with whom the list is of, posts cut short, a count below."""
    w, m = W(902, "NG{:05d}", 810000), Made(besides=BES)

    def out(name: str, table: str, columns: list[Any], below: str = "") -> None:
        put(m, name, table, columns).to_csv(folder / name, index=False, sep=";")
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(below)

    day = "%a %d-%b-%y"
    out(
        "Staffing.csv",
        "worker",
        [
            ("Staff Member Code", "worker_id", w.staff),
            ("Staff Member Grade Title", "role", w.o(N, "Soc Wkr", "Snr Prac", "Team Mgr")),
            ("Staff Member Base Team", "team_id", [w.teams[i % 8] for i in range(N)]),
            ("Staff Member Hrs/Wk", "fte", w.r.choice([37, 30, 22.5], N)),
            ("Staff Member First Day", "start_date", w.d(N, "2013-01-01", 3500).strftime("%B %d, %Y")),
            ("Staff Member Final Day", "leave_date", w.some(w.d(N, "2024-01-01", 300).strftime("%B %d, %Y"), 0.2)),
            ("Staff Member Engaged Via", "agency", w.o(N, "Council", "Agency")),
        ],
        f"Total staff;{N};;;;;\n",
    )
    out(
        "Visits.csv",
        "contact",
        [
            ("Activity Seq", "contact_id", range(1, K + 1)),
            ("Person Id", "child_id", w.ch(K)),
            ("Resp Worker Id", "worker_id", w.st(K)),
            ("Planned Start", "due_date", w.d(K).strftime(day)),
            ("Actual Start", "held_date", w.d(K).strftime(day)),
            ("Activity Type Desc", "purpose", w.o(K, "Stat visit - CP", "Stat visit - CLA", "Visit - CIN")),
            ("Contact Mode Desc", "mode", w.o(K, "F-to-F", "Virtual", "Tel")),
            ("Date Authorised", "", w.d(K).strftime(day)),
            ("Entered On", "recorded_date", w.d(K).strftime(day)),
        ],
    )
    begun, ended = spell(w, 300, 0.6, day)
    out(
        "Allocations.csv",
        "allocation_spell",
        [
            ("Person Id", "child_id", w.ch(300)),
            ("Worker Id", "worker_id", w.st(300)),
            ("Alloc From", "start_date", begun),
            ("Alloc To", "end_date", ended),
            ("Reason Ended Desc", "end_reason", w.o(300, "", "Worker left", "Case closed")),
        ],
    )
    months = ("April 2024", "May 2024", "June 2024", "July 2024")
    out(
        "Where worked.csv",
        "worker_month",
        [
            ("Staff Member Code", "worker_id", [s for s in w.staff for _ in months]),
            ("Month", "month", [*months] * N),
            ("Days home", "h_home", w.r.integers(0, 12, 4 * N)),
            ("Days base", "h_office", w.r.integers(0, 12, 4 * N)),
        ],
    )
    return m


VENDORS = {"responsibility": responsibility, "weekdays": weekdays}
