"""On how few people a combination of cells rests, held to a search over all small combinations."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure.sitting import fewest_people
from hybrid_toolkit.report.measured import measure_released


@pytest.mark.parametrize("seed", range(25))
def test_no_combination_with_small_weights_rests_on_fewer_people_than_is_said(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, k = 40, 5
    cells = [rng.random(n) < rng.uniform(0.2, 0.8) for _ in range(k)]
    people = rng.integers(0, 25, n)
    said = fewest_people(cells, [people], enough=12)
    held = np.array(cells, dtype=float)
    for weights in itertools.product((-2, -1, 0, 1, 2), repeat=k):
        w = np.abs(np.array(weights) @ held)
        if w.max() > 0:
            rests = sum(w[people == p].max() for p in np.unique(people)) / w.max()
            assert rests >= 12 - 1e-6 or said < 12


def test_a_difference_in_weights_that_is_not_whole_is_found() -> None:
    """Two tables of the same people at other weights leave three people together with little of the others."""
    rows = np.arange(60)
    a, b, c = rows < 30, (rows < 33) & (rows >= 3), rows >= 30
    assert fewest_people([a, b, c], [rows], enough=10) == pytest.approx(6.0)


def test_who_is_in_a_share_is_held_as_well() -> None:
    rows = np.arange(60)
    yes = rows < 23
    cells = [rows < 60, rows < 20]
    assert fewest_people(cells, [rows], enough=10) == 10
    assert fewest_people(cells, [rows], enough=10, yes=yes) < 10, "three yes among the forty that are left"


def test_a_total_that_one_person_makes_is_hidden_however_many_stand_behind_it() -> None:
    n = 60
    fte = np.full(n, 0.001)
    fte[0] = 1.0
    worker = pd.DataFrame({"worker_id": [f"W{i:03}" for i in range(n)], "fte": fte,
                           "role": pd.array(["a"] * 30 + ["b"] * 30, dtype="str")})  # fmt: skip
    metric = ht.declare_metric("Whole time", question="How much?", table="worker", formula="mean(fte)", unit="fte")
    for rows, shown in ((worker, False), (worker.assign(fte=np.linspace(0.2, 1, n)), True)):
        data = ht.EvaluationData({"worker": rows})
        content = measure_released(data, metric, by="role")[0].table.content.set_index("group")  # type: ignore[arg-type]
        assert bool(content["estimate"].notna()["a"]) is shown


def test_months_beside_groups_with_a_cell_of_just_enough_people_are_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """With ten programmes at most: 120 people over six months, groups of them over the whole time, one of just ten."""
    monkeypatch.setattr("hybrid_toolkit.disclosure.least_people.MOST_PROGRAMMES", 10)
    rng = np.random.default_rng(3)
    people, month = np.repeat(np.arange(120), 6), np.tile(np.arange(6), 120)
    stage = np.where(np.arange(120) < 10, 0, rng.integers(1, 4, 120))[people]
    service = rng.integers(0, 3, 120)[people]
    cells = [np.ones(720, dtype=bool), *(month == m for m in range(6)), *(stage == s for s in range(4)),
             *(service == s for s in range(3))]  # fmt: skip
    assert fewest_people(cells, [people], enough=10) == pytest.approx(10)
    nine = [*cells, (stage == 0) & (people > 0)]
    assert fewest_people(nine, [people], enough=10) < 9.5


def whole_programme(cells: np.ndarray, people: np.ndarray) -> float:
    """The smallest sum over people of their largest weight, row by row with every constraint, from its definition."""
    k, n = cells.shape
    codes = np.unique(people, return_inverse=True)[1]
    size = codes.max() + 1
    own = np.eye(size)[codes]
    least = np.inf
    for target in range(n):
        above = np.block([[cells.T, -own], [-cells.T, -own]])
        equal = np.concatenate([cells[:, target], np.zeros(size)])[None, :]
        found = linprog(np.r_[np.zeros(k), np.ones(size)], A_ub=above, b_ub=np.zeros(2 * n), A_eq=equal, b_eq=[1.0],
                        bounds=[(None, None)] * k + [(0, 1)] * size, method="highs")  # fmt: skip
        least = min(least, float(found.fun) if found.status == 0 and found.fun is not None else np.inf)
    return float(least)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_proved_agrees_with_the_whole_programme(seed: int) -> None:
    """At thresholds just below, at and just above the smallest sum: nothing unsafe is proved, nothing safe refused."""
    rng = np.random.default_rng([7, seed])
    n = 60
    people = rng.integers(0, 24, n)
    month, stage = rng.integers(0, 4, n), (people * 3) // 24
    cells = [np.ones(n, dtype=bool), *(month == m for m in range(4)), *(stage == s for s in range(3)),
             rng.random(n) < 0.5]  # fmt: skip
    least = whole_programme(np.array(cells, dtype=float), people)
    assert np.isfinite(least) and least > 0.5
    for enough in (least - 0.01, least, least + 0.01):
        said = fewest_people(cells, [people], enough=enough)
        assert said == pytest.approx(enough if enough <= least else said) and (said < enough) == (enough > least)


def test_months_of_thousands_of_contacts_of_few_workers_are_proved() -> None:
    """A hundred and fifty workers, 8,000 contacts that are a yes or a no, groups of workers and of contacts, months."""
    rng = np.random.default_rng(11)
    n = 8000
    worker, month, mode = rng.integers(0, 150, n), rng.integers(0, 12, n), rng.integers(0, 4, n)
    groups = [rng.integers(0, k, 150)[worker] for k in (5, 3, 2, 4, 2)]
    cells = [np.ones(n, dtype=bool), *(month == m for m in range(12)), *(mode == m for m in range(4)),
             *(g == v for g in groups for v in range(g.max() + 1))]  # fmt: skip
    assert fewest_people(cells, [worker], enough=10, yes=rng.random(n) < 0.8) == 10
