"""Measuring: metrics over a unit, a group and a period, with clustered intervals and reasons for doubt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP, EvaluationData
from hybrid_toolkit.data.privacy.inside import InsideFrame, inside
from hybrid_toolkit.errors import MeasureError, UsageError
from hybrid_toolkit.metrics.contacts.contact_tables import ContactTables
from hybrid_toolkit.metrics.intervals.interval import Estimate, Interval, clustered_interval
from hybrid_toolkit.metrics.people_and_groups import Behind, People, group_order, groups, people_of, periods
from hybrid_toolkit.metrics.people_telling import people_telling
from hybrid_toolkit.metrics.psychometrics.comparability import comparable, invariance_flag
from hybrid_toolkit.metrics.psychometrics.reliability import RELIABLE
from hybrid_toolkit.metrics.specs.metric_spec import NOT_CO_PRODUCED, MetricSpec
from hybrid_toolkit.metrics.specs.registry import find_metrics
from hybrid_toolkit.metrics.unit_frames import cached, check_kinds, require

_YEAR_STARTS = 4
"""April: statistics of children in need and looked after run from April to March."""

FIGURE_COLUMNS = (
    *("metric", "unit", "group", "period", "estimate", "conf_low", "conf_high", "n", "n_people", "person"),
    *("n_clusters", "n_missing", "missing_share", "reliability", "flag", "n_people_reason"),
)
"""Columns of what ``measure`` gives."""
_FEW = 5
"""With fewer effective clusters an interval is called to rest on few: it leans on their being like each other."""
_UNEQUAL = 0.5
"""Effective clusters under this share of all are called unequal."""
MAX_MISSING = 0.5
"""Share of missing units above which a figure should not be reported."""


def measure(
    data: EvaluationData | ContactTables,
    metrics: str | MetricSpec | Iterable[str | MetricSpec],
    *,
    by: str | None = None,
    period: str | None = None,
    conf_level: float = 0.95,
) -> InsideFrame:
    """Measure one metric or several, over all units or in groups and periods.

    Parameters
    ----------
    data : EvaluationData | ContactTables
        Loaded data, or ``ContactTables`` (contact-level metrics over a database or Parquet files that may be larger
        than memory; groups are columns of the tables, or ``low_access``). Either way contacts are put together by the
        same Ibis expressions on DuckDB.
    metrics : str | MetricSpec | Iterable[str | MetricSpec]
        Metric ids (``"remote_share_desk"``), codes (``"MF2"``), or specs of one's own.
    by : str | None, optional
        A coded column of worker, team, family, contact or la, or ``career_stage`` or ``low_access``. Figures of single
        people are refused; figures of teams are given for use inside and flagged.
    period : str | None, optional
        ``month``, ``quarter``, ``year`` or ``wave``.
    conf_level : float, default 0.95
        Level of the interval.

    Returns
    -------
    InsideFrame
        One row a metric, group and period, in a frame that says, where it is shown, that it has not passed the
        disclosure gate. ``unit`` of the figure; ``estimate`` with ``conf_low`` and ``conf_high`` (clusters left out in
        turn, t on effective clusters - 1 degrees of freedom, inside the range of the metric: see
        ``clustered_interval``; missing where there is one cluster or nothing varies); ``n`` units used in
        ``n_clusters`` clusters; ``n_people`` distinct people behind them and the ``person`` counted (``worker``,
        ``family``, ``child``: of several, the kind with the fewest), missing with the reason in ``n_people_reason``
        where nobody stands behind a unit, as in the statistics of authorities, and of a slope no more than those on
        whom it rests; ``n_missing`` units left out for a
        missing value, and their ``missing_share``; ``reliability`` of a scale over all answers; ``flag``, empty or the
        reasons why the figure should not be reported, and for a scale by career stage or mode of work, that invariance
        was not shown, so that its means should not be compared. Missing values are counted, never filled. Groups stand
        in their own order, never by rank.

    Raises
    ------
    UsageError
        An unknown metric, group, period or level.
    CoverageError
        The data lack a table or column that a metric needs; the message names it.
    MeasureError
        The metric is not computed from tables, a column is of another type than its contract says, groups would be
        single people, a metric over people names none of them, or a metric's own filter would set a few people apart.

    Examples
    --------
    >>> d = EvaluationData({"worker_month": pd.DataFrame({
    ...     "worker_id": list("aabb"), "month": pd.to_datetime(["2025-01-01", "2025-02-01"] * 2),
    ...     "h_home": [10.0, 20.0, 30.0, None], "h_office": [30.0, 20.0, 10.0, 5.0]})})
    >>> m = measure(d, "remote_share_desk").iloc[0]
    >>> float(m["estimate"]), int(m["n"]), int(m["n_missing"]), m["flag"]
    (0.5, 3, 1, 'fewer than 10 units; few or unequal clusters: 2 count as 1.8')
    """
    if not 0 < conf_level < 1:
        raise UsageError("conf_level is not between 0 and 1.", fix="Use 0.95 for 95%.", code="CONF-LEVEL")
    rows: list[dict[str, object]] = []
    if isinstance(data, ContactTables):
        return _figures(_measure_tables(data, find_metrics(metrics), by, period, conf_level), synthetic=data.synthetic)
    for spec in find_metrics(metrics):
        if spec.own:
            from hybrid_toolkit.metrics.custom.custom_filter import hold_filter

            hold_filter(data, spec)
        frame = _unit_frame(data, spec)
        keys = pd.DataFrame({"group": "all", "period": "all"}, index=frame.index)
        if by is not None:
            keys["group"] = groups(frame, data, by)
        if period is not None:
            keys["period"] = periods(frame, period)
        reliability = _reliability(data, spec)
        survey = "survey.instrument" in spec.values  # only answers may be read differently by different groups
        warned = invariance_flag(comparable(data, spec, by), by) if survey else ""
        parts = _measure_parts(spec, frame, keys, people_of(data, spec, frame), by, conf_level, reliability)
        rows.extend(r | {"flag": "; ".join(filter(None, (r["flag"], warned)))} for r in parts)
    return _figures(rows, synthetic=data.synthetic)


def _figures(rows: list[dict[str, object]], *, synthetic: bool) -> InsideFrame:
    out = pd.DataFrame(rows, columns=list(FIGURE_COLUMNS)).astype({"n_people": "Int64"})
    if synthetic:
        out.attrs["stamp"] = SYNTHETIC_STAMP
    return inside(out)


def metric_values(data: EvaluationData, metric: str | MetricSpec) -> InsideFrame:
    """The unit frame of one metric: one row a unit, with its keys and the columns of the statistic.

    For distributions and models inside; a table or figure of it goes through the disclosure gate.

    Parameters
    ----------
    data : EvaluationData
        The data.
    metric : str | MetricSpec
        Id, code or spec of the metric.

    Returns
    -------
    InsideFrame
        The unit frame of one metric: one row a unit, with its keys and the columns of the statistic.

    Raises
    ------
    CoverageError
        As ``measure``.
    MeasureError
        As ``measure``.
    UsageError
        As ``measure``.

    Examples
    --------
    >>> data = EvaluationData({"worker_month": pd.DataFrame({
    ...     "worker_id": ["w1", "w2"], "month": pd.Timestamp("2025-01-01"), "h_home": [10.0, 20.0],
    ...     "h_office": [30.0, 20.0]})})
    >>> pd.DataFrame(metric_values(data, "remote_share_desk")).shape[0]
    2
    """
    spec = find_metrics(metric)[0]
    return inside(_unit_frame(data, spec).copy())


def measured_by_year(data: EvaluationData, spec: MetricSpec, units: pd.DataFrame, conf_level: float) -> pd.DataFrame:
    """A metric a reporting year over units of its own frame, whatever the calendar of the units.

    Parameters
    ----------
    data : EvaluationData
        The data that the units were made from, to count the people behind them.
    units : pd.DataFrame
        Rows of ``metric_values``; with ``year`` (a reporting year) or ``month`` (years to 31 March).

    Returns
    -------
    pd.DataFrame
        Columns ``year`` (in which the reporting year ends), ``months`` (months of it with a unit; missing where units
        have a year only) and those of ``measure``.

    Raises
    ------
    MeasureError
        The units have neither.
    """
    if "year" in units:
        year = units["year"].astype("Int64")
        months: dict[int, int] = {}
    elif "month" in units:
        month = pd.to_datetime(units["month"])
        year = (month.dt.year + (month.dt.month >= _YEAR_STARTS)).astype("Int64")
        months = {int(y): int(n) for y, n in month.groupby(year).nunique().items()}  # type: ignore[call-overload]
    else:
        raise MeasureError(
            f"the units of metric '{spec.id}' have no date, so that no year can be matched.",
            fix="Compare a metric whose units have a month or a year.",
            code="PERIOD-UNIT",
        )
    keys = pd.DataFrame({"group": "all", "period": year.astype("str").where(year.notna())}, index=units.index)
    people = people_of(data, spec, units)
    parts = _measure_parts(spec, units, keys, people, None, conf_level, float("nan"))
    out = pd.DataFrame(parts, columns=list(FIGURE_COLUMNS)).astype({"n_people": "Int64"})
    years = out["period"].astype("int64")
    return out.assign(year=years, months=pd.array([months.get(y, pd.NA) for y in years], dtype="Int64"))


def _unit_frame(data: EvaluationData, spec: MetricSpec) -> pd.DataFrame:
    """The unit frame, made once for the same data; copied before it leaves."""
    if spec.frame is None or spec.statistic is None:
        raise MeasureError(
            f"metric '{spec.id}' is not computed by measure. {spec.elsewhere}",
            fix="Choose one of the metrics in catalogue() that are.",
            code="METRIC-ELSEWHERE",
        )
    wanted = spec.columns_for(data.has) if spec.instead else spec.columns
    for table, columns in wanted.items():
        require(data, table, *columns)
    check_kinds(data, wanted)
    make = spec.frame
    return cached(data, make, lambda: make(data).reset_index(drop=True))


def cluster_of(frame: pd.DataFrame, spec: MetricSpec, by: str | None) -> pd.Series[str]:
    """The cluster of each row: the first of the metric's cluster columns that the frame holds and is not the group."""
    for name in spec.cluster:
        if name in frame and name != by and frame[name].notna().any():
            return frame[name].astype("str").where(frame[name].notna())
    return pd.Series(pd.NA, index=frame.index, dtype="str")


