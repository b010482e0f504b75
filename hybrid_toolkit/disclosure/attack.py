"""What a reader could work out: the range in which each hidden count must lie, given everything shown.

The attacker knows every shown count exactly (before rounding, which only widens the ranges), every sum of the
table, and that counts are not negative. Bounds by linear programming, as in Fischetti and Salazar (2001),
"Solving the cell suppression problem on tabular data with linear constraints", Management Science 47(7).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from hybrid_toolkit.disclosure.table_sums import TableSum

_UNBOUNDED = 3
"""Status of ``scipy.optimize.linprog`` where nothing limits what is sought."""


def feasible_ranges(
    counts: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    lines: Sequence[TableSum],
    *,
    lower: float = 0.0,
    enough: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Lowest and highest value of each hidden count that agree with everything shown.

    Parameters
    ----------
    counts : NDArray[np.float64]
        True counts, shape (rows,).
    hidden : NDArray[np.bool]
        Which rows are hidden, shape (rows,).
    lines : Sequence[TableSum]
        The sums of the table; only exact ones bind.
    lower : float, default 0.0
        The least that a hidden count can be.
    enough : NDArray[np.float64] | None, optional
        Width per row at which the search for that row may stop; None searches all to the end.

    Returns
    -------
    NDArray[np.float64]
        Array of shape (rows, 2); shown rows hold their own count twice. An open end is ``inf``.

    Examples
    --------
    Two hidden parts of a shown total of 20, beside a part of 12: each can be anything from 0 to 8.

    >>> c, h = np.array([3.0, 5.0, 12.0, 20.0]), np.array([True, True, False, False])
    >>> feasible_ranges(c, h, [TableSum(3, (0, 1, 2))])[:2].tolist()
    [[0.0, 8.0], [0.0, 8.0]]
    """
    ranges = np.column_stack([counts, counts]).astype(float)
    where = np.flatnonzero(hidden)
    if where.size == 0:
        return ranges
    column = {int(row): j for j, row in enumerate(where)}
    coefficients, right = _equations(counts, hidden, lines, column)
    seen_low = counts[where].astype(np.float64)
    seen_high = seen_low.copy()
    bound_by = set(np.flatnonzero(np.abs(coefficients).sum(axis=0)).tolist())
    for j, row in enumerate(where):
        if j not in bound_by:
            ranges[row] = (lower, np.inf)
            continue
        for sign in (1.0, -1.0):
            if enough is not None and seen_high[j] - seen_low[j] >= enough[row]:
                break
            cost = np.zeros(where.size)
            cost[j] = sign
            found = linprog(cost, A_eq=coefficients, b_eq=right, bounds=(lower, None), method="highs")
            if found.status == _UNBOUNDED:  # unbounded: nothing shown limits it from above
                seen_high[j] = np.inf
            elif found.status == 0 and found.x is not None:
                seen_low = np.minimum(seen_low, found.x)
                seen_high = np.maximum(seen_high, found.x)
        ranges[row] = (seen_low[j], seen_high[j])
    return ranges


def _equations(
    counts: NDArray[np.float64], hidden: NDArray[np.bool_], lines: Sequence[TableSum], column: dict[int, int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    left: list[NDArray[np.float64]] = []
    right: list[float] = []
    for line in lines:
        if not line.exact or not any(hidden[i] for i in line.members):
            continue
        known = 0.0
        equation = np.zeros(len(column))
        for i, sign in [(line.total, -1.0), *((p, 1.0) for p in line.parts)]:
            if hidden[i]:
                equation[column[i]] = sign
            else:
                known += sign * counts[i]
        left.append(equation)
        right.append(-known)
    return np.array(left).reshape(len(left), len(column)), np.array(right)
