"""Which trials found something, and where their share crosses the power asked for, with its Monte Carlo error."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, stats

from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.study.diagnosis.diagnosis_result import Diagnosis
from hybrid_toolkit.study.diagnosis.performance import share

RESAMPLES = 400
Hits = NDArray[np.float64]
"""(values, sims) 1 where the interval left out zero, 0 where not, NaN where the fit failed."""


def check_power(power: float) -> None:
    """Raises a UsageError where a power is not a number between 0 and 1."""
    if not isinstance(power, float | np.floating) or not 0 < power < 1:
        raise UsageError("power lies between 0 and 1.", fix="Ask for 0.8, say.", code="POWER-INPUT")


def hits_of(tried: Diagnosis, outcome: str) -> Hits:
    """Whether each trial's interval left out zero."""
    mine = tried.draws[tried.draws["outcome"] == outcome]
    hit = ((mine["conf_low"] > 0) | (mine["conf_high"] < 0)).to_numpy(dtype=np.float64)
    return np.where(mine["error"].eq("").to_numpy(), hit, np.nan)


def estimates_of(tried: Diagnosis, outcome: str) -> Hits:
    """The estimate of each trial, NaN where the fit failed."""
    mine = tried.draws[tried.draws["outcome"] == outcome]
    return np.where(mine["error"].eq(""), mine["estimate"], np.nan)


def share_of(hits: Hits) -> tuple[float, float, int]:
    """Share of fitted trials, its Monte Carlo error, and how many they are."""
    return share(pd.Series(hits[~np.isnan(hits)] > 0))


def power_threshold(values: Hits, powers: Hits, power: float, trials: int) -> float:
    """Where a curve, made monotone, reaches a power; NaN where it starts above or ends below.

    Examples
    --------
    >>> power_threshold(np.array([1.0, 2, 3]), np.array([0.2, 0.5, 0.9]), 0.5, 1000)
    2.0
    """
    if np.isnan(powers).any():
        return float("nan")
    rising = optimize.isotonic_regression(powers).x
    above = int(np.searchsorted(rising, power - 1e-12))
    if above == len(rising) or (above == 0 and rising[0] > power):
        return float("nan")
    if above == 0 or rising[above] == power:
        return float(values[above])
    least = 0.5 / trials
    low, high, at = stats.norm.ppf(np.clip([rising[above - 1], rising[above], power], least, 1 - least))
    return float(values[above - 1] + (values[above] - values[above - 1]) * (at - low) / (high - low))


def crossing_with_error(values: Hits, hits: Hits, power: float) -> tuple[float, float]:
    """The crossing, and its spread over resamples of the trials, the same trials at every value."""
    trials = hits.shape[1]
    ran = ~np.isnan(hits)
    filled = np.where(ran, hits, 0.0)
    point = power_threshold(values, _shares(filled.sum(axis=1), ran.sum(axis=1)), power, trials)
    if np.isnan(point):
        return point, float("nan")
    rng, again = np.random.default_rng(0), []
    for _ in range(RESAMPLES):
        weight = np.bincount(rng.integers(0, trials, trials), minlength=trials)
        one = _shares(filled @ weight, ran @ weight)
        at = power_threshold(values, one, power, trials)
        again.append(at if not np.isnan(at) else values[0] if one.max() >= power else values[-1])
    return point, float(np.std(again, ddof=1))


def _shares(hits: Hits, ran: Hits) -> Hits:
    with np.errstate(invalid="ignore"):
        return np.asarray(hits / ran, dtype=np.float64)
