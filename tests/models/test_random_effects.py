"""Random-effects meta-analysis against the published trials of the BCG vaccine, another library and known truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.inference.meta_analysis import fit_random_effects

# Colditz and others 1994: cases and non-cases, vaccinated and not, in 13 trials
BCG = np.array(
    [
        [4, 119, 11, 128],
        [6, 300, 29, 274],
        [3, 228, 11, 209],
        [62, 13536, 248, 12619],
        [33, 5036, 47, 5761],
        [180, 1361, 372, 1079],
        [8, 2537, 10, 619],
        [505, 87886, 499, 87892],
        [29, 7470, 45, 7232],
        [17, 1699, 65, 1600],
        [186, 50448, 141, 27197],
        [5, 2493, 3, 2338],
        [27, 16886, 29, 17825],
    ],
    dtype=float,
)
TREATED, CONTROL = BCG[:, :2].sum(axis=1), BCG[:, 2:].sum(axis=1)
Y = np.log(BCG[:, 0] / TREATED) - np.log(BCG[:, 2] / CONTROL)
V = 1 / BCG[:, 0] - 1 / TREATED + 1 / BCG[:, 2] - 1 / CONTROL


def test_published_answers_of_the_bcg_trials() -> None:
    # metafor's own pages: rma(yi, vi) and rma(yi, vi, test="knha"), predict(transf=exp)
    plain = fit_random_effects(Y, V, interval="normal")
    assert (plain.tau2, plain.tau2_se) == pytest.approx((0.3132, 0.1664), abs=5e-5)
    assert (plain.estimate, plain.std_error) == pytest.approx((-0.7145, 0.1798), abs=5e-5)
    assert (plain.conf_low, plain.conf_high) == pytest.approx((-1.0669, -0.3622), abs=5e-5)
    assert (plain.i2, plain.q) == pytest.approx((0.9222, 152.2330), abs=5e-5)
    fit = fit_random_effects(Y, V)
    assert (fit.std_error, fit.conf_low, fit.conf_high) == pytest.approx((0.1808, -1.1084, -0.3206), abs=5e-5)
    assert fit.p_value == pytest.approx(0.0019, abs=5e-5)
    known = fit_random_effects(Y, V, prediction="t")
    assert (np.exp(known.prediction_low), np.exp(known.prediction_high)) == pytest.approx((0.14, 1.76), abs=5e-3)
    assert fit.prediction_high - fit.prediction_low > known.prediction_high - known.prediction_low


def test_published_prediction_interval_of_the_cisapride_trials() -> None:
    # Hartung and Knapp 2001, 13 trials; pima() in the pimeta package's own pages: 0.533 to 33.692 on the odds ratio
    m1, n1 = [15, 12, 29, 42, 14, 44, 14, 29, 10, 17, 38, 19, 21], [16, 16, 34, 56, 22, 54, 17, 58, 14, 26, 44, 29, 38]
    m2, n2 = [9, 1, 18, 31, 6, 17, 7, 23, 3, 6, 12, 22, 19], [16, 16, 34, 56, 22, 55, 15, 58, 15, 27, 45, 30, 38]
    a, c = np.array(m1) + 0.5, np.array(m2) + 0.5
    b, d = np.array(n1) - np.array(m1) + 0.5, np.array(n2) - np.array(m2) + 0.5
    y, v = np.log(a * d / b / c), 1 / a + 1 / b + 1 / c + 1 / d
    assert (y[0], np.sqrt(v[0])) == pytest.approx((2.098986, 0.9847737), abs=1e-6)
    fit = fit_random_effects(y, v)
    # both are draws: their Monte Carlo error on the log scale is about 0.03
    assert (fit.prediction_low, fit.prediction_high) == pytest.approx((np.log(0.533), np.log(33.692)), abs=0.1)


def test_another_library_gives_the_same_by_paule_and_mandel() -> None:
    ours = fit_random_effects(Y, V, method="paule-mandel")
    theirs = combine_effects(Y, V, method_re="iterated", use_t=True)
    assert ours.tau2 == pytest.approx(theirs.tau2, rel=1e-5)
    assert ours.estimate == pytest.approx(theirs.mean_effect_re, rel=1e-6)
    assert ours.std_error == pytest.approx(theirs.sd_eff_w_re_hksj, rel=1e-6)


def test_sites_that_agree_have_nothing_between_them() -> None:
    for method in ("reml", "paule-mandel"):
        fit = fit_random_effects([1.0, 1.01, 0.99, 1.0], [0.04] * 4, method=method)
        assert (fit.tau2, fit.i2) == (0.0, 0.0) and fit.converged
    assert np.isnan(fit_random_effects([1.0, 2.0], [1.0, 1.0]).prediction_low)
    assert "no prediction interval" in fit_random_effects([1.0, 2.0], [1.0, 1.0]).summary()


@pytest.mark.parametrize("tau", [0.0, 0.15])
def test_intervals_hold_what_they_should_over_simulated_sites(tau) -> None:
    rng, n_sims, k = np.random.default_rng(8), 200, 12
    held = ahead = 0
    for _ in range(n_sims):
        error = rng.uniform(0.05, 0.25, k)
        truth = 0.3 + rng.normal(0, tau, k + 1)
        fit = fit_random_effects(rng.normal(truth[:k], error), error**2)
        held += fit.conf_low <= 0.3 <= fit.conf_high
        ahead += fit.prediction_low <= truth[k] <= fit.prediction_high
    off = 3 * np.sqrt(0.05 * 0.95 / n_sims)
    assert held / n_sims == pytest.approx(0.95, abs=off)
    assert ahead / n_sims > 0.95 - off  # it may hold more: sites that are alike leave room


@pytest.mark.parametrize(
    ("y", "v", "change"),
    [([1.0], [1.0], {}), ([1.0, 2.0], [1.0], {}), ([1.0, np.nan], [1.0, 1.0], {}), ([1.0, 2.0], [1.0, 0.0], {}),
     ([1.0, 2.0], [1.0, 1.0], {"method": "dl"}), ([1.0, 2.0], [1.0, 1.0], {"conf_level": 95})],
)  # fmt: skip
def test_bad_input_is_named(y, v, change) -> None:
    with pytest.raises(EstimationError) as caught:
        fit_random_effects(y, v, **change)
    assert caught.value.code in ("SITES", "METHOD-UNKNOWN", "CONF-LEVEL")


@pytest.mark.parametrize("estimates", [[0.3] * 4, [0.30, 0.32, 0.29, 0.31]])
def test_answers_more_alike_than_chance_keep_the_width_of_their_own_errors(estimates: list[float]) -> None:
    """The ad hoc truncation of metafor's Knapp-Hartung errors: never below those of the weights."""
    variances = np.array([0.01, 0.02, 0.01, 0.03])
    fit = fit_random_effects(estimates, variances)
    row = fit.tidy().iloc[0]
    assert row["std_error"] == pytest.approx(1 / np.sqrt((1 / variances).sum()))
    half = stats.t.ppf(0.975, 3) * row["std_error"]
    assert row["conf_high"] - row["estimate"] == pytest.approx(half)
