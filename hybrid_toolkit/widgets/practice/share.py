"""SHARE: five steps to remote or hybrid working, for the employer and for the people who work."""

from __future__ import annotations

from hybrid_toolkit.widgets.practice.checklist_widget import ChecklistWidget


class Share(ChecklistWidget):
    """SHARE: five steps to remote or hybrid working, for the employer and for the people who work.

    See ``ChecklistWidget`` for its parameters.

    Examples
    --------
    >>> Share().record.checklist
    'share'
    """

    CHECKLIST = "share"
