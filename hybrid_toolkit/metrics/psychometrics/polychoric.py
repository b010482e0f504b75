"""Ordered answers: polychoric correlations by two-step maximum likelihood, and ordinal alpha from them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, stats
from scipy.special import ndtr

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.measured_columns import measured_table
from hybrid_toolkit.metrics.psychometrics.reliability import Reliability

_LEAST_ROWS = 10
"""Complete rows that ordinal alpha asks for: with fewer, most cells of a table of two items are empty."""

_MOST = 0.999
"""Correlations are sought between minus and plus this."""
MAX_CODES = 12
"""Different answers above which an item is not taken as ordered categories."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)


def bivariate_normal_cdf(h: Array, k: Array, rho: float) -> Array:
    """P(X <= h, Y <= k) of two standard normals correlated by rho, element by element; limits may be infinite.

    Phi(h) Phi(k) + 1/(2 pi) times the integral from 0 to arcsin(rho) of exp(-(h^2 + k^2 - 2 h k sin t) / (2 cos^2 t)),
    by Gauss-Legendre quadrature (Drezner and Wesolowsky 1990); better than 1e-6 up to a correlation of 0.999.

    Examples
    --------
    >>> z = np.zeros(1)
    >>> bool(abs(bivariate_normal_cdf(z, z, 0.5)[0] - 1 / 3) < 1e-12)
    True
    """
    both = np.isfinite(h) & np.isfinite(k)
    x, y = np.where(both, h, 0.0), np.where(both, k, 0.0)
    end = float(np.arcsin(rho))
    angle = end * (_NODES + 1) / 2
    sine, square = np.sin(angle), np.cos(angle) ** 2
    power = -((x**2 + y**2)[..., None] - 2 * (x * y)[..., None] * sine) / (2 * square)
    added = np.where(both, np.exp(power) @ _WEIGHTS * end / (4 * np.pi), 0.0)
    answer: Array = np.clip(ndtr(h) * ndtr(k) + added, 0.0, 1.0)
    return answer


def _cells(rows: Array, columns: Array, rho: float) -> Array:
    """Probability of each cell between thresholds (which begin and end at infinity)."""
    h, k = np.broadcast_arrays(rows[:, None], columns[None, :])
    grid = bivariate_normal_cdf(h, k, rho)
    return np.diff(np.diff(grid, axis=0), axis=1)


def _thresholds(counts: Array) -> Array:
    share = np.cumsum(counts)[:-1] / counts.sum()
    return np.concatenate([[-np.inf], stats.norm.ppf(share), [np.inf]])


def polychoric_of_table(table: npt.ArrayLike) -> float:
    """Polychoric correlation of a table of counts of two ordered items (tetrachoric where it is two by two).

    Two steps (Olsson 1979): thresholds from the margins, then the correlation of two normals that makes the table
    most likely. Empty rows and columns are left out; nothing is added to empty cells.

    Raises
    ------
    MeasureError
        Fewer than two answers in use on either side.

    Examples
    --------
    >>> round(polychoric_of_table([[40, 10], [10, 40]]), 6) == round(float(np.sin(np.pi * 0.3)), 6)
    True
    """
    counts = np.asarray(table, dtype=float)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        raise MeasureError(
            "an item has the same answer in every row.",
            fix="Leave it out; an item that does not vary measures nothing here.",
            code="ITEM-CONSTANT",
        )
    rows, columns = _thresholds(counts.sum(axis=1)), _thresholds(counts.sum(axis=0))
    inside = counts > 0

    def misfit(rho: float) -> float:
        return -float((counts[inside] * np.log(np.maximum(_cells(rows, columns, rho)[inside], 1e-300))).sum())

    found = optimize.minimize_scalar(misfit, bounds=(-_MOST, _MOST), method="bounded", options={"xatol": 1e-7})
    return float(found.x)


