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
    "estimate": TableColumn("Value (95% interval)", "interval"),
    "truth": TableColumn("Truth", "number"),
    "unit": TableColumn("Unit"),
    "n": TableColumn("Rows", "count"),
}
DIAGNOSIS_COLUMNS: Mapping[str, TableColumn] = {
    "label": TableColumn("Study"),
    "truth": TableColumn("Truth", "number"),
    "bias": TableColumn("Bias", "number-error"),
    "unadjusted_bias": TableColumn("Bias of plain comparison", "number-error"),
    "coverage": TableColumn("Coverage", "percent-error"),
    "power": TableColumn("Power", "percent-error"),
}
METRIC_COLUMNS: Mapping[str, TableColumn] = {
    "measure": TableColumn("Measure"),
    "estimate": TableColumn("Value (95% interval)", "interval"),
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
    "illustration": "An illustration: the data are simulated, so nothing is said of any real authority.",
    "descriptive": "Descriptive: what was recorded, no more.",
    "associational": "Associational: two things go together, given what was held equal.",
    "quasi-causal": "Quasi-causal: an effect if the design's assumptions hold.",
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
    studies : the headline studies, in order; ``panel`` the study of authority totals.
    headline, coverage : figures over the studies.
    trap, trap_study, trap_diagnosis : the figure, the study and the repeated trial where the plain comparison is wrong.
    groups : figures of measures by group.
    measures, tables, versions : what was measured, the tables of the data, what made the report.
    checked, covered : one sentence each on validation and on what can be measured.
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
        Section("What this is", _what(story)),
        Section("What was asked, and the answer"),
        *(_answer(i, shown) for i, shown in enumerate(story.studies, start=1)),
        Section("The estimates beside the truth", _beside(story)),
        Section("Why a plain comparison is not enough", _trap(story)),
        Section("Checks"),
        *(_checks(shown) for shown in story.studies),
        Section("What may not be said", (_may_not(story),)),
        Section("How far these studies can be trusted", _diagnosis(story)),
        Section("A study of national totals", _panel(story)),
        Section("The data", _data(story)),
        Section("What was measured", _measures(story)),
    )
    shown = Report("", sections).releases
    record = gate.facts(
        disclosure_record(shown)[["title", "rule", "what", "why"]].drop_duplicates(),
        title="Decisions of the gate",
        basis="metadata",
    )
    head = story.headline.release
    return Report(
        title="Hybrid working in children’s social work: a worked evaluation",
        subtitle="Three studies of one small authority, from the data to what may be said.",
        sections=(
            *sections,
            Section("What was hidden, and why", _record(record, gate.policy)),
            Section("Do it again", _again(story)),
        ),
        stamp=head.stamp,
        footer=f"Data {head.data_hash[:16]}, disclosure policy {head.policy_hash[:16]}.",
        about={"data-hash": head.data_hash, "policy-hash": head.policy_hash},
    )


def _what(story: DemoReport) -> tuple[ReportBlock, ...]:
    return (
        TextBlock(
            "Every number here comes from a made-up authority: 24 teams over 12 months, simulated so that the right "
            "answers are known beforehand. It shows what an evaluation looks like and how far it can be trusted. It is "
            "not evidence about any real authority, worker or family.",
            "warning",
        ),
        TextBlock(
            "“Remote” means hours of desk work done at home rather than in an office. Visits, court and travel are "
            "left out. A 95% interval is the range that the data are compatible with."
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
            "Each panel has its own scale. The round mark is the study’s estimate, the bar its 95% interval. The "
            "square is a plain comparison of all rows. The diamond is the truth that the data were made with. About "
            "one interval in twenty is expected to miss it."
        ),
        Figure(
            story.headline.release,
            story.headline.svg,
            alt="Estimates of the three studies. " + describe_estimates(story.headline.release),
            caption="Estimates, 95% intervals and true values of the three studies.",
            columns={"panel": TableColumn("Study"), **ESTIMATE_COLUMNS},
        ),
    )


def _trap(story: DemoReport) -> tuple[ReportBlock, ...]:
    return (
        TextBlock(
            "Here is the first study in another made-up authority. There, remote working changes nothing. But workers "
            "who honour families’ choices more often also work at home more often. A plain comparison takes the one "
            "for the other; comparing each worker with the same worker in other months does not."
        ),
        Figure(
            story.trap.release,
            story.trap.svg,
            alt="The first study where the truth is nought. " + describe_estimates(story.trap.release),
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
            TextBlock("Why the words of the claim are no stronger:"),
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
            "Each study was run again on many simulated authorities of the same size. Bias is the mean miss. Coverage "
            "is how often the 95% interval holds the truth; it should be near 95%. Power is how often the interval "
            "leaves out nought when there is something to find; 80% is a common aim. Each comes with its own error, "
            "since the number of runs is limited."
        ),
        Figure(
            story.coverage.release,
            story.coverage.svg,
            alt="Coverage of the 95% intervals of each study, with its Monte Carlo error, against the aim of 95%.",
            caption="How often the interval holds the truth.",
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
