"""A slope for each group, pooled in part towards their mean: for whom does it hold, without chasing noise?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.linear.linear import fit_linear
from hybrid_toolkit.models.multilevel.slope_pool import SlopePool, evened
from hybrid_toolkit.models.terms.arguments import check_arguments, left_out_words, numbers
from hybrid_toolkit.models.terms.design_matrix import codes, complete_rows
from hybrid_toolkit.models.terms.result_rows import as_names, as_terms, check_level, term_columns, tidy_rows
from hybrid_toolkit.models.terms.terms import Category, Column, Terms
from hybrid_toolkit.result import SIGNS, ResultBase

LEAST_GROUPS = 3


@dataclass(frozen=True, eq=False)
class PooledSlopesFit(ResultBase):
    """Slopes of groups before and after pooling, their mean and their spread.

    Parameters
    ----------
    outcome : str
        Column of the outcome.
    exposure : str
        Column of the exposure.
    group : str
        Column of the group.
    slopes : pd.DataFrame
        A row a group: group, n, alone, alone_error, pooled, pooled_error, conf_low, conf_high, weight (how much of the
        group's own slope is kept, 0 to 1).
    mean : float
        The mean slope over groups.
    mean_error : float
        Its standard error (Hartung and Knapp).
    df : float
        Degrees of freedom.
    sd_random : float
        Standard deviation of the true slopes over groups; 0 where they differ no more than by chance.
    heterogeneity : tuple[float, int, float]
        Q, its degrees of freedom, and the p-value that all slopes are one.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_clusters : int
        Number of clusters.
    conf_level : float
        Level of the intervals.
    converged : bool, default True
        Always True here: one variance is searched for, in an interval that holds its optimum.
    dropped : tuple[str, ...], optional
        Levels of covariates that other columns determine, left out of the fit.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> stage, team = np.arange(1200) % 4, np.arange(1200) // 40
    >>> x = rng.normal(size=1200)
    >>> y = np.array([0.0, 0.2, 0.4, 0.6])[stage] * x + rng.normal(size=1200)
    >>> f = pd.DataFrame({"y": y, "x": x, "stage": stage, "team": team})
    >>> fit = fit_pooled_slopes(f, outcome="y", exposure="x", group="stage", cluster="team")
    >>> fit.slopes[["group", "pooled"]].round(1).values.tolist()[1:]
    [['1', 0.2], ['2', 0.3], ['3', 0.6]]
    """

    outcome: str
    exposure: str
    group: str
    slopes: pd.DataFrame = field(repr=False)
    mean: float
    mean_error: float
    df: float
    sd_random: float
    heterogeneity: tuple[float, int, float]
    n: int
    n_missing: int
    n_clusters: int
    conf_level: float
    converged: bool = True
    dropped: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return f"slopes of {len(self.slopes)} groups of {self.group}, pooled in part (empirical Bayes)"

    def tidy(self) -> pd.DataFrame:
        """The mean slope, then a row a group after pooling.

        Returns
        -------
        pd.DataFrame
            The mean slope, then a row a group after pooling.
        """
        s, level = self.slopes, self.conf_level
        first = tidy_rows(["mean slope"], [self.mean], [self.mean_error], n=self.n, conf_level=level, df=self.df)
        names = [f"{self.exposure} in {self.group} {g}" for g in s["group"]]
        rest = tidy_rows(names, s["pooled"], s["pooled_error"], n=s["n"], conf_level=level)
        rest = rest.assign(conf_low=s["conf_low"].to_numpy(), conf_high=s["conf_high"].to_numpy(), p_value=np.nan)
        return pd.concat([first, rest], ignore_index=True)

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, clusters, method, heterogeneity, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, clusters, method, heterogeneity, convergence.
        """
        q, df, p = self.heterogeneity
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_clusters": [self.n_clusters],
                "method": [self.method],
                "sd_random": [self.sd_random],
                "q": [q],
                "q_df": [df],
                "q_p": [p],
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
        p = self.heterogeneity[2]
        apart = "Slopes differ between groups" if p < SIGNS else "No sign that slopes differ between groups"
        return (
            f"{self.outcome}: {self.method}; {self.n:,} rows in {self.n_clusters} clusters, {self.n_missing:,} left "
            f"out.{left_out_words(self.dropped)} "
            f"Mean slope {self.mean:.3f}, spread over groups {self.sd_random:.3f}. {apart} (p = {p:.2f}). Each "
            "slope is drawn towards the mean by as much as it is uncertain; its interval has its level on average "
            "over groups, "
            "not for the one that stands out most. A model describes association."
        )


def fit_pooled_slopes(
    frame: pd.DataFrame,
    *,
    outcome: str,
    exposure: str,
    group: str,
    cluster: str,
    covariates: Terms = (),
    fixed_effects: str | Sequence[str] = (),
    conf_level: float = 0.95,
) -> PooledSlopesFit:
    """A slope a group by clustered least squares, then drawn towards their mean.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an observation; rows with a missing value are left out and counted.
    outcome : str
        Numeric column of the outcome.
    exposure : str
        Numeric column of the exposure.
    group : str
        Column of at least three groups, such as career stage.
    cluster : str
        Rows of one cluster depend on each other.
    covariates : Terms, optional
        Terms or columns that are held constant.
    fixed_effects : str | Sequence[str], optional
        Columns whose levels each get their own intercept; held constant.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    PooledSlopesFit
        A slope a group by clustered least squares, then drawn towards their mean.

    Raises
    ------
    EstimationError
        Fewer than three groups, an exposure that does not vary in a group, one cluster, a singular design.
    CoverageError
        A column is not there.

    Notes
    -----
    Random-effects pooling with the variance of slopes by restricted maximum likelihood. Intervals of the mean: Hartung
    and Knapp (2001), Statistics in Medicine 20, never narrower than without their factor. Intervals of groups add what
    is not known about the variance: Morris (1983), JASA 78, by
    averaging over its likelihood.

    References
    ----------
    - Hartung, J. and Knapp, G. (2001). Statistics in Medicine 20.
    - Morris, C. N. (1983). Journal of the American Statistical Association 78, 47-55.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> stage, team = np.arange(1200) % 4, np.arange(1200) // 40
    >>> x = rng.normal(size=1200)
    >>> y = np.array([0.0, 0.2, 0.4, 0.6])[stage] * x + rng.normal(size=1200)
    >>> f = pd.DataFrame({"y": y, "x": x, "stage": stage, "team": team})
    >>> fit = fit_pooled_slopes(f, outcome="y", exposure="x", group="stage", cluster="team")
    >>> round(fit.mean, 1), 0.1 < fit.sd_random < 0.6
    (0.3, True)
    """
    check_arguments(fit_pooled_slopes, locals())
    check_level(conf_level)
    held = as_terms(frame, covariates, what="covariates")
    fixed_effects = as_names(fixed_effects, "fixed_effects")
    rows = complete_rows(frame, [outcome, exposure, group, cluster, *fixed_effects, *term_columns(held)])
    levels = rows[group].iloc[np.unique(codes(rows, group), return_index=True)[1]].tolist()
    if len(levels) < LEAST_GROUPS:
        raise EstimationError(
            f"'{group}' has {plural(len(levels), 'group')} in the complete rows; pooling needs at least "
            f"{LEAST_GROUPS}.",
            fix="Compare two groups by a moderator instead.",
            code="GROUPS",
        )
    flat = int((rows.groupby(group)[exposure].nunique() < 2).sum())
    if flat:
        raise EstimationError(
            f"the exposure does not vary in {flat} of {plural(len(levels), 'group')}.",
            fix="Merge groups that are small.",
            code="SINGULAR",
        )
    own, made = _own_columns(rows, exposure, group, levels)
    fit = fit_linear(
        made,
        outcome=outcome,
        terms=[Category(group), *(Column(c) for c in own), *held],
        fixed_effects=fixed_effects,
        cluster=cluster,
        conf_level=conf_level,
    )
    at = [fit.index(c) for c in own]
    b, v, leverage = fit.estimate[at], fit.vcov[np.ix_(at, at)], fit.leverage[:, at]
    pooled = SlopePool(b, v, evened(np.diagonal(v), leverage.sum(axis=0), support.degrees(leverage)))
    free = float(min(len(levels) - 1, fit.df))
    means, errors, weight = pooled.groups()
    means, errors = means * pooled.unit, errors * pooled.unit
    half = stats.t.ppf(0.5 + conf_level / 2, fit.df) * errors
    table = {
        "group": [str(level) for level in levels],
        "n": rows.groupby(group).size().reindex(levels).to_numpy(),
        "alone": b,
        "alone_error": np.sqrt(np.diagonal(v)),
        "pooled": means,
        "pooled_error": errors,
        "conf_low": means - half,
        "conf_high": means + half,
        "weight": weight,
    }
    mean, error = (v * pooled.unit for v in pooled.mean(pooled.tau))
    return PooledSlopesFit(
        outcome=outcome,
        exposure=exposure,
        group=group,
        slopes=pd.DataFrame(table),
        mean=mean,
        mean_error=error * max(1.0, pooled.knapp()),
        df=free,
        sd_random=float(np.sqrt(pooled.tau)) * pooled.unit,
        heterogeneity=pooled.heterogeneity(),
        n=fit.n,
        n_missing=len(frame) - fit.n,
        n_clusters=fit.n_clusters,
        conf_level=conf_level,
        dropped=tuple(c for c in fit.dropped if not c.startswith(f"{group}[")),
    )


def _own_columns(rows: pd.DataFrame, exposure: str, group: str, levels: Sequence[object]) -> tuple[list[str], Any]:
    """The exposure as one column a group, 0 outside it, under names that no column has.

    Less its mean in the group, which that group's intercept takes up: far from zero, the columns would be the
    intercepts over again.
    """
    x, made = numbers(rows, exposure), {}
    for i, level in enumerate(levels):
        name = f"{exposure}_{i}"
        while name in rows:
            name += "_"
        inside = (rows[group] == level).to_numpy(dtype=bool)
        made[name] = np.where(inside, x - x[inside].mean(), 0.0)
    return list(made), rows.assign(**made)
