"""True effects of a policy, by cases that can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.synth.estimands import EVERY, true_value
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.sizes import SIZES, Size
from hybrid_toolkit.synth.truth import Truth

TINY = Size("tiny", 1, 6, 6.0, 8, 0)
# a narrow spread, so that no share meets its bounds
NARROW = Truth(
    rs_sd=0.06,
    rs_within_sd=0.02,
    rs_caring=0,
    rs_commute=0,
    rs_early=0,
    rs_broadband=0,
    policy_step=0.1,
    rs_all_office=0,
    rs_all_home=0,
)


def test_without_bounds_the_effect_is_the_step_and_its_share_of_practice() -> None:
    assert true_value(NARROW, "policy_remote", size=TINY) == pytest.approx(0.1, abs=0.004)
    both = replace(NARROW, practice_interference=-0.05, practice_latent_sd=0.07)
    assert true_value(both, "policy_choice", size=TINY) == pytest.approx(0.1 * (-0.08 - 0.05), abs=0.0006)


def test_bounds_of_the_share_make_the_effect_smaller_than_the_step() -> None:
    assert 0.17 < true_value(Truth(), "policy_remote") < 0.2


@pytest.mark.parametrize("name", ["policy_choice", "leaving_remote"])
def test_where_remote_share_does_nothing_the_policy_does_nothing(name) -> None:
    from hybrid_toolkit.synth.scenarios import scenario

    assert true_value(scenario("null"), name) == 0.0


def test_one_change_reaches_every_team_in_its_month_and_the_whole_authority() -> None:
    truth = replace(NARROW, policy_month=5)
    teams = simulate_authority(truth, TINY, 1, tables=["team"])["team"]
    assert teams["rollout_month"].nunique() == 1 and teams["rollout_month"].notna().all()
    months = simulate_authority(truth, TINY, 1, tables=["worker_month"])["worker_month"]["month"]
    assert teams["rollout_month"].iloc[0] == np.sort(months.unique())[4]
    assert true_value(truth, "policy_remote_area", size=TINY) == pytest.approx(0.1, abs=0.004)
    lagged = replace(truth, policy_lag_months=2)
    # two of the four months from the start are before the rise
    assert true_value(lagged, "policy_remote_area", size=TINY) == pytest.approx(0.05, abs=0.003)


def test_an_authority_has_no_one_effect_where_each_team_has_its_month() -> None:
    with pytest.raises(UsageError, match="ESTIMAND-POLICY"):
        true_value(Truth(), "policy_remote_area")


def test_the_slope_of_leaving_is_the_mean_slope_of_wellbeing_times_its_weight() -> None:
    alone = dict.fromkeys(("wb_autonomy", "wb_focus", "wb_conflict", "wb_supervision", "wb_secure_base"), 0.0)
    alone |= dict.fromkeys(("wb_travel", "wb_b2b", "wb_cover", "wb_asye", "wb_early", "wb_late", "leave_rs"), 0.0)
    truth = replace(NARROW, policy_step=0.0, policy_step_sd=0.0, **alone)
    assert true_value(truth, "leaving_remote", size=TINY) == pytest.approx(-0.4 * (1.2 - 2.4 * 0.45), abs=0.003)
    direct = true_value(replace(truth, leave_rs=-0.5), "leaving_remote", size=TINY)
    assert direct == pytest.approx(-0.5 - 0.4 * (1.2 - 2.4 * 0.45), abs=0.003)


def test_the_true_mean_of_remote_share_stays_where_it_was_set_with_one_change() -> None:
    from hybrid_toolkit.synth.policy_effects import _population

    rs = _population(replace(NARROW, policy_month=5), TINY, 3).remote.rs
    assert rs.mean() == pytest.approx(NARROW.rs_mean, abs=0.01)


def test_every_estimand_has_a_value_and_another_is_refused() -> None:
    truth = Truth(policy_month=7)
    assert all(np.isfinite(true_value(truth, e, size=SIZES["small"])) for e in EVERY)
    with pytest.raises(UsageError, match="policy_choice"):
        true_value(truth, "policy")
