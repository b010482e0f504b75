"""One row a worker in post and survey wave, answered or not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.constructs.career import EARLY_STAGES, SUPERVISOR_ROLES, career_stage
from hybrid_toolkit.metrics.constructs.exposure import worker_month_exposure
from hybrid_toolkit.metrics.constructs.wellbeing import survey_scores
from hybrid_toolkit.metrics.instruments import instrument_ids, load_instrument
from hybrid_toolkit.metrics.unit_frames import flag_values, require, safe_ratio
from hybrid_toolkit.study.units.calendar import POLICY, with_policy
from hybrid_toolkit.study.units.part import ColumnSource, Unit, same
from hybrid_toolkit.study.units.workers import ATTENDED, MONTH, WORKED, WORKER, worker_rows


def _waves(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """One row a worker in post and wave, answered or not; supervisors are left out.

    ``assessed_year`` is told by the date of registration or by the flag of the staff list. The flag is that of the day
    of the list: who is in the assessed year then was no further on at an earlier wave.
    """
    workers = require(data, "worker", "worker_id", "team_id", "role", "reg_date")
    answers = require(data, "survey", "wave", "month")
    waves = answers[["wave", "month"]].dropna().drop_duplicates("wave").sort_values("wave")
    rows = workers[~workers["role"].isin(SUPERVISOR_ROLES)].merge(waves, how="cross")
    start = rows["start_date"] if "start_date" in rows else pd.Series(pd.NaT, index=rows.index)
    leave = rows["leave_date"] if "leave_date" in rows else pd.Series(pd.NaT, index=rows.index)
    ends = rows["month"] + pd.offsets.MonthEnd(0)
    rows = rows[(start.isna() | (start <= ends)) & (leave.isna() | (leave >= rows["month"]))]
    stage = career_stage(rows, rows["month"])
    out = rows[["worker_id", "wave", "month", "team_id"]].assign(stage=stage)
    flagged = (
        flag_values(rows, "asye").fillna(False).astype(bool) if "asye" in rows else pd.Series(False, index=rows.index)
    )
    return out.assign(
        early_career=stage.isin(EARLY_STAGES).astype("boolean").where(stage.notna()),
        assessed_year=(stage.eq("asye") | flagged).astype("boolean").where(stage.notna() | flagged),
    )


def _to_date(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """Mean of a worker's monthly shares from the first month to this one."""
    rows = worker_month_exposure(data).sort_values(["worker_id", "month"])
    out = rows[["worker_id", "month"]].copy()
    for name in ("rs_desk", "rs_attendance"):
        total = rows[name].fillna(0.0).groupby(rows["worker_id"]).cumsum()
        months = rows[name].notna().groupby(rows["worker_id"]).cumsum().astype("float64")
        out[f"{name}_to_date"] = safe_ratio(total, months)
    return out


def _scores(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    held = data["survey"]["instrument"].unique() if data.has("survey", "instrument") else ()
    ids = sorted({_SCALES[c] for c in wanted if c in _SCALES} & set(held))
    scores = survey_scores(data, ids).drop(columns=["month", "team_id", "stage"])
    return scores.assign(responded=True)


def _policy(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return with_policy(_waves(data, wanted)[["worker_id", "wave", "month", "team_id"]], data)


_SCALES: Mapping[str, str] = MappingProxyType({s.id: i for i in instrument_ids() for s in load_instrument(i).scales})
"""Scale -> its instrument."""


UNIT = Unit(
    "worker and wave",
    "workers' waves",
    (
        ColumnSource(
            {
                "worker_id": ("worker.worker_id",),
                "wave": ("survey.wave", "survey.month"),
                "month": ("survey.month",),
                "team_id": ("worker.team_id",),
                "stage": ("worker.role", "worker.reg_date"),
                "early_career": ("worker.role", "worker.reg_date"),
                "assessed_year": ("worker.role", "worker.reg_date", "worker.asye"),
            },
            ("worker_id", "wave"),
            _waves,
            ("worker.team_id", "worker.role", "worker.reg_date"),
        ),
        ColumnSource(
            {
                "rs_desk_to_date": (*MONTH, *WORKED),
                "rs_attendance_to_date": (*MONTH, *ATTENDED),
            },
            ("worker_id", "month"),
            _to_date,
        ),
        ColumnSource(
            dict.fromkeys(
                (*_SCALES, "responded"),
                ("survey.worker_id", "survey.wave", "survey.instrument", "survey.item", "survey.value"),
            ),
            ("worker_id", "wave"),
            _scores,
        ),
        ColumnSource(
            dict.fromkeys(("policy_start", "under_policy"), (*POLICY, "worker.team_id")),
            ("worker_id", "wave"),
            _policy,
        ),
        ColumnSource(same(WORKER, "worker", "worker_id"), ("worker_id",), worker_rows),
    ),
)
