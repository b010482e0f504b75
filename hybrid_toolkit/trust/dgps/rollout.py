"""Roll-outs of a policy over the teams of one authority: team-months whose true effect is known.

Outcomes are in standard deviations of a worker's score. Teams lie 0.22 apart (ICC 0.05), a team's month carries a
shock of 0.20 that goes on to the next month by 0.3, and eight workers' own scores leave 0.34 in a mean. A naive
comparison before and after takes the common trend, 0.02 a month, for an effect.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy import special

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth.dgp import DGP

_EARLY_MONTHS = 2
"""Months before the start in which half of an early effect is felt."""
_FIRST_GROUP = 4
"""Month by which the first group has started."""
_TREATED, _STARTS = 16, 6
"""Teams with a dose, and the month in which it starts, in the process of doses."""
EffectOf = Callable[[Floats, Floats], Floats]
"""Time since the start (below 0 before it) and start in, effect out."""

_TEAM_SD, _SHOCK_SD, _CARRY, _WORKER_SD, _TREND = 0.22, 0.20, 0.3, 0.34, 0.02
_EFFECT = 0.30
"""The peak of measurement.md section 4, in standard deviations."""


@dataclass(frozen=True, eq=False)
class RolloutLayout:
    """Which teams start when: ``first_treated`` are 0-based months; -1 is never."""

    teams: int = 24
    months: int = 12
    first_treated: tuple[int, ...] = (4, 6, 8, -1)


def _flat(lead: Floats, start: Floats) -> Floats:
    return np.where(lead >= 0, _EFFECT, 0.0)


def _growing(lead: Floats, start: Floats) -> Floats:
    """From 0.10 on it grows by 0.06 a month in the first group and by 0.03 later."""
    return np.where(lead >= 0, 0.10 + np.where(start <= _FIRST_GROUP, 0.06, 0.03) * lead, 0.0)


def _early(lead: Floats, start: Floats) -> Floats:
    """Half of the effect is there in the two months before the start."""
    return np.where(lead >= 0, _EFFECT, np.where(lead >= -_EARLY_MONTHS, _EFFECT / 2, 0.0))


def truth_of(effect: EffectOf, layout: RolloutLayout) -> float:
    """Mean effect over all team-months under the policy."""
    first_treated = np.resize(layout.first_treated, layout.teams).astype(np.float64)
    lead = (
        np.arange(layout.months, dtype=np.float64)[None, :]
        - np.where(first_treated < 0, np.inf, first_treated)[:, None]
    )
    return float(effect(lead, np.broadcast_to(first_treated[:, None], lead.shape))[lead >= 0].mean())


def noise(rng: np.random.Generator, teams: int, months: int) -> Floats:
    """Teams x months of what is not the policy: team, trend, shocks that go on, workers."""
    e = np.empty((teams, months))
    e[:, 0] = rng.normal(0, _SHOCK_SD, teams)
    fresh = rng.normal(0, _SHOCK_SD * np.sqrt(1 - _CARRY**2), (teams, months))
    for t in range(1, months):
        e[:, t] = _CARRY * e[:, t - 1] + fresh[:, t]
    y = rng.normal(0, _TEAM_SD, teams)[:, None] + _TREND * np.arange(months) + e
    return np.asarray(y + rng.normal(0, _WORKER_SD, (teams, months)), dtype=np.float64)


def frame_of(y: Floats, first_treated: Floats, **more: Floats) -> pd.DataFrame:
    """Team-months: ``team_id``, ``month`` from 1, ``y``, ``first_treated`` (missing for never), ``policy`` and more."""
    teams, months = y.shape
    month = np.tile(np.arange(1, months + 1), teams)
    first = np.repeat(np.where(first_treated < 0, np.nan, first_treated + 1), months)
    f = pd.DataFrame(
        {"team_id": np.repeat(np.arange(teams), months), "month": month, "y": y.ravel(), "first_treated": first}
    )
    f["policy"] = (f["month"] >= f["first_treated"]).astype(float)
    return f.assign(**{name: np.repeat(value, months) for name, value in more.items()})


def _rollout(
    rng: np.random.Generator,
    *,
    layout: RolloutLayout = RolloutLayout(),
    effect: EffectOf = _flat,
    drift: float = 0.0,
    spill: float = 0.0,
) -> pd.DataFrame:
    """Teams in random order of start; ``drift`` a month goes with treated teams, ``spill`` with others' policy."""
    first_treated = rng.permutation(np.resize(layout.first_treated, layout.teams)).astype(np.float64)
    y = noise(rng, layout.teams, layout.months)
    lead = (
        np.arange(layout.months, dtype=np.float64)[None, :]
        - np.where(first_treated < 0, np.inf, first_treated)[:, None]
    )
    y += effect(lead, np.broadcast_to(first_treated[:, None], lead.shape))
    y += drift * (first_treated >= 0)[:, None] * np.arange(layout.months)
    on = lead >= 0
    y -= spill * on.mean(axis=0) * ~on
    return frame_of(y, first_treated)


