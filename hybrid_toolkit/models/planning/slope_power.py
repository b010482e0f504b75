"""Power of a slope over workers in teams and waves, by formula: in well under a millisecond or two, for a slider."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.result import TIDY_COLUMNS, ResultBase


@dataclass(frozen=True, slots=True)
class SlopePower(ResultBase):
    """What a design of workers in teams and waves would find.

    Parameters
    ----------
    compared : str
        ``"within"`` workers or ``"pooled"`` over all rows.
    effect : float
        True slope, in standard deviations of the outcome for each of the exposure.
    power : float
        Chance that a two-sided test at ``alpha`` finds it.
    std_error : float
        Of the estimate.
    minimum_effect : float
        The slope found with power ``target``.
    target : float
        Power of the minimum detectable effect.
    alpha : float
        Level of the two-sided test.
    rows : float
        Expected answers.
    design_effect : float
        How many times more answers than if all were strangers.
    df : float
        Degrees of freedom of the t reference, effective teams less one.

    Examples
    --------
    >>> from hybrid_toolkit.models.planning.slope_power import slope_power
    >>> plan = slope_power(teams=48, workers=8, effect=0.15)
    >>> round(plan.power, 2), round(plan.minimum_effect, 2)
    (0.8, 0.15)
    """

    compared: str
    effect: float
    power: float
    std_error: float
    minimum_effect: float
    target: float
    alpha: float
    rows: float
    design_effect: float
    df: float

    def tidy(self) -> pd.DataFrame:
        """Two rows: the power, and the minimum detectable effect.

        Returns
        -------
        pd.DataFrame
            Two rows: the power, and the minimum detectable effect.
        """
        rest = (*[np.nan] * 4, self.rows)
        rows = [("power", self.power, *rest, "share"), ("minimum_effect", self.minimum_effect, *rest, "SD per SD")]
        return pd.DataFrame(rows, columns=list(TIDY_COLUMNS))

    def glance(self) -> pd.DataFrame:
        """One row: every field.

        Returns
        -------
        pd.DataFrame
            One row: every field.
        """
        return pd.DataFrame([{f: getattr(self, f) for f in self.__slots__}])

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        where = "within workers" if self.compared == "within" else "over all"
        return (
            f"With about {self.rows:,.0f} answers, compared {where} (design effect {self.design_effect:.2f}), a slope "
            f"of {self.effect:.3f} standard deviations is found with power {self.power:.2f}; {self.minimum_effect:.3f} "
            f"with power {self.target:.2f}. A formula for teams of one size and answers missing by chance; "
            "a simulation of the study itself is the better guide."
        )


def t_power(effect: float, std_error: float, df: float, *, alpha: float = 0.05) -> float:
    """Power of a two-sided t test of an estimate with this standard error.

    Raises
    ------
    EstimationError
        A standard error or degrees of freedom that are not above 0, alpha outside 0 to 1.

    Examples
    --------
    >>> round(t_power(0.0, 1.0, 20), 3), round(t_power(2.802, 1.0, 1e6), 3)
    (0.05, 0.8)
    """
    if not (std_error > 0 and df > 0 and 0 < alpha < 1):
        raise EstimationError(
            "power needs a standard error and degrees of freedom above 0, and alpha between 0 and 1.",
            fix="Check the three values.",
            code="POWER-INPUT",
        )
    critical, shift = float(stats.t.ppf(1 - alpha / 2, df)), abs(effect) / std_error
    up, down = float(stats.nct.sf(critical, df, shift)), float(stats.nct.cdf(-critical, df, shift))
    up = float(stats.norm.sf(critical - shift)) if np.isnan(up) else up
    return min(up + (0.0 if np.isnan(down) else down), 1.0)


def slope_power(
    *,
    teams: float,
    workers: float,
    waves: float = 1,
    response: float = 1.0,
    effect: float,
    compared: str = "pooled",
    outcome_team: float = 0.05,
    outcome_worker: float = 0.40,
    exposure_team: float = 0.15,
    exposure_worker: float = 0.60,
    reliability: float = 1.0,
    group_share: float = 0.0,
    target: float = 0.8,
    alpha: float = 0.05,
) -> SlopePower:
    """Power of a slope, or of the difference of two groups' slopes, with intervals clustered on teams.

    Parameters
    ----------
    teams : float
        Number of teams.
    workers : float
        Workers a team.
    waves : float, default 1
        Number of survey waves.
    response : float, default 1.0
        Share of worker-waves that answer, by chance.
    effect : float
        Slope in standard deviations of the outcome per standard deviation of the exposure, both over all rows.
    compared : str, default "pooled"
        ``"pooled"`` over all rows, or ``"within"`` workers over waves.
    outcome_team : float, default 0.05
        Share of the outcome's variance, given the exposure, between teams.
    outcome_worker : float, default 0.4
        Share of the outcome's variance, given the exposure, between workers of a team; the rest is between waves.
    exposure_team : float, default 0.15
        Share of the exposure's variance between teams.
    exposure_worker : float, default 0.6
        Share of the exposure's variance between workers of a team.
    reliability : float, default 1.0
        Share of the measured exposure's variance, among what is compared, that is not error of measurement.
    group_share : float, default 0.0
        Share of workers in one of two groups whose slopes are compared; 0 for one slope over everybody.
    target : float, default 0.8
        Power of the minimum detectable effect.
    alpha : float, default 0.05
        Two-sided test.

    Returns
    -------
    SlopePower
        What a design of workers in teams and waves would find.

    Raises
    ------
    EstimationError
        A value outside its range, fewer than two teams, or a comparison within workers over one wave.

    Notes
    -----
    Pooled: the squared error of strangers times 1 + (T - 1) r (x_team + x_worker)(y_team + y_worker) + (m - 1) T r
    x_team y_team for m workers, T waves and response r, which is the design effect of Scott and Holt (1982), Journal
    of the American Statistical Association 77, 848-854, and Moulton (1986), Journal of Econometrics 32, 385-397.
    Within: a worker with k answers brings k - 1 comparisons, on average T r - 1 + (1 - r)^T.
    Degrees of freedom: effective teams less one, as the fitted interval has them; teams over 1 plus the squared
    coefficient of variation of what each brings, its sum of squares of a normal exposure (Carter, Schnepel and
    Steigerwald 2017, Review of Economics and Statistics 99, 698-709).

    References
    ----------
    - Scott, A. J. and Holt, D. (1982). Journal of the American Statistical Association 77, 848-854.
    - Moulton, B. R. (1986). Journal of Econometrics 32, 385-397.
    - Carter, A. V., Schnepel, K. T. and Steigerwald, D. G. (2017). Review of Economics and Statistics 99, 698-709.

    Examples
    --------
    >>> more = slope_power(teams=48, workers=8, effect=0.1)
    >>> fewer = slope_power(teams=24, workers=8, effect=0.1)
    >>> fewer.power < more.power, fewer.minimum_effect > more.minimum_effect
    (True, True)
    """
    check_arguments(slope_power, locals())
    y, x = (outcome_team, outcome_worker), (exposure_team, exposure_worker)
    _check(teams, workers, waves, response, compared, (*y, *x), reliability, group_share, target, alpha)
    groups = [group_share, 1 - group_share] if group_share else [1.0]
    square, plain, weight, uneven = 0.0, 0.0, 0.0, 0.0
    for part in groups:
        one, alone = _square(compared, teams, workers * part, waves, response, y, x)
        brought, spread = _brought(compared, workers * part, waves, response, x)
        square, plain = square + one, plain + alone
        weight, uneven = weight + 1 / brought, uneven + spread / brought**2
    seen = float(np.sqrt(reliability))  # error shrinks the slope by the reliability and its error by the root of it
    error = float(np.sqrt(square)) / seen
    df = max(teams / (1 + uneven / weight**2) - 1, 1.0)

    def short(slope: float) -> float:
        return t_power(slope, error, df, alpha=alpha) - target

    return SlopePower(
        compared=compared,
        effect=effect,
        power=t_power(effect, error, df, alpha=alpha),
        std_error=error,
        minimum_effect=float(optimize.brentq(short, 0.0, 40 * error, xtol=1e-6 * error)),
        target=target,
        alpha=alpha,
        rows=teams * workers * waves * response,
        design_effect=square / plain,
        df=df,
    )


def _square(
    compared: str,
    teams: float,
    workers: float,
    waves: float,
    response: float,
    y: tuple[float, float],
    x: tuple[float, float],
) -> tuple[float, float]:
    """Squared error of a slope, and what it would be among strangers."""
    alone = 1 / (teams * workers * waves * response)
    if compared == "within":
        pairs = teams * workers * (waves * response - 1 + (1 - response) ** waves)
        return (1 - sum(y)) / ((1 - sum(x)) * pairs), alone
    same_worker = (waves - 1) * response * sum(x) * sum(y)
    colleagues = max(workers - 1, 0) * waves * response * x[0] * y[0]
    return alone * (1 + same_worker + colleagues), alone


def _brought(
    compared: str, workers: float, waves: float, response: float, x: tuple[float, float]
) -> tuple[float, float]:
    """Comparisons that a team brings on average, and the squared coefficient of variation of its sum of squares.

    A sum of squares of n normal values has variance 2 times the sum of their squared correlations, and the number of
    answers varies as a binomial does.
    """
    missed, answers = 1 - response, waves * response
    if compared == "within":
        each = answers - 1 + missed**waves
        of_each = answers * missed + (answers - 1) ** 2 - missed**waves - each**2
        return workers * each, (2 / each + of_each / each**2) / workers
    same_worker = (waves - 1) * response * sum(x) ** 2
    colleagues = max(workers - 1, 0) * answers * x[0] ** 2
    return workers * answers, (2 * (1 + same_worker + colleagues) + missed) / (workers * answers)


def _check(
    teams: float,
    workers: float,
    waves: float,
    response: float,
    compared: str,
    shares: tuple[float, float, float, float],
    reliability: float,
    group_share: float,
    target: float,
    alpha: float,
) -> None:
    fine = teams >= 2 and workers >= 1 and waves >= 1 and 0 < response <= 1 and 0 < reliability <= 1
    fine = fine and min(shares) >= 0 and sum(shares[:2]) < 1 and sum(shares[2:]) < 1
    if not fine or not 0 <= group_share < 1 or not 0 < alpha < target < 1 or compared not in ("pooled", "within"):
        raise EstimationError(
            "a value is out of range: 2 teams, 1 worker, 1 wave or more; shares and response from 0 to 1; alpha below "
            "target power below 1; compared 'pooled' or 'within'.",
            fix="Check the values.",
            code="POWER-INPUT",
        )
    if compared == "within" and waves < 2:
        raise EstimationError(
            "workers cannot be compared with themselves over one wave.", fix="Set 2 waves or more.", code="POWER-INPUT"
        )
