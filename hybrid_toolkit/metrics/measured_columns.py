"""Columns that a measure is given in a frame: there once, and numbers or yes/no as floats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.columns.numeric_columns import LARGEST, as_numbers, one_column, why_not_numbers
from hybrid_toolkit.errors import HybridToolkitError, MeasureError, plural


def check_table(frame: Any, columns: Sequence[str] | None = None, *, code: str = "COLUMN-MISSING") -> pd.DataFrame:
    """The frame itself, once it is a table with one name a column that has the columns asked for.

    Raises
    ------
    MeasureError
        It is no table, its columns have several levels of names or share a name, or one is absent.
    """
    if not isinstance(frame, pd.DataFrame) or isinstance(frame.columns, pd.MultiIndex):
        raise MeasureError(
            "the data are not a table with one name a column.",
            fix="Use a pandas DataFrame with one level of column names.",
            code="TABLE",
        )
    wanted = list(frame.columns) if columns is None else list(dict.fromkeys(columns))
    twice = [str(c) for c in dict.fromkeys(wanted) if int((frame.columns == c).sum()) > 1]
    if twice:
        raise MeasureError(
            f"{plural(len(twice), 'name stands', 'names stand')} over more than one column: {', '.join(twice[:5])}.",
            fix="Rename the columns so that each name appears once.",
            code="COLUMN-TWICE",
        )
    absent = [c for c in wanted if c not in frame.columns]
    if absent:
        raise MeasureError(
            f"The frame has no column {', '.join(repr(c) for c in absent)}.",
            fix="Name columns that the frame has.",
            code=code,
        )
    return frame


def measured(values: Any, name: object = "", *, kind: type[HybridToolkitError] = MeasureError) -> Floats:
    """A column of numbers or yes/no as floats, missing as NaN.

    Raises
    ------
    MeasureError
        It holds text or another kind of value, or a number that is infinite or beyond 1e100.
    """
    column = one_column(values)
    label = f"column '{name}'" if name != "" else "the column"
    found = as_numbers(column)
    if found is None:
        what, fix = why_not_numbers(column)
        raise kind(
            f"{label} must contain numbers: {what}.",
            fix=f"{fix} Code answers in words as numbers first.",
            code="COLUMN-TYPE",
        )
    endless = np.flatnonzero(np.abs(found) > LARGEST)
    if len(endless):
        raise kind(
            f"{label} holds {plural(len(endless), 'number that is', 'numbers that are')} infinite or beyond "
            f"{LARGEST:.0e}, first at rows {(endless[:5] + 1).tolist()}.",
            fix="Leave these rows out, or set them to missing.",
            code="NOT-FINITE",
        )
    return found


def measured_table(frame: Any, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Columns as floats; see ``check_table`` and ``measured`` for the errors."""
    table = check_table(frame, columns)
    names = list(table.columns) if columns is None else list(dict.fromkeys(columns))
    return pd.DataFrame({c: measured(table[c], c) for c in names}, index=table.index)
