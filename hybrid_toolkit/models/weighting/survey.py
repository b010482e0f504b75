"""Means and totals from a survey with weights, strata and clusters, by linearisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.terms.arguments import check_arguments, numbers
from hybrid_toolkit.models.terms.design_matrix import codes, complete_rows
from hybrid_toolkit.models.terms.result_rows import (
    as_names,
    check_choice,
    check_level,
    frozen,
    tidy_rows,
)
from hybrid_toolkit.result import ResultBase

SURVEY_FIGURES = {"mean": "weighted mean", "total": "weighted total"}
"""What is estimated."""


class SurveyResult(ResultBase):
    """What estimates from a sample of clusters within strata show alike, whatever was estimated."""

    terms: tuple[str, ...]
    estimate: Array
    vcov: Array
    df: float
    n: int
    conf_level: float

    def tidy(self) -> pd.DataFrame:
        """One row an estimate.

        Returns
        -------
        pd.DataFrame
            One row an estimate.
        """
        error = np.sqrt(np.clip(np.diagonal(self.vcov), 0, None))
        return tidy_rows(self.terms, self.estimate, error, n=self.n, conf_level=self.conf_level, df=self.df)

    def glance(self) -> pd.DataFrame:
        """One row: rows, clusters, strata, sum of the weights, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: rows, clusters, strata, sum of the weights, method, convergence.
        """
        keep = ("n", "n_missing", "n_clusters", "n_strata", "population", "df", "method", "converged")
        return pd.DataFrame([{name: getattr(self, name) for name in keep}])


@dataclass(frozen=True, eq=False)
class SurveyEstimates(SurveyResult):
    """Figures of a population from a survey of it.

    Parameters
    ----------
    terms : tuple[str, ...]
        Names of the k figures.
    estimate : Array
        The k figures.
    vcov : Array
        Their k x k covariance.
    df : float
        Degrees of freedom of their t: clusters less strata.
    figure : str
        Key of ``SURVEY_FIGURES``.
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

    Examples
    --------
    >>> f = pd.DataFrame({"y": [1.0, 2, 3, 4], "w": [10.0, 10, 10, 20]})
    >>> found = survey_estimate(f, outcomes="y", weight="w", figure="total")
    >>> found.estimate.tolist(), found.population
    ([140.0], 50.0)
    """

    terms: tuple[str, ...]
    estimate: Array
    vcov: Array = field(repr=False)
    df: float
    figure: str
    n: int
    n_missing: int
    n_clusters: int
    n_strata: int
    population: float
    conf_level: float
    converged: bool = True

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return f"{SURVEY_FIGURES[self.figure]}, errors by linearisation over clusters within strata"

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        return (
            f"{self.method}; {self.n:,} rows in {self.n_clusters:,} clusters and {self.n_strata:,} strata stand for "
            f"{self.population:,.0f}; {self.n_missing:,} rows left out for missing values, t with {self.df:g} degrees "
            "of freedom. The weights allow for who was sampled, and for who answered only as far as they were made to."
        )


def survey_estimate(
    frame: pd.DataFrame,
    *,
    outcomes: str | Sequence[str],
    weight: str,
    figure: str = "mean",
    strata: str | None = None,
    cluster: str | None = None,
    population_clusters: str | None = None,
    conf_level: float = 0.95,
) -> SurveyEstimates:
    """Means or totals of a population from a survey with weights, strata and clusters.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an answer. Rows with a missing value in a named column are left out and counted.
    outcomes : str | Sequence[str]
        Columns of numbers or yes/no.
    weight : str
        Column of weights above zero: how many of the population a row stands for.
    figure : str, default "mean"
        ``"mean"`` or ``"total"``.
    strata : str | None, optional
        Column of the strata; by default there is one.
    cluster : str | None, optional
        Column of the clusters that were sampled first; by default each row was. They may be numbered afresh in each
        stratum.
    population_clusters : str | None, optional
        Column with how many clusters the stratum has in the population, for sampling without replacement.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    SurveyEstimates
        The figures, as ``svymean`` and ``svytotal`` of R's survey give them.

    Raises
    ------
    EstimationError
        A weight that is not above zero, a stratum with one cluster, fewer clusters in the population than sampled,
        another figure.
    CoverageError
        A column is not there.

    Notes
    -----
    With z a row's part of the figure summed over its cluster, and m clusters in stratum h of M in the population:
    the sum over strata of ``(1 - m / M) m / (m - 1)`` times the squares of z around their mean.

    References
    ----------
    - Lumley, T. (2004). Journal of Statistical Software 9(8).
    - Binder, D. A. (1983). International Statistical Review 51, 279-292.

    Examples
    --------
    >>> f = pd.DataFrame({"y": [1.0, 2, 3, 4], "w": [10.0, 10, 10, 10], "team": list("aabb")})
    >>> found = survey_estimate(f, outcomes="y", weight="w", cluster="team")
    >>> found.tidy()[["estimate", "std_error"]].round(4).values.tolist()
    [[2.5, 1.0]]
    """
    check_arguments(survey_estimate, locals())
    check_level(conf_level)
    check_choice("figure", figure, ("mean", "total"))
    names = as_names(outcomes, "outcomes")
    s = read_survey(frame, [*names], weight, strata, cluster, population_clusters)
    y = np.column_stack([numbers(s.rows, c) for c in names])
    middle = np.median(y, axis=0)
    total = s.weight.sum()
    mean = middle + s.weight @ (y - middle) / total
    if figure == "mean":
        estimate, z = mean, s.weight[:, None] * (y - mean) / total
    else:
        estimate, z = mean * total, s.weight[:, None] * y
    return s.figures(names, estimate, z, figure, conf_level)


@dataclass(frozen=True, eq=False)
class SurveyRows:
    """The complete rows of a survey and where they were sampled."""

    rows: pd.DataFrame = field(repr=False)
    weight: Array = field(repr=False)
    stratum: Codes = field(repr=False)
    place: Codes = field(repr=False)
    of_place: Codes = field(repr=False)
    share: Array = field(repr=False)
    n_missing: int

    def figures(self, names: Sequence[str], estimate: Array, z: Array, figure: str, level: float) -> SurveyEstimates:
        """The figures, whose rows' parts are ``z``, with their covariance."""
        count = len(self.of_place)
        return SurveyEstimates(
            terms=tuple(names),
            estimate=frozen(estimate),
            vcov=frozen(self.covariance(z)),
            df=float(count - self.n_strata),
            figure=figure,
            n=len(self.rows),
            n_missing=self.n_missing,
            n_clusters=count,
            n_strata=self.n_strata,
            population=float(self.weight.sum()),
            conf_level=level,
        )

    @property
    def n_strata(self) -> int:
        """Strata."""
        return len(self.share)

    def covariance(self, z: Array) -> Array:
        """Covariance of figures whose rows' parts are ``z``: rows x k."""
        count = len(self.of_place)
        sums = np.column_stack([np.bincount(self.place, weights=c, minlength=count) for c in z.T])
        sampled = np.bincount(self.of_place).astype(np.float64)
        mean = np.column_stack([np.bincount(self.of_place, weights=c) for c in sums.T]) / sampled[:, None]
        around = sums - mean[self.of_place]
        factor = ((1 - self.share) * sampled / (sampled - 1))[self.of_place]
        return np.asarray((factor[:, None] * around).T @ around)


