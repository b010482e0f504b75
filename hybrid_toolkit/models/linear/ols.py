"""Least squares on rows that are taken to be independent, with plain or heteroskedasticity-robust errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import settled_columns
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.terms.arguments import check_arguments, told_names
from hybrid_toolkit.models.terms.design_matrix import check_leverage, complete_rows
from hybrid_toolkit.models.terms.prediction import PredictsMeans
from hybrid_toolkit.models.terms.result_rows import (
    as_terms,
    check_choice,
    check_level,
    design,
    frozen,
    term_columns,
    tidy_rows,
    varying,
)
from hybrid_toolkit.models.terms.terms import Term, Terms, pinned
from hybrid_toolkit.result import ResultBase

_VARIANCES: Mapping[str, str] = MappingProxyType(
    {
        "ols": "one error variance for all rows",
        "HC1": "heteroskedasticity-robust (HC1)",
        "HC2": "heteroskedasticity-robust (HC2)",
        "HC3": "heteroskedasticity-robust (HC3)",
    }
)
"""Standard errors of ``fit_ols``, in words."""


@dataclass(frozen=True, eq=False)
class OlsFit(PredictsMeans, ResultBase):
    """A fitted linear model of independent rows: arrays only.

    Parameters
    ----------
    terms : tuple[str, ...]
        Names of the k coefficients, the intercept first.
    estimate : Array
        The k coefficients, in units of the outcome for each unit of the term.
    vcov : Array
        The k x k variance.
    df : int
        Residual degrees of freedom, rows less coefficients.
    variance : str
        Key of ``_VARIANCES``.
    conf_level : float
        Level of the intervals.
    outcome : str
        Column name.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    r2 : float
        Share of the outcome's variance that the fitted values account for.
    converged : bool, default True
        Always True: least squares is solved, not searched for.
    model_terms : tuple[Term, ...] | None, optional
        The terms, each category with the levels of the rows used; None where there is no mean to predict.

    Examples
    --------
    >>> f = pd.DataFrame({"x": [0.0, 0, 1, 1], "y": [1.0, 3, 4, 6]})
    >>> fit = fit_ols(f, outcome="y", terms=["x"])
    >>> round(fit.r2, 2), fit.predict(pd.DataFrame({"x": [0, 1]}))["estimate"].tolist()
    (0.69, [1.9999999999999996, 5.0])
    """

    terms: tuple[str, ...]
    estimate: Array
    vcov: Array = field(repr=False)
    df: int
    variance: str
    conf_level: float
    outcome: str
    n: int
    n_missing: int
    r2: float
    converged: bool = True
    model_terms: tuple[Term, ...] | None = field(default=None, repr=False)

    def tidy(self, *, unit: str = "") -> pd.DataFrame:
        """One row a coefficient, with the columns of ``TIDY_COLUMNS``.

        Parameters
        ----------
        unit : str, optional
            Unit of the estimates.

        Returns
        -------
        pd.DataFrame
            One row a coefficient, with the columns of ``TIDY_COLUMNS``.
        """
        error = np.sqrt(np.diagonal(self.vcov))
        return tidy_rows(self.terms, self.estimate, error, n=self.n, conf_level=self.conf_level, df=self.df, unit=unit)

    def partial_r2(self, term: str) -> float:
        """Share of what is left of the outcome that one column explains, t² / (t² + df); with ``"ols"`` errors.

        Parameters
        ----------
        term : str
            Name of a coefficient.

        Returns
        -------
        float
            Share of what is left of the outcome that one column explains, t² / (t² + df); with ``"ols"`` errors.

        Raises
        ------
        EstimationError
            The model has no such coefficient, or its errors are not the plain ones.
        """
        if term not in self.terms:
            raise EstimationError(
                f"the model has no coefficient '{term}'.",
                fix=f"Use one of: {told_names(self.terms)}.",
                code="TERM-UNKNOWN",
            )
        if self.variance != "ols":
            raise EstimationError(
                "a partial R-squared follows from plain errors only.",
                fix="Use variance='ols' instead.",
                code="ERRORS-PLAIN",
            )
        i = self.terms.index(term)
        t2 = float(self.estimate[i] ** 2 / self.vcov[i, i])
        return t2 / (t2 + self.df)

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, method, degrees of freedom, R-squared, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, method, degrees of freedom, R-squared, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "method": ["least squares"],
                "variance": [_VARIANCES[self.variance]],
                "df": [self.df],
                "r2": [self.r2],
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
        return (
            f"{self.outcome}: least squares; {self.n:,} rows, {self.n_missing:,} left out for missing values. "
            f"Errors: {_VARIANCES[self.variance]}, t with {self.df:,} degrees of freedom. Rows are taken to be "
            "independent: where they share a team, a worker or a family, use fit_linear with that cluster."
        )


def fit_ols(
    frame: pd.DataFrame,
    *,
    outcome: str,
    terms: Terms,
    variance: str = "ols",
    conf_level: float = 0.95,
) -> OlsFit:
    """Least squares on rows that do not depend on each other; ``fit_linear`` is for rows that share clusters.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an observation; rows with a missing value in a named column are left out and counted.
    outcome : str
        Numeric or yes/no column.
    terms : Terms
        Regressors, or names of columns; an intercept is added.
    variance : str, default "ols"
        ``"ols"``, or one of the robust errors ``"HC1"``, ``"HC2"``, ``"HC3"`` (MacKinnon and White 1985).
    conf_level : float, default 0.95
        Level of the intervals, between 0 and 1.

    Returns
    -------
    OlsFit
        A fitted linear model of independent rows: arrays only.

    Raises
    ------
    EstimationError
        An unknown variance, a column that others determine, a constant outcome, fewer rows than columns; with HC2 or
        HC3 a row that is the only one of a coefficient.
    CoverageError
        A column is not there.

    References
    ----------
    - MacKinnon, J. G. and White, H. (1985). Journal of Econometrics 29, 305-325.

    Examples
    --------
    >>> f = pd.DataFrame({"x": [0.0, 0, 1, 1], "y": [1.0, 3, 4, 6]})
    >>> fit = fit_ols(f, outcome="y", terms=["x"])
    >>> fit.tidy()[["term", "estimate", "std_error"]].round(3).values.tolist()
    [['(Intercept)', 2.0, 1.0], ['x', 3.0, 1.414]]
    """
    check_arguments(fit_ols, locals())
    import statsmodels.api as sm

    check_choice("variance", variance, _VARIANCES)
    check_level(conf_level)
    used = as_terms(frame, terms)
    rows = complete_rows(frame, [outcome, *term_columns(used)])
    names, x = design(rows, used)
    y = varying(rows, outcome)
    basis, middle = settled_columns(x), float(np.median(y))
    if variance in ("HC2", "HC3"):
        check_leverage((np.linalg.qr(basis.z)[0] ** 2).sum(axis=1), variance)
    fit = sm.OLS(y - middle, basis.z).fit(cov_type="nonrobust" if variance == "ols" else variance)
    b = basis.back(fit.params)
    b[0] += middle
    return OlsFit(
        terms=tuple(names),
        estimate=frozen(b),
        vcov=frozen(basis.back_cov(fit.cov_params())),
        df=int(fit.df_resid),
        variance=variance,
        conf_level=conf_level,
        outcome=outcome,
        n=len(rows),
        n_missing=len(frame) - len(rows),
        r2=float(fit.rsquared),
        model_terms=pinned(rows, used),
    )
