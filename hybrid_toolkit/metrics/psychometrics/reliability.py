"""Is it measuring? Alpha and omega, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import MeasureError, agreeing, plural
from hybrid_toolkit.metrics.measured_columns import measured_table

_LEAST_ITEMS, _LEAST_ROWS = 3, 3
"""One factor has a loading for each item only from three items on (two loadings, one correlation), and a correlation
of two rows is 1 or -1."""
RELIABLE = 0.70
"""Reliability from which a scale is reported."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """One reliability coefficient.

    Parameters
    ----------
    name : str
        Such as ``alpha`` or ``ICC(2,1)``.
    estimate : float
        The coefficient.
    conf_low : float
        Lower end of its interval.
    conf_high : float
        Upper end of its interval.
    n : int
        Respondents, groups or targets.
    k : float
        Items, raters, or the mean size of a group.
    method : str
        How estimate and interval were made.
    note : str, optional
        What to look at before the figure is read; empty where there is nothing.

    Examples
    --------
    >>> from hybrid_toolkit.metrics.psychometrics.reliability import cronbach_alpha
    >>> alpha = cronbach_alpha(pd.DataFrame({"a": [1, 2, 3, 4, 2], "b": [1, 2, 4, 4, 3.0]}))
    >>> alpha.name, round(alpha.estimate, 2), alpha.n
    ('alpha', 0.95, 5)
    """

    name: str
    estimate: float
    conf_low: float
    conf_high: float
    n: int
    k: float
    method: str
    note: str = ""

    @classmethod
    def of(cls, name: str, limits: Sequence[float], n: int, k: float, method: str) -> Reliability:
        """From (estimate, low, high).

        Parameters
        ----------
        name : str
            Name of the coefficient.
        limits : Sequence[float]
            The estimate and the ends of its interval.
        n : int
            Rows used.
        k : float
            Number of items or raters.
        method : str
            How it was worked out, in words.

        Returns
        -------
        Reliability
            From (estimate, low, high).
        """
        return cls(name, float(limits[0]), float(limits[1]), float(limits[2]), n, k, method)

    def tidy(self) -> pd.DataFrame:
        """One row: term, estimate, conf_low, conf_high, n, k, method, note.

        Returns
        -------
        pd.DataFrame
            One row: term, estimate, conf_low, conf_high, n, k, method, note.
        """
        row = (self.name, self.estimate, self.conf_low, self.conf_high, self.n, self.k, self.method, self.note)
        return pd.DataFrame([row], columns=["term", "estimate", "conf_low", "conf_high", "n", "k", "method", "note"])


ALPHA_INTERVALS = {"jackknife": "respondents left out in turn", "feldt": "Feldt"}
"""How the interval of Cronbach's alpha is made."""


def item_matrix(items: pd.DataFrame, least: int = 2) -> Array:
    values = measured_table(items).dropna().to_numpy()
    if items.shape[1] < least or len(values) < _LEAST_ROWS:
        raise MeasureError(
            f"reliability needs {least} items and 3 complete rows; there are {items.shape[1]} and {len(values)}.",
            fix="Provide one column for each item and one row for each respondent, after reversal.",
            code="RELIABILITY-N",
        )
    constant = int((values.std(axis=0) == 0).sum())
    if constant:
        raise MeasureError(
            f"{plural(constant, 'item has', 'items have')} the same answer in every row.",
            fix="Leave them out; an item that does not vary measures nothing here.",
            code="ITEM-CONSTANT",
        )
    if _cancels(values):
        raise MeasureError(
            f"the {values.shape[1]} items cancel: their sum is the same in every row, so it has no reliability.",
            fix="Turn the reversed items round before, or leave out the item that mirrors the others.",
            code="ITEM-CANCEL",
        )
    return values


def _cancels(values: Array) -> bool:
    """Whether the sum of the items does not vary, to rounding."""
    return bool(values.sum(axis=1).std() <= 1e-12 * np.abs(values).max())


