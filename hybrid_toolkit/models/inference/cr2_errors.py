"""Errors of a linear model with few clusters (CR2 with degrees of freedom of its own) or with clusters that cross.

The wild cluster bootstrap stands in ``wild_bootstrap``, randomisation inference in ``randomisation_inference``, and how
many clusters are too few for an interval in ``clusters``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.inference import clusters as g
from hybrid_toolkit.models.terms.arguments import check_arguments, left_out_words
from hybrid_toolkit.models.terms.design_matrix import DesignMatrix, prepare_matrix
from hybrid_toolkit.models.terms.prediction import PredictsMeans
from hybrid_toolkit.models.terms.result_rows import (
    NamedCoefficients,
    as_instruments,
    as_names,
    as_terms,
    check_level,
    frozen,
    tidy_rows,
)
from hybrid_toolkit.models.terms.terms import Term, Terms
from hybrid_toolkit.result import ResultBase

_NOTHING_LEFT = 1e-8
"""Of the identity less leverage: an eigenvalue below it is nought but for rounding, and has no inverse root."""
MAX_CROSSING = 400
"""Levels that a fixed effect which crosses clusters may have in ``fit_cr2``."""


@dataclass(frozen=True, eq=False)
class BiasReducedFit(NamedCoefficients, PredictsMeans, ResultBase):
    """Coefficients with bias-reduced clustered errors (CR2), each with degrees of freedom of its own.

    Parameters
    ----------
    terms : tuple[str, ...]
        Names of the k coefficients.
    estimate : Array
        The k coefficients.
    std_error : Array
        Their standard errors.
    df : Array
        Their degrees of freedom.
    vcov : Array
        The k x k variance.
    outcome : str
        Column of the outcome.
    cluster : str
        Column of the cluster.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_clusters : int
        Number of clusters.
    method : str
        What was fitted, in words.
    conf_level : float
        Level of the intervals.
    behind : Array
        The k clusters on the smaller side of each coefficient, or effective ones (see ``support``); one that rests on a
        single cluster has no interval.
    converged : bool, default True
        Always True here: least squares is solved, not searched for.
    model_terms : tuple[Term, ...] | None, optional
        The terms, each category with the levels of the rows used; None where there is no mean to predict.
    taken_out : int, default 0
        Coefficients that are fitted and not given: intercepts of fixed effects, and columns of no interest.
    dropped : tuple[str, ...], optional
        Levels of categories that other columns determine, left out of the fit.

    Examples
    --------
    >>> from hybrid_toolkit.models import Column
    >>> f = pd.DataFrame({"y": [1.0, 3, 2, 4, 5, 7, 7, 9], "d": [0] * 4 + [1] * 4, "team": list("aabbccdd")})
    >>> row = fit_cr2(f, outcome="y", terms=[Column("d")], cluster="team").tidy().iloc[1]
    >>> fit = fit_cr2(f, outcome="y", terms=["d"], cluster="team")
    >>> print(fit.tidy()[["term", "estimate", "conf_low", "conf_high"]].round(2).to_string(index=False))
           term  estimate  conf_low  conf_high
    (Intercept)       2.5     -3.85       8.85
              d       4.5     -0.31       9.31
    """

    terms: tuple[str, ...]
    estimate: Array
    std_error: Array
    df: Array
    vcov: Array
    outcome: str
    cluster: str
    n: int
    n_missing: int
    n_clusters: int
    method: str
    conf_level: float
    behind: Array = field(repr=False)
    converged: bool = True
    model_terms: tuple[Term, ...] | None = field(default=None, repr=False)
    taken_out: int = 0
    dropped: tuple[str, ...] = ()

    def tidy(self, *, unit: str = "") -> pd.DataFrame:
        """One row a coefficient: the columns of ``TIDY_COLUMNS``, ``df`` and ``clusters_behind``.

        Parameters
        ----------
        unit : str, optional
            Unit of the estimates.

        Returns
        -------
        pd.DataFrame
            One row a coefficient: the columns of ``TIDY_COLUMNS``, ``df`` and ``clusters_behind``.
        """
        rows = tidy_rows(
            self.terms, self.estimate, self.std_error, n=self.n, conf_level=self.conf_level, df=self.df, unit=unit
        )
        return g.withheld(rows.assign(df=self.df), self.behind)

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, clusters, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, clusters, method, convergence.
        """
        names = ("n", "n_missing", "n_clusters", "method", "converged")
        row = pd.DataFrame({name: [getattr(self, name)] for name in names})
        return row.assign(clusters_behind=self._fewest)

    @property
    def _fewest(self) -> float:
        slopes = [c for c, name in zip(self.behind, self.terms, strict=True) if name != "(Intercept)"]
        return float(min(slopes, default=self.n_clusters))

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        return (
            f"{self.outcome}: {self.method}; {self.n:,} rows in {self.n_clusters} clusters, {self.n_missing:,} left "
            f"out for missing values. Each coefficient has its own degrees of freedom, from {self.df.min():.1f} to "
            f"{self.df.max():.1f}; under about 4 an interval leans on errors that are "
            f"normal.{g.few_words(self._fewest, holds=True)}{left_out_words(self.dropped)} "
            "A model describes association."
        )