def _measure_parts(
    spec: MetricSpec,
    frame: pd.DataFrame,
    keys: pd.DataFrame,
    people: People,
    by: str | None,
    conf_level: float,
    reliability: float,
) -> list[dict[str, Any]]:
    cluster = cluster_of(frame, spec, by)
    out = []
    for group in group_order(keys["group"]) if len(keys) else ["all"]:
        inside = keys["group"].eq(group)
        for period in (
            sorted(keys.loc[inside, "period"].dropna().unique(), key=lambda t: (len(t), t)) if len(keys) else ["all"]
        ):
            here = (inside & keys["period"].eq(period)).to_numpy(dtype=bool)
            row = _one(spec, frame, here, cluster, people, by, conf_level, reliability)
            out.append({"metric": spec.id, "unit": spec.value_unit, "group": group, "period": period, **row})
    return out


def _measure_tables(
    tables: ContactTables, specs: Sequence[MetricSpec], by: str | None, period: str | None, conf_level: float
) -> list[dict[str, object]]:
    from hybrid_toolkit.metrics.contacts.contact_sums import contact_cluster_sums

    out: list[dict[str, object]] = []
    sums = contact_cluster_sums(tables, specs, by=by, period=period)
    for spec in specs:
        for part in sums[spec.id]:
            interval = clustered_interval(
                part.estimate, part.cluster, conf_level=conf_level, n=part.n, bounds=statistic_bounds(spec)
            )
            row = _row(spec, part.estimate, interval, part.n, part.n_missing, part.behind, by, float("nan"))
            out.append({"metric": spec.id, "unit": spec.value_unit, "group": part.group, "period": part.period, **row})
    return out


