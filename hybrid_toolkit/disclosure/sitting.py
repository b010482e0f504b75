"""On how few people any combination of shown cells rests: nested cells, complements, unions, sums of many.

A reader who knows who belongs where may add and subtract what is shown. With the totals of cells known, every total
with weights ``w = C'l`` over single rows is known too, whatever the weights ``l`` on the cells; scale it so that its
largest weight is 1. It rests on ``sum over people of their largest |w|``: 3 where the combination leaves three people
alone, and somewhat more than 3 where it leaves three people and little of many others. That sum is the dual of the
reader's own linear programme for a total of few people whose values are only known to lie in a range, so that where it
reaches the threshold for every combination, nobody's value follows more closely than from a cell of that many people.

Most combinations are certified without a programme. The sum is at least the number of people whom no cell tells from
the row with weight 1. And it is at least ``m`` for every ``m`` for which weights ``u``, none above the people of its
row, agree with ``m`` times that row over all combinations (the dual). Such weights are looked for by projecting in
turn on the box and on that affine set, for many rows at once; whatever is found is scaled until it is inside, so that
it proves what it says. Where the smallest sum is hardly more than the threshold (a cell of just ten people), weights on
the box are held there and the others make up the rest. Only where nothing is proved is the smallest sum worked out, by
one linear programme for each set of rows that no cell tells apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from hybrid_toolkit.arrays import Floats

CellRows = NDArray[np.bool_]
RowCodes = NDArray[np.int64]
RowPeople = RowCodes | tuple[RowCodes, RowCodes]
"""A code a row, or positions of rows and codes of people, two arrays of one length, where several share a row."""

MOST_PROGRAMMES = 16
"""Linear programmes for one question, beyond which its cells count as not certified (about a second)."""
MOST_SETS = 3000
"""Sets of rows that no cell tells apart, beyond which cells count as not certified: the work grows with the square, and
three thousand take about three seconds."""
_STEPS = 50
"""Projections by which a proof is looked for, each way."""
_ROUNDS = 10
"""Rounds in which weights beyond the box are put on it and the others make it up; most need two to six."""
_AT_ONCE = 128
"""Atoms looked at together, so that what is worked on stays in the processor's cache."""
_MARGIN = 1.05
"""How far beyond enough a proof is first looked for: what has a margin is found in a few steps."""
_SLACK = 1e-6


@dataclass(frozen=True, slots=True)
class _Atoms:
    """Sets of rows that no cell tells apart: ``held`` cells x atoms, and the distinct people (person, atom) pairs."""

    held: Floats
    person: RowCodes
    atom: RowCodes


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
            least = _fewest(*_paired(side, kind), enough)
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


def _fewest(cells: Sequence[CellRows], who: RowCodes, enough: float) -> float:
    atoms = _atoms(cells, who)
    if atoms is None:
        return enough
    if len(_alone(atoms)) > MOST_SETS:
        return 0.0
    spread = _spread(atoms)
    basis = _row_space(atoms.held)
    asked = np.flatnonzero((spread > 0) & (_alone(atoms) < enough - _SLACK))
    proved = _proved(atoms, spread, asked, enough)
    asked, proved = asked[proved < enough - _SLACK], proved[proved < enough - _SLACK]
    if not len(asked):
        return enough
    if len(asked) > MOST_PROGRAMMES:
        return 0.0
    least = enough
    for a in asked[np.argsort(proved, kind="stable")]:
        least = min(least, _programme(atoms, basis, int(a)))
        if least < enough - _SLACK:
            return least
    return least


def _atoms(cells: Sequence[CellRows], who: RowCodes) -> _Atoms | None:
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
    return _Atoms(held, pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64))


def _alone(atoms: _Atoms) -> Floats:
    """Distinct people in each atom."""
    return np.bincount(atoms.atom, minlength=atoms.held.shape[1]).astype(np.float64)


