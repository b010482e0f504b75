"""On how few people any combination of shown cells rests: nested cells, complements, unions, sums of many.

A reader who knows who belongs where may add and subtract what is shown. With the totals of cells known, every total
with weights ``w = C'l`` over single rows is known too, whatever the weights ``l`` on the cells; scale it so that its
largest weight is 1. It rests on ``sum over people of their largest |w|``: 3 where the combination leaves three people
alone, and somewhat more than 3 where it leaves three people and little of many others. That sum is the dual of the
reader's own linear programme for a total of few people whose values are only known to lie in a range, so that where it
reaches the threshold for every combination, nobody's value follows more closely than from a cell of that many people.

How the smallest sum is bounded from below, or worked out, is in ``least_people``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hybrid_toolkit.disclosure.least_people import CellRows, RowCodes, least_people

RowPeople = RowCodes | tuple[RowCodes, RowCodes]
"""A code a row, or positions of rows and codes of people, two arrays of one length, where several share a row."""
_SLACK = 1e-6


def fewest_people(
    cells: Sequence[CellRows], people: Sequence[RowPeople], *, enough: float, yes: CellRows | None = None
) -> float:
    """Whether some combination of the cells' totals rests on fewer people than ``enough``, and on how few.

    Parameters
    ----------
    cells : Sequence[CellRows]
        Rows of each cell whose total (or mean and size) is shown, each of shape (rows,).
    people : Sequence[RowPeople]
        The people of each row, one entry a kind: a code a row, -1 where nobody is named, or positions of rows and codes
        of people where several share a row. The kind with fewest counts; without any, each row is its own person.
    enough : float
        The search stops where it is certain that no combination rests on fewer.
    yes : CellRows | None, optional
        Which rows are a yes, where each value is a yes or a no; who is in and who is out of the share of any
        combination is then held to the same number.

    Returns
    -------
    float
        ``enough`` where no combination rests on fewer; else the people of the first such combination that was found, in
        units of one person whose value counts in full (others may rest on fewer still), or 0 where nothing was
        certified.

    Examples
    --------
    Twenty people; the first twelve, the first seventeen and everyone: what is left over are three people.

    >>> rows = np.arange(20)
    >>> round(fewest_people([rows < 12, rows < 17, rows < 20], [rows], enough=10), 6)
    3.0
    >>> fewest_people([rows < 10, rows < 20], [rows], enough=10)
    10.0
    """
    kinds = list(people) or [np.arange(len(cells[0]) if len(cells) else 0, dtype=np.int64)]
    sides = [cells] if yes is None else [cells, [c & yes for c in cells], [c & ~yes for c in cells]]
    for kind in kinds:
        for side in sides:
            least = least_people(*_paired(side, kind), enough)
            if least < enough - _SLACK:
                return float(least)
    return float(enough)


def fewest_behind(
    cells: Sequence[CellRows],
    kinds: Mapping[str, tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]]],
    *,
    enough: float,
    yes: CellRows | None = None,
) -> float:
    """As ``fewest_people``, where several people may share a unit.

    Parameters
    ----------
    kinds : Mapping[str, tuple[NDArray[np.integer[Any]], NDArray[np.integer[Any]]]]
        Kind of person -> positions of units and codes of people, two arrays of one length; without any kind, each unit
        is its own person.

    Examples
    --------
    >>> units = np.arange(12)
    >>> fewest_behind([units < 6, units < 12], {"worker": (np.repeat(units, 2), np.arange(24))}, enough=10)
    10.0
    """
    if not len(cells):
        return float(enough)
    whole = np.arange(len(cells[0]))
    pairs = list(kinds.values()) or [(whole, whole)]
    people = [(unit.astype(np.int64), who.astype(np.int64)) for unit, who in pairs]
    return fewest_people(cells, people, enough=enough, yes=yes)


def keep_apart(
    held: Mapping[str, Sequence[CellRows]],
    people: Sequence[RowPeople],
    *,
    threshold: int,
    first: Sequence[CellRows] = (),
    yes: CellRows | None = None,
) -> set[str]:
    """Names whose cells cannot be shown beside those before them, in the order given.

    Parameters
    ----------
    held : Mapping[str, Sequence[CellRows]]
        Name -> rows of each cell that it would show.
    people : Sequence[RowPeople]
        As ``fewest_people``.
    threshold : int
        The fewest people.
    first : Sequence[CellRows], optional
        Cells that are shown in any case.
    yes : CellRows | None, optional
        As ``fewest_people``.

    Examples
    --------
    >>> rows = np.arange(40)
    >>> sorted(keep_apart({"a": [rows < 20], "b": [rows < 23], "c": [rows < 10]}, [rows], threshold=10))
    ['b']
    """
    shown, out = list(first), set()
    for name, cells in held.items():
        if cells and fewest_people([*shown, *cells], people, enough=threshold, yes=yes) < threshold - _SLACK:
            out.add(name)
        else:
            shown += cells
    return out


def _paired(cells: Sequence[CellRows], people: RowPeople) -> tuple[Sequence[CellRows], RowCodes]:
    """Cells over people of rows: a row that several share stands once for each of them."""
    if not isinstance(people, tuple):
        return cells, people
    row, who = people
    return [c[row] for c in cells], who
