"""The checks of a design and what they may say: one sentence each; no team, worker or family is named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.designs.base import SMALL, CheckOf, fit_plan, held_by_comparison, share_told
from hybrid_toolkit.designs.model_columns import DesignFit, noun
from hybrid_toolkit.designs.validate_rows import HOLD_WITH_FEW, clusters_behind
from hybrid_toolkit.models import fit_variance_components
from hybrid_toolkit.models.inference.clusters import FEW_SIDE
from hybrid_toolkit.models.terms.arguments import numbers
from hybrid_toolkit.result import SMALLEST_P, Check

_TWO_DECIMALS_FROM = 0.1
"""A p-value from here on tells no more by its third decimal."""

POWER = 0.8
CHECK_LEVEL = 0.05
"""p-value below which a check calls a departure one: the conventional 5%, as for the intervals it stands beside."""
_REACH = float(stats.norm.ppf(POWER))
_TWO_SIDED = float(stats.norm.ppf(0.975))
"""Standard errors to the ends of a 95% interval."""


def p_words(p: float) -> str:
    """A p-value in words, never rounded to nought.

    Examples
    --------
    >>> p_words(0.0), p_words(0.0042), p_words(0.049), p_words(0.88), p_words(float("nan"))
    ('p < 0.001', 'p = 0.004', 'p = 0.049', 'p = 0.88', 'p not known')
    """
    if not np.isfinite(p):
        return "p not known"
    if p < SMALLEST_P:
        return f"p < {SMALLEST_P}"
    return f"p = {p:.3f}" if p < _TWO_DECIMALS_FROM else f"p = {p:.2f}"


def minimum_detectable(std_error: float, half_width: float) -> float:
    """The smallest departure that a test with this error and interval shows four times in five.

    Examples
    --------
    >>> round(minimum_detectable(1.0, 1.96), 1)
    2.8
    """
    return half_width + _REACH * std_error


def judge_departure(row: pd.Series[Any], fit: DesignFit) -> tuple[bool | None, str]:
    """Whether a departure that should be nought is one, and what to add where that could not be told.

    Parameters
    ----------
    row : pd.Series[Any]
        A tidy row of what should be nought, on the scale of the estimate.
    fit : DesignFit
        The design's estimate. A departure as large as it must be one that the check would have shown; else the check
        did not pass, it could not tell.

    Returns
    -------
    passed : bool | None
        False where there is a departure, None where one as large as the estimate could have gone unseen.
    words : str
        What follows in the sentence; empty unless passed is None.

    Examples
    --------
    >>> from hybrid_toolkit.designs.model_columns import ModelColumns
    >>> fit = DesignFit(ModelColumns("y", "x", "g"), pd.DataFrame({"estimate": [0.5]}), None)
    >>> sharp = pd.Series({"std_error": 0.1, "conf_low": -0.2, "conf_high": 0.2, "p_value": 0.9})
    >>> judge_departure(sharp, fit), judge_departure(sharp * 10, fit)[0]
    ((True, ''), None)
    """
    error, low, high, p = (float(row[c]) for c in ("std_error", "conf_low", "conf_high", "p_value"))
    if not np.isfinite([error, low, high]).all() or error <= 0:
        return None, ". It has no confidence interval, so it tells us little"
    if p < CHECK_LEVEL if np.isfinite(p) else not low <= 0 <= high:
        return False, ""
    least = minimum_detectable(error, (high - low) / 2)
    if least < abs(fit.estimate):
        return True, ""
    return None, (
        f". But with {POWER:.0%} power this check could only have detected {least:.3f} or more, which is larger than "
        "the estimate, so it tells us little"
    )


_MIN_CLUSTERS = 20
MIN_F = 10.0
MIN_WITHIN_SD = 0.03
MIN_RESPONSE = 0.5
MOST_GAP = 0.3
"""Standard deviations by which those lost from view may have begun elsewhere."""
LEFT_OUT = "held by the comparison itself"
"""Name of the check that tells what was left out of a model because units are compared with themselves."""


def check_clusters(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Enough clusters on the smaller side of what is compared, and in all, unless the inference is made for few."""
    n, one, many = fit.fit.n_clusters, noun(fit.plan.cluster), noun(fit.plan.cluster, many=True)
    if clusters_behind(frame, fit) < FEW_SIDE:
        return _few_on_a_side(fit, many)
    enough = n >= _MIN_CLUSTERS
    message = (
        f"There are enough {many} ({n}) for confidence intervals that account for correlation within each {one}."
        if enough
        else f"{n} {many} are few (under {_MIN_CLUSTERS}): read the interval as rough."
    )
    return Check("clusters", enough, message, n, _MIN_CLUSTERS)


