"""fit_randomised against published answers, statsmodels, known truth and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.models.inference.cr2_errors import fit_cr2
from hybrid_toolkit.models.inference.randomisation_inference import randomisation_test
from hybrid_toolkit.models.inference.randomised_trial import fit_randomised


@pytest.fixture(scope="module")
def trial() -> pd.DataFrame:
    return pytest.importorskip("causaldata").nsw_mixtape.load_pandas().data


@pytest.mark.parametrize(("variance", "published"), [("ols", 632.853), ("HC1", 670.824)])
def test_the_published_job_training_trial(trial, variance, published) -> None:
    """Dehejia and Wahba 1999, Journal of the American Statistical Association 94: 1794."""
    fit = fit_randomised(trial, outcome="re78", treatment="treat", variance=variance)
    assert fit.estimate == pytest.approx(1794.342, abs=0.01)
    assert fit.std_error == pytest.approx(published, abs=0.01)
    assert (fit.n_treated, fit.n_control, fit.df) == (185, 260, 443)


def test_neymans_error_is_the_two_sample_formula(trial) -> None:
    fit = fit_randomised(trial, outcome="re78", treatment="treat")
    a, b = (trial.loc[trial["treat"] == v, "re78"] for v in (1, 0))
    assert fit.std_error == pytest.approx(np.sqrt(a.var() / len(a) + b.var() / len(b)))
    assert fit.estimate == pytest.approx(fit.mean_treated - fit.mean_control)


@pytest.mark.parametrize("variance", ["ols", "HC1", "HC2", "HC3"])
def test_statsmodels_gives_the_same(trial, variance) -> None:
    import statsmodels.api as sm

    d = trial["treat"].to_numpy(float)
    z = trial[["age", "educ", "re75"]].to_numpy(float)
    z = z - z.mean(axis=0)
    x = np.column_stack([np.ones(len(d)), d, z, z * d[:, None]])
    theirs = sm.OLS(trial["re78"].to_numpy(float), x).fit(cov_type="nonrobust" if variance == "ols" else variance)
    ours = fit_randomised(
        trial, outcome="re78", treatment="treat", covariates=["age", "educ", "re75"], variance=variance
    )
    assert (ours.estimate, ours.std_error) == pytest.approx((theirs.params[1], theirs.bse[1]), rel=1e-6)
    assert ours.balance["term"].tolist() == ["age", "educ", "re75"] and ours.adjusted


def made(seed: int, clusters: int = 30) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    team = np.repeat(np.arange(clusters), 8)
    arm = rng.permutation(np.arange(clusters) % 2)[team]
    before = rng.normal(size=len(team))
    y = 0.5 * arm + before + rng.normal(0, 0.5, clusters)[team] + rng.normal(size=len(team)) * (1 + arm)
    return pd.DataFrame({"y": y, "arm": arm, "team": team, "before": before})


def test_clustered_intervals_cover_and_row_intervals_do_not() -> None:
    hits = []
    for seed in range(80):
        f = made(seed)
        row = fit_randomised(f, outcome="y", treatment="arm", cluster="team", covariates=["before"]).tidy().iloc[0]
        plain = fit_randomised(f, outcome="y", treatment="arm", covariates=["before"]).tidy().iloc[0]
        hits.append([r["conf_low"] <= 0.5 <= r["conf_high"] for r in (row, plain)])
    clustered, plain = np.mean(hits, axis=0)
    assert 0.90 <= clustered <= 0.99 and plain <= clustered - 0.03


@pytest.mark.parametrize(("treated", "clustered"), [(2, True), (3, True), (6, True), (3, False), (6, False)])
def test_intervals_hold_where_few_of_24_are_treated(treated, clustered) -> None:
    """CV1 with clusters less two held 72% with two clusters and 81% with three, HC2 with rows less two 85%."""
    hits = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        team = np.repeat(np.arange(24), 8 if clustered else 1)
        y = rng.normal(0, 0.5, 24)[team] + rng.normal(size=len(team))
        f = pd.DataFrame({"y": y, "arm": (team < treated) * 1, "team": team})
        fit = fit_randomised(f, outcome="y", treatment="arm", cluster="team" if clustered else None)
        row = fit.tidy().iloc[0]
        hits.append(row["conf_low"] <= 0 <= row["conf_high"])
        assert ("smaller arm" in fit.prose()) == (treated < 5)
    assert np.mean(hits) >= 0.91


def test_clustered_errors_are_those_of_cr2_with_every_covariate_by_arm() -> None:
    f = made(6).assign(centred=lambda d: d["before"] - d["before"].mean(), each=lambda d: d["centred"] * d["arm"])
    row = fit_randomised(f, outcome="y", treatment="arm", cluster="team", covariates=["before"])
    cr2 = fit_cr2(f, outcome="y", terms=["arm", "centred", "each"], cluster="team")
    assert (row.estimate, row.std_error, row.df) == pytest.approx((cr2.estimate[1], cr2.std_error[1], cr2.df[1]))


def test_degrees_of_freedom_of_unequal_arms_by_hand() -> None:
    """2 of 24: 24 squared times 1 times 21, over 22 squared times 21 and 2 squared times 1."""
    f = pd.DataFrame({"y": np.arange(24) % 5 * 1.0, "arm": (np.arange(24) < 2) * 1})
    assert fit_randomised(f, outcome="y", treatment="arm").df == pytest.approx(576 * 21 / (484 * 21 + 4))


def test_permutations_agree_with_the_t_test_and_repeat() -> None:
    rng = np.random.default_rng(1)
    f = pd.DataFrame({"arm": np.tile([0, 1], 40)}).assign(y=lambda d: 0.4 * d["arm"] + rng.normal(size=80))
    fit = fit_randomised(f, outcome="y", treatment="arm", draws=999)
    expected = stats.ttest_ind(f["y"][f["arm"] == 1], f["y"][f["arm"] == 0]).pvalue
    assert fit.randomisation_p == pytest.approx(expected, abs=0.03)
    assert fit_randomised(f, outcome="y", treatment="arm", draws=999).randomisation_p == fit.randomisation_p


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"treatment": "flat"}, "NOT-BINARY"),
        ({"treatment": "team"}, "NOT-BINARY"),
        ({"outcome": "flat"}, "CONSTANT"),
        ({"cluster": "flat"}, "CLUSTER-ARMS"),
        ({"cluster": "side"}, "CLUSTERS"),
        ({"variance": "cluster"}, "CLUSTERS"),
        ({"covariates": ["arm_again"]}, "SINGULAR"),
        ({"covariates": ["before", "twice"]}, "SINGULAR"),
        ({"variance": "HC9"}, "VARIANCE-UNKNOWN"),
        ({"outcome": "log(y)"}, "TERM-NOT-A-COLUMN"),
    ],
)
def test_bad_input_says_what_is_wrong(change, code) -> None:
    f = made(3).assign(flat=1, twice=lambda d: 2 * d["before"], side=lambda d: d["arm"], arm_again=lambda d: d["arm"])
    with pytest.raises(EstimationError, match=code):
        fit_randomised(f, **{"outcome": "y", "treatment": "arm", **change})


def test_missing_rows_and_an_absent_column() -> None:
    f = made(4)
    f.loc[:59, "y"] = np.nan
    fit = fit_randomised(f, outcome="y", treatment="arm")
    assert fit.n_missing == 60 and "no longer protects" in fit.summary() and fit.glance()["converged"].item()
    with pytest.raises(CoverageError, match="COLUMN-MISSING"):
        fit_randomised(f, outcome="y", treatment="offered")


def test_a_drawn_p_value_counts_the_assignment_that_was_made() -> None:
    """Of 199 drawn assignments none is as far as the one that was made: 1 in 200, and never 0."""
    team = np.repeat(np.arange(40), 2)
    f = pd.DataFrame({"team": team, "d": team % 2, "y": 10.0 * (team % 2) + np.tile([0.0, 0.1], 40)})
    found = randomisation_test(f, outcome="y", treatment="d", cluster="team", draws=199, seed=1)
    assert not found.exact and found.p_value == pytest.approx(1 / 200)


def test_a_standardised_difference_by_hand() -> None:
    """Arms 1, 3, 5 and 0, 2, 4 (variance 4 each): a gap of 1 over a standard deviation of 2."""
    f = pd.DataFrame({"d": [1, 1, 1, 0, 0, 0] * 3, "x": [1.0, 3, 5, 0, 2, 4] * 3})
    f["y"] = np.random.default_rng(0).normal(size=18)
    got = fit_randomised(f, outcome="y", treatment="d", covariates=["x"]).balance
    assert got.loc[0, "standardised_difference"] == pytest.approx(1 / np.sqrt(np.var([1, 3, 5] * 3, ddof=1)))
