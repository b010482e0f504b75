"""Five more vendors, written before the toolkit saw them: an older case system beside a payroll bureau, visuals saved
from a dashboard, forms whose headers are whole questions, a return with numbered columns, and an old desktop database
that says in each name what it holds. No name in them is a person's.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

_SPEC = importlib.util.spec_from_file_location("vendors_sixth_for_eighth", Path(__file__).with_name("vendors_sixth.py"))
assert _SPEC is not None and _SPEC.loader is not None
_SIXTH = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = _SIXTH
_SPEC.loader.exec_module(_SIXTH)
_BASE = _SIXTH._BASE
N, K, C = _BASE.N, 250, _BASE.C


class Folder:
    """A folder that is being filled, with its right matches."""

    def __init__(self, folder: Path, seed: int, key: str, first_child: int = 300000, **how: Any) -> None:
        self.folder, self.how = folder, how
        self.w, self.made = _BASE.W(seed, key, first_child), _BASE.Made(besides=_BASE.BES)

    def file(self, name: str, table: str, n: int, lines: str, **how: Any) -> None:
        """A file of a table from its lines."""
        _SIXTH.write(self.w, self.made, self.folder, name, table, n, lines, **self.how | how)


def bureau(folder: Path) -> Any:
    """An older case system's numbered extracts beside a payroll bureau's; codes before their meaning."""
    f = Folder(folder, 381, "{:05d}", 640000, sep="|", form="stamp")
    f.file(
        "RL_POST_HOLDINGS.txt",
        "worker",
        N,
        """
        PAYEE_NO | worker_id | staff
        PAYEE_KNOWN_NAME | | name
        POST_TTL | role | SW - Social Worker / SSW - Senior Social Worker / TM - Team Manager
        COST_CENTRE_DESC | team_id | teams
        POST_HLDR_FTE | fte | 1 / 0.8 / 0.6
        CONTRACT_BASIS | agency | P - Permanent / A - Agency / F - Fixed term
        DT_FIRST_APPTD | start_date | long ago
        DT_POST_RELINQ | leave_date | later
        RELINQ_REASON | leave_reason | RES - Resignation / RET - Retirement
        GENDER_CD | sex | F / M
        ETHNIC_ORIGIN_CD | ethnicity | WBRI / BAFR / AIND
        DDA_DISABLED | disability | Y / N
        PROF_REG_DT | reg_date | long ago
        PENSION_SCHEME | | LGPS / None
    """,
    )
    f.file(
        "PX07_VISIT_CONTACTS.txt",
        "contact",
        K,
        """
        PX_CONTACT_SEQ | contact_id | number
        PX_CLIENT_NO | child_id | a child
        PAYEE_NO | worker_id | a worker
        STAT_DUE_DT | due_date | day
        CONTACT_ACT_DT | held_date | day
        VISIT_REASON | purpose | CPV - CP visit / CINV - CIN visit / LACV - LAC visit
        CONTACT_METHOD | mode | FF - Face to face / VC - Video call / TC - Telephone call
        CONTACT_RESULT | outcome | 1 - Completed / 2 - No access / 3 - Cancelled by family
        CLIENT_SEEN | child_seen | 1 - Yes / 0 - No
        CLIENT_SEEN_ALONE | seen_alone | 1 - Yes / 0 - No
        CONTACT_MINS | minutes | 20 / 30 / 45 / 60
        INPUT_TIMESTAMP | recorded_date | day
    """,
    )
    f.file(
        "PX03_CASE_RESPONSIBILITY.txt",
        "allocation_spell",
        200,
        """
        PX_CLIENT_NO | child_id | a child
        PAYEE_NO | worker_id | a worker
        RESP_TYPE | role | CH - Case holder / CW - Co-worker / PA - Personal adviser
        RESP_START_DT | start_date | begin
        RESP_END_DT | end_date | end
        RESP_END_REASON | end_reason | L - Worker left / C - Caseload / R - Reorganisation
        RESP_UNIT | team_id | a team
    """,
    )
    f.file(
        "PX01_CLIENT_INDEX.txt",
        "child",
        C,
        """
        PX_CLIENT_NO | child_id | child
        HSEHOLD_NO | family_id | home
        GENDER_CD | sex | F / M
        ETHNIC_ORIGIN_CD | ethnicity | WBRI / BAFR / AIND
        DISAB_REG | disabled | Y / N
        INTERP_REQD | interpreter | Y / N
    """,
    )
    f.file(
        "PX05_PLANS_REGISTER.txt",
        "plan_spell",
        120,
        """
        PX_CLIENT_NO | child_id | a child
        PLAN_CD | plan | CP / CIN / LAC
        PLAN_COMMENCE_DT | start_date | begin
        PLAN_DISCONT_DT | end_date | end
    """,
    )
    f.file(
        "PX04_REFERRAL_TRACK.txt",
        "child_event",
        160,
        """
        PX_CLIENT_NO | child_id | a child
        RFRL_RECD_DT | referral_date | day
        REPEAT_RFRL_12M | rereferral | Y / N
        ASST_COMMENCE_DT | assessment_start_date | day
        ASST_AUTH_DT | assessment_end_date | day
        S47_COMMENCE_DT | s47_date | some days
        ICPC_HELD_DT | icpc_date | some days
        CLOSURE_DT | close_date | some days
    """,
    )
    f.file(
        "RL_SICKNESS_SPELLS.txt",
        "worker_month",
        150,
        """
        PAYEE_NO | worker_id | a worker
        SPELL_FIRST_DT | month | begin
        SPELL_LAST_DT | | end.most
        WDAYS_LOST | sick_days | from 1 to 9
        ILLNESS_GROUP | | Cold / Back / Stress
    """,
    )
    f.file(
        "SUPV_REGISTER.txt",
        "supervision",
        200,
        """
        PAYEE_NO | worker_id | a worker
        SUPV_HELD_DT | date | day
        SUPV_METHOD | mode | FF - Face to face / VC - Video call / TC - Telephone call
        SUPV_MINS | minutes | 45 / 60 / 90
        REFLECTIVE_IND | reflective | 1 - Yes / 0 - No
        DIRECT_OBS_IND | observed | 1 - Yes / 0 - No
    """,
    )
    return f.made


def dashboard(folder: Path) -> Any:
    """Visuals of a dashboard saved as workbooks, with the filters in a note above and names of measures."""
    f = Folder(folder, 382, "10{:05d}", 120000, form="iso", title=("Applied filters:", "Directorate is Children", ""))
    f.file(
        "Workforce list visual.xlsx",
        "worker",
        N,
        """
        Staff Number | worker_id | staff
        Line Manager Name | | name
        Post Group | role | Social worker / Senior social worker / Team manager
        Team Name (current) | team_id | teams
        Sum of Contracted FTE | fte | 1 / 0.8 / 0.6
        Perm or Locum | agency | Perm / Locum
        First of Start Date in Council | start_date | long ago
        Latest Leave Date | leave_date | later
        First Leaving Reason | leave_reason | Resignation / Retirement
        Sex | sex | Female / Male
        Ethnicity (grouped) | ethnicity | White / Black / Asian / Mixed
        Disability (self declared) | disability | Yes / No
        Age Bracket | age_band | 20-29 / 30-39 / 40-49 / 50-59
        Latest Qualified Date | reg_date | long ago
    """,
    )
    f.file(
        "Visits detail visual.xlsx",
        "contact",
        K,
        """
        Visit Key | contact_id | number
        Mosaic ID | child_id | a child
        Visiting Staff Number | worker_id | a worker
        Visit Due By | due_date | day
        Date of Actual Visit | held_date | day
        Visit Group | purpose | CP / CIN / CLA
        Visit Delivery | mode | Face to face / Virtual / Phone
        Visit Completion | outcome | Completed / No access / Cancelled by family
        Seen? | child_seen | Yes / No
        Seen Alone? | seen_alone | Yes / No
        Average of Visit Minutes | minutes | 20 / 30 / 45 / 60
        Written Up Date | recorded_date | day
        Days to Write Up | | from 1 to 12
    """,
    )
    f.file(
        "Allocation history visual.xlsx",
        "allocation_spell",
        220,
        """
        Mosaic ID | child_id | a child
        Staff Number | worker_id | a worker
        Allocation Role | role | Case holder / Co-worker / Personal adviser
        Min of Allocation Start | start_date | begin
        Max of Allocation End | end_date | end
        Allocation End Reason | end_reason | Worker left / Caseload / Reorganisation
        Team at Allocation | team_id | a team
    """,
    )
    f.file(
        "Cohort visual.xlsx",
        "child",
        C,
        """
        Mosaic ID | child_id | child
        Family Group ID | family_id | home
        Sex | sex | Female / Male
        Ethnicity (grouped) | ethnicity | White / Black / Asian / Mixed
        Has Disability | disabled | Yes / No
        Age Bracket | age_band | 1-4 / 5-9 / 10-15
        Needs Interpreter | interpreter | Yes / No
    """,
    )
    f.file(
        "Plans visual.xlsx",
        "plan_spell",
        110,
        """
        Mosaic ID | child_id | a child
        Plan Group | plan | CP / CIN / CLA
        First of Plan Start | start_date | begin
        Last of Plan End | end_date | end
    """,
    )
    f.file(
        "Office presence visual.xlsx",
        "attendance_day",
        500,
        """
        Staff Number | worker_id | a worker
        Day | date | day
        Half of Day | slot | AM / PM
        Building Name | site_id | Civic Centre / East Hub
    """,
    )
    f.file(
        "Hours by month visual.xlsx",
        "worker_month",
        N * 4,
        """
        Staff Number | worker_id | staff by month
        Year Month | month | months
        Sum of Home Hours | h_home | from 20 to 90
        Sum of Office Hours | h_office | from 20 to 80
        Sum of Visiting Hours | h_visit | from 5 to 40
        Average of Open Cases | cases | from 8 to 25
        Sum of Sick Days | sick_days | from 0 to 3
    """,
    )
    f.file(
        "Conferences visual.xlsx",
        "conference",
        80,
        """
        Conference Key | conference_id | number
        Mosaic ID | child_id | a child
        Conference Group | type | ICPC / RCPC
        Conference Due By | due_date | day
        Date of Actual Conference | held_date | day
        Conference Delivery | mode | In person / Virtual / Hybrid
        Any Parent Attended | parents_attended | Yes / No
        Count of Agencies Invited | agencies_invited | from 3 to 9
        Count of Agencies Attended | agencies_attended | from 1 to 6
        Quorate? | quorate | Yes / No
    """,
    )
    return f.made


SWEMWBS = (
    "I’ve been feeling optimistic about the future",
    "I’ve been feeling useful",
    "I’ve been feeling relaxed",
    "I’ve been dealing with problems well",
    "I’ve been thinking clearly",
    "I’ve been feeling close to other people",
    "I’ve been able to make up my own mind about things",
)


def forms(folder: Path) -> Any:
    """Forms that people fill in: each header is the whole question, beside a plain staff list."""
    f = Folder(folder, 383, "CS{:05d}", 880000)
    f.file(
        "Staff list April.xlsx",
        "worker",
        N,
        """
        Employee reference | worker_id | staff
        Known as | | name
        What is your job title? | role | Social Worker / Senior Social Worker / Team Manager
        Which team are you in? | team_id | teams
        What proportion of full time do you work? | fte | 1 / 0.8 / 0.6
        Are you permanent or agency? | agency | Permanent / Agency
        When did you start working for the council? | start_date | long ago
        When did you leave? | leave_date | later
        When did you first register as a social worker? | reg_date | long ago
        Which age group are you in? | age_band | 20-29 / 30-39 / 40-49 / 50-59
        What is your sex? | sex | Female / Male
        What is your ethnic group? | ethnicity | White British / Black African / Asian Indian
        Do you consider yourself to be disabled? | disability | Yes / No / Prefer not to say
        Do you have caring responsibilities? | caring | Yes / No
        Do you live alone? | lives_alone | Yes / No
    """,
    )
    f.file(
        "Visit form answers.csv",
        "contact",
        K,
        """
        ID | contact_id | number
        Start time | | day
        Completion time | recorded_date | day
        What is the child's case number? | child_id | a child
        What is your employee reference? | worker_id | a worker
        By what date was the visit due? | due_date | day
        On what date did the visit take place? | held_date | day
        What kind of visit was it? | purpose | Child protection / Child in need / Looked after
        How did the visit take place? | mode | Face to face / Video call / Phone call
        What was the outcome of the visit? | outcome | Completed / No access / Cancelled by family
        Did you see the child? | child_seen | Yes / No
        Did you see the child on their own? | seen_alone | Yes / No
        How many minutes did the visit last? | minutes | 20 / 30 / 45 / 60
        Was the family offered a choice of how to meet? | mode_offered_choice | Yes / No
        How would the family prefer to meet? | mode_preferred | Face to face / Video call / Phone call
        Did the family engage? | engaged | Yes / No
    """,
    )
    f.file(
        "Supervision form answers.csv",
        "supervision",
        180,
        """
        ID | | number
        Supervisee's employee reference | worker_id | a worker
        On what date did you meet? | date | day
        Did you meet in person, by video or by phone? | mode | In person / Video / Phone
        How long did you meet for, in minutes? | minutes | 45 / 60 / 90
        Was there time to reflect? | reflective | Yes / No
        Was practice observed? | observed | Yes / No
    """,
    )
    f.file(
        "Wellbeing form answers.csv",
        "survey",
        N,
        "Employee reference | worker_id | staff\nWhich month is this? | wave | months\n"
        + "\n".join(
            f"{text} | value:swemwbs/swemwbs_{i} | None of the time / Rarely / Some of the time / Often"
            for i, text in enumerate(SWEMWBS, start=1)
        ),
    )
    f.file(
        "Working pattern form answers.csv",
        "arrangement_spell",
        70,
        """
        What is your employee reference? | worker_id | a worker
        From what date does the arrangement apply? | start_date | begin
        Until what date does it apply? | end_date | end
        What kind of arrangement is it? | type | Informal / Contractual / Team policy
        What share of your time did you ask to work remotely? | requested_rs | 0.2 / 0.4 / 0.6
        What share was approved? | approved_rs | 0.2 / 0.4 / 0.5
        Is it in writing? | written | Yes / No
    """,
    )
    f.file(
        "Desk form answers.csv",
        "attendance_day",
        400,
        """
        Employee reference | worker_id | a worker
        Which day were you in? | date | day
        Morning or afternoon? | slot | Morning / Afternoon
        Which building were you in? | site_id | Town Hall / North Hub
    """,
    )
    f.file(
        "Digital access form answers.csv",
        "access",
        len(set(f.w.home)),
        """
        What is the family number? | family_id | homes
        When did you ask? | date | day
        Does the family have a device they can use? | devices | Yes / No
        Does the family have broadband at home? | home_broadband | Yes / No
        Does the family have enough mobile data? | mobile_data | Yes / No
    """,
    )
    f.file(
        "Children open in April.xlsx",
        "child",
        C,
        """
        Case number | child_id | child
        Family number | family_id | home
        What is the child's sex? | sex | Female / Male
        What is the child's ethnic group? | ethnicity | White British / Black African / Asian Indian
        Is the child disabled? | disabled | Yes / No
        Does the child need an interpreter? | interpreter | Yes / No
    """,
    )
    return f.made


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


def desktop_database(folder: Path) -> Any:
    """Tables out of an old desktop database: each name says first what kind of value it holds."""
    f = Folder(folder, 385, "{:04d}0", 30000, form="uk")
    f.file(
        "tblStaff.csv",
        "worker",
        N,
        """
        lngStaffID | worker_id | staff
        strKnownName | | name
        strJobTitle | role | Social Worker / Senior Social Worker / Team Manager
        strTeam | team_id | teams
        dblFTE | fte | 1 / 0.8 / 0.6
        strContract | agency | Permanent / Agency / Fixed term
        dtmStarted | start_date | long ago
        dtmLeft | leave_date | later
        strLeftReason | leave_reason | Resignation / Retirement
        strGender | sex | Female / Male
        strEthnicity | ethnicity | White British / Black African / Asian Indian
        blnDisabled | disability | True / False
        blnCarer | caring | True / False
        dtmRegistered | reg_date | long ago
    """,
    )
    f.file(
        "tblVisits.csv",
        "contact",
        K,
        """
        lngVisitID | contact_id | number
        lngChildID | child_id | a child
        lngStaffID | worker_id | a worker
        dtmDue | due_date | day
        dtmVisited | held_date | day
        strVisitType | purpose | CP / CIN / LAC
        strHow | mode | Face to face / Video / Phone
        strOutcome | outcome | Completed / No access / Cancelled by family
        blnChildSeen | child_seen | True / False
        blnSeenAlone | seen_alone | True / False
        intMins | minutes | 20 / 30 / 45 / 60
        dtmWrittenUp | recorded_date | day
        memNotes | | a note
    """,
    )
    f.file(
        "tblAllocations.csv",
        "allocation_spell",
        220,
        """
        lngAllocID | | number
        lngChildID | child_id | a child
        lngStaffID | worker_id | a worker
        strRole | role | Case holder / Co-worker / Personal adviser
        dtmFrom | start_date | begin
        dtmTo | end_date | end
        strWhyEnded | end_reason | Worker left / Caseload / Reorganisation
    """,
    )
    f.file(
        "tblChildren.csv",
        "child",
        C,
        """
        lngChildID | child_id | child
        lngFamilyID | family_id | home
        strGender | sex | Female / Male
        strEthnicity | ethnicity | White British / Black African / Asian Indian
        blnDisabled | disabled | True / False
        blnInterpreter | interpreter | True / False
    """,
    )
    f.file(
        "tblPlans.csv",
        "plan_spell",
        110,
        """
        lngChildID | child_id | a child
        strPlan | plan | CP / CIN / LAC
        dtmPlanStart | start_date | begin
        dtmPlanEnd | end_date | end
    """,
    )
    f.file(
        "tblReferrals.csv",
        "child_event",
        150,
        """
        lngChildID | child_id | a child
        dtmReferred | referral_date | day
        blnReReferral | rereferral | True / False
        dtmAssessStart | assessment_start_date | day
        dtmAssessEnd | assessment_end_date | day
        dtmS47 | s47_date | some days
        dtmICPC | icpc_date | some days
        dtmClosed | close_date | some days
    """,
    )
    f.file(
        "tblSupervision.csv",
        "supervision",
        200,
        """
        lngStaffID | worker_id | a worker
        dtmHeld | date | day
        strHow | mode | In person / Video / Phone
        intMins | minutes | 45 / 60 / 90
        blnReflective | reflective | True / False
        blnObserved | observed | True / False
    """,
    )
    f.file(
        "tblSickness.csv",
        "worker_month",
        150,
        """
        lngStaffID | worker_id | a worker
        dtmFirstDay | month | begin
        dtmLastDay | | end.most
        dblDaysLost | sick_days | from 1 to 9
    """,
    )
    f.file(
        "tblMonthlyHours.csv",
        "worker_month",
        N * 4,
        """
        lngStaffID | worker_id | staff by month
        strMonth | month | months
        dblHome | h_home | from 20 to 90
        dblOffice | h_office | from 20 to 80
        dblVisiting | h_visit | from 5 to 40
        intCases | cases | from 8 to 25
    """,
    )
    return f.made


VENDORS = {v.__name__: v for v in (bureau, dashboard, forms, numbered, desktop_database)}