def _spread(atoms: _Atoms) -> Floats:
    """People in each atom, each person counted once over the atoms that hold them."""
    _, code = np.unique(atoms.person, return_inverse=True)
    share = 1.0 / np.bincount(code)[code]
    return np.bincount(atoms.atom, weights=share, minlength=atoms.held.shape[1]).astype(np.float64)


def _row_space(held: Floats) -> Floats:
    """An orthonormal basis of the cells' row space."""
    _, size, right = np.linalg.svd(held, full_matrices=False)
    return np.asarray(right[size > 1e-9 * max(size[0], 1e-12)], dtype=np.float64)


def _proved(atoms: _Atoms, people: Floats, asked: NDArray[np.intp], enough: float) -> Floats:
    """For each atom asked about, a number of people that is proved to be a lower bound of its smallest sum.

    Weights are looked for in units of the people of each atom, so that the box is the same for all: first with a
    margin, which is reached in a few steps; then, for atoms whose smallest sum is hardly more than enough, without.
    Where more stay unproved than there are programmes for, the question is refused whatever the others give: the rest
    keep a bound of zero.
    """
    found = np.zeros(len(asked))
    if not len(asked):
        return found
    unproved = 0
    basis = _row_space(atoms.held * people)
    for part in np.array_split(np.arange(len(asked)), -(-len(asked) // _AT_ONCE)):
        point = basis[:, asked[part]] / people[asked[part]]
        found[part] = _proved_with_margin(basis, point, enough)
        for at in np.flatnonzero(found[part] < enough - _SLACK):
            found[part[at]] = max(found[part[at]], _proved_closely(basis, enough * point[:, at], enough))
            unproved += found[part[at]] < enough - _SLACK
            if unproved > MOST_PROGRAMMES:
                return found
    return found


def _proved_with_margin(basis: Floats, point: Floats, enough: float) -> Floats:
    """As ``_proved``, many atoms at once, by projections alone."""
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
    """As ``_proved`` for one atom: between projections, what lies on the box stays there and the others make it up."""
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


def _programme(atoms: _Atoms, basis: Floats, target: int) -> float:
    """The least sum over people of their largest weight, among combinations whose weight on one atom is 1, the most."""
    rank = len(basis)
    patterns, times = _patterns(atoms)
    size = len(patterns)
    # variables: rank free weights, then one bound for each pattern of people
    row, column = [], []
    for p, members in enumerate(patterns):
        row += [p] * len(members)
        column += members
    at, own = np.array(column, dtype=np.intp), np.array(row, dtype=np.intp)
    weights = sparse.csr_array(basis[:, at].T)
    bound = sparse.csr_array((np.ones(len(at)), (np.arange(len(at)), own)), shape=(len(at), size))
    above = sparse.vstack([sparse.hstack([weights, -bound]), sparse.hstack([-weights, -bound])])
    cost = np.concatenate([np.zeros(rank), times])
    equal = np.concatenate([basis[:, target], np.zeros(size)])[None, :]
    limits = [(None, None)] * rank + [(0.0, 1.0)] * size
    found = linprog(  # type: ignore[call-overload]  # the stubs know dense matrices only
        cost, A_ub=above, b_ub=np.zeros(above.shape[0]), A_eq=equal, b_eq=[1.0], bounds=limits, method="highs"
    )
    if found.status == 2:  # no combination has its largest weight here
        return np.inf
    return float(found.fun) if found.status == 0 else 0.0


def _patterns(atoms: _Atoms) -> tuple[list[list[int]], Floats]:
    """Which atoms hold a person, for each set of people who are in the same ones, and how many people that is."""
    order = np.lexsort((atoms.atom, atoms.person))
    cuts = np.flatnonzero(np.diff(atoms.person[order])) + 1
    found: dict[tuple[int, ...], int] = {}
    for part in np.split(atoms.atom[order], cuts):
        key = tuple(part.tolist())
        found[key] = found.get(key, 0) + 1
    return [list(k) for k in found], np.array(list(found.values()), dtype=np.float64)
