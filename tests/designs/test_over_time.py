"""Designs over time: what a user sees on worlds of known truth, checks that fail where they should, bad input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.designs import DESIGNS, ModelColumns
from hybrid_toolkit.designs.rollout import rollout_checks as checks
from hybrid_toolkit.designs.rollout import rollout_planned as planned
from hybrid_toolkit.designs.series import series_checks as on_series
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.result import TIDY_COLUMNS
from hybrid_toolkit.trust.dgps import DGPS

TEAMS = ModelColumns(
    "y", "policy", "team_id", panel_id="team_id", time="month", first_treated="first_treated", unit="SD"
)
AREAS = replace(TEAMS, cluster="la_id", panel_id="la_id")
LOT = replace(TEAMS, settings=(("order", "randomised"),))
HOMES = {
    "two-by-two": ("rollout-two-groups", TEAMS),
    "staggered-rollout": ("rollout-growing", TEAMS),
    "sun-abraham": ("rollout-two-groups", TEAMS),
    "imputation": ("rollout-growing", TEAMS),
    "two-way-rollout": ("rollout-parallel", TEAMS),
    "dose": ("dose-linear", replace(TEAMS, exposure="dose")),
    "stepped-wedge": ("wedge-trend", TEAMS),
    "random-order": ("order-by-lot", LOT),
    "interrupted-series": ("series-level", AREAS),
    "controlled-series": ("series-shared-shock", AREAS),
    "interrupted-counts": ("counts-level", AREAS),
    "synthetic-control": ("factors-one", AREAS),
    "synthetic-did": ("factors-four", replace(AREAS, settings=(("variance", "jackknife"),))),
}


@pytest.mark.parametrize("name", HOMES)
def test_a_design_tells_its_effect_with_verdicts_and_rows_beside(name) -> None:
    dgp, plan = HOMES[name]
    f = DGPS[dgp].simulate(3)
    before = f.copy()
    design = DESIGNS[name]
    fit = design.fit(f, plan)
    assert list(fit.row.columns) == list(TIDY_COLUMNS) and fit.row["term"].item() == plan.exposure
    assert abs(fit.estimate - DGPS[dgp].truth) < 4 * fit.row["std_error"].item()
    assert fit.fit.n > 0 and fit.fit.n_missing == 0 and fit.fit.converged and fit.fit.method
    if name not in ("sun-abraham", "imputation", "dose"):  # they share their checks with the others and are slow
        verdicts = design.checks(f, fit)
        assert all(c.message.endswith((".", ").")) for c in verdicts)
        assert not [c for c in verdicts if c.passed is False]
        assert {"role", *TIDY_COLUMNS} <= set(design.rows_beside(f, fit).columns)
    assert design.unadjusted(f, plan).row["estimate"].notna().all()
    pd.testing.assert_frame_equal(f, before)


@pytest.mark.parametrize(
    ("dgp", "check", "plan"),
    [
        ("rollout-pretrend", checks.check_parallel_trends, TEAMS),
        ("rollout-anticipation", checks.check_anticipation, TEAMS),
    ],
)
def test_a_check_fails_more_often_where_its_assumption_is_broken(dgp, check, plan) -> None:
    """Six times as many teams as one authority has, so that what is broken can be seen."""
    design = DESIGNS["staggered-rollout"]

    def failed(name: str) -> int:
        count = 0
        for seed in range(6):
            f = pd.concat(
                [
                    DGPS[name].simulate(100 * seed + i).assign(team_id=lambda d, i=i: d["team_id"] + 100 * i)
                    for i in range(6)
                ]
            )
            count += check(f, design.fit(f, plan)).passed is False
        return count

    assert failed(dgp) > failed("rollout-parallel")


def test_twelve_months_cannot_tell_interference_from_what_befalls_all() -> None:
    """All teams see one share in a month, and its rise over a year is hardly more than a trend: it must not pass."""
    design, f = DESIGNS["staggered-rollout"], DGPS["rollout-interference"].simulate(1)
    got = checks.check_interference(f, design.fit(f, TEAMS))
    assert got.passed is not True and "tells us little" in got.message


def test_a_placebo_start_shows_a_drift_and_is_quiet_without_one() -> None:
    design = DESIGNS["staggered-rollout"]
    quiet = [DGPS["rollout-parallel"].simulate(s) for s in range(8)]
    drift = [f.assign(y=f["y"] + 0.3 * f["month"] * f["first_treated"].notna()) for f in quiet]
    passed = [[checks.check_placebo_in_time(f, design.fit(f, TEAMS)).passed for f in many] for many in (quiet, drift)]
    assert passed[0].count(False) <= 1 and passed[1].count(False) >= 6


def test_few_teams_a_group_and_a_team_that_carries_all_are_told() -> None:
    design = DESIGNS["staggered-rollout"]
    f = DGPS["rollout-few-teams"].simulate(1)
    got = {c.name: c for c in design.checks(f, design.fit(f, TEAMS))}
    assert got["group sizes"].passed is False and got["clusters"].passed is False
    f = DGPS["rollout-parallel"].simulate(1)
    f.loc[(f["team_id"] == f.loc[f["policy"] == 1, "team_id"].iloc[0]) & (f["policy"] == 1), "y"] += 40
    wild = checks.check_leave_one_out(design.fit_with)(f, design.fit(f, TEAMS))
    assert wild.name == "influence" and wild.value > 1


def test_a_wedge_whose_effect_grows_and_an_order_by_outcome_are_seen() -> None:
    design = DESIGNS["random-order"]
    f = DGPS["order-by-lot"].simulate(1)
    rank = f[f["month"] == 1].set_index("team_id")["y"].rank(method="first")
    f["first_treated"] = 2 + ((rank[f["team_id"]].to_numpy() - 1) // 4)
    f["policy"] = (f["month"] >= f["first_treated"]).astype(float)
    assert planned.check_order(f, design.fit(f, LOT)).passed is False
    with pytest.raises(EstimationError, match="ORDER-NOT-RANDOM"):
        design.fit(f, TEAMS)


def test_series_checks_see_a_short_series_a_second_change_and_a_poor_control() -> None:
    design = DESIGNS["interrupted-series"]
    f = DGPS["series-level"].simulate(1)
    f["y"] += 12 * (f["month"] >= 13)
    assert on_series.placebo_in_time(design.fit_with)(f, design.fit(f, AREAS)).passed is False
    short = DGPS["series-short"].simulate(1).query("month > 3")
    assert on_series.check_length(short, design.fit(short, AREAS)).passed is False
    far = DGPS["factors-outside"].simulate(2)
    synthetic = DESIGNS["synthetic-control"]
    assert on_series.check_fit_before(far, synthetic.fit(far, AREAS)).passed is False


def test_dated_months_and_text_teams_give_the_same() -> None:
    f = DGPS["rollout-parallel"].simulate(2)
    months = pd.date_range("2025-01-01", periods=13, freq="MS")
    dated = f.assign(month=months[f["month"] - 1], team_id="t" + f["team_id"].astype(str))
    dated["first_treated"] = pd.Series(months).reindex(f["first_treated"] - 1).to_numpy()
    for name in ("staggered-rollout", "two-way-rollout"):
        design = DESIGNS[name]
        one, other = design.fit(f, TEAMS), design.fit(dated, TEAMS)
        assert one.estimate == pytest.approx(other.estimate)
    kept = DESIGNS["staggered-rollout"]
    got = kept.checks(dated, kept.fit(dated, TEAMS))
    plain = kept.checks(f, kept.fit(f, TEAMS))
    drawn = [c.name for c in got].index("placebo in space")  # text is in another order, so other orders are drawn
    assert got[drawn].value == pytest.approx(plain[drawn].value, abs=0.02)
    assert [c.value for c in got if c is not got[drawn]] == pytest.approx(
        [c.value for c in plain if c is not plain[drawn]]
    )
    assert kept.unadjusted(dated, TEAMS).estimate == pytest.approx(kept.unadjusted(f, TEAMS).estimate)


def test_counts_over_a_duration_give_a_ratio_of_rates() -> None:
    """Twice the children from the start on give twice the calls and the same rate; a gap in either adds to neither."""
    design, f = DESIGNS["interrupted-counts"], DGPS["counts-level"].simulate(3)
    over = replace(AREAS, duration="children")
    flat = design.fit(f.assign(children=50.0), over)
    assert flat.estimate == pytest.approx(design.fit(f, AREAS).estimate)
    assert design.unadjusted(f.assign(children=50.0), over).estimate == pytest.approx(
        design.unadjusted(f, AREAS).estimate
    )
    late = f["month"] >= f["first_treated"]
    twice = f.assign(children=np.where(late, 100.0, 50.0), y=f["y"] * np.where(late, 2, 1))
    assert design.unadjusted(twice, over).estimate == pytest.approx(design.unadjusted(f, AREAS).estimate)
    assert design.fit(twice, over).estimate == pytest.approx(flat.estimate, abs=0.02)
    assert design.fit(twice, AREAS).estimate > flat.estimate + 0.5
    gap = pd.concat([f.assign(children=50.0), f.assign(la_id=99, children=np.nan, y=7)], ignore_index=True)
    assert design.fit(gap, over).estimate == pytest.approx(flat.estimate)
    assert {"family", "season"} == set(design.settings)
    with pytest.raises(EstimationError, match="EXPOSURE"):
        design.fit(f.assign(children=0.0), over)


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        (
            "staggered-rollout",
            lambda f: f.assign(first_treated=f["first_treated"].fillna(20).clip(upper=5)),
            "NO-UNTREATED",
        ),
        ("staggered-rollout", lambda f: f.assign(first_treated=np.nan), "NO-TREATED"),
        ("staggered-rollout", lambda f: f[f["month"] == 1], "TOO-FEW-PERIODS"),
        (
            "staggered-rollout",
            lambda f: f.assign(first_treated=f["first_treated"].where(f["month"] < 9, 9)),
            "TREATMENT-REVERSES",
        ),
        ("two-by-two", lambda f: f, "SEVERAL-STARTS"),
        ("synthetic-did", lambda f: f, "SEVERAL-STARTS"),
        ("interrupted-series", lambda f: f, "SEVERAL-STARTS"),
        ("controlled-series", lambda f: f.assign(first_treated=7), "NO-UNTREATED"),
    ],
)
def test_bad_input_is_named(name, change, code) -> None:
    f = change(DGPS["rollout-parallel"].simulate(1))
    with pytest.raises(EstimationError, match=code):
        DESIGNS[name].fit(f, TEAMS)


def test_settings_are_held_to_what_they_may_be() -> None:
    f, design = DGPS["rollout-parallel"].simulate(1), DESIGNS["staggered-rollout"]
    early = replace(TEAMS, settings=(("anticipation", 1), ("control_group", "never_treated")))
    assert design.fit(f, early).estimate != design.fit(f, TEAMS).estimate
    for settings in [(("anticipation", 0.5),), (("anticipation", "one"),), (("control_group", "all"),)]:
        with pytest.raises(EstimationError, match=r"SETTING|CONTROL-GROUP-UNKNOWN"):
            design.fit(f, replace(TEAMS, settings=settings))
    with pytest.raises(EstimationError, match="CONFOUNDERS"):
        DESIGNS["imputation"].fit(f, replace(TEAMS, confounders=("month",)))


@pytest.mark.parametrize(
    "dgp", [w for w in DGPS if w.startswith(("rollout", "dose", "order", "series", "factors", "counts-"))]
)
def test_a_world_is_the_same_for_the_same_seed(dgp) -> None:
    one = DGPS[dgp].simulate(5)
    pd.testing.assert_frame_equal(one, DGPS[dgp].simulate(5))
    assert not one.equals(DGPS[dgp].simulate(6)) and DGPS[dgp].title.endswith(".")
