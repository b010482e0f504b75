"""A reader who knows every shown count tries to work out the hidden ones.

The ranges are found here with integer programmes of their own, apart from the code under test.
"""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from hybrid_toolkit.disclosure import Gate, Policy

EXACT = {"rounding_base": 1, "reason": "an attack in a test", "agreed_by": "tester"}
"""Without rounding: the hardest case, since every shown count is exact."""


def two_way(cells: np.ndarray) -> pd.DataFrame:
    rows = [(f"r{i}", f"c{j}", int(cells[i, j])) for i, j in itertools.product(*map(range, cells.shape))]
    return pd.DataFrame(rows, columns=["row", "col", "n"])


def ranges(cells: np.ndarray, shown: pd.DataFrame, *, lower: int) -> dict[tuple[str, str], tuple[float, float]]:
    """Lowest and highest whole number for each hidden inner cell that agrees with every shown number."""
    r, c = cells.shape
    known = {(a, b): n for a, b, n in shown[["row", "col", "n"]].itertuples(index=False) if not pd.isna(n)}
    constraints, right = [], []
    for a, b in itertools.product([*(f"r{i}" for i in range(r)), "Total"], [*(f"c{j}" for j in range(c)), "Total"]):
        if (a, b) in known:
            picks = np.zeros((r, c))
            picks[slice(None) if a == "Total" else int(a[1:]), slice(None) if b == "Total" else int(b[1:])] = 1
            constraints.append(picks.ravel())
            right.append(known[a, b])
    found = {}
    for i, j in itertools.product(range(r), range(c)):
        if (f"r{i}", f"c{j}") in known:
            continue
        ends = []
        for sign in (1, -1):
            cost = np.zeros((r, c))
            cost[i, j] = sign
            bounds_low = np.where([[(f"r{a}", f"c{b}") in known for b in range(c)] for a in range(r)], 0, lower)
            solved = milp(
                cost.ravel(),
                constraints=LinearConstraint(np.array(constraints), right, right) if constraints else None,
                integrality=np.ones(r * c),
                bounds=Bounds(bounds_low.astype(float).ravel(), np.full(r * c, 10_000)),
            )
            assert solved.status == 0
            ends.append(sign * solved.fun)
        found[f"r{i}", f"c{j}"] = (ends[0], ends[1])
    return found


@pytest.mark.parametrize("zero_cells", ["suppress", "show"])
@pytest.mark.parametrize("seed", range(12))
def test_no_hidden_cell_of_a_two_way_table_follows_from_its_totals(seed: int, zero_cells: str) -> None:
    rng = np.random.default_rng(seed)
    shape = (int(rng.integers(2, 6)), int(rng.integers(2, 6)))
    cells = rng.negative_binomial(0.7, 0.7 / (0.7 + rng.choice([6, 20, 60])), size=shape)
    policy = Policy(zero_cells=zero_cells, **EXACT)  # type: ignore[arg-type]
    release = Gate(policy).table(two_way(cells), people="n", title="attack", dims=["row", "col"], totals=True)
    shown = release.content
    for (a, b), (low, high) in ranges(cells, shown, lower=1 if zero_cells == "show" else 0).items():
        true = cells[int(a[1:]), int(b[1:])]
        assert low <= true <= high
        assert high > low, "a hidden cell can be worked out"
        if true < policy.threshold:
            assert high - low >= policy.protection_width - 1e-6, "the range of a hidden small cell is too narrow"


@pytest.mark.parametrize("seed", range(30))
def test_hidden_parts_of_a_shown_total_reach_the_threshold_together(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    cells = rng.poisson(rng.choice([3.0, 12.0, 30.0]), size=(rng.integers(2, 8), rng.integers(2, 8)))
    shown = (
        Gate(Policy(**EXACT)).table(two_way(cells), people="n", title="sums", dims=["row", "col"], totals=True).content
    )  # type: ignore[arg-type]
    wide = shown.pivot(index="row", columns="col", values="n")
    wide = wide.loc[sorted(wide.index, key=str.lower), sorted(wide.columns, key=str.lower)]  # totals last
    full = np.block([[cells, cells.sum(1, keepdims=True)], [cells.sum(0, keepdims=True), cells.sum().reshape(1, 1)]])
    hidden = wide.isna().to_numpy()
    for counts, out in [*zip(full, hidden, strict=True), *zip(full.T, hidden.T, strict=True)]:
        if out[-1] or not out[:-1].any():
            continue
        assert out[:-1].sum() >= 2
        assert counts[:-1][out[:-1]].sum() >= 10


def test_a_table_without_small_cells_is_shown_whole() -> None:
    cells = np.full((4, 5), 12)
    release = Gate(Policy(**EXACT)).table(two_way(cells), people="n", title="whole", dims=["row", "col"], totals=True)  # type: ignore[arg-type]
    assert release.hidden == 0
    assert len(release.content) == 30


def test_one_small_cell_hides_three_more_and_the_totals_stay() -> None:
    cells = np.array([[4, 30, 40], [20, 60, 70], [50, 80, 90]])
    shown = (
        Gate(Policy(**EXACT)).table(two_way(cells), people="n", title="one", dims=["row", "col"], totals=True).content
    )  # type: ignore[arg-type]
    out = {(a, b) for a, b, gone in shown[["row", "col", "suppressed"]].itertuples(index=False) if gone}
    assert out == {("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1")}


def test_totals_that_come_with_the_frame_are_protected_like_those_the_gate_adds() -> None:
    frame = two_way(np.array([[4, 30], [20, 60]]))
    sums = pd.DataFrame({"row": ["r0", "r1"], "col": "Total", "n": [34, 80]})
    shown = Gate().table(pd.concat([frame, sums]), people="n", title="rows", dims=["row", "col"]).content
    hidden = shown[shown["suppressed"]]
    assert len(hidden) == 2
    assert set(hidden["row"]) == {"r0"}


def test_a_three_way_table_with_totals_is_protected_in_every_direction() -> None:
    rng = np.random.default_rng(3)
    rows = [(a, b, c, int(rng.poisson(18))) for a in "xy" for b in "pqr" for c in "uv"]
    rows[0] = (*rows[0][:3], 3)
    frame = pd.DataFrame(rows, columns=["a", "b", "c", "n"])
    shown = Gate(Policy(**EXACT)).table(frame, people="n", title="three", dims=["a", "b", "c"], totals=True).content  # type: ignore[arg-type]
    for fixed in itertools.combinations(["a", "b", "c"], 2):
        for _, line in shown.groupby(list(fixed)):
            out = line["suppressed"].sum()
            assert out == 0 or out >= 2


def test_small_further_counts_do_not_follow_from_their_total() -> None:
    frame = pd.DataFrame({"mode": ["a", "b", "c"], "n": [100, 200, 300], "missing": [3, 40, 50]})
    release = Gate(Policy(**EXACT)).table(  # type: ignore[arg-type]
        frame, people="n", title="missing", dims=["mode"], other_counts=["missing"], totals=True
    )
    shown = release.content
    assert release.hidden == 0
    assert shown["missing"].isna().tolist() == [True, True, False, False]
