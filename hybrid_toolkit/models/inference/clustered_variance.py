"""Clustered variance of estimators that solve a score equation: what binary, count, ordinal and survival fits share."""

from __future__ import annotations

import numpy as np

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.columns.numeric_columns import solve_kept
from hybrid_toolkit.errors import EstimationError, plural

CLUSTERED_VARIANCES = {
    "jackknife": "linearised leave-one-cluster-out jackknife (CV3)",
    "sandwich": "cluster-robust sandwich (CV1)",
    "model": "model-based",
    "quasi-poisson": "quasi-Poisson (model-based, times the root of Pearson's dispersion)",
}
"""Variances of a maximum-likelihood fit; the jackknife is the safer one with few or unequal clusters."""
FEW_FOR_SANDWICH = 40
"""With fewer clusters sandwich errors are told to be too small."""


def cluster_sums(rows: Array, clusters: Codes) -> Array:
    """Sums of n x k rows in each cluster: clusters x k.

    Examples
    --------
    >>> cluster_sums(np.array([[1.0], [2.0], [4.0]]), np.array([0, 1, 1])).tolist()
    [[1.0], [6.0]]
    """
    out = np.zeros((int(clusters.max()) + 1, rows.shape[1]))
    np.add.at(out, clusters, rows)
    return out


def enough_clusters(clusters: Codes, name: str) -> int:
    """The number of clusters, at least two.

    Raises
    ------
    EstimationError
        There is one.
    """
    found = int(clusters.max()) + 1 if len(clusters) else 0
    if found < 2:
        raise EstimationError(
            f"the complete rows lie in {plural(found, 'cluster')} of '{name}'; clustered intervals need at least 2.",
            fix="Add clusters until there are at least 2, fill missing values, or cluster on a smaller unit with a "
            "reason.",
            code="CLUSTERS",
        )
    return found


def sandwich(scores: Array, information: Array) -> Array:
    """CV1: inverse information, cross-products of the clusters' scores, inverse information, times G/(G-1).

    Parameters
    ----------
    scores : Array
        Clusters x k sums of the rows' scores.
    information : Array
        Shape k x k. Both along the columns of ``metrics.scaling``, so that nothing is thrown away for its unit.
    """
    bread = np.linalg.inv(information)
    g = len(scores)
    return np.asarray(bread @ (scores.T @ scores) @ bread * g / (g - 1))


def linear_jackknife(scores: Array, information: Array, parts: Array, turn: Array | None = None) -> Array:
    """CV3 by one Newton step for each cluster left out.

    Parameters
    ----------
    scores : Array
        Clusters x k.
    information : Array
        Shape k x k, the sum of ``parts``.
    parts : Array
        Clusters x k x k.
    turn : Array | None, optional
        Shape k x k, the way back from scaled columns (``metrics.scaling``) to those whose variance is wanted.

    Notes
    -----
    MacKinnon, Nielsen and Webb (2024), cluster-robust jackknife for logit models, variance CV3L.
    """
    step = solve_kept(information - parts, scores, np.eye(len(information)) if turn is None else turn)
    g = len(scores)
    return np.asarray((g - 1) / g * step.T @ step)
