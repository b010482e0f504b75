"""What the widgets over practice share: rows of a form, texts that are screened, the three files to take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from html import escape
from typing import Any

import ipywidgets
import traitlets

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import require_release
from hybrid_toolkit.disclosure.screen import refuse_words
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.metrics.beside_published import Beside
from hybrid_toolkit.report.documents.blocks import Report, TableColumn
from hybrid_toolkit.report.documents.tables import make_grid
from hybrid_toolkit.report.export import FORMS, document_bytes
from hybrid_toolkit.report.metric_panel import BESIDE_COLUMNS, MEASURE_COLUMNS, MetricPanel, Side
from hybrid_toolkit.widgets.parts.downloads import Download
from hybrid_toolkit.widgets.parts.html_parts import list_html, notice_html, table_html
from hybrid_toolkit.widgets.parts.state_steps import StateSteps
from hybrid_toolkit.widgets.parts.widget_base import ToolkitWidget, offer
from hybrid_toolkit.widgets.parts.widget_style import LIVE

NOT_ANSWERED = ""
NO_NAMES = "Write roles, never names; nothing that would tell anyone who a child, a family or a colleague is."
_NAMES = {".docx": "Word", ".xlsx": "Excel", ".html": "one page (HTML) to read or print"}
_STYLE = """
.hte .hte-item { flex-flow: column; align-items: stretch; height: auto; width: 100%; max-width: 640px; margin: 4px 0; }
.hte .hte-item > label { white-space: normal; width: auto; max-width: 100%; height: auto; text-align: left;
  line-height: 1.4; overflow: visible; padding: 0; color: inherit; font-weight: 600; }
