"""How, and how much, a worker works away from the office (metrics ME1 to ME8)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.constructs.career import registered_years
from hybrid_toolkit.metrics.unit_frames import look_up, month_of, number_values, optional, require, safe_ratio

_MOSTLY = 0.5
"""Mean share of desk time at home from which a worker counts as mostly at home: half of it."""

WORKED_HOURS = ("h_home", "h_office", "h_visit", "h_visit_travel", "h_court")
"""Hours that count as worked; commuting is not among them."""
SENIOR_YEARS = 3
"""Years since registration from which a colleague counts as experienced (ME4)."""


def worker_month_exposure(data: EvaluationData) -> pd.DataFrame:
    """Exposure to hybrid working, one row a worker and month.

    Columns: ``worker_id``, ``month``, ``team_id``; ``rs_desk`` = home / (home + office) desk hours (ME1, primary);
    ``rs_all`` = home / all worked hours without commuting; ``rs_attendance`` = home half-days / all half-days of
    ``attendance_day`` in that month, a second measure that does not share the hours' error, missing where none
    was kept; ``desk_h``; ``co_presence`` (ME3) and ``senior_overlap`` (ME4) as recorded; ``loo_team_office_rate`` =
    the office share of the desk hours of the worker's colleagues, without the worker. All shares are 0 to 1.
    Hours of zero, or missing, give a missing share: nothing is filled.

    Parameters
    ----------
    data : EvaluationData
        The data.

    Returns
    -------
    pd.DataFrame
        Exposure to hybrid working, one row a worker and month.

    Raises
    ------
    CoverageError
        ``worker_month`` lacks ``h_home`` or ``h_office``.

    Examples
    --------
    >>> month = pd.to_datetime(["2025-01-01"] * 2)
    >>> d = EvaluationData({
    ...     "worker": pd.DataFrame({"worker_id": ["a", "b"], "team_id": ["t", "t"]}),
    ...     "worker_month": pd.DataFrame(
    ...         {"worker_id": ["a", "b"], "month": month, "h_home": [30.0, 10.0], "h_office": [10.0, 30.0]})})
    >>> worker_month_exposure(d)[["worker_id", "rs_desk", "loo_team_office_rate"]]
      worker_id  rs_desk  loo_team_office_rate
    0         a     0.75                  0.75
    1         b     0.25                  0.25
    """
    rows = require(data, "worker_month", "worker_id", "month", "h_home", "h_office")
    out = look_up(rows[["worker_id", "month"]], optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    home, office = number_values(rows, "h_home"), number_values(rows, "h_office")
    desk = home + office
    worked = pd.concat([number_values(rows, c) for c in WORKED_HOURS], axis=1).sum(axis=1, skipna=False)
    out["rs_desk"] = safe_ratio(home, desk)
    out["rs_all"] = safe_ratio(home, worked)
    out["rs_attendance"] = _attendance_share(data, out)
    out["desk_h"] = desk
    out["co_presence"] = number_values(rows, "co_presence")
    out["senior_overlap"] = number_values(rows, "senior_overlap")
    out["loo_team_office_rate"] = _others_rate(out, office.where(desk.notna()), desk.where(office.notna()))
    return out.reset_index(drop=True)


def _others_rate(keys: pd.DataFrame, top: pd.Series[float], bottom: pd.Series[float]) -> pd.Series[float]:
    """Ratio of sums over a worker's team and month, without the worker."""
    pair = pd.DataFrame({"top": top, "bottom": bottom}).fillna(0.0)
    total = pair.groupby([keys["team_id"].fillna(""), keys["month"]]).transform("sum")
    rate = safe_ratio(total["top"] - pair["top"], (total["bottom"] - pair["bottom"]).round(9))
    return rate.where(keys["team_id"].notna())


def _attendance_share(data: EvaluationData, keys: pd.DataFrame) -> pd.Series[float]:
    days = optional(data, "attendance_day", "worker_id", "date", "site_id")
    if days is None or days.empty:
        return pd.Series(np.nan, index=keys.index, dtype="float64")
    home = days["site_id"].eq("home").astype("float64").where(days["site_id"].notna())
    share = home.groupby([days["worker_id"], month_of(days["date"]).rename("month")]).mean()
    index = pd.MultiIndex.from_arrays([keys["worker_id"], keys["month"].astype("datetime64[us]")])
    return pd.Series(share.reindex(index).to_numpy(), index=keys.index)


