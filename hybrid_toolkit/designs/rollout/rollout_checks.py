"""Checks of roll-outs. Each gives a verdict in one sentence; no team is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import scaled
from hybrid_toolkit.designs.base import CheckOf, FitOf
from hybrid_toolkit.designs.checks import CHECK_LEVEL, judge_departure, judge_left_out, p_words
from hybrid_toolkit.designs.model_columns import DesignFit, noun
from hybrid_toolkit.designs.rollout.rollout_fits import before_after_fit, fit_two_by_two_plan, group_time, under_policy
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.linear.linear import fit_linear
from hybrid_toolkit.models.planning.pretrend_power import detectable_slope
from hybrid_toolkit.models.rollout.event_time_path import EventPath
from hybrid_toolkit.models.rollout.group_time_effects import FEW_UNITS
from hybrid_toolkit.models.sensitivity.parallel_trends_bounds import breakdown
from hybrid_toolkit.models.terms.terms import Column
from hybrid_toolkit.result import Check

YEAR = 12
"""Months of a yearly wave; two years are needed to tell it from a trend."""
NEAR = 6
"""Times before the start that a check reads, at most."""


def event_path_of(frame: pd.DataFrame, fit: DesignFit) -> EventPath:
    """The plan's effects by time since the start, all against the last untreated period."""
    return group_time(frame, fit.plan, base_period="universal").path()


