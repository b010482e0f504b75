"""Slopes by career stage, where the truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.columns.numeric_columns import scaled
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.constructs.stage_gap import StageSlopeGap, restricted_cubic, stage_slopes
from hybrid_toolkit.metrics.intervals.interval import clustered_interval
from hybrid_toolkit.metrics.intervals.statistics import linear_combination

SLOPES = {"asye": -2.0, "early": -1.0, "mid": 0.5, "late": 0.0}


def rows(n: int, seed: int, noise: float, bend: float = 0.0) -> pd.DataFrame:
    """y = slope(stage) x + bend x^2: the mean slope at uniform x is slope + bend."""
    rng = np.random.default_rng(seed)
    stage = rng.choice(list(SLOPES), n)
    x = rng.random(n)
    y = 3 + np.array([SLOPES[s] for s in stage]) * x + bend * x**2 + noise * rng.normal(size=n)
    return pd.DataFrame({"y": y, "x": x, "stage": stage, "team_id": rng.integers(0, 30, n).astype(str)})


def test_gap_is_exact_without_noise_when_slopes_are_straight() -> None:
    frame = rows(400, 0, 0.0)
    frame = frame[frame["stage"].isin(["early", "mid"])].reset_index(drop=True)
    assert StageSlopeGap("y", "x", "stage")(frame).value == pytest.approx(-1.5, abs=1e-9)


def test_gap_holds_the_truth_with_a_common_bend() -> None:
    held = 0
    for seed in range(100):
        frame = rows(600, seed, 0.5, bend=2.0)
        frame = frame[frame["stage"].isin(["early", "mid"])].reset_index(drop=True)
        i = clustered_interval(StageSlopeGap("y", "x", "stage")(frame), frame["team_id"])
        held += i.conf_low <= -1.5 <= i.conf_high
    assert held >= 88  # .95 less three Monte Carlo errors of .022


def test_a_design_without_a_constant_first_column_gives_the_least_squares_answer() -> None:
    rng = np.random.default_rng(1)
    group = rng.integers(0, 2, 60)
    x = np.column_stack([group == 0, group == 1, rng.random(60) + 7]).astype(float)
    y = x @ np.array([1.0, 2.0, 3.0]) + rng.normal(size=60)
    basis = scaled(x)
    assert basis.z @ basis.r == pytest.approx(x, abs=1e-12)
    assert basis.back(basis.z.T @ y / 60) == pytest.approx(np.linalg.lstsq(x, y, rcond=None)[0], abs=1e-9)
    found = [linear_combination(x, y, pick)[0] for pick in np.eye(3)]
    assert found == pytest.approx(np.linalg.lstsq(x, y, rcond=None)[0], abs=1e-9)


def test_spline_is_straight_beyond_its_outer_knots() -> None:
    knots = np.array([0.1, 0.5, 0.9])
    x = np.array([0.9, 1.0, 1.1, 1.2])
    terms, slopes = restricted_cubic(x, knots)
    assert np.diff(terms[:, 1], 2) == pytest.approx([0, 0], abs=1e-12)
    inner = np.linspace(0, 1, 201)
    numeric = np.gradient(restricted_cubic(inner, knots)[0][:, 1], inner)
    assert restricted_cubic(inner, knots)[1][5:-5, 1] == pytest.approx(numeric[5:-5], abs=2e-3)
    assert slopes[:, 0].tolist() == [1.0] * 4


def authority(n: int, seed: int) -> EvaluationData:
    rng = np.random.default_rng(seed)
    stage = rng.choice(["asye", "mid", "late", "supervisor"], n, p=[0.3, 0.3, 0.3, 0.1])
    share = rng.uniform(0.1, 0.9, n)
    years = pd.Series(stage).map({"asye": 0.5, "mid": 5, "late": 15, "supervisor": 15})
    worker = [f"w{i:03d}" for i in range(n)]
    latent = 3 + np.where(stage == "asye", -2.0, 0.0) * (share - 0.5) + 0.3 * rng.normal(size=n)
    item = np.clip(np.round(latent[:, None] + 0.3 * rng.normal(size=(n, 4))), 1, 5)
    survey = pd.DataFrame(item, columns=[f"il_{i}" for i in range(1, 5)]).assign(worker_id=worker)
    long = survey.melt(id_vars="worker_id", var_name="item", value_name="value")
    month = pd.Timestamp("2025-01-01")
    return EvaluationData(
        {
            "worker": pd.DataFrame(
                {
                    "worker_id": worker,
                    "team_id": [f"t{i % 24}" for i in range(n)],
                    "role": np.where(stage == "supervisor", "3", "5"),
                    "reg_date": month - pd.to_timedelta((years * 365.25).round(), unit="D"),
                }
            ),
            "worker_month": pd.DataFrame(
                {"worker_id": worker, "month": month, "h_home": 100 * share, "h_office": 100 * (1 - share)}
            ),
            "survey": long.assign(wave=1, month=month, instrument="informal_learning"),
        }
    )


def test_metric_and_slopes_from_tables() -> None:
    data = authority(480, 4)
    row = ht.measure(data, "stage_gap_learning").iloc[0]
    assert row["conf_low"] < -2.0 < row["conf_high"] and row["conf_high"] < 0
    assert row["n_clusters"] == 24 and row["flag"] == ""
    slopes = stage_slopes(data).set_index("stage")
    assert slopes.index.tolist() == ["asye", "mid", "late"]
    assert slopes.loc["asye", "conf_high"] < slopes.loc["mid", "estimate"]


def test_too_few_in_a_stage_is_flagged() -> None:
    row = ht.measure(authority(24, 1), "stage_gap_learning").iloc[0]
    assert np.isnan(row["estimate"]) and "fewer than 10 rows in" in row["flag"]
