"""From a plan of one or a few long series to its estimator, its checks and its placebos."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.base import FitOf
from hybrid_toolkit.designs.model_columns import DesignFit, ModelColumns
from hybrid_toolkit.designs.rollout.rollout_fits import design_settings, whole
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.linear.linear import fit_linear
from hybrid_toolkit.models.series.interrupted_counts import fit_interrupted_counts
from hybrid_toolkit.models.series.interrupted_series import fit_interrupted
from hybrid_toolkit.models.series.synthetic_control import fit_synthetic_control
from hybrid_toolkit.models.series.synthetic_did import fit_synthetic_did
from hybrid_toolkit.models.terms.arguments import numbers
from hybrid_toolkit.models.terms.terms import Column

CHANGED = "changed_"
MEAN_ROW = 2
"""Row of a segmented fit that tells the mean change after the start."""


def one_start(frame: pd.DataFrame, plan: ModelColumns) -> Any:
    """The one period in which the policy starts.

    Raises
    ------
    EstimationError
        There is none, or there are several.
    """
    found = frame[plan.first_treated].dropna().unique()
    if len(found) != 1:
        raise EstimationError(
            f"column '{plan.first_treated}' holds {len(found)} starts; a series over time has one.",
            fix="Use a design of a staggered roll-out, on rows of teams, where they start in different months; or fill "
            "in the start.",
            code="SEVERAL-STARTS" if len(found) else "NO-TREATED",
        )
    return found[0]


def series_of(frame: pd.DataFrame, plan: ModelColumns, *, how: str, controlled: bool) -> pd.DataFrame:
    """One row a period of the changed units, and of the others where they serve as control: means or sums.

    Sums of counts come with those of the plan's duration; a row that lacks one of the two adds to neither.

    Raises
    ------
    EstimationError
        There is no unit of a kind that is needed, a unit is there twice in a period, or a column is not numeric.
    CoverageError
        A column is not there.
    """
    twice = int(frame.duplicated([plan.panel_id, plan.time]).sum())
    if twice:
        raise EstimationError(
            f"{plural(twice, 'row repeats', 'rows repeat')} a unit of '{plan.panel_id}' in a period of '{plan.time}'.",
            fix="Combine the rows of each unit and period into one.",
            code="PANEL-DUPLICATE",
        )
    columns = [plan.outcome, *([plan.duration] if plan.duration and how == "sum" else [])]
    both = frame[columns].notna().all(axis=1).to_numpy()
    values = {c: np.where(both, numbers(frame, c), np.nan) for c in columns}
    rows = frame.assign(**values, **{CHANGED: frame[plan.first_treated].notna().astype("float64")})
    if controlled and not (rows[CHANGED] == 0).any():
        raise EstimationError(
            "no unit stays without the policy, so there is no control series.",
            fix="Use the design interrupted-series, or bring unchanged units.",
            code="NO-UNTREATED",
        )
    rows = rows if controlled else rows[rows[CHANGED] == 1]
    grouped = rows.groupby([CHANGED, plan.time])[columns]
    return (grouped.mean() if how == "mean" else grouped.sum(min_count=1)).reset_index()


def interrupted_plan(*, controlled: bool) -> FitOf:
    """A function that fits the segmented regression of a plan."""

    def fit_with(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
        season = whole(plan, "season", 0)
        fit = fit_interrupted(
            series_of(frame, plan, how="mean", controlled=controlled),
            outcome=plan.outcome,
            time=plan.time,
            start=one_start(frame, plan),
            control=CHANGED if controlled else None,
            season=season or None,
            errors=str(plan.setting("errors", "ar1")),
            conf_level=plan.conf_level,
        )
        return DesignFit(plan, design_settings(fit.tidy().iloc[[MEAN_ROW]], plan), fit)

    return fit_with


def fit_counts_plan(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The segmented regression of counts of the changed units, against the others where there are any."""
    controlled = bool(frame[plan.first_treated].isna().any())
    season = whole(plan, "season", 0)
    fit = fit_interrupted_counts(
        series_of(frame, plan, how="sum", controlled=controlled),
        outcome=plan.outcome,
        time=plan.time,
        start=one_start(frame, plan),
        exposure_time=plan.duration or None,
        control=CHANGED if controlled else None,
        season=season or None,
        family=str(plan.setting("family", "poisson")),
        conf_level=plan.conf_level,
    )
    return DesignFit(plan, design_settings(fit.tidy().iloc[[MEAN_ROW]], plan), fit)


