"""Kappa against published answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.psychometrics.rater_agreement import cohen_kappa, fleiss_kappa, rating_counts

DIAGNOSES = [
    (0, 0, 0, 6, 0), (0, 3, 0, 0, 3), (0, 1, 4, 0, 1), (0, 0, 0, 0, 6), (0, 3, 0, 3, 0), (2, 0, 4, 0, 0),
    (0, 0, 4, 0, 2), (2, 0, 3, 1, 0), (2, 0, 0, 4, 0), (0, 0, 0, 0, 6), (1, 0, 0, 5, 0), (1, 1, 0, 4, 0),
    (0, 3, 3, 0, 0), (1, 0, 0, 5, 0), (0, 2, 0, 3, 1), (0, 0, 5, 0, 1), (3, 0, 0, 1, 2), (5, 1, 0, 0, 0),
    (0, 2, 0, 4, 0), (1, 0, 2, 0, 3), (0, 0, 0, 0, 6), (0, 1, 0, 5, 0), (0, 2, 0, 1, 3), (2, 0, 0, 4, 0),
    (1, 0, 0, 4, 1), (0, 5, 0, 1, 0), (4, 0, 0, 0, 2), (0, 2, 0, 4, 0), (1, 0, 5, 0, 0), (0, 0, 0, 0, 6),
]  # fmt: skip
"""Fleiss 1971, Table 1: 30 patients, 6 psychiatrists each; depression, personality disorder, schizophrenia, neurosis,
other."""


def pairs(table: list[list[int]]) -> tuple[pd.Series, pd.Series]:  # type: ignore[type-arg]
    rows = [(i, j) for i, line in enumerate(table) for j, n in enumerate(line) for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["a", "b"])
    return frame["a"], frame["b"]


def test_fleiss_1971() -> None:
    counts = pd.DataFrame(DIAGNOSES)
    assert (counts.sum(axis=1) == 6).all()
    got = fleiss_kappa(counts)
    assert got.estimate == pytest.approx(0.430, abs=0.0005)
    assert got.estimate == pytest.approx(statsmodels_fleiss(counts.to_numpy()))
    assert got.n == 30 and got.k == 6 and got.conf_low < 0.43 < got.conf_high


def test_the_interval_is_that_of_the_jackknife() -> None:
    counts = pd.DataFrame(DIAGNOSES)
    left = np.array([fleiss_kappa(counts.drop(index=i)).estimate for i in range(30)])
    jackknife = np.sqrt(29 / 30 * ((left - left.mean()) ** 2).sum())
    got = fleiss_kappa(counts)
    assert (got.conf_high - got.conf_low) / 2 / 2.0452 == pytest.approx(jackknife, rel=0.05)


def test_fleiss_with_ratings_missing_and_hand_case() -> None:
    """Targets yy, yn, nn: P = 2/3, Pe = 1/2, kappa = 1/3. A target with one rating changes nothing."""
    ratings = pd.DataFrame({"r1": ["y", "y", "n", "y"], "r2": ["y", "n", "n", None]})
    assert fleiss_kappa(rating_counts(ratings)).estimate == pytest.approx(1 / 3)


def test_cohen_by_the_textbook() -> None:
    """Fleiss, Levin and Paik 2003, Table 18.1 (100 subjects): kappa .68 with standard error .087; by hand,
    agreement .89, by chance .66."""
    a, b = pairs([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    got = cohen_kappa(a, b)
    chance = 0.80 * 0.80 + 0.10 * 0.05 + 0.10 * 0.15
    assert got.estimate == pytest.approx((0.89 - chance) / (1 - chance))
    assert got.estimate == pytest.approx(0.68, abs=0.005)
    assert (got.conf_high - got.conf_low) / 2 / 1.96 == pytest.approx(0.087, abs=0.001)


def test_weighted_kappa_by_hand() -> None:
    """Disagreement 1 step in 2 of 10; linear weights of three codes."""
    table = [[3, 1, 0], [0, 3, 1], [0, 0, 2]]
    a, b = pairs(table)
    x = np.array(table) / 10
    for name, power in (("linear", 1), ("quadratic", 2)):
        step = np.abs(np.subtract.outer(range(3), range(3))) ** power
        expected = 1 - (x * step).sum() / (np.outer(x.sum(1), x.sum(0)) * step).sum()
        assert cohen_kappa(a, b, weights=name).estimate == pytest.approx(expected)
    assert cohen_kappa(a, b, weights="quadratic").estimate > cohen_kappa(a, b).estimate


def test_quadratic_kappa_of_two_alike_raters_is_their_correlation() -> None:
    rng = np.random.default_rng(2)
    x = pd.Series(rng.integers(1, 6, 400))
    y = x.sample(frac=1, random_state=1).reset_index(drop=True)
    got = cohen_kappa(x, y, categories=[1, 2, 3, 4, 5], weights="quadratic")
    assert got.estimate == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-9)
    assert got.conf_low < 0 < got.conf_high


def test_bad_input_is_told() -> None:
    a = pd.Series(["y", "y", "y", None])
    with pytest.raises(MeasureError, match="RELIABILITY-N"):
        cohen_kappa(a, a)
    b = pd.Series(["y", "n", "y", "n"])
    with pytest.raises(MeasureError, match="KAPPA-WEIGHTS"):
        cohen_kappa(b, b, weights="cubic")
    with pytest.raises(MeasureError, match="4 code"):
        cohen_kappa(b, b, categories=["y", "x"])
    with pytest.raises(MeasureError, match="KAPPA-COUNTS"):
        fleiss_kappa(pd.DataFrame({"a": [1.5, 1, 1], "b": [1, 1, 1]}))
    with pytest.raises(MeasureError, match="RELIABILITY-N"):
        fleiss_kappa(pd.DataFrame({"a": [2, 2, 2], "b": [0, 0, 0]}))
