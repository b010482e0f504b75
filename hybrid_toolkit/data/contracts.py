"""Every table an evaluation may hold: columns, types, units, ranges, codes and keys.

A table is a row of ``Column`` entries. Loading, validation, the template workbook, the data dictionary, the
synthetic generator and the docs all read this one description.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

KINDS = ("id", "text", "code", "int", "float", "bool", "date", "month")
"""Kinds of column: an identifier, free short text, a code from a list, numbers, yes/no, a day, a first-of-month day."""

DTYPES: Mapping[str, str] = MappingProxyType(
    {
        "id": "str",
        "text": "str",
        "code": "str",
        "int": "Int64",
        "float": "float64",
        "bool": "boolean",
        "date": "datetime64[us]",
        "month": "datetime64[us]",
    }
)
"""The pandas dtype of each kind once loaded."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract.

    Parameters
    ----------
    name : contract name.
    kind : one of ``KINDS``.
    text : what it holds, in plain words.
    unit : unit of a number, empty otherwise.
    required : the table cannot be used without it.
    nullable : a row may leave it empty.
    low, high : closed range of a number.
    codes : permitted codes with their meaning, for ``kind="code"``.
    """

    name: str
    kind: str
    text: str
    unit: str = ""
    required: bool = False
    nullable: bool = True
    low: float | None = None
    high: float | None = None
    codes: Mapping[str, str] = field(default_factory=dict)

    @property
    def dtype(self) -> str:
        """The pandas dtype of the loaded column."""
        return DTYPES[self.kind]


@dataclass(frozen=True, slots=True)
class Table:
    """The contract of one table.

    Parameters
    ----------
    name : table name, also its file or sheet name.
    text : what one row is.
    key : columns that together name a row once.
    columns : its columns, in order.
    foreign : column -> (table, column) it points to.
    """

    name: str
    text: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    foreign: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(c.name for c in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns the table cannot do without."""
        return tuple(c.name for c in self.columns if c.required)


def _key(name: str, text: str) -> Column:
    return Column(name, "id", text, required=True, nullable=False)


def _date(name: str, text: str, *, required: bool = False, nullable: bool = True) -> Column:
    return Column(name, "date", text, required=required, nullable=nullable)


def _flag(name: str, text: str) -> Column:
    return Column(name, "bool", text)


def _num(name: str, text: str, unit: str, low: float | None = 0, high: float | None = None) -> Column:
    return Column(name, "float", text, unit=unit, low=low, high=high)


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
ROLES = {
    "1": "Senior manager",
    "2": "Middle manager",
    "3": "First-line manager",
    "4": "Senior practitioner",
    "5": "Case holder",
    "6": "Qualified without cases",
}
MODES = {
    "home": "Visit at the family's home",
    "office": "Meeting at an office",
    "community": "Meeting elsewhere in person",
    "video": "Video call",
    "phone": "Telephone call",
}
REMOTE_MODES = ("video", "phone")
"""Contact modes that are not in person."""

PRACTICE_ITEMS = ("collaboration", "autonomy", "empathy", "evocation", "purposefulness", "child_focus", "clarity")
"""The seven rated dimensions of a recorded meeting (metric MA1)."""

ACCESS_FLAGS = (
    "devices",
    "home_broadband",
    "mobile_data",
    "set_up",
    "online_tasks",
    "managing_data",
    "evaluating_information",
    "evaluating_sharing",
    "security",
    "online_wellbeing",
)
"""The ten parts of a household's minimum digital living standard (metric MC1)."""

