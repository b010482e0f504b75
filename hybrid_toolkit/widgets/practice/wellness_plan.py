"""A blank wellness plan to print and keep: never typed into, stored, scored or counted."""

from __future__ import annotations

from hybrid_toolkit.widgets.practice.blank_sheet import BlankAid


class WellnessPlan(BlankAid):
    """A blank wellness plan. It belongs to the person who fills it in, by hand.

    Examples
    --------
    >>> "<input" in WellnessPlan().page()
    False
    """

    CHECKLIST = "wellness"
    LINES = 4
