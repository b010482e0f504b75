"""Indices of inequality: cases worked by hand, identities, and interval coverage at a known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.inequality.concentration import (
    INDEX_KINDS,
    concentration_curve,
    concentration_index,
    slope_index,
)
from hybrid_toolkit.metrics.inequality.inequality import fractional_rank, gini, theil

FOUR = pd.DataFrame({"y": [0.0, 0.0, 1.0, 1.0], "rank": [1, 2, 3, 4], "g": [1, 1, 2, 2]})


@pytest.mark.parametrize(
    ("kind", "expected"), [("standard", 0.5), ("generalised", 0.25), ("erreygers", 1.0), ("wagstaff", 1.0)]
)
def test_complete_concentration_worked_by_hand(kind: str, expected: float) -> None:
    # ranks 1/8, 3/8, 5/8, 7/8; mean 1/2; 2*cov = 2*(1.5/4) - 1/2 = 1/4.
    assert concentration_index(FOUR, outcome="y", rank_by="rank", kind=kind).estimate == pytest.approx(expected)  # type: ignore[arg-type]


def test_reversing_the_ranking_changes_only_the_sign() -> None:
    turned = FOUR.assign(rank=-FOUR["rank"])
    for kind in INDEX_KINDS:
        there = concentration_index(FOUR, outcome="y", rank_by="rank", kind=kind)
        back = concentration_index(turned, outcome="y", rank_by="rank", kind=kind)
        assert back.estimate == pytest.approx(-there.estimate) and back.std_error == pytest.approx(there.std_error)


def test_weights_count_as_repeated_rows() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"y": rng.random(30), "rank": rng.integers(0, 9, 30), "w": rng.integers(1, 4, 30)})
    repeated = frame.loc[frame.index.repeat(frame["w"])]
    for index in (gini, theil):
        assert index(frame, outcome="y", weight="w").estimate == pytest.approx(index(repeated, outcome="y").estimate)
    weighted = concentration_index(frame, outcome="y", rank_by="rank", weight="w").estimate
    assert weighted == pytest.approx(concentration_index(repeated, outcome="y", rank_by="rank").estimate)
    assert np.average(
        fractional_rank(frame["rank"].to_numpy(float), frame["w"].to_numpy(float)), weights=frame["w"]
    ) == pytest.approx(0.5)


def test_jackknife_agrees_with_the_linearised_error() -> None:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"c": np.repeat(np.arange(80), 5), "x": rng.normal(size=400)})
    frame["y"] = np.exp(0.4 * frame["x"] + rng.normal(size=80)[frame["c"]] * 0.5)
    leave = [concentration_index(frame[frame["c"] != c], outcome="y", rank_by="x").estimate for c in range(80)]
    jackknife = np.sqrt(79 / 80 * np.sum((np.array(leave) - np.mean(leave)) ** 2))
    found = concentration_index(frame, outcome="y", rank_by="x", cluster="c")
    assert found.std_error == pytest.approx(jackknife, rel=0.05)
    assert found.n_clusters == 80


@pytest.mark.parametrize("tied", [False, True])
def test_the_error_of_the_slope_indices_knows_that_ranks_are_estimated(tied: bool) -> None:
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"c": np.repeat(np.arange(60), 5), "x": rng.normal(size=300)})
    frame["x"] += rng.normal(size=60)[frame["c"]]
    frame["y"] = np.exp(0.15 * frame["x"] + 0.3 * rng.normal(size=300))
    frame["x"] = frame["x"].round() if tied else frame["x"]
    leave = np.array(
        [[i.estimate for i in slope_index(frame[frame["c"] != c], outcome="y", rank_by="x")] for c in range(60)]
    )
    jackknife = np.sqrt(59 / 60 * np.sum((leave - leave.mean(axis=0)) ** 2, axis=0))
    found = slope_index(frame, outcome="y", rank_by="x", cluster="c")
    assert [i.std_error for i in found] == pytest.approx(jackknife.tolist(), rel=0.08)
    assert found[1].conf_high / found[1].estimate == pytest.approx(found[1].estimate / found[1].conf_low)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    def draw(groups: int, rng: np.random.Generator) -> pd.DataFrame:
        shared = rng.normal(size=groups)
        cluster = np.repeat(np.arange(groups), 8)
        x = 0.5 * shared[cluster] + rng.normal(size=groups * 8)
        chance = 1 / (1 + np.exp(-0.5 * x - 0.4 * shared[cluster]))
        return pd.DataFrame({"c": cluster, "x": x, "y": (rng.random(groups * 8) < chance).astype(float)})

    rng = np.random.default_rng(11)
    truth = concentration_index(draw(100_000, rng), outcome="y", rank_by="x").estimate
    held = 0
    for _ in range(400):
        got = concentration_index(draw(50, rng), outcome="y", rank_by="x", cluster="c")
        held += got.conf_low <= truth <= got.conf_high
    assert 0.92 <= held / 400 <= 0.98  # 95% within about three Monte Carlo errors (0.011)


def test_curve_lies_on_the_diagonal_for_equal_shares() -> None:
    curve = concentration_curve(FOUR.assign(y=1.0), outcome="y", rank_by="rank")
    assert np.allclose(curve["population_share"], curve["outcome_share"])


def test_slope_index_is_the_regression_on_rank() -> None:
    sii, rii = slope_index(FOUR, outcome="y", rank_by="rank")
    rank = np.array([1, 3, 5, 7]) / 8
    slope, bottom = np.polyfit(rank, FOUR["y"], 1)
    assert sii.estimate == pytest.approx(slope) and rii.estimate == pytest.approx((bottom + slope) / bottom)


@pytest.mark.parametrize(
    ("change", "call", "code"),
    [
        ({"y": 0.0}, lambda f: gini(f, outcome="y"), "MEAN-DEGENERATE"),
        ({"w": -1.0}, lambda f: gini(f, outcome="y", weight="w"), "WEIGHT-NEGATIVE"),
        ({"c": 1}, lambda f: gini(f, outcome="y", cluster="c"), "CLUSTERS-FEW"),
        ({}, lambda f: gini(f, outcome="absent"), "INEQUALITY-COLUMN"),
        ({"y": -3.0}, lambda f: theil(f, outcome="y"), "OUTCOME-NEGATIVE"),
        ({"y": 7.7}, lambda f: concentration_index(f, outcome="y", rank_by="rank", kind="wagstaff"), "OUTCOME-BOUNDS"),
    ],
)
def test_bad_input_is_named_without_its_values(change: dict[str, float], call, code: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(MeasureError) as caught:
        call(FOUR.assign(**change))
    assert caught.value.code == code and "7.7" not in str(caught.value)
