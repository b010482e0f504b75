"""Wellbeing, learning, conflict and safety scales: MB3 and MD1 to MD10, one metric a scale of each instrument."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments import Instrument, instruments_in
from hybrid_toolkit.errors import plural
from hybrid_toolkit.metrics.constructs.wellbeing import survey_instrument, survey_scores
from hybrid_toolkit.metrics.constructs.work_pattern import worker_month_load
from hybrid_toolkit.metrics.intervals.interval import MeanOf
from hybrid_toolkit.metrics.psychometrics.reliability import cronbach_alpha, omega_total
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.unit_frames import look_up, optional, require


def survey_rows(data: EvaluationData, instrument: str) -> pd.DataFrame:
    """Scores of one instrument, one row an eligible worker and wave.

    Workers in post in the month of a wave who did not answer have a row with missing scores, so that non-response is
    counted as missing; where survey keys are kept apart from personnel keys and do not match, only those who answered
    can be seen.
    """
    scores = survey_scores(data, [instrument])
    worker = optional(data, "worker", "worker_id", "start_date", "leave_date")
    waves = scores.dropna(subset=["month"]).groupby("wave")["month"].min()
    if worker is None or waves.empty or not scores["worker_id"].isin(worker["worker_id"]).any():
        return scores
    parts = []
    for wave, month in waves.items():
        end = month + pd.offsets.MonthEnd(0)
        there = worker["start_date"].isna() | worker["start_date"].le(end)
        there &= worker["leave_date"].isna() | worker["leave_date"].ge(month)
        parts.append(pd.DataFrame({"worker_id": worker.loc[there, "worker_id"], "wave": wave, "wave_month": month}))
    eligible = pd.concat(parts).astype({"wave": scores["wave"].dtype})
    out = eligible.merge(scores, on=["worker_id", "wave"], how="outer")
    out["month"] = out["month"].fillna(out["wave_month"])
    out = look_up(out.drop(columns="team_id"), optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    return out.drop(columns="wave_month").sort_values(["worker_id", "wave"]).reset_index(drop=True)


def scale_reliability(data: EvaluationData, instrument: str, scale: str) -> float:
    """Omega of one factor of the scale's items over all answers; alpha for two items."""
    scored = survey_instrument(data, instrument)
    items = scored.answers[list(scored.instrument.scale(scale).items)]
    return cronbach_alpha(items).estimate if items.shape[1] < 3 else omega_total(items, draws=0).estimate


_SURVEY = {"survey": ("worker_id", "wave", "instrument", "item", "value")}


def _specs(definition: Instrument) -> tuple[MetricSpec, ...]:
    instrument = definition.id
    frame: Callable[[EvaluationData], pd.DataFrame] = partial(survey_rows, instrument=instrument)
    rule = {"complete": "complete answers only", "count": "with enough answers"}
    out = []
    said = any(c.startswith("Exploratory") for c in definition.caveats)
    for scale in definition.scales:
        missing = rule.get(scale.missing, f"with {definition.min_share:.0%} of items answered or more")
        reversed_items = " after reversal" if any(i in scale.items for i in definition.reversed_ids) else ""
        out.append(
            MetricSpec(
                id=scale.id,
                code=definition.code,
                name=scale.name if scale.name.startswith(definition.name) else f"{definition.name}: {scale.name}",
                question=definition.question,
                unit="worker and wave",
                columns=_SURVEY,
                values={"survey.instrument": (instrument,)},
                formula=f"{scale.score} of {plural(len(scale.items), 'item')}{reversed_items}"
                f"{', put through the published conversion table' if scale.table else ''}, {missing}; "
                "mean over workers",
                low=scale.low,
                high=scale.high,
                direction=scale.direction,
                min_n=10,
                value_unit="share" if scale.score == "share" else "score",
                reliability="alpha or omega of .70 or more" if scale.reliability else "",
                caveats=(*definition.caveats, *(("Exploratory.",) if definition.exploratory and not said else ())),
                source=definition.source,
                frame=frame,
                statistic=MeanOf(scale.id),
                cluster=("team_id", "worker_id"),
                reliability_of=partial(scale_reliability, instrument=instrument, scale=scale.id)
                if scale.reliability
                else None,
            )
        )
    return tuple(out)


def sickness(data: EvaluationData) -> pd.DataFrame:
    """Working days lost to sickness, one row a worker-month."""
    rows = require(data, "worker_month", "worker_id", "month", "sick_days")
    out = look_up(rows[["worker_id", "month"]], optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    return out.assign(sick_days=rows["sick_days"].astype("float64"))


def _strain(
    name: str,
    title: str,
    column: str,
    unit: str,
    frame: Callable[[EvaluationData], pd.DataFrame],
    *,
    direction: str = "lower",
    caveats: tuple[str, ...] = (),
) -> MetricSpec:
    return MetricSpec(
        id=name,
        code="MD10",
        name=title,
        question="What does work take beyond what it should?",
        unit="worker-month",
        columns={"worker_month": ("worker_id", "month", column)},
        formula=f"mean of {title.lower()} over worker-months",
        low=0,
        high=None,
        direction=direction,
        min_n=10,
        value_unit=unit,
        caveats=("From what workers and records say. No telemetry.", *caveats),
        source="This project",
        frame=frame,
        statistic=MeanOf(column),
    )


SPECS: tuple[MetricSpec, ...] = (
    *(spec for definition in instruments_in("survey") for spec in _specs(definition)),
    _strain("unpaid_hours_per_week", "Unpaid hours a week", "unpaid_h", "hours a week", worker_month_load),
    _strain(
        "sick_days_per_month",
        "Sickness days a month",
        "sick_days",
        "days a month",
        sickness,
        direction="none",
        caveats=(
            "Fewer days may mean better health, or people who work on while unwell: read worked_unwell beside it.",
        ),
    ),
)
