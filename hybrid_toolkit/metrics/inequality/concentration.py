"""Concentration of an outcome over a ranking: the index and its kinds, its curve, slope and relative indices."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from hybrid_toolkit.errors import MeasureError, plural
from hybrid_toolkit.metrics.inequality.inequality import (
    Inequality,
    generalised_index,
    index_result,
    inequality_sample,
    refuse_zero_mean,
)

IndexKind = Literal["standard", "generalised", "erreygers", "wagstaff"]


INDEX_KINDS: tuple[IndexKind, ...] = ("standard", "generalised", "erreygers", "wagstaff")


def concentration_index(
    frame: pd.DataFrame,
    *,
    outcome: str,
    rank_by: str,
    kind: IndexKind = "standard",
    bounds: tuple[float, float] = (0.0, 1.0),
    cluster: str | None = None,
    weight: str | None = None,
    conf_level: float = 0.95,
) -> Inequality:
    """How far an outcome is concentrated among those ranked high (positive) or low (negative).

    With y the outcome, R the fractional rank and mu the mean: generalised ``2 cov(y, R)``; standard that over mu
    (Kakwani, Wagstaff and van Doorslaer 1997); Erreygers (2009) ``4 GC / (b - a)``; Wagstaff (2005)
    ``GC (b - a) / ((b - mu)(mu - a))`` for an outcome bounded by ``bounds = (a, b)``.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a unit. Rows with a missing value in a named column are left out and counted.
    outcome : str
        Numeric column of the outcome.
    rank_by : str
        Numeric column that runs from worst off to best off.
    kind : IndexKind, default "standard"
        "standard", "generalised", "erreygers" or "wagstaff". The last two are for bounded outcomes.
    bounds : tuple[float, float], optional
        Least and greatest value that the outcome can take.
    cluster : str | None, optional
        Column of the clusters.
    weight : str | None, optional
        Column of weights.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    Inequality
        How far an outcome is concentrated among those ranked high (positive) or low (negative).

    Raises
    ------
    MeasureError
        A column is absent, one cluster, a weight below zero, an outcome outside its bounds, or a mean of zero (the
        standard index has no meaning there).

    References
    ----------
    - Erreygers, G. (2009). Journal of Health Economics 28, 504-515.
    - Kakwani, N., Wagstaff, A. and van Doorslaer, E. (1997). Journal of Econometrics 77, 87-103.
    - Wagstaff, A. (2005). Health Economics 14, 429-432.

    Examples
    --------
    >>> f = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "income": [10, 20, 30, 40]})
    >>> round(concentration_index(f, outcome="y", rank_by="income").estimate, 4)
    0.25
    >>> round(concentration_index(f, outcome="y", rank_by="income", kind="erreygers", bounds=(0, 5)).estimate, 4)
    0.5
    """
    if kind not in INDEX_KINDS:
        raise MeasureError(
            f"kind is not one of {', '.join(INDEX_KINDS)}.", fix="Choose one of these.", code="KIND-UNKNOWN"
        )
    s = inequality_sample(frame, outcome=outcome, rank_by=rank_by, cluster=cluster, weight=weight)
    index, influence, mean = generalised_index(s)
    low, high = bounds
    if kind in ("erreygers", "wagstaff"):
        outside = np.flatnonzero((s.outcome < low) | (s.outcome > high))
        if outside.size:
            raise MeasureError(
                f"Column '{outcome}': {plural(outside.size, 'value lies', 'values lie')} outside the bounds {low:g} to "
                f"{high:g}, first at usable rows {(outside[:5] + 1).tolist()}.",
                fix="Set the bounds of the outcome, or correct the rows.",
                code="OUTCOME-BOUNDS",
            )
    if kind == "erreygers":
        index, influence = 4 * index / (high - low), 4 * influence / (high - low)
    elif kind == "wagstaff":
        refuse_zero_mean((high - mean) * (mean - low), outcome, "at one of its bounds")
        scale = (high - low) / ((high - mean) * (mean - low))
        slope = -scale * (high + low - 2 * mean) / ((high - mean) * (mean - low))
        influence = scale * influence + index * slope * (s.outcome - mean)
        index *= scale
    elif kind == "standard":
        refuse_zero_mean(mean, outcome, "zero")
        influence = influence / mean - index / mean**2 * (s.outcome - mean)
        index /= mean
    words = f"Positive: concentrated among those high in {rank_by}; negative: among those low in it."
    return index_result(f"{kind} concentration index", index, influence, s, conf_level, words)


def concentration_curve(
    frame: pd.DataFrame, *, outcome: str, rank_by: str, weight: str | None = None, points: int = 21
) -> pd.DataFrame:
    """The share of the outcome held by the lowest share of units, at ``points`` even steps.

    Returns columns ``population_share`` and ``outcome_share``, both from 0 to 1. Points, not rows, are returned, so
    that no single unit is shown.

    Parameters
    ----------
    frame : pd.DataFrame
        The data frame.
    outcome : str
        Column of the outcome.
    rank_by : str
        Column that runs from worst off to best off.
    weight : str | None, optional
        Column of the weights; equal weights by default.
    points : int, default 21
        Number of points of the curve.

    Returns
    -------
    pd.DataFrame
        The share of the outcome held by the lowest share of units, at ``points`` even steps.

    Examples
    --------
    >>> f = pd.DataFrame({"y": [0.0, 1.0], "income": [1, 2]})
    >>> concentration_curve(f, outcome="y", rank_by="income", points=3)["outcome_share"].tolist()
    [0.0, 0.0, 1.0]
    """
    s = inequality_sample(frame, outcome=outcome, rank_by=rank_by, cluster=None, weight=weight)
    refuse_zero_mean(float(s.weight @ s.outcome), outcome, "zero")
    _, tied = np.unique(s.rank_by, return_inverse=True)
    people = np.concatenate([[0.0], np.cumsum(np.bincount(tied, weights=s.weight))])
    held = np.concatenate([[0.0], np.cumsum(np.bincount(tied, weights=s.weight * s.outcome))])
    grid = np.linspace(0, 1, points)
    share = np.interp(grid, people / people[-1], held / held[-1])
    return pd.DataFrame({"population_share": grid, "outcome_share": share})


def slope_index(
    frame: pd.DataFrame,
    *,
    outcome: str,
    rank_by: str,
    cluster: str | None = None,
    weight: str | None = None,
    conf_level: float = 0.95,
) -> tuple[Inequality, Inequality]:
    """The slope and relative index of inequality (SII, RII; Mackenbach and Kunst 1997).

    SII is the least-squares slope of the outcome on the fractional rank: the difference between the top and the
    bottom of the ranking. RII is the ratio of the fitted top to the fitted bottom.

    Parameters
    ----------
    frame : pd.DataFrame
        The data frame.
    outcome : str
        Column of the outcome.
    rank_by : str
        Column that runs from worst off to best off.
    cluster : str | None, optional
        Column of the clusters.
    weight : str | None, optional
        Column of the weights; equal weights by default.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    tuple[Inequality, Inequality]
        The slope and relative index of inequality (SII, RII; Mackenbach and Kunst 1997).

    References
    ----------
    - Mackenbach, J. P. and Kunst, A. E. (1997). Social Science & Medicine 44, 757-771.

    Examples
    --------
    >>> f = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "income": [10, 20, 30, 40]})
    >>> sii, rii = slope_index(f, outcome="y", rank_by="income")
    >>> round(sii.estimate, 4), round(rii.estimate, 4)
    (4.0, 9.0)
    """
    s = inequality_sample(frame, outcome=outcome, rank_by=rank_by, cluster=cluster, weight=weight)
    generalised, part, mean = generalised_index(s)
    _, tied = np.unique(s.rank_by, return_inverse=True)
    share = np.bincount(tied, weights=s.weight)
    spread = (1 - float(np.sum(share**3))) / 12
    if not spread > 0:
        raise MeasureError(
            f"Column '{rank_by}' does not vary.", fix="Use a ranking column that does.", code="RANK-CONSTANT"
        )
    # Slope = cov(y, rank) / var(rank); the ranks are of this sample, so they move with it too.
    slope = generalised / 2 / spread
    influence = (part / 2 + slope * (share[tied] ** 2 - float(np.sum(share**3))) / 4) / spread
    bottom = mean - slope / 2
    bottom_influence = s.outcome - mean - influence / 2
    refuse_zero_mean(bottom, outcome, "fitted as zero at the bottom of the ranking")
    ratio = (bottom + slope) / bottom
    ratio_influence = influence / bottom - slope / bottom**2 * bottom_influence
    words = f"From the bottom to the top of {rank_by}."
    return (
        index_result("slope index of inequality", slope, influence, s, conf_level, words),
        index_result("relative index of inequality", ratio, ratio_influence, s, conf_level, words, log=True),
    )
