"""A stepped wedge of whole teams: small enough in sums that a thousand of them take a fraction of a second.

In period t team j answers through its workers i, a fresh sample of them each period::

    y_ijt = trend t + effect treated_jt + u_j + e_ijt,  u_j ~ N(0, team_sd^2),  e_ijt ~ N(0, error_sd^2)

All teams start untreated; an equal number cross over before each later period and stay. Because the later periods hold
more treated teams, a comparison of all rows takes the trend for the effect: with the defaults it is off by +0.30 on a
true 0.15. With ``effect_sd`` the effect differs from team to team around its mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.synth.dgp import DGP


@dataclass(frozen=True, slots=True)
class Wedge:
    """The truth and the size of a stepped wedge.

    Parameters
    ----------
    scenario : str, default "wedge"
        Its name.
    teams : int, default 30
        Number of teams.
    periods : int, default 8
        Number of periods.
    workers : int, default 20
        Workers who answer in each team and period.
    effect : float, default 0.15
        True difference that treatment makes, in units of the outcome.
    trend : float, default 0.1
        Rise of the outcome a period.
    team_sd : float, default 0.3
        Spread between teams.
    error_sd : float, default 1.0
        Spread between answers of a team in a period.
    effect_sd : float, default 0.0
        Spread of the effect between teams.

    Raises
    ------
    UsageError
        Fewer than 2 teams, 2 periods or 1 worker, or a spread that is not above 0 (0 for teams is allowed).

    Examples
    --------
    >>> Wedge(teams=4, periods=3, workers=1).treated.astype(int).tolist()
    [[0, 1, 1], [0, 1, 1], [0, 0, 1], [0, 0, 1]]
    """

    scenario: str = "wedge"
    teams: int = 30
    periods: int = 8
    workers: int = 20
    effect: float = 0.15
    trend: float = 0.1
    team_sd: float = 0.3
    error_sd: float = 1.0
    effect_sd: float = 0.0

    def __post_init__(self) -> None:
        if self.teams < 2 or self.periods < 2 or self.workers < 1 or not self._spreads_fine:
            raise UsageError(
                "a wedge needs at least 2 teams, 2 periods and 1 worker, and spreads that are not negative.",
                fix="Raise the numbers.",
                code="WEDGE-SIZE",
            )

    @property
    def _spreads_fine(self) -> bool:
        return min(self.team_sd, self.effect_sd) >= 0 and self.error_sd > 0

    @property
    def starts(self) -> Floats:
        """(teams,) period in which each team crosses over."""
        return np.asarray(1 + np.arange(self.teams) * (self.periods - 1) // self.teams, dtype=np.float64)

    @property
    def treated(self) -> Floats:
        """(teams, periods) 1 where treated."""
        return np.asarray(np.arange(self.periods) >= self.starts[:, None], dtype=np.float64)

    def outcomes(self, rng: np.random.Generator) -> Floats:
        """(teams, periods, workers) outcomes of one authority."""
        y = rng.standard_normal((self.teams, self.periods, self.workers))
        y *= self.error_sd
        effect: float | Floats = self.effect
        level = self.team_sd * rng.standard_normal(self.teams)[:, None]
        if self.effect_sd:
            effect = effect + self.effect_sd * rng.standard_normal(self.teams)[:, None]
        level = level + effect * self.treated
        y += (level + self.trend * np.arange(self.periods))[:, :, None]
        return y

    def frame(self, outcomes: Floats) -> pd.DataFrame:
        """One row an answer: ``team``, ``period``, ``treated``, ``outcome``."""
        team, period, _ = (v.ravel() for v in np.indices(outcomes.shape))
        treated = self.treated[team, period]
        return pd.DataFrame({"team": team, "period": period, "treated": treated, "outcome": outcomes.ravel()})


def _make(wedge: Wedge, rng: np.random.Generator) -> pd.DataFrame:
    return wedge.frame(wedge.outcomes(rng))


ALL = (
    DGP(
        "wedge-teams", "Whole teams cross over one after another while everything rises.", 0.15, partial(_make, Wedge())
    ),
    DGP(
        "wedge-varying",
        "As wedge-teams, and the effect differs from team to team.",
        0.15,
        partial(_make, Wedge(effect_sd=0.2)),
        breaks="the effect differs between teams",
    ),
)
