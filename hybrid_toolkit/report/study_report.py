"""One study as a report: a board summary on the first page, then the annex with everything behind it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.disclosure.release import require_release
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
from hybrid_toolkit.report.findings import ShownStudy, answer_row, is_known
from hybrid_toolkit.report.first_screen import answer_lead, answer_words, round_up, sure_words, truth_words
from hybrid_toolkit.report.plots.estimate_plots import describe_estimates, plot_estimates, plot_headline
from hybrid_toolkit.report.plots.event_plots import describe_event_study, plot_event_study
from hybrid_toolkit.report.plots.figure_headlines import estimates_say, event_study_says
from hybrid_toolkit.report.plots.plot_style import png_bytes, svg_bytes
from hybrid_toolkit.report.report_columns import CHECK_COLUMNS, ESTIMATE_COLUMNS, GRADE_WORDS
from hybrid_toolkit.study.estimation.claim_grammar import CHECK_STATES
from hybrid_toolkit.study.estimation.shown_words import period_words, size_words

BOARD_COLUMNS = {"part": TableColumn("On one page", "name"), "words": TableColumn("In words", "lead")}
NEXT_STEPS: Mapping[str, str] = {
    "missing values": "record the values that are missing",
    "response": "get more answers to the survey",
    "attrition": "keep in touch with people who leave the survey",
    "clusters": "include more teams",
    "few clusters": "include more teams",
    "group sizes": "include more teams in the smaller group",
    "sides": "include more people in the smaller group",
    "overlap": "compare people who are more alike",
    "common range": "compare people who are more alike",
    "scale reliability": "use a questionnaire with more items",
    "invariance": "test whether the questionnaire measures the same in each group",
    "open path": "record what the causal graph says is not adjusted for",
    "power": "include more teams or more months",
}
"""Check that did not pass -> what would help, where a plan can do something about it."""


def study_report(shown: ShownStudy, gate: Gate, *, teams: float = math.nan) -> Report:
    """A study as a report whose first page stands alone.

    Parameters
    ----------
    shown : ShownStudy
        The study, released.
    gate : Gate
        The gate that it passed.
    teams : float, default NaN
        Teams that would settle its first outcome, where that is known.

    Returns
    -------
    Report
        The summary, then an annex that starts on a new page.

    Raises
    ------
    DisclosureError
        As ``Gate.facts``.
    """
    design = shown.study.design_used
    answers: list[ReportBlock] = []
    for outcome, claim in shown.claims.items():
        answers += [Prose(shown.short[outcome], "answer"), Prose(claim)]
    paths = tuple(_over_time(shown, r) for r in shown.paths.values())
    checks = tuple(ReportTable(r, CHECK_COLUMNS) for r in shown.checks.values())
    truth = truth_words([shown])
    known = (Prose(gate.text(truth, title="True value", source=shown.answers), "note"),) if truth else ()
    return Report(
        shown.study.question,
        (
            Section("Summary", (ReportTable(_board(shown, gate, teams), BOARD_COLUMNS), _estimates(shown))),
            Section("Annex: the answer in full", (*answers, *known, _numbers(shown)), new_page=True),
            *((Section("Over time", paths),) if paths else ()),
            Section(
                "Design",
                (TextBlock(f"{design.title}. It assumes:"), Bullets(tuple(map(TextBlock, design.assumptions)))),
            ),
            Section("Checks", (Prose(shown.message), *checks)),
            Section("Why this finding is not stated more strongly", (Bullets(tuple(map(Prose, shown.reasons))),)),
            *_published(shown),
            Section("What this does not show", (Bullets(tuple(map(TextBlock, shown.does_not_show))),)),
        ),
    )


def _published(shown: ShownStudy) -> tuple[Section, ...]:
    """Published figures where they were asked for: levels of other places and people, and no part of the answer."""
    if shown.published_notes is None:
        return ()
    notes = tuple(TextBlock(n) for n in require_release(shown.published_notes).content["note"])
    return (Section("Published figures of what the study measures", (*shown.published, Bullets(notes))),)


def _board(shown: ShownStudy, gate: Gate, teams: float) -> Release:
    grades = tuple(dict.fromkeys(claim.grade for claim in shown.details.values()))
    rows = [
        ("Answer", answer_lead(shown), answer_words(shown)),
        ("How sure we are", "", sure_words(shown)),
        ("What it is based on", "", _basis(shown, grades)),
        ("What next", "", _next(shown, teams)),
    ]
    frame = pd.DataFrame(rows, columns=["part", "words_lead", "words"])
    return gate.facts(frame, title="Summary of the study", basis="metadata", source=shown.answers)


def _basis(shown: ShownStudy, grades: tuple[str, ...]) -> str:
    study, row = shown.study, answer_row(shown.answers, shown.study.outcome)
    told = size_words(study, *(float(row[c]) if is_known(row[c]) else math.nan for c in ("n", "clusters")))
    lead = f"{told[:1].upper()}{told[1:]}. " if told else ""
    return f"{lead}Design: {study.design_used.title}. {' '.join(GRADE_WORDS[g] for g in grades)}"


def _next(shown: ShownStudy, teams: float) -> str:
    checks = pd.concat([r.content for r in shown.checks.values()], ignore_index=True)
    failed = dict.fromkeys(checks.loc[checks["state"].eq(CHECK_STATES[1]), "check"])
    steps = list(dict.fromkeys(NEXT_STEPS[name] for name in failed if name in NEXT_STEPS))
    unsettled = any(c.finding == "inconclusive" for c in shown.details.values())
    parts = []
    if unsettled and not math.isnan(teams):
        parts.append(f"About {round_up(teams):,} teams would detect the simulated difference 80% of the time.")
    elif unsettled:
        parts.append("Plan how large the next study has to be before you collect more data: see 'Plan a study'.")
    if steps:
        parts.append(f"To be able to say more: {'; '.join(steps)}.")
    if not unsettled:
        parts.append("Discuss it with the people it is about, and repeat the study when a further year is recorded.")
    return " ".join(parts)


def _columns(shown: ShownStudy) -> dict[str, TableColumn]:
    several = {"panel": TableColumn("Outcome")} if shown.study.secondary_outcomes else {}
    return {**several, **{k: c for k, c in ESTIMATE_COLUMNS.items() if _known(shown, k)}}


def _numbers(shown: ShownStudy) -> ReportTable:
    return ReportTable(shown.answers, _columns(shown), caption="Estimates and their confidence intervals")


def _estimates(shown: ShownStudy) -> Figure:
    several = bool(shown.study.secondary_outcomes)
    if several:  # two panels side by side, so that the page holds them under the table
        ax = plot_headline(shown.answers, columns=2, level=shown.conf_level)
    else:
        ax = plot_estimates(shown.answers, level=shown.conf_level)
    return Figure(
        shown.answers, svg_bytes(ax), alt=describe_estimates(shown.answers),
        caption="Estimates and their confidence intervals",
        columns=_columns(shown),
        png=png_bytes(ax), says=estimates_say(shown.answers, level=shown.conf_level),
    )  # fmt: skip


def _over_time(shown: ShownStudy, release: Release) -> Figure:
    """An event study; the last time before the start, which the others are compared with, stands at nought."""
    reference = None if release.content["time"].eq(-1).any() else -1
    ax = plot_event_study(release, periods=period_words(shown.study), reference=reference, level=shown.conf_level)
    return Figure(
        release, svg_bytes(ax), alt=describe_event_study(release), caption="By time from the start of the policy",
        columns={"time": TableColumn("Time from the start", "count"), "estimate": ESTIMATE_COLUMNS["estimate"],
                 "unit": ESTIMATE_COLUMNS["unit"]},
        png=png_bytes(ax), says=event_study_says(release, level=shown.conf_level),
    )  # fmt: skip


def _known(shown: ShownStudy, column: str) -> bool:
    """Whether a column says anything: the truth of real data does not."""
    rows = shown.answers.content
    return column in rows and bool(rows[column].notna().any())
