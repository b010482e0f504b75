"""Trends before a start: bounds, power and slopes against diff-diff, simulation and hand-made cases."""

from __future__ import annotations

import numpy as np
import pytest

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.planning.pretrend_power import detectable_slope, pretest_power, slope_for_power
from hybrid_toolkit.models.rollout.event_time_path import EventPath
from hybrid_toolkit.models.rollout.group_time import fit_group_time
from hybrid_toolkit.models.sensitivity import parallel_trends_bounds as honest
from hybrid_toolkit.models.sensitivity.parallel_trends_bounds import breakdown, honest_bounds
from hybrid_toolkit.trust.dgps.rollout import ALL

WORLDS = {w.id: w for w in ALL}
TEAMS = {
    "outcome": "y",
    "panel_id": "team_id",
    "time": "month",
    "first_treated": "first_treated",
    "base_period": "universal",
}


def path(seed: int = 0) -> EventPath:
    """Three times before, the reference, three after; correlated as differences from one reference are."""
    rng = np.random.default_rng(seed)
    v = np.full((6, 6), 0.01) + np.diag(rng.uniform(0.01, 0.02, 6))
    b = rng.multivariate_normal([0.05, 0.02, -0.02, 0.5, 0.6, 0.7], v)
    full, mean = np.zeros((7, 7)), np.zeros(7)
    at = [0, 1, 2, 4, 5, 6]
    full[np.ix_(at, at)], mean[at] = v, b
    return EventPath((-4, -3, -2, -1, 0, 1, 2), mean, full, 10_000)


def test_the_set_without_sampling_error_is_that_of_diff_diff() -> None:
    from diff_diff import HonestDiD

    p = path()
    before, after = honest._pieces(p)
    for m in (0.0, 0.5, 1.0, 2.0):
        theirs = HonestDiD(method="relative_magnitude", M=m).fit(honest._for_library(p, [*before, *after], 3))
        ours = honest_bounds(p, sizes=[m]).bounds.iloc[0]
        assert (ours["low"], ours["high"]) == pytest.approx((theirs.lb, theirs.ub), abs=1e-6)
        assert ours["conf_high"] - ours["conf_low"] >= theirs.ci_ub - theirs.ci_lb - 1e-4


def test_relative_bounds_cover_where_the_worst_departure_is_as_large_as_before() -> None:
    """Departure 0, .1, 0, ref, then -.1 a time: exactly M = 1; the effect is 0.5 at each time."""
    rng = np.random.default_rng(1)
    p = path()
    truth = np.array([0.0, 0.1, 0.0, 0.0, 0.4, 0.3, 0.2])
    at = [0, 1, 2, 4, 5, 6]
    hits = 0
    for _ in range(300):
        b = truth.copy()
        b[at] += rng.multivariate_normal(np.zeros(6), p.vcov[np.ix_(at, at)])
        found = honest_bounds(EventPath(p.leads, b, p.vcov, p.df), sizes=[1.0]).bounds.iloc[0]
        hits += found["conf_low"] <= 0.5 <= found["conf_high"]
    assert hits / 300 >= 0.93


def test_smoothness_without_bend_takes_out_the_best_straight_line() -> None:
    """With M = 0 the departure is a line; the best unbiased estimate follows from generalised least squares."""
    p = path()
    at = [0, 1, 2, 4, 5, 6]
    x = np.zeros((6, 4))
    x[:, 0] = [-3, -2, -1, 1, 2, 3]
    x[3:, 1:] = np.eye(3)
    inverse = np.linalg.inv(p.vcov[np.ix_(at, at)])
    cov = np.linalg.inv(x.T @ inverse @ x)
    w = np.array([0, 1, 1, 1]) / 3
    estimate, error = w @ cov @ x.T @ inverse @ p.estimate[at], np.sqrt(w @ cov @ w)
    found = honest_bounds(p, restriction="smoothness", sizes=[0.0, 0.2]).bounds
    assert found["conf_low"][0] == pytest.approx(estimate - 1.96 * error, abs=5e-3)
    assert found["conf_high"][0] == pytest.approx(estimate + 1.96 * error, abs=5e-3)
    assert found["conf_low"][1] < found["conf_low"][0]


def test_the_breakdown_lies_where_the_interval_meets_zero() -> None:
    p = path()
    m = breakdown(p)
    low, high = (honest_bounds(p, sizes=[m + d]).bounds["conf_low"].iloc[0] for d in (-0.02, 0.02))
    assert low > 0 > high and breakdown(EventPath(p.leads, 0 * p.estimate, p.vcov, p.df)) == 0
    assert "M up to 0.5" in honest_bounds(p, sizes=[0.5]).summary() or m < 0.5


def test_power_of_the_usual_look_is_that_of_diff_diff_and_of_simulation() -> None:
    from diff_diff import PreTrendsPower

    p = path()
    slope = slope_for_power(p, power=0.8)
    assert pretest_power(p, slope) == pytest.approx(0.8, abs=0.01)
    results = honest._for_library(p, [0, 1, 2, 4, 5, 6], 3)
    theirs = PreTrendsPower(violation_type="custom", violation_weights=np.array([3.0, 2.0, 1.0])).fit(results)
    assert theirs.power_at(theirs.mdv) == pytest.approx(0.8, abs=0.01)
    assert slope == pytest.approx(theirs.mdv / np.linalg.norm([3.0, 2.0, 1.0]), rel=0.02)
    rng = np.random.default_rng(0)
    v = p.vcov[:3, :3]
    draws = rng.multivariate_normal(slope * np.array([-3, -2, -1]), v, 20_000)
    seen = (np.abs(draws) > 1.959964 * np.sqrt(np.diagonal(v))).any(axis=1).mean()
    assert seen == pytest.approx(0.8, abs=0.015)


def test_the_slope_before_holds_its_level_and_its_power() -> None:
    """At 24 teams a drift of the detectable size is seen in about 80% of simulated authorities."""
    level, seen = [], []
    for seed in range(80):
        p = fit_group_time(WORLDS["rollout-two-groups"].simulate(seed), **TEAMS, variance="jackknife").path()
        slope, error, value = p.slope_before()
        level.append(value < 0.05)
        seen.append(abs(slope + detectable_slope(p)) / error > 2.07)
    assert np.mean(level) <= 0.11 and 0.6 <= np.mean(seen) <= 0.95


def test_bad_input_is_named() -> None:
    p = path()
    only = EventPath((-1, 0, 1), np.zeros(3), np.diag([0.0, 1, 1]), 20)
    for call, code in [
        (lambda: honest_bounds(only), "NO-LEADS"),
        (lambda: only.slope_before(), "NO-LEADS"),
        (lambda: slope_for_power(only), "NO-LEADS"),
        (lambda: honest_bounds(p, sizes=[-1]), "SIZE"),
        (lambda: honest_bounds(p, restriction="none"), "RESTRICTION-UNKNOWN"),
        (lambda: slope_for_power(p, power=0.01), "POWER"),
        (lambda: honest_bounds(EventPath((-4, -2, -1, 0), np.zeros(4), np.diag([1.0, 1, 0, 1]), 9)), "NO-LEADS"),
    ]:
        with pytest.raises(EstimationError, match=code):
            call()
