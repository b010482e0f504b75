"""Career stage of a worker on a day (metric MB1)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from hybrid_toolkit.errors import CoverageError
from hybrid_toolkit.metrics.unit_frames import flag_values

STAGES = ("asye", "early", "mid", "late", "supervisor")
"""Career stages in order: assessed and supported year, 1 to under 3 years, 3 to under 10, 10 and over, supervisors."""
EARLY_STAGES = ("asye", "early")
"""The stages counted as early career."""
SUPERVISOR_ROLES = ("1", "2", "3")
"""Roles of the workforce census that supervise: senior, middle and first-line managers."""


def registered_years(reg_date: pd.Series[pd.Timestamp], on: date | pd.Series[pd.Timestamp]) -> pd.Series[float]:
    """Completed years from first registration to a day; missing where either is, or where the day comes first.

    Examples
    --------
    >>> reg = pd.Series(pd.to_datetime(["2022-03-02", "2022-03-01"]))
    >>> registered_years(reg, date(2025, 3, 1)).tolist()
    [2.0, 3.0]
    """
    start = pd.to_datetime(reg_date)
    day = pd.to_datetime(on) if isinstance(on, pd.Series) else pd.Series(pd.Timestamp(on), index=start.index)
    not_yet = (day.dt.month < start.dt.month) | ((day.dt.month == start.dt.month) & (day.dt.day < start.dt.day))
    years = (day.dt.year - start.dt.year).astype("float64") - not_yet.astype("float64")
    return years.where(start.notna() & day.notna() & (day >= start))


def career_stage(worker: pd.DataFrame, on: date | pd.Series[pd.Timestamp]) -> pd.Series[str]:
    """Career stage of each worker on a day, from first registration, the ASYE flag and the role.

    Supervisors are the managers of the census (roles 1 to 3), whatever their years. Others: ``asye`` in the first
    twelve months of registration, or while flagged ASYE in the second year or with no registration date; ``early``
    1 to under 3 years; ``mid`` 3 to under 10; ``late`` 10 and over. Time in one authority is not a stand-in and is
    not used. Missing where there is no registration date and no flag, or the day comes before registration.

    Parameters
    ----------
    worker : pd.DataFrame
        Rows with ``role``, ``reg_date`` and, where known, ``asye``; one a worker, or already joined to worker-months.
    on : date | pd.Series[pd.Timestamp]
        One day for all, or one a row (same index).

    Returns
    -------
    pd.Series[str]
        Career stage of each worker on a day, from first registration, the ASYE flag and the role.

    Raises
    ------
    CoverageError
        ``role`` or ``reg_date`` is not there.

    Examples
    --------
    >>> w = pd.DataFrame({"role": ["5", "5", "3"], "asye": [True, False, False],
    ...                   "reg_date": pd.to_datetime(["2025-01-10", "2020-01-10", "2024-01-10"])})
    >>> career_stage(w, date(2025, 6, 1)).tolist()
    ['asye', 'mid', 'supervisor']
    """
    gone = [c for c in ("role", "reg_date") if c not in worker.columns]
    if gone:
        raise CoverageError(
            f"table 'worker' has no column {', '.join(gone)}; career stage needs role and first registration.",
            fix="Add the column, or leave career stage out.",
            code="COLUMN-MISSING",
        )
    years = registered_years(worker["reg_date"], on)
    asye = flag_values(worker, "asye").fillna(False).astype(bool)
    in_asye = years.lt(1) | (asye & (years.lt(2) | worker["reg_date"].isna()))
    choices = [worker["role"].isin(SUPERVISOR_ROLES), in_asye, years.lt(3), years.lt(10), years.ge(10)]
    names = ["supervisor", "asye", "early", "mid", "late"]
    picked = np.select([c.to_numpy(dtype=bool) for c in choices], names, default="")
    stage = pd.Series(picked, index=worker.index, dtype="str", name="stage")
    return stage.where(stage != "")
