"""The smallest number of people on whom a combination of cells rests: proved from below, or worked out.

Rows that no cell tells apart are one set. The sum over people of their largest weight is at least the number of people
in the set with weight 1. And, however each person is divided over the sets that hold them, it is at least ``m`` for
every ``m`` for which weights ``u``, none above the people of its set, agree with ``m`` times that set over all
combinations (the dual). Such weights are looked for by projecting in turn on the box and on that affine set, for many
sets at once; whatever is found is scaled until it is inside, so that it proves what it says.

How people are divided decides what is proved. Standing for each person one to four of their sets, taken by lot, proves
most with little work, and the next lot proves others. What is left is worked out by linear programmes, and the way in
which the dual of each divides people proves the like of it. Where the smallest sum is hardly more than the threshold (a
cell of just ten people), weights on the box are held there while the others make up the rest. A programme begins with
few of its constraints and takes up those that its answer breaks (cutting planes), so that its answer is a lower bound
from the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from hybrid_toolkit.arrays import Floats

CellRows = NDArray[np.bool_]
RowCodes = NDArray[np.int64]

MOST_PROGRAMMES = 64
"""Linear programmes for one question, beyond which its cells count as not certified: some 0.04 s each, three seconds in
all; a safe question of the shipped data needed 53 at most."""
MOST_CLEARED = 16
"""Sets that a programme and the proofs after it clear, at most on average: 8 to 13 over the shipped data. Where more
are left than the programmes that remain could clear, the answer is known to be that nothing is certified."""
MOST_SETS = 20_000
"""Sets of rows that no cell tells apart, beyond which cells count as not certified: a lot then takes half a second."""
NOT_CERTIFIED = 0.0
"""The answer where neither a proof nor a combination of few people was found."""
_LOTS = (1, 1, 2, 4) * 2
"""Sets that stand for a person in each lot: one proves most, more prove some of the rest; after eight lots a programme
and its dual prove more in the same time."""
_CLOSELY = 8
"""Sets that are tried without a margin after each programme, some 0.006 s each."""
_STEPS = 50
"""Projections by which a proof is looked for, each way."""
_ROUNDS = 10
"""Rounds in which weights beyond the box are put on it and the others make it up; most need two to six."""
_AT_ONCE = 128
"""Sets looked at together, so that what is worked on stays in the processor's cache."""
_MARGIN = 1.05
"""How far beyond enough a proof is first looked for: what has a margin is found in a few steps."""
_SLACK = 1e-6


@dataclass(frozen=True, slots=True)
class RowSets:
    """Sets of rows that no cell tells apart.

    Parameters
    ----------
    held : Floats
        Which cell holds which set, of shape (cells, sets).
    person : RowCodes
        Distinct pairs of person and set: the person.
    at : RowCodes
        Distinct pairs of person and set: the set.
    """

    held: Floats
    person: RowCodes
    at: RowCodes

    @property
    def alone(self) -> Floats:
        """Distinct people in each set."""
        return np.bincount(self.at, minlength=self.held.shape[1]).astype(np.float64)

    def by_lot(self, most: int, lot: np.random.Generator) -> Floats:
        """People in each set, each person divided evenly over at most so many of the sets that hold them, by lot."""
        order = np.lexsort((lot.random(len(self.at)), self.person))
        first = np.flatnonzero(np.r_[True, np.diff(self.person[order]) > 0])
        times = np.diff(np.r_[first, len(order)])
        kept = order[np.arange(len(order)) - np.repeat(first, times) < most]
        drawn = np.minimum(times, most)
        return np.bincount(self.at[kept], weights=np.repeat(1 / drawn, drawn), minlength=self.held.shape[1]).astype(
            np.float64
        )


def least_people(cells: Sequence[CellRows], who: RowCodes, enough: float) -> float:
    """``enough`` where no combination rests on fewer people, else on how few one rests, or ``NOT_CERTIFIED``.

    Parameters
    ----------
    cells : Sequence[CellRows]
        Rows of each cell, each of shape (rows,).
    who : RowCodes
        The person of each row, -1 where nobody is named.
    enough : float
        Where the search stops.

    Returns
    -------
    float
        The people of the first combination that was found to rest on fewer, if any.

    Examples
    --------
    >>> rows = np.arange(20)
    >>> round(least_people([rows < 12, rows < 17, rows < 20], rows, 10), 6)
    3.0
    """
    sets = _row_sets(cells, who)
    if sets is None:
        return enough
    if sets.held.shape[1] > MOST_SETS:
        return NOT_CERTIFIED
    left = np.flatnonzero((sets.alone > 0) & (sets.alone < enough - _SLACK))
    if not len(left):
        return enough
    basis, lot = _row_space(sets.held), np.random.default_rng(0)
    for most in _LOTS:
        left = left[_bounds(basis, sets.by_lot(most, lot), left, enough) < enough - _SLACK]
    programmes = _Programmes(sets, basis)
    while len(left):
        if len(left) > MOST_CLEARED * (MOST_PROGRAMMES - programmes.solved):
            return NOT_CERTIFIED
        least = programmes.least(int(left[0]), enough)
        if least < enough - _SLACK:
            return least
        left = left[1:]
        left = left[_bounds(basis, programmes.divided(), left, enough, closely=_CLOSELY) < enough - _SLACK]
    return enough