def fit_cr2(
    frame: pd.DataFrame,
    *,
    outcome: str,
    terms: Terms,
    cluster: str,
    fixed_effects: str | Sequence[str] = (),
    instruments: Mapping[str, Terms] | None = None,
    conf_level: float = 0.95,
) -> BiasReducedFit:
    """The model of ``fit_linear`` with CR2 errors and Satterthwaite degrees of freedom, for few or unequal clusters.

    Parameters are those of ``fit_linear``. With instruments the fitted first stage takes the place of the regressors,
    as clubSandwich does for its ivreg objects.

    Parameters
    ----------
    frame : pd.DataFrame
        The data frame.
    outcome : str
        Column of the outcome.
    terms : Terms
        Regressors; an intercept is added where there is no fixed effect.
    cluster : str
        Column of the clusters.
    fixed_effects : str | Sequence[str], optional
        Columns whose levels each get their own intercept.
    instruments : Mapping[str, Terms] | None, optional
        Coefficient name -> terms that stand in for it in the first stage.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    BiasReducedFit
        The model of ``fit_linear`` with CR2 errors and Satterthwaite degrees of freedom, for few or unequal clusters.

    Raises
    ------
    EstimationError
        See ``fit_linear``; or a fixed effect that crosses clusters has over 400 levels.
    CoverageError
        A column is not there.

    Notes
    -----
    Bell and McCaffrey (2002), Survey Methodology 28; Pustejovsky and Tipton (2018), Journal of Business & Economic
    Statistics 36, eq. 6 and 11, with an identity working model. Where a cluster determines a coefficient by itself the
    generalised inverse root is used. Everything follows from k x k cross-products: with H_gg = Y Y', Y'Y = U L U',
    (I - H_gg)^(-1/2) Y = Y U (1 - L)^(-1/2) U'.

    References
    ----------
    - Bell, R. M. and McCaffrey, D. F. (2002). Survey Methodology 28, 169-181.
    - Pustejovsky, J. E. and Tipton, E. (2018). Journal of Business & Economic Statistics 36, 672-683.

    Examples
    --------
    Two clusters of one arm against two of the other, of equal size: a t test on cluster means, with 2 degrees.

    >>> from hybrid_toolkit.models import Column
    >>> f = pd.DataFrame({"y": [1.0, 3, 2, 4, 5, 7, 7, 9], "d": [0] * 4 + [1] * 4, "team": list("aabbccdd")})
    >>> row = fit_cr2(f, outcome="y", terms=[Column("d")], cluster="team").tidy().iloc[1]
    >>> [round(float(v), 6) for v in (row["estimate"], row["std_error"] ** 2, row["df"])]
    [4.5, 1.25, 2.0]
    """
    check_arguments(fit_cr2, locals())
    check_level(conf_level)
    used, stand_ins = as_terms(frame, terms), as_instruments(frame, instruments)
    fixed_effects = as_names(fixed_effects, "fixed_effects")
    p = _without_crossing(prepare_matrix(frame, outcome, used, cluster, fixed_effects, stand_ins))
    total = p.grams.sum(axis=0)
    b = g.solve_crossproducts(total, p.layout)
    x, scores = _projected(p, total, b)
    keep = np.array([i for i, name in enumerate(p.x_names) if name not in p.nuisance])
    vcov, df = cr2_variance(x, scores, p.turn[keep])
    how = "two-stage least squares" if instruments else "least squares"
    within = f" within {' and '.join(fixed_effects)}" if fixed_effects else ""
    return BiasReducedFit(
        terms=tuple(p.x_names[i] for i in keep),
        estimate=frozen(p.back(b)[keep]),
        std_error=frozen(np.sqrt(np.clip(np.diagonal(vcov), 0, None))),
        df=frozen(df),
        vcov=frozen(vcov),
        outcome=outcome,
        cluster=cluster,
        n=p.n,
        n_missing=len(frame) - p.n,
        n_clusters=len(p.grams),
        method=f"{how}{within}, errors clustered on {cluster} (CR2, Satterthwaite)",
        conf_level=conf_level,
        model_terms=None if fixed_effects or stand_ins else p.model_terms,
        behind=frozen(np.minimum(p.sides[keep], g.effective(g.leverages(x, keep, turn=p.turn)))),
        taken_out=p.n_coefficients - len(keep),
        dropped=p.dropped,
    )


