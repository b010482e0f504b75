"""Contact-level metrics from sums of clusters, so that the contacts themselves never leave their database.

A mean and its clustered interval need no more of a cluster than how many units it has and what they sum to; a contrast
of four cells needs the same of each cell. Metrics of the same rows are summed together, in one pass over the contacts.
The numbers are those of the unit frame, to rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array, Floats
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import CoverageError, MeasureError, UsageError
from hybrid_toolkit.metrics.contacts.contact_formulas import EXPRESSIONS, ask_columns, contact_rows, low_access
from hybrid_toolkit.metrics.contacts.contact_tables import ContactTables, ContactUnits
from hybrid_toolkit.metrics.intervals.interval import Crossed, Estimate, MeanOf
from hybrid_toolkit.metrics.intervals.statistics import DifferenceInDifferences
from hybrid_toolkit.metrics.people_and_groups import (
    LINKS,
    NOT_RECORDED,
    PERIODS,
    Behind,
    check_group,
    group_order,
    nobody,
    person_kinds,
)
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.specs.registry import REGISTRY

_CELLS = 4
"""Means of which a difference of differences is made."""


@dataclass(frozen=True)
class ContactClusterSums:
    """One group and period: its estimate from cluster sums, each sum's cluster, units used and missing, people."""

    group: str
    period: str
    estimate: Estimate
    cluster: pd.Series[str] = field(repr=False)
    n: int
    n_missing: int
    behind: Behind


_UNITS = ("contact_id", "child_id")
"""Columns that name a unit, in the order in which they do."""
_CONTACTS = "contact_rows"
_ON_CONTACTS = {"all_contacts": False, "held_contacts": True, "engagement": True}
"""Expressions that are rows of ``contact_rows`` -> whether only of contacts held."""


@dataclass(frozen=True)
class _Batch:
    """Metrics that one pass over the same rows, with the same cluster, answers."""

    rows: ir.Table
    specs: list[MetricSpec]

    def among(self, spec: MetricSpec) -> ir.BooleanValue:
        """Which rows are units of the metric."""
        return self.rows["held"] if _held_only(spec, self.rows) else ibis.literal(True)

    def used(self, spec: MetricSpec) -> ir.BooleanValue:
        """Which of its units have what its statistic needs."""
        statistic = _statistic(spec)
        used = self.among(spec) & self.rows[statistic.column].cast("float64").notnull()
        if isinstance(statistic, DifferenceInDifferences):
            used = used & self.rows[statistic.first].notnull() & self.rows[statistic.second].notnull()
        return used


def contact_cluster_sums(
    tables: ContactTables, specs: Sequence[MetricSpec], *, by: str | None, period: str | None
) -> dict[str, list[ContactClusterSums]]:
    """The parts of each metric's figures, groups in their own order and periods in time.

    Parameters
    ----------
    specs : Sequence[MetricSpec]
        Contact-level metrics.

    Returns
    -------
    dict[str, list[ContactClusterSums]]
        Metric id -> its parts.

    Raises
    ------
    UsageError
        A metric that is not contact-level, or no such group or period.
    MeasureError
        Groups of single people, or a period that the units have no date for.
    CoverageError
        A table or column is not there.
    """
    out = {}
    for batch in _batches(tables, specs, by, period):
        sums = tables.run(_sums(batch))
        people = _people(tables, batch)
        for i, spec in enumerate(batch.specs):
            out[spec.id] = list(_parts(_of_metric(sums, i, _statistic(spec)), spec, people[i]))
    return out


def _batches(
    tables: ContactTables, specs: Sequence[MetricSpec], by: str | None, period: str | None
) -> Iterator[_Batch]:
    """The metrics in as few passes as there are different rows, clusters and contrasts."""
    grouped: dict[str, ir.Table] = {}
    clusters: dict[tuple[str, bool, tuple[str, ...]], str] = {}
    found: dict[tuple[str, str, str], list[MetricSpec]] = {}
    for spec in specs:
        name = _expression(spec)
        for table, columns in spec.columns.items():
            ask_columns(tables.tables, table, columns)
        own = _grouped(EXPRESSIONS[name](tables.tables), tables, by)  # which says what these units cannot be split by
        contrast = "" if isinstance(spec.statistic, MeanOf) else spec.id
        source = _CONTACTS if name in _ON_CONTACTS and not contrast else name
        if source not in grouped:
            rows = own if source == name else _grouped(contact_rows(tables.tables), tables, by)
            grouped[source] = rows.mutate(_period=_period(rows, period))
        rows = grouped[source]
        at = source, _held_only(spec, rows), spec.cluster
        if at not in clusters:
            clusters[at] = _cluster(rows, tables, spec, by)
        cluster = clusters[at]
        found.setdefault((source, contrast, cluster), []).append(spec)
    for (source, _, cluster), alike in found.items():
        rows = grouped[source]
        unit = rows[next(c for c in _UNITS if c in rows.columns)]
        # a unit whose cluster is not known is a cluster of its own
        yield _Batch(rows.mutate(_cluster=rows[cluster].fill_null("\x00" + unit) if cluster else unit), alike)


