"""Whether a cell of codes is read as it stands."""

from __future__ import annotations

from hybrid_toolkit.columns.plain_columns import FALSE, TRUE
from hybrid_toolkit.data.known.codes import known_code
from hybrid_toolkit.data.known.stand_ins import is_stand_in
from hybrid_toolkit.data.reading.coerce import MISSING_WORDS
from hybrid_toolkit.data.tables.contract import ColumnContract


def reads(column: ColumnContract, text: str) -> bool:
    """Whether a cell is read as a code, or as yes or no, without a mapping."""
    said = text.casefold()
    if said in MISSING_WORDS or is_stand_in(text):
        return True
    if column.kind == "bool":
        return said in TRUE | FALSE or known_code(column, text) is not None
    own = {c.casefold() for c in column.codes} | {t.casefold() for t in column.codes.values()}
    return said in own or known_code(column, text) is not None
