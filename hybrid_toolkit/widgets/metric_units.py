"""The units behind one metric: their groups and periods, how many people stand in each cell, and their distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd

from hybrid_toolkit.data.contracts import TABLES
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.metrics.compute import metric_values
from hybrid_toolkit.metrics.grouping import groups, periods
from hybrid_toolkit.metrics.influence import MeanOf
from hybrid_toolkit.metrics.metric import MetricSpec
from hybrid_toolkit.widgets.state import ALL
from hybrid_toolkit.widgets.svg import nice_ticks

GROUPS: Mapping[str, str] = {
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
PERIODS: Mapping[str, str] = {"quarter": "Quarter", "month": "Month", "wave": "Wave", "year": "Year"}
_NAMES: Mapping[str, Mapping[str, str]] = {
    "career_stage": {"asye": "ASYE", "early": "Early", "mid": "Mid", "late": "Late", "supervisor": "Supervisor"},
    "low_access": {"yes": "Low access", "no": "Adequate access"},
}
_PEOPLE = ("worker_id", "family_id", "child_id")
MOST_GROUPS = 12
MOST_BINS = 10
FEWEST_BINS = 3


@dataclass
class Units:
    """One metric's unit frame with its keys, each worked out once.

    Parameters
    ----------
    data, spec : what is measured, and on what.
    frame : one row a unit.
    """

    data: EvaluationData
    spec: MetricSpec
    frame: pd.DataFrame
    _labels: dict[str, pd.Series[str] | None] = field(default_factory=dict)

    @classmethod
    def of(cls, data: EvaluationData, spec: MetricSpec) -> Units:
        """Make the unit frame.

        Raises
        ------
        CoverageError : the data do not open this metric.
        """
        return cls(data, spec, metric_values(data, spec))

    def sharing(self, spec: MetricSpec) -> Units:
        """The same frame and keys for another metric of the same units."""
        return Units(self.data, spec, self.frame, self._labels)

    def labels(self, name: str) -> pd.Series[str] | None:
        """The group or period of each row; None where these units have none."""
        if name not in self._labels:
            try:
                found = periods(self.frame, name) if name in PERIODS else groups(self.frame, self.data, name)
                few = found.nunique() <= (MOST_GROUPS if name in GROUPS else 200)
                self._labels[name] = found if few and found.nunique() > 1 else None
            except HybridToolkitError:
                self._labels[name] = None
        return self._labels[name]

    @property
    def time(self) -> list[str]:
        """The periods that a table is split by, coarse to fine."""
        return [p for p in ("quarter", "month", "wave", "year") if self.labels(p) is not None]

    @property
    def binary(self) -> bool:
        """Whether each unit is a yes or a no."""
        statistic = self.spec.statistic
        if not isinstance(statistic, MeanOf) or not len(self.frame):
            return False
        return bool(self.frame[statistic.column].dropna().isin((0, 1)).all())

    def counts(self, group: str) -> pd.DataFrame:
        """Units, people and, where each unit is a yes or a no, the share, for every cell and every margin.

        Columns: ``group`` and, coarse to fine, the periods of ``nested``; ``n``, ``people``, ``share``. A margin
        holds ``"all"``. Cells without units are not there.
        """
        keys, used = self._keys(group)
        rows = keys.assign(value=self._values())[used]
        people = [c for c in _PEOPLE if c in self.frame]
        rows = rows.assign(**{c: pd.factorize(self.frame.loc[used, c])[0] for c in people})
        dims = list(keys.columns)
        pieces = []
        for kept in _margins(dims, split=group != ALL):
            pieces.append(_count(rows, kept, people).assign(**{d: ALL for d in dims if d not in kept}))
        return pd.concat(pieces, ignore_index=True)[[*dims, "n", "people", "share"]]

    def nested(self) -> list[str]:
        """Periods of the table of counts: quarters with their months, or waves, or years."""
        time = self.time
        return [p for p in time if p in ("quarter", "month")] or time[:1]

    def bins(self, group: str, *, threshold: int) -> tuple[pd.DataFrame, str]:
        """Units and people in each bin of the metric's values, and why there are none where there are none.

        Columns: ``group``, ``bin`` (its number), ``label``, ``n``, ``people``. Bins are joined until every one holds
        at least the threshold of people in every group.
        """
        nothing = pd.DataFrame({"group": [], "bin": [], "label": [], "n": [], "people": []})
        statistic = self.spec.statistic
        if not isinstance(statistic, MeanOf):
            return nothing, "This metric is a ratio or a contrast of groups: single units have no value to show."
        keys, used = self._keys(group)
        value = self._values()[used]
        rows = pd.DataFrame({"group": keys.loc[used, "group"], "value": value})
        people = [c for c in _PEOPLE if c in self.frame]
        rows = rows.assign(**{c: pd.factorize(self.frame.loc[used, c])[0] for c in people})
        if self.binary:
            edges, names = np.array([-np.inf, 0.5, np.inf]), ["No", "Yes"]
        else:
            edges, names = _edges(value.to_numpy(), self.spec.scale)
        rows = rows.assign(bin=np.digitize(rows["value"], edges[1:-1]))
        table, joined = _join(rows, people, names, threshold)
        fewest = 2 if self.binary else FEWEST_BINS
        if len(joined) < fewest:
            return nothing, f"Too few people for a distribution: bins of fewer than {threshold} are not shown."
        return table.assign(label=table["bin"].map(dict(enumerate(joined)))), ""

    def _values(self) -> pd.Series[float]:
        statistic = self.spec.statistic
        column = statistic.column if isinstance(statistic, MeanOf) else None
        if column is None:
            return pd.Series(np.nan, index=self.frame.index)
        return self.frame[column].astype("float64")

    def _keys(self, group: str) -> tuple[pd.DataFrame, pd.Series[bool]]:
        assert self.spec.statistic is not None
        made = {p: self.labels(p) for p in self.nested()}
        names = {"group": None if group == ALL else self.labels(group), **made}
        keys = pd.DataFrame({k: ALL if v is None else v for k, v in names.items()}, index=self.frame.index)
        return keys, self.frame[list(self.spec.statistic.columns)].notna().all(axis=1)


def group_label(group: str, value: str) -> str:
    """A group's plain name, from the contracts where they hold it.

    Examples
    --------
    >>> group_label("career_stage", "asye"), group_label("role", "5"), group_label("caring", "yes")
    ('ASYE', 'Case holder', 'Yes')
    """
    if value == ALL:
        return "Everyone"
    known = _NAMES.get(group) or next(
        (c.codes for t in TABLES.values() for c in t.columns if c.name == group and c.codes), {}
    )
    return str(known.get(value, value[:1].upper() + value[1:]))


def period_label(value: str) -> str:
    """A period's plain name.

    Examples
    --------
    >>> period_label("2025-03"), period_label("2025-Q1"), period_label("wave 2"), period_label("all")
    ('Mar 2025', 'Q1 2025', 'Wave 2', 'Whole period')
    """
    if value == ALL:
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


def _count(rows: pd.DataFrame, kept: Sequence[str], people: Sequence[str]) -> pd.DataFrame:
    by = rows.assign(everyone=ALL).groupby([*kept] or ["everyone"], sort=True, observed=True)
    out = pd.DataFrame({"n": by.size(), "share": by["value"].mean()})
    out["people"] = by[list(people)].nunique().min(axis=1) if people else out["n"]
    return out.reset_index()


def _edges(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], scale: float) -> tuple[np.ndarray, list[str]]:
    """Round edges over the middle nine tenths, open at both ends so that no end is one person's value."""
    if not len(values):
        return np.array([-np.inf, np.inf]), ["all"]
    low, high = np.quantile(values, [0.05, 0.95])
    ticks = nice_ticks(float(low) * scale, float(high) * scale, MOST_BINS)
    inner = [t for t in ticks if low * scale <= t <= high * scale] or ticks[:1]
    digits = max(len(f"{t:.6f}".rstrip("0").split(".")[1]) for t in inner)
    said = [f"{t:.{digits}f}" for t in inner]
    names = [f"under {said[0]}", *(f"{a} to {b}" for a, b in pairwise(said)), f"{said[-1]} or more"]
    return np.array([-np.inf, *(t / scale for t in inner), np.inf]), names