def fit_synthetic_control_plan(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The changed units' mean less its synthetic control."""
    fit = fit_synthetic_control(
        frame,
        outcome=plan.outcome,
        panel_id=plan.panel_id,
        time=plan.time,
        first_treated=plan.first_treated,
        demean=bool(plan.setting("demean", True)),
        unbalanced="drop",
        conf_level=plan.conf_level,
    )
    return DesignFit(plan, design_settings(fit.tidy(), plan), fit)


def fit_synthetic_did_plan(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """Synthetic difference in differences."""
    fit = fit_synthetic_did(
        frame,
        outcome=plan.outcome,
        panel_id=plan.panel_id,
        time=plan.time,
        first_treated=plan.first_treated,
        variance=str(plan.setting("variance", "placebo")),
        unbalanced="drop",
        conf_level=plan.conf_level,
    )
    return DesignFit(plan, design_settings(fit.tidy(), plan), fit)


def level_and_slope(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """The change of level and of slope, the change in the last period and the trend before."""
    rows = fit.fit.tidy()  # type: ignore[attr-defined]
    return pd.DataFrame(rows.drop(index=MEAN_ROW).assign(unit=fit.plan.unit, role="sensitivity"))


def with_setting(name: str, value: str, words: str, fit_with: FitOf) -> Any:
    """The same question with another setting."""

    def other_setting(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
        kept = tuple(s for s in fit.plan.settings if s[0] != name)
        other = fit_with(frame, replace(fit.plan, settings=(*kept, (name, value))))
        return other.as_row(words)

    return other_setting


def other_level(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """The synthetic control with the units' levels left in, or taken out."""
    kept = bool(fit.plan.setting("demean", True))
    words = "units' own levels left in" if kept else "units' own levels taken out"
    others = tuple(s for s in fit.plan.settings if s[0] != "demean")
    other = fit_synthetic_control_plan(frame, replace(fit.plan, settings=(*others, ("demean", not kept))))
    return other.as_row(words)


def unadjusted_series(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The changed units' mean after the start less their mean before, over periods, neighbours taken as unrelated."""
    rows = series_of(frame, plan, how="mean", controlled=False)
    return _before_after_row(rows[plan.outcome], rows[plan.time] >= one_start(frame, plan), plan)


def unadjusted_counts(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The log of the changed units' rate after the start over that before, by the delta method."""
    rows = series_of(frame, plan, how="sum", controlled=False)
    after = rows[plan.time] >= one_start(frame, plan)
    y, over = rows[plan.outcome], rows[plan.duration] if plan.duration else pd.Series(1.0, index=rows.index)
    mean, of_over = (s.groupby(after).transform("mean") for s in (y, over))
    if not ((mean > 0) & (of_over > 0)).all():
        raise EstimationError(
            f"the mean of '{plan.outcome}', or of what it is counted over, before or after the start is not above 0: "
            "its rate has no logarithm.",
            fix="Check that the outcome counts events, and join periods without any.",
            code="NO-EVENTS",
        )
    log_rate = pd.Series(np.log(mean / of_over), index=rows.index)
    return _before_after_row(log_rate + y / mean - over / of_over, after, plan)


def _before_after_row(y: pd.Series[float], after: pd.Series[bool], plan: ModelColumns) -> DesignFit:
    rows = pd.DataFrame({plan.outcome: y, plan.exposure: after.astype("float64"), "period_": np.arange(len(y))})
    fit = fit_linear(
        rows,
        outcome=plan.outcome,
        terms=[Column(plan.exposure)],
        cluster="period_",
        conf_level=plan.conf_level,
    )
    row = fit.combine({plan.exposure: 1.0}, term=plan.exposure, unit=plan.unit)
    return DesignFit(replace(plan, confounders=(), fixed_effects=(), instruments=()), row, fit)
