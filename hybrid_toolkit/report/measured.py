"""One metric measured and released: the table that may be shown, and the reasons for doubt beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.privacy.inside import without_mark
from hybrid_toolkit.disclosure.combined_cells import release_together
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.looks import dominated
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.metrics.beside_published import Beside
from hybrid_toolkit.metrics.compute import measure, metric_values
from hybrid_toolkit.metrics.intervals.interval import MeanOf
from hybrid_toolkit.metrics.people_and_groups import PERSON_KEYS, group_label, group_order, groups, people_of
from hybrid_toolkit.metrics.psychometrics.comparability import comparable, invariance_flag, invariance_note
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.specs.registry import find_metrics, plain_ids
from hybrid_toolkit.report.published_reference import release_published

ALL_GROUPS = "all"
"""The row for everyone."""
_WHEN = ("month", "wave", "quarter", "year")
"""Columns of units that say when, whatever their type."""
VALUES = ("estimate", "conf_low", "conf_high")


@dataclass(frozen=True)
class Measured:
    """A metric as it may be shown.

    Parameters
    ----------
    metric : str
        Id of the metric.
    name : str
        Name of the metric.
    unit : str
        Unit of its figure.
    table : Release
        Release with ``group``, ``n``, ``people``, ``estimate``, ``conf_low``, ``conf_high``, ``suppressed``.
    notes : Release
        Release with one ``note`` a row: reasons for doubt about what is shown, and caveats.
    beside : Release | None, optional
        Release of published figures with ``REFERENCE_COLUMNS``; None where none are asked for or known.
    """

    metric: str
    name: str
    unit: str
    table: Release
    notes: Release
    beside: Release | None = None


def measure_released(
    data: EvaluationData,
    metric: str | MetricSpec,
    *,
    by: str | None = None,
    beside: Beside | None = None,
    gate: Gate | None = None,
    named: bool = False,
) -> tuple[Measured, ...]:
    """Measure a metric over everyone, and in groups if asked, and pass it through the disclosure gate.

    Parameters
    ----------
    metric : str | MetricSpec
        Metric id, a code that stands for several, or a metric of one's own.
    by : str | None, optional
        What splits it, as for ``measure``; groups and everyone are protected together.
    beside : Beside | None, optional
        Published statistics, or norms alone, to set beside it; None for nothing.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.
    named : bool, default False
        Whether groups have their plain names ('Case holder') and not their codes ('5').

    Raises
    ------
    UsageError
        As ``measure``.
    CoverageError
        As ``measure``.
    MeasureError
        As ``measure``.
    DisclosureError
        The table cannot be protected.
    """
    opened = gate if gate is not None else Gate(source=data)
    known = beside.read() if beside is not None else None
    return tuple(_released(data, spec, by, known, opened, named) for spec in find_metrics(metric))


def _released(
    data: EvaluationData, spec: MetricSpec, by: str | None, beside: Beside | None, gate: Gate, named: bool
) -> Measured:
    rows: pd.DataFrame = measure(data, spec)
    if by is not None:
        rows = pd.concat([rows, measure(data, spec, by=by)], ignore_index=True)
    units = metric_values(data, spec)
    labels = pd.Series(ALL_GROUPS, index=units.index) if by is None else groups(units, data, by)
    if by is not None:
        rows, labels = _in_own_order(rows, labels, by if named else None)
    title = spec.name + (f", by {by.removesuffix('_id').replace('_', ' ')}" if by else "")
    table = release_cells(gate, data, spec, rows, {"group": labels}, title=title)
    shown = set(table.content.loc[~table.content["suppressed"], "group"])
    doubts = rows[rows["group"].isin(shown) & (rows["flag"] != "")]
    check = comparable(data, spec, by)
    said = invariance_note(check, by)
    flags = [(r["group"], _without(r["flag"], invariance_flag(check, by))) for r in doubts.to_dict("records")]
    gone = totals_note(rows, [g not in shown for g in rows["group"]], spec.unit)
    notes = [
        *([gone] if gone else []),
        *([said] if said else []),
        *(f"{g}: {flag}." for g, flag in flags if flag),
        *map(plain_ids, spec.caveats),
    ]
    published = None
    if beside is not None:
        found = release_published(gate, data, spec, beside)
        published = found.table
        notes += found.notes
    told = gate.facts(pd.DataFrame({"note": notes}, dtype="str"), title=f"{spec.name}: notes", basis="metadata")
    return Measured(spec.id, spec.name, spec.value_unit, table, told, published)


def _in_own_order(rows: pd.DataFrame, labels: pd.Series[str], by: str | None) -> tuple[pd.DataFrame, pd.Series[str]]:
    """Groups in the order of their own (career stages by experience), under their plain names where ``by`` is given."""
    order = group_order(labels)
    words = {code: group_label(by, code) for code in order} if by is not None else {}
    if len(set(words.values())) < len(words):  # two codes of one name stay apart
        words = {}
    kinds = [*(words.get(code, code) for code in order), ALL_GROUPS]
    named = rows["group"].map(lambda code: words.get(code, code))
    return rows.assign(group=pd.Categorical(named, kinds, ordered=True)), labels.map(lambda code: words.get(code, code))


def release_cells(
    gate: Gate,
    data: EvaluationData,
    spec: MetricSpec,
    rows: pd.DataFrame,
    labels: Mapping[str, pd.Series],
    *,
    title: str,
) -> Release:
    """Measured rows as a table: each cell protected by itself, then all of them together.

    What the shown cells give away together, by differences, complements and unions with the row for everyone, is held
    to the threshold in people, and in and out of a share; further cells are hidden, the smallest first, until it is.

    Parameters
    ----------
    rows : pd.DataFrame
        As ``measure`` gives them.
    labels : Mapping[str, pd.Series]
        Dimension -> the cell of each unit, ``ALL_GROUPS`` standing for everyone.
    title : str
        Of the table.

    Raises
    ------
    DisclosureError
        The table cannot be protected.
    """
    units = metric_values(data, spec)
    assert spec.statistic is not None
    used = units[list(spec.statistic.columns)].notna().all(axis=1).to_numpy(dtype=bool)
    share = _is_share(spec, units)
    yes = units[spec.statistic.columns[0]].eq(1).fillna(False).to_numpy(dtype=bool) if share else None
    own = [_cell(row, labels, used) for row in rows[list(labels)].to_dict("records")]
    rows = with_people(rows)
    kinds = people_of(data, spec, units).kinds
    added = units[list(spec.statistic.columns)].select_dtypes(include="number").astype("float64")
    one_persons = [
        any(
            dominated(added[c].to_numpy()[unit][cell[unit]], who[cell[unit]])
            for c in added
            for unit, who in kinds.values()
        )
        for cell in own
    ]
    return release_together(
        gate,
        rows,
        own,
        kinds,
        hidden=one_persons,
        dims=list(labels),
        whole=ALL_GROUPS,
        yes=yes,
        people_column="people",
        marks=lambda cells: figure_marks(spec, units, cells),
        figure=figure_name(spec),
        title=title,
        values=VALUES,
        shares=["estimate"] if share else [],
        source=data,
    )


def figure_name(spec: MetricSpec) -> str:
    """What a ledger calls the figures of a metric, whatever table or view shows them."""
    return f"{spec.id}|{spec.formula}"


def figure_marks(spec: MetricSpec, units: pd.DataFrame, cells: Sequence[NDArray[np.bool_]]) -> list[dict[str, str]]:
    """For each cell, every person with a hash of what they bring to it; a unit that names nobody is its own person.

    What they bring are the values that the metric is made of, and when: other columns of a unit, such as what the
    others of a team do, change with somebody who leaves, and would hide that one person alone has left.

    Parameters
    ----------
    spec : MetricSpec
        The metric.
    units : pd.DataFrame
        As ``metric_values`` gives them.
    cells : Sequence[NDArray[np.bool]]
        The units behind each cell.
    """
    units = without_mark(units)
    assert spec.statistic is not None
    when = [c for c in units if c in _WHEN or pd.api.types.is_datetime64_any_dtype(units[c])]
    made_of = units[list(dict.fromkeys([*spec.statistic.columns, *when]))]
    numbers = made_of.select_dtypes(include=["number", "bool"]).columns
    made_of = made_of.astype(dict.fromkeys(numbers, "Float64"))  # the same value is the same in any metric
    made_of = made_of.astype({c: "str" for c in made_of if made_of[c].dtype == object})  # lists cannot be hashed
    brings = pd.util.hash_pandas_object(made_of, index=False).astype("str").to_numpy(dtype=object)
    keys = units[[c for c in PERSON_KEYS if c in units]]
    named = keys.notna().any(axis=1).to_numpy(dtype=bool)
    joined = _joined(keys)
    joined[~named] = ""  # a row's number would change with every row taken away before it
    codes, names = pd.factorize(joined)
    in_order = np.lexsort((brings.astype("U"), codes))
    return [_told(codes, names, brings, in_order[cell[in_order]]) for cell in cells]


def _joined(keys: pd.DataFrame) -> NDArray[np.object_]:
    """Keys of a row as one text."""
    parts = [keys[c].astype("str").fillna("").to_numpy(dtype=object) for c in keys]
    return np.array(["|".join(row) for row in zip(*parts, strict=True)] if parts else [""] * len(keys), dtype=object)


def _told(
    codes: NDArray[np.intp], names: NDArray[np.object_], brings: NDArray[np.object_], rows: NDArray[np.intp]
) -> dict[str, str]:
    """Person -> what all their rows bring, of rows in the order of people and of what they bring.

    Rows that name nobody go by what they bring, and where several bring the same, by their number among these.
    """
    if not len(rows):
        return {}
    here, what = codes[rows], brings[rows]
    starts = np.r_[0, np.flatnonzero(np.diff(here)) + 1]
    told = {}
    for code, part in zip(here[starts], np.split(what, starts[1:]), strict=True):
        if names[code]:
            told[str(names[code])] = "|".join(part)
        else:
            told |= {f"{value} {i}": value for value, n in Counter(part).items() for i in range(n)}
    return told


def _cell(
    row: Mapping[Hashable, object], labels: Mapping[str, pd.Series], used: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The units of one row of a table."""
    here = used.copy()
    for dim, of in labels.items():
        if str(row[dim]) != ALL_GROUPS:
            here &= of.eq(str(row[dim])).fillna(False).to_numpy(dtype=bool)
    return here


