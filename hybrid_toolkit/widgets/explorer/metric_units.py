"""The units behind one metric: their groups and periods, how many people stand in each cell, and their distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.privacy.inside import without_mark
from hybrid_toolkit.errors import HybridToolkitError, MeasureError
from hybrid_toolkit.metrics.compute import metric_values
from hybrid_toolkit.metrics.intervals.interval import MeanOf
from hybrid_toolkit.metrics.people_and_groups import groups, people_of, periods
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.report.plots.readable_units import readable_unit
from hybrid_toolkit.widgets.explorer.cell_counts import Coded, SharedPeople, join_bins, tally
from hybrid_toolkit.widgets.parts.state import ALL_LEVELS
from hybrid_toolkit.widgets.parts.svg import nice_ticks

GROUP_CHOICES: Mapping[str, str] = {
    "career_stage": "Career stage",
    "role": "Role",
    "service": "Service",
    "agency": "Agency",
    "age_band": "Age band",
    "sex": "Sex",
    "ethnicity": "Ethnic group",
    "disability": "Disabled",
    "caring": "Caring",
    "low_access": "Low digital access",
    "need": "Need",
    "rural": "Rural",
    "mode": "Mode of contact",
    "region": "Region",
}
"""What the widget offers to split by: classes, never single teams, authorities or people."""
PERIOD_CHOICES: Mapping[str, str] = {"quarter": "Quarter", "month": "Month", "wave": "Wave", "year": "Year"}
MOST_GROUPS = 12
MOST_BINS = 10
FEWEST_BINS = 3


@dataclass
class Units:
    """One metric's unit frame with its keys, each worked out once.

    Parameters
    ----------
    data : EvaluationData
        What is measured on.
    spec : MetricSpec
        What is measured.
    frame : pd.DataFrame
        One row a unit.
    """

    data: EvaluationData
    spec: MetricSpec
    frame: pd.DataFrame = field(repr=False)
    _labels: dict[str, pd.Series[str] | None] = field(default_factory=dict, repr=False)
    _codes: dict[str, Coded] = field(default_factory=dict)

    @classmethod
    def of(cls, data: EvaluationData, spec: MetricSpec) -> Units:
        """Make the unit frame.

        Raises
        ------
        CoverageError
            The data do not open this metric.
        """
        return cls(data, spec, without_mark(metric_values(data, spec)))

    def sharing(self, spec: MetricSpec) -> Units:
        """The same frame and keys for another metric of the same units."""
        return Units(self.data, spec, self.frame, self._labels, self._codes)

    def labels(self, name: str) -> pd.Series[str] | None:
        """The group or period of each row; None where these units have none."""
        if name not in self._labels:
            try:
                found = periods(self.frame, name) if name in PERIOD_CHOICES else groups(self.frame, self.data, name)
                few = found.nunique() <= (MOST_GROUPS if name in GROUP_CHOICES else 200)
                self._labels[name] = found if few and found.nunique() > 1 else None
            except HybridToolkitError:
                self._labels[name] = None
        return self._labels[name]

    @cached_property
    def ready(self) -> MetricSpec:
        """The metric with its units and its reliability worked out already, for ``measure``."""
        of = self.spec.reliability_of
        if of is None:
            return replace(self.spec, frame=lambda _: self.frame)
        try:
            reliability = of(self.data)
        except MeasureError:
            reliability = float("nan")
        return replace(self.spec, frame=lambda _: self.frame, reliability_of=lambda _: reliability)

    @cached_property
    def binary(self) -> bool:
        """Whether each unit is a yes or a no."""
        statistic = self.spec.statistic
        if not isinstance(statistic, MeanOf) or not len(self.frame):
            return False
        return bool(self.frame[statistic.column].dropna().isin((0, 1)).all())

    def counts(self, group: str, periods: Sequence[str]) -> pd.DataFrame:
        """Units, people and, where each unit is a yes or a no, the share, for every cell and every margin.

        Columns: ``group`` and the periods, coarse to fine; ``n``, ``people``, ``share``. A margin holds ``"all"``.
        Cells without units are not there.
        """
        made = {p: self._coded(p) for p in periods}
        keys = {"group": None if group == ALL_LEVELS else self._coded(group), **made}
        used, value, people = self._used, self._values(), self._people
        pieces = []
        for kept in _margins(list(keys), split=group != ALL_LEVELS):
            columns = [Coded(c.code[used], c.names) for c in (keys[d] for d in kept) if c is not None]
            names, counted = tally(columns, [p[used] for p in people], value[used])
            pieces.append(
                pd.DataFrame({**dict.fromkeys(keys, ALL_LEVELS), **dict(zip(kept, names, strict=True)), **counted})
            )
        return pd.concat(pieces, ignore_index=True)

    def nested(self) -> list[str]:
        """Periods that the metric can be split by, coarse to fine: waves, or quarters with their months, or years."""
        if self.labels("wave") is not None:
            return ["wave"]
        months = [p for p in ("quarter", "month") if self.labels(p) is not None]
        return months or [p for p in ("year",) if self.labels(p) is not None]

    def bins(self, group: str, *, threshold: int) -> tuple[pd.DataFrame, str]:
        """Units and people in each bin of the metric's values, and why there are none where there are none.

        Columns: ``group``, ``bin`` (its number), ``label``, ``n``, ``people``. Bins are joined until every one holds
        at least the threshold of people in every group.
        """
        nothing = pd.DataFrame({"group": [], "bin": [], "label": [], "n": [], "people": []})
        if not isinstance(self.spec.statistic, MeanOf):
            return nothing, "This metric is a ratio or a contrast of groups: single units have no value to show."
        used = self._used
        value, people = self._values()[used], [p[used] for p in self._people]
        coded = None if group == ALL_LEVELS else self._coded(group)
        split = Coded(np.zeros(len(value), dtype=np.int64), [ALL_LEVELS]) if coded is None else _only(coded, used)
        edges, names = ([0.5], ["No", "Yes"]) if self.binary else _edges(value, self.spec)
        at = np.digitize(value, edges).astype(np.int64)
        parts = join_bins(split.code, at, people, len(names), threshold)
        if len(parts) < (2 if self.binary else FEWEST_BINS):
            return nothing, f"Too few people for a distribution: bins of fewer than {threshold} are not shown."
        new = {old: n for n, part in enumerate(parts) for old in part}
        bins = Coded(np.array([new[i] for i in range(len(names))])[at], [_joined(part, names) for part in parts])
        (groups_, labels), counted = tally([split, bins], people, value)
        table = pd.DataFrame({"group": groups_, "label": labels, **counted}).drop(columns="share")
        return table.assign(bin=table["label"].map({name: i for i, name in enumerate(bins.names)})), ""

    def cells(self, group: str, names: Sequence[str]) -> list[NDArray[np.bool_]]:
        """Which of the rows that are used stand in each of the named cells of a group."""
        coded = self._coded(group)
        assert coded is not None
        code = coded.code[self._used]
        return [np.asarray(code == coded.names.index(name), dtype=np.bool_) for name in names]

    def cell(self, group: str, value: str, period: str, label: str) -> NDArray[np.bool_]:
        """Which of the rows that are used stand in one cell: a value of a group, in a period."""
        out = np.ones(int(self._used.sum()), dtype=bool)
        for name, wanted in ((group, value), (period, label)):
            coded = self._coded(name) if name != ALL_LEVELS and wanted != ALL_LEVELS else None
            if coded is not None:
                out &= coded.code[self._used] == (coded.names.index(wanted) if wanted in coded.names else -2)
        return out

    def period_names(self, name: str) -> list[str]:
        """The labels of a period."""
        coded = self._coded(name)
        return list(coded.names) if coded is not None else []

    @cached_property
    def yes_used(self) -> NDArray[np.bool_] | None:
        """Which of the rows that are used are a yes, where each is a yes or a no."""
        return self._values()[self._used] == 1 if self.binary else None

    @property
    def rows_key(self) -> tuple[object, ...]:
        """The same for metrics that use the same rows, and are or are not a yes or a no where that matters."""
        shares = (self.spec.id,) if self.binary else ()
        return (id(self.frame), self._used.tobytes(), *shares)

    @property
    def people_used(self) -> list[SharedPeople]:
        """The people of each row that is used, one entry a kind; each kind is held to the threshold."""
        return [p[self._used] for p in self._people]

    @cached_property
    def frame_used(self) -> pd.DataFrame:
        """The rows of the unit frame that are used."""
        return self.frame[self._used]

    @cached_property
    def _used(self) -> NDArray[np.bool_]:
        assert self.spec.statistic is not None
        return self.frame[list(self.spec.statistic.columns)].notna().all(axis=1).to_numpy(dtype=bool)

    def _values(self) -> Floats:
        statistic = self.spec.statistic
        if not isinstance(statistic, MeanOf):
            return np.full(len(self.frame), np.nan)
        return self.frame[statistic.column].to_numpy(dtype=np.float64, na_value=np.nan)

    def _coded(self, name: str) -> Coded | None:
        labels = self.labels(name)
        if labels is not None and name not in self._codes:
            self._codes[name] = Coded.of(labels)
        return self._codes.get(name)

    @cached_property
    def _people(self) -> list[SharedPeople]:
        """Everyone behind the units, as ``measure`` counts them."""
        found = people_of(self.data, self.spec, self.frame)
        return [SharedPeople(row.astype(np.int64), who.astype(np.int64)) for row, who in found.kinds.values()]


def period_label(value: str) -> str:
    """A period's plain name.

    Examples
    --------
    >>> period_label("2025-03"), period_label("2025-Q1"), period_label("wave 2"), period_label("all")
    ('Mar 2025', 'Q1 2025', 'Wave 2', 'Whole period')
    """
    if value == ALL_LEVELS:
        return "Whole period"
    year, _, part = value.partition("-")
    if part.startswith("Q"):
        return f"{part} {year}"
    return pd.Timestamp(f"{value}-01").strftime("%b %Y") if part else value[:1].upper() + value[1:]


def _margins(dims: Sequence[str], *, split: bool) -> list[list[str]]:
    """Which columns each margin keeps; a month is never kept without its quarter."""
    time = list(dims[1:])
    nested = [time[:k] for k in range(len(time) + 1)]
    return [[*g, *t] for g in ([["group"], []] if split else [[]]) for t in nested]


def _only(column: Coded, rows: NDArray[np.bool_]) -> Coded:
    """The column over some rows, with the names that occur there."""
    found, code = np.unique(column.code[rows], return_inverse=True)
    return Coded(code.astype(np.int64), [column.names[i] for i in found])


def _edges(values: Floats, spec: MetricSpec) -> tuple[list[float], list[str]]:
    """Round inner edges over the middle nine tenths; both ends are open, so that no end is one person's value."""
    if not len(values):
        return [], ["all"]
    how = readable_unit(spec.value_unit)
    scale = spec.scale * how.scale
    low, high = np.quantile(values, [0.05, 0.95])
    ticks = nice_ticks(float(low) * scale, float(high) * scale, MOST_BINS)
    inner = [t for t in ticks if low * scale <= t <= high * scale] or ticks[:1]
    digits = max(len(f"{t:.6f}".rstrip("0").split(".")[1]) for t in inner)
    said = [f"{t:.{digits}f}{how.mark}" for t in inner]
    names = [f"under {said[0]}", *(f"{a} to {b}" for a, b in pairwise(said)), f"{said[-1]} or more"]
    return [t / scale for t in inner], names


def _joined(part: Sequence[int], names: Sequence[str]) -> str:
    if len(part) == 1:
        return names[part[0]]
    first, last = names[part[0]], names[part[-1]]
    low = "" if first.startswith("under") else first.split(" to ")[0]
    high = "" if last.endswith("or more") else last.split(" to ")[-1]
    if low and high:
        return f"{low} to {high}"
    return f"under {high.removeprefix('under ')}" if high else f"{low} or more" if low else "all"