def _expression(spec: MetricSpec) -> str:
    """The name of the metric's rows."""
    if isinstance(spec.frame, ContactUnits) and isinstance(spec.statistic, MeanOf | DifferenceInDifferences):
        return spec.frame.expression
    known = [m.id for m in REGISTRY.values() if isinstance(m.frame, ContactUnits)]
    raise UsageError(
        f"metric '{spec.id}' is not a contact-level metric, so it is not measured where its tables are.",
        fix=f"Load the data and measure that, or use one of {', '.join(known)}.",
        code="METRIC-TABLES",
    )


def _statistic(spec: MetricSpec) -> MeanOf | DifferenceInDifferences:
    return cast("MeanOf | DifferenceInDifferences", spec.statistic)


def _held_only(spec: MetricSpec, rows: ir.Table) -> bool:
    """Whether the rows are all contacts and the metric is of those held."""
    return "held" in rows.columns and _ON_CONTACTS[_expression(spec)]


def _grouped(rows: ir.Table, tables: ContactTables, by: str | None) -> ir.Table:
    """The rows with their ``_group``."""
    if by is None:
        return rows.mutate(_group=ibis.literal("all"))
    check_group(by)
    if by in rows.columns:
        return rows.mutate(_group=_label(rows[by]))
    if by == "low_access" and "family_id" in rows.columns:
        return _looked_up(rows, low_access(tables.tables), "family_id", by)
    if by in ("career_stage", "mode_of_work"):
        raise UsageError(f"'{by}' is told of loaded data only.", fix="Load the data.", code="GROUP-TABLES")
    for table, key in LINKS:
        if by in TABLES[table].names and key in rows.columns:
            held = tables.tables.get(table)
            if held is None or not {by, key} <= set(held.columns):
                raise CoverageError(
                    f"there is no column '{by}' of table '{table}', which the groups need.",
                    fix="Add it, or choose another group.",
                    code="COLUMN-MISSING",
                )
            return _looked_up(rows, held, key, by)
    raise UsageError(f"the units of this metric have no '{by}'.", fix="Choose another group.", code="GROUP-UNIT")


def _looked_up(rows: ir.Table, other: ir.Table, key: str, name: str) -> ir.Table:
    """The rows with the column of another table, by key, as their group."""
    once = other.select(_key=other[key].cast("string"), _value=other[name]).distinct(on="_key", keep="first")
    joined = rows.left_join(once, rows[key] == once["_key"])
    return joined.mutate(_group=_label(joined["_value"])).drop("_key", "_value")


def _label(value: ir.Value) -> ir.Value:
    if value.type().is_boolean():
        text = ibis.ifelse(value, "yes", "no")
        text = ibis.ifelse(value.isnull(), ibis.null("string"), text)
    elif value.type().is_numeric():
        whole = (value == value.cast("int64")).fill_null(False)
        text = ibis.ifelse(whole, value.cast("int64").cast("string"), value.cast("string"))
    else:
        text = value.cast("string")
    return text.fill_null(NOT_RECORDED)


def _period(rows: ir.Table, period: str | None) -> ir.Value:
    if period is None:
        return ibis.literal("all")
    if period not in PERIODS:
        raise UsageError(
            f"there is no period '{period}'.", fix=f"Use one of {', '.join(PERIODS)}.", code="PERIOD-UNKNOWN"
        )
    if period == "wave" or "month" not in rows.columns:
        raise MeasureError(
            f"the units of this metric have no date by {period}.", fix="Leave period out.", code="PERIOD-UNIT"
        )
    month = rows["month"]
    year = month.year().cast("string")
    if period == "year":
        return year
    if period == "quarter":
        return year + "-Q" + month.quarter().cast("string")
    return year + "-" + month.month().cast("string").lpad(2, "0")


