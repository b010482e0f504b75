"""Declaring a study from lists: the causal graph, what cannot be identified, a diagnosis, and a lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets

from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.study.diagnosis.diagnosis_result import Diagnosis
from hybrid_toolkit.study.study import Study
from hybrid_toolkit.widgets.lenses.lens_files import lens_files
from hybrid_toolkit.widgets.lenses.lens_view import LensView
from hybrid_toolkit.widgets.parts.downloads import Download
from hybrid_toolkit.widgets.parts.html_parts import notice_html
from hybrid_toolkit.widgets.parts.progress import Progress
from hybrid_toolkit.widgets.parts.widget_base import Shown, ToolkitWidget, button, choice, offer
from hybrid_toolkit.widgets.planning.study_view import (
    StudyBuilderState,
    declared,
    diagnose_in_steps,
    filled,
    of_start,
    options,
    view_study,
)

_LABELS = {"start": "Start from", "outcome": "Outcome", "exposure": "Exposure", "design": "Design",
          "estimand": "True value", "scenario": "Try under", "size": "Size"}  # fmt: skip


def wide() -> dict[str, Any]:
    """Style and layout of a wide control, new for each: a layout is a widget, and closes with the first that has it."""
    return {"style": {"description_width": "initial"}, "layout": ipywidgets.Layout(width="min(420px, 100%)")}


class StudyBuilder(ToolkitWidget):
    """Declare a study from lists, see the causal graph and what cannot be identified, diagnose it, lock it.

    Parameters
    ----------
    start : str, default "remote-practice"
        Id of the shipped study to begin with.
    state : StudyBuilderState | None, optional
        A whole state instead.

    Examples
    --------
    >>> builder = StudyBuilder()
    >>> builder.study.id, builder.study.design
    ('remote-practice', 'within-worker')
    """

    STATE = StudyBuilderState

    def __init__(self, start: str = "remote-practice", *, state: StudyBuilderState | None = None) -> None:
        self._view: LensView | None = None
        self._study: Study | None = None
        self._diagnosis: Diagnosis | None = None
        controls: dict[str, Any] = {name: choice(label, {}) for name, label in _LABELS.items()}
        controls["confounders"] = ipywidgets.SelectMultiple(description="Held constant", rows=6, **wide())
        controls["n_sims"] = ipywidgets.IntSlider(value=20, min=4, max=200, step=2, description="Simulations", **wide())
        self._progress = Progress()
        self._lock = ipywidgets.Text(value="study.lock.json", description="Lock file", **wide())
        self._said = ipywidgets.HTML().add_class("hte-live")
        acts = [button("Diagnose", self.diagnose), self._lock, button("Lock the study", self._locked)]
        more = [ipywidgets.Box(acts).add_class("hte-controls"), self._progress, self._said]
        super().__init__(state if state is not None else of_start(start), controls=controls, more=more)
        self._show()

    @property
    def study(self) -> Study | None:
        """The study as declared; None where it cannot be."""
        return self._study

    @property
    def diagnosis(self) -> Diagnosis | None:
        """The last diagnosis of this study; None where there is none."""
        return self._diagnosis

    @property
    def view(self) -> LensView | None:
        """What is shown, as releases; None where nothing is."""
        return self._view

    def diagnose(self) -> None:
        """Try the study where the truth is known, as the button does; shows progress and can be cancelled."""
        study, state = self._study, self.state
        if study is None:
            return

        def work(report: Callable[[int, int], None]) -> Diagnosis:
            return diagnose_in_steps(study, state, report)

        def done(found: Diagnosis) -> None:
            if self._study == study:
                self._diagnosis = found
                self._show()

        self._progress.start(work, done, "Simulating authorities")

    def wait(self) -> None:
        """Wait in code until the diagnosis has ended."""
        self._progress.wait()

    def to_code(self) -> str:
        """Code that declares the same study in a fresh kernel.

        Returns
        -------
        str
            Code that declares the same study in a fresh kernel.
        """
        if self._study is None:
            return ""
        text = self._study.to_toml().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        return (
            "from hybrid_toolkit.study.study import parse_study\n"
            "from hybrid_toolkit.widgets.planning.study_view import view_study\n\n"
            f'study = parse_study("""\n{text}""")\nprint(view_study(study).text)'
        )

    def _locked(self) -> None:
        if self._study is None:
            return
        try:
            self._said.value = notice_html(self._study.lock(self._lock.value or "study.lock.json").summary())
        except HybridToolkitError as error:
            self._said.value = notice_html(error.message, fix=error.fix, error=True)

    def _move(self, **changes: Any) -> None:
        if self._moving:
            return
        if "start" in changes:
            kept = {n: getattr(self.state, n) for n in ("scenario", "size", "n_sims")}
            self.state = replace(of_start(changes["start"]), **kept)
        else:
            super()._move(**changes)

    def _follow(self) -> str:
        self.state = filled(self.state)
        for name, offered in options(self.state).items():
            if name == "confounders":
                control, wanted = self._lists[name], tuple((w, k) for k, w in offered.items())
                if control.options != wanted:
                    control.options = wanted
                control.value = self.state.confounders
            else:
                offer(self._lists[name], offered, getattr(self.state, name))
        self._lists["n_sims"].value = self.state.n_sims
        return ""

    def _draw(self) -> Shown:
        before = self._study
        self._study = self._view = None
        self._study = declared(self.state)
        if self._study != before:
            self._diagnosis = None
        self._view = view_study(self._study, self._diagnosis)
        return Shown(self._view.text, self._view.answer_html(), self._view.body_html())

    def _exports(self) -> Sequence[Download]:
        if self._view is None or self._study is None:
            return ()
        toml = Download(f"{self._study.id}.toml", self._study.to_toml().encode(), "The study (TOML)")
        return [toml, *lens_files(self._view, "StudyBuilder")]
