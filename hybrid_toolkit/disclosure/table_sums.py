"""The sums that a table with totals gives away: which rows add up to which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TableSum:
    """One sum: the row ``total`` is what the rows ``parts`` add up to (positions in the table).

    ``exact`` is False where the published total is not the sum of its parts (people counted in two groups).
    """

    total: int
    parts: tuple[int, ...]
    exact: bool = True

    @property
    def members(self) -> tuple[int, ...]:
        """The total and its parts."""
        return (self.total, *self.parts)


def find_lines(table: pd.DataFrame, *, dims: Sequence[str], count: str, total_label: str) -> tuple[TableSum, ...]:
    """Every sum within a table whose totals are rows labelled ``total_label``.

    Parameters
    ----------
    table : pd.DataFrame
        One row a cell; positions are 0-based.
    dims : Sequence[str]
        The columns that split it.
    count : str
        The count column.

    Examples
    --------
    >>> t = pd.DataFrame({"mode": ["home", "video", "Total"], "n": [12, 20, 32]})
    >>> find_lines(t, dims=["mode"], count="n", total_label="Total")
    (TableSum(total=2, parts=(0, 1), exact=True),)
    """
    keys = [tuple(row) for row in table[list(dims)].astype(str).itertuples(index=False)]
    counts: NDArray[np.float64] = table[count].to_numpy(dtype=float)
    lines: list[TableSum] = []
    for k in range(len(dims)):
        groups: dict[tuple[str, ...], list[int]] = {}
        for i, key in enumerate(keys):
            if key[k] != total_label:
                groups.setdefault((*key[:k], *key[k + 1 :]), []).append(i)
        for i, key in enumerate(keys):
            if key[k] == total_label:
                parts = tuple(groups.get((*key[:k], *key[k + 1 :]), ()))
                if parts:
                    exact = bool(np.isclose(counts[i], counts[list(parts)].sum()))
                    lines.append(TableSum(i, parts, exact))
    return tuple(lines)


def add_totals(table: pd.DataFrame, *, dims: Sequence[str], counts: Sequence[str], total_label: str) -> pd.DataFrame:
    """A new frame with a total row for every combination of dimensions; only counts are added up.

    Examples
    --------
    >>> t = pd.DataFrame({"mode": ["home", "video"], "n": [12, 20]})
    >>> add_totals(t, dims=["mode"], counts=["n"], total_label="Total")["n"].tolist()
    [12, 20, 32]
    """
    pieces = [table]
    for mask in range(1, 2 ** len(dims)):
        kept = [d for k, d in enumerate(dims) if not mask >> k & 1]
        if kept:
            totals = table.groupby(kept, sort=True, observed=True)[list(counts)].sum().reset_index()
        else:
            totals = table[list(counts)].sum().to_frame().T
        pieces.append(totals.assign(**{d: total_label for d in dims if d not in kept}))
    return pd.concat(pieces, ignore_index=True)
