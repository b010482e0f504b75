"""How much of an association runs through a mediator: linear models, with an interaction where asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.grams import Codes, cluster_grams
from hybrid_toolkit.models.prepare import codes, complete_rows
from hybrid_toolkit.models.rows import as_terms, check_level, choice, design, frozen, term_columns, tidy_rows, varying
from hybrid_toolkit.models.terms import Array, Column, Interaction, Term

INTERVALS = {
    "jackknife": "leave-one-cluster-out jackknife, t reference",
    "delta": "delta method on cluster-robust errors, t reference",
    "bootstrap": "percentiles of a bootstrap of whole clusters",
}
"""How the intervals are made. Jackknife and delta method are symmetric, which a product of two coefficients is not; the
delta method's are too narrow with few clusters."""
LARGEST = 20_000_000
"""Numbers of cross-products that the bootstrap keeps cluster by cluster."""
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
class MediationFit:
    """Direct and indirect parts of a contrast of exposure.

    Parameters
    ----------
    outcome, exposure, mediator : column names.
    low, high : the two values of the exposure that are contrasted.
    terms, estimate, std_error, conf_low, conf_high, p_value : k rows, in units of the outcome but for the share and
        the paths. The p-value of a bootstrap is twice the smaller share of draws on one side of zero.
    interaction : whether the exposure moderates the mediator's slope.
    intervals : key of ``INTERVALS``. n_boot : draws, 0 for the delta method.
    residual_correlation : correlation that the errors of mediator and outcome would need (an unmeasured common
        cause) for the indirect part to be zero; only without interaction.
    n, n_missing, n_clusters, conf_level : counts and level.
    converged : always True here: least squares is solved, not searched for.
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
    intervals: str
    n_boot: int
    residual_correlation: float | None
    n: int
    n_missing: int
    n_clusters: int
    conf_level: float
    converged: bool = True

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return "two linear models" + (" with exposure by mediator" if self.interaction else "")

    def tidy(self) -> pd.DataFrame:
        """One row a part."""
        rows = tidy_rows(self.terms, self.estimate, self.std_error, n=self.n, conf_level=self.conf_level)
        return rows.assign(conf_low=self.conf_low, conf_high=self.conf_high, p_value=self.p_value)

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, clusters, method, convergence."""
        return pd.DataFrame(
            {
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_clusters": [self.n_clusters],
                "method": [self.method],
                "intervals": [INTERVALS[self.intervals]],
                "n_boot": [self.n_boot],
                "residual_correlation": [self.residual_correlation],
                "converged": [self.converged],
            }
        )

    def summary(self) -> str:
        """Prose with its caveat."""
        rho = (
            f" If something unmeasured correlated the errors of both models at {self.residual_correlation:.2f}, the "
            "indirect part would be zero."
            if self.residual_correlation is not None
            else ""
        )
        return (
            f"{self.outcome}: the contrast of {self.exposure} from {self.low:g} to {self.high:g}, split by "
            f"{self.mediator}; {self.n:,} rows in {self.n_clusters:,} clusters, {self.n_missing:,} left out. "
            f"Intervals: {INTERVALS[self.intervals]}.{rho} The parts are effects only if nothing unmeasured stands "
            "behind exposure and outcome, mediator and outcome, or exposure and mediator, and no consequence of the "
            "exposure confounds the mediator: a randomised exposure does not give this."
        )


