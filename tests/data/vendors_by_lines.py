"""Two vendors written as lists of headers: a return with numbered columns, and names that are said backwards.

A line is ``header | column of the contract it is, or nothing | what it holds``. The matches were written down before
the toolkit saw the folders. No name in them is a person's.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

_SPEC = importlib.util.spec_from_file_location("vendors_fifth_base", Path(__file__).with_name("vendors_fifth.py"))
assert _SPEC is not None and _SPEC.loader is not None
_BASE = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = _BASE
_SPEC.loader.exec_module(_BASE)

N, K, C = _BASE.N, 250, _BASE.C
FORMS = {"uk": "%d/%m/%Y", "iso": "%Y-%m-%d", "stamp": "%Y-%m-%d %H:%M:%S", "mon": "%d-%b-%Y", "dot": "%d.%m.%Y"}
"""How a system writes its days."""


def _values(w: Any, said: str, n: int, form: str, spells: dict[str, tuple[Any, Any]]) -> Any:
    """What a column holds, from one word or a list of texts."""
    days = FORMS[form]
    if said in ("begin", "end", "end.most"):
        share = 0.95 if said == "end.most" else 0.6
        pair = spells.setdefault("one", _BASE.spell(w, n, share, days))
        return pair[0] if said == "begin" else pair[1]
    if said in ("day", "some days", "long ago", "later"):
        start, span = {"long ago": ("2008-01-01", 4500), "later": ("2024-01-01", 300)}.get(said, ("2022-04-01", 1000))
        made = w.d(n, start, span).strftime(days)
        return w.some(made) if said in ("some days", "later") else made
    plain: dict[str, Callable[[], Any]] = {
        "staff": lambda: w.staff,
        "a worker": lambda: w.st(n),
        "child": lambda: w.child,
        "a child": lambda: w.ch(n),
        "home": lambda: w.home,
        "homes": lambda: sorted(set(w.home)),
        "number": lambda: range(70001, 70001 + n),
        "teams": lambda: [w.teams[i % 8] for i in range(n)],
        "a team": lambda: w.o(n, *w.teams),
        "name": lambda: "a name",
        "months": lambda: [("2024-04", "2024-05", "2024-06", "2024-07")[i % 4] for i in range(n)],
        "staff by month": lambda: np.repeat(w.staff, 4),
    }
    if said in plain:
        return plain[said]()
    if said.startswith("from "):
        low, high = map(float, said[5:].split(" to "))
        return w.r.integers(int(low), int(high) + 1, n)
    return w.o(n, *said.split(" / "))


def write(w: Any, made: Any, folder: Path, name: str, table: str, n: int, lines: str, **how: Any) -> None:
    """A file from its lines; a workbook may have a title, and a first row of a header that spans several columns."""
    spells: dict[str, tuple[Any, Any]] = {}
    split = [[p.strip() for p in line.split("|")] for line in lines.strip().splitlines()]
    assert all(len(p) == 3 for p in split), lines
    form = how.get("form", "uk")
    columns = [(h, c, _values(w, said, n, form, spells)) for h, c, said in split]
    frame = _BASE.put(made, name, table, columns)
    if name.endswith(".csv") or name.endswith(".txt"):
        frame.to_csv(folder / name, index=False, sep=how.get("sep", ","))
        return
    above = how.get("title", ())
    with pd.ExcelWriter(folder / name) as book:
        frame.to_excel(book, index=False, sheet_name=how.get("sheet", "Sheet1"), startrow=len(above))
        sheet = book.sheets[how.get("sheet", "Sheet1")]
        for i, text in enumerate(above, start=1):
            sheet.cell(i, 1, text)


class Folder:
    """A folder that is being filled, with its right matches."""

    def __init__(self, folder: Path, seed: int, key: str, first_child: int = 300000, **how: Any) -> None:
        self.folder, self.how = folder, how
        self.w, self.made = _BASE.W(seed, key, first_child), _BASE.Made(besides=_BASE.BES)

    def file(self, name: str, table: str, n: int, lines: str, **how: Any) -> None:
        """A file of a table from its lines."""
        write(self.w, self.made, self.folder, name, table, n, lines, **self.how | how)


SWEMWBS = (
    "I’ve been feeling optimistic about the future",
    "I’ve been feeling useful",
    "I’ve been feeling relaxed",
    "I’ve been dealing with problems well",
    "I’ve been thinking clearly",
    "I’ve been feeling close to other people",
    "I’ve been able to make up my own mind about things",
)


def numbered(folder: Path) -> Any:
    """A council's own return: every column has its number of the guidance before its name."""
    f = Folder(folder, 384, "{:06d}", 560000, form="dot", title=("Local return 2025", "Complete every column"))
    f.file(
        "Return A - staff.xlsx",
        "worker",
        N,
        """
        A1 Employee ref | worker_id | staff
        A2 Position | role | Social worker / Senior practitioner / Team manager
        A3 Service team | team_id | teams
        A4 WTE | fte | 1 / 0.8 / 0.6
        A5 Employed or agency | agency | Employed / Agency
        A6 Date joined | start_date | long ago
        A7 Date left | leave_date | later
        A8 Why left | leave_reason | Resigned / Retired
        A9 Gender | sex | F / M
        A10 Ethnicity | ethnicity | WBRI / BAFR / AIND
        A11 Disabled | disability | Y / N
        A12 Date of SWE registration | reg_date | long ago
        A13 ASYE | asye | Y / N
    """,
    )
    f.file(
        "Return B - visits.xlsx",
        "contact",
        K,
        """
        B1 Visit no. | contact_id | number
        B2 Child ref | child_id | a child
        B3 Employee ref | worker_id | a worker
        B4 Date due | due_date | day
        B5 Date done | held_date | day
        B6 Type | purpose | CP / CIN / CLA
        B7 How | mode | In person / Video / Phone
        B8 Result | outcome | Done / No access / Cancelled by family
        B9 Child seen | child_seen | Y / N
        B10 Alone | seen_alone | Y / N
        B11 Minutes | minutes | 20 / 30 / 45 / 60
        B12 Date written up | recorded_date | day
    """,
    )
    f.file(
        "Return C - case holding.xlsx",
        "allocation_spell",
        220,
        """
        C1 Child ref | child_id | a child
        C2 Employee ref | worker_id | a worker
        C3 From | start_date | begin
        C4 To | end_date | end
        C5 Role | role | Case holder / Co-worker / Personal adviser
        C6 Reason ended | end_reason | Worker left / Caseload / Reorganisation
    """,
    )
    f.file(
        "Return D - children.xlsx",
        "child",
        C,
        """
        D1 Child ref | child_id | child
        D2 Household ref | family_id | home
        D3 Gender | sex | F / M
        D4 Ethnicity | ethnicity | WBRI / BAFR / AIND
        D5 Disabled | disabled | Y / N
        D6 Interpreter | interpreter | Y / N
        D7 Communication need | communication_need | Y / N
    """,
    )
    f.file(
        "Return E - plans.xlsx",
        "plan_spell",
        110,
        """
        E1 Child ref | child_id | a child
        E2 Plan | plan | CP / CIN / CLA
        E3 From | start_date | begin
        E4 To | end_date | end
    """,
    )
    f.file(
        "Return F - conferences.xlsx",
        "conference",
        90,
        """
        F1 Meeting no. | conference_id | number
        F2 Child ref | child_id | a child
        F3 ICPC or RCPC | type | ICPC / RCPC
        F4 Due by | due_date | day
        F5 Held | held_date | day
        F6 How held | mode | In person / Virtual / Hybrid
        F7 Parent there | parents_attended | Y / N
        F8 Agencies asked | agencies_invited | from 3 to 9
        F9 Agencies there | agencies_attended | from 1 to 6
        F10 Quorate | quorate | Y / N
    """,
    )
    f.file(
        "Return G - supervision.xlsx",
        "supervision",
        200,
        """
        G1 Employee ref | worker_id | a worker
        G2 Date | date | day
        G3 How | mode | In person / Video / Phone
        G4 Minutes | minutes | 45 / 60 / 90
        G5 Reflective | reflective | Y / N
        G6 Observed | observed | Y / N
    """,
    )
    f.file(
        "Return H - where worked.xlsx",
        "worker_month",
        N * 4,
        """
        H1 Employee ref | worker_id | staff by month
        H2 Month | month | months
        H3 Hours at home | h_home | from 20 to 90
        H4 Hours in office | h_office | from 20 to 80
        H5 Hours on visits | h_visit | from 5 to 40
        H6 Hours in court | h_court | from 0 to 6
        H7 Cases held | cases | from 8 to 25
        H8 Days sick | sick_days | from 0 to 3
    """,
    )
    return f.made


