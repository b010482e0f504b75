"""Three tests before people are asked back on site: essential, sufficiently safe, mutually agreed."""

from __future__ import annotations

from hybrid_toolkit.widgets.practice.checklist_widget import ChecklistWidget


class ReturnTests(ChecklistWidget):
    """Three tests before people are asked back on site: essential, sufficiently safe, mutually agreed.

    See ``ChecklistWidget`` for its parameters.

    Examples
    --------
    >>> ReturnTests().record.checklist
    'return_tests'
    """

    CHECKLIST = "return_tests"
