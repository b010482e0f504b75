"""What stands beside a linear estimate: few clusters, residuals, autocorrelation, confounding, weights."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from hybrid_toolkit.designs import DESIGNS, DesignFit, ModelColumns
from hybrid_toolkit.designs.base import fit_plan
from hybrid_toolkit.designs.checks import check_silent
from hybrid_toolkit.designs.regression import supplementary
from hybrid_toolkit.designs.regression.non_response import response_weighted_row, silent_rows
from hybrid_toolkit.designs.regression.supplementary import check_e_value
from hybrid_toolkit.models.sensitivity.unmeasured_confounding import e_value, robustness_value
from hybrid_toolkit.study.estimation.claim_grammar import check_state


def rows(n_teams: int = 12, *, seed: int = 3, slope: float = 0.5, carry: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    worker = np.repeat(np.arange(n_teams * 5), 8)
    f = pd.DataFrame({"worker_id": worker, "month": np.tile(np.arange(8), n_teams * 5), "team_id": worker // 5})
    f["x"] = rng.normal(size=len(f))
    noise = rng.normal(size=(n_teams * 5, 8))
    for t in range(1, 8):
        noise[:, t] += carry * noise[:, t - 1]
    return f.assign(y=slope * f["x"] + noise.ravel())


PLAN = ModelColumns("y", "x", "team_id", fixed_effects=("worker_id",))


def test_rows_for_few_clusters_stand_beside_and_only_then() -> None:
    f = rows()
    fit = fit_plan(f, PLAN)
    got = supplementary.few_cluster_rows(f, fit)
    assert list(got["term"]) == ["CR2 errors", "wild cluster bootstrap"] and set(got["role"]) == {"sensitivity"}
    assert got["estimate"].to_numpy() == pytest.approx(fit.estimate)
    low, high = fit.interval
    assert got["conf_low"].to_numpy() == pytest.approx(low, abs=0.4 * (high - low))
    many = rows(45)
    assert supplementary.few_cluster_rows(many, fit_plan(many, PLAN)) is None
    assert supplementary.check_few_clusters(many, fit_plan(many, PLAN)) is None


def test_few_clusters_fails_where_the_bootstrap_does_not_tell_the_difference() -> None:
    f = rows()
    fit = fit_plan(f, PLAN)
    assert supplementary.check_few_clusters(f, fit).passed is True
    none = rows(6, slope=0.0)
    sure = replace(fit_plan(none, PLAN), row=fit_plan(none, PLAN).row.assign(p_value=0.01))
    got = supplementary.check_few_clusters(none, sure)
    assert got.passed is False and "does not agree" in got.message
    instrumented = replace(PLAN, instruments=("z",))
    with_z = f.assign(z=f["x"] + np.random.default_rng(1).normal(size=len(f)))
    assert supplementary.check_few_clusters(with_z, fit_plan(with_z, instrumented)).passed is True
    assert list(supplementary.few_cluster_rows(with_z, fit_plan(with_z, instrumented))["term"]) == ["CR2 errors"]


def test_residuals_are_told_by_count_and_shape() -> None:
    f = rows()
    assert "No row lies" in supplementary.check_residuals(f, fit_plan(f, PLAN)).message
    far = f.assign(y=f["y"] + 60 * (f.index % 30 == 0))
    got = supplementary.check_residuals(far, fit_plan(far, PLAN))
    assert got.passed is None and "lopsided" in got.message and f"{(f.index % 30 == 0).sum()} rows" in got.message
    few = f.assign(y=f["y"] + 40 * (f.index == 7))
    assert "Fewer than 10 rows" in supplementary.check_residuals(few, fit_plan(few, PLAN)).message
    assert supplementary.check_residuals(f.assign(y=f["y"] > 0), fit_plan(f.assign(y=f["y"] > 0), PLAN)) is None


def test_what_is_left_over_in_one_period_goes_with_the_next() -> None:
    alone, carried = rows(40), rows(40, carry=0.8)
    values = [supplementary.check_autocorrelation(f, fit_plan(f, PLAN)).value for f in (alone, carried)]
    assert abs(values[0] + 1 / 8) < 0.08 and values[1] > 0.3  # taking out means leaves about -1/T
    no_time = alone.drop(columns="month")
    assert supplementary.check_autocorrelation(no_time, fit_plan(no_time, PLAN)) is None


def test_the_robustness_value_is_that_of_the_plain_regression() -> None:
    f = rows()
    plan = replace(PLAN, fixed_effects=())
    fit = sm.OLS(f["y"], sm.add_constant(f["x"])).fit()
    known = robustness_value(fit.params["x"], fit.bse["x"], df=int(fit.df_resid))
    got = supplementary.check_unmeasured_confounding(f, fit_plan(f, plan))
    assert got.value == pytest.approx(known.rv) and f"{known.rv:.1%}" in got.message
    within = supplementary.check_unmeasured_confounding(f, fit_plan(f, PLAN))
    dummies = pd.get_dummies(f["worker_id"], dtype=float)
    full = sm.OLS(f["y"], pd.concat([f[["x"]], dummies], axis=1)).fit()
    assert within.value == pytest.approx(robustness_value(full.params["x"], full.bse["x"], df=int(full.df_resid)).rv)


def test_the_e_value_of_a_log_ratio() -> None:
    row = pd.DataFrame({"estimate": [np.log(3.9)], "conf_low": [np.log(1.8)], "conf_high": [np.log(8.7)]})
    fit = DesignFit(PLAN, row, SimpleNamespace())
    got = check_e_value("log-rate")(rows(), fit)
    assert got.value == pytest.approx(e_value(3.9, 1.8, 8.7)[0]) == pytest.approx(7.26, abs=0.01)
    assert got.name == "E-value" and "3.0 would bring" in got.message
    assert check_e_value("difference")(rows(), replace(fit, plan=replace(PLAN, moderator="m"))) is None


def test_weights_bring_back_those_who_did_not_answer() -> None:
    rng = np.random.default_rng(0)
    n = 4000
    f = pd.DataFrame({"team_id": np.arange(n) // 100, "x": rng.random(n), "g": rng.random(n) < 0.5})
    f["y"] = 1.0 * f["x"] + 0.5 * f["g"] * f["x"] + rng.normal(0, 0.3, n)
    asked = rng.random(n) < 0.3 + 0.5 * f["g"]
    f["responded"] = pd.array(np.where(asked, True, None), dtype="boolean")
    f["y"] = f["y"].where(asked)
    plan = ModelColumns("y", "x", "team_id", moderator="g", responded="responded")
    got = response_weighted_row(f, fit_plan(f, plan))
    assert len(got) == 1 and got["conf_low"].iloc[0] < 0.5 < got["conf_high"].iloc[0]
    assert response_weighted_row(rows(), fit_plan(rows(), PLAN)) is None


@pytest.mark.parametrize(("silent", "row"), [(0.0, 0), (-1.0, 1)])
def test_a_mixture_tells_what_the_silent_may_hide(silent: float, row: int) -> None:
    """Everybody's outcome is made; those who do not answer follow the exposure not at all, or the other way."""
    rng = np.random.default_rng(4)
    n = 6000
    f = pd.DataFrame({"team_id": np.arange(n) // 100, "x": rng.normal(size=n), "responded": rng.random(n) < 0.6})
    everyone = f["x"] * np.where(f["responded"], 0.8, 0.8 * silent) + rng.normal(0, 0.3, n)
    plan = ModelColumns("y", "x", "team_id", responded="responded")
    answered = f.assign(y=everyone.where(f["responded"]))
    fit = fit_plan(answered, plan)
    full = fit_plan(f.assign(y=everyone), plan).row.iloc[0]
    got = silent_rows(answered, fit).iloc[row]
    assert got["estimate"] == pytest.approx(full["estimate"], abs=0.02)
    assert got["conf_low"] < got["estimate"] < got["conf_high"]
    share = float(f["responded"].mean())
    check = check_silent(answered, fit)
    assert check.value == pytest.approx(share / (1 - share)) and check_state(check) == "for information"


def test_where_all_answered_or_answering_is_the_outcome_nothing_is_hidden() -> None:
    f = rows().assign(responded=True)
    for plan in (PLAN, replace(PLAN, responded="responded")):
        assert silent_rows(f, fit_plan(f, plan)) is None and check_silent(f, fit_plan(f, plan)) is None


def test_every_linear_design_has_them() -> None:
    for name in ("cross-sectional", "within-worker", "adjusted-interaction", "two-way-panel"):
        design = DESIGNS[name]
        assert (
            supplementary.few_cluster_rows in design.supplementary
            and supplementary.check_few_clusters in design.check_list
        )
