"""Days and months from text: ISO, or day-first or month-first where a whole column is so. Never a guess row by row."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Protocol

import pandas as pd

from hybrid_toolkit.data.known.filler_dates import filler_date
from hybrid_toolkit.data.known.written_days import plain_day, plain_month
from hybrid_toolkit.data.reading.raw_table import ENGLAND

_ISO = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:?\d{2})?"
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?)?"
_DAY_FIRST = rf"\d{{1,2}}[/.\-]\d{{1,2}}[/.\-]\d{{4}}{_TIME}"
_SHORT_YEAR = rf"\d{{1,2}}[/.\-]\d{{1,2}}[/.\-]\d{{2}}{_TIME}"
_ORDER = r"(\d{1,2})[/.\-](\d{1,2})[/.\-]\d{2,4}"
_MONTHS_IN_YEAR = 12
_MONTH_FIRST_LEAST = 0.2
"""Share of dates with a second number above 12 from which a column is written month first: 61% of days have one, and a
few in a column without any first number above 12 are slips of the pen."""
_SERIAL = r"\d{5}(?:\.\d+)?"
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?$")
_MONTHS = (
    (r"\d{4}-\d{2}", "%Y-%m"),
    (r"\d{1,2}/\d{4}", "%m/%Y"),
    (r"[A-Za-z]{3} \d{4}", "%b %Y"),
    (r"[A-Za-z]{3} \d{2}", "%b %y"),
    (r"(?:19|20)\d{4}", "%Y%m"),
)
_WORDED = (
    (r"\d{1,2} [A-Za-z]{3} \d{4}" + _TIME, "%d %b %Y"),
    (r"\d{1,2} [A-Za-z]{3} \d{2}" + _TIME, "%d %b %y"),
    (_SHORT_YEAR, "%d/%m/%y"),
    (r"(?:19|20)\d{6}", "%Y%m%d"),
    (r"\d{4}/\d{1,2}/\d{1,2}" + _TIME, "%Y/%m/%d"),
    (r"\d{4}\.\d{1,2}\.\d{1,2}" + _TIME, "%Y.%m.%d"),
)
_FIX = 'Write every date as YYYY-MM-DD, or name the format in a mapping (dates = "%d/%m/%Y").'


class _Cells(Protocol):
    text: pd.Series[str]
    kind: str
    format: str | None

    def bad(self, where: pd.Series[bool], code: str, what: str, fix: str) -> None: ...
    def note(self, where: pd.Series[bool], code: str, what: str, fix: str = "") -> None: ...


def parse_days(cells: _Cells) -> pd.Series[pd.Timestamp]:
    """Days: a format from the mapping; else ISO; else day-first if the whole column is; else Excel's day numbers."""
    text = cells.text = _without_fillers(cells)
    if cells.format is None:
        text = cells.text = _of_distinct(text, lambda t: t.map(plain_day, na_action="ignore").astype(t.dtype))
    filled = text.notna()
    if cells.format is not None:
        has_time = "%H" in cells.format or "%I" in cells.format
        days = _parse(text if has_time else text.str.replace(rf"{_TIME}$", "", regex=True), cells.format)
        cells.bad(filled & days.isna(), "TYPE-DATE", "not a date in the format that the mapping names.", _FIX)
        return days
    iso, day_first, serial = (_is(text, p) for p in (_ISO, _DAY_FIRST, _SERIAL))
    if iso.any() and day_first.any():
        fewer, what = (day_first, "day-first") if day_first.sum() <= iso.sum() else (iso, "ISO")
        cells.bad(fewer, "DATE-MIXED", f"{what} dates in a column whose other dates are written otherwise.", _FIX)
        cells.bad(filled & ~iso & ~day_first, "TYPE-DATE", "not a date.", _FIX)
        return _parse(text.where(iso), "iso")
    order = _order(text)
    if order == "both":
        second = _numbers(text)[1] > _MONTHS_IN_YEAR
        cells.bad(
            second, "DATE-MIXED", "dates with the month first in a column whose other dates have it second.", _FIX
        )
        text = cells.text = text.mask(second)
        day_first = day_first & ~second
        filled = text.notna()
    elif order == "month":
        days = _month_first(text)
        cells.note(
            days.notna(), "DATE-MONTH-FIRST", "dates as MM/DD/YYYY (no first number is above 12), read month first."
        )
        cells.bad(filled & days.isna(), "TYPE-DATE", "not a date written month first (MM/DD/YYYY).", _FIX)
        return days
    if day_first.any():
        days = _parse(_slashes(text.where(day_first)), "%d/%m/%Y")
        cells.note(day_first & days.notna(), "DATE-DAY-FIRST", "dates as DD/MM/YYYY, read day first.")
        cells.bad(filled & days.isna(), "TYPE-DATE", "not a date written day first (DD/MM/YYYY).", _FIX)
        return days
    if worded := next((f for p, f in _WORDED if (w := _is(text, p)).any() and bool((w | ~filled).all())), ""):
        days = _parse(_spelled(text, worded), worded)
        cells.note(filled & days.notna(), "DATE-WORDED", "dates in another usual writing, read day first.")
        cells.bad(filled & days.isna(), "TYPE-DATE", "not a date that exists.", _FIX)
        return days
    if cells.kind == "workbook" and serial.any() and bool((serial | ~filled).all()):
        days = pd.Timestamp("1899-12-30") + pd.to_timedelta(pd.to_numeric(text) // 1, unit="D")
        cells.note(filled, "DATE-SERIAL", "dates as Excel day numbers, read as such.")
        return days.dt.as_unit("us")
    days = _parse(text.where(iso), "iso")
    timed = (
        iso & text.str.contains(r"\d{2}:\d{2}", regex=True).fillna(False) & ~text.str.contains(_MIDNIGHT).fillna(False)
    )
    cells.note(timed, "DATE-TIME", "a time of day, which was left out.")
    cells.bad(filled & days.isna(), "TYPE-DATE", "not a date that exists.", _FIX)
    return days


def _numbers(text: pd.Series[str]) -> tuple[pd.Series[float], pd.Series[float]]:
    """The first and the second number of each date with slashes."""

    def number(place: int) -> pd.Series[float]:
        return _of_distinct(text, lambda t: pd.to_numeric(t.str.extract(rf"^{_ORDER}(?!\d)")[place], errors="coerce"))

    return number(0), number(1)


def _order(text: pd.Series[str]) -> str:
    """``"month"`` where the column has the month first, ``"both"`` where it holds two orders, else an empty string."""
    first, second = _numbers(text)
    held, day, month = (
        int(first.notna().sum()),
        int((first > _MONTHS_IN_YEAR).sum()),
        int((second > _MONTHS_IN_YEAR).sum()),
    )
    if month and day:
        return "both"
    return "month" if month > 1 and month >= _MONTH_FIRST_LEAST * held else ""


def month_first(text: pd.Series[str]) -> bool:
    """Whether a column of dates is surely written month first.

    Examples
    --------
    >>> month_first(pd.Series(["3/31/2025", "4/14/2025"])), month_first(pd.Series(["31/3/2025", "4/1/2025"]))
    (True, False)
    """
    return _order(text) == "month"


def _month_first(text: pd.Series[str]) -> pd.Series[pd.Timestamp]:
    plain = text.str.replace(rf"{_TIME}$", "", regex=True).str.replace(r"[.\-]", "/", regex=True)
    days = _parse(plain.where(_is(plain, r"\d{1,2}/\d{1,2}/\d{4}")), "%m/%d/%Y")
    return days.fillna(_parse(plain.where(_is(plain, r"\d{1,2}/\d{1,2}/\d{2}")), "%m/%d/%y"))


def _without_fillers(cells: _Cells) -> pd.Series[str]:
    """Days that systems write where there is none, such as 31/12/4712 or 01/01/1900, as empty cells."""
    kinds = cells.text.map({t: filler_date(t) for t in cells.text.dropna().unique()}).astype("str")
    cells.note(kinds.eq("open"), "DATE-OPEN", "a far day that stands for 'not ended', taken as empty.")
    cells.note(kinds.eq("none"), "DATE-FILLER", "a day that stands for 'no date', such as 01/01/1900, taken as empty.")
    return cells.text.mask(kinds.isin(["open", "none"]))


def _spelled(text: pd.Series[str], form: str) -> pd.Series[str]:
    if "%b" not in form:
        return text.str.split(r"[T ]", regex=True).str[0].str.replace(r"[.\-]", "/", regex=True)
    return text.str.split(" ").str[:3].str.join(" ")


def parse_months(cells: _Cells) -> pd.Series[pd.Timestamp]:
    """Months, as their first day: any of the ways of ``parse_days``, or one way of writing a month for the column."""
    text = cells.text
    filled = text.notna()
    if cells.format is None:
        text = _of_distinct(text, lambda t: t.map(plain_month, na_action="ignore").astype(t.dtype))
        for pattern, form in _MONTHS:
            here = _is(text, pattern)
            if here.any() and bool((here | ~filled).all()):
                months = _parse(text, form)
                cells.bad(filled & months.isna(), "TYPE-MONTH", "not a month that exists.", "Write months as YYYY-MM.")
                return months
    days = parse_days(cells)
    inside = days.notna() & (days.dt.day != 1)
    cells.note(inside, "MONTH-DAY", "a day inside a month; the month was kept.")
    return days - pd.to_timedelta(days.dt.day - 1, unit="D")


def _of_distinct(text: pd.Series[str], work: Callable[[pd.Series[str]], pd.Series]) -> pd.Series:
    """What ``work`` makes of each text, worked out once for every distinct one: a column repeats few days."""
    places, distinct = pd.factorize(text, use_na_sentinel=False)
    return work(pd.Series(distinct, dtype=text.dtype)).take(places).set_axis(text.index)


def _is(text: pd.Series[str], pattern: str) -> pd.Series[bool]:
    return _of_distinct(text, lambda t: t.str.fullmatch(pattern).fillna(False).astype(bool))


def _slashes(text: pd.Series[str]) -> pd.Series[str]:
    return text.str.split(r"[T ]", regex=True).str[0].str.replace(r"[.\-]", "/", regex=True)


def _parse(text: pd.Series[str], form: str) -> pd.Series[pd.Timestamp]:
    """Days at midnight; what cannot be parsed is missing. A moment with a time zone has the day it had in England."""
    return _of_distinct(text, partial(_parsed, form=form))


def _parsed(text: pd.Series[str], form: str) -> pd.Series[pd.Timestamp]:
    if form == "iso":
        days = pd.to_datetime(text.str[:10], format="%Y-%m-%d", errors="coerce").astype("datetime64[us]")
        zoned = _is(text, r".{11}.*(?:Z|[+-]\d{2}:?\d{2})")
        if zoned.any():
            moments = pd.to_datetime(text.where(zoned), format="ISO8601", errors="coerce", utc=True)
            days = days.mask(zoned, moments.dt.tz_convert(ENGLAND).dt.tz_localize(None).dt.normalize())
        return days.astype("datetime64[us]")
    return pd.to_datetime(text, format=form, errors="coerce").astype("datetime64[us]").dt.normalize()
