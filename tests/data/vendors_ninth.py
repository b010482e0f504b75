"""Five more vendors, written before the toolkit saw them and after it was mended on those of ``vendors_eighth``:
headers broken over lines with marks of footnotes, records flattened from nested ones, a mainframe's names of eight
letters, names that are said backwards, and one manager's workbook of many sheets. No name in them is a person's.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pandas as pd

_SPEC = importlib.util.spec_from_file_location("vendors_eighth_base", Path(__file__).with_name("vendors_eighth.py"))
assert _SPEC is not None and _SPEC.loader is not None
_EIGHTH = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = _EIGHTH
_SPEC.loader.exec_module(_EIGHTH)
_SIXTH, _BASE, Folder = _EIGHTH._SIXTH, _EIGHTH._BASE, _EIGHTH.Folder
N, K, C = _EIGHTH.N, _EIGHTH.K, _EIGHTH.C


def broken_lines(folder: Path) -> Any:
    """Workbooks whose headers are broken over lines, with marks of footnotes, below a title and a date of issue."""
    f = Folder(folder, 491, "K{:05d}", 210000, form="mon", title=("OFFICIAL - SENSITIVE", "", "Issued 4 April 2025"))

    def written(name: str, table: str, n: int, lines: list[str]) -> None:
        """As ``file``, for headers that hold line breaks."""
        spells: dict[str, tuple[Any, Any]] = {}
        split = [[p.strip() for p in line.split("|")] for line in lines]
        columns = [(h.replace("~", "\n"), c, _SIXTH._values(f.w, said, n, "mon", spells)) for h, c, said in split]
        frame = _BASE.put(f.made, name, table, columns)
        with pd.ExcelWriter(folder / name) as book:
            frame.to_excel(book, index=False, startrow=3)
            for i, text in enumerate(f.how["title"], start=1):
                book.sheets["Sheet1"].cell(i, 1, text)

    written(
        "Workforce position.xlsx",
        "worker",
        N,
        [
            "Unique~employee~number | worker_id | staff",
            "Job role~held | role | Social Worker / Senior Social Worker / Team Manager",
            "Team /~service | team_id | teams",
            "FTE~(1) | fte | 1 / 0.8 / 0.6",
            "Perm,~FTC or~agency (2) | agency | Permanent / Agency / FTC",
            "Started in~authority | start_date | long ago",
            "Leaving~date~(if any) | leave_date | later",
            "Main reason~for leaving | leave_reason | Resignation / Retirement",
            "Sex | sex | Female / Male",
            "Ethnic~group* | ethnicity | White British / Black African / Asian Indian",
            "Disabled~(self-~declared) | disability | Yes / No",
            "SWE~registered~from | reg_date | long ago",
        ],
    )
    written(
        "Visits undertaken.xlsx",
        "contact",
        K,
        [
            "Visit~record~number | contact_id | number",
            "Child~identifier | child_id | a child",
            "Visiting~employee~number | worker_id | a worker",
            "Statutory~deadline | due_date | day",
            "Visit~undertaken~on | held_date | day",
            "Visit~category | purpose | CP / CIN / CLA",
            "Means of~visit (3) | mode | Face to face / Video / Telephone",
            "Visit~result | outcome | Completed / No access / Cancelled by family",
            "Child~seen~(Y/N) | child_seen | Y / N",
            "Child seen~alone~(Y/N) | seen_alone | Y / N",
            "Length~(mins) | minutes | 20 / 30 / 45 / 60",
            "Case record~updated~on | recorded_date | day",
        ],
    )
    written(
        "Case responsibility.xlsx",
        "allocation_spell",
        220,
        [
            "Child~identifier | child_id | a child",
            "Responsible~employee~number | worker_id | a worker",
            "Responsible~from | start_date | begin",
            "Responsible~to | end_date | end",
            "Nature of~responsibility | role | Case holder / Co-worker / Personal adviser",
            "Reason~responsibility~ended | end_reason | Worker left / Caseload / Reorganisation",
        ],
    )
    written(
        "Children.xlsx",
        "child",
        C,
        [
            "Child~identifier | child_id | child",
            "Household~identifier | family_id | home",
            "Sex | sex | Female / Male",
            "Ethnic~group* | ethnicity | White British / Black African / Asian Indian",
            "Disabled~child | disabled | Yes / No",
            "Interpreter~required | interpreter | Yes / No",
        ],
    )
    written(
        "Plans.xlsx",
        "plan_spell",
        110,
        [
            "Child~identifier | child_id | a child",
            "Type~of plan | plan | CP / CIN / CLA",
            "Plan~commenced | start_date | begin",
            "Plan~ceased | end_date | end",
        ],
    )
    written(
        "Supervision held.xlsx",
        "supervision",
        200,
        [
            "Supervised~employee~number | worker_id | a worker",
            "Supervision~held on | date | day",
            "Means of~supervision (3) | mode | Face to face / Video / Telephone",
            "Length~(mins) | minutes | 45 / 60 / 90",
            "Reflective~element~(Y/N) | reflective | Y / N",
            "Direct~observation~(Y/N) | observed | Y / N",
        ],
    )
    written(
        "Sickness absence.xlsx",
        "worker_month",
        150,
        [
            "Unique~employee~number | worker_id | a worker",
            "First day~of absence | month | begin",
            "Last day~of absence | | end.most",
            "Working~days lost | sick_days | from 1 to 9",
        ],
    )
    return f.made


def flattened(folder: Path) -> Any:
    """Nested records of a service for programs, written out with the path of each value."""
    f = Folder(folder, 492, "{:08d}", 930000, form="stamp")
    f.file(
        "workers.csv",
        "worker",
        N,
        """
        worker.identifiers.staffNumber | worker_id | staff
        worker.displayName | | name
        worker.employment.jobTitle | role | Social Worker / Senior Social Worker / Team Manager
        worker.employment.team.name | team_id | teams
        worker.employment.fte | fte | 1 / 0.8 / 0.6
        worker.employment.basis | agency | PERMANENT / AGENCY / FIXED_TERM
        worker.employment.startedAt | start_date | long ago
        worker.employment.endedAt | leave_date | later
        worker.employment.endReason | leave_reason | RESIGNATION / RETIREMENT
        worker.demographics.sex | sex | FEMALE / MALE
        worker.demographics.ethnicity | ethnicity | WBRI / BAFR / AIND
        worker.demographics.disability | disability | true / false
        worker.registration.firstRegisteredAt | reg_date | long ago
    """,
    )
    f.file(
        "visits.csv",
        "contact",
        K,
        """
        visit.id | contact_id | number
        visit.child.id | child_id | a child
        visit.visitedBy.staffNumber | worker_id | a worker
        visit.schedule.dueAt | due_date | day
        visit.schedule.visitedAt | held_date | day
        visit.type | purpose | CP / CIN / CLA
        visit.channel | mode | IN_PERSON / VIDEO / PHONE
        visit.status | outcome | COMPLETED / NO_ACCESS / CANCELLED_BY_FAMILY
        visit.child.seen | child_seen | true / false
        visit.child.seenAlone | seen_alone | true / false
        visit.durationMinutes | minutes | 20 / 30 / 45 / 60
        visit.audit.createdAt | recorded_date | day
        visit.preferences.channel | mode_preferred | IN_PERSON / VIDEO / PHONE
    """,
    )
    f.file(
        "allocations.csv",
        "allocation_spell",
        220,
        """
        allocation.id | | number
        allocation.child.id | child_id | a child
        allocation.worker.staffNumber | worker_id | a worker
        allocation.period.from | start_date | begin
        allocation.period.to | end_date | end
        allocation.role | role | CASE_HOLDER / CO_WORKER / PERSONAL_ADVISER
        allocation.endReason | end_reason | WORKER_LEFT / CASELOAD / REORGANISATION
        allocation.team.name | team_id | a team
    """,
    )
    f.file(
        "children.csv",
        "child",
        C,
        """
        child.id | child_id | child
        child.household.id | family_id | home
        child.demographics.sex | sex | FEMALE / MALE
        child.demographics.ethnicity | ethnicity | WBRI / BAFR / AIND
        child.demographics.disability | disabled | true / false
        child.needs.interpreter | interpreter | true / false
        child.needs.communication | communication_need | true / false
    """,
    )
    f.file(
        "plans.csv",
        "plan_spell",
        110,
        """
        plan.child.id | child_id | a child
        plan.type | plan | CP / CIN / CLA
        plan.period.from | start_date | begin
        plan.period.to | end_date | end
    """,
    )
    f.file(
        "referrals.csv",
        "child_event",
        150,
        """
        referral.child.id | child_id | a child
        referral.receivedAt | referral_date | day
        referral.repeatWithin12Months | rereferral | true / false
        referral.assessment.startedAt | assessment_start_date | day
        referral.assessment.authorisedAt | assessment_end_date | day
        referral.section47.startedAt | s47_date | some days
        referral.icpc.heldAt | icpc_date | some days
        referral.icpc.dueAt | icpc_due_date | some days
        referral.closedAt | close_date | some days
    """,
    )
    f.file(
        "conferences.csv",
        "conference",
        80,
        """
        conference.id | conference_id | number
        conference.child.id | child_id | a child
        conference.type | type | ICPC / RCPC
        conference.schedule.dueAt | due_date | day
        conference.schedule.heldAt | held_date | day
        conference.channel | mode | IN_PERSON / VIRTUAL / HYBRID
        conference.attendance.parents | parents_attended | true / false
        conference.attendance.agenciesInvited | agencies_invited | from 3 to 9
        conference.attendance.agenciesAttended | agencies_attended | from 1 to 6
        conference.quorate | quorate | true / false
    """,
    )
    f.file(
        "supervisions.csv",
        "supervision",
        200,
        """
        supervision.supervisee.staffNumber | worker_id | a worker
        supervision.supervisor.staffNumber | | a worker
        supervision.heldAt | date | day
        supervision.channel | mode | IN_PERSON / VIDEO / PHONE
        supervision.durationMinutes | minutes | 45 / 60 / 90
        supervision.reflective | reflective | true / false
        supervision.practiceObserved | observed | true / false
    """,
    )
    return f.made


def mainframe(folder: Path) -> Any:
    """A mainframe's files: names of at most eight letters, fields with semicolons between, days without marks."""
    f = Folder(folder, 493, "{:06d}", 50000, sep=";", form="iso")
    f.file(
        "HRPERSF.csv",
        "worker",
        N,
        """
        EMPNUM | worker_id | staff
        JOBTTL | role | SOCIAL WORKER / SENIOR SOCIAL WORKER / TEAM MANAGER
        TEAMNM | team_id | teams
        FTEVAL | fte | 1 / 0.8 / 0.6
        EMPTYP | agency | PERM / AGENCY / FIXED TERM
        STRTDT | start_date | long ago
        LEAVDT | leave_date | later
        LEAVRSN | leave_reason | RESIGNED / RETIRED
        GENDER | sex | F / M
        ETHNCD | ethnicity | WBRI / BAFR / AIND
        DISABLD | disability | Y / N
        REGDT | reg_date | long ago
    """,
    )
    f.file(
        "CSVISTF.csv",
        "contact",
        K,
        """
        VISITNO | contact_id | number
        CHILDNO | child_id | a child
        EMPNUM | worker_id | a worker
        DUEDT | due_date | day
        VISITDT | held_date | day
        VISITTYP | purpose | CP / CIN / LAC
        VISITMTH | mode | FACE TO FACE / VIDEO / PHONE
        VISITOUT | outcome | COMPLETED / NO ACCESS / CANCELLED BY FAMILY
        CHLDSEEN | child_seen | Y / N
        SEENALN | seen_alone | Y / N
        DURMINS | minutes | 20 / 30 / 45 / 60
        INPUTDT | recorded_date | day
    """,
    )
    f.file(
        "CSALLOCF.csv",
        "allocation_spell",
        220,
        """
        CHILDNO | child_id | a child
        EMPNUM | worker_id | a worker
        ALLOCST | start_date | begin
        ALLOCEND | end_date | end
        ALLOCRL | role | CASE HOLDER / CO-WORKER / PERSONAL ADVISER
        ENDRSN | end_reason | WORKER LEFT / CASELOAD / REORGANISATION
    """,
    )
    f.file(
        "CSCHILDF.csv",
        "child",
        C,
        """
        CHILDNO | child_id | child
        FAMNO | family_id | home
        GENDER | sex | F / M
        ETHNCD | ethnicity | WBRI / BAFR / AIND
        DISABLD | disabled | Y / N
        INTERPRT | interpreter | Y / N
    """,
    )
    f.file(
        "CSPLANF.csv",
        "plan_spell",
        110,
        """
        CHILDNO | child_id | a child
        PLANTYP | plan | CP / CIN / LAC
        PLANST | start_date | begin
        PLANEND | end_date | end
    """,
    )
    f.file(
        "CSREFRLF.csv",
        "child_event",
        150,
        """
        CHILDNO | child_id | a child
        REFDT | referral_date | day
        REREFYN | rereferral | Y / N
        ASSSTDT | assessment_start_date | day
        ASSENDDT | assessment_end_date | day
        S47DT | s47_date | some days
        ICPCDT | icpc_date | some days
        CLOSEDT | close_date | some days
    """,
    )
    f.file(
        "HRSICKF.csv",
        "worker_month",
        150,
        """
        EMPNUM | worker_id | a worker
        SICKST | month | begin
        SICKEND | | end.most
        DAYSLOST | sick_days | from 1 to 9
    """,
    )
    f.file(
        "HRSUPVF.csv",
        "supervision",
        200,
        """
        EMPNUM | worker_id | a worker
        SUPVDT | date | day
        SUPVMTH | mode | FACE TO FACE / VIDEO / PHONE
        SUPVMINS | minutes | 45 / 60 / 90
        REFLCTV | reflective | Y / N
        OBSRVD | observed | Y / N
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


def one_workbook(folder: Path) -> Any:
    """One manager's workbook, a sheet a subject, with a title on each, a total below, and a page of notes."""
    twice = frozenset({("worker_month", "worker_id"), ("worker_month", "month")})  # on two sheets of the one file
    w, made = _BASE.W(495, "{:05d}", 40000), _BASE.Made(besides=_BASE.BES | twice)
    name = "Service tracker 2024-25.xlsx"
    made.right[name] = {}
    sheets = {
        "Team": (
            "worker",
            N,
            "Staff in the service",
            """
            Staff number | worker_id | staff
            Grade / role | role | Social Worker / Senior Social Worker / Team Manager
            Sub-team | team_id | teams
            Working hours | fte | 37 / 30 / 18.5
            Locum? | agency | Y / N
            In post since | start_date | long ago
            Left us | leave_date | later
            Why | leave_reason | Resigned / Retired
            Gender | sex | F / M
            Registered SW since | reg_date | long ago
            NQSW? | asye | Y / N
        """,
        ),
        "Stat visits": (
            "contact",
            K,
            "Statutory visits, all teams",
            """
            Ref | contact_id | number
            Child's number | child_id | a child
            Visited by (staff no.) | worker_id | a worker
            Should have been by | due_date | day
            Went on | held_date | day
            CP, CIN or CLA | purpose | CP / CIN / CLA
            In person / Teams / phone | mode | In person / Teams / Phone
            What happened | outcome | Completed / No access / Cancelled by family
            Saw the child | child_seen | Y / N
            Saw the child alone | seen_alone | Y / N
            Mins there | minutes | 20 / 30 / 45 / 60
            On the system by | recorded_date | day
        """,
        ),
        "Who has whom": (
            "allocation_spell",
            200,
            "Allocated workers",
            """
            Child's number | child_id | a child
            Staff number | worker_id | a worker
            Held from | start_date | begin
            Held until | end_date | end
            Reason passed on | end_reason | Worker left / Caseload / Reorganisation
        """,
        ),
        "Children": (
            "child",
            C,
            "Open to us",
            """
            Child's number | child_id | child
            Sibling group | family_id | home
            Gender | sex | F / M
            Ethnicity | ethnicity | White British / Black African / Asian Indian
            Disability | disabled | Y / N
            Interpreter? | interpreter | Y / N
        """,
        ),
        "Supervision": (
            "supervision",
            200,
            "Supervision log",
            """
            Staff number | worker_id | a worker
            When | date | day
            In person / Teams / phone | mode | In person / Teams / Phone
            How long (mins) | minutes | 45 / 60 / 90
            Reflective? | reflective | Y / N
            Observed? | observed | Y / N
        """,
        ),
        "Sickness": (
            "worker_month",
            140,
            "Sickness",
            """
            Staff number | worker_id | a worker
            Off from | month | begin
            Back on | | end.most
            Days off | sick_days | from 1 to 9
        """,
        ),
        "Where we worked": (
            "worker_month",
            N * 4,
            "Hours each month",
            """
            Staff number | worker_id | staff by month
            Month | month | months
            At home (hrs) | h_home | from 20 to 90
            In the office (hrs) | h_office | from 20 to 80
            Out visiting (hrs) | h_visit | from 5 to 40
            Cases at month end | cases | from 8 to 25
        """,
        ),
    }
    with pd.ExcelWriter(folder / name) as book:
        for sheet, (table, n, title, lines) in sheets.items():
            spells: dict[str, tuple[Any, Any]] = {}
            split = [[p.strip() for p in line.split("|")] for line in lines.strip().splitlines()]
            columns = [(h, c, _SIXTH._values(w, said, n, "uk", spells)) for h, c, said in split]
            frame = pd.DataFrame({h: list(v) for h, _, v in columns})
            frame.to_excel(book, index=False, sheet_name=sheet, startrow=2)
            book.sheets[sheet].cell(1, 1, title)
            book.sheets[sheet].cell(n + 5, 1, "Total")
            book.sheets[sheet].cell(n + 5, 2, n)
            made.right[name] |= {(table, c): h for h, c, _ in columns if c and (table, c) not in twice}
    return made


VENDORS = {v.__name__: v for v in (broken_lines, flattened, mainframe, backwards, one_workbook)}