def polychoric(items: pd.DataFrame) -> pd.DataFrame:
    """Polychoric correlation of every pair of items, each from the rows that have both.

    Parameters
    ----------
    items : pd.DataFrame
        One row a respondent, one column an item of ordered answers, already reversed.

    Returns
    -------
    pd.DataFrame
        Polychoric correlation of every pair of items, each from the rows that have both.

    Raises
    ------
    MeasureError
        Fewer than two items, an item that does not vary, or one with more than 12 different answers.

    Examples
    --------
    >>> r = polychoric(pd.DataFrame({"a": [1, 1, 2, 2], "b": [1, 2, 1, 2]}))
    >>> bool(abs(r.loc["a", "b"]) < 1e-6)
    True
    """
    values = measured_table(items)
    many = [str(c) for c in items if items[c].nunique() > MAX_CODES]
    if items.shape[1] < 2 or many:
        raise MeasureError(
            f"{', '.join(many)}: more than {MAX_CODES} different answers."
            if many
            else "there are fewer than two items.",
            fix="Provide ordered answers, one column for each item.",
            code="ITEM-TYPE",
        )
    names = list(items.columns)
    out = np.eye(len(names))
    for i in range(len(names)):
        for j in range(i):
            pair = values[[names[i], names[j]]].dropna().to_numpy()
            out[i, j] = out[j, i] = polychoric_of_table(_counts(pair)) if len(pair) else np.nan
    if np.isnan(out).any():
        raise MeasureError("two items were never answered together.", fix="Leave one out.", code="RELIABILITY-N")
    return pd.DataFrame(out, index=names, columns=names)


def _counts(pair: Array) -> Array:
    """Counts of two columns of answers."""
    (a, row), (b, column) = (np.unique(x, return_inverse=True) for x in pair.T)
    return np.bincount(row * len(b) + column, minlength=len(a) * len(b)).reshape(len(a), len(b)).astype(float)


def ordinal_alpha(items: pd.DataFrame, *, conf_level: float = 0.95, draws: int = 200, seed: int = 0) -> Reliability:
    """Ordinal alpha: standardised alpha of the polychoric correlations, with a percentile bootstrap interval.

    alpha = k/(k-1) (1 - k / sum of the correlations) (Zumbo, Gadermann and Zeisser 2007). It is the reliability of the
    normal variables behind the answers, not of the sum of the answers that is scored: report it beside alpha or
    omega, never in their place (Chalmers 2018). Complete rows only. ``draws=0`` gives no interval.

    Parameters
    ----------
    items : pd.DataFrame
        Answers, one row a person and one column an item.
    conf_level : float, default 0.95
        Level of the intervals.
    draws : int, default 200
        Samples of the bootstrap.
    seed : int, default 0
        Seed of the random numbers.

    Returns
    -------
    Reliability
        One reliability coefficient.

    Raises
    ------
    MeasureError
        As ``polychoric``, or fewer than ten complete rows.

    References
    ----------
    - Chalmers, R. P. (2018). Educational and Psychological Measurement 78, 1056-1071.
    - Zumbo, B. D., Gadermann, A. M. and Zeisser, C. (2007). Journal of Modern Applied Statistical Methods 6, 21-29.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> skill = rng.normal(size=300)
    >>> answers = pd.DataFrame({i: np.clip(np.round(3 + skill + 0.8 * rng.normal(size=300)), 1, 5) for i in "abcd"})
    >>> found = ordinal_alpha(answers, draws=20)
    >>> 0.8 < found.estimate < 0.95, found.conf_low < found.estimate
    (True, True)
    """
    rows = measured_table(items).dropna()
    if len(rows) < _LEAST_ROWS:
        raise MeasureError(
            f"ordinal alpha needs {_LEAST_ROWS} complete rows; there are {len(rows)}.",
            fix=f"Collect at least {_LEAST_ROWS - len(rows)} more.",
            code="RELIABILITY-N",
        )
    k, estimate = rows.shape[1], _alpha(polychoric(rows).to_numpy())
    rng, found = np.random.default_rng(seed), []
    for _ in range(draws):
        sample = rows.iloc[rng.integers(len(rows), size=len(rows))]
        if (sample.nunique() > 1).all():
            found.append(_alpha(polychoric(sample).to_numpy()))
    tail = (1 - conf_level) / 2
    low, high = np.quantile(found, [tail, 1 - tail]) if found else (np.nan, np.nan)
    method = f"polychoric, two steps; bootstrap of rows, {draws} resamples, seed {seed}"
    return Reliability("alpha (ordinal)", estimate, float(low), float(high), len(rows), k, method)


def _alpha(r: Array) -> float:
    k = len(r)
    return float(k / (k - 1) * (1 - k / r.sum()))
