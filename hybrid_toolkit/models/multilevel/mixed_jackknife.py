"""Errors of a linear mixed model that hold where its random effects are not all of the likeness within clusters.

What befalls a team lasts from month to month. Random intercepts for teams and for their months do not say so, and with
an exposure that lasts too the model's own errors are too small. Leaving out clusters asks only weights of the model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import linalg

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.models.inference import clustered_variance as clustered
from hybrid_toolkit.models.inference import clusters as support


def whitened(fit: Any, columns: Array) -> Array:
    """The inverse of the rows' covariance (in units of the residual variance) times columns.

    Parameters
    ----------
    fit : Any
        A fit of mixedlm: Z and Lambda of lme4, random effects Z Lambda u with u of unit spread.
    columns : Array
        The n x k columns.

    Returns
    -------
    Array
        The n x k products, by Woodbury's identity from a matrix as wide as the random effects.
    """
    half = sparse.csc_array(fit.getME("Z")) @ sparse.csc_array(fit.getME("Lambda"))
    inner = sparse.csc_array(sparse.eye_array(half.shape[1]) + half.T @ half)
    return np.asarray(columns - half @ linalg.splu(inner).solve(np.asarray(half.T @ columns)))


def cluster_jackknife(fit: Any, x: Array, y: Array, b: Array, cluster: Codes, turn: Array) -> tuple[Array, Array]:
    """Variance of sums of the fixed coefficients by leaving out clusters, the variances of the model held.

    Parameters
    ----------
    fit : Any
        A fit of mixedlm.
    x : Array
        The n x k columns that it was fitted to.
    y : Array
        The n outcomes that it was fitted to.
    b : Array
        Its k fixed coefficients.
    cluster : Codes
        Codes of the n rows' clusters. Groupings that cross them are held apart by the weights only.
    turn : Array
        Shape m x k, the sums asked about.

    Returns
    -------
    tuple[Array, Array]
        The m x m variance, and the m degrees of freedom of a t: effective clusters less one.

    Notes
    -----
    Generalised least squares solves a score equation of the rows, so that one step without a cluster is exact where
    no grouping crosses clusters: Bell and McCaffrey (2002), Survey Methodology 28, 169-181; MacKinnon, Nielsen and
    Webb (2023), Journal of Econometrics 232, eq. 15.
    """
    weighed = whitened(fit, np.column_stack([x, y - x @ b]))
    w, left = weighed[:, :-1], weighed[:, -1]
    scores = clustered.cluster_sums(x * left[:, None], cluster)
    k = x.shape[1]
    a, c = np.divmod(np.arange(k * k), k)
    parts = clustered.cluster_sums(x[:, a] * w[:, c], cluster).reshape(-1, k, k)
    parts = (parts + parts.swapaxes(1, 2)) / 2
    vcov = clustered.linear_jackknife(scores, parts.sum(axis=0), parts, turn)
    return vcov, support.degrees(support.leverages(parts, turn=turn))
