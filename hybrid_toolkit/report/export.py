"""Taken away: a report, a study, a view or a list of releases as Word, Excel or one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Protocol, runtime_checkable

from hybrid_toolkit.data.atomic_output import atomic_write_bytes
from hybrid_toolkit.disclosure import Gate, Release, require_release
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.report.demo_report import CHECK_COLUMNS, ESTIMATE_COLUMNS
from hybrid_toolkit.report.documents.blocks import (
    Bullets,
    Figure,
    Prose,
    Report,
    ReportBlock,
    ReportTable,
    Section,
    TableColumn,
    TextBlock,
)
from hybrid_toolkit.report.documents.excel import excel_bytes
from hybrid_toolkit.report.documents.print_page import page_html
from hybrid_toolkit.report.documents.provenance import with_provenance
from hybrid_toolkit.report.documents.word import word_bytes
from hybrid_toolkit.report.findings import ShownStudy, show_study
from hybrid_toolkit.report.plots.estimate_plots import describe_estimates, plot_estimates, plot_headline
from hybrid_toolkit.report.plots.event_plots import describe_event_study, plot_event_study
from hybrid_toolkit.report.plots.plot_style import png_bytes, svg_bytes
from hybrid_toolkit.study.estimation.study_result import StudyResult

FORMS = (".docx", ".xlsx", ".html")


@runtime_checkable
class Viewed(Protocol):
    """A view of one metric: released estimates, perhaps a distribution, and notes."""

    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def estimates(self) -> Release: ...
    @property
    def distribution(self) -> Release | None: ...
    @property
    def said(self) -> Release: ...


Taken = Report | StudyResult | ShownStudy | Viewed | Sequence[Release]


def export(thing: Taken, path: str | Path, *, on: date, gate: Gate | None = None, title: str = "") -> Path:
    """Write something to take away: ``.docx``, ``.xlsx`` or ``.html`` by the ending, whole or not at all.

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
    if form not in FORMS:
        raise UsageError(
            "that is no form to take away.",
            fix=f"Choose a file name that ends in one of: {', '.join(FORMS)}.",
            code="EXPORT-FORM",
        )
    return atomic_write_bytes(path, document_bytes(as_report(thing, on=on, gate=gate, title=title), form))


def document_bytes(report: Report, form: str) -> bytes:
    """A report as the bytes of one of ``FORMS``.

    Raises
    ------
    DisclosureError
        As ``export``.
    """
    if form == ".docx":
        return word_bytes(report)
    return excel_bytes(report) if form == ".xlsx" else page_html(report).encode("utf-8")


def as_report(thing: Taken, *, on: date, gate: Gate | None = None, title: str = "") -> Report:
    """Anything that can be taken away, as a report with its record and its origin; raises as ``export``."""
    opened = gate if gate is not None else Gate()
    if isinstance(thing, Report):
        return thing if "policy-hash" in thing.about else with_provenance(thing, on=on, gate=opened)
    if isinstance(thing, StudyResult):
        thing = show_study(opened, thing, titles={})
    if isinstance(thing, ShownStudy):
        return with_provenance(_study(thing), on=on, gate=opened, more={"Study": thing.study.id})
    if isinstance(thing, Viewed):
        return with_provenance(_view(thing, opened), on=on, gate=opened)
    if isinstance(thing, Sequence) and not isinstance(thing, str | bytes):
        released = [require_release(r) for r in thing]
        blocks: list[ReportBlock] = [Prose(r) if r.kind == "text" else ReportTable(r) for r in released]
        return with_provenance(Report(title or "Releases", (Section("Results", tuple(blocks)),)), on=on, gate=opened)
    raise UsageError(
        f"a {type(thing).__name__} cannot be taken away.",
        fix="Pass a report, a study's result, a view of a metric, or releases of the gate.",
        code="EXPORT-THING",
    )


def _study(shown: ShownStudy) -> Report:
    answers: list[ReportBlock] = []
    for outcome, claim in shown.claims.items():
        answers += [Prose(shown.short[outcome], "answer"), Prose(claim)]
    design = shown.study.design_used
    several = {"panel": TableColumn("Outcome")} if shown.study.secondary_outcomes else {}
    ax = plot_headline(shown.answers) if several else plot_estimates(shown.answers)
    figure = Figure(
        shown.answers, svg_bytes(ax), alt=describe_estimates(shown.answers), caption="Estimates and 95% intervals",
        columns={**several, **{k: c for k, c in ESTIMATE_COLUMNS.items() if _known(shown, k)}},
        png=png_bytes(ax),
    )  # fmt: skip
    checks = tuple(ReportTable(r, CHECK_COLUMNS) for r in shown.checks.values())
    return Report(
        shown.study.question,
        (
            Section("The answer", tuple(answers)),
            Section("Estimates", (figure, *(_over_time(shown, r) for r in shown.paths.values()))),
            Section(
                "Design",
                (TextBlock(f"{design.title}. It assumes:"), Bullets(tuple(map(TextBlock, design.assumptions)))),
            ),
            Section("Checks", (Prose(shown.message), *checks)),
            Section("Why the words are no stronger", (Bullets(tuple(map(Prose, shown.reasons))),)),
            Section("What this does not show", (Bullets(tuple(map(TextBlock, shown.does_not_show))),)),
        ),
    )


def _over_time(shown: ShownStudy, release: Release) -> Figure:
    """An event study; the last time before the start, which the others are compared with, stands at nought."""
    reference = None if release.content["time"].eq(-1).any() else -1
    ax = plot_event_study(release, periods=f"{shown.study.time_label}s", reference=reference)
    return Figure(
        release, svg_bytes(ax), alt=describe_event_study(release), caption="By time from the start of the policy",
        columns={"time": TableColumn("Time from the start", "count"), "estimate": ESTIMATE_COLUMNS["estimate"],
                 "unit": ESTIMATE_COLUMNS["unit"]},
        png=png_bytes(ax),
    )  # fmt: skip


def _known(shown: ShownStudy, column: str) -> bool:
    """Whether a column says anything: the truth of real data does not."""
    rows = shown.answers.content
    return column in rows and bool(rows[column].notna().any())


def _view(view: Viewed, gate: Gate) -> Report:
    blocks: list[ReportBlock] = [Prose(gate.text(view.text, title="In short", source=view.estimates), "lead")]
    blocks += [ReportTable(r) for r in (view.estimates, view.distribution, view.said) if r is not None]
    return Report(view.title, (Section("The numbers", tuple(blocks)),))
