"""Differences between groups against the regression they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import MeasureError, UsageError
from hybrid_toolkit.metrics.intervals.differences import measure_differences
from hybrid_toolkit.metrics.intervals.interval import clustered_interval
from hybrid_toolkit.metrics.intervals.multiple_testing import holm
from hybrid_toolkit.metrics.intervals.statistics import Slope


@pytest.fixture(scope="module")
def workers() -> EvaluationData:
    rng = np.random.default_rng(8)
    n = 240
    team, caring = np.arange(n) % 24, rng.random(n) < 0.4
    role = rng.choice(["4", "5", "6"], n)
    share = np.clip(
        0.4 + 0.1 * caring + 0.1 * (role == "5") + rng.normal(0, 0.05, 24)[team] + rng.normal(0, 0.1, n), 0, 1
    )
    worker = [f"w{i:03d}" for i in range(n)]
    return EvaluationData(
        {
            "worker": pd.DataFrame(
                {
                    "worker_id": worker,
                    "team_id": [f"t{i:02d}" for i in team],
                    "caring": pd.array(caring, "boolean"),
                    "role": role,
                }
            ),
            "worker_month": pd.DataFrame(
                {
                    "worker_id": worker,
                    "month": pd.Timestamp("2025-01-01"),
                    "h_home": 100 * share,
                    "h_office": 100 - 100 * share,
                }
            ),
        }
    )


def fit(data: EvaluationData, *columns: np.ndarray) -> sm.regression.linear_model.RegressionResults:
    months, worker = data["worker_month"], data["worker"]
    x = sm.add_constant(np.column_stack(columns).astype(float))
    groups = pd.factorize(worker["team_id"])[0]
    return sm.OLS((months["h_home"] / 100).to_numpy(), x).fit(
        cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
    )


def left_out(data: EvaluationData, *columns: np.ndarray) -> float:
    """The jackknife's error of the first slope: least squares fitted again without each team."""
    y, groups = (data["worker_month"]["h_home"] / 100).to_numpy(), data["worker"]["team_id"].to_numpy()
    x = sm.add_constant(np.column_stack(columns).astype(float))
    whole = sm.OLS(y, x).fit().params[1]
    each = [sm.OLS(y[groups != g], x[groups != g]).fit().params[1] - whole for g in np.unique(groups)]
    return float(np.sqrt((len(each) - 1) / len(each) * np.square(each).sum()))


def degrees(data: EvaluationData, *columns: np.ndarray) -> float:
    """Effective teams less one, from what is left of the first column once the others are taken out of it."""
    others = sm.add_constant(np.column_stack([np.ones(len(columns[0])), *columns[1:]]).astype(float))
    rest = sm.OLS(columns[0].astype(float), others).fit().resid ** 2
    share = pd.Series(rest).groupby(data["worker"]["team_id"].to_numpy()).sum() / rest.sum()
    return float(1 / (share**2).sum()) - 1


def test_raw_difference_is_the_regression_on_one_indicator(workers: EvaluationData) -> None:
    row = measure_differences(workers, "remote_share_desk", by="caring", reference="no").iloc[0]
    caring = workers["worker"]["caring"].to_numpy(dtype=float)
    ols, error, df = fit(workers, caring), left_out(workers, caring), degrees(workers, caring)
    assert row["estimate"] == pytest.approx(ols.params[1])
    assert row["conf_high"] - row["estimate"] == pytest.approx(stats.t.ppf(0.975, df) * error, rel=1e-9)
    assert row["p_value"] == pytest.approx(2 * stats.t.sf(row["estimate"] / error, df), rel=1e-6)


def test_adjusted_difference_is_the_regression_with_the_columns(workers: EvaluationData) -> None:
    row = measure_differences(workers, "remote_share_desk", by="caring", reference="no", adjust=["role"]).iloc[0]
    role = workers["worker"]["role"]
    columns = workers["worker"]["caring"].to_numpy(dtype=float), (role == "5").to_numpy(), (role == "6").to_numpy()
    assert row["estimate"] == pytest.approx(fit(workers, *columns).params[1])
    half = stats.t.ppf(0.975, degrees(workers, *columns)) * left_out(workers, *columns)
    assert row["estimate"] - row["conf_low"] == pytest.approx(half, rel=1e-9)


