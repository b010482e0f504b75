"""Minima, maxima, ranges and high percentiles among figures, found by looking in the data and never by their names.

A minimum, a maximum or a percentile near the end is one person's value, and so is what is worked out from it alone.
Three looks find them, whatever they are called. The first needs no groups: figures that are single values of the data,
more of them than chance would make so, with one from the outer tenth. The greatest values of groups need not all lie
far out, but the greatest of them does; a median that is one person's value hardly ever does. A scale (hours shown as
minutes) is undone by the greatest or the least. The second takes the groups that the rows name, where the data have
them, and works out their extremes. The third is in ``reshaped.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.disclosure.extremes.reshaped import ends_of_groups, follows_ends, undone
from hybrid_toolkit.disclosure.looks import FINEST, decimals_of, looked_up_once, tables_behind
from hybrid_toolkit.disclosure.screen import is_identifier

_Mask = NDArray[np.bool_]
_SCALE_POINTS = 20
"""Different values up to which a column is a scale: its ends are answers of many, and no extremes of single people."""
_OUTER = 0.1
"""Share of single values on either side within which a figure that is one of them is an extreme."""
_NEARLY_ALL = 0.75
"""Share of a column's figures that must be single values where the outer ones alone may be so by chance: rows of
everyone or of others may be means, and of the medians of groups every second is between two values."""
_CHANCE = 1e-3
"""Chance of so many single values among figures that are none, above which they say nothing: one in a thousand."""
_NEAR = 20
"""Single values around a figure from which is counted how dense they lie: fewer would make the chance a matter of luck,
more would take the middle of the values into their thin ends."""
_LEVELS = np.array([0.0, 0.01, 0.05, 0.1, 0.9, 0.95, 0.975, 0.99, 1.0])
"""Percentiles that are nearly one person's value in groups of the size that may be shown; 10 and 90 of ten are."""
_UNITS = (60.0, 1 / 60)
"""Hours as minutes and minutes as hours. Where the row of the greatest value is not among the figures, its end cannot
tell the scale. Powers of ten are no such units: figures times 0.01 fall on the steps to which data are rounded."""
_SAME = 1e-9
"""Share of a figure by which two that are the same may differ in floating point, several steps on."""
_NOUGHT = 1e-6
"""Share of the largest value below which an undone figure is all but nought: so is any negative number, by powers."""
_MOST_GROUPS = 1_000
"""Different labels up to which a column of words or keys may be the groups of a table."""


@dataclass(frozen=True, slots=True)
class _Singles:
    """The different values of a column in order, the ends of its outer tenths, what the values may be off by, and the
    mean and spread over all rows, with which z-scores are made."""

    values: Floats
    low: float
    high: float
    blur: float
    mean: float
    spread: float

    @classmethod
    def of(cls, values: Floats) -> _Singles:
        different = np.unique(values)
        low, high = np.quantile(different, [_OUTER, 1 - _OUTER])
        return cls(
            different, float(low), float(high), _blur(different), float(values.mean()), float(values.std(ddof=1))
        )


@dataclass(frozen=True, slots=True)
class NumbersBehind:
    """What was looked up once: the different values of each numeric column, and labels, by table and column."""

    singles: Mapping[tuple[str, str], _Singles]
    labels: Mapping[tuple[str, str], frozenset[str]]


def _numbers(tables: Mapping[str, pd.DataFrame]) -> NumbersBehind:
    singles, labels = {}, {}
    for table, frame in tables.items():
        for name in map(str, frame.columns):
            column = frame[name]
            if is_identifier(name):
                continue
            if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
                numbers = column.dropna().to_numpy(dtype=float)
                if len(np.unique(numbers)) > _SCALE_POINTS:  # a scale of few points has no extremes of single people
                    singles[table, name] = _Singles.of(numbers)
            else:
                found = column.dropna().unique()
                if len(found) <= _MOST_GROUPS:
                    labels[table, name] = frozenset(map(str, found))
    return NumbersBehind(singles, labels)


