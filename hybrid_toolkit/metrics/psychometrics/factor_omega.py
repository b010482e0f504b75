"""McDonald's omega of each factor of a fitted factor model."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.errors import MeasureError, plural, with_article
from hybrid_toolkit.metrics.psychometrics.factor_fit import FactorFit


def omega_of_model(fit: FactorFit) -> pd.DataFrame:
    """Omega of each factor, and of the sum of all items, by group, from the model's own parameters.

    With loadings l, factor variance f and residual variances e of a factor's items: ``(sum l)^2 f / ((sum l)^2 f +
    sum e)``. For all items the common part is the sum of all covariances that the factors imply. ``omega_total`` fits
    one factor to the items of one scale; this takes what a model of several factors found, and has no interval.

    Parameters
    ----------
    fit : FactorFit
        What ``fit_factor_model`` gave; without residual correlations, which it has none of.

    Returns
    -------
    pd.DataFrame
        A row a factor and group, and ``all items``: ``group``, ``term``, ``estimate``, ``k`` (items), ``n``.

    Raises
    ------
    MeasureError
        Something else than a fitted factor model, one that did not converge, or one with a variance below zero.

    References
    ----------
    - McDonald, R. P. (1999). Test Theory: A Unified Treatment.
    - Bollen, K. A. (1980). American Sociological Review 45, 370-390.

    Examples
    --------
    >>> import numpy as np
    >>> from hybrid_toolkit.metrics import fit_factor_model
    >>> rng = np.random.default_rng(1); f = rng.normal(size=4000)
    >>> x = pd.DataFrame({i: 0.8 * f + 0.6 * rng.normal(size=4000) for i in "abcd"})
    >>> found = omega_of_model(fit_factor_model(x, factors={"skill": list("abcd")}))
    >>> found[["term", "estimate", "k"]].round(1).values.tolist()
    [['skill', 0.9, 4], ['all items', 0.9, 4]]
    """
    if not isinstance(fit, FactorFit):
        raise MeasureError(
            f"omega is taken from a fitted factor model; this is {with_article(type(fit).__name__)}.",
            fix="Pass what fit_factor_model gives.",
            code="FACTOR-FIT",
        )
    if not fit.converged or fit.heywood:
        state = f"has {plural(len(fit.heywood), 'improper value')}" if fit.heywood else "did not converge"
        raise MeasureError(
            f"the factor model {state}, so omega has no meaning.",
            fix="Use fewer factors, or more rows, until fit.converged is True and fit.heywood is empty.",
            code="FACTOR-IMPROPER",
        )
    rows: list[tuple[str, str, float, int, int]] = []
    for group, n in zip(fit.groups, fit.n, strict=True):
        e = fit.estimates[fit.estimates["group"].eq(group)]
        load = e[e["kind"].eq("loading")].groupby("factor")["estimate"].sum()
        unique = e[e["kind"].eq("residual variance")].set_index("item")["estimate"]
        variance = e[e["kind"].eq("factor variance")].set_index("factor")["estimate"]
        both = e[e["kind"].eq("factor covariance")]
        common = 0.0
        for factor, items in fit.factors.items():
            own = float(load[factor] ** 2 * variance[factor])
            common += own
            rows.append((group, factor, own / (own + float(unique[list(items)].sum())), len(items), n))
        common += sum(
            2 * float(c) * float(load[a]) * float(load[b])
            for a, b, c in zip(both["factor"], both["item"], both["estimate"], strict=True)
        )
        rows.append((group, "all items", common / (common + float(unique.sum())), len(unique), n))
    return pd.DataFrame(rows, columns=["group", "term", "estimate", "k", "n"])