def _row_sets(cells: Sequence[CellRows], who: RowCodes) -> RowSets | None:
    table = np.array(cells, dtype=bool).reshape(len(cells), -1)
    seen = table.any(axis=0)
    if not seen.any():
        return None
    packed = np.ascontiguousarray(np.packbits(table[:, seen], axis=0).T)
    rows = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, code = np.unique(rows, return_index=True, return_inverse=True)
    people = who[seen]
    known = people >= 0
    pairs = np.unique(np.column_stack([people[known], code[known]]), axis=0)
    held = table[:, seen][:, first].astype(np.float64)
    return RowSets(held, pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64))


def _row_space(held: Floats) -> Floats:
    """An orthonormal basis of the cells' row space."""
    _, size, right = np.linalg.svd(held, full_matrices=False)
    return np.asarray(right[size > 1e-9 * max(size[0], 1e-12)], dtype=np.float64)


def _bounds(basis: Floats, people: Floats, asked: NDArray[np.intp], enough: float, *, closely: int = 0) -> Floats:
    """For each set asked about, a number of people that is proved to be a lower bound of its smallest sum.

    ``people``: how many stand in each set; weights are looked for in units of them, so that the box is the same for
    all: first with a margin, which is reached in a few steps, then without, for so many sets as ``closely`` says.
    """
    found = np.zeros(len(asked))
    if not len(asked):
        return found
    inside = np.flatnonzero(people > 0)
    left, size, right = np.linalg.svd(basis[:, inside] * people[inside], full_matrices=False)
    kept = size > 1e-9 * size[0]
    left, right = left[:, kept], right[kept]
    wanted = basis[:, asked]
    point = left.T @ wanted
    spanned = np.flatnonzero(np.abs(wanted - left @ point).max(axis=0) < 1e-9)
    point /= size[kept][:, None]
    for part in np.array_split(spanned, -(-len(spanned) // _AT_ONCE)) if len(spanned) else []:
        found[part] = _proved_with_margin(right, point[:, part], enough)
    near = spanned[found[spanned] < enough - _SLACK]
    for k in near[np.argsort(-found[near], kind="stable")][:closely]:
        found[k] = max(found[k], _proved_closely(right, enough * point[:, k], enough))
    return found


def _proved_with_margin(basis: Floats, point: Floats, enough: float) -> Floats:
    """A lower bound of each smallest sum, many sets at once, by projections alone."""
    found = np.zeros(point.shape[1])
    left = np.arange(len(found))
    goal = enough * _MARGIN * (basis.T @ point)
    weights = goal
    for step in range(_STEPS):
        if step % 10 == 1:
            found[left] = np.maximum(found[left], enough * _MARGIN / np.abs(weights).max(axis=0))
            more = found[left] < enough - _SLACK
            left, goal, weights = left[more], goal[:, more], weights[:, more]
            if not len(left):
                break
        inner = np.clip(weights, -1.0, 1.0)
        weights = inner - basis.T @ (basis @ inner) + goal
    return found


def _proved_closely(basis: Floats, point: Floats, enough: float) -> float:
    """A lower bound for one set: between projections, what lies on the box stays there and the others make it up."""
    goal = basis.T @ point
    weights, best = goal, 0.0
    for step in range(1, _STEPS + 1):
        inner = np.clip(weights, -1.0, 1.0)
        for _ in range(_ROUNDS if step % 25 == 0 else 0):
            free = np.abs(inner) < 1.0 - _SLACK
            basis_free = basis[:, free]
            inverse = np.linalg.pinv(basis_free @ basis_free.T, rcond=1e-9, hermitian=True)
            inner[free] += basis_free.T @ (inverse @ (point - basis @ inner))
            if np.abs(basis @ inner - point).max() < 1e-9 * enough:
                best = max(best, enough / np.abs(inner).max())
                if best >= enough - _SLACK:
                    return float(best)
            inner = np.clip(inner, -1.0, 1.0)
        weights = inner - basis.T @ (basis @ inner) + goal
    return float(best)


@dataclass
class _Programmes:
    """The least sum over people of their largest weight, among combinations with a weight of 1 on one set, the most.

    Constraints (a person's bound is at least their weight in a set) are taken up as answers break them and kept for the
    programmes after.
    """

    sets: RowSets
    _basis: Floats
    solved: int = 0
    _times: Floats = field(init=False)
    _pattern: NDArray[np.intp] = field(init=False)
    _at: NDArray[np.intp] = field(init=False)
    _taken: NDArray[np.bool_] = field(init=False)
    _first: NDArray[np.intp] = field(init=False)
    _mass: Floats = field(init=False)

    def __post_init__(self) -> None:
        members, self._times = _patterns(self.sets)
        self._pattern = np.repeat(np.arange(len(members)), [len(m) for m in members])
        self._at = np.concatenate([np.array(m, dtype=np.intp) for m in members])
        self._taken = np.zeros(len(self._at), dtype=bool)
        self._first = np.flatnonzero(np.r_[True, np.diff(self._pattern) > 0])
        self._mass = np.zeros(len(self._at))

    def least(self, target: int, enough: float) -> float:
        """A lower bound of at least ``enough``, or the smallest sum where it is less; 0 where it was not found."""
        self._taken |= self._at == target
        while True:
            found = self._solve(target)
            if found.status == 2:  # no combination has its largest weight here
                return np.inf
            if found.status != 0:
                return NOT_CERTIFIED
            if found.fun >= enough - _SLACK:
                return float(found.fun)
            weights = np.abs(self._basis.T @ found.x[: len(self._basis)])
            over = weights[self._at] - found.x[len(self._basis) :][self._pattern]
            order = np.lexsort((-over, self._pattern))
            worst = order[np.r_[True, np.diff(self._pattern[order]) > 0]]
            broken = worst[(over[worst] > _SLACK / 10) & ~self._taken[worst]]
            if not len(broken):
                return float(found.fun)
            self._taken[broken] = True

    def _solve(self, target: int) -> Any:
        """One programme with the constraints taken up so far: free weights, then one bound a pattern of people."""
        rank, size, taken = len(self._basis), len(self._times), np.flatnonzero(self._taken)
        weights = sparse.csr_array(self._basis[:, self._at[taken]].T)
        own = (np.ones(len(taken)), (np.arange(len(taken)), self._pattern[taken]))
        bound = sparse.csr_array(own, shape=(len(taken), size))
        above = sparse.vstack([sparse.hstack([weights, -bound]), sparse.hstack([-weights, -bound])])
        cost = np.concatenate([np.zeros(rank), self._times])
        equal = np.concatenate([self._basis[:, target], np.zeros(size)])[None, :]
        far = np.sqrt(self.sets.held.shape[1])  # no weight is above 1, so none on the orthonormal basis is above this
        limits = [(-far, far)] * rank + [(0.0, 1.0)] * size
        found = linprog(  # type: ignore[call-overload]  # the stubs know dense matrices only
            cost, A_ub=above, b_ub=np.zeros(above.shape[0]), A_eq=equal, b_eq=[1.0], bounds=limits, method="highs"
        )
        self.solved += 1
        if found.status == 0:
            dual = -found.ineqlin.marginals
            self._mass = np.zeros(len(self._at))
            self._mass[taken] = np.maximum(dual[: len(taken)] + dual[len(taken) :], 0.0)
        return found

    def divided(self) -> Floats:
        """People in each set as the last programme's dual divides them; what it leaves over, in their first set."""
        size = len(self._times)
        used = np.bincount(self._pattern, weights=self._mass, minlength=size)
        mass = self._mass / np.maximum(1.0, used / self._times)[self._pattern]
        mass[self._first] += np.maximum(self._times - used, 0.0)
        return np.bincount(self._at, weights=mass, minlength=self.sets.held.shape[1]).astype(np.float64)


def _patterns(sets: RowSets) -> tuple[list[list[int]], Floats]:
    """Which sets hold a person, for each group of people who are in the same ones, and how many people that is."""
    order = np.lexsort((sets.at, sets.person))
    cuts = np.flatnonzero(np.diff(sets.person[order])) + 1
    found: dict[tuple[int, ...], int] = {}
    for part in np.split(sets.at[order], cuts):
        key = tuple(part.tolist())
        found[key] = found.get(key, 0) + 1
    return [list(k) for k in found], np.array(list(found.values()), dtype=np.float64)
