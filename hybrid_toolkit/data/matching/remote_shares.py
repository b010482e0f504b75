"""Shares that are written as percentages or as days of a week, made into shares."""

from __future__ import annotations

import re

from hybrid_toolkit.data.known.names import words
from hybrid_toolkit.data.matching.parts import ProposedPart
from hybrid_toolkit.data.matching.periods_across import DAYS_WORKED
from hybrid_toolkit.data.matching.profile import PERCENT
from hybrid_toolkit.data.tables.contracts import TABLES

_WHOLE = 1.0
"""No share is larger."""
_DAYS = re.compile(r"\bdays?\b")


def read_shares(part: ProposedPart) -> None:
    """Multiply columns of shares whose numbers are days of a week (the header says days) or percentages.

    Parameters
    ----------
    part : ProposedPart
        A part of a mapping; changed where a column of shares holds larger numbers.
    """
    for column, header in part.columns.items():
        contract, seen = TABLES[part.table], part.source.columns[header]
        share = column in contract.names and contract[column].unit == "share" and contract[column].high == _WHOLE
        if not share or not seen.high > _WHOLE or column in part.steps.get("times", {}):
            continue
        if _DAYS.search(words(header)) and seen.high <= DAYS_WORKED:
            part.step("times", column, 1 / DAYS_WORKED)
        elif DAYS_WORKED < seen.high <= PERCENT:
            part.step("times", column, 1 / PERCENT)
