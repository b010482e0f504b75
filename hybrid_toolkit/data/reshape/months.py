"""A month and a year that stand in two columns, read as one period."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from hybrid_toolkit.data.reshape.half_days import FrameMade
from hybrid_toolkit.data.reshape.step_kinds import MonthOf
from hybrid_toolkit.errors import plural

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORD = re.compile(
    r"(?:\d{1,2}[ \-.]+)?(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?",
    re.I,
)
_NUMBER = re.compile(r"(\d{1,2})(?:\.0)?")
_PERIOD = re.compile(r"(?:p|m|period|month|mth)[ \-]?(\d{1,2})", re.I)
_YEAR = re.compile(r"(?:cy ?)?((?:19|20)\d{2})(?:\.0)?", re.I)
_FINANCIAL = re.compile(r"(?:fy ?)?((?:19|20)?\d{2}) ?[/\-–] ?((?:19|20)?\d{2})", re.I)
_APRIL, _MONTHS = 4, 12


def month_number(text: str, *, financial: bool) -> int | None:
    """The month of a year that a cell says, 1 to 12; "P1" of a financial year is April.

    Examples
    --------
    >>> month_number("Apr", financial=False), month_number("04 - April", financial=True)
    (4, 4)
    >>> month_number("P1", financial=True), month_number("Period 1", financial=False)
    (4, None)
    """
    said = text.strip()
    if found := _WORD.fullmatch(said):
        return _NAMES.index(found[1].lower()[:3]) + 1
    if found := _NUMBER.fullmatch(said):
        return int(found[1]) if 1 <= int(found[1]) <= _MONTHS else None
    if (found := _PERIOD.fullmatch(said)) and financial and 1 <= int(found[1]) <= _MONTHS:
        return (int(found[1]) + _APRIL - 2) % _MONTHS + 1
    return None


def year_said(text: str) -> tuple[int, bool] | None:
    """The year that a cell says, with whether it is the first of a financial year (April to March); None if neither.

    Examples
    --------
    >>> year_said("2024"), year_said("2024/25"), year_said("FY24-25"), year_said("2024/26")
    ((2024, False), (2024, True), (2024, True), None)
    """
    said = text.strip()
    if found := _YEAR.fullmatch(said):
        return int(found[1]), False
    if found := _FINANCIAL.fullmatch(said):
        first, second = (int(y) % 100 for y in found.groups())
        whole = int(found[1]) if len(found[1]) == len("2024") else 2000 + first
        return (whole, True) if second == (first + 1) % 100 else None
    return None


def first_of_month(month: str, year: str) -> str | None:
    """The first day of a month of a year, as ISO text; None where the two say none.

    Examples
    --------
    >>> first_of_month("Apr", "2024"), first_of_month("Feb", "2024/25"), first_of_month("Total", "2024")
    ('2024-04-01', '2025-02-01', None)
    """
    said = year_said(year)
    number = month_number(month, financial=said[1]) if said else None
    if said is None or number is None:
        return None
    return f"{said[0] + (said[1] and number < _APRIL)}-{number:02d}-01"


def months_made(frame: pd.DataFrame, asked: MonthOf, find: Callable[[str], str]) -> FrameMade:
    """The rows with the period in a column of its own."""
    month, year = frame[find(asked.month)], frame[find(asked.year)]
    pairs = pd.DataFrame({"m": month, "y": year}).dropna()
    known = {(m, y): first_of_month(m, y) for m, y in pairs.drop_duplicates().itertuples(index=False)}
    made = pd.Series([known[pair] for pair in zip(pairs["m"], pairs["y"], strict=True)], pairs.index, dtype="str")
    made = made.reindex(frame.index)
    none = int((month.notna() & made.isna()).sum())
    note = f"month and year of {plural(int(made.notna().sum()), 'row')} were read as one period"
    if none:
        note += f"; {plural(none, 'row')} say no month of a year"
    return frame.assign(**{asked.into: made.astype("str")}), [note]
