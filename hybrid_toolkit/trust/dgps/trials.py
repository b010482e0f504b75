"""Lots drawn over workers or teams, likeness that crosses teams, who is still there, and several authorities at once.

Outcomes are in standard deviations of a worker's score. In the trials the effect differs between workers by what they
bring, and the arms differ in spread and in size, so that a pooled error would be off. In ``linear-crossed`` teams and
months each leave a mark of their own on exposure and outcome. In the worlds of staying the truth is the share still
there after a year; in ``staying-alike`` colleagues leave together. In ``authorities`` each row is one authority's
estimate with its variance, and authorities truly differ.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth.dgp import DGP
from hybrid_toolkit.trust.dgps.answers import copula
from hybrid_toolkit.trust.dgps.regression import EFFECT

_TEAMS, _SIZE, _TEAM_SD = 20, 8, 0.4
_SLOPE, MARK_SD = 0.5, 0.9
_YEAR, _SCALE, _SHAPE = 12.0, 30.0, 1.2
_SITES, BETWEEN = 12, 0.10


def _of_workers(rng: np.random.Generator) -> pd.DataFrame:
    """120 workers, 40 of whom are drawn for the offer."""
    n = 120
    offered = rng.permutation(np.repeat([1.0, 0.0], [40, 80]))
    before = rng.standard_normal(n)
    y = EFFECT * offered + (0.8 + 0.3 * offered) * before + (1 - 0.4 * offered) * rng.standard_normal(n)
    return pd.DataFrame({"worker_id": np.arange(n), "offered": offered, "before": before, "y": y})


def _of_teams(rng: np.random.Generator) -> pd.DataFrame:
    """Half of the teams are drawn; all workers of a team get the same."""
    team = np.repeat(np.arange(_TEAMS), _SIZE)
    offered = rng.permutation(np.repeat([1.0, 0.0], _TEAMS // 2))[team]
    before = rng.standard_normal(len(team)) + 0.5 * rng.standard_normal(_TEAMS)[team]
    y = EFFECT * offered + 0.5 * before + _TEAM_SD * rng.standard_normal(_TEAMS)[team] + rng.standard_normal(len(team))
    return pd.DataFrame({"team_id": team, "offered": offered, "before": before, "y": y})


def _crossed(rng: np.random.Generator, *, teams: int = 24, months: int = 24) -> pd.DataFrame:
    """Means of teams by month: what a team has, and what a month has, is in exposure and outcome."""
    team, month = (v.ravel() for v in np.indices((teams, months)))

    def part() -> Floats:
        shared = MARK_SD * (rng.standard_normal(teams)[team] + rng.standard_normal(months)[month])
        return np.asarray(shared + rng.standard_normal(len(team)))

    x = part()
    return pd.DataFrame({"team": team, "month": month, "x": x, "y": _SLOPE * x + part()})


def _staying(rng: np.random.Generator, *, teams: int = 30, size: int = 6, likeness: float = 0.0) -> pd.DataFrame:
    """Months until leaving, of which some are not seen to their end."""
    team = np.repeat(np.arange(teams), size)
    time = _SCALE * (-np.log(copula(rng, team.astype(np.float64), likeness=likeness))) ** (1 / _SHAPE)
    seen = rng.uniform(3, 36, len(team))
    gone = (time <= seen).astype(float)
    return pd.DataFrame({"team_id": team, "months": np.minimum(time, seen), "left": gone})


def _authorities(rng: np.random.Generator) -> pd.DataFrame:
    """Twelve authorities, each with its estimate and variance; the large ones know theirs better."""
    error = rng.permutation(np.geomspace(0.05, 0.20, _SITES))
    estimate = EFFECT + BETWEEN * rng.standard_normal(_SITES) + error * rng.standard_normal(_SITES)
    return pd.DataFrame({"authority": np.arange(_SITES), "estimate": estimate, "variance": error**2})


_STILL = float(np.exp(-((_YEAR / _SCALE) ** _SHAPE)))

ALL: tuple[DGP, ...] = (
    DGP("trial-workers", "A third of the workers are drawn at random.", EFFECT, _of_workers),
    DGP("trial-teams", "Half of the teams are drawn at random.", EFFECT, _of_teams),
    DGP("linear-crossed", "What a team has and what a month has moves exposure and outcome.", _SLOPE, _crossed),
    DGP(
        "staying", "Each leaves for reasons of their own; the true value is the share still in post.", _STILL, _staying
    ),
    DGP(
        "staying-alike",
        "As staying, and colleagues leave together.",
        _STILL,
        partial(_staying, likeness=0.4),
        breaks="Workers of a team leave together.",
    ),
    DGP("authorities", "Twelve authorities that truly differ, each with its own estimate.", EFFECT, _authorities),
)
"""Worlds of lots, crossed likeness, staying and several authorities."""
