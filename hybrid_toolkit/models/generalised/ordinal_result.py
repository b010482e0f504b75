"""What an ordinal fit says: coefficients, thresholds, predicted shares."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special, stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.models.generalised.ordinal_links import CUMULATIVE
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.terms.prediction import ADDED, grid_matrix
from hybrid_toolkit.models.terms.result_rows import NamedCoefficients, check_level, tidy_rows
from hybrid_toolkit.models.terms.terms import Term
from hybrid_toolkit.result import ResultBase

ORDINAL_LINKS = {
    "logit": "proportional odds",
    "probit": "ordered probit",
    "cloglog": "ordered complementary log-log (proportional hazards)",
    "loglog": "ordered log-log",
}
_UNITS = {"logit": "log odds", "probit": "probit", "cloglog": "log hazard", "loglog": "log-log"}


@dataclass(frozen=True, eq=False)
class OrdinalFit(NamedCoefficients, ResultBase):
    """A cumulative-link model: P(answer <= j) = F(threshold j - x b).

    Parameters
    ----------
    outcome : str
        Column name.
    link : str
        Key of ``ORDINAL_LINKS``.
    terms : tuple[str, ...]
        Names of the k slopes.
    estimate : Array
        The k slopes; above 0 means higher answers.
    thresholds : Array
        The cut points between neighbouring answers.
    threshold_names : tuple[str, ...]
        Their names.
    vcov : Array
        Of slopes, then thresholds.
    levels : int
        Number of answers that occur.
    log_likelihood : float
        Log-likelihood at the optimum.
    deviance : float
        Minus twice the log-likelihood.
    aic : float
        Akaike information criterion.
    n : int
        Observations (the sum of frequencies).
    n_rows : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_clusters : int
        Clusters of the errors, or 0 where they are model-based.
    converged : bool
        The search ended at an optimum.
    conf_level : float
        Level of the intervals.
    leverage : Array, optional
        Clusters x coefficients, and ``behind``, clusters on the smaller side or effective ones of each (see
        ``support``); one that rests on one cluster has no interval. Empty without clusters.
    behind : Array, optional
        Clusters behind each slope (``clusters_behind``); empty without clusters.
    answers : tuple[str, ...], optional
        The answers that occur, lowest first.
    model_terms : tuple[Term, ...] | None, optional
        The terms, each category with the levels of the rows used; None where there is no mean to predict.

    Examples
    --------
    >>> from hybrid_toolkit.models import fit_ordinal
    >>> f = pd.DataFrame({"answer": [1, 2, 1, 2], "office": [0, 0, 1, 1], "times": [20, 10, 10, 20]})
    >>> fit = fit_ordinal(f, outcome="answer", terms=["office"], frequency="times")
    >>> fit.threshold_names, fit.thresholds.round(2).tolist()
    (('1 | 2',), [0.69])
    """

    outcome: str
    link: str
    terms: tuple[str, ...]
    estimate: Array
    thresholds: Array
    threshold_names: tuple[str, ...]
    vcov: Array = field(repr=False)
    levels: int
    log_likelihood: float
    deviance: float
    aic: float
    n: int
    n_rows: int
    n_missing: int
    n_clusters: int
    converged: bool
    conf_level: float
    leverage: Array = field(default_factory=lambda: np.empty((0, 0)), repr=False)
    behind: Array = field(default_factory=lambda: np.empty(0), repr=False)
    answers: tuple[str, ...] = ()
    model_terms: tuple[Term, ...] | None = field(default=None, repr=False)

    def predict(self, grid: pd.DataFrame, *, conf_level: float | None = None) -> pd.DataFrame:
        """The probability of each answer in groups described by their covariates.

        Parameters
        ----------
        grid : pd.DataFrame
            One row a group, as for ``PredictsMeans.predict``: the model's own columns, written by the reader.
        conf_level : float, optional
            Level of the intervals; that of the fit by default.

        Returns
        -------
        pd.DataFrame
            One row a group and answer: the grid, ``answer``, ``estimate``, ``std_error`` (delta method), ``conf_low``
            and ``conf_high`` (on the log odds of the probability, so they stay between 0 and 1).

        Raises
        ------
        CoverageError, EstimationError
            As ``PredictsMeans.predict``.
        """
        level = check_level(self.conf_level if conf_level is None else conf_level)
        x = grid_matrix(grid, self.model_terms, self.terms, self.n)
        n, k, cuts = len(x), len(self.terms), len(self.thresholds)
        below, slopes = np.zeros((n, cuts + 2)), np.zeros((n, cuts + 2, k + cuts))
        below[:, -1] = 1.0
        for j, cut in enumerate(self.thresholds):
            value, density, _ = CUMULATIVE[self.link][0](cut - x @ self.estimate)
            below[:, j + 1], slopes[:, j + 1, :k], slopes[:, j + 1, k + j] = value, -density[:, None] * x, density
        p, moved = np.diff(below, axis=1), np.diff(slopes, axis=1)
        error = np.sqrt(np.clip(np.einsum("ijk,kl,ijl->ij", moved, self.vcov, moved), 0, None))
        df = self.n_clusters - 1 if self.n_clusters else np.inf
        half = stats.t.ppf(0.5 + level / 2, df) * error / np.maximum(p * (1 - p), 1e-300)
        ends = special.expit(special.logit(p) - half), special.expit(special.logit(p) + half)
        out = grid.reset_index(drop=True).loc[np.repeat(np.arange(n), cuts + 1)].reset_index(drop=True)
        values = (p, error, *ends)
        return out.assign(answer=np.tile(self.answers, n), **{c: v.ravel() for c, v in zip(ADDED, values, strict=True)})

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        errors = f"errors clustered on {self.n_clusters} clusters" if self.n_clusters else "model-based errors"
        return f"{ORDINAL_LINKS[self.link]} over {self.levels} answers, {errors}"

    def tidy(self) -> pd.DataFrame:
        """Slopes, then thresholds, on the scale of the link; with clusters, ``clusters_behind`` each too.

        Returns
        -------
        pd.DataFrame
            Slopes, then thresholds, on the scale of the link; with clusters, ``clusters_behind`` each too.
        """
        free = support.degrees(self.leverage) if self.n_clusters else np.inf
        b, se = np.concatenate([self.estimate, self.thresholds]), np.sqrt(np.diagonal(self.vcov))
        names = [*self.terms, *self.threshold_names]
        unit = _UNITS[self.link]
        rows = tidy_rows(names, b, se, n=self.n, conf_level=self.conf_level, df=free, unit=unit)
        return support.withheld(rows, self.behind) if self.n_clusters else rows

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, method, likelihood, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, method, likelihood, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_clusters": [self.n_clusters],
                "clusters_behind": [float(self.behind[: len(self.terms)].min()) if self.n_clusters else np.nan],
                "method": [ORDINAL_LINKS[self.link]],
                "log_likelihood": [self.log_likelihood],
                "deviance": [self.deviance],
                "aic": [self.aic],
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
        bad = "" if self.converged else " The search did not converge: do not use these figures."
        if self.n_clusters:
            bad += support.few_words(float(self.behind[: len(self.terms)].min()), holds=True)
        return (
            f"{self.outcome}: {self.method}; {self.n:,} observations, {self.n_missing:,} rows left out for missing "
            f"values.{bad} One slope is taken to hold at every cut between answers. A model describes association; "
            "the study design decides what more it can show."
        )
