"""Bank holidays of England and Wales, so that a working day is one on which an authority is open."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

DayArray = np.ndarray[tuple[int], np.dtype[np.datetime64]]
"""Days without a time."""

_ADDED = (
    *("1999-12-31", "2002-06-03", "2002-06-04", "2011-04-29", "2012-06-04", "2012-06-05", "2020-05-08"),
    *("2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08"),
)
"""Days of one year only, by proclamation: jubilees, a wedding, a day of remembrance, a funeral, a coronation."""
_MOVED = {2002: "spring", 2012: "spring", 2020: "may", 2022: "spring"}
"""Years in which a yearly holiday gave way to one of those."""


@cache
def _of_year(year: int) -> tuple[np.datetime64, ...]:
    easter = pd.Timestamp(year, 1, 1) + pd.offsets.Easter()
    sunday = np.datetime64(str(easter.date()), "D")
    christmas = np.busday_offset(f"{year}-12-25", 0, roll="forward")
    days = {
        "new year": np.busday_offset(f"{year}-01-01", 0, roll="forward"),
        "good friday": sunday - np.timedelta64(2, "D"),
        "easter monday": sunday + np.timedelta64(1, "D"),
        "may": np.busday_offset(f"{year}-05-01", 0, roll="forward", weekmask="Mon"),
        "spring": np.busday_offset(f"{year}-06-01", -1, roll="forward", weekmask="Mon"),
        "summer": np.busday_offset(f"{year}-09-01", -1, roll="forward", weekmask="Mon"),
        "christmas": christmas,
        "boxing": np.busday_offset(christmas, 1),
    }
    days.pop(_MOVED.get(year, ""), None)
    return tuple(sorted([*days.values(), *(np.datetime64(d, "D") for d in _ADDED if d.startswith(str(year)))]))


def bank_holidays_between(first_year: int, last_year: int) -> DayArray:
    """Bank holidays of England and Wales from one year to another, both included.

    Parameters
    ----------
    first_year : int
        First year, from 1978 on, when the early May holiday began.
    last_year : int
        Last year. Days that will be proclaimed later are not known.

    Returns
    -------
    DayArray
        The days, in order, as ``datetime64[D]``.

    References
    ----------
    Banking and Financial Dealings Act 1971, section 1 and schedule 1, and royal proclamations under it.

    Examples
    --------
    >>> [str(d) for d in bank_holidays_between(2022, 2022)][3:7]
    ['2022-05-02', '2022-06-02', '2022-06-03', '2022-08-29']
    """
    days = [d for year in range(first_year, last_year + 1) for d in _of_year(year)]
    return np.array(days, dtype="datetime64[D]")


def add_working_days(start: DayArray, count: int) -> DayArray:
    """The day so many working days after each start; weekends and bank holidays are passed over.

    Parameters
    ----------
    start : DayArray
        Days, none missing.
    count : int
        How many working days.

    Returns
    -------
    DayArray
        The days; a start that is itself no working day counts as the last one before it.

    Examples
    --------
    >>> add_working_days(np.array(["2025-04-16"], dtype="datetime64[D]"), 2).astype(str).tolist()
    ['2025-04-22']
    """
    if not len(start):
        return start
    years = start.astype("datetime64[Y]").astype(int) + 1970
    off = bank_holidays_between(int(years.min()) - 1, int(years.max()) + 1 + count // 250)
    return np.busday_offset(start, count, roll="backward", holidays=off).astype("datetime64[D]")


def count_working_days(start: DayArray, end: DayArray) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Working days after each start up to and with the end; weekends and bank holidays are left out.

    Parameters
    ----------
    start : DayArray
        First days, none missing.
    end : DayArray
        Last days, none missing.

    Returns
    -------
    np.ndarray
        Counts; negative where the end comes first.

    Examples
    --------
    >>> day = np.array(["2025-04-17", "2025-04-22"], dtype="datetime64[D]")
    >>> count_working_days(day[:1], day[1:]).tolist()
    [1.0]
    """
    if not len(start):
        return np.zeros(0)
    both = np.concatenate([start, end]).astype("datetime64[Y]").astype(int) + 1970
    off = bank_holidays_between(int(both.min()), int(both.max()))
    one, first, last = np.timedelta64(1, "D"), np.minimum(start, end), np.maximum(start, end)
    days = np.busday_count(first + one, last + one, holidays=off)
    return np.asarray(np.where(end < start, -days, days), dtype="float64")
