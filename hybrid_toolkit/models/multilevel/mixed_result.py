"""What a fit with random intercepts says: fixed effects, variance components, clusters behind an answer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.multilevel.random_parts import RandomPart, component_names, components_table
from hybrid_toolkit.models.terms.prediction import PredictsMeans
from hybrid_toolkit.models.terms.result_rows import NamedCoefficients, tidy_rows
from hybrid_toolkit.models.terms.terms import Term
from hybrid_toolkit.result import ResultBase

DF_METHODS = {"satterthwaite": "t with Satterthwaite degrees of freedom", "normal": "normal"}
"""What an estimate over its standard error is compared with."""
MIXED_VARIANCES = {
    "model": "errors of the model",
    "jackknife": "errors by leaving out the coarsest groups, t with effective groups less one degrees of freedom",
}
"""Where the errors of the fixed coefficients come from."""
FEW_GROUPS = 10


@dataclass(frozen=True, eq=False)
class MixedFit(NamedCoefficients, PredictsMeans, ResultBase):
    """A fitted linear mixed model: arrays only.

    Parameters
    ----------
    outcome : str
        Name of the outcome.
    terms : tuple[str, ...]
        Names of the k fixed coefficients.
    estimate : Array
        The k fixed coefficients.
    vcov : Array
        Their k x k variance.
    df : Array
        Their degrees of freedom.
    random : tuple[RandomPart, ...]
        One ``RandomPart`` a grouping.
    residual_sd : float
        Standard deviation within groups.
    log_likelihood : float
        Restricted where ``reml``.
    criterion : float
        Minus twice the log-likelihood (lme4's "REML criterion", or its deviance).
    aic : float
        Akaike information criterion of that likelihood; those of REML compare models with the same fixed part only.
    bic : float
        Bayesian information criterion of that likelihood, with the same limit.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    reml : bool
        Restricted maximum likelihood, else maximum likelihood.
    df_method : str
        Key of ``DF_METHODS``.
    converged : bool
        The search ended at an optimum.
    singular : bool
        The optimum lies at the edge: a variance of zero or a correlation of one.
    conf_level : float
        Level of the intervals.
    model_terms : tuple[Term, ...] | None, optional
        The terms, each category with the levels of the rows used; None where there is no mean to predict.
    behind : Array, optional
        The k clusters of the coarsest grouping on the smaller side of each coefficient, or effective ones (see
        ``support``); one that rests on a single cluster has no interval.
    shared : tuple[str, ...], optional
        Groupings whose levels share a term's values in each period although the term moves within them, as
        ``group and period``, where no such grouping is in the model: intervals are then too narrow.
    variance : str, default "model"
        Key of ``MIXED_VARIANCES``.

    Examples
    --------
    >>> from hybrid_toolkit.models import fit_mixed
    >>> rng = np.random.default_rng(1)
    >>> team = np.repeat(np.arange(60), 20)
    >>> f = pd.DataFrame({"team": team, "y": rng.normal(0, 1, 60)[team] + rng.normal(0, 2, 1200)})
    >>> fit = fit_mixed(f, outcome="y", groups="team")
    >>> fit.components()[["group", "estimate"]].round().values.tolist(), fit.singular
    ([['team', 1.0], ['residual', 2.0]], False)
    """

    outcome: str
    terms: tuple[str, ...]
    estimate: Array
    vcov: Array = field(repr=False)
    df: Array = field(repr=False)
    random: tuple[RandomPart, ...]
    residual_sd: float
    log_likelihood: float
    criterion: float
    aic: float
    bic: float
    n: int
    n_missing: int
    reml: bool
    df_method: str
    converged: bool
    singular: bool
    conf_level: float
    model_terms: tuple[Term, ...] | None = field(default=None, repr=False)
    behind: Array = field(default_factory=lambda: np.empty(0), repr=False)
    shared: tuple[str, ...] = ()
    variance: str = "model"

    def tidy(self) -> pd.DataFrame:
        """The fixed coefficients, then the standard deviations and correlations (estimates without an interval).

        Returns
        -------
        pd.DataFrame
            The fixed coefficients, then the standard deviations and correlations (estimates without an interval).
        """
        se = np.sqrt(np.diagonal(self.vcov))
        fixed = tidy_rows(self.terms, self.estimate, se, n=self.n, conf_level=self.conf_level, df=self.df)
        fixed = support.withheld(fixed, self.behind)
        rest = self.components()
        nan = np.full(len(rest), np.nan)
        spread = tidy_rows(component_names(rest), rest["estimate"], nan, n=self.n, conf_level=self.conf_level)
        return pd.concat([fixed, spread], ignore_index=True)

    def components(self) -> pd.DataFrame:
        """Standard deviations (``name`` equals ``with``) and correlations: group, name, with, estimate, n_groups.

        Returns
        -------
        pd.DataFrame
            Standard deviations (``name`` equals ``with``) and correlations: group, name, with, estimate, n_groups.
        """
        return components_table(self.random, ("residual", self.residual_sd, self.n))

    @property
    def n_clusters(self) -> int:
        """Levels of the coarsest grouping."""
        return min(p.n_groups for p in self.random)

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        likelihood = "restricted maximum likelihood" if self.reml else "maximum likelihood"
        return f"linear mixed model, {likelihood}, groups {', '.join(p.group for p in self.random)}"

    @property
    def _fewest(self) -> float:
        slopes = [c for c, name in zip(self.behind, self.terms, strict=True) if name != "(Intercept)"]
        return float(min(slopes, default=self.n_clusters))

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, groups, method, likelihood, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, groups, method, likelihood, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_groups": [min(p.n_groups for p in self.random)],
                "clusters_behind": [self._fewest],
                "shared": [", ".join(self.shared)],
                "method": [self.method],
                "log_likelihood": [self.log_likelihood],
                "criterion": [self.criterion],
                "aic": [self.aic],
                "bic": [self.bic],
                "singular": [self.singular],
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
        notes = []
        errors = DF_METHODS[self.df_method] if self.variance == "model" else MIXED_VARIANCES[self.variance]
        if not self.converged:
            notes.append("The search did not converge: do not use these figures.")
        if self.singular:
            notes.append("A variance lies at zero or a correlation at one: the data carry less than was asked for.")
        if self.shared:
            notes.append(
                f"A term is the same for all rows of one {' and one '.join(self.shared)}, and what befalls them there "
                "is shared too: intervals are too narrow without a grouping for it; name the period as time."
            )
        notes += [w.strip() for w in [support.few_words(self._fewest, holds=True)] if w]
        fewest = min(self.random, key=lambda p: p.n_groups)
        if fewest.n_groups < FEW_GROUPS:
            notes.append(f"{fewest.n_groups} groups of {fewest.group} say little about the variance between them.")
        return " ".join(
            [
                f"{self.outcome}: {self.method}; {self.n:,} rows, {self.n_missing:,} left out for missing values.",
                f"Intervals: {errors}.",
                *notes,
                "A model describes association; the study design decides what more it can show.",
            ]
        )
