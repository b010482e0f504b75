"""Rows that no cell tells apart are one set: against the definition, row by row; what the free weights make up."""

from __future__ import annotations

import numpy as np
import pytest

from hybrid_toolkit.disclosure.least_people import _made_up, _row_sets

NOBODY = -1


@pytest.mark.parametrize("seed", range(40))
def test_sets_people_and_cells_are_those_of_the_definition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, count = int(rng.integers(5, 60)), int(rng.integers(1, 80))  # beyond eight, and beyond sixty-four cells
    cells = [rng.random(rows) < rng.choice([0.05, 0.5, 0.9]) for _ in range(count)]
    who = rng.integers(NOBODY, rows, rows).astype(np.int64) * 1_000_003  # codes of people need not be dense
    who[who < 0] = NOBODY
    of_row = [tuple(bool(cell[i]) for cell in cells) for i in range(rows)]
    wanted = sorted({kind for kind in of_row if any(kind)})
    found = _row_sets(cells, who)
    if not wanted:
        assert found is None
        return
    assert found is not None
    assert [tuple(bool(x) for x in column) for column in found.held.T] == wanted
    alone = [len({int(who[i]) for i in range(rows) if of_row[i] == kind and who[i] >= 0}) for kind in wanted]
    assert found.alone.tolist() == alone
    pairs = {(int(who[i]), of_row[i]) for i in range(rows) if any(of_row[i]) and who[i] >= 0}
    assert len(found.at) == len(pairs), "each person stands once in each of their sets"


@pytest.mark.parametrize("cell", [None, 0])
def test_a_lot_leaves_each_person_in_one_of_their_sets(cell: int | None) -> None:
    rng = np.random.default_rng(3)
    cells = [rng.random(90) < 0.5 for _ in range(4)]
    sets = _row_sets(cells, rng.integers(0, 25, 90))
    assert sets is not None
    for _ in range(20):
        people = sets.by_lot(rng, cell)
        assert people.sum() == len(np.unique(sets.person))
        if cell is not None:  # who stands in the cell at all stands in it
            inside = sets.held[cell] > 0
            assert people[inside].sum() == len(np.unique(sets.person[inside[sets.at]]))


@pytest.mark.parametrize("free", [4, 6, 9])
def test_what_is_made_up_is_the_smallest_that_comes_nearest(free: int) -> None:
    rng = np.random.default_rng(free)
    basis = rng.normal(size=(6, free))
    basis[5] = basis[4]  # dependent rows: nothing can bring the two apart
    wanted = rng.normal(size=6)
    expected = np.linalg.lstsq(basis, wanted, rcond=1e-6)[0]
    assert np.allclose(_made_up(basis, wanted), expected, atol=1e-7)
    assert np.allclose(
        _made_up(basis[:5], wanted[:5]), np.linalg.lstsq(basis[:5], wanted[:5], rcond=1e-6)[0], atol=1e-7
    )
