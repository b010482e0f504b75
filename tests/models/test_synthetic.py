"""Synthetic control and synthetic difference in differences against a second solver, hand cases and known truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.series.control_placebos import ControlTask, all_gaps
from hybrid_toolkit.models.series.control_weights import control_weights, simplex_weights
from hybrid_toolkit.models.series.synthetic_control import fit_synthetic_control
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


def test_the_changed_unit_stands_in_no_placebo() -> None:
    """Whatever the changed unit does, the gaps of the others are the same: it is no control of theirs."""
    y = np.random.default_rng(4).normal(size=(8, 20)).cumsum(axis=1)
    task = ControlTask(y, np.empty((8, 0)), np.arange(20) < 12, 12, None)
    other = np.vstack([y[3], y[1:]])  # before, it could have been a control of the third unit without any gap
    moved = all_gaps(replace(task, y=other))[0]
    assert moved[1:].tolist() == all_gaps(task)[0][1:].tolist() and moved[0, :12] == pytest.approx(
        np.zeros(12), abs=1e-6
    )


def test_synthetic_did_covers_and_its_weights_sum_to_one() -> None:
    hits = []
    for seed in range(25):
        fit = fit_synthetic_did(WORLDS["factors-four"].simulate(seed), **AREAS, variance="jackknife")
        row = fit.tidy().iloc[0]
        hits.append(row["conf_low"] <= SERIES_LEVEL <= row["conf_high"])
    assert np.mean(hits) >= 0.84
    one = fit_synthetic_did(WORLDS["factors-one"].simulate(1), **AREAS, draws=50)
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


def mixed_of_two(seed: int = 3) -> pd.DataFrame:
    """Twenty areas; the changed one is 0.6 of area 3 and 0.4 of area 7 in its predictors and in what it does, then +2.

    Beside those two predictors stands one that leads nowhere: matching it would bring in other areas.
    """
    rng = np.random.default_rng(seed)
    areas, months, start = 20, 24, 16
    wealth, age, noise = rng.uniform(1, 9, areas), rng.uniform(20, 60, areas), rng.normal(size=areas)
    for v in (wealth, age):
        v[0] = 0.6 * v[3] + 0.4 * v[7]
    season, trend = rng.normal(size=months), 0.1 * np.arange(months)
    y = 3.0 + 0.5 * wealth[:, None] * (1 + season) + 0.1 * age[:, None] * trend
    y[1:] += 0.001 * rng.normal(size=(areas - 1, months))
    y[0] = 0.6 * y[3] + 0.4 * y[7] + 2.0 * (np.arange(months) >= start)
    at = np.repeat(np.arange(areas), months)
    f = pd.DataFrame({"area": [f"a{i:02d}" for i in at], "month": np.tile(np.arange(months), areas), "y": y.ravel()})
    f["wealth"], f["age"], f["noise"] = wealth[at], age[at], noise[at]
    f["start"] = np.where(at == 0, start, 0)
    return f


TOLD = {"outcome": "y", "panel_id": "area", "time": "month", "first_treated": "start", "demean": False}


def test_predictors_give_the_weights_that_made_the_unit() -> None:
    f = mixed_of_two()
    fit = fit_synthetic_control(f, **TOLD, predictors=["wealth", "age", "noise"])
    found = dict(zip(fit.donors, fit.weights, strict=True))
    assert found["a03"] == pytest.approx(0.6, abs=0.01) and found["a07"] == pytest.approx(0.4, abs=0.01)
    assert fit.estimate == pytest.approx(2.0, abs=0.01)
    table = fit.balance.set_index("predictor")
    assert table.loc["noise", "weight"] < 0.05 and table["weight"].sum() == pytest.approx(1)
    assert table.loc["wealth", "control"] == pytest.approx(table.loc["wealth", "changed"], rel=0.01)
    assert "3 predictors" in fit.method
    assert f"{(table['weight'] < 0.01).sum()} of 3 predictors have under 1% of the weight" in fit.prose()


def test_only_named_donors_stand_in_the_control() -> None:
    f = mixed_of_two()
    names = ["a03", "a07", "a08", "a09", "a10", "a11"]
    fit = fit_synthetic_control(f, **TOLD, donors=names)
    assert list(fit.donors) == names and fit.n_donors == 6
    alone = fit_synthetic_control(f[f["area"].isin(["a00", *names])], **TOLD)
    assert fit.weights.tolist() == alone.weights.tolist() and fit.p_value == alone.p_value
    without = fit_synthetic_control(f, **TOLD, donors=[n for n in names if n != "a03"] + ["a12"])
    assert abs(without.estimate - 2.0) > abs(fit.estimate - 2.0)
    with pytest.raises(EstimationError, match="DONORS") as caught:
        fit_synthetic_control(f, **TOLD, donors=[*names, "a00", "Nowhere"])
    assert "2 of 8" in str(caught.value) and "Nowhere" not in str(caught.value)


PRISONS = {"California": 0.407651414, "Florida": 0.110543548, "Illinois": 0.36027434, "Louisiana": 0.121530698}
"""Weights of Texas's control as printed in Cunningham (2021), Causal Inference: The Mixtape, chapter 10."""
ONE_YEAR = (("bmprison", 1988), ("bmprison", 1990), ("bmprison", 1991), ("bmprison", 1992), ("alcohol", 1990))
ONE_YEAR += (("aidscapita", 1990), ("aidscapita", 1991), ("black", 1990), ("black", 1991), ("black", 1992))
ONE_YEAR += (("perc1519", 1990),)


def test_no_control_of_texas_fits_better_by_the_published_objective() -> None:
    """Abadie's objective is the fit before the start; the printed weights leave half as much again as the best."""
    f = pytest.importorskip("causaldata").texas.load_pandas().data
    f = f[f["year"].between(1985, 2000)]
    y = f.pivot_table(index="state", columns="year", values="bmprison")
    means = f[f["year"] < 1993].groupby("state")[["income", "ur", "poverty"]].mean()
    single = {f"{c}_{t}": f[f["year"] == t].groupby("state")[c].mean() for c, t in ONE_YEAR}
    x = means.assign(**single).loc[y.index].to_numpy()
    before, i = 9, list(y.index).index("Texas")  # the printed fit is that of 1985 to 1993
    others = [j for j in range(len(y)) if j != i]
    units, donors = y.to_numpy()[:, :before], y.index[others]

    def gap(w: np.ndarray) -> float:
        return float(np.sqrt(((w @ units[others] - units[i]) ** 2).mean()))

    printed = np.array([PRISONS.get(name, 0.0) for name in donors])
    alone, _ = simplex_weights(units[i], units[others])
    weights, importance, found = control_weights(y.to_numpy(), x, i, others, np.arange(y.shape[1]) < before)
    assert found and gap(printed) == pytest.approx(1294.7, abs=0.1)
    assert gap(alone) <= gap(weights) <= 1.01 * gap(alone) < 0.7 * gap(printed)
    # the weights are an answer to the inner problem: no control matches the predictors, so weighted, better
    used = x[[i, *others]]
    z = ((used - used[0]) / used.std(axis=0, ddof=1))[1:]
    best, _ = simplex_weights(np.zeros(x.shape[1]), z * np.sqrt(importance))
    assert (weights @ z) ** 2 @ importance <= (best @ z) ** 2 @ importance + 1e-6 < (printed @ z) ** 2 @ importance
    later = y.to_numpy()[:, 8:]
    effects = [float((later[i] - w @ later[others]).mean()) for w in (weights, printed)]
    assert effects[0] == pytest.approx(effects[1], rel=0.05)
