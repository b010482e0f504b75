"""What a concentration index is made of: the shares that go with covariates, with their errors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.columns.numeric_columns import plain, scaled, solve_kept
from hybrid_toolkit.errors import MeasureError, plural
from hybrid_toolkit.metrics.inequality.decomposition import LEAST_LEFT_OUT, Decomposition, jackknife_parts
from hybrid_toolkit.metrics.inequality.inequality import fractional_rank
from hybrid_toolkit.metrics.inequality.oaxaca_blinder_split import covariate_columns
from hybrid_toolkit.metrics.measured_columns import check_table, measured


def decompose_concentration(
    frame: pd.DataFrame,
    *,
    outcome: str,
    rank_by: str,
    covariates: Sequence[str],
    cluster: str | None = None,
    conf_level: float = 0.95,
) -> Decomposition:
    """Split the standard concentration index over covariates by a linear model of the outcome.

    With mean mu of the outcome and, of covariate k, coefficient b and generalised index 2 cov(x, rank): its part is
    ``2 b cov(x, rank) / mu``, which is elasticity times its own concentration index; the rest is that of the residual.
    The parts add up to the index. They describe what goes together, not what would happen if a covariate changed.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a unit; rows with a missing value in a named column are left out and counted.
    outcome : str
        Numeric column with a mean other than zero.
    rank_by : str
        Numeric column that runs from worst off to best off.
    covariates : Sequence[str]
        Columns of numbers, yes/no, or text, whose levels are taken together.
    cluster : str | None, optional
        Column of the clusters; by default each row.
    conf_level : float, default 0.95
        Level of the intervals, by leaving out one cluster at a time; ranks, coefficients and means are found afresh.

    Returns
    -------
    Decomposition
        The index, the part of each covariate, and that of the residual.

    Raises
    ------
    MeasureError
        A column is absent, fewer than three clusters, covariates that are collinear, or a mean of zero.

    References
    ----------
    - Wagstaff, A., van Doorslaer, E. and Watanabe, N. (2003). Journal of Econometrics 112, 207-223, equation 6.

    Examples
    --------
    An outcome that is income itself: all of its concentration goes with income.

    >>> f = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0, 5.0], "income": [10, 20, 30, 40, 50]})
    >>> found = decompose_concentration(f, outcome="y", rank_by="income", covariates=["income"])
    >>> found.tidy()[["term", "estimate"]].round(4).values.tolist()
    [['concentration index', 0.2667], ['income', 0.2667], ['residual', 0.0]]
    """
    wanted = list(dict.fromkeys([outcome, rank_by, *covariates, *([cluster] if cluster else [])]))
    check_table(frame, wanted, code="DECOMPOSITION-COLUMN")
    kept = frame[wanted].dropna().reset_index(drop=True)
    kept = pd.DataFrame({c: plain(kept[c]) for c in wanted})
    y, ranker = measured(kept[outcome], outcome), measured(kept[rank_by], rank_by)
    codes = pd.factorize(kept[cluster])[0] if cluster else np.arange(len(kept))
    groups = len(np.unique(codes))
    if groups < LEAST_LEFT_OUT:
        raise MeasureError(
            f"{plural(groups, 'cluster')}; leaving one out needs at least three.",
            fix="Use a finer cluster.",
            code="CLUSTERS-FEW",
        )
    x, _, of = covariate_columns(kept, covariates)
    design = scaled(x)
    if not design.own.all():
        raise MeasureError(
            f"{int((~design.own).sum())} of {len(of) - 1} columns of the covariates are combinations of others.",
            fix="Drop a covariate, or give more rows.",
            code="COVARIATES-COLLINEAR",
        )
    if not abs(float(y.mean())) > 1e-12 * float(np.abs(y).max(initial=0.0)):
        raise MeasureError(
            f"Column '{outcome}': its mean is zero, so this index is not defined.",
            fix="Use an outcome of zero or more that is above zero in at least one row.",
            code="INDEX-UNDEFINED",
        )
    adds: Floats = (of[:, None] == np.arange(len(covariates) + 1)).astype(np.float64)

    def parts(keep: NDArray[np.bool_]) -> Floats:
        mine, z = y[keep], design.z[keep]
        rank = fractional_rank(ranker[keep], np.full(len(mine), 1 / len(mine))) - 0.5
        b = solve_kept(z.T @ z, z.T @ mine, design.turn)
        columns = x[keep] - x[keep].mean(axis=0)
        shares = 2 * b * (rank @ columns) / len(mine) / mine.mean()
        whole = 2 * float(rank @ (mine - mine.mean())) / len(mine) / mine.mean()
        by_covariate = (shares @ adds)[1:]
        return np.array([whole, *by_covariate, whole - by_covariate.sum()])

    df = float(max(1, groups - 1))
    names = ["concentration index", *covariates, "residual"]
    table = jackknife_parts(parts, codes, names, conf_level, outcome, df)
    missing = len(frame) - len(kept)
    return Decomposition("concentration index", table, len(kept), missing, groups, f"ranked by {rank_by}")
