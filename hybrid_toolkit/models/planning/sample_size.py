"""Sample size, power and smallest effect for two arms, plain and in clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.result import TIDY_COLUMNS, ResultBase


@dataclass(frozen=True, slots=True)
class PowerResult(ResultBase):
    """A design with two arms: everything that was given, and what was solved for.

    Parameters
    ----------
    solved : str
        Name of the field that was solved for.
    effect : float
        Difference of the arms in standard deviations of the outcome.
    n_per_arm : float
        People in the first arm.
    ratio : float
        Second arm over first.
    power : float
        Power of the two-sided test.
    alpha : float
        Level of the two-sided test.
    clusters_per_arm : float | None
        Clusters in the first arm of a cluster design, else None.
    cluster_size : float | None
        Mean people a cluster of a cluster design, else None.
    icc : float
        Intraclass correlation of a cluster design, else 0.
    design_effect : float
        Design effect of a cluster design, else 1.
    converged : bool, default True
        The equation was solved.

    Examples
    --------
    >>> from hybrid_toolkit.models.planning.sample_size import cluster_power
    >>> found = cluster_power(cluster_size=20, icc=0.05, clusters_per_arm=10, power=0.8)
    >>> found.solved, round(found.effect, 2), round(found.design_effect, 2)
    ('effect', 0.41, 1.95)
    """

    solved: str
    effect: float
    n_per_arm: float
    ratio: float
    power: float
    alpha: float
    clusters_per_arm: float | None
    cluster_size: float | None
    icc: float
    design_effect: float
    converged: bool = True

    def tidy(self) -> pd.DataFrame:
        """One row: what was solved for.

        Returns
        -------
        pd.DataFrame
            One row: what was solved for.
        """
        row = (self.solved, getattr(self, self.solved), *[np.nan] * 4, self.n_per_arm * (1 + self.ratio), self.solved)
        return pd.DataFrame([row], columns=list(TIDY_COLUMNS))

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
        where = (
            f" in {self.clusters_per_arm:.1f} clusters of {self.cluster_size:g} an arm (ICC {self.icc:g}, design "
            f"effect {self.design_effect:.2f})"
            if self.clusters_per_arm is not None
            else ""
        )
        return (
            f"With {self.n_per_arm:.1f} people in the first arm{where} and a two-sided test at {self.alpha:g}, a "
            f"difference of {self.effect:.3f} standard deviations is found with power {self.power:.2f}. This holds for "
            "complete data and a fixed comparison; missing answers and many outcomes need more."
        )


def design_effect(cluster_size: float, icc: float, *, cv: float = 0.0) -> float:
    """How many times more people a cluster design needs.

    Parameters
    ----------
    cluster_size : float
        Mean people a cluster.
    icc : float
        Intraclass correlation, 0 to 1.
    cv : float, default 0.0
        Coefficient of variation of the cluster sizes.

    Returns
    -------
    float
        How many times more people a cluster design needs.

    Raises
    ------
    EstimationError
        A value outside its range.

    Notes
    -----
    1 + ((cv^2 + 1) m - 1) ICC: Kish (1965); Eldridge, Ashby and Kerry (2006), Int. J. Epidemiology 35, 1292-1300.

    References
    ----------
    - Eldridge, S. M., Ashby, D. and Kerry, S. (2006). International Journal of Epidemiology 35, 1292-1300.
    - Kish, L. (1965). Survey Sampling.

    Examples
    --------
    >>> round(design_effect(20, 0.05), 6)
    1.95
    """
    check_arguments(design_effect, locals())
    if not (cluster_size >= 1 and 0 <= icc <= 1 and cv >= 0):
        raise EstimationError(
            "a design effect needs a cluster size from 1, an ICC from 0 to 1 and a variation from 0.",
            fix="Check the three values.",
            code="DESIGN-EFFECT",
        )
    return float(1 + ((cv**2 + 1) * cluster_size - 1) * icc)


def two_sample_power(
    *,
    effect: float | None = None,
    n_per_arm: float | None = None,
    power: float | None = None,
    alpha: float = 0.05,
    ratio: float = 1.0,
) -> PowerResult:
    """Solve a two-sample t test for the one of effect, n_per_arm and power that is not given.

    Parameters
    ----------
    effect : float | None, optional
        Standardised difference (Cohen's d), not 0.
    n_per_arm : float | None, optional
        People in the first arm; the second has ``ratio`` times as many.
    power : float | None, optional
        Chance of a two-sided p below ``alpha``.
    alpha : float, default 0.05
        Level of the two-sided test.
    ratio : float, default 1.0
        People in the second arm over those in the first.

    Returns
    -------
    PowerResult
        A design with two arms: everything that was given, and what was solved for.

    Raises
    ------
    EstimationError
        Not exactly two are given, a value outside its range, or no design reaches what is asked.

    Notes
    -----
    Noncentral t; Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, chapter 2.

    References
    ----------
    - Cohen, J. (1988). Statistical Power Analysis for the Behavioral Sciences, second edition, chapter 2.

    Examples
    --------
    >>> round(two_sample_power(effect=0.5, power=0.8).n_per_arm, 3)
    63.766
    """
    check_arguments(two_sample_power, locals())
    return _solve(effect, n_per_arm, power, alpha, ratio, None, 0.0, 0.0)


def cluster_power(
    *,
    cluster_size: float,
    icc: float,
    effect: float | None = None,
    clusters_per_arm: float | None = None,
    power: float | None = None,
    alpha: float = 0.05,
    ratio: float = 1.0,
    cv: float = 0.0,
) -> PowerResult:
    """Solve a design of whole clusters an arm for the one of effect, clusters_per_arm and power that is not given.

    With power and clusters given, ``effect`` is the minimum detectable effect. The t reference has as many degrees
    of freedom as there are clusters less two, which matters with few.

    Parameters
    ----------
    cluster_size : float
        See ``design_effect``.
    icc : float
        See ``design_effect``.
    effect : float | None, optional
        See ``two_sample_power``.
    clusters_per_arm : float | None, optional
        See ``two_sample_power``.
    power : float | None, optional
        See ``two_sample_power``.
    alpha : float, default 0.05
        See ``two_sample_power``.
    ratio : float, default 1.0
        See ``two_sample_power``.
    cv : float, default 0.0
        See ``design_effect``.

    Returns
    -------
    PowerResult
        A design with two arms: everything that was given, and what was solved for.

    Raises
    ------
    EstimationError
        See ``two_sample_power`` and ``design_effect``; fewer than two clusters an arm.

    Notes
    -----
    Donner and Klar (2000), Design and Analysis of Cluster Randomization Trials, chapter 5; Bloom (1995),
    Evaluation Review 19, 547-556.

    References
    ----------
    - Bloom, H. S. (1995). Evaluation Review 19, 547-556.
    - Donner, A. and Klar, N. (2000). Design and Analysis of Cluster Randomization Trials, chapter 5.

    Examples
    --------
    >>> round(cluster_power(cluster_size=20, icc=0.05, clusters_per_arm=10, power=0.8).effect, 3)
    0.414
    """
    check_arguments(cluster_power, locals())
    return _solve(effect, clusters_per_arm, power, alpha, ratio, cluster_size, icc, cv)


def _power(effect: float, units: float, alpha: float, ratio: float, variance: float) -> float:
    """Power with ``units`` independent units in the first arm, each a mean with ``variance``."""
    df = units * (1 + ratio) - 2
    noncentral = abs(effect) * np.sqrt(units * ratio / (1 + ratio) / variance)
    critical = stats.t.ppf(1 - alpha / 2, df)
    up, down = stats.nct.sf(critical, df, noncentral), stats.nct.cdf(-critical, df, noncentral)
    up = stats.norm.sf(critical - noncentral) if np.isnan(up) else up
    return float(up + (0.0 if np.isnan(down) else down))


def _solve(
    effect: float | None,
    units: float | None,
    power: float | None,
    alpha: float,
    ratio: float,
    size: float | None,
    icc: float,
    cv: float,
) -> PowerResult:
    given = [v for v in (effect, units, power) if v is not None]
    if len(given) != 2:
        raise EstimationError(
            f"{len(given)} of effect, size and power are given: exactly two are needed.",
            fix="Leave out the one to solve for.",
            code="POWER-INPUT",
        )
    inflation = 1.0 if size is None else design_effect(size, icc, cv=cv)
    variance = 1.0 if size is None else inflation / size
    least = max(2.0, 2.0 / ratio) if ratio > 0 else 2.0
    fine = 0 < alpha < 1 and ratio > 0 and effect != 0 and (units is None or units >= least)
    if not fine or (power is not None and not alpha < power < 1):
        raise EstimationError(
            "a value is out of range: alpha below power below 1, an effect other than 0, at least 2 units an arm.",
            fix="Check effect, size, power, alpha and ratio.",
            code="POWER-INPUT",
        )
    try:
        if power is None:
            assert effect is not None and units is not None
            solved, power = "power", _power(effect, units, alpha, ratio, variance)
        elif units is None:
            assert effect is not None
            d, goal = effect, power
            solved = "n_per_arm" if size is None else "clusters_per_arm"
            if _power(d, least, alpha, ratio, variance) >= goal:
                units, power = least, _power(d, least, alpha, ratio, variance)
            else:
                units = float(
                    np.exp(
                        optimize.brentq(
                            lambda u: _power(d, float(np.exp(u)), alpha, ratio, variance) - goal, np.log(least), 18.0
                        )
                    )
                )
        else:
            n, goal = units, power
            solved = "effect"
            effect = float(
                optimize.brentq(lambda e: _power(e, n, alpha, ratio, variance) - goal, 1e-9, 1e3, xtol=1e-12)
            )
    except ValueError:
        raise EstimationError(
            "no design of a size that can be had reaches what is asked.",
            fix="Ask for a larger effect or a lower power.",
            code="POWER-UNREACHABLE",
        ) from None
    return PowerResult(
        solved=solved,
        effect=float(effect),
        n_per_arm=units * (size or 1.0),
        ratio=ratio,
        power=power,
        alpha=alpha,
        clusters_per_arm=None if size is None else units,
        cluster_size=size,
        icc=icc,
        design_effect=inflation,
    )
