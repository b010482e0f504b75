"""One source column taken for one column of a table."""

from __future__ import annotations

from dataclasses import dataclass

SURE = 0.85
"""A name this near, with values that fit, needs no second look."""


@dataclass(frozen=True, slots=True)
class Match:
    """One source column taken for one column of a table.

    Parameters
    ----------
    column : str
        Contract column.
    header : str
        Source column.
    score : float
        How near, 0 to about 1.
    how : str
        What told it: "name", "synonym", "spelling", "keys" or "values".
    """

    column: str
    header: str
    score: float
    how: str

    @property
    def sure(self) -> bool:
        """Whether it needs no second look."""
        return self.score >= SURE
