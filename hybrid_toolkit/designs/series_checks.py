"""Checks of long series. Each gives a verdict in one sentence; no unit is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.base import CheckOf, FitOf
from hybrid_toolkit.designs.plan import DesignFit, noun
from hybrid_toolkit.designs.series_fits import fit_synthetic_did_plan, interrupted_plan, one_start
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.its import SHORT, InterruptedFit
from hybrid_toolkit.models.its_counts import CountSeriesFit
from hybrid_toolkit.models.synthetic_control import SyntheticControlFit
from hybrid_toolkit.result import Check


def check_length(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Enough periods on both sides of the start."""
    before, after = fit.fit.n_before, fit.fit.n_after  # type: ignore[attr-defined]
    good = min(before, after) >= SHORT
    verdict = f"{before} periods before the start and {after} from it on are " + (
        f"at least {SHORT} on each side." if good else f"fewer than {SHORT} on a side: autocorrelation is ill known."
    )
    return Check("length of the series", good, verdict, float(min(before, after)), SHORT)


def check_autocorrelation(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """No autocorrelation is left beyond that of neighbouring periods."""
    model = fit.fit
    if not isinstance(model, (InterruptedFit, CountSeriesFit)):
        raise EstimationError("this fit has no autocorrelation.", fix="Leave the check out.", code="NOT-SERIES")
    good = model.left_over_p >= 0.05
    verdict = (
        f"Neighbouring periods are alike by {model.rho:.2f}, which the interval allows for; "
        f"{'nothing clear' if good else 'more'} is left over (p = {model.left_over_p:.2f})"
        f"{'.' if good else ': the interval is too narrow.'}"
    )
    return Check("autocorrelation", good, verdict, model.left_over_p, 0.05)


def placebo_in_time(fit_with: FitOf) -> CheckOf:
    """A start put into the middle of the periods before the policy should show nothing."""

    def check_placebo_in_time(frame: pd.DataFrame, fit: DesignFit) -> Check:
        plan = fit.plan
        start = one_start(frame, plan)
        early = frame[frame[plan.time] < start]
        times = np.sort(early[plan.time].dropna().unique())
        middle = times[len(times) // 2]
        fake = early.assign(**{plan.starts: early[plan.starts].where(early[plan.starts].isna(), middle)})
        row = fit_with(fake, plan).row.iloc[0]
        inside = bool(row["conf_low"] <= 0 <= row["conf_high"])
        verdict = (
            f"A start put into the middle of the periods before the policy gives {row['estimate']:+.3f} "
            f"({row['conf_low']:+.3f} to {row['conf_high']:+.3f})"
            f"{'.' if inside else ': something else moved the series.'}"
        )
        return Check("placebo in time", inside, verdict, float(row["estimate"]))

    return check_placebo_in_time


def check_control_series(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """What the units without the policy do at its start: a change there came from something else."""
    plan = fit.plan
    start = one_start(frame, plan)
    others = frame[frame[plan.starts].isna()].assign(**{plan.starts: start})
    row = interrupted_plan(controlled=False)(others, replace(plan, settings=plan.settings)).row.iloc[0]
    quiet = bool(row["conf_low"] <= 0 <= row["conf_high"])
    verdict = f"{noun(plan.followed, many=True).capitalize()} without the policy " + (
        f"do not clearly change at its start ({row['estimate']:+.3f})."
        if quiet
        else f"change at its start too ({row['estimate']:+.3f}): something else happened, which the control takes out."
    )
    return Check("change in the control", None, verdict, float(row["estimate"]))


def check_placebo_in_space(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Units without the policy, each put in the changed one's place, show smaller gaps."""
    model = _synthetic(fit)
    least = 1 / (model.n_donors + 1)
    verdict = (
        f"The gap after the start, beside that before it, is as large in {model.p_value:.0%} of the "
        f"{model.n_donors + 1} units, the changed one among them; the least possible is {least:.0%}."
    )
    return Check("placebo in space", None, verdict, model.p_value, least)


def check_fit_before(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """The synthetic control follows the changed unit before the start."""
    model = _synthetic(fit)
    verdict = (
        f"Before the start the control stays within {model.gap_before:.3f} (root mean square) of the changed unit, "
        + (
            "too far beside the spread of the others: no weighted mean of them follows it."
            if model.poor
            else "close enough."
        )
    )
    return Check("fit before the start", not model.poor, verdict, model.gap_before)


def check_each_donor(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """No single donor carries the estimate."""
    model = _synthetic(fit)
    low, high = fit.interval
    left = model.left_out
    good = bool(((left >= low) & (left <= high)).all())
    verdict = (
        f"Without each donor in turn the estimate lies between {left.min():+.3f} and {left.max():+.3f}, "
        f"{'inside' if good else 'beyond'} its interval."
    )
    return Check("influence", good, verdict, float(np.ptp(left)))


def check_synthetic_in_time(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """The same with a start in the middle of the periods before; informs only, since it has no interval of its own."""
    model = _synthetic(fit)
    verdict = (
        f"A start put into the middle of the periods before the policy gives {model.in_time:+.3f}, beside "
        f"{model.estimate:+.3f} for the true one."
    )
    return Check("placebo in time", None, verdict, model.in_time)


def _synthetic(fit: DesignFit) -> SyntheticControlFit:
    if not isinstance(fit.fit, SyntheticControlFit):
        raise EstimationError("this check reads a synthetic control.", fix="Leave it out.", code="NOT-SYNTHETIC")
    return fit.fit


def check_changed_left_out(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """No single changed unit carries the estimate."""
    plan = fit.plan
    changed = frame.loc[frame[plan.starts].notna(), plan.followed].unique()
    if len(changed) < 2:
        return Check("influence", None, "One unit came under the policy: it cannot be left out.")
    quick = replace(plan, settings=(("variance", "jackknife"),)) if len(changed) > 2 else plan
    left = [fit_synthetic_did_plan(frame[frame[plan.followed] != u], quick).estimate for u in changed]
    low, high = fit.interval
    good = all(low <= v <= high for v in left)
    verdict = (
        f"Leaving out each changed {noun(plan.followed)} in turn moves the estimate between {min(left):+.3f} and "
        f"{max(left):+.3f}, {'inside' if good else 'beyond'} its interval."
    )
    return Check("influence", good, verdict, float(np.ptp(left)))
