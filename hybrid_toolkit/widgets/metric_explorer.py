"""A widget that shows one metric at a time: by group and period, with its interval and its distribution."""

from __future__ import annotations

from typing import Any

import ipywidgets
import traitlets

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.errors import HybridToolkitError, UsageError
from hybrid_toolkit.widgets.metric_answer import MetricView
from hybrid_toolkit.widgets.metric_page import answer_html, view_html
from hybrid_toolkit.widgets.metric_view import MetricViews
from hybrid_toolkit.widgets.page import LIVE, ROOT, code_html, notice_html, style_html
from hybrid_toolkit.widgets.state import ALL, ExplorerState

EMPTY = "There is nothing to explore yet: these data open no metric."
EMPTY_FIX = "data.coverage() says which table or column would open most."


class MetricExplorer(ipywidgets.VBox):  # type: ignore[misc]
    """Choose a metric, a group and a period; see the estimate with its interval, the distribution and the numbers.

    The three public traits are its whole state: set them from code, or observe them. Everything that is shown has
    passed the disclosure gate. Works with the keyboard alone: Tab between the lists, arrow keys within one.

    Parameters
    ----------
    data : the data to explore.
    metric : metric id; the first that the data open where it is empty.
    group : what splits it; ``"all"`` for everyone together.
    period : ``"all"``, ``"month"``, ``"quarter"``, ``"year"`` or ``"wave"``.
    gate : the disclosure gate; the package's policy where it is left out.

    Raises
    ------
    UsageError : a metric, group or period that these data do not offer.

    Examples
    --------
    >>> explorer = MetricExplorer(EvaluationData({}))
    >>> explorer.text
    'There is nothing to explore yet: these data open no metric.'
    """

    metric = traitlets.Unicode("").tag(sync=False)
    group = traitlets.Unicode(ALL).tag(sync=False)
    period = traitlets.Unicode(ALL).tag(sync=False)

    def __init__(
        self,
        data: EvaluationData,
        *,
        metric: str = "",
        group: str | None = ALL,
        period: str | None = ALL,
        gate: Gate | None = None,
    ) -> None:
        self._views = MetricViews(data, gate=gate)
        self._view: MetricView | None = None
        self._moving = True
        metrics = self._views.metrics()
        self._lists = {
            "metric": _list("Metric", [(name, key) for key, name in metrics.items()]),
            "group": _list("Group", []),
            "period": _list("Period", []),
        }
        self._answer = ipywidgets.HTML().add_class(LIVE)
        self._figures, self._code = ipywidgets.HTML(), ipywidgets.HTML()
        controls = ipywidgets.Box([*self._lists.values()]).add_class("hte-controls")
        super().__init__([ipywidgets.HTML(style_html()), controls, self._answer, self._figures, self._code])
        self.add_class(ROOT)
        if not metrics:
            controls.layout.display = "none"
            self._answer.value = notice_html(EMPTY, fix=EMPTY_FIX)
            return
        self._must_offer("metric", metric, metrics)
        self.metric = metric or next(iter(metrics))
        for name, asked in (("group", group or ALL), ("period", period or ALL)):
            self._must_offer(name, asked, self._offered(name))
            setattr(self, name, asked)
        self._moving = False
        for name, control in self._lists.items():
            control.observe(lambda change, name=name: setattr(self, name, change.new), "value")
        self._show()

    def __repr__(self) -> str:
        return f"MetricExplorer(data, {self.state.arguments})"

    @property
    def state(self) -> ExplorerState:
        """What is shown, as frozen values."""
        return ExplorerState(self.metric, self.group, self.period)

    @property
    def text(self) -> str:
        """The answer in one line, as it stands above the figures."""
        return self._view.text if self._view is not None else EMPTY

    @property
    def view(self) -> MetricView | None:
        """The numbers that are shown, as releases; None where nothing is."""
        return self._view

    def to_code(self) -> str:
        """Code that gives the same numbers in a fresh kernel."""
        return self.state.to_code(self._views.reference)

    @traitlets.observe("metric", "group", "period")
    def _moved(self, change: Any) -> None:
        if not self._moving:
            self._show()

    def _show(self) -> None:
        self._moving = True
        try:
            note = self._follow()
            self._view = self._views.view(self.state)
            self._answer.value = answer_html(self._view) + note
            self._figures.value = view_html(self._view)
            self._code.value = code_html(self.to_code())
        except HybridToolkitError as error:
            self._fail(error.message, error.fix)
        except Exception as error:  # a widget shows what went wrong in place; a traceback could hold values
            self._fail(
                f"Something inside failed ({type(error).__name__}).", "Choose another view, and report this one."
            )
        finally:
            self._moving = False

    def _fail(self, message: str, fix: str) -> None:
        self._view = None
        self._answer.value, self._figures.value, self._code.value = notice_html(message, fix=fix, error=True), "", ""

    def _follow(self) -> str:
        """Bring the lists in line with the state; says what this metric cannot be split by."""
        self._must_offer("metric", self.metric, self._views.metrics())
        lost = []
        self._lists["metric"].value = self.metric
        for name in ("group", "period"):
            control, wanted, offered = self._lists[name], getattr(self, name), self._offered(name)
            if wanted not in offered:
                lost.append(control.label or wanted)
                wanted = ALL
            options = tuple((label, key) for key, label in offered.items())
            if control.options != options:
                control.options = options
            control.value = wanted
            setattr(self, name, wanted)
        return notice_html(f"This metric cannot be split by: {', '.join(lost)}. It is shown unsplit.") if lost else ""

    def _offered(self, name: str) -> dict[str, str]:
        return self._views.groups(self.metric) if name == "group" else self._views.periods(self.metric)

    def _must_offer(self, name: str, asked: str, offered: dict[str, str]) -> None:
        if asked and asked not in offered:
            raise UsageError(
                f"These data offer no {name} of that id; {len(offered)} are offered.",
                fix=f"Use one of: {', '.join(offered)}.",
                code="WIDGET-CHOICE",
            )


def _list(label: str, options: list[tuple[str, str]]) -> ipywidgets.Dropdown:
    """A labelled drop-down."""
    return ipywidgets.Dropdown(
        options=options,
        description=label,
        style={"description_width": "initial"},
        layout=ipywidgets.Layout(width="auto", min_width="180px", max_width="100%", margin="2px 0"),
    )
