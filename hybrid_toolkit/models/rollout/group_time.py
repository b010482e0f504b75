"""Group-time effects of a staggered roll-out and their aggregations (Callaway and Sant'Anna)."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.rollout.group_time_effects import (
    AGGREGATIONS,
    CONTROL_GROUPS,
    GroupTimeFit,
)
from hybrid_toolkit.models.rollout.panel_blocks import NEVER
from hybrid_toolkit.models.rollout.panel_data import PanelColumns, PanelData
from hybrid_toolkit.models.rollout.start_sums import StartInfluence, side_weights, start_sums
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.models.terms.result_rows import as_terms, check_choice, check_level, frozen
from hybrid_toolkit.models.terms.terms import Terms
from hybrid_toolkit.models.weighting.doubly_robust import doubly_robust

__all__ = ["AGGREGATIONS", "BASE_PERIODS", "CONTROL_GROUPS", "GROUP_TIME_VARIANCES", "GroupTimeFit", "fit_group_time"]

BASE_PERIODS = {
    "varying": "before the start, the period before; after it, the last untreated",
    "universal": "last untreated",
}
GROUP_TIME_VARIANCES = {
    "influence": "influence functions, as published",
    "jackknife": "each cluster left out in turn (CV3)",
}
FEW_FOR_INFLUENCE = 10
"""With fewer clusters on the smaller side the errors as published are too small, and the jackknife is the default."""


def fit_group_time(
    frame: pd.DataFrame,
    *,
    outcome: str,
    panel_id: str,
    time: str,
    first_treated: str | None = None,
    treatment: str | None = None,
    covariates: Terms = (),
    control_group: str = "never_treated",
    base_period: str = "varying",
    anticipation: int = 0,
    cluster: str | None = None,
    unbalanced: str = "error",
    variance: str | None = None,
    conf_level: float = 0.95,
) -> GroupTimeFit:
    """Effects on the treated by group and period, each a difference in differences of its own.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a unit and period.
    outcome : str
        Column of the outcome.
    panel_id : str
        Column of the unit that is followed.
    time : str
        Column of the period: numbers, dates or sortable text.
    first_treated : str | None, optional
        The unit's first treated period; missing, 0, infinite or after the last period means untreated.
    treatment : str | None, optional
        Instead of it, a 0/1 column that stays at 1 once it is 1.
    covariates : Terms, optional
        Terms or columns, as they stand in the base period; the estimate is then doubly robust.
    control_group : str, default "never_treated"
        Key of ``CONTROL_GROUPS``.
    base_period : str, default "varying"
        Key of ``BASE_PERIODS``.
    anticipation : int, default 0
        Periods before the start in which units may react already.
    cluster : str | None, optional
        Column of clusters of units; default each unit.
    unbalanced : str, default "error"
        ``"error"``, or ``"drop"`` to leave out (and count) units that lack a period.
    variance : str | None, optional
        ``"influence"``, as published, or ``"jackknife"``; the default is the jackknife where fewer than ten clusters
        are treated, or untreated, since errors as published are then too small.
    conf_level : float, default 0.95
        Level of the intervals, t with effective clusters - 1 degrees of freedom (see
        ``models/inference/clusters.py``); an effect that one cluster carries has none.

    Returns
    -------
    GroupTimeFit
        Effects on the treated by group (period of the start) and period.

    Raises
    ------
    EstimationError
        No untreated units, nobody treated, too few periods, a panel that is not balanced, a treatment that switches
        back, covariates that separate treated from untreated units, one cluster.
    CoverageError
        A column is not there.

    Notes
    -----
    Callaway and Sant'Anna (2021), Journal of Econometrics 225, 200-230; with covariates the doubly robust estimator
    of Sant'Anna and Zhao (2020), Journal of Econometrics 219, 101-122. Influence functions, with the small-sample
    factor C/(C-1) for C clusters on the variance. diff-diff has it with clusters only, and is the same else.

    References
    ----------
    - Callaway, B. and Sant'Anna, P. H. C. (2021). Journal of Econometrics 225, 200-230.
    - Sant'Anna, P. H. C. and Zhao, J. (2020). Journal of Econometrics 219, 101-122.

    Examples
    --------
    >>> f = pd.DataFrame({"team": list("aabbccdd"), "year": [1, 2] * 4, "y": [1.0, 4, 2, 5.5, 0, 1, 3, 4.5]})
    >>> f["start"] = [2, 2, 2, 2, 0, 0, 0, 0]
    >>> fit = fit_group_time(f, outcome="y", panel_id="team", time="year", first_treated="start")
    >>> fit.aggregate("simple")["estimate"].tolist()
    [2.0]
    """
    check_arguments(fit_group_time, locals())
    check_level(conf_level)
    check_choice("control_group", control_group, CONTROL_GROUPS)
    check_choice("base_period", base_period, BASE_PERIODS)
    if variance is not None:
        check_choice("variance", variance, GROUP_TIME_VARIANCES)
    p = PanelColumns(
        outcome=outcome,
        panel_id=panel_id,
        time=time,
        first_treated=first_treated,
        treatment=treatment,
        covariates=tuple(as_terms(frame, covariates, what="covariates")),
        cluster=cluster,
        unbalanced=unbalanced,
    ).read(frame)
    cohorts, last = _comparable(p, control_group)
    n = len(p.start)
    cells, missed = _cells(p, cohorts, last, control_group, base_period, anticipation)
    if not cells:
        raise EstimationError(
            "no group has a period before its start and one after it with a comparison.",
            fix="Add earlier periods or untreated units.",
            code="TOO-FEW-PERIODS",
        )
    starts = np.array([*p.cohorts, NEVER])
    start_of = np.searchsorted(starts, p.start)
    group, period, base = np.array(cells).T
    own = np.searchsorted(starts, group)
    free = _compared(starts, group, period, base, control_group, anticipation)
    n_clusters = int(p.clusters.max()) + 1
    pairs = np.bincount(p.clusters * len(starts) + start_of, minlength=n_clusters * len(starts))
    counts = pairs.reshape(n_clusters, len(starts)).astype(np.float64)
    late = period >= group
    least = 0.0
    if late.any():
        least, _ = support.two_sides(*(counts @ w for w in side_weights(own[late], free[late])))
    variance = variance or ("jackknife" if least < FEW_FOR_INFLUENCE else "influence")
    few = float(np.sqrt(n_clusters / (n_clusters - 1)))
    if p.x.shape[2] == 1:
        estimate, made = start_sums(p.y, start_of, p.clusters, len(starts)).effects(own, period, base, free)
        adds: StartInfluence | Array = replace(made, factor=few)
    else:
        estimate, table = np.zeros(len(cells)), np.zeros((n_clusters, len(cells)))
        for k, cell in enumerate(cells):
            estimate[k], f = _effect(p, *cell, free[k][start_of])
            table[:, k] = np.bincount(p.clusters, weights=f, minlength=n_clusters) * few
        adds = frozen(table)
    if variance == "jackknife":
        moved = [_left_out(p, *cell, free[k][start_of], estimate[k], n_clusters) for k, cell in enumerate(cells)]
        adds = frozen(np.column_stack(moved))
    labels = [p.label(t) for t in range(len(p.times))]
    return GroupTimeFit(
        outcome=outcome,
        groups=tuple(labels[g] for g, _, _ in cells),
        periods=tuple(labels[t] for _, t, _ in cells),
        group_at=group,
        period_at=period,
        lead=p.lead(period, group),
        estimate=frozen(estimate),
        adds=adds,
        counts=frozen(counts),
        own=own,
        free=free,
        n_units=n,
        n_clusters=n_clusters,
        n_rows=int(p.y.size),
        n_incomplete=p.n_incomplete,
        n_always=p.n_always,
        smallest=int(min((p.start == g).sum() for g in cohorts)),
        control_group=control_group,
        base_period=base_period,
        anticipation=anticipation,
        conf_level=conf_level,
        not_identified=missed,
        variance=variance,
    )


def _comparable(p: PanelData, control_group: str) -> tuple[list[int], int]:
    """Groups that have a comparison, and the position after the last period in which one is left."""
    p.must_start()
    cohorts, never = p.cohorts, bool(p.untreated.any())
    if p.clusters.max() < 1:
        raise EstimationError(
            "the units lie in 1 cluster; an interval needs at least 2.", fix="Add at least 1 cluster.", code="CLUSTERS"
        )
    if never:
        return cohorts, len(p.times)
    if control_group == "never_treated" or len(cohorts) < 2:
        raise EstimationError(
            f"no unit stays untreated: the {plural(len(p.start), 'complete unit')} in {plural(len(cohorts), 'group')} "
            f"are all treated in the end.{p.why_none_free}",
            fix="Add untreated units, or complete those left out; with two groups or more, "
            "control_group='not_yet_treated' compares them.",
            code="NO-UNTREATED",
        )
    return cohorts[:-1], cohorts[-1]


GroupTimeCell: TypeAlias = tuple[int, int, int]
"""Group, period and base period."""


def _compared(
    starts: NDArray[np.int64],
    group: NDArray[np.int64],
    period: NDArray[np.int64],
    base: NDArray[np.int64],
    control_group: str,
    anticipation: int,
) -> NDArray[np.bool_]:
    """Which starts each effect is compared with: effects x starts."""
    late = (np.maximum(period, base) + anticipation)[:, None]
    free = starts > late if control_group == "not_yet_treated" else starts == np.full_like(late, NEVER)
    return np.asarray(free & (starts != group[:, None]))


def _cells(
    p: PanelData, cohorts: list[int], last: int, control_group: str, base_period: str, anticipation: int
) -> tuple[list[GroupTimeCell], int]:
    """Every group and period with its base period, and how many have no comparison."""
    asked: list[GroupTimeCell] = []
    for g in cohorts:
        for t in range(0 if base_period == "universal" else 1, last):
            before = g - anticipation - 1
            asked.append((g, t, t - 1 if base_period == "varying" and t <= before else before))
    if not asked:
        return [], 0
    group, period, base = np.array(asked).T
    starts = np.array([*p.cohorts, *([NEVER] if p.untreated.any() else [])])
    compared = _compared(starts, group, period, base, control_group, anticipation).any(axis=1)
    good = (base >= 0) & ((period == base) | compared)
    cells = [cell for cell, there in zip(asked, good.tolist(), strict=True) if there]
    return cells, len(asked) - len(cells)


def _effect(p: PanelData, g: int, t: int, before: int, free: NDArray[np.bool_]) -> tuple[float, Array]:
    """One difference in differences and its influence on units (its sum of squares is the variance)."""
    out = np.zeros(len(p.start))
    if t == before:
        return 0.0, out
    d = p.start == g
    use = d | free
    change = p.y[use, t] - p.y[use, before]
    treated = d[use].astype(np.float64)
    x = p.x[use, min(t, before)]
    b, f = doubly_robust(change, treated, x)
    out[use] = f / len(f)
    return b, out


def _left_out(
    p: PanelData, g: int, t: int, before: int, free: NDArray[np.bool_], estimate: float, n_clusters: int
) -> Array:
    """What leaving out each cluster moves the effect by, scaled so that the sum of squares is the jackknife variance.

    A cluster that is all of the group or all of its comparison cannot be left out, and counts as moving nothing.
    """
    out = np.zeros(n_clusters)
    d = p.start == g
    if t == before:
        return out
    if p.x.shape[2] == 1:
        change = p.y[:, t] - p.y[:, before]
        up, still = (_means_left_out(change, at, p.clusters, n_clusters) for at in (d, free))
        moved = estimate - (up - still)
        return np.asarray(np.where(np.isfinite(moved), moved, 0.0) * np.sqrt((n_clusters - 1) / n_clusters))
    for c in np.unique(p.clusters[d | free]):
        stay = p.clusters != c
        if (d & stay).any() and (free & stay).any():
            part = PanelData(p.y[stay], p.x[stay], p.start[stay], p.times, p.clusters[stay], 0, 0)
            out[c] = estimate - _effect(part, g, t, before, free[stay])[0]
    return out * float(np.sqrt((n_clusters - 1) / n_clusters))


def _means_left_out(change: Array, at: NDArray[np.bool_], clusters: NDArray[np.int64], n_clusters: int) -> Array:
    """Mean change of the units at ``at``, each cluster left out in turn; not a number where none is left."""
    size = np.bincount(clusters[at], minlength=n_clusters)
    sums = np.bincount(clusters[at], weights=change[at], minlength=n_clusters)
    left = (size.sum() - size).astype(np.float64)
    return np.asarray((sums.sum() - sums) / np.where(left > 0, left, np.nan))