def check_parallel_trends(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """No trend before the start; and how steep a trend the data could have shown."""
    path = event_path_of(frame, fit).near(NEAR, len(frame))
    slope, _, p = path.slope_before()
    seen = detectable_slope(path)
    reach = float(np.mean([path.leads[i] - path.last_free for i in path.after]))
    moved = seen * reach
    if p < CHECK_LEVEL:
        good: bool | None = False
        message = (
            f"The groups moved apart by {slope:+.3f} a period before the start ({p_words(p)}): parallel trends are in "
            "doubt."
        )
    else:
        good = True if moved < abs(fit.estimate) else None
        weak = "" if good else ", which is larger than the estimate, so it tells us little"
        message = (
            f"There was no clear trend before the start ({p_words(p)}). With 80% power this check could only have "
            f"detected a trend of {seen:.3f} a period, which could move the estimate by {moved:.3f}{weak}."
        )
    return Check("parallel trends", good, message, p, 0.05)


def check_bounds(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """How large departures from parallel trends may be before the interval holds zero (relative magnitudes)."""
    path = event_path_of(frame, fit).near(NEAR, NEAR)
    found = breakdown(path, conf_level=fit.plan.conf_level)
    if found <= 0:
        low, high = fit.interval
        told = "so no bound is needed." if low <= 0 <= high else "though that of the estimate does not: a weak sign."
        message = f"The interval by time since the start contains zero even if trends are parallel, {told}"
    else:
        message = (
            f"Departures from parallel trends after the start may be up to {found:.1f} times the largest one before it "
            "until the interval of the average effect contains zero."
        )
    return Check("bounds on trends", None, message, found)


def check_anticipation(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Nothing moves in the period just before the start."""
    earlier = replace(fit.plan, settings=(*fit.plan.settings, ("anticipation", 2)))
    path = group_time(frame, earlier, base_period="universal").path()
    at = [i for i, e in enumerate(path.leads) if -2 <= e < 0]
    if not at or not path.vcov[at, at].all():
        raise EstimationError(
            f"this check needs at least 3 periods before the policy started; {len(at)} could be used.",
            fix="Add earlier periods, or read the result without this check.",
            code="NO-LEADS",
        )
    w = np.full(len(at), 1 / len(at))
    jump = float(w @ path.estimate[at])
    error = float(np.sqrt(w @ path.vcov[np.ix_(at, at)] @ w))
    p = float(2 * stats.t.sf(abs(jump) / error, path.df))
    half = float(stats.t.ppf(0.5 + fit.plan.conf_level / 2, path.df)) * error
    row = pd.Series({"std_error": error, "conf_low": jump - half, "conf_high": jump + half, "p_value": p})
    good, weak = judge_departure(row, fit)
    message = (
        f"The two periods before the start differ from the one before them by {jump:+.3f} ({p_words(p)})"
        f"{': units may have reacted before the start' if good is False else weak}."
    )
    return Check("anticipation", good, message, p, 0.05)


def check_placebo_in_time(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """A start put into the middle of the periods before anyone is under the policy should show nothing."""
    plan = fit.plan
    on = under_policy(frame, plan)
    early = frame[frame[plan.time] < frame.loc[on == 1, plan.time].min()]
    times = sorted(early[plan.time].dropna().unique())
    if len(times) < 2:
        raise EstimationError(
            f"this check needs at least 2 periods before the policy started; there are {len(times)}.",
            fix=f"Add at least {plural(2 - len(times), 'earlier period')}, or read the result without this check.",
            code="NO-LEADS",
        )
    middle = times[(len(times) + 1) // 2]
    ever = on.groupby(frame[plan.panel_id]).transform("max").reindex(early.index) == 1
    if ever.all():  # the later starters stand in for units that never start
        ever = early[plan.first_treated] <= early[plan.first_treated].median()
    fake = early.assign(**{plan.first_treated: early[plan.first_treated].where(ever).mask(ever, middle)})
    row = fit_two_by_two_plan(fake, replace(plan, confounders=())).row.iloc[0]
    good, weak = judge_departure(row, fit)
    message = (
        f"A start put into the middle of the periods before any policy gives {row['estimate']:+.3f} "
        f"({p_words(row['p_value'])}){': something else moved the treated groups' if good is False else weak}."
    )
    return Check("placebo in time", good, message, float(row["p_value"]), 0.05)


def check_groups(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Enough units start together, and enough stay untreated."""
    plan = fit.plan
    first_treated = frame.groupby(plan.panel_id)[plan.first_treated].first()
    on = under_policy(frame, plan).groupby(frame[plan.panel_id]).max().reindex(first_treated.index) == 1
    never = int((~on).sum())
    sizes = [*first_treated[on].value_counts(), *([never] if never else [])]
    small, least, many = sum(n < FEW_UNITS for n in sizes), int(min(sizes)), noun(plan.panel_id, many=True)
    message = f"Each group of {many} with one start, and the untreated, " + (
        f"should have {FEW_UNITS} {many} or more; {small} of {len(sizes)} {'has' if small == 1 else 'have'} fewer."
        if small
        else f"has at least {FEW_UNITS} {many}."
    )
    if 1 in sizes:
        one = noun(plan.panel_id)
        message += (
            f" What rests on one {one} alone is shown without an interval: one {one} cannot tell how far {many} differ."
        )
    return Check("group sizes", not small, message, float(FEW_UNITS - 1 if small else least), FEW_UNITS)


def check_interference(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Units not yet under the policy do not move as more of the others come under it (beyond trend and season).

    All units see the same share in a period, so that what befalls them all then cannot be told from it by comparing
    units: periods, not units, are what the interval is learned from, and two years of months have a yearly wave.
    """
    plan = fit.plan
    on = under_policy(frame, plan)
    share = on.groupby(frame[plan.time]).transform("mean")
    rows = frame[on == 0].assign(share_=share[on == 0], trend_=pd.factorize(frame[plan.time], sort=True)[0][on == 0])
    level = rows[["share_", "trend_"]].drop_duplicates()
    if len(level) < 3 or not scaled(np.column_stack([np.ones(len(level)), level])).own.all():
        raise EstimationError(
            "the share of units under the policy rises in a straight line, which cannot be distinguished from a "
            "common trend.",
            fix="Add periods in which the share stays the same or jumps.",
            code="STRAIGHT-RISE",
        )
    wave = _yearly(rows, plan.time)
    fit_now = fit_linear(
        rows.assign(**wave),
        outcome=plan.outcome,
        terms=[Column("share_"), Column("trend_"), *(Column(c) for c in wave)],
        fixed_effects=[plan.panel_id],
        cluster=plan.time,
    )
    row = fit_now.combine({"share_": 1.0}, term="share").iloc[0]
    good, weak = judge_departure(row, fit)
    message = (
        f"{noun(plan.panel_id, many=True).capitalize()} outside the policy "
        f"{'move' if good is False else 'do not clearly move'} as the others come under it "
        f"({row['estimate']:+.3f} from none to all, {p_words(row['p_value'])})"
        f"{': the policy may touch them too, or something else moved all at those times' if good is False else weak}."
    )
    return Check("interference", good, message, float(row["p_value"]), 0.05)


def _yearly(rows: pd.DataFrame, time: str) -> dict[str, Array]:
    """A yearly wave where the periods are months and cover two years or more; else nothing."""
    values = rows[time]
    dates = pd.api.types.is_datetime64_any_dtype(values)
    if not dates and (time != "month" or not pd.api.types.is_numeric_dtype(values)):
        return {}
    at = values.dt.year * YEAR + values.dt.month if dates else values.astype("float64")
    if at.nunique() < 2 * YEAR or not (at == at.round()).all():
        return {}
    angle = 2 * np.pi * at.to_numpy(dtype=np.float64) / YEAR
    return {"wave_sin_": np.sin(angle), "wave_cos_": np.cos(angle)}


def check_leave_one_out(fit_with: FitOf) -> CheckOf:
    """No single cluster carries the estimate: the design fitted without each in turn."""

    def check_influence(frame: pd.DataFrame, fit: DesignFit) -> Check:
        left, lost = [], 0
        for name in frame[fit.plan.cluster].dropna().unique():
            try:
                left.append(fit_with(frame[frame[fit.plan.cluster] != name], fit.plan))
            except EstimationError:
                lost += 1
        what = noun(fit.plan.cluster)
        if not left:
            return Check("influence", None, f"No {what} can be left out: each is needed.")
        return judge_left_out(f"one {what}{f' ({lost} could not be left out)' if lost else ''}", left, fit)

    return check_influence


def check_before_after(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """What a plain comparison before and after says, beside the design's estimate."""
    plain = before_after_fit(frame, fit.plan)
    low, high = fit.interval
    apart = not low <= plain.estimate <= high
    message = (
        f"An unadjusted comparison before and after gives {plain.estimate:+.3f} where the design gives "
        f"{fit.estimate:+.3f}"
        f"{': what all units share over time matters here' if apart else ''}."
    )
    return Check("unadjusted comparison", None, message, plain.estimate)
