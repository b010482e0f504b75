"""The report of the demonstration, in the order in which it should be read: answers first, then what they rest on."""

from __future__ import annotations

from hybrid_toolkit.disclosure import Gate, disclosure_record
from hybrid_toolkit.report.demo_annex import annex_sections, closing_sections
from hybrid_toolkit.report.demo_story import DemoReport, Drawn
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
from hybrid_toolkit.report.first_screen import ANSWER_COLUMNS, SETTLE_COLUMNS, truth_words
from hybrid_toolkit.report.plots.estimate_plots import describe_estimates
from hybrid_toolkit.report.report_columns import DIAGNOSIS_COLUMNS, ESTIMATE_COLUMNS, GRADE_WORDS


def build_report(story: DemoReport, gate: Gate) -> Report:
    """The report: summary, what would settle what is open, results in full, how far to trust them, annex.

    Parameters
    ----------
    story : DemoReport
        What it tells.
    gate : Gate
        The gate that every part passed.

    Returns
    -------
    Report
        Ready for ``render_html``, ``word_bytes`` and ``excel_bytes``.
    """
    sections = (
        Section("Summary", _summary(story, gate)),
        Section("What would answer the open questions", _settle(story, gate)),
        Section("Results in full", (_compared(story),)),
        *(_answer(i, shown) for i, shown in enumerate(story.studies, start=1)),
        Section("What these results do not show", (_may_not(story),)),
        Section("Why an unadjusted comparison is not enough", _trap(story)),
        Section("How reliable these studies are", _diagnosis(story)),
        *annex_sections(story),
    )
    record = gate.facts(
        disclosure_record(Report("", sections).releases)[["title", "rule", "what", "why"]].drop_duplicates(),
        title="Decisions of disclosure control",
        basis="metadata",
    )
    head = story.headline.release
    return Report(
        title="Hybrid working in children’s social work: example evaluation",
        subtitle="Three studies of one small simulated service. This is not evidence about any real authority, worker "
        "or family.",
        sections=(*sections, *closing_sections(story, record, gate.policy)),
        stamp=head.stamp,
        footer=f"Data {head.data_hash[:16]}, disclosure policy {head.policy_hash[:16]}.",
        about={"data-hash": head.data_hash, "policy-hash": head.policy_hash},
    )


def _summary(story: DemoReport, gate: Gate) -> tuple[ReportBlock, ...]:
    return (
        ReportTable(story.answers, ANSWER_COLUMNS, caption="Three questions, from 24 teams over 12 months"),
        _figure(
            story.first,
            alt="Estimates of the three studies. " + describe_estimates(story.first.release),
            caption="Each panel has its own scale. An unadjusted comparison stands beside each under Results in full.",
            panels=True,
        ),
        Prose(gate.text(truth_words(story.studies), title="True values", source=story.headline.release), "note"),
        TextBlock(
            "These results do not show that remote working helps or harms families. They do not show that an "
            "inconclusive result means no difference."
        ),
        TextBlock(
            "“Remote” means hours of desk work done at home instead of in an office. It does not include visits, "
            "court or travel. A 95% confidence interval is a range calculated so that, if we repeated the study many "
            "times, about 95% of such ranges would contain the true value."
        ),
    )


def _compared(story: DemoReport) -> Figure:
    """Every estimate beside the comparison without adjustment."""
    return _figure(
        story.headline,
        alt="Estimates of the three studies and unadjusted comparisons. " + describe_estimates(story.headline.release),
        caption="Each panel has its own scale. Round mark: the study’s estimate; bar: its 95% confidence "
        "interval; square: an unadjusted comparison of all rows; diamond: the true value.",
        panels=True,
    )


def _settle(story: DemoReport, gate: Gate) -> tuple[ReportBlock, ...]:
    blocks: list[ReportBlock] = []
    if story.needed is not None:
        blocks += [
            TextBlock(
                "An inconclusive result needs more data of the same kind, not another method. The numbers below are "
                "calculated from each study’s own runs on simulated services of this size, with the simulated "
                "difference as the true one."
            ),
            ReportTable(story.needed, SETTLE_COLUMNS, caption="How many teams each open question needs"),
            TextBlock(
                "A small service cannot learn this alone. It can follow the same teams for longer, or combine results "
                "with other authorities: hybrid-toolkit pool does so without sharing any record."
            ),
        ]
    return (
        *blocks,
        TextBlock(f"The first study, unchanged, in a larger simulated service ({story.larger_words}):", "lead"),
        ReportTable(story.larger_answers, ANSWER_COLUMNS, caption="The first question in a larger service"),
        *(Prose(text, "note") for text in story.larger.beside_truth.values()),
    )


def _figure(drawn: Drawn, *, alt: str, caption: str, panels: bool = False) -> Figure:
    columns = {"panel": TableColumn("Study"), **ESTIMATE_COLUMNS} if panels else ESTIMATE_COLUMNS
    return Figure(drawn.release, drawn.svg, alt=alt, caption=caption, columns=columns, png=drawn.png, says=drawn.says)


def _answer(i: int, shown: ShownStudy) -> Section:
    blocks: list[ReportBlock] = []
    for outcome, claim in shown.claims.items():
        blocks += [Prose(shown.short[outcome], "answer"), Prose(claim)]
        if outcome in shown.beside_truth:
            blocks.append(Prose(shown.beside_truth[outcome], "note"))
    grades = tuple(dict.fromkeys(claim.grade for claim in shown.details.values()))
    blocks += [TextBlock(f"Design: {shown.study.design_used.title}. {' '.join(GRADE_WORDS[g] for g in grades)}")]
    return Section(f"{i}. {shown.study.question}", tuple(blocks), level=3)


def _trap(story: DemoReport) -> tuple[ReportBlock, ...]:
    return (
        TextBlock(
            "Here is the first study in another simulated authority. There, remote working changes nothing. But "
            "workers who honour families’ choices more often also work at home more often. An unadjusted comparison "
            "mistakes one for the other. Comparing each worker with the same worker in other months does not."
        ),
        _figure(
            story.trap,
            alt="The first study where the true value is 0. " + describe_estimates(story.trap.release),
            caption="An authority in which the true value is 0 and choice of arrangement misleads.",
        ),
        Prose(story.trap_text, "note"),
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
            png=story.coverage.png,
            says=story.coverage.says,
        ),
        ReportTable(
            story.coverage.release,
            DIAGNOSIS_COLUMNS,
            caption="The studies on simulated authorities, with Monte Carlo error (±); units as in the claims",
        ),
    )
