"""Estimates with the influence of each row, the mean among them, and clustered intervals from these.

A statistic gives its value and, for each row, how much that row moved it, so that every interval is made the same way:
clusters are left out in turn, and limits lie inside the range of the metric. Other statistics are in ``statistics``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from hybrid_toolkit.arrays import Array, Codes, Floats

_NOTHING = 1e-12
"""A spread, or a rest of one, under which nothing varies: influence values are of the size of the estimate."""
Bounds = tuple[float | None, float | None]
"""The least and the greatest value that an estimate can take; None where there is none."""


@dataclass(frozen=True, slots=True)
class Crossed:
    """A second factor that crosses the clusters: its label for every part of a row, and the influence of that part.

    Parameters
    ----------
    labels : npt.NDArray[Any]
        Label of the rows of each part; a part without a label counts for nothing.
    influence : Array
        Influence values, rows x parts; parts of a row sum to its influence.
    """

    labels: npt.NDArray[Any]
    influence: Array

    def rows(self, which: npt.NDArray[np.bool_], *, of: int, sign: float = 1.0) -> Crossed:
        """These parts as those of the rows ``which`` of a longer frame of ``of`` rows, with a sign."""
        labels = np.full((of, self.labels.shape[1]), None if self.labels.dtype == object else np.nan, self.labels.dtype)
        influence = np.zeros((of, self.labels.shape[1]))
        labels[which], influence[which] = self.labels, sign * self.influence
        return Crossed(labels, influence)

    def beside(self, other: Crossed) -> Crossed:
        """Both sets of parts, row by row."""
        return Crossed(np.hstack([self.labels, other.labels]), np.hstack([self.influence, other.influence]))


@dataclass(frozen=True, slots=True)
class Regression:
    """What leaving clusters out of a least-squares fit needs, for the rows used, in their order.

    Parameters
    ----------
    design : Array
        Rows x k, orthogonal columns whose squares have mean one.
    residual : Array
        Rows.
    weights : Array
        The k; the estimate is their sum of products with the coefficients of these columns.
    sides : npt.NDArray[np.bool] | None, optional
        Of a gap between two groups, which rows are of the second: each must rest on enough people.
    """

    design: Array
    residual: Array
    weights: Array
    sides: npt.NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and the influence of each row on it (zero for rows that were not used).

    Parameters
    ----------
    value : float
        The statistic; NaN where it cannot be had, with the ``reason``.
    influence : Array
        One number a row of the frame; they sum to zero.
    used : npt.NDArray[np.bool]
        Which rows were used.
    parameters : int, default 1
        Parameters fitted, for the small-sample factor (N - 1) / (N - parameters).
    crossed : Crossed | None, optional
        A second factor whose levels move units of every cluster, such as raters or months.
    size : Array | None, optional
        What each row adds to the denominator of its mean or ratio (1 for a mean), 0 where it is not used; None where
        the statistic is not made of means.
    cell : npt.NDArray[np.intp] | None, optional
        Which of several means each row belongs to, from 0; None where there is one mean.
    regression : Regression | None, optional
        For a coefficient, what leaving clusters out needs.
    """

    value: float
    influence: Array
    used: npt.NDArray[np.bool_]
    parameters: int = 1
    reason: str = ""
    crossed: Crossed | None = None
    size: Array | None = None
    cell: npt.NDArray[np.intp] | None = None
    regression: Regression | None = None


