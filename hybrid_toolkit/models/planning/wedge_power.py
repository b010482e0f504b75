"""Power of a stepped wedge in closed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.planning.slope_power import t_power
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.result import TIDY_COLUMNS, ResultBase


@dataclass(frozen=True, slots=True)
class WedgePower(ResultBase):
    """What a stepped wedge would find.

    Parameters
    ----------
    effect : float
        The difference, in standard deviations of a row.
    power : float
        Chance that a two-sided test at ``alpha`` finds it.
    std_error : float
        Of the estimate.
    minimum_effect : float
        The difference found with power ``target``.
    target : float
        Power of the minimum detectable difference.
    alpha : float
        Level of the two-sided test.
    clusters : int
        Clusters in all.
    periods : int
        Periods in all.
    rows : float
        Rows in all.
    df : float
        Degrees of freedom of the t reference: clusters less two, infinite for a normal one.

    Examples
    --------
    >>> plan = stepped_wedge_power(steps=4, clusters_per_step=6, cluster_size=8, icc=0.05, effect=0.3)
    >>> round(plan.minimum_effect, 2), plan.rows, plan.df
    (0.31, 960, 22.0)
    """

    effect: float
    power: float
    std_error: float
    minimum_effect: float
    target: float
    alpha: float
    clusters: int
    periods: int
    rows: float
    df: float

    def tidy(self) -> pd.DataFrame:
        """Two rows: the power, and the minimum detectable difference.

        Returns
        -------
        pd.DataFrame
            Two rows: the power, and the minimum detectable difference.
        """
        rest = (*[np.nan] * 4, self.rows)
        rows = [("power", self.power, *rest, "share"), ("minimum_effect", self.minimum_effect, *rest, "SD")]
        return pd.DataFrame(rows, columns=list(TIDY_COLUMNS))

    def glance(self) -> pd.DataFrame:
        """One row: every field.

        Returns
        -------
        pd.DataFrame
            One row: every field.
        """
        return pd.DataFrame([{f: getattr(self, f) for f in self.__slots__}])

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        return (
            f"A stepped wedge of {self.clusters} clusters over {self.periods} periods with {self.rows:,.0f} rows finds "
            f"a difference of {self.effect:.3f} standard deviations with power {self.power:.2f}; "
            f"{self.minimum_effect:.3f} with power {self.target:.2f}. The formula takes one effect at once and for "
            "good, and a correlation within a cluster that does not fade with time; where it fades the power is lower, "
            "so that a simulation of the study itself is the better guide."
        )


def stepped_wedge_power(
    *,
    steps: int,
    clusters_per_step: int,
    cluster_size: float,
    icc: float,
    effect: float,
    baseline: int = 1,
    per_step: int = 1,
    alpha: float = 0.05,
    target: float = 0.8,
    small_sample: bool = True,
) -> WedgePower:
    """Power of a complete stepped wedge with one random intercept a cluster and new rows in each period.

    With I clusters, T periods, X the 0/1 table of clusters by periods, U its sum, W the sum of squares of its periods'
    sums, V that of its clusters', s the variance of a cluster's mean in a period given the cluster, and t that of
    clusters: ``Var = I s (s + T t) / ((I U - W) s + (U^2 + I T U - T W - I V) t)``.

    Parameters
    ----------
    steps : int
        Times at which clusters cross over, at least 1.
    clusters_per_step : int
        Clusters that cross over at each step.
    cluster_size : float
        Rows of a cluster in a period.
    icc : float
        Likeness of rows of one cluster: share of a row's variance that lies between clusters, from 0 to below 1.
    effect : float
        The true difference, in standard deviations of a row.
    baseline : int, default 1
        Periods before the first step.
    per_step : int, default 1
        Periods after each step.
    alpha : float, default 0.05
        Level of the two-sided test.
    target : float, default 0.8
        Power for the minimum detectable difference.
    small_sample : bool, default True
        Take a t reference with clusters - 2 degrees of freedom, and not a normal one.

    Returns
    -------
    WedgePower
        Power, standard error and minimum detectable difference.

    Raises
    ------
    EstimationError
        A number is out of range; fewer than three clusters with ``small_sample``.

    References
    ----------
    - Hussey, M. A. and Hughes, J. P. (2007). Contemporary Clinical Trials 28, 182-191, equation 8.

    Examples
    --------
    >>> plan = stepped_wedge_power(steps=4, clusters_per_step=6, cluster_size=8, icc=0.05, effect=0.3)
    >>> plan.clusters, plan.periods, round(plan.power, 2)
    (24, 5, 0.79)
    """
    check_arguments(stepped_wedge_power, locals())
    shares = 0 <= icc < 1 and 0 < alpha < target < 1
    if not shares or min(steps, clusters_per_step, baseline, per_step) < 1 or not cluster_size > 0 or effect == 0:
        raise EstimationError(
            "a value is out of range: icc from 0 to below 1, alpha below target below 1, an effect other than 0, and "
            "at least 1 step, cluster, row and period.",
            fix="Set each of them within its range; icc is often 0.01 to 0.1.",
            code="POWER-INPUT",
        )
    clusters, periods = steps * clusters_per_step, baseline + steps * per_step
    if small_sample and clusters < 3:
        raise EstimationError(
            f"{plural(clusters, 'cluster leaves', 'clusters leave')} no degrees of freedom.",
            fix=f"Add at least {plural(3 - clusters, 'cluster')}, or set small_sample=False.",
            code="CLUSTERS",
        )
    first = np.repeat(baseline + per_step * np.arange(steps), clusters_per_step)
    error = float(np.sqrt(_variance(np.arange(periods) >= first[:, None], (1 - icc) / cluster_size, icc)))
    df = float(clusters - 2) if small_sample else np.inf

    def power(size: float) -> float:
        if np.isfinite(df):
            return t_power(size, error, df, alpha=alpha)
        critical = stats.norm.ppf(1 - alpha / 2)
        return float(stats.norm.sf(critical - size / error) + stats.norm.cdf(-critical - size / error))

    high = error
    while power(high) < target:
        high *= 2
    least = float(optimize.brentq(lambda d: power(d) - target, 1e-12 * error, high))
    rows = clusters * periods * cluster_size
    return WedgePower(effect, power(abs(effect)), error, least, target, alpha, clusters, periods, rows, df)


def _variance(x: np.ndarray, within: float, between: float) -> float:
    """Equation 8: x is clusters by periods; variances of a cluster's mean in a period, and of clusters."""
    i, t = x.shape
    u, w, v = x.sum(), (x.sum(axis=0) ** 2).sum(), (x.sum(axis=1) ** 2).sum()
    below = (i * u - w) * within + (u**2 + i * t * u - t * w - i * v) * between
    return float(i * within * (within + t * between) / below)
