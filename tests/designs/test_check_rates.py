"""The tool that tells how often checks fail: where all is well, where their fault is there, and its words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hybrid_toolkit.designs import DESIGNS
from tools import check_rates

HOMES = {h.design: h for h in check_rates.HOMES}


def test_every_home_names_a_design_and_faults_that_it_checks(tmp_path: Path) -> None:
    assert set(HOMES) <= set(DESIGNS)
    home = HOMES["synthetic-control"]
    rows = {r["check"]: r for r in check_rates.rows_of(home, n_sims=5, seed=7, kept=tmp_path)}
    fit = rows["fit before the start"]
    assert (fit["failed_null"], fit["failed_fault"], fit["verdict"]) == (0.0, 1.0, "as it should")
    assert rows[check_rates.SAYS]["failed_null"] <= 0.4
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
        for name, make in (("null", check_rates.rollout(season=1.0)), ("spill", home.faults["interference"][1]))
    }
    assert share["null"] <= 0.2 and share["spill"] >= 0.5


def test_every_world_can_be_drawn_with_the_columns_of_its_plan() -> None:
    """A column of the worlds that changed its name left a fault that could no longer be put in."""
    for home in check_rates.HOMES:
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
