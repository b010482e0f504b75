"""Checks of long series. Each gives a verdict in one sentence; no unit is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.base import CheckOf, FitOf
from hybrid_toolkit.designs.checks import CHECK_LEVEL, judge_departure, judge_left_out, p_words
from hybrid_toolkit.designs.model_columns import DesignFit, noun
from hybrid_toolkit.designs.series.series_fits import fit_synthetic_did_plan, interrupted_plan, one_start
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.series.count_series_result import CountSeriesFit
from hybrid_toolkit.models.series.interrupted_series import SHORT, InterruptedFit
from hybrid_toolkit.models.series.synthetic_control import SyntheticControlFit
from hybrid_toolkit.models.terms.arguments import numbers
from hybrid_toolkit.result import Check


def check_length(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Enough periods on both sides of the start."""
    before, after = fit.fit.n_before, fit.fit.n_after  # type: ignore[attr-defined]
    good = min(before, after) > SHORT
    message = f"{before} periods before the start and {after} from it on are " + (
        f"over {SHORT} on each side."
        if good
        else f"{SHORT} or fewer on a side: autocorrelation is estimated imprecisely."
    )
    return Check("length of the series", good, message, float(min(before, after)), SHORT)


def check_series_autocorrelation(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """No autocorrelation is left beyond that of neighbouring periods."""
    model = fit.fit
    if not isinstance(model, (InterruptedFit, CountSeriesFit)):
        raise EstimationError("this fit has no autocorrelation.", fix="Leave the check out.", code="NOT-SERIES")
    short = model.n_before + model.n_after <= 2 * SHORT
    good = False if model.left_over_p < CHECK_LEVEL else None if short else True
    end = {False: ": the interval is too narrow", None: ", though in so short a series little would show", True: ""}
    message = (
        f"Neighbouring periods are alike by {model.rho:.2f}, which the interval allows for; "
        f"{'more' if good is False else 'nothing clear'} is left over ({p_words(model.left_over_p)}){end[good]}."
    )
    return Check("autocorrelation", good, message, model.left_over_p, 0.05)


def placebo_in_time(fit_with: FitOf) -> CheckOf:
    """A start put into the middle of the periods before the policy should show nothing."""

    def check_placebo_in_time(frame: pd.DataFrame, fit: DesignFit) -> Check:
        plan = fit.plan
        start = one_start(frame, plan)
        early = frame[frame[plan.time] < start]
        times = np.sort(early[plan.time].dropna().unique())
        middle = times[len(times) // 2]
        fake = early.assign(
            **{plan.first_treated: early[plan.first_treated].where(early[plan.first_treated].isna(), middle)}
        )
        row = fit_with(fake, plan).row.iloc[0]
        good, weak = judge_departure(row, fit)
        message = (
            f"A start put into the middle of the periods before the policy gives {row['estimate']:+.3f} "
            f"({row['conf_low']:+.3f} to {row['conf_high']:+.3f})"
            f"{': something else moved the series' if good is False else weak}."
        )
        return Check("placebo in time", good, message, float(row["estimate"]))

    return check_placebo_in_time


def check_each_period(fit_with: FitOf) -> CheckOf:
    """No single period carries the estimate: the design fitted again without each."""

    def check_periods_left_out(frame: pd.DataFrame, fit: DesignFit) -> Check:
        times = np.sort(frame[fit.plan.time].dropna().unique())
        left = [v for t in times if (v := _without(frame, fit, [t], fit_with)) is not None]
        if not left:
            return Check("influence of periods", None, "No period can be left out: each is needed.")
        return judge_left_out("one period", left, fit, "influence of periods")

    return check_periods_left_out


def check_early_reaction(fit_with: FitOf) -> CheckOf:
    """Nothing moves in the two periods just before the start: without them the estimate is much the same."""

    def check_anticipation(frame: pd.DataFrame, fit: DesignFit) -> Check:
        start = one_start(frame, fit.plan)
        before = np.sort(frame.loc[frame[fit.plan.time] < start, fit.plan.time].unique())
        other = _without(frame, fit, before[-2:], fit_with)
        if other is None:
            return Check("anticipation", None, "Too few periods before the start to leave out the last two of them.")
        value, (low, high), (least, most) = other.estimate, fit.interval, other.interval
        apart = not (low <= value <= high and least <= fit.estimate <= most)
        good = False if apart else None if low <= 0 <= high else True
        end = {False: ": units may have reacted before", None: ", which is too wide for this to say much", True: ""}
        message = (
            f"Without the two periods before the start the estimate is {value:+.3f}, "
            f"{'too far from the one with them' if good is False else 'inside its interval'}{end[good]}."
        )
        return Check("anticipation", good, message, value)

    return check_anticipation


def _without(frame: pd.DataFrame, fit: DesignFit, times: Any, fit_with: FitOf) -> DesignFit | None:
    """The fit with the outcome of some periods taken as missing; None where it cannot be fitted."""
    y = pd.Series(numbers(frame, fit.plan.outcome), index=frame.index)
    try:
        return fit_with(frame.assign(**{fit.plan.outcome: y.mask(frame[fit.plan.time].isin(times))}), fit.plan)
    except EstimationError:
        return None


def check_control_series(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """What the units without the policy do at its start: a change there came from something else."""
    plan = fit.plan
    start = one_start(frame, plan)
    others = frame[frame[plan.first_treated].isna()].assign(**{plan.first_treated: start})
    row = interrupted_plan(controlled=False)(others, replace(plan, settings=plan.settings)).row.iloc[0]
    good, weak = judge_departure(row, fit)
    message = f"{noun(plan.panel_id, many=True).capitalize()} without the policy " + (
        f"change at its start too ({row['estimate']:+.3f}): something else happened, which the control takes out."
        if good is False
        else f"do not clearly change at its start ({row['estimate']:+.3f}){weak}."
    )
    return Check("change in the control", None, message, float(row["estimate"]))


def check_placebo_in_space(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Units without the policy, each put in the changed one's place, show smaller gaps."""
    model = _synthetic(fit)
    least = 1 / (model.n_donors + 1)
    message = (
        f"The gap after the start, beside that before it, is as large in {model.p_value:.0%} of the "
        f"{model.n_donors + 1} units, the changed one among them; the least possible is {least:.0%}."
    )
    return Check("placebo in space", None, message, model.p_value, least)


def check_fit_before(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """The synthetic control follows the changed unit before the start."""
    model = _synthetic(fit)
    message = (
        f"Before the start the control stays within {model.gap_before:.3f} (root mean square) of the changed unit, "
        + (
            "over twice as far as the others' own controls from them: no weighted mean of them follows it."
            if model.poor
            else "close enough."
        )
    )
    return Check("fit before the start", not model.poor, message, model.gap_before)


def check_each_donor(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """No single donor carries the estimate."""
    model = _synthetic(fit)
    return judge_left_out("one donor", model.left_out, fit)


def check_synthetic_in_time(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """The same with a start in the middle of the periods before; informs only, since it has no interval of its own."""
    model = _synthetic(fit)
    message = (
        f"A start put into the middle of the periods before the policy gives {model.in_time:+.3f}, beside "
        f"{model.estimate:+.3f} for the true one."
    )
    return Check("placebo in time", None, message, model.in_time)


def _synthetic(fit: DesignFit) -> SyntheticControlFit:
    if not isinstance(fit.fit, SyntheticControlFit):
        raise EstimationError("this check reads a synthetic control.", fix="Leave it out.", code="NOT-SYNTHETIC")
    return fit.fit


def check_changed_left_out(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """No single changed unit carries the estimate."""
    plan = fit.plan
    changed = frame.loc[frame[plan.first_treated].notna(), plan.panel_id].unique()
    if len(changed) < 2:
        return Check("influence", None, "One unit came under the policy: it cannot be left out.")
    quick = replace(plan, settings=(("variance", "jackknife"),)) if len(changed) > 2 else plan
    left = np.array([fit_synthetic_did_plan(frame[frame[plan.panel_id] != u], quick).estimate for u in changed])
    placebos = plan.setting("variance", "placebo") == "placebo"
    return judge_left_out(f"one changed {noun(plan.panel_id)}", left, fit, by_others=placebos)
