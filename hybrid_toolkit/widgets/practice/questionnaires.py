"""The checklists as widgets: those that are filled in and kept, and the blank sheets that are only printed."""

from __future__ import annotations

from hybrid_toolkit.widgets.practice.blank_sheet import BlankAid
from hybrid_toolkit.widgets.practice.checklist_widget import ChecklistWidget


class Share(ChecklistWidget):
    """SHARE: five steps to remote or hybrid working, for the employer and for the people who work.

    See ``ChecklistWidget`` for its parameters.

    Parameters
    ----------
    data : EvaluationData | None, optional
        Data whose metrics are shown beside the questions.
    record : Record | None, optional
        Answers to start from; none by default.
    gate : Gate | None, optional
        The disclosure gate; one with the default policy where none is given.
    today : date | None, optional
        The day that counts as today.

    Examples
    --------
    >>> Share().record.checklist
    'share'
    """

    CHECKLIST = "share"


class ReturnTests(ChecklistWidget):
    """Three tests before people are asked back on site: essential, sufficiently safe, mutually agreed.

    See ``ChecklistWidget`` for its parameters.

    Parameters
    ----------
    data : EvaluationData | None, optional
        Data whose metrics are shown beside the questions.
    record : Record | None, optional
        Answers to start from; none by default.
    gate : Gate | None, optional
        The disclosure gate; one with the default policy where none is given.
    today : date | None, optional
        The day that counts as today.

    Examples
    --------
    >>> ReturnTests().record.checklist
    'return_tests'
    """

    CHECKLIST = "return_tests"


class RiskAssessment(ChecklistWidget):
    """Risk assessment: the questions, the groups at greater risk, and the impact on equality.

    See ``ChecklistWidget`` for its parameters.

    Parameters
    ----------
    data : EvaluationData | None, optional
        Data whose metrics are shown beside the questions.
    record : Record | None, optional
        Answers to start from; none by default.
    gate : Gate | None, optional
        The disclosure gate; one with the default policy where none is given.
    today : date | None, optional
        The day that counts as today.

    Examples
    --------
    >>> RiskAssessment().record.checklist
    'risk'
    """

    CHECKLIST = "risk"


class DigitalPractice(ChecklistWidget):
    """Three tools on digital practice: one's own digital life, young people's, and relationships on screen.

    See ``ChecklistWidget`` for its parameters.

    Parameters
    ----------
    data : EvaluationData | None, optional
        Data whose metrics are shown beside the questions.
    record : Record | None, optional
        Answers to start from; none by default.
    gate : Gate | None, optional
        The disclosure gate; one with the default policy where none is given.
    today : date | None, optional
        The day that counts as today.

    Examples
    --------
    >>> DigitalPractice().record.checklist
    'digital_practice'
    """

    CHECKLIST = "digital_practice"


class LeaderQuestions(ChecklistWidget):
    """Questions for leaders and for the organisation.

    See ``ChecklistWidget`` for its parameters.

    Parameters
    ----------
    data : EvaluationData | None, optional
        Data whose metrics are shown beside the questions.
    record : Record | None, optional
        Answers to start from; none by default.
    gate : Gate | None, optional
        The disclosure gate; one with the default policy where none is given.
    today : date | None, optional
        The day that counts as today.

    Examples
    --------
    >>> LeaderQuestions().record.checklist
    'questions'
    """

    CHECKLIST = "questions"


class SignsOfStruggle(BlankAid):
    """What one may have noticed, questions that open a conversation, and a short daily round; to read and print.

    Examples
    --------
    >>> hasattr(SignsOfStruggle(), "save")
    False
    """

    CHECKLIST = "signs"


class WellnessPlan(BlankAid):
    """A blank wellness plan. It belongs to the person who fills it in, by hand.

    Examples
    --------
    >>> "<input" in WellnessPlan().page()
    False
    """

    CHECKLIST = "wellness"
    LINES = 4