def _one(
    spec: MetricSpec,
    frame: pd.DataFrame,
    here: npt.NDArray[np.bool_],
    cluster: pd.Series[str],
    people: People,
    by: str | None,
    conf_level: float,
    reliability: float,
) -> dict[str, object]:
    assert spec.statistic is not None
    estimate = spec.statistic(frame.loc[here])
    interval = clustered_interval(estimate, cluster.loc[here], conf_level=conf_level, bounds=statistic_bounds(spec))
    n, missing = int(estimate.used.sum()), int((~estimate.used).sum())
    used = here.copy()
    used[here] = estimate.used
    several = estimate.regression is not None or estimate.cell is not None
    behind = people_telling(estimate, here, people) if several else people.count(used)
    row = _row(spec, estimate, interval, n, missing, behind, by, reliability)
    warned = spec.warn(frame.loc[here]) if spec.warn is not None else ""
    return row | {"flag": "; ".join(filter(None, (str(row["flag"]), warned)))}


def _row(
    spec: MetricSpec,
    estimate: Estimate,
    interval: Interval,
    n: int,
    missing: int,
    behind: Behind,
    by: str | None,
    reliability: float,
) -> dict[str, object]:
    share = missing / (n + missing) if n + missing else float("nan")
    reasons = _reasons(spec, estimate, n, interval, share, reliability)
    if by == "team_id":
        reasons.append("single teams: for use inside, never named or ranked")
    if by == "la_id":
        reasons.append("single authorities: never a league table")
    return {
        "estimate": estimate.value * spec.scale,
        "conf_low": interval.conf_low * spec.scale,
        "conf_high": interval.conf_high * spec.scale,
        "n": n,
        **behind.columns(),
        "n_clusters": interval.n_clusters,
        "n_missing": missing,
        "missing_share": share,
        "reliability": reliability,
        "flag": "; ".join(reasons),
    }


