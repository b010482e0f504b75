"""Columns of a worker that more than one kind of row carries."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.unit_frames import require

WORKER = ("role", "fte", "caring", "commute_min", "agency", "disability", "lives_alone")
WORKED = ("worker_month.h_home", "worker_month.h_office")
MONTH = ("worker_month.worker_id", "worker_month.month")
ATTENDED = ("attendance_day.worker_id", "attendance_day.date", "attendance_day.site_id")


def worker_rows(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """The worker's own columns, those that the data have."""
    rows = require(data, "worker", "worker_id")
    return rows[["worker_id", *(c for c in WORKER if c in rows)]]