def _without_crossing(p: DesignMatrix) -> DesignMatrix:
    """The same fit with a fixed effect that crosses clusters as 0/1 columns; one within clusters stays taken out."""
    if p.absorbed is None or p.spells is None or p.spells.whole:
        return p
    levels = int(p.absorbed.max()) + 1
    if levels > MAX_CROSSING:
        raise EstimationError(
            f"a fixed effect with {levels} levels crosses clusters; CR2 takes at most {MAX_CROSSING} such levels.",
            fix="Use the wild cluster bootstrap, or cluster so that each level lies in one cluster.",
            code="CR2-CROSSING",
        )
    dummies = (p.absorbed[:, None] == np.arange(levels)).astype(np.float64)
    raw = np.column_stack([p.raw, dummies])
    added = np.arange(raw.shape[1] - levels, raw.shape[1])
    layout = g.CrossProductLayout(np.concatenate([added, p.layout.x]), np.concatenate([added, p.layout.z]), p.layout.y)
    names = tuple(f"level#{i}" for i in range(levels))
    wide = np.eye(levels + len(p.r))
    wide[levels:, levels:] = p.r  # the way back of the new columns is left out: their coefficients are of no use
    return replace(
        p,
        r=wide,
        order=np.concatenate([np.arange(levels), levels + p.order]),
        first=np.concatenate([np.zeros(levels), p.first]),
        beside=raw,
        crossed=None,
        spells=None,
        grams=g.cluster_grams(raw, p.clusters),
        layout=layout,
        x_names=(*names, *p.x_names),
        nuisance=p.nuisance | set(names),
        sides=np.concatenate([np.full(levels, np.inf), p.sides]),
        absorbed=None,
    )


def _projected(p: DesignMatrix, total: Array, b: Array) -> tuple[Array, Array]:
    """Cross-products of the (first-stage fitted) regressors by cluster, and their products with the residuals."""
    lay = p.layout
    zx = p.grams[:, lay.z[:, None], lay.x[None, :]]
    raw_scores = p.grams[:, lay.z, lay.y] - zx @ b
    if not lay.iv:
        return p.grams[:, lay.x[:, None], lay.x[None, :]], raw_scores
    pi = g.inverse(total[np.ix_(lay.z, lay.z)]) @ total[np.ix_(lay.z, lay.x)]
    return pi.T @ p.grams[:, lay.z[:, None], lay.z[None, :]] @ pi, raw_scores @ pi


def cr2_variance(x: Array, scores: Array, turn: Array) -> tuple[Array, Array]:
    """CR2 variance and Satterthwaite degrees of freedom from clusters' cross-products and scores.

    Parameters
    ----------
    x : Array
        Clusters x k x k; each cluster's X'X.
    scores : Array
        Clusters x k; each cluster's X'u, u the residuals.
    turn : Array
        m x k; the m coefficients that are asked for, from those of X.

    Returns
    -------
    tuple[Array, Array]
        Their m x m variance and their m degrees of freedom.
    """
    root, w = _adjusted(x)
    return _variance(x, root, w, scores, turn)


def _adjusted(x: Array) -> tuple[Array, Array]:
    """A root S of (X'X)^-1 = S S', and for each cluster W_g with A_g X_g S = X_g S W_g."""
    values, vectors = np.linalg.eigh(g.inverse(x.sum(axis=0)))
    root = vectors * np.sqrt(np.clip(values, 0, None))
    out = []
    for block in root.T @ x @ root:
        share, u = np.linalg.eigh(block)
        left = 1 - share
        f = np.where(left > _NOTHING_LEFT, 1 / np.sqrt(np.where(left > _NOTHING_LEFT, left, 1.0)), 0.0)
        out.append((u * f) @ u.T)
    return root, np.stack(out)


def _variance(x: Array, root: Array, w: Array, scores: Array, turn: Array) -> tuple[Array, Array]:
    """CR2 variance of the coefficients that ``turn`` leads to, and the Satterthwaite degrees of freedom of each."""
    adjusted = (root @ w @ root.T) @ scores[..., None]  # S W_g S' X_g'u_g = (X'X)^-1 X_g' A_g u_g
    adjusted = adjusted[..., 0] @ turn.T
    vcov: Array = adjusted.T @ adjusted
    bread = root @ root.T
    df = np.empty(len(turn))
    for j, weights in enumerate(turn):
        c = (root @ w @ root.T) @ weights  # a_g = X_g c_g
        xb = np.einsum("gij,gj->gi", x, c)
        omega = np.diag(np.einsum("gi,gi->g", c, xb)) - xb @ bread @ xb.T
        square = float((omega**2).sum())
        df[j] = np.trace(omega) ** 2 / square if square > 0 else np.nan
    return vcov, df
