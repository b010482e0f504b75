"""What a reader works out who knows who belongs where: linear programmes, apart from the code under test."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Rows = NDArray[np.bool_]
Floats = NDArray[np.float64]
FEW = 10
NARROW = 0.1
"""Share of the range of values to which a mean must be narrowed before it counts as known."""
MOST_TARGETS = 12


def people_fixed(
    cells: Sequence[Rows],
    values: Floats,
    people: NDArray[np.int64],
    *,
    low: float,
    high: float,
    slack: float = 0.0,
    sought: Sequence[Rows] = (),
) -> int:
    """How many sets of 1 to 9 people have a mean that the shown totals narrow to a tenth of the range of values.

    Parameters
    ----------
    cells : rows of each shown cell; the reader knows the total of its values, exactly but for ``slack``.
    values : the true values, of shape (rows,). people : who each row is of.
    low, high : the range in which the reader knows every value to lie.
    slack : by how much each shown mean may be off.
    sought : rows of a few people whom the reader has in mind, whatever cells they stand in.

    Examples
    --------
    >>> rows = np.arange(20)
    >>> y = np.linspace(0, 1, 20)
    >>> people_fixed([rows < 20, rows < 17], y, rows, low=0, high=1), people_fixed([rows < 20, rows < 9], y, rows,
    ...              low=0, high=1)
    (1, 0)
    """
    if not cells:
        return 0
    held = np.array(cells, dtype=float)
    _, first, atom = np.unique(held.T, axis=0, return_index=True, return_inverse=True)
    atom = atom.ravel()
    size = np.bincount(atom).astype(float)
    table, totals = held[:, first], held @ values
    heads = [set(people[atom == a].tolist()) for a in range(len(size))]
    targets = [(a,) for a in range(len(size)) if len(heads[a]) < FEW]
    targets += [
        (a, b) for a in range(len(size)) for b in range(a + 1, len(size)) if len(heads[a] | heads[b]) < FEW and a != b
    ]
    inside = table.any(axis=0)
    targets = [t for t in targets if all(inside[a] for a in t)]
    if len(targets) > MOST_TARGETS:
        targets = [targets[i] for i in np.linspace(0, len(targets) - 1, MOST_TARGETS).astype(int)]
    for rows in sought:
        whole = tuple(a for a in range(len(size)) if rows[atom == a].all())
        if whole and sum(size[list(whole)]) == rows.sum() and inside[list(whole)].all():
            targets.append(whole)
    blur = slack * held.sum(axis=1)
    found = 0
    for target in targets:
        cost = np.zeros(len(size))
        cost[list(target)] = 1.0
        ends = []
        for sign in (1.0, -1.0):
            solved = linprog(
                sign * cost,
                A_ub=np.vstack([table, -table]),
                b_ub=np.concatenate([totals + blur + 1e-9, -totals + blur + 1e-9]),
                bounds=np.column_stack([low * size, high * size]),
                method="highs",
            )
            ends.append(sign * solved.fun if solved.status == 0 else np.nan)
        width = (ends[1] - ends[0]) / size[list(target)].sum()
        found += bool(width <= NARROW * (high - low))
    return found


def few_in_or_out(cells: Sequence[Rows], yes: Rows) -> int:
    """Cells, and differences of nested cells, in which 1 to 9 are in or out of a share that follows."""
    found = 0
    for i, outer in enumerate(cells):
        for j, inner in enumerate(cells):
            rest = outer & ~inner if i != j else outer
            if (i != j and (inner & ~outer).any()) or not rest.any():
                continue
            inside, outside = int((rest & yes).sum()), int((rest & ~yes).sum())
            found += bool(0 <= min(inside, outside) < FEW)
    return found
