"""Bins of a distribution: the outer ones are left open and joined until enough people stand in each.

The edges of a histogram come from the data, so that the outer edges are the least and the greatest value, one person's
each, and a bin of few tells that somebody lies between two near values, even where its count is hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.errors import DisclosureError, agreeing, plural

_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
_FORMS = (rf"[\[(]\s*({_NUMBER})\s*,\s*({_NUMBER})\s*[\])]", rf"({_NUMBER}) to (?:under )?({_NUMBER})")
"""Bins as pandas writes them, ``(0.1, 0.2]``, and in words, ``0.1 to 0.2``."""
_OPEN = r"^(?:under|below|less than|up to|<|≤)|(?:or more|or over|and over|\+)$|^(?:>|≥)"
"""An end that is open already, as the explorer makes them after it has joined bins of few."""
_ROUND = 20
"""An edge is round where it is a multiple of a twentieth of the power of ten below the bins' width: 0.25, 37.5."""
_SLACK = 1e-6
_LEAST_BINS = 2
"""What is a distribution has two bins or more, which meet edge to edge, have edges between whole numbers, or are cut by
pandas; empty bins may be left out. Bands of a code list, 16 to 24 and 25 to 34, do not meet and have whole edges."""


def fold_bins(
    frame: pd.DataFrame,
    dims: Sequence[str],
    *,
    held: Sequence[str],
    counts: Sequence[str],
    values: Sequence[str],
    threshold: int,
) -> tuple[pd.DataFrame, int]:
    """The frame with its bins joined and open at the ends, and how many rows that took away.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a cell.
    dims : Sequence[str]
        Columns that split it; those of them that hold bins are found by looking.
    held : Sequence[str]
        Columns of counts that are held to the threshold.
    counts : Sequence[str]
        All columns of counts; those of joined bins are added up.
    values : Sequence[str]
        Columns of figures; they cannot be added up, so that bins with figures are not joined.
    threshold : int
        The fewest people in a bin, in every group of the other dimensions.

    Raises
    ------
    DisclosureError
        BINS-FEW, an outer bin of few people carries figures, or all bins together hold too few.

    Examples
    --------
    >>> rows = pd.DataFrame({"hours": pd.cut([3.0, 12, 19], [2, 11, 18, 37]), "n": [4, 30, 20]})
    >>> fold_bins(rows, ["hours"], held=["n"], counts=["n"], values=[], threshold=10)[0]
            hours   n
    0    under 18  34
    1  18 or more  20
    """
    taken = 0
    for dim in dims:
        edges = _edges(frame[dim])
        if edges is not None:
            aside = np.isnan(edges[:, 0])  # totals and not recorded
            if aside.any():
                rest, edges = frame[aside], edges[~aside]
                frame = frame[~aside].reset_index(drop=True)
            frame, less = _fold(frame, dim, edges, [d for d in dims if d != dim], held, counts, values, threshold)
            taken += less
            if aside.any():
                names = [*frame[dim].cat.categories, *rest[dim].astype(str).unique()]
                frame = pd.concat([frame.astype({dim: str}), rest.astype({dim: str})], ignore_index=True)
                frame = frame.assign(**{dim: pd.Categorical(frame[dim], names, ordered=True)})
    return frame, taken


def _edges(column: pd.Series) -> NDArray[np.float64] | None:
    """Edges of each row's bin, of shape (rows, 2), NaN for a row of no bin; None where the column holds no bins."""
    text = column.astype(str).str.strip()
    if text.str.contains(_OPEN).any():
        return None
    found = np.full((len(text), 2), np.nan)
    for form in _FORMS:
        said = text.str.extract(f"^{form}$").to_numpy(dtype=float, na_value=np.nan)
        found = np.where(np.isnan(said), found, said)
    each = np.unique(found[~np.isnan(found[:, 0])], axis=0)
    meet = _are_intervals(column) or np.isin(each[:, 0], each[:, 1]).any() or _cut_by_steps(each)
    apart = (each[:, 0] < each[:, 1]).all() and (each[1:, 0] >= each[:-1, 1]).all()
    return found if len(each) >= _LEAST_BINS and meet and apart else None


