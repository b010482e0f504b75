"""The panel that the roll-out estimators share: one entry, one set of checks, the same keywords and errors for each."""

from __future__ import annotations

import inspect
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit import models
from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.models.rollout.panel_data import PanelColumns

ESTIMATORS = {
    "fit_group_time": {},
    "fit_event_study": {},
    "fit_two_by_two": {},
    "fit_synthetic_did": {"variance": "jackknife"},
    "fit_synthetic_control": {},
    "fit_random_order": {"draws": 39},
    "fit_dose": {"dose": "dose"},
}
SHARED = ("outcome", "panel_id", "time", "first_treated", "unbalanced")
COLUMNS = {"outcome": "y", "panel_id": "team", "time": "month", "first_treated": "start"}


def frame(starts: tuple[float, ...] = (5.0,) * 4 + (np.nan,) * 20) -> pd.DataFrame:
    """Twenty-four teams over eight months."""
    rng = np.random.default_rng(3)
    rows = pd.MultiIndex.from_product([range(len(starts)), range(1, 9)], names=["team", "month"]).to_frame(index=False)
    start = pd.Series(starts, dtype="float64").iloc[rows["team"]].to_numpy()
    return rows.assign(start=start, y=rng.normal(size=len(rows)), dose=np.where(np.isnan(start), 0, 1.0 + rows["team"]))


def fit(name: str, rows: pd.DataFrame, **change: object) -> object:
    return getattr(models, name)(rows, **{**COLUMNS, **ESTIMATORS[name], **change})


def test_every_roll_out_estimator_takes_the_same_columns() -> None:
    for name in ESTIMATORS:
        assert set(SHARED) <= set(inspect.signature(getattr(models, name)).parameters), name


@pytest.mark.parametrize("name", ESTIMATORS)
def test_each_refuses_what_the_panel_refuses(name: str) -> None:
    good = frame()
    wrong = {
        "UNBALANCED-UNKNOWN": (good, {"unbalanced": "guess"}),
        "PANEL-DUPLICATE": (pd.concat([good, good.iloc[:3]]), {}),
        "PANEL-UNBALANCED": (good.iloc[1:], {}),
        "TOO-FEW-PERIODS": (good[good["month"].eq(8)], {}),
        "TREATMENT-KIND": (good.assign(start=good["start"].map(lambda v: None if np.isnan(v) else "May")), {}),
        "TREATMENT-REVERSES": (good.assign(start=good["start"].where(good["month"] > 3)), {}),
        "NO-TREATED": (good.assign(start=np.nan), {}),
    }
    for code, (rows, change) in wrong.items():
        with pytest.raises(EstimationError) as caught:
            fit(name, rows, **change)
        assert caught.value.code == code, name
    with pytest.raises(CoverageError):
        fit(name, good.drop(columns="start"))
    if name != "fit_dose":
        with pytest.raises(EstimationError, match="exactly one way"):
            fit(name, good, treatment="on")


@pytest.mark.parametrize("name", ["fit_two_by_two", "fit_synthetic_did", "fit_synthetic_control"])
def test_those_that_compare_two_spans_need_one_start(name: str) -> None:
    with pytest.raises(EstimationError, match=r"SEVERAL-STARTS.*2 periods"):
        fit(name, frame((4.0, 4.0, 6.0, 6.0) + (np.nan,) * 20))


def test_the_columns_are_frozen_and_read_once() -> None:
    columns = PanelColumns("y", "team", "month", first_treated="start", unbalanced="drop")
    with pytest.raises(FrozenInstanceError):
        columns.panel_id = "area"  # type: ignore[misc]
    p = columns.read(frame().iloc[1:])
    assert (p.n_incomplete, p.n_missing, p.y.shape) == (1, 8, (23, 8))
    assert p.only_start("this needs") == 4 and int(p.untreated.sum()) == 20
    with pytest.raises(
        EstimationError,
        match=r"TOO-FEW-PERIODS.*4 periods before the start; at least 6 are needed.*Add at least 2 ",
    ):
        p.only_start("this needs", least_before=6)