def against_the_rest(items: pd.DataFrame) -> str:
    """A note that names items which go against the mean of the others, as one does that was not reversed.

    An item is named where its correlation with the mean of the others lies below zero by more than two standard errors.

    Examples
    --------
    >>> x = pd.DataFrame({"a": [1, 2, 3, 4, 5.0] * 3, "b": [1, 2, 3, 5, 4.0] * 3, "c": [5, 4, 3, 2, 1.0] * 3})
    >>> against_the_rest(x)
    "1 of 3 items goes against the others: 'c'. Reverse what is worded the other way before reading this figure."
    """
    rows = items.astype("float64").dropna()
    values = rows.to_numpy()
    rest = (values.sum(axis=1, keepdims=True) - values) / max(1, values.shape[1] - 1)
    named = []
    for j, name in enumerate(rows.columns):
        x, y = values[:, j] - values[:, j].mean(), rest[:, j] - rest[:, j].mean()
        spread = float(np.sqrt((x @ x) * (y @ y)))
        if spread > 0 and float(x @ y) / spread < -2 / np.sqrt(len(values)):
            named.append(str(name))
    if values.shape[1] < _LEAST_ITEMS or not named:
        return ""
    told = ", ".join(f"'{n}'" for n in named)
    return (
        f"{len(named)} of {plural(values.shape[1], 'item')} {agreeing(len(named), 'goes', 'go')} against the others: "
        f"{told}. Reverse what is worded the other way before reading this figure."
    )


