"""Taken away: a report, a study, a view or a list of releases as Word, Excel, one HTML file or a ZIP of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol, runtime_checkable

from hybrid_toolkit.data.atomic_output import atomic_write_bytes
from hybrid_toolkit.disclosure import Gate, Release, require_release
from hybrid_toolkit.errors import UsageError, with_article
from hybrid_toolkit.report.documents.archive import zip_bytes
from hybrid_toolkit.report.documents.blocks import Prose, Report, ReportBlock, ReportTable, Section, TableColumn
from hybrid_toolkit.report.documents.excel import excel_bytes
from hybrid_toolkit.report.documents.print_page import page_html
from hybrid_toolkit.report.documents.provenance import with_provenance
from hybrid_toolkit.report.documents.word import word_bytes
from hybrid_toolkit.report.findings import ShownStudy, show_study
from hybrid_toolkit.report.published_reference import published_block
from hybrid_toolkit.report.study_report import study_report
from hybrid_toolkit.study.estimation.study_result import StudyResult

FORMS = (".docx", ".xlsx", ".html")
ARCHIVE = ".zip"
"""All of ``FORMS`` at once, with each table as CSV and each figure as a picture."""


@runtime_checkable
class Viewed(Protocol):
    """A view of one metric: released estimates, perhaps published figures and a distribution, and notes."""

    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def estimates(self) -> Release: ...
    @property
    def distribution(self) -> Release | None: ...
    @property
    def said(self) -> Release: ...
    @property
    def reference(self) -> Release | None: ...
    @property
    def columns(self) -> Mapping[str, TableColumn]: ...
    @property
    def bins_columns(self) -> Mapping[str, TableColumn]: ...


Taken = Report | StudyResult | ShownStudy | Viewed | Sequence[Release]


def export(thing: Taken, path: str | Path, *, on: date, gate: Gate | None = None, title: str = "") -> Path:
    """Write something to take away: ``.docx``, ``.xlsx``, ``.html`` or ``.zip`` by the ending, whole or not at all.

    Parameters
    ----------
    thing : Taken
        A report, a study's result, a view of a metric, or releases.
    path : str | Path
        The file, whose ending says what it is.
    on : date
        The day to print, given by the caller.
    gate : Gate | None, optional
        The gate that it passed, or is to pass; the package's policy where it is left out.
    title : str, optional
        Heading, for releases.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    UsageError
        Another ending, or a thing that cannot be taken away.
    DisclosureError
        Something that is not a release, or was changed after the gate.
    OutputError
        The place cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> said = Gate().text("Nothing was found.", title="Claim")
    >>> export([said], Path(tempfile.mkdtemp()) / "claim.html", on=date(2026, 3, 1), title="One claim").name
    'claim.html'
    """
    form = Path(path).suffix.lower()
    if form not in (*FORMS, ARCHIVE):
        raise UsageError(
            "that is no form to take away.",
            fix=f"Choose a file name that ends in one of: {', '.join((*FORMS, ARCHIVE))}.",
            code="EXPORT-FORM",
        )
    return atomic_write_bytes(path, document_bytes(as_report(thing, on=on, gate=gate, title=title), form))


def document_bytes(report: Report, form: str) -> bytes:
    """A report as the bytes of one of ``FORMS``, or of ``ARCHIVE``.

    Raises
    ------
    DisclosureError
        As ``export``.
    """
    if form == ".docx":
        return word_bytes(report)
    if form == ARCHIVE:
        return zip_bytes(report)
    return excel_bytes(report) if form == ".xlsx" else page_html(report).encode("utf-8")


def as_report(thing: Taken, *, on: date, gate: Gate | None = None, title: str = "") -> Report:
    """Anything that can be taken away, as a report with its record and its origin; raises as ``export``."""
    opened = gate if gate is not None else Gate()
    if isinstance(thing, Report):
        return thing if "policy-hash" in thing.about else with_provenance(thing, on=on, gate=opened)
    if isinstance(thing, StudyResult):
        thing = show_study(opened, thing, titles={})
    if isinstance(thing, ShownStudy):
        return with_provenance(study_report(thing, opened), on=on, gate=opened, more={"Study": thing.study.id})
    if isinstance(thing, Viewed):
        return with_provenance(_view(thing, opened), on=on, gate=opened)
    if isinstance(thing, Sequence) and not isinstance(thing, str | bytes):
        released = [require_release(r) for r in thing]
        blocks: list[ReportBlock] = [Prose(r) if r.kind == "text" else ReportTable(r) for r in released]
        return with_provenance(Report(title or "Releases", (Section("Results", tuple(blocks)),)), on=on, gate=opened)
    raise UsageError(
        f"{with_article(type(thing).__name__)} cannot be taken away.",
        fix="Pass a report, a study's result, a view of a metric, or releases of the gate.",
        code="EXPORT-THING",
    )


def _view(view: Viewed, gate: Gate) -> Report:
    blocks: list[ReportBlock] = [Prose(gate.text(view.text, title="In short", source=view.estimates), "lead")]
    blocks.append(ReportTable(view.estimates, view.columns))
    blocks += [published_block(view.reference, view.unit)] if view.reference is not None else []
    if view.distribution is not None:
        blocks.append(ReportTable(view.distribution, view.bins_columns))
    blocks.append(ReportTable(view.said, {"note": TableColumn("Keep in mind")}, caption="Notes"))
    return Report(view.title, (Section("The numbers", tuple(blocks)),))
