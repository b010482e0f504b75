"""Effects on the treated by group and period, and their averages by time, group and period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.columns.numeric_columns import scaled
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.rollout.event_time_path import EventPath
from hybrid_toolkit.models.rollout.start_sums import StartInfluence, side_weights
from hybrid_toolkit.models.terms.result_rows import check_choice, frozen, tidy_rows
from hybrid_toolkit.result import ResultBase

CONTROL_GROUPS = {"never_treated": "units never treated", "not_yet_treated": "units not yet or never treated"}
AGGREGATIONS = {
    "simple": "all treated groups and periods, weighted by group size",
    "dynamic": "by time since the start; overall is the mean over times from 0",
    "group": "by group; overall is weighted by group size",
    "calendar": "by period; overall is the mean over periods",
}
FEW_UNITS, FEW_FOR_JACKKNIFE = 5, 8


@dataclass(frozen=True, eq=False)
class GroupTimeFit(ResultBase):
    """Effects on the treated by group (period of the start) and period.

    Parameters
    ----------
    outcome : str
        Name of the outcome.
    groups : tuple[str, ...]
        The k labels of each effect's group.
    periods : tuple[str, ...]
        The k labels of each effect's period.
    group_at : NDArray[np.int64]
        Positions of the groups among the periods, from 0.
    period_at : NDArray[np.int64]
        Positions of the periods, from 0.
    lead : NDArray[np.int64]
        The k times since the start, below 0 before it.
    estimate : Array
        The k effects, in units of the outcome.
    adds : StartInfluence | Array
        What each cluster adds to sums of effects, or to each effect (clusters x effects).
    counts : Array
        Clusters x starts; units of each start in each cluster.
    own : Codes
        The k columns of ``counts`` with the effect's group.
    free : Array of bool
        Shape k x starts; the columns that it is compared with.
    n_units : int
        Units used.
    n_clusters : int
        Clusters.
    n_rows : int
        Rows used.
    n_incomplete : int
        Units left out because they lack a period.
    n_always : int
        Units left out because they were always treated.
    smallest : int
        Units in the smallest group.
    control_group : str
        As asked for.
    base_period : str
        As asked for.
    anticipation : int
        As asked for.
    conf_level : float
        As asked for.
    not_identified : int
        Groups and periods without a comparison.
    variance : str, default "influence"
        Key of ``GROUP_TIME_VARIANCES``.
    converged : bool, default True
        Always True here: averages are computed, and a propensity that fails is an error.

    Examples
    --------
    >>> from hybrid_toolkit.models.rollout.group_time import fit_group_time
    >>> f = pd.DataFrame({"team": list("aabbccdd"), "year": [1, 2] * 4, "y": [1.0, 4, 2, 5.5, 0, 1, 3, 4.5]})
    >>> f["start"] = [2, 2, 2, 2, 0, 0, 0, 0]
    >>> fit = fit_group_time(f, outcome="y", panel_id="team", time="year", first_treated="start")
    >>> fit.tidy()[["term", "estimate"]].values.tolist(), fit.n_units
    ([['ATT(2, 2)', 2.0]], 4)
    """

    outcome: str
    groups: tuple[str, ...]
    periods: tuple[str, ...]
    group_at: NDArray[np.int64] = field(repr=False)
    period_at: NDArray[np.int64] = field(repr=False)
    lead: NDArray[np.int64] = field(repr=False)
    estimate: Array
    adds: StartInfluence | Array = field(repr=False)
    counts: Array = field(repr=False)
    own: Codes = field(repr=False)
    free: NDArray[np.bool_] = field(repr=False)
    n_units: int
    n_clusters: int
    n_rows: int
    n_incomplete: int
    n_always: int
    smallest: int
    control_group: str
    base_period: str
    anticipation: int
    conf_level: float
    not_identified: int
    variance: str = "influence"
    converged: bool = True

    @cached_property
    def influence(self) -> Array:
        """What each cluster adds to each effect; clusters x effects, whose squares sum to the variances."""
        return self.adds.whole() if isinstance(self.adds, StartInfluence) else self.adds

    @property
    def n(self) -> int:
        """Rows used."""
        return self.n_rows

    @property
    def n_missing(self) -> int:
        """Rows of the units that were left out because they lack a period, those that are not there among them."""
        return self.n_incomplete * self.n_rows // max(1, self.n_units)

    def tidy(self) -> pd.DataFrame:
        """One row a group and period, those before the start as placebos.

        ``n`` counts the group's own rows in that period. Further columns: ``n_clusters``, their clusters, and
        ``clusters_behind``, those on the smaller side of the comparison, or effective ones where those are fewer; an
        effect that rests on one has no interval.

        Returns
        -------
        pd.DataFrame
            One row a group and period, those before the start as placebos.
        """
        names = [f"ATT({g}, {t})" for g, t in zip(self.groups, self.periods, strict=True)]
        return self._rows(names, self.estimate, self.influence, [np.array([i]) for i in range(len(names))])

    def aggregate(self, kind: str = "simple", *, uniform: bool = False, balance: int | None = None) -> pd.DataFrame:
        """Averages of the effects; ``overall`` stands first, then one row a time, group or period.

        ``n`` and ``n_clusters``, a further column, are of all rows for ``overall``; for the others they count the
        treated units' rows at that time (before their start, those that will be treated) and the clusters they lie in.
        ``clusters_behind`` counts those on the smaller side of each row; one that rests on one has no interval.

        Parameters
        ----------
        kind : str, default "simple"
            Key of ``AGGREGATIONS``.
        uniform : bool, default False
            Intervals that hold together for all rows but ``overall`` (by simulation, seed fixed).
        balance : int | None, optional
            For ``"dynamic"``, use only groups observed at least so long after their start, and no later times, so that
            every time from the start on is a mean over the same groups.

        Returns
        -------
        pd.DataFrame
            Averages of the effects; ``overall`` stands first, then one row a time, group or period.

        Raises
        ------
        EstimationError
            Unknown kind, no group is observed after its start, or none for as long as ``balance``.
        """
        check_choice("aggregation", kind, AGGREGATIONS)
        post = self.lead >= 0
        if not post.any():
            raise EstimationError(
                "no group has a comparison after its start.",
                fix="Add later periods, or units that stay untreated for longer.",
                code="NO-POST",
            )
        if kind == "simple":
            mean, of_mean = self._average(np.flatnonzero(post))
            return self._rows(["overall"], np.array([mean]), of_mean[:, None], [np.flatnonzero(post)], whole=1)
        key = {"dynamic": self.lead, "group": self.group_at, "calendar": self.period_at}[kind]
        _ = self.influence  # for many sums the whole table is worked out, once
        use = self._balanced(kind, balance) if kind == "dynamic" or balance is not None else post
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
        behind = [np.flatnonzero(post), *sets]
        out = self._rows(names, np.append(overall[0], b), np.column_stack([overall[1], f]), behind, whole=1)
        return self._widen(out, f) if uniform else out

    def _balanced(self, kind: str, balance: int | None) -> NDArray[np.bool_]:
        """Effects by time since the start that a balance keeps."""
        if balance is None:
            return np.ones(len(self.lead), bool)
        long = [g for g in np.unique(self.group_at) if self.lead[self.group_at == g].max() >= balance]
        if kind != "dynamic" or balance < 0 or not long:
            raise EstimationError(
                f"balance is for kind 'dynamic'; {plural(len(long), 'group is', 'groups are')} observed for so long.",
                fix="Choose a time from 0 that some group is observed for after its start.",
                code="BALANCE",
            )
        return np.isin(self.group_at, long) & (self.lead <= balance)

    def path(self) -> EventPath:
        """The averages by time since the start with their joint variance, for checks of parallel trends.

        Returns
        -------
        EventPath
            The averages by time since the start with their joint variance, for checks of parallel trends.
        """
        leads, _ = np.unique(self.lead), self.influence
        parts = [self._average(np.flatnonzero(self.lead == e)) for e in leads]
        f = np.column_stack([v for _, v in parts])
        return EventPath(
            leads=tuple(int(e) for e in leads),
            estimate=frozen([b for b, _ in parts]),
            vcov=frozen(f.T @ f),
            df=self._sides(np.flatnonzero(self.lead >= 0))[1],
            last_free=-1 - self.anticipation,
        )

    def pretrend(self) -> tuple[float, int, float]:
        """Wald statistic, degrees of freedom and p-value that all effects before the start are zero.

        A p-value above a threshold is not evidence of parallel trends: see the power of the test.

        Returns
        -------
        tuple[float, int, float]
            Wald statistic, degrees of freedom and p-value that all effects before the start are zero.

        Raises
        ------
        EstimationError
            No period before a start, or too few clusters for that many.
        """
        before = np.flatnonzero((self.lead < -self.anticipation) & (self.influence**2).any(axis=0))
        each = scaled(self.influence[:, before], intercept=False)
        if not len(before) or not each.own.all():
            raise EstimationError(
                f"{self.n_clusters} clusters cannot test {plural(len(before), 'effect')} before a start together.",
                fix="Add periods before the start, or more clusters.",
                code="PRETREND",
            )
        b = self.estimate[before]
        white = b @ each.turn  # the variance is R'R times the clusters
        wald = float(white @ white) / len(each.z)
        return wald, len(before), float(stats.chi2.sf(wald, len(before)))

    def glance(self) -> pd.DataFrame:
        """One row: units, clusters, what was left out, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: units, clusters, what was left out, method, convergence.
        """
        return pd.DataFrame(
            {
                "n": [self.n_rows],
                "n_units": [self.n_units],
                "n_clusters": [self.n_clusters],
                "clusters_behind": [self.clusters_behind()],
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
        return f"group-time effects against {CONTROL_GROUPS[self.control_group]}; base period {self.base_period}"

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        left_out = self.variance == "jackknife"
        cautious = "jackknife intervals of that group's effects are then cautious, and a cluster alone has none"
        narrow = "the errors of that group's effects, as published, are too small"
        few = (
            f" The smallest group has {plural(self.smallest, 'unit')}: {cautious if left_out else narrow}."
            if self.smallest < (FEW_FOR_JACKKNIFE if left_out else FEW_UNITS)
            else ""
        )
        few += support.few_words(self.clusters_behind(), holds=left_out)
        always = plural(self.n_always, "unit was", "units were")
        left = f" {always} left out as treated from the first period." if self.n_always else ""
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
        share = self.counts.sum(axis=0) / self.n_units  # of each start
        own = self.own[at]
        total = share[own].sum()
        w = share[own] / total if weighted else np.full(len(at), 1 / len(at))
        if influence is None:
            every = np.zeros(len(self.estimate))
            every[at] = w
            f = vars(self).get("influence", self.adds) @ every
        else:
            f = influence @ w
        mean = float(w @ b)
        if not weighted:
            return mean, np.asarray(f)
        # what a cluster adds to the shares, around their means, times what they weigh
        starts = len(share)
        weigh = np.bincount(own, weights=b - mean, minlength=starts) / total
        factor = np.sqrt(self.n_clusters / (self.n_clusters - 1)) / self.n_units
        of_weights = self.counts @ weigh - self.counts.sum(axis=1) * float(share @ weigh)
        return mean, np.asarray(f + factor * of_weights)

    def clusters_behind(self, term: str = "overall") -> float:
        """Clusters on the smaller side of the overall effect, or their effective number where that is less.

        Parameters
        ----------
        term : str, default "overall"
            Name of the effect; the overall one is the only one that is counted.

        Returns
        -------
        float
            The number of clusters, at most the effective number.
        """
        return self._sides(np.flatnonzero(self.lead >= 0))[0]

    def _sides(self, at: NDArray[np.intp]) -> tuple[float, float]:
        """Clusters behind the effects at these places together, and the degrees of freedom of their mean."""
        return support.two_sides(*(self.counts @ w for w in side_weights(self.own[at], self.free[at])))

    def _rows(
        self, names: list[str], b: Array, f: Array, sets: list[NDArray[np.intp]], *, whole: int = 0
    ) -> pd.DataFrame:
        """Rows with what stands behind each: the effects in ``sets``; the first ``whole`` rows count all data."""
        se = np.sqrt((f**2).sum(axis=0))
        sides = [self._sides(at) for at in sets]
        behind = [self.counts @ side_weights(self.own[at], self.free[at])[0] for at in sets[whole:]]
        n = [self.n_rows] * whole + [int(c.sum()) for c in behind]
        clusters = [self.n_clusters] * whole + [int((c > 0).sum()) for c in behind]
        count, free = np.array(sides).T
        beside = {"n_clusters": clusters, "clusters_behind": count}
        se = np.where(count < support.ALONE, np.nan, se)  # one that rests on a single cluster has no interval
        return tidy_rows(names, b, se, n=n, conf_level=self.conf_level, df=free, beside=beside)

    def _widen(self, out: pd.DataFrame, f: Array) -> pd.DataFrame:
        live = np.flatnonzero((f**2).any(axis=0))
        scaled = f[:, live] / np.sqrt((f[:, live] ** 2).sum(axis=0))
        draws = np.random.default_rng(20260101).normal(size=(4000, len(scaled))) @ scaled
        limit = float(np.quantile(np.abs(draws).max(axis=1), self.conf_level))
        new = out.copy()
        # the draws are normal; each row's own t is as much wider than the normal as its clusters are few
        wider = (new["conf_high"] - new["estimate"]) / new["std_error"] / stats.norm.ppf(0.5 + self.conf_level / 2)
        half = limit * (wider * new["std_error"]).loc[1:]
        new.loc[1:, "conf_low"], new.loc[1:, "conf_high"] = new["estimate"] - half, new["estimate"] + half
        return new
