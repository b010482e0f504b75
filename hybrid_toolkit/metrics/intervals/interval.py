"""Intervals from influence values: clustered one way, or two ways where a second factor crosses the clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.metrics.intervals.influence import Crossed, Estimate


@dataclass(frozen=True, slots=True)
class Interval:
    """A clustered interval: standard error, limits, clusters, and the degrees of freedom of its t."""

    std_error: float
    conf_low: float
    conf_high: float
    n_clusters: int
    df: float


def clustered_interval(
    estimate: Estimate, cluster: pd.Series[str], *, conf_level: float = 0.95, n: int | None = None
) -> Interval:
    """Interval of an estimate from the influence summed within clusters, with t on G - 1 degrees of freedom.

    Variance = G/(G-1) (N-1)/(N-k) x sum over clusters of (sum of influence)^2, the usual clustered sandwich. A row
    whose cluster is not known is a cluster of its own. Missing where there are fewer than two clusters or the values
    do not vary.

    ``n`` is the number of units where a row stands for several; the rows used, by default.

    Where the estimate brings a second factor of two levels or more (raters or months that move units of all
    clusters), the variance is V1 + max(0, V2 - V12), with V1 of the clusters, V2 of the factor and V12 of their cells
    (Cameron, Gelbach and Miller 2011), never below V1; its degrees of freedom are those of Satterthwaite (1946),
    V^2 / (V1^2 / (G1 - 1) + V2^2 / (G2 - 1)), because five raters say little about how raters differ.

    Examples
    --------
    >>> from hybrid_toolkit.metrics.intervals.influence import MeanOf
    >>> y = pd.DataFrame({"y": [1.0, 2.0, 3.0, 6.0]})
    >>> i = clustered_interval(MeanOf("y")(y), pd.Series(["a", "a", "b", "b"]))
    >>> round(i.std_error, 6), i.n_clusters
    (1.5, 2)
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
    variance, df = factor * _between(code, estimate.influence[used]), float(groups - 1)
    if estimate.crossed is not None:
        variance, df = _two_ways(variance, df, code, used, estimate.crossed, factor)
    error = float(np.sqrt(variance))
    if error <= 1e-12 * max(1.0, abs(estimate.value)):
        return nothing
    half = float(stats.t.ppf(0.5 + conf_level / 2, df)) * error
    return Interval(error, estimate.value - half, estimate.value + half, groups, df)


def _between(code: npt.NDArray[np.intp], influence: Floats) -> float:
    """G/(G-1) x the sum over groups of (sum of influence)^2."""
    groups = int(code.max()) + 1
    return groups / (groups - 1) * float(np.sum(np.bincount(code, weights=influence, minlength=groups) ** 2))


def _two_ways(
    variance: float,
    df: float,
    code: npt.NDArray[np.intp],
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
