"""Working days of England, and days drawn inside a month."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth.streams import Days, Ints

_ONCE = ("2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08")
"""Bank holidays of one year only: two jubilee days (the spring one moved), a state funeral, a coronation."""


@cache
def bank_holidays(year: int) -> Days:
    """Bank holidays of England and Wales in a year (Banking and Financial Dealings Act 1971, as amended).

    Examples
    --------
    >>> [str(d) for d in bank_holidays(2025)][:4]
    ['2025-01-01', '2025-04-18', '2025-04-21', '2025-05-05']
    """
    easter = pd.Timestamp(year, 1, 1) + pd.offsets.Easter()
    sunday = np.asarray(easter.to_datetime64(), dtype="datetime64[D]")[()]
    new_year, may, spring, summer, christmas = (
        np.busday_offset(np.datetime64(f"{year}-{day}", "D"), n, roll="forward", weekmask=mask)
        for day, n, mask in (
            ("01-01", 0, "1111100"),
            ("05-01", 0, "Mon"),
            ("06-01", -1, "Mon"),
            ("09-01", -1, "Mon"),
            ("12-25", 0, "1111100"),
        )
    )
    one = np.timedelta64(1, "D")
    boxing = np.busday_offset(christmas, 1)
    days = [new_year, sunday - 2 * one, sunday + one, may, summer, christmas, boxing]
    days += [spring] if year != 2022 else []
    once = np.array([d for d in _ONCE if d.startswith(str(year))], dtype="datetime64[D]")
    return np.sort(np.concatenate([np.array(days, dtype="datetime64[D]"), once]))


def days_by_month(months: Days) -> tuple[Days, Ints]:
    """The working days of each month (row), the last repeated to the end of the row, and how many there are."""
    years = {int(str(m)[:4]) for m in months}
    off = [d for y in years for d in bank_holidays(y)]
    following = (months.astype("datetime64[M]") + 1).astype("datetime64[D]")
    counts = np.busday_count(months, following, holidays=off).astype(np.int64)
    place = np.minimum(np.arange(23)[None, :], counts[:, None] - 1)
    return np.busday_offset(months[:, None], place, roll="forward", holidays=off).astype("datetime64[D]"), counts


def working_days_after(day: Days, count: Ints) -> Days:
    """The day so many working days (Monday to Friday) after another."""
    return np.asarray(np.busday_offset(day, count, roll="forward"), dtype="datetime64[D]")


def in_month(days: Days, counts: Ints, month: Ints, at: Floats) -> Ints:
    """Place of a working day in its month, at 0 to 1 of the way through."""
    return np.minimum((at * counts[month]).astype(np.int64), counts[month] - 1)
