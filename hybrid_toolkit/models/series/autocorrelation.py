"""Least squares for a series whose neighbouring errors are alike."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError

_EDGE = 0.99
WANDERING = (
    "Use the design interrupted-series or controlled-series with errors = 'random-walk' (under [settings] in a study), "
    "which takes it that the series wanders; or bring a longer series, or use synthetic control where at least 10 "
    "other units were seen: it weighs those that wander as this one does."
)
"""What a wandering series can be fitted with."""


@dataclass(frozen=True, slots=True, eq=False)
class SeriesFit:
    """Coefficients with a variance that knows of autocorrelation.

    Parameters
    ----------
    b : Array
        The k coefficients.
    vcov : Array
        Their k x k variance.
    rho : float
        Autocorrelation of neighbouring periods.
    white : Array
        The n residuals with the autocorrelation taken out.
    lags : int
        Of Newey-West, else 0.
    converged : bool
        ``rho`` lies inside its range, or was set.
    free : int
        Rows less coefficients.
    model : AR1 | None
        What the degrees of freedom of ``ar1_reml`` are found from.
    """

    b: Array
    vcov: Array
    rho: float
    white: Array
    lags: int
    converged: bool
    free: int
    model: AR1 | None = field(repr=False)

    def degrees(self, weights: Array) -> float:
        """Satterthwaite degrees of freedom of a weighted sum of coefficients, at most rows less coefficients."""
        if self.model is None:
            return float(self.free)
        return self.model.degrees(weights, self.rho, self.free)


class AR1:
    """Restricted likelihood of a stationary first-order process; ``step`` 0 begins a series, above 1 is a gap."""

    def __init__(self, y: Array, x: Array, step: NDArray[np.int64]) -> None:
        self.m, self.step, self.free = np.column_stack([x, y]), step, len(y) - x.shape[1]

    @staticmethod
    def alike(rho: float, step: NDArray[np.int64]) -> Array:
        """Correlation of each row with the one before, 0 where a series begins."""
        return np.where(step > 0, np.sign(rho) ** step * np.abs(rho) ** step, 0.0)

    def white(self, rho: float) -> tuple[Array, float]:
        """Columns with the autocorrelation taken out, and the log-determinant of the correlations."""
        r = self.alike(rho, self.step)
        rest = 1 - r**2
        before = np.vstack([np.zeros(self.m.shape[1]), self.m[:-1]])
        return (self.m - r[:, None] * before) / np.sqrt(rest)[:, None], float(np.log(rest).sum())

    def fit(self, rho: float) -> tuple[Array, Array, float, float]:
        """Coefficients, unscaled variance, residual variance, and minus twice the profiled likelihood."""
        w, log_det = self.white(rho)
        x, y = w[:, :-1], w[:, -1]
        b, *_ = np.linalg.lstsq(x, y, rcond=None)
        e = y - x @ b
        rss = float(e @ e)
        gram = x.T @ x
        inverse = np.linalg.inv(gram)
        value = self.free * np.log(rss) + log_det + float(np.linalg.slogdet(gram)[1])
        return np.asarray(b, dtype=np.float64), np.asarray(inverse, dtype=np.float64), rss / self.free, float(value)

    def degrees(self, weights: Array, rho: float, free: int) -> float:
        """Two over the variance of the log of the sum's variance, by the curvature of the likelihood."""
        h = 1e-3
        r = float(np.clip(rho, -_EDGE + 2 * h, _EDGE - 2 * h))
        low, mid, high = (self.fit(v) for v in (r - h, r, r + h))
        # in (rho, log variance): -2 l = free * (log s2 + rss(rho) / (free s2)) + terms of rho alone
        rss = [v[2] * self.free for v in (low, mid, high)]
        alone = [v[3] - self.free * np.log(q) for v, q in zip((low, mid, high), rss, strict=True)]
        s2 = mid[2]
        second = (rss[0] - 2 * rss[1] + rss[2]) / h**2 / s2 + (alone[0] - 2 * alone[1] + alone[2]) / h**2
        cross = -(rss[2] - rss[0]) / (2 * h) / s2
        information = 0.5 * np.array([[second, cross], [cross, self.free]])
        spread = [float(np.log(weights @ v[1] @ weights)) for v in (low, high)]
        slope = np.array([(spread[1] - spread[0]) / (2 * h), 1.0])
        if np.linalg.eigvalsh(information).min() <= 0:
            return 1.0
        return float(np.clip(2 / (slope @ np.linalg.solve(information, slope)), 1.0, free))


