"""Each kind of check stands by every design where it belongs, and a check without power does not pass."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.designs import DESIGNS, DesignFit, ModelColumns, checks
from hybrid_toolkit.designs.base import fit_plan
from hybrid_toolkit.designs.regression.supplementary import check_specifications
from hybrid_toolkit.designs.rollout import rollout_checks, rollout_planned
from hybrid_toolkit.designs.rollout.placebo_starts import check_placebo_starts, check_unit_left_out
from hybrid_toolkit.designs.series import series_checks
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.trust.dgps import DGPS

TRENDS = {"two-by-two", "staggered-rollout", "sun-abraham", "imputation", "two-way-rollout"}
ROLLOUTS = TRENDS | {"dose", "stepped-wedge", "random-order"}
SEGMENTED = {"interrupted-series", "controlled-series", "interrupted-counts"}
SERIES = SEGMENTED | {"synthetic-control", "synthetic-did"}
LINEAR = {"cross-sectional", "within-worker", "adjusted-interaction", "two-way-panel"}
MIXED = {"within-between", "multilevel", "partial-pooling"}
WEIGHTED = {"propensity-weights", "doubly-robust"}
PLAIN = {"binary-outcome", "count-outcome", "ordinal-outcome", "retention", "retention-by-period"}
RANDOM = {f"{k}-random-intercept" for k in ("binary", "count", "ordinal")}
ADJUSTED = LINEAR | MIXED | WEIGHTED | PLAIN | RANDOM | {"mediation"}
BELONGS = {
    "check_missing_values": set(DESIGNS),
    "check_parallel_trends": TRENDS | {"dose"},
    "check_bounds": TRENDS,
    "check_anticipation": ROLLOUTS | SEGMENTED,
    "check_placebo_in_time": ROLLOUTS | SEGMENTED | {"synthetic-did"},
    "check_synthetic_in_time": {"synthetic-control"},
    "check_placebo_in_space": {"synthetic-control"},
    "check_placebo_starts": (ROLLOUTS - {"random-order"}) | {"synthetic-did"},
    "check_interference": ROLLOUTS,
    "check_colleagues": LINEAR | MIXED,
    "check_influence": (ADJUSTED | ROLLOUTS | {"decomposition", "controlled-series"}) - {"stepped-wedge"},
    "check_unit_left_out": {"stepped-wedge"},
    "check_periods_left_out": SEGMENTED,
    "check_each_donor": {"synthetic-control"},
    "check_changed_left_out": {"synthetic-did"},
    "check_response": ADJUSTED,
    "check_e_value_of_estimate": ADJUSTED,
    "check_specification_curve": ADJUSTED - RANDOM - {"mediation"},
    "check_residuals": LINEAR | MIXED | {"mediation"},
    "check_few_clusters": LINEAR,
    "check_autocorrelation": LINEAR | {"multilevel", "within-between"},
    "check_series_autocorrelation": SEGMENTED,
    "check_weighted_balance": WEIGHTED,
    "check_overlap": {"adjusted-interaction"},
    "check_weighted_overlap": WEIGHTED,
}


@pytest.mark.parametrize("name", sorted(BELONGS))
def test_a_check_stands_by_the_designs_where_it_belongs(name) -> None:
    stands = {d for d in DESIGNS if name in {c.__name__ for c in DESIGNS[d].check_list}}
    odd = sorted(stands ^ BELONGS[name])
    assert not odd, f"{name} stands by other designs than BELONGS of {__file__} says: {odd}"


def test_every_adjusting_design_tells_of_attrition_and_of_an_unmeasured_cause() -> None:
    for design in ADJUSTED:
        names = {c.__name__ for c in DESIGNS[design].check_list}
        assert names & {"check_attrition", "check_drop_out"}
        assert names & {"check_unmeasured_confounding", "check_robustness"} or design not in LINEAR | MIXED


def row(error: float, estimate: float = 0.0) -> pd.DataFrame:
    half = 1.96 * error
    return pd.DataFrame(
        {
            "estimate": [estimate],
            "std_error": [error],
            "conf_low": [estimate - half],
            "conf_high": [estimate + half],
            "p_value": [0.9 if abs(estimate) < half else 0.001],
        }
    )


TEAMS = ModelColumns("y", "policy", "team_id", panel_id="team_id", time="month", first_treated="first_treated")
AREAS = replace(TEAMS, cluster="la_id", panel_id="la_id")


def test_a_placebo_start_passes_only_where_it_could_have_shown_something() -> None:
    f = DGPS["series-level"].simulate(1)
    start = f["first_treated"].dropna().iloc[0]

    def told(error: float, estimate: float = 0.0, effect: float = 1.0) -> tuple[bool | None, str]:
        made = DesignFit(AREAS, row(error, estimate), SimpleNamespace(converged=True))
        check = series_checks.placebo_in_time(lambda *_: made)
        got = check(f[f["month"] < start + 9], DesignFit(AREAS, row(0.1, effect), SimpleNamespace()))
        return got.passed, got.message

    assert told(0.1)[0] is True
    assert told(2.0)[0] is None and "tells us little" in told(2.0)[1]
    assert told(0.1, 2.0)[0] is False and "something else" in told(0.1, 2.0)[1]


def test_checks_of_a_rollout_by_noise_alone_do_not_pass() -> None:
    design = DESIGNS["staggered-rollout"]
    f = DGPS["rollout-parallel"].simulate(1)
    rng = np.random.default_rng(1)
    noisy = f.assign(y=rng.normal(0, 30, len(f)))
    fit = design.fit(noisy, TEAMS)
    tiny = replace(fit, row=fit.row.assign(estimate=0.01))
    for check in (rollout_checks.check_placebo_in_time, rollout_checks.check_anticipation):
        got = check(noisy, tiny)
        assert got.passed is not True and (got.passed is False or "tells us little" in got.message)
    assert rollout_checks.check_interference(noisy, tiny).passed is not True


def test_a_lead_and_others_exposure_pass_only_with_power() -> None:
    rng = np.random.default_rng(2)
    f = pd.DataFrame({"team_id": np.repeat(range(24), 40), "x": rng.normal(size=960)})
    f["next"], f["others"] = rng.normal(size=960), rng.normal(size=960)
    plan = ModelColumns("y", "x", "team_id", placebos=("next",), colleagues="others")
    for noise, passed in ((1.0, True), (60.0, None)):
        made = f.assign(y=0.5 * f["x"] + noise * rng.normal(size=960))
        fit = replace(fit_plan(made, plan), row=fit_plan(made, plan).row.assign(estimate=0.5))
        assert checks.check_placebo(made, fit).passed is passed
        assert checks.check_colleagues(made, fit).passed is passed


def test_a_gap_of_those_lost_is_small_only_where_it_is_known() -> None:
    assert checks.small_gap(0.1, 300, 300)[0] is True
    assert checks.small_gap(0.1, 300, 15)[0] is None and checks.small_gap(0.1, 300, 5)[0] is None
    assert checks.small_gap(0.5, 300, 300)[0] is False


def test_an_order_of_few_units_is_not_shown_to_be_by_lot() -> None:
    design = DESIGNS["random-order"]
    plan = replace(TEAMS, settings=(("order", "randomised"),))
    f = DGPS["order-by-lot"].simulate(4)
    few = f[f["team_id"].isin(f["team_id"].unique()[::3])]
    assert rollout_planned.check_order(f, design.fit(f, plan)).passed is True
    got = rollout_planned.check_order(few, design.fit(few, plan))
    assert got.passed is None and "little would have shown" in got.message


def test_several_small_groups_are_counted() -> None:
    f = DGPS["rollout-few-teams"].simulate(1)
    got = rollout_checks.check_groups(f, DESIGNS["staggered-rollout"].fit(f, TEAMS))
    firsts = f.groupby("team_id")["first_treated"].first()
    sizes = [*firsts.value_counts(), int(firsts.isna().sum())]
    small = sum(0 < n < got.threshold for n in sizes)
    assert small > 1 and f"{small} of {sum(n > 0 for n in sizes)} have fewer" in got.message


def test_a_share_that_rises_in_a_straight_line_tells_nothing_of_interference() -> None:
    design, f = DESIGNS["stepped-wedge"], DGPS["wedge-trend"].simulate(3)
    with pytest.raises(EstimationError, match="STRAIGHT-RISE"):
        rollout_checks.check_interference(f, design.fit(f, TEAMS))


def test_starts_dealt_to_other_units_and_units_left_out() -> None:
    design, f = DESIGNS["stepped-wedge"], DGPS["wedge-trend"].simulate(3)
    fit = design.fit(f, TEAMS)
    assert check_placebo_starts(f, fit).value < 0.05 and check_placebo_starts(f, fit).passed is None
    shuffled = f.assign(y=np.random.default_rng(0).normal(size=len(f)))
    assert check_placebo_starts(shuffled, fit).value > 0.05
    assert check_unit_left_out(f, fit).passed is True
    heavy = f.assign(y=f["y"] + 60 * f["policy"] * (f["team_id"] == f.loc[f["policy"] == 1, "team_id"].iloc[0]))
    assert check_unit_left_out(heavy, fit).value > 1


def test_a_specification_curve_runs_over_sets_of_confounders() -> None:
    rng = np.random.default_rng(3)
    f = pd.DataFrame({"team_id": np.repeat(range(24), 20), "z": rng.normal(size=480), "w": rng.normal(size=480)})
    f["x"] = f["z"] + rng.normal(size=480)
    f["y"] = f["z"] + rng.normal(size=480)
    plan = ModelColumns("y", "x", "team_id", confounders=("z", "w"))
    fit = fit_plan(f, plan)
    got = check_specifications(fit_plan)(f, fit)
    each = [fit_plan(f, replace(plan, confounders=c)).estimate for c in ((), ("z",), ("w",), ("z", "w"))]
    assert "Over 4 sets" in got.message and got.value == pytest.approx(np.ptp(each)) and got.value > 0.4
    assert check_specifications(fit_plan)(f, replace(fit, plan=replace(plan, confounders=()))) is None


def test_a_row_that_cannot_be_shown_says_why() -> None:
    def refuses(frame, fit):
        raise EstimationError("3 rows are too few.", fix="Bring more.", code="TOO-FEW-ROWS")

    design = replace(DESIGNS["cross-sectional"], supplementary=(refuses, *DESIGNS["cross-sectional"].supplementary))
    f = DGPS["shares-in-teams"].simulate(1)
    fit = design.fit(f, ModelColumns("y", "share", "team_id"))
    rows, lost = design.rows_and_missing(f, fit)
    assert "unadjusted" in set(rows["role"]) and lost.passed is None
    assert (
        lost.message == "These rows could not be shown: refuses, since fewer than 10 rows are too few (TOO-FEW-ROWS)."
    )


@pytest.mark.parametrize("design", sorted(SERIES))
def test_a_single_series_shows_its_naive_answer(design) -> None:
    dgp = {"interrupted-counts": "counts-level", "controlled-series": "series-shared-shock"}
    dgp |= {"synthetic-control": "factors-one", "synthetic-did": "factors-four"}
    f, use = DGPS[dgp.get(design, "series-level")].simulate(2), DESIGNS[design]
    if design in ("interrupted-series", "interrupted-counts"):
        f = f[f["la_id"] == f.loc[f["first_treated"].notna(), "la_id"].iloc[0]]
    unadjusted = [make for make in use.supplementary if make.__name__ == "unadjusted_row"]
    got = unadjusted[0](f, use.fit(f, AREAS))
    assert (
        got["role"].item() == "unadjusted" and np.isfinite(got[["estimate", "conf_low", "conf_high"]].to_numpy()).all()
    )


def test_a_fit_that_stopped_short_says_so_beside_the_estimate() -> None:
    short = DesignFit(TEAMS, row(0.1), SimpleNamespace(converged=False))
    assert short.as_row("imputation")["term"].item() == "imputation (did not converge)"
    f, design = DGPS["series-level"].simulate(1), DESIGNS["interrupted-series"]
    fit = design.fit(f, AREAS)
    assert "convergence" not in {c.name for c in design.checks(f, fit)}
    first = design.checks(f, replace(fit, fit=replace(fit.fit, converged=False)))[0]
    assert first.name == "convergence" and first.passed is False
