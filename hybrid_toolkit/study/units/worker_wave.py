"""One row a worker in post and survey wave, answered or not.

Two clocks stand side by side and are not mixed: ``wave`` with ``policy_wave``, the first wave at or after the start of
the team's policy; and ``month_index`` with ``policy_start``, in months from that of the first wave.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments import instruments_in
from hybrid_toolkit.metrics.constructs.supervision import supervision_months
from hybrid_toolkit.metrics.constructs.wellbeing import survey_scores
from hybrid_toolkit.metrics.constructs.work_pattern import worker_month_load
from hybrid_toolkit.metrics.unit_frames import (
    EARLY_STAGES,
    SUPERVISOR_ROLES,
    career_stage,
    flag_values,
    require,
    safe_ratio,
    worker_month_exposure,
)
from hybrid_toolkit.study.units.calendar import POLICY, months_since, with_policy
from hybrid_toolkit.study.units.unit_definition import ColumnSource, Unit, same
from hybrid_toolkit.study.units.worker_columns import ATTENDED, MONTH, WORKED, WORKER, worker_rows


def waves_in_post(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
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
    if set(_LOAD) & {c.removesuffix("_to_date") for c in wanted}:
        load = worker_month_load(data)[["worker_id", "month", *_LOAD]]
        rows = rows.merge(load, on=["worker_id", "month"], how="left")
    out = rows[["worker_id", "month"]].copy()
    for name in (n for n in (*_EXPOSURE, *_LOAD) if n in rows):
        total = rows[name].fillna(0.0).groupby(rows["worker_id"]).cumsum()
        months = rows[name].notna().groupby(rows["worker_id"]).cumsum().astype("float64")
        out[f"{name}_to_date"] = safe_ratio(total, months)
    return out


def scores_of_wave(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """Scores of the scales asked for, one row a worker and wave with any."""
    held = data["survey"]["instrument"].unique() if data.has("survey", "instrument") else ()
    ids = sorted({SURVEY_SCALES[c] for c in wanted if c in SURVEY_SCALES} & set(held))
    if not ids:
        return waves_in_post(data, wanted)[["worker_id", "wave"]]
    return survey_scores(data, ids).drop(columns=["month", "team_id", "stage"])


def answered_of_wave(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """1 for who answered anything in a wave, 0 for who was in post and did not."""
    rows = waves_in_post(data, wanted)[["worker_id", "wave"]]
    answers = require(data, "survey", "worker_id", "wave", "value")
    answered = answers.loc[answers["value"].notna(), ["worker_id", "wave"]].drop_duplicates().assign(responded=1.0)
    return rows.merge(answered, on=["worker_id", "wave"], how="left").fillna({"responded": 0.0})


def _supervision(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """Share of a worker's supervision in person, and sessions for each that was due, from the first month to this."""
    rows = supervision_months(data).sort_values(["worker_id", "month"])
    keys = rows["worker_id"]
    sums = rows[["in_person", "in_person_n", "sessions", "due"]].groupby(keys).cumsum()
    return rows[["worker_id", "month"]].assign(
        supervision_in_person_to_date=safe_ratio(sums["in_person"], sums["in_person_n"]),
        supervision_held_to_date=safe_ratio(sums["sessions"], sums["due"]),
    )


def policy_of_wave(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """The team's policy on both clocks, one row a worker in post and wave."""
    rows = waves_in_post(data, wanted)[["worker_id", "wave", "month", "team_id"]]
    out = rows.assign(month_index=months_since(rows["month"], rows["month"].min()))
    if not {"policy_start", "policy_wave", "under_policy"} & set(wanted):
        return out
    out = with_policy(out, data)
    waves = out[["wave", "month_index"]].drop_duplicates("wave").sort_values("wave")
    # the first wave at or after the start; one after the last wave where the policy came later than all of them
    at = waves["month_index"].to_numpy().searchsorted(out["policy_start"].fillna(0).to_numpy())
    known = waves["wave"].astype("float64")
    first = np.append(known, known.max() + 1)[at]
    return out.assign(policy_wave=pd.Series(first, index=out.index).where(out["policy_start"].notna()))


SURVEY_SCALES: Mapping[str, str] = MappingProxyType({s.id: i.id for i in instruments_in("survey") for s in i.scales})
"""Scale of a questionnaire of workers -> its instrument."""
SURVEY_ANSWERS = ("survey.worker_id", "survey.wave", "survey.instrument", "survey.item", "survey.value")


_EXPOSURE = ("rs_desk", "rs_attendance", "co_presence", "senior_overlap")
_LOAD = ("meeting_h", "b2b", "duty_cover", "unpaid_h")


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
            waves_in_post,
            ("worker.team_id", "worker.role", "worker.reg_date"),
        ),
        ColumnSource(
            {
                "rs_desk_to_date": (*MONTH, *WORKED),
                "rs_attendance_to_date": (*MONTH, *WORKED, *ATTENDED),
                "co_presence_to_date": (*MONTH, *WORKED, "worker_month.co_presence"),
                "senior_overlap_to_date": (*MONTH, *WORKED, "worker_month.senior_overlap"),
                **{f"{n}_to_date": (*MONTH, *WORKED, f"worker_month.{n}") for n in _LOAD},
            },
            ("worker_id", "month"),
            _to_date,
        ),
        ColumnSource(
            dict.fromkeys(SURVEY_SCALES, SURVEY_ANSWERS),
            ("worker_id", "wave"),
            scores_of_wave,
        ),
        ColumnSource({"responded": SURVEY_ANSWERS}, ("worker_id", "wave"), answered_of_wave),
        ColumnSource(
            dict.fromkeys(
                ("supervision_in_person_to_date", "supervision_held_to_date"),
                (*MONTH, "supervision.worker_id", "supervision.date", "supervision.mode"),
            ),
            ("worker_id", "month"),
            _supervision,
        ),
        ColumnSource(
            {
                **dict.fromkeys(("policy_start", "policy_wave", "under_policy"), (*POLICY, "worker.team_id")),
                "month_index": ("survey.month",),
            },
            ("worker_id", "wave"),
            policy_of_wave,
        ),
        ColumnSource(same(WORKER, "worker", "worker_id"), ("worker_id",), worker_rows),
    ),
    ("worker.worker_id", "survey.wave", "survey.month"),
)
