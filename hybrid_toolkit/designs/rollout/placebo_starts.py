"""Checks of a roll-out over its units: starts dealt to other units by chance, each unit left out, means of units."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.base import CheckOf
from hybrid_toolkit.designs.checks import judge_left_out, p_words
from hybrid_toolkit.designs.model_columns import DesignFit, ModelColumns, noun
from hybrid_toolkit.designs.rollout.rollout_fits import fit_group_time_plan
from hybrid_toolkit.designs.rollout.rollout_planned import unit_means
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.rollout.random_order import RandomOrderFit, fit_random_order
from hybrid_toolkit.result import Check

ORDERS = 999


def _regression(rows: pd.DataFrame, plan: ModelColumns, draws: int) -> RandomOrderFit:
    return fit_random_order(
        rows,
        outcome=plan.outcome,
        panel_id=plan.panel_id,
        time=plan.time,
        first_treated=plan.first_treated,
        draws=draws,
        unbalanced="drop",
        conf_level=plan.conf_level,
    )


def check_placebo_starts(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """How often the same starts, dealt to other units by chance, give as large an effect; informs only.

    This is randomisation inference. It is exact only where the starts were drawn by lot.
    """
    plan = fit.plan
    found = _regression(unit_means(frame, plan), plan, ORDERS)
    p = float(found.tidy()["p_value"].iloc[0])
    message = (
        f"Had the same starts fallen to other {noun(plan.panel_id, many=True)} by chance, a difference this far from 0 "
        f"would come up with {p_words(p)} (regression within unit and period, {found.draws:,} orders drawn)."
    )
    return Check("placebo in space", None, message, p)


def check_unit_left_out(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """No single unit carries the estimate: regression within unit and period without each in turn."""
    plan = fit.plan
    rows = unit_means(frame, plan)
    whole = _regression(rows, plan, 39).estimate
    moved = []
    for unit in rows[plan.panel_id].dropna().unique():
        try:
            moved.append(_regression(rows[rows[plan.panel_id] != unit], plan, 39).estimate - whole)
        except EstimationError:
            continue
    what = noun(plan.panel_id)
    if not moved:
        return Check("influence", None, f"No {what} can be left out: each is needed.")
    # moves by least squares stand for the model's own: they are added to its estimate
    return judge_left_out(f"one {what} (by least squares)", fit.estimate + np.array(moved), fit)


def on_means(check: CheckOf) -> CheckOf:
    """The same check on one row a unit and period, where a design takes many."""

    def check_means(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
        plan = replace(fit.plan, cluster=fit.plan.panel_id, confounders=())
        return check(unit_means(frame, plan), replace(fit, plan=plan))

    check_means.__name__ = check.__name__
    return check_means


def group_time_of_means(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """The same question by group-time effects of the units' means."""
    plan = replace(fit.plan, cluster=fit.plan.panel_id, confounders=(), settings=())
    return fit_group_time_plan(unit_means(frame, plan), plan).as_row("group-time effects")
