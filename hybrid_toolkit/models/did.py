"""Group-time effects of a staggered roll-out and their aggregations (Callaway and Sant'Anna)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.doubly_robust import difference_in_means, doubly_robust
from hybrid_toolkit.models.panel import NEVER, Panel, read_panel
from hybrid_toolkit.models.rows import as_terms, check_level, choice, frozen, tidy_rows
from hybrid_toolkit.models.terms import Array, Term

CONTROLS = {"never_treated": "units never treated", "not_yet_treated": "units not yet or never treated"}
BASES = {"varying": "before the start, the period before; after it, the last untreated", "universal": "last untreated"}
AGGREGATIONS = {
    "simple": "all treated groups and periods, weighted by group size",
    "dynamic": "by time since the start; overall is the mean over times from 0",
    "group": "by group; overall is weighted by group size",
    "calendar": "by period; overall is the mean over periods",
}
FEW_UNITS = 5


@dataclass(frozen=True, eq=False)
class GroupTimeFit:
    """Effects on the treated by group (period of the start) and period.

    Parameters
    ----------
    outcome : name of the outcome.
    groups, periods : k labels of each effect's group and period.
    group_at, period_at : their positions among the periods, from 0.
    lead : k times since the start, below 0 before it.
    estimate : k effects, in units of the outcome.
    influence : clusters x k; the square root of the sum of squares of a column is its standard error.
    share : k shares of units in the effect's group.
    membership : clusters x k; what each cluster adds to ``share``, around its mean.
    n_units, n_clusters, n_rows, n_incomplete, n_always : counts; the last two were left out.
    smallest : units in the smallest group.
    control, base, anticipation, conf_level : as asked for.
    not_identified : groups and periods without a comparison.
    converged : always True here: averages are computed, and a propensity that fails is an error.
    """

    outcome: str
    groups: tuple[str, ...]
    periods: tuple[str, ...]
    group_at: NDArray[np.int64] = field(repr=False)
    period_at: NDArray[np.int64] = field(repr=False)
    lead: NDArray[np.int64] = field(repr=False)
    estimate: Array
    influence: Array = field(repr=False)
    share: Array = field(repr=False)
    membership: Array = field(repr=False)
    n_units: int
    n_clusters: int
    n_rows: int
    n_incomplete: int
    n_always: int
    smallest: int
    control: str
    base: str
    anticipation: int
    conf_level: float
    not_identified: int
    converged: bool = True

    def tidy(self) -> pd.DataFrame:
        """One row a group and period, those before the start as placebos."""
        names = [f"ATT({g}, {t})" for g, t in zip(self.groups, self.periods, strict=True)]
        return self._rows(names, self.estimate, self.influence)

    def aggregate(self, kind: str = "simple", *, uniform: bool = False) -> pd.DataFrame:
        """Averages of the effects; ``overall`` stands first, then one row a time, group or period.

        Parameters
        ----------
        kind : key of ``AGGREGATIONS``.
        uniform : intervals that hold together for all rows but ``overall`` (by simulation, seed fixed).

        Raises
        ------
        EstimationError : unknown kind, or no group is observed after its start.
        """
        choice("aggregation", kind, AGGREGATIONS)
        post = self.lead >= 0
        if not post.any():
            raise EstimationError(
                "no group has a comparison after its start.",
                fix="Bring later periods, or units that stay untreated for longer.",
                code="NO-POST",
            )
        if kind == "simple":
            mean, of_mean = self._average(np.flatnonzero(post))
            return self._rows(["overall"], np.array([mean]), of_mean[:, None])
        key = {"dynamic": self.lead, "group": self.group_at, "calendar": self.period_at}[kind]
        use = np.ones(len(post), bool) if kind == "dynamic" else post
        sets = [np.flatnonzero(use & (key == k)) for k in np.unique(key[use])]
        parts = [self._average(at, weighted=kind != "group") for at in sets]
        b, f = np.array([v for v, _ in parts]), np.column_stack([v for _, v in parts])
        if kind == "group":
            overall = self._average(np.array([at[0] for at in sets]), values=b, influence=f)
        else:
            late = np.array([post[at[0]] for at in sets])
            overall = (float(b[late].mean()), f[:, late].mean(axis=1))
        words: dict[str, tuple[str, Sequence[object]]]
        words = {
            "dynamic": ("time", self.lead.tolist()),
            "group": ("group", self.groups),
            "calendar": ("period", self.periods),
        }
        word, labels = words[kind]
        names = ["overall", *(f"{word} {labels[at[0]]}" for at in sets)]
        out = self._rows(names, np.append(overall[0], b), np.column_stack([overall[1], f]))
        return self._widen(out, f) if uniform else out

    def pretrend(self) -> tuple[float, int, float]:
        """Wald statistic, degrees of freedom and p-value that all effects before the start are zero.

        A p-value above a threshold is not evidence of parallel trends: see the power of the test.

        Raises
        ------
        EstimationError : no period before a start, or too few clusters for that many.
        """
        before = np.flatnonzero((self.lead < -self.anticipation) & (self.influence**2).any(axis=0))
        v = self.influence[:, before].T @ self.influence[:, before]
        if not len(before) or np.linalg.matrix_rank(v) < len(before):
            raise EstimationError(
                f"{len(before)} effect(s) before a start cannot be tested together with {self.n_clusters} clusters.",
                fix="Bring more periods before the start, or more clusters.",
                code="PRETREND",
            )
        b = self.estimate[before]
        wald = float(b @ np.linalg.solve(v, b))
        return wald, len(before), float(stats.chi2.sf(wald, len(before)))

    def glance(self) -> pd.DataFrame:
        """One row: units, clusters, what was left out, method, convergence."""
        return pd.DataFrame(
            {
                "n": [self.n_rows],
                "n_units": [self.n_units],
                "n_clusters": [self.n_clusters],
                "n_missing": [self.n_incomplete],
                "n_always_treated": [self.n_always],
                "not_identified": [self.not_identified],
                "method": [self.method],
                "converged": [self.converged],
            }
        )

    @property
    def method(self) -> str:
        """What was fitted, in words."""
        return f"group-time effects against {CONTROLS[self.control]}; base period {self.base}"

    def summary(self) -> str:
        """Prose with its caveat."""
        few = (
            f" The smallest group has {self.smallest} unit(s): its intervals are too narrow."
            if self.smallest < FEW_UNITS
            else ""
        )
        left = f" {self.n_always} unit(s) treated from the first period were left out." if self.n_always else ""
        gaps = f" {self.not_identified} group-time effects have no comparison." if self.not_identified else ""
        return (
            f"{self.outcome}: {self.method}; {self.n_units} units, {self.n_clusters} clusters, {self.n_incomplete} "
            f"incomplete units left out.{left}{gaps}{few} They are effects on the treated only if the groups would "
            "have moved in parallel without treatment, and did not move ahead of it."
        )

    def _average(
        self,
        at: NDArray[np.intp],
        *,
        weighted: bool = True,
        values: Array | None = None,
        influence: Array | None = None,
    ) -> tuple[float, Array]:
        """Weighted mean of effects with its influence, which counts that the weights are estimated too."""
        b = self.estimate[at] if values is None else values
        f = self.influence[:, at] if influence is None else influence
        if not weighted:
            return float(b.mean()), f.mean(axis=1)
        total = self.share[at].sum()
        w = self.share[at] / total
        m = self.membership[:, at]
        of_weights = (m - m.sum(axis=1, keepdims=True) * w) / total
        return float(w @ b), f @ w + of_weights @ b

    def _rows(self, names: list[str], b: Array, f: Array) -> pd.DataFrame:
        se = np.sqrt((f**2).sum(axis=0))
        return tidy_rows(names, b, se, n=self.n_rows, conf_level=self.conf_level, df=self.n_clusters - 1)

    def _widen(self, out: pd.DataFrame, f: Array) -> pd.DataFrame:
        live = np.flatnonzero((f**2).any(axis=0))
        scaled = f[:, live] / np.sqrt((f[:, live] ** 2).sum(axis=0))
        draws = np.random.default_rng(20260101).normal(size=(4000, len(scaled))) @ scaled
        limit = float(np.quantile(np.abs(draws).max(axis=1), self.conf_level))
        new = out.copy()
        half = limit * new.loc[1:, "std_error"]
        new.loc[1:, "conf_low"], new.loc[1:, "conf_high"] = new["estimate"] - half, new["estimate"] + half
        return new


def fit_group_time(
    frame: pd.DataFrame,
    *,
    outcome: str,
    unit: str,
    period: str,
    first_treated: str | None = None,
    treatment: str | None = None,
    covariates: Sequence[Term | str] = (),
    control: str = "never_treated",
    base: str = "varying",
    anticipation: int = 0,
    cluster: str | None = None,
    incomplete: str = "error",
    conf_level: float = 0.95,
) -> GroupTimeFit:
    """Effects on the treated by group and period, each a difference in differences of its own.

    Parameters
    ----------
    frame : one row a unit and period.
    outcome, unit, period : columns. Periods are numbers, dates or sortable text.
    first_treated : the unit's first treated period; missing, 0, infinite or after the last period means untreated.
    treatment : instead of it, a 0/1 column that stays at 1 once it is 1.
    covariates : terms or columns, as they stand in the base period; the estimate is then doubly robust.
    control : key of ``CONTROLS``. base : key of ``BASES``.
    anticipation : periods before the start in which units may react already.
    cluster : column of clusters of units; default each unit.
    incomplete : ``"error"``, or ``"drop"`` to leave out (and count) units that lack a period.
    conf_level : level of the intervals (t with clusters - 1 degrees of freedom).

    Raises
    ------
    EstimationError : no untreated units, nobody treated, too few periods, a panel that is not balanced, a treatment
        that switches back, covariates that separate treated from untreated units, one cluster.
    CoverageError : a column is not there.

    Notes
    -----
    Callaway and Sant'Anna (2021), Journal of Econometrics 225, 200-230; with covariates the doubly robust estimator
    of Sant'Anna and Zhao (2020), Journal of Econometrics 219, 101-122. Influence functions, with the small-sample
    factor C/(C-1) for C clusters.

    Examples
    --------
    >>> f = pd.DataFrame({"team": list("aabbccdd"), "year": [1, 2] * 4, "y": [1.0, 4, 2, 5.5, 0, 1, 3, 4.5]})
    >>> f["start"] = [2, 2, 2, 2, 0, 0, 0, 0]
    >>> fit = fit_group_time(f, outcome="y", unit="team", period="year", first_treated="start")
    >>> fit.aggregate("simple")["estimate"].tolist()
    [2.0]
    """
    check_level(conf_level)
    choice("control", control, CONTROLS)
    choice("base", base, BASES)
    p = read_panel(
        frame,
        outcome=outcome,
        unit=unit,
        period=period,
        first_treated=first_treated,
        treatment=treatment,
        covariates=as_terms(frame, covariates),
        cluster=cluster,
        incomplete=incomplete,
    )
    cohorts, last = _comparable(p, control)
    n = len(p.start)
    found: list[tuple[int, int, float, Array]] = []
    missed = 0
    for g in cohorts:
        for t in range(0 if base == "universal" else 1, last):
            before = g - anticipation - 1
            if base == "varying" and t <= before:
                before = t - 1
            if before < 0:
                missed += 1
            elif t == before:
                found.append((g, t, 0.0, np.zeros(n)))
            else:
                free = p.start > max(t, before) + anticipation if control == "not_yet_treated" else p.start == NEVER
                effect = _effect(p, g, t, before, free & (p.start != g))
                missed += effect is None
                if effect is not None:
                    found.append((g, t, *effect))
    if not found:
        raise EstimationError(
            "no group has a period before its start and one after it with a comparison.",
            fix="Bring earlier periods or untreated units.",
            code="TOO-FEW-PERIODS",
        )
    start = np.array([g for g, *_ in found])
    members = (p.start[:, None] == start).astype(np.float64)
    share = members.mean(axis=0)
    n_clusters = int(p.clusters.max()) + 1
    sums = _cluster_sums(p, n_clusters)
    return GroupTimeFit(
        outcome=outcome,
        groups=tuple(p.label(g) for g, *_ in found),
        periods=tuple(p.label(t) for _, t, *_ in found),
        group_at=start,
        period_at=np.array([t for _, t, *_ in found]),
        lead=np.array([p.lead(t, g) for g, t, *_ in found], dtype=np.int64),
        estimate=frozen([b for *_, b, _ in found]),
        influence=frozen(sums(np.column_stack([f for *_, f in found]))),
        share=frozen(share),
        membership=frozen(sums((members - share) / n)),
        n_units=n,
        n_clusters=n_clusters,
        n_rows=int(p.y.size),
        n_incomplete=p.n_incomplete,
        n_always=p.n_always,
        smallest=int(min((p.start == g).sum() for g in cohorts)),
        control=control,
        base=base,
        anticipation=anticipation,
        conf_level=conf_level,
        not_identified=missed,
    )


def _comparable(p: Panel, control: str) -> tuple[list[int], int]:
    """Groups that have a comparison, and the position after the last period in which one is left."""
    cohorts, never = p.cohorts, bool((p.start == NEVER).any())
    if not cohorts:
        raise EstimationError(
            "no unit's treatment starts after the first period and by the last one.",
            fix="Check the start column, or bring periods from before the start.",
            code="NO-TREATED",
        )
    if p.clusters.max() < 1:
        raise EstimationError(
            "the units lie in 1 cluster; an interval needs at least 2.", fix="Bring more clusters.", code="CLUSTERS"
        )
    if never:
        return cohorts, len(p.times)
    if control == "never_treated" or len(cohorts) < 2:
        raise EstimationError(
            f"no unit stays untreated: {len(p.start)} units in {len(cohorts)} group(s) are all treated in the end.",
            fix="Bring untreated units; with two groups or more, control='not_yet_treated' compares them.",
            code="NO-UNTREATED",
        )
    return cohorts[:-1], cohorts[-1]


def _effect(p: Panel, g: int, t: int, before: int, free: NDArray[np.bool_]) -> tuple[float, Array] | None:
    """One difference in differences and its influence on units (its sum of squares is the variance)."""
    d = p.start == g
    if not free.any():
        return None
    use = d | free
    change = p.y[use, t] - p.y[use, before]
    treated = d[use].astype(np.float64)
    x = p.x[use, min(t, before)]
    b, f = doubly_robust(change, treated, x) if x.shape[1] > 1 else difference_in_means(change, treated)
    out = np.zeros(len(p.start))
    out[use] = f / len(f)
    return b, out


def _cluster_sums(p: Panel, n_clusters: int) -> Callable[[Array], Array]:
    """Sums over the units of each cluster, with the factor for few clusters."""
    factor = np.sqrt(n_clusters / (n_clusters - 1))

    def sums(f: Array) -> Array:
        out = np.zeros((n_clusters, f.shape[1]))
        np.add.at(out, p.clusters, f)
        return np.asarray(out * factor)

    return sums
