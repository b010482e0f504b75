"""Intervals of metrics from influence values: clusters left out in turn, limits inside the range of the metric."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from hybrid_toolkit.arrays import Codes, Floats
from hybrid_toolkit.metrics.intervals.influence import Crossed, Estimate, Regression

_NOTHING = 1e-12
"""A spread, or a rest of one, under which nothing varies: influence values are of the size of the estimate."""

Bounds = tuple[float | None, float | None]
"""The least and the greatest value that an estimate can take; None where there is none."""
_FEW = 5
"""With fewer effective clusters an interval is called to rest on few: it leans on their being like each other."""
_UNEQUAL = 0.5
"""Effective clusters under this share of all are called unequal."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A clustered interval: standard error, limits, clusters, the degrees of freedom of its t, effective clusters."""

    std_error: float
    conf_low: float
    conf_high: float
    n_clusters: int
    df: float
    effective: float = float("nan")


def few_clusters(interval: Interval) -> str:
    """Why an interval rests on few or unequal clusters; empty where it does not.

    Examples
    --------
    >>> few_clusters(Interval(0.1, 0.0, 0.4, 12, 2.1, 3.1)), few_clusters(Interval(0.1, 0.0, 0.4, 12, 10.0, 11.0))
    ('few or unequal clusters: 12 count as 3.1', '')
    """
    many, effective = interval.n_clusters, interval.effective
    if many < 2 or not (effective < _FEW or effective < _UNEQUAL * many):
        return ""
    return f"few or unequal clusters: {many} count as {effective:.1f}"


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
    >>> from hybrid_toolkit.metrics.intervals.influence import MeanOf
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
    whole = fit.design.T @ fit.design
    leverage = np.square(fit.design @ (np.linalg.pinv(whole, hermitian=True) @ fit.weights))
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
