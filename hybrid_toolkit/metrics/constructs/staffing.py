"""Turnover, agency share, headcount and tenure from the rows of workers, by team and month (MF1).

Held to the definitions of the published workforce statistics: in post and agency workers are counted on the last day
of a month, in full-time equivalents, agency workers apart; leavers are those of the twelve months up to that day,
with the full-time equivalent they had. The rate of a September is then that of the published year.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.unit_frames import flag_values, number_values, optional, require

YEAR_MONTHS = 12
"""Months of leavers that a turnover rate counts, and months looked at where no others are given."""
_DAYS_A_YEAR = 365.25


def staff_months(data: EvaluationData) -> pd.DataFrame:
    """Who was in post or agency on the last day of each month, or left within the year before it.

    One row a worker and month: ``worker_id``, ``team_id``, ``month``; ``post_head`` and ``post_fte`` (agency workers
    left out), ``agency_fte``, ``all_fte``, ``left_fte`` (of who left in the twelve months up to the day; missing in
    the first eleven months after the first leaver on record, whose year is not whole), ``tenure_years`` of those in
    post, and ``team_months``, which sums to one over the rows of a team and month. A worker without hours counts as
    full time where no hours are recorded at all, and not otherwise. Months are those of ``worker_month``; without
    it, the twelve up to the last start or leaving on record. Teams are those of the worker row.

    Parameters
    ----------
    data : EvaluationData
        The data.

    Returns
    -------
    pd.DataFrame
        One row a worker and month.

    Raises
    ------
    CoverageError
        ``worker`` lacks ``start_date`` or ``leave_date``.

    References
    ----------
    Department for Education, Children's social work workforce: methodology (rates at 30 September).

    Examples
    --------
    >>> day = pd.to_datetime
    >>> w = pd.DataFrame({"worker_id": ["a", "b"], "team_id": ["t", "t"], "fte": [1.0, 0.5], "agency": [False, False],
    ...                   "start_date": day(["2020-01-01"] * 2), "leave_date": day([None, "2025-03-15"])})
    >>> out = staff_months(EvaluationData({"worker": w}))
    >>> out.tail(2)[["worker_id", "post_fte"]].values.tolist()
    [['a', 1.0], ['b', 0.0]]
    """
    rows = require(data, "worker", "worker_id", "start_date", "leave_date").reset_index(drop=True)
    team = rows["team_id"] if "team_id" in rows else pd.Series(pd.NA, index=rows.index, dtype="str")
    fte = number_values(rows, "fte")
    keys = pd.DataFrame({"worker_id": rows["worker_id"], "team_id": team, "fte": fte if fte.notna().any() else 1.0})
    keys["agency"] = flag_values(rows, "agency").fillna(False).astype(bool)
    keys[["start", "leave"]] = rows[["start_date", "leave_date"]]
    months = _months(data, keys)
    out = keys.merge(months.to_frame("month"), how="cross")
    last = out["month"] + pd.offsets.MonthEnd(0)
    begun = out["start"] <= last
    there = begun & (out["leave"].isna() | (out["leave"] > last))
    gone = begun & (out["leave"] <= last) & (out["leave"] > last - pd.DateOffset(months=YEAR_MONTHS))
    whole = out["month"] >= keys["leave"].min().to_period("M").to_timestamp() + pd.DateOffset(months=YEAR_MONTHS - 1)
    out["post_head"] = (there & ~out["agency"]).astype("float64")
    out["post_fte"] = out["post_head"] * out["fte"]
    out["agency_fte"] = (there & out["agency"]).astype("float64") * out["fte"]
    out["all_fte"] = out["post_fte"] + out["agency_fte"]
    out["left_fte"] = ((gone & ~out["agency"]).astype("float64") * out["fte"]).where(whole)
    out["tenure_years"] = ((last - out["start"]).dt.days / _DAYS_A_YEAR).where(out["post_head"].eq(1.0))
    out = out[there | gone]
    size = out.groupby(["team_id", "month"])["post_head"].transform("size").astype("float64")
    out["team_months"] = 1.0 / size
    wanted = ["worker_id", "team_id", "month", "post_head", "post_fte", "agency_fte", "all_fte", "left_fte"]
    return out[[*wanted, "tenure_years", "team_months"]].sort_values(["month", "worker_id"]).reset_index(drop=True)


def _months(data: EvaluationData, keys: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    held = optional(data, "worker_month", "month")
    if held is not None and held["month"].notna().any():
        first, last = held["month"].min(), held["month"].max()
    else:
        last = max(d for d in (keys["start"].max(), keys["leave"].max()) if pd.notna(d)).to_period("M").to_timestamp()
        first = last - pd.DateOffset(months=YEAR_MONTHS - 1)
    return pd.Series(pd.date_range(first, last, freq="MS").astype("datetime64[us]"))


def team_vacancies(data: EvaluationData) -> pd.DataFrame:
    """Vacant posts of each team and month beside those filled: ``vacancy_fte`` and ``posts_fte``, one row each.

    Raises
    ------
    CoverageError
        ``team_month`` lacks ``vacancy_fte`` or ``fte``.
    """
    rows = require(data, "team_month", "team_id", "month", "vacancy_fte", "fte")
    out = rows[["team_id", "month"]].assign(vacancy_fte=number_values(rows, "vacancy_fte"))
    out["posts_fte"] = out["vacancy_fte"] + number_values(rows, "fte")
    return out.assign(vacancy_fte=out["vacancy_fte"].where(np.isfinite(out["posts_fte"]))).reset_index(drop=True)