def read_survey(
    frame: pd.DataFrame,
    columns: list[str],
    weight: str,
    strata: str | None,
    cluster: str | None,
    population_clusters: str | None,
) -> SurveyRows:
    """The complete rows of a survey, with their clusters and strata.

    Raises
    ------
    EstimationError
        See ``survey_estimate``.
    """
    extra = [c for c in (weight, strata, cluster, population_clusters) if c is not None]
    rows = complete_rows(frame, [*columns, *extra])
    if rows.empty:
        raise EstimationError("no row is complete.", fix="Fill at least 1 row.", code="TOO-FEW-ROWS")
    w = numbers(rows, weight)
    bad = int((w <= 0).sum())
    if bad:
        raise EstimationError(
            f"column '{weight}' holds {plural(bad, 'weight that is', 'weights that are')} not above zero.",
            fix="Leave these rows out, or give each the number of people that it stands for.",
            code="WEIGHTS",
        )
    stratum = codes(rows, strata) if strata else np.zeros(len(rows), dtype=np.intp)
    unit = codes(rows, cluster) if cluster else np.arange(len(rows))
    found, place = np.unique(stratum * (int(unit.max()) + 1) + unit, return_inverse=True)
    of_place = found // (int(unit.max()) + 1)
    sampled = np.bincount(of_place)
    alone = int((sampled < 2).sum())
    if alone:
        raise EstimationError(
            f"{alone} of {len(sampled)} strata have one sampled cluster, which cannot show how far clusters differ.",
            fix="Merge each of these strata with 1 that resembles it.",
            code="STRATUM-ALONE",
        )
    share = np.zeros(len(sampled))
    if population_clusters is not None:
        of_stratum = np.zeros(len(sampled))
        many = numbers(rows, population_clusters)
        of_stratum[stratum] = many
        mixed, few = int((of_stratum[stratum] != many).sum()), int((of_stratum < sampled).sum())
        if mixed or few:
            raise EstimationError(
                f"column '{population_clusters}' differs within a stratum in {plural(mixed, 'row')}, and is less than "
                f"the sampled clusters in {few} of {len(sampled)} strata.",
                fix="Set it to how many clusters the stratum has in the population, at least those sampled.",
                code="POPULATION-CLUSTERS",
            )
        share = sampled / of_stratum
    return SurveyRows(rows, w, stratum, place, of_place, share, len(frame) - len(rows))
