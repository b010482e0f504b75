"""Two-way fixed effects of a balanced panel whose columns follow from a unit's start and the period, by counting.

All units of one start share their columns. So the cross-products of a cluster are those of each start, as often as the
cluster has units of it, and nothing of the size rows x columns is made.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import DIGITS, OWN, solve_kept
from hybrid_toolkit.errors import EstimationError, agreeing, plural
from hybrid_toolkit.models.inference.clusters import CrossProductLayout, crv1, jackknife


def regress_cells(
    y: Array, start: NDArray[np.int64], clusters: NDArray[np.int64], tables: Array, variance: str
) -> tuple[Array, Array]:
    """Coefficients of the columns and their clustered covariance.

    Parameters
    ----------
    y : Array
        Units x periods.
    start : NDArray[np.int64]
        Units; which of the s starts each one has, from 0.
    clusters : NDArray[np.int64]
        Units; codes of the clusters, each of which holds whole units.
    tables : Array
        Starts x periods x k, the columns.
    variance : str
        ``"sandwich"`` or ``"jackknife"``.

    Raises
    ------
    EstimationError
        One cluster, no more rows than coefficients, a constant outcome, columns that others determine.
    """
    units, periods = y.shape
    k, base = tables.shape[2], periods - 1
    many = int(clusters.max()) + 1
    _enough(y, many, units + base + k)
    own = y - y.mean(axis=1, keepdims=True)
    if not np.ptp(own) > DIGITS * float(np.abs(y).max(initial=0)):
        raise EstimationError(
            "the outcome does not vary within units in the complete rows.",
            fix="Check how it was coded.",
            code="CONSTANT",
        )
    pair = clusters * len(tables) + start
    adds = sparse.csr_array((np.ones(units), (pair, np.arange(units))), shape=(many * len(tables), units))
    sums = np.asarray(adds @ own).reshape(many, len(tables), periods)
    counts = np.bincount(pair, minlength=many * len(tables)).reshape(many, len(tables)).astype(np.float64)
    months = np.broadcast_to(np.eye(periods)[:, 1:], (len(tables), periods, base))
    z = np.concatenate([months, tables], axis=2)
    z = z - z.mean(axis=1, keepdims=True)
    each = np.swapaxes(z, 1, 2) @ z
    grams = np.zeros((many, base + k + 1, base + k + 1))
    grams[:, :-1, :-1] = np.tensordot(counts, each, axes=1)
    grams[:, :-1, -1] = grams[:, -1, :-1] = np.einsum("gst,stk->gk", sums, z)
    return _solved(grams, base, y.size, variance)


def _solved(grams: Array, base: int, n: int, variance: str) -> tuple[Array, Array]:
    """Coefficients after the first ``base`` and their covariance, from cross-products by cluster, the outcome last."""
    total = grams[:, :-1, :-1].sum(axis=0)
    turn = _scaled(total, base, n)
    way = linalg.block_diag(turn, [[1.0]])
    scaled = way.T @ grams @ way
    x = np.arange(len(turn))
    whole = scaled.sum(axis=0)
    a = np.linalg.solve(whole[:-1, :-1], whole[:-1, -1])
    b = turn @ a
    if variance == "jackknife":
        rest = whole - scaled
        cov = jackknife(solve_kept(rest[:, :-1, :-1], rest[:, :-1, -1], turn), b)
    else:
        # one more for the constant, as which the intercepts of units within clusters count
        cov = turn @ crv1(scaled, CrossProductLayout(x, x, len(x)), a, n=n, k=len(x) + 1) @ turn.T
    return b[base:], cov[base:, base:]


def _scaled(total: Array, base: int, n: int) -> Array:
    """From coefficients of orthogonal columns of mean square 1 to those of the model's, the base left as it stands."""
    inner, across = total[:base, :base], total[:base, base:]
    h = np.linalg.solve(inner, across)
    rest = total[base:, base:] - across.T @ h
    usual = np.diagonal(total)[base:]
    root = rest.copy()
    empty = 0
    for j in range(len(rest)):  # the pivots of Cholesky, each one a column's own sum of squares
        if not root[j, j] > max(OWN**2, DIGITS) * usual[j]:
            empty += 1
            continue
        root -= np.outer(root[:, j], root[j]) / root[j, j]
    if empty:
        raise EstimationError(
            f"{empty} of {plural(len(rest), 'effect')} {agreeing(empty, 'varies', 'vary')} only with others, with the "
            "units or with the periods.",
            fix="Leave out at least one time, or add 1 unit or more without treatment.",
            code="SINGULAR",
        )
    inverse = linalg.solve_triangular(np.linalg.cholesky(rest / n).T, np.eye(len(rest)))
    out = np.eye(len(total))
    out[:base, base:], out[base:, base:] = -h @ inverse, inverse
    return out


def _enough(y: Array, clusters: int, needed: int) -> None:
    if clusters < 2:
        raise EstimationError(
            f"the complete rows lie in {plural(clusters, 'cluster')}; clustered intervals need at least 2.",
            fix=f"Add at least {plural(2 - clusters, 'cluster')}, or fill missing values.",
            code="CLUSTERS",
        )
    if y.size <= needed:
        raise EstimationError(
            f"{y.size} complete rows cannot carry {needed} coefficients and intercepts.",
            fix=f"Add at least {plural(needed + 1 - y.size, 'row')}, or estimate fewer effects.",
            code="TOO-FEW-ROWS",
        )
