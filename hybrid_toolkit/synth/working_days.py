"""Working days of England, and days drawn inside a month."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.data.known.bank_holidays import bank_holidays_between
from hybrid_toolkit.synth.school_holidays import in_school_holidays
from hybrid_toolkit.synth.streams import Bools, Days, Ints
from hybrid_toolkit.synth.truth import Truth

_FIRST, _LAST = 1995, 2035
"""Years in which simulated days lie: a plan may have begun years before the period, and none is after 2030."""
MONDAY, FRIDAY = 0, 4


@lru_cache(maxsize=1)
def _holidays() -> Days:
    return bank_holidays_between(_FIRST, _LAST)


def weekday(days: Days) -> Ints:
    """Day of the week, 0 for Monday."""
    return np.asarray((days.astype("datetime64[D]").astype(np.int64) + 3) % 7)


def days_by_month(months: Days) -> tuple[Days, Ints]:
    """The working days of each month (row), the last repeated to the end of the row, and how many there are."""
    off = _holidays()
    following = (months.astype("datetime64[M]") + np.timedelta64(1, "M")).astype("datetime64[D]")
    counts = np.busday_count(months, following, holidays=off).astype(np.int64)
    place = np.minimum(np.arange(23)[None, :], counts[:, None] - 1)
    return np.busday_offset(months[:, None], place, roll="forward", holidays=off).astype("datetime64[D]"), counts


def working_days_after(day: Days, count: Ints | int, roll: Literal["forward", "backward"] = "forward") -> Days:
    """The day so many working days after another; weekends and bank holidays are passed over."""
    return np.asarray(np.busday_offset(day, count, roll=roll, holidays=_holidays()), dtype="datetime64[D]")


def on_working_days(rng: np.random.Generator, day: Days, step: int = 1) -> Days:
    """The same days where they are working days; others are spread over the five that follow, or come before (-1)."""
    spread = step * rng.integers(0, 5, len(day))
    moved = working_days_after(day, spread, "forward" if step > 0 else "backward")
    return np.where(is_working_day(day), day, moved)


def is_working_day(days: Days) -> Bools:
    """Whether each day is Monday to Friday and no bank holiday."""
    return np.asarray(np.is_busday(days, holidays=_holidays()), dtype=np.bool_)


def in_month(days: Days, counts: Ints, month: Ints, at: Floats) -> Ints:
    """Place of a working day in its month, at 0 to 1 of the way through."""
    return np.minimum((at * counts[month]).astype(np.int64), counts[month] - 1)


def visits_of_day(truth: Truth, days: Days) -> Floats:
    """How many visits a working day gets, over a day in term in the middle of the week."""
    at = weekday(days)
    share = np.where(at == MONDAY, truth.visit_monday, np.where(at == FRIDAY, truth.visit_friday, 1.0))
    return np.asarray(share * np.where(in_school_holidays(days), truth.visit_school, 1.0), dtype=np.float64)


def place_between(weights: Floats, month: Ints, first: Ints, last: Ints, at: Floats) -> Ints:
    """Place of a day between two places of a month, at 0 to 1 of the way through the weight that lies there.

    Examples
    --------
    >>> week = np.array([[1.0, 1.0, 0.0, 2.0]])
    >>> nought = np.zeros(3, dtype=np.int64)
    >>> place_between(week, nought, nought, nought + 3, np.array([0.1, 0.3, 0.9])).tolist()
    [0, 1, 3]
    """
    below = np.column_stack([np.zeros(len(weights)), np.cumsum(weights, axis=1)])
    start, end = below[month, first], below[month, last + 1]
    goal, place = start + at * (end - start), first.copy()
    for _ in range(int((last - first).max(initial=0))):
        place += (place < last) & (goal >= below[month, place + 1])
    return place