def fit_mediation(
    frame: pd.DataFrame,
    *,
    outcome: str,
    exposure: str,
    mediator: str,
    covariates: Sequence[Term | str] = (),
    interaction: bool = False,
    contrast: tuple[float, float] = (0.0, 1.0),
    cluster: str | None = None,
    intervals: str | None = None,
    n_boot: int = 2000,
    seed: int = 0,
    conf_level: float = 0.95,
) -> MediationFit:
    """Product of coefficients: exposure to mediator, mediator to outcome, and what is left over.

    Parameters
    ----------
    frame : one row an observation; rows with a missing value are left out and counted.
    outcome, exposure, mediator : numeric or yes/no columns.
    covariates : terms or columns in both models, such as common causes measured before the exposure.
    interaction : let the exposure moderate the mediator's slope; covariates are then held at their means.
    contrast : the two values of the exposure.
    cluster : rows of one cluster depend on each other; default every row its own.
    intervals : key of ``INTERVALS``; default the jackknife where a cluster is named, else the delta method.
    n_boot, seed : draws of the bootstrap and their seed.
    conf_level : level of the intervals.

    Raises
    ------
    EstimationError : one cluster, a singular design (a mediator that the exposure determines), a constant outcome
        or mediator, a bootstrap whose draws are singular too often.
    CoverageError : a column is not there.

    Notes
    -----
    Imai, Keele and Tingley (2010), Psychological Methods 15, 309-334; with interaction VanderWeele (2015),
    Explanation in Causal Inference, section 2.2. In linear models these are the interventional parts too.

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
    check_level(conf_level)
    how = choice("intervals", intervals or ("jackknife" if cluster else "delta"), INTERVALS)
    low, high = (float(v) for v in contrast)
    if low == high or not np.isfinite([low, high]).all():
        raise EstimationError(
            "the contrast needs two different values of the exposure.", fix="Give two numbers.", code="CONTRAST"
        )
    terms = as_terms(frame, covariates)
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
            fix="Bring more clusters, or cluster on a smaller unit with a reason.",
            code="CLUSTERS",
        )
    split = _Split(np.column_stack([x_y, y]), x_m.shape[1], interaction, low, high)
    b, se = split.delta(groups, n_clusters)
    names = WITH_INTERACTION if interaction else PLAIN
    draws = None
    if how == "jackknife":
        left = split.left_out(groups, n_clusters)
        se = np.sqrt((n_clusters - 1) / n_clusters * ((left - b) ** 2).sum(axis=0))
    if how == "bootstrap":
        draws = split.bootstrap(groups, n_clusters, n_boot, seed)
        se = draws.std(axis=0, ddof=1)
        tail = (1 - conf_level) / 2
        lower, upper = np.quantile(draws, [tail, 1 - tail], axis=0)
        p = np.minimum(1.0, 2 * np.minimum((draws <= 0).mean(axis=0), (draws >= 0).mean(axis=0)))
    else:
        made = tidy_rows(names, b, se, n=len(rows), conf_level=conf_level, df=n_clusters - 1)
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
        intervals=how,
        n_boot=0 if draws is None else n_boot,
        residual_correlation=None if interaction else _residual_correlation(x_m, m, y),
        n=len(rows),
        n_missing=len(frame) - len(rows),
        n_clusters=n_clusters,
        conf_level=conf_level,
    )


def _residual_correlation(x: Array, m: Array, y: Array) -> float:
    both = np.column_stack([m, y])
    rest = both - x @ np.linalg.lstsq(x, both, rcond=None)[0]
    return float(np.asarray(np.corrcoef(rest.T))[0, 1])


class _Split:
    """The parts as a function of cross-products of: ones, exposure, covariates, mediator, product, outcome."""

    def __init__(self, w: Array, k: int, interaction: bool, low: float, high: float) -> None:
        self.w, self.k, self.interaction, self.low, self.high = w, k, interaction, low, high

    def coefficients(self, s: Array) -> tuple[Array, Array, Array]:
        """Coefficients of mediator and outcome, and means of the mediator model's columns."""
        k = self.k
        a = np.linalg.solve(s[..., :k, :k], s[..., :k, k, None])[..., 0]
        b = np.linalg.solve(s[..., :-1, :-1], s[..., :-1, -1, None])[..., 0]
        return np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64), s[..., 0, :k] / s[..., 0, :1]

    def parts(self, a: Any, b: Any, mean: Any) -> Any:
        """All parts, last axis in the order of the names."""
        gap, path, slope = self.high - self.low, a[..., 1], b[..., self.k]
        if not self.interaction:
            indirect, direct = path * slope * gap, b[..., 1] * gap
            total = indirect + direct
            return np.stack([indirect, direct, total, indirect / total, path, slope], axis=-1)
        bend = b[..., self.k + 1]
        at_zero = (mean * a).sum(axis=-1) - mean[..., 1] * path

        def indirect_at(x: float) -> Any:
            return path * gap * (slope + bend * x)

        def direct_at(x: float) -> Any:
            return gap * (b[..., 1] + bend * (at_zero + path * x))

        total = indirect_at(self.high) + direct_at(self.low)
        share = indirect_at(self.high) / total
        first = [indirect_at(self.high), direct_at(self.low), total, share, indirect_at(self.low)]
        last = [direct_at(self.high), path, slope + bend * self.low, slope + bend * self.high]
        return np.stack([*first, *last], axis=-1)

    def delta(self, groups: Codes, n_clusters: int) -> tuple[Array, Array]:
        """Parts and their cluster-robust errors, from the influence of every row on all coefficients."""
        w, k, n = self.w, self.k, len(self.w)
        a, b, mean = self.coefficients(w.T @ w)
        x, z = w[:, :k], w[:, :-1]
        pieces = [
            (x * (w[:, k] - x @ a)[:, None]) @ np.linalg.inv(x.T @ x),
            (z * (w[:, -1] - z @ b)[:, None]) @ np.linalg.inv(z.T @ z),
            (x - mean) / n,
        ]
        rows = np.column_stack(pieces)
        sums = np.zeros((n_clusters, rows.shape[1]))
        np.add.at(sums, groups, rows)
        factor = n_clusters / (n_clusters - 1) * (n - 1) / (n - z.shape[1])
        at = np.concatenate([a, b, mean])
        step = 1e-30  # a complex step gives derivatives without rounding
        moved = at + 1j * step * np.eye(len(at))
        cut = [len(a), len(a) + len(b)]
        slope = np.imag(self.parts(*np.split(moved, cut, axis=1))) / step
        se = np.sqrt(factor * ((sums @ slope) ** 2).sum(axis=0))
        return np.asarray(self.parts(a, b, mean)), np.asarray(se)

    def left_out(self, groups: Codes, n_clusters: int) -> Array:
        """Parts without each cluster in turn.

        Raises
        ------
        EstimationError : a cluster is the only one with some level of a covariate.
        """
        grams = cluster_grams(self.w, groups)
        try:
            found = self.parts(*self.coefficients(grams.sum(axis=0) - grams))
        except np.linalg.LinAlgError:
            found = np.full((n_clusters, 1), np.nan)
        if not np.isfinite(found).all():
            raise EstimationError(
                "without one of the clusters the models are singular: it alone has some level of a covariate.",
                fix="Use the delta method, or fewer covariates.",
                code="JACKKNIFE",
            )
        return np.asarray(found)

    def bootstrap(self, groups: Codes, n_clusters: int, n_boot: int, seed: int) -> Array:
        """Parts in samples of whole clusters drawn with replacement, those that are singular left out."""
        rng = np.random.default_rng(seed)
        p = self.w.shape[1]
        small = n_clusters * p * p <= LARGEST
        grams = cluster_grams(self.w, groups).reshape(n_clusters, -1) if small else None
        out: list[Array] = []
        for done in range(0, n_boot, 100):
            drawn = rng.integers(0, n_clusters, (min(100, n_boot - done), n_clusters))
            count = np.stack([np.bincount(d, minlength=n_clusters) for d in drawn]).astype(np.float64)
            if grams is not None:
                s = (count @ grams).reshape(-1, p, p)
            else:
                s = np.stack([(self.w * c[groups][:, None]).T @ self.w for c in count])
            scale = np.sqrt(np.maximum(np.diagonal(s, axis1=1, axis2=2)[:, :-1], 1e-300))
            smallest = np.linalg.eigvalsh(s[:, :-1, :-1] / (scale[:, :, None] * scale[:, None, :]))[:, 0]
            if (smallest > 1e-10).any():
                out.extend(self.parts(*self.coefficients(s[smallest > 1e-10])))
        if len(out) < max(2, 0.9 * n_boot):
            raise EstimationError(
                f"{n_boot - len(out)} of {n_boot} bootstrap samples of clusters were singular.",
                fix="Use the delta method, fewer covariates, or more clusters.",
                code="BOOTSTRAP",
            )
        return np.array(out)
