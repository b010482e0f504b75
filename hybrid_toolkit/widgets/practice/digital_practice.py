"""Three tools on digital practice: one's own digital life, young people's, and relationships on screen."""

from __future__ import annotations

from hybrid_toolkit.widgets.practice.checklist_widget import ChecklistWidget


class DigitalPractice(ChecklistWidget):
    """Three tools on digital practice: one's own digital life, young people's, and relationships on screen.

    See ``ChecklistWidget`` for its parameters.

    Examples
    --------
    >>> DigitalPractice().record.checklist
    'digital_practice'
    """

    CHECKLIST = "digital_practice"
