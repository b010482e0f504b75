"""The lenses: what a principal social worker, an analyst or an evaluator looks through."""

from __future__ import annotations

from typing import ClassVar

from hybrid_toolkit.widgets.lenses.lens_career import CareerStageState, CareerStageViews
from hybrid_toolkit.widgets.lenses.lens_exclusion import DigitalExclusionState, DigitalExclusionViews
from hybrid_toolkit.widgets.lenses.lens_practice import PracticeQualityState, PracticeQualityViews
from hybrid_toolkit.widgets.lenses.lens_wellbeing import WellbeingState, WellbeingViews
from hybrid_toolkit.widgets.lenses.lens_widget import LensWidget
from hybrid_toolkit.widgets.parts.state import beside_added


class PracticeQuality(LensWidget):
    """Practice as ratings and records show it: components of skill, by mode of contact, reliability beside it.

    Parameters
    ----------
    data : EvaluationData
        The data to look at.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.
    more : Sequence[ipywidgets.Widget], optional
        Further fields of the first state.
    **chosen : str
        Fields of the first state: ``component``, ``group``.

    Raises
    ------
    UsageError
        These data offer no such component or group.

    Examples
    --------
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> PracticeQuality(EvaluationData({})).text
    'There is no rating of practice, no alliance and no record of contacts to look at.'
    """

    STATE = PracticeQualityState
    VIEWS = PracticeQualityViews
    SCHEMA = 2
    MIGRATIONS: ClassVar = {1: beside_added}
    LABELS: ClassVar = {"component": "Component", "group": "By", "beside": "Beside it"}
    FUNCTION = ("hybrid_toolkit.widgets.lenses.lens_practice", "view_practice_quality")


class CareerStage(LensWidget):
    """An outcome over the remote share of desk hours, by career stage: curves with bands, slopes and the stage gap.

    Parameters
    ----------
    data : EvaluationData
        The data to look at.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.
    more : Sequence[ipywidgets.Widget], optional
        Further fields of the first state.
    **chosen : str
        Fields of the first state: ``outcome``, ``at``, ``beside``.

    Raises
    ------
    UsageError
        These data offer no such outcome or step.

    Examples
    --------
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> CareerStage(EvaluationData({})).text
    'No survey answers can be linked to both home working and career stage.'
    """

    STATE = CareerStageState
    VIEWS = CareerStageViews
    SCHEMA = 2
    MIGRATIONS: ClassVar = {1: beside_added}
    LABELS: ClassVar = {
        "outcome": "Outcome",
        "at": "Show values at (share of desk hours at home)",
        "beside": "Beside it",
    }
    SLIDERS = ("at",)
    FUNCTION = ("hybrid_toolkit.widgets.lenses.lens_career", "view_career_stage")


class DigitalExclusion(LensWidget):
    """Families and staff on either side of a line: access, engagement, cost and travel, and what lies with whom.

    Parameters
    ----------
    data : EvaluationData
        The data to look at.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.
    more : Sequence[ipywidgets.Widget], optional
        Further fields of the first state.
    **chosen : str
        Fields of the first state: ``who``, ``threshold``, ``beside``.

    Raises
    ------
    UsageError
        These data offer no such side or step.

    Examples
    --------
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> DigitalExclusion(EvaluationData({})).view is None
    True
    """

    STATE = DigitalExclusionState
    VIEWS = DigitalExclusionViews
    SCHEMA = 2
    MIGRATIONS: ClassVar = {1: beside_added}
    LABELS: ClassVar = {
        "who": "Group: families or staff",
        "threshold": "Minimum access counted as enough",
        "beside": "Beside it",
    }
    SLIDERS = ("threshold",)
    FUNCTION = ("hybrid_toolkit.widgets.lenses.lens_exclusion", "view_digital_exclusion")


class Wellbeing(LensWidget):
    """Scales of the survey by group, the traffic light of statements on remote working, time and strain conflict.

    Parameters
    ----------
    data : EvaluationData
        The data to look at.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.
    more : Sequence[ipywidgets.Widget], optional
        Further fields of the first state.
    **chosen : str
        Fields of the first state: ``scale``, ``group``.

    Raises
    ------
    UsageError
        These data offer no such scale or group.

    Examples
    --------
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> Wellbeing(EvaluationData({})).text
    'There is no answer to a scale of wellbeing and no record of strain.'
    """

    STATE = WellbeingState
    VIEWS = WellbeingViews
    SCHEMA = 2
    MIGRATIONS: ClassVar = {1: beside_added}
    LABELS: ClassVar = {"scale": "Scale", "group": "By", "beside": "Beside it"}
    FUNCTION = ("hybrid_toolkit.widgets.lenses.lens_wellbeing", "view_wellbeing")
