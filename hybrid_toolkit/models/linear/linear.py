"""Linear models with fixed effects, instruments and clustered intervals, behind one face; and what they leave over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.inference import clusters as g
from hybrid_toolkit.models.terms.arguments import check_arguments, left_out_words
from hybrid_toolkit.models.terms.design_matrix import complete_rows, prepare_matrix
from hybrid_toolkit.models.terms.prediction import PredictsMeans
from hybrid_toolkit.models.terms.result_rows import NamedCoefficients, as_instruments, as_names, as_terms, frozen
from hybrid_toolkit.models.terms.terms import Term, Terms
from hybrid_toolkit.result import TIDY_COLUMNS, ResultBase

VARIANCES: Mapping[str, str] = MappingProxyType(
    {
        "jackknife": "leave-one-cluster-out jackknife (CV3)",
        "sandwich": "cluster-robust sandwich (CV1)",
        "two-way": "two-way cluster-robust sandwich (Cameron, Gelbach and Miller 2011)",
    }
)
"""The clustered variances: the jackknife is the safer one with few or unequal clusters; two-way by ``fit_two_way``."""
_ONE_WAY = ("jackknife", "sandwich")
_FEW_CLUSTERS = 40
"""With fewer, a sandwich is told to be too narrow."""


@dataclass(frozen=True, eq=False)
class LinearFit(NamedCoefficients, PredictsMeans, ResultBase):
    """A fitted linear model: arrays only.

    Parameters
    ----------
    terms : tuple[str, ...]
        Names of the k coefficients.
    estimate : Array
        The k coefficients, in units of the outcome for each unit of the term.
    vcov : Array
        The k x k clustered variance.
    df : int
        Clusters less one, the degrees of freedom of a sandwich's t; a jackknife's are those of ``degrees``.
    conf_level : float
        Level of the intervals.
    outcome : str
        Column of the outcome.
    cluster : str
        Column of the cluster.
    fixed_effects : tuple[str, ...]
        Column names that were taken out.
    instrumented : tuple[str, ...]
        Coefficient names that were instrumented.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_clusters : int
        Number of clusters.
    variance : str
        Key of ``VARIANCES``.
    left_out : Array
        Clusters x k coefficients, each cluster left out in turn.
    first_stage_f : float | None
        Smallest cluster-robust F of the excluded instruments, or None.
    r2_within : float
        Share of the outcome's variance (after fixed effects) that the fitted values account for.
    dropped : tuple[str, ...]
        Levels of categories that other columns determine, left out of the fit.
    leverage : Array
        Clusters x k partial leverages; see ``support``.
    behind : Array
        The k clusters on the smaller side, or effective ones; a coefficient that rests on one has no interval.
    converged : bool, default True
        Always True here: least squares is solved, not searched for.
    model_terms : tuple[Term, ...] | None, optional
        The terms, each category with the levels of the rows used; None where there is no mean to predict.
    taken_out : int, default 0
        Coefficients that are fitted and not given: intercepts of fixed effects, and columns of no interest.

    Examples
    --------
    >>> f = pd.DataFrame({"y": [1.0, 3, 5, 11, 13, 15], "x": [0.0, 1, 2, 0, 1, 2], "team": list("aaabbb")})
    >>> fit = fit_linear(f, outcome="y", terms=["x"], fixed_effects="team", cluster="team")
    >>> fit.terms, fit.n, fit.n_clusters
    (('x',), 6, 2)
    >>> fit.prose().split(";")[0]
    'y: least squares within team, clustered on team'
    """

    terms: tuple[str, ...]
    estimate: Array
    vcov: Array
    df: int
    conf_level: float
    outcome: str
    cluster: str
    fixed_effects: tuple[str, ...]
    instrumented: tuple[str, ...]
    n: int
    n_missing: int
    n_clusters: int
    variance: str
    left_out: Array = field(repr=False)
    first_stage_f: float | None
    r2_within: float
    dropped: tuple[str, ...]
    leverage: Array = field(repr=False)
    behind: Array = field(repr=False)
    converged: bool = True
    model_terms: tuple[Term, ...] | None = field(default=None, repr=False)
    taken_out: int = 0

    def combine(self, weights: Mapping[str, float], *, term: str, unit: str = "") -> pd.DataFrame:
        """One tidy row for a weighted sum of coefficients, such as a slope in one group.

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
            One tidy row for a weighted sum of coefficients, such as a slope in one group.

        Raises
        ------
        EstimationError
            A weight names no coefficient.
        """
        w = np.zeros(len(self.terms))
        for name, weight in weights.items():
            w[self.index(name)] = weight
        joined = g.joined(self.leverage, w)[:, None]
        clusters = np.minimum(self.behind[w != 0].sum(), g.effective(joined))
        b, var = np.array([w @ self.estimate]), np.array([w @ self.vcov @ w])
        return self._rows([term], b, var, unit, joined, clusters).drop(columns="clusters_behind")

    def tidy(self, *, unit: str = "") -> pd.DataFrame:
        """One row a coefficient: the columns of ``TIDY_COLUMNS`` and ``clusters_behind``.

        Parameters
        ----------
        unit : str, optional
            Unit of the estimates.

        Returns
        -------
        pd.DataFrame
            One row a coefficient: the columns of ``TIDY_COLUMNS`` and ``clusters_behind``.
        """
        return self._rows(list(self.terms), self.estimate, np.diagonal(self.vcov), unit, self.leverage, self.behind)

    def _rows(
        self, names: list[str], b: Array, var: Array, unit: str, leverage: Array, clusters: Array
    ) -> pd.DataFrame:
        df = g.degrees(leverage) if self.variance == "jackknife" else np.full(len(b), float(self.df))
        se = np.sqrt(np.clip(var, 0, None))
        half = stats.t.ppf(0.5 + self.conf_level / 2, df) * se
        with np.errstate(divide="ignore", invalid="ignore"):
            p = 2 * stats.t.sf(np.abs(b / se), df)
        values = (names, b, se, b - half, b + half, p, self.n, unit)
        return g.withheld(pd.DataFrame(dict(zip(TIDY_COLUMNS, values, strict=True))), clusters)

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, clusters, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, clusters, method, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_clusters": [self.n_clusters],
                "clusters_behind": [self._fewest],
                "method": [self.method],
                "variance": [VARIANCES[self.variance]],
                "df": [self.df],
                "r2_within": [self.r2_within],
                "first_stage_f": [self.first_stage_f],
                "converged": [self.converged],
            }
        )

    @property
    def _fewest(self) -> float:
        """The least number of clusters behind a slope."""
        slopes = [c for c, name in zip(self.behind, self.terms, strict=True) if name != "(Intercept)"]
        return float(min(slopes, default=self.n_clusters))

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        how = "two-stage least squares" if self.instrumented else "least squares"
        within = f" within {' and '.join(self.fixed_effects)}" if self.fixed_effects else ""
        return f"{how}{within}, clustered on {self.cluster}"

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        narrow = self.variance == "sandwich" and self.n_clusters < _FEW_CLUSTERS
        few = " With few or unequal clusters they are too narrow: use the jackknife." if narrow else ""
        few += g.few_words(self._fewest, holds=self.variance == "jackknife")
        free = "effective clusters less one" if self.variance == "jackknife" else f"{self.df}"
        return (
            f"{self.outcome}: {self.method}; {self.n:,} rows in {self.n_clusters} clusters, {self.n_missing:,} rows "
            f"left out for missing values. Intervals: {VARIANCES[self.variance]}, t with {free} degrees of "
            f"freedom.{few}{left_out_words(self.dropped)} "
            "A model describes association; the study design decides what more it can show."
        )


def fit_linear(
    frame: pd.DataFrame,
    *,
    outcome: str,
    terms: Terms,
    cluster: str,
    fixed_effects: str | Sequence[str] = (),
    instruments: Mapping[str, Terms] | None = None,
    conf_level: float = 0.95,
    variance: str = "jackknife",
) -> LinearFit:
    """Least squares, or two-stage least squares, with fixed effects and clustered intervals.

    Solved from cross-products kept cluster by cluster, so the jackknife is exact and quick, with instruments too.
    ``fit_linear_pyfixest`` fits the same model with another engine.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an observation. Rows with a missing value in any named column are left out and counted.
    outcome : str
        Numeric or yes/no column.
    terms : Terms
        Names and terms, or one text such as ``"x + C(need)"`` (see ``as_terms``); an intercept is added where there is
        no fixed effect.
    cluster : str
        Column of the clusters; rows of one cluster may depend on each other.
    fixed_effects : str | Sequence[str], optional
        Columns whose levels each get their own intercept.
    instruments : Mapping[str, Terms] | None, optional
        Coefficient name -> terms that stand in for it in the first stage.
    conf_level : float, default 0.95
        Level of the intervals, between 0 and 1.
    variance : str, default "jackknife"
        ``"jackknife"`` (CV3), t with effective clusters - 1 of each coefficient, or ``"sandwich"`` (CV1), as published
        with t of clusters - 1. A coefficient that rests on one cluster gets no interval from either.

    Returns
    -------
    LinearFit
        A fitted linear model: arrays only.

    Raises
    ------
    EstimationError
        One cluster, too few rows, a column without variation of its own, an unknown variance.
    CoverageError
        A column is not there.

    Notes
    -----
    CV3 and CV1 as in MacKinnon, Nielsen and Webb (2023), Journal of Econometrics 232, eq. 11 and 15; effective
    clusters as in ``models/inference/clusters.py``.

    References
    ----------
    - MacKinnon, J. G., Nielsen, M. O. and Webb, M. D. (2023). Journal of Econometrics 232, 272-299.

    Examples
    --------
    Two teams whose outcome rises by exactly 2 for each unit of x:

    >>> f = pd.DataFrame({"y": [1.0, 3, 5, 11, 13, 15], "x": [0.0, 1, 2, 0, 1, 2], "team": list("aaabbb")})
    >>> fit = fit_linear(f, outcome="y", terms=["x"], fixed_effects="team", cluster="team")
    >>> round(float(fit.estimate[0]), 6), fit.n, fit.n_clusters
    (2.0, 6, 2)
    """
    check_arguments(fit_linear, locals())
    if variance not in _ONE_WAY:
        raise EstimationError(
            f"variance '{variance}' is unknown.", fix=f"Use one of: {', '.join(_ONE_WAY)}.", code="VARIANCE-UNKNOWN"
        )
    used, stand_ins = as_terms(frame, terms), as_instruments(frame, instruments)
    fixed_effects = as_names(fixed_effects, "fixed_effects")
    p = prepare_matrix(frame, outcome, used, cluster, fixed_effects, stand_ins)
    total = p.grams.sum(axis=0)
    a = g.solve_crossproducts(total, p.layout)
    b = p.back(a)
    left = p.back_left(p.left_out())
    if variance == "jackknife":
        vcov = g.jackknife(left, b)
    else:
        vcov = p.back_cov(g.crv1(p.grams, p.layout, a, n=p.n, k=p.n_parameters))
    keep = np.flatnonzero([name not in p.nuisance for name in p.x_names])
    leverage = g.leverages(g.fitted_crossproducts(p.grams, p.layout), keep, turn=p.turn)
    return LinearFit(
        terms=tuple(p.x_names[i] for i in keep),
        estimate=frozen(b[keep]),
        vcov=frozen(vcov[np.ix_(keep, keep)]),
        df=len(p.grams) - 1,
        conf_level=conf_level,
        outcome=outcome,
        cluster=cluster,
        fixed_effects=tuple(fixed_effects),
        instrumented=tuple(instruments or {}),
        n=p.n,
        n_missing=len(frame) - p.n,
        n_clusters=len(p.grams),
        variance=variance,
        left_out=frozen(left[:, keep]),
        first_stage_f=g.first_stage_f(p.grams, p.layout, n=p.n, k=p.n_parameters),
        r2_within=g.share_explained(total, p.layout, a, p.squares),
        dropped=p.dropped,
        model_terms=None if fixed_effects or stand_ins else p.model_terms,
        taken_out=p.n_coefficients - len(keep),
        leverage=frozen(leverage),
        behind=frozen(np.minimum(p.sides[keep], g.effective(leverage))),
    )


@dataclass(frozen=True, eq=False)
class LinearResiduals:
    """Residuals of a linear fit.

    Parameters
    ----------
    values : pd.Series[float]
        One a complete row, indexed as in the frame.
    df : int
        Residual degrees of freedom, fixed effects counted.
    std_error : Mapping[str, float]
        Classical error of each coefficient by name.
    """

    values: pd.Series[float] = field(repr=False)
    df: int
    std_error: Mapping[str, float]


def linear_residuals(
    frame: pd.DataFrame,
    *,
    outcome: str,
    terms: Terms,
    cluster: str,
    fixed_effects: str | Sequence[str] = (),
    instruments: Mapping[str, Terms] | None = None,
) -> LinearResiduals:
    """Residuals of the model of ``fit_linear``, whose parameters and errors these are.

    Examples
    --------
    >>> from hybrid_toolkit.models import Column
    >>> f = pd.DataFrame({"y": [0.0, 2, 1, 3], "x": [0.0, 1, 0, 1], "team": list("aabb")})
    >>> got = linear_residuals(f, outcome="y", terms=[Column("x")], cluster="team")
    >>> got.values.round(6).tolist(), got.df, round(got.std_error["x"], 4)
    ([-0.5, -0.5, 0.5, 0.5], 2, 0.7071)
    """
    lists, used = as_instruments(frame, instruments), as_terms(frame, terms)
    fixed_effects = as_names(fixed_effects, "fixed_effects")
    p = prepare_matrix(frame, outcome, used, cluster, fixed_effects, lists)
    m = p.raw if p.absorbed is None else g.demean(p.raw, p.absorbed)
    total = p.grams.sum(axis=0)
    b = g.solve_crossproducts(total, p.layout)
    left: Array = m[:, p.layout.y] - m[:, p.layout.x] @ b
    every = [*used, *(t for ts in lists.values() for t in ts)]
    index = complete_rows(frame, [outcome, cluster, *fixed_effects, *(c for t in every for c in t.columns)]).index
    levels = 0 if p.absorbed is None else int(p.absorbed.max()) + 1
    df = max(1, p.n - len(p.layout.x) - levels)
    inner = np.diagonal(p.back_cov(g.inverse(total[np.ix_(p.layout.x, p.layout.x)])))
    errors = np.sqrt(np.clip(inner * float(left @ left) / df, 0, None))
    return LinearResiduals(
        values=pd.Series(left, index=index),
        df=df,
        std_error={name: float(e) for name, e in zip(p.x_names, errors, strict=True) if name not in p.nuisance},
    )
