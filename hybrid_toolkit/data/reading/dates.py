"""Days and months from text: ISO, or day-first where a whole column is so. Never a guess row by row."""

from __future__ import annotations

import re
from typing import Protocol

import pandas as pd

from hybrid_toolkit.data.reading.raw_table import ENGLAND

_ISO = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:?\d{2})?"
_DAY_FIRST = r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}(?: \d{2}:\d{2}(?::\d{2})?)?"
_SERIAL = r"\d{5}(?:\.\d+)?"
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?$")
_MONTHS = (
    (r"\d{4}-\d{2}", "%Y-%m"),
    (r"\d{1,2}/\d{4}", "%m/%Y"),
    (r"[A-Za-z]{3}[ \-]\d{4}", "%b %Y"),
    (r"[A-Za-z]{3}[ \-]\d{2}", "%b %y"),
    (r"[A-Za-z]{4,}[ \-]\d{4}", "%B %Y"),
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
    text = cells.text
    filled = text.notna()
    if cells.format is not None:
        days = _parse(text, cells.format)
        cells.bad(filled & days.isna(), "TYPE-DATE", "not a date in the format that the mapping names.", _FIX)
        return days
    iso, day_first, serial = (_is(text, p) for p in (_ISO, _DAY_FIRST, _SERIAL))
    if iso.any() and day_first.any():
        fewer, what = (day_first, "day-first") if day_first.sum() <= iso.sum() else (iso, "ISO")
        cells.bad(fewer, "DATE-MIXED", f"{what} dates in a column whose other dates are written otherwise.", _FIX)
        cells.bad(filled & ~iso & ~day_first, "TYPE-DATE", "not a date.", _FIX)
        return _parse(text.where(iso), "iso")
    if day_first.any():
        days = _parse(_slashes(text.where(day_first)), "%d/%m/%Y")
        cells.note(day_first & days.notna(), "DATE-DAY-FIRST", "dates as DD/MM/YYYY, read day first.")
        cells.bad(filled & days.isna(), "TYPE-DATE", "not a date written day first (DD/MM/YYYY).", _FIX)
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


def parse_months(cells: _Cells) -> pd.Series[pd.Timestamp]:
    """Months, as their first day: any of the ways of ``parse_days``, or one way of writing a month for the column."""
    text = cells.text
    filled = text.notna()
    if cells.format is None:
        for pattern, form in _MONTHS:
            here = _is(text, pattern)
            if here.any() and bool((here | ~filled).all()):
                months = _parse(text.str.replace("-", " ") if form.startswith(("%b", "%B")) else text, form)
                cells.bad(filled & months.isna(), "TYPE-MONTH", "not a month that exists.", "Write months as YYYY-MM.")
                return months
    days = parse_days(cells)
    inside = days.notna() & (days.dt.day != 1)
    cells.note(inside, "MONTH-DAY", "a day inside a month; the month was kept.")
    return days - pd.to_timedelta(days.dt.day - 1, unit="D")


def _is(text: pd.Series[str], pattern: str) -> pd.Series[bool]:
    return text.str.fullmatch(pattern).fillna(False).astype(bool)


def _slashes(text: pd.Series[str]) -> pd.Series[str]:
    return text.str.split(" ").str[0].str.replace(r"[.\-]", "/", regex=True)


def _parse(text: pd.Series[str], form: str) -> pd.Series[pd.Timestamp]:
    """Days at midnight; what cannot be parsed is missing. A moment with a time zone has the day it had in England."""
    if form == "iso":
        days = pd.to_datetime(text.str[:10], format="%Y-%m-%d", errors="coerce").astype("datetime64[us]")
        zoned = _is(text, r".{11}.*(?:Z|[+-]\d{2}:?\d{2})")
        if zoned.any():
            moments = pd.to_datetime(text.where(zoned), format="ISO8601", errors="coerce", utc=True)
            days = days.mask(zoned, moments.dt.tz_convert(ENGLAND).dt.tz_localize(None).dt.normalize())
        return days.astype("datetime64[us]")
    return pd.to_datetime(text, format=form, errors="coerce").astype("datetime64[us]").dt.normalize()
