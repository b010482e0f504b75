"""From a plan to a dose, a stepped wedge, a roll-out in random order, and their placebos."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.checks import minimum_detectable
from hybrid_toolkit.designs.model_columns import DesignFit, ModelColumns
from hybrid_toolkit.designs.rollout.rollout_fits import control_of, design_settings, under_policy, whole
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.rollout.dose import DoseFit, fit_dose
from hybrid_toolkit.models.rollout.random_order import fit_random_order
from hybrid_toolkit.models.rollout.stepped_wedge import CORRELATIONS, SteppedWedgeFit, fit_stepped_wedge
from hybrid_toolkit.result import Check

DEGREES: tuple[float, ...] = (1, 2, 3)
CORRELATION_SETTING = tuple(CORRELATIONS)
LARGE_CORRELATION = 0.7
"""A check of the order that could not see a rank correlation as strong as this says nothing."""


def fit_dose_plan(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The mean slope of the effect on the dose, which is the plan's exposure."""
    _no_confounders(plan)
    fit = fit_dose(
        frame,
        outcome=plan.outcome,
        panel_id=plan.panel_id,
        time=plan.time,
        dose=plan.exposure,
        first_treated=plan.first_treated,
        degree=whole(plan, "degree", 1),
        control_group=control_of(frame, plan),
        anticipation=whole(plan, "anticipation", 0),
        unbalanced="drop",
        conf_level=plan.conf_level,
    )
    return DesignFit(plan, design_settings(fit.tidy().iloc[[1]], plan), fit)


def fit_wedge_plan(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The effect of crossing over, by a mixed model."""
    fit = fit_stepped_wedge(
        frame,
        outcome=plan.outcome,
        cluster=plan.panel_id,
        time=plan.time,
        first_treated=plan.first_treated,
        covariates=plan.confounders,
        correlation=str(plan.setting("correlation", CORRELATION_SETTING[0])),
        conf_level=plan.conf_level,
    )
    return DesignFit(plan, design_settings(fit.tidy(), plan), fit)


def fit_order_plan(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The effect of a roll-out in random order, by regression and the lottery."""
    _no_confounders(plan)
    if plan.setting("order", "unknown") != "randomised":
        raise EstimationError(
            "the study does not say that the order of the roll-out was drawn at random.",
            fix="Set order = 'randomised' in [settings] if it was; else use the design staggered-rollout.",
            code="ORDER-NOT-RANDOM",
        )
    fit = fit_random_order(
        unit_means(frame, plan),
        outcome=plan.outcome,
        panel_id=plan.panel_id,
        time=plan.time,
        first_treated=plan.first_treated,
        unbalanced="drop",
        conf_level=plan.conf_level,
    )
    return DesignFit(plan, design_settings(fit.tidy(), plan), fit)


def unit_means(frame: pd.DataFrame, plan: ModelColumns) -> pd.DataFrame:
    """One row a unit and period, the mean of the outcome; as it stands where it already is."""
    keys = [plan.panel_id, plan.time]
    if not frame.duplicated(keys).any():
        return frame
    how = {plan.outcome: (plan.outcome, "mean"), plan.first_treated: (plan.first_treated, "first")}
    return frame.groupby(keys, as_index=False).agg(**how)


def _no_confounders(plan: ModelColumns) -> None:
    if plan.confounders:
        raise EstimationError(
            f"this design holds no confounder constant, and the plan names {len(plan.confounders)}.",
            fix="Leave the confounders out, or use the design staggered-rollout.",
            code="CONFOUNDERS",
        )


def dose_effect(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The mean effect at the doses as they were."""
    if not isinstance(fit.fit, DoseFit):
        return None
    rows = fit.fit.tidy().iloc[[0]]
    return rows.assign(term="mean effect at the doses given", unit=fit.plan.unit, role="sensitivity")


def check_order(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """The place in the order does not go with the outcome before anyone is under the policy."""
    plan = fit.plan
    rows = unit_means(frame, plan)
    on = under_policy(rows, plan)
    first = rows.loc[on == 1, plan.time].min()
    before = (
        rows[rows[plan.time] < first].groupby(plan.panel_id).agg({plan.outcome: "mean", plan.first_treated: "first"})
    )
    place = before[plan.first_treated].rank(method="dense", na_option="bottom")
    r = float(before[plan.outcome].corr(place, method="spearman"))
    n = len(before.dropna(subset=[plan.outcome]))
    limit = 1.96 / max(1.0, n - 1) ** 0.5
    least = limit * minimum_detectable(1.0, 1.96) / 1.96
    good = None if not np.isfinite(r) else False if abs(r) > limit else True if least < LARGE_CORRELATION else None
    end = {False: ": was the order drawn at random?", True: ".", None: "; with so few units little would have shown."}
    message = (
        f"Before anyone is under the policy the place in the order "
        f"{'goes' if good is False else 'does not clearly go'} with the outcome (rank correlation {r:+.2f}){end[good]}"
    )
    return Check("random order", good, message, abs(r), limit)


def check_time_under_policy(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """The effect does not change with time under the policy: the first period under it is not unlike the later ones."""
    plan = fit.plan
    times = {t: i for i, t in enumerate(sorted(frame[plan.time].dropna().unique()))}
    begin = frame[plan.first_treated].map(times)
    fresh = frame[plan.time].map(times) == begin
    later = fit_wedge_plan(frame[~fresh], plan)
    low, high = fit.interval
    good = False if not low <= later.estimate <= high else None if low <= 0 <= high else True
    end = {False: ": the effect changes with time", None: ", which is too wide for this to say much", True: ""}
    message = (
        f"Without each unit's first period under the policy the estimate is {later.estimate:+.3f}, "
        f"{'outside' if good is False else 'inside'} the interval of all periods{end[good]}."
    )
    return Check("time under the policy", good, message, later.estimate)


def check_likeness_over_time(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """How alike rows of one cluster are, and how much of it lasts; informs only."""
    if not isinstance(fit.fit, SteppedWedgeFit):
        return None
    icc, cac = fit.fit.icc, fit.fit.cac
    message = (
        f"Rows of one unit and period share {icc:.0%} of the variance, and {cac:.0%} of that lasts from one period to "
        "the next."
    )
    return Check("correlation within clusters", None, message, icc)