def _reasons(
    spec: MetricSpec, estimate: Estimate, n: int, interval: Interval, share: float, reliability: float
) -> list[str]:
    clusters, no_interval = interval.n_clusters, bool(np.isnan(interval.std_error))
    reasons = [estimate.reason] if estimate.reason else []
    if n < spec.min_n:
        reasons.append(f"fewer than {spec.min_n} units")
    if share > MAX_MISSING:
        reasons.append(f"more than {MAX_MISSING:.0%} missing")
    if spec.reliability_of is not None and not reliability >= RELIABLE:
        reasons.append(
            f"reliability below {RELIABLE:.2f}" if not np.isnan(reliability) else "reliability cannot be estimated"
        )
    if not _within(estimate.value * spec.scale, spec):
        reasons.append("outside the range of the metric")
    if spec.own and spec.co_produced == NOT_CO_PRODUCED:
        reasons.append(NOT_CO_PRODUCED)
    if n and clusters < 2:
        reasons.append("one cluster: no interval")
    elif n > 1 and no_interval and not np.isnan(estimate.value):
        reasons.append("no variation between clusters: no interval")
    elif few := few_clusters(interval):
        reasons.append(few)
    return reasons


def _within(value: float, spec: MetricSpec) -> bool:
    slack = 1e-9 * max(1.0, abs(value))
    below = spec.low is not None and value < spec.low - slack
    return not (below or (spec.high is not None and value > spec.high + slack))


def _reliability(data: EvaluationData, spec: MetricSpec) -> float:
    """Reliability of the score over all answers; missing where none applies or too few answered."""
    if spec.reliability_of is None:
        return float("nan")
    try:
        return cached(data, ("reliability", spec.reliability_of), partial(spec.reliability_of, data))
    except MeasureError:
        return float("nan")


def statistic_bounds(spec: MetricSpec) -> tuple[float | None, float | None]:
    """The range of the metric in the units of its statistic; None where there is no end."""
    low, high = (None if v is None else v / spec.scale for v in (spec.low, spec.high))
    return low, high


def few_clusters(interval: Interval) -> str:
    """Why an interval rests on few or unequal clusters; empty where it does not.

    Examples
    --------
    >>> few_clusters(Interval(0.1, 0.0, 0.4, 12, 2.1, 3.1)), few_clusters(Interval(0.1, 0.0, 0.4, 12, 10.0, 11.0))
    ('few or unequal clusters: 12 count as 3.1', '')
    """
    many, effective = interval.n_clusters, interval.effective
    if many < 2 or not (effective < _FEW or effective < _UNEQUAL * many):
        return ""
    return f"few or unequal clusters: {many} count as {effective:.1f}"
