"""Whether a cell of codes is read as it stands."""

from __future__ import annotations

import re

from hybrid_toolkit.columns.numeric_columns import FALSE, TRUE
from hybrid_toolkit.data.known.codes import known_code, plain_spelling
from hybrid_toolkit.data.known.stand_ins import is_stand_in
from hybrid_toolkit.data.reading.coerce import MISSING_WORDS
from hybrid_toolkit.data.tables.contract import ColumnContract

_WHOLE_DAY = re.compile(r"all day|full day|whole day|day|am/pm|am & pm|am and pm|both|1|1\.0")


def is_whole_day(text: str) -> bool:
    """Whether a part of a day is both its halves.

    Parameters
    ----------
    text : str
        A cell of a column of parts of days.

    Examples
    --------
    >>> is_whole_day("Full Day"), is_whole_day("AM")
    (True, False)
    """
    return bool(_WHOLE_DAY.fullmatch(plain_spelling(text)))


def reads(column: ColumnContract, text: str) -> bool:
    """Whether a cell is read as a code, or as yes or no, without a mapping."""
    said = text.casefold()
    if said in MISSING_WORDS or is_stand_in(text):
        return True
    if column.kind == "bool":
        return said in TRUE | FALSE or known_code(column, text) is not None
    own = {c.casefold() for c in column.codes} | {t.casefold() for t in column.codes.values()}
    return said in own or known_code(column, text) is not None
