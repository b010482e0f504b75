"""Percentages that a workbook stores as fractions."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from hybrid_toolkit.data.published.columns import SheetColumn
from hybrid_toolkit.data.published.find_tables import Rectangle

_PERCENT = re.compile(r"%|per ?cent|percentage|proportion \(%\)", re.I)


def says_percent(*words: str) -> bool:
    """Whether a title or header speaks of percentages.

    Examples
    --------
    >>> says_percent("Percentage (%) of employed population"), says_percent("Median pay")
    (True, False)
    """
    return any(_PERCENT.search(w) for w in words)


def all_fractions(values: npt.NDArray[np.float64]) -> bool:
    """Whether numbers are all from 0 to 1 and not all whole: what a fraction looks like."""
    there = values[~np.isnan(values)]
    return there.size > 0 and bool(np.all(np.abs(there) <= 1.0)) and bool(np.any(there != np.round(there)))


def fraction_flags(column: SheetColumn, table: Rectangle) -> npt.NDArray[np.bool_] | None:
    """One flag a row: shown as a percentage in the workbook, so stored as a fraction.

    Only a cell's own number format tells; a text file's numbers stand as they are printed.
    """
    if not table.percent:
        return None
    shown = [(line - 1, column.position) in table.percent for line in table.lines]
    return np.array(shown, dtype=bool) if any(shown) else None
