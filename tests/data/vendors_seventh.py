"""Five more vendors, written before the toolkit saw them and after it was mended on those of ``vendors_sixth``: a
customer system beside Workday, SAP beside Azeus, workbooks with headers over two rows, trackers full of abbreviations,
and a data lake with long names. No name in them is a person's.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import openpyxl

_SPEC = importlib.util.spec_from_file_location("vendors_sixth_base", Path(__file__).with_name("vendors_sixth.py"))
assert _SPEC is not None and _SPEC.loader is not None
_SIXTH = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = _SIXTH
_SPEC.loader.exec_module(_SIXTH)
_BASE, write = _SIXTH._BASE, _SIXTH.write


def over_two_rows(folder: Path, name: str, groups: list[tuple[str, int]]) -> None:
    """Put a row above the header of a workbook, in which each group stands once over its columns, merged."""
    book = openpyxl.load_workbook(folder / name)
    sheet = book.active
    assert sheet is not None
    sheet.insert_rows(1)
    at = 1
    for text, columns in groups:
        sheet.cell(1, at, text or None)
        if text and columns > 1:
            sheet.merge_cells(start_row=1, start_column=at, end_row=1, end_column=at + columns - 1)
        at += columns
    book.save(folder / name)


def crm_workday(folder: Path) -> Any:
    """A case system built on a customer system, and Workday."""
    w, m = _BASE.W(271, "WD{:05d}"), _BASE.Made(besides=_BASE.BES)
    write(
        w,
        m,
        folder,
        "Workday - All Workers.csv",
        "worker",
        _BASE.N,
        """
        Worker ID | worker_id | staff
        Preferred Name | | name
        Job Profile | role | Social Worker / Senior Social Worker / Team Manager
        Supervisory Org | team_id | teams
        Time Type FTE | fte | 1 / 0.8 / 0.6
        Employee or Contingent | agency | Employee / Contingent Worker
        Hire Date | start_date | long ago
        Term Date | leave_date | later
        Term Reason | leave_reason | Resignation / Retirement
        Gender | sex | Female / Male
        Race/Ethnicity | ethnicity | White British / Black African / Asian Indian
        Disability Declared? | disability | Yes / No
        Professional Reg. Start | reg_date | long ago
        Unpaid Carer? | caring | Yes / No
    """,
        form="iso",
    )
    write(
        w,
        m,
        folder,
        "Activities - Visits.csv",
        "contact",
        _BASE.K,
        """
        Activity Number | contact_id | number
        Regarding (Person Id) | child_id | a child
        Owner (Worker ID) | worker_id | a worker
        Scheduled End | due_date | day
        Actual Start | held_date | day
        Activity Sub Type | purpose | CP Visit / CIN Visit / CLA Visit
        Contact Channel | mode | In Person / Video Call / Phone Call
        Status Reason | outcome | Completed / No Access / Cancelled by Family
        Child Seen | child_seen | Yes / No
        Child Seen Without Carer | seen_alone | Yes / No
        Actual Duration | minutes | 20 / 30 / 45
        Created On | recorded_date | day
        Channel Preference | mode_preferred | In Person / Video Call / Phone Call
    """,
        form="stamp",
    )
    write(
        w,
        m,
        folder,
        "Case Involvements.csv",
        "allocation_spell",
        240,
        """
        Involvement | | number
        Person Id | child_id | a child
        Involved Worker ID | worker_id | a worker
        Date Involved From | start_date | begin
        Date Involved To | end_date | end
        Involvement Role | role | Case Holder / Personal Adviser / Co-worker
        Involvement End Reason | end_reason | Worker left / Caseload / Reorganisation
        Owning Business Unit | team_id | a team
    """,
    )
    write(
        w,
        m,
        folder,
        "People.csv",
        "child",
        _BASE.C,
        """
        Person Id | child_id | child
        Address Group Id | family_id | home
        Statutory Gender | sex | Female / Male
        Ethnicity | ethnicity | WBRI / BAFR / AIND
        Disabled | disabled | Yes / No
        Communication Difficulty | communication_need | Yes / No
        Interpreter Required | interpreter | Yes / No
    """,
    )
    write(
        w,
        m,
        folder,
        "Case Status Records.csv",
        "plan_spell",
        120,
        """
        Person Id | child_id | a child
        Case Status Type | plan | Child Protection / Child in Need / Looked After
        Status Effective From | start_date | begin
        Status Effective To | end_date | end
    """,
    )
    write(
        w,
        m,
        folder,
        "Referral Pathways.csv",
        "child_event",
        180,
        """
        Person Id | child_id | a child
        Date/Time Referral Received | referral_date | day
        C&F Assessment Opened | assessment_start_date | day
        C&F Assessment Authorised On | assessment_end_date | day
        Strategy Discussion Held | s47_date | some days
        ICPC Held On | icpc_date | some days
        ICPC Must Be Held By | icpc_due_date | some days
        Referred In Previous 12 Months? | rereferral | Yes / No
        Closed On | close_date | some days
    """,
    )
    write(
        w,
        m,
        folder,
        "Supervision Activities.csv",
        "supervision",
        220,
        """
        Activity Number | | number
        Supervisee (Worker ID) | worker_id | a worker
        Actual Start | date | day
        Channel | mode | In Person / Video Call / Phone Call
        Actual Duration | minutes | 45 / 60 / 90
        Reflective Discussion? | reflective | Yes / No
        Practice Observed? | observed | Yes / No
    """,
    )
    write(
        w,
        m,
        folder,
        "Room and desk sign-ins.csv",
        "attendance_day",
        700,
        """
        Sign-in Id | | number
        Worker ID | worker_id | a worker
        Signed In Date | date | day
        Session | slot | AM / PM
        Site | site_id | Town Hall / West Hub
    """,
        form="iso",
    )
    write(
        w,
        m,
        folder,
        "Time Off - Sickness.csv",
        "worker_month",
        180,
        """
        Worker ID | worker_id | a worker
        First Day of Leave | month | begin
        Last Day of Leave | | end.most
        Total Days Sick | sick_days | from 1 to 9
        Leave Type | | Sick / Sick - stress
    """,
    )
    return m


def sap_azeus(folder: Path) -> Any:
    """SAP's list of staff in its short words, and Azeus."""
    w, m = _BASE.W(272, "{:08d}", 330000), _BASE.Made(besides=_BASE.BES)
    write(
        w,
        m,
        folder,
        "SAP_HR_EXTRACT.csv",
        "worker",
        _BASE.N,
        """
        Pers.No. | worker_id | staff
        Employee/appl.name | | name
        Position text | role | Social Worker / Senior Social Worker / Team Manager
        Org.unit text | team_id | teams
        Empl.group | agency | Permanent / Agency / Temporary (own payroll)
        Capacity util. FTE | fte | 1 / 0.8 / 0.6
        Entry date | start_date | long ago
        Leaving dt. | leave_date | later
        Reason f. leaving | leave_reason | Resigned / Retired
        Gender key | sex | F / M
        Ethnic orig. | ethnicity | WBRI / AIND / BAFR
        Challenge/disab. ind. | disability | Y / N
        SW reg. date | reg_date | long ago
        Age grp. | age_band | 20-29 / 30-39 / 40-49 / 50-59
    """,
        sep=";",
        form="dot",
    )
    write(
        w,
        m,
        folder,
        "AZ_SU_VISIT.csv",
        "contact",
        _BASE.K,
        """
        Visit Rec. No. | contact_id | number
        Serv. User ID | child_id | a child
        Visiting Off. Pers.No. | worker_id | a worker
        Visit Tgt. Date | due_date | day
        Visit Act. Date | held_date | day
        Visit Cat. | purpose | CP visit / CIN visit / CLA visit
        Visit Meth. | mode | Face to face / Video / Telephone
        Visit Outc. | outcome | Held / No access / Cancelled
        Chd. Seen | child_seen | Y / N
        Chd. Seen Alone | seen_alone | Y / N
        Dur. (min.) | minutes | 30 / 45 / 60
        Entered Dt. | recorded_date | day
        Pref. Meth. | mode_preferred | Face to face / Video / Telephone
    """,
        sep=";",
        form="dot",
    )
    write(
        w,
        m,
        folder,
        "AZ_SU_WORKER.csv",
        "allocation_spell",
        240,
        """
        Serv. User ID | child_id | a child
        Alloc. Off. Pers.No. | worker_id | a worker
        Alloc. Start | start_date | begin
        Alloc. End | end_date | end
        Alloc. Role | role | Case holder / Personal adviser / Co-worker
        Alloc. End Reas. | end_reason | Left / Caseload / Reorganisation
        Alloc. Team | team_id | a team
    """,
        sep=";",
        form="dot",
    )
    write(
        w,
        m,
        folder,
        "AZ_SU_BASIC.csv",
        "child",
        _BASE.C,
        """
        Serv. User ID | child_id | child
        Hsehold. ID | family_id | home
        Sex | sex | F / M
        Eth. Grp. | ethnicity | WBRI / BAFR / AIND
        Disab. | disabled | Y / N
        Interp. Reqd. | interpreter | Y / N
    """,
        sep=";",
        form="dot",
    )
    write(
        w,
        m,
        folder,
        "AZ_CP_PLAN.csv",
        "plan_spell",
        110,
        """
        Serv. User ID | child_id | a child
        CPP Start | start_date | begin
        CPP End | end_date | end
        Abuse Cat. | | Neglect / Emotional
    """,
        sep=";",
        form="dot",
    )
    write(
        w,
        m,
        folder,
        "AZ_REF_ASMT.csv",
        "child_event",
        180,
        """
        Serv. User ID | child_id | a child
        Ref. Recd. Dt. | referral_date | day
        Asmt. Start Dt. | assessment_start_date | day
        Asmt. Compl. Dt. | assessment_end_date | day
        S47 Start Dt. | s47_date | some days
        ICPC Dt. | icpc_date | some days
        Prev. Ref. 12 Mths. | rereferral | Y / N
        Case Closure Dt. | close_date | some days
    """,
        sep=";",
        form="dot",
    )
    write(
        w,
        m,
        folder,
        "AZ_CONF.csv",
        "conference",
        90,
        """
        Conf. Rec. No. | conference_id | number
        Serv. User ID | child_id | a child
        Conf. Type | type | ICPC / RCPC
        Conf. Tgt. Date | due_date | day
        Conf. Act. Date | held_date | day
        Conf. Meth. | mode | In person / Virtual / Hybrid
        Par. Attd. | parents_attended | Y / N
        Agcy. Invd. No. | agencies_invited | from 3 to 9
        Agcy. Attd. No. | agencies_attended | from 1 to 6
        Quor. | quorate | Y / N
    """,
        sep=";",
        form="dot",
    )
    write(
        w,
        m,
        folder,
        "SUPERV_LOG.csv",
        "supervision",
        220,
        """
        Pers.No. | worker_id | a worker
        Superv. Date | date | day
        Superv. Meth. | mode | Face to face / Video / Telephone
        Superv. Dur. (min.) | minutes | 45 / 60 / 90
        Reflec. Superv. | reflective | Y / N
        Pract. Obs. | observed | Y / N
    """,
        sep=";",
        form="dot",
    )
    write(
        w,
        m,
        folder,
        "SAP_ABSENCES.csv",
        "worker_month",
        180,
        """
        Pers.No. | worker_id | a worker
        Abs. start date | month | begin
        Abs. end date | | end.most
        Abs. days | sick_days | from 1 to 9
        A/A type text | | Sickness / Stress
    """,
        sep=";",
        form="dot",
    )
    return m


