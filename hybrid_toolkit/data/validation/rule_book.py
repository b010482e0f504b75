"""The rules within and across tables, each a row of a list or a decorated function of a few lines."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.data.validation.rule_decorator import RULES, Rule, rule
from hybrid_toolkit.errors import with_article

_HOURS = ("h_home", "h_office", "h_visit", "h_commute", "h_visit_travel", "h_court")
"""The hours of a worker-month, which do not overlap."""
LONG_DAY = 15
"""Hours a day, on average over a month of working days, above which a notice asks for a second look."""
FAR_DAYS = 366
"""Days between due and held above which a notice asks for a second look."""


def _orphans(table: str, column: str, parent: str, parent_column: str) -> None:
    def check(child: pd.DataFrame, above: pd.DataFrame) -> pd.Series:
        return child[column].notna() & ~child[column].isin(above[parent_column])

    rule(
        f"ORPHAN-{table}-{column}".upper().replace("_", "-"),
        {table: (column,), parent: (parent_column,)},
        f"name {with_article(column)} that the table '{parent}' does not have",
        f"Add the missing rows to '{parent}', or correct {column}; check for blanks and for lost leading zeros.",
    )(check)


for _table in TABLES.values():
    for _column, (_parent, _parent_column) in _table.foreign.items():
        _orphans(_table.name, _column, _parent, _parent_column)

BACKWARDS = (
    ("worker", "start_date", "leave_date", "error"),
    ("worker", "reg_date", "start_date", "notice"),
    ("arrangement_spell", "start_date", "end_date", "error"),
    ("arrangement_spell", "start_date", "review_date", "notice"),
    ("arrangement_spell", "ra_requested_date", "ra_considered_date", "error"),
    ("arrangement_spell", "ra_considered_date", "ra_implemented_date", "error"),
    ("arrangement_spell", "ra_requested_date", "ra_implemented_date", "error"),
    ("child_event", "referral_date", "assessment_start_date", "error"),
    ("child_event", "referral_date", "assessment_end_date", "error"),
    ("child_event", "assessment_start_date", "assessment_end_date", "error"),
    ("child_event", "referral_date", "s47_date", "error"),
    ("child_event", "referral_date", "icpc_date", "error"),
    ("child_event", "s47_date", "icpc_date", "error"),
    ("allocation_spell", "start_date", "end_date", "error"),
)
"""Table, the date that comes first, the date that may not come before it, severity."""


def _order(table: str, first: str, then: str, severity: str) -> None:
    def check(frame: pd.DataFrame) -> pd.Series:
        return frame[then] < frame[first]

    rule(
        f"BACKWARDS-{table}-{first}-{then}".upper().replace("_DATE", "").replace("_", "-"),
        {table: (then, first)},
        f"where {then} is before {first}",
        f"Correct whichever of {first} and {then} is wrong; look for day and month changed over.",
        severity=severity,
    )(check)


for _names in BACKWARDS:
    _order(*_names)


def overlapping(who: pd.Series, start: pd.Series, end: pd.Series, *, handover: bool = False) -> pd.Series:
    """Spells that begin on or before the last day of an earlier spell of the same one.

    With ``handover`` a spell may begin on the last day of the one before, as case systems write a change of worker.

    An empty end means that the spell still lasts. The earlier spell may be any, not only the one just before.

    Examples
    --------
    >>> day = pd.to_datetime(pd.Series(["2025-01-01", "2025-01-10", "2025-03-01"]))
    >>> end = pd.to_datetime(pd.Series(["2025-02-01", "2025-01-12", None]))
    >>> overlapping(pd.Series(["W", "W", "W"]), day, end).tolist()
    [False, True, False]
    """
    spells = pd.DataFrame({"who": who, "start": start, "end": end.fillna(pd.Timestamp.max.as_unit("us"))})
    spells = spells[who.notna() & start.notna()].sort_values(["who", "start", "end"], kind="stable")
    latest = spells.groupby("who")["end"].cummax().groupby(spells["who"]).shift()
    early = spells["start"] < latest if handover else spells["start"] <= latest
    return early.reindex(who.index, fill_value=False)


def _employed(frame: pd.DataFrame, worker: pd.DataFrame) -> pd.DataFrame:
    known = worker.dropna(subset="worker_id").drop_duplicates("worker_id").set_index("worker_id")
    return known.reindex(frame["worker_id"]).set_index(frame.index)


@rule(
    "SPELL-OVERLAP",
    {"arrangement_spell": ("worker_id", "start_date", "end_date")},
    "of a worker who already has a spell on that day",
    "End each spell on the day before the next begins.",
)
def spell_overlap(spell: pd.DataFrame) -> pd.Series:
    return overlapping(spell["worker_id"], spell["start_date"], spell["end_date"])


@rule(
    "ALLOCATION-OVERLAP",
    {"allocation_spell": ("child_id", "worker_id", "start_date", "end_date")},
    "in which a child is allocated twice to the same worker at once",
    "Join the two spells, or correct their dates.",
)
def allocation_overlap(spell: pd.DataFrame) -> pd.Series:
    pair = spell["child_id"] + "\x1f" + spell["worker_id"]
    return overlapping(pair, spell["start_date"], spell["end_date"], handover=True)


EMPLOYED = (
    ("worker_month", "month", "MONTH", "the month", "error"),
    ("arrangement_spell", "start_date", "SPELL", "the arrangement", "notice"),
    ("attendance_day", "date", "ATTENDANCE", "the half-day", "notice"),
    ("supervision", "date", "SUPERVISION", "the session", "notice"),
    ("contact", "held_date", "CONTACT", "the contact", "notice"),
    ("allocation_spell", "start_date", "ALLOCATION", "the allocation", "notice"),
)
"""Table, its day, the start of the code, the thing dated, severity: all belong within the worker's employment."""


