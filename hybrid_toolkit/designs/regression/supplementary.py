"""What stands beside an estimate: slopes of groups, a plain comparison, and how far it hangs on how it was made.

Other specifications and their curve, methods for few clusters, residuals, an unmeasured confounder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.base import SMALL, CheckOf, FitOf, RowsOf, fit_plan, plan_instruments, terms_of
from hybrid_toolkit.designs.checks import p_words
from hybrid_toolkit.designs.model_columns import DesignFit, noun
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models import (
    Category,
    Column,
    Interaction,
    LinearFit,
    Spline,
    Term,
    fit_linear,
    fit_variance_components,
    spline,
)
from hybrid_toolkit.models.inference.clusters import FEW_SIDE
from hybrid_toolkit.models.inference.cr2_errors import fit_cr2
from hybrid_toolkit.models.inference.wild_bootstrap import wild_bootstrap
from hybrid_toolkit.models.linear.linear import LinearResiduals, linear_residuals
from hybrid_toolkit.models.sensitivity.unmeasured_confounding import e_value, robustness_value
from hybrid_toolkit.models.terms.arguments import numbers
from hybrid_toolkit.result import TIDY_COLUMNS, Check

_MIN_GROUP = 20
"""Rows that a group needs before its own slope is shown."""


def check_unadjusted(unadjusted: FitOf) -> CheckOf:
    """What the plain comparison says, beside the design's estimate."""

    def check_unadjusted_comparison(frame: pd.DataFrame, fit: DesignFit) -> Check:
        plain = unadjusted(frame, fit.plan)
        low, high = fit.interval
        apart = not low <= plain.estimate <= high
        message = (
            f"An unadjusted comparison gives {plain.estimate:+.3f} where the design gives {fit.estimate:+.3f}"
            f"{': they do not agree, so selection matters here' if apart else ''}."
        )
        return Check("unadjusted comparison", None, message, plain.estimate)

    return check_unadjusted_comparison


