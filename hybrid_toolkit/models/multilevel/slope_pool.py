"""Slopes of groups drawn towards their mean: weights, the variance of slopes and what each group keeps of its own."""

from __future__ import annotations

import numpy as np
from scipy import optimize, special, stats

from hybrid_toolkit.arrays import Array


def evened(variance: Array, leverage: Array, df: Array) -> Array:
    """Variances of slopes, drawn towards what their columns alone would give, by as much as they are uncertain.

    A variance from the few clusters of one group is itself hardly known, and a slope that errs is then weighed by its
    own error. The columns know how much each group can tell; the clusters, how much rows are alike.

    Parameters
    ----------
    variance : Array
        Variance of each slope from clusters.
    leverage : Array
        What it would be for rows alike in spread and independent, to a factor common to all.
    df : Array
        Degrees of freedom of each variance.

    Returns
    -------
    Array
        Means of both, weighed by the degrees of freedom and by those that the likeness of the ratios is worth: all of
        it where they differ no more than such variances differ by chance.

    References
    ----------
    - Smyth, G. K. (2004). Statistical Applications in Genetics and Molecular Biology 3(1), article 3, section 6.

    Examples
    --------
    Ratios that differ by less than chance are one ratio; with many degrees of freedom each keeps its own.

    >>> evened(np.array([1.0, 1.2, 0.9]), np.ones(3), np.full(3, 2.0)).round(2).tolist()
    [1.03, 1.03, 1.03]
    >>> evened(np.array([1.0, 9.0, 4.0]), np.ones(3), np.full(3, 500.0)).round(1).tolist()
    [1.0, 9.0, 4.0]
    """
    ratio = variance / leverage
    log = np.log(ratio) - special.digamma(df / 2) + np.log(df / 2)
    apart = float(log.var(ddof=1) - special.polygamma(1, df / 2).mean())
    if apart <= 0:
        return np.asarray((df @ ratio) / df.sum() * leverage)
    # the degrees of freedom of the ratios' own spread: their trigamma is what chance does not explain
    half = optimize.brentq(lambda v: special.polygamma(1, np.exp(v)) - apart, -20, 20, xtol=1e-10)
    worth = 2 * float(np.exp(half))
    middle = float(np.exp(log.mean() + special.digamma(worth / 2) - np.log(worth / 2)))
    return np.asarray((worth * middle * leverage + df * variance) / (worth + df))


class SlopePool:
    """Slopes b with covariance v, whose truths vary with variance tau around one mean.

    The weights use the variances alone, ``weighed``: covariances estimated from few clusters are too noisy to be
    inverted. The error of the mean uses them all.
    """

    def __init__(self, b: Array, v: Array, weighed: Array) -> None:
        # units of the slopes' own errors: a search knows no other scale
        self.unit = float(np.sqrt(np.median(weighed)))
        b, v = b / self.unit, v / self.unit**2
        self.b, self.whole, self.v, self.k = b, v, np.diag(weighed / self.unit**2), len(b)
        self.top = float(max(b.var(ddof=1), np.diagonal(v).max()) * 20)
        found = optimize.minimize_scalar(lambda t: -self.value(t), bounds=(0, self.top), method="bounded")
        self.tau = float(found.x) if self.value(float(found.x)) > self.value(0.0) + 1e-9 else 0.0

    def _weights(self, tau: float) -> Array:
        return np.diag(1 / (np.diagonal(self.v) + tau))

    def mean(self, tau: float) -> tuple[float, float]:
        """The mean slope and its error, given the variance of slopes."""
        share = self._weights(tau).sum(axis=0)
        share = share / share.sum()
        error = float(np.sqrt(share @ (self.whole + tau * np.eye(self.k)) @ share))
        return float(share @ self.b), error

    def value(self, tau: float) -> float:
        """Restricted log-likelihood."""
        w = self._weights(tau)
        e = self.b - (w @ self.b).sum() / w.sum()
        logs = np.linalg.slogdet(self.v + tau * np.eye(self.k))[1]
        return float(-0.5 * (logs + np.log(w.sum()) + e @ w @ e))

    def knapp(self) -> float:
        """Hartung and Knapp's factor on the error of the mean."""
        w = self._weights(self.tau)
        e = self.b - self.mean(self.tau)[0]
        return float(np.sqrt(e @ w @ e / (self.k - 1)))

    def heterogeneity(self) -> tuple[float, int, float]:
        """Q, its degrees of freedom and p-value."""
        w = self._weights(0.0)
        e = self.b - self.mean(0.0)[0]
        q = float(e @ w @ e)
        return q, self.k - 1, float(stats.chi2.sf(q, self.k - 1))

    def groups(self) -> tuple[Array, Array, Array]:
        """Pooled slopes, their errors and how much of their own is kept, averaged over what is likely for tau."""
        grid = np.linspace(0, 1, 81) ** 2 * self.top
        logs = np.array([self.value(t) for t in grid])
        p = np.exp(logs - logs.max()) * np.gradient(np.sqrt(grid))  # flat over the standard deviation
        p /= p.sum()
        made = [self._given(t) for t in grid]
        m = np.array([a for a, _, _ in made])
        mean = p @ m
        var = p @ np.array([s for _, s, _ in made]) + p @ (m - mean) ** 2
        return mean, np.sqrt(var), p @ np.array([w for _, _, w in made])

    def _given(self, tau: float) -> tuple[Array, Array, Array]:
        w = self._weights(tau)
        keep = tau * w  # how much of each group's distance from the mean is kept
        rest = np.eye(self.k) - keep
        ones = np.ones(self.k)
        mean, error = self.mean(tau)
        var = tau * rest + error**2 * np.outer(rest @ ones, rest @ ones)
        return mean + keep @ (self.b - mean), np.diagonal(var), np.diagonal(keep)