def two_row_headers(folder: Path) -> Any:
    """Workbooks whose header is a group above its columns."""
    w, m = _BASE.W(273, "{:06d}", 910000), _BASE.Made(besides=_BASE.BES)
    write(
        w,
        m,
        folder,
        "Workforce list.xlsx",
        "worker",
        _BASE.N,
        """
        Staff no | worker_id | staff
        Name | | name
        Title | role | Social Worker / Senior Social Worker / Team Manager
        Team | team_id | teams
        Status | agency | Permanent / Agency
        FTE | fte | 1 / 0.8 / 0.6
        Started | start_date | long ago
        Left | leave_date | later
        Reason left | leave_reason | Resigned / Retired
        Sex | sex | Female / Male
        Ethnicity | ethnicity | White British / Black African
        Disability | disability | Yes / No
        First registered | reg_date | long ago
    """,
    )
    over_two_rows(
        folder,
        "Workforce list.xlsx",
        [("Person", 2), ("Post", 4), ("Employment", 3), ("Equality", 3), ("Social Work England", 1)],
    )
    write(
        w,
        m,
        folder,
        "Visits by child.xlsx",
        "contact",
        _BASE.K,
        """
        Ref | contact_id | number
        ID | child_id | a child
        Staff no | worker_id | a worker
        Due | due_date | day
        Actual | held_date | day
        Type | purpose | CP visit / CIN visit / CLA visit
        Method | mode | Face to face / Video / Phone
        Outcome | outcome | Held / No access / Cancelled
        Seen | child_seen | Yes / No
        Seen alone | seen_alone | Yes / No
        Minutes | minutes | 20 / 30 / 45
        Entered | recorded_date | day
    """,
    )
    over_two_rows(
        folder,
        "Visits by child.xlsx",
        [("Visit", 1), ("Child", 1), ("Worker", 1), ("Visit", 5), ("Child", 2), ("Recording", 2)],
    )
    write(
        w,
        m,
        folder,
        "Allocations.xlsx",
        "allocation_spell",
        240,
        """
        ID | child_id | a child
        Staff no | worker_id | a worker
        Role | role | Case holder / Personal adviser / Co-worker
        From | start_date | begin
        To | end_date | end
        Why ended | end_reason | Left / Caseload / Reorganisation
    """,
    )
    over_two_rows(folder, "Allocations.xlsx", [("Child", 1), ("Worker", 2), ("Allocated", 3)])
    write(
        w,
        m,
        folder,
        "Children.xlsx",
        "child",
        _BASE.C,
        """
        Child ID | child_id | child
        Family ID | family_id | home
        Sex | sex | Female / Male
        Ethnicity | ethnicity | White British / Asian Indian
        Disabled | disabled | Yes / No
        Interpreter | interpreter | Yes / No
    """,
        title=("All children open on 31 March 2025", "Source: case system"),
    )
    write(
        w,
        m,
        folder,
        "Monthly hours.xlsx",
        "worker_month",
        _BASE.N * 4,
        """
        Staff no | worker_id | staff by month
        Month | month | months
        Home | h_home | from 20 to 90
        Office | h_office | from 20 to 80
        Visits | h_visit | from 5 to 40
        Cases | cases | from 8 to 25
    """,
    )
    over_two_rows(folder, "Monthly hours.xlsx", [("", 2), ("Hours at", 2), ("Hours on", 1), ("", 1)])
    write(
        w,
        m,
        folder,
        "Supervision.xlsx",
        "supervision",
        220,
        """
        Staff no | worker_id | a worker
        Date | date | day
        Held by | mode | In person / Teams / Phone
        Length (mins) | minutes | 45 / 60 / 90
        Reflective | reflective | Yes / No
        Observation | observed | Yes / No
    """,
        title=("Supervision log",),
    )
    write(
        w,
        m,
        folder,
        "Pathway.xlsx",
        "child_event",
        180,
        """
        ID | child_id | a child
        Received | referral_date | day
        Repeat within 12 months | rereferral | Yes / No
        Started | assessment_start_date | day
        Authorised | assessment_end_date | day
        S47 started | s47_date | some days
        ICPC held | icpc_date | some days
        Closed | close_date | some days
    """,
    )
    groups = [
        "Child",
        "Referral",
        "Referral",
        "Assessment",
        "Assessment",
        "Child protection",
        "Child protection",
        "Case",
    ]
    headers = [
        "ID",
        "Received",
        "Repeat within 12 months",
        "Started",
        "Authorised",
        "S47 started",
        "ICPC held",
        "Closed",
    ]
    over_two_rows(
        folder, "Pathway.xlsx", [("Child", 1), ("Referral", 2), ("Assessment", 2), ("Child protection", 2), ("Case", 1)]
    )
    _above(m.right["Pathway.xlsx"], groups, headers)
    return m


