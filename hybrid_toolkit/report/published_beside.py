"""Published figures beside a metric in a report: England, the region, neighbours and norms, through the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.metrics.reference import Beside
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.report.documents.blocks import ReportTable, TableColumn

PUBLISHED_CAPTION = "Published figures, as a reference"
"""Of the table with published figures."""
PUBLISHED_BESIDE_COLUMNS: Mapping[str, TableColumn] = {
    "label": TableColumn("Published for"),
    "kind": TableColumn("What it is", "name"),
    "figure": TableColumn("Figure (interval, if published)", "published"),
    "source": TableColumn("Source"),
}


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
    return ReportTable(table, PUBLISHED_BESIDE_COLUMNS, caption=f"{caption} ({unit})")
