"""Some did not answer: a linear model of those who did, weighted up to all, by the chance of answering."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import Scaled, settled_columns, solve_kept
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.generalised.fisher_scoring import solve_glm
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.inference.clustered_variance import enough_clusters
from hybrid_toolkit.models.terms.arguments import check_arguments, numbers
from hybrid_toolkit.models.terms.design_matrix import codes, complete_rows
from hybrid_toolkit.models.terms.prediction import PredictsMeans
from hybrid_toolkit.models.terms.result_rows import as_terms, check_level, design, frozen, term_columns, tidy_rows
from hybrid_toolkit.models.terms.terms import Term, Terms, pinned
from hybrid_toolkit.models.weighting.balance import effective_size
from hybrid_toolkit.result import ResultBase

LEAST_CHANCE = 0.02
"""A fitted chance of answering below this lets one answer stand for more than fifty."""
_MOST_REFITS = 400
"""Clusters left out one by one; with more, as many sets of them."""


@dataclass(frozen=True, eq=False)
class ResponseWeightedFit(PredictsMeans, ResultBase):
    """A linear model of those who answered, weighted up to all who were asked.

    Parameters
    ----------
    outcome : str
        Column of the outcome.
    cluster : str
        Column of the cluster.
    terms : tuple[str, ...]
        Names of the k coefficients.
    estimate : Array
        The k coefficients.
    vcov : Array
        Their jackknife variance, k x k.
    df : Array
        Their degrees of freedom, effective clusters less one.
    plain : Array
        The k coefficients without weights.
    response : float
        Share of those asked who answered.
    effective : float
        Effective sample as a share of the answers.
    lowest_chance : float
        Smallest fitted chance of answering among those who did.
    n : int
        Answers used.
    n_asked : int
        Rows asked.
    n_missing : int
        Rows left out for a missing value elsewhere.
    n_clusters : int
        Clusters.
    conf_level : float
        Level of the intervals.
    converged : bool, default True
        Always True here.
    model_terms : tuple[Term, ...] | None, optional
        The terms, each category with the levels of the rows used; None where there is no mean to predict.
    behind : Array, optional
        Clusters that carry each coefficient, or the smaller side of it.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=3000)
    >>> y = np.where(rng.random(3000) < 1 / (1 + np.exp(-x)), 2 + x + rng.normal(size=3000), np.nan)
    >>> f = pd.DataFrame({"y": y, "x": x, "team": np.arange(3000) // 100})
    >>> fit = fit_response_weighted(f, outcome="y", terms=[], response_terms=["x"], cluster="team")
    >>> round(fit.response, 1), fit.n_asked, fit.terms
    (0.5, 3000, ('(Intercept)',))
    """

    outcome: str
    cluster: str
    terms: tuple[str, ...]
    estimate: Array
    vcov: Array = field(repr=False)
    df: Array
    plain: Array
    response: float
    effective: float
    lowest_chance: float
    n: int
    n_asked: int
    n_missing: int
    n_clusters: int
    conf_level: float
    converged: bool = True
    model_terms: tuple[Term, ...] | None = field(default=None, repr=False)
    behind: Array = field(default_factory=lambda: np.empty(0), repr=False)

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return "least squares on answers weighted by one over the chance of answering, leave-one-cluster-out jackknife"

    def tidy(self) -> pd.DataFrame:
        """One row a coefficient.

        Returns
        -------
        pd.DataFrame
            One row a coefficient.
        """
        se = np.sqrt(np.diagonal(self.vcov))
        rows = tidy_rows(self.terms, self.estimate, se, n=self.n, conf_level=self.conf_level, df=self.df)
        return support.withheld(rows, self.behind)

    def glance(self) -> pd.DataFrame:
        """One row: answers, asked, response, effective sample, convergence.

        Returns
        -------
        pd.DataFrame
            One row: answers, asked, response, effective sample, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_asked": [self.n_asked],
                "n_missing": [self.n_missing],
                "n_clusters": [self.n_clusters],
                "method": [self.method],
                "response": [self.response],
                "effective": [self.effective],
                "lowest_chance": [self.lowest_chance],
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
        fewest = min(
            (c for c, name in zip(self.behind, self.terms, strict=True) if name != "(Intercept)"), default=np.inf
        )
        return (
            f"{self.outcome}: {self.method}; {self.n:,} of {self.n_asked:,} answered ({self.response:.0%}), in "
            f"{self.n_clusters} clusters. After weights the answers are worth {self.effective:.0%} of their number."
            f"{support.few_words(fewest, holds=True)} Weights correct what goes with the columns of the response "
            "model, and nothing else: if who answers goes with the answer itself, this is off."
        )


def fit_response_weighted(
    frame: pd.DataFrame,
    *,
    outcome: str,
    terms: Terms,
    response_terms: Terms,
    cluster: str,
    responded: str | None = None,
    conf_level: float = 0.95,
) -> ResponseWeightedFit:
    """A linear model for all who were asked, from those who answered.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a person asked.
    outcome : str
        Numeric, missing where nobody answered.
    terms : Terms
        Terms or columns of the model.
    response_terms : Terms
        Those of the chance of answering, known for all.
    cluster : str
        Rows of one cluster depend on each other.
    responded : str | None, optional
        Yes/no column; default wherever the outcome is there.
    conf_level : float, default 0.95
        Level of the intervals, t with the effective clusters of the coefficient less one.

    Returns
    -------
    ResponseWeightedFit
        A linear model for all who were asked, from those who answered.

    Raises
    ------
    EstimationError
        Nobody or everybody answered, columns that tell who answered without error (``SEPARATION``), one cluster, a
        singular design.
    CoverageError
        A column is not there.

    Notes
    -----
    Seaman and White (2013), Statistical Methods in Medical Research 22, 278-295. The jackknife fits the chance of
    answering anew without each cluster, so its error is in the interval.

    References
    ----------
    - Seaman, S. R. and White, I. R. (2013). Statistical Methods in Medical Research 22, 278-295.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=3000)
    >>> y = np.where(rng.random(3000) < 1 / (1 + np.exp(-x)), 2 + x + rng.normal(size=3000), np.nan)
    >>> f = pd.DataFrame({"y": y, "x": x, "team": np.arange(3000) // 100})
    >>> fit = fit_response_weighted(f, outcome="y", terms=[], response_terms=["x"], cluster="team")
    >>> bool(abs(fit.estimate[0] - 2) < 0.1), bool(fit.plain[0] > 2.3)
    (True, True)
    """
    check_arguments(fit_response_weighted, locals())
    check_level(conf_level)
    held, asked = as_terms(frame, terms), as_terms(frame, response_terms, what="response_terms")
    frame = frame.reset_index(drop=True)
    rows = complete_rows(frame, [cluster, *term_columns(asked), *term_columns(held)])
    y = numbers(frame, outcome)[rows.index]
    there = np.isfinite(y)
    if responded:
        there &= numbers(frame, responded)[rows.index] == 1
    if there.all() or not there.any():
        raise EstimationError(
            f"{int(there.sum())} of {len(there)} answered: there is no response to model.",
            fix="Provide one row for everyone who was asked, the outcome missing where there is no answer.",
            code="RESPONSE",
        )
    z = settled_columns(design(rows, asked)[1]).z
    names, x = design(rows[there], held) if held else (["(Intercept)"], np.ones((int(there.sum()), 1)))
    group = codes(rows, cluster)
    size = enough_clusters(group, cluster)
    basis, middle = settled_columns(x), float(np.median(y[there]))
    model = _Weighted(z, there, basis, y[there] - middle)
    b, weight = model.fit(np.ones(len(rows), bool))
    heavy = basis.z * np.sqrt(weight)[:, None]
    leverage = support.leverages(support.cluster_grams(heavy, group[there]), turn=basis.turn)
    sets = min(size, _MOST_REFITS)
    left = np.array([model.fit(group % sets != s)[0] for s in range(sets)]) - b
    plain = basis.back(basis.z.T @ model.y / len(basis.z))
    b[0], plain[0] = b[0] + middle, plain[0] + middle
    return ResponseWeightedFit(
        outcome=outcome,
        cluster=cluster,
        terms=tuple(names),
        estimate=frozen(b),
        vcov=frozen((sets - 1) / sets * left.T @ left),
        df=frozen(support.degrees(leverage)),
        plain=frozen(plain),
        response=float(there.mean()),
        effective=effective_size(weight) / len(weight),
        lowest_chance=float(1 / weight.max()),
        n=int(there.sum()),
        n_asked=len(rows),
        n_missing=len(frame) - len(rows),
        n_clusters=size,
        conf_level=conf_level,
        model_terms=pinned(rows[there], held),
        behind=frozen(support.behind(leverage, x, group[there])),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Weighted:
    """Response model and outcome model as arrays, fitted on any set of rows."""

    z: Array
    there: NDArray[np.bool_]
    x: Scaled
    y: Array

    def fit(self, keep: NDArray[np.bool_]) -> tuple[Array, Array]:
        """Coefficients and weights of the answers kept."""
        of_answers = keep[self.there]
        response = self.there[keep].astype(np.float64)
        solved = solve_glm(self.z[keep], response, link="logit", what="who answered")
        weight = 1 / np.maximum(solved.mean[response == 1], LEAST_CHANCE)
        x, y = self.x.z[of_answers], self.y[of_answers]
        heavy = x * weight[:, None]
        return solve_kept(heavy.T @ x, heavy.T @ y, self.x.turn), weight
