"""School holidays as most English authorities set them. Each sets its own; these dates are a typical year, assumed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from hybrid_toolkit.synth.streams import Bools, Days

_DAY = np.timedelta64(1, "D")


def _weeks(monday: np.datetime64, count: int) -> Days:
    return np.arange(monday, monday + 7 * count * _DAY, _DAY)


def _monday(day: str) -> np.datetime64:
    """The Monday on or after a day."""
    return np.busday_offset(np.datetime64(day, "D"), 0, roll="forward", weekmask="Mon")


@lru_cache(maxsize=64)
def school_holidays(year: int) -> Days:
    """Days of one calendar year on which most schools in England are closed for holidays, weekends among them.

    Half terms of a week in February, at the spring bank holiday and at the end of October; two weeks at Easter, that of
    Good Friday and that of Easter Monday; from late July to the end of August; two weeks at Christmas.

    Parameters
    ----------
    year : int
        The year.

    Returns
    -------
    Days
        The days, in order.

    Notes
    -----
    Schools are open to pupils on 190 days a year and to staff on five more. Authorities, academies and aided schools
    set their own dates.

    References
    ----------
    The Education (School Day and School Year) (England) Regulations 1999, regulation 3: 380 sessions, two a day.

    Examples
    --------
    >>> days = school_holidays(2025)
    >>> [str(d) for d in (days[0], days[-1])], np.datetime64("2025-08-04") in days, np.datetime64("2025-09-15") in days
    (['2025-01-01', '2025-12-31'], True, False)
    """
    sunday = np.datetime64(str((pd.Timestamp(year, 1, 1) + pd.offsets.Easter()).date()), "D")
    christmas = _monday(f"{year}-12-19")
    parts = (
        np.arange(np.datetime64(f"{year}-01-01"), _monday(f"{year}-01-02"), _DAY),
        _weeks(_monday(f"{year}-02-13"), 1),
        _weeks(sunday - 6 * _DAY, 2),
        _weeks(_monday(f"{year}-05-25"), 1),
        np.arange(np.datetime64(f"{year}-07-23"), np.datetime64(f"{year}-09-01"), _DAY),
        _weeks(_monday(f"{year}-10-24"), 1),
        np.arange(christmas, np.datetime64(f"{year + 1}-01-01"), _DAY),
    )
    return np.unique(np.concatenate(parts))


def in_school_holidays(days: Days) -> Bools:
    """Whether each day falls in school holidays."""
    years = np.unique(days.astype("datetime64[Y]").astype(int) + 1970)
    return np.asarray(np.isin(days, np.concatenate([school_holidays(int(y)) for y in years])), dtype=np.bool_)
