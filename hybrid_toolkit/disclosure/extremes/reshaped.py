"""Extremes that were worked upon: logarithms, roots, z-scores, per cents and other lines through a plain function.

Whoever knows the function turns such a figure back into one person's value. Where the labels are groups of the data,
the extremes of those groups are known, and figures that lie on a line through a plain function of them, beyond chance,
are made from them. Where they are not, each function is undone and single values are looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.disclosure.looks import looked_up_once

_SHAPES: tuple[Callable[[Floats], Floats], ...] = (
    np.asarray,
    np.log,
    np.log1p,
    np.sqrt,
    np.square,
    np.reciprocal,
    np.exp,
)
"""Plain functions that keep the order of values or turn it; a base, a z-score or a per cent is a line through one."""
_UNDO: tuple[Callable[[Floats], Floats], ...] = (
    np.exp,
    np.exp2,
    lambda v: np.power(10.0, v),
    np.expm1,
    np.square,
    np.sqrt,
    np.reciprocal,
    np.log,
    np.negative,
)
"""What undoes a function of single values: logarithms, roots, squares, inverses, exponentials, a turned sign."""
_FREE = 2
"""Numbers that fix a line, so that as many figures say nothing."""
_CHANCE = 1e-6
"""Chance that other figures lie so near a line, one in a million: some hundred columns and functions are tried."""
_SAME = 1e-9
"""Share of their spread by which figures that are the same may differ in floating point, several steps on."""


def undone(v: Floats, blur: float) -> tuple[Floats, Floats]:
    """Figures as the values that they may be functions of, a row each way, and what these may be off by.

    What cannot be undone is NaN.

    Examples
    --------
    >>> undone(np.log([30.0, 41.0]), 0.0)[0][0].round(6).tolist()
    [30.0, 41.0]
    """
    with np.errstate(all="ignore"):
        out = np.stack([undo(v) for undo in _UNDO])
        wide = np.abs(np.stack([undo(v + blur) for undo in _UNDO]) - out).max(axis=1)
    out[~np.isfinite(out)] = np.nan
    return out, np.where(np.isfinite(wide), wide, np.inf)


@dataclass(frozen=True, slots=True)
class GroupEnds:
    """The labels of groups, and the least and the greatest value of each column in each group."""

    labels: pd.Index
    low: Floats
    high: Floats


def _none_yet(_: Mapping[str, pd.DataFrame]) -> dict[tuple[str, ...], GroupEnds]:
    return {}


def ends_of_groups(
    rows: pd.DataFrame, groups: Sequence[str], columns: Sequence[str], *, source: object, table: str
) -> GroupEnds:
    """The least and the greatest value of each column in the groups of a table, worked out once for the same data.

    Parameters
    ----------
    rows : pd.DataFrame
        The table.
    groups : Sequence[str]
        Its columns that name the groups.
    columns : Sequence[str]
        Its columns of numbers.
    source : object
        The data, with which the ends are kept.
    table : str
        Name of the table.

    Returns
    -------
    GroupEnds
        The ends, in arrays of shape (groups, columns).
    """
    kept = looked_up_once(source, _none_yet)
    key = (table, *groups)
    if kept is not None and key in kept:
        return kept[key]
    by = rows[list(columns)].astype(float).groupby([rows[g].astype("str") for g in groups])
    low, high = by.min(), by.max()
    ends = GroupEnds(low.index, low.to_numpy(dtype=float), high.to_numpy(dtype=float))
    if kept is not None:
        kept[key] = ends
    return ends


def follows_ends(labels: pd.DataFrame, v: Floats, ends: GroupEnds, blur: float) -> bool:
    """Whether figures lie on a line through a plain function of an end, or of the range, of their groups in a column.

    Examples
    --------
    >>> greatest = np.array([[41.2], [55.7], [38.9], [61.3]])
    >>> ends = GroupEnds(pd.Index(list("abcd")), greatest - 20.1, greatest)
    >>> labels = pd.DataFrame({"place": list("abcd")})
    >>> follows_ends(labels, 2 - 3 * np.log(greatest[:, 0]), ends, 0.0)
    True
    >>> follows_ends(labels, np.array([3.1, 2.2, 4.0, 3.6]), ends, 0.0)
    False
    """
    words = labels.astype(str)
    asked = pd.Index(words.iloc[:, 0]) if words.shape[1] == 1 else pd.MultiIndex.from_frame(words)
    at = ends.labels.get_indexer(asked)
    v, at = v[at >= 0], at[at >= 0]
    if len(v) <= _FREE:
        return False
    order = np.argsort(v, kind="stable")
    low, high = ends.low[at], ends.high[at]
    own = (high > low).any(axis=0)  # what is the same for everyone in a group is nobody's own
    for values in (high, low, high - low):
        steps = np.diff(values[order], axis=0)  # a function that keeps or turns the order
        for column in np.flatnonzero(own & ((steps >= 0).all(axis=0) | (steps <= 0).all(axis=0))):
            if is_made_from(v, values[:, column], blur):
                return True
    return False


def is_made_from(v: Floats, ends: Floats, blur: float) -> bool:
    """Whether figures lie on a line through a plain function of the ends of their groups, beyond chance.

    Ends that grow by the same step from row to row are left alone: a fitted trend is a line through them too.

    Examples
    --------
    >>> greatest = np.array([41.2, 55.7, 38.9, 61.3])
    >>> is_made_from(2 - 3 * np.log(greatest), greatest, 0.0), is_made_from(np.array([3.1, 2.2, 4.0, 3.6]), greatest, 0)
    (True, False)
    """
    distinct = np.unique(ends)
    spread = float(np.ptp(v))
    if len(distinct) <= _FREE or spread == 0 or np.ptp(np.diff(ends)) <= _SAME * np.ptp(ends):
        return False
    near = max(2 * blur, _SAME * max(spread, float(np.abs(v).max())))
    if min(2 * near / spread, 1.0) ** (len(distinct) - _FREE) > _CHANCE:
        return False
    with np.errstate(all="ignore"):
        for shape in _SHAPES:
            x = shape(ends)
            if not np.isfinite(x).all():
                continue
            low, high = int(np.argmin(x)), int(np.argmax(x))
            line = v[low] + (x - x[low]) * (v[high] - v[low]) / (x[high] - x[low])
            if x[high] > x[low] and (np.abs(v - line) <= near).all():
                return True
    return False
