"""Questions for leaders and for the organisation."""

from __future__ import annotations

from hybrid_toolkit.widgets.practice.checklist_widget import ChecklistWidget


class LeaderQuestions(ChecklistWidget):
    """Questions for leaders and for the organisation.

    See ``ChecklistWidget`` for its parameters.

    Examples
    --------
    >>> LeaderQuestions().record.checklist
    'questions'
    """

    CHECKLIST = "questions"
