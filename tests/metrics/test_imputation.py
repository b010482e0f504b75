"""Chained equations, Rubin's rules and shifts: by hand, and where the truth is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.imputation import impute_chained, not_at_random_shifts
from hybrid_toolkit.metrics.rubin_rules import pool_rubin


def test_rubin_by_hand() -> None:
    """Estimates 1, 2, 3 with errors 1: within 1, between 1, total 7/3, lambda 4/7, old df 2 / (4/7)^2 = 6.125; with 30
    complete degrees of freedom, 31/33 x 30 x 3/7 = 12.0779 seen, so 1/(1/6.125 + 1/12.0779) = 4.0640."""
    got = pool_rubin([1, 2, 3], [1, 1, 1], df_complete=30)
    assert (got.estimate, got.within, got.between) == (2, 1, 1)
    assert got.std_error**2 == pytest.approx(7 / 3) and got.missing_variance == pytest.approx(4 / 7)
    assert got.df == pytest.approx(4.0640, abs=1e-4)
    assert got.conf_high - got.estimate == pytest.approx(2.7592 * (7 / 3) ** 0.5, abs=0.003)


def test_nothing_between_is_the_plain_interval() -> None:
    got = pool_rubin([2.0, 2.0], [0.5, 0.5])
    assert np.isinf(got.df) and got.conf_high == pytest.approx(2 + 1.959964 * 0.5)
    for bad in (([1], [1]), ([1, 2], [1]), ([1, np.nan], [1, 1]), ([1, 2], [1, -1])):
        with pytest.raises(MeasureError, match="POOL-INPUT"):
            pool_rubin(*bad)


def sample(seed: int, n: int = 200) -> pd.DataFrame:
    """y = 1 + x + noise, population mean of y 1; y is missing the more often the higher x."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = 1 + x + rng.normal(size=n)
    gone = rng.uniform(size=n) < 1 / (1 + np.exp(-(1.2 * x - 0.4)))
    return pd.DataFrame(
        {"x": x, "y": np.where(gone, np.nan, y), "z": np.where(rng.uniform(size=n) < 0.1, np.nan, x + y)}
    )


def mean_of_y(frame: pd.DataFrame) -> tuple[float, float]:
    return float(frame["y"].mean()), float(frame["y"].std() / len(frame) ** 0.5)


def test_known_truth_missing_at_random() -> None:
    """60 samples: complete rows miss the mean by a third of a unit; the pooled intervals hold it as they say."""
    held, centre, unadjusted = [], [], []
    for seed in range(60):
        frame = sample(seed)
        got = impute_chained(frame, n_imputations=5, n_iter=4, seed=seed).pool(mean_of_y, df_complete=199)
        held.append(got.conf_low <= 1 <= got.conf_high)
        centre.append(got.estimate)
        unadjusted.append(frame["y"].mean())
    assert np.mean(unadjusted) < 0.75
    assert np.mean(centre) == pytest.approx(1, abs=0.05)
    assert np.mean(held) >= 0.95 - 3 * 0.0281


def test_only_observed_values_are_drawn_and_the_rest_is_untouched() -> None:
    frame = sample(3)
    frame["b"] = pd.array([True, False, None, True] * 50, dtype="boolean")
    frame["n"] = pd.array([1, 2, None, 4, 5] * 40, dtype="Int64")
    frame["g"] = pd.Series(list("uv") * 100, dtype="str")
    before = frame.copy()
    got = impute_chained(frame, n_imputations=3, n_iter=2, seed=1)
    pd.testing.assert_frame_equal(frame, before)
    for made in got.frames:
        assert not made.isna().any().any() and made.dtypes.equals(frame.dtypes)
        for c in ("y", "z", "n", "b"):
            assert set(made[c]) <= set(frame[c].dropna())
            pd.testing.assert_series_equal(made[c][frame[c].notna()], frame[c][frame[c].notna()])
    assert got.report["column"].tolist() == ["y", "z", "b", "n"] and "chained equations" in got.summary()
    again = impute_chained(frame, n_imputations=3, n_iter=2, seed=1)
    pd.testing.assert_frame_equal(got.frames[2], again.frames[2])
    assert not got.frames[0]["y"].equals(got.frames[1]["y"])


