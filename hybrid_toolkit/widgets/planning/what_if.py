"""Another rota and who would gain or lose by it, as far as a study's estimate and its data reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.study.estimation.study_result import StudyResult
from hybrid_toolkit.widgets.lenses.lens_widget import LensWidget
from hybrid_toolkit.widgets.parts.progress import Progress
from hybrid_toolkit.widgets.parts.widget_base import Shown, button, empty_shown
from hybrid_toolkit.widgets.planning.what_if_view import WhatIfState, WhatIfViews

FIRST = "This study has not been run on your data."


class WhatIf(LensWidget):
    """What might a different working pattern mean? This applies a study's estimate to your data.

    It will not go outside the range of your data: that is refused. The words follow the design. A study
    is estimated once, when its button is pressed (some seconds); the sliders then follow at once.

    Parameters
    ----------
    data : EvaluationData
        The data.
    result : StudyResult | None, optional
        A study's result on these data, so that it need not be estimated again.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.
    **chosen : str
        Fields of the first state: ``study``, ``rule``, ``value``.

    Raises
    ------
    UsageError
        These data offer no such study, rule or value.

    Examples
    --------
    >>> WhatIf(EvaluationData({})).text
    'These data open none of the studies on which another working pattern could be based.'
    """

    STATE = WhatIfState
    VIEWS = WhatIfViews
    LABELS: ClassVar = {"study": "Study", "rule": "Working pattern", "value": "Change"}
    SLIDERS = ("value",)
    FUNCTION = ("hybrid_toolkit.widgets.planning.what_if_view", "view_what_if")

    def __init__(
        self, data: EvaluationData, *, result: StudyResult | None = None, gate: Gate | None = None, **chosen: str
    ) -> None:
        self._progress = Progress()
        self._estimate = button("Run study", self.estimate)
        self._estimate.layout.align_self = "flex-start"
        if result is not None:
            chosen = {"study": result.study.id, **chosen}
        super().__init__(data, gate=gate, more=[self._estimate, self._progress], **chosen)
        views = self._views
        if result is not None and isinstance(views, WhatIfViews):
            views.results[result.study.id] = result
        self._show()

    def estimate(self) -> None:
        """Fit the study that is chosen, as its button does."""
        study = self.state.study

        def work(report: Callable[[int, int], None]) -> Any:
            report(0, 1)
            assert isinstance(self._views, WhatIfViews)
            return self._views.estimate(study)

        self._progress.start(work, lambda _: self._show(), "Estimating the study")

    def wait(self) -> None:
        """Wait in code until the estimate has ended."""
        self._progress.wait()

    def _draw(self) -> Shown:
        known = isinstance(self._views, WhatIfViews) and self.state.study in self._views.results
        self._estimate.layout.display = "none" if known or self._nothing is not None else ""
        if self._nothing is None and not known:
            return empty_shown(FIRST, "Select 'Run study' (some seconds).")
        return super()._draw()
