"""One row a team and survey wave: means over those in post who answered, for a policy that reaches teams at times.

Every team stands in every wave in which somebody of it was in post; a mean is missing where nobody answered. The two
clocks are those of ``worker_wave``: ``wave`` with ``policy_wave``, and ``month_index`` with ``policy_start``.
``answered_share`` is the share of those in post who answered anything, ``in_post`` their number.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.study.units.calendar import POLICY
from hybrid_toolkit.study.units.unit_definition import ColumnSource, Unit
from hybrid_toolkit.study.units.worker_wave import (
    SURVEY_ANSWERS,
    SURVEY_SCALES,
    answered_of_wave,
    policy_of_wave,
    scores_of_wave,
    waves_in_post,
)

_KEYS = ["team_id", "wave"]
_CLOCKS = ["policy_start", "policy_wave", "under_policy"]
_POST = ("worker.worker_id", "worker.team_id", "worker.role", "worker.reg_date")


def _rows(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = waves_in_post(data, wanted).dropna(subset=["team_id"])
    by = rows.groupby(_KEYS)
    return (
        by.agg(month=("month", "first"), in_post=("worker_id", "nunique")).astype({"in_post": "float64"}).reset_index()
    )


def _means(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """Means over a team's answers; those of supervisors are no part of them, as in rows of workers and waves."""
    rows = waves_in_post(data, wanted)[["worker_id", *_KEYS]]
    scores = scores_of_wave(data, wanted)
    found = [c for c in SURVEY_SCALES if c in scores]
    joined = rows.merge(scores[["worker_id", "wave", *found]], on=["worker_id", "wave"], how="left")
    return joined.groupby(_KEYS)[found].mean().reset_index()


def _answered(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = waves_in_post(data, wanted)[["worker_id", *_KEYS]]
    rows = rows.merge(answered_of_wave(data, wanted), on=["worker_id", "wave"], how="left")
    return rows.groupby(_KEYS)["responded"].mean().rename("answered_share").reset_index()


def _policy(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = policy_of_wave(data, wanted)
    there = [c for c in _CLOCKS if c in rows]  # asked for none of them, it has none
    return rows[[*_KEYS, "month_index", *there]].dropna(subset=["team_id"]).drop_duplicates(_KEYS)


UNIT = Unit(
    "team and wave",
    "teams' waves",
    (
        ColumnSource(
            {
                "team_id": ("worker.team_id",),
                "wave": ("survey.wave", "survey.month"),
                "month": ("survey.month",),
                "in_post": (*_POST, "survey.wave", "survey.month"),
            },
            ("team_id", "wave"),
            _rows,
            (*_POST, "survey.wave", "survey.month"),
        ),
        ColumnSource(dict.fromkeys(SURVEY_SCALES, (*SURVEY_ANSWERS, *_POST)), ("team_id", "wave"), _means),
        ColumnSource({"answered_share": (*SURVEY_ANSWERS, *_POST)}, ("team_id", "wave"), _answered),
        ColumnSource(
            {**dict.fromkeys(_CLOCKS, (*POLICY, "worker.team_id")), "month_index": ("survey.month",)},
            ("team_id", "wave"),
            _policy,
        ),
    ),
    ("worker.worker_id", "worker.team_id", "survey.wave", "survey.month"),
)
