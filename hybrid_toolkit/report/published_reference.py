"""Published figures beside a metric in a report: England, the region, neighbours and norms, through the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import Release, require_release
from hybrid_toolkit.metrics.beside_published import Beside
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.documents.blocks import ReportTable, TableColumn
from hybrid_toolkit.report.plots.readable_units import readable_unit

PUBLISHED_CAPTION = "Published figures, as a reference"
"""Of the table with published figures."""
PUBLISHED_BESIDE_COLUMNS: Mapping[str, TableColumn] = {
    "label": TableColumn("Published for"),
    "kind": TableColumn("What it is", "name"),
    "figure": TableColumn("Figure (interval, if published)", "published"),
    "source": TableColumn("Source"),
}


def published_columns(unit: str) -> Mapping[str, TableColumn]:
    """``PUBLISHED_BESIDE_COLUMNS`` with their figures in the unit that a person reads.

    Examples
    --------
    >>> published_columns("share")["figure"].unit
    'share'
    """
    columns = dict(PUBLISHED_BESIDE_COLUMNS)
    return columns | {"figure": replace(columns["figure"], unit=unit)}


@dataclass(frozen=True)
class PublishedBeside:
    """Published figures of one metric as they may be shown.

    Parameters
    ----------
    table : Release | None
        Release with ``REFERENCE_COLUMNS``; None where nothing published is known.
    notes : tuple[str, ...]
        Where the figures come from, what they leave open, or why there are none.
    """

    table: Release | None
    notes: tuple[str, ...]


def release_published(gate: Gate, data: EvaluationData, spec: MetricSpec, beside: Beside) -> PublishedBeside:
    """The published figures of a metric, through the gate; none of them is a figure of the data.

    Parameters
    ----------
    gate : Gate
        The disclosure gate.
    data : EvaluationData
        The authority's own data, which say what years are asked for.
    spec : MetricSpec
        The metric.
    beside : Beside
        Published statistics, or norms alone.

    Returns
    -------
    PublishedBeside
        The table, where anything is known, and its notes.

    Raises
    ------
    DisclosureError
        As ``Gate.facts``.

    Examples
    --------
    >>> from hybrid_toolkit.metrics.specs.registry import REGISTRY
    >>> found = release_published(Gate(), EvaluationData({}), REGISTRY["swemwbs"], Beside())
    >>> published_block(found.table, "points").caption
    'Published figures, as a reference (points)'
    >>> release_published(Gate(), EvaluationData({}), REGISTRY["choice_honoured"], Beside()).notes
    ('Nothing published is known for comparison.',)
    """
    found = beside.figures(data, spec.id)
    notes = found.notes or ("Nothing published is known for comparison.",)
    if not len(found.frame):
        return PublishedBeside(None, notes)
    title = f"{spec.name}: published figures"
    return PublishedBeside(gate.facts(found.frame, title=title, basis="published", source=found), notes)


def published_blocks(
    gate: Gate, data: EvaluationData, metrics: Sequence[str], beside: Beside, *, title: str
) -> tuple[tuple[ReportTable, ...], Release]:
    """The published figures of several metrics, one table each, with the notes on them, each note once.

    Parameters
    ----------
    gate : Gate
        As ``release_published``.
    data : EvaluationData
        As ``release_published``.
    metrics : Sequence[str]
        Metric ids.
    beside : Beside
        As ``release_published``.
    title : str
        Title of what they stand beside.

    Returns
    -------
    tuple[tuple[ReportTable, ...], Release]
        Tables, none for a metric of which nothing is known, and a release with one ``note`` a row.

    Raises
    ------
    DisclosureError
        As ``Gate.facts``.
    """
    tables, notes = list[ReportTable](), list[str]()
    for metric in metrics:
        if not beside.knows(metric):
            continue
        spec = REGISTRY[metric]
        found = release_published(gate, data, spec, beside)
        notes += found.notes
        if found.table is not None:
            tables.append(published_block(found.table, spec.value_unit, of=spec.name))
    told = notes or ["Nothing published is known for comparison with these measures."]
    frame = pd.DataFrame({"note": list(dict.fromkeys(told))}, dtype="str")
    return tuple(tables), gate.facts(frame, title=f"{title}: published figures", basis="metadata")


def published_block(table: Release, unit: str, *, of: str = "") -> ReportTable:
    """The table of a report for published figures: for whom and when, the figure or its symbol, and the source.

    Parameters
    ----------
    table : Release
        As ``release_published`` gives it.
    unit : str
        Unit of the figures.
    of : str, optional
        Name of the metric, where the table stands under several.

    Returns
    -------
    ReportTable
        In the order of places, never by figure.

    Raises
    ------
    DisclosureError
        Not a release.
    """
    caption = f"{of}: published figures, as a reference" if of else PUBLISHED_CAPTION
    words = readable_unit(unit).words
    return ReportTable(table, published_columns(unit), caption=f"{caption} ({words})" if words != "%" else caption)


def published_lines(table: Release) -> list[str]:
    """Published figures as lines of text: for whom, and the figure or its symbol.

    Parameters
    ----------
    table : Release
        As ``release_published`` gives it.

    Returns
    -------
    list[str]
        One a figure.

    Raises
    ------
    DisclosureError
        Not a release.
    """
    rows = require_release(table).content.to_dict("records")
    marked = [f"marked '{r['marker']}'" if isinstance(r["marker"], str) else f"{r['figure']:.4g}" for r in rows]
    return [f"  {r['label']}: {m}" for r, m in zip(rows, marked, strict=True)]
