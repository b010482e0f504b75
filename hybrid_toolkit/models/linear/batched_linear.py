"""Many clustered linear studies at once, from sums kept cluster by cluster.

A random intercept by restricted maximum likelihood and least squares with an effect for each cluster need of the rows
of a cluster only ``X'X``, ``X'y``, ``y'y`` and the sums of X and y. A thousand simulated authorities are a few arrays
of such sums, so that one call of the linear algebra library serves them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import elementwise

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.inference.clusters import inverse
from hybrid_toolkit.models.linear.cluster_sums import ClusterSums
from hybrid_toolkit.result import TIDY_COLUMNS, ResultBase

_SINGULAR = 1e-10
"""Least eigenvalue of cross-products scaled to 1 under which a regressor is a combination of others."""

TOLERANCE = 1e-12
"""How close the share of variance between clusters is found, of 1."""


@dataclass(frozen=True, slots=True, eq=False)
class BatchFit(ResultBase):
    """One coefficient of many studies, a value a study: arrays only.

    Parameters
    ----------
    term : str
        Name of the coefficient.
    estimate : Array
        Estimates, (B,), in units of the outcome.
    std_error : Array
        Their standard errors, (B,).
    df : Array
        (B,) degrees of freedom of the t reference.
    cluster_sd : Array
        Spread between clusters, (B,); NaN where the model has none.
    residual_sd : Array
        Spread within clusters, (B,); NaN where the model has none.
    converged : NDArray[np.bool]
        (B,) the search ended at an optimum.
    at_edge : NDArray[np.bool]
        (B,) that optimum is a spread of zero between clusters.
    n : int
        Rows of the first study.
    n_clusters : int
        Clusters of the first study.
    method : str
        What was fitted, in words.
    conf_level : float, default 0.95
        Level of the intervals.

    Examples
    --------
    >>> from hybrid_toolkit.study.diagnosis.wedge_study import WedgeStudy
    >>> f = pd.DataFrame({"team": np.repeat(range(8), 8), "period": list(range(4)) * 16})
    >>> f["treated"] = (f["period"] > f["team"] % 4).astype(int)
    >>> f["outcome"] = 2.0 * f["treated"] + np.random.default_rng(0).normal(size=64)
    >>> fit = WedgeStudy("roll-out").estimate(f)
    >>> fit.term, fit.n, fit.n_clusters
    ('treated', 64, 8)
    """

    term: str
    estimate: Array
    std_error: Array
    df: Array
    cluster_sd: Array = field(repr=False)
    residual_sd: Array = field(repr=False)
    converged: NDArray[np.bool_] = field(repr=False)
    at_edge: NDArray[np.bool_] = field(repr=False)
    n: int
    n_clusters: int
    method: str
    conf_level: float = 0.95

    @property
    def interval(self) -> tuple[Array, Array]:
        """Lower and upper ends."""
        half = stats.t.ppf(0.5 + self.conf_level / 2, self.df) * self.std_error
        return self.estimate - half, self.estimate + half

    def tidy(self) -> pd.DataFrame:
        """One row a study.

        Returns
        -------
        pd.DataFrame
            One row a study.
        """
        low, high = self.interval
        p = 2 * stats.t.sf(np.abs(self.estimate / self.std_error), self.df)
        columns = (self.term, self.estimate, self.std_error, low, high, p, self.n, "units of the outcome")
        return pd.DataFrame(dict(zip(TIDY_COLUMNS, columns, strict=True)))

    def glance(self) -> pd.DataFrame:
        """One row a study: rows, clusters, spreads, convergence.

        Returns
        -------
        pd.DataFrame
            One row a study: rows, clusters, spreads, convergence.
        """
        return pd.DataFrame(
            {
                "n": self.n,
                "n_clusters": self.n_clusters,
                "method": self.method,
                "cluster_sd": self.cluster_sd,
                "residual_sd": self.residual_sd,
                "at_edge": self.at_edge,
                "converged": self.converged,
            }
        )

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        short = int((~self.converged).sum())
        note = f" {short} did not converge." if short else ""
        return (
            f"{self.term}: {self.method}, {len(self.estimate):,} studies of {self.n:,} rows in {self.n_clusters} "
            f"clusters; mean {self.estimate.mean():+.4f}, spread {self.estimate.std():.4f}.{note} A model describes "
            "association; the study design decides what more it can show."
        )


def fit_random_intercepts(sums: ClusterSums, *, term: str, conf_level: float = 0.95) -> BatchFit:
    """A linear mixed model with a random intercept a cluster, by restricted maximum likelihood, for every study.

    Parameters
    ----------
    sums : ClusterSums
        See ``ClusterSums``; an intercept must be among the regressors or in their span.
    term : str
        The coefficient that is wanted; its t reference has as many degrees of freedom as there are rows, less clusters,
        less the other coefficients.

    Raises
    ------
    EstimationError
        An unknown term, one cluster, or regressors of which one is a combination of the others.

    Notes
    -----
    With c_g = r / (1 + r n_g) and r the ratio of the two variances, V_g^-1 is proportional to I - c_g 11', so the
    profiled criterion needs the sums alone; its derivative is set to zero by Chandrupatla's method in the share
    r n / (1 + r n). Bates, Maechler, Bolker and Walker (2015), Journal of Statistical Software 67(1), section 3.
    Degrees of freedom: Schluchter and Elashoff (1990), Journal of Statistical Computation and Simulation 37, 69-87.
    """
    at, g = _check(sums, term), sums.ys.shape[1]
    search = _Search(sums)
    every = np.arange(len(sums.ys))
    low, high = np.zeros(len(every)), np.full(len(every), 1 - 1e-9)
    edge = search.slope(low, every) >= 0
    inside = ~edge & (search.slope(high, every) > 0)
    share, found = np.zeros(len(every)), edge.copy()
    if inside.any():
        root = elementwise.find_root(
            search.slope, (low[inside], high[inside]), args=(every[inside],), tolerances={"xatol": TOLERANCE}
        )
        share[inside], found[inside] = root.x, root.success
    parts = search.solve(share, every)
    variance = parts.rss / (sums.rows - len(sums.names))
    se = np.sqrt(variance * np.linalg.inv(parts.a)[:, at, at])
    return BatchFit(
        term=term,
        estimate=parts.b[:, at],
        std_error=se,
        df=np.broadcast_to(sums.rows - g - len(sums.names) + 1, se.shape),
        cluster_sd=np.sqrt(variance * search.ratio(share)),
        residual_sd=np.sqrt(variance),
        converged=found,
        at_edge=edge,
        n=int(sums.rows[0]),
        n_clusters=g,
        method="random intercept a cluster, restricted maximum likelihood",
        conf_level=conf_level,
    )


def fit_fixed_clusters(
    sums: ClusterSums, *, term: str, within: bool = True, variance: str = "jackknife", conf_level: float = 0.95
) -> BatchFit:
    """Least squares with an intercept for each cluster and clustered intervals, for every study.

    Parameters
    ----------
    sums : ClusterSums
        See ``ClusterSums``; leave the intercept out of ``names`` where ``within``.
    term : str
        The coefficient that is wanted; the interval refers it to t with clusters less one degrees of freedom.
    within : bool, default True
        Take the clusters' means out; otherwise pooled least squares.
    variance : str, default "jackknife"
        ``"jackknife"`` (CV3, leave one cluster out) or ``"sandwich"`` (CV1).

    Raises
    ------
    EstimationError
        See ``fit_random_intercepts``; an unknown variance.

    Notes
    -----
    As ``fit_linear``, to which it is held in the tests: MacKinnon, Nielsen and Webb (2023), Journal of Econometrics
    232, eq. 11 and 15.
    """
    at, g = _check(sums, term), sums.ys.shape[1]
    if variance not in ("jackknife", "sandwich"):
        raise EstimationError(
            f"variance '{variance}' is unknown.", fix="Use one of: jackknife, sandwich.", code="VARIANCE-UNKNOWN"
        )
    xx, xy = sums.xx, sums.xy
    if within:
        xx = xx - sums.xs[..., :, None] * sums.xs[..., None, :] / sums.n[..., None, None]
        xy = xy - sums.xs * (sums.ys / sums.n)[..., None]
    whole, right = xx.sum(axis=1), xy.sum(axis=1)
    _full_rank(whole, np.diagonal(sums.xx.sum(axis=1), axis1=-2, axis2=-1))
    bread = np.linalg.inv(whole)
    b = _times(bread, right)
    if variance == "jackknife":
        left = _times(inverse(whole[:, None] - xx), right[:, None] - xy)
        se = np.sqrt((g - 1) / g * ((left[..., at] - b[:, None, at]) ** 2).sum(axis=1))
        way = bread[:, at, :]
        leverage = np.einsum("bi,bgij,bj->gb", way, np.broadcast_to(xx, (len(way), *xx.shape[1:])), way)
        df = np.broadcast_to(support.degrees(leverage), (len(b),))  # effective clusters less one, as in ``fit_linear``
    else:
        df = np.full(len(b), g - 1.0)
        k = len(sums.names)  # the clusters' own effects are nested in the clusters and do not count
        scores = (xy - _times(xx, b[:, None])) @ bread[..., at, :, None]
        # the clusters' intercepts count as one, the constant, as in fit_linear
        small = g / (g - 1) * (sums.rows - 1) / (sums.rows - k - within)
        se = np.sqrt(small * (scores[..., 0] ** 2).sum(axis=1))
    nothing, yes = np.full(len(b), np.nan), np.ones(len(b), dtype=bool)
    how = "least squares within clusters" if within else "pooled least squares"
    return BatchFit(
        term=term,
        estimate=b[:, at],
        std_error=se,
        df=df,
        cluster_sd=nothing,
        residual_sd=nothing,
        converged=yes,
        at_edge=~yes,
        n=int(sums.rows[0]),
        n_clusters=g,
        method=f"{how}, {variance}",
        conf_level=conf_level,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """At one ratio a study: X'V^-1 X, coefficients, residual sum of squares."""

    a: Array
    b: Array
    rss: Array


