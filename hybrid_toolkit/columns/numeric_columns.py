"""Columns of any pandas type as plain ones, and designs in centred, scaled, orthogonal columns.

Read as plain: nullable, Arrow, object, Decimal, category, yes and no as words. Scaled: where a column lies and its unit
decide nothing. Every linear predictor of the toolkit is solved in such columns, and coefficients and covariances are
brought back. A calendar year, a day number of a spreadsheet or a share of one in ten million then give what the same
column gives around zero, and rank is decided once, here, on the centred and scaled problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import linalg

from hybrid_toolkit.arrays import Codes, Floats
from hybrid_toolkit.errors import MeasureError, plural

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


OWN = 1e-7
"""Share of its own spread that a column must have apart from those before it; with less it is called a combination of
them. Copies differ by rounding, some 1e-15; a year and its square over three years differ by 1e-4."""
DIGITS = 64 * float(np.finfo(np.float64).eps)
"""Share of a column's greatest size under which a difference is rounding: 1.4e-14, so that a column which lies at 1e8
times its spread is still read to 1.4e-6 of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """A design X = Z R in columns Z that are orthogonal and have mean square 1.

    Parameters
    ----------
    z : Floats
        Shape n x m, the orthogonal columns; those without anything of their own have none.
    r : Floats
        Shape m x m, upper triangular: the kept columns of X are ``z @ r``.
    own : NDArray[np.bool]
        The k, which columns of X carry something of their own.
    """

    z: Floats
    r: Floats
    own: NDArray[np.bool_]

    @property
    def turn(self) -> Floats:
        """From coefficients of Z to coefficients of X: the inverse of ``r``, upper triangular."""
        if not len(self.r):
            return self.r
        size = np.diagonal(self.r)  # units are taken out first, so that the inverse is that of a unit triangle
        inverse = linalg.solve_triangular(self.r / size, np.eye(len(size)))
        return np.asarray(inverse / size[:, None], dtype=np.float64)

    def back(self, a: Any) -> Floats:
        """Coefficients of X from those of Z, last axis."""
        return np.asarray(a @ self.turn.T, dtype=np.float64)

    def into(self, b: Any) -> Floats:
        """Coefficients of Z from those of X, last axis."""
        return np.asarray(b @ self.r.T, dtype=np.float64)

    def back_cov(self, v: Any) -> Floats:
        """Covariance of coefficients of X from that of Z."""
        turn = self.turn
        return np.asarray(turn @ v @ turn.T, dtype=np.float64)

    def without_first(self) -> Scaled:
        """The same without the first column, which only places the others: slopes of a model without intercept."""
        return Scaled(self.z[:, 1:], self.r[1:, 1:], self.own[1:])


def scaled(x: Any, *, intercept: bool = True, reach: Any = None) -> Scaled:
    """A design in orthogonal columns, found one column after the other, each cleaned twice of those before it.

    Parameters
    ----------
    x : Any
        The n x k finite numbers.
    intercept : bool, default True
        Where the first column is constant and not zero, centre the others on one of their own values (the middle one)
        before anything else, a subtraction without rounding.
    reach : Any, optional
        The k root mean squares that ``OWN`` is a share of; by default, and where not a number, the column's own spread.
        A product of columns that lie far away spreads as they do, and has no more of its own than near zero.

    Notes
    -----
    Gram-Schmidt with reorthogonalisation, as exact as Householder's reflections (Giraud, Langou and Rozloznik 2005,
    Computers and Mathematics with Applications 50). A column's error is its own rounding and never that of another.

    Examples
    --------
    >>> year = np.arange(2016.0, 2026.0)
    >>> s = scaled(np.column_stack([np.ones(10), year, year**2, 2 * year - 7]))
    >>> s.own.tolist(), bool(np.allclose(s.z.T @ s.z / 10, np.eye(3)))
    ([True, True, True, False], True)
    """
    m = np.asarray(x, dtype=np.float64)
    n, k = m.shape
    intercept = intercept and bool(k and n and m[0, 0] and (m[:, 0] == m[0, 0]).all())
    q, r, keep = np.empty((k, n)), np.zeros((k, k)), np.zeros(k, dtype=bool)
    found = 0
    for j in range(k):
        middle = float(np.partition(m[:, j], n // 2)[n // 2]) if intercept and j and n else 0.0
        v = m[:, j] - middle
        size = float(np.abs(v).max(initial=0.0))
        far = max(size, abs(middle))
        if not size > DIGITS * far:
            continue
        v = v / size
        spread = v - v.mean() if intercept and j else v
        usual = float(np.sqrt(spread @ spread))
        if reach is not None and np.isfinite(reach[j]):
            usual = min(usual, float(reach[j]) / size * float(np.sqrt(n)))
        least = max(OWN * usual, DIGITS * far / size * float(np.sqrt(n)))
        step = np.zeros(found)
        for _ in range(2):
            h = q[:found] @ v / n
            v = v - h @ q[:found]
            step += h
        rest = float(np.sqrt(v @ v))
        if not rest > least:
            continue
        rms = rest / float(np.sqrt(n))
        r[:found, found] = step * size
        if middle:
            r[0, found] += middle * np.sign(m[0, 0])
        r[found, found] = rms * size
        q[found] = v / rms
        keep[j], found = True, found + 1
    return Scaled(np.ascontiguousarray(q[:found].T), r[:found, :found], keep)


def settled_columns(x: Any) -> Scaled:
    """The scaled columns of a design whose rank was judged before: only what rounding cannot tell is left out.

    Parameters
    ----------
    x : Any
        The n x k finite numbers, the first column constant and not zero.
    """
    return scaled(x, reach=np.zeros(np.shape(x)[1]))


LOST = 1e-10
"""Share of the largest root of a scaled cross-product under which a direction is lost, as where a cluster that is left
out was the only one with some level: rounding leaves some 1e-15, and rank was settled for all rows before."""


def solve_kept(s: Any, right: Any, turn: Any) -> Floats:
    """Solutions of symmetric systems along the columns of ``Scaled``, brought back; for a lost direction the shortest.

    Parameters
    ----------
    s : Any
        ... x m x m, cross-products or information of scaled columns.
    right : Any
        ... x m.
    turn : Any
        Shape k x m, the way back.

    Returns
    -------
    Floats
        ... x k coefficients of the columns themselves. Where rows are left out and a level goes with them, its own
        coefficient is 0 and the others are untouched, as in the columns' own pseudo-inverse.

    Examples
    --------
    >>> solve_kept(np.diag([4.0, 0.0]), np.array([2.0, 0.0]), np.eye(2)).tolist()
    [0.5, 0.0]
    """
    values, vectors = np.linalg.eigh(s)
    there = values > LOST * np.maximum(values[..., -1:], 0)
    inner = np.where(there, 1 / np.where(there, values, 1.0), 0.0)
    a = ((np.swapaxes(vectors, -1, -2) @ np.asarray(right)[..., None])[..., 0] * inner)[..., None]
    out = (turn @ vectors @ a)[..., 0]
    if there.all():
        return np.asarray(out, dtype=np.float64)
    size = 1 / np.sqrt(np.square(turn).sum(axis=-1))
    flat, full = out.reshape(-1, out.shape[-1]), there.reshape(-1, there.shape[-1])
    base = vectors.reshape(-1, *vectors.shape[-2:])
    for i in np.flatnonzero(~full.all(axis=1)):
        null = size[:, None] * (turn @ base[i][:, ~full[i]])
        flat[i] -= null @ np.linalg.lstsq(null, size * flat[i], rcond=None)[0] / size
    return np.asarray(flat.reshape(out.shape), dtype=np.float64)
