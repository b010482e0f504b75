"""Risk assessment: the questions, the groups at greater risk, and the impact on equality."""

from __future__ import annotations

from hybrid_toolkit.widgets.practice.checklist_widget import ChecklistWidget


class RiskAssessment(ChecklistWidget):
    """Risk assessment: the questions, the groups at greater risk, and the impact on equality.

    See ``ChecklistWidget`` for its parameters.

    Examples
    --------
    >>> RiskAssessment().record.checklist
    'risk'
    """

    CHECKLIST = "risk"
