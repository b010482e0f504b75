"""Rows shown beside an estimate: slopes in each group, other specifications and their curve, a plain comparison."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.base import CheckOf, FitOf, fit_plan, unadjusted_fit
from hybrid_toolkit.designs.model_columns import DesignFit, noun
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models import (
    Category,
    Column,
    Interaction,
    LinearFit,
    Spline,
    Term,
    as_term,
    fit_linear,
    fit_variance_components,
    spline,
)
from hybrid_toolkit.models.terms.terms import numbers
from hybrid_toolkit.result import TIDY_COLUMNS, Check

_MIN_GROUP = 20
"""Rows that a group needs before its own slope is shown."""


def unadjusted_row(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """The plain comparison of all rows."""
    return unadjusted_fit(frame, fit.plan).as_row("unadjusted comparison", "unadjusted")


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
    held = [as_term(rows, c) for c in plan.confounders]
    model = _again(rows, fit, [x, g, Interaction(x, g), *held])
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
    held = [as_term(frame, c) for c in plan.confounders]
    model = _again(frame, fit, [curve, m, Interaction(curve, m), *held])
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
