"""Other names that authorities and their systems give to the contract's tables and columns, and to its codes.

Names are written as ``raw.normal`` makes them. The lists are the toolkit's own, from the field names of public
returns and common personnel and case systems; they only ever propose, and a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping

TABLE_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "la": ("authority", "authorities", "local_authority"),
    "team": ("teams", "team_list", "organisation", "departments"),
    "worker": ("workers", "staff", "staff_list", "employees", "social_workers", "professionals", "establishment"),
    "arrangement_spell": ("arrangements", "working_arrangements", "flexible_working", "hybrid_arrangements"),
    "worker_month": ("worker_months", "monthly", "monthly_hours", "timesheets", "workload"),
    "attendance_day": ("attendance", "desk_bookings", "office_attendance", "bookings"),
    "practice_rating": ("practice_ratings", "observations", "ratings"),
    "alliance": ("working_alliance", "alliances"),
    "survey": ("surveys", "survey_responses", "staff_survey", "responses"),
    "supervision": ("supervisions", "supervision_sessions"),
    "family": ("families", "households"),
    "access": ("digital_access", "household_access"),
    "contact": ("contacts", "visits", "statutory_visits", "meetings"),
    "child_event": ("child_events", "referrals", "episodes"),
    "allocation_spell": ("allocations", "involvements", "allocated_workers", "case_allocations"),
    "la_year": ("la_years", "workforce_totals"),
}
"""Contract table -> other names of its file, sheet or database table."""

COLUMN_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "worker_id": (
        "staff_ref",
        "staff_id",
        "employee_id",
        "employee_ref",
        "professional_id",
        "prof_professional_id",
        "invo_professional_id",
        "allocated_worker_id",
        "social_worker_id",
        "worker_ref",
        "worker",
    ),
    "team_id": ("team", "team_code", "team_ref", "prof_professional_department", "department"),
    "la_id": ("la", "lea", "authority", "la_code", "local_authority"),
    "family_id": ("family", "family_ref", "household_id", "case_id", "case_ref", "group_id"),
    "child_id": ("child", "child_ref", "invo_person_id", "client_id"),
    "contact_id": ("contact_ref", "visit_id", "visit_ref"),
    "role": ("orgrole", "org_role", "job_role", "post", "job_title", "grade"),
    "agency": ("agencyworker", "agency_worker", "agency_flag", "prof_agency_worker_flag", "is_agency", "contract_type"),
    "asye": ("in_asye", "nqsw", "newly_qualified"),
    "reg_date": ("registration_date", "registered_on", "date_registered", "date_qualified"),
    "fte": ("prof_full_time_equivalency", "full_time_equivalent", "wte", "contracted_fte"),
    "age_band": ("age_group", "ageband"),
    "sex": ("gender", "gendercurrent"),
    "ethnicity": ("ethnic_group", "ethnic_origin"),
    "disability": ("disabled", "has_disability"),
    "caring": ("carer", "caring_responsibilities"),
    "start_date": (
        "rolestartdate",
        "date_started",
        "date_joined",
        "from_date",
        "started",
        "allocation_start",
        "invo_involvement_start_date",
    ),
    "end_date": ("to_date", "ended", "allocation_end", "date_ended", "invo_involvement_end_date"),
    "leave_date": ("roleenddate", "date_left", "leaving_date", "left", "termination_date"),
    "commute_min": ("commute", "commute_minutes", "travel_to_work_minutes"),
    "h_home": ("home_hours", "hours_at_home", "hours_home"),
    "h_office": ("office_hours", "hours_at_office", "hours_office"),
    "cases": ("cases30", "caseload", "cases_held", "number_of_cases"),
    "month": ("period", "month_start", "reporting_month"),
    "due_date": ("visit_due", "due_by", "date_due"),
    "held_date": ("visit_date", "date_of_visit", "actual_date", "date_held", "contact_date"),
    "mode": ("method", "visit_type", "contact_method", "how_held"),
    "mode_preferred": ("preferred_method", "family_preference", "preferred_mode"),
    "mode_offered_choice": ("choice_offered", "offered_choice"),
    "minutes": ("duration", "duration_minutes", "length_minutes"),
    "site_id": ("site", "location", "building", "office"),
    "slot": ("half_day", "am_pm", "session"),
    "referral_date": ("date_of_referral", "referred_on"),
}
"""Contract column -> other names of it, whatever its table."""

CODE_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "F": ("female", "woman", "f"),
    "M": ("male", "man", "m"),
    "U": ("not known", "unknown", "not recorded"),
    "home": ("home visit", "at home", "family home", "home"),
    "office": ("office visit", "at office", "office meeting"),
    "video": ("teams", "video", "zoom", "virtual", "online", "video conference"),
    "phone": ("telephone", "phone", "call", "phone call"),
    "community": ("community", "school", "other venue"),
    "in_person": ("face to face", "in person", "f2f"),
    "5": ("social worker", "sw", "case holder", "case holding social worker"),
    "4": ("senior social worker", "senior practitioner", "ssw", "advanced practitioner"),
    "3": ("team manager", "tm", "first line manager", "practice manager"),
    "2": ("service manager", "middle manager", "head of service"),
    "1": ("director", "assistant director", "senior manager"),
    "true": ("agency", "locum", "yes"),
    "false": ("permanent", "employee", "no"),
    "am": ("morning", "am"),
    "pm": ("afternoon", "pm"),
}
"""Contract code -> words that commonly stand for it; used only where the column has that code."""