def _cut_by_steps(each: NDArray[np.float64]) -> bool:
    """Whether edges that do not meet were cut from values: between whole numbers, or in steps that leave some out."""
    if len(each) < _LEAST_BINS:
        return False
    widths, gaps = each[:, 1] - each[:, 0], each[1:, 0] - each[:-1, 1]
    steps = (widths > 0).all() and np.ptp(widths) == 0 and (np.mod(gaps, widths[0]) == 0).all()
    return bool(steps or (each % 1 != 0).any())


def _are_intervals(column: pd.Series) -> bool:
    kind = column.dtype.categories.dtype if isinstance(column.dtype, pd.CategoricalDtype) else column.dtype
    return isinstance(kind, pd.IntervalDtype)


def _fold(
    frame: pd.DataFrame,
    dim: str,
    edges: NDArray[np.float64],
    others: Sequence[str],
    held: Sequence[str],
    counts: Sequence[str],
    values: Sequence[str],
    threshold: int,
) -> tuple[pd.DataFrame, int]:
    lows, code = np.unique(edges[:, 0], return_inverse=True)
    group = (
        frame.groupby(list(others), observed=True).ngroup().to_numpy() if others else np.zeros(len(frame), dtype=int)
    )
    stands = np.zeros((len(held), len(lows), int(group.max()) + 1))
    for i, column in enumerate(held):
        number = pd.to_numeric(frame[column], errors="coerce").fillna(0).to_numpy(dtype=float)
        np.add.at(stands[i], (code, group), number)
    able = (stands.sum(axis=1) >= _LEAST_BINS * threshold).all(axis=0)  # a smaller group is hidden cell by cell
    stands = stands[:, :, able] if able.any() else stands
    parts = [[i] for i in range(len(lows))]
    least = [stands[:, p].sum(axis=1).min() for p in parts]
    if values:
        few = [k for k in (0, len(parts) - 1) if least[k] < threshold]
        if few:
            raise _few(dim, len(few), threshold)
    if not values:
        parts = _joined(stands, threshold)
    if len(parts) < _LEAST_BINS:
        raise _few(dim, len(lows), threshold)
    cuts = _cuts([float(lows[p[0]]) for p in parts[1:]], width=float((edges[:, 1] - edges[:, 0]).min()))
    names = [f"under {cuts[0]}", *(f"{a} to {b}" for a, b in pairwise(cuts)), f"{cuts[-1]} or more"]
    new = np.empty(len(lows), dtype=np.intp)
    for i, part in enumerate(parts):
        new[part] = i
    named = pd.Categorical([names[i] for i in new[code]], names, ordered=True)
    out = frame.assign(**{dim: pd.Series(named, index=frame.index)})
    if len(parts) < len(lows):
        out = out.groupby([*others, dim], observed=True, sort=False, as_index=False)[list(counts)].sum()
        out = out.sort_values(dim, kind="stable").reset_index(drop=True)
    return out, len(frame) - len(out)


def _joined(stands: NDArray[np.float64], threshold: int) -> list[list[int]]:
    """Bins in turn joined until each holds the threshold by every count in every group; what is left joins the last."""
    parts: list[list[int]] = []
    open_: list[int] = []
    for k in range(stands.shape[1]):
        open_.append(k)
        if stands[:, open_].sum(axis=1).min() >= threshold:
            parts.append(open_)
            open_ = []
    return [*parts[:-1], [*parts[-1], *open_]] if parts else [open_]


def _cuts(edges: Sequence[float], *, width: float) -> list[str]:
    """Edges in words; those that are no round numbers are said to the place of the bins' width, and as about.

    Edges in equal steps from the least value to the greatest would give both away by their distance.
    """
    place = -int(np.floor(np.log10(width)))
    if all(abs(e * 10.0**place * _ROUND - round(e * 10.0**place * _ROUND)) < _SLACK for e in edges):
        return [f"{e:g}" for e in edges]
    return [f"about {np.floor(e * 10.0**place + 0.5) / 10.0**place:g}" for e in edges]  # halves up, none fall together


def _few(dim: str, bins: int, threshold: int) -> DisclosureError:
    return DisclosureError(
        f"{plural(bins, 'outer bin')} of '{dim}' {agreeing(bins, 'holds', 'hold')} fewer than {threshold} people: such "
        "edges tell single values.",
        fix="Use fewer, wider bins, and join the first and the last with their neighbours.",
        code="BINS-FEW",
    )
