"""Levels of invariance: what each holds equal, how one is judged against the last, and which items break it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.metrics.intervals.multiple_testing import holm
from hybrid_toolkit.metrics.psychometrics.factor_data import FactorData
from hybrid_toolkit.metrics.psychometrics.factor_estimates import FactorSolution, plan
from hybrid_toolkit.metrics.psychometrics.factor_indices import Spread, model_of, spread
from hybrid_toolkit.metrics.psychometrics.factor_model import (
    FactorLayout,
    Solution,
    carry,
    inverse_information,
    score_and_information,
)
from hybrid_toolkit.result import SMALLEST_P

SMALL_SAMPLE = 300
"""Rows in all up to which the limits of small samples hold (Chen 2007)."""
LEAST_CFI, MOST_SRMR = 0.90, 0.08
"""Fit within which a form is taken to hold although its test rejects (Bentler and Bonett 1980; Hu and Bentler 1999)."""

INVARIANCE_LEVELS: Mapping[str, tuple[str, ...]] = {
    "configural": (),
    "metric": ("loadings",),
    "scalar": ("loadings", "intercepts"),
    "strict": ("loadings", "intercepts", "residuals"),
}
"""What is equal across groups at each level."""
CFI_LIMIT, RMSEA_LIMIT = -0.010, 0.015
"""Changes of fit beyond which a level fails, above 300 rows in all (Cheung and Rensvold 2002; Chen 2007)."""
SMALL_CFI_LIMIT, SMALL_RMSEA_LIMIT = -0.005, 0.010
"""The same for 300 rows or fewer (Chen 2007)."""
GOOD = ("held", "held within limits")
KIND: Mapping[str, str] = {"metric": "loadings", "scalar": "intercepts"}
"""What a level adds to the one above."""


def limits(n: int) -> tuple[float, float]:
    """Change of CFI below which, and of RMSEA above which, a level fails with n rows in all.

    Examples
    --------
    >>> limits(301)
    (-0.01, 0.015)
    """
    return (SMALL_CFI_LIMIT, SMALL_RMSEA_LIMIT) if n <= SMALL_SAMPLE else (CFI_LIMIT, RMSEA_LIMIT)


def difference(ready: FactorData, tight: FactorSolution, loose: FactorSolution, test: str) -> tuple[float, int, float]:
    """Chi-square difference of two nested models: value, degrees of freedom, p; missing where it is not defined."""
    a, b = tight.indices, loose.indices
    value, df = max(a.chi2 - b.chi2, 0.0), a.df - b.df
    if test == "scaled":
        factor = difference_scaling(tight.layout, tight.solution, tight.spread, loose.layout, ready)
        value = value / factor if factor > 0 else float("nan")
    return value, df, float(stats.chi2.sf(value, df))


def difference_scaling(
    layout: FactorLayout, solution: Solution, seen: Spread, wider: FactorLayout, ready: FactorData
) -> float:
    """Scaling factor of the difference between a model and a wider one, both at the tighter one's estimates.

    (tr(I1^-1 M1) - tr(I0^-1 M0)) / (df0 - df1), I the information and M the covariance of the scores (Satorra 2000).
    It looks only along the constraints that are tested, and so needs fewer rows than the difference of the two
    models' own scaling factors (Satorra and Bentler 2001).
    """
    values = carry(layout, solution.values, wider)
    if not np.isfinite(values).all():
        return float("nan")
    _, information = score_and_information(wider, values, ready.moments)
    inverse, _ = inverse_information(information)
    meat = spread(ready.moments, model_of(wider, values), wider.size, ready.clusters).meat
    over = float((inverse * meat).sum()) - float((solution.inverse * seen.meat).sum())
    return over / (layout.df - wider.df)


def judge(
    ready: FactorData, tight: FactorSolution, loose: FactorSolution, test: str, alpha: float
) -> tuple[str, str, tuple[float, ...]]:
    """Status, reason, and (chi-square, df, p, change of CFI, change of RMSEA) of one level against the one above."""
    a, b = tight.indices, loose.indices
    value, df, p = difference(ready, tight, loose, test)
    cfi, rmsea = a.cfi - b.cfi, a.rmsea - b.rmsea
    cfi_limit, rmsea_limit = limits(sum(m.n for m in ready.moments))
    cfi_past, rmsea_past = cfi < cfi_limit, rmsea > rmsea_limit
    numbers = (value, df, p, cfi, rmsea)
    if not (tight.solution.converged and loose.solution.converged) or np.isnan(p):
        return "unclear", "no test: a model did not converge, or its scaled difference is not defined", numbers
    said = f"chi-square difference {value:.1f} on {df}, {'p < .001' if p < SMALLEST_P else f'p = {p:.3f}'}; "
    said += f"CFI {cfi:+.3f}, RMSEA {rmsea:+.3f}"
    if p < alpha:
        return ("not held" if cfi_past or rmsea_past else "held within limits"), said, numbers
    return ("unclear" if cfi_past and rmsea_past else "held"), said, numbers


def _configural(fit: FactorSolution, test: str, alpha: float) -> tuple[str, str]:
    i = fit.indices
    if not fit.solution.converged:
        return "unclear", "the model did not converge"
    if i.df == 0:
        return "held", "no degrees of freedom: the form itself cannot be tested"
    p = i.p_scaled if test == "scaled" else i.p_value
    said = (
        f"CFI {i.cfi:.3f}, RMSEA {i.rmsea:.3f}, SRMR {i.srmr:.3f}, {'p < .001' if p < SMALLEST_P else f'p = {p:.3f}'}"
    )
    if p >= alpha:
        return "held", said
    return ("held within limits" if i.cfi >= LEAST_CFI and i.srmr <= MOST_SRMR else "not held"), said


def levels_table(ready: FactorData, fits: Mapping[str, FactorSolution], test: str, alpha: float) -> pd.DataFrame:
    rows = []
    first = _configural(fits["configural"], test, alpha)
    judged: dict[str, tuple[str, str, tuple[float, ...]]] = {"configural": (*first, (np.nan,) * 5)}
    reached = first[0] in GOOD
    for loose, tight in pairwise(INVARIANCE_LEVELS):
        status, reason, numbers = judge(ready, fits[tight], fits[loose], test, alpha)
        judged[tight] = (status if reached else "not reached", reason, numbers)
        reached = reached and status in GOOD
    for name, fit in fits.items():
        i, (status, reason, numbers) = fit.indices, judged[name]
        chi2, p = (i.chi2_scaled, i.p_scaled) if test == "scaled" else (i.chi2, i.p_value)
        rows.append((name, chi2, i.df, p, i.cfi, i.rmsea, i.srmr, i.srmr_means, i.aic, i.bic, *numbers, status, reason))
    columns = ["level", "chi2", "df", "p_value", "cfi", "rmsea", "srmr", "srmr_means", "aic", "bic"]
    columns += ["delta_chi2", "delta_df", "p_difference", "delta_cfi", "delta_rmsea", "status", "reason"]
    return pd.DataFrame(rows, columns=columns)


def item_hints(
    ready: FactorData, level: str, solved: FactorSolution, free: tuple[tuple[str, str], ...] = ()
) -> pd.DataFrame:
    """Score test of letting each item's loading or intercept differ, largest first."""
    layout, solution = solved.layout, solved.solution
    kind, rows = KIND[level], []
    for factor, items in ready.factors.items():
        for item in items:
            if (kind, item) in free:
                continue
            if sum((kind, other) not in free for other in items) < 2:
                continue
            wider = plan(ready, INVARIANCE_LEVELS[level], (*free, (kind, item)), "unit")
            values = carry(layout, solution.values, wider)
            score, information = score_and_information(wider, values, ready.moments)
            step = inverse_information(information)[0] @ score
            at = ready.items.index(item)
            places = (wider.loading if kind == "loadings" else wider.intercept)[:, at]
            gap = float(np.ptp((values + step)[places]) * ready.sd[at])
            df = len(ready.groups) - 1
            value = max(float(score @ step), 0.0)
            shift = gap / len(items) if kind == "intercepts" else float("nan")
            rows.append((level, factor, item, value, df, float(stats.chi2.sf(value, df)), gap, shift))
    frame = pd.DataFrame(rows, columns=["level", "factor", "item", "score", "df", "p_value", "gap", "scale_shift"])
    frame = frame.sort_values("score", ascending=False, kind="stable").reset_index(drop=True)
    frame.insert(6, "p_holm", holm(frame["p_value"].tolist()))
    return frame
