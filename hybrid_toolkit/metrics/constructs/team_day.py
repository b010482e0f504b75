"""Whether a team shares a place (metric ME6)."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.unit_frames import flag_values, look_up, month_of, require


def desks(data: EvaluationData) -> pd.DataFrame:
    """``team_id`` and ``hotdesk`` (0, 1 or missing), one row a team."""
    rows = require(data, "team", "team_id", "hotdesk")
    return rows[["team_id"]].assign(hotdesk=flag_values(rows, "hotdesk").astype("float64")).reset_index(drop=True)


def team_days(data: EvaluationData) -> pd.DataFrame:
    """One row a team and day with two or more workers recorded: ``team_id``, ``date``, ``month``, ``together`` (0/1).

    A team sat together where two at least, and half or more of those recorded that day, were at one office site.

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
    >>> team_days(d)["together"].tolist()
    [1.0]
    """
    rows = _recorded(data)
    people = rows.groupby(["team_id", "date"])["worker_id"].nunique()
    office = rows[rows["site_id"] != "home"]
    most = office.groupby(["team_id", "date", "site_id"])["worker_id"].nunique().groupby(["team_id", "date"]).max()
    out = pd.DataFrame({"people": people, "most": most.reindex(people.index).fillna(0)}).reset_index()
    out = out[out["people"] >= 2].reset_index(drop=True)
    out["together"] = (out["most"].ge(2) & out["most"].ge(out["people"] / 2)).astype("float64")
    out["month"] = month_of(out["date"])
    return out[["team_id", "date", "month", "together"]]


def team_day_people(data: EvaluationData) -> pd.DataFrame:
    """Who was recorded on each day of a team: ``team_id``, ``date``, ``worker_id``, one row each.

    Raises
    ------
    CoverageError
        As ``team_days``.
    """
    return _recorded(data)[["team_id", "date", "worker_id"]].drop_duplicates(ignore_index=True)


def _recorded(data: EvaluationData) -> pd.DataFrame:
    days = require(data, "attendance_day", "worker_id", "date", "site_id")
    rows = look_up(days, require(data, "worker", "worker_id", "team_id"), "worker_id", ["team_id"])
    return rows.dropna(subset=["team_id", "site_id"])