_TABLES = (
    Table(
        "la",
        "One local authority.",
        ("la_id",),
        (
            _key("la_id", "Pseudonymous key of the authority"),
            Column("region", "code", "Region of England", codes=REGIONS),
            Column("rural_class", "int", "Rural-urban class, 1 most rural to 6 most urban", low=1, high=6),
            _num("imd", "Average deprivation score", "score", 0, 100),
            Column(
                "ofsted",
                "code",
                "Overall effectiveness at the last inspection",
                codes={"O": "Outstanding", "G": "Good", "RI": "Requires improvement", "I": "Inadequate"},
            ),
            _num("no30mbit_pct", "Premises that cannot get 30 Mbit/s", "%", 0, 100),
        ),
    ),
    Table(
        "team",
        "One team.",
        ("team_id",),
        (
            _key("team_id", "Pseudonymous key of the team"),
            Column("la_id", "id", "Authority of the team", nullable=False),
            Column("service", "code", "Service the team gives", codes=SERVICES),
            Column("est_months", "int", "Months since the team took its present form", unit="months", low=0, high=600),
            _flag("hotdesk", "The team's office desks are shared"),
            Column(
                "cover_policy",
                "code",
                "How office cover is arranged",
                codes={"none": "No arrangement", "rota": "A rota", "volunteer": "Whoever is in"},
            ),
            Column("rollout_month", "month", "First month of the team's hybrid policy; empty if none yet"),
        ),
        {"la_id": ("la", "la_id")},
    ),
    Table(
        "worker",
        "One worker.",
        ("worker_id",),
        (
            _key("worker_id", "Pseudonymous key of the worker"),
            Column("team_id", "id", "Team of the worker"),
            Column("role", "code", "Role in the order of the workforce census", codes=ROLES),
            _flag("agency", "Agency worker"),
            _date("reg_date", "First registration as a social worker"),
            _flag("asye", "In the assessed and supported year"),
            Column("age_band", "code", "Age band", codes={b: b for b in ("20-29", "30-39", "40-49", "50-59", "60+")}),
            Column("sex", "code", "Sex", codes={"F": "Female", "M": "Male", "U": "Not recorded"}),
            Column(
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
            _flag("disability", "Disabled"),
            _flag("caring", "Has caring responsibilities"),
            _flag("lives_alone", "Lives alone"),
            _num("fte", "Full-time equivalent", "fte", 0.0, 1.0),
            _date("start_date", "Start in this authority"),
            _date("leave_date", "Left this authority; empty while employed"),
            _num("commute_min", "Commute, one way", "minutes", 0, 180),
            _num("broadband_mbps", "Home download speed", "Mbit/s", 0, 10000),
            _num("broadband_cost", "Home broadband, a month", "pounds", 0, 500),
            Column(
                "net_pay_band",
                "code",
                "Net pay band, 1 lowest to 5 highest",
                codes={str(i): f"Band {i}" for i in range(1, 6)},
            ),
        ),
        {"team_id": ("team", "team_id")},
    ),
    Table(
        "arrangement_spell",
        "One spell of one worker's working arrangement.",
        ("spell_id",),
        (
            _key("spell_id", "Key of the spell"),
            Column("worker_id", "id", "Worker", required=True, nullable=False),
            _date("start_date", "First day of the spell", required=True, nullable=False),
            _date("end_date", "Last day of the spell; empty while it lasts"),
            _num("requested_rs", "Remote share asked for", "share", 0, 1),
            _num("approved_rs", "Remote share agreed", "share", 0, 1),
            _num("preferred_rs", "Remote share the worker would choose", "share", 0, 1),
            Column(
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
            _flag("written", "Written down"),
            _flag("rationale", "Reason recorded"),
            _date("review_date", "Next review"),
            _date("ra_requested_date", "Reasonable adjustment requested"),
            _date("ra_considered_date", "Reasonable adjustment considered"),
            _date("ra_implemented_date", "Reasonable adjustment in place"),
        ),
        {"worker_id": ("worker", "worker_id")},
    ),
    Table(
        "worker_month",
        "One worker in one month.",
        ("worker_id", "month"),
        (
            _key("worker_id", "Worker"),
            Column("month", "month", "First day of the month", required=True, nullable=False),
            *(
                _num(n, t, "hours a month", 0, 744)
                for n, t in (
                    ("h_home", "Desk hours at home"),
                    ("h_office", "Desk hours at an office"),
                    ("h_visit", "Hours with families"),
                    ("h_commute", "Hours of commuting"),
                    ("h_visit_travel", "Hours of travel to families"),
                    ("h_court", "Hours at court"),
                )
            ),
            _num("co_presence", "Share of colleague-days at the office together", "share", 0, 1),
            _num("senior_overlap", "Share of workdays at the office with an experienced colleague", "share", 0, 1),
            _num("meeting_h", "Online meetings", "hours a week", 0, 80),
            _num("b2b", "Online meetings that follow within 15 minutes of another", "share", 0, 1),
            Column("cases", "int", "Cases held on the last day", unit="cases", low=0, high=100),
            Column("duty_cover", "int", "Duty responses for colleagues' families", unit="responses", low=0, high=400),
            _num("sick_days", "Working days lost to sickness", "days", 0, 31),
            _num("unpaid_h", "Unpaid hours", "hours a week", 0, 80),
        ),
        {"worker_id": ("worker", "worker_id")},
    ),
    Table(
        "attendance_day",
        "One desk half-day of one worker: at an office site, or at home.",
        ("worker_id", "date", "slot"),
        (
            _key("worker_id", "Worker"),
            _date("date", "Day", required=True, nullable=False),
            Column("site_id", "id", "Office site, or 'home'", required=True, nullable=False),
            Column(
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
    Table(
        "practice_rating",
        "One rater's coding of one recorded meeting.",
        ("contact_id", "rater_id"),
        (
            _key("contact_id", "Contact that was recorded"),
            _key("rater_id", "Rater"),
            *(Column(i, "int", f"Rating of {i.replace('_', ' ')}", unit="1-5", low=1, high=5) for i in PRACTICE_ITEMS),
        ),
        {"contact_id": ("contact", "contact_id")},
    ),
    Table(
        "alliance",
        "One parent's working-alliance answers about one worker.",
        ("family_id", "worker_id", "date"),
        (
            _key("family_id", "Family"),
            _key("worker_id", "Worker"),
            _date("date", "Day answered", required=True, nullable=False),
            *(
                Column(f"wai_{i:02d}", "int", f"Working alliance item {i}", unit="1-5", low=1, high=5)
                for i in range(1, 13)
            ),
        ),
        {"family_id": ("family", "family_id"), "worker_id": ("worker", "worker_id")},
    ),
    Table(
        "survey",
        "One worker's answer to one item in one wave.",
        ("worker_id", "wave", "instrument", "item"),
        (
            _key("worker_id", "Worker, by a key kept apart from personnel keys"),
            Column("wave", "int", "Wave of the survey", required=True, nullable=False, low=1, high=99),
            Column("month", "month", "Month of the wave"),
            Column("instrument", "text", "Instrument id", required=True, nullable=False),
            Column("item", "text", "Item id", required=True, nullable=False),
            Column("value", "float", "Answer", unit="as the instrument says", required=True, low=0, high=100),
        ),
        {"worker_id": ("worker", "worker_id")},
    ),
    Table(
        "supervision",
        "One supervision session of one worker.",
        ("worker_id", "date"),
        (
            _key("worker_id", "Worker"),
            _date("date", "Day", required=True, nullable=False),
            Column(
                "mode",
                "code",
                "How it was held",
                codes={"in_person": "In person", "video": "Video call", "phone": "Telephone"},
            ),
            _num("minutes", "Length", "minutes", 0, 480),
            _flag("reflective", "Reflective, not only case management"),
            _flag("observed", "Practice was observed"),
        ),
        {"worker_id": ("worker", "worker_id")},
    ),
    Table(
        "family",
        "One family.",
        ("family_id",),
        (
            _key("family_id", "Pseudonymous key of the family"),
            Column("la_id", "id", "Authority"),
            Column("lsoa", "id", "Small area, pseudonymous"),
            Column("n_children", "int", "Children", unit="children", low=0, high=20),
            Column(
                "need",
                "code",
                "Highest plan",
                codes={
                    "cin": "Child in need",
                    "cp": "Child protection",
                    "cla": "Looked after",
                    "leaver": "Care leaver",
                },
            ),
            Column("risk", "int", "Risk at the last assessment, 1 low to 5 high", low=1, high=5),
            _flag("rural", "Lives in a rural area"),
        ),
        {"la_id": ("la", "la_id")},
    ),
    Table(
        "access",
        "One record of one household's digital access.",
        ("family_id", "date"),
        (
            _key("family_id", "Family"),
            _date("date", "Day recorded", required=True, nullable=False),
            *(_flag(f, f"Household has what it needs: {f.replace('_', ' ')}") for f in ACCESS_FLAGS),
        ),
        {"family_id": ("family", "family_id")},
    ),
    Table(
        "contact",
        "One contact, due or held, between a worker and a child or family.",
        ("contact_id",),
        (
            _key("contact_id", "Key of the contact"),
            Column("family_id", "id", "Family", required=True, nullable=False),
            Column("child_id", "id", "Child"),
            Column("worker_id", "id", "Worker"),
            _date("due_date", "Day by which it was due"),
            _date("held_date", "Day it was held; empty if it was not"),
            Column("mode", "code", "How it was held", codes=MODES),
            _flag("mode_offered_choice", "The family was offered a choice of how to meet"),
            Column("mode_preferred", "code", "How the family wanted to meet", codes=MODES),
            _flag("engaged", "The family engaged"),
            _num("minutes", "Length", "minutes", 0, 480),
        ),
        {"family_id": ("family", "family_id"), "worker_id": ("worker", "worker_id")},
    ),
    Table(
        "child_event",
        "One referral of one child and what followed.",
        ("child_id", "referral_date"),
        (
            _key("child_id", "Pseudonymous key of the child"),
            Column("family_id", "id", "Family"),
            _date("referral_date", "Referral", required=True, nullable=False),
            _date("assessment_start_date", "Assessment began"),
            _date("assessment_end_date", "Assessment ended"),
            _date("s47_date", "Section 47 enquiry began"),
            _date("icpc_date", "Initial child protection conference"),
            _flag("rereferral", "Referred within 12 months of an earlier referral"),
            Column(
                "plan",
                "code",
                "Plan that followed",
                codes={"none": "None", "cin": "Child in need", "cp": "Child protection", "cla": "Looked after"},
            ),
        ),
        {"family_id": ("family", "family_id")},
    ),
    Table(
        "allocation_spell",
        "One spell in which one child was allocated to one worker.",
        ("child_id", "worker_id", "start_date"),
        (
            _key("child_id", "Child"),
            _key("worker_id", "Worker"),
            _date("start_date", "Allocated from", required=True, nullable=False),
            _date("end_date", "Allocated until; empty while it lasts"),
        ),
        {"worker_id": ("worker", "worker_id")},
    ),
    Table(
        "la_year",
        "One authority in one year to 30 September: the workforce return's totals.",
        ("la_id", "year"),
        (
            _key("la_id", "Authority (ONS code in published data)"),
            Column("year", "int", "Year to 30 September", required=True, nullable=False, low=2000, high=2100),
            Column("region", "text", "Region"),
            *(
                _num(n, t, u)
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
)

TABLES: Mapping[str, Table] = MappingProxyType({t.name: t for t in _TABLES})
"""Every table's contract by name."""