def _within_employment(table: str, day: str, code: str, noun: str, severity: str) -> None:
    def before(frame: pd.DataFrame, worker: pd.DataFrame) -> pd.Series:
        start = _employed(frame, worker)["start_date"]
        return frame[day] < (start.dt.to_period("M").dt.to_timestamp() if day == "month" else start)

    def after(frame: pd.DataFrame, worker: pd.DataFrame) -> pd.Series:
        return frame[day] > _employed(frame, worker)["leave_date"]

    fix = f"Correct the worker's dates in 'worker' or {day} here; the row may belong to another worker."
    both = (("BEFORE-START", "start_date", "started", before), ("AFTER-LEAVE", "leave_date", "left", after))
    for ending, date, did, check in both:
        fields = {table: (day, "worker_id"), "worker": ("worker_id", date)}
        text = f"where {noun} is {'before' if check is before else 'after'} the one in which the worker {did}"
        text = text if day == "month" else text.replace("the one in which the worker", "the day the worker")
        rule(f"{code}-{ending}", fields, text, fix, severity=severity)(check)


for _entry in EMPLOYED:
    _within_employment(*_entry)


def _monthly_hours(month: pd.DataFrame) -> pd.Series:
    return month[[c for c in _HOURS if c in month.columns]].sum(axis=1)


@rule(
    "HOURS-OVER-DAY",
    {"worker_month": ("month",)},
    "with more than 24 hours for each day of the month",
    "Give hours a month, not minutes, and count no hour under two headings.",
    any_of=_HOURS,
)
def hours_over_day(month: pd.DataFrame) -> pd.Series:
    most: pd.Series = 24 * month["month"].dt.days_in_month
    return _monthly_hours(month) > most


@rule(
    "HOURS-LONG",
    {"worker_month": ("month",)},
    f"with more than {LONG_DAY} hours for each of about 21 working days",
    "Check the unit (hours a month) and that no hour stands under two headings.",
    severity="notice",
    any_of=_HOURS,
)
def hours_long(month: pd.DataFrame) -> pd.Series:
    hours = _monthly_hours(month)
    days: pd.Series = month["month"].dt.days_in_month
    return (hours > LONG_DAY * days * 5 / 7) & (hours <= 24 * days)


