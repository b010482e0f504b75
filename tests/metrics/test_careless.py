"""Careless answers: hand cases of each index, and simulated careless people are found more often than others."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.instruments import load_instrument, score_instrument
from hybrid_toolkit.metrics.psychometrics.careless_answers import (
    even_odd,
    flag_careless,
    longstring,
    mahalanobis,
    response_variability,
)

HSE = load_instrument("hse_msit")


def careful(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Answers to the 35 items from one trait a scale, as given (before reversal)."""
    out = {}
    for scale in HSE.scales:
        trait = rng.normal(size=n)
        for item in scale.items:
            answer = np.clip(np.round(3 + 0.8 * trait + 0.8 * rng.normal(size=n)), 1, 5)
            out[item] = 6 - answer if item in HSE.reversed_ids else answer
    return pd.DataFrame(out)[list(HSE.item_ids)]


def test_longstring_and_spread_by_hand() -> None:
    x = np.array([[1, 2, 2, 2, 3, 3], [5, 5, 5, 5, 5, 5], [1, 2, np.nan, 2, 2, 1], [np.nan] * 6])
    assert longstring(x).tolist() == [3, 6, 2, 0]
    np.testing.assert_allclose(
        response_variability(x), [np.std([1, 2, 2, 2, 3, 3], ddof=1), 0, np.std([1, 2, 2, 2, 1], ddof=1), np.nan]
    )


def test_even_odd_by_hand() -> None:
    """Odd halves 1, 2, 3 and even halves 1, 3, 2 correlate .5: stepped up to 2/3. Opposite halves are held at -1."""
    scales = [["a1", "a2"], ["b1", "b2"], ["c1", "c2"]]
    x = pd.DataFrame(
        [[1, 1, 2, 3, 3, 2], [1, 3, 2, 2, 3, 1], [1, 2, 2, 4, 3, 6], [3, 3, 3, 3, 3, 3.0]],
        columns=["a1", "a2", "b1", "b2", "c1", "c2"],
    )
    np.testing.assert_allclose(even_odd(x, scales), [2 / 3, -1, 1, np.nan], atol=1e-12)
    assert np.isnan(even_odd(x, scales[:2])).all()


def test_mahalanobis_against_its_definition() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 4)) @ rng.normal(size=(4, 4))
    inverse = np.linalg.inv(np.cov(x.T))
    expected = [(r - x.mean(0)) @ inverse @ (r - x.mean(0)) for r in x]
    np.testing.assert_allclose(mahalanobis(x), expected)
    assert mahalanobis(x).sum() == pytest.approx(4 * 59), "the distances add up to k (n - 1)"
    assert np.isnan(mahalanobis(np.column_stack([x, x[:, 0]]))).all(), "a singular covariance gives no distance"


def test_simulated_careless_people_are_flagged() -> None:
    rng = np.random.default_rng(20)
    good = careful(300, rng)
    straight = pd.DataFrame(np.repeat(rng.integers(1, 6, 20), 35).reshape(20, 35), columns=good.columns)
    random = pd.DataFrame(rng.integers(1, 6, (20, 35)), columns=good.columns)
    frame = pd.concat([good, straight, random], ignore_index=True).assign(worker_id=[f"w{i}" for i in range(340)])
    flags = flag_careless(score_instrument(frame, HSE))
    who = np.repeat(["good", "straight", "random"], [300, 20, 20])
    share = flags.frame["n_flags"].gt(0).groupby(who).mean()
    assert share["straight"] == 1.0 and share["random"] > 0.6 and share["good"] < 0.15
    assert len(flags.frame) == 340 and flags.frame["worker_id"].tolist() == frame["worker_id"].tolist()
    assert flags.frame.loc[300:319, "flag_longstring"].all() and flags.frame.loc[300:319, "irv"].eq(0).all()
    assert flags.rules["n_flagged"].tolist() == [int(flags.frame[f"flag_{i}"].sum()) for i in flags.rules["index"]]
    assert "None was left out" in flags.summary() and "worker_id" not in flags.tidy()


def test_answers_are_taken_as_given_not_as_reversed() -> None:
    row = pd.DataFrame(np.full((5, 35), 4), columns=list(HSE.item_ids))
    assert flag_careless(score_instrument(row, HSE)).frame["longstring"].tolist() == [35] * 5


def test_few_items_are_not_flagged_for_runs() -> None:
    x = pd.DataFrame([[3, 3, 3], [1, 2, 3], [2, 3, 1], [4, 4, 5]])
    flags = flag_careless(x)
    assert flags.frame["flag_longstring"].isna().all() and "fewer than 8 items" in flags.rules["rule"].iloc[0]
    with pytest.raises(MeasureError, match="CARELESS-N"):
        flag_careless(x.head(2))
