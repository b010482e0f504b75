"""The report of an evaluation, in the order in which it should be read: answers first, then what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hybrid_toolkit.disclosure import Gate, Policy, Release, disclosure_record
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
from hybrid_toolkit.report.findings import ShownStudy
from hybrid_toolkit.report.plots.estimate_plots import describe_estimates

ESTIMATE_COLUMNS: Mapping[str, TableColumn] = {
    "label": TableColumn("Estimate"),
    "estimate": TableColumn("Value (95% confidence interval)", "interval"),
    "truth": TableColumn("True value", "number"),
    "unit": TableColumn("Unit"),
    "n": TableColumn("Rows", "count"),
}
DIAGNOSIS_COLUMNS: Mapping[str, TableColumn] = {
    "label": TableColumn("Study"),
    "truth": TableColumn("True value", "number"),
    "bias": TableColumn("Bias", "number-error"),
    "unadjusted_bias": TableColumn("Bias of unadjusted comparison", "number-error"),
    "coverage": TableColumn("Coverage", "percent-error"),
    "power": TableColumn("Power", "percent-error"),
}
METRIC_COLUMNS: Mapping[str, TableColumn] = {
    "measure": TableColumn("Measure"),
    "estimate": TableColumn("Value (95% confidence interval)", "interval"),
    "unit": TableColumn("Unit"),
    "n": TableColumn("Number", "count"),
    "missing": TableColumn("Missing", "percent"),
    "note": TableColumn("Note", "name"),
}
CHECK_COLUMNS: Mapping[str, TableColumn] = {
    "check": TableColumn("Check", "name"),
    "state": TableColumn("Result", "message"),
    "message": TableColumn("Why"),
}
GRADE_WORDS: Mapping[str, str] = {
    "illustration": "An illustration: the data are simulated, so this says nothing about any real authority.",
    "descriptive": "Descriptive: what was recorded, no more.",
    "associational": "Associational: two things occur together, after adjusting for the factors listed.",
    "quasi-causal": "Quasi-causal: an effect if the design's assumptions are met.",
    "causal": "Causal.",
}


@dataclass(frozen=True)
class Drawn:
    """A release with its figure as SVG."""

    release: Release
    svg: bytes


@dataclass(frozen=True)
class DemoReport:
    """Everything that the report of the demonstration tells; every part a release.

    Parameters
    ----------
    studies : Sequence[ShownStudy]
        The headline studies, in order; ``panel`` the study of authority totals.
    headline : Drawn
        Figures over the studies.
    coverage : Drawn
        Figures over the studies.
    trap : Drawn
        The figure where the plain comparison is wrong.
    trap_study
        The study where the plain comparison is wrong.
    trap_diagnosis
        The repeated trial where the plain comparison is wrong.
    groups : Sequence[Drawn]
        Figures of measures by group.
    measures : Release
        What was measured.
    tables : Release
        The tables of the data.
    versions : Release
        What made the report.
    checked : Release
        One sentence on validation.
    covered : Release
        One sentence on what can be measured.
    """

    studies: Sequence[ShownStudy]
    panel: ShownStudy
    headline: Drawn
    coverage: Drawn
    trap: Drawn
    trap_text: Release
    panel_figure: Drawn
    groups: Sequence[Drawn]
    measures: Release
    tables: Release
    versions: Release
    checked: Release
    covered: Release


def build_report(story: DemoReport, gate: Gate) -> Report:
    """The report."""
    sections = (
        Section("What this report is", _what(story)),
        Section("What was asked, and the answer"),
        *(_answer(i, shown) for i, shown in enumerate(story.studies, start=1)),
        Section("Estimates and true values", _beside(story)),
        Section("Why an unadjusted comparison is not enough", _trap(story)),
        Section("Checks on each study"),
        *(_checks(shown) for shown in story.studies),
        Section("What these results do not show", (_may_not(story),)),
        Section("How reliable these studies are", _diagnosis(story)),
        Section("Example with national totals", _panel(story)),
        Section("The data", _data(story)),
        Section("Metrics", _measures(story)),
    )
    shown = Report("", sections).releases
    record = gate.facts(
        disclosure_record(shown)[["title", "rule", "what", "why"]].drop_duplicates(),
        title="Decisions of disclosure control",
        basis="metadata",
    )
    head = story.headline.release
    return Report(
        title="Hybrid working in children’s social work: example evaluation",
        subtitle="Three studies of one small authority, from the data to the findings.",
        sections=(
            *sections,
            Section("What was hidden and why", _record(record, gate.policy)),
            Section("How to reproduce this report", _again(story)),
        ),
        stamp=head.stamp,
        footer=f"Data {head.data_hash[:16]}, disclosure policy {head.policy_hash[:16]}.",
        about={"data-hash": head.data_hash, "policy-hash": head.policy_hash},
    )


def _what(story: DemoReport) -> tuple[ReportBlock, ...]:
    return (
        TextBlock(
            "Every number here comes from a simulated authority with 24 teams over 12 months, for which we know the "
            "true "
            "values. It shows what an evaluation looks like and how far it can be trusted. It is "
            "not evidence about any real authority, worker or family.",
            "warning",
        ),
        TextBlock(
            "“Remote” means hours of desk work done at home instead of in an office. It does not include visits, "
            "court or "
            "travel. A 95% confidence interval is a range calculated so that, if we repeated the study many times, "
            "about "
            "95% of such ranges would contain the true value."
        ),
    )


def _answer(i: int, shown: ShownStudy) -> Section:
    blocks: list[ReportBlock] = []
    for outcome, claim in shown.claims.items():
        blocks += [Prose(shown.short[outcome], "answer"), Prose(claim)]
        if outcome in shown.beside_truth:
            blocks.append(Prose(shown.beside_truth[outcome], "note"))
    grades = tuple(dict.fromkeys(claim.grade for claim in shown.details.values()))
    blocks += [TextBlock(f"Design: {shown.study.design_used.title}. {' '.join(GRADE_WORDS[g] for g in grades)}")]
    return Section(f"{i}. {shown.study.question}", tuple(blocks), level=3)


def _beside(story: DemoReport) -> tuple[ReportBlock, ...]:
    return (
        TextBlock(
            "Each panel has its own scale. The round mark is the study’s estimate and the bar its 95% confidence "
            "interval. The square is an unadjusted comparison of all rows. The diamond is the true value in the "
            "simulated data. About 1 interval in 20 is expected not to contain it."
        ),
        Figure(
            story.headline.release,
            story.headline.svg,
            alt="Estimates of the three studies. " + describe_estimates(story.headline.release),
            caption="Estimates, 95% confidence intervals and true values of the three studies.",
            columns={"panel": TableColumn("Study"), **ESTIMATE_COLUMNS},
        ),
    )


def _trap(story: DemoReport) -> tuple[ReportBlock, ...]:
    return (
        TextBlock(
            "Here is the first study in another simulated authority. There, remote working changes nothing. But "
            "workers "
            "who honour families’ choices more often also work at home more often. An unadjusted comparison "
            "mistakes one for the other. Comparing each worker with the same worker in other months does not."
        ),
        Figure(
            story.trap.release,
            story.trap.svg,
            alt="The first study where the true value is 0. " + describe_estimates(story.trap.release),
            caption="An authority in which the true value is 0 and choice of arrangement misleads.",
            columns=ESTIMATE_COLUMNS,
        ),
        Prose(story.trap_text, "note"),
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


def _may_not(story: DemoReport) -> ReportBlock:
    every = dict.fromkeys(s for shown in (*story.studies, story.panel) for s in shown.does_not_show)
    return Bullets(tuple(TextBlock(s) for s in every))


def _diagnosis(story: DemoReport) -> tuple[ReportBlock, ...]:
    return (
        TextBlock(
            "Each study was run again on many simulated authorities of the same size. Bias is how far "
            "the estimates are from the true value on average. Coverage is how often the 95% confidence interval "
            "contains the true value; it should be near 95%. Power is how often the interval excludes zero when the "
            "true value is not zero; 80% is a common target. Each has its own error, because the number of runs is "
            "limited."
        ),
        Figure(
            story.coverage.release,
            story.coverage.svg,
            alt="Coverage of the 95% confidence intervals of each study, with its Monte Carlo error, against the "
            "target of 95%.",
            caption="How often the confidence interval contains the true value.",
            columns={
                "label": TableColumn("Study"),
                "coverage": TableColumn("Coverage", "percent"),
                "coverage_mcse": TableColumn("Error", "percent"),
                "runs": TableColumn("Runs", "count"),
            },
        ),
        ReportTable(
            story.coverage.release,
            DIAGNOSIS_COLUMNS,
            caption="The studies on simulated authorities, with Monte Carlo error (±); units as in the claims",
        ),
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
            {"table": TableColumn("Table"), "rows": TableColumn("Rows", "count"), "what": TableColumn("One row is")},
            caption="The tables (rows rounded to 5)",
            folded=True,
        ),
    )


def _measures(story: DemoReport) -> tuple[ReportBlock, ...]:
    figures = tuple(
        Figure(d.release, d.svg, alt=f"{d.release.title}: one value with its interval for each group.")
        for d in story.groups
    )
    return (ReportTable(story.measures, METRIC_COLUMNS, caption="Measures over the whole authority"), *figures)


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
