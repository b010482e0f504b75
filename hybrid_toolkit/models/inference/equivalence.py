"""Is an effect too small to matter? Two one-sided tests against bounds that were set beforehand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.result import ResultBase


@dataclass(frozen=True, slots=True)
class Equivalence(ResultBase):
    """Two one-sided tests of an estimate against a lower and an upper bound.

    Parameters
    ----------
    estimate : float
        The estimate.
    std_error : float
        Its standard error.
    df : float
        Degrees of freedom.
    low : float
        Lower bound.
    high : float
        Upper bound.
    p_low : float
        The p-value that the truth is at or below ``low``.
    p_high : float
        The p-value that the truth is at or above ``high``.
    conf_low : float
        Lower end of the interval of level 1 - 2 alpha that answers the same question.
    conf_high : float
        Upper end of that interval.
    alpha : float
        Level of each test.

    Examples
    --------
    >>> from hybrid_toolkit.models.inference.equivalence import equivalence_test
    >>> found = equivalence_test(0.05, 0.10, low=-0.3, high=0.3)
    >>> found.tidy()[["estimate", "conf_low", "conf_high"]].round(2).values.tolist(), found.equivalent
    ([[0.05, -0.11, 0.21]], True)
    """

    estimate: float
    std_error: float
    df: float
    low: float
    high: float
    p_low: float
    p_high: float
    conf_low: float
    conf_high: float
    alpha: float

    @property
    def p_value(self) -> float:
        """The larger of the two."""
        return max(self.p_low, self.p_high)

    @property
    def equivalent(self) -> bool:
        """Whether both tests reject: the truth lies between the bounds, as far as this level can tell."""
        return self.p_value < self.alpha

    @property
    def conf_level(self) -> float:
        """Level of the interval that both one-sided tests make."""
        return 1 - 2 * self.alpha

    def tidy(self) -> pd.DataFrame:
        """One row: estimate, std_error, df, bounds, p-values, interval.

        Returns
        -------
        pd.DataFrame
            One row: estimate, std_error, df, bounds, p-values, interval.
        """
        return pd.DataFrame([{f: getattr(self, f) for f in self.__slots__} | {"p_value": self.p_value}])

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        found = (
            "the effect is smaller than what was set as mattering"
            if self.equivalent
            else "it cannot be said that the effect is smaller than what was set as mattering"
        )
        return (
            f"Estimate {self.estimate:+.3f}, {100 * (1 - 2 * self.alpha):.0f}% interval {self.conf_low:+.3f} to "
            f"{self.conf_high:+.3f}, bounds {self.low:+.3f} to {self.high:+.3f}: {found} (p = {self.p_value:.3f}). "
            "This holds only for bounds that were set before the data were seen."
        )


def equivalence_test(
    estimate: float, std_error: float, *, low: float, high: float, df: float = np.inf, alpha: float = 0.05
) -> Equivalence:
    """Two one-sided t tests (TOST).

    Parameters
    ----------
    estimate : float
        The estimate, in units of the outcome.
    std_error : float
        Its standard error, in units of the outcome.
    low : float
        Lower bound of what is too small to matter.
    high : float
        Upper bound of what is too small to matter.
    df : float, optional
        Degrees of freedom, such as clusters less one.
    alpha : float, default 0.05
        Level of each test.

    Returns
    -------
    Equivalence
        Two one-sided tests of an estimate against a lower and an upper bound.

    Raises
    ------
    EstimationError
        An error that is not above zero, bounds out of order, a level outside 0 to 0.5.

    Notes
    -----
    Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15; Lakens (2017), Social Psychological and
    Personality Science 8.

    References
    ----------
    - Lakens, D. (2017). Social Psychological and Personality Science 8, 355-362.
    - Schuirmann, D. J. (1987). Journal of Pharmacokinetics and Biopharmaceutics 15, 657-680.

    Examples
    --------
    >>> made = equivalence_test(0.05, 0.10, low=-0.3, high=0.3)
    >>> made.equivalent, round(made.p_value, 4)
    (True, 0.0062)
    """
    check_arguments(equivalence_test, locals())
    if not (std_error > 0 and low < high and 0 < alpha < 0.5 and df > 0):
        raise EstimationError(
            "an equivalence test needs an error above zero, bounds in order and a level between 0 and 0.5.",
            fix="Set low below high, such as low=-0.2, high=0.2.",
            code="EQUIVALENCE",
        )
    p_low = float(stats.t.sf((estimate - low) / std_error, df))
    p_high = float(stats.t.cdf((estimate - high) / std_error, df))
    half = float(stats.t.ppf(1 - alpha, df)) * std_error
    return Equivalence(
        float(estimate), float(std_error), float(df), low, high, p_low, p_high, estimate - half, estimate + half, alpha
    )
