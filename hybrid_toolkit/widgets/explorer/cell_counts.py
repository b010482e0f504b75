"""Counting units and people in cells, quickly: columns as whole numbers, cells as products of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Floats

Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of words as whole numbers: ``names[code[i]]`` is the word of row i; -1 where there is none.

    Examples
    --------
    >>> c = Coded.of(pd.Series(["b", "a", None, "b"], dtype="str"))
    >>> c.code.tolist(), c.names
    ([1, 0, -1, 1], ['a', 'b'])
    """

    code: Whole
    names: list[str]

    @classmethod
    def of(cls, values: pd.Series[str]) -> Coded:
        """The column as numbers, names in alphabetical order."""
        code, names = pd.factorize(values, sort=True)
        return cls(code.astype(np.int64), [str(n) for n in names])


@dataclass(frozen=True, slots=True)
class SharedPeople:
    """The people of every row, of one kind; several may share a row, and a row may name nobody.

    Parameters
    ----------
    row : Whole
        The row, one entry a person of a row.
    who : Whole
        The code of that person.

    Examples
    --------
    >>> both = SharedPeople(np.array([0, 0, 2]), np.array([5, 6, 5]))
    >>> both[np.array([True, False, True])].row.tolist(), both.cells(np.array([0, 0, 1]), 2).tolist()
    ([0, 0, 1], [2.0, 1.0])
    """

    row: Whole
    who: Whole

    def __getitem__(self, kept: NDArray[np.bool_]) -> SharedPeople:
        """The people of some of the rows, which are numbered anew."""
        inside, place = kept[self.row], np.cumsum(kept, dtype=np.int64) - 1
        return SharedPeople(place[self.row[inside]], self.who[inside])

    def cells(self, at: Whole, size: int) -> Floats:
        """How many different people stand in each of ``size`` cells, with the cell of every row."""
        return distinct(at[self.row], self.who, size)


PeopleCodes = Whole | SharedPeople
"""The people of every row, of one kind: a code a row (-1 for nobody), or ``SharedPeople`` where several share one."""


def heads(people: Sequence[PeopleCodes], at: Whole, size: int) -> Floats:
    """How many different people stand in each cell, of several kinds the fewest; rows where there is no kind.

    Examples
    --------
    >>> heads([np.array([0, 0, 1]), np.array([0, 1, 2])], np.array([0, 0, 1]), 2).tolist()
    [1.0, 1.0]
    """
    kinds = list(people) or [np.arange(len(at), dtype=np.int64)]
    found = [k.cells(at, size) if isinstance(k, SharedPeople) else distinct(at, k, size) for k in kinds]
    least: Floats = np.min(found, axis=0)
    return least


def tally(
    columns: Sequence[Coded], people: Sequence[PeopleCodes], value: Floats
) -> tuple[list[list[str]], dict[str, Floats]]:
    """Units, people and the mean value of every cell that holds a unit.

    Parameters
    ----------
    columns : Sequence[Coded]
        What makes the cells, one code a row each; rows with a -1 are left out. None: one cell for all.
    people : Sequence[PeopleCodes]
        The people of each row, one entry a kind; the kind with fewest counts.
    value : Floats
        One number a row.

    Returns
    -------
    tuple[list[list[str]], dict[str, Floats]]
        The names of each cell, one list a column, and ``n``, ``people``, ``share`` of each cell.

    Examples
    --------
    >>> c = Coded.of(pd.Series(["x", "x", "y"], dtype="str"))
    >>> names, got = tally([c], [np.array([0, 0, 1])], np.array([0.0, 1.0, 1.0]))
    >>> names, {k: v.tolist() for k, v in got.items()}
    ([['x', 'y']], {'n': [2.0, 1.0], 'people': [1.0, 1.0], 'share': [0.5, 1.0]})
    """
    cell: Whole = np.zeros(len(value), dtype=np.int64)
    whole = np.ones(len(value), dtype=bool)
    for column in columns:
        cell = cell * len(column.names) + column.code
        whole &= column.code >= 0
    found, at = np.unique(cell[whole], return_inverse=True)
    n = np.bincount(at, minlength=len(found)).astype(np.float64)
    share = np.bincount(at, weights=value[whole], minlength=len(found)) / n
    least = heads([kind[whole] for kind in people], at.astype(np.int64), len(found))
    names: list[list[str]] = []
    for column in reversed(columns):
        found, code = np.divmod(found, len(column.names))
        names.insert(0, [column.names[i] for i in code])
    return names, {"n": n, "people": least, "share": share}


def distinct(at: Whole, who: Whole, cells: int) -> Floats:
    """How many different people stand in each cell; a row without a person adds none.

    Examples
    --------
    >>> distinct(np.array([0, 0, 1]), np.array([5, 5, -1]), 2).tolist()
    [1.0, 0.0]
    """
    known = who >= 0
    most = int(who.max(initial=0)) + 1
    pairs = np.unique(at[known] * most + who[known])
    return np.bincount(pairs // most, minlength=cells).astype(np.float64)


def join_bins(group: Whole, bins: Whole, people: Sequence[PeopleCodes], size: int, threshold: int) -> list[list[int]]:
    """Neighbouring bins joined until each holds at least the threshold of people in every group.

    Parameters
    ----------
    group : Whole
        Code of each row's group.
    bins : Whole
        Code of each row's bin.
    people : Sequence[PeopleCodes]
        The people of each row, one entry a kind; without any, each row is its own.
    size : int
        Number of bins.

    Examples
    --------
    >>> rows = np.arange(8)
    >>> join_bins(rows * 0, np.array([0, 1, 1, 1, 2, 2, 3, 3]), [rows], 4, 2)
    [[0, 1], [2], [3]]
    """
    groups = int(group.max(initial=0)) + 1
    parts = [[i] for i in range(size)]
    while len(parts) > 1:
        number = np.empty(size, dtype=np.int64)
        for new, part in enumerate(parts):
            number[part] = new
        cell = number[bins] * groups + group
        least = heads(people, cell, len(parts) * groups).reshape(len(parts), groups).min(axis=1)
        if least.min() >= threshold:
            break
        k = int(least.argmin())
        other = min((j for j in (k - 1, k + 1) if 0 <= j < len(parts)), key=lambda j: least[j])
        first = min(k, other)
        parts[first : first + 2] = [parts[first] + parts[first + 1]]
    return parts
