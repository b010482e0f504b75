"""Power over teams, waves, response and dose, and the smallest effect: on known curves and on a study."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hybrid_toolkit.errors import StudyError, UsageError
from hybrid_toolkit.study.diagnosis import minimum_effect as minimum_module
from hybrid_toolkit.study.diagnosis import power_curve as module
from hybrid_toolkit.study.diagnosis import power_threshold
from hybrid_toolkit.study.diagnosis.diagnosis_result import DRAW_COLUMNS, Diagnosis
from hybrid_toolkit.study.diagnosis.minimum_effect import minimum_detectable_effect
from hybrid_toolkit.study.diagnosis.power_curve import changed, foretold_power, power_curve
from hybrid_toolkit.study.shipped_studies import headline_studies
from hybrid_toolkit.synth.estimands import true_value
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.truth import Truth

PRACTICE, STAGE, GAP = headline_studies()
TINY = Size("tiny", 1, 14, 5.0, 4, 1)  # with six teams some three are effective, and a dose of 1.2 is seldom found
SPREAD = 0.10


def pretend(studies, truth, size, *, n_sims, seed, n_jobs, progress, conf_level, resume=None):
    """A diagnosis whose estimates are normal around the truth; the error falls with the root of the teams."""
    value = true_value(truth, studies[0].estimand, size=size)
    error = SPREAD * np.sqrt(24 / size.teams_per_la)
    estimate = value + error * np.random.default_rng(seed).standard_normal(n_sims)
    draws = pd.DataFrame({"scenario": "x", "sim": range(n_sims), "outcome": studies[0].outcome, "estimate": estimate})
    draws = draws.assign(std_error=error, conf_low=estimate - 1.96 * error, conf_high=estimate + 1.96 * error, error="")
    draws = draws.assign(unadjusted=0.0, unadjusted_low=0.0, unadjusted_high=0.0)[list(DRAW_COLUMNS)]
    known = {"x": ((studies[0].outcome, value),)}
    return (Diagnosis(studies[0].id, size.name, n_sims, seed, conf_level, known, draws),)


@pytest.fixture
def _pretended(monkeypatch) -> None:
    monkeypatch.setattr(module, "diagnose_together", pretend)
    monkeypatch.setattr(minimum_module, "diagnose_together", pretend)


def power_of(effect: float, error: float) -> float:
    return float(stats.norm.sf(1.96 - abs(effect) / error) + stats.norm.cdf(-1.96 - abs(effect) / error))


@pytest.mark.usefixtures("_pretended")
def test_a_curve_over_teams_is_the_one_that_is_known() -> None:
    curve = power_curve(GAP, "teams", [48, 12, 24, 96], n_sims=4000)
    assert curve.values == (12.0, 24.0, 48.0, 96.0) and set(curve.truths) == {-0.15}
    for teams, power in zip(curve.values, curve.power, strict=True):
        assert power == pytest.approx(power_of(0.15, SPREAD * np.sqrt(24 / teams)), abs=0.025)
    needed, error = curve.needed(0.8)
    exact = 24 * ((1.96 + stats.norm.ppf(0.8)) * SPREAD / 0.15) ** 2
    assert needed == pytest.approx(exact, rel=0.08) and 0 < error < 8
    rows = curve.tidy()
    assert (rows["conf_low"] < rows["estimate"]).all() and rows["n_failed"].eq(0).all()
    assert "80% is reached at about" in curve.summary() and curve.glance()["n"].item() == 4000


@pytest.mark.usefixtures("_pretended")
def test_estimates_that_are_told_are_too_large_by_what_is_known() -> None:
    curve = power_curve(GAP, "teams", [6, 24, 96], n_sims=4000)
    for (sign, size), teams in zip(curve.exaggeration(), curve.values, strict=True):
        error = SPREAD * np.sqrt(24 / teams)
        all_of_them = 0.15 + error * stats.norm.ppf((np.arange(200_000) + 0.5) / 200_000)
        told = all_of_them[abs(all_of_them) > 1.96 * error]
        assert abs(size[0] - abs(told).mean() / 0.15) < 4 * size[1], teams
        assert sign[0] == pytest.approx((told < 0).mean(), abs=4 * max(sign[1], 1e-3))
    rows = curve.tidy()
    assert rows["type_m"].is_monotonic_decreasing and rows["type_m"].iloc[0] > 1.5 > 1.1 > rows["type_m"].iloc[-1]
    assert f"averaged {rows['type_m'].iloc[0]:.2f} times the true size at 6" in curve.summary()
    assert curve.estimates.shape == curve.hits.shape
    none = power_curve(GAP, "teams", [6, 24], n_sims=50, truth="null")
    assert none.tidy()[["type_s", "type_m"]].isna().all(axis=None) and "times the true size" not in none.summary()


@pytest.mark.usefixtures("_pretended")
def test_the_minimum_effect_is_the_one_that_is_known_with_an_honest_error() -> None:
    exact = (1.96 + stats.norm.ppf(0.8)) * SPREAD
    found = [minimum_detectable_effect(GAP, n_sims=400, seed=s) for s in range(6)]
    effects = np.array([abs(f.effect) for f in found])
    assert effects.mean() == pytest.approx(exact, rel=0.04)
    told = np.mean([f.std_error for f in found])
    assert told / 2.5 < effects.std(ddof=1) < told * 2.5
    assert found[0].effect < 0 and found[0].multiplier == pytest.approx(abs(found[0].effect) / 0.15, rel=1e-6)
    assert "would be detected in 80%" in found[0].summary() and len(found[0].tidy()) == 1
    halved = GAP.minimum_detectable_effect(size_like=Size("vast", 1, 2400, 8.0, 12, 3), n_sims=400)
    assert halved.multiplier < 0.25 and halved.glance()["tried"].item() >= 4


@pytest.mark.usefixtures("_pretended")
def test_what_cannot_be_found_says_so() -> None:
    with pytest.raises(StudyError, match="POWER-UNREACHABLE"):
        minimum_detectable_effect(GAP, size_like=Size("two", 1, 2, 4.0, 4, 1), n_sims=50)
    with pytest.raises(StudyError, match="NO-EFFECT"):
        minimum_detectable_effect(GAP, truth="null", n_sims=50)
    with pytest.raises(StudyError, match="OUTCOME"):
        minimum_detectable_effect(GAP, outcome="nothing", n_sims=50)
    for power in (0, 1, 1.5, 80, "x", None):
        with pytest.raises(UsageError, match="POWER-INPUT"):
            minimum_detectable_effect(GAP, power=power)
    curve = power_curve(GAP, "teams", [2, 3], n_sims=50)
    assert np.isnan(curve.needed()[0]) and "not reached" in curve.summary()


def test_a_study_tried_over_dose_and_its_folder(tmp_path) -> None:
    given = {"truth": "exclusion-penalty", "size_like": TINY, "n_sims": 12, "progress": False}
    curve = GAP.power_curve("dose", [0, 0.5, 1.2], resume=tmp_path, **given)
    assert curve.truths == (0.0, -0.125, -0.3)
    assert curve.power[0] <= 0.3 < curve.power[2]
    assert len(list(tmp_path.iterdir())) == 3
    again = power_curve(GAP, "dose", [0, 0.5, 1.2], resume=tmp_path, **given)
    np.testing.assert_array_equal(again.hits, curve.hits)
    np.testing.assert_array_equal(again.estimates, curve.estimates)
    tried = GAP.diagnose(changed(Truth(scenario="x", exclusion_penalty=-0.25, mode_rs=0.5), TINY, "dose", 1.2,
                                 "exclusion_penalty")[0], TINY, n_sims=12, progress=False)  # fmt: skip
    assert curve.exaggeration()[2][1] == pytest.approx((*tried.measures()["type_m"], int(np.nansum(curve.hits[2]))))


@pytest.mark.parametrize(
    ("over", "value", "field", "wanted"),
    [
        ("teams", 40, "teams_per_la", 40),
        ("workers", 6.5, "workers_per_team", 6.5),
        ("waves", 5, "months", 19),
        ("months", 6, "waves", 1),
        ("authorities", 3, "n_la", 3),
    ],
)
def test_sizes_that_change(over, value, field, wanted) -> None:
    size = changed(Truth(), Size("small", 1, 24, 8.5, 12, 3), over, value, "exclusion_penalty")[1]
    assert getattr(size, field) == wanted and over in size.name


@pytest.mark.parametrize("estimand", ["stage_gap_learning", "stage_gap_wellbeing"])
def test_a_dose_moves_a_stage_gap(estimand) -> None:
    size = Size("small", 1, 24, 8.5, 4, 1)
    none, one, two = (
        true_value(changed(Truth(), size, "dose", d, estimand)[0], estimand, size=size) for d in (0, 1, 2)
    )
    assert abs(none) < 0.35 * abs(one) and abs(two) > 1.4 * abs(one) and one * two > 0
    assert changed(Truth(), size, "response", 0.7, estimand)[0].response_rate == 0.7


@pytest.mark.parametrize(
    ("over", "values"),
    [
        *(("luck", [1, 2]), ("teams", [5]), ("teams", [5, 5]), ("teams", 5), ("teams", None), ("teams", "ab")),
        *(("teams", [4, "x"]), ("teams", [4, np.nan]), ("teams", [4, np.inf])),
    ],
)
def test_curves_that_cannot_be_drawn(over, values) -> None:
    with pytest.raises(StudyError, match="POWER-CURVE"):
        power_curve(GAP, over, values)


@pytest.mark.parametrize(
    ("over", "values"),
    [("teams", [5.5, 6]), ("response", [0.5, 1.5]), ("dose", [-1, 1]), ("dose", [1, 99]), ("teams", [0, 5])],
)
def test_values_that_nothing_can_have(over, values) -> None:
    with pytest.raises(UsageError):
        power_curve(GAP, over, values)


def test_power_is_foretold_from_a_diagnosis() -> None:
    base = pretend(
        [GAP], Truth(), Size("small", 1, 24, 8.5, 12, 3), n_sims=4000, seed=1, n_jobs=1, progress=False, conf_level=0.95
    )[0]
    for teams in (24, 60):
        told = foretold_power(base, teams=(24, teams))
        assert told == pytest.approx(power_of(0.15, SPREAD * np.sqrt(24 / teams)), abs=0.06)
    assert foretold_power(base, dose=0) == pytest.approx(0.05)
    assert foretold_power(base, response=(0.5, 0.25)) < foretold_power(base)
    with pytest.raises(UsageError, match="POWER-INPUT"):
        foretold_power(base, teams=(24, 1))


def test_the_error_of_a_crossing_is_the_standard_deviation_of_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two resamples that cross at 1 and at 3: their standard deviation is the root of 2, not 1."""
    found = iter([2.0, 1.0, 3.0])
    monkeypatch.setattr(power_threshold, "RESAMPLES", 2)
    monkeypatch.setattr(power_threshold, "power_threshold", lambda *_: next(found))
    point, error = power_threshold.crossing_with_error(np.array([0.0, 4.0]), np.ones((2, 10)), 0.8)
    assert point == 2.0 and error == pytest.approx(np.sqrt(2))
