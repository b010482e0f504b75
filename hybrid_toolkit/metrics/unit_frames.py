"""Helpers of every unit-level measure: columns, months, a worker's team, what is worked out once for the data."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import CoverageError, MeasureError, plural


def require(data: EvaluationData, table: str, *columns: str) -> pd.DataFrame:
    """One table, after asking that it has these columns.

    Raises
    ------
    CoverageError
        The table, or one of the columns, is not there; the message names it and what it holds.

    Examples
    --------
    >>> d = EvaluationData({"la": pd.DataFrame({"la_id": ["A"]})})
    >>> require(d, "la", "imd")
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.CoverageError: [COLUMN-MISSING] table 'la' has no column 'imd' (average deprivation score). \
How to fix: Add the column to table 'la', or see in the coverage report what can be measured without it.
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
            "or see in the coverage report what can be measured without it.",
            code="COLUMN-MISSING",
        )
    return frame


def check_kinds(data: EvaluationData, columns: Mapping[str, Sequence[str]]) -> None:
    """Ask that columns hold what their contract says: numbers, dates or yes/no. Empty columns pass.

    Raises
    ------
    MeasureError
        A column of another type; loaded data never have one.
    """
    for table, names in columns.items():
        known = {c.name: c.kind for c in TABLES[table].columns}
        for name in names:
            wanted = _KINDS.get(known.get(name, ""))
            values = data.tables[table][name]
            if wanted is not None and not wanted[1](values.dtype) and values.notna().any():
                raise MeasureError(
                    f"column '{name}' of table '{table}' holds {values.dtype} in "
                    f"{plural(int(values.notna().sum()), 'row')}, not {wanted[0]}.",
                    fix="Load the table with load_data, which says which cells are wrong, or convert the column.",
                    code="COLUMN-TYPE",
                )


def _is_number(dtype: Any) -> bool:
    return bool(pd.api.types.is_numeric_dtype(dtype))


def _is_date(dtype: Any) -> bool:
    return bool(pd.api.types.is_datetime64_any_dtype(dtype))


def _is_yes_no(dtype: Any) -> bool:
    types = pd.api.types
    return bool(types.is_bool_dtype(dtype) or types.is_numeric_dtype(dtype) or types.is_object_dtype(dtype))


_KINDS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    **dict.fromkeys(("int", "float"), ("numbers", _is_number)),
    **dict.fromkeys(("date", "month"), ("dates", _is_date)),
    "bool": ("yes or no", _is_yes_no),
}


def optional(data: EvaluationData, table: str, *columns: str) -> pd.DataFrame | None:
    """The table when it has all of these columns, else None."""
    return data.table(table) if data.has(table, *columns) else None


def number_values(frame: pd.DataFrame, column: str) -> pd.Series[float]:
    """A column as floats with NaN for missing; a column of NaN when the frame has none of that name."""
    if column not in frame.columns:
        return pd.Series(np.nan, index=frame.index, dtype="float64")
    return frame[column].astype("float64")


def flag_values(frame: pd.DataFrame, column: str) -> pd.Series[bool]:
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


_T = TypeVar("_T")
_KEPT: dict[int, tuple[weakref.ref[EvaluationData], dict[Hashable, object]]] = {}


def cached(data: EvaluationData, key: Hashable, make: Callable[[], _T]) -> _T:
    """What ``make`` gives, asked once for these data and this key. Nobody changes it in place: copy it first.

    Examples
    --------
    >>> import pandas as pd
    >>> d = EvaluationData({"la": pd.DataFrame({"la_id": ["a"]})})
    >>> cached(d, "answer", lambda: 1), cached(d, "answer", lambda: 2)
    (1, 1)
    """
    place = id(data)
    there = _KEPT.get(place)
    if there is None or there[0]() is not data:
        there = _KEPT[place] = (weakref.ref(data, lambda _: _KEPT.pop(place, None)), {})
    if key not in there[1]:
        there[1][key] = make()
    return cast("_T", there[1][key])
