"""Least squares for a population from a survey with weights, strata and clusters, by linearisation."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import settled_columns
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.inference.clusters import cluster_grams
from hybrid_toolkit.models.terms.arguments import check_arguments, numbers
from hybrid_toolkit.models.terms.result_rows import as_terms, check_level, design, frozen, term_columns
from hybrid_toolkit.models.terms.terms import Terms
from hybrid_toolkit.models.weighting.survey import SurveyResult, read_survey


@dataclass(frozen=True, eq=False)
class SurveyRegressionFit(SurveyResult):
    """A linear model of a population from a survey of it.

    Parameters
    ----------
    outcome : str
        Name of the outcome.
    terms : tuple[str, ...]
        Names of the k coefficients.
    estimate : Array
        The k coefficients, in units of the outcome for each unit of the term.
    vcov : Array
        Their k x k covariance.
    df : float
        Degrees of freedom of their t: clusters less strata, less the coefficients after the first.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_clusters : int
        Sampled clusters, or rows where there are none.
    n_strata : int
        Strata.
    population : float
        Sum of the weights.
    conf_level : float
        Level of the intervals.
    converged : bool, default True
        Always True: nothing is searched for.
    behind : Array, optional
        Clusters that carry each coefficient, or the smaller side of it.

    Examples
    --------
    >>> f = pd.DataFrame({"y": [1.0, 2, 3, 6], "x": [0, 0, 1, 1], "w": [10.0, 10, 10, 20], "team": list("abab")})
    >>> fit = fit_survey_regression(f, outcome="y", terms="x", weight="w")
    >>> fit.estimate.round(4).tolist(), fit.df
    ([1.5, 3.5], 2.0)
    """

    outcome: str
    terms: tuple[str, ...]
    estimate: Array
    vcov: Array = field(repr=False)
    df: float
    n: int
    n_missing: int
    n_clusters: int
    n_strata: int
    population: float
    conf_level: float
    converged: bool = True
    behind: Array = field(default_factory=lambda: np.empty(0), repr=False)

    def tidy(self) -> pd.DataFrame:
        """One row a coefficient, without an interval where one cluster carries it.

        Returns
        -------
        pd.DataFrame
            One row a coefficient, without an interval where one cluster carries it.
        """
        return support.withheld(super().tidy(), self.behind)

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return "weighted least squares, errors by linearisation over clusters within strata"

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
            f"{self.outcome}: {self.method}; {self.n:,} rows in {self.n_clusters:,} clusters and {self.n_strata:,} "
            f"strata represent {self.population:,.0f}; {self.n_missing:,} rows left out for missing values, t with "
            f"{self.df:g} degrees of freedom.{support.few_words(fewest)} The coefficients are those that least squares "
            "would give in the whole population. A model describes association; the study design decides what more it "
            "can show."
        )


def fit_survey_regression(
    frame: pd.DataFrame,
    *,
    outcome: str,
    terms: Terms,
    weight: str,
    strata: str | None = None,
    cluster: str | None = None,
    population_clusters: str | None = None,
    conf_level: float = 0.95,
) -> SurveyRegressionFit:
    """Least squares for a population from a survey with weights, strata and clusters.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an answer. Rows with a missing value in a named column are left out and counted.
    outcome : str
        Numeric or yes/no column.
    terms : Terms
        Names and terms, or one text such as ``"x + C(need)"`` (see ``as_terms``); an intercept is added.
    weight : str
        Column of weights above zero: how many of the population a row represents.
    strata : str | None, optional
        Column of the strata; by default there is one.
    cluster : str | None, optional
        Column of the clusters that were sampled first; by default each row was. They may be numbered afresh in each
        stratum.
    population_clusters : str | None, optional
        Column with how many clusters the stratum has in the population, for sampling without replacement.
    conf_level : float, default 0.95
        Level of the intervals, t with clusters less strata, less the coefficients after the first.

    Returns
    -------
    SurveyRegressionFit
        The coefficients, as ``svyglm`` of R's survey gives them for a linear model.

    Raises
    ------
    EstimationError
        A weight that is not above zero, a stratum with one cluster, fewer clusters in the population than sampled,
        columns that others determine, too few rows or clusters for the coefficients.
    CoverageError
        A column is not there.

    Notes
    -----
    With A the weighted cross-products of the terms, a row's part in the coefficients is its weight times its residual
    times its terms, times the inverse of A. The parts are summed over clusters, whose squares around their stratum's
    mean make the covariance as in ``survey_estimate``.

    References
    ----------
    - Binder, D. A. (1983). International Statistical Review 51, 279-292.
    - Lumley, T. (2004). Journal of Statistical Software 9(8).

    Examples
    --------
    A difference of two weighted means, 1.5 and 5:

    >>> f = pd.DataFrame({"y": [1.0, 2, 3, 6], "x": [0, 0, 1, 1], "w": [10.0, 10, 10, 20]})
    >>> fit_survey_regression(f, outcome="y", terms="x", weight="w").tidy()["estimate"].round(4).tolist()
    [1.5, 3.5]
    """
    check_arguments(fit_survey_regression, locals())
    check_level(conf_level)
    held = as_terms(frame, terms)
    s = read_survey(frame, [outcome, *term_columns(held)], weight, strata, cluster, population_clusters)
    names, x = design(s.rows, held)
    y = numbers(s.rows, outcome)
    middle = float(np.median(y))
    basis = settled_columns(x)
    weighted = basis.z * (s.weight / s.weight.mean())[:, None]
    gram = weighted.T @ basis.z
    a = np.linalg.solve(gram, weighted.T @ (y - middle))
    left = y - middle - basis.z @ a
    parts = np.linalg.solve(gram, (weighted * left[:, None]).T).T
    df = float(len(s.of_place) - s.n_strata - (len(names) - 1))
    if df < 1:
        raise EstimationError(
            f"{len(s.of_place)} clusters in {s.n_strata} strata leave no degrees of freedom for {len(names)} "
            "coefficients.",
            fix=f"Use at least {plural(int(1 - df), 'term')} fewer, or merge strata.",
            code="TOO-FEW-CLUSTERS",
        )
    b = np.array(basis.back(a))
    b[0] += middle
    root = basis.z * np.sqrt(s.weight / s.weight.mean())[:, None]
    return SurveyRegressionFit(
        outcome=outcome,
        terms=tuple(names),
        estimate=frozen(b),
        vcov=frozen(basis.back_cov(s.covariance(parts))),
        df=df,
        n=len(s.rows),
        n_missing=s.n_missing,
        n_clusters=len(s.of_place),
        n_strata=s.n_strata,
        population=float(s.weight.sum()),
        conf_level=conf_level,
        behind=frozen(support.behind(support.leverages(cluster_grams(root, s.place), turn=basis.turn), x, s.place)),
    )
