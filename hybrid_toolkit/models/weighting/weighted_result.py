"""What a weighted comparison says: the estimate, the weights' effective size and balance."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.terms.result_rows import tidy_rows
from hybrid_toolkit.result import ResultBase

WEIGHTING_ESTIMANDS = {
    "ATE": "all units",
    "ATT": "those who were treated",
    "ATO": "those who could as well have been in either group (overlap weights)",
}
"""Whom the mean difference is about."""
_METHODS = {"weights": "inverse-probability weights", "doubly-robust": "weights and a linear model in each group"}
_ERRORS = {
    "jackknife": "leave-one-cluster-out jackknife, all models fitted anew",
    "influence": "influence function, all models' errors in it",
}
THIN = 0.25
"""An effective sample below this share of a group's rows is told in the summary."""


@dataclass(frozen=True, eq=False)
class WeightedFit(ResultBase):
    """A difference of means between two groups that weights made alike.

    Parameters
    ----------
    outcome : str
        Column of the outcome.
    treatment : str
        Column of the treatment.
    estimand : str
        Key of ``WEIGHTING_ESTIMANDS``.
    how : str
        Key of ``_METHODS``.
    estimate : float
        In units of the outcome, and the degrees of freedom (effective clusters less one; rows less one without
        clusters). An estimate that rests on one cluster has no error.
    std_error : float
        In units of the outcome, and the degrees of freedom (effective clusters less one; rows less one without
        clusters). An estimate that rests on one cluster has no error.
    df : float
        In units of the outcome, and the degrees of freedom (effective clusters less one; rows less one without
        clusters). An estimate that rests on one cluster has no error.
    mean_treated : float
        Mean of the treated that is compared.
    mean_control : float
        Mean of the controls that is compared.
    balance : pd.DataFrame
        A row a covariate column: term, before, after (standardised differences).
    chance_low : float
        The 1st percentile of the fitted chances of treatment.
    chance_high : float
        The 99th percentile of the fitted chances of treatment.
    effective_treated : float
        Effective sample size of the treated.
    effective_control : float
        Effective sample size of the controls.
    n : int
        Rows used.
    n_treated : int
        Treated rows.
    n_trimmed : int
        Rows outside the range of chances asked for.
    n_missing : int
        Rows left out for a missing value.
    n_clusters : int
        Clusters.
    errors : str
        Key of ``_ERRORS``.
    conf_level : float
        Level of the interval.
    converged : bool, default True
        Always True here: a propensity model that does not converge is an error.
    behind : float, optional
        Clusters on the smaller side, or effective ones where those are fewer (see ``support``).

    Examples
    --------
    >>> from hybrid_toolkit.models import fit_weighted
    >>> f = pd.DataFrame({"d": [0, 0, 0, 1, 0, 1, 1, 1], "x": [0] * 4 + [1] * 4, "y": [1.0, 2, 3, 5, 4, 7, 8, 9]})
    >>> fit = fit_weighted(f, outcome="y", treatment="d", covariates=["x"])
    >>> round(fit.mean_treated - fit.mean_control, 2), fit.n_treated, fit.n
    (3.5, 4, 8)
    """

    outcome: str
    treatment: str
    estimand: str
    how: str
    estimate: float
    std_error: float
    df: float
    mean_treated: float
    mean_control: float
    balance: pd.DataFrame = field(repr=False)
    chance_low: float
    chance_high: float
    effective_treated: float
    effective_control: float
    n: int
    n_treated: int
    n_trimmed: int
    n_missing: int
    n_clusters: int
    errors: str
    conf_level: float
    converged: bool = True
    behind: float = np.inf

    def clusters_behind(self, term: str = "") -> float:
        """Clusters on the smaller side, or their effective number where that is less; infinite without clusters.

        Parameters
        ----------
        term : str, optional
            Name of the effect, of which there is one.

        Returns
        -------
        float
            The number of clusters, at most the effective number.
        """
        return self.behind

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return f"{_METHODS[self.how]}, mean difference among {WEIGHTING_ESTIMANDS[self.estimand]}"

    def tidy(self) -> pd.DataFrame:
        """One row: the difference.

        Returns
        -------
        pd.DataFrame
            One row: the difference.
        """
        b, se = [self.estimate], [self.std_error]
        rows = tidy_rows([self.treatment], b, se, n=self.n, conf_level=self.conf_level, df=self.df)
        return support.withheld(rows, np.array([self.behind]))

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, clusters, method, overlap and balance, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, clusters, method, overlap and balance, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_treated": [self.n_treated],
                "n_trimmed": [self.n_trimmed],
                "n_missing": [self.n_missing],
                "n_clusters": [self.n_clusters],
                "clusters_behind": [self.behind],
                "method": [self.method],
                "errors": [_ERRORS[self.errors]],
                "effective_treated": [self.effective_treated],
                "effective_control": [self.effective_control],
                "worst_before": [self.balance["before"].abs().max()],
                "worst_after": [self.balance["after"].abs().max()],
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
        share = min(self.effective_treated / self.n_treated, self.effective_control / (self.n - self.n_treated))
        thin = (
            " A few rows carry most of the weight: overlap is thin, the estimate leans on the model and its interval "
            "is too short."
            if share < THIN
            else ""
        )
        few = support.few_words(self.behind, holds=True)
        return (
            f"{self.outcome}: {self.method}; {self.n_treated:,} treated and {self.n - self.n_treated:,} other rows in "
            f"{self.n_clusters:,} clusters, {self.n_missing:,} left out for missing values, {self.n_trimmed:,} for "
            f"lack of overlap. Errors: {_ERRORS[self.errors]}. Largest standardised difference "
            f"{self.balance['before'].abs().max():.2f} before and {self.balance['after'].abs().max():.2f} after "
            f"weights.{thin}{few} It is an effect only if nothing that is not recorded moves both treatment and "
            "outcome."
        )
