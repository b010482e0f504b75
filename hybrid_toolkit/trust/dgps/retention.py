"""Time to leaving: 260 workers of 26 teams, seen for up to three years.

Time is in months. Workers of a team are alike through a normal copula, so that the ratio of hazards is exactly that
of the truth over all of them. A naive look at leavers alone, or one that forgets who left before observation began,
is off.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from hybrid_toolkit.synth.dgp import DGP
from hybrid_toolkit.trust.dgps.answers import copula
from hybrid_toolkit.trust.dgps.regression import drawn, people

LOG_HAZARD, _SCALE, _SHAPE, END = -0.40, 30.0, 1.2, 36.0
_EARLY, LATE, TURN = -0.9, 0.6, 12.0


def _leaving(
    rng: np.random.Generator,
    *,
    late: bool = False,
    turning: bool = False,
    whole: bool = False,
    chosen: float = 0.0,
    hidden: float = 0.0,
) -> pd.DataFrame:
    """Remote work and experience move the hazard; with ``late``, remote workers are seen from later on."""
    size = 18 if late else 10
    f = people(rng, size=size).drop(columns="_team")
    n, x, health = len(f), f["experience"].to_numpy(), rng.normal(size=len(f))
    remote = drawn(rng, chosen * x + hidden * health)
    target = -np.log(copula(rng, f["team_id"].to_numpy(), likeness=0.1))
    other = np.exp(-0.3 * x - 0.7 * health * (hidden > 0))
    if turning:  # the ratio of hazards turns round after a year
        first = (TURN / _SCALE) ** _SHAPE * other * np.exp(_EARLY * remote)
        early = _SCALE * (target / (other * np.exp(_EARLY * remote))) ** (1 / _SHAPE)
        rest = (TURN / _SCALE) ** _SHAPE + (target - first) / (other * np.exp(LATE * remote))
        time = np.where(target <= first, early, _SCALE * np.maximum(rest, 0) ** (1 / _SHAPE))
    else:
        time = _SCALE * (target / (other * np.exp(LOG_HAZARD * remote))) ** (1 / _SHAPE)
    if whole:
        time = np.ceil(time)
    entry = rng.uniform(0, 12, n) * (rng.random(n) < 0.3 + 0.6 * remote) if late else np.zeros(n)
    made = f.assign(remote=remote, months=np.minimum(time, END), left=(time <= END).astype(float), entry=entry.round(3))
    seen: pd.DataFrame = made[time > made["entry"]].reset_index(drop=True)
    return seen


ALL: tuple[DGP, ...] = (
    DGP("leaving-steady", "Remote workers leave at a steady fraction of the rate.", LOG_HAZARD, _leaving),
    DGP(
        "leaving-late-entry",
        "Many, remote workers most, are seen from later on.",
        LOG_HAZARD,
        partial(_leaving, late=True),
    ),
    DGP("leaving-whole-months", "Leaving is known by the month.", LOG_HAZARD, partial(_leaving, whole=True)),
    DGP(
        "leaving-chosen",
        "Experience, which is recorded, decides who works remotely.",
        LOG_HAZARD,
        partial(_leaving, chosen=1.0),
    ),
    DGP(
        "leaving-turning",
        "Remote workers leave less in the first year and more later; the true value is the first year's.",
        _EARLY,
        partial(_leaving, turning=True),
        breaks="The ratio of hazards changes over time.",
    ),
    DGP(
        "leaving-hidden",
        "Health, which is not recorded, decides who works remotely.",
        LOG_HAZARD,
        partial(_leaving, hidden=1.0),
        breaks="Something that is not recorded moves both remote work and leaving.",
    ),
)
