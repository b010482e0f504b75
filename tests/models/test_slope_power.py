"""Power by formula: against simulation of workers in teams and waves, hand cases, speed and bad input."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.linear.batched_linear import fit_fixed_clusters
from hybrid_toolkit.models.linear.cluster_sums import ClusterSums
from hybrid_toolkit.models.planning.slope_power import slope_power, t_power

SIMS = 3000


def simulated(compared, *, teams, workers, waves, response, effect, reliability=1.0) -> tuple[float, float]:
    """Share of clustered intervals that leave out zero, and the spread of the estimates."""
    rng = np.random.default_rng(1)
    shape = (SIMS, teams, workers, waves)

    def variable(team: float, worker: float) -> np.ndarray:
        parts = (team, (*shape[:2], 1, 1)), (worker, (*shape[:3], 1)), (1 - team - worker, shape)
        return sum(np.sqrt(v) * rng.standard_normal(s) for v, s in parts)

    x = variable(0.15, 0.60)
    y = effect * x + variable(0.05, 0.40)
    inside = 1 - 0.75 if compared == "within" else 1.0
    x = x + np.sqrt(inside * (1 / reliability - 1)) * rng.standard_normal(shape)
    here = rng.random(shape) < response
    axis = 3 if compared == "within" else (1, 2, 3)
    n = np.maximum(here.sum(axis=axis, keepdims=True), 1)
    x, y = ((v - (v * here).sum(axis=axis, keepdims=True) / n) * here for v in (x, y))
    xx, xy, yy = ((a * b).sum(axis=(2, 3)) for a, b in ((x, x), (x, y), (y, y)))
    rows = here.sum(axis=(2, 3)).astype(float)
    flat = np.zeros((SIMS, teams, 1))
    sums = ClusterSums(("x",), rows, xx[..., None, None], flat, xy[..., None], flat[..., 0], yy)
    fit = fit_fixed_clusters(sums, term="x", within=False)
    low, high = fit.interval
    return float(((low > 0) | (high < 0)).mean()), float(fit.estimate.std())


@pytest.mark.parametrize(
    ("compared", "teams", "waves", "response", "effect", "reliability"),
    [
        ("pooled", 24, 1, 0.6, 0.25, 1.0),
        ("pooled", 40, 3, 1.0, 0.10, 1.0),
        ("within", 24, 3, 1.0, 0.20, 1.0),
        ("within", 24, 4, 0.6, 0.25, 1.0),
        ("within", 40, 3, 1.0, 0.20, 0.6),
    ],
)
def test_the_power_foretold_is_the_power_simulated(compared, teams, waves, response, effect, reliability) -> None:
    given = {"teams": teams, "workers": 6, "waves": waves, "response": response, "effect": effect}
    told = slope_power(compared=compared, reliability=reliability, **given)
    power, spread = simulated(compared, reliability=reliability, **given)
    assert told.power == pytest.approx(power, abs=0.05)
    # an estimate from a measure with error is shrunk by its reliability, and so is its spread
    assert told.std_error * reliability == pytest.approx(spread, rel=0.08)


def test_by_hand() -> None:
    # 100 strangers, one wave: the error of a slope between standardised variables is 1 / 10
    one = slope_power(teams=100, workers=1, effect=0.28, outcome_team=0, outcome_worker=0, exposure_team=0)
    assert one.std_error == pytest.approx(0.1) and one.design_effect == 1
    # the whole exposure and a tenth of the outcome between teams of 10: 1 + 9 x 0.1
    deff = slope_power(teams=20, workers=10, effect=0.2, exposure_team=0.999999, exposure_worker=0, outcome_team=0.1)
    assert deff.design_effect == pytest.approx(1.9, abs=1e-4)
    # two halves of equal size: the difference of slopes among strangers has twice the error
    both = {"teams": 50, "workers": 20, "effect": 0.2, "outcome_team": 0.0}
    whole, gap = slope_power(**both), slope_power(**both, group_share=0.5)
    assert gap.std_error == pytest.approx(2 * whole.std_error)


def test_the_minimum_effect_has_the_power_that_was_asked_for() -> None:
    one = slope_power(teams=24, workers=8, waves=3, effect=0.1, compared="within", target=0.9)
    again = slope_power(teams=24, workers=8, waves=3, effect=one.minimum_effect, compared="within")
    assert again.power == pytest.approx(0.9, abs=1e-4)
    assert one.tidy()["term"].tolist() == ["power", "minimum_effect"] and "within workers" in one.summary()
    assert len(one.glance()) == 1


def test_t_power_is_statsmodels_answer() -> None:
    from statsmodels.stats.power import TTestPower

    assert t_power(0.5, 1 / np.sqrt(30), 29) == pytest.approx(TTestPower().power(0.5, 30, 0.05), abs=1e-8)
    assert t_power(50.0, 1.0, 5) == pytest.approx(1.0) and t_power(-3.0, 1.0, 1e5) == t_power(3.0, 1.0, 1e5)
    assert t_power(2.0, 1.0, 1e7) == pytest.approx(stats.norm.sf(1.96 - 2) + stats.norm.cdf(-1.96 - 2), abs=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"teams": 1},
        {"response": 0},
        {"compared": "between"},
        {"compared": "within"},
        {"outcome_team": 0.7},
        {"reliability": 0},
        {"target": 0.01},
        {"group_share": 1.0},
    ],
)
def test_bad_input(wrong) -> None:
    with pytest.raises(EstimationError, match="POWER-INPUT"):
        slope_power(**{"teams": 10, "workers": 5, "effect": 0.1, **wrong})