def cronbach_alpha(
    items: pd.DataFrame,
    *,
    standardised: bool = False,
    pairwise: bool = False,
    interval: str = "jackknife",
    conf_level: float = 0.95,
) -> Reliability:
    """Cronbach's alpha with an interval that asks for no normal answers.

    Parameters
    ----------
    items : pd.DataFrame
        One row a respondent, one column an item, already reversed.
    standardised : bool, default False
        From correlations instead of covariances.
    pairwise : bool, default False
        Each covariance from the rows that have both items; otherwise only complete rows are used.
    interval : str, default "jackknife"
        ``"jackknife"`` or ``"feldt"``.
    conf_level : float, default 0.95
        Level of the interval.

    Returns
    -------
    Reliability
        One reliability coefficient.

    Raises
    ------
    MeasureError
        Fewer than two items or three rows, an item that does not vary, or an unknown interval.

    Notes
    -----
    alpha = k/(k-1) (1 - sum of variances / variance of the sum) (Cronbach 1951). The default interval leaves out each
    respondent in turn, t on n - 1 degrees of freedom; in large samples its error is the distribution-free one of
    Maydeu-Olivares, Coffman and Hartmann (2007), Psychological Methods 12, 157-176. Feldt's (1965) takes answers to be
    normal: (1 - alpha)/(1 - true alpha) then follows F on n-1 and (n-1)(k-1) degrees of freedom. With six items, of
    which half or more of the answers stand at the top, it held the truth in 79 to 90% of 1,500 draws and the default
    in 91 to 95%; with normal answers both held it in 94 to 96%.

    References
    ----------
    - Cronbach, L. J. (1951). Psychometrika 16, 297-334.
    - Feldt, L. S. (1965). Psychometrika 30, 357-370.

    Examples
    --------
    >>> x = pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 2, 3, 4.0]})
    >>> round(cronbach_alpha(x).estimate, 6)
    1.0
    """
    if interval not in ALPHA_INTERVALS:
        raise MeasureError(
            f"interval must be one of {', '.join(ALPHA_INTERVALS)}.", fix="Choose one of these.", code="ALPHA-INTERVAL"
        )
    values = item_matrix(items)
    if pairwise:
        table = measured_table(items)
        values = table[table.notna().any(axis=1)].to_numpy()
    values = values - np.nanmedian(values, axis=0)
    n, k = values.shape
    alpha = float(_alphas(values, np.zeros((1, k)), np.zeros((1, k), bool), standardised)[0])
    kind = "pairwise" if pairwise else "complete rows"
    if interval == "feldt":
        tail, df = (1 - conf_level) / 2, (n - 1, (n - 1) * (k - 1))
        low = 1 - (1 - alpha) * float(stats.f.ppf(1 - tail, *df))
        high = 1 - (1 - alpha) * float(stats.f.ppf(tail, *df))
    else:
        left = np.concatenate(
            [_alphas(values, rows, ~np.isnan(rows), standardised) for rows in np.array_split(values, 1 + n // 1000)]
        )
        spread = float(np.sqrt((n - 1) / n * ((left - left.mean()) ** 2).sum()))
        half = float(stats.t.ppf(0.5 + conf_level / 2, n - 1)) * spread
        low, high = alpha - half, min(1.0, alpha + half)
    name = "alpha (standardised)" if standardised else "alpha"
    return Reliability(name, alpha, low, high, n, k, f"{ALPHA_INTERVALS[interval]}, {kind}", against_the_rest(items))


def _alphas(values: Array, rows: Array, there: npt.NDArray[np.bool_], standardised: bool) -> Array:
    """Alpha of all rows less each of some rows in turn, every covariance from the rows that have both items."""
    seen = ~np.isnan(values)
    x, mask, out = np.where(seen, values, 0.0), seen.astype(float), np.where(there, rows, 0.0)
    gone = there.astype(float)
    n = mask.T @ mask - gone[:, :, None] * gone[:, None, :]
    sums = x.T @ mask - out[:, :, None] * gone[:, None, :]  # of the first item over rows that have the second
    cross = x.T @ x - out[:, :, None] * out[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        cov = (cross - sums * np.swapaxes(sums, 1, 2) / n) / (n - 1)
        if standardised:
            sd = np.sqrt(np.diagonal(cov, axis1=1, axis2=2))
            cov = cov / (sd[:, :, None] * sd[:, None, :])
        k, total = values.shape[1], cov.sum(axis=(1, 2))
        return np.asarray(k / (k - 1) * (1 - np.trace(cov, axis1=1, axis2=2) / total))


def one_factor_loadings(covariance: Array) -> Array:
    """Loadings of one factor by least squares on the covariances off the diagonal (minres).

    Examples
    --------
    >>> l = np.array([0.8, 0.7, 0.6]); c = np.outer(l, l); np.fill_diagonal(c, 1.0)
    >>> one_factor_loadings(c).round(4).tolist()
    [0.8, 0.7, 0.6]
    """
    sd = np.sqrt(np.diag(covariance))
    r = covariance / np.outer(sd, sd)
    upper = np.triu_indices(len(r), 1)
    values, vectors = np.linalg.eigh(r)
    start = vectors[:, -1] * np.sqrt(values[-1]) * 0.8

    def misfit(x: Array) -> Array:
        gap: Array = (np.outer(x, x) - r)[upper]
        return gap

    fit = optimize.least_squares(misfit, start * np.sign(start.sum() or 1.0))
    loadings: Array = np.asarray(fit.x, dtype=np.float64) * sd
    return loadings if loadings.sum() >= 0 else -loadings


def _omega_of(covariance: Array) -> float:
    loadings = one_factor_loadings(covariance)
    unique = np.clip(np.diag(covariance) - loadings**2, 0.0, None)
    common = float(loadings.sum() ** 2)
    return common / (common + float(unique.sum()))


def omega_total(items: pd.DataFrame, *, conf_level: float = 0.95, draws: int = 500, seed: int = 0) -> Reliability:
    """McDonald's omega of one factor, with a percentile bootstrap interval.

    omega = (sum of loadings)^2 / ((sum of loadings)^2 + sum of unique variances) (McDonald 1999). Needs three items.
    ``draws=0`` gives no interval.

    Parameters
    ----------
    items : pd.DataFrame
        Answers, one row a person and one column an item.
    conf_level : float, default 0.95
        Level of the intervals.
    draws : int, default 500
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
        Fewer than three items or rows, or an item that does not vary.

    References
    ----------
    - McDonald, R. P. (1999). Test Theory: A Unified Treatment.

    Examples
    --------
    >>> rng = np.random.default_rng(0); f = rng.normal(size=400)
    >>> x = pd.DataFrame({i: f + rng.normal(size=400) for i in "abcd"})
    >>> bool(abs(omega_total(x, draws=0).estimate - 0.8) < 0.05)
    True
    """
    values = item_matrix(items, least=3)
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        sample = values[rng.integers(len(values), size=len(values))]
        if (sample.std(axis=0) > 0).all() and not _cancels(sample):
            found.append(_omega_of(np.cov(sample, rowvar=False)))
    tail = (1 - conf_level) / 2
    low, high = np.quantile(found, [tail, 1 - tail]) if found else (np.nan, np.nan)
    estimate = _omega_of(np.cov(values, rowvar=False))
    method = f"one factor by minres; bootstrap of rows, {draws} resamples, seed {seed}"
    note = against_the_rest(items)
    return Reliability("omega", estimate, float(low), float(high), len(values), values.shape[1], method, note)
