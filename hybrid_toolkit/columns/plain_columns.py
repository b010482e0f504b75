"""Columns of any pandas type as plain ones: nullable, Arrow, object, Decimal, category, yes and no as words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Codes, Floats
from hybrid_toolkit.errors import HybridToolkitError, MeasureError, plural

TRUE = frozenset({"1", "1.0", "true", "t", "yes", "y"})
FALSE = frozenset({"0", "0.0", "false", "f", "no", "n"})
"""Yes and no as files write them, in lower case."""

YES, NO = TRUE - {"1", "1.0"}, FALSE - {"0", "0.0"}
"""Words of a yes/no column; text of digits stays text, since codes such as 01 are names."""
LARGEST = 1e100
"""Numbers beyond this are mistakes of a file, and their squares leave what a computer can hold."""
_NUMBERS = frozenset({"integer", "floating", "mixed-integer-float", "decimal", "boolean", "empty"})


def as_numbers(values: pd.Series[Any]) -> Floats | None:
    """Numbers or yes/no as floats, missing as NaN; None where the column holds anything else.

    Examples
    --------
    >>> as_numbers(pd.Series(["yes", "no", None])).tolist(), as_numbers(pd.Series(["cin", "cp"])) is None
    ([1.0, 0.0, nan], True)
    >>> as_numbers(pd.Series([Decimal("0.1"), 2, None], dtype=object)).tolist()
    [0.1, 2.0, nan]
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        found = as_numbers(pd.Series(values.cat.categories))
        at = values.cat.codes.to_numpy()
        if found is None or not len(found):
            return None if found is None else np.full(len(values), np.nan)
        return np.where(at >= 0, found[at], np.nan)
    types = pd.api.types
    if types.is_complex_dtype(values):
        return None
    if types.is_numeric_dtype(values) or types.is_bool_dtype(values):
        return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)
    if types.is_datetime64_any_dtype(values) or types.is_timedelta64_dtype(values):
        return None
    known = values.dropna()
    kind = types.infer_dtype(known, skipna=True)
    if kind in _NUMBERS or (kind.startswith("mixed") and all(isinstance(v, Number | Decimal) for v in known)):
        out = np.full(len(values), np.nan)
        try:
            out[values.notna().to_numpy()] = known.to_numpy(dtype=np.float64)
        except (TypeError, ValueError, OverflowError):  # complex numbers, numbers beyond the range of a float
            return None
        return out
    if kind != "string":
        return None
    words = known.astype(str).str.strip().str.lower()
    code, found_words = pd.factorize(words)
    if not set(found_words) <= YES | NO:
        return None
    out = np.full(len(values), np.nan)
    out[values.notna().to_numpy()] = np.array([w in YES for w in found_words], dtype=np.float64)[code]
    return out


def why_not_numbers(values: pd.Series[Any]) -> tuple[str, str]:
    """What a column holds in place of numbers or yes/no, and how to mend it, in words without a value.

    Examples
    --------
    >>> why_not_numbers(pd.Series(["1.5", "2", None]))
    ('its 2 cells are numbers written as text', 'Turn it into numbers with pd.to_numeric.')
    >>> why_not_numbers(pd.Series(["1.5", "two"]))[0]
    '1 of 2 cells cannot be read as a number or as yes/no, first at rows [2]'
    """
    known = values.notna().to_numpy()
    if pd.api.types.is_datetime64_any_dtype(values) or pd.api.types.is_timedelta64_dtype(values):
        return (
            f"its {plural(int(known.sum()), 'cell is', 'cells are')} dates or spans of time",
            "Count days or months from one date.",
        )
    read = pd.to_numeric(values[known].astype(str).str.strip(), errors="coerce")
    bad = np.flatnonzero(known)[read.isna().to_numpy()]
    if not len(bad):
        return (
            f"its {plural(int(known.sum()), 'cell is', 'cells are')} numbers written as text",
            "Turn it into numbers with pd.to_numeric.",
        )
    return (
        f"{len(bad):,} of {plural(int(known.sum()), 'cell')} cannot be read as a number or as yes/no, first at rows "
        f"{(bad[:5] + 1).tolist()}",
        "Correct or empty these cells and turn the column into numbers with pd.to_numeric.",
    )


