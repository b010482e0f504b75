"""From a plan of a study over time to the estimator of its design, and to its unadjusted comparison."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.model_columns import DesignFit, ModelColumns
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.linear.linear import fit_linear
from hybrid_toolkit.models.rollout.event_study import fit_event_study
from hybrid_toolkit.models.rollout.group_time import GroupTimeFit, fit_group_time
from hybrid_toolkit.models.rollout.two_by_two import fit_two_by_two
from hybrid_toolkit.models.terms.terms import Column
from hybrid_toolkit.result import TIDY_COLUMNS

CONTROL_SETTING = ("not_yet_treated", "never_treated")


def design_settings(row: pd.DataFrame, plan: ModelColumns) -> pd.DataFrame:
    """The one row that answers the question, under the plan's name and unit."""
    return row[list(TIDY_COLUMNS)].assign(term=plan.exposure, unit=plan.unit).reset_index(drop=True)


def whole(plan: ModelColumns, name: str, default: int) -> int:
    """A setting that must be a whole number, not below 0.

    Raises
    ------
    EstimationError
        It is not.
    """
    value = plan.setting(name, default)
    if isinstance(value, (str, bool)) or value != int(value) or value < 0:
        raise EstimationError(
            f"setting '{name}' must be a whole number, not below 0.",
            fix="Set it to a count of periods, such as 1.",
            code="SETTING",
        )
    return int(value)


def group_time(frame: pd.DataFrame, plan: ModelColumns, *, base_period: str = "varying") -> GroupTimeFit:
    """Group-time effects of a plan, with the jackknife over clusters."""
    return fit_group_time(
        frame,
        outcome=plan.outcome,
        panel_id=plan.panel_id,
        time=plan.time,
        first_treated=plan.first_treated,
        covariates=plan.confounders,
        control_group=control_of(frame, plan),
        base_period=base_period,
        anticipation=whole(plan, "anticipation", 0),
        cluster=plan.cluster,
        unbalanced="drop",
        variance="jackknife",
        conf_level=plan.conf_level,
    )


def control_of(frame: pd.DataFrame, plan: ModelColumns) -> str:
    """The units that the plan compares with."""
    return str(plan.setting("control_group", CONTROL_SETTING[0]))


def fit_group_time_plan(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The mean of all group-time effects from the start on."""
    fit = group_time(frame, plan)
    return DesignFit(plan, design_settings(fit.aggregate("simple"), plan), fit)


def fit_two_by_two_plan(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The plain difference in differences."""
    fit = fit_two_by_two(
        frame,
        outcome=plan.outcome,
        panel_id=plan.panel_id,
        time=plan.time,
        first_treated=plan.first_treated,
        covariates=plan.confounders,
        cluster=plan.cluster,
        unbalanced="drop",
        conf_level=plan.conf_level,
    )
    return DesignFit(plan, design_settings(fit.tidy(), plan), fit)


def event_study_plan(estimator: str) -> Callable[[pd.DataFrame, ModelColumns], DesignFit]:
    """A function that fits one estimator of ``ESTIMATORS``; it holds no covariate constant.

    Raises
    ------
    EstimationError
        When fitted, if the plan names confounders.
    """

    def fit_with(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
        if plan.confounders:
            raise EstimationError(
                f"this design holds no confounder constant, and the plan names {len(plan.confounders)}.",
                fix="Use the design staggered-rollout, or leave the confounders out.",
                code="CONFOUNDERS",
            )
        fit = fit_event_study(
            frame,
            outcome=plan.outcome,
            panel_id=plan.panel_id,
            time=plan.time,
            first_treated=plan.first_treated,
            estimator=estimator,
            cluster=plan.cluster,
            unbalanced="drop",
            variance="jackknife",
            conf_level=plan.conf_level,
        )
        return DesignFit(plan, design_settings(fit.tidy().iloc[[0]], plan), fit)

    return fit_with


def under_policy(frame: pd.DataFrame, plan: ModelColumns) -> pd.Series[float]:
    """1.0 in the periods from a unit's start on, else 0.0."""
    first_treated, time = frame[plan.first_treated], frame[plan.time]
    on = first_treated.notna() & (time >= first_treated.where(first_treated.notna(), time.max()))
    if pd.api.types.is_numeric_dtype(first_treated):
        on = on & (first_treated != 0) & np.isfinite(first_treated.fillna(0).astype("float64"))
    return on.astype("float64")


def before_after_fit(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The treated units' mean after the start less their mean before it: nothing is taken out of it."""
    on = under_policy(frame, plan)
    treated = on.groupby(frame[plan.panel_id]).transform("max") == 1
    rows = frame[treated].assign(**{plan.exposure: on[treated]})
    return _plain_slope(rows, plan)


def plain_comparison(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The slope of the outcome on the exposure over all rows, 0 before each unit's start."""
    exposed = frame[plan.exposure].fillna(0.0) * under_policy(frame, plan)
    rows = frame.assign(**{plan.exposure: exposed})
    return _plain_slope(rows, plan)


def _plain_slope(rows: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    fit = fit_linear(
        rows,
        outcome=plan.outcome,
        terms=[Column(plan.exposure)],
        cluster=plan.cluster,
        conf_level=plan.conf_level,
    )
    bare = replace(plan, confounders=(), fixed_effects=(), instruments=())
    return DesignFit(bare, fit.combine({plan.exposure: 1.0}, term=plan.exposure, unit=plan.unit), fit)
