"""Sums of some parts of a view, beside sums of some parts of a view that was shown: whether few people tell them apart.

Two views of a figure are each made of parts that do not overlap, such as groups, and of what everyone has beyond them.
A sum of parts follows from what is shown, so a sum of this view must be the same people as a sum of an earlier one, or
differ from it by enough. Parts that share enough people with the same values must stand in both sums or in neither, or
the sums differ by these people: what is joined so stands together, and only sums of such bundles are looked at.

Views of several kinds and versions can be parts of one sum too: the quarter of today and the month of yesterday beside
the whole of yesterday. So all that was shown of a figure is held together as the cells of one sitting are, over what
each person brings: each such thing is a row, and one that was corrected is two. What somebody brings twice to a cell
(two equal visits on a day) cannot be told apart, and is left to the sums of two views.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from hybrid_toolkit.disclosure.sitting import fewest_people

Marks = Mapping[str, int]
"""Person -> the sum of the hashes of what they bring: the marks of two parts together are the sum of theirs."""
Pieces = Mapping[str, Sequence[str]]
"""Person -> the mark of each piece that they bring to a cell."""
MOST_CELLS_TOGETHER = 160
"""Cells that are held together; of more, sums of parts of two views are looked at."""
_SLACK = 1e-6
Differences = NDArray[np.uint64]
FULL = 1 << 64
"""Marks are counted round from here to nought."""
MOST_BUNDLES = 12
"""Of so many bundles every sum is looked at, 4,096; of more, those of three at the most, and of all but three."""
MOST_OF_MANY = 3
_AT_ONCE = 512
"""People whose sums are worked out together: 4,096 sums of them are 16 MB."""


def few_in_sums(before: Sequence[Marks], now: Sequence[Marks], *, threshold: int, same: bool) -> set[int]:
    """Parts of a view in a sum that differs by some people, but few, from a sum of parts of an earlier view.

    Parameters
    ----------
    before : Sequence[Mapping[str, int]]
        The marks of each part of the earlier view.
    now : Sequence[Mapping[str, int]]
        The marks of each part of the view that would be shown.
    threshold : int
        The fewest people.
    same : bool
        Whether both are of one figure. Of two figures, sums count where all who stand in both bring the same to both.

    Returns
    -------
    set[int]
        Positions in ``now``; empty where every sum is the same as one before, or far from it.

    Examples
    --------
    Two groups were shown; both together, less one person, are one of the groups of today:

    >>> def marks(*people):
    ...     return {f"w{i}": i + 1 for i in people}
    >>> before = [marks(*range(20)), marks(*range(20, 40))]
    >>> sorted(few_in_sums(before, [marks(*range(39)), marks(*range(40, 60))], threshold=10, same=True))
    [0]
    >>> few_in_sums(before, [marks(*range(40)), marks(*range(40, 60))], threshold=10, same=True)
    set()
    """
    bundles = _bundles(before, now, threshold)
    people = sorted({who for part in (*before, *now) for who in part})
    place = {who: i for i, who in enumerate(people)}
    left, right = (np.zeros((len(people), len(bundles)), dtype=np.uint64) for _ in range(2))
    for column, bundle in enumerate(bundles):
        for at in bundle:
            side, part = (left, before[at]) if at < len(before) else (right, now[at - len(before)])
            rows = np.array([place[who] for who in part], dtype=np.intp)
            side[rows, column] += np.array(list(part.values()), dtype=np.uint64)
    for some in _near(left - right, threshold):
        chosen = [at for column in some for at in bundles[column]]
        mine = {at - len(before) for at in chosen if at >= len(before)}
        if not mine or len(mine) == len(chosen):
            continue
        then, today = left[:, some].sum(axis=1), right[:, some].sum(axis=1)
        if same or not ((then != today) & (then > 0) & (today > 0)).any():
            return mine
    return set()


def _bundles(before: Sequence[Marks], now: Sequence[Marks], threshold: int) -> list[list[int]]:
    """Positions of parts, those of today after those before, that stand in a sum together or not at all."""
    of: dict[tuple[str, int], list[int]] = {}
    for at, part in enumerate(before):
        for pair in part.items():
            of.setdefault(pair, []).append(at)
    joined: nx.Graph[int] = nx.Graph()
    joined.add_nodes_from(range(len(before) + len(now)))
    for at, part in enumerate(now, start=len(before)):
        shared = Counter(other for pair in part.items() for other in of.get(pair, ()))
        joined.add_edges_from((other, at) for other, n in shared.items() if n >= threshold)
    return [sorted(bundle) for bundle in nx.connected_components(joined)]


def _near(apart: Differences, threshold: int) -> Iterator[list[int]]:
    """Which bundles stand in a sum that some people tell apart, but few; smallest sums first.

    ``apart`` is what the bundles' sums differ by, of shape (people, bundles), counted round.
    """
    apart = apart[apart.any(axis=1)]
    n = apart.shape[1]
    if n <= MOST_BUNDLES:
        count = np.zeros(1 << n, dtype=np.int64)
        for rows in np.array_split(apart, -(-len(apart) // _AT_ONCE)) if len(apart) else []:
            sums = np.zeros((len(rows), 1), dtype=np.uint64)
            for column in rows.T:  # every sum without the bundle, then every sum with it
                sums = np.hstack([sums, sums + column[:, None]])
            count += (sums != 0).sum(axis=0)
        found = [[i for i in range(n) if k >> i & 1] for k in np.flatnonzero((count > 0) & (count < threshold))]
        yield from sorted(found, key=len)
        return
    every, everyone = frozenset(range(n)), apart.sum(axis=1)
    for size in range(MOST_OF_MANY + 1):
        for some in _of_size(apart, size, threshold, np.zeros_like(everyone)):
            yield some
    for size in range(MOST_OF_MANY, -1, -1):
        for some in _of_size(-apart, size, threshold, everyone):
            yield sorted(every - set(some))


def _of_size(apart: Differences, size: int, threshold: int, start: NDArray[np.uint64]) -> Iterator[list[int]]:
    """So many bundles that take a sum from where it starts to one that some people tell apart, but few."""
    if not size:
        if 0 < np.count_nonzero(start) < threshold:
            yield []
        return
    for some in combinations(range(apart.shape[1]), size - 1):
        first = some[-1] + 1 if some else 0
        sums = (start + apart[:, list(some)].sum(axis=1))[:, None] + apart[:, first:]
        count = np.count_nonzero(sums, axis=0)
        yield from ([*some, first + int(k)] for k in np.flatnonzero((count > 0) & (count < threshold)))


def what_is_left(whole: Marks, parts: Sequence[Marks]) -> dict[str, int]:
    """The marks of everyone less all parts."""
    left = Counter(whole)
    for part in parts:
        left.subtract(part)
    return {who: mark % FULL for who, mark in left.items() if mark % FULL}


def few_in_all(before: Sequence[Pieces], now: Sequence[Pieces], *, threshold: int) -> bool:
    """Whether some combination of cells that were shown and cells of now rests on few people.

    Parameters
    ----------
    before : Sequence[Pieces]
        Cells that were shown, in which none of themselves tell of few.
    now : Sequence[Pieces]
        Cells that would be shown.
    threshold : int
        The fewest people.

    Returns
    -------
    bool
        True too where neither could be proved; False where there are more cells than are held together.

    Examples
    --------
    Thirty people over two months; the whole and the second month were shown. Of the first month two are missing today:

    >>> def cell(people, months):
    ...     return {f"w{p}": [f"{p} {m}" for m in months] for p in people}
    >>> before = [cell(range(30), "ab"), cell(range(30), "b")]
    >>> few_in_all(before, [cell(range(2, 30), "a")], threshold=10), few_in_all(before, [cell(range(30), "a")],
    ...            threshold=10)
    (True, False)
    """
    cells = list({tuple(sorted((who, *marks) for who, marks in c.items())): c for c in (*before, *now)}.values())
    if not before or not now or len(cells) > MOST_CELLS_TOGETHER:
        return False
    times = [Counter((who, mark) for who, marks in c.items() for mark in marks) for c in cells]
    twice = {row for count in times for row, n in count.items() if n > 1}
    rows = {row: i for i, row in enumerate(sorted(set().union(*times) - twice))}
    people = {who: i for i, who in enumerate(dict.fromkeys(who for who, _ in rows))}
    held = np.zeros((len(cells), len(rows)), dtype=bool)
    for i, count in enumerate(times):
        held[i, [rows[row] for row in count if row in rows]] = True
    who_of = np.array([people[who] for who, _ in rows], dtype=np.int64)
    return fewest_people(list(held), [who_of], enough=threshold) < threshold - _SLACK
