"""How much a planned study would find: sliders for teams, waves, effect and response, and a curve that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import ipywidgets

from hybrid_toolkit.widgets.lenses.lens_files import lens_files
from hybrid_toolkit.widgets.lenses.lens_view import LensView
from hybrid_toolkit.widgets.parts.downloads import Download
from hybrid_toolkit.widgets.parts.widget_base import Shown, ToolkitWidget, choice, put
from hybrid_toolkit.widgets.planning.power_view import COMPARED, LABELS, OVER, RANGES, PowerExplorerState, power_of


class PowerExplorer(ToolkitWidget):
    """How big does your study need to be? Move the sliders to see the chance of detecting an effect.

    You do not need any data: the effect is an assumption. Works with the keyboard: Tab between the sliders, arrow keys
    on one.

    Parameters
    ----------
    **chosen : Any
        Fields of the first state, see ``PowerExplorerState``: ``teams``, ``workers``, ``waves``, ``response``,
        ``effect``, ``group_share``, ``compared``, ``over``.

    Raises
    ------
    UsageError
        A value that its slider or list does not offer; says which it does.

    Examples
    --------
    >>> PowerExplorer(teams=48).text.split(" has ")[1].split(". ")[0]
    'an 88% chance of detecting an effect of 0.15 standard deviations'
    """

    STATE = PowerExplorerState

    def __init__(self, **chosen: Any) -> None:
        self._view: LensView | None = None
        controls = {name: _slider(name) for name in RANGES}
        controls |= {"compared": choice("Comparison", COMPARED), "over": choice("Show power by", OVER)}
        state = PowerExplorerState(**chosen)
        for name, control in controls.items():
            put(name, control, getattr(state, name))
        super().__init__(state, controls=controls)
        self._show()

    @property
    def view(self) -> LensView | None:
        """What is shown, as releases; None where nothing is."""
        return self._view

    def to_code(self) -> str:
        """Code that gives the same numbers in a fresh kernel.

        Returns
        -------
        str
            Code that gives the same numbers in a fresh kernel.
        """
        if self._view is None:
            return ""
        said = ", ".join(f"{f.name}={getattr(self.state, f.name)!r}" for f in fields(self.state))
        head = "from hybrid_toolkit.widgets.planning.power_view import view_power"
        return f"{head}\n\nview = view_power({said})\nprint(view.text)"

    def _follow(self) -> str:
        self._view = None
        return super()._follow()

    def _draw(self) -> Shown:
        self._view = power_of(self.state)
        return Shown(self._view.text, self._view.answer_html(), self._view.body_html())

    def _exports(self) -> Sequence[Download]:
        return lens_files(self._view, "PowerExplorer") if self._view is not None else ()


def _slider(name: str) -> ipywidgets.Widget:
    low, high, step = RANGES[name]
    kind = ipywidgets.IntSlider if step == 1 else ipywidgets.FloatSlider
    number = int if step == 1 else float
    return kind(
        value=number(low), min=number(low), max=number(high), step=number(step), description=LABELS[name],
        style={"description_width": "initial"}, layout=ipywidgets.Layout(width="min(420px, 100%)"),
    )  # fmt: skip
