"""A widget that shows one metric at a time: by group and period, with its interval and its distribution."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.ledger.sitting_ledger import memory_note
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.metrics.beside_published import Beside
from hybrid_toolkit.widgets.explorer.metric_answer import MetricView
from hybrid_toolkit.widgets.explorer.metric_page import answer_html, view_html
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews
from hybrid_toolkit.widgets.parts.html_parts import notice_html
from hybrid_toolkit.widgets.parts.sitting_gate import sitting_gate
from hybrid_toolkit.widgets.parts.state import ALL_LEVELS, NOTHING_BESIDE, ExplorerState, beside_added
from hybrid_toolkit.widgets.parts.widget_base import Shown, ToolkitWidget, choice, empty_shown, offer

EMPTY = "There is nothing to explore yet: these data open no metric."
EMPTY_FIX = (
    "Add contacts, monthly hours or survey answers. The command 'hybrid-toolkit coverage FOLDER' lists the tables and "
    "columns that each metric needs."
)


class MetricExplorer(ToolkitWidget):
    """Choose a metric, a group and a period; see the estimate with its interval, the distribution and the numbers.

    The traits ``metric``, ``group`` and ``period`` are its whole state, also as one in ``state``: set them from code,
    or observe them. Everything that is shown has passed the disclosure gate. Works with the keyboard alone: Tab
    between the lists, arrow keys within one.

    Parameters
    ----------
    data : EvaluationData
        The data to explore.
    metric : str, optional
        Metric id; the first that the data open where it is empty.
    group : str | None, default ALL_LEVELS
        What splits it; ``"all"`` for everyone together.
    period : str | None, default ALL_LEVELS
        ``"all"``, ``"month"``, ``"quarter"``, ``"year"`` or ``"wave"``.
    beside : str, default NOTHING_BESIDE
        ``"published"`` where published figures stand beside it.
    published : Beside | None, optional
        Published statistics for that; published norms alone where it is left out.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.

    Raises
    ------
    UsageError
        A metric, group or period that these data do not offer.

    Examples
    --------
    >>> explorer = MetricExplorer(EvaluationData({}))
    >>> explorer.text
    'There is nothing to explore yet: these data open no metric.'
    """

    STATE = ExplorerState
    SCHEMA = 2
    MIGRATIONS: ClassVar = {1: beside_added}

    metric = traitlets.Unicode("").tag(sync=False)
    group = traitlets.Unicode(ALL_LEVELS).tag(sync=False)
    period = traitlets.Unicode(ALL_LEVELS).tag(sync=False)
    beside = traitlets.Unicode(NOTHING_BESIDE).tag(sync=False)

    def __init__(
        self,
        data: EvaluationData,
        *,
        metric: str = "",
        group: str | None = ALL_LEVELS,
        period: str | None = ALL_LEVELS,
        beside: str = NOTHING_BESIDE,
        published: Beside | None = None,
        gate: Gate | None = None,
    ) -> None:
        gate = sitting_gate(data, gate)
        self._views = MetricViews(data, gate=gate, published=published)
        self._view: MetricView | None = None
        metrics = self._views.metrics()
        state = ExplorerState(metric or next(iter(metrics), ""), group or ALL_LEVELS, period or ALL_LEVELS, beside)
        if metrics:
            _must_offer("metric", state.metric, metrics)
            for name in ("group", "period", "beside"):
                _must_offer(name, getattr(state, name), self._offered(name, state.metric))
        lists = {"metric": choice("Metric", metrics), "group": choice("Group", {}), "period": choice("Period", {})}
        lists["beside"] = choice("Beside it", {})
        super().__init__(state, controls=lists, foot=memory_note(gate.ledger))
        self._show()

    def __repr__(self) -> str:
        return f"MetricExplorer(data, {self.state.arguments})"

    @property
    def view(self) -> MetricView | None:
        """The numbers that are shown, as releases; None where nothing is."""
        return self._view

    def to_code(self) -> str:
        """Code that gives the same numbers in a fresh kernel.

        Returns
        -------
        str
            Code that gives the same numbers in a fresh kernel.
        """
        return self.state.to_code(self._views.reference) if self._view is not None else ""

    @traitlets.observe("metric", "group", "period", "beside")
    def _trait_moved(self, change: Any) -> None:
        self._move(**{change.name: change.new})

    def _draw(self) -> Shown:
        if not self._views.metrics():
            self._controls.layout.display = "none"
            return empty_shown(EMPTY, EMPTY_FIX)
        self._view = self._views.view(self.state)
        return Shown(self._view.text, answer_html(self._view), view_html(self._view))

    def _follow(self) -> str:
        """Bring lists and traits in line with the state; says what this metric cannot be split by."""
        self._view = None
        if not self._views.metrics():
            return ""
        self.metric = self.state.metric
        _must_offer("metric", self.metric, self._views.metrics())
        lost = []
        self._lists["metric"].value = self.metric
        for name, nothing in (("group", ALL_LEVELS), ("period", ALL_LEVELS), ("beside", NOTHING_BESIDE)):
            control, wanted, offered = self._lists[name], getattr(self.state, name), self._offered(name, self.metric)
            if wanted not in offered:
                lost += [control.label or wanted] if name != "beside" else []  # it splits nothing
                wanted = nothing
            offer(control, offered, wanted)
            setattr(self, name, wanted)
        self.state = ExplorerState(self.metric, self.group, self.period, self.beside)
        return notice_html(f"This metric cannot be split by: {', '.join(lost)}. It is shown unsplit.") if lost else ""

    def _offered(self, name: str, metric: str) -> dict[str, str]:
        offered = {"group": self._views.groups, "period": self._views.periods, "beside": self._views.beside}
        return offered[name](metric)


def _must_offer(name: str, asked: str, offered: dict[str, str]) -> None:
    if asked not in offered:
        raise UsageError(
            f"These data offer no {name} of that id; {len(offered)} are offered.",
            fix=f"Use one of: {', '.join(offered)}.",
            code="WIDGET-CHOICE",
        )
