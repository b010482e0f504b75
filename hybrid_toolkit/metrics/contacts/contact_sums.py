"""Contact-level metrics from sums of clusters, so that the contacts themselves never leave their database.

A mean and its clustered interval need no more of a cluster than how many units it has and what they sum to; a contrast
of four cells needs the same of each cell. The numbers are those of the unit frame, to rounding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array, Floats
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import CoverageError, MeasureError, UsageError
from hybrid_toolkit.metrics.contacts.contact_level import EXPRESSIONS, ask_columns, low_access
from hybrid_toolkit.metrics.contacts.contact_tables import ContactTables, ContactUnits
from hybrid_toolkit.metrics.grouping import LINKS, NOT_RECORDED, PERIODS, check_group, group_order
from hybrid_toolkit.metrics.intervals.influence import Crossed, DifferenceInDifferences, Estimate, MeanOf
from hybrid_toolkit.metrics.people import Behind, nobody, person_kinds
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.specs.registry import REGISTRY


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


def contact_cluster_sums(
    tables: ContactTables, spec: MetricSpec, *, by: str | None, period: str | None
) -> Iterator[ContactClusterSums]:
    """The parts of a figure, groups in their own order and periods in time.

    Raises
    ------
    UsageError
        A metric that is not contact-level, or no such group or period.
    MeasureError
        Groups of single people, or a period that the units have no date for.
    CoverageError
        A table or column is not there.
    """
    if not isinstance(spec.frame, ContactUnits) or not isinstance(spec.statistic, MeanOf | DifferenceInDifferences):
        known = [m.id for m in REGISTRY.values() if isinstance(m.frame, ContactUnits)]
        raise UsageError(
            f"metric '{spec.id}' is not a contact-level metric, so it is not measured where its tables are.",
            fix=f"Load the data and measure that, or use one of {', '.join(known)}.",
            code="METRIC-TABLES",
        )
    for table, columns in spec.columns.items():
        ask_columns(tables.tables, table, columns)
    rows = EXPRESSIONS[spec.frame.expression](tables.tables)
    rows = _grouped(rows, tables, by)
    rows = rows.mutate(_period=_period(rows, period))
    rows = rows.mutate(_cluster=_cluster(rows, tables, spec, by))
    sums = tables.run(_sums(rows, spec.statistic))
    people = _people(tables, rows, spec)
    for group in group_order(sums["_group"]) if len(sums) else ():
        here = sums[sums["_group"].eq(group)]
        for when in sorted(here["_period"].dropna().unique(), key=lambda t: (len(t), t)):
            part = here[here["_period"].eq(when)].reset_index(drop=True)
            behind = people.get((str(group), str(when)), nobody(spec.unit))
            yield _part(part, spec.statistic, str(group), str(when), behind)


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


def _cluster(rows: ir.Table, tables: ContactTables, spec: MetricSpec, by: str | None) -> ir.Value:
    """The first cluster column that holds anything; a unit whose cluster is not known is a cluster of its own."""
    unit = next(c for c in ("contact_id", "child_id") if c in rows.columns)
    for name in spec.cluster:
        if name in rows.columns and name != by:
            known = tables.run(rows.filter(rows[name].notnull()).limit(1).select(name))
            if len(known):
                return rows[name].fill_null("\x00" + rows[unit])
    return rows[unit]


def _sums(rows: ir.Table, statistic: MeanOf | DifferenceInDifferences) -> ir.Table:
    value = rows[statistic.column].cast("float64")
    keys = {"_group": rows["_group"], "_period": rows["_period"], "_cluster": rows["_cluster"]}
    if isinstance(statistic, MeanOf):
        if statistic.crossed:
            keys["_crossed"] = rows[statistic.crossed]
    else:
        keys |= {"_first": rows[statistic.first], "_second": rows[statistic.second]}
    used = _used(rows, statistic)
    return rows.group_by(**keys).agg(
        n=used.sum().fill_null(0).cast("float64"),
        total=ibis.coalesce(value.sum(where=used), 0.0),
        n_missing=(~used).sum().fill_null(0).cast("float64"),
    )


def _people(tables: ContactTables, rows: ir.Table, spec: MetricSpec) -> dict[tuple[str, str], Behind]:
    """The people behind each group and period, as ``people.People`` counts them; only the counts leave the database."""
    assert isinstance(spec.statistic, MeanOf | DifferenceInDifferences)
    used = _used(rows, spec.statistic)
    kinds = person_kinds(rows.columns)
    counts = tables.run(
        rows.group_by("_group", "_period").agg(
            **{f"n_{kind}": rows[key].nunique(where=used) for key, kind in kinds.items()},
            **{f"any_{kind}": rows[key].notnull().any() for key, kind in kinds.items()},
        )
    )
    named = [kind for kind in kinds.values() if counts[f"any_{kind}"].astype("boolean").fillna(False).any()]
    if not named:
        return {}
    least = counts[[f"n_{kind}" for kind in named]].astype("int64")
    return {
        (str(group), str(period)): Behind(int(n), str(name).removeprefix("n_"))
        for group, period, n, name in zip(
            counts["_group"], counts["_period"], least.min(axis=1), least.idxmin(axis=1), strict=True
        )
    }


def _used(rows: ir.Table, statistic: MeanOf | DifferenceInDifferences) -> ir.BooleanValue:
    """Which rows have what the statistic needs."""
    used = rows[statistic.column].cast("float64").notnull()
    if isinstance(statistic, DifferenceInDifferences):
        used = used & rows[statistic.first].notnull() & rows[statistic.second].notnull()
    return used


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
