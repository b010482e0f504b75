"""Small helpers that every unit-level measure uses: asking for columns, months, joining a worker's team."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from hybrid_toolkit.data.contracts import TABLES
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError


def require(data: EvaluationData, table: str, *columns: str) -> pd.DataFrame:
    """One table, after asking that it has these columns.

    Raises
    ------
    CoverageError : the table, or one of the columns, is not there; the message names it and what it holds.

    Examples
    --------
    >>> d = EvaluationData({"la": pd.DataFrame({"la_id": ["A"]})})
    >>> require(d, "la", "imd")
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.CoverageError: [COLUMN-MISSING] table 'la' has no column 'imd' (average deprivation score). \
How to mend it: Add the column to table 'la', or ask coverage() what can be measured without it.
    """
    frame = data.table(table)
    gone = [c for c in columns if c not in frame.columns]
    if gone:
        contract = TABLES[table]
        known = {c.name: c.text for c in contract.columns}
        what = ", ".join(f"'{c}' ({known[c][:1].lower()}{known[c][1:]})" if c in known else f"'{c}'" for c in gone)
        raise CoverageError(
            f"table '{table}' has no column{'s' if len(gone) > 1 else ''} {what}.",
            fix=f"Add the column{'s' if len(gone) > 1 else ''} to table '{table}', "
            "or ask coverage() what can be measured without it.",
            code="COLUMN-MISSING",
        )
    return frame


def optional(data: EvaluationData, table: str, *columns: str) -> pd.DataFrame | None:
    """The table when it has all of these columns, else None."""
    return data.table(table) if data.has(table, *columns) else None


def number(frame: pd.DataFrame, column: str) -> pd.Series[float]:
    """A column as floats with NaN for missing; a column of NaN when the frame has none of that name."""
    if column not in frame.columns:
        return pd.Series(np.nan, index=frame.index, dtype="float64")
    return frame[column].astype("float64")


def flag(frame: pd.DataFrame, column: str) -> pd.Series[bool]:
    """A column as nullable booleans; all missing when the frame has none of that name."""
    if column not in frame.columns:
        return pd.Series(pd.NA, index=frame.index, dtype="boolean")
    return frame[column].astype("boolean")


def month_of(days: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
    """First day of each date's month; missing stays missing.

    Examples
    --------
    >>> month_of(pd.Series(pd.to_datetime(["2025-03-17"]))).dt.strftime("%Y-%m-%d").tolist()
    ['2025-03-01']
    """
    dates = pd.to_datetime(days).dt.normalize()
    return (dates - pd.to_timedelta(dates.dt.day - 1, unit="D")).astype("datetime64[us]")


def safe_ratio(top: pd.Series[float], bottom: pd.Series[float]) -> pd.Series[float]:
    """Row-wise ratio; NaN where the bottom is zero or either side is missing.

    Examples
    --------
    >>> safe_ratio(pd.Series([1.0, 1.0]), pd.Series([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    return top / bottom.where(bottom > 0)


def look_up(frame: pd.DataFrame, other: pd.DataFrame | None, key: str, columns: Iterable[str]) -> pd.DataFrame:
    """The frame with columns of another table added by key; all missing where that table is not there.

    The other table's key is taken as unique (its contract says so; validation checks it): the first row wins,
    so a join never multiplies rows.
    """
    out, wanted = frame.copy(), list(columns)
    there = [c for c in wanted if c in other.columns] if other is not None and key in other.columns else []
    found = None
    if other is not None and there:
        once = other[[key, *(c for c in there if c != key)]].drop_duplicates(key).set_index(key, drop=False)
        found = once[there].reindex(pd.Index(out[key])).set_axis(out.index)
    for column in wanted:
        if found is not None and column in found:
            out[column] = found[column]
        else:
            out[column] = pd.Series(pd.NA, index=out.index, dtype="str")
    return out