def ar1_reml(y: Array, x: Array, step: NDArray[np.int64]) -> SeriesFit:
    """Generalised least squares with the autocorrelation found by restricted maximum likelihood.

    Parameters
    ----------
    y : Array
        The n.
    x : Array
        Shape n x k.
    step : NDArray[np.int64]
        The n whole steps since the row before; 0 begins a series.

    Examples
    --------
    >>> e = np.zeros(400)
    >>> noise = np.random.default_rng(0).normal(size=400)
    >>> for t in range(1, 400):
    ...     e[t] = 0.6 * e[t - 1] + noise[t]
    >>> fit = ar1_reml(5 + e, np.ones((400, 1)), np.r_[0, np.ones(399, dtype=np.int64)])
    >>> bool(abs(fit.rho - 0.6) < 0.1), fit.converged
    (True, True)
    """
    model = AR1(y, x, step)
    grid = np.linspace(-0.95, 0.95, 20)
    best = int(np.argmin([model.fit(r)[3] for r in grid]))
    low = -_EDGE if best == 0 else grid[best - 1]
    high = _EDGE if best == len(grid) - 1 else grid[best + 1]
    found = optimize.minimize_scalar(lambda r: model.fit(r)[3], bounds=(low, high), method="bounded")
    rho = float(found.x)
    b, inverse, s2, _ = model.fit(rho)
    w, _ = model.white(rho)
    inside = abs(rho) < _EDGE - 1e-3
    return SeriesFit(
        b, inverse * s2, rho, w[:, -1] - w[:, :-1] @ b, 0, bool(found.success) and inside, model.free, model
    )


def inside_range(fit: SeriesFit) -> None:
    """Ask that the autocorrelation was found.

    Raises
    ------
    EstimationError
        It lies at the edge of its range, where errors neither hold nor end.
    """
    if not fit.converged:
        raise EstimationError(
            f"the correlation of neighbouring periods is at the edge of its range ({_EDGE:g}), so there is no "
            "estimate: the series, or its distance from the control, wanders and does not come back.",
            fix=WANDERING,
            code="NOT-CONVERGED",
        )


def newey_west(y: Array, x: Array, step: NDArray[np.int64], lags: int) -> SeriesFit:
    """Least squares with Newey and West's variance (Bartlett weights, n / (n - k)), within series."""
    n, k = x.shape
    inverse = np.linalg.inv(x.T @ x)
    b = inverse @ (x.T @ y)
    e = y - x @ b
    u, series = x * e[:, None], np.cumsum(step == 0)
    time = np.cumsum(np.where(step == 0, 10_000, step))
    meat = u.T @ u
    for a in range(1, min(lags, n - 1) + 1):
        # two rows ``a`` periods apart stand at most ``a`` rows apart, fewer where a gap lies between
        for back in range(1, a + 1):
            pair = (time[back:] - time[:-back] == a) & (series[back:] == series[:-back])
            part = u[back:][pair].T @ u[:-back][pair]
            meat += (1 - a / (lags + 1)) * (part + part.T)
    rho = float((e[1:] * e[:-1])[step[1:] == 1].sum() / (e @ e))
    return SeriesFit(b, inverse @ meat @ inverse * n / (n - k), rho, e, lags, True, n - k, None)


def random_walk(y: Array, x: Array, step: NDArray[np.int64]) -> SeriesFit:
    """Least squares of changes from row to row: errors that add up, each over one step independent of the last.

    What stands still within a series, such as its level, no change tells: it is set so that residuals have mean 0, with
    no variance.

    Parameters
    ----------
    y : Array
        The n.
    x : Array
        Shape n x k.
    step : NDArray[np.int64]
        The n whole steps since the row before; 0 begins a series.

    Examples
    --------
    >>> walk = np.random.default_rng(0).normal(size=400).cumsum()
    >>> x = np.column_stack([np.ones(400), np.arange(400.0)])
    >>> fit = random_walk(3 * np.arange(400) + walk, x, np.r_[0, np.ones(399, dtype=np.int64)])
    >>> round(float(fit.b[1])), fit.rho
    (3, 1.0)
    """
    later = step > 0
    root = np.sqrt(step[later])
    change = np.diff(x, axis=0, prepend=x[:1])[later] / root[:, None]
    moves = np.abs(change).max(axis=0) > 0
    inverse = np.linalg.inv(change[:, moves].T @ change[:, moves])
    told = np.diff(y, prepend=y[0])[later] / root
    b, vcov = np.zeros(x.shape[1]), np.zeros((x.shape[1], x.shape[1]))
    b[moves] = inverse @ (change[:, moves].T @ told)
    left, free = told - change @ b, int(later.sum() - moves.sum())
    b[~moves] = np.linalg.lstsq(x[:, ~moves], y - x @ b, rcond=None)[0]
    vcov[np.ix_(moves, moves)] = inverse * float(left @ left) / free
    white = np.zeros(len(y))  # the first row of a series has no change
    white[later] = left
    return SeriesFit(b, vcov, 1.0, white, 0, True, free, None)