def numbers_behind(source: object) -> NumbersBehind | None:
    """The single values of the data behind something, looked up once; None where no tables are at hand."""
    return looked_up_once(source, _numbers)


def single_values_by_chance(v: Floats, known: NumbersBehind | None) -> float:
    """The chance that as many of some numbers would be single values of one column of the data, in any unit.

    Parameters
    ----------
    v : Floats
        The numbers, each once.
    known : NumbersBehind | None
        What stands behind them.

    Returns
    -------
    float
        The smallest over all columns of the data in which one of those found lies far out; 1 where there is none.

    Examples
    --------
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> hours = [30.0 + i / 7 for i in range(40)]
    >>> known = numbers_behind(data := EvaluationData({"worker": pd.DataFrame({"own_h": hours})}))
    >>> bool(single_values_by_chance(np.array([hours[0], hours[20], hours[39]]), known) < 1e-6)
    True
    >>> single_values_by_chance(np.array([31.0001, 0.25]), known)
    1.0
    """
    least, blur = 1.0, _blur(v)
    for of in known.singles.values() if known is not None else ():
        for scale, given, _ in _scales(v, of.values) if of.low < of.high else ():
            values, wide = v * scale, blur * abs(scale)
            among = _among(values, of.values, wide) & (np.abs(values) > _SAME * abs(of.values[-1]))
            if among.sum() > given and (among & ((values <= of.low) | (values >= of.high))).any():
                least = min(least, _by_chance(values, int(among.sum()), of, wide, given=given))
    return least


def extreme_rows(frame: pd.DataFrame, column: str, *, dims: Sequence[str], source: object) -> NDArray[np.bool_]:
    """Which rows of a column hold a minimum, a maximum, a range or a high percentile of the data behind the frame.

    Parameters
    ----------
    frame : pd.DataFrame
        The figures.
    column : str
        The column that is looked at.
    dims : Sequence[str]
        Columns that name the groups.
    source : object
        The data; without tables at hand nothing is found.

    Returns
    -------
    NDArray[np.bool_]
        Mask of shape (rows,).

    Examples
    --------
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> hours = [30.0 + i / 7 for i in range(40)]
    >>> data = EvaluationData({"worker": pd.DataFrame({"worker_id": [f"W{i}" for i in range(40)], "own_h": hours})})
    >>> rows = pd.DataFrame({"place": ["north", "south"], "n": [20, 20], "typical": [hours[19], hours[39]]})
    >>> extreme_rows(rows, "typical", dims=["place"], source=data).tolist()
    [True, True]
    """
    v = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    at = np.flatnonzero(np.isfinite(v))
    out = np.zeros(len(frame), dtype=np.bool_)
    known = numbers_behind(source)
    if known is None or np.isin(v[at], (0.0, 1.0)).all():  # nobody or everybody: held as the ends of a share
        return out
    blur = _blur(v[at])
    for single in known.singles.values():
        out[at] |= _single_values(v[at], single, blur)
    if not out[at].all():  # of percentiles between two people some are one person's value by chance
        out[at] |= _of_groups(frame.iloc[at], v[at], [d for d in dims if d in frame], known, source)
    if not out[at].any():
        out[at] = _reshaped(frame.iloc[at], v[at], [d for d in dims if d in frame], known, source)
    return out