def unadjusted_supplement(unadjusted: FitOf) -> RowsOf:
    """The plain comparison as a row."""

    def unadjusted_row(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
        return unadjusted(frame, fit.plan).as_row("unadjusted comparison", "unadjusted")

    return unadjusted_row


def simple_slopes(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The slope on exposure in each group of the moderator."""
    if not fit.plan.moderator:
        return None
    x, both, name = fit.plan.exposure, fit.plan.target, fit.plan.moderator
    rows = [
        fit.linear.combine({x: 1.0}, term=f"{x} where not {name}", unit=fit.plan.unit),
        fit.linear.combine({x: 1.0, both: 1.0}, term=f"{x} where {name}", unit=fit.plan.unit),
    ]
    return pd.concat(rows, ignore_index=True).assign(role="slope")


def group_slopes(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The slope on exposure in each finer group with enough rows."""
    plan = fit.plan
    if not plan.groups:
        return None
    responded = frame[frame[[plan.outcome, plan.exposure, plan.groups]].notna().all(axis=1)]
    sizes = responded[plan.groups].value_counts()
    levels = sorted(sizes.index[sizes >= _MIN_GROUP])
    if len(levels) < 2:
        return None
    rows = frame[frame[plan.groups].isin(levels)]
    x, g = Column(plan.exposure), Category(plan.groups)
    model = _again(rows, fit, [x, g, Interaction(x, g), *terms_of(rows, replace(plan, moderator=""))[1:]])
    parts = []
    for level in levels:
        weights = {plan.exposure: 1.0}
        if level != levels[0]:
            weights[f"{plan.exposure}:{plan.groups}[{level}]"] = 1.0
        row = model.combine(weights, term=f"{plan.exposure} in {plan.groups} {level}", unit=plan.unit)
        parts.append(row.assign(n=int(sizes[level])))
    return pd.concat(parts, ignore_index=True).assign(role="group slope")


def spline_version(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The same contrast where exposure may bend: mean slope between its quartiles, one group less the other."""
    plan = fit.plan
    if not plan.moderator:
        return None
    curve, m = spline(frame, plan.exposure, df=3), Column(plan.moderator)
    own = [m] if m in terms_of(frame, plan) else []
    held = terms_of(frame, replace(plan, moderator=""))[1:]
    model = _again(frame, fit, [curve, *own, Interaction(curve, m), *held])
    weights = {f"{c}:{plan.moderator}": w for c, w in _mean_slope(frame, curve).items()}
    row = model.combine(weights, term="spline: difference in mean slope between quartiles", unit=plan.unit)
    return row.assign(role="sensitivity")


def _mean_slope(frame: pd.DataFrame, curve: Spline) -> dict[str, float]:
    """Weights on a curve's columns that give its mean slope between the quartiles of the data."""
    x = numbers(frame, curve.name)
    ends = np.quantile(x[np.isfinite(x)], [0.25, 0.75])
    return {c: float((v[1] - v[0]) / (ends[1] - ends[0])) for c, v in curve.basis(ends).items()}


def _again(frame: pd.DataFrame, fit: DesignFit, terms: list[Term]) -> LinearFit:
    plan = fit.plan
    return fit_linear(
        frame,
        outcome=plan.outcome,
        terms=terms,
        fixed_effects=plan.fixed_effects,
        cluster=plan.cluster,
        conf_level=plan.conf_level,
    )


def other_measure(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The two measures of exposure in each other's place."""
    plan = fit.plan
    if len(plan.instruments) != 1:
        return None
    swapped = replace(plan, exposure=plan.instruments[0], instruments=(plan.exposure,))
    return fit_plan(frame, swapped).as_row(f"{plan.instruments[0]}, with {plan.exposure} in its place")


def uncorrected(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The same model without the correction for measurement error."""
    plan = fit.plan
    if not plan.instruments:
        return None
    alone = replace(plan, exposure=plan.instruments[0], instruments=())
    return fit_plan(frame, alone).as_row(f"{plan.instruments[0]}, error not corrected")


def between_and_within(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """Share of the outcome's variance between the units that the design compares with themselves."""
    finest = max(fit.plan.fixed_effects, key=lambda c: frame[c].nunique())
    parts = fit_variance_components(frame, outcome=fit.plan.outcome, group=finest)
    row = pd.DataFrame(
        {
            "term": [f"share of variance between {noun(finest, many=True)}"],
            "estimate": [parts.icc if parts.converged else np.nan],
            "n": [parts.n],
            "unit": ["share" if parts.converged else "share (did not converge)"],
        }
    )
    return row.reindex(columns=list(TIDY_COLUMNS)).assign(role="variance")


def last_periods_exposure(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The same model on the exposure of the period before, where the frame has it."""
    name = f"{fit.plan.exposure}_last"
    if name not in frame:
        return None
    return fit_plan(frame, replace(fit.plan, exposure=name)).as_row(f"{fit.plan.exposure} one period before")


ALL_SETS = 4
"""Columns up to which every set of them is tried; beyond, none, each alone, all but each, and all."""


def sets_of(columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The sets of columns that a curve tries, the whole one last.

    Examples
    --------
    >>> sets_of(("a", "b"))
    [(), ('a',), ('b',), ('a', 'b')]
    >>> len(sets_of(tuple("abcdef")))
    14
    """
    n = len(columns)
    sizes = range(n + 1) if n <= ALL_SETS else (0, 1, n - 1, n)
    return [chosen for k in sizes for chosen in combinations(columns, k)]


def check_specifications(fit_with: FitOf) -> CheckOf:
    """How far the estimate hangs on which confounders are held constant; informs only."""

    def check_specification_curve(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
        found, failed = [], 0
        for chosen in sets_of(fit.plan.confounders) if fit.plan.confounders else ():
            try:
                one = fit_with(frame, replace(fit.plan, confounders=chosen))
            except EstimationError:
                failed += 1
                continue
            found.append((one.estimate, *one.interval))
        if len(found) < 2:
            return None
        value, low, high = np.array(found).T
        sign = np.sign(fit.estimate)
        lost = f" ({failed} could not be fitted)" if failed else ""
        message = (
            f"Over {len(found)} sets of variables to adjust for{lost} the estimate ranges from {value.min():+.3f} to "
            f"{value.max():+.3f}; {(np.sign(value) == sign).mean():.0%} have its sign and "
            f"{((low > 0) | (high < 0)).mean():.0%} an interval that excludes zero."
        )
        return Check("specification curve", None, message, float(np.ptp(value)))

    return check_specification_curve


_FEW_CLUSTERS = 40
"""Clusters under which the estimate is shown with methods made for few of them."""
_DRAWS = 1_999
LEANING, LOPSIDED = 0.5, 2
"""Skewness from which residuals lean, and from which they are lopsided (an exponential distribution has 2)."""
_FAR = 4.0
"""Residual standard deviations from which a row counts as far off."""
_TIMES = ("month", "wave", "year")


def _model(frame: pd.DataFrame, fit: DesignFit) -> dict[str, Any]:
    plan = fit.plan
    return {
        "outcome": plan.outcome,
        "terms": terms_of(frame, plan),
        "cluster": plan.cluster,
        "fixed_effects": plan.fixed_effects,
        "instruments": plan_instruments(plan),
    }


def _few(fit: DesignFit) -> bool:
    """Few clusters in all, or on the smaller side of what is estimated."""
    return fit.linear.n_clusters < _FEW_CLUSTERS or fit.linear.clusters_behind(fit.plan.target) < FEW_SIDE


def few_cluster_rows(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The estimate with CR2 errors and, without instruments, with the wild bootstrap's interval and p-value."""
    if not _few(fit):
        return None
    model, plan = _model(frame, fit), fit.plan
    every = fit_cr2(frame, **model, conf_level=plan.conf_level).tidy(unit=plan.unit)
    rows = [every.loc[every["term"].eq(plan.target), list(TIDY_COLUMNS)].assign(term="CR2 errors")]
    if not plan.instruments:
        test = wild_bootstrap(frame, term=plan.target, draws=_DRAWS, conf_level=plan.conf_level, **model)
        if np.isfinite([test.conf_low, test.conf_high]).all():
            rows.append(test.tidy(unit=plan.unit).assign(term="wild cluster bootstrap"))
    return pd.concat(rows, ignore_index=True).assign(role="sensitivity")


def check_few_clusters(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """Whether the wild cluster bootstrap tells a difference where the interval does."""
    n, plan = fit.linear.n_clusters, fit.plan
    if not _few(fit) or len(plan.instruments) > 1 or (plan.instruments and plan.moderator):
        return None
    level = 1 - plan.conf_level
    test = wild_bootstrap(frame, term=plan.target, draws=_DRAWS, interval=False, **_model(frame, fit))
    own = float(fit.row["p_value"].iloc[0])
    apart = own < level <= test.p_value
    message = (
        f"With {n} {noun(plan.cluster, many=True)}, a method designed for few clusters (wild cluster bootstrap) "
        f"{'does not agree' if apart else 'agrees'} with the main result: {p_words(test.p_value)} and {p_words(own)}."
    )
    return Check("few clusters", not apart, message, test.p_value, level)


def _residuals(frame: pd.DataFrame, fit: DesignFit) -> LinearResiduals:
    return linear_residuals(frame, **_model(frame, fit))


def check_residuals(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """Shape of what is left over, and how many rows lie far off, by count; informs only. Not for a yes/no outcome."""
    if frame[fit.plan.outcome].nunique() <= 2:
        return None
    left = _residuals(frame, fit).values
    scaled = (left - left.mean()) / left.std()
    far = int((scaled.abs() > _FAR).sum())
    skew = float((scaled**3).mean())
    told = f"{far:,} rows lie" if far >= SMALL else ("No row lies" if not far else f"Fewer than {SMALL} rows lie")
    shape = (
        "close to even"
        if abs(skew) < LEANING
        else "leaning to one side"
        if abs(skew) < LOPSIDED
        else "strongly lopsided"
    )
    return Check("residuals", None, f"{told} far from what the model gives, and the rest is {shape}.", skew)


def check_autocorrelation(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """How far what is left over in one period goes with the next, within the finest fixed effect; informs only."""
    time = fit.plan.time or next((c for c in _TIMES if c in frame), "")
    effects = [c for c in (*fit.plan.fixed_effects, fit.plan.panel_id) if c and c != time]
    if not time or not effects:
        return None
    finest = max(effects, key=lambda c: frame[c].nunique())
    left = _residuals(frame, fit).values
    keys = [frame.loc[left.index, finest], frame.loc[left.index, time]]
    means = left.groupby(keys).mean().rename("left").reset_index().sort_values([finest, time])
    last = means.groupby(finest)["left"].shift(1)
    if last.notna().sum() < 3 * SMALL:
        return None
    r = float(means["left"].corr(last))
    what = noun(fit.plan.cluster)
    return Check(
        "autocorrelation",
        None,
        f"Within each {noun(finest)}, residuals in one {time} are correlated with the next (r = {r:+.2f}); intervals "
        f"account for correlation within each {what}, including that over time.",
        r,
    )


def check_unmeasured_confounding(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """How strong an unmeasured confounder would have to be (robustness value); not for an instrumented fit."""
    if fit.plan.instruments:
        return None
    left = _residuals(frame, fit)
    found = robustness_value(fit.estimate, left.std_error[fit.plan.target], df=left.df)
    message = (
        f"A confounder would have to explain {found.rv:.1%} of what is left of both exposure and outcome to bring the "
        "estimate to zero."
    )
    return Check("unmeasured confounding", None, message, found.rv)


ConfounderScale: TypeAlias = Literal["difference", "log-odds", "log-rate", "log-hazard"]


def as_risk_ratio(value: float, scale: ConfounderScale, spread: float = 1.0) -> float:
    """A slope as an approximate risk ratio (VanderWeele and Ding 2017, table 2).

    Parameters
    ----------
    value : float
        The slope.
    scale : ConfounderScale
        What it is a slope on.
    spread : float, default 1.0
        Standard deviation of the outcome, for a difference.

    Examples
    --------
    >>> round(as_risk_ratio(0.5, "difference", 1.0), 2), round(as_risk_ratio(np.log(4), "log-odds"), 2)
    (1.58, 2.0)
    """
    if scale == "difference":
        return float(np.exp(0.91 * value / spread))
    if scale == "log-rate":
        return float(np.exp(value))
    root = float(np.exp(np.clip(value, -20, 20) / 2))
    if scale == "log-odds":
        return root
    ratio = root**2
    return float((1 - 0.5 ** np.sqrt(ratio)) / (1 - 0.5 ** np.sqrt(1 / ratio)))


def check_e_value(scale: ConfounderScale) -> Callable[[pd.DataFrame, DesignFit], Check | None]:
    """The E-value of the estimate, for one unit of exposure, and of the end of its interval nearer to nothing.

    Not for a difference of slopes, which no ratio of risks tells.
    """

    def check_e_value_of_estimate(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
        values = (fit.estimate, *fit.interval)
        if not np.isfinite(values).all() or fit.plan.moderator:
            return None
        spread = float(np.nanstd(numbers(frame, fit.plan.outcome))) if scale == "difference" else 1.0
        ratio, low, high = (as_risk_ratio(v, scale, spread) for v in values)
        point, limit = e_value(ratio, low, high)
        message = (
            f"Something unmeasured would need risk ratios of {point:.1f} with both exposure and outcome to explain the "
            f"estimate away; {limit:.1f} would bring the interval to no difference."
            if limit > 1
            else "The interval already contains no difference; the estimate itself would need risk ratios of "
            f"{point:.1f}."
        )
        return Check("E-value", None, message, point)

    return check_e_value_of_estimate
