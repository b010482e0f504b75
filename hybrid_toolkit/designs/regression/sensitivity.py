"""What stands beside an estimate on its sensitivity: few clusters, residuals, an unmeasured confounder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.base import fit_plan, plan_instruments, terms_of
from hybrid_toolkit.designs.checks import SMALL, p_words
from hybrid_toolkit.designs.model_columns import DesignFit, noun
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.inference.cluster_support import FEW_SIDE
from hybrid_toolkit.models.inference.few_clusters import fit_cr2
from hybrid_toolkit.models.inference.wild_bootstrap import wild_bootstrap
from hybrid_toolkit.models.linear.residuals import LinearResiduals, linear_residuals
from hybrid_toolkit.models.sensitivity.unmeasured_confounding import e_value, robustness_value
from hybrid_toolkit.models.terms.terms import numbers
from hybrid_toolkit.models.weighting.nonresponse_weighting import fit_response_weighted
from hybrid_toolkit.result import TIDY_COLUMNS, Check

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


def least_squares_few_clusters(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The same slope by least squares with what is made for few clusters, beside a mixed model."""
    rows = few_cluster_rows(frame, fit_plan(frame, fit.plan))
    return None if rows is None else rows.assign(term="least squares, " + rows["term"])


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


def response_weighted_row(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The same model with answers weighted up to all who were asked, by the columns of the model."""
    plan = fit.plan
    if not plan.responded or plan.fixed_effects or plan.instruments:
        return None
    asked = frame.assign(**{plan.responded: frame[plan.responded].fillna(False).astype(bool)})
    terms = terms_of(frame, plan)
    got = fit_response_weighted(
        asked,
        outcome=plan.outcome,
        terms=terms,
        response_terms=terms,
        cluster=plan.cluster,
        responded=plan.responded,
        conf_level=plan.conf_level,
    )
    rows = got.tidy()
    row = rows[rows["term"].eq(plan.target)]
    return row.assign(term="answers weighted to all in post", unit=plan.unit, role="sensitivity")


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


def check_robustness(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """The share of what is left of exposure and outcome that a confounder would have to explain."""
    row = fit.row.iloc[0]
    try:
        found = robustness_value(float(row["estimate"]), float(row["std_error"]), df=max(2, fit.fit.n_clusters - 1))
    except EstimationError:
        return None
    message = (
        f"A confounder that explained {found.rv:.0%} of what is left of both exposure and outcome (counted in "
        f"clusters) would bring the estimate to nothing; {found.rv_alpha:.0%} would open the interval to it."
    )
    return Check("unmeasured confounding", None, message, found.rv)