def backwards(folder: Path) -> Any:
    """A store of reports that says the kind of a column first and what it is about after it."""
    f = Folder(folder, 494, "E{:06d}", 770000, form="uk")
    f.file(
        "rpt_staff_all.csv",
        "worker",
        N,
        """
        id_staff | worker_id | staff
        name_staff | | name
        title_job | role | Social Worker / Senior Social Worker / Team Manager
        name_team | team_id | teams
        hours_contracted_weekly | fte | 37 / 30 / 18.5
        type_contract | agency | Permanent / Agency / Fixed term
        date_start_employment | start_date | long ago
        date_end_employment | leave_date | later
        reason_end_employment | leave_reason | Resignation / Retirement
        desc_gender | sex | Female / Male
        desc_ethnicity | ethnicity | White British / Black African / Asian Indian
        flag_disability | disability | Y / N
        date_registered_swe | reg_date | long ago
        flag_asye | asye | Y / N
    """,
    )
    f.file(
        "rpt_visits_stat.csv",
        "contact",
        K,
        """
        id_visit | contact_id | number
        id_child | child_id | a child
        id_staff_visiting | worker_id | a worker
        date_visit_due | due_date | day
        date_visit_held | held_date | day
        type_visit | purpose | CP / CIN / CLA
        method_visit | mode | Face to face / Video / Phone
        outcome_visit | outcome | Completed / No access / Cancelled by family
        flag_child_seen | child_seen | Y / N
        flag_child_alone | seen_alone | Y / N
        mins_visit | minutes | 20 / 30 / 45 / 60
        date_visit_recorded | recorded_date | day
        method_family_preferred | mode_preferred | Face to face / Video / Phone
        flag_family_engaged | engaged | Y / N
    """,
    )
    f.file(
        "rpt_worker_history.csv",
        "allocation_spell",
        220,
        """
        id_child | child_id | a child
        id_staff | worker_id | a worker
        date_start | start_date | begin
        date_end | end_date | end
        type_role | role | Case holder / Co-worker / Personal adviser
        reason_end | end_reason | Worker left / Caseload / Reorganisation
        name_team | team_id | a team
    """,
    )
    f.file(
        "rpt_children_open.csv",
        "child",
        C,
        """
        id_child | child_id | child
        id_family | family_id | home
        desc_gender | sex | Female / Male
        desc_ethnicity | ethnicity | White British / Black African / Asian Indian
        flag_disability | disabled | Y / N
        flag_interpreter | interpreter | Y / N
    """,
    )
    f.file(
        "rpt_plans.csv",
        "plan_spell",
        110,
        """
        id_child | child_id | a child
        type_plan | plan | CP / CIN / CLA
        date_start_plan | start_date | begin
        date_end_plan | end_date | end
    """,
    )
    f.file(
        "rpt_desk_swipes.csv",
        "attendance_day",
        500,
        """
        id_staff | worker_id | a worker
        date_swipe | date | day
        half_day | slot | AM / PM
        name_site | site_id | Civic Centre / North Hub
    """,
    )
    f.file(
        "rpt_hours_monthly.csv",
        "worker_month",
        N * 4,
        """
        id_staff | worker_id | staff by month
        month_year | month | months
        hours_home | h_home | from 20 to 90
        hours_office | h_office | from 20 to 80
        hours_visits | h_visit | from 5 to 40
        count_cases | cases | from 8 to 25
        days_sick | sick_days | from 0 to 3
    """,
    )
    f.file(
        "rpt_conferences_cp.csv",
        "conference",
        80,
        """
        id_conference | conference_id | number
        id_child | child_id | a child
        type_conference | type | ICPC / RCPC
        date_conference_due | due_date | day
        date_conference_held | held_date | day
        method_conference | mode | In person / Virtual / Hybrid
        flag_parents_attended | parents_attended | Y / N
        count_agencies_invited | agencies_invited | from 3 to 9
        count_agencies_attended | agencies_attended | from 1 to 6
        flag_quorate | quorate | Y / N
    """,
    )
    return f.made


VENDORS = {v.__name__: v for v in (numbered, backwards)}