def attendance_overlap(data: EvaluationData) -> pd.DataFrame:
    """Co-presence (ME3) and senior overlap (ME4) worked out from attendance, one row a worker and month.

    Over the half-days a worker is recorded: ``co_presence`` = pairs (half-day, colleague of the team) in which both
    were at the same office site / all pairs in which the colleague was recorded too; ``senior_overlap`` = share of
    half-days at the same office site as a colleague of the team registered three years or more. Both fall by
    construction when the worker's own remote share rises: read them beside the leave-one-out rate.

    Columns: ``worker_id``, ``month``, ``team_id``, ``half_days``, ``co_presence``, ``senior_overlap`` (0 to 1).

    Raises
    ------
    CoverageError
        ``attendance_day`` or ``worker.team_id`` is not there.

    Examples
    --------
    >>> d = EvaluationData({
    ...     "worker": pd.DataFrame({"worker_id": ["a", "b", "c"], "team_id": ["t"] * 3}),
    ...     "attendance_day": pd.DataFrame({
    ...         "worker_id": ["a", "b", "c"], "date": pd.to_datetime(["2025-01-06"] * 3),
    ...         "site_id": ["hq", "hq", "home"], "slot": ["am"] * 3})})
    >>> attendance_overlap(d)["co_presence"].tolist()
    [0.5, 0.5, 0.0]
    """
    workers = require(data, "worker", "worker_id", "team_id")
    days = require(data, "attendance_day", "worker_id", "date", "site_id", "slot")
    rows = look_up(days, workers, "worker_id", ["team_id"]).dropna(subset=["team_id", "site_id"])
    rows["month"] = month_of(rows["date"])
    rows["years"] = registered_years(look_up(rows, workers, "worker_id", ["reg_date"])["reg_date"], rows["date"])
    slot, office = ["team_id", "date", "slot"], rows["site_id"] != "home"
    senior = rows["years"].ge(SENIOR_YEARS) & office
    others = rows.groupby(slot)["worker_id"].transform("size") - 1
    same = rows.groupby([*slot, "site_id"])["worker_id"].transform("size") - 1
    seniors = senior.groupby([rows[c] for c in [*slot, "site_id"]]).transform("sum") - senior.astype("int64")
    parts = pd.DataFrame(
        {
            "half_days": 1.0,
            "others": others.astype("float64"),
            "met": same.where(office, 0).astype("float64"),
            "with_senior": (office & seniors.gt(0)).astype("float64"),
        }
    )
    total = parts.groupby([rows["worker_id"], rows["month"], rows["team_id"]]).sum().reset_index()
    total["co_presence"] = safe_ratio(total["met"], total["others"])
    total["senior_overlap"] = safe_ratio(total["with_senior"], total["half_days"])
    return total[["worker_id", "month", "team_id", "half_days", "co_presence", "senior_overlap"]]


def worker_month_load(data: EvaluationData) -> pd.DataFrame:
    """Meetings, travel and cover, one row a worker and month (ME5, ME7, ME8, MD10).

    Columns: ``worker_id``, ``month``, ``team_id``, ``meeting_h`` (online, hours a week), ``b2b`` (share),
    ``commute_h`` and ``visit_travel_h`` (hours a month), ``travel_h`` (both), ``unpaid_h`` (hours a week),
    ``duty_cover`` (responses for colleagues' families), ``office_days`` (desk hours at an office / 7.4).

    Raises
    ------
    CoverageError
        There is no ``worker_month`` table.
    """
    rows = require(data, "worker_month", "worker_id", "month")
    out = look_up(rows[["worker_id", "month"]], optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    for name in ("meeting_h", "b2b", "unpaid_h", "duty_cover"):
        out[name] = number_values(rows, name)
    out["commute_h"] = number_values(rows, "h_commute")
    out["visit_travel_h"] = number_values(rows, "h_visit_travel")
    out["travel_h"] = out["commute_h"] + out["visit_travel_h"]
    out["office_days"] = number_values(rows, "h_office") / 7.4
    return out.reset_index(drop=True)


def mode_of_work(data: EvaluationData, rows: pd.DataFrame) -> pd.Series[str]:
    """Mostly home or mostly office of each row of a frame with ``worker_id`` and ``month``.

    The mean desk share at home of the months up to the row's, from .5 up or below; missing where none is known.

    Raises
    ------
    CoverageError
        ``worker_month`` lacks the hours.
    """
    exposure = worker_month_exposure(data)[["worker_id", "month", "rs_desk"]].dropna()
    keys = rows[["worker_id", "month"]].drop_duplicates().dropna()
    pairs = keys.merge(exposure, on="worker_id", suffixes=("", "_rs"))
    share = pairs[pairs["month_rs"] <= pairs["month"]].groupby(["worker_id", "month"])["rs_desk"].mean()
    found = share.reindex(pd.MultiIndex.from_frame(rows[["worker_id", "month"]]))
    mean = pd.Series(found.to_numpy(), index=rows.index, dtype="float64")
    return (
        pd.Series("mostly office", index=rows.index, dtype="str")
        .where(mean < _MOSTLY, "mostly home")
        .where(mean.notna())
    )
