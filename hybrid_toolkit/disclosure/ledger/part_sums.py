"""Sums of some parts of a view, beside sums of some parts of a view that was shown: whether few people tell them apart.

Two views of a figure are each made of parts that do not overlap, such as groups, and of what everyone has beyond them.
A sum of parts follows from what is shown, so a sum of this view must be the same people as a sum of an earlier one, or
differ from it by enough. Parts that share enough people with the same values must stand in both sums or in neither, or
the sums differ by these people: what is joined so stands together, and only sums of such bundles are looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import networkx as nx
import numpy as np

Marks = Mapping[str, int]
"""Person -> the sum of the hashes of what they bring: the marks of two parts together are the sum of theirs."""
FULL = 1 << 64
"""Marks are counted round from here to nought."""
MOST_BUNDLES = 12
"""Of so many bundles every sum is looked at, 4,096; of more, those of three at the most, and of all but three."""
MOST_OF_MANY = 3


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
    moves = (left != right).any(axis=1)
    left, right = left[moves], right[moves]
    for some in _sums(len(bundles)):
        chosen = [at for column in some for at in bundles[column]]
        mine = {at - len(before) for at in chosen if at >= len(before)}
        if not mine or len(mine) == len(chosen):
            continue
        then, today = left[:, some].sum(axis=1), right[:, some].sum(axis=1)
        differ = then != today
        if not 0 < differ.sum() < threshold:
            continue
        if same or not (differ & (then > 0) & (today > 0)).any():
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


def _sums(bundles: int) -> Iterator[list[int]]:
    """Which bundles stand in a sum, smallest sums first."""
    if bundles <= MOST_BUNDLES:
        sizes: Sequence[int] = range(1, bundles + 1)
    else:
        sizes = [*range(1, MOST_OF_MANY + 1), *range(bundles - MOST_OF_MANY, bundles + 1)]
    return (list(some) for size in sizes for some in combinations(range(bundles), size))


def what_is_left(whole: Marks, parts: Sequence[Marks]) -> dict[str, int]:
    """The marks of everyone less all parts."""
    left = Counter(whole)
    for part in parts:
        left.subtract(part)
    return {who: mark % FULL for who, mark in left.items() if mark % FULL}