class _Search:
    """The profiled restricted criterion of each study, in the share of variance s = r n / (1 + r n)."""

    def __init__(self, sums: ClusterSums) -> None:
        self.sums = sums
        self.mean_n = float(sums.n.mean())
        self.common = len(sums.xx) == 1
        self.xx, self.xy, self.yy = sums.xx.sum(axis=1), sums.xy.sum(axis=1), sums.yy.sum(axis=1)
        self.outer = sums.xs[..., :, None] * sums.xs[..., None, :]

    def ratio(self, share: Array) -> Array:
        """The ratio of the variances, between over within."""
        return np.asarray(share / (self.mean_n * (1 - share)), dtype=np.float64)

    def _pick(self, values: Array, index: NDArray[np.intp]) -> Array:
        return values if len(values) == 1 else values[index]

    def _weighted(self, weights: Array, index: NDArray[np.intp]) -> Array:
        """Sum over clusters of weight x outer product: (B, p, p)."""
        if self.common:
            p = self.outer.shape[-1]
            return np.asarray((weights @ self.outer[0].reshape(-1, p * p)).reshape(-1, p, p), dtype=np.float64)
        return np.asarray(np.einsum("bg,bgpq->bpq", weights, self.outer[index]), dtype=np.float64)

    def solve(self, share: Array, index: NDArray[np.intp]) -> _Parts:
        """Coefficients and residuals at a share a study."""
        ratio = self.ratio(share)[:, None]
        c = ratio / (1 + ratio * self._pick(self.sums.n, index))
        xs, ys = self._pick(self.sums.xs, index), self.sums.ys[index]
        a = self._pick(self.xx, index) - self._weighted(c, index)
        right = self.xy[index] - np.einsum("bg,bgp->bp", c * ys, np.broadcast_to(xs, (*ys.shape, xs.shape[-1])))
        b = np.linalg.solve(a, right[..., None])[..., 0]
        rss = self.yy[index] - (c * ys**2).sum(axis=1) - (right * b).sum(axis=1)
        return _Parts(a, b, rss)

    def slope(self, share: Array, index: NDArray[np.intp]) -> Array:
        """Derivative of the criterion with respect to the ratio."""
        index = index.astype(np.intp)
        parts, n = self.solve(share, index), self._pick(self.sums.n, index)
        more = 1 + self.ratio(share)[:, None] * n
        xs = self._pick(self.sums.xs, index)
        resid = self.sums.ys[index] - np.matmul(xs, parts.b[..., None])[..., 0]
        free = self._pick(self.sums.rows, index) - len(self.sums.names)
        fall = free * ((resid / more) ** 2).sum(axis=1) / parts.rss
        inner = np.linalg.solve(parts.a, self._weighted(1 / more**2, index))
        out: Array = (n / more).sum(axis=1) - fall - np.trace(inner, axis1=-2, axis2=-1)
        return out


