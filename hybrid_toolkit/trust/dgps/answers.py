"""Counts, yes/no outcomes and answers in order, of workers in the teams of one authority.

Twenty-six teams of ten workers; ``remote`` is by lot within teams. Where the truth is over all teams, workers of a
team are alike through a normal copula, so that the model of the whole holds exactly; where it is within teams, each
team has an intercept of its own, and a model of the whole gives a smaller slope.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from scipy import special

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth.dgp import DGP
from hybrid_toolkit.trust.dgps.regression import LOG_RATE, TEAMS, drawn, people

LOG_ODDS, INTERCEPT_SD, LIKENESS = 0.60, 0.8, 0.15
_CUTS = (-1.5, -0.5, 0.5, 1.5)


def copula(rng: np.random.Generator, team: Floats, *, likeness: float = LIKENESS) -> Floats:
    """Uniform numbers, alike within teams."""
    shared = rng.normal(size=int(team.max()) + 1)[team.astype(int)]
    return np.asarray(special.ndtr(np.sqrt(likeness) * shared + np.sqrt(1 - likeness) * rng.normal(size=len(team))))


def _start(rng: np.random.Generator) -> tuple[pd.DataFrame, Floats, Floats]:
    f = people(rng).drop(columns="_team")
    remote = (rng.random(len(f)) < 0.5).astype(float)
    return f.assign(remote=remote), remote, f["experience"].to_numpy()


def _counts(rng: np.random.Generator, *, size: float = 1.5, chosen: float = 0.0) -> pd.DataFrame:
    """Visits over months at work, more spread than a Poisson, alike within teams."""
    f, remote, x = _start(rng)
    if chosen:
        remote = drawn(rng, chosen * x)
    months = rng.integers(3, 13, len(f)).astype(float)
    team = rng.normal(0, 0.3, TEAMS)[f["team_id"]]
    mean = months * np.exp(-0.7 + LOG_RATE * remote + 0.3 * x + team)
    visits = rng.poisson(mean * rng.gamma(size, 1 / size, len(f)))
    return f.assign(remote=remote, months=months, visits=visits)


def _counts_apart(rng: np.random.Generator, *, times: float = 2.5) -> pd.DataFrame:
    """Visits of workers who do not depend on each other, with a variance 2.5 times a Poisson's at every mean."""
    f, remote, x = _start(rng)
    months = rng.integers(3, 13, len(f)).astype(float)
    mean = months * np.exp(-0.7 + LOG_RATE * remote + 0.3 * x)
    visits = rng.poisson(rng.gamma(mean / (times - 1), times - 1))
    return f.assign(remote=remote, months=months, visits=visits)


def _yes(rng: np.random.Generator, *, within: bool) -> pd.DataFrame:
    f, remote, x = _start(rng)
    logit = -0.3 + LOG_ODDS * remote + 0.4 * x
    if within:
        return f.assign(yes=drawn(rng, logit + rng.normal(0, INTERCEPT_SD, TEAMS)[f["team_id"]]))
    return f.assign(yes=(copula(rng, f["team_id"].to_numpy()) < special.expit(logit)).astype(float))


def _ordered(rng: np.random.Generator, *, within: bool, steep: float = 0.0) -> pd.DataFrame:
    f, remote, x = _start(rng)
    shift = LOG_ODDS * remote + 0.4 * x
    if within:
        shift = shift + rng.normal(0, INTERCEPT_SD, TEAMS)[f["team_id"]]
        latent = shift + rng.logistic(size=len(f))
    else:
        latent = shift + special.logit(copula(rng, f["team_id"].to_numpy()))
    return f.assign(answer=np.digitize(latent * (1 + steep * remote), _CUTS) + 1)


ALL: tuple[DGP, ...] = (
    DGP("counts-spread", "Visits vary more than a Poisson's, and alike within teams.", LOG_RATE, _counts),
    DGP("counts-apart", "Visits vary more than a Poisson's, workers apart.", LOG_RATE, _counts_apart),
    DGP(
        "counts-chosen",
        "The same, experience deciding who works remotely.",
        LOG_RATE,
        partial(_counts, chosen=0.8),
    ),
    DGP("yes-within-teams", "A yes/no outcome, each team with its own level.", LOG_ODDS, partial(_yes, within=True)),
    DGP("yes-over-all", "A yes/no outcome alike within teams.", LOG_ODDS, partial(_yes, within=False)),
    DGP(
        "answers-within-teams",
        "Five answers in order, each team with its own level.",
        LOG_ODDS,
        partial(_ordered, within=True),
    ),
    DGP("answers-over-all", "Five answers in order, alike within teams.", LOG_ODDS, partial(_ordered, within=False)),
    DGP(
        "answers-two-slopes",
        "Remote workers also use the ends of the scale more.",
        LOG_ODDS,
        partial(_ordered, within=False, steep=0.8),
        breaks="One slope does not apply at every threshold between answers.",
    ),
)
