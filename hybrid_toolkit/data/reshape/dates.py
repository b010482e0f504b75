"""Days and months of a column of text while its meaning is still being found."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.reading.coerce import TextCells
from hybrid_toolkit.data.reading.dates import parse_days, parse_months
from hybrid_toolkit.data.tables.contract import ColumnContract

_DAY, _MONTH = ColumnContract("day", "date", "Day"), ColumnContract("month", "month", "Month")


def days_of(text: pd.Series[str], kind: str, form: str | None = None) -> pd.Series[pd.Timestamp]:
    """The days of a column, missing where a cell is none; ``kind`` as in ``RawTable``, ``form`` a strptime format.

    Examples
    --------
    >>> days_of(pd.Series(["15/04/2022", "31/12/4712"], dtype="str"), "csv").dt.day.tolist()
    [15.0, nan]
    """
    return parse_days(TextCells("", _DAY, text, kind, form))


def as_iso(text: pd.Series[str], column: ColumnContract, kind: str, form: str | None = None) -> pd.Series[str]:
    """A column of dates or months written as ISO days, so that it can stand below another; as it is if a cell is none.

    Examples
    --------
    >>> as_iso(pd.Series(["Apr-22"], dtype="str"), _MONTH, "csv").tolist()
    ['2022-04-01']
    """
    cells = TextCells("", column, text, kind, form)
    days = (parse_months if column.kind == "month" else parse_days)(cells)
    if any(p.severity == "error" for p in cells.problems):
        return text
    return days.dt.strftime("%Y-%m-%d").astype("str")
