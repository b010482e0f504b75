"""Career stage: MB1 to MB4."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.constructs.stage_gap import StageSlopeGap, stage_gap_frame
from hybrid_toolkit.metrics.constructs.supervision import supervision_months
from hybrid_toolkit.metrics.intervals.interval import MeanOf
from hybrid_toolkit.metrics.intervals.statistics import RatioOf
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec, UnitFrame
from hybrid_toolkit.metrics.unit_frames import EARLY_STAGES, career_stage, look_up, require


def staged_months(data: EvaluationData) -> pd.DataFrame:
    """Worker-months with ``stage`` and ``early_career`` (0/1, missing where the stage is)."""
    months = require(data, "worker_month", "worker_id", "month")[["worker_id", "month"]]
    worker = require(data, "worker", "worker_id", "role", "reg_date")
    out = look_up(months, worker, "worker_id", ["team_id", "role", "reg_date", "asye"])
    stage = career_stage(out, out["month"])
    early = stage.isin(EARLY_STAGES).astype("float64").where(stage.notna())
    return out.assign(stage=stage, early_career=early).drop(columns=["role", "reg_date", "asye"])


def learning_gap_frame(data: EvaluationData) -> pd.DataFrame:
    """Survey rows of ASYE, early and mid-career workers with informal learning and remote share."""
    return _to_mid_career(stage_gap_frame(data, "informal_learning"))


def wellbeing_gap_frame(data: EvaluationData) -> pd.DataFrame:
    """Survey rows of ASYE, early and mid-career workers with SWEMWBS and remote share."""
    return _to_mid_career(stage_gap_frame(data, "swemwbs"))


def _to_mid_career(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[~rows["stage"].eq("late").fillna(False).to_numpy(dtype=bool)].reset_index(drop=True)


_SURVEY = ("worker_id", "wave", "month", "instrument", "item", "value")
GAP_COLUMNS = {
    "survey": _SURVEY,
    "worker": ("worker_id", "team_id", "role", "reg_date"),
    "worker_month": ("worker_id", "month", "h_home", "h_office"),
}


def _gap(outcome: str, name: str, frame: UnitFrame) -> MetricSpec:
    return MetricSpec(
        id=f"stage_gap_{name}",
        code="MB2",
        name=f"Stage gap in the slope of {name} on remote share",
        question=f"Is remote share associated with {name} differently in early career?",
        unit="worker and wave",
        columns=GAP_COLUMNS,
        values={"survey.instrument": (outcome,)},
        formula=f"mean slope of {outcome} on remote share (restricted cubic spline by stage) among ASYE and early "
        "workers, minus the same among mid-career workers",
        low=None,
        high=None,
        direction="none",
        min_n=60,
        value_unit="points per unit of remote share",
        reliability="alpha or omega of .70 or more, and invariance across stages",
        caveats=(
            "An association: remote share is chosen.",
            "Report the slopes of each stage (stage_slopes), not only the gap.",
            "Answering the survey is not at random.",
        ),
        source="This project; Harrell 2015 for the spline",
        frame=frame,
        statistic=StageSlopeGap(outcome, "rs_desk", "stage"),
        cluster=("team_id", "worker_id"),
    )


def _supervision(
    name: str, title: str, top: str, bottom: str, formula: str, high: float | None, scale: float = 1.0
) -> MetricSpec:
    return MetricSpec(
        id=name,
        code="MB4",
        name=title,
        question="Do workers get the supervision they are due, and of what kind?",
        unit="worker-month",
        columns={"supervision": ("worker_id", "date", *(() if top == "sessions" else (_RECORDED[top],)))},
        formula=formula,
        low=0,
        high=high,
        direction="none" if top == "in_person" else "higher",
        min_n=10,
        value_unit="sessions a quarter" if scale != 1 else "share",
        caveats=(
            "One session a month is taken as due unless another standard is set.",
            "Without worker_month, months with no session cannot be seen.",
        ),
        source="This project, from the measurement domain supervision (M4)",
        frame=supervision_months,
        statistic=RatioOf(top, bottom),
        cluster=("team_id", "worker_id"),
        scale=scale,
    )


_RECORDED = {"reflective": "reflective", "in_person": "mode", "observed": "observed"}

SPECS: tuple[MetricSpec, ...] = (
    MetricSpec(
        id="early_career_share",
        code="MB1",
        name="Early-career share",
        question="How much of the workforce is in its first three years?",
        unit="worker-month",
        columns={"worker": ("worker_id", "role", "reg_date"), "worker_month": ("worker_id", "month")},
        formula="worker-months in ASYE or 1 to under 3 years since first registration / worker-months with a stage",
        low=0,
        high=1,
        direction="none",
        min_n=10,
        value_unit="share",
        caveats=("From first registration and role. Time in one authority is not a stand-in.",),
        source="This project",
        frame=staged_months,
        statistic=MeanOf("early_career"),
        cluster=("team_id", "worker_id"),
    ),
    _gap("informal_learning", "learning", learning_gap_frame),
    _gap("swemwbs", "wellbeing", wellbeing_gap_frame),
    _supervision("supervision_held_share", "Supervision held", "sessions", "due", "sessions held / sessions due", None),
    _supervision(
        "supervision_reflective_share",
        "Reflective supervision",
        "reflective",
        "reflective_n",
        "reflective sessions / sessions for which it is recorded",
        1,
    ),
    _supervision(
        "supervision_in_person_share",
        "Supervision in person",
        "in_person",
        "in_person_n",
        "sessions in person / sessions with a mode",
        1,
    ),
    _supervision(
        "practice_observed_per_quarter",
        "Practice observed",
        "observed",
        "due",
        "3 x observed sessions / months",
        None,
        3.0,
    ),
)
