"""What one view of one metric holds, all of it released by the gate, and its words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from hybrid_toolkit.disclosure.release import Release, require_release
from hybrid_toolkit.errors import agreeing, plural
from hybrid_toolkit.metrics.people_and_groups import group_label
from hybrid_toolkit.metrics.specs.metric_spec import NOT_CO_PRODUCED, MetricSpec
from hybrid_toolkit.metrics.specs.registry import plain_ids
from hybrid_toolkit.report.documents.blocks import TableColumn
from hybrid_toolkit.report.plots.readable_units import readable_unit
from hybrid_toolkit.widgets.explorer.metric_units import GROUP_CHOICES, PERIOD_CHOICES, period_label
from hybrid_toolkit.widgets.parts.state import ALL_LEVELS, ExplorerState

if TYPE_CHECKING:
    import pandas as pd

    from hybrid_toolkit.disclosure.gate import Gate

_WHOLE_PERCENT, _TWO_DECIMALS = 0.1, 10
"""Two figures are shown at least: whole per cent from 10%, two decimals below 10."""
SHARE = "share"
"""The unit of metrics that are shown as percentages."""


@dataclass(frozen=True, slots=True)
class AnswerCell:
    """One released estimate; its numbers are NaN where it is hidden."""

    group: str
    group_label: str
    period: str
    period_label: str
    estimate: float
    low: float
    high: float
    n: float
    hidden: bool

    @property
    def everyone(self) -> bool:
        """Whether it is the row for everyone over the whole period."""
        return self.group == ALL_LEVELS and self.period == ALL_LEVELS


@dataclass(frozen=True, slots=True)
class AnswerReference:
    """One published figure beside an answer; NaN where the source prints a symbol, which stands in ``marker``."""

    label: str
    kind: str
    figure: float
    low: float
    high: float
    marker: str
    source: str


@dataclass(frozen=True, slots=True)
class Bin:
    """One released bin of a distribution."""

    panel: str
    label: str
    count: float
    hidden: bool


def references_of(release: Release) -> tuple[AnswerReference, ...]:
    """Published figures of a release with ``REFERENCE_COLUMNS``, in its order.

    Raises
    ------
    DisclosureError
        Not a release.
    """
    return tuple(
        AnswerReference(
            str(r["label"]),
            str(r["kind"]),
            float(r["figure"]),
            float(r["low"]),
            float(r["high"]),
            r["marker"] if isinstance(r["marker"], str) else "",
            r["source"] if isinstance(r["source"], str) else "",
        )
        for r in require_release(release).content.to_dict("records")
    )


@dataclass(frozen=True)
class MetricView:
    """What a view shows, all of it released by the gate.

    Parameters
    ----------
    state : ExplorerState
        Metric, group and period.
    title : str
        Name of the metric.
    unit : str
        Unit of its figure.
    counted : str
        What is counted.
    order : tuple[str, ...]
        The groups in their own order.
    estimates : Release
        Release of the estimates, split by ``group`` and ``period``.
    distribution : Release | None
        Release of the bins, or None with the reason in ``no_distribution``.
    no_distribution : str
        Why there is no distribution; empty where there is one.
    said : Release
        Release of the notes: reasons for doubt, caveats, what the gate did.
    reference : Release | None, optional
        Release of published figures beside it, with ``REFERENCE_COLUMNS``; None where none are asked for.

    Examples
    --------
    >>> from hybrid_toolkit.synth.committed import load_synthetic
    >>> from hybrid_toolkit.widgets.explorer.metric_view import view_metric
    >>> view = view_metric(load_synthetic(), metric="choice_honoured")
    >>> view.title, view.unit
    ("Family's choice of mode honoured", 'share')
    """

    state: ExplorerState
    title: str
    unit: str
    counted: str
    order: tuple[str, ...]
    estimates: Release
    distribution: Release | None
    no_distribution: str
    said: Release
    reference: Release | None = None

    @cached_property
    def references(self) -> tuple[AnswerReference, ...]:
        """Published figures beside the estimates, in the order of places and norms; empty where none are asked for."""
        return () if self.reference is None else references_of(self.reference)

    @cached_property
    def cells(self) -> tuple[AnswerCell, ...]:
        """The estimates in order: everyone first, then groups and periods in their own order."""
        rows = require_release(self.estimates).content
        made = [self._cell(r) for r in rows.to_dict("records")]
        return tuple(sorted(made, key=lambda c: (not c.everyone, self._rank(c.group), len(c.period), c.period)))

    @cached_property
    def bins(self) -> tuple[Bin, ...]:
        """The bins of the distribution, in order; empty where there is none."""
        if self.distribution is None:
            return ()
        rows = require_release(self.distribution).content.sort_values("bin", kind="stable").to_dict("records")
        rows.sort(key=lambda r: self._rank(str(r["group"])))
        return tuple(
            Bin(
                "" if r["group"] == ALL_LEVELS else group_label(self.state.group, str(r["group"])),
                str(r["label"]),
                float("nan") if r["suppressed"] else float(r["n"]),
                bool(r["suppressed"]),
            )
            for r in rows
        )

    def _rank(self, group: str) -> int:
        return self.order.index(group) if group in self.order else -1

    def _cell(self, row: Mapping[Hashable, Any]) -> AnswerCell:
        group, period, hidden = str(row["group"]), str(row["period"]), bool(row["suppressed"])
        return AnswerCell(
            group,
            group_label(self.state.group, group),
            period,
            period_label(period),
            float(row["estimate"]),
            float(row["conf_low"]),
            float(row["conf_high"]),
            float("nan") if hidden else float(row["n"]),
            hidden,
        )

    @cached_property
    def columns(self) -> dict[str, TableColumn]:
        """How documents show the estimates: groups and periods in words and in order, values in their unit."""
        out = {}
        split = self.state.period != ALL_LEVELS
        if self.state.group != ALL_LEVELS or not split:
            out["group"] = TableColumn(self._grouped, words={c.group: c.group_label for c in self.cells})
        if split:
            out["period"] = TableColumn("Period", words={c.period: c.period_label for c in self.cells})
        out["estimate"] = TableColumn(f"{self._valued} (95% confidence interval)", "interval", self.unit)
        return out | {"n": TableColumn(f"{self.counted[:1].upper()}{self.counted[1:]}", "count")}

    @cached_property
    def bins_columns(self) -> dict[str, TableColumn]:
        """How documents show the bins: groups and bins in words and in order."""
        rows = require_release(self.distribution).content.sort_values("bin", kind="stable")
        out = {}
        if set(rows["group"]) != {ALL_LEVELS}:
            names = sorted(map(str, rows["group"].unique()), key=self._rank)
            out["group"] = TableColumn(self._grouped, words={g: group_label(self.state.group, g) for g in names})
        out["label"] = TableColumn(self._valued, words={str(b): str(b) for b in rows["label"]})
        return out | {"n": TableColumn(f"{self.counted[:1].upper()}{self.counted[1:]}", "count")}

    @property
    def _grouped(self) -> str:
        return GROUP_CHOICES.get(self.state.group, "Group")

    @property
    def _valued(self) -> str:
        how = readable_unit(self.unit)
        return "Value" if how.mark or not how.words else f"Value, {how.words}"

    @property
    def bins_axis(self) -> str:
        """What the bars count, and of what."""
        how = readable_unit(self.unit)
        unit = "per cent" if how.words == how.mark else how.words
        return f"{self.counted[:1].upper()}{self.counted[1:]}, by {unit}, over the whole period"

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Reasons for doubt, caveats and what the gate did, one sentence each."""
        return tuple(require_release(self.said).content["note"])

    @property
    def stamp(self) -> str:
        """The stamp of simulated data; empty for real data."""
        return self.estimates.stamp

    @cached_property
    def headline(self) -> str:
        """What a figure says, in a sentence: the value in its unit, the interval by its name, and what is counted.

        Over time it is the first and the last period that are shown; by group, the lowest and the highest only in
        the order of the groups, never as a ranking.
        """
        first = next((c for c in self.cells if c.everyone), None)
        said = [] if first is None else [f"{self.title}: {self._spoken(first)}, from {first.n:,.0f} {self.counted}."]
        if first is not None and first.hidden:
            said = [f"{self.title}: hidden to protect people."]
        rest = [c for c in self.cells if not c.everyone and not c.hidden and c.estimate == c.estimate]
        hidden = sum(c.hidden for c in self.cells if not c.everyone)
        if self.state.period != ALL_LEVELS and self.state.group == ALL_LEVELS and len(rest) > 1:
            a, b = rest[0], rest[-1]
            said.append(f"{a.period_label}: {self._spoken(a)}. {b.period_label}: {self._spoken(b)}.")
            apart = not (a.low <= b.high and b.low <= a.high)
            said.append(
                "The two intervals do not overlap."
                if apart
                else "The two intervals overlap: this alone shows no change."
            )
        elif self.state.period == ALL_LEVELS and rest:
            said.append(f"{'; '.join(f'{c.group_label} {unit_text(c.estimate, self.unit)}' for c in rest)}.")
        if hidden:
            whole = plural(len(self.cells) - 1, "value")
            said.append(f"{hidden} of {whole} {agreeing(hidden, 'is', 'are')} hidden to protect people.")
        return " ".join(said)

    def _spoken(self, cell: AnswerCell) -> str:
        if cell.estimate != cell.estimate:
            return "cannot be estimated"
        how = readable_unit(self.unit)
        unit = "" if how.mark or how.words in self.title.lower() else f" {how.words}"
        value = f"{unit_text(cell.estimate, self.unit)}{unit}"
        if cell.low != cell.low:
            return value
        return (
            f"{value} (95% confidence interval {unit_text(cell.low, self.unit)} to {unit_text(cell.high, self.unit)})"
        )

    @cached_property
    def text(self) -> str:
        """The answer in one line."""
        cells = self.cells
        first = next((c for c in cells if c.everyone), None)
        head = self.title
        if first is not None:
            told = "hidden to protect people" if first.hidden else f"{self._spoken(first)}, from {first.n:,.0f} "
            head = f"{self.title}, everyone: {told}{'' if first.hidden else self.counted}"
        rest = [c for c in cells if not c.everyone]
        if not rest:
            return head
        by = " and ".join(
            name.lower()
            for name in (GROUP_CHOICES.get(self.state.group, ""), PERIOD_CHOICES.get(self.state.period, ""))
            if name
        )
        if self.state.period == ALL_LEVELS:
            return f"{head}; by {by}: {', '.join(f'{c.group_label} {self._short(c)}' for c in rest)}"
        if self.state.group == ALL_LEVELS:
            ends = ", ".join(f"{self._short(c)} in {c.period_label}" for c in dict.fromkeys((rest[0], rest[-1])))
            return f"{head}; by {by}: {ends}"
        return f"{head}; by {by}: {sum(not c.hidden for c in rest)} estimates, {sum(c.hidden for c in rest)} hidden"

    def _short(self, cell: AnswerCell) -> str:
        """A cell in a list whose first value has named its unit and its interval."""
        if cell.hidden:
            return "hidden"
        if cell.estimate != cell.estimate:
            return "cannot be estimated"
        low, high = unit_text(cell.low, self.unit), unit_text(cell.high, self.unit)
        return unit_text(cell.estimate, self.unit) + ("" if cell.low != cell.low else f" ({low} to {high})")


