"""What people believe beside what the data say: metrics, measured and released, next to a level."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from hybrid_toolkit.assess.gaps import compare_belief
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure import Gate, Release, require_release
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.metrics.beside_published import Beside
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.documents.blocks import ReportTable, TableColumn
from hybrid_toolkit.report.measured import ALL_GROUPS, VALUES, measure_released
from hybrid_toolkit.report.plots.readable_units import readable_interval
from hybrid_toolkit.report.published_reference import published_blocks

NAN = float("nan")
BELIEF = "says"
BESIDE_COLUMNS: Mapping[str, TableColumn] = {
    "measure": TableColumn("Measure"),
    "estimate": TableColumn("Value (95% interval)", "interval"),
    "unit": TableColumn("Unit"),
    "n": TableColumn("Number", "count"),
    "target": TableColumn("Aim of the service", "number"),
    BELIEF: TableColumn("Beside what people believe"),
}
MEASURE_COLUMNS: Mapping[str, TableColumn] = {c: BESIDE_COLUMNS[c] for c in ("measure", "estimate", "unit", "n")}
"""The same without belief and aim."""


def side_rows(table: Release) -> list[list[str]]:
    """Measures as a person reads them: value, interval, unit and number; a share in per cent.

    Parameters
    ----------
    table : Release
        As ``MetricPanel.of`` releases it.

    Returns
    -------
    list[list[str]]
        A row a measure: name, value, interval, unit, number.

    Raises
    ------
    DisclosureError
        It is no release of estimates.
    """
    rows = []
    for row in require_release(table, kinds=("estimates",)).content.to_dict("records"):
        estimate, low, high = (float(row[c]) for c in VALUES)
        (value, low, high), how = readable_interval(estimate, low, high, str(row["unit"]))
        hidden = value != value
        rows.append([
            str(row["measure"]), "hidden" if hidden else how.label(value), "" if low != low else how.span(low, high),
            how.words, "too few" if pd.isna(row["n"]) else f"{float(row['n']):,.0f}",
        ])  # fmt: skip
    return rows


@dataclass(frozen=True)
class Side:
    """Metrics that speak to one thing.

    Parameters
    ----------
    table : Release | None
        Release of those that the data hold, one row each; None where they hold none.
    absent : tuple[str, ...]
        Names of those that these data do not hold.
    published : tuple[ReportTable, ...], optional
        Published figures of the metrics in ``table``, one table a metric for which any are known.
    notes : Release | None, optional
        Release with one ``note`` a row on the published figures; None where none were asked for.
    """

    table: Release | None
    absent: tuple[str, ...]
    published: tuple[ReportTable, ...] = ()
    notes: Release | None = None

    @property
    def absent_words(self) -> str:
        """What is not measured, in one sentence; empty where everything is."""
        return f"Not in these data: {', '.join(self.absent)}." if self.absent else ""


class MetricPanel:
    """Measures metrics over everyone, and in groups where asked, each once, through the disclosure gate.

    Parameters
    ----------
    data : EvaluationData | None
        The data; None where there are none yet.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.
    published : Beside | None, optional
        Published statistics, or norms alone, to show below the metrics; None for nothing.

    Examples
    --------
    >>> MetricPanel(None).of(["skill"], title="Skill").absent
    ('Practice skill, all seven dimensions',)
    """

    def __init__(
        self, data: EvaluationData | None, *, gate: Gate | None = None, published: Beside | None = None
    ) -> None:
        self.data = data
        self._published = published.read() if published is not None else None
        self.gate = gate if gate is not None else Gate(source=data)
        self._held: dict[str, dict[str, float] | None] = {}
        self._groups: dict[tuple[str, str], dict[str, dict[str, float]]] = {}
        self._releases: list[Release] = []

    def set_beside(self, published: Beside | None) -> None:
        """Set other published statistics below the same metrics; what was measured is kept.

        Parameters
        ----------
        published : Beside | None
            Published statistics, or norms alone; None for nothing.
        """
        self._published = published.read() if published is not None else None

    @cached_property
    def open(self) -> frozenset[str]:
        """Ids of the metrics that the data hold."""
        if self.data is None:
            return frozenset()
        told = self.data.coverage()
        return frozenset(told.loc[told["kind"].eq("metric") & told["status"].eq("ready"), "id"])

    def value(self, metric: str) -> dict[str, float] | None:
        """The released numbers of one metric: ``estimate``, ``conf_low``, ``conf_high``, ``n``, missing where hidden.

        None where the data do not hold it, or it cannot be measured or protected.
        """
        if metric not in self._held:
            self._held[metric] = self._measure(metric) if metric in self.open else None
        return self._held[metric]

    def _measure(self, metric: str) -> dict[str, float] | None:
        assert self.data is not None
        try:
            released = measure_released(self.data, metric, gate=self.gate)[0].table
            self._releases.append(released)
            rows = released.content
        except HybridToolkitError:  # told as a metric that these data do not hold
            return None
        return _numbers(rows.iloc[0].to_dict())

    def in_groups(self, metric: str, by: str) -> dict[str, dict[str, float]]:
        """The released numbers of one metric in the groups that it is split by, under their plain names.

        Empty where the data do not hold the metric, or its units do not hold the groups.
        """
        if (metric, by) not in self._groups:
            self._groups[metric, by] = self._measure_groups(metric, by) if metric in self.open else {}
        return self._groups[metric, by]

    def _measure_groups(self, metric: str, by: str) -> dict[str, dict[str, float]]:
        assert self.data is not None
        try:
            released = measure_released(self.data, metric, by=by, gate=self.gate, named=True)[0].table
        except HybridToolkitError:  # these data do not say who belongs to which group
            return {}
        self._releases.append(released)
        rows = released.content.to_dict("records")
        return {str(row["group"]): _numbers(row) for row in rows if str(row["group"]) != ALL_GROUPS}

    def of(
        self,
        metrics: Sequence[str],
        *,
        title: str,
        level: float = NAN,
        targets: Mapping[str, float] | None = None,
        split: Mapping[str, str] | None = None,
    ) -> Side:
        """The metrics beside a level of belief.

        Parameters
        ----------
        metrics : Sequence[str]
            Metric ids.
        level : float, default NAN
            What people believe, 0 to 3; missing where they have not said.
        targets : Mapping[str, float] | None, optional
            Metric id -> the service's own aim.
        split : Mapping[str, str] | None, optional
            Metric id -> the group by which it is split, as in ``ChecklistPart.split``: a row a group below everyone's.
        """
        rows, absent = [], []
        for metric in dict.fromkeys(metrics):
            spec, held = REGISTRY[metric], self.value(metric)
            if held is None:
                absent.append(spec.name)
                continue
            target = (targets or {}).get(metric)
            low, high = held["conf_low"], held["conf_high"]
            said = compare_belief(
                level=level, estimate=held["estimate"], low=low, high=high, target=target, direction=spec.direction
            )  # fmt: skip
            rows.append(
                {
                    "measure": spec.name,
                    "unit": spec.value_unit,
                    **held,
                    "target": NAN if target is None else target,
                    BELIEF: said,
                }
            )
            by = (split or {}).get(metric, "")
            groups = self.in_groups(metric, by) if by else {}
            for group, numbers in groups.items():
                named = f"{spec.name}, {by.replace('_', ' ')}: {group}"
                rows.append({"measure": named, "unit": spec.value_unit, **numbers, "target": NAN, BELIEF: ""})
            if by and not groups:
                absent.append(f"{spec.name}, split by {by.replace('_', ' ')}")
        if not rows:
            return Side(None, tuple(absent))
        frame = pd.DataFrame(rows)
        table = self.gate.estimates(frame, title=title, labels=["measure", "target", BELIEF],
                                    derived_from=self._releases, source=self.data)  # fmt: skip
        shown = [m for m in dict.fromkeys(metrics) if self.value(m) is not None]
        return Side(table, tuple(absent), *self._beside(shown, title))

    def _beside(self, metrics: Sequence[str], title: str) -> tuple[tuple[ReportTable, ...], Release | None]:
        """Published figures of the metrics that are shown, with the notes on them, each note once."""
        if self._published is None or self.data is None:
            return (), None
        return published_blocks(self.gate, self.data, metrics, self._published, title=title)


def _numbers(row: Mapping[Hashable, Any]) -> dict[str, float]:
    """The numbers of a released row, missing where hidden."""
    return {c: NAN if pd.isna(row[c]) else float(row[c]) for c in (*VALUES, "n")}
