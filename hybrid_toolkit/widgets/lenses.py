"""The lenses: what a principal social worker, an analyst or an evaluator looks through."""

from __future__ import annotations

from typing import ClassVar

from hybrid_toolkit.widgets.lens_career import CareerStageState, CareerStageViews
from hybrid_toolkit.widgets.lens_practice import PracticeQualityState, PracticeQualityViews
from hybrid_toolkit.widgets.lens_widget import LensWidget


class PracticeQuality(LensWidget):
    """Practice as ratings and records show it: components of skill, by mode of contact, reliability beside it.

    Parameters
    ----------
    data : the data to look at.
    gate : the disclosure gate; the package's policy where it is left out.
    component, group : fields of the first state.

    Raises
    ------
    UsageError : these data offer no such component or group.

    Examples
    --------
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> PracticeQuality(EvaluationData({})).text
    'There is no rating of practice, no alliance and no record of contacts to look at.'
    """

    STATE = PracticeQualityState
    VIEWS = PracticeQualityViews
    LABELS: ClassVar = {"component": "Component", "group": "By"}
    FUNCTION = ("hybrid_toolkit.widgets.lens_practice", "view_practice_quality")


class CareerStage(LensWidget):
    """An outcome over the remote share of desk hours, by career stage: curves with bands, slopes and the stage gap.

    Parameters
    ----------
    data : the data to look at.
    gate : the disclosure gate; the package's policy where it is left out.
    outcome, at : fields of the first state.

    Raises
    ------
    UsageError : these data offer no such outcome or step.

    Examples
    --------
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> CareerStage(EvaluationData({})).text
    'There is no survey answer that can be placed beside a remote share and a career stage.'
    """

    STATE = CareerStageState
    VIEWS = CareerStageViews
    LABELS: ClassVar = {"outcome": "Outcome", "at": "Read at"}
    SLIDERS = ("at",)
    FUNCTION = ("hybrid_toolkit.widgets.lens_career", "view_career_stage")
