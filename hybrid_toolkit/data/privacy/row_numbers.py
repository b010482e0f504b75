"""Columns that number the rows of their own table, as lists of a team site do, and are nobody's key elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from hybrid_toolkit.data.privacy.pseudonym import loose_key

_TABLES = 2
"""As many tables must be numbered under one header: a single one may be a list of staff with numbers from 1."""
_MET = 0.5
"""Share of another column's keys that lie among the numbers, from which it may speak of them; assumed: half."""


def row_numbers(keys: Mapping[tuple[str, str], pd.Series]) -> set[tuple[str, str]]:
    """The columns that count 1, 2, 3 to their last row, under a header that counts so in another table too.

    Where another column of keys holds such numbers, they may be people's after all, and none is given.

    Parameters
    ----------
    keys : Mapping[tuple[str, str], pd.Series]
        (table, header) -> cells of each column of keys.

    Returns
    -------
    set[tuple[str, str]]
        Table and header.

    Examples
    --------
    >>> count, staff = pd.Series(["1", "2", "3"]), pd.Series(["70", "81", "70"])
    >>> sorted(row_numbers({("a", "ID"): count, ("b", "ID"): count, ("b", "Staff"): staff}))
    [('a', 'ID'), ('b', 'ID')]
    >>> row_numbers({("a", "ID"): count, ("b", "ID"): count, ("b", "Staff"): count.iloc[[0, 1, 0]]})
    set()
    >>> row_numbers({("a", "ID"): count, ("b", "Staff"): staff})
    set()
    """
    counted = {
        place for place, cells in keys.items() if list(map(str, cells)) == [str(i + 1) for i in range(len(cells))]
    }
    headers = [header for _, header in counted]
    found = {place for place in counted if headers.count(place[1]) >= _TABLES}
    numbers = {loose_key(str(i + 1)) for i in range(max((len(keys[p]) for p in found), default=0))}
    for place in set(keys) - found:
        other = {loose_key(str(v)) for v in keys[place].dropna().unique()}
        if other and len(other & numbers) >= _MET * len(other):
            return set()
    return found
