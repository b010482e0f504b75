"""Are two groups alike on what was recorded, before and after weights? Standardised differences and overlap."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.terms.arguments import check_arguments, numbers
from hybrid_toolkit.models.terms.design_matrix import complete_rows
from hybrid_toolkit.models.terms.result_rows import as_terms, term_columns, zero_one
from hybrid_toolkit.models.terms.terms import Terms, design_columns

ALIKE = 0.1
"""A standardised difference below this is usually taken as balance (Austin 2009, Statistics in Medicine 28)."""


def effective_size(weight: Array) -> float:
    """Kish's effective sample size: (sum of weights) squared over the sum of squares.

    Examples
    --------
    >>> effective_size(np.array([1.0, 1, 2])) < 3
    True
    """
    return float(weight.sum() ** 2 / (weight**2).sum()) if weight.sum() > 0 else 0.0


def standardised_differences(x: Array, treated: Array, w1: Array, w0: Array) -> tuple[Array, Array]:
    """Differences of means over the pooled standard deviation of the unweighted groups, plain and weighted.

    Parameters
    ----------
    x : Array
        Shape n x k.
    treated : Array
        The n zeros and ones.
    w1 : Array
        Weights of the n rows for the treated, 0 elsewhere.
    w0 : Array
        Weights of the n rows for the others, 0 elsewhere.

    Examples
    --------
    >>> x, d = np.array([[0.0], [2.0], [0.0], [4.0]]), np.array([1.0, 1, 0, 0])
    >>> [v.round(2).tolist() for v in standardised_differences(x, d, d, np.array([0.0, 0, 3, 1]))]
    [[-0.45], [0.0]]
    """
    x = x - np.median(x, axis=0)
    one, zero = x[treated == 1], x[treated == 0]
    spread = np.sqrt((one.var(axis=0, ddof=1) + zero.var(axis=0, ddof=1)) / 2)
    spread = np.where(spread > 0, spread, 1.0)
    before = (one.mean(axis=0) - zero.mean(axis=0)) / spread
    return before, (w1 @ x / w1.sum() - w0 @ x / w0.sum()) / spread


def check_balance(frame: pd.DataFrame, *, treatment: str, covariates: Terms, weight: str | None = None) -> pd.DataFrame:
    """A row a covariate column: ``term``, ``before`` and ``after``, standardised differences treated less others.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a unit; rows with a missing value are left out.
    treatment : str
        0/1 column.
    covariates : Terms
        Terms or columns.
    weight : str | None, optional
        Column of weights; None gives the plain ones.

    Returns
    -------
    pd.DataFrame
        A row a covariate column: ``term``, ``before`` and ``after``, standardised differences treated less others.

    Raises
    ------
    EstimationError
        The treatment is not 0/1 with two rows or more of both.
    CoverageError
        A column is not there.

    Examples
    --------
    >>> f = pd.DataFrame({"remote": [1, 1, 0, 0], "cases": [0.0, 2, 0, 4], "w": [1.0, 1, 3, 1]})
    >>> check_balance(f, treatment="remote", covariates=["cases"], weight="w").round(2).values.tolist()
    [['cases', -0.45, 0.0]]
    """
    check_arguments(check_balance, locals())
    terms = as_terms(frame, covariates, what="covariates")
    rows = complete_rows(frame, [treatment, *term_columns(terms), *([weight] if weight else [])])
    d = zero_one(rows, treatment)
    if min(d.sum(), (1 - d).sum()) < 2:
        raise EstimationError(
            f"{int(d.sum())} treated and {int((1 - d).sum())} other complete rows: a spread needs 2 of each.",
            fix="Add rows until there are 2 of each, or fill missing values.",
            code="TOO-FEW-ROWS",
        )
    columns = design_columns(rows, terms)
    w = numbers(rows, weight) if weight else np.ones(len(rows))
    before, after = standardised_differences(np.column_stack(list(columns.values())), d, d * w, (1 - d) * w)
    return pd.DataFrame({"term": list(columns), "before": before, "after": after})
