"""Differences between groups, with intervals and a correction for looking at several."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from hybrid_toolkit.arrays import Codes, Floats
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.privacy.inside import inside
from hybrid_toolkit.errors import MeasureError, UsageError, plural
from hybrid_toolkit.metrics.compute import cluster_of, metric_values
from hybrid_toolkit.metrics.intervals.interval import Estimate, MeanOf, clustered_interval, column_values
from hybrid_toolkit.metrics.intervals.multiple_testing import holm
from hybrid_toolkit.metrics.intervals.statistics import Slope, people_told
from hybrid_toolkit.metrics.people_and_groups import NOT_RECORDED, People, group_order, groups, people_of
from hybrid_toolkit.metrics.people_telling import people_telling
from hybrid_toolkit.metrics.psychometrics.comparability import comparable, invariance_flag, invariance_word
from hybrid_toolkit.metrics.specs.metric_spec import NOT_CO_PRODUCED, MetricSpec
from hybrid_toolkit.metrics.specs.registry import find_metrics

RowMask = npt.NDArray[np.bool_]
GroupContrast = Literal["difference", "ratio"]
COMPARE_ANSWERS = 30
"""Answers a group needs before its mean of a survey scale is compared (the guidance of the owners of WEMWBS)."""


def measure_differences(
    data: EvaluationData,
    metric: str | MetricSpec,
    *,
    by: str,
    reference: str | None = None,
    adjust: Sequence[str] = (),
    contrast: GroupContrast = "difference",
    conf_level: float = 0.95,
) -> pd.DataFrame:
    """Each group's figure minus the reference group's, with clustered intervals and Holm-adjusted p-values.

    Clusters that hold units of both groups are taken into account. With ``adjust``, and for metrics that are a mean,
    the difference is the group's coefficient in a linear regression with those columns: the standardised risk
    difference of a model without interactions.

    Parameters
    ----------
    data : EvaluationData
        The data.
    metric : str | MetricSpec
        Id, code or spec of the metric.
    by : str
        The groups.
    reference : str | None, optional
        The group that the others are compared with (the largest, by default).
    adjust : Sequence[str], optional
        Columns of the unit frame, or coded columns as for ``by``.
    contrast : GroupContrast, default "difference"
        ``difference``, or ``ratio``: the group's figure over the reference's, with its interval and p-value on the log
        scale (no ``adjust``); missing where either figure is not above zero.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pd.DataFrame
        Columns metric, unit, group, reference, estimate, conf_low, conf_high, p_value, p_holm, n, n_reference,
        n_people, n_people_reference, rests_on, person, n_clusters, invariance, flag, n_people_reason. ``n_people`` and
        ``n_people_reference`` are the people behind each of the two groups, counted as ``measure`` counts them.
        ``rests_on``: the fewest by whom either side is told, which the gate holds to its threshold: people of each
        group, of those with and without where units are yes or no, and of a slope or an adjusted difference the people
        whose outcomes it weighs.
        ``invariance``: whether a survey scale measures the same across career stage or mode of work (``held``,
        ``not held``, ``not tested``; empty for other metrics and groups); the flag repeats what did not hold, and
        ``attrs["invariance"]`` holds the verdict. ``flag`` also says when a group is smaller than the metric's least
        number of units, or than 30 answers to a survey scale. Units whose group is not recorded are left out.

    Raises
    ------
    UsageError
        No such group.
    MeasureError
        The reference is not among the groups, or there is one group only, or ``adjust`` is asked for a metric that is
        not a mean.
    CoverageError
        As ``measure``.

    Examples
    --------
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> teams, workers = [f"T{i}" for i in range(24)], [f"w{i}" for i in range(240)]
    >>> data = EvaluationData({
    ...     "team": pd.DataFrame({"team_id": teams, "service": ["cin_cp", "cla"] * 12}),
    ...     "worker": pd.DataFrame({"worker_id": workers, "team_id": teams * 10}),
    ...     "worker_month": pd.DataFrame({"worker_id": workers, "month": pd.Timestamp("2025-01-01"),
    ...                                   "h_home": [10.0, 20.0] * 120, "h_office": [30.0, 20.0] * 120}),
    ... })
    >>> rows = measure_differences(data, "remote_share_desk", by="service", reference="cin_cp")
    >>> rows[["group", "estimate"]].round(2).values.tolist()
    [['cla', 0.25]]
    """
    if contrast not in get_args(GroupContrast) or (contrast == "ratio" and adjust):
        raise UsageError(
            "contrast is 'difference', or 'ratio' without adjust.", fix="Use one of these.", code="CONTRAST"
        )
    spec = find_metrics(metric)[0]
    frame = metric_values(data, spec)
    labels = groups(frame, data, by)
    names = [g for g in group_order(labels) if g != NOT_RECORDED]
    reference = str(labels[labels.isin(names)].value_counts(sort=True).index[0]) if reference is None else reference
    if reference not in names or len(names) < 2:
        raise MeasureError(
            f"differences by '{by}' need the reference group and one more; there are {plural(len(names), 'group')}.",
            fix="Use a group that measure lists for this 'by' as reference, or leave reference out.",
            code="GROUP-REFERENCE",
        )
    for name in adjust:
        frame[name] = groups(frame, data, name) if name not in frame else frame[name]
    cluster = cluster_of(frame, spec, by)
    people = people_of(data, spec, frame)
    rows = [
        _difference(spec, frame, labels, g, reference, adjust, contrast, cluster, people, conf_level)
        for g in names
        if g != reference
    ]
    out = pd.DataFrame(rows).astype(dict.fromkeys(("n_people", "n_people_reference", "rests_on"), "Int64"))
    out.insert(out.columns.tolist().index("n"), "p_holm", holm(out["p_value"].tolist()))
    check = comparable(data, spec, by)
    out.insert(out.columns.tolist().index("flag"), "invariance", invariance_word(check))
    warned = invariance_flag(check, by)
    if check is not None:
        out["flag"] = ["; ".join(filter(None, (f, warned))) for f in out["flag"]]
        out.attrs["invariance"] = check.message
    return inside(out)


def _difference(
    spec: MetricSpec,
    frame: pd.DataFrame,
    labels: pd.Series[str],
    group: str,
    reference: str,
    adjust: Sequence[str],
    contrast: GroupContrast,
    cluster: pd.Series[str],
    people: People,
    conf_level: float,
) -> dict[str, object]:
    here, there = labels.eq(group).to_numpy(dtype=bool), labels.eq(reference).to_numpy(dtype=bool)
    estimate = _adjusted(spec, frame, here, there, adjust) if adjust else _raw(spec, frame, here, there, contrast)
    i = clustered_interval(estimate, cluster, conf_level=conf_level)
    n, n_reference = int(estimate.used[here].sum()), int(estimate.used[there].sum())
    behind, beside = (people.count(estimate.used & part) for part in (here, there))
    flags = [estimate.reason] if estimate.reason else []
    fewest = max(spec.min_n, COMPARE_ANSWERS) if "survey.instrument" in spec.values else spec.min_n
    if min(n, n_reference) < fewest:
        flags.append(f"a group has fewer than {fewest} units")
    if i.n_clusters < 2:
        flags.append("one cluster: no interval")
    if spec.own and spec.co_produced == NOT_CO_PRODUCED:
        flags.append(NOT_CO_PRODUCED)
    p = 2 * float(stats.t.sf(abs(estimate.value / i.std_error), i.df)) if i.n_clusters > 1 else float("nan")
    told = [v * spec.scale for v in (estimate.value, i.conf_low, i.conf_high)]
    if contrast == "ratio":
        told = [float(np.exp(v)) for v in (estimate.value, i.conf_low, i.conf_high)]
    return {
        "metric": spec.id,
        "unit": spec.value_unit if contrast == "difference" else "ratio",
        "group": group,
        "reference": reference,
        **dict(zip(("estimate", "conf_low", "conf_high"), told, strict=True)),
        "p_value": p,
        "n": n,
        "n_reference": n_reference,
        "n_people": behind.columns()["n_people"],
        "n_people_reference": beside.columns()["n_people"],
        "rests_on": _least_behind(spec, frame, estimate, (here, there), people),
        "person": behind.person,
        "n_clusters": i.n_clusters,
        "flag": "; ".join(flags),
        "n_people_reason": behind.reason,
    }


def _raw(spec: MetricSpec, frame: pd.DataFrame, here: RowMask, there: RowMask, contrast: GroupContrast) -> Estimate:
    """One group less the other; for a ratio, of their logarithms."""
    assert spec.statistic is not None
    one, two = spec.statistic(frame.loc[here]), spec.statistic(frame.loc[there])
    value, k_one, k_two = one.value - two.value, 1.0, 1.0
    reasons = [one.reason, two.reason]
    if contrast == "ratio":
        good = min(one.value, two.value) > 0
        reasons += [] if good else ["a figure is not above zero: no ratio"]
        value = float(np.log(one.value / two.value)) if good else float("nan")
        k_one, k_two = (1 / one.value, 1 / two.value) if good else (0.0, 0.0)
    influence, used = np.zeros(len(frame)), np.zeros(len(frame), dtype=bool)
    influence[here], influence[there] = k_one * one.influence, -k_two * two.influence
    used[here], used[there] = one.used, two.used
    reason = "; ".join(dict.fromkeys(r for r in reasons if r))
    crossed = None
    if one.crossed is not None and two.crossed is not None:
        first = one.crossed.rows(here, of=len(frame), sign=k_one)
        crossed = first.beside(two.crossed.rows(there, of=len(frame), sign=-k_two))
    size, cell = _cells(one, two, here, there)
    return Estimate(value, influence, used, one.parameters + two.parameters, reason, crossed, size, cell)


def _cells(one: Estimate, two: Estimate, here: RowMask, there: RowMask) -> tuple[Floats | None, Codes | None]:
    """The denominators of both figures and which of them each row belongs to; None where one is no mean."""
    if one.size is None or two.size is None:
        return None, None
    size, cell = np.zeros(len(here)), np.zeros(len(here), dtype=np.intp)
    size[here], size[there] = one.size, two.size
    first = np.zeros(int(here.sum()), dtype=np.intp) if one.cell is None else one.cell
    second = np.zeros(int(there.sum()), dtype=np.intp) if two.cell is None else two.cell
    cell[here], cell[there] = first, second + int(first.max(initial=0)) + 1
    return size, cell


def _least_behind(
    spec: MetricSpec, frame: pd.DataFrame, estimate: Estimate, parts: tuple[RowMask, RowMask], people: People
) -> object:
    """The fewest people by whom either side of a difference is told; missing where units name nobody.

    The reference's figure follows from a difference and the group's own, so each side is held to what a cell is.
    """
    assert spec.statistic is not None
    found = [people_telling(spec.statistic(frame.loc[part]), part, people).n_people for part in parts]
    if estimate.regression is not None:
        found.append(people.telling(estimate.used, partial(people_told, estimate.regression)).n_people)
    if isinstance(spec.statistic, MeanOf):
        value = column_values(frame, spec.statistic.column)
        for used in (estimate.used & part for part in parts):
            if np.isin(value[used], (0.0, 1.0)).all():
                found += [people.count(used & (value == answer)).n_people for answer in (0.0, 1.0)]
    known = [n for n in found if n is not None]
    return min(known) if known else pd.NA


def _adjusted(
    spec: MetricSpec,
    frame: pd.DataFrame,
    here: RowMask,
    there: RowMask,
    adjust: Sequence[str],
) -> Estimate:
    if not isinstance(spec.statistic, MeanOf):
        raise UsageError(
            f"metric '{spec.id}' is not a mean, so it cannot be adjusted here.", fix="Leave adjust out.", code="ADJUST"
        )
    both = here | there
    rows = frame.assign(**{"_group": here.astype(float)}).loc[both]
    fit = Slope(spec.statistic.column, "_group", tuple(adjust))(rows)
    influence, used = np.zeros(len(frame)), np.zeros(len(frame), dtype=bool)
    influence[both], used[both] = fit.influence, fit.used
    return Estimate(fit.value, influence, used, fit.parameters, fit.reason, regression=fit.regression)
