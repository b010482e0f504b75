"""Benefits and challenges that people name, each beside the measures that speak to it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import ClassVar

from hybrid_toolkit.assess.checklist import ChecklistItem, load_checklist
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.metric_panel import MEASURE_COLUMNS, MetricPanel
from hybrid_toolkit.widgets.parts.html_parts import notice_html
from hybrid_toolkit.widgets.parts.widget_base import Shown, ToolkitWidget, choice
from hybrid_toolkit.widgets.practice.form_parts import form_answer_html, form_style, grid_html, stamp_of, words_table


@dataclass(frozen=True, slots=True)
class ClaimsState:
    """Which source is open."""

    part: str

    def to_code(self, checklist: str) -> str:
        """Code that gives the claims and the ids of their metrics."""
        lines = ["from hybrid_toolkit.assess import load_checklist", ""]
        lines += [f'for item in load_checklist("{checklist}").part("{self.part}").items:']
        return "\n".join([*lines, '    print(item.id, item.text, "|", ", ".join(item.metrics) or "no measure")'])


class ClaimsWidget(ToolkitWidget):
    """What people say, source by source, and beside each claim the metrics that speak to it.

    Parameters
    ----------
    data : EvaluationData | None, optional
        Data to measure; None shows the names of the measures alone.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.
    """

    CHECKLIST: ClassVar[str]
    NOUN: ClassVar[str] = "claims"
    HEAD: ClassVar[str] = "What is said"
    STATE = ClaimsState

    def __init__(self, data: EvaluationData | None = None, *, gate: Gate | None = None) -> None:
        self._beside = MetricPanel(data, gate=gate)
        parts = {p.id: p.title for p in load_checklist(self.CHECKLIST).parts}
        super().__init__(
            ClaimsState(next(iter(parts))), controls={"part": choice("Said by", parts)}, more=[form_style()]
        )
        self._show()

    def to_code(self) -> str:
        """Code that lists the claims and their metrics.

        Returns
        -------
        str
            Code that lists the claims and their metrics.
        """
        return self.state.to_code(self.CHECKLIST)  # type: ignore[no-any-return]

    def _draw(self) -> Shown:
        listed = load_checklist(self.CHECKLIST)
        part = listed.part(self.state.part)
        bare = sum(not i.metrics for i in part.items)
        text = f"{part.title}: {len(part.items)} {self.NOUN}, {bare} without a measure."
        rows = [[i.text, self._measures(i)] for i in part.items]
        heads = [self.HEAD, "Measures that speak to it"]
        body = notice_html(listed.about) + words_table(part.title, heads, rows)
        metrics = list(dict.fromkeys(m for i in part.items for m in i.metrics))
        measured = self._beside.data is not None
        side = self._beside.of(metrics, title=f"{part.title}: the data", split=part.split) if measured else None
        if side is not None and side.table is not None:
            body += grid_html(side.table, MEASURE_COLUMNS, "What the data say")
            body += notice_html(
                "These are levels, not what hybrid working changed: a study with a design asks that. "
                f"{side.absent_words}"
            )
        return Shown(
            text, form_answer_html(text, stamp=stamp_of(self._beside)), f"{body}<p>{escape(listed.source)}</p>"
        )

    def _measures(self, item: ChecklistItem) -> str:
        return "; ".join(f"{REGISTRY[m].name}{item.split}" for m in item.metrics) or "no measure yet"


class Benefits(ClaimsWidget):
    """Benefits that people name, with their measures.

    Parameters
    ----------
    data : EvaluationData | None, optional
        The data.
    gate : Gate | None, optional
        The disclosure gate; one with the default policy where none is given.

    Examples
    --------
    >>> Benefits().text
    'Said by local authorities: 6 claims, 0 without a measure.'
    """

    CHECKLIST = "benefits"


class Challenges(ClaimsWidget):
    """Challenges that people name, with their measures.

    Parameters
    ----------
    data : EvaluationData | None, optional
        The data.
    gate : Gate | None, optional
        The disclosure gate; one with the default policy where none is given.

    Examples
    --------
    >>> Challenges().text
    'Said by local authorities: 7 claims, 2 without a measure.'
    """

    CHECKLIST = "challenges"


class EmployerReview(ClaimsWidget):
    """Productivity, professional development, interaction among peers and supervision on one page, with their measures.

    Parameters
    ----------
    data : EvaluationData | None, optional
        The data.
    gate : Gate | None, optional
        The disclosure gate; one with the default policy where none is given.

    Examples
    --------
    >>> EmployerReview().text
    'Planning and review: 4 domains, 0 without a measure.'
    """

    CHECKLIST = "employer"
    NOUN = "domains"
    HEAD = "Domain"
