"""What the report of the demonstration tells, before it is put in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hybrid_toolkit.disclosure import Release
from hybrid_toolkit.report.findings import ShownStudy


@dataclass(frozen=True)
class Drawn:
    """A release with its figure.

    Parameters
    ----------
    release : Release
        What the figure is drawn from.
    svg : bytes
        The figure for a web page.
    png : bytes
        The same for Word.
    says : str, optional
        The sentence above it.
    unit : str, optional
        Unit of the measure that it shows, where all of it has one.
    """

    release: Release
    svg: bytes
    png: bytes
    says: str = ""
    unit: str = ""


@dataclass(frozen=True)
class DemoReport:
    """Everything that the report of the demonstration tells; every part a release.

    Parameters
    ----------
    studies : Sequence[ShownStudy]
        The headline studies of one small service, in order.
    answers : Release
        Question, answer and how sure, one row a study.
    needed : Release | None
        Teams that would settle what is open; None where nothing is.
    larger : ShownStudy
        The first study in a larger service.
    larger_words : str
        The size of that service in words.
    larger_answers : Release
        Its answer.
    panel : ShownStudy
        The study of authority totals.
    first : Drawn
        The estimates of the studies alone, for the first screen.
    headline : Drawn
        The estimates of the studies beside unadjusted comparisons.
    coverage : Drawn
        How often their intervals contain the true value.
    trap : Drawn
        The figure where an unadjusted comparison is wrong.
    trap_text : Release
        The same over many authorities, in words.
    panel_figure : Drawn
        The estimates of ``panel``.
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
    answers: Release
    needed: Release | None
    larger: ShownStudy
    larger_words: str
    larger_answers: Release
    panel: ShownStudy
    first: Drawn
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
