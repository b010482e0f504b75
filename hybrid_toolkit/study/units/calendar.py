"""Months as numbers, and the months of a team's policy: what every kind of row with a month shares."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.unit_frames import look_up, require

POLICY = ("team.team_id", "team.rollout_month")


def months_since(days: pd.Series[pd.Timestamp], first: pd.Timestamp) -> pd.Series[float]:
    """Months counted from 1 in the first month; 0 and below before it, missing where the day is.

    Examples
    --------
    >>> days = pd.Series(pd.to_datetime(["2025-01-20", "2026-02-01", "2024-12-31"]))
    >>> months_since(days, pd.Timestamp("2025-01-01")).tolist()
    [1.0, 14.0, 0.0]
    """
    when = pd.to_datetime(days)
    return 12.0 * (when.dt.year - first.year) + when.dt.month - first.month + 1.0


def with_policy(rows: pd.DataFrame, data: EvaluationData) -> pd.DataFrame:
    """Rows of ``team_id`` and ``month`` with ``policy_start`` and ``under_policy``.

    ``policy_start`` counts as ``month_index`` does and is missing where the team has no policy; ``under_policy`` is 1
    from that month on, and 0 before it and in teams without one. Rows whose team is not known have neither.
    """
    teams = require(data, "team", "team_id", "rollout_month")
    out = look_up(rows, teams, "team_id", ["rollout_month"])
    first = out["month"].min()
    out["policy_start"] = months_since(out["rollout_month"], first)
    under = months_since(out["month"], first).ge(out["policy_start"]).astype("float64")
    out["under_policy"] = under.where(out["team_id"].isin(teams["team_id"]) & out["month"].notna())
    return out.drop(columns="rollout_month")
