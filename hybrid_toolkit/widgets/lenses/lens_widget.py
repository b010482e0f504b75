"""A lens as a widget: lists of what the data offer, and the view of what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any, ClassVar, Protocol

import ipywidgets

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.ledger.sitting_ledger import memory_note
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.report.documents.tidy_layout import Place
from hybrid_toolkit.widgets.lenses.lens_files import lens_files
from hybrid_toolkit.widgets.lenses.lens_view import LensView
from hybrid_toolkit.widgets.parts.downloads import Download
from hybrid_toolkit.widgets.parts.html_parts import notice_html
from hybrid_toolkit.widgets.parts.sitting_gate import sitting_gate
from hybrid_toolkit.widgets.parts.state import DataReference
from hybrid_toolkit.widgets.parts.widget_base import Shown, ToolkitWidget, choice, empty_shown, offer


class LensViews(Protocol):
    """Views of one lens over one set of data; what two views share is worked out once."""

    data: EvaluationData

    @property
    def reference(self) -> DataReference:
        """How code gets these data again."""
        ...

    def empty(self) -> tuple[str, str] | None:
        """Why there is nothing to show and what would open it, or None."""
        ...

    def choices(self, state: Any) -> Mapping[str, Mapping[str, str]]:
        """Field of the state -> what the data offer for it in this state, id -> words."""
        ...

    def view(self, state: Any) -> LensView:
        """The view of one state."""
        ...


class LensWidget(ToolkitWidget):
    """Base of the lenses: a subclass names its state, its views and its controls.

    Attributes
    ----------
    STATE : frozen dataclass of words with a default each. VIEWS : makes the ``LensViews`` from data and gate.
    LABELS : field -> its control's label. SLIDERS : fields moved by a slider over fixed steps; the others by a list.
    FUNCTION : module and name of the function that gives the same view without a widget.
    """

    VIEWS: ClassVar[type[Any]]
    LABELS: ClassVar[Mapping[str, str]]
    SLIDERS: ClassVar[tuple[str, ...]] = ()
    FUNCTION: ClassVar[tuple[str, str]]

    def __init__(
        self,
        data: EvaluationData,
        *,
        gate: Gate | None = None,
        more: Sequence[ipywidgets.Widget] = (),
        **chosen: str,
    ) -> None:
        gate = sitting_gate(data, gate)
        self._views: LensViews = self.VIEWS(data, gate=gate)
        self._view: LensView | None = None
        self._nothing = self._views.empty()
        state = self.STATE(**chosen)
        if self._nothing is None:
            filled = settled(self._views, state)
            for name, asked in chosen.items():
                must_offer(name, asked, self._views.choices(filled)[name])
            state = filled
        controls = {name: _control(label, name in self.SLIDERS) for name, label in self.LABELS.items()}
        super().__init__(state, controls=controls, more=more, foot=memory_note(gate.ledger))
        self._show()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(data, {arguments(self.state)})"

    @property
    def view(self) -> LensView | None:
        """The numbers that are shown, as releases; None where nothing is."""
        return self._view

    def to_code(self) -> str:
        """Code that gives the same numbers in a fresh kernel, through the same disclosure gate.

        Returns
        -------
        str
            Code that gives the same numbers in a fresh kernel, through the same disclosure gate.
        """
        if self._view is None:
            return ""
        module, function = self.FUNCTION
        lines = ["import hybrid_toolkit as ht", f"from {module} import {function}", "", self._views.reference.to_code()]
        return "\n".join([*lines, f"view = {function}(data, {arguments(self.state)})", "print(view.text)"])

    def _draw(self) -> Shown:
        if self._nothing is not None:
            self._controls.layout.display = "none"
            return empty_shown(*self._nothing)
        self._view = self._views.view(self.state)
        return Shown(self._view.text, self._view.answer_html(), self._view.body_html())

    def _follow(self) -> str:
        self._view = None
        if self._nothing is not None:
            return ""
        state = settled(self._views, self.state)
        lost = [self.LABELS[f.name] for f in fields(state) if getattr(state, f.name) != getattr(self.state, f.name)]
        self.state = state
        for name, options in self._views.choices(state).items():
            offer(self._lists[name], options, getattr(state, name))
            self._lists[name].layout.display = "" if len(options) > 1 else "none"
        return notice_html(f"Not offered here, so set anew: {', '.join(lost)}.") if lost else ""

    def _exports(self) -> Sequence[Download]:
        return lens_files(self._view, type(self).__name__, place=Place.of(self._views.data)) if self._view else ()


def settled(views: LensViews, state: Any) -> Any:
    """The state with what the data do not offer replaced by the first that they do, field after field."""
    for field in fields(state):
        offered = views.choices(state).get(field.name, {})
        if getattr(state, field.name) not in offered:
            state = replace(state, **{field.name: next(iter(offered), "")})
    return state


def must_offer(name: str, asked: str, offered: Mapping[str, str]) -> None:
    """Refuse what the data do not offer.

    Raises
    ------
    UsageError
        With what they do offer.
    """
    if asked not in offered:
        raise UsageError(
            f"These data offer no {name} of that id; {len(offered)} are offered.",
            fix=f"Use one of: {', '.join(offered)}."
            if offered
            else "Run 'hybrid-toolkit coverage FOLDER' to see which table or column to add.",
            code="WIDGET-CHOICE",
        )


def view_state(views: LensViews, state: Any) -> LensView:
    """The view of a state that must be offered as it is: what the functions without a widget use.

    Raises
    ------
    CoverageError
        Nothing to show, or a choice that the data do not offer.
    UsageError
        Nothing to show, or a choice that the data do not offer.
    """
    nothing = views.empty()
    if nothing is not None:
        raise UsageError(nothing[0], fix=nothing[1], code="VIEW-EMPTY")
    filled = settled(views, state)
    for name, value in asdict(state).items():
        if value:
            must_offer(name, value, views.choices(filled)[name])
    return views.view(filled)


def arguments(state: Any) -> str:
    """The state as keyword arguments."""
    return ", ".join(f'{name}="{value}"' for name, value in asdict(state).items())


def _control(label: str, slider: bool) -> ipywidgets.Widget:
    if not slider:
        return choice(label, {})
    return ipywidgets.SelectionSlider(
        options=[("", "")],
        description=label,
        style={"description_width": "initial"},
        layout=ipywidgets.Layout(width="min(560px, 100%)", margin="2px 0"),
    )
