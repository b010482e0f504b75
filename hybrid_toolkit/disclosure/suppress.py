"""Which cells to hide: those that are small, and those that would give a small one away.

A hidden cell in a table with totals can follow by subtraction. So in every sum that hides anything, at least two
members are hidden and the hidden parts of a shown total together reach the threshold; then the ranges that a reader
could work out are computed, and further cells are hidden until every hidden small count is covered by a range of the
policy's width.

What overlapping groups or several releases give away together is held elsewhere: cells of one table in
``combined_cells``, by the people behind a combination (``sitting``); a folder's releases in ``release_ledger``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hybrid_toolkit.disclosure.attack import feasible_ranges
from hybrid_toolkit.disclosure.table_sums import TableSum
from hybrid_toolkit.errors import DisclosureError, plural

CellMask = NDArray[np.bool_]
"""Yes or no for each cell of a table."""


def small_cells(counts: NDArray[np.float64], *, threshold: int, zero_cells: str) -> CellMask:
    """Rows whose count is below the threshold.

    Examples
    --------
    >>> small_cells(np.array([0.0, 4.0, 10.0]), threshold=10, zero_cells="suppress").tolist()
    [True, True, False]
    >>> small_cells(np.array([0.0, 4.0, 10.0]), threshold=10, zero_cells="show").tolist()
    [False, True, False]
    """
    small: CellMask = np.isnan(counts) | (counts < threshold)
    return small if zero_cells == "suppress" else small & (counts != 0)


def complementary(
    counts: NDArray[np.float64],
    primary: CellMask,
    lines: Sequence[TableSum],
    *,
    threshold: int,
    width: int,
    lower: float = 0.0,
    protected: CellMask | None = None,
) -> CellMask:
    """Every row to hide so that no primary row follows from the sums of the table.

    Parameters
    ----------
    counts : NDArray[np.float64]
        True counts, shape (rows,), no missing.
    primary : CellMask
        Rows that are small.
    lines : Sequence[TableSum]
        The sums of the table.
    threshold : int
        Least total of the hidden parts of a shown total.
    width : int
        Least width of the range of a hidden primary row.
    lower : float, default 0.0
        The least that a hidden count can be (1 where noughts are shown).
    protected : CellMask | None, optional
        Rows that cannot help because their value is known anyway (shown noughts).

    Returns
    -------
    CellMask
        Mask of shape (rows,): the primary rows and those added.

    Raises
    ------
    DisclosureError
        The table cannot be protected by hiding more of it.

    Examples
    --------
    One small part beside two larger ones and their total: the next smallest is hidden with it.

    >>> c = np.array([3.0, 14.0, 40.0, 57.0])
    >>> complementary(c, c < 10, [TableSum(3, (0, 1, 2))], threshold=10, width=10).tolist()
    [True, True, False, False]
    """
    hidden = primary.copy()
    fixed = np.zeros_like(primary) if protected is None else protected
    totals = {line.total for line in lines}
    of_row: dict[int, list[TableSum]] = {}
    for line in lines:
        for i in line.members:
            of_row.setdefault(i, []).append(line)
    need = np.where(primary, float(width), 1.0)
    while True:
        _balance(counts, hidden, lines, of_row, totals, fixed, threshold)
        ranges = feasible_ranges(counts, hidden, lines, lower=lower, enough=need)
        weak = np.flatnonzero(hidden & (ranges[:, 1] - ranges[:, 0] < need - 1e-6))
        if weak.size == 0:
            return hidden
        near = _best(counts, hidden, _reach(int(weak[0]), of_row), of_row, totals, fixed)
        row = near if near is not None else _best(counts, hidden, sorted(of_row), of_row, totals, fixed)
        if row is None:
            raise DisclosureError(
                f"{plural(weak.size, 'hidden cell')} of this table would follow from its totals; nothing more can be "
                "hidden.",
                fix="Merge small groups, drop a dimension, or release the table without totals.",
                code="TABLE-UNPROTECTED",
            )
        hidden[row] = True


def _balance(
    counts: NDArray[np.float64],
    hidden: CellMask,
    lines: Sequence[TableSum],
    of_row: dict[int, list[TableSum]],
    totals: set[int],
    fixed: CellMask,
    threshold: int,
) -> None:
    """Hide further rows, in ``hidden`` itself, until every sum hides nothing or enough."""
    changed = True
    while changed:
        changed = False
        for line in lines:
            if _enough(counts, hidden, line, threshold):
                continue
            row = _best(counts, hidden, line.members, of_row, totals, fixed)
            if row is not None:
                hidden[row] = True
                changed = True


def _enough(counts: NDArray[np.float64], hidden: CellMask, line: TableSum, threshold: int) -> bool:
    out = [i for i in line.members if hidden[i]]
    if not out:
        return True
    beside = float(counts[line.total] - counts[list(line.parts)].sum())
    if not line.exact and beside > 0 and not hidden[line.total]:  # what stands in no part hides beside those that are
        return beside + float(counts[out].sum()) >= threshold
    if len(out) < 2:
        return False
    return bool(hidden[line.total]) or float(counts[out].sum()) >= threshold


def _reach(row: int, of_row: dict[int, list[TableSum]]) -> tuple[int, ...]:
    """Rows that share a sum with this one, or with one that does."""
    near = {i for line in of_row.get(row, ()) for i in line.members}
    return tuple(sorted({i for j in near for line in of_row.get(j, ()) for i in line.members} | near))


def _best(
    counts: NDArray[np.float64],
    hidden: CellMask,
    rows: Sequence[int],
    of_row: dict[int, list[TableSum]],
    totals: set[int],
    fixed: CellMask,
) -> int | None:
    """The row whose hiding costs least: a part before a total, one that helps another sum, the smallest count."""
    able = [i for i in rows if not hidden[i] and not fixed[i]]
    if not able:
        return None

    def cost(i: int) -> tuple[bool, int, float, int]:
        helps = sum(1 for line in of_row[i] if sum(bool(hidden[j]) for j in line.members) == 1)
        return i in totals, -helps, float(counts[i]), i

    return min(able, key=cost)
