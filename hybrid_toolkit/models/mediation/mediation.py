"""How much of an association runs through a mediator: linear models, with an interaction where asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.columns.numeric_columns import settled_columns
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.mediation.mediation_decomposition import Split
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.design_matrix import codes, complete_rows
from hybrid_toolkit.models.terms.result_rows import (
    as_terms,
    check_choice,
    check_level,
    design,
    frozen,
    term_columns,
    tidy_rows,
    varying,
)
from hybrid_toolkit.models.terms.terms import Column, Interaction, Term, Terms
from hybrid_toolkit.result import ResultBase

_INTERVALS = {
    "monte-carlo": "coefficients drawn with the covariance of a leave-one-cluster-out jackknife, t reference",
    "jackknife": "leave-one-cluster-out jackknife, symmetric, t reference",
    "delta": "delta method on cluster-robust errors, t reference",
    "bootstrap": "percentiles of a bootstrap of whole clusters",
}
"""How the intervals are made. A product of two coefficients is not symmetric around its value: the intervals of the
jackknife and the delta method, which are, miss more often on one side. The delta method's are too narrow with few
clusters."""
_FEW_CLUSTERS = 40
_DRAWS = 10_000
"""Draws of the Monte Carlo interval."""
PLAIN = ("indirect", "direct", "total", "share mediated", "exposure to mediator", "mediator to outcome")
WITH_INTERACTION = (
    "total indirect",
    "pure direct",
    "total",
    "share mediated",
    "pure indirect",
    "total direct",
    "exposure to mediator",
    "mediator to outcome at low",
    "mediator to outcome at high",
)


@dataclass(frozen=True, eq=False)
class MediationFit(ResultBase):
    """Direct and indirect parts of a contrast of exposure.

    Parameters
    ----------
    outcome : str
        Column of the outcome.
    exposure : str
        Column of the exposure.
    mediator : str
        Column of the mediator.
    low : float
        The value of the exposure that is contrasted with ``high``.
    high : float
        The value of the exposure that is contrasted with ``low``.
    terms : tuple[str, ...]
        Names of the k rows.
    estimate : Array
        Estimates, in units of the outcome but for the share and the paths.
    std_error : Array
        Their standard errors.
    conf_low : Array
        Lower ends of their intervals.
    conf_high : Array
        Upper ends of their intervals.
    p_value : Array
        The p-values; one from draws is twice the smaller share of them on one side of zero.
    interaction : bool
        Whether the exposure moderates the mediator's slope.
    interval : str
        Key of ``_INTERVALS``.
    draws : int
        Draws, 0 where none are made.
    residual_correlation : float | None
        Correlation that the errors of mediator and outcome would need (an unmeasured common cause) for the indirect
        part to be zero; only without interaction.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_clusters : int
        Number of clusters.
    conf_level : float
        Level of the intervals.
    converged : bool, default True
        Always True here: least squares is solved, not searched for.
    behind : float, default inf
        Clusters that carry the slope of the exposure.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.integers(0, 2, 4000)
    >>> m = 0.5 * x + rng.normal(size=4000)
    >>> f = pd.DataFrame({"x": x, "m": m, "y": 0.4 * m + 0.3 * x + rng.normal(size=4000)})
    >>> fit = fit_mediation(f, outcome="y", exposure="x", mediator="m")
    >>> fit.tidy()[["term", "estimate"]].round(1).values.tolist()[:3]
    [['indirect', 0.2], ['direct', 0.3], ['total', 0.5]]
    """

    outcome: str
    exposure: str
    mediator: str
    low: float
    high: float
    terms: tuple[str, ...]
    estimate: Array
    std_error: Array = field(repr=False)
    conf_low: Array = field(repr=False)
    conf_high: Array = field(repr=False)
    p_value: Array = field(repr=False)
    interaction: bool
    interval: str
    draws: int
    residual_correlation: float | None
    n: int
    n_missing: int
    n_clusters: int
    conf_level: float
    converged: bool = True
    behind: float = np.inf

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return "two linear models" + (" with exposure by mediator" if self.interaction else "")

    def tidy(self) -> pd.DataFrame:
        """One row a part.

        Returns
        -------
        pd.DataFrame
            One row a part.
        """
        rows = tidy_rows(self.terms, self.estimate, self.std_error, n=self.n, conf_level=self.conf_level)
        rows = rows.assign(conf_low=self.conf_low, conf_high=self.conf_high, p_value=self.p_value)
        return rows if np.isinf(self.behind) else support.withheld(rows, np.full(len(rows), self.behind))

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
                "method": [self.method],
                "interval": [_INTERVALS[self.interval]],
                "draws": [self.draws],
                "residual_correlation": [self.residual_correlation],
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
        rho = (
            f" If something unmeasured correlated the errors of both models at {self.residual_correlation:.2f}, the "
            "indirect part would be zero."
            if self.residual_correlation is not None
            else ""
        )
        few = self.n_clusters < _FEW_CLUSTERS and self.interval in ("bootstrap", "delta")
        narrow = " With so few clusters they are too narrow." if few else ""
        return (
            f"{self.outcome}: the contrast of {self.exposure} from {self.low:g} to {self.high:g}, split by "
            f"{self.mediator}; {self.n:,} rows in {self.n_clusters:,} clusters, {self.n_missing:,} left out. "
            f"Intervals: {_INTERVALS[self.interval]}.{narrow}"
            f"{support.few_words(self.behind, holds=True)}{rho} The parts are effects only if nothing unmeasured "
            "stands behind exposure and outcome, mediator and outcome, or exposure and mediator, and no consequence of "
            "the exposure confounds the mediator: a randomised exposure does not give this."
        )


def fit_mediation(
    frame: pd.DataFrame,
    *,
    outcome: str,
    exposure: str,
    mediator: str,
    covariates: Terms = (),
    interaction: bool = False,
    contrast: tuple[float, float] = (0.0, 1.0),
    cluster: str | None = None,
    interval: str | None = None,
    draws: int = 2000,
    seed: int = 0,
    conf_level: float = 0.95,
) -> MediationFit:
    """Product of coefficients: exposure to mediator, mediator to outcome, and what is left over.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an observation; rows with a missing value are left out and counted.
    outcome : str
        Numeric or yes/no column of the outcome.
    exposure : str
        Numeric or yes/no column of the exposure.
    mediator : str
        Numeric or yes/no column of the mediator.
    covariates : Terms, optional
        Terms or columns in both models, such as common causes measured before the exposure.
    interaction : bool, default False
        Let the exposure moderate the mediator's slope; covariates are then held at their means.
    contrast : tuple[float, float], optional
        The two values of the exposure.
    cluster : str | None, optional
        Rows of one cluster depend on each other; default every row its own.
    interval : str | None, optional
        Key of ``_INTERVALS``; default Monte Carlo where a cluster is named, else the delta method. The standard error
        of Monte Carlo is the jackknife's.
    draws : int, default 2000
        Draws of the bootstrap.
    seed : int, default 0
        Seed of the bootstrap and of Monte Carlo.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    MediationFit
        Direct and indirect parts of a contrast of exposure.

    Raises
    ------
    EstimationError
        One cluster, a singular design (a mediator that the exposure determines), a constant outcome or mediator, a
        bootstrap whose draws are singular too often.
    CoverageError
        A column is not there.

    Notes
    -----
    Imai, Keele and Tingley (2010), Psychological Methods 15, 309-334; with interaction VanderWeele (2015),
    Explanation in Causal Inference, section 2.2. In linear models these are the interventional parts too. Monte
    Carlo intervals: MacKinnon, Lockwood and Williams (2004), Multivariate Behavioral Research 39, 99-128.

    References
    ----------
    - Imai, K., Keele, L. and Tingley, D. (2010). Psychological Methods 15, 309-334.
    - MacKinnon, D. P., Lockwood, C. M. and Williams, J. (2004). Multivariate Behavioral Research 39, 99-128.
    - VanderWeele, T. J. (2015). Explanation in Causal Inference, section 2.2.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.integers(0, 2, 4000)
    >>> m = 0.5 * x + rng.normal(size=4000)
    >>> f = pd.DataFrame({"x": x, "m": m, "y": 0.4 * m + 0.3 * x + rng.normal(size=4000)})
    >>> fit = fit_mediation(f, outcome="y", exposure="x", mediator="m")
    >>> fit.tidy().set_index("term").loc[["indirect", "direct", "total"], "estimate"].round(1).tolist()
    [0.2, 0.3, 0.5]
    """
    check_arguments(fit_mediation, locals())
    check_level(conf_level)
    how = check_choice("interval", interval or ("monte-carlo" if cluster else "delta"), _INTERVALS)
    low, high = (float(v) for v in contrast)
    if low == high or not np.isfinite([low, high]).all():
        raise EstimationError(
            "the contrast needs two different values of the exposure.",
            fix="Pass two different numbers.",
            code="CONTRAST",
        )
    terms = as_terms(frame, covariates, what="covariates")
    needed = [outcome, exposure, mediator, *term_columns(terms), *([cluster] if cluster else [])]
    rows = complete_rows(frame, needed)
    y, m = varying(rows, outcome), varying(rows, mediator)
    x_m = design(rows, [Column(exposure), *terms])[1]
    product: list[Term] = [Interaction(Column(exposure), Column(mediator))] if interaction else []
    x_y = design(rows, [Column(exposure), *terms, Column(mediator), *product])[1]
    groups: Codes = codes(rows, cluster) if cluster else np.arange(len(rows))
    n_clusters = int(groups.max()) + 1
    if n_clusters < 2:
        raise EstimationError(
            f"the complete rows lie in 1 cluster of '{cluster}'; an interval needs at least 2.",
            fix="Add clusters until there are at least 2, or cluster on a smaller unit with a reason.",
            code="CLUSTERS",
        )
    y = y - float(np.median(y))
    split = Split(settled_columns(x_y), y, x_m.shape[1], interaction, low, high)
    # clusters that tell the exposure's slope: three of 24 under a policy are three, whatever the rest
    leverage = support.column_leverages(x_m, groups)
    df = float(support.degrees(leverage)[1]) if cluster else n_clusters - 1.0
    behind = float(support.behind(leverage[:, 1:2], x_m[:, 1:2], groups)[0]) if cluster else np.inf
    b, se = split.delta(groups, n_clusters)
    names = WITH_INTERACTION if interaction else PLAIN
    drawn = None
    if how in ("jackknife", "monte-carlo"):
        at, without = split.left_out(groups, n_clusters)
        se = np.sqrt((n_clusters - 1) / n_clusters * ((split.parts_of(without) - b) ** 2).sum(axis=0))
        drawn = split.drawn(at, without, _DRAWS, seed, df) if how == "monte-carlo" else None
    if how == "bootstrap":
        drawn = split.bootstrap(groups, n_clusters, draws, seed)
        se = drawn.std(axis=0, ddof=1)
    if drawn is not None:
        tail = (1 - conf_level) / 2
        lower, upper = np.quantile(drawn, [tail, 1 - tail], axis=0)
        p = np.minimum(1.0, 2 * np.minimum((drawn <= 0).mean(axis=0), (drawn >= 0).mean(axis=0)))
    else:
        made = tidy_rows(names, b, se, n=len(rows), conf_level=conf_level, df=df)
        lower, upper, p = (made[c].to_numpy() for c in ("conf_low", "conf_high", "p_value"))
    return MediationFit(
        outcome=outcome,
        exposure=exposure,
        mediator=mediator,
        low=low,
        high=high,
        terms=names,
        estimate=frozen(b),
        std_error=frozen(se),
        conf_low=frozen(lower),
        conf_high=frozen(upper),
        p_value=frozen(p),
        interaction=interaction,
        interval=how,
        draws=0 if drawn is None else len(drawn),
        residual_correlation=None
        if interaction
        else _residual_correlation(settled_columns(x_m).z, m - float(np.median(m)), y),
        n=len(rows),
        n_missing=len(frame) - len(rows),
        n_clusters=n_clusters,
        conf_level=conf_level,
        behind=behind,
    )


def _residual_correlation(x: Array, m: Array, y: Array) -> float:
    both = np.column_stack([m, y])
    rest = both - x @ (x.T @ both) / len(x)
    return float(np.asarray(np.corrcoef(rest.T))[0, 1])
