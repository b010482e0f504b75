"""What several groupings of the same people give away together, and which groupings are therefore not offered.

Each grouping is protected by itself. Together they could still tell a few people apart: where a cell of one grouping
lies within a cell of another but for a few, the difference of the two is those few. The groupings are taken in one
fixed order, whatever order they are looked at in, and one is left out whole where

- one of its cells and a cell already shown are nested and differ by fewer people than the threshold, or
- with everything already shown it fixes a total of single people: an atom of fewer people than the threshold (people
  whom no shown cell tells apart) lies in the row space of the cells, which a least-squares projection tells.

The order is fixed so that code in a fresh kernel leaves out the same groupings. Not searched: sums of three cells or
more that leave out several small atoms at once, and groupings split by period.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hybrid_toolkit.widgets.explorer.tally import PeopleCodes, heads

LedgerRows = NDArray[np.bool_]
_MOST_CELLS = 60
MOST_ATOMS = 4000
"""Cells and atoms above which the projection is not worked out; nested cells always are."""


def clashing(
    groupings: Mapping[str, Sequence[LedgerRows]], people: Sequence[PeopleCodes], *, threshold: int
) -> set[str]:
    """Groupings that are not to be shown beside those before them.

    Parameters
    ----------
    groupings : name -> rows of each cell that the grouping would show by itself, in the fixed order.
    people : the people of each row, one entry a kind; the kind with fewest counts.
    threshold : the fewest people.

    Examples
    --------
    Twenty people; one grouping shows the first twelve, another the first fourteen: two would be told apart.

    >>> rows = np.arange(20)
    >>> sorted(clashing({"a": [rows < 12], "b": [rows < 14], "c": [rows >= 14]}, [rows], threshold=6))
    ['b', 'c']
    """
    shown: list[LedgerRows] = []
    out: set[str] = set()
    for name, cells in groupings.items():
        near = any(_too_near(one, other, people, threshold) for one in cells for other in shown)
        if near or _fixes_few([*shown, *cells], people, threshold):
            out.add(name)
        else:
            shown += cells
    return out


def _count(rows: LedgerRows, people: Sequence[PeopleCodes]) -> int:
    return int(heads(people, rows.astype(np.int64), 2)[1])


def _too_near(one: LedgerRows, other: LedgerRows, people: Sequence[PeopleCodes], threshold: int) -> bool:
    """Whether two cells are nested and differ by some people, but few."""
    for inner, outer in ((one, other), (other, one)):
        rest = outer & ~inner
        if rest.any() and not (inner & ~outer).any() and _count(rest, people) < threshold:
            return True
    return False


def _fixes_few(cells: Sequence[LedgerRows], people: Sequence[PeopleCodes], threshold: int) -> bool:
    """Whether the cells and the total of everyone fix the total of an atom of few people."""
    if not cells or len(cells) > _MOST_CELLS:
        return False
    held = np.array(cells)
    code = (held.astype(np.int64) << np.arange(len(held), dtype=np.int64)[:, None]).sum(axis=0)
    found, at = np.unique(code, return_inverse=True)
    if len(found) > MOST_ATOMS:
        return False
    least = heads(people, at.astype(np.int64), len(found))
    atoms = (found[None, :] >> np.arange(len(held), dtype=np.int64)[:, None]) & 1
    matrix = np.vstack([np.ones(len(found)), atoms.astype(float)])
    small = np.linalg.eigh(matrix @ matrix.T)
    kept = small.eigenvalues > 1e-9 * small.eigenvalues[-1]
    space = (small.eigenvectors[:, kept] / np.sqrt(small.eigenvalues[kept])).T @ matrix
    told = (space**2).sum(axis=0) > 1 - 1e-7
    return bool((told & (least < threshold)).any())
