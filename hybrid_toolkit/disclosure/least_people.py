"""The smallest number of people on whom a combination of cells rests: proved from below, or worked out.

Rows that no cell tells apart are one set. The sum over people of their largest weight is at least the number of people
in the set with weight 1. And, however each person is divided over the sets that hold them, it is at least ``m`` for
every ``m`` for which weights ``u``, none above the people of its set, agree with ``m`` times that set over all
combinations (the dual). Such weights are looked for between the box and that affine set, by reflection in both
(Douglas and Rachford), for many sets at once; whatever is found is scaled until it is inside, so that it proves what it
says. Where the smallest sum is hardly more than the threshold (a cell of just ten people), weights on the box are held
there while the others make up the rest.

How people are divided decides what is proved. First, one set stands for each person, taken by lot. Then, cell by cell,
the people of the cell stand inside it: the sets of a small cell are proved by all of its people or not at all. What is
left is worked out by linear programmes, and the way in which the dual of each divides people proves the like of it. A
programme begins with few of its constraints and takes up those that its answer breaks (cutting planes), so that its
answer is a lower bound from the start.

References
----------
Douglas, J. and Rachford, H. H. (1956). On the numerical solution of heat conduction problems in two and three space
variables. Transactions of the American Mathematical Society, 82(2), 421-439.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack
from scipy.optimize import linprog

from hybrid_toolkit.arrays import Floats

_ZERO = 1e-9
"""Parts of a matrix below this share of the largest are taken as rounding; assumed: a million times a float's own."""
_INFEASIBLE = 2
"""What linprog says where no values meet the conditions."""
CellRows = NDArray[np.bool_]
RowCodes = NDArray[np.int64]

MOST_PROGRAMMES = 64
"""Linear programmes for one question, beyond which its cells count as not certified: some 0.1 s each where there are
eighty cells; a safe question of the shipped data needed 40 at most."""
MOST_CLEARED = 16
"""Sets that a programme and the proofs after it clear, at most on average: 6 to 13 over the shipped data. Where more
are left than the programmes that remain could clear, the answer is known to be that nothing is certified."""
MOST_SETS = 20_000
"""Sets of rows that no cell tells apart, beyond which cells count as not certified: a lot then takes half a second."""
NOT_CERTIFIED = 0.0
"""The answer where neither a proof nor a combination of few people was found."""
_MOST_LOTS = 3
"""Rounds over the cells; a round that leaves more than half of what it met is the last: the next would find as
little."""
_STEPS = 25
"""Reflections by which a proof is looked for: of 9,661 sets, 25 left 385 over, 40 left 321 in twice the time."""
_EACH = 5
"""Reflections between two looks at what is proved, so that looking costs less than reflecting."""
_ROUNDS = 6
"""Rounds in which weights beyond the box are put on it and the others make it up; most need two to four."""
_IN_VAIN = 4
"""Sets in a row that were looked at closely in vain, after which the others of that division are left: those nearest to
enough come first."""
_AT_ONCE = 128
"""Sets looked at together, so that what is worked on stays in the processor's cache."""
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

    def by_lot(self, lot: np.random.Generator, cell: int | None = None) -> Floats:
        """People in each set where one set stands for each person, by lot: one of the cell's for those in it."""
        drawn = lot.random(len(self.at))
        if cell is not None:
            drawn -= self.held[cell, self.at]
        begin = np.flatnonzero(np.r_[True, np.diff(self.person) > 0])  # pairs stand person by person
        lowest = np.minimum.reduceat(drawn, begin)
        won = np.flatnonzero(drawn == np.repeat(lowest, np.diff(np.r_[begin, len(drawn)])))
        first = won[np.r_[True, np.diff(self.person[won]) > 0]]
        return np.bincount(self.at[first], minlength=self.held.shape[1]).astype(np.float64)


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
    basis = _row_space(sets.held)
    left = _after_lots(sets, basis, left, enough)
    if not len(left):
        return enough
    programmes = _Programmes(sets, basis)
    while len(left):
        if len(left) > MOST_CLEARED * (MOST_PROGRAMMES - programmes.solved):
            return NOT_CERTIFIED
        least = programmes.least(int(left[0]), enough)
        if least < enough - _SLACK:
            return least
        left = left[1:]
        left = _unproved(basis, programmes.divided(), left, enough)
    return enough


def _after_lots(sets: RowSets, basis: Floats, left: NDArray[np.intp], enough: float) -> NDArray[np.intp]:
    """What no division of people by lot proves: over all sets, then cell by cell, those with fewest sets first."""
    lot = np.random.default_rng(0)
    left = _unproved(basis, sets.by_lot(lot), left, enough)
    small_first = np.argsort(sets.held.sum(axis=1), kind="stable")
    for _ in range(_MOST_LOTS):
        met = len(left)
        for cell in small_first:
            inside = sets.held[cell, left] > 0
            if inside.any():
                hard = _unproved(basis, sets.by_lot(lot, int(cell)), left[inside], enough)
                left = np.sort(np.concatenate([left[~inside], hard]))
        if 2 * len(left) > met:
            break
    return left