def _few_on_a_side(fit: DesignFit, many: str) -> Check:
    """The verdict where fewer than five clusters stand on one side; how many is not told."""
    holds = isinstance(fit.fit, HOLD_WITH_FEW)
    message = f"Fewer than {FEW_SIDE} {many} stand on one side of what is compared, or as good as fewer" + (
        "; this design's inference is made for so few."
        if holds
        else f", whatever the number of {many} in all: a difference rests on those few being like the others. Read CR2 "
        "or the wild cluster bootstrap beside it, or use the design two-by-two or random-order."
    )
    return Check("clusters", holds, message, FEW_SIDE - 1, FEW_SIDE)


def check_missing(most: float, *, of_those_asked: float = 0.0) -> CheckOf:
    """No more than a share of rows left out for a missing value; another where rows are those asked in a survey."""

    def check_missing_values(frame: pd.DataFrame, fit: DesignFit) -> Check:
        share = fit.fit.n_missing / len(frame)
        limit = of_those_asked if of_those_asked and fit.plan.responded else most
        good = share <= limit
        end = "within" if good else "above"
        told = share_told(share, frame, fit.plan)
        message = f"{told} of rows were excluded because of a missing value, {end} the limit of {limit:.0%}."
        return Check("missing values", good, message, share, limit)

    return check_missing_values


