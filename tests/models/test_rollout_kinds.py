"""Doses, stepped wedges and random order against hand-made answers, statsmodels, known truth and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.models.rollout.dose import fit_dose
from hybrid_toolkit.models.rollout.event_study import fit_event_study
from hybrid_toolkit.models.rollout.random_order import fit_random_order
from hybrid_toolkit.models.rollout.stepped_wedge import fit_stepped_wedge
from hybrid_toolkit.trust.dgps.rollout import ALL as ROLLOUTS
from hybrid_toolkit.trust.dgps.stepped import ALL as WEDGES

WORLDS = {w.id: w for w in (*ROLLOUTS, *WEDGES)}
TEAMS = {"outcome": "y", "panel_id": "team_id", "time": "month", "first_treated": "first_treated"}
STEPS = {"outcome": "y", "cluster": "team_id", "time": "month", "first_treated": "first_treated"}


def test_a_straight_dose_is_the_regression_of_changes_on_the_dose() -> None:
    f = WORLDS["dose-linear"].simulate(1)
    fit = fit_dose(f, **TEAMS, dose="dose")
    late, last = f["month"] >= 7, f["month"] == 6
    change = f[late].groupby("team_id")["y"].mean() - f[last].set_index("team_id")["y"]
    dose = f.groupby("team_id")["dose"].first()
    on = dose > 0
    assert fit.slope == pytest.approx(np.polyfit(dose[on], change[on], 1)[0], abs=1e-6)
    assert fit.effect == pytest.approx(change[on].mean() - change[~on].mean(), abs=1e-6)
    middle = np.interp(dose[on].mean(), fit.curve["dose"], fit.curve["effect"])
    assert middle == pytest.approx(fit.effect, abs=0.02)
    assert fit_dose(f, **TEAMS, dose="dose", degree=3).slope != fit.slope
    assert "somewhat too narrow" in fit.summary()


def test_a_dose_chosen_by_trend_misleads_its_slope() -> None:
    gap = [fit_dose(WORLDS["dose-chosen"].simulate(s), **TEAMS, dose="dose").slope - 0.6 for s in range(12)]
    assert np.mean(gap) > 0.1


def test_the_wedge_is_generalised_least_squares_at_the_optimum_of_the_restricted_likelihood() -> None:
    """Every cell has eight rows, so means of cells and the spread within them tell all: a second way to the fit."""
    f = WORLDS["wedge-team-months"].simulate(2)
    fit = fit_stepped_wedge(f, **STEPS)
    cells = f.groupby(["team_id", "month"], as_index=False).agg(y=("y", "mean"), policy=("policy", "first"))
    x = np.column_stack([cells["policy"], pd.get_dummies(cells["month"]).to_numpy(dtype=float)])
    z, y = x.reshape(24, 7, -1), cells["y"].to_numpy().reshape(24, 7)
    within = float((f["y"] - f.groupby(["team_id", "month"])["y"].transform("mean")).pow(2).sum())

    def solve(log_sd: np.ndarray) -> tuple[float, float, float]:
        team, cell, error = np.exp(2 * log_sd)
        block = team * np.ones((7, 7)) + (cell + error / 8) * np.eye(7)
        inverse = np.linalg.inv(block)
        gram = np.einsum("cti,ts,csj->ij", z, inverse, z)
        b = np.linalg.solve(gram, np.einsum("cti,ts,cs->i", z, inverse, y))
        e = y - z @ b
        two = 24 * np.linalg.slogdet(block)[1] + np.linalg.slogdet(gram)[1] + np.einsum("ct,ts,cs->", e, inverse, e)
        return two + len(cells) * 7 * np.log(error) + within / error, b[0], float(np.sqrt(np.linalg.inv(gram)[0, 0]))

    best = optimize.minimize(lambda s: solve(s)[0], np.log([0.2, 0.2, 1.0]), method="Nelder-Mead")
    _, estimate, error = solve(best.x)
    assert (fit.estimate, fit.std_error) == pytest.approx((estimate, error), abs=1e-3)
    assert fit.df <= 22 and fit.n_steps == 6
    team, cell, left = np.exp(2 * best.x)
    assert (fit.icc, fit.cac) == pytest.approx(((team + cell) / (team + cell + left), team / (team + cell)), abs=0.01)


def test_one_row_a_cluster_and_period_has_no_effect_of_its_own() -> None:
    f = WORLDS["order-by-lot"].simulate(1)
    fit = fit_stepped_wedge(f, **STEPS)
    assert fit.correlation == "exchangeable" and fit.cac == 1
    dated = f.assign(month=pd.Timestamp("2025-01-01") + pd.to_timedelta(f["month"] * 31, "D"))
    dated["first_treated"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(f["first_treated"] * 31, "D")
    assert fit_stepped_wedge(dated, **STEPS).estimate == pytest.approx(fit.estimate)
    missing = f.assign(y=f["y"].where(f.index != 3))
    assert fit_stepped_wedge(missing, **STEPS).n_missing == 1


def test_random_order_is_two_way_regression_and_the_lottery_covers() -> None:
    hits = []
    for seed in range(100):
        f = WORLDS["order-by-lot"].simulate(seed)
        fit = fit_random_order(f, **TEAMS, draws=199)
        hits.append(fit.conf_low <= 0.3 <= fit.conf_high)
        if seed < 3:
            assert fit.estimate == pytest.approx(fit_event_study(f, **TEAMS, estimator="two-way").estimate[0])
            assert (fit.p_value <= 0.05) == (not fit.conf_low <= 0 <= fit.conf_high)
    assert 0.89 <= np.mean(hits) <= 0.99
    assert fit_random_order(f, **TEAMS, draws=199).tidy().equals(fit.tidy())


@pytest.mark.parametrize(
    ("call", "change", "code"),
    [
        ("dose", lambda f: f.assign(dose=f["dose"] * f["month"]), "DOSE"),
        ("dose", lambda f: f.assign(dose=-f["dose"]), "DOSE"),
        ("dose", lambda f: f.assign(dose=1.0), "TOO-FEW-DOSES"),
        ("dose", lambda f: f.assign(first_treated=7), "NO-UNTREATED"),
        ("dose", lambda f: f.assign(first_treated=np.nan), "NO-TREATED"),
        ("order", lambda f: f.assign(first_treated=4), "NO-UNTREATED"),
        ("order", lambda f: f[f["team_id"] < 5], "CLUSTERS"),
        ("order", lambda f: f.assign(first_treated=np.nan), "NO-TREATED"),
        ("wedge", lambda f: f.assign(first_treated=4), "NO-UNTREATED"),
        ("wedge", lambda f: f.assign(first_treated=np.nan), "NO-TREATED"),
        ("wedge", lambda f: f[f["team_id"] < 3], "CLUSTERS"),
        ("wedge", lambda f: f.assign(first_treated=f["month"]), "TREATMENT-REVERSES"),
        ("wedge", lambda f: f.assign(first_treated="soon"), "TREATMENT-KIND"),
    ],
)
def test_bad_input_is_named(call, change, code) -> None:
    with pytest.raises(EstimationError, match=code):
        if call == "dose":
            fit_dose(change(WORLDS["dose-linear"].simulate(1)), **TEAMS, dose="dose")
        elif call == "order":
            fit_random_order(change(WORLDS["order-by-lot"].simulate(1)), **TEAMS)
        else:
            fit_stepped_wedge(change(WORLDS["order-by-lot"].simulate(1)), **STEPS)


def test_doses_that_differ_in_their_last_digits_are_one_dose() -> None:
    """Means of shares are 0.6 or 0.6000000000000001 by chance: the fit hung on it, with three doses and with two."""
    f = WORLDS["dose-linear"].simulate(1)
    digits = f["dose"] * (1 + 1e-15 * (f["team_id"] % 7))

    def fit(dose: pd.Series) -> float:
        return fit_dose(f.assign(dose=dose), **TEAMS, dose="dose").slope

    assert f.groupby("team_id")["dose"].first().nunique() > 3
    three = pd.cut(f["dose"], [-1, 0, 0.3, 0.5, np.inf], labels=False) * 0.2
    assert three.nunique() == 4  # nought for those never treated
    assert fit(three) == pytest.approx(fit(three * digits / f["dose"].where(f["dose"] > 0, 1)), rel=1e-9)
    two = three.where(three < 0.5, 0.4)
    for dose in (two, two * (1 + 1e-15 * (f["team_id"] % 7))):
        with pytest.raises(EstimationError, match="TOO-FEW-DOSES"):
            fit(dose)


def test_every_result_says_what_it_rests_on() -> None:
    order = WORLDS["order-by-lot"].simulate(1)
    fits = [
        fit_dose(WORLDS["dose-linear"].simulate(1), **TEAMS, dose="dose"),
        fit_random_order(order, **TEAMS, draws=99),
        fit_stepped_wedge(order, **STEPS),
    ]
    for fit in fits:
        assert "only if" in fit.summary() or " if " in fit.summary()
        assert {"n", "n_missing", "method", "converged"} <= set(fit.glance().columns)
    with pytest.raises(CoverageError, match="COLUMN-MISSING"):
        fit_stepped_wedge(order, **{**STEPS, "first_treated": "when"})


def test_a_wedge_without_team_months_says_where_it_is_too_narrow() -> None:
    frame = WORLDS["wedge-trend"].simulate(1)
    told = [fit_stepped_wedge(frame, **STEPS, correlation=c).summary() for c in ("exchangeable", "nested")]
    assert ["too narrow where rows of one period" in t for t in told] == [True, False]
