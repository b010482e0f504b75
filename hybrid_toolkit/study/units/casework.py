"""Parts that rows of contacts, ratings and answers about a worker have in common: the worker's month, the family."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import ACCESS_FLAGS
from hybrid_toolkit.metrics.constructs.career import EARLY_STAGES, career_stage
from hybrid_toolkit.metrics.constructs.exclusion import household_access
from hybrid_toolkit.metrics.constructs.exposure import worker_month_exposure
from hybrid_toolkit.metrics.unit_frames import require
from hybrid_toolkit.study.units.part import ColumnSource, same
from hybrid_toolkit.study.units.workers import ATTENDED, MONTH, WORKED, WORKER, worker_rows


def _exposure(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = worker_month_exposure(data).rename(columns={"loo_team_office_rate": "colleagues_office_share"})
    after = rows[["worker_id", "month", "rs_desk"]].rename(columns={"rs_desk": "rs_desk_next"})
    after["month"] = (after["month"] - pd.DateOffset(months=1)).astype("datetime64[us]")
    return rows.drop(columns="team_id").merge(after, on=["worker_id", "month"], how="left")


def _family(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = require(data, "family", "family_id")
    return rows[["family_id", *(c for c in ("risk", "need", "rural", "n_children") if c in rows)]]


def _access(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return household_access(data)[["family_id", "low_access"]]


def _stage(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    workers = require(data, "worker", "worker_id", "role", "reg_date")
    months = require(data, "worker_month", "worker_id", "month")[["worker_id", "month"]]
    rows = months.merge(workers, on="worker_id", how="left")
    stage = career_stage(rows, rows["month"])
    early = stage.isin(EARLY_STAGES).astype("boolean").where(stage.notna())
    return months.assign(stage=stage, early_career=early)


WORKERS_MONTH = ColumnSource(
    {
        "rs_desk": (*MONTH, *WORKED),
        "rs_desk_next": (*MONTH, *WORKED),
        "rs_attendance": (*MONTH, *WORKED, *ATTENDED),
        "colleagues_office_share": (*MONTH, *WORKED, "worker.worker_id", "worker.team_id"),
    },
    ("worker_id", "month"),
    _exposure,
)
"""What the worker did in the month of the row."""
WORKER_STAGE = ColumnSource(
    dict.fromkeys(("stage", "early_career"), ("worker.worker_id", "worker.role", "worker.reg_date", *MONTH)),
    ("worker_id", "month"),
    _stage,
)
"""The worker's career stage in the month of the row."""
THE_FAMILY = ColumnSource(same(("risk", "need", "rural", "n_children"), "family", "family_id"), ("family_id",), _family)
FAMILY_ACCESS = ColumnSource(
    {"low_access": ("access.family_id", "access.date", *(f"access.{f}" for f in ACCESS_FLAGS))}, ("family_id",), _access
)
THE_WORKER = ColumnSource(same(WORKER, "worker", "worker_id"), ("worker_id",), worker_rows)