def check_first_stage(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """The second measure of the exposure is strong enough to stand in for it."""
    f = fit.linear.first_stage_f
    if f is None:
        return None
    good = f >= MIN_F
    message = (
        f"The second measure of exposure predicts the first well (F = {f:,.0f}), so error in either is removed."
        if good
        else f"The second measure of exposure predicts the first too weakly (F = {f:.1f}, under {MIN_F:.0f})."
    )
    return Check("first stage", good, message, f, MIN_F)


def check_reliability(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """How well the two measures of exposure agree once fixed effects are out: attenuation without the correction."""
    plan = fit.plan
    if not plan.instruments:
        return None
    swapped = replace(plan, outcome=plan.exposure, exposure=plan.instruments[0], instruments=(), moderator="")
    slope = fit_plan(frame, swapped).estimate
    message = f"Without the correction the slope on the first measure would shrink to about {slope:.0%} of its size."
    return Check("reliability of exposure", None, message, slope)


def check_held_within(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """What is held by comparing units with themselves, and was therefore left out of the model, by name."""
    held = held_by_comparison(frame, fit.plan, (fit.plan.moderator, *fit.plan.confounders))
    if not held:
        return None
    units = ", ".join(noun(c) for c in fit.plan.fixed_effects)
    message = (
        f"Of {', '.join(held)} nothing varies within what is compared with itself ({units}). The comparison holds it "
        "constant; it was left out of the model."
    )
    return Check(LEFT_OUT, None, message, float(len(held)))


def check_support(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """The exposure varies within the unit that is compared with itself."""
    column = fit.plan.instruments[0] if fit.plan.instruments else fit.plan.exposure
    x = pd.Series(numbers(frame, column), index=frame.index)
    finest = max(fit.plan.fixed_effects or (fit.plan.panel_id,), key=lambda c: frame[c].nunique())
    within = float((x - x.groupby(frame[finest]).transform("mean")).std())
    share = within**2 / float(x.var())
    good = within >= MIN_WITHIN_SD
    what = noun(finest)
    message = f"{share:.0%} of the variance of exposure lies within each {what} over time (SD {within:.2f})" + (
        ", which is what the estimate uses." if good else ": too little to learn from."
    )
    return Check("variation within", good, message, within, MIN_WITHIN_SD)


def check_response(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """Share of those who were asked who answered (over half is adequate in the HSE manual)."""
    column = fit.plan.responded
    if not column:
        return None
    share = float(frame[column].fillna(False).astype(bool).mean())
    good = share >= MIN_RESPONSE
    message = f"{share_told(share, frame)} of people asked replied. We class {MIN_RESPONSE:.0%} or more as adequate."
    return Check("response", good, message, share, MIN_RESPONSE)


def check_silent(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """How different those who did not answer would have to be for nothing to be left."""
    share = share_answered(frame, fit)
    if share is None:
        return None
    times, told = share / (1 - share), share_told(1 - share, frame)
    known = re.fullmatch(r"(?:About )?(\d+)%", told)  # what is worked out from a share tells it
    large = f"{100 / float(known[1]) - 1:.1f} times as large" if known else "many times as large, or nearly none of it,"
    message = (
        f"{told} of people asked did not answer. For no difference to be left among all who were asked, theirs would "
        f"have to be {large} and the other way."
    )
    return Check("what those who did not answer may hide", None, message, times)


def share_answered(frame: pd.DataFrame, fit: DesignFit) -> float | None:
    """Share of those asked who answered; None where all did, no one did, or the study names no such column."""
    if not fit.plan.responded or fit.plan.outcome == fit.plan.responded:
        return None
    share = float(frame[fit.plan.responded].fillna(False).astype(bool).mean())
    return share if 0 < share < 1 else None


def small_gap(gap: float, stayed: int, lost: int) -> tuple[bool | None, str]:
    """Whether a gap in standard deviations is small, and what to add where it is too ill known to say."""
    if not np.isfinite(gap) or min(stayed, lost) < SMALL:
        return None, ". There are too few people to tell"
    chance = 1.96 * float(np.sqrt(1 / stayed + 1 / lost))
    if abs(gap) >= max(MOST_GAP, chance):
        return False, ""
    if chance > MOST_GAP:
        return None, f". This is too imprecise to rule out a gap of {MOST_GAP}, our limit"
    return True, ""


def check_attrition(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """Whether those who answered the first time only began elsewhere than those who came back."""
    column, outcome = fit.plan.responded, fit.plan.outcome
    unit = fit.plan.panel_id or next((c for c in ("worker_id",) if c in frame), "")
    time = fit.plan.time or next((c for c in ("wave", "month") if c in frame), "")
    if not column or not unit or not time or frame[time].nunique() < 2:
        return None
    responded = frame[frame[column].fillna(False).astype(bool)]
    first, last = responded[time].min(), responded[time].max()
    start = responded[responded[time] == first]
    stayed = start[unit].isin(responded.loc[responded[time] == last, unit])
    came, went = start.loc[stayed, outcome].astype(float), start.loc[~stayed, outcome].astype(float)
    if min(len(came), len(went)) < SMALL:
        return Check("attrition", None, "Too few people were lost to follow-up to compare where they had started.")
    spread = float(start[outcome].astype(float).std())
    if not spread > 0:
        return Check(
            "attrition", None, "Everyone began with the same value, so that those who were lost did not differ."
        )
    gap = float(came.mean() - went.mean()) / spread
    good, weak = small_gap(gap, len(came), len(went))
    message = (
        f"{share_told(float(stayed.mean()), start)} of people who answered in the first {time} also answered in the "
        f"last. People who dropped out had started {abs(gap):.1f} standard deviations "
        f"{'lower' if gap > 0 else 'higher'}{weak}."
    )
    return Check("attrition", good, message, gap, MOST_GAP)


def check_placebo(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """Next period's exposure should carry nothing once this period's is in."""
    if not fit.plan.placebos:
        return None
    name = fit.plan.placebos[0]
    row = fit_plan(frame, fit.plan, extra=[name], focus=name).row.iloc[0]
    good, weak = judge_departure(row, fit)
    message = (
        "Next period's exposure is associated with this period's outcome: something else may move both"
        if good is False
        else "Next period's exposure is not clearly associated with this period's outcome"
    )
    return Check("lead", good, f"{message} ({p_words(row['p_value'])}){weak}.", float(row["p_value"]), 0.05)


def check_colleagues(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """The exposure of others nearby should carry nothing if an outcome depends on a unit's own exposure alone."""
    name = fit.plan.colleagues
    if not name:
        return None
    row = fit_plan(frame, fit.plan, extra=[name], focus=name).row.iloc[0]
    good, weak = judge_departure(row, fit)
    message = (
        "The exposure of others nearby is associated with the outcome too: the estimate mixes own and others' exposure"
        if good is False
        else "The exposure of others nearby is not clearly associated with the outcome"
    )
    return Check("interference", good, f"{message} ({p_words(row['p_value'])}){weak}.", float(row["p_value"]), 0.05)


def check_influence(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """No single cluster carries the estimate."""
    left = fit.linear.left_out[:, fit.linear.index(fit.plan.target)]
    return judge_left_out(f"one {noun(fit.plan.cluster)}", left, fit)


def judge_left_out(
    what: str, left: Sequence[DesignFit] | Array, fit: DesignFit, name: str = "influence", *, by_others: bool = False
) -> Check:
    """No single part of the data carries the estimate: the others' own interval contains it.

    Parameters
    ----------
    what : str
        What was left out in turn, in words.
    left : Sequence[DesignFit] | Array
        The fits without each, or their estimates alone.
    fit : DesignFit
        The design's estimate. A part that carries it makes its interval wide: one learned from leaving out parts
        contains every estimate without one of them, whatever the data. So it is held against the interval without
        the part (of estimates alone, the variance less that part's share), as a studentised residual is.
    name : str, default "influence"
        The check's name.
    by_others : bool, default False
        The variance was learned from others than the parts left out, such as placebos of units that never changed. Then
        it bounds by itself how far one of n parts of a mean moves it by chance, and the furthest of them.

    Returns
    -------
    Check
        Failed where the estimate lies beyond the interval that the others give.
    """
    refits = [f for f in left if isinstance(f, DesignFit)]
    estimates = np.array([f.estimate for f in refits]) if refits else np.asarray(left, dtype=np.float64)
    low, high = fit.interval
    if refits:
        inside = np.array([f.interval[0] <= fit.estimate <= f.interval[1] for f in refits])
    else:
        error = float(fit.row["std_error"].iloc[0]) if "std_error" in fit.row else np.nan
        variance = (error if np.isfinite(error) else (high - low) / (2 * _TWO_SIDED)) ** 2
        move = np.abs(estimates - fit.estimate)
        n = len(move)
        if by_others:
            inside = move <= float(stats.norm.ppf(1 - CHECK_LEVEL / (2 * n))) * np.sqrt(variance / max(1, n - 1))
        else:
            # the others' spread is learned from as many of them, less their mean and the one left out
            most = float(stats.t.ppf(1 - CHECK_LEVEL / 2, max(1, n - 2)))
            inside = move <= most * np.sqrt(np.clip(variance - (1 - 1 / n) * move**2, 0, None))
    good = bool(((estimates >= low) & (estimates <= high) & inside).all())
    side = "inside the confidence interval" if good else "beyond the confidence interval that the others give"
    # how far it moves is not told: with the estimate, that is what the one left out adds, which may be two people
    told = f"the estimate {'stays' if good else 'goes'} {side}."
    return Check(name, good, f"Leaving out {what} at a time, {told}", float(np.ptp(estimates)))


def check_likeness(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Share of the outcome's variance between clusters (the intraclass correlation); informs only."""
    parts = fit_variance_components(frame, outcome=fit.plan.outcome, group=fit.plan.cluster)
    what = noun(fit.plan.cluster, many=True)
    told = f"{parts.icc:.0%} of the outcome's variance lies between {what}."
    return Check(
        "correlation within clusters",
        None,
        told if parts.converged else "Inconclusive: the variance between clusters could not be estimated.",
        parts.icc if parts.converged else None,
    )
