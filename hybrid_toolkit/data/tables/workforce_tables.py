"""Contracts of the tables about authorities, teams and workers."""

from __future__ import annotations

from hybrid_toolkit.data.tables.contract import ColumnContract, TableContract, date, flag, key, number

REGIONS = {
    "NE": "North East",
    "NW": "North West",
    "YH": "Yorkshire and The Humber",
    "EM": "East Midlands",
    "WM": "West Midlands",
    "EE": "East of England",
    "LN": "London",
    "SE": "South East",
    "SW": "South West",
}
SERVICES = {
    "assessment": "Referral and assessment",
    "cin_cp": "Children in need and child protection",
    "cla": "Children looked after",
    "care_leavers": "Care leavers",
    "fostering": "Fostering",
    "other": "Other",
}
WORKER_ROLES = {
    "1": "Senior manager",
    "2": "Middle manager",
    "3": "First-line manager",
    "4": "Senior practitioner",
    "5": "Case holder",
    "6": "Qualified without cases",
}

LEAVE_REASONS = {
    "1": "Resignation",
    "2": "Voluntary redundancy",
    "3": "Compulsory redundancy",
    "4": "Dismissed",
    "5": "Retired",
    "6": "Deceased",
    "7": "Moved to another role in the LA",
    "8": "Other",
    "9": "Not known",
    "10": "Not yet collected",
}