@rule(
    "SICK-OVER-MONTH",
    {"worker_month": ("month", "sick_days")},
    "with more days of sickness than the month has",
    "Give working days lost within the month.",
)
def sick_over_month(month: pd.DataFrame) -> pd.Series:
    days: pd.Series = month["month"].dt.days_in_month
    return month["sick_days"] > days


@rule(
    "ATTENDANCE-TWO-SITES",
    {"attendance_day": ("worker_id", "date", "slot", "site_id")},
    "that put a worker at two sites in the same half-day",
    "Keep one site for each worker, date and slot.",
)
def attendance_two_sites(day: pd.DataFrame) -> pd.Series:
    sites = day.groupby(["worker_id", "date", "slot"])["site_id"].transform("nunique")
    return (sites > 1) & day.duplicated(["worker_id", "date", "slot"], keep="first")


@rule(
    "CONTACT-FAR-FROM-DUE",
    {"contact": ("held_date", "due_date")},
    "held more than a year before or after the day it was due",
    "Check the year of due_date and held_date.",
    severity="notice",
)
def contact_far_from_due(contact: pd.DataFrame) -> pd.Series:
    return (contact["held_date"] - contact["due_date"]).dt.days.abs() > FAR_DAYS


@rule(
    "CONTACT-NO-DATE",
    {"contact": ("held_date", "due_date")},
    "without the day it was due and without the day it was held",
    "Fill due_date or held_date; a contact with neither is left out of every measure by month.",
    severity="notice",
)
def contact_no_date(contact: pd.DataFrame) -> pd.Series:
    return contact["held_date"].isna() & contact["due_date"].isna()


@rule(
    "CONTACT-ENGAGED-NOT-HELD",
    {"contact": ("engaged", "held_date")},
    "that say whether the family engaged in a contact that was not held",
    "Fill held_date, or leave engaged empty.",
    severity="notice",
)
def contact_engaged_not_held(contact: pd.DataFrame) -> pd.Series:
    return contact["engaged"].notna() & contact["held_date"].isna()


@rule(
    "SURVEY-TWO-MONTHS",
    {"survey": ("wave", "month")},
    "of a wave that is dated in more than one month",
    "Give every answer of a wave the month in which the wave opened.",
    severity="notice",
)
def survey_two_months(survey: pd.DataFrame) -> pd.Series:
    return survey["month"].notna() & (survey.groupby("wave")["month"].transform("nunique") > 1)


@rule(
    "RATE-LEAVERS-OVER-IN-POST",
    {"la_year": ("leavers_fte", "inpost_fte")},
    "with more leavers than social workers in post, a turnover over 100%",
    "Check both figures; a very small authority or a wrong unit makes this happen.",
    severity="notice",
)
def rate_leavers(year: pd.DataFrame) -> pd.Series:
    return year["leavers_fte"] > year["inpost_fte"]


@rule(
    "RATE-ABSENCE-OVER-YEAR",
    {"la_year": ("working_days_lost_fte", "inpost_fte")},
    "with more days lost than there are working days (253 for each in post)",
    "Check that the days are of the whole year and of full-time equivalents.",
)
def rate_absence(year: pd.DataFrame) -> pd.Series:
    return year["working_days_lost_fte"] > 253 * year["inpost_fte"]


@rule(
    "RATE-CASES-WITHOUT-HOLDERS",
    {"la_year": ("cases", "case_holders_fte")},
    "with cases held but no one to hold them",
    "Fill case_holders_fte, or leave cases empty.",
    severity="notice",
)
def rate_cases(year: pd.DataFrame) -> pd.Series:
    return (year["cases"] > 0) & (year["case_holders_fte"] == 0)


RULE_BOOK: tuple[Rule, ...] = tuple(RULES.values())
"""Every rule, in the order of this page."""
