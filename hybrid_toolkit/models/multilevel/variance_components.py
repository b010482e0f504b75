"""How much of an outcome's variance lies between groups: random intercepts and slopes by statsmodels."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import scaled, settled_columns
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.terms.arguments import check_arguments, numbers
from hybrid_toolkit.models.terms.design_matrix import codes, complete_rows
from hybrid_toolkit.models.terms.result_rows import as_names, as_terms, design, varying
from hybrid_toolkit.models.terms.terms import Terms
from hybrid_toolkit.result import TIDY_COLUMNS, ResultBase

_LEAST_GROUPS = 5
"""Groups under which a variance between them has no use: its interval reaches from nothing to many times itself."""


@dataclass(frozen=True, eq=False)
class VarianceComponents(ResultBase):
    """Variance between and within groups, from a mixed model fitted by restricted maximum likelihood.

    Parameters
    ----------
    outcome : str
        Column of the outcome.
    group : str
        Column of the group.
    between : float
        Variance of the random intercept, in squared units of the outcome.
    within : float
        Residual variance.
    random_cov : Array
        Covariance of the random effects (intercept first, then random slopes).
    fixed : pd.DataFrame
        Tidy rows of the fixed coefficients (normal reference).
    log_likelihood : float
        Restricted log-likelihood.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_groups : int
        Number of groups.
    converged : bool
        Whether the search ended at an optimum inside the permitted values.
    note : str
        What to know about the fit, empty where there is nothing.
    conf_level : float, default 0.95
        Level of the intervals of the fixed part.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> team = np.repeat(np.arange(60), 20)
    >>> f = pd.DataFrame({"team": team, "y": rng.normal(0, 1, 60)[team] + rng.normal(0, 2, 1200)})
    >>> fit = fit_variance_components(f, outcome="y", group="team")
    >>> round(fit.icc, 1), fit.n_groups
    (0.1, 60)
    """

    outcome: str
    group: str
    between: float
    within: float
    random_cov: Array
    fixed: pd.DataFrame = field(repr=False)
    log_likelihood: float
    n: int
    n_missing: int
    n_groups: int
    converged: bool
    note: str
    conf_level: float = 0.95

    @property
    def icc(self) -> float:
        """Share of variance that lies between groups, 0 to 1 (the intraclass correlation without random slopes)."""
        return self.between / (self.between + self.within)

    def tidy(self) -> pd.DataFrame:
        """Fixed coefficients, then the two variances and the share between groups (no interval for these).

        Returns
        -------
        pd.DataFrame
            Fixed coefficients, then the two variances and the share between groups (no interval for these).
        """
        names = ["variance between groups", "variance within groups", "share between groups"]
        values = [self.between, self.within, self.icc]
        rows = pd.DataFrame({"term": names, "estimate": values, "n": self.n, "unit": ["squared", "squared", "share"]})
        return pd.concat([self.fixed, rows], ignore_index=True)[list(TIDY_COLUMNS)]

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, groups, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, groups, method, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_groups": [self.n_groups],
                "method": ["mixed model, restricted maximum likelihood"],
                "log_likelihood": [self.log_likelihood],
                "converged": [self.converged],
            }
        )

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        if not self.converged:
            return (
                f"{self.outcome}: the search for the variance between the {self.n_groups} groups of {self.group} did "
                f"not end, so there is no estimate ({self.n:,} rows)."
            )
        note = f" {self.note}" if self.note else ""
        return (
            f"{self.outcome}: {100 * self.icc:.0f}% of the variance lies between the {self.n_groups} groups "
            f"of {self.group} and the rest within them ({self.n:,} rows).{note}"
        )


def fit_variance_components(
    frame: pd.DataFrame,
    *,
    outcome: str,
    group: str,
    terms: Terms = (),
    random_slopes: str | Sequence[str] = (),
    conf_level: float = 0.95,
) -> VarianceComponents:
    """A random intercept for each group, and random slopes where named, with fixed terms beside them.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an observation; rows with a missing value are left out and counted.
    outcome : str
        Numeric column.
    group : str
        Column of the groups.
    terms : Terms, optional
        Fixed part; an intercept is added.
    random_slopes : str | Sequence[str], optional
        Numeric columns whose slope varies over groups, correlated with the intercept.
    conf_level : float, default 0.95
        Level of the intervals of the fixed part.

    Returns
    -------
    VarianceComponents
        A random intercept for each group, and random slopes where named, with fixed terms beside them.

    Raises
    ------
    EstimationError
        Fewer than 5 groups, no group with two rows, a singular fixed part.
    CoverageError
        A column is not there.

    Notes
    -----
    statsmodels ``MixedLM`` (Lindstrom and Bates 1988, Journal of the American Statistical Association 83).

    References
    ----------
    - Lindstrom, M. J. and Bates, D. M. (1988). Journal of the American Statistical Association 83, 1014-1022.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> team = np.repeat(np.arange(60), 20)
    >>> f = pd.DataFrame({"team": team, "y": rng.normal(0, 1, 60)[team] + rng.normal(0, 2, 1200)})
    >>> fit = fit_variance_components(f, outcome="y", group="team")
    >>> fit.converged, abs(fit.icc - 0.2) < 0.06
    (True, True)
    """
    check_arguments(fit_variance_components, locals())
    held = as_terms(frame, terms)
    random_slopes = as_names(random_slopes, "random_slopes")
    columns = [outcome, group, *random_slopes, *(c for t in held for c in t.columns)]
    rows = complete_rows(frame, columns)
    sizes = rows[group].value_counts()
    if len(sizes) < _LEAST_GROUPS or sizes.max() < 2:
        raise EstimationError(
            f"{plural(len(sizes), 'group')} of '{group}', the largest with "
            f"{plural(int(sizes.max()) if len(sizes) else 0, 'row')}: variance between groups needs at least "
            f"{_LEAST_GROUPS} groups and groups of 2.",
            fix=f"Add groups until there are at least {_LEAST_GROUPS}, or rows until one group has at least 2.",
            code="GROUPS",
        )
    x, exog = design(rows, held)
    basis = settled_columns(exog)
    re = scaled(np.column_stack([np.ones(len(rows)), *(numbers(rows, c) for c in random_slopes)]))
    if not re.own.all():
        raise EstimationError(
            "the random part of the mixed model is singular: one slope's column is a combination of others.",
            fix="Leave a slope out.",
            code="SINGULAR",
        )
    y = varying(rows, outcome)
    middle = float(np.median(y))
    unit = float((y - middle).std())  # the search goes better in standard units; everything is brought back below
    fit, messages = _search((y - middle) / unit, basis.z, re.z, codes(rows, group))
    cov = re.back_cov(np.asarray(fit.cov_re, dtype=np.float64) * unit**2)
    within = float(fit.scale) * unit**2
    at_boundary = bool(np.linalg.eigvalsh(np.asarray(fit.cov_re)).min() <= 1e-4 * float(fit.scale))
    note = "The variance between groups lies at or next to zero." if at_boundary else ""
    told = bool(fit.converged) and (at_boundary or not messages)
    none = 1.0 if told else float("nan")  # a search that did not end gives no estimate
    k = exog.shape[1]
    b = basis.back(np.asarray(fit.fe_params) * unit)
    b[0] += middle
    b = b * none
    se = np.sqrt(np.diagonal(basis.back_cov(fit.cov_fe))) * unit
    z = stats.norm.ppf(0.5 + conf_level / 2)
    values = (x, b, se, b - z * se, b + z * se, 2 * stats.norm.sf(np.abs(b / se)), len(rows), "")
    return VarianceComponents(
        outcome=outcome,
        group=group,
        between=float(cov[0, 0]) * none,
        within=within * none,
        random_cov=cov * none,
        fixed=pd.DataFrame(dict(zip(TIDY_COLUMNS, values, strict=True))).iloc[:k],
        # the restricted criterion holds the determinant of X'X, as statsmodels writes it
        log_likelihood=float(fit.llf)
        - (len(rows) - k) * float(np.log(unit))
        - float(np.log(np.diagonal(basis.r)).sum()),
        n=len(rows),
        n_missing=len(frame) - len(rows),
        n_groups=len(sizes),
        converged=told,
        note=note,
        conf_level=conf_level,
    )


class _Fitted:
    """The few arrays that are taken from statsmodels' result."""

    def __init__(self, result: object) -> None:
        for name in ("cov_re", "scale", "fe_params", "llf", "converged"):
            setattr(self, name, getattr(result, name))
        k = len(self.fe_params)
        self.cov_fe = np.asarray(result.cov_params(), dtype=np.float64)[:k, :k]  # type: ignore[attr-defined]

    cov_re: Array
    scale: float
    fe_params: Array
    cov_fe: Array
    llf: float
    converged: bool


def _search(y: Array, exog: Array, re: Array, groups: object) -> tuple[_Fitted, list[str]]:
    from statsmodels.regression.mixed_linear_model import MixedLM

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = MixedLM(y, exog, groups=groups, exog_re=re).fit(reml=True, method=["powell", "bfgs", "cg"])
        except (np.linalg.LinAlgError, ValueError) as error:
            raise EstimationError(
                f"the mixed model could not be fitted ({type(error).__name__}).",
                fix="Use fewer terms, or check for groups without variation.",
                code="MIXED-MODEL",
            ) from None
        fitted = _Fitted(result)
    return fitted, [str(w.message) for w in caught if "onverge" in str(w.message)]
