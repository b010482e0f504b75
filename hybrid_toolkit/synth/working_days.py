"""Working days of England, and days drawn inside a month."""

from __future__ import annotations

import numpy as np

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.data.known.bank_holidays import bank_holidays_between
from hybrid_toolkit.synth.streams import Days, Ints


def days_by_month(months: Days) -> tuple[Days, Ints]:
    """The working days of each month (row), the last repeated to the end of the row, and how many there are."""
    years = months.astype("datetime64[Y]").astype(int) + 1970
    off = bank_holidays_between(int(years.min()), int(years.max()))
    following = (months.astype("datetime64[M]") + np.timedelta64(1, "M")).astype("datetime64[D]")
    counts = np.busday_count(months, following, holidays=off).astype(np.int64)
    place = np.minimum(np.arange(23)[None, :], counts[:, None] - 1)
    return np.busday_offset(months[:, None], place, roll="forward", holidays=off).astype("datetime64[D]"), counts


def working_days_after(day: Days, count: Ints) -> Days:
    """The day so many working days (Monday to Friday) after another."""
    return np.asarray(np.busday_offset(day, count, roll="forward"), dtype="datetime64[D]")


def in_month(days: Days, counts: Ints, month: Ints, at: Floats) -> Ints:
    """Place of a working day in its month, at 0 to 1 of the way through."""
    return np.minimum((at * counts[month]).astype(np.int64), counts[month] - 1)
