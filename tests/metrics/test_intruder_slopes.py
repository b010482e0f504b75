"""What an intruder reads off a slope: thirteen are hardly ever at home, one nearly always."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.metrics.intervals.statistics import people_told, regression_of
from hybrid_toolkit.report.measured import measure_released
from hybrid_toolkit.widgets.explorer.metric_view import view_metric
from hybrid_toolkit.widgets.lenses.lens_career import view_career_stage
from hybrid_toolkit.widgets.lenses.stage_curves import curve_rows, slope_rows

MONTHS = pd.date_range("2025-01-01", periods=3, freq="MS")


def council(*, far: bool) -> ht.EvaluationData:
    """A hundred workers in twenty teams, fourteen in their first year, of whom one may be far off."""
    rng = np.random.default_rng(6)
    n, new = 100, 14
    share = np.r_[rng.uniform(0.01, 0.05, new) if far else rng.uniform(0.05, 0.9, new), rng.uniform(0.05, 0.9, n - new)]
    if far:
        share[0] = 0.85
    worker = pd.DataFrame({"worker_id": [f"w{i:03}" for i in range(n)], "team_id": [f"t{i % 20:02}" for i in range(n)],
                           "role": "5", "asye": np.arange(n) < new, "reg_date": pd.to_datetime(
                               np.where(np.arange(n) < new, "2024-11-01", "2019-11-01"))})  # fmt: skip
    month = pd.concat([worker[["worker_id"]].assign(month=m, h_home=100 * share, h_office=100 * (1 - share))
                       for m in MONTHS], ignore_index=True)  # fmt: skip
    items = [worker[["worker_id"]].assign(wave=1, month=MONTHS[-1], instrument="informal_learning", item=f"il_{k}",
                                          value=rng.integers(1, 6, n).astype(float)) for k in range(1, 5)]  # fmt: skip
    return ht.EvaluationData({"worker": worker, "worker_month": month, "survey": pd.concat(items, ignore_index=True)})


def test_a_slope_and_a_curve_that_one_worker_tells_are_not_shown() -> None:
    """The curve of the stage ran to where that worker was, and ended at the worker's own score."""
    data = council(far=True)
    view = view_career_stage(data, outcome="informal_learning")
    curve, slopes = view.panels[0].release.content, view.panels[-1].release.content.set_index("term")
    assert curve.loc[curve["stage"].eq("asye") & ~curve["suppressed"], "at"].max() != 0.85
    assert curve.loc[curve["stage"].eq("asye"), "estimate"].isna().all() and slopes.loc["asye", "suppressed"]
    assert slopes.iloc[-1]["suppressed"], "the gap beside the slope of the other stage tells it"
    assert not slopes.loc["mid", "suppressed"]


def test_the_metric_of_the_gap_is_held_back_in_tables_and_views() -> None:
    data = council(far=True)
    measured = ht.measure(data, "stage_gap_learning").iloc[0]
    assert measured["n_people"] < 10 <= measured["n"]
    assert (
        measure_released(data, "stage_gap_learning", by=None, gate=Gate(source=data))[0]
        .table.content["estimate"]
        .isna()
        .all()
    )
    assert view_metric(data, metric="stage_gap_learning").estimates.content["estimate"].isna().all()


def test_what_enough_tell_is_shown() -> None:
    rng = np.random.default_rng(2)
    rows = pd.DataFrame({"worker_id": [f"w{i}" for i in range(200)], "team_id": [f"t{i % 20}" for i in range(200)],
                         "stage": np.repeat(["early", "mid"], 100), "rs_desk": rng.uniform(0, 1, 200),
                         "y": rng.normal(3, 1, 200)})  # fmt: skip
    curves, slopes = curve_rows(rows, "y", least=10), slope_rows(rows, "y", "gap", least=10)
    assert curves["estimate"].notna().sum() > 30 and (slopes["rests_on"] >= 10).all()
    assert (ht.measure(council(far=False), "stage_gap_learning")["n_people"] >= 5).all()


@pytest.mark.parametrize("two", [False, True])
def test_people_told_by_hand(two: bool) -> None:
    """One person far off, alone or in two rows, tells the slope; the mean rests on all."""
    x = np.r_[np.zeros(11), 1.0, *([1.0] if two else [])]
    fit = regression_of(np.column_stack([np.ones(len(x)), x]), x, np.array([0.0, 1.0]))
    who = np.r_[np.arange(12), *([11] if two else [])].astype(int)
    w = np.where(x == 1, 1 / (1 + two), -1 / 11) ** 2
    square = np.bincount(who, weights=w)
    assert people_told(fit, who) == pytest.approx(square.sum() ** 2 / (square**2).sum()) and people_told(fit, who) < 1.5
    mean = regression_of(np.ones((20, 1)), np.arange(20.0), np.ones(1))
    assert people_told(mean, np.arange(20)) == pytest.approx(20)
