"""One authority's months, with and without others beside it; the true change is known.

A rate per 100 with a standard deviation of 1 from month to month, autocorrelation 0.4 and a trend of 0.03 a month.
Comparing the mean before with the mean after takes 24 months of trend, 0.72, for effect.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth.dgp import DGP

SERIES_LEVEL, SERIES_LOG_RATE, _TREND = 1.5, float(np.log(0.80)), 0.03
_COHORT, _LEAVES = 6, 0.02
STAFF_MORE = float(_COHORT * np.mean((1 - _LEAVES) ** np.arange(30)))
"""Workers more over the 30 months after the start than without the cohort, of whom some leave again."""


def wander(rng: np.random.Generator, units: int, months: int, carry: float) -> Floats:
    """Units x months of a stationary first-order process with variance 1."""
    e = np.empty((units, months))
    e[:, 0] = rng.normal(size=units)
    fresh = rng.normal(0, np.sqrt(1 - carry**2), (units, months))
    for t in range(1, months):
        e[:, t] = carry * e[:, t - 1] + fresh[:, t]
    return e


def _frame(y: Floats, start: int, changed: int = 1) -> pd.DataFrame:
    """Authority-months; the first ``changed`` authorities have a start."""
    units, months = y.shape
    f = pd.DataFrame({"la_id": np.repeat(np.arange(units), months), "month": np.tile(np.arange(1, months + 1), units)})
    f["first_treated"] = np.where(f["la_id"] < changed, start + 1.0, np.nan)
    f["policy"] = (f["month"] >= f["first_treated"]).astype(float)
    return f.assign(y=y.ravel())


def _series(
    rng: np.random.Generator,
    *,
    months: int = 48,
    controls: int = 0,
    carry: float = 0.4,
    shock: float = 0.0,
    season: float = 0.0,
    own_shock: float = 0.0,
) -> pd.DataFrame:
    """``shock`` comes to all authorities with the policy, ``own_shock`` to the changed one only."""
    start, t = months // 2, np.arange(months)
    y = 10 + _TREND * t + wander(rng, 1 + controls, months, carry) + season * np.sin(2 * np.pi * t / 12)
    y += shock * (t >= start)
    y[0] += (SERIES_LEVEL + own_shock) * (t >= start)
    return _frame(y, start)


def _staff(rng: np.random.Generator, *, months: int = 60, posts: int = 120) -> pd.DataFrame:
    """Social workers in post: in a month each leaves with a chance of 2%, and as many start on average.

    What a month brings stays in the next: the number wanders and is not drawn back within a study. A cohort of six,
    in their first year of practice, starts with the policy.
    """
    start, now, y = months // 2, posts, np.empty((1, months))
    for t in range(months):
        now += int(rng.poisson(_LEAVES * posts)) - int(rng.binomial(now, _LEAVES)) + _COHORT * (t == start)
        y[0, t] = now
    return _frame(y, start)


def _counts(rng: np.random.Generator, *, mean: float = 40.0, spread: float = 0.12, carry: float = 0.4) -> pd.DataFrame:
    """Referrals a month: Poisson around a rate that wanders by 12%."""
    months, start = 48, 24
    t = np.arange(months)
    rate = np.log(mean) + 0.004 * t + spread * wander(rng, 1, months, carry) + SERIES_LOG_RATE * (t >= start)
    return _frame(rng.poisson(np.exp(rate)).astype(float), start)


def _factors(
    rng: np.random.Generator, *, units: int = 25, changed: int = 1, outside: bool = False, noise: float = 0.5
) -> pd.DataFrame:
    """Authorities driven by two common factors with loadings of their own; the changed ones may lie outside."""
    months, start = 36, 24
    factors = wander(rng, 2, months, 0.8) * 1.5
    loadings = rng.uniform(0, 1, (units, 2))
    if outside:
        loadings[:changed] = 2.0
    y = 10 + rng.normal(0, 1, units)[:, None] + loadings @ factors + noise * rng.normal(size=(units, months))
    y[:changed] += SERIES_LEVEL * (np.arange(months) >= start)
    return _frame(y, start, changed)


ALL: tuple[DGP, ...] = (
    DGP("series-level", "The level changes in month 25 of 48; neighbouring months are alike.", SERIES_LEVEL, _series),
    DGP(
        "series-strong-carry",
        "Neighbouring months are much alike (0.7).",
        SERIES_LEVEL,
        partial(_series, carry=0.7),
    ),
    DGP("series-short", "Twelve months before and twelve after.", SERIES_LEVEL, partial(_series, months=24)),
    DGP(
        "series-shock",
        "Something else comes to all authorities in the same month.",
        SERIES_LEVEL,
        partial(_series, shock=1.0),
        breaks="Something else changed at the same time.",
    ),
    DGP(
        "series-shared-shock",
        "Something else comes to all in the same month; eight authorities without the policy are seen.",
        SERIES_LEVEL,
        partial(_series, controls=8, shock=1.0),
    ),
    DGP(
        "series-own-shock",
        "Something else comes to the changed authority only; eight others are seen.",
        SERIES_LEVEL,
        partial(_series, controls=8, own_shock=1.0),
        breaks="Something else changed in the authority with the policy only.",
    ),
    DGP(
        "series-staff",
        "Six newly qualified workers start together in month 31 of 60; who starts and who leaves stays in the number.",
        STAFF_MORE,
        _staff,
    ),
    DGP("counts-level", "Referrals fall by a fifth; the rate wanders.", SERIES_LOG_RATE, _counts),
    DGP(
        "counts-plain",
        "Referrals fall by a fifth; nothing but chance besides.",
        SERIES_LOG_RATE,
        partial(_counts, spread=0.0),
    ),
    DGP(
        "factors-one",
        "One authority in 25 changes; common factors move all, each by its own loading.",
        SERIES_LEVEL,
        _factors,
    ),
    DGP(
        "factors-outside",
        "The changed authority reacts to the factors more than any other does.",
        SERIES_LEVEL,
        partial(_factors, outside=True),
        breaks="No weighted mean of the others follows the changed authority.",
    ),
    DGP(
        "factors-four",
        "Four authorities in 25 change together.",
        SERIES_LEVEL,
        partial(_factors, changed=4),
    ),
)
"""Worlds of one authority's months."""
