"""What a test of trends before the start could have seen (Roth 2022)."""

from __future__ import annotations

import numpy as np
from scipy import optimize, stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.rollout.event_time_path import EventPath
from hybrid_toolkit.models.terms.arguments import check_arguments


def detectable_slope(path: EventPath, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """The slope a time that the test of ``EventPath.slope_before`` sees with the given power.

    Notes
    -----
    The usual sum of two quantiles of t, each with the path's degrees of freedom, times the error of the slope.

    Examples
    --------
    >>> path = EventPath((-3, -2, -1, 0), np.zeros(4), np.diag([1.0, 1, 0, 1]), 1000)
    >>> round(detectable_slope(path) / path.slope_before()[1], 2)
    2.8
    """
    error = path.slope_before()[1]
    return float((stats.t.ppf(1 - alpha / 2, path.df) + stats.t.ppf(power, path.df)) * error)


def pretest_power(path: EventPath, slope: float, *, alpha: float = 0.05) -> float:
    """Chance that at least one effect before the start is significant by itself, if the true trend has this slope.

    Parameters
    ----------
    path : EventPath
        Effects by time with their variance.
    slope : float
        Of the departure from parallel trends, a time.
    alpha : float, default 0.05
        Of each single test (normal reference).

    Returns
    -------
    float
        Chance that at least one effect before the start is significant by itself, if the true trend has this slope.

    Notes
    -----
    Roth (2022), American Economic Review: Insights 4(3), 305-322, section I: the usual practice of looking for a
    significant effect before the start, and its chance to find a straight departure.

    References
    ----------
    - Roth, J. (2022). American Economic Review: Insights 4(3), 305-322.

    Examples
    --------
    >>> path = EventPath((-2, -1, 0), np.zeros(3), np.diag([1.0, 0, 1]), 50)
    >>> round(pretest_power(path, 0.0), 3), round(pretest_power(path, 2.8), 2)
    (0.05, 0.8)
    """
    check_arguments(pretest_power, locals())
    at, mean = _leads(path)
    v = path.vcov[np.ix_(at, at)]
    limit = stats.norm.ppf(1 - alpha / 2) * np.sqrt(np.diagonal(v))
    shift = slope * mean
    box = stats.multivariate_normal(mean=np.zeros(len(at)), cov=v, allow_singular=True, seed=1)
    return float(1 - box.cdf(limit - shift, lower_limit=-limit - shift))


def slope_for_power(path: EventPath, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """The slope that the usual look at single effects before the start finds with the given power.

    Parameters
    ----------
    path : EventPath
        Effects by time with their variance.
    power : float, default 0.8
        How often the test is to find the slope.
    alpha : float, default 0.05
        Level of each test.

    Returns
    -------
    float
        The slope that the usual look at single effects before the start finds with the given power.

    Raises
    ------
    EstimationError
        The power lies below the chance of a false alarm, or there is no time before the start.

    Examples
    --------
    >>> path = EventPath((-2, -1, 0), np.zeros(3), np.diag([1.0, 0, 1]), 50)
    >>> round(slope_for_power(path), 2)
    2.8
    """
    check_arguments(slope_for_power, locals())
    at, mean = _leads(path)
    if not pretest_power(path, 0.0, alpha=alpha) < power < 1:
        raise EstimationError(
            "the power asked for is not above the chance of a false alarm.", fix="Ask for 0.5 or 0.8.", code="POWER"
        )
    high = 10 * float(np.sqrt(np.diagonal(path.vcov)[at]).max() / np.abs(mean).min())
    found = optimize.brentq(lambda s: pretest_power(path, s, alpha=alpha) - power, 0.0, high, xtol=1e-5 * high)
    return float(found)


def _leads(path: EventPath) -> tuple[list[int], Array]:
    at = path.before.tolist()
    if not at:
        raise EstimationError(
            "there is no time before the start beside the reference.",
            fix="Add periods until there are at least two before the start.",
            code="NO-LEADS",
        )
    return at, np.array([path.leads[i] - path.last_free for i in at], dtype=np.float64)
