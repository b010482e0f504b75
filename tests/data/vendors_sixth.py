"""Five vendors written as lists of headers: Mosaic beside iTrent, Liquidlogic beside Oracle, Eclipse beside ESR, an
older integrated children's system, and sheets kept by hand with headings as they are spoken.

A line is ``header | column of the contract it is, or nothing | what it holds``. The matches were written down from
the descriptions of these systems before the toolkit saw the folders. No name in them is a person's.
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


def mosaic_itrent(folder: Path) -> Any:
    """Mosaic's report tables in capitals, iTrent's people list, a door log, and a workbook of supervision."""
    w, m = _BASE.W(161, "P{:05d}"), _BASE.Made(besides=_BASE.BES)
    write(
        w,
        m,
        folder,
        "iTrent people in post.xlsx",
        "worker",
        _BASE.N,
        """
        Personal reference | worker_id | staff
        Known as | | name
        Position occupancy job | role | Social Worker / Senior Practitioner / Team Manager / Advanced Practitioner
        Reporting unit | team_id | teams
        Occupancy FTE | fte | 1 / 0.8 / 0.6
        Basis of employment | agency | Permanent / Agency / Fixed term
        Occupancy start | start_date | long ago
        Occupancy end | leave_date | later
        Occupancy end reason | leave_reason | Resignation / Retirement
        Legal sex | sex | Female / Male
        Ethnic group | ethnicity | White British / Black African / Asian Indian
        Considers self disabled | disability | Yes / No
        SWE first registered | reg_date | long ago
        Carer for adult or child | caring | Yes / No
    """,
        title=("Council: people in post", "Run on 31/03/2025", ""),
    )
    write(
        w,
        m,
        folder,
        "DM_CIN_VISITS.csv",
        "contact",
        _BASE.K,
        """
        VISIT_ID | contact_id | number
        SUBJECT_PERSON_ID | child_id | a child
        VISITING_WORKER_ID | worker_id | a worker
        PLANNED_VISIT_DATE | due_date | day
        ACTUAL_VISIT_DATE | held_date | day
        VISIT_TYPE_CODE_DESC | purpose | CP Statutory Visit / CIN Visit / CLA Visit
        HOW_CONDUCTED | mode | Face to face / Virtual / Telephone
        VISIT_ACHIEVED | outcome | Completed / No access / Cancelled by family
        SPOKEN_TO_ALONE | seen_alone | Y / N
        SUBJECT_SEEN | child_seen | Y / N
        LENGTH_OF_VISIT | minutes | 20 / 30 / 45 / 60
        STEP_COMPLETED_ON | recorded_date | day
    """,
        form="stamp",
    )
    write(
        w,
        m,
        folder,
        "DM_ALLOCATED_WORKERS.csv",
        "allocation_spell",
        260,
        """
        PERSON_RELATIONSHIP_ID | | number
        PERSON_ID | child_id | a child
        WORKER_ID | worker_id | a worker
        RELATIONSHIP_TYPE | role | Allocated Worker / Personal Advisor / Family Support Worker
        EFFECTIVE_START_DATE | start_date | begin
        EFFECTIVE_END_DATE | end_date | end
        END_DATE_REASON_DESC | end_reason | Worker left / Transfer of team / Reorganisation
        RESPONSIBLE_TEAM | team_id | a team
    """,
        form="stamp",
    )
    write(
        w,
        m,
        folder,
        "DM_PERSONS.csv",
        "child",
        _BASE.C,
        """
        PERSON_ID | child_id | child
        RELATED_GROUP_ID | family_id | home
        GENDER | sex | F / M / U
        ETHNICITY_CODE | ethnicity | WBRI / BAFR / AIND / MWBC
        DISABLED_FLAG | disabled | Y / N
        INTERPRETER_REQD | interpreter | Y / N
        AGE_GROUP | age_band | 0 / 1-4 / 5-9 / 10-15 / 16-17
    """,
        form="stamp",
    )
    write(
        w,
        m,
        folder,
        "DM_CP_REGISTRATIONS.csv",
        "plan_spell",
        110,
        """
        REGISTRATION_ID | | number
        PERSON_ID | child_id | a child
        CATEGORY_OF_ABUSE | | Neglect / Emotional
        REGISTRATION_START_DATE | start_date | begin
        DEREGISTRATION_DATE | end_date | end
    """,
        form="stamp",
    )
    write(
        w,
        m,
        folder,
        "DM_REFERRALS.csv",
        "child_event",
        190,
        """
        PERSON_ID | child_id | a child
        REFERRAL_STARTED_ON | referral_date | day
        CFA_STARTED_ON | assessment_start_date | day
        CFA_COMPLETED_ON | assessment_end_date | day
        S47_STARTED_ON | s47_date | some days
        CONFERENCE_HELD_ON | icpc_date | some days
        CONFERENCE_TARGET_DATE | icpc_due_date | some days
        REFERRED_IN_LAST_12_MONTHS | rereferral | Y / N
        EPISODE_END_DATE | close_date | some days
        REFERRAL_TEAM | team_id | a team
    """,
        form="stamp",
    )
    write(
        w,
        m,
        folder,
        "DM_CONFERENCES.csv",
        "conference",
        95,
        """
        CONFERENCE_ID | conference_id | number
        PERSON_ID | child_id | a child
        CONFERENCE_TYPE | type | ICPC / RCPC
        PLANNED_DATE | due_date | day
        ACTUAL_DATE | held_date | day
        ATTENDANCE_METHOD | mode | In person / Virtual / Hybrid
        PARENT_CARER_ATTENDED | parents_attended | Y / N
        NO_AGENCIES_INVITED | agencies_invited | from 3 to 9
        NO_AGENCIES_ATTENDED | agencies_attended | from 1 to 6
        QUORATE_FLAG | quorate | Y / N
    """,
        form="stamp",
    )
    write(
        w,
        m,
        folder,
        "Supervision record 2024.xlsx",
        "supervision",
        230,
        """
        Supervisee personal ref | worker_id | a worker
        Supervisor personal ref | | a worker
        Session held | date | day
        Face to face or virtual | mode | Face to face / Virtual
        Time taken (mins) | minutes | 45 / 60 / 90
        Reflective space offered | reflective | Yes / No
        Practice observation included | observed | Yes / No
    """,
        title=("Supervision record", ""),
    )
    write(
        w,
        m,
        folder,
        "Occupancy sensor export.csv",
        "attendance_day",
        700,
        """
        Event seq | | number
        Pass holder ref | worker_id | a worker
        Date of entry | date | day
        Building | site_id | Civic Centre / West Hub
        Half of day | slot | AM / PM
    """,
    )
    write(
        w,
        m,
        folder,
        "Absence occurrences.csv",
        "worker_month",
        180,
        """
        Personal reference | worker_id | a worker
        Absence start | month | begin
        Absence end | | end.most
        Working days lost | sick_days | from 1 to 9
        Absence type | | Sickness / Stress
    """,
    )
    return m


def liquidlogic_oracle(folder: Path) -> Any:
    """Liquidlogic's warehouse views with words cut short, Oracle's staff list in camel case, a monthly return."""
    w, m = _BASE.W(162, "{:06d}", 410000), _BASE.Made(besides=_BASE.BES)
    write(
        w,
        m,
        folder,
        "HCM_WorkerAssignments.csv",
        "worker",
        _BASE.N,
        """
        PersonNumber | worker_id | staff
        DisplayName | | name
        AssignmentName | role | Social Worker / Senior Social Worker / Team Manager
        DepartmentName | team_id | teams
        WorkerCategory | agency | Permanent / Contingent Worker / Agency
        FullTimeEquivalent | fte | 1 / 0.8 / 0.5
        EnterpriseHireDate | start_date | long ago
        ActualTerminationDate | leave_date | later
        ActionReasonMeaning | leave_reason | Resignation / Retirement / Redundancy
        GenderMeaning | sex | Female / Male
        EthnicityMeaning | ethnicity | White British / Asian Indian / Black Caribbean
        DisabilitySelfDisclosed | disability | Yes / No
        ProfRegistrationDate | reg_date | long ago
        AgeRange | age_band | 20-29 / 30-39 / 40-49 / 50-59 / 60+
    """,
        form="iso",
    )
    write(
        w,
        m,
        folder,
        "V_FACT_VISITS.csv",
        "contact",
        _BASE.K,
        """
        FACT_CASENOTE_ID | contact_id | number
        DIM_PERSON_ID | child_id | a child
        DIM_WORKER_ID | worker_id | a worker
        VISIT_DUE_DTTM | due_date | day
        EVENT_DTTM | held_date | day
        CASNT_TYPE_DESC | purpose | CP Statutory Visit / CIN Visit / CLA Visit
        CNTCT_METHOD_DESC | mode | Face to Face / Video / Telephone
        SEEN_FLAG | child_seen | Y / N
        SEEN_ALONE_FLAG | seen_alone | Y / N
        VISIT_OUTCM_DESC | outcome | Held / No reply / Cancelled
        DURATION_MINS | minutes | 30 / 45 / 60
        CREATED_DTTM | recorded_date | day
        PREF_CNTCT_METHOD | mode_preferred | Face to Face / Video / Telephone
    """,
        form="stamp",
    )
    write(
        w,
        m,
        folder,
        "V_FACT_INVOLVEMENTS.csv",
        "allocation_spell",
        250,
        """
        FACT_INVOLVEMENTS_ID | | number
        DIM_PERSON_ID | child_id | a child
        DIM_WORKER_ID | worker_id | a worker
        INVLVMNT_TYPE_DESC | role | Case Holder / Personal Adviser / Co-worker
        START_DTTM | start_date | begin
        END_DTTM | end_date | end
        CW_REASON_DESC | end_reason | Worker left / Caseload / Reorganisation
        DIM_DEPT_NAME | team_id | a team
    """,
        form="stamp",
    )
    write(
        w,
        m,
        folder,
        "V_DIM_PERSON.csv",
        "child",
        _BASE.C,
        """
        DIM_PERSON_ID | child_id | child
        FAMILY_GRP_ID | family_id | home
        GENDER_MAIN_CD | sex | F / M
        ETHNCTY_MAIN_CD | ethnicity | WBRI / BCRB / APKN
        DISBLTY_FLAG | disabled | Y / N
        COMM_NEEDS_FLAG | communication_need | Y / N
        INTRPRTR_RQRD | interpreter | Y / N
    """,
    )
    write(
        w,
        m,
        folder,
        "V_CLA_CP_PLANS.csv",
        "plan_spell",
        120,
        """
        DIM_PERSON_ID | child_id | a child
        PLAN_STRT_DTTM | start_date | begin
        PLAN_END_DTTM | end_date | end
        PLAN_TYPE_CD | plan | CPP / CIN / CLA
    """,
        form="stamp",
    )
    write(
        w,
        m,
        folder,
        "V_FACT_REFERRALS.csv",
        "child_event",
        200,
        """
        DIM_PERSON_ID | child_id | a child
        REFRL_DTTM | referral_date | day
        ASSMNT_STRT_DTTM | assessment_start_date | day
        ASSMNT_AUTH_DTTM | assessment_end_date | day
        STRATDISC_DTTM | s47_date | some days
        ICPC_HELD_DTTM | icpc_date | some days
        ICPC_TRGT_DTTM | icpc_due_date | some days
        RE_REFRL_FLAG | rereferral | Y / N
        CLOSED_DTTM | close_date | some days
        ALLOC_DEPT_NAME | team_id | a team
    """,
        form="stamp",
    )
    write(
        w,
        m,
        folder,
        "V_MEETINGS.csv",
        "conference",
        95,
        """
        MTG_ID | conference_id | number
        DIM_PERSON_ID | child_id | a child
        MTG_TYPE_DESC | type | ICPC / RCPC / CLA Review
        MTG_DUE_DTTM | due_date | day
        MTG_ACTL_DTTM | held_date | day
        MTG_FORMAT_DESC | mode | In person / Virtual / Hybrid
        CHLD_PARTCPN_CD | child_participation | PN1 / PN2 / PN5 / PN7
        PRNT_ATTND_FLAG | parents_attended | Y / N
        AGNCY_INVTD_CNT | agencies_invited | from 3 to 9
        AGNCY_ATTND_CNT | agencies_attended | from 1 to 6
        QUORUM_MET | quorate | Y / N
    """,
        form="stamp",
    )
    write(
        w,
        m,
        folder,
        "Where we work return.xlsx",
        "worker_month",
        _BASE.N * 4,
        """
        Person no. | worker_id | staff by month
        Return period | month | months
        Hrs from home | h_home | from 20 to 90
        Hrs in council building | h_office | from 20 to 80
        Hrs out with families | h_visit | from 5 to 40
        Hrs travelling between visits | h_visit_travel | from 2 to 20
        Hrs at court | h_court | from 0 to 9
        Hrs in meetings | meeting_h | from 5 to 40
        Unpaid overtime hrs | unpaid_h | from 0 to 10
        Children held | cases | from 8 to 25
    """,
        title=("Where we work: monthly return", "Hours"),
    )
    write(
        w,
        m,
        folder,
        "SUPERVISION_SESSIONS.csv",
        "supervision",
        220,
        """
        SUPERVISEE_NO | worker_id | a worker
        SUPERVISOR_NO | | a worker
        SESSION_DTTM | date | day
        SESSION_FORMAT | mode | Face to Face / Video / Telephone
        SESSION_LEN_MINS | minutes | 45 / 60 / 90
        REFLECTIVE_YN | reflective | Y / N
        DIRECT_OBS_YN | observed | Y / N
    """,
        form="stamp",
    )
    write(
        w,
        m,
        folder,
        "FlexWorkRequests.csv",
        "arrangement_spell",
        60,
        """
        RequestNumber | spell_id | number
        PersonNumber | worker_id | staff
        ArrangementStart | start_date | begin
        ArrangementEnd | end_date | end
        RemotePctRequested | requested_rs | 40 / 60 / 80
        RemotePctAgreed | approved_rs | 20 / 40 / 60
        AgreementType | type | Informal / Contractual / Team policy
        ConfirmedInWriting | written | Yes / No
        NextReviewDate | review_date | later
    """,
        form="iso",
    )
    return m


def eclipse_esr(folder: Path) -> Any:
    """Eclipse's answers of forms, ESR's staff in post, tabs in text files, an office app."""
    w, m = _BASE.W(163, "{:08d}", 510000), _BASE.Made(besides=_BASE.BES)
    write(
        w,
        m,
        folder,
        "ESR staff in post.txt",
        "worker",
        _BASE.N,
        """
        Assignment Number | worker_id | staff
        Last Name | | name
        Position Title | role | Social Worker / Senior Social Worker / Team Manager
        Org L6 | team_id | teams
        Assignment Category | agency | Permanent / Bank / Agency / Fixed Term Temp
        Contracted WTE | fte | 1 / 0.8 / 0.6
        Latest Hire Date | start_date | long ago
        Termination Date | leave_date | later
        Leaving Reason | leave_reason | Voluntary Resignation - Other / Retirement Age
        Gender | sex | Female / Male
        Ethnic Origin | ethnicity | A White - British / N Black or Black British - African / H Asian - Indian
        Disability Flag | disability | Yes / No
        Registration Effective From | reg_date | long ago
        Age Band | age_band | 20-29 / 30-39 / 40-49 / 50-59
    """,
        sep="\t",
        form="mon",
    )
    write(
        w,
        m,
        folder,
        "Eclipse visit form answers.csv",
        "contact",
        _BASE.K,
        """
        Form Instance Id | contact_id | number
        Subject Id | child_id | a child
        Visit Undertaken By (worker id) | worker_id | a worker
        Visit Should Take Place By | due_date | day
        Date Visit Undertaken | held_date | day
        Nature Of Visit | purpose | CP Visit / CIN Visit / Child in Care Visit
        How Was The Visit Conducted | mode | In person / By video / By telephone
        Result Of Visit | outcome | Successful / No Answer / Cancelled by worker
        Was The Child Seen | child_seen | Yes / No
        Was The Child Seen On Their Own | seen_alone | Yes / No
        Time Spent Minutes | minutes | 20 / 30 / 45
        Form Finalised | recorded_date | day
        How Family Would Like To Meet | mode_preferred | In person / By video / By telephone
        Did Family Engage | engaged | Yes / No
    """,
    )
    write(
        w,
        m,
        folder,
        "Eclipse professional relationships.csv",
        "allocation_spell",
        240,
        """
        Relationship Id | | number
        Person Id | child_id | a child
        Professional Id | worker_id | a worker
        Relationship Name | role | Allocated Worker / Personal Adviser / Independent Reviewing Officer
        Relationship Start | start_date | begin
        Relationship Close | end_date | end
        Close Reason | end_reason | Worker left / Team transfer / Long term absence
        Owning Team | team_id | a team
    """,
    )
    write(
        w,
        m,
        folder,
        "Eclipse people.csv",
        "child",
        _BASE.C,
        """
        Person Id | child_id | child
        Household Id | family_id | home
        Life State | | Alive
        Sex At Birth | sex | Female / Male
        Ethnicity (DfE) | ethnicity | WBRI / BAFR / AIND
        Has A Disability | disabled | Yes / No
        Needs Help Communicating | communication_need | Yes / No
        Interpreter Needed | interpreter | Yes / No
    """,
    )
    write(
        w,
        m,
        folder,
        "Eclipse classifications.csv",
        "plan_spell",
        130,
        """
        Person Id | child_id | a child
        Classification | plan | Child Protection Plan / Child in Need Plan / Looked After
        Classification Start | start_date | begin
        Classification End | end_date | end
    """,
    )
    write(
        w,
        m,
        folder,
        "Eclipse CIN pathway.csv",
        "child_event",
        190,
        """
        Person Id | child_id | a child
        Referral Received | referral_date | day
        Assessment Opened | assessment_start_date | day
        Assessment Signed Off | assessment_end_date | day
        Strategy Meeting | s47_date | some days
        Initial Conference | icpc_date | some days
        Repeat Referral Within Year | rereferral | Yes / No
        Pathway Closed | close_date | some days
        Allocated Professional Id | worker_id | a worker
    """,
    )
    write(
        w,
        m,
        folder,
        "Conference outcomes.xlsx",
        "conference",
        90,
        """
        Ref | conference_id | number
        Person Id | child_id | a child
        Kind of conference | type | Initial / Review
        Conference due | due_date | day
        Conference took place | held_date | day
        Held how | mode | In person / Online / Hybrid
        Parents/carers present | parents_attended | Yes / No
        Invited agencies | agencies_invited | from 3 to 9
        Agencies in attendance | agencies_attended | from 1 to 6
        Quorate | quorate | Yes / No
    """,
        title=("Conference outcomes",),
        sheet="Outcomes",
    )
    write(
        w,
        m,
        folder,
        "1-1 log.xlsx",
        "supervision",
        220,
        """
        Assignment No. | worker_id | a worker
        Date of 1-1 | date | day
        Where/how | mode | In person / Teams / Phone
        Duration (mins) | minutes | 45 / 60 / 90
        Reflective discussion Y/N | reflective | Y / N
        Observed in practice Y/N | observed | Y / N
    """,
    )
    write(
        w,
        m,
        folder,
        "office_app_bookings.csv",
        "attendance_day",
        700,
        """
        reservation_id | | number
        assignment_number | worker_id | a worker
        reserved_date | date | day
        location_name | site_id | Town Hall / Riverside
        session | slot | AM / PM
        checked_in | | true
    """,
        form="iso",
    )
    write(
        w,
        m,
        folder,
        "Digital check.csv",
        "access",
        len(set(w.home)),
        """
        Household Id | family_id | homes
        Checked on | date | day
        Device at home | devices | Yes / No
        Wifi at home | home_broadband | Yes / No
        Mobile data allowance enough | mobile_data | Yes / No
        Confident doing things online | online_tasks | Yes / No
        Knows how to stay safe online | security | Yes / No
    """,
    )
    return m


def older_ics(folder: Path) -> Any:
    """An older integrated children's system whose fields are codes, a payroll dump, semicolons between columns."""
    w, m = _BASE.W(164, "W{:05d}", 610000), _BASE.Made(besides=_BASE.BES)
    write(
        w,
        m,
        folder,
        "PAYROLL_DUMP.csv",
        "worker",
        _BASE.N,
        """
        PAYREF | worker_id | staff
        SURNAME | | name
        POSTDESC | role | Social Worker / Senior Social Worker / Team Manager
        CCDESC | team_id | teams
        HRSWK | fte | 37 / 30 / 22.5
        EMPTYPE | agency | Perm / Agency / Temp
        DTJOIN | start_date | long ago
        DTLEFT | leave_date | later
        LEFTRSN | leave_reason | Resigned / Retired
        SEXCODE | sex | F / M
        ETHCODE | ethnicity | WBRI / AIND / BCRB
        DISABYN | disability | Y / N
        SWREGDT | reg_date | long ago
    """,
        sep=";",
    )
    write(
        w,
        m,
        folder,
        "ICS_VISIT.csv",
        "contact",
        _BASE.K,
        """
        VISIT_NO | contact_id | number
        CLIENT_REF | child_id | a child
        VISITED_BY | worker_id | a worker
        VIS_DUE_DT | due_date | day
        VIS_DONE_DT | held_date | day
        VIS_CATEGORY | purpose | CP visit / CIN visit / LAC visit
        VIS_MEDIUM | mode | Visit in person / Video call / Phone call
        VIS_RESULT | outcome | Done / No access / Cancelled
        CH_SEEN_IND | child_seen | Y / N
        CH_ALONE_IND | seen_alone | Y / N
        VIS_MINS | minutes | 30 / 45 / 60
        INPUT_DT | recorded_date | day
    """,
        sep=";",
    )
    write(
        w,
        m,
        folder,
        "ICS_LAC_PLCMT.csv",
        "",
        90,
        """
        CLIENT_REF | | a child
        LAC_PLCMT_STRT | | begin
        LAC_PLCMT_END | | end
        PLCMT_TYP_CD | | U1 / U4 / K2
    """,
        sep=";",
    )
    write(
        w,
        m,
        folder,
        "ICS_KEYWORKER.csv",
        "allocation_spell",
        240,
        """
        CLIENT_REF | child_id | a child
        KEYWKR_REF | worker_id | a worker
        KW_STRT_DT | start_date | begin
        KW_END_DT | end_date | end
        KW_TYPE | role | Key worker / Co-worker / Personal adviser
        KW_END_RSN | end_reason | Left / Caseload / Reorganisation
        KW_TEAM | team_id | a team
    """,
        sep=";",
    )
    write(
        w,
        m,
        folder,
        "ICS_CLIENT.csv",
        "child",
        _BASE.C,
        """
        CLIENT_REF | child_id | child
        HH_REF | family_id | home
        SEX_CD | sex | F / M
        ETH_ORIGIN_CD | ethnicity | WBRI / AIND / BAFR
        DISAB_REG_IND | disabled | Y / N
        INTERP_IND | interpreter | Y / N
    """,
        sep=";",
    )
    write(
        w,
        m,
        folder,
        "ICS_CPREG.csv",
        "plan_spell",
        110,
        """
        CLIENT_REF | child_id | a child
        REG_ON_DT | start_date | begin
        REG_OFF_DT | end_date | end
        REG_CATEG | | Neglect / Physical
    """,
        sep=";",
    )
    write(
        w,
        m,
        folder,
        "ICS_REFASS.csv",
        "child_event",
        180,
        """
        CLIENT_REF | child_id | a child
        REF_RECV_DT | referral_date | day
        CORE_ASS_STRT | assessment_start_date | day
        CORE_ASS_CMPL | assessment_end_date | day
        S47_ENQ_DT | s47_date | some days
        INIT_CONF_DT | icpc_date | some days
        REREF_IND | rereferral | Y / N
        CASE_CLOSE_DT | close_date | some days
    """,
        sep=";",
    )
    write(
        w,
        m,
        folder,
        "ICS_REVIEW.csv",
        "conference",
        90,
        """
        REVIEW_NO | conference_id | number
        CLIENT_REF | child_id | a child
        REVIEW_TYP | type | ICPC / RCPC / LAC Review
        REVIEW_DUE_DT | due_date | day
        REVIEW_HELD_DT | held_date | day
        REVIEW_MODE | mode | In person / Remote / Hybrid
        PARTIC_CD | child_participation | PN1 / PN3 / PN7
        PARENT_ATT_IND | parents_attended | Y / N
        QUORATE_IND | quorate | Y / N
    """,
        sep=";",
    )
    write(
        w,
        m,
        folder,
        "SUPV.csv",
        "supervision",
        220,
        """
        PAYREF | worker_id | a worker
        SUPVDT | date | day
        SUPVMODE | mode | F2F / Video / Phone
        SUPVMINS | minutes | 45 / 60 / 90
        REFLECTYN | reflective | Y / N
        OBSYN | observed | Y / N
    """,
        sep=";",
    )
    write(
        w,
        m,
        folder,
        "SICKLOG.csv",
        "worker_month",
        180,
        """
        PAYREF | worker_id | a worker
        SICKFROM | month | begin
        SICKTO | | end.most
        DAYSLOST | sick_days | from 1 to 9
        SICKRSN | | Cold / Stress
    """,
        sep=";",
    )
    return m