def _row_sets(cells: Sequence[CellRows], who: RowCodes) -> RowSets | None:
    table = np.array(cells, dtype=bool).reshape(len(cells), -1)
    seen = table.any(axis=0)
    if not seen.any():
        return None
    first, code = _distinct(np.packbits(table[:, seen], axis=0).T)
    people = who[seen]
    known = people >= 0
    person = pd.factorize(people[known], sort=True)[0].astype(np.int64)
    pairs = np.unique(person * len(first) + code[known])
    held = table[:, seen][:, first].astype(np.float64)
    return RowSets(held, pairs // len(first), pairs % len(first))


def _distinct(rows: NDArray[np.uint8]) -> tuple[RowCodes, RowCodes]:
    """Where each distinct row stands first, in the order of its bytes, and which of them each row is.

    Rows are told apart by hashing eight bytes at a time, which takes a tenth of the time of sorting them.
    """
    wide = np.zeros((len(rows), -(-rows.shape[1] // 8) * 8), dtype=np.uint8)
    wide[:, : rows.shape[1]] = rows
    code = np.zeros(len(rows), dtype=np.int64)
    for eight in wide.view(np.uint64).T:
        part, apart = pd.factorize(eight)
        code = pd.factorize(code * len(apart) + part)[0].astype(np.int64)
    first = np.zeros(int(code.max()) + 1, dtype=np.int64)
    first[code[::-1]] = np.arange(len(rows) - 1, -1, -1)
    order = np.lexsort(rows[first].T[::-1])
    place = np.empty(len(first), dtype=np.int64)
    place[order] = np.arange(len(first))
    return first[order], place[code]


def _row_space(held: Floats) -> Floats:
    """An orthonormal basis of the cells' row space."""
    _, size, right = np.linalg.svd(held, full_matrices=False)
    return np.asarray(right[size > _ZERO * max(size[0], 1e-12)], dtype=np.float64)


def _unproved(basis: Floats, people: Floats, asked: NDArray[np.intp], enough: float) -> NDArray[np.intp]:
    """Those of the sets asked about whose smallest sum is not proved to be enough, with so many people in each set."""
    if not len(asked):
        return asked
    inside = np.flatnonzero(people > 0)  # weights in units of the people, so that the box is the same for all sets
    left, size, right = np.linalg.svd(basis[:, inside] * people[inside], full_matrices=False)
    kept = size > _ZERO * size[0]
    left, right = left[:, kept], right[kept]
    wanted = basis[:, asked]
    point = left.T @ wanted
    spanned = np.flatnonzero(np.abs(wanted - left @ point).max(axis=0) < _ZERO)
    point *= enough / size[kept][:, None]
    proved = np.zeros(len(asked), dtype=bool)
    patience = _IN_VAIN
    for part in np.array_split(spanned, -(-len(spanned) // _AT_ONCE)) if len(spanned) else []:
        proved[part], patience = _proved(right, point[:, part], enough, patience)
    return asked[~proved]


def _proved(basis: Floats, point: Floats, enough: float, patience: int) -> tuple[NDArray[np.bool_], int]:
    """Which sets have weights inside the box that agree with their point, and the patience that is left."""
    goal = basis.T @ point
    found = enough / np.abs(goal).max(axis=0)
    left = np.flatnonzero(found < enough - _SLACK)  # the smallest weights that agree are inside for most
    done = found >= enough - _SLACK
    goal, found = goal[:, left], found[left]
    state = goal
    for step in range(1, _STEPS + 1):
        if not len(left):
            break
        inner = np.clip(state, -1.0, 1.0)
        mirrored = 2 * inner - state
        weights = mirrored - basis.T @ (basis @ mirrored) + goal
        state = state + weights - inner
        if step % _EACH == 0:
            found = enough / np.abs(weights).max(axis=0)
            more = found < enough - _SLACK
            done[left[~more]] = True
            left, goal, state, found = left[more], goal[:, more], state[:, more], found[more]
    for k in np.argsort(-found, kind="stable"):
        if not patience:
            break
        done[left[k]] = _proved_closely(basis, point[:, left[k]], state[:, k], enough)
        patience = _IN_VAIN if done[left[k]] else patience - 1
    return done, patience


def _proved_closely(basis: Floats, point: Floats, start: Floats, enough: float) -> bool:
    """Whether one set has such weights: what lies on the box stays there and the others make it up."""
    inner = np.clip(start, -1.0, 1.0)
    for _ in range(_ROUNDS):
        free = np.abs(inner) < 1.0 - _SLACK
        inner[free] += _made_up(basis[:, free], point - basis @ inner)
        if np.abs(basis @ inner - point).max() >= 1e-9 * enough:
            return False  # what is left over is beyond the free weights, of which there are fewer each round
        if enough / np.abs(inner).max() >= enough - _SLACK:
            return True
        inner = np.clip(inner, -1.0, 1.0)
    return False


def _made_up(basis: Floats, wanted: Floats) -> Floats:
    """The smallest weights that agree with what is wanted, or come nearest to it.

    By Cholesky's factors, at a twentieth of the time of a pseudo-inverse, where the rows are far from dependent.
    """
    gram = basis @ basis.T
    _, solved, failed = lapack.dposv(gram, wanted)
    weights = basis.T @ solved
    if failed or np.abs(basis @ weights - wanted).max() > _ZERO:
        size, turned = np.linalg.eigh(gram)
        kept = turned[:, size > _ZERO * size[-1]]
        weights = basis.T @ (kept @ ((kept.T @ wanted) / size[size > _ZERO * size[-1]]))
    return np.asarray(weights, dtype=np.float64)


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
            if found.status == _INFEASIBLE:  # no combination has its largest weight here
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