def complete(frame: pd.DataFrame, columns: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which rows have a value in all of these columns."""
    return frame[list(columns)].notna().all(axis=1).to_numpy(dtype=bool)


def column_values(frame: pd.DataFrame, column: str) -> Array:
    """A column as floats."""
    return frame[column].astype("float64").to_numpy()


def no_estimate(frame: pd.DataFrame, used: npt.NDArray[np.bool_], reason: str) -> Estimate:
    """What stands for a statistic that cannot be had, with the reason."""
    return Estimate(float("nan"), np.zeros(len(frame)), used, 1, reason)


@dataclass(frozen=True, slots=True)
class MeanOf:
    """The mean of one column.

    Parameters
    ----------
    column : str
        The column.
    crossed : str, optional
        A second factor that moves units of all clusters alike: a column of that name (``month``), or columns
        ``rater_1``, ``rater_2``, ... beside ``<column>_1``, ``<column>_2``, ... whose mean over a row is its value.

    Examples
    --------
    >>> MeanOf("x")(pd.DataFrame({"x": [1.0, 3.0, None]})).value
    2.0
    """

    column: str
    crossed: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def __call__(self, frame: pd.DataFrame) -> Estimate:
        """Mean over the rows that have a value."""
        used = complete(frame, self.columns)
        if not used.any():
            return no_estimate(frame, used, "no values")
        y = np.where(used, column_values(frame, self.column), 0.0)
        mean = float(y[used].mean())
        influence = np.where(used, y - mean, 0.0) / used.sum()
        crossed = self._crossed(frame, influence, used, mean)
        return Estimate(mean, influence, used, crossed=crossed, size=used.astype("float64"))

    def _crossed(
        self, frame: pd.DataFrame, influence: Array, used: npt.NDArray[np.bool_], mean: float
    ) -> Crossed | None:
        if not self.crossed:
            return None
        if self.crossed in frame:
            return Crossed(_labels(frame[self.crossed]), influence[:, None])
        parts = [k for k in range(1, len(frame.columns)) if f"{self.crossed}_{k}" in frame]
        if not parts:
            return None
        y = frame[[f"{self.column}_{k}" for k in parts]].to_numpy(dtype="float64")
        known = ~np.isnan(y) & used[:, None]
        share = known / np.maximum(known.sum(axis=1, keepdims=True), 1) / used.sum()
        labels = frame[[f"{self.crossed}_{k}" for k in parts]].to_numpy(dtype=object)
        return Crossed(labels, np.where(known, y - mean, 0.0) * share)


def _labels(values: pd.Series[Any]) -> npt.NDArray[Any]:
    """Labels of a factor as one column; dates as numbers, which are quicker to compare."""
    if pd.api.types.is_datetime64_dtype(values.dtype):
        day = values.to_numpy(dtype="datetime64[us]")
        return np.where(np.isnat(day), np.nan, day.astype("int64").astype("float64"))[:, None]
    return values.to_numpy(dtype=object)[:, None]


@dataclass(frozen=True, slots=True)
class Interval:
    """A clustered interval: standard error, limits, clusters, the degrees of freedom of its t, effective clusters."""

    std_error: float
    conf_low: float
    conf_high: float
    n_clusters: int
    df: float
    effective: float = float("nan")


def clustered_interval(
    estimate: Estimate,
    cluster: pd.Series[str],
    *,
    conf_level: float = 0.95,
    n: int | None = None,
    bounds: Bounds = (None, None),
) -> Interval:
    """Interval of an estimate: each cluster left out in turn, t on effective clusters less one degrees of freedom.

    Variance = (G-1)/G x sum over clusters of (estimate without it - estimate)^2, the jackknife (CV3), which is exact
    here for means, ratios, their contrasts and least squares. For any other statistic it is the clustered sandwich,
    G/(G-1) (N-1)/(N-k) x sum over clusters of (sum of influence)^2. Effective clusters are one over the sum of squared
    shares of what the clusters' rows would add to the variance if rows had errors of their own: their number where
    clusters are of one size, near one where a giant holds all. A row whose cluster is not known is a cluster of its
    own. Missing where there are fewer than two clusters, one holds a whole group of a contrast, or nothing varies.

    Over 1,000 draws of shares of 0.5 to 0.97 in 5 to 24 clusters with none, one or two giants such intervals hold the
    truth in 93% to 99%, the sandwich's with G - 1 in 84% to 98% (Monte Carlo error 0.7 points).

    Parameters
    ----------
    estimate : Estimate
        The statistic.
    cluster : pd.Series[str]
        The cluster of each row.
    n : int | None, optional
        Units, where a row stands for several; the rows used, by default.
    bounds : Bounds, optional
        The range of the estimate. A mean or ratio with both ends has Wilson's interval on its effective number of
        units, u (1 - u) / variance with u its place in the range, so that limits lie inside the range; where every unit
        lies at one end the effective clusters are that number. Other limits are cut at the ends of the range.

        Where the estimate brings a second factor of two levels or more (raters or months that move units of all
        clusters), the variance is V1 + max(0, V2 - V12), with V1 of the clusters, V2 of the factor and V12 of their
        cells (Cameron, Gelbach and Miller 2011), never below V1; its degrees of freedom are those of Satterthwaite
        (1946), V^2 / (V1^2 / df1 + V2^2 / (G2 - 1)), because five raters say little about how raters differ.

    Notes
    -----
    Jackknife: MacKinnon, Nielsen and Webb (2023), Journal of Econometrics 232. Effective clusters: Carter, Schnepel and
    Steigerwald (2017), Review of Economics and Statistics 99. Wilson's interval on an effective number: Wilson (1927),
    JASA 22; Dean and Pagano (2015), Journal of Survey Statistics and Methodology 3.

    Examples
    --------
    >>> y = pd.DataFrame({"y": [1.0, 2.0, 3.0, 6.0]})
    >>> i = clustered_interval(MeanOf("y")(y), pd.Series(["a", "a", "b", "b"]))
    >>> round(i.std_error, 6), i.n_clusters, i.effective
    (1.5, 2, 2.0)
    """
    used = estimate.used
    n = int(used.sum()) if n is None else n
    code, names = pd.factorize(cluster[used])
    lone = code < 0
    code = np.where(lone, len(names) + np.cumsum(lone) - 1, code)
    groups = int(code.max()) + 1 if n else 0
    nothing = Interval(float("nan"), float("nan"), float("nan"), groups, float("nan"))
    if groups < 2 or n <= estimate.parameters or np.isnan(estimate.value):
        return nothing
    factor = (n - 1) / (n - estimate.parameters)
    moved, weight = _left_out(estimate, code)
    if not weight.any():  # nothing varies, so that no cluster weighs more than another
        return nothing
    effective = float(weight.sum() ** 2 / (weight**2).sum())
    variance, df = float((moved**2).sum()), min(max(effective - 1, 1.0), float(groups - 1))
    if moved.size == 0:
        variance = factor * _between(code, estimate.influence[used])
    if estimate.crossed is not None:
        variance, df = _two_ways(variance, df, code, used, estimate.crossed, factor)
    t = float(stats.t.ppf(0.5 + conf_level / 2, df))
    error = float(np.sqrt(variance))
    ends = _wilson(estimate, error, t, bounds, effective)
    if ends is None:
        if not error > _NOTHING * max(1.0, abs(estimate.value)) or not np.isfinite(error):
            return nothing
        ends = _cut(estimate.value, t * error, bounds)
    elif not error > _NOTHING:
        error = (ends[1] - ends[0]) / (2 * t)
    return Interval(error, *ends, groups, df, effective)


def _left_out(estimate: Estimate, code: Codes) -> tuple[Floats, Floats]:
    """What leaving out each cluster moves the estimate by, times the root of (G-1)/G, and each cluster's leverage.

    The moves are empty where the statistic cannot be left out of exactly, and infinite for a cluster that holds a whole
    mean of a contrast.
    """
    used, groups = estimate.used, int(code.max()) + 1
    shrink = np.sqrt((groups - 1) / groups)
    if estimate.regression is not None:
        return _regressed(estimate.regression, code, groups, float(shrink))
    if estimate.size is None:
        return np.empty(0), np.bincount(code, weights=estimate.influence[used] != 0, minlength=groups).astype(float)
    size, cell = estimate.size[used], np.zeros(len(code), dtype=np.intp)
    cell = cell if estimate.cell is None else estimate.cell[used]
    moved, weight = np.zeros(groups), np.zeros(groups)
    for one in np.unique(cell):
        at = cell == one
        share = np.bincount(code[at], weights=size[at], minlength=groups) / size[at].sum()
        part = np.bincount(code[at], weights=estimate.influence[used][at], minlength=groups)
        rest = 1 - share
        with np.errstate(divide="ignore", invalid="ignore"):
            moved += np.where(rest > _NOTHING, part / rest, np.inf)
        weight += share / size[at].sum()
    return moved * shrink, weight


def _regressed(fit: Regression, code: Codes, groups: int, shrink: float) -> tuple[Floats, Floats]:
    """The same for a weighted sum of least-squares coefficients."""
    whole = len(fit.design) * np.eye(len(fit.weights))
    leverage = np.square(fit.design @ fit.weights / len(fit.design))
    moved = np.zeros(groups)
    for g in range(groups):
        x = fit.design[code == g]
        rest = np.linalg.pinv(whole - x.T @ x, hermitian=True, rcond=1e-10)
        moved[g] = fit.weights @ (rest @ (x.T @ fit.residual[code == g]))
    return moved * shrink, np.bincount(code, weights=leverage, minlength=groups).astype(np.float64)


def _wilson(estimate: Estimate, error: float, t: float, bounds: Bounds, effective: float) -> tuple[float, float] | None:
    """Wilson's limits of a mean or ratio inside a range with two ends; None for anything else."""
    low, high = bounds
    if low is None or high is None or estimate.size is None or estimate.cell is not None or not np.isfinite(error):
        return None
    u = (estimate.value - low) / (high - low)
    spread = error / (high - low)
    if not 0 <= u <= 1 or (spread <= _NOTHING and 0 < u < 1):
        return None
    number = u * (1 - u) / spread**2 if spread > _NOTHING else effective
    if not number > 0:  # every unit lies at one end, and another factor than clusters varies
        number = effective
    middle = (u + t**2 / (2 * number)) / (1 + t**2 / number)
    half = t * np.sqrt(u * (1 - u) / number + t**2 / (4 * number**2)) / (1 + t**2 / number)
    ends = np.clip([middle - half, middle + half], 0, 1)
    # at an end of the range rounding must not leave the estimate outside its own interval
    ends = np.array([min(ends[0], u), max(ends[1], u)])
    return float(low + (high - low) * ends[0]), float(low + (high - low) * ends[1])


def _cut(value: float, half: float, bounds: Bounds) -> tuple[float, float]:
    """The plain limits, cut at the ends of the range where the estimate lies inside it."""
    low, high = bounds
    inside = (low is None or value >= low) and (high is None or value <= high)
    ends = [value - half, value + half]
    if inside:
        ends = [ends[0] if low is None else max(ends[0], low), ends[1] if high is None else min(ends[1], high)]
    return float(ends[0]), float(ends[1])


def _between(code: Codes, influence: Floats) -> float:
    """G/(G-1) x the sum over groups of (sum of influence)^2."""
    groups = int(code.max()) + 1
    return groups / (groups - 1) * float(np.sum(np.bincount(code, weights=influence, minlength=groups) ** 2))


def _two_ways(
    variance: float,
    df: float,
    code: Codes,
    used: npt.NDArray[np.bool_],
    crossed: Crossed,
    factor: float,
) -> tuple[float, float]:
    """Variance and degrees of freedom with the second factor; as they were where it has one level."""
    labels, influence = crossed.labels[used], crossed.influence[used]
    level, names = pd.factorize(labels.ravel())
    known = level >= 0
    levels = len(names)
    if levels < 2:
        return variance, df
    level, part = level[known], influence.ravel()[known]
    cell, _ = pd.factorize(np.repeat(code, labels.shape[1])[known] * levels + level)
    second = factor * _between(level, part)
    whole = variance + max(0.0, second - factor * _between(cell, part))
    if whole <= 0:
        return variance, df
    return whole, whole**2 / (variance**2 / df + second**2 / (levels - 1))