def spoken_sheets(folder: Path) -> Any:
    """A small authority's own workbooks, each under a title, with headings as they are spoken."""
    w, m = _BASE.W(165, "{:04d}", 7000), _BASE.Made(besides=_BASE.BES)
    write(
        w,
        m,
        folder,
        "Our people.xlsx",
        "worker",
        _BASE.N,
        """
        Their staff number | worker_id | staff
        What they are called | | name
        What they do here | role | Social Worker / Senior Social Worker / Team Manager
        Which team they sit in | team_id | teams
        How much of a full-time week | fte | 1 / 0.8 / 0.6
        Ours or agency? | agency | Ours / Agency
        Came to us on | start_date | long ago
        Went on | leave_date | later
        Why they went | leave_reason | Resigned / Retired
        Man or woman | sex | Woman / Man
        Ethnic background | ethnicity | White British / Black African / Asian Indian
        Any disability? | disability | Yes / No
        Date they qualified | reg_date | long ago
        In their first year (ASYE)? | asye | Yes / No
        Caring for someone at home? | caring | Yes / No
    """,
        title=("Our people, all teams", ""),
    )
    write(
        w,
        m,
        folder,
        "Every visit we made.xlsx",
        "contact",
        _BASE.K,
        """
        Visit number | contact_id | number
        Child's number | child_id | a child
        Staff number of who went | worker_id | a worker
        Latest it should happen | due_date | day
        When it happened | held_date | day
        What sort of visit | purpose | CP visit / CIN visit / Looked after visit
        In person or not | mode | In person / Video / Phone
        How it went | outcome | Went ahead / No answer / Family cancelled
        Did you see the child? | child_seen | Yes / No
        On their own? | seen_alone | Yes / No
        How many minutes | minutes | 20 / 30 / 45 / 60
        When it was written up | recorded_date | day
        How they'd rather meet | mode_preferred | In person / Video / Phone
        Were they given a choice? | mode_offered_choice | Yes / No
    """,
        title=("Visits", "April 2022 on"),
    )
    write(
        w,
        m,
        folder,
        "Who has which child.xlsx",
        "allocation_spell",
        240,
        """
        Child's number | child_id | a child
        Worker's number | worker_id | a worker
        Took over on | start_date | begin
        Passed on | end_date | end
        As what | role | Case holder / Personal adviser / Second worker
        Reason passed on | end_reason | Left / Caseload / Team change
    """,
        title=("Who has which child",),
    )
    write(
        w,
        m,
        folder,
        "Our children.xlsx",
        "child",
        _BASE.C,
        """
        Child's number | child_id | child
        Home number | family_id | home
        Boy or girl | sex | Girl / Boy
        Background | ethnicity | White British / Asian Indian / Black African
        Disabled child? | disabled | Yes / No
        Interpreter used? | interpreter | Yes / No
        Trouble making themselves understood? | communication_need | Yes / No
    """,
        title=("Children open to us",),
    )
    write(
        w,
        m,
        folder,
        "Children on plans.xlsx",
        "plan_spell",
        110,
        """
        Child's number | child_id | a child
        What plan | plan | CP / CIN / LAC
        Went on the plan | start_date | begin
        Came off the plan | end_date | end
    """,
        title=("Plans",),
    )
    write(
        w,
        m,
        folder,
        "New cases in.xlsx",
        "child_event",
        180,
        """
        Child's number | child_id | a child
        Day we were told | referral_date | day
        Assessment begun | assessment_start_date | day
        Assessment agreed by manager | assessment_end_date | day
        Section 47 begun | s47_date | some days
        First conference | icpc_date | some days
        Back within a year? | rereferral | Yes / No
        Case shut | close_date | some days
    """,
        title=("New cases",),
    )
    write(
        w,
        m,
        folder,
        "Conferences we ran.xlsx",
        "conference",
        90,
        """
        Conference number | conference_id | number
        Child's number | child_id | a child
        First or later | type | Initial / Review
        Had to be by | due_date | day
        Was on | held_date | day
        Room, screen or both | mode | Room / Screen / Both
        Mum or dad there? | parents_attended | Yes / No
        How many agencies asked | agencies_invited | from 3 to 9
        How many agencies came | agencies_attended | from 1 to 6
        Enough there to decide? | quorate | Yes / No
    """,
        title=("Conferences",),
    )
    write(
        w,
        m,
        folder,
        "Where people worked.xlsx",
        "worker_month",
        _BASE.N * 4,
        """
        Staff number | worker_id | staff by month
        For month | month | months
        Hours worked at home | h_home | from 20 to 90
        Hours at their desk here | h_office | from 20 to 80
        Hours with families | h_visit | from 5 to 40
        Hours getting to work | h_commute | from 2 to 20
        Hours sat in meetings | meeting_h | from 5 to 40
        Hours not paid for | unpaid_h | from 0 to 10
        Children on their list | cases | from 8 to 25
    """,
        title=("Where people worked",),
    )
    write(
        w,
        m,
        folder,
        "One to ones.xlsx",
        "supervision",
        220,
        """
        Staff number | worker_id | a worker
        Day we met | date | day
        In a room or on Teams | mode | In a room / On Teams
        How long (minutes) | minutes | 45 / 60 / 90
        Time to reflect? | reflective | Yes / No
        Did I watch them work? | observed | Yes / No
    """,
        title=("One to ones",),
    )
    write(
        w,
        m,
        folder,
        "Signing-in book.xlsx",
        "attendance_day",
        700,
        """
        Staff number | worker_id | a worker
        Day | date | day
        Morning or afternoon | slot | Morning / Afternoon
        Which building | site_id | Town Hall / Old School
    """,
        title=("Signing-in book",),
    )
    return m


VENDORS = {f.__name__: f for f in (mosaic_itrent, liquidlogic_oracle, eclipse_esr, older_ics, spoken_sheets)}
