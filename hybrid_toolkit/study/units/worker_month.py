"""One row a worker and month in post.

``month_index`` counts months from 1, the first month of the rows. ``rs_desk_last`` and ``caseload_last`` are those of
the month before, ``rs_desk_next`` that of the month after; missing where the worker has no such month. ``caseload``
is cases held on the last day; ``sick_days`` days lost, by halves; ``working_days`` what the worker's hours make of 253
days a year, for a rate of days lost; ``broadband`` is 1 where the home has 30 Mbit/s or more.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.constructs.exclusion import ADEQUATE_MBPS
from hybrid_toolkit.metrics.constructs.work_pattern import worker_month_load
from hybrid_toolkit.metrics.unit_frames import (
    EARLY_STAGES,
    career_stage,
    look_up,
    number_values,
    optional,
    require,
    worker_month_exposure,
)
from hybrid_toolkit.study.units.calendar import POLICY, months_since, with_policy
from hybrid_toolkit.study.units.months import WORKING_DAYS_MONTH
from hybrid_toolkit.study.units.unit_definition import ColumnSource, Unit, same
from hybrid_toolkit.study.units.worker_columns import ATTENDED, MONTH, WORKED, WORKER, worker_rows

_KEYS = ("worker_id", "month")
_TEAM = ("worker.worker_id", "worker.team_id")


def _rows(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = require(data, "worker_month", *_KEYS)
    out = look_up(rows[list(_KEYS)], optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    return out.assign(month_index=months_since(out["month"], out["month"].min())).reset_index(drop=True)


def _policy(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return with_policy(_rows(data, wanted), data)


def _shifted(rows: pd.DataFrame, column: str, name: str, months: int) -> pd.DataFrame:
    """Rows with a worker's value of so many months later (negative: earlier) as another column."""
    other = rows[[*_KEYS, column]].rename(columns={column: name})
    other["month"] = (other["month"] - pd.DateOffset(months=months)).astype("datetime64[us]")
    return rows.merge(other, on=list(_KEYS), how="left")


def _exposure(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = worker_month_exposure(data).rename(columns={"loo_team_office_rate": "colleagues_office_share"})
    return _shifted(_shifted(rows, "rs_desk", "rs_desk_last", -1), "rs_desk", "rs_desk_next", 1)


def _load(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = worker_month_load(data)
    source = data["worker_month"].reset_index(drop=True)
    rows["caseload"], rows["sick_days"] = number_values(source, "cases"), number_values(source, "sick_days")
    return _shifted(rows, "caseload", "caseload_last", -1)


def _worker(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = require(data, "worker", "worker_id")
    out = worker_rows(data, wanted)
    speed = number_values(rows, "broadband_mbps")
    out["broadband"] = speed.ge(ADEQUATE_MBPS).astype("float64").where(speed.notna())
    return out.assign(working_days=WORKING_DAYS_MONTH * number_values(rows, "fte"))


def _stage(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    keys = require(data, "worker_month", *_KEYS)[list(_KEYS)]
    rows = keys.merge(require(data, "worker", "worker_id", "role", "reg_date"), on="worker_id", how="left")
    stage = career_stage(rows, rows["month"])
    early = stage.isin(EARLY_STAGES).astype("boolean").where(stage.notna())
    return rows[list(_KEYS)].assign(stage=stage, early_career=early)


UNIT = Unit(
    "worker and month",
    "workers' months",
    (
        ColumnSource({**same(_KEYS, "worker_month"), "team_id": _TEAM, "month_index": MONTH}, _KEYS, _rows),
        ColumnSource(
            {
                **dict.fromkeys(("rs_desk", "rs_desk_last", "rs_desk_next"), (*MONTH, *WORKED)),
                "rs_all": (*MONTH, *WORKED, *(f"worker_month.h_{h}" for h in ("visit", "visit_travel", "court"))),
                "rs_attendance": (*MONTH, *WORKED, *ATTENDED),
                "co_presence": (*MONTH, *WORKED, "worker_month.co_presence"),
                "senior_overlap": (*MONTH, *WORKED, "worker_month.senior_overlap"),
                "colleagues_office_share": (*MONTH, *WORKED, *_TEAM),
            },
            _KEYS,
            _exposure,
        ),
        ColumnSource(
            {
                "caseload": (*MONTH, "worker_month.cases"),
                "caseload_last": (*MONTH, "worker_month.cases"),
                **same(("sick_days", "meeting_h", "b2b", "unpaid_h", "duty_cover"), "worker_month"),
                "commute_h": (*MONTH, "worker_month.h_commute"),
                "visit_travel_h": (*MONTH, "worker_month.h_visit_travel"),
                "travel_h": (*MONTH, "worker_month.h_commute", "worker_month.h_visit_travel"),
                "office_days": (*MONTH, "worker_month.h_office"),
            },
            _KEYS,
            _load,
        ),
        ColumnSource(
            dict.fromkeys(("stage", "early_career"), ("worker.worker_id", "worker.role", "worker.reg_date")),
            _KEYS,
            _stage,
        ),
        ColumnSource(dict.fromkeys(("policy_start", "under_policy"), (*_TEAM, *POLICY)), _KEYS, _policy),
        ColumnSource(
            {
                **same(WORKER, "worker", "worker_id"),
                "broadband": ("worker.worker_id", "worker.broadband_mbps"),
                "working_days": ("worker.worker_id", "worker.fte"),
            },
            ("worker_id",),
            _worker,
        ),
    ),
    ("worker_month.worker_id", "worker_month.month"),
)