WORKFORCE_TABLES = (
    TableContract(
        "la",
        "One local authority.",
        ("la_id",),
        (
            key("la_id", "Pseudonymous key of the authority"),
            ColumnContract("region", "code", "Region of England", codes=REGIONS),
            ColumnContract("rural_class", "int", "Rural-urban class, 1 most rural to 6 most urban", low=1, high=6),
            number("imd", "Average deprivation score", "score", 0, 100),
            ColumnContract(
                "ofsted",
                "code",
                "Overall effectiveness at the last inspection",
                codes={"O": "Outstanding", "G": "Good", "RI": "Requires improvement", "I": "Inadequate"},
            ),
            number("no30mbit_pct", "Premises that cannot get 30 Mbit/s", "%", 0, 100),
        ),
    ),
    TableContract(
        "team",
        "One team.",
        ("team_id",),
        (
            key("team_id", "Pseudonymous key of the team"),
            ColumnContract("la_id", "id", "Authority of the team", nullable=False),
            ColumnContract("service", "code", "Service the team gives", codes=SERVICES),
            ColumnContract(
                "est_months", "int", "Months since the team took its present form", unit="months", low=0, high=600
            ),
            flag("hotdesk", "The team's office desks are shared"),
            ColumnContract(
                "cover_policy",
                "code",
                "How office cover is arranged",
                codes={"none": "No arrangement", "rota": "A fixed pattern", "volunteer": "Whoever is in"},
            ),
            ColumnContract("rollout_month", "month", "First month of the team's hybrid policy; empty if none yet"),
        ),
        {"la_id": ("la", "la_id")},
    ),
    TableContract(
        "worker",
        "One worker.",
        ("worker_id",),
        (
            key("worker_id", "Pseudonymous key of the worker"),
            ColumnContract("team_id", "id", "Team of the worker"),
            ColumnContract("role", "code", "Role in the order of the workforce census", codes=WORKER_ROLES),
            flag("agency", "Agency worker"),
            date("reg_date", "First registration as a social worker"),
            flag("asye", "In the assessed and supported year"),
            ColumnContract(
                "age_band", "code", "Age band", codes={b: b for b in ("20-29", "30-39", "40-49", "50-59", "60+")}
            ),
            ColumnContract("sex", "code", "Sex", codes={"F": "Female", "M": "Male", "U": "Not recorded"}),
            ColumnContract(
                "ethnicity",
                "code",
                "Ethnic group, five classes",
                codes={
                    "white": "White",
                    "mixed": "Mixed",
                    "asian": "Asian",
                    "black": "Black",
                    "other": "Other",
                    "unknown": "Not known",
                },
            ),
            flag("disability", "Disabled"),
            flag("caring", "Has caring responsibilities"),
            flag("lives_alone", "Lives alone"),
            number("fte", "Full-time equivalent", "fte", 0.0, 1.0),
            date("start_date", "Start in this authority"),
            date("leave_date", "Left this authority; empty while employed"),
            number("commute_min", "Commute, one way", "minutes", 0, 180),
            number("broadband_mbps", "Home download speed", "Mbit/s", 0, 10000),
            number("broadband_cost", "Home broadband, a month", "pounds", 0, 500),
            ColumnContract(
                "net_pay_band",
                "code",
                "Net pay band, 1 lowest to 5 highest",
                codes={str(i): f"Band {i}" for i in range(1, 6)},
            ),
            ColumnContract(
                "leave_reason", "code", "Why the worker left, as the workforce census has it", codes=LEAVE_REASONS
            ),
        ),
        {"team_id": ("team", "team_id")},
    ),
    TableContract(
        "arrangement_spell",
        "One spell of one worker's working arrangement.",
        ("spell_id",),
        (
            key("spell_id", "Key of the spell"),
            ColumnContract("worker_id", "id", "Worker", required=True, nullable=False),
            date("start_date", "First day of the spell", required=True, nullable=False),
            date("end_date", "Last day of the spell; empty while it lasts"),
            number("requested_rs", "Remote share asked for", "share", 0, 1),
            number("approved_rs", "Remote share agreed", "share", 0, 1),
            number("preferred_rs", "Remote share the worker would choose", "share", 0, 1),
            ColumnContract(
                "type",
                "code",
                "Kind of arrangement",
                codes={
                    "none": "No arrangement",
                    "informal": "Informal",
                    "team_policy": "Team policy",
                    "contractual": "Contractual",
                },
            ),
            flag("written", "Written down"),
            flag("rationale", "Reason recorded"),
            date("review_date", "Next review"),
            date("ra_requested_date", "Reasonable adjustment requested"),
            date("ra_considered_date", "Reasonable adjustment considered"),
            date("ra_implemented_date", "Reasonable adjustment in place"),
        ),
        {"worker_id": ("worker", "worker_id")},
    ),
    TableContract(
        "worker_month",
        "One worker in one month.",
        ("worker_id", "month"),
        (
            key("worker_id", "Worker"),
            ColumnContract("month", "month", "First day of the month", required=True, nullable=False),
            *(
                number(n, t, "hours a month", 0, 744)
                for n, t in (
                    ("h_home", "Desk hours at home"),
                    ("h_office", "Desk hours at an office"),
                    ("h_visit", "Hours with families"),
                    ("h_commute", "Hours of commuting"),
                    ("h_visit_travel", "Hours of travel to families"),
                    ("h_court", "Hours at court"),
                )
            ),
            number("co_presence", "Share of colleague-days at the office together", "share", 0, 1),
            number("senior_overlap", "Share of workdays at the office with an experienced colleague", "share", 0, 1),
            number("meeting_h", "Online meetings", "hours a week", 0, 80),
            number("b2b", "Online meetings that follow within 15 minutes of another", "share", 0, 1),
            ColumnContract("cases", "int", "Cases held on the last day", unit="cases", low=0, high=100),
            ColumnContract(
                "duty_cover", "int", "Duty responses for colleagues' families", unit="responses", low=0, high=400
            ),
            number("sick_days", "Working days lost to sickness", "days", 0, 31),
            number("unpaid_h", "Unpaid hours", "hours a week", 0, 80),
        ),
        {"worker_id": ("worker", "worker_id")},
    ),
    TableContract(
        "attendance_day",
        "One desk half-day of one worker: at an office site, or at home.",
        ("worker_id", "date", "slot"),
        (
            key("worker_id", "Worker"),
            date("date", "Day", required=True, nullable=False),
            ColumnContract("site_id", "id", "Office site, or 'home'", required=True, nullable=False),
            ColumnContract(
                "slot",
                "code",
                "Half of the day",
                required=True,
                nullable=False,
                codes={"am": "Morning", "pm": "Afternoon"},
            ),
        ),
        {"worker_id": ("worker", "worker_id")},
    ),
    TableContract(
        "survey",
        "One worker's answer to one item in one wave.",
        ("worker_id", "wave", "instrument", "item"),
        (
            key("worker_id", "Worker, by a key kept apart from personnel keys"),
            ColumnContract("wave", "int", "Wave of the survey", required=True, nullable=False, low=1, high=99),
            ColumnContract("month", "month", "Month of the wave"),
            ColumnContract("instrument", "text", "Instrument id", required=True, nullable=False),
            ColumnContract("item", "text", "Item id", required=True, nullable=False),
            ColumnContract("value", "float", "Answer", unit="as the instrument says", required=True, low=0, high=100),
        ),
        {"worker_id": ("worker", "worker_id")},
    ),
    TableContract(
        "supervision",
        "One supervision session of one worker.",
        ("worker_id", "date"),
        (
            key("worker_id", "Worker"),
            date("date", "Day", required=True, nullable=False),
            ColumnContract(
                "mode",
                "code",
                "How it was held",
                codes={"in_person": "In person", "video": "Video call", "phone": "Telephone"},
            ),
            number("minutes", "Length", "minutes", 0, 480),
            flag("reflective", "Reflective, not only case management"),
            flag("observed", "Practice was observed"),
        ),
        {"worker_id": ("worker", "worker_id")},
    ),
    TableContract(
        "la_year",
        "One authority in one year to 30 September: the workforce return's totals.",
        ("la_id", "year"),
        (
            key("la_id", "Authority (ONS code in published data)"),
            ColumnContract("year", "int", "Year to 30 September", required=True, nullable=False, low=2000, high=2100),
            ColumnContract("region", "text", "Region"),
            *(
                number(n, t, u)
                for n, t, u in (
                    ("inpost_fte", "Social workers in post", "fte"),
                    ("starters_fte", "Starters in the year", "fte"),
                    ("leavers_fte", "Leavers in the year", "fte"),
                    ("agency_fte", "Agency workers", "fte"),
                    ("vacancy_fte", "Vacancies", "fte"),
                    ("case_holders_fte", "Case holders", "fte"),
                    ("cases", "Cases held", "cases"),
                    ("working_days_lost_fte", "Working days lost to sickness", "days"),
                )
            ),
        ),
    ),
    TableContract(
        "team_month",
        "One team in one month.",
        ("team_id", "month"),
        (
            key("team_id", "Team"),
            ColumnContract("month", "month", "First day of the month", required=True, nullable=False),
            ColumnContract(
                "headcount", "int", "Workers in post on the last day, agency workers left out", unit="people", low=0
            ),
            number("fte", "In post on the last day, agency workers left out", "fte"),
            number("vacancy_fte", "Vacant posts", "fte"),
            number("agency_fte", "Agency workers", "fte"),
            ColumnContract("starters", "int", "Workers who started in the month", unit="people", low=0),
            ColumnContract("leavers", "int", "Workers who left in the month", unit="people", low=0),
        ),
        {"team_id": ("team", "team_id")},
    ),
)
