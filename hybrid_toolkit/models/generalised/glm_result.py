"""The result of a generalised linear model, and what the fits of binary outcomes and of counts share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.models.generalised.fisher_scoring import GLM_LINKS, ScoringSolution
from hybrid_toolkit.models.inference import clustered_variance as clustered
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.inference.clusters import cluster_grams
from hybrid_toolkit.models.terms.design_matrix import codes, complete_rows
from hybrid_toolkit.models.terms.prediction import PredictsMeans, mean_of_link
from hybrid_toolkit.models.terms.result_rows import (
    NamedCoefficients,
    as_terms,
    check_choice,
    check_level,
    design,
    frozen,
    term_columns,
    tidy_rows,
)
from hybrid_toolkit.models.terms.terms import Term, Terms
from hybrid_toolkit.result import ResultBase

_OVERDISPERSED = 1.5
"""Times the variance of a Poisson from which its errors, too small by the root of it, mislead: a fifth and more."""

QUASI = "quasi-poisson"
"""The variance that takes Pearson's dispersion for the counts' own."""


@dataclass(frozen=True, eq=False)
class GeneralisedFit(NamedCoefficients, PredictsMeans, ResultBase):
    """A fitted generalised linear model: arrays only.

    Parameters
    ----------
    outcome : str
        Column name.
    kind : str
        What was fitted, in words.
    link : str
        Key of ``GLM_LINKS``.
    terms : tuple[str, ...]
        Names of the k coefficients.
    estimate : Array
        The k coefficients on the scale of the link.
    vcov : Array
        Their k x k variance.
    df : float
        Clusters less one, infinite for the model's own errors; a jackknife's t has effective clusters less one.
    variance : str
        Key of ``VARIANCES``.
    log_likelihood : float
        At the optimum.
    dispersion : float
        Pearson's chi-squared over its degrees of freedom, 1 where the variance is as the model says.
    theta : float
        Size of a negative binomial, infinite otherwise.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_events : int
        Sum of the outcome.
    n_clusters : int
        Clusters; 0 without any.
    converged : bool
        The search ended at an optimum.
    conf_level : float
        Level of the intervals.
    leverage : Array, optional
        Clusters x k partial leverages, and ``behind``, k clusters on the smaller side or effective ones (see
        ``support``); a coefficient that rests on one cluster has no interval. Empty without clusters.
    behind : Array, optional
        Clusters behind each coefficient (``clusters_behind``); empty without clusters.
    model_terms : tuple[Term, ...] | None, optional
        The terms, each category with the levels of the rows used; None where there is no mean to predict.

    Examples
    --------
    >>> from hybrid_toolkit.models.generalised.binary import fit_binary
    >>> frame = pd.DataFrame({"left": [1, 0, 0, 0, 1, 1, 1, 0], "remote": [0, 0, 0, 0, 1, 1, 1, 1]})
    >>> fit = fit_binary(frame, outcome="left", terms=["remote"])
    >>> fit.tidy()[["term", "estimate"]].round(2).values.tolist()
    [['(Intercept)', -1.1], ['remote', 2.2]]
    >>> fit.predict(pd.DataFrame({"remote": [0, 1]}))["estimate"].round(2).tolist()
    [0.25, 0.75]
    """

    outcome: str
    kind: str
    link: str
    terms: tuple[str, ...]
    estimate: Array
    vcov: Array = field(repr=False)
    df: float
    variance: str
    log_likelihood: float
    dispersion: float
    theta: float
    n: int
    n_missing: int
    n_events: int
    n_clusters: int
    converged: bool
    conf_level: float
    leverage: Array = field(default_factory=lambda: np.empty((0, 0)), repr=False)
    behind: Array = field(default_factory=lambda: np.empty(0), repr=False)
    model_terms: tuple[Term, ...] | None = field(default=None, repr=False)

    def _turned(self, eta: Array) -> tuple[Array, Array]:
        return mean_of_link(self.link, eta)

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return f"{self.kind}, {clustered.CLUSTERED_VARIANCES[self.variance]} errors"

    def combine(self, weights: Mapping[str, float], *, term: str, unit: str = "") -> pd.DataFrame:
        """One tidy row for a weighted sum of coefficients.

        Parameters
        ----------
        weights : Mapping[str, float]
            Coefficient name -> weight.
        term : str
            Name of the row.
        unit : str, optional
            Unit of the estimate.

        Returns
        -------
        pd.DataFrame
            One tidy row for a weighted sum of coefficients.
        """
        w = np.zeros(len(self.terms))
        for name, weight in weights.items():
            w[self.index(name)] = weight
        se = [float(np.sqrt(w @ self.vcov @ w))]
        b = [float(w @ self.estimate)]
        unit = unit or GLM_LINKS[self.link]
        if not self.n_clusters:
            return tidy_rows([term], b, se, n=self.n, conf_level=self.conf_level, df=self.df, unit=unit)
        joined = support.joined(self.leverage, w)[:, None]
        clusters = np.minimum(self.behind[w != 0].sum(), support.effective(joined))
        free = self._free(joined)
        row = tidy_rows([term], b, se, n=self.n, conf_level=self.conf_level, df=free, unit=unit)
        return support.withheld(row, clusters).drop(columns="clusters_behind")

    def _free(self, leverage: Array) -> Array:
        given = np.full(leverage.shape[1], self.df)
        return support.degrees(leverage) if self.variance == "jackknife" else given

    @property
    def _fewest(self) -> float:
        slopes = [c for c, name in zip(self.behind, self.terms, strict=False) if name != "(Intercept)"]
        return float(min(slopes, default=np.inf))

    def tidy(self) -> pd.DataFrame:
        """One row a coefficient on the scale of the link, with ``clusters_behind`` it where there are clusters.

        Returns
        -------
        pd.DataFrame
            One row a coefficient on the scale of the link, with ``clusters_behind`` it where there are clusters.
        """
        se = np.sqrt(np.clip(np.diagonal(self.vcov), 0, None))
        free, unit = self._free(self.leverage) if self.n_clusters else self.df, GLM_LINKS[self.link]
        rows = tidy_rows(self.terms, self.estimate, se, n=self.n, conf_level=self.conf_level, df=free, unit=unit)
        return support.withheld(rows, self.behind) if self.n_clusters else rows

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, clusters, method, likelihood, dispersion, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, clusters, method, likelihood, dispersion, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_events": [self.n_events],
                "n_clusters": [self.n_clusters],
                "clusters_behind": [self._fewest if self.n_clusters else np.nan],
                "method": [self.method],
                "log_likelihood": [self.log_likelihood],
                "dispersion": [self.dispersion],
                "theta": [self.theta],
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
        if (
            self.link == "log"
            and self.variance == "model"
            and self.dispersion > _OVERDISPERSED
            and not np.isfinite(self.theta)
        ):
            notes.append(
                f"The variance is {self.dispersion:.1f} times what a Poisson has: intervals are too short; name a "
                "cluster or use the negative binomial."
            )
        if self.variance == "sandwich" and self.n_clusters < clustered.FEW_FOR_SANDWICH:
            notes.append(
                f"With {self.n_clusters} clusters sandwich errors are too small: with 12, intervals contain the true "
                "value in "
                "80% to 92% of simulated data sets; use the jackknife."
            )
        notes += [w.strip() for w in [support.few_words(self._fewest, holds=self.variance == "jackknife")] if w]
        if not self.converged:
            notes.append("The search did not converge: do not use these figures.")
        where = f" in {self.n_clusters} clusters" if self.n_clusters else ""
        return " ".join(
            [
                f"{self.outcome}: {self.method}; {self.n:,} rows{where}, {self.n_missing:,} left out as incomplete.",
                *notes,
                "A model describes association; the study design decides what more it can show.",
            ]
        )


def read_rows(
    frame: pd.DataFrame,
    outcome: str,
    terms: Terms,
    cluster: str | None,
    time: str | None,
    variance: str,
    conf_level: float,
    variances: Sequence[str] = ("jackknife", "sandwich"),
) -> tuple[pd.DataFrame, list[str], Array, Codes | None]:
    """Complete rows, names and matrix of the design, and codes of the clusters.

    Raises
    ------
    EstimationError
        One cluster, a singular design, an unknown variance, a level outside 0 to 1.
    CoverageError
        A column is not there.
    """
    check_level(conf_level)
    check_choice("variance", variance, variances)
    held = as_terms(frame, terms)
    rows = complete_rows(frame, [outcome, *term_columns(held), *(c for c in (cluster, time) if c)])
    names, x = design(rows, held)
    group = codes(rows, cluster) if cluster else None
    if group is not None:
        clustered.enough_clusters(group, str(cluster))
    return rows, names, x, group


@dataclass(frozen=True, slots=True)
class Made:
    """What the result needs beside the fit itself."""

    outcome: str
    kind: str
    link: str
    cluster: str | None
    variance: str
    conf_level: float
    n_rows: int
    model_terms: tuple[Term, ...] | None = None

    def result(
        self,
        names: Sequence[str],
        x: Array,
        y: Array,
        found: ScoringSolution,
        group: Codes | None,
        chi: float,
        theta: float,
    ) -> GeneralisedFit:
        """The result of a solved model; ``chi`` is Pearson's chi-squared."""
        root = found.basis.z * np.sqrt(found.weight)[:, None]
        information = found.information
        free = len(y) - len(names)
        variance, size = (self.variance, int(group.max()) + 1) if group is not None else ("model", 0)
        df = float(size - 1) if size else np.inf
        more: dict[str, Array] = {}
        if group is None:
            vcov = found.basis.back_cov(np.linalg.inv(information))
            if self.variance == QUASI:
                vcov, variance, df = vcov * chi / free, QUASI, float(free)
        else:
            parts = cluster_grams(root, group)
            leverage = support.leverages(parts, turn=found.basis.turn)
            more = {"leverage": frozen(leverage), "behind": frozen(support.behind(leverage, x, group))}
            scores = clustered.cluster_sums(found.scores, group)
            if variance == "jackknife":
                vcov = clustered.linear_jackknife(scores, information, parts, found.basis.turn)
            else:
                vcov = found.basis.back_cov(clustered.sandwich(scores, information))
        return GeneralisedFit(
            outcome=self.outcome,
            kind=self.kind,
            link=self.link,
            terms=tuple(names),
            estimate=frozen(found.b),
            vcov=frozen(vcov),
            df=df,
            variance=variance,
            log_likelihood=found.log_likelihood,
            dispersion=chi / free,
            theta=theta,
            n=len(y),
            n_missing=self.n_rows - len(y),
            n_events=int(y.sum()),
            n_clusters=size,
            converged=True,
            conf_level=self.conf_level,
            model_terms=self.model_terms,
            **more,
        )
