"""The annex of the demonstration's report: checks, an example with national totals, data, metrics, how it was made."""

from __future__ import annotations

from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.disclosure import Policy, Release
from hybrid_toolkit.report.data_sections import table_words
from hybrid_toolkit.report.demo_story import DemoReport, Drawn
from hybrid_toolkit.report.documents.blocks import (
    Bullets,
    Figure,
    Prose,
    ReportBlock,
    ReportTable,
    Section,
    TableColumn,
    TextBlock,
)
from hybrid_toolkit.report.documents.tables import plain_heading
from hybrid_toolkit.report.findings import ShownStudy
from hybrid_toolkit.report.plots.estimate_plots import describe_estimates
from hybrid_toolkit.report.report_columns import CHECK_COLUMNS, ESTIMATE_COLUMNS, METRIC_COLUMNS

ANNEX = "Annex: checks, data and methods"


def annex_sections(story: DemoReport) -> tuple[Section, ...]:
    """Everything behind the answers, but for the record of what was hidden.

    Parameters
    ----------
    story : DemoReport
        What the report tells.

    Returns
    -------
    tuple[Section, ...]
        The first starts on a new page.
    """
    return (
        Section(ANNEX, (TextBlock("What the answers are based on, for the analyst who checks them."),), new_page=True),
        Section(
            "Estimates and true values",
            (
                ReportTable(
                    story.headline.release,
                    {"panel": TableColumn("Study"), **ESTIMATE_COLUMNS},
                    caption="Estimates, 95% confidence intervals and true values of the three studies",
                ),
                ReportTable(story.trap.release, ESTIMATE_COLUMNS, caption="Where the true value is 0"),
            ),
        ),
        Section("Checks on each study"),
        *(_checks(shown) for shown in story.studies),
        Section("Example with national totals", _panel(story)),
        Section("The data", _data(story)),
        Section("Metrics", _measures(story)),
    )


def closing_sections(story: DemoReport, record: Release, policy: Policy) -> tuple[Section, ...]:
    """What disclosure control decided, and how to make the report again.

    Parameters
    ----------
    story : DemoReport
        What the report tells.
    record : Release
        The decisions.
    policy : Policy
        The policy under which they were taken.

    Returns
    -------
    tuple[Section, ...]
        The last two sections.
    """
    return (
        Section("What was hidden and why", _record(record, policy)),
        Section("How to reproduce this report", _again(story)),
    )


def _checks(shown: ShownStudy) -> Section:
    return Section(
        shown.study.question,
        (
            TextBlock(f"Design: {shown.study.design_used.title}. It assumes:"),
            Bullets(tuple(TextBlock(a) for a in shown.study.design_used.assumptions)),
            Prose(shown.message, "note"),
            TextBlock("Why this finding is not stated more strongly:"),
            Bullets(tuple(Prose(r) for r in shown.reasons)),
            *(ReportTable(r, CHECK_COLUMNS, folded=True) for r in shown.checks.values()),
        ),
        level=3,
    )


def _panel(story: DemoReport) -> tuple[ReportBlock, ...]:
    shown = story.panel
    blocks: list[ReportBlock] = [
        TextBlock(
            f"{shown.study.question} Here from a made-up panel of authorities and years, in the form of the published "
            "workforce statistics. Totals of authorities say nothing about any one worker or family."
        )
    ]
    for outcome, claim in shown.claims.items():
        blocks += [Prose(shown.short[outcome], "answer"), Prose(claim)]
        if outcome in shown.beside_truth:
            blocks.append(Prose(shown.beside_truth[outcome], "note"))
    return (
        *blocks,
        Figure(
            story.panel_figure.release,
            story.panel_figure.svg,
            alt="The panel study. " + describe_estimates(story.panel_figure.release),
            columns=ESTIMATE_COLUMNS,
        ),
        Prose(shown.message),
        *(ReportTable(r, CHECK_COLUMNS, folded=True) for r in shown.checks.values()),
    )


def _data(story: DemoReport) -> tuple[ReportBlock, ...]:
    return (
        Prose(story.checked),
        Prose(story.covered),
        ReportTable(
            story.tables,
            {
                "table": TableColumn("Table", words={name: table_words(name) for name in TABLES}),
                "rows": TableColumn("Rows", "count"),
                "what": TableColumn("One row is"),
            },
            caption="The tables (rows rounded to 5)",
            folded=True,
        ),
    )


def _measures(story: DemoReport) -> tuple[ReportBlock, ...]:
    figures = tuple(
        Figure(
            d.release,
            d.svg,
            alt=f"{d.release.title}: one value with its interval for each group.",
            columns=_group_columns(d),
        )
        for d in story.groups
    )
    return (ReportTable(story.measures, METRIC_COLUMNS, caption="Measures over the whole authority"), *figures)


def _group_columns(drawn: Drawn) -> dict[str, TableColumn]:
    """The groups of a figure, their values in the unit of the measure."""
    by = drawn.release.dims[0]
    return {
        by: TableColumn(plain_heading(by)),
        "estimate": TableColumn("Value (95% confidence interval)", "interval", drawn.unit),
        "n": TableColumn("Number", "count"),
    }


def _record(record: Release, policy: Policy) -> tuple[ReportBlock, ...]:
    hiding = " Where a hidden number could be worked out from a total, more is hidden." if policy.secondary else ""
    rounding = f" Counts are rounded to {policy.rounding_base}." if policy.rounding_base > 1 else ""
    whole = "" if policy.guard_authorities else ", except where each cluster is a whole authority"
    return (
        TextBlock(
            f"Nothing is shown that rests on fewer than {policy.threshold} people, families or contacts, and no "
            f"estimate that rests on fewer than {policy.minimum_clusters} teams or other clusters{whole}.{hiding}"
            f"{rounding} Teams are never ranked, and nothing is shown of any one person."
        ),
        ReportTable(
            record,
            {
                "title": TableColumn("Shown"),
                "rule": TableColumn("Rule"),
                "what": TableColumn("What was done"),
                "why": TableColumn("Why"),
            },
            caption="Every decision",
            folded=True,
        ),
    )


def _again(story: DemoReport) -> tuple[ReportBlock, ...]:
    return (
        TextBlock(
            "This page was made by one command: hybrid-toolkit demo. The same data and versions give the same numbers."
        ),
        TextBlock(
            "For your own data: hybrid-toolkit template writes a workbook to fill in; hybrid-toolkit validate checks "
            "it; hybrid-toolkit coverage says what it allows to be measured."
        ),
        ReportTable(
            story.versions, {"item": TableColumn("Item"), "value": TableColumn("Value")}, caption="What made this page"
        ),
    )
