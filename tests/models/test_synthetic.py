"""Synthetic control and synthetic difference in differences against a second solver, hand cases and known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.series.synthetic_control import fit_synthetic_control, simplex_weights
from hybrid_toolkit.models.series.synthetic_did import fit_synthetic_did
from hybrid_toolkit.trust.dgps.series import ALL, SERIES_LEVEL

WORLDS = {w.id: w for w in ALL}
AREAS = {"outcome": "y", "panel_id": "la_id", "time": "month", "first_treated": "first_treated"}


@pytest.mark.parametrize("seed", range(3))
def test_weights_are_those_of_a_second_solver(seed) -> None:
    rng = np.random.default_rng(seed)
    donors = rng.normal(size=(8, 20))
    target = rng.dirichlet(np.ones(8)) @ donors + rng.normal(0, 0.3, 20)
    w, found = simplex_weights(target, donors)

    def loss(v: np.ndarray) -> float:
        return float(((target - v @ donors) ** 2).sum())

    one = {"type": "eq", "fun": lambda v: v.sum() - 1}
    other = optimize.minimize(loss, np.full(8, 1 / 8), bounds=[(0, 1)] * 8, constraints=one, tol=1e-12)
    assert found and w.sum() == pytest.approx(1) and (w >= 0).all()
    assert loss(w) == pytest.approx(other.fun, rel=1e-3) and w == pytest.approx(other.x, abs=5e-3)


def test_weights_are_those_of_diff_diff_on_levels() -> None:
    import warnings

    from diff_diff import SyntheticControl

    f = WORLDS["factors-one"].simulate(2)
    fit = fit_synthetic_control(f, **AREAS, demean=False)
    library = SyntheticControl(v_method="custom", custom_v=np.ones(24), standardize="none")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = library.fit(f.assign(d=f["policy"].astype(int)), "y", "d", "la_id", "month")
    assert fit.estimate == pytest.approx(theirs.att, abs=0.02)
    assert fit.path["gap"].to_numpy()[24:].mean() == pytest.approx(fit.estimate)


def test_placebo_intervals_cover_and_say_when_no_control_follows() -> None:
    hits, poor = [], []
    for seed in range(50):
        fit = fit_synthetic_control(WORLDS["factors-one"].simulate(seed), **AREAS)
        hits.append(fit.conf_low <= SERIES_LEVEL <= fit.conf_high)
        assert (fit.p_value <= 0.05) == (not fit.conf_low <= 0 <= fit.conf_high)
        poor.append(fit_synthetic_control(WORLDS["factors-outside"].simulate(seed), **AREAS).poor)
    assert 0.86 <= np.mean(hits) <= 1 and np.mean(poor) > 0.5
    few = WORLDS["factors-one"].simulate(1).query("la_id < 10")
    short = fit_synthetic_control(few, **AREAS)
    assert np.isinf(short.conf_high) and "no end" in short.summary()


def test_synthetic_did_covers_and_its_weights_sum_to_one() -> None:
    hits = []
    for seed in range(25):
        fit = fit_synthetic_did(WORLDS["factors-four"].simulate(seed), **AREAS, variance="jackknife")
        row = fit.tidy().iloc[0]
        hits.append(row["conf_low"] <= SERIES_LEVEL <= row["conf_high"])
    assert np.mean(hits) >= 0.84
    one = fit_synthetic_did(WORLDS["factors-one"].simulate(1), **AREAS, replications=50)
    assert (
        one.n_treated == 1 and one.unit_weights.sum() == pytest.approx(1) and one.time_weights.sum() == pytest.approx(1)
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda f: f[f["la_id"] < 4], "NO-UNTREATED"),
        (lambda f: f.assign(first_treated=np.nan), "NO-TREATED"),
        (lambda f: f.assign(first_treated=f["first_treated"].where(f["la_id"] != 3, 20.0)), "SEVERAL-STARTS"),
        (lambda f: f[f["month"] > 23], "TOO-FEW-PERIODS"),
        (lambda f: f.drop(index=5), "PANEL-UNBALANCED"),
    ],
)
@pytest.mark.parametrize("fit", [fit_synthetic_control, fit_synthetic_did])
def test_bad_input_is_named(fit, change, code) -> None:
    f = WORLDS["factors-one"].simulate(1)
    with pytest.raises(EstimationError, match=code):
        fit(change(f), **AREAS)


def test_one_treated_unit_has_no_jackknife() -> None:
    with pytest.raises(EstimationError, match="TOO-FEW-TREATED"):
        fit_synthetic_did(WORLDS["factors-one"].simulate(1), **AREAS, variance="jackknife")
    assert isinstance(fit_synthetic_control(WORLDS["factors-four"].simulate(1), **AREAS).glance(), pd.DataFrame)
    assert "not like one placebo" in fit_synthetic_control(WORLDS["factors-four"].simulate(1), **AREAS).summary()