.hte .hte-item > select, .hte .hte-item > input, .hte .hte-item > textarea { width: 100%; }
.hte .hte-item > select, .hte .hte-item > input { flex: 0 0 auto; height: 30px; }
.hte .hte-item > input, .hte .hte-item > textarea { font: inherit; white-space: pre-wrap; }
.hte .hte-words > label { font-weight: 400; }
.hte .hte-form { border: 1px solid rgba(128, 128, 128, .6); padding: 8px 12px; margin: 8px 0; overflow: hidden; }
.hte .hte-buttons { display: flex; flex-flow: row wrap; gap: 4px 10px; }
.hte td.hte-word, .hte .hte-wrap td { white-space: normal; min-width: 9em; }
.hte .hte-left th, .hte .hte-left td { text-align: left; white-space: normal; vertical-align: top; }
.hte tbody th { min-width: 6em; }
.hte .widget-html, .hte .widget-html-content { min-width: 0; max-width: 100%; }
.hte h3 { font-size: 16px; margin: 10px 0 2px; }
@media (max-width: 600px) { .hte td.hte-word, .hte .hte-wrap td { min-width: 4em; } .hte tbody th { min-width: 0; } }
"""


class PracticeWidget(ToolkitWidget):
    """Base of the widgets that people fill in: a form, its message, the data beside it, and files to take away.

    Everything is kept as it is entered: a control calls ``_keep`` when it changes, and Undo takes each change back.
    What is written is screened then: texts with what looks like an address, a telephone or NHS number are refused in
    place. A subclass writes ``_report`` besides what ``ToolkitWidget`` asks for, and in ``_follow`` leaves its forms
    alone while ``_entering``: a form that is written into is never set from the state.

    Parameters
    ----------
    state : Any
        The first state.
    data : EvaluationData | None
        Data to measure beside what people believe; None for none.
    gate : Gate | None
        The disclosure gate; the package's policy where it is left out.
    today : date | None
        The day of answers and of what is due; the day of the computer where it is left out.
    controls : Mapping[str, ipywidgets.Widget] | None, optional
        Choices above the answer.
    form : Sequence[ipywidgets.Widget], optional
        The controls of the form.
    published : Beside | None, optional
        Published statistics to show below what is measured; None for nothing.
    """

    def __init__(
        self,
        state: Any,
        *,
        data: EvaluationData | None,
        gate: Gate | None,
        today: date | None,
        controls: Mapping[str, ipywidgets.Widget] | None = None,
        form: Sequence[ipywidgets.Widget] = (),
        published: Beside | None = None,
    ) -> None:
        self._beside = MetricPanel(data, gate=gate, published=published)
        self.today = today if today is not None else date.today()
        self._entering = False
        self._message = ipywidgets.HTML().add_class(LIVE)
        self._steps = StateSteps(lambda: self.state, self._taken_back)
        box = ipywidgets.VBox([*form, self._message, self._steps]).add_class("hte-form")
        super().__init__(state, controls=controls, more=[form_style(), box])

    @traitlets.validate("state")
    def _checked(self, proposal: Any) -> Any:
        kept = super()._checked(proposal)
        for text in texts_of(kept):
            refuse_words(text)
        return kept

    def _report(self) -> Report:
        """What is taken away."""
        raise NotImplementedError

    def _exports(self) -> Sequence[Download]:
        made, name = self._report(), _kebab(type(self).__name__)
        return [Download(f"{name}{f}", document_bytes(made, f), f"{made.title}: {_NAMES[f]}") for f in FORMS]

    def _keep(self, make: Any, said: str, *, entering: bool = False) -> bool:
        """Change the state to what ``make`` gives, and say so; or say in place what stands in the way.

        ``entering`` leaves the forms as they are: somebody is writing into one.
        """
        self._entering, before = entering, self.state
        try:
            self.state = make()
            self._steps.changed(before)
            self._message.value = notice_html(said)
        except HybridToolkitError as error:
            self._message.value = notice_html(error.message, fix=error.fix, error=True)
            return False
        finally:
            self._entering = False
        return True

    def _taken_back(self, state: Any, said: str) -> bool:
        """Stand at a state that was there before, the forms too."""
        self.state = state
        self._message.value = notice_html(said)
        return True


def form_style() -> ipywidgets.HTML:
    """The look of forms and of tables of words."""
    return ipywidgets.HTML(f"<style>{_STYLE}</style>")


def texts_of(value: Any) -> list[str]:
    """Every text in a state.

    Examples
    --------
    >>> from hybrid_toolkit.assess import Entry
    >>> texts_of((Entry("S3-K1", "yes", "Agreed."),))
    ['S3-K1', 'yes', 'Agreed.', 'senior_leader']
    """
    if isinstance(value, str):
        return [value]
    if is_dataclass(value):
        return [t for f in fields(value) for t in texts_of(getattr(value, f.name))]
    if isinstance(value, Mapping):
        return [t for pair in value.items() for t in texts_of(list(pair))]
    return [t for v in value for t in texts_of(v)] if isinstance(value, tuple | list) else []


def item_choice(label: str = "", options: Mapping[str, str] | None = None) -> ipywidgets.Dropdown:
    """A drop-down under its whole question; an empty first line stands for no answer."""
    made = ipywidgets.Dropdown(description=label or " ", options=[("Not answered", NOT_ANSWERED)])
    if options:
        offer(made, {NOT_ANSWERED: "Not answered", **options}, NOT_ANSWERED)
    return made.add_class("hte-item")


def item_text(label: str, *, lines: int = 1) -> ipywidgets.Text:
    """A box for words under its label."""
    kind = ipywidgets.Text if lines == 1 else ipywidgets.Textarea
    made = kind(description=label, continuous_update=False)
    if lines > 1:
        made.rows = lines
    return made.add_class("hte-item").add_class("hte-words")


def item_date(label: str, value: date | None = None) -> ipywidgets.DatePicker:
    """A day under its label."""
    return ipywidgets.DatePicker(description=label, value=value).add_class("hte-item")


def buttons(*made: ipywidgets.Button) -> ipywidgets.Box:
    """Buttons side by side where there is room."""
    return ipywidgets.Box(list(made)).add_class("hte-buttons")


def form_answer_html(text: str, *, stamp: str = "") -> str:
    """The answer in one line, and the stamp of simulated data."""
    mark = f'<div class="hte-stamp">{escape(stamp)}</div>' if stamp else ""
    return f'<div class="hte-answer">{escape(text)}</div>{mark}'


def words_table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of words: every column on the left, lines broken where they must be."""
    return f'<div class="hte-left">{table_html(caption, heads, rows, words=len(heads))}</div>'


def side_html(side: Side, title: str, *, belief: bool = True) -> str:
    """Metrics beside something, as a table; what these data do not hold in a sentence."""
    if side.table is None:
        return f"<h3>{escape(title)}</h3>{notice_html(side.absent_words)}" if side.absent else ""
    shown = BESIDE_COLUMNS if belief else MEASURE_COLUMNS
    more = [side.absent_words] if side.absent else []
    published = "".join(grid_html(t.release, t.columns or {}, t.caption) for t in side.published)
    notes = list_html(list(require_release(side.notes).content["note"])) if side.notes is not None else ""
    return grid_html(side.table, shown, title) + list_html([*more]) + published + notes


def grid_html(release: Any, columns: Mapping[str, TableColumn], title: str) -> str:
    """A released table as the widgets show tables."""
    grid = make_grid(release, columns=columns, caption=title)
    words = sum(not h.numeric for h in grid.headings)
    order = sorted(range(len(grid.headings)), key=lambda i: grid.headings[i].numeric)
    rows = [[row[i].text for i in order] for row in grid.rows]
    note = list_html([grid.note]) if grid.note else ""
    return table_html(grid.caption, [grid.headings[i].text for i in order], rows, words=words) + note


def stamp_of(beside: MetricPanel) -> str:
    """The stamp where the data are simulated."""
    return beside.gate.text("x", title="stamp").stamp if beside.data is not None and beside.data.synthetic else ""


def _kebab(name: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")
