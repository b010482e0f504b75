"""What an interrupted series of counts says: level, slope, overdispersion and autocorrelation."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.models.series.interrupted_series import series_notes
from hybrid_toolkit.models.terms.result_rows import tidy_rows
from hybrid_toolkit.result import ResultBase

_WANDERS = 1.2
"""Times the variance of a Poisson from which the rate itself seems to wander behind the counts."""

FAMILIES = {
    "poisson": "quasi-Poisson: the variance is a multiple of the mean",
    "negative-binomial": "negative binomial: the variance is the mean and a multiple of its square",
}
"""How the variance of a count follows its mean."""


@dataclass(frozen=True, eq=False)
class CountSeriesFit(ResultBase):
    """A segmented regression of counts; estimates are on the log scale, so ``exp`` gives ratios of rates.

    Parameters
    ----------
    outcome : str
        Column of the outcome.
    time : str
        Column of the time.
    control : str | None
        The 0/1 column that marks the changed series, or None.
    terms : tuple[str, ...]
        Names of the k rows.
    estimate : Array
        Their estimates; slopes are a period.
    std_error : Array
        Their standard errors.
    df : Array
        Their degrees of freedom.
    path : pd.DataFrame
        A row a period of the changed series: period, observed, fitted, without (counts).
    rho : float
        Autocorrelation of neighbouring Pearson residuals.
    dispersion : float
        Variance of the Pearson residuals (1 for pure counts).
    left_over_p : float
        Ljung-Box p-value of what is left.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_before : int
        Periods before the start.
    n_after : int
        Periods from the start.
    family : str
        Keys of ``FAMILIES`` and ``_ERRORS``.
    errors : str
        Keys of ``FAMILIES`` and ``_ERRORS``.
    converged : bool
        Both searches ended.
    conf_level : float
        Level of the intervals.

    Examples
    --------
    >>> from hybrid_toolkit.models import fit_interrupted_counts
    >>> counts = [10, 12, 9, 11, 10, 12, 10, 9, 20, 22, 19, 24, 21, 20, 19, 22]
    >>> f = pd.DataFrame({"month": range(16), "referrals": counts})
    >>> fit = fit_interrupted_counts(f, outcome="referrals", time="month", start=8)
    >>> print(fit.tidy()[["term", "estimate", "conf_low", "conf_high"]].round(2).to_string(index=False))
                           term  estimate  conf_low  conf_high
                   level change      0.75      0.52       0.98
                   slope change      0.01     -0.04       0.06
    mean change after the start      0.78      0.46       1.11
      change in the last period      0.82      0.35       1.28
                   trend before     -0.01     -0.05       0.03
    """

    outcome: str
    time: str
    control: str | None
    terms: tuple[str, ...]
    estimate: Array
    std_error: Array = field(repr=False)
    df: Array = field(repr=False)
    path: pd.DataFrame = field(repr=False)
    rho: float
    dispersion: float
    left_over_p: float
    n: int
    n_missing: int
    n_before: int
    n_after: int
    family: str
    errors: str
    converged: bool
    conf_level: float

    @property
    def n_clusters(self) -> int:
        """Series: the changed one, and the control where there is one."""
        return 2 if self.control else 1

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        against = " with a control series" if self.control else ""
        return f"segmented log-linear regression of counts{against}, {FAMILIES[self.family]}, errors {self.errors}"

    def tidy(self) -> pd.DataFrame:
        """One row a change or trend, on the log scale.

        Returns
        -------
        pd.DataFrame
            One row a change or trend, on the log scale.
        """
        b, se = self.estimate, self.std_error
        return tidy_rows(self.terms, b, se, n=self.n, conf_level=self.conf_level, df=self.df, unit="log rate")

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, periods, autocorrelation, dispersion, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, periods, autocorrelation, dispersion, method, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_before": [self.n_before],
                "n_after": [self.n_after],
                "method": [self.method],
                "rho": [self.rho],
                "dispersion": [self.dispersion],
                "left_over_p": [self.left_over_p],
                "converged": [self.converged],
            }
        )

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        notes = [
            *series_notes(min(self.n_before, self.n_after), self.errors, self.left_over_p),
            "Where the rate wanders behind the counts, as it seems to here, intervals are somewhat too narrow."
            if self.dispersion > _WANDERS or self.family == "negative-binomial"  # which takes the wandering up
            else "",
            "" if self.converged else "The fit did not converge: do not use these figures.",
        ]
        said = " ".join(n for n in notes if n)
        against = "the control series would have changed alike" if self.control else "nothing else changed then"
        return (
            f"{self.outcome}: {self.n_before} periods before and {self.n_after} from the start; {self.method}; "
            f"autocorrelation {self.rho:.2f}, dispersion {self.dispersion:.1f}.{' ' + said if said else ''} The ratios "
            f"are effects only if the trend before would have gone on, {against}, and the start was not chosen for its "
            "numbers."
        )