def _above(right: dict[tuple[str, str], str], groups: list[str], headers: list[str]) -> None:
    """The right headers with the group that stands above them, where those below do not tell enough."""
    whole = dict(zip(headers, (f"{g} {h}".strip() for g, h in zip(groups, headers, strict=True)), strict=True))
    for place, header in right.items():
        right[place] = whole[header]


def short_trackers(folder: Path) -> Any:
    """Trackers of a service manager, with every word cut short as it came to mind."""
    w, m = _BASE.W(274, "{:05d}", 480000), _BASE.Made(besides=_BASE.BES)
    write(
        w,
        m,
        folder,
        "Est list Mar25.xlsx",
        "worker",
        _BASE.N,
        """
        Emp. No | worker_id | staff
        Nm | | name
        Pos'n | role | SW / Senior SW / Team Manager
        Tm | team_id | teams
        Perm/Agy | agency | Perm / Agency
        WTE | fte | 1 / 0.8 / 0.6
        D.O. Start | start_date | long ago
        D.O. Leaving | leave_date | later
        Lvg reason | leave_reason | Resigned / Retired
        M/F | sex | M / F
        Eth. | ethnicity | WBRI / BAFR / AIND
        Disab. Y/N | disability | Y / N
        Dt qual. | reg_date | long ago
        ASYE Y/N | asye | Y / N
    """,
        title=("Establishment",),
    )
    write(
        w,
        m,
        folder,
        "Stat visits log.xlsx",
        "contact",
        _BASE.K,
        """
        Log no | contact_id | number
        Ch. ID | child_id | a child
        SW emp no | worker_id | a worker
        Dt due | due_date | day
        Dt done | held_date | day
        CP/CIN/CLA | purpose | CP / CIN / CLA
        F2F/vid/tel | mode | F2F / Vid / Tel
        Outc. | outcome | Done / No access / Cancelled
        Ch. seen? | child_seen | Y / N
        Seen al. | seen_alone | Y / N
        Mins | minutes | 20 / 30 / 45
        Dt on sys. | recorded_date | day
    """,
    )
    write(
        w,
        m,
        folder,
        "Alloc tracker.xlsx",
        "allocation_spell",
        230,
        """
        Ch. ID | child_id | a child
        SW emp no | worker_id | a worker
        Alloc fr. | start_date | begin
        Alloc to | end_date | end
        Why chgd | end_reason | Left / Caseload / Reorganisation
    """,
    )
    write(
        w,
        m,
        folder,
        "CYP list.xlsx",
        "child",
        _BASE.C,
        """
        Ch. ID | child_id | child
        Fam. ID | family_id | home
        M/F | sex | M / F
        Eth. | ethnicity | WBRI / BAFR
        Disab. | disabled | Y / N
        Interp. | interpreter | Y / N
    """,
    )
    write(
        w,
        m,
        folder,
        "CP & LAC list.xlsx",
        "plan_spell",
        110,
        """
        Ch. ID | child_id | a child
        CP/CIN/LAC | plan | CP / CIN / LAC
        Fr. | start_date | begin
        To | end_date | end
    """,
    )
    write(
        w,
        m,
        folder,
        "Conf tracker.xlsx",
        "conference",
        90,
        """
        Conf no | conference_id | number
        Ch. ID | child_id | a child
        ICPC/RCPC | type | ICPC / RCPC
        Due by | due_date | day
        Dt held | held_date | day
        In pers/virt/hyb | mode | In person / Virtual / Hybrid
        Parents att'd | parents_attended | Y / N
        Agencies inv. | agencies_invited | from 3 to 9
        Agencies att'd | agencies_attended | from 1 to 6
        Quorate Y/N | quorate | Y / N
    """,
    )
    write(
        w,
        m,
        folder,
        "1-2-1s.xlsx",
        "supervision",
        220,
        """
        Emp. No | worker_id | a worker
        Dt | date | day
        F2F/vid/tel | mode | F2F / Vid / Tel
        Mins | minutes | 45 / 60 / 90
        Reflec. Y/N | reflective | Y / N
        Obs'd Y/N | observed | Y / N
    """,
    )
    write(
        w,
        m,
        folder,
        "Sick log.xlsx",
        "worker_month",
        180,
        """
        Emp. No | worker_id | a worker
        1st day | month | begin
        Last day | | end.most
        Days lost | sick_days | from 1 to 9
    """,
    )
    write(
        w,
        m,
        folder,
        "WFH return.xlsx",
        "worker_month",
        _BASE.N * 4,
        """
        Emp. No | worker_id | staff by month
        Mth | month | months
        Hrs @ home | h_home | from 20 to 90
        Hrs in off. | h_office | from 20 to 80
        Hrs visiting | h_visit | from 5 to 40
        No. cases | cases | from 8 to 25
    """,
    )
    return m


