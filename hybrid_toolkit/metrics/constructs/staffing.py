"""Turnover, agency share, headcount and tenure from the rows of workers, by team and month (MF1).

Held to the definitions of the published workforce statistics: in post and agency workers are counted on the last day
of a month, in full-time equivalents, agency workers apart; leavers are those of the twelve months up to that day,
with the full-time equivalent they had. The rate of a September is then that of the published year.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.unit_frames import flag_values, look_up, number_values, optional, require

YEAR_MONTHS = 12
"""Months of leavers that a turnover rate counts, and months looked at where no others are given."""
ABSENCE_DAYS = 253
"""Working days a year in the published absence rate."""
_SEPTEMBER = 9
"""The published workforce statistics count on 30 September and add up the year before it."""
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
    keys = _staff(data)
    out = _in_months(keys, _months(data, keys))
    size = out.groupby(["team_id", "month"])["post_head"].transform("size").astype("float64")
    out["team_months"] = 1.0 / size
    wanted = ["worker_id", "team_id", "month", "post_head", "post_fte", "agency_fte", "all_fte", "left_fte"]
    return out[[*wanted, "tenure_years", "team_months"]].sort_values(["month", "worker_id"]).reset_index(drop=True)


def _staff(data: EvaluationData) -> pd.DataFrame:
    """Workers with their team, hours, agency flag, start and leaving."""
    rows = require(data, "worker", "worker_id", "start_date", "leave_date").reset_index(drop=True)
    team = rows["team_id"] if "team_id" in rows else pd.Series(pd.NA, index=rows.index, dtype="str")
    fte = number_values(rows, "fte")
    keys = pd.DataFrame({"worker_id": rows["worker_id"], "team_id": team, "fte": fte if fte.notna().any() else 1.0})
    keys["agency"] = flag_values(rows, "agency").fillna(False).astype(bool)
    keys[["start", "leave"]] = rows[["start_date", "leave_date"]]
    return keys


def _in_months(keys: pd.DataFrame, months: pd.Series[pd.Timestamp]) -> pd.DataFrame:
    """Workers in post or agency on the last day of each month, or gone within the year before it, and their hours."""
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
    return out[there | gone]


def _months(data: EvaluationData, keys: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    held = optional(data, "worker_month", "month")
    if held is not None and held["month"].notna().any():
        first, last = held["month"].min(), held["month"].max()
    else:
        last = _last_day(keys).to_period("M").to_timestamp()
        first = last - pd.DateOffset(months=YEAR_MONTHS - 1)
    return pd.Series(pd.date_range(first, last, freq="MS").astype("datetime64[us]"))


def staff_years(data: EvaluationData) -> pd.DataFrame:
    """Tops and bottoms of the published workforce rates from the rows of workers, one row a worker and September.

    Columns: ``worker_id``, ``team_id``, ``la_id`` (of the team, where it is known), ``year`` to 30 September,
    ``inpost_fte``, ``leavers_fte``, ``agency_fte``, ``agency_base``, ``absence_base`` as ``staff_months`` and
    ``authority_years`` have them; ``cases`` and ``case_holders_fte`` of who holds cases in September, agency workers
    among them; ``working_days_lost_fte``, agency workers left out, missing where not all twelve months are in
    ``worker_month``. Septembers go from the first leaving on record, before which leavers may be missing from the list,
    to the last date on record.

    Raises
    ------
    CoverageError
        ``worker`` lacks ``start_date`` or ``leave_date``.

    References
    ----------
    Department for Education, Children's social work workforce: methodology.

    Examples
    --------
    >>> day = pd.to_datetime
    >>> w = pd.DataFrame({"worker_id": ["a", "b", "c"], "team_id": "t", "fte": [1.0, 0.5, 1.0], "agency": False,
    ...     "start_date": day(["2020-01-01"] * 3), "leave_date": day([None, "2025-03-15", "2024-01-31"])})
    >>> staff_years(EvaluationData({"worker": w}))[["worker_id", "year", "inpost_fte", "leavers_fte"]].values.tolist()
    [['a', 2024, 1.0, nan], ['b', 2024, 0.5, nan], ['c', 2024, 0.0, nan]]
    """
    keys, held = _staff(data), optional(data, "worker_month", "worker_id", "month")
    first = keys["leave"].min()
    last = (
        _last_day(keys) if held is None or held["month"].isna().all() else held["month"].max() + pd.offsets.MonthEnd(0)
    )
    days = pd.date_range(first, last, freq="ME") if pd.notna(first) else pd.DatetimeIndex([])
    septembers = pd.Series(days[days.month == _SEPTEMBER].to_period("M").to_timestamp())
    out = _in_months(keys, septembers.astype("datetime64[us]"))
    out = look_up(out, optional(data, "team", "la_id"), "team_id", ["la_id"])
    out["year"] = out["month"].dt.year.astype("int64")
    out = out.rename(columns={"post_fte": "inpost_fte", "left_fte": "leavers_fte", "all_fte": "agency_base"})
    out["absence_base"] = ABSENCE_DAYS * out["inpost_fte"]
    out = out.reset_index(drop=True)
    out["cases"] = _in_september(out, held, "cases").where(out["agency_base"] > 0)
    holds = out["cases"] > 0
    out["case_holders_fte"] = out["fte"].where(holds, 0.0).where(out["cases"].notna())
    lost = _in_year(out, held, "sick_days")
    out["working_days_lost_fte"] = lost.mask(out["agency"], 0.0).where(lost.notna())
    wanted = ["worker_id", "team_id", "la_id", "year", "inpost_fte", "leavers_fte", "agency_fte", "agency_base"]
    wanted += ["absence_base", "cases", "case_holders_fte", "working_days_lost_fte"]
    return out[wanted].sort_values(["year", "worker_id"]).reset_index(drop=True)


def _in_september(rows: pd.DataFrame, held: pd.DataFrame | None, column: str) -> pd.Series[float]:
    """A column of ``worker_month`` in the month of each row; 0 for who has no row there in a month that is recorded."""
    if held is None or column not in held:
        return pd.Series(np.nan, index=rows.index)
    some = held.assign(value=number_values(held, column)).dropna(subset=["value"])
    found = rows[["worker_id", "month"]].merge(
        some.drop_duplicates(["worker_id", "month"]), on=["worker_id", "month"], how="left"
    )["value"]
    return found.fillna(0.0).where(rows["month"].isin(some["month"]).to_numpy()).set_axis(rows.index)


def _in_year(rows: pd.DataFrame, held: pd.DataFrame | None, column: str) -> pd.Series[float]:
    """The sum of a column of ``worker_month`` over the year to each row's month, where all twelve are recorded."""
    if held is None or column not in held:
        return pd.Series(np.nan, index=rows.index)
    some = held.assign(value=number_values(held, column)).dropna(subset=["value"])
    # October to September become one calendar year.
    ends = some["month"] + pd.offsets.DateOffset(months=12 - _SEPTEMBER)
    some = some.assign(year=ends.dt.year.astype("int64"))
    whole = some.groupby("year")["month"].nunique().eq(YEAR_MONTHS)
    added = some.groupby(["worker_id", "year"], as_index=False)["value"].sum()
    found = rows[["worker_id", "year"]].merge(added, on=["worker_id", "year"], how="left")["value"].fillna(0.0)
    return found.where(rows["year"].isin(whole.index[whole]).to_numpy()).set_axis(rows.index)


def vacancy_years(data: EvaluationData) -> pd.DataFrame:
    """``vacancy_fte`` and ``vacancy_base`` (with in post) of each team in each September, with ``year``."""
    rows = team_vacancies(data)
    rows = rows[rows["month"].dt.month.eq(_SEPTEMBER)]
    year = rows["month"].dt.year.astype("int64")
    out: pd.DataFrame = rows.rename(columns={"posts_fte": "vacancy_base"}).drop(columns="month").assign(year=year)
    return out


def _last_day(keys: pd.DataFrame) -> pd.Timestamp:
    """The last start or leaving on record; a day that is still to come, as the end of a contract, is a plan."""
    days = pd.concat([keys["start"], keys["leave"]]).dropna()
    past = days[days <= pd.Timestamp.now()]
    return pd.Timestamp((past if len(past) else days).max())


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
