"""Roll-outs against diff-diff, against leaving clusters out by hand, and a published two-way estimate."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.rollout.event_study import fit_event_study
from hybrid_toolkit.models.rollout.group_time import fit_group_time
from hybrid_toolkit.trust.dgps.rollout import ALL

WORLDS = {w.id: w for w in ALL}
TEAMS = {"outcome": "y", "panel_id": "team_id", "time": "month", "first_treated": "first_treated"}


@pytest.fixture(scope="module")
def teams() -> pd.DataFrame:
    """Three authorities' teams, with a covariate that tells a little of the start."""
    parts = [
        WORLDS["rollout-growing"].simulate(s).assign(team_id=lambda d, s=s: d["team_id"] + 50 * s) for s in range(3)
    ]
    f = pd.concat(parts, ignore_index=True)
    size = np.random.default_rng(0).normal(size=200)[f["team_id"]]
    return f.assign(size=size + 0.02 * f["first_treated"].fillna(12), place=f["team_id"] // 2)


@pytest.mark.parametrize("covariates", [[], ["size"]])
@pytest.mark.parametrize("control_group", ["never_treated", "not_yet_treated"])
@pytest.mark.parametrize(("base_period", "anticipation"), [("varying", 0), ("universal", 0), ("varying", 1)])
def test_group_time_effects_and_errors_are_those_of_diff_diff(
    teams, covariates, control_group, base_period, anticipation
) -> None:
    from diff_diff import CallawaySantAnna

    settings = {"control_group": control_group, "base_period": base_period, "anticipation": anticipation}
    fit = fit_group_time(teams, **TEAMS, covariates=covariates, **settings)
    rows = teams.assign(first=teams["first_treated"].fillna(0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        library = CallawaySantAnna(control_group=control_group, anticipation=anticipation, base_period=base_period)
        theirs = library.fit(rows, "y", "team_id", "month", "first", covariates=covariates or None).group_time_effects
    keys = [(float(g), int(t)) for g, t in zip(fit.groups, fit.periods, strict=True)]
    live = [i for i, k in enumerate(keys) if k in theirs and np.isfinite(theirs[k]["se"])]
    assert len(live) > 20
    want = np.array([(theirs[keys[i]]["effect"], theirs[keys[i]]["se"]) for i in live])
    errors = np.sqrt((fit.influence**2).sum(axis=0)) * np.sqrt(71 / 72)
    # its search for the propensity ends early: with a covariate it is off in the third decimal
    np.testing.assert_allclose(fit.estimate[live], want[:, 0], atol=3e-3 if covariates else 1e-10)
    np.testing.assert_allclose(errors[live], want[:, 1], rtol=0.02 if covariates else 1e-6)


def test_a_doubly_robust_effect_is_that_of_statsmodels_step_by_step(teams) -> None:
    import statsmodels.api as sm

    fit = fit_group_time(teams, **TEAMS, covariates=["size"])
    wide = teams.pivot(index="team_id", columns="month", values="y")
    about = teams.groupby("team_id").agg(start=("first_treated", "first"), size=("size", "first"))
    use = about["start"].isna() | (about["start"] == 5)
    d, x = (about["start"] == 5)[use].to_numpy(float), sm.add_constant(about.loc[use, "size"].to_numpy())
    change = (wide[9] - wide[4])[use].to_numpy()
    rest = change - sm.OLS(change[d == 0], x[d == 0]).fit().predict(x)
    odds = np.exp(x @ sm.Logit(d, x).fit(disp=False, tol=1e-12).params) * (1 - d)
    at = [i for i, (g, t) in enumerate(zip(fit.groups, fit.periods, strict=True)) if (float(g), t) == (5.0, "9")]
    assert fit.estimate[at[0]] == pytest.approx(rest[d == 1].mean() - (odds * rest).sum() / odds.sum(), abs=1e-7)


def test_imputation_is_that_of_diff_diff(teams) -> None:
    from diff_diff import ImputationDiD

    rows = teams.assign(first=teams["first_treated"].fillna(0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = ImputationDiD().fit(rows, "y", "team_id", "month", "first")
    row = fit_event_study(teams, **TEAMS, estimator="imputation").tidy().iloc[0]
    assert row["estimate"] == pytest.approx(theirs.overall_att, abs=1e-8)
    assert row["std_error"] == pytest.approx(theirs.overall_se, rel=0.02)


@pytest.mark.parametrize("cluster", ["team_id", "place"])
@pytest.mark.parametrize("covariates", [[], ["size"]])
def test_the_jackknife_is_that_of_leaving_each_cluster_out(teams, cluster, covariates) -> None:
    f = teams[teams["team_id"] < 100]
    model = {**TEAMS, "covariates": covariates, "cluster": cluster}
    fit = fit_group_time(f, **model, variance="jackknife")
    count, at = fit.n_clusters, 5
    left = np.array([fit_group_time(f[f[cluster] != c], **model).estimate[at] for c in f[cluster].unique()])
    by_hand = np.sqrt((count - 1) / count * ((left - fit.estimate[at]) ** 2).sum())
    assert np.sqrt((fit.influence[:, at] ** 2).sum()) == pytest.approx(by_hand, rel=1e-6)


def test_the_imputation_jackknife_is_that_of_leaving_each_team_out() -> None:
    f = WORLDS["rollout-parallel"].simulate(1)
    fit = fit_event_study(f, **TEAMS, estimator="imputation", variance="jackknife")
    one = [
        fit_event_study(f[f["team_id"] != c], **TEAMS, estimator="imputation").estimate[0]
        for c in f["team_id"].unique()
    ]
    assert fit.std_error[0] == pytest.approx(
        np.sqrt(23 / 24 * ((np.array(one) - fit.estimate[0]) ** 2).sum()), rel=1e-6
    )
    with pytest.raises(EstimationError, match="VARIANCE-UNKNOWN"):
        fit_event_study(f, **TEAMS, estimator="imputation", variance="none")


def test_the_published_two_way_estimate_of_organ_donation() -> None:
    """Kessler and Roth's data as in Huntington-Klein, The Effect, chapter 18: -0.022 with an error of 0.006."""
    from causaldata import organ_donations

    f = organ_donations.load_pandas().data
    quarters = {q: i for i, q in enumerate(["Q42010", "Q12011", "Q22011", "Q32011", "Q42011", "Q12012"])}
    f = f.assign(quarter=f["Quarter"].map(quarters))
    f["start"] = np.where(f["State"] == "California", 3, 0)
    model = {"outcome": "Rate", "panel_id": "State", "time": "quarter", "first_treated": "start"}
    fit = fit_event_study(f, **model, estimator="two-way", variance="sandwich")
    assert (fit.estimate[0], fit.std_error[0]) == pytest.approx((-0.022, 0.006), abs=5e-4)
    row = fit.tidy().iloc[0]  # one state changed: its error is printed by others, and is no basis for an interval
    assert row["clusters_behind"] == 1 and row[["std_error", "conf_low", "conf_high", "p_value"]].isna().all()