def _times(a: Array, v: Array) -> Array:
    out: Array = np.matmul(a, v[..., None])[..., 0]
    return out


def _check(sums: ClusterSums, term: str) -> int:
    """Place of the term, once the sums can carry a model."""
    if term not in sums.names:
        raise EstimationError(
            f"'{term}' is no regressor of these sums.", fix=f"Use one of: {', '.join(sums.names)}.", code="TERM-UNKNOWN"
        )
    if sums.ys.shape[1] < 2:
        raise EstimationError("there is one cluster.", fix="Pass data of two clusters or more.", code="ONE-CLUSTER")
    whole = sums.xx.sum(axis=1)
    if (sums.rows <= len(sums.names) + sums.ys.shape[1]).any():
        raise EstimationError(
            "there are too few rows for the coefficients and the clusters.",
            fix="Add rows, or use fewer terms.",
            code="TOO-FEW-ROWS",
        )
    _full_rank(whole, np.diagonal(whole, axis1=-2, axis2=-1))
    return sums.names.index(term)


def _full_rank(whole: Array, totals: Array) -> None:
    d = np.sqrt(np.where(totals > 0, totals, 1.0))
    low = np.linalg.eigvalsh(whole / (d[..., :, None] * d[..., None, :]))[..., 0]
    if (bad := int((low < _SINGULAR).sum())) or (totals <= 0).any():
        raise EstimationError(
            f"in {max(bad, 1)} of {len(whole)} designs a regressor is a combination of the others.",
            fix="Leave that regressor out.",
            code="SINGULAR",
        )