def test_a_linear_relation_is_kept() -> None:
    """z = x + y exactly where it is known: the drawn values follow it as closely as the nearest donors allow."""
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(rng.normal(size=(400, 2)), columns=["x", "y"])
    frame["z"] = (frame["x"] + frame["y"]).where(rng.uniform(size=400) > 0.2)
    made = impute_chained(frame, n_imputations=2, seed=2)
    hole = made.missing["z"]
    gap = (made.frames[0]["z"] - frame["x"] - frame["y"])[hole]
    assert hole.sum() > 50 and gap.abs().median() < 0.05


def test_nhanes_as_pooled_by_mice() -> None:
    """Schafer's 25 people; the help page of mice's pool() (m = 5): bmi on hyp and chl, 22.01 (se 4.94), -1.456, 0.0346.

    Between five imputations the published slope of chl has a Monte Carlo error of .007, the others accordingly; three
    of them each way.
    """
    nan = float("nan")
    age = [1, 2, 1, 3, 1, 3, 1, 1, 2, 2, 1, 2, 3, 2, 1, 1, 3, 2, 1, 3, 1, 1, 1, 3, 2]
    bmi = [
        *(nan, 22.7, nan, nan, 20.4, nan, 22.5, 30.1, 22.0, nan, nan, nan, 21.7, 28.7, 29.6, nan, 27.2, 26.3, 35.3),
        *(25.5, nan, 33.2, 27.5, 24.9, 27.4),
    ]
    hyp = [nan, 1, 1, nan, 1, nan, 1, 1, 1, nan, nan, nan, 1, 2, 1, nan, 2, 2, 1, 2, nan, 1, 1, 1, 1]
    chl = [
        *(nan, 187, 187, nan, 113, 184, 118, 187, 238, nan, nan, nan, 206, 204, nan, nan, 284, 199, 218, nan, nan),
        *(229, 131, nan, 186),
    ]
    frame = pd.DataFrame({"age": age, "bmi": bmi, "hyp": hyp, "chl": chl}, dtype="float64")
    made = impute_chained(frame, n_imputations=60, seed=4)

    def slope(term: int) -> Callable[[pd.DataFrame], tuple[float, float]]:
        def fit(f: pd.DataFrame) -> tuple[float, float]:
            x = np.column_stack([np.ones(len(f)), f["hyp"], f["chl"]])
            inverse = np.linalg.inv(x.T @ x)
            b = inverse @ x.T @ f["bmi"].to_numpy()
            s2 = ((f["bmi"] - x @ b) ** 2).sum() / (len(f) - 3)
            return float(b[term]), float(np.sqrt(s2 * inverse[term, term]))

        return fit

    published = ((0, 22.013, 4.941, 3.6), (1, -1.456, 2.268, 1.5), (2, 0.0346, 0.0283, 0.021))
    for term, estimate, std_error, within in published:
        pairs = [slope(term)(f) for f in made.frames]
        got = pool_rubin([e for e, _ in pairs], [s for _, s in pairs], df_complete=22)
        assert got.estimate == pytest.approx(estimate, abs=within)
        assert 0.7 <= got.std_error / std_error <= 1.45


def test_shifts_move_the_mean_by_the_missing_share() -> None:
    frame = sample(5)
    made = impute_chained(frame, n_imputations=4, n_iter=3, seed=5)
    table = not_at_random_shifts(made, "y", mean_of_y, shifts=(0.0, -1.0, -3.0))
    share = frame["y"].isna().mean()
    np.testing.assert_allclose(table["estimate"].diff().iloc[1:], [-share, -2 * share])
    assert table["holds"].tolist()[0] and table["shift"].tolist() == [0, -1, -3]
    assert not not_at_random_shifts(made, "y", mean_of_y, shifts=(-8.0,))["holds"].item()
    held = not_at_random_shifts(made, "y", mean_of_y, shifts=(-100.0,), within=(0.0, 5.0))
    assert held["estimate"].item() > -0.5


def test_bad_input_is_told() -> None:
    frame = sample(1)
    with pytest.raises(MeasureError, match="IMPUTE-TYPE"):
        impute_chained(frame.assign(g=pd.Series(["a", None] * 100, dtype="str")))
    with pytest.raises(MeasureError, match="IMPUTE-N"):
        impute_chained(frame.assign(c=[1.0] * 199 + [np.nan]))
    with pytest.raises(MeasureError, match="IMPUTE-N"):
        impute_chained(frame, n_imputations=1)
    made = impute_chained(frame, n_imputations=2, n_iter=1)
    with pytest.raises(MeasureError, match="SHIFT-COLUMN"):
        not_at_random_shifts(made, "x", mean_of_y, shifts=(0,))
    assert impute_chained(frame.dropna(), n_imputations=2).summary() == "Nothing was missing."
