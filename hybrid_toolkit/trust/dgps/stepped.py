"""Stepped wedges: every team comes under the policy, in an order drawn by lot; the true effect is known.

Rows are workers of team-months. Outcomes are in standard deviations: a worker's score has variance 1, of which 0.05
lies between teams. A comparison of all rows under the policy with all others takes the trend, 0.05 a step, for effect.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from hybrid_toolkit.synth.dgp import DGP

_TEAMS, _STEPS, WORKERS, _EFFECT = 24, 7, 8, 0.30


def _wedge(
    rng: np.random.Generator, *, period_sd: float = 0.0, carry: float = 0.0, delay: bool = False, by_team: bool = False
) -> pd.DataFrame:
    """Teams cross over at steps 2 to 7; a team's period has an effect of ``period_sd`` that goes on by ``carry``."""
    first_treated = rng.permutation(np.resize(np.arange(1, _STEPS), _TEAMS))
    shock = rng.normal(0, period_sd, (_TEAMS, _STEPS))
    for t in range(1, _STEPS):
        shock[:, t] = carry * shock[:, t - 1] + np.sqrt(1 - carry**2) * shock[:, t]
    step = np.arange(_STEPS)
    since = step[None, :] - first_treated[:, None]
    under = np.clip((since + 1) / 3, 0, 1) if delay else (since >= 0).astype(float)
    mean = rng.normal(0, np.sqrt(0.05), _TEAMS)[:, None] + 0.05 * step + shock + _EFFECT * under
    y = mean[:, :, None] + rng.normal(0, np.sqrt(0.95), (_TEAMS, _STEPS, WORKERS))
    each = 1 if by_team else WORKERS
    y = y.mean(axis=2, keepdims=True) if by_team else y
    f = pd.DataFrame(
        {
            "team_id": np.repeat(np.arange(_TEAMS), _STEPS * each),
            "month": np.tile(np.repeat(step + 1, each), _TEAMS),
            "y": y.ravel(),
        }
    )
    f["first_treated"] = (first_treated + 1.0)[f["team_id"]]
    return f.assign(policy=(f["month"] >= f["first_treated"]).astype(float))


ALL: tuple[DGP, ...] = (
    DGP("wedge-trend", "Teams cross over at random while all improve over time.", _EFFECT, _wedge),
    DGP(
        "wedge-team-months",
        "Teams cross over at random, rows of one team and month are alike.",
        _EFFECT,
        partial(_wedge, period_sd=0.20),
    ),
    DGP(
        "wedge-carried",
        "Rows of one team are the more alike the nearer their months.",
        _EFFECT,
        partial(_wedge, period_sd=0.25, carry=0.7),
        breaks="The correlation of a team's months fades with time between them.",
    ),
    DGP(
        "wedge-delayed",
        "The effect takes three months to be whole.",
        _EFFECT,
        partial(_wedge, delay=True),
        breaks="The effect changes with time under the policy.",
    ),
    DGP(
        "order-by-lot",
        "Team means by month; the order of the teams is drawn at random.",
        _EFFECT,
        partial(_wedge, period_sd=0.20, carry=0.5, by_team=True),
    ),
)
"""Worlds of stepped wedges."""
