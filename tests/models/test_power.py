"""Power and sample size against published answers, statsmodels, simulation and bad input."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.planning.sample_size import cluster_power, design_effect, two_sample_power


def test_cohens_published_sample_size() -> None:
    fit = two_sample_power(effect=0.5, power=0.8)
    assert fit.n_per_arm == pytest.approx(63.766, abs=5e-4)
    # Cohen 1988, table 2.4.1: 393 and 26 for small and large effects
    assert np.ceil(two_sample_power(effect=0.2, power=0.8).n_per_arm) == pytest.approx(393, abs=1)
    assert np.ceil(two_sample_power(effect=0.8, power=0.8).n_per_arm) == 26


def test_the_published_design_effect() -> None:
    assert design_effect(20, 0.05) == pytest.approx(1.95)
    assert design_effect(20, 0.05, cv=0.5) == pytest.approx(1 + (1.25 * 20 - 1) * 0.05)
    assert design_effect(1, 0.3) == 1


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_statsmodels_gives_the_same_and_the_three_ways_agree(ratio, alpha) -> None:
    from statsmodels.stats.power import tt_ind_solve_power

    theirs = tt_ind_solve_power(effect_size=0.4, alpha=alpha, power=0.9, ratio=ratio)
    ours = two_sample_power(effect=0.4, power=0.9, alpha=alpha, ratio=ratio)
    assert ours.n_per_arm == pytest.approx(float(theirs), rel=1e-5)
    back = two_sample_power(effect=0.4, n_per_arm=ours.n_per_arm, alpha=alpha, ratio=ratio)
    assert back.power == pytest.approx(0.9, abs=1e-8) and back.solved == "power"
    least = two_sample_power(n_per_arm=ours.n_per_arm, power=0.9, alpha=alpha, ratio=ratio)
    assert least.effect == pytest.approx(0.4, abs=1e-8)


def test_clusters_of_one_are_people_and_large_designs_follow_the_formula() -> None:
    single = cluster_power(cluster_size=1, icc=0.0, effect=0.5, power=0.8)
    assert single.clusters_per_arm == pytest.approx(63.766, abs=5e-4)
    fit = cluster_power(cluster_size=20, icc=0.05, clusters_per_arm=200, power=0.8)
    z = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    assert fit.effect == pytest.approx(z * np.sqrt(2 * 1.95 / 4000), rel=0.01)
    assert fit.design_effect == pytest.approx(1.95) and fit.n_per_arm == 4000


def test_simulated_power_is_the_power_foretold() -> None:
    fit = cluster_power(cluster_size=8, icc=0.1, clusters_per_arm=6, power=0.7)
    rng = np.random.default_rng(0)
    team = rng.normal(0, np.sqrt(0.1), (4000, 2, 6))
    means = team + rng.normal(0, np.sqrt(0.9 / 8), (4000, 2, 6))
    means[:, 1] += fit.effect
    p = stats.ttest_ind(means[:, 0], means[:, 1], axis=1).pvalue
    assert (p < 0.05).mean() == pytest.approx(0.7, abs=0.025)


def test_a_result_speaks() -> None:
    fit = cluster_power(cluster_size=8, icc=0.1, clusters_per_arm=12, power=0.8)
    assert fit.tidy()["term"].item() == "effect" and fit.glance()["converged"].item()
    assert "12.0 clusters of 8" in fit.summary()
    assert "clusters" not in two_sample_power(effect=0.5, power=0.8).summary()


@pytest.mark.parametrize(
    "given",
    [
        {"effect": 0.5},
        {"effect": 0.5, "n_per_arm": 20, "power": 0.8},
        {"effect": 0.0, "power": 0.8},
        {"effect": 0.5, "power": 1.0},
        {"effect": 0.5, "power": 0.01},
        {"effect": 0.5, "n_per_arm": 1},
        {"effect": 0.5, "power": 0.8, "alpha": 0},
        {"effect": 0.5, "power": 0.8, "ratio": -1},
        {"effect": 1e-6, "power": 0.8},
    ],
)
def test_bad_input_says_what_is_wrong(given) -> None:
    with pytest.raises(EstimationError, match=r"POWER-(INPUT|UNREACHABLE)"):
        two_sample_power(**given)


@pytest.mark.parametrize("wrong", [{"cluster_size": 0.5}, {"icc": 1.2}, {"cv": -1.0}])
def test_a_design_effect_outside_its_range(wrong) -> None:
    given = {"cluster_size": 20, "icc": 0.05, "cv": 0.0, **wrong}
    with pytest.raises(EstimationError, match="DESIGN-EFFECT"):
        cluster_power(effect=0.5, power=0.8, **given)
    assert cluster_power(cluster_size=20, icc=0.05, effect=9.0, power=0.8).clusters_per_arm == 2