def _join(
    rows: pd.DataFrame, people: Sequence[str], names: Sequence[str], threshold: int
) -> tuple[pd.DataFrame, list[str]]:
    """Join neighbours until every bin holds enough people in every group."""
    bins = [[i] for i in range(len(names))]
    while True:
        number = {old: new for new, part in enumerate(bins) for old in part}
        table = _count(rows.assign(bin=rows["bin"].map(number), value=0.0), ["group", "bin"], people)
        grid = table.pivot(index="bin", columns="group", values="people").reindex(range(len(bins))).fillna(0)
        least = grid.min(axis=1).to_numpy()
        if len(bins) == 1 or least.min() >= threshold:
            return table.drop(columns="share"), [_joined(part, names) for part in bins]
        k = int(least.argmin())
        beside = [j for j in (k - 1, k + 1) if 0 <= j < len(bins)]
        other = min(beside, key=lambda j: least[j])
        first = min(k, other)
        bins[first : first + 2] = [bins[first] + bins[first + 1]]


def _joined(part: Sequence[int], names: Sequence[str]) -> str:
    if len(part) == 1:
        return names[part[0]]
    first, last = names[part[0]], names[part[-1]]
    low = "" if first.startswith("under") else first.split(" to ")[0]
    high = "" if last.endswith("or more") else last.split(" to ")[-1]
    if low and high:
        return f"{low} to {high}"
    return f"under {high.removeprefix('under ')}" if high else f"{low} or more" if low else "all"
