"""The tool that tells how often checks fail: where all is well, where their fault is there, and its words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.designs import DESIGNS
from hybrid_toolkit.designs.checks import judge_left_out
from hybrid_toolkit.designs.model_columns import DesignFit, ModelColumns
from hybrid_toolkit.designs.regression.regression_checks import check_overlap
from tools import check_rates
from tools.check_designs import HOMES as ALL
from tools.check_designs import staff
from tools.check_worlds import SAYS, answered, but, rollout

HOMES = {h.name: h for h in ALL}


def test_every_home_names_a_design_and_faults_that_it_checks(tmp_path: Path) -> None:
    assert {h.design for h in ALL} <= set(DESIGNS) and len(HOMES) == len(ALL)
    home = HOMES["synthetic-control"]
    rows = {r["check"]: r for r in check_rates.rows_of(home, n_sims=5, seed=7, kept=tmp_path)}
    fit = rows["fit before the start"]
    assert (fit["failed_null"], fit["failed_fault"], fit["verdict"]) == (0.0, 1.0, "as it should")
    assert rows[SAYS]["failed_null"] <= 0.4
    again = list(check_rates.rows_of(home, n_sims=5, seed=7, kept=tmp_path))  # from the draws that were kept
    assert [r["failed_null"] for r in again] == [r["failed_null"] for r in rows.values()]


@pytest.mark.parametrize("design", ["two-by-two", "interrupted-series", "retention"])
def test_a_short_series_and_a_small_pilot_are_seen_in_one_draw(design: str) -> None:
    home = HOMES[design]
    check = next(c for c in ("group sizes", "length of the series", "clusters") if c in home.faults)
    assert check_rates.draw(home, home.faults[check][1], 3, check)[check] is False
    assert check_rates.draw(home, home.null[1], 3, check)[check] is True


def test_interference_is_seen_over_periods_and_a_season_is_not_taken_for_it() -> None:
    """Ten draws of two years: with a season alone at most two fail, with a large spill most do."""
    home = HOMES["staggered-rollout"]
    share = {
        name: np.mean([check_rates.draw(home, make, s, "interference")["interference"] is False for s in range(10)])
        for name, make in (("null", rollout(season=1.0)), ("spill", home.faults["interference"][1]))
    }
    assert share["null"] <= 0.2 and share["spill"] >= 0.5


def test_every_world_can_be_drawn_with_the_columns_of_its_plan() -> None:
    """A column of the worlds that changed its name left a fault that could no longer be put in."""
    for home in ALL:
        plan = home.plan
        wanted = {
            plan.outcome,
            plan.exposure,
            plan.cluster,
            plan.panel_id,
            plan.time,
            plan.first_treated,
            plan.duration,
        }
        for _, make in (home.null, *home.faults.values()):
            assert wanted - {None, ""} <= set(make(np.random.default_rng(1)).columns), home.design


def test_every_check_that_can_fail_is_tried_with_some_design() -> None:
    run = {c.__name__ for h in ALL for c in check_rates.run_of(h)}
    every = {c.__name__ for d in DESIGNS.values() for c in d.check_list}
    odd = sorted((every - run) ^ check_rates.TELL_ONLY)
    assert not odd, (
        f"no Home in tools/check_designs.py, or not (or wrongly) in TELL_ONLY of tools/check_rates.py: {odd}"
    )
    for home in ALL:
        assert set(home.run) <= {c.__name__ for c in DESIGNS[home.design].check_list}, home.name


@pytest.mark.parametrize("name", ["cross-sectional", "binary-outcome", "synthetic-control", "stepped-wedge"])
def test_influence_fails_where_one_part_carries_the_estimate(name: str) -> None:
    """An interval from leaving out clusters contains every estimate without one: held against it, it could not fail."""
    home = HOMES[name]
    assert check_rates.draw(home, home.faults["influence"][1], 5, "influence")["influence"] is False
    assert check_rates.draw(home, home.null[1], 5, "influence")["influence"] is True


def test_a_small_count_of_those_lost_is_not_taken_for_a_difference() -> None:
    """Thirty draws in which people answer by chance: where they had begun is said to differ in three at most."""
    home = HOMES["cross-sectional, a survey"]
    told = [check_rates.draw(home, but(staff, answered(0.85)), s, "attrition")["attrition"] for s in range(30)]
    assert told.count(False) <= 3


def test_overlap_with_a_group_is_judged_for_days_at_home_as_for_yes_and_no() -> None:
    """No worker has exactly no days at home: split there, one half was always empty."""
    home = HOMES["adjusted-interaction"]
    plan = replace(home.plan, exposure="x")
    for make, good in ((staff, True), (home.faults["overlap"][1], False)):
        frame = make(np.random.default_rng(2))
        design = DESIGNS[home.design]
        fit = design.fit(frame, plan)
        assert check_overlap(frame, fit).passed is good


@pytest.mark.parametrize(("alone", "good"), [(0.1, True), (0.7, True), (1.2, False)])
def test_a_team_that_makes_most_of_the_variance_carries_the_estimate(alone: float, good: bool) -> None:
    """Nineteen teams move an estimate of 1 by 0.1 each and one by more; the jackknife's interval contains them all."""
    moves = np.append(np.full(19, 0.1), alone)
    error = np.sqrt(0.95 * (moves**2).sum())
    row = {"estimate": 1.0, "std_error": error, "conf_low": 1 - 2.1 * error, "conf_high": 1 + 2.1 * error}
    fit = DesignFit(ModelColumns("y", "x", "g"), pd.DataFrame([row]), None)
    assert 2.1 * error > alone and judge_left_out("one team", 1 + moves, fit).passed is good


@pytest.mark.parametrize(("alone", "good"), [(0.5, True), (1.0, True), (1.6, False)])
def test_one_of_four_moves_an_estimate_by_chance_as_far_as_placebos_say(alone: float, good: bool) -> None:
    """Four units of a mean with error 1: one left out moves it by 1/sqrt(3) of it, the furthest of four to 1.44."""
    row = {"estimate": 1.0, "std_error": 1.0, "conf_low": -0.96, "conf_high": 2.96}
    fit = DesignFit(ModelColumns("y", "x", "g"), pd.DataFrame([row]), None)
    left = 1 + np.array([alone, -0.1, -0.2, -0.1])
    assert judge_left_out("one authority", left, fit, by_others=True).passed is good
