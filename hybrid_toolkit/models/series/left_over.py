"""Whether a series is alike beyond neighbouring periods, once its trend, season and change are taken out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.models.series.autocorrelation import AR1

_DRAWS, _SEED = 199, 20_261_130
"""Series drawn, so that 5% lies between two of them and the test keeps its level; and where they begin, so that the
same series gives the same answer."""
_LAGS = 4
"""Periods apart that are looked at: those of Ljung and Box for short series."""
_GRID = np.round(np.arange(-0.95, 0.951, 0.05), 2)
"""Autocorrelations tried for each series: closer ones cannot be told apart in series of a few years."""
_NOTHING = 1e-12
"""Share of the spread below which residuals are rounding."""


def beyond_neighbours(y: Array, x: Array, step: NDArray[np.int64]) -> float:
    """P-value of the first four autocorrelations of residuals, those of neighbouring periods taken out.

    The statistic of Ljung and Box is held against that of series drawn from the fitted model itself, with the same
    columns and their autocorrelation found again. Its usual chi-squared distribution knows nothing of the columns: with
    a level for each month of four years it finds something in 17% of series in which nothing is left over.

    Parameters
    ----------
    y : Array
        The n.
    x : Array
        Shape n x k.
    step : NDArray[np.int64]
        The n whole steps since the row before; 0 begins a series.

    Returns
    -------
    float
        One of 1/200, 2/200 ... 1; NaN where the columns leave nothing over.

    References
    ----------
    - Dufour, J.-M. (2006). Monte Carlo tests with nuisance parameters. Journal of Econometrics 133, 443-477.
    - Ljung, G. M. and Box, G. E. P. (1978). On a measure of lack of fit in time series models. Biometrika 65, 297-303.

    Examples
    --------
    >>> noise = np.random.default_rng(1).normal(size=62)
    >>> step, level = np.r_[0, np.ones(59, dtype=np.int64)], np.ones((60, 1))
    >>> beyond_neighbours(noise[:60], level, step) > 0.05, beyond_neighbours(noise[2:] + noise[:60], level, step) < 0.05
    (True, True)
    """
    seen = _statistics(y[:, None], x, step)
    if seen is None:
        return float("nan")
    rho = float(seen[0][0])
    drawn = _statistics(_series(rho, step), x, step)
    assert drawn is not None
    return float(1 + (drawn[1] >= seen[1][0]).sum()) / (_DRAWS + 1)


def _series(rho: float, step: NDArray[np.int64]) -> Array:
    """Series of this autocorrelation and spread 1, one a column."""
    out = np.random.default_rng(_SEED).standard_normal((len(step), _DRAWS))
    like = AR1.alike(rho, step)
    for t in range(1, len(step)):
        out[t] = like[t] * out[t - 1] + np.sqrt(1 - like[t] ** 2) * out[t]
    return out


def _statistics(y: Array, x: Array, step: NDArray[np.int64]) -> tuple[Array, Array] | None:
    """Likeliest autocorrelation of each column of y, and the statistic of its residuals; None where none are left."""
    n, free = len(y), len(y) - x.shape[1]
    series = np.cumsum(step == 0)
    model, spread = AR1(y, x, step), ((y - y.mean(axis=0)) ** 2).sum(axis=0)
    least, rho, statistic = np.full(y.shape[1], np.inf), np.zeros(y.shape[1]), np.zeros(y.shape[1])
    for r in _GRID:
        w, log_det = model.white(float(r))
        q, triangle = np.linalg.qr(w[:, : x.shape[1]])
        e = w[:, x.shape[1] :]
        e = e - q @ (q.T @ e)
        rss = (e**2).sum(axis=0)
        if (rss <= _NOTHING * spread).any():
            return None
        value = free * np.log(rss) + log_det + 2 * np.log(np.abs(np.diagonal(triangle))).sum()
        box = np.zeros(y.shape[1])
        for k in range(1, _LAGS + 1):
            same = (series[k:] == series[:-k])[:, None]
            box += ((e[k:] * e[:-k] * same).sum(axis=0) / rss) ** 2 / (n - k)
        better = value < least
        least, rho = np.where(better, value, least), np.where(better, r, rho)
        statistic = np.where(better, box, statistic)
    return rho, statistic