def _cluster(rows: ir.Table, tables: ContactTables, spec: MetricSpec, by: str | None) -> str:
    """The first cluster column that holds anything among the metric's units; none where there is none."""
    units = rows.filter(rows["held"]) if _held_only(spec, rows) else rows
    for name in (c for c in spec.cluster if c in rows.columns and c != by):
        if len(tables.run(units.filter(units[name].notnull()).limit(1).select(name))):
            return name
    return ""


def _sums(batch: _Batch) -> ir.Table:
    """Units, total and missing of each metric, one row a group, period, cluster and cell of a contrast."""
    rows, first = batch.rows, _statistic(batch.specs[0])
    keys = {"_group": rows["_group"], "_period": rows["_period"], "_cluster": rows["_cluster"]}
    if isinstance(first, DifferenceInDifferences):  # alone in its batch
        keys |= {"_first": rows[first.first], "_second": rows[first.second]}
    else:
        crossed = {s.statistic.crossed for s in batch.specs if isinstance(s.statistic, MeanOf) and s.statistic.crossed}
        keys |= {f"_crossed_{name}": rows[name] for name in sorted(crossed)}
    sums = {}
    for i, spec in enumerate(batch.specs):
        used = batch.used(spec)
        value = rows[_statistic(spec).column].cast("float64")
        sums[f"n{i}"] = used.sum().fill_null(0).cast("float64")
        sums[f"total{i}"] = ibis.coalesce(value.sum(where=used), 0.0)
        sums[f"n_missing{i}"] = (batch.among(spec) & ~used).sum().fill_null(0).cast("float64")
    return rows.group_by(**keys).agg(**sums)


def _of_metric(sums: pd.DataFrame, i: int, statistic: MeanOf | DifferenceInDifferences) -> pd.DataFrame:
    """One metric's columns of the sums, one row a cluster and what its statistic tells apart, where it has units."""
    values = {f"{name}{i}": name for name in ("n", "total", "n_missing")}
    keys = [c for c in map(str, sums) if c.startswith("_") and not c.startswith("_crossed_")]
    crossed = f"_crossed_{statistic.crossed}" if isinstance(statistic, MeanOf) and statistic.crossed else ""
    own = sums[[*keys, *([crossed] if crossed else []), *values]].rename(columns=values | {crossed: "_crossed"})
    own = own[(own["n"] > 0) | (own["n_missing"] > 0)]
    if not crossed and any(c.startswith("_crossed_") for c in map(str, sums)):
        own = own.groupby(keys, as_index=False, sort=False, dropna=False)[list(values.values())].sum()
    return own


def _people(tables: ContactTables, batch: _Batch) -> list[dict[tuple[str, str], Behind]]:
    """The people behind each group and period of each metric, as ``people_telling`` counts them: of the fewest kind."""
    out: list[dict[tuple[str, str], tuple[int, str]]] = [{} for _ in batch.specs]
    for key, kind in person_kinds(batch.rows.columns).items():
        counts = _count_people(tables, batch, key)
        if isinstance(_statistic(batch.specs[0]), DifferenceInDifferences):
            counts["n0"] = np.minimum(counts["n0"], _fewest_of_a_cell(tables, batch, key, counts))
        for i, fewest in enumerate(out):
            if not counts[f"named{i}"].any():
                continue
            for group, period, n in zip(counts["_group"], counts["_period"], counts[f"n{i}"], strict=True):
                at = str(group), str(period)
                fewest[at] = min(fewest.get(at, (int(n), kind)), (int(n), kind), key=lambda counted: counted[0])
    return [{at: Behind(*counted) for at, counted in fewest.items()} for fewest in out]


def _count_people(tables: ContactTables, batch: _Batch, key: str) -> pd.DataFrame:
    """Distinct people of one kind behind each metric, and whether any is named, one row a group and period.

    Put together a person first: that takes a third of the time of counting distinct values a metric. Only the counts
    leave the database.
    """
    marked = batch.rows.mutate(
        **{f"used{i}": batch.used(spec) for i, spec in enumerate(batch.specs)},
        **{f"among{i}": batch.among(spec) for i, spec in enumerate(batch.specs)},
    )
    which = range(len(batch.specs))
    person = marked.group_by("_group", "_period", _who=marked[key]).agg(
        **{f"used{i}": marked[f"used{i}"].any() for i in which},
        **{f"among{i}": marked[f"among{i}"].any() for i in which},
    )
    known = person["_who"].notnull()
    counts = tables.run(
        person.group_by("_group", "_period").agg(
            **{f"n{i}": (person[f"used{i}"] & known).sum() for i in which},
            **{f"named{i}": (person[f"among{i}"] & known).any() for i in which},
        )
    )
    kinds = {f"n{i}": "int64" for i in which} | {f"named{i}": "bool" for i in which}
    return counts.fillna({c: 0 if kind == "int64" else False for c, kind in kinds.items()}).astype(kinds)