def _without(flag: str, said: str) -> str:
    """A flag less what a sentence says once for all groups."""
    return "; ".join(part for part in flag.split("; ") if part != said)


def _is_share(spec: MetricSpec, units: pd.DataFrame) -> bool:
    """Whether each unit is a yes or a no, so that the estimate is a share of the count."""
    if not isinstance(spec.statistic, MeanOf) or spec.scale != 1 or not len(units):
        return False
    return bool(units[spec.statistic.column].dropna().isin((0, 1)).all())


def with_people(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``measure`` with the column ``people`` that their table is protected by.

    The people behind each row; its units where nobody stands behind them, as in the statistics of authorities.

    Examples
    --------
    >>> rows = pd.DataFrame({"n": [20, 30], "n_people": pd.array([12, None], "Int64")})
    >>> with_people(rows)["people"].tolist()
    [12, 30]
    """
    return rows.assign(people=rows["n_people"].fillna(rows["n"]).astype("int64"))


def totals_note(rows: pd.DataFrame, hidden: Sequence[bool], unit: str) -> str:
    """Why a figure made of totals is hidden, in words; empty where no such figure is.

    Parameters
    ----------
    rows : pd.DataFrame
        As ``measure`` gives them.
    hidden : Sequence[bool]
        For each row, whether the gate hides it.
    unit : str
        What a unit of the metric is.

    Returns
    -------
    str
        Two sentences, or nothing.

    Examples
    --------
    >>> rows = pd.DataFrame({"n_people": pd.array([None], "Int64")})
    >>> totals_note(rows, [True], "authority-year").partition(", which")[0]
    'Your own figure is hidden because it is made of totals, one for each authority-year'
    >>> totals_note(rows, [False], "authority-year")
    ''
    """
    if not (rows["n_people"].isna().to_numpy() & np.asarray(hidden, dtype=bool)).any():
        return ""
    return (
        f"Your own figure is hidden because it is made of totals, one for each {unit}, which do not say how many "
        "people they include. Measures made from rows of workers, families or children count the people."
    )