def test_several_groups_are_corrected(workers: EvaluationData) -> None:
    frame = measure_differences(workers, "remote_share_desk", by="role")
    assert set(frame["group"]) | set(frame["reference"]) == {"4", "5", "6"} and len(frame) == 2
    assert (frame["p_holm"] >= frame["p_value"]).all()
    assert frame["p_holm"].tolist() == pytest.approx(holm(frame["p_value"].tolist()))


def test_holm_by_hand_with_a_missing_value() -> None:
    assert holm([0.04, float("nan"), 0.01]) == pytest.approx([0.04, float("nan"), 0.02], nan_ok=True)
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_refusals(workers: EvaluationData, tiny: EvaluationData) -> None:
    with pytest.raises(MeasureError, match="GROUP-REFERENCE"):
        measure_differences(workers, "remote_share_desk", by="caring", reference="maybe")
    with pytest.raises(MeasureError, match="GROUP-PERSON"):
        measure_differences(workers, "remote_share_desk", by="worker_id")
    with pytest.raises(UsageError, match="ADJUST"):
        measure_differences(tiny, "approval_ratio", by="caring", adjust=["role"])
    assert ht.metrics.measure_differences is measure_differences


def test_a_ratio_by_hand() -> None:
    """Means 2 and 4 over two teams each: ratio 1/2; the error of its log is that of the means over the means."""
    frame = pd.DataFrame({"worker_id": list("abcdefgh"), "team_id": list("ssttuuvv"), "sex": ["f"] * 4 + ["m"] * 4})
    hours = [1.0, 1.0, 3.0, 3.0, 3.0, 3.0, 5.0, 5.0]
    months = pd.DataFrame({"worker_id": frame["worker_id"], "month": pd.Timestamp("2025-01-01"), "h_commute": hours})
    data = EvaluationData({"worker": frame, "worker_month": months})
    rows = measure_differences(data, "commute_hours_per_month", by="sex", reference="m", contrast="ratio")
    row = rows.iloc[0]
    error = np.sqrt(
        3 / 4 * 2 * ((1 / 2) ** 2 + (1 / 4) ** 2)
    )  # without a team a mean moves by 1, its log by 1/2 or 1/4
    assert (row["estimate"], row["unit"]) == (pytest.approx(0.5), "ratio")
    assert np.log(row["conf_high"] / 0.5) == pytest.approx(stats.t.ppf(0.975, 3) * error)
    with pytest.raises(UsageError, match="without adjust"):
        measure_differences(data, "commute_hours_per_month", by="sex", contrast="ratio", adjust=("team_id",))


@pytest.mark.parametrize("seed", range(8))
def test_holm_is_that_of_statsmodels_with_ties_ends_and_missing_ones(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p = np.r_[rng.uniform(0, 0.2, seed), 0.0, 1.0, 0.05, 0.05]
    p = p[rng.permutation(len(p))]
    theirs = multipletests(p, method="holm")[1]
    assert holm(p) == pytest.approx(theirs, abs=1e-15)
    gaps = np.insert(p, [0, 2], np.nan)
    assert np.isnan(holm(gaps)).sum() == 2 and [v for v in holm(gaps) if v == v] == pytest.approx(theirs, abs=1e-15)
    assert holm([]) == [] and np.isnan(holm([np.nan])).all()


@pytest.mark.parametrize(("away", "times"), [(1e5, 1.0), (202401.0, 1.0), (1e8, 1.0), (0.0, 1e-9), (0.0, 1e9)])
def test_where_a_column_lies_by_which_a_difference_is_adjusted_does_not_matter(away: float, times: float) -> None:
    """Periods as numbers and pounds gave limits a thousand million times too near, or none."""
    rng, n = np.random.default_rng(1), 400
    frame = pd.DataFrame({"y": rng.normal(size=n), "group": (rng.random(n) < 0.4).astype(float)})
    frame["x"] = np.round(rng.normal(size=n) + 0.5 * (frame["y"] > 0) + 0.3 * frame["group"], 3)
    team = pd.Series(np.repeat([f"t{i:02}" for i in range(20)], 20))
    here, there = (
        clustered_interval(Slope("y", "group", ("x",))(f), team)
        for f in (frame, frame.assign(x=frame["x"] * times + away))
    )
    assert [there.std_error, there.conf_low, there.effective] == pytest.approx(
        [here.std_error, here.conf_low, here.effective], rel=1e-7
    )