def _dose(rng: np.random.Generator, *, slope: float = 0.6, chosen: float = 0.0) -> pd.DataFrame:
    """Office days asked for by a policy, as a share; ``chosen`` ties the trend of a team to its dose."""
    teams, months = 24, 12
    first_treated = np.where(np.arange(teams) < _TREATED, float(_STARTS), -1.0)
    dose = np.where(first_treated >= 0, rng.permutation(np.linspace(0.1, 0.9, teams)), 0.0)
    dose[first_treated >= 0] = rng.permutation(np.linspace(0.1, 0.9, _TREATED))
    y = noise(rng, teams, months) + slope * dose[:, None] * (np.arange(months) >= _STARTS)
    y += chosen * dose[:, None] * np.arange(months)
    return frame_of(y, first_treated, dose=dose)


def _conditional(rng: np.random.Generator, *, drift: float = 0.05) -> pd.DataFrame:
    """Teams with more need are more often under the policy, and get worse or better by the month whatever it does."""
    teams, months, start = 60, 10, 5
    need = rng.normal(size=teams)
    first_treated = np.where(rng.random(teams) < special.expit(0.8 * need), float(start), -1.0)
    y = noise(rng, teams, months) + drift * need[:, None] * np.arange(months)
    y += _EFFECT * ((first_treated >= 0)[:, None] & (np.arange(months) >= start))
    return frame_of(y, first_treated, need=need)


ONE_START = RolloutLayout(first_treated=(6, -1))
GROWING = RolloutLayout()
_FEW = RolloutLayout(teams=9, first_treated=(4, 6, -1))

ALL: tuple[DGP, ...] = (
    DGP("rollout-parallel", "Three groups of teams start; the effect is the same for all.", _EFFECT, _rollout),
    DGP(
        "rollout-two-groups",
        "Half the teams start in one month.",
        _EFFECT,
        partial(_rollout, layout=ONE_START),
    ),
    DGP(
        "rollout-growing",
        "The effect grows with time and more so in the first group.",
        truth_of(_growing, GROWING),
        partial(_rollout, layout=GROWING, effect=_growing),
    ),
    DGP(
        "rollout-pretrend",
        "Treated teams improve by 0.03 a month anyway.",
        _EFFECT,
        partial(_rollout, drift=0.03),
        breaks="Treated and untreated teams do not move in parallel.",
    ),
    DGP(
        "rollout-anticipation",
        "Half the effect is there in the two months before the start.",
        _EFFECT,
        partial(_rollout, effect=_early),
        breaks="Teams react before the start.",
    ),
    DGP(
        "rollout-interference",
        "Teams without the policy carry the cover of the others: they lose up to 0.20.",
        _EFFECT,
        partial(_rollout, spill=0.20),
        breaks="One team's policy touches another's outcome.",
    ),
    DGP("rollout-few-teams", "Nine teams in three groups.", _EFFECT, partial(_rollout, layout=_FEW)),
    DGP(
        "rollout-conditional",
        "Teams of like need move in parallel; those with more need are more often under the policy.",
        _EFFECT,
        _conditional,
        breaks="Treated and untreated teams move in parallel only where their need is alike.",
    ),
    DGP("dose-linear", "A policy of unlike strength: each unit of dose adds 0.6.", 0.6, _dose),
    DGP(
        "dose-chosen",
        "Teams that were improving take a larger dose.",
        0.6,
        partial(_dose, chosen=0.05),
        breaks="Teams of unlike dose do not move in parallel.",
    ),
)
"""Worlds of roll-outs by team and month."""
