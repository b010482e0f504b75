"""What a worker's month began with: cases, the team's vacant posts and sickness, of the month before."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.unit_frames import look_up, number_values, optional, require, safe_ratio
from hybrid_toolkit.study.units.part import ColumnSource
from hybrid_toolkit.study.units.workers import MONTH

_COLUMNS = ("caseload_last", "sickness_last", "vacancy_last")
_TEAM = ("worker.worker_id", "worker.team_id")


def _before(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    source = require(data, "worker_month", "worker_id", "month").reset_index(drop=True)
    rows = look_up(source[["worker_id", "month"]], optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    if "caseload_last" in wanted:
        rows["caseload_last"] = number_values(source, "cases")
    if "sickness_last" in wanted:
        lost = number_values(source, "sick_days")
        rows["sickness_last"] = lost.groupby([rows["team_id"], rows["month"]]).transform("mean")
    if "vacancy_last" in wanted:
        team = require(data, "team_month", "team_id", "month", "fte", "vacancy_fte").copy()
        team["vacancy_last"] = safe_ratio(team["vacancy_fte"], team["fte"] + team["vacancy_fte"])
        rows = rows.merge(team[["team_id", "month", "vacancy_last"]], on=["team_id", "month"], how="left")
    rows["month"] = (rows["month"] + pd.DateOffset(months=1)).astype("datetime64[us]")
    return rows[["worker_id", "month", *(c for c in _COLUMNS if c in rows)]]


MONTH_BEFORE = ColumnSource(
    {
        "caseload_last": (*MONTH, "worker_month.cases"),
        "sickness_last": (*MONTH, "worker_month.sick_days", *_TEAM),
        "vacancy_last": (*MONTH, *_TEAM, *(f"team_month.{c}" for c in ("team_id", "month", "fte", "vacancy_fte"))),
    },
    ("worker_id", "month"),
    _before,
)
"""Missing in a worker's first month on record."""
