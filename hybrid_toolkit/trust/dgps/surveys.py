"""Surveys of an authority in which small services are asked more fully than large ones."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from hybrid_toolkit.synth.dgp import DGP

TEAMS_OF_SERVICE = (10, 20, 30, 40, 60, 80)
"""Teams of each service; five of each are asked, so that one of the largest represents sixteen, of the smallest two."""
_ASKED, _WORKERS = 5, 10
_SLOPES = (0.8, 0.6, 0.4, 0.3, 0.1, 0.0)
"""What remote work does in each service: most in the small ones, which an unweighted fit counts too much."""
TRUE_SLOPE = float(np.average(_SLOPES, weights=TEAMS_OF_SERVICE))


def _asked(rng: np.random.Generator, *, differ: float = 1.0) -> pd.DataFrame:
    """Workers of five teams in each service, with the teams that each team represents."""
    service = np.repeat(np.arange(len(TEAMS_OF_SERVICE)), _ASKED * _WORKERS)
    team = np.repeat(np.arange(len(TEAMS_OF_SERVICE) * _ASKED), _WORKERS)
    n, many = len(team), len(TEAMS_OF_SERVICE) * _ASKED
    remote = (rng.random(n) < 0.5).astype(float)
    slope = differ * np.array(_SLOPES)[service] + rng.normal(0, 0.2, many)[team]
    y = slope * remote + 0.3 * service + rng.normal(0, 0.4, many)[team] + rng.normal(size=n)
    weight = np.array(TEAMS_OF_SERVICE)[service] / _ASKED
    return pd.DataFrame({"service": service, "team_id": team, "remote": remote, "weight": weight, "y": y})


ALL: tuple[DGP, ...] = (
    DGP("asked-unequally", "Small services are asked more fully, and remote work does more there.", TRUE_SLOPE, _asked),
    DGP("asked-unequally-null", "The same, remote work doing nothing on average.", 0.0, partial(_asked, differ=0.0)),
)