def data_lake(folder: Path) -> Any:
    """A data lake: long names in words, keys of its own."""
    w, m = _BASE.W(275, "H{:06d}", 820000), _BASE.Made(besides=_BASE.BES)
    write(
        w,
        m,
        folder,
        "hr_person_assignment_current.csv",
        "worker",
        _BASE.N,
        """
        person_business_key | worker_id | staff
        person_display_name | | name
        assignment_job_title_text | role | Social Worker / Senior Social Worker / Team Manager
        assignment_organisation_unit_name | team_id | teams
        assignment_employment_basis_description | agency | Permanent / Agency / Fixed term
        assignment_full_time_equivalent_value | fte | 1 / 0.8 / 0.6
        person_continuous_service_start_date | start_date | long ago
        person_employment_termination_date | leave_date | later
        person_termination_reason_description | leave_reason | Resignation / Retirement
        person_sex_code | sex | F / M
        person_ethnicity_group_description | ethnicity | White British / Asian Indian / Black African
        person_disability_declared_indicator | disability | true / false
        person_professional_registration_date | reg_date | long ago
        person_caring_responsibility_indicator | caring | true / false
    """,
        form="iso",
    )
    write(
        w,
        m,
        folder,
        "csc_statutory_visit_fact.csv",
        "contact",
        _BASE.K,
        """
        visit_surrogate_key | contact_id | number
        child_business_key | child_id | a child
        visiting_person_business_key | worker_id | a worker
        visit_statutory_due_date | due_date | day
        visit_event_occurrence_date | held_date | day
        visit_statutory_purpose_description | purpose | CP Visit / CIN Visit / CLA Visit
        visit_delivery_channel_description | mode | In person / Video call / Telephone call
        visit_completion_outcome_description | outcome | Completed / No access / Cancelled by family
        child_was_seen_indicator | child_seen | true / false
        child_was_seen_alone_indicator | seen_alone | true / false
        visit_duration_minutes_value | minutes | 20 / 30 / 45
        record_created_date | recorded_date | day
        family_preferred_channel_description | mode_preferred | In person / Video call / Telephone call
        family_engagement_indicator | engaged | true / false
    """,
        form="iso",
    )
    write(
        w,
        m,
        folder,
        "csc_worker_allocation_history.csv",
        "allocation_spell",
        240,
        """
        allocation_surrogate_key | | number
        child_business_key | child_id | a child
        person_business_key | worker_id | a worker
        allocation_effective_from_date | start_date | begin
        allocation_effective_to_date | end_date | end
        allocation_role_description | role | Case holder / Personal adviser / Co-worker
        allocation_end_reason_description | end_reason | Worker left / Caseload / Reorganisation
        allocation_organisation_unit_name | team_id | a team
    """,
        form="iso",
    )
    write(
        w,
        m,
        folder,
        "csc_child_dimension.csv",
        "child",
        _BASE.C,
        """
        child_business_key | child_id | child
        household_business_key | family_id | home
        child_sex_code | sex | F / M
        child_ethnicity_code | ethnicity | WBRI / BAFR / AIND
        child_disability_indicator | disabled | true / false
        child_communication_need_indicator | communication_need | true / false
        child_interpreter_required_indicator | interpreter | true / false
    """,
        form="iso",
    )
    write(
        w,
        m,
        folder,
        "csc_plan_history.csv",
        "plan_spell",
        120,
        """
        child_business_key | child_id | a child
        plan_type_code | plan | CP / CIN / CLA
        plan_effective_from_date | start_date | begin
        plan_effective_to_date | end_date | end
    """,
        form="iso",
    )
    write(
        w,
        m,
        folder,
        "csc_referral_to_outcome.csv",
        "child_event",
        180,
        """
        child_business_key | child_id | a child
        referral_received_date | referral_date | day
        referral_is_repeat_within_12_months_indicator | rereferral | true / false
        assessment_actual_start_date | assessment_start_date | day
        assessment_authorisation_date | assessment_end_date | day
        section_47_enquiry_start_date | s47_date | some days
        initial_child_protection_conference_date | icpc_date | some days
        initial_child_protection_conference_target_date | icpc_due_date | some days
        case_closure_date | close_date | some days
        responsible_organisation_unit_name | team_id | a team
    """,
        form="iso",
    )
    write(
        w,
        m,
        folder,
        "csc_conference_fact.csv",
        "conference",
        90,
        """
        conference_surrogate_key | conference_id | number
        child_business_key | child_id | a child
        conference_type_code | type | ICPC / RCPC
        conference_due_date | due_date | day
        conference_occurrence_date | held_date | day
        conference_delivery_channel_description | mode | In person / Virtual / Hybrid
        parent_or_carer_attended_indicator | parents_attended | true / false
        agencies_invited_count | agencies_invited | from 3 to 9
        agencies_attended_count | agencies_attended | from 1 to 6
        conference_quorate_indicator | quorate | true / false
    """,
        form="iso",
    )
    write(
        w,
        m,
        folder,
        "hr_supervision_session_fact.csv",
        "supervision",
        220,
        """
        supervised_person_business_key | worker_id | a worker
        supervising_person_business_key | | a worker
        session_occurrence_date | date | day
        session_delivery_channel_description | mode | In person / Video call / Telephone call
        session_duration_minutes_value | minutes | 45 / 60 / 90
        session_reflective_indicator | reflective | true / false
        session_practice_observed_indicator | observed | true / false
    """,
        form="iso",
    )
    write(
        w,
        m,
        folder,
        "hr_location_hours_monthly.csv",
        "worker_month",
        _BASE.N * 4,
        """
        person_business_key | worker_id | staff by month
        calendar_month_code | month | months
        hours_worked_home_value | h_home | from 20 to 90
        hours_worked_office_value | h_office | from 20 to 80
        hours_worked_visiting_value | h_visit | from 5 to 40
        hours_worked_meeting_value | meeting_h | from 5 to 40
        open_case_count | cases | from 8 to 25
    """,
    )
    return m


VENDORS = {f.__name__: f for f in (crm_workday, sap_azeus, two_row_headers, short_trackers, data_lake)}
