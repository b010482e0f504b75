"""One metric measured and released: the table that may be shown, and the reasons for doubt beside it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.metrics.compute import measure, metric_values
from hybrid_toolkit.metrics.intervals.influence import MeanOf
from hybrid_toolkit.metrics.people import with_people
from hybrid_toolkit.metrics.psychometrics.comparability import comparable, invariance_flag, invariance_note
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.specs.registry import find_metrics

ALL_GROUPS = "all"
"""The row for everyone."""
VALUES = ("estimate", "conf_low", "conf_high")


@dataclass(frozen=True)
class Measured:
    """A metric as it may be shown.

    Parameters
    ----------
    metric, name, unit : the metric's id and name, and the unit of its figure.
    table : release with ``group``, ``n``, ``people``, ``estimate``, ``conf_low``, ``conf_high``, ``suppressed``.
    notes : release with one ``note`` a row: reasons for doubt about what is shown, and caveats.
    """

    metric: str
    name: str
    unit: str
    table: Release
    notes: Release


def measure_released(
    data: EvaluationData,
    metric: str,
    *,
    by: str | None = None,
    gate: Gate | None = None,
) -> tuple[Measured, ...]:
    """Measure a metric over everyone, and in groups if asked, and pass it through the disclosure gate.

    Parameters
    ----------
    metric : metric id, or a code that stands for several.
    by : what splits it, as for ``measure``; groups and everyone are protected together.
    gate : the disclosure gate; the package's policy where it is left out.

    Raises
    ------
    UsageError, CoverageError, MeasureError : as ``measure``.
    DisclosureError : the table cannot be protected.
    """
    opened = gate if gate is not None else Gate(source=data)
    return tuple(_released(data, spec, by, opened) for spec in find_metrics(metric))


def _released(data: EvaluationData, spec: MetricSpec, by: str | None, gate: Gate) -> Measured:
    rows = measure(data, spec)
    if by is not None:
        rows = pd.concat([rows, measure(data, spec, by=by)], ignore_index=True)
    units = metric_values(data, spec)
    table = gate.table(
        with_people(rows),
        title=spec.name + (f", by {by.removesuffix('_id').replace('_', ' ')}" if by else ""),
        dims=["group"],
        people="people",
        values=VALUES,
        shares=["estimate"] if _is_share(spec, units) else [],
        total_label=ALL_GROUPS,
        structural_zeros=True,
        source=data,
    )
    shown = set(table.content.loc[~table.content["suppressed"], "group"])
    doubts = rows[rows["group"].isin(shown) & (rows["flag"] != "")]
    check = comparable(data, spec, by)
    said = invariance_note(check, by)
    flags = [(r["group"], _without(r["flag"], invariance_flag(check, by))) for r in doubts.to_dict("records")]
    notes = [*([said] if said else []), *(f"{g}: {flag}." for g, flag in flags if flag), *spec.caveats]
    told = gate.facts(pd.DataFrame({"note": notes}, dtype="str"), title=f"{spec.name}: notes", basis="metadata")
    return Measured(spec.id, spec.name, spec.value_unit, table, told)


def _without(flag: str, said: str) -> str:
    """A flag less what a sentence says once for all groups."""
    return "; ".join(part for part in flag.split("; ") if part != said)


def _is_share(spec: MetricSpec, units: pd.DataFrame) -> bool:
    """Whether each unit is a yes or a no, so that the estimate is a share of the count."""
    if not isinstance(spec.statistic, MeanOf) or spec.scale != 1 or not len(units):
        return False
    return bool(units[spec.statistic.column].dropna().isin((0, 1)).all())