def one_column(values: Any) -> pd.Series[Any]:
    """The values as one column.

    Raises
    ------
    MeasureError
        They are a table, as a name that stands over two columns gives, or an array of several rows.

    Examples
    --------
    >>> one_column([1, 2]).tolist()
    [1, 2]
    """
    if isinstance(values, pd.Series):
        return values
    if isinstance(values, pd.DataFrame) or (isinstance(values, np.ndarray) and values.ndim != 1):
        raise MeasureError(
            f"one column is wanted; this has shape {np.shape(values)}.",
            fix='Pass 1 column, such as frame["answer"]; rename columns that share a name.',
            code="COLUMN-SEVERAL",
        )
    return pd.Series(values)


def plain(values: pd.Series[Any]) -> pd.Series[Any]:
    """The same values in a numpy type or ``str``, unused categories dropped; the index is kept.

    Raises
    ------
    MeasureError
        Cells hold lists or other collections.

    Examples
    --------
    >>> plain(pd.Series([1, None], dtype="Int64")).dtype, plain(pd.Series([Decimal(1)], dtype=object)).dtype
    (dtype('float64'), dtype('float64'))
    """
    dtype = one_column(values).dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return values.cat.remove_unused_categories()
    mixed = pd.api.types.is_object_dtype(dtype)
    if isinstance(dtype, np.dtype) and not mixed:
        return values if dtype != np.float16 else values.astype("float32")  # pandas can neither sort nor index halves
    if isinstance(dtype, pd.ArrowDtype) and dtype.type in (list, dict):  # what Arrow's lists and structures give
        _single(values.astype(object))
    types = pd.api.types
    if types.is_datetime64_any_dtype(values):
        return pd.Series(pd.to_datetime(values.to_numpy(dtype=object)), index=values.index, name=values.name)
    kind = types.infer_dtype(values, skipna=True) if mixed else ""
    if types.is_numeric_dtype(values) or types.is_bool_dtype(values) or kind in _NUMBERS - {"empty"} or "mixed" in kind:
        found = as_numbers(values)
        if found is None:
            _single(values)
            return values
        if (types.is_bool_dtype(values) or kind == "boolean") and np.isfinite(found).all():
            return pd.Series(found == 1, index=values.index, name=values.name)
        whole = types.is_integer_dtype(values) or kind == "integer"
        if whole and np.isfinite(found).all():  # identifiers of more than 15 digits are kept to the last one
            try:
                return pd.Series(values.to_numpy(dtype=np.int64), index=values.index, name=values.name)
            except (OverflowError, TypeError, ValueError):
                pass
        return pd.Series(found, index=values.index, name=values.name)
    if kind in {"date", "datetime"}:
        try:
            return pd.Series(pd.to_datetime(values.to_numpy()), index=values.index, name=values.name)
        except (ValueError, TypeError, OverflowError):
            return values
    if kind == "string" or types.is_string_dtype(values):
        return values.astype("str")
    return values


def _single(values: pd.Series[Any]) -> None:
    many = [
        i
        for i, v in enumerate(values)
        if isinstance(v, list | dict | set | tuple | np.ndarray | pd.Series | pd.DataFrame)
    ]
    if many:
        raise MeasureError(
            f"column '{values.name}': {plural(len(many), 'cell holds', 'cells hold')} several values, first at rows "
            f"{[i + 1 for i in many[:5]]}.",
            fix="Keep one value in each cell.",
            code="CELL-SEVERAL",
        )


def counted_codes(values: pd.Series[Any]) -> tuple[Codes, NDArray[Any]] | None:
    """A column of whole numbers that lie close together as codes 0..k-1 and its k levels in order; else None.

    It is counted in an array no longer than two columns, which is some five times as fast as hashing.

    Examples
    --------
    >>> codes, levels = counted_codes(pd.Series([2024, 2022, 2024]))
    >>> codes.tolist(), levels.tolist(), counted_codes(pd.Series([1, 10**12]))
    ([1, 0, 1], [2022, 2024], None)
    """
    if not isinstance(values.dtype, np.dtype) or values.dtype.kind != "i" or not len(values):
        return None
    whole = values.to_numpy()
    low = int(whole.min())
    span = int(whole.max()) - low + 1
    if span > 2 * len(whole):
        return None
    place = np.subtract(whole, low, dtype=np.intp)
    there = np.zeros(span, dtype=bool)
    there[place] = True
    if not there.all():
        place = (np.cumsum(there) - 1)[place]
    return place, (np.flatnonzero(there) + low).astype(whole.dtype)


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
