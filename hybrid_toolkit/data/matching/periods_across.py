"""Sheets with months or weeks across: which columns are periods, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hybrid_toolkit.data.known.names import without_week, words
from hybrid_toolkit.data.matching.profile import Profile

_LEAST_PERIODS = 3
"""Columns named after periods from which a sheet has periods across: fewer may be "before" and "after"."""
_OF_A_KIND = 0.6
"""Share of numbers or dates from which periods hold them: leave and sickness stand in words among them; assumed."""
_MEASURES = (
    ("cases", r"caseloads?|cases"),
    ("sick_days", r"sick\w*|absences?"),
    ("h_office", r"office|desk|on ?site"),
    ("h_home", r"home\w*|wfh|agile|hybrid|remote"),
)
MONTHLY_AMOUNTS = ("h_home", "h_office", "h_visit", "h_commute", "h_visit_travel", "h_court", "sick_days")
"""Measures of a worker's month that weeks add up to."""
_PERIOD = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*[ \-'/]*(?:\d{4}|\d{2})?|"
    r"\d{4}-\d{2}(?:-\d{2})?|\d{1,2}/\d{4}|\d{1,2}/\d{1,2}/\d{4}|\d{1,2} [a-z]{3,9} \d{4}",
    re.I,
)
_NOT_FIRST = re.compile(r"\d{4}-\d{2}-(?!01)\d{2}|(?!0?1/)\d{1,2}/\d{1,2}/\d{4}")
"""A column named after a day that is not the first of a month stands for a week."""
FULL_WEEK_HOURS, DAYS_WORKED = 37, 5
"""A full-time week in local government (the National Joint Council's agreement of 1997: 37 hours)."""
HOURS_OF_A_DAY = FULL_WEEK_HOURS / DAYS_WORKED
"""Hours of a working day: 37 hours a week over five days."""
MOST_MONTH_DAYS, _WEEK_DAYS = 31, 7
"""Amounts that never pass the days of their period are days, and others hours."""


NO_DAY = (
    r"\s*(?:a/?l|annual leave|leave|s/?l|sick\w*(?: leave)?|mat\w*(?: leave)?|absent|c|canc\w*|n/?a|new(?: starter)?|"
    r"no|n|not held|x|dna|left|lts|no (?:access|reply|answer)|not (?:in|seen|due|visited|required)|missed|overdue|"
    r"late|-)\s*"
)
"""What stands in a week or month in which no supervision was held, or no visit made."""
DAYS_BELOW: Mapping[str, str] = {"supervision": "date", "contact": "held_date"}
"""Table -> its column of days, where the days themselves stand below the names of weeks or months."""


def months_of(columns: Mapping[str, Profile]) -> list[str]:
    """Columns that are named after a month of a year, or a week, where there are three or more.

    A month needs no year where the cells below it are days.
    """
    named = [
        h
        for h, seen in columns.items()
        if _PERIOD.fullmatch(without_week(h)) and (re.search(r"\d", h) or seen.dates > _OF_A_KIND)
    ]
    return named if len(named) >= _LEAST_PERIODS else []


def fits_periods(columns: Sequence[Profile], table: str) -> bool:
    """Whether the periods hold numbers (of a worker's months) or dates (of supervision)."""
    seen = [p for p in columns if p.filled]
    if not seen:
        return False
    share = [p.dates if table.partition("~")[0] in DAYS_BELOW else p.numbers for p in seen]
    return sum(share) / len(share) > _OF_A_KIND


def amounts_across(ref: str, columns: Mapping[str, Profile]) -> tuple[str, dict[str, Any]]:
    """What stands in the periods of a sheet, by the name of its file or sheet, and the steps that make months of them.

    Hours at home are meant where no name says more. Weeks are added up; days become hours.

    Parameters
    ----------
    ref : str
        The source, as a mapping names it.
    columns : Mapping[str, Profile]
        Source column -> profile.

    Returns
    -------
    tuple[str, dict[str, Any]]
        Contract column, and steps of a mapping.
    """
    periods, said = months_of(columns), words(ref)
    value = next((c for c, p in _MEASURES if re.search(rf"\b(?:{p})\b", said)), "h_home")
    steps: dict[str, Any] = {"grid": {"columns": periods, "name": "month", "value": value}}
    weeks = any(without_week(h) != h.strip() or _NOT_FIRST.fullmatch(h.strip()) for h in periods)
    if weeks and value in MONTHLY_AMOUNTS:
        steps["add_up"] = [value]
    highest = max((columns[h].high for h in periods if columns[h].filled), default=0.0)
    if value in ("h_home", "h_office") and highest <= (_WEEK_DAYS if weeks else MOST_MONTH_DAYS):
        steps["times"] = {value: HOURS_OF_A_DAY}
    return value, steps
