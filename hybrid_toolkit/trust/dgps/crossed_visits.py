"""Visits to children by the workers of one authority: answers alike in two ways that cross or nest.

Written from a description of authorities and from no estimator. A child has a worker who visits about every fourth
week; one visit in four is made by a colleague of the team, for leave, sickness or a change of worker, so that children
and workers cross. What is recorded of a visit (were the child's wishes written down) differs between children, between
workers and, in the nested world, between teams. Half of the workers, by lot, work mainly from home.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from scipy import special

from hybrid_toolkit.synth.dgp import DGP

_LOG_ODDS = 0.60
"""Of a worker who works mainly from home, against the same visit by one who does not."""
_TEAMS, _WORKERS, _CHILDREN, _VISITS = 12, 5, 4, 6
"""Teams, workers a team, children a worker, and visits a child in half a year."""
_COVERED = 0.25
_CHILD_SD, _WORKER_SD, _TEAM_SD = 0.7, 0.5, 0.5


def crossed_visits(rng: np.random.Generator, *, effect: float = _LOG_ODDS, team_sd: float = 0.0) -> pd.DataFrame:
    """One row a visit: ids of team, worker and child, ``remote`` of the worker, and ``recorded``, yes or no."""
    n_workers = _TEAMS * _WORKERS
    remote = rng.permutation(np.resize([0.0, 1.0], n_workers))
    child = np.repeat(np.arange(n_workers * _CHILDREN), _VISITS)
    own = child // _CHILDREN
    colleague = own // _WORKERS * _WORKERS + rng.integers(0, _WORKERS, len(child))
    worker = np.where(rng.random(len(child)) < _COVERED, colleague, own)
    team = worker // _WORKERS
    logit = -0.2 + effect * remote[worker] + rng.normal(0, _WORKER_SD, n_workers)[worker]
    logit = logit + rng.normal(0, _CHILD_SD, n_workers * _CHILDREN)[child] + team_sd * rng.normal(size=_TEAMS)[team]
    recorded = (rng.random(len(child)) < special.expit(logit)).astype(float)
    return pd.DataFrame(
        {"team_id": team, "worker_id": worker, "child_id": child, "remote": remote[worker], "recorded": recorded}
    )


ALL: tuple[DGP, ...] = (
    DGP("visits-crossed", "Visits are alike by child and by worker, who cross.", _LOG_ODDS, crossed_visits),
    DGP("visits-crossed-null", "The same, and days at home change nothing.", 0.0, partial(crossed_visits, effect=0.0)),
    DGP(
        "visits-in-teams",
        "Visits are alike by child, by worker and by team, in which the others nest.",
        _LOG_ODDS,
        partial(crossed_visits, team_sd=_TEAM_SD),
    ),
)
"""Worlds of visits."""
