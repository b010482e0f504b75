"""How many teams a study would need, from the spread of its own trials."""

from __future__ import annotations

import math

import numpy as np

from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.models.planning.slope_power import t_power
from hybrid_toolkit.study.diagnosis.diagnosis_result import ENOUGH_POWER, Diagnosis
from hybrid_toolkit.study.diagnosis.power_threshold import check_power, estimates_of

MOST_TEAMS = 5000
"""Teams up to which a number is sought: some 150 authorities of England with 33 teams each."""


def teams_needed(
    tried: Diagnosis, *, teams: int, outcome: str = "", power: float = ENOUGH_POWER, most: int = MOST_TEAMS
) -> float:
    """The least number of teams with which a study detects the simulated effect often enough.

    Parameters
    ----------
    tried : Diagnosis
        The study tried at its present size.
    teams : int
        Teams in that diagnosis.
    outcome : str, optional
        The first outcome where it is left out.
    power : float, default ENOUGH_POWER
        How often the effect is to be detected.
    most : int, default MOST_TEAMS
        Teams up to which a number is sought.

    Returns
    -------
    float
        A whole number of teams, two at the least; NaN where ``most`` teams do not reach the power, or where the true
        value is zero.

    Raises
    ------
    UsageError
        A power that is not between 0 and 1, or fewer than two teams.

    Notes
    -----
    The standard deviation of the estimates over the trials falls as one over the square root of the teams; the t
    reference has as many degrees of freedom as there are teams, less one. The effect is the true value itself and not
    the mean estimate, whose Monte Carlo error would be large beside a small effect. Power rises with the teams, so
    halving an interval finds the least number.
    """
    check_power(power)
    if teams < 2:
        raise UsageError("power needs two teams or more.", fix="Set at least 2 teams.", code="POWER-INPUT")
    name = outcome or tried.truths[0][0]
    truth = dict(tried.truths)[name]
    spread = float(np.nanstd(estimates_of(tried, name), ddof=1))

    def enough(n: int) -> bool:
        return t_power(truth, spread * math.sqrt(teams / n), n - 1, alpha=1 - tried.conf_level) >= power

    if not truth or not enough(most):
        return math.nan
    low, high = 1, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return float(high)
