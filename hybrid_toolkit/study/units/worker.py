"""One row a worker who was in post in the period: when they were seen, and whether they left.

Time is tenure, in months (30.4375 days) since the start in this authority. Workers who began before the period are in
the data only because they had not left by then, so they come under observation late: ``entry`` is their tenure on the
first day of the period, 0 for who joined within it (left truncation). ``duration`` is tenure at leaving, or at the end
of the period; ``left`` is 1 where the worker left by then. Who left before the period, or began after it, has no row.

The period is that of ``worker_month``, whole months. Exposure must come before leaving: ``rs_desk_first``,
``rs_attendance_first`` and ``caseload_first`` are means over the worker's first three months in the period, and
``entry_after_first`` is the tenure at the end of those months. It is missing for who left before then, so that no
leaver's exposure is measured over a shorter time. A study of these columns takes it as its entry, and speaks of
workers who stayed three months. ``swemwbs_first`` is wellbeing in a survey wave within those months.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.constructs.wellbeing import survey_scores
from hybrid_toolkit.metrics.unit_frames import (
    EARLY_STAGES,
    career_stage,
    look_up,
    number_values,
    require,
    worker_month_exposure,
)
from hybrid_toolkit.study.units.unit_definition import ColumnSource, Unit, same
from hybrid_toolkit.study.units.worker_columns import ATTENDED, MONTH, WORKED, WORKER, worker_rows

MONTH_DAYS = 30.4375
FIRST_MONTHS = 3
"""Months of a worker's own in the period over which exposure is measured."""
_TENURE = ("worker.worker_id", "worker.start_date", "worker.leave_date", *MONTH)


def _period(data: EvaluationData) -> tuple[pd.Timestamp, pd.Timestamp]:
    """First and last day of the period."""
    months = require(data, "worker_month", "worker_id", "month")["month"]
    return months.min(), months.max() + pd.offsets.MonthEnd(0)


def _tenure(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = require(data, "worker", "worker_id", "start_date", "leave_date").reset_index(drop=True)
    opens, closes = _period(data)
    start, leave = rows["start_date"], rows["leave_date"]
    seen = (start <= closes) & (leave.isna() | (leave >= opens))
    out = look_up(rows[["worker_id"]], data["worker"], "worker_id", ["team_id"])
    out["entry"] = ((start.where(start > opens, opens) - start).dt.days / MONTH_DAYS).astype("float64")
    ends = leave.where(leave < closes, closes)
    # a day is counted from its start to its end, so that who left on the first day was there for one
    out["duration"] = ((ends - start).dt.days + 1) / MONTH_DAYS
    out["left"] = (leave.notna() & (leave <= closes)).astype("float64")
    return out[seen].reset_index(drop=True)


def _first_months(data: EvaluationData) -> pd.DataFrame:
    """``worker_id``, ``month`` of each worker's first months in the period that count."""
    rows = require(data, "worker_month", "worker_id", "month").sort_values(["worker_id", "month"])
    began = rows.groupby("worker_id")["month"].transform("min")
    last = (began + pd.DateOffset(months=FIRST_MONTHS - 1)).astype("datetime64[us]")
    return rows.loc[rows["month"] <= last, ["worker_id", "month"]].assign(last=last)


def _landmark(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """Tenure at the end of the first months, for workers still in post after it."""
    last = _first_months(data).drop_duplicates("worker_id")[["worker_id", "last"]]
    rows = require(data, "worker", "worker_id", "start_date", "leave_date").merge(last, on="worker_id", how="left")
    _, closes = _period(data)
    ends = rows["last"] + pd.offsets.MonthEnd(0)
    there = (rows["leave_date"].isna() | (rows["leave_date"] > ends)) & (closes > ends)
    at = ((ends - rows["start_date"]).dt.days + 1) / MONTH_DAYS
    return rows[["worker_id"]].assign(entry_after_first=at.where(there))


def _exposure(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = worker_month_exposure(data).merge(_first_months(data), on=["worker_id", "month"])
    mean = rows.groupby("worker_id")[["rs_desk", "rs_attendance"]].mean()
    return mean.add_suffix("_first").reset_index()


def _caseload(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    source = require(data, "worker_month", "worker_id", "month", "cases")
    rows = source[["worker_id", "month"]].assign(caseload_first=number_values(source, "cases"))
    kept = rows.merge(_first_months(data), on=["worker_id", "month"])
    return kept.groupby("worker_id")["caseload_first"].mean().reset_index()


def _wellbeing(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    scores = survey_scores(data, ["swemwbs"])[["worker_id", "month", "swemwbs"]]
    rows = scores.merge(_first_months(data), on=["worker_id", "month"]).dropna(subset=["swemwbs"])
    first = rows.sort_values("month", kind="stable").drop_duplicates("worker_id")
    return first.rename(columns={"swemwbs": "swemwbs_first"})[["worker_id", "swemwbs_first"]]


def _stage(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """Career stage on the first day under observation."""
    rows = require(data, "worker", "worker_id", "role", "reg_date", "start_date")
    opens, start = _period(data)[0], rows["start_date"]
    stage = career_stage(rows, start.where(start > opens, opens))
    early = stage.isin(EARLY_STAGES).astype("boolean").where(stage.notna())
    return rows[["worker_id"]].assign(stage=stage, early_career=early)


_ANSWERS = ("survey.worker_id", "survey.wave", "survey.month", "survey.instrument", "survey.item", "survey.value")
UNIT = Unit(
    "worker in post",
    "workers",
    (
        ColumnSource(
            {
                "worker_id": ("worker.worker_id",),
                "team_id": ("worker.team_id",),
                **dict.fromkeys(("entry", "duration", "left"), _TENURE),
            },
            ("worker_id",),
            _tenure,
            _TENURE,
        ),
        ColumnSource({"entry_after_first": _TENURE}, ("worker_id",), _landmark),
        ColumnSource(
            {"rs_desk_first": (*MONTH, *WORKED), "rs_attendance_first": (*MONTH, *WORKED, *ATTENDED)},
            ("worker_id",),
            _exposure,
        ),
        ColumnSource({"caseload_first": (*MONTH, "worker_month.cases")}, ("worker_id",), _caseload),
        ColumnSource({"swemwbs_first": (*MONTH, *_ANSWERS)}, ("worker_id",), _wellbeing),
        ColumnSource(
            dict.fromkeys(("stage", "early_career"), ("worker.role", "worker.reg_date", "worker.start_date", *MONTH)),
            ("worker_id",),
            _stage,
        ),
        ColumnSource(same(WORKER, "worker", "worker_id"), ("worker_id",), worker_rows),
    ),
    ("worker.worker_id", "worker.start_date", "worker_month.month"),
)
