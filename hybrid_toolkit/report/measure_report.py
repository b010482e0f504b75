"""Measured metrics as a report: each figure with the published figures below it, and what to keep in mind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.report.documents.blocks import Figure, Report, ReportBlock, ReportTable, Section, TableColumn
from hybrid_toolkit.report.documents.provenance import with_provenance
from hybrid_toolkit.report.measured import Measured
from hybrid_toolkit.report.plots.figure_headlines import groups_say
from hybrid_toolkit.report.plots.measure_plots import describe_measured, plot_measured
from hybrid_toolkit.report.plots.plot_style import png_bytes, svg_bytes
from hybrid_toolkit.report.plots.readable_units import readable_unit
from hybrid_toolkit.report.published_reference import published_block


def measure_report(measured: Sequence[Measured], *, on: date, gate: Gate) -> Report:
    """Metrics that were measured and released, as a document.

    Parameters
    ----------
    measured : Sequence[Measured]
        As ``measure_released`` gives them, with published figures where these were asked for.
    on : date
        The day to print.
    gate : Gate
        The gate that they passed.

    Returns
    -------
    Report
        One section a metric: its figures, the published ones below them, and the notes.

    Raises
    ------
    DisclosureError
        Something is no release, or was changed after the gate.

    Examples
    --------
    >>> import pandas as pd
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> from hybrid_toolkit.metrics.beside_published import Beside
    >>> from hybrid_toolkit.report.measured import measure_released
    >>> rows = pd.DataFrame({"la_id": ["A"], "year": [2024], "inpost_fte": [90.0], "leavers_fte": [9.0]})
    >>> data = EvaluationData({"la_year": rows})
    >>> gate = Gate(source=data)
    >>> measured = measure_released(data, "turnover_rate_pct", beside=Beside(), gate=gate)
    >>> made = measure_report(measured, on=date(2026, 3, 2), gate=gate)
    >>> made.title, [type(block).__name__ for block in made.sections[0].blocks]
    ('Turnover', ['ReportTable', 'ReportTable', 'ReportTable'])
    """
    alone = len(measured) == 1
    sections = tuple(Section("The numbers" if alone else one.name, tuple(_blocks(one))) for one in measured)
    title = measured[0].name if alone else f"{len(measured)} measures"
    return with_provenance(Report(title, sections), on=on, gate=gate)


def _blocks(one: Measured) -> list[ReportBlock]:
    how = readable_unit(one.unit)
    named = "Value" if how.mark or not how.words else f"Value, in {how.words}"
    columns = {
        "group": TableColumn("Group", "name"),
        "estimate": TableColumn(f"{named} (95% confidence interval)", "interval", one.unit),
        "n": TableColumn("Number", "count"),
    }
    made: list[ReportBlock] = [
        ReportTable(one.table, columns) if len(one.table.content) == 1 else _figure(one, columns)
    ]
    if one.beside is not None:
        made.append(published_block(one.beside, one.unit))
    return [*made, ReportTable(one.notes, {"note": TableColumn("Keep in mind")})]


def _figure(one: Measured, columns: dict[str, TableColumn]) -> Figure:
    """The groups as dots with intervals, with their numbers below."""
    ax = plot_measured(one.table, unit=one.unit, level=0.95)
    return Figure(
        one.table, svg_bytes(ax), alt=describe_measured(one.table, unit=one.unit), caption=one.table.title,
        columns=columns, png=png_bytes(ax), says=groups_say(one.table, unit=one.unit),
    )  # fmt: skip
