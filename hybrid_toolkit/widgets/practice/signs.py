"""A reminder before a conversation with someone who may be struggling: no boxes to tick, nothing stored."""

from __future__ import annotations

from hybrid_toolkit.widgets.practice.blank_sheet import BlankAid


class SignsOfStruggle(BlankAid):
    """What one may have noticed, questions that open a conversation, and a short daily round; to read and print.

    Examples
    --------
    >>> hasattr(SignsOfStruggle(), "save")
    False
    """

    CHECKLIST = "signs"
