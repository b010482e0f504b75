"""One view of one metric: measured, passed through the disclosure gate, and put into words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.metrics.beside_published import Beside
from hybrid_toolkit.metrics.compute import measure
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.measured import totals_note
from hybrid_toolkit.widgets.explorer.clashing_groupings import Refusal, ShownPeriods, clashing
from hybrid_toolkit.widgets.explorer.held_back import held_to_ledger, keep_in_ledger, release_bins
from hybrid_toolkit.widgets.explorer.metric_answer import MetricView, plural_unit, view_notes
from hybrid_toolkit.widgets.explorer.metric_units import GROUP_CHOICES, PERIOD_CHOICES, Units
from hybrid_toolkit.widgets.parts.sitting_gate import sitting_gate
from hybrid_toolkit.widgets.parts.state import (
    ALL_LEVELS,
    NOTHING_BESIDE,
    DataReference,
    ExplorerState,
    offered_beside,
)

_VALUES = ("estimate", "conf_low", "conf_high")
MOST_AHEAD = 2_000
"""Rows up to which periods are worked out ahead: with some hundred a step takes 0.15 s, for which a question waits."""
MOST_HIDDEN = 0.34
"""Share of small cells above which a period is too fine for a group."""
_WHY_REFUSED: Mapping[Refusal, str] = {
    "": "Too few people stand in many cells of this {period} view, or in or out of their share, to show it.",
    "few apart": (
        "This {period} view is not shown: its cells hold enough people, but beside what else is offered of this metric "
        "they would single out fewer than {threshold} by subtraction."
    ),
    "not certified": (
        "This {period} view is not shown: its cells hold enough people, but are too many to rule out that "
        "fewer than {threshold} people are singled out by subtraction."
    ),
}


class MetricViews:
    """Views of the metrics that data open; what two views share is worked out once.

    Every view is a slice of one table a metric and group: quarters, their months and all totals are protected
    together, so that no hidden cell follows by moving from one period to another. A group whose cells would tell a few
    people apart beside those of the groups before it is not offered.

    Parameters
    ----------
    data : EvaluationData
        The data to look at.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.
    published : Beside | None, optional
        Published statistics that may stand beside a metric; published norms alone where it is left out.
    """

    def __init__(self, data: EvaluationData, *, gate: Gate | None = None, published: Beside | None = None) -> None:
        self.data = data
        self._published = (published or Beside()).read()
        self._gate = sitting_gate(data, gate)
        self._by_cell = self._gate.without_ledger()  # each cell is held to the ledger by itself
        self._units: dict[str, Units] = {}
        self._open: dict[str, str] | None = None
        self._measured: dict[tuple[str, str, str], pd.DataFrame] = {}
        self._periods: dict[str, ShownPeriods] = {}
        self._by_gate: dict[tuple[str, str], set[tuple[str, str]]] = {}
        self._clashes: dict[tuple[object, ...], set[str]] = {}
        self._binned: dict[tuple[str, str], tuple[Release | None, str]] = {}
        self._made: dict[ExplorerState, MetricView] = {}

    @cached_property
    def reference(self) -> DataReference:
        """How code gets these data again."""
        return DataReference.of(self.data)

    def metrics(self) -> dict[str, str]:
        """Metric id -> name, for those that the data open."""
        if self._open is None:
            self._open = {s.id: s.name for s in REGISTRY.values() if _opens(self.data, s)}
        return self._open

    def groups(self, metric: str) -> dict[str, str]:
        """Group -> label, for what this metric can be split by."""
        units = self._of(metric)
        out = self._clashing(units)
        return {
            ALL_LEVELS: "Everyone",
            **{g: n for g, n in GROUP_CHOICES.items() if units.labels(g) is not None and g not in out},
        }

    def periods(self, metric: str) -> dict[str, str]:
        """Period -> label, for what this metric can be split by."""
        time = self._of(metric).nested()
        return {ALL_LEVELS: "Whole period", **{p: name for p, name in PERIOD_CHOICES.items() if p in time}}

    def beside(self, metric: str) -> dict[str, str]:
        """What may stand beside this metric -> label: nothing, and published figures where any are known."""
        return offered_beside(self._published.knows(metric))

    def ahead(self, metric: str) -> Iterator[None]:
        """Work out in small steps which periods of a metric may be shown: each choice then has its answer at once.

        Parameters
        ----------
        metric : str
            Metric id.

        Yields
        ------
        None
            Between two steps, so that another question can be answered first.
        """
        units = self._of(metric)
        if len(units.frame) > MOST_AHEAD:
            return
        for _ in self._held(units).settling_all():
            yield

    def view(self, state: ExplorerState) -> MetricView:
        """The view of one state.

        Raises
        ------
        UsageError
            These data do not offer the metric, the group or the period.
        """
        if state not in self._made:
            self._made[state] = self._make(state)
        return self._made[state]

    def _make(self, state: ExplorerState) -> MetricView:
        units = self._of(state.metric)
        spec = units.spec
        if state.group != ALL_LEVELS and state.group not in self.groups(state.metric):
            raise _not_offered("group", state.group, self.groups(state.metric))
        if state.period != ALL_LEVELS and state.period not in units.nested():
            raise _not_offered("period", state.period, self.periods(state.metric))
        rows = self._rows(units, state)
        shown = self._may_show(units, state.group, state.period)
        asked = {pair for pair in zip(rows["group"], rows["period"], strict=True) if pair in shown}
        shown = held_to_ledger(self._gate, units, state.group, state.period, asked)
        if state.period != ALL_LEVELS and not (set(rows["period"]) - {ALL_LEVELS}) & {p for _, p in shown}:
            why = self._held(units).why_not(state.group, state.period)
            raise UsageError(
                _WHY_REFUSED[why].format(period=state.period, threshold=self._gate.policy.threshold),
                fix="Choose a longer period or another group.",
                code="VIEW-TOO-FINE",
            )
        hidden = ~pd.Series([pair in shown for pair in zip(rows["group"], rows["period"], strict=True)], dtype=bool)
        safe = rows.assign(n=rows["n"].mask(hidden.to_numpy(), 0))
        estimates = self._by_cell.figure_data(
            safe, title=spec.name, dims=["group", "period"], values=_VALUES, source=self.data
        )
        told = estimates.content[~estimates.content["suppressed"]]
        told_of = set(zip(told["group"].astype(str), told["period"].astype(str), strict=True))
        keep_in_ledger(self._gate, units, state.group, state.period, told_of, version=self.data.hash)
        distribution, reason = self._distribution(units, ALL_LEVELS if hidden.any() else state.group)
        gone = totals_note(rows, hidden.tolist(), spec.unit)
        notes = [*([gone] if gone else []), *view_notes(spec, rows[~hidden.to_numpy()], int(hidden.sum()), self._gate)]
        reference = None
        if state.beside != NOTHING_BESIDE:
            if state.beside not in self.beside(state.metric):
                raise _not_offered("published figures", state.beside, self.beside(state.metric))
            found = self._published.figures(self.data, state.metric)
            title = f"{spec.name}: published figures"
            reference = self._gate.facts(found.frame, title=title, basis="published", source=found)
            notes += found.notes
        said = self._gate.facts(
            pd.DataFrame({"note": notes}), title=f"{spec.name}: notes", basis="metadata", source=self.data
        )
        order = tuple(rows["group"].unique())
        return MetricView(
            state,
            spec.name,
            spec.value_unit,
            plural_unit(spec.unit),
            order,
            estimates,
            distribution,
            reason,
            said,
            reference,
        )

    def _of(self, metric: str) -> Units:
        if metric not in self._units:
            if metric not in REGISTRY or not _opens(self.data, REGISTRY[metric]):
                raise _not_offered("metric", metric, self.metrics())
            spec = REGISTRY[metric]
            same = next((u for u in self._units.values() if u.spec.frame is spec.frame), None)
            self._units[metric] = same.sharing(spec) if same is not None else Units.of(self.data, spec)
        return self._units[metric]

    def _rows(self, units: Units, state: ExplorerState) -> pd.DataFrame:
        """Everyone first, then what was asked for."""
        parts = [self._measure(units, ALL_LEVELS, ALL_LEVELS)]
        if state.group != ALL_LEVELS or state.period != ALL_LEVELS:
            parts.append(self._measure(units, state.group, state.period))
        return pd.concat(parts, ignore_index=True)

    def _measure(self, units: Units, group: str, period: str) -> pd.DataFrame:
        key = (units.spec.id, group, period)
        if key not in self._measured:
            by, over = (None if x == ALL_LEVELS else x for x in (group, period))
            self._measured[key] = measure(self.data, units.ready, by=by, period=over)
        return self._measured[key]

    def _clashing(self, units: Units) -> set[str]:
        """Groups that would give a few people away beside the groups before them; see ``clashing_groupings``."""
        key = units.rows_key
        if key not in self._clashes:
            held = {g: self._cells(units, g) for g in GROUP_CHOICES if units.labels(g) is not None}
            people = units.people_used
            self._clashes[key] = clashing(held, people, threshold=self._gate.policy.threshold, yes=units.yes_used)
        return self._clashes[key]

    def _cells(self, units: Units, group: str) -> list[NDArray[np.bool_]]:
        """Rows of each cell that a group would show by itself over the whole period."""
        counts = units.counts(group, [])
        if _small(counts, self._gate.policy.threshold, shares=units.binary).any():
            counts = self._by_cell.table(
                counts, title=units.spec.name, dims=["group"], people="people",
                shares=["share"] if units.binary else [], total_label=ALL_LEVELS, structural_zeros=True,
                source=self.data,
            ).content  # fmt: skip
            counts = counts[~counts["suppressed"]]
        return units.cells(group, [g for g in counts["group"] if g != ALL_LEVELS])

    def _may_show(self, units: Units, group: str, period: str) -> set[tuple[str, str]]:
        """The cells, by group and period, that the gate lets through when all periods are looked at together.

        Held down to the period asked for: what is finer comes after it in the fixed order and can wait.

        Periods so fine that many of their cells are small are left out whole: little of them could be shown.
        """
        alone = self._alone(units, group)
        kept = {(v, p) for v, p in alone if p == ALL_LEVELS}
        # what shows no such period by itself has nothing to be held apart, which takes long
        if period == ALL_LEVELS or set(units.period_names(period)).isdisjoint(p for _, p in alone):
            return kept
        return kept | self._held(units).shown(group, period)

    def _held(self, units: Units) -> ShownPeriods:
        """What is known of the periods of a metric."""
        if units.spec.id not in self._periods:
            offered = [g for g in GROUP_CHOICES if units.labels(g) is not None and g not in self._clashing(units)]
            whole = [
                (ALL_LEVELS, ALL_LEVELS),
                *((g, v) for g in offered for v, p in self._alone(units, g) if p == ALL_LEVELS and v != ALL_LEVELS),
            ]
            self._periods[units.spec.id] = ShownPeriods(
                units.people_used,
                [units.cell(g, v, ALL_LEVELS, ALL_LEVELS) for g, v in whole],
                groups=(ALL_LEVELS, *offered),
                levels=units.nested(),
                block=lambda group, level: self._block(units, group, level),
                threshold=self._gate.policy.threshold,
                yes=units.yes_used,
            )
        return self._periods[units.spec.id]

    def _block(self, units: Units, group: str, level: str) -> dict[tuple[str, str], NDArray[np.bool_]]:
        """The cells of a group over one kind of period that the gate lets through by themselves."""
        names = set(units.period_names(level))
        here = {(v, p) for v, p in self._alone(units, group) if p in names}
        here = {(v, p) for v, p in here if v != ALL_LEVELS or group == ALL_LEVELS}
        return {(v, p): units.cell(group, v, level, p) for v, p in sorted(here)}

    def _alone(self, units: Units, group: str) -> set[tuple[str, str]]:
        """The cells of one group that the gate lets through by themselves."""
        key = (units.spec.id, group)
        if key not in self._by_gate:
            dims, counts, small = self._counts(units, group)
            if small.any():
                release = self._by_cell.table(
                    counts, title=units.spec.name, dims=dims, people="people",
                    shares=["share"] if units.binary else [], total_label=ALL_LEVELS, structural_zeros=True,
                    source=self.data,
                )  # fmt: skip
                counts = release.content
                counts = counts[~counts["suppressed"]]
            finest = [
                next((v for v in reversed(r) if v != ALL_LEVELS), ALL_LEVELS)
                for r in counts[dims[1:]].itertuples(index=False)
            ]
            self._by_gate[key] = set(zip(counts["group"], finest, strict=True))
        return self._by_gate[key]

    def _counts(self, units: Units, group: str) -> tuple[list[str], pd.DataFrame, pd.Series[bool]]:
        periods = units.nested()
        while True:
            counts = units.counts(group, periods)
            dims = ["group", *periods]
            small = _small(counts, self._gate.policy.threshold, shares=units.binary)
            finest = counts[dims[-1]].ne(ALL_LEVELS) & (counts["group"].ne(ALL_LEVELS) if group != ALL_LEVELS else True)
            if not periods or small[finest].mean() <= MOST_HIDDEN:
                return dims, counts, small
            periods = periods[:-1]

    def _distribution(self, units: Units, group: str) -> tuple[Release | None, str]:
        """The bins by group, or of everyone where groups are too small, or why there are none."""
        key = (units.spec.id, group)
        if key not in self._binned:
            bins, reason = units.bins(group, threshold=self._gate.policy.threshold)
            if not reason:
                self._binned[key] = release_bins(self._gate, bins, name=units.spec.name, source=self.data)
            else:
                self._binned[key] = (None, reason) if group == ALL_LEVELS else self._distribution(units, ALL_LEVELS)
        return self._binned[key]


def view_metric(
    data: EvaluationData,
    *,
    metric: str,
    group: str = ALL_LEVELS,
    period: str = ALL_LEVELS,
    beside: str = NOTHING_BESIDE,
    published: Beside | None = None,
    gate: Gate | None = None,
) -> MetricView:
    """One view, without a widget: the same numbers through the same gate.

    Parameters
    ----------
    metric : str
        Metric id.
    group : str, default ALL_LEVELS
        What splits it, or ``"all"``.
    period : str, default ALL_LEVELS
        ``"all"``, ``"month"``, ``"quarter"``, ``"year"`` or ``"wave"``.
    beside : str, default NOTHING_BESIDE
        ``"published"`` for published figures beside it.
    published : Beside | None, optional
        Published statistics for that; published norms alone where it is left out.

    Raises
    ------
    UsageError
        These data do not offer the metric, the group or the period.
    """
    return MetricViews(data, gate=gate, published=published).view(ExplorerState(metric, group, period, beside))


def _opens(data: EvaluationData, spec: MetricSpec) -> bool:
    """Whether the data hold what a metric needs: its columns, and the values that must occur in them."""
    if not spec.computed or not all(data.has(t, *c) for t, c in spec.columns_for(data.has).items()):
        return False
    for place, wanted in spec.values.items():
        table, _, column = place.partition(".")
        if not data.has(table, column) or not set(wanted) <= set(data.table(table)[column].unique()):
            return False
    return True


def _small(counts: pd.DataFrame, threshold: int, *, shares: bool) -> pd.Series[bool]:
    """Which cells are small: where none is, the gate has nothing to hide and is not asked."""
    least = counts[["n", "people"]].min(axis=1)
    if shares:
        inside = (counts["n"] * counts["share"]).round()
        least = pd.concat([least, inside, counts["n"] - inside], axis=1).min(axis=1)
    return least < threshold


def _not_offered(what: str, asked: str, offered: dict[str, str]) -> UsageError:
    return UsageError(
        f"These data offer no {what} '{asked}'; {len(offered)} are offered.",
        fix=f"Use one of: {', '.join(offered)}."
        if offered
        else "Run 'hybrid-toolkit coverage FOLDER' to see which table or column to add.",
        code="VIEW-CHOICE",
    )