def unit_text(value: float, unit: str) -> str:
    """A number in its unit as it is read: a share as a percentage.

    Examples
    --------
    >>> unit_text(0.554, "share"), unit_text(0.034, "share"), unit_text(12.34, "days")
    ('55%', '3.4%', '12.3')
    >>> unit_text(-0.052, "difference of shares")
    '−5.2'
    """
    how = readable_unit(unit)
    if not how.mark:
        return how.label(how.scale * value) if how.scale != 1 else number_text(value)
    return f"{value:.0%}" if abs(value) >= _WHOLE_PERCENT else f"{value:.1%}"


def number_text(value: float) -> str:
    """A number to read: two decimals below ten, one above.

    Examples
    --------
    >>> number_text(0.614), number_text(12.34), number_text(-0.004)
    ('0.61', '12.3', '0.00')
    """
    text = f"{value:,.{2 if abs(value) < _TWO_DECIMALS else 1}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text


def plural_unit(unit: str) -> str:
    """Several of what a metric is measured on, in words.

    Examples
    --------
    >>> plural_unit("worker and month"), plural_unit("gap between visits")
    ('workers and months', 'gaps between visits')
    """
    first, _, rest = unit.partition(" and ")
    if unit == "gap between visits":
        return "gaps between visits"
    return f"{first[:-2] if first.endswith('ys') else first}s{f' and {rest}s' if rest else ''}"


def view_notes(spec: MetricSpec, rows: pd.DataFrame, hidden: int, gate: Gate) -> list[str]:
    """What is said below a view: its question, what to take care with, and what is hidden."""
    notes = [f"Asks: {spec.question}"]
    flags = list(dict.fromkeys(f for flag in rows["flag"] for f in flag.split("; ") if f))
    notes += [f"Take care: {flag}." for flag in flags]
    notes += [plain_ids(caveat) for caveat in spec.caveats]
    if spec.co_produced == NOT_CO_PRODUCED:
        notes.append("Not co-produced with families or practitioners.")
    policy = gate.policy
    base = f"Counts are rounded to {policy.rounding_base}. " if policy.rounding_base > 1 else ""
    notes.append(f"{base}Fewer than {policy.threshold} people are not shown; {hidden or 'none'} hidden here.")
    return notes