def _reshaped(frame: pd.DataFrame, v: Floats, dims: Sequence[str], known: NumbersBehind, source: object) -> _Mask:
    """Which figures are plain functions of single values that lie far out, or of the extremes of their groups."""
    out = np.zeros(len(v), dtype=np.bool_)
    blur = _blur(v)
    plain, wide = undone(v, blur)
    for of in known.singles.values():
        values = np.vstack([plain, v * of.spread + of.mean])  # and as z-scores
        blurs = np.r_[wide, blur * of.spread]
        among = _among(values, of.values, blurs[:, None]) & ((of.low < of.high) & (blurs < np.inf))[:, None]
        among &= np.abs(values) > _NOUGHT * max(abs(of.values[0]), abs(of.values[-1]))
        outer = (values <= of.low) | (values >= of.high)
        for i in np.flatnonzero((among.sum(axis=1) > 1) & (outer & among).any(axis=1)):
            looked, found = np.unique(values[i][outer[i]]), np.unique(values[i][outer[i] & among[i]])
            if _by_chance(looked, len(found), of, float(blurs[i]), given=0) <= _CHANCE / len(values):
                out |= among[i]
    if out.any() or not dims:
        return out
    tables = tables_behind(source) or {}
    for table in dict.fromkeys(table for table, _ in known.singles):
        groups = [c for d in dims if (c := _column_of(frame[d], d, table, known)) is not None]
        if len(groups) == len(dims):
            columns = [name for where, name in known.singles if where == table]
            ends = ends_of_groups(tables[table], groups, columns, source=source, table=table)
            if follows_ends(frame[list(dims)], v, ends, blur):
                return np.ones(len(v), dtype=np.bool_)
    return out


def _single_values(v: Floats, of: _Singles, blur: float) -> _Mask:
    """Which figures are single values, where they are extremes; none else."""
    single, low, high = of.values, of.low, of.high
    if low == high:
        return np.zeros(len(v), dtype=np.bool_)
    among = _among(v, single, blur)
    outer = (v <= low) | (v >= high)
    enough = outer.mean() >= 0.5 if len(v) > 1 else v[0] in (single[0], single[-1])
    if enough and among.all():
        return among
    for scale, given, chance in _scales(v, single):
        if scale != 1:
            among = _among(v * scale, single, 2 * blur * abs(scale))  # the end that gave the scale was rounded too
            among &= np.abs(v * scale) > _SAME * abs(single[-1])  # what is all but nought is no one's value
            outer = (v * scale <= low) | (v * scale >= high)
        if among.sum() > given and (outer & among).any():
            far = np.unique(v[outer] * scale), np.unique(v[outer & among] * scale)
            whole = np.unique(v * scale), np.unique(v[among] * scale)
            nearly_all = among.mean() >= _NEARLY_ALL
            for looked, found in (far, whole) if nearly_all else (far,):
                if _by_chance(looked, len(found), of, blur * abs(scale), given=given) <= chance:
                    return among
    return np.zeros(len(v), dtype=np.bool_)


def _blur(v: Floats) -> float:
    """What figures may be off by where they were rounded."""
    decimals = decimals_of(v)
    return 0.5 * 10.0**-decimals if decimals <= FINEST else 0.0


def _scales(v: Floats, single: Floats) -> list[tuple[float, int, float]]:
    """What figures may have been multiplied by, how many of them gave that scale, and the chance that is allowed.

    By nothing; so that their greatest or least is that of the data; or by how often one unit goes into another.
    """
    out = [(1.0, 0, _CHANCE)]
    for end, mine in ((single[-1], v.max()), (single[0], v.min())):
        if mine * end > 0 and abs(mine - end) > _SAME * abs(end):
            out.append((float(end / mine), 1, _CHANCE))
    middle = float(np.median(v))
    inside = [unit for unit in _UNITS if single[0] <= middle * unit <= single[-1]]
    return [*out, *((unit, 0, _CHANCE / len(_UNITS)) for unit in inside)]


def _among(v: Floats, single: Floats, blur: float | Floats) -> _Mask:
    """Which figures are single values, as far as their decimals tell."""
    at = np.clip(np.searchsorted(single, v), 1, max(len(single) - 1, 1))
    near = np.minimum(np.abs(single[at - 1] - v), np.abs(single[np.minimum(at, len(single) - 1)] - v))
    return np.asarray(near <= blur + 1e-9 * np.maximum(1.0, np.abs(v)), dtype=np.bool_)