def _fewest_of_a_cell(tables: ContactTables, batch: _Batch, key: str, counts: pd.DataFrame) -> Floats:
    """The fewest people of one of a contrast's four means, one a row of the counts; infinite where a cell is empty."""
    statistic = batch.specs[0].statistic
    assert isinstance(statistic, DifferenceInDifferences)
    rows = batch.rows.filter(batch.used(batch.specs[0]))
    cells = tables.run(
        rows.group_by("_group", "_period", _first=rows[statistic.first], _second=rows[statistic.second]).agg(
            n=rows[key].nunique()
        )
    )
    found = cells.groupby(["_group", "_period"])["n"].agg(["min", "size"])
    fewest = found["min"].astype(float).where(found["size"].eq(_CELLS), np.inf)
    at = pd.MultiIndex.from_frame(counts[["_group", "_period"]])
    return np.asarray(fewest.reindex(at).fillna(np.inf), dtype=np.float64)


def _parts(sums: pd.DataFrame, spec: MetricSpec, people: dict[tuple[str, str], Behind]) -> Iterator[ContactClusterSums]:
    for group in group_order(sums["_group"]) if len(sums) else ():
        here = sums[sums["_group"].eq(group)]
        for when in sorted(here["_period"].dropna().unique(), key=lambda t: (len(t), t)):
            part = here[here["_period"].eq(when)].reset_index(drop=True)
            behind = people.get((str(group), str(when)), nobody(spec.unit))
            yield _part(part, _statistic(spec), str(group), str(when), behind)


def _part(
    sums: pd.DataFrame, statistic: MeanOf | DifferenceInDifferences, group: str, period: str, behind: Behind
) -> ContactClusterSums:
    n, total = sums["n"].to_numpy(dtype="float64"), sums["total"].to_numpy(dtype="float64")
    used = n > 0
    if isinstance(statistic, MeanOf):
        estimate = _mean(n, total, used, sums)
    else:
        estimate = _contrast(n, total, used, sums, statistic)
    cluster = cast("pd.Series[str]", sums["_cluster"])
    return ContactClusterSums(group, period, estimate, cluster, int(n.sum()), int(sums["n_missing"].sum()), behind)


def _mean(n: Floats, total: Floats, used: Array, sums: pd.DataFrame) -> Estimate:
    if not used.any():
        return Estimate(float("nan"), np.zeros(len(n)), used, 1, "no values")
    mean = float(total.sum() / n.sum())
    influence = (total - mean * n) / n.sum()
    crossed = None
    if "_crossed" in sums:
        labels = sums["_crossed"].astype("str").where(sums["_crossed"].notna(), None).to_numpy(dtype=object)
        crossed = Crossed(labels[:, None], influence[:, None])
    return Estimate(mean, influence, used, crossed=crossed, size=n)


def _contrast(
    n: Floats, total: Floats, used: Array, sums: pd.DataFrame, statistic: DifferenceInDifferences
) -> Estimate:
    a, b = (sums[c].astype("boolean").fillna(False).to_numpy(dtype=bool) for c in ("_first", "_second"))
    value, influence, smallest = 0.0, np.zeros(len(n)), float("inf")
    for sign, cell in ((1, a & b), (-1, ~a & b), (-1, a & ~b), (1, ~a & ~b)):
        inside = cell & used
        size = float(n[inside].sum())
        smallest = min(smallest, size)
        if not size:
            reason = f"a cell of {statistic.first} by {statistic.second} is empty"
            return Estimate(float("nan"), np.zeros(len(n)), used, 1, reason)
        mean = float(total[inside].sum() / size)
        value += sign * mean
        influence += sign * np.where(inside, total - mean * n, 0.0) / size
    reason = "" if smallest >= statistic.min_cell else f"a cell has fewer than {statistic.min_cell} rows"
    return Estimate(value, influence, used, 4, reason, size=n, cell=a.astype(np.intp) + 2 * b)