def _by_chance(v: Floats, found: int, of: _Singles, blur: float, *, given: int) -> float:
    """The chance that of figures near these so many would be single values; of ``given`` it is no chance."""
    single = of.values
    wide = max(2 * blur, 2 * of.blur, _SAME * float(np.abs(v).max()))  # of data as rounded as the figures
    first = np.clip(np.searchsorted(single, v) - _NEAR // 2, 0, max(len(single) - _NEAR, 0))
    last = np.minimum(first + _NEAR, len(single)) - 1
    dense = np.minimum((last - first + 1) * wide / (single[last] - single[first] + wide), 1.0)
    return float(stats.binom.sf(found - given - 1, len(v) - given, dense.mean()))


def _of_groups(frame: pd.DataFrame, v: Floats, dims: Sequence[str], known: NumbersBehind, source: object) -> _Mask:
    """Which figures are extremes of the groups that the rows name, worked out from the data that have those groups."""
    none = np.zeros(len(v), dtype=np.bool_)
    blur = _blur(v)
    for (table, name), of in known.singles.items():
        single = of.values
        quarter = len(single) // 4  # a percentile between two people lies further in than those whom it lies between
        far = v.min() <= single[quarter] or v.max() >= single[-1 - quarter]
        inside = far and v.min() >= single[0] - blur and v.max() <= single[-1] + blur
        wide = v.min() >= 0 and 2 * v.max() >= single[-1] - single[0] >= v.max() - blur
        if not (inside or wide):
            continue
        groups = [c for d in dims if (c := _column_of(frame[d], d, table, known)) is not None]
        if groups and len(groups) == len(dims):
            rows = tables_behind(source)[table]  # type: ignore[index]
            found = _extremes(frame, v, rows, name, dims, groups)
            if found.any():
                return found
    return none


def _column_of(labels: pd.Series, dim: str, table: str, known: NumbersBehind) -> str | None:
    """The column of a table that has nearly all labels of a dimension: that of its name, or another."""
    said = set(map(str, labels))
    for (where, name), held in sorted(known.labels.items(), key=lambda item: item[0][1] != dim):
        if where == table and len(said & held) >= max(len(said) - 1, 1):  # one row may be of all
            return name
    return None


def _extremes(
    frame: pd.DataFrame, v: Floats, rows: pd.DataFrame, name: str, dims: Sequence[str], groups: Sequence[str]
) -> _Mask:
    """Which figures are the same extreme of their own groups, beyond chance, and no mean or median."""
    none = np.zeros(len(v), dtype=np.bool_)
    asked = pd.MultiIndex.from_frame(frame[list(dims)].astype(str))
    if not asked.is_unique:
        return none
    code = asked.get_indexer(pd.MultiIndex.from_frame(rows[list(groups)].astype("str")))
    y = rows[name].to_numpy(dtype=float, na_value=np.nan)
    used = (code >= 0) & np.isfinite(y)
    order = np.lexsort((y[used], code[used]))
    y, code = y[used][order], code[used][order]
    size = np.bincount(code, minlength=len(v))
    there = np.flatnonzero(size > 1)
    if not len(there):
        return none
    first, size = (np.cumsum(size) - size)[there], size[there]
    mean = np.bincount(code, weights=y, minlength=len(v))[there] / size
    blur, shown = _blur(v) + 1e-9 * np.maximum(1.0, np.abs(v[there])), v[there]

    def at(level: float) -> list[Floats]:
        place = level * (size - 1)
        below, above = y[first + np.floor(place).astype(int)], y[first + np.ceil(place).astype(int)]
        return [below, above, below + (above - below) * (place % 1)]

    if any((abs(shown - plain) <= blur).all() for plain in (mean, *at(0.5))):
        return none
    reach = at(1.0)[0] - at(0.0)[0]
    chance = float(np.prod(np.minimum(2 * blur / np.maximum(reach, 1e-12), 1.0)))
    ends = [*(found for level in _LEVELS for found in at(level)), reach]
    if len(ends) * chance <= _CHANCE and any((abs(shown - end) <= blur).all() for end in ends):
        none[there] = True
    return none
